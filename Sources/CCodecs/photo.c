#include <errno.h>
#include <math.h>
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

fpx_byte_source *fpx_byte_source_make(int file_descriptor, bool is_strict) {
    fpx_byte_source *source = malloc(sizeof *source);
    if (source != NULL) {
        source->file_descriptor = file_descriptor;
        source->offset = 0;
        source->system_errno = 0;
        source->is_strict = is_strict;
        source->oddities = 0;
        source->pictures = 0;
        source->unpacked_bytes = 0;
    }
    return source;
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

uint64_t fpx_byte_source_file_bytes(const fpx_byte_source *source) {
    struct stat information;
    return fstat(source->file_descriptor, &information) == 0 && information.st_size > 0 ? (uint64_t)information.st_size
                                                                                        : 0;
}

bool fpx_byte_source_read_at(fpx_byte_source *source, void *bytes, size_t byte_count, uint64_t offset) {
    uint8_t *destination = bytes;
    while (byte_count > 0) {
        if (offset > INT64_MAX) {
            return false;
        }
        ssize_t got = pread(source->file_descriptor, destination, byte_count, (off_t)offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            source->system_errno = errno;
        }
        if (got <= 0) {
            return false;
        }
        destination += got;
        offset += (uint64_t)got;
        byte_count -= (size_t)got;
    }
    return true;
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

bool fpx_photo_tell(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_status status,
                    const fpx_photo_header *header, const fpx_photo_error *error) {
    // As many as exact sums of 16 bits hold.
    enum { FREE_PICTURES = 1 << 16, BYTES_A_PICTURE = 1024 };
    uint64_t paid = fpx_byte_source_file_bytes(source) / BYTES_A_PICTURE;
    uint64_t most = paid > FREE_PICTURES ? paid : FREE_PICTURES;
    if (source->pictures >= most) {
        fpx_photo_error reason = {0};
        fpx_photo_explain(&reason, "more pictures than the %llu that are read of a file of its size; split it",
                          (unsigned long long)most);
        request->visit(request->visit_context, FPX_PHOTO_UNSUPPORTED, header, &reason);
        return false;
    }
    source->pictures++;
    request->visit(request->visit_context, status, header, error);
    return true;
}

void fpx_photo_clear_header(fpx_photo_header *header) {
    memset(header, 0, sizeof *header);
    header->black_level = NAN;
    header->white_level = NAN;
    header->exposure_seconds = NAN;
    header->gain = NAN;
    header->temperature = NAN;
}

/// libjpeg's fixed-point weights of red, green and blue (jccolor.c), so that all formats agree: they sum to 65536.
uint32_t fpx_luma_of(uint32_t red, uint32_t green, uint32_t blue) {
    return (uint32_t)(((uint64_t)19595 * red + (uint64_t)38470 * green + (uint64_t)7471 * blue + 32768) >> 16);
}

/// The function that opens what the first bytes look like; null when they are of no known format.
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
    // Classic and large TIFF, in either byte order.
    if (byte_count >= 4 && (memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0 ||
                            memcmp(bytes, "II+\0", 4) == 0 || memcmp(bytes, "MM\0+", 4) == 0)) {
        return fpx_tiff_open;
    }
    // A FITS file packed by gzip shows what it is when it is unpacked.
    bool is_gzip = byte_count >= 3 && memcmp(bytes, "\x1f\x8b\x08", 3) == 0;
    if ((byte_count >= 6 && memcmp(bytes, "SIMPLE", 6) == 0) || is_gzip) {
        return fpx_fits_open;
    }
    return NULL;
}

static fpx_photo_status open_source(fpx_byte_source *source, const fpx_photo_request *request,
                                    fpx_photo_decoder **decoder, fpx_photo_header *header, fpx_photo_error *error) {
    size_t byte_count = fpx_byte_source_next(source, 16);
    if (source->system_errno != 0) {
        return FPX_PHOTO_UNREADABLE;
    }
    if (byte_count == 0) {
        fpx_photo_explain(error, "the file is empty");
        return FPX_PHOTO_EMPTY;
    }
    fpx_raw_likeness likeness = fpx_raw_likeness_of(source, source->buffer, byte_count);
    fpx_photo_opener *open = opener_for(source->buffer, byte_count);
    if (likeness != FPX_RAW_NOT) {
        fpx_photo_status status = fpx_raw_open(source, request, decoder, header, error);
#ifdef FPX_RAW
        bool is_other = likeness == FPX_RAW_LIKELY && status == FPX_PHOTO_UNSUPPORTED && open != NULL;
#else
        // A TIFF decoder would take the small picture of a raw file for the photo.
        bool is_other = false;
#endif
        if (!is_other) {
            return status;
        }
        fpx_photo_clear_header(header);
        memset(error, 0, sizeof *error);
    }
    if (open == NULL) {
        fpx_photo_explain(error, "no photo by its first bytes: neither JPEG, PNG, TIFF, FITS nor a raw file");
        return FPX_PHOTO_NOT_AN_IMAGE;
    }
    source->offset = 0;
    return open(source, request, decoder, header, error);
}

fpx_photo_status fpx_photo_with_read_error(fpx_photo_status status, const fpx_byte_source *source,
                                           fpx_photo_error *error) {
    // Also where all seems well: what could not be read may have been the camera's name.
    if (source->system_errno == 0) {
        return status;
    }
    error->system_errno = source->system_errno;
    fpx_photo_explain(error, "the file cannot be read");
    return FPX_PHOTO_UNREADABLE;
}

static fpx_photo_status open_file(int file_descriptor, fpx_photo_request request, fpx_photo_decoder **decoder,
                                  fpx_photo_header *header, fpx_photo_error *error) {
    fpx_photo_clear_header(header);
    memset(error, 0, sizeof *error);
    *decoder = NULL;
    fpx_byte_source *source = fpx_byte_source_make(file_descriptor, request.page.is_strict);
    if (source == NULL) {
        fpx_photo_explain(error, "no memory is left to read the file");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    fpx_photo_status status = open_source(source, &request, decoder, header, error);
    status = fpx_photo_with_read_error(status, source, error);
    if (status != FPX_PHOTO_OK && *decoder != NULL) {
        (*decoder)->close(*decoder);
        *decoder = NULL;
    }
    if (*decoder == NULL) {
        free(source);
    }
    return status;
}

bool fpx_photo_is_built_in(fpx_photo_format format) {
    switch (format) {
    case FPX_PHOTO_JPEG:
    case FPX_PHOTO_PNG: return true;
#ifdef FPX_TIFF
    case FPX_PHOTO_TIFF: return true;
#endif
#ifdef FPX_FITS
    case FPX_PHOTO_FITS: return true;
#endif
#ifdef FPX_RAW
    case FPX_PHOTO_RAW: return true;
#endif
    default: return false;
    }
}

fpx_photo_status fpx_photo_probe(int file_descriptor, const fpx_photo_page *page, fpx_photo_channels channels,
                                 uint64_t maximum_pixels, fpx_photo_header *header, fpx_photo_error *error) {
    fpx_photo_request request = {
        .page = *page, .only_headers = true, .channels = channels, .maximum_pixels = maximum_pixels};
    fpx_photo_decoder *decoder;
    fpx_photo_status status = open_file(file_descriptor, request, &decoder, header, error);
    fpx_photo_close(decoder);
    return status;
}

fpx_photo_status fpx_photo_visit(int file_descriptor, bool has_masked_border, bool is_strict,
                                 fpx_photo_channels channels, uint64_t maximum_pixels, fpx_photo_visitor *visit,
                                 void *context, fpx_photo_error *error) {
    fpx_photo_request request = {.page = {.has_masked_border = has_masked_border, .is_strict = is_strict},
                                 .only_headers = true,
                                 .channels = channels,
                                 .maximum_pixels = maximum_pixels,
                                 .visit = visit,
                                 .visit_context = context};
    fpx_photo_decoder *decoder;
    fpx_photo_header header;
    fpx_photo_status status = open_file(file_descriptor, request, &decoder, &header, error);
    if (decoder != NULL) {
        // A format of one picture, as raw files are here.
        visit(context, FPX_PHOTO_OK, &header, error);
        fpx_photo_close(decoder);
    }
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

fpx_photo_status fpx_photo_open(int file_descriptor, const fpx_photo_page *page, fpx_photo_channels channels,
                                uint64_t maximum_pixels, fpx_photo_decoder **decoder, fpx_photo_header *header,
                                fpx_photo_error *error) {
    fpx_photo_request request = {
        .page = *page, .only_headers = false, .channels = channels, .maximum_pixels = maximum_pixels};
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

uint32_t fpx_photo_oddities(const fpx_photo_decoder *decoder) { return decoder->source->oddities; }

uint64_t fpx_photo_unpacked_bytes(const fpx_photo_decoder *decoder) { return decoder->source->unpacked_bytes; }

void fpx_photo_close(fpx_photo_decoder *decoder) {
    if (decoder != NULL) {
        fpx_byte_source *source = decoder->source;
        decoder->close(decoder);
        free(source);
    }
}
