// 16-bit samples. Included for each kind of multiplication: KERNEL is the kernel's name, NAME(name) makes those of
// functions, TARGET is what it may use, ADD_PRODUCTS(sums, a, b) adds the products of pairs of signed words to 32 bits.
//
// Samples of two frames are interleaved. Products are of signed words, so samples are shifted to y = x - 2^15 first, and
// the sums begin with what that takes away: with n frames
//     sum of x = sum of y + n * 2^15,
//     sum of x*x = sum of y*y + 2^16 * sum of x - n * 2^30.
// The second is known modulo 2^32 by that. Its upper half is that of a coarse sum: with x = 16 z + r,
//     0 <= sum of x*x - 256 * sum of z*z = sum of r * (32 z + r) < 2^32
// for up to 2184 frames; so it is that of 256 * sum of z*z, and one more where the lower half is smaller than its lower
// half. A missing frame counts as y = 0, x = 2^15.

#define OPERATION TARGET static inline __attribute__((always_inline))

typedef struct NAME(column) {
    fpx_vector_u32 sum[2];
    fpx_vector_u32 squares[2];
    fpx_vector_u32 coarse_squares[2];
} NAME(column);

OPERATION void NAME(add_pairs)(NAME(column) * column, int half, fpx_vector_u16 samples) {
    const fpx_vector_u16 shifted = fpx_xor(samples, fpx_splat_u16(0x8000)), coarse = fpx_shift_right_u16(samples, 4);
    column->sum[half] = ADD_PRODUCTS(column->sum[half], shifted, fpx_splat_u16(1));
    column->squares[half] = ADD_PRODUCTS(column->squares[half], shifted, shifted);
    column->coarse_squares[half] = ADD_PRODUCTS(column->coarse_squares[half], coarse, coarse);
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
    const fpx_vector_u32 coarse = fpx_splat_u32(frame_count % 2 == 0 ? 0 : -((uint32_t)1 << 22));
    NAME(column) column = {{sums, sums}, {squares, squares}, {coarse, coarse}};
    size_t frame = 0;
    for (; frame + 2 <= frame_count; frame += 2) {
        NAME(add_two_frames)(&column, fpx_load_u16(frames[frame] + first_sample),
                             fpx_load_u16(frames[frame + 1] + first_sample));
    }
    if (frame < frame_count)
        NAME(add_two_frames)(&column, fpx_load_u16(frames[frame] + first_sample), fpx_splat_u16(0x8000));
    fpx_vector_u32 lower[2], upper[2];
#pragma clang loop unroll(full)
    for (size_t half = 0; half < 2; half++) {
        lower[half] = fpx_add_u32(column.squares[half], fpx_shift_left_u32(column.sum[half], 16));
        upper[half] = fpx_add_one_where_below_u32(fpx_shift_right_u32(column.coarse_squares[half], 24), lower[half],
                                                  fpx_shift_left_u32(column.coarse_squares[half], 8));
    }
    sum += first_sample;
    add_to_u32(sum, fpx_lanes_lower(column.sum[0], column.sum[1]));
    add_to_u32(sum + DOUBLEWORDS, fpx_lanes_upper(column.sum[0], column.sum[1]));
    const fpx_quadwords all = fpx_quadwords_of_lanes(lower[0], lower[1], upper[0], upper[1]);
#pragma clang loop unroll(full)
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
