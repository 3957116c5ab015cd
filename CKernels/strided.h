/// Frames that lie at equal distances, as the arrays of pointers that kernels take.
#ifndef FPX_STRIDED_H
#define FPX_STRIDED_H

#include <stddef.h>

/// Frames whose pointers are made at a time; whole blocks of the Welford kernel.
#define FPX_STRIDED_FRAMES ((size_t)256)

static inline const void *fpx_frame(const void *first_frame, ptrdiff_t stride_bytes, size_t frame) {
    return (const char *)first_frame + (ptrdiff_t)frame * stride_bytes;
}

#endif
