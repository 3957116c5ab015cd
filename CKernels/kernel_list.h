// Every kernel, once: KERNEL(operation, name, result, arguments) is whatever the includer makes of it, and undefined at
// the end. The kernel `name` of a level is the function fpx_<name>_<level>. Kernels check nothing and handle any range
// and alignment. Ranges are sample indexes into whole buffers, so that a team can share one array of frame pointers.

KERNEL(moments, moments_u8_accumulate, void,
       (uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames, size_t frame_count, size_t first_sample,
        size_t end_sample))
KERNEL(moments, moments_u16_accumulate, void,
       (uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames, size_t frame_count, size_t first_sample,
        size_t end_sample))
KERNEL(moments, moments_u8_summarise, fpx_scaled_m2_summary,
       (const uint32_t *sum, const uint32_t *sum_of_squares, uint32_t frame_count, size_t sample_count))
KERNEL(moments, moments_u16_summarise, fpx_scaled_m2_summary,
       (const uint32_t *sum, const uint64_t *sum_of_squares, uint32_t frame_count, size_t sample_count))
KERNEL(moments, moments_u8_merge, bool,
       (uint32_t *sum, uint32_t *sum_of_squares, const uint32_t *other_sum, const uint32_t *other_sum_of_squares,
        uint32_t frame_count, size_t sample_count))
KERNEL(moments, moments_u16_merge, bool,
       (uint32_t *sum, uint64_t *sum_of_squares, const uint32_t *other_sum, const uint64_t *other_sum_of_squares,
        uint32_t frame_count, size_t sample_count))

/// At most FPX_WELFORD_BLOCKS_PER_PASS blocks of frames, one pair of weights for each.
KERNEL(welford, welford_u8_accumulate, void,
       (double *mean, double *m2, const uint8_t *const *frames, size_t frame_count, const fpx_welford_weights *weights,
        size_t first_sample, size_t end_sample))
KERNEL(welford, welford_u16_accumulate, void,
       (double *mean, double *m2, const uint16_t *const *frames, size_t frame_count, const fpx_welford_weights *weights,
        size_t first_sample, size_t end_sample))
KERNEL(welford, welford_f32_accumulate, void,
       (double *mean, double *m2, const float *const *frames, size_t frame_count, const fpx_welford_weights *weights,
        size_t first_sample, size_t end_sample))

KERNEL(addweighted, addweighted_u8, void,
       (uint8_t *destination, const uint8_t *first, const uint8_t *second, size_t sample_count, float alpha, float beta,
        float gamma))
KERNEL(addweighted, addweighted_u16, void,
       (uint16_t *destination, const uint16_t *first, const uint16_t *second, size_t sample_count, float alpha,
        float beta, float gamma))
KERNEL(addweighted, addweighted_f32, void,
       (float *destination, const float *first, const float *second, size_t sample_count, float alpha, float beta,
        float gamma))

/// First pass: FPX_GAUSSIAN_ROWS_PER_PASS rows of exact sums (a level may leave out a factor that its second pass
/// knows), each `row_sums` after the one before, from as many rows of samples and 2 * radius more. Any number of
/// samples.
KERNEL(gaussian, gaussian_u8_vertical, void,
       (uint16_t *sums, size_t row_sums, const uint8_t *const *rows, size_t first_sample, size_t sample_count,
        const fpx_gaussian *gaussian))
KERNEL(gaussian, gaussian_u16_vertical, void,
       (uint32_t *sums, size_t row_sums, const uint16_t *const *rows, size_t first_sample, size_t sample_count,
        const fpx_gaussian *gaussian))
/// Second pass and rounding: at most FPX_GAUSSIAN_TILE_SAMPLES samples from as many sums and 2 * radius * channels
/// more; FPX_GAUSSIAN_SLACK_SUMS sums behind them may be read.
KERNEL(gaussian, gaussian_u8_horizontal, void,
       (uint8_t *destination, const uint16_t *sums, size_t sample_count, size_t channels, const fpx_gaussian *gaussian))
KERNEL(gaussian, gaussian_u16_horizontal, void,
       (uint16_t *destination, const uint32_t *sums, size_t sample_count, size_t channels,
        const fpx_gaussian *gaussian))

/// `rows` has row_count + 2 * distance_rows pointers for each frame.
KERNEL(extremes, extremes_u8, void,
       (const fpx_extremes_task *task, const uint8_t *const *rows, uint8_t black, uint8_t white))
KERNEL(extremes, extremes_u16, void,
       (const fpx_extremes_task *task, const uint16_t *const *rows, uint16_t black, uint16_t white))
KERNEL(extremes, extremes_f32, void,
       (const fpx_extremes_task *task, const float *const *rows, float black, float white))
KERNEL(extremes, extremes_merge, bool,
       (uint16_t *above, uint16_t *below, uint16_t *blind_above, uint16_t *blind_below, const uint16_t *other_above,
        const uint16_t *other_below, const uint16_t *other_blind_above, const uint16_t *other_blind_below,
        uint16_t frame_count, size_t sample_count))

/// The number of columns that it flags.
KERNEL(detection, persistence, size_t, (const fpx_persistence_task *task))

/// The bytes that are written.
KERNEL(packing, pack_u16, size_t, (uint8_t *packed, uint8_t *widths, const uint16_t *values, size_t count))
KERNEL(packing, pack_u32, size_t, (uint8_t *packed, uint8_t *widths, const uint32_t *values, size_t count))
KERNEL(packing, pack_u64, size_t, (uint8_t *packed, uint8_t *widths, const uint64_t *values, size_t count))
/// Widths are at most 32, and of those of 16 bits at most 16.
KERNEL(packing, unpack_u16, void, (uint16_t *values, const uint8_t *packed, const uint8_t *widths, size_t count))
KERNEL(packing, unpack_u32, void, (uint32_t *values, const uint8_t *packed, const uint8_t *widths, size_t count))
KERNEL(packing, unpack_u64, void, (uint64_t *values, const uint8_t *packed, const uint8_t *widths, size_t count))

#undef KERNEL
