/// Vectors of 64 bytes: AVX-512 F, BW, DQ and VL. The names are those of avx2.h.
#ifndef FPX_VECTORS_AVX512_H
#define FPX_VECTORS_AVX512_H

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FPX_VECTOR_BYTES ((size_t)64)
#define FPX_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define FPX_OPERATION FPX_TARGET static inline __attribute__((always_inline))

typedef __m512i fpx_vector_u8, fpx_vector_u16, fpx_vector_u32;
typedef __m512 fpx_vector_f32;
typedef __mmask64 fpx_mask_u8;
typedef __mmask32 fpx_mask_u16;
typedef __mmask16 fpx_mask_f32;

// ---- Loads, stores, constants ----

FPX_OPERATION __m512i fpx_load_u8(const uint8_t *samples) { return _mm512_loadu_si512(samples); }
FPX_OPERATION __m512i fpx_load_u16(const uint16_t *samples) { return _mm512_loadu_si512(samples); }
FPX_OPERATION __m512i fpx_load_u32(const uint32_t *samples) { return _mm512_loadu_si512(samples); }
FPX_OPERATION __m512 fpx_load_f32(const float *samples) { return _mm512_loadu_ps(samples); }
FPX_OPERATION void fpx_store_u8(uint8_t *samples, __m512i v) { _mm512_storeu_si512(samples, v); }
FPX_OPERATION void fpx_store_u16(uint16_t *samples, __m512i v) { _mm512_storeu_si512(samples, v); }
FPX_OPERATION void fpx_store_u32(uint32_t *samples, __m512i v) { _mm512_storeu_si512(samples, v); }
FPX_OPERATION __m512i fpx_splat_u8(uint8_t value) { return _mm512_set1_epi8((char)value); }
FPX_OPERATION __m512i fpx_splat_u16(uint16_t value) { return _mm512_set1_epi16((short)value); }
FPX_OPERATION __m512 fpx_splat_f32(float value) { return _mm512_set1_ps(value); }

// ---- Larger and smaller; of two floats of which one is not a number, either may come out ----

FPX_OPERATION __m512i fpx_larger_u8(__m512i a, __m512i b) { return _mm512_max_epu8(a, b); }
FPX_OPERATION __m512i fpx_larger_u16(__m512i a, __m512i b) { return _mm512_max_epu16(a, b); }
FPX_OPERATION __m512 fpx_larger_f32(__m512 a, __m512 b) { return _mm512_max_ps(a, b); }
FPX_OPERATION __m512i fpx_smaller_u8(__m512i a, __m512i b) { return _mm512_min_epu8(a, b); }
FPX_OPERATION __m512i fpx_smaller_u16(__m512i a, __m512i b) { return _mm512_min_epu16(a, b); }
FPX_OPERATION __m512 fpx_smaller_f32(__m512 a, __m512 b) { return _mm512_min_ps(a, b); }

// ---- Masks: !(a > b), !(a < b), and where one of them is not a number ----

FPX_OPERATION __mmask64 fpx_not_above_u8(__m512i a, __m512i b) { return _mm512_cmple_epu8_mask(a, b); }
FPX_OPERATION __mmask32 fpx_not_above_u16(__m512i a, __m512i b) { return _mm512_cmple_epu16_mask(a, b); }
FPX_OPERATION __mmask16 fpx_not_above_f32(__m512 a, __m512 b) { return _mm512_cmp_ps_mask(a, b, _CMP_NGT_UQ); }
FPX_OPERATION __mmask64 fpx_not_below_u8(__m512i a, __m512i b) { return _mm512_cmpge_epu8_mask(a, b); }
FPX_OPERATION __mmask32 fpx_not_below_u16(__m512i a, __m512i b) { return _mm512_cmpge_epu16_mask(a, b); }
FPX_OPERATION __mmask16 fpx_not_below_f32(__m512 a, __m512 b) { return _mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ); }
FPX_OPERATION __mmask64 fpx_unordered_u8(__m512i a, __m512i b) { return (void)a, (void)b, (__mmask64)0; }
FPX_OPERATION __mmask32 fpx_unordered_u16(__m512i a, __m512i b) { return (void)a, (void)b, (__mmask32)0; }
FPX_OPERATION __mmask16 fpx_unordered_f32(__m512 a, __m512 b) { return _mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q); }

FPX_OPERATION __mmask64 fpx_either_u8(__mmask64 a, __mmask64 b) { return a | b; }
FPX_OPERATION __mmask32 fpx_either_u16(__mmask32 a, __mmask32 b) { return a | b; }
FPX_OPERATION __mmask16 fpx_either_f32(__mmask16 a, __mmask16 b) { return a | b; }
FPX_OPERATION bool fpx_any_u8(__mmask64 mask) { return mask != 0; }
FPX_OPERATION bool fpx_any_u16(__mmask32 mask) { return mask != 0; }
FPX_OPERATION bool fpx_any_f32(__mmask16 mask) { return mask != 0; }

// ---- Counters with as many bits as the samples: one more where the mask is set ----

FPX_OPERATION __m512i fpx_count_u8(__m512i counter, __mmask64 mask) {
    return _mm512_mask_sub_epi8(counter, mask, counter, _mm512_set1_epi8(-1));
}
FPX_OPERATION __m512i fpx_count_u16(__m512i counter, __mmask32 mask) {
    return _mm512_mask_sub_epi16(counter, mask, counter, _mm512_set1_epi16(-1));
}
FPX_OPERATION __m512i fpx_count_f32(__m512i counter, __mmask16 mask) {
    return _mm512_mask_sub_epi32(counter, mask, counter, _mm512_set1_epi32(-1));
}

#endif
