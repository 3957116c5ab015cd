#ifdef FPX_FITS

#include "fits_tiles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static fpx_photo_status damaged(fpx_photo_error *error, const char *what) {
    fpx_photo_explain(error, "damaged FITS: %s", what);
    return FPX_PHOTO_CORRUPT;
}

static fpx_photo_status refused(fpx_photo_error *error, const char *what) {
    fpx_photo_explain(error, "a compressed FITS file with %s, which is not read; unpack it with funpack", what);
    return FPX_PHOTO_UNSUPPORTED;
}

// MARK: - Where tiles lie

/// The bytes of a column in a row of a binary table; 0 for a form that is not known.
static uint64_t column_bytes(const char *form, char *type) {
    char *end;
    unsigned long repeat = strtoul(form, &end, 10);
    repeat = end == form ? 1 : repeat;
    *type = *end;
    uint64_t one;
    switch (*end) {
    case 'L':
    case 'B':
    case 'A': one = 1; break;
    case 'I': one = 2; break;
    case 'J':
    case 'E': one = 4; break;
    case 'K':
    case 'D':
    case 'C':
    case 'P': one = 8; break;
    case 'M':
    case 'Q': one = 16; break;
    case 'X': return (repeat + 7) / 8;
    default: return 0;
    }
    return repeat > UINT32_MAX ? 0 : repeat * one;
}

static fpx_photo_status read_columns(const fpx_fits_header *header, fpx_fits_tiles *tiles, fpx_photo_error *error) {
    int64_t fields = 0;
    fpx_fits_integer(header, "TFIELDS", &fields);
    uint64_t offset = 0;
    tiles->packed_column = tiles->gzip_column = tiles->plain_column = -1;
    for (int64_t field = 1; field <= fields && field <= 999; field++) {
        char keyword[16];
        char form[72];
        char name[72];
        char type = 0;
        snprintf(keyword, sizeof keyword, "TFORM%d", (int)field);
        uint64_t bytes = fpx_fits_text(header, keyword, form, sizeof form) ? column_bytes(form, &type) : 0;
        if (bytes == 0) {
            return damaged(error, "a column of its table has no known form");
        }
        snprintf(keyword, sizeof keyword, "TTYPE%d", (int)field);
        if (fpx_fits_text(header, keyword, name, sizeof name) && (type == 'P' || type == 'Q')) {
            bool is_large = type == 'Q';
            if (strcmp(name, "COMPRESSED_DATA") == 0) {
                tiles->packed_column = (int64_t)offset;
                tiles->packed_is_large = is_large;
            } else if (strcmp(name, "GZIP_COMPRESSED_DATA") == 0) {
                tiles->gzip_column = (int64_t)offset;
                tiles->gzip_is_large = is_large;
            } else if (strcmp(name, "UNCOMPRESSED_DATA") == 0) {
                tiles->plain_column = (int64_t)offset;
                tiles->plain_is_large = is_large;
            }
        }
        if (strcmp(name, "ZSCALE") == 0) {
            return refused(error, "rounded floating-point samples");
        }
        offset += bytes;
    }
    if (offset > tiles->row_bytes || tiles->packed_column < 0) {
        return damaged(error, "its table of tiles is incomplete");
    }
    return FPX_PHOTO_OK;
}

static void read_rice(const fpx_fits_header *header, fpx_fits_tiles *tiles) {
    tiles->block = 32;
    tiles->rice_bytes = 4;
    for (int number = 1; number <= 9; number++) {
        char keyword[16];
        char name[72];
        int64_t value;
        snprintf(keyword, sizeof keyword, "ZNAME%d", number);
        bool is_named = fpx_fits_text(header, keyword, name, sizeof name);
        snprintf(keyword, sizeof keyword, "ZVAL%d", number);
        if (!is_named || !fpx_fits_integer(header, keyword, &value) || value < 1 || value > 1 << 16) {
            continue;
        }
        if (strcmp(name, "BLOCKSIZE") == 0) {
            tiles->block = (uint32_t)value;
        } else if (strcmp(name, "BYTEPIX") == 0) {
            tiles->rice_bytes = (uint32_t)value;
        }
    }
}

