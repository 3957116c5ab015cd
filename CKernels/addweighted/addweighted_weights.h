// The weights of a call, in all lanes, and the sum. Included after a header of ../vectors.

#include "../kernels.h"
#include "addweighted_bounds.h"

#pragma STDC FP_CONTRACT OFF

typedef struct weights {
    fpx_vector_f32 alpha;
    fpx_vector_f32 beta;
    fpx_vector_f32 gamma;
} weights;

FPX_OPERATION weights broadcast(float alpha, float beta, float gamma) {
    const weights vectors = {fpx_splat_f32(alpha), fpx_splat_f32(beta), fpx_splat_f32(gamma)};
    return vectors;
}

FPX_OPERATION fpx_vector_f32 weighted_sum(fpx_vector_f32 first, fpx_vector_f32 second, weights by) {
    return fpx_multiply_add_f32(first, by.alpha, fpx_multiply_add_f32(second, by.beta, by.gamma));
}
