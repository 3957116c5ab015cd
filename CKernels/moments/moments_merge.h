// Adding the sums of other frames, with the question whether frames can have them. SQUARE is the type of sums of
// squares, KERNEL the kernel's name; IMPOSSIBLE(x, xx) sets bits where no frames have the sums x and xx, and
// IS_POSSIBLE(bits) asks for them.

FPX_TARGET bool KERNEL(uint32_t *restrict sum, SQUARE *restrict sum_of_squares, const uint32_t *restrict other_sum,
                       const SQUARE *restrict other_sum_of_squares, uint32_t frame_count, size_t sample_count) {
    const uint64_t largest_sum = (uint64_t)frame_count * MAXIMUM_SAMPLE;
    uint64_t impossible = 0;
    for (size_t index = 0; index < sample_count; index++) {
        const uint64_t x = other_sum[index], xx = other_sum_of_squares[index];
        impossible |= IMPOSSIBLE(x, xx);
        sum[index] += (uint32_t)x;
        sum_of_squares[index] += (SQUARE)xx;
    }
    return IS_POSSIBLE(impossible);
}

#undef SQUARE
#undef MAXIMUM_SAMPLE
#undef KERNEL
#undef IMPOSSIBLE
#undef IS_POSSIBLE
