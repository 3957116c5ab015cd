#ifdef FPX_FITS

#include "fits_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fits_places.h"

/// Cards in the longest header that is read: no camera writes a tenth of it.
enum { MOST_CARDS = 36 * 2000 };

// MARK: - Bytes

struct fpx_fits_input {
    fpx_byte_source *source;
    /// The decoder's own source, which hears of errors and of work: the same, or another one beside it.
    fpx_byte_source *decoders;
    bool is_packed;
    bool is_damaged;
    bool is_at_end;
    z_stream stream;
    /// Of the unpacked file: what has been unpacked so far.
    uint64_t unpacked;
    /// Of a packed file, whether the system tells it from others: then places are kept, and taken.
    bool is_known;
    fpx_packed_file file;
};

static bool start_unpacking(fpx_fits_input *input) {
    input->source->offset = 0;
    input->unpacked = 0;
    input->is_at_end = false;
    input->stream.avail_in = 0;
    // 16: gzip's header and trailer, whose checksum zlib checks.
    return inflateInit2(&input->stream, 15 + 16) == Z_OK;
}

fpx_fits_input *fpx_fits_input_open(fpx_byte_source *source) {
    fpx_fits_input *input = calloc(1, sizeof *input);
    if (input == NULL) {
        return NULL;
    }
    input->source = source;
    input->decoders = source;
    uint8_t start[2];
    if (fpx_byte_source_read_at(source, start, sizeof start, 0) && start[0] == 0x1f && start[1] == 0x8b) {
        if (!start_unpacking(input)) {
            free(input);
            return NULL;
        }
        input->is_packed = true;
        input->is_known = fpx_packed_file_of(source->file_descriptor, &input->file);
    }
    return input;
}

fpx_fits_input *fpx_fits_input_open_beside(const fpx_fits_input *other) {
    fpx_byte_source *source = fpx_byte_source_make(other->source->file_descriptor, other->source->is_strict);
    fpx_fits_input *input = source == NULL ? NULL : fpx_fits_input_open(source);
    if (input == NULL) {
        free(source);
        return NULL;
    }
    input->decoders = other->decoders;
    return input;
}

void fpx_fits_input_close(fpx_fits_input *input) {
    if (input != NULL) {
        if (input->is_packed) {
            inflateEnd(&input->stream);
        }
        if (input->source != input->decoders) {
            free(input->source);
        }
        free(input);
    }
}

bool fpx_fits_input_is_damaged(const fpx_fits_input *input) { return input->is_damaged; }
bool fpx_fits_input_is_packed(const fpx_fits_input *input) { return input->is_packed; }

/// Unpacks the next bytes.
static bool unpack(fpx_fits_input *input, uint8_t *bytes, size_t byte_count) {
    while (byte_count > 0) {
        if (input->is_at_end || input->is_damaged) {
            return false;
        }
        if (input->stream.avail_in == 0) {
            size_t got = fpx_byte_source_next(input->source, sizeof input->source->buffer);
            if (got == 0) {
                input->decoders->system_errno = input->source->system_errno;
                return false;
            }
            input->stream.next_in = input->source->buffer;
            input->stream.avail_in = (uInt)got;
        }
        size_t portion = byte_count < ((size_t)1 << 30) ? byte_count : (size_t)1 << 30;
        input->stream.next_out = bytes;
        input->stream.avail_out = (uInt)portion;
        int result = inflate(&input->stream, Z_NO_FLUSH);
        size_t made = portion - input->stream.avail_out;
        bytes += made;
        byte_count -= made;
        input->unpacked += made;
        input->decoders->unpacked_bytes += made;
        if (result == Z_STREAM_END) {
            input->is_at_end = true;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            input->is_damaged = true;
        }
    }
    return true;
}

void fpx_fits_input_keep_place(fpx_fits_input *input) {
    if (input->is_packed && input->is_known && !input->is_at_end && !input->is_damaged) {
        fpx_packed_place_keep(&input->file, &input->stream, input->unpacked,
                              input->source->offset - (int64_t)input->stream.avail_in);
    }
}

/// Goes to the last known place of a packed file before `offset`, or to its beginning, where going on would not be
/// nearer.
static bool go_near(fpx_fits_input *input, uint64_t offset) {
    bool is_back = offset < input->unpacked;
    if (!is_back && offset - input->unpacked < FPX_PACKED_STEP) {
        return true;
    }
    if (input->is_known && fpx_packed_place_take(&input->file, is_back ? 0 : input->unpacked, offset, &input->stream,
                                                 &input->unpacked, &input->source->offset)) {
        input->is_at_end = false;
        return true;
    }
    if (is_back) {
        inflateEnd(&input->stream);
        return start_unpacking(input);
    }
    return true;
}

