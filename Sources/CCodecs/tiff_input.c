#ifdef FPX_TIFF

#include "tiff_input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void complain(fpx_tiff_input *self, const char *format, va_list arguments) {
    if (self->complaint[0] == 0) {
        vsnprintf(self->complaint, sizeof self->complaint, format, arguments);
    }
}

static int on_error(TIFF *tiff, void *context, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    complain(context, format, arguments);
    return 1;
}

static int on_warning(TIFF *tiff, void *context, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    fpx_tiff_input *self = context;
    if (self->reads_samples) {
        complain(self, format, arguments);
    }
    return 1;
}

static tmsize_t read_bytes(thandle_t handle, void *bytes, tmsize_t byte_count) {
    fpx_tiff_input *self = handle;
    tmsize_t done = 0;
    while (done < byte_count && self->offset <= INT64_MAX) {
        ssize_t got = pread(self->source->file_descriptor, (uint8_t *)bytes + done, (size_t)(byte_count - done),
                            (off_t)self->offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            self->source->system_errno = errno;
        }
        if (got <= 0) {
            break;
        }
        done += got;
        self->offset += (uint64_t)got;
    }
    self->ran_out = self->ran_out || done < byte_count;
    return done;
}

static tmsize_t write_bytes(thandle_t handle, void *bytes, tmsize_t byte_count) {
    (void)handle, (void)bytes, (void)byte_count;
    return 0;
}

uint64_t fpx_tiff_seek(uint64_t place, uint64_t end, uint64_t offset, int whence) {
    switch (whence) {
    case SEEK_CUR: return place + offset;
    case SEEK_END: return end + offset;
    default: return offset;
    }
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    fpx_tiff_input *self = handle;
    return self->offset = fpx_tiff_seek(self->offset, self->file_bytes, offset, whence);
}

static int close_file(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t file_size(thandle_t handle) {
    const fpx_tiff_input *self = handle;
    return self->file_bytes;
}

/// What libtiff may allocate at once. Its tables of strips have 8 bytes for at least one byte of the file; rows are
/// bounded by the caller before.
static tmsize_t largest_allocation(uint64_t file_bytes) {
    enum { LEAST = 1 << 26 };
    uint64_t largest = file_bytes > ((uint64_t)1 << 40) ? (uint64_t)1 << 43 : file_bytes * 8;
    return (tmsize_t)(largest + LEAST);
}

bool fpx_tiff_input_open(fpx_tiff_input *self, fpx_byte_source *source) {
    memset(self, 0, sizeof *self);
    self->source = source;
    self->file_bytes = fpx_byte_source_file_bytes(source);
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) {
        return false;
    }
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, self);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, self);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, largest_allocation(self->file_bytes));
    // h: no directory yet; m: no mapping, which a file that shrinks would turn into a signal; O: tables of strips when
    // they are needed.
    self->tiff = TIFFClientOpenExt("photo", "rhmO", self, read_bytes, write_bytes, seek, close_file, file_size, NULL,
                                   NULL, options);
    TIFFOpenOptionsFree(options);
    return self->tiff != NULL;
}

void fpx_tiff_input_close(fpx_tiff_input *self) {
    if (self->tiff != NULL) {
        TIFFClose(self->tiff);
    }
}

fpx_photo_status fpx_tiff_input_failure(const fpx_tiff_input *self, fpx_photo_error *error) {
    if (self->ran_out) {
        fpx_photo_explain(error, "truncated TIFF: the file ends before its picture does");
        return FPX_PHOTO_TRUNCATED;
    }
    if (self->tiff == NULL && self->complaint[0] == 0) {
        fpx_photo_explain(error, "no memory is left for a TIFF decoder");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    fpx_photo_explain(error, "damaged TIFF: %s", self->complaint[0] == 0 ? "it has no picture" : self->complaint);
    return FPX_PHOTO_CORRUPT;
}

#endif
