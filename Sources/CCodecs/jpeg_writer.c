#include "fpx_jpeg_writer.h"

#include <stdio.h>

#include "image_writer_internal.h"
#include "jpeg_output.h"
#include "metadata_internal.h"

// After stdio and jpeglib, on which it depends.
#include <jerror.h>

enum { ROWS_PER_CALL = 64, MAXIMUM_SIDE = 65500 };

typedef struct jpeg_writer {
    fpx_image_writer base;
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    fpx_jpeg_output output;
} jpeg_writer;

static _Noreturn void on_error(j_common_ptr jpeg) {
    jpeg_writer *writer = jpeg->client_data;
    char words[JMSG_LENGTH_MAX];
    writer->errors.format_message(jpeg, words);
    fpx_image_writer_fail(&writer->base,
                          writer->errors.msg_code == JERR_OUT_OF_MEMORY ? FPX_IMAGE_WRITER_ERROR_MEMORY
                                                                        : FPX_IMAGE_WRITER_ERROR_LIBRARY,
                          words);
}

/// A library must not print.
static void print_nothing(j_common_ptr jpeg) { (void)jpeg; }

static void start(fpx_image_writer *base, const void *all_options, uint32_t *losses) {
    jpeg_writer *writer = (jpeg_writer *)base;
    const fpx_jpeg_writer_options *options = all_options;
    struct jpeg_compress_struct *jpeg = &writer->jpeg;
    jpeg->err = jpeg_std_error(&writer->errors);
    writer->errors.error_exit = on_error;
    writer->errors.output_message = print_nothing;
    jpeg->client_data = writer;
    jpeg_create_compress(jpeg);
    fpx_jpeg_output_connect(&writer->output, jpeg, fpx_image_writer_put, base);
    jpeg->image_width = options->width;
    jpeg->image_height = options->height;
    jpeg->input_components = (int)options->channels;
    jpeg->in_color_space = options->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, options->quality, TRUE);
    if (options->metadata != NULL) {
        fpx_jpeg_set_metadata(jpeg, options->metadata);
    }
    jpeg_start_compress(jpeg, TRUE);
    *losses = options->metadata != NULL ? fpx_jpeg_write_metadata(jpeg, options->metadata) : FPX_METADATA_LOST_NOTHING;
}

static void write_rows(fpx_image_writer *base, const uint8_t *rows, ptrdiff_t stride_bytes, size_t row_count) {
    struct jpeg_compress_struct *jpeg = &((jpeg_writer *)base)->jpeg;
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
}

static void finish(fpx_image_writer *base) { jpeg_finish_compress(&((jpeg_writer *)base)->jpeg); }

static void close_jpeg(fpx_image_writer *base) { jpeg_destroy_compress(&((jpeg_writer *)base)->jpeg); }

static const fpx_image_format jpeg_format = {
    .name = "JPEG",
    .library_name = "libjpeg",
    .writer_bytes = sizeof(jpeg_writer),
    .start = start,
    .write_rows = write_rows,
    .finish = finish,
    .close = close_jpeg,
};

fpx_image_writer_status fpx_jpeg_writer_open(fpx_image_writer **writer, const fpx_jpeg_writer_options *options,
                                             fpx_image_writer_callback write, void *context, uint32_t *losses,
                                             char *message) {
    *writer = NULL;
    if (options->width == 0 || options->width > MAXIMUM_SIDE || options->height == 0 ||
        options->height > MAXIMUM_SIDE) {
        return fpx_image_writer_refuse(
            message, "A JPEG cannot be %lu x %lu pixels; each side must be 1 to %d. PNG takes larger ones.",
            (unsigned long)options->width, (unsigned long)options->height, (int)MAXIMUM_SIDE);
    }
    if (options->channels != 1 && options->channels != 3) {
        return fpx_image_writer_refuse(message,
                                       "A JPEG cannot have %lu channels; it must be 1 (grey) or 3 (red, green, blue).",
                                       (unsigned long)options->channels);
    }
    if (options->quality < 1 || options->quality > 100) {
        return fpx_image_writer_refuse(message, "The quality is %d; it must be 1 to 100.", options->quality);
    }
    return fpx_image_writer_open(writer, &jpeg_format, options, (size_t)options->width * options->channels,
                                 options->height, write, context, losses, message);
}
