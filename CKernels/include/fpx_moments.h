/// Exact moments of integer samples: per-sample sum and sum of squares over frames.
///
/// A frame is `sample_count` samples (width x height x channels) in any layout, the same for all frames of a set.
/// sum[i] and sum_of_squares[i] belong to sample i of every frame. They start at zero and are exact integers, so the
/// order of frames, the split into calls, tiles, threads and SIMD levels change no bit.
/// From them, with n frames: mean = sum / n, M2 = sum_of_squares - sum^2 / n, variance = M2 / (n - 1); scaled M2 =
/// n * M2 is an integer.
///
/// Overflow: the sums hold FPX_MOMENTS_U8_MAXIMUM_FRAMES or FPX_MOMENTS_U16_MAXIMUM_FRAMES frames, whatever their
/// samples. A call with more fails; the caller keeps count over calls. Beyond it, sums are modulo 2^32 or 2^64.
/// Arguments: buffers may have any address that suits their element type, and nothing is read or written outside
/// them. Accumulators overlap neither each other nor the frames; one frame may be given several times.
/// Thread-safety: functions without `threads` run on the calling thread. All may be called from any thread at the
/// same time, if no two calls work on the same accumulators.
/// Complexity: frame_count * sample_count, one pass over frames and accumulators; no allocation.
#ifndef FPX_MOMENTS_H
#define FPX_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpx_annotations.h"
#include "fpx_constant.h"
#include "fpx_parallel.h"
#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// floor((2^32 - 1) / 255^2): the most 8-bit frames whose sum of squares fits 32 bits.
FPX_CONSTANT(size_t, FPX_MOMENTS_U8_MAXIMUM_FRAMES, 66051);
/// floor((2^32 - 1) / 65535): the most 16-bit frames whose sum fits 32 bits.
FPX_CONSTANT(size_t, FPX_MOMENTS_U16_MAXIMUM_FRAMES, 65537);

// One tile, on the calling thread. sum[i] += sum over frames of x, sum_of_squares[i] += sum over frames of x*x.
// `frames` has frame_count pointers, each to the tile's first sample. Eight frames a call with tiles whose frames fit
// the level-2 cache are fastest, because accumulators are read and written once for all frames of a call.
// Errors: FPX_ERROR_OVERFLOW for a frame_count above the maximum, FPX_ERROR_ARGUMENT for a null pointer where both
// counts are above zero; then nothing is written.

fpx_status fpx_moments_u8_accumulate_tile(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                          uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                          const uint8_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE,
                                          size_t frame_count, size_t sample_count);
fpx_status fpx_moments_u16_accumulate_tile(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                           uint64_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                           const uint16_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE,
                                           size_t frame_count, size_t sample_count);

// The whole frame in tiles of tile_sample_count (the last may be shorter), on an OpenMP team of `threads` (0:
// default). Errors as above, and FPX_ERROR_ARGUMENT for a tile of zero samples.

fpx_status fpx_moments_u8_accumulate(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                     uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                     const uint8_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE, size_t frame_count,
                                     size_t sample_count, size_t tile_sample_count, size_t threads);
fpx_status fpx_moments_u16_accumulate(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                      uint64_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                      const uint16_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE, size_t frame_count,
                                      size_t sample_count, size_t tile_sample_count, size_t threads);

// The same on a runner of the caller's; null: on the calling thread.

fpx_status fpx_moments_u8_accumulate_on(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                        uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                        const uint8_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE, size_t frame_count,
                                        size_t sample_count, size_t tile_sample_count,
                                        const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);
fpx_status fpx_moments_u16_accumulate_on(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                         uint64_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                         const uint16_t *_Nonnull const *_Nonnull frames FPX_NOESCAPE,
                                         size_t frame_count, size_t sample_count, size_t tile_sample_count,
                                         const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);

// The same of frames in one buffer, each frame_stride_bytes (negative: before) after the one before it; strides keep
// frames aligned for the sample type.

fpx_status fpx_moments_u8_accumulate_strided(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                             uint32_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                                 sum_of_squares FPX_NOESCAPE,
                                             const uint8_t *_Nonnull first_frame FPX_NOESCAPE,
                                             ptrdiff_t frame_stride_bytes, size_t frame_count, size_t sample_count,
                                             size_t tile_sample_count,
                                             const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);
