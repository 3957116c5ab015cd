/// Coarse sums of single rows: what tells a fixed view, and dark frames from scenes, without a map of any frame.
///
/// A row is `width` pixels of `channels` interleaved samples, of which one `channel` is looked at. It is divided into
/// cells of FPX_SCENE_CELL_COLUMNS pixels; the last, incomplete one is left out. Added to what is there:
///   cell_sums[j] += sum of the samples of cell j
///   *level       += sum of the samples of all cells
///   *roughness   += sum of |x(c) - x(c + distance)| over all columns c with c + distance < width
/// All exact integers. Float samples are counted in steps of 1/65536, rounded half to even and clamped to +-2^40, so
/// that their sums are exact, too; a NaN counts as 0.
///
/// Overflow: the sums hold rows of together 2^55 8-bit samples, 2^47 16-bit samples or 2^22 float samples, whatever
/// these are (float samples from 0 to 1: 2^46). The caller keeps count; beyond it, sums are modulo 2^64.
/// Errors: FPX_ERROR_ARGUMENT for a null pointer with a width above 0 (`cell_sums` may be null where no cell is
/// complete: with a width below FPX_SCENE_CELL_COLUMNS), and for a channel that is not below `channels`; then nothing
/// is written.
/// Arguments: sums overlap neither each other nor the row.
/// Thread-safety: everything runs on the calling thread; calls at the same time work on different sums.
#ifndef FPX_SCENE_H
#define FPX_SCENE_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_annotations.h"
#include "fpx_constant.h"
#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

FPX_CONSTANT(size_t, FPX_SCENE_CELL_COLUMNS, 8);
/// Steps of a float sample of 1: frames of 0 to 1 are as fine as integers of 16 bits.
FPX_CONSTANT(int64_t, FPX_SCENE_FLOAT_STEPS, 65536);

fpx_status fpx_scene_row_u8(int64_t *_Nullable FPX_COUNTED_BY(width / 8) cell_sums FPX_NOESCAPE,
                            int64_t *_Nonnull level FPX_NOESCAPE, int64_t *_Nonnull roughness FPX_NOESCAPE,
                            const uint8_t *_Nullable FPX_COUNTED_BY((width * channels)) row FPX_NOESCAPE, size_t width,
                            size_t channels, size_t channel, size_t distance);
fpx_status fpx_scene_row_u16(int64_t *_Nullable FPX_COUNTED_BY(width / 8) cell_sums FPX_NOESCAPE,
                             int64_t *_Nonnull level FPX_NOESCAPE, int64_t *_Nonnull roughness FPX_NOESCAPE,
                             const uint16_t *_Nullable FPX_COUNTED_BY((width * channels)) row FPX_NOESCAPE,
                             size_t width, size_t channels, size_t channel, size_t distance);
fpx_status fpx_scene_row_f32(int64_t *_Nullable FPX_COUNTED_BY(width / 8) cell_sums FPX_NOESCAPE,
                             int64_t *_Nonnull level FPX_NOESCAPE, int64_t *_Nonnull roughness FPX_NOESCAPE,
                             const float *_Nullable FPX_COUNTED_BY((width * channels)) row FPX_NOESCAPE, size_t width,
                             size_t channels, size_t channel, size_t distance);

/// In how many columns two rows differ as two rows of one picture hardly do: of `width` pixels of `channels` samples,
/// every `column_step`-th column's `channel` is looked at, and counted in `*seam_columns` (which is set) when
///   |below - above| > 2 max(|above - first|, |last - below|) + least
/// for four rows that follow each other: `first`, `above`, `below`, `last`. `least` is at most 255.
/// Errors: as above, and for a `column_step` of 0 or of more than FPX_SCENE_MOST_COLUMN_STEP / channels.
fpx_status fpx_seam_columns_u8(size_t *_Nonnull seam_columns FPX_NOESCAPE,
                               const uint8_t *_Nullable FPX_COUNTED_BY((width * channels)) first FPX_NOESCAPE,
                               const uint8_t *_Nullable FPX_COUNTED_BY((width * channels)) above FPX_NOESCAPE,
                               const uint8_t *_Nullable FPX_COUNTED_BY((width * channels)) below FPX_NOESCAPE,
                               const uint8_t *_Nullable FPX_COUNTED_BY((width * channels)) last FPX_NOESCAPE,
                               size_t width, size_t channels, size_t channel, size_t column_step, unsigned least);
FPX_CONSTANT(size_t, FPX_SCENE_MOST_COLUMN_STEP, 64);

#ifdef __cplusplus
}
#endif
#endif
