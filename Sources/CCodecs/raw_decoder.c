#ifdef FPX_RAW

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../CRAW/shim.h"
#include "dng_pieces.h"
#include "sample_rows.h"
#include "tiff_tags.h"

/// A picture of a raw file, before it is unpacked.
typedef struct raw_picture {
    size_t left;
    size_t top;
    size_t width;
    size_t height;
    unsigned colours;
} raw_picture;

typedef struct raw_decoder {
    fpx_photo_decoder operations;
    libraw_data_t *raw;
    raw_picture picture;
    fpx_sample_layout layout;
    /// LibRaw met bytes that are missing or cannot be.
    bool is_damaged;
    bool ran_out;
    bool is_unpacked;
    /// Where the sensor's samples lie in the file as they are, so that LibRaw need not unpack them, and whether in the
    /// other order of bytes; 0 when they do not.
    uint64_t plain_samples;
    bool swaps_bytes;
    /// Where the first row of the picture begins, once it is unpacked, and from row to row.
    const uint8_t *first;
    size_t pitch;
    size_t next_row;
} raw_decoder;

static void on_bad_data(void *context, const char *file, const int offset) {
    (void)file;
    raw_decoder *self = context;
    self->is_damaged = true;
    self->ran_out = self->ran_out || offset < 0;
}

static fpx_photo_status failure(const raw_decoder *self, int code, fpx_photo_error *error) {
    switch (code) {
    case LIBRAW_UNSUFFICIENT_MEMORY:
        fpx_photo_explain(error, "no memory is left for a raw file of this size");
        return FPX_PHOTO_OUT_OF_MEMORY;
    case LIBRAW_FILE_UNSUPPORTED:
    case LIBRAW_NOT_IMPLEMENTED:
        fpx_photo_explain(error, "a raw file of a kind that LibRaw %s does not read", libraw_version());
        return FPX_PHOTO_UNSUPPORTED;
    case LIBRAW_TOO_BIG:
        fpx_photo_explain(error, "a raw file of more bytes than LibRaw unpacks");
        return FPX_PHOTO_TOO_LARGE;
    default:
        if (self->ran_out || code == LIBRAW_IO_ERROR) {
            fpx_photo_explain(error, "truncated raw file: it ends before its picture does");
            return FPX_PHOTO_TRUNCATED;
        }
        fpx_photo_explain(error, "damaged raw file: %s", code < 0 ? libraw_strerror(code) : "data that cannot be");
        return FPX_PHOTO_CORRUPT;
    }
}

// MARK: - What the file says

static fpx_photo_status read_picture(raw_decoder *self, const fpx_photo_request *request, fpx_photo_error *error) {
    const libraw_image_sizes_t *sizes = &self->raw->sizes;
    const libraw_iparams_t *kind = &self->raw->idata;
    fpx_photo_status status = fpx_photo_check_size(sizes->raw_width, sizes->raw_height, request->maximum_pixels, error);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    bool is_whole = request->page.has_masked_border;
    self->picture = (raw_picture){
        .left = is_whole ? 0 : sizes->left_margin,
        .top = is_whole ? 0 : sizes->top_margin,
        .width = is_whole ? sizes->raw_width : sizes->width,
        .height = is_whole ? sizes->raw_height : sizes->height,
        .colours = kind->filters == 0 && kind->colors == 3 ? 3 : 1,
    };
    if (self->picture.width == 0 || self->picture.height == 0 ||
        self->picture.left + self->picture.width > sizes->raw_width ||
        self->picture.top + self->picture.height > sizes->raw_height) {
        fpx_photo_explain(error, "damaged raw file: its picture is not inside its sensor");
        return FPX_PHOTO_CORRUPT;
    }
    if (kind->is_foveon != 0 || (kind->filters == 0 && kind->colors != 1 && kind->colors != 3)) {
        fpx_photo_explain(error, "a raw file of %d colours for each pixel, which is not read", kind->colors);
        return FPX_PHOTO_UNSUPPORTED;
    }
    return FPX_PHOTO_OK;
}

