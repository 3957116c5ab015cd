// Moments of frames. The accumulators belong to the caller, who sees that nobody else works on them meanwhile:
//
//   frames   first           second
//   uint8    uint32 sum      uint32 sum of squares
//   uint16   uint32 sum      uint64 sum of squares
//   float32  float64 mean    float64 M2
//
// `counts` are two uint64 numbers: the frames in the accumulators, and those that the caller keeps beside them for later
// (Moments in _moments.py), which are among the frames of the next call. They are set in the same call as the sums:
// between two calls Python may raise KeyboardInterrupt, and sums and counts would no longer agree.

#include "fpx_moments.h"
#include "fpx_welford.h"
#include "module.h"

enum {
    /// Frames whose pointers are given to a kernel at once: the processor follows so many streams. A multiple of
    /// FPX_WELFORD_BLOCK_FRAMES.
    FRAMES_PER_PASS = 8,
    /// Samples whose accumulators stay in cache while these frames pass.
    TILE_SAMPLES = 32 * 1024,
};

typedef struct accumulators {
    array first;
    array second;
    array counts;
    sample_type frame_type;
} accumulators;

static void release(accumulators *accumulators) {
    array_release(&accumulators->first);
    array_release(&accumulators->second);
    array_release(&accumulators->counts);
}

/// False with an exception set when the arrays are not as the table above says, or not contiguous.
static bool take(accumulators *accumulators, PyObject *const objects[3], bool writable) {
    array *first = &accumulators->first;
    array *second = &accumulators->second;
    array *counts = &accumulators->counts;
    if (!array_take(first, objects[0], "sum", ACCEPTS(SAMPLE_U32) | ACCEPTS(SAMPLE_F64), writable)) return false;
    const unsigned accepted =
        first->type == SAMPLE_F64 ? ACCEPTS(SAMPLE_F64) : ACCEPTS(SAMPLE_U32) | ACCEPTS(SAMPLE_U64);
    if (!array_take(second, objects[1], "sum of squares", accepted, writable)) return false;
    if (!array_take(counts, objects[2], "counts", ACCEPTS(SAMPLE_U64), writable)) return false;
    accumulators->frame_type = second->type == SAMPLE_U32   ? SAMPLE_U8
                               : second->type == SAMPLE_U64 ? SAMPLE_U16
                                                            : SAMPLE_F32;
    if (array_count(first) == array_count(second) && array_count(counts) == 2 && array_is_contiguous_from(first, 0) &&
        array_is_contiguous_from(second, 0) && array_is_contiguous_from(counts, 0)) {
        return true;
    }
    PyErr_SetString(PyExc_ValueError, "the sums have to be contiguous and of one size, the counts two numbers");
    return false;
}

/// The frames in the accumulators, and those kept beside them.
static uint64_t *counts_of(const accumulators *accumulators) { return accumulators->counts.buffer.buf; }

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

static fpx_status accumulate(const accumulators *into, const array *frames, size_t threads) {
    const size_t frame_count = (size_t)frames->buffer.shape[0];
    const size_t sample_count = array_count(&into->first);
    void *first = into->first.buffer.buf;
    void *second = into->second.buffer.buf;
    const uint64_t frames_before = counts_of(into)[0];
    fpx_status status = FPX_OK;
    for (size_t done = 0; done < frame_count && status == FPX_OK; done += FRAMES_PER_PASS) {
        const size_t count = frame_count - done < FRAMES_PER_PASS ? frame_count - done : FRAMES_PER_PASS;
        const void *pointers[FRAMES_PER_PASS];
        for (size_t frame = 0; frame < count; frame++) {
            pointers[frame] = (const char *)frames->buffer.buf + (ptrdiff_t)(done + frame) * frames->buffer.strides[0];
        }
        switch (into->frame_type) {
        case SAMPLE_U8:
            status = fpx_moments_u8_accumulate(first, second, (const uint8_t *const *)(const void *)pointers, count,
                                               sample_count, TILE_SAMPLES, threads);
            break;
        case SAMPLE_U16:
            status = fpx_moments_u16_accumulate(first, second, (const uint16_t *const *)(const void *)pointers, count,
                                                sample_count, TILE_SAMPLES, threads);
            break;
        default:
            status = fpx_welford_f32_accumulate(first, second, (size_t)frames_before + done,
                                                (const float *const *)(const void *)pointers, count, sample_count,
                                                TILE_SAMPLES, threads);
        }
    }
    // Sums that were changed in part have no number of frames: but the kernels refuse before they write, and what they
    // refuse, too many frames, a pass cannot have.
    if (status == FPX_OK) {
        counts_of(into)[0] += frame_count;
        counts_of(into)[1] = 0;
    }
    return status;
}

