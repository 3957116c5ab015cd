// The module `fastpix._kernels`: CKernels for whatever has the buffer protocol. Limited API of Python 3.11, so that one
// binary serves all later versions.

#include "module.h"

#include <string.h>

#include "fpx_cpu.h"

static PyObject *numpy_empty;
/// In the order of `sample_type`.
static PyObject *numpy_types[SAMPLE_F64 + 1];

bool take_arguments(const signature *signature, PyObject *const *arguments, Py_ssize_t positional_count,
                    PyObject *keywords, PyObject *values[MAXIMUM_ARGUMENTS]) {
    if (positional_count > signature->positional_count) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most %d positional arguments (%zd given)", signature->function,
                     signature->positional_count, positional_count);
        return false;
    }
    for (int index = 0; signature->names[index] != NULL; index++) {
        values[index] = index < positional_count ? arguments[index] : NULL;
    }
    const Py_ssize_t keyword_count = keywords == NULL ? 0 : PyTuple_Size(keywords);
    for (Py_ssize_t keyword = 0; keyword < keyword_count; keyword++) {
        PyObject *name = PyTuple_GetItem(keywords, keyword);
        int index = 0;
        while (signature->names[index] != NULL &&
               PyUnicode_CompareWithASCIIString(name, signature->names[index]) != 0) {
            index++;
        }
        if (signature->names[index] == NULL) {
            PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", signature->function, name);
            return false;
        }
        if (values[index] != NULL) {
            PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%U'", signature->function, name);
            return false;
        }
        values[index] = arguments[positional_count + keyword];
    }
    for (int index = 0; index < signature->required_count; index++) {
        if (values[index] == NULL) {
            PyErr_Format(PyExc_TypeError, "%s() missing required argument '%s'", signature->function,
                         signature->names[index]);
            return false;
        }
    }
    return true;
}

bool take_threads(PyObject *object, size_t *threads) {
    *threads = 1;
    if (object == NULL) return true;
    const Py_ssize_t number = PyNumber_AsSsize_t(object, PyExc_OverflowError);
    if (number == -1 && PyErr_Occurred()) return false;
    if (number < 0) {
        PyErr_Format(PyExc_ValueError, "threads is %zd; it has to be 1 or more, or 0 for one per processor", number);
        return false;
    }
    *threads = (size_t)number;
    return true;
}

PyObject *new_array_like(const array *like) {
    PyObject *shape = PyTuple_New(like->buffer.ndim);
    if (shape == NULL) return NULL;
    for (int axis = 0; axis < like->buffer.ndim; axis++) {
        PyObject *length = PyLong_FromSsize_t(like->buffer.shape[axis]);
        if (length == NULL || PyTuple_SetItem(shape, axis, length) != 0) {
            Py_DECREF(shape);
            return NULL;
        }
    }
    PyObject *new_array = PyObject_CallFunctionObjArgs(numpy_empty, shape, numpy_types[like->type], NULL);
    Py_DECREF(shape);
    return new_array;
}

PyObject *refuse_status(const char *function, fpx_status status) {
    PyErr_Format(status == FPX_ERROR_OVERFLOW ? PyExc_OverflowError : PyExc_ValueError, "%s: %s", function,
                 fpx_status_message(status));
    return NULL;
}

static PyObject *simd(PyObject *module, PyObject *arguments) {
    (void)module;
    (void)arguments;
    return PyUnicode_FromString(fpx_isa_name(fpx_isa_selected()));
}

static PyObject *select_simd(PyObject *module, PyObject *name) {
    (void)module;
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "the SIMD level is a string: c, avx2, avx512 or neon");
        return NULL;
    }
    for (int isa = 0; isa < FPX_ISA_COUNT; isa++) {
        if (PyUnicode_CompareWithASCIIString(name, fpx_isa_name((fpx_isa)isa)) != 0) continue;
        if (fpx_isa_select((fpx_isa)isa) == FPX_OK) Py_RETURN_NONE;
        PyErr_Format(PyExc_ValueError, "this processor or this build lacks the SIMD level %U", name);
        return NULL;
    }
    PyErr_Format(PyExc_ValueError, "there is no SIMD level %R; c, avx2, avx512 and neon are known", name);
    return NULL;
}

#define FAST(name) {#name, (PyCFunction)(void (*)(void))name, METH_FASTCALL | METH_KEYWORDS, name##_text}

PyDoc_STRVAR(add_weighted_text,
             "add_weighted(a, alpha, b, beta, gamma, out=None, *, threads=1)\n--\n\n"
             "Weighted sum of two images: ``saturate(alpha * a + beta * b + gamma)``.\n"
             "\n"
             "The samples of OpenCV's ``addWeighted``, to the last bit: on processors with a fused\n"
             "multiply-add, for sums within 32 bits, and but for what is left at an array's end behind\n"
             "OpenCV's last whole vector, which it rounds after each operation.\n"
             "\n"
             "Parameters\n"
             "----------\n"
             "a, b : array of uint8, uint16 or float32\n"
             "    Of the same shape and type. Any number of dimensions, any strides.\n"
             "alpha, beta, gamma : float\n"
             "    Rounded to float32.\n"
             "out : array, optional\n"
             "    Where the result goes; of the shape and type of `a`. It may be `a` or `b`.\n"
             "threads : int\n"
             "    Threads to work on; 0 for one per processor. The result does not depend on it.\n"
             "\n"
             "Returns\n"
             "-------\n"
             "array\n"
             "    `out`, or a new C-contiguous array. Integer samples are rounded half to even and\n"
             "    saturated.\n"
             "\n"
             "Raises\n"
             "------\n"
             "TypeError\n"
             "    For arrays of another type, of different types, of foreign byte order, and for\n"
             "    masked arrays.\n"
             "ValueError\n"
             "    For different shapes, and an `out` that is read-only or overlaps itself.\n"
             "\n"
             "Notes\n"
             "-----\n"
             "The interpreter's lock is released while 8192 samples or more are worked on. Calls at\n"
             "the same time are safe as long as none writes what another one reads or writes.");
