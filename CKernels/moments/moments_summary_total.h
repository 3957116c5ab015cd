/// The 128-bit total of a summary.
#ifndef FPX_MOMENTS_SUMMARY_TOTAL_H
#define FPX_MOMENTS_SUMMARY_TOTAL_H

#include "../kernels.h"

/// The lower and the upper halves of the addends are summed apart: neither sum overflows 64 bits before 2^32 samples,
/// so this many are summed between flushes.
#define FPX_SUMMARISE_FLUSH_SAMPLES ((size_t)1 << 30)

static inline void fpx_summary_add(fpx_scaled_m2_summary *summary, uint64_t lower_halves, uint64_t upper_halves) {
    const uint64_t upper_halves_low = upper_halves << 32;
    const uint64_t low = lower_halves + upper_halves_low;
    const uint64_t total_low = summary->total_low + low;
    summary->total_high += (upper_halves >> 32) + (low < upper_halves_low) + (total_low < low);
    summary->total_low = total_low;
}

#endif
