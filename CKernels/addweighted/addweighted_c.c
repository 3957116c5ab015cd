// Portable C: the definition that the other levels are held against.

#include <math.h>

#include "../kernels.h"

#pragma STDC FP_CONTRACT OFF

/// Two fused steps in this order, because that is what OpenCV computes where the processor has a fused multiply-add.
static inline float weighted_sum(float first, float second, float alpha, float beta, float gamma) {
    return fmaf(first, alpha, fmaf(second, beta, gamma));
}

/// Rounds half to even, saturates, and gives 0 for not-a-number.
static inline uint32_t saturate(float value, float maximum) {
    // Written so that a comparison with not-a-number, which is false, leaves the bound.
    const float not_negative = value > 0.0f ? value : 0.0f;
    const float in_range = not_negative < maximum ? not_negative : maximum;
    // At 2^23 one unit in the last place is 1: the addition rounds in the default rounding mode.
    const float rounder = 0x1p23f;
    return (uint32_t)((in_range + rounder) - rounder);
}

void fpx_addweighted_u8_c(uint8_t *destination, const uint8_t *first, const uint8_t *second, size_t sample_count,
                          float alpha, float beta, float gamma) {
    for (size_t index = 0; index < sample_count; index++) {
        destination[index] = (uint8_t)saturate(weighted_sum(first[index], second[index], alpha, beta, gamma), 255.0f);
    }
}

void fpx_addweighted_u16_c(uint16_t *destination, const uint16_t *first, const uint16_t *second, size_t sample_count,
                           float alpha, float beta, float gamma) {
    for (size_t index = 0; index < sample_count; index++) {
        destination[index] =
            (uint16_t)saturate(weighted_sum(first[index], second[index], alpha, beta, gamma), 65535.0f);
    }
}

void fpx_addweighted_f32_c(float *destination, const float *first, const float *second, size_t sample_count,
                           float alpha, float beta, float gamma) {
    for (size_t index = 0; index < sample_count; index++) {
        destination[index] = weighted_sum(first[index], second[index], alpha, beta, gamma);
    }
}
