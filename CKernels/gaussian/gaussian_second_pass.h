// What the second pass is with vectors of x86-64, once its sums are in the order of pairs. Included once for each
// level, after a header of ../vectors.
//
// A sample's neighbour in the next pixel is `channels` samples away, but instructions multiply words side by side. So
// the sums of two pixels are interleaved, and results come out in the same order, that of pairs:
//     r0 g0 b0 r1 g1 b1 r2 g2 b2 r3 g3 b3   becomes   r0 r1 g0 g1 b0 b1 r2 r3 g2 g3 b2 b3.
// In this order, too, the next two pixels are 2 * channels words away. Each level has its way there and back.

enum {
    VECTORS = 4,
    WORDS = FPX_VECTOR_BYTES / 2,
};

/// Sums of the first and of the second pixel of each pair.
typedef struct pixels {
    fpx_vector_u32 first[VECTORS];
    fpx_vector_u32 second[VECTORS];
} pixels;

/// `pairs` are 16-bit numbers in the order of pairs, 2 * channels words from one pair of pixels to the next. One
/// version for each kind of multiplication; inlined like everything here.
typedef pixels pixel_sum(const uint16_t *pairs, size_t channels, const fpx_gaussian_pairs *by, fpx_vector_u32 initial);

FPX_OPERATION fpx_vector_u32 multiply_add(fpx_vector_u32 sums, fpx_vector_u16 a, fpx_vector_u16 b) {
    return fpx_add_u32(sums, fpx_multiply_pairs_i16(a, b));
}

#define NAME sum_pixels
#define TARGET FPX_TARGET
#define MULTIPLY_ADD multiply_add
#include "gaussian_pixels.h"

/// The upper words of both, interleaved again.
FPX_OPERATION fpx_vector_u16 upper_words(fpx_vector_u32 first, fpx_vector_u32 second) {
    return fpx_blend_words(fpx_shift_right_u32(first, 16), second);
}

/// What a sum of bytes begins with: half of 2^16 to round, and the 2^15 that words were lessened by, times the weights'
/// sum of 2^8.
#define FPX_GAUSSIAN_INITIAL_BYTES ((1u << 15) + (1u << 23))

// The 32-bit sums of 16-bit samples are multiplied in two halves, s = 2^16 h + l. With the weighted sums H and L of
// the halves, which fit 32 bits, the rounded result is
//     (2^16 H + L + 2^31) >> 32 = (H + 2^15 + (L >> 16)) >> 16,
// exactly, because what L has below 2^16 cannot carry.

FPX_OPERATION fpx_vector_u32 join_halves(fpx_vector_u32 high, fpx_vector_u32 low) {
    return fpx_add_u32(high, fpx_shift_right_u32(low, 16));
}

/// Results in the order of pairs, from halves in the same.
FPX_OPERATION void weigh_halves(uint16_t *results, const uint16_t *high, const uint16_t *low, size_t end,
                                size_t channels, const fpx_gaussian_pairs *by, pixel_sum *sum) {
    // The 2^15 that words were lessened by, times the weights' sum of 2^16; and half of 2^16 to round.
    const fpx_vector_u32 lessened = fpx_splat_u32(1u << 31), and_half = fpx_splat_u32((1u << 31) + (1u << 15));
    for (size_t index = 0; index < end; index += WORDS * VECTORS) {
        const pixels highs = sum(high + index, channels, by, and_half);
        const pixels lows = sum(low + index, channels, by, lessened);
        FPX_UNROLL
        for (size_t vector = 0; vector < VECTORS; vector++) {
            const fpx_vector_u32 first = join_halves(highs.first[vector], lows.first[vector]);
            const fpx_vector_u32 second = join_halves(highs.second[vector], lows.second[vector]);
            fpx_store_u16(results + index + WORDS * vector, upper_words(first, second));
        }
    }
}
