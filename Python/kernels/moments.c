// Moments of frames. The accumulators belong to the Python class, which shares them with this one:
//
//   frames   first           second
//   uint8    uint32 sum      uint32 sum of squares
//   uint16   uint32 sum      uint64 sum of squares
//   float32  float64 mean    float64 M2
//
// Frames that come one by one are kept until there are some for the accumulators to take in together: these are larger
// than a frame, and travel once for all of them.

#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "frame_copy.h"
#include "fpx_moments.h"
#include "fpx_welford.h"

_Static_assert(FRAMES_PER_PASS % FPX_WELFORD_BLOCK_FRAMES == 0, "frames are kept in whole blocks");

enum {
    /// Samples whose accumulators stay in cache while the frames of a pass go by.
    TILE_SAMPLES = 32 * 1024,
    /// Samples whose results are computed beside the processor.
    RESULT_SAMPLES = 1024,
    /// Frames that are kept until one more comes, with which they are taken in. Together they are whole blocks of the
    /// Welford kernel, so that frames one by one and stacks of them give the same bits.
    KEPT_FRAMES = FRAMES_PER_PASS - 1,
};

typedef struct moments moments;

/// What differs between the types of frames.
typedef struct moments_kernels {
    uint64_t most_frames;
    /// Takes in frames behind those that are in the accumulators.
    fpx_status (*accumulate)(moments *into, const void *const *frames, size_t frame_count, size_t threads);
    /// Adds the accumulators of another object.
    void (*merge)(moments *into, const moments *other);
    /// The mean, or the variance, of `count` samples from `first` on.
    void (*mean)(const moments *of, double *result, size_t first, size_t count);
    void (*variance)(const moments *of, double *result, size_t first, size_t count);
} moments_kernels;

struct moments {
    collector base;
    const moments_kernels *kernels;
    array first;
    array second;
    /// Frames in the accumulators.
    uint64_t taken_count;
    /// Frames, kept_stride bytes from one to the next.
    char *kept;
    size_t kept_stride;
    size_t kept_count;
};

// MARK: One type or another

#define NAME(name) name##_u8
#define KERNEL(name) fpx_moments_u8_##name
#define SAMPLE uint8_t
#define SQUARE uint32_t
#define MAXIMUM_FRAMES FPX_MOMENTS_U8_MAXIMUM_FRAMES
#include "moments_exact.h"

#define NAME(name) name##_u16
#define KERNEL(name) fpx_moments_u16_##name
#define SAMPLE uint16_t
#define SQUARE uint64_t
#define MAXIMUM_FRAMES FPX_MOMENTS_U16_MAXIMUM_FRAMES
#include "moments_exact.h"

static fpx_status accumulate_f32(moments *moments, const void *const *frames, size_t frame_count, size_t threads) {
    return fpx_welford_f32_accumulate(moments->first.buffer.buf, moments->second.buffer.buf,
                                      (size_t)moments->taken_count, (const float *const *)frames, frame_count,
                                      moments->base.sample_count, TILE_SAMPLES, threads);
}

static void merge_f32(moments *moments, const struct moments *other) {
    fpx_welford_merge_tile(moments->first.buffer.buf, moments->second.buffer.buf, (size_t)moments->taken_count,
                           other->first.buffer.buf, other->second.buffer.buf, (size_t)other->taken_count,
                           moments->base.sample_count);
}

static const char *kept_frame(const moments *moments, size_t index) {
    return moments->kept + index * moments->kept_stride;
}

/// Mean and M2 with the frames that are kept. These stay kept: when they are taken in decides the last bits of what is
/// added later, and looking must not.
static void finish_f32(const moments *moments, double *mean, double *m2, size_t first, size_t count) {
    memcpy(mean, (const double *)moments->first.buffer.buf + first, count * sizeof *mean);
    memcpy(m2, (const double *)moments->second.buffer.buf + first, count * sizeof *m2);
    const float *frames[KEPT_FRAMES];
    for (size_t frame = 0; frame < moments->kept_count; frame++)
        frames[frame] = (const float *)kept_frame(moments, frame) + first;
    fpx_welford_f32_accumulate_tile(mean, m2, (size_t)moments->taken_count, frames, moments->kept_count, count);
}

