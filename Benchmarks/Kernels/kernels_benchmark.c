/// Times the kernels of every level against the memory traffic that they cannot avoid, side by side in one run.
///
/// Every table is made of rounds in which all its rows run one after the other, so that a slow moment of the machine
/// meets all of them; a row is the median of its rounds, and ratios are between medians. Everything is on one thread.
#define _GNU_SOURCE 1

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "CKernels.h"

enum {
    FRAMES = 8,
    // 4032 x 3024 pixels (12 Mpx) of three channels.
    LARGE_SAMPLES = 4032 * 3024 * 3,
    // Eight frames of 8-bit samples and their accumulators are 512 KiB.
    LEVEL2_SAMPLES = 32 * 1024,
    ROUNDS = 11,
    MAXIMUM_ROWS = 24,
};

typedef struct buffers {
    uint8_t *frames[FRAMES];
    uint8_t *first_accumulators;
    uint8_t *second_accumulators;
} buffers;

static buffers memory;

/// Keeps compilers from dropping the bare reads.
static volatile uint64_t sink;

static void *map(size_t bytes) {
    void *address = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
#if defined(MADV_HUGEPAGE)
    madvise(address, bytes, MADV_HUGEPAGE);
#endif
    return address;
}

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// ---- The bare traffic ----

static void read_bytes(const void *bytes, size_t byte_count) {
    const uint64_t *words = bytes;
    uint64_t combined[8] = {0};
    for (size_t index = 0; index + 8 <= byte_count / 8; index += 8) {
        for (size_t lane = 0; lane < 8; lane++)
            combined[lane] |= words[index + lane];
    }
    for (size_t lane = 0; lane < 8; lane++)
        sink |= combined[lane];
}

static void rewrite_bytes(void *bytes, size_t byte_count) {
    uint64_t *words = bytes;
    for (size_t index = 0; index < byte_count / 8; index++)
        words[index] += 1;
}

// ---- Rows ----

typedef struct row {
    char name[64];
    /// Samples of all frames together, for the rate.
    size_t samples;
    void (*run)(const struct row *row);
    /// Set for kernels, unused by references.
    bool selects_level;
    fpx_isa isa;
    bool without_dot_product;
    size_t sample_count;
    size_t frame_count;
    size_t bytes_per_sample;
    double median_nanoseconds;
} row;

static void run_read_frames(const row *row) {
    for (size_t frame = 0; frame < row->frame_count; frame++) {
        read_bytes(memory.frames[frame], row->sample_count * row->bytes_per_sample);
    }
}

/// Frames read once, 8 bytes of accumulators for each sample read and written once.
static void run_bare_pass_8(const row *row) {
    run_read_frames(row);
    rewrite_bytes(memory.first_accumulators, row->sample_count * 4);
    rewrite_bytes(memory.second_accumulators, row->sample_count * 4);
}

/// The same with 12 and 16 bytes of accumulators.
static void run_bare_pass_12(const row *row) {
    run_read_frames(row);
    rewrite_bytes(memory.first_accumulators, row->sample_count * 4);
    rewrite_bytes(memory.second_accumulators, row->sample_count * 8);
}

static void run_bare_pass_16(const row *row) {
    run_read_frames(row);
    rewrite_bytes(memory.first_accumulators, row->sample_count * 8);
    rewrite_bytes(memory.second_accumulators, row->sample_count * 8);
}

static void run_read_accumulators_8(const row *row) {
    read_bytes(memory.first_accumulators, row->sample_count * 4);
    read_bytes(memory.second_accumulators, row->sample_count * 4);
}

static void run_read_accumulators_12(const row *row) {
    read_bytes(memory.first_accumulators, row->sample_count * 4);
    read_bytes(memory.second_accumulators, row->sample_count * 8);
}

static void run_memcpy(const row *row) {
    memcpy(memory.first_accumulators, memory.frames[0], row->sample_count * row->bytes_per_sample);
}

static void run_moments_u8(const row *row) {
    fpx_moments_u8_accumulate_tile((uint32_t *)memory.first_accumulators, (uint32_t *)memory.second_accumulators,
                                   (const uint8_t *const *)memory.frames, row->frame_count, row->sample_count);
}

static void run_moments_u16(const row *row) {
    fpx_moments_u16_accumulate_tile((uint32_t *)memory.first_accumulators, (uint64_t *)memory.second_accumulators,
                                    (const uint16_t *const *)memory.frames, row->frame_count, row->sample_count);
}