fpx_photo_status fpx_fits_tiles_read(const fpx_fits_header *header, uint64_t width, uint64_t height,
                                     uint32_t sample_bytes, bool is_float, fpx_fits_tiles *tiles,
                                     fpx_photo_error *error) {
    memset(tiles, 0, sizeof *tiles);
    char name[72];
    if (!fpx_fits_text(header, "ZCMPTYPE", name, sizeof name)) {
        return damaged(error, "it does not say how it is compressed");
    }
    if (strcmp(name, "RICE_1") == 0 || strcmp(name, "RICE_ONE") == 0) {
        tiles->compression = FPX_FITS_RICE;
    } else if (strcmp(name, "GZIP_1") == 0) {
        tiles->compression = FPX_FITS_GZIP;
    } else if (strcmp(name, "GZIP_2") == 0) {
        tiles->compression = FPX_FITS_GZIP_SHUFFLED;
    } else {
        return refused(error, strcmp(name, "HCOMPRESS_1") == 0 ? "HCOMPRESS" : "an unknown compression");
    }
    int64_t row_bytes = 0;
    int64_t row_count = 0;
    if (!fpx_fits_integer(header, "NAXIS1", &row_bytes) || !fpx_fits_integer(header, "NAXIS2", &row_count)) {
        return damaged(error, "its table has no size");
    }
    tiles->table = header->data;
    tiles->row_bytes = (uint64_t)row_bytes;
    tiles->row_count = (uint64_t)row_count;
    int64_t heap = row_bytes * row_count;
    fpx_fits_integer(header, "THEAP", &heap);
    if (heap < 0) {
        return damaged(error, "its heap has no place");
    }
    tiles->heap = header->data + (uint64_t)heap;
    int64_t tile_width = (int64_t)width;
    int64_t tile_rows = 1;
    int64_t tile_depth = 1;
    fpx_fits_integer(header, "ZTILE1", &tile_width);
    fpx_fits_integer(header, "ZTILE2", &tile_rows);
    fpx_fits_integer(header, "ZTILE3", &tile_depth);
    if (tile_width < (int64_t)width || tile_depth != 1) {
        return refused(error, "tiles that are not whole rows of one picture");
    }
    if (tile_rows < 1) {
        return damaged(error, "tiles without rows");
    }
    tiles->tile_rows = (uint64_t)tile_rows > height ? height : (uint64_t)tile_rows;
    tiles->tiles_per_plane = (height + tiles->tile_rows - 1) / tiles->tile_rows;
    tiles->sample_bytes = sample_bytes;
    read_rice(header, tiles);
    if (tiles->rice_bytes != 1 && tiles->rice_bytes != 2 && tiles->rice_bytes != 4) {
        return damaged(error, "its Rice samples have an impossible size");
    }
    double scale = fpx_fits_number(header, "ZSCALE", NAN);
    if (is_float && (!isnan(scale) || tiles->compression == FPX_FITS_RICE)) {
        return refused(error, "rounded floating-point samples");
    }
    return read_columns(header, tiles, error);
}

// MARK: - Unpacking

static inline uint64_t big_endian(const uint8_t *bytes, size_t byte_count) {
    uint64_t value = 0;
    for (size_t index = 0; index < byte_count; index++) {
        value = value << 8 | bytes[index];
    }
    return value;
}

/// Bits from the most significant one of each byte on.
typedef struct bit_reader {
    const uint8_t *next;
    const uint8_t *end;
    uint64_t bits;
    unsigned count;
} bit_reader;

static inline bool fill(bit_reader *reader, unsigned wanted) {
    if (reader->count >= wanted) {
        return true;
    }
    // At most 32 bits are wanted, so that 32 more have room.
    if (reader->end - reader->next >= 4) {
        reader->bits = reader->bits << 32 | big_endian(reader->next, 4);
        reader->next += 4;
        reader->count += 32;
        return true;
    }
    while (reader->count < wanted) {
        if (reader->next == reader->end) {
            return false;
        }
        reader->bits = reader->bits << 8 | *reader->next++;
        reader->count += 8;
    }
    return true;
}

static inline bool take(bit_reader *reader, unsigned wanted, uint32_t *value) {
    if (!fill(reader, wanted)) {
        return false;
    }
    reader->count -= wanted;
    *value = wanted == 0 ? 0 : (uint32_t)(reader->bits >> reader->count & (UINT64_MAX >> (64 - wanted)));
    return true;
}

/// Counts zeros up to the next one, which is taken, too.
static inline bool take_zeros(bit_reader *reader, uint32_t *zeros) {
    *zeros = 0;
    while (true) {
        if (reader->count == 0 && !fill(reader, 8)) {
            return false;
        }
        uint64_t left = reader->bits << (64 - reader->count);
        if (left != 0) {
            unsigned leading = (unsigned)__builtin_clzll(left);
            if (leading < reader->count) {
                *zeros += leading;
                reader->count -= leading + 1;
                return true;
            }
        }
        *zeros += reader->count;
        reader->count = 0;
    }
}

