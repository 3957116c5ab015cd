/// What a block takes; `fpx_packing.h` says how it is laid out.
#ifndef FPX_PACKING_LAYOUT_H
#define FPX_PACKING_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

enum { FPX_PACKING_LANES = 16, FPX_PACKING_TURNS = 32 };

/// The next 32 bits of every lane.
enum { FPX_PACKING_WORD_BYTES = FPX_PACKING_LANES * sizeof(uint32_t) };

/// In each turn every lane gets a number.
static inline size_t fpx_packing_turns(size_t count) { return (count + FPX_PACKING_LANES - 1) / FPX_PACKING_LANES; }

/// Of each lane.
static inline size_t fpx_packing_words(size_t turns, unsigned width) { return (turns * width + 31) / 32; }

#endif