static void mean_f32(const moments *moments, double *result, size_t first, size_t count) {
    double unused[RESULT_SAMPLES];
    finish_f32(moments, result, unused, first, count);
}

static void variance_f32(const moments *moments, double *result, size_t first, size_t count) {
    double unused[RESULT_SAMPLES];
    finish_f32(moments, unused, result, first, count);
    for (size_t index = 0; index < count; index++)
        result[index] /= (double)(moments->base.frame_count - 1);
}

static const moments_kernels kernels_f32 = {UINT64_MAX, accumulate_f32, merge_f32, mean_f32, variance_f32};

// MARK: The object

static PyObject *moments_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    moments *new_object = (moments *)collector_new(type, arguments, keywords);
    if (new_object != NULL) new_object->first.is_held = new_object->second.is_held = false;
    return (PyObject *)new_object;
}

static void moments_free(PyObject *object) {
    moments *moments = (struct moments *)object;
    array_release(&moments->first);
    array_release(&moments->second);
    free(moments->kept);
    collector_free(object);
}

/// `_begin(shape, first, second)`: the arrays' types tell that of the frames.
static PyObject *moments_begin(PyObject *object, PyObject *const *arguments, Py_ssize_t argument_count,
                               PyObject *keywords) {
    static const char *const names[] = {"shape", "first", "second", NULL};
    static const signature signature = {"_begin", names, 3, 3};
    moments *moments = (struct moments *)object;
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!take_arguments(&signature, arguments, argument_count, keywords, values)) return NULL;
    if (moments->base.type != SAMPLE_U32) {
        PyErr_SetString(PyExc_ValueError, "moments cannot be initialised twice; make another object");
        return NULL;
    }
    const unsigned first_types = ACCEPTS(SAMPLE_U32) | ACCEPTS(SAMPLE_F64);
    const unsigned second_types = ACCEPTS(SAMPLE_U32) | ACCEPTS(SAMPLE_U64) | ACCEPTS(SAMPLE_F64);
    if (!array_take(&moments->first, values[1], "first", first_types, true) ||
        !array_take(&moments->second, values[2], "second", second_types, true)) {
        array_release(&moments->first);
        return NULL;
    }
    sample_type type = SAMPLE_F32;
    moments->kernels = &kernels_f32;
    if (moments->second.type == SAMPLE_U32) {
        type = SAMPLE_U8;
        moments->kernels = &kernels_u8;
    } else if (moments->second.type == SAMPLE_U64) {
        type = SAMPLE_U16;
        moments->kernels = &kernels_u16;
    }
    const bool fits = (moments->first.type == SAMPLE_F64) == (type == SAMPLE_F32) &&
                      array_is_contiguous_from(&moments->first, 0) && array_is_contiguous_from(&moments->second, 0);
    if (fits && !collector_begin(&moments->base, values[0], type, moments->kernels->most_frames)) {
        array_release(&moments->first);
        array_release(&moments->second);
        return NULL;
    }
    if (!fits || array_count(&moments->first) != moments->base.sample_count ||
        array_count(&moments->second) != moments->base.sample_count) {
        array_release(&moments->first);
        array_release(&moments->second);
        moments->base.type = SAMPLE_U32;
        PyErr_SetString(PyExc_ValueError, "the sums have to be contiguous and of the frames' size");
        return NULL;
    }
    return Py_NewRef(Py_None);
}

/// Takes in what is kept, then frames of the stack. The object's lock is held. A kernel refuses before it writes, and
/// what kernels refuse does not get here.
static fpx_status take_in(moments *moments, const frame_stack *stack, size_t begin, size_t end, size_t threads) {
    fpx_status status = FPX_OK;
    size_t kept_count = moments->kept_count;
    moments->kept_count = 0;
    while ((kept_count > 0 || begin < end) && status == FPX_OK) {
        const void *frames[FRAMES_PER_PASS];
        size_t count = 0;
        for (; count < kept_count; count++)
            frames[count] = kept_frame(moments, count);
        kept_count = 0;
        while (count < FRAMES_PER_PASS && begin < end)
            frames[count++] = stack_frame(stack, begin++);
        status = moments->kernels->accumulate(moments, frames, count, threads);
        if (status == FPX_OK) moments->taken_count += count;
    }
    return status;
}

