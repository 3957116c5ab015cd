// How often samples lie beyond all their neighbours, over frames: rows and tiles for CKernels/extremes.

#include "fpx_extremes.h"
#include "fpx_parallel.h"
#include "module.h"

enum {
    FRAMES_PER_PASS = 8,
    ROWS_PER_TILE = 32,
    MAXIMUM_DISTANCE = 16,
};

typedef struct counting {
    sample_type type;
    /// above, below, blind_above, blind_below, each as large as a frame.
    uint16_t *counters[4];
    const char *frames;
    ptrdiff_t frame_stride_bytes;
    size_t frame_count;
    size_t row_count;
    size_t row_sample_count;
    size_t row_bytes;
    size_t distance_rows;
    size_t distance_samples;
    double black;
    double white;
} counting;

/// Rows of a tile that have neighbours above and below, in all frames.
static void count_tile(size_t tile, void *context) {
    const counting *counting = context;
    const size_t distance = counting->distance_rows;
    const size_t first_row = distance + tile * ROWS_PER_TILE;
    const size_t end = counting->row_count - distance;
    const size_t row_count = end - first_row < ROWS_PER_TILE ? end - first_row : ROWS_PER_TILE;
    const size_t rows_per_frame = row_count + 2 * distance;
    const void *rows[FRAMES_PER_PASS * (ROWS_PER_TILE + 2 * MAXIMUM_DISTANCE)];
    uint16_t *counters[4];
    for (int index = 0; index < 4; index++)
        counters[index] = counting->counters[index] + first_row * counting->row_sample_count;
    const ptrdiff_t stride = (ptrdiff_t)(counting->row_sample_count * sizeof(uint16_t));
    for (size_t done = 0; done < counting->frame_count; done += FRAMES_PER_PASS) {
        const size_t left = counting->frame_count - done;
        const size_t frame_count = left < FRAMES_PER_PASS ? left : FRAMES_PER_PASS;
        for (size_t frame = 0; frame < frame_count; frame++) {
            const char *first = counting->frames + (ptrdiff_t)(done + frame) * counting->frame_stride_bytes +
                                (first_row - distance) * counting->row_bytes;
            for (size_t row = 0; row < rows_per_frame; row++)
                rows[frame * rows_per_frame + row] = first + row * counting->row_bytes;
        }
        // They refuse null pointers, distances of 0 and too many frames; none of these gets here.
        switch (counting->type) {
        case SAMPLE_U8:
            fpx_extremes_u8_accumulate_tile(counters[0], counters[1], counters[2], counters[3], stride,
                                            (const uint8_t *const *)(const void *)rows, frame_count, row_count,
                                            counting->row_sample_count, distance, counting->distance_samples,
                                            (uint8_t)counting->black, (uint8_t)counting->white);
            break;
        case SAMPLE_U16:
            fpx_extremes_u16_accumulate_tile(counters[0], counters[1], counters[2], counters[3], stride,
                                             (const uint16_t *const *)(const void *)rows, frame_count, row_count,
                                             counting->row_sample_count, distance, counting->distance_samples,
                                             (uint16_t)counting->black, (uint16_t)counting->white);
            break;
        default:
            fpx_extremes_f32_accumulate_tile(counters[0], counters[1], counters[2], counters[3], stride,
                                             (const float *const *)(const void *)rows, frame_count, row_count,
                                             counting->row_sample_count, distance, counting->distance_samples,
                                             (float)counting->black, (float)counting->white);
        }
    }
}

PyObject *extremes_add(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count, PyObject *keywords) {
    (void)module;
    enum { COUNTERS, COUNT, FRAMES, DISTANCE, BLACK, WHITE, THREADS };
    static const char *const names[] = {"counters", "count", "frames", "distance", "black", "white", "threads", NULL};
    static const signature signature = {"extremes_add", names, 6, 6};
    PyObject *values[MAXIMUM_ARGUMENTS];
    size_t threads;
    if (!take_arguments(&signature, arguments, argument_count, keywords, values) ||
        !take_threads(values[THREADS], &threads)) {
        return NULL;
    }
    const Py_ssize_t distance = PyNumber_AsSsize_t(values[DISTANCE], PyExc_OverflowError);
    counting counting = {.black = PyFloat_AsDouble(values[BLACK]), .white = PyFloat_AsDouble(values[WHITE])};
    if (PyErr_Occurred()) return NULL;
    array counters = {.is_held = false}, count = {.is_held = false}, frames = {.is_held = false};
    PyObject *result = NULL;
    if (!array_take(&counters, values[COUNTERS], "counters", ACCEPTS(SAMPLE_U16), true) ||
        !array_take(&count, values[COUNT], "count", ACCEPTS(SAMPLE_U64), true) ||
        !array_take(&frames, values[FRAMES], "frames", ACCEPTS_IMAGES, false)) {
        goto done;
    }
    const double most = frames.type == SAMPLE_U8 ? 255 : 65535;
    const bool levels_fit = frames.type == SAMPLE_F32 || (counting.black >= 0 && counting.black <= most &&
                                                          counting.white >= 0 && counting.white <= most);
    if (frames.buffer.ndim != 4 || !array_is_contiguous_from(&frames, 1) || counters.buffer.ndim != 4 ||
        !array_is_contiguous_from(&counters, 0) || counters.buffer.shape[0] != 4 || array_count(&count) != 1 ||
        counters.buffer.shape[1] != frames.buffer.shape[1] || counters.buffer.shape[2] != frames.buffer.shape[2] ||
        counters.buffer.shape[3] != frames.buffer.shape[3] || distance < 1 || distance > MAXIMUM_DISTANCE ||
        !levels_fit) {
        PyErr_SetString(PyExc_ValueError,
                        "frames have to be (n, height, width, channels), counters contiguous (4, height, width, "
                        "channels), the distance 1 to 16, and black and white in the range of the samples");
        goto done;
    }
    const size_t channels = (size_t)frames.buffer.shape[3];
    counting.type = frames.type;
    counting.frames = frames.buffer.buf;
    counting.frame_stride_bytes = frames.buffer.strides[0];
    counting.frame_count = (size_t)frames.buffer.shape[0];
    counting.row_count = (size_t)frames.buffer.shape[1];
    counting.row_sample_count = (size_t)frames.buffer.shape[2] * channels;
    counting.row_bytes = counting.row_sample_count * (size_t)frames.buffer.itemsize;
    counting.distance_rows = (size_t)distance;
    counting.distance_samples = (size_t)distance * channels;
    for (int index = 0; index < 4; index++) {
        counting.counters[index] =
            (uint16_t *)counters.buffer.buf + (size_t)index * counting.row_count * counting.row_sample_count;
    }
    if (counting.row_sample_count > 0 && counting.row_count > 2 * counting.distance_rows) {
        const size_t rows = counting.row_count - 2 * counting.distance_rows;
        PyThreadState *state = PyEval_SaveThread();
        fpx_parallel_tiles((rows + ROWS_PER_TILE - 1) / ROWS_PER_TILE, threads, count_tile, &counting);
        PyEval_RestoreThread(state);
    }
    // In the same call as the counters: Python may raise KeyboardInterrupt between two calls.
    *(uint64_t *)count.buffer.buf += counting.frame_count;
    result = Py_NewRef(Py_None);
done:
    array_release(&counters);
    array_release(&count);
    array_release(&frames);
    return result;
}
