/// Vectors of 16 bytes: Advanced SIMD of arm64. The names are those of avx2.h. As there, integers of all widths have
/// one type, so that the same templates serve.
#ifndef FPX_VECTORS_NEON_H
#define FPX_VECTORS_NEON_H

#include <arm_neon.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FPX_VECTOR_BYTES ((size_t)16)
// Every arm64 processor has them.
#define FPX_TARGET
// With the architecture named, because GCC does not add the extension to plain ARMv8.0.
#define FPX_TARGET_DOT_PRODUCT __attribute__((target("arch=armv8.2-a+dotprod")))
#define FPX_OPERATION static inline __attribute__((always_inline))

typedef uint8x16_t fpx_integers;
typedef float32x4_t fpx_floats;
typedef fpx_integers fpx_vector_u8, fpx_vector_u16, fpx_vector_u32;
typedef fpx_floats fpx_vector_f32;
typedef fpx_integers fpx_mask_u8, fpx_mask_u16, fpx_mask_f32;

// The type's other widths, and back.
#define FPX_WORDS(v) vreinterpretq_u16_u8(v)
#define FPX_DOUBLEWORDS(v) vreinterpretq_u32_u8(v)
#define FPX_QUADWORDS(v) vreinterpretq_u64_u8(v)
#define FPX_OF_WORDS(v) vreinterpretq_u8_u16(v)
#define FPX_OF_DOUBLEWORDS(v) vreinterpretq_u8_u32(v)
#define FPX_OF_QUADWORDS(v) vreinterpretq_u8_u64(v)

// ---- Loads, stores, constants ----

FPX_OPERATION fpx_integers fpx_load_u8(const uint8_t *elements) { return vld1q_u8(elements); }
FPX_OPERATION fpx_integers fpx_load_u16(const uint16_t *elements) { return FPX_OF_WORDS(vld1q_u16(elements)); }
FPX_OPERATION fpx_integers fpx_load_u32(const uint32_t *elements) { return FPX_OF_DOUBLEWORDS(vld1q_u32(elements)); }
FPX_OPERATION fpx_integers fpx_load_u64(const uint64_t *elements) { return FPX_OF_QUADWORDS(vld1q_u64(elements)); }
FPX_OPERATION fpx_floats fpx_load_f32(const float *samples) { return vld1q_f32(samples); }
FPX_OPERATION void fpx_store_u8(uint8_t *elements, fpx_integers v) { vst1q_u8(elements, v); }
FPX_OPERATION void fpx_store_u16(uint16_t *elements, fpx_integers v) { vst1q_u16(elements, FPX_WORDS(v)); }
FPX_OPERATION void fpx_store_u32(uint32_t *elements, fpx_integers v) { vst1q_u32(elements, FPX_DOUBLEWORDS(v)); }
FPX_OPERATION void fpx_store_u64(uint64_t *elements, fpx_integers v) { vst1q_u64(elements, FPX_QUADWORDS(v)); }
FPX_OPERATION void fpx_store_f32(float *samples, fpx_floats v) { vst1q_f32(samples, v); }
FPX_OPERATION fpx_integers fpx_splat_u8(uint8_t value) { return vdupq_n_u8(value); }
FPX_OPERATION fpx_integers fpx_splat_u16(uint16_t value) { return FPX_OF_WORDS(vdupq_n_u16(value)); }
FPX_OPERATION fpx_integers fpx_splat_u32(uint32_t value) { return FPX_OF_DOUBLEWORDS(vdupq_n_u32(value)); }
FPX_OPERATION fpx_floats fpx_splat_f32(float value) { return vdupq_n_f32(value); }

// ---- The first `count` elements of a vector, fewer than it has; the others are zeros, and not touched in memory ----

#define ELEMENT uint8_t
#define LANES(name) name##_u8
#include "first_elements.h"

#define ELEMENT uint16_t
#define LANES(name) name##_u16
#include "first_elements.h"

#define ELEMENT float
#define LANES(name) name##_f32
#include "first_elements.h"

// ---- Larger and smaller; of two floats of which one is not a number, either may come out ----