/// The colour of a place of the picture; a letter, or 0 when there is none.
static char letter_at(const raw_decoder *self, size_t row, size_t column) {
    const libraw_image_sizes_t *sizes = &self->raw->sizes;
    // LibRaw counts from the visible part. 48 is a multiple of all periods, and keeps places positive.
    int down = (int)((row + self->picture.top + 48 * 1400 - sizes->top_margin) % 48);
    int across = (int)((column + self->picture.left + 48 * 1400 - sizes->left_margin) % 48);
    int colour = libraw_COLOR(self->raw, down, across);
    char letter = colour >= 0 && colour < 4 ? self->raw->idata.cdesc[colour] : 0;
    return letter >= 'A' && letter <= 'Z' ? letter : 0;
}

static fpx_photo_status describe_pattern(const raw_decoder *self, fpx_photo_header *header, fpx_photo_error *error) {
    unsigned filters = self->raw->idata.filters;
    if (filters == 0) {
        return FPX_PHOTO_OK;
    }
    size_t rows = filters == 9 ? 6 : 8;
    size_t columns = filters == 9 ? 6 : 2;
    bool is_named = filters == 9 || filters > 1000;
    for (size_t place = 0; place < rows * columns; place++) {
        header->pattern[place] = letter_at(self, place / columns, place % columns);
        is_named = is_named && header->pattern[place] != 0;
    }
    if (!is_named) {
        fpx_photo_explain(error, "a raw file with an unusual mosaic of colours, which is not read");
        return FPX_PHOTO_UNSUPPORTED;
    }
    // Nearly always two rows repeat.
    while (rows % 2 == 0 && rows > 2 && filters != 9 &&
           memcmp(header->pattern, header->pattern + rows / 2 * columns, rows / 2 * columns) == 0) {
        rows /= 2;
    }
    header->pattern[rows * columns] = 0;
    header->pattern_rows = (uint32_t)rows;
    header->pattern_columns = (uint32_t)columns;
    return FPX_PHOTO_OK;
}

/// The mean over the colours where their levels differ.
static double black_level(const libraw_colordata_t *colour) {
    double sum = 0;
    for (size_t channel = 0; channel < 4; channel++) {
        sum += colour->cblack[channel] / 4.0;
    }
    size_t places = (size_t)colour->cblack[4] * colour->cblack[5];
    for (size_t place = 0; places > 0 && places <= LIBRAW_CBLACK_SIZE - 6 && place < places; place++) {
        sum += (double)colour->cblack[6 + place] / (double)places;
    }
    return colour->black + sum;
}

static void copy_text(const char *text, char *destination, size_t capacity) {
    if (text[0] != 0) {
        fpx_header_text((const uint8_t *)text, strlen(text), destination, capacity);
    }
}

static void describe_capture(const raw_decoder *self, fpx_photo_header *header) {
    const libraw_data_t *raw = self->raw;
    fpx_tiff_tags tags;
    if (fpx_tiff_tags_open(self->operations.source, &tags)) {
        fpx_tiff_tags_describe(&tags, tags.first_directory, header);
    }
    // As raw developers name the camera.
    copy_text(raw->idata.make, header->make, sizeof header->make);
    copy_text(raw->idata.model, header->model, sizeof header->model);
    copy_text(raw->idata.software, header->software, sizeof header->software);
    if (header->serial[0] == 0) {
        copy_text(raw->shootinginfo.BodySerial, header->serial, sizeof header->serial);
    }
    if (header->iso == 0 && raw->other.iso_speed >= 1 && raw->other.iso_speed < 1e9F) {
        header->iso = (uint32_t)(raw->other.iso_speed + 0.5F);
    }
    if (header->exposure_time.denominator == 0 && raw->other.shutter > 0) {
        header->exposure_seconds = raw->other.shutter;
    }
    struct tm when;
    if (header->capture_time[0] == 0 && raw->other.timestamp > 0 && localtime_r(&raw->other.timestamp, &when) != NULL) {
        strftime(header->capture_time, sizeof header->capture_time, "%Y:%m:%d %H:%M:%S", &when);
    }
    float temperature = raw->makernotes.common.SensorTemperature;
    header->temperature = temperature > -273 && temperature < 1000 ? temperature : NAN;
    // LibRaw says 0 where many cameras say nothing.
    if (temperature == 0) {
        header->temperature = NAN;
    }
}

