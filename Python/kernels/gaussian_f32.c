#include "gaussian_f32.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "fpx_cpu.h"
#include "fpx_gaussian.h"
#include "fpx_parallel.h"

enum {
    MAXIMUM_RADIUS = GAUSSIAN_F32_MAXIMUM_SIZE / 2,
    /// Samples whose sums are kept beside the processor.
    BLOCK_SAMPLES = 1024,
    /// Rows that one member of a team blurs at a time; those around them are blurred along the rows once more.
    BAND_ROWS = 128,
};

static void prepare_weights(float *weights, size_t size, double sigma) {
    // OpenCV's tables for sigma 0: from the outermost tap to the centre, times 256.
    static const double tables[4][5] = {{64, 128}, {16, 64, 96}, {8, 28, 56, 72}, {4, 13, 30, 51, 60}};
    const size_t radius = size / 2;
    if (sigma == 0 && radius <= 4) {
        for (size_t tap = 0; tap <= radius; tap++)
            weights[tap] = (float)(tables[radius - 1][radius - tap] / 256);
        return;
    }
    if (sigma == 0) sigma = fma((double)size, 0.15, 0.35);
    double real[MAXIMUM_RADIUS + 1];
    double sum = 0;
    for (size_t tap = radius; tap > 0; tap--) {
        real[tap] = exp(-0.5 * (double)(tap * tap) / (sigma * sigma));
        sum += real[tap];
    }
    real[0] = 1;
    for (size_t tap = 0; tap <= radius; tap++)
        weights[tap] = (float)(real[tap] / (2 * sum + 1));
}

/// One addend of a sum: the samples at both ends of a tap.
#define ADD_TAP(tap) sum += weights[tap] * (before[tap][first + sample] + after[tap][first + sample])

/// destination[i] = weights[0] centre[i] + the sum over k of weights[k] (before[k][i] + after[k][i]), in this order.
static void weigh_plainly(float *destination, const float *centre, const float *const *before,
                          const float *const *after, const float *weights, size_t radius, size_t count) {
    for (size_t first = 0; first < count; first += BLOCK_SAMPLES) {
        const size_t length = count - first < BLOCK_SAMPLES ? count - first : BLOCK_SAMPLES;
        float sums[BLOCK_SAMPLES];
        for (size_t sample = 0; sample < length; sample++)
            sums[sample] = weights[0] * centre[first + sample];
        size_t tap = 1;
        // Four at a time, so that the sums are loaded and stored less often.
        for (; tap + 3 <= radius; tap += 4) {
            for (size_t sample = 0; sample < length; sample++) {
                float sum = sums[sample];
                ADD_TAP(tap);
                ADD_TAP(tap + 1);
                ADD_TAP(tap + 2);
                ADD_TAP(tap + 3);
                sums[sample] = sum;
            }
        }
        for (; tap <= radius; tap++) {
            for (size_t sample = 0; sample < length; sample++) {
                float sum = sums[sample];
                ADD_TAP(tap);
                sums[sample] = sum;
            }
        }
        memcpy(destination + first, sums, length * sizeof *sums);
    }
}

typedef void weigher(float *destination, const float *centre, const float *const *before, const float *const *after,
                     const float *weights, size_t radius, size_t count);

#if defined(__x86_64__)
/// The same, 32 samples at a time, whose sums stay in registers; the bits are those of the plain way.
__attribute__((target("avx2"))) static void weigh_avx2(float *destination, const float *centre,
                                                       const float *const *before, const float *const *after,
                                                       const float *weights, size_t radius, size_t count) {
    enum { LANES = 8, VECTORS = 4 };
    size_t first = 0;
    for (; first + LANES * VECTORS <= count; first += LANES * VECTORS) {
        __m256 sums[VECTORS];
        for (size_t vector = 0; vector < VECTORS; vector++)
            sums[vector] = _mm256_mul_ps(_mm256_set1_ps(weights[0]), _mm256_loadu_ps(centre + first + LANES * vector));
        for (size_t tap = 1; tap <= radius; tap++) {
            const __m256 weight = _mm256_set1_ps(weights[tap]);
            const float *left = before[tap] + first, *right = after[tap] + first;
            for (size_t vector = 0; vector < VECTORS; vector++) {
                const __m256 ends =
                    _mm256_add_ps(_mm256_loadu_ps(left + LANES * vector), _mm256_loadu_ps(right + LANES * vector));
                sums[vector] = _mm256_add_ps(sums[vector], _mm256_mul_ps(weight, ends));
            }
        }
        for (size_t vector = 0; vector < VECTORS; vector++)
            _mm256_storeu_ps(destination + first + LANES * vector, sums[vector]);
    }
    for (; first < count; first++) {
        float sum = weights[0] * centre[first];
        for (size_t tap = 1; tap <= radius; tap++)
            sum += weights[tap] * (before[tap][first] + after[tap][first]);
        destination[first] = sum;
    }
}
#endif

