// The kernels with vectors of x86-64. Included once for each level, after a header of ../vectors, with LEVEL(name) and
// DOT_LEVEL(name) making the names of the kernels without and with dot products.
//
// A column of samples is summed up over all frames, in registers, and added to the accumulators then. Samples of
// several frames are interleaved, so that one instruction multiplies and adds those of one position.

#include "../kernels.h"
#include "moments_prefetch.h"
#include "moments_merge.h"
#include "moments_summarize.h"

#pragma STDC FP_CONTRACT OFF

#define DOT_OPERATION FPX_TARGET_DOT_PRODUCT static inline __attribute__((always_inline))

enum {
    BYTES = FPX_VECTOR_BYTES,
    WORDS = FPX_VECTOR_BYTES / 2,
    DOUBLEWORDS = FPX_VECTOR_BYTES / 4,
    QUADWORDS = FPX_VECTOR_BYTES / 8,
    /// 16-bit sums of pairs of bytes: 128 pairs * 2 * 255 = 65,280 is the last below 2^16.
    BYTE_PAIR_FRAMES = 256,
    /// 32-bit sums of squares of 12 bits: 256 * 4095^2 is the last below 2^32.
    WORD_FRAMES = 256,
};

FPX_OPERATION void add_to_u32(uint32_t *accumulators, fpx_vector_u32 addend) {
    fpx_store_u32(accumulators, fpx_add_u32(fpx_load_u32(accumulators), addend));
}

FPX_OPERATION void add_to_u64(uint64_t *accumulators, fpx_vector_u32 addend) {
    fpx_store_u64(accumulators, fpx_add_u64(fpx_load_u64(accumulators), addend));
}

/// The batches that the program really takes are known to the compiler, which then keeps pointers at hand and unrolls:
/// calls `column(sum, sum_of_squares, frames, count, index)` for all columns of `samples` samples.
#define FOR_COLUMNS(column, samples)                                                                                   \
    switch (frame_count) {                                                                                             \
    case 6: FOR_COLUMNS_OF(column, samples, 6); break;                                                                 \
    case 8: FOR_COLUMNS_OF(column, samples, 8); break;                                                                 \
    case 12: FOR_COLUMNS_OF(column, samples, 12); break;                                                               \
    case 14: FOR_COLUMNS_OF(column, samples, 14); break;                                                               \
    case 16: FOR_COLUMNS_OF(column, samples, 16); break;                                                               \
    default: FOR_COLUMNS_OF(column, samples, frame_count);                                                             \
    }
#define FOR_COLUMNS_OF(column, samples, count)                                                                         \
    for (; end_sample - index >= (samples); index += (samples))                                                        \
    column(sum, sum_of_squares, frames, count, index)

// ---- 8-bit samples ----
//
// Of two frames: products with ones sum pairs into 16 bits, and zero-extended to words a product squares and sums pairs
// into 32 bits (at most 2 * 255^2, so its signed result is exact). A missing frame counts as zeros.

typedef struct byte_column {
    fpx_vector_u16 sum[2];
    fpx_vector_u32 squares[4];
} byte_column;

FPX_OPERATION fpx_vector_u8 load_bytes(const uint8_t *samples) { return fpx_transpose_lanes_u32(fpx_load_u8(samples)); }

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
        add_two_frames(&column, load_bytes(frames[frame] + first_sample), load_bytes(frames[frame + 1] + first_sample));
    if (frame < frame_count) add_two_frames(&column, load_bytes(frames[frame] + first_sample), fpx_zero());
    sum += first_sample;
    sum_of_squares += first_sample;
    add_to_u32(sum, fpx_interleave_lower_u16(column.sum[0], fpx_zero()));
    add_to_u32(sum + DOUBLEWORDS, fpx_interleave_upper_u16(column.sum[0], fpx_zero()));
    add_to_u32(sum + 2 * DOUBLEWORDS, fpx_interleave_lower_u16(column.sum[1], fpx_zero()));
    add_to_u32(sum + 3 * DOUBLEWORDS, fpx_interleave_upper_u16(column.sum[1], fpx_zero()));
#pragma clang loop unroll(full)
    for (size_t quarter = 0; quarter < 4; quarter++)
        add_to_u32(sum_of_squares + DOUBLEWORDS * quarter, column.squares[quarter]);
}

FPX_OPERATION void add_byte_column(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                   size_t frame_count, size_t first_sample) {
    fpx_prefetch_accumulators(sum + first_sample, sizeof *sum, BYTES);
    fpx_prefetch_accumulators(sum_of_squares + first_sample, sizeof *sum_of_squares, BYTES);
    for (size_t frame = 0; frame < frame_count; frame += BYTE_PAIR_FRAMES) {
        const size_t left = frame_count - frame;
        add_byte_frames(sum, sum_of_squares, frames + frame, left < BYTE_PAIR_FRAMES ? left : BYTE_PAIR_FRAMES,
                        first_sample);
    }
}

