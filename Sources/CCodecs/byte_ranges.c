#include "byte_ranges.h"

#include <stdlib.h>

static int compare_starts(const void *left, const void *right) {
    uint64_t a = ((const byte_range *)left)->start;
    uint64_t b = ((const byte_range *)right)->start;
    return (a > b) - (a < b);
}

bool fpx_byte_ranges_overlap(byte_range *ranges, size_t count) {
    qsort(ranges, count, sizeof *ranges, compare_starts);
    for (size_t index = 1; index < count; index++) {
        if (ranges[index].start < ranges[index - 1].end) {
            return true;
        }
    }
    return false;
}
