/// Files that gzip has packed as a whole (RFC 1952), in memory; not public.
#ifndef FPX_GZIP_FILE_H
#define FPX_GZIP_FILE_H

#include "repair_internal.h"

/// Whether a file begins as gzip's do.
bool fpx_gzip_is_packed(int file_descriptor);

/// Unpacks the file into `content`, at most so many bytes. Refused when something follows its stream, which would be
/// lost.
fpx_photo_status fpx_gzip_unpack(int file_descriptor, uint64_t maximum_bytes, fpx_bytes *_Nonnull content,
                                 fpx_photo_error *_Nonnull error);

/// Packs `content` as the file is packed: with its header, which has a name and a time, and about its effort.
fpx_photo_status fpx_gzip_pack(int file_descriptor, fpx_bytes *_Nonnull content, fpx_photo_error *_Nonnull error);

#endif
