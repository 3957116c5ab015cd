#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gzip_file.h"

// The order of operations is as written, on every machine.
#pragma STDC FP_CONTRACT OFF

/// A repair of samples that lie in the file as they are, of which only the bytes change, or in compressed strips and
/// tiles, which are packed anew.
typedef struct stored_repair {
    fpx_photo_decoder *decoder;
    fpx_photo_header header;
    fpx_bytes *file;
    /// The picture as decoded.
    uint8_t *samples;
    size_t row_bytes;
    /// A byte a pixel, 1 where it is to be replaced.
    uint8_t *is_bad;
    /// Columns and rows from a sample to the next one of its colour.
    size_t column_step;
    size_t row_step;
    fpx_repair_window window;
    /// Those of compressed strips and tiles.
    fpx_bytes packed_samples;
    unsigned packed_sample_bytes;
    /// Of the sum of all data, where the header has it.
    uint32_t change;
} stored_repair;

static fpx_photo_status no_memory(fpx_photo_error *error) {
    fpx_photo_explain(error, "no memory is left to repair the photo");
    return FPX_PHOTO_OUT_OF_MEMORY;
}

static double sample_at(const stored_repair *self, size_t row, size_t column, size_t channel) {
    const uint8_t *pixels = self->samples + row * self->row_bytes;
    size_t index = column * self->header.channels + channel;
    switch (self->header.bits_per_sample) {
    case 8: return pixels[index];
    case 16: {
        uint16_t value;
        memcpy(&value, pixels + 2 * index, sizeof value);
        return value;
    }
    default: {
        float value;
        memcpy(&value, pixels + 4 * index, sizeof value);
        return value;
    }
    }
}

/// The number as it is stored, nearest to a sample: a weighted mean of others, so that it lies in their range.
static uint32_t stored_bits(const fpx_sample_place *place, double sample) {
    double number = place->scale != 0 ? (sample - place->base) / place->scale : sample;
    if (place->byte_count == 4 && !place->is_whole) {
        float value = (float)number;
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        return bits ^ place->flipped_bits;
    }
    // Of large numbers float32 holds whole ones only, and so do the samples around; of small ones it holds all whole
    // ones. Scaled ones were rounded to a sample, and may come back outside of what their bytes hold.
    int64_t whole = place->is_whole && place->scale == 0 ? llround((float)number) - place->zero : llround(number);
    if (place->scale != 0) {
        int64_t least = place->byte_count == 1 ? 0 : place->byte_count == 2 ? INT16_MIN : INT32_MIN;
        int64_t most = place->byte_count == 1 ? UINT8_MAX : place->byte_count == 2 ? INT16_MAX : INT32_MAX;
        whole = whole < least ? least : whole > most ? most : whole;
    }
    uint32_t bits = (uint32_t)whole ^ place->flipped_bits;
    int64_t signed_number = place->byte_count == 1   ? (uint8_t)bits
                            : place->byte_count == 2 ? (int16_t)bits
                                                     : (int32_t)bits;
    if (place->has_blank && signed_number == place->blank) {
        // The one beside it, towards the middle.
        bits += signed_number > 0 ? UINT32_MAX : 1;
    }
    return bits;
}

/// Writes a sample to the bytes of the file, in the file's own form, or keeps it for packing.
static fpx_photo_status store(stored_repair *self, size_t row, size_t column, size_t channel, double value,
                              fpx_photo_error *error) {
    fpx_sample_place place;
    bool has_place = self->decoder->place(self->decoder, row, column, channel, &place);
    if (!has_place || (!place.is_packed &&
                       (place.offset > self->file->count || self->file->count - place.offset < place.byte_count))) {
        fpx_photo_explain(error, "a place to repair has no place in the file");
        return FPX_PHOTO_CORRUPT;
    }
    uint32_t bits = stored_bits(&place, value);
    if (place.is_packed) {
        fpx_packed_sample sample = {.unit = place.unit, .bits = bits, .offset = place.offset};
        self->packed_sample_bytes = place.byte_count;
        return fpx_bytes_append(&self->packed_samples, &sample, sizeof sample) ? FPX_PHOTO_OK : no_memory(error);
    }
    uint8_t *bytes = self->file->data + place.offset;
    for (unsigned byte = 0; byte < place.byte_count; byte++) {
        unsigned shift = 8 * (place.is_big_endian ? place.byte_count - 1 - byte : byte);
        uint8_t before = bytes[byte];
        bytes[byte] = (uint8_t)(bits >> shift);
        if (place.is_checked) {
            uint64_t offset = place.offset + byte - place.checked.data;
            self->change = fpx_fits_add_change(self->change, fpx_fits_byte_change(offset, before, bytes[byte]));
        }
    }
    return FPX_PHOTO_OK;
}

