#include "arrays.h"

#include <string.h>

PyObject *plain_array_type;

static const struct {
    const char *name;
    size_t byte_count;
} types[] = {
    [SAMPLE_U8] = {"uint8", 1},    [SAMPLE_U16] = {"uint16", 2}, [SAMPLE_U32] = {"uint32", 4},
    [SAMPLE_U64] = {"uint64", 8},  [SAMPLE_I64] = {"int64", 8},  [SAMPLE_F32] = {"float32", 4},
    [SAMPLE_F64] = {"float64", 8},
};
enum { TYPE_COUNT = sizeof types / sizeof types[0] };

const char *sample_type_name(sample_type type) { return types[type].name; }
size_t sample_type_bytes(sample_type type) { return types[type].byte_count; }

/// -1 for a type that is not among them; -2 for one in the other byte order.
static int type_of(const char *format, Py_ssize_t item_bytes) {
    if (format == NULL) return item_bytes == 1 ? SAMPLE_U8 : -1;
    const char foreign = PY_BIG_ENDIAN ? '<' : '>';
    if ((*format == foreign || *format == '!') && item_bytes > 1) return -2;
    if (strchr("@=<>!|", *format) != NULL && *format != '\0') format++;
    if (format[0] == '\0' || format[1] != '\0') return -1;
    if (strchr("BHILQ", format[0]) != NULL) {
        switch (item_bytes) {
        case 1: return SAMPLE_U8;
        case 2: return SAMPLE_U16;
        case 4: return SAMPLE_U32;
        case 8: return SAMPLE_U64;
        default: return -1;
        }
    }
    if (strchr("lq", format[0]) != NULL && item_bytes == 8) return SAMPLE_I64;
    if (format[0] == 'f' && item_bytes == 4) return SAMPLE_F32;
    if (format[0] == 'd' && item_bytes == 8) return SAMPLE_F64;
    return -1;
}

static void list_types(char *text, size_t capacity, unsigned accepted) {
    text[0] = '\0';
    for (int type = 0; type < TYPE_COUNT; type++) {
        if (!(accepted & ACCEPTS(type))) continue;
        if (text[0] != '\0') strncat(text, accepted >> (type + 1) ? ", " : " or ", capacity - strlen(text) - 1);
        strncat(text, types[type].name, capacity - strlen(text) - 1);
    }
}

static bool refuse(array *array, PyObject *exception, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    PyErr_FormatV(exception, format, arguments);
    va_end(arguments);
    array_release(array);
    return false;
}

/// Says what an object has instead of the accepted samples: of arrays in NumPy's words.
static bool refuse_type(array *array, PyObject *object, const char *name, unsigned accepted) {
    char expected[80];
    list_types(expected, sizeof expected, accepted);
    PyObject *dtype = NULL;
    if (PyObject_IsInstance(object, plain_array_type) == 1) dtype = PyObject_GetAttrString(object, "dtype");
    PyErr_Clear();
    if (dtype != NULL) {
        refuse(array, PyExc_TypeError, "%s has to be an array of %s, not of %S", name, expected, dtype);
        Py_DECREF(dtype);
        return false;
    }
    if (!array->is_held) {
        return refuse(array, PyExc_TypeError, "%s has to be a NumPy array of %s, not %R", name, expected,
                      Py_TYPE(object));
    }
    return refuse(array, PyExc_TypeError, "%s has to be a NumPy array of %s, not %R of samples '%s'", name, expected,
                  Py_TYPE(object), array->buffer.format ? array->buffer.format : "B");
}

