// libFuzzer target: any bytes as a photo file, through the whole C shim: headers and EXIF, then all rows.
//
// FPX_FUZZ_FORMAT=jpeg or png in the environment keeps inputs to one format, so that the fuzzer's effort is not
// spent on first bytes.

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fpx_photo.h"

enum { MAXIMUM_PIXELS = 1 << 16 };

static void decode(int file, fpx_photo_channels channels) {
    fpx_photo_header header;
    fpx_photo_error error;
    fpx_photo_probe(file, channels, MAXIMUM_PIXELS, &header, &error);
    fpx_photo_decoder *decoder;
    fpx_photo_status status = fpx_photo_open(file, channels, MAXIMUM_PIXELS, &decoder, &header, &error);
    if (status != FPX_PHOTO_OK) {
        // Every refusal has its reason.
        if (decoder != NULL || error.message[0] == 0) abort();
        return;
    }
    size_t row_bytes = (size_t)header.width * header.channels * (header.bits_per_sample / 8);
    // Exactly as large as it must be, so that a byte too much is found.
    uint8_t *rows = malloc(row_bytes * header.height);
    for (uint32_t row = 0; row < header.height && status == FPX_PHOTO_OK; row += 7) {
        uint32_t count = header.height - row < 7 ? header.height - row : 7;
        status = fpx_photo_read_rows(decoder, rows + row * row_bytes, (ptrdiff_t)row_bytes, count, &error);
    }
    if (status == FPX_PHOTO_OK) status = fpx_photo_finish(decoder, &error);
    if (status != FPX_PHOTO_OK && error.message[0] == 0) abort();
    fpx_photo_close(decoder);
    free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count) {
    static int file = -1;
    if (file < 0) file = memfd_create("photo", MFD_CLOEXEC);
    const char *format = getenv("FPX_FUZZ_FORMAT");
    if (format != NULL && byte_count > 1) {
        const int is_jpeg = bytes[0] == 0xff;
        if (is_jpeg != (strcmp(format, "jpeg") == 0)) return -1;
    }
    if (ftruncate(file, 0) != 0 || pwrite(file, bytes, byte_count, 0) != (ssize_t)byte_count) abort();
    decode(file, FPX_PHOTO_ALL_CHANNELS);
    decode(file, FPX_PHOTO_LUMA);
    return 0;
}
