/// Vectors of 32 bytes: AVX2 and FMA.
///
/// Operations have the names that the headers for other widths give them, so that one template serves them all. A mask
/// has a lane for each sample, set or not.
#ifndef FPX_VECTORS_AVX2_H
#define FPX_VECTORS_AVX2_H

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../cpu.h"

#define FPX_VECTOR_BYTES ((size_t)32)
#define FPX_TARGET FPX_TARGET_AVX2
#define FPX_TARGET_DOT_PRODUCT FPX_TARGET_AVX2_VNNI
#define FPX_MM(name) _mm256_##name
#define FPX_WHOLE(name) _mm256_##name##_si256
#define FPX_DOT_PRODUCT(name) FPX_AVX_VNNI(name)

typedef __m256i fpx_integers;
typedef __m256 fpx_floats;
typedef __m256d fpx_doubles;
typedef __m256i fpx_mask_u8, fpx_mask_u16;
typedef __m256 fpx_mask_f32;

#include "x86.h"

/// As many floats as there are doubles in a vector.
FPX_OPERATION fpx_doubles fpx_load_f32_as_f64(const float *samples) { return FPX_MM(cvtps_pd)(_mm_loadu_ps(samples)); }

// ---- The first `count` elements of a vector, fewer than it has; the others are zeros, and not touched in memory ----
//
// Masks are for doublewords alone here.

#define ELEMENT uint8_t
#define LANES(name) name##_u8
#include "first_elements.h"

#define ELEMENT uint16_t
#define LANES(name) name##_u16
#include "first_elements.h"