/// Which part of the sensor is visible, and which part of that the camera's own pictures show.
static void describe_frames(const raw_decoder *self, fpx_photo_header *header) {
    const libraw_image_sizes_t *sizes = &self->raw->sizes;
    header->visible_left = sizes->left_margin;
    header->visible_top = sizes->top_margin;
    header->visible_width = sizes->width;
    header->visible_height = sizes->height;
    // Counted from the sensor's corner.
    int64_t left = -1, top = -1, width = 0, height = 0;
    if (self->raw->idata.dng_version != 0) {
        fpx_tiff_tags tags;
        uint64_t crop[4];
        if (fpx_tiff_tags_open(self->operations.source, &tags) && fpx_tiff_tags_dng_crop(&tags, crop)) {
            left = (int64_t)crop[0], top = (int64_t)crop[1], width = (int64_t)crop[2], height = (int64_t)crop[3];
        }
    } else {
        const libraw_raw_inset_crop_t *crop = &sizes->raw_inset_crop;
        // Where the camera does not say.
        enum { UNKNOWN = 0xffff };
        if (crop->cleft != UNKNOWN && crop->ctop != UNKNOWN) {
            left = crop->cleft, top = crop->ctop, width = crop->cwidth, height = crop->cheight;
        }
    }
    left -= sizes->left_margin;
    top -= sizes->top_margin;
    if (left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= sizes->width &&
        top + height <= sizes->height) {
        header->crop_left = (uint32_t)left;
        header->crop_top = (uint32_t)top;
        header->crop_width = (uint32_t)width;
        header->crop_height = (uint32_t)height;
    }
}

static fpx_photo_status fill_header(const raw_decoder *self, const fpx_photo_request *request, fpx_photo_header *header,
                                    fpx_photo_error *error) {
    const raw_picture *picture = &self->picture;
    const libraw_image_sizes_t *sizes = &self->raw->sizes;
    if (request->only_headers) {
        describe_capture(self, header);
    }
    header->format = FPX_PHOTO_RAW;
    header->page = request->page;
    header->width = (uint32_t)picture->width;
    header->height = (uint32_t)picture->height;
    header->channels = request->channels == FPX_PHOTO_LUMA ? 1 : picture->colours;
    header->bits_per_sample = 16;
    header->coded_unit_width = 1;
    header->coded_unit_height = 1;
    header->sensor_width = sizes->raw_width;
    header->sensor_height = sizes->raw_height;
    header->sensor_left = (uint32_t)picture->left;
    header->sensor_top = (uint32_t)picture->top;
    describe_frames(self, header);
    // LibRaw unpacks the whole sensor, full-colour frames with four samples a pixel, and has about 2 MB of its own.
    header->is_decoded_whole = self->plain_samples == 0;
    header->decoder_bytes = (uint64_t)1 << 21;
    if (header->is_decoded_whole) {
        header->decoder_bytes += (uint64_t)sizes->raw_width * sizes->raw_height * (picture->colours == 3 ? 8 : 2);
    }
    header->black_level = black_level(&self->raw->color);
    header->white_level = self->raw->color.maximum > 0 ? self->raw->color.maximum : NAN;
    return describe_pattern(self, header, error);
}

// MARK: - Rows

