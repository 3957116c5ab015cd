#ifdef FPX_FITS

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fits_repack.h"
#include "sample_rows.h"

// Scaled samples have the same bits on every processor.
#pragma STDC FP_CONTRACT OFF

/// What stored numbers become.
typedef enum sample_rule {
    TO_U8,
    /// Signed numbers, of which a camera writes none below zero.
    TO_U16,
    /// Signed numbers that stand for those 32768 above.
    TO_U16_SHIFTED,
    /// Whole numbers, 32 bits, that float32 must hold exactly.
    TO_F32_EXACT,
    /// Floating-point numbers as they are.
    TO_F32,
    /// BZERO + BSCALE x number, rounded once.
    TO_F32_SCALED,
} sample_rule;

typedef struct fits_picture {
    uint64_t header;
    uint64_t data;
    uint64_t plane;
    uint64_t planes;
    uint64_t width;
    uint64_t height;
    /// 3: red, green and blue follow each other as planes.
    uint32_t colours;
    int bits;
    sample_rule rule;
    double zero;
    double scale;
    bool has_blank;
    int64_t blank;
    /// The header says what the bytes of the data sum up to.
    bool has_checksum;
    bool is_tiled;
    fpx_fits_tiles tiles;
} fits_picture;

typedef struct fits_decoder {
    fpx_photo_decoder operations;
    fpx_fits_input *input;
    /// Where each colour's rows come from: in a packed file each goes through a plane of its own; otherwise all are
    /// `input`.
    fpx_fits_input *colour_inputs[3];
    uint64_t file_bytes;
    /// Of the compressed pictures told of so far: bytes of samples that the file need not pay for, and the fewest bytes
    /// of the file that can hold the others.
    uint64_t free_bytes;
    uint64_t least_bytes;
    fits_picture picture;
    fpx_sample_layout layout;
    size_t next_row;
    /// A stored row, and a row of each colour as samples; null when rows are converted in place.
    uint8_t *stored;
    uint8_t *planes[3];
    /// The tile that was unpacked last, of each plane, and which one it is.
    uint8_t *tile[3];
    uint64_t tile_number[3];
} fits_decoder;

static size_t stored_bytes(const fits_picture *picture) {
    return (size_t)(picture->bits < 0 ? -picture->bits : picture->bits) / 8;
}

static unsigned sample_bits(const fits_picture *picture) {
    return picture->rule == TO_U8 ? 8 : picture->rule == TO_U16 || picture->rule == TO_U16_SHIFTED ? 16 : 32;
}

// MARK: - What the header says

static fpx_photo_status refuse(fpx_photo_error *error, const char *what) {
    fpx_photo_explain(
        error, "a FITS picture with %s, which is not read; take 8, 16 or 32 bits, whole or floating-point numbers",
        what);
    return FPX_PHOTO_UNSUPPORTED;
}

/// "BITPIX" or, of a compressed picture, "ZBITPIX".
static const char *keyword(const fits_picture *picture, const char *name, char text[static 16]) {
    snprintf(text, 16, "%s%s", picture->is_tiled ? "Z" : "", name);
    return text;
}

/// False for a keyword whose value is no number: taken for missing, it would give other samples.
static bool is_usable(const fpx_fits_header *header, const char *keyword) {
    return !fpx_fits_has(header, keyword) || isfinite(fpx_fits_number(header, keyword, NAN));
}

static fpx_photo_status choose_rule(const fpx_fits_header *header, fits_picture *picture, fpx_photo_error *error) {
    picture->has_checksum = fpx_fits_has(header, "DATASUM") || fpx_fits_has(header, "CHECKSUM");
    if (!is_usable(header, "BZERO") || !is_usable(header, "BSCALE") || fpx_fits_number(header, "BSCALE", 1) == 0) {
        fpx_photo_explain(error, "damaged FITS: a BSCALE or BZERO that is no number to scale samples by");
        return FPX_PHOTO_CORRUPT;
    }
    picture->zero = fpx_fits_number(header, "BZERO", 0);
    picture->scale = fpx_fits_number(header, "BSCALE", 1);
    picture->has_blank =
        picture->bits > 0 && fpx_fits_integer(header, picture->is_tiled ? "ZBLANK" : "BLANK", &picture->blank);
    bool is_plain = picture->scale == 1;
    switch (picture->bits) {
    case 8: picture->rule = is_plain && picture->zero == 0 ? TO_U8 : TO_F32_SCALED; return FPX_PHOTO_OK;
    case 16:
        picture->rule = is_plain && picture->zero == 0       ? TO_U16
                        : is_plain && picture->zero == 32768 ? TO_U16_SHIFTED
                                                             : TO_F32_SCALED;
        return FPX_PHOTO_OK;
    case 32:
        picture->rule =
            is_plain && (picture->zero == 0 || picture->zero == 2147483648.0) ? TO_F32_EXACT : TO_F32_SCALED;
        return FPX_PHOTO_OK;
    case -32: picture->rule = is_plain && picture->zero == 0 ? TO_F32 : TO_F32_SCALED; return FPX_PHOTO_OK;
    case 64: return refuse(error, "64-bit whole numbers");
    default: return refuse(error, "64-bit floating-point numbers");
    }
}

