// The public functions: checks, tiling, and the passes that run once over a whole set and need no tuned kernel.

#include "fpx_moments.h"

#include "../kernels.h"
#include "../strided.h"
#include "../tiling.h"

#pragma STDC FP_CONTRACT OFF

typedef struct tiling {
    const fpx_kernels *kernels;
    uint32_t *sum;
    void *sum_of_squares;
    const void *frames;
    size_t frame_count;
    size_t sample_count;
    size_t tile_sample_count;
} tiling;

#define SAMPLE uint8_t
#define SQUARE uint32_t
#define PUBLIC(name) fpx_moments_u8_##name
#define ENTRY moments_u8_accumulate
#define MAXIMUM_FRAMES FPX_MOMENTS_U8_MAXIMUM_FRAMES
#include "moments_entries.h"

#define SAMPLE uint16_t
#define SQUARE uint64_t
#define PUBLIC(name) fpx_moments_u16_##name
#define ENTRY moments_u16_accumulate
#define MAXIMUM_FRAMES FPX_MOMENTS_U16_MAXIMUM_FRAMES
#include "moments_entries.h"

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

bool fpx_moments_u8_merge_checked_tile(uint32_t *sum, uint32_t *sum_of_squares, const uint32_t *other_sum,
                                       const uint32_t *other_sum_of_squares, size_t frame_count, size_t sample_count) {
    if (sample_count == 0) return true;
    if (!sum || !sum_of_squares || !other_sum || !other_sum_of_squares) return false;
    if (frame_count > FPX_MOMENTS_U8_MAXIMUM_FRAMES) return false;
    return fpx_kernels_selected()->moments_u8_merge(sum, sum_of_squares, other_sum, other_sum_of_squares,
                                                    (uint32_t)frame_count, sample_count);
}

bool fpx_moments_u16_merge_checked_tile(uint32_t *sum, uint64_t *sum_of_squares, const uint32_t *other_sum,
                                        const uint64_t *other_sum_of_squares, size_t frame_count, size_t sample_count) {
    if (sample_count == 0) return true;
    if (!sum || !sum_of_squares || !other_sum || !other_sum_of_squares) return false;
    if (frame_count > FPX_MOMENTS_U16_MAXIMUM_FRAMES) return false;
    return fpx_kernels_selected()->moments_u16_merge(sum, sum_of_squares, other_sum, other_sum_of_squares,
                                                     (uint32_t)frame_count, sample_count);
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
