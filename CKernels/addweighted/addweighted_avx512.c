#include "../kernels.h"

#if FPX_X86

#include <immintrin.h>

#include "addweighted_bounds.h"

#pragma STDC FP_CONTRACT OFF

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define INLINE static inline __attribute__((always_inline))

typedef struct weights {
    __m512 alpha;
    __m512 beta;
    __m512 gamma;
} weights;

AVX512 INLINE weights broadcast(float alpha, float beta, float gamma) {
    const weights vectors = {_mm512_set1_ps(alpha), _mm512_set1_ps(beta), _mm512_set1_ps(gamma)};
    return vectors;
}

AVX512 INLINE __m512 weighted_sum(__m512 first, __m512 second, weights by) {
    return _mm512_fmadd_ps(first, by.alpha, _mm512_fmadd_ps(second, by.beta, by.gamma));
}

/// Converts with rounding half to even. What is too large for 32 bits, and not-a-number, converts to the smallest
/// integer, which the saturating packs make 0; so unless the results are known to fit, large values are bounded
/// first, in the operand order in which vminps keeps not-a-number.
AVX512 INLINE __m512i to_integers(__m512 values, __m512 maximum, bool results_fit) {
    return _mm512_cvtps_epi32(results_fit ? values : _mm512_min_ps(maximum, values));
}

// Bytes are widened where they lie, each doubleword's byte 0, 1, 2, 3 by another instruction, and not by four
// vpmovzxbd: shuffles are what the processor has fewest units for, and two of the four ways are none.

/// A vpshufb index that moves byte `byte` of each doubleword to its lowest byte and clears the others.
#define WIDENING_SHUFFLE(byte)                                                                                         \
    _mm512_set4_epi32((int)0x8080800cu + (byte), (int)0x80808008u + (byte), (int)0x80808004u + (byte),                 \
                      (int)0x80808000u + (byte))

typedef struct four_vectors {
    __m512 byte[4];
} four_vectors;

AVX512 INLINE four_vectors bytes_to_floats(const uint8_t *samples) {
    const __m512i bytes = _mm512_loadu_si512(samples);
    const four_vectors floats = {{
        _mm512_cvtepi32_ps(_mm512_and_si512(bytes, _mm512_set1_epi32(0xff))),
        _mm512_cvtepi32_ps(_mm512_shuffle_epi8(bytes, WIDENING_SHUFFLE(1))),
        _mm512_cvtepi32_ps(_mm512_shuffle_epi8(bytes, WIDENING_SHUFFLE(2))),
        _mm512_cvtepi32_ps(_mm512_srli_epi32(bytes, 24)),
    }};
    return floats;
}

AVX512 INLINE size_t weigh_bytes(uint8_t *destination, const uint8_t *first, const uint8_t *second, size_t sample_count,
                                 weights by, bool results_fit) {
    const __m512 maximum = _mm512_set1_ps(255.0f);
    // The packs leave the four bytes 0 of a 128-bit lane first, then its four bytes 1, and so on.
    const __m512i in_order = _mm512_set4_epi32(0x0f0b0703, 0x0e0a0602, 0x0d090501, 0x0c080400);
    size_t index = 0;
    for (; sample_count - index >= 64; index += 64) {
        const four_vectors a = bytes_to_floats(first + index), b = bytes_to_floats(second + index);
        __m512i integers[4];
#pragma clang loop unroll(full)
        for (int byte = 0; byte < 4; byte++) {
            integers[byte] = to_integers(weighted_sum(a.byte[byte], b.byte[byte], by), maximum, results_fit);
        }
        const __m512i bytes = _mm512_packus_epi16(_mm512_packs_epi32(integers[0], integers[1]),
                                                  _mm512_packs_epi32(integers[2], integers[3]));
        _mm512_storeu_si512(destination + index, _mm512_shuffle_epi8(bytes, in_order));
    }
    return index;
}

AVX512 void fpx_addweighted_u8_avx512(uint8_t *destination, const uint8_t *first, const uint8_t *second,
                                      size_t sample_count, float alpha, float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    const size_t done = fpx_results_fit_32_bits(255.0f, alpha, beta, gamma)
                            ? weigh_bytes(destination, first, second, sample_count, by, true)
                            : weigh_bytes(destination, first, second, sample_count, by, false);
    fpx_addweighted_u8_c(destination + done, first + done, second + done, sample_count - done, alpha, beta, gamma);
}

AVX512 INLINE __m512i and_mask(__m512i bytes, unsigned mask) {
    return _mm512_and_si512(bytes, _mm512_set1_epi32((int)mask));
}

/// The rounded sums of bytes that are subnormal floats, in the low words; `scale`: see addweighted_bounds.h.
AVX512 INLINE __m512i subnormal_sum(__m512i first, __m512i second, weights by, float scale) {
    const weights scaled = {by.alpha, by.beta, _mm512_mul_ps(by.gamma, _mm512_set1_ps(scale))};
    const __m512 sum = weighted_sum(_mm512_castsi512_ps(first), _mm512_castsi512_ps(second), scaled);
    return _mm512_castps_si512(_mm512_add_ps(sum, _mm512_set1_ps(0x1.8p23f * scale)));
}

