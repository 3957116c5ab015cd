/// Pairs of weights for instructions that add two products (vpmaddubsw, vpmaddwd, vpdpwssd).
///
/// Two rows a and b are interleaved, sample by sample, and multiplied by two weights at once. The same pairs of rows
/// serve two results: the row whose first tap is a, with the weights (w0 w1) (w2 w3) ..., and the row below it, whose
/// first tap is b, with (0 w0) (w1 w2) ... The second pass does the same with the pixels of a row.
#ifndef FPX_GAUSSIAN_PAIRS_H
#define FPX_GAUSSIAN_PAIRS_H

#include "../kernels.h"

#define FPX_GAUSSIAN_INLINE static inline __attribute__((always_inline))

enum { FPX_GAUSSIAN_MAXIMUM_PAIRS = FPX_GAUSSIAN_MAXIMUM_SIZE / 2 + 1 };

/// The bits to repeat in each doubleword.
typedef struct fpx_gaussian_pairs {
    size_t count;
    uint32_t first[FPX_GAUSSIAN_MAXIMUM_PAIRS];
    uint32_t second[FPX_GAUSSIAN_MAXIMUM_PAIRS];
} fpx_gaussian_pairs;

/// Pairs of bytes, each pair twice.
FPX_GAUSSIAN_INLINE fpx_gaussian_pairs fpx_gaussian_byte_pairs(const uint16_t *weights, size_t radius) {
    fpx_gaussian_pairs pairs;
    pairs.count = radius + 1;
    for (size_t pair = 0; pair < pairs.count; pair++) {
        const uint16_t *taps = weights + 2 * pair;
        pairs.first[pair] = (uint32_t)(taps[1] | taps[2] << 8) * 0x10001u;
        pairs.second[pair] = (uint32_t)(taps[0] | taps[1] << 8) * 0x10001u;
    }
    return pairs;
}

/// Pairs of words, from the weights before, of and behind the first of two taps.
FPX_GAUSSIAN_INLINE void fpx_gaussian_set_word_pair(fpx_gaussian_pairs *pairs, size_t pair, uint32_t before,
                                                    uint32_t first, uint32_t behind) {
    pairs->first[pair] = first | behind << 16;
    pairs->second[pair] = before | first << 16;
}

FPX_GAUSSIAN_INLINE fpx_gaussian_pairs fpx_gaussian_word_pairs(const uint16_t *weights, size_t radius) {
    fpx_gaussian_pairs pairs;
    pairs.count = radius + 1;
    for (size_t tap = 0; tap <= 2 * radius; tap += 2)
        fpx_gaussian_set_word_pair(&pairs, tap / 2, weights[tap], weights[tap + 1], weights[tap + 2]);
    return pairs;
}

FPX_GAUSSIAN_INLINE fpx_gaussian_pairs fpx_gaussian_wide_word_pairs(const uint32_t *weights, size_t radius) {
    fpx_gaussian_pairs pairs;
    pairs.count = radius + 1;
    for (size_t tap = 0; tap <= 2 * radius; tap += 2)
        fpx_gaussian_set_word_pair(&pairs, tap / 2, weights[tap], weights[tap + 1], weights[tap + 2]);
    return pairs;
}

/// True when vpmaddubsw is exact: weights fit 8 signed bits, and two bytes times two weights fit 16, as
/// 255 * 128 = 32,640 does. From size 7 on only small sigmas have larger weights.
FPX_GAUSSIAN_INLINE bool fpx_gaussian_fits_byte_pairs(const fpx_gaussian *gaussian) {
    const uint16_t *weights = gaussian->u8_weights;
    bool fits = true;
    for (size_t tap = 0; tap <= 2 * gaussian->u8_radius + 1; tap++)
        fits = fits && weights[tap] <= 127 && weights[tap] + weights[tap + 1] <= 128;
    return fits;
}

/// True when vpmaddwd is exact: 16.16 weights fit 16 signed bits.
FPX_GAUSSIAN_INLINE bool fpx_gaussian_fits_word_pairs(const fpx_gaussian *gaussian) {
    bool fits = true;
    for (size_t tap = 1; tap <= gaussian->u16_radius + 1; tap++)
        fits = fits && gaussian->u16_weights[tap] <= 32767;
    return fits;
}

/// A bound of where the last pair of pixels ends: its second pixel may lie behind the samples.
FPX_GAUSSIAN_INLINE size_t fpx_gaussian_end_of_pairs(size_t sample_count, size_t channels) {
    return sample_count + 2 * channels - 1;
}

#endif
