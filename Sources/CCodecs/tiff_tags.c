#include "tiff_tags.h"

#include <stdlib.h>
#include <string.h>

/// More entries than any file of use has in one directory; a bound on what a damaged count costs.
enum { MOST_ENTRIES = 4096 };

static uint64_t number_at(const fpx_tiff_tags *tags, const uint8_t *bytes, size_t byte_count) {
    uint64_t value = 0;
    for (size_t index = 0; index < byte_count; index++) {
        size_t place = tags->is_big_endian ? index : byte_count - 1 - index;
        value = value << 8 | bytes[place];
    }
    return value;
}

bool fpx_tiff_tags_open(fpx_byte_source *source, fpx_tiff_tags *tags) {
    uint8_t start[16] = {0};
    tags->source = source;
    if (!fpx_byte_source_read_at(source, start, 8, 0)) {
        return false;
    }
    tags->is_big_endian = start[0] == 'M';
    uint64_t version = number_at(tags, start + 2, 2);
    tags->is_large = version == 43;
    if (memcmp(start, tags->is_big_endian ? "MM" : "II", 2) != 0 || (version != 42 && version != 43)) {
        return false;
    }
    if (tags->is_large && !fpx_byte_source_read_at(source, start, 16, 0)) {
        return false;
    }
    tags->first_directory = tags->is_large ? number_at(tags, start + 8, 8) : number_at(tags, start + 4, 4);
    return true;
}

static size_t bytes_of_type(uint16_t type) {
    switch (type) {
    case 1: // BYTE
    case 2: // ASCII
    case 6: // SBYTE
    case 7: // UNDEFINED
        return 1;
    case 3: // SHORT
    case 8: // SSHORT
        return 2;
    case 4:  // LONG
    case 9:  // SLONG
    case 11: // FLOAT
    case 13: // IFD
        return 4;
    case 5:  // RATIONAL
    case 10: // SRATIONAL
    case 12: // DOUBLE
    case 16: // LONG8
    case 18: // IFD8
        return 8;
    default: return 0;
    }
}

bool fpx_tiff_tags_find(const fpx_tiff_tags *tags, uint64_t directory, uint16_t number, fpx_tiff_tag *tag) {
    uint8_t bytes[20];
    size_t count_bytes = tags->is_large ? 8 : 2;
    size_t entry_bytes = tags->is_large ? 20 : 12;
    if (!fpx_byte_source_read_at(tags->source, bytes, count_bytes, directory)) {
        return false;
    }
    uint64_t count = number_at(tags, bytes, count_bytes);
    if (count > MOST_ENTRIES) {
        return false;
    }
    uint8_t *entries = malloc((size_t)count * entry_bytes + 1);
    bool is_found = false;
    if (entries != NULL &&
        fpx_byte_source_read_at(tags->source, entries, (size_t)count * entry_bytes, directory + count_bytes)) {
        for (size_t index = 0; index < count && !is_found; index++) {
            const uint8_t *entry = entries + index * entry_bytes;
            if (number_at(tags, entry, 2) != number) {
                continue;
            }
            size_t word = tags->is_large ? 8 : 4;
            tag->type = (uint16_t)number_at(tags, entry + 2, 2);
            tag->count = number_at(tags, entry + 4, word);
            size_t value_bytes = bytes_of_type(tag->type);
            if (value_bytes == 0 || tag->count == 0 || tag->count > UINT32_MAX) {
                break;
            }
            // Values that fit stand in the entry itself.
            bool is_inside = value_bytes * tag->count <= word;
            tag->position = is_inside ? directory + count_bytes + index * entry_bytes + 4 + word
                                      : number_at(tags, entry + 4 + word, word);
            is_found = true;
        }
    }
    free(entries);
    return is_found;
}

uint64_t fpx_tiff_tags_number(const fpx_tiff_tags *tags, uint64_t directory, uint16_t number, uint64_t otherwise) {
    fpx_tiff_tag tag;
    uint8_t bytes[8];
    if (!fpx_tiff_tags_find(tags, directory, number, &tag)) {
        return otherwise;
    }
    size_t byte_count = bytes_of_type(tag.type);
    bool is_whole =
        tag.type == 1 || tag.type == 3 || tag.type == 4 || tag.type == 13 || tag.type == 16 || tag.type == 18;
    if (!is_whole || !fpx_byte_source_read_at(tags->source, bytes, byte_count, tag.position)) {
        return otherwise;
    }
    return number_at(tags, bytes, byte_count);
}

