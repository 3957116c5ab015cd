#include <stdlib.h>
#include <string.h>

#include "png_input.h"
#include "repair_internal.h"

#pragma STDC FP_CONTRACT OFF

enum { SIGNATURE_BYTES = 8, CHUNK_OVERHEAD = 12 };

typedef struct png_repair {
    fpx_png_input input;
    /// The whole file.
    fpx_bytes file;
    /// The new picture as a PNG of its own, of which the IDAT chunks are taken.
    fpx_bytes picture;
    png_structp writer;
    png_infop writer_info;
    uint8_t **rows;
    uint8_t *samples;
    size_t width;
    size_t height;
    size_t row_bytes;
    int bit_depth;
    int colour_type;
    int interlace;
    size_t channels;
    /// From top to bottom.
    fpx_repair_patch *patches;
    size_t patch_count;
    fpx_repair_window window;
} png_repair;

static _Noreturn void fail_for_memory(png_repair *self) {
    fpx_png_input_fail_for_memory(&self->input, "to repair the photo");
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
    png_repair *self = png_get_io_ptr(png);
    if (!fpx_bytes_append(&self->picture, bytes, count)) {
        fail_for_memory(self);
    }
}

static void flush_nothing(png_structp png) { (void)png; }

static void read_picture(png_repair *self, uint64_t maximum_pixels) {
    fpx_png_input_open(&self->input, maximum_pixels);
    self->width = png_get_image_width(self->input.png, self->input.info);
    self->height = png_get_image_height(self->input.png, self->input.info);
    self->bit_depth = png_get_bit_depth(self->input.png, self->input.info);
    self->colour_type = png_get_color_type(self->input.png, self->input.info);
    self->interlace = png_get_interlace_type(self->input.png, self->input.info);
    self->channels = png_get_channels(self->input.png, self->input.info);
    if (self->colour_type == PNG_COLOR_TYPE_PALETTE || self->bit_depth < 8) {
        fpx_photo_explain(self->input.error,
                          "unsupported PNG: a palette, or fewer than 8 bits, has no values in between to repair with; "
                          "convert it to 8 or 16 bits");
        fpx_png_input_fail(&self->input, FPX_PHOTO_UNSUPPORTED);
    }
    png_set_interlace_handling(self->input.png);
    png_read_update_info(self->input.png, self->input.info);
    self->row_bytes = png_get_rowbytes(self->input.png, self->input.info);
    self->rows = malloc(self->height * sizeof *self->rows);
    self->samples = malloc(self->height * self->row_bytes);
    if (self->rows == NULL || self->samples == NULL) {
        fail_for_memory(self);
    }
    for (size_t row = 0; row < self->height; row++) {
        self->rows[row] = self->samples + row * self->row_bytes;
    }
    png_read_image(self->input.png, self->rows);
    fpx_png_input_finish(&self->input);
}

