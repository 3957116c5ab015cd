/// AVX-512 for processors without it: the header that the kernels include, made of SIMDe's emulation in C (0.8 or
/// later, https://github.com/simd-everywhere/simde), and what it lacks. Slow, and good for tests alone.
#ifndef FPX_EMULATED_AVX512_H
#define FPX_EMULATED_AVX512_H

// SIMDe gives vectors of 16-bit floats another type than compilers do, under the same name.
#include <emmintrin.h>
#define __m128bh simde_unused_m128bh
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/fma.h>
#undef __m128bh

#include <math.h>
#include <string.h>

#define _CMP_NLT_UQ 21
#define _CMP_NGT_UQ 26
#undef _mm512_cmp_ps_mask
#define _mm512_cmp_ps_mask(a, b, predicate) emulated_compare(a, b, predicate)

static inline __mmask16 emulated_compare(__m512 a, __m512 b, int predicate) {
    float x[16], y[16];
    __mmask16 mask = 0;
    memcpy(x, &a, sizeof x);
    memcpy(y, &b, sizeof y);
    for (int lane = 0; lane < 16; lane++) {
        const int set = predicate == _CMP_NGT_UQ   ? !(x[lane] > y[lane])
                        : predicate == _CMP_NLT_UQ ? !(x[lane] < y[lane])
                                                   : isnan(x[lane]) || isnan(y[lane]);
        mask |= (__mmask16)(set << lane);
    }
    return mask;
}

// SIMDe rounds twice.
#undef _mm512_fmadd_ps
#define _mm512_fmadd_ps(a, b, c) emulated_multiply_add(a, b, c)

static inline __m512 emulated_multiply_add(__m512 a, __m512 b, __m512 c) {
    float x[16], y[16], z[16];
    memcpy(x, &a, sizeof x);
    memcpy(y, &b, sizeof y);
    memcpy(z, &c, sizeof z);
    for (int lane = 0; lane < 16; lane++)
        z[lane] = fmaf(x[lane], y[lane], z[lane]);
    memcpy(&c, z, sizeof z);
    return c;
}

#undef _mm512_fmadd_pd
#define _mm512_fmadd_pd(a, b, c) emulated_multiply_add_doubles(a, b, c)

static inline __m512d emulated_multiply_add_doubles(__m512d a, __m512d b, __m512d c) {
    double x[8], y[8], z[8];
    memcpy(x, &a, sizeof x);
    memcpy(y, &b, sizeof y);
    memcpy(z, &c, sizeof z);
    for (int lane = 0; lane < 8; lane++)
        z[lane] = fma(x[lane], y[lane], z[lane]);
    memcpy(&c, z, sizeof z);
    return c;
}

#if !defined(_mm512_cvtps_pd)
static inline __m512d _mm512_cvtps_pd(__m256 values) {
    float in[8];
    double out[8];
    __m512d result;
    memcpy(in, &values, sizeof in);
    for (int lane = 0; lane < 8; lane++)
        out[lane] = in[lane];
    memcpy(&result, out, sizeof out);
    return result;
}
#endif

static inline __m512i _mm512_mask_sub_epi16(__m512i source, __mmask32 mask, __m512i a, __m512i b) {
    return _mm512_mask_mov_epi16(source, mask, _mm512_sub_epi16(a, b));
}

static inline __m512i _mm512_cvtepu32_epi64(__m256i values) {
    uint32_t in[8];
    uint64_t out[8];
    __m512i result;
    memcpy(in, &values, sizeof in);
    for (int lane = 0; lane < 8; lane++)
        out[lane] = in[lane];
    memcpy(&result, out, sizeof out);
    return result;
}

// SIMDe wants the number of bits to be written as a constant.
#undef _mm512_srli_epi16
#define _mm512_srli_epi16(a, bits) emulated_shift_right(a, bits)

static inline __m512i emulated_shift_right(__m512i values, int bits) {
    uint16_t words[32];
    memcpy(words, &values, sizeof words);
    for (int lane = 0; lane < 32; lane++)
        words[lane] = (uint16_t)(words[lane] >> bits);
    memcpy(&values, words, sizeof words);
    return values;
}

static inline __mmask16 _mm512_cmplt_epu32_mask(__m512i a, __m512i b) {
    uint32_t x[16], y[16];
    __mmask16 mask = 0;
    memcpy(x, &a, sizeof x);
    memcpy(y, &b, sizeof y);
    for (int lane = 0; lane < 16; lane++)
        mask |= (__mmask16)((x[lane] < y[lane]) << lane);
    return mask;
}

// SIMDe after 0.8.2 has it.
#if !defined(_mm256_mask_storeu_epi8)
static inline void _mm256_mask_storeu_epi8(void *address, __mmask32 mask, __m256i values) {
    uint8_t bytes[32];
    memcpy(bytes, &values, sizeof bytes);
    for (int lane = 0; lane < 32; lane++) {
        if (mask >> lane & 1) ((uint8_t *)address)[lane] = bytes[lane];
    }
}
#endif

#endif
