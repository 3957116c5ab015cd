// add_weighted and gaussian_blur: from arrays of any strides to runs of samples that the kernels take.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fpx_addweighted.h"
#include "fpx_gaussian.h"
#include "fpx_parallel.h"
#include "gaussian_f32.h"
#include "module.h"

/// Samples that a member of a team takes at a time.
#define TILE_SAMPLES ((size_t)64 * 1024)

// MARK: add_weighted

enum { DESTINATION, FIRST, SECOND, ARRAY_COUNT };

/// Three arrays of one shape, with axes merged that follow one another in memory in all three.
typedef struct blend {
    sample_type type;
    size_t item_bytes;
    /// All three arrays.
    bool are_aligned;
    double alpha, beta, gamma;
    char *base[ARRAY_COUNT];
    /// From the outermost axis to the innermost, which is the run.
    int axis_count;
    size_t lengths[MAXIMUM_DIMENSIONS];
    ptrdiff_t strides[ARRAY_COUNT][MAXIMUM_DIMENSIONS];
    size_t run_count;
    size_t tile_runs;
    /// Pieces of one run, where it is longer than a tile.
    size_t pieces_in_run;
} blend;

static void blend_samples(const blend *blend, void *destination, const void *first, const void *second, size_t count) {
    switch (blend->type) {
    case SAMPLE_U8:
        fpx_addweighted_u8(destination, first, second, count, blend->alpha, blend->beta, blend->gamma);
        break;
    case SAMPLE_U16:
        fpx_addweighted_u16(destination, first, second, count, blend->alpha, blend->beta, blend->gamma);
        break;
    default: fpx_addweighted_f32(destination, first, second, count, blend->alpha, blend->beta, blend->gamma); break;
    }
}

static void gather(char *destination, const char *source, ptrdiff_t stride, size_t count, size_t item_bytes) {
    switch (item_bytes) {
    case 1:
        for (size_t item = 0; item < count; item++)
            destination[item] = source[(ptrdiff_t)item * stride];
        break;
    case 2:
        for (size_t item = 0; item < count; item++)
            memcpy(destination + item * 2, source + (ptrdiff_t)item * stride, 2);
        break;
    default:
        for (size_t item = 0; item < count; item++)
            memcpy(destination + item * 4, source + (ptrdiff_t)item * stride, 4);
    }
}

static void scatter(char *destination, const char *source, ptrdiff_t stride, size_t count, size_t item_bytes) {
    for (size_t item = 0; item < count; item++)
        memcpy(destination + (ptrdiff_t)item * stride, source + item * item_bytes, item_bytes);
}

/// Samples `begin`..<`end` of one run.
static void blend_run(const blend *blend, size_t run, size_t begin, size_t end) {
    const int last = blend->axis_count - 1;
    char *places[ARRAY_COUNT];
    memcpy(places, blend->base, sizeof places);
    for (int axis = last - 1; axis >= 0; axis--) {
        const ptrdiff_t index = (ptrdiff_t)(run % blend->lengths[axis]);
        run /= blend->lengths[axis];
        for (int array = 0; array < ARRAY_COUNT; array++)
            places[array] += index * blend->strides[array][axis];
    }
    bool is_contiguous = blend->are_aligned;
    for (int array = 0; array < ARRAY_COUNT; array++) {
        places[array] += (ptrdiff_t)begin * blend->strides[array][last];
        if (blend->strides[array][last] != (ptrdiff_t)blend->item_bytes) is_contiguous = false;
    }
    if (is_contiguous) {
        blend_samples(blend, places[DESTINATION], places[FIRST], places[SECOND], end - begin);
        return;
    }
    // Kernels want samples side by side, at addresses for their type.
    enum { BLOCK_SAMPLES = 1024 };
    _Alignas(64) char blocks[ARRAY_COUNT][BLOCK_SAMPLES * sizeof(float)];
    while (begin < end) {
        const size_t count = end - begin < BLOCK_SAMPLES ? end - begin : BLOCK_SAMPLES;
        gather(blocks[FIRST], places[FIRST], blend->strides[FIRST][last], count, blend->item_bytes);
        gather(blocks[SECOND], places[SECOND], blend->strides[SECOND][last], count, blend->item_bytes);
        blend_samples(blend, blocks[DESTINATION], blocks[FIRST], blocks[SECOND], count);
        scatter(places[DESTINATION], blocks[DESTINATION], blend->strides[DESTINATION][last], count, blend->item_bytes);
        for (int array = 0; array < ARRAY_COUNT; array++)
            places[array] += (ptrdiff_t)count * blend->strides[array][last];
        begin += count;
    }
}

