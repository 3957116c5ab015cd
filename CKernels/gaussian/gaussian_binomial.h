// Both passes with the weights 1/4, 1/2, 1/4: OpenCV's for size 3. Included after a header of ../vectors.
//
// Sums are a + 2 b + c here, the weights' common factor left out: two passes give 16 times the result. Vectors of
// samples are widened to two of sums, which packing makes one of again.

#include "../kernels.h"

#define BINOMIAL_ROWS (FPX_GAUSSIAN_ROWS_PER_PASS + 2)

static inline bool fpx_gaussian_u8_is_binomial(const fpx_gaussian *gaussian) {
    return gaussian->u8_radius == 1 && gaussian->u8_weights[1] == 1 << 6 && gaussian->u8_weights[2] == 1 << 7;
}

static inline bool fpx_gaussian_u16_is_binomial(const fpx_gaussian *gaussian) {
    return gaussian->u16_radius == 1 && gaussian->u16_weights[1] == 1 << 14 && gaussian->u16_weights[2] == 1 << 15;
}

FPX_OPERATION fpx_vector_u8 binomial_pack_u8(fpx_vector_u16 lower, fpx_vector_u16 upper) {
    return fpx_order_packed(fpx_pack_i16_to_u8(lower, upper));
}

FPX_OPERATION fpx_vector_u16 binomial_pack_u16(fpx_vector_u32 lower, fpx_vector_u32 upper) {
    return fpx_order_packed(fpx_pack_i32_to_u16(lower, upper));
}

#define SAMPLE uint8_t
#define SUM uint16_t
#define LANES(name) name##_u8
#define SUM_LANES(name) name##_u16
#include "gaussian_binomial_passes.h"

#define SAMPLE uint16_t
#define SUM uint32_t
#define LANES(name) name##_u16
#define SUM_LANES(name) name##_u32
#include "gaussian_binomial_passes.h"
