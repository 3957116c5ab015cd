// Sums of pixels by one kind of multiplication. Included for each; NAME is the function's, TARGET what it may use,
// MULTIPLY_ADD(sums, a, b) adds the products of pairs of words to doublewords.

TARGET static inline __attribute__((always_inline)) pixels NAME(const uint16_t *pairs, size_t channels,
                                                                const fpx_gaussian_pairs *by, fpx_vector_u32 initial) {
    pixels sums;
    FPX_UNROLL
    for (int vector = 0; vector < VECTORS; vector++)
        sums.first[vector] = sums.second[vector] = initial;
    for (size_t pair = 0; pair < by->count; pair++, pairs += 2 * channels) {
        const fpx_vector_u32 first = fpx_splat_u32(by->first[pair]), second = fpx_splat_u32(by->second[pair]);
        FPX_UNROLL
        for (int vector = 0; vector < VECTORS; vector++) {
            const fpx_vector_u16 words = fpx_load_u16(pairs + WORDS * vector);
            sums.first[vector] = MULTIPLY_ADD(sums.first[vector], words, first);
            sums.second[vector] = MULTIPLY_ADD(sums.second[vector], words, second);
        }
    }
    return sums;
}

#undef NAME
#undef TARGET
#undef MULTIPLY_ADD
