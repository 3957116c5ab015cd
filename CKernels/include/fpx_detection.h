/// One row of finished counters and sums, as the search for defects reads it: sums for the expected share, the few
/// places that need a second look, and how far a row lies from its neighbours.
///
/// A row is `width` pixels of `channels` interleaved samples. Of it the columns `distance` ..< `width` - `distance` are
/// looked at: the others have no counters. Tiles are `tile_columns` wide, the last one may be narrower; `period` is
/// that of the coded block or of the colour pattern.
///
/// Errors: FPX_ERROR_ARGUMENT for null pointers where there are samples (`flagged_count` always), for `channels`,
/// `period` and `tile_columns` of 0 or above FPX_DETECTION_CHANNELS, FPX_DETECTION_PERIOD and
/// FPX_DETECTION_TILE_COLUMNS, for a `marked_channel` that is not below `channels`, and what functions say themselves;
/// then nothing is written.
/// Arguments: results overlap neither each other nor what is read. The overloads with spans, which check their lengths
/// first, stop the program at a `tile_columns` of 0.
/// Thread-safety: everything runs on the calling thread; calls at the same time work on different results.
#ifndef FPX_DETECTION_H
#define FPX_DETECTION_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_annotations.h"
#include "fpx_constant.h"
#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

FPX_CONSTANT(size_t, FPX_DETECTION_CHANNELS, 4);
FPX_CONSTANT(size_t, FPX_DETECTION_PERIOD, 16);
FPX_CONSTANT(size_t, FPX_DETECTION_TILE_COLUMNS, 255);
FPX_FLOATING_CONSTANT(double, FPX_DETECTION_MOST, 0.9);

/// Counters summed up over places (see fpx_extremes.h), and how many places.
typedef struct {
    uint64_t above, below, blind_above, blind_below, places;
} fpx_persistence_sums;

/// Of some pixels of a row, as numbers up to `tile_columns`, in one channel: neither above nor below in any frame;
/// whose neighbours reach black, or white, in half of the frames or more.
typedef struct {
    uint8_t silent, black, white;
} fpx_row_marks;

/// Adds the counters of a row to
///   tile_sums[tile * channels + channel]
///   phase_sums[(column % period) * channels + channel]
/// sets marks[tile] for channel `marked_channel`, and writes to `flagged` (room for `width`) the columns, in order, in
/// which a sample is above, below, or either of both in more frames than n p + spread sqrt(n p (1 - p) + 1/4), where p
/// is the share of the same in its tile of this row, at least `least_share`; FPX_DETECTION_MOST n is always enough, so
/// that a few frames that all agree are. Returns their number in `*flagged_count`.
fpx_status fpx_persistence_row(
    fpx_persistence_sums *_Nonnull FPX_COUNTED_BY((width + tile_columns - 1) / tile_columns * channels)
        tile_sums FPX_NOESCAPE,
    fpx_persistence_sums *_Nonnull FPX_COUNTED_BY((period * channels)) phase_sums FPX_NOESCAPE,
    fpx_row_marks *_Nonnull FPX_COUNTED_BY((width + tile_columns - 1) / tile_columns) marks FPX_NOESCAPE,
    uint32_t *_Nonnull FPX_COUNTED_BY(width) flagged FPX_NOESCAPE, size_t *_Nonnull flagged_count FPX_NOESCAPE,
    const uint16_t *_Nonnull FPX_COUNTED_BY((width * channels)) above FPX_NOESCAPE,
    const uint16_t *_Nonnull FPX_COUNTED_BY((width * channels)) below FPX_NOESCAPE,
    const uint16_t *_Nonnull FPX_COUNTED_BY((width * channels)) blind_above FPX_NOESCAPE,
    const uint16_t *_Nonnull FPX_COUNTED_BY((width * channels)) blind_below FPX_NOESCAPE, size_t width, size_t channels,
    size_t distance, size_t period, size_t tile_columns, size_t marked_channel, size_t frame_count, double spread,
    double least_share);

/// offsets[i] = |2 x[i] - (the two middle ones of the eight neighbours' sum)| for `first` <= i < `last`; the neighbours
/// lie `step` samples to the left and right in `upper`, `row` and `lower`. Not defined, but no error, where one of the
/// nine is not a number.
/// Errors: FPX_ERROR_ARGUMENT also for a `step` of 0, and for one above `first` where `first` is below `last`.
fpx_status fpx_ring_offsets_f32(float *_Nonnull FPX_COUNTED_BY(last) offsets FPX_NOESCAPE,
                                const float *_Nonnull FPX_COUNTED_BY(last + step) upper FPX_NOESCAPE,
                                const float *_Nonnull FPX_COUNTED_BY(last + step) row FPX_NOESCAPE,
                                const float *_Nonnull FPX_COUNTED_BY(last + step) lower FPX_NOESCAPE, size_t first,
                                size_t last, size_t step);

