#define FPX_TARGET
#define LEVEL(name) name##_c
#include "packing_blocks.h"
