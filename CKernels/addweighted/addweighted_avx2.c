#include "../kernels.h"

#if FPX_X86

#include <immintrin.h>

#include "addweighted_bounds.h"

#pragma STDC FP_CONTRACT OFF

#define AVX2 __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline))

typedef struct weights {
    __m256 alpha;
    __m256 beta;
    __m256 gamma;
} weights;

AVX2 INLINE weights broadcast(float alpha, float beta, float gamma) {
    const weights vectors = {_mm256_set1_ps(alpha), _mm256_set1_ps(beta), _mm256_set1_ps(gamma)};
    return vectors;
}

AVX2 INLINE __m256 weighted_sum(__m256 first, __m256 second, weights by) {
    return _mm256_fmadd_ps(first, by.alpha, _mm256_fmadd_ps(second, by.beta, by.gamma));
}

/// Converts with rounding half to even. What is too large for 32 bits, and not-a-number, converts to the smallest
/// integer, which the saturating packs make 0; so unless the results are known to fit, large values are bounded
/// first, in the operand order in which vminps keeps not-a-number.
AVX2 INLINE __m256i to_integers(__m256 values, __m256 maximum, bool results_fit) {
    return _mm256_cvtps_epi32(results_fit ? values : _mm256_min_ps(maximum, values));
}

AVX2 INLINE __m256i load(const void *samples) { return _mm256_loadu_si256((const __m256i *)samples); }

AVX2 INLINE __m256i repeat_in_lanes(int fourth, int third, int second, int first) {
    return _mm256_broadcastsi128_si256(_mm_set_epi32(fourth, third, second, first));
}

// Bytes are widened where they lie, each doubleword's byte 0, 1, 2, 3 by another instruction, and not by four
// vpmovzxbd: shuffles are what the processor has fewest units for, and two of the four ways are none.

/// A vpshufb index that moves byte `byte` of each doubleword to its lowest byte and clears the others.
#define WIDENING_SHUFFLE(byte)                                                                                         \
    repeat_in_lanes((int)0x8080800cu + (byte), (int)0x80808008u + (byte), (int)0x80808004u + (byte),                   \
                    (int)0x80808000u + (byte))

typedef struct four_vectors {
    __m256 byte[4];
} four_vectors;

AVX2 INLINE four_vectors bytes_to_floats(const uint8_t *samples) {
    const __m256i bytes = load(samples);
    const four_vectors floats = {{
        _mm256_cvtepi32_ps(_mm256_and_si256(bytes, _mm256_set1_epi32(0xff))),
        _mm256_cvtepi32_ps(_mm256_shuffle_epi8(bytes, WIDENING_SHUFFLE(1))),
        _mm256_cvtepi32_ps(_mm256_shuffle_epi8(bytes, WIDENING_SHUFFLE(2))),
        _mm256_cvtepi32_ps(_mm256_srli_epi32(bytes, 24)),
    }};
    return floats;
}

AVX2 INLINE size_t weigh_bytes(uint8_t *destination, const uint8_t *first, const uint8_t *second, size_t sample_count,
                               weights by, bool results_fit) {
    const __m256 maximum = _mm256_set1_ps(255.0f);
    // The packs leave the four bytes 0 of a 128-bit lane first, then its four bytes 1, and so on.
    const __m256i in_order = repeat_in_lanes(0x0f0b0703, 0x0e0a0602, 0x0d090501, 0x0c080400);
    size_t index = 0;
    for (; sample_count - index >= 32; index += 32) {
        const four_vectors a = bytes_to_floats(first + index), b = bytes_to_floats(second + index);
        __m256i integers[4];
#pragma clang loop unroll(full)
        for (int byte = 0; byte < 4; byte++) {
            integers[byte] = to_integers(weighted_sum(a.byte[byte], b.byte[byte], by), maximum, results_fit);
        }
        const __m256i bytes = _mm256_packus_epi16(_mm256_packs_epi32(integers[0], integers[1]),
                                                  _mm256_packs_epi32(integers[2], integers[3]));
        _mm256_storeu_si256((__m256i *)(destination + index), _mm256_shuffle_epi8(bytes, in_order));
    }
    return index;
}

AVX2 void fpx_addweighted_u8_avx2(uint8_t *destination, const uint8_t *first, const uint8_t *second,
                                  size_t sample_count, float alpha, float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    const size_t done = fpx_results_fit_32_bits(255.0f, alpha, beta, gamma)
                            ? weigh_bytes(destination, first, second, sample_count, by, true)
                            : weigh_bytes(destination, first, second, sample_count, by, false);
    fpx_addweighted_u8_c(destination + done, first + done, second + done, sample_count - done, alpha, beta, gamma);
}

AVX2 INLINE __m256i and_mask(__m256i bytes, unsigned mask) {
    return _mm256_and_si256(bytes, _mm256_set1_epi32((int)mask));
}

/// The rounded sums of bytes that are subnormal floats, in the low words; `scale`: see addweighted_bounds.h.
AVX2 INLINE __m256i subnormal_sum(__m256i first, __m256i second, weights by, float scale) {
    const weights scaled = {by.alpha, by.beta, _mm256_mul_ps(by.gamma, _mm256_set1_ps(scale))};
    const __m256 sum = weighted_sum(_mm256_castsi256_ps(first), _mm256_castsi256_ps(second), scaled);
    return _mm256_castps_si256(_mm256_add_ps(sum, _mm256_set1_ps(0x1.8p23f * scale)));
}

