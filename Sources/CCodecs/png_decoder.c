#include <stdlib.h>
#include <string.h>

#include "metadata_internal.h"
#include "png_input.h"

typedef struct png_decoder {
    fpx_photo_decoder operations;
    fpx_png_input input;
    size_t row_bytes;
    size_t height;
    size_t next_row;
    size_t width;
    bool is_16_bit;
    bool makes_luma;
    /// Whether libpng has made room for rows.
    bool has_started;
    /// One row of red, green and blue, when luma is computed from them; else null.
    uint8_t *colour_row;
    /// The whole picture, for interlaced files only: their last pass completes every row.
    uint8_t *interlaced_rows;
} png_decoder;

/// Makes room for rows. Not before they are wanted: a header of a few bytes may claim rows of gigabytes.
static void start_rows(png_decoder *self) {
    if (png_get_interlace_type(self->input.png, self->input.info) != PNG_INTERLACE_NONE) {
        png_set_interlace_handling(self->input.png);
    }
    png_read_update_info(self->input.png, self->input.info);
    if (png_get_rowbytes(self->input.png, self->input.info) != self->row_bytes) {
        fpx_photo_explain(self->input.error, "unsupported PNG: libpng makes other rows of it than its header says");
        fpx_png_input_fail(&self->input, FPX_PHOTO_UNSUPPORTED);
    }
    if (self->makes_luma) {
        self->colour_row = malloc(self->row_bytes);
        if (self->colour_row == NULL) {
            fpx_png_input_fail_for_memory(&self->input, "for a PNG decoder");
        }
    }
    self->has_started = true;
}

static void read_interlaced_picture(png_decoder *self) {
    self->interlaced_rows = malloc(self->row_bytes * self->height);
    if (self->interlaced_rows == NULL) {
        fpx_png_input_fail_for_memory(&self->input, "for an interlaced PNG of this size");
    }
    int passes = png_set_interlace_handling(self->input.png);
    for (int pass = 0; pass < passes; pass++) {
        for (size_t row = 0; row < self->height; row++) {
            png_read_row(self->input.png, self->interlaced_rows + row * self->row_bytes, NULL);
        }
    }
}

static void write_luma(const png_decoder *self, uint8_t *destination) {
    if (self->is_16_bit) {
        const uint16_t *colours = (const uint16_t *)(const void *)self->colour_row;
        for (size_t column = 0; column < self->width; column++) {
            const uint16_t *pixel = colours + column * 3;
            uint16_t luma = (uint16_t)fpx_luma_of(pixel[0], pixel[1], pixel[2]);
            memcpy(destination + 2 * column, &luma, sizeof luma);
        }
    } else {
        for (size_t column = 0; column < self->width; column++) {
            const uint8_t *pixel = self->colour_row + column * 3;
            destination[column] = (uint8_t)fpx_luma_of(pixel[0], pixel[1], pixel[2]);
        }
    }
}

static fpx_photo_status png_read_some_rows(fpx_photo_decoder *decoder, uint8_t *rows, ptrdiff_t stride_bytes,
                                           size_t row_count, fpx_photo_error *error) {
    png_decoder *self = (png_decoder *)decoder;
    self->input.error = error;
    if (setjmp(self->input.escape) != 0) {
        return self->input.failure;
    }
    if (row_count > self->height - self->next_row) {
        fpx_photo_explain(error, "more rows asked for than the picture has");
        return FPX_PHOTO_CORRUPT;
    }
    if (!self->has_started) {
        start_rows(self);
    }
    bool interlaced = png_get_interlace_type(self->input.png, self->input.info) != PNG_INTERLACE_NONE;
    if (interlaced && self->interlaced_rows == NULL) {
        read_interlaced_picture(self);
    }
    for (size_t row = 0; row < row_count; row++) {
        uint8_t *destination = rows + (ptrdiff_t)row * stride_bytes;
        uint8_t *decoded = self->colour_row != NULL ? self->colour_row : destination;
        if (interlaced) {
            memcpy(decoded, self->interlaced_rows + (self->next_row + row) * self->row_bytes, self->row_bytes);
        } else {
            png_read_row(self->input.png, decoded, NULL);
        }
        if (self->colour_row != NULL) {
            write_luma(self, destination);
        }
    }
    self->next_row += row_count;
    return FPX_PHOTO_OK;
}

static fpx_photo_status png_finish(fpx_photo_decoder *decoder, fpx_photo_error *error) {
    png_decoder *self = (png_decoder *)decoder;
    self->input.error = error;
    if (setjmp(self->input.escape) != 0) {
        return self->input.failure;
    }
    fpx_png_input_finish(&self->input);
    return FPX_PHOTO_OK;
}

static void png_close(fpx_photo_decoder *decoder) {
    png_decoder *self = (png_decoder *)decoder;
    fpx_png_input_close(&self->input);
    free(self->interlaced_rows);
    free(self->colour_row);
    free(self);
}

/// `chunk` is the content of an eXIf chunk, which lacks the prefix that JPEG files carry and libexif wants.
static void read_exif(const uint8_t *chunk, size_t byte_count, fpx_photo_header *header) {
    uint8_t *block = malloc(FPX_EXIF_PREFIX_BYTES + byte_count);
    if (block != NULL) {
        memcpy(block, fpx_exif_prefix, FPX_EXIF_PREFIX_BYTES);
        memcpy(block + FPX_EXIF_PREFIX_BYTES, chunk, byte_count);
        fpx_exif_read(block, FPX_EXIF_PREFIX_BYTES + byte_count, header);
        free(block);
    }
}

