#include "fpx_jpeg_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jpeg_output.h"
#include "metadata_internal.h"

// After stdio and jpeglib, on which it depends.
#include <jerror.h>

enum { ROWS_PER_CALL = 64, MAXIMUM_SIDE = 65500 };

enum writer_state { STATE_WRITING, STATE_FINISHED, STATE_FAILED };

struct fpx_jpeg_writer {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    fpx_jpeg_output output;
    jmp_buf escape;
    fpx_jpeg_writer_callback write;
    void *context;
    enum writer_state state;
    bool callback_failed;
    bool lacks_memory;
    char library_message[JMSG_LENGTH_MAX];
};

static void set_message(char *message, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void set_message(char *message, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, FPX_JPEG_WRITER_MESSAGE_BYTES, format, arguments);
    va_end(arguments);
}

static _Noreturn void on_error(j_common_ptr jpeg) {
    fpx_jpeg_writer *writer = jpeg->client_data;
    writer->lacks_memory = writer->errors.msg_code == JERR_OUT_OF_MEMORY;
    writer->errors.format_message(jpeg, writer->library_message);
    longjmp(writer->escape, 1);
}

/// A library must not print.
static void print_nothing(j_common_ptr jpeg) { (void)jpeg; }

static void pass_on(void *context, const void *bytes, size_t byte_count) {
    fpx_jpeg_writer *writer = context;
    if (writer->write(writer->context, bytes, byte_count) != 0) {
        writer->callback_failed = true;
        longjmp(writer->escape, 1);
    }
}

/// Where every longjmp lands: turns what libjpeg left behind into a status and a message.
static fpx_jpeg_writer_status library_failure(fpx_jpeg_writer *writer, char *message) {
    writer->state = STATE_FAILED;
    if (writer->callback_failed) {
        set_message(message, "The JPEG's bytes could not be written to the output.");
        return FPX_JPEG_WRITER_ERROR_WRITE;
    }
    if (writer->lacks_memory) {
        set_message(message, "There is not enough memory for a JPEG of this size; close other programs and try again.");
        return FPX_JPEG_WRITER_ERROR_MEMORY;
    }
    set_message(message, "libjpeg could not write the picture: %.180s.", writer->library_message);
    return FPX_JPEG_WRITER_ERROR_LIBRARY;
}

static bool options_are_valid(const fpx_jpeg_writer_options *options, char *message) {
    if (options->width == 0 || options->width > MAXIMUM_SIDE || options->height == 0 ||
        options->height > MAXIMUM_SIDE) {
        set_message(message, "A JPEG cannot be %lu x %lu pixels; each side must be 1 to %d. PNG takes larger ones.",
                    (unsigned long)options->width, (unsigned long)options->height, (int)MAXIMUM_SIDE);
        return false;
    }
    if (options->channels != 1 && options->channels != 3) {
        set_message(message, "A JPEG cannot have %lu channels; it must be 1 (grey) or 3 (red, green, blue).",
                    (unsigned long)options->channels);
        return false;
    }
    if (options->quality < 1 || options->quality > 100) {
        set_message(message, "The quality is %d; it must be 1 to 100.", options->quality);
        return false;
    }
    return true;
}

static fpx_jpeg_writer_status start(fpx_jpeg_writer *writer, const fpx_jpeg_writer_options *options, uint32_t *losses,
                                    char *message) {
    if (setjmp(writer->escape) != 0) return library_failure(writer, message);
    struct jpeg_compress_struct *jpeg = &writer->jpeg;
    jpeg_create_compress(jpeg);
    fpx_jpeg_output_connect(&writer->output, jpeg, pass_on, writer);
    jpeg->image_width = options->width;
    jpeg->image_height = options->height;
    jpeg->input_components = (int)options->channels;
    jpeg->in_color_space = options->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, options->quality, TRUE);
    if (options->metadata != NULL) fpx_jpeg_set_metadata(jpeg, options->metadata);
    jpeg_start_compress(jpeg, TRUE);
    if (options->metadata != NULL) *losses = fpx_jpeg_write_metadata(jpeg, options->metadata);
    return FPX_JPEG_WRITER_OK;
}