/// Whether a header has a picture at all: not a table, not a spectrum, not empty.
static bool has_picture(const fpx_fits_header *header, bool is_first, fits_picture *picture) {
    char extension[72];
    bool is_extension = fpx_fits_text(header, "XTENSION", extension, sizeof extension);
    picture->is_tiled = is_extension && strcmp(extension, "BINTABLE") == 0 && fpx_fits_is_true(header, "ZIMAGE");
    if (!picture->is_tiled && !is_first && !(is_extension && strcmp(extension, "IMAGE") == 0)) {
        return false;
    }
    char text[16];
    int64_t axes = 0;
    int64_t length = 0;
    if (!fpx_fits_integer(header, keyword(picture, "NAXIS", text), &axes) || axes < 2) {
        return false;
    }
    for (int axis = 1; axis <= axes && axis <= 999; axis++) {
        char name[12];
        snprintf(name, sizeof name, "NAXIS%d", axis);
        if (!fpx_fits_integer(header, keyword(picture, name, text), &length) || length < 1) {
            return false;
        }
    }
    return true;
}

static fpx_photo_status read_picture(const fpx_fits_header *header, uint64_t maximum_pixels, fits_picture *picture,
                                     fpx_photo_error *error) {
    char text[16];
    int64_t bits = 0;
    int64_t axes = 0;
    int64_t sides[2] = {0, 0};
    fpx_fits_integer(header, keyword(picture, "BITPIX", text), &bits);
    fpx_fits_integer(header, keyword(picture, "NAXIS", text), &axes);
    fpx_fits_integer(header, keyword(picture, "NAXIS1", text), &sides[0]);
    fpx_fits_integer(header, keyword(picture, "NAXIS2", text), &sides[1]);
    picture->header = header->position;
    picture->data = header->data;
    picture->bits = (int)bits;
    picture->width = (uint64_t)sides[0];
    picture->height = (uint64_t)sides[1];
    fpx_photo_status status = fpx_photo_check_size(picture->width, picture->height, maximum_pixels, error);
    if (status == FPX_PHOTO_OK && (picture->width > INT32_MAX || picture->height > INT32_MAX)) {
        fpx_photo_explain(error, "more than 2147483647 columns or rows");
        status = FPX_PHOTO_TOO_LARGE;
    }
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    picture->planes = 1;
    for (int axis = 3; axis <= axes && axis <= 999; axis++) {
        int64_t length = 1;
        char name[12];
        snprintf(name, sizeof name, "NAXIS%d", axis);
        fpx_fits_integer(header, keyword(picture, name, text), &length);
        if (__builtin_mul_overflow(picture->planes, (uint64_t)length, &picture->planes) ||
            picture->planes > UINT32_MAX) {
            fpx_photo_explain(error, "damaged FITS: a cube of more planes than can be");
            return FPX_PHOTO_CORRUPT;
        }
    }
    // Astronomers' programs write colour pictures as cubes of three planes.
    picture->colours = axes == 3 && picture->planes == 3 ? 3 : 1;
    if (picture->colours == 3) {
        picture->planes = 1;
    }
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64 && bits != -32 && bits != -64) {
        fpx_photo_explain(error, "damaged FITS: samples of %lld bits", (long long)bits);
        return FPX_PHOTO_CORRUPT;
    }
    status = choose_rule(header, picture, error);
    if (status == FPX_PHOTO_OK && picture->is_tiled) {
        status = fpx_fits_tiles_read(header, picture->width, picture->height, (uint32_t)stored_bytes(picture), bits < 0,
                                     &picture->tiles, error);
    }
    return status;
}

/// Planes of a cube that a file of this size can hold: more are damage, and would be listed one by one.
static fpx_photo_status check_planes(const fits_picture *picture, const fpx_fits_input *input, uint64_t file_bytes,
                                     fpx_photo_error *error) {
    uint64_t held;
    if (picture->is_tiled) {
        held = picture->tiles.row_count / picture->tiles.tiles_per_plane / picture->colours;
    } else if (fpx_fits_input_is_packed(input)) {
        // gzip makes at most 1032 bytes of one.
        held = file_bytes * 1032 / (picture->width * picture->height * stored_bytes(picture));
    } else {
        uint64_t plane = picture->width * picture->height * stored_bytes(picture) * picture->colours;
        held = file_bytes < picture->data ? 0 : (file_bytes - picture->data) / plane;
    }
    if (picture->planes > 1 && picture->planes > held) {
        fpx_photo_explain(error, "truncated FITS: the file ends before its cube of %llu planes does",
                          (unsigned long long)picture->planes);
        return FPX_PHOTO_TRUNCATED;
    }
    return FPX_PHOTO_OK;
}

