#include "fpx_photo_metadata.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../CEXIF/shim.h"
#include "metadata_internal.h"

void fpx_photo_free_metadata(fpx_photo_metadata *metadata) {
    free(metadata->exif);
    free(metadata->profile);
    free(metadata->segments);
    memset(metadata, 0, sizeof *metadata);
}

void fpx_metadata_keep_exif(fpx_photo_metadata *metadata, const uint8_t *bytes, size_t byte_count) {
    if (byte_count >= FPX_EXIF_PREFIX_BYTES && memcmp(bytes, fpx_exif_prefix, FPX_EXIF_PREFIX_BYTES) == 0) {
        bytes += FPX_EXIF_PREFIX_BYTES;
        byte_count -= FPX_EXIF_PREFIX_BYTES;
    }
    if (byte_count == 0 || metadata->exif != NULL) {
        return;
    }
    metadata->exif = malloc(byte_count);
    if (metadata->exif != NULL) {
        memcpy(metadata->exif, bytes, byte_count);
        metadata->exif_byte_count = byte_count;
    }
}

/// A positive rational entry of the main directory, rounded; 0 when there is none.
static uint32_t rational_entry(ExifData *exif, ExifTag tag) {
    ExifEntry *entry = exif_content_get_entry(exif->ifd[EXIF_IFD_0], tag);
    if (entry == NULL || entry->format != EXIF_FORMAT_RATIONAL || entry->components < 1 || entry->size < 8) {
        return 0;
    }
    ExifRational value = exif_get_rational(entry->data, exif_data_get_byte_order(exif));
    double quotient = value.denominator == 0 ? 0 : (double)value.numerator / value.denominator;
    return quotient >= 1 && quotient < UINT32_MAX ? (uint32_t)lround(quotient) : 0;
}

fpx_resolution fpx_exif_resolution(const uint8_t *bytes, size_t byte_count) {
    fpx_resolution resolution = {FPX_RESOLUTION_UNKNOWN, 0, 0};
    uint8_t *block = byte_count > UINT32_MAX / 2 ? NULL : malloc(FPX_EXIF_PREFIX_BYTES + byte_count);
    ExifData *exif = block == NULL ? NULL : exif_data_new();
    if (exif != NULL) {
        // Read what is there; by default libexif would add and repair entries.
        exif_data_unset_option(exif, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
        memcpy(block, fpx_exif_prefix, FPX_EXIF_PREFIX_BYTES);
        memcpy(block + FPX_EXIF_PREFIX_BYTES, bytes, byte_count);
        exif_data_load_data(exif, block, (unsigned int)(FPX_EXIF_PREFIX_BYTES + byte_count));
        resolution.horizontal = rational_entry(exif, EXIF_TAG_X_RESOLUTION);
        resolution.vertical = rational_entry(exif, EXIF_TAG_Y_RESOLUTION);
        ExifEntry *unit = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_RESOLUTION_UNIT);
        bool has_unit = unit != NULL && unit->format == EXIF_FORMAT_SHORT && unit->size >= 2;
        // Inches are EXIF's default; 3 stands for centimetres.
        bool is_metric = has_unit && exif_get_short(unit->data, exif_data_get_byte_order(exif)) == 3;
        if (resolution.horizontal > 0 && resolution.vertical > 0) {
            resolution.unit = is_metric ? FPX_RESOLUTION_PER_CENTIMETRE : FPX_RESOLUTION_PER_INCH;
        }
        exif_data_unref(exif);
    }
    free(block);
    return resolution;
}

static double metres_of(fpx_resolution_unit unit) {
    switch (unit) {
    case FPX_RESOLUTION_PER_INCH: return 0.0254;
    case FPX_RESOLUTION_PER_CENTIMETRE: return 0.01;
    default: return 1;
    }
}

static uint32_t converted(uint32_t value, double factor) {
    double result = round(value * factor);
    return result < 1 ? 1 : result > INT32_MAX ? INT32_MAX : (uint32_t)result;
}

fpx_resolution fpx_resolution_in(fpx_resolution resolution, fpx_resolution_unit unit) {
    if (resolution.unit == FPX_RESOLUTION_UNKNOWN || resolution.unit == FPX_RESOLUTION_RATIO) {
        return resolution;
    }
    double factor = metres_of(unit) / metres_of(resolution.unit);
    return (fpx_resolution){unit, converted(resolution.horizontal, factor), converted(resolution.vertical, factor)};
}
