// The public functions: checks, tiling, and the passes that run once over a whole set and need no tuned kernel.

#include "fpx_moments.h"

#include "../kernels.h"
#include "fpx_parallel.h"

#pragma STDC FP_CONTRACT OFF

static fpx_status check(const void *sum, const void *sum_of_squares, const void *const *frames, size_t frame_count,
                        size_t maximum_frames, size_t sample_count) {
    if (frame_count > maximum_frames) return FPX_ERROR_OVERFLOW;
    if (frame_count == 0 || sample_count == 0) return FPX_OK;
    if (!sum || !sum_of_squares || !frames) return FPX_ERROR_ARGUMENT;
    for (size_t frame = 0; frame < frame_count; frame++) {
        if (!frames[frame]) return FPX_ERROR_ARGUMENT;
    }
    return FPX_OK;
}

fpx_status fpx_moments_u8_accumulate_tile(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                          size_t frame_count, size_t sample_count) {
    const fpx_status status = check(sum, sum_of_squares, (const void *const *)frames, frame_count,
                                    FPX_MOMENTS_U8_MAXIMUM_FRAMES, sample_count);
    if (status != FPX_OK || frame_count == 0 || sample_count == 0) return status;
    fpx_kernels_selected()->moments_u8_accumulate(sum, sum_of_squares, frames, frame_count, 0, sample_count);
    return FPX_OK;
}

fpx_status fpx_moments_u16_accumulate_tile(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                           size_t frame_count, size_t sample_count) {
    const fpx_status status = check(sum, sum_of_squares, (const void *const *)frames, frame_count,
                                    FPX_MOMENTS_U16_MAXIMUM_FRAMES, sample_count);
    if (status != FPX_OK || frame_count == 0 || sample_count == 0) return status;
    fpx_kernels_selected()->moments_u16_accumulate(sum, sum_of_squares, frames, frame_count, 0, sample_count);
    return FPX_OK;
}

typedef struct tiling {
    const fpx_kernels *kernels;
    uint32_t *sum;
    void *sum_of_squares;
    const void *frames;
    size_t frame_count;
    size_t sample_count;
    size_t tile_sample_count;
} tiling;

static size_t tile_end(const tiling *tiles, size_t first_sample) {
    const size_t left = tiles->sample_count - first_sample;
    return first_sample + (left < tiles->tile_sample_count ? left : tiles->tile_sample_count);
}

static size_t tile_count(const tiling *tiles) {
    return tiles->sample_count / tiles->tile_sample_count + (tiles->sample_count % tiles->tile_sample_count != 0);
}

static void accumulate_u8_tile(size_t tile_index, void *context) {
    const tiling *tiles = context;
    const size_t first_sample = tile_index * tiles->tile_sample_count;
    tiles->kernels->moments_u8_accumulate(tiles->sum, tiles->sum_of_squares, tiles->frames, tiles->frame_count,
                                          first_sample, tile_end(tiles, first_sample));
}

static void accumulate_u16_tile(size_t tile_index, void *context) {
    const tiling *tiles = context;
    const size_t first_sample = tile_index * tiles->tile_sample_count;
    tiles->kernels->moments_u16_accumulate(tiles->sum, tiles->sum_of_squares, tiles->frames, tiles->frame_count,
                                           first_sample, tile_end(tiles, first_sample));
}

fpx_status fpx_moments_u8_accumulate(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                     size_t frame_count, size_t sample_count, size_t tile_sample_count,
                                     size_t threads) {
    if (tile_sample_count == 0) return FPX_ERROR_ARGUMENT;
    const fpx_status status = check(sum, sum_of_squares, (const void *const *)frames, frame_count,
                                    FPX_MOMENTS_U8_MAXIMUM_FRAMES, sample_count);
    if (status != FPX_OK || frame_count == 0 || sample_count == 0) return status;
    tiling tiles = {fpx_kernels_selected(), sum, sum_of_squares, frames, frame_count, sample_count, tile_sample_count};
    fpx_parallel_tiles(tile_count(&tiles), threads, accumulate_u8_tile, &tiles);
    return FPX_OK;
}

fpx_status fpx_moments_u16_accumulate(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                      size_t frame_count, size_t sample_count, size_t tile_sample_count,
                                      size_t threads) {
    if (tile_sample_count == 0) return FPX_ERROR_ARGUMENT;
    const fpx_status status = check(sum, sum_of_squares, (const void *const *)frames, frame_count,
                                    FPX_MOMENTS_U16_MAXIMUM_FRAMES, sample_count);
    if (status != FPX_OK || frame_count == 0 || sample_count == 0) return status;
    tiling tiles = {fpx_kernels_selected(), sum, sum_of_squares, frames, frame_count, sample_count, tile_sample_count};
    fpx_parallel_tiles(tile_count(&tiles), threads, accumulate_u16_tile, &tiles);
    return FPX_OK;
}

// The passes below move 9 to 24 bytes for a handful of operations a sample: with the vectors that every x86-64 and
// arm64 compiler may use they already wait for memory, so they have no variants.

