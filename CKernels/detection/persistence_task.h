/// What the kernel of persistence works on: the arguments of fpx_persistence_row, checked.
#ifndef FPX_PERSISTENCE_TASK_H
#define FPX_PERSISTENCE_TASK_H

#include "fpx_detection.h"

typedef struct fpx_persistence_task {
    fpx_persistence_sums *tile_sums;
    fpx_persistence_sums *phase_sums;
    fpx_row_marks *marks;
    uint32_t *flagged;
    const uint16_t *above;
    const uint16_t *below;
    const uint16_t *blind_above;
    const uint16_t *blind_below;
    size_t width;
    size_t channels;
    size_t distance;
    size_t period;
    size_t tile_columns;
    size_t marked_channel;
    size_t frame_count;
    double spread;
    double least_share;
} fpx_persistence_task;

#endif
