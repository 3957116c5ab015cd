/// Writes JPEGs over libjpeg-turbo; see fpx_image_writer.h.
///
/// The coding is what OpenCV's imwrite and libjpeg's defaults give: baseline, accurate integer DCT, the standard
/// Huffman tables, and for colour YCbCr with chroma halved in both directions (4:2:0).
#ifndef FPX_JPEG_WRITER_H
#define FPX_JPEG_WRITER_H

#include <stdint.h>

#include "fpx_image_writer.h"
#include "fpx_photo_metadata.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fpx_jpeg_writer_options {
    /// Pixels, 1 to 65500 each, which is libjpeg's limit.
    uint32_t width;
    uint32_t height;
    /// 1 (grey) or 3 (red, green, blue interleaved), 8 bits each.
    uint32_t channels;
    /// 1 to 100 on libjpeg's scale.
    int quality;
    /// Read by fpx_jpeg_writer_open only; null for none.
    const fpx_photo_metadata *_Nullable metadata;
} fpx_jpeg_writer_options;

/// Opens a writer. `write` is called with `context` during this function, fpx_image_writer_write_rows and
/// fpx_image_writer_finish, with pieces of up to 64 KiB. `losses`, when it is not null, receives fpx_metadata_loss
/// bits. On failure `*writer` is null and `message` (FPX_IMAGE_WRITER_MESSAGE_BYTES bytes) says why.
fpx_image_writer_status fpx_jpeg_writer_open(fpx_image_writer *_Nullable *_Nonnull writer,
                                             const fpx_jpeg_writer_options *_Nonnull options,
                                             fpx_image_writer_callback _Nonnull write, void *_Nullable context,
                                             uint32_t *_Nullable losses, char *_Nonnull message);

#ifdef __cplusplus
}
#endif

#endif
