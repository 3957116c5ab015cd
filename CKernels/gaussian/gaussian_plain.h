/// Both passes in plain loops, for compilers to vectorise with the instructions of each level.
#ifndef FPX_GAUSSIAN_PLAIN_H
#define FPX_GAUSSIAN_PLAIN_H

#include "../kernels.h"

#pragma STDC FP_CONTRACT OFF

#include "gaussian_pairs.h"

/// The passes for one sample type. `sum_type` holds the exact sums of one pass, `wide_type` those of both, and
/// `fraction_bits` is the number of bits behind the point of a weight.
#define FPX_DEFINE_GAUSSIAN_PASSES(sample, sample_type, sum_type, wide_type, fraction_bits)                            \
    FPX_GAUSSIAN_INLINE void fpx_gaussian_##sample##_vertical_plain(                                                   \
        sum_type *restrict sums, size_t row_sums, const sample_type *const *rows, size_t first_sample,                 \
        size_t sample_count, const fpx_gaussian *gaussian) {                                                           \
        const size_t tap_count = 2 * gaussian->sample##_radius + 1;                                                    \
        for (size_t row = 0; row < FPX_GAUSSIAN_ROWS_PER_PASS; row++, sums += row_sums) {                              \
            for (size_t tap = 0; tap < tap_count; tap++) {                                                             \
                const sample_type *restrict samples = rows[row + tap] + first_sample;                                  \
                const sum_type weight = (sum_type)gaussian->sample##_weights[tap + 1];                                 \
                if (tap == 0) {                                                                                        \
                    for (size_t index = 0; index < sample_count; index++)                                              \
                        sums[index] = (sum_type)(weight * (sum_type)samples[index]);                                   \
                } else {                                                                                               \
                    for (size_t index = 0; index < sample_count; index++)                                              \
                        sums[index] = (sum_type)(sums[index] + weight * (sum_type)samples[index]);                     \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    FPX_GAUSSIAN_INLINE void fpx_gaussian_##sample##_horizontal_plain(                                                 \
        sample_type *restrict destination, const sum_type *restrict sums, size_t sample_count, size_t channels,        \
        const fpx_gaussian *gaussian) {                                                                                \
        enum { BLOCK_SAMPLES = 64 };                                                                                   \
        const size_t tap_count = 2 * gaussian->sample##_radius + 1;                                                    \
        for (size_t first = 0; first < sample_count; first += BLOCK_SAMPLES) {                                         \
            wide_type block[BLOCK_SAMPLES];                                                                            \
            for (size_t index = 0; index < BLOCK_SAMPLES; index++)                                                     \
                block[index] = (wide_type)1 << (2 * (fraction_bits)-1);                                                \
            for (size_t tap = 0; tap < tap_count; tap++) {                                                             \
                const sum_type *restrict shifted = sums + first + tap * channels;                                      \
                const wide_type weight = gaussian->sample##_weights[tap + 1];                                          \
                for (size_t index = 0; index < BLOCK_SAMPLES; index++)                                                 \
                    block[index] += weight * (wide_type)shifted[index];                                                \
            }                                                                                                          \
            const size_t left = sample_count - first;                                                                  \
            const size_t count = left < BLOCK_SAMPLES ? left : BLOCK_SAMPLES;                                          \
            for (size_t index = 0; index < count; index++)                                                             \
                destination[first + index] = (sample_type)(block[index] >> (2 * (fraction_bits)));                     \
        }                                                                                                              \
    }

// The sums of one pass are at most 255 * 2^8 and 65535 * 2^16, those of both 255 * 2^16 and 65535 * 2^32.
FPX_DEFINE_GAUSSIAN_PASSES(u8, uint8_t, uint16_t, uint32_t, 8)
FPX_DEFINE_GAUSSIAN_PASSES(u16, uint16_t, uint32_t, uint64_t, 16)

#endif
