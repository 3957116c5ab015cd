// The first pass with vectors of x86-64. Included once for each level, after a header of ../vectors, with LEVEL(name)
// making a kernel's name.
//
// Four rows of sums from pairs of rows: two with the weights that fit the pair, two with those of the pair before it.

#include "gaussian_binomial.h"
#include "gaussian_pairs.h"
#include "gaussian_plain.h"

#pragma STDC FP_CONTRACT OFF

/// Sums of four rows, each in the order that interleaving gives: the lower and the upper halves of the lanes.
typedef struct columns {
    fpx_vector_u32 row[FPX_GAUSSIAN_ROWS_PER_PASS][2];
} columns;

/// Two rows of samples, interleaved.
typedef struct pair_of_rows {
    fpx_vector_u32 lower;
    fpx_vector_u32 upper;
} pair_of_rows;

/// Bytes, or words less 2^15, which the weights' sum of 2^16 makes 2^31 of a sum, modulo 2^32.
FPX_OPERATION fpx_vector_u32 load_row(const void *row, size_t offset_bytes, bool bytes) {
    const fpx_vector_u32 loaded = fpx_load_u8((const uint8_t *)row + offset_bytes);
    return bytes ? loaded : fpx_xor(loaded, fpx_splat_u16(0x8000));
}

FPX_OPERATION pair_of_rows load_pair(const void *const *rows, size_t pair, size_t offset_bytes, bool bytes) {
    const fpx_vector_u32 a = load_row(rows[2 * pair], offset_bytes, bytes);
    const fpx_vector_u32 b = load_row(rows[2 * pair + 1], offset_bytes, bytes);
    const pair_of_rows words = {fpx_interleave_lower_u16(a, b), fpx_interleave_upper_u16(a, b)};
    if (!bytes) return words;
    const pair_of_rows interleaved = {fpx_interleave_lower_u8(a, b), fpx_interleave_upper_u8(a, b)};
    return interleaved;
}

FPX_OPERATION void add_to_row(fpx_vector_u32 sums[2], pair_of_rows samples, uint32_t weights, bool bytes) {
    const fpx_vector_u32 by = fpx_splat_u32(weights);
    if (bytes) {
        sums[0] = fpx_add_u16(sums[0], fpx_multiply_pairs_u8(samples.lower, by));
        sums[1] = fpx_add_u16(sums[1], fpx_multiply_pairs_u8(samples.upper, by));
    } else {
        sums[0] = fpx_add_u32(sums[0], fpx_multiply_pairs_i16(samples.lower, by));
        sums[1] = fpx_add_u32(sums[1], fpx_multiply_pairs_i16(samples.upper, by));
    }
}

/// Adds a pair of rows to two rows of sums, the first of which begins with pair 0.
FPX_OPERATION void add_to_rows(fpx_vector_u32 (*sums)[2], pair_of_rows samples, const fpx_gaussian_pairs *by,
                               size_t pair, bool bytes) {
    add_to_row(sums[0], samples, by->first[pair], bytes);
    add_to_row(sums[1], samples, by->second[pair], bytes);
}

/// A vector of four rows of samples, two of sums. `offset_bytes` is the place in the rows.
FPX_OPERATION void sum_columns(void *sums, size_t row_bytes, const void *const *rows, size_t offset_bytes,
                               const fpx_gaussian_pairs *by, bool bytes) {
    const fpx_vector_u32 initial = bytes ? fpx_zero() : fpx_splat_u32(1u << 31);
    columns columns = {{{initial, initial}, {initial, initial}, {initial, initial}, {initial, initial}}};
    add_to_rows(columns.row, load_pair(rows, 0, offset_bytes, bytes), by, 0, bytes);
    for (size_t pair = 1; pair < by->count; pair++) {
        const pair_of_rows samples = load_pair(rows, pair, offset_bytes, bytes);
        add_to_rows(columns.row, samples, by, pair, bytes);
        add_to_rows(columns.row + 2, samples, by, pair - 1, bytes);
    }
    add_to_rows(columns.row + 2, load_pair(rows, by->count, offset_bytes, bytes), by, by->count - 1, bytes);
    FPX_UNROLL
    for (size_t row = 0; row < FPX_GAUSSIAN_ROWS_PER_PASS; row++) {
        uint8_t *to = (uint8_t *)sums + row * row_bytes;
        fpx_store_u8(to, fpx_lanes_lower(columns.row[row][0], columns.row[row][1]));
        fpx_store_u8(to + FPX_VECTOR_BYTES, fpx_lanes_upper(columns.row[row][0], columns.row[row][1]));
    }
}

FPX_TARGET void LEVEL(fpx_gaussian_u8_vertical)(uint16_t *sums, size_t row_sums, const uint8_t *const *rows,
                                                size_t first_sample, size_t sample_count,
                                                const fpx_gaussian *gaussian) {
    if (fpx_gaussian_u8_is_binomial(gaussian)) {
        binomial_vertical_u8(sums, row_sums, rows, first_sample, sample_count);
        return;
    }
    if (sample_count < FPX_VECTOR_BYTES || !fpx_gaussian_fits_byte_pairs(gaussian)) {
        fpx_gaussian_u8_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
        return;
    }
    const fpx_gaussian_pairs pairs = fpx_gaussian_byte_pairs(gaussian->u8_weights, gaussian->u8_radius);
    for (size_t done = 0; done < sample_count; done += FPX_VECTOR_BYTES) {
        // The last vector ends where the samples end, and repeats some of the one before.
        if (done > sample_count - FPX_VECTOR_BYTES) done = sample_count - FPX_VECTOR_BYTES;
        sum_columns(sums + done, row_sums * sizeof *sums, (const void *const *)rows, first_sample + done, &pairs, true);
    }
}

FPX_TARGET void LEVEL(fpx_gaussian_u16_vertical)(uint32_t *sums, size_t row_sums, const uint16_t *const *rows,
                                                 size_t first_sample, size_t sample_count,
                                                 const fpx_gaussian *gaussian) {
    const size_t words = FPX_VECTOR_BYTES / 2;
    if (fpx_gaussian_u16_is_binomial(gaussian)) {
        binomial_vertical_u16(sums, row_sums, rows, first_sample, sample_count);
        return;
    }
    if (sample_count < words || !fpx_gaussian_fits_word_pairs(gaussian)) {
        fpx_gaussian_u16_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
        return;
    }
    const fpx_gaussian_pairs pairs = fpx_gaussian_wide_word_pairs(gaussian->u16_weights, gaussian->u16_radius);
    for (size_t done = 0; done < sample_count; done += words) {
        if (done > sample_count - words) done = sample_count - words;
        sum_columns(sums + done, row_sums * sizeof *sums, (const void *const *)rows,
                    (first_sample + done) * sizeof **rows, &pairs, false);
    }
}
