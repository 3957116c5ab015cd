/// Vectors of 16 bytes: Advanced SIMD of arm64. The names are those of avx2.h.
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
#define FPX_OPERATION static inline __attribute__((always_inline))

typedef uint8x16_t fpx_vector_u8, fpx_mask_u8;
typedef uint16x8_t fpx_vector_u16, fpx_mask_u16;
typedef uint32x4_t fpx_vector_u32, fpx_mask_f32;
typedef float32x4_t fpx_vector_f32;

// ---- Loads, stores, constants ----

FPX_OPERATION uint8x16_t fpx_load_u8(const uint8_t *samples) { return vld1q_u8(samples); }
FPX_OPERATION uint16x8_t fpx_load_u16(const uint16_t *samples) { return vld1q_u16(samples); }
FPX_OPERATION uint32x4_t fpx_load_u32(const uint32_t *samples) { return vld1q_u32(samples); }
FPX_OPERATION float32x4_t fpx_load_f32(const float *samples) { return vld1q_f32(samples); }
FPX_OPERATION void fpx_store_u8(uint8_t *samples, uint8x16_t v) { vst1q_u8(samples, v); }
FPX_OPERATION void fpx_store_u16(uint16_t *samples, uint16x8_t v) { vst1q_u16(samples, v); }
FPX_OPERATION void fpx_store_u32(uint32_t *samples, uint32x4_t v) { vst1q_u32(samples, v); }
FPX_OPERATION void fpx_store_f32(float *samples, float32x4_t v) { vst1q_f32(samples, v); }
FPX_OPERATION uint8x16_t fpx_splat_u8(uint8_t value) { return vdupq_n_u8(value); }
FPX_OPERATION uint16x8_t fpx_splat_u16(uint16_t value) { return vdupq_n_u16(value); }
FPX_OPERATION float32x4_t fpx_splat_f32(float value) { return vdupq_n_f32(value); }

// ---- The first `count` elements of a vector, fewer than it has; the others are zeros, and not touched in memory ----

FPX_OPERATION uint8x16_t fpx_load_first_u8(const uint8_t *samples, size_t count) {
    uint8_t all[FPX_VECTOR_BYTES] = {0};
    memcpy(all, samples, count);
    return fpx_load_u8(all);
}
FPX_OPERATION uint16x8_t fpx_load_first_u16(const uint16_t *samples, size_t count) {
    uint16_t all[FPX_VECTOR_BYTES / 2] = {0};
    memcpy(all, samples, count * sizeof *samples);
    return fpx_load_u16(all);
}
FPX_OPERATION float32x4_t fpx_load_first_f32(const float *samples, size_t count) {
    float all[FPX_VECTOR_BYTES / 4] = {0};
    memcpy(all, samples, count * sizeof *samples);
    return fpx_load_f32(all);
}
FPX_OPERATION void fpx_store_first_u8(uint8_t *samples, uint8x16_t v, size_t count) {
    uint8_t all[FPX_VECTOR_BYTES];
    fpx_store_u8(all, v);
    memcpy(samples, all, count);
}
FPX_OPERATION void fpx_store_first_u16(uint16_t *samples, uint16x8_t v, size_t count) {
    uint16_t all[FPX_VECTOR_BYTES / 2];
    fpx_store_u16(all, v);
    memcpy(samples, all, count * sizeof *samples);
}
FPX_OPERATION void fpx_store_first_f32(float *samples, float32x4_t v, size_t count) {
    float all[FPX_VECTOR_BYTES / 4];
    fpx_store_f32(all, v);
    memcpy(samples, all, count * sizeof *samples);
}

// ---- Larger and smaller; of two floats of which one is not a number, either may come out ----

FPX_OPERATION uint8x16_t fpx_larger_u8(uint8x16_t a, uint8x16_t b) { return vmaxq_u8(a, b); }
FPX_OPERATION uint16x8_t fpx_larger_u16(uint16x8_t a, uint16x8_t b) { return vmaxq_u16(a, b); }
FPX_OPERATION float32x4_t fpx_larger_f32(float32x4_t a, float32x4_t b) { return vmaxq_f32(a, b); }
FPX_OPERATION uint8x16_t fpx_smaller_u8(uint8x16_t a, uint8x16_t b) { return vminq_u8(a, b); }
FPX_OPERATION uint16x8_t fpx_smaller_u16(uint16x8_t a, uint16x8_t b) { return vminq_u16(a, b); }
FPX_OPERATION float32x4_t fpx_smaller_f32(float32x4_t a, float32x4_t b) { return vminq_f32(a, b); }

// ---- Masks: !(a > b), !(a < b), and where one of them is not a number ----

FPX_OPERATION uint8x16_t fpx_not_above_u8(uint8x16_t a, uint8x16_t b) { return vcleq_u8(a, b); }
FPX_OPERATION uint16x8_t fpx_not_above_u16(uint16x8_t a, uint16x8_t b) { return vcleq_u16(a, b); }
FPX_OPERATION uint32x4_t fpx_not_above_f32(float32x4_t a, float32x4_t b) { return vmvnq_u32(vcgtq_f32(a, b)); }
FPX_OPERATION uint8x16_t fpx_not_below_u8(uint8x16_t a, uint8x16_t b) { return vcgeq_u8(a, b); }
FPX_OPERATION uint16x8_t fpx_not_below_u16(uint16x8_t a, uint16x8_t b) { return vcgeq_u16(a, b); }
FPX_OPERATION uint32x4_t fpx_not_below_f32(float32x4_t a, float32x4_t b) { return vmvnq_u32(vcltq_f32(a, b)); }
FPX_OPERATION uint8x16_t fpx_unordered_u8(uint8x16_t a, uint8x16_t b) { return (void)a, (void)b, vdupq_n_u8(0); }
FPX_OPERATION uint16x8_t fpx_unordered_u16(uint16x8_t a, uint16x8_t b) { return (void)a, (void)b, vdupq_n_u16(0); }
FPX_OPERATION uint32x4_t fpx_unordered_f32(float32x4_t a, float32x4_t b) {
    return vmvnq_u32(vandq_u32(vceqq_f32(a, a), vceqq_f32(b, b)));
}

FPX_OPERATION uint8x16_t fpx_either_u8(uint8x16_t a, uint8x16_t b) { return vorrq_u8(a, b); }
FPX_OPERATION uint16x8_t fpx_either_u16(uint16x8_t a, uint16x8_t b) { return vorrq_u16(a, b); }
FPX_OPERATION uint32x4_t fpx_either_f32(uint32x4_t a, uint32x4_t b) { return vorrq_u32(a, b); }
FPX_OPERATION bool fpx_any_u8(uint8x16_t mask) { return vmaxvq_u8(mask) != 0; }
FPX_OPERATION bool fpx_any_u16(uint16x8_t mask) { return vmaxvq_u16(mask) != 0; }
FPX_OPERATION bool fpx_any_f32(uint32x4_t mask) { return vmaxvq_u32(mask) != 0; }

// ---- Counters with as many bits as the samples: one more where the mask is set ----

FPX_OPERATION uint8x16_t fpx_count_u8(uint8x16_t counter, uint8x16_t mask) { return vsubq_u8(counter, mask); }
FPX_OPERATION uint16x8_t fpx_count_u16(uint16x8_t counter, uint16x8_t mask) { return vsubq_u16(counter, mask); }
FPX_OPERATION uint32x4_t fpx_count_f32(uint32x4_t counter, uint32x4_t mask) { return vsubq_u32(counter, mask); }

#endif
