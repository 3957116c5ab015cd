// 8-bit samples with dot products, of four frames: interleaved byte by byte, so that each doubleword holds one position
// of the four. Included after moments_columns.h, with DOT_LEVEL(name) making the kernel's name.
//
// Times 1 the products sum the samples. Where both factors are unsigned, those of samples with themselves sum the
// squares; where the second one is signed, times (x ^ 0x80) = x - 128 they give x*x - 128*x, from which 128 times the
// sum makes x*x again. All of it is modulo 2^32, and nothing saturates. A missing frame counts as zeros, which add
// nothing to either sum.

typedef struct dot_column {
    fpx_vector_u32 sum[4];
    fpx_vector_u32 squares[4];
} dot_column;

FPX_DOT_OPERATION void add_interleaved(dot_column *column, int quarter, fpx_vector_u8 samples) {
    column->sum[quarter] = fpx_dot_u8(column->sum[quarter], samples, fpx_splat_u8(1));
    column->squares[quarter] = fpx_dot_u8(column->squares[quarter], samples,
                                          FPX_DOT_U8_IS_SIGNED ? fpx_xor(samples, fpx_splat_u8(0x80)) : samples);
}

FPX_DOT_OPERATION void add_four_frames(dot_column *column, fpx_vector_u8 a, fpx_vector_u8 b, fpx_vector_u8 c,
                                       fpx_vector_u8 d) {
    const fpx_vector_u8 ab_lower = fpx_interleave_lower_u8(a, b), ab_upper = fpx_interleave_upper_u8(a, b);
    const fpx_vector_u8 cd_lower = fpx_interleave_lower_u8(c, d), cd_upper = fpx_interleave_upper_u8(c, d);
    add_interleaved(column, 0, fpx_interleave_lower_u16(ab_lower, cd_lower));
    add_interleaved(column, 1, fpx_interleave_upper_u16(ab_lower, cd_lower));
    add_interleaved(column, 2, fpx_interleave_lower_u16(ab_upper, cd_upper));
    add_interleaved(column, 3, fpx_interleave_upper_u16(ab_upper, cd_upper));
}

FPX_DOT_OPERATION void add_dot_frames(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                      size_t frame_count, size_t first_sample) {
    dot_column column = {0};
    size_t frame = 0;
    for (; frame + 4 <= frame_count; frame += 4) {
        add_four_frames(&column, fpx_load_for_quarters(frames[frame] + first_sample),
                        fpx_load_for_quarters(frames[frame + 1] + first_sample),
                        fpx_load_for_quarters(frames[frame + 2] + first_sample),
                        fpx_load_for_quarters(frames[frame + 3] + first_sample));
    }
    if (frame < frame_count) {
        const size_t left = frame_count - frame;
        add_four_frames(&column, fpx_load_for_quarters(frames[frame] + first_sample),
                        left > 1 ? fpx_load_for_quarters(frames[frame + 1] + first_sample) : fpx_zero(),
                        left > 2 ? fpx_load_for_quarters(frames[frame + 2] + first_sample) : fpx_zero(), fpx_zero());
    }
    if (FPX_DOT_U8_IS_SIGNED) {
        FPX_UNROLL
        for (size_t quarter = 0; quarter < 4; quarter++)
            column.squares[quarter] = fpx_add_u32(column.squares[quarter], fpx_shift_left_u32(column.sum[quarter], 7));
    }
    add_quarters(sum + first_sample, column.sum);
    add_quarters(sum_of_squares + first_sample, column.squares);
}

#define SAMPLE uint8_t
#define SQUARE uint32_t
#define KERNEL DOT_LEVEL(fpx_moments_u8_accumulate)
#define NAME(name) dot_##name
#define TARGET FPX_TARGET_DOT_PRODUCT
#define DEFINITION fpx_moments_u8_accumulate_c
#define ADD_FRAMES add_dot_frames
#define MOST_FRAMES ALL_FRAMES
#include "moments_kernel.h"
