/// Times the kernels of every level against the memory traffic that they cannot avoid, side by side in one run.
///
/// Every table is made of rounds in which all its rows run one after the other, so that a slow moment of the machine
/// meets all of them; a row is the median of its rounds, and ratios are between medians. Everything is on one thread.
///
///     kernels_benchmark [--section FILE] [moments] [summaries] [extremes] [channels] [addweighted] [gaussian]
///                       [welford]
///
/// Prints Markdown, with --section into FILE as well. Figures that have a bound say whether it is met.
#define _GNU_SOURCE 1

#include <stdarg.h>
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

/// A second place for everything that is printed, or null.
static FILE *section;

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    fflush(stdout);
    if (section == NULL) return;
    va_start(arguments, format);
    vfprintf(section, format, arguments);
    va_end(arguments);
}

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

// The references must be as fast as the machine can be, or a kernel compared with them looks better than it is. So
// they, too, take the wide registers where there are any: with 16-byte loads a read from memory took 1.1 times as long.
#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
#endif

/// Asked for once: in a virtual machine the question itself takes many microseconds.
static bool has_wide;

__attribute__((always_inline)) static inline uint64_t read_loop(const uint64_t *words, size_t word_count) {
    uint64_t combined[16] = {0};
    for (size_t index = 0; index + 16 <= word_count; index += 16) {
        for (size_t lane = 0; lane < 16; lane++)
            combined[lane] |= words[index + lane];
    }
    uint64_t all = 0;
    for (size_t lane = 0; lane < 16; lane++)
        all |= combined[lane];
    return all;
}

__attribute__((always_inline)) static inline void rewrite_loop(uint64_t *words, size_t word_count) {
    for (size_t index = 0; index < word_count; index++)
        words[index] += 1;
}

#if defined(WIDE)
WIDE static uint64_t read_wide(const uint64_t *words, size_t word_count) { return read_loop(words, word_count); }
WIDE static void rewrite_wide(uint64_t *words, size_t word_count) { rewrite_loop(words, word_count); }
#endif

static void read_bytes(const void *bytes, size_t byte_count) {
#if defined(WIDE)
    if (has_wide) {
        sink |= read_wide(bytes, byte_count / 8);
        return;
    }
#endif
    sink |= read_loop(bytes, byte_count / 8);
}

static void rewrite_bytes(void *bytes, size_t byte_count) {
#if defined(WIDE)
    if (has_wide) {
        rewrite_wide(bytes, byte_count / 8);
        return;
    }
#endif
    rewrite_loop(bytes, byte_count / 8);
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
    unsigned extensions;
    size_t sample_count;
    size_t frame_count;
    size_t bytes_per_sample;
    /// Of references only: at most this many times its time is what a kernel may take; 0 when nothing was promised.
    double bound;
    double median_nanoseconds;
} row;

static void run_read_frames(const row *row) {
    for (size_t frame = 0; frame < row->frame_count; frame++) {
        read_bytes(memory.frames[frame], row->sample_count * row->bytes_per_sample);
    }
}

static void run_read_accumulators_8(const row *row) {
    read_bytes(memory.first_accumulators, row->sample_count * 4);
    read_bytes(memory.second_accumulators, row->sample_count * 4);
}

