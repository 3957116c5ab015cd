// The kernel, for compilers to vectorise with the instructions of each level: FPX_TARGET says which, and LEVEL(name)
// makes the kernel's name. Integers, and float64 without contraction, so that all levels give the same bits.
//
// A sample's lane is its number in the row modulo a multiple of the period, which is three or four vectors for nearly
// all frames. Vectors are those of GCC's extension, which every compiler has that knows FPX_TARGET.

#include <math.h>
#include <string.h>

#include "../kernels.h"

#pragma STDC FP_CONTRACT OFF
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#endif

#define INLINE FPX_TARGET static inline __attribute__((always_inline))

enum { MOST_LANES = FPX_DETECTION_CHANNELS * FPX_DETECTION_PERIOD };

/// Sums of the samples of each lane.
typedef struct lane_sums {
    uint32_t above[MOST_LANES], below[MOST_LANES], blind_above[MOST_LANES], blind_below[MOST_LANES];
} lane_sums;

/// Of each channel.
typedef struct thresholds {
    uint16_t above[FPX_DETECTION_CHANNELS], below[FPX_DETECTION_CHANNELS], either[FPX_DETECTION_CHANNELS];
} thresholds;

/// The samples of a tile in this row: before `head` those that complete no round of lanes, the first of them in lane
/// `first_lane`.
typedef struct tile_row {
    const uint16_t *above, *below, *blind_above, *blind_below;
    size_t first_lane, head, count;
} tile_row;

enum { VECTOR_LANES = 16 };
typedef uint16_t words __attribute__((vector_size(2 * VECTOR_LANES)));
typedef uint32_t doublewords __attribute__((vector_size(4 * VECTOR_LANES)));

/// Adds the whole rounds of lanes to `sums`; the first sample after them.
INLINE size_t sum_rounds(uint32_t *sums, const uint16_t *counters, const tile_row *row, size_t vectors) {
    doublewords own[MOST_LANES / VECTOR_LANES] = {{0}};
    size_t start = row->head;
    for (; start + vectors * VECTOR_LANES <= row->count; start += vectors * VECTOR_LANES) {
        for (size_t vector = 0; vector < vectors; vector++) {
            words loaded;
            memcpy(&loaded, counters + start + vector * VECTOR_LANES, sizeof loaded);
            own[vector] += __builtin_convertvector(loaded, doublewords);
        }
    }
    for (size_t vector = 0; vector < vectors; vector++)
        memcpy(sums + vector * VECTOR_LANES, &own[vector], sizeof own[vector]);
    return start;
}

INLINE void sum_counters(uint32_t *sums, const uint16_t *counters, const tile_row *row, size_t lanes) {
    size_t start = row->head;
    if (lanes % VECTOR_LANES == 0) {
        start = sum_rounds(sums, counters, row, lanes / VECTOR_LANES);
    } else {
        memset(sums, 0, lanes * sizeof *sums);
        for (; start + lanes <= row->count; start += lanes) {
            for (size_t lane = 0; lane < lanes; lane++)
                sums[lane] += counters[start + lane];
        }
    }
    for (size_t index = 0; index < row->head; index++)
        sums[row->first_lane + index] += counters[index];
    for (size_t index = start; index < row->count; index++)
        sums[index - start] += counters[index];
}

/// What the lanes of each channel have together: halves are added up as long as both begin with the same channel.
INLINE void sum_of_channels(uint32_t *of_channels, const uint32_t *sums, size_t lanes, size_t channels) {
    uint32_t folded[MOST_LANES];
    size_t count = lanes;
    memcpy(folded, sums, lanes * sizeof *folded);
    while (count % 2 == 0 && count / 2 % channels == 0) {
        count /= 2;
        for (size_t lane = 0; lane < count; lane++)
            folded[lane] += folded[lane + count];
    }
    for (size_t channel = 0; channel < channels; channel++) {
        of_channels[channel] = 0;
        for (size_t lane = channel; lane < count; lane += channels)
            of_channels[channel] += folded[lane];
    }
}

typedef struct mark_words {
    words silent, black, white;
} mark_words;

