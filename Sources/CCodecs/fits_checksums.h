/// The sums in a FITS header that say what its bytes add up to (DATASUM and CHECKSUM; FITS standard 4.0, 4.4.2.7 and
/// appendix J); not public.
#ifndef FPX_FITS_CHECKSUMS_H
#define FPX_FITS_CHECKSUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Where the header and the data of a checked picture begin in the file, and how many bytes of data there are.
typedef struct fpx_fits_checked {
    uint64_t header;
    uint64_t data;
    uint64_t data_bytes;
} fpx_fits_checked;

/// What changing the byte at `offset` of the data adds to their sum, to be added up in any order by
/// `fpx_fits_add_change`.
uint32_t fpx_fits_byte_change(uint64_t offset, uint8_t before, uint8_t after);
uint32_t fpx_fits_add_change(uint32_t change, uint32_t other);

/// What has changed in a picture, as sums.
typedef struct fpx_fits_change {
    uint32_t data;
    uint32_t header;
    /// Of a compressed picture: in the data before it was compressed, of which ZDATASUM and ZHECKSUM are sums.
    uint32_t unpacked;
} fpx_fits_change;

/// Adds the change to the sums in the header: sums that were right before are right again, others are as wrong as they
/// were. False when they are not written as the standard demands, or twice; then the file is of no use.
bool fpx_fits_correct_checksums(uint8_t *_Nonnull file, size_t byte_count, const fpx_fits_checked *_Nonnull place,
                                fpx_fits_change change);

/// What to say then.
#define FPX_FITS_CHECKSUMS_REFUSED                                                                                     \
    "its DATASUM or CHECKSUM is not written as FITS has it, or twice, and would be wrong afterwards"

#endif
