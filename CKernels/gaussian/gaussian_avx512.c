#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx512.h"

#define LEVEL(name) name##_avx512
#include "gaussian_columns.h"
#include "gaussian_second_pass.h"

#define NAME sum_pixels_vnni
#define TARGET FPX_TARGET_DOT_PRODUCT
#define MULTIPLY_ADD fpx_dot_i16
#include "gaussian_pixels.h"

// ---- Second pass: into the order of pairs and back ----

enum {
    /// Words of a row of a tile in the order of pairs: with both borders, and what vectors touch behind its end.
    PAIRED_ROW = FPX_GAUSSIAN_TILE_SAMPLES + (FPX_GAUSSIAN_MAXIMUM_SIZE - 1) * 4 + 32 * VECTORS + 32,
};

// The places that the words of a vector come from, by channels - 1. A vector has room for five pairs of pixels of three
// channels; its last two words are the next one's.
static const uint16_t paired_places[4][32] = {
    {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
     16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31},
    {0,  2,  1,  3,  4,  6,  5,  7,  8,  10, 9,  11, 12, 14, 13, 15,
     16, 18, 17, 19, 20, 22, 21, 23, 24, 26, 25, 27, 28, 30, 29, 31},
    {0,  3,  1,  4,  2,  5,  6,  9,  7,  10, 8,  11, 12, 15, 13, 16,
     14, 17, 18, 21, 19, 22, 20, 23, 24, 27, 25, 28, 26, 29, 30, 31},
    {0,  4,  1,  5,  2,  6,  3,  7,  8,  12, 9,  13, 10, 14, 11, 15,
     16, 20, 17, 21, 18, 22, 19, 23, 24, 28, 25, 29, 26, 30, 27, 31},
};
static const uint16_t ordered_places[4][32] = {
    {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
     16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31},
    {0,  2,  1,  3,  4,  6,  5,  7,  8,  10, 9,  11, 12, 14, 13, 15,
     16, 18, 17, 19, 20, 22, 21, 23, 24, 26, 25, 27, 28, 30, 29, 31},
    {0,  2,  4,  1,  3,  5,  6,  8,  10, 7,  9,  11, 12, 14, 16, 13,
     15, 17, 18, 20, 22, 19, 21, 23, 24, 26, 28, 25, 27, 29, 30, 31},
    {0,  2,  4,  6,  1,  3,  5,  7,  8,  10, 12, 14, 9,  11, 13, 15,
     16, 18, 20, 22, 17, 19, 21, 23, 24, 26, 28, 30, 25, 27, 29, 31},
};

static inline size_t words_per_vector(size_t channels) { return channels == 3 ? 30 : 32; }

/// Less 2^15, because the multiplication is signed.
FPX_OPERATION __m512i pair_up(__m512i words, __m512i places) {
    return _mm512_xor_si512(_mm512_permutexvar_epi16(places, words), _mm512_set1_epi16((short)0x8000));
}

FPX_OPERATION __mmask32 first_lanes(size_t count) { return count < 32 ? ((__mmask32)1 << count) - 1 : ~(__mmask32)0; }

FPX_OPERATION size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

FPX_OPERATION void blur_bytes(uint8_t *destination, const uint16_t *sums, size_t sample_count, size_t channels,
                              const fpx_gaussian *gaussian, pixel_sum *sum) {
    if (fpx_gaussian_u8_is_binomial(gaussian)) {
        binomial_horizontal_u8(destination, sums, sample_count, channels);
        return;
    }
    _Alignas(FPX_VECTOR_BYTES) uint16_t pairs[PAIRED_ROW];
    _Alignas(FPX_VECTOR_BYTES) uint16_t results[FPX_GAUSSIAN_TILE_SAMPLES + 32 * VECTORS];
    const fpx_gaussian_pairs by = fpx_gaussian_word_pairs(gaussian->u8_weights, gaussian->u8_radius);
    const size_t end = fpx_gaussian_end_of_pairs(sample_count, channels);
    const __m512i paired = _mm512_loadu_si512(paired_places[channels - 1]);
    const __m512i ordered = _mm512_loadu_si512(ordered_places[channels - 1]);
    const size_t step = words_per_vector(channels);
    const size_t sum_count = sample_count + 2 * gaussian->u8_radius * channels;
    for (size_t index = 0; index < sum_count; index += step)
        _mm512_storeu_si512(pairs + index, pair_up(_mm512_loadu_si512(sums + index), paired));
    const __m512i initial = fpx_splat_u32(FPX_GAUSSIAN_INITIAL_BYTES);
    for (size_t index = 0; index < end; index += 32 * VECTORS) {
        const pixels pixels = sum(pairs + index, channels, &by, initial);
        FPX_UNROLL
        for (size_t vector = 0; vector < VECTORS; vector++) {
            _mm512_storeu_si512(results + index + 32 * vector,
                                upper_words(pixels.first[vector], pixels.second[vector]));
        }
    }
    for (size_t index = 0; index < sample_count; index += step) {
        const __m512i words = _mm512_permutexvar_epi16(ordered, _mm512_loadu_si512(results + index));
        _mm256_mask_storeu_epi8(destination + index, first_lanes(smaller(sample_count - index, step)),
                                _mm512_cvtepi16_epi8(words));
    }
}

