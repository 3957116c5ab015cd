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

#endif
