/// Where libjpeg's compressed bytes go: what writing and repairing share; not public.
#ifndef FPX_JPEG_OUTPUT_H
#define FPX_JPEG_OUTPUT_H

#include "../CJPEG/shim.h"

typedef struct fpx_jpeg_output {
    /// First, so that libjpeg's pointer to it is one to this.
    struct jpeg_destination_mgr manager;
    /// Takes the next bytes. Returns only when it has: it jumps to where the owner's errors go otherwise.
    void (*_Nonnull write)(void *_Nullable context, const void *_Nonnull bytes, size_t byte_count);
    void *_Nullable context;
    JOCTET buffer[65536];
} fpx_jpeg_output;

/// Has what `jpeg`, which was just created, compresses go to `write`. `self` must outlive the compression.
void fpx_jpeg_output_connect(fpx_jpeg_output *_Nonnull self, struct jpeg_compress_struct *_Nonnull jpeg,
                             void (*_Nonnull write)(void *_Nullable, const void *_Nonnull, size_t),
                             void *_Nullable context);

#endif
