// What the fuzzers of photo files share: an input as an open file, and decoding it to its end.
#ifndef FUZZED_PHOTO_H
#define FUZZED_PHOTO_H

#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fpx_photo.h"

enum { MAXIMUM_PIXELS = 1 << 16 };

// FPX_FUZZ_FORMAT=jpeg, png, tiff or fits in the environment, or FUZZED_FORMAT when this is compiled, keeps inputs to
// one format, so that the fuzzer's effort is not spent on first bytes.
static inline bool fuzzed_format_is_wanted(const uint8_t *bytes, size_t byte_count) {
#ifdef FUZZED_FORMAT
    const char *format = FUZZED_FORMAT;
#else
    const char *format = getenv("FPX_FUZZ_FORMAT");
#endif
    if (format == NULL || byte_count < 2) return true;
    const char *is = bytes[0] == 0xff                                                   ? "jpeg"
                     : bytes[0] == 0x89                                                 ? "png"
                     : memcmp(bytes, "II", 2) == 0 || memcmp(bytes, "MM", 2) == 0       ? "tiff"
                     : memcmp(bytes, "SI", 2) == 0 || memcmp(bytes, "\x1f\x8b", 2) == 0 ? "fits"
                                                                                        : "other";
    return strcmp(format, is) == 0;
}

// Puts the bytes into the file, which is made when it is -1.
static inline void fuzzed_file_fill(int *file, const uint8_t *bytes, size_t byte_count) {
    if (*file < 0) *file = memfd_create("photo", MFD_CLOEXEC);
    if (ftruncate(*file, 0) != 0 || pwrite(*file, bytes, byte_count, 0) != (ssize_t)byte_count) abort();
}

// All samples, for the caller to free; null when the photo is refused, which must come with a reason.
static inline uint8_t *fuzzed_photo_decode(int file, const fpx_photo_page *page, fpx_photo_channels channels,
                                           fpx_photo_header *header) {
    fpx_photo_error error;
    fpx_photo_decoder *decoder;
    fpx_photo_status status = fpx_photo_open(file, page, channels, MAXIMUM_PIXELS, &decoder, header, &error);
    if (status != FPX_PHOTO_OK) {
        if (decoder != NULL || error.message[0] == 0) abort();
        return NULL;
    }
    size_t row_bytes = (size_t)header->width * header->channels * (header->bits_per_sample / 8);
    // Exactly as large as it must be, so that a byte too much is found.
    uint8_t *rows = malloc(row_bytes * header->height);
    for (uint32_t row = 0; row < header->height && status == FPX_PHOTO_OK; row += 7) {
        uint32_t count = header->height - row < 7 ? header->height - row : 7;
        status = fpx_photo_read_rows(decoder, rows + row * row_bytes, (ptrdiff_t)row_bytes, count, &error);
    }
    if (status == FPX_PHOTO_OK) status = fpx_photo_finish(decoder, &error);
    fpx_photo_close(decoder);
    if (status == FPX_PHOTO_OK) return rows;
    if (error.message[0] == 0) abort();
    free(rows);
    return NULL;
}

#endif
