#define FPX_TARGET
#define LEVEL(name) name##_c
#include "persistence_template.h"
