// Portable C: the definition that the other levels are held against.

#include "../kernels.h"
#include "moments_merge.h"
#include "moments_summarize.h"

#pragma STDC FP_CONTRACT OFF

// Accumulators of this many samples stay in level-1 cache (u8: 8 KiB, u16: 12 KiB) while the frames pass by.
#define BLOCK_SAMPLES ((size_t)1024)

void fpx_moments_u8_accumulate_c(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                 size_t frame_count, size_t first_sample, size_t end_sample) {
    for (size_t block = first_sample; block < end_sample; block += BLOCK_SAMPLES) {
        const size_t count = end_sample - block < BLOCK_SAMPLES ? end_sample - block : BLOCK_SAMPLES;
        uint32_t *restrict block_sum = sum + block;
        uint32_t *restrict block_sum_of_squares = sum_of_squares + block;
        for (size_t frame = 0; frame < frame_count; frame++) {
            const uint8_t *restrict samples = frames[frame] + block;
            for (size_t index = 0; index < count; index++) {
                const uint32_t sample = samples[index];
                block_sum[index] += sample;
                block_sum_of_squares[index] += sample * sample;
            }
        }
    }
}

void fpx_moments_u16_accumulate_c(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                  size_t frame_count, size_t first_sample, size_t end_sample) {
    for (size_t block = first_sample; block < end_sample; block += BLOCK_SAMPLES) {
        const size_t count = end_sample - block < BLOCK_SAMPLES ? end_sample - block : BLOCK_SAMPLES;
        uint32_t *restrict block_sum = sum + block;
        uint64_t *restrict block_sum_of_squares = sum_of_squares + block;
        for (size_t frame = 0; frame < frame_count; frame++) {
            const uint16_t *restrict samples = frames[frame] + block;
            for (size_t index = 0; index < count; index++) {
                const uint32_t sample = samples[index];
                block_sum[index] += sample;
                block_sum_of_squares[index] += sample * sample;
            }
        }
    }
}

fpx_scaled_m2_summary fpx_moments_u8_summarize_c(const uint32_t *sum, const uint32_t *sum_of_squares,
                                                 uint32_t frame_count, size_t sample_count) {
    return fpx_summarize_u8(sum, sum_of_squares, frame_count, sample_count);
}

fpx_scaled_m2_summary fpx_moments_u16_summarize_c(const uint32_t *sum, const uint64_t *sum_of_squares,
                                                  uint32_t frame_count, size_t sample_count) {
    return fpx_summarize_u16(sum, sum_of_squares, frame_count, sample_count);
}

bool fpx_moments_u8_merge_c(uint32_t *sum, uint32_t *sum_of_squares, const uint32_t *other_sum,
                            const uint32_t *other_sum_of_squares, uint32_t frame_count, size_t sample_count) {
    return fpx_merge_u8(sum, sum_of_squares, other_sum, other_sum_of_squares, frame_count, sample_count);
}

bool fpx_moments_u16_merge_c(uint32_t *sum, uint64_t *sum_of_squares, const uint32_t *other_sum,
                             const uint64_t *other_sum_of_squares, uint32_t frame_count, size_t sample_count) {
    return fpx_merge_u16(sum, sum_of_squares, other_sum, other_sum_of_squares, frame_count, sample_count);
}
