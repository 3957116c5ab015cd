#include "../include/fpx_detection.h"

#pragma STDC FP_CONTRACT OFF

/// Leaves the largest `count` values in `largest`, in descending order. Without branches, as which values are among
/// them is chance; a constant `count` makes it a chain of registers.
static inline void take_largest(float *largest, size_t count, const float *values, size_t value_count, size_t step) {
    for (size_t rank = 0; rank < count; rank++)
        largest[rank] = -1;
    for (size_t index = 0; index < value_count; index++) {
        float value = values[index * step];
        for (size_t rank = 0; rank < count; rank++) {
            const float held = largest[rank];
            largest[rank] = value > held ? value : held;
            value = value > held ? held : value;
        }
    }
}

/// What 27 of 32 of the values, none of them below 0, do not exceed.
static float most_of(const float *values, size_t count, size_t step) {
    // Of tiles of 32 columns, as nearly all are.
    enum { USUAL = 5 };
    float largest[FPX_DETECTION_TILE_COLUMNS * 5 / 32 + 1];
    const size_t outer = count - count * 27 / 32;
    if (outer == USUAL)
        take_largest(largest, USUAL, values, count, step);
    else
        take_largest(largest, outer, values, count, step);
    return largest[outer - 1];
}

/// Adds the shares of `spread` to the sums of the places; `first` is the column of the first value.
static void add_shares(fpx_spread_sums *phases, const float *values, size_t count, size_t channels, size_t first,
                       size_t period, float spread) {
    size_t place = first % period;
    for (size_t index = 0; index < count; index++) {
        // One far out among many does not say how the place is, nor does what is not a number.
        const float share = values[index * channels] / spread;
        fpx_spread_sums *phase = &phases[place * channels];
        phase->sum += (uint64_t)((share < FPX_DETECTION_MOST_SHARE ? share : FPX_DETECTION_MOST_SHARE) * 256);
        phase->places++;
        if (++place == period) place = 0;
    }
}

fpx_status fpx_tile_spreads_f32(float *spreads, fpx_spread_sums *phases, const float *offsets, size_t width,
                                size_t channels, size_t distance, size_t period, size_t tile_columns,
                                size_t fewest_columns) {
    if (channels == 0 || channels > FPX_DETECTION_CHANNELS || fewest_columns == 0) return FPX_ERROR_ARGUMENT;
    if (period == 0 || period > FPX_DETECTION_PERIOD || tile_columns == 0 || tile_columns > FPX_DETECTION_TILE_COLUMNS)
        return FPX_ERROR_ARGUMENT;
    if (width == 0) return FPX_OK;
    if (!spreads || !phases || !offsets) return FPX_ERROR_ARGUMENT;
    const size_t end_inside = width > distance ? width - distance : 0;
    for (size_t tile = 0; tile * tile_columns < width; tile++) {
        const size_t first = tile * tile_columns > distance ? tile * tile_columns : distance;
        const size_t end = (tile + 1) * tile_columns < end_inside ? (tile + 1) * tile_columns : end_inside;
        for (size_t channel = 0; channel < channels; channel++) {
            float *spread = &spreads[tile * channels + channel];
            *spread = -1;
            if (end < first + fewest_columns) continue;
            const float *values = offsets + first * channels + channel;
            *spread = most_of(values, end - first, channels);
            if (*spread > 0) add_shares(phases + channel, values, end - first, channels, first, period, *spread);
        }
    }
    return FPX_OK;
}
