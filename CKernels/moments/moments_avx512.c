#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx512.h"

#define LEVEL(name) name##_avx512
#define DOT_LEVEL(name) name##_avx512_dot_product
#include "moments_x86.h"

#endif
