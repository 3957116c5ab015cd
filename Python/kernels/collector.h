/// What Moments and Extremes have in common: objects that frames of one shape and type are added to, by any number of
/// threads, which take turns.
#ifndef FASTPIX_COLLECTOR_H
#define FASTPIX_COLLECTOR_H

#include "module.h"

#include <pthread.h>

/// The first field of every such object.
typedef struct collector {
    PyObject_HEAD
        /// Held while the object's sums are worked on without the interpreter's lock.
        /// Python's own locks ask for the time whenever they are taken, which is a tenth of adding a small frame.
        pthread_mutex_t lock;
    /// Of the frames. SAMPLE_U32 until the object has been given its arrays.
    sample_type type;
    size_t sample_count;
    size_t frame_bytes;
    int dimensions;
    Py_ssize_t shape[MAXIMUM_DIMENSIONS];
    /// The most frames that fit the sums.
    uint64_t most_frames;
    /// Of all kinds of frames that have been added. Read and written with the interpreter's lock held.
    uint64_t frame_count;
} collector;

enum { FRAMES_PER_PASS = 8 };

/// Contiguous frames that somebody gave; to be released, whatever was done with them.
typedef struct frame_stack {
    /// Of all frames; of a list of frames that of the first one, and `others` has one for each frame behind it.
    array array;
    struct array *others;
    size_t count;
    const char *first;
    ptrdiff_t stride_bytes;
} frame_stack;

const void *stack_frame(const frame_stack *stack, size_t index);

/// The object's memory and lock. Null with an exception set.
PyObject *collector_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords);
/// Frees both; what is the object's own has to be freed before.
void collector_free(PyObject *object);

/// Learns the frames' shape, a tuple of lengths, and their type. False with an exception set.
bool collector_begin(collector *collector, PyObject *shape, sample_type type, uint64_t most_frames);
/// False with an exception set for an object that was never given its arrays.
bool collector_is_ready(const collector *collector);

/// A method `add(frames, *, threads=1)`: all that has to be true before frames are added is true when this returns
/// true, and the object's lock is held. Otherwise an exception is set. What is no array as the object wants it goes
/// through its method `_stack_of`, which makes one of it or refuses it.
bool collector_take(collector *collector, PyObject *const *arguments, Py_ssize_t count, PyObject *keywords,
                    frame_stack *stack, size_t *threads);
/// Releases the stack and the lock.
void collector_done(collector *collector, frame_stack *stack);

/// Takes the object's lock; waits without the interpreter's.
void collector_lock(collector *collector);
void collector_unlock(collector *collector);

/// Sets an OverflowError and returns false when so many frames more do not fit. The lock is held.
bool collector_has_room(const collector *collector, uint64_t more);

/// Lets go of the interpreter's lock for work on so many samples, where that is worth it; null where it is not.
PyThreadState *release_interpreter(size_t samples);
void take_interpreter(PyThreadState *state);

/// The property `count`.
PyObject *collector_count(PyObject *object, void *context);

/// Python's class of a type; it stays alive for ever. Null with an exception set.
PyObject *collector_type(PyObject *module, PyType_Spec *spec);

#endif
