/// Every variant of every kernel against the definition in C, and the public functions with nothing to do.
///
/// A program without Swift, so that it runs where the test suite cannot: compiled for arm64 under an emulator, with an
/// emulated AVX-512, under MemorySanitizer. `scripts/test-kernels` makes and runs it. Buffers are exactly as large as
/// the functions may touch, from malloc, for sanitizers to watch their ends. Prints one line for each variant; exit
/// code 1 and what differs when something does.
///
///     harness                every variant that can run here
///     harness VARIANT...     fails unless each of these, named as printed, is among them
///     harness -LEVEL...      leaves out the variants of this level
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

// ---- Numbers ----

static uint64_t state = 20240607;

static uint64_t random_bits(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1du;
}

static size_t random_below(size_t limit) { return (size_t)(random_bits() >> 11) % limit; }

static void *allocate(size_t bytes) {
    // Of no bytes there is still an address.
    void *address = malloc(bytes > 0 ? bytes : 1);
    if (address == NULL) abort();
    return address;
}

/// Bytes of any value, among them runs of zeros and of the largest.
static void *random_bytes(size_t bytes) {
    uint8_t *address = allocate(bytes);
    const size_t kind = random_below(4);
    for (size_t index = 0; index < bytes; index++) {
        const uint8_t value = (uint8_t)(random_bits() >> 56);
        address[index] = kind == 0 && index % 64 < 20 ? 0 : kind == 1 && index % 64 < 20 ? 255 : value;
    }
    return address;
}

static float *random_floats(size_t count, bool with_special_values) {
    float *values = allocate(count * sizeof *values);
    static const float special[] = {0.0f, -0.0f, 0x1p-140f, -0x1p-130f, 3e38f, -3e38f};
    for (size_t index = 0; index < count; index++) {
        values[index] = (float)(int64_t)random_bits() * 0x1p-50f;
        if (with_special_values && random_below(9) == 0) values[index] = special[random_below(6)];
        if (with_special_values && random_below(40) == 0)
            values[index] = random_below(2) ? __builtin_inff() : -__builtin_inff();
        if (with_special_values && random_below(60) == 0) values[index] = __builtin_nanf("");
    }
    return values;
}

// ---- Variants ----

typedef struct variant {
    fpx_isa isa;
    unsigned extensions;
} variant;

static const char *name_of(variant variant) {
    static char name[80];
    snprintf(name, sizeof name, "%s%s%s", fpx_isa_name(variant.isa),
             variant.extensions & FPX_EXTENSION_SUBNORMAL ? "+subnormal" : "",
             variant.extensions & FPX_EXTENSION_DOT_PRODUCT ? "+dot_product" : "");
    return name;
}

static bool is_failed;
static variant current;

