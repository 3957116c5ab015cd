/// Writes a PNG row by row over libpng, through a caller's callback. libpng's longjmp never leaves these functions.
///
/// Thread-safety: a writer belongs to one thread at a time; different writers are independent of each other.
#ifndef FPX_PNG_WRITER_H
#define FPX_PNG_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpx_photo_metadata.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes of the message buffers below, terminating zero included.
#define FPX_PNG_WRITER_MESSAGE_BYTES 256

/// A PNG on its way out.
typedef struct fpx_png_writer fpx_png_writer;

typedef enum fpx_png_writer_status {
    FPX_PNG_WRITER_OK = 0,
    /// An argument is out of its documented range; the message names it.
    FPX_PNG_WRITER_ERROR_ARGUMENT = 1,
    /// Memory for the writer could not be had.
    FPX_PNG_WRITER_ERROR_MEMORY = 2,
    /// The caller's callback reported a failure.
    FPX_PNG_WRITER_ERROR_WRITE = 3,
    /// More rows than the height were written, fewer at the end, or the writer had already failed or finished.
    FPX_PNG_WRITER_ERROR_SEQUENCE = 4,
    /// libpng refused for another reason; the message holds its words.
    FPX_PNG_WRITER_ERROR_LIBRARY = 5,
} fpx_png_writer_status;

/// Samples of a row as they lie in memory, without gaps; 16-bit samples in the processor's own byte order.
typedef enum fpx_png_writer_format {
    /// One byte a pixel.
    FPX_PNG_WRITER_GREY_8 = 0,
    /// Three bytes a pixel: red, green, blue.
    FPX_PNG_WRITER_RGB_8 = 1,
    /// One byte a pixel: an index into the palette.
    FPX_PNG_WRITER_PALETTE_8 = 2,
    /// One 16-bit sample a pixel.
    FPX_PNG_WRITER_GREY_16 = 3,
    /// Three 16-bit samples a pixel: red, green, blue.
    FPX_PNG_WRITER_RGB_16 = 4,
    /// As the formats above, with alpha as the last sample of each pixel.
    FPX_PNG_WRITER_GREY_ALPHA_8 = 5,
    FPX_PNG_WRITER_RGB_ALPHA_8 = 6,
    FPX_PNG_WRITER_GREY_ALPHA_16 = 7,
    FPX_PNG_WRITER_RGB_ALPHA_16 = 8,
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
    /// `palette_color_count` times red, green, blue; only for FPX_PNG_WRITER_PALETTE_8, null otherwise.
    const uint8_t *_Nullable palette;
    /// 1 to 256 for FPX_PNG_WRITER_PALETTE_8, 0 otherwise.
    size_t palette_color_count;
    /// `text_count` chunks, written before the pixels in this order; null when there are none.
    const fpx_png_writer_text *_Nullable texts;
    size_t text_count;
    /// EXIF, colour profile and resolution; null for none.
    const fpx_photo_metadata *_Nullable metadata;
    /// Receives fpx_metadata_loss bits when there is metadata and this is not null.
    uint32_t *_Nullable losses;
} fpx_png_writer_options;

/// Takes the next `count` bytes of the file and returns 0, or anything else when they could not be written.
/// It must return normally, and must not call the writer.
typedef int (*fpx_png_writer_callback)(void *_Nullable context, const void *_Nonnull bytes, size_t count);

/// Opens a writer and writes everything in front of the pixels.
///
/// `writer` receives the new writer, or null on failure. `write` is called with `context` during this function,
/// fpx_png_writer_write_rows and fpx_png_writer_finish, never later.
/// Returns FPX_PNG_WRITER_OK or why not: ARGUMENT, MEMORY, WRITE or LIBRARY; `message`
/// (FPX_PNG_WRITER_MESSAGE_BYTES bytes) then holds an English sentence, and is left alone on success.
fpx_png_writer_status fpx_png_writer_open(fpx_png_writer *_Nullable *_Nonnull writer,
                                          const fpx_png_writer_options *_Nonnull options,
                                          fpx_png_writer_callback _Nonnull write, void *_Nullable context,
                                          char *_Nonnull message);

/// Writes the next `row_count` rows, top to bottom; row r starts at `rows` + r * `stride_bytes`.
///
/// Rows need no alignment and are not changed. `stride_bytes` may be negative (pictures stored bottom up) and is
/// at least a row's bytes in size when there is more than one row.
/// Returns FPX_PNG_WRITER_OK, ARGUMENT, WRITE, SEQUENCE or LIBRARY, with `message` as for open. After a failure
/// the only thing left to do with the writer is to close it.
fpx_png_writer_status fpx_png_writer_write_rows(fpx_png_writer *_Nonnull writer, const void *_Nonnull rows,
                                                ptrdiff_t stride_bytes, size_t row_count, char *_Nonnull message);

/// Ends the file. Exactly `height` rows must have been written.
///
/// Returns FPX_PNG_WRITER_OK, WRITE, SEQUENCE (rows are missing) or LIBRARY (also when a pixel named a colour the
/// palette does not have), with `message` as for open. The writer is still to be closed.
fpx_png_writer_status fpx_png_writer_finish(fpx_png_writer *_Nonnull writer, char *_Nonnull message);

/// Frees the writer, in any state; writes nothing. Null is allowed.
void fpx_png_writer_close(fpx_png_writer *_Nullable writer);

#ifdef __cplusplus
}
#endif
#endif
