// The kernel with vectors. Included once for each type of samples and level, after a header of ../vectors:
//
//     SAMPLE       type of a sample             COUNTER      unsigned integer with as many bits
//     LANES(name)  name of an operation on vectors of the samples
//     BITS(name)   name of an operation on vectors of the counters
//     NAME(name)   name of a function here      KERNEL, DEFINITION   the kernel, and the one in C
//
// The largest and smallest of three samples of a row, a distance apart, are neighbours of samples in three rows. So a
// vector goes down a column of rows that are a distance apart, and finds them once; rows in between are in columns of
// their own. With k rows that is 8 + 8 / k operations for a vector of extremes, not 14, and the 6 that count.
// Counters of a block of samples, as narrow as the samples, wait in level-1 cache while the frames pass by one by one.
// Frames that are blind somewhere are rare, so a column only notes that there is one, and is then walked again.

#define LANE_COUNT (FPX_VECTOR_BYTES / sizeof(SAMPLE))
// Frames after which the counters of a block are added to the caller's: as many as fit, and no more than 16 bits hold.
#define FRAMES_BETWEEN_FLUSHES ((size_t)(COUNTER) - 1 < UINT16_MAX ? (size_t)(COUNTER) - 1 : UINT16_MAX)

/// The extremes of three samples of a row, with and without the one in the middle.
typedef struct NAME(triple) {
    LANES(fpx_vector) maximum, minimum, outer_maximum, outer_minimum, middle;
    LANES(fpx_mask) unordered;
} NAME(triple);

/// Rows of many frames take turns, a few hundred bytes each, which the hardware's prefetchers do not follow. So every
/// read asks for what the next block reads, into level-2 cache: until then all other frames come by. Past the end of a
/// row it is harmless.
FPX_OPERATION void NAME(prefetch_next_block)(const SAMPLE *samples) {
    __builtin_prefetch((const char *)samples + FPX_EXTREMES_BLOCK_BYTES, 0, 2);
}

FPX_OPERATION NAME(triple) NAME(read_triple)(const SAMPLE *samples, size_t distance) {
    const LANES(fpx_vector) left = LANES(fpx_load)(samples - distance), right = LANES(fpx_load)(samples + distance);
    NAME(triple) triple;
    triple.middle = LANES(fpx_load)(samples);
    triple.outer_maximum = LANES(fpx_larger)(left, right);
    triple.outer_minimum = LANES(fpx_smaller)(left, right);
    triple.maximum = LANES(fpx_larger)(triple.outer_maximum, triple.middle);
    triple.minimum = LANES(fpx_smaller)(triple.outer_minimum, triple.middle);
    triple.unordered =
        LANES(fpx_either)(LANES(fpx_unordered)(left, right), LANES(fpx_unordered)(triple.middle, triple.middle));
    return triple;
}

enum { NAME(BLOCK_SAMPLES) = FPX_EXTREMES_BLOCK_BYTES / sizeof(SAMPLE) };

/// Counters of a row of a block. Side by side: 4 KiB apart, stores would be taken for what the next load waits for.
typedef struct NAME(row_counters) {
    _Alignas(FPX_VECTOR_BYTES) COUNTER first[NAME(BLOCK_SAMPLES)];
    COUNTER second[NAME(BLOCK_SAMPLES)];
} NAME(row_counters);

FPX_OPERATION void NAME(count)(COUNTER *counters, LANES(fpx_mask) mask) {
    BITS(fpx_store)(counters, LANES(fpx_count)(BITS(fpx_load)(counters), mask));
}

typedef struct NAME(limits) {
    LANES(fpx_vector) black, white;
} NAME(limits);

/// A vector on its way down a column: what is known of the two rows before the next one, and of all neighbours so far.
typedef struct NAME(walk) {
    NAME(triple) above, middle;
    LANES(fpx_vector) highest, lowest;
    LANES(fpx_mask) unordered;
} NAME(walk);

/// Counts the hits of the row between the two last ones of the walk and `below`.
FPX_OPERATION void NAME(count_row)(NAME(walk) * walk, NAME(row_counters) * hits, size_t offset, const SAMPLE *samples,
                                   size_t distance) {
    NAME(prefetch_next_block)(samples);
    const NAME(triple) above = walk->above, middle = walk->middle, below = NAME(read_triple)(samples, distance);
    const LANES(fpx_vector) maximum =
        LANES(fpx_larger)(LANES(fpx_larger)(above.maximum, below.maximum), middle.outer_maximum);
    const LANES(fpx_vector) minimum =
        LANES(fpx_smaller)(LANES(fpx_smaller)(above.minimum, below.minimum), middle.outer_minimum);
    const LANES(fpx_mask) here =
        LANES(fpx_either)(LANES(fpx_either)(above.unordered, middle.unordered), below.unordered);
    NAME(count)(hits->first + offset, LANES(fpx_either)(LANES(fpx_not_above)(middle.middle, maximum), here));
    NAME(count)(hits->second + offset, LANES(fpx_either)(LANES(fpx_not_below)(middle.middle, minimum), here));
    walk->highest = LANES(fpx_larger)(walk->highest, maximum);
    walk->lowest = LANES(fpx_smaller)(walk->lowest, minimum);
    walk->unordered = LANES(fpx_either)(walk->unordered, below.unordered);
    walk->above = middle;
    walk->middle = below;
}

