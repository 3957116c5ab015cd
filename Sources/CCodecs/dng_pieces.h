/// Whether the strips and tiles of a DNG hold the picture that its tags claim; not public.
///
/// LibRaw leaves zeros, without a word, where the JPEGs in them are smaller than the picture.
#ifndef FPX_DNG_PIECES_H
#define FPX_DNG_PIECES_H

#include "photo_internal.h"

/// Fails when the raw picture of `width` x `height` is in no directory that is known, or packed by JPEG into fewer
/// bytes than that can be. Reads little more than tags.
fpx_photo_status fpx_dng_check_bytes(fpx_byte_source *_Nonnull source, uint32_t width, uint32_t height,
                                     fpx_photo_error *_Nonnull error);

/// Fails when the header of a JPEG in a strip or tile of the picture says that it has fewer samples than are taken from
/// there, or more than its bytes can hold. Reads of every one of them.
fpx_photo_status fpx_dng_check_frames(fpx_byte_source *_Nonnull source, uint32_t width, uint32_t height,
                                      fpx_photo_error *_Nonnull error);

#endif