fpx_status fpx_moments_u8_remove_tile(uint32_t *restrict sum, uint32_t *restrict sum_of_squares,
                                const uint8_t *restrict frame, size_t sample_count) {
    if (sample_count == 0) return FPX_OK;
    if (!sum || !sum_of_squares || !frame) return FPX_ERROR_ARGUMENT;
    for (size_t index = 0; index < sample_count; index++) {
        const uint32_t sample = frame[index];
        sum[index] -= sample;
        sum_of_squares[index] -= sample * sample;
    }
    return FPX_OK;
}

fpx_status fpx_moments_u16_remove_tile(uint32_t *restrict sum, uint64_t *restrict sum_of_squares,
                                 const uint16_t *restrict frame, size_t sample_count) {
    if (sample_count == 0) return FPX_OK;
    if (!sum || !sum_of_squares || !frame) return FPX_ERROR_ARGUMENT;
    for (size_t index = 0; index < sample_count; index++) {
        const uint32_t sample = frame[index];
        sum[index] -= sample;
        sum_of_squares[index] -= sample * sample;
    }
    return FPX_OK;
}

fpx_status fpx_moments_u8_merge_tile(uint32_t *restrict sum, uint32_t *restrict sum_of_squares,
                               const uint32_t *restrict other_sum, const uint32_t *restrict other_sum_of_squares,
                               size_t sample_count) {
    if (sample_count == 0) return FPX_OK;
    if (!sum || !sum_of_squares || !other_sum || !other_sum_of_squares) return FPX_ERROR_ARGUMENT;
    for (size_t index = 0; index < sample_count; index++) {
        sum[index] += other_sum[index];
        sum_of_squares[index] += other_sum_of_squares[index];
    }
    return FPX_OK;
}

fpx_status fpx_moments_u16_merge_tile(uint32_t *restrict sum, uint64_t *restrict sum_of_squares,
                                const uint32_t *restrict other_sum, const uint64_t *restrict other_sum_of_squares,
                                size_t sample_count) {
    if (sample_count == 0) return FPX_OK;
    if (!sum || !sum_of_squares || !other_sum || !other_sum_of_squares) return FPX_ERROR_ARGUMENT;
    for (size_t index = 0; index < sample_count; index++) {
        sum[index] += other_sum[index];
        sum_of_squares[index] += other_sum_of_squares[index];
    }
    return FPX_OK;
}

fpx_status fpx_moments_u8_scaled_m2(uint64_t *restrict scaled_m2, const uint32_t *restrict sum,
                              const uint32_t *restrict sum_of_squares, size_t frame_count, size_t sample_count) {
    if (frame_count > FPX_MOMENTS_U8_MAXIMUM_FRAMES) return FPX_ERROR_OVERFLOW;
    if (sample_count == 0) return FPX_OK;
    if (!scaled_m2 || !sum || !sum_of_squares) return FPX_ERROR_ARGUMENT;
    const uint32_t frames = (uint32_t)frame_count;
    for (size_t index = 0; index < sample_count; index++) {
        scaled_m2[index] = (uint64_t)frames * sum_of_squares[index] - (uint64_t)sum[index] * sum[index];
    }
    return FPX_OK;
}

fpx_status fpx_moments_u16_scaled_m2(uint64_t *restrict scaled_m2, const uint32_t *restrict sum,
                               const uint64_t *restrict sum_of_squares, size_t frame_count, size_t sample_count) {
    if (frame_count > FPX_MOMENTS_U16_MAXIMUM_FRAMES) return FPX_ERROR_OVERFLOW;
    if (sample_count == 0) return FPX_OK;
    if (!scaled_m2 || !sum || !sum_of_squares) return FPX_ERROR_ARGUMENT;
    const uint32_t frames = (uint32_t)frame_count;
    for (size_t index = 0; index < sample_count; index++) {
        scaled_m2[index] = frames * sum_of_squares[index] - (uint64_t)sum[index] * sum[index];
    }
    return FPX_OK;
}

fpx_scaled_m2_summary fpx_moments_u8_summarize_tile(const uint32_t *sum, const uint32_t *sum_of_squares,
                                                    size_t frame_count, size_t sample_count) {
    if (sample_count == 0 || !sum || !sum_of_squares || frame_count > FPX_MOMENTS_U8_MAXIMUM_FRAMES) {
        return (fpx_scaled_m2_summary){.minimum = UINT64_MAX};
    }
    return fpx_kernels_selected()->moments_u8_summarize(sum, sum_of_squares, (uint32_t)frame_count, sample_count);
}

fpx_scaled_m2_summary fpx_moments_u16_summarize_tile(const uint32_t *sum, const uint64_t *sum_of_squares,
                                                     size_t frame_count, size_t sample_count) {
    if (sample_count == 0 || !sum || !sum_of_squares || frame_count > FPX_MOMENTS_U16_MAXIMUM_FRAMES) {
        return (fpx_scaled_m2_summary){.minimum = UINT64_MAX};
    }
    return fpx_kernels_selected()->moments_u16_summarize(sum, sum_of_squares, (uint32_t)frame_count, sample_count);
}
