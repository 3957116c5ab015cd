#include "../kernels.h"

#if FPX_X86

#include <immintrin.h>

#include "moments_prefetch.h"
#include "moments_summarize.h"

#pragma STDC FP_CONTRACT OFF

#define AVX2 __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline))

AVX2 INLINE __m256i load(const void *samples) { return _mm256_loadu_si256((const __m256i *)samples); }

AVX2 INLINE void add_to(uint32_t *accumulators, __m256i addend) {
    _mm256_storeu_si256((__m256i *)accumulators, _mm256_add_epi32(load(accumulators), addend));
}

// ---- 8-bit samples ----
//
// Two frames are interleaved: vpmaddubsw with ones sums pairs into 16 bits, and zero-extended to words vpmaddwd
// squares and sums pairs into 32 bits (at most 2 * 255^2, so its signed result is exact). A missing frame counts as
// zeros.

enum {
    BYTE_COLUMN_SAMPLES = 32,
    // 16-bit partial sums: 128 pairs * 2 * 255 = 65,280 is the last below 2^16.
    FRAMES_BETWEEN_FLUSHES = 256,
};

typedef struct byte_column {
    __m256i sum[2];
    __m256i squares[4];
} byte_column;

/// Unpacking works within 128-bit lanes. Transposing the 2x4 matrix of doublewords first makes the unpacked lanes
/// come out in the order of the samples.
AVX2 INLINE __m256i load_transposed(const uint8_t *samples) {
    return _mm256_permutevar8x32_epi32(load(samples), _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7));
}

AVX2 INLINE void add_squares(byte_column *column, int quarter, __m256i words) {
    column->squares[quarter] = _mm256_add_epi32(column->squares[quarter], _mm256_madd_epi16(words, words));
}

AVX2 INLINE void add_two_frames(byte_column *column, __m256i a, __m256i b) {
    const __m256i zero = _mm256_setzero_si256(), ones = _mm256_set1_epi8(1);
    const __m256i low = _mm256_unpacklo_epi8(a, b), high = _mm256_unpackhi_epi8(a, b);
    column->sum[0] = _mm256_add_epi16(column->sum[0], _mm256_maddubs_epi16(low, ones));
    column->sum[1] = _mm256_add_epi16(column->sum[1], _mm256_maddubs_epi16(high, ones));
    add_squares(column, 0, _mm256_unpacklo_epi8(low, zero));
    add_squares(column, 1, _mm256_unpackhi_epi8(low, zero));
    add_squares(column, 2, _mm256_unpacklo_epi8(high, zero));
    add_squares(column, 3, _mm256_unpackhi_epi8(high, zero));
}

AVX2 INLINE void accumulate_column(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                   size_t frame_count, size_t first_sample) {
    fpx_prefetch_accumulators(sum + first_sample, sizeof *sum, BYTE_COLUMN_SAMPLES);
    fpx_prefetch_accumulators(sum_of_squares + first_sample, sizeof *sum_of_squares, BYTE_COLUMN_SAMPLES);
    const __m256i zero = _mm256_setzero_si256();
    byte_column column = {0};
    size_t frame = 0;
    for (; frame + 2 <= frame_count; frame += 2) {
        add_two_frames(&column, load_transposed(frames[frame] + first_sample),
                       load_transposed(frames[frame + 1] + first_sample));
    }
    if (frame < frame_count) add_two_frames(&column, load_transposed(frames[frame] + first_sample), zero);
    add_to(sum + first_sample, _mm256_unpacklo_epi16(column.sum[0], zero));
    add_to(sum + first_sample + 8, _mm256_unpackhi_epi16(column.sum[0], zero));
    add_to(sum + first_sample + 16, _mm256_unpacklo_epi16(column.sum[1], zero));
    add_to(sum + first_sample + 24, _mm256_unpackhi_epi16(column.sum[1], zero));
#pragma clang loop unroll(full)
    for (int quarter = 0; quarter < 4; quarter++) {
        add_to(sum_of_squares + first_sample + 8 * (size_t)quarter, column.squares[quarter]);
    }
}

