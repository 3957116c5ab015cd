// How often samples lie beyond all their neighbours, over frames; and, of each frame, how bright and how rough it is,
// with coarse sums of two halves of the frames: what tells, when defects are judged, what the frames show.

#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "fpx_extremes.h"
#include "fpx_parallel.h"
#include "fpx_scene.h"

enum {
    ROWS_PER_TILE = 32,
    MAXIMUM_DISTANCE = 16,
    /// Which rows the coarse sums look at (CoarseSums.swift): the fourth of eight, and so on.
    ROW_PERIOD = FPX_SCENE_CELL_COLUMNS,
    FIRST_ROW = 3,
    COUNTERS = 4,
};

/// What is known of one frame. Three int64 to Python.
typedef struct fact {
    int64_t level;
    int64_t roughness;
    /// 0 or 1: the half of the coarse sums that it is in.
    int64_t half;
} fact;

typedef struct extremes extremes;

/// What differs between the types of frames.
typedef struct extremes_kernels {
    fpx_status (*count)(const extremes *of, uint16_t *const counters[COUNTERS], ptrdiff_t counter_stride_bytes,
                        const void *const *rows, size_t frame_count, size_t row_count);
    fpx_status (*scene_row)(const extremes *of, int64_t *cells, fact *fact, const void *row);
} extremes_kernels;

struct extremes {
    collector base;
    const extremes_kernels *kernels;
    /// (4, height, width, channels): above, below, blind_above, blind_below.
    array counters;
    /// (2, rows that are looked at, cells of a row).
    array coarse;
    /// Of all frames, `frame_count` of them.
    fact *facts;
    uint64_t fact_room;
    size_t row_count;
    size_t width;
    size_t channels;
    size_t distance;
    double black;
    double white;
};

static size_t row_samples(const extremes *extremes) { return extremes->width * extremes->channels; }
static size_t coarse_rows(const extremes *extremes) {
    return (extremes->row_count + ROW_PERIOD - 1 - FIRST_ROW) / ROW_PERIOD;
}

// MARK: One type or another

#define NAME(name) name##_u8
#define KERNEL(operation, name) fpx_##operation##_u8##name
#define SAMPLE uint8_t
#include "extremes_typed.h"

#define NAME(name) name##_u16
#define KERNEL(operation, name) fpx_##operation##_u16##name
#define SAMPLE uint16_t
#include "extremes_typed.h"

#define NAME(name) name##_f32
#define KERNEL(operation, name) fpx_##operation##_f32##name
#define SAMPLE float
#include "extremes_typed.h"

// MARK: Counting

typedef struct counting {
    const extremes *extremes;
    const frame_stack *stack;
} counting;

/// Rows of a tile that have neighbours above and below, in all frames.
static void count_tile(size_t tile, void *context) {
    const counting *counting = context;
    const extremes *extremes = counting->extremes;
    const size_t distance = extremes->distance;
    const size_t first_row = distance + tile * ROWS_PER_TILE;
    const size_t end = extremes->row_count - distance;
    const size_t row_count = end - first_row < ROWS_PER_TILE ? end - first_row : ROWS_PER_TILE;
    const size_t rows_per_frame = row_count + 2 * distance;
    const size_t row_bytes = extremes->base.frame_bytes / extremes->row_count;
    const void *rows[FRAMES_PER_PASS * (ROWS_PER_TILE + 2 * MAXIMUM_DISTANCE)];
    uint16_t *counters[COUNTERS];
    for (size_t index = 0; index < COUNTERS; index++) {
        counters[index] = (uint16_t *)extremes->counters.buffer.buf + index * extremes->base.sample_count +
                          first_row * row_samples(extremes);
    }
    const ptrdiff_t stride = (ptrdiff_t)(row_samples(extremes) * sizeof(uint16_t));
    for (size_t done = 0; done < counting->stack->count; done += FRAMES_PER_PASS) {
        const size_t left = counting->stack->count - done;
        const size_t frame_count = left < FRAMES_PER_PASS ? left : FRAMES_PER_PASS;
        for (size_t frame = 0; frame < frame_count; frame++) {
            const char *first =
                (const char *)stack_frame(counting->stack, done + frame) + (first_row - distance) * row_bytes;
            for (size_t row = 0; row < rows_per_frame; row++)
                rows[frame * rows_per_frame + row] = first + row * row_bytes;
        }
        // They refuse null pointers, distances of 0 and too many frames; none of these gets here.
        extremes->kernels->count(extremes, counters, stride, rows, frame_count, row_count);
    }
}