/// The standard allows eXIf behind the picture, where walking from chunk to chunk would read all over a large file.
/// So it is looked for in the file's last bytes and believed when its checksum is right. Null when there is none; its
/// bytes stay valid until the source is read again.
static const uint8_t *trailing_exif(fpx_byte_source *source, size_t *exif_byte_count) {
    size_t byte_count = fpx_byte_source_last(source);
    const uint8_t *bytes = source->buffer;
    for (size_t type = 4; type + 8 <= byte_count; type++) {
        if (memcmp(bytes + type, "eXIf", 4) != 0) {
            continue;
        }
        size_t length = png_get_uint_32(bytes + type - 4);
        if (length > byte_count - type - 8) {
            continue;
        }
        const uint8_t *chunk = bytes + type + 4;
        if (crc32(0, bytes + type, (uInt)(length + 4)) == png_get_uint_32(chunk + length)) {
            *exif_byte_count = length;
            return chunk;
        }
    }
    return NULL;
}

static const uint8_t *find_exif(png_decoder *self, size_t *byte_count) {
    png_uint_32 chunk_byte_count = 0;
    png_bytep chunk = NULL;
    if (png_get_eXIf_1(self->input.png, self->input.info, &chunk_byte_count, &chunk) != 0) {
        *byte_count = chunk_byte_count;
        return chunk;
    }
    return trailing_exif(self->operations.source, byte_count);
}

/// Palettes become RGB, small greys the full 8-bit range. Alpha and colour-key transparency become the last channel
/// or are left out.
static void choose_output(png_decoder *self, fpx_photo_channels channels) {
    int colour_type = png_get_color_type(self->input.png, self->input.info);
    if (colour_type == PNG_COLOR_TYPE_PALETTE) {
        png_set_palette_to_rgb(self->input.png);
    }
    if (colour_type == PNG_COLOR_TYPE_GRAY) {
        png_set_expand_gray_1_2_4_to_8(self->input.png);
    }
    if (channels != FPX_PHOTO_ALL_CHANNELS_AND_ALPHA) {
        png_set_strip_alpha(self->input.png);
    } else if (png_get_valid(self->input.png, self->input.info, PNG_INFO_tRNS) != 0) {
        png_set_tRNS_to_alpha(self->input.png);
    }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(self->input.png);
#endif
}

/// What rows will be, as png_read_update_info would tell: it makes room for them at once.
static void fill_header(png_decoder *self, const fpx_photo_request *request, fpx_photo_header *header) {
    png_structp png = self->input.png;
    png_infop info = self->input.info;
    int colour_type = png_get_color_type(png, info);
    uint32_t colours = (colour_type & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
    bool has_alpha = (colour_type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0;
    bool keeps_alpha = has_alpha && request->channels == FPX_PHOTO_ALL_CHANNELS_AND_ALPHA;
    bool interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
    uint32_t channels = colours + (keeps_alpha ? 1 : 0);
    self->width = png_get_image_width(png, info);
    self->height = png_get_image_height(png, info);
    self->is_16_bit = png_get_bit_depth(png, info) == 16;
    size_t sample_bytes = self->is_16_bit ? 2 : 1;
    self->row_bytes = self->width * channels * sample_bytes;
    self->makes_luma = request->channels == FPX_PHOTO_LUMA && channels == 3;
    uint64_t stored_row = png_get_rowbytes(png, info);
    // libpng's two rows: as stored, and with all that becomes of it on its way.
    uint64_t widest_row = (uint64_t)self->width * (colours + (has_alpha ? 1 : 0)) * sample_bytes;
    uint64_t libpng_bytes = stored_row + (widest_row > stored_row ? widest_row : stored_row);
    header->format = FPX_PHOTO_PNG;
    header->width = (uint32_t)self->width;
    header->height = (uint32_t)self->height;
    header->channels = self->makes_luma ? 1 : channels;
    header->bits_per_sample = self->is_16_bit ? 16 : 8;
    header->coded_unit_width = 1;
    header->coded_unit_height = 1;
    header->is_decoded_whole = interlaced;
    header->decoder_bytes = libpng_bytes + (self->makes_luma ? self->row_bytes : 0) +
                            (interlaced ? (uint64_t)self->row_bytes * self->height : 0);
    // With the address of each row, and the rows of a writer that tries several filters.
    enum { WRITER_ROWS = 4 };
    header->whole_picture_bytes = stored_row * (self->height + WRITER_ROWS) + self->height * sizeof(uint8_t *);
}

fpx_photo_status fpx_png_open(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_decoder **decoder,
                              fpx_photo_header *header, fpx_photo_error *error) {
    png_decoder *self = calloc(1, sizeof *self);
    if (self == NULL) {
        fpx_photo_explain(error, "no memory is left for a PNG decoder");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    self->operations = (fpx_photo_decoder){
        .read_rows = png_read_some_rows, .finish = png_finish, .close = png_close, .source = source};
    fpx_png_input_prepare(&self->input, source, error);
    if (setjmp(self->input.escape) != 0) {
        fpx_photo_status failure = self->input.failure;
        png_close(&self->operations);
        return failure;
    }
    fpx_png_input_open(&self->input, request->maximum_pixels);
    choose_output(self, request->channels);
    fill_header(self, request, header);
    if (request->only_headers) {
        if (request->metadata != NULL) {
            fpx_png_take_metadata(self->input.png, self->input.info, request->metadata);
        }
        size_t exif_byte_count = 0;
        const uint8_t *exif = find_exif(self, &exif_byte_count);
        if (exif != NULL && request->metadata != NULL) {
            fpx_metadata_keep_exif(request->metadata, exif, exif_byte_count);
        } else if (exif != NULL) {
            read_exif(exif, exif_byte_count, header);
        }
    }
    *decoder = &self->operations;
    return FPX_PHOTO_OK;
}
