#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "photo_internal.h"

void fpx_photo_explain(fpx_photo_error *error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
}

size_t fpx_byte_source_next(fpx_byte_source *source, size_t maximum_bytes) {
    size_t wanted = maximum_bytes < sizeof source->buffer ? maximum_bytes : sizeof source->buffer;
    ssize_t got;
    do {
        got = pread(source->file_descriptor, source->buffer, wanted, source->offset);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        source->system_errno = errno;
        return 0;
    }
    source->offset += got;
    return (size_t)got;
}

size_t fpx_byte_source_last(fpx_byte_source *source) {
    struct stat information;
    if (fstat(source->file_descriptor, &information) != 0) {
        source->system_errno = errno;
        return 0;
    }
    off_t end = information.st_size;
    source->offset = end > (off_t)sizeof source->buffer ? end - (off_t)sizeof source->buffer : 0;
    return fpx_byte_source_next(source, sizeof source->buffer);
}

fpx_photo_status fpx_photo_check_size(uint64_t width, uint64_t height, uint64_t maximum_pixels,
                                      fpx_photo_error *error) {
    uint64_t limit = maximum_pixels == 0 || maximum_pixels > FPX_PHOTO_PIXELS ? FPX_PHOTO_PIXELS : maximum_pixels;
    if (width == 0 || height <= limit / width) {
        return FPX_PHOTO_OK;
    }
    fpx_photo_explain(error, "%llu x %llu pixels are more than the limit of %llu pixels", (unsigned long long)width,
                      (unsigned long long)height, (unsigned long long)limit);
    return FPX_PHOTO_TOO_LARGE;
}

/// The function that opens what the first bytes look like; null for neither JPEG nor PNG.
static fpx_photo_opener *opener_for(const uint8_t *bytes, size_t byte_count) {
    static const uint8_t png_signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    if (byte_count >= 2 && bytes[0] == 0xff && bytes[1] == 0xd8) {
        return fpx_jpeg_open;
    }
    // A file cut inside its signature still is what it began to be; its decoder says that it is truncated.
    size_t compared = byte_count < sizeof png_signature ? byte_count : sizeof png_signature;
    if (compared >= 4 && memcmp(bytes, png_signature, compared) == 0) {
        return fpx_png_open;
    }
    return NULL;
}

static fpx_photo_status open_source(fpx_byte_source *source, const fpx_photo_request *request,
                                    fpx_photo_decoder **decoder, fpx_photo_header *header, fpx_photo_error *error) {
    size_t byte_count = fpx_byte_source_next(source, 8);
    if (source->system_errno != 0) {
        return FPX_PHOTO_UNREADABLE;
    }
    if (byte_count == 0) {
        fpx_photo_explain(error, "the file is empty");
        return FPX_PHOTO_EMPTY;
    }
    fpx_photo_opener *open = opener_for(source->buffer, byte_count);
    if (open == NULL) {
        fpx_photo_explain(error, "neither a JPEG nor a PNG file by its first bytes");
        return FPX_PHOTO_NOT_AN_IMAGE;
    }
    source->offset = 0;
    return open(source, request, decoder, header, error);
}

fpx_photo_status fpx_photo_with_read_error(fpx_photo_status status, const fpx_byte_source *source,
                                           fpx_photo_error *error) {
    if (status == FPX_PHOTO_OK || source->system_errno == 0) {
        return status;
    }
    error->system_errno = source->system_errno;
    fpx_photo_explain(error, "the file cannot be read");
    return FPX_PHOTO_UNREADABLE;
}

static fpx_photo_status open_file(int file_descriptor, fpx_photo_request request, fpx_photo_decoder **decoder,
                                  fpx_photo_header *header, fpx_photo_error *error) {
    memset(header, 0, sizeof *header);
    memset(error, 0, sizeof *error);
    *decoder = NULL;
    // Not cleared: the buffer is filled before it is read.
    fpx_byte_source *source = malloc(sizeof *source);
    if (source == NULL) {
        fpx_photo_explain(error, "no memory is left to read the file");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    source->file_descriptor = file_descriptor;
    source->offset = 0;
    source->system_errno = 0;
    fpx_photo_status status = open_source(source, &request, decoder, header, error);
    status = fpx_photo_with_read_error(status, source, error);
    if (status != FPX_PHOTO_OK) {
        free(source);
    }
    return status;
}

fpx_photo_status fpx_photo_probe(int file_descriptor, fpx_photo_channels channels, uint64_t maximum_pixels,
                                 fpx_photo_header *header, fpx_photo_error *error) {
    fpx_photo_request request = {.only_headers = true, .channels = channels, .maximum_pixels = maximum_pixels};
    fpx_photo_decoder *decoder;
    fpx_photo_status status = open_file(file_descriptor, request, &decoder, header, error);
    fpx_photo_close(decoder);
    return status;
}

fpx_photo_status fpx_photo_read_metadata(int file_descriptor, uint64_t maximum_pixels, fpx_photo_metadata *metadata,
                                         fpx_photo_error *error) {
    memset(metadata, 0, sizeof *metadata);
    fpx_photo_request request = {.only_headers = true, .maximum_pixels = maximum_pixels, .metadata = metadata};
    fpx_photo_header header;
    fpx_photo_decoder *decoder;
    fpx_photo_status status = open_file(file_descriptor, request, &decoder, &header, error);
    fpx_photo_close(decoder);
    if (status != FPX_PHOTO_OK) {
        fpx_photo_free_metadata(metadata);
    }
    return status;
}

fpx_photo_status fpx_photo_open(int file_descriptor, fpx_photo_channels channels, uint64_t maximum_pixels,
                                fpx_photo_decoder **decoder, fpx_photo_header *header, fpx_photo_error *error) {
    fpx_photo_request request = {.only_headers = false, .channels = channels, .maximum_pixels = maximum_pixels};
    return open_file(file_descriptor, request, decoder, header, error);
}

static fpx_photo_status failed_before(const fpx_photo_decoder *decoder, fpx_photo_error *error) {
    *error = decoder->failure_error;
    return decoder->failure;
}

static fpx_photo_status keep_failure(fpx_photo_decoder *decoder, fpx_photo_status status, fpx_photo_error *error) {
    decoder->failure = fpx_photo_with_read_error(status, decoder->source, error);
    decoder->failure_error = *error;
    return decoder->failure;
}

fpx_photo_status fpx_photo_read_rows(fpx_photo_decoder *decoder, uint8_t *rows, ptrdiff_t stride_bytes,
                                     size_t row_count, fpx_photo_error *error) {
    if (decoder->failure != FPX_PHOTO_OK) {
        return failed_before(decoder, error);
    }
    memset(error, 0, sizeof *error);
    return keep_failure(decoder, decoder->read_rows(decoder, rows, stride_bytes, row_count, error), error);
}

fpx_photo_status fpx_photo_finish(fpx_photo_decoder *decoder, fpx_photo_error *error) {
    if (decoder->failure != FPX_PHOTO_OK) {
        return failed_before(decoder, error);
    }
    memset(error, 0, sizeof *error);
    return keep_failure(decoder, decoder->finish(decoder, error), error);
}

void fpx_photo_close(fpx_photo_decoder *decoder) {
    if (decoder != NULL) {
        fpx_byte_source *source = decoder->source;
        decoder->close(decoder);
        free(source);
    }
}
