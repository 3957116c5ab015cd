/// Times versions of the kernels against each other: shared libraries of them, in turn, in one process.
///
///     versions NAME LIBRARY [NAME LIBRARY]...
///
/// A round runs each version once, and they take turns in being the first. A figure is the tenth percentile of the
/// rounds: on machines where others work, too, medians say more of them than of the kernels. Buffers are in the level-2
/// cache or nearer. Prints Markdown; the last column is the last version's speed in units of the first one's.
#define _GNU_SOURCE 1

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fpx_gaussian.h"

enum {
    MOST_VERSIONS = 8,
    ROUNDS = 501,
    ROUND_NANOSECONDS = 200000,
    ROW_SAMPLES = 12000,
    STRIP_ROWS = 16,
    MOST_FRAMES = 16,
    GAUSSIAN_WIDTH = 512,
    GAUSSIAN_ROWS = 128,
    GAUSSIAN_CHANNELS = 3,
};

// What all versions have under these names; what early ones return is not looked at.
typedef void moments_function(uint32_t *, void *, const void *const *, size_t, size_t);
typedef void addweighted_function(void *, const void *, const void *, size_t, double, double, double);
typedef int prepare_function(fpx_gaussian *, size_t, double);
typedef void gaussian_function(void *, ptrdiff_t, const void *, ptrdiff_t, size_t, size_t, size_t, const fpx_gaussian *,
                               size_t);

typedef struct version {
    const char *name;
    moments_function *moments_u8, *moments_u16;
    addweighted_function *addweighted_u8;
    prepare_function *prepare;
    gaussian_function *gaussian_u8, *gaussian_u16;
} version;

/// One line of a table: `number` is what it is measured for.
typedef struct measurement {
    void (*run)(const version *version, size_t number);
    size_t number;
    size_t samples;
} measurement;

static version versions[MOST_VERSIONS];
static size_t version_count;

static _Alignas(4096) uint8_t frames[MOST_FRAMES * STRIP_ROWS * ROW_SAMPLES * 2];
static _Alignas(4096) uint32_t sums[GAUSSIAN_WIDTH * GAUSSIAN_ROWS * GAUSSIAN_CHANNELS];
static _Alignas(4096) uint64_t squares[ROW_SAMPLES];

/// Frames as strips of a ring have them: a row of each, strips one after the other.
static void strips(const void *pointers[MOST_FRAMES], size_t sample_bytes) {
    for (size_t frame = 0; frame < MOST_FRAMES; frame++)
        pointers[frame] = frames + frame * STRIP_ROWS * ROW_SAMPLES * sample_bytes;
}

static void run_moments_u8(const version *version, size_t frame_count) {
    const void *pointers[MOST_FRAMES];
    strips(pointers, 1);
    version->moments_u8(sums, squares, pointers, frame_count, ROW_SAMPLES);
}

static void run_moments_u16(const version *version, size_t frame_count) {
    const void *pointers[MOST_FRAMES];
    strips(pointers, 2);
    version->moments_u16(sums, squares, pointers, frame_count, ROW_SAMPLES);
}

static void run_addweighted_u8(const version *version, size_t sample_count) {
    version->addweighted_u8(sums, frames, frames + ROW_SAMPLES, sample_count, 0.3, 0.7, 1.5);
}

static void run_gaussian(const version *version, gaussian_function *function, size_t size, size_t sample_bytes) {
    fpx_gaussian gaussian;
    if (version->prepare(&gaussian, size, 0) != 0) exit(1);
    const ptrdiff_t row_bytes = (ptrdiff_t)(GAUSSIAN_WIDTH * GAUSSIAN_CHANNELS * sample_bytes);
    function(sums, row_bytes, frames, row_bytes, GAUSSIAN_WIDTH, GAUSSIAN_ROWS, GAUSSIAN_CHANNELS, &gaussian, 1);
}

static void run_gaussian_u8(const version *version, size_t size) {
    run_gaussian(version, version->gaussian_u8, size, 1);
}

