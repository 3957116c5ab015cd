#ifdef FPX_FITS

#include "fits_repack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "byte_ranges.h"
#include "fits_pack.h"

/// One repacking.
typedef struct repacking {
    fpx_bytes *file;
    const fpx_fits_packed_picture *picture;
    fpx_fits_input *input;
    uint64_t input_bytes;
    /// Of the table and the heap in `file`, which may have grown for an earlier picture of a cube.
    uint64_t data_bytes;
    /// What goes to the heap's end.
    fpx_bytes added;
    /// Whether any two tiles have bytes in common, so that none can be written where it was.
    bool has_common_bytes;
    /// What the longest tile takes, of the columns in which tiles have changed.
    uint64_t longest_packed;
    uint64_t longest_gzip;
    /// Of the sums in the header: of what the picture was before it was compressed, of the data, and of the header.
    uint32_t unpacked_change;
    uint32_t header_change;
    /// A tile as it was unpacked, and as its packed bytes read back.
    uint8_t *samples;
    uint8_t *read_back;
} repacking;

static fpx_photo_status no_memory(fpx_photo_error *error) {
    fpx_photo_explain(error, "no memory is left to repair the photo");
    return FPX_PHOTO_OUT_OF_MEMORY;
}

static fpx_photo_status damaged(fpx_photo_error *error, const char *what) {
    fpx_photo_explain(error, "damaged FITS: %s", what);
    return FPX_PHOTO_CORRUPT;
}

// MARK: - Where tiles lie in the new file

typedef struct descriptor {
    /// Of the number of bytes; that of their place follows.
    uint64_t position;
    size_t word;
    uint64_t count;
    uint64_t offset;
} descriptor;

static uint64_t big_endian(const uint8_t *bytes, size_t count) {
    uint64_t value = 0;
    for (size_t byte = 0; byte < count; byte++) {
        value = value << 8 | bytes[byte];
    }
    return value;
}

static void put_big_endian(uint8_t *bytes, size_t count, uint64_t value) {
    for (size_t byte = count; byte-- > 0; value >>= 8) {
        bytes[byte] = (uint8_t)value;
    }
}

/// That of a column, whose table lies within the file.
static descriptor descriptor_of(const repacking *self, uint64_t tile, int64_t column, bool is_large) {
    const fpx_fits_tiles *tiles = self->picture->tiles;
    descriptor found = {.position = tiles->table + tile * tiles->row_bytes + (uint64_t)column,
                        .word = is_large ? 8 : 4};
    const uint8_t *bytes = self->file->data + found.position;
    found.count = big_endian(bytes, found.word);
    found.offset = big_endian(bytes + found.word, found.word);
    return found;
}

/// Whether any two of the table's entries overlap, or lie on the table. None may lie behind the heap.
static fpx_photo_status look_for_common_bytes(repacking *self, fpx_photo_error *error) {
    const fpx_fits_tiles *tiles = self->picture->tiles;
    const int64_t columns[] = {tiles->packed_column, tiles->gzip_column, tiles->plain_column};
    const bool are_large[] = {tiles->packed_is_large, tiles->gzip_is_large, tiles->plain_is_large};
    size_t count = 0;
    bool lies_beyond = false;
    byte_range *ranges = malloc((size_t)(3 * tiles->row_count + 1) * sizeof *ranges);
    if (ranges == NULL) {
        return no_memory(error);
    }
    ranges[count++] = (byte_range){.start = 0, .end = tiles->table + tiles->row_bytes * tiles->row_count};
    for (uint64_t tile = 0; tile < tiles->row_count; tile++) {
        for (size_t column = 0; column < 3; column++) {
            if (columns[column] < 0) {
                continue;
            }
            descriptor entry = descriptor_of(self, tile, columns[column], are_large[column]);
            uint64_t bytes = entry.count;
            // This column counts samples.
            if (column == 2 && __builtin_mul_overflow(bytes, (uint64_t)tiles->sample_bytes, &bytes)) {
                bytes = UINT64_MAX;
            }
            byte_range range = {.start = tiles->heap + entry.offset};
            self->has_common_bytes = self->has_common_bytes || range.start < entry.offset ||
                                     __builtin_add_overflow(range.start, bytes, &range.end);
            if (entry.count > 0) {
                // What is added would be written over them.
                lies_beyond = lies_beyond || range.end > self->picture->data + self->data_bytes;
                ranges[count++] = range;
            }
        }
    }
    self->has_common_bytes = fpx_byte_ranges_overlap(ranges, count) || self->has_common_bytes;
    free(ranges);
    return lies_beyond ? damaged(error, "tiles lie behind the heap that the header tells of") : FPX_PHOTO_OK;
}

