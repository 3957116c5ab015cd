#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx2.h"

#define LEVEL(name) name##_avx2
#include "gaussian_columns.h"
#include "gaussian_order_avx2.h"
#include "gaussian_second_pass.h"

// ---- Second pass ----

FPX_TARGET void fpx_gaussian_u8_horizontal_avx2(uint8_t *destination, const uint16_t *sums, size_t sample_count,
                                                size_t channels, const fpx_gaussian *gaussian) {
    if (fpx_gaussian_u8_is_binomial(gaussian)) {
        binomial_horizontal_u8(destination, sums, sample_count, channels);
        return;
    }
    uint16_t pairs[FPX_GAUSSIAN_PAIRED_ROW];
    uint8_t results[FPX_GAUSSIAN_PAIRED_ROW];
    const fpx_gaussian_pairs by = fpx_gaussian_word_pairs(gaussian->u8_weights, gaussian->u8_radius);
    const size_t end = fpx_gaussian_end_of_pairs(sample_count, channels);
    fpx_gaussian_pair_up(pairs, sums, sample_count + 2 * gaussian->u8_radius * channels, channels);
    const __m256i initial = fpx_splat_u32(FPX_GAUSSIAN_INITIAL_BYTES);
    for (size_t index = 0; index < end; index += WORDS * VECTORS) {
        const pixels pixels = sum_pixels(pairs + index, channels, &by, initial);
        FPX_UNROLL
        for (size_t vector = 0; vector < VECTORS; vector += 2) {
            const __m256i words = upper_words(pixels.first[vector], pixels.second[vector]);
            const __m256i next_words = upper_words(pixels.first[vector + 1], pixels.second[vector + 1]);
            const __m256i bytes = fpx_pack_i16_to_u8(words, next_words);
            fpx_store_u8(results + index + WORDS * vector, fpx_order_packed(bytes));
        }
    }
    fpx_gaussian_order(destination, results, sample_count, fpx_gaussian_ordered_bytes, channels);
}

FPX_OPERATION void split_halves(uint16_t *high, uint16_t *low, const uint32_t *sums, size_t count) {
    const __m256i lower = fpx_splat_u32(0xffff);
    for (size_t index = 0; index < count; index += 16) {
        const __m256i a = fpx_load_u32(sums + index), b = fpx_load_u32(sums + index + 8);
        const __m256i highs = fpx_pack_i32_to_u16(fpx_shift_right_u32(a, 16), fpx_shift_right_u32(b, 16));
        const __m256i lows = fpx_pack_i32_to_u16(fpx_and_u32(a, lower), fpx_and_u32(b, lower));
        fpx_store_u16(high + index, fpx_order_packed(highs));
        fpx_store_u16(low + index, fpx_order_packed(lows));
    }
}

FPX_TARGET void fpx_gaussian_u16_horizontal_avx2(uint16_t *destination, const uint32_t *sums, size_t sample_count,
                                                 size_t channels, const fpx_gaussian *gaussian) {
    if (fpx_gaussian_u16_is_binomial(gaussian)) {
        binomial_horizontal_u16(destination, sums, sample_count, channels);
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
    // The words before they were paired are not needed any more: the results take their place.
    weigh_halves(high, high_pairs, low_pairs, end, channels, &by, sum_pixels);
    fpx_gaussian_order(destination, high, sample_count * sizeof *destination, fpx_gaussian_ordered_words, channels);
}

#endif
