// One row, for the SCENE_SAMPLE type; SCENE_INTEGER(x) is the integer that a sample counts as. Included once a type.

fpx_status SCENE_FUNCTION(int64_t *cell_sums, int64_t *level, int64_t *roughness, const SCENE_SAMPLE *row, size_t width,
                          size_t channels, size_t channel, size_t distance) {
    if (channel >= channels) return FPX_ERROR_ARGUMENT;
    if (width == 0) return FPX_OK;
    if (level == NULL || roughness == NULL || row == NULL) return FPX_ERROR_ARGUMENT;
    size_t cells = width / FPX_SCENE_CELL_COLUMNS;
    if (cells > 0 && cell_sums == NULL) return FPX_ERROR_ARGUMENT;
    // Modulo 2^64, as the header says; a cell's own sum always fits.
    uint64_t sum_of_all = 0;
    const SCENE_SAMPLE *samples = row + channel;
    for (size_t cell = 0; cell < cells; cell++) {
        int64_t sum = 0;
        for (size_t column = 0; column < FPX_SCENE_CELL_COLUMNS; column++) {
            sum += SCENE_INTEGER(samples[(cell * FPX_SCENE_CELL_COLUMNS + column) * channels]);
        }
        cell_sums[cell] = (int64_t)((uint64_t)cell_sums[cell] + (uint64_t)sum);
        sum_of_all += (uint64_t)sum;
    }
    *level = (int64_t)((uint64_t)*level + sum_of_all);
    uint64_t differences = 0;
    const size_t pairs = width > distance ? width - distance : 0;
    for (size_t column = 0; column < pairs; column++) {
        int64_t difference =
            SCENE_INTEGER(samples[column * channels]) - SCENE_INTEGER(samples[(column + distance) * channels]);
        differences += (uint64_t)(difference < 0 ? -difference : difference);
    }
    *roughness = (int64_t)((uint64_t)*roughness + differences);
    return FPX_OK;
}

#undef SCENE_FUNCTION
#undef SCENE_SAMPLE
#undef SCENE_INTEGER
