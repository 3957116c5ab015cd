/// The arithmetic of relief, written once for compilers to vectorise with the instructions of each level. Every level
/// executes the same operations on each element in the same order, without contraction, so all levels give the same
/// bits.
#ifndef FPX_RELIEF_LOOPS_H
#define FPX_RELIEF_LOOPS_H

#include <math.h>
#include <string.h>

#include "../kernels.h"
#include "fpx_relief.h"

#pragma STDC FP_CONTRACT OFF
#if defined(__GNUC__) && !defined(__clang__)
// GCC does not know the line above, and contracts where a level has fused operations.
#pragma GCC optimize("fp-contract=off")
#endif

#define FPX_RELIEF_INLINE static inline __attribute__((always_inline))

// ---- Moments of the basis ----
//
// Frames times M2 is an exact integer (see fpx_moments.h). For 8-bit samples it and its terms are below 2^53, so that
// float64 holds them exactly; for 16-bit samples the terms may wrap in 64 bits, which subtraction undoes.

FPX_RELIEF_INLINE double fpx_relief_scaled_u8(double frames, double sum, double sum_of_squares) {
    return frames * sum_of_squares - sum * sum;
}

FPX_RELIEF_INLINE void fpx_relief_moments_u8_loop(float *restrict mean, float *restrict variance,
                                                  const uint32_t *restrict sum, const uint32_t *restrict sum_of_squares,
                                                  size_t frame_count, size_t channels, size_t pixel_count) {
    const double frames = (double)frame_count;
    const double less_one = frame_count > 1 ? frames - 1 : 1;
    if (channels == 1) {
        for (size_t i = 0; i < pixel_count; i++) {
            mean[i] = (float)((double)sum[i] / frames);
            variance[i] = (float)(fpx_relief_scaled_u8(frames, sum[i], sum_of_squares[i]) / (frames * less_one));
        }
        return;
    }
    const double mean_factor = 0.25 / frames;
    const double variance_factor = 0.25 / (frames * less_one);
    for (size_t i = 0; i < pixel_count; i++) {
        const double red = sum[3 * i], green = sum[3 * i + 1], blue = sum[3 * i + 2];
        const double squares =
            (double)sum_of_squares[3 * i] + 2 * (double)sum_of_squares[3 * i + 1] + (double)sum_of_squares[3 * i + 2];
        const double scaled = frames * squares - (red * red + 2 * (green * green) + blue * blue);
        mean[i] = (float)((red + 2 * green + blue) * mean_factor);
        variance[i] = (float)(scaled * variance_factor);
    }
}

FPX_RELIEF_INLINE void fpx_relief_moments_u16_loop(float *restrict mean, float *restrict variance,
                                                   const uint32_t *restrict sum,
                                                   const uint64_t *restrict sum_of_squares, size_t frame_count,
                                                   size_t channels, size_t pixel_count) {
    const double frames = (double)frame_count;
    const double less_one = frame_count > 1 ? frames - 1 : 1;
    if (channels == 1) {
        for (size_t i = 0; i < pixel_count; i++) {
            const uint64_t own = sum[i];
            const uint64_t scaled = frame_count * sum_of_squares[i] - own * own;
            mean[i] = (float)((double)own / frames);
            variance[i] = (float)((double)scaled / (frames * less_one));
        }
        return;
    }
    const double mean_factor = 0.25 / frames;
    const double variance_factor = 0.25 / (frames * less_one);
    for (size_t i = 0; i < pixel_count; i++) {
        const uint64_t red = sum[3 * i], green = sum[3 * i + 1], blue = sum[3 * i + 2];
        const uint64_t squares = sum_of_squares[3 * i] + 2 * sum_of_squares[3 * i + 1] + sum_of_squares[3 * i + 2];
        const uint64_t scaled = frame_count * squares - (red * red + 2 * green * green + blue * blue);
        mean[i] = (float)((double)(red + 2 * green + blue) * mean_factor);
        variance[i] = (float)((double)scaled * variance_factor);
    }
}

