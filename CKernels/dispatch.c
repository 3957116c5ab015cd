// The only file that picks a SIMD level.

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "kernels.h"

#define FPX_TABLE_ENTRIES(suffix)                                                                                      \
    .moments_u16_accumulate = fpx_moments_u16_accumulate_##suffix,                                                     \
    .moments_u8_summarize = fpx_moments_u8_summarize_##suffix,                                                         \
    .moments_u16_summarize = fpx_moments_u16_summarize_##suffix,                                                       \
    .welford_u8_accumulate = fpx_welford_u8_accumulate_##suffix,                                                       \
    .welford_u16_accumulate = fpx_welford_u16_accumulate_##suffix,                                                     \
    .welford_f32_accumulate = fpx_welford_f32_accumulate_##suffix, .addweighted_u16 = fpx_addweighted_u16_##suffix,    \
    .addweighted_f32 = fpx_addweighted_f32_##suffix, .gaussian_u8_vertical = fpx_gaussian_u8_vertical_##suffix,        \
    .gaussian_u16_vertical = fpx_gaussian_u16_vertical_##suffix, .relief_moments_u8 = fpx_relief_moments_u8_##suffix,  \
    .relief_moments_u16 = fpx_relief_moments_u16_##suffix,                                                             \
    .relief_moments_welford = fpx_relief_moments_welford_##suffix, .relief_median5 = fpx_relief_median5_##suffix,      \
    .relief_above_median5 = fpx_relief_above_median5_##suffix, .relief_log = fpx_relief_log_##suffix,                  \
    .relief_percentile80 = fpx_relief_percentile80_##suffix, .relief_find = fpx_relief_find_##suffix,                  \
    .relief_residual = fpx_relief_residual_##suffix, .extremes_u8 = fpx_extremes_u8_##suffix,                          \
    .extremes_u16 = fpx_extremes_u16_##suffix, .extremes_f32 = fpx_extremes_f32_##suffix

static const fpx_kernels portable_kernels = {
    .isa = FPX_ISA_C,
    .moments_u8_accumulate = fpx_moments_u8_accumulate_c,
    .addweighted_u8 = fpx_addweighted_u8_c,
    .gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_c,
    .gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_c,
    FPX_TABLE_ENTRIES(c),
};

#if FPX_X86
static const fpx_kernels avx2_kernels = {
    .isa = FPX_ISA_AVX2,
    .moments_u8_accumulate = fpx_moments_u8_accumulate_avx2,
    .addweighted_u8 = fpx_addweighted_u8_avx2,
    .gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_avx2,
    .gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_avx2,
    FPX_TABLE_ENTRIES(avx2),
};
static const fpx_kernels avx2_subnormal_kernels = {
    .isa = FPX_ISA_AVX2,
    .uses_extensions = true,
    .moments_u8_accumulate = fpx_moments_u8_accumulate_avx2,
    .addweighted_u8 = fpx_addweighted_u8_avx2_subnormal,
    .gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_avx2,
    .gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_avx2,
    FPX_TABLE_ENTRIES(avx2),
};
static const fpx_kernels avx512_kernels = {
    .isa = FPX_ISA_AVX512,
    .moments_u8_accumulate = fpx_moments_u8_accumulate_avx512,
    .addweighted_u8 = fpx_addweighted_u8_avx512,
    .gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_avx512,
    .gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_avx512,
    FPX_TABLE_ENTRIES(avx512),
};
static const fpx_kernels avx512_vnni_kernels = {
    .isa = FPX_ISA_AVX512,
    .uses_dot_product = true,
    .uses_extensions = true,
    .moments_u8_accumulate = fpx_moments_u8_accumulate_avx512_vnni,
    .addweighted_u8 = fpx_addweighted_u8_avx512,
    .gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_avx512_vnni,
    .gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_avx512_vnni,
    FPX_TABLE_ENTRIES(avx512),
};
static const fpx_kernels avx512_vnni_subnormal_kernels = {
    .isa = FPX_ISA_AVX512,
    .uses_dot_product = true,
    .uses_extensions = true,
    .moments_u8_accumulate = fpx_moments_u8_accumulate_avx512_vnni,
    .addweighted_u8 = fpx_addweighted_u8_avx512_subnormal,
    .gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_avx512_vnni,
    .gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_avx512_vnni,
    FPX_TABLE_ENTRIES(avx512),
};
#endif