static fpx_status take_in_kept(moments *moments, size_t threads) { return take_in(moments, NULL, 0, 0, threads); }

/// How many of `count` more frames, the last ones, are to be kept.
static size_t count_to_keep(const moments *moments, size_t count) {
    size_t left = (moments->kept_count + count) % FRAMES_PER_PASS;
    if (left > count) left = count;
    // Integers do not mind the order: where many come together they are taken in as they are, and not copied.
    const bool are_enough = count >= FRAMES_PER_PASS / 2 && left >= FRAMES_PER_PASS / 2;
    return are_enough && moments->base.type != SAMPLE_F32 ? 0 : left;
}

static fpx_status add_stack(moments *moments, const frame_stack *stack, size_t to_keep, size_t threads) {
    const size_t end = stack->count - to_keep;
    const fpx_status status = end > 0 ? take_in(moments, stack, 0, end, threads) : FPX_OK;
    for (size_t frame = end; frame < stack->count && status == FPX_OK; frame++) {
        copy_frame(moments->kept + moments->kept_count * moments->kept_stride, stack_frame(stack, frame),
                   moments->base.frame_bytes, threads);
        moments->kept_count++;
    }
    return status;
}

static bool make_room_to_keep(moments *moments) {
    if (moments->kept != NULL) return true;
    enum { LINE = 64, PAGE = 4096 };
    // Frames whose addresses agree in their lower bits push each other out of the cache while they are summed up, and
    // lengths of frames are multiples of large powers of two often enough.
    size_t stride = (moments->base.frame_bytes + LINE - 1) / LINE * LINE;
    if (stride >= PAGE) stride = (stride + PAGE - 1) / PAGE * PAGE + 5 * LINE;
    void *kept;
    if (stride > (PY_SSIZE_T_MAX - LINE) / KEPT_FRAMES || posix_memalign(&kept, LINE, KEPT_FRAMES * stride + LINE)) {
        PyErr_NoMemory();
        return false;
    }
    moments->kept = kept;
    moments->kept_stride = stride;
    return true;
}

/// `add(frames, *, threads=1)`
static PyObject *moments_add(PyObject *object, PyObject *const *arguments, Py_ssize_t argument_count,
                             PyObject *keywords) {
    moments *moments = (struct moments *)object;
    frame_stack stack;
    size_t threads;
    if (!collector_take(&moments->base, arguments, argument_count, keywords, &stack, &threads)) return NULL;
    PyObject *result = NULL;
    const size_t to_keep = count_to_keep(moments, stack.count);
    if (to_keep == 0 || make_room_to_keep(moments)) {
        // Copying a frame takes a tenth of adding it.
        const size_t share = to_keep == stack.count ? 1 : 8;
        PyThreadState *state = release_interpreter(moments->base.sample_count * share / 8);
        const fpx_status status = add_stack(moments, &stack, to_keep, threads);
        take_interpreter(state);
        if (status == FPX_OK) {
            moments->base.frame_count += stack.count;
            result = Py_NewRef(object);
        } else {
            refuse_status("add", status);
        }
    }
    collector_done(&moments->base, &stack);
    return result;
}

static PyTypeObject *moments_type;

/// `_merge(other)`: `other` belongs to the caller alone.
static PyObject *moments_merge(PyObject *object, PyObject *other_object) {
    moments *moments = (struct moments *)object;
    struct moments *other = (struct moments *)other_object;
    if (!PyObject_TypeCheck(other_object, moments_type) || other == moments) {
        PyErr_SetString(PyExc_TypeError, "moments can be merged with those of another object only");
        return NULL;
    }
    if (!collector_is_ready(&moments->base) || !collector_is_ready(&other->base)) return NULL;
    if (moments->base.type != other->base.type || moments->base.sample_count != other->base.sample_count) {
        PyErr_SetString(PyExc_ValueError, "moments of different types or sizes cannot be merged");
        return NULL;
    }
    PyObject *result = NULL;
    collector_lock(&moments->base);
    if (collector_has_room(&moments->base, other->base.frame_count)) {
        PyThreadState *state = release_interpreter(moments->base.sample_count);
        fpx_status status = take_in_kept(moments, 1);
        if (status == FPX_OK) status = take_in_kept(other, 1);
        if (status == FPX_OK) {
            moments->kernels->merge(moments, other);
            moments->taken_count += other->taken_count;
        }
        take_interpreter(state);
        if (status == FPX_OK) {
            moments->base.frame_count += other->base.frame_count;
            result = Py_NewRef(Py_None);
        } else {
            refuse_status("merge", status);
        }
    }
    collector_unlock(&moments->base);
    return result;
}

