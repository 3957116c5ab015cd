// What a pixel may have been, from good ones around it.

#include <math.h>
#include <stdlib.h>

#include "repair_internal.h"

// The order of operations is as written, on every machine.
#pragma STDC FP_CONTRACT OFF

size_t fpx_repair_reach(const fpx_repair_patch *patch) {
    return (patch->width > patch->height ? patch->width : patch->height) + 16;
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
