// libFuzzer target: any bytes as a photo to be repaired, and up to seven places in it.
//
// An input is a photo file, six bytes for each place (column and row, little-endian, width and height), and a last byte
// whose lowest three bits tell the number of places. Whatever the photo: a repaired one can be decoded when the
// original can, and without places nothing changes; in a PNG and a FITS file never anything outside the places. Strips
// of a TIFF may lie on each other, and on the headers, so that only what stays in its own memory is asked of it.

#include "fuzzed_photo.h"

#include "fpx_photo_repair.h"

enum { PLACE_BYTES = 6, MOST_PLACES = 7, MAXIMUM_UNPACKED_BYTES = 1 << 25 };

typedef struct repair_input {
    size_t file_bytes;
    fpx_repair_patch places[MOST_PLACES];
    size_t place_count;
} repair_input;

static repair_input split(const uint8_t *bytes, size_t byte_count) {
    repair_input input = {.file_bytes = byte_count - 1};
    size_t wanted = bytes[byte_count - 1] & MOST_PLACES;
    while (input.place_count < wanted && input.file_bytes >= PLACE_BYTES) {
        input.file_bytes -= PLACE_BYTES;
        const uint8_t *place = bytes + input.file_bytes;
        input.places[input.place_count++] = (fpx_repair_patch){place[0] | (uint32_t)place[1] << 8,
                                                               place[2] | (uint32_t)place[3] << 8, place[4], place[5]};
    }
    return input;
}

static uint32_t at_most(uint32_t value, uint32_t limit) { return value < limit ? value : limit; }

// Most places are moved into the picture; those with the highest bit of their width set stay, and may be refused.
static void move_into_picture(repair_input *input, const fpx_photo_header *header) {
    for (size_t index = 0; index < input->place_count; index++) {
        fpx_repair_patch *place = &input->places[index];
        if ((place->width & 0x80) != 0) continue;
        place->column %= header->width;
        place->row %= header->height;
        place->width = 1 + place->width % at_most(header->width - place->column, FPX_REPAIR_LONGEST_SIDE);
        place->height = 1 + place->height % at_most(header->height - place->row, FPX_REPAIR_LONGEST_SIDE);
    }
}

static bool is_in_a_place(const repair_input *input, uint32_t column, uint32_t row) {
    for (size_t index = 0; index < input->place_count; index++) {
        const fpx_repair_patch *place = &input->places[index];
        if (column >= place->column && column - place->column < place->width && row >= place->row &&
            row - place->row < place->height) {
            return true;
        }
    }
    return false;
}

static void compare(const repair_input *input, const fpx_photo_header *header, const uint8_t *before,
                    const uint8_t *after) {
    if (header->format == FPX_PHOTO_JPEG && input->place_count > 0) return;
    size_t pixel_bytes = header->channels * (header->bits_per_sample / 8);
    for (uint32_t row = 0; row < header->height; row++) {
        for (uint32_t column = 0; column < header->width; column++) {
            size_t pixel = ((size_t)row * header->width + column) * pixel_bytes;
            if (memcmp(before + pixel, after + pixel, pixel_bytes) != 0 && !is_in_a_place(input, column, row)) abort();
        }
    }
}

static fpx_photo_status repair(int file, uint8_t first_byte, const repair_input *input, fpx_bytes *output) {
    fpx_photo_error error;
    size_t blocks_changed = 0;
    uint32_t oddities = 0;
    const fpx_photo_page first = {0};
    fpx_photo_status status =
        first_byte == 'I' || first_byte == 'M' || first_byte == 'S' || first_byte == 0x1f
            ? fpx_stored_repair(file, &first, MAXIMUM_PIXELS, MAXIMUM_UNPACKED_BYTES, input->places, input->place_count,
                                output, &error)
        : first_byte == 0xff
            ? fpx_jpeg_repair(file, false, MAXIMUM_PIXELS, input->places, input->place_count, output, &blocks_changed,
                              &oddities, &error)
            : fpx_png_repair(file, false, MAXIMUM_PIXELS, input->places, input->place_count, output, &oddities, &error);
    if (status == FPX_PHOTO_OK && first_byte != 0xff && first_byte != 0x89) {
        status = fpx_stored_repair_finish(file, output, &error);
    }
    if (status != FPX_PHOTO_OK && error.message[0] == 0) abort();
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count) {
    static int original = -1;
    static int repaired = -1;
    if (byte_count < 2 || !fuzzed_format_is_wanted(bytes, byte_count)) return -1;
    repair_input input = split(bytes, byte_count);
    fuzzed_file_fill(&original, bytes, input.file_bytes);
    fpx_photo_header header;
    fpx_photo_error error;
    const fpx_photo_page first = {0};
    bool has_size =
        fpx_photo_probe(original, &first, FPX_PHOTO_ALL_CHANNELS, MAXIMUM_PIXELS, &header, &error) == FPX_PHOTO_OK;
    if (has_size) move_into_picture(&input, &header);

    fpx_bytes output = {0};
    bool is_tiff = bytes[0] == 'I' || bytes[0] == 'M';
    if (repair(original, bytes[0], &input, &output) == FPX_PHOTO_OK) {
        uint8_t *before = fuzzed_photo_decode(original, &first, FPX_PHOTO_ALL_CHANNELS_AND_ALPHA, &header);
        if (before != NULL) {
            fpx_photo_header new_header;
            fuzzed_file_fill(&repaired, output.data, output.count);
            uint8_t *after = fuzzed_photo_decode(repaired, &first, FPX_PHOTO_ALL_CHANNELS_AND_ALPHA, &new_header);
            if (is_tiff && input.place_count > 0) {
                free(after);
                free(before);
                fpx_bytes_free(&output);
                return 0;
            }
            if (after == NULL || new_header.width != header.width || new_header.height != header.height ||
                new_header.channels != header.channels || new_header.bits_per_sample != header.bits_per_sample) {
                abort();
            }
            compare(&input, &header, before, after);
            free(after);
        }
        free(before);
    }
    fpx_bytes_free(&output);
    return 0;
}
