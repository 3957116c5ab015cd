#ifndef BYTE_RANGES_H
#define BYTE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Where something lies in a file: from its first byte to the one behind its last.
typedef struct byte_range {
    uint64_t start;
    uint64_t end;
} byte_range;

/// Whether any two have a byte in common. Leaves them in the order of their starts.
bool fpx_byte_ranges_overlap(byte_range *_Nonnull ranges, size_t count);

#endif
