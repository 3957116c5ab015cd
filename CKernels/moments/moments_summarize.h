/// The summary of scaled M2, written once for compilers to vectorise with the instructions of each level.
#ifndef FPX_MOMENTS_SUMMARIZE_H
#define FPX_MOMENTS_SUMMARIZE_H

#include "../kernels.h"

/// The lower and the upper halves of the addends are summed apart: neither sum overflows 64 bits before 2^32 samples,
/// so this many are summed between flushes.
#define FPX_SUMMARIZE_FLUSH_SAMPLES ((size_t)1 << 30)

static inline void fpx_summary_add(fpx_scaled_m2_summary *summary, uint64_t lower_halves, uint64_t upper_halves) {
    const uint64_t upper_halves_low = upper_halves << 32;
    const uint64_t low = lower_halves + upper_halves_low;
    const uint64_t total_low = summary->total_low + low;
    summary->total_high += (upper_halves >> 32) + (low < upper_halves_low) + (total_low < low);
    summary->total_low = total_low;
}

#define FPX_DEFINE_SUMMARIZE(name, square_type)                                                                        \
    static inline __attribute__((always_inline)) fpx_scaled_m2_summary name(                                           \
        const uint32_t *sum, const square_type *sum_of_squares, uint32_t frame_count, size_t sample_count) {           \
        fpx_scaled_m2_summary summary = {.minimum = UINT64_MAX};                                                       \
        for (size_t first = 0; first < sample_count;) {                                                                \
            const size_t left = sample_count - first;                                                                  \
            const size_t end = first + (left < FPX_SUMMARIZE_FLUSH_SAMPLES ? left : FPX_SUMMARIZE_FLUSH_SAMPLES);      \
            uint64_t minimum = UINT64_MAX, maximum = 0, lower_halves = 0, upper_halves = 0;                            \
            for (size_t index = first; index < end; index++) {                                                         \
                const uint64_t scaled_m2 =                                                                             \
                    (uint64_t)frame_count * sum_of_squares[index] - (uint64_t)sum[index] * sum[index];                 \
                minimum = scaled_m2 < minimum ? scaled_m2 : minimum;                                                   \
                maximum = scaled_m2 > maximum ? scaled_m2 : maximum;                                                   \
                lower_halves += (uint32_t)scaled_m2;                                                                   \
                upper_halves += scaled_m2 >> 32;                                                                       \
            }                                                                                                          \
            if (minimum < summary.minimum) summary.minimum = minimum;                                                  \
            if (maximum > summary.maximum) summary.maximum = maximum;                                                  \
            fpx_summary_add(&summary, lower_halves, upper_halves);                                                     \
            first = end;                                                                                               \
        }                                                                                                              \
        return summary;                                                                                                \
    }

FPX_DEFINE_SUMMARIZE(fpx_summarize_u8, uint32_t)
FPX_DEFINE_SUMMARIZE(fpx_summarize_u16, uint64_t)

#endif
