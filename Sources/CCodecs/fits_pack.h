/// Packs tiles of compressed FITS pictures; fits_tiles.h unpacks them; not public.
#ifndef FPX_FITS_PACK_H
#define FPX_FITS_PACK_H

#include "fits_tiles.h"
#include "repair_internal.h"

/// Appends `sample_count` samples, as `fpx_fits_tiles_unpack` gives them, packed as `compression` says. False when
/// memory is short.
bool fpx_fits_pack(const fpx_fits_tiles *_Nonnull tiles, fpx_fits_compression compression,
                   const uint8_t *_Nonnull samples, size_t sample_count, fpx_bytes *_Nonnull packed);

#endif