static inline void store(uint8_t *samples, size_t place, uint32_t value, uint32_t sample_bytes) {
    uint8_t *destination = samples + place * sample_bytes;
    for (uint32_t byte = 0; byte < sample_bytes; byte++) {
        destination[byte] = (uint8_t)(value >> (8 * (sample_bytes - 1 - byte)));
    }
}

/// Bits of the number that says how a block of Rice's code is split (standard 4.0, 10.4.1).
static unsigned rice_split_bits(uint32_t rice_bytes) { return rice_bytes == 4 ? 5 : rice_bytes == 2 ? 4 : 3; }

uint64_t fpx_fits_tiles_most_of_a_byte(const fpx_fits_tiles *tiles) {
    // 258 bytes of two bits. Tiles of a picture that Rice has packed may be gzip's, too.
    enum { GZIP_BYTES = 1032 };
    // A block of samples that are all alike is its split's number alone.
    uint64_t rice = (uint64_t)tiles->block * tiles->sample_bytes * 8 / rice_split_bits(tiles->rice_bytes) + 1;
    return tiles->compression == FPX_FITS_RICE && rice > GZIP_BYTES ? rice : GZIP_BYTES;
}

bool fpx_fits_unpack_rice(const uint8_t *bytes, size_t byte_count, uint32_t block, uint32_t rice_bytes,
                          uint32_t sample_bytes, uint8_t *samples, size_t sample_count) {
    const unsigned split_bits = rice_split_bits(rice_bytes);
    // The split that stands for samples as they are.
    const uint32_t split_of_plain = rice_bytes == 4 ? 25 : rice_bytes == 2 ? 14 : 6;
    const unsigned value_bits = 8 * rice_bytes;
    bit_reader reader = {bytes, bytes + byte_count, 0, 0};
    uint32_t last;
    if (sample_count > 0 && !take(&reader, value_bits, &last)) {
        return false;
    }
    for (size_t start = 0; start < sample_count; start += block) {
        size_t end = sample_count - start < block ? sample_count : start + block;
        uint32_t code;
        if (!take(&reader, split_bits, &code)) {
            return false;
        }
        for (size_t place = start; place < end; place++) {
            uint32_t difference = 0;
            if (code == split_of_plain + 1) {
                if (!take(&reader, value_bits, &difference)) {
                    return false;
                }
            } else if (code > 0) {
                uint32_t zeros;
                uint32_t low;
                unsigned split = code - 1;
                if (split >= 32 || !take_zeros(&reader, &zeros) || !take(&reader, split, &low)) {
                    return false;
                }
                difference = zeros << split | low;
            }
            // Even numbers stand for positive differences, odd ones for negative.
            last += (difference & 1) != 0 ? ~(difference >> 1) : difference >> 1;
            if (rice_bytes < 4) {
                last &= ((uint32_t)1 << value_bits) - 1;
            }
            store(samples, place, last, sample_bytes);
        }
    }
    return true;
}

static bool unpack_gzip(const uint8_t *bytes, size_t byte_count, uint8_t *samples, size_t wanted) {
    z_stream stream = {0};
    if (byte_count > UINT32_MAX || wanted > UINT32_MAX || inflateInit2(&stream, 15 + 32) != Z_OK) {
        return false;
    }
    stream.next_in = (uint8_t *)bytes;
    stream.avail_in = (uInt)byte_count;
    stream.next_out = samples;
    stream.avail_out = (uInt)wanted;
    int result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return result == Z_STREAM_END && stream.avail_out == 0;
}

static void unshuffle(const uint8_t *shuffled, uint8_t *samples, size_t sample_count, uint32_t sample_bytes) {
    for (uint32_t byte = 0; byte < sample_bytes; byte++) {
        for (size_t place = 0; place < sample_count; place++) {
            samples[place * sample_bytes + byte] = shuffled[byte * sample_count + place];
        }
    }
}

