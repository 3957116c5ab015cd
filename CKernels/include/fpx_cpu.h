/// What the processor can do and which SIMD level the kernels use.
///
/// The level is chosen once, at the first use of any kernel: the one that measurement says is best, unless the
/// environment variable FASTPIX_ISA names another one (`c`, `avx2`, `avx512`, `neon`), also for single operations
/// (`avx512,gaussian=avx2`; operations are `moments`, `welford`, `addweighted`, `gaussian`, `extremes`, `detection`).
/// Every level gives the same bits, so the choice is about speed alone.
///
/// Thread-safety: everything here may be called from any thread at any time. The selection is one atomic pointer for
/// the whole process; a kernel call that is already running finishes on the level it began with.
#ifndef FPX_CPU_H
#define FPX_CPU_H

#include <stdbool.h>
#include <stddef.h>

#include "fpx_annotations.h"
#include "fpx_constant.h"
#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// In Swift a closed enum; its initialiser from a raw value does not check it.
typedef enum FPX_CLOSED_ENUM fpx_isa {
    /// Portable C, always available.
    FPX_ISA_C FPX_SWIFT_NAME("c") = 0,
    /// x86-64 with AVX2 and FMA; AVX-VNNI is used in addition where the processor has it.
    FPX_ISA_AVX2 FPX_SWIFT_NAME("avx2") = 1,
    /// x86-64 with AVX-512 F, BW, DQ and VL; VNNI is used in addition where the processor has it.
    FPX_ISA_AVX512 FPX_SWIFT_NAME("avx512") = 2,
    /// arm64; the dot-product extension is used in addition where the processor has it.
    FPX_ISA_NEON FPX_SWIFT_NAME("neon") = 3,
} fpx_isa;

/// How many levels there are: 0..<FPX_ISA_COUNT are the values of `fpx_isa`.
FPX_CONSTANT(int, FPX_ISA_COUNT, 4);

/// True when this build contains the level and the processor and the operating system support it.
bool fpx_isa_available(fpx_isa isa);

/// The level that kernels run on now.
fpx_isa fpx_isa_selected(void);

/// Runs all further kernel calls of the process on `isa`, with every extension that this processor does well.
/// FPX_ERROR_UNSUPPORTED, and no change, when it is not available.
fpx_status fpx_isa_select(fpx_isa isa);

// What only some processors of a level have or do well. Each is one bit of a set.

/// Arithmetic on subnormal floats in place of conversions: fast on some, very slow on others, right on all.
FPX_CONSTANT(unsigned, FPX_EXTENSION_SUBNORMAL, 1);
/// Dot products of bytes and words: AVX-VNNI, AVX-512 VNNI, UDOT.
FPX_CONSTANT(unsigned, FPX_EXTENSION_DOT_PRODUCT, 2);
/// How many bits there are.
FPX_CONSTANT(unsigned, FPX_EXTENSION_COUNT, 2);

/// The extensions that can run beside `isa` here, fast or not; 0 when the level is not available.
unsigned fpx_isa_extensions_available(fpx_isa isa);

/// Those of them that `fpx_isa_select` takes.
unsigned fpx_isa_extensions_preferred(fpx_isa isa);

/// Like `fpx_isa_select`, with just these extensions: for tests and benchmarks of what other processors run.
/// FPX_ERROR_UNSUPPORTED, and no change, when the level or one of them is not available.
fpx_status fpx_isa_select_with(fpx_isa isa, unsigned extensions);

/// The extensions of the selected level.
unsigned fpx_isa_extensions_selected(void);

/// True when the selected level uses byte dot-product instructions (VNNI, UDOT).
bool fpx_isa_uses_dot_product(void);

/// `c`, `avx2`, `avx512` or `neon`, the names that FASTPIX_ISA takes; `unknown` for any other value.
const char *_Nonnull fpx_isa_name(fpx_isa isa);

/// False when FASTPIX_ISA is set, not empty, and not understood as a whole, or names a level that is not available
/// here: the best level was chosen instead, and a program should tell its user so.
bool fpx_isa_environment_honoured(void);

/// Bytes of one core's level-1 data cache as the system reports it; 0 when unknown.
size_t fpx_cpu_level1_cache_bytes(void);

/// Bytes of one core's level-2 cache as the system reports it; 0 when unknown.
size_t fpx_cpu_level2_cache_bytes(void);

#ifdef __cplusplus
}
#endif
#endif