static void blend_tile(size_t tile, void *context) {
    const blend *blend = context;
    const size_t run_length = blend->lengths[blend->axis_count - 1];
    if (blend->pieces_in_run > 1) {
        const size_t begin = tile % blend->pieces_in_run * TILE_SAMPLES;
        const size_t end = begin + TILE_SAMPLES < run_length ? begin + TILE_SAMPLES : run_length;
        blend_run(blend, tile / blend->pieces_in_run, begin, end);
        return;
    }
    const size_t first_run = tile * blend->tile_runs;
    for (size_t run = first_run; run < first_run + blend->tile_runs && run < blend->run_count; run++)
        blend_run(blend, run, 0, run_length);
}

static void merge_axes(blend *blend, const array *const arrays[ARRAY_COUNT]) {
    const Py_buffer *shape = &arrays[DESTINATION]->buffer;
    int count = 0;
    for (int axis = 0; axis < shape->ndim; axis++) {
        const size_t length = (size_t)shape->shape[axis];
        if (length == 1) continue;
        bool continues = count > 0;
        for (int array = 0; array < ARRAY_COUNT && continues; array++) {
            continues = blend->strides[array][count - 1] == arrays[array]->buffer.strides[axis] * (ptrdiff_t)length;
        }
        const int place = continues ? count - 1 : count++;
        blend->lengths[place] = continues ? blend->lengths[place] * length : length;
        for (int array = 0; array < ARRAY_COUNT; array++)
            blend->strides[array][place] = arrays[array]->buffer.strides[axis];
    }
    if (count == 0) {
        blend->lengths[0] = 1;
        for (int array = 0; array < ARRAY_COUNT; array++)
            blend->strides[array][0] = (ptrdiff_t)blend->item_bytes;
        count = 1;
    }
    blend->axis_count = count;
}

static void blend_arrays(const array *const arrays[ARRAY_COUNT], double alpha, double beta, double gamma,
                         size_t threads) {
    blend blend;
    blend.type = arrays[DESTINATION]->type;
    blend.item_bytes = (size_t)arrays[DESTINATION]->buffer.itemsize;
    blend.alpha = alpha;
    blend.beta = beta;
    blend.gamma = gamma;
    const size_t count = array_count(arrays[DESTINATION]);
    if (threads == 1 && array_is_contiguous_from(arrays[DESTINATION], 0) &&
        array_is_contiguous_from(arrays[FIRST], 0) && array_is_contiguous_from(arrays[SECOND], 0)) {
        blend_samples(&blend, arrays[DESTINATION]->buffer.buf, arrays[FIRST]->buffer.buf, arrays[SECOND]->buffer.buf,
                      count);
        return;
    }
    blend.are_aligned = true;
    for (int array = 0; array < ARRAY_COUNT; array++) {
        blend.base[array] = arrays[array]->buffer.buf;
        if (!array_is_aligned(arrays[array])) blend.are_aligned = false;
    }
    merge_axes(&blend, arrays);
    const size_t run_length = blend.lengths[blend.axis_count - 1];
    blend.run_count = count / run_length;
    blend.pieces_in_run = (run_length + TILE_SAMPLES - 1) / TILE_SAMPLES;
    blend.tile_runs = TILE_SAMPLES / run_length;
    const size_t tiles = blend.pieces_in_run > 1 ? blend.run_count * blend.pieces_in_run
                                                 : (blend.run_count + blend.tile_runs - 1) / blend.tile_runs;
    fpx_parallel_tiles(tiles, threads, blend_tile, &blend);
}

