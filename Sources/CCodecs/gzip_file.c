#include "gzip_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    PORTION_BYTES = 1 << 18,
    // Of the header (RFC 1952, 2.3).
    FIXED_BYTES = 10,
    FLAGS = 3,
    EFFORT = 8,
    HAS_SUM = 2,
    HAS_EXTRA = 4,
    HAS_NAME = 8,
    HAS_COMMENT = 16,
    LEAST_EFFORT = 4,
    MOST_EFFORT = 2,
};

bool fpx_gzip_is_packed(int file_descriptor) {
    uint8_t start[2];
    return pread(file_descriptor, start, sizeof start, 0) == sizeof start && start[0] == 0x1f && start[1] == 0x8b;
}

static fpx_photo_status no_memory(fpx_photo_error *error) {
    fpx_photo_explain(error, "no memory is left to pack or unpack the photo");
    return FPX_PHOTO_OUT_OF_MEMORY;
}

/// Unpacks what `source` has to the end of the stream.
static fpx_photo_status unpack(z_stream *stream, fpx_byte_source *source, uint64_t maximum_bytes, fpx_bytes *content,
                               fpx_photo_error *error) {
    uint8_t *portion = malloc(PORTION_BYTES);
    fpx_photo_status status = portion == NULL ? no_memory(error) : FPX_PHOTO_OK;
    int result = Z_OK;
    while (status == FPX_PHOTO_OK && result != Z_STREAM_END) {
        if (stream->avail_in == 0) {
            stream->next_in = source->buffer;
            stream->avail_in = (uInt)fpx_byte_source_next(source, sizeof source->buffer);
        }
        bool is_out = stream->avail_in == 0;
        stream->next_out = portion;
        stream->avail_out = PORTION_BYTES;
        result = inflate(stream, Z_NO_FLUSH);
        size_t made = PORTION_BYTES - stream->avail_out;
        if (result != Z_OK && result != Z_STREAM_END && (result != Z_BUF_ERROR || is_out)) {
            fpx_photo_explain(error, result == Z_BUF_ERROR ? "truncated: the file ends before its gzip stream does"
                                                           : "damaged: its gzip stream is not sound");
            status = result == Z_BUF_ERROR ? FPX_PHOTO_TRUNCATED : FPX_PHOTO_CORRUPT;
        } else if (made > maximum_bytes - content->count) {
            fpx_photo_explain(error, "it unpacks to more than its pictures take, and is not repaired; unpack it first");
            status = FPX_PHOTO_UNSUPPORTED;
        } else if (!fpx_bytes_append(content, portion, made)) {
            status = no_memory(error);
        }
    }
    free(portion);
    return status;
}

fpx_photo_status fpx_gzip_unpack(int file_descriptor, uint64_t maximum_bytes, fpx_bytes *content,
                                 fpx_photo_error *error) {
    fpx_byte_source *source = fpx_byte_source_make(file_descriptor, false);
    z_stream stream = {0};
    // 16: gzip's header and trailer, whose checksum zlib checks.
    if (source == NULL || inflateInit2(&stream, 15 + 16) != Z_OK) {
        free(source);
        return no_memory(error);
    }
    fpx_photo_status status = unpack(&stream, source, maximum_bytes, content, error);
    if (status == FPX_PHOTO_OK && (stream.avail_in > 0 || fpx_byte_source_next(source, 1) > 0)) {
        fpx_photo_explain(error, "something follows its gzip stream, and such files are not repaired; unpack it first");
        status = FPX_PHOTO_UNSUPPORTED;
    }
    status = fpx_photo_with_read_error(status, source, error);
    inflateEnd(&stream);
    free(source);
    return status;
}

/// The length of a header at the beginning of so many bytes; 0 when its end is not among them.
static size_t header_bytes(const uint8_t *bytes, size_t count) {
    if (count < FIXED_BYTES) {
        return 0;
    }
    size_t length = FIXED_BYTES;
    if ((bytes[FLAGS] & HAS_EXTRA) != 0) {
        if (count - length < 2) {
            return 0;
        }
        length += 2 + (size_t)bytes[length] + 256 * (size_t)bytes[length + 1];
    }
    for (unsigned flag = HAS_NAME; flag <= HAS_COMMENT; flag *= 2) {
        if ((bytes[FLAGS] & flag) != 0) {
            const uint8_t *end = length < count ? memchr(bytes + length, 0, count - length) : NULL;
            if (end == NULL) {
                return 0;
            }
            length = (size_t)(end - bytes) + 1;
        }
    }
    length += (bytes[FLAGS] & HAS_SUM) != 0 ? 2 : 0;
    return length <= count ? length : 0;
}

static bool append_number(fpx_bytes *bytes, uint32_t number) {
    const uint8_t little[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                               (uint8_t)(number >> 24)};
    return fpx_bytes_append(bytes, little, sizeof little);
}

static bool append_packed(fpx_bytes *packed, const fpx_bytes *content, int level) {
    z_stream stream = {0};
    // Negative: without a header, which is there already.
    uint8_t *portion = malloc(PORTION_BYTES);
    if (portion == NULL || deflateInit2(&stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(portion);
        return false;
    }
    size_t taken = 0;
    bool is_held = true;
    int result = Z_OK;
    while (is_held && result != Z_STREAM_END) {
        if (stream.avail_in == 0) {
            size_t left = content->count - taken;
            stream.next_in = content->data + taken;
            stream.avail_in = (uInt)(left < 1 << 30 ? left : 1 << 30);
            taken += stream.avail_in;
        }
        stream.next_out = portion;
        stream.avail_out = PORTION_BYTES;
        result = deflate(&stream, taken == content->count ? Z_FINISH : Z_NO_FLUSH);
        is_held = fpx_bytes_append(packed, portion, PORTION_BYTES - stream.avail_out);
    }
    deflateEnd(&stream);
    free(portion);
    return is_held;
}

fpx_photo_status fpx_gzip_pack(int file_descriptor, fpx_bytes *content, fpx_photo_error *error) {
    fpx_bytes packed = {0};
    uint8_t *start = malloc(PORTION_BYTES);
    ssize_t got = start == NULL ? 0 : pread(file_descriptor, start, PORTION_BYTES, 0);
    size_t length = header_bytes(start, got > 0 ? (size_t)got : 0);
    if (length == 0) {
        free(start);
        fpx_photo_explain(error, "its gzip header cannot be kept");
        return FPX_PHOTO_UNSUPPORTED;
    }
    int level = start[EFFORT] == MOST_EFFORT    ? Z_BEST_COMPRESSION
                : start[EFFORT] == LEAST_EFFORT ? Z_BEST_SPEED
                                                : Z_DEFAULT_COMPRESSION;
    uint32_t sum = (uint32_t)crc32_z(0, content->data, content->count);
    bool is_held = fpx_bytes_append(&packed, start, length) && append_packed(&packed, content, level) &&
                   append_number(&packed, sum) && append_number(&packed, (uint32_t)content->count);
    free(start);
    if (!is_held) {
        fpx_bytes_free(&packed);
        return no_memory(error);
    }
    fpx_bytes_free(content);
    *content = packed;
    return FPX_PHOTO_OK;
}