FPX_RELIEF_INLINE void fpx_relief_moments_welford_loop(float *restrict mean, float *restrict variance,
                                                       const double *restrict sample_mean, const double *restrict m2,
                                                       size_t frame_count, size_t channels, size_t pixel_count) {
    const double less_one = frame_count > 1 ? (double)frame_count - 1 : 1;
    if (channels == 1) {
        for (size_t i = 0; i < pixel_count; i++) {
            mean[i] = (float)sample_mean[i];
            variance[i] = (float)(m2[i] / less_one);
        }
        return;
    }
    for (size_t i = 0; i < pixel_count; i++) {
        const double *m = sample_mean + 3 * i;
        const double *q = m2 + 3 * i;
        mean[i] = (float)(0.25 * (m[0] + 2 * m[1] + m[2]));
        variance[i] = (float)(0.25 * (q[0] + 2 * q[1] + q[2]) / less_one);
    }
}

// ---- Neighbourhoods ----

FPX_RELIEF_INLINE float fpx_relief_lesser(float a, float b) { return a < b ? a : b; }
FPX_RELIEF_INLINE float fpx_relief_greater(float a, float b) { return a > b ? a : b; }

FPX_RELIEF_INLINE float fpx_relief_median5(float a, float b, float c, float d, float e) {
    // Of four, neither the least nor the greatest can be the median of five: it is that of the middle two and e.
    const float low = fpx_relief_greater(fpx_relief_lesser(a, b), fpx_relief_lesser(c, d));
    const float high = fpx_relief_lesser(fpx_relief_greater(a, b), fpx_relief_greater(c, d));
    return fpx_relief_greater(fpx_relief_lesser(low, high), fpx_relief_lesser(fpx_relief_greater(low, high), e));
}

FPX_RELIEF_INLINE void fpx_relief_median5_loop(float *restrict destination, const float *const *five, size_t count) {
    const float *a = five[0], *b = five[1], *c = five[2], *d = five[3], *e = five[4];
    for (size_t i = 0; i < count; i++)
        destination[i] = fpx_relief_median5(a[i], b[i], c[i], d[i], e[i]);
}

FPX_RELIEF_INLINE void fpx_relief_above_median5_loop(float *restrict destination, const float *restrict values,
                                                     const float *const *five, size_t count) {
    const float *a = five[0], *b = five[1], *c = five[2], *d = five[3], *e = five[4];
    for (size_t i = 0; i < count; i++)
        destination[i] = values[i] - fpx_relief_median5(a[i], b[i], c[i], d[i], e[i]);
}

FPX_RELIEF_INLINE void fpx_relief_log_loop(float *values, float offset, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const float value = values[i] + offset;
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        const float exponent = (float)((int32_t)(bits >> 23) - 127);
        bits = (bits & 0x7fffff) | 0x3f800000;
        float mantissa;
        memcpy(&mantissa, &bits, sizeof mantissa);
        // log m = 2 artanh((m - 1) / (m + 1)), the series to the seventh power; m is 1 to 2.
        const float s = (mantissa - 1) / (mantissa + 1);
        const float square = s * s;
        const float series = 1 + square * (1.0F / 3 + square * (1.0F / 5 + square * (1.0F / 7)));
        values[i] = exponent * 0.69314718F + 2 * s * series;
    }
}

// ---- Local scale ----

enum {
    /// Cells whose samples are sorted side by side, one in each lane.
    FPX_RELIEF_LANES = 16,
    FPX_RELIEF_STEP = 4,
    FPX_RELIEF_SAMPLES_PER_ROW = FPX_RELIEF_CELL_COLUMNS / FPX_RELIEF_STEP,
    FPX_RELIEF_SAMPLED_ROWS = (FPX_RELIEF_CELL_ROWS + FPX_RELIEF_STEP - 1) / FPX_RELIEF_STEP,
    FPX_RELIEF_SAMPLES = FPX_RELIEF_SAMPLED_ROWS * FPX_RELIEF_SAMPLES_PER_ROW,
};

FPX_RELIEF_INLINE void fpx_relief_order(float *restrict low, float *restrict high) {
    for (size_t lane = 0; lane < FPX_RELIEF_LANES; lane++) {
        const float a = low[lane], b = high[lane];
        low[lane] = fpx_relief_lesser(a, b);
        high[lane] = fpx_relief_greater(b, a);
    }
}

/// Batcher's odd-even merge sort of the lanes' first `count` values: the same comparisons whatever the values.
FPX_RELIEF_INLINE void fpx_relief_sort(float (*values)[FPX_RELIEF_LANES], size_t count) {
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t step = run; step >= 1; step /= 2) {
            for (size_t first = step % run; first + step < count; first += 2 * step) {
                for (size_t low = first; low < first + step && low + step < count; low++) {
                    if (low / (2 * run) == (low + step) / (2 * run)) fpx_relief_order(values[low], values[low + step]);
                }
            }
        }
    }
}

