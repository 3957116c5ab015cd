/// Writes a JPEG row by row over libjpeg-turbo, through a caller's callback. libjpeg's errors never leave these
/// functions by longjmp.
///
/// The coding is what OpenCV's imwrite and libjpeg's defaults give: baseline, accurate integer DCT, the standard
/// Huffman tables, and for colour YCbCr with chroma halved in both directions (4:2:0).
///
/// Thread-safety: a writer belongs to one thread at a time; different writers are independent of each other.
#ifndef FPX_JPEG_WRITER_H
#define FPX_JPEG_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_photo_metadata.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes of the message buffers below, terminating zero included.
#define FPX_JPEG_WRITER_MESSAGE_BYTES 256

/// A JPEG on its way out.
typedef struct fpx_jpeg_writer fpx_jpeg_writer;

typedef enum fpx_jpeg_writer_status {
    FPX_JPEG_WRITER_OK = 0,
    /// An argument is out of its documented range; the message names it.
    FPX_JPEG_WRITER_ERROR_ARGUMENT = 1,
    FPX_JPEG_WRITER_ERROR_MEMORY = 2,
    /// The caller's callback reported a failure.
    FPX_JPEG_WRITER_ERROR_WRITE = 3,
    /// More rows than the height were written, fewer at the end, or the writer had already failed or finished.
    FPX_JPEG_WRITER_ERROR_SEQUENCE = 4,
    /// libjpeg refused for another reason; the message holds its words.
    FPX_JPEG_WRITER_ERROR_LIBRARY = 5,
} fpx_jpeg_writer_status;

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

/// Takes the next `count` bytes of the file and returns 0, or anything else when they could not be written.
/// It must return normally, and must not call the writer.
typedef int (*fpx_jpeg_writer_callback)(void *_Nullable context, const void *_Nonnull bytes, size_t count);

/// Opens a writer. `write` is called with `context` during this function, fpx_jpeg_writer_write_rows and
/// fpx_jpeg_writer_finish, with pieces of up to 64 KiB. `losses` receives fpx_metadata_loss bits. On failure
/// `*writer` is null and `message` (FPX_JPEG_WRITER_MESSAGE_BYTES bytes) holds an English sentence.
fpx_jpeg_writer_status fpx_jpeg_writer_open(fpx_jpeg_writer *_Nullable *_Nonnull writer,
                                            const fpx_jpeg_writer_options *_Nonnull options,
                                            fpx_jpeg_writer_callback _Nonnull write, void *_Nullable context,
                                            uint32_t *_Nonnull losses, char *_Nonnull message);

/// Writes the next `row_count` rows, top to bottom; row r starts at `rows` + r * `stride_bytes`. After a failure the
/// only thing left to do with the writer is to close it.
fpx_jpeg_writer_status fpx_jpeg_writer_write_rows(fpx_jpeg_writer *_Nonnull writer, const uint8_t *_Nonnull rows,
                                                  ptrdiff_t stride_bytes, size_t row_count, char *_Nonnull message);

/// Ends the file. Exactly `height` rows must have been written. The writer is still to be closed.
fpx_jpeg_writer_status fpx_jpeg_writer_finish(fpx_jpeg_writer *_Nonnull writer, char *_Nonnull message);

/// Frees the writer, in any state; writes nothing. Null is allowed.
void fpx_jpeg_writer_close(fpx_jpeg_writer *_Nullable writer);

#ifdef __cplusplus
}
#endif

#endif
