#include "../include/fpx_detection.h"

#pragma STDC FP_CONTRACT OFF

static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline float larger(float a, float b) { return a < b ? b : a; }

// Leaves the smaller one in a.
#define FPX_ORDER(a, b)                                                                                                \
    {                                                                                                                  \
        const float least = smaller(a, b);                                                                             \
        b = larger(a, b);                                                                                              \
        a = least;                                                                                                     \
    }

fpx_status fpx_ring_offsets_f32(float *offsets, const float *upper, const float *row, const float *lower, size_t first,
                                size_t last, size_t step) {
    if (first >= last) return FPX_OK;
    if (!offsets || !upper || !row || !lower || first < step) return FPX_ERROR_ARGUMENT;
    for (size_t i = first; i < last; i++) {
        float a = upper[i - step], b = upper[i], c = upper[i + step], d = row[i - step];
        float e = row[i + step], f = lower[i - step], g = lower[i], h = lower[i + step];
        // Both halves sorted; of x and y sorted, the four smallest of all are min(x[i], y[3 - i]).
        FPX_ORDER(a, b)
        FPX_ORDER(c, d)
        FPX_ORDER(a, c) FPX_ORDER(b, d) FPX_ORDER(b, c) FPX_ORDER(e, f) FPX_ORDER(g, h) FPX_ORDER(e, g) FPX_ORDER(f, h)
            FPX_ORDER(f, g) const float low =
                larger(larger(smaller(a, h), smaller(b, g)), larger(smaller(c, f), smaller(d, e)));
        const float high = smaller(smaller(larger(a, h), larger(b, g)), smaller(larger(c, f), larger(d, e)));
        const float middle = low + high, twice = row[i] + row[i];
        offsets[i] = twice < middle ? middle - twice : twice - middle;
    }
    return FPX_OK;
}

/// How far a sample lies beyond both others, in steps.
static inline int32_t steps(float sample, float left, float right) {
    const float offset = larger(sample - larger(left, right), 0) + smaller(sample - smaller(left, right), 0);
    return (int32_t)larger(smaller(offset, (float)FPX_LINE_STEP), (float)-FPX_LINE_STEP);
}

fpx_status fpx_line_offsets_f32(uint8_t *above, uint8_t *below, int32_t *sums, const float *row, const float *left,
                                const float *right, size_t count) {
    if (count == 0) return FPX_OK;
    if (!above || !below || !sums || !row || !left || !right) return FPX_ERROR_ARGUMENT;
    for (size_t i = 0; i < count; i++) {
        above[i] = (uint8_t)(above[i] + (row[i] > larger(left[i], right[i])));
        below[i] = (uint8_t)(below[i] + (row[i] < smaller(left[i], right[i])));
        sums[i] += steps(row[i], left[i], right[i]);
    }
    return FPX_OK;
}

fpx_status fpx_tile_line_offsets_f32(uint8_t *above, uint8_t *below, int32_t *sums, const float *row, const float *left,
                                     const float *right, size_t count, size_t tile_columns) {
    if (tile_columns == 0 || tile_columns > FPX_LINE_TILE_COLUMNS) return FPX_ERROR_ARGUMENT;
    if (count == 0) return FPX_OK;
    if (!above || !below || !sums || !row || !left || !right) return FPX_ERROR_ARGUMENT;
    for (size_t tile = 0; tile * tile_columns < count; tile++) {
        const size_t first = tile * tile_columns;
        const size_t end = count - first < tile_columns ? count : first + tile_columns;
        int32_t higher = 0, lower = 0, sum = 0;
        for (size_t i = first; i < end; i++) {
            higher += row[i] > larger(left[i], right[i]);
            lower += row[i] < smaller(left[i], right[i]);
            sum += steps(row[i], left[i], right[i]);
        }
        above[tile] = (uint8_t)higher;
        below[tile] = (uint8_t)lower;
        sums[tile] = sum;
    }
    return FPX_OK;
}

/// The whole number next to a sample, as the sum with the rounder has no bits for less.
static inline double whole(float sample) {
    const double rounder = 0x1.8p52, most = 0x1p46;
    const double number = sample == sample ? (double)sample : 0;
    const double clamped = number > most ? most : number < -most ? -most : number;
    return (clamped + rounder) - rounder;
}

fpx_status fpx_line_levels_f32(double *restrict columns, double *restrict tiles, const float *restrict row, size_t count,
                               size_t tile_columns) {
    if (tile_columns == 0) return FPX_ERROR_ARGUMENT;
    if (count == 0) return FPX_OK;
    if (!columns || !tiles || !row) return FPX_ERROR_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        columns[i] += whole(row[i]);
    for (size_t tile = 0; tile * tile_columns < count; tile++) {
        const size_t first = tile * tile_columns;
        const size_t end = count - first < tile_columns ? count : first + tile_columns;
        // Four sums, which need not wait for each other.
        double sums[4] = {0};
        size_t i = first;
        for (; i + 4 <= end; i += 4) {
            for (size_t part = 0; part < 4; part++)
                sums[part] += whole(row[i + part]);
        }
        for (; i < end; i++)
            sums[0] += whole(row[i]);
        tiles[tile] += (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
    return FPX_OK;
}
