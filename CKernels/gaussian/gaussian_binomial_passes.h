// Both passes for one type of samples: SAMPLE and SUM are the types, LANES(name) and SUM_LANES(name) operations on
// vectors of them.

#define SAMPLE_LANES (FPX_VECTOR_BYTES / sizeof(SAMPLE))
#define VECTOR LANES(fpx_vector)
#define SUM_VECTOR SUM_LANES(fpx_vector)

FPX_OPERATION void LANES(binomial_vertical)(SUM *sums, size_t row_sums, const SAMPLE *const *rows, size_t first_sample,
                                            size_t sample_count) {
    if (sample_count < SAMPLE_LANES) {
        for (size_t row = 0; row < FPX_GAUSSIAN_ROWS_PER_PASS; row++) {
            for (size_t index = 0, at = first_sample; index < sample_count; index++, at++)
                sums[row * row_sums + index] =
                    (SUM)((SUM)rows[row][at] + (SUM)(2u * rows[row + 1][at]) + (SUM)rows[row + 2][at]);
        }
        return;
    }
    for (size_t done = 0; done < sample_count; done += SAMPLE_LANES) {
        // The last vector ends where the samples end, and repeats some of the one before.
        if (done > sample_count - SAMPLE_LANES) done = sample_count - SAMPLE_LANES;
        SUM_VECTOR lower[BINOMIAL_ROWS], upper[BINOMIAL_ROWS];
        FPX_UNROLL
        for (size_t row = 0; row < BINOMIAL_ROWS; row++) {
            const VECTOR samples = LANES(fpx_load)(rows[row] + first_sample + done);
            lower[row] = LANES(fpx_interleave_lower)(samples, fpx_zero());
            upper[row] = LANES(fpx_interleave_upper)(samples, fpx_zero());
        }
        // a + 2 b + c is (a + b) + (b + c), and the rows' neighbours share these.
        FPX_UNROLL
        for (size_t row = 0; row < BINOMIAL_ROWS - 1; row++) {
            lower[row] = SUM_LANES(fpx_add)(lower[row], lower[row + 1]);
            upper[row] = SUM_LANES(fpx_add)(upper[row], upper[row + 1]);
        }
        FPX_UNROLL
        for (size_t row = 0; row < FPX_GAUSSIAN_ROWS_PER_PASS; row++) {
            const SUM_VECTOR a = SUM_LANES(fpx_add)(lower[row], lower[row + 1]);
            const SUM_VECTOR b = SUM_LANES(fpx_add)(upper[row], upper[row + 1]);
            SUM *to = sums + row * row_sums + done;
            SUM_LANES(fpx_store)(to, fpx_lanes_lower(a, b));
            SUM_LANES(fpx_store)(to + FPX_VECTOR_BYTES / sizeof *to, fpx_lanes_upper(a, b));
        }
    }
}

/// The rounded results of a vector of sums, not packed.
FPX_OPERATION SUM_VECTOR LANES(binomial_results)(const SUM *sums, size_t channels) {
    const SUM_VECTOR middle = SUM_LANES(fpx_load)(sums + channels);
    const SUM_VECTOR outer = SUM_LANES(fpx_add)(SUM_LANES(fpx_load)(sums), SUM_LANES(fpx_load)(sums + 2 * channels));
    const SUM_VECTOR all =
        SUM_LANES(fpx_add)(SUM_LANES(fpx_add)(middle, middle), SUM_LANES(fpx_add)(outer, SUM_LANES(fpx_splat)(8)));
    return SUM_LANES(fpx_shift_right)(all, 4);
}

FPX_OPERATION void LANES(binomial_horizontal)(SAMPLE *destination, const SUM *sums, size_t sample_count,
                                              size_t channels) {
    for (size_t index = 0; index < sample_count; index += SAMPLE_LANES) {
        if (sample_count >= SAMPLE_LANES && index > sample_count - SAMPLE_LANES) index = sample_count - SAMPLE_LANES;
        const SUM_VECTOR lower = LANES(binomial_results)(sums + index, channels);
        const SUM_VECTOR upper = LANES(binomial_results)(sums + index + SAMPLE_LANES / 2, channels);
        const VECTOR packed = LANES(binomial_pack)(lower, upper);
        if (sample_count >= SAMPLE_LANES) {
            LANES(fpx_store)(destination + index, packed);
        } else {
            LANES(fpx_store_first)(destination, packed, sample_count);
        }
    }
}

#undef SAMPLE
#undef SUM
#undef LANES
#undef SUM_LANES
#undef SAMPLE_LANES
#undef VECTOR
#undef SUM_VECTOR
