/// Other people's arrays, seen through the buffer protocol.
#ifndef FASTPIX_ARRAYS_H
#define FASTPIX_ARRAYS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// NumPy's own limit.
enum { MAXIMUM_DIMENSIONS = 64 };

typedef enum sample_type {
    SAMPLE_U8,
    SAMPLE_U16,
    SAMPLE_U32,
    SAMPLE_U64,
    SAMPLE_I64,
    SAMPLE_F32,
    SAMPLE_F64,
} sample_type;

/// What NumPy calls the type: `uint8`, ...
const char *sample_type_name(sample_type type);
size_t sample_type_bytes(sample_type type);

/// numpy.ndarray, set once when the module is loaded.
extern PyObject *plain_array_type;

/// A borrowed array; to be released with `array_release`, whatever was done with it.
typedef struct array {
    Py_buffer buffer;
    sample_type type;
    bool is_held;
} array;

/// Bits of the types that a caller takes.
#define ACCEPTS(type) (1u << (type))
#define ACCEPTS_IMAGES (ACCEPTS(SAMPLE_U8) | ACCEPTS(SAMPLE_U16) | ACCEPTS(SAMPLE_F32))

/// Takes `object`, the argument called `name`. False, with a Python exception set, when it is no array, is masked, has
/// samples of another type than `accepted` or in the other byte order, or is read-only and `writable` was asked for.
bool array_take(array *array, PyObject *object, const char *name, unsigned accepted, bool writable);
void array_release(array *array);

/// Samples in all.
size_t array_count(const array *array);
/// Whether every sample lies at an address that C allows for its type. Fields of packed records do not, nor does what
/// is seen in the middle of a file.
bool array_is_aligned(const array *array);
/// Whether dimensions `first`... lie in memory as C does it, aligned and without gaps.
bool array_is_contiguous_from(const array *array, int first);
bool array_has_shape_of(const array *array, const struct array *other);
/// Sets a ValueError that names both shapes.
void array_refuse_shapes(const array *first, const char *first_name, const array *second, const char *second_name);

/// The bytes from the lowest to the highest that belong to an array.
typedef struct extent {
    uintptr_t begin;
    uintptr_t end;
} extent;
extent array_extent(const array *array);
/// Whether two samples of one array, of which an item is written, share a place.
bool array_overlaps_itself(const array *array);
/// Whether the two share memory in any other way than sample for sample.
bool array_overlaps_shifted(const array *written, const array *read);

/// Copies all samples of a strided array to a contiguous place, in C order.
void array_copy_out(void *destination, const array *source);
/// The inverse.
void array_copy_in(const array *destination, const void *source);
/// Copies a contiguous array into another one of its size and type, which Python calls `name`; into none for None.
/// False with an exception set when it does not fit.
bool array_copy_to(const array *source, PyObject *destination, const char *name);

#endif