#if FPX_ARM64
static const fpx_kernels neon_kernels = {
    .isa = FPX_ISA_NEON,
    .moments_u8_accumulate = fpx_moments_u8_accumulate_neon,
    .addweighted_u8 = fpx_addweighted_u8_neon,
    .gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_neon,
    .gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_neon,
    FPX_TABLE_ENTRIES(neon),
};
static const fpx_kernels neon_dot_product_kernels = {
    .isa = FPX_ISA_NEON,
    .uses_dot_product = true,
    .uses_extensions = true,
    .moments_u8_accumulate = fpx_moments_u8_accumulate_neon_dot_product,
    .addweighted_u8 = fpx_addweighted_u8_neon,
    .gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_neon,
    .gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_neon,
    FPX_TABLE_ENTRIES(neon),
};
#endif

/// The kernels of a level, or null when this build or the processor lacks it.
static const fpx_kernels *kernels_of(fpx_isa isa, bool extensions_wanted) {
    const fpx_cpu_features features = fpx_cpu_detect();
    (void)features;
    (void)extensions_wanted;
    switch (isa) {
    case FPX_ISA_C: return &portable_kernels;
#if FPX_X86
    case FPX_ISA_AVX2:
        if (!features.avx2_fma) return NULL;
        return features.fast_subnormals && extensions_wanted ? &avx2_subnormal_kernels : &avx2_kernels;
    case FPX_ISA_AVX512:
        if (!features.avx512_f_bw_dq_vl) return NULL;
        if (!features.avx512_vnni || !extensions_wanted) return &avx512_kernels;
        return features.fast_subnormals ? &avx512_vnni_subnormal_kernels : &avx512_vnni_kernels;
#endif
#if FPX_ARM64
    case FPX_ISA_NEON:
        return features.neon_dot_product && extensions_wanted ? &neon_dot_product_kernels : &neon_kernels;
#endif
    default: return NULL;
    }
}

/// The level that FASTPIX_ISA names: false when it is unset or empty.
static bool environment_names_level(const char **name) {
    *name = getenv("FASTPIX_ISA");
    return *name != NULL && **name != '\0';
}

static const fpx_kernels *kernels_named_by_environment(void) {
    const char *name;
    if (!environment_names_level(&name)) return NULL;
    for (int isa = 0; isa < FPX_ISA_COUNT; isa++) {
        if (strcmp(name, fpx_isa_name((fpx_isa)isa)) == 0) return kernels_of((fpx_isa)isa, true);
    }
    return NULL;
}

static const fpx_kernels *best_kernels(void) {
    static const fpx_isa best_first[] = {FPX_ISA_AVX512, FPX_ISA_AVX2, FPX_ISA_NEON};
    for (size_t index = 0; index < sizeof best_first / sizeof best_first[0]; index++) {
        const fpx_kernels *kernels = kernels_of(best_first[index], true);
        if (kernels) return kernels;
    }
    return &portable_kernels;
}

static _Atomic(const fpx_kernels *) selected_kernels;

const fpx_kernels *fpx_kernels_selected(void) {
    const fpx_kernels *kernels = atomic_load_explicit(&selected_kernels, memory_order_relaxed);
    if (kernels) return kernels;
    const fpx_kernels *initial = kernels_named_by_environment();
    if (!initial) initial = best_kernels();
    // Threads that come here together find the same table; one that was selected meanwhile must not be replaced.
    // Relaxed order is enough, because the tables are constants.
    if (atomic_compare_exchange_strong_explicit(&selected_kernels, &kernels, initial, memory_order_relaxed,
                                                memory_order_relaxed)) {
        return initial;
    }
    return kernels;
}

static fpx_status select_level(fpx_isa isa, bool extensions_wanted) {
    const fpx_kernels *kernels = kernels_of(isa, extensions_wanted);
    if (!kernels) return FPX_ERROR_UNSUPPORTED;
    atomic_store_explicit(&selected_kernels, kernels, memory_order_relaxed);
    return FPX_OK;
}

bool fpx_isa_available(fpx_isa isa) { return kernels_of(isa, true) != NULL; }
fpx_isa fpx_isa_selected(void) { return fpx_kernels_selected()->isa; }
fpx_status fpx_isa_select(fpx_isa isa) { return select_level(isa, true); }
fpx_status fpx_isa_select_without_extensions(fpx_isa isa) { return select_level(isa, false); }
bool fpx_isa_uses_extensions(void) { return fpx_kernels_selected()->uses_extensions; }
bool fpx_isa_uses_dot_product(void) { return fpx_kernels_selected()->uses_dot_product; }

bool fpx_isa_environment_honoured(void) {
    const char *name;
    return !environment_names_level(&name) || kernels_named_by_environment() != NULL;
}

const char *fpx_isa_name(fpx_isa isa) {
    switch (isa) {
    case FPX_ISA_C: return "c";
    case FPX_ISA_AVX2: return "avx2";
    case FPX_ISA_AVX512: return "avx512";
    case FPX_ISA_NEON: return "neon";
    }
    return "unknown";
}
