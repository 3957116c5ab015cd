#include "../kernels.h"

#if FPX_X86

#include <immintrin.h>

#include "gaussian_order_avx2.h"
#include "gaussian_pairs.h"
#include "gaussian_plain.h"

#pragma STDC FP_CONTRACT OFF

#define AVX2 __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline))

AVX2 INLINE __m256i load(const void *address) { return _mm256_loadu_si256((const __m256i *)address); }
AVX2 INLINE void store(void *address, __m256i vector) { _mm256_storeu_si256((__m256i *)address, vector); }
AVX2 INLINE __m256i repeat(uint32_t bits) { return _mm256_set1_epi32((int)bits); }

// ---- First pass ----
//
// Four rows of sums from pairs of rows: two with the weights that fit the pair, two with those of the pair before it.

/// Sums of four rows, each in the order that unpacking gives: the lower and the upper halves of the lanes.
typedef struct columns {
    __m256i row[FPX_GAUSSIAN_ROWS_PER_PASS][2];
} columns;

/// Two rows of samples, interleaved.
typedef struct pair_of_rows {
    __m256i low;
    __m256i high;
} pair_of_rows;

/// Bytes, or words less 2^15, which the weights' sum of 2^16 makes 2^31 of a sum, modulo 2^32.
AVX2 INLINE __m256i load_row(const void *samples, bool bytes) {
    const __m256i loaded = load(samples);
    return bytes ? loaded : _mm256_xor_si256(loaded, _mm256_set1_epi16((short)0x8000));
}

AVX2 INLINE pair_of_rows load_pair(const void *const *rows, size_t pair, size_t offset_bytes, bool bytes) {
    const __m256i a = load_row((const char *)rows[2 * pair] + offset_bytes, bytes);
    const __m256i b = load_row((const char *)rows[2 * pair + 1] + offset_bytes, bytes);
    const pair_of_rows words = {_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)};
    if (!bytes) return words;
    const pair_of_rows interleaved = {_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b)};
    return interleaved;
}

AVX2 INLINE void add_to_row(__m256i sums[2], pair_of_rows samples, uint32_t weights, bool bytes) {
    const __m256i by = repeat(weights);
    if (bytes) {
        sums[0] = _mm256_add_epi16(sums[0], _mm256_maddubs_epi16(samples.low, by));
        sums[1] = _mm256_add_epi16(sums[1], _mm256_maddubs_epi16(samples.high, by));
    } else {
        sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(samples.low, by));
        sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(samples.high, by));
    }
}

/// Adds a pair of rows to two rows of sums, the first of which begins with pair 0.
AVX2 INLINE void add_to_rows(__m256i (*sums)[2], pair_of_rows samples, const fpx_gaussian_pairs *by, size_t pair,
                             bool bytes) {
    add_to_row(sums[0], samples, by->first[pair], bytes);
    add_to_row(sums[1], samples, by->second[pair], bytes);
}

/// 32 bytes of four rows of samples, twice as many of sums. `offset_bytes` is the place in the rows.
AVX2 INLINE void sum_columns(void *sums, size_t row_bytes, const void *const *rows, size_t offset_bytes,
                             const fpx_gaussian_pairs *by, bool bytes) {
    const __m256i initial = bytes ? _mm256_setzero_si256() : repeat(1u << 31);
    columns columns = {{{initial, initial}, {initial, initial}, {initial, initial}, {initial, initial}}};
    add_to_rows(columns.row, load_pair(rows, 0, offset_bytes, bytes), by, 0, bytes);
    for (size_t pair = 1; pair < by->count; pair++) {
        const pair_of_rows samples = load_pair(rows, pair, offset_bytes, bytes);
        add_to_rows(columns.row, samples, by, pair, bytes);
        add_to_rows(columns.row + 2, samples, by, pair - 1, bytes);
    }
    add_to_rows(columns.row + 2, load_pair(rows, by->count, offset_bytes, bytes), by, by->count - 1, bytes);
#pragma clang loop unroll(full)
    for (size_t row = 0; row < FPX_GAUSSIAN_ROWS_PER_PASS; row++) {
        char *to = (char *)sums + row * row_bytes;
        const __m256i *from = columns.row[row];
        store(to, _mm256_permute2x128_si256(from[0], from[1], 0x20));
        store(to + 32, _mm256_permute2x128_si256(from[0], from[1], 0x31));
    }
}

