#include "../cpu.h"

#if FPX_X86

#define FPX_TARGET FPX_TARGET_AVX512
#define LEVEL(name) name##_avx512
#include "packing_blocks.h"

#endif
