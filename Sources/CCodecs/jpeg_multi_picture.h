/// The index of further pictures behind the first one of a JPEG file (CIPA DC-007, "multi-picture format"): previews, gain
/// maps, the other half of a stereo pair.
#ifndef FPX_JPEG_MULTI_PICTURE_H
#define FPX_JPEG_MULTI_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "photo_internal.h"

/// Of the name in front of the index, in its APP2 segment.
enum { FPX_MULTI_PICTURE_NAME_BYTES = 4 };

/// Whether a segment, whose content is `bytes`, holds the index.
bool fpx_is_multi_picture_index(int marker, const uint8_t *_Nonnull bytes, size_t byte_count);

/// Finds where the index begins in a file: behind its name, where its own offsets count from. False when there is none.
bool fpx_find_multi_picture_index(fpx_byte_source *_Nonnull source, uint64_t *_Nonnull start);

/// Changes an index for a first picture that ended at `old_end` and ends at `new_end` now, when all that followed it
/// follows the new one, byte for byte; the index began at `old_start` of the old file and begins at `new_start` of the new
/// one. An index that is not as the standard has it stays as it is.
void fpx_move_multi_pictures(uint8_t *_Nonnull index, size_t byte_count, uint64_t old_start, uint64_t old_end,
                             uint64_t new_start, uint64_t new_end);

#endif
