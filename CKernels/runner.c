// Runs tiles on whatever the caller brings; parallel.c has what callers get who bring nothing.

#include "fpx_parallel.h"

#include <stdint.h>

static void run_on_team(void *context, size_t tile_count, fpx_tile_body body, void *tile_context) {
    fpx_parallel_tiles(tile_count, (size_t)(uintptr_t)context, body, tile_context);
}

fpx_parallel_runner fpx_parallel_team(size_t threads) {
    // The number itself, so that nothing has to outlive the call.
    return (fpx_parallel_runner){.run = run_on_team, .context = (void *)(uintptr_t)threads};
}

void fpx_parallel_run(const fpx_parallel_runner *runner, size_t tile_count, fpx_tile_body body, void *tile_context) {
    if (tile_count == 0) return;
    if (runner != NULL) {
        runner->run(runner->context, tile_count, body, tile_context);
        return;
    }
    for (size_t tile_index = 0; tile_index < tile_count; tile_index++)
        body(tile_index, tile_context);
}