AVX2 void fpx_gaussian_u8_vertical_avx2(uint16_t *sums, size_t row_sums, const uint8_t *const *rows,
                                        size_t first_sample, size_t sample_count, const fpx_gaussian *gaussian) {
    if (sample_count < 32 || !fpx_gaussian_fits_byte_pairs(gaussian)) {
        fpx_gaussian_u8_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
        return;
    }
    const fpx_gaussian_pairs pairs = fpx_gaussian_byte_pairs(gaussian->u8_weights, gaussian->u8_radius);
    for (size_t done = 0; done < sample_count; done += 32) {
        // The last vector ends where the samples end, and repeats some of the one before.
        if (done > sample_count - 32) done = sample_count - 32;
        sum_columns(sums + done, row_sums * sizeof *sums, (const void *const *)rows, first_sample + done, &pairs, true);
    }
}

AVX2 void fpx_gaussian_u16_vertical_avx2(uint32_t *sums, size_t row_sums, const uint16_t *const *rows,
                                         size_t first_sample, size_t sample_count, const fpx_gaussian *gaussian) {
    if (sample_count < 16 || !fpx_gaussian_fits_word_pairs(gaussian)) {
        fpx_gaussian_u16_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
        return;
    }
    const fpx_gaussian_pairs pairs = fpx_gaussian_wide_word_pairs(gaussian->u16_weights, gaussian->u16_radius);
    for (size_t done = 0; done < sample_count; done += 16) {
        if (done > sample_count - 16) done = sample_count - 16;
        sum_columns(sums + done, row_sums * sizeof *sums, (const void *const *)rows,
                    (first_sample + done) * sizeof **rows, &pairs, false);
    }
}

// ---- Second pass ----

enum { VECTORS = 4 };

/// Sums of the first and of the second pixel of each pair.
typedef struct pixels {
    __m256i first[VECTORS];
    __m256i second[VECTORS];
} pixels;

/// `pairs` are 16-bit numbers in the order of pairs, `step` doublewords from one pair of pixels to the next.
AVX2 INLINE pixels sum_pixels(const uint16_t *pairs, size_t channels, const fpx_gaussian_pairs *by, __m256i initial) {
    pixels sums;
#pragma clang loop unroll(full)
    for (int vector = 0; vector < VECTORS; vector++)
        sums.first[vector] = sums.second[vector] = initial;
    for (size_t pair = 0; pair < by->count; pair++, pairs += 2 * channels) {
        const __m256i first = repeat(by->first[pair]), second = repeat(by->second[pair]);
#pragma clang loop unroll(full)
        for (int vector = 0; vector < VECTORS; vector++) {
            const __m256i words = load(pairs + 16 * vector);
            sums.first[vector] = _mm256_add_epi32(sums.first[vector], _mm256_madd_epi16(words, first));
            sums.second[vector] = _mm256_add_epi32(sums.second[vector], _mm256_madd_epi16(words, second));
        }
    }
    return sums;
}

/// The upper words of both, interleaved again.
AVX2 INLINE __m256i upper_words(__m256i first, __m256i second) {
    return _mm256_blend_epi16(_mm256_srli_epi32(first, 16), second, 0xaa);
}

AVX2 void fpx_gaussian_u8_horizontal_avx2(uint8_t *destination, const uint16_t *sums, size_t sample_count,
                                          size_t channels, const fpx_gaussian *gaussian) {
    uint16_t pairs[FPX_GAUSSIAN_PAIRED_ROW];
    uint8_t results[FPX_GAUSSIAN_PAIRED_ROW];
    const fpx_gaussian_pairs by = fpx_gaussian_word_pairs(gaussian->u8_weights, gaussian->u8_radius);
    const size_t end = fpx_gaussian_end_of_pairs(sample_count, channels);
    fpx_gaussian_pair_up(pairs, sums, sample_count + 2 * gaussian->u8_radius * channels, channels);
    // Half of 2^16 to round, and the 2^15 that words were lessened by, times the weights' sum of 2^8.
    const __m256i initial = repeat((1u << 15) + (1u << 23));
    for (size_t index = 0; index < end; index += 16 * VECTORS) {
        const pixels pixels = sum_pixels(pairs + index, channels, &by, initial);
#pragma clang loop unroll(full)
        for (int vector = 0; vector < VECTORS; vector += 2) {
            const __m256i words = upper_words(pixels.first[vector], pixels.second[vector]);
            const __m256i next_words = upper_words(pixels.first[vector + 1], pixels.second[vector + 1]);
            const __m256i bytes = _mm256_packus_epi16(words, next_words);
            store(results + index + 16 * (size_t)vector, _mm256_permute4x64_epi64(bytes, 0xd8));
        }
    }
    fpx_gaussian_order(destination, results, sample_count, fpx_gaussian_ordered_bytes, channels);
}

