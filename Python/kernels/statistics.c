// Moments of frames: the accumulators belong to the caller, who sees that nobody else works on them meanwhile.

#include "fpx_moments.h"
#include "fpx_welford.h"
#include "module.h"

enum {
    /// Frames whose pointers are given to a kernel at once. The processor follows so many streams.
    FRAMES_PER_PASS = 8,
    /// Samples whose accumulators stay in cache while these frames pass.
    TILE_SAMPLES = 32 * 1024,
};

/// Takes one-dimensional contiguous accumulators of equal length. False with an exception set.
static bool take_accumulators(array *arrays, PyObject *const *objects, const char *const *names,
                              const unsigned *accepted, int count, int writable_count) {
    for (int index = 0; index < count; index++) {
        if (!array_take(&arrays[index], objects[index], names[index], accepted[index], index < writable_count)) {
            return false;
        }
        if (!array_is_contiguous_from(&arrays[index], 0)) {
            PyErr_Format(PyExc_ValueError, "%s has to be contiguous", names[index]);
            return false;
        }
        if (array_count(&arrays[index]) != array_count(&arrays[0])) {
            array_refuse_shapes(&arrays[index], names[index], &arrays[0], names[0]);
            return false;
        }
    }
    return true;
}

static void release_all(array *arrays, int count) {
    for (int index = 0; index < count; index++)
        array_release(&arrays[index]);
}

/// Whether `frames` is a stack of contiguous frames of `sample_count` samples.
static bool is_stack(const array *frames, size_t sample_count) {
    if (frames->buffer.ndim < 1) {
        PyErr_SetString(PyExc_ValueError, "frames has to have a first axis over frames");
        return false;
    }
    size_t count = 1;
    for (int axis = 1; axis < frames->buffer.ndim; axis++)
        count *= (size_t)frames->buffer.shape[axis];
    if (count != sample_count) {
        PyErr_Format(PyExc_ValueError, "each of the frames has %zu samples, and the moments %zu", count, sample_count);
        return false;
    }
    if (!array_is_contiguous_from(frames, 1)) {
        PyErr_SetString(PyExc_ValueError, "each of the frames has to be contiguous");
        return false;
    }
    return true;
}

/// Fills pointers to frames `first`..., at most FRAMES_PER_PASS; returns their number.
static size_t frame_pointers(const void **pointers, const array *frames, size_t first) {
    const size_t frame_count = (size_t)frames->buffer.shape[0];
    size_t count = 0;
    for (; count < FRAMES_PER_PASS && first + count < frame_count; count++) {
        pointers[count] = (const char *)frames->buffer.buf + (ptrdiff_t)(first + count) * frames->buffer.strides[0];
    }
    return count;
}

static PyObject *answer(const char *function, fpx_status status) {
    if (status != FPX_OK) return refuse_status(function, status);
    Py_RETURN_NONE;
}