bool array_take(array *array, PyObject *object, const char *name, unsigned accepted, bool writable) {
    array->is_held = false;
    if (PyObject_GetBuffer(object, &array->buffer, PyBUF_STRIDES | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0))) {
        PyErr_Clear();
        // Types without the protocol, types whose samples have no format (dates), read-only arrays.
        if (writable && PyObject_GetBuffer(object, &array->buffer, PyBUF_STRIDES | PyBUF_FORMAT) == 0) {
            PyBuffer_Release(&array->buffer);
            return refuse(array, PyExc_ValueError, "%s is read-only; give an array that can be written to", name);
        }
        PyErr_Clear();
        return refuse_type(array, object, name, accepted);
    }
    array->is_held = true;
    // Its mask would be dropped without a word. Looking for it takes longer than the rest, and plain arrays have none.
    if ((PyObject *)Py_TYPE(object) != plain_array_type && PyObject_HasAttrString(object, "mask")) {
        return refuse(array, PyExc_TypeError,
                      "%s is a masked array, and its mask cannot be kept; give its data, or fill it first", name);
    }
    const int type = type_of(array->buffer.format, array->buffer.itemsize);
    if (type < 0 || !(accepted & ACCEPTS(type))) {
        if (type == -2) {
            return refuse(array, PyExc_TypeError,
                          "%s has samples in the other byte order; convert it, for example with "
                          "a.astype(a.dtype.newbyteorder('='))",
                          name);
        }
        return refuse_type(array, object, name, accepted);
    }
    array->type = (sample_type)type;
    if (array->buffer.ndim > MAXIMUM_DIMENSIONS) {
        return refuse(array, PyExc_ValueError, "%s has %d dimensions, more than %d", name, array->buffer.ndim,
                      MAXIMUM_DIMENSIONS);
    }
    return true;
}

void array_release(array *array) {
    if (array->is_held) PyBuffer_Release(&array->buffer);
    array->is_held = false;
}

size_t array_count(const array *array) { return (size_t)(array->buffer.len / array->buffer.itemsize); }

bool array_is_aligned(const array *array) {
    const Py_buffer *buffer = &array->buffer;
    // All item sizes are powers of two.
    uintptr_t steps = (uintptr_t)buffer->buf;
    for (int axis = 0; axis < buffer->ndim; axis++) {
        if (buffer->shape[axis] > 1) steps |= (uintptr_t)buffer->strides[axis];
    }
    return (steps & (uintptr_t)(buffer->itemsize - 1)) == 0;
}

bool array_is_contiguous_from(const array *array, int first) {
    if (array->buffer.len == 0) return true;
    Py_ssize_t stride = array->buffer.itemsize;
    for (int axis = array->buffer.ndim - 1; axis >= first; axis--) {
        const Py_ssize_t length = array->buffer.shape[axis];
        if (length != 1 && array->buffer.strides[axis] != stride) return false;
        stride *= length;
    }
    return array_is_aligned(array);
}

bool array_has_shape_of(const array *array, const struct array *other) {
    if (array->buffer.ndim != other->buffer.ndim) return false;
    for (int axis = 0; axis < array->buffer.ndim; axis++) {
        if (array->buffer.shape[axis] != other->buffer.shape[axis]) return false;
    }
    return true;
}

static PyObject *shape_tuple(const array *array) {
    PyObject *shape = PyTuple_New(array->buffer.ndim);
    for (int axis = 0; shape != NULL && axis < array->buffer.ndim; axis++) {
        PyObject *length = PyLong_FromSsize_t(array->buffer.shape[axis]);
        if (length == NULL || PyTuple_SetItem(shape, axis, length) != 0) Py_CLEAR(shape);
    }
    return shape;
}

void array_refuse_shapes(const array *first, const char *first_name, const array *second, const char *second_name) {
    PyObject *first_shape = shape_tuple(first);
    PyObject *second_shape = shape_tuple(second);
    if (first_shape != NULL && second_shape != NULL) {
        PyErr_Format(PyExc_ValueError, "%s has the shape %R and %s %R; they have to be the same", first_name,
                     first_shape, second_name, second_shape);
    }
    Py_XDECREF(first_shape);
    Py_XDECREF(second_shape);
}

extent array_extent(const array *array) {
    extent extent = {(uintptr_t)array->buffer.buf, (uintptr_t)array->buffer.buf};
    if (array->buffer.len == 0) return extent;
    for (int axis = 0; axis < array->buffer.ndim; axis++) {
        const Py_ssize_t reach = (array->buffer.shape[axis] - 1) * array->buffer.strides[axis];
        if (reach < 0) {
            extent.begin -= (uintptr_t)-reach;
        } else {
            extent.end += (uintptr_t)reach;
        }
    }
    extent.end += (uintptr_t)array->buffer.itemsize;
    return extent;
}

