// The kernel for one type of samples, for compilers to vectorise with the instructions of a level. SAMPLE is the type,
// NAME(name) makes a function's name, KERNEL is the kernel's, FPX_TARGET allows the instructions.

/// One loop over samples for each block of frames: a vectoriser takes loops over plain arrays, so the pointers of a
/// block are read before its samples, and mean and M2 wait in level-1 cache between the blocks of a chunk.
FPX_WELFORD_INLINE void NAME(blocks)(double *restrict mean, double *restrict m2, const SAMPLE *const *frames,
                                     size_t block_count, const fpx_welford_weights *weights, size_t first_sample,
                                     size_t end_sample) {
    for (size_t block = 0; block < block_count; block++) {
        const SAMPLE *restrict frame0 = frames[4 * block], *restrict frame1 = frames[4 * block + 1];
        const SAMPLE *restrict frame2 = frames[4 * block + 2], *restrict frame3 = frames[4 * block + 3];
        const fpx_welford_weights block_weights = weights[block];
        for (size_t index = first_sample; index < end_sample; index++) {
            fpx_welford_state state = {0};
            state = fpx_welford_update(state, frame0[index], 1.0);
            state = fpx_welford_update(state, frame1[index], 1.0 / 2);
            state = fpx_welford_update(state, frame2[index], 1.0 / 3);
            state = fpx_welford_update(state, frame3[index], 1.0 / 4);
            const fpx_welford_state earlier = {mean[index], m2[index]};
            const fpx_welford_state merged = fpx_welford_merge(earlier, state, block_weights);
            mean[index] = merged.mean;
            m2[index] = merged.m2;
        }
    }
}

FPX_WELFORD_INLINE void NAME(partial_block)(double *restrict mean, double *restrict m2, const SAMPLE *const *frames,
                                            size_t frame_count, fpx_welford_weights weights, size_t first_sample,
                                            size_t end_sample) {
    const SAMPLE *restrict frame0 = frames[0], *restrict frame1 = frames[frame_count > 1 ? 1 : 0];
    const SAMPLE *restrict frame2 = frames[frame_count > 2 ? 2 : 0];
    for (size_t index = first_sample; index < end_sample; index++) {
        fpx_welford_state state = {0};
        state = fpx_welford_update(state, frame0[index], 1.0);
        if (frame_count > 1) state = fpx_welford_update(state, frame1[index], 1.0 / 2);
        if (frame_count > 2) state = fpx_welford_update(state, frame2[index], 1.0 / 3);
        const fpx_welford_state earlier = {mean[index], m2[index]};
        const fpx_welford_state merged = fpx_welford_merge(earlier, state, weights);
        mean[index] = merged.mean;
        m2[index] = merged.m2;
    }
}

FPX_TARGET void KERNEL(double *mean, double *m2, const SAMPLE *const *frames, size_t frame_count,
                       const fpx_welford_weights *weights, size_t first_sample, size_t end_sample) {
    const size_t block_count = frame_count / FPX_WELFORD_BLOCK_FRAMES;
    const size_t left = frame_count % FPX_WELFORD_BLOCK_FRAMES;
    for (size_t chunk = first_sample; chunk < end_sample; chunk += FPX_WELFORD_CHUNK_SAMPLES) {
        const size_t chunk_end =
            end_sample - chunk < FPX_WELFORD_CHUNK_SAMPLES ? end_sample : chunk + FPX_WELFORD_CHUNK_SAMPLES;
        NAME(blocks)(mean, m2, frames, block_count, weights, chunk, chunk_end);
        const SAMPLE *const *partial = frames + block_count * FPX_WELFORD_BLOCK_FRAMES;
        switch (left) {
        case 1: NAME(partial_block)(mean, m2, partial, 1, weights[block_count], chunk, chunk_end); break;
        case 2: NAME(partial_block)(mean, m2, partial, 2, weights[block_count], chunk, chunk_end); break;
        case 3: NAME(partial_block)(mean, m2, partial, 3, weights[block_count], chunk, chunk_end); break;
        default: break;
        }
    }
}

#undef SAMPLE
#undef NAME
#undef KERNEL