// The 32-bit sums of 16-bit samples are multiplied in two halves, s = 2^16 h + l. With the weighted sums H and L of
// the halves, which fit 32 bits, the rounded result is
//     (2^16 H + L + 2^31) >> 32 = (H + 2^15 + (L >> 16)) >> 16,
// exactly, because what L has below 2^16 cannot carry.

AVX2 INLINE void split_halves(uint16_t *high, uint16_t *low, const uint32_t *sums, size_t count) {
    for (size_t index = 0; index < count; index += 16) {
        const __m256i a = load(sums + index), b = load(sums + index + 8);
        const __m256i lower = _mm256_set1_epi32(0xffff);
        const __m256i highs = _mm256_packus_epi32(_mm256_srli_epi32(a, 16), _mm256_srli_epi32(b, 16));
        const __m256i lows = _mm256_packus_epi32(_mm256_and_si256(a, lower), _mm256_and_si256(b, lower));
        store(high + index, _mm256_permute4x64_epi64(highs, 0xd8));
        store(low + index, _mm256_permute4x64_epi64(lows, 0xd8));
    }
}

AVX2 INLINE __m256i join_halves(__m256i high, __m256i low) {
    return _mm256_add_epi32(high, _mm256_srli_epi32(low, 16));
}

AVX2 void fpx_gaussian_u16_horizontal_avx2(uint16_t *destination, const uint32_t *sums, size_t sample_count,
                                           size_t channels, const fpx_gaussian *gaussian) {
    if (!fpx_gaussian_fits_word_pairs(gaussian)) {
        fpx_gaussian_u16_horizontal_plain(destination, sums, sample_count, channels, gaussian);
        return;
    }
    uint16_t high[FPX_GAUSSIAN_PAIRED_ROW], low[FPX_GAUSSIAN_PAIRED_ROW];
    uint16_t high_pairs[FPX_GAUSSIAN_PAIRED_ROW], low_pairs[FPX_GAUSSIAN_PAIRED_ROW];
    const fpx_gaussian_pairs by = fpx_gaussian_wide_word_pairs(gaussian->u16_weights, gaussian->u16_radius);
    const size_t end = fpx_gaussian_end_of_pairs(sample_count, channels);
    const size_t sum_count = sample_count + 2 * gaussian->u16_radius * channels;
    split_halves(high, low, sums, sum_count);
    fpx_gaussian_pair_up(high_pairs, high, sum_count, channels);
    fpx_gaussian_pair_up(low_pairs, low, sum_count, channels);
    // The 2^15 that words were lessened by, times the weights' sum of 2^16; and half of 2^16 to round.
    const __m256i lessened = repeat(1u << 31), lessened_and_half = repeat((1u << 31) + (1u << 15));
    // The words before they were paired are not needed any more.
    uint16_t *results = high;
    for (size_t index = 0; index < end; index += 16 * VECTORS) {
        const pixels highs = sum_pixels(high_pairs + index, channels, &by, lessened_and_half);
        const pixels lows = sum_pixels(low_pairs + index, channels, &by, lessened);
#pragma clang loop unroll(full)
        for (int vector = 0; vector < VECTORS; vector++) {
            store(results + index + 16 * (size_t)vector,
                  upper_words(join_halves(highs.first[vector], lows.first[vector]),
                              join_halves(highs.second[vector], lows.second[vector])));
        }
    }
    fpx_gaussian_order(destination, results, sample_count * sizeof *destination, fpx_gaussian_ordered_words, channels);
}

#endif
