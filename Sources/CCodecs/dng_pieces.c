#ifdef FPX_RAW

#include "dng_pieces.h"

#include "tiff_tags.h"

/// What a byte can hold: lossless JPEG spends at least a bit on each sample, the others on each block of 8 x 8.
enum { LOSSLESS_SAMPLES = 8, BLOCK_SAMPLES = 8 * 64 };

/// More strips or tiles than any raw picture has; a bound on what damaged tags cost.
enum { MOST_PIECES = 1 << 16 };

/// A picture whose strips or tiles are JPEGs, and how LibRaw takes it apart.
typedef struct packed_picture {
    uint64_t directory;
    uint32_t width;
    uint32_t height;
    uint64_t samples_per_pixel;
    fpx_tiff_tag offsets;
    fpx_tiff_tag byte_counts;
    uint64_t piece_width;
    uint64_t piece_height;
} packed_picture;

typedef struct jpeg_frame {
    uint64_t samples;
    bool is_lossless;
} jpeg_frame;

static uint64_t smaller(uint64_t one, uint64_t other) { return one < other ? one : other; }

static fpx_photo_status damaged(fpx_photo_error *error, const char *what) {
    fpx_photo_explain(error, "damaged raw file: %s", what);
    return FPX_PHOTO_CORRUPT;
}

static bool is_jpeg(const fpx_tiff_tags *tags, uint64_t directory) {
    enum { JPEG = 7, LOSSY_JPEG = 34892 };
    uint64_t compression = fpx_tiff_tags_number(tags, directory, FPX_TIFF_COMPRESSION, 0);
    return compression == JPEG || compression == LOSSY_JPEG;
}

/// A developed picture beside the raw one; it may be as large.
static bool is_preview(const fpx_tiff_tags *tags, uint64_t directory) {
    enum { REDUCED = 1, YCBCR = 6 };
    return (fpx_tiff_tags_number(tags, directory, FPX_TIFF_SUBFILE_TYPE, 0) & REDUCED) != 0 &&
           fpx_tiff_tags_number(tags, directory, FPX_TIFF_PHOTOMETRIC, 0) == YCBCR;
}

static bool find_pieces(const fpx_tiff_tags *tags, packed_picture *picture) {
    bool are_tiles = fpx_tiff_tags_find(tags, picture->directory, FPX_TIFF_TILE_OFFSETS, &picture->offsets);
    bool are_found =
        are_tiles ? fpx_tiff_tags_find(tags, picture->directory, FPX_TIFF_TILE_BYTE_COUNTS, &picture->byte_counts)
                  : fpx_tiff_tags_find(tags, picture->directory, FPX_TIFF_STRIP_OFFSETS, &picture->offsets) &&
                        fpx_tiff_tags_find(tags, picture->directory, FPX_TIFF_STRIP_BYTE_COUNTS, &picture->byte_counts);
    if (!are_found) {
        return false;
    }
    // LibRaw takes a single tile, like a strip, for the whole picture, and of several strips the first one.
    bool is_one = !are_tiles || picture->offsets.count == 1;
    uint64_t width = fpx_tiff_tags_number(tags, picture->directory, FPX_TIFF_TILE_WIDTH, 0);
    uint64_t height = fpx_tiff_tags_number(tags, picture->directory, FPX_TIFF_TILE_HEIGHT, 0);
    picture->piece_width = is_one ? picture->width : width;
    picture->piece_height = is_one ? picture->height : height;
    return picture->piece_width > 0 && picture->piece_height > 0;
}