/// Fills an array of float64 with means or variances.
static PyObject *fill(PyObject *object, PyObject *result_object, bool is_variance) {
    moments *moments = (struct moments *)object;
    array result = {.is_held = false};
    if (!collector_is_ready(&moments->base) ||
        !array_take(&result, result_object, "result", ACCEPTS(SAMPLE_F64), true)) {
        return NULL;
    }
    const size_t count = moments->base.sample_count;
    const uint64_t fewest = is_variance ? 2 : 1;
    collector_lock(&moments->base);
    if (array_count(&result) != count || !array_is_contiguous_from(&result, 0)) {
        PyErr_SetString(PyExc_ValueError, "the result has to be contiguous and of the frames' size");
    } else if (moments->base.frame_count < fewest) {
        PyErr_Format(PyExc_ValueError, "a %s takes %d or more frames; there are %llu",
                     is_variance ? "variance" : "mean", (int)fewest, (unsigned long long)moments->base.frame_count);
    } else {
        PyThreadState *state = release_interpreter(count);
        // Of exact sums it changes no bit when they are taken in.
        if (moments->base.type != SAMPLE_F32) take_in_kept(moments, 1);
        for (size_t first = 0; first < count; first += RESULT_SAMPLES) {
            const size_t some = count - first < RESULT_SAMPLES ? count - first : RESULT_SAMPLES;
            double *place = (double *)result.buffer.buf + first;
            (is_variance ? moments->kernels->variance : moments->kernels->mean)(moments, place, first, some);
        }
        take_interpreter(state);
    }
    collector_unlock(&moments->base);
    array_release(&result);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *moments_mean(PyObject *object, PyObject *result) { return fill(object, result, false); }
static PyObject *moments_variance(PyObject *object, PyObject *result) { return fill(object, result, true); }

/// The frames that are kept, one behind the other.
static PyObject *kept_bytes(const moments *moments) {
    const size_t frame_bytes = moments->base.frame_bytes;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(moments->kept_count * frame_bytes));
    if (bytes == NULL) return NULL;
    char *place = PyBytes_AsString(bytes);
    for (size_t frame = 0; frame < moments->kept_count; frame++)
        memcpy(place + frame * frame_bytes, kept_frame(moments, frame), frame_bytes);
    return bytes;
}

/// `_copy_sums(first, second, takes_in)`: copies the accumulators into arrays, or not for None; returns the number of
/// all frames, and the bytes of those that are kept. With `takes_in` they are taken in before, and there are none.
static PyObject *moments_copy_sums(PyObject *object, PyObject *const *arguments, Py_ssize_t argument_count,
                                   PyObject *keywords) {
    static const char *const names[] = {"first", "second", "takes_in", NULL};
    static const signature signature = {"_copy_sums", names, 3, 3};
    moments *moments = (struct moments *)object;
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!collector_is_ready(&moments->base) ||
        !take_arguments(&signature, arguments, argument_count, keywords, values)) {
        return NULL;
    }
    const int takes_in = PyObject_IsTrue(values[2]);
    if (takes_in < 0) return NULL;
    PyObject *result = NULL;
    collector_lock(&moments->base);
    if (takes_in) {
        PyThreadState *state = release_interpreter(moments->base.sample_count);
        take_in_kept(moments, 1);
        take_interpreter(state);
    }
    if (array_copy_to(&moments->first, values[0], "first") && array_copy_to(&moments->second, values[1], "second")) {
        PyObject *kept = kept_bytes(moments);
        if (kept != NULL) result = Py_BuildValue("KN", (unsigned long long)moments->base.frame_count, kept);
    }
    collector_unlock(&moments->base);
    return result;
}

