// The public functions: checks, and which kernel packs a type.

#include "fpx_packing.h"

#include "../kernels.h"
#include "../tiling.h"
#include "packing_layout.h"

size_t fpx_packed_width_count(size_t count, size_t value_bytes) {
    return fpx_tile_count(count, FPX_PACKING_BLOCK_VALUES) * (value_bytes == sizeof(uint64_t) ? 2 : 1);
}

size_t fpx_packed_byte_count(const uint8_t *widths, size_t count, size_t value_bytes) {
    if (count == 0) return 0;
    if (!widths) return SIZE_MAX;
    const size_t halves = value_bytes == sizeof(uint64_t) ? 2 : 1;
    const unsigned most = value_bytes == sizeof(uint16_t) ? 16 : 32;
    size_t bytes = 0;
    for (size_t first = 0; first < count; first += FPX_PACKING_BLOCK_VALUES) {
        const size_t in_block = fpx_tile_end(first, count, FPX_PACKING_BLOCK_VALUES) - first;
        for (size_t half = 0; half < halves; half++) {
            if (*widths > most) return SIZE_MAX;
            bytes += fpx_packing_words(fpx_packing_turns(in_block), *widths++) * FPX_PACKING_WORD_BYTES;
        }
    }
    return bytes;
}

size_t fpx_packed_most_bytes(size_t count, size_t value_bytes) {
    const size_t blocks = count / FPX_PACKING_BLOCK_VALUES, behind = count % FPX_PACKING_BLOCK_VALUES;
    // In halves of 32 bits, words are as many as turns, and in 16 bits half as many, rounded up.
    const unsigned width = value_bytes == sizeof(uint16_t) ? 16 : 32;
    const size_t words =
        blocks * fpx_packing_words(FPX_PACKING_TURNS, width) + fpx_packing_words(fpx_packing_turns(behind), width);
    return words * FPX_PACKING_WORD_BYTES * (value_bytes == sizeof(uint64_t) ? 2 : 1);
}

#define ELEMENT uint16_t
#define PUBLIC(name) fpx_##name##_u16
#define ENTRY(name) name##_u16
#include "packing_entries.h"

#define ELEMENT uint32_t
#define PUBLIC(name) fpx_##name##_u32
#define ENTRY(name) name##_u32
#include "packing_entries.h"

#define ELEMENT uint64_t
#define PUBLIC(name) fpx_##name##_u64
#define ENTRY(name) name##_u64
#include "packing_entries.h"
