#include "sample_rows.h"

#include <math.h>
#include <string.h>

// Weighted sums give the same bits on every processor.
#pragma STDC FP_CONTRACT OFF

bool fpx_sample_layout_is_plain(const fpx_sample_layout *layout) {
    unsigned delivered = layout->colours + (layout->takes_alpha ? 1 : 0);
    return !layout->makes_luma && (delivered == 1 ? layout->is_planar || layout->stored_channels == 1
                                                  : !layout->is_planar && delivered == layout->stored_channels);
}

void fpx_swap_samples(uint8_t *samples, size_t byte_count, unsigned bits) {
    // Copies in and out, because rows need not be aligned; compilers make vector loads of them.
    if (bits == 16) {
        for (size_t place = 0; place + 2 <= byte_count; place += 2) {
            uint16_t value;
            memcpy(&value, samples + place, sizeof value);
            value = __builtin_bswap16(value);
            memcpy(samples + place, &value, sizeof value);
        }
    } else if (bits == 32) {
        for (size_t place = 0; place + 4 <= byte_count; place += 4) {
            uint32_t value;
            memcpy(&value, samples + place, sizeof value);
            value = __builtin_bswap32(value);
            memcpy(samples + place, &value, sizeof value);
        }
    }
}

/// Where a channel's first sample lies, and how many bytes on its next one does.
static const uint8_t *channel_start(const fpx_sample_layout *layout, const uint8_t *const *stored, unsigned channel) {
    return layout->is_planar ? stored[channel] : stored[0] + channel * (layout->bits / 8);
}

static void deliver_luma(const fpx_sample_layout *layout, const uint8_t *const *stored, uint8_t *destination) {
    size_t sample_bytes = layout->bits / 8;
    size_t step = layout->is_planar ? sample_bytes : layout->stored_channels * sample_bytes;
    const uint8_t *red = channel_start(layout, stored, 0);
    const uint8_t *green = channel_start(layout, stored, 1);
    const uint8_t *blue = channel_start(layout, stored, 2);
    for (size_t column = 0; column < layout->width; column++) {
        size_t place = column * step;
        if (layout->bits == 8) {
            destination[column] = (uint8_t)fpx_luma_of(red[place], green[place], blue[place]);
        } else if (layout->bits == 16) {
            uint16_t colours[3];
            memcpy(&colours[0], red + place, 2);
            memcpy(&colours[1], green + place, 2);
            memcpy(&colours[2], blue + place, 2);
            uint16_t luma = (uint16_t)fpx_luma_of(colours[0], colours[1], colours[2]);
            memcpy(destination + column * 2, &luma, 2);
        } else {
            float colours[3];
            memcpy(&colours[0], red + place, 4);
            memcpy(&colours[1], green + place, 4);
            memcpy(&colours[2], blue + place, 4);
            // In double, so that no rounding but the last shows.
            float luma = (float)(0.299 * colours[0] + 0.587 * colours[1] + 0.114 * colours[2]);
            memcpy(destination + column * 4, &luma, 4);
        }
    }
}

void fpx_sample_layout_deliver(const fpx_sample_layout *layout, const uint8_t *const *stored, uint8_t *destination) {
    if (layout->makes_luma) {
        deliver_luma(layout, stored, destination);
        return;
    }
    size_t sample_bytes = layout->bits / 8;
    unsigned delivered = layout->colours + (layout->takes_alpha ? 1 : 0);
    if (fpx_sample_layout_is_plain(layout)) {
        memcpy(destination, stored[0], layout->width * delivered * sample_bytes);
        return;
    }
    size_t step = layout->is_planar ? sample_bytes : layout->stored_channels * sample_bytes;
    for (unsigned channel = 0; channel < delivered; channel++) {
        const uint8_t *from = channel_start(layout, stored, channel);
        uint8_t *to = destination + channel * sample_bytes;
        for (size_t column = 0; column < layout->width; column++) {
            memcpy(to + column * delivered * sample_bytes, from + column * step, sample_bytes);
        }
    }
}

fpx_photo_status fpx_sample_layout_check(const fpx_sample_layout *layout, const uint8_t *rows, size_t row_count,
                                         ptrdiff_t stride_bytes, size_t first_row, const char *format_name,
                                         fpx_photo_error *error) {
    if (layout->bits != 32) {
        return FPX_PHOTO_OK;
    }
    size_t channels = layout->makes_luma ? 1 : layout->colours + (layout->takes_alpha ? 1 : 0);
    size_t samples = layout->width * channels;
    for (size_t row = 0; row < row_count; row++) {
        const uint8_t *start = rows + (ptrdiff_t)row * stride_bytes;
        uint32_t is_odd = 0;
        for (size_t sample = 0; sample < samples; sample++) {
            uint32_t bits;
            memcpy(&bits, start + sample * 4, 4);
            // All bits of the exponent: infinite, or not a number.
            is_odd |= (bits & 0x7f800000) == 0x7f800000;
        }
        for (size_t sample = 0; is_odd != 0 && sample < samples; sample++) {
            float value;
            memcpy(&value, start + sample * 4, 4);
            if (!isfinite(value)) {
                fpx_photo_explain(error, "a %s sample that is no finite number, in row %zu, column %zu", format_name,
                                  first_row + row, sample / channels);
                return FPX_PHOTO_CORRUPT;
            }
        }
    }
    return FPX_PHOTO_OK;
}