static fpx_photo_status use(raw_decoder *self, const void *samples, unsigned stored_channels, fpx_photo_error *error) {
    const raw_picture *picture = &self->picture;
    unsigned expected = picture->colours == 1 ? 1 : 3;
    if ((stored_channels >= 3) != (expected == 3)) {
        fpx_photo_explain(error, "a raw file whose samples are of another kind than it says, which is not read");
        return FPX_PHOTO_UNSUPPORTED;
    }
    size_t pixel_bytes = stored_channels * sizeof(uint16_t);
    self->layout.stored_channels = stored_channels;
    self->pitch = self->raw->rawdata.sizes.raw_pitch;
    if (self->pitch < self->raw->rawdata.sizes.raw_width * pixel_bytes) {
        self->pitch = self->raw->rawdata.sizes.raw_width * pixel_bytes;
    }
    self->first = (const uint8_t *)samples + picture->top * self->pitch + picture->left * pixel_bytes;
    return FPX_PHOTO_OK;
}

/// Whether LibRaw left the samples as it allocated them: it says nothing when the compressed picture has no beginning.
/// No sensor gives 0 everywhere, not even in the dark.
static bool is_untouched(const raw_decoder *self, const void *samples, size_t samples_per_pixel) {
    const libraw_image_sizes_t *sizes = &self->raw->rawdata.sizes;
    size_t count = (size_t)sizes->raw_width * sizes->raw_height * samples_per_pixel;
    const uint16_t *values = samples;
    for (size_t index = 0; index < count; index++) {
        if (values[index] != 0) {
            return false;
        }
    }
    return true;
}

static fpx_photo_status unpack(raw_decoder *self, fpx_photo_error *error) {
    fpx_tiff_tags tags;
    // Other makers' raw files are TIFFs in part only.
    if (self->raw->idata.dng_version != 0 && fpx_tiff_tags_open(self->operations.source, &tags) &&
        !fpx_tiff_tags_hold_pictures(&tags)) {
        self->ran_out = true;
        return failure(self, LIBRAW_IO_ERROR, error);
    }
    if (self->raw->idata.dng_version != 0) {
        fpx_photo_status status = fpx_dng_check_frames(self->operations.source, self->raw->sizes.raw_width,
                                                       self->raw->sizes.raw_height, error);
        if (status != FPX_PHOTO_OK) {
            return status;
        }
    }
    self->is_damaged = false;
    int code = libraw_unpack(self->raw);
    if (code != LIBRAW_SUCCESS || self->is_damaged) {
        return failure(self, code, error);
    }
    const libraw_rawdata_t *data = &self->raw->rawdata;
    const libraw_image_sizes_t *sizes = &data->sizes;
    if (sizes->raw_width < self->picture.left + self->picture.width ||
        sizes->raw_height < self->picture.top + self->picture.height) {
        fpx_photo_explain(error, "damaged raw file: its picture is smaller than it says");
        return FPX_PHOTO_CORRUPT;
    }
    if ((data->raw_image != NULL && is_untouched(self, data->raw_image, 1)) ||
        (data->color3_image != NULL && is_untouched(self, data->color3_image, 3)) ||
        (data->color4_image != NULL && is_untouched(self, data->color4_image, 4))) {
        fpx_photo_explain(error, "truncated raw file: it has no picture data");
        return FPX_PHOTO_CORRUPT;
    }
    // LibRaw fills exactly one of its pictures. Those of floating-point numbers come from DNG files alone, which
    // open_float reads.
    if (data->raw_image != NULL) {
        return use(self, data->raw_image, 1, error);
    }
    if (data->color3_image != NULL) {
        return use(self, data->color3_image, 3, error);
    }
    if (data->color4_image != NULL) {
        return use(self, data->color4_image, 4, error);
    }
    fpx_photo_explain(error, "a raw file whose samples are of another kind than it says, which is not read");
    return FPX_PHOTO_UNSUPPORTED;
}

