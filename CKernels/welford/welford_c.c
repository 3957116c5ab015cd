#define FPX_TARGET
#define LEVEL(name) name##_c
#include "welford_kernels.h"