// MARK: - The header

static fpx_fits_header header_of(const repacking *self) {
    const fpx_fits_packed_picture *picture = self->picture;
    return (fpx_fits_header){.cards = (char *)self->file->data + picture->header,
                             .card_count = (size_t)(picture->data - picture->header) / FPX_FITS_CARD,
                             .position = picture->header,
                             .data = picture->data};
}

static uint8_t *card_of(const repacking *self, const char *keyword) {
    uint8_t *cards = self->file->data + self->picture->header;
    size_t bytes = (size_t)(self->picture->data - self->picture->header);
    for (size_t place = 0; place + FPX_FITS_CARD <= bytes; place += FPX_FITS_CARD) {
        if (memcmp(cards + place, keyword, strlen(keyword)) == 0) {
            return cards + place;
        }
    }
    return NULL;
}

/// How large table and heap are; false when the file does not hold them.
static bool read_size(repacking *self) {
    fpx_fits_header header = header_of(self);
    int64_t row_bytes = 0;
    int64_t rows = 0;
    int64_t parameters = 0;
    bool is_told = fpx_fits_integer(&header, "NAXIS1", &row_bytes) && fpx_fits_integer(&header, "NAXIS2", &rows) &&
                   fpx_fits_integer(&header, "PCOUNT", &parameters);
    uint64_t table = 0;
    return is_told && row_bytes >= 0 && rows >= 0 && parameters >= 0 &&
           !__builtin_mul_overflow((uint64_t)row_bytes, (uint64_t)rows, &table) &&
           !__builtin_add_overflow(table, (uint64_t)parameters, &self->data_bytes) &&
           self->picture->data <= self->file->count && self->data_bytes <= self->file->count - self->picture->data &&
           self->picture->tiles->heap >= self->picture->data &&
           self->picture->tiles->heap - self->picture->data <= self->data_bytes && table <= self->data_bytes;
}

static void change_card(repacking *self, uint8_t *card, const char *changed) {
    for (unsigned byte = 0; byte < FPX_FITS_CARD; byte++) {
        self->header_change =
            fpx_fits_add_change(self->header_change, fpx_fits_byte_change(byte, card[byte], (uint8_t)changed[byte]));
    }
    memcpy(card, changed, FPX_FITS_CARD);
}

/// The heap has grown by so many bytes; false when its card has no room for that.
static bool write_heap_bytes(repacking *self, uint64_t added) {
    fpx_fits_header header = header_of(self);
    int64_t before = 0;
    uint8_t *card = card_of(self, "PCOUNT  = ");
    if (card == NULL || !fpx_fits_integer(&header, "PCOUNT", &before)) {
        return false;
    }
    char changed[FPX_FITS_CARD + 1];
    // Whole numbers end in column 30; a comment behind it stays.
    snprintf(changed, sizeof changed, "PCOUNT  = %20lld%.50s", (long long)before + (long long)added,
             (const char *)card + 30);
    bool is_fixed = memchr("0123456789", card[29], 10) != NULL && (card[30] == ' ' || card[30] == '/');
    if (is_fixed) {
        change_card(self, card, changed);
    }
    return is_fixed;
}

/// A form like "1PB(1234)" says how long the longest entry is. Where it says less it is corrected, if it has room.
static void write_longest(repacking *self, const char *column, uint64_t longest) {
    for (int field = 1; field <= 999 && longest > 0; field++) {
        char keyword[16];
        char text[72];
        fpx_fits_header header = header_of(self);
        snprintf(keyword, sizeof keyword, "TTYPE%d", field);
        if (!fpx_fits_text(&header, keyword, text, sizeof text)) {
            return;
        }
        if (strcmp(text, column) != 0) {
            continue;
        }
        snprintf(keyword, sizeof keyword, "TFORM%-3d= ", field);
        uint8_t *card = card_of(self, keyword);
        const char *open = card == NULL ? NULL : memchr(card, '(', FPX_FITS_CARD);
        const char *close = open == NULL ? NULL : memchr(open, ')', (size_t)((char *)card + FPX_FITS_CARD - open));
        if (close == NULL || strtoull(open + 1, NULL, 10) >= longest) {
            return;
        }
        char changed[3 * FPX_FITS_CARD];
        int head = (int)(open + 1 - (char *)card);
        int length = snprintf(changed, sizeof changed, "%.*s%llu%.*s", head, (const char *)card,
                              (unsigned long long)longest, (int)((char *)card + FPX_FITS_CARD - close), close);
        const char *rest = changed + FPX_FITS_CARD;
        bool has_room = length >= FPX_FITS_CARD && strspn(rest, " ") == strlen(rest);
        // A longer text takes blanks from behind its quote.
        char *quote = strrchr(changed, '\'');
        if (!has_room && quote != NULL) {
            size_t over = (size_t)length - FPX_FITS_CARD;
            if (strspn(quote + 1, " ") > over) {
                memmove(quote + 1, quote + 1 + over, strlen(quote + 1 + over) + 1);
                has_room = true;
            }
        }
        if (has_room) {
            change_card(self, card, changed);
        }
        return;
    }
}

