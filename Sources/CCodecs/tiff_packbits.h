/// Strips of TIFF pictures that PackBits has compressed (TIFF 6.0, section 9); not public.
///
/// Unpacked here and not by libtiff, which unpacks whole strips into a buffer: unpacking is hardly more than a copy, so
/// that another one out of that buffer took a quarter of the time.
#ifndef FPX_TIFF_PACKBITS_H
#define FPX_TIFF_PACKBITS_H

#include "photo_internal.h"

enum { FPX_PACKBITS_BUFFER = 1 << 16 };

/// A strip that is being unpacked.
typedef struct fpx_packbits {
    /// FPX_PACKBITS_BUFFER bytes of the file, of which those from `place` to `filled` are still to come.
    uint8_t *_Nullable buffer;
    size_t place;
    size_t filled;
    /// Where in the file the buffer is filled from next, and where the strip ends.
    uint64_t next;
    uint64_t end;
    /// Of the run that is under way: bytes to be copied, or to be repeated.
    unsigned copied;
    unsigned repeated;
    uint8_t byte;
} fpx_packbits;

typedef enum fpx_packbits_result {
    FPX_PACKBITS_OK,
    /// The strip ends before so many bytes.
    FPX_PACKBITS_SHORT,
    /// The file cannot be read.
    FPX_PACKBITS_UNREADABLE,
} fpx_packbits_result;

/// Begins with a strip; the buffer stays.
void fpx_packbits_begin(fpx_packbits *_Nonnull self, uint64_t offset, uint64_t byte_count);

/// Unpacks the next `count` bytes. Runs may go on from row to row.
fpx_packbits_result fpx_packbits_read(fpx_packbits *_Nonnull self, fpx_byte_source *_Nonnull source,
                                      uint8_t *_Nonnull bytes, size_t count);

#endif
