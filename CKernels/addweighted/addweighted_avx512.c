#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx512.h"

#define LEVEL(name) name##_avx512
#define SUBNORMAL_LEVEL(name) name##_avx512_subnormal
#include "addweighted_x86.h"

#endif