/// One frame's hits in a column of vectors; true where the frame is blind for one of them.
/// `rows` are those of the column, each row_step pointers after the one before, from the one above the first.
FPX_OPERATION bool NAME(count_hits)(NAME(row_counters) * hits, size_t offset, const SAMPLE *const *rows,
                                    size_t row_step, size_t row_count, size_t sample, size_t distance,
                                    NAME(limits) limits) {
    NAME(prefetch_next_block)(rows[0] + sample);
    NAME(prefetch_next_block)(rows[row_step] + sample);
    NAME(walk) walk;
    walk.above = NAME(read_triple)(rows[0] + sample, distance);
    walk.middle = NAME(read_triple)(rows[row_step] + sample, distance);
    walk.highest = walk.above.maximum;
    walk.lowest = walk.above.minimum;
    walk.unordered = LANES(fpx_either)(walk.above.unordered, walk.middle.unordered);
    // Most columns are as long as they may be. Unrolled, more of what is read is under way at the same time: a sixth
    // less time for frames from memory.
    if (row_count == FPX_EXTREMES_COLUMN_ROWS) {
        FPX_UNROLL
        for (size_t row = 0; row < FPX_EXTREMES_COLUMN_ROWS; row++)
            NAME(count_row)(&walk, &hits[row], offset, rows[(row + 2) * row_step] + sample, distance);
    } else {
        for (size_t row = 0; row < row_count; row++)
            NAME(count_row)(&walk, &hits[row], offset, rows[(row + 2) * row_step] + sample, distance);
    }
    const LANES(fpx_mask) limited = LANES(fpx_either)(LANES(fpx_not_below)(walk.highest, limits.white),
                                                      LANES(fpx_not_above)(walk.lowest, limits.black));
    return LANES(fpx_any)(LANES(fpx_either)(limited, walk.unordered));
}

/// Where one frame is blind, for the same column.
FPX_TARGET static void NAME(count_blind)(NAME(row_counters) * blind, size_t offset, const SAMPLE *const *rows,
                                         size_t row_step, size_t row_count, size_t sample, size_t distance,
                                         SAMPLE black, SAMPLE white) {
    NAME(triple) above = NAME(read_triple)(rows[0] + sample, distance);
    NAME(triple) middle = NAME(read_triple)(rows[row_step] + sample, distance);
    for (size_t row = 0; row < row_count; row++) {
        const NAME(triple) below = NAME(read_triple)(rows[(row + 2) * row_step] + sample, distance);
        const LANES(fpx_vector) maximum =
            LANES(fpx_larger)(LANES(fpx_larger)(above.maximum, below.maximum), middle.outer_maximum);
        const LANES(fpx_vector) minimum =
            LANES(fpx_smaller)(LANES(fpx_smaller)(above.minimum, below.minimum), middle.outer_minimum);
        const LANES(fpx_mask) unordered =
            LANES(fpx_either)(LANES(fpx_either)(above.unordered, middle.unordered), below.unordered);
        NAME(count)(blind[row].first + offset,
                    LANES(fpx_either)(LANES(fpx_not_below)(maximum, LANES(fpx_splat)(white)), unordered));
        NAME(count)(blind[row].second + offset,
                    LANES(fpx_either)(LANES(fpx_not_above)(minimum, LANES(fpx_splat)(black)), unordered));
        above = middle;
        middle = below;
    }
}

/// Adds the counters of a row, from `from` to `end`, to the caller's, whose first is first_sample.
FPX_TARGET static void NAME(flush_row)(const NAME(row_counters) * hits, const NAME(row_counters) * blind,
                                       const fpx_extremes_task *task, size_t row, ptrdiff_t first_sample, size_t from,
                                       size_t end, size_t frames) {
    uint16_t *above = fpx_extremes_counters(task->above, task, row) + first_sample;
    uint16_t *below = fpx_extremes_counters(task->below, task, row) + first_sample;
    for (size_t index = from; index < end; index++) {
        above[index] += (uint16_t)(frames - hits->first[index]);
        below[index] += (uint16_t)(frames - hits->second[index]);
    }
    if (!blind) return;
    uint16_t *blind_above = fpx_extremes_counters(task->blind_above, task, row) + first_sample;
    uint16_t *blind_below = fpx_extremes_counters(task->blind_below, task, row) + first_sample;
    for (size_t index = from; index < end; index++) {
        blind_above[index] += (uint16_t)blind->first[index];
        blind_below[index] += (uint16_t)blind->second[index];
    }
}

