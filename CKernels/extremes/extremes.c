// The public functions: checks, and rows as tiles of one row.

#include "fpx_extremes.h"

#include "../kernels.h"
#include "../strided.h"
#include "../tiling.h"

#define SAMPLE uint8_t
#define PUBLIC(name) fpx_extremes_u8_##name
#define ENTRY extremes_u8
#include "extremes_entries.h"

#define SAMPLE uint16_t
#define PUBLIC(name) fpx_extremes_u16_##name
#define ENTRY extremes_u16
#include "extremes_entries.h"

#define SAMPLE float
#define PUBLIC(name) fpx_extremes_f32_##name
#define ENTRY extremes_f32
#include "extremes_entries.h"

bool fpx_extremes_merge_checked(uint16_t *above, uint16_t *below, uint16_t *blind_above, uint16_t *blind_below,
                                const uint16_t *other_above, const uint16_t *other_below,
                                const uint16_t *other_blind_above, const uint16_t *other_blind_below,
                                size_t frame_count, size_t sample_count) {
    if (frame_count > FPX_EXTREMES_MAXIMUM_FRAMES) return false;
    if (sample_count == 0) return true;
    if (!above || !below || !blind_above || !blind_below) return false;
    if (!other_above || !other_below || !other_blind_above || !other_blind_below) return false;
    return fpx_kernels_selected()->extremes_merge(above, below, blind_above, blind_below, other_above, other_below,
                                                  other_blind_above, other_blind_below, (uint16_t)frame_count,
                                                  sample_count);
}
