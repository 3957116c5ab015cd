#include <string.h>

#include "photo_internal.h"

/// The first place of `text` in the bytes; null when it is not there.
static const uint8_t *find(const uint8_t *start, const uint8_t *end, const char *text) {
    size_t length = strlen(text);
    while ((size_t)(end - start) >= length) {
        const uint8_t *found = memchr(start, text[0], (size_t)(end - start) - length + 1);
        if (found == NULL || memcmp(found, text, length) == 0) {
            return found;
        }
        start = found + 1;
    }
    return NULL;
}

/// Appends a text, trimmed, "+" before all but the first; what does not fit is left out whole.
static void append(fpx_photo_header *header, const uint8_t *start, const uint8_t *end) {
    while (start < end && *start <= ' ') {
        start++;
    }
    while (end > start && end[-1] <= ' ') {
        end--;
    }
    size_t used = strlen(header->band);
    size_t length = (size_t)(end - start);
    size_t separator = used > 0 ? 1 : 0;
    if (length == 0 || used + separator + length >= sizeof header->band) {
        return;
    }
    if (separator > 0) {
        header->band[used++] = '+';
    }
    memcpy(header->band + used, start, length);
    header->band[used + length] = 0;
}

/// XMP writes a property as an attribute, or as an element that holds a text or a list of texts.
void fpx_xmp_read_band(const uint8_t *block, size_t byte_count, fpx_photo_header *header) {
    static const char name[] = ":BandName";
    const uint8_t *end = block + byte_count;
    const uint8_t *found = find(block, end, name);
    if (found == NULL || header->band[0] != 0) {
        return;
    }
    const uint8_t *next = found + strlen(name);
    while (next < end && *next <= ' ') {
        next++;
    }
    if (next < end && *next == '=') {
        const uint8_t *quote = next + 1;
        while (quote < end && *quote <= ' ') {
            quote++;
        }
        const uint8_t *close = quote < end ? memchr(quote + 1, *quote, (size_t)(end - quote - 1)) : NULL;
        if (close != NULL && (*quote == '"' || *quote == '\'')) {
            append(header, quote + 1, close);
        }
        return;
    }
    // Texts are what lies between the tags, up to the closing tag of the same name.
    const uint8_t *closing = find(next, end, name);
    while (closing != NULL && next < closing) {
        const uint8_t *text = memchr(next, '>', (size_t)(closing - next));
        const uint8_t *tag = text == NULL ? NULL : memchr(text, '<', (size_t)(closing - text));
        if (tag == NULL) {
            return;
        }
        append(header, text + 1, tag);
        next = tag;
    }
}
