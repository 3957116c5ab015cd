// The definition, for each type of samples.

#include <math.h>

#include "../kernels.h"
#include "extremes_merge.h"

#pragma STDC FP_CONTRACT OFF

#define SAMPLE uint8_t
#define NAME(name) name##_u8
#define KERNEL fpx_extremes_u8_c
#define IS_NUMBER(sample) true
#include "extremes_definition.h"

#define SAMPLE uint16_t
#define NAME(name) name##_u16
#define KERNEL fpx_extremes_u16_c
#define IS_NUMBER(sample) true
#include "extremes_definition.h"

#define SAMPLE float
#define NAME(name) name##_f32
#define KERNEL fpx_extremes_f32_c
#define IS_NUMBER(sample) !isnan(sample)
#include "extremes_definition.h"

bool fpx_extremes_merge_c(uint16_t *above, uint16_t *below, uint16_t *blind_above, uint16_t *blind_below,
                          const uint16_t *other_above, const uint16_t *other_below, const uint16_t *other_blind_above,
                          const uint16_t *other_blind_below, uint16_t frame_count, size_t sample_count) {
    return fpx_merge_counters(above, below, blind_above, blind_below, other_above, other_below, other_blind_above,
                              other_blind_below, frame_count, sample_count);
}
