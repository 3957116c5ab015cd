// libFuzzer target: any bytes as a photo file, through the whole C shim: headers, EXIF and other metadata, all rows.

#include "fuzzed_photo.h"

#include "fpx_photo_metadata.h"

// The first pictures of a file.
typedef struct pictures {
    fpx_photo_page pages[4];
    size_t count;
} pictures;

static void visit(void *context, fpx_photo_status status, const fpx_photo_header *header,
                  const fpx_photo_error *error) {
    pictures *found = context;
    if (status != FPX_PHOTO_OK) {
        if (error->message[0] == 0) abort();
        return;
    }
    if (header->width == 0 || header->height == 0 || (uint64_t)header->width * header->height > MAXIMUM_PIXELS) abort();
    if (found->count < sizeof found->pages / sizeof found->pages[0]) found->pages[found->count++] = header->page;
}

static void probe(int file, const fpx_photo_page *page, fpx_photo_channels channels) {
    fpx_photo_header header;
    fpx_photo_error error;
    if (fpx_photo_probe(file, page, channels, MAXIMUM_PIXELS, &header, &error) != FPX_PHOTO_OK &&
        error.message[0] == 0) {
        abort();
    }
}

static void read_metadata(int file) {
    fpx_photo_metadata metadata;
    fpx_photo_error error;
    if (fpx_photo_read_metadata(file, MAXIMUM_PIXELS, &metadata, &error) != FPX_PHOTO_OK && error.message[0] == 0) {
        abort();
    }
    fpx_photo_free_metadata(&metadata);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count) {
    static int file = -1;
    if (!fuzzed_format_is_wanted(bytes, byte_count)) return -1;
    fuzzed_file_fill(&file, bytes, byte_count);
    read_metadata(file);
    for (int channels = FPX_PHOTO_ALL_CHANNELS; channels <= FPX_PHOTO_ALL_CHANNELS_AND_ALPHA; channels++) {
        pictures found = {.count = 0};
        fpx_photo_error error;
        if (fpx_photo_visit(file, false, false, (fpx_photo_channels)channels, MAXIMUM_PIXELS, visit, &found, &error) !=
                FPX_PHOTO_OK &&
            error.message[0] == 0) {
            abort();
        }
        for (size_t index = 0; index < found.count; index++) {
            fpx_photo_header header;
            probe(file, &found.pages[index], (fpx_photo_channels)channels);
            free(fuzzed_photo_decode(file, &found.pages[index], (fpx_photo_channels)channels, &header));
        }
    }
    return 0;
}
