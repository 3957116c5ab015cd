// Sums of channels by the kernels that sum frames (fpx_moments.h), which have their SIMD levels already.
//
// The samples are cut into pieces of equal length, and the pieces are summed as if they were frames, position by
// position. A piece holds whole pixels, so that each of its positions belongs to one channel, and its sums stay in the
// level-1 cache.

#include "../kernels.h"
#include "channels_check.h"

#pragma STDC FP_CONTRACT OFF

enum {
    // Whole pixels of 1, 2, 3 and 4 channels, and whole vectors of every level. Longer pieces are slower: 45 samples
    // a nanosecond with 384, 34 with 1536 (AVX-512 with VNNI, samples in the level-2 cache).
    PIECE_SAMPLES = 384,
    // Pieces of one kernel call: enough that it does not matter how often the sums are read and written.
    CALL_PIECES = 64,
    // Pieces that the kernels' 32-bit sums can hold: whole calls, below both FPX_MOMENTS_..._MAXIMUM_FRAMES.
    SET_PIECES = 1024 * CALL_PIECES,
};

#define SAMPLE uint8_t
#define SQUARE uint32_t
#define ENTRY moments_u8_accumulate
#define PUBLIC fpx_channel_sums_u8
#define SUM_SET sum_set_u8
#include "channel_sums_template.h"

#define SAMPLE uint16_t
#define SQUARE uint64_t
#define ENTRY moments_u16_accumulate
#define PUBLIC fpx_channel_sums_u16
#define SUM_SET sum_set_u16
#include "channel_sums_template.h"
