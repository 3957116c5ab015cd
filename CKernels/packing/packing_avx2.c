#include "../cpu.h"

#if FPX_X86

#define FPX_TARGET FPX_TARGET_AVX2
#define LEVEL(name) name##_avx2
#include "packing_blocks.h"

#endif
