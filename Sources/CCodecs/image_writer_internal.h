/// What a format brings to an image's writer; not public.
#ifndef FPX_IMAGE_WRITER_INTERNAL_H
#define FPX_IMAGE_WRITER_INTERNAL_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "fpx_image_writer.h"

/// The operations of one format. All but `close` run where errors jump to, and end in fpx_image_writer_fail when the
/// library has one.
typedef struct fpx_image_format {
    const char *_Nonnull name;
    const char *_Nonnull library_name;
    /// Of the format's struct, which begins with fpx_image_writer.
    size_t writer_bytes;
    /// Writes what comes before the pixels.
    void (*_Nonnull start)(fpx_image_writer *_Nonnull, const void *_Nonnull options, uint32_t *_Nonnull losses);
    void (*_Nonnull write_rows)(fpx_image_writer *_Nonnull, const uint8_t *_Nonnull rows, ptrdiff_t stride_bytes,
                                size_t row_count);
    void (*_Nonnull finish)(fpx_image_writer *_Nonnull);
    /// Frees what the library holds, however far `start` has come.
    void (*_Nonnull close)(fpx_image_writer *_Nonnull);
} fpx_image_format;

struct fpx_image_writer {
    const fpx_image_format *_Nonnull format;
    fpx_image_writer_callback _Nonnull write;
    void *_Nullable context;
    size_t row_bytes;
    size_t rows_left;
    enum { FPX_IMAGE_WRITING, FPX_IMAGE_FINISHED, FPX_IMAGE_FAILED } state;
    /// What it failed with.
    fpx_image_writer_status failure;
    char library_message[FPX_IMAGE_WRITER_MESSAGE_BYTES];
    jmp_buf escape;
};

/// Makes a writer of images of `row_count` rows of `row_bytes`, whose options the format has checked.
fpx_image_writer_status fpx_image_writer_open(fpx_image_writer *_Nullable *_Nonnull writer,
                                              const fpx_image_format *_Nonnull format, const void *_Nonnull options,
                                              size_t row_bytes, size_t row_count,
                                              fpx_image_writer_callback _Nonnull write, void *_Nullable context,
                                              uint32_t *_Nullable losses, char *_Nonnull message);

/// Hands bytes of the file to the caller; returns only when they were taken. `writer` is a void, as libraries have it.
void fpx_image_writer_put(void *_Nonnull writer, const void *_Nonnull bytes, size_t byte_count);

/// For the libraries' errors: MEMORY, or LIBRARY with its words.
_Noreturn void fpx_image_writer_fail(fpx_image_writer *_Nonnull writer, fpx_image_writer_status failure,
                                     const char *_Nonnull library_message);

/// Writes a sentence to a caller's buffer and returns ARGUMENT.
__attribute__((format(printf, 2, 3))) fpx_image_writer_status fpx_image_writer_refuse(char *_Nonnull message,
                                                                                      const char *_Nonnull format, ...);

#endif
