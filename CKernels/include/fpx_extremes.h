/// How often a sample lies above, or below, all its eight neighbours: exact counts over frames.
///
/// The neighbours of sample i of row r lie at a distance of rows and samples that the caller names: samples i - d, i
/// and i + d of the rows D above and D below, and samples i - d and i + d of its own row. With interleaved channels, d
/// is a multiple of their number, so that neighbours are of one channel; in a mosaic of colours, D and d are its
/// period. For every sample and frame, with x the sample and max and min those of its neighbours,
///     above += x > max,    blind_above += !(max < white),
///     below += x < min,    blind_below += !(min > black).
/// A frame is *blind* where the neighbours leave no room for the sample to lie beyond them; the others can tell. Counts
/// start at zero and are exact integers, so the order of frames, the split into calls, rows and batches, threads and
/// SIMD levels change no bit, and the counts of disjoint sets of frames add up.
///
/// Borders: only samples with all eight neighbours are counted, the counts of the d first and the d last of a row (all,
/// when there are 2 d or fewer) are not touched.
/// Special values: a float frame is blind for both where one of the nine is not a number, and never a hit there.
/// `black` -INFINITY and `white` INFINITY leave only frames blind whose neighbours are infinite themselves.
/// Overflow: the counts hold FPX_EXTREMES_MAXIMUM_FRAMES frames. A call with more fails; the caller keeps count over
/// calls. Beyond it, counts are modulo 2^16.
/// Arguments: buffers may have any address that suits their element type, and nothing is read or written outside them.
/// Counters overlap neither each other nor the frames; rows may be given several times. `blind_above` and `blind_below`
/// are written only where a frame is blind.
/// Thread-safety: everything runs on the calling thread, and may be called from any thread at the same time, if no two
/// calls work on the same counters.
/// Complexity: frame_count * rows * sample_count; no allocation; less than 40 KiB of the stack.
/// Errors: FPX_ERROR_OVERFLOW for a frame_count above the maximum, FPX_ERROR_ARGUMENT for a distance of 0, or for a
/// null pointer where no count is zero; then nothing is written.
#ifndef FPX_EXTREMES_H
#define FPX_EXTREMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpx_annotations.h"
#include "fpx_constant.h"
#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The most frames whose counts fit 16 bits.
FPX_CONSTANT(size_t, FPX_EXTREMES_MAXIMUM_FRAMES, 65535);

// One row. `rows_above`, `rows` and `rows_below` have frame_count pointers, each to the first sample of a row of
// sample_count samples; the counters have sample_count elements.

fpx_status fpx_extremes_u8_accumulate(uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) above FPX_NOESCAPE,
                                      uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) below FPX_NOESCAPE,
                                      uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) blind_above FPX_NOESCAPE,
                                      uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) blind_below FPX_NOESCAPE,
                                      const uint8_t *_Nonnull const *_Nonnull rows_above FPX_NOESCAPE,
                                      const uint8_t *_Nonnull const *_Nonnull rows FPX_NOESCAPE,
                                      const uint8_t *_Nonnull const *_Nonnull rows_below FPX_NOESCAPE,
                                      size_t frame_count, size_t sample_count, size_t distance_samples, uint8_t black,
                                      uint8_t white);
fpx_status fpx_extremes_u16_accumulate(uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) above FPX_NOESCAPE,
                                       uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) below FPX_NOESCAPE,
                                       uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) blind_above FPX_NOESCAPE,
                                       uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) blind_below FPX_NOESCAPE,
                                       const uint16_t *_Nonnull const *_Nonnull rows_above FPX_NOESCAPE,
                                       const uint16_t *_Nonnull const *_Nonnull rows FPX_NOESCAPE,
                                       const uint16_t *_Nonnull const *_Nonnull rows_below FPX_NOESCAPE,
                                       size_t frame_count, size_t sample_count, size_t distance_samples, uint16_t black,
                                       uint16_t white);
fpx_status fpx_extremes_f32_accumulate(uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) above FPX_NOESCAPE,
                                       uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) below FPX_NOESCAPE,
                                       uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) blind_above FPX_NOESCAPE,
                                       uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) blind_below FPX_NOESCAPE,
                                       const float *_Nonnull const *_Nonnull rows_above FPX_NOESCAPE,
                                       const float *_Nonnull const *_Nonnull rows FPX_NOESCAPE,
                                       const float *_Nonnull const *_Nonnull rows_below FPX_NOESCAPE,
                                       size_t frame_count, size_t sample_count, size_t distance_samples, float black,
                                       float white);

// A tile of row_count rows, which is faster than row by row: the extremes of three samples of a row are found once for
// the three rows that they are neighbours of. `rows` has row_count + 2 * distance_rows pointers for the first frame,
// from the row distance_rows above the first that is counted to the row distance_rows below the last, then as many for
// the next frame. Counters have row_count rows, each counter_stride_bytes after the one before.

