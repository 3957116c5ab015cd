#include "../cpu.h"

#if FPX_X86

#include "../vectors/avx2.h"

#define LEVEL(name) name##_avx2
#include "extremes_vectors.h"

#endif
