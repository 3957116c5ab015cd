/// Vectors of 64 bytes: AVX-512 F, BW, DQ and VL. The names are those of avx2.h.
#ifndef FPX_VECTORS_AVX512_H
#define FPX_VECTORS_AVX512_H

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../cpu.h"

#define FPX_VECTOR_BYTES ((size_t)64)
#define FPX_TARGET FPX_TARGET_AVX512
#define FPX_TARGET_DOT_PRODUCT FPX_TARGET_AVX512_VNNI
#define FPX_MM(name) _mm512_##name
#define FPX_WHOLE(name) _mm512_##name##_si512
#define FPX_DOT_PRODUCT(name) _mm512_##name##_epi32

typedef __m512i fpx_integers;
typedef __m512 fpx_floats;
typedef __m512d fpx_doubles;
typedef __mmask64 fpx_mask_u8;
typedef __mmask32 fpx_mask_u16;
typedef __mmask16 fpx_mask_f32;

#include "x86.h"

/// As many floats as there are doubles in a vector.
FPX_OPERATION fpx_doubles fpx_load_f32_as_f64(const float *samples) {
    return FPX_MM(cvtps_pd)(_mm256_loadu_ps(samples));
}

// ---- The first `count` elements of a vector, fewer than it has; the others are zeros, and not touched in memory ----

FPX_OPERATION __m512i fpx_load_first_u8(const uint8_t *samples, size_t count) {
    return _mm512_maskz_loadu_epi8(((__mmask64)1 << count) - 1, samples);
}
FPX_OPERATION __m512i fpx_load_first_u16(const uint16_t *samples, size_t count) {
    return _mm512_maskz_loadu_epi16(((__mmask32)1 << count) - 1, samples);
}
FPX_OPERATION __m512 fpx_load_first_f32(const float *samples, size_t count) {
    return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), samples);
}
FPX_OPERATION void fpx_store_first_u8(uint8_t *samples, __m512i v, size_t count) {
    _mm512_mask_storeu_epi8(samples, ((__mmask64)1 << count) - 1, v);
}
FPX_OPERATION void fpx_store_first_u16(uint16_t *samples, __m512i v, size_t count) {
    _mm512_mask_storeu_epi16(samples, ((__mmask32)1 << count) - 1, v);
}
FPX_OPERATION void fpx_store_first_f32(float *samples, __m512 v, size_t count) {
    _mm512_mask_storeu_ps(samples, (__mmask16)((1u << count) - 1), v);
}

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

/// A value that compilers take for unknown: of a constant one they make a vector of the mask, and add that.
FPX_OPERATION __m512i fpx_hidden(__m512i v) {
#if !defined(FPX_EMULATE_AVX512)
    __asm__("" : "+v"(v));
#endif
    return v;
}
FPX_OPERATION __m512i fpx_count_u8(__m512i counter, __mmask64 mask) {
    return _mm512_mask_add_epi8(counter, mask, counter, fpx_hidden(_mm512_set1_epi8(1)));
}
FPX_OPERATION __m512i fpx_count_u16(__m512i counter, __mmask32 mask) {
    return _mm512_mask_add_epi16(counter, mask, counter, fpx_hidden(_mm512_set1_epi16(1)));
}
FPX_OPERATION __m512i fpx_count_f32(__m512i counter, __mmask16 mask) {
    return _mm512_mask_add_epi32(counter, mask, counter, fpx_hidden(_mm512_set1_epi32(1)));
}

// ---- Doublewords ----

/// One more where a < b.
FPX_OPERATION __m512i fpx_add_one_where_below_u32(__m512i v, __m512i a, __m512i b) {
    return _mm512_mask_add_epi32(v, _mm512_cmplt_epu32_mask(a, b), v, fpx_hidden(_mm512_set1_epi32(1)));
}

// ---- Within lanes of 16 bytes ----

/// Four doublewords, the first of them lowest, in every lane.
FPX_OPERATION __m512i fpx_repeat_in_lanes(uint32_t first, uint32_t second, uint32_t third, uint32_t fourth) {
    return _mm512_set4_epi32((int)fourth, (int)third, (int)second, (int)first);
}
/// What packing two vectors leaves, in the order of their elements.
FPX_OPERATION __m512i fpx_order_packed(__m512i v) {
    return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), v);
}
/// The even words of one, the odd words of the other.
FPX_OPERATION __m512i fpx_blend_words(__m512i even, __m512i odd) {
    return _mm512_mask_blend_epi16(0xaaaaaaaau, even, odd);
}

// ---- Floats ----

FPX_OPERATION __m512 fpx_bits_as_f32(__m512i v) { return _mm512_castsi512_ps(v); }
FPX_OPERATION __m512i fpx_f32_as_bits(__m512 v) { return _mm512_castps_si512(v); }

// ---- Interleaving, which works within lanes ----

/// Two vectors of which one has the lower, the other the upper halves of the lanes, as interleaving leaves them: in the
/// order of memory.
FPX_OPERATION __m512i fpx_lanes_lower(__m512i a, __m512i b) {
    return _mm512_permutex2var_epi64(a, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), b);
}
FPX_OPERATION __m512i fpx_lanes_upper(__m512i a, __m512i b) {
    return _mm512_permutex2var_epi64(a, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), b);
}
/// Bytes to be interleaved twice, and the quarters that come of it, four vectors of doublewords, in the order of
/// memory. Four lanes are put in order at the start, by one instruction: the transposed matrix of doublewords whose
/// rows are the lanes. At the end it would be eight for four quarters.
FPX_OPERATION __m512i fpx_load_for_quarters(const uint8_t *bytes) {
    const __m512i transposed = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_permutexvar_epi32(transposed, fpx_load_u8(bytes));
}
FPX_OPERATION void fpx_order_quarters(__m512i quarters[4]) { (void)quarters; }

/// The halves of quadwords, each as two such vectors; the quadwords in the order of memory.
typedef struct fpx_quadwords {
    __m512i part[4];
} fpx_quadwords;
FPX_OPERATION fpx_quadwords fpx_quadwords_of_lanes(__m512i low_a, __m512i low_b, __m512i high_a, __m512i high_b) {
    const __m512i first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i last = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const __m512i low = fpx_lanes_lower(low_a, low_b), high = fpx_lanes_lower(high_a, high_b);
    const __m512i next_low = fpx_lanes_upper(low_a, low_b), next_high = fpx_lanes_upper(high_a, high_b);
    const fpx_quadwords quadwords = {
        {_mm512_permutex2var_epi32(low, first, high), _mm512_permutex2var_epi32(low, last, high),
         _mm512_permutex2var_epi32(next_low, first, next_high), _mm512_permutex2var_epi32(next_low, last, next_high)}};
    return quadwords;
}

#endif
