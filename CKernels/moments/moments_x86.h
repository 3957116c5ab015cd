// The kernels with vectors of x86-64. Included once for each level, after a header of ../vectors, with LEVEL(name) and
// DOT_LEVEL(name) making the names of the kernels without and with dot products.
//
// Samples of several frames are interleaved, so that one instruction multiplies and adds those of one position.

#include "moments_columns.h"

enum {
    /// 16-bit sums of pairs of bytes: 128 pairs * 2 * 255 = 65,280 is the last below 2^16.
    BYTE_PAIR_FRAMES = 256,
    /// 32-bit sums of squares of 12 bits: 256 * 4095^2 is the last below 2^32.
    WORD_FRAMES = 256,
};

// ---- 8-bit samples ----
//
// Of two frames: products with ones sum pairs into 16 bits, and zero-extended to words a product squares and sums pairs
// into 32 bits (at most 2 * 255^2, so its signed result is exact). A missing frame counts as zeros.

typedef struct byte_column {
    fpx_vector_u16 sum[2];
    fpx_vector_u32 squares[4];
} byte_column;

FPX_OPERATION void add_squares(byte_column *column, int quarter, fpx_vector_u16 words) {
    column->squares[quarter] = fpx_add_u32(column->squares[quarter], fpx_multiply_pairs_i16(words, words));
}

FPX_OPERATION void add_two_frames(byte_column *column, fpx_vector_u8 a, fpx_vector_u8 b) {
    const fpx_vector_u8 lower = fpx_interleave_lower_u8(a, b), upper = fpx_interleave_upper_u8(a, b);
    column->sum[0] = fpx_add_u16(column->sum[0], fpx_multiply_pairs_u8(lower, fpx_splat_u8(1)));
    column->sum[1] = fpx_add_u16(column->sum[1], fpx_multiply_pairs_u8(upper, fpx_splat_u8(1)));
    add_squares(column, 0, fpx_interleave_lower_u8(lower, fpx_zero()));
    add_squares(column, 1, fpx_interleave_upper_u8(lower, fpx_zero()));
    add_squares(column, 2, fpx_interleave_lower_u8(upper, fpx_zero()));
    add_squares(column, 3, fpx_interleave_upper_u8(upper, fpx_zero()));
}

FPX_OPERATION void add_byte_frames(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                   size_t frame_count, size_t first_sample) {
    byte_column column = {0};
    size_t frame = 0;
    for (; frame + 2 <= frame_count; frame += 2)
        add_two_frames(&column, fpx_load_for_quarters(frames[frame] + first_sample),
                       fpx_load_for_quarters(frames[frame + 1] + first_sample));
    if (frame < frame_count) add_two_frames(&column, fpx_load_for_quarters(frames[frame] + first_sample), fpx_zero());
    fpx_vector_u32 sums[4] = {
        fpx_interleave_lower_u16(column.sum[0], fpx_zero()), fpx_interleave_upper_u16(column.sum[0], fpx_zero()),
        fpx_interleave_lower_u16(column.sum[1], fpx_zero()), fpx_interleave_upper_u16(column.sum[1], fpx_zero())};
    add_quarters(sum + first_sample, sums);
    add_quarters(sum_of_squares + first_sample, column.squares);
}

#define SAMPLE uint8_t
#define SQUARE uint32_t
#define KERNEL LEVEL(fpx_moments_u8_accumulate)
#define NAME(name) byte_##name
#define TARGET FPX_TARGET
#define DEFINITION fpx_moments_u8_accumulate_c
#define ADD_FRAMES add_byte_frames
#define MOST_FRAMES BYTE_PAIR_FRAMES
#include "moments_kernel.h"

#include "moments_dot.h"

// ---- 16-bit samples, without and with dot products ----

FPX_OPERATION fpx_vector_u32 add_products(fpx_vector_u32 sums, fpx_vector_u16 a, fpx_vector_u16 b) {
    return fpx_add_u32(sums, fpx_multiply_pairs_i16(a, b));
}

#define KERNEL LEVEL(fpx_moments_u16_accumulate)
#define NAME(name) word_##name
#define TARGET FPX_TARGET
#define ADD_PRODUCTS add_products
#define IS_FUSED false
#include "moments_words.h"

#define KERNEL DOT_LEVEL(fpx_moments_u16_accumulate)
#define NAME(name) word_dot_##name
#define TARGET FPX_TARGET_DOT_PRODUCT
#define ADD_PRODUCTS fpx_dot_i16
#define IS_FUSED true
#include "moments_words.h"

#include "moments_passes.h"