/// The same of whole vectors, `lanes` of which make a round; the first sample after them.
INLINE size_t mark_rounds(fpx_row_marks *marks, const tile_row *row, uint16_t half, size_t vectors, size_t channels,
                          size_t marked) {
    mark_words own[MOST_LANES / VECTOR_LANES] = {{{0}, {0}, {0}}};
    size_t start = row->head;
    for (; start + vectors * VECTOR_LANES <= row->count; start += vectors * VECTOR_LANES) {
        for (size_t vector = 0; vector < vectors; vector++) {
            words above, below, blind_above, blind_below;
            const size_t index = start + vector * VECTOR_LANES;
            memcpy(&above, row->above + index, sizeof above);
            memcpy(&below, row->below + index, sizeof below);
            memcpy(&blind_above, row->blind_above + index, sizeof blind_above);
            memcpy(&blind_below, row->blind_below + index, sizeof blind_below);
            // What is true is -1.
            own[vector].silent -= (words)((above | below) == 0);
            own[vector].black -= (words)(blind_below >= half);
            own[vector].white -= (words)(blind_above >= half);
        }
    }
    uint16_t silent[MOST_LANES], black[MOST_LANES], white[MOST_LANES];
    for (size_t vector = 0; vector < vectors; vector++) {
        memcpy(silent + vector * VECTOR_LANES, &own[vector].silent, sizeof(words));
        memcpy(black + vector * VECTOR_LANES, &own[vector].black, sizeof(words));
        memcpy(white + vector * VECTOR_LANES, &own[vector].white, sizeof(words));
    }
    for (size_t lane = marked; lane < vectors * VECTOR_LANES; lane += channels) {
        marks->silent = (uint8_t)(marks->silent + silent[lane]);
        marks->black = (uint8_t)(marks->black + black[lane]);
        marks->white = (uint8_t)(marks->white + white[lane]);
    }
    return start;
}

/// The pixels from sample `first` to before `end`.
INLINE void mark_pixels(fpx_row_marks *marks, const tile_row *row, uint16_t half, size_t channels, size_t marked,
                        size_t first, size_t end) {
    for (size_t index = first + marked; index < end; index += channels) {
        marks->silent = (uint8_t)(marks->silent + ((row->above[index] | row->below[index]) == 0));
        marks->black = (uint8_t)(marks->black + (row->blind_below[index] >= half));
        marks->white = (uint8_t)(marks->white + (row->blind_above[index] >= half));
    }
}

/// Of the marked channel: how many samples are 0 in both, and at least `half` in the blind counters.
INLINE fpx_row_marks count_marks(const tile_row *row, uint16_t half, size_t lanes, size_t channels, size_t marked) {
    fpx_row_marks marks = {0, 0, 0};
    size_t start = row->head;
    if (lanes % VECTOR_LANES == 0) start = mark_rounds(&marks, row, half, lanes / VECTOR_LANES, channels, marked);
    mark_pixels(&marks, row, half, channels, marked, 0, row->head);
    mark_pixels(&marks, row, half, channels, marked, start, row->count);
    return marks;
}

INLINE bool exceeds(const tile_row *row, const thresholds *most, size_t index, size_t channel) {
    const uint16_t above = row->above[index], below = row->below[index];
    return (above > most->above[channel]) | (below > most->below[channel]) |
           ((uint16_t)(above + below) > most->either[channel]);
}

/// Writes the columns of the samples first..<end, whole pixels, that exceed a threshold to `flagged`; their number.
INLINE size_t flag_pixels(uint32_t *flagged, const tile_row *row, const thresholds *most, size_t channels, size_t first,
                          size_t end, size_t first_column) {
    size_t count = 0;
    for (size_t index = first; index < end; index += channels) {
        bool is_flagged = false;
        for (size_t channel = 0; channel < channels; channel++)
            is_flagged |= exceeds(row, most, index + channel, channel);
        if (is_flagged) flagged[count++] = (uint32_t)(first_column + index / channels);
    }
    return count;
}

