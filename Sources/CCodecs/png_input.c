#include "png_input.h"

#include <string.h>
#include <sys/stat.h>

#include "png_failure.h"

_Noreturn void fpx_png_input_fail(fpx_png_input *self, fpx_photo_status failure) {
    self->failure = failure;
    longjmp(self->escape, 1);
}

_Noreturn void fpx_png_input_fail_for_memory(fpx_png_input *self, const char *purpose) {
    fpx_photo_explain(self->error, "no memory is left %s", purpose);
    fpx_png_input_fail(self, FPX_PHOTO_OUT_OF_MEMORY);
}

_Noreturn void fpx_png_input_on_error(png_structp png, png_const_charp text) {
    fpx_png_input *self = png_get_error_ptr(png);
    if (fpx_png_lacks_memory(text)) {
        fpx_png_input_fail_for_memory(self, "for a PNG of this size");
    }
    fpx_photo_explain(self->error, "damaged PNG: %s", text);
    fpx_png_input_fail(self, FPX_PHOTO_CORRUPT);
}

/// Warnings about picture data mean that a checksum or a length is wrong; others concern side chunks. Of a chunk that
/// is too large libpng only warns, too, before it makes room for it.
static bool is_damage(const char *warning) {
    return strncmp(warning, "IDAT", 4) == 0 || strstr(warning, "chunk data is too large") != NULL;
}

/// libpng's words.
static const char BEHIND_STREAM[] = "IDAT: Extra compressed data";

static void note_bytes_behind_stream(fpx_png_input *self) {
    if (self->source->is_strict) {
        fpx_photo_explain(self->error, "damaged PNG: %s", BEHIND_STREAM);
        fpx_png_input_fail(self, FPX_PHOTO_CORRUPT);
    }
    self->source->oddities |= FPX_PHOTO_ODD_BYTES_BEHIND_STREAM;
}

void fpx_png_input_on_warning(png_structp png, png_const_charp text) {
    fpx_png_input *self = png_get_error_ptr(png);
    // The stream's own checksum has proved the picture by then, and the chunk's follows.
    if (strcmp(text, BEHIND_STREAM) == 0) {
        note_bytes_behind_stream(self);
        return;
    }
    if (is_damage(text)) {
        fpx_photo_explain(self->error, "damaged PNG: %s", text);
        fpx_png_input_fail(self, FPX_PHOTO_CORRUPT);
    }
}

/// "IDAT", as libpng tells a chunk's type.
enum { PICTURE_DATA = 0x49444154 };

static void read_bytes(png_structp png, png_bytep destination, size_t byte_count) {
    fpx_png_input *self = png_get_io_ptr(png);
    // libpng passes over further chunks of the picture without a word.
    if (self->is_behind_rows && png_get_io_chunk_type(png) == PICTURE_DATA &&
        (png_get_io_state(png) & PNG_IO_MASK_LOC) == PNG_IO_CHUNK_DATA) {
        note_bytes_behind_stream(self);
    }
    while (byte_count > 0) {
        if (self->unread_count == 0) {
            self->unread = self->source->buffer;
            self->unread_count = fpx_byte_source_next(self->source, sizeof self->source->buffer);
        }
        if (self->unread_count == 0) {
            fpx_photo_explain(self->error, "truncated PNG: the file ends before its picture does");
            fpx_png_input_fail(self, FPX_PHOTO_TRUNCATED);
        }
        size_t copied = byte_count < self->unread_count ? byte_count : self->unread_count;
        memcpy(destination, self->unread, copied);
        self->unread += copied;
        self->unread_count -= copied;
        destination += copied;
        byte_count -= copied;
    }
}

/// The most that libpng may allocate for a chunk of the file. It makes room for as many bytes as a chunk claims to
/// have, up to 2 GiB, and clears them, before it reads one. No chunk is longer than its file; and no side chunk of a
/// photo needs more than a few megabytes, whatever it unpacks to.
static size_t longest_chunk(const fpx_byte_source *source) {
    enum { LEAST = 1 << 16, MOST = 1 << 26 };
    struct stat information;
    if (fstat(source->file_descriptor, &information) != 0 || information.st_size > MOST) {
        return MOST;
    }
    return information.st_size < LEAST ? LEAST : (size_t)information.st_size;
}

void fpx_png_input_prepare(fpx_png_input *self, fpx_byte_source *source, fpx_photo_error *error) {
    self->source = source;
    self->error = error;
}

/// Fails when not even the best compression there is puts the picture into a file of so many bytes: who reads on makes
/// room for rows that cannot come.
static void check_paid(fpx_png_input *self) {
    // Deflate makes at most 258 bytes of two bits.
    enum { BYTES_OF_ONE = 1032 };
    uint64_t file_bytes = fpx_byte_source_file_bytes(self->source);
    uint64_t width = png_get_image_width(self->png, self->info);
    uint64_t height = png_get_image_height(self->png, self->info);
    unsigned pixel_bits = png_get_channels(self->png, self->info) * (unsigned)png_get_bit_depth(self->png, self->info);
    if (file_bytes > 0 && width * height / 8 * pixel_bits / BYTES_OF_ONE > file_bytes) {
        fpx_photo_explain(self->error, "truncated PNG: %llu bytes cannot hold %llu x %llu pixels of %u bits",
                          (unsigned long long)file_bytes, (unsigned long long)width, (unsigned long long)height,
                          pixel_bits);
        fpx_png_input_fail(self, FPX_PHOTO_TRUNCATED);
    }
}

void fpx_png_input_open(fpx_png_input *self, uint64_t maximum_pixels) {
    self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, fpx_png_input_on_error, fpx_png_input_on_warning);
    self->info = self->png == NULL ? NULL : png_create_info_struct(self->png);
    if (self->info == NULL) {
        fpx_png_input_fail_for_memory(self, "for a PNG decoder");
    }
    // The caller's pixel limit replaces libpng's limit of a million pixels a side.
    png_set_user_limits(self->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(self->png, longest_chunk(self->source));
    png_set_read_fn(self->png, self, read_bytes);
    png_read_info(self->png, self->info);
    fpx_photo_status size_status =
        fpx_photo_check_size(png_get_image_width(self->png, self->info), png_get_image_height(self->png, self->info),
                             maximum_pixels, self->error);
    if (size_status != FPX_PHOTO_OK) {
        fpx_png_input_fail(self, size_status);
    }
    check_paid(self);
}

void fpx_png_input_finish(fpx_png_input *self) {
    self->is_behind_rows = true;
    png_read_end(self->png, NULL);
}

void fpx_png_input_close(fpx_png_input *self) { png_destroy_read_struct(&self->png, &self->info, NULL); }
