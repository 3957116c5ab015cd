// The definition for one type of samples: SAMPLE and SQUARE are the types of samples and of sums of squares, KERNEL is
// the kernel's name.

void KERNEL(uint32_t *sum, SQUARE *sum_of_squares, const SAMPLE *const *frames, size_t frame_count, size_t first_sample,
            size_t end_sample) {
    for (size_t block = first_sample; block < end_sample; block += BLOCK_SAMPLES) {
        const size_t count = end_sample - block < BLOCK_SAMPLES ? end_sample - block : BLOCK_SAMPLES;
        uint32_t *restrict block_sum = sum + block;
        SQUARE *restrict block_sum_of_squares = sum_of_squares + block;
        for (size_t frame = 0; frame < frame_count; frame++) {
            const SAMPLE *restrict samples = frames[frame] + block;
            for (size_t index = 0; index < count; index++) {
                const uint32_t sample = samples[index];
                block_sum[index] += sample;
                block_sum_of_squares[index] += sample * sample;
            }
        }
    }
}

#undef SAMPLE
#undef SQUARE
#undef KERNEL
