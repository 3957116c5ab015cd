// libFuzzer target: any bytes as a photo file, through the whole C shim: headers, EXIF and other metadata, all rows.

#include "fuzzed_photo.h"

#include "fpx_photo_metadata.h"

static void probe(int file, fpx_photo_channels channels) {
    fpx_photo_header header;
    fpx_photo_error error;
    if (fpx_photo_probe(file, channels, MAXIMUM_PIXELS, &header, &error) != FPX_PHOTO_OK && error.message[0] == 0) {
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
        fpx_photo_header header;
        probe(file, (fpx_photo_channels)channels);
        free(fuzzed_photo_decode(file, (fpx_photo_channels)channels, &header));
    }
    return 0;
}
