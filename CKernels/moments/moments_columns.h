// What summing up columns of samples is made of at every level. Included after a header of ../vectors.
//
// A column, a vector of samples, is summed up over all frames, in registers, and added to the accumulators then.

#include "../kernels.h"
#include "moments_prefetch.h"

#pragma STDC FP_CONTRACT OFF

enum {
    DOUBLEWORDS = FPX_VECTOR_BYTES / 4,
    QUADWORDS = FPX_VECTOR_BYTES / 8,
    /// Frames that fit all sums: more than a call takes.
    ALL_FRAMES = 1 << 20,
};

FPX_OPERATION void add_to_u32(uint32_t *accumulators, fpx_vector_u32 addend) {
    fpx_store_u32(accumulators, fpx_add_u32(fpx_load_u32(accumulators), addend));
}

FPX_OPERATION void add_to_u64(uint64_t *accumulators, fpx_vector_u32 addend) {
    fpx_store_u64(accumulators, fpx_add_u64(fpx_load_u64(accumulators), addend));
}

/// Adds what samples became that were loaded for quarters and interleaved twice.
FPX_OPERATION void add_quarters(uint32_t *accumulators, fpx_vector_u32 quarters[4]) {
    fpx_order_quarters(quarters);
    FPX_UNROLL
    for (size_t quarter = 0; quarter < 4; quarter++)
        add_to_u32(accumulators + DOUBLEWORDS * quarter, quarters[quarter]);
}