/// A contiguous copy in place of an array that the result would be written over.
static bool detach(array *source, void **memory) {
    *memory = malloc((size_t)source->buffer.len);
    if (*memory == NULL) {
        PyErr_NoMemory();
        return false;
    }
    array_copy_out(*memory, source);
    return true;
}

/// Sees to the result: `out` if it is given, else a new array. `*result` is a new reference.
static bool take_result(array *destination, PyObject *out, const array *like, const char *like_name,
                        PyObject **result) {
    if (out == NULL || out == Py_None) {
        *result = new_array_like(like);
        if (*result != NULL && array_take(destination, *result, "the result", ACCEPTS(like->type), true)) return true;
        Py_CLEAR(*result);
        return false;
    }
    if (!array_take(destination, out, "out", ACCEPTS(like->type), true)) return false;
    if (!array_has_shape_of(destination, like)) {
        array_refuse_shapes(destination, "out", like, like_name);
        return false;
    }
    if (array_overlaps_itself(destination)) {
        PyErr_SetString(PyExc_ValueError, "out has several samples in one place of memory; give a plain array");
        return false;
    }
    *result = Py_NewRef(out);
    return true;
}

static bool take_double(PyObject *object, double *value) {
    *value = PyFloat_AsDouble(object);
    return *value != -1 || !PyErr_Occurred();
}

PyObject *add_weighted(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    enum { A, ALPHA, B, BETA, GAMMA, OUT, THREADS };
    static const char *const names[] = {"a", "alpha", "b", "beta", "gamma", "out", "threads", NULL};
    static const signature signature = {"add_weighted", names, 5, 6};
    PyObject *values[MAXIMUM_ARGUMENTS];
    double alpha, beta, gamma;
    size_t threads;
    if (!take_arguments(&signature, arguments, argument_count, keywords, values) ||
        !take_double(values[ALPHA], &alpha) || !take_double(values[BETA], &beta) ||
        !take_double(values[GAMMA], &gamma) || !take_threads(values[THREADS], &threads)) {
        return NULL;
    }
    array a = {.is_held = false}, b = {.is_held = false}, destination = {.is_held = false};
    array contiguous[2];
    void *copies[2] = {NULL, NULL};
    PyObject *result = NULL;
    bool succeeded = false;
    if (!array_take(&a, values[A], "a", ACCEPTS_IMAGES, false) ||
        !array_take(&b, values[B], "b", ACCEPTS_IMAGES, false)) {
        goto done;
    }
    if (a.type != b.type) {
        PyErr_Format(PyExc_TypeError, "a is %s and b %s; convert one of them", sample_type_name(a.type),
                     sample_type_name(b.type));
        goto done;
    }
    if (!array_has_shape_of(&a, &b)) {
        array_refuse_shapes(&a, "a", &b, "b");
        goto done;
    }
    if (!take_result(&destination, values[OUT], &a, "a", &result)) goto done;
    const size_t count = array_count(&a);
    succeeded = true;
    if (count == 0) goto done;
    const array *arrays[ARRAY_COUNT] = {&destination, &a, &b};
    Py_ssize_t plain_strides[MAXIMUM_DIMENSIONS];
    for (int source = FIRST; source <= SECOND && values[OUT] != NULL; source++) {
        if (!array_overlaps_shifted(&destination, arrays[source])) continue;
        if (!detach(source == FIRST ? &a : &b, &copies[source - FIRST])) {
            succeeded = false;
            goto done;
        }
        Py_ssize_t stride = a.buffer.itemsize;
        for (int axis = a.buffer.ndim - 1; axis >= 0; axis--) {
            plain_strides[axis] = stride;
            stride *= a.buffer.shape[axis];
        }
        array *copy = &contiguous[source - FIRST];
        *copy = *arrays[source];
        copy->buffer.buf = copies[source - FIRST];
        copy->buffer.strides = plain_strides;
        arrays[source] = copy;
    }
    if (count < SAMPLES_WORTH_UNLOCKING) {
        blend_arrays(arrays, alpha, beta, gamma, 1);
    } else {
        PyThreadState *state = PyEval_SaveThread();
        blend_arrays(arrays, alpha, beta, gamma, threads);
        PyEval_RestoreThread(state);
    }
done:
    free(copies[0]);
    free(copies[1]);
    array_release(&a);
    array_release(&b);
    array_release(&destination);
    if (!succeeded) Py_CLEAR(result);
    return result;
}