/// Channels that are interpolated: all but alpha.
static size_t colour_channels(const png_repair *self) {
    return (self->colour_type & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
}

static double sample_at(const png_repair *self, size_t column, size_t row, size_t channel) {
    size_t index = column * self->channels + channel;
    const uint8_t *bytes = self->rows[row];
    return self->bit_depth == 8 ? bytes[index] : bytes[2 * index] * 256.0 + bytes[2 * index + 1];
}

static void set_sample(png_repair *self, size_t column, size_t row, size_t channel, double value) {
    size_t index = column * self->channels + channel;
    uint8_t *bytes = self->rows[row];
    // A weighted mean of samples stays in their range.
    unsigned rounded = (unsigned)(value + 0.5);
    if (self->bit_depth == 8) {
        bytes[index] = (uint8_t)rounded;
    } else {
        bytes[2 * index] = (uint8_t)(rounded >> 8);
        bytes[2 * index + 1] = (uint8_t)rounded;
    }
}

static void repair_patch(png_repair *self, const fpx_repair_patch *patch) {
    fpx_repair_window *window = &self->window;
    size_t reach = fpx_repair_reach(patch);
    window->reach = reach;
    size_t left = patch->column > reach ? patch->column - reach : 0;
    size_t top = patch->row > reach ? patch->row - reach : 0;
    size_t right = patch->column + patch->width + reach;
    size_t bottom = patch->row + patch->height + reach;
    window->width = (right < self->width ? right : self->width) - left;
    window->height = (bottom < self->height ? bottom : self->height) - top;
    fpx_repair_mark(window, self->patches, self->patch_count, left, top, 1, 1);
    for (size_t row = 0; row < window->height; row++) {
        for (size_t column = 0; column < window->width; column++) {
            for (size_t channel = 0; channel < window->channels; channel++) {
                window->samples[(row * window->width + column) * window->channels + channel] =
                    sample_at(self, left + column, top + row, channel);
            }
        }
    }
    for (size_t row = patch->row; row < patch->row + patch->height; row++) {
        for (size_t column = patch->column; column < patch->column + patch->width; column++) {
            double values[4];
            if (!fpx_repair_interpolate(window, column - left, row - top, values)) {
                fpx_photo_explain(self->input.error, "nothing good is near row %lu, column %lu to repair it from",
                                  (unsigned long)patch->row, (unsigned long)patch->column);
                fpx_png_input_fail(&self->input, FPX_PHOTO_UNSUPPORTED);
            }
            // Only bad pixels change, and only good ones are read, so that the order of patches does not matter.
            for (size_t channel = 0; channel < window->channels; channel++) {
                set_sample(self, column, row, channel, values[channel]);
            }
        }
    }
}

static void repair_patches(png_repair *self, const fpx_repair_patch *patches, size_t patch_count) {
    if (!fpx_repair_patches_are_inside(patches, patch_count, self->width, self->height)) {
        fpx_photo_explain(self->input.error, "a place to repair lies outside the picture");
        fpx_png_input_fail(&self->input, FPX_PHOTO_UNSUPPORTED);
    }
    self->window.channels = colour_channels(self);
    self->window.noise = self->bit_depth == 8 ? 3 : 3 * 257;
    size_t pixels = (size_t)FPX_REPAIR_LONGEST_WINDOW_SIDE * FPX_REPAIR_LONGEST_WINDOW_SIDE;
    self->window.samples = malloc(pixels * self->window.channels * sizeof *self->window.samples);
    self->window.is_good = malloc(pixels);
    if (self->window.samples == NULL || self->window.is_good == NULL) {
        fail_for_memory(self);
    }
    self->patches = fpx_repair_patches_by_row(patches, patch_count);
    self->patch_count = patch_count;
    if (self->patches == NULL) {
        fail_for_memory(self);
    }
    for (size_t index = 0; index < patch_count; index++) {
        repair_patch(self, &self->patches[index]);
    }
}

static void write_picture(png_repair *self) {
    self->writer =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, &self->input, fpx_png_input_on_error, fpx_png_input_on_warning);
    self->writer_info = self->writer == NULL ? NULL : png_create_info_struct(self->writer);
    if (self->writer_info == NULL) {
        fail_for_memory(self);
    }
    png_set_user_limits(self->writer, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_write_fn(self->writer, self, write_bytes, flush_nothing);
    // On 16-bit sensor noise zlib's default takes five times as long and saves 4 %.
    png_set_compression_level(self->writer, 3);
    png_set_IHDR(self->writer, self->writer_info, (png_uint_32)self->width, (png_uint_32)self->height, self->bit_depth,
                 self->colour_type, self->interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(self->writer, self->writer_info);
    png_write_image(self->writer, self->rows);
    png_write_end(self->writer, NULL);
}

/// The chunk at `offset`: its length with everything, 0 when the bytes end before it does.
static size_t chunk_bytes(const fpx_bytes *file, size_t offset) {
    if (file->count < CHUNK_OVERHEAD || offset > file->count - CHUNK_OVERHEAD) {
        return 0;
    }
    const uint8_t *length = file->data + offset;
    size_t bytes =
        ((size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3]) + CHUNK_OVERHEAD;
    return bytes <= file->count - offset ? bytes : 0;
}

static bool is_picture_data(const fpx_bytes *file, size_t offset) {
    return memcmp(file->data + offset + 4, "IDAT", 4) == 0;
}

static void append(png_repair *self, fpx_bytes *output, const uint8_t *bytes, size_t count) {
    if (!fpx_bytes_append(output, bytes, count)) {
        fail_for_memory(self);
    }
}

/// The file with the picture data of the other one in the place of its own.
static void splice(png_repair *self, fpx_bytes *output) {
    append(self, output, self->file.data, SIGNATURE_BYTES);
    size_t offset = SIGNATURE_BYTES;
    bool has_picture = false;
    size_t bytes;
    while ((bytes = chunk_bytes(&self->file, offset)) > 0) {
        if (!is_picture_data(&self->file, offset)) {
            append(self, output, self->file.data + offset, bytes);
        } else if (!has_picture) {
            has_picture = true;
            size_t new_bytes;
            for (size_t at = SIGNATURE_BYTES; (new_bytes = chunk_bytes(&self->picture, at)) > 0; at += new_bytes) {
                if (is_picture_data(&self->picture, at)) {
                    append(self, output, self->picture.data + at, new_bytes);
                }
            }
        }
        bool is_end = memcmp(self->file.data + offset + 4, "IEND", 4) == 0;
        offset += bytes;
        if (is_end) {
            break;
        }
    }
    append(self, output, self->file.data + offset, self->file.count - offset);
}

/// The whole file, because all but its picture is copied; libpng then reads it from memory.
static void read_file(png_repair *self) {
    fpx_byte_source *source = self->input.source;
    size_t count;
    while ((count = fpx_byte_source_next(source, sizeof source->buffer)) > 0) {
        append(self, &self->file, source->buffer, count);
    }
    if (source->system_errno != 0) {
        fpx_png_input_fail(&self->input, FPX_PHOTO_UNREADABLE);
    }
    self->input.unread = self->file.data;
    self->input.unread_count = self->file.count;
}

static fpx_photo_status run(png_repair *self, uint64_t maximum_pixels, const fpx_repair_patch *patches,
                            size_t patch_count, fpx_bytes *output) {
    if (setjmp(self->input.escape) != 0) {
        return self->input.failure;
    }
    read_file(self);
    read_picture(self, maximum_pixels);
    repair_patches(self, patches, patch_count);
    write_picture(self);
    splice(self, output);
    return FPX_PHOTO_OK;
}

fpx_photo_status fpx_png_repair(int file_descriptor, bool is_strict, uint64_t maximum_pixels,
                                const fpx_repair_patch *patches, size_t patch_count, fpx_bytes *output,
                                uint32_t *oddities, fpx_photo_error *error) {
    *oddities = 0;
    memset(error, 0, sizeof *error);
    fpx_byte_source *source = fpx_byte_source_make(file_descriptor, is_strict);
    png_repair *self = calloc(1, sizeof *self);
    if (source == NULL || self == NULL) {
        free(source);
        free(self);
        fpx_photo_explain(error, "no memory is left to repair the photo");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    fpx_png_input_prepare(&self->input, source, error);
    fpx_photo_status status = run(self, maximum_pixels, patches, patch_count, output);
    fpx_png_input_close(&self->input);
    png_destroy_write_struct(&self->writer, &self->writer_info);
    fpx_bytes_free(&self->file);
    fpx_bytes_free(&self->picture);
    free(self->rows);
    free(self->samples);
    free(self->window.samples);
    free(self->window.is_good);
    free(self->patches);
    free(self);
    status = fpx_photo_with_read_error(status, source, error);
    *oddities = source->oddities;
    free(source);
    return status;
}
