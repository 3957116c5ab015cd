#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "repair_internal.h"

// The order of operations is as written, on every machine.
#pragma STDC FP_CONTRACT OFF

size_t fpx_repair_reach(const fpx_repair_patch *patch) {
    return (patch->width > patch->height ? patch->width : patch->height) + 16;
}

bool fpx_repair_patches_are_inside(const fpx_repair_patch *patches, size_t patch_count, uint64_t width,
                                   uint64_t height) {
    for (size_t index = 0; index < patch_count; index++) {
        const fpx_repair_patch *patch = &patches[index];
        if (patch->width == 0 || patch->height == 0 || patch->width > FPX_REPAIR_LONGEST_SIDE ||
            patch->height > FPX_REPAIR_LONGEST_SIDE || (uint64_t)patch->column + patch->width > width ||
            (uint64_t)patch->row + patch->height > height) {
            return false;
        }
    }
    return true;
}

static int compare_places(const void *left, const void *right) {
    const fpx_repair_patch *a = left;
    const fpx_repair_patch *b = right;
    uint32_t differences[][2] = {
        {a->row, b->row}, {a->column, b->column}, {a->height, b->height}, {a->width, b->width}};
    for (size_t index = 0; index < sizeof differences / sizeof differences[0]; index++) {
        if (differences[index][0] != differences[index][1]) {
            return differences[index][0] < differences[index][1] ? -1 : 1;
        }
    }
    return 0;
}

fpx_repair_patch *fpx_repair_patches_by_row(const fpx_repair_patch *patches, size_t patch_count) {
    // One more, because malloc may return null for nothing.
    fpx_repair_patch *sorted = malloc((patch_count + 1) * sizeof *sorted);
    if (sorted != NULL && patch_count > 0) {
        memcpy(sorted, patches, patch_count * sizeof *sorted);
        qsort(sorted, patch_count, sizeof *sorted, compare_places);
    }
    return sorted;
}

/// The first patch that may reach down to a row of the picture.
static size_t first_near(const fpx_repair_patch *patches, size_t patch_count, size_t row) {
    size_t low = 0;
    size_t high = patch_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((size_t)patches[middle].row + FPX_REPAIR_LONGEST_SIDE > row) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

void fpx_repair_mark(fpx_repair_window *window, const fpx_repair_patch *patches, size_t patch_count, size_t left,
                     size_t top, size_t column_factor, size_t row_factor) {
    memset(window->is_good, 1, window->width * window->height);
    size_t bottom = (top + window->height) * row_factor;
    for (size_t index = first_near(patches, patch_count, top * row_factor);
         index < patch_count && patches[index].row < bottom; index++) {
        const fpx_repair_patch *patch = &patches[index];
        // A subsampled position is bad when any of its pixels is.
        size_t first_column = patch->column / column_factor;
        size_t end_column = (patch->column + patch->width + column_factor - 1) / column_factor;
        size_t first_row = patch->row / row_factor;
        size_t end_row = (patch->row + patch->height + row_factor - 1) / row_factor;
        first_column = first_column > left ? first_column : left;
        first_row = first_row > top ? first_row : top;
        end_column = end_column < left + window->width ? end_column : left + window->width;
        end_row = end_row < top + window->height ? end_row : top + window->height;
        for (size_t row = first_row; row < end_row && first_column < end_column; row++) {
            memset(window->is_good + (row - top) * window->width + (first_column - left), 0, end_column - first_column);
        }
    }
}

/// The nearest good pixel from column, row in steps; its samples, or null. `distance` in pixels.
static const double *nearest(const fpx_repair_window *window, size_t column, size_t row, int column_step, int row_step,
                             double *distance) {
    long x = (long)column;
    long y = (long)row;
    for (int step = 1;
         step * (abs(column_step) > abs(row_step) ? abs(column_step) : abs(row_step)) <= (int)window->reach; step++) {
        x += column_step;
        y += row_step;
        if (x < 0 || y < 0 || x >= (long)window->width || y >= (long)window->height) {
            return NULL;
        }
        size_t pixel = (size_t)y * window->width + (size_t)x;
        if (window->is_good[pixel]) {
            *distance = step * sqrt((double)(column_step * column_step + row_step * row_step));
            return window->samples + pixel * window->channels;
        }
    }
    return NULL;
}

bool fpx_repair_interpolate(const fpx_repair_window *window, size_t column, size_t row, double *values) {
    static const int directions[8][2] = {{1, 0}, {2, 1}, {1, 1}, {1, 2}, {0, 1}, {-1, 2}, {-1, 1}, {-2, 1}};
    enum { MOST_CHANNELS = 4 };
    double pair_sums[MOST_CHANNELS] = {0};
    double single_sums[MOST_CHANNELS] = {0};
    double pair_weights = 0;
    double single_weights = 0;
    for (int index = 0; index < 8; index++) {
        double before_distance = 0;
        double after_distance = 0;
        const double *before =
            nearest(window, column, row, -directions[index][0], -directions[index][1], &before_distance);
        const double *after = nearest(window, column, row, directions[index][0], directions[index][1], &after_distance);
        if (before != NULL && after != NULL) {
            double length = before_distance + after_distance;
            double difference = window->noise * window->noise;
            for (size_t channel = 0; channel < window->channels; channel++) {
                double step = after[channel] - before[channel];
                difference += step * step;
            }
            // Along an edge the ends are alike; across it they are not, and what lies between cannot be known.
            double weight = 1 / (difference * length * length);
            for (size_t channel = 0; channel < window->channels; channel++) {
                double value = (before[channel] * after_distance + after[channel] * before_distance) / length;
                pair_sums[channel] += weight * value;
            }
            pair_weights += weight;
        } else if (before != NULL || after != NULL) {
            const double *only = before != NULL ? before : after;
            double distance = before != NULL ? before_distance : after_distance;
            double weight = 1 / (distance * distance);
            for (size_t channel = 0; channel < window->channels; channel++) {
                single_sums[channel] += weight * only[channel];
            }
            single_weights += weight;
        }
    }
    // At the picture's border there may be good pixels on one side only.
    double weights = pair_weights > 0 ? pair_weights : single_weights;
    const double *sums = pair_weights > 0 ? pair_sums : single_sums;
    if (!(weights > 0)) {
        return false;
    }
    for (size_t channel = 0; channel < window->channels; channel++) {
        values[channel] = sums[channel] / weights;
    }
    return true;
}
