/// AVX-VNNI for processors without it: what its two instructions compute, of AVX2's. For tests alone; included before
/// each file of the kernels, which take these in place of the instructions (CKernels/cpu.h).
#ifndef FPX_EMULATED_AVX_VNNI_H
#define FPX_EMULATED_AVX_VNNI_H

#define FPX_EMULATE_AVX_VNNI 1

#include <immintrin.h>

#define EMULATED __attribute__((target("avx2"), always_inline)) static inline

/// Four unsigned bytes times four signed ones, added to doublewords. Sums of two products fit 17 bits, so that none of
/// the steps saturates, as the instruction does not.
EMULATED __m256i emulated_dpbusd(__m256i sums, __m256i a, __m256i b) {
    const __m256i even_a = _mm256_and_si256(a, _mm256_set1_epi16(0xff)), odd_a = _mm256_srli_epi16(a, 8);
    const __m256i even_b = _mm256_srai_epi16(_mm256_slli_epi16(b, 8), 8), odd_b = _mm256_srai_epi16(b, 8);
    const __m256i products = _mm256_add_epi32(_mm256_madd_epi16(even_a, even_b), _mm256_madd_epi16(odd_a, odd_b));
    return _mm256_add_epi32(sums, products);
}

/// Two signed words times two, added to doublewords.
EMULATED __m256i emulated_dpwssd(__m256i sums, __m256i a, __m256i b) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(a, b));
}

#undef EMULATED
#endif