bool array_overlaps_itself(const array *array) {
    if (array_is_contiguous_from(array, 0)) return false;
    // Sorted by stride, every axis has to step over all that the smaller ones span. That refuses some odd layouts that
    // do not overlap, which NumPy's slicing, transposing and reversing never make.
    size_t strides[MAXIMUM_DIMENSIONS];
    size_t lengths[MAXIMUM_DIMENSIONS];
    int count = 0;
    for (int axis = 0; axis < array->buffer.ndim; axis++) {
        if (array->buffer.shape[axis] == 1) continue;
        const Py_ssize_t signed_stride = array->buffer.strides[axis];
        const size_t stride = (size_t)(signed_stride < 0 ? -signed_stride : signed_stride);
        int place = count++;
        for (; place > 0 && strides[place - 1] > stride; place--) {
            strides[place] = strides[place - 1];
            lengths[place] = lengths[place - 1];
        }
        strides[place] = stride;
        lengths[place] = (size_t)array->buffer.shape[axis];
    }
    size_t span = (size_t)array->buffer.itemsize;
    for (int axis = 0; axis < count; axis++) {
        if (strides[axis] < span) return true;
        span += (lengths[axis] - 1) * strides[axis];
    }
    return false;
}

bool array_overlaps_shifted(const array *written, const array *read) {
    const extent first = array_extent(written);
    const extent second = array_extent(read);
    if (first.end <= second.begin || second.end <= first.begin) return false;
    if (written->buffer.buf != read->buffer.buf || written->buffer.itemsize != read->buffer.itemsize) return true;
    for (int axis = 0; axis < written->buffer.ndim; axis++) {
        if (written->buffer.shape[axis] > 1 && written->buffer.strides[axis] != read->buffer.strides[axis]) return true;
    }
    return false;
}

/// One run of the last axis.
static void copy_run(char *destination, Py_ssize_t destination_stride, const char *source, Py_ssize_t source_stride,
                     Py_ssize_t count, Py_ssize_t item_bytes) {
    if (destination_stride == item_bytes && source_stride == item_bytes) {
        memcpy(destination, source, (size_t)(count * item_bytes));
        return;
    }
#define COPY_ITEMS(byte_count)                                                                                         \
    for (Py_ssize_t item = 0; item < count; item++)                                                                    \
    memcpy(destination + item * destination_stride, source + item * source_stride, byte_count)
    switch (item_bytes) {
    case 1: COPY_ITEMS(1); break;
    case 2: COPY_ITEMS(2); break;
    case 4: COPY_ITEMS(4); break;
    default: COPY_ITEMS(8); break;
    }
#undef COPY_ITEMS
}

static void copy(const array *strided, char *contiguous, bool is_outwards) {
    const Py_buffer *buffer = &strided->buffer;
    if (buffer->len == 0) return;
    Py_ssize_t index[MAXIMUM_DIMENSIONS] = {0};
    const int last = buffer->ndim - 1;
    const Py_ssize_t run = last < 0 ? 1 : buffer->shape[last];
    const Py_ssize_t run_stride = last < 0 ? buffer->itemsize : buffer->strides[last];
    char *place = buffer->buf;
    for (;;) {
        if (is_outwards) {
            copy_run(contiguous, buffer->itemsize, place, run_stride, run, buffer->itemsize);
        } else {
            copy_run(place, run_stride, contiguous, buffer->itemsize, run, buffer->itemsize);
        }
        contiguous += run * buffer->itemsize;
        int axis = last - 1;
        for (; axis >= 0; axis--) {
            place += buffer->strides[axis];
            if (++index[axis] < buffer->shape[axis]) break;
            place -= buffer->shape[axis] * buffer->strides[axis];
            index[axis] = 0;
        }
        if (axis < 0) return;
    }
}

void array_copy_out(void *destination, const array *source) { copy(source, destination, true); }

void array_copy_in(const array *destination, const void *source) {
    // The other direction does not write to it.
    copy(destination, (char *)(uintptr_t)source, false);
}

bool array_copy_to(const array *source, PyObject *destination, const char *name) {
    if (destination == Py_None) return true;
    array copy = {.is_held = false};
    if (!array_take(&copy, destination, name, ACCEPTS(source->type), true)) return false;
    const bool fits = array_count(&copy) == array_count(source) && array_is_contiguous_from(&copy, 0);
    if (fits && copy.buffer.len > 0) {
        PyThreadState *state = copy.buffer.len > 65536 ? PyEval_SaveThread() : NULL;
        memcpy(copy.buffer.buf, source->buffer.buf, (size_t)copy.buffer.len);
        if (state != NULL) PyEval_RestoreThread(state);
    } else if (!fits) {
        PyErr_Format(PyExc_ValueError, "%s has to be contiguous, and as large as what is copied into it", name);
    }
    array_release(&copy);
    return fits;
}
