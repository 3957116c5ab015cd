/// Writes PNGs over libpng; see fpx_image_writer.h.
#ifndef FPX_PNG_WRITER_H
#define FPX_PNG_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpx_codec_enum.h"
#include "fpx_image_writer.h"
#include "fpx_photo_metadata.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Samples of a row as they lie in memory, without gaps; 16-bit samples in the processor's own byte order.
typedef enum FPX_CODEC_ENUM fpx_png_writer_format {
    /// One byte a pixel.
    FPX_PNG_WRITER_GREY_8 FPX_CODEC_NAME("grey8") = 0,
    /// Three bytes a pixel: red, green, blue.
    FPX_PNG_WRITER_RGB_8 FPX_CODEC_NAME("rgb8") = 1,
    /// One byte a pixel: an index into the palette.
    FPX_PNG_WRITER_PALETTE_8 FPX_CODEC_NAME("palette8") = 2,
    /// One 16-bit sample a pixel.
    FPX_PNG_WRITER_GREY_16 FPX_CODEC_NAME("grey16") = 3,
    /// Three 16-bit samples a pixel: red, green, blue.
    FPX_PNG_WRITER_RGB_16 FPX_CODEC_NAME("rgb16") = 4,
    /// As the formats above, with alpha as the last sample of each pixel.
    FPX_PNG_WRITER_GREY_ALPHA_8 FPX_CODEC_NAME("greyAlpha8") = 5,
    FPX_PNG_WRITER_RGB_ALPHA_8 FPX_CODEC_NAME("rgbAlpha8") = 6,
    FPX_PNG_WRITER_GREY_ALPHA_16 FPX_CODEC_NAME("greyAlpha16") = 7,
    FPX_PNG_WRITER_RGB_ALPHA_16 FPX_CODEC_NAME("rgbAlpha16") = 8,
} fpx_png_writer_format;

/// One tEXt chunk. `keyword`: 1 to 79 bytes; both strings are ISO 8859-1, so plain ASCII is always right.
typedef struct fpx_png_writer_text {
    const char *_Nonnull keyword;
    const char *_Nonnull text;
} fpx_png_writer_text;

/// What to write. Everything pointed to is copied by fpx_png_writer_open.
typedef struct fpx_png_writer_options {
    /// Pixels, 1 to 2^31 - 1.
    uint32_t width;
    /// Rows, 1 to 2^31 - 1.
    uint32_t height;
    fpx_png_writer_format format;
    /// zlib's level, 0 (stored) to 9 (smallest), or -1 for zlib's default.
    int compression_level;
    /// True lets libpng choose a filter for every row: smaller files for photographs. False stores rows
    /// unfiltered: faster, and smaller for pictures of few colours.
    bool filter_rows;
    /// `palette_colour_count` times red, green, blue; only for FPX_PNG_WRITER_PALETTE_8, null otherwise.
    const uint8_t *_Nullable palette;
    /// 1 to 256 for FPX_PNG_WRITER_PALETTE_8, 0 otherwise.
    size_t palette_colour_count;
    /// `text_count` chunks, written before the pixels in this order; null when there are none.
    const fpx_png_writer_text *_Nullable texts;
    size_t text_count;
    /// EXIF, colour profile and resolution; null for none.
    const fpx_photo_metadata *_Nullable metadata;
} fpx_png_writer_options;

/// Opens a writer and writes everything in front of the pixels. `write` is called with `context` during this function,
/// fpx_image_writer_write_rows and fpx_image_writer_finish, never later. `losses`, when it is not null, receives
/// fpx_metadata_loss bits. On failure `*writer` is null and `message` (FPX_IMAGE_WRITER_MESSAGE_BYTES bytes) says why.
/// A pixel that names a colour the palette does not have is an error when the writer is finished (LIBRARY).
fpx_image_writer_status fpx_png_writer_open(fpx_image_writer *_Nullable *_Nonnull writer,
                                            const fpx_png_writer_options *_Nonnull options,
                                            fpx_image_writer_callback _Nonnull write, void *_Nullable context,
                                            uint32_t *_Nullable losses, char *_Nonnull message);

#ifdef __cplusplus
}
#endif
#endif