/// Whoever has the frame, and in whatever order it comes, it gets into the same half. Any even split of the contents
/// does.
static int64_t half_of(const fact *fact) {
    const uint64_t mixed =
        (uint64_t)fact->level * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)fact->roughness * UINT64_C(0xc2b2ae3d27d4eb4f);
    return (int64_t)(mixed >> 63);
}

/// Brightness and roughness of a frame, and its coarse sums, into which it only goes when its half is known. `cells` is
/// room for those of a frame.
static fact look_at_scene(const extremes *extremes, const char *frame, int64_t *cells) {
    fact fact = {0, 0, 0};
    const size_t columns = extremes->width / FPX_SCENE_CELL_COLUMNS;
    const size_t cell_count = coarse_rows(extremes) * columns;
    if (extremes->base.sample_count == 0) return fact;
    const size_t row_bytes = extremes->base.frame_bytes / extremes->row_count;
    memset(cells, 0, cell_count * sizeof *cells);
    for (size_t row = FIRST_ROW, place = 0; row < extremes->row_count; row += ROW_PERIOD, place++)
        extremes->kernels->scene_row(extremes, cells + place * columns, &fact, frame + row * row_bytes);
    fact.half = half_of(&fact);
    int64_t *sums = (int64_t *)extremes->coarse.buffer.buf + (size_t)fact.half * cell_count;
    for (size_t cell = 0; cell < cell_count; cell++)
        sums[cell] += cells[cell];
    return fact;
}

static bool make_room_for_facts(extremes *extremes, uint64_t count) {
    if (count <= extremes->fact_room) return true;
    const uint64_t room = count < 64 ? 64 : count + count / 2;
    fact *facts = realloc(extremes->facts, (size_t)room * sizeof *facts);
    if (facts == NULL) {
        PyErr_NoMemory();
        return false;
    }
    extremes->facts = facts;
    extremes->fact_room = room;
    return true;
}

// MARK: The object

static PyObject *extremes_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    extremes *new_object = (extremes *)collector_new(type, arguments, keywords);
    if (new_object != NULL) new_object->counters.is_held = new_object->coarse.is_held = false;
    return (PyObject *)new_object;
}

static void extremes_free(PyObject *object) {
    extremes *extremes = (struct extremes *)object;
    array_release(&extremes->counters);
    array_release(&extremes->coarse);
    free(extremes->facts);
    collector_free(object);
}

