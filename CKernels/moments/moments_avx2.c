#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx2.h"

#define LEVEL(name) name##_avx2
#define DOT_LEVEL(name) name##_avx2_dot_product
#include "moments_x86.h"

#endif
