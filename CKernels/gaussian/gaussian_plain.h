/// Both passes in plain loops, for compilers to vectorise with the instructions of each level.
#ifndef FPX_GAUSSIAN_PLAIN_H
#define FPX_GAUSSIAN_PLAIN_H

#include "../kernels.h"

#pragma STDC FP_CONTRACT OFF

#include "gaussian_pairs.h"

// The sums of one pass are at most 255 * 2^8 and 65535 * 2^16, those of both 255 * 2^16 and 65535 * 2^32.

#define SAMPLE uint8_t
#define SUM uint16_t
#define WIDE_SUM uint32_t
#define FRACTION_BITS 8
#define VERTICAL fpx_gaussian_u8_vertical_plain
#define HORIZONTAL fpx_gaussian_u8_horizontal_plain
#define RADIUS u8_radius
#define WEIGHTS u8_weights
#include "gaussian_passes.h"

#define SAMPLE uint16_t
#define SUM uint32_t
#define WIDE_SUM uint64_t
#define FRACTION_BITS 16
#define VERTICAL fpx_gaussian_u16_vertical_plain
#define HORIZONTAL fpx_gaussian_u16_horizontal_plain
#define RADIUS u16_radius
#define WEIGHTS u16_weights
#include "gaussian_passes.h"

#endif