/// `_restore(count, kept)`: what `_copy_sums` has returned, to an object whose arrays have been filled.
static PyObject *moments_restore(PyObject *object, PyObject *const *arguments, Py_ssize_t argument_count,
                                 PyObject *keywords) {
    static const char *const names[] = {"count", "kept", NULL};
    static const signature signature = {"_restore", names, 2, 2};
    moments *moments = (struct moments *)object;
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!collector_is_ready(&moments->base) ||
        !take_arguments(&signature, arguments, argument_count, keywords, values)) {
        return NULL;
    }
    const unsigned long long count = PyLong_AsUnsignedLongLong(values[0]);
    char *bytes;
    Py_ssize_t byte_count;
    if (PyErr_Occurred() || PyBytes_AsStringAndSize(values[1], &bytes, &byte_count) != 0) return NULL;
    const size_t frame_bytes = moments->base.frame_bytes;
    const size_t kept = frame_bytes > 0 ? (size_t)byte_count / frame_bytes : 0;
    if (kept * frame_bytes != (size_t)byte_count || kept > KEPT_FRAMES || kept > count ||
        count > moments->kernels->most_frames) {
        PyErr_SetString(PyExc_ValueError, "no moments have such a state");
        return NULL;
    }
    if (kept > 0 && !make_room_to_keep(moments)) return NULL;
    collector_lock(&moments->base);
    for (size_t frame = 0; frame < kept; frame++)
        memcpy(moments->kept + frame * moments->kept_stride, bytes + frame * frame_bytes, frame_bytes);
    moments->kept_count = kept;
    moments->taken_count = count - kept;
    moments->base.frame_count = count;
    collector_unlock(&moments->base);
    return Py_NewRef(Py_None);
}

PyDoc_STRVAR(moments_add_text,
             "add($self, frames, *, threads=1)\n--\n\n"
             "Add a frame, or a stack of frames along the first axis.\n"
             "\n"
             "Parameters\n"
             "----------\n"
             "frames : array, or list or tuple of arrays\n"
             "    Of the shape of one frame, or with one dimension more in front; any strides, any byte order.\n"
             "    What it holds is taken over: it may be used again at once. Eight frames in a list are\n"
             "    added without a copy, as those of a stack are; frames one by one are copied till the eighth.\n"
             "threads : int\n"
             "    Threads to work on; 0 for one per processor. The result does not depend on it.\n"
             "\n"
             "Returns\n"
             "-------\n"
             "Moments\n"
             "    This object, so that `functools.reduce` and Dask's `fold` can use it.\n"
             "\n"
             "Raises\n"
             "------\n"
             "TypeError, ValueError\n"
             "    When type or shape of the frames do not fit. Then nothing is added.\n"
             "OverflowError\n"
             "    For more than 66,051 uint8 or 65,537 uint16 frames in all. Then nothing is added.");

static PyMethodDef methods[] = {
    {"add", (PyCFunction)(void (*)(void))moments_add, METH_FASTCALL | METH_KEYWORDS, moments_add_text},
    {"_begin", (PyCFunction)(void (*)(void))moments_begin, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"_merge", moments_merge, METH_O, NULL},
    {"_mean", moments_mean, METH_O, NULL},
    {"_variance", moments_variance, METH_O, NULL},
    {"_copy_sums", (PyCFunction)(void (*)(void))moments_copy_sums, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"_restore", (PyCFunction)(void (*)(void))moments_restore, METH_FASTCALL | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"count", collector_count, NULL, "How many frames have been added.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

bool add_moments_type(PyObject *module) {
    PyType_Slot slots[] = {
        {Py_tp_new, moments_new},
        {Py_tp_dealloc, moments_free},
        {Py_tp_methods, methods},
        {Py_tp_getset, properties},
        {0, NULL},
    };
    PyType_Spec spec = {
        "fastpix._kernels.MomentsBase", sizeof(moments), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots,
    };
    moments_type = (PyTypeObject *)collector_type(module, &spec);
    return moments_type != NULL;
}
