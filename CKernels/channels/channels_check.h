/// What all functions of fpx_channels.h ask of their arguments; not part of the public interface.
#ifndef FPX_CHANNELS_CHECK_H
#define FPX_CHANNELS_CHECK_H

#include "fpx_channels.h"

static inline fpx_status fpx_channels_check(const void *results, const void *other_results, const void *samples,
                                            size_t channels, size_t pixel_count) {
    if (channels < 1 || channels > FPX_CHANNELS_MAXIMUM) return FPX_ERROR_ARGUMENT;
    if (pixel_count > 0 && (!results || !other_results || !samples)) return FPX_ERROR_ARGUMENT;
    return FPX_OK;
}

#endif