/// Fails when the file's bytes cannot hold this compressed picture beside those told of before: rows of the tables may
/// name the same bytes, which would be unpacked as often as they are named. A row itself holds no samples.
static fpx_photo_status check_paid(fits_decoder *self, const fits_picture *picture, fpx_photo_error *error) {
    enum { FREE_BYTES = 1 << 24 };
    const fpx_fits_tiles *tiles = &picture->tiles;
    uint64_t planes = picture->planes * picture->colours;
    uint64_t bytes;
    uint64_t rows;
    if (__builtin_mul_overflow(picture->width * picture->height * stored_bytes(picture), planes, &bytes)) {
        bytes = UINT64_MAX;
    }
    uint64_t others = self->file_bytes - self->least_bytes;
    if (__builtin_mul_overflow(tiles->tiles_per_plane, tiles->row_bytes, &rows) ||
        __builtin_mul_overflow(rows, planes, &rows) || rows > others) {
        fpx_photo_explain(error, "truncated FITS: the file ends before its table of tiles does");
        return FPX_PHOTO_TRUNCATED;
    }
    uint64_t left = FREE_BYTES - self->free_bytes;
    uint64_t unpaid = bytes < left ? bytes : left;
    uint64_t least = (bytes - unpaid) / fpx_fits_tiles_most_of_a_byte(tiles);
    if (least <= others - rows) {
        self->free_bytes += unpaid;
        self->least_bytes += least + rows;
        return FPX_PHOTO_OK;
    }
    fpx_photo_explain(error,
                      "unsupported FITS: its %llu bytes cannot hold the %llu of this picture beside those before it, "
                      "unless tiles have data in common, which is not read",
                      (unsigned long long)self->file_bytes, (unsigned long long)bytes);
    return FPX_PHOTO_UNSUPPORTED;
}

static bool contains(const char *text, const char *word) {
    size_t length = strlen(word);
    for (; *text != 0; text++) {
        if (strncasecmp(text, word, length) == 0) {
            return true;
        }
    }
    return false;
}

static fpx_photo_kind kind_of(const fpx_fits_header *header) {
    static const char *const keywords[] = {"IMAGETYP", "FRAME", "OBSTYPE"};
    char text[72];
    for (size_t index = 0; index < sizeof keywords / sizeof keywords[0]; index++) {
        if (!fpx_fits_text(header, keywords[index], text, sizeof text)) {
            continue;
        }
        // "Dark Flat" is a dark of a flat's exposure.
        if (contains(text, "dark")) {
            return FPX_PHOTO_DARK;
        }
        if (contains(text, "bias") || contains(text, "zero") || contains(text, "offset")) {
            return FPX_PHOTO_BIAS;
        }
        if (contains(text, "flat")) {
            return FPX_PHOTO_FLAT;
        }
        if (contains(text, "light") || contains(text, "object") || contains(text, "science")) {
            return FPX_PHOTO_LIGHT;
        }
    }
    return FPX_PHOTO_KIND_UNKNOWN;
}

/// "2021-03-04T05:06:07.25" in the form of EXIF.
static void read_time(const fpx_fits_header *header, fpx_photo_header *photo) {
    char text[72];
    unsigned year, month, day, hour, minute, second;
    int length = 0;
    if (!fpx_fits_text(header, "DATE-OBS", text, sizeof text) ||
        sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2u%n", &year, &month, &day, &hour, &minute, &second, &length) != 6 ||
        length != 19) {
        return;
    }
    snprintf(photo->capture_time, sizeof photo->capture_time, "%04u:%02u:%02u %02u:%02u:%02u", year % 10000,
             month % 100, day % 100, hour % 100, minute % 100, second % 100);
    if (text[length] == '.') {
        size_t digits = strspn(text + length + 1, "0123456789");
        digits = digits > 9 ? 9 : digits;
        memcpy(photo->capture_subsecond, text + length + 1, digits);
        photo->capture_subsecond[digits] = 0;
    }
}

static double first_number(const fpx_fits_header *header, const char *first, const char *second) {
    double number = fpx_fits_number(header, first, NAN);
    return isnan(number) ? fpx_fits_number(header, second, NAN) : number;
}

/// What identifies the camera and its settings; an extension's header says only what differs from the first one's.
static void describe_capture(const fpx_fits_header *header, fpx_photo_header *photo) {
    char text[72];
    if (fpx_fits_text(header, "INSTRUME", text, sizeof text) || fpx_fits_text(header, "CAMERA", text, sizeof text)) {
        memcpy(photo->model, text, strlen(text) + 1);
    } else if (photo->model[0] == 0 && fpx_fits_text(header, "TELESCOP", text, sizeof text)) {
        memcpy(photo->model, text, strlen(text) + 1);
    }
    if (fpx_fits_text(header, "CAMSER", text, sizeof text) || fpx_fits_text(header, "SERIAL", text, sizeof text) ||
        fpx_fits_text(header, "CAMID", text, sizeof text)) {
        memcpy(photo->serial, text, strlen(text) + 1);
    }
    if (fpx_fits_text(header, "SWCREATE", text, sizeof text)) {
        memcpy(photo->software, text, strlen(text) + 1);
    }
    read_time(header, photo);
    double exposure = first_number(header, "EXPTIME", "EXPOSURE");
    photo->exposure_seconds = isnan(exposure) || exposure < 0 ? photo->exposure_seconds : exposure;
    double gain = fpx_fits_number(header, "GAIN", NAN);
    photo->gain = isnan(gain) ? photo->gain : gain;
    double temperature = first_number(header, "CCD-TEMP", "SET-TEMP");
    photo->temperature = isnan(temperature) ? photo->temperature : temperature;
    double white = fpx_fits_number(header, "SATURATE", NAN);
    photo->white_level = isnan(white) ? photo->white_level : white;
    double iso = fpx_fits_number(header, "ISOSPEED", 0);
    photo->iso = iso >= 1 && iso < UINT32_MAX ? (uint32_t)iso : photo->iso;
    int64_t binning = 0;
    if (fpx_fits_integer(header, "XBINNING", &binning) && binning > 0 && binning < 1000) {
        photo->binning_columns = (uint32_t)binning;
    }
    if (fpx_fits_integer(header, "YBINNING", &binning) && binning > 0 && binning < 1000) {
        photo->binning_rows = (uint32_t)binning;
    }
    fpx_photo_kind kind = kind_of(header);
    photo->kind = kind == FPX_PHOTO_KIND_UNKNOWN ? photo->kind : kind;
}