// MARK: gaussian_blur

typedef struct image_size {
    size_t width;
    size_t height;
    size_t channels;
} image_size;

static bool take_size(PyObject *object, size_t *size) {
    PyObject *first = NULL;
    PyObject *second = NULL;
    bool is_pair = PyTuple_Check(object) || PyList_Check(object);
    if (is_pair) {
        if (PySequence_Size(object) != 2) {
            PyErr_Format(PyExc_ValueError, "ksize is %R; it has to be a number or two equal ones", object);
            return false;
        }
        first = PySequence_GetItem(object, 0);
        second = PySequence_GetItem(object, 1);
    } else {
        first = Py_NewRef(object);
    }
    Py_ssize_t width = first == NULL ? -1 : PyNumber_AsSsize_t(first, PyExc_OverflowError);
    Py_ssize_t height = second == NULL ? width : PyNumber_AsSsize_t(second, PyExc_OverflowError);
    Py_XDECREF(first);
    Py_XDECREF(second);
    if (PyErr_Occurred()) return false;
    if (width != height) {
        PyErr_Format(PyExc_ValueError, "ksize is %R; kernels that are not square are not offered", object);
        return false;
    }
    if (width < 1 || width > (Py_ssize_t)FPX_GAUSSIAN_MAXIMUM_SIZE || width % 2 == 0) {
        PyErr_Format(PyExc_ValueError, "ksize is %zd; it has to be odd, from 1 to %d", width,
                     (int)FPX_GAUSSIAN_MAXIMUM_SIZE);
        return false;
    }
    *size = (size_t)width;
    return true;
}

static bool take_image_size(const array *image, image_size *size) {
    const Py_buffer *buffer = &image->buffer;
    if (buffer->ndim != 2 && buffer->ndim != 3) {
        PyErr_Format(PyExc_ValueError, "a has %d dimensions; (height, width) or (height, width, channels) is wanted",
                     buffer->ndim);
        return false;
    }
    size->height = (size_t)buffer->shape[0];
    size->width = (size_t)buffer->shape[1];
    size->channels = buffer->ndim == 3 ? (size_t)buffer->shape[2] : 1;
    if (size->channels < 1 || size->channels > 4) {
        PyErr_Format(PyExc_ValueError, "a has %zu channels in its last dimension; 1 to 4 are wanted", size->channels);
        return false;
    }
    return true;
}

/// Rows may lie any distance apart.
static fpx_status blur(sample_type type, void *destination, ptrdiff_t destination_stride, const void *source,
                       ptrdiff_t source_stride, image_size size, const fpx_gaussian *gaussian, size_t threads) {
    if (type == SAMPLE_U8) {
        return fpx_gaussian_u8_image(destination, destination_stride, source, source_stride, size.width, size.height,
                                     size.channels, gaussian, threads);
    }
    return fpx_gaussian_u16_image(destination, destination_stride, source, source_stride, size.width, size.height,
                                  size.channels, gaussian, threads);
}

/// What blurring one image needs. The lock need not be held.
typedef struct blur_job {
    const array *source;
    array *destination;
    image_size size;
    size_t kernel_size;
    double sigma;
    size_t threads;
    /// Whether the source has to be copied because the result is written over it.
    bool overlaps;
    fpx_status status;
    bool is_out_of_memory;
} blur_job;