__attribute__((format(printf, 1, 2))) static void fail(const char *format, ...) {
    va_list arguments;
    is_failed = true;
    printf("FAILED %s: ", name_of(current));
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

/// What a function writes: `count` elements of `size` bytes that begin as `start` says. Compares with the definition's.
typedef struct results {
    void *start;
    void *expected;
    void *actual;
    size_t bytes;
} results;

static results make_results(size_t bytes, void *start) {
    results results = {start, allocate(bytes), allocate(bytes), bytes};
    memcpy(results.expected, start, bytes);
    memcpy(results.actual, start, bytes);
    return results;
}

static bool are_equal_floats(const results *results) {
    const float *expected = results->expected, *actual = results->actual;
    for (size_t index = 0; index < results->bytes / sizeof(float); index++) {
        // Which not-a-number comes out is not defined.
        if (expected[index] != expected[index] && actual[index] != actual[index]) continue;
        if (memcmp(expected + index, actual + index, sizeof(float)) != 0) return false;
    }
    return true;
}

/// Frees them, too, so it is asked once for each.
static bool are_equal(results *results, bool of_floats) {
    const bool equal =
        of_floats ? are_equal_floats(results) : memcmp(results->expected, results->actual, results->bytes) == 0;
    free(results->start);
    free(results->expected);
    free(results->actual);
    return equal;
}

static void select_definition(void) { fpx_isa_select_with(FPX_ISA_C, 0); }
static void select_current(void) { fpx_isa_select_with(current.isa, current.extensions); }

// ---- Operations ----

static size_t random_length(void) {
    const size_t kind = random_below(4);
    return kind == 0 ? random_below(8) : kind < 3 ? random_below(300) : random_below(3000);
}

enum { MOST_FRAMES = 600 };

/// Frames of `bytes` bytes; frames[count...] are not set.
/// Now and then all of them as bright as can be, or as dark, which no sum may overflow from, shifted or not.
static void make_frames(void *frames[MOST_FRAMES], size_t count, size_t bytes) {
    const size_t kind = random_below(20);
    for (size_t frame = 0; frame < count; frame++) {
        frames[frame] = random_bytes(bytes);
        if (kind < 3) memset(frames[frame], kind < 2 ? 0xff : 0, bytes);
    }
}

static void free_frames(void *frames[MOST_FRAMES], size_t count) {
    for (size_t frame = 0; frame < count; frame++)
        free(frames[frame]);
}

static size_t random_frame_count(void) { return random_below(20) == 0 ? 240 + random_below(300) : random_below(19); }

static void check_moments(size_t sample_bytes) {
    void *frames[MOST_FRAMES];
    const size_t frame_count = random_frame_count(), count = random_length(), square_bytes = 4 * sample_bytes;
    make_frames(frames, frame_count, count * sample_bytes);
    // Room for the new frames above what is there, as the headers ask.
    uint32_t *sum = allocate(count * 4);
    uint8_t *squares = allocate(count * square_bytes);
    for (size_t index = 0; index < count; index++)
        sum[index] = (uint32_t)random_below(1000);
    memset(squares, 0, count * square_bytes);
    results sums = make_results(count * 4, sum), square_sums = make_results(count * square_bytes, squares);
    for (int pass = 0; pass < 2; pass++) {
        uint32_t *sum_of = pass == 0 ? sums.expected : sums.actual;
        void *squares_of = pass == 0 ? square_sums.expected : square_sums.actual;
        pass == 0 ? select_definition() : select_current();
        const fpx_status status =
            sample_bytes == 1
                ? fpx_moments_u8_accumulate_tile(sum_of, squares_of, (const uint8_t *const *)frames, frame_count, count)
                : fpx_moments_u16_accumulate_tile(sum_of, squares_of, (const uint16_t *const *)frames, frame_count,
                                                  count);
        if (status != FPX_OK) fail("moments: status %d", status);
    }
    fpx_scaled_m2_summary summaries[2];
    memset(summaries, 0, sizeof summaries);
    for (int pass = 0; pass < 2; pass++) {
        pass == 0 ? select_definition() : select_current();
        summaries[pass] = sample_bytes == 1
                              ? fpx_moments_u8_summarise_tile(sums.expected, square_sums.expected, frame_count, count)
                              : fpx_moments_u16_summarise_tile(sums.expected, square_sums.expected, frame_count, count);
    }
    if (memcmp(&summaries[0], &summaries[1], sizeof summaries[0]) != 0) fail("summary of %zu samples", count);
    const bool equal = are_equal(&sums, false) + are_equal(&square_sums, false) == 2;
    if (!equal) fail("moments of %zu frames of %zu samples of %zu bytes", frame_count, count, sample_bytes);
    free_frames(frames, frame_count);
}

static void check_welford(size_t kind) {
    void *frames[MOST_FRAMES];
    const size_t frame_count = random_frame_count(), count = random_length();
    const size_t bytes[] = {1, 2, 4};
    for (size_t frame = 0; frame < frame_count; frame++)
        frames[frame] = kind == 2 ? (void *)random_floats(count, false) : random_bytes(count * bytes[kind]);
    double *mean = allocate(count * 8), *m2 = allocate(count * 8);
    for (size_t index = 0; index < count; index++) {
        mean[index] = (double)random_below(1000) / 7;
        m2[index] = (double)random_below(100000) / 3;
    }
    results means = make_results(count * 8, mean), m2s = make_results(count * 8, m2);
    for (int pass = 0; pass < 2; pass++) {
        double *mean_of = pass == 0 ? means.expected : means.actual, *m2_of = pass == 0 ? m2s.expected : m2s.actual;
        pass == 0 ? select_definition() : select_current();
        if (kind == 0)
            fpx_welford_u8_accumulate_tile(mean_of, m2_of, 3, (const uint8_t *const *)frames, frame_count, count);
        if (kind == 1)
            fpx_welford_u16_accumulate_tile(mean_of, m2_of, 3, (const uint16_t *const *)frames, frame_count, count);
        if (kind == 2)
            fpx_welford_f32_accumulate_tile(mean_of, m2_of, 3, (const float *const *)frames, frame_count, count);
    }
    const bool equal = are_equal(&means, false) + are_equal(&m2s, false) == 2;
    if (!equal) fail("Welford, kind %zu, of %zu frames of %zu samples", kind, frame_count, count);
    free_frames(frames, frame_count);
}

static double random_scalar(void) {
    switch (random_below(10)) {
    case 0: return 0;
    case 1: return 1e30;
    case 2: return -1e30;
    case 3: return __builtin_nan("");
    case 4: return (double)(int64_t)random_bits() * 0x1p-50;
    default: return (double)(int64_t)random_bits() * 0x1p-62;
    }
}

static void check_addweighted(size_t kind) {
    const size_t bytes[] = {1, 2, 4}, count = random_length(), size = count * bytes[kind];
    void *first = kind == 2 ? (void *)random_floats(count, true) : random_bytes(size);
    void *second = kind == 2 ? (void *)random_floats(count, true) : random_bytes(size);
    const double alpha = random_scalar(), beta = random_scalar(), gamma = random_scalar() * 20;
    results results = make_results(size, random_bytes(size));
    for (int pass = 0; pass < 2; pass++) {
        void *destination = pass == 0 ? results.expected : results.actual;
        pass == 0 ? select_definition() : select_current();
        if (kind == 0) fpx_addweighted_u8(destination, first, second, count, alpha, beta, gamma);
        if (kind == 1) fpx_addweighted_u16(destination, first, second, count, alpha, beta, gamma);
        if (kind == 2) fpx_addweighted_f32(destination, first, second, count, alpha, beta, gamma);
    }
    if (!are_equal(&results, kind == 2))
        fail("addWeighted, kind %zu, %zu samples, %g %g %g", kind, count, alpha, beta, gamma);
    free(first);
    free(second);
}

static void check_gaussian(size_t sample_bytes) {
    static const size_t sizes[] = {3, 5, 7, 9, 11, 15, 31, 99};
    fpx_gaussian gaussian;
    const size_t size = sizes[random_below(8)];
    const double sigma = random_below(2) ? 0 : 0.3 + (double)random_below(100) / 10;
    if (fpx_gaussian_prepare(&gaussian, size, sigma) != FPX_OK) fail("Gaussian of size %zu, sigma %g", size, sigma);
    const size_t channels = 1 + random_below(4), width = 1 + random_below(random_below(4) ? 60 : 900);
    const size_t row_count = 1 + random_below(12), row_bytes = width * channels * sample_bytes;
    void *rows[MOST_FRAMES];
    make_frames(rows, row_count + size - 1, row_bytes);
    results results = make_results(row_count * row_bytes, random_bytes(row_count * row_bytes));
    for (int pass = 0; pass < 2; pass++) {
        void *destination = pass == 0 ? results.expected : results.actual;
        pass == 0 ? select_definition() : select_current();
        const fpx_status status =
            sample_bytes == 1 ? fpx_gaussian_u8_rows(destination, (ptrdiff_t)row_bytes, (const uint8_t *const *)rows,
                                                     row_count, width, channels, &gaussian)
                              : fpx_gaussian_u16_rows(destination, (ptrdiff_t)row_bytes, (const uint16_t *const *)rows,
                                                      row_count, width, channels, &gaussian);
        if (status != FPX_OK) fail("Gaussian: status %d", status);
    }
    if (!are_equal(&results, false)) {
        fail("Gaussian of size %zu, sigma %g, %zu rows of %zu x %zu samples of %zu bytes", size, sigma, row_count,
             width, channels, sample_bytes);
    }
    free_frames(rows, row_count + size - 1);
}

static void check_extremes(size_t kind) {
    const size_t bytes[] = {1, 2, 4};
    const size_t frame_count = random_below(30) == 0 ? 257 : random_below(9), row_count = random_below(20);
    const size_t distance_rows = 1 + random_below(3), distance = 1 + random_below(12);
    const size_t count = random_below(5) == 0 ? 400 + random_below(900) : random_below(150);
    const size_t frame_rows = row_count + 2 * distance_rows;
    void **rows = allocate(frame_count * frame_rows * sizeof *rows);
    for (size_t row = 0; row < frame_count * frame_rows; row++) {
        rows[row] = kind == 2 ? (void *)random_floats(count, true) : random_bytes(count * bytes[kind]);
        // Ties.
        if (kind == 0 && random_below(2)) {
            for (size_t index = 0; index < count; index++)
                ((uint8_t *)rows[row])[index] &= 0xc0;
        }
    }
    results counts[4];
    for (int which = 0; which < 4; which++) {
        uint16_t *start = allocate(row_count * count * 2);
        for (size_t index = 0; index < row_count * count; index++)
            start[index] = (uint16_t)random_bits();
        counts[which] = make_results(row_count * count * 2, start);
    }
    for (int pass = 0; pass < 2; pass++) {
        uint16_t *of[4];
        for (int which = 0; which < 4; which++)
            of[which] = pass == 0 ? counts[which].expected : counts[which].actual;
        const ptrdiff_t stride = (ptrdiff_t)count * 2;
        pass == 0 ? select_definition() : select_current();
        if (kind == 0) {
            fpx_extremes_u8_accumulate_tile(of[0], of[1], of[2], of[3], stride, (const uint8_t *const *)rows,
                                            frame_count, row_count, count, distance_rows, distance, 0, 255);
        } else if (kind == 1) {
            fpx_extremes_u16_accumulate_tile(of[0], of[1], of[2], of[3], stride, (const uint16_t *const *)rows,
                                             frame_count, row_count, count, distance_rows, distance, 64, 65000);
        } else {
            fpx_extremes_f32_accumulate_tile(of[0], of[1], of[2], of[3], stride, (const float *const *)rows,
                                             frame_count, row_count, count, distance_rows, distance, -1e30f, 1e30f);
        }
    }
    for (int which = 0; which < 4; which++) {
        if (!are_equal(&counts[which], false)) {
            fail("extremes, kind %zu, counter %d, %zu frames of %zu x %zu, distance %zu, %zu", kind, which, frame_count,
                 row_count, count, distance_rows, distance);
        }
    }
    for (size_t row = 0; row < frame_count * frame_rows; row++)
        free(rows[row]);
    free(rows);
}

/// What fpx_persistence_row writes.
typedef struct persistence {
    fpx_persistence_sums tiles[64 * FPX_DETECTION_CHANNELS];
    fpx_persistence_sums phases[FPX_DETECTION_CHANNELS * FPX_DETECTION_PERIOD];
    fpx_row_marks marks[64];
    uint32_t flagged[700];
    size_t flagged_count;
} persistence;

static const double spread = 3, least_share = 0.01;

static double most_hits(double hits, double places, double frames) {
    const double share = frames > 0 && hits / (places * frames) > least_share ? hits / (places * frames) : least_share;
    const double most = frames * share + spread * __builtin_sqrt(frames * share * (share < 1 ? 1 - share : 0) + 0.25);
    const double bounded = most < FPX_DETECTION_MOST * frames ? most : FPX_DETECTION_MOST * frames;
    return (double)(uint16_t)(bounded < 65535 ? bounded : 65535);
}

static void add_place(fpx_persistence_sums *sums, const uint16_t *const *counters, size_t sample) {
    sums->above += counters[0][sample];
    sums->below += counters[1][sample];
    sums->blind_above += counters[2][sample];
    sums->blind_below += counters[3][sample];
    sums->places++;
}

/// One sample after the other, as the header says it.
static void persistence_as_defined(persistence *of, const uint16_t *const *counters, size_t width, size_t channels,
                                   size_t distance, size_t period, size_t tile_columns, size_t marked, size_t frames) {
    of->flagged_count = 0;
    for (size_t tile = 0; tile * tile_columns < width; tile++) {
        fpx_persistence_sums of_tile[FPX_DETECTION_CHANNELS] = {{0}};
        memset(&of->marks[tile], 0, sizeof of->marks[tile]);
        for (int pass = 0; pass < 2; pass++) {
            for (size_t column = tile * tile_columns; column < (tile + 1) * tile_columns && column < width; column++) {
                if (column < distance || column + distance >= width) continue;
                bool is_flagged = false;
                for (size_t channel = 0; channel < channels; channel++) {
                    const size_t at = column * channels + channel;
                    if (pass == 0) {
                        add_place(&of_tile[channel], counters, at);
                        add_place(&of->tiles[tile * channels + channel], counters, at);
                        add_place(&of->phases[column % period * channels + channel], counters, at);
                        if (channel != marked) continue;
                        of->marks[tile].silent += counters[0][at] == 0 && counters[1][at] == 0;
                        of->marks[tile].black += 2 * counters[3][at] >= frames;
                        of->marks[tile].white += 2 * counters[2][at] >= frames;
                    } else {
                        const double above = (double)of_tile[channel].above, below = (double)of_tile[channel].below;
                        const double places = (double)of_tile[channel].places, count = (double)frames;
                        is_flagged |= counters[0][at] > most_hits(above, places, count) ||
                                      counters[1][at] > most_hits(below, places, count) ||
                                      counters[0][at] + counters[1][at] > most_hits(above + below, places, count);
                    }
                }
                if (is_flagged) of->flagged[of->flagged_count++] = (uint32_t)column;
            }
        }
    }
}

static void check_persistence(void) {
    static persistence expected, actual;
    const size_t channels = 1 + random_below(4), period = 1 + random_below(16), distance = random_below(7);
    const size_t width = random_below(700), tile_columns = 11 + random_below(245), marked = random_below(channels);
    const size_t frames = random_below(4) ? random_below(300) : 60000 + random_below(5536);
    const size_t count = width * channels;
    uint16_t *counters[4];
    for (int which = 0; which < 4; which++) {
        counters[which] = allocate(count * 2);
        for (size_t index = 0; index < count; index++) {
            // Often as in a scene, sometimes half of the frames and more; above and below exclude each other.
            const size_t most = which == 1 ? frames - counters[0][index] : frames;
            counters[which][index] = (uint16_t)(random_below(30) ? random_below(most / 9 + 1) : random_below(most + 1));
        }
    }
    memset(&expected, 0, sizeof expected);
    for (size_t phase = 0; phase < period * channels; phase++)
        expected.phases[phase].places = random_bits() % 9;
    actual = expected;
    persistence_as_defined(&expected, (const uint16_t *const *)counters, width, channels, distance, period,
                           tile_columns, marked, frames);
    const fpx_status status = fpx_persistence_row(
        actual.tiles, actual.phases, actual.marks, actual.flagged, &actual.flagged_count, counters[0], counters[1],
        counters[2], counters[3], width, channels, distance, period, tile_columns, marked, frames, spread, least_share);
    // Columns behind the number of those that are flagged are not defined.
    const size_t found = actual.flagged_count;
    memset(actual.flagged + found, 0, sizeof actual.flagged - found * sizeof *actual.flagged);
    if (status != FPX_OK || memcmp(&expected, &actual, sizeof expected) != 0) {
        fail("persistence, status %d, %zu x %zu, distance %zu, period %zu, tiles of %zu, %zu frames: %zu flagged, not "
             "%zu",
             status, width, channels, distance, period, tile_columns, frames, found, expected.flagged_count);
    }
    for (int which = 0; which < 4; which++)
        free(counters[which]);
}

/// Random sums, sound ones and others: what is said of them, and what they come to when they are sound.
static void check_merge(size_t sample_bytes) {
    const size_t count = random_length(), square_bytes = 4 * sample_bytes, frame_count = 1 + random_below(1000);
    const uint64_t largest = sample_bytes == 1 ? UINT8_MAX : UINT16_MAX;
    uint32_t *other_sums = allocate(count * 4);
    void *other_squares = allocate(count * square_bytes);
    for (size_t index = 0; index < count; index++) {
        const uint64_t sample = random_below(largest + 1),
                       square = frame_count * sample * sample - random_below(1000) / 999;
        other_sums[index] = (uint32_t)(frame_count * sample);
        if (sample_bytes == 1)
            ((uint32_t *)other_squares)[index] = (uint32_t)square;
        else
            ((uint64_t *)other_squares)[index] = square;
    }
    uint32_t *sum = allocate(count * 4);
    uint8_t *squares = allocate(count * square_bytes);
    memset(sum, 0, count * 4);
    memset(squares, 0, count * square_bytes);
    results sums = make_results(count * 4, sum), square_sums = make_results(count * square_bytes, squares);
    bool said[2];
    for (int pass = 0; pass < 2; pass++) {
        uint32_t *sum_of = pass == 0 ? sums.expected : sums.actual;
        void *squares_of = pass == 0 ? square_sums.expected : square_sums.actual;
        pass == 0 ? select_definition() : select_current();
        said[pass] =
            sample_bytes == 1
                ? fpx_moments_u8_merge_checked_tile(sum_of, squares_of, other_sums, other_squares, frame_count, count)
                : fpx_moments_u16_merge_checked_tile(sum_of, squares_of, other_sums, other_squares, frame_count, count);
    }
    const bool equal = are_equal(&sums, false) + are_equal(&square_sums, false) == 2;
    if (!equal || said[0] != said[1]) fail("merge of %zu sums of %zu frames", count, frame_count);
    free(other_sums);
    free(other_squares);
}

static void check_counter_merge(void) {
    const size_t count = random_length(), frame_count = 1 + random_below(65535);
    const size_t most = random_below(2) ? frame_count / 2 + 1 : frame_count / 2;
    uint16_t *others[4];
    results counters[4];
    for (size_t which = 0; which < 4; which++) {
        others[which] = allocate(count * 2);
        uint16_t *start = allocate(count * 2);
        for (size_t index = 0; index < count; index++) {
            others[which][index] = (uint16_t)random_below(most + 1);
            start[index] = (uint16_t)random_bits();
        }
        counters[which] = make_results(count * 2, start);
    }
    bool said[2];
    for (int pass = 0; pass < 2; pass++) {
        uint16_t *own[4];
        for (size_t which = 0; which < 4; which++)
            own[which] = pass == 0 ? counters[which].expected : counters[which].actual;
        pass == 0 ? select_definition() : select_current();
        said[pass] = fpx_extremes_merge_checked(own[0], own[1], own[2], own[3], others[0], others[1], others[2],
                                                others[3], frame_count, count);
    }
    bool equal = said[0] == said[1];
    for (size_t which = 0; which < 4; which++) {
        equal = are_equal(&counters[which], false) && equal;
        free(others[which]);
    }
    if (!equal) fail("merge of %zu counters of %zu frames", count, frame_count);
}

static size_t pack(uint8_t *packed, size_t room, uint8_t *widths, const void *values, size_t count, size_t bytes) {
    return bytes == 2   ? fpx_pack_u16(packed, room, widths, values, count)
           : bytes == 4 ? fpx_pack_u32(packed, room, widths, values, count)
                        : fpx_pack_u64(packed, room, widths, values, count);
}

static size_t unpack(void *values, size_t count, const uint8_t *widths, const uint8_t *packed, size_t room,
                     size_t bytes) {
    return bytes == 2   ? fpx_unpack_u16(values, count, widths, packed, room)
           : bytes == 4 ? fpx_unpack_u32(values, count, widths, packed, room)
                        : fpx_unpack_u64(values, count, widths, packed, room);
}

/// Numbers of any width, packed and unpacked again.
static void check_packing(size_t value_bytes) {
    const size_t count = random_length(), bytes = count * value_bytes;
    const size_t most = fpx_packed_most_bytes(count, value_bytes), blocks = fpx_packed_width_count(count, value_bytes);
    uint8_t *values = random_bytes(bytes);
    // As many bits of every number of a block as chance wills.
    unsigned kept = 0;
    for (size_t index = 0; index < count; index++) {
        if (index % FPX_PACKING_BLOCK_VALUES == 0) kept = (unsigned)random_below(8 * value_bytes + 1);
        for (size_t byte = 0; byte < value_bytes; byte++) {
            const unsigned bits = kept > 8 * byte ? kept - 8 * (unsigned)byte : 0;
            values[index * value_bytes + byte] &= (uint8_t)(bits >= 8 ? 255 : (1u << bits) - 1);
        }
    }
    results packed = make_results(most, calloc(most + 1, 1)), widths = make_results(blocks, calloc(blocks + 1, 1));
    results unpacked = make_results(bytes, calloc(bytes + 1, 1));
    size_t written[2], read[2];
    for (int pass = 0; pass < 2; pass++) {
        uint8_t *to = pass == 0 ? packed.expected : packed.actual, *own = pass == 0 ? widths.expected : widths.actual;
        pass == 0 ? select_definition() : select_current();
        written[pass] = pack(to, most, own, values, count, value_bytes);
        // Exactly as long as what is read.
        uint8_t *exact = allocate(written[pass]);
        memcpy(exact, to, written[pass]);
        read[pass] =
            unpack(pass == 0 ? unpacked.expected : unpacked.actual, count, own, exact, written[pass], value_bytes);
        free(exact);
    }
    bool equal = written[0] == written[1] && read[0] == written[0] && read[1] == written[0];
    equal = memcmp(unpacked.actual, values, bytes) == 0 && equal;
    equal = are_equal(&packed, false) && equal;
    equal = are_equal(&widths, false) && equal;
    equal = are_equal(&unpacked, false) && equal;
    if (!equal) fail("%zu packed numbers of %zu bytes", count, value_bytes);
    free(values);
}

static void check_variant(void) {
    for (int round = 0; round < 60; round++) {
        for (size_t kind = 0; kind < 3; kind++) {
            check_welford(kind);
            check_addweighted(kind);
            check_extremes(kind);
        }
        for (size_t bytes = 1; bytes <= 2; bytes++) {
            check_moments(bytes);
            check_merge(bytes);
            check_gaussian(bytes);
        }
    }
    for (int round = 0; round < 300; round++) {
        check_addweighted((size_t)round % 3);
        check_persistence();
        check_counter_merge();
        for (size_t bytes = 2; bytes <= 8; bytes *= 2)
            check_packing(bytes);
    }
}

// ---- Runners and frames at equal distances ----

/// A runner that begins with the last tile; counts the tiles in `context`.
static void run_backwards(void *context, size_t tile_count, fpx_tile_body body, void *tile_context) {
    *(size_t *)context += tile_count;
    for (size_t tile = tile_count; tile-- > 0;)
        body(tile, tile_context);
}

/// All from one buffer of samples, on `runner`; frames as pointers, or at equal distances.
static void run_everything(uint8_t *results, const uint8_t *samples, const fpx_parallel_runner *runner,
                           bool is_strided) {
    enum { FRAMES = 300, SAMPLES = 96, STRIDE = 104 };
    const uint8_t *frames[FRAMES];
    const uint16_t *wide[FRAMES];
    const float *floats[FRAMES];
    for (size_t frame = 0; frame < FRAMES; frame++) {
        frames[frame] = samples + frame * STRIDE;
        wide[frame] = (const void *)(samples + frame * STRIDE);
        floats[frame] = (const void *)(samples + frame * STRIDE);
    }
    uint32_t *sum = (void *)results;
    uint64_t *squares = (void *)(results + 512);
    double *mean = (void *)(results + 1536), *m2 = (void *)(results + 2560);
    fpx_status status = FPX_OK;
    if (is_strided) {
        status |=
            fpx_moments_u8_accumulate_strided(sum, (uint32_t *)squares, frames[0], STRIDE, FRAMES, SAMPLES, 40, runner);
        status |= fpx_moments_u16_accumulate_strided(sum, squares, wide[0], STRIDE, FRAMES, SAMPLES / 2, 40, runner);
        status |= fpx_welford_u8_accumulate_strided(mean, m2, 0, frames[0], STRIDE, FRAMES, SAMPLES, 40, runner);
        status |= fpx_welford_u16_accumulate_strided(mean, m2, 300, wide[0], STRIDE, FRAMES, SAMPLES / 2, 40, runner);
        status |=
            fpx_welford_f32_accumulate_strided(mean, m2, 600, floats[FRAMES - 1], -STRIDE, 5, SAMPLES / 4, 7, runner);
    } else {
        status |= fpx_moments_u8_accumulate_on(sum, (uint32_t *)squares, frames, FRAMES, SAMPLES, 40, runner);
        status |= fpx_moments_u16_accumulate_on(sum, squares, wide, FRAMES, SAMPLES / 2, 40, runner);
        status |= fpx_welford_u8_accumulate_on(mean, m2, 0, frames, FRAMES, SAMPLES, 40, runner);
        status |= fpx_welford_u16_accumulate_on(mean, m2, 300, wide, FRAMES, SAMPLES / 2, 40, runner);
        const float *last[5];
        for (size_t frame = 0; frame < 5; frame++)
            last[frame] = floats[FRAMES - 1 - frame];
        status |= fpx_welford_f32_accumulate_on(mean, m2, 600, last, 5, SAMPLES / 4, 7, runner);
    }
    uint8_t *image = results + 4096;
    fpx_gaussian gaussian;
    fpx_gaussian_prepare(&gaussian, 5, 0);
    // Rows without gaps, and with.
    status |= fpx_addweighted_u8_rows_on(image, 50, samples, 50, samples + 9000, 50, 50, 90, 0.7, 0.4, 3, runner);
    status |= fpx_addweighted_u16_rows_on((void *)(image + 5000), 104, (const void *)samples, 104,
                                          (const void *)(samples + 8), 104, 48, 30, 0.7, 0.4, 3, runner);
    status |= fpx_addweighted_f32_rows_on((void *)(image + 24000), 104, (const void *)samples, 104,
                                          (const void *)(samples + 8), 104, 24, 30, 0.7, 0.4, 3, runner);
    status |= fpx_gaussian_u8_image_on(image + 9000, 100, samples, 104, 33, 70, 3, &gaussian, runner);
    status |= fpx_gaussian_u16_image_on((void *)(image + 17000), 100, (const void *)samples, 104, 25, 70, 2, &gaussian,
                                        runner);
    if (status != FPX_OK) fail("on a runner: status %d", status);
}

static void check_runners(void) {
    enum { BYTES = 32768 };
    uint8_t *samples = random_bytes(BYTES), *results[4];
    // Floats that are numbers.
    for (size_t index = 3; index < BYTES; index += 4)
        samples[index] = 65;
    size_t tiles = 0;
    const size_t threads = 3;
    const fpx_parallel_runner backwards = {run_backwards, &tiles}, team = fpx_parallel_team(threads);
    for (int which = 0; which < 4; which++) {
        results[which] = allocate(BYTES);
        memset(results[which], 0, BYTES);
    }
    run_everything(results[0], samples, NULL, false);
    run_everything(results[1], samples, &backwards, false);
    run_everything(results[2], samples, &team, true);
    run_everything(results[3], samples, &backwards, true);
    for (int which = 1; which < 4; which++) {
        if (memcmp(results[0], results[which], BYTES) != 0) fail("runner %d: another result", which);
    }
    // The caller's has had all the tiles of both rounds: of 3, 2, 3, 2 and 4, and of bands and joined rows.
    if (tiles < 2 * 14) fail("the caller's runner got %zu tiles", tiles);
    for (int which = 0; which < 4; which++)
        free(results[which]);
    free(samples);
}

/// Rows of frames in one buffer: as pointers, and at equal distances, the last frame first. Near neighbours, and far
/// ones.
static void check_strided_extremes(void) {
    enum { ROW = 100, FRAMES = 50, COUNTED_ROWS = 35, COUNTERS = COUNTED_ROWS * ROW };
    const size_t bytes[] = {1, 2, 4}, distances[] = {2, 20};
    for (size_t kind = 0; kind < 3; kind++) {
        for (size_t index = 0; index < 2; index++) {
            const size_t distance = distances[index], frame_rows = COUNTED_ROWS + 2 * distance;
            const size_t row_bytes = ROW * bytes[kind], frame_bytes = frame_rows * row_bytes;
            uint8_t *samples =
                kind == 2 ? (void *)random_floats(FRAMES * frame_rows * ROW, true) : random_bytes(FRAMES * frame_bytes);
            const void **rows = allocate(FRAMES * frame_rows * sizeof *rows);
            for (size_t frame = 0; frame < FRAMES; frame++) {
                for (size_t row = 0; row < frame_rows; row++)
                    rows[frame * frame_rows + row] = samples + (FRAMES - 1 - frame) * frame_bytes + row * row_bytes;
            }
            uint16_t *expected = allocate(4 * COUNTERS * 2), *actual = allocate(4 * COUNTERS * 2);
            memset(expected, 0, 4 * COUNTERS * 2);
            memset(actual, 0, 4 * COUNTERS * 2);
            uint16_t *const e[4] = {expected, expected + COUNTERS, expected + 2 * COUNTERS, expected + 3 * COUNTERS};
            uint16_t *const a[4] = {actual, actual + COUNTERS, actual + 2 * COUNTERS, actual + 3 * COUNTERS};
            const ptrdiff_t counter = ROW * 2, row = (ptrdiff_t)row_bytes, frame = -(ptrdiff_t)frame_bytes;
            fpx_status status = FPX_OK;
            if (kind == 0) {
                status |= fpx_extremes_u8_accumulate_tile(e[0], e[1], e[2], e[3], counter, (const void *)rows, FRAMES,
                                                          COUNTED_ROWS, ROW, distance, 3, 0, 255);
                status |= fpx_extremes_u8_accumulate_strided(a[0], a[1], a[2], a[3], counter, rows[0], row, frame,
                                                             FRAMES, COUNTED_ROWS, ROW, distance, 3, 0, 255);
            } else if (kind == 1) {
                status |= fpx_extremes_u16_accumulate_tile(e[0], e[1], e[2], e[3], counter, (const void *)rows, FRAMES,
                                                           COUNTED_ROWS, ROW, distance, 3, 64, 65000);
                status |= fpx_extremes_u16_accumulate_strided(a[0], a[1], a[2], a[3], counter, rows[0], row, frame,
                                                              FRAMES, COUNTED_ROWS, ROW, distance, 3, 64, 65000);
            } else {
                status |= fpx_extremes_f32_accumulate_tile(e[0], e[1], e[2], e[3], counter, (const void *)rows, FRAMES,
                                                           COUNTED_ROWS, ROW, distance, 3, -1e30f, 1e30f);
                status |= fpx_extremes_f32_accumulate_strided(a[0], a[1], a[2], a[3], counter, rows[0], row, frame,
                                                              FRAMES, COUNTED_ROWS, ROW, distance, 3, -1e30f, 1e30f);
            }
            if (status != FPX_OK || memcmp(expected, actual, 4 * COUNTERS * 2) != 0)
                fail("extremes at equal distances, kind %zu, distance %zu: status %d", kind, distance, status);
            free(samples);
            free(rows);
            free(expected);
            free(actual);
        }
    }
}

// ---- Limits ----

#define EXPECT(status, call)                                                                                           \
    do {                                                                                                               \
        const fpx_status got = (call);                                                                                 \
        if (got != (status)) fail("%s: status %d", #call, got);                                                        \
    } while (0)

/// Rows beside others: as many as sums hold, samples and differences that are as large as can be, and what is no
/// number.
static void check_line_limits(void) {
    const float infinity = __builtin_inff(), nan = __builtin_nanf("");
    // Samples, what lies on both sides of them, and in which direction they lie far beyond both.
    const float huge = 3e38f;
    const float row[] = {huge, -huge, infinity, -infinity, 0, 0,   infinity, -infinity, nan,
                         0,    9,     9,        -9,        9, nan, nan,      0,         huge};
    const float left[] = {-huge, huge, 0, 0,   -infinity, infinity,  infinity, 0, 0,
                          nan,   nan,  0, nan, nan,       -infinity, infinity, 0, 0};
    const float right[] = {0, 0, 0, 0, -1e9f, 1e9f, 0, -infinity, 0, 0, 0, nan, 0, nan, 0, 0, 0, 0};
    static const int direction[] = {1, -1, 1, -1, 1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    enum { COUNT = sizeof direction / sizeof direction[0], ROWS = 600 };
    uint8_t above[COUNT] = {0}, below[COUNT] = {0}, tile_above[COUNT], tile_below[COUNT];
    int32_t sums[COUNT] = {0}, tile_sums[COUNT];
    // Beyond what they hold they begin anew, as the header says, and nothing else happens.
    for (uint32_t count = 1; count <= ROWS; count++) {
        EXPECT(FPX_OK, fpx_line_offsets_f32(above, below, sums, row, left, right, COUNT));
        for (size_t index = 0; index < COUNT; index++) {
            const uint32_t up = direction[index] > 0 ? count : 0, down = direction[index] < 0 ? count : 0;
            const uint32_t sum = (up - down) * (uint32_t)FPX_LINE_STEP;
            const bool is_exact = sums[index] / FPX_LINE_STEP == direction[index] * (int)count;
            if (above[index] != (uint8_t)up || below[index] != (uint8_t)down || (uint32_t)sums[index] != sum ||
                (count <= FPX_LINE_TILE_COLUMNS && !is_exact)) {
                fail("line offsets of sample %zu, row %u: %u above, %u below, sum %d", index, count, above[index],
                     below[index], sums[index]);
                return;
            }
        }
    }
    EXPECT(FPX_OK, fpx_tile_line_offsets_f32(tile_above, tile_below, tile_sums, row, left, right, COUNT, 1));
    for (size_t index = 0; index < COUNT; index++) {
        if (tile_above[index] != (direction[index] > 0) || tile_below[index] != (direction[index] < 0) ||
            tile_sums[index] != direction[index] * FPX_LINE_STEP) {
            fail("line offsets of tile %zu", index);
        }
    }
    float wide[FPX_LINE_TILE_COLUMNS], zeros[FPX_LINE_TILE_COLUMNS] = {0};
    for (size_t index = 0; index < FPX_LINE_TILE_COLUMNS; index++)
        wide[index] = -huge;
    EXPECT(FPX_OK, fpx_tile_line_offsets_f32(tile_above, tile_below, tile_sums, wide, zeros, zeros,
                                             FPX_LINE_TILE_COLUMNS, FPX_LINE_TILE_COLUMNS));
    if (tile_below[0] != FPX_LINE_TILE_COLUMNS || tile_sums[0] != -63 * FPX_LINE_STEP) fail("a tile of huge samples");
}

/// Rows without a complete cell need no sums of cells; a row of samples as large as can be fits; what lies too far
/// apart is no neighbour.
static void check_scene_limits(void) {
    enum { WIDTH = 7, LONG = 1 << 16 };
    float *row = allocate(LONG * sizeof *row);
    int64_t *cells = allocate(LONG / FPX_SCENE_CELL_COLUMNS * sizeof *cells);
    for (size_t index = 0; index < LONG; index++)
        row[index] = index % 2 ? __builtin_inff() : -__builtin_inff();
    row[2] = __builtin_nanf("");
    memset(cells, 0, LONG / FPX_SCENE_CELL_COLUMNS * sizeof *cells);
    int64_t level = 0, roughness = 0;
    EXPECT(FPX_OK, fpx_scene_row_f32(NULL, &level, &roughness, row, WIDTH, 1, 0, 1));
    if (level != 0 || roughness != 10 * (INT64_C(1) << 40)) fail("a row without cells");
    EXPECT(FPX_ERROR_ARGUMENT, fpx_scene_row_f32(NULL, &level, &roughness, row, WIDTH + 1, 1, 0, 1));
    EXPECT(FPX_OK, fpx_scene_row_f32(NULL, &level, &roughness, row, WIDTH, 1, 0, SIZE_MAX));
    EXPECT(FPX_OK, fpx_scene_row_f32(NULL, &level, &roughness, row, WIDTH, 1, 0, WIDTH));
    if (roughness != 10 * (INT64_C(1) << 40)) fail("neighbours that are too far");
    row[2] = -1e38f;
    // 64 times: as many samples as the sums of floats hold, less one row; then more.
    roughness = 0;
    for (int count = 0; count < 200; count++) {
        EXPECT(FPX_OK, fpx_scene_row_f32(cells, &level, &roughness, row, LONG, 1, 0, 1));
        if (count == 63 && roughness != 64 * (LONG - 1) * (INT64_C(1) << 41)) fail("roughness of huge samples");
    }
    free(row);
    free(cells);
}

// ---- Nothing to do ----

/// Clang's nullability says that these are no pointers to pass where there is work; here there is none.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wnonnull"
#endif

static void check_no_work(void) {
    fpx_gaussian gaussian;
    fpx_gaussian_prepare(&gaussian, 3, 0);
    for (size_t frames = 0; frames <= 8; frames += 8) {
        const size_t samples = frames == 0 ? 100 : 0;
        EXPECT(FPX_OK, fpx_moments_u8_accumulate_tile(NULL, NULL, NULL, frames, samples));
        EXPECT(FPX_OK, fpx_moments_u16_accumulate_tile(NULL, NULL, NULL, frames, samples));
        EXPECT(FPX_OK, fpx_moments_u8_accumulate(NULL, NULL, NULL, frames, samples, 64, 2));
        EXPECT(FPX_OK, fpx_moments_u16_accumulate(NULL, NULL, NULL, frames, samples, 64, 2));
        EXPECT(FPX_OK, fpx_welford_u8_accumulate_tile(NULL, NULL, 0, NULL, frames, samples));
        EXPECT(FPX_OK, fpx_welford_u16_accumulate_tile(NULL, NULL, 0, NULL, frames, samples));
        EXPECT(FPX_OK, fpx_welford_f32_accumulate_tile(NULL, NULL, 0, NULL, frames, samples));
        EXPECT(FPX_OK, fpx_welford_u8_accumulate(NULL, NULL, 0, NULL, frames, samples, 64, 2));
        EXPECT(FPX_OK, fpx_welford_u16_accumulate(NULL, NULL, 0, NULL, frames, samples, 64, 2));
        EXPECT(FPX_OK, fpx_welford_f32_accumulate(NULL, NULL, 0, NULL, frames, samples, 64, 2));
        EXPECT(FPX_OK, fpx_moments_u8_accumulate_on(NULL, NULL, NULL, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_moments_u16_accumulate_on(NULL, NULL, NULL, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_welford_u8_accumulate_on(NULL, NULL, 0, NULL, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_welford_u16_accumulate_on(NULL, NULL, 0, NULL, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_welford_f32_accumulate_on(NULL, NULL, 0, NULL, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_moments_u8_accumulate_strided(NULL, NULL, NULL, 4, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_moments_u16_accumulate_strided(NULL, NULL, NULL, 4, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_welford_u8_accumulate_strided(NULL, NULL, 0, NULL, 4, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_welford_u16_accumulate_strided(NULL, NULL, 0, NULL, 4, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_welford_f32_accumulate_strided(NULL, NULL, 0, NULL, 4, frames, samples, 64, NULL));
        EXPECT(FPX_OK, fpx_extremes_u8_accumulate(NULL, NULL, NULL, NULL, NULL, NULL, NULL, frames, samples, 1, 0, 9));
        EXPECT(FPX_OK, fpx_extremes_u16_accumulate(NULL, NULL, NULL, NULL, NULL, NULL, NULL, frames, samples, 1, 0, 9));
        EXPECT(FPX_OK, fpx_extremes_f32_accumulate(NULL, NULL, NULL, NULL, NULL, NULL, NULL, frames, samples, 1, 0, 9));
        EXPECT(FPX_OK,
               fpx_extremes_u8_accumulate_tile(NULL, NULL, NULL, NULL, 0, NULL, frames, 4, samples, 1, 1, 0, 9));
        EXPECT(FPX_OK, fpx_extremes_u8_accumulate_strided(NULL, NULL, NULL, NULL, 0, NULL, 0, 0, frames, 4, samples, 1,
                                                          1, 0, 9));
        EXPECT(FPX_OK, fpx_extremes_u16_accumulate_strided(NULL, NULL, NULL, NULL, 0, NULL, 0, 0, frames, 4, samples, 1,
                                                           1, 0, 9));
        EXPECT(FPX_OK, fpx_extremes_f32_accumulate_strided(NULL, NULL, NULL, NULL, 0, NULL, 0, 0, frames, 4, samples, 1,
                                                           1, 0, 9));
        EXPECT(FPX_OK,
               fpx_extremes_u16_accumulate_tile(NULL, NULL, NULL, NULL, 0, NULL, frames, 4, samples, 1, 1, 0, 9));
        EXPECT(FPX_OK,
               fpx_extremes_f32_accumulate_tile(NULL, NULL, NULL, NULL, 0, NULL, frames, 4, samples, 1, 1, 0, 9));
    }
    EXPECT(FPX_OK, fpx_addweighted_u8(NULL, NULL, NULL, 0, 1, 1, 0));
    EXPECT(FPX_OK, fpx_addweighted_u16(NULL, NULL, NULL, 0, 1, 1, 0));
    EXPECT(FPX_OK, fpx_addweighted_f32(NULL, NULL, NULL, 0, 1, 1, 0));
    for (size_t rows = 0; rows <= 3; rows += 3) {
        const size_t samples = rows == 0 ? 5 : 0;
        EXPECT(FPX_OK, fpx_addweighted_u8_rows(NULL, 0, NULL, 0, NULL, 0, samples, rows, 1, 1, 0, 2));
        EXPECT(FPX_OK, fpx_addweighted_u16_rows(NULL, 0, NULL, 0, NULL, 0, samples, rows, 1, 1, 0, 2));
        EXPECT(FPX_OK, fpx_addweighted_f32_rows(NULL, 0, NULL, 0, NULL, 0, samples, rows, 1, 1, 0, 2));
        EXPECT(FPX_OK, fpx_addweighted_u8_rows_on(NULL, 0, NULL, 0, NULL, 0, samples, rows, 1, 1, 0, NULL));
        EXPECT(FPX_OK, fpx_addweighted_u16_rows_on(NULL, 0, NULL, 0, NULL, 0, samples, rows, 1, 1, 0, NULL));
        EXPECT(FPX_OK, fpx_addweighted_f32_rows_on(NULL, 0, NULL, 0, NULL, 0, samples, rows, 1, 1, 0, NULL));
        EXPECT(FPX_OK, fpx_gaussian_u8_image_on(NULL, 0, NULL, 0, samples, rows, 1, &gaussian, NULL));
        EXPECT(FPX_OK, fpx_gaussian_u16_image_on(NULL, 0, NULL, 0, samples, rows, 1, &gaussian, NULL));
        EXPECT(FPX_OK, fpx_gaussian_u8_rows(NULL, 0, NULL, rows, samples, 1, &gaussian));
        EXPECT(FPX_OK, fpx_gaussian_u16_rows(NULL, 0, NULL, rows, samples, 1, &gaussian));
        EXPECT(FPX_OK, fpx_gaussian_u8_image(NULL, 0, NULL, 0, samples, rows, 1, &gaussian, 2));
        EXPECT(FPX_OK, fpx_gaussian_u16_image(NULL, 0, NULL, 0, samples, rows, 1, &gaussian, 2));
    }
    EXPECT(FPX_OK, fpx_channel_sums_u8(NULL, NULL, NULL, 3, 0));
    EXPECT(FPX_OK, fpx_channel_sums_u16(NULL, NULL, NULL, 3, 0));
    EXPECT(FPX_OK, fpx_channel_histogram_u8(NULL, NULL, 3, 0));
    EXPECT(FPX_OK, fpx_channel_histogram_u16(NULL, NULL, 3, 0));
    EXPECT(FPX_OK, fpx_moments_u8_remove_tile(NULL, NULL, NULL, 0));
    EXPECT(FPX_OK, fpx_moments_u16_remove_tile(NULL, NULL, NULL, 0));
    EXPECT(FPX_OK, fpx_moments_u8_merge_tile(NULL, NULL, NULL, NULL, 0));
    EXPECT(FPX_OK, fpx_moments_u16_merge_tile(NULL, NULL, NULL, NULL, 0));
    if (!fpx_moments_u8_merge_checked_tile(NULL, NULL, NULL, NULL, 8, 0)) fail("merge of nothing");
    if (!fpx_moments_u16_merge_checked_tile(NULL, NULL, NULL, NULL, 8, 0)) fail("merge of nothing");
    if (!fpx_extremes_merge_checked(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 8, 0)) fail("merge of nothing");
    for (size_t bytes = 2; bytes <= 8; bytes *= 2) {
        if (pack(NULL, 0, NULL, NULL, 0, bytes) != 0 || unpack(NULL, 0, NULL, NULL, 0, bytes) != 0)
            fail("packing of nothing");
        if (fpx_packed_byte_count(NULL, 0, bytes) != 0) fail("widths of nothing");
    }
    // More frames than there can be are refused without samples, too.
    const size_t many_u8 = FPX_MOMENTS_U8_MAXIMUM_FRAMES + 1, many_u16 = FPX_MOMENTS_U16_MAXIMUM_FRAMES + 1;
    const size_t many_counted = FPX_EXTREMES_MAXIMUM_FRAMES + 1;
    if (fpx_moments_u8_merge_checked_tile(NULL, NULL, NULL, NULL, many_u8, 0) ||
        fpx_moments_u16_merge_checked_tile(NULL, NULL, NULL, NULL, many_u16, 0) ||
        fpx_extremes_merge_checked(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, many_counted, 0)) {
        fail("merge of too many frames of nothing");
    }
    EXPECT(FPX_OK, fpx_moments_u8_scaled_m2(NULL, NULL, NULL, 8, 0));
    EXPECT(FPX_OK, fpx_moments_u16_scaled_m2(NULL, NULL, NULL, 8, 0));
    if (fpx_moments_u8_summarise_tile(NULL, NULL, 8, 0).minimum != UINT64_MAX) fail("summary of nothing");
    if (fpx_moments_u16_summarise_tile(NULL, NULL, 8, 0).maximum != 0) fail("summary of nothing");
    EXPECT(FPX_OK, fpx_welford_merge_tile(NULL, NULL, 3, NULL, NULL, 4, 0));
    EXPECT(FPX_OK, fpx_welford_merge_tile(NULL, NULL, 3, NULL, NULL, 0, 9));
    EXPECT(FPX_OK, fpx_ring_offsets_f32(NULL, NULL, NULL, NULL, 3, 3, 1));
    EXPECT(FPX_OK, fpx_line_offsets_f32(NULL, NULL, NULL, NULL, NULL, NULL, 0));
    EXPECT(FPX_OK, fpx_tile_line_offsets_f32(NULL, NULL, NULL, NULL, NULL, NULL, 0, 32));
    EXPECT(FPX_OK, fpx_line_levels_f32(NULL, NULL, NULL, 0, 32));
    EXPECT(FPX_OK, fpx_tile_spreads_f32(NULL, NULL, NULL, 0, 3, 2, 8, 32, 16));
    size_t seams = 9;
    EXPECT(FPX_OK, fpx_seam_columns_u8(&seams, NULL, NULL, NULL, NULL, 0, 3, 1, 2, 6));
    if (seams != 0) fail("no columns have %zu seams", seams);
    int64_t level = 0, roughness = 0;
    EXPECT(FPX_OK, fpx_scene_row_u8(NULL, &level, &roughness, NULL, 0, 3, 0, 1));
    EXPECT(FPX_OK, fpx_scene_row_u16(NULL, &level, &roughness, NULL, 0, 3, 0, 1));
    EXPECT(FPX_OK, fpx_scene_row_f32(NULL, &level, &roughness, NULL, 0, 3, 0, 1));
    // A wrong channel is one, whatever the width.
    EXPECT(FPX_ERROR_ARGUMENT, fpx_scene_row_u8(NULL, &level, &roughness, NULL, 0, 3, 3, 1));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_scene_row_u16(NULL, &level, &roughness, NULL, 0, 0, 0, 1));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_scene_row_f32(NULL, &level, &roughness, NULL, 0, 1, 1, 1));
    if (level != 0 || roughness != 0) fail("no columns have a level");
    size_t flagged = 9;
    EXPECT(FPX_OK, fpx_persistence_row(NULL, NULL, NULL, NULL, &flagged, NULL, NULL, NULL, NULL, 0, 3, 2, 8, 64, 0, 20,
                                       4, 0.01));
    if (flagged != 0) fail("an empty row has %zu flagged columns", flagged);
    fpx_parallel_tiles(0, 2, NULL, NULL);
}

// Each pointer of a call null in turn, the others not; `OR_NULL(place, pointer)` is the pointer of a place.
#define OR_NULL(place, pointer) (null_place == (place) ? NULL : (pointer))
#define EXPECT_EACH(pointer_count, call)                                                                               \
    for (size_t null_place = 0; null_place < (pointer_count); null_place++)                                            \
    EXPECT(FPX_ERROR_ARGUMENT, call)

enum { NULL_FRAMES = 8 };

/// What the functions below get where they get no null. All of it stays zero.
typedef struct arguments {
    uint8_t bytes[64];
    uint16_t words[64];
    uint32_t doublewords[64];
    int32_t integers[64];
    uint64_t quadwords[64];
    int64_t signed_quadwords[64];
    float floats[64];
    double doubles[64];
    const uint8_t *byte_frames[NULL_FRAMES];
    const uint16_t *word_frames[NULL_FRAMES];
    const float *float_frames[NULL_FRAMES];
} arguments;

static void check_null_moments(arguments *to) {
    uint32_t *sums = to->doublewords;
    uint64_t *wide = to->quadwords;
    const uint8_t **u8 = to->byte_frames;
    const uint16_t **u16 = to->word_frames;
    EXPECT_EACH(3, fpx_moments_u8_accumulate_tile(OR_NULL(0, sums), OR_NULL(1, sums), OR_NULL(2, u8), 8, 4));
    EXPECT_EACH(3, fpx_moments_u16_accumulate_tile(OR_NULL(0, sums), OR_NULL(1, wide), OR_NULL(2, u16), 8, 4));
    EXPECT_EACH(3, fpx_moments_u8_accumulate(OR_NULL(0, sums), OR_NULL(1, sums), OR_NULL(2, u8), 8, 4, 2, 1));
    EXPECT_EACH(3, fpx_moments_u16_accumulate(OR_NULL(0, sums), OR_NULL(1, wide), OR_NULL(2, u16), 8, 4, 2, 1));
    EXPECT_EACH(3, fpx_moments_u8_accumulate_on(OR_NULL(0, sums), OR_NULL(1, sums), OR_NULL(2, u8), 8, 4, 2, NULL));
    EXPECT_EACH(3, fpx_moments_u16_accumulate_on(OR_NULL(0, sums), OR_NULL(1, wide), OR_NULL(2, u16), 8, 4, 2, NULL));
    EXPECT_EACH(3, fpx_moments_u8_accumulate_strided(OR_NULL(0, sums), OR_NULL(1, sums), OR_NULL(2, to->bytes), 4, 8, 4,
                                                     2, NULL));
    EXPECT_EACH(3, fpx_moments_u16_accumulate_strided(OR_NULL(0, sums), OR_NULL(1, wide), OR_NULL(2, to->words), 8, 8,
                                                      4, 2, NULL));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_moments_u8_accumulate(sums, sums, u8, 8, 4, 0, 1));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_moments_u16_accumulate(sums, wide, u16, 8, 4, 0, 1));
    EXPECT_EACH(3, fpx_moments_u8_remove_tile(OR_NULL(0, sums), OR_NULL(1, sums), OR_NULL(2, to->bytes), 4));
    EXPECT_EACH(3, fpx_moments_u16_remove_tile(OR_NULL(0, sums), OR_NULL(1, wide), OR_NULL(2, to->words), 4));
    EXPECT_EACH(4, fpx_moments_u8_merge_tile(OR_NULL(0, sums), OR_NULL(1, sums + 4), OR_NULL(2, sums + 8),
                                             OR_NULL(3, sums + 12), 4));
    EXPECT_EACH(4, fpx_moments_u16_merge_tile(OR_NULL(0, sums), OR_NULL(1, wide), OR_NULL(2, sums + 8),
                                              OR_NULL(3, wide + 12), 4));
    EXPECT_EACH(3, fpx_moments_u8_scaled_m2(OR_NULL(0, wide), OR_NULL(1, sums), OR_NULL(2, sums), 8, 4));
    EXPECT_EACH(3, fpx_moments_u16_scaled_m2(OR_NULL(0, wide), OR_NULL(1, sums), OR_NULL(2, wide + 8), 8, 4));
    EXPECT(FPX_ERROR_OVERFLOW, fpx_moments_u8_scaled_m2(wide, sums, sums, FPX_MOMENTS_U8_MAXIMUM_FRAMES + 1, 4));
    for (size_t null_place = 0; null_place < 4; null_place++) {
        if (fpx_moments_u8_merge_checked_tile(OR_NULL(0, sums), OR_NULL(1, sums + 4), OR_NULL(2, sums + 8),
                                              OR_NULL(3, sums + 12), 8, 4) ||
            fpx_moments_u16_merge_checked_tile(OR_NULL(0, sums), OR_NULL(1, wide), OR_NULL(2, sums + 8),
                                               OR_NULL(3, wide + 12), 8, 4)) {
            fail("merge of null");
        }
    }
    for (size_t null_place = 0; null_place < 2; null_place++) {
        if (fpx_moments_u8_summarise_tile(OR_NULL(0, sums), OR_NULL(1, sums), 8, 4).minimum != UINT64_MAX ||
            fpx_moments_u16_summarise_tile(OR_NULL(0, sums), OR_NULL(1, wide), 8, 4).minimum != UINT64_MAX) {
            fail("summary of null");
        }
    }
}

static void check_null_welford(arguments *to) {
    double *mean = to->doubles, *m2 = to->doubles + 16;
    const uint8_t **u8 = to->byte_frames;
    const uint16_t **u16 = to->word_frames;
    const float **f32 = to->float_frames;
    EXPECT_EACH(3, fpx_welford_u8_accumulate_tile(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, u8), 8, 4));
    EXPECT_EACH(3, fpx_welford_u16_accumulate_tile(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, u16), 8, 4));
    EXPECT_EACH(3, fpx_welford_f32_accumulate_tile(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, f32), 8, 4));
    EXPECT_EACH(3, fpx_welford_u8_accumulate(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, u8), 8, 4, 2, 1));
    EXPECT_EACH(3, fpx_welford_u16_accumulate(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, u16), 8, 4, 2, 1));
    EXPECT_EACH(3, fpx_welford_f32_accumulate(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, f32), 8, 4, 2, 1));
    EXPECT_EACH(3, fpx_welford_u8_accumulate_on(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, u8), 8, 4, 2, NULL));
    EXPECT_EACH(3, fpx_welford_u16_accumulate_on(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, u16), 8, 4, 2, NULL));
    EXPECT_EACH(3, fpx_welford_f32_accumulate_on(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, f32), 8, 4, 2, NULL));
    EXPECT_EACH(3, fpx_welford_u8_accumulate_strided(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, to->bytes), 4, 8,
                                                     4, 2, NULL));
    EXPECT_EACH(3, fpx_welford_u16_accumulate_strided(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, to->words), 8, 8,
                                                      4, 2, NULL));
    EXPECT_EACH(3, fpx_welford_f32_accumulate_strided(OR_NULL(0, mean), OR_NULL(1, m2), 0, OR_NULL(2, to->floats), 16,
                                                      8, 4, 2, NULL));
    EXPECT_EACH(
        4, fpx_welford_merge_tile(OR_NULL(0, mean), OR_NULL(1, m2), 3, OR_NULL(2, mean + 8), OR_NULL(3, m2 + 8), 4, 4));
}

