// Sums of pixels by one kind of multiplication. Included for each; NAME is the function's, TARGET what it may use,
// MULTIPLY_ADD(sums, a, b) adds the products of pairs of words.

TARGET INLINE pixels NAME(const uint16_t *words, size_t channels, const fpx_gaussian_pairs *by, __m512i initial) {
    pixels sums;
#pragma clang loop unroll(full)
    for (int vector = 0; vector < VECTORS; vector++)
        sums.first[vector] = sums.second[vector] = initial;
    for (size_t pair = 0; pair < by->count; pair++, words += 2 * channels) {
        const __m512i first = repeat(by->first[pair]), second = repeat(by->second[pair]);
#pragma clang loop unroll(full)
        for (int vector = 0; vector < VECTORS; vector++) {
            const __m512i loaded = _mm512_loadu_si512(words + 32 * vector);
            sums.first[vector] = MULTIPLY_ADD(sums.first[vector], loaded, first);
            sums.second[vector] = MULTIPLY_ADD(sums.second[vector], loaded, second);
        }
    }
    return sums;
}

#undef NAME
#undef TARGET
#undef MULTIPLY_ADD