PyDoc_STRVAR(gaussian_blur_text,
             "gaussian_blur(a, ksize, sigma=0.0, out=None, *, threads=1)\n--\n\n"
             "Gaussian blur with OpenCV's default border (reflect 101).\n"
             "\n"
             "For uint8 and uint16 the samples of OpenCV's ``GaussianBlur``, to the last bit. float32 has\n"
             "the same weights, not rounded to fixed point, in an order of operations of its own: its\n"
             "results differ from OpenCV's in the last bits.\n"
             "\n"
             "Parameters\n"
             "----------\n"
             "a : array of uint8, uint16 or float32\n"
             "    (height, width) or (height, width, channels) with 1 to 4 channels, any strides.\n"
             "ksize : int or (int, int)\n"
             "    Width and height of the kernel in pixels, which have to be equal: odd, 1 to 99.\n"
             "sigma : float\n"
             "    Standard deviation in pixels; 0: OpenCV's rule for the size.\n"
             "out : array, optional\n"
             "    Where the result goes; of the shape and type of `a`. It may be `a`, which then is\n"
             "    copied first.\n"
             "threads : int\n"
             "    Threads to work on; 0 for one per processor. The result does not depend on it.\n"
             "\n"
             "Returns\n"
             "-------\n"
             "array\n"
             "    `out`, or a new C-contiguous array.\n"
             "\n"
             "Raises\n"
             "------\n"
             "TypeError, ValueError\n"
             "    As `add_weighted`; ValueError also for a ksize or sigma out of range.\n"
             "\n"
             "Notes\n"
             "-----\n"
             "The interpreter's lock is released while 8192 samples or more are worked on.");
PyDoc_STRVAR(repair_text, "repair(a, patches, noise)\n--\n\n"
                          "Replaces rectangles (rows of column, row, width, height) of a contiguous image in place.");
PyDoc_STRVAR(simd_text, "simd()\n--\n\n"
                        "The SIMD level that kernels run on.\n"
                        "\n"
                        "The best that the processor has, unless the environment variable FASTPIX_ISA or\n"
                        "`select_simd` says another one. No result depends on it.\n"
                        "\n"
                        "Returns\n"
                        "-------\n"
                        "str\n"
                        "    ``c``, ``avx2``, ``avx512`` or ``neon``.");
PyDoc_STRVAR(select_simd_text, "select_simd(level)\n--\n\n"
                               "Run all further calls of this process, in every thread, on another SIMD level.\n"
                               "\n"
                               "Every level gives the same bits; it is there for tests and measurements.\n"
                               "\n"
                               "Parameters\n"
                               "----------\n"
                               "level : {\"c\", \"avx2\", \"avx512\", \"neon\"}\n"
                               "    ``c`` is there on every processor.\n"
                               "\n"
                               "Raises\n"
                               "------\n"
                               "ValueError\n"
                               "    For a level that this processor or this build lacks, or that there is not.\n"
                               "TypeError\n"
                               "    For what is no string.");

static PyMethodDef functions[] = {
    FAST(add_weighted),
    FAST(gaussian_blur),
    FAST(repair),
    {"simd", simd, METH_NOARGS, simd_text},
    {"select_simd", select_simd, METH_O, select_simd_text},
    {NULL, NULL, 0, NULL},
};

// NumPy is of one interpreter, so this is, too: no slots for several.
static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "fastpix._kernels",
    .m_doc = "The compiled part of fastpix.",
    .m_size = -1,
    .m_methods = functions,
};

static bool look_up_numpy(void) {
    PyObject *numpy = PyImport_ImportModule("numpy");
    if (numpy == NULL) return false;
    numpy_empty = PyObject_GetAttrString(numpy, "empty");
    plain_array_type = PyObject_GetAttrString(numpy, "ndarray");
    for (int type = 0; type <= SAMPLE_F64; type++) {
        numpy_types[type] = PyObject_CallMethod(numpy, "dtype", "s", sample_type_name((sample_type)type));
        if (numpy_types[type] == NULL) break;
    }
    Py_DECREF(numpy);
    return !PyErr_Occurred();
}

PyMODINIT_FUNC PyInit__kernels(void) {
    PyObject *module = look_up_numpy() ? PyModule_Create(&definition) : NULL;
    if (module != NULL && !(add_moments_type(module) && add_extremes_type(module))) Py_CLEAR(module);
    return module;
}
