/// What stands out from its neighbourhood: the arithmetic of defect detection, row by row.
///
/// A pixel's basis is red + 2 green + blue, divided by 4 (grey: the sample itself); its variance is the mean of the
/// channels' variances with the same weights. Everything is computed in float64 from exact sums, or in float32 where
/// the name says so, sample by sample in a fixed order: tiles, threads and processors change no bit.
/// Arguments: buffers may have any address that suits their element type; nothing is read or written outside them.
/// Thread-safety: all functions may be called from any thread, on destinations that do not overlap.
#ifndef FPX_RELIEF_H
#define FPX_RELIEF_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_nullability.h"

#ifdef __cplusplus
extern "C" {
#endif

// Basis mean and variance (M2 / (n - 1); 0 for a single frame) of `pixel_count` pixels of `channels` (1 or 3)
// interleaved sums.

void fpx_relief_moments_u8(float *_Nonnull mean, float *_Nonnull variance, const uint32_t *_Nonnull sum,
                           const uint32_t *_Nonnull sum_of_squares, size_t frame_count, size_t channels,
                           size_t pixel_count);
void fpx_relief_moments_u16(float *_Nonnull mean, float *_Nonnull variance, const uint32_t *_Nonnull sum,
                            const uint64_t *_Nonnull sum_of_squares, size_t frame_count, size_t channels,
                            size_t pixel_count);
void fpx_relief_moments_welford(float *_Nonnull mean, float *_Nonnull variance, const double *_Nonnull sample_mean,
                                const double *_Nonnull m2, size_t frame_count, size_t channels, size_t pixel_count);

/// destination[i] = median of the i-th elements of five arrays. The arrays may be one array at five offsets;
/// destination overlaps none of them.
void fpx_relief_median5_f32(float *_Nonnull destination, const float *_Nonnull const *_Nonnull five, size_t count);

/// values[i] = natural logarithm of (values[i] + offset), with an absolute error below 2e-5. The sums are normal
/// positive numbers.
void fpx_relief_log_f32(float *_Nonnull values, float offset, size_t count);

/// values[i] -= subtrahend[i].
void fpx_relief_subtract_f32(float *_Nonnull values, const float *_Nonnull subtrahend, size_t count);

#ifdef __cplusplus
}
#endif
#endif
