// The functions for one type of samples. SAMPLE is the type, PUBLIC(name) makes names from fpx_addweighted_u8 and the
// like, ENTRY is the kernel's in the table.

fpx_status PUBLIC()(SAMPLE *destination, const SAMPLE *first, const SAMPLE *second, size_t sample_count, double alpha,
                    double beta, double gamma) {
    if (sample_count == 0) return FPX_OK;
    if (!destination || !first || !second) return FPX_ERROR_ARGUMENT;
    fpx_kernels_selected()->ENTRY(destination, first, second, sample_count, (float)alpha, (float)beta, (float)gamma);
    return FPX_OK;
}

static void PUBLIC(_tile)(size_t tile_index, void *context) {
    const row_tiling *tiles = context;
    const size_t first_row = tile_index * tiles->tile_row_count;
    const size_t end_row = fpx_tile_end(first_row, tiles->row_count, tiles->tile_row_count);
    for (size_t row = first_row; row < end_row; row++) {
        const ptrdiff_t signed_row = (ptrdiff_t)row;
        tiles->kernels->ENTRY((void *)(tiles->destination + signed_row * tiles->destination_stride_bytes),
                              (const void *)(tiles->first + signed_row * tiles->first_stride_bytes),
                              (const void *)(tiles->second + signed_row * tiles->second_stride_bytes),
                              tiles->row_sample_count, tiles->alpha, tiles->beta, tiles->gamma);
    }
}

fpx_status PUBLIC(_rows_on)(SAMPLE *destination, ptrdiff_t destination_stride_bytes, const SAMPLE *first,
                            ptrdiff_t first_stride_bytes, const SAMPLE *second, ptrdiff_t second_stride_bytes,
                            size_t row_sample_count, size_t row_count, double alpha, double beta, double gamma,
                            const fpx_parallel_runner *runner) {
    if (row_sample_count == 0 || row_count == 0) return FPX_OK;
    if (!destination || !first || !second) return FPX_ERROR_ARGUMENT;
    row_tiling tiles = {
        .kernels = fpx_kernels_selected(),
        .destination = (char *)destination,
        .destination_stride_bytes = destination_stride_bytes,
        .first = (const char *)first,
        .first_stride_bytes = first_stride_bytes,
        .second = (const char *)second,
        .second_stride_bytes = second_stride_bytes,
        .row_sample_count = row_sample_count,
        .row_count = row_count,
        .alpha = (float)alpha,
        .beta = (float)beta,
        .gamma = (float)gamma,
    };
    join_rows(&tiles, sizeof(SAMPLE));
    tiles.tile_row_count = rows_per_tile(tiles.row_sample_count);
    fpx_parallel_run(runner, fpx_tile_count(tiles.row_count, tiles.tile_row_count), PUBLIC(_tile), &tiles);
    return FPX_OK;
}

fpx_status PUBLIC(_rows)(SAMPLE *destination, ptrdiff_t destination_stride_bytes, const SAMPLE *first,
                         ptrdiff_t first_stride_bytes, const SAMPLE *second, ptrdiff_t second_stride_bytes,
                         size_t row_sample_count, size_t row_count, double alpha, double beta, double gamma,
                         size_t threads) {
    const fpx_parallel_runner team = fpx_parallel_team(threads);
    return PUBLIC(_rows_on)(destination, destination_stride_bytes, first, first_stride_bytes, second,
                            second_stride_bytes, row_sample_count, row_count, alpha, beta, gamma, &team);
}

#undef SAMPLE
#undef PUBLIC
#undef ENTRY
