#include "image_writer_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void set_message(char *message, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void set_message(char *message, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, FPX_IMAGE_WRITER_MESSAGE_BYTES, format, arguments);
    va_end(arguments);
}

fpx_image_writer_status fpx_image_writer_refuse(char *message, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, FPX_IMAGE_WRITER_MESSAGE_BYTES, format, arguments);
    va_end(arguments);
    return FPX_IMAGE_WRITER_ERROR_ARGUMENT;
}

void fpx_image_writer_put(void *context, const void *bytes, size_t byte_count) {
    fpx_image_writer *writer = context;
    if (writer->write(writer->context, bytes, byte_count) != 0) {
        fpx_image_writer_fail(writer, FPX_IMAGE_WRITER_ERROR_WRITE, "");
    }
}

_Noreturn void fpx_image_writer_fail(fpx_image_writer *writer, fpx_image_writer_status failure,
                                     const char *library_message) {
    writer->failure = failure;
    set_message(writer->library_message, "%s", library_message);
    longjmp(writer->escape, 1);
}

static fpx_image_writer_status no_memory(const fpx_image_format *format, char *message) {
    set_message(message, "There is not enough memory for a %s of this size; close other programs and try again.",
                format->name);
    return FPX_IMAGE_WRITER_ERROR_MEMORY;
}

/// Where every longjmp lands: says what it failed with.
static fpx_image_writer_status failed(fpx_image_writer *writer, char *message) {
    writer->state = FPX_IMAGE_FAILED;
    if (writer->failure == FPX_IMAGE_WRITER_ERROR_MEMORY) {
        return no_memory(writer->format, message);
    }
    if (writer->failure == FPX_IMAGE_WRITER_ERROR_WRITE) {
        set_message(message, "The %s's bytes could not be written to the output.", writer->format->name);
    } else {
        set_message(message, "%s could not write the picture: %.180s.", writer->format->library_name,
                    writer->library_message);
    }
    return writer->failure;
}

fpx_image_writer_status fpx_image_writer_open(fpx_image_writer **result, const fpx_image_format *format,
                                              const void *options, size_t row_bytes, size_t row_count,
                                              fpx_image_writer_callback write, void *context, uint32_t *losses,
                                              char *message) {
    *result = NULL;
    fpx_image_writer *writer = calloc(1, format->writer_bytes);
    if (writer == NULL) {
        return no_memory(format, message);
    }
    writer->format = format;
    writer->write = write;
    writer->context = context;
    writer->row_bytes = row_bytes;
    writer->rows_left = row_count;
    if (setjmp(writer->escape) != 0) {
        fpx_image_writer_status status = failed(writer, message);
        fpx_image_writer_close(writer);
        return status;
    }
    uint32_t unwanted = 0;
    format->start(writer, options, losses != NULL ? losses : &unwanted);
    *result = writer;
    return FPX_IMAGE_WRITER_OK;
}

static bool is_writing(const fpx_image_writer *writer, char *message) {
    if (writer->state == FPX_IMAGE_WRITING) {
        return true;
    }
    set_message(message, "The %s has already %s; open a new one.", writer->format->name,
                writer->state == FPX_IMAGE_FINISHED ? "been finished" : "failed");
    return false;
}

fpx_image_writer_status fpx_image_writer_write_rows(fpx_image_writer *writer, const void *rows, ptrdiff_t stride_bytes,
                                                    size_t row_count, char *message) {
    if (!is_writing(writer, message)) {
        return FPX_IMAGE_WRITER_ERROR_SEQUENCE;
    }
    if (row_count > writer->rows_left) {
        writer->state = FPX_IMAGE_FAILED;
        set_message(message, "%zu rows were given to a %s that lacks only %zu.", row_count, writer->format->name,
                    writer->rows_left);
        return FPX_IMAGE_WRITER_ERROR_SEQUENCE;
    }
    const ptrdiff_t row_bytes = (ptrdiff_t)writer->row_bytes;
    if (row_count > 1 && stride_bytes < row_bytes && stride_bytes > -row_bytes) {
        writer->state = FPX_IMAGE_FAILED;
        return fpx_image_writer_refuse(message, "The stride is %td bytes, but a row has %td.", stride_bytes, row_bytes);
    }
    if (setjmp(writer->escape) != 0) {
        return failed(writer, message);
    }
    writer->format->write_rows(writer, rows, stride_bytes, row_count);
    writer->rows_left -= row_count;
    return FPX_IMAGE_WRITER_OK;
}

fpx_image_writer_status fpx_image_writer_finish(fpx_image_writer *writer, char *message) {
    if (!is_writing(writer, message)) {
        return FPX_IMAGE_WRITER_ERROR_SEQUENCE;
    }
    if (writer->rows_left > 0) {
        writer->state = FPX_IMAGE_FAILED;
        set_message(message, "The %s still lacks %zu rows; write them before finishing it.", writer->format->name,
                    writer->rows_left);
        return FPX_IMAGE_WRITER_ERROR_SEQUENCE;
    }
    if (setjmp(writer->escape) != 0) {
        return failed(writer, message);
    }
    writer->format->finish(writer);
    writer->state = FPX_IMAGE_FINISHED;
    return FPX_IMAGE_WRITER_OK;
}

void fpx_image_writer_close(fpx_image_writer *writer) {
    if (writer == NULL) {
        return;
    }
    writer->format->close(writer);
    free(writer);
}
