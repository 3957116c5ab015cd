// The passes for one sample type, SAMPLE. SUM holds the exact sums of one pass, WIDE_SUM those of both, FRACTION_BITS
// is the number of bits behind the point of a weight; VERTICAL and HORIZONTAL are the functions' names, RADIUS and
// WEIGHTS those in fpx_gaussian.

FPX_GAUSSIAN_INLINE void VERTICAL(SUM *restrict sums, size_t row_sums, const SAMPLE *const *rows, size_t first_sample,
                                  size_t sample_count, const fpx_gaussian *gaussian) {
    const size_t tap_count = 2 * gaussian->RADIUS + 1;
    for (size_t row = 0; row < FPX_GAUSSIAN_ROWS_PER_PASS; row++, sums += row_sums) {
        for (size_t tap = 0; tap < tap_count; tap++) {
            const SAMPLE *restrict samples = rows[row + tap] + first_sample;
            const SUM weight = (SUM)gaussian->WEIGHTS[tap + 1];
            if (tap == 0) {
                for (size_t index = 0; index < sample_count; index++)
                    sums[index] = (SUM)(weight * (SUM)samples[index]);
            } else {
                for (size_t index = 0; index < sample_count; index++)
                    sums[index] = (SUM)(sums[index] + weight * (SUM)samples[index]);
            }
        }
    }
}

FPX_GAUSSIAN_INLINE void HORIZONTAL(SAMPLE *restrict destination, const SUM *restrict sums, size_t sample_count,
                                    size_t channels, const fpx_gaussian *gaussian) {
    enum { BLOCK_SAMPLES = 64 };
    const size_t tap_count = 2 * gaussian->RADIUS + 1;
    for (size_t first = 0; first < sample_count; first += BLOCK_SAMPLES) {
        WIDE_SUM block[BLOCK_SAMPLES];
        for (size_t index = 0; index < BLOCK_SAMPLES; index++)
            block[index] = (WIDE_SUM)1 << (2 * FRACTION_BITS - 1);
        for (size_t tap = 0; tap < tap_count; tap++) {
            const SUM *restrict shifted = sums + first + tap * channels;
            const WIDE_SUM weight = gaussian->WEIGHTS[tap + 1];
            for (size_t index = 0; index < BLOCK_SAMPLES; index++)
                block[index] += weight * (WIDE_SUM)shifted[index];
        }
        const size_t left = sample_count - first;
        const size_t count = left < BLOCK_SAMPLES ? left : BLOCK_SAMPLES;
        for (size_t index = 0; index < count; index++)
            destination[first + index] = (SAMPLE)(block[index] >> (2 * FRACTION_BITS));
    }
}

#undef SAMPLE
#undef SUM
#undef WIDE_SUM
#undef FRACTION_BITS
#undef VERTICAL
#undef HORIZONTAL
#undef RADIUS
#undef WEIGHTS
