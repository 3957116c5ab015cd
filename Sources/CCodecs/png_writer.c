#include "fpx_png_writer.h"

#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metadata_internal.h"
#include "png_failure.h"

enum writer_state { STATE_WRITING, STATE_FINISHED, STATE_FAILED };

struct fpx_png_writer {
    png_structp png;
    png_infop info;
    fpx_png_writer_callback write;
    void *context;
    size_t row_bytes;
    size_t rows_left;
    enum writer_state state;
    bool callback_failed;
    bool lacks_memory;
    char library_message[FPX_PNG_WRITER_MESSAGE_BYTES];
};

static void set_message(char *message, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void set_message(char *message, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, FPX_PNG_WRITER_MESSAGE_BYTES, format, arguments);
    va_end(arguments);
}

static void keep_error(png_structp png, png_const_charp words) {
    fpx_png_writer *writer = png_get_error_ptr(png);
    writer->lacks_memory = fpx_png_lacks_memory(words);
    set_message(writer->library_message, "%s", words);
    png_longjmp(png, 1);
}

// A library must not print. What it only warns about (a profile that is the usual sRGB one, for instance) does not
// concern the picture, and never costs it.
static void ignore_warning(png_structp png, png_const_charp words) {
    (void)png;
    (void)words;
}

static void pass_on(png_structp png, png_bytep bytes, size_t count) {
    fpx_png_writer *writer = png_get_io_ptr(png);
    if (writer->write(writer->context, bytes, count) != 0) {
        writer->callback_failed = true;
        png_error(png, "the output could not be written");
    }
}

// Without a flush function of ours, libpng would take the io pointer for a FILE.
static void flush_nothing(png_structp png) { (void)png; }

// Where every longjmp lands: turns what libpng left behind into a status and a message.
static fpx_png_writer_status library_failure(fpx_png_writer *writer, char *message) {
    writer->state = STATE_FAILED;
    if (writer->callback_failed) {
        set_message(message, "The PNG's bytes could not be written to the output.");
        return FPX_PNG_WRITER_ERROR_WRITE;
    }
    if (writer->lacks_memory) {
        set_message(message, "There is not enough memory for a PNG of this size; close other programs and try again.");
        return FPX_PNG_WRITER_ERROR_MEMORY;
    }
    set_message(message, "libpng could not write the picture: %s.", writer->library_message);
    return FPX_PNG_WRITER_ERROR_LIBRARY;
}

static int color_type(fpx_png_writer_format format) {
    switch (format) {
    case FPX_PNG_WRITER_RGB_8:
    case FPX_PNG_WRITER_RGB_16: return PNG_COLOR_TYPE_RGB;
    case FPX_PNG_WRITER_RGB_ALPHA_8:
    case FPX_PNG_WRITER_RGB_ALPHA_16: return PNG_COLOR_TYPE_RGB_ALPHA;
    case FPX_PNG_WRITER_PALETTE_8: return PNG_COLOR_TYPE_PALETTE;
    case FPX_PNG_WRITER_GREY_8:
    case FPX_PNG_WRITER_GREY_16: return PNG_COLOR_TYPE_GRAY;
    case FPX_PNG_WRITER_GREY_ALPHA_8:
    case FPX_PNG_WRITER_GREY_ALPHA_16: return PNG_COLOR_TYPE_GRAY_ALPHA;
    }
    return -1;
}

static int channel_count(fpx_png_writer_format format) {
    switch (color_type(format)) {
    case PNG_COLOR_TYPE_RGB_ALPHA: return 4;
    case PNG_COLOR_TYPE_RGB: return 3;
    case PNG_COLOR_TYPE_GRAY_ALPHA: return 2;
    default: return 1;
    }
}

static int bits_per_sample(fpx_png_writer_format format) {
    switch (format) {
    case FPX_PNG_WRITER_GREY_16:
    case FPX_PNG_WRITER_RGB_16:
    case FPX_PNG_WRITER_GREY_ALPHA_16:
    case FPX_PNG_WRITER_RGB_ALPHA_16: return 16;
    default: return 8;
    }
}

