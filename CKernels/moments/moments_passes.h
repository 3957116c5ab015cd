// The passes over finished sums, for compilers to vectorise with the instructions of each level. Included with
// FPX_TARGET, and with LEVEL(name) making a kernel's name.

#include "moments_summary_total.h"

#define SQUARE uint32_t
#define KERNEL LEVEL(fpx_moments_u8_summarise)
#include "moments_summary.h"

#define SQUARE uint64_t
#define KERNEL LEVEL(fpx_moments_u16_summarise)
#include "moments_summary.h"

// Differences whose highest bit is set where they are below 0: all numbers are below 2^63, the last one's where the
// first is not below 0.
#define SQUARE uint32_t
#define MAXIMUM_SAMPLE UINT8_MAX
#define KERNEL LEVEL(fpx_moments_u8_merge)
#define IMPOSSIBLE(x, xx) (largest_sum - x) | (x * UINT8_MAX - xx) | (frame_count * xx - x * x)
#define IS_POSSIBLE(bits) ((bits) >> 63 == 0)
#include "moments_merge.h"

// With the most frames that sums hold no product of possible ones leaves 64 bits.
#define SQUARE uint64_t
#define MAXIMUM_SAMPLE UINT16_MAX
#define KERNEL LEVEL(fpx_moments_u16_merge)
#define IMPOSSIBLE(x, xx)                                                                                              \
    (uint64_t)(x > largest_sum) | (uint64_t)(xx > x * UINT16_MAX) | (uint64_t)(frame_count * xx < x * x)
#define IS_POSSIBLE(bits) ((bits) == 0)
#include "moments_merge.h"
