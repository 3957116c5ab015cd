/// Faults at a chosen moment: a library for LD_PRELOAD that counts calls of system functions and lets the Nth one go
/// wrong. So tests can stop a program, or refuse it something, at every moment that leaves a trace outside the process,
/// the same one each time, and the program itself knows nothing of it. Linux only; `Tests/Support/FaultInjection.swift`
/// compiles and uses it.
///
///   FASTPIX_FAULT_CALLS    which calls count, separated by commas: open, read, write, sync, rename, list
///   FASTPIX_FAULT_NUMBER   which of them goes wrong, from 1; 0: none, they are only counted
///   FASTPIX_FAULT_SIGNAL   the number of a signal that the process gets before the call (of a write: amid it)
///   FASTPIX_FAULT_ERRNO    or the error that the call ends with instead of being made
///   FASTPIX_FAULT_LASTING  when set: all later calls end with that error, too
///   FASTPIX_FAULT_HOLDING  when set: the call never returns after the signal
///   FASTPIX_FAULT_COUNTER  a file of eight zero bytes in which the calls are counted; it outlives the process
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static bool is_armed;
static const char *counted_calls;
static unsigned long fault_number;
static int fault_signal;
static int fault_errno;
static bool is_lasting;
static bool is_holding;
static _Atomic unsigned long *counter;

static unsigned long number_of(const char *variable) {
    const char *text = getenv(variable);
    return text == NULL ? 0 : strtoul(text, NULL, 10);
}

static void give_up(const char *reason) {
    (void)fprintf(stderr, "faults.c: %s\n", reason);
    abort();
}

__attribute__((constructor)) static void arm(void) {
    counted_calls = getenv("FASTPIX_FAULT_CALLS");
    const char *path = getenv("FASTPIX_FAULT_COUNTER");
    if (counted_calls == NULL || path == NULL) {
        give_up("FASTPIX_FAULT_CALLS and FASTPIX_FAULT_COUNTER are needed");
        return;
    }
    fault_number = number_of("FASTPIX_FAULT_NUMBER");
    fault_signal = (int)number_of("FASTPIX_FAULT_SIGNAL");
    fault_errno = (int)number_of("FASTPIX_FAULT_ERRNO");
    is_lasting = getenv("FASTPIX_FAULT_LASTING") != NULL;
    is_holding = getenv("FASTPIX_FAULT_HOLDING") != NULL;
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    void *memory =
        descriptor < 0 ? MAP_FAILED : mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (memory == MAP_FAILED) give_up("the counter cannot be mapped");
    (void)close(descriptor);
    counter = memory;
    is_armed = true;
}

static bool counts(const char *call) {
    size_t length = strlen(call);
    for (const char *at = counted_calls; (at = strstr(at, call)) != NULL; at += length) {
        if ((at == counted_calls || at[-1] == ',') && (at[length] == ',' || at[length] == '\0')) return true;
    }
    return false;
}

typedef enum { PASS, SIGNAL, FAIL } fault;

static fault next_fault(const char *call) {
    if (!is_armed || !counts(call)) return PASS;
    unsigned long number = atomic_fetch_add(counter, 1) + 1;
    if (number == fault_number && fault_signal != 0) return SIGNAL;
    if (fault_errno == 0 || fault_number == 0) return PASS;
    return number == fault_number || (is_lasting && number > fault_number) ? FAIL : PASS;
}

/// Returns when the process has taken notice: a thread waits for signals that the others have blocked, and the test
/// shall not depend on how soon that thread runs.
static void raise_signal(void) {
    // To the process, not to this thread, as from another process.
    (void)kill(getpid(), fault_signal);
    struct sigaction action;
    sigset_t pending;
    // One that is ignored and blocked stays pending for ever.
    bool is_answered = sigaction(fault_signal, NULL, &action) == 0 && action.sa_handler != SIG_IGN;
    while (is_answered && sigpending(&pending) == 0 && sigismember(&pending, fault_signal) == 1) {
        (void)sched_yield();
    }
    while (is_holding)
        (void)pause();
}

/// Raises the signal when it is due; true when the call shall fail, with errno set.
static bool refuses(const char *call) {
    fault fault = next_fault(call);
    if (fault == PASS) return false;
    int before = errno;
    if (fault == SIGNAL) raise_signal();
    errno = fault == FAIL ? fault_errno : before;
    return fault == FAIL;
}

/// The function of this name that would be called without this library.
#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

static bool takes_mode(int flags) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE; }

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        mode_t mode = 0;                                                                                               \
        if (takes_mode(flags)) {                                                                                       \
            va_list arguments;                                                                                         \
            va_start(arguments, flags);                                                                                \
            mode = va_arg(arguments, mode_t);                                                                          \
            va_end(arguments);                                                                                         \
        }                                                                                                              \
        return refuses("open") ? -1 : REAL(name)(path, flags, mode);                                                   \
    }
#define OPEN_AT(name)                                                                                                  \
    int name(int folder, const char *path, int flags, ...) {                                                           \
        mode_t mode = 0;                                                                                               \
        if (takes_mode(flags)) {                                                                                       \
            va_list arguments;                                                                                         \
            va_start(arguments, flags);                                                                                \
            mode = va_arg(arguments, mode_t);                                                                          \
            va_end(arguments);                                                                                         \
        }                                                                                                              \
        return refuses("open") ? -1 : REAL(name)(folder, path, flags, mode);                                           \
    }
OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)

ssize_t read(int descriptor, void *bytes, size_t count) {
    return refuses("read") ? -1 : REAL(read)(descriptor, bytes, count);
}

#define PREAD(name, offset_type)                                                                                       \
    ssize_t name(int descriptor, void *bytes, size_t count, offset_type offset) {                                      \
        return refuses("read") ? -1 : REAL(name)(descriptor, bytes, count, offset);                                    \
    }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

/// What a program says on stderr is neither counted nor refused. A signal comes when half of the bytes are written.
ssize_t write(int descriptor, const void *bytes, size_t count) {
    fault fault = descriptor == STDERR_FILENO ? PASS : next_fault("write");
    if (fault == FAIL) {
        errno = fault_errno;
        return -1;
    }
    if (fault == PASS) return REAL(write)(descriptor, bytes, count);
    ssize_t written = REAL(write)(descriptor, bytes, (count + 1) / 2);
    int after = errno;
    raise_signal();
    errno = after;
    return written;
}

struct dirent *readdir(DIR *folder) { return refuses("list") ? NULL : REAL(readdir)(folder); }

struct dirent64 *readdir64(DIR *folder) { return refuses("list") ? NULL : REAL(readdir64)(folder); }

int fsync(int descriptor) { return refuses("sync") ? -1 : REAL(fsync)(descriptor); }

int fdatasync(int descriptor) { return refuses("sync") ? -1 : REAL(fdatasync)(descriptor); }

int rename(const char *from, const char *to) { return refuses("rename") ? -1 : REAL(rename)(from, to); }

/// The other way to give a finished file its name.
int link(const char *from, const char *to) { return refuses("rename") ? -1 : REAL(link)(from, to); }
