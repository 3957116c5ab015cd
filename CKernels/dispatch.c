// The only file that picks a SIMD level.
//
// A table of kernels starts as that of portable C, and each level and extension replaces what it has. Which tables a
// processor can run is one question, and all of them can be selected; which one it runs unasked is another, and follows
// measurement: see `preferred_isa` and `preferred_extensions`.

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "kernels.h"

enum { EXTENSION_SETS = 1 << FPX_EXTENSION_COUNT };

static fpx_cpu_features features;
static fpx_kernels tables[FPX_ISA_COUNT][EXTENSION_SETS];
/// What FASTPIX_ISA asks for, when that is no table of the above.
static fpx_kernels mixed_table;

// ---- What there is ----

/// The extensions that the processor can run beside a level, however slowly.
static unsigned runnable_extensions(fpx_isa isa) {
    switch (isa) {
    case FPX_ISA_AVX2: return FPX_EXTENSION_SUBNORMAL | (features.avx_vnni ? FPX_EXTENSION_DOT_PRODUCT : 0);
    case FPX_ISA_AVX512: return FPX_EXTENSION_SUBNORMAL | (features.avx512_vnni ? FPX_EXTENSION_DOT_PRODUCT : 0);
    case FPX_ISA_NEON: return features.neon_dot_product ? FPX_EXTENSION_DOT_PRODUCT : 0;
    default: return 0;
    }
}

static bool is_runnable(fpx_isa isa) {
    switch (isa) {
    case FPX_ISA_C: return true;
    case FPX_ISA_AVX2: return features.avx2_fma;
    case FPX_ISA_AVX512: return features.avx512_f_bw_dq_vl;
    case FPX_ISA_NEON: return features.neon;
    default: return false;
    }
}

static void start_with_c(fpx_kernels *table) {
#define KERNEL(operation, name, result, arguments) table->name = fpx_##name##_c;
#include "kernel_list.h"
}

static void replace_by_avx2(fpx_kernels *table, unsigned extensions) {
    (void)table, (void)extensions;
#if FPX_X86
#define KERNEL(operation, name, result, arguments) table->name = fpx_##name##_avx2;
#include "kernel_list.h"
    if (extensions & FPX_EXTENSION_SUBNORMAL) table->addweighted_u8 = fpx_addweighted_u8_avx2_subnormal;
    if (extensions & FPX_EXTENSION_DOT_PRODUCT) {
        table->moments_u8_accumulate = fpx_moments_u8_accumulate_avx2_dot_product;
        table->moments_u16_accumulate = fpx_moments_u16_accumulate_avx2_dot_product;
    }
#endif
}

static void replace_by_avx512(fpx_kernels *table, unsigned extensions) {
    (void)table, (void)extensions;
#if FPX_X86
#define KERNEL(operation, name, result, arguments) table->name = fpx_##name##_avx512;
#include "kernel_list.h"
    if (extensions & FPX_EXTENSION_SUBNORMAL) table->addweighted_u8 = fpx_addweighted_u8_avx512_subnormal;
    if (extensions & FPX_EXTENSION_DOT_PRODUCT) {
        table->moments_u8_accumulate = fpx_moments_u8_accumulate_avx512_dot_product;
        table->moments_u16_accumulate = fpx_moments_u16_accumulate_avx512_dot_product;
        table->gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_avx512_dot_product;
        table->gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_avx512_dot_product;
    }
#endif
}

/// What compilers make of the C with the vectors of every arm64 processor is not repeated.
static void replace_by_neon(fpx_kernels *table, unsigned extensions) {
    (void)table, (void)extensions;
#if FPX_ARM64
    table->moments_u8_accumulate = fpx_moments_u8_accumulate_neon;
    table->moments_u16_accumulate = fpx_moments_u16_accumulate_neon;
    table->addweighted_u8 = fpx_addweighted_u8_neon;
    table->addweighted_u16 = fpx_addweighted_u16_neon;
    table->addweighted_f32 = fpx_addweighted_f32_neon;
    table->gaussian_u8_vertical = fpx_gaussian_u8_vertical_neon;
    table->gaussian_u16_vertical = fpx_gaussian_u16_vertical_neon;
    table->gaussian_u8_horizontal = fpx_gaussian_u8_horizontal_neon;
    table->gaussian_u16_horizontal = fpx_gaussian_u16_horizontal_neon;
    table->extremes_u8 = fpx_extremes_u8_neon;
    table->extremes_u16 = fpx_extremes_u16_neon;
    table->extremes_f32 = fpx_extremes_f32_neon;
    if (extensions & FPX_EXTENSION_DOT_PRODUCT)
        table->moments_u8_accumulate = fpx_moments_u8_accumulate_neon_dot_product;
#endif
}

static void fill_table(fpx_kernels *table, fpx_isa isa, unsigned extensions) {
    start_with_c(table);
    table->isa = isa;
    table->extensions = extensions;
    switch (isa) {
    case FPX_ISA_C: break;
    case FPX_ISA_AVX2: replace_by_avx2(table, extensions); break;
    case FPX_ISA_AVX512: replace_by_avx512(table, extensions); break;
    case FPX_ISA_NEON: replace_by_neon(table, extensions); break;
    }
}

// ---- What is chosen ----

/// Subnormal arithmetic takes a hundred cycles and more where it is not fast.
static unsigned preferred_extensions(fpx_isa isa) {
    const unsigned runnable = runnable_extensions(isa);
    return features.fast_subnormals ? runnable : runnable & ~FPX_EXTENSION_SUBNORMAL;
}