INLINE uint16_t smallest(const uint16_t *of_channels, size_t channels) {
    uint16_t least = of_channels[0];
    for (size_t channel = 1; channel < channels; channel++)
        least = of_channels[channel] < least ? of_channels[channel] : least;
    return least;
}

/// Whether one of a round of samples exceeds the smallest thresholds: of the others nothing needs to be looked at.
INLINE bool may_exceed(const tile_row *row, size_t start, size_t vectors, uint16_t most_above, uint16_t most_below,
                       uint16_t most_either) {
    words any = {0};
    for (size_t vector = 0; vector < vectors; vector++) {
        words above, below;
        memcpy(&above, row->above + start + vector * VECTOR_LANES, sizeof above);
        memcpy(&below, row->below + start + vector * VECTOR_LANES, sizeof below);
        any |= (words)(above > most_above) | (words)(below > most_below) | (words)(above + below > most_either);
    }
    uint64_t parts[sizeof any / sizeof(uint64_t)], all = 0;
    memcpy(parts, &any, sizeof any);
    for (size_t part = 0; part < sizeof any / sizeof(uint64_t); part++)
        all |= parts[part];
    return all != 0;
}

INLINE size_t flag(uint32_t *flagged, const tile_row *row, const thresholds *most, size_t lanes, size_t channels,
                   size_t first_column) {
    size_t count = flag_pixels(flagged, row, most, channels, 0, row->head, first_column), start = row->head;
    if (lanes % VECTOR_LANES == 0) {
        const uint16_t most_above = smallest(most->above, channels), most_below = smallest(most->below, channels);
        const uint16_t most_either = smallest(most->either, channels);
        for (; start + lanes <= row->count; start += lanes) {
            if (may_exceed(row, start, lanes / VECTOR_LANES, most_above, most_below, most_either))
                count += flag_pixels(flagged + count, row, most, channels, start, start + lanes, first_column);
        }
    }
    return count + flag_pixels(flagged + count, row, most, channels, start, row->count, first_column);
}

INLINE size_t larger_size(size_t a, size_t b) { return a > b ? a : b; }
INLINE size_t smaller_size(size_t a, size_t b) { return a < b ? a : b; }
INLINE double larger(double a, double b) { return a > b ? a : b; }
INLINE double smaller(double a, double b) { return a < b ? a : b; }

/// Written so that the share of no frames, which is not a number, becomes the least.
INLINE uint16_t threshold(const fpx_persistence_task *task, double hits, double places) {
    const double frames = (double)task->frame_count;
    const double share = larger(hits / (places * frames), task->least_share);
    const double most = frames * share + task->spread * sqrt(frames * share * larger(1 - share, 0) + 0.25);
    return (uint16_t)(int32_t)smaller(smaller(most, FPX_DETECTION_MOST * frames), 65535);
}