// MARK: - Tiles

static uint64_t rows_of(const repacking *self, uint64_t tile) {
    const fpx_fits_tiles *tiles = self->picture->tiles;
    uint64_t left = self->picture->height - tile % tiles->tiles_per_plane * tiles->tile_rows;
    return left < tiles->tile_rows ? left : tiles->tile_rows;
}

/// Gives samples of the unpacked tile their values; false when one lies outside of it.
static bool change_samples(repacking *self, uint64_t tile, size_t tile_bytes, const fpx_packed_sample *samples,
                           size_t count, unsigned byte_count) {
    const fpx_fits_tiles *tiles = self->picture->tiles;
    uint64_t first_row =
        tile / tiles->tiles_per_plane * self->picture->height + tile % tiles->tiles_per_plane * tiles->tile_rows;
    uint64_t start = first_row * self->picture->width * byte_count;
    for (size_t index = 0; index < count; index++) {
        uint64_t offset = samples[index].offset;
        if (tile_bytes < byte_count || offset > tile_bytes - byte_count) {
            return false;
        }
        for (unsigned byte = 0; byte < byte_count; byte++) {
            uint8_t after = (uint8_t)(samples[index].bits >> 8 * (byte_count - 1 - byte));
            uint8_t *place = self->samples + offset + byte;
            self->unpacked_change =
                fpx_fits_add_change(self->unpacked_change, fpx_fits_byte_change(start + offset + byte, *place, after));
            *place = after;
        }
    }
    return true;
}

/// Puts the packed bytes of a tile where they were, or at the heap's end.
static bool put_tile(repacking *self, descriptor place, const fpx_bytes *packed) {
    const fpx_fits_tiles *tiles = self->picture->tiles;
    uint64_t heap_bytes = self->data_bytes - (tiles->heap - self->picture->data);
    uint64_t offset = place.offset;
    if (!self->has_common_bytes && packed->count <= place.count && place.offset <= heap_bytes &&
        packed->count <= heap_bytes - place.offset) {
        memcpy(self->file->data + tiles->heap + place.offset, packed->data, packed->count);
    } else {
        offset = heap_bytes + self->added.count;
        if (!fpx_bytes_append(&self->added, packed->data, packed->count)) {
            return false;
        }
    }
    put_big_endian(self->file->data + place.position, place.word, packed->count);
    put_big_endian(self->file->data + place.position + place.word, place.word, offset);
    return place.word == 8 || (offset <= INT32_MAX && packed->count <= INT32_MAX);
}

static fpx_photo_status repack_tile(repacking *self, uint64_t tile, const fpx_packed_sample *samples, size_t count,
                                    unsigned byte_count, fpx_photo_error *error) {
    const fpx_fits_tiles *tiles = self->picture->tiles;
    size_t sample_count = (size_t)(rows_of(self, tile) * self->picture->width);
    size_t tile_bytes = sample_count * tiles->sample_bytes;
    fpx_photo_status status =
        fpx_fits_tiles_unpack(tiles, self->input, self->input_bytes, tile, self->samples, sample_count, error);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    if (!change_samples(self, tile, tile_bytes, samples, count, byte_count)) {
        return damaged(error, "a place to repair lies in no tile");
    }
    descriptor place = descriptor_of(self, tile, tiles->packed_column, tiles->packed_is_large);
    fpx_fits_compression compression = tiles->compression;
    uint64_t *longest = &self->longest_packed;
    if (place.count == 0) {
        place = descriptor_of(self, tile, tiles->gzip_column, tiles->gzip_is_large);
        compression = FPX_FITS_GZIP;
        longest = &self->longest_gzip;
    }
    fpx_bytes packed = {0};
    bool is_held = fpx_fits_pack(tiles, compression, self->samples, sample_count, &packed);
    if (is_held && (!fpx_fits_unpack(tiles, compression, packed.data, packed.count, self->read_back, sample_count) ||
                    memcmp(self->samples, self->read_back, tile_bytes) != 0)) {
        fpx_photo_explain(error, "its samples do not unpack to what they were packed from");
        status = FPX_PHOTO_UNSUPPORTED;
    } else if (!is_held) {
        status = no_memory(error);
    } else if (!put_tile(self, place, &packed)) {
        fpx_photo_explain(error, "its table has no room for what has become longer; unpack it first (funpack)");
        status = FPX_PHOTO_UNSUPPORTED;
    }
    *longest = packed.count > *longest ? packed.count : *longest;
    fpx_bytes_free(&packed);
    return status;
}

