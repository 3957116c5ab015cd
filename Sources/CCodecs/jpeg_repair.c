#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "jpeg_input.h"
#include "jpeg_multi_picture.h"
#include "jpeg_output.h"
#include "repair_internal.h"

#pragma STDC FP_CONTRACT OFF

/// A sample with its new value, in the block that holds it.
typedef struct replacement {
    JDIMENSION block_row;
    JDIMENSION block_column;
    int position;
    double value;
} replacement;

typedef struct jpeg_repair {
    fpx_jpeg_input input;
    struct jpeg_compress_struct output_jpeg;
    fpx_jpeg_output output_bytes;
    bool has_output;
    fpx_bytes *output;
    jvirt_barray_ptr *coefficients;
    /// Where the index of further pictures begins in the output; 0 when there is none.
    size_t index_start;
    size_t index_bytes;
    /// From top to bottom.
    fpx_repair_patch *patches;
    size_t patch_count;
    /// [frequency][place], with the scale that makes the transform orthonormal.
    double cosines[DCTSIZE][DCTSIZE];
    /// Everything below is of the component at work.
    const jpeg_component_info *component;
    jvirt_barray_ptr component_coefficients;
    fpx_repair_window window;
    replacement *replacements;
    size_t replacement_count;
    size_t replacement_capacity;
} jpeg_repair;

// MARK: Blocks

static void make_cosines(double cosines[DCTSIZE][DCTSIZE]) {
    for (int frequency = 0; frequency < DCTSIZE; frequency++) {
        double scale = frequency == 0 ? sqrt(1.0 / DCTSIZE) : sqrt(2.0 / DCTSIZE);
        for (int place = 0; place < DCTSIZE; place++) {
            cosines[frequency][place] = scale * cos((2 * place + 1) * frequency * M_PI / (2 * DCTSIZE));
        }
    }
}

/// The samples of a block without rounding and clamping, so that transforming them back gives the same coefficients.
static void samples_of_block(const jpeg_repair *self, const JCOEF *block, double samples[DCTSIZE2]) {
    const jpeg_component_info *component = self->component;
    double half[DCTSIZE2];
    for (int row = 0; row < DCTSIZE; row++) {
        for (int column = 0; column < DCTSIZE; column++) {
            double sum = 0;
            for (int frequency = 0; frequency < DCTSIZE; frequency++) {
                int index = row * DCTSIZE + frequency;
                sum +=
                    block[index] * (double)component->quant_table->quantval[index] * self->cosines[frequency][column];
            }
            half[row * DCTSIZE + column] = sum;
        }
    }
    for (int row = 0; row < DCTSIZE; row++) {
        for (int column = 0; column < DCTSIZE; column++) {
            double sum = 0;
            for (int frequency = 0; frequency < DCTSIZE; frequency++) {
                sum += half[frequency * DCTSIZE + column] * self->cosines[frequency][row];
            }
            samples[row * DCTSIZE + column] = sum;
        }
    }
}

static void block_of_samples(const jpeg_repair *self, const double samples[DCTSIZE2], JCOEF *block) {
    const jpeg_component_info *component = self->component;
    double half[DCTSIZE2];
    for (int row = 0; row < DCTSIZE; row++) {
        for (int frequency = 0; frequency < DCTSIZE; frequency++) {
            double sum = 0;
            for (int column = 0; column < DCTSIZE; column++) {
                sum += samples[row * DCTSIZE + column] * self->cosines[frequency][column];
            }
            half[row * DCTSIZE + frequency] = sum;
        }
    }
    for (int row_frequency = 0; row_frequency < DCTSIZE; row_frequency++) {
        for (int frequency = 0; frequency < DCTSIZE; frequency++) {
            double sum = 0;
            for (int row = 0; row < DCTSIZE; row++) {
                sum += half[row * DCTSIZE + frequency] * self->cosines[row_frequency][row];
            }
            int index = row_frequency * DCTSIZE + frequency;
            UINT16 step = component->quant_table->quantval[index];
            // A damaged table may have steps of 0, by which no coefficient means anything.
            double quantised = step == 0 ? 0 : floor(sum / step + 0.5);
            // What baseline Huffman coding can hold.
            quantised = quantised < -1023 ? -1023 : quantised > 1023 ? 1023 : quantised;
            block[index] = (JCOEF)quantised;
        }
    }
}

