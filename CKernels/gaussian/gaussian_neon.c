#include "../kernels.h"

#if FPX_ARM64

#include <arm_neon.h>
#include <string.h>

#include "gaussian_plain.h"

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

// Widening multiplications take one row or one pixel at a time, so that nothing needs to be interleaved.

// ---- First pass ----

enum { ROWS = FPX_GAUSSIAN_ROWS_PER_PASS };

/// Four rows of 16 sums. Row r of the sums takes row r + tap of the samples with the weight of the tap.
INLINE void sum_byte_columns(uint16_t *sums, size_t row_sums, const uint8_t *const *rows, size_t index,
                             const uint16_t *weights, size_t tap_count) {
    uint16x8_t low[ROWS], high[ROWS];
    for (size_t row = 0; row < ROWS; row++)
        low[row] = high[row] = vdupq_n_u16(0);
    for (size_t source = 0; source < tap_count + ROWS - 1; source++) {
        const uint8x16_t samples = vld1q_u8(rows[source] + index);
        const uint16x8_t wide_low = vmovl_u8(vget_low_u8(samples)), wide_high = vmovl_high_u8(samples);
#pragma clang loop unroll(full)
        for (size_t row = 0; row < ROWS; row++) {
            const size_t tap = source - row;
            if (tap >= tap_count) continue;
            low[row] = vmlaq_n_u16(low[row], wide_low, weights[tap]);
            high[row] = vmlaq_n_u16(high[row], wide_high, weights[tap]);
        }
    }
    for (size_t row = 0; row < ROWS; row++) {
        vst1q_u16(sums + row * row_sums, low[row]);
        vst1q_u16(sums + row * row_sums + 8, high[row]);
    }
}

void fpx_gaussian_u8_vertical_neon(uint16_t *sums, size_t row_sums, const uint8_t *const *rows, size_t first_sample,
                                   size_t sample_count, const fpx_gaussian *gaussian) {
    if (sample_count < 16) {
        fpx_gaussian_u8_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
        return;
    }
    for (size_t done = 0; done < sample_count; done += 16) {
        // The last vector ends where the samples end, and repeats some of the one before.
        if (done > sample_count - 16) done = sample_count - 16;
        sum_byte_columns(sums + done, row_sums, rows, first_sample + done, gaussian->u8_weights + 1,
                         2 * gaussian->u8_radius + 1);
    }
}

/// Four rows of 8 sums; products and sums are exact modulo 2^32, and sums fit.
INLINE void sum_word_columns(uint32_t *sums, size_t row_sums, const uint16_t *const *rows, size_t index,
                             const uint32_t *weights, size_t tap_count) {
    uint32x4_t low[ROWS], high[ROWS];
    for (size_t row = 0; row < ROWS; row++)
        low[row] = high[row] = vdupq_n_u32(0);
    for (size_t source = 0; source < tap_count + ROWS - 1; source++) {
        const uint16x8_t samples = vld1q_u16(rows[source] + index);
        const uint32x4_t wide_low = vmovl_u16(vget_low_u16(samples)), wide_high = vmovl_high_u16(samples);
#pragma clang loop unroll(full)
        for (size_t row = 0; row < ROWS; row++) {
            const size_t tap = source - row;
            if (tap >= tap_count) continue;
            low[row] = vmlaq_n_u32(low[row], wide_low, weights[tap]);
            high[row] = vmlaq_n_u32(high[row], wide_high, weights[tap]);
        }
    }
    for (size_t row = 0; row < ROWS; row++) {
        vst1q_u32(sums + row * row_sums, low[row]);
        vst1q_u32(sums + row * row_sums + 4, high[row]);
    }
}

void fpx_gaussian_u16_vertical_neon(uint32_t *sums, size_t row_sums, const uint16_t *const *rows, size_t first_sample,
                                    size_t sample_count, const fpx_gaussian *gaussian) {
    if (sample_count < 8) {
        fpx_gaussian_u16_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
        return;
    }
    for (size_t done = 0; done < sample_count; done += 8) {
        if (done > sample_count - 8) done = sample_count - 8;
        sum_word_columns(sums + done, row_sums, rows, first_sample + done, gaussian->u16_weights + 1,
                         2 * gaussian->u16_radius + 1);
    }
}

