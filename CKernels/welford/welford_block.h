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

/// Mean and M2 of this many samples (16 KiB) stay in level-1 cache while the blocks of a pass go by.
#define FPX_WELFORD_CHUNK_SAMPLES ((size_t)1024)

#endif