static void check_null_extremes(arguments *to) {
    uint16_t *counts = to->words;
    const uint8_t **u8 = to->byte_frames;
    const uint16_t **u16 = to->word_frames;
    const float **f32 = to->float_frames;
    EXPECT_EACH(7, fpx_extremes_u8_accumulate(OR_NULL(0, counts), OR_NULL(1, counts), OR_NULL(2, counts),
                                              OR_NULL(3, counts), OR_NULL(4, u8), OR_NULL(5, u8), OR_NULL(6, u8), 8, 9,
                                              1, 0, 9));
    EXPECT_EACH(7, fpx_extremes_u16_accumulate(OR_NULL(0, counts), OR_NULL(1, counts), OR_NULL(2, counts),
                                               OR_NULL(3, counts), OR_NULL(4, u16), OR_NULL(5, u16), OR_NULL(6, u16), 8,
                                               9, 1, 0, 9));
    EXPECT_EACH(7, fpx_extremes_f32_accumulate(OR_NULL(0, counts), OR_NULL(1, counts), OR_NULL(2, counts),
                                               OR_NULL(3, counts), OR_NULL(4, f32), OR_NULL(5, f32), OR_NULL(6, f32), 8,
                                               9, 1, 0, 9));
    EXPECT_EACH(5, fpx_extremes_u8_accumulate_tile(OR_NULL(0, counts), OR_NULL(1, counts), OR_NULL(2, counts),
                                                   OR_NULL(3, counts), 18, OR_NULL(4, u8), 1, 4, 9, 2, 2, 0, 9));
    EXPECT_EACH(5, fpx_extremes_u16_accumulate_tile(OR_NULL(0, counts), OR_NULL(1, counts), OR_NULL(2, counts),
                                                    OR_NULL(3, counts), 18, OR_NULL(4, u16), 1, 4, 9, 2, 2, 0, 9));
    EXPECT_EACH(5, fpx_extremes_f32_accumulate_tile(OR_NULL(0, counts), OR_NULL(1, counts), OR_NULL(2, counts),
                                                    OR_NULL(3, counts), 18, OR_NULL(4, f32), 1, 4, 9, 2, 2, 0, 9));
    EXPECT_EACH(5, fpx_extremes_u8_accumulate_strided(OR_NULL(0, counts), OR_NULL(1, counts), OR_NULL(2, counts),
                                                      OR_NULL(3, counts), 18, OR_NULL(4, to->bytes), 0, 0, 1, 4, 9, 2,
                                                      2, 0, 9));
    EXPECT_EACH(5, fpx_extremes_u16_accumulate_strided(OR_NULL(0, counts), OR_NULL(1, counts), OR_NULL(2, counts),
                                                       OR_NULL(3, counts), 18, OR_NULL(4, to->words), 0, 0, 1, 4, 9, 2,
                                                       2, 0, 9));
    EXPECT_EACH(5, fpx_extremes_f32_accumulate_strided(OR_NULL(0, counts), OR_NULL(1, counts), OR_NULL(2, counts),
                                                       OR_NULL(3, counts), 18, OR_NULL(4, to->floats), 0, 0, 1, 4, 9, 2,
                                                       2, 0, 9));
    for (size_t null_place = 0; null_place < 8; null_place++) {
        if (fpx_extremes_merge_checked(OR_NULL(0, counts), OR_NULL(1, counts + 4), OR_NULL(2, counts + 8),
                                       OR_NULL(3, counts + 12), OR_NULL(4, counts + 16), OR_NULL(5, counts + 20),
                                       OR_NULL(6, counts + 24), OR_NULL(7, counts + 28), 8, 4)) {
            fail("merge of null counters");
        }
    }
    static uint8_t packed[128], widths[2] = {1, 1};
    static uint64_t values[1] = {1};
    for (size_t bytes = 2; bytes <= 8; bytes *= 2) {
        for (size_t null_place = 0; null_place < 3; null_place++) {
            if (pack(OR_NULL(0, packed), sizeof packed, OR_NULL(1, widths), OR_NULL(2, values), 1, bytes) != SIZE_MAX)
                fail("packing of null");
            if (unpack(OR_NULL(0, values), 1, OR_NULL(1, widths), OR_NULL(2, packed), sizeof packed, bytes) != SIZE_MAX)
                fail("unpacking of null");
        }
        if (fpx_packed_byte_count(NULL, 1, bytes) != SIZE_MAX) fail("widths of null");
    }
}

