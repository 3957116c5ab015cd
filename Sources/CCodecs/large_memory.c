#include "fpx_large_memory.h"

// Defines __GLIBC__ where the C library is that one.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void fpx_return_large_memory(void) {
#ifdef __GLIBC__
    // A threshold that was set stays; the built-in one grows.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}
