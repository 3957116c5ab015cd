#include "fpx_png_writer.h"

#include <png.h>
#include <string.h>

#include "image_writer_internal.h"
#include "metadata_internal.h"
#include "png_failure.h"

typedef struct png_writer {
    fpx_image_writer base;
    png_structp png;
    png_infop info;
} png_writer;

static _Noreturn void on_error(png_structp png, png_const_charp words) {
    fpx_image_writer_fail(png_get_error_ptr(png),
                          fpx_png_lacks_memory(words) ? FPX_IMAGE_WRITER_ERROR_MEMORY : FPX_IMAGE_WRITER_ERROR_LIBRARY,
                          words);
}

// A library must not print. What it only warns about (a profile that is the usual sRGB one, for instance) does not
// concern the picture, and never costs it.
static void ignore_warning(png_structp png, png_const_charp words) {
    (void)png;
    (void)words;
}

static void pass_on(png_structp png, png_bytep bytes, size_t count) {
    fpx_image_writer_put(png_get_io_ptr(png), bytes, count);
}

// Without a flush function of ours, libpng would take the io pointer for a FILE.
static void flush_nothing(png_structp png) { (void)png; }

static int colour_type(fpx_png_writer_format format) {
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
    switch (colour_type(format)) {
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

static uint64_t row_bytes(const fpx_png_writer_options *options) {
    return (uint64_t)options->width * (unsigned)channel_count(options->format) *
           ((unsigned)bits_per_sample(options->format) / 8);
}

static fpx_image_writer_status check(const fpx_png_writer_options *options, char *message) {
    if (options->width == 0 || options->width > PNG_UINT_31_MAX || options->height == 0 ||
        options->height > PNG_UINT_31_MAX) {
        return fpx_image_writer_refuse(message, "A PNG cannot be %lu x %lu pixels; each side must be 1 to 2147483647.",
                                       (unsigned long)options->width, (unsigned long)options->height);
    }
    if (colour_type(options->format) < 0) {
        return fpx_image_writer_refuse(message,
                                       "%d is not a pixel format of the PNG writer; use an FPX_PNG_WRITER_ constant.",
                                       (int)options->format);
    }
    if (row_bytes(options) > PTRDIFF_MAX) {
        return fpx_image_writer_refuse(
            message, "A row of %lu pixels does not fit this machine's memory; write a narrower picture.",
            (unsigned long)options->width);
    }
    if (options->compression_level < -1 || options->compression_level > 9) {
        return fpx_image_writer_refuse(message,
                                       "The compression level is %d; it must be 0 to 9, or -1 for the default.",
                                       options->compression_level);
    }
    const bool needs_palette = options->format == FPX_PNG_WRITER_PALETTE_8;
    const bool has_palette = options->palette != NULL && options->palette_colour_count >= 1 &&
                             options->palette_colour_count <= PNG_MAX_PALETTE_LENGTH;
    if (needs_palette && !has_palette) {
        return fpx_image_writer_refuse(message,
                                       "A palette picture needs a palette of 1 to 256 colours; %zu were given.",
                                       options->palette_colour_count);
    }
    if (!needs_palette && (options->palette != NULL || options->palette_colour_count != 0)) {
        return fpx_image_writer_refuse(message,
                                       "A palette was given for a picture without one; use FPX_PNG_WRITER_PALETTE_8.");
    }
    if (options->text_count > 0 && options->texts == NULL) {
        return fpx_image_writer_refuse(message, "%zu texts were announced but none given.", options->text_count);
    }
    for (size_t index = 0; index < options->text_count; index++) {
        const size_t length = strlen(options->texts[index].keyword);
        if (length < 1 || length > 79) {
            return fpx_image_writer_refuse(message, "The keyword of text %zu has %zu bytes; PNG wants 1 to 79.", index,
                                           length);
        }
    }
    return FPX_IMAGE_WRITER_OK;
}

static void set_palette(png_writer *writer, const fpx_png_writer_options *options) {
    png_color colours[PNG_MAX_PALETTE_LENGTH];
    for (size_t index = 0; index < options->palette_colour_count; index++) {
        colours[index].red = options->palette[3 * index];
        colours[index].green = options->palette[3 * index + 1];
        colours[index].blue = options->palette[3 * index + 2];
    }
    png_set_PLTE(writer->png, writer->info, colours, (int)options->palette_colour_count);
}

static void start(fpx_image_writer *base, const void *all_options, uint32_t *losses) {
    png_writer *writer = (png_writer *)base;
    const fpx_png_writer_options *options = all_options;
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, base, on_error, ignore_warning);
    writer->info = writer->png == NULL ? NULL : png_create_info_struct(writer->png);
    if (writer->info == NULL) {
        fpx_image_writer_fail(base, FPX_IMAGE_WRITER_ERROR_MEMORY, "");
    }
    png_structp png = writer->png;
    png_set_write_fn(png, base, pass_on, flush_nothing);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_benign_errors(png, 1);
    png_set_compression_level(png, options->compression_level);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, options->filter_rows ? PNG_ALL_FILTERS : PNG_FILTER_NONE);
    png_set_IHDR(png, writer->info, options->width, options->height, bits_per_sample(options->format),
                 colour_type(options->format), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (options->palette_colour_count > 0) set_palette(writer, options);
    for (size_t index = 0; index < options->text_count; index++) {
        // libpng copies both strings; its struct only lacks the const.
        png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE,
                         .key = (char *)options->texts[index].keyword,
                         .text = (char *)options->texts[index].text};
        png_set_text(png, writer->info, &text, 1);
    }
    *losses = options->metadata != NULL ? fpx_png_set_metadata(png, writer->info, options->metadata)
                                        : FPX_METADATA_LOST_NOTHING;
    png_write_info(png, writer->info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    // PNG stores 16-bit samples big-endian.
    if (bits_per_sample(options->format) == 16) png_set_swap(png);
#endif
}

static void write_rows(fpx_image_writer *base, const uint8_t *rows, ptrdiff_t stride_bytes, size_t row_count) {
    for (size_t row = 0; row < row_count; row++) {
        png_write_row(((png_writer *)base)->png, rows + (ptrdiff_t)row * stride_bytes);
    }
}

static void finish(fpx_image_writer *base) { png_write_end(((png_writer *)base)->png, NULL); }

static void close_png(fpx_image_writer *base) {
    png_writer *writer = (png_writer *)base;
    png_destroy_write_struct(&writer->png, &writer->info);
}

static const fpx_image_format png_format = {
    .name = "PNG",
    .library_name = "libpng",
    .writer_bytes = sizeof(png_writer),
    .start = start,
    .write_rows = write_rows,
    .finish = finish,
    .close = close_png,
};

fpx_image_writer_status fpx_png_writer_open(fpx_image_writer **writer, const fpx_png_writer_options *options,
                                            fpx_image_writer_callback write, void *context, uint32_t *losses,
                                            char *message) {
    *writer = NULL;
    const fpx_image_writer_status status = check(options, message);
    if (status != FPX_IMAGE_WRITER_OK) {
        return status;
    }
    return fpx_image_writer_open(writer, &png_format, options, (size_t)row_bytes(options), options->height, write,
                                 context, losses, message);
}