static JCOEF *block_at(jpeg_repair *self, JDIMENSION row, JDIMENSION column, bool will_change) {
    j_decompress_ptr jpeg = &self->input.jpeg;
    JBLOCKARRAY rows = jpeg->mem->access_virt_barray((j_common_ptr)jpeg, self->component_coefficients, row, 1,
                                                     will_change ? TRUE : FALSE);
    return rows[0][column];
}

// MARK: Patches

static _Noreturn void fail_for_memory(jpeg_repair *self) {
    fpx_photo_explain(self->input.error, "no memory is left to repair the photo");
    fpx_jpeg_input_fail(&self->input, FPX_PHOTO_OUT_OF_MEMORY);
}

static void add_replacement(jpeg_repair *self, size_t column, size_t row, double value) {
    if (self->replacement_count == self->replacement_capacity) {
        size_t capacity = self->replacement_capacity * 2 + 256;
        replacement *grown = realloc(self->replacements, capacity * sizeof *grown);
        if (grown == NULL) {
            fail_for_memory(self);
        }
        self->replacements = grown;
        self->replacement_capacity = capacity;
    }
    self->replacements[self->replacement_count++] = (replacement){
        .block_row = (JDIMENSION)(row / DCTSIZE),
        .block_column = (JDIMENSION)(column / DCTSIZE),
        .position = (int)(row % DCTSIZE * DCTSIZE + column % DCTSIZE),
        .value = value,
    };
}

/// Fills the window with the component's samples from `left`, `top` on.
static void read_window(jpeg_repair *self, size_t left, size_t top) {
    fpx_repair_window *window = &self->window;
    size_t end_column = left + window->width;
    size_t end_row = top + window->height;
    for (size_t block_row = top / DCTSIZE; block_row * DCTSIZE < end_row; block_row++) {
        for (size_t block_column = left / DCTSIZE; block_column * DCTSIZE < end_column; block_column++) {
            double samples[DCTSIZE2];
            samples_of_block(self, block_at(self, (JDIMENSION)block_row, (JDIMENSION)block_column, false), samples);
            for (size_t row = 0; row < DCTSIZE; row++) {
                size_t y = block_row * DCTSIZE + row;
                for (size_t column = 0; column < DCTSIZE; column++) {
                    size_t x = block_column * DCTSIZE + column;
                    if (x >= left && x < end_column && y >= top && y < end_row) {
                        window->samples[(y - top) * window->width + (x - left)] = samples[row * DCTSIZE + column];
                    }
                }
            }
        }
    }
}

static void interpolate_patch(jpeg_repair *self, const fpx_repair_patch *patch) {
    const jpeg_component_info *component = self->component;
    size_t column_factor = (size_t)(self->input.jpeg.max_h_samp_factor / component->h_samp_factor);
    size_t row_factor = (size_t)(self->input.jpeg.max_v_samp_factor / component->v_samp_factor);
    size_t left = patch->column / column_factor;
    size_t end_column = (patch->column + patch->width + column_factor - 1) / column_factor;
    size_t top = patch->row / row_factor;
    size_t end_row = (patch->row + patch->height + row_factor - 1) / row_factor;
    // The samples that the picture shows; blocks at its border have more.
    size_t width = component->downsampled_width;
    size_t height = component->downsampled_height;
    end_column = end_column < width ? end_column : width;
    end_row = end_row < height ? end_row : height;
    size_t reach = fpx_repair_reach(patch);
    self->window.reach = reach;
    size_t window_left = left > reach ? left - reach : 0;
    size_t window_top = top > reach ? top - reach : 0;
    size_t window_right = end_column + reach < width ? end_column + reach : width;
    size_t window_bottom = end_row + reach < height ? end_row + reach : height;
    self->window.width = window_right - window_left;
    self->window.height = window_bottom - window_top;
    fpx_repair_mark(&self->window, self->patches, self->patch_count, window_left, window_top, column_factor,
                    row_factor);
    read_window(self, window_left, window_top);
    for (size_t row = top; row < end_row; row++) {
        for (size_t column = left; column < end_column; column++) {
            double value;
            if (!fpx_repair_interpolate(&self->window, column - window_left, row - window_top, &value)) {
                fpx_photo_explain(self->input.error, "nothing good is near row %lu, column %lu to repair it from",
                                  (unsigned long)patch->row, (unsigned long)patch->column);
                fpx_jpeg_input_fail(&self->input, FPX_PHOTO_UNSUPPORTED);
            }
            add_replacement(self, column, row, value);
        }
    }
}

