// libFuzzer target: any bytes as an EXIF block.

#include <stdlib.h>
#include <string.h>

#include "../../Sources/CCodecs/photo_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count) {
    fpx_photo_header header;
    memset(&header, 0, sizeof header);
    fpx_exif_read_camera(bytes, byte_count, &header);
    // Each text ends within its array.
    if (memchr(header.make, 0, sizeof header.make) == NULL || memchr(header.model, 0, sizeof header.model) == NULL ||
        memchr(header.serial, 0, sizeof header.serial) == NULL) {
        abort();
    }
    return 0;
}
