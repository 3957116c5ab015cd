// Both passes with the weights 1/4, 1/2, 1/4: OpenCV's for size 3. Included after a header of ../vectors.
//
// Sums are a + 2 b + c here, the weights' common factor left out: two passes give 16 times the result.

#include <string.h>

#include "../kernels.h"

#define BINOMIAL_ROWS (FPX_GAUSSIAN_ROWS_PER_PASS + 2)

static inline bool fpx_gaussian_u8_is_binomial(const fpx_gaussian *gaussian) {
    return gaussian->u8_radius == 1 && gaussian->u8_weights[1] == 1 << 6 && gaussian->u8_weights[2] == 1 << 7;
}

static inline bool fpx_gaussian_u16_is_binomial(const fpx_gaussian *gaussian) {
    return gaussian->u16_radius == 1 && gaussian->u16_weights[1] == 1 << 14 && gaussian->u16_weights[2] == 1 << 15;
}

/// One vector of samples from each row, in two parts each, widened: into the sums of four rows.
FPX_OPERATION void binomial_store(void *sums, size_t row_bytes, const fpx_vector_u32 lower[BINOMIAL_ROWS],
                                  const fpx_vector_u32 upper[BINOMIAL_ROWS], bool bytes) {
    // a + 2 b + c is (a + b) + (b + c), and the rows' neighbours share these.
    fpx_vector_u32 lower_pairs[BINOMIAL_ROWS - 1], upper_pairs[BINOMIAL_ROWS - 1];
#pragma clang loop unroll(full)
    for (size_t row = 0; row < BINOMIAL_ROWS - 1; row++) {
        lower_pairs[row] = bytes ? fpx_add_u16(lower[row], lower[row + 1]) : fpx_add_u32(lower[row], lower[row + 1]);
        upper_pairs[row] = bytes ? fpx_add_u16(upper[row], upper[row + 1]) : fpx_add_u32(upper[row], upper[row + 1]);
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < FPX_GAUSSIAN_ROWS_PER_PASS; row++) {
        const fpx_vector_u32 a = bytes ? fpx_add_u16(lower_pairs[row], lower_pairs[row + 1])
                                       : fpx_add_u32(lower_pairs[row], lower_pairs[row + 1]);
        const fpx_vector_u32 b = bytes ? fpx_add_u16(upper_pairs[row], upper_pairs[row + 1])
                                       : fpx_add_u32(upper_pairs[row], upper_pairs[row + 1]);
        uint8_t *to = (uint8_t *)sums + row * row_bytes;
        fpx_store_u8(to, fpx_lanes_lower(a, b));
        fpx_store_u8(to + FPX_VECTOR_BYTES, fpx_lanes_upper(a, b));
    }
}

FPX_OPERATION void binomial_u8_vertical(uint16_t *sums, size_t row_sums, const uint8_t *const *rows,
                                        size_t first_sample, size_t sample_count) {
    if (sample_count < FPX_VECTOR_BYTES) {
        for (size_t row = 0; row < FPX_GAUSSIAN_ROWS_PER_PASS; row++) {
            for (size_t index = 0, at = first_sample; index < sample_count; index++, at++)
                sums[row * row_sums + index] = (uint16_t)(rows[row][at] + 2 * rows[row + 1][at] + rows[row + 2][at]);
        }
        return;
    }
    for (size_t done = 0; done < sample_count; done += FPX_VECTOR_BYTES) {
        // The last vector ends where the samples end, and repeats some of the one before.
        if (done > sample_count - FPX_VECTOR_BYTES) done = sample_count - FPX_VECTOR_BYTES;
        fpx_vector_u32 lower[BINOMIAL_ROWS], upper[BINOMIAL_ROWS];
#pragma clang loop unroll(full)
        for (size_t row = 0; row < BINOMIAL_ROWS; row++) {
            const fpx_vector_u8 samples = fpx_load_u8(rows[row] + first_sample + done);
            lower[row] = fpx_interleave_lower_u8(samples, fpx_zero());
            upper[row] = fpx_interleave_upper_u8(samples, fpx_zero());
        }
        binomial_store(sums + done, row_sums * sizeof *sums, lower, upper, true);
    }
}