bool fpx_tiff_tags_value(const fpx_tiff_tags *tags, const fpx_tiff_tag *tag, uint64_t index, uint64_t *value) {
    uint8_t bytes[8];
    size_t byte_count = bytes_of_type(tag->type);
    if (index >= tag->count ||
        !fpx_byte_source_read_at(tags->source, bytes, byte_count, tag->position + index * byte_count)) {
        return false;
    }
    *value = number_at(tags, bytes, byte_count);
    return true;
}

size_t fpx_tiff_tags_bytes(const fpx_tiff_tags *tags, uint64_t directory, uint16_t number, uint8_t *bytes,
                           size_t capacity) {
    fpx_tiff_tag tag;
    if (!fpx_tiff_tags_find(tags, directory, number, &tag) || bytes_of_type(tag.type) != 1) {
        return 0;
    }
    size_t byte_count = tag.count < capacity ? (size_t)tag.count : capacity;
    return fpx_byte_source_read_at(tags->source, bytes, byte_count, tag.position) ? byte_count : 0;
}

static void copy_text(const fpx_tiff_tags *tags, uint64_t directory, uint16_t number, char *destination,
                      size_t capacity) {
    uint8_t text[1024];
    size_t byte_count = fpx_tiff_tags_bytes(tags, directory, number, text, sizeof text);
    if (byte_count > 0) {
        fpx_header_text(text, byte_count, destination, capacity);
    }
}

static uint32_t small_number(const fpx_tiff_tags *tags, uint64_t directory, uint16_t number) {
    uint64_t value = fpx_tiff_tags_number(tags, directory, number, 0);
    return value > UINT32_MAX ? 0 : (uint32_t)value;
}

static void read_exif(const fpx_tiff_tags *tags, uint64_t directory, fpx_photo_header *header) {
    copy_text(tags, directory, FPX_TIFF_TIME_ORIGINAL, header->capture_time, sizeof header->capture_time);
    copy_text(tags, directory, FPX_TIFF_SUBSECOND_ORIGINAL, header->capture_subsecond,
              sizeof header->capture_subsecond);
    copy_text(tags, directory, FPX_TIFF_BODY_SERIAL, header->serial, sizeof header->serial);
    header->iso = small_number(tags, directory, FPX_TIFF_ISO);
    header->exif_width = small_number(tags, directory, FPX_TIFF_PIXEL_WIDTH);
    header->exif_height = small_number(tags, directory, FPX_TIFF_PIXEL_HEIGHT);
    fpx_tiff_tag exposure;
    uint8_t fraction[8];
    if (fpx_tiff_tags_find(tags, directory, FPX_TIFF_EXPOSURE_TIME, &exposure) && exposure.type == 5 &&
        fpx_byte_source_read_at(tags->source, fraction, sizeof fraction, exposure.position)) {
        header->exposure_time =
            (fpx_photo_fraction){(uint32_t)number_at(tags, fraction, 4), (uint32_t)number_at(tags, fraction + 4, 4)};
    }
}

static void read_xmp(const fpx_tiff_tags *tags, uint64_t directory, fpx_photo_header *header) {
    enum { MOST_XMP_BYTES = 1 << 18 };
    fpx_tiff_tag tag;
    if (!fpx_tiff_tags_find(tags, directory, FPX_TIFF_XMP, &tag)) {
        return;
    }
    uint8_t *packet = malloc(MOST_XMP_BYTES);
    if (packet != NULL) {
        size_t byte_count = fpx_tiff_tags_bytes(tags, directory, FPX_TIFF_XMP, packet, MOST_XMP_BYTES);
        fpx_editing_marks_read_xmp(packet, byte_count, header);
        fpx_xmp_read_band(packet, byte_count, header);
        free(packet);
    }
}

/// TIFF/EP: the colours of a mosaic's places, 0 red, 1 green, 2 blue, 3 cyan, 4 magenta, 5 yellow, 6 white.
void fpx_tiff_tags_pattern(const fpx_tiff_tags *tags, uint64_t directory, fpx_photo_header *header) {
    static const char letters[] = "RGBCMYW";
    fpx_tiff_tag dimensions;
    uint8_t sides[4];
    uint8_t colours[FPX_PHOTO_PATTERN_PLACES];
    if (!fpx_tiff_tags_find(tags, directory, FPX_TIFF_CFA_DIMENSIONS, &dimensions) || dimensions.type != 3 ||
        dimensions.count != 2 || !fpx_byte_source_read_at(tags->source, sides, sizeof sides, dimensions.position)) {
        return;
    }
    uint32_t rows = (uint32_t)number_at(tags, sides, 2);
    uint32_t columns = (uint32_t)number_at(tags, sides + 2, 2);
    size_t places = fpx_tiff_tags_bytes(tags, directory, FPX_TIFF_CFA_PATTERN, colours, sizeof colours);
    if (rows == 0 || columns == 0 || rows > 8 || columns > 8 || places != (size_t)rows * columns) {
        return;
    }
    for (size_t place = 0; place < places; place++) {
        if (colours[place] >= sizeof letters - 1) {
            return;
        }
    }
    for (size_t place = 0; place < places; place++) {
        header->pattern[place] = letters[colours[place]];
    }
    header->pattern_rows = rows;
    header->pattern_columns = columns;
}

