/// The moments of a block of frames and Chan's merge of the block, written once for compilers to vectorise with the
/// instructions of each level. Every level executes the same float64 operations on each sample in the same order, fused
/// where fma is written and nowhere else, so all levels give the same bits.
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

/// The mean of up to four samples, then their squared deviations from it. `frame_count` is known to the compiler.
FPX_WELFORD_INLINE fpx_welford_state fpx_welford_of_block(double a, double b, double c, double d, size_t frame_count) {
    fpx_welford_state block;
    switch (frame_count) {
    case 1: block.mean = a; break;
    case 2: block.mean = (a + b) * (1.0 / 2); break;
    case 3:
        // In two steps, so that equal samples have themselves for their mean.
        block.mean = (a + b) * (1.0 / 2);
        block.mean = __builtin_fma(c - block.mean, 1.0 / 3, block.mean);
        break;
    default: block.mean = ((a + b) + (c + d)) * (1.0 / 4); break;
    }
    block.m2 = (a - block.mean) * (a - block.mean);
    if (frame_count > 1) block.m2 = __builtin_fma(b - block.mean, b - block.mean, block.m2);
    if (frame_count > 2) block.m2 = __builtin_fma(c - block.mean, c - block.mean, block.m2);
    if (frame_count > 3) block.m2 = __builtin_fma(d - block.mean, d - block.mean, block.m2);
    return block;
}

/// Chan, Golub & LeVeque 1979.
FPX_WELFORD_INLINE fpx_welford_state fpx_welford_merge(fpx_welford_state earlier, fpx_welford_state block,
                                                       fpx_welford_weights weights) {
    const double difference = block.mean - earlier.mean;
    const double added_m2 = __builtin_fma(difference * difference, weights.m2, block.m2);
    const fpx_welford_state merged = {__builtin_fma(difference, weights.mean, earlier.mean), earlier.m2 + added_m2};
    return merged;
}

FPX_WELFORD_INLINE fpx_welford_weights fpx_welford_weights_of(double earlier_count, double block_count) {
    const double count = earlier_count + block_count;
    const fpx_welford_weights weights = {block_count / count, earlier_count * block_count / count};
    return weights;
}

_Static_assert(FPX_WELFORD_BLOCK_FRAMES == 4, "the moments above are written out for blocks of four frames");

/// Mean and M2 of this many samples (16 KiB) stay in level-1 cache while the blocks of a pass go by.
#define FPX_WELFORD_CHUNK_SAMPLES ((size_t)1024)

#endif