static weigher *select_weigher(void) {
#if defined(__x86_64__)
    if (fpx_isa_selected() != FPX_ISA_C) return weigh_avx2;
#endif
    return weigh_plainly;
}

typedef struct blur {
    float *destination;
    const float *source;
    size_t width;
    size_t height;
    size_t channels;
    size_t radius;
    /// From the centre outwards.
    float weights[MAXIMUM_RADIUS + 1];
    weigher *weigh;
    atomic_bool is_out_of_memory;
} blur;

/// One row along itself; `padded` has room for it with both borders.
static void blur_row(float *destination, const float *source, float *padded, const blur *blur) {
    const size_t border = blur->radius * blur->channels;
    const size_t count = blur->width * blur->channels;
    memcpy(padded + border, source, count * sizeof *source);
    for (size_t pixel = 0; pixel < blur->radius; pixel++) {
        const ptrdiff_t left = (ptrdiff_t)pixel - (ptrdiff_t)blur->radius;
        const size_t right = blur->width + pixel;
        memcpy(padded + pixel * blur->channels, source + fpx_gaussian_reflect_101(left, blur->width) * blur->channels,
               blur->channels * sizeof *source);
        memcpy(padded + border + right * blur->channels,
               source + fpx_gaussian_reflect_101((ptrdiff_t)right, blur->width) * blur->channels,
               blur->channels * sizeof *source);
    }
    const float *before[MAXIMUM_RADIUS + 1];
    const float *after[MAXIMUM_RADIUS + 1];
    for (size_t tap = 1; tap <= blur->radius; tap++) {
        before[tap] = padded + border - tap * blur->channels;
        after[tap] = padded + border + tap * blur->channels;
    }
    blur->weigh(destination, padded + border, before, after, blur->weights, blur->radius, count);
}

static void blur_band(size_t band, void *context) {
    blur *blur = context;
    const size_t first_row = band * BAND_ROWS;
    const size_t end_row = first_row + BAND_ROWS < blur->height ? first_row + BAND_ROWS : blur->height;
    const size_t size = 2 * blur->radius + 1;
    const size_t count = blur->width * blur->channels;
    // A ring of rows that are blurred along themselves, and room for one with its borders.
    float *memory = malloc((size * count + count + 2 * blur->radius * blur->channels) * sizeof *memory);
    if (memory == NULL) {
        atomic_store(&blur->is_out_of_memory, true);
        return;
    }
    float *padded = memory + size * count;
    const ptrdiff_t radius = (ptrdiff_t)blur->radius;
    for (ptrdiff_t row = (ptrdiff_t)first_row - radius; row < (ptrdiff_t)end_row + radius; row++) {
        const size_t place = (size_t)(row + radius) % size;
        blur_row(memory + place * count, blur->source + fpx_gaussian_reflect_101(row, blur->height) * count, padded,
                 blur);
        const ptrdiff_t done = row - radius;
        if (done < (ptrdiff_t)first_row) continue;
        const float *before[MAXIMUM_RADIUS + 1];
        const float *after[MAXIMUM_RADIUS + 1];
        for (size_t tap = 1; tap <= blur->radius; tap++) {
            before[tap] = memory + ((size_t)(done + radius) - tap) % size * count;
            after[tap] = memory + ((size_t)(done + radius) + tap) % size * count;
        }
        blur->weigh(blur->destination + (size_t)done * count, memory + (size_t)(done + radius) % size * count, before,
                    after, blur->weights, blur->radius, count);
    }
    free(memory);
}

bool gaussian_f32(float *destination, const float *source, size_t width, size_t height, size_t channels, size_t size,
                  double sigma, size_t threads) {
    blur blur = {
        .destination = destination,
        .source = source,
        .width = width,
        .height = height,
        .channels = channels,
        .radius = size / 2,
        .weigh = select_weigher(),
    };
    prepare_weights(blur.weights, size, sigma);
    fpx_parallel_tiles((height + BAND_ROWS - 1) / BAND_ROWS, threads, blur_band, &blur);
    return !atomic_load(&blur.is_out_of_memory);
}