FPX_TARGET void fpx_gaussian_u8_horizontal_avx512(uint8_t *destination, const uint16_t *sums, size_t sample_count,
                                                  size_t channels, const fpx_gaussian *gaussian) {
    blur_bytes(destination, sums, sample_count, channels, gaussian, sum_pixels);
}

FPX_TARGET_DOT_PRODUCT void fpx_gaussian_u8_horizontal_avx512_dot_product(uint8_t *destination, const uint16_t *sums,
                                                                          size_t sample_count, size_t channels,
                                                                          const fpx_gaussian *gaussian) {
    blur_bytes(destination, sums, sample_count, channels, gaussian, sum_pixels_vnni);
}

// The lower and the upper words of the doublewords of two vectors.
static const uint16_t lower_places[32] = {0,  2,  4,  6,  8,  10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30,
                                          32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62};
static const uint16_t upper_places[32] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31,
                                          33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63};

FPX_OPERATION void blur_words(uint16_t *destination, const uint32_t *sums, size_t sample_count, size_t channels,
                              const fpx_gaussian *gaussian, pixel_sum *sum) {
    if (fpx_gaussian_u16_is_binomial(gaussian)) {
        binomial_horizontal_u16(destination, sums, sample_count, channels);
        return;
    }
    if (!fpx_gaussian_fits_word_pairs(gaussian)) {
        fpx_gaussian_u16_horizontal_plain(destination, sums, sample_count, channels, gaussian);
        return;
    }
    _Alignas(FPX_VECTOR_BYTES) uint16_t high[PAIRED_ROW], low[PAIRED_ROW];
    _Alignas(FPX_VECTOR_BYTES) uint16_t results[FPX_GAUSSIAN_TILE_SAMPLES + 32 * VECTORS];
    const fpx_gaussian_pairs by = fpx_gaussian_wide_word_pairs(gaussian->u16_weights, gaussian->u16_radius);
    const size_t end = fpx_gaussian_end_of_pairs(sample_count, channels);
    const __m512i paired = _mm512_loadu_si512(paired_places[channels - 1]);
    const __m512i ordered = _mm512_loadu_si512(ordered_places[channels - 1]);
    const __m512i lower = _mm512_loadu_si512(lower_places), upper = _mm512_loadu_si512(upper_places);
    const size_t step = words_per_vector(channels);
    const size_t sum_count = sample_count + 2 * gaussian->u16_radius * channels;
    for (size_t index = 0; index < sum_count; index += step) {
        const __m512i a = _mm512_loadu_si512(sums + index), b = _mm512_loadu_si512(sums + index + 16);
        const __m512i lows = _mm512_permutex2var_epi16(a, lower, b);
        const __m512i highs = _mm512_permutex2var_epi16(a, upper, b);
        _mm512_storeu_si512(low + index, pair_up(lows, paired));
        _mm512_storeu_si512(high + index, pair_up(highs, paired));
    }
    weigh_halves(results, high, low, end, channels, &by, sum);
    for (size_t index = 0; index < sample_count; index += step) {
        const __m512i words = _mm512_permutexvar_epi16(ordered, _mm512_loadu_si512(results + index));
        _mm512_mask_storeu_epi16(destination + index, first_lanes(smaller(sample_count - index, step)), words);
    }
}

FPX_TARGET void fpx_gaussian_u16_horizontal_avx512(uint16_t *destination, const uint32_t *sums, size_t sample_count,
                                                   size_t channels, const fpx_gaussian *gaussian) {
    blur_words(destination, sums, sample_count, channels, gaussian, sum_pixels);
}

FPX_TARGET_DOT_PRODUCT void fpx_gaussian_u16_horizontal_avx512_dot_product(uint16_t *destination, const uint32_t *sums,
                                                                           size_t sample_count, size_t channels,
                                                                           const fpx_gaussian *gaussian) {
    blur_words(destination, sums, sample_count, channels, gaussian, sum_pixels_vnni);
}

#endif
