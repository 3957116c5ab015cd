// The functions for one type of samples that add frames up. SAMPLE is the type, SQUARE that of the sums of squares,
// PUBLIC(name) a function's name, ENTRY the kernel's in the table, MAXIMUM_FRAMES the most frames of a call.

fpx_status PUBLIC(accumulate_tile)(uint32_t *sum, SQUARE *sum_of_squares, const SAMPLE *const *frames,
                                   size_t frame_count, size_t sample_count) {
    return PUBLIC(accumulate_on)(sum, sum_of_squares, frames, frame_count, sample_count, sample_count + 1, NULL);
}

static void PUBLIC(tile)(size_t tile_index, void *context) {
    const tiling *tiles = context;
    const size_t first_sample = tile_index * tiles->tile_sample_count;
    tiles->kernels->ENTRY(tiles->sum, tiles->sum_of_squares, tiles->frames, tiles->frame_count, first_sample,
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
    if (frame_count > 0 && sample_count > 0 && !first_frame) return FPX_ERROR_ARGUMENT;
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

#undef SAMPLE
#undef SQUARE
#undef PUBLIC
#undef ENTRY
#undef MAXIMUM_FRAMES