static void check_null_pictures(arguments *to) {
    fpx_gaussian gaussian;
    fpx_gaussian_prepare(&gaussian, 3, 0);
    uint8_t *u8 = to->bytes;
    uint16_t *u16 = to->words;
    float *f32 = to->floats;
    EXPECT_EACH(3, fpx_addweighted_u8(OR_NULL(0, u8), OR_NULL(1, u8), OR_NULL(2, u8), 4, 1, 1, 0));
    EXPECT_EACH(3, fpx_addweighted_u16(OR_NULL(0, u16), OR_NULL(1, u16), OR_NULL(2, u16), 4, 1, 1, 0));
    EXPECT_EACH(3, fpx_addweighted_f32(OR_NULL(0, f32), OR_NULL(1, f32), OR_NULL(2, f32), 4, 1, 1, 0));
    EXPECT_EACH(3, fpx_addweighted_u8_rows(OR_NULL(0, u8), 4, OR_NULL(1, u8), 4, OR_NULL(2, u8), 4, 4, 1, 1, 1, 0, 1));
    EXPECT_EACH(3,
                fpx_addweighted_u16_rows(OR_NULL(0, u16), 8, OR_NULL(1, u16), 8, OR_NULL(2, u16), 8, 4, 1, 1, 1, 0, 1));
    EXPECT_EACH(
        3, fpx_addweighted_f32_rows(OR_NULL(0, f32), 16, OR_NULL(1, f32), 16, OR_NULL(2, f32), 16, 4, 1, 1, 1, 0, 1));
    EXPECT_EACH(
        3, fpx_addweighted_u8_rows_on(OR_NULL(0, u8), 4, OR_NULL(1, u8), 4, OR_NULL(2, u8), 4, 4, 1, 1, 1, 0, NULL));
    EXPECT_EACH(3, fpx_addweighted_u16_rows_on(OR_NULL(0, u16), 8, OR_NULL(1, u16), 8, OR_NULL(2, u16), 8, 4, 1, 1, 1,
                                               0, NULL));
    EXPECT_EACH(3, fpx_addweighted_f32_rows_on(OR_NULL(0, f32), 16, OR_NULL(1, f32), 16, OR_NULL(2, f32), 16, 4, 1, 1,
                                               1, 0, NULL));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_gaussian_prepare(NULL, 3, 0));
    EXPECT_EACH(3,
                fpx_gaussian_u8_rows(OR_NULL(0, u8), 4, OR_NULL(1, to->byte_frames), 1, 4, 1, OR_NULL(2, &gaussian)));
    EXPECT_EACH(3,
                fpx_gaussian_u16_rows(OR_NULL(0, u16), 8, OR_NULL(1, to->word_frames), 1, 4, 1, OR_NULL(2, &gaussian)));
    EXPECT_EACH(3, fpx_gaussian_u8_image(OR_NULL(0, u8), 4, OR_NULL(1, u8), 4, 4, 1, 1, OR_NULL(2, &gaussian), 1));
    EXPECT_EACH(3, fpx_gaussian_u16_image(OR_NULL(0, u16), 8, OR_NULL(1, u16), 8, 4, 1, 1, OR_NULL(2, &gaussian), 1));
    EXPECT_EACH(3,
                fpx_gaussian_u8_image_on(OR_NULL(0, u8), 4, OR_NULL(1, u8), 4, 4, 1, 1, OR_NULL(2, &gaussian), NULL));
    EXPECT_EACH(
        3, fpx_gaussian_u16_image_on(OR_NULL(0, u16), 8, OR_NULL(1, u16), 8, 4, 1, 1, OR_NULL(2, &gaussian), NULL));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_gaussian_u8_image(NULL, 0, NULL, 0, 0, 0, 1, NULL, 1));
    EXPECT_EACH(3, fpx_channel_sums_u8(OR_NULL(0, to->quadwords), OR_NULL(1, to->quadwords), OR_NULL(2, u8), 3, 4));
    EXPECT_EACH(3, fpx_channel_sums_u16(OR_NULL(0, to->quadwords), OR_NULL(1, to->quadwords), OR_NULL(2, u16), 3, 4));
    EXPECT_EACH(2, fpx_channel_histogram_u8(OR_NULL(0, to->quadwords), OR_NULL(1, u8), 3, 4));
    EXPECT_EACH(2, fpx_channel_histogram_u16(OR_NULL(0, to->quadwords), OR_NULL(1, u16), 3, 4));
    int64_t *level = to->signed_quadwords;
    EXPECT_EACH(
        4, fpx_scene_row_u8(OR_NULL(0, level + 8), OR_NULL(1, level), OR_NULL(2, level), OR_NULL(3, u8), 8, 3, 0, 1));
    EXPECT_EACH(
        4, fpx_scene_row_u16(OR_NULL(0, level + 8), OR_NULL(1, level), OR_NULL(2, level), OR_NULL(3, u16), 8, 3, 0, 1));
    EXPECT_EACH(
        4, fpx_scene_row_f32(OR_NULL(0, level + 8), OR_NULL(1, level), OR_NULL(2, level), OR_NULL(3, f32), 8, 3, 0, 1));
    size_t columns = 0;
    EXPECT_EACH(5, fpx_seam_columns_u8(OR_NULL(0, &columns), OR_NULL(1, u8), OR_NULL(2, u8), OR_NULL(3, u8),
                                       OR_NULL(4, u8), 4, 3, 1, 2, 6));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_seam_columns_u8(NULL, NULL, NULL, NULL, NULL, 0, 3, 1, 2, 6));
}

