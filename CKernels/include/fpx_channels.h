/// Exact statistics of the channels of interleaved samples: sum, sum of squares, count of every value.
///
/// A picture, or some rows of it, is `pixel_count` pixels of `channels` (1 to FPX_CHANNELS_MAXIMUM) interleaved
/// samples. All results are exact integers that are added to what is there, so the order and the split into calls,
/// threads and SIMD levels change no bit. From sums over n pixels: mean = sum / n, population variance = sum_of_squares
/// / n - mean^2.
///
/// Overflow: 2^32 pixels of 16-bit samples and 2^48 of 8-bit samples fit the sums of one set; beyond, they are modulo
/// 2^64. Callers with more keep wider sums of their own and add to them.
/// Errors: FPX_ERROR_ARGUMENT for a number of channels out of range, and for a null pointer with a pixel_count above 0;
/// then nothing is written.
/// Arguments: buffers may have any address that suits their element type, and nothing is read or written outside them.
/// Thread-safety: everything runs on the calling thread; calls at the same time work on different results.
/// Complexity: one pass over the samples; no allocation, at most 16 KiB of stack.
#ifndef FPX_CHANNELS_H
#define FPX_CHANNELS_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_annotations.h"
#include "fpx_constant.h"
#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

FPX_CONSTANT(size_t, FPX_CHANNELS_MAXIMUM, 4);

// sum[c] += sum of x, sum_of_squares[c] += sum of x*x, over the samples x of channel c. Both arrays have `channels`
// elements and do not overlap.

fpx_status fpx_channel_sums_u8(uint64_t *_Nonnull FPX_COUNTED_BY(channels) sum FPX_NOESCAPE,
                               uint64_t *_Nonnull FPX_COUNTED_BY(channels) sum_of_squares FPX_NOESCAPE,
                               const uint8_t *_Nonnull FPX_COUNTED_BY((channels * pixel_count)) samples FPX_NOESCAPE,
                               size_t channels, size_t pixel_count);
fpx_status fpx_channel_sums_u16(uint64_t *_Nonnull FPX_COUNTED_BY(channels) sum FPX_NOESCAPE,
                                uint64_t *_Nonnull FPX_COUNTED_BY(channels) sum_of_squares FPX_NOESCAPE,
                                const uint16_t *_Nonnull FPX_COUNTED_BY((channels * pixel_count)) samples FPX_NOESCAPE,
                                size_t channels, size_t pixel_count);

// counts[c * 256 + x] (u16: c * 65536 + x) += how often channel c has the value x.

fpx_status fpx_channel_histogram_u8(uint64_t *_Nonnull FPX_COUNTED_BY((channels * 256)) counts FPX_NOESCAPE,
                                    const uint8_t *_Nonnull FPX_COUNTED_BY((channels * pixel_count))
                                        samples FPX_NOESCAPE,
                                    size_t channels, size_t pixel_count);
fpx_status fpx_channel_histogram_u16(uint64_t *_Nonnull FPX_COUNTED_BY((channels * 65536)) counts FPX_NOESCAPE,
                                     const uint16_t *_Nonnull FPX_COUNTED_BY((channels * pixel_count))
                                         samples FPX_NOESCAPE,
                                     size_t channels, size_t pixel_count);

#ifdef __cplusplus
}
#endif
#endif