/// The widest level. Processor time of `fastpix hotpixels` on 24 JPEGs of 12 megapixels with AVX-512 over that with
/// AVX2, nine runs each in turn, medians: 0.92 with defects judged and 0.97 without on Intel Sapphire Rapids
/// (2026-11-30). Not measured since kernels have byte dot products: Intel Ice Lake, where an earlier version took 1.04
/// to 1.08, and AMD Zen 4. FASTPIX_ISA=avx2 chooses otherwise.
static fpx_isa preferred_isa(void) {
    static const fpx_isa widest_first[] = {FPX_ISA_AVX512, FPX_ISA_AVX2, FPX_ISA_NEON};
    for (size_t index = 0; index < sizeof widest_first / sizeof widest_first[0]; index++) {
        if (is_runnable(widest_first[index])) return widest_first[index];
    }
    return FPX_ISA_C;
}

static const fpx_kernels *preferred_table(fpx_isa isa) { return &tables[isa][preferred_extensions(isa)]; }

/// The level of `length` characters; false when there is none of that name, or none that can be run.
static bool level_named(const char *name, size_t length, fpx_isa *isa) {
    for (int number = 0; number < FPX_ISA_COUNT; number++) {
        const char *candidate = fpx_isa_name((fpx_isa)number);
        if (strlen(candidate) != length || memcmp(candidate, name, length) != 0) continue;
        *isa = (fpx_isa)number;
        return is_runnable(*isa);
    }
    return false;
}

/// Takes the kernels of one operation from another table; false when there is no operation of that name.
static bool take_operation(fpx_kernels *table, const fpx_kernels *other, const char *operation_name, size_t length) {
    bool found = false;
#define KERNEL(operation, name, result, arguments)                                                                     \
    if (strlen(#operation) == length && memcmp(#operation, operation_name, length) == 0) {                             \
        table->name = other->name;                                                                                     \
        found = true;                                                                                                  \
    }
#include "kernel_list.h"
    return found;
}

/// Takes over one part of FASTPIX_ISA: a level for all operations, or `operation=level` for one.
static bool take_part(fpx_kernels *table, const char *part, size_t length) {
    fpx_isa isa;
    const char *equals = memchr(part, '=', length);
    if (equals == NULL) {
        if (!level_named(part, length, &isa)) return false;
        *table = *preferred_table(isa);
        return true;
    }
    const size_t operation_length = (size_t)(equals - part);
    return level_named(equals + 1, length - operation_length - 1, &isa) &&
           take_operation(table, preferred_table(isa), part, operation_length);
}

/// False for a text that is not understood as a whole.
static bool take_environment(fpx_kernels *table, const char *text) {
    for (const char *part = text;;) {
        const size_t length = strcspn(part, ",");
        if (!take_part(table, part, length)) return false;
        if (part[length] == '\0') return true;
        part += length + 1;
    }
}

static _Atomic(const fpx_kernels *) selected_kernels;

static void prepare(void) {
    features = fpx_cpu_detect();
    for (int isa = 0; isa < FPX_ISA_COUNT; isa++) {
        for (unsigned extensions = 0; extensions < EXTENSION_SETS; extensions++)
            fill_table(&tables[isa][extensions], (fpx_isa)isa, extensions);
    }
    const fpx_kernels *chosen = preferred_table(preferred_isa());
    const char *environment = getenv("FASTPIX_ISA");
    if (environment != NULL && *environment != '\0') {
        mixed_table = *chosen;
        if (take_environment(&mixed_table, environment)) chosen = &mixed_table;
    }
    atomic_store_explicit(&selected_kernels, chosen, memory_order_release);
}

static void prepare_once(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, prepare);
}

const fpx_kernels *fpx_kernels_selected(void) {
    const fpx_kernels *kernels = atomic_load_explicit(&selected_kernels, memory_order_acquire);
    if (kernels) return kernels;
    prepare_once();
    return atomic_load_explicit(&selected_kernels, memory_order_acquire);
}

bool fpx_isa_available(fpx_isa isa) {
    prepare_once();
    return is_runnable(isa);
}

unsigned fpx_isa_extensions_available(fpx_isa isa) {
    prepare_once();
    return is_runnable(isa) ? runnable_extensions(isa) : 0;
}

unsigned fpx_isa_extensions_preferred(fpx_isa isa) {
    prepare_once();
    return is_runnable(isa) ? preferred_extensions(isa) : 0;
}

fpx_status fpx_isa_select_with(fpx_isa isa, unsigned extensions) {
    prepare_once();
    if (!is_runnable(isa) || (extensions & ~runnable_extensions(isa)) != 0) return FPX_ERROR_UNSUPPORTED;
    atomic_store_explicit(&selected_kernels, &tables[isa][extensions], memory_order_release);
    return FPX_OK;
}

fpx_status fpx_isa_select(fpx_isa isa) { return fpx_isa_select_with(isa, fpx_isa_extensions_preferred(isa)); }

fpx_isa fpx_isa_selected(void) { return fpx_kernels_selected()->isa; }
unsigned fpx_isa_extensions_selected(void) { return fpx_kernels_selected()->extensions; }
bool fpx_isa_uses_dot_product(void) { return fpx_kernels_selected()->extensions & FPX_EXTENSION_DOT_PRODUCT; }

bool fpx_isa_environment_honoured(void) {
    prepare_once();
    const char *environment = getenv("FASTPIX_ISA");
    if (environment == NULL || *environment == '\0') return true;
    fpx_kernels table = tables[FPX_ISA_C][0];
    return take_environment(&table, environment);
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
