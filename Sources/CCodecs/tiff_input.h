/// A TIFF file as libtiff reads it: where its bytes come from and where its complaints go; not public.
#ifndef FPX_TIFF_INPUT_H
#define FPX_TIFF_INPUT_H

#include "../CTIFF/shim.h"
#include "photo_internal.h"

typedef struct fpx_tiff_input {
    fpx_byte_source *_Nonnull source;
    uint64_t file_bytes;
    /// libtiff's own place in the file.
    uint64_t offset;
    /// While samples are read, libtiff's warnings are failures, too: it fills in what is missing.
    bool reads_samples;
    /// libtiff's first complaint that is a failure; empty when there was none.
    char complaint[200];
    /// libtiff asked for bytes beyond the file's end.
    bool ran_out;
    /// What the pictures told of so far must take of the file at least, and what they have unpacked to without being
    /// asked to pay for it.
    uint64_t least_bytes;
    uint64_t free_bytes;
    TIFF *_Nullable tiff;
} fpx_tiff_input;

/// Where libtiff's seek leads from `place` in a file of `end` bytes.
uint64_t fpx_tiff_seek(uint64_t place, uint64_t end, uint64_t offset, int whence);

/// Opens the file without reading a directory. False when it does not begin like a TIFF or memory is short. The input
/// must not move afterwards.
bool fpx_tiff_input_open(fpx_tiff_input *_Nonnull self, fpx_byte_source *_Nonnull source);

/// Frees what open made, at any stage; all zero is allowed.
void fpx_tiff_input_close(fpx_tiff_input *_Nonnull self);

/// The status of a failed call of libtiff's, with its words.
fpx_photo_status fpx_tiff_input_failure(const fpx_tiff_input *_Nonnull self, fpx_photo_error *_Nonnull error);

#endif
