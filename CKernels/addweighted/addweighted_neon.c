#include "../kernels.h"

#if FPX_ARM64

#include <arm_neon.h>

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

typedef struct weights {
    float32x4_t alpha;
    float32x4_t beta;
    float32x4_t gamma;
} weights;

INLINE weights broadcast(float alpha, float beta, float gamma) {
    const weights vectors = {vdupq_n_f32(alpha), vdupq_n_f32(beta), vdupq_n_f32(gamma)};
    return vectors;
}

INLINE float32x4_t weighted_sum(float32x4_t first, float32x4_t second, weights by) {
    return vfmaq_f32(vfmaq_f32(by.gamma, second, by.beta), first, by.alpha);
}

/// FCVTNS rounds half to even, saturates, and gives 0 for not-a-number.
INLINE int32x4_t weigh_words(uint16x4_t first, uint16x4_t second, weights by) {
    return vcvtnq_s32_f32(weighted_sum(vcvtq_f32_u32(vmovl_u16(first)), vcvtq_f32_u32(vmovl_u16(second)), by));
}

INLINE uint8x8_t weigh_bytes(uint8x8_t first, uint8x8_t second, weights by) {
    const uint16x8_t first_words = vmovl_u8(first), second_words = vmovl_u8(second);
    const int32x4_t low = weigh_words(vget_low_u16(first_words), vget_low_u16(second_words), by);
    const int32x4_t high = weigh_words(vget_high_u16(first_words), vget_high_u16(second_words), by);
    return vqmovn_u16(vcombine_u16(vqmovun_s32(low), vqmovun_s32(high)));
}

void fpx_addweighted_u8_neon(uint8_t *destination, const uint8_t *first, const uint8_t *second, size_t sample_count,
                             float alpha, float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    size_t index = 0;
    for (; sample_count - index >= 16; index += 16) {
        const uint8x16_t a = vld1q_u8(first + index), b = vld1q_u8(second + index);
        vst1q_u8(destination + index, vcombine_u8(weigh_bytes(vget_low_u8(a), vget_low_u8(b), by),
                                                  weigh_bytes(vget_high_u8(a), vget_high_u8(b), by)));
    }
    fpx_addweighted_u8_c(destination + index, first + index, second + index, sample_count - index, alpha, beta, gamma);
}

void fpx_addweighted_u16_neon(uint16_t *destination, const uint16_t *first, const uint16_t *second, size_t sample_count,
                              float alpha, float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    size_t index = 0;
    for (; sample_count - index >= 8; index += 8) {
        const uint16x8_t a = vld1q_u16(first + index), b = vld1q_u16(second + index);
        const uint16x4_t low = vqmovun_s32(weigh_words(vget_low_u16(a), vget_low_u16(b), by));
        const uint16x4_t high = vqmovun_s32(weigh_words(vget_high_u16(a), vget_high_u16(b), by));
        vst1q_u16(destination + index, vcombine_u16(low, high));
    }
    fpx_addweighted_u16_c(destination + index, first + index, second + index, sample_count - index, alpha, beta, gamma);
}

void fpx_addweighted_f32_neon(float *destination, const float *first, const float *second, size_t sample_count,
                              float alpha, float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    size_t index = 0;
    for (; sample_count - index >= 4; index += 4) {
        vst1q_f32(destination + index, weighted_sum(vld1q_f32(first + index), vld1q_f32(second + index), by));
    }
    fpx_addweighted_f32_c(destination + index, first + index, second + index, sample_count - index, alpha, beta, gamma);
}

#endif
