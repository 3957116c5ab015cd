// Two blocks of frames of floats with the vectors of a level, in the operations of welford_block.h: compilers make
// detours of the plain loop, over vectors of floats. Included after a header of ../vectors.

#include "welford_block.h"

typedef struct fpx_welford_vectors {
    fpx_doubles mean;
    fpx_doubles m2;
} fpx_welford_vectors;

/// As fpx_welford_of_block and fpx_welford_merge.
FPX_OPERATION fpx_welford_vectors fpx_welford_take_block(fpx_welford_vectors state, const float *const *frames,
                                                         size_t index, fpx_welford_weights weights) {
    fpx_doubles a = fpx_load_f32_as_f64(frames[0] + index), b = fpx_load_f32_as_f64(frames[1] + index);
    fpx_doubles c = fpx_load_f32_as_f64(frames[2] + index), d = fpx_load_f32_as_f64(frames[3] + index);
    const fpx_doubles sum = fpx_add_f64(fpx_add_f64(a, b), fpx_add_f64(c, d));
    const fpx_doubles mean = fpx_multiply_f64(sum, fpx_splat_f64(1.0 / 4));
    a = fpx_subtract_f64(a, mean), b = fpx_subtract_f64(b, mean);
    c = fpx_subtract_f64(c, mean), d = fpx_subtract_f64(d, mean);
    fpx_doubles m2 = fpx_multiply_f64(a, a);
    m2 = fpx_multiply_add_f64(b, b, m2);
    m2 = fpx_multiply_add_f64(c, c, m2);
    m2 = fpx_multiply_add_f64(d, d, m2);
    const fpx_doubles difference = fpx_subtract_f64(mean, state.mean);
    m2 = fpx_multiply_add_f64(fpx_multiply_f64(difference, difference), fpx_splat_f64(weights.m2), m2);
    return (fpx_welford_vectors){
        fpx_multiply_add_f64(difference, fpx_splat_f64(weights.mean), state.mean),
        fpx_add_f64(state.m2, m2),
    };
}

/// Returns the first sample that is left over.
FPX_OPERATION size_t fpx_welford_two_blocks_f32(double *mean, double *m2, const float *const *frames,
                                                const fpx_welford_weights *weights, size_t first_sample,
                                                size_t end_sample) {
    const float *const eight[] = {frames[0], frames[1], frames[2], frames[3],
                                  frames[4], frames[5], frames[6], frames[7]};
    const fpx_welford_weights first_weights = weights[0], second_weights = weights[1];
    size_t index = first_sample;
    for (; end_sample - index >= FPX_VECTOR_BYTES / sizeof(double); index += FPX_VECTOR_BYTES / sizeof(double)) {
        fpx_welford_vectors state = {fpx_load_f64(mean + index), fpx_load_f64(m2 + index)};
        state = fpx_welford_take_block(state, eight, index, first_weights);
        state = fpx_welford_take_block(state, eight + 4, index, second_weights);
        fpx_store_f64(mean + index, state.mean);
        fpx_store_f64(m2 + index, state.m2);
    }
    return index;
}

#define FPX_WELFORD_HAS_VECTORS 1
