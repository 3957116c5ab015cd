// What moments.c does with exact sums of one type of samples: SAMPLE is the type, SQUARE that of sums of squares,
// NAME(name) makes a function's name, KERNEL(name) a kernel's; MAXIMUM_FRAMES fit the sums.

static fpx_status NAME(accumulate)(moments *moments, const void *const *frames, size_t frame_count, size_t threads) {
    return KERNEL(accumulate)(moments->first.buffer.buf, moments->second.buffer.buf, (const SAMPLE *const *)frames,
                              frame_count, moments->base.sample_count, TILE_SAMPLES, threads);
}

static void NAME(merge)(moments *moments, const struct moments *other) {
    KERNEL(merge_tile)(moments->first.buffer.buf, moments->second.buffer.buf, other->first.buffer.buf,
                       other->second.buffer.buf, moments->base.sample_count);
}

static void NAME(mean)(const moments *moments, double *result, size_t first, size_t count) {
    const uint32_t *sums = (const uint32_t *)moments->first.buffer.buf + first;
    for (size_t index = 0; index < count; index++)
        result[index] = (double)sums[index] / (double)moments->taken_count;
}

/// n M2, an exact integer, divided once by n (n - 1).
static void NAME(variance)(const moments *moments, double *result, size_t first, size_t count) {
    const uint64_t frames = moments->taken_count;
    uint64_t scaled[RESULT_SAMPLES];
    KERNEL(scaled_m2)(scaled, (const uint32_t *)moments->first.buffer.buf + first,
                      (const SQUARE *)moments->second.buffer.buf + first, (size_t)frames, count);
    for (size_t index = 0; index < count; index++)
        result[index] = (double)scaled[index] / (double)(frames * (frames - 1));
}

static const moments_kernels NAME(kernels) = {MAXIMUM_FRAMES, NAME(accumulate), NAME(merge), NAME(mean),
                                              NAME(variance)};

#undef NAME
#undef KERNEL
#undef SAMPLE
#undef SQUARE
#undef MAXIMUM_FRAMES
