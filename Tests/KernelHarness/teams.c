/// Teams of several calling threads at once, for `scripts/test-kernels` to run where the system refuses what they need.
///
///     teams CALLERS THREADS
///
/// Each of CALLERS threads runs tiles on teams of THREADS, all beginning together. Prints why there are no teams, if
/// so. Exit code 1 when a tile did not run exactly once; where OpenMP's runtime ends the process, the signal tells.
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "CKernels.h"

enum { TILES = 64, ROUNDS = 20, MOST_CALLERS = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t started = PTHREAD_COND_INITIALIZER;
static bool may_start;
static size_t team_threads;

static void run_tile(size_t tile, void *context) {
    volatile unsigned work = 0;
    for (unsigned step = 0; step < 20000; step++)
        work = work + step;
    // A tile is touched by one thread only.
    ((unsigned char *)context)[tile]++;
}

/// Null when all is well.
static void *call(void *context) {
    unsigned char runs[TILES] = {0};
    pthread_mutex_lock(&lock);
    while (!may_start)
        pthread_cond_wait(&started, &lock);
    pthread_mutex_unlock(&lock);
    for (int round = 0; round < ROUNDS; round++)
        fpx_parallel_tiles(TILES, team_threads, run_tile, runs);
    for (size_t tile = 0; tile < TILES; tile++) {
        if (runs[tile] != ROUNDS) return context;
    }
    return NULL;
}

int main(int argument_count, char **arguments) {
    if (argument_count != 3) return 64;
    const size_t wanted = strtoul(arguments[1], NULL, 10);
    team_threads = strtoul(arguments[2], NULL, 10);
    pthread_t callers[MOST_CALLERS];
    size_t count = 0;
    bool is_failed = false;
    const char *refusal = fpx_parallel_refusal();
    if (refusal != NULL) printf("refused: %s\n", refusal);
    while (count < wanted && count < MOST_CALLERS && pthread_create(&callers[count], NULL, call, &is_failed) == 0)
        count++;
    pthread_mutex_lock(&lock);
    may_start = true;
    pthread_cond_broadcast(&started);
    pthread_mutex_unlock(&lock);
    for (size_t index = 0; index < count; index++) {
        void *result = NULL;
        pthread_join(callers[index], &result);
        if (result != NULL) is_failed = true;
    }
    // There may be no thread to be had at all.
    if (count == 0 && call(&is_failed) != NULL) is_failed = true;
    return is_failed;
}
