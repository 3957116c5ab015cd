/// Places in files packed by gzip from which unpacking can go on, so that a plane of a cube does not cost all planes
/// before it; and what is known of their streams' ends; not public.
///
/// Every picture is opened on its own, by any thread, so that what one decoder has come to is kept here for the next
/// one: some places of the process, the last ones used. Safe from any thread.
#ifndef FPX_FITS_PLACES_H
#define FPX_FITS_PLACES_H

#include <zlib.h>

#include "photo_internal.h"

/// What tells an open file, as it is, from all others.
typedef struct fpx_packed_file {
    uint64_t numbers[7];
} fpx_packed_file;

/// False when the system does not say.
bool fpx_packed_file_of(int file_descriptor, fpx_packed_file *_Nonnull file);

/// Unpacked bytes that are not worth a place of their own: about a millisecond.
enum { FPX_PACKED_STEP = 1 << 18 };

/// Keeps where a stream is: `unpacked` bytes have come out of it, and the byte that goes in next lies at `offset`.
/// Nothing is kept when a place is near.
void fpx_packed_place_keep(const fpx_packed_file *_Nonnull file, z_stream *_Nonnull stream, uint64_t unpacked,
                           int64_t offset);

/// Sets a stream to the last place that lies behind `after` and not behind `before`, with its number of unpacked bytes
/// and its offset. False when there is none: then the stream is as it was. Without memory it ends in an error at its
/// next use.
bool fpx_packed_place_take(const fpx_packed_file *_Nonnull file, uint64_t after, uint64_t before,
                           z_stream *_Nonnull stream, uint64_t *_Nonnull unpacked, int64_t *_Nonnull offset);

/// Notes how a file's stream ends, and finds it again: sound, with its checksum, truncated or damaged. False when not
/// known.
void fpx_packed_end_keep(const fpx_packed_file *_Nonnull file, fpx_photo_status status);
bool fpx_packed_end_find(const fpx_packed_file *_Nonnull file, fpx_photo_status *_Nonnull status);

#endif
