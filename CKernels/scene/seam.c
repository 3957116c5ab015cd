#include "CKernels.h"

static inline uint8_t difference(uint8_t a, uint8_t b) { return (uint8_t)(a > b ? a - b : b - a); }

/// Whether samples are a seam, each of them for itself.
static void find_seams(uint8_t *restrict is_seam, const uint8_t *first, const uint8_t *above, const uint8_t *below,
                       const uint8_t *last, size_t count, uint16_t least) {
    for (size_t index = 0; index < count; index++) {
        const uint8_t outer_above = difference(above[index], first[index]);
        const uint8_t outer_below = difference(last[index], below[index]);
        const uint8_t outer = outer_above > outer_below ? outer_above : outer_below;
        is_seam[index] = (uint16_t)difference(below[index], above[index]) > (uint16_t)(2 * outer + least);
    }
}

fpx_status fpx_seam_columns_u8(size_t *seam_columns, const uint8_t *first, const uint8_t *above, const uint8_t *below,
                               const uint8_t *last, size_t width, size_t channels, size_t channel, size_t column_step,
                               unsigned least) {
    if (!seam_columns || channel >= channels || least > UINT8_MAX) return FPX_ERROR_ARGUMENT;
    if (column_step == 0 || column_step > FPX_SCENE_MOST_COLUMN_STEP / channels) return FPX_ERROR_ARGUMENT;
    if (width > 0 && (!first || !above || !below || !last)) return FPX_ERROR_ARGUMENT;
    *seam_columns = 0;
    // All samples of a part of the rows, of which every `step`-th is one that is looked at.
    enum { STEPS = 64 };
    uint8_t is_seam[STEPS * FPX_SCENE_MOST_COLUMN_STEP];
    const size_t step = column_step * channels, end = width * channels;
    for (size_t start = 0; start < end; start += STEPS * step) {
        const size_t count = end - start < STEPS * step ? end - start : STEPS * step;
        find_seams(is_seam, first + start, above + start, below + start, last + start, count, (uint16_t)least);
        for (size_t index = channel; index < count; index += step)
            *seam_columns += is_seam[index];
    }
    return FPX_OK;
}
