// The public functions: checks, weights of the blocks, tiling, and the merge of two sets of frames.

#include "fpx_welford.h"

#include "fpx_parallel.h"
#include "welford_block.h"

#pragma STDC FP_CONTRACT OFF

#define FRAMES_PER_PASS ((size_t)FPX_WELFORD_BLOCK_FRAMES * FPX_WELFORD_BLOCKS_PER_PASS)

static fpx_status check(const double *mean, const double *m2, const void *const *frames, size_t frame_count,
                        size_t sample_count) {
    if (frame_count == 0 || sample_count == 0) return FPX_OK;
    if (!mean || !m2 || !frames) return FPX_ERROR_ARGUMENT;
    for (size_t frame = 0; frame < frame_count; frame++) {
        if (!frames[frame]) return FPX_ERROR_ARGUMENT;
    }
    return FPX_OK;
}

// One definition for the three sample types: they differ in the frames' type alone.
#define DEFINE_ACCUMULATE(sample, sample_type)                                                                         \
    static void accumulate_##sample##_range(const fpx_kernels *kernels, double *mean, double *m2,                      \
                                            size_t frames_before, const sample_type *const *frames,                    \
                                            size_t frame_count, size_t first_sample, size_t end_sample) {              \
        fpx_welford_weights weights[FPX_WELFORD_BLOCKS_PER_PASS];                                                      \
        for (size_t frame = 0; frame < frame_count; frame += FRAMES_PER_PASS) {                                        \
            const size_t left = frame_count - frame;                                                                   \
            const size_t pass_frames = left < FRAMES_PER_PASS ? left : FRAMES_PER_PASS;                                \
            for (size_t block = 0; block * FPX_WELFORD_BLOCK_FRAMES < pass_frames; block++) {                          \
                const size_t earlier = block * FPX_WELFORD_BLOCK_FRAMES;                                               \
                const size_t block_frames = pass_frames - earlier < FPX_WELFORD_BLOCK_FRAMES                           \
                                                ? pass_frames - earlier                                                \
                                                : FPX_WELFORD_BLOCK_FRAMES;                                            \
                weights[block] =                                                                                       \
                    fpx_welford_weights_of((double)(frames_before + frame + earlier), (double)block_frames);           \
            }                                                                                                          \
            kernels->welford_##sample##_accumulate(mean, m2, frames + frame, pass_frames, weights, first_sample,       \
                                                   end_sample);                                                        \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    fpx_status fpx_welford_##sample##_accumulate_tile(double *mean, double *m2, size_t frames_before,                  \
                                                      const sample_type *const *frames, size_t frame_count,            \
                                                      size_t sample_count) {                                           \
        const fpx_status status = check(mean, m2, (const void *const *)frames, frame_count, sample_count);             \
        if (status != FPX_OK || frame_count == 0 || sample_count == 0) return status;                                  \
        accumulate_##sample##_range(fpx_kernels_selected(), mean, m2, frames_before, frames, frame_count, 0,           \
                                    sample_count);                                                                     \
        return FPX_OK;                                                                                                 \
    }                                                                                                                  \
                                                                                                                       \
    static void accumulate_##sample##_tile(size_t tile_index, void *context) {                                         \
        const tiling *tiles = context;                                                                                 \
        const size_t first_sample = tile_index * tiles->tile_sample_count;                                             \
        const size_t left = tiles->sample_count - first_sample;                                                        \
        accumulate_##sample##_range(                                                                                   \
            tiles->kernels, tiles->mean, tiles->m2, tiles->frames_before, tiles->frames, tiles->frame_count,           \
            first_sample, first_sample + (left < tiles->tile_sample_count ? left : tiles->tile_sample_count));         \
    }                                                                                                                  \
                                                                                                                       \
    fpx_status fpx_welford_##sample##_accumulate(double *mean, double *m2, size_t frames_before,                       \
                                                 const sample_type *const *frames, size_t frame_count,                 \
                                                 size_t sample_count, size_t tile_sample_count, size_t threads) {      \
        if (tile_sample_count == 0) return FPX_ERROR_ARGUMENT;                                                         \
        const fpx_status status = check(mean, m2, (const void *const *)frames, frame_count, sample_count);             \
        if (status != FPX_OK || frame_count == 0 || sample_count == 0) return status;                                  \
        tiling tiles = {fpx_kernels_selected(), mean, m2, frames_before, frames, frame_count, sample_count,            \
                        tile_sample_count};                                                                            \
        const size_t tile_count = sample_count / tile_sample_count + (sample_count % tile_sample_count != 0);          \
        fpx_parallel_tiles(tile_count, threads, accumulate_##sample##_tile, &tiles);                                   \
        return FPX_OK;                                                                                                 \
    }

typedef struct tiling {
    const fpx_kernels *kernels;
    double *mean;
    double *m2;
    size_t frames_before;
    const void *frames;
    size_t frame_count;
    size_t sample_count;
    size_t tile_sample_count;
} tiling;

DEFINE_ACCUMULATE(u8, uint8_t)
DEFINE_ACCUMULATE(u16, uint16_t)
DEFINE_ACCUMULATE(f32, float)

fpx_status fpx_welford_merge_tile(double *restrict mean, double *restrict m2, size_t frame_count,
                                  const double *restrict other_mean, const double *restrict other_m2,
                                  size_t other_frame_count, size_t sample_count) {
    if (other_frame_count == 0 || sample_count == 0) return FPX_OK;
    if (!mean || !m2 || !other_mean || !other_m2) return FPX_ERROR_ARGUMENT;
    const fpx_welford_weights weights = fpx_welford_weights_of((double)frame_count, (double)other_frame_count);
    for (size_t index = 0; index < sample_count; index++) {
        const fpx_welford_state earlier = {mean[index], m2[index]}, other = {other_mean[index], other_m2[index]};
        const fpx_welford_state merged = fpx_welford_merge(earlier, other, weights);
        mean[index] = merged.mean;
        m2[index] = merged.m2;
    }
    return FPX_OK;
}