static bool holds_float_raw(const fpx_tiff_tags *tags, uint64_t directory) {
    enum { IEEE_FLOATING_POINT = 3 };
    return (fpx_tiff_tags_number(tags, directory, FPX_TIFF_SUBFILE_TYPE, 0) & 1) == 0 &&
           fpx_tiff_tags_number(tags, directory, FPX_TIFF_SAMPLE_FORMAT, 1) == IEEE_FLOATING_POINT;
}

size_t fpx_tiff_tags_directories(const fpx_tiff_tags *tags, uint64_t directories[FPX_TIFF_MOST_DIRECTORIES + 1],
                                 bool *are_all) {
    size_t found = 0;
    *are_all = true;
    directories[found++] = tags->first_directory;
    fpx_tiff_tag list;
    uint8_t bytes[8];
    if (!fpx_tiff_tags_find(tags, tags->first_directory, FPX_TIFF_SUB_DIRECTORIES, &list)) {
        return found;
    }
    size_t word = bytes_of_type(list.type);
    for (uint64_t index = 0; word >= 4 && index < list.count && index < FPX_TIFF_MOST_DIRECTORIES; index++) {
        if (fpx_byte_source_read_at(tags->source, bytes, word, list.position + index * word)) {
            directories[found++] = number_at(tags, bytes, word);
        } else {
            *are_all = false;
        }
    }
    return found;
}

uint64_t fpx_tiff_tags_float_raw(const fpx_tiff_tags *tags) {
    uint64_t directories[FPX_TIFF_MOST_DIRECTORIES + 1];
    bool are_all;
    size_t count = fpx_tiff_tags_directories(tags, directories, &are_all);
    for (size_t index = 0; index < count; index++) {
        if (holds_float_raw(tags, directories[index])) {
            return directories[index];
        }
    }
    return 0;
}

bool fpx_tiff_tags_has_loose_pattern(const fpx_tiff_tags *tags) {
    enum { SHORT = 3, XTRANS_SIDE = 6, XTRANS_PLACES = XTRANS_SIDE * XTRANS_SIDE };
    uint64_t directories[FPX_TIFF_MOST_DIRECTORIES + 1];
    bool are_all;
    size_t count = fpx_tiff_tags_directories(tags, directories, &are_all);
    for (size_t index = 0; index < count; index++) {
        fpx_tiff_tag pattern;
        fpx_tiff_tag dimensions;
        uint8_t sides[4];
        if (!fpx_tiff_tags_find(tags, directories[index], FPX_TIFF_CFA_PATTERN, &pattern) ||
            pattern.count != XTRANS_PLACES) {
            continue;
        }
        bool has_sides = fpx_tiff_tags_find(tags, directories[index], FPX_TIFF_CFA_DIMENSIONS, &dimensions) &&
                         dimensions.type == SHORT && dimensions.count == 2 &&
                         fpx_byte_source_read_at(tags->source, sides, sizeof sides, dimensions.position);
        if (!has_sides || number_at(tags, sides, 2) != XTRANS_SIDE || number_at(tags, sides + 2, 2) != XTRANS_SIDE) {
            return true;
        }
    }
    return false;
}

/// Whether all pieces of a picture, strips or tiles, lie in the file.
static bool holds_pieces(const fpx_tiff_tags *tags, const fpx_tiff_tag *offsets, const fpx_tiff_tag *byte_counts) {
    // More pieces than any raw picture has; a bound on what a damaged count costs.
    enum { MOST_PIECES = 1 << 16 };
    size_t words[2] = {bytes_of_type(offsets->type), bytes_of_type(byte_counts->type)};
    uint64_t pieces = offsets->count < byte_counts->count ? offsets->count : byte_counts->count;
    for (uint64_t piece = 0; piece < pieces && piece < MOST_PIECES; piece++) {
        uint8_t bytes[8];
        if (!fpx_byte_source_read_at(tags->source, bytes, words[0], offsets->position + piece * words[0])) {
            return false;
        }
        uint64_t start = number_at(tags, bytes, words[0]);
        if (!fpx_byte_source_read_at(tags->source, bytes, words[1], byte_counts->position + piece * words[1])) {
            return false;
        }
        uint64_t byte_count = number_at(tags, bytes, words[1]);
        if (byte_count > 0 && !fpx_byte_source_read_at(tags->source, bytes, 1, start + byte_count - 1)) {
            return false;
        }
    }
    return true;
}

