#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx2.h"

#define LEVEL(name) name##_avx2
#include "gaussian_columns.h"
#include "gaussian_order_avx2.h"

#define AVX2 FPX_TARGET
#define INLINE static inline __attribute__((always_inline))

AVX2 INLINE __m256i load(const void *address) { return _mm256_loadu_si256((const __m256i *)address); }
AVX2 INLINE void store(void *address, __m256i vector) { _mm256_storeu_si256((__m256i *)address, vector); }
AVX2 INLINE __m256i repeat(uint32_t bits) { return _mm256_set1_epi32((int)bits); }

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
    if (fpx_gaussian_u8_is_binomial(gaussian)) {
        binomial_u8_horizontal(destination, sums, sample_count, channels);
        return;
    }
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
    if (fpx_gaussian_u16_is_binomial(gaussian)) {
        binomial_u16_horizontal(destination, sums, sample_count, channels);
        return;
    }
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