PyObject *moments_add(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    static const char *const names[] = {"first", "second", "counts", "frames", "threads", NULL};
    static const signature signature = {"moments_add", names, 4, 4};
    PyObject *values[MAXIMUM_ARGUMENTS];
    size_t threads;
    if (!take_arguments(&signature, arguments, argument_count, keywords, values) ||
        !take_threads(values[4], &threads)) {
        return NULL;
    }
    accumulators into = {.frame_type = SAMPLE_U8};
    array frames = {.is_held = false};
    PyObject *result = NULL;
    if (!take(&into, values, true) || !array_take(&frames, values[3], "frames", ACCEPTS(into.frame_type), false) ||
        !is_stack(&frames, array_count(&into.first))) {
        goto done;
    }
    PyThreadState *state = PyEval_SaveThread();
    const fpx_status status = accumulate(&into, &frames, threads);
    PyEval_RestoreThread(state);
    result = status == FPX_OK ? Py_NewRef(Py_None) : refuse_status("moments_add", status);
done:
    release(&into);
    array_release(&frames);
    return result;
}

static void merge(const accumulators *into, const accumulators *other) {
    void *first = into->first.buffer.buf;
    void *second = into->second.buffer.buf;
    const void *other_first = other->first.buffer.buf;
    const void *other_second = other->second.buffer.buf;
    const size_t sample_count = array_count(&into->first);
    switch (into->frame_type) {
    case SAMPLE_U8: fpx_moments_u8_merge_tile(first, second, other_first, other_second, sample_count); break;
    case SAMPLE_U16: fpx_moments_u16_merge_tile(first, second, other_first, other_second, sample_count); break;
    default:
        fpx_welford_merge_tile(first, second, (size_t)counts_of(into)[0], other_first, other_second,
                               (size_t)counts_of(other)[0], sample_count);
    }
    counts_of(into)[0] += counts_of(other)[0];
}

PyObject *moments_merge(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    static const char *const names[] = {"first",        "second",       "counts", "other_first",
                                        "other_second", "other_counts", NULL};
    static const signature signature = {"moments_merge", names, 6, 6};
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!take_arguments(&signature, arguments, argument_count, keywords, values)) return NULL;
    accumulators into = {.frame_type = SAMPLE_U8}, other = {.frame_type = SAMPLE_U8};
    PyObject *result = NULL;
    if (!take(&into, values, true) || !take(&other, values + 3, false)) goto done;
    if (into.frame_type != other.frame_type || array_count(&into.first) != array_count(&other.first)) {
        PyErr_SetString(PyExc_ValueError, "moments of different types or sizes cannot be merged");
        goto done;
    }
    PyThreadState *state = PyEval_SaveThread();
    merge(&into, &other);
    PyEval_RestoreThread(state);
    result = Py_NewRef(Py_None);
done:
    release(&into);
    release(&other);
    return result;
}

PyObject *moments_scaled_m2(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count,
                            PyObject *keywords) {
    (void)module;
    static const char *const names[] = {"scaled_m2", "first", "second", "counts", NULL};
    static const signature signature = {"moments_scaled_m2", names, 4, 4};
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!take_arguments(&signature, arguments, argument_count, keywords, values)) return NULL;
    array scaled_m2 = {.is_held = false};
    accumulators of = {.frame_type = SAMPLE_U8};
    PyObject *result = NULL;
    if (!array_take(&scaled_m2, values[0], "scaled_m2", ACCEPTS(SAMPLE_U64), true) || !take(&of, values + 1, false)) {
        goto done;
    }
    const size_t count = array_count(&scaled_m2);
    if (of.frame_type == SAMPLE_F32 || count != array_count(&of.first) || !array_is_contiguous_from(&scaled_m2, 0)) {
        PyErr_SetString(PyExc_ValueError, "scaled_m2 has to be contiguous, and of the size of exact sums");
        goto done;
    }
    const size_t frame_count = (size_t)counts_of(&of)[0];
    PyThreadState *state = PyEval_SaveThread();
    if (of.frame_type == SAMPLE_U8) {
        fpx_moments_u8_scaled_m2(scaled_m2.buffer.buf, of.first.buffer.buf, of.second.buffer.buf, frame_count, count);
    } else {
        fpx_moments_u16_scaled_m2(scaled_m2.buffer.buf, of.first.buffer.buf, of.second.buffer.buf, frame_count, count);
    }
    PyEval_RestoreThread(state);
    result = Py_NewRef(Py_None);
done:
    array_release(&scaled_m2);
    release(&of);
    return result;
}
