/// Rows of samples as a file stores them, made into rows as fpx_photo.h hands them out; not public.
#ifndef FPX_SAMPLE_ROWS_H
#define FPX_SAMPLE_ROWS_H

#include "photo_internal.h"

/// How samples are stored and which of them are wanted.
typedef struct fpx_sample_layout {
    size_t width;
    /// 8 or 16, whole numbers, or 32, floating point.
    unsigned bits;
    /// Channels that a row holds when they are interleaved.
    unsigned stored_channels;
    /// 1 or 3: the first ones.
    unsigned colours;
    /// Each channel comes in a row of its own.
    bool is_planar;
    /// The channel behind the colours is delivered, too.
    bool takes_alpha;
    /// Three colours become one.
    bool makes_luma;
} fpx_sample_layout;

/// Whether a stored row is what is delivered.
bool fpx_sample_layout_is_plain(const fpx_sample_layout *_Nonnull layout);

/// Makes one row of one stored row, or of one for each channel.
void fpx_sample_layout_deliver(const fpx_sample_layout *_Nonnull layout, const uint8_t *_Nonnull const *_Nonnull stored,
                               uint8_t *_Nonnull destination);

/// Fails when a delivered row of floating-point samples has one that is not finite. `first_row` is where the rows lie
/// in the frame, for the message.
fpx_photo_status fpx_sample_layout_check(const fpx_sample_layout *_Nonnull layout, const uint8_t *_Nonnull rows,
                                         size_t row_count, ptrdiff_t stride_bytes, size_t first_row,
                                         const char *_Nonnull format_name, fpx_photo_error *_Nonnull error);

/// Turns round the bytes of each sample of 16 or 32 bits; nothing for 8.
void fpx_swap_samples(uint8_t *_Nonnull samples, size_t byte_count, unsigned bits);

#endif