/// Reads the header of a JPEG up to its scan. False when it has not exactly one frame.
static bool read_frame(fpx_byte_source *source, uint64_t start, uint64_t byte_count, jpeg_frame *frame) {
    // Such a JPEG has a frame, tables and a scan; a bound on what a hostile one costs.
    enum { MOST_SEGMENTS = 64, START = 0xd8, SCAN = 0xda, TABLES = 0xc4, ARITHMETIC_TABLES = 0xcc, LOSSLESS = 0xc3 };
    uint8_t bytes[6];
    if (!fpx_byte_source_read_at(source, bytes, 2, start) || bytes[0] != 0xff || bytes[1] != START) {
        return false;
    }
    uint64_t end = start + byte_count;
    uint64_t place = start + 2;
    bool has_frame = false;
    for (int segment = 0; segment < MOST_SEGMENTS; segment++) {
        if (place + 4 > end || !fpx_byte_source_read_at(source, bytes, 4, place) || bytes[0] != 0xff) {
            return false;
        }
        uint8_t marker = bytes[1];
        uint64_t length = (uint64_t)bytes[2] << 8 | bytes[3];
        if (marker == SCAN) {
            return has_frame;
        }
        if (marker >= 0xc0 && marker <= 0xcf && marker != TABLES && marker != ARITHMETIC_TABLES) {
            if (has_frame || !fpx_byte_source_read_at(source, bytes, sizeof bytes, place + 4)) {
                return false;
            }
            uint64_t rows = (uint64_t)bytes[1] << 8 | bytes[2];
            uint64_t columns = (uint64_t)bytes[3] << 8 | bytes[4];
            *frame = (jpeg_frame){.samples = rows * columns * bytes[5], .is_lossless = marker == LOSSLESS};
            has_frame = true;
        }
        place += 2 + length;
    }
    return false;
}

/// The frame of a strip or tile, and how many samples its bytes can hold.
static fpx_photo_status read_piece(const fpx_tiff_tags *tags, const packed_picture *picture, uint64_t piece,
                                   jpeg_frame *frame, uint64_t *most_samples, fpx_photo_error *error) {
    uint64_t file_bytes = fpx_byte_source_file_bytes(tags->source);
    uint64_t start;
    uint64_t byte_count;
    if (!fpx_tiff_tags_value(tags, &picture->offsets, piece, &start) ||
        !fpx_tiff_tags_value(tags, &picture->byte_counts, piece, &byte_count)) {
        return damaged(error, "it has fewer strips or tiles than its picture");
    }
    if (start > file_bytes || byte_count > file_bytes - start) {
        fpx_photo_explain(error, "truncated raw file: it ends before its picture does");
        return FPX_PHOTO_TRUNCATED;
    }
    if (!read_frame(tags->source, start, byte_count, frame)) {
        return damaged(error, "a strip or tile of its picture is no JPEG");
    }
    *most_samples = byte_count * (frame->is_lossless ? LOSSLESS_SAMPLES : BLOCK_SAMPLES);
    return FPX_PHOTO_OK;
}

static fpx_photo_status check_bytes(const fpx_tiff_tags *tags, const packed_picture *picture, fpx_photo_error *error) {
    jpeg_frame frame;
    uint64_t most;
    fpx_photo_status status = read_piece(tags, picture, 0, &frame, &most, error);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    // Strips and tiles may share their bytes, but the file has no more.
    uint64_t file_bytes = fpx_byte_source_file_bytes(tags->source);
    uint64_t held = 0;
    for (uint64_t piece = 0; piece < picture->byte_counts.count && piece < MOST_PIECES && held < file_bytes; piece++) {
        uint64_t byte_count;
        if (!fpx_tiff_tags_value(tags, &picture->byte_counts, piece, &byte_count)) {
            break;
        }
        held += smaller(byte_count, file_bytes);
    }
    held = smaller(held, file_bytes);
    uint64_t needed = (uint64_t)picture->width * picture->height * picture->samples_per_pixel;
    if (needed / (frame.is_lossless ? LOSSLESS_SAMPLES : BLOCK_SAMPLES) > held) {
        fpx_photo_explain(error, "truncated raw file: %llu bytes cannot hold its %u x %u pixels",
                          (unsigned long long)held, picture->width, picture->height);
        return FPX_PHOTO_TRUNCATED;
    }
    return FPX_PHOTO_OK;
}

