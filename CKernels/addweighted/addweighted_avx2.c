#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx2.h"

#define LEVEL(name) name##_avx2
#define SUBNORMAL_LEVEL(name) name##_avx2_subnormal
#include "addweighted_x86.h"

#endif
