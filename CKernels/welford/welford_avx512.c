#include "welford_block.h"

#pragma STDC FP_CONTRACT OFF

#if FPX_X86
FPX_DEFINE_WELFORD_KERNELS(avx512, FPX_TARGET_AVX512)
#endif
