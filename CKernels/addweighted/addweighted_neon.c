#include "../kernels.h"

#if FPX_ARM64

#include "../vectors/neon.h"
#include "addweighted_bounds.h"

#pragma STDC FP_CONTRACT OFF

typedef struct weights {
    float32x4_t alpha;
    float32x4_t beta;
    float32x4_t gamma;
} weights;

FPX_OPERATION weights broadcast(float alpha, float beta, float gamma) {
    const weights vectors = {vdupq_n_f32(alpha), vdupq_n_f32(beta), vdupq_n_f32(gamma)};
    return vectors;
}

FPX_OPERATION float32x4_t weighted_sum(float32x4_t first, float32x4_t second, weights by) {
    return vfmaq_f32(vfmaq_f32(by.gamma, second, by.beta), first, by.alpha);
}

/// FCVTNS rounds half to even, saturates, and gives 0 for not-a-number.
FPX_OPERATION int32x4_t weigh_words_of(uint16x4_t first, uint16x4_t second, weights by) {
    return vcvtnq_s32_f32(weighted_sum(vcvtq_f32_u32(vmovl_u16(first)), vcvtq_f32_u32(vmovl_u16(second)), by));
}

FPX_OPERATION uint8x8_t weigh_half_bytes(uint8x8_t first, uint8x8_t second, weights by) {
    const uint16x8_t first_words = vmovl_u8(first), second_words = vmovl_u8(second);
    const int32x4_t low = weigh_words_of(vget_low_u16(first_words), vget_low_u16(second_words), by);
    const int32x4_t high = weigh_words_of(vget_high_u16(first_words), vget_high_u16(second_words), by);
    return vqmovn_u16(vcombine_u16(vqmovun_s32(low), vqmovun_s32(high)));
}

// Conversions and packs saturate, so that results need no bounds.

FPX_OPERATION uint8x16_t weigh_byte_vector(uint8x16_t a, uint8x16_t b, weights by, bool results_fit) {
    (void)results_fit;
    return vcombine_u8(weigh_half_bytes(vget_low_u8(a), vget_low_u8(b), by),
                       weigh_half_bytes(vget_high_u8(a), vget_high_u8(b), by));
}

FPX_OPERATION uint16x8_t weigh_word_vector(uint16x8_t a, uint16x8_t b, weights by, bool results_fit) {
    (void)results_fit;
    return vcombine_u16(vqmovun_s32(weigh_words_of(vget_low_u16(a), vget_low_u16(b), by)),
                        vqmovun_s32(weigh_words_of(vget_high_u16(a), vget_high_u16(b), by)));
}

#define LEVEL(name) name##_neon
#include "addweighted_template.h"

#endif