/// `_begin(shape, dtype, counters, coarse, distance, black, white)`: `dtype` is an empty array of the frames' type.
static PyObject *extremes_begin(PyObject *object, PyObject *const *arguments, Py_ssize_t argument_count,
                                PyObject *keywords) {
    enum { SHAPE, TYPE, COUNTERS_ARRAY, COARSE, DISTANCE, BLACK, WHITE };
    static const char *const names[] = {"shape", "dtype", "counters", "coarse", "distance", "black", "white", NULL};
    static const signature signature = {"_begin", names, 7, 7};
    extremes *extremes = (struct extremes *)object;
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!take_arguments(&signature, arguments, argument_count, keywords, values)) return NULL;
    if (extremes->base.type != SAMPLE_U32) {
        PyErr_SetString(PyExc_ValueError, "extremes cannot be initialised twice; make another object");
        return NULL;
    }
    const Py_ssize_t distance = PyNumber_AsSsize_t(values[DISTANCE], PyExc_OverflowError);
    extremes->black = PyFloat_AsDouble(values[BLACK]);
    extremes->white = PyFloat_AsDouble(values[WHITE]);
    if (PyErr_Occurred()) return NULL;
    array sample = {.is_held = false};
    if (!array_take(&sample, values[TYPE], "dtype", ACCEPTS_IMAGES, false)) return NULL;
    const sample_type type = sample.type;
    array_release(&sample);
    const double most = type == SAMPLE_U8 ? 255 : 65535;
    const bool levels_fit = type == SAMPLE_F32 || (extremes->black >= 0 && extremes->black <= most &&
                                                   extremes->white >= 0 && extremes->white <= most);
    collector *base = &extremes->base;
    if (!array_take(&extremes->counters, values[COUNTERS_ARRAY], "counters", ACCEPTS(SAMPLE_U16), true) ||
        !array_take(&extremes->coarse, values[COARSE], "coarse", ACCEPTS(SAMPLE_I64), true) ||
        !collector_begin(base, values[SHAPE], type, FPX_EXTREMES_MAXIMUM_FRAMES)) {
        goto failed;
    }
    extremes->row_count = base->dimensions > 0 ? (size_t)base->shape[0] : 0;
    extremes->width = base->dimensions > 1 ? (size_t)base->shape[1] : 0;
    extremes->channels = base->dimensions > 2 ? (size_t)base->shape[2] : 1;
    extremes->distance = (size_t)distance;
    const size_t cells = extremes->width / FPX_SCENE_CELL_COLUMNS;
    if (base->dimensions < 2 || base->dimensions > 3 || distance < 1 || distance > MAXIMUM_DISTANCE || !levels_fit ||
        !array_is_contiguous_from(&extremes->counters, 0) || !array_is_contiguous_from(&extremes->coarse, 0) ||
        array_count(&extremes->counters) != COUNTERS * base->sample_count ||
        array_count(&extremes->coarse) != 2 * coarse_rows(extremes) * cells) {
        PyErr_SetString(PyExc_ValueError,
                        "the counters have to be contiguous and of the frames' size, the distance 1 to "
                        "16, and black and white in the range of the samples");
        goto failed;
    }
    extremes->kernels = type == SAMPLE_U8 ? &kernels_u8 : type == SAMPLE_U16 ? &kernels_u16 : &kernels_f32;
    return Py_NewRef(Py_None);
failed:
    array_release(&extremes->counters);
    array_release(&extremes->coarse);
    base->type = SAMPLE_U32;
    return NULL;
}

/// `add(frames, *, threads=1)`
static PyObject *extremes_add(PyObject *object, PyObject *const *arguments, Py_ssize_t argument_count,
                              PyObject *keywords) {
    extremes *extremes = (struct extremes *)object;
    collector *base = &extremes->base;
    frame_stack stack;
    size_t threads;
    if (!collector_take(base, arguments, argument_count, keywords, &stack, &threads)) return NULL;
    PyObject *result = NULL;
    const size_t cell_count = coarse_rows(extremes) * (extremes->width / FPX_SCENE_CELL_COLUMNS);
    int64_t *cells = malloc((cell_count + 1) * sizeof *cells);
    if (cells == NULL) PyErr_NoMemory();
    if (cells != NULL && make_room_for_facts(extremes, base->frame_count + stack.count)) {
        PyThreadState *state = release_interpreter(stack.count * base->sample_count);
        if (base->sample_count > 0 && extremes->row_count > 2 * extremes->distance) {
            const size_t rows = extremes->row_count - 2 * extremes->distance;
            counting counting = {extremes, &stack};
            fpx_parallel_tiles((rows + ROWS_PER_TILE - 1) / ROWS_PER_TILE, threads, count_tile, &counting);
        }
        for (size_t frame = 0; frame < stack.count; frame++)
            extremes->facts[base->frame_count + frame] = look_at_scene(extremes, stack_frame(&stack, frame), cells);
        take_interpreter(state);
        base->frame_count += stack.count;
        result = Py_NewRef(object);
    }
    free(cells);
    collector_done(base, &stack);
    return result;
}

