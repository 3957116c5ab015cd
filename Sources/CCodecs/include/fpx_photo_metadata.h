/// What an image file says besides its pixels and a changed copy of it should still say: EXIF, colour profile,
/// resolution.
#ifndef FPX_PHOTO_METADATA_H
#define FPX_PHOTO_METADATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpx_codec_enum.h"
#include "fpx_photo.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What the numbers of a resolution count pixels per.
typedef enum FPX_CODEC_ENUM fpx_resolution_unit {
    /// The file does not say.
    FPX_RESOLUTION_UNKNOWN FPX_CODEC_NAME("unknown") = 0,
    /// No unit: only the ratio of the two numbers means something, the shape of a pixel.
    FPX_RESOLUTION_RATIO FPX_CODEC_NAME("ratio") = 1,
    FPX_RESOLUTION_PER_INCH FPX_CODEC_NAME("perInch") = 2,
    FPX_RESOLUTION_PER_CENTIMETRE FPX_CODEC_NAME("perCentimetre") = 3,
    FPX_RESOLUTION_PER_METRE FPX_CODEC_NAME("perMetre") = 4,
} fpx_resolution_unit;

/// Pixels per unit, as the file has it.
typedef struct fpx_resolution {
    fpx_resolution_unit unit;
    uint32_t horizontal;
    uint32_t vertical;
} fpx_resolution;

/// PNG's own description of colours (gAMA, cHRM, sRGB), in the units of its chunks.
typedef struct fpx_png_colours {
    bool has_gamma;
    bool has_chromaticities;
    bool has_rendering_intent;
    /// Times 100000.
    int32_t gamma;
    /// White, red, green, blue, each x and y, times 100000.
    int32_t chromaticities[8];
    int32_t rendering_intent;
} fpx_png_colours;

/// Owns its buffers: free it with fpx_photo_free_metadata. All zero means that there is none.
typedef struct fpx_photo_metadata {
    /// EXIF from its TIFF header on, byte for byte; null when the file has none.
    uint8_t *_Nullable exif;
    size_t exif_byte_count;
    /// The ICC colour profile; null when the file has none.
    uint8_t *_Nullable profile;
    size_t profile_byte_count;
    /// Of a JPEG: its other texts (XMP, IPTC, comments), as marker segments one behind the other: the marker's code,
    /// the number of bytes as a big-endian 16-bit number, the bytes. Null when there are none.
    uint8_t *_Nullable segments;
    size_t segments_byte_count;
    fpx_resolution resolution;
    fpx_png_colours png_colours;
    /// A JPEG of the EXIF kind, without the JFIF marker.
    bool lacks_jfif;
    /// The file has a colour profile that is damaged, and so is left out.
    bool profile_is_damaged;
    /// A JPEG with further pictures behind the first one (CIPA DC-007), which are no part of the metadata.
    bool has_further_pictures;
} fpx_photo_metadata;

/// What a format could not take of the metadata; bits, or-ed.
typedef enum fpx_metadata_loss {
    FPX_METADATA_LOST_NOTHING = 0,
    /// JPEG takes at most 65527 bytes of EXIF.
    FPX_METADATA_LOST_EXIF = 1,
    /// libpng did not accept the profile, or JPEG could not hold it.
    FPX_METADATA_LOST_PROFILE = 2,
    /// gAMA, cHRM and sRGB exist in PNG only.
    FPX_METADATA_LOST_PNG_COLOURS = 4,
    /// XMP, IPTC and comments of a JPEG are written to JPEG only.
    FPX_METADATA_LOST_SEGMENTS = 8,
} fpx_metadata_loss;

/// Reads the metadata of an open regular file, not its samples. `maximum_pixels` as for fpx_photo_probe. On success
/// `metadata` is the caller's to free; on failure it is all zero and `error` is filled. Thread-safety: as
/// fpx_photo_probe.
fpx_photo_status fpx_photo_read_metadata(int file_descriptor, uint64_t maximum_pixels,
                                         fpx_photo_metadata *_Nonnull metadata, fpx_photo_error *_Nonnull error);

/// Frees the buffers and zeroes the struct.
void fpx_photo_free_metadata(fpx_photo_metadata *_Nonnull metadata);

#ifdef __cplusplus
}
#endif

#endif