/// Frames that fit level 2 again and again, accumulators that pass by: what a pipeline sees that decodes by strips.
static void run_moments_u8_strips(const row *row) {
    for (size_t first = 0; first + LEVEL2_SAMPLES <= row->sample_count; first += LEVEL2_SAMPLES) {
        fpx_moments_u8_accumulate_tile((uint32_t *)memory.first_accumulators + first,
                                       (uint32_t *)memory.second_accumulators + first,
                                       (const uint8_t *const *)memory.frames, row->frame_count, LEVEL2_SAMPLES);
    }
}

static void run_rewrite_accumulators_8(const row *row) {
    rewrite_bytes(memory.first_accumulators, row->sample_count * 4);
    rewrite_bytes(memory.second_accumulators, row->sample_count * 4);
}

static void run_summarize_u8(const row *row) {
    sink |= fpx_moments_u8_summarize_tile((const uint32_t *)memory.first_accumulators,
                                          (const uint32_t *)memory.second_accumulators, FRAMES, row->sample_count)
                .maximum;
}

static void run_summarize_u16(const row *row) {
    sink |= fpx_moments_u16_summarize_tile((const uint32_t *)memory.first_accumulators,
                                           (const uint64_t *)memory.second_accumulators, FRAMES, row->sample_count)
                .maximum;
}

static void run_welford_u8(const row *row) {
    fpx_welford_u8_accumulate_tile((double *)memory.first_accumulators, (double *)memory.second_accumulators, 0,
                                   (const uint8_t *const *)memory.frames, row->frame_count, row->sample_count);
}

static void run_welford_u16(const row *row) {
    fpx_welford_u16_accumulate_tile((double *)memory.first_accumulators, (double *)memory.second_accumulators, 0,
                                    (const uint16_t *const *)memory.frames, row->frame_count, row->sample_count);
}

static void run_welford_f32(const row *row) {
    fpx_welford_f32_accumulate_tile((double *)memory.first_accumulators, (double *)memory.second_accumulators, 0,
                                    (const float *const *)memory.frames, row->frame_count, row->sample_count);
}

static void run_addweighted_u8(const row *row) {
    fpx_addweighted_u8(memory.first_accumulators, memory.frames[0], memory.frames[1], row->sample_count, 0.3, 0.7, 1.5);
}

static void run_addweighted_u16(const row *row) {
    fpx_addweighted_u16((uint16_t *)memory.first_accumulators, (const uint16_t *)memory.frames[0],
                        (const uint16_t *)memory.frames[1], row->sample_count, 0.3, 0.7, 1.5);
}

static void run_addweighted_f32(const row *row) {
    fpx_addweighted_f32((float *)memory.first_accumulators, (const float *)memory.frames[0],
                        (const float *)memory.frames[1], row->sample_count, 0.3, 0.7, 1.5);
}

// ---- Tables ----

static row rows[MAXIMUM_ROWS];
static size_t row_count;

static row *add_row(const char *name, void (*run)(const row *), size_t frame_count, size_t sample_count,
                    size_t bytes_per_sample) {
    row *added = &rows[row_count++];
    memset(added, 0, sizeof *added);
    snprintf(added->name, sizeof added->name, "%s", name);
    added->run = run;
    added->frame_count = frame_count;
    added->sample_count = sample_count;
    added->bytes_per_sample = bytes_per_sample;
    added->samples = frame_count * sample_count;
    return added;
}

static void add_level_rows(const char *name, void (*run)(const row *), size_t frame_count, size_t sample_count,
                           size_t bytes_per_sample, bool dot_product_matters) {
    for (int isa = 0; isa < FPX_ISA_COUNT; isa++) {
        if (!fpx_isa_available((fpx_isa)isa)) continue;
        fpx_isa_select((fpx_isa)isa);
        const bool uses_dot_product = dot_product_matters && fpx_isa_uses_dot_product();
        for (int without = 0; without <= (uses_dot_product ? 1 : 0); without++) {
            char text[64];
            const char *suffix = !uses_dot_product ? "" : without ? ", no dot product" : ", dot product";
            snprintf(text, sizeof text, "%s, %s%s", name, fpx_isa_name((fpx_isa)isa), suffix);
            row *added = add_row(text, run, frame_count, sample_count, bytes_per_sample);
            added->selects_level = true;
            added->isa = (fpx_isa)isa;
            added->without_dot_product = without;
        }
    }
}

static int ascending(const void *first, const void *second) {
    const double difference = *(const double *)first - *(const double *)second;
    return (difference > 0) - (difference < 0);
}

