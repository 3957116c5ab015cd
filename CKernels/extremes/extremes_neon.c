#include "../cpu.h"

#if FPX_ARM64

#include "../vectors/neon.h"

#define LEVEL(name) name##_neon
#include "extremes_vectors.h"

#endif