static PyTypeObject *extremes_type;

/// `_merge(other)`: `other` belongs to the caller alone.
static PyObject *extremes_merge(PyObject *object, PyObject *other_object) {
    extremes *extremes = (struct extremes *)object;
    struct extremes *other = (struct extremes *)other_object;
    collector *base = &extremes->base;
    if (!PyObject_TypeCheck(other_object, extremes_type) || other == extremes) {
        PyErr_SetString(PyExc_TypeError, "extremes can be merged with those of another object only");
        return NULL;
    }
    if (!collector_is_ready(base) || !collector_is_ready(&other->base)) return NULL;
    if (base->type != other->base.type || base->sample_count != other->base.sample_count ||
        array_count(&extremes->coarse) != array_count(&other->coarse)) {
        PyErr_SetString(PyExc_ValueError, "extremes of different types or sizes cannot be merged");
        return NULL;
    }
    PyObject *result = NULL;
    collector_lock(base);
    if (collector_has_room(base, other->base.frame_count) &&
        make_room_for_facts(extremes, base->frame_count + other->base.frame_count)) {
        PyThreadState *state = release_interpreter(base->sample_count);
        uint16_t *counters = extremes->counters.buffer.buf;
        const uint16_t *other_counters = other->counters.buffer.buf;
        const size_t counter_count = array_count(&extremes->counters);
        for (size_t index = 0; index < counter_count; index++)
            counters[index] = (uint16_t)(counters[index] + other_counters[index]);
        int64_t *coarse = extremes->coarse.buffer.buf;
        const int64_t *other_coarse = other->coarse.buffer.buf;
        const size_t cell_count = array_count(&extremes->coarse);
        for (size_t index = 0; index < cell_count; index++)
            coarse[index] += other_coarse[index];
        if (other->base.frame_count > 0) {
            memcpy(extremes->facts + base->frame_count, other->facts,
                   (size_t)other->base.frame_count * sizeof *other->facts);
        }
        take_interpreter(state);
        base->frame_count += other->base.frame_count;
        result = Py_NewRef(Py_None);
    }
    collector_unlock(base);
    return result;
}

/// `_copy_sums(counters, coarse)`: copies them into arrays, or not for None; returns the facts as bytes.
static PyObject *extremes_copy_sums(PyObject *object, PyObject *const *arguments, Py_ssize_t argument_count,
                                    PyObject *keywords) {
    static const char *const names[] = {"counters", "coarse", NULL};
    static const signature signature = {"_copy_sums", names, 2, 2};
    extremes *extremes = (struct extremes *)object;
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!collector_is_ready(&extremes->base) ||
        !take_arguments(&signature, arguments, argument_count, keywords, values)) {
        return NULL;
    }
    PyObject *result = NULL;
    collector_lock(&extremes->base);
    if (array_copy_to(&extremes->counters, values[0], "counters") &&
        array_copy_to(&extremes->coarse, values[1], "coarse")) {
        const size_t bytes = (size_t)extremes->base.frame_count * sizeof *extremes->facts;
        result = PyBytes_FromStringAndSize((const char *)extremes->facts, (Py_ssize_t)bytes);
    }
    collector_unlock(&extremes->base);
    return result;
}

