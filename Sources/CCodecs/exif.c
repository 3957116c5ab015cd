#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "../CEXIF/shim.h"
#include "metadata_internal.h"
#include "photo_internal.h"

const uint8_t fpx_exif_prefix[FPX_EXIF_PREFIX_BYTES] = {'E', 'x', 'i', 'f', 0, 0};

void fpx_header_text(const uint8_t *text, size_t byte_count, char *destination, size_t capacity) {
    size_t start = 0;
    size_t end = strnlen((const char *)text, byte_count);
    while (start < end && text[start] <= ' ') {
        start++;
    }
    while (end > start && text[end - 1] <= ' ') {
        end--;
    }
    char checksum[10] = "";
    if (end - start > capacity - 1) {
        snprintf(checksum, sizeof checksum, "~%08lx",
                 (unsigned long)crc32(0, text + start, (unsigned int)(end - start)));
    }
    size_t room = capacity - 1 - strlen(checksum);
    size_t length = end - start < room ? end - start : room;
    memcpy(destination, text + start, length);
    memcpy(destination + length, checksum, strlen(checksum) + 1);
}

static void copy_text(ExifData *exif, ExifIfd directory, ExifTag tag, char *destination, size_t capacity) {
    ExifEntry *entry = exif_content_get_entry(exif->ifd[directory], tag);
    if (entry != NULL && entry->data != NULL && entry->format == EXIF_FORMAT_ASCII) {
        fpx_header_text(entry->data, entry->size, destination, capacity);
    }
}

/// An unsigned entry of whole numbers, its first one; 0 when absent.
static uint32_t whole_number(ExifData *exif, ExifIfd directory, ExifTag tag) {
    ExifEntry *entry = exif_content_get_entry(exif->ifd[directory], tag);
    if (entry == NULL || entry->data == NULL || entry->components == 0) {
        return 0;
    }
    ExifByteOrder order = exif_data_get_byte_order(exif);
    if (entry->format == EXIF_FORMAT_SHORT && entry->size >= 2) {
        return exif_get_short(entry->data, order);
    }
    return entry->format == EXIF_FORMAT_LONG && entry->size >= 4 ? exif_get_long(entry->data, order) : 0;
}

/// A fraction; 0/0 when absent.
static fpx_photo_fraction fraction(ExifData *exif, ExifTag tag) {
    ExifEntry *entry = exif_content_get_entry(exif->ifd[EXIF_IFD_EXIF], tag);
    if (entry == NULL || entry->data == NULL || entry->format != EXIF_FORMAT_RATIONAL || entry->size < 8) {
        return (fpx_photo_fraction){0, 0};
    }
    ExifRational found = exif_get_rational(entry->data, exif_data_get_byte_order(exif));
    return (fpx_photo_fraction){found.numerator, found.denominator};
}

static void read_capture(ExifData *exif, fpx_photo_header *header) {
    copy_text(exif, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, header->capture_time, sizeof header->capture_time);
    copy_text(exif, EXIF_IFD_EXIF, EXIF_TAG_SUB_SEC_TIME_ORIGINAL, header->capture_subsecond,
              sizeof header->capture_subsecond);
    header->exposure_time = fraction(exif, EXIF_TAG_EXPOSURE_TIME);
    // Sensitivities above its range are 65535 there and stand in one of the tags that EXIF 2.3 has added.
    header->iso = whole_number(exif, EXIF_IFD_EXIF, EXIF_TAG_ISO_SPEED_RATINGS);
    static const ExifTag larger[] = {EXIF_TAG_RECOMMENDED_EXPOSURE_INDEX, EXIF_TAG_STANDARD_OUTPUT_SENSITIVITY,
                                     EXIF_TAG_ISO_SPEED};
    for (size_t index = 0; header->iso == UINT16_MAX && index < sizeof larger / sizeof larger[0]; index++) {
        uint32_t found = whole_number(exif, EXIF_IFD_EXIF, larger[index]);
        header->iso = found != 0 ? found : header->iso;
    }
}

static void read_processing(ExifData *exif, fpx_photo_header *header) {
    copy_text(exif, EXIF_IFD_0, EXIF_TAG_SOFTWARE, header->software, sizeof header->software);
    header->exif_width = whole_number(exif, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION);
    header->exif_height = whole_number(exif, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION);
    header->digital_zoom = fraction(exif, EXIF_TAG_DIGITAL_ZOOM_RATIO);
    // CompositeImage of EXIF 2.32, by number for older versions of libexif: 2 and 3 are several exposures in one.
    header->is_composite = whole_number(exif, EXIF_IFD_EXIF, (ExifTag)0xa460) >= 2;
}

void fpx_exif_read(const uint8_t *block, size_t byte_count, fpx_photo_header *header) {
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
    read_capture(exif, header);
    read_processing(exif, header);
    exif_data_unref(exif);
}
