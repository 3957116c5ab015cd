/// What cpu.c finds out for dispatch.c; not part of the public interface.
#ifndef FPX_CPU_INTERNAL_H
#define FPX_CPU_INTERNAL_H

#include <stdbool.h>

#if defined(__x86_64__)
#define FPX_X86 1
#else
#define FPX_X86 0
#endif

#if defined(__aarch64__) || defined(__arm64__)
#define FPX_ARM64 1
#else
#define FPX_ARM64 0
#endif

// The instructions that a function may use. Tests emulate AVX-512 in C, and then there are none to allow.
#if defined(FPX_EMULATE_AVX512)
#define FPX_TARGET_AVX512
#define FPX_TARGET_AVX512_VNNI
#else
#define FPX_TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define FPX_TARGET_AVX512_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#endif
#define FPX_TARGET_AVX2 __attribute__((target("avx2,fma")))
// AVX-VNNI are the instructions of AVX-512 VNNI for vectors of 32 bytes, encoded for processors without AVX-512. Tests
// take what computes the same with AVX2.
#if defined(FPX_EMULATE_AVX_VNNI)
#define FPX_TARGET_AVX2_VNNI FPX_TARGET_AVX2
#define FPX_AVX_VNNI(name) emulated_##name
#else
#define FPX_TARGET_AVX2_VNNI __attribute__((target("avx2,fma,avxvnni")))
#define FPX_AVX_VNNI(name) _mm256_##name##_avx_epi32
#endif

typedef struct fpx_cpu_features {
    bool avx2_fma;
    bool avx_vnni;
    bool avx512_f_bw_dq_vl;
    bool avx512_vnni;
    /// Arithmetic on subnormal floats is as fast as on all others; elsewhere it takes a hundred cycles and more.
    bool fast_subnormals;
    bool neon;
    bool neon_dot_product;
} fpx_cpu_features;

fpx_cpu_features fpx_cpu_detect(void);

#endif