static void measure(void) {
    static double times[MAXIMUM_ROWS][ROUNDS];
    size_t repetitions[MAXIMUM_ROWS];
    for (int round = -1; round < ROUNDS; round++) {
        for (size_t index = 0; index < row_count; index++) {
            const row *measured = &rows[index];
            if (measured->selects_level) {
                if (measured->without_dot_product)
                    fpx_isa_select_without_dot_product(measured->isa);
                else
                    fpx_isa_select(measured->isa);
            }
            // The first round warms up and finds how often a short run must be repeated to last two milliseconds.
            if (round < 0) {
                measured->run(measured);
                const uint64_t start = nanoseconds();
                measured->run(measured);
                repetitions[index] = (size_t)(2000000 / (nanoseconds() - start + 1)) + 1;
                continue;
            }
            // Two runs without the clock put the caches into the state that the row itself leaves behind.
            if (repetitions[index] > 1) {
                measured->run(measured);
                measured->run(measured);
            }
            const uint64_t start = nanoseconds();
            for (size_t repetition = 0; repetition < repetitions[index]; repetition++)
                measured->run(measured);
            times[index][round] = (double)(nanoseconds() - start) / (double)repetitions[index];
        }
    }
    for (size_t index = 0; index < row_count; index++) {
        qsort(times[index], ROUNDS, sizeof(double), ascending);
        rows[index].median_nanoseconds = times[index][ROUNDS / 2];
    }
}

/// `cost` scales a row's time before it is divided by the reference, which is the first row.
static void print_table(const char *title, const char *ratio_heading, double cost) {
    measure();
    printf("\n%s\n\n| row | milliseconds | samples/ns | %s |\n|---|---:|---:|---:|\n", title, ratio_heading);
    for (size_t index = 0; index < row_count; index++) {
        const row *measured = &rows[index];
        const double factor = measured->selects_level ? cost : 1.0;
        printf("| %s | %.3f | %.2f | %.2f |\n", measured->name, measured->median_nanoseconds / 1e6,
               (double)measured->samples / measured->median_nanoseconds,
               factor * measured->median_nanoseconds / rows[0].median_nanoseconds);
    }
    fflush(stdout);
    row_count = 0;
}

static bool wanted(int argument_count, char **arguments, const char *section) {
    if (argument_count < 2) return true;
    for (int index = 1; index < argument_count; index++) {
        if (strcmp(arguments[index], section) == 0) return true;
    }
    return false;
}

