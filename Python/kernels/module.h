/// What the files of the module share.
#ifndef FASTPIX_MODULE_H
#define FASTPIX_MODULE_H

#include "arrays.h"
#include "fpx_status.h"

/// Arguments of a function called with METH_FASTCALL | METH_KEYWORDS.
typedef struct signature {
    const char *function;
    /// Null-terminated.
    const char *const *names;
    int required_count;
    /// The others are given by name only.
    int positional_count;
} signature;

enum { MAXIMUM_ARGUMENTS = 8 };

/// Sorts the arguments into `values` in the order of the signature's names; null for those that are not given. False
/// with a TypeError set when they do not fit.
bool take_arguments(const signature *signature, PyObject *const *arguments, Py_ssize_t positional_count,
                    PyObject *keywords, PyObject *values[MAXIMUM_ARGUMENTS]);

/// The number of threads that an argument asks for: 1 when it is not given, 0 for one per processor.
bool take_threads(PyObject *object, size_t *threads);

/// A new C-contiguous array of the shape of `like` and its type. Null with an exception set.
PyObject *new_array_like(const array *like);

/// Sets the Python exception for a kernel's answer other than FPX_OK; returns null.
PyObject *refuse_status(const char *function, fpx_status status);

/// Work below this many samples is done with the interpreter's lock held: letting go of it takes longer.
#define SAMPLES_WORTH_UNLOCKING 8192

// The functions of the module, by file.

PyObject *add_weighted(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *keywords);
PyObject *gaussian_blur(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *keywords);
PyObject *repair(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *keywords);

// Its classes, which Python's Moments and Extremes extend. False with an exception set.

bool add_moments_type(PyObject *module);
bool add_extremes_type(PyObject *module);

#endif
