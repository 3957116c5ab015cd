#include "relief_loops.h"

#pragma STDC FP_CONTRACT OFF

#if FPX_ARM64
// Every arm64 compiler may use Advanced SIMD, so this level is what it makes of the portable code.
FPX_DEFINE_RELIEF_KERNELS(neon, )
#endif
