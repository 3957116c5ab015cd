// The kernels' teams of threads, in place of CKernels/parallel.c: threads that are made for a call and joined in it.
//
// A Python process may fork at any time (multiprocessing, data loaders). OpenMP runtimes keep their threads, and after
// a fork the child waits for ones that it does not have. Threads that end with the call cannot be missed; making one
// takes some 20 microseconds, which calls that ask for several threads are long enough for.

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "fpx_parallel.h"

typedef struct team {
    atomic_size_t next_tile;
    size_t tile_count;
    fpx_tile_body body;
    void *context;
} team;

bool fpx_parallel_has_openmp(void) { return false; }

size_t fpx_parallel_default_threads(void) {
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 0 ? (size_t)processors : 1;
}

static void *run_tiles(void *argument) {
    team *team = argument;
    for (;;) {
        const size_t tile_index = atomic_fetch_add_explicit(&team->next_tile, 1, memory_order_relaxed);
        if (tile_index >= team->tile_count) return NULL;
        team->body(tile_index, team->context);
    }
}

void fpx_parallel_tiles(size_t tile_count, size_t threads, fpx_tile_body body, void *context) {
    enum { MOST_THREADS = 256 };
    team team = {.next_tile = 0, .tile_count = tile_count, .body = body, .context = context};
    if (threads == 0) threads = fpx_parallel_default_threads();
    if (threads > tile_count) threads = tile_count;
    if (threads > MOST_THREADS) threads = MOST_THREADS;
    pthread_t others[MOST_THREADS];
    size_t other_count = 0;
    // Where the system has no more threads to give, those that there are do all the work.
    while (other_count + 1 < threads && pthread_create(&others[other_count], NULL, run_tiles, &team) == 0) {
        other_count++;
    }
    run_tiles(&team);
    for (size_t index = 0; index < other_count; index++)
        pthread_join(others[index], NULL);
}
