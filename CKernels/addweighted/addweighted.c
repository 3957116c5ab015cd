// The public functions: checks and tiling by rows.

#include "fpx_addweighted.h"

#include "../kernels.h"
#include "../tiling.h"

#pragma STDC FP_CONTRACT OFF

/// Samples of a tile of rows: large enough that handing out tiles costs nothing, small enough to share out evenly.
#define TILE_SAMPLES ((size_t)64 * 1024)

typedef struct row_tiling {
    const fpx_kernels *kernels;
    char *destination;
    ptrdiff_t destination_stride_bytes;
    const char *first;
    ptrdiff_t first_stride_bytes;
    const char *second;
    ptrdiff_t second_stride_bytes;
    size_t row_sample_count;
    size_t row_count;
    size_t tile_row_count;
    float alpha;
    float beta;
    float gamma;
} row_tiling;

static size_t rows_per_tile(size_t row_sample_count) {
    return row_sample_count < TILE_SAMPLES ? TILE_SAMPLES / row_sample_count : 1;
}

/// Rows that follow each other without a gap in all three images are longer rows: as many together as a tile has, so
/// that tails are met once for all of them.
static void join_rows(row_tiling *tiles, size_t sample_bytes) {
    const ptrdiff_t row_bytes = (ptrdiff_t)(tiles->row_sample_count * sample_bytes);
    if (tiles->destination_stride_bytes != row_bytes || tiles->first_stride_bytes != row_bytes ||
        tiles->second_stride_bytes != row_bytes) {
        return;
    }
    // The largest divisor of the rows that a tile has room for; rows of a prime number stay as they are.
    size_t joined = rows_per_tile(tiles->row_sample_count);
    if (joined > tiles->row_count) joined = tiles->row_count;
    while (tiles->row_count % joined != 0)
        joined--;
    tiles->row_sample_count *= joined;
    tiles->row_count /= joined;
    tiles->destination_stride_bytes *= (ptrdiff_t)joined;
    tiles->first_stride_bytes *= (ptrdiff_t)joined;
    tiles->second_stride_bytes *= (ptrdiff_t)joined;
}

#define SAMPLE uint8_t
#define PUBLIC(name) fpx_addweighted_u8##name
#define ENTRY addweighted_u8
#include "addweighted_entries.h"

#define SAMPLE uint16_t
#define PUBLIC(name) fpx_addweighted_u16##name
#define ENTRY addweighted_u16
#include "addweighted_entries.h"

#define SAMPLE float
#define PUBLIC(name) fpx_addweighted_f32##name
#define ENTRY addweighted_f32
#include "addweighted_entries.h"
