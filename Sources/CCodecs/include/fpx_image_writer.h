/// Writes an image row by row through a caller's callback: what is the same for every format. The functions that open
/// a writer are in fpx_jpeg_writer.h and fpx_png_writer.h. The libraries' longjmps never leave any of these functions.
///
/// Thread-safety: a writer belongs to one thread at a time; different writers are independent of each other.
#ifndef FPX_IMAGE_WRITER_H
#define FPX_IMAGE_WRITER_H

#include <stddef.h>

#include "fpx_codec_enum.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes of the message buffers below, terminating zero included.
enum { FPX_IMAGE_WRITER_MESSAGE_BYTES = 256 };

/// An image on its way out.
typedef struct fpx_image_writer fpx_image_writer;

/// Whatever but OK is returned comes with an English sentence in `message`, which is left alone otherwise.
typedef enum FPX_CODEC_ENUM fpx_image_writer_status {
    FPX_IMAGE_WRITER_OK FPX_CODEC_NAME("ok") = 0,
    /// An argument is out of its documented range; the message names it.
    FPX_IMAGE_WRITER_ERROR_ARGUMENT FPX_CODEC_NAME("argument") = 1,
    /// Memory ran out, of the library's or for the writer itself.
    FPX_IMAGE_WRITER_ERROR_MEMORY FPX_CODEC_NAME("memory") = 2,
    /// The caller's callback reported a failure.
    FPX_IMAGE_WRITER_ERROR_WRITE FPX_CODEC_NAME("write") = 3,
    /// More rows than the height were written, fewer at the end, or the writer had already failed or finished.
    FPX_IMAGE_WRITER_ERROR_SEQUENCE FPX_CODEC_NAME("sequence") = 4,
    /// The library refused for another reason; the message holds its words.
    FPX_IMAGE_WRITER_ERROR_LIBRARY FPX_CODEC_NAME("library") = 5,
} fpx_image_writer_status;

/// Takes the next `count` bytes of the file and returns 0, or anything else when they could not be written.
/// It must return normally, and must not call the writer.
typedef int (*fpx_image_writer_callback)(void *_Nullable context, const void *_Nonnull bytes, size_t count);

/// Writes the next `row_count` rows, top to bottom; row r starts at `rows` + r * `stride_bytes`.
///
/// Rows need no alignment and are not changed. `stride_bytes` may be negative (pictures stored bottom up) and is
/// at least a row's bytes in size when there is more than one row. After a failure, of whatever function, the only
/// thing left to do with the writer is to close it.
fpx_image_writer_status fpx_image_writer_write_rows(fpx_image_writer *_Nonnull writer, const void *_Nonnull rows,
                                                    ptrdiff_t stride_bytes, size_t row_count, char *_Nonnull message);

/// Ends the file. Exactly as many rows as the image has must have been written. The writer is still to be closed.
fpx_image_writer_status fpx_image_writer_finish(fpx_image_writer *_Nonnull writer, char *_Nonnull message);

/// Frees the writer, in any state; writes nothing. Null is allowed.
void fpx_image_writer_close(fpx_image_writer *_Nullable writer);

#ifdef __cplusplus
}
#endif
#endif
