#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "../CJPEG/shim.h"
#include "photo_internal.h"

// After stdio and jpeglib, on which it depends.
#include <jerror.h>

/// A progressive file with thousands of tiny scans keeps a decoder busy for hours; cameras write about ten.
enum { MAXIMUM_SCANS = 500, ROWS_PER_CALL = 64 };

typedef struct jpeg_decoder {
    fpx_photo_decoder operations;
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr input;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    fpx_photo_status failure;
    fpx_photo_error *error;
} jpeg_decoder;

static jpeg_decoder *decoder_of(j_common_ptr jpeg) { return (jpeg_decoder *)jpeg->client_data; }

static _Noreturn void fail(jpeg_decoder *self, fpx_photo_status failure) {
    self->failure = failure;
    longjmp(self->escape, 1);
}

static void on_error(j_common_ptr jpeg) {
    jpeg_decoder *self = decoder_of(jpeg);
    char text[JMSG_LENGTH_MAX];
    self->errors.format_message(jpeg, text);
    fpx_photo_status failure = FPX_PHOTO_CORRUPT;
    switch (self->errors.msg_code) {
    case JERR_OUT_OF_MEMORY: failure = FPX_PHOTO_OUT_OF_MEMORY; break;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_IMAGE_TOO_BIG: failure = FPX_PHOTO_UNSUPPORTED; break;
    default: break;
    }
    fpx_photo_explain(self->error, "%s JPEG: %s", failure == FPX_PHOTO_UNSUPPORTED ? "unsupported" : "damaged", text);
    fail(self, failure);
}

static void on_message(j_common_ptr jpeg, int level) {
    jpeg_decoder *self = decoder_of(jpeg);
    // Levels of 0 and more are traces; below are warnings, after which libjpeg invents samples. Even bytes left
    // over after the last row count: a flipped bit can make the decoder arrive early.
    if (level >= 0 || self->errors.msg_code == JWRN_JFIF_MAJOR) {
        return;
    }
    char text[JMSG_LENGTH_MAX];
    self->errors.format_message(jpeg, text);
    fpx_photo_explain(self->error, "damaged JPEG: %s", text);
    fail(self, FPX_PHOTO_CORRUPT);
}

static void print_nothing(j_common_ptr jpeg) { (void)jpeg; }

static void on_progress(j_common_ptr jpeg) {
    jpeg_decoder *self = decoder_of(jpeg);
    if (self->jpeg.input_scan_number > MAXIMUM_SCANS) {
        fpx_photo_explain(self->error, "unsupported JPEG: more than %d scans", MAXIMUM_SCANS);
        fail(self, FPX_PHOTO_UNSUPPORTED);
    }
}

static void start_input(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean next_input(j_decompress_ptr jpeg) {
    jpeg_decoder *self = decoder_of((j_common_ptr)jpeg);
    fpx_byte_source *source = self->operations.source;
    size_t byte_count = fpx_byte_source_next(source, sizeof source->buffer);
    if (byte_count == 0) {
        fpx_photo_explain(self->error, "truncated JPEG: the file ends before its picture does");
        fail(self, FPX_PHOTO_TRUNCATED);
    }
    self->input.next_input_byte = source->buffer;
    self->input.bytes_in_buffer = byte_count;
    return TRUE;
}

static void skip_input(j_decompress_ptr jpeg, long byte_count) {
    struct jpeg_source_mgr *input = jpeg->src;
    while (byte_count > (long)input->bytes_in_buffer) {
        byte_count -= (long)input->bytes_in_buffer;
        next_input(jpeg);
    }
    if (byte_count > 0) {
        input->next_input_byte += byte_count;
        input->bytes_in_buffer -= (size_t)byte_count;
    }
}

static void stop_input(j_decompress_ptr jpeg) { (void)jpeg; }

static fpx_photo_status jpeg_read_rows(fpx_photo_decoder *decoder, uint8_t *rows, ptrdiff_t stride_bytes,
                                       size_t row_count, fpx_photo_error *error) {
    jpeg_decoder *self = (jpeg_decoder *)decoder;
    self->error = error;
    if (setjmp(self->escape) != 0) {
        return self->failure;
    }
    if (row_count > self->jpeg.output_height - self->jpeg.output_scanline) {
        fpx_photo_explain(error, "more rows asked for than the picture has");
        return FPX_PHOTO_CORRUPT;
    }
    JDIMENSION end = self->jpeg.output_scanline + (JDIMENSION)row_count;
    while (self->jpeg.output_scanline < end) {
        JSAMPROW row_pointers[ROWS_PER_CALL];
        JDIMENSION count = end - self->jpeg.output_scanline;
        count = count < ROWS_PER_CALL ? count : ROWS_PER_CALL;
        for (JDIMENSION row = 0; row < count; row++) {
            row_pointers[row] = rows + (ptrdiff_t)row * stride_bytes;
        }
        JDIMENSION decoded = jpeg_read_scanlines(&self->jpeg, row_pointers, count);
        rows += (ptrdiff_t)decoded * stride_bytes;
    }
    return FPX_PHOTO_OK;
}

static fpx_photo_status jpeg_finish(fpx_photo_decoder *decoder, fpx_photo_error *error) {
    jpeg_decoder *self = (jpeg_decoder *)decoder;
    self->error = error;
    if (setjmp(self->escape) != 0) {
        return self->failure;
    }
    jpeg_finish_decompress(&self->jpeg);
    return FPX_PHOTO_OK;
}

static void jpeg_close(fpx_photo_decoder *decoder) {
    jpeg_decoder *self = (jpeg_decoder *)decoder;
    jpeg_destroy_decompress(&self->jpeg);
    free(self);
}

/// Whether a marker is of this kind and begins with this text and its final zero; `*content` is what follows.
static bool begins_with(jpeg_saved_marker_ptr marker, int kind, const char *text, const uint8_t **content) {
    size_t length = strlen(text) + 1;
    *content = marker->data + length;
    return marker->marker == kind && marker->data_length > length && memcmp(marker->data, text, length) == 0;
}

static void read_markers(const struct jpeg_decompress_struct *jpeg, fpx_photo_header *header) {
    bool has_exif = false;
    const uint8_t *content;
    for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL; marker = marker->next) {
        const uint8_t *end = marker->data + marker->data_length;
        if (!has_exif && begins_with(marker, JPEG_APP0 + 1, "Exif", &content)) {
            fpx_exif_read(marker->data, marker->data_length, header);
            has_exif = true;
        } else if (begins_with(marker, JPEG_APP0 + 1, "http://ns.adobe.com/xap/1.0/", &content)) {
            fpx_editing_marks_read_xmp(content, (size_t)(end - content), header);
        } else if (begins_with(marker, JPEG_APP0 + 13, "Photoshop 3.0", &content)) {
            fpx_editing_marks_read_photoshop(content, (size_t)(end - content), header);
        }
    }
}