fpx_status fpx_extremes_u8_accumulate_tile(uint16_t *_Nonnull above FPX_NOESCAPE, uint16_t *_Nonnull below FPX_NOESCAPE,
                                           uint16_t *_Nonnull blind_above FPX_NOESCAPE,
                                           uint16_t *_Nonnull blind_below FPX_NOESCAPE, ptrdiff_t counter_stride_bytes,
                                           const uint8_t *_Nonnull const *_Nonnull rows FPX_NOESCAPE,
                                           size_t frame_count, size_t row_count, size_t sample_count,
                                           size_t distance_rows, size_t distance_samples, uint8_t black, uint8_t white);
fpx_status fpx_extremes_u16_accumulate_tile(uint16_t *_Nonnull above FPX_NOESCAPE,
                                            uint16_t *_Nonnull below FPX_NOESCAPE,
                                            uint16_t *_Nonnull blind_above FPX_NOESCAPE,
                                            uint16_t *_Nonnull blind_below FPX_NOESCAPE, ptrdiff_t counter_stride_bytes,
                                            const uint16_t *_Nonnull const *_Nonnull rows FPX_NOESCAPE,
                                            size_t frame_count, size_t row_count, size_t sample_count,
                                            size_t distance_rows, size_t distance_samples, uint16_t black,
                                            uint16_t white);
fpx_status fpx_extremes_f32_accumulate_tile(uint16_t *_Nonnull above FPX_NOESCAPE,
                                            uint16_t *_Nonnull below FPX_NOESCAPE,
                                            uint16_t *_Nonnull blind_above FPX_NOESCAPE,
                                            uint16_t *_Nonnull blind_below FPX_NOESCAPE, ptrdiff_t counter_stride_bytes,
                                            const float *_Nonnull const *_Nonnull rows FPX_NOESCAPE, size_t frame_count,
                                            size_t row_count, size_t sample_count, size_t distance_rows,
                                            size_t distance_samples, float black, float white);

// The same of frames in one buffer, each frame_stride_bytes after the one before it, whose rows are row_stride_bytes
// apart (both may be negative); strides keep rows aligned for the sample type. `first_row` is that of the first frame,
// distance_rows above the first row that is counted.

fpx_status fpx_extremes_u8_accumulate_strided(
    uint16_t *_Nonnull above FPX_NOESCAPE, uint16_t *_Nonnull below FPX_NOESCAPE,
    uint16_t *_Nonnull blind_above FPX_NOESCAPE, uint16_t *_Nonnull blind_below FPX_NOESCAPE,
    ptrdiff_t counter_stride_bytes, const uint8_t *_Nonnull first_row FPX_NOESCAPE, ptrdiff_t row_stride_bytes,
    ptrdiff_t frame_stride_bytes, size_t frame_count, size_t row_count, size_t sample_count, size_t distance_rows,
    size_t distance_samples, uint8_t black, uint8_t white);
fpx_status fpx_extremes_u16_accumulate_strided(
    uint16_t *_Nonnull above FPX_NOESCAPE, uint16_t *_Nonnull below FPX_NOESCAPE,
    uint16_t *_Nonnull blind_above FPX_NOESCAPE, uint16_t *_Nonnull blind_below FPX_NOESCAPE,
    ptrdiff_t counter_stride_bytes, const uint16_t *_Nonnull first_row FPX_NOESCAPE, ptrdiff_t row_stride_bytes,
    ptrdiff_t frame_stride_bytes, size_t frame_count, size_t row_count, size_t sample_count, size_t distance_rows,
    size_t distance_samples, uint16_t black, uint16_t white);
fpx_status fpx_extremes_f32_accumulate_strided(
    uint16_t *_Nonnull above FPX_NOESCAPE, uint16_t *_Nonnull below FPX_NOESCAPE,
    uint16_t *_Nonnull blind_above FPX_NOESCAPE, uint16_t *_Nonnull blind_below FPX_NOESCAPE,
    ptrdiff_t counter_stride_bytes, const float *_Nonnull first_row FPX_NOESCAPE, ptrdiff_t row_stride_bytes,
    ptrdiff_t frame_stride_bytes, size_t frame_count, size_t row_count, size_t sample_count, size_t distance_rows,
    size_t distance_samples, float black, float white);

// Adds the counters of another, disjoint set of frame_count frames, which may be damaged. False: no frames have such
// counters (in one frame a sample is not above and below its neighbours, above where they reach white, or below where
// they are black), there are more frames than the maximum, or a pointer is null with a sample_count above zero; the
// counters are then worthless. Both sets together obey the maximum.

bool fpx_extremes_merge_checked(uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) above FPX_NOESCAPE,
                                uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) below FPX_NOESCAPE,
                                uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) blind_above FPX_NOESCAPE,
                                uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) blind_below FPX_NOESCAPE,
                                const uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) other_above FPX_NOESCAPE,
                                const uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) other_below FPX_NOESCAPE,
                                const uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) other_blind_above FPX_NOESCAPE,
                                const uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) other_blind_below FPX_NOESCAPE,
                                size_t frame_count, size_t sample_count);

#ifdef __cplusplus
}
#endif
#endif
