#include <string.h>

#include "photo_internal.h"

static bool contains(const uint8_t *block, size_t byte_count, const char *text) {
    size_t length = strlen(text);
    for (size_t start = 0; start + length <= byte_count; start++) {
        const uint8_t *found = memchr(block + start, text[0], byte_count - length - start + 1);
        if (found == NULL) {
            return false;
        }
        if (memcmp(found, text, length) == 0) {
            return true;
        }
        start = (size_t)(found - block);
    }
    return false;
}

void fpx_editing_marks_read_xmp(const uint8_t *block, size_t byte_count, fpx_photo_header *header) {
    // Settings of Adobe's raw developer, which Lightroom and Photoshop write into what they export.
    header->is_developed = header->is_developed || contains(block, byte_count, "ns.adobe.com/camera-raw-settings/");
    header->is_lens_corrected = header->is_lens_corrected || contains(block, byte_count, "LensProfileEnable=\"1\"") ||
                                contains(block, byte_count, "LensProfileEnable>1<");
}

void fpx_editing_marks_read_photoshop(const uint8_t *block, size_t byte_count, fpx_photo_header *header) {
    // Captions (0x0404) are written by many programs, the quality of the export (0x0406) by Photoshop.
    for (size_t start = 0; start + 6 <= byte_count; start++) {
        if (memcmp(block + start, "8BIM\x04\x06", 6) == 0) {
            header->is_saved_by_photoshop = true;
            return;
        }
    }
}