/// `_copy_counter(index, counts)`: copies one of the four into an array of a frame's shape.
static PyObject *extremes_copy_counter(PyObject *object, PyObject *const *arguments, Py_ssize_t argument_count,
                                       PyObject *keywords) {
    static const char *const names[] = {"index", "counts", NULL};
    static const signature signature = {"_copy_counter", names, 2, 2};
    extremes *extremes = (struct extremes *)object;
    PyObject *values[MAXIMUM_ARGUMENTS];
    if (!collector_is_ready(&extremes->base) ||
        !take_arguments(&signature, arguments, argument_count, keywords, values)) {
        return NULL;
    }
    const Py_ssize_t index = PyNumber_AsSsize_t(values[0], PyExc_OverflowError);
    if (index == -1 && PyErr_Occurred()) return NULL;
    if (index < 0 || index >= COUNTERS) {
        PyErr_SetString(PyExc_ValueError, "there are four counters");
        return NULL;
    }
    array counter = extremes->counters;
    counter.buffer.len /= COUNTERS;
    counter.buffer.buf = (char *)counter.buffer.buf + index * counter.buffer.len;
    collector_lock(&extremes->base);
    const bool is_copied = array_copy_to(&counter, values[1], "counts");
    collector_unlock(&extremes->base);
    return is_copied ? Py_NewRef(Py_None) : NULL;
}

/// `_restore(facts)`: what `_copy_sums` has returned, to an object whose arrays have been filled.
static PyObject *extremes_restore(PyObject *object, PyObject *facts) {
    extremes *extremes = (struct extremes *)object;
    char *bytes;
    Py_ssize_t byte_count;
    if (!collector_is_ready(&extremes->base) || PyBytes_AsStringAndSize(facts, &bytes, &byte_count) != 0) return NULL;
    const size_t count = (size_t)byte_count / sizeof *extremes->facts;
    if (count * sizeof *extremes->facts != (size_t)byte_count || count > extremes->base.most_frames) {
        PyErr_SetString(PyExc_ValueError, "no extremes have such a state");
        return NULL;
    }
    collector_lock(&extremes->base);
    const bool has_room = make_room_for_facts(extremes, count);
    if (has_room) {
        if (count > 0) memcpy(extremes->facts, bytes, (size_t)byte_count);
        extremes->base.frame_count = count;
    }
    collector_unlock(&extremes->base);
    return has_room ? Py_NewRef(Py_None) : NULL;
}

PyDoc_STRVAR(extremes_add_text,
             "add($self, frames, *, threads=1)\n--\n\n"
             "Add a frame, or a stack of frames along the first axis, and return this object.\n"
             "\n"
             "Stacks are faster: counters are read and written once for eight frames.\n"
             "\n"
             "Parameters\n"
             "----------\n"
             "frames : array, or list or tuple of arrays\n"
             "    Of the shape of one frame, or with one dimension more in front; any strides, any byte order.\n"
             "threads : int\n"
             "    Threads to work on; 0 for one per processor. The result does not depend on it.\n"
             "\n"
             "Raises\n"
             "------\n"
             "TypeError, ValueError\n"
             "    When type or shape of the frames do not fit. Then nothing is counted.\n"
             "OverflowError\n"
             "    For more than 65,535 frames in all. Then nothing is counted.");

static PyMethodDef methods[] = {
    {"add", (PyCFunction)(void (*)(void))extremes_add, METH_FASTCALL | METH_KEYWORDS, extremes_add_text},
    {"_begin", (PyCFunction)(void (*)(void))extremes_begin, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"_merge", extremes_merge, METH_O, NULL},
    {"_copy_sums", (PyCFunction)(void (*)(void))extremes_copy_sums, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"_copy_counter", (PyCFunction)(void (*)(void))extremes_copy_counter, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"_restore", extremes_restore, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"count", collector_count, NULL, "How many frames have been added.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

bool add_extremes_type(PyObject *module) {
    PyType_Slot slots[] = {
        {Py_tp_new, extremes_new},
        {Py_tp_dealloc, extremes_free},
        {Py_tp_methods, methods},
        {Py_tp_getset, properties},
        {0, NULL},
    };
    PyType_Spec spec = {
        "fastpix._kernels.ExtremesBase", sizeof(extremes), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots,
    };
    extremes_type = (PyTypeObject *)collector_type(module, &spec);
    return extremes_type != NULL;
}
