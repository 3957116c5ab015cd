#include "../kernels.h"

#if FPX_ARM64

#include <arm_neon.h>

#pragma STDC FP_CONTRACT OFF

// With the architecture named, because GCC does not add the extension to plain ARMv8.0.
#define DOT_PRODUCT __attribute__((target("arch=armv8.2-a+dotprod")))
#define INLINE static inline __attribute__((always_inline))

INLINE void add_to(uint32_t *accumulators, uint32x4_t addend) {
    vst1q_u32(accumulators, vaddq_u32(vld1q_u32(accumulators), addend));
}

// ---- 8-bit samples ----

enum {
    BYTE_COLUMN_SAMPLES = 16,
    // 16-bit partial sums: 257 * 255 = 65,535 is the last below 2^16.
    FRAMES_BETWEEN_FLUSHES = 257,
};

INLINE void accumulate_column(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames, size_t frame_count,
                              size_t first_sample) {
    uint16x8_t sums[2] = {vdupq_n_u16(0), vdupq_n_u16(0)};
    uint32x4_t squares[4] = {vdupq_n_u32(0), vdupq_n_u32(0), vdupq_n_u32(0), vdupq_n_u32(0)};
    for (size_t frame = 0; frame < frame_count; frame++) {
        const uint8x16_t samples = vld1q_u8(frames[frame] + first_sample);
        sums[0] = vaddw_u8(sums[0], vget_low_u8(samples));
        sums[1] = vaddw_high_u8(sums[1], samples);
        const uint16x8_t low = vmull_u8(vget_low_u8(samples), vget_low_u8(samples));
        const uint16x8_t high = vmull_high_u8(samples, samples);
        squares[0] = vaddw_u16(squares[0], vget_low_u16(low));
        squares[1] = vaddw_high_u16(squares[1], low);
        squares[2] = vaddw_u16(squares[2], vget_low_u16(high));
        squares[3] = vaddw_high_u16(squares[3], high);
    }
    add_to(sum + first_sample, vmovl_u16(vget_low_u16(sums[0])));
    add_to(sum + first_sample + 4, vmovl_high_u16(sums[0]));
    add_to(sum + first_sample + 8, vmovl_u16(vget_low_u16(sums[1])));
    add_to(sum + first_sample + 12, vmovl_high_u16(sums[1]));
    for (size_t quarter = 0; quarter < 4; quarter++) {
        add_to(sum_of_squares + first_sample + 4 * quarter, squares[quarter]);
    }
}

