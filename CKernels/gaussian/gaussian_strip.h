/// Strips of one sample type, included by gaussian.c once for each with these macros:
/// SAMPLE      its name in functions (`u8`)
/// SAMPLE_TYPE the type of a sample
/// SUM_TYPE    the type of an exact sum of one pass

#define CONCATENATE_TOKENS(a, b, c) a##b##c
#define CONCATENATE(a, b, c) CONCATENATE_TOKENS(a, b, c)
#define NAMED(before, after) CONCATENATE(before, SAMPLE, after)

/// Gives the pixels first..<end, all of them outside the image, the sums of the pixels that stand for them. `sums`
/// begins with pixel `first_sum`.
static void NAMED(reflect_, )(SUM_TYPE *sums, ptrdiff_t first_sum, ptrdiff_t first, ptrdiff_t end, size_t width,
                              size_t channels) {
    for (ptrdiff_t pixel = first; pixel < end; pixel++) {
        const ptrdiff_t inside = (ptrdiff_t)fpx_gaussian_reflect_101(pixel, width);
        memcpy(sums + (size_t)(pixel - first_sum) * channels, sums + (size_t)(inside - first_sum) * channels,
               channels * sizeof *sums);
    }
}

/// `rows` are those of the weights that are not zero. All ROWS rows are computed, and `row_count` of them written.
static void NAMED(blur_tile_, )(const strip *strip, SAMPLE_TYPE *destination, const SAMPLE_TYPE *const *rows,
                                size_t row_count, size_t first_pixel, size_t end_pixel) {
    SUM_TYPE sums[ROWS * ROW_SUMS(SAMPLE_TYPE)];
    // Kernels multiply what lies behind the last sum by weights of zero.
    if (FPX_MEMORY_SANITIZER) memset(sums, 0, sizeof sums);
    const size_t channels = strip->channels;
    const ptrdiff_t radius = (ptrdiff_t)strip->gaussian->NAMED(, _radius), width = (ptrdiff_t)strip->width;
    const ptrdiff_t first_sum = (ptrdiff_t)first_pixel - radius, end_sum = (ptrdiff_t)end_pixel + radius;
    const ptrdiff_t first_inside = first_sum > 0 ? first_sum : 0, end_inside = end_sum < width ? end_sum : width;
    strip->kernels->NAMED(gaussian_, _vertical)(sums + (size_t)(first_inside - first_sum) * channels,
                                                ROW_SUMS(SAMPLE_TYPE), rows, (size_t)first_inside * channels,
                                                (size_t)(end_inside - first_inside) * channels, strip->gaussian);
    for (size_t row = 0; row < row_count; row++) {
        SUM_TYPE *row_sums = sums + row * ROW_SUMS(SAMPLE_TYPE);
        NAMED(reflect_, )(row_sums, first_sum, first_sum, 0, strip->width, channels);
        NAMED(reflect_, )(row_sums, first_sum, width, end_sum, strip->width, channels);
        SAMPLE_TYPE *destination_row = (void *)((char *)destination + (ptrdiff_t)row * strip->destination_stride_bytes);
        strip->kernels->NAMED(gaussian_, _horizontal)(destination_row + first_pixel * channels, row_sums,
                                                      (end_pixel - first_pixel) * channels, channels, strip->gaussian);
    }
}

/// Fetches into level-2 cache what the next group of rows adds to these, while this one is computed. Level 1 is full.
static void NAMED(prefetch_, )(const SAMPLE_TYPE *const *rows, size_t first_sample, size_t end_sample) {
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t index = first_sample; index < end_sample; index += CACHE_LINE_BYTES / sizeof(SAMPLE_TYPE))
            __builtin_prefetch(rows[row] + index, 0, LEVEL2);
    }
}

static void NAMED(blur_strip_, )(const strip *strip, SAMPLE_TYPE *destination, const SAMPLE_TYPE *const *rows,
                                 size_t row_count) {
    const size_t tile_width = TILE_SAMPLES(SAMPLE_TYPE) / strip->channels;
    const size_t tap_count = 2 * strip->gaussian->NAMED(, _radius) + 1;
    rows += strip->gaussian->size / 2 - strip->gaussian->NAMED(, _radius);
    for (size_t first_row = 0; first_row < row_count; first_row += ROWS) {
        const size_t tile_rows = smaller(ROWS, row_count - first_row);
        const SAMPLE_TYPE *const *tile_sources = rows + first_row;
        // A group that is not full is blurred with its last row of the source in place of those that do not exist.
        const SAMPLE_TYPE *repeated[MAXIMUM_TAPS + ROWS - 1];
        if (tile_rows < ROWS) {
            for (size_t row = 0; row < tap_count + ROWS - 1; row++)
                repeated[row] = tile_sources[smaller(row, tile_rows + tap_count - 2)];
            tile_sources = repeated;
        }
        SAMPLE_TYPE *tile_destination =
            (void *)((char *)destination + (ptrdiff_t)first_row * strip->destination_stride_bytes);
        const bool another_group = row_count - first_row >= 2 * ROWS;
        for (size_t first_pixel = 0; first_pixel < strip->width; first_pixel += tile_width) {
            const size_t end_pixel = smaller(first_pixel + tile_width, strip->width);
            if (another_group) {
                NAMED(prefetch_, )
                (tile_sources + tap_count + ROWS - 1, first_pixel * strip->channels, end_pixel * strip->channels);
            }
            NAMED(blur_tile_, )(strip, tile_destination, tile_sources, tile_rows, first_pixel, end_pixel);
        }
    }
}

