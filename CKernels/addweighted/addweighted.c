// The public functions: checks and tiling by rows.

#include "fpx_addweighted.h"

#include "../kernels.h"
#include "fpx_parallel.h"

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

// One definition for the three sample types.
#define DEFINE_ADDWEIGHTED(sample, sample_type)                                                                        \
    fpx_status fpx_addweighted_##sample(sample_type *destination, const sample_type *first, const sample_type *second, \
                                        size_t sample_count, double alpha, double beta, double gamma) {                \
        if (sample_count == 0) return FPX_OK;                                                                          \
        if (!destination || !first || !second) return FPX_ERROR_ARGUMENT;                                              \
        fpx_kernels_selected()->addweighted_##sample(destination, first, second, sample_count, (float)alpha,           \
                                                     (float)beta, (float)gamma);                                       \
        return FPX_OK;                                                                                                 \
    }                                                                                                                  \
                                                                                                                       \
    static void addweighted_##sample##_tile(size_t tile_index, void *context) {                                        \
        const row_tiling *tiles = context;                                                                             \
        const size_t first_row = tile_index * tiles->tile_row_count;                                                   \
        const size_t left = tiles->row_count - first_row;                                                              \
        const size_t end_row = first_row + (left < tiles->tile_row_count ? left : tiles->tile_row_count);              \
        for (size_t row = first_row; row < end_row; row++) {                                                           \
            const ptrdiff_t signed_row = (ptrdiff_t)row;                                                               \
            tiles->kernels->addweighted_##sample(                                                                      \
                (sample_type *)(void *)(tiles->destination + signed_row * tiles->destination_stride_bytes),            \
                (const sample_type *)(const void *)(tiles->first + signed_row * tiles->first_stride_bytes),            \
                (const sample_type *)(const void *)(tiles->second + signed_row * tiles->second_stride_bytes),          \
                tiles->row_sample_count, tiles->alpha, tiles->beta, tiles->gamma);                                     \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    fpx_status fpx_addweighted_##sample##_rows(                                                                        \
        sample_type *destination, ptrdiff_t destination_stride_bytes, const sample_type *first,                        \
        ptrdiff_t first_stride_bytes, const sample_type *second, ptrdiff_t second_stride_bytes,                        \
        size_t row_sample_count, size_t row_count, double alpha, double beta, double gamma, size_t threads) {          \
        if (row_sample_count == 0 || row_count == 0) return FPX_OK;                                                    \
        if (!destination || !first || !second) return FPX_ERROR_ARGUMENT;                                              \
        row_tiling tiles = {                                                                                           \
            .kernels = fpx_kernels_selected(),                                                                         \
            .destination = (char *)destination,                                                                        \
            .destination_stride_bytes = destination_stride_bytes,                                                      \
            .first = (const char *)first,                                                                              \
            .first_stride_bytes = first_stride_bytes,                                                                  \
            .second = (const char *)second,                                                                            \
            .second_stride_bytes = second_stride_bytes,                                                                \
            .row_sample_count = row_sample_count,                                                                      \
            .row_count = row_count,                                                                                    \
            .tile_row_count = rows_per_tile(row_sample_count),                                                         \
            .alpha = (float)alpha,                                                                                     \
            .beta = (float)beta,                                                                                       \
            .gamma = (float)gamma,                                                                                     \
        };                                                                                                             \
        const size_t tile_count = row_count / tiles.tile_row_count + (row_count % tiles.tile_row_count != 0);          \
        fpx_parallel_tiles(tile_count, threads, addweighted_##sample##_tile, &tiles);                                  \
        return FPX_OK;                                                                                                 \
    }

DEFINE_ADDWEIGHTED(u8, uint8_t)
DEFINE_ADDWEIGHTED(u16, uint16_t)
DEFINE_ADDWEIGHTED(f32, float)
