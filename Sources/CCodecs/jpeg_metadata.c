#include <stdlib.h>
#include <string.h>

#include "jpeg_multi_picture.h"
#include "metadata_internal.h"

enum {
    EXIF_MARKER = JPEG_APP0 + 1,
    PROFILE_MARKER = JPEG_APP0 + 2,
    IPTC_MARKER = JPEG_APP0 + 13,
    MARKER_BYTES = 0xffff,
    SEGMENT_HEADER_BYTES = 3
};

void fpx_jpeg_keep_metadata(struct jpeg_decompress_struct *jpeg) {
    jpeg_save_markers(jpeg, EXIF_MARKER, MARKER_BYTES);
    jpeg_save_markers(jpeg, PROFILE_MARKER, MARKER_BYTES);
    jpeg_save_markers(jpeg, IPTC_MARKER, MARKER_BYTES);
    jpeg_save_markers(jpeg, JPEG_COM, MARKER_BYTES);
}

static bool has_profile_marker(const struct jpeg_decompress_struct *jpeg) {
    for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL; marker = marker->next) {
        if (marker->marker == PROFILE_MARKER && marker->data_length >= 12 &&
            memcmp(marker->data, "ICC_PROFILE", 12) == 0) {
            return true;
        }
    }
    return false;
}

bool fpx_jpeg_is_exif(jpeg_saved_marker_ptr marker) {
    return marker->marker == EXIF_MARKER && marker->data_length > FPX_EXIF_PREFIX_BYTES &&
           memcmp(marker->data, fpx_exif_prefix, FPX_EXIF_PREFIX_BYTES) == 0;
}

/// Texts about the picture. The second application marker also holds offsets to further pictures in the file (MPF),
/// which a copy does not have.
static bool is_text(jpeg_saved_marker_ptr marker) {
    return marker->marker != PROFILE_MARKER && !fpx_jpeg_is_exif(marker);
}

/// Copies the segments that are texts; without memory there are none.
static void take_segments(const struct jpeg_decompress_struct *jpeg, fpx_photo_metadata *metadata) {
    size_t byte_count = 0;
    for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL; marker = marker->next) {
        byte_count += is_text(marker) ? SEGMENT_HEADER_BYTES + marker->data_length : 0;
    }
    uint8_t *next = byte_count == 0 ? NULL : malloc(byte_count);
    if (next == NULL) {
        return;
    }
    metadata->segments = next;
    metadata->segments_byte_count = byte_count;
    for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL; marker = marker->next) {
        if (is_text(marker)) {
            next[0] = marker->marker;
            next[1] = (uint8_t)(marker->data_length >> 8);
            next[2] = (uint8_t)marker->data_length;
            memcpy(next + SEGMENT_HEADER_BYTES, marker->data, marker->data_length);
            next += SEGMENT_HEADER_BYTES + marker->data_length;
        }
    }
}

static void write_segments(struct jpeg_compress_struct *jpeg, const fpx_photo_metadata *metadata) {
    const uint8_t *next = metadata->segments;
    const uint8_t *end = next + metadata->segments_byte_count;
    while (next < end) {
        unsigned int byte_count = (unsigned int)next[1] << 8 | next[2];
        jpeg_write_marker(jpeg, next[0], next + SEGMENT_HEADER_BYTES, byte_count);
        next += SEGMENT_HEADER_BYTES + byte_count;
    }
}

static fpx_resolution resolution_of(const struct jpeg_decompress_struct *jpeg, const fpx_photo_metadata *metadata) {
    fpx_resolution resolution = {FPX_RESOLUTION_UNKNOWN, jpeg->X_density, jpeg->Y_density};
    if (jpeg->saw_JFIF_marker && jpeg->X_density > 0 && jpeg->Y_density > 0) {
        switch (jpeg->density_unit) {
        // 1 to 1 is what programs write that know nothing of resolution.
        case 0:
            resolution.unit =
                jpeg->X_density == 1 && jpeg->Y_density == 1 ? FPX_RESOLUTION_UNKNOWN : FPX_RESOLUTION_RATIO;
            break;
        case 1: resolution.unit = FPX_RESOLUTION_PER_INCH; break;
        case 2: resolution.unit = FPX_RESOLUTION_PER_CENTIMETRE; break;
        default: break;
        }
    }
    if (resolution.unit == FPX_RESOLUTION_UNKNOWN && metadata->exif != NULL) {
        resolution = fpx_exif_resolution(metadata->exif, metadata->exif_byte_count);
    }
    return resolution;
}

