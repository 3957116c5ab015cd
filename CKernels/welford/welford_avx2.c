#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx2.h"
#define LEVEL(name) name##_avx2
#include "welford_vectors.h"

#include "welford_kernels.h"

#endif
