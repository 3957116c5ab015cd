#include "relief_loops.h"

#pragma STDC FP_CONTRACT OFF

FPX_DEFINE_RELIEF_KERNELS(c, )