int main(int argument_count, char **arguments) {
    // The largest user: float frames.
    for (int frame = 0; frame < FRAMES; frame++) {
        memory.frames[frame] = map((size_t)LARGE_SAMPLES * 4);
        uint64_t state = 0x9e3779b97f4a7c15u * (uint64_t)(frame + 1);
        for (size_t index = 0; index < (size_t)LARGE_SAMPLES * 4 / 8; index++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // The mask keeps every float finite and of ordinary size.
            ((uint64_t *)memory.frames[frame])[index] = state & 0x3fffffff3fffffffu;
        }
    }
    memory.first_accumulators = map((size_t)LARGE_SAMPLES * 8);
    memory.second_accumulators = map((size_t)LARGE_SAMPLES * 8);
    memset(memory.first_accumulators, 0, (size_t)LARGE_SAMPLES * 8);
    memset(memory.second_accumulators, 0, (size_t)LARGE_SAMPLES * 8);

    if (wanted(argument_count, arguments, "moments")) {
        add_row("bare pass: read frames, read and write accumulators", run_bare_pass_8, FRAMES, LARGE_SAMPLES, 1);
        add_row("bare read of the frames alone", run_read_frames, FRAMES, LARGE_SAMPLES, 1);
        add_level_rows("moments u8", run_moments_u8, FRAMES, LARGE_SAMPLES, 1, true);
        print_table("Moments u8, 8 frames of 12 Mpx x 3 channels, from memory", "times the bare pass", 1);

        add_row("bare pass: read frames, read and write accumulators", run_bare_pass_8, FRAMES, LEVEL2_SAMPLES, 1);
        add_level_rows("moments u8", run_moments_u8, FRAMES, LEVEL2_SAMPLES, 1, true);
        print_table("Moments u8, 8 frames of 32,768 samples, all in level-2 cache", "times the bare pass", 1);

        add_row("bare reading and writing of the accumulators", run_rewrite_accumulators_8, FRAMES, LARGE_SAMPLES, 1);
        add_level_rows("moments u8", run_moments_u8_strips, FRAMES, LARGE_SAMPLES, 1, true);
        print_table("Moments u8, 8 frames of 32,768 samples in level-2 cache, accumulators of 12 Mpx x 3 from memory",
                    "times the bare accumulators", 1);

        add_row("bare pass over 8 frames", run_bare_pass_8, FRAMES, LEVEL2_SAMPLES, 1);
        for (size_t frame_count = 1; frame_count <= FRAMES; frame_count++) {
            char name[64];
            snprintf(name, sizeof name, "%zu frames", frame_count);
            row *added = add_row(name, run_moments_u8, frame_count, LEVEL2_SAMPLES, 1);
            for (int isa = 0; isa < FPX_ISA_COUNT; isa++) {
                if (fpx_isa_available((fpx_isa)isa)) added->isa = (fpx_isa)isa;
            }
            added->selects_level = true;
        }
        print_table("Moments u8 by number of frames, 32,768 samples, best level, in level-2 cache",
                    "times the bare pass over 8 frames", 1);

        add_row("bare pass: read frames, read and write accumulators", run_bare_pass_12, FRAMES, LARGE_SAMPLES, 2);
        add_level_rows("moments u16", run_moments_u16, FRAMES, LARGE_SAMPLES, 2, false);
        print_table("Moments u16, 8 frames of 12 Mpx x 3 channels, from memory", "times the bare pass", 1);

        add_row("bare pass: read frames, read and write accumulators", run_bare_pass_12, FRAMES, LEVEL2_SAMPLES / 2, 2);
        add_level_rows("moments u16", run_moments_u16, FRAMES, LEVEL2_SAMPLES / 2, 2, false);
        print_table("Moments u16, 8 frames of 16,384 samples, all in level-2 cache", "times the bare pass", 1);
    }

    if (wanted(argument_count, arguments, "summaries")) {
        add_row("bare read of the accumulators", run_read_accumulators_8, 1, LARGE_SAMPLES, 1);
        add_level_rows("summarize u8", run_summarize_u8, 1, LARGE_SAMPLES, 1, false);
        print_table("Summary of scaled M2, u8, 12 Mpx x 3 channels, from memory", "times the bare read", 1);

        add_row("bare read of the accumulators", run_read_accumulators_12, 1, LARGE_SAMPLES, 2);
        add_level_rows("summarize u16", run_summarize_u16, 1, LARGE_SAMPLES, 2, false);
        print_table("Summary of scaled M2, u16, 12 Mpx x 3 channels, from memory", "times the bare read", 1);
    }

    if (wanted(argument_count, arguments, "addweighted")) {
        const double three_bytes_to_two = 2.0 / 3.0;
        struct {
            const char *place;
            size_t sample_count;
        } const sizes[] = {{"12 Mpx x 3 channels, from memory", LARGE_SAMPLES},
                           {"65,536 samples, in level-2 cache", 64 * 1024}};
        for (size_t index = 0; index < 2; index++) {
            const size_t sample_count = sizes[index].sample_count;
            char title[128];
            add_row("memcpy", run_memcpy, 1, sample_count, 1);
            add_level_rows("addweighted u8", run_addweighted_u8, 1, sample_count, 1, false);
            snprintf(title, sizeof title, "addWeighted u8, %s", sizes[index].place);
            print_table(title, "times memcpy, per byte moved", three_bytes_to_two);

            add_row("memcpy", run_memcpy, 1, sample_count, 2);
            add_level_rows("addweighted u16", run_addweighted_u16, 1, sample_count, 2, false);
            snprintf(title, sizeof title, "addWeighted u16, %s", sizes[index].place);
            print_table(title, "times memcpy, per byte moved", three_bytes_to_two);

            add_row("memcpy", run_memcpy, 1, sample_count, 4);
            add_level_rows("addweighted f32", run_addweighted_f32, 1, sample_count, 4, false);
            snprintf(title, sizeof title, "addWeighted f32, %s", sizes[index].place);
            print_table(title, "times memcpy, per byte moved", three_bytes_to_two);
        }
    }

    // Last, because it leaves float64 numbers in the accumulators.
    if (wanted(argument_count, arguments, "welford")) {
        struct {
            const char *sample;
            void (*run)(const row *);
            size_t bytes;
        } const kinds[] = {{"u8", run_welford_u8, 1}, {"u16", run_welford_u16, 2}, {"f32", run_welford_f32, 4}};
        for (size_t index = 0; index < 3; index++) {
            char title[128], name[64];
            memset(memory.first_accumulators, 0, (size_t)LARGE_SAMPLES * 8);
            memset(memory.second_accumulators, 0, (size_t)LARGE_SAMPLES * 8);
            add_row("bare pass: read frames, read and write accumulators", run_bare_pass_16, FRAMES, LARGE_SAMPLES,
                    kinds[index].bytes);
            snprintf(name, sizeof name, "Welford %s", kinds[index].sample);
            add_level_rows(name, kinds[index].run, FRAMES, LARGE_SAMPLES, kinds[index].bytes, false);
            snprintf(title, sizeof title, "Welford %s, 8 frames of 12 Mpx x 3 channels, from memory",
                     kinds[index].sample);
            print_table(title, "times the bare pass", 1);
        }
    }
    return 0;
}
