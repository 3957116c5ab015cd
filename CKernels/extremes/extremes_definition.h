// The kernel in portable C. Included for each type: SAMPLE is the type, NAME(name) makes names, KERNEL is the
// kernel, IS_NUMBER(sample) false for what is not a number.

static inline SAMPLE NAME(larger)(SAMPLE a, SAMPLE b) { return a > b ? a : b; }
static inline SAMPLE NAME(smaller)(SAMPLE a, SAMPLE b) { return a < b ? a : b; }

/// The numbers of this frame are added to the counters, all of which start at `first_sample`, as the rows do.
static void NAME(count_row)(uint16_t *restrict above, uint16_t *restrict below, uint16_t *restrict blind_above,
                            uint16_t *restrict blind_below, const SAMPLE *row_above, const SAMPLE *row,
                            const SAMPLE *row_below, size_t sample_count, size_t distance, SAMPLE black, SAMPLE white) {
    const SAMPLE *const neighbours[8] = {
        row_above - distance, row_above, row_above + distance, row - distance, row + distance,
        row_below - distance, row_below, row_below + distance};
    for (size_t index = 0; index < sample_count; index++) {
        const SAMPLE sample = row[index];
        SAMPLE maximum = neighbours[0][index], minimum = maximum;
        bool ordered = IS_NUMBER(sample) && IS_NUMBER(maximum);
        for (int neighbour = 1; neighbour < 8; neighbour++) {
            const SAMPLE value = neighbours[neighbour][index];
            maximum = NAME(larger)(maximum, value);
            minimum = NAME(smaller)(minimum, value);
            ordered &= IS_NUMBER(value);
        }
        above[index] += ordered & (sample > maximum);
        below[index] += ordered & (sample < minimum);
        blind_above[index] += !(ordered & (maximum < white));
        blind_below[index] += !(ordered & (minimum > black));
    }
}

void KERNEL(const fpx_extremes_task *task, const SAMPLE *const *rows, SAMPLE black, SAMPLE white) {
    const size_t first = task->first_sample, sample_count = task->end_sample - first;
    for (size_t frame = 0; frame < task->frame_count; frame++) {
        for (size_t row = 0; row < task->row_count; row++) {
            const SAMPLE *const *middle = rows + frame * task->frame_row_pointers + task->distance_rows + row;
            NAME(count_row)(fpx_extremes_counters(task->above, task, row) + first,
                            fpx_extremes_counters(task->below, task, row) + first,
                            fpx_extremes_counters(task->blind_above, task, row) + first,
                            fpx_extremes_counters(task->blind_below, task, row) + first,
                            middle[-(ptrdiff_t)task->distance_rows] + first, middle[0] + first,
                            middle[task->distance_rows] + first, sample_count, task->distance_samples, black, white);
        }
    }
}

#undef SAMPLE
#undef NAME
#undef KERNEL
#undef IS_NUMBER
