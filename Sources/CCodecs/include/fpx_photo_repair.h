/// Replaces small places of a photo by what is around them and leaves all else as it is.
///
/// Thread-safety: the functions keep nothing between calls; different calls may run at the same time.
#ifndef FPX_PHOTO_REPAIR_H
#define FPX_PHOTO_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpx_photo.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A rectangle to be replaced, in pixels of the stored picture. It must lie in the picture, and no side may be longer
/// than FPX_REPAIR_LONGEST_SIDE.
typedef struct fpx_repair_patch {
    uint32_t column;
    uint32_t row;
    uint32_t width;
    uint32_t height;
} fpx_repair_patch;

enum { FPX_REPAIR_LONGEST_SIDE = 64 };

/// Bytes of a file, owned by whoever holds the struct.
typedef struct fpx_bytes {
    uint8_t *_Nullable data;
    size_t count;
    size_t capacity;
} fpx_bytes;

/// Frees the bytes; an empty struct is allowed.
void fpx_bytes_free(fpx_bytes *_Nonnull bytes);

/// The repaired form of an open JPEG file in `output` (empty on entry; to be freed by the caller whatever the status).
///
/// Samples in a patch are interpolated between the nearest samples outside all patches, in eight directions, and the
/// more so along a direction the less its two ends differ, so that edges go on. The quantised coefficients of all
/// blocks without such samples stay as they are, and so do tables, markers and what follows the picture's end; blocks
/// with such samples are transformed and quantised anew from their exact, unrounded samples. Huffman codes are made
/// anew (progressive pictures: with libjpeg's usual scans). `blocks_changed` counts 8 x 8 blocks of all components.
/// `oddities` receives what was against the format and left the picture whole (FPX_PHOTO_ODD_...); with `is_strict`
/// that is damage. On failure `error` is filled: what fpx_photo_open can find, and a patch that has no good sample
/// around it.
fpx_photo_status fpx_jpeg_repair(int file_descriptor, bool is_strict, uint64_t maximum_pixels,
                                 const fpx_repair_patch *_Nullable patches, size_t patch_count,
                                 fpx_bytes *_Nonnull output, size_t *_Nonnull blocks_changed,
                                 uint32_t *_Nonnull oddities, fpx_photo_error *_Nonnull error);

/// The same for an open PNG file of 8 or 16 bits, grey or RGB, with or without alpha, which is not changed. All chunks
/// but those of the picture itself are copied byte for byte. Palettes and smaller samples have nothing in between to
/// interpolate to and are FPX_PHOTO_UNSUPPORTED.
fpx_photo_status fpx_png_repair(int file_descriptor, bool is_strict, uint64_t maximum_pixels,
                                const fpx_repair_patch *_Nullable patches, size_t patch_count,
                                fpx_bytes *_Nonnull output, uint32_t *_Nonnull oddities,
                                fpx_photo_error *_Nonnull error);

/// The same for one picture of an open TIFF or FITS file. Samples of a mosaic are made of those of their own colour.
/// `output`, empty at first, gets the whole file, unpacked when gzip has packed it, which may be at most
/// `maximum_bytes` long then. The samples in the patches change in it and nothing else; strips and tiles that are
/// compressed without loss are compressed again as they were. For further pictures of the file, of which the last has
/// to come first, `output` is given again as it is; and once to fpx_stored_repair_finish in the end.
fpx_photo_status fpx_stored_repair(int file_descriptor, const fpx_photo_page *_Nonnull page, uint64_t maximum_pixels,
                                   uint64_t maximum_bytes, const fpx_repair_patch *_Nullable patches,
                                   size_t patch_count, fpx_bytes *_Nonnull output, fpx_photo_error *_Nonnull error);

/// Packs `output` as the file is packed as a whole.
fpx_photo_status fpx_stored_repair_finish(int file_descriptor, fpx_bytes *_Nonnull output,
                                          fpx_photo_error *_Nonnull error);

/// Whether an open file is packed as a whole, so that its repair takes the memory of what it unpacks to.
bool fpx_stored_is_packed(int file_descriptor);

#ifdef __cplusplus
}
#endif

#endif
