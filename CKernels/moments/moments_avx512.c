#include "../kernels.h"

#if FPX_X86

#include <immintrin.h>

#include "moments_prefetch.h"
#include "moments_summarize.h"

#pragma STDC FP_CONTRACT OFF

#define AVX512 FPX_TARGET_AVX512
#define AVX512_VNNI FPX_TARGET_AVX512_VNNI
#define INLINE static inline __attribute__((always_inline))

AVX512 INLINE void add_to(void *accumulators, __m512i addend) {
    _mm512_storeu_si512(accumulators, _mm512_add_epi32(_mm512_loadu_si512(accumulators), addend));
}

/// Unpacking works within 128-bit lanes. Transposing the 4x4 matrix of doublewords first (rows: lanes) makes the
/// unpacked lanes come out in the order of the samples.
AVX512 INLINE __m512i load_transposed(const uint8_t *samples) {
    const __m512i transposed = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_permutexvar_epi32(transposed, _mm512_loadu_si512(samples));
}

// ---- 8-bit samples with VNNI ----
//
// Four frames are interleaved byte by byte, so that each 32-bit lane holds one sample position of the four frames.
// vpdpbusd multiplies unsigned by signed bytes: times 1 it sums the samples, and times (x ^ 0x80) = x - 128 it gives
// x*x - 128*x, from which 128 times the sum makes x*x again. All of it is modulo 2^32, and neither instruction
// saturates, so nothing needs flushing. A missing frame counts as zeros, which add nothing to either sum.

enum { VNNI_COLUMN_SAMPLES = 64, VNNI_GROUP_FRAMES = 4 };

typedef struct vnni_column {
    __m512i sum[4];
    __m512i shifted_squares[4];
} vnni_column;

AVX512_VNNI INLINE void add_interleaved(vnni_column *column, int quarter, __m512i samples) {
    const __m512i ones = _mm512_set1_epi8(1);
    const __m512i sign_bits = _mm512_set1_epi8((char)0x80);
    column->sum[quarter] = _mm512_dpbusd_epi32(column->sum[quarter], samples, ones);
    column->shifted_squares[quarter] =
        _mm512_dpbusd_epi32(column->shifted_squares[quarter], samples, _mm512_xor_si512(samples, sign_bits));
}

AVX512_VNNI INLINE void add_four_frames(vnni_column *column, __m512i a, __m512i b, __m512i c, __m512i d) {
    const __m512i ab_low = _mm512_unpacklo_epi8(a, b), ab_high = _mm512_unpackhi_epi8(a, b);
    const __m512i cd_low = _mm512_unpacklo_epi8(c, d), cd_high = _mm512_unpackhi_epi8(c, d);
    add_interleaved(column, 0, _mm512_unpacklo_epi16(ab_low, cd_low));
    add_interleaved(column, 1, _mm512_unpackhi_epi16(ab_low, cd_low));
    add_interleaved(column, 2, _mm512_unpacklo_epi16(ab_high, cd_high));
    add_interleaved(column, 3, _mm512_unpackhi_epi16(ab_high, cd_high));
}

AVX512_VNNI INLINE void accumulate_column_vnni(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                               size_t frame_count, size_t first_sample) {
    fpx_prefetch_accumulators(sum + first_sample, sizeof *sum, VNNI_COLUMN_SAMPLES);
    fpx_prefetch_accumulators(sum_of_squares + first_sample, sizeof *sum_of_squares, VNNI_COLUMN_SAMPLES);
    vnni_column column = {0};
    size_t frame = 0;
    for (; frame + VNNI_GROUP_FRAMES <= frame_count; frame += VNNI_GROUP_FRAMES) {
        add_four_frames(
            &column, load_transposed(frames[frame] + first_sample), load_transposed(frames[frame + 1] + first_sample),
            load_transposed(frames[frame + 2] + first_sample), load_transposed(frames[frame + 3] + first_sample));
    }
    if (frame < frame_count) {
        const __m512i zero = _mm512_setzero_si512();
        const size_t left = frame_count - frame;
        add_four_frames(&column, load_transposed(frames[frame] + first_sample),
                        left > 1 ? load_transposed(frames[frame + 1] + first_sample) : zero,
                        left > 2 ? load_transposed(frames[frame + 2] + first_sample) : zero, zero);
    }
#pragma clang loop unroll(full)
    for (int quarter = 0; quarter < 4; quarter++) {
        const size_t index = first_sample + 16 * (size_t)quarter;
        add_to(sum + index, column.sum[quarter]);
        add_to(sum_of_squares + index,
               _mm512_add_epi32(column.shifted_squares[quarter], _mm512_slli_epi32(column.sum[quarter], 7)));
    }
}

