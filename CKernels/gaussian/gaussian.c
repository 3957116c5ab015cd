// The public functions: checks, tiles and borders.
//
// A strip is blurred in tiles of some columns and FPX_GAUSSIAN_ROWS_PER_PASS rows: first down the columns, into exact
// sums of the tile and of the columns beside it that the second pass needs, then along the rows. So the sums stay in
// level-1 cache, nothing but these few columns is computed twice, and calls need no memory of each other.

#include "fpx_gaussian.h"

#include <string.h>

#include "../kernels.h"
#include "../tiling.h"

#pragma STDC FP_CONTRACT OFF

enum {
    MAXIMUM_CHANNELS = 4,
    MAXIMUM_TAPS = FPX_GAUSSIAN_MAXIMUM_SIZE,
    ROWS = FPX_GAUSSIAN_ROWS_PER_PASS,
    CACHE_LINE_BYTES = 64,
    /// What __builtin_prefetch calls level-2 cache.
    LEVEL2 = 2,
    /// Rows that one member of a team blurs at a time.
    BAND_ROWS = 32,
};

/// Samples of one row of a tile. Wider ones have fewer, for the same number of bytes.
#define TILE_SAMPLES(sample_type) (FPX_GAUSSIAN_TILE_SAMPLES / sizeof(sample_type))
/// Sums of one row of a tile: with both borders, and what kernels may read behind them.
#define ROW_SUMS(sample_type)                                                                                          \
    (TILE_SAMPLES(sample_type) + (MAXIMUM_TAPS - 1) * MAXIMUM_CHANNELS + FPX_GAUSSIAN_SLACK_SUMS)

/// What the tiles of a strip have in common.
typedef struct strip {
    const fpx_kernels *kernels;
    const fpx_gaussian *gaussian;
    ptrdiff_t destination_stride_bytes;
    size_t width;
    size_t channels;
} strip;

typedef struct image {
    strip strip;
    char *destination;
    const char *source;
    ptrdiff_t source_stride_bytes;
    size_t height;
} image;

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// False for a structure that `fpx_gaussian_prepare` did not fill.
static bool is_prepared(const fpx_gaussian *gaussian) {
    return gaussian && gaussian->size >= 3 && gaussian->size % 2 == 1 && gaussian->size <= MAXIMUM_TAPS &&
           gaussian->u8_radius <= gaussian->size / 2 && gaussian->u16_radius <= gaussian->size / 2;
}

#define SAMPLE u8
#define SAMPLE_TYPE uint8_t
#define SUM_TYPE uint16_t
#include "gaussian_strip.h"

#define SAMPLE u16
#define SAMPLE_TYPE uint16_t
#define SUM_TYPE uint32_t
#include "gaussian_strip.h"
