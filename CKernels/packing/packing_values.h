// The kernels for one type of numbers. ELEMENT is the type, HALVES 2 where it has 64 bits, which make two blocks, and
// KERNEL(name) a kernel's name.

FPX_TARGET size_t KERNEL(pack)(uint8_t *packed, uint8_t *widths, const ELEMENT *values, size_t count) {
    uint8_t *next = packed;
    for (size_t first = 0; first < count; first += FPX_PACKING_BLOCK_VALUES) {
        const size_t in_block = fpx_tile_end(first, count, FPX_PACKING_BLOCK_VALUES) - first;
        const size_t turns = fpx_packing_turns(in_block);
        for (unsigned half = 0; half < HALVES; half++) {
            uint32_t numbers[FPX_PACKING_BLOCK_VALUES];
            for (size_t index = 0; index < in_block; index++)
                numbers[index] = (uint32_t)(values[first + index] >> (32 * half));
            for (size_t index = in_block; index < turns * FPX_PACKING_LANES; index++)
                numbers[index] = 0;
            *widths = width_of_block(numbers, turns);
            next = pack_block(next, numbers, turns, *widths++);
        }
    }
    return (size_t)(next - packed);
}

FPX_TARGET void KERNEL(unpack)(ELEMENT *values, const uint8_t *packed, const uint8_t *widths, size_t count) {
    for (size_t first = 0; first < count; first += FPX_PACKING_BLOCK_VALUES) {
        const size_t in_block = fpx_tile_end(first, count, FPX_PACKING_BLOCK_VALUES) - first;
        const size_t turns = fpx_packing_turns(in_block);
        for (unsigned half = 0; half < HALVES; half++) {
            const unsigned width = *widths++;
            if (width == 0) {
                if (half == 0) memset(values + first, 0, in_block * sizeof *values);
                continue;
            }
            uint32_t own[FPX_PACKING_BLOCK_VALUES];
            const bool is_direct = sizeof *values == sizeof *own && in_block == FPX_PACKING_BLOCK_VALUES;
            uint32_t *numbers = is_direct ? (void *)(values + first) : own;
            unpack_block(numbers, packed, turns, width);
            packed += fpx_packing_words(turns, width) * FPX_PACKING_WORD_BYTES;
            if (is_direct) continue;
            for (size_t index = 0; index < in_block; index++) {
#if HALVES == 1
                values[first + index] = (ELEMENT)numbers[index];
#else
                values[first + index] =
                    half == 0 ? numbers[index] : values[first + index] | (ELEMENT)numbers[index] << 32;
#endif
            }
        }
    }
}

#undef ELEMENT
#undef HALVES
#undef KERNEL