static int compare_blocks(const void *left, const void *right) {
    const replacement *a = left;
    const replacement *b = right;
    if (a->block_row != b->block_row) {
        return a->block_row < b->block_row ? -1 : 1;
    }
    if (a->block_column != b->block_column) {
        return a->block_column < b->block_column ? -1 : 1;
    }
    if (a->position != b->position) {
        return a->position - b->position;
    }
    // Where places overlap, the last one counts, whatever order the sort would leave equals in.
    return a->value < b->value ? -1 : a->value > b->value;
}

/// Writes the new values, block by block. All were interpolated before the first block changes.
static size_t replace_samples(jpeg_repair *self) {
    if (self->replacement_count == 0) {
        // There is no array to sort yet.
        return 0;
    }
    qsort(self->replacements, self->replacement_count, sizeof *self->replacements, compare_blocks);
    size_t blocks = 0;
    size_t index = 0;
    while (index < self->replacement_count) {
        const replacement *first = &self->replacements[index];
        JCOEF *block = block_at(self, first->block_row, first->block_column, true);
        double samples[DCTSIZE2];
        samples_of_block(self, block, samples);
        while (index < self->replacement_count && self->replacements[index].block_row == first->block_row &&
               self->replacements[index].block_column == first->block_column) {
            samples[self->replacements[index].position] = self->replacements[index].value;
            index++;
        }
        block_of_samples(self, samples, block);
        blocks++;
    }
    return blocks;
}

static size_t repair_components(jpeg_repair *self) {
    j_decompress_ptr jpeg = &self->input.jpeg;
    self->window.channels = 1;
    self->window.noise = 3;
    self->window.samples =
        malloc((size_t)FPX_REPAIR_LONGEST_WINDOW_SIDE * FPX_REPAIR_LONGEST_WINDOW_SIDE * sizeof *self->window.samples);
    self->window.is_good = malloc((size_t)FPX_REPAIR_LONGEST_WINDOW_SIDE * FPX_REPAIR_LONGEST_WINDOW_SIDE);
    if (self->window.samples == NULL || self->window.is_good == NULL) {
        fail_for_memory(self);
    }
    size_t blocks = 0;
    for (int index = 0; index < jpeg->num_components; index++) {
        self->component = &jpeg->comp_info[index];
        self->component_coefficients = self->coefficients[index];
        self->replacement_count = 0;
        for (size_t patch = 0; patch < self->patch_count; patch++) {
            interpolate_patch(self, &self->patches[patch]);
        }
        blocks += replace_samples(self);
    }
    return blocks;
}

// MARK: Output

static void pass_on(void *context, const void *data, size_t count) {
    jpeg_repair *self = context;
    if (!fpx_bytes_append(self->output, data, count)) {
        fail_for_memory(self);
    }
}

static void write_picture(jpeg_repair *self) {
    j_decompress_ptr source = &self->input.jpeg;
    j_compress_ptr jpeg = &self->output_jpeg;
    jpeg->err = &self->input.errors;
    jpeg->client_data = self;
    jpeg_create_compress(jpeg);
    self->has_output = true;
    fpx_jpeg_output_connect(&self->output_bytes, jpeg, pass_on, self);
    jpeg_copy_critical_parameters(source, jpeg);
    jpeg->arith_code = source->arith_code;
    // Arithmetic coding has no tables to optimise, and libjpeg refuses the wish.
    jpeg->optimize_coding = source->arith_code ? FALSE : TRUE;
    jpeg->restart_interval = source->restart_interval;
    if (source->progressive_mode) {
        jpeg_simple_progression(jpeg);
    }
    // The file's own headers are among the saved markers, in their places.
    jpeg->write_JFIF_header = FALSE;
    jpeg->write_Adobe_marker = FALSE;
    jpeg_write_coefficients(jpeg, self->coefficients);
    for (jpeg_saved_marker_ptr marker = source->marker_list; marker != NULL; marker = marker->next) {
        if (self->index_start == 0 && fpx_is_multi_picture_index(marker->marker, marker->data, marker->data_length)) {
            // Behind the marker's own two bytes, its length, and the name.
            size_t written =
                self->output->count + sizeof self->output_bytes.buffer - self->output_bytes.manager.free_in_buffer;
            self->index_start = written + 4 + FPX_MULTI_PICTURE_NAME_BYTES;
            self->index_bytes = marker->data_length - FPX_MULTI_PICTURE_NAME_BYTES;
        }
        jpeg_write_marker(jpeg, marker->marker, marker->data, marker->data_length);
    }
    jpeg_finish_compress(jpeg);
}