/// `row_count` rows, `distance_rows` apart from first_row on, and the samples of one block: `sample_count` from
/// first_sample on. The last vector may begin before the ones before it end; what it counts twice is not added.
FPX_TARGET static void NAME(count_block)(const fpx_extremes_task *task, const SAMPLE *const *rows, size_t first_row,
                                         size_t row_count, size_t first_sample, size_t sample_count, size_t frame_count,
                                         SAMPLE black, SAMPLE white) {
    NAME(row_counters) hits[FPX_EXTREMES_COLUMN_ROWS], blind[FPX_EXTREMES_COLUMN_ROWS];
    bool has_blind = false;
    const size_t vector_count = (sample_count + LANE_COUNT - 1) / LANE_COUNT;
    const size_t last_sample = first_sample + sample_count - LANE_COUNT;
    const NAME(limits) limits = {LANES(fpx_splat)(black), LANES(fpx_splat)(white)};
    memset(hits, 0, row_count * sizeof *hits);
    for (size_t frame = 0; frame < frame_count; frame++) {
        const SAMPLE *const *column = rows + frame * task->frame_row_pointers + first_row;
        for (size_t vector = 0; vector < vector_count; vector++) {
            const size_t offset = vector * LANE_COUNT;
            const size_t sample = vector + 1 < vector_count ? first_sample + offset : last_sample;
            if (!NAME(count_hits)(hits, offset, column, task->distance_rows, row_count, sample, task->distance_samples,
                                  limits)) {
                continue;
            }
            if (!has_blind) memset(blind, 0, row_count * sizeof *blind);
            has_blind = true;
            NAME(count_blind)(blind, offset, column, task->distance_rows, row_count, sample, task->distance_samples,
                              black, white);
        }
    }
    const size_t whole = (vector_count - 1) * LANE_COUNT;
    const ptrdiff_t last_start = (ptrdiff_t)last_sample - (ptrdiff_t)whole;
    const size_t last_from = whole + (first_sample + whole - last_sample);
    for (size_t row = 0; row < row_count; row++) {
        const size_t task_row = first_row + row * task->distance_rows;
        const NAME(row_counters) *row_blind = has_blind ? &blind[row] : NULL;
        NAME(flush_row)(&hits[row], row_blind, task, task_row, (ptrdiff_t)first_sample, 0, whole, frame_count);
        NAME(flush_row)(&hits[row], row_blind, task, task_row, last_start, last_from, whole + LANE_COUNT, frame_count);
    }
}

FPX_TARGET void KERNEL(const fpx_extremes_task *task, const SAMPLE *const *rows, SAMPLE black, SAMPLE white) {
    const size_t sample_count = task->end_sample - task->first_sample;
    if (sample_count < LANE_COUNT) {
        DEFINITION(task, rows, black, white);
        return;
    }
    for (size_t frame = 0; frame < task->frame_count; frame += FRAMES_BETWEEN_FLUSHES) {
        const size_t frames_left = task->frame_count - frame;
        const size_t frame_count = frames_left < FRAMES_BETWEEN_FLUSHES ? frames_left : FRAMES_BETWEEN_FLUSHES;
        const SAMPLE *const *frame_rows = rows + frame * task->frame_row_pointers;
        for (size_t sample = task->first_sample; sample < task->end_sample;) {
            // No block is shorter than a vector, because its last vector may not begin before the first sample.
            const size_t samples_left = task->end_sample - sample;
            const size_t count = samples_left <= NAME(BLOCK_SAMPLES)               ? samples_left
                                 : samples_left < NAME(BLOCK_SAMPLES) + LANE_COUNT ? samples_left / 2
                                                                                   : NAME(BLOCK_SAMPLES);
            for (size_t phase = 0; phase < task->distance_rows && phase < task->row_count; phase++) {
                // Rows phase, phase + distance_rows, ...
                const size_t column_rows = (task->row_count - phase - 1) / task->distance_rows + 1;
                for (size_t done = 0; done < column_rows; done += FPX_EXTREMES_COLUMN_ROWS) {
                    const size_t left = column_rows - done;
                    NAME(count_block)(task, frame_rows, phase + done * task->distance_rows,
                                      left < FPX_EXTREMES_COLUMN_ROWS ? left : FPX_EXTREMES_COLUMN_ROWS, sample, count,
                                      frame_count, black, white);
                }
            }
            sample += count;
        }
    }
}

#undef SAMPLE
#undef COUNTER
#undef LANES
#undef BITS
#undef NAME
#undef KERNEL
#undef DEFINITION
#undef LANE_COUNT
#undef FRAMES_BETWEEN_FLUSHES
