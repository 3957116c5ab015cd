/// Copies of whole frames.
#ifndef FASTPIX_FRAME_COPY_H
#define FASTPIX_FRAME_COPY_H

#include <stddef.h>

/// memcpy on a team of threads. Large frames are written past the caches, which they would not stay in.
void copy_frame(void *destination, const void *source, size_t byte_count, size_t threads);

#endif