/// The pictures behind the first one move with its end; their index says where they are.
static void move_index(jpeg_repair *self) {
    uint64_t old_start = 0;
    if (self->index_start == 0 || !fpx_find_multi_picture_index(self->input.source, &old_start)) {
        return;
    }
    uint64_t old_end = (uint64_t)self->input.source->offset - self->input.manager.bytes_in_buffer;
    fpx_move_multi_pictures(self->output->data + self->index_start, self->index_bytes, old_start, old_end,
                            self->index_start, self->output->count);
}

/// Some cameras put a second picture or a film behind the first.
static void copy_rest(jpeg_repair *self) {
    pass_on(self, self->input.manager.next_input_byte, self->input.manager.bytes_in_buffer);
    fpx_byte_source *source = self->input.source;
    size_t count;
    while ((count = fpx_byte_source_next(source, sizeof source->buffer)) > 0) {
        pass_on(self, source->buffer, count);
    }
    if (source->system_errno != 0) {
        fpx_jpeg_input_fail(&self->input, FPX_PHOTO_UNREADABLE);
    }
}

static fpx_photo_status run(jpeg_repair *self, uint64_t maximum_pixels, const fpx_repair_patch *patches,
                            size_t patch_count, size_t *blocks_changed) {
    if (setjmp(self->input.escape) != 0) {
        return self->input.failure;
    }
    j_decompress_ptr jpeg = &self->input.jpeg;
    fpx_jpeg_input_open(&self->input);
    jpeg_save_markers(jpeg, JPEG_COM, 0xffff);
    for (int number = 0; number < 16; number++) {
        jpeg_save_markers(jpeg, JPEG_APP0 + number, 0xffff);
    }
    fpx_jpeg_input_read_header(&self->input, maximum_pixels);
    if (!fpx_repair_patches_are_inside(patches, patch_count, jpeg->image_width, jpeg->image_height)) {
        fpx_photo_explain(self->input.error, "a place to repair lies outside the picture");
        fpx_jpeg_input_fail(&self->input, FPX_PHOTO_UNSUPPORTED);
    }
    for (int index = 0; index < jpeg->num_components; index++) {
        const jpeg_component_info *component = &jpeg->comp_info[index];
        if (jpeg->max_h_samp_factor % component->h_samp_factor != 0 ||
            jpeg->max_v_samp_factor % component->v_samp_factor != 0) {
            fpx_photo_explain(self->input.error,
                              "unsupported JPEG: a component sampled at a fraction of another's rate");
            fpx_jpeg_input_fail(&self->input, FPX_PHOTO_UNSUPPORTED);
        }
    }
    self->patches = fpx_repair_patches_by_row(patches, patch_count);
    self->patch_count = patch_count;
    if (self->patches == NULL) {
        fail_for_memory(self);
    }
    self->coefficients = jpeg_read_coefficients(jpeg);
    fpx_jpeg_input_demand_all_scans(&self->input);
    *blocks_changed = repair_components(self);
    write_picture(self);
    jpeg_finish_decompress(jpeg);
    move_index(self);
    copy_rest(self);
    return FPX_PHOTO_OK;
}

fpx_photo_status fpx_jpeg_repair(int file_descriptor, bool is_strict, uint64_t maximum_pixels,
                                 const fpx_repair_patch *patches, size_t patch_count, fpx_bytes *output,
                                 size_t *blocks_changed, uint32_t *oddities, fpx_photo_error *error) {
    *oddities = 0;
    memset(error, 0, sizeof *error);
    fpx_byte_source *source = fpx_byte_source_make(file_descriptor, is_strict);
    jpeg_repair *self = calloc(1, sizeof *self);
    if (source == NULL || self == NULL) {
        free(source);
        free(self);
        fpx_photo_explain(error, "no memory is left to repair the photo");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    self->output = output;
    make_cosines(self->cosines);
    fpx_jpeg_input_prepare(&self->input, source, error);
    fpx_photo_status status = run(self, maximum_pixels, patches, patch_count, blocks_changed);
    if (self->has_output) {
        jpeg_destroy_compress(&self->output_jpeg);
    }
    jpeg_destroy_decompress(&self->input.jpeg);
    free(self->window.samples);
    free(self->window.is_good);
    free(self->replacements);
    free(self->patches);
    free(self);
    status = fpx_photo_with_read_error(status, source, error);
    *oddities = source->oddities;
    free(source);
    return status;
}
