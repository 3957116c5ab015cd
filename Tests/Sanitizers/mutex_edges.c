/// Tells ThreadSanitizer of the locks that it cannot see; `scripts/test --sanitize` preloads it (Linux only).
///
/// Swift's `Mutex` takes and gives up a lock in code of the caller, which the compiler has instrumented, unless another
/// thread is at it: then in the slow paths of libswiftSynchronization, which is not. A lock handed over there is one
/// that ThreadSanitizer knows nothing of, and it reports everything the lock guards as a race. These functions stand
/// before the slow paths, call them, and say what they have done: no more than that, so that a race remains a race.
/// Should the library's names change, they are never called, and the false reports are back.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

typedef SWIFT void lock_function(uint32_t thread, SELF);
typedef SWIFT bool try_function(SELF);
typedef SWIFT void unlock_function(SELF);

#define LOCK_NAME "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_NAME "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_NAME "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slowly(uint32_t thread, SELF) __asm__(LOCK_NAME);
SWIFT bool try_slowly(SELF) __asm__(TRY_NAME);
SWIFT void unlock_slowly(SELF) __asm__(UNLOCK_NAME);

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        (void)fprintf(stderr, "mutex_edges.c: %s is missing\n", name);
        abort();
    }
    return found;
}

/// ThreadSanitizer's functions are in the program, not in a library; other programs that are started have none.
static void tell(const char *function, void *lock) {
    void (*edge)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, function);
    if (edge != NULL) edge(lock);
}

SWIFT void lock_slowly(uint32_t thread, SELF) {
    ((lock_function *)next(LOCK_NAME))(thread, self);
    tell("__tsan_acquire", self);
}

SWIFT bool try_slowly(SELF) {
    bool has_locked = ((try_function *)next(TRY_NAME))(self);
    if (has_locked) tell("__tsan_acquire", self);
    return has_locked;
}

SWIFT void unlock_slowly(SELF) {
    tell("__tsan_release", self);
    ((unlock_function *)next(UNLOCK_NAME))(self);
}
