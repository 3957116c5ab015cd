/// Welford's update within a block of frames and Chan's merge of the block, written once for compilers to vectorise
/// with the instructions of each level. Every level executes the same float64 operations on each sample in the same
/// order, without contraction, so all levels give the same bits.
#ifndef FPX_WELFORD_BLOCK_H
#define FPX_WELFORD_BLOCK_H

#include "../kernels.h"

#pragma STDC FP_CONTRACT OFF
#if defined(__GNUC__) && !defined(__clang__)
// GCC does not know the line above, and contracts where a level has fused operations.
#pragma GCC optimize("fp-contract=off")
#endif

#define FPX_WELFORD_INLINE static inline __attribute__((always_inline))

typedef struct fpx_welford_state {
    double mean;
    double m2;
} fpx_welford_state;

/// Welford 1962, from k - 1 to k frames; a multiplication with 1/k stands for the division by k.
FPX_WELFORD_INLINE fpx_welford_state fpx_welford_update(fpx_welford_state state, double sample,
                                                        double reciprocal_count) {
    const double deviation_from_old_mean = sample - state.mean;
    state.mean += deviation_from_old_mean * reciprocal_count;
    state.m2 += deviation_from_old_mean * (sample - state.mean);
    return state;
}

/// Chan, Golub & LeVeque 1979.
FPX_WELFORD_INLINE fpx_welford_state fpx_welford_merge(fpx_welford_state earlier, fpx_welford_state block,
                                                       fpx_welford_weights weights) {
    const double difference = block.mean - earlier.mean;
    const double added_m2 = block.m2 + difference * difference * weights.m2;
    const fpx_welford_state merged = {earlier.mean + difference * weights.mean, earlier.m2 + added_m2};
    return merged;
}

FPX_WELFORD_INLINE fpx_welford_weights fpx_welford_weights_of(double earlier_count, double block_count) {
    const double count = earlier_count + block_count;
    const fpx_welford_weights weights = {block_count / count, earlier_count * block_count / count};
    return weights;
}

_Static_assert(FPX_WELFORD_BLOCK_FRAMES == 4, "the update below is written out for blocks of four frames");

