/// A PNG as it is read from a file: what decoding and repairing share; not public.
#ifndef FPX_PNG_INPUT_H
#define FPX_PNG_INPUT_H

#include <setjmp.h>

#include "../CPNG/shim.h"
#include "photo_internal.h"

typedef struct fpx_png_input {
    png_structp _Nullable png;
    png_infop _Nullable info;
    /// Where errors go; set by each function that calls libpng.
    jmp_buf escape;
    fpx_photo_status failure;
    fpx_photo_error *_Nonnull error;
    fpx_byte_source *_Nonnull source;
    /// Bytes that come before what the source still has.
    const uint8_t *_Nullable unread;
    size_t unread_count;
    /// The last row was read, and with it the chunk that its stream ends in.
    bool is_behind_rows;
} fpx_png_input;

/// Sets who hears of errors and where bytes come from. Before `escape` is set; calls nothing that could fail.
void fpx_png_input_prepare(fpx_png_input *_Nonnull self, fpx_byte_source *_Nonnull source,
                           fpx_photo_error *_Nonnull error);

/// Reads to the picture's data, without room for a row; fails for more than `maximum_pixels`, and for more than the
/// file's bytes can hold. From here on fpx_png_input_close is due.
void fpx_png_input_open(fpx_png_input *_Nonnull self, uint64_t maximum_pixels);

/// Reads what follows the last row, to the file's end. Data behind the picture's stream are odd, whichever chunk they
/// lie in.
void fpx_png_input_finish(fpx_png_input *_Nonnull self);

/// Frees what libpng holds, at any stage.
void fpx_png_input_close(fpx_png_input *_Nonnull self);

/// Jumps to `escape`. The error has its words already.
_Noreturn void fpx_png_input_fail(fpx_png_input *_Nonnull self, fpx_photo_status failure);

/// The same where memory is short; `purpose` completes "no memory is left ".
_Noreturn void fpx_png_input_fail_for_memory(fpx_png_input *_Nonnull self, const char *_Nonnull purpose);

/// For libpng's own structs, whose error pointer is the input: end in `escape`.
_Noreturn void fpx_png_input_on_error(png_structp _Nonnull png, png_const_charp _Nonnull text);
void fpx_png_input_on_warning(png_structp _Nonnull png, png_const_charp _Nonnull text);

#endif
