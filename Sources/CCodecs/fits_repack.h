/// Changes single samples of compressed FITS pictures; not public.
#ifndef FPX_FITS_REPACK_H
#define FPX_FITS_REPACK_H

#include "fits_tiles.h"
#include "repair_internal.h"

/// A compressed picture, or a cube of them, in its file.
typedef struct fpx_fits_packed_picture {
    /// Of its header and its table.
    uint64_t header;
    uint64_t data;
    uint64_t width;
    uint64_t height;
    const fpx_fits_tiles *_Nonnull tiles;
} fpx_fits_packed_picture;

/// Unpacks the tiles of `input` in which `samples` lie (units are tiles, offsets count their unpacked bytes), gives
/// these their values of `byte_count` bytes, packs them in `file` as they were packed, and reads them back. What does
/// not fit in its old place goes to the heap's end, so that what lies behind the picture moves; sums in the header that
/// were right are right again. `samples` are sorted. On failure `file` is of no use.
fpx_photo_status fpx_fits_repack(fpx_bytes *_Nonnull file, const fpx_fits_packed_picture *_Nonnull picture,
                                 fpx_fits_input *_Nonnull input, uint64_t input_bytes,
                                 fpx_packed_sample *_Nonnull samples, size_t sample_count, unsigned byte_count,
                                 fpx_photo_error *_Nonnull error);

#endif