/// Finds out whether rows can be read without LibRaw, which copies them sample by sample.
static void find_plain_samples(raw_decoder *self) {
    const libraw_image_sizes_t *sizes = &self->raw->sizes;
    fpx_tiff_tags tags;
    if (self->raw->idata.dng_version == 0 || self->picture.colours != 1 ||
        !fpx_tiff_tags_open(self->operations.source, &tags)) {
        return;
    }
    self->plain_samples = fpx_tiff_tags_plain_raw(&tags, sizes->raw_width, sizes->raw_height);
    uint16_t one = 1;
    self->swaps_bytes = tags.is_big_endian == (*(const uint8_t *)&one == 1);
}

static fpx_photo_status read_plain_rows(raw_decoder *self, uint8_t *rows, ptrdiff_t stride_bytes, size_t row_count,
                                        fpx_photo_error *error) {
    const raw_picture *picture = &self->picture;
    size_t row_bytes = picture->width * sizeof(uint16_t);
    uint64_t sensor_row = (uint64_t)self->raw->sizes.raw_width * sizeof(uint16_t);
    bool is_contiguous = sensor_row == row_bytes && stride_bytes == (ptrdiff_t)row_bytes;
    size_t at_once = is_contiguous ? row_count : 1;
    for (size_t row = 0; row < row_count; row += at_once) {
        uint64_t offset =
            self->plain_samples + (picture->top + self->next_row + row) * sensor_row + picture->left * sizeof(uint16_t);
        uint8_t *destination = rows + (ptrdiff_t)row * stride_bytes;
        if (!fpx_byte_source_read_at(self->operations.source, destination, at_once * row_bytes, offset)) {
            self->ran_out = true;
            return failure(self, LIBRAW_IO_ERROR, error);
        }
        if (self->swaps_bytes) {
            fpx_swap_samples(destination, at_once * row_bytes, 16);
        }
    }
    self->next_row += row_count;
    return FPX_PHOTO_OK;
}

static fpx_photo_status raw_read_rows(fpx_photo_decoder *decoder, uint8_t *rows, ptrdiff_t stride_bytes,
                                      size_t row_count, fpx_photo_error *error) {
    raw_decoder *self = (raw_decoder *)decoder;
    if (row_count > self->picture.height - self->next_row) {
        fpx_photo_explain(error, "more rows asked for than the picture has");
        return FPX_PHOTO_CORRUPT;
    }
    if (self->plain_samples != 0) {
        return read_plain_rows(self, rows, stride_bytes, row_count, error);
    }
    if (!self->is_unpacked) {
        fpx_photo_status status = unpack(self, error);
        if (status != FPX_PHOTO_OK) {
            return status;
        }
        self->is_unpacked = true;
    }
    for (size_t row = 0; row < row_count; row++) {
        const uint8_t *stored = self->first + (self->next_row + row) * self->pitch;
        fpx_sample_layout_deliver(&self->layout, &stored, rows + (ptrdiff_t)row * stride_bytes);
    }
    fpx_photo_status status =
        fpx_sample_layout_check(&self->layout, rows, row_count, stride_bytes, self->next_row, "raw", error);
    self->next_row += row_count;
    return status;
}

static fpx_photo_status raw_finish(fpx_photo_decoder *decoder, fpx_photo_error *error) {
    // LibRaw has read all of the picture at the first row.
    (void)decoder, (void)error;
    return FPX_PHOTO_OK;
}

static void raw_close(fpx_photo_decoder *decoder) {
    raw_decoder *self = (raw_decoder *)decoder;
    if (self->raw != NULL) {
        libraw_close(self->raw);
    }
    free(self);
}

// MARK: - Opening

