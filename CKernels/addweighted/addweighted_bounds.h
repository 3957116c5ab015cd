/// What the kernels for integer samples may assume about the results of one call.
#ifndef FPX_ADDWEIGHTED_BOUNDS_H
#define FPX_ADDWEIGHTED_BOUNDS_H

#include <math.h>
#include <stdbool.h>

/// True when no result of samples up to `maximum_sample` can leave 32-bit integers, which is so for all scalars that
/// make sense; then kernels save the comparison with the maximum and leave saturation to the packing instructions.
/// False for not-a-number, because comparisons with it are.
static inline bool fpx_results_fit_32_bits(float maximum_sample, float alpha, float beta, float gamma) {
    // 2^30 instead of 2^31 leaves room for the roundings of this bound itself.
    return maximum_sample * (fabsf(alpha) + fabsf(beta)) + fabsf(gamma) < 0x1p30f;
}

/// Bytes as subnormal floats: a byte x in the lowest byte of a doubleword of zeros is, read as a float, x * 2^-149,
/// and one byte higher x * 2^-141. So a mask or a shift makes a float of a byte, without conversion. Weighted with
/// alpha * 2^127, the float32 sum comes out as 2^-22 or 2^-14 of what it should be; powers of two change no rounding
/// as long as nothing overflows or underflows. Adding 3/2 of the power of two whose last place is that same unit rounds
/// to integers, half to even, and leaves them as two's complement in the low 16 bits.

/// Bounds within which all of that is exact: alpha * 2^127 is finite, results fit 16 bits, and no intermediate result
/// leaves the normal numbers. False for not-a-number.
static inline bool fpx_scalars_suit_subnormals(float alpha, float beta, float gamma) {
    return fabsf(alpha) < 2 && fabsf(beta) < 2 && fabsf(gamma) < 0x1p14f && (alpha == 0 || fabsf(alpha) > 0x1p-40f) &&
           (beta == 0 || fabsf(beta) > 0x1p-40f) && (gamma == 0 || fabsf(gamma) > 0x1p-40f);
}

#if defined(__x86_64__)
#include <xmmintrin.h>

/// False when the calling program has set its thread's MXCSR register so that subnormal numbers count as zero (as
/// -ffast-math does) or raise an exception.
static inline bool fpx_subnormals_are_numbers(void) {
    const unsigned denormals_are_zeros = 0x0040, denormal_exception_masked = 0x0100;
    return (_mm_getcsr() & (denormals_are_zeros | denormal_exception_masked)) == denormal_exception_masked;
}
#endif

#endif
