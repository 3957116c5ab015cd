// The weights, in the operations and the order of OpenCV's getGaussianKernelBitExact and
// getGaussianKernelFixedPoint_ED (modules/imgproc/src/smooth.dispatch.cpp). OpenCV computes them with floating point in
// software; that differs from the hardware's at most in the last bit of `exp`, which does not reach 16 bits.

#include <math.h>
#include <string.h>

#include "fpx_gaussian.h"

#pragma STDC FP_CONTRACT OFF

enum { MAXIMUM_RADIUS = FPX_GAUSSIAN_MAXIMUM_SIZE / 2 };

/// OpenCV's tables for sigma 0 and sizes 3, 5, 7 and 9: the first half and the centre, times 256.
static const uint8_t small_kernels[4][5] = {
    {64, 128},
    {16, 64, 96},
    {8, 28, 56, 72},
    {4, 13, 30, 51, 60},
};

/// The first half of the weights and the centre, as real numbers whose sum over all taps is 1.
static void real_weights(double *half, size_t size, double sigma) {
    const size_t radius = size / 2;
    if (sigma == 0 && radius <= 4) {
        for (size_t tap = 0; tap <= radius; tap++)
            half[tap] = small_kernels[radius - 1][tap] / 256.0;
        return;
    }
    if (sigma == 0) sigma = fma((double)size, 0.15, 0.35);
    const double scale = -0.125 / (sigma * sigma);
    double sum = 0;
    for (size_t tap = 0; tap < radius; tap++) {
        const double twice_distance = (double)(size - 1 - 2 * tap);
        half[tap] = exp(twice_distance * twice_distance * scale);
        sum += half[tap];
    }
    const double factor = 1.0 / (sum * 2 + 1);
    for (size_t tap = 0; tap < radius; tap++)
        half[tap] *= factor;
    half[radius] = factor;
}

/// Rounds to multiples of 2^-fraction_bits, carries each error over to the next tap, and gives the centre what is left
/// of 1.
static void round_weights(uint32_t *half, const double *real, size_t radius, int fraction_bits) {
    const uint32_t one = (uint32_t)1 << fraction_bits;
    double error = 0;
    uint32_t sum = 0;
    for (size_t tap = 0; tap < radius; tap++) {
        const double adjusted = real[tap] * one + error;
        const double rounded = rint(adjusted);
        error = adjusted - rounded;
        half[tap] = (uint32_t)rounded;
        sum += half[tap];
    }
    half[radius] = one - 2 * sum;
}

static size_t leading_zeros(const uint32_t *half, size_t radius) {
    size_t count = 0;
    while (count < radius && half[count] == 0)
        count++;
    return count;
}

fpx_status fpx_gaussian_prepare(fpx_gaussian *gaussian, size_t size, double sigma) {
    if (!gaussian || size < 3 || size > FPX_GAUSSIAN_MAXIMUM_SIZE || size % 2 == 0) return FPX_ERROR_ARGUMENT;
    if (!(sigma >= 0) || isinf(sigma)) return FPX_ERROR_ARGUMENT;
    const size_t radius = size / 2;
    double real[MAXIMUM_RADIUS + 1];
    uint32_t half[MAXIMUM_RADIUS + 1];
    real_weights(real, size, sigma);

    memset(gaussian, 0, sizeof *gaussian);
    gaussian->size = size;

    round_weights(half, real, radius, 8);
    size_t outside = leading_zeros(half, radius);
    gaussian->u8_radius = radius - outside;
    for (size_t tap = outside; tap < size - outside; tap++)
        gaussian->u8_weights[tap - outside + 1] = (uint16_t)half[tap <= radius ? tap : size - 1 - tap];

    round_weights(half, real, radius, 16);
    outside = leading_zeros(half, radius);
    gaussian->u16_radius = radius - outside;
    for (size_t tap = outside; tap < size - outside; tap++)
        gaussian->u16_weights[tap - outside + 1] = half[tap <= radius ? tap : size - 1 - tap];
    return FPX_OK;
}

size_t fpx_gaussian_reflect_101(ptrdiff_t index, size_t count) {
    if (count <= 1) return 0;
    // Reflection at both ends repeats itself with this period.
    const ptrdiff_t period = 2 * ((ptrdiff_t)count - 1);
    ptrdiff_t inside = index % period;
    if (inside < 0) inside += period;
    return (size_t)(inside < (ptrdiff_t)count ? inside : period - inside);
}
