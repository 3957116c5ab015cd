// libFuzzer target: any bytes as an EXIF block, and as the other blocks that photos carry.

#include <stdlib.h>
#include <string.h>

#include "../../Sources/CCodecs/metadata_internal.h"
#include "../../Sources/CCodecs/photo_internal.h"

static void demand_an_end(const char *text, size_t capacity) {
    if (memchr(text, 0, capacity) == NULL) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count) {
    fpx_photo_header header;
    memset(&header, 0, sizeof header);
    fpx_exif_read(bytes, byte_count, &header);
    demand_an_end(header.make, sizeof header.make);
    demand_an_end(header.model, sizeof header.model);
    demand_an_end(header.serial, sizeof header.serial);
    demand_an_end(header.software, sizeof header.software);
    demand_an_end(header.capture_time, sizeof header.capture_time);
    demand_an_end(header.capture_subsecond, sizeof header.capture_subsecond);
    fpx_editing_marks_read_xmp(bytes, byte_count, &header);
    fpx_editing_marks_read_photoshop(bytes, byte_count, &header);
    // It takes EXIF without its prefix.
    if (byte_count > 6) {
        fpx_resolution resolution = fpx_exif_resolution(bytes + 6, byte_count - 6);
        if (resolution.unit != FPX_RESOLUTION_UNKNOWN && (resolution.horizontal == 0 || resolution.vertical == 0)) {
            abort();
        }
    }
    return 0;
}
