/// Adding the counters of other frames, with the question whether frames can have them, written once for compilers to
/// vectorise with the instructions of each level.
#ifndef FPX_EXTREMES_MERGE_H
#define FPX_EXTREMES_MERGE_H

#include "../kernels.h"

static inline __attribute__((always_inline)) bool
fpx_merge_counters(uint16_t *restrict above, uint16_t *restrict below, uint16_t *restrict blind_above,
                   uint16_t *restrict blind_below, const uint16_t *restrict other_above,
                   const uint16_t *restrict other_below, const uint16_t *restrict other_blind_above,
                   const uint16_t *restrict other_blind_below, uint16_t frame_count, size_t sample_count) {
    // In 16 bits throughout: more than frame_count - other is what does not fit beside it.
    uint16_t impossible = 0;
    for (size_t index = 0; index < sample_count; index++) {
        const uint16_t a = other_above[index], b = other_below[index];
        const uint16_t blind_a = other_blind_above[index], blind_b = other_blind_below[index];
        const uint16_t beside_a = a > frame_count ? 0 : (uint16_t)(frame_count - a);
        const uint16_t beside_b = b > frame_count ? 0 : (uint16_t)(frame_count - b);
        impossible |= (uint16_t)(a > frame_count) | (uint16_t)(b > beside_a) | (uint16_t)(blind_a > beside_a) |
                      (uint16_t)(blind_b > beside_b);
        above[index] = (uint16_t)(above[index] + a);
        below[index] = (uint16_t)(below[index] + b);
        blind_above[index] = (uint16_t)(blind_above[index] + blind_a);
        blind_below[index] = (uint16_t)(blind_below[index] + blind_b);
    }
    return impossible == 0;
}

#endif
