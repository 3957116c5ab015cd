/// Into the order of pairs and back, with AVX2; see gaussian_second_pass.h. Included after ../vectors/avx2.h.
#ifndef FPX_GAUSSIAN_ORDER_AVX2_H
#define FPX_GAUSSIAN_ORDER_AVX2_H

#include <string.h>

#include "../kernels.h"

/// Elements of a row of a tile in the order of pairs: with both borders, and what vectors touch behind its end.
#define FPX_GAUSSIAN_PAIRED_ROW                                                                                        \
    (FPX_GAUSSIAN_TILE_SAMPLES + (FPX_GAUSSIAN_MAXIMUM_SIZE - 1) * 4 + 2 * FPX_GAUSSIAN_SLACK_SUMS)

#define WORD(index) 2 * (index), 2 * (index) + 1
#define WORDS(a, b, c, d, e, f, g, h) {WORD(a), WORD(b), WORD(c), WORD(d), WORD(e), WORD(f), WORD(g), WORD(h)}

// By channels - 1. A lane has room for one pair of pixels of three channels, or two in bytes; the rest is the next
// lane's.
static const uint8_t fpx_gaussian_pair_words[4][16] = {
    WORDS(0, 1, 2, 3, 4, 5, 6, 7),
    WORDS(0, 2, 1, 3, 4, 6, 5, 7),
    WORDS(0, 3, 1, 4, 2, 5, 6, 7),
    WORDS(0, 4, 1, 5, 2, 6, 3, 7),
};
static const uint8_t fpx_gaussian_ordered_words[4][16] = {
    WORDS(0, 1, 2, 3, 4, 5, 6, 7),
    WORDS(0, 2, 1, 3, 4, 6, 5, 7),
    WORDS(0, 2, 4, 1, 3, 5, 6, 7),
    WORDS(0, 2, 4, 6, 1, 3, 5, 7),
};
static const uint8_t fpx_gaussian_ordered_bytes[4][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15},
    {0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11, 12, 13, 14, 15},
    {0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15},
};

#undef WORDS
#undef WORD

/// Shuffles each lane's worth of bytes; with three channels 12 of its 16 bytes. Up to 63 bytes behind the end of both
/// buffers are touched.
FPX_OPERATION void fpx_gaussian_shuffle(void *destination, const void *source, size_t byte_count,
                                        const uint8_t shuffle_by_channels[4][16], size_t channels, __m256i flipped) {
    const __m256i shuffle =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)shuffle_by_channels[channels - 1]));
    char *to = destination;
    const char *from = source;
    if (channels != 3) {
        for (size_t byte = 0; byte < byte_count; byte += 32) {
            const __m256i lanes = _mm256_loadu_si256((const __m256i *)(from + byte));
            _mm256_storeu_si256((__m256i *)(to + byte), _mm256_xor_si256(_mm256_shuffle_epi8(lanes, shuffle), flipped));
        }
        return;
    }
    const __m256i spread = _mm256_setr_epi32(0, 1, 2, 2, 3, 4, 5, 5);
    const __m256i gathered = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 6, 6);
    for (size_t byte = 0; byte < byte_count; byte += 24) {
        const __m256i lanes = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)(from + byte)), spread);
        const __m256i shuffled = _mm256_xor_si256(_mm256_shuffle_epi8(lanes, shuffle), flipped);
        _mm256_storeu_si256((__m256i *)(to + byte), _mm256_permutevar8x32_epi32(shuffled, gathered));
    }
}

/// Sums to pairs, less 2^15, because the multiplication is signed.
FPX_OPERATION void fpx_gaussian_pair_up(uint16_t *pairs, const uint16_t *sums, size_t count, size_t channels) {
    fpx_gaussian_shuffle(pairs, sums, count * sizeof *sums, fpx_gaussian_pair_words, channels,
                         _mm256_set1_epi16((short)0x8000));
}

/// Results back in order, and nothing behind the end of the destination.
FPX_OPERATION void fpx_gaussian_order(void *destination, const void *source, size_t byte_count,
                                      const uint8_t shuffle_by_channels[4][16], size_t channels) {
    if (channels == 1) {
        memcpy(destination, source, byte_count);
        return;
    }
    // Lanes are stored whole, so the last bytes take a way round.
    const size_t step = channels == 3 ? 24 : 32;
    const size_t done = byte_count < 64 ? 0 : (byte_count - 64) / step * step;
    fpx_gaussian_shuffle(destination, source, done, shuffle_by_channels, channels, _mm256_setzero_si256());
    char last[64 + 32 + 64];
    fpx_gaussian_shuffle(last, (const char *)source + done, byte_count - done, shuffle_by_channels, channels,
                         _mm256_setzero_si256());
    memcpy((char *)destination + done, last, byte_count - done);
}

#endif