bool fpx_fits_input_read(fpx_fits_input *input, void *bytes, size_t byte_count, uint64_t offset) {
    if (!input->is_packed) {
        return fpx_byte_source_read_at(input->source, bytes, byte_count, offset);
    }
    if (!go_near(input, offset)) {
        input->is_damaged = true;
        return false;
    }
    uint8_t skipped[4096];
    while (input->unpacked < offset) {
        uint64_t left = offset - input->unpacked;
        if (!unpack(input, skipped, left < sizeof skipped ? (size_t)left : sizeof skipped)) {
            return false;
        }
        if (input->unpacked == offset) {
            fpx_fits_input_keep_place(input);
        }
    }
    return unpack(input, bytes, byte_count);
}

fpx_photo_status fpx_fits_input_finish(fpx_fits_input *input, fpx_photo_error *error) {
    fpx_photo_status status = FPX_PHOTO_OK;
    // Once for all pictures of the file.
    bool is_told = input->is_packed && input->is_known && fpx_packed_end_find(&input->file, &status);
    uint8_t skipped[4096];
    while (input->is_packed && !is_told && !input->is_at_end && status == FPX_PHOTO_OK) {
        if (!unpack(input, skipped, sizeof skipped) && !input->is_at_end) {
            status = input->is_damaged ? FPX_PHOTO_CORRUPT : FPX_PHOTO_TRUNCATED;
        }
    }
    if (input->is_packed && !is_told && input->is_known && input->source->system_errno == 0) {
        fpx_packed_end_keep(&input->file, status);
    }
    if (status == FPX_PHOTO_CORRUPT) {
        fpx_photo_explain(error, "damaged FITS: its gzip stream is not sound");
    } else if (status == FPX_PHOTO_TRUNCATED) {
        fpx_photo_explain(error, "truncated FITS: the file ends before its gzip stream does");
    }
    return status;
}

// MARK: - Headers

static fpx_photo_status unreadable(const fpx_fits_input *input, fpx_photo_error *error) {
    if (input->is_damaged) {
        fpx_photo_explain(error, "damaged FITS: its gzip stream is not sound");
        return FPX_PHOTO_CORRUPT;
    }
    fpx_photo_explain(error, "truncated FITS: the file ends before its header does");
    return FPX_PHOTO_TRUNCATED;
}

/// The size of the data that a header announces, in bytes, without padding; false when it is none.
static bool data_bytes(const fpx_fits_header *header, uint64_t *byte_count) {
    int64_t bits = 0;
    int64_t axes = 0;
    int64_t groups = 1;
    int64_t parameters = 0;
    if (!fpx_fits_integer(header, "BITPIX", &bits) || !fpx_fits_integer(header, "NAXIS", &axes) || axes < 0 ||
        axes > 999) {
        return false;
    }
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64 && bits != -32 && bits != -64) {
        return false;
    }
    fpx_fits_integer(header, "GCOUNT", &groups);
    fpx_fits_integer(header, "PCOUNT", &parameters);
    uint64_t count = axes == 0 ? 0 : 1;
    for (int64_t axis = 1; axis <= axes; axis++) {
        char keyword[16];
        int64_t length = 0;
        snprintf(keyword, sizeof keyword, "NAXIS%d", (int)axis);
        if (!fpx_fits_integer(header, keyword, &length) || length < 0 ||
            __builtin_mul_overflow(count, (uint64_t)length, &count)) {
            return false;
        }
    }
    uint64_t sample_bytes = (uint64_t)(bits < 0 ? -bits : bits) / 8;
    uint64_t all = 0;
    if (groups < 0 || parameters < 0 || __builtin_add_overflow(count, (uint64_t)parameters, &all) ||
        __builtin_mul_overflow(all, sample_bytes, &all) || __builtin_mul_overflow(all, (uint64_t)groups, &all) ||
        all > (uint64_t)1 << 56) {
        return false;
    }
    *byte_count = all;
    return true;
}

