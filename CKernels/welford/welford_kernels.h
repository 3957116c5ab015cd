// The kernels of one level. Included with FPX_TARGET and LEVEL(name), which makes a kernel's name.

#include "welford_block.h"

#pragma STDC FP_CONTRACT OFF

#define SAMPLE uint8_t
#define NAME(name) name##_u8
#define KERNEL LEVEL(fpx_welford_u8_accumulate)
#include "welford_template.h"

#define SAMPLE uint16_t
#define NAME(name) name##_u16
#define KERNEL LEVEL(fpx_welford_u16_accumulate)
#include "welford_template.h"

#define SAMPLE float
#ifdef FPX_WELFORD_HAS_VECTORS
#define TWO_BLOCKS fpx_welford_two_blocks_f32
#endif
#define NAME(name) name##_f32
#define KERNEL LEVEL(fpx_welford_f32_accumulate)
#include "welford_template.h"
