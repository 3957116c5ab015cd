#include "welford_block.h"

#pragma STDC FP_CONTRACT OFF

FPX_DEFINE_WELFORD_KERNELS(c, )
