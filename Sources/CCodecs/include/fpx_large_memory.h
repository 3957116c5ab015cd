/// How this process's C library handles large blocks of memory.
#ifndef FPX_LARGE_MEMORY_H
#define FPX_LARGE_MEMORY_H

#ifdef __cplusplus
extern "C" {
#endif

/// Has blocks of a megabyte and more go back to the system when they are freed, by whatever thread. Otherwise glibc,
/// once a large block was freed, keeps the next ones in a heap of each thread, so that the pictures of several workers
/// stay in memory although only one is unpacked at a time. For programs, before they start threads; elsewhere it does
/// nothing.
void fpx_return_large_memory(void);

#ifdef __cplusplus
}
#endif

#endif
