#ifdef FPX_TIFF

#include "tiff_repack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../CXXHash/shim.h"
#include "tiff_input.h"

/// A file in memory, as libtiff asks for one.
typedef struct memory_file {
    fpx_bytes *bytes;
    uint64_t offset;
    char complaint[200];
} memory_file;

static int on_error(TIFF *tiff, void *context, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    memory_file *self = context;
    if (self->complaint[0] == 0) {
        vsnprintf(self->complaint, sizeof self->complaint, format, arguments);
    }
    return 1;
}

/// The picture has been read before, and its warnings told.
static int on_warning(TIFF *tiff, void *context, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)context, (void)module, (void)format, (void)arguments;
    return 1;
}

static tmsize_t read_bytes(thandle_t handle, void *bytes, tmsize_t byte_count) {
    memory_file *self = handle;
    uint64_t left = self->offset < self->bytes->count ? self->bytes->count - self->offset : 0;
    size_t count = (uint64_t)byte_count < left ? (size_t)byte_count : (size_t)left;
    if (count > 0) {
        memcpy(bytes, self->bytes->data + self->offset, count);
    }
    self->offset += count;
    return (tmsize_t)count;
}

static tmsize_t write_bytes(thandle_t handle, void *bytes, tmsize_t byte_count) {
    memory_file *self = handle;
    // libtiff appends at the file's end, or replaces; it leaves no gap.
    if (self->offset > self->bytes->count) {
        return 0;
    }
    size_t left = self->bytes->count - (size_t)self->offset;
    size_t replaced = (size_t)byte_count < left ? (size_t)byte_count : left;
    memcpy(self->bytes->data + self->offset, bytes, replaced);
    if (!fpx_bytes_append(self->bytes, (const uint8_t *)bytes + replaced, (size_t)byte_count - replaced)) {
        return 0;
    }
    self->offset += (uint64_t)byte_count;
    return byte_count;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    memory_file *self = handle;
    return self->offset = fpx_tiff_seek(self->offset, self->bytes->count, offset, whence);
}

static int close_file(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t file_size(thandle_t handle) {
    const memory_file *self = handle;
    return self->bytes->count;
}

/// At the directory; null when it cannot be read.
static TIFF *open_at(memory_file *file, const char *mode, uint64_t directory) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) {
        return NULL;
    }
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, file);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, file);
    // libtiff begins where the file is.
    file->offset = 0;
    TIFF *tiff = TIFFClientOpenExt("photo", mode, file, read_bytes, write_bytes, seek, close_file, file_size, NULL,
                                   NULL, options);
    TIFFOpenOptionsFree(options);
    if (tiff != NULL && TIFFSetSubDirectory(tiff, directory) == 0) {
        TIFFClose(tiff);
        return NULL;
    }
    return tiff;
}

static void close_tiff(TIFF *tiff) {
    if (tiff != NULL) {
        TIFFClose(tiff);
    }
}

static fpx_photo_status failure(const memory_file *file, fpx_photo_error *error) {
    fpx_photo_explain(error, "the changed samples cannot be packed as they were: %s",
                      file->complaint[0] == 0 ? "no memory is left" : file->complaint);
    return file->complaint[0] == 0 ? FPX_PHOTO_OUT_OF_MEMORY : FPX_PHOTO_UNSUPPORTED;
}

static tmsize_t read_unit(TIFF *tiff, uint32_t unit, uint8_t *bytes) {
    return TIFFIsTiled(tiff) != 0 ? TIFFReadEncodedTile(tiff, unit, bytes, (tmsize_t)-1)
                                  : TIFFReadEncodedStrip(tiff, unit, bytes, (tmsize_t)-1);
}

static bool write_unit(TIFF *tiff, uint32_t unit, uint8_t *bytes, tmsize_t byte_count) {
    tmsize_t written = TIFFIsTiled(tiff) != 0 ? TIFFWriteEncodedTile(tiff, unit, bytes, byte_count)
                                              : TIFFWriteEncodedStrip(tiff, unit, bytes, byte_count);
    return written == byte_count;
}

