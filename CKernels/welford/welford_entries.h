// The functions for one type of samples, which differ in the frames' type alone. SAMPLE is the type, PUBLIC(name) a
// function's name, ENTRY the kernel's in the table.

static void PUBLIC(range)(const tiling *tiles, size_t first_sample, size_t end_sample) {
    const SAMPLE *const *frames = tiles->frames;
    for (size_t frame = 0; frame < tiles->frame_count; frame += FRAMES_PER_PASS) {
        fpx_welford_weights weights[FPX_WELFORD_BLOCKS_PER_PASS];
        const size_t pass_end = fpx_tile_end(frame, tiles->frame_count, FRAMES_PER_PASS);
        for (size_t block = frame; block < pass_end; block += FPX_WELFORD_BLOCK_FRAMES) {
            const size_t block_frames = fpx_tile_end(block, pass_end, FPX_WELFORD_BLOCK_FRAMES) - block;
            weights[(block - frame) / FPX_WELFORD_BLOCK_FRAMES] =
                fpx_welford_weights_of((double)(tiles->frames_before + block), (double)block_frames);
        }
        tiles->kernels->ENTRY(tiles->mean, tiles->m2, frames + frame, pass_end - frame, weights, first_sample,
                              end_sample);
    }
}

static void PUBLIC(tile)(size_t tile_index, void *context) {
    const tiling *tiles = context;
    const size_t first_sample = tile_index * tiles->tile_sample_count;
    PUBLIC(range)(tiles, first_sample, fpx_tile_end(first_sample, tiles->sample_count, tiles->tile_sample_count));
}

fpx_status PUBLIC(accumulate_on)(double *mean, double *m2, size_t frames_before, const SAMPLE *const *frames,
                                 size_t frame_count, size_t sample_count, size_t tile_sample_count,
                                 const fpx_parallel_runner *runner) {
    if (tile_sample_count == 0) return FPX_ERROR_ARGUMENT;
    if (frame_count == 0 || sample_count == 0) return FPX_OK;
    if (!mean || !m2 || !frames) return FPX_ERROR_ARGUMENT;
    for (size_t frame = 0; frame < frame_count; frame++) {
        if (!frames[frame]) return FPX_ERROR_ARGUMENT;
    }
    tiling tiles = {fpx_kernels_selected(), mean, m2, frames_before, frames, frame_count, sample_count,
                    tile_sample_count};
    fpx_parallel_run(runner, fpx_tile_count(sample_count, tile_sample_count), PUBLIC(tile), &tiles);
    return FPX_OK;
}

fpx_status PUBLIC(accumulate_tile)(double *mean, double *m2, size_t frames_before, const SAMPLE *const *frames,
                                   size_t frame_count, size_t sample_count) {
    return PUBLIC(accumulate_on)(mean, m2, frames_before, frames, frame_count, sample_count, sample_count + 1, NULL);
}

fpx_status PUBLIC(accumulate)(double *mean, double *m2, size_t frames_before, const SAMPLE *const *frames,
                              size_t frame_count, size_t sample_count, size_t tile_sample_count, size_t threads) {
    const fpx_parallel_runner team = fpx_parallel_team(threads);
    return PUBLIC(accumulate_on)(mean, m2, frames_before, frames, frame_count, sample_count, tile_sample_count, &team);
}

fpx_status PUBLIC(accumulate_strided)(double *mean, double *m2, size_t frames_before, const SAMPLE *first_frame,
                                      ptrdiff_t frame_stride_bytes, size_t frame_count, size_t sample_count,
                                      size_t tile_sample_count, const fpx_parallel_runner *runner) {
    if (tile_sample_count == 0) return FPX_ERROR_ARGUMENT;
    if (frame_count == 0 || sample_count == 0) return FPX_OK;
    if (!first_frame) return FPX_ERROR_ARGUMENT;
    for (size_t first = 0; first < frame_count; first += FPX_STRIDED_FRAMES) {
        const SAMPLE *frames[FPX_STRIDED_FRAMES];
        const size_t count = fpx_tile_end(first, frame_count, FPX_STRIDED_FRAMES) - first;
        for (size_t frame = 0; frame < count; frame++)
            frames[frame] = fpx_frame(first_frame, frame_stride_bytes, first + frame);
        const fpx_status status = PUBLIC(accumulate_on)(mean, m2, frames_before + first, frames, count, sample_count,
                                                        tile_sample_count, runner);
        if (status != FPX_OK) return status;
    }
    return FPX_OK;
}

#undef SAMPLE
#undef PUBLIC
#undef ENTRY