static bool options_are_valid(const fpx_png_writer_options *options, char *message) {
    if (options->width == 0 || options->width > PNG_UINT_31_MAX || options->height == 0 ||
        options->height > PNG_UINT_31_MAX) {
        set_message(message, "A PNG cannot be %lu x %lu pixels; each side must be 1 to 2147483647.",
                    (unsigned long)options->width, (unsigned long)options->height);
        return false;
    }
    if (color_type(options->format) < 0) {
        set_message(message, "%d is not a pixel format of the PNG writer; use an FPX_PNG_WRITER_ constant.",
                    (int)options->format);
        return false;
    }
    const uint64_t row_bytes =
        (uint64_t)options->width * channel_count(options->format) * (bits_per_sample(options->format) / 8);
    if (row_bytes > PTRDIFF_MAX) {
        set_message(message, "A row of %lu pixels does not fit this machine's memory; write a narrower picture.",
                    (unsigned long)options->width);
        return false;
    }
    if (options->compression_level < -1 || options->compression_level > 9) {
        set_message(message, "The compression level is %d; it must be 0 to 9, or -1 for the default.",
                    options->compression_level);
        return false;
    }
    const bool needs_palette = options->format == FPX_PNG_WRITER_PALETTE_8;
    const bool has_palette = options->palette != NULL && options->palette_color_count >= 1 &&
                             options->palette_color_count <= PNG_MAX_PALETTE_LENGTH;
    if (needs_palette && !has_palette) {
        set_message(message, "A palette picture needs a palette of 1 to 256 colours; %zu were given.",
                    options->palette_color_count);
        return false;
    }
    if (!needs_palette && (options->palette != NULL || options->palette_color_count != 0)) {
        set_message(message, "A palette was given for a picture without one; use FPX_PNG_WRITER_PALETTE_8.");
        return false;
    }
    if (options->text_count > 0 && options->texts == NULL) {
        set_message(message, "%zu texts were announced but none given.", options->text_count);
        return false;
    }
    for (size_t i = 0; i < options->text_count; ++i) {
        const size_t length = strlen(options->texts[i].keyword);
        if (length < 1 || length > 79) {
            set_message(message, "The keyword of text %zu has %zu bytes; PNG wants 1 to 79.", i, length);
            return false;
        }
    }
    return true;
}

static void set_palette(fpx_png_writer *writer, const fpx_png_writer_options *options) {
    png_color colors[PNG_MAX_PALETTE_LENGTH];
    for (size_t i = 0; i < options->palette_color_count; ++i) {
        colors[i].red = options->palette[3 * i];
        colors[i].green = options->palette[3 * i + 1];
        colors[i].blue = options->palette[3 * i + 2];
    }
    png_set_PLTE(writer->png, writer->info, colors, (int)options->palette_color_count);
}

static fpx_png_writer_status write_header(fpx_png_writer *writer, const fpx_png_writer_options *options,
                                          char *message) {
    png_structp png = writer->png;
    if (setjmp(png_jmpbuf(png))) return library_failure(writer, message);
    png_set_write_fn(png, writer, pass_on, flush_nothing);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_benign_errors(png, 1);
    png_set_compression_level(png, options->compression_level);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, options->filter_rows ? PNG_ALL_FILTERS : PNG_FILTER_NONE);
    png_set_IHDR(png, writer->info, options->width, options->height, bits_per_sample(options->format),
                 color_type(options->format), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (options->palette_color_count > 0) set_palette(writer, options);
    for (size_t i = 0; i < options->text_count; ++i) {
        // libpng copies both strings; its struct only lacks the const.
        png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE,
                         .key = (char *)options->texts[i].keyword,
                         .text = (char *)options->texts[i].text};
        png_set_text(png, writer->info, &text, 1);
    }
    if (options->metadata != NULL) {
        const uint32_t losses = fpx_png_set_metadata(png, writer->info, options->metadata);
        if (options->losses != NULL) *options->losses = losses;
    }
    png_write_info(png, writer->info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    // PNG stores 16-bit samples big-endian.
    if (bits_per_sample(options->format) == 16) png_set_swap(png);
#endif
    return FPX_PNG_WRITER_OK;
}