bool fpx_tiff_tags_hold_pictures(const fpx_tiff_tags *tags) {
    uint64_t directories[FPX_TIFF_MOST_DIRECTORIES + 1];
    bool are_all;
    size_t count = fpx_tiff_tags_directories(tags, directories, &are_all);
    for (size_t index = 0; are_all && index < count; index++) {
        fpx_tiff_tag offsets;
        fpx_tiff_tag byte_counts;
        bool has_pieces = (fpx_tiff_tags_find(tags, directories[index], FPX_TIFF_STRIP_OFFSETS, &offsets) &&
                           fpx_tiff_tags_find(tags, directories[index], FPX_TIFF_STRIP_BYTE_COUNTS, &byte_counts)) ||
                          (fpx_tiff_tags_find(tags, directories[index], FPX_TIFF_TILE_OFFSETS, &offsets) &&
                           fpx_tiff_tags_find(tags, directories[index], FPX_TIFF_TILE_BYTE_COUNTS, &byte_counts));
        // The first directory may do no more than name the others.
        are_all = has_pieces ? holds_pieces(tags, &offsets, &byte_counts) : index == 0;
    }
    return are_all;
}

/// The first `count` values of a tag as whole numbers; false when they are not.
static bool whole_numbers(const fpx_tiff_tags *tags, uint64_t directory, uint16_t number, uint64_t *values,
                          size_t count) {
    enum { SHORT = 3, LONG = 4, RATIONAL = 5 };
    fpx_tiff_tag tag;
    uint8_t bytes[8];
    if (!fpx_tiff_tags_find(tags, directory, number, &tag) || tag.count != count ||
        (tag.type != SHORT && tag.type != LONG && tag.type != RATIONAL)) {
        return false;
    }
    size_t word = bytes_of_type(tag.type);
    for (size_t index = 0; index < count; index++) {
        if (!fpx_byte_source_read_at(tags->source, bytes, word, tag.position + index * word)) {
            return false;
        }
        if (tag.type != RATIONAL) {
            values[index] = number_at(tags, bytes, word);
            continue;
        }
        uint64_t numerator = number_at(tags, bytes, 4);
        uint64_t denominator = number_at(tags, bytes + 4, 4);
        if (denominator == 0 || numerator % denominator != 0) {
            return false;
        }
        values[index] = numerator / denominator;
    }
    return true;
}

/// Where the strips of a picture begin, when each follows the one before; 0 when they do not.
static uint64_t joined_strips(const fpx_tiff_tags *tags, uint64_t directory, uint64_t byte_count) {
    fpx_tiff_tag offsets;
    fpx_tiff_tag byte_counts;
    if (!fpx_tiff_tags_find(tags, directory, FPX_TIFF_STRIP_OFFSETS, &offsets) ||
        !fpx_tiff_tags_find(tags, directory, FPX_TIFF_STRIP_BYTE_COUNTS, &byte_counts) ||
        offsets.count != byte_counts.count) {
        return 0;
    }
    uint64_t begin = 0;
    uint64_t end = 0;
    for (uint64_t strip = 0; strip < offsets.count; strip++) {
        uint8_t bytes[8];
        size_t words[2] = {bytes_of_type(offsets.type), bytes_of_type(byte_counts.type)};
        if (!fpx_byte_source_read_at(tags->source, bytes, words[0], offsets.position + strip * words[0])) {
            return 0;
        }
        uint64_t start = number_at(tags, bytes, words[0]);
        if (!fpx_byte_source_read_at(tags->source, bytes, words[1], byte_counts.position + strip * words[1])) {
            return 0;
        }
        begin = strip == 0 ? start : begin;
        if ((strip > 0 && start != end) || start > INT64_MAX) {
            return 0;
        }
        end = start + number_at(tags, bytes, words[1]);
    }
    return end >= begin && end - begin >= byte_count ? begin : 0;
}

