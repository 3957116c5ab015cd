/// Adding the moments of other frames, with the question whether frames can have them, written once for compilers to
/// vectorise with the instructions of each level.
#ifndef FPX_MOMENTS_MERGE_H
#define FPX_MOMENTS_MERGE_H

#include "../kernels.h"

static inline __attribute__((always_inline)) bool
fpx_merge_u8(uint32_t *restrict sum, uint32_t *restrict sum_of_squares, const uint32_t *restrict other_sum,
             const uint32_t *restrict other_sum_of_squares, uint32_t frame_count, size_t sample_count) {
    const uint64_t largest_sum = (uint64_t)frame_count * UINT8_MAX;
    // Differences whose highest bit is set where they are below 0: all numbers are below 2^63, the last one's where the
    // first is not below 0.
    uint64_t impossible = 0;
    for (size_t index = 0; index < sample_count; index++) {
        const uint64_t x = other_sum[index], xx = other_sum_of_squares[index];
        impossible |= (largest_sum - x) | (x * UINT8_MAX - xx) | (frame_count * xx - x * x);
        sum[index] += (uint32_t)x;
        sum_of_squares[index] += (uint32_t)xx;
    }
    return impossible >> 63 == 0;
}

static inline __attribute__((always_inline)) bool
fpx_merge_u16(uint32_t *restrict sum, uint64_t *restrict sum_of_squares, const uint32_t *restrict other_sum,
              const uint64_t *restrict other_sum_of_squares, uint32_t frame_count, size_t sample_count) {
    const uint64_t largest_sum = (uint64_t)frame_count * UINT16_MAX;
    uint64_t impossible = 0;
    for (size_t index = 0; index < sample_count; index++) {
        const uint64_t x = other_sum[index], xx = other_sum_of_squares[index];
        // With the most frames that sums hold no product of possible ones leaves 64 bits.
        impossible |= (uint64_t)(x > largest_sum) | (uint64_t)(xx > x * UINT16_MAX) | (uint64_t)(frame_count * xx < x * x);
        sum[index] += (uint32_t)x;
        sum_of_squares[index] += xx;
    }
    return impossible == 0;
}

#endif