/// A difference between samples that means nothing: of those around the place a hundredth of their range.
static double noise_of(const fpx_repair_window *window) {
    double least = INFINITY;
    double most = -INFINITY;
    for (size_t pixel = 0; pixel < window->width * window->height; pixel++) {
        for (size_t channel = 0; window->is_good[pixel] != 0 && channel < window->channels; channel++) {
            double value = window->samples[pixel * window->channels + channel];
            least = value < least ? value : least;
            most = value > most ? value : most;
        }
    }
    return most > least ? (most - least) / 100 : 1;
}

/// Replaces those pixels of a patch whose row and column have these remainders: with the samples of one colour that
/// are around, which are a picture of their own.
static fpx_photo_status repair_lattice(stored_repair *self, const fpx_repair_patch *patch, size_t row_phase,
                                       size_t column_phase, fpx_photo_error *error) {
    fpx_repair_window *window = &self->window;
    size_t width = self->header.width;
    size_t height = self->header.height;
    // The patch, and the picture, in steps.
    size_t first_column = (patch->column + self->column_step - 1 - column_phase) / self->column_step;
    size_t first_row = (patch->row + self->row_step - 1 - row_phase) / self->row_step;
    size_t end_column = (patch->column + patch->width + self->column_step - 1 - column_phase) / self->column_step;
    size_t end_row = (patch->row + patch->height + self->row_step - 1 - row_phase) / self->row_step;
    size_t columns = (width + self->column_step - 1 - column_phase) / self->column_step;
    size_t rows = (height + self->row_step - 1 - row_phase) / self->row_step;
    size_t reach = fpx_repair_reach(patch);
    size_t left = first_column > reach ? first_column - reach : 0;
    size_t top = first_row > reach ? first_row - reach : 0;
    size_t right = end_column + reach < columns ? end_column + reach : columns;
    size_t bottom = end_row + reach < rows ? end_row + reach : rows;
    if (first_column >= end_column || first_row >= end_row) {
        return FPX_PHOTO_OK;
    }
    window->reach = reach;
    window->width = right - left;
    window->height = bottom - top;
    for (size_t y = 0; y < window->height; y++) {
        size_t row = (top + y) * self->row_step + row_phase;
        for (size_t x = 0; x < window->width; x++) {
            size_t column = (left + x) * self->column_step + column_phase;
            window->is_good[y * window->width + x] = self->is_bad[row * width + column] == 0;
            for (size_t channel = 0; channel < window->channels; channel++) {
                window->samples[(y * window->width + x) * window->channels + channel] =
                    sample_at(self, row, column, channel);
            }
        }
    }
    window->noise = noise_of(window);
    for (size_t y = first_row; y < end_row; y++) {
        for (size_t x = first_column; x < end_column; x++) {
            double values[4];
            if (!fpx_repair_interpolate(window, x - left, y - top, values)) {
                fpx_photo_explain(error, "nothing good is near row %lu, column %lu to repair it from",
                                  (unsigned long)patch->row, (unsigned long)patch->column);
                return FPX_PHOTO_UNSUPPORTED;
            }
            for (size_t channel = 0; channel < window->channels; channel++) {
                fpx_photo_status status = store(self, y * self->row_step + row_phase,
                                                x * self->column_step + column_phase, channel, values[channel], error);
                if (status != FPX_PHOTO_OK) {
                    return status;
                }
            }
        }
    }
    return FPX_PHOTO_OK;
}

static fpx_photo_status repair_patches(stored_repair *self, const fpx_repair_patch *patches, size_t patch_count,
                                       fpx_photo_error *error) {
    const fpx_photo_header *header = &self->header;
    if (!fpx_repair_patches_are_inside(patches, patch_count, header->width, header->height)) {
        fpx_photo_explain(error, "a place to repair lies outside the picture");
        return FPX_PHOTO_UNSUPPORTED;
    }
    size_t pixels = (size_t)header->width * header->height;
    size_t window_pixels = (size_t)FPX_REPAIR_LONGEST_WINDOW_SIDE * FPX_REPAIR_LONGEST_WINDOW_SIDE;
    self->window.channels = header->channels;
    self->window.samples = malloc(window_pixels * header->channels * sizeof *self->window.samples);
    self->window.is_good = malloc(window_pixels);
    self->is_bad = calloc(pixels, 1);
    if (self->window.samples == NULL || self->window.is_good == NULL || self->is_bad == NULL) {
        return no_memory(error);
    }
    for (size_t index = 0; index < patch_count; index++) {
        for (size_t row = patches[index].row; row < (size_t)patches[index].row + patches[index].height; row++) {
            memset(self->is_bad + row * header->width + patches[index].column, 1, patches[index].width);
        }
    }
    // Only bad samples change, and only good ones are read, so that the order of patches does not matter.
    for (size_t index = 0; index < patch_count; index++) {
        for (size_t phase = 0; phase < self->row_step * self->column_step; phase++) {
            fpx_photo_status status =
                repair_lattice(self, &patches[index], phase / self->column_step, phase % self->column_step, error);
            if (status != FPX_PHOTO_OK) {
                return status;
            }
        }
    }
    return FPX_PHOTO_OK;
}

