#include <stdlib.h>

#include "repair_internal.h"

static int compare(const void *left, const void *right) {
    const fpx_packed_sample *a = left;
    const fpx_packed_sample *b = right;
    if (a->unit != b->unit) {
        return a->unit < b->unit ? -1 : 1;
    }
    return (a->offset > b->offset) - (a->offset < b->offset);
}

void fpx_packed_samples_sort(fpx_packed_sample *samples, size_t count) {
    qsort(samples, count, sizeof *samples, compare);
}

size_t fpx_packed_samples_in_unit(const fpx_packed_sample *samples, size_t count) {
    size_t same = 1;
    while (same < count && samples[same].unit == samples[0].unit) {
        same++;
    }
    return same;
}