/// Asks for the decode that everybody else gets: accurate integer DCT and smooth ("fancy") upsampling are
/// libjpeg's defaults. Returns false for colour spaces without a defined RGB value.
static bool choose_output(struct jpeg_decompress_struct *jpeg, fpx_photo_channels channels) {
    switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE: jpeg->out_color_space = JCS_GRAYSCALE; return true;
    case JCS_YCbCr:
    case JCS_RGB: jpeg->out_color_space = channels == FPX_PHOTO_LUMA ? JCS_GRAYSCALE : JCS_RGB; return true;
    default: return false;
    }
}

static void fill_header(struct jpeg_decompress_struct *jpeg, fpx_photo_header *header) {
    header->format = FPX_PHOTO_JPEG;
    header->width = jpeg->image_width;
    header->height = jpeg->image_height;
    header->channels = jpeg->out_color_space == JCS_GRAYSCALE ? 1 : 3;
    header->bits_per_sample = 8;
    // A single component is coded block by block whatever sampling factors it declares.
    bool grey = jpeg->num_components == 1;
    header->coded_unit_width = grey ? DCTSIZE : (uint32_t)jpeg->max_h_samp_factor * DCTSIZE;
    header->coded_unit_height = grey ? DCTSIZE : (uint32_t)jpeg->max_v_samp_factor * DCTSIZE;
    uint64_t row_bytes = (uint64_t)jpeg->image_width * (uint64_t)jpeg->num_components;
    header->decoder_bytes = row_bytes * header->coded_unit_height * 3;
    header->is_decoded_whole = jpeg_has_multiple_scans(jpeg);
    if (header->is_decoded_whole) {
        for (int index = 0; index < jpeg->num_components; index++) {
            const jpeg_component_info *component = &jpeg->comp_info[index];
            header->decoder_bytes +=
                (uint64_t)component->width_in_blocks * component->height_in_blocks * sizeof(JBLOCK);
        }
    }
}

fpx_photo_status fpx_jpeg_open(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_decoder **decoder,
                               fpx_photo_header *header, fpx_photo_error *error) {
    jpeg_decoder *self = calloc(1, sizeof *self);
    if (self == NULL) {
        fpx_photo_explain(error, "no memory is left for a JPEG decoder");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    self->operations = (fpx_photo_decoder){jpeg_read_rows, jpeg_finish, jpeg_close, source};
    self->error = error;
    self->jpeg.err = jpeg_std_error(&self->errors);
    self->errors.error_exit = on_error;
    self->errors.emit_message = on_message;
    self->errors.output_message = print_nothing;
    self->jpeg.client_data = self;
    if (setjmp(self->escape) != 0) {
        fpx_photo_status failure = self->failure;
        jpeg_close(&self->operations);
        return failure;
    }
    jpeg_create_decompress(&self->jpeg);
    self->input.init_source = start_input;
    self->input.fill_input_buffer = next_input;
    self->input.skip_input_data = skip_input;
    self->input.resync_to_restart = jpeg_resync_to_restart;
    self->input.term_source = stop_input;
    self->jpeg.src = &self->input;
    self->progress.progress_monitor = on_progress;
    self->jpeg.progress = &self->progress;
    if (request->only_headers) {
        jpeg_save_markers(&self->jpeg, JPEG_APP0 + 1, 0xffff);
        jpeg_save_markers(&self->jpeg, JPEG_APP0 + 13, 0xffff);
    }
    jpeg_read_header(&self->jpeg, TRUE);
    fpx_photo_status size_status =
        fpx_photo_check_size(self->jpeg.image_width, self->jpeg.image_height, request->maximum_pixels, error);
    if (size_status != FPX_PHOTO_OK) {
        fail(self, size_status);
    }
    if (self->jpeg.data_precision != 8) {
        fpx_photo_explain(error, "unsupported JPEG: %d bits per sample; fastpix takes 8", self->jpeg.data_precision);
        fail(self, FPX_PHOTO_UNSUPPORTED);
    }
    if (!choose_output(&self->jpeg, request->channels)) {
        fpx_photo_explain(error, "unsupported JPEG: %s; convert it to RGB or grey first",
                          self->jpeg.num_components == 4 ? "four ink channels (CMYK or YCCK)"
                                                         : "a colour space without red, green and blue");
        fail(self, FPX_PHOTO_UNSUPPORTED);
    }
    fill_header(&self->jpeg, header);
    if (request->only_headers) {
        read_markers(&self->jpeg, header);
    } else {
        jpeg_start_decompress(&self->jpeg);
    }
    *decoder = &self->operations;
    return FPX_PHOTO_OK;
}
