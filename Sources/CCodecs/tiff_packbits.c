#include "tiff_packbits.h"

#include <string.h>

enum {
    /// A code's byte that stands for nothing.
    NO_RUN = 128,
    LONGEST_RUN = 128,
    /// Runs are copied in pieces, the last of which may go beyond their end: most are shorter than a call of memcpy
    /// takes.
    PIECE = 16,
};

void fpx_packbits_begin(fpx_packbits *self, uint64_t offset, uint64_t byte_count) {
    self->place = self->filled = 0;
    self->next = offset;
    self->end = offset + byte_count;
    self->copied = self->repeated = 0;
}

/// Makes sure that there is a byte in the buffer.
static fpx_packbits_result fill(fpx_packbits *self, fpx_byte_source *source) {
    if (self->place < self->filled) {
        return FPX_PACKBITS_OK;
    }
    uint64_t left = self->end - self->next;
    size_t count = left < FPX_PACKBITS_BUFFER ? (size_t)left : FPX_PACKBITS_BUFFER;
    if (count == 0) {
        return FPX_PACKBITS_SHORT;
    }
    if (!fpx_byte_source_read_at(source, self->buffer, count, self->next)) {
        return FPX_PACKBITS_UNREADABLE;
    }
    self->next += count;
    self->place = 0;
    self->filled = count;
    return FPX_PACKBITS_OK;
}

/// Begins with the next run, whose length is 0 for a byte that stands for nothing.
static fpx_packbits_result next_run(fpx_packbits *self, fpx_byte_source *source) {
    fpx_packbits_result result = fill(self, source);
    if (result != FPX_PACKBITS_OK) {
        return result;
    }
    uint8_t code = self->buffer[self->place++];
    if (code < NO_RUN) {
        self->copied = (unsigned)code + 1;
    } else if (code > NO_RUN) {
        result = fill(self, source);
        if (result == FPX_PACKBITS_OK) {
            self->byte = self->buffer[self->place++];
            self->repeated = 257u - code;
        }
    }
    return result;
}

static size_t least(size_t left, size_t right) { return left < right ? left : right; }

/// Unpacks whole runs while there is room behind them in the buffer and in `bytes`; returns how many bytes that makes.
static size_t unpack_runs(fpx_packbits *self, uint8_t *bytes, size_t count) {
    const uint8_t *next = self->buffer + self->place;
    const uint8_t *last = self->buffer + self->filled;
    size_t made = 0;
    while (count - made >= LONGEST_RUN + PIECE && last - next >= 1 + LONGEST_RUN + PIECE) {
        uint8_t code = *next++;
        size_t length = code < NO_RUN ? (size_t)code + 1 : code > NO_RUN ? 257u - code : 0;
        if (code < NO_RUN) {
            for (size_t place = 0; place < length; place += PIECE) {
                memcpy(bytes + made + place, next + place, PIECE);
            }
            next += length;
        } else if (code > NO_RUN) {
            for (size_t place = 0; place < length; place += PIECE) {
                memset(bytes + made + place, *next, PIECE);
            }
            next++;
        }
        made += length;
    }
    self->place = (size_t)(next - self->buffer);
    return made;
}

fpx_packbits_result fpx_packbits_read(fpx_packbits *self, fpx_byte_source *source, uint8_t *bytes, size_t count) {
    while (count > 0) {
        size_t taken = 0;
        if (self->copied > 0) {
            fpx_packbits_result result = fill(self, source);
            if (result != FPX_PACKBITS_OK) {
                return result;
            }
            taken = least(least(self->copied, count), self->filled - self->place);
            memcpy(bytes, self->buffer + self->place, taken);
            self->place += taken;
            self->copied -= (unsigned)taken;
        } else if (self->repeated > 0) {
            taken = least(self->repeated, count);
            memset(bytes, self->byte, taken);
            self->repeated -= (unsigned)taken;
        } else if ((taken = unpack_runs(self, bytes, count)) == 0) {
            fpx_packbits_result result = next_run(self, source);
            if (result != FPX_PACKBITS_OK) {
                return result;
            }
        }
        bytes += taken;
        count -= taken;
    }
    return FPX_PACKBITS_OK;
}
