// Both passes for one type of samples, SAMPLE, of which SUM are the sums of one pass, SUM_BITS bits wide; ..._VECTOR
// are vectors of samples, of sums and of the sums of both passes, and ...LANES(name) names of instructions on them;
// PASS(name) makes the name of a pass, RADIUS and WEIGHTS are those in fpx_gaussian.

#define VECTOR_SAMPLES (FPX_VECTOR_BYTES / sizeof(SAMPLE))

/// Four rows of a vector of samples, two of sums. Row r of the sums takes row r + tap of the samples with the weight of
/// the tap; products and sums are exact modulo 2^SUM_BITS, and sums fit.
FPX_OPERATION void LANES(sum_columns)(SUM *sums, size_t row_sums, const SAMPLE *const *rows, size_t index,
                                      const SUM *weights, size_t tap_count) {
    SUM_VECTOR low[ROWS], high[ROWS];
    for (size_t row = 0; row < ROWS; row++)
        low[row] = high[row] = SUM_LANES(vdupq_n)(0);
    for (size_t source = 0; source < tap_count + ROWS - 1; source++) {
        const SAMPLE_VECTOR samples = LANES(vld1q)(rows[source] + index);
        const SUM_VECTOR wide_low = LANES(vmovl)(LANES(vget_low)(samples)), wide_high = LANES(vmovl_high)(samples);
        FPX_UNROLL
        for (size_t row = 0; row < ROWS; row++) {
            const size_t tap = source - row;
            if (tap >= tap_count) continue;
            low[row] = SUM_LANES(vmlaq_n)(low[row], wide_low, weights[tap]);
            high[row] = SUM_LANES(vmlaq_n)(high[row], wide_high, weights[tap]);
        }
    }
    for (size_t row = 0; row < ROWS; row++) {
        SUM_LANES(vst1q)(sums + row * row_sums, low[row]);
        SUM_LANES(vst1q)(sums + row * row_sums + VECTOR_SAMPLES / 2, high[row]);
    }
}

void PASS(vertical_neon)(SUM *sums, size_t row_sums, const SAMPLE *const *rows, size_t first_sample,
                         size_t sample_count, const fpx_gaussian *gaussian) {
    if (PASS(is_binomial)(gaussian)) {
        LANES(binomial_vertical)(sums, row_sums, rows, first_sample, sample_count);
        return;
    }
    if (sample_count < VECTOR_SAMPLES) {
        PASS(vertical_plain)(sums, row_sums, rows, first_sample, sample_count, gaussian);
        return;
    }
    for (size_t done = 0; done < sample_count; done += VECTOR_SAMPLES) {
        // The last vector ends where the samples end, and repeats some of the one before.
        if (done > sample_count - VECTOR_SAMPLES) done = sample_count - VECTOR_SAMPLES;
        LANES(sum_columns)(sums + done, row_sums, rows, first_sample + done, gaussian->WEIGHTS + 1,
                           2 * gaussian->RADIUS + 1);
    }
}

FPX_OPERATION SAMPLE_VECTOR LANES(blur)(const SUM *sums, size_t channels, const SUM *weights, size_t tap_count) {
    WIDE_VECTOR wide[4];
    for (size_t quarter = 0; quarter < 4; quarter++)
        wide[quarter] = WIDE_LANES(vdupq_n)((SUM)1 << (SUM_BITS - 1));
    for (size_t tap = 0; tap < tap_count; tap++, sums += channels) {
        const SUM_VECTOR low = SUM_LANES(vld1q)(sums), high = SUM_LANES(vld1q)(sums + VECTOR_SAMPLES / 2);
        const SUM weight = weights[tap];
        wide[0] = SUM_LANES(vmlal_n)(wide[0], SUM_LANES(vget_low)(low), weight);
        wide[1] = SUM_LANES(vmlal_high_n)(wide[1], low, weight);
        wide[2] = SUM_LANES(vmlal_n)(wide[2], SUM_LANES(vget_low)(high), weight);
        wide[3] = SUM_LANES(vmlal_high_n)(wide[3], high, weight);
    }
    const SUM_VECTOR low = WIDE_LANES(vshrn_high_n)(WIDE_LANES(vshrn_n)(wide[0], SUM_BITS), wide[1], SUM_BITS);
    const SUM_VECTOR high = WIDE_LANES(vshrn_high_n)(WIDE_LANES(vshrn_n)(wide[2], SUM_BITS), wide[3], SUM_BITS);
    return SUM_LANES(vmovn_high)(SUM_LANES(vmovn)(low), high);
}

/// The last vector reads what is behind the sums, and only what belongs to the destination is copied there.
void PASS(horizontal_neon)(SAMPLE *destination, const SUM *sums, size_t sample_count, size_t channels,
                           const fpx_gaussian *gaussian) {
    if (PASS(is_binomial)(gaussian)) {
        LANES(binomial_horizontal)(destination, sums, sample_count, channels);
        return;
    }
    const SUM *weights = gaussian->WEIGHTS + 1;
    const size_t tap_count = 2 * gaussian->RADIUS + 1;
    size_t index = 0;
    for (; sample_count - index >= VECTOR_SAMPLES; index += VECTOR_SAMPLES)
        LANES(vst1q)(destination + index, LANES(blur)(sums + index, channels, weights, tap_count));
    if (index == sample_count) return;
    SAMPLE last[VECTOR_SAMPLES];
    LANES(vst1q)(last, LANES(blur)(sums + index, channels, weights, tap_count));
    memcpy(destination + index, last, (sample_count - index) * sizeof *last);
}

#undef SAMPLE
#undef SUM
#undef SAMPLE_VECTOR
#undef SUM_VECTOR
#undef WIDE_VECTOR
#undef LANES
#undef SUM_LANES
#undef WIDE_LANES
#undef SUM_BITS
#undef PASS
#undef RADIUS
#undef WEIGHTS
#undef VECTOR_SAMPLES
