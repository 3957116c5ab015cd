// The summary for one type of sums of squares, SQUARE; KERNEL is the kernel's name.

FPX_TARGET fpx_scaled_m2_summary KERNEL(const uint32_t *sum, const SQUARE *sum_of_squares, uint32_t frame_count,
                                        size_t sample_count) {
    fpx_scaled_m2_summary summary = {.minimum = UINT64_MAX};
    for (size_t first = 0; first < sample_count;) {
        const size_t left = sample_count - first;
        const size_t end = first + (left < FPX_SUMMARISE_FLUSH_SAMPLES ? left : FPX_SUMMARISE_FLUSH_SAMPLES);
        uint64_t minimum = UINT64_MAX, maximum = 0, lower_halves = 0, upper_halves = 0;
        for (size_t index = first; index < end; index++) {
            const uint64_t scaled_m2 =
                (uint64_t)frame_count * sum_of_squares[index] - (uint64_t)sum[index] * sum[index];
            minimum = scaled_m2 < minimum ? scaled_m2 : minimum;
            maximum = scaled_m2 > maximum ? scaled_m2 : maximum;
            lower_halves += (uint32_t)scaled_m2;
            upper_halves += scaled_m2 >> 32;
        }
        if (minimum < summary.minimum) summary.minimum = minimum;
        if (maximum > summary.maximum) summary.maximum = maximum;
        fpx_summary_add(&summary, lower_halves, upper_halves);
        first = end;
    }
    return summary;
}

#undef SQUARE
#undef KERNEL