FPX_OPERATION void binomial_u16_vertical(uint32_t *sums, size_t row_sums, const uint16_t *const *rows,
                                         size_t first_sample, size_t sample_count) {
    const size_t words = FPX_VECTOR_BYTES / 2;
    if (sample_count < words) {
        for (size_t row = 0; row < FPX_GAUSSIAN_ROWS_PER_PASS; row++) {
            for (size_t index = 0, at = first_sample; index < sample_count; index++, at++)
                sums[row * row_sums + index] = (uint32_t)rows[row][at] + 2u * rows[row + 1][at] + rows[row + 2][at];
        }
        return;
    }
    for (size_t done = 0; done < sample_count; done += words) {
        if (done > sample_count - words) done = sample_count - words;
        fpx_vector_u32 lower[BINOMIAL_ROWS], upper[BINOMIAL_ROWS];
#pragma clang loop unroll(full)
        for (size_t row = 0; row < BINOMIAL_ROWS; row++) {
            const fpx_vector_u16 samples = fpx_load_u16(rows[row] + first_sample + done);
            lower[row] = fpx_interleave_lower_u16(samples, fpx_zero());
            upper[row] = fpx_interleave_upper_u16(samples, fpx_zero());
        }
        binomial_store(sums + done, row_sums * sizeof *sums, lower, upper, false);
    }
}

/// The rounded results of a vector of sums.
FPX_OPERATION fpx_vector_u16 binomial_words(const uint16_t *sums, size_t channels) {
    const fpx_vector_u16 middle = fpx_load_u16(sums + channels);
    const fpx_vector_u16 outer = fpx_add_u16(fpx_load_u16(sums), fpx_load_u16(sums + 2 * channels));
    const fpx_vector_u16 all = fpx_add_u16(fpx_add_u16(middle, middle), fpx_add_u16(outer, fpx_splat_u16(8)));
    return fpx_shift_right_u16(all, 4);
}

FPX_OPERATION fpx_vector_u32 binomial_doublewords(const uint32_t *sums, size_t channels) {
    const fpx_vector_u32 middle = fpx_load_u32(sums + channels);
    const fpx_vector_u32 outer = fpx_add_u32(fpx_load_u32(sums), fpx_load_u32(sums + 2 * channels));
    const fpx_vector_u32 all = fpx_add_u32(fpx_add_u32(middle, middle), fpx_add_u32(outer, fpx_splat_u32(8)));
    return fpx_shift_right_u32(all, 4);
}

FPX_OPERATION void binomial_u8_horizontal(uint8_t *destination, const uint16_t *sums, size_t sample_count,
                                          size_t channels) {
    const size_t words = FPX_VECTOR_BYTES / 2;
    for (size_t index = 0; index < sample_count; index += FPX_VECTOR_BYTES) {
        if (sample_count >= FPX_VECTOR_BYTES && index > sample_count - FPX_VECTOR_BYTES)
            index = sample_count - FPX_VECTOR_BYTES;
        const fpx_vector_u16 lower = binomial_words(sums + index, channels);
        const fpx_vector_u16 upper = binomial_words(sums + index + words, channels);
        const fpx_vector_u8 bytes = fpx_order_packed(fpx_pack_i16_to_u8(lower, upper));
        if (sample_count >= FPX_VECTOR_BYTES) {
            fpx_store_u8(destination + index, bytes);
        } else {
            uint8_t results[FPX_VECTOR_BYTES];
            fpx_store_u8(results, bytes);
            memcpy(destination, results, sample_count);
        }
    }
}

FPX_OPERATION void binomial_u16_horizontal(uint16_t *destination, const uint32_t *sums, size_t sample_count,
                                           size_t channels) {
    const size_t words = FPX_VECTOR_BYTES / 2, doublewords = FPX_VECTOR_BYTES / 4;
    for (size_t index = 0; index < sample_count; index += words) {
        if (sample_count >= words && index > sample_count - words) index = sample_count - words;
        const fpx_vector_u32 lower = binomial_doublewords(sums + index, channels);
        const fpx_vector_u32 upper = binomial_doublewords(sums + index + doublewords, channels);
        const fpx_vector_u16 packed = fpx_order_packed(fpx_pack_i32_to_u16(lower, upper));
        if (sample_count >= words) {
            fpx_store_u16(destination + index, packed);
        } else {
            uint16_t results[FPX_VECTOR_BYTES / 2];
            fpx_store_u16(results, packed);
            memcpy(destination, results, sample_count * sizeof *destination);
        }
    }
}
