// The only file that knows OpenMP.

#include "fpx_parallel.h"

#include <limits.h>
#include <stdatomic.h>

#if defined(FPX_OPENMP)
#include <pthread.h>

// Declared here because omp.h is not on every compiler's search path, although the library is installed.
extern int omp_get_max_threads(void);

static void *wait_for_release(void *gate) {
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

// The size of the team, at most `wanted`, that the system has threads for. OpenMP's runtime ends the process when it is
// refused one (`ulimit -u`, a container's limit), so this is tried out before, once for each larger team.
static size_t possible_team(size_t wanted) {
    enum { MOST_TRIED = 256 };
    static atomic_size_t known_possible = 1;
    if (wanted > MOST_TRIED) wanted = MOST_TRIED;
    if (wanted <= atomic_load_explicit(&known_possible, memory_order_relaxed)) return wanted;
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t others[MOST_TRIED];
    size_t other_count = 0;
    // All of them at once: the limit is on threads that exist at the same time.
    pthread_mutex_lock(&gate);
    while (other_count < wanted - 1 && pthread_create(&others[other_count], NULL, wait_for_release, &gate) == 0) {
        other_count++;
    }
    pthread_mutex_unlock(&gate);
    for (size_t index = 0; index < other_count; index++)
        pthread_join(others[index], NULL);
    if (other_count == wanted - 1) atomic_store_explicit(&known_possible, wanted, memory_order_relaxed);
    return other_count + 1;
}
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
    if (threads > 1) threads = possible_team(threads);
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