PyObject *moments_add(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    static const char *const names[] = {"sum", "sum_of_squares", "frames", "threads", NULL};
    static const signature signature = {"moments_add", names, 3, 3};
    PyObject *values[MAXIMUM_ARGUMENTS];
    size_t threads;
    if (!take_arguments(&signature, arguments, argument_count, keywords, values) ||
        !take_threads(values[3], &threads)) {
        return NULL;
    }
    array arrays[3] = {{.is_held = false}, {.is_held = false}, {.is_held = false}};
    const unsigned accepted[] = {ACCEPTS(SAMPLE_U32), ACCEPTS(SAMPLE_U32) | ACCEPTS(SAMPLE_U64)};
    PyObject *result = NULL;
    array *frames = &arrays[2];
    if (!take_accumulators(arrays, values, names, accepted, 2, 2)) goto done;
    const bool is_u8 = arrays[1].type == SAMPLE_U32;
    if (!array_take(frames, values[2], "frames", ACCEPTS(is_u8 ? SAMPLE_U8 : SAMPLE_U16), false)) goto done;
    const size_t sample_count = array_count(&arrays[0]);
    if (!is_stack(frames, sample_count)) goto done;
    fpx_status status = FPX_OK;
    Py_BEGIN_ALLOW_THREADS const void *pointers[FRAMES_PER_PASS];
    size_t count;
    for (size_t first = 0; status == FPX_OK && (count = frame_pointers(pointers, frames, first)) > 0; first += count) {
        if (is_u8) {
            status = fpx_moments_u8_accumulate(arrays[0].buffer.buf, arrays[1].buffer.buf,
                                               (const uint8_t *const *)(const void *)pointers, count, sample_count,
                                               TILE_SAMPLES, threads);
        } else {
            status = fpx_moments_u16_accumulate(arrays[0].buffer.buf, arrays[1].buffer.buf,
                                                (const uint16_t *const *)(const void *)pointers, count, sample_count,
                                                TILE_SAMPLES, threads);
        }
    }
    Py_END_ALLOW_THREADS result = answer("moments_add", status);
done:
    release_all(arrays, 3);
    return result;
}

PyObject *moments_merge(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    static const char *const names[] = {"sum", "sum_of_squares", "other_sum", "other_sum_of_squares", NULL};
    static const signature signature = {"moments_merge", names, 4, 4};
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!take_arguments(&signature, arguments, argument_count, keywords, values)) return NULL;
    array arrays[4] = {{.is_held = false}, {.is_held = false}, {.is_held = false}, {.is_held = false}};
    const unsigned squares = ACCEPTS(SAMPLE_U32) | ACCEPTS(SAMPLE_U64);
    const unsigned accepted[] = {ACCEPTS(SAMPLE_U32), squares, ACCEPTS(SAMPLE_U32), squares};
    PyObject *result = NULL;
    if (!take_accumulators(arrays, values, names, accepted, 4, 2)) goto done;
    if (arrays[1].type != arrays[3].type) {
        PyErr_SetString(PyExc_TypeError, "moments of uint8 and of uint16 frames cannot be merged");
        goto done;
    }
    Py_BEGIN_ALLOW_THREADS const size_t count = array_count(&arrays[0]);
    if (arrays[1].type == SAMPLE_U32) {
        fpx_moments_u8_merge_tile(arrays[0].buffer.buf, arrays[1].buffer.buf, arrays[2].buffer.buf,
                                  arrays[3].buffer.buf, count);
    } else {
        fpx_moments_u16_merge_tile(arrays[0].buffer.buf, arrays[1].buffer.buf, arrays[2].buffer.buf,
                                   arrays[3].buffer.buf, count);
    }
    Py_END_ALLOW_THREADS result = Py_NewRef(Py_None);
done:
    release_all(arrays, 4);
    return result;
}

static bool take_count(PyObject *object, size_t *count) {
    *count = PyLong_AsSize_t(object);
    return *count != (size_t)-1 || !PyErr_Occurred();
}

PyObject *moments_scaled_m2(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count,
                            PyObject *keywords) {
    (void)module;
    static const char *const names[] = {"scaled_m2", "sum", "sum_of_squares", "count", NULL};
    static const signature signature = {"moments_scaled_m2", names, 4, 4};
    PyObject *values[MAXIMUM_ARGUMENTS];
    size_t frame_count;
    if (!take_arguments(&signature, arguments, argument_count, keywords, values) ||
        !take_count(values[3], &frame_count)) {
        return NULL;
    }
    array arrays[3] = {{.is_held = false}, {.is_held = false}, {.is_held = false}};
    const unsigned accepted[] = {ACCEPTS(SAMPLE_U64), ACCEPTS(SAMPLE_U32), ACCEPTS(SAMPLE_U32) | ACCEPTS(SAMPLE_U64)};
    PyObject *result = NULL;
    if (!take_accumulators(arrays, values, names, accepted, 3, 1)) goto done;
    Py_BEGIN_ALLOW_THREADS const size_t count = array_count(&arrays[0]);
    if (arrays[2].type == SAMPLE_U32) {
        fpx_moments_u8_scaled_m2(arrays[0].buffer.buf, arrays[1].buffer.buf, arrays[2].buffer.buf, frame_count, count);
    } else {
        fpx_moments_u16_scaled_m2(arrays[0].buffer.buf, arrays[1].buffer.buf, arrays[2].buffer.buf, frame_count, count);
    }
    Py_END_ALLOW_THREADS result = Py_NewRef(Py_None);
done:
    release_all(arrays, 3);
    return result;
}

