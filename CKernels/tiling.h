/// How samples and rows are cut into tiles.
#ifndef FPX_TILING_H
#define FPX_TILING_H

#include <stddef.h>

static inline size_t fpx_tile_count(size_t count, size_t tile) { return count / tile + (count % tile != 0); }

/// Where the tile that begins at `first` ends.
static inline size_t fpx_tile_end(size_t first, size_t count, size_t tile) {
    return count - first < tile ? count : first + tile;
}

#endif
