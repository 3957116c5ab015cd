// Blocks of numbers of 32 bits, for compilers to vectorise with the instructions of each level: FPX_TARGET says which,
// and LEVEL(name) makes a kernel's name. Vectors are those of GCC's extension, one for a word of all lanes.

#include <string.h>

#include "../kernels.h"
#include "../tiling.h"
#include "packing_layout.h"

#define INLINE FPX_TARGET static inline __attribute__((always_inline))

typedef uint32_t lanes __attribute__((vector_size(FPX_PACKING_WORD_BYTES)));

/// The bits that the largest of the block's numbers has.
INLINE uint8_t width_of_block(const uint32_t *numbers, size_t turns) {
    lanes all = {0}, number;
    for (size_t turn = 0; turn < turns; turn++) {
        memcpy(&number, numbers + turn * FPX_PACKING_LANES, sizeof number);
        all |= number;
    }
    uint32_t any = 0;
    for (size_t lane = 0; lane < FPX_PACKING_LANES; lane++)
        any |= all[lane];
    return any == 0 ? 0 : (uint8_t)(32 - __builtin_clz(any));
}

/// Returns where the next block begins.
INLINE uint8_t *pack_block(uint8_t *packed, const uint32_t *numbers, size_t turns, unsigned width) {
    if (width == 0) return packed;
    lanes word = {0}, number;
    unsigned filled = 0;
    for (size_t turn = 0; turn < turns; turn++) {
        memcpy(&number, numbers + turn * FPX_PACKING_LANES, sizeof number);
        word |= number << filled;
        filled += width;
        if (filled < 32) continue;
        memcpy(packed, &word, sizeof word);
        packed += sizeof word;
        filled -= 32;
        // What did not fit; C has no shift by all 32 bits.
        word = filled == 0 ? (lanes){0} : number >> (width - filled);
    }
    if (filled == 0) return packed;
    memcpy(packed, &word, sizeof word);
    return packed + sizeof word;
}

/// The numbers of one turn, of a block of so many turns.
INLINE void unpack_turn(uint32_t *numbers, const uint8_t *packed, size_t turn, size_t turns, unsigned width) {
    const size_t last = fpx_packing_words(turns, width) - 1, word = turn * width / 32;
    const unsigned shift = turn * width % 32;
    lanes low, high;
    memcpy(&low, packed + word * sizeof low, sizeof low);
    // Behind the last word is none, and none is needed: the mask takes away what comes of the same one instead.
    memcpy(&high, packed + (word < last ? word + 1 : word) * sizeof high, sizeof high);
    low = (low >> shift | high << 1 << (31 - shift)) & (UINT32_MAX >> (32 - width));
    memcpy(numbers + turn * FPX_PACKING_LANES, &low, sizeof low);
}

/// With a width that the compiler knows shifts are constants, and a word is loaded once: twice as fast.
INLINE void unpack_whole(uint32_t *numbers, const uint8_t *packed, unsigned width) {
#if defined(__clang__)
    _Pragma("clang loop unroll(full)")
#endif
        for (size_t turn = 0; turn < FPX_PACKING_TURNS; turn++)
            unpack_turn(numbers, packed, turn, FPX_PACKING_TURNS, width);
}

/// `width` is 1 to 32.
FPX_TARGET static void unpack_block(uint32_t *numbers, const uint8_t *packed, size_t turns, unsigned width) {
    if (turns < FPX_PACKING_TURNS) {
        for (size_t turn = 0; turn < turns; turn++)
            unpack_turn(numbers, packed, turn, turns, width);
        return;
    }
#define WIDTH(bits)                                                                                                    \
    case bits: unpack_whole(numbers, packed, bits); break;
#define FOUR_WIDTHS(bits) WIDTH(bits) WIDTH(bits + 1) WIDTH(bits + 2) WIDTH(bits + 3)
    switch (width) {
        FOUR_WIDTHS(1)
        FOUR_WIDTHS(5) FOUR_WIDTHS(9) FOUR_WIDTHS(13) FOUR_WIDTHS(17) FOUR_WIDTHS(21) FOUR_WIDTHS(25) FOUR_WIDTHS(29)
    }
}

#define ELEMENT uint16_t
#define HALVES 1
#define KERNEL(name) LEVEL(fpx_##name##_u16)
#include "packing_values.h"

#define ELEMENT uint32_t
#define HALVES 1
#define KERNEL(name) LEVEL(fpx_##name##_u32)
#include "packing_values.h"

#define ELEMENT uint64_t
#define HALVES 2
#define KERNEL(name) LEVEL(fpx_##name##_u64)
#include "packing_values.h"
