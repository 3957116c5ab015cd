/// Shared by the repairs of the formats; not public.
#ifndef FPX_REPAIR_INTERNAL_H
#define FPX_REPAIR_INTERNAL_H

#include <stdbool.h>

#include "fpx_photo_repair.h"
#include "photo_internal.h"

/// Appends; false when memory is short.
bool fpx_bytes_append(fpx_bytes *_Nonnull bytes, const void *_Nonnull data, size_t count);

/// By their units, and by their places in each.
void fpx_packed_samples_sort(fpx_packed_sample *_Nonnull samples, size_t count);

/// How many from the first on lie in one unit; of sorted ones, at least one.
size_t fpx_packed_samples_in_unit(const fpx_packed_sample *_Nonnull samples, size_t count);

/// Whether the patches are as fpx_photo_repair.h demands.
bool fpx_repair_patches_are_inside(const fpx_repair_patch *_Nullable patches, size_t patch_count, uint64_t width,
                                   uint64_t height);

/// How far around a patch good samples are looked for: as far as it is long, and as far again as an ordinary smear.
size_t fpx_repair_reach(const fpx_repair_patch *_Nonnull patch);

/// The longest side of a window around a patch.
enum { FPX_REPAIR_LONGEST_WINDOW_SIDE = 3 * FPX_REPAIR_LONGEST_SIDE + 2 * 16 };

/// A part of a picture around a patch.
typedef struct fpx_repair_window {
    /// `channels` interleaved samples a pixel.
    double *_Nonnull samples;
    /// A byte a pixel: 1 when it may be used, 0 when it is to be replaced itself.
    uint8_t *_Nonnull is_good;
    size_t width;
    size_t height;
    size_t channels;
    /// A difference between samples that means nothing.
    double noise;
    /// How far from a pixel good ones are looked for, in each direction.
    size_t reach;
} fpx_repair_window;

/// Interpolates the pixel at `column`, `row` of the window into `values`, one for each channel. Reads good pixels only.
/// False when there is none in any of the eight directions.
bool fpx_repair_interpolate(const fpx_repair_window *_Nonnull window, size_t column, size_t row,
                            double *_Nonnull values);

/// A copy of the patches, from top to bottom, to be freed by the caller; null when memory is short.
fpx_repair_patch *_Nullable fpx_repair_patches_by_row(const fpx_repair_patch *_Nullable patches, size_t patch_count);

/// Clears `is_good` for all patches, which come from top to bottom and are given in the window's pixels times
/// `column_factor` and `row_factor`, from the window's upper left pixel at `left`, `top`.
void fpx_repair_mark(fpx_repair_window *_Nonnull window, const fpx_repair_patch *_Nonnull patches, size_t patch_count,
                     size_t left, size_t top, size_t column_factor, size_t row_factor);

#endif