FPX_OPERATION __m256i fpx_first_doublewords(size_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
FPX_OPERATION __m256 fpx_load_first_f32(const float *samples, size_t count) {
    return _mm256_maskload_ps(samples, fpx_first_doublewords(count));
}
FPX_OPERATION void fpx_store_first_f32(float *samples, __m256 v, size_t count) {
    _mm256_maskstore_ps(samples, fpx_first_doublewords(count), v);
}

// ---- Masks: !(a > b), !(a < b), and where one of them is not a number ----

FPX_OPERATION __m256i fpx_not_above_u8(__m256i a, __m256i b) { return _mm256_cmpeq_epi8(_mm256_max_epu8(a, b), b); }
FPX_OPERATION __m256i fpx_not_above_u16(__m256i a, __m256i b) { return _mm256_cmpeq_epi16(_mm256_max_epu16(a, b), b); }
FPX_OPERATION __m256 fpx_not_above_f32(__m256 a, __m256 b) { return _mm256_cmp_ps(a, b, _CMP_NGT_UQ); }
FPX_OPERATION __m256i fpx_not_below_u8(__m256i a, __m256i b) { return _mm256_cmpeq_epi8(_mm256_min_epu8(a, b), b); }
FPX_OPERATION __m256i fpx_not_below_u16(__m256i a, __m256i b) { return _mm256_cmpeq_epi16(_mm256_min_epu16(a, b), b); }
FPX_OPERATION __m256 fpx_not_below_f32(__m256 a, __m256 b) { return _mm256_cmp_ps(a, b, _CMP_NLT_UQ); }
FPX_OPERATION __m256i fpx_unordered_u8(__m256i a, __m256i b) { return (void)a, (void)b, _mm256_setzero_si256(); }
FPX_OPERATION __m256i fpx_unordered_u16(__m256i a, __m256i b) { return (void)a, (void)b, _mm256_setzero_si256(); }
FPX_OPERATION __m256 fpx_unordered_f32(__m256 a, __m256 b) { return _mm256_cmp_ps(a, b, _CMP_UNORD_Q); }

FPX_OPERATION __m256i fpx_either_u8(__m256i a, __m256i b) { return _mm256_or_si256(a, b); }
FPX_OPERATION __m256i fpx_either_u16(__m256i a, __m256i b) { return _mm256_or_si256(a, b); }
FPX_OPERATION __m256 fpx_either_f32(__m256 a, __m256 b) { return _mm256_or_ps(a, b); }
FPX_OPERATION bool fpx_any_u8(__m256i mask) { return !_mm256_testz_si256(mask, mask); }
FPX_OPERATION bool fpx_any_u16(__m256i mask) { return !_mm256_testz_si256(mask, mask); }
FPX_OPERATION bool fpx_any_f32(__m256 mask) { return _mm256_movemask_ps(mask) != 0; }

// ---- Counters with as many bits as the samples: one more where the mask is set ----

FPX_OPERATION __m256i fpx_count_u8(__m256i counter, __m256i mask) { return _mm256_sub_epi8(counter, mask); }
FPX_OPERATION __m256i fpx_count_u16(__m256i counter, __m256i mask) { return _mm256_sub_epi16(counter, mask); }
FPX_OPERATION __m256i fpx_count_f32(__m256i counter, __m256 mask) {
    return _mm256_sub_epi32(counter, _mm256_castps_si256(mask));
}

// ---- Doublewords ----

/// One more where a < b.
FPX_OPERATION __m256i fpx_add_one_where_below_u32(__m256i v, __m256i a, __m256i b) {
    const __m256i not_below = _mm256_cmpeq_epi32(_mm256_max_epu32(a, b), a);
    return _mm256_add_epi32(_mm256_add_epi32(v, not_below), _mm256_set1_epi32(1));
}

// ---- Within lanes of 16 bytes ----

/// Four doublewords, the first of them lowest, in every lane.
FPX_OPERATION __m256i fpx_repeat_in_lanes(uint32_t first, uint32_t second, uint32_t third, uint32_t fourth) {
    return _mm256_broadcastsi128_si256(_mm_setr_epi32((int)first, (int)second, (int)third, (int)fourth));
}
/// What packing two vectors leaves, in the order of their elements.
FPX_OPERATION __m256i fpx_order_packed(__m256i v) { return _mm256_permute4x64_epi64(v, 0xd8); }
/// The even words of one, the odd words of the other.
FPX_OPERATION __m256i fpx_blend_words(__m256i even, __m256i odd) { return _mm256_blend_epi16(even, odd, 0xaa); }

// ---- Floats ----

FPX_OPERATION __m256 fpx_bits_as_f32(__m256i v) { return _mm256_castsi256_ps(v); }
FPX_OPERATION __m256i fpx_f32_as_bits(__m256 v) { return _mm256_castps_si256(v); }

// ---- Interleaving, which works within lanes ----

/// Two vectors of which one has the lower, the other the upper halves of the lanes, as interleaving leaves them: in the
/// order of memory.
FPX_OPERATION __m256i fpx_lanes_lower(__m256i a, __m256i b) { return _mm256_permute2x128_si256(a, b, 0x20); }
FPX_OPERATION __m256i fpx_lanes_upper(__m256i a, __m256i b) { return _mm256_permute2x128_si256(a, b, 0x31); }
/// Bytes to be interleaved twice, and the quarters that come of it, four vectors of doublewords, in the order of
/// memory. Two lanes are put in order at the end, by one instruction for a quarter, once for all that was added up.
FPX_OPERATION __m256i fpx_load_for_quarters(const uint8_t *bytes) { return fpx_load_u8(bytes); }
FPX_OPERATION void fpx_order_quarters(__m256i quarters[4]) {
    const __m256i second = fpx_lanes_lower(quarters[2], quarters[3]), third = fpx_lanes_upper(quarters[0], quarters[1]);
    quarters[0] = fpx_lanes_lower(quarters[0], quarters[1]);
    quarters[3] = fpx_lanes_upper(quarters[2], quarters[3]);
    quarters[1] = second;
    quarters[2] = third;
}

/// The halves of quadwords, each as two such vectors; the quadwords in the order of memory.
typedef struct fpx_quadwords {
    __m256i part[4];
} fpx_quadwords;
FPX_OPERATION fpx_quadwords fpx_quadwords_of_lanes(__m256i low_a, __m256i low_b, __m256i high_a, __m256i high_b) {
    const __m256i a01 = _mm256_unpacklo_epi32(low_a, high_a), a23 = _mm256_unpackhi_epi32(low_a, high_a);
    const __m256i b01 = _mm256_unpacklo_epi32(low_b, high_b), b23 = _mm256_unpackhi_epi32(low_b, high_b);
    const fpx_quadwords quadwords = {
        {fpx_lanes_lower(a01, a23), fpx_lanes_lower(b01, b23), fpx_lanes_upper(a01, a23), fpx_lanes_upper(b01, b23)}};
    return quadwords;
}

#endif
