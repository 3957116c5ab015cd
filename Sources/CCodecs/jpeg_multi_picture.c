#include "jpeg_multi_picture.h"

#include <string.h>

static const uint8_t name[FPX_MULTI_PICTURE_NAME_BYTES] = {'M', 'P', 'F', 0};

enum {
    START_OF_IMAGE = 0xd8,
    START_OF_SCAN = 0xda,
    END_OF_IMAGE = 0xd9,
    APP2 = 0xe2,
    /// CIPA DC-007, 5.2.3: MP Index IFD.
    TAG_ENTRIES = 0xb002,
    TYPE_UNDEFINED = 7,
    ENTRY_BYTES = 16,
};

bool fpx_is_multi_picture_index(int marker, const uint8_t *bytes, size_t byte_count) {
    return marker == APP2 && byte_count >= sizeof name && memcmp(bytes, name, sizeof name) == 0;
}

bool fpx_find_multi_picture_index(fpx_byte_source *source, uint64_t *start) {
    uint64_t place = 2;
    uint8_t head[4 + sizeof name];
    // Each step takes at least two bytes of the file.
    while (fpx_byte_source_read_at(source, head, 2, place)) {
        if (head[0] != 0xff) {
            return false;
        }
        if (head[1] == 0xff) {
            // A fill byte.
            place++;
            continue;
        }
        if (head[1] == START_OF_SCAN || head[1] == END_OF_IMAGE || head[1] == START_OF_IMAGE) {
            return false;
        }
        if (!fpx_byte_source_read_at(source, head, 4, place)) {
            return false;
        }
        size_t length = (size_t)head[2] << 8 | head[3];
        if (length < 2) {
            return false;
        }
        if (head[1] == APP2 && length >= 2 + sizeof name && fpx_byte_source_read_at(source, head, sizeof head, place) &&
            memcmp(head + 4, name, sizeof name) == 0) {
            *start = place + sizeof head;
            return true;
        }
        place += 2 + length;
    }
    return false;
}

typedef struct index_reader {
    uint8_t *bytes;
    size_t count;
    bool is_little;
} index_reader;

static uint32_t number(const index_reader *self, size_t place, size_t width) {
    uint32_t value = 0;
    for (size_t byte = 0; byte < width; byte++) {
        value = value << 8 | self->bytes[place + (self->is_little ? width - 1 - byte : byte)];
    }
    return value;
}

static void set_number(const index_reader *self, size_t place, uint32_t value) {
    for (size_t byte = 0; byte < 4; byte++) {
        self->bytes[place + (self->is_little ? byte : 3 - byte)] = (uint8_t)(value >> (8 * byte));
    }
}

/// The entries of the pictures; 0 when the index is not as it should be.
static size_t find_entries(index_reader *self, size_t *picture_count) {
    if (self->count < 8 || !(memcmp(self->bytes, "II*\0", 4) == 0 || memcmp(self->bytes, "MM\0*", 4) == 0)) {
        return 0;
    }
    self->is_little = self->bytes[0] == 'I';
    size_t directory = number(self, 4, 4);
    if (directory < 8 || directory > self->count - 2) {
        return 0;
    }
    size_t fields = number(self, directory, 2);
    for (size_t index = 0; index < fields; index++) {
        size_t field = directory + 2 + index * 12;
        if (field + 12 > self->count) {
            return 0;
        }
        if (number(self, field, 2) == TAG_ENTRIES && number(self, field + 2, 2) == TYPE_UNDEFINED) {
            size_t bytes = number(self, field + 4, 4);
            size_t entries = number(self, field + 8, 4);
            if (bytes % ENTRY_BYTES != 0 || entries < 8 || entries > self->count || bytes > self->count - entries) {
                return 0;
            }
            *picture_count = bytes / ENTRY_BYTES;
            return entries;
        }
    }
    return 0;
}

void fpx_move_multi_pictures(uint8_t *index, size_t byte_count, uint64_t old_start, uint64_t old_end,
                             uint64_t new_start, uint64_t new_end) {
    index_reader self = {.bytes = index, .count = byte_count};
    size_t picture_count = 0;
    size_t entries = find_entries(&self, &picture_count);
    if (entries == 0) {
        return;
    }
    // Modulo 2^32, as the fields are: sums that leave their range come back into it.
    uint32_t longer = (uint32_t)(new_end - old_end);
    uint32_t farther = longer - (uint32_t)(new_start - old_start);
    for (size_t picture = 0; picture < picture_count; picture++) {
        size_t entry = entries + picture * ENTRY_BYTES;
        uint32_t size = number(&self, entry + 4, 4);
        uint32_t offset = number(&self, entry + 8, 4);
        if (offset == 0) {
            // The first picture itself, whose offset is 0 by definition.
            if (size != 0) {
                set_number(&self, entry + 4, size + longer);
            }
        } else if (old_start + offset >= old_end) {
            set_number(&self, entry + 8, offset + farther);
        }
    }
}