/// How far samples lie from their neighbours, in units of the tile's spread, summed up over places in 1/256ths, each
/// share rounded towards 0, and how many places.
typedef struct {
    uint64_t sum, places;
} fpx_spread_sums;

/// A share counts for no more: one far out among many does not say how its place is.
FPX_FLOATING_CONSTANT(float, FPX_DETECTION_MOST_SHARE, 4.0f);

/// Of the offsets of a row, none below 0: sets spreads[tile * channels + channel] to what 27 of 32 of the tile's
/// samples do not exceed, and adds the samples' shares of it to phases[(column % period) * channels + channel] where it
/// is above 0. Tiles of which fewer than `fewest_columns` (1 or more) are looked at get -1. Offsets that are not
/// numbers exceed nothing, and their shares are the largest.
fpx_status fpx_tile_spreads_f32(float *_Nonnull FPX_COUNTED_BY((width + tile_columns - 1) / tile_columns * channels)
                                    spreads FPX_NOESCAPE,
                                fpx_spread_sums *_Nonnull FPX_COUNTED_BY((period * channels)) phases FPX_NOESCAPE,
                                const float *_Nonnull FPX_COUNTED_BY((width * channels)) offsets FPX_NOESCAPE,
                                size_t width, size_t channels, size_t distance, size_t period, size_t tile_columns,
                                size_t fewest_columns);

FPX_CONSTANT(int32_t, FPX_LINE_STEP, 33554432);
/// The most samples whose steps a sum holds.
FPX_CONSTANT(size_t, FPX_LINE_TILE_COLUMNS, 63);

/// Compares `row` with two others on either side of it, sample by sample: above[i] += row > both, below[i] += row <
/// both, sums[i] += how far it lies beyond the nearer one of both (negative below), clamped to +-FPX_LINE_STEP and
/// rounded towards 0. `count` samples. Where one of the three is not a number, nothing is added.
/// Overflow: sums hold FPX_LINE_TILE_COLUMNS rows, `above` and `below` 255, whatever their samples; the caller keeps
/// count. Beyond it, they are modulo 2^32 and 2^8.
fpx_status fpx_line_offsets_f32(uint8_t *_Nonnull FPX_COUNTED_BY(count) above FPX_NOESCAPE,
                                uint8_t *_Nonnull FPX_COUNTED_BY(count) below FPX_NOESCAPE,
                                int32_t *_Nonnull FPX_COUNTED_BY(count) sums FPX_NOESCAPE,
                                const float *_Nonnull FPX_COUNTED_BY(count) row FPX_NOESCAPE,
                                const float *_Nonnull FPX_COUNTED_BY(count) left FPX_NOESCAPE,
                                const float *_Nonnull FPX_COUNTED_BY(count) right FPX_NOESCAPE, size_t count);

/// The same, summed up over the samples of each tile: above[tile], below[tile] and sums[tile] are set. `tile_columns`
/// is at most FPX_LINE_TILE_COLUMNS, so that sums fit.
fpx_status fpx_tile_line_offsets_f32(
    uint8_t *_Nonnull FPX_COUNTED_BY((count + tile_columns - 1) / tile_columns) above FPX_NOESCAPE,
    uint8_t *_Nonnull FPX_COUNTED_BY((count + tile_columns - 1) / tile_columns) below FPX_NOESCAPE,
    int32_t *_Nonnull FPX_COUNTED_BY((count + tile_columns - 1) / tile_columns) sums FPX_NOESCAPE,
    const float *_Nonnull FPX_COUNTED_BY(count) row FPX_NOESCAPE,
    const float *_Nonnull FPX_COUNTED_BY(count) left FPX_NOESCAPE,
    const float *_Nonnull FPX_COUNTED_BY(count) right FPX_NOESCAPE, size_t count, size_t tile_columns);

/// Sums up whole numbers next to the samples of `row` along columns and along tiles: columns[i] += row[i], tiles[i /
/// tile_columns] += row[i]. What is no number counts as 0, and samples beyond +-2^46 as that, so that sums of up to 127
/// rows or columns are exact and no order of adding changes them.
fpx_status fpx_line_levels_f32(double *_Nonnull FPX_COUNTED_BY(count) columns FPX_NOESCAPE,
                               double *_Nonnull FPX_COUNTED_BY((count + tile_columns - 1) / tile_columns)
                                   tiles FPX_NOESCAPE,
                               const float *_Nonnull FPX_COUNTED_BY(count) row FPX_NOESCAPE, size_t count,
                               size_t tile_columns);

#ifdef __cplusplus
}
#endif
#endif