static uint64_t padded(uint64_t bytes) { return (bytes + FPX_FITS_BLOCK - 1) / FPX_FITS_BLOCK * FPX_FITS_BLOCK; }

/// Puts what was added at the end of the picture's data, and moves what lies behind.
static bool insert_added(repacking *self) {
    uint64_t end = self->picture->data + self->data_bytes;
    uint64_t next = self->picture->data + padded(self->data_bytes);
    uint64_t new_next = self->picture->data + padded(self->data_bytes + self->added.count);
    // The last block of a file may have been cut.
    uint64_t behind = next < self->file->count ? self->file->count - next : 0;
    uint64_t new_count = new_next + behind;
    uint8_t zeros[FPX_FITS_BLOCK] = {0};
    while (self->file->count < new_count) {
        uint64_t left = new_count - self->file->count;
        if (!fpx_bytes_append(self->file, zeros, left < sizeof zeros ? (size_t)left : sizeof zeros)) {
            return false;
        }
    }
    memmove(self->file->data + new_next, self->file->data + next, behind);
    uint64_t gap = new_next - end - self->added.count;
    memcpy(self->file->data + end, self->added.data, self->added.count);
    memset(self->file->data + end + self->added.count, 0, gap);
    self->data_bytes += self->added.count;
    return true;
}

static uint32_t sum_of_data(const repacking *self) {
    uint64_t start = self->picture->data;
    uint64_t left = self->file->count - start;
    uint64_t bytes = padded(self->data_bytes) < left ? padded(self->data_bytes) : left;
    uint32_t sum = 0;
    for (uint64_t offset = 0; offset < bytes; offset++) {
        sum = fpx_fits_add_change(sum, (uint32_t)self->file->data[start + offset] << 8 * (3 - offset % 4));
    }
    return sum;
}

static fpx_photo_status repack_all(repacking *self, const fpx_packed_sample *samples, size_t count, unsigned byte_count,
                                   fpx_photo_error *error) {
    fpx_photo_status status = look_for_common_bytes(self, error);
    uint32_t before = sum_of_data(self);
    for (size_t first = 0; status == FPX_PHOTO_OK && first < count;) {
        size_t same = fpx_packed_samples_in_unit(samples + first, count - first);
        status = repack_tile(self, samples[first].unit, samples + first, same, byte_count, error);
        first += same;
    }
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    if (self->added.count > 0 && (!write_heap_bytes(self, self->added.count) || !insert_added(self))) {
        fpx_photo_explain(error, "its heap cannot grow; unpack it first (funpack)");
        return FPX_PHOTO_UNSUPPORTED;
    }
    write_longest(self, "COMPRESSED_DATA", self->longest_packed);
    write_longest(self, "GZIP_COMPRESSED_DATA", self->longest_gzip);
    fpx_fits_change change = {.data = fpx_fits_add_change(sum_of_data(self), ~before),
                              .header = self->header_change,
                              .unpacked = self->unpacked_change};
    fpx_fits_checked place = {
        .header = self->picture->header, .data = self->picture->data, .data_bytes = self->data_bytes};
    if (!fpx_fits_correct_checksums(self->file->data, self->file->count, &place, change)) {
        fpx_photo_explain(error, "%s", FPX_FITS_CHECKSUMS_REFUSED);
        return FPX_PHOTO_UNSUPPORTED;
    }
    return FPX_PHOTO_OK;
}

fpx_photo_status fpx_fits_repack(fpx_bytes *file, const fpx_fits_packed_picture *picture, fpx_fits_input *input,
                                 uint64_t input_bytes, fpx_packed_sample *samples, size_t sample_count,
                                 unsigned byte_count, fpx_photo_error *error) {
    repacking self = {.file = file, .picture = picture, .input = input, .input_bytes = input_bytes};
    if (!read_size(&self)) {
        return damaged(error, "its compressed picture is not in the file whole");
    }
    fpx_packed_samples_sort(samples, sample_count);
    size_t tile_bytes = (size_t)(picture->tiles->tile_rows * picture->width) * picture->tiles->sample_bytes;
    self.samples = malloc(tile_bytes);
    self.read_back = malloc(tile_bytes);
    fpx_photo_status status = self.samples == NULL || self.read_back == NULL
                                  ? no_memory(error)
                                  : repack_all(&self, samples, sample_count, byte_count, error);
    free(self.samples);
    free(self.read_back);
    fpx_bytes_free(&self.added);
    return status;
}

#endif
