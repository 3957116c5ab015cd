/// What the processor can do and which SIMD level the kernels use.
///
/// The level is chosen once, at the first use of any kernel: the best one available, unless the environment
/// variable FASTPIX_ISA names another one (`c`, `avx2`, `avx512`, `neon`). Every level gives the same bits, so the
/// choice is about speed alone.
///
/// Thread-safety: everything here may be called from any thread at any time. The selection is one atomic pointer for
/// the whole process; a kernel call that is already running finishes on the level it began with.
#ifndef FPX_CPU_H
#define FPX_CPU_H

#include <stdbool.h>
#include <stddef.h>

#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fpx_isa {
    /// Portable C, always available.
    FPX_ISA_C = 0,
    /// x86-64 with AVX2 and FMA.
    FPX_ISA_AVX2 = 1,
    /// x86-64 with AVX-512 F, BW, DQ and VL; VNNI is used in addition where the processor has it.
    FPX_ISA_AVX512 = 2,
    /// arm64; the dot-product extension is used in addition where the processor has it.
    FPX_ISA_NEON = 3,
} fpx_isa;

/// How many levels there are: 0..<FPX_ISA_COUNT are the values of `fpx_isa`.
#define FPX_ISA_COUNT 4

/// True when this build contains the level and the processor and the operating system support it.
bool fpx_isa_available(fpx_isa isa);

/// The level that kernels run on now.
fpx_isa fpx_isa_selected(void);

/// Runs all further kernel calls of the process on `isa`, with every extension that the level can use.
/// FPX_ERROR_UNSUPPORTED, and no change, when it is not available.
fpx_status fpx_isa_select(fpx_isa isa);

/// Like `fpx_isa_select`, but without what only some processors of the level have or do well (byte dot products,
/// fast subnormal floats), even where it exists: for tests and benchmarks of what the others do.
fpx_status fpx_isa_select_without_extensions(fpx_isa isa);

/// True when the selected level uses something that `fpx_isa_select_without_extensions` leaves out.
bool fpx_isa_uses_extensions(void);

/// True when the selected level uses byte dot-product instructions (VNNI, UDOT).
bool fpx_isa_uses_dot_product(void);

/// `c`, `avx2`, `avx512` or `neon`, the names that FASTPIX_ISA takes; `unknown` for any other value.
const char *_Nonnull fpx_isa_name(fpx_isa isa);

/// False when FASTPIX_ISA is set, not empty, and names no level or one that is not available here: the best level
/// was chosen instead, and a program should tell its user so.
bool fpx_isa_environment_honoured(void);

/// Bytes of one core's level-1 data cache as the system reports it; 0 when unknown.
size_t fpx_cpu_level1_cache_bytes(void);

/// Bytes of one core's level-2 cache as the system reports it; 0 when unknown.
size_t fpx_cpu_level2_cache_bytes(void);

#ifdef __cplusplus
}
#endif
#endif
