// Sums of channels by the kernels that sum frames (fpx_moments.h), which have their SIMD levels already.
//
// The samples are cut into pieces of equal length, and the pieces are summed as if they were frames, position by
// position. A piece holds whole pixels, so that each of its positions belongs to one channel, and its sums stay in the
// level-1 cache.

#include "../kernels.h"
#include "channels_check.h"

#pragma STDC FP_CONTRACT OFF

enum {
    // Whole pixels of 1, 2, 3 and 4 channels, and whole vectors of every level. Longer pieces are slower: 45 samples
    // a nanosecond with 384, 34 with 1536 (AVX-512 with VNNI, samples in the level-2 cache).
    PIECE_SAMPLES = 384,
    // Pieces of one kernel call: enough that it does not matter how often the sums are read and written.
    CALL_PIECES = 64,
    // Pieces that the kernels' 32-bit sums can hold: whole calls, below both FPX_MOMENTS_..._MAXIMUM_FRAMES.
    SET_PIECES = 1024 * CALL_PIECES,
};

#define FPX_CHANNEL_SUMS(bits, sample_type, square_type)                                                               \
    /* At most SET_PIECES pieces; the last may be shorter. */                                                          \
    static void sum_set_u##bits(uint64_t *sum, uint64_t *sum_of_squares, const sample_type *samples, size_t channels,  \
                                size_t sample_count) {                                                                 \
        const fpx_kernels *kernels = fpx_kernels_selected();                                                           \
        uint32_t sums[PIECE_SAMPLES] = {0};                                                                            \
        square_type squares[PIECE_SAMPLES] = {0};                                                                      \
        const sample_type *pieces[CALL_PIECES];                                                                        \
        while (sample_count >= PIECE_SAMPLES) {                                                                        \
            size_t count = 0;                                                                                          \
            for (; count < CALL_PIECES && sample_count >= PIECE_SAMPLES; count++) {                                    \
                pieces[count] = samples;                                                                               \
                samples += PIECE_SAMPLES;                                                                              \
                sample_count -= PIECE_SAMPLES;                                                                         \
            }                                                                                                          \
            kernels->moments_u##bits##_accumulate(sums, squares, pieces, count, 0, PIECE_SAMPLES);                     \
        }                                                                                                              \
        if (sample_count > 0) kernels->moments_u##bits##_accumulate(sums, squares, &samples, 1, 0, sample_count);      \
        for (size_t position = 0; position < PIECE_SAMPLES; position++) {                                              \
            sum[position % channels] += sums[position];                                                                \
            sum_of_squares[position % channels] += squares[position];                                                  \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    fpx_status fpx_channel_sums_u##bits(uint64_t *sum, uint64_t *sum_of_squares, const sample_type *samples,           \
                                        size_t channels, size_t pixel_count) {                                         \
        const fpx_status status = fpx_channels_check(sum, sum_of_squares, samples, channels, pixel_count);             \
        if (status != FPX_OK) return status;                                                                           \
        size_t left = channels * pixel_count;                                                                          \
        while (left > 0) {                                                                                             \
            const size_t set = (size_t)SET_PIECES * PIECE_SAMPLES;                                                     \
            const size_t count = left < set ? left : set;                                                              \
            sum_set_u##bits(sum, sum_of_squares, samples, channels, count);                                            \
            samples += count;                                                                                          \
            left -= count;                                                                                             \
        }                                                                                                              \
        return FPX_OK;                                                                                                 \
    }

FPX_CHANNEL_SUMS(8, uint8_t, uint32_t)
FPX_CHANNEL_SUMS(16, uint16_t, uint64_t)
