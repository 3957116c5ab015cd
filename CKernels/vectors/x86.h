// What the vectors of x86-64 have in common whose width is in the names of the instructions alone. Included by avx2.h
// and avx512.h, which make the names: fpx_integers, fpx_floats and fpx_doubles are the types, FPX_MM(name) an
// instruction's name, FPX_WHOLE(name) that of one on whole vectors of integers, FPX_DOT_PRODUCT(name) that of a product
// added to doublewords.

#define FPX_OPERATION FPX_TARGET static inline __attribute__((always_inline))

typedef fpx_integers fpx_vector_u8, fpx_vector_u16, fpx_vector_u32;
typedef fpx_floats fpx_vector_f32;

// ---- Loads, stores, constants ----

#define ELEMENT uint8_t
#define LANES(name) name##_u8
#include "x86_memory.h"

#define ELEMENT uint16_t
#define LANES(name) name##_u16
#include "x86_memory.h"

#define ELEMENT uint32_t
#define LANES(name) name##_u32
#include "x86_memory.h"

#define ELEMENT uint64_t
#define LANES(name) name##_u64
#include "x86_memory.h"

FPX_OPERATION fpx_floats fpx_load_f32(const float *samples) { return FPX_MM(loadu_ps)(samples); }
FPX_OPERATION void fpx_store_f32(float *samples, fpx_floats v) { FPX_MM(storeu_ps)(samples, v); }
FPX_OPERATION fpx_integers fpx_splat_u8(uint8_t value) { return FPX_MM(set1_epi8)((char)value); }
FPX_OPERATION fpx_integers fpx_splat_u16(uint16_t value) { return FPX_MM(set1_epi16)((short)value); }
FPX_OPERATION fpx_integers fpx_splat_u32(uint32_t value) { return FPX_MM(set1_epi32)((int)value); }
FPX_OPERATION fpx_floats fpx_splat_f32(float value) { return FPX_MM(set1_ps)(value); }

// ---- Larger and smaller; of two floats of which one is not a number, either may come out ----

FPX_OPERATION fpx_integers fpx_larger_u8(fpx_integers a, fpx_integers b) { return FPX_MM(max_epu8)(a, b); }
FPX_OPERATION fpx_integers fpx_larger_u16(fpx_integers a, fpx_integers b) { return FPX_MM(max_epu16)(a, b); }
FPX_OPERATION fpx_floats fpx_larger_f32(fpx_floats a, fpx_floats b) { return FPX_MM(max_ps)(a, b); }
FPX_OPERATION fpx_integers fpx_smaller_u8(fpx_integers a, fpx_integers b) { return FPX_MM(min_epu8)(a, b); }
FPX_OPERATION fpx_integers fpx_smaller_u16(fpx_integers a, fpx_integers b) { return FPX_MM(min_epu16)(a, b); }
FPX_OPERATION fpx_floats fpx_smaller_f32(fpx_floats a, fpx_floats b) { return FPX_MM(min_ps)(a, b); }

// ---- Integers ----

FPX_OPERATION fpx_integers fpx_zero(void) { return FPX_WHOLE(setzero)(); }
FPX_OPERATION fpx_integers fpx_xor(fpx_integers a, fpx_integers b) { return FPX_WHOLE(xor)(a, b); }
FPX_OPERATION fpx_integers fpx_and_u32(fpx_integers a, fpx_integers b) { return FPX_WHOLE (and)(a, b); }
FPX_OPERATION fpx_integers fpx_add_u16(fpx_integers a, fpx_integers b) { return FPX_MM(add_epi16)(a, b); }
FPX_OPERATION fpx_integers fpx_add_u32(fpx_integers a, fpx_integers b) { return FPX_MM(add_epi32)(a, b); }
FPX_OPERATION fpx_integers fpx_add_u64(fpx_integers a, fpx_integers b) { return FPX_MM(add_epi64)(a, b); }
FPX_OPERATION fpx_integers fpx_shift_left_u32(fpx_integers v, int bits) { return FPX_MM(slli_epi32)(v, bits); }
FPX_OPERATION fpx_integers fpx_shift_right_u32(fpx_integers v, int bits) { return FPX_MM(srli_epi32)(v, bits); }
FPX_OPERATION fpx_integers fpx_shift_right_u16(fpx_integers v, int bits) { return FPX_MM(srli_epi16)(v, bits); }

// ---- Within lanes of 16 bytes ----