/// How many samples LibRaw takes from a strip or tile to fill what lies inside the picture: a row of it after the
/// other, whatever the rows of the JPEG are.
static uint64_t samples_taken(const packed_picture *picture, uint64_t left, uint64_t top) {
    uint64_t row = smaller(picture->piece_width, picture->width);
    uint64_t columns = smaller(row, picture->width - left);
    uint64_t rows = smaller(picture->piece_height, picture->height - top);
    return ((rows - 1) * row + columns) * picture->samples_per_pixel;
}

static fpx_photo_status check_frames(const fpx_tiff_tags *tags, const packed_picture *picture, fpx_photo_error *error) {
    uint64_t piece = 0;
    for (uint64_t top = 0; top < picture->height; top += picture->piece_height) {
        for (uint64_t left = 0; left < picture->width; left += picture->piece_width) {
            jpeg_frame frame;
            uint64_t most;
            if (piece >= MOST_PIECES) {
                return damaged(error, "more tiles than any picture has");
            }
            fpx_photo_status status = read_piece(tags, picture, piece, &frame, &most, error);
            if (status != FPX_PHOTO_OK) {
                return status;
            }
            uint64_t taken = samples_taken(picture, left, top);
            if (frame.samples < taken || frame.samples > most) {
                fpx_photo_explain(error,
                                  "damaged raw file: the JPEG in a strip or tile has %llu samples in room for %llu, "
                                  "and its picture takes %llu from there",
                                  (unsigned long long)frame.samples, (unsigned long long)most,
                                  (unsigned long long)taken);
                return FPX_PHOTO_CORRUPT;
            }
            piece++;
        }
    }
    return FPX_PHOTO_OK;
}

typedef fpx_photo_status picture_check(const fpx_tiff_tags *tags, const packed_picture *picture,
                                       fpx_photo_error *error);

/// Checks the pictures of this size, one of which LibRaw takes.
static fpx_photo_status check_pictures(fpx_byte_source *source, uint32_t width, uint32_t height, picture_check *check,
                                       fpx_photo_error *error) {
    fpx_tiff_tags tags;
    uint64_t directories[FPX_TIFF_MOST_DIRECTORIES + 1];
    bool are_all;
    size_t count = fpx_tiff_tags_open(source, &tags) ? fpx_tiff_tags_directories(&tags, directories, &are_all) : 0;
    bool is_found = false;
    for (size_t index = 0; index < count; index++) {
        packed_picture picture = {.directory = directories[index], .width = width, .height = height};
        if (fpx_tiff_tags_number(&tags, picture.directory, FPX_TIFF_IMAGE_WIDTH, 0) != width ||
            fpx_tiff_tags_number(&tags, picture.directory, FPX_TIFF_IMAGE_HEIGHT, 0) != height ||
            is_preview(&tags, picture.directory)) {
            continue;
        }
        is_found = true;
        if (!is_jpeg(&tags, picture.directory)) {
            continue;
        }
        picture.samples_per_pixel = fpx_tiff_tags_number(&tags, picture.directory, FPX_TIFF_SAMPLES, 1);
        if (picture.samples_per_pixel == 0 || picture.samples_per_pixel > 4) {
            return damaged(error, "an impossible number of samples a pixel");
        }
        if (!find_pieces(&tags, &picture)) {
            return damaged(error, "it does not say where its picture lies");
        }
        fpx_photo_status status = check(&tags, &picture, error);
        if (status != FPX_PHOTO_OK) {
            return status;
        }
    }
    if (!is_found) {
        fpx_photo_explain(error, "a DNG whose raw picture is in none of the directories that the format has for it");
        return FPX_PHOTO_UNSUPPORTED;
    }
    return FPX_PHOTO_OK;
}

fpx_photo_status fpx_dng_check_bytes(fpx_byte_source *source, uint32_t width, uint32_t height, fpx_photo_error *error) {
    return check_pictures(source, width, height, check_bytes, error);
}

fpx_photo_status fpx_dng_check_frames(fpx_byte_source *source, uint32_t width, uint32_t height,
                                      fpx_photo_error *error) {
    return check_pictures(source, width, height, check_frames, error);
}

#endif
