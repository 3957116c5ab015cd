// The only file that asks what instructions the processor and the operating system have.

// getauxval is an extension that strict C17 hides.
#define _GNU_SOURCE 1
#define _DARWIN_C_SOURCE 1

#include "cpu.h"

#include <stdint.h>

#if FPX_X86
#include <cpuid.h>
#endif
#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif
#if FPX_ARM64 && defined(__linux__)
#include <sys/auxv.h>
#endif

#if FPX_X86
// Register bits of CPUID leaves 1 and 7 and of XCR0, from Intel's Software Developer's Manual, volumes 1 and 2A.
enum {
    LEAF1_ECX_FMA = 1u << 12,
    LEAF1_ECX_OSXSAVE = 1u << 27,
    LEAF7_EBX_AVX2 = 1u << 5,
    LEAF7_EBX_AVX512F = 1u << 16,
    LEAF7_EBX_AVX512DQ = 1u << 17,
    LEAF7_EBX_AVX512BW = 1u << 30,
    LEAF7_ECX_AVX512VNNI = 1u << 11,
    LEAF7_1_EAX_AVX_VNNI = 1u << 4,
    XCR0_SSE_AVX = 0x06,
    XCR0_SSE_AVX_AVX512 = 0xe6,
};
#define LEAF7_EBX_AVX512VL (1u << 31)

static uint64_t enabled_register_state(void) {
    uint32_t low, high;
    // The instruction itself instead of _xgetbv: the intrinsic needs -mxsave.
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return ((uint64_t)high << 32) | low;
}

static bool has_all(uint64_t value, uint64_t bits) { return (value & bits) == bits; }

/// AMD's family 19h (Zen 3 and 4) and later. No bit of CPUID tells; measured on Zen 3 (model 01h) and 4 (model 11h).
static bool has_fast_subnormals(void) {
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(0, &eax, &ebx, &ecx, &edx)) return false;
    if (ebx != signature_AMD_ebx || ecx != signature_AMD_ecx || edx != signature_AMD_edx) return false;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return false;
    const unsigned base_family = eax >> 8 & 0xf, extended_family = eax >> 20 & 0xff;
    return base_family == 0xf && base_family + extended_family >= 0x19;
}
#endif

fpx_cpu_features fpx_cpu_detect(void) {
    fpx_cpu_features features = {0};
#if FPX_X86
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return features;
    // A processor may have registers that the operating system does not save; XCR0 says which ones it does.
    if (!(ecx & LEAF1_ECX_OSXSAVE)) return features;
    const bool fma = ecx & LEAF1_ECX_FMA;
    const uint64_t state = enabled_register_state();
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return features;
    features.avx2_fma = fma && (ebx & LEAF7_EBX_AVX2) && has_all(state, XCR0_SSE_AVX);
    features.avx512_f_bw_dq_vl =
        features.avx2_fma && has_all(state, XCR0_SSE_AVX_AVX512) &&
        has_all(ebx, LEAF7_EBX_AVX512F | LEAF7_EBX_AVX512BW | LEAF7_EBX_AVX512DQ | LEAF7_EBX_AVX512VL);
    features.avx512_vnni = features.avx512_f_bw_dq_vl && (ecx & LEAF7_ECX_AVX512VNNI);
#if defined(FPX_EMULATE_AVX512)
    features.avx512_f_bw_dq_vl = features.avx512_vnni = true;
#endif
    features.fast_subnormals = has_fast_subnormals();
    features.avx_vnni =
        features.avx2_fma && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax & LEAF7_1_EAX_AVX_VNNI);
#if defined(FPX_EMULATE_AVX_VNNI)
    features.avx_vnni = features.avx2_fma;
#endif
#elif FPX_ARM64
    // Advanced SIMD is part of the arm64 procedure call standard.
    features.neon = true;
#if defined(__linux__)
    const unsigned long hardware_capability_dot_product = 1ul << 20;
    features.neon_dot_product = getauxval(AT_HWCAP) & hardware_capability_dot_product;
#elif defined(__APPLE__)
    int value = 0;
    size_t size = sizeof value;
    features.neon_dot_product = sysctlbyname("hw.optional.arm.FEAT_DotProd", &value, &size, NULL, 0) == 0 && value != 0;
#endif
#endif
    return features;
}
