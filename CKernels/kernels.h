/// The table of kernels that dispatch.c fills for each level; not part of the public interface.
#ifndef FPX_KERNELS_H
#define FPX_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu.h"
#include "detection/persistence_task.h"
#include "extremes/extremes_task.h"
#include "fpx_cpu.h"
#include "fpx_gaussian.h"
#include "fpx_moments.h"
#include "fpx_packing.h"
#include "fpx_welford.h"
#include "unroll.h"

/// 1 in a build under MemorySanitizer, which takes multiplications by zero for uses: buffers are cleared there.
#define FPX_MEMORY_SANITIZER 0
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#undef FPX_MEMORY_SANITIZER
#define FPX_MEMORY_SANITIZER 1
#endif
#endif

/// What Chan's merge multiplies with when it takes a block of frames into moments of earlier frames.
typedef struct fpx_welford_weights {
    /// block frames / all frames
    double mean;
    /// earlier frames * block frames / all frames
    double m2;
} fpx_welford_weights;

/// Blocks that one kernel call takes; bounds the array of weights, which is on the stack.
#define FPX_WELFORD_BLOCKS_PER_PASS 16

/// Samples of one row that the Gaussian's kernels meet at once, at most; then their sums stay near the processor.
#define FPX_GAUSSIAN_TILE_SAMPLES 2048
/// Sums behind the last one that the second pass may read, without using them.
#define FPX_GAUSSIAN_SLACK_SUMS 64

/// A function for every kernel.
typedef struct fpx_kernels {
    fpx_isa isa;
    /// FPX_EXTENSION_...
    unsigned extensions;
#define KERNEL(operation, name, result, arguments) result(*name) arguments;
#include "kernel_list.h"
} fpx_kernels;

/// The kernels of the selected level.
const fpx_kernels *fpx_kernels_selected(void);

// Declared once, so that compilers check them against the table and the files; not all of them exist.
#define KERNEL(operation, name, result, arguments) result fpx_##name##_c arguments;
#include "kernel_list.h"
#define KERNEL(operation, name, result, arguments) result fpx_##name##_avx2 arguments;
#include "kernel_list.h"
#define KERNEL(operation, name, result, arguments) result fpx_##name##_avx2_subnormal arguments;
#include "kernel_list.h"
#define KERNEL(operation, name, result, arguments) result fpx_##name##_avx2_dot_product arguments;
#include "kernel_list.h"
#define KERNEL(operation, name, result, arguments) result fpx_##name##_avx512 arguments;
#include "kernel_list.h"
#define KERNEL(operation, name, result, arguments) result fpx_##name##_avx512_dot_product arguments;
#include "kernel_list.h"
#define KERNEL(operation, name, result, arguments) result fpx_##name##_avx512_subnormal arguments;
#include "kernel_list.h"
#define KERNEL(operation, name, result, arguments) result fpx_##name##_neon arguments;
#include "kernel_list.h"
#define KERNEL(operation, name, result, arguments) result fpx_##name##_neon_dot_product arguments;
#include "kernel_list.h"

#endif
