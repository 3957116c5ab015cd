/// Tiled Welford moments in float64: per-sample mean and M2, for integer and float samples.
///
/// A frame is `sample_count` samples (width x height x channels) in any layout, the same for all frames of a set.
/// mean[i] and m2[i] belong to sample i of every frame, and are zero for no frames; variance = M2 / (n - 1).
///
/// The moments of a block of FPX_WELFORD_BLOCK_FRAMES frames a, b, c, d are its mean and the squared deviations from
/// it:
///     mean = ((a + b) + (c + d)) * (1/4),
///     M2 = fma(d', d', fma(c', c', fma(b', b', a' * a'))), where x' = x - mean.
/// The frames that are left at the end of a call are a block as well: of one, mean = a; of two, mean = (a + b) * (1/2);
/// of three, the third joins the mean of two, mean = fma(c - mean, 1/3, mean). Their M2 ends after as many terms.
/// The block (mean b, M2 B, m frames) then joins the n earlier frames by Chan, Golub & LeVeque, "Updating formulae and
/// a pairwise algorithm for computing sample variances" (1979), which with m = 1 is the update of Welford, "Note on a
/// method for calculating corrected sums of squares and products" (1962):
///     d = b - mean,  mean = fma(d, m / (n + m), mean),  M2 += fma(d * d, n * m / (n + m), B).
/// Nothing but what is written so is fused, so tiles, team sizes and SIMD levels change no bit. The order of frames
/// and splits other than at multiples of a block do change the last bits. Frames that are all equal have an M2 of 0.
///
/// Special values: a sample that is infinite or not a number makes M2 not-a-number, and mean infinite or
/// not-a-number, for its position alone. Which not-a-number it is, is not defined.
/// Limits: none; frame counts are exact in float64 up to 2^53.
/// Arguments: buffers may have any address that suits their element type, and nothing is read or written outside
/// them. Accumulators overlap neither each other nor the frames; one frame may be given several times.
/// Thread-safety: functions without `threads` run on the calling thread. All may be called from any thread at the
/// same time, if no two calls work on the same accumulators.
/// Complexity: frame_count * sample_count; no allocation.
/// Errors: FPX_ERROR_ARGUMENT for a null pointer where both counts are above zero, or a tile of zero samples; then
/// nothing is written.
#ifndef FPX_WELFORD_H
#define FPX_WELFORD_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_annotations.h"
#include "fpx_constant.h"
#include "fpx_parallel.h"
#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Frames whose moments are computed together before Chan's merge takes them into the accumulators. Splitting a
/// sequence of frames over calls at multiples of the block changes no bit of the result.
FPX_CONSTANT(size_t, FPX_WELFORD_BLOCK_FRAMES, 4);

// One tile, on the calling thread. mean/m2 hold the moments of `frames_before` frames. `frames` has frame_count
// pointers, each to the tile's first sample.

fpx_status fpx_welford_u8_accumulate_tile(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                          double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                          size_t frames_before,
                                          const uint8_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE,
                                          size_t frame_count, size_t sample_count);
fpx_status fpx_welford_u16_accumulate_tile(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                           double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                           size_t frames_before,
                                           const uint16_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE,
                                           size_t frame_count, size_t sample_count);
fpx_status fpx_welford_f32_accumulate_tile(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                           double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                           size_t frames_before,
                                           const float *_Nonnull const *_Nonnull frames FPX_NOESCAPE,
                                           size_t frame_count, size_t sample_count);

// The whole frame in tiles of tile_sample_count (the last may be shorter), on an OpenMP team of `threads` (0:
// default).

fpx_status fpx_welford_u8_accumulate(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                     double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                     size_t frames_before, const uint8_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE,
                                     size_t frame_count, size_t sample_count, size_t tile_sample_count, size_t threads);
fpx_status fpx_welford_u16_accumulate(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                      double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                      size_t frames_before,
                                      const uint16_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE, size_t frame_count,
                                      size_t sample_count, size_t tile_sample_count, size_t threads);
fpx_status fpx_welford_f32_accumulate(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                      double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                      size_t frames_before, const float *_Nonnull const *_Nonnull frames FPX_NOESCAPE,
                                      size_t frame_count, size_t sample_count, size_t tile_sample_count,
                                      size_t threads);

// The same on a runner of the caller's; null: on the calling thread.

fpx_status fpx_welford_u8_accumulate_on(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                        double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                        size_t frames_before,
                                        const uint8_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE, size_t frame_count,
                                        size_t sample_count, size_t tile_sample_count,
                                        const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);
fpx_status fpx_welford_u16_accumulate_on(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                         double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                         size_t frames_before,
                                         const uint16_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE,
                                         size_t frame_count, size_t sample_count, size_t tile_sample_count,
                                         const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);
fpx_status fpx_welford_f32_accumulate_on(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                         double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                         size_t frames_before,
                                         const float *_Nonnull const *_Nonnull frames FPX_NOESCAPE, size_t frame_count,
                                         size_t sample_count, size_t tile_sample_count,
                                         const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);

// The same of frames in one buffer, each frame_stride_bytes (negative: before) after the one before it; strides keep
// frames aligned for the sample type.

fpx_status fpx_welford_u8_accumulate_strided(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                             double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                             size_t frames_before, const uint8_t *_Nonnull first_frame FPX_NOESCAPE,
                                             ptrdiff_t frame_stride_bytes, size_t frame_count, size_t sample_count,
                                             size_t tile_sample_count,
                                             const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);
fpx_status fpx_welford_u16_accumulate_strided(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                              double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                              size_t frames_before, const uint16_t *_Nonnull first_frame FPX_NOESCAPE,
                                              ptrdiff_t frame_stride_bytes, size_t frame_count, size_t sample_count,
                                              size_t tile_sample_count,
                                              const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);
fpx_status fpx_welford_f32_accumulate_strided(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                              double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE,
                                              size_t frames_before, const float *_Nonnull first_frame FPX_NOESCAPE,
                                              ptrdiff_t frame_stride_bytes, size_t frame_count, size_t sample_count,
                                              size_t tile_sample_count,
                                              const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);

// Chan, Golub & LeVeque 1979: takes the moments of another, disjoint set of frames into mean/m2, which hold those of
// frame_count frames. With an other_frame_count of 0 nothing changes.

fpx_status fpx_welford_merge_tile(double *_Nonnull FPX_COUNTED_BY(sample_count) mean FPX_NOESCAPE,
                                  double *_Nonnull FPX_COUNTED_BY(sample_count) m2 FPX_NOESCAPE, size_t frame_count,
                                  const double *_Nonnull FPX_COUNTED_BY(sample_count) other_mean FPX_NOESCAPE,
                                  const double *_Nonnull FPX_COUNTED_BY(sample_count) other_m2 FPX_NOESCAPE,
                                  size_t other_frame_count, size_t sample_count);

#ifdef __cplusplus
}
#endif
#endif
