#include "collector.h"

#include <stdlib.h>

const void *stack_frame(const frame_stack *stack, size_t index) {
    if (stack->others != NULL && index > 0) return stack->others[index - 1].buffer.buf;
    return stack->first + (ptrdiff_t)index * stack->stride_bytes;
}

PyObject *collector_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    (void)arguments;
    (void)keywords;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    collector *new_object = (collector *)allocate(type, 0);
    if (new_object == NULL) return NULL;
    new_object->type = SAMPLE_U32;
    pthread_mutex_init(&new_object->lock, NULL);
    return (PyObject *)new_object;
}

void collector_free(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    collector *collector = (struct collector *)object;
    pthread_mutex_destroy(&collector->lock);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

bool collector_begin(collector *collector, PyObject *shape, sample_type type, uint64_t most_frames) {
    const Py_ssize_t dimensions = PyTuple_Size(shape);
    if (dimensions < 0) return false;
    // A stack has one more.
    if (dimensions >= MAXIMUM_DIMENSIONS) {
        PyErr_Format(PyExc_ValueError, "frames of %zd dimensions are more than %d", dimensions, MAXIMUM_DIMENSIONS - 1);
        return false;
    }
    size_t sample_count = 1;
    for (Py_ssize_t axis = 0; axis < dimensions; axis++) {
        PyObject *number = PyTuple_GetItem(shape, axis);
        if (number == NULL) return false;
        const Py_ssize_t length = PyNumber_AsSsize_t(number, PyExc_OverflowError);
        if (length == -1 && PyErr_Occurred()) return false;
        collector->shape[axis] = length;
        sample_count *= (size_t)length;
    }
    collector->dimensions = (int)dimensions;
    collector->sample_count = sample_count;
    collector->frame_bytes = sample_count * sample_type_bytes(type);
    collector->most_frames = most_frames;
    collector->type = type;
    return true;
}

bool collector_is_ready(const collector *collector) {
    if (collector->type != SAMPLE_U32) return true;
    PyErr_SetString(PyExc_ValueError, "the object was never initialised");
    return false;
}

/// Whether a buffer is a frame, or a stack of frames that are contiguous each.
static bool fits(const collector *collector, const array *array, frame_stack *stack) {
    const Py_buffer *buffer = &array->buffer;
    const int extra = buffer->ndim - collector->dimensions;
    if (array->type != collector->type || (extra != 0 && extra != 1)) return false;
    for (int axis = 0; axis < collector->dimensions; axis++) {
        if (buffer->shape[axis + extra] != collector->shape[axis]) return false;
    }
    stack->count = extra == 1 ? (size_t)buffer->shape[0] : 1;
    stack->first = buffer->buf;
    stack->stride_bytes = extra == 1 ? buffer->strides[0] : 0;
    return stack->count == 0 || array_is_contiguous_from(array, extra);
}

static void release_stack(frame_stack *stack) {
    array_release(&stack->array);
    for (size_t index = 0; stack->others != NULL && index + 1 < stack->count; index++)
        array_release(&stack->others[index]);
    free(stack->others);
    stack->others = NULL;
}

/// Whether an object is a plain array of one contiguous frame, which then is held.
static bool take_frame(const collector *collector, PyObject *frame, array *array) {
    array->is_held = false;
    if ((PyObject *)Py_TYPE(frame) != plain_array_type) return false;
    frame_stack single;
    if (!array_take(array, frame, "frames", ACCEPTS(collector->type), false)) {
        PyErr_Clear();
        return false;
    }
    if (array->buffer.ndim == collector->dimensions && fits(collector, array, &single)) return true;
    array_release(array);
    return false;
}

/// Frames in a list or a tuple, as they are: an array of them all would be a copy. False, and nothing is held, when
/// there is anything else in it, which is left to `_stack_of`.
static bool take_list(const collector *collector, PyObject *frames, frame_stack *stack) {
    const bool is_list = PyList_Check(frames);
    const Py_ssize_t count = is_list ? PyList_Size(frames) : PyTuple_Size(frames);
    if (count == 0) return false;
    PyObject *first = is_list ? PyList_GetItem(frames, 0) : PyTuple_GetItem(frames, 0);
    if (!take_frame(collector, first, &stack->array)) return false;
    stack->count = 1;
    stack->first = stack->array.buffer.buf;
    stack->stride_bytes = 0;
    stack->others = malloc((size_t)count * sizeof *stack->others);
    for (Py_ssize_t index = 1; stack->others != NULL && index < count; index++, stack->count++) {
        PyObject *frame = is_list ? PyList_GetItem(frames, index) : PyTuple_GetItem(frames, index);
        if (frame == NULL || !take_frame(collector, frame, &stack->others[index - 1])) break;
    }
    if (stack->count == (size_t)count) return true;
    PyErr_Clear();
    release_stack(stack);
    return false;
}

static bool take_stack(collector *collector, PyObject *frames, frame_stack *stack) {
    const unsigned accepted = ACCEPTS(collector->type);
    if ((PyList_Check(frames) || PyTuple_Check(frames)) && take_list(collector, frames, stack)) return true;
    if ((PyObject *)Py_TYPE(frames) == plain_array_type) {
        if (array_take(&stack->array, frames, "frames", accepted, false)) {
            if (fits(collector, &stack->array, stack)) return true;
            array_release(&stack->array);
        }
        PyErr_Clear();
    }
    // In parentheses, or a tuple would be taken for the arguments.
    PyObject *made = PyObject_CallMethod((PyObject *)collector, "_stack_of", "(O)", frames);
    if (made == NULL) return false;
    // The buffer keeps it alive.
    const bool is_taken = array_take(&stack->array, made, "frames", accepted, false);
    Py_DECREF(made);
    if (!is_taken) return false;
    if (fits(collector, &stack->array, stack)) return true;
    array_release(&stack->array);
    PyErr_SetString(PyExc_SystemError, "_stack_of made something that is no stack of frames");
    return false;
}

bool collector_take(collector *collector, PyObject *const *arguments, Py_ssize_t count, PyObject *keywords,
                    frame_stack *stack, size_t *threads) {
    static const char *const names[] = {"frames", "threads", NULL};
    static const signature signature = {"add", names, 1, 1};
    PyObject *values[MAXIMUM_ARGUMENTS];
    stack->array.is_held = false;
    stack->others = NULL;
    if (!collector_is_ready(collector) || !take_arguments(&signature, arguments, count, keywords, values) ||
        !take_threads(values[1], threads) || !take_stack(collector, values[0], stack)) {
        return false;
    }
    collector_lock(collector);
    if (collector_has_room(collector, stack->count)) return true;
    collector_done(collector, stack);
    return false;
}

void collector_done(collector *collector, frame_stack *stack) {
    collector_unlock(collector);
    release_stack(stack);
}

void collector_lock(collector *collector) {
    if (pthread_mutex_trylock(&collector->lock) == 0) return;
    // Whoever has it may be waiting for the interpreter's.
    PyThreadState *state = PyEval_SaveThread();
    pthread_mutex_lock(&collector->lock);
    PyEval_RestoreThread(state);
}

void collector_unlock(collector *collector) { pthread_mutex_unlock(&collector->lock); }

bool collector_has_room(const collector *collector, uint64_t more) {
    if (more <= collector->most_frames && collector->frame_count <= collector->most_frames - more) return true;
    PyErr_Format(
        PyExc_OverflowError,
        "there are %llu frames, and %llu more would be above the %llu %s frames whose sums fit; begin a second "
        "object",
        (unsigned long long)collector->frame_count, (unsigned long long)more,
        (unsigned long long)collector->most_frames, sample_type_name(collector->type));
    return false;
}

PyThreadState *release_interpreter(size_t samples) {
    return samples < SAMPLES_WORTH_UNLOCKING ? NULL : PyEval_SaveThread();
}

void take_interpreter(PyThreadState *state) {
    if (state != NULL) PyEval_RestoreThread(state);
}

PyObject *collector_count(PyObject *object, void *context) {
    (void)context;
    return PyLong_FromUnsignedLongLong(((collector *)object)->frame_count);
}

PyObject *collector_type(PyObject *module, PyType_Spec *spec) {
    PyObject *type = PyType_FromSpec(spec);
    // Steals nothing.
    if (type != NULL && PyModule_AddType(module, (PyTypeObject *)type) != 0) Py_CLEAR(type);
    return type;
}
