#include "fpx_large_memory.h"

// Defines __GLIBC__ where the C library is that one.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/resource.h>
#endif

void fpx_return_large_memory(void) {
#ifdef __GLIBC__
    // A threshold that was set stays; the built-in one grows.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    // Each thread that allocates is given 64 MiB of addresses otherwise, used or not, as long as there are any: where
    // they are limited (ulimit -v), nothing is left for what comes later.
    struct rlimit addresses;
    if (getrlimit(RLIMIT_AS, &addresses) == 0 && addresses.rlim_cur != RLIM_INFINITY) {
        mallopt(M_ARENA_MAX, 1);
    }
#endif
}