fpx_jpeg_writer_status fpx_jpeg_writer_open(fpx_jpeg_writer **result, const fpx_jpeg_writer_options *options,
                                            fpx_jpeg_writer_callback write, void *context, uint32_t *losses,
                                            char *message) {
    *result = NULL;
    *losses = FPX_METADATA_LOST_NOTHING;
    if (!options_are_valid(options, message)) return FPX_JPEG_WRITER_ERROR_ARGUMENT;
    fpx_jpeg_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        set_message(message, "There is not enough memory to start a JPEG; close other programs and try again.");
        return FPX_JPEG_WRITER_ERROR_MEMORY;
    }
    writer->write = write;
    writer->context = context;
    writer->jpeg.err = jpeg_std_error(&writer->errors);
    writer->errors.error_exit = on_error;
    writer->errors.output_message = print_nothing;
    writer->jpeg.client_data = writer;
    const fpx_jpeg_writer_status status = start(writer, options, losses, message);
    if (status != FPX_JPEG_WRITER_OK) {
        fpx_jpeg_writer_close(writer);
        return status;
    }
    *result = writer;
    return FPX_JPEG_WRITER_OK;
}

static bool is_writing(const fpx_jpeg_writer *writer, char *message) {
    if (writer->state == STATE_WRITING) return true;
    set_message(message, "The JPEG has already %s; open a new one.",
                writer->state == STATE_FINISHED ? "been finished" : "failed");
    return false;
}

fpx_jpeg_writer_status fpx_jpeg_writer_write_rows(fpx_jpeg_writer *writer, const uint8_t *rows, ptrdiff_t stride_bytes,
                                                  size_t row_count, char *message) {
    if (!is_writing(writer, message)) return FPX_JPEG_WRITER_ERROR_SEQUENCE;
    struct jpeg_compress_struct *jpeg = &writer->jpeg;
    if (row_count > jpeg->image_height - jpeg->next_scanline) {
        writer->state = STATE_FAILED;
        set_message(message, "%zu rows were given to a JPEG that lacks only %lu.", row_count,
                    (unsigned long)(jpeg->image_height - jpeg->next_scanline));
        return FPX_JPEG_WRITER_ERROR_SEQUENCE;
    }
    if (setjmp(writer->escape) != 0) return library_failure(writer, message);
    const JDIMENSION first = jpeg->next_scanline;
    const JDIMENSION end = first + (JDIMENSION)row_count;
    while (jpeg->next_scanline < end) {
        JSAMPROW row_pointers[ROWS_PER_CALL];
        JDIMENSION count = end - jpeg->next_scanline;
        count = count < ROWS_PER_CALL ? count : ROWS_PER_CALL;
        for (JDIMENSION row = 0; row < count; row++) {
            // libjpeg reads them only; its parameter lacks the const.
            row_pointers[row] = (JSAMPROW)rows + (ptrdiff_t)(jpeg->next_scanline - first + row) * stride_bytes;
        }
        jpeg_write_scanlines(jpeg, row_pointers, count);
    }
    return FPX_JPEG_WRITER_OK;
}

fpx_jpeg_writer_status fpx_jpeg_writer_finish(fpx_jpeg_writer *writer, char *message) {
    if (!is_writing(writer, message)) return FPX_JPEG_WRITER_ERROR_SEQUENCE;
    if (writer->jpeg.next_scanline < writer->jpeg.image_height) {
        writer->state = STATE_FAILED;
        set_message(message, "The JPEG still lacks %lu rows; write them before finishing it.",
                    (unsigned long)(writer->jpeg.image_height - writer->jpeg.next_scanline));
        return FPX_JPEG_WRITER_ERROR_SEQUENCE;
    }
    if (setjmp(writer->escape) != 0) return library_failure(writer, message);
    jpeg_finish_compress(&writer->jpeg);
    writer->state = STATE_FINISHED;
    return FPX_JPEG_WRITER_OK;
}

void fpx_jpeg_writer_close(fpx_jpeg_writer *writer) {
    if (writer == NULL) return;
    jpeg_destroy_compress(&writer->jpeg);
    free(writer);
}