/// What programs write for a sensor without colours; in capitals.
static bool says_no_colours(const char *text) {
    static const char *const words[] = {"", "NONE", "NO", "MONO", "MONOCHROME", "GREY", "GRAY", "NULL", "FALSE"};
    for (size_t index = 0; index < sizeof words / sizeof *words; index++) {
        if (strcmp(text, words[index]) == 0) {
            return true;
        }
    }
    return false;
}

/// BAYERPAT names colours from the upper left as shown: where rows go from the bottom up, the first one stored is the
/// last one shown.
static void describe_pattern(const fpx_fits_header *header, const fits_picture *picture, fpx_photo_header *photo) {
    char text[72];
    photo->row_order = FPX_PHOTO_ROWS_UNKNOWN;
    if (fpx_fits_text(header, "ROWORDER", text, sizeof text)) {
        photo->row_order = contains(text, "bottom-up")  ? FPX_PHOTO_ROWS_BOTTOM_UP
                           : contains(text, "top-down") ? FPX_PHOTO_ROWS_TOP_DOWN
                                                        : FPX_PHOTO_ROWS_UNKNOWN;
    }
    if (picture->colours != 1 || (!fpx_fits_text(header, "BAYERPAT", text, sizeof text) &&
                                  !fpx_fits_text(header, "COLORTYP", text, sizeof text))) {
        return;
    }
    for (char *letter = text; *letter != 0; letter++) {
        *letter = (char)(*letter >= 'a' && *letter <= 'z' ? *letter - 'a' + 'A' : *letter);
    }
    if (strlen(text) != 4 || strspn(text, "RGBCMYW") != 4) {
        if (!says_no_colours(text)) {
            snprintf(photo->unknown_pattern, sizeof photo->unknown_pattern, "%s", text);
        }
        return;
    }
    int64_t across = 0;
    int64_t down = 0;
    fpx_fits_integer(header, "XBAYROFF", &across);
    fpx_fits_integer(header, "YBAYROFF", &down);
    bool is_reversed = photo->row_order == FPX_PHOTO_ROWS_BOTTOM_UP;
    for (uint64_t row = 0; row < 2; row++) {
        for (uint64_t column = 0; column < 2; column++) {
            uint64_t shown = is_reversed ? (picture->height - 1 - row) & 1 : row;
            photo->pattern[row * 2 + column] =
                text[((shown + (uint64_t)down) & 1) * 2 + ((column + (uint64_t)across) & 1)];
        }
    }
    photo->pattern[4] = 0;
    photo->pattern_rows = 2;
    photo->pattern_columns = 2;
}

static void fill_header(const fits_picture *picture, bool is_packed, const fpx_photo_request *request,
                        fpx_photo_header *header) {
    // A buffer, and zlib's window and tables.
    enum { PACKED_INPUT_BYTES = 112 << 10 };
    header->format = FPX_PHOTO_FITS;
    header->page = (fpx_photo_page){.position = picture->header, .plane = picture->plane};
    header->width = (uint32_t)picture->width;
    header->height = (uint32_t)picture->height;
    header->channels = request->channels == FPX_PHOTO_LUMA ? 1 : picture->colours;
    header->bits_per_sample = sample_bits(picture);
    header->coded_unit_width = 1;
    header->coded_unit_height = 1;
    uint64_t row_bytes = picture->width * stored_bytes(picture);
    header->decoder_bytes = (1 + picture->colours) * picture->width * 4 + ((uint64_t)1 << 17);
    if (is_packed && picture->colours > 1) {
        header->decoder_bytes += (picture->colours - 1) * (uint64_t)PACKED_INPUT_BYTES;
    }
    if (picture->is_tiled) {
        // The tile, what it was packed in, and a shuffled copy.
        header->decoder_bytes += (picture->colours + 2) * picture->tiles.tile_rows * row_bytes;
        header->is_decoded_whole = picture->tiles.tile_rows >= picture->height && picture->height > 16;
    }
}

// MARK: - Rows

static fpx_photo_status truncated(const fpx_fits_input *input, fpx_photo_error *error) {
    if (fpx_fits_input_is_damaged(input)) {
        fpx_photo_explain(error, "damaged FITS: its gzip stream is not sound");
        return FPX_PHOTO_CORRUPT;
    }
    fpx_photo_explain(error, "truncated FITS: the file ends before its picture does");
    return FPX_PHOTO_TRUNCATED;
}