AVX2 void fpx_moments_u8_accumulate_avx2(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                         size_t frame_count, size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    if (frame_count == 8) {
        // The usual batch: with a constant count the frame pointers stay in registers.
        const uint8_t *const eight[8] = {frames[0], frames[1], frames[2], frames[3],
                                         frames[4], frames[5], frames[6], frames[7]};
        for (; end_sample - index >= BYTE_COLUMN_SAMPLES; index += BYTE_COLUMN_SAMPLES) {
            accumulate_column(sum, sum_of_squares, eight, 8, index);
        }
    } else {
        for (; end_sample - index >= BYTE_COLUMN_SAMPLES; index += BYTE_COLUMN_SAMPLES) {
            for (size_t frame = 0; frame < frame_count; frame += FRAMES_BETWEEN_FLUSHES) {
                const size_t left = frame_count - frame;
                accumulate_column(sum, sum_of_squares, frames + frame,
                                  left < FRAMES_BETWEEN_FLUSHES ? left : FRAMES_BETWEEN_FLUSHES, index);
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

enum { WORD_COLUMN_SAMPLES = 16 };

typedef struct word_column {
    __m256i sum[2];
    __m256i even_squares[2];
    __m256i odd_squares[2];
} word_column;

AVX2 INLINE __m256i load_shifted(const uint16_t *samples) {
    // Exchanges the middle quadwords, for unpacking to give the order of the samples.
    const __m256i transposed = _mm256_permute4x64_epi64(load(samples), _MM_SHUFFLE(3, 1, 2, 0));
    return _mm256_xor_si256(transposed, _mm256_set1_epi16((short)0x8000));
}

AVX2 INLINE void add_word_pairs(word_column *column, int half, __m256i pairs) {
    const __m256i ones = _mm256_set1_epi16(1);
    const __m256i even_lanes = _mm256_set1_epi64x(0xffffffff);
    const __m256i squares = _mm256_madd_epi16(pairs, pairs);
    column->sum[half] = _mm256_add_epi32(column->sum[half], _mm256_madd_epi16(pairs, ones));
    column->even_squares[half] = _mm256_add_epi64(column->even_squares[half], _mm256_and_si256(squares, even_lanes));
    column->odd_squares[half] = _mm256_add_epi64(column->odd_squares[half], _mm256_srli_epi64(squares, 32));
}

AVX2 INLINE void add_two_word_frames(word_column *column, __m256i a, __m256i b) {
    add_word_pairs(column, 0, _mm256_unpacklo_epi16(a, b));
    add_word_pairs(column, 1, _mm256_unpackhi_epi16(a, b));
}

AVX2 INLINE void add_squares_to(uint64_t *sum_of_squares, __m256i shifted_squares, __m128i sums, __m256i shift) {
    const __m256i sums_shifted = _mm256_slli_epi64(_mm256_cvtepu32_epi64(sums), 16);
    const __m256i squares = _mm256_sub_epi64(_mm256_add_epi64(shifted_squares, sums_shifted), shift);
    _mm256_storeu_si256((__m256i *)sum_of_squares, _mm256_add_epi64(load(sum_of_squares), squares));
}

AVX2 INLINE void accumulate_word_column(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
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
        add_two_word_frames(&column, load_shifted(frames[frame] + first_sample), _mm256_setzero_si256());
    }
    const __m256i sum_shift = _mm256_set1_epi32((int)((uint32_t)frame_count << 15));
    const __m256i square_shift = _mm256_set1_epi64x((long long)((uint64_t)frame_count << 30));
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
        const size_t index = first_sample + 8 * (size_t)half;
        // At most 65535 * 65537 = 2^32 - 1, so the batch's own sum is exact in 32 bits.
        const __m256i sums = _mm256_add_epi32(column.sum[half], sum_shift);
        add_to(sum + index, sums);
        const __m256i low = _mm256_unpacklo_epi64(column.even_squares[half], column.odd_squares[half]);
        const __m256i high = _mm256_unpackhi_epi64(column.even_squares[half], column.odd_squares[half]);
        add_squares_to(sum_of_squares + index, _mm256_permute2x128_si256(low, high, 0x20), _mm256_castsi256_si128(sums),
                       square_shift);
        add_squares_to(sum_of_squares + index + 4, _mm256_permute2x128_si256(low, high, 0x31),
                       _mm256_extracti128_si256(sums, 1), square_shift);
    }
}

AVX2 void fpx_moments_u16_accumulate_avx2(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                          size_t frame_count, size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    for (; end_sample - index >= WORD_COLUMN_SAMPLES; index += WORD_COLUMN_SAMPLES) {
        accumulate_word_column(sum, sum_of_squares, frames, frame_count, index);
    }
    fpx_moments_u16_accumulate_c(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

// ---- Summaries ----

AVX2 fpx_scaled_m2_summary fpx_moments_u8_summarize_avx2(const uint32_t *sum, const uint32_t *sum_of_squares,
                                                         uint32_t frame_count, size_t sample_count) {
    return fpx_summarize_u8(sum, sum_of_squares, frame_count, sample_count);
}

AVX2 fpx_scaled_m2_summary fpx_moments_u16_summarize_avx2(const uint32_t *sum, const uint64_t *sum_of_squares,
                                                          uint32_t frame_count, size_t sample_count) {
    return fpx_summarize_u16(sum, sum_of_squares, frame_count, sample_count);
}

#endif
