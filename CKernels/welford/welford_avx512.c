#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx512.h"
#define LEVEL(name) name##_avx512
#include "welford_vectors.h"

#include "welford_kernels.h"

#endif