FPX_OPERATION fpx_integers fpx_larger_u8(fpx_integers a, fpx_integers b) { return vmaxq_u8(a, b); }
FPX_OPERATION fpx_integers fpx_larger_u16(fpx_integers a, fpx_integers b) {
    return FPX_OF_WORDS(vmaxq_u16(FPX_WORDS(a), FPX_WORDS(b)));
}
FPX_OPERATION fpx_floats fpx_larger_f32(fpx_floats a, fpx_floats b) { return vmaxq_f32(a, b); }
FPX_OPERATION fpx_integers fpx_smaller_u8(fpx_integers a, fpx_integers b) { return vminq_u8(a, b); }
FPX_OPERATION fpx_integers fpx_smaller_u16(fpx_integers a, fpx_integers b) {
    return FPX_OF_WORDS(vminq_u16(FPX_WORDS(a), FPX_WORDS(b)));
}
FPX_OPERATION fpx_floats fpx_smaller_f32(fpx_floats a, fpx_floats b) { return vminq_f32(a, b); }

// ---- Masks: !(a > b), !(a < b), and where one of them is not a number ----

FPX_OPERATION fpx_integers fpx_not_above_u8(fpx_integers a, fpx_integers b) { return vcleq_u8(a, b); }
FPX_OPERATION fpx_integers fpx_not_above_u16(fpx_integers a, fpx_integers b) {
    return FPX_OF_WORDS(vcleq_u16(FPX_WORDS(a), FPX_WORDS(b)));
}
FPX_OPERATION fpx_integers fpx_not_above_f32(fpx_floats a, fpx_floats b) {
    return FPX_OF_DOUBLEWORDS(vmvnq_u32(vcgtq_f32(a, b)));
}
FPX_OPERATION fpx_integers fpx_not_below_u8(fpx_integers a, fpx_integers b) { return vcgeq_u8(a, b); }
FPX_OPERATION fpx_integers fpx_not_below_u16(fpx_integers a, fpx_integers b) {
    return FPX_OF_WORDS(vcgeq_u16(FPX_WORDS(a), FPX_WORDS(b)));
}
FPX_OPERATION fpx_integers fpx_not_below_f32(fpx_floats a, fpx_floats b) {
    return FPX_OF_DOUBLEWORDS(vmvnq_u32(vcltq_f32(a, b)));
}
FPX_OPERATION fpx_integers fpx_unordered_u8(fpx_integers a, fpx_integers b) { return (void)a, (void)b, vdupq_n_u8(0); }
FPX_OPERATION fpx_integers fpx_unordered_u16(fpx_integers a, fpx_integers b) { return (void)a, (void)b, vdupq_n_u8(0); }
FPX_OPERATION fpx_integers fpx_unordered_f32(fpx_floats a, fpx_floats b) {
    return FPX_OF_DOUBLEWORDS(vmvnq_u32(vandq_u32(vceqq_f32(a, a), vceqq_f32(b, b))));
}

FPX_OPERATION fpx_integers fpx_either_u8(fpx_integers a, fpx_integers b) { return vorrq_u8(a, b); }
FPX_OPERATION fpx_integers fpx_either_u16(fpx_integers a, fpx_integers b) { return vorrq_u8(a, b); }
FPX_OPERATION fpx_integers fpx_either_f32(fpx_integers a, fpx_integers b) { return vorrq_u8(a, b); }
FPX_OPERATION bool fpx_any_u8(fpx_integers mask) { return vmaxvq_u8(mask) != 0; }
FPX_OPERATION bool fpx_any_u16(fpx_integers mask) { return vmaxvq_u8(mask) != 0; }
FPX_OPERATION bool fpx_any_f32(fpx_integers mask) { return vmaxvq_u8(mask) != 0; }

// ---- Counters with as many bits as the samples: one more where the mask is set ----

FPX_OPERATION fpx_integers fpx_count_u8(fpx_integers counter, fpx_integers mask) { return vsubq_u8(counter, mask); }
FPX_OPERATION fpx_integers fpx_count_u16(fpx_integers counter, fpx_integers mask) {
    return FPX_OF_WORDS(vsubq_u16(FPX_WORDS(counter), FPX_WORDS(mask)));
}
FPX_OPERATION fpx_integers fpx_count_f32(fpx_integers counter, fpx_integers mask) {
    return FPX_OF_DOUBLEWORDS(vsubq_u32(FPX_DOUBLEWORDS(counter), FPX_DOUBLEWORDS(mask)));
}

// ---- Integers ----

