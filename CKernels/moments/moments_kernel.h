// The kernel for one type of samples and one way to sum up a column: SAMPLE and SQUARE are the types of samples and of
// sums of squares, KERNEL is the kernel's name, TARGET what it may use, DEFINITION the kernel in C, for what is left
// over; ADD_FRAMES(sum, sum_of_squares, frames, frame_count, first_sample) adds a column of at most MOST_FRAMES frames;
// NAME(name) makes the name of a function.

TARGET static inline __attribute__((always_inline)) void NAME(add_column)(uint32_t *sum, SQUARE *sum_of_squares,
                                                                          const SAMPLE *const *frames,
                                                                          size_t frame_count, size_t first_sample) {
    fpx_prefetch_accumulators(sum + first_sample, sizeof *sum, FPX_VECTOR_BYTES / sizeof(SAMPLE));
    fpx_prefetch_accumulators(sum_of_squares + first_sample, sizeof *sum_of_squares, FPX_VECTOR_BYTES / sizeof(SAMPLE));
    for (size_t frame = 0; frame < frame_count; frame += MOST_FRAMES) {
        const size_t left = frame_count - frame;
        ADD_FRAMES(sum, sum_of_squares, frames + frame, left < MOST_FRAMES ? left : MOST_FRAMES, first_sample);
    }
}

#define ADD_COLUMNS_OF(count)                                                                                          \
    for (; end_sample - index >= FPX_VECTOR_BYTES / sizeof(SAMPLE); index += FPX_VECTOR_BYTES / sizeof(SAMPLE))        \
    NAME(add_column)(sum, sum_of_squares, frames, count, index)

TARGET void KERNEL(uint32_t *sum, SQUARE *sum_of_squares, const SAMPLE *const *frames, size_t frame_count,
                   size_t first_sample, size_t end_sample) {
    size_t index = first_sample;
    // The batches that the program really takes are known to the compiler, which then keeps pointers at hand and
    // unrolls.
    switch (frame_count) {
    case 6: ADD_COLUMNS_OF(6); break;
    case 8: ADD_COLUMNS_OF(8); break;
    case 12: ADD_COLUMNS_OF(12); break;
    case 14: ADD_COLUMNS_OF(14); break;
    case 16: ADD_COLUMNS_OF(16); break;
    default: ADD_COLUMNS_OF(frame_count);
    }
    DEFINITION(sum, sum_of_squares, frames, frame_count, index, end_sample);
}

#undef SAMPLE
#undef SQUARE
#undef KERNEL
#undef TARGET
#undef DEFINITION
#undef ADD_FRAMES
#undef MOST_FRAMES
#undef NAME
#undef ADD_COLUMNS_OF