/// Reads stored rows, big-endian, of one plane.
static fpx_photo_status read_stored(fits_decoder *self, uint32_t colour, size_t row, size_t row_count, uint8_t *bytes,
                                    fpx_photo_error *error) {
    const fits_picture *picture = &self->picture;
    size_t row_bytes = (size_t)picture->width * stored_bytes(picture);
    uint64_t plane = picture->plane * picture->colours + colour;
    if (!picture->is_tiled) {
        uint64_t place = picture->data + (plane * picture->height + row) * row_bytes;
        fpx_fits_input *input = self->colour_inputs[colour];
        return fpx_fits_input_read(input, bytes, row_count * row_bytes, place) ? FPX_PHOTO_OK : truncated(input, error);
    }
    const fpx_fits_tiles *tiles = &picture->tiles;
    for (size_t done = 0; done < row_count;) {
        uint64_t tile = (row + done) / tiles->tile_rows;
        uint64_t first = tile * tiles->tile_rows;
        uint64_t rows = picture->height - first < tiles->tile_rows ? picture->height - first : tiles->tile_rows;
        uint64_t number = plane * tiles->tiles_per_plane + tile;
        if (self->tile_number[colour] != number) {
            fpx_photo_status status = fpx_fits_tiles_unpack(tiles, self->input, self->file_bytes, number,
                                                            self->tile[colour], (size_t)(rows * picture->width), error);
            if (status != FPX_PHOTO_OK) {
                return status;
            }
            self->tile_number[colour] = number;
        }
        size_t left = (size_t)(first + rows - (row + done));
        size_t count = row_count - done < left ? row_count - done : left;
        memcpy(bytes + done * row_bytes, self->tile[colour] + (row + done - first) * row_bytes, count * row_bytes);
        done += count;
    }
    return FPX_PHOTO_OK;
}

static fpx_photo_status bad_sample(fpx_photo_error *error, const char *what, size_t place, size_t width, size_t row) {
    fpx_photo_explain(error, "a FITS sample that %s, in row %zu, column %zu", what, row + place / width, place % width);
    return FPX_PHOTO_CORRUPT;
}

static int64_t stored_number(const uint8_t *bytes, size_t byte_count) {
    switch (byte_count) {
    case 1: return bytes[0];
    case 2: return (int16_t)(bytes[0] << 8 | bytes[1]);
    default: return (int32_t)((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]);
    }
}

static fpx_photo_status check_blank(const fits_picture *picture, const uint8_t *stored, size_t count, size_t row,
                                    fpx_photo_error *error) {
    size_t byte_count = stored_bytes(picture);
    for (size_t place = 0; picture->has_blank && place < count; place++) {
        if (stored_number(stored + place * byte_count, byte_count) == picture->blank) {
            return bad_sample(error, "stands for no value (BLANK)", place, (size_t)picture->width, row);
        }
    }
    return FPX_PHOTO_OK;
}

/// A loop over one array is made of vector instructions; over two that may be the same one it is not.
static void in_place(uint8_t *samples, const uint8_t *stored, size_t byte_count) {
    if (samples != stored) {
        memcpy(samples, stored, byte_count);
    }
}

/// Makes samples of stored numbers. `samples` may be `stored` when both are equally long; rows need not be aligned.
static fpx_photo_status convert(const fits_picture *picture, const uint8_t *stored, uint8_t *samples, size_t count,
                                size_t row, fpx_photo_error *error) {
    fpx_photo_status status = check_blank(picture, stored, count, row, error);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    size_t width = (size_t)picture->width;
    switch (picture->rule) {
    case TO_U8: in_place(samples, stored, count); return FPX_PHOTO_OK;
    case TO_U16: {
        uint16_t all = 0;
        in_place(samples, stored, count * 2);
        for (size_t place = 0; place < count; place++) {
            uint16_t value;
            memcpy(&value, samples + place * 2, 2);
            value = (uint16_t)(value << 8 | value >> 8);
            all |= value;
            memcpy(samples + place * 2, &value, 2);
        }
        for (size_t place = 0; (all & 0x8000) != 0 && place < count; place++) {
            int16_t value;
            memcpy(&value, samples + place * 2, 2);
            if (value < 0) {
                return bad_sample(error,
                                  "is below zero; give frames without a bias taken off, or 32-bit floating point",
                                  place, width, row);
            }
        }
        return FPX_PHOTO_OK;
    }
    case TO_U16_SHIFTED:
        in_place(samples, stored, count * 2);
        for (size_t place = 0; place < count; place++) {
            uint16_t value;
            memcpy(&value, samples + place * 2, 2);
            value = (uint16_t)((uint16_t)(value << 8 | value >> 8) ^ 0x8000);
            memcpy(samples + place * 2, &value, 2);
        }
        return FPX_PHOTO_OK;
    case TO_F32_EXACT: {
        int64_t zero = (int64_t)picture->zero;
        for (size_t place = 0; place < count; place++) {
            int64_t number = stored_number(stored + place * 4, 4) + zero;
            float value = (float)number;
            if ((int64_t)value != number) {
                return bad_sample(error, "32-bit floating point does not hold exactly", place, width, row);
            }
            memcpy(samples + place * 4, &value, 4);
        }
        return FPX_PHOTO_OK;
    }
    case TO_F32:
        for (size_t place = 0; place < count; place++) {
            uint32_t value;
            memcpy(&value, stored + place * 4, 4);
            value = __builtin_bswap32(value);
            memcpy(samples + place * 4, &value, 4);
        }
        return FPX_PHOTO_OK;
    case TO_F32_SCALED: break;
    }
    size_t byte_count = stored_bytes(picture);
    for (size_t place = 0; place < count; place++) {
        double number;
        if (picture->bits < 0) {
            uint32_t bits = (uint32_t)stored_number(stored + place * 4, 4);
            float stored_value;
            memcpy(&stored_value, &bits, 4);
            number = stored_value;
        } else {
            number = (double)stored_number(stored + place * byte_count, byte_count);
        }
        float value = (float)(picture->zero + picture->scale * number);
        memcpy(samples + place * 4, &value, 4);
    }
    return FPX_PHOTO_OK;
}