fpx_png_writer_status fpx_png_writer_open(fpx_png_writer **result, const fpx_png_writer_options *options,
                                          fpx_png_writer_callback write, void *context, char *message) {
    *result = NULL;
    if (!options_are_valid(options, message)) return FPX_PNG_WRITER_ERROR_ARGUMENT;

    fpx_png_writer *writer = calloc(1, sizeof *writer);
    if (writer != NULL) {
        writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, keep_error, ignore_warning);
        if (writer->png != NULL) writer->info = png_create_info_struct(writer->png);
    }
    if (writer == NULL || writer->info == NULL) {
        fpx_png_writer_close(writer);
        set_message(message, "There is not enough memory to start a PNG; close other programs and try again.");
        return FPX_PNG_WRITER_ERROR_MEMORY;
    }

    writer->write = write;
    writer->context = context;
    writer->row_bytes =
        (size_t)options->width * channel_count(options->format) * (bits_per_sample(options->format) / 8);
    writer->rows_left = options->height;
    const fpx_png_writer_status status = write_header(writer, options, message);
    if (status != FPX_PNG_WRITER_OK) {
        fpx_png_writer_close(writer);
        return status;
    }
    *result = writer;
    return FPX_PNG_WRITER_OK;
}

static bool is_writing(const fpx_png_writer *writer, char *message) {
    if (writer->state == STATE_WRITING) return true;
    set_message(message, "The PNG has already %s; open a new one.",
                writer->state == STATE_FINISHED ? "been finished" : "failed");
    return false;
}

fpx_png_writer_status fpx_png_writer_write_rows(fpx_png_writer *writer, const void *rows, ptrdiff_t stride_bytes,
                                                size_t row_count, char *message) {
    if (!is_writing(writer, message)) return FPX_PNG_WRITER_ERROR_SEQUENCE;
    if (row_count > writer->rows_left) {
        writer->state = STATE_FAILED;
        set_message(message, "%zu rows were given to a PNG that lacks only %zu.", row_count, writer->rows_left);
        return FPX_PNG_WRITER_ERROR_SEQUENCE;
    }
    const ptrdiff_t row_bytes = (ptrdiff_t)writer->row_bytes;
    if (row_count > 1 && stride_bytes < row_bytes && stride_bytes > -row_bytes) {
        writer->state = STATE_FAILED;
        set_message(message, "The stride is %td bytes, but a row has %td.", stride_bytes, row_bytes);
        return FPX_PNG_WRITER_ERROR_ARGUMENT;
    }
    if (setjmp(png_jmpbuf(writer->png))) return library_failure(writer, message);
    for (size_t row = 0; row < row_count; ++row) {
        png_write_row(writer->png, (png_const_bytep)rows + (ptrdiff_t)row * stride_bytes);
    }
    writer->rows_left -= row_count;
    return FPX_PNG_WRITER_OK;
}

fpx_png_writer_status fpx_png_writer_finish(fpx_png_writer *writer, char *message) {
    if (!is_writing(writer, message)) return FPX_PNG_WRITER_ERROR_SEQUENCE;
    if (writer->rows_left > 0) {
        writer->state = STATE_FAILED;
        set_message(message, "The PNG still lacks %zu rows; write them before finishing it.", writer->rows_left);
        return FPX_PNG_WRITER_ERROR_SEQUENCE;
    }
    if (setjmp(png_jmpbuf(writer->png))) return library_failure(writer, message);
    png_write_end(writer->png, NULL);
    writer->state = STATE_FINISHED;
    return FPX_PNG_WRITER_OK;
}

void fpx_png_writer_close(fpx_png_writer *writer) {
    if (writer == NULL) return;
    png_destroy_write_struct(&writer->png, &writer->info);
    free(writer);
}