fpx_status fpx_moments_u16_accumulate_strided(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                              uint64_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                                  sum_of_squares FPX_NOESCAPE,
                                              const uint16_t *_Nonnull first_frame FPX_NOESCAPE,
                                              ptrdiff_t frame_stride_bytes, size_t frame_count, size_t sample_count,
                                              size_t tile_sample_count,
                                              const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);

// Takes one frame's tile back out, exactly: the inverse of accumulating it. It must have been accumulated.
// From here on: FPX_ERROR_ARGUMENT for a null pointer with a sample_count above zero; then nothing is written.

fpx_status fpx_moments_u8_remove_tile(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                      uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                      const uint8_t *_Nonnull FPX_COUNTED_BY(sample_count) frame FPX_NOESCAPE,
                                      size_t sample_count);
fpx_status fpx_moments_u16_remove_tile(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                       uint64_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                       const uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) frame FPX_NOESCAPE,
                                       size_t sample_count);

// Adds the moments of another, disjoint set of frames (exact). Both sets together obey the maximum.

fpx_status fpx_moments_u8_merge_tile(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                     uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                     const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) other_sum FPX_NOESCAPE,
                                     const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                         other_sum_of_squares FPX_NOESCAPE,
                                     size_t sample_count);
fpx_status fpx_moments_u16_merge_tile(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                      uint64_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                      const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) other_sum FPX_NOESCAPE,
                                      const uint64_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                          other_sum_of_squares FPX_NOESCAPE,
                                      size_t sample_count);

// The same of sums that may be damaged. False: no frame_count frames have such sums (no sum is above that of as many
// largest samples, no sum of squares above that sum times the largest sample, and n Σx² >= (Σx)²), there are more
// frames than the maximum, or a pointer is null with a sample_count above zero; the accumulators are then worthless.

bool fpx_moments_u8_merge_checked_tile(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                       uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                       const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) other_sum FPX_NOESCAPE,
                                       const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                           other_sum_of_squares FPX_NOESCAPE,
                                       size_t frame_count, size_t sample_count);
bool fpx_moments_u16_merge_checked_tile(uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                        uint64_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                        const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) other_sum FPX_NOESCAPE,
                                        const uint64_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                            other_sum_of_squares FPX_NOESCAPE,
                                        size_t frame_count, size_t sample_count);

// scaled_m2[i] = frame_count * sum_of_squares[i] - sum[i]^2 = frame_count * M2, an exact integer of at most 2^62
// (u16: n^2/4 * 65535^2 with n = 65537). frame_count is that of the sums; FPX_ERROR_OVERFLOW above the maximum.

fpx_status fpx_moments_u8_scaled_m2(uint64_t *_Nonnull FPX_COUNTED_BY(sample_count) scaled_m2 FPX_NOESCAPE,
                                    const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                    const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                    size_t frame_count, size_t sample_count);
fpx_status fpx_moments_u16_scaled_m2(uint64_t *_Nonnull FPX_COUNTED_BY(sample_count) scaled_m2 FPX_NOESCAPE,
                                     const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count) sum FPX_NOESCAPE,
                                     const uint64_t *_Nonnull FPX_COUNTED_BY(sample_count) sum_of_squares FPX_NOESCAPE,
                                     size_t frame_count, size_t sample_count);

/// Exact minimum, maximum and total (total_high * 2^64 + total_low) of scaled M2 over a tile.
typedef struct fpx_scaled_m2_summary {
    uint64_t minimum;
    uint64_t maximum;
    uint64_t total_low;
    uint64_t total_high;
} fpx_scaled_m2_summary;

// Reads the sums once and writes nothing. A sample_count of 0, a null pointer and a frame_count above the maximum give
// minimum UINT64_MAX, maximum 0, total 0, which is neutral when summaries of tiles are combined, and no summary of
// samples.

fpx_scaled_m2_summary fpx_moments_u8_summarise_tile(const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                                        sum FPX_NOESCAPE,
                                                    const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                                        sum_of_squares FPX_NOESCAPE,
                                                    size_t frame_count, size_t sample_count);
fpx_scaled_m2_summary fpx_moments_u16_summarise_tile(const uint32_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                                         sum FPX_NOESCAPE,
                                                     const uint64_t *_Nonnull FPX_COUNTED_BY(sample_count)
                                                         sum_of_squares FPX_NOESCAPE,
                                                     size_t frame_count, size_t sample_count);

#ifdef __cplusplus
}
#endif
#endif
