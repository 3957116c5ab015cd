// What extremes.c asks the kernels for, for one type of samples: SAMPLE is the type, NAME(name) makes a function's
// name, KERNEL(operation, name) a kernel's.

static fpx_status NAME(count)(const extremes *extremes, uint16_t *const counters[COUNTERS],
                              ptrdiff_t counter_stride_bytes, const void *const *rows, size_t frame_count,
                              size_t row_count) {
    return KERNEL(extremes, _accumulate_tile)(
        counters[0], counters[1], counters[2], counters[3], counter_stride_bytes, (const SAMPLE *const *)rows,
        frame_count, row_count, row_samples(extremes), extremes->distance, extremes->distance * extremes->channels,
        (SAMPLE)extremes->black, (SAMPLE)extremes->white);
}

static fpx_status NAME(scene_row)(const extremes *extremes, int64_t *cells, fact *fact, const void *row) {
    // Green of colours.
    return KERNEL(scene_row, )(cells, &fact->level, &fact->roughness, row, extremes->width, extremes->channels,
                               extremes->channels == 3 ? 1 : 0, extremes->distance);
}

static const extremes_kernels NAME(kernels) = {NAME(count), NAME(scene_row)};

#undef NAME
#undef KERNEL
#undef SAMPLE
