// Repairs arrays with the interpolation of `fastpix repair` (Sources/CCodecs/repair_interpolation.c).

#include <math.h>
#include <stdlib.h>

#include "module.h"
#include "repair_internal.h"

typedef struct image {
    const array *array;
    size_t width;
    size_t height;
    size_t channels;
} image;

static double sample_at(const image *image, size_t index) {
    switch (image->array->type) {
    case SAMPLE_U8: return ((const uint8_t *)image->array->buffer.buf)[index];
    case SAMPLE_U16: return ((const uint16_t *)image->array->buffer.buf)[index];
    default: return ((const float *)image->array->buffer.buf)[index];
    }
}

static void set_sample(const image *image, size_t index, double value) {
    // A weighted mean of samples stays in their range.
    switch (image->array->type) {
    case SAMPLE_U8: ((uint8_t *)image->array->buffer.buf)[index] = (uint8_t)(value + 0.5); break;
    case SAMPLE_U16: ((uint16_t *)image->array->buffer.buf)[index] = (uint16_t)(value + 0.5); break;
    default: ((float *)image->array->buffer.buf)[index] = (float)value;
    }
}

/// False when there is nothing good around a pixel of the patch.
static bool repair_patch(const image *image, const fpx_repair_patch *patch, const fpx_repair_patch *patches,
                         size_t patch_count, fpx_repair_window *window) {
    window->reach = fpx_repair_reach(patch);
    const size_t left = patch->column > window->reach ? patch->column - window->reach : 0;
    const size_t top = patch->row > window->reach ? patch->row - window->reach : 0;
    const size_t right = patch->column + patch->width + window->reach;
    const size_t bottom = patch->row + patch->height + window->reach;
    window->width = (right < image->width ? right : image->width) - left;
    window->height = (bottom < image->height ? bottom : image->height) - top;
    fpx_repair_mark(window, patches, patch_count, left, top, 1, 1);
    for (size_t row = 0; row < window->height; row++) {
        for (size_t column = 0; column < window->width; column++) {
            const size_t pixel = (top + row) * image->width + left + column;
            for (size_t channel = 0; channel < image->channels; channel++) {
                const double sample = sample_at(image, pixel * image->channels + channel);
                window->samples[(row * window->width + column) * image->channels + channel] = sample;
                // Not-a-number would spread, and infinity is no measurement.
                if (!isfinite(sample)) window->is_good[row * window->width + column] = 0;
            }
        }
    }
    for (size_t row = patch->row; row < patch->row + patch->height; row++) {
        for (size_t column = patch->column; column < patch->column + patch->width; column++) {
            double values[4];
            if (!fpx_repair_interpolate(window, column - left, row - top, values)) return false;
            // Only bad pixels change, and only good ones are read, so that the order of patches does not matter.
            for (size_t channel = 0; channel < image->channels; channel++) {
                set_sample(image, (row * image->width + column) * image->channels + channel, values[channel]);
            }
        }
    }
    return true;
}

PyObject *repair(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    static const char *const names[] = {"a", "patches", "noise", NULL};
    static const signature signature = {"repair", names, 3, 3};
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!take_arguments(&signature, arguments, argument_count, keywords, values)) return NULL;
    fpx_repair_window window = {.noise = PyFloat_AsDouble(values[2])};
    if (window.noise == -1 && PyErr_Occurred()) return NULL;
    array pixels = {.is_held = false}, places = {.is_held = false};
    fpx_repair_patch *sorted = NULL;
    PyObject *result = NULL;
    const fpx_repair_patch *failed = NULL;
    // The same bad pixels are written several times where patches overlap, with the same values.
    if (!array_take(&pixels, values[0], "a", ACCEPTS_IMAGES, true) ||
        !array_take(&places, values[1], "patches", ACCEPTS(SAMPLE_U32), false)) {
        goto done;
    }
    if (pixels.buffer.ndim != 3 || pixels.buffer.shape[2] < 1 || pixels.buffer.shape[2] > 4 ||
        !array_is_contiguous_from(&pixels, 0) || places.buffer.ndim != 2 || places.buffer.shape[1] != 4 ||
        !array_is_contiguous_from(&places, 0) || !(window.noise > 0)) {
        PyErr_SetString(PyExc_ValueError, "a has to be contiguous (height, width, channels) with 1 to 4 channels, "
                                          "patches contiguous (count, 4), noise above 0");
        goto done;
    }
    const image image = {&pixels, (size_t)pixels.buffer.shape[1], (size_t)pixels.buffer.shape[0],
                         (size_t)pixels.buffer.shape[2]};
    const size_t patch_count = (size_t)places.buffer.shape[0];
    if (!fpx_repair_patches_are_inside(places.buffer.buf, patch_count, image.width, image.height)) {
        PyErr_SetString(PyExc_ValueError, "a place to repair lies outside the picture or is longer than 64 pixels");
        goto done;
    }
    const size_t window_pixels = (size_t)FPX_REPAIR_LONGEST_WINDOW_SIDE * FPX_REPAIR_LONGEST_WINDOW_SIDE;
    window.channels = image.channels;
    window.samples = malloc(window_pixels * image.channels * sizeof *window.samples);
    window.is_good = malloc(window_pixels);
    sorted = fpx_repair_patches_by_row(places.buffer.buf, patch_count);
    if (window.samples == NULL || window.is_good == NULL || sorted == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    PyThreadState *state = PyEval_SaveThread();
    for (size_t index = 0; index < patch_count && failed == NULL; index++) {
        if (!repair_patch(&image, &sorted[index], sorted, patch_count, &window)) failed = &sorted[index];
    }
    PyEval_RestoreThread(state);
    if (failed != NULL) {
        PyErr_Format(PyExc_ValueError, "nothing good is near row %u, column %u to repair it from", failed->row,
                     failed->column);
        goto done;
    }
    result = Py_NewRef(Py_None);
done:
    free(window.samples);
    free(window.is_good);
    free(sorted);
    array_release(&pixels);
    array_release(&places);
    return result;
}