/// False when a sample lies outside of it.
static bool change(uint8_t *bytes, tmsize_t unit_bytes, const fpx_packed_sample *samples, size_t count,
                   unsigned byte_count) {
    for (size_t index = 0; index < count; index++) {
        if (unit_bytes < (tmsize_t)byte_count || samples[index].offset > (uint64_t)unit_bytes - byte_count) {
            return false;
        }
        uint8_t *place = bytes + samples[index].offset;
        // In the machine's order, to which libtiff unpacks.
        if (byte_count == 1) {
            place[0] = (uint8_t)samples[index].bits;
        } else if (byte_count == 2) {
            uint16_t value = (uint16_t)samples[index].bits;
            memcpy(place, &value, sizeof value);
        } else {
            memcpy(place, &samples[index].bits, sizeof samples[index].bits);
        }
    }
    return true;
}

/// Changes all strips or tiles and leaves what each is to unpack to in `hashes`, in their order.
static bool change_all(TIFF *reader, TIFF *writer, uint8_t *unit, uint64_t *hashes, const fpx_packed_sample *samples,
                       size_t count, unsigned byte_count) {
    for (size_t first = 0; first < count;) {
        size_t same = fpx_packed_samples_in_unit(samples + first, count - first);
        tmsize_t bytes = read_unit(reader, samples[first].unit, unit);
        if (bytes < 0 || !change(unit, bytes, samples + first, same, byte_count)) {
            return false;
        }
        *hashes++ = XXH3_64bits(unit, (size_t)bytes);
        // Leaves the samples in the file's byte order.
        if (!write_unit(writer, samples[first].unit, unit, bytes)) {
            return false;
        }
        first += same;
    }
    return TIFFFlush(writer) != 0;
}

static bool is_as_meant(TIFF *tiff, uint8_t *unit, const uint64_t *hashes, const fpx_packed_sample *samples,
                        size_t count) {
    for (size_t first = 0; first < count; first += fpx_packed_samples_in_unit(samples + first, count - first)) {
        tmsize_t bytes = read_unit(tiff, samples[first].unit, unit);
        if (bytes < 0 || XXH3_64bits(unit, (size_t)bytes) != *hashes++) {
            return false;
        }
    }
    return true;
}

fpx_photo_status fpx_tiff_repack(fpx_bytes *file, uint64_t directory, fpx_packed_sample *samples, size_t sample_count,
                                 unsigned byte_count, fpx_photo_error *error) {
    fpx_packed_samples_sort(samples, sample_count);
    // h: no directory yet; m: no mapping of the file. Two of them, because libtiff does not take turns in one.
    memory_file read_file = {.bytes = file};
    memory_file written_file = {.bytes = file};
    TIFF *reader = open_at(&read_file, "rhm", directory);
    TIFF *writer = open_at(&written_file, "r+hm", directory);
    tmsize_t unit_bytes = reader == NULL ? 0 : TIFFIsTiled(reader) != 0 ? TIFFTileSize(reader) : TIFFStripSize(reader);
    uint8_t *unit = unit_bytes > 0 ? malloc((size_t)unit_bytes) : NULL;
    uint64_t *hashes = malloc(sample_count * sizeof *hashes);
    bool is_done = writer != NULL && unit != NULL && hashes != NULL &&
                   change_all(reader, writer, unit, hashes, samples, sample_count, byte_count);
    close_tiff(reader);
    close_tiff(writer);
    fpx_photo_status status = FPX_PHOTO_OK;
    if (!is_done) {
        status = failure(written_file.complaint[0] == 0 ? &read_file : &written_file, error);
    } else {
        reader = open_at(&read_file, "rhm", directory);
        if (reader == NULL || !is_as_meant(reader, unit, hashes, samples, sample_count)) {
            fpx_photo_explain(error, "its samples do not unpack to what they were packed from");
            status = FPX_PHOTO_UNSUPPORTED;
        }
        close_tiff(reader);
    }
    free(unit);
    free(hashes);
    return status;
}

#endif
