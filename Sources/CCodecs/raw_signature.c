#include <string.h>

#include "tiff_tags.h"

static bool has(const uint8_t *bytes, size_t byte_count, size_t place, const char *text, size_t length) {
    return byte_count >= place + length && memcmp(bytes + place, text, length) == 0;
}

fpx_raw_likeness fpx_raw_likeness_of(fpx_byte_source *source, const uint8_t *bytes, size_t byte_count) {
    // Fujifilm, Panasonic, Olympus (three), Minolta, Sigma, Canon (CRW, CR3, CR2).
    if (has(bytes, byte_count, 0, "FUJIFILM", 8) || has(bytes, byte_count, 0, "IIU\0", 4) ||
        has(bytes, byte_count, 0, "IIRO", 4) || has(bytes, byte_count, 0, "IIRS", 4) ||
        has(bytes, byte_count, 0, "MMOR", 4) || has(bytes, byte_count, 0, "\0MRM", 4) ||
        has(bytes, byte_count, 0, "FOVb", 4) || has(bytes, byte_count, 6, "HEAPCCDR", 8) ||
        has(bytes, byte_count, 4, "ftypcrx ", 8) || has(bytes, byte_count, 8, "CR\2\0", 4)) {
        return FPX_RAW_SURELY;
    }
    fpx_tiff_tags tags;
    if (!fpx_tiff_tags_open(source, &tags)) {
        return FPX_RAW_NOT;
    }
    fpx_tiff_tag tag;
    if (fpx_tiff_tags_find(&tags, tags.first_directory, FPX_TIFF_DNG_VERSION, &tag)) {
        return FPX_RAW_SURELY;
    }
    // Nikon, Sony, Samsung, Hasselblad and others begin with the directory of a small picture, or hide the raw one in
    // directories of the second order; Pentax compresses in a way of its own.
    bool names_maker = fpx_tiff_tags_find(&tags, tags.first_directory, FPX_TIFF_MAKE, &tag);
    bool is_small = (fpx_tiff_tags_number(&tags, tags.first_directory, FPX_TIFF_SUBFILE_TYPE, 0) & 1) != 0;
    bool has_more = fpx_tiff_tags_find(&tags, tags.first_directory, FPX_TIFF_SUB_DIRECTORIES, &tag);
    bool is_own = fpx_tiff_tags_number(&tags, tags.first_directory, FPX_TIFF_COMPRESSION, 1) == 65535;
    return names_maker && (is_small || has_more || is_own) ? FPX_RAW_LIKELY : FPX_RAW_NOT;
}