void fpx_jpeg_take_metadata(struct jpeg_decompress_struct *jpeg, fpx_photo_metadata *metadata) {
    for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL; marker = marker->next) {
        if (fpx_jpeg_is_exif(marker)) {
            fpx_metadata_keep_exif(metadata, marker->data, marker->data_length);
        }
        if (fpx_is_multi_picture_index(marker->marker, marker->data, marker->data_length)) {
            metadata->has_further_pictures = true;
        }
    }
    take_segments(jpeg, metadata);
    metadata->lacks_jfif = !jpeg->saw_JFIF_marker;
    metadata->resolution = resolution_of(jpeg, metadata);
    JOCTET *profile = NULL;
    unsigned int byte_count = 0;
    // Made with malloc, for the caller to free.
    if (jpeg_read_icc_profile(jpeg, &profile, &byte_count)) {
        metadata->profile = profile;
        metadata->profile_byte_count = byte_count;
    } else {
        metadata->profile_is_damaged = has_profile_marker(jpeg);
    }
}

static UINT16 density(uint32_t value) { return value > UINT16_MAX ? UINT16_MAX : (UINT16)value; }

void fpx_jpeg_set_metadata(struct jpeg_compress_struct *jpeg, const fpx_photo_metadata *metadata) {
    // EXIF wants to be the first marker. Where it already was, it stays.
    jpeg->write_JFIF_header = !(metadata->lacks_jfif && metadata->exif != NULL);
    fpx_resolution resolution = metadata->resolution;
    if (resolution.unit == FPX_RESOLUTION_PER_METRE) {
        // PNG counts per metre; inches are what people compare.
        resolution = fpx_resolution_in(resolution, FPX_RESOLUTION_PER_INCH);
    }
    switch (resolution.unit) {
    case FPX_RESOLUTION_RATIO: jpeg->density_unit = 0; break;
    case FPX_RESOLUTION_PER_INCH: jpeg->density_unit = 1; break;
    case FPX_RESOLUTION_PER_CENTIMETRE: jpeg->density_unit = 2; break;
    default: return;
    }
    jpeg->X_density = density(resolution.horizontal);
    jpeg->Y_density = density(resolution.vertical);
}

static uint32_t write_exif(struct jpeg_compress_struct *jpeg, const fpx_photo_metadata *metadata) {
    // A marker's length counts its own two bytes.
    if (metadata->exif_byte_count > MARKER_BYTES - 2 - FPX_EXIF_PREFIX_BYTES) {
        return FPX_METADATA_LOST_EXIF;
    }
    jpeg_write_m_header(jpeg, EXIF_MARKER, (unsigned int)(FPX_EXIF_PREFIX_BYTES + metadata->exif_byte_count));
    for (size_t index = 0; index < FPX_EXIF_PREFIX_BYTES; index++) {
        jpeg_write_m_byte(jpeg, fpx_exif_prefix[index]);
    }
    for (size_t index = 0; index < metadata->exif_byte_count; index++) {
        jpeg_write_m_byte(jpeg, metadata->exif[index]);
    }
    return FPX_METADATA_LOST_NOTHING;
}

uint32_t fpx_jpeg_write_metadata(struct jpeg_compress_struct *jpeg, const fpx_photo_metadata *metadata) {
    // 255 markers of 65519 bytes each.
    enum { PROFILE_BYTES = 255 * 65519 };
    const fpx_png_colours *colours = &metadata->png_colours;
    uint32_t losses = FPX_METADATA_LOST_NOTHING;
    if (metadata->exif != NULL) {
        losses |= write_exif(jpeg, metadata);
    }
    if (metadata->profile != NULL && metadata->profile_byte_count <= PROFILE_BYTES) {
        jpeg_write_icc_profile(jpeg, metadata->profile, (unsigned int)metadata->profile_byte_count);
    } else if (metadata->profile != NULL) {
        losses |= FPX_METADATA_LOST_PROFILE;
    }
    if (metadata->segments != NULL) {
        write_segments(jpeg, metadata);
    }
    // sRGB is what viewers take a JPEG without a profile for, and a profile says all that the chunks could.
    if (metadata->profile == NULL && !colours->has_rendering_intent &&
        (colours->has_gamma || colours->has_chromaticities)) {
        losses |= FPX_METADATA_LOST_PNG_COLOURS;
    }
    return losses;
}