/// The low words of `even` with those of `odd` above them.
AVX512 INLINE __m512i interleave_low_words(__m512i even, __m512i odd) {
    return _mm512_mask_blend_epi16(0xaaaaaaaau, even, _mm512_slli_epi32(odd, 16));
}

// A function of its own, because its constants and those of the ordinary way do not fit the registers together.
AVX512 static __attribute__((noinline)) size_t weigh_subnormal_bytes(uint8_t *destination, const uint8_t *first,
                                                                     const uint8_t *second, size_t sample_count,
                                                                     weights by) {
    // The pack leaves the bytes 0 and 1 of a 128-bit lane's doublewords first, then their bytes 2 and 3.
    const __m512i in_order = _mm512_set4_epi32(0x0f0e0706, 0x0d0c0504, 0x0b0a0302, 0x09080100);
    const __m512i third = WIDENING_SHUFFLE(2);
    size_t index = 0;
    for (; sample_count - index >= 64; index += 64) {
        const __m512i a = _mm512_loadu_si512(first + index), b = _mm512_loadu_si512(second + index);
        const __m512i byte0 = subnormal_sum(and_mask(a, 0xff), and_mask(b, 0xff), by, 0x1p-22f);
        const __m512i byte1 = subnormal_sum(and_mask(a, 0xff00), and_mask(b, 0xff00), by, 0x1p-14f);
        const __m512i byte2 = subnormal_sum(_mm512_shuffle_epi8(a, third), _mm512_shuffle_epi8(b, third), by, 0x1p-22f);
        const __m512i byte3 = subnormal_sum(_mm512_srli_epi32(a, 24), _mm512_srli_epi32(b, 24), by, 0x1p-22f);
        const __m512i bytes =
            _mm512_packus_epi16(interleave_low_words(byte0, byte1), interleave_low_words(byte2, byte3));
        _mm512_storeu_si512(destination + index, _mm512_shuffle_epi8(bytes, in_order));
    }
    return index;
}

AVX512 void fpx_addweighted_u8_avx512_subnormal(uint8_t *destination, const uint8_t *first, const uint8_t *second,
                                                size_t sample_count, float alpha, float beta, float gamma) {
    const size_t done = fpx_scalars_suit_subnormals(alpha, beta, gamma) && fpx_subnormals_are_numbers()
                            ? weigh_subnormal_bytes(destination, first, second, sample_count,
                                                    broadcast(alpha * 0x1p127f, beta * 0x1p127f, gamma))
                            : 0;
    fpx_addweighted_u8_avx512(destination + done, first + done, second + done, sample_count - done, alpha, beta, gamma);
}

AVX512 INLINE size_t weigh_words(uint16_t *destination, const uint16_t *first, const uint16_t *second,
                                 size_t sample_count, weights by, bool results_fit) {
    const __m512 maximum = _mm512_set1_ps(65535.0f);
    const __m512i lower_word = _mm512_set1_epi32(0xffff);
    // The pack leaves the four even words of a 128-bit lane before its four odd ones.
    const __m512i in_order = _mm512_set4_epi32(0x0f0e0706, 0x0d0c0504, 0x0b0a0302, 0x09080100);
    size_t index = 0;
    for (; sample_count - index >= 32; index += 32) {
        const __m512i a = _mm512_loadu_si512(first + index), b = _mm512_loadu_si512(second + index);
        const __m512 even = weighted_sum(_mm512_cvtepi32_ps(_mm512_and_si512(a, lower_word)),
                                         _mm512_cvtepi32_ps(_mm512_and_si512(b, lower_word)), by);
        const __m512 odd = weighted_sum(_mm512_cvtepi32_ps(_mm512_srli_epi32(a, 16)),
                                        _mm512_cvtepi32_ps(_mm512_srli_epi32(b, 16)), by);
        const __m512i words =
            _mm512_packus_epi32(to_integers(even, maximum, results_fit), to_integers(odd, maximum, results_fit));
        _mm512_storeu_si512(destination + index, _mm512_shuffle_epi8(words, in_order));
    }
    return index;
}

AVX512 void fpx_addweighted_u16_avx512(uint16_t *destination, const uint16_t *first, const uint16_t *second,
                                       size_t sample_count, float alpha, float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    const size_t done = fpx_results_fit_32_bits(65535.0f, alpha, beta, gamma)
                            ? weigh_words(destination, first, second, sample_count, by, true)
                            : weigh_words(destination, first, second, sample_count, by, false);
    fpx_addweighted_u16_c(destination + done, first + done, second + done, sample_count - done, alpha, beta, gamma);
}

AVX512 void fpx_addweighted_f32_avx512(float *destination, const float *first, const float *second, size_t sample_count,
                                       float alpha, float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    size_t index = 0;
    for (; sample_count - index >= 16; index += 16) {
        _mm512_storeu_ps(destination + index,
                         weighted_sum(_mm512_loadu_ps(first + index), _mm512_loadu_ps(second + index), by));
    }
    fpx_addweighted_f32_c(destination + index, first + index, second + index, sample_count - index, alpha, beta, gamma);
}

#endif