static fpx_photo_status correct_checksums(stored_repair *self, fpx_photo_error *error) {
    fpx_sample_place place;
    fpx_fits_change change = {.data = self->change};
    if (!self->decoder->place(self->decoder, 0, 0, 0, &place) ||
        !fpx_fits_correct_checksums(self->file->data, self->file->count, &place.checked, change)) {
        fpx_photo_explain(error, "%s", FPX_FITS_CHECKSUMS_REFUSED);
        return FPX_PHOTO_UNSUPPORTED;
    }
    return FPX_PHOTO_OK;
}

static fpx_photo_status read_picture(stored_repair *self, fpx_photo_error *error) {
    const fpx_photo_header *header = &self->header;
    fpx_sample_place place;
    if (self->decoder->place == NULL || !self->decoder->place(self->decoder, 0, 0, 0, &place)) {
        fpx_photo_explain(
            error,
            header->format == FPX_PHOTO_FITS
                ? "its BZERO is so large beside its BSCALE that neighbouring stored numbers are one sample, and such "
                  "files are not repaired"
                : "its samples are compressed with losses, or parts of it share their bytes, and such files are "
                  "not repaired; repair a copy that is compressed without loss (tiffcp -c zip)");
        return FPX_PHOTO_UNSUPPORTED;
    }
    self->row_bytes = (size_t)header->width * header->channels * (header->bits_per_sample / 8);
    self->samples = malloc(self->row_bytes * header->height);
    if (self->samples == NULL) {
        return no_memory(error);
    }
    fpx_photo_status status =
        fpx_photo_read_rows(self->decoder, self->samples, (ptrdiff_t)self->row_bytes, header->height, error);
    return status == FPX_PHOTO_OK ? fpx_photo_finish(self->decoder, error) : status;
}

/// The whole file, of which all but the samples is kept; unpacked when it is packed as a whole.
static fpx_photo_status read_file(int file_descriptor, uint64_t maximum_bytes, fpx_bytes *file,
                                  fpx_photo_error *error) {
    if (fpx_gzip_is_packed(file_descriptor)) {
        return fpx_gzip_unpack(file_descriptor, maximum_bytes, file, error);
    }
    fpx_byte_source *source = fpx_byte_source_make(file_descriptor, false);
    if (source == NULL) {
        return no_memory(error);
    }
    fpx_photo_status status = FPX_PHOTO_OK;
    size_t count;
    while (status == FPX_PHOTO_OK && (count = fpx_byte_source_next(source, sizeof source->buffer)) > 0) {
        status = fpx_bytes_append(file, source->buffer, count) ? FPX_PHOTO_OK : no_memory(error);
    }
    status = status == FPX_PHOTO_OK ? fpx_photo_with_read_error(status, source, error) : status;
    free(source);
    return status;
}

bool fpx_stored_is_packed(int file_descriptor) { return fpx_gzip_is_packed(file_descriptor); }

fpx_photo_status fpx_stored_repair_finish(int file_descriptor, fpx_bytes *output, fpx_photo_error *error) {
    memset(error, 0, sizeof *error);
    return fpx_gzip_is_packed(file_descriptor) ? fpx_gzip_pack(file_descriptor, output, error) : FPX_PHOTO_OK;
}

fpx_photo_status fpx_stored_repair(int file_descriptor, const fpx_photo_page *page, uint64_t maximum_pixels,
                                   uint64_t maximum_bytes, const fpx_repair_patch *patches, size_t patch_count,
                                   fpx_bytes *output, fpx_photo_error *error) {
    memset(error, 0, sizeof *error);
    stored_repair self = {.file = output};
    fpx_photo_status status =
        output->count == 0 ? read_file(file_descriptor, maximum_bytes, output, error) : FPX_PHOTO_OK;
    if (status == FPX_PHOTO_OK) {
        status = fpx_photo_open(file_descriptor, page, FPX_PHOTO_ALL_CHANNELS, maximum_pixels, &self.decoder,
                                &self.header, error);
    }
    if (status == FPX_PHOTO_OK) {
        self.column_step = self.header.pattern_columns > 0 ? self.header.pattern_columns : 1;
        self.row_step = self.header.pattern_rows > 0 ? self.header.pattern_rows : 1;
        status = read_picture(&self, error);
    }
    if (status == FPX_PHOTO_OK) {
        status = repair_patches(&self, patches, patch_count, error);
    }
    size_t packed_count = self.packed_samples.count / sizeof(fpx_packed_sample);
    if (status == FPX_PHOTO_OK && packed_count > 0) {
        status = self.decoder->repack(self.decoder, output, (fpx_packed_sample *)self.packed_samples.data, packed_count,
                                      self.packed_sample_bytes, error);
    }
    if (status == FPX_PHOTO_OK && self.change != 0) {
        status = correct_checksums(&self, error);
    }
    fpx_bytes_free(&self.packed_samples);
    fpx_photo_close(self.decoder);
    free(self.samples);
    free(self.is_bad);
    free(self.window.samples);
    free(self.window.is_good);
    return status;
}
