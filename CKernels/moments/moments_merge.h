// Adding the sums of other frames, with the question whether frames can have them: x is not above the largest sum, xx
// not above the largest sample times x, and n xx not below x x. Included with FPX_TARGET, and with LEVEL(name) making a
// kernel's name.

// A sum that is not above the largest has no product with a sample that leaves 32 bits; 64 are for the last question
// alone, whose difference has its highest bit set where the answer is no. Numbers are read for it in pairs, as
// processors multiply them.
FPX_TARGET bool LEVEL(fpx_moments_u8_merge)(uint32_t *restrict sum, uint32_t *restrict sum_of_squares,
                                            const uint32_t *restrict other_sum,
                                            const uint32_t *restrict other_sum_of_squares, uint32_t frame_count,
                                            size_t sample_count) {
    const uint32_t largest_sum = frame_count * UINT8_MAX;
    uint32_t impossible = 0;
    for (size_t index = 0; index < sample_count; index++) {
        const uint32_t x = other_sum[index], xx = other_sum_of_squares[index];
        impossible |= (uint32_t)(x > largest_sum) | (uint32_t)(xx > x * UINT8_MAX);
        sum[index] += x;
        sum_of_squares[index] += xx;
    }
    uint64_t below_zero = 0;
    for (size_t pair = 0; pair < sample_count / 2; pair++) {
        uint64_t x, xx;
        memcpy(&x, other_sum + 2 * pair, sizeof x);
        memcpy(&xx, other_sum_of_squares + 2 * pair, sizeof xx);
        below_zero |= frame_count * (xx & UINT32_MAX) - (x & UINT32_MAX) * (x & UINT32_MAX);
        below_zero |= frame_count * (xx >> 32) - (x >> 32) * (x >> 32);
    }
    if (sample_count % 2 == 1) {
        const uint64_t x = other_sum[sample_count - 1], xx = other_sum_of_squares[sample_count - 1];
        below_zero |= frame_count * xx - x * x;
    }
    return impossible == 0 && below_zero >> 63 == 0;
}

// With the most frames that sums hold no product of possible ones leaves 64 bits.
FPX_TARGET bool LEVEL(fpx_moments_u16_merge)(uint32_t *restrict sum, uint64_t *restrict sum_of_squares,
                                             const uint32_t *restrict other_sum,
                                             const uint64_t *restrict other_sum_of_squares, uint32_t frame_count,
                                             size_t sample_count) {
    const uint64_t largest_sum = (uint64_t)frame_count * UINT16_MAX;
    uint64_t impossible = 0;
    for (size_t index = 0; index < sample_count; index++) {
        const uint64_t x = other_sum[index], xx = other_sum_of_squares[index];
        impossible |=
            (uint64_t)(x > largest_sum) | (uint64_t)(xx > x * UINT16_MAX) | (uint64_t)(frame_count * xx < x * x);
        sum[index] += (uint32_t)x;
        sum_of_squares[index] += xx;
    }
    return impossible == 0;
}
