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
#define ENTRY(name) moments_u8_##name
#define MAXIMUM_FRAMES FPX_MOMENTS_U8_MAXIMUM_FRAMES
#include "moments_entries.h"

#define SAMPLE uint16_t
#define SQUARE uint64_t
#define PUBLIC(name) fpx_moments_u16_##name
#define ENTRY(name) moments_u16_##name
#define MAXIMUM_FRAMES FPX_MOMENTS_U16_MAXIMUM_FRAMES
#include "moments_entries.h"