/// Bytes by their numbers; 0 where a number has its highest bit set.
FPX_OPERATION fpx_integers fpx_shuffle_u8(fpx_integers v, fpx_integers numbers) {
    return FPX_MM(shuffle_epi8)(v, numbers);
}
/// Saturating; of each lane, first the elements of `a`, then those of `b`.
FPX_OPERATION fpx_integers fpx_pack_i32_to_i16(fpx_integers a, fpx_integers b) { return FPX_MM(packs_epi32)(a, b); }
FPX_OPERATION fpx_integers fpx_pack_i32_to_u16(fpx_integers a, fpx_integers b) { return FPX_MM(packus_epi32)(a, b); }
FPX_OPERATION fpx_integers fpx_pack_i16_to_u8(fpx_integers a, fpx_integers b) { return FPX_MM(packus_epi16)(a, b); }
FPX_OPERATION fpx_integers fpx_interleave_lower_u8(fpx_integers a, fpx_integers b) {
    return FPX_MM(unpacklo_epi8)(a, b);
}
FPX_OPERATION fpx_integers fpx_interleave_upper_u8(fpx_integers a, fpx_integers b) {
    return FPX_MM(unpackhi_epi8)(a, b);
}
FPX_OPERATION fpx_integers fpx_interleave_lower_u16(fpx_integers a, fpx_integers b) {
    return FPX_MM(unpacklo_epi16)(a, b);
}
FPX_OPERATION fpx_integers fpx_interleave_upper_u16(fpx_integers a, fpx_integers b) {
    return FPX_MM(unpackhi_epi16)(a, b);
}

// ---- Floats ----

FPX_OPERATION fpx_floats fpx_add_f32(fpx_floats a, fpx_floats b) { return FPX_MM(add_ps)(a, b); }
FPX_OPERATION fpx_floats fpx_multiply_f32(fpx_floats a, fpx_floats b) { return FPX_MM(mul_ps)(a, b); }
/// a * b + c, rounded once.
FPX_OPERATION fpx_floats fpx_multiply_add_f32(fpx_floats a, fpx_floats b, fpx_floats c) {
    return FPX_MM(fmadd_ps)(a, b, c);
}
/// At most `maximum`; what is not a number stays so.
FPX_OPERATION fpx_floats fpx_bound_f32(fpx_floats v, fpx_floats maximum) { return FPX_MM(min_ps)(maximum, v); }
FPX_OPERATION fpx_floats fpx_i32_to_f32(fpx_integers v) { return FPX_MM(cvtepi32_ps)(v); }
/// Rounds half to even; the smallest integer for what fits none, and for what is not a number.
FPX_OPERATION fpx_integers fpx_f32_to_i32(fpx_floats v) { return FPX_MM(cvtps_epi32)(v); }

// ---- Doubles ----

FPX_OPERATION fpx_doubles fpx_load_f64(const double *numbers) { return FPX_MM(loadu_pd)(numbers); }
FPX_OPERATION void fpx_store_f64(double *numbers, fpx_doubles v) { FPX_MM(storeu_pd)(numbers, v); }
FPX_OPERATION fpx_doubles fpx_splat_f64(double value) { return FPX_MM(set1_pd)(value); }
FPX_OPERATION fpx_doubles fpx_add_f64(fpx_doubles a, fpx_doubles b) { return FPX_MM(add_pd)(a, b); }
FPX_OPERATION fpx_doubles fpx_subtract_f64(fpx_doubles a, fpx_doubles b) { return FPX_MM(sub_pd)(a, b); }
FPX_OPERATION fpx_doubles fpx_multiply_f64(fpx_doubles a, fpx_doubles b) { return FPX_MM(mul_pd)(a, b); }
/// a * b + c, rounded once.
FPX_OPERATION fpx_doubles fpx_multiply_add_f64(fpx_doubles a, fpx_doubles b, fpx_doubles c) {
    return FPX_MM(fmadd_pd)(a, b, c);
}

// ---- Products of neighbours, added up ----

/// Unsigned bytes times signed ones; the sum of two products, saturating.
FPX_OPERATION fpx_integers fpx_multiply_pairs_u8(fpx_integers a, fpx_integers b) { return FPX_MM(maddubs_epi16)(a, b); }
/// Signed words; the sum of two products.
FPX_OPERATION fpx_integers fpx_multiply_pairs_i16(fpx_integers a, fpx_integers b) { return FPX_MM(madd_epi16)(a, b); }

// ---- Products of neighbours added to doublewords ----

#define FPX_DOT_OPERATION FPX_TARGET_DOT_PRODUCT static inline __attribute__((always_inline))
/// Four unsigned bytes times four signed ones.
FPX_DOT_OPERATION fpx_integers fpx_dot_u8(fpx_integers sums, fpx_integers a, fpx_integers b) {
    return FPX_DOT_PRODUCT(dpbusd)(sums, a, b);
}
#define FPX_DOT_U8_IS_SIGNED true
/// Two signed words times two.
FPX_DOT_OPERATION fpx_integers fpx_dot_i16(fpx_integers sums, fpx_integers a, fpx_integers b) {
    return FPX_DOT_PRODUCT(dpwssd)(sums, a, b);
}