/// One loop over samples for each block of frames: a vectoriser takes loops over plain arrays, so the pointers of a
/// block are read before its samples, and mean and M2 wait in level-1 cache between the blocks of a chunk.
#define FPX_DEFINE_WELFORD_ACCUMULATE(name, sample_type)                                                               \
    FPX_WELFORD_INLINE void name##_blocks(                                                                             \
        double *restrict mean, double *restrict m2, const sample_type *const *frames, size_t block_count,              \
        const fpx_welford_weights *weights, size_t first_sample, size_t end_sample) {                                  \
        for (size_t block = 0; block < block_count; block++) {                                                         \
            const sample_type *restrict frame0 = frames[4 * block], *restrict frame1 = frames[4 * block + 1];          \
            const sample_type *restrict frame2 = frames[4 * block + 2], *restrict frame3 = frames[4 * block + 3];      \
            const fpx_welford_weights block_weights = weights[block];                                                  \
            for (size_t index = first_sample; index < end_sample; index++) {                                           \
                fpx_welford_state state = {0};                                                                         \
                state = fpx_welford_update(state, frame0[index], 1.0);                                                 \
                state = fpx_welford_update(state, frame1[index], 1.0 / 2);                                             \
                state = fpx_welford_update(state, frame2[index], 1.0 / 3);                                             \
                state = fpx_welford_update(state, frame3[index], 1.0 / 4);                                             \
                const fpx_welford_state earlier = {mean[index], m2[index]};                                            \
                const fpx_welford_state merged = fpx_welford_merge(earlier, state, block_weights);                     \
                mean[index] = merged.mean;                                                                             \
                m2[index] = merged.m2;                                                                                 \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    FPX_WELFORD_INLINE void name##_partial_block(                                                                      \
        double *restrict mean, double *restrict m2, const sample_type *const *frames, size_t frame_count,              \
        fpx_welford_weights weights, size_t first_sample, size_t end_sample) {                                         \
        const sample_type *restrict frame0 = frames[0], *restrict frame1 = frames[frame_count > 1 ? 1 : 0];            \
        const sample_type *restrict frame2 = frames[frame_count > 2 ? 2 : 0];                                          \
        for (size_t index = first_sample; index < end_sample; index++) {                                               \
            fpx_welford_state state = {0};                                                                             \
            state = fpx_welford_update(state, frame0[index], 1.0);                                                     \
            if (frame_count > 1) state = fpx_welford_update(state, frame1[index], 1.0 / 2);                            \
            if (frame_count > 2) state = fpx_welford_update(state, frame2[index], 1.0 / 3);                            \
            const fpx_welford_state earlier = {mean[index], m2[index]};                                                \
            const fpx_welford_state merged = fpx_welford_merge(earlier, state, weights);                               \
            mean[index] = merged.mean;                                                                                 \
            m2[index] = merged.m2;                                                                                     \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    FPX_WELFORD_INLINE void name(double *mean, double *m2, const sample_type *const *frames, size_t frame_count,       \
                                 const fpx_welford_weights *weights, size_t first_sample, size_t end_sample) {         \
        const size_t block_count = frame_count / FPX_WELFORD_BLOCK_FRAMES;                                             \
        const size_t left = frame_count % FPX_WELFORD_BLOCK_FRAMES;                                                    \
        for (size_t chunk = first_sample; chunk < end_sample; chunk += FPX_WELFORD_CHUNK_SAMPLES) {                    \
            const size_t chunk_end =                                                                                   \
                end_sample - chunk < FPX_WELFORD_CHUNK_SAMPLES ? end_sample : chunk + FPX_WELFORD_CHUNK_SAMPLES;       \
            name##_blocks(mean, m2, frames, block_count, weights, chunk, chunk_end);                                   \
            const sample_type *const *partial = frames + block_count * FPX_WELFORD_BLOCK_FRAMES;                       \
            switch (left) {                                                                                            \
            case 1: name##_partial_block(mean, m2, partial, 1, weights[block_count], chunk, chunk_end); break;         \
            case 2: name##_partial_block(mean, m2, partial, 2, weights[block_count], chunk, chunk_end); break;         \
            case 3: name##_partial_block(mean, m2, partial, 3, weights[block_count], chunk, chunk_end); break;         \
            default: break;                                                                                            \
            }                                                                                                          \
        }                                                                                                              \
    }

/// Mean and M2 of this many samples (16 KiB) stay in level-1 cache while the blocks of a pass go by.
#define FPX_WELFORD_CHUNK_SAMPLES ((size_t)1024)

FPX_DEFINE_WELFORD_ACCUMULATE(fpx_welford_u8, uint8_t)
FPX_DEFINE_WELFORD_ACCUMULATE(fpx_welford_u16, uint16_t)
FPX_DEFINE_WELFORD_ACCUMULATE(fpx_welford_f32, float)

/// The three kernels of a level; `target` is the function attribute that enables its instructions.
#define FPX_DEFINE_WELFORD_KERNELS(isa, target)                                                                        \
    target void fpx_welford_u8_accumulate_##isa(double *mean, double *m2, const uint8_t *const *frames,                \
                                                size_t frame_count, const fpx_welford_weights *weights,                \
                                                size_t first_sample, size_t end_sample) {                              \
        fpx_welford_u8(mean, m2, frames, frame_count, weights, first_sample, end_sample);                              \
    }                                                                                                                  \
    target void fpx_welford_u16_accumulate_##isa(double *mean, double *m2, const uint16_t *const *frames,              \
                                                 size_t frame_count, const fpx_welford_weights *weights,               \
                                                 size_t first_sample, size_t end_sample) {                             \
        fpx_welford_u16(mean, m2, frames, frame_count, weights, first_sample, end_sample);                             \
    }                                                                                                                  \
    target void fpx_welford_f32_accumulate_##isa(double *mean, double *m2, const float *const *frames,                 \
                                                 size_t frame_count, const fpx_welford_weights *weights,               \
                                                 size_t first_sample, size_t end_sample) {                             \
        fpx_welford_f32(mean, m2, frames, frame_count, weights, first_sample, end_sample);                             \
    }

#endif
