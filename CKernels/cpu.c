// The only file that asks the processor and the operating system what they can do.

// sysconf's cache names and getauxval are extensions that strict C17 hides.
#define _GNU_SOURCE 1
#define _DARWIN_C_SOURCE 1

#include "cpu.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fpx_cpu.h"

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

/// AMD's family 19h (Zen 3 and 4) and later. No bit of CPUID tells; this was measured on Zen 4 (model 11h).
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
    features.avx_vnni = features.avx512_vnni;
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

#if defined(__APPLE__)

static size_t cache_bytes(const char *performance_core_name, const char *any_core_name) {
    const char *const names[] = {performance_core_name, any_core_name};
    for (int index = 0; index < 2; index++) {
        // The system answers with 4 or 8 bytes, by version; both are little-endian here.
        uint64_t value = 0;
        size_t size = sizeof value;
        if (sysctlbyname(names[index], &value, &size, NULL, 0) == 0 && value != 0) return (size_t)value;
    }
    return 0;
}

size_t fpx_cpu_level1_cache_bytes(void) { return cache_bytes("hw.perflevel0.l1dcachesize", "hw.l1dcachesize"); }
size_t fpx_cpu_level2_cache_bytes(void) { return cache_bytes("hw.perflevel0.l2cachesize", "hw.l2cachesize"); }

#else

// sysconf knows the caches on x86 with glibc only; sysfs knows them everywhere on Linux.
static size_t sysfs_cache_bytes(unsigned wanted_level) {
    for (unsigned index = 0; index < 8; index++) {
        char path[96], type[16];
        unsigned level = 0;
        size_t kibibytes = 0;

        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%u/level", index);
        FILE *file = fopen(path, "r");
        if (!file) return 0;
        bool parsed = fscanf(file, "%u", &level) == 1;
        fclose(file);
        if (!parsed || level != wanted_level) continue;

        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%u/type", index);
        file = fopen(path, "r");
        if (!file) return 0;
        parsed = fscanf(file, "%15s", type) == 1;
        fclose(file);
        if (!parsed || type[0] == 'I') continue;

        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%u/size", index);
        file = fopen(path, "r");
        if (!file) return 0;
        parsed = fscanf(file, "%zuK", &kibibytes) == 1;
        fclose(file);
        return parsed ? kibibytes * 1024 : 0;
    }
    return 0;
}

size_t fpx_cpu_level1_cache_bytes(void) {
#if defined(_SC_LEVEL1_DCACHE_SIZE)
    const long bytes = sysconf(_SC_LEVEL1_DCACHE_SIZE);
    if (bytes > 0) return (size_t)bytes;
#endif
    return sysfs_cache_bytes(1);
}

size_t fpx_cpu_level2_cache_bytes(void) {
#if defined(_SC_LEVEL2_CACHE_SIZE)
    const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (bytes > 0) return (size_t)bytes;
#endif
    return sysfs_cache_bytes(2);
}

#endif