static void run_gaussian_u16(const version *version, size_t size) {
    run_gaussian(version, version->gaussian_u16, size, 2);
}

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int compare(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double time_of(const measurement *measured, const version *version, size_t repeats) {
    measured->run(version, measured->number);
    const uint64_t start = nanoseconds();
    for (size_t repeat = 0; repeat < repeats; repeat++)
        measured->run(version, measured->number);
    return (double)(nanoseconds() - start) / (double)repeats;
}

static void print_line(const char *name, const measurement *measured) {
    static double times[MOST_VERSIONS][ROUNDS];
    const size_t repeats = 1 + (size_t)(ROUND_NANOSECONDS / (1 + time_of(measured, &versions[0], 3)));
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t turn = 0; turn < version_count; turn++) {
            const size_t which = (round + turn) % version_count;
            times[which][round] = time_of(measured, &versions[which], repeats);
        }
    }
    printf("| %s |", name);
    for (size_t which = 0; which < version_count; which++) {
        qsort(times[which], ROUNDS, sizeof times[which][0], compare);
        printf(" %.2f |", (double)measured->samples / times[which][ROUNDS / 10]);
    }
    printf(" %.2f |\n", times[0][ROUNDS / 10] / times[version_count - 1][ROUNDS / 10]);
    fflush(stdout);
}

static void *symbol(void *library, const char *name) {
    void *address = dlsym(library, name);
    if (address != NULL) return address;
    fprintf(stderr, "%s\n", dlerror());
    exit(1);
}

static version loaded(const char *name, const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return (version){
        .name = name,
        .moments_u8 = (moments_function *)symbol(library, "fpx_moments_u8_accumulate_tile"),
        .moments_u16 = (moments_function *)symbol(library, "fpx_moments_u16_accumulate_tile"),
        .addweighted_u8 = (addweighted_function *)symbol(library, "fpx_addweighted_u8"),
        .prepare = (prepare_function *)symbol(library, "fpx_gaussian_prepare"),
        .gaussian_u8 = (gaussian_function *)symbol(library, "fpx_gaussian_u8_image"),
        .gaussian_u16 = (gaussian_function *)symbol(library, "fpx_gaussian_u16_image"),
    };
}

int main(int argument_count, char **arguments) {
    if (argument_count < 3 || argument_count % 2 == 0 || argument_count > 1 + 2 * MOST_VERSIONS) {
        fprintf(stderr, "usage: versions NAME LIBRARY [NAME LIBRARY]... (at most %d)\n", MOST_VERSIONS);
        return 1;
    }
    for (int index = 1; index < argument_count; index += 2)
        versions[version_count++] = loaded(arguments[index], arguments[index + 1]);
    uint32_t state = 1;
    for (size_t index = 0; index < sizeof frames; index++) {
        state = state * 1664525u + 1013904223u;
        frames[index] = (uint8_t)(state >> 24);
    }
    printf("| samples/ns |");
    for (size_t which = 0; which < version_count; which++)
        printf(" %s |", versions[which].name);
    printf(" times %s |\n|---|", versions[0].name);
    for (size_t which = 0; which <= version_count; which++)
        printf("---:|");
    printf("\n");
    const size_t batches[] = {1, 6, 8, 12, 14, 16}, rows[] = {40, 100, 299, 3968, 4000}, sizes[] = {3, 15};
    char name[80];
    for (size_t index = 0; index < sizeof batches / sizeof batches[0]; index++) {
        snprintf(name, sizeof name, "moments u8, %zu x 12,000 samples", batches[index]);
        print_line(name, &(measurement){run_moments_u8, batches[index], batches[index] * ROW_SAMPLES});
    }
    for (size_t index = 0; index < sizeof batches / sizeof batches[0]; index++) {
        snprintf(name, sizeof name, "moments u16, %zu x 12,000 samples", batches[index]);
        print_line(name, &(measurement){run_moments_u16, batches[index], batches[index] * ROW_SAMPLES});
    }
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        snprintf(name, sizeof name, "addWeighted u8, a row of %zu samples", rows[index]);
        print_line(name, &(measurement){run_addweighted_u8, rows[index], rows[index]});
    }
    const size_t picture = (size_t)GAUSSIAN_WIDTH * GAUSSIAN_ROWS * GAUSSIAN_CHANNELS;
    for (size_t index = 0; index < sizeof sizes / sizeof sizes[0]; index++) {
        snprintf(name, sizeof name, "Gaussian u8, %zu x %zu, 512 x 128 x 3 samples", sizes[index], sizes[index]);
        print_line(name, &(measurement){run_gaussian_u8, sizes[index], picture});
        snprintf(name, sizeof name, "Gaussian u16, %zu x %zu, 512 x 128 x 3 samples", sizes[index], sizes[index]);
        print_line(name, &(measurement){run_gaussian_u16, sizes[index], picture});
    }
    return 0;
}
