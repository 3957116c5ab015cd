/// A JPEG as it is read from a file: what decoding and repairing share; not public.
#ifndef FPX_JPEG_INPUT_H
#define FPX_JPEG_INPUT_H

#include <setjmp.h>

#include "../CJPEG/shim.h"
#include "photo_internal.h"

typedef struct fpx_jpeg_input {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr manager;
    struct jpeg_progress_mgr progress;
    /// Where errors go; set by each function that calls libjpeg.
    jmp_buf escape;
    fpx_photo_status failure;
    fpx_photo_error *_Nonnull error;
    fpx_byte_source *_Nonnull source;
    /// How far the scans have been unpacked: the scan and the row of it that were last seen, where its data begin in
    /// the file and how far they were read, and of all scans so far the 8 x 8 blocks, and of those before the bytes.
    int scan;
    JDIMENSION scan_row;
    int64_t scan_offset;
    int64_t scan_end;
    uint64_t blocks;
    int64_t bytes_before;
    /// Before the first scan.
    bool is_in_header;
    /// Zeros that are known to lie before restart markers and the end, and how far the file was searched for them.
    uint64_t padding;
    int64_t padding_searched;
} fpx_jpeg_input;

/// Sets who hears of errors. Before `escape` is set; calls nothing that could fail.
void fpx_jpeg_input_prepare(fpx_jpeg_input *_Nonnull self, fpx_byte_source *_Nonnull source,
                            fpx_photo_error *_Nonnull error);

/// Creates the decompressor and connects it with the source. From here on jpeg_destroy_decompress is due.
void fpx_jpeg_input_open(fpx_jpeg_input *_Nonnull self);

/// Reads to the first scan; fails for more than `maximum_pixels` and for samples of other than 8 bits.
void fpx_jpeg_input_read_header(fpx_jpeg_input *_Nonnull self, uint64_t maximum_pixels);

/// After the last scan was read and before libjpeg finishes: fails when scans of the picture are missing or empty,
/// although the file ends as it should. Decoders smooth over what they do not know, and a component without any scan
/// has no quantisation table.
void fpx_jpeg_input_demand_all_scans(fpx_jpeg_input *_Nonnull self);

/// Jumps to `escape`. The error has its words already.
_Noreturn void fpx_jpeg_input_fail(fpx_jpeg_input *_Nonnull self, fpx_photo_status failure);

#endif