/// Every byte that the kernel reads, and nothing written.
static void run_read_all_8(const row *row) {
    run_read_frames(row);
    run_read_accumulators_8(row);
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

/// Frames as strips of a ring have them, one buffer after the other, and not each at the start of pages of its own,
/// where all of them would meet in the same sets of the level-1 cache.
enum { BATCH_ROW_SAMPLES = 12000, BATCH_STRIP_ROWS = 16, MOST_BATCH_FRAMES = 16 };

static void run_moments_u8_batch(const row *row) {
    fpx_moments_u8_accumulate_strided((uint32_t *)memory.first_accumulators, (uint32_t *)memory.second_accumulators,
                                      memory.frames[0], BATCH_ROW_SAMPLES * BATCH_STRIP_ROWS, row->frame_count,
                                      row->sample_count, row->sample_count, NULL);
}

static void run_moments_u16_batch(const row *row) {
    fpx_moments_u16_accumulate_strided((uint32_t *)memory.first_accumulators, (uint64_t *)memory.second_accumulators,
                                       (const uint16_t *)memory.frames[0], BATCH_ROW_SAMPLES * BATCH_STRIP_ROWS * 2,
                                       row->frame_count, row->sample_count, row->sample_count, NULL);
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

static void run_summarise_u8(const row *row) {
    sink |= fpx_moments_u8_summarise_tile((const uint32_t *)memory.first_accumulators,
                                          (const uint32_t *)memory.second_accumulators, FRAMES, row->sample_count)
                .maximum;
}

static void run_summarise_u16(const row *row) {
    sink |= fpx_moments_u16_summarise_tile((const uint32_t *)memory.first_accumulators,
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

// ---- Strips of rows, as a pipeline hands them to the extremes ----

enum {
    STRIP_ROWS = 16,
    STRIP_DISTANCE_ROWS = 2,
    STRIP_ROW_SAMPLES = 4000 * 3,
    STRIP_DISTANCE_SAMPLES = 2 * 3,
    STRIP_FRAME_ROWS = STRIP_ROWS + 2 * STRIP_DISTANCE_ROWS,
    STRIP_MAXIMUM_FRAMES = 16,
};

/// Rows of all frames, in the order of a tile, and the same of 16 bits.
static const uint8_t *strip_rows[STRIP_MAXIMUM_FRAMES * STRIP_FRAME_ROWS];
static const uint16_t *wide_strip_rows[STRIP_MAXIMUM_FRAMES * STRIP_FRAME_ROWS];
static uint16_t *counters[4];

/// Neither black nor white, as most of a photo, except for one sample in `blind_one_in` (0: none).
static void prepare_strips(unsigned blind_one_in) {
    const size_t samples = (size_t)STRIP_FRAME_ROWS * STRIP_ROW_SAMPLES;
    static uint8_t *frames[STRIP_MAXIMUM_FRAMES];
    static uint16_t *wide_frames[STRIP_MAXIMUM_FRAMES];
    uint32_t state = 1;
    for (size_t frame = 0; frame < STRIP_MAXIMUM_FRAMES; frame++) {
        if (frames[frame] == NULL) {
            frames[frame] = map(samples);
            wide_frames[frame] = map(samples * 2);
        }
        for (size_t index = 0; index < samples; index++) {
            state = state * 1664525u + 1013904223u;
            const bool is_white = blind_one_in > 0 && (state >> 8) % blind_one_in == 0;
            frames[frame][index] = is_white ? 255 : (uint8_t)(1 + (state >> 24) % 254);
            wide_frames[frame][index] = is_white ? 65535 : (uint16_t)(1 + (state >> 16) % 65534);
        }
        for (size_t row = 0; row < STRIP_FRAME_ROWS; row++) {
            strip_rows[frame * STRIP_FRAME_ROWS + row] = frames[frame] + row * STRIP_ROW_SAMPLES;
            wide_strip_rows[frame * STRIP_FRAME_ROWS + row] = wide_frames[frame] + row * STRIP_ROW_SAMPLES;
        }
    }
    for (size_t kind = 0; kind < 4; kind++) {
        if (counters[kind] == NULL) counters[kind] = map((size_t)STRIP_ROWS * STRIP_ROW_SAMPLES * 2);
    }
}

static void run_read_strips(const row *row) {
    for (size_t frame = 0; frame < row->frame_count; frame++) {
        for (size_t line = 0; line < STRIP_ROWS; line++) {
            read_bytes(strip_rows[frame * STRIP_FRAME_ROWS + line], STRIP_ROW_SAMPLES);
        }
    }
}

static void run_extremes_u8(const row *row) {
    fpx_extremes_u8_accumulate_tile(counters[0], counters[1], counters[2], counters[3], STRIP_ROW_SAMPLES * 2,
                                    strip_rows, row->frame_count, STRIP_ROWS, row->sample_count / STRIP_ROWS,
                                    STRIP_DISTANCE_ROWS, STRIP_DISTANCE_SAMPLES, 0, 255);
}

static void run_extremes_u16(const row *row) {
    fpx_extremes_u16_accumulate_tile(counters[0], counters[1], counters[2], counters[3], STRIP_ROW_SAMPLES * 2,
                                     wide_strip_rows, row->frame_count, STRIP_ROWS, row->sample_count / STRIP_ROWS,
                                     STRIP_DISTANCE_ROWS, STRIP_DISTANCE_SAMPLES, 0, 65535);
}

static void run_extremes_u8_row_by_row(const row *row) {
    for (size_t line = 0; line < STRIP_ROWS; line++) {
        const uint8_t *above[STRIP_MAXIMUM_FRAMES], *middle[STRIP_MAXIMUM_FRAMES], *below[STRIP_MAXIMUM_FRAMES];
        for (size_t frame = 0; frame < row->frame_count; frame++) {
            const uint8_t *const *rows = strip_rows + frame * STRIP_FRAME_ROWS + line;
            above[frame] = rows[0];
            middle[frame] = rows[STRIP_DISTANCE_ROWS];
            below[frame] = rows[2 * STRIP_DISTANCE_ROWS];
        }
        const size_t first = line * STRIP_ROW_SAMPLES;
        fpx_extremes_u8_accumulate(counters[0] + first, counters[1] + first, counters[2] + first, counters[3] + first,
                                   above, middle, below, row->frame_count, STRIP_ROW_SAMPLES, STRIP_DISTANCE_SAMPLES, 0,
                                   255);
    }
}

static void run_channel_sums_u8(const row *row) {
    uint64_t sum[3] = {0}, squares[3] = {0};
    fpx_channel_sums_u8(sum, squares, memory.frames[0], 3, row->sample_count / 3);
    sink |= sum[0] | squares[0];
}

static void run_channel_sums_u16(const row *row) {
    uint64_t sum[3] = {0}, squares[3] = {0};
    fpx_channel_sums_u16(sum, squares, (const uint16_t *)memory.frames[0], 3, row->sample_count / 3);
    sink |= sum[0] | squares[0];
}

static void run_channel_histogram_u8(const row *row) {
    fpx_channel_histogram_u8((uint64_t *)memory.first_accumulators, memory.frames[0], 3, row->sample_count / 3);
}

static void run_addweighted_u8(const row *row) {
    fpx_addweighted_u8(memory.first_accumulators, memory.frames[0], memory.frames[1], row->sample_count, 0.3, 0.7, 1.5);
}

/// Rows without gaps between them.
enum { SHORT_ROW_SAMPLES = 300 };

static void run_addweighted_u8_rows(const row *row) {
    fpx_addweighted_u8_rows(memory.first_accumulators, SHORT_ROW_SAMPLES, memory.frames[0], SHORT_ROW_SAMPLES,
                            memory.frames[1], SHORT_ROW_SAMPLES, SHORT_ROW_SAMPLES,
                            row->sample_count / SHORT_ROW_SAMPLES, 0.3, 0.7, 1.5, 1);
}

static void run_addweighted_u16(const row *row) {
    fpx_addweighted_u16((uint16_t *)memory.first_accumulators, (const uint16_t *)memory.frames[0],
                        (const uint16_t *)memory.frames[1], row->sample_count, 0.3, 0.7, 1.5);
}

static void run_addweighted_f32(const row *row) {
    fpx_addweighted_f32((float *)memory.first_accumulators, (const float *)memory.frames[0],
                        (const float *)memory.frames[1], row->sample_count, 0.3, 0.7, 1.5);
}

enum { GAUSSIAN_CHANNELS = 3, GAUSSIAN_ROWS = 128, LARGE_WIDTH = 4032, LEVEL2_WIDTH = 512, ODD_WIDTH = 99 };

/// Prepared anew for each table.
static fpx_gaussian gaussian;

static size_t gaussian_width(const row *row) {
    if (row->sample_count == LARGE_SAMPLES) return LARGE_WIDTH;
    return row->sample_count == ODD_WIDTH * GAUSSIAN_ROWS * GAUSSIAN_CHANNELS ? ODD_WIDTH : LEVEL2_WIDTH;
}

static void run_gaussian_u8(const row *row) {
    const size_t width = gaussian_width(row);
    const ptrdiff_t stride = (ptrdiff_t)(width * GAUSSIAN_CHANNELS);
    fpx_gaussian_u8_image(memory.first_accumulators, stride, memory.frames[0], stride, width,
                          row->sample_count / (size_t)stride, GAUSSIAN_CHANNELS, &gaussian, 1);
}

static void run_gaussian_u16(const row *row) {
    const size_t width = gaussian_width(row);
    const ptrdiff_t stride = (ptrdiff_t)(width * GAUSSIAN_CHANNELS * 2);
    fpx_gaussian_u16_image((uint16_t *)memory.first_accumulators, stride, (const uint16_t *)memory.frames[0], stride,
                           width, 2 * row->sample_count / (size_t)stride, GAUSSIAN_CHANNELS, &gaussian, 1);
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

/// A row on the level and with the extensions that this processor prefers.
static void add_best_row(const char *name, void (*run)(const row *), size_t frame_count, size_t sample_count,
                         size_t bytes_per_sample) {
    row *added = add_row(name, run, frame_count, sample_count, bytes_per_sample);
    for (int isa = 0; isa < FPX_ISA_COUNT; isa++) {
        if (fpx_isa_available((fpx_isa)isa)) added->isa = (fpx_isa)isa;
    }
    added->extensions = fpx_isa_extensions_preferred(added->isa);
    added->selects_level = true;
}

/// Levels for which this processor prefers an extension that matters are measured without it as well.
static void add_level_rows(const char *name, void (*run)(const row *), size_t frame_count, size_t sample_count,
                           size_t bytes_per_sample, unsigned extension, const char *extension_name) {
    for (int isa = 0; isa < FPX_ISA_COUNT; isa++) {
        if (!fpx_isa_available((fpx_isa)isa)) continue;
        const unsigned preferred = fpx_isa_extensions_preferred((fpx_isa)isa);
        const bool used = (preferred & extension) != 0;
        for (int without = 0; without <= (used ? 1 : 0); without++) {
            char text[64];
            snprintf(text, sizeof text, "%s, %s%s%s", name, fpx_isa_name((fpx_isa)isa),
                     !used     ? ""
                     : without ? ", no "
                               : ", ",
                     used ? extension_name : "");
            row *added = add_row(text, run, frame_count, sample_count, bytes_per_sample);
            added->selects_level = true;
            added->isa = (fpx_isa)isa;
            added->extensions = without ? 0 : preferred;
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
            if (measured->selects_level) fpx_isa_select_with(measured->isa, measured->extensions);
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

/// Samples per nanosecond that a level must reach; nothing was promised for the others.
typedef struct rate_bounds {
    double avx2;
    double avx512;
} rate_bounds;

static const char bare_pass[] = "reading all, writing the accumulators";
static const rate_bounds no_rate_bounds = {0, 0};

static double rate_bound(const row *measured, rate_bounds bounds) {
    if (!measured->selects_level) return 0;
    return measured->isa == FPX_ISA_AVX512 ? bounds.avx512 : measured->isa == FPX_ISA_AVX2 ? bounds.avx2 : 0;
}

/// The scalar version defines the result; what was promised is promised for the tuned ones.
static bool ratio_is_bounded(const row *measured) { return measured->selects_level && measured->isa != FPX_ISA_C; }

static const char *verdict(bool met) { return met ? "met" : "**NOT met**"; }

/// Rows that select no level are references: each gets a column with the other rows' times relative to its own.
/// `cost` scales a kernel's time before it is divided, for kernels that move more bytes than the reference.
static void print_table(const char *title, const char *unit, double cost, rate_bounds bounds) {
    measure();
    const bool rate_is_bounded = bounds.avx2 > 0;
    say("\n### %s\n\n| | ms | samples/ns |", title);
    if (rate_is_bounded) say(" bound | |");
    for (size_t index = 0; index < row_count; index++) {
        if (rows[index].selects_level) continue;
        say(" times %s%s |", rows[index].name, unit);
        if (rows[index].bound > 0) say(" bound %.2f |", rows[index].bound);
    }
    say("\n|---|---:|---:|");
    if (rate_is_bounded) say("---:|---|");
    for (size_t index = 0; index < row_count; index++) {
        if (!rows[index].selects_level) say(rows[index].bound > 0 ? "---:|---|" : "---:|");
    }
    for (size_t index = 0; index < row_count; index++) {
        const row *measured = &rows[index];
        const double rate = (double)measured->samples / measured->median_nanoseconds;
        say("\n| %s | %.4g | %.2f |", measured->name, measured->median_nanoseconds / 1e6, rate);
        const double least = rate_bound(measured, bounds);
        if (least > 0)
            say(" at least %g | %s |", least, verdict(rate >= least));
        else if (rate_is_bounded)
            say(" | |");
        for (size_t other = 0; other < row_count; other++) {
            const row *reference = &rows[other];
            if (reference->selects_level) continue;
            const double factor = measured->selects_level ? cost : 1.0;
            const double ratio = factor * measured->median_nanoseconds / reference->median_nanoseconds;
            say(" %.2f |", ratio);
            if (reference->bound > 0)
                say(" %s |", ratio_is_bounded(measured) ? verdict(ratio <= reference->bound) : "");
        }
    }
    say("\n");
    row_count = 0;
}

/// With no names given, everything is.
static bool wanted(int name_count, char **names, const char *name) {
    if (name_count == 0) return true;
    for (int index = 0; index < name_count; index++) {
        if (strcmp(names[index], name) == 0) return true;
    }
    return false;
}

int main(int argument_count, char **arguments) {
    int name_count = argument_count - 1;
    char **names = arguments + 1;
    if (name_count >= 2 && strcmp(names[0], "--section") == 0) {
        section = fopen(names[1], "w");
        if (section == NULL) {
            perror(names[1]);
            return 1;
        }
        name_count -= 2;
        names += 2;
    }
    say("## Kernels, one thread\n\n`Benchmarks/Kernels/run`. Medians of %d rounds in which the rows of a table run in "
        "turn. "
        "The bounds are about the tuned levels; `c` is the definition that they are compared with.\n",
        ROUNDS);

    has_wide = fpx_isa_available(FPX_ISA_AVX2);
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

    if (wanted(name_count, names, "moments")) {
        add_row("reading all", run_read_all_8, FRAMES, LARGE_SAMPLES, 1)->bound = 1.25;
        add_row("reading the frames alone", run_read_frames, FRAMES, LARGE_SAMPLES, 1)->bound = 1.25;
        add_row(bare_pass, run_bare_pass_8, FRAMES, LARGE_SAMPLES, 1)->bound = 1.25;
        add_level_rows("moments u8", run_moments_u8, FRAMES, LARGE_SAMPLES, 1, FPX_EXTENSION_DOT_PRODUCT,
                       "dot product");
        print_table("Moments u8, 8 frames of 12 Mpx x 3 channels, from memory", "", 1, no_rate_bounds);
        const double frame_megabytes = (double)FRAMES * LARGE_SAMPLES / 1e6;
        const double accumulator_megabytes = (double)LARGE_SAMPLES * 8 / 1e6;
        say("\n\"Reading all\" loads every byte that the kernel loads, once, and writes nothing: %d frames of %d "
            "bytes\n"
            "(%.0f MB), and 4 bytes of sums and 4 bytes of sums of squares for each of the %d subpixels (%.0f MB). "
            "The\n"
            "bound is about this one, a bare read of the same bytes. It is held against the two others as well: the\n"
            "frames alone, which is half of what a kernel has to read, and \"%s\", which\n"
            "also writes %.0f MB, as the kernel does.\n",
            FRAMES, LARGE_SAMPLES, frame_megabytes, LARGE_SAMPLES, accumulator_megabytes, bare_pass,
            accumulator_megabytes);

        add_row(bare_pass, run_bare_pass_8, FRAMES, LEVEL2_SAMPLES, 1);
        add_level_rows("moments u8", run_moments_u8, FRAMES, LEVEL2_SAMPLES, 1, FPX_EXTENSION_DOT_PRODUCT,
                       "dot product");
        print_table("Moments u8, 8 frames of 32,768 samples, all in level-2 cache", "", 1,
                    (rate_bounds){.avx2 = 6, .avx512 = 12});

        add_row("reading and writing the accumulators", run_rewrite_accumulators_8, FRAMES, LARGE_SAMPLES, 1);
        add_level_rows("moments u8", run_moments_u8_strips, FRAMES, LARGE_SAMPLES, 1, FPX_EXTENSION_DOT_PRODUCT,
                       "dot product");
        print_table("Moments u8, 8 frames of 32,768 samples in level-2 cache, accumulators of 12 Mpx x 3 from memory",
                    "", 1, no_rate_bounds);

        add_row("bare pass over 8 frames", run_bare_pass_8, FRAMES, LEVEL2_SAMPLES, 1);
        for (size_t frame_count = 1; frame_count <= FRAMES; frame_count++) {
            char name[64];
            snprintf(name, sizeof name, "%zu frame%s", frame_count, frame_count == 1 ? "" : "s");
            add_best_row(name, run_moments_u8, frame_count, LEVEL2_SAMPLES, 1);
        }
        print_table("Moments u8 by number of frames, 32,768 samples, best level, in level-2 cache", "", 1,
                    no_rate_bounds);

        const size_t batches[] = {6, 8, 12, 14, MOST_BATCH_FRAMES};
        add_row("bare pass over 8 frames", run_bare_pass_8, FRAMES, BATCH_ROW_SAMPLES, 1);
        for (size_t sample_bytes = 1; sample_bytes <= 2; sample_bytes++) {
            for (size_t index = 0; index < sizeof batches / sizeof batches[0]; index++) {
                char name[64];
                snprintf(name, sizeof name, "u%zu, %zu frames", 8 * sample_bytes, batches[index]);
                add_best_row(name, sample_bytes == 1 ? run_moments_u8_batch : run_moments_u16_batch, batches[index],
                             BATCH_ROW_SAMPLES, sample_bytes);
            }
        }
        print_table("Moments of batches that the program takes, a row of 12,000 samples, best level", "", 1,
                    no_rate_bounds);

        add_best_row("u8, rows of 256 samples, whole vectors", run_moments_u8_batch, 12, 256, 1);
        add_best_row("u8, rows of 299 samples", run_moments_u8_batch, 12, 299, 1);
        add_best_row("u16, rows of 256 samples, whole vectors", run_moments_u16_batch, 12, 256, 2);
        add_best_row("u16, rows of 299 samples", run_moments_u16_batch, 12, 299, 2);
        print_table("Moments of 12 frames, short rows and odd lengths, best level, in cache", "", 1, no_rate_bounds);

        add_row(bare_pass, run_bare_pass_12, FRAMES, LARGE_SAMPLES, 2);
        add_level_rows("moments u16", run_moments_u16, FRAMES, LARGE_SAMPLES, 2, FPX_EXTENSION_DOT_PRODUCT,
                       "dot product");
        print_table("Moments u16, 8 frames of 12 Mpx x 3 channels, from memory", "", 1, no_rate_bounds);

        add_row(bare_pass, run_bare_pass_12, FRAMES, LEVEL2_SAMPLES / 2, 2);
        add_level_rows("moments u16", run_moments_u16, FRAMES, LEVEL2_SAMPLES / 2, 2, FPX_EXTENSION_DOT_PRODUCT,
                       "dot product");
        print_table("Moments u16, 8 frames of 16,384 samples, all in level-2 cache", "", 1, no_rate_bounds);
    }

    if (wanted(name_count, names, "summaries")) {
        add_row("reading the accumulators", run_read_accumulators_8, 1, LARGE_SAMPLES, 1);
        add_level_rows("summarise u8", run_summarise_u8, 1, LARGE_SAMPLES, 1, 0, NULL);
        print_table("Summary of scaled M2, u8, 12 Mpx x 3 channels, from memory", "", 1, no_rate_bounds);

        add_row("reading the accumulators", run_read_accumulators_12, 1, LARGE_SAMPLES, 2);
        add_level_rows("summarise u16", run_summarise_u16, 1, LARGE_SAMPLES, 2, 0, NULL);
        print_table("Summary of scaled M2, u16, 12 Mpx x 3 channels, from memory", "", 1, no_rate_bounds);
    }

    if (wanted(name_count, names, "extremes")) {
        // The numbers of photos that the main job opens at once.
        const size_t batches[] = {6, 12, 14, 16};
        const size_t strip = (size_t)STRIP_ROWS * STRIP_ROW_SAMPLES;
        char title[128];
        prepare_strips(0);
        for (size_t index = 0; index < sizeof batches / sizeof batches[0]; index++) {
            add_row("reading the rows", run_read_strips, batches[index], strip, 1);
            add_level_rows("extremes u8, tile", run_extremes_u8, batches[index], strip, 1, 0, NULL);
            add_level_rows("row by row", run_extremes_u8_row_by_row, batches[index], strip, 1, 0, NULL);
            snprintf(title, sizeof title, "Extremes u8, %zu frames of 16 rows of 4,000 x 3 samples", batches[index]);
            print_table(title, "", 1, no_rate_bounds);
        }
        add_level_rows("extremes u16, tile", run_extremes_u16, 12, strip, 2, 0, NULL);
        print_table("Extremes u16, 12 frames of 16 rows of 4,000 x 3 samples", "", 1, no_rate_bounds);
        add_best_row("u8, rows of 256 samples, whole vectors", run_extremes_u8, 12, STRIP_ROWS * 256, 1);
        add_best_row("u8, rows of 297 samples", run_extremes_u8, 12, STRIP_ROWS * 297, 1);
        add_best_row("u16, rows of 256 samples, whole vectors", run_extremes_u16, 12, STRIP_ROWS * 256, 2);
        add_best_row("u16, rows of 297 samples", run_extremes_u16, 12, STRIP_ROWS * 297, 2);
        print_table("Extremes of 12 frames of 16 short rows, best level, in cache", "", 1, no_rate_bounds);
        prepare_strips(1);
        add_level_rows("extremes u8, tile", run_extremes_u8, 12, strip, 1, 0, NULL);
        print_table("Extremes u8, the same 12 frames, all white", "", 1, no_rate_bounds);
    }

    if (wanted(name_count, names, "channels")) {
        // Sixteen rows of a photo of 12 megapixels, as a decoder hands them over.
        const size_t strip = 16 * 4000 * 3;
        add_row("reading the samples", run_read_frames, 1, strip, 1);
        add_level_rows("channel sums u8", run_channel_sums_u8, 1, strip, 1, FPX_EXTENSION_DOT_PRODUCT, "dot product");
        add_row("channel histogram u8", run_channel_histogram_u8, 1, strip, 1)->selects_level = true;
        print_table("Sums of channels, u8, 192,000 samples of 3 channels, in level-2 cache", "", 1, no_rate_bounds);
        add_row("reading the samples", run_read_frames, 1, strip, 2);
        add_level_rows("channel sums u16", run_channel_sums_u16, 1, strip, 2, 0, NULL);
        print_table("Sums of channels, u16, 192,000 samples of 3 channels, in level-2 cache", "", 1, no_rate_bounds);
    }

    if (wanted(name_count, names, "addweighted")) {
        const double three_bytes_to_two = 2.0 / 3.0;
        struct {
            const char *place;
            size_t sample_count;
        } const sizes[] = {{"12 Mpx x 3 channels, from memory", LARGE_SAMPLES},
                           {"65,536 samples, in level-2 cache", 64 * 1024}};
        for (size_t index = 0; index < 2; index++) {
            const size_t sample_count = sizes[index].sample_count;
            char title[128];
            // In the cache no bound of this kind was promised: memcpy computes nothing, and there it shows.
            add_row("memcpy", run_memcpy, 1, sample_count, 1)->bound = sample_count == LARGE_SAMPLES ? 1.25 : 0;
            add_level_rows("addweighted u8", run_addweighted_u8, 1, sample_count, 1, FPX_EXTENSION_SUBNORMAL,
                           "subnormal arithmetic");
            snprintf(title, sizeof title, "addWeighted u8, %s", sizes[index].place);
            print_table(title, ", per byte moved", three_bytes_to_two, no_rate_bounds);

            add_row("memcpy", run_memcpy, 1, sample_count, 2);
            add_level_rows("addweighted u16", run_addweighted_u16, 1, sample_count, 2, 0, NULL);
            snprintf(title, sizeof title, "addWeighted u16, %s", sizes[index].place);
            print_table(title, ", per byte moved", three_bytes_to_two, no_rate_bounds);

            add_row("memcpy", run_memcpy, 1, sample_count, 4);
            add_level_rows("addweighted f32", run_addweighted_f32, 1, sample_count, 4, 0, NULL);
            snprintf(title, sizeof title, "addWeighted f32, %s", sizes[index].place);
            print_table(title, ", per byte moved", three_bytes_to_two, no_rate_bounds);
        }
    }

    if (wanted(name_count, names, "addweighted")) {
        add_row("memcpy of 4,000 samples", run_memcpy, 1, 4000, 1);
        add_best_row("one row of 3,968 samples, whole vectors", run_addweighted_u8, 1, 3968, 1);
        add_best_row("one row of 4,000 samples", run_addweighted_u8, 1, 4000, 1);
        add_best_row("one row of 299 samples", run_addweighted_u8, 1, 299, 1);
        add_best_row("100 rows of 300 samples without gaps", run_addweighted_u8_rows, 1, 100 * SHORT_ROW_SAMPLES, 1);
        print_table("addWeighted u8, rows, best level, in cache", "", 1, no_rate_bounds);
    }

    if (wanted(name_count, names, "gaussian")) {
        const struct {
            const char *place;
            size_t sample_count;
        } sizes[] = {{"12 Mpx x 3 channels, from memory", LARGE_SAMPLES},
                     {"512 x 128 x 3 samples, in level-2 cache", LEVEL2_WIDTH * GAUSSIAN_ROWS * GAUSSIAN_CHANNELS},
                     {"99 x 128 x 3 samples, in cache", ODD_WIDTH * GAUSSIAN_ROWS * GAUSSIAN_CHANNELS}};
        const size_t taps[] = {3, 15, 31};
        for (size_t index = 0; index < 3; index++) {
            for (size_t tap = 0; tap < 3; tap++) {
                const size_t sample_count = sizes[index].sample_count;
                char title[128];
                fpx_gaussian_prepare(&gaussian, taps[tap], 0);
                add_row("memcpy", run_memcpy, 1, sample_count, 1);
                add_level_rows("gaussian u8", run_gaussian_u8, 1, sample_count, 1, FPX_EXTENSION_DOT_PRODUCT,
                               "dot product");
                snprintf(title, sizeof title, "Gaussian u8, %zu x %zu, %s", taps[tap], taps[tap], sizes[index].place);
                print_table(title, "", 1, no_rate_bounds);
            }
            fpx_gaussian_prepare(&gaussian, 15, 0);
            add_row("memcpy", run_memcpy, 1, sizes[index].sample_count, 2);
            add_level_rows("gaussian u16", run_gaussian_u16, 1, sizes[index].sample_count, 2, FPX_EXTENSION_DOT_PRODUCT,
                           "dot product");
            char title[128];
            snprintf(title, sizeof title, "Gaussian u16, 15 x 15, %s", sizes[index].place);
            print_table(title, "", 1, no_rate_bounds);
            fpx_gaussian_prepare(&gaussian, 3, 0);
            add_row("memcpy", run_memcpy, 1, sizes[index].sample_count, 2);
            add_level_rows("gaussian u16", run_gaussian_u16, 1, sizes[index].sample_count, 2, 0, NULL);
            snprintf(title, sizeof title, "Gaussian u16, 3 x 3, %s", sizes[index].place);
            print_table(title, "", 1, no_rate_bounds);
        }
    }

    // Last, because it leaves float64 numbers in the accumulators.
    if (wanted(name_count, names, "welford")) {
        struct {
            const char *sample;
            void (*run)(const row *);
            size_t bytes;
        } const kinds[] = {{"u8", run_welford_u8, 1}, {"u16", run_welford_u16, 2}, {"f32", run_welford_f32, 4}};
        for (size_t index = 0; index < 3; index++) {
            char title[128], name[64];
            memset(memory.first_accumulators, 0, (size_t)LARGE_SAMPLES * 8);
            memset(memory.second_accumulators, 0, (size_t)LARGE_SAMPLES * 8);
            add_row(bare_pass, run_bare_pass_16, FRAMES, LARGE_SAMPLES, kinds[index].bytes);
            snprintf(name, sizeof name, "Welford %s", kinds[index].sample);
            add_level_rows(name, kinds[index].run, FRAMES, LARGE_SAMPLES, kinds[index].bytes, 0, NULL);
            snprintf(title, sizeof title, "Welford %s, 8 frames of 12 Mpx x 3 channels, from memory",
                     kinds[index].sample);
            print_table(title, "", 1, no_rate_bounds);
        }
    }
    if (section != NULL && fclose(section) != 0) {
        perror("--section");
        return 1;
    }
    return 0;
}