void fpx_moments_u8_accumulate_neon(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                    size_t frame_count, size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    for (; end_sample - index >= BYTE_COLUMN_SAMPLES; index += BYTE_COLUMN_SAMPLES) {
        for (size_t frame = 0; frame < frame_count; frame += FRAMES_BETWEEN_FLUSHES) {
            const size_t left = frame_count - frame;
            accumulate_column(sum, sum_of_squares, frames + frame,
                              left < FRAMES_BETWEEN_FLUSHES ? left : FRAMES_BETWEEN_FLUSHES, index);
        }
    }
    fpx_moments_u8_accumulate_c(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

// ---- 8-bit samples with UDOT ----
//
// Four frames are interleaved byte by byte, so that each 32-bit lane holds one sample position of the four frames,
// and UDOT adds them, times 1 or times themselves, to 32-bit sums. A missing frame counts as zeros.

typedef struct dot_product_column {
    uint32x4_t sum[4];
    uint32x4_t squares[4];
} dot_product_column;

DOT_PRODUCT INLINE void add_interleaved(dot_product_column *column, int quarter, uint16x8_t interleaved) {
    const uint8x16_t samples = vreinterpretq_u8_u16(interleaved);
    column->sum[quarter] = vdotq_u32(column->sum[quarter], samples, vdupq_n_u8(1));
    column->squares[quarter] = vdotq_u32(column->squares[quarter], samples, samples);
}

DOT_PRODUCT INLINE void add_four_frames(dot_product_column *column, uint8x16_t a, uint8x16_t b, uint8x16_t c,
                                        uint8x16_t d) {
    const uint16x8_t ab_low = vreinterpretq_u16_u8(vzip1q_u8(a, b)), ab_high = vreinterpretq_u16_u8(vzip2q_u8(a, b));
    const uint16x8_t cd_low = vreinterpretq_u16_u8(vzip1q_u8(c, d)), cd_high = vreinterpretq_u16_u8(vzip2q_u8(c, d));
    add_interleaved(column, 0, vzip1q_u16(ab_low, cd_low));
    add_interleaved(column, 1, vzip2q_u16(ab_low, cd_low));
    add_interleaved(column, 2, vzip1q_u16(ab_high, cd_high));
    add_interleaved(column, 3, vzip2q_u16(ab_high, cd_high));
}

DOT_PRODUCT void fpx_moments_u8_accumulate_neon_dot_product(uint32_t *sum, uint32_t *sum_of_squares,
                                                            const uint8_t *const *frames, size_t frame_count,
                                                            size_t first_sample, size_t end_sample) {
    const uint8x16_t zero = vdupq_n_u8(0);
    size_t index = first_sample;
    for (; end_sample - index >= BYTE_COLUMN_SAMPLES; index += BYTE_COLUMN_SAMPLES) {
        dot_product_column column = {0};
        size_t frame = 0;
        for (; frame + 4 <= frame_count; frame += 4) {
            add_four_frames(&column, vld1q_u8(frames[frame] + index), vld1q_u8(frames[frame + 1] + index),
                            vld1q_u8(frames[frame + 2] + index), vld1q_u8(frames[frame + 3] + index));
        }
        if (frame < frame_count) {
            const size_t left = frame_count - frame;
            add_four_frames(&column, vld1q_u8(frames[frame] + index),
                            left > 1 ? vld1q_u8(frames[frame + 1] + index) : zero,
                            left > 2 ? vld1q_u8(frames[frame + 2] + index) : zero, zero);
        }
        for (size_t quarter = 0; quarter < 4; quarter++) {
            add_to(sum + index + 4 * quarter, column.sum[quarter]);
            add_to(sum_of_squares + index + 4 * quarter, column.squares[quarter]);
        }
    }
    fpx_moments_u8_accumulate_c(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

// ---- 16-bit samples ----

enum { WORD_COLUMN_SAMPLES = 8 };

void fpx_moments_u16_accumulate_neon(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                     size_t frame_count, size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    for (; end_sample - index >= WORD_COLUMN_SAMPLES; index += WORD_COLUMN_SAMPLES) {
        uint32x4_t sums[2] = {vdupq_n_u32(0), vdupq_n_u32(0)};
        uint64x2_t squares[4] = {vdupq_n_u64(0), vdupq_n_u64(0), vdupq_n_u64(0), vdupq_n_u64(0)};
        for (size_t frame = 0; frame < frame_count; frame++) {
            const uint16x8_t samples = vld1q_u16(frames[frame] + index);
            sums[0] = vaddw_u16(sums[0], vget_low_u16(samples));
            sums[1] = vaddw_high_u16(sums[1], samples);
            const uint32x4_t low = vmull_u16(vget_low_u16(samples), vget_low_u16(samples));
            const uint32x4_t high = vmull_high_u16(samples, samples);
            squares[0] = vaddw_u32(squares[0], vget_low_u32(low));
            squares[1] = vaddw_high_u32(squares[1], low);
            squares[2] = vaddw_u32(squares[2], vget_low_u32(high));
            squares[3] = vaddw_high_u32(squares[3], high);
        }
        add_to(sum + index, sums[0]);
        add_to(sum + index + 4, sums[1]);
        for (size_t quarter = 0; quarter < 4; quarter++) {
            uint64_t *accumulators = sum_of_squares + index + 2 * quarter;
            vst1q_u64(accumulators, vaddq_u64(vld1q_u64(accumulators), squares[quarter]));
        }
    }
    fpx_moments_u16_accumulate_c(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

#endif
