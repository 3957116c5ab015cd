// The only file that knows OpenMP.
//
// OpenMP's runtime ends the process when the system refuses it something: a thread (`ulimit -u`, a container's limit),
// address space (`ulimit -v`), or the file in shared memory by which LLVM's runtime finds a second copy of itself. So
// what it is going to need is tried out before, and where it would be refused, tiles run on the calling thread.

// O_CLOEXEC, MAP_ANON and posix_fallocate are extensions that strict C17 hides.
#define _GNU_SOURCE 1
#define _DARWIN_C_SOURCE 1

#include "fpx_parallel.h"

#include <limits.h>
#include <stdatomic.h>

#if defined(FPX_OPENMP)
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

// Declared here because omp.h is not on every compiler's search path, although the library is installed.
extern int omp_get_max_threads(void);
extern int omp_get_thread_num(void);
extern int omp_in_parallel(void);

/// More threads than this are never asked for: each is tried out.
#define MOST_THREADS ((size_t)256)

/// Threads that are tried out beyond a team's own, because others in the process may start some meanwhile.
#define SPARE_THREADS ((size_t)4)

/// Address space that is left over when a team's threads exist. The runtime allocates for itself and for each thread
/// beside its stack, and so do tiles. And the GNU C library maps twice 64 MiB for a moment, for every thread that
/// allocates; what is asked for in that moment is refused where there is no more.
#define HEADROOM_BYTES ((size_t)(16 + 128) << 20)
#define HEADROOM_BYTES_PER_THREAD ((size_t)1 << 20)

static bool has_address_space(size_t bytes) {
    void *address = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    if (address == MAP_FAILED) return false;
    munmap(address, bytes);
    return true;
}

#if defined(__linux__)
/// LLVM's runtime makes a small file in /dev/shm when it starts.
static bool has_shared_memory(void) {
    char path[64];
    snprintf(path, sizeof path, "/dev/shm/fastpix_probe_%ld", (long)getpid());
    const int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    // One that a killed process of the same number left shows that files can be made.
    if (file < 0) return errno == EEXIST;
    const bool has_room = posix_fallocate(file, 0, 1024) == 0;
    close(file);
    unlink(path);
    return has_room;
}
#else
static bool has_shared_memory(void) { return true; }
#endif

static const char *refusal;

static void find_refusal(void) {
    if (!has_shared_memory()) {
        refusal = "OpenMP cannot start, because no file can be made in /dev/shm";
    } else if (!has_address_space(HEADROOM_BYTES)) {
        refusal = "OpenMP cannot start, because the limit of address space (ulimit -v) leaves no room for it";
    }
}

/// Once for the process: the runtime starts only once, too.
static const char *openmp_refusal(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_refusal);
    return refusal;
}

// ---- Teams ----
//
// The runtime keeps the threads of a team for the next one of the same calling thread, but not for those of others. So
// threads are tried out when a calling thread wants more than it had in its last team, and nobody else may start a team
// between the trial and the moment when the runtime has its threads.

static pthread_mutex_t start_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t start_ended = PTHREAD_COND_INITIALIZER;
static bool team_is_starting;

/// Threads of this thread's last team.
static _Thread_local size_t last_team = 1;

// Not a lock around the parallel region: it ends in the middle of one.
static void begin_start(void) {
    pthread_mutex_lock(&start_lock);
    while (team_is_starting)
        pthread_cond_wait(&start_ended, &start_lock);
    team_is_starting = true;
    pthread_mutex_unlock(&start_lock);
}

static void end_start(void) {
    pthread_mutex_lock(&start_lock);
    team_is_starting = false;
    pthread_cond_signal(&start_ended);
    pthread_mutex_unlock(&start_lock);
}

typedef struct trial {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t arrived;
    bool ended;
    long numbers[MOST_THREADS + SPARE_THREADS];
} trial;

/// The system's number of the calling thread, or 0 where it does not matter.
static long own_number(void) {
#if defined(__linux__)
    return syscall(SYS_gettid);
#else
    return 0;
#endif
}

/// A thread that was joined is counted against the limits for some microseconds more.
static void wait_until_gone(long number) {
#if defined(__linux__)
    while (syscall(SYS_tgkill, (long)getpid(), number, 0L) == 0)
        sched_yield();
#else
    (void)number;
#endif
}