FPX_OPERATION fpx_integers fpx_zero(void) { return vdupq_n_u8(0); }
FPX_OPERATION fpx_integers fpx_xor(fpx_integers a, fpx_integers b) { return veorq_u8(a, b); }
FPX_OPERATION fpx_integers fpx_add_u16(fpx_integers a, fpx_integers b) {
    return FPX_OF_WORDS(vaddq_u16(FPX_WORDS(a), FPX_WORDS(b)));
}
FPX_OPERATION fpx_integers fpx_add_u32(fpx_integers a, fpx_integers b) {
    return FPX_OF_DOUBLEWORDS(vaddq_u32(FPX_DOUBLEWORDS(a), FPX_DOUBLEWORDS(b)));
}
FPX_OPERATION fpx_integers fpx_add_u64(fpx_integers a, fpx_integers b) {
    return FPX_OF_QUADWORDS(vaddq_u64(FPX_QUADWORDS(a), FPX_QUADWORDS(b)));
}
FPX_OPERATION fpx_integers fpx_shift_left_u32(fpx_integers v, int bits) {
    return FPX_OF_DOUBLEWORDS(vshlq_u32(FPX_DOUBLEWORDS(v), vdupq_n_s32(bits)));
}
FPX_OPERATION fpx_integers fpx_shift_right_u32(fpx_integers v, int bits) { return fpx_shift_left_u32(v, -bits); }
FPX_OPERATION fpx_integers fpx_shift_right_u16(fpx_integers v, int bits) {
    return FPX_OF_WORDS(vshlq_u16(FPX_WORDS(v), vdupq_n_s16((int16_t)-bits)));
}

// ---- Within the one lane of 16 bytes, so that what crosses lanes elsewhere has nothing to do ----

/// Saturating; first the elements of `a`, then those of `b`.
FPX_OPERATION fpx_integers fpx_pack_i32_to_u16(fpx_integers a, fpx_integers b) {
    return FPX_OF_WORDS(vqmovun_high_s32(vqmovun_s32(vreinterpretq_s32_u8(a)), vreinterpretq_s32_u8(b)));
}
FPX_OPERATION fpx_integers fpx_pack_i16_to_u8(fpx_integers a, fpx_integers b) {
    return vqmovun_high_s16(vqmovun_s16(vreinterpretq_s16_u8(a)), vreinterpretq_s16_u8(b));
}
FPX_OPERATION fpx_integers fpx_order_packed(fpx_integers v) { return v; }
FPX_OPERATION fpx_integers fpx_interleave_lower_u8(fpx_integers a, fpx_integers b) { return vzip1q_u8(a, b); }
FPX_OPERATION fpx_integers fpx_interleave_upper_u8(fpx_integers a, fpx_integers b) { return vzip2q_u8(a, b); }
FPX_OPERATION fpx_integers fpx_interleave_lower_u16(fpx_integers a, fpx_integers b) {
    return FPX_OF_WORDS(vzip1q_u16(FPX_WORDS(a), FPX_WORDS(b)));
}
FPX_OPERATION fpx_integers fpx_interleave_upper_u16(fpx_integers a, fpx_integers b) {
    return FPX_OF_WORDS(vzip2q_u16(FPX_WORDS(a), FPX_WORDS(b)));
}
FPX_OPERATION fpx_integers fpx_lanes_lower(fpx_integers a, fpx_integers b) { return (void)b, a; }
FPX_OPERATION fpx_integers fpx_lanes_upper(fpx_integers a, fpx_integers b) { return (void)a, b; }
FPX_OPERATION fpx_integers fpx_load_for_quarters(const uint8_t *bytes) { return fpx_load_u8(bytes); }
FPX_OPERATION void fpx_order_quarters(fpx_integers quarters[4]) { (void)quarters; }

// ---- Floats ----

/// a * b + c, rounded once.
FPX_OPERATION fpx_floats fpx_multiply_add_f32(fpx_floats a, fpx_floats b, fpx_floats c) { return vfmaq_f32(c, a, b); }

// ---- Products of neighbours added to doublewords: UDOT ----

#define FPX_DOT_OPERATION FPX_TARGET_DOT_PRODUCT static inline __attribute__((always_inline))
/// Four unsigned bytes times four unsigned ones.
FPX_DOT_OPERATION fpx_integers fpx_dot_u8(fpx_integers sums, fpx_integers a, fpx_integers b) {
    return FPX_OF_DOUBLEWORDS(vdotq_u32(FPX_DOUBLEWORDS(sums), a, b));
}
#define FPX_DOT_U8_IS_SIGNED false

#endif
