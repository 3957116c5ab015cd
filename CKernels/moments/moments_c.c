// Portable C: the definition that the other levels are held against.

#include "../kernels.h"

#pragma STDC FP_CONTRACT OFF

// Accumulators of this many samples stay in level-1 cache (u8: 8 KiB, u16: 12 KiB) while the frames pass by.
#define BLOCK_SAMPLES ((size_t)1024)

#define SAMPLE uint8_t
#define SQUARE uint32_t
#define KERNEL fpx_moments_u8_accumulate_c
#include "moments_blocks.h"

#define SAMPLE uint16_t
#define SQUARE uint64_t
#define KERNEL fpx_moments_u16_accumulate_c
#include "moments_blocks.h"

#define FPX_TARGET
#define LEVEL(name) name##_c
#include "moments_passes.h"