static void check_null_detection(arguments *to) {
    float *offsets = to->floats;
    const float *near = to->floats;
    fpx_spread_sums phases[8] = {{0}};
    EXPECT_EACH(
        4, fpx_ring_offsets_f32(OR_NULL(0, offsets), OR_NULL(1, near), OR_NULL(2, near), OR_NULL(3, near), 3, 4, 1));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_ring_offsets_f32(offsets, near, near, near, 3, 4, 0));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_ring_offsets_f32(offsets, near, near, near, 3, 3, 0));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_ring_offsets_f32(offsets, near, near, near, 1, 4, 2));
    EXPECT_EACH(6, fpx_line_offsets_f32(OR_NULL(0, to->bytes), OR_NULL(1, to->bytes), OR_NULL(2, to->integers),
                                        OR_NULL(3, near), OR_NULL(4, near), OR_NULL(5, near), 1));
    EXPECT_EACH(6, fpx_tile_line_offsets_f32(OR_NULL(0, to->bytes), OR_NULL(1, to->bytes), OR_NULL(2, to->integers),
                                             OR_NULL(3, near), OR_NULL(4, near), OR_NULL(5, near), 1, 32));
    EXPECT_EACH(3, fpx_line_levels_f32(OR_NULL(0, to->doubles), OR_NULL(1, to->doubles + 8), OR_NULL(2, near), 1, 32));
    EXPECT(FPX_ERROR_ARGUMENT, fpx_line_levels_f32(to->doubles, to->doubles + 8, near, 1, 0));
    EXPECT(FPX_ERROR_ARGUMENT,
           fpx_line_levels_f32(to->doubles, to->doubles + 8, near, 1, FPX_DETECTION_TILE_COLUMNS + 1));
    EXPECT_EACH(3,
                fpx_tile_spreads_f32(OR_NULL(0, offsets), OR_NULL(1, phases), OR_NULL(2, near), 40, 1, 2, 8, 32, 16));
    fpx_persistence_sums sums[8] = {{0}};
    fpx_row_marks marks[1];
    size_t flagged_count = 0;
    const uint16_t *counts = to->words;
    EXPECT_EACH(9,
                fpx_persistence_row(OR_NULL(0, sums), OR_NULL(1, sums), OR_NULL(2, marks), OR_NULL(3, to->doublewords),
                                    OR_NULL(4, &flagged_count), OR_NULL(5, counts), OR_NULL(6, counts),
                                    OR_NULL(7, counts), OR_NULL(8, counts), 9, 1, 2, 8, 64, 0, 20, 4, 0.01));
    EXPECT(FPX_ERROR_ARGUMENT,
           fpx_persistence_row(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 3, 2, 8, 64, 0, 20, 4, 0.01));
}