/// Floating-point DNG files are TIFF files in all that matters; libtiff knows their compression, which LibRaw may be
/// built without.
static fpx_photo_status open_float(const fpx_tiff_tags *tags, uint64_t directory, const fpx_photo_request *request,
                                   fpx_photo_decoder **decoder, fpx_photo_header *header, fpx_photo_error *error) {
    fpx_photo_request picture = *request;
    picture.visit = NULL;
    picture.page.position = directory;
    fpx_photo_status status = fpx_tiff_open(tags->source, &picture, decoder, header, error);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    if (!fpx_tiff_tags_is_without_border(tags, directory, header->width, header->height)) {
        (*decoder)->close(*decoder);
        *decoder = NULL;
        fpx_photo_explain(error, "a floating-point DNG with a masked border, which is not read");
        return FPX_PHOTO_UNSUPPORTED;
    }
    if (request->only_headers) {
        fpx_tiff_tags_describe(tags, tags->first_directory, header);
    }
    header->format = FPX_PHOTO_RAW;
    header->page = request->page;
    header->sensor_width = header->width;
    header->sensor_height = header->height;
    header->visible_width = header->width;
    header->visible_height = header->height;
    return FPX_PHOTO_OK;
}

/// LibRaw does not say why it cannot open a file: with too few descriptors, or without /dev/fd, it is not the file's
/// fault.
static void note_refusal(fpx_byte_source *source, const char *path) {
    int again = open(path, O_RDONLY | O_CLOEXEC);
    if (again < 0) {
        source->system_errno = errno;
    } else {
        close(again);
    }
}

fpx_photo_status fpx_raw_open(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_decoder **decoder,
                              fpx_photo_header *header, fpx_photo_error *error) {
    fpx_tiff_tags tags;
    fpx_tiff_tag version;
    bool is_tiff = fpx_tiff_tags_open(source, &tags);
    if (is_tiff && fpx_tiff_tags_has_loose_pattern(&tags)) {
        fpx_photo_explain(error, "damaged raw file: a colour pattern of 36 places without its sides");
        return FPX_PHOTO_CORRUPT;
    }
    if (is_tiff && fpx_tiff_tags_find(&tags, tags.first_directory, FPX_TIFF_DNG_VERSION, &version)) {
        uint64_t directory = fpx_tiff_tags_float_raw(&tags);
        if (directory != 0) {
            return open_float(&tags, directory, request, decoder, header, error);
        }
    }
    raw_decoder *self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->raw = libraw_init(0);
    }
    if (self == NULL || self->raw == NULL) {
        free(self);
        fpx_photo_explain(error, "no memory is left for a raw decoder");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    self->operations = (fpx_photo_decoder){raw_read_rows, raw_finish, raw_close, source};
    libraw_set_dataerror_handler(self->raw, on_bad_data, self);
    // LibRaw opens files by name only; this name is the open descriptor's, with an offset of its own.
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", source->file_descriptor);
    int code = libraw_open_file(self->raw, path);
    if (code == LIBRAW_IO_ERROR) {
        note_refusal(source, path);
    }
    fpx_photo_status status = code == LIBRAW_SUCCESS ? FPX_PHOTO_OK : failure(self, code, error);
    if (status == FPX_PHOTO_OK) {
        status = read_picture(self, request, error);
    }
    if (status == FPX_PHOTO_OK && self->raw->idata.dng_version != 0) {
        status = fpx_dng_check_bytes(source, self->raw->sizes.raw_width, self->raw->sizes.raw_height, error);
    }
    if (status == FPX_PHOTO_OK) {
        find_plain_samples(self);
        status = fill_header(self, request, header, error);
    }
    if (status != FPX_PHOTO_OK) {
        raw_close(&self->operations);
        return status;
    }
    self->layout = (fpx_sample_layout){
        .width = self->picture.width,
        .bits = 16,
        .stored_channels = self->picture.colours,
        .colours = self->picture.colours,
        .makes_luma = request->channels == FPX_PHOTO_LUMA && self->picture.colours == 3,
    };
    *decoder = &self->operations;
    return FPX_PHOTO_OK;
}

#else

#include "photo_internal.h"

fpx_photo_status fpx_raw_open(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_decoder **decoder,
                              fpx_photo_header *header, fpx_photo_error *error) {
    (void)source, (void)request, (void)decoder, (void)header;
    fpx_photo_explain(error, "a raw file, which this fastpix is built without (trait RAW)");
    return FPX_PHOTO_UNSUPPORTED;
}

#endif
