#include "../cpu.h"

#if FPX_ARM64

#include "../vectors/neon.h"
#include "moments_columns.h"

// Multiplications and additions that widen take one frame at a time, so that nothing needs to be interleaved.

#define LEVEL(name) name##_neon
#define DOT_LEVEL(name) name##_neon_dot_product
#include "moments_dot.h"

// ---- 8-bit samples ----

enum {
    // 16-bit sums: 257 * 255 = 65,535 is the last below 2^16.
    BYTE_FRAMES = 257,
};

FPX_OPERATION void add_byte_frames(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                   size_t frame_count, size_t first_sample) {
    uint16x8_t sums[2] = {vdupq_n_u16(0), vdupq_n_u16(0)};
    uint32x4_t squares[4] = {vdupq_n_u32(0), vdupq_n_u32(0), vdupq_n_u32(0), vdupq_n_u32(0)};
    for (size_t frame = 0; frame < frame_count; frame++) {
        const uint8x16_t samples = fpx_load_u8(frames[frame] + first_sample);
        sums[0] = vaddw_u8(sums[0], vget_low_u8(samples));
        sums[1] = vaddw_high_u8(sums[1], samples);
        const uint16x8_t low = vmull_u8(vget_low_u8(samples), vget_low_u8(samples));
        const uint16x8_t high = vmull_high_u8(samples, samples);
        squares[0] = vaddw_u16(squares[0], vget_low_u16(low));
        squares[1] = vaddw_high_u16(squares[1], low);
        squares[2] = vaddw_u16(squares[2], vget_low_u16(high));
        squares[3] = vaddw_high_u16(squares[3], high);
    }
    const uint32x4_t wide_sums[4] = {vmovl_u16(vget_low_u16(sums[0])), vmovl_high_u16(sums[0]),
                                     vmovl_u16(vget_low_u16(sums[1])), vmovl_high_u16(sums[1])};
    for (size_t quarter = 0; quarter < 4; quarter++) {
        const size_t index = first_sample + DOUBLEWORDS * quarter;
        add_to_u32(sum + index, FPX_OF_DOUBLEWORDS(wide_sums[quarter]));
        add_to_u32(sum_of_squares + index, FPX_OF_DOUBLEWORDS(squares[quarter]));
    }
}

#define SAMPLE uint8_t
#define SQUARE uint32_t
#define KERNEL LEVEL(fpx_moments_u8_accumulate)
#define NAME(name) byte_##name
#define TARGET FPX_TARGET
#define DEFINITION fpx_moments_u8_accumulate_c
#define ADD_FRAMES add_byte_frames
#define MOST_FRAMES BYTE_FRAMES
#include "moments_kernel.h"

// ---- 16-bit samples ----

FPX_OPERATION void add_word_frames(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                   size_t frame_count, size_t first_sample) {
    uint32x4_t sums[2] = {vdupq_n_u32(0), vdupq_n_u32(0)};
    uint64x2_t squares[4] = {vdupq_n_u64(0), vdupq_n_u64(0), vdupq_n_u64(0), vdupq_n_u64(0)};
    for (size_t frame = 0; frame < frame_count; frame++) {
        const uint16x8_t samples = FPX_WORDS(fpx_load_u16(frames[frame] + first_sample));
        sums[0] = vaddw_u16(sums[0], vget_low_u16(samples));
        sums[1] = vaddw_high_u16(sums[1], samples);
        const uint32x4_t low = vmull_u16(vget_low_u16(samples), vget_low_u16(samples));
        const uint32x4_t high = vmull_high_u16(samples, samples);
        squares[0] = vaddw_u32(squares[0], vget_low_u32(low));
        squares[1] = vaddw_high_u32(squares[1], low);
        squares[2] = vaddw_u32(squares[2], vget_low_u32(high));
        squares[3] = vaddw_high_u32(squares[3], high);
    }
    for (size_t half = 0; half < 2; half++)
        add_to_u32(sum + first_sample + DOUBLEWORDS * half, FPX_OF_DOUBLEWORDS(sums[half]));
    for (size_t quarter = 0; quarter < 4; quarter++)
        add_to_u64(sum_of_squares + first_sample + QUADWORDS * quarter, FPX_OF_QUADWORDS(squares[quarter]));
}

#define SAMPLE uint16_t
#define SQUARE uint64_t
#define KERNEL LEVEL(fpx_moments_u16_accumulate)
#define NAME(name) word_##name
#define TARGET FPX_TARGET
#define DEFINITION fpx_moments_u16_accumulate_c
#define ADD_FRAMES add_word_frames
#define MOST_FRAMES ALL_FRAMES
#include "moments_kernel.h"

#endif
