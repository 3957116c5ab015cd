#include "../cpu.h"

#if FPX_ARM64

#include "../vectors/neon.h"
#include "gaussian_binomial.h"
#include "gaussian_plain.h"

#pragma STDC FP_CONTRACT OFF

// Widening multiplications take one row or one pixel at a time, so that nothing needs to be interleaved.

enum { ROWS = FPX_GAUSSIAN_ROWS_PER_PASS };

#define SAMPLE uint8_t
#define SUM uint16_t
#define SAMPLE_VECTOR uint8x16_t
#define SUM_VECTOR uint16x8_t
#define WIDE_VECTOR uint32x4_t
#define LANES(name) name##_u8
#define SUM_LANES(name) name##_u16
#define WIDE_LANES(name) name##_u32
#define SUM_BITS 16
#define PASS(name) fpx_gaussian_u8_##name
#define RADIUS u8_radius
#define WEIGHTS u8_weights
#include "gaussian_taps_neon.h"

#define SAMPLE uint16_t
#define SUM uint32_t
#define SAMPLE_VECTOR uint16x8_t
#define SUM_VECTOR uint32x4_t
#define WIDE_VECTOR uint64x2_t
#define LANES(name) name##_u16
#define SUM_LANES(name) name##_u32
#define WIDE_LANES(name) name##_u64
#define SUM_BITS 32
#define PASS(name) fpx_gaussian_u16_##name
#define RADIUS u16_radius
#define WEIGHTS u16_weights
#include "gaussian_taps_neon.h"

#endif
