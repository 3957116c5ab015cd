#include "relief_loops.h"

#pragma STDC FP_CONTRACT OFF

#if FPX_X86
FPX_DEFINE_RELIEF_KERNELS(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))))
#endif
