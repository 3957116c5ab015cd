// The public functions: checks, weights of the blocks, tiling, and the merge of two sets of frames.

#include "fpx_welford.h"

#include "../strided.h"
#include "../tiling.h"
#include "welford_block.h"

#pragma STDC FP_CONTRACT OFF

#define FRAMES_PER_PASS ((size_t)FPX_WELFORD_BLOCK_FRAMES * FPX_WELFORD_BLOCKS_PER_PASS)

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

#define SAMPLE uint8_t
#define PUBLIC(name) fpx_welford_u8_##name
#define ENTRY welford_u8_accumulate
#include "welford_entries.h"

#define SAMPLE uint16_t
#define PUBLIC(name) fpx_welford_u16_##name
#define ENTRY welford_u16_accumulate
#include "welford_entries.h"

#define SAMPLE float
#define PUBLIC(name) fpx_welford_f32_##name
#define ENTRY welford_f32_accumulate
#include "welford_entries.h"

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
