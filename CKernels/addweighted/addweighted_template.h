// The kernels of one level. Included after a header of ../vectors and what weighs vectors with it, with LEVEL(name)
// making a kernel's name:
//
//     weigh_byte_vector, weigh_word_vector    two vectors with weights; `results_fit`: see addweighted_bounds.h
//     weighted_sum                            the same of floats

#define SAMPLE uint8_t
#define LANES(name) name##_u8
#define LOOP weigh_bytes
#define KERNEL LEVEL(fpx_addweighted_u8)
#define WEIGH weigh_byte_vector
#define MAXIMUM 255.0f
#include "addweighted_loop.h"

#define SAMPLE uint16_t
#define LANES(name) name##_u16
#define LOOP weigh_words
#define KERNEL LEVEL(fpx_addweighted_u16)
#define WEIGH weigh_word_vector
#define MAXIMUM 65535.0f
#include "addweighted_loop.h"

FPX_OPERATION fpx_vector_f32 weigh_float_vector(fpx_vector_f32 first, fpx_vector_f32 second, weights by,
                                                bool results_fit) {
    (void)results_fit;
    return weighted_sum(first, second, by);
}

#define SAMPLE float
#define LANES(name) name##_f32
#define LOOP weigh_floats
#define KERNEL LEVEL(fpx_addweighted_f32)
#define WEIGH weigh_float_vector
#define MAXIMUM 1.0f
#include "addweighted_loop.h"
