// 16-bit samples. Included for each kind of multiplication: KERNEL is the kernel's name, NAME(name) makes those of
// functions, TARGET is what it may use, ADD_PRODUCTS(sums, a, b) adds the products of pairs of signed words to 32 bits.
// IS_FUSED says that it is one instruction.
//
// Samples of two frames are interleaved. Products are of signed words, so samples are shifted to y = x - 2^15 first,
// and the sums begin with what that takes away: with n frames
//     sum of x = sum of y + n * 2^15,
//     sum of x*x = sum of y*y + 2^16 * sum of x - n * 2^30.
// The second is known modulo 2^32 by that. Its upper half is that of 256 * c, where c is a coarse sum with
//     0 <= sum of x*x - 256 * c < 2^32,
// and one more where the lower half is smaller than that of 256 * c. Where an instruction multiplies and adds, c is the
// sum of z*z, with x = 16 z + r: the difference, of r * (32 z + r), is below 2^32 for up to 2184 frames. Elsewhere it
// takes less to shift the squares of each pair of frames, and
//     c = sum of (y*y of a pair >> 8) + 2^8 * sum of x - n * 2^22:
// the difference is of what is shifted out. A missing frame counts as y = 0, x = 2^15.

#define OPERATION TARGET static inline __attribute__((always_inline))

typedef struct NAME(column) {
    fpx_vector_u32 sum[2];
    fpx_vector_u32 squares[2];
    fpx_vector_u32 coarse[2];
} NAME(column);

OPERATION void NAME(add_pairs)(NAME(column) * column, int half, fpx_vector_u16 samples) {
    const fpx_vector_u16 shifted = fpx_xor(samples, fpx_splat_u16(0x8000));
    column->sum[half] = ADD_PRODUCTS(column->sum[half], shifted, fpx_splat_u16(1));
    if (IS_FUSED) {
        const fpx_vector_u16 coarse = fpx_shift_right_u16(samples, 4);
        column->squares[half] = ADD_PRODUCTS(column->squares[half], shifted, shifted);
        column->coarse[half] = ADD_PRODUCTS(column->coarse[half], coarse, coarse);
    } else {
        const fpx_vector_u32 squares = fpx_multiply_pairs_i16(shifted, shifted);
        column->squares[half] = fpx_add_u32(column->squares[half], squares);
        column->coarse[half] = fpx_add_u32(column->coarse[half], fpx_shift_right_u32(squares, 8));
    }
}

OPERATION void NAME(add_two_frames)(NAME(column) * column, fpx_vector_u16 a, fpx_vector_u16 b) {
    NAME(add_pairs)(column, 0, fpx_interleave_lower_u16(a, b));
    NAME(add_pairs)(column, 1, fpx_interleave_upper_u16(a, b));
}

/// At most WORD_FRAMES frames.
OPERATION void NAME(add_frames)(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                size_t frame_count, size_t first_sample) {
    const fpx_vector_u32 sums = fpx_splat_u32((uint32_t)frame_count << 15);
    const fpx_vector_u32 squares = fpx_splat_u32(-((uint32_t)frame_count << 30));
    const fpx_vector_u32 coarse = fpx_splat_u32(!IS_FUSED              ? -((uint32_t)frame_count << 22)
                                                : frame_count % 2 == 0 ? 0
                                                                       : -((uint32_t)1 << 22));
    NAME(column) column = {{sums, sums}, {squares, squares}, {coarse, coarse}};
    size_t frame = 0;
    for (; frame + 2 <= frame_count; frame += 2) {
        NAME(add_two_frames)(&column, fpx_load_u16(frames[frame] + first_sample),
                             fpx_load_u16(frames[frame + 1] + first_sample));
    }
    if (frame < frame_count)
        NAME(add_two_frames)(&column, fpx_load_u16(frames[frame] + first_sample), fpx_splat_u16(0x8000));
    fpx_vector_u32 lower[2], upper[2];
    FPX_UNROLL
    for (size_t half = 0; half < 2; half++) {
        const fpx_vector_u32 all_coarse =
            IS_FUSED ? column.coarse[half] : fpx_add_u32(column.coarse[half], fpx_shift_left_u32(column.sum[half], 8));
        lower[half] = fpx_add_u32(column.squares[half], fpx_shift_left_u32(column.sum[half], 16));
        upper[half] = fpx_add_one_where_below_u32(fpx_shift_right_u32(all_coarse, 24), lower[half],
                                                  fpx_shift_left_u32(all_coarse, 8));
    }
    sum += first_sample;
    add_to_u32(sum, fpx_lanes_lower(column.sum[0], column.sum[1]));
    add_to_u32(sum + DOUBLEWORDS, fpx_lanes_upper(column.sum[0], column.sum[1]));
    const fpx_quadwords all = fpx_quadwords_of_lanes(lower[0], lower[1], upper[0], upper[1]);
    FPX_UNROLL
    for (size_t part = 0; part < 4; part++)
        add_to_u64(sum_of_squares + first_sample + QUADWORDS * part, all.part[part]);
}

#define SAMPLE uint16_t
#define SQUARE uint64_t
#define DEFINITION fpx_moments_u16_accumulate_c
#define ADD_FRAMES NAME(add_frames)
#define MOST_FRAMES WORD_FRAMES
#include "moments_kernel.h"

#undef OPERATION
#undef ADD_PRODUCTS
#undef IS_FUSED