FPX_TARGET void LEVEL(fpx_moments_u8_accumulate)(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                                 size_t frame_count, size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    FOR_COLUMNS(add_byte_column, BYTES)
    fpx_moments_u8_accumulate_c(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

// ---- 8-bit samples with dot products ----
//
// Of four frames. The products are of unsigned and signed bytes: times 1 they sum the samples, and times
// (x ^ 0x80) = x - 128 they give x*x - 128*x, from which 128 times the sum makes x*x again. All of it is modulo 2^32,
// and nothing saturates, so nothing needs flushing. A missing frame counts as zeros, which add nothing to either sum.

typedef struct dot_column {
    fpx_vector_u32 sum[4];
    fpx_vector_u32 shifted_squares[4];
} dot_column;

DOT_OPERATION void add_interleaved(dot_column *column, int quarter, fpx_vector_u8 samples) {
    column->sum[quarter] = fpx_dot_u8(column->sum[quarter], samples, fpx_splat_u8(1));
    column->shifted_squares[quarter] =
        fpx_dot_u8(column->shifted_squares[quarter], samples, fpx_xor(samples, fpx_splat_u8(0x80)));
}

DOT_OPERATION void add_four_frames(dot_column *column, fpx_vector_u8 a, fpx_vector_u8 b, fpx_vector_u8 c,
                                   fpx_vector_u8 d) {
    const fpx_vector_u8 ab_lower = fpx_interleave_lower_u8(a, b), ab_upper = fpx_interleave_upper_u8(a, b);
    const fpx_vector_u8 cd_lower = fpx_interleave_lower_u8(c, d), cd_upper = fpx_interleave_upper_u8(c, d);
    add_interleaved(column, 0, fpx_interleave_lower_u16(ab_lower, cd_lower));
    add_interleaved(column, 1, fpx_interleave_upper_u16(ab_lower, cd_lower));
    add_interleaved(column, 2, fpx_interleave_lower_u16(ab_upper, cd_upper));
    add_interleaved(column, 3, fpx_interleave_upper_u16(ab_upper, cd_upper));
}

DOT_OPERATION void add_dot_column(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                  size_t frame_count, size_t first_sample) {
    fpx_prefetch_accumulators(sum + first_sample, sizeof *sum, BYTES);
    fpx_prefetch_accumulators(sum_of_squares + first_sample, sizeof *sum_of_squares, BYTES);
    dot_column column = {0};
    size_t frame = 0;
    for (; frame + 4 <= frame_count; frame += 4) {
        add_four_frames(&column, load_bytes(frames[frame] + first_sample), load_bytes(frames[frame + 1] + first_sample),
                        load_bytes(frames[frame + 2] + first_sample), load_bytes(frames[frame + 3] + first_sample));
    }
    if (frame < frame_count) {
        const size_t left = frame_count - frame;
        add_four_frames(&column, load_bytes(frames[frame] + first_sample),
                        left > 1 ? load_bytes(frames[frame + 1] + first_sample) : fpx_zero(),
                        left > 2 ? load_bytes(frames[frame + 2] + first_sample) : fpx_zero(), fpx_zero());
    }
#pragma clang loop unroll(full)
    for (size_t quarter = 0; quarter < 4; quarter++) {
        const size_t index = first_sample + DOUBLEWORDS * quarter;
        add_to_u32(sum + index, column.sum[quarter]);
        add_to_u32(sum_of_squares + index,
                   fpx_add_u32(column.shifted_squares[quarter], fpx_shift_left_u32(column.sum[quarter], 7)));
    }
}

FPX_TARGET_DOT_PRODUCT void DOT_LEVEL(fpx_moments_u8_accumulate)(uint32_t *sum, uint32_t *sum_of_squares,
                                                                 const uint8_t *const *frames, size_t frame_count,
                                                                 size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    FOR_COLUMNS(add_dot_column, BYTES)
    fpx_moments_u8_accumulate_c(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

// ---- 16-bit samples, without and with dot products ----

FPX_OPERATION fpx_vector_u32 add_products(fpx_vector_u32 sums, fpx_vector_u16 a, fpx_vector_u16 b) {
    return fpx_add_u32(sums, fpx_multiply_pairs_i16(a, b));
}

#define KERNEL LEVEL(fpx_moments_u16_accumulate)
#define NAME(name) word_##name
#define TARGET FPX_TARGET
#define ADD_PRODUCTS add_products
#include "moments_words.h"

#define KERNEL DOT_LEVEL(fpx_moments_u16_accumulate)
#define NAME(name) word_dot_##name
#define TARGET FPX_TARGET_DOT_PRODUCT
#define ADD_PRODUCTS fpx_dot_i16
#include "moments_words.h"

// ---- Summaries ----

FPX_TARGET fpx_scaled_m2_summary LEVEL(fpx_moments_u8_summarize)(const uint32_t *sum, const uint32_t *sum_of_squares,
                                                                 uint32_t frame_count, size_t sample_count) {
    return fpx_summarize_u8(sum, sum_of_squares, frame_count, sample_count);
}

FPX_TARGET fpx_scaled_m2_summary LEVEL(fpx_moments_u16_summarize)(const uint32_t *sum, const uint64_t *sum_of_squares,
                                                                  uint32_t frame_count, size_t sample_count) {
    return fpx_summarize_u16(sum, sum_of_squares, frame_count, sample_count);
}

// ---- Sums of other frames ----

FPX_TARGET bool LEVEL(fpx_moments_u8_merge)(uint32_t *sum, uint32_t *sum_of_squares, const uint32_t *other_sum,
                                            const uint32_t *other_sum_of_squares, uint32_t frame_count,
                                            size_t sample_count) {
    return fpx_merge_u8(sum, sum_of_squares, other_sum, other_sum_of_squares, frame_count, sample_count);
}

FPX_TARGET bool LEVEL(fpx_moments_u16_merge)(uint32_t *sum, uint64_t *sum_of_squares, const uint32_t *other_sum,
                                             const uint64_t *other_sum_of_squares, uint32_t frame_count,
                                             size_t sample_count) {
    return fpx_merge_u16(sum, sum_of_squares, other_sum, other_sum_of_squares, frame_count, sample_count);
}