/// One tile's part of the row, whose sums are added to those of the row's lanes; the number of columns flagged.
INLINE size_t take_tile(const fpx_persistence_task *task, size_t tile, uint32_t *flagged, lane_sums *of_row,
                        size_t lanes, size_t channels) {
    const size_t end = (tile + 1) * task->tile_columns,
                 inside_end = task->width - smaller_size(task->distance, task->width);
    const size_t first = larger_size(tile * task->tile_columns, task->distance), last = smaller_size(end, inside_end);
    task->marks[tile] = (fpx_row_marks){0, 0, 0};
    if (first >= last) return 0;
    const size_t start = first * channels, count = (last - first) * channels;
    const size_t first_lane = start % lanes;
    const tile_row row = {.above = task->above + start,
                          .below = task->below + start,
                          .blind_above = task->blind_above + start,
                          .blind_below = task->blind_below + start,
                          .first_lane = first_lane,
                          .head = first_lane == 0 ? 0 : smaller_size(lanes - first_lane, count),
                          .count = count};
    const size_t half = smaller_size((task->frame_count + 1) / 2, UINT16_MAX);
    task->marks[tile] = count_marks(&row, (uint16_t)half, lanes, channels, task->marked_channel);

    lane_sums sums;
    sum_counters(sums.above, row.above, &row, lanes);
    sum_counters(sums.below, row.below, &row, lanes);
    sum_counters(sums.blind_above, row.blind_above, &row, lanes);
    sum_counters(sums.blind_below, row.blind_below, &row, lanes);
    for (size_t lane = 0; lane < lanes; lane++) {
        of_row->above[lane] += sums.above[lane];
        of_row->below[lane] += sums.below[lane];
        of_row->blind_above[lane] += sums.blind_above[lane];
        of_row->blind_below[lane] += sums.blind_below[lane];
    }

    thresholds most = {{0}, {0}, {0}};
    const double places = (double)(last - first);
    uint32_t above[FPX_DETECTION_CHANNELS], below[FPX_DETECTION_CHANNELS];
    uint32_t blind_above[FPX_DETECTION_CHANNELS], blind_below[FPX_DETECTION_CHANNELS];
    sum_of_channels(above, sums.above, lanes, channels);
    sum_of_channels(below, sums.below, lanes, channels);
    sum_of_channels(blind_above, sums.blind_above, lanes, channels);
    sum_of_channels(blind_below, sums.blind_below, lanes, channels);
    for (size_t channel = 0; channel < channels; channel++) {
        fpx_persistence_sums *tile_sum = &task->tile_sums[tile * channels + channel];
        tile_sum->above += above[channel];
        tile_sum->below += below[channel];
        tile_sum->blind_above += blind_above[channel];
        tile_sum->blind_below += blind_below[channel];
        tile_sum->places += last - first;
        most.above[channel] = threshold(task, above[channel], places);
        most.below[channel] = threshold(task, below[channel], places);
        most.either[channel] = threshold(task, (double)above[channel] + (double)below[channel], places);
    }
    return flag(flagged, &row, &most, lanes, channels, first);
}

/// Adds the sums of a row's lanes to those of the phases, and begins anew.
INLINE void flush(const fpx_persistence_task *task, lane_sums *of_row, size_t lanes, size_t channels) {
    const size_t phases = task->period * channels;
    for (size_t lane = 0; lane < lanes; lane++) {
        fpx_persistence_sums *phase = &task->phase_sums[lane % phases];
        phase->above += of_row->above[lane];
        phase->below += of_row->below[lane];
        phase->blind_above += of_row->blind_above[lane];
        phase->blind_below += of_row->blind_below[lane];
    }
    memset(of_row, 0, sizeof *of_row);
}

/// `lanes` is a multiple of the period in samples, and at most MOST_LANES.
INLINE size_t take_row(const fpx_persistence_task *task, size_t lanes, size_t channels) {
    // Tiles between flushes: 65 of at most 255 columns of 65535 frames fit 32 bits, however few lanes there are.
    enum { FLUSH_TILES = 65 };
    lane_sums of_row;
    memset(&of_row, 0, sizeof of_row);
    size_t found = 0;
    for (size_t tile = 0; tile * task->tile_columns < task->width; tile++) {
        found += take_tile(task, tile, task->flagged + found, &of_row, lanes, channels);
        if (tile % FLUSH_TILES == FLUSH_TILES - 1) flush(task, &of_row, lanes, channels);
    }
    flush(task, &of_row, lanes, channels);
    // Every phase has as many places as there are columns of it, from `distance` on.
    const size_t inside = task->width - smaller_size(2 * task->distance, task->width);
    for (size_t phase = 0; phase < task->period; phase++) {
        const size_t behind = (phase + task->period - task->distance % task->period) % task->period;
        const size_t places = inside / task->period + (behind < inside % task->period);
        for (size_t channel = 0; channel < channels; channel++)
            task->phase_sums[phase * channels + channel].places += places;
    }
    return found;
}

FPX_TARGET size_t LEVEL(fpx_persistence)(const fpx_persistence_task *task) {
    const size_t channels = task->channels, phases = task->period * channels;
    if (channels == 3 && 48 % phases == 0) return take_row(task, 48, 3);
    if (channels == 1 && 64 % phases == 0) return take_row(task, 64, 1);
    return take_row(task, phases, channels);
}