/// Sizes of the relief in up to FPX_RELIEF_LANES cells, every fourth row and column; infinity stands for columns
/// beyond the row's end. Returns how many rows were taken.
FPX_RELIEF_INLINE size_t fpx_relief_sample(float (*values)[FPX_RELIEF_LANES], const float *relief, size_t width,
                                           size_t row_count, size_t first_cell) {
    size_t rows = 0;
    for (size_t row = 0; row < row_count; row += FPX_RELIEF_STEP, rows++) {
        for (size_t sample = 0; sample < FPX_RELIEF_SAMPLES_PER_ROW; sample++) {
            // Shifted from row to row, so that no column of a compressed block is preferred.
            const size_t first =
                first_cell * FPX_RELIEF_CELL_COLUMNS + rows % FPX_RELIEF_STEP + sample * FPX_RELIEF_STEP;
            float *target = values[rows * FPX_RELIEF_SAMPLES_PER_ROW + sample];
            for (size_t lane = 0; lane < FPX_RELIEF_LANES; lane++) {
                const size_t column = first + lane * FPX_RELIEF_CELL_COLUMNS;
                target[lane] = column < width ? fabsf(relief[row * width + column]) : INFINITY;
            }
        }
    }
    return rows;
}

FPX_RELIEF_INLINE void fpx_relief_percentile80_loop(float *restrict percentiles, const float *restrict relief,
                                                    size_t width, size_t row_count) {
    const size_t cell_count = (width + FPX_RELIEF_CELL_COLUMNS - 1) / FPX_RELIEF_CELL_COLUMNS;
    float values[FPX_RELIEF_SAMPLES][FPX_RELIEF_LANES];
    for (size_t first_cell = 0; first_cell < cell_count; first_cell += FPX_RELIEF_LANES) {
        const size_t rows = fpx_relief_sample(values, relief, width, row_count, first_cell);
        const size_t count = rows * FPX_RELIEF_SAMPLES_PER_ROW;
        fpx_relief_sort(values, count);
        for (size_t lane = 0; lane < FPX_RELIEF_LANES && first_cell + lane < cell_count; lane++) {
            // The last cell may be narrow: its missing samples are the greatest.
            size_t own = count;
            while (own > 0 && values[own - 1][lane] == INFINITY)
                own--;
            percentiles[first_cell + lane] = own == 0 ? 0 : values[own * 4 / 5][lane];
        }
    }
}

// ---- What stands out ----

FPX_RELIEF_INLINE size_t fpx_relief_find_loop(uint32_t *restrict columns, const float *restrict mean,
                                              const float *restrict variance, const float *restrict mean_limits,
                                              const float *restrict variance_limits, size_t width) {
    size_t found = 0;
    for (size_t first = 0, cell = 0; first < width; first += FPX_RELIEF_CELL_COLUMNS, cell++) {
        const float mean_limit = mean_limits[cell], variance_limit = variance_limits[cell];
        const size_t end = first + FPX_RELIEF_CELL_COLUMNS < width ? first + FPX_RELIEF_CELL_COLUMNS : width;
        if (end - first == FPX_RELIEF_CELL_COLUMNS) {
            // Nearly every cell ends here.
            uint32_t any = 0;
            for (size_t i = first; i < first + FPX_RELIEF_CELL_COLUMNS; i++)
                any |= (uint32_t)(fabsf(mean[i]) >= mean_limit) | (uint32_t)(fabsf(variance[i]) >= variance_limit);
            if (!any) continue;
        }
        for (size_t i = first; i < end; i++) {
            columns[found] = (uint32_t)i;
            found += fabsf(mean[i]) >= mean_limit || fabsf(variance[i]) >= variance_limit;
        }
    }
    return found;
}

// ---- One pixel of one photo ----

enum {
    FPX_RELIEF_CENTRE = FPX_RELIEF_NEIGHBOURHOOD / 2,
    FPX_RELIEF_NEIGHBOURS = FPX_RELIEF_NEIGHBOURHOOD - 1,
    /// Whole vectors at every level.
    FPX_RELIEF_KEYS = 32,
};

FPX_RELIEF_INLINE int32_t fpx_relief_basis(const uint16_t *samples, size_t channels, size_t pixel) {
    if (channels == 1) return samples[pixel];
    return samples[3 * pixel] + 2 * samples[3 * pixel + 1] + samples[3 * pixel + 2];
}