// ---- Second pass ----
//
// The last vector reads what is behind the sums, and only what belongs to the destination is copied there.

INLINE uint8x16_t blur_bytes(const uint16_t *sums, size_t channels, const uint16_t *weights, size_t tap_count) {
    uint32x4_t wide[4];
    for (size_t quarter = 0; quarter < 4; quarter++)
        wide[quarter] = vdupq_n_u32(1u << 15);
    for (size_t tap = 0; tap < tap_count; tap++, sums += channels) {
        const uint16x8_t low = vld1q_u16(sums), high = vld1q_u16(sums + 8);
        const uint16_t weight = weights[tap];
        wide[0] = vmlal_n_u16(wide[0], vget_low_u16(low), weight);
        wide[1] = vmlal_high_n_u16(wide[1], low, weight);
        wide[2] = vmlal_n_u16(wide[2], vget_low_u16(high), weight);
        wide[3] = vmlal_high_n_u16(wide[3], high, weight);
    }
    const uint16x8_t low = vshrn_high_n_u32(vshrn_n_u32(wide[0], 16), wide[1], 16);
    const uint16x8_t high = vshrn_high_n_u32(vshrn_n_u32(wide[2], 16), wide[3], 16);
    return vmovn_high_u16(vmovn_u16(low), high);
}

void fpx_gaussian_u8_horizontal_neon(uint8_t *destination, const uint16_t *sums, size_t sample_count, size_t channels,
                                     const fpx_gaussian *gaussian) {
    const uint16_t *weights = gaussian->u8_weights + 1;
    const size_t tap_count = 2 * gaussian->u8_radius + 1;
    size_t index = 0;
    for (; sample_count - index >= 16; index += 16)
        vst1q_u8(destination + index, blur_bytes(sums + index, channels, weights, tap_count));
    if (index == sample_count) return;
    uint8_t last[16];
    vst1q_u8(last, blur_bytes(sums + index, channels, weights, tap_count));
    memcpy(destination + index, last, sample_count - index);
}

INLINE uint16x8_t blur_words(const uint32_t *sums, size_t channels, const uint32_t *weights, size_t tap_count) {
    uint64x2_t wide[4];
    for (size_t quarter = 0; quarter < 4; quarter++)
        wide[quarter] = vdupq_n_u64((uint64_t)1 << 31);
    for (size_t tap = 0; tap < tap_count; tap++, sums += channels) {
        const uint32x4_t low = vld1q_u32(sums), high = vld1q_u32(sums + 4);
        const uint32_t weight = weights[tap];
        wide[0] = vmlal_n_u32(wide[0], vget_low_u32(low), weight);
        wide[1] = vmlal_high_n_u32(wide[1], low, weight);
        wide[2] = vmlal_n_u32(wide[2], vget_low_u32(high), weight);
        wide[3] = vmlal_high_n_u32(wide[3], high, weight);
    }
    const uint32x4_t low = vshrn_high_n_u64(vshrn_n_u64(wide[0], 32), wide[1], 32);
    const uint32x4_t high = vshrn_high_n_u64(vshrn_n_u64(wide[2], 32), wide[3], 32);
    return vmovn_high_u32(vmovn_u32(low), high);
}

void fpx_gaussian_u16_horizontal_neon(uint16_t *destination, const uint32_t *sums, size_t sample_count, size_t channels,
                                      const fpx_gaussian *gaussian) {
    const uint32_t *weights = gaussian->u16_weights + 1;
    const size_t tap_count = 2 * gaussian->u16_radius + 1;
    size_t index = 0;
    for (; sample_count - index >= 8; index += 8)
        vst1q_u16(destination + index, blur_words(sums + index, channels, weights, tap_count));
    if (index == sample_count) return;
    uint16_t last[8];
    vst1q_u16(last, blur_words(sums + index, channels, weights, tap_count));
    memcpy(destination + index, last, (sample_count - index) * sizeof *last);
}

#endif
