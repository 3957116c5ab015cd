#include <stdbool.h>

#include "../include/fpx_detection.h"

#pragma STDC FP_CONTRACT OFF

static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline float larger(float a, float b) { return a < b ? b : a; }

/// Leaves the smaller one in a.
static inline void order(float *a, float *b) {
    const float least = smaller(*a, *b);
    *b = larger(*a, *b);
    *a = least;
}

fpx_status fpx_ring_offsets_f32(float *offsets, const float *upper, const float *row, const float *lower, size_t first,
                                size_t last, size_t step) {
    if (step == 0) return FPX_ERROR_ARGUMENT;
    if (first >= last) return FPX_OK;
    if (!offsets || !upper || !row || !lower || first < step) return FPX_ERROR_ARGUMENT;
    for (size_t index = first; index < last; index++) {
        float a = upper[index - step], b = upper[index], c = upper[index + step], d = row[index - step];
        float e = row[index + step], f = lower[index - step], g = lower[index], h = lower[index + step];
        // Both halves sorted; of x and y sorted, the four smallest of all are min(x[i], y[3 - i]).
        order(&a, &b), order(&c, &d), order(&a, &c), order(&b, &d), order(&b, &c);
        order(&e, &f), order(&g, &h), order(&e, &g), order(&f, &h), order(&f, &g);
        const float low = larger(larger(smaller(a, h), smaller(b, g)), larger(smaller(c, f), smaller(d, e)));
        const float high = smaller(smaller(larger(a, h), larger(b, g)), smaller(larger(c, f), larger(d, e)));
        const float middle = low + high, twice = row[index] + row[index];
        offsets[index] = twice < middle ? middle - twice : twice - middle;
    }
    return FPX_OK;
}

/// Whether a sample lies above both others, or below both; no where one of the three is not a number.
static inline bool is_above(float sample, float left, float right) { return (sample > left) & (sample > right); }
static inline bool is_below(float sample, float left, float right) { return (sample < left) & (sample < right); }

/// How far it lies beyond both, in steps.
static inline int32_t steps(float sample, float left, float right) {
    const float over = is_above(sample, left, right) ? sample - larger(left, right) : 0;
    const float offset = is_below(sample, left, right) ? sample - smaller(left, right) : over;
    return (int32_t)larger(smaller(offset, (float)FPX_LINE_STEP), (float)-FPX_LINE_STEP);
}

fpx_status fpx_line_offsets_f32(uint8_t *above, uint8_t *below, int32_t *sums, const float *row, const float *left,
                                const float *right, size_t count) {
    if (count == 0) return FPX_OK;
    if (!above || !below || !sums || !row || !left || !right) return FPX_ERROR_ARGUMENT;
    for (size_t index = 0; index < count; index++) {
        above[index] = (uint8_t)(above[index] + is_above(row[index], left[index], right[index]));
        below[index] = (uint8_t)(below[index] + is_below(row[index], left[index], right[index]));
        // Modulo 2^32, as the header says.
        sums[index] = (int32_t)((uint32_t)sums[index] + (uint32_t)steps(row[index], left[index], right[index]));
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
        for (size_t index = first; index < end; index++) {
            higher += is_above(row[index], left[index], right[index]);
            lower += is_below(row[index], left[index], right[index]);
            sum += steps(row[index], left[index], right[index]);
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

fpx_status fpx_line_levels_f32(double *restrict columns, double *restrict tiles, const float *restrict row,
                               size_t count, size_t tile_columns) {
    if (tile_columns == 0 || tile_columns > FPX_DETECTION_TILE_COLUMNS) return FPX_ERROR_ARGUMENT;
    if (count == 0) return FPX_OK;
    if (!columns || !tiles || !row) return FPX_ERROR_ARGUMENT;
    for (size_t tile = 0; tile * tile_columns < count; tile++) {
        const size_t first = tile * tile_columns;
        const size_t end = count - first < tile_columns ? count : first + tile_columns;
        // Four sums, which need not wait for each other.
        double sums[4] = {0};
        size_t index = first;
        for (; index + 4 <= end; index += 4) {
            for (size_t part = 0; part < 4; part++) {
                const double number = whole(row[index + part]);
                columns[index + part] += number;
                sums[part] += number;
            }
        }
        for (; index < end; index++) {
            const double number = whole(row[index]);
            columns[index] += number;
            sums[0] += number;
        }
        tiles[tile] += (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
    return FPX_OK;
}