uint64_t fpx_tiff_tags_plain_raw(const fpx_tiff_tags *tags, uint32_t width, uint32_t height) {
    enum { UNCOMPRESSED = 1, WHOLE_NUMBERS = 1, USUAL_ORDER = 1 };
    uint64_t directories[FPX_TIFF_MOST_DIRECTORIES + 1];
    bool are_all;
    size_t count = fpx_tiff_tags_directories(tags, directories, &are_all);
    uint64_t found = 0;
    for (size_t index = 0; index < count; index++) {
        uint64_t directory = directories[index];
        fpx_tiff_tag table;
        if (fpx_tiff_tags_number(tags, directory, FPX_TIFF_IMAGE_WIDTH, 0) != width ||
            fpx_tiff_tags_number(tags, directory, FPX_TIFF_IMAGE_HEIGHT, 0) != height) {
            continue;
        }
        // With two pictures of the size it is not known which of them raw developers take.
        if (found != 0 || fpx_tiff_tags_number(tags, directory, FPX_TIFF_SUBFILE_TYPE, 0) != 0 ||
            fpx_tiff_tags_number(tags, directory, FPX_TIFF_BITS, 1) != 16 ||
            fpx_tiff_tags_number(tags, directory, FPX_TIFF_SAMPLES, 1) != 1 ||
            fpx_tiff_tags_number(tags, directory, FPX_TIFF_COMPRESSION, UNCOMPRESSED) != UNCOMPRESSED ||
            fpx_tiff_tags_number(tags, directory, FPX_TIFF_FILL_ORDER, USUAL_ORDER) != USUAL_ORDER ||
            fpx_tiff_tags_number(tags, directory, FPX_TIFF_SAMPLE_FORMAT, WHOLE_NUMBERS) != WHOLE_NUMBERS ||
            fpx_tiff_tags_find(tags, directory, FPX_TIFF_LINEARISATION, &table)) {
            return 0;
        }
        found = joined_strips(tags, directory, (uint64_t)width * height * sizeof(uint16_t));
        if (found == 0) {
            return 0;
        }
    }
    return found;
}

bool fpx_tiff_tags_dng_crop(const fpx_tiff_tags *tags, uint64_t crop[4]) {
    uint64_t directories[FPX_TIFF_MOST_DIRECTORIES + 1];
    bool are_all;
    size_t count = fpx_tiff_tags_directories(tags, directories, &are_all);
    for (size_t index = 0; index < count; index++) {
        // The raw picture's own directory; previews have a bit set.
        if (fpx_tiff_tags_number(tags, directories[index], FPX_TIFF_SUBFILE_TYPE, 0) != 0) {
            continue;
        }
        if (whole_numbers(tags, directories[index], FPX_TIFF_DEFAULT_CROP_ORIGIN, crop, 2) &&
            whole_numbers(tags, directories[index], FPX_TIFF_DEFAULT_CROP_SIZE, crop + 2, 2)) {
            // Top, left, bottom, right; the crop counts from its corner.
            uint64_t area[4] = {0};
            fpx_tiff_tag has_area;
            if (fpx_tiff_tags_find(tags, directories[index], FPX_TIFF_ACTIVE_AREA, &has_area) &&
                !whole_numbers(tags, directories[index], FPX_TIFF_ACTIVE_AREA, area, 4)) {
                return false;
            }
            crop[0] += area[1];
            crop[1] += area[0];
            return true;
        }
    }
    return false;
}

bool fpx_tiff_tags_is_without_border(const fpx_tiff_tags *tags, uint64_t directory, uint32_t width, uint32_t height) {
    const uint32_t whole[4] = {0, 0, height, width};
    fpx_tiff_tag area;
    uint8_t bytes[16];
    if (!fpx_tiff_tags_find(tags, directory, FPX_TIFF_ACTIVE_AREA, &area)) {
        return true;
    }
    size_t word = bytes_of_type(area.type);
    if (area.count != 4 || (area.type != 3 && area.type != 4) ||
        !fpx_byte_source_read_at(tags->source, bytes, 4 * word, area.position)) {
        return false;
    }
    for (size_t side = 0; side < 4; side++) {
        if (number_at(tags, bytes + side * word, word) != whole[side]) {
            return false;
        }
    }
    return true;
}

void fpx_tiff_tags_describe(const fpx_tiff_tags *tags, uint64_t directory, fpx_photo_header *header) {
    copy_text(tags, directory, FPX_TIFF_MAKE, header->make, sizeof header->make);
    copy_text(tags, directory, FPX_TIFF_MODEL, header->model, sizeof header->model);
    copy_text(tags, directory, FPX_TIFF_SOFTWARE, header->software, sizeof header->software);
    uint64_t exif = fpx_tiff_tags_number(tags, directory, FPX_TIFF_EXIF, 0);
    if (exif != 0) {
        read_exif(tags, exif, header);
    }
    if (header->serial[0] == 0) {
        copy_text(tags, directory, FPX_TIFF_CAMERA_SERIAL, header->serial, sizeof header->serial);
    }
    read_xmp(tags, directory, header);
}
