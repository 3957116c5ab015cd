// The kernel for one type of samples, for compilers to vectorise with the instructions of a level. SAMPLE is the type,
// NAME(name) makes a function's name, KERNEL is the kernel's, FPX_TARGET allows the instructions. TWO_BLOCKS, where
// there is one, takes whole vectors of two blocks, and returns the first sample that is left.

/// One loop over samples for each two blocks of frames: a vectoriser takes loops over plain arrays, so the pointers of
/// the blocks are read before their samples, and mean and M2 wait in level-1 cache between the turns of a chunk.
FPX_WELFORD_INLINE void NAME(two_blocks)(double *restrict mean, double *restrict m2, const SAMPLE *const *frames,
                                         const fpx_welford_weights *weights, size_t first_sample, size_t end_sample) {
    const SAMPLE *restrict frame0 = frames[0], *restrict frame1 = frames[1], *restrict frame2 = frames[2];
    const SAMPLE *restrict frame3 = frames[3], *restrict frame4 = frames[4], *restrict frame5 = frames[5];
    const SAMPLE *restrict frame6 = frames[6], *restrict frame7 = frames[7];
    const fpx_welford_weights first_weights = weights[0], second_weights = weights[1];
    for (size_t index = first_sample; index < end_sample; index++) {
        fpx_welford_state state = {mean[index], m2[index]};
        state = fpx_welford_merge(
            state, fpx_welford_of_block(frame0[index], frame1[index], frame2[index], frame3[index], 4), first_weights);
        state = fpx_welford_merge(
            state, fpx_welford_of_block(frame4[index], frame5[index], frame6[index], frame7[index], 4), second_weights);
        mean[index] = state.mean;
        m2[index] = state.m2;
    }
}

/// One block of `frame_count` frames, which is known to the compiler.
FPX_WELFORD_INLINE void NAME(block)(double *restrict mean, double *restrict m2, const SAMPLE *const *frames,
                                    size_t frame_count, fpx_welford_weights weights, size_t first_sample,
                                    size_t end_sample) {
    const SAMPLE *restrict frame0 = frames[0], *restrict frame1 = frames[frame_count > 1 ? 1 : 0];
    const SAMPLE *restrict frame2 = frames[frame_count > 2 ? 2 : 0], *restrict frame3 = frames[frame_count > 3 ? 3 : 0];
    for (size_t index = first_sample; index < end_sample; index++) {
        const fpx_welford_state earlier = {mean[index], m2[index]};
        const fpx_welford_state merged = fpx_welford_merge(
            earlier, fpx_welford_of_block(frame0[index], frame1[index], frame2[index], frame3[index], frame_count),
            weights);
        mean[index] = merged.mean;
        m2[index] = merged.m2;
    }
}

FPX_TARGET void KERNEL(double *mean, double *m2, const SAMPLE *const *frames, size_t frame_count,
                       const fpx_welford_weights *weights, size_t first_sample, size_t end_sample) {
    const size_t block_count = frame_count / FPX_WELFORD_BLOCK_FRAMES;
    const size_t left = frame_count % FPX_WELFORD_BLOCK_FRAMES;
    // Nothing waits where all frames go by at once.
    const size_t chunk_samples =
        frame_count <= 2 * FPX_WELFORD_BLOCK_FRAMES ? end_sample - first_sample : FPX_WELFORD_CHUNK_SAMPLES;
    for (size_t chunk = first_sample; chunk < end_sample; chunk += chunk_samples) {
        const size_t chunk_end = end_sample - chunk < chunk_samples ? end_sample : chunk + chunk_samples;
        size_t block = 0;
        for (; block + 2 <= block_count; block += 2) {
            const SAMPLE *const *eight = frames + block * FPX_WELFORD_BLOCK_FRAMES;
            size_t rest = chunk;
#ifdef TWO_BLOCKS
            rest = TWO_BLOCKS(mean, m2, eight, weights + block, chunk, chunk_end);
#endif
            NAME(two_blocks)(mean, m2, eight, weights + block, rest, chunk_end);
        }
        if (block < block_count)
            NAME(block)(mean, m2, frames + block * FPX_WELFORD_BLOCK_FRAMES, 4, weights[block], chunk, chunk_end);
        const SAMPLE *const *partial = frames + block_count * FPX_WELFORD_BLOCK_FRAMES;
        switch (left) {
        case 1: NAME(block)(mean, m2, partial, 1, weights[block_count], chunk, chunk_end); break;
        case 2: NAME(block)(mean, m2, partial, 2, weights[block_count], chunk, chunk_end); break;
        case 3: NAME(block)(mean, m2, partial, 3, weights[block_count], chunk, chunk_end); break;
        default: break;
        }
    }
}

#undef SAMPLE
#undef TWO_BLOCKS
#undef NAME
#undef KERNEL
