// The template for each type of samples. Included after a header of ../vectors, with LEVEL(name) making a kernel's
// name.

#include <string.h>

#include "../kernels.h"
#include "extremes_merge.h"

/// A column of rows that is walked in one go, and the bytes of a row in a block: the counters are 16 KiB and the
/// samples 10 KiB, which stay in level-1 cache together. Longer blocks do not; with shorter ones, more of what is read
/// next from many frames comes too late.
#define FPX_EXTREMES_COLUMN_ROWS ((size_t)8)
#define FPX_EXTREMES_BLOCK_BYTES ((size_t)1024)

#define SAMPLE uint8_t
#define COUNTER uint8_t
#define LANES(name) name##_u8
#define BITS(name) name##_u8
#define NAME(name) name##_u8
#define KERNEL LEVEL(fpx_extremes_u8)
#define DEFINITION fpx_extremes_u8_c
#include "extremes_template.h"

#define SAMPLE uint16_t
#define COUNTER uint16_t
#define LANES(name) name##_u16
#define BITS(name) name##_u16
#define NAME(name) name##_u16
#define KERNEL LEVEL(fpx_extremes_u16)
#define DEFINITION fpx_extremes_u16_c
#include "extremes_template.h"

#define SAMPLE float
#define COUNTER uint32_t
#define LANES(name) name##_f32
#define BITS(name) name##_u32
#define NAME(name) name##_f32
#define KERNEL LEVEL(fpx_extremes_f32)
#define DEFINITION fpx_extremes_f32_c
#include "extremes_template.h"

FPX_TARGET bool LEVEL(fpx_extremes_merge)(uint16_t *above, uint16_t *below, uint16_t *blind_above,
                                          uint16_t *blind_below, const uint16_t *other_above,
                                          const uint16_t *other_below, const uint16_t *other_blind_above,
                                          const uint16_t *other_blind_below, uint16_t frame_count,
                                          size_t sample_count) {
    return fpx_merge_counters(above, below, blind_above, blind_below, other_above, other_below, other_blind_above,
                              other_blind_below, frame_count, sample_count);
}
