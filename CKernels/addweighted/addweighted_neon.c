#include "../cpu.h"

#if FPX_ARM64

#include "../vectors/neon.h"
#include "addweighted_weights.h"

/// FCVTNS rounds half to even, saturates, and gives 0 for not-a-number.
FPX_OPERATION int32x4_t weigh_words_of(uint16x4_t first, uint16x4_t second, weights by) {
    return vcvtnq_s32_f32(weighted_sum(vcvtq_f32_u32(vmovl_u16(first)), vcvtq_f32_u32(vmovl_u16(second)), by));
}

FPX_OPERATION uint16x8_t weigh_eight(uint16x8_t first, uint16x8_t second, weights by) {
    const int32x4_t low = weigh_words_of(vget_low_u16(first), vget_low_u16(second), by);
    const int32x4_t high = weigh_words_of(vget_high_u16(first), vget_high_u16(second), by);
    return vcombine_u16(vqmovun_s32(low), vqmovun_s32(high));
}

// Conversions and packs saturate, so that results need no bounds.

FPX_OPERATION fpx_vector_u8 weigh_byte_vector(fpx_vector_u8 a, fpx_vector_u8 b, weights by, bool results_fit) {
    (void)results_fit;
    const uint16x8_t low = weigh_eight(vmovl_u8(vget_low_u8(a)), vmovl_u8(vget_low_u8(b)), by);
    const uint16x8_t high = weigh_eight(vmovl_u8(vget_high_u8(a)), vmovl_u8(vget_high_u8(b)), by);
    return vcombine_u8(vqmovn_u16(low), vqmovn_u16(high));
}

FPX_OPERATION fpx_vector_u16 weigh_word_vector(fpx_vector_u16 a, fpx_vector_u16 b, weights by, bool results_fit) {
    (void)results_fit;
    return FPX_OF_WORDS(weigh_eight(FPX_WORDS(a), FPX_WORDS(b), by));
}

#define LEVEL(name) name##_neon
#include "addweighted_template.h"

#endif