fpx_photo_status fpx_fits_read_header(fpx_fits_input *input, uint64_t position, fpx_fits_header *header,
                                      fpx_photo_error *error) {
    memset(header, 0, sizeof *header);
    header->position = position;
    enum { CARDS = FPX_FITS_BLOCK / FPX_FITS_CARD };
    for (uint64_t place = position;; place += FPX_FITS_BLOCK) {
        if (header->card_count >= MOST_CARDS) {
            fpx_photo_explain(error, "damaged FITS: a header without end");
            fpx_fits_free_header(header);
            return FPX_PHOTO_CORRUPT;
        }
        char *longer = realloc(header->cards, (header->card_count + CARDS) * FPX_FITS_CARD);
        if (longer == NULL) {
            fpx_fits_free_header(header);
            fpx_photo_explain(error, "no memory is left for the header of a FITS file");
            return FPX_PHOTO_OUT_OF_MEMORY;
        }
        header->cards = longer;
        char *block = header->cards + header->card_count * FPX_FITS_CARD;
        if (!fpx_fits_input_read(input, block, FPX_FITS_BLOCK, place)) {
            fpx_fits_free_header(header);
            return unreadable(input, error);
        }
        for (size_t card = 0; card < CARDS; card++) {
            if (memcmp(block + card * FPX_FITS_CARD, "END     ", 8) == 0) {
                header->data = place + FPX_FITS_BLOCK;
                uint64_t bytes;
                if (!data_bytes(header, &bytes)) {
                    fpx_photo_explain(error, "damaged FITS: a header that does not say how large its data are");
                    fpx_fits_free_header(header);
                    return FPX_PHOTO_CORRUPT;
                }
                header->next = header->data + (bytes + FPX_FITS_BLOCK - 1) / FPX_FITS_BLOCK * FPX_FITS_BLOCK;
                return FPX_PHOTO_OK;
            }
            header->card_count++;
        }
    }
}

void fpx_fits_free_header(fpx_fits_header *header) {
    free(header->cards);
    header->cards = NULL;
    header->card_count = 0;
}

/// The 70 bytes behind "= "; null when there is no such keyword.
static const char *value_of(const fpx_fits_header *header, const char *keyword) {
    char name[9] = "        ";
    memcpy(name, keyword, strlen(keyword) < 8 ? strlen(keyword) : 8);
    for (size_t card = 0; card < header->card_count; card++) {
        const char *text = header->cards + card * FPX_FITS_CARD;
        if (memcmp(text, name, 8) == 0 && text[8] == '=' && text[9] == ' ') {
            return text + 10;
        }
    }
    return NULL;
}

/// A copy of an unquoted value, ended by a zero, without blanks around it and without a comment.
static bool plain_value(const fpx_fits_header *header, const char *keyword, char value[static 72]) {
    const char *text = value_of(header, keyword);
    if (text == NULL) {
        return false;
    }
    size_t start = 0;
    while (start < 70 && text[start] == ' ') {
        start++;
    }
    size_t length = 0;
    while (start + length < 70 && text[start + length] != '/' && text[start + length] != ' ') {
        length++;
    }
    memcpy(value, text + start, length);
    value[length] = 0;
    return length > 0;
}

bool fpx_fits_integer(const fpx_fits_header *header, const char *keyword, int64_t *value) {
    char text[72];
    if (!plain_value(header, keyword, text)) {
        return false;
    }
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != 0) {
        return false;
    }
    *value = number;
    return true;
}

double fpx_fits_number(const fpx_fits_header *header, const char *keyword, double otherwise) {
    char text[72];
    if (!plain_value(header, keyword, text)) {
        return otherwise;
    }
    // Fortran's exponent of double precision.
    for (char *letter = text; *letter != 0; letter++) {
        *letter = *letter == 'D' || *letter == 'd' ? 'E' : *letter;
    }
    char *end;
    double number = strtod(text, &end);
    return end != text && *end == 0 && isfinite(number) ? number : otherwise;
}

bool fpx_fits_has(const fpx_fits_header *header, const char *keyword) { return value_of(header, keyword) != NULL; }

bool fpx_fits_is_true(const fpx_fits_header *header, const char *keyword) {
    char text[72];
    return plain_value(header, keyword, text) && strcmp(text, "T") == 0;
}

bool fpx_fits_text(const fpx_fits_header *header, const char *keyword, char *text, size_t capacity) {
    const char *value = value_of(header, keyword);
    if (value == NULL) {
        return false;
    }
    size_t place = 0;
    while (place < 70 && value[place] == ' ') {
        place++;
    }
    if (place == 70 || value[place] != '\'') {
        return false;
    }
    uint8_t content[72];
    size_t length = 0;
    for (place++; place < 70; place++) {
        if (value[place] == '\'') {
            // A quote in the text is written twice.
            if (place + 1 == 70 || value[place + 1] != '\'') {
                break;
            }
            place++;
        }
        content[length++] = (uint8_t)value[place];
    }
    fpx_header_text(content, length, text, capacity);
    return text[0] != 0;
}

#endif