PyObject *welford_add(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    static const char *const names[] = {"mean", "m2", "count", "frames", "threads", NULL};
    static const signature signature = {"welford_add", names, 4, 4};
    PyObject *values[MAXIMUM_ARGUMENTS];
    size_t threads, frames_before;
    if (!take_arguments(&signature, arguments, argument_count, keywords, values) ||
        !take_count(values[2], &frames_before) || !take_threads(values[4], &threads)) {
        return NULL;
    }
    array arrays[3] = {{.is_held = false}, {.is_held = false}, {.is_held = false}};
    const unsigned accepted[] = {ACCEPTS(SAMPLE_F64), ACCEPTS(SAMPLE_F64)};
    PyObject *result = NULL;
    array *frames = &arrays[2];
    if (!take_accumulators(arrays, values, names, accepted, 2, 2) ||
        !array_take(frames, values[3], "frames", ACCEPTS(SAMPLE_F32), false)) {
        goto done;
    }
    const size_t sample_count = array_count(&arrays[0]);
    if (!is_stack(frames, sample_count)) goto done;
    fpx_status status = FPX_OK;
    Py_BEGIN_ALLOW_THREADS const void *pointers[FRAMES_PER_PASS];
    size_t count;
    for (size_t first = 0; status == FPX_OK && (count = frame_pointers(pointers, frames, first)) > 0; first += count) {
        status = fpx_welford_f32_accumulate(arrays[0].buffer.buf, arrays[1].buffer.buf, frames_before + first,
                                            (const float *const *)(const void *)pointers, count, sample_count,
                                            TILE_SAMPLES, threads);
    }
    Py_END_ALLOW_THREADS result = answer("welford_add", status);
done:
    release_all(arrays, 3);
    return result;
}

PyObject *welford_merge(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    static const char *const names[] = {"mean", "m2", "count", "other_mean", "other_m2", "other_count", NULL};
    static const signature signature = {"welford_merge", names, 6, 6};
    PyObject *values[MAXIMUM_ARGUMENTS];
    size_t frame_count, other_frame_count;
    if (!take_arguments(&signature, arguments, argument_count, keywords, values) ||
        !take_count(values[2], &frame_count) || !take_count(values[5], &other_frame_count)) {
        return NULL;
    }
    static const char *const array_names[] = {"mean", "m2", "other_mean", "other_m2"};
    PyObject *const objects[] = {values[0], values[1], values[3], values[4]};
    const unsigned float64 = ACCEPTS(SAMPLE_F64);
    const unsigned accepted[] = {float64, float64, float64, float64};
    array arrays[4] = {{.is_held = false}, {.is_held = false}, {.is_held = false}, {.is_held = false}};
    PyObject *result = NULL;
    if (!take_accumulators(arrays, objects, array_names, accepted, 4, 2)) goto done;
    Py_BEGIN_ALLOW_THREADS fpx_welford_merge_tile(arrays[0].buffer.buf, arrays[1].buffer.buf, frame_count,
                                                  arrays[2].buffer.buf, arrays[3].buffer.buf, other_frame_count,
                                                  array_count(&arrays[0]));
    Py_END_ALLOW_THREADS result = Py_NewRef(Py_None);
done:
    release_all(arrays, 4);
    return result;
}