AVX512_VNNI void fpx_moments_u8_accumulate_avx512_vnni(uint32_t *sum, uint32_t *sum_of_squares,
                                                       const uint8_t *const *frames, size_t frame_count,
                                                       size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    if (frame_count == 8) {
        // The usual batch: with a constant count the frame pointers stay in registers.
        const uint8_t *const eight[8] = {frames[0], frames[1], frames[2], frames[3],
                                         frames[4], frames[5], frames[6], frames[7]};
        for (; end_sample - index >= VNNI_COLUMN_SAMPLES; index += VNNI_COLUMN_SAMPLES) {
            accumulate_column_vnni(sum, sum_of_squares, eight, 8, index);
        }
    } else {
        for (; end_sample - index >= VNNI_COLUMN_SAMPLES; index += VNNI_COLUMN_SAMPLES) {
            accumulate_column_vnni(sum, sum_of_squares, frames, frame_count, index);
        }
    }
    fpx_moments_u8_accumulate_c(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

// ---- 8-bit samples without VNNI ----
//
// Two frames are interleaved: vpmaddubsw with ones sums pairs into 16 bits, and zero-extended to words vpmaddwd
// squares and sums pairs into 32 bits (at most 2 * 255^2, so its signed result is exact).

enum {
    PAIRED_COLUMN_SAMPLES = 64,
    // 16-bit partial sums: 128 pairs * 2 * 255 = 65,280 is the last below 2^16.
    PAIRED_FRAMES_BETWEEN_FLUSHES = 256,
};

typedef struct paired_column {
    __m512i sum[2];
    __m512i squares[4];
} paired_column;

AVX512 INLINE void add_squares(paired_column *column, int quarter, __m512i words) {
    column->squares[quarter] = _mm512_add_epi32(column->squares[quarter], _mm512_madd_epi16(words, words));
}

AVX512 INLINE void add_two_frames(paired_column *column, __m512i a, __m512i b) {
    const __m512i zero = _mm512_setzero_si512(), ones = _mm512_set1_epi8(1);
    const __m512i low = _mm512_unpacklo_epi8(a, b), high = _mm512_unpackhi_epi8(a, b);
    column->sum[0] = _mm512_add_epi16(column->sum[0], _mm512_maddubs_epi16(low, ones));
    column->sum[1] = _mm512_add_epi16(column->sum[1], _mm512_maddubs_epi16(high, ones));
    add_squares(column, 0, _mm512_unpacklo_epi8(low, zero));
    add_squares(column, 1, _mm512_unpackhi_epi8(low, zero));
    add_squares(column, 2, _mm512_unpacklo_epi8(high, zero));
    add_squares(column, 3, _mm512_unpackhi_epi8(high, zero));
}

AVX512 INLINE void accumulate_column(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                     size_t frame_count, size_t first_sample) {
    fpx_prefetch_accumulators(sum + first_sample, sizeof *sum, PAIRED_COLUMN_SAMPLES);
    fpx_prefetch_accumulators(sum_of_squares + first_sample, sizeof *sum_of_squares, PAIRED_COLUMN_SAMPLES);
    const __m512i zero = _mm512_setzero_si512();
    paired_column column = {0};
    size_t frame = 0;
    for (; frame + 2 <= frame_count; frame += 2) {
        add_two_frames(&column, load_transposed(frames[frame] + first_sample),
                       load_transposed(frames[frame + 1] + first_sample));
    }
    if (frame < frame_count) add_two_frames(&column, load_transposed(frames[frame] + first_sample), zero);
    add_to(sum + first_sample, _mm512_unpacklo_epi16(column.sum[0], zero));
    add_to(sum + first_sample + 16, _mm512_unpackhi_epi16(column.sum[0], zero));
    add_to(sum + first_sample + 32, _mm512_unpacklo_epi16(column.sum[1], zero));
    add_to(sum + first_sample + 48, _mm512_unpackhi_epi16(column.sum[1], zero));
#pragma clang loop unroll(full)
    for (int quarter = 0; quarter < 4; quarter++) {
        add_to(sum_of_squares + first_sample + 16 * (size_t)quarter, column.squares[quarter]);
    }
}

AVX512 void fpx_moments_u8_accumulate_avx512(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                             size_t frame_count, size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    if (frame_count == 8) {
        const uint8_t *const eight[8] = {frames[0], frames[1], frames[2], frames[3],
                                         frames[4], frames[5], frames[6], frames[7]};
        for (; end_sample - index >= PAIRED_COLUMN_SAMPLES; index += PAIRED_COLUMN_SAMPLES) {
            accumulate_column(sum, sum_of_squares, eight, 8, index);
        }
    } else {
        for (; end_sample - index >= PAIRED_COLUMN_SAMPLES; index += PAIRED_COLUMN_SAMPLES) {
            for (size_t frame = 0; frame < frame_count; frame += PAIRED_FRAMES_BETWEEN_FLUSHES) {
                const size_t left = frame_count - frame;
                accumulate_column(sum, sum_of_squares, frames + frame,
                                  left < PAIRED_FRAMES_BETWEEN_FLUSHES ? left : PAIRED_FRAMES_BETWEEN_FLUSHES, index);
            }
        }
    }
    fpx_moments_u8_accumulate_c(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

// ---- 16-bit samples ----
//
// vpmaddwd is signed, so samples are shifted to y = x - 2^15 first. The sum of two squares is at most 2^31, exact as
// an unsigned number, and is widened to 64 bits at once because two of them may not fit 32 bits. With n frames
//   sum of x = sum of y + n * 2^15,
//   sum of x*x = sum of y*y + 2^16 * sum of x - n * 2^30.
// A missing frame counts as y = 0 and is left out of n.

enum { WORD_COLUMN_SAMPLES = 32 };

typedef struct word_column {
    __m512i sum[2];
    __m512i even_squares[2];
    __m512i odd_squares[2];
} word_column;

AVX512 INLINE __m512i load_shifted(const uint16_t *samples) {
    // Transposes the 2x4 matrix of quadwords, for unpacking to give the order of the samples.
    const __m512i transposed = _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7);
    const __m512i sign_bits = _mm512_set1_epi16((short)0x8000);
    return _mm512_xor_si512(_mm512_permutexvar_epi64(transposed, _mm512_loadu_si512(samples)), sign_bits);
}

AVX512 INLINE void add_word_pairs(word_column *column, int half, __m512i pairs) {
    const __m512i ones = _mm512_set1_epi16(1);
    const __m512i even_lanes = _mm512_set1_epi64(0xffffffff);
    const __m512i squares = _mm512_madd_epi16(pairs, pairs);
    column->sum[half] = _mm512_add_epi32(column->sum[half], _mm512_madd_epi16(pairs, ones));
    column->even_squares[half] = _mm512_add_epi64(column->even_squares[half], _mm512_and_si512(squares, even_lanes));
    column->odd_squares[half] = _mm512_add_epi64(column->odd_squares[half], _mm512_srli_epi64(squares, 32));
}

AVX512 INLINE void add_two_word_frames(word_column *column, __m512i a, __m512i b) {
    add_word_pairs(column, 0, _mm512_unpacklo_epi16(a, b));
    add_word_pairs(column, 1, _mm512_unpackhi_epi16(a, b));
}

AVX512 INLINE void add_squares_to(uint64_t *sum_of_squares, __m512i shifted_squares, __m256i sums, __m512i shift) {
    const __m512i sums_shifted = _mm512_slli_epi64(_mm512_cvtepu32_epi64(sums), 16);
    const __m512i squares = _mm512_sub_epi64(_mm512_add_epi64(shifted_squares, sums_shifted), shift);
    _mm512_storeu_si512(sum_of_squares, _mm512_add_epi64(_mm512_loadu_si512(sum_of_squares), squares));
}

AVX512 INLINE void accumulate_word_column(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                          size_t frame_count, size_t first_sample) {
    fpx_prefetch_accumulators(sum + first_sample, sizeof *sum, WORD_COLUMN_SAMPLES);
    fpx_prefetch_accumulators(sum_of_squares + first_sample, sizeof *sum_of_squares, WORD_COLUMN_SAMPLES);
    word_column column = {0};
    size_t frame = 0;
    for (; frame + 2 <= frame_count; frame += 2) {
        add_two_word_frames(&column, load_shifted(frames[frame] + first_sample),
                            load_shifted(frames[frame + 1] + first_sample));
    }
    if (frame < frame_count) {
        add_two_word_frames(&column, load_shifted(frames[frame] + first_sample), _mm512_setzero_si512());
    }
    const __m512i sum_shift = _mm512_set1_epi32((int)((uint32_t)frame_count << 15));
    const __m512i square_shift = _mm512_set1_epi64((long long)((uint64_t)frame_count << 30));
    const __m512i lower_pairs = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    const __m512i upper_pairs = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
        const size_t index = first_sample + 16 * (size_t)half;
        // At most 65535 * 65537 = 2^32 - 1, so the batch's own sum is exact in 32 bits.
        const __m512i sums = _mm512_add_epi32(column.sum[half], sum_shift);
        add_to(sum + index, sums);
        add_squares_to(sum_of_squares + index,
                       _mm512_permutex2var_epi64(column.even_squares[half], lower_pairs, column.odd_squares[half]),
                       _mm512_castsi512_si256(sums), square_shift);
        add_squares_to(sum_of_squares + index + 8,
                       _mm512_permutex2var_epi64(column.even_squares[half], upper_pairs, column.odd_squares[half]),
                       _mm512_extracti64x4_epi64(sums, 1), square_shift);
    }
}

AVX512 void fpx_moments_u16_accumulate_avx512(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                              size_t frame_count, size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    for (; end_sample - index >= WORD_COLUMN_SAMPLES; index += WORD_COLUMN_SAMPLES) {
        accumulate_word_column(sum, sum_of_squares, frames, frame_count, index);
    }
    fpx_moments_u16_accumulate_c(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

// ---- Summaries ----

AVX512 fpx_scaled_m2_summary fpx_moments_u8_summarize_avx512(const uint32_t *sum, const uint32_t *sum_of_squares,
                                                             uint32_t frame_count, size_t sample_count) {
    return fpx_summarize_u8(sum, sum_of_squares, frame_count, sample_count);
}

AVX512 fpx_scaled_m2_summary fpx_moments_u16_summarize_avx512(const uint32_t *sum, const uint64_t *sum_of_squares,
                                                              uint32_t frame_count, size_t sample_count) {
    return fpx_summarize_u16(sum, sum_of_squares, frame_count, sample_count);
}

#endif
