// The functions for one type of samples. SAMPLE is the type, SQUARE that of the sums of squares, PUBLIC(name) a
// function's name, ENTRY(name) a kernel's in the table, MAXIMUM_FRAMES the most frames of a call.

fpx_status PUBLIC(accumulate_tile)(uint32_t *sum, SQUARE *sum_of_squares, const SAMPLE *const *frames,
                                   size_t frame_count, size_t sample_count) {
    return PUBLIC(accumulate_on)(sum, sum_of_squares, frames, frame_count, sample_count, sample_count + 1, NULL);
}

static void PUBLIC(tile)(size_t tile_index, void *context) {
    const tiling *tiles = context;
    const size_t first_sample = tile_index * tiles->tile_sample_count;
    tiles->kernels->ENTRY(accumulate)(tiles->sum, tiles->sum_of_squares, tiles->frames, tiles->frame_count,
                                      first_sample,
                                      fpx_tile_end(first_sample, tiles->sample_count, tiles->tile_sample_count));
}

fpx_status PUBLIC(accumulate_on)(uint32_t *sum, SQUARE *sum_of_squares, const SAMPLE *const *frames, size_t frame_count,
                                 size_t sample_count, size_t tile_sample_count, const fpx_parallel_runner *runner) {
    if (tile_sample_count == 0) return FPX_ERROR_ARGUMENT;
    if (frame_count > MAXIMUM_FRAMES) return FPX_ERROR_OVERFLOW;
    if (frame_count == 0 || sample_count == 0) return FPX_OK;
    if (!sum || !sum_of_squares || !frames) return FPX_ERROR_ARGUMENT;
    for (size_t frame = 0; frame < frame_count; frame++) {
        if (!frames[frame]) return FPX_ERROR_ARGUMENT;
    }
    tiling tiles = {fpx_kernels_selected(), sum, sum_of_squares, frames, frame_count, sample_count, tile_sample_count};
    fpx_parallel_run(runner, fpx_tile_count(sample_count, tile_sample_count), PUBLIC(tile), &tiles);
    return FPX_OK;
}

fpx_status PUBLIC(accumulate)(uint32_t *sum, SQUARE *sum_of_squares, const SAMPLE *const *frames, size_t frame_count,
                              size_t sample_count, size_t tile_sample_count, size_t threads) {
    const fpx_parallel_runner team = fpx_parallel_team(threads);
    return PUBLIC(accumulate_on)(sum, sum_of_squares, frames, frame_count, sample_count, tile_sample_count, &team);
}

fpx_status PUBLIC(accumulate_strided)(uint32_t *sum, SQUARE *sum_of_squares, const SAMPLE *first_frame,
                                      ptrdiff_t frame_stride_bytes, size_t frame_count, size_t sample_count,
                                      size_t tile_sample_count, const fpx_parallel_runner *runner) {
    if (frame_count > MAXIMUM_FRAMES) return FPX_ERROR_OVERFLOW;
    if (tile_sample_count == 0) return FPX_ERROR_ARGUMENT;
    if (frame_count == 0 || sample_count == 0) return FPX_OK;
    if (!first_frame) return FPX_ERROR_ARGUMENT;
    for (size_t first = 0; first < frame_count; first += FPX_STRIDED_FRAMES) {
        const SAMPLE *frames[FPX_STRIDED_FRAMES];
        const size_t count = fpx_tile_end(first, frame_count, FPX_STRIDED_FRAMES) - first;
        for (size_t frame = 0; frame < count; frame++)
            frames[frame] = fpx_frame(first_frame, frame_stride_bytes, first + frame);
        const fpx_status status =
            PUBLIC(accumulate_on)(sum, sum_of_squares, frames, count, sample_count, tile_sample_count, runner);
        if (status != FPX_OK) return status;
    }
    return FPX_OK;
}

// The passes below move 9 to 24 bytes for a handful of operations a sample: with the vectors that every x86-64 and
// arm64 compiler may use they already wait for memory, so those without a question to ask have no variants.

fpx_status PUBLIC(remove_tile)(uint32_t *restrict sum, SQUARE *restrict sum_of_squares, const SAMPLE *restrict frame,
                               size_t sample_count) {
    if (sample_count == 0) return FPX_OK;
    if (!sum || !sum_of_squares || !frame) return FPX_ERROR_ARGUMENT;
    for (size_t index = 0; index < sample_count; index++) {
        const uint32_t sample = frame[index];
        sum[index] -= sample;
        sum_of_squares[index] -= sample * sample;
    }
    return FPX_OK;
}

fpx_status PUBLIC(merge_tile)(uint32_t *restrict sum, SQUARE *restrict sum_of_squares,
                              const uint32_t *restrict other_sum, const SQUARE *restrict other_sum_of_squares,
                              size_t sample_count) {
    if (sample_count == 0) return FPX_OK;
    if (!sum || !sum_of_squares || !other_sum || !other_sum_of_squares) return FPX_ERROR_ARGUMENT;
    for (size_t index = 0; index < sample_count; index++) {
        sum[index] += other_sum[index];
        sum_of_squares[index] += other_sum_of_squares[index];
    }
    return FPX_OK;
}

bool PUBLIC(merge_checked_tile)(uint32_t *sum, SQUARE *sum_of_squares, const uint32_t *other_sum,
                                const SQUARE *other_sum_of_squares, size_t frame_count, size_t sample_count) {
    if (frame_count > MAXIMUM_FRAMES) return false;
    if (sample_count == 0) return true;
    if (!sum || !sum_of_squares || !other_sum || !other_sum_of_squares) return false;
    return fpx_kernels_selected()->ENTRY(merge)(sum, sum_of_squares, other_sum, other_sum_of_squares,
                                                (uint32_t)frame_count, sample_count);
}

fpx_status PUBLIC(scaled_m2)(uint64_t *restrict scaled_m2, const uint32_t *restrict sum,
                             const SQUARE *restrict sum_of_squares, size_t frame_count, size_t sample_count) {
    if (frame_count > MAXIMUM_FRAMES) return FPX_ERROR_OVERFLOW;
    if (sample_count == 0) return FPX_OK;
    if (!scaled_m2 || !sum || !sum_of_squares) return FPX_ERROR_ARGUMENT;
    const uint32_t frames = (uint32_t)frame_count;
    for (size_t index = 0; index < sample_count; index++)
        scaled_m2[index] = (uint64_t)frames * sum_of_squares[index] - (uint64_t)sum[index] * sum[index];
    return FPX_OK;
}

fpx_scaled_m2_summary PUBLIC(summarise_tile)(const uint32_t *sum, const SQUARE *sum_of_squares, size_t frame_count,
                                             size_t sample_count) {
    if (sample_count == 0 || !sum || !sum_of_squares || frame_count > MAXIMUM_FRAMES)
        return (fpx_scaled_m2_summary){.minimum = UINT64_MAX};
    return fpx_kernels_selected()->ENTRY(summarise)(sum, sum_of_squares, (uint32_t)frame_count, sample_count);
}

#undef SAMPLE
#undef SQUARE
#undef PUBLIC
#undef ENTRY
#undef MAXIMUM_FRAMES
