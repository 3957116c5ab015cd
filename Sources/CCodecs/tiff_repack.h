/// Changes single samples of compressed TIFF pictures; not public.
#ifndef FPX_TIFF_REPACK_H
#define FPX_TIFF_REPACK_H

#include "repair_internal.h"

/// Unpacks the strips and tiles of the picture at `directory` in which `samples` lie, gives these their values of
/// `byte_count` bytes, packs them again as they were packed, and reads them back. What does not fit in its old place
/// goes to the file's end; nothing else of the file changes. `samples` are sorted. On failure `file` is of no use.
fpx_photo_status fpx_tiff_repack(fpx_bytes *_Nonnull file, uint64_t directory, fpx_packed_sample *_Nonnull samples,
                                 size_t sample_count, unsigned byte_count, fpx_photo_error *_Nonnull error);

#endif