static void set_frames(arguments *to) {
    for (size_t frame = 0; frame < NULL_FRAMES; frame++) {
        to->byte_frames[frame] = to->bytes;
        to->word_frames[frame] = to->words;
        to->float_frames[frame] = to->floats;
    }
}

/// With work, null pointers are errors, also those of one frame, and nothing is read or written.
static void check_null_pointers(void) {
    static arguments zeros, given;
    set_frames(&given);
    check_null_moments(&given);
    check_null_welford(&given);
    check_null_extremes(&given);
    check_null_pictures(&given);
    check_null_detection(&given);
    for (size_t null_frame = 0; null_frame < NULL_FRAMES; null_frame++) {
        set_frames(&given);
        given.byte_frames[null_frame] = NULL;
        given.word_frames[null_frame] = NULL;
        given.float_frames[null_frame] = NULL;
        const uint8_t *const *u8 = given.byte_frames;
        const uint16_t *const *u16 = given.word_frames;
        const float *const *f32 = given.float_frames;
        uint32_t *sums = given.doublewords;
        double *mean = given.doubles, *m2 = given.doubles + 16;
        uint16_t *counts = given.words;
        EXPECT(FPX_ERROR_ARGUMENT, fpx_moments_u8_accumulate_tile(sums, sums, u8, 8, 4));
        EXPECT(FPX_ERROR_ARGUMENT, fpx_moments_u16_accumulate_tile(sums, given.quadwords, u16, 8, 4));
        EXPECT(FPX_ERROR_ARGUMENT, fpx_welford_u8_accumulate_tile(mean, m2, 0, u8, 8, 4));
        EXPECT(FPX_ERROR_ARGUMENT, fpx_welford_u16_accumulate_tile(mean, m2, 0, u16, 8, 4));
        EXPECT(FPX_ERROR_ARGUMENT, fpx_welford_f32_accumulate_tile(mean, m2, 0, f32, 8, 4));
        EXPECT(FPX_ERROR_ARGUMENT,
               fpx_extremes_u8_accumulate(counts, counts, counts, counts, u8, u8, u8, 8, 9, 1, 0, 9));
        EXPECT(FPX_ERROR_ARGUMENT,
               fpx_extremes_u16_accumulate(counts, counts, counts, counts, u16, u16, u16, 8, 9, 1, 0, 9));
        EXPECT(FPX_ERROR_ARGUMENT,
               fpx_extremes_f32_accumulate(counts, counts, counts, counts, f32, f32, f32, 8, 9, 1, 0, 9));
        EXPECT(FPX_ERROR_ARGUMENT,
               fpx_extremes_u8_accumulate_tile(counts, counts, counts, counts, 18, u8, 1, 4, 9, 2, 2, 0, 9));
        EXPECT(FPX_ERROR_ARGUMENT,
               fpx_extremes_u16_accumulate_tile(counts, counts, counts, counts, 18, u16, 1, 4, 9, 2, 2, 0, 9));
        EXPECT(FPX_ERROR_ARGUMENT,
               fpx_extremes_f32_accumulate_tile(counts, counts, counts, counts, 18, f32, 1, 4, 9, 2, 2, 0, 9));
        fpx_gaussian gaussian;
        fpx_gaussian_prepare(&gaussian, 3, 0);
        EXPECT(FPX_ERROR_ARGUMENT, fpx_gaussian_u8_rows(given.bytes, 4, u8, 6, 4, 1, &gaussian));
        EXPECT(FPX_ERROR_ARGUMENT, fpx_gaussian_u16_rows(given.words, 8, u16, 6, 4, 1, &gaussian));
    }
    // The pointers to frames come last.
    if (memcmp(&given, &zeros, offsetof(arguments, byte_frames)) != 0) fail("an error wrote something");
}

