#include "../cpu.h"

#if FPX_X86

// Without FMA: nothing is to be contracted.
#define FPX_TARGET __attribute__((target("avx2")))
#define LEVEL(name) name##_avx2
#include "welford_kernels.h"

#endif
