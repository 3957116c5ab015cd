// Plain loops over whole periods, which compilers turn into vectors of the baseline: a row is read once per group of
// photos, not once per photo.

#include <math.h>
#include <string.h>

#include "../include/fpx_detection.h"

#pragma STDC FP_CONTRACT OFF

enum { LANES = FPX_DETECTION_CHANNELS * FPX_DETECTION_PERIOD };

typedef struct {
    const uint16_t *above, *below, *blind_above, *blind_below;
} counters;

typedef struct {
    uint32_t above[LANES], below[LANES], blind_above[LANES], blind_below[LANES];
} lanes;

// `count` samples from `start` on; sample i goes to lane (lane + i) % lane_count.
static void add_to_lanes(lanes *sums, const counters *row, size_t start, size_t count, size_t lane, size_t lane_count) {
    size_t i = 0;
    while (i < count) {
        const size_t run = lane_count - lane < count - i ? lane_count - lane : count - i;
        const size_t at = start + i;
        for (size_t k = 0; k < run; k++) {
            sums->above[lane + k] += row->above[at + k];
            sums->below[lane + k] += row->below[at + k];
            sums->blind_above[lane + k] += row->blind_above[at + k];
            sums->blind_below[lane + k] += row->blind_below[at + k];
        }
        i += run;
        lane = 0;
    }
}

static uint16_t threshold(double hits, double places, double frames, double spread, double least_share) {
    const double share = fmax(hits / (places * frames), least_share);
    const double most = frames * share + spread * sqrt(frames * share * fmax(1 - share, 0) + 0.25);
    return (uint16_t)fmin(fmin(most, FPX_DETECTION_MOST * frames), 65535);
}

fpx_status fpx_persistence_row(fpx_persistence_sums *tile_sums, fpx_persistence_sums *phase_sums, fpx_row_marks *marks,
                               uint32_t *flagged, size_t *flagged_count, const uint16_t *above, const uint16_t *below,
                               const uint16_t *blind_above, const uint16_t *blind_below, size_t width, size_t channels,
                               size_t distance, size_t period, size_t tile_columns, size_t marked_channel,
                               size_t frame_count, double spread, double least_share) {
    if (width == 0 && flagged_count) {
        *flagged_count = 0;
        return FPX_OK;
    }
    if (!tile_sums || !phase_sums || !marks || !flagged || !flagged_count || !above || !below || !blind_above ||
        !blind_below || channels == 0 || channels > FPX_DETECTION_CHANNELS || period == 0 ||
        period > FPX_DETECTION_PERIOD || tile_columns == 0 || tile_columns > 255 || marked_channel >= channels)
        return FPX_ERROR_ARGUMENT;
    const counters row = {above, below, blind_above, blind_below};
    const size_t lane_count = period * channels;
    const size_t half = (frame_count + 1) / 2;
    size_t found = 0;
    for (size_t tile = 0; tile * tile_columns < width; tile++) {
        size_t first = tile * tile_columns, last = first + tile_columns < width ? first + tile_columns : width;
        marks[tile] = (fpx_row_marks){0, 0, 0};
        if (first < distance) first = distance;
        if (last + distance > width) last = width > distance ? width - distance : 0;
        if (first >= last) continue;

        lanes sums;
        memset(&sums, 0, sizeof sums);
        const size_t start = first * channels, count = (last - first) * channels;
        add_to_lanes(&sums, &row, start, count, first % period * channels, lane_count);
        fpx_persistence_sums here[FPX_DETECTION_CHANNELS] = {{0}};
        for (size_t lane = 0; lane < lane_count; lane++) {
            fpx_persistence_sums *phase = &phase_sums[lane], *all = &here[lane % channels];
            phase->above += sums.above[lane], all->above += sums.above[lane];
            phase->below += sums.below[lane], all->below += sums.below[lane];
            phase->blind_above += sums.blind_above[lane], all->blind_above += sums.blind_above[lane];
            phase->blind_below += sums.blind_below[lane], all->blind_below += sums.blind_below[lane];
        }
        for (size_t column = first; column < last; column++)
            for (size_t channel = 0; channel < channels; channel++)
                phase_sums[column % period * channels + channel].places++;

        // Thresholds of every channel, repeated over a run of samples so that the comparison is one loop.
        uint16_t most_above[LANES], most_below[LANES], most_either[LANES];
        const double places = (double)(last - first), frames = (double)frame_count;
        for (size_t channel = 0; channel < channels; channel++) {
            fpx_persistence_sums *tile_sum = &tile_sums[tile * channels + channel];
            const fpx_persistence_sums all = here[channel];
            tile_sum->above += all.above, tile_sum->below += all.below;
            tile_sum->blind_above += all.blind_above, tile_sum->blind_below += all.blind_below;
            tile_sum->places += last - first;
            const uint16_t a = threshold((double)all.above, places, frames, spread, least_share);
            const uint16_t b = threshold((double)all.below, places, frames, spread, least_share);
            const uint16_t e = threshold((double)(all.above + all.below), places, frames, spread, least_share);
            for (size_t lane = channel; lane < lane_count; lane += channels)
                most_above[lane] = a, most_below[lane] = b, most_either[lane] = e;
        }
        uint16_t any = 0;
        for (size_t i = 0; i < count; i += lane_count) {
            const size_t run = lane_count < count - i ? lane_count : count - i;
            const uint16_t *a = above + start + i, *b = below + start + i;
            for (size_t k = 0; k < run; k++)
                any |= (uint16_t)((a[k] > most_above[k]) | (b[k] > most_below[k]) |
                                  ((uint16_t)(a[k] + b[k]) > most_either[k]));
        }
        if (any)
            for (size_t column = first; column < last; column++)
                for (size_t channel = 0; channel < channels; channel++) {
                    const size_t at = column * channels + channel;
                    if (above[at] > most_above[channel] || below[at] > most_below[channel] ||
                        above[at] + below[at] > most_either[channel]) {
                        flagged[found++] = (uint32_t)column;
                        break;
                    }
                }
        fpx_row_marks mark = {0, 0, 0};
        for (size_t at = start + marked_channel; at < start + count; at += channels) {
            mark.silent += (uint8_t)((above[at] | below[at]) == 0);
            mark.black += (uint8_t)(blind_below[at] >= half);
            mark.white += (uint8_t)(blind_above[at] >= half);
        }
        marks[tile] = mark;
    }
    *flagged_count = found;
    return FPX_OK;
}