static bool is_direct(const fits_decoder *self) { return self->planes[0] == NULL; }

/// Reads one row of each colour and puts them together.
static fpx_photo_status read_row(fits_decoder *self, size_t row, uint8_t *destination, fpx_photo_error *error) {
    for (uint32_t colour = 0; colour < self->picture.colours; colour++) {
        fpx_photo_status status = read_stored(self, colour, row, 1, self->stored, error);
        if (status == FPX_PHOTO_OK) {
            status =
                convert(&self->picture, self->stored, self->planes[colour], (size_t)self->picture.width, row, error);
        }
        if (status != FPX_PHOTO_OK) {
            return status;
        }
    }
    fpx_sample_layout_deliver(&self->layout, (const uint8_t *const *)self->planes, destination);
    return FPX_PHOTO_OK;
}

static fpx_photo_status fits_read_rows(fpx_photo_decoder *decoder, uint8_t *rows, ptrdiff_t stride_bytes,
                                       size_t row_count, fpx_photo_error *error) {
    fits_decoder *self = (fits_decoder *)decoder;
    if (row_count > self->picture.height - self->next_row) {
        fpx_photo_explain(error, "more rows asked for than the picture has");
        return FPX_PHOTO_CORRUPT;
    }
    size_t row_bytes = (size_t)self->picture.width * (sample_bits(&self->picture) / 8);
    bool is_contiguous = stride_bytes == (ptrdiff_t)row_bytes;
    for (size_t done = 0; done < row_count;) {
        uint8_t *destination = rows + (ptrdiff_t)done * stride_bytes;
        size_t row = self->next_row + done;
        size_t count = is_direct(self) && is_contiguous ? row_count - done : 1;
        fpx_photo_status status;
        if (is_direct(self)) {
            status = read_stored(self, 0, row, count, destination, error);
            if (status == FPX_PHOTO_OK) {
                status =
                    convert(&self->picture, destination, destination, count * (size_t)self->picture.width, row, error);
            }
        } else {
            status = read_row(self, row, destination, error);
        }
        if (status == FPX_PHOTO_OK) {
            status = fpx_sample_layout_check(&self->layout, destination, count, stride_bytes, row, "FITS", error);
        }
        if (status != FPX_PHOTO_OK) {
            return status;
        }
        done += count;
    }
    self->next_row += row_count;
    if (self->next_row == self->picture.height) {
        // The next plane begins here.
        fpx_fits_input_keep_place(self->colour_inputs[self->picture.colours - 1]);
    }
    return FPX_PHOTO_OK;
}

static fpx_photo_status fits_finish(fpx_photo_decoder *decoder, fpx_photo_error *error) {
    // A FITS file has no end mark; a packed one ends in a checksum.
    const fits_decoder *self = (const fits_decoder *)decoder;
    return fpx_fits_input_finish(self->colour_inputs[self->picture.colours - 1], error);
}

static bool fits_place(fpx_photo_decoder *decoder, size_t row, size_t column, size_t channel, fpx_sample_place *place) {
    const fits_decoder *self = (const fits_decoder *)decoder;
    const fits_picture *picture = &self->picture;
    bool is_scaled = picture->rule == TO_F32_SCALED;
    // A sample of 24 bits is to tell a quarter of a stored number.
    bool is_held = !is_scaled || fabs(picture->zero) <= fabs(picture->scale) * (1 << 22);
    const fpx_fits_tiles *tiles = &picture->tiles;
    uint64_t plane = picture->plane * picture->colours + channel;
    uint64_t tile = picture->is_tiled ? plane * tiles->tiles_per_plane + row / tiles->tile_rows : 0;
    if (!is_held || tile > UINT32_MAX) {
        return false;
    }
    uint64_t offset = ((plane * picture->height + row) * picture->width + column) * stored_bytes(picture);
    uint64_t offset_in_tile =
        picture->is_tiled ? (row % tiles->tile_rows * picture->width + column) * stored_bytes(picture) : 0;
    *place = (fpx_sample_place){
        .offset = picture->is_tiled ? offset_in_tile : picture->data + offset,
        .is_packed = picture->is_tiled,
        .unit = (uint32_t)tile,
        .byte_count = (unsigned)stored_bytes(picture),
        .is_whole = picture->bits == 32,
        .zero = picture->rule == TO_F32_EXACT ? (int64_t)picture->zero : 0,
        .is_big_endian = true,
        .flipped_bits = picture->rule == TO_U16_SHIFTED ? 0x8000 : 0,
        .scale = is_scaled ? picture->scale : 0,
        .base = is_scaled ? picture->zero : 0,
        .has_blank = picture->has_blank,
        .blank = picture->blank,
        .is_checked = picture->has_checksum && !picture->is_tiled,
        .checked = {.header = picture->header,
                    .data = picture->data,
                    .data_bytes =
                        picture->planes * picture->colours * picture->height * picture->width * stored_bytes(picture)},
    };
    return true;
}

