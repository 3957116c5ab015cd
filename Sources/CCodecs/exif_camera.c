#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "../CEXIF/shim.h"
#include "photo_internal.h"

/// Copies an ASCII entry, trimmed, as it is: whoever shows it makes it safe to print.
static void copy_text(ExifData *exif, ExifIfd directory, ExifTag tag, char *destination, size_t capacity) {
    ExifEntry *entry = exif_content_get_entry(exif->ifd[directory], tag);
    if (entry == NULL || entry->data == NULL || entry->format != EXIF_FORMAT_ASCII) {
        return;
    }
    size_t start = 0;
    size_t end = strnlen((const char *)entry->data, entry->size);
    while (start < end && entry->data[start] <= ' ') {
        start++;
    }
    while (end > start && entry->data[end - 1] <= ' ') {
        end--;
    }
    // A text that does not fit ends in a checksum of the whole, so that two that begin alike stay different.
    char checksum[10] = "";
    if (end - start > capacity - 1) {
        snprintf(checksum, sizeof checksum, "~%08lx",
                 (unsigned long)crc32(0, entry->data + start, (unsigned int)(end - start)));
    }
    size_t room = capacity - 1 - strlen(checksum);
    size_t length = end - start < room ? end - start : room;
    memcpy(destination, entry->data + start, length);
    memcpy(destination + length, checksum, strlen(checksum) + 1);
}

void fpx_exif_read_camera(const uint8_t *block, size_t byte_count, fpx_photo_header *header) {
    if (byte_count > UINT32_MAX) {
        return;
    }
    ExifData *exif = exif_data_new();
    if (exif == NULL) {
        return;
    }
    // Read what is there; by default libexif would add and repair entries.
    exif_data_unset_option(exif, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_unset_option(exif, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
    exif_data_load_data(exif, block, (unsigned int)byte_count);
    copy_text(exif, EXIF_IFD_0, EXIF_TAG_MAKE, header->make, sizeof header->make);
    copy_text(exif, EXIF_IFD_0, EXIF_TAG_MODEL, header->model, sizeof header->model);
    copy_text(exif, EXIF_IFD_EXIF, EXIF_TAG_BODY_SERIAL_NUMBER, header->serial, sizeof header->serial);
    exif_data_unref(exif);
}
