#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "jpeg_input.h"
#include "metadata_internal.h"

enum { ROWS_PER_CALL = 64 };

typedef struct jpeg_decoder {
    fpx_photo_decoder operations;
    fpx_jpeg_input input;
} jpeg_decoder;

static fpx_photo_status jpeg_read_rows(fpx_photo_decoder *decoder, uint8_t *rows, ptrdiff_t stride_bytes,
                                       size_t row_count, fpx_photo_error *error) {
    fpx_jpeg_input *self = &((jpeg_decoder *)decoder)->input;
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
    fpx_jpeg_input *self = &((jpeg_decoder *)decoder)->input;
    self->error = error;
    if (setjmp(self->escape) != 0) {
        return self->failure;
    }
    fpx_jpeg_input_demand_all_scans(self);
    jpeg_finish_decompress(&self->jpeg);
    return FPX_PHOTO_OK;
}

static void jpeg_close(fpx_photo_decoder *decoder) {
    jpeg_decoder *self = (jpeg_decoder *)decoder;
    jpeg_destroy_decompress(&self->input.jpeg);
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
        if (!has_exif && fpx_jpeg_is_exif(marker)) {
            fpx_exif_read(marker->data, marker->data_length, header);
            has_exif = true;
        } else if (begins_with(marker, JPEG_APP0 + 1, "http://ns.adobe.com/xap/1.0/", &content)) {
            fpx_editing_marks_read_xmp(content, (size_t)(end - content), header);
            fpx_xmp_read_band(content, (size_t)(end - content), header);
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
    for (int index = 0; index < jpeg->num_components; index++) {
        const jpeg_component_info *component = &jpeg->comp_info[index];
        header->whole_picture_bytes +=
            (uint64_t)component->width_in_blocks * component->height_in_blocks * sizeof(JBLOCK);
    }
    header->is_decoded_whole = jpeg_has_multiple_scans(jpeg);
    if (header->is_decoded_whole) {
        header->decoder_bytes += header->whole_picture_bytes;
    }
}

fpx_photo_status fpx_jpeg_open(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_decoder **decoder,
                               fpx_photo_header *header, fpx_photo_error *error) {
    jpeg_decoder *decoding = calloc(1, sizeof *decoding);
    if (decoding == NULL) {
        fpx_photo_explain(error, "no memory is left for a JPEG decoder");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    decoding->operations =
        (fpx_photo_decoder){.read_rows = jpeg_read_rows, .finish = jpeg_finish, .close = jpeg_close, .source = source};
    fpx_jpeg_input *self = &decoding->input;
    fpx_jpeg_input_prepare(self, source, error);
    if (setjmp(self->escape) != 0) {
        fpx_photo_status failure = self->failure;
        jpeg_close(&decoding->operations);
        return failure;
    }
    fpx_jpeg_input_open(self);
    if (request->metadata != NULL) {
        fpx_jpeg_keep_metadata(&self->jpeg);
    } else if (request->only_headers) {
        jpeg_save_markers(&self->jpeg, JPEG_APP0 + 1, 0xffff);
        jpeg_save_markers(&self->jpeg, JPEG_APP0 + 13, 0xffff);
    }
    fpx_jpeg_input_read_header(self, request->maximum_pixels);
    if (!choose_output(&self->jpeg, request->channels)) {
        fpx_photo_explain(error, "unsupported JPEG: %s; convert it to RGB or grey first",
                          self->jpeg.num_components == 4 ? "four ink channels (CMYK or YCCK)"
                                                         : "a colour space without red, green and blue");
        fpx_jpeg_input_fail(self, FPX_PHOTO_UNSUPPORTED);
    }
    fill_header(&self->jpeg, header);
    if (request->metadata != NULL) {
        fpx_jpeg_take_metadata(&self->jpeg, request->metadata);
    } else if (request->only_headers) {
        read_markers(&self->jpeg, header);
    } else {
        jpeg_start_decompress(&self->jpeg);
    }
    *decoder = &decoding->operations;
    return FPX_PHOTO_OK;
}
