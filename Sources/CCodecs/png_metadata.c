#include <stdlib.h>
#include <string.h>

#include "metadata_internal.h"

static void take_profile(png_structp png, png_infop info, fpx_photo_metadata *metadata) {
    png_charp name = NULL;
    int compression = 0;
    png_bytep profile = NULL;
    png_uint_32 byte_count = 0;
    if (png_get_iCCP(png, info, &name, &compression, &profile, &byte_count) == 0 || byte_count == 0) {
        return;
    }
    metadata->profile = malloc(byte_count);
    if (metadata->profile != NULL) {
        memcpy(metadata->profile, profile, byte_count);
        metadata->profile_byte_count = byte_count;
    }
}

static void take_resolution(png_structp png, png_infop info, fpx_photo_metadata *metadata) {
    png_uint_32 horizontal = 0;
    png_uint_32 vertical = 0;
    int unit = PNG_RESOLUTION_UNKNOWN;
    if (png_get_pHYs(png, info, &horizontal, &vertical, &unit) == 0 || horizontal == 0 || vertical == 0) {
        return;
    }
    metadata->resolution = (fpx_resolution){
        unit == PNG_RESOLUTION_METER ? FPX_RESOLUTION_PER_METRE : FPX_RESOLUTION_RATIO, horizontal, vertical};
}

void fpx_png_take_metadata(png_structp png, png_infop info, fpx_photo_metadata *metadata) {
    fpx_png_colours *colours = &metadata->png_colours;
    int32_t *points = colours->chromaticities;
    take_profile(png, info, metadata);
    take_resolution(png, info, metadata);
    // Only what the file states: libpng also derives these values from each other.
    png_uint_32 stated = png_get_valid(png, info, PNG_INFO_gAMA | PNG_INFO_cHRM | PNG_INFO_sRGB);
    colours->has_gamma = (stated & PNG_INFO_gAMA) != 0 && png_get_gAMA_fixed(png, info, &colours->gamma) != 0;
    colours->has_chromaticities =
        (stated & PNG_INFO_cHRM) != 0 && png_get_cHRM_fixed(png, info, &points[0], &points[1], &points[2], &points[3],
                                                            &points[4], &points[5], &points[6], &points[7]) != 0;
    colours->has_rendering_intent =
        (stated & PNG_INFO_sRGB) != 0 && png_get_sRGB(png, info, &colours->rendering_intent) != 0;
}

uint32_t fpx_png_set_metadata(png_structp png, png_infop info, const fpx_photo_metadata *metadata) {
    uint32_t losses = FPX_METADATA_LOST_NOTHING;
    const fpx_png_colours *colours = &metadata->png_colours;
    const int32_t *points = colours->chromaticities;
    if (metadata->profile != NULL) {
        // libpng looks into profiles and warns of one that it does not like; the writer's warnings are not errors.
        png_set_iCCP(png, info, "ICC profile", PNG_COMPRESSION_TYPE_BASE, metadata->profile,
                     (png_uint_32)metadata->profile_byte_count);
        if (png_get_valid(png, info, PNG_INFO_iCCP) == 0) {
            losses |= FPX_METADATA_LOST_PROFILE;
        }
    } else if (colours->has_rendering_intent) {
        png_set_sRGB_gAMA_and_cHRM(png, info, colours->rendering_intent);
    } else {
        if (colours->has_gamma) {
            png_set_gAMA_fixed(png, info, colours->gamma);
        }
        if (colours->has_chromaticities) {
            png_set_cHRM_fixed(png, info, points[0], points[1], points[2], points[3], points[4], points[5], points[6],
                               points[7]);
        }
    }
    fpx_resolution resolution = fpx_resolution_in(metadata->resolution, FPX_RESOLUTION_PER_METRE);
    if (resolution.unit != FPX_RESOLUTION_UNKNOWN) {
        png_set_pHYs(png, info, resolution.horizontal, resolution.vertical,
                     resolution.unit == FPX_RESOLUTION_PER_METRE ? PNG_RESOLUTION_METER : PNG_RESOLUTION_UNKNOWN);
    }
    if (metadata->exif != NULL) {
        // libpng copies it; its parameter only lacks the const.
        png_set_eXIf_1(png, info, (png_uint_32)metadata->exif_byte_count, metadata->exif);
    }
    if (metadata->segments != NULL) {
        losses |= FPX_METADATA_LOST_SEGMENTS;
    }
    return losses;
}