/// The bytes of a tile in one of the columns, for the caller to free; their number is 0 when they stand in another one.
static fpx_photo_status fetch(const fpx_fits_tiles *tiles, fpx_fits_input *input, uint64_t file_bytes, uint64_t tile,
                              int64_t column, bool is_large, uint8_t **bytes, uint64_t *byte_count,
                              fpx_photo_error *error) {
    *bytes = NULL;
    *byte_count = 0;
    if (column < 0) {
        return FPX_PHOTO_OK;
    }
    size_t word = is_large ? 8 : 4;
    uint8_t descriptor[16];
    uint64_t place = tiles->table + tile * tiles->row_bytes + (uint64_t)column;
    if (!fpx_fits_input_read(input, descriptor, 2 * word, place)) {
        fpx_photo_explain(error, "truncated FITS: the file ends before its picture does");
        return FPX_PHOTO_TRUNCATED;
    }
    *byte_count = big_endian(descriptor, word);
    uint64_t offset = big_endian(descriptor + word, word);
    if (*byte_count == 0) {
        return FPX_PHOTO_OK;
    }
    if (offset > file_bytes || tiles->heap > file_bytes || *byte_count > file_bytes ||
        tiles->heap + offset > file_bytes - *byte_count) {
        fpx_photo_explain(error, "truncated FITS: the file ends before its picture does");
        return FPX_PHOTO_TRUNCATED;
    }
    *bytes = malloc((size_t)*byte_count);
    if (*bytes == NULL) {
        fpx_photo_explain(error, "no memory is left for a tile of a FITS file");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    if (!fpx_fits_input_read(input, *bytes, (size_t)*byte_count, tiles->heap + offset)) {
        free(*bytes);
        *bytes = NULL;
        fpx_photo_explain(error, "truncated FITS: the file ends before its picture does");
        return FPX_PHOTO_TRUNCATED;
    }
    return FPX_PHOTO_OK;
}

bool fpx_fits_unpack(const fpx_fits_tiles *tiles, fpx_fits_compression compression, const uint8_t *bytes,
                     size_t byte_count, uint8_t *samples, size_t sample_count) {
    size_t wanted = sample_count * tiles->sample_bytes;
    switch (compression) {
    case FPX_FITS_RICE:
        return fpx_fits_unpack_rice(bytes, byte_count, tiles->block, tiles->rice_bytes, tiles->sample_bytes, samples,
                                    sample_count);
    case FPX_FITS_GZIP: return unpack_gzip(bytes, byte_count, samples, wanted);
    case FPX_FITS_GZIP_SHUFFLED: break;
    }
    uint8_t *shuffled = malloc(wanted);
    bool is_sound = shuffled != NULL && unpack_gzip(bytes, byte_count, shuffled, wanted);
    if (is_sound) {
        unshuffle(shuffled, samples, sample_count, tiles->sample_bytes);
    }
    free(shuffled);
    return is_sound;
}

fpx_photo_status fpx_fits_tiles_unpack(const fpx_fits_tiles *tiles, fpx_fits_input *input, uint64_t file_bytes,
                                       uint64_t tile, uint8_t *samples, size_t sample_count, fpx_photo_error *error) {
    if (tile >= tiles->row_count) {
        return damaged(error, "a part of the picture is not in the file");
    }
    size_t wanted = sample_count * tiles->sample_bytes;
    uint8_t *bytes;
    uint64_t byte_count;
    fpx_photo_status status =
        fetch(tiles, input, file_bytes, tile, tiles->packed_column, tiles->packed_is_large, &bytes, &byte_count, error);
    bool is_sound = false;
    if (status == FPX_PHOTO_OK && byte_count > 0) {
        is_sound = fpx_fits_unpack(tiles, tiles->compression, bytes, (size_t)byte_count, samples, sample_count);
    } else if (status == FPX_PHOTO_OK) {
        status =
            fetch(tiles, input, file_bytes, tile, tiles->gzip_column, tiles->gzip_is_large, &bytes, &byte_count, error);
        is_sound = status == FPX_PHOTO_OK && byte_count > 0 && unpack_gzip(bytes, (size_t)byte_count, samples, wanted);
        if (status == FPX_PHOTO_OK && byte_count == 0) {
            // Elements, not bytes, are counted in this column.
            free(bytes);
            status = fetch(tiles, input, file_bytes, tile, tiles->plain_column, tiles->plain_is_large, &bytes,
                           &byte_count, error);
            is_sound = false;
            if (status == FPX_PHOTO_OK && byte_count > 0) {
                fpx_photo_explain(error, "a compressed FITS file with a tile that is not compressed, which is not "
                                         "read; unpack it with funpack");
                free(bytes);
                return FPX_PHOTO_UNSUPPORTED;
            }
        }
    }
    free(bytes);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    return is_sound ? FPX_PHOTO_OK : damaged(error, "a tile of the picture cannot be unpacked");
}

#endif
