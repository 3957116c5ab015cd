// Plain loops: the compiler's own vectors of four make them faster than the memory that feeds them.

#include "fpx_relief.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define FPX_RELIEF_MOMENTS(name, square_type)                                                                          \
    void name(float *mean, float *variance, const uint32_t *sum, const square_type *sum_of_squares,                    \
              size_t frame_count, size_t channels, size_t pixel_count) {                                               \
        const double frames = (double)frame_count;                                                                     \
        const double less_one = frame_count > 1 ? frames - 1 : 1;                                                      \
        if (channels == 1) {                                                                                           \
            for (size_t i = 0; i < pixel_count; i++) {                                                                 \
                const uint64_t own = sum[i];                                                                           \
                const uint64_t scaled = frame_count * (uint64_t)sum_of_squares[i] - own * own;                         \
                mean[i] = (float)((double)own / frames);                                                               \
                variance[i] = (float)((double)scaled / (frames * less_one));                                           \
            }                                                                                                          \
            return;                                                                                                    \
        }                                                                                                              \
        /* Frames times M2 is an exact integer (see fpx_moments.h); its terms may wrap, which subtraction undoes. */   \
        const double mean_factor = 0.25 / frames;                                                                      \
        const double variance_factor = 0.25 / (frames * less_one);                                                     \
        for (size_t i = 0; i < pixel_count; i++) {                                                                     \
            const uint64_t red = sum[3 * i], green = sum[3 * i + 1], blue = sum[3 * i + 2];                            \
            const uint64_t squares = (uint64_t)sum_of_squares[3 * i] + 2 * (uint64_t)sum_of_squares[3 * i + 1] +       \
                                     (uint64_t)sum_of_squares[3 * i + 2];                                              \
            const uint64_t scaled = frame_count * squares - (red * red + 2 * green * green + blue * blue);             \
            mean[i] = (float)((double)(red + 2 * green + blue) * mean_factor);                                         \
            variance[i] = (float)((double)scaled * variance_factor);                                                   \
        }                                                                                                              \
    }

FPX_RELIEF_MOMENTS(fpx_relief_moments_u8, uint32_t)
FPX_RELIEF_MOMENTS(fpx_relief_moments_u16, uint64_t)

void fpx_relief_moments_welford(float *mean, float *variance, const double *sample_mean, const double *m2,
                                size_t frame_count, size_t channels, size_t pixel_count) {
    const double less_one = frame_count > 1 ? (double)frame_count - 1 : 1;
    for (size_t i = 0; i < pixel_count; i++) {
        if (channels == 1) {
            mean[i] = (float)sample_mean[i];
            variance[i] = (float)(m2[i] / less_one);
        } else {
            const double *m = sample_mean + 3 * i;
            const double *q = m2 + 3 * i;
            mean[i] = (float)(0.25 * (m[0] + 2 * m[1] + m[2]));
            variance[i] = (float)(0.25 * (q[0] + 2 * q[1] + q[2]) / less_one);
        }
    }
}

static inline float lesser(float a, float b) { return a < b ? a : b; }
static inline float greater(float a, float b) { return a > b ? a : b; }

void fpx_relief_median5_f32(float *restrict destination, const float *const *five, size_t count) {
    const float *a = five[0], *b = five[1], *c = five[2], *d = five[3], *e = five[4];
    for (size_t i = 0; i < count; i++) {
        // Of four, neither the least nor the greatest can be the median of five: it is that of the middle two and e.
        const float low = greater(lesser(a[i], b[i]), lesser(c[i], d[i]));
        const float high = lesser(greater(a[i], b[i]), greater(c[i], d[i]));
        destination[i] = greater(lesser(low, high), lesser(greater(low, high), e[i]));
    }
}

void fpx_relief_log_f32(float *values, float offset, size_t count) {
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

void fpx_relief_subtract_f32(float *restrict values, const float *restrict subtrahend, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] -= subtrahend[i];
}
