/// What a kernel of extremes works on.
#ifndef FPX_EXTREMES_TASK_H
#define FPX_EXTREMES_TASK_H

#include <stddef.h>
#include <stdint.h>

/// Rows, samples and where their counts are. All samples of first_sample..<end_sample have their neighbours.
typedef struct fpx_extremes_task {
    uint16_t *above;
    uint16_t *below;
    uint16_t *blind_above;
    uint16_t *blind_below;
    /// From the counter of a sample to that of the one below it.
    ptrdiff_t counter_stride_bytes;
    /// Pointers in `rows` for one frame: row_count and distance_rows above and below.
    size_t frame_row_pointers;
    size_t frame_count;
    size_t row_count;
    size_t first_sample;
    size_t end_sample;
    size_t distance_rows;
    size_t distance_samples;
} fpx_extremes_task;

static inline uint16_t *fpx_extremes_counters(uint16_t *counters, const fpx_extremes_task *task, size_t row) {
    return (uint16_t *)((char *)counters + (ptrdiff_t)row * task->counter_stride_bytes);
}

#endif
