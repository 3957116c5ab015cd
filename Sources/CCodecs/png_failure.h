/// What libpng's words mean; not public.
#ifndef FPX_PNG_FAILURE_H
#define FPX_PNG_FAILURE_H

#include <stdbool.h>
#include <string.h>

/// Whether an error's words are libpng's where malloc fails, or zlib's as it passes them on.
static inline bool fpx_png_lacks_memory(const char *words) {
    return strcmp(words, "Out of memory") == 0 || strstr(words, "insufficient memory") != NULL;
}

#endif
