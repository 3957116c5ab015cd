/// What stands out from its neighbourhood: the arithmetic of defect detection, row by row.
///
/// A pixel's basis is red + 2 green + blue, divided by 4 (grey: the sample itself); its variance is the mean of the
/// channels' variances with the same weights. Everything is computed in float64 from exact sums, or in float32 where
/// the name says so, sample by sample in a fixed order: tiles, threads and processors change no bit.
/// Arguments: buffers may have any address that suits their element type; nothing is read or written outside them.
/// Where a count is 0, pointers may be null and nothing is done.
/// Thread-safety: all functions may be called from any thread, on destinations that do not overlap.
#ifndef FPX_RELIEF_H
#define FPX_RELIEF_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_status.h"

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

/// destination[i] = values[i] - median of the i-th elements of five arrays, which may be one array at five offsets.
/// destination overlaps none of the others.
void fpx_relief_above_median5_f32(float *_Nonnull destination, const float *_Nonnull values,
                                  const float *_Nonnull const *_Nonnull five, size_t count);

/// The columns of a cell, and the most rows it may have.
#define FPX_RELIEF_CELL_COLUMNS 16
#define FPX_RELIEF_CELL_ROWS 48

/// The 80th percentile of the size of the relief in each cell of `row_count` (1 to FPX_RELIEF_CELL_ROWS) rows and
/// FPX_RELIEF_CELL_COLUMNS columns, the last cell of a row maybe narrower: of its n samples in every fourth row and
/// column, taken a column further right in each row, the one that n * 4 / 5 others do not exceed; 0 when n is 0.
/// `relief` is row_count x width, finite; `percentiles` has one element for each cell. FPX_ERROR_ARGUMENT, and nothing
/// written, for any other number of rows and for a null pointer with a width above 0.
fpx_status fpx_relief_percentile80_f32(float *_Nonnull percentiles, const float *_Nonnull relief, size_t width,
                                 size_t row_count);

/// The columns of a row where the size of `mean` or of `variance` reaches the limit of its cell, from left to right;
/// returns their number. The limits have one element for each cell, `columns` has room for `width` elements.
size_t fpx_relief_find_f32(uint32_t *_Nonnull columns, const float *_Nonnull mean, const float *_Nonnull variance,
                           const float *_Nonnull mean_limits, const float *_Nonnull variance_limits, size_t width);

/// Pixels of a neighbourhood: five rows of five, the pixel itself in the middle.
#define FPX_RELIEF_NEIGHBOURHOOD 25

/// Twice the basis of the middle pixel, minus the middle two of its 24 neighbours' (whose mean is their median), for
/// one photo. The basis here is red + 2 green + blue, or grey, not divided. `samples`: FPX_RELIEF_NEIGHBOURHOOD pixels
/// of `channels` (1 or 3) interleaved samples of 8 or 16 bits.
int32_t fpx_relief_residual_u16(const uint16_t *_Nonnull samples, size_t channels);

#ifdef __cplusplus
}
#endif
#endif