/// The low words of `even` with those of `odd` above them.
AVX2 INLINE __m256i interleave_low_words(__m256i even, __m256i odd) {
    return _mm256_blend_epi16(even, _mm256_slli_epi32(odd, 16), 0xaa);
}

// A function of its own, because its constants and those of the ordinary way do not fit the registers together.
AVX2 static __attribute__((noinline)) size_t weigh_subnormal_bytes(uint8_t *destination, const uint8_t *first,
                                                                   const uint8_t *second, size_t sample_count,
                                                                   weights by) {
    // The pack leaves the bytes 0 and 1 of a 128-bit lane's doublewords first, then their bytes 2 and 3.
    const __m256i in_order = repeat_in_lanes(0x0f0e0706, 0x0d0c0504, 0x0b0a0302, 0x09080100);
    const __m256i third = WIDENING_SHUFFLE(2);
    size_t index = 0;
    for (; sample_count - index >= 32; index += 32) {
        const __m256i a = load(first + index), b = load(second + index);
        const __m256i byte0 = subnormal_sum(and_mask(a, 0xff), and_mask(b, 0xff), by, 0x1p-22f);
        const __m256i byte1 = subnormal_sum(and_mask(a, 0xff00), and_mask(b, 0xff00), by, 0x1p-14f);
        const __m256i byte2 = subnormal_sum(_mm256_shuffle_epi8(a, third), _mm256_shuffle_epi8(b, third), by, 0x1p-22f);
        const __m256i byte3 = subnormal_sum(_mm256_srli_epi32(a, 24), _mm256_srli_epi32(b, 24), by, 0x1p-22f);
        const __m256i bytes =
            _mm256_packus_epi16(interleave_low_words(byte0, byte1), interleave_low_words(byte2, byte3));
        _mm256_storeu_si256((__m256i *)(destination + index), _mm256_shuffle_epi8(bytes, in_order));
    }
    return index;
}

AVX2 void fpx_addweighted_u8_avx2_subnormal(uint8_t *destination, const uint8_t *first, const uint8_t *second,
                                            size_t sample_count, float alpha, float beta, float gamma) {
    const size_t done = fpx_scalars_suit_subnormals(alpha, beta, gamma) && fpx_subnormals_are_numbers()
                            ? weigh_subnormal_bytes(destination, first, second, sample_count,
                                                    broadcast(alpha * 0x1p127f, beta * 0x1p127f, gamma))
                            : 0;
    fpx_addweighted_u8_avx2(destination + done, first + done, second + done, sample_count - done, alpha, beta, gamma);
}

AVX2 INLINE size_t weigh_words(uint16_t *destination, const uint16_t *first, const uint16_t *second,
                               size_t sample_count, weights by, bool results_fit) {
    const __m256 maximum = _mm256_set1_ps(65535.0f);
    const __m256i lower_word = _mm256_set1_epi32(0xffff);
    // The pack leaves the four even words of a 128-bit lane before its four odd ones.
    const __m256i in_order = repeat_in_lanes(0x0f0e0706, 0x0d0c0504, 0x0b0a0302, 0x09080100);
    size_t index = 0;
    for (; sample_count - index >= 16; index += 16) {
        const __m256i a = load(first + index), b = load(second + index);
        const __m256 even = weighted_sum(_mm256_cvtepi32_ps(_mm256_and_si256(a, lower_word)),
                                         _mm256_cvtepi32_ps(_mm256_and_si256(b, lower_word)), by);
        const __m256 odd = weighted_sum(_mm256_cvtepi32_ps(_mm256_srli_epi32(a, 16)),
                                        _mm256_cvtepi32_ps(_mm256_srli_epi32(b, 16)), by);
        const __m256i words =
            _mm256_packus_epi32(to_integers(even, maximum, results_fit), to_integers(odd, maximum, results_fit));
        _mm256_storeu_si256((__m256i *)(destination + index), _mm256_shuffle_epi8(words, in_order));
    }
    return index;
}

AVX2 void fpx_addweighted_u16_avx2(uint16_t *destination, const uint16_t *first, const uint16_t *second,
                                   size_t sample_count, float alpha, float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    const size_t done = fpx_results_fit_32_bits(65535.0f, alpha, beta, gamma)
                            ? weigh_words(destination, first, second, sample_count, by, true)
                            : weigh_words(destination, first, second, sample_count, by, false);
    fpx_addweighted_u16_c(destination + done, first + done, second + done, sample_count - done, alpha, beta, gamma);
}

AVX2 void fpx_addweighted_f32_avx2(float *destination, const float *first, const float *second, size_t sample_count,
                                   float alpha, float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    size_t index = 0;
    for (; sample_count - index >= 8; index += 8) {
        _mm256_storeu_ps(destination + index,
                         weighted_sum(_mm256_loadu_ps(first + index), _mm256_loadu_ps(second + index), by));
    }
    fpx_addweighted_f32_c(destination + index, first + index, second + index, sample_count - index, alpha, beta, gamma);
}

#endif