/// Levels and extensions that are none.
static void check_levels(void) {
    EXPECT(FPX_ERROR_UNSUPPORTED, fpx_isa_select((fpx_isa)99));
    if (strcmp(fpx_isa_name((fpx_isa)99), "unknown") != 0) fail("a level that is none has the name of one");
    EXPECT(FPX_ERROR_UNSUPPORTED, fpx_isa_select_with(FPX_ISA_C, ~0u));
}

int main(int argument_count, char **arguments) {
    // What was said stands before a crash, too.
    setvbuf(stdout, NULL, _IOLBF, 0);
    size_t missing = 0;
    bool is_left_out[FPX_ISA_COUNT] = {false};
    for (int index = 1; index < argument_count; index++) {
        missing += arguments[index][0] != '-';
        for (int isa = 0; isa < FPX_ISA_COUNT; isa++)
            is_left_out[isa] |=
                arguments[index][0] == '-' && strcmp(arguments[index] + 1, fpx_isa_name((fpx_isa)isa)) == 0;
    }
    for (int isa = 0; isa < FPX_ISA_COUNT; isa++) {
        if (!fpx_isa_available((fpx_isa)isa) || is_left_out[isa]) continue;
        for (unsigned extensions = 0; extensions < 1u << FPX_EXTENSION_COUNT; extensions++) {
            if (extensions & ~fpx_isa_extensions_available((fpx_isa)isa)) continue;
            current = (variant){(fpx_isa)isa, extensions};
            select_current();
            check_no_work();
            check_null_pointers();
            check_levels();
            check_line_limits();
            check_scene_limits();
            check_runners();
            check_strided_extremes();
            check_variant();
            printf("%s\n", name_of(current));
            for (int index = 1; index < argument_count; index++)
                missing -= strcmp(arguments[index], name_of(current)) == 0;
        }
    }
    if (missing > 0) printf("%zu of the variants asked for cannot run here\n", missing);
    return is_failed || missing > 0;
}
