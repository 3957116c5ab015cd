// The only file that knows OpenMP.

#include "fpx_parallel.h"

#include <limits.h>
#include <stdatomic.h>

#if defined(FPX_OPENMP)
// Declared here because omp.h is not on every compiler's search path, although the library is installed.
extern int omp_get_max_threads(void);
#endif

bool fpx_parallel_has_openmp(void) {
#if defined(FPX_OPENMP)
    return true;
#else
    return false;
#endif
}

size_t fpx_parallel_default_threads(void) {
#if defined(FPX_OPENMP)
    const int threads = omp_get_max_threads();
    return threads > 0 ? (size_t)threads : 1;
#else
    return 1;
#endif
}

static void run_tiles(atomic_size_t *next_tile, size_t tile_count, fpx_tile_body body, void *context) {
    for (;;) {
        const size_t tile_index = atomic_fetch_add_explicit(next_tile, 1, memory_order_relaxed);
        if (tile_index >= tile_count) return;
        body(tile_index, context);
    }
}

void fpx_parallel_tiles(size_t tile_count, size_t threads, fpx_tile_body body, void *context) {
    if (threads == 0) threads = fpx_parallel_default_threads();
    if (threads > tile_count) threads = tile_count;
    atomic_size_t next_tile = 0;
#if defined(FPX_OPENMP)
    if (threads > 1) {
        const int team_size = threads > INT_MAX ? INT_MAX : (int)threads;
        // An atomic counter instead of an OpenMP loop schedule: compilers and OpenMP libraries of different versions
        // agree on plain `parallel`, but not on the entry points behind dynamic schedules.
#pragma omp parallel num_threads(team_size)
        run_tiles(&next_tile, tile_count, body, context);
        return;
    }
#endif
    run_tiles(&next_tile, tile_count, body, context);
}
