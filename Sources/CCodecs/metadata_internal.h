/// Between the decoders and writers and the metadata they read and write; not public.
#ifndef FPX_METADATA_INTERNAL_H
#define FPX_METADATA_INTERNAL_H

#include "../CJPEG/shim.h"
#include "../CPNG/shim.h"
#include "fpx_photo_metadata.h"

/// What EXIF begins with in JPEG files and for libexif; PNG's chunk lacks it.
enum { FPX_EXIF_PREFIX_BYTES = 6 };
extern const uint8_t fpx_exif_prefix[FPX_EXIF_PREFIX_BYTES];

/// Whether a marker is EXIF's.
bool fpx_jpeg_is_exif(jpeg_saved_marker_ptr _Nonnull marker);

/// Before jpeg_read_header: has libjpeg keep the markers that fpx_jpeg_take_metadata looks at.
void fpx_jpeg_keep_metadata(struct jpeg_decompress_struct *_Nonnull jpeg);

/// After jpeg_read_header. Calls libjpeg, so the caller's error handling must be set.
void fpx_jpeg_take_metadata(struct jpeg_decompress_struct *_Nonnull jpeg, fpx_photo_metadata *_Nonnull metadata);

/// Before jpeg_start_compress: resolution, and which header the file begins with.
void fpx_jpeg_set_metadata(struct jpeg_compress_struct *_Nonnull jpeg, const fpx_photo_metadata *_Nonnull metadata);

/// After jpeg_start_compress: EXIF and profile. Returns fpx_metadata_loss bits.
uint32_t fpx_jpeg_write_metadata(struct jpeg_compress_struct *_Nonnull jpeg,
                                 const fpx_photo_metadata *_Nonnull metadata);

/// After png_read_info; all but EXIF, which may lie behind the picture.
void fpx_png_take_metadata(png_structp _Nonnull png, png_infop _Nonnull info, fpx_photo_metadata *_Nonnull metadata);

/// Before png_write_info, with errors that libpng can go on from made warnings (png_set_benign_errors). Returns
/// fpx_metadata_loss bits.
uint32_t fpx_png_set_metadata(png_structp _Nonnull png, png_infop _Nonnull info,
                              const fpx_photo_metadata *_Nonnull metadata);

/// Keeps a copy of EXIF bytes, with or without JPEG's prefix "Exif\0\0". Without memory there is none.
void fpx_metadata_keep_exif(fpx_photo_metadata *_Nonnull metadata, const uint8_t *_Nonnull bytes, size_t byte_count);

/// The resolution that EXIF states; FPX_RESOLUTION_UNKNOWN when it does not.
fpx_resolution fpx_exif_resolution(const uint8_t *_Nonnull exif, size_t byte_count);

/// The same resolution in another unit, rounded to the nearest whole number and at least 1. Ratios stay ratios.
fpx_resolution fpx_resolution_in(fpx_resolution resolution, fpx_resolution_unit unit);

#endif
