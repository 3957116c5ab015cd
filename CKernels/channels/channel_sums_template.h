// The functions for one type of samples. SAMPLE is the type, SQUARE that of the kernel's sums of squares, ENTRY the
// kernel in the table, PUBLIC and SUM_SET the functions' names.

/// At most SET_PIECES pieces; the last may be shorter.
static void SUM_SET(uint64_t *sum, uint64_t *sum_of_squares, const SAMPLE *samples, size_t channels,
                    size_t sample_count) {
    const fpx_kernels *kernels = fpx_kernels_selected();
    uint32_t sums[PIECE_SAMPLES] = {0};
    SQUARE squares[PIECE_SAMPLES] = {0};
    const SAMPLE *pieces[CALL_PIECES];
    while (sample_count >= PIECE_SAMPLES) {
        size_t count = 0;
        for (; count < CALL_PIECES && sample_count >= PIECE_SAMPLES; count++) {
            pieces[count] = samples;
            samples += PIECE_SAMPLES;
            sample_count -= PIECE_SAMPLES;
        }
        kernels->ENTRY(sums, squares, pieces, count, 0, PIECE_SAMPLES);
    }
    if (sample_count > 0) kernels->ENTRY(sums, squares, &samples, 1, 0, sample_count);
    for (size_t position = 0; position < PIECE_SAMPLES; position++) {
        sum[position % channels] += sums[position];
        sum_of_squares[position % channels] += squares[position];
    }
}

fpx_status PUBLIC(uint64_t *sum, uint64_t *sum_of_squares, const SAMPLE *samples, size_t channels, size_t pixel_count) {
    const fpx_status status = fpx_channels_check(sum, sum_of_squares, samples, channels, pixel_count);
    if (status != FPX_OK) return status;
    size_t left = channels * pixel_count;
    while (left > 0) {
        const size_t set = (size_t)SET_PIECES * PIECE_SAMPLES;
        const size_t count = left < set ? left : set;
        SUM_SET(sum, sum_of_squares, samples, channels, count);
        samples += count;
        left -= count;
    }
    return FPX_OK;
}

#undef SAMPLE
#undef SQUARE
#undef ENTRY
#undef PUBLIC
#undef SUM_SET