static fpx_photo_status fits_repack(fpx_photo_decoder *decoder, fpx_bytes *file, fpx_packed_sample *samples,
                                    size_t sample_count, unsigned byte_count, fpx_photo_error *error) {
    const fits_decoder *self = (const fits_decoder *)decoder;
    const fits_picture *picture = &self->picture;
    fpx_fits_packed_picture packed = {.header = picture->header,
                                      .data = picture->data,
                                      .width = picture->width,
                                      .height = picture->height,
                                      .tiles = &picture->tiles};
    return fpx_fits_repack(file, &packed, self->input, self->file_bytes, samples, sample_count, byte_count, error);
}

static void fits_close(fpx_photo_decoder *decoder) {
    fits_decoder *self = (fits_decoder *)decoder;
    free(self->stored);
    for (size_t colour = 0; colour < 3; colour++) {
        if (self->colour_inputs[colour] != self->input) {
            fpx_fits_input_close(self->colour_inputs[colour]);
        }
        free(self->planes[colour]);
        free(self->tile[colour]);
    }
    fpx_fits_input_close(self->input);
    free(self);
}

static fpx_photo_status prepare_rows(fits_decoder *self, const fpx_photo_request *request, fpx_photo_error *error) {
    const fits_picture *picture = &self->picture;
    self->layout = (fpx_sample_layout){
        .width = (size_t)picture->width,
        .bits = sample_bits(picture),
        .stored_channels = picture->colours,
        .colours = picture->colours,
        .is_planar = true,
        .makes_luma = request->channels == FPX_PHOTO_LUMA && picture->colours == 3,
    };
    bool in_place = picture->colours == 1 && stored_bytes(picture) == sample_bits(picture) / 8;
    bool is_short = false;
    if (!in_place) {
        self->stored = malloc((size_t)picture->width * stored_bytes(picture));
        is_short = self->stored == NULL;
    }
    for (uint32_t colour = 0; colour < picture->colours; colour++) {
        bool is_beside = colour > 0 && fpx_fits_input_is_packed(self->input);
        self->colour_inputs[colour] = is_beside ? fpx_fits_input_open_beside(self->input) : self->input;
        is_short = is_short || self->colour_inputs[colour] == NULL;
        if (!in_place) {
            self->planes[colour] = malloc((size_t)picture->width * (sample_bits(picture) / 8));
            is_short = is_short || self->planes[colour] == NULL;
        }
        if (picture->is_tiled) {
            self->tile[colour] = malloc((size_t)(picture->tiles.tile_rows * picture->width) * stored_bytes(picture));
            self->tile_number[colour] = UINT64_MAX;
            is_short = is_short || self->tile[colour] == NULL;
        }
    }
    if (is_short) {
        fpx_photo_explain(error, "no memory is left for the rows of a FITS file");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    return FPX_PHOTO_OK;
}

// MARK: - Opening

static fpx_photo_status describe(fits_decoder *self, const fpx_fits_header *header, const fpx_fits_header *first,
                                 const fpx_photo_request *request, fits_picture *picture, fpx_photo_header *photo,
                                 fpx_photo_error *error) {
    photo->format = FPX_PHOTO_FITS;
    photo->page = (fpx_photo_page){.position = header->position, .plane = picture->plane};
    fpx_photo_status status = read_picture(header, request->maximum_pixels, picture, error);
    if (status == FPX_PHOTO_OK && picture->is_tiled && fpx_fits_input_is_packed(self->input)) {
        status = refuse(error, "tiles in a packed file");
    }
    if (status == FPX_PHOTO_OK) {
        status = check_planes(picture, self->input, self->file_bytes, error);
    }
    if (status == FPX_PHOTO_OK && picture->is_tiled) {
        status = check_paid(self, picture, error);
    }
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    if (picture->plane >= picture->planes) {
        fpx_photo_explain(error, "damaged FITS: it does not have this picture any more");
        return FPX_PHOTO_CORRUPT;
    }
    fill_header(picture, fpx_fits_input_is_packed(self->input), request, photo);
    describe_pattern(header, picture, photo);
    if (request->only_headers) {
        if (first != NULL) {
            describe_capture(first, photo);
        }
        describe_capture(header, photo);
        // The sensors of a mosaic camera are extensions by name; astronomers' compressors name theirs, too.
        char name[72];
        if (header->position != 0 && fpx_fits_text(header, "EXTNAME", name, sizeof name) &&
            strcmp(name, "COMPRESSED_IMAGE") != 0) {
            memcpy(photo->band, name, strlen(name) + 1);
        }
    }
    return FPX_PHOTO_OK;
}

/// False when the file has too many pictures.
static bool visit_picture(fits_decoder *self, const fpx_fits_header *header, const fpx_fits_header *first,
                          const fpx_photo_request *request, fits_picture *picture) {
    fpx_photo_header photo;
    fpx_photo_clear_header(&photo);
    fpx_photo_error error = {0};
    fpx_photo_status status = describe(self, header, first, request, picture, &photo, &error);
    bool goes_on = fpx_photo_tell(self->operations.source, request, status, &photo, &error);
    for (uint64_t plane = 1; goes_on && status == FPX_PHOTO_OK && plane < picture->planes; plane++) {
        photo.page.plane = plane;
        goes_on = fpx_photo_tell(self->operations.source, request, status, &photo, &error);
    }
    return goes_on;
}

/// Whether another header follows; what lies behind the last data may be anything.
static bool has_more(fits_decoder *self, const fpx_fits_header *header) {
    char start[8];
    return fpx_fits_input_read(self->input, start, sizeof start, header->next) && memcmp(start, "XTENSION", 8) == 0;
}

/// Looks through all headers. Without a visitor it stops at the first picture, which `photo` then describes.
static fpx_photo_status look_through(fits_decoder *self, const fpx_photo_request *request, fpx_photo_header *photo,
                                     fpx_photo_error *error) {
    fpx_fits_header first = {0};
    fpx_fits_header header = {0};
    bool is_found = false;
    fpx_photo_status status = FPX_PHOTO_OK;
    for (uint64_t place = 0;; place = header.next) {
        if (place != 0) {
            fpx_fits_free_header(&header);
        }
        status = fpx_fits_read_header(self->input, place, &header, error);
        if (status != FPX_PHOTO_OK) {
            break;
        }
        fits_picture picture = {0};
        if (has_picture(&header, place == 0, &picture)) {
            is_found = true;
            if (request->visit == NULL) {
                self->picture = picture;
                status = describe(self, &header, place == 0 ? NULL : &first, request, &self->picture, photo, error);
                break;
            }
            if (!visit_picture(self, &header, place == 0 ? NULL : &first, request, &picture)) {
                break;
            }
        }
        if (place == 0) {
            first = header;
            header.cards = NULL;
        }
        header.next = place == 0 ? first.next : header.next;
        if (!has_more(self, place == 0 ? &first : &header)) {
            break;
        }
    }
    fpx_fits_free_header(&first);
    fpx_fits_free_header(&header);
    if (status == FPX_PHOTO_OK && !is_found) {
        fpx_photo_explain(error, "a FITS file without a picture");
        return FPX_PHOTO_UNSUPPORTED;
    }
    return status;
}

/// Reads the header of a picture that was found before.
static fpx_photo_status go_to(fits_decoder *self, const fpx_photo_request *request, fpx_photo_header *photo,
                              fpx_photo_error *error) {
    fpx_fits_header header;
    fpx_photo_status status = fpx_fits_read_header(self->input, request->page.position, &header, error);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    self->picture.plane = request->page.plane;
    if (has_picture(&header, request->page.position == 0, &self->picture)) {
        status = describe(self, &header, NULL, request, &self->picture, photo, error);
    } else {
        fpx_photo_explain(error, "damaged FITS: it does not have this picture any more");
        status = FPX_PHOTO_CORRUPT;
    }
    fpx_fits_free_header(&header);
    return status;
}

fpx_photo_status fpx_fits_open(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_decoder **decoder,
                               fpx_photo_header *header, fpx_photo_error *error) {
    fits_decoder *self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->input = fpx_fits_input_open(source);
    }
    if (self == NULL || self->input == NULL) {
        free(self);
        fpx_photo_explain(error, "no memory is left for a FITS decoder");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    self->operations = (fpx_photo_decoder){.read_rows = fits_read_rows,
                                           .finish = fits_finish,
                                           .close = fits_close,
                                           .source = source,
                                           .place = fits_place,
                                           .repack = fits_repack};
    self->file_bytes = fpx_byte_source_file_bytes(source);
    uint8_t start[8] = {0};
    fpx_photo_status status;
    if (!fpx_fits_input_read(self->input, start, sizeof start, 0) || memcmp(start, "SIMPLE  ", 8) != 0) {
        fpx_photo_explain(error, "not a FITS file by its first bytes");
        status = FPX_PHOTO_NOT_AN_IMAGE;
    } else if (request->visit == NULL && (request->page.position != 0 || request->page.plane != 0)) {
        status = go_to(self, request, header, error);
    } else {
        status = look_through(self, request, header, error);
    }
    if (status == FPX_PHOTO_OK && request->visit == NULL && !request->only_headers) {
        status = prepare_rows(self, request, error);
    }
    if (status != FPX_PHOTO_OK || request->visit != NULL) {
        fits_close(&self->operations);
        return status;
    }
    *decoder = &self->operations;
    return FPX_PHOTO_OK;
}

#else

#include "photo_internal.h"

fpx_photo_status fpx_fits_open(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_decoder **decoder,
                               fpx_photo_header *header, fpx_photo_error *error) {
    (void)source, (void)request, (void)decoder, (void)header;
    fpx_photo_explain(error, "a FITS file, which this fastpix is built without (trait FITS)");
    return FPX_PHOTO_UNSUPPORTED;
}

#endif