FPX_RELIEF_INLINE int32_t fpx_relief_residual_loop(const uint16_t *samples, size_t channels) {
    // With its index behind it no value has an equal, and a value's rank is the number of lesser ones.
    int32_t keys[FPX_RELIEF_KEYS], ranks[FPX_RELIEF_KEYS] = {0};
    for (size_t i = 0; i < FPX_RELIEF_NEIGHBOURS; i++)
        keys[i] = fpx_relief_basis(samples, channels, i < FPX_RELIEF_CENTRE ? i : i + 1) * FPX_RELIEF_KEYS + (int32_t)i;
    for (size_t i = FPX_RELIEF_NEIGHBOURS; i < FPX_RELIEF_KEYS; i++)
        keys[i] = INT32_MAX;
    for (size_t other = 0; other < FPX_RELIEF_NEIGHBOURS; other++) {
        for (size_t i = 0; i < FPX_RELIEF_KEYS; i++)
            ranks[i] += keys[other] < keys[i];
    }
    int32_t middle_two = 0;
    for (size_t i = 0; i < FPX_RELIEF_KEYS; i++) {
        const int is_middle = ranks[i] == FPX_RELIEF_NEIGHBOURS / 2 - 1 || ranks[i] == FPX_RELIEF_NEIGHBOURS / 2;
        middle_two += is_middle ? keys[i] / FPX_RELIEF_KEYS : 0;
    }
    return 2 * fpx_relief_basis(samples, channels, FPX_RELIEF_CENTRE) - middle_two;
}

// ---- One level ----

#define FPX_DEFINE_RELIEF_KERNELS(isa, attributes)                                                                     \
    attributes void fpx_relief_moments_u8_##isa(float *mean, float *variance, const uint32_t *sum,                     \
                                                const uint32_t *sum_of_squares, size_t frame_count, size_t channels,   \
                                                size_t pixel_count) {                                                  \
        fpx_relief_moments_u8_loop(mean, variance, sum, sum_of_squares, frame_count, channels, pixel_count);           \
    }                                                                                                                  \
    attributes void fpx_relief_moments_u16_##isa(float *mean, float *variance, const uint32_t *sum,                    \
                                                 const uint64_t *sum_of_squares, size_t frame_count, size_t channels,  \
                                                 size_t pixel_count) {                                                 \
        fpx_relief_moments_u16_loop(mean, variance, sum, sum_of_squares, frame_count, channels, pixel_count);          \
    }                                                                                                                  \
    attributes void fpx_relief_moments_welford_##isa(float *mean, float *variance, const double *sample_mean,          \
                                                     const double *m2, size_t frame_count, size_t channels,            \
                                                     size_t pixel_count) {                                             \
        fpx_relief_moments_welford_loop(mean, variance, sample_mean, m2, frame_count, channels, pixel_count);          \
    }                                                                                                                  \
    attributes void fpx_relief_median5_##isa(float *destination, const float *const *five, size_t count) {             \
        fpx_relief_median5_loop(destination, five, count);                                                             \
    }                                                                                                                  \
    attributes void fpx_relief_above_median5_##isa(float *destination, const float *values, const float *const *five,  \
                                                   size_t count) {                                                     \
        fpx_relief_above_median5_loop(destination, values, five, count);                                               \
    }                                                                                                                  \
    attributes void fpx_relief_log_##isa(float *values, float offset, size_t count) {                                  \
        fpx_relief_log_loop(values, offset, count);                                                                    \
    }                                                                                                                  \
    attributes void fpx_relief_percentile80_##isa(float *percentiles, const float *relief, size_t width,               \
                                                  size_t row_count) {                                                  \
        fpx_relief_percentile80_loop(percentiles, relief, width, row_count);                                           \
    }                                                                                                                  \
    attributes size_t fpx_relief_find_##isa(uint32_t *columns, const float *mean, const float *variance,               \
                                            const float *mean_limits, const float *variance_limits, size_t width) {    \
        return fpx_relief_find_loop(columns, mean, variance, mean_limits, variance_limits, width);                     \
    }                                                                                                                  \
    attributes int32_t fpx_relief_residual_##isa(const uint16_t *samples, size_t channels) {                           \
        return fpx_relief_residual_loop(samples, channels);                                                            \
    }

#endif
