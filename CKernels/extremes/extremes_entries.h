// The public functions for one type of samples. SAMPLE is the type, PUBLIC(name) a function's name, ENTRY the kernel's
// in the table.

fpx_status PUBLIC(accumulate_tile)(uint16_t *above, uint16_t *below, uint16_t *blind_above, uint16_t *blind_below,
                                   ptrdiff_t counter_stride_bytes, const SAMPLE *const *rows, size_t frame_count,
                                   size_t row_count, size_t sample_count, size_t distance_rows, size_t distance_samples,
                                   SAMPLE black, SAMPLE white) {
    if (frame_count > FPX_EXTREMES_MAXIMUM_FRAMES) return FPX_ERROR_OVERFLOW;
    if (frame_count == 0 || row_count == 0 || sample_count == 0) return FPX_OK;
    if (distance_rows == 0 || distance_samples == 0) return FPX_ERROR_ARGUMENT;
    if (!above || !below || !blind_above || !blind_below || !rows) return FPX_ERROR_ARGUMENT;
    const size_t frame_row_pointers = row_count + 2 * distance_rows;
    for (size_t row = 0; row < frame_count * frame_row_pointers; row++) {
        if (!rows[row]) return FPX_ERROR_ARGUMENT;
    }
    if (distance_samples >= sample_count || sample_count - distance_samples <= distance_samples) return FPX_OK;
    const fpx_extremes_task task = {.above = above,
                                    .below = below,
                                    .blind_above = blind_above,
                                    .blind_below = blind_below,
                                    .counter_stride_bytes = counter_stride_bytes,
                                    .frame_row_pointers = frame_row_pointers,
                                    .frame_count = frame_count,
                                    .row_count = row_count,
                                    .first_sample = distance_samples,
                                    .end_sample = sample_count - distance_samples,
                                    .distance_rows = distance_rows,
                                    .distance_samples = distance_samples};
    fpx_kernels_selected()->ENTRY(&task, rows, black, white);
    return FPX_OK;
}

fpx_status PUBLIC(accumulate)(uint16_t *above, uint16_t *below, uint16_t *blind_above, uint16_t *blind_below,
                              const SAMPLE *const *rows_above, const SAMPLE *const *rows,
                              const SAMPLE *const *rows_below, size_t frame_count, size_t sample_count,
                              size_t distance_samples, SAMPLE black, SAMPLE white) {
    // Frames whose pointers are brought into the order of a tile together.
    enum { GROUP_FRAMES = 255 };
    if (frame_count > FPX_EXTREMES_MAXIMUM_FRAMES) return FPX_ERROR_OVERFLOW;
    if (frame_count == 0 || sample_count == 0) return FPX_OK;
    if (distance_samples == 0) return FPX_ERROR_ARGUMENT;
    if (!above || !below || !blind_above || !blind_below || !rows_above || !rows || !rows_below) {
        return FPX_ERROR_ARGUMENT;
    }
    for (size_t frame = 0; frame < frame_count; frame++) {
        if (!rows_above[frame] || !rows[frame] || !rows_below[frame]) return FPX_ERROR_ARGUMENT;
    }
    for (size_t first = 0; first < frame_count; first += GROUP_FRAMES) {
        const size_t left = frame_count - first, count = left < GROUP_FRAMES ? left : GROUP_FRAMES;
        const SAMPLE *three_rows[3 * GROUP_FRAMES];
        for (size_t frame = 0; frame < count; frame++) {
            three_rows[3 * frame] = rows_above[first + frame];
            three_rows[3 * frame + 1] = rows[first + frame];
            three_rows[3 * frame + 2] = rows_below[first + frame];
        }
        const fpx_status status = PUBLIC(accumulate_tile)(above, below, blind_above, blind_below, 0, three_rows, count,
                                                          1, sample_count, 1, distance_samples, black, white);
        if (status != FPX_OK) return status;
    }
    return FPX_OK;
}

fpx_status PUBLIC(accumulate_strided)(uint16_t *above, uint16_t *below, uint16_t *blind_above, uint16_t *blind_below,
                                      ptrdiff_t counter_stride_bytes, const SAMPLE *first_row,
                                      ptrdiff_t row_stride_bytes, ptrdiff_t frame_stride_bytes, size_t frame_count,
                                      size_t row_count, size_t sample_count, size_t distance_rows,
                                      size_t distance_samples, SAMPLE black, SAMPLE white) {
    enum { POINTERS = 768, TILE_ROWS = 16 };
    if (frame_count > FPX_EXTREMES_MAXIMUM_FRAMES) return FPX_ERROR_OVERFLOW;
    if (frame_count == 0 || row_count == 0 || sample_count == 0) return FPX_OK;
    if (!first_row || distance_rows == 0) return FPX_ERROR_ARGUMENT;
    // Where neighbours are far, a tile is one row, and the rows between get no pointers.
    const bool is_near = distance_rows <= TILE_ROWS;
    const size_t neighbours = is_near ? distance_rows : 1, step = is_near ? 1 : distance_rows;
    const size_t rows_a_tile = is_near ? TILE_ROWS : 1;
    const size_t frames_a_tile = POINTERS / (rows_a_tile + 2 * neighbours);
    const SAMPLE *rows[POINTERS];
    for (size_t first = 0; first < row_count; first += rows_a_tile) {
        const size_t tile_rows = fpx_tile_end(first, row_count, rows_a_tile) - first;
        uint16_t *counters[4] = {above, below, blind_above, blind_below};
        for (size_t kind = 0; kind < 4 && first > 0; kind++)
            counters[kind] = (uint16_t *)((char *)counters[kind] + (ptrdiff_t)first * counter_stride_bytes);
        for (size_t done = 0; done < frame_count; done += frames_a_tile) {
            const size_t tile_frames = fpx_tile_end(done, frame_count, frames_a_tile) - done;
            const SAMPLE **next = rows;
            for (size_t frame = 0; frame < tile_frames; frame++) {
                const void *top =
                    fpx_frame(fpx_frame(first_row, frame_stride_bytes, done + frame), row_stride_bytes, first);
                for (size_t row = 0; row < tile_rows + 2 * neighbours; row++)
                    *next++ = fpx_frame(top, row_stride_bytes, row * step);
            }
            const fpx_status status = PUBLIC(accumulate_tile)(counters[0], counters[1], counters[2], counters[3],
                                                              counter_stride_bytes, rows, tile_frames, tile_rows,
                                                              sample_count, neighbours, distance_samples, black, white);
            if (status != FPX_OK) return status;
        }
    }
    return FPX_OK;
}

#undef SAMPLE
#undef PUBLIC
#undef ENTRY