static void run_blur(blur_job *job) {
    const array *source = job->source;
    array *destination = job->destination;
    const size_t byte_count = (size_t)source->buffer.len;
    // CKernels take rows with any distance between them, the others whole images only.
    const int first_axis = source->type == SAMPLE_F32 || job->kernel_size == 1 ? 0 : 1;
    const bool copies_source = job->overlaps || !array_is_contiguous_from(source, first_axis);
    const bool copies_destination = !array_is_contiguous_from(destination, first_axis);
    void *source_copy = copies_source ? malloc(byte_count) : NULL;
    void *destination_copy = copies_destination ? malloc(byte_count) : NULL;
    if ((copies_source && source_copy == NULL) || (copies_destination && destination_copy == NULL)) {
        job->is_out_of_memory = true;
    } else {
        const ptrdiff_t row_bytes = (ptrdiff_t)(byte_count / job->size.height);
        const void *from = copies_source ? source_copy : source->buffer.buf;
        void *to = copies_destination ? destination_copy : destination->buffer.buf;
        if (copies_source) array_copy_out(source_copy, source);
        if (job->kernel_size == 1) {
            memcpy(to, from, byte_count);
        } else if (source->type == SAMPLE_F32) {
            job->is_out_of_memory = !gaussian_f32(to, from, job->size.width, job->size.height, job->size.channels,
                                                  job->kernel_size, job->sigma, job->threads);
        } else {
            fpx_gaussian gaussian;
            job->status = fpx_gaussian_prepare(&gaussian, job->kernel_size, job->sigma);
            if (job->status == FPX_OK) {
                job->status =
                    blur(source->type, to, copies_destination ? row_bytes : destination->buffer.strides[0], from,
                         copies_source ? row_bytes : source->buffer.strides[0], job->size, &gaussian, job->threads);
            }
        }
        if (copies_destination && job->status == FPX_OK) array_copy_in(destination, destination_copy);
    }
    free(source_copy);
    free(destination_copy);
}

PyObject *gaussian_blur(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    enum { A, KSIZE, SIGMA, OUT, THREADS };
    static const char *const names[] = {"a", "ksize", "sigma", "out", "threads", NULL};
    static const signature signature = {"gaussian_blur", names, 2, 4};
    PyObject *values[MAXIMUM_ARGUMENTS];
    blur_job job = {.threads = 1};
    if (!take_arguments(&signature, arguments, argument_count, keywords, values) ||
        !take_size(values[KSIZE], &job.kernel_size) ||
        (values[SIGMA] != NULL && !take_double(values[SIGMA], &job.sigma)) ||
        !take_threads(values[THREADS], &job.threads)) {
        return NULL;
    }
    if (!(job.sigma >= 0) || isinf(job.sigma)) {
        PyErr_SetString(PyExc_ValueError, "sigma has to be finite and not negative; 0 takes it from ksize");
        return NULL;
    }
    array source = {.is_held = false}, destination = {.is_held = false};
    PyObject *result = NULL;
    bool succeeded = false;
    if (!array_take(&source, values[A], "a", ACCEPTS_IMAGES, false) || !take_image_size(&source, &job.size) ||
        !take_result(&destination, values[OUT], &source, "a", &result)) {
        goto done;
    }
    const size_t count = array_count(&source);
    if (count > 0) {
        job.source = &source;
        job.destination = &destination;
        const extent read = array_extent(&source);
        const extent written = array_extent(&destination);
        job.overlaps = read.begin < written.end && written.begin < read.end;
        if (count < SAMPLES_WORTH_UNLOCKING) {
            run_blur(&job);
        } else {
            PyThreadState *state = PyEval_SaveThread();
            run_blur(&job);
            PyEval_RestoreThread(state);
        }
    }
    if (job.is_out_of_memory) {
        PyErr_NoMemory();
    } else if (job.status != FPX_OK) {
        refuse_status("gaussian_blur", job.status);
    } else {
        succeeded = true;
    }
done:
    array_release(&source);
    array_release(&destination);
    if (!succeeded) Py_CLEAR(result);
    return result;
}