fpx_status NAMED(fpx_gaussian_, _rows)(SAMPLE_TYPE *destination, ptrdiff_t destination_stride_bytes,
                                       const SAMPLE_TYPE *const *rows, size_t row_count, size_t width, size_t channels,
                                       const fpx_gaussian *gaussian) {
    if (!is_prepared(gaussian) || channels == 0 || channels > MAXIMUM_CHANNELS) return FPX_ERROR_ARGUMENT;
    if (row_count == 0 || width == 0) return FPX_OK;
    if (!destination || !rows) return FPX_ERROR_ARGUMENT;
    for (size_t row = 0; row < row_count + gaussian->size - 1; row++) {
        if (!rows[row]) return FPX_ERROR_ARGUMENT;
    }
    const strip strip = {fpx_kernels_selected(), gaussian, destination_stride_bytes, width, channels};
    NAMED(blur_strip_, )(&strip, destination, rows, row_count);
    return FPX_OK;
}

static void NAMED(blur_band_, )(size_t band_index, void *context) {
    const image *image = context;
    const size_t first_row = band_index * BAND_ROWS, size = image->strip.gaussian->size;
    const size_t row_count = smaller(BAND_ROWS, image->height - first_row);
    const SAMPLE_TYPE *rows[BAND_ROWS + MAXIMUM_TAPS - 1];
    for (size_t row = 0; row < row_count + size - 1; row++) {
        const ptrdiff_t source_row = (ptrdiff_t)(first_row + row) - (ptrdiff_t)(size / 2);
        const ptrdiff_t inside = (ptrdiff_t)fpx_gaussian_reflect_101(source_row, image->height);
        rows[row] = (const void *)(image->source + inside * image->source_stride_bytes);
    }
    char *destination = image->destination + (ptrdiff_t)first_row * image->strip.destination_stride_bytes;
    NAMED(blur_strip_, )(&image->strip, (void *)destination, rows, row_count);
}

fpx_status NAMED(fpx_gaussian_, _image_on)(SAMPLE_TYPE *destination, ptrdiff_t destination_stride_bytes,
                                           const SAMPLE_TYPE *source, ptrdiff_t source_stride_bytes, size_t width,
                                           size_t height, size_t channels, const fpx_gaussian *gaussian,
                                           const fpx_parallel_runner *runner) {
    if (!is_prepared(gaussian) || channels == 0 || channels > MAXIMUM_CHANNELS) return FPX_ERROR_ARGUMENT;
    if (width == 0 || height == 0) return FPX_OK;
    if (!destination || !source) return FPX_ERROR_ARGUMENT;
    image image = {
        .strip = {fpx_kernels_selected(), gaussian, destination_stride_bytes, width, channels},
        .destination = (char *)destination,
        .source = (const char *)source,
        .source_stride_bytes = source_stride_bytes,
        .height = height,
    };
    fpx_parallel_run(runner, fpx_tile_count(height, BAND_ROWS), NAMED(blur_band_, ), &image);
    return FPX_OK;
}

fpx_status NAMED(fpx_gaussian_, _image)(SAMPLE_TYPE *destination, ptrdiff_t destination_stride_bytes,
                                        const SAMPLE_TYPE *source, ptrdiff_t source_stride_bytes, size_t width,
                                        size_t height, size_t channels, const fpx_gaussian *gaussian, size_t threads) {
    const fpx_parallel_runner team = fpx_parallel_team(threads);
    return NAMED(fpx_gaussian_, _image_on)(destination, destination_stride_bytes, source, source_stride_bytes, width,
                                           height, channels, gaussian, &team);
}

#undef NAMED
#undef CONCATENATE
#undef CONCATENATE_TOKENS
#undef SAMPLE
#undef SAMPLE_TYPE
#undef SUM_TYPE