static void *take_part(void *context) {
    trial *trial = context;
    // The C library sets address space aside for a thread that allocates, and keeps it for later threads.
    void *volatile allocation = malloc(1);
    free(allocation);
    pthread_mutex_lock(&trial->lock);
    trial->numbers[trial->arrived++] = own_number();
    pthread_cond_broadcast(&trial->changed);
    while (!trial->ended)
        pthread_cond_wait(&trial->changed, &trial->lock);
    pthread_mutex_unlock(&trial->lock);
    return NULL;
}

/// The size of a team, at most `wanted`, that the system has threads and address space for.
static size_t possible_team(size_t wanted) {
    trial trial = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    pthread_t others[MOST_THREADS + SPARE_THREADS];
    size_t other_count = 0;
    // All of them at once: the limits are on what exists at the same time.
    while (other_count < wanted - 1 + SPARE_THREADS &&
           pthread_create(&others[other_count], NULL, take_part, &trial) == 0) {
        other_count++;
    }
    pthread_mutex_lock(&trial.lock);
    while (trial.arrived < other_count)
        pthread_cond_wait(&trial.changed, &trial.lock);
    const bool has_room = has_address_space(HEADROOM_BYTES + other_count * HEADROOM_BYTES_PER_THREAD);
    trial.ended = true;
    pthread_cond_broadcast(&trial.changed);
    pthread_mutex_unlock(&trial.lock);
    for (size_t index = 0; index < other_count; index++)
        pthread_join(others[index], NULL);
    for (size_t index = 0; index < other_count; index++)
        wait_until_gone(trial.numbers[index]);
    return has_room && other_count > SPARE_THREADS ? other_count - SPARE_THREADS + 1 : 1;
}
#endif

bool fpx_parallel_has_openmp(void) {
#if defined(FPX_OPENMP)
    return true;
#else
    return false;
#endif
}

const char *fpx_parallel_refusal(void) {
#if defined(FPX_OPENMP)
    return openmp_refusal();
#else
    return NULL;
#endif
}

size_t fpx_parallel_default_threads(void) {
#if defined(FPX_OPENMP)
    if (openmp_refusal()) return 1;
    begin_start();
    const int threads = omp_get_max_threads();
    end_start();
    return threads > 0 ? (size_t)threads : 1;
#else
    return 1;
#endif
}

typedef struct tiles {
    atomic_size_t next;
    size_t count;
    fpx_tile_body body;
    void *context;
} tiles;

static void run_tiles(tiles *tiles) {
    for (;;) {
        const size_t tile_index = atomic_fetch_add_explicit(&tiles->next, 1, memory_order_relaxed);
        if (tile_index >= tiles->count) return;
        tiles->body(tile_index, tiles->context);
    }
}

#if defined(FPX_OPENMP)
/// A function of its own, because compilers start the runtime where the function with the region begins.
__attribute__((noinline)) static void run_region(tiles *tiles, size_t threads, bool starts) {
    // An atomic counter instead of an OpenMP loop schedule: compilers and OpenMP libraries of different versions
    // agree on plain `parallel`, but not on the entry points behind dynamic schedules.
#pragma omp parallel num_threads((int)threads)
    {
        // The runtime makes all threads of a team before its first one begins.
        if (starts && omp_get_thread_num() == 0) end_start();
        run_tiles(tiles);
    }
}

/// `threads` is at least 2. Within a tile of another team, OpenMP would give a team of one.
static void run_on_team(tiles *tiles, size_t threads) {
    if (openmp_refusal()) {
        run_tiles(tiles);
        return;
    }
    if (threads > MOST_THREADS) threads = MOST_THREADS;
    const bool grows = threads > last_team;
    if (grows) {
        begin_start();
        // The runtime makes itself known to a thread that asks it something, and allocates for it.
        threads = omp_in_parallel() ? 1 : possible_team(threads);
        if (threads == 1) end_start();
    }
    last_team = threads;
    if (threads == 1) {
        run_tiles(tiles);
    } else {
        run_region(tiles, threads, grows);
    }
}
#endif

void fpx_parallel_tiles(size_t tile_count, size_t threads, fpx_tile_body body, void *context) {
    if (tile_count == 0) return;
    tiles tiles = {.count = tile_count, .body = body, .context = context};
    if (threads == 0) threads = fpx_parallel_default_threads();
    if (threads > tile_count) threads = tile_count;
#if defined(FPX_OPENMP)
    if (threads > 1) {
        run_on_team(&tiles, threads);
        return;
    }
#endif
    run_tiles(&tiles);
}
