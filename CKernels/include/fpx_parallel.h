/// Runs tiles on an OpenMP team, or on threads of the caller's.
///
/// A build without OpenMP (trait `OpenMP` off) runs the same tiles one after the other on the calling thread. No
/// fastpix kernel's result depends on the team size, so both builds give the same bits.
#ifndef FPX_PARALLEL_H
#define FPX_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>

#include "fpx_annotations.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Works on one tile; `context` is what was given to `fpx_parallel_tiles`. It runs on several threads at once.
typedef void (*fpx_tile_body)(size_t tile_index, void *_Nullable context);

/// True when this build contains OpenMP (trait `OpenMP`).
bool fpx_parallel_has_openmp(void);

/// Why this process has OpenMP and may not use it, a clause in English without a full stop, valid for the life of the
/// process: everything runs on the calling thread then, with the same results. Null when teams can be had, and in a
/// build without OpenMP.
const char *_Nullable fpx_parallel_refusal(void);

/// Threads a team gets when asked for 0: what OpenMP answers, which is the number of processors it may use unless
/// OMP_NUM_THREADS says otherwise; 1 without OpenMP, or where it is refused.
size_t fpx_parallel_default_threads(void);

/// Calls `body` once for each tile index in 0..<tile_count, on at most `threads` threads (0: default), and
/// returns when all calls have returned. Which thread runs which tile is not defined. With one thread or one tile
/// everything happens on the calling thread; so it does in a tile of another team, and when the system has no more
/// threads or address space to give: what OpenMP's runtime would end the process for not getting is tried out before,
/// while no other call can start a team.
///
/// Thread-safety: may be called from several threads at once; each call has a team of its own. A caller with threads
/// of its own should call the kernels' `_tile` functions instead, so that there is one owner of parallelism.
/// Complexity: tile_count calls, one atomic addition for each; no allocation of its own.
void fpx_parallel_tiles(size_t tile_count, size_t threads, fpx_tile_body _Nonnull body, void *_Nullable context);

/// Threads of the caller's. `run` calls `body(tile_index, tile_context)` once for each tile index in 0..<tile_count, on
/// whatever threads and in whatever order it likes, and returns when all calls have returned. `context` is handed to
/// it. Every function that takes `threads` has one beside it, `..._on`, that takes a runner: null runs all tiles on the
/// calling thread. No result depends on the runner.
typedef struct fpx_parallel_runner {
    void (*_Nonnull run)(void *_Nullable context, size_t tile_count, fpx_tile_body _Nonnull body,
                         void *_Nullable tile_context);
    void *_Nullable context;
} fpx_parallel_runner;

/// Calls `body` once for each tile index in 0..<tile_count on `runner`.
void fpx_parallel_run(const fpx_parallel_runner *_Nullable runner, size_t tile_count, fpx_tile_body _Nonnull body,
                      void *_Nullable tile_context);

/// The runner that `fpx_parallel_tiles` is, on a team of `threads` (0: default).
fpx_parallel_runner fpx_parallel_team(size_t threads);

#ifdef __cplusplus
}
#endif
#endif
