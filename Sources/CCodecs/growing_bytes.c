#include <stdlib.h>
#include <string.h>

#include "repair_internal.h"

void fpx_bytes_free(fpx_bytes *bytes) {
    free(bytes->data);
    *bytes = (fpx_bytes){0};
}

bool fpx_bytes_append(fpx_bytes *bytes, const void *data, size_t count) {
    // Nothing may be added before there is any memory.
    if (count == 0) {
        return true;
    }
    if (count > bytes->capacity - bytes->count) {
        size_t capacity = bytes->capacity + bytes->capacity / 2 + count + 65536;
        uint8_t *grown = realloc(bytes->data, capacity);
        if (grown == NULL) {
            return false;
        }
        bytes->data = grown;
        bytes->capacity = capacity;
    }
    memcpy(bytes->data + bytes->count, data, count);
    bytes->count += count;
    return true;
}
