// Patches of a picture that are to be repaired: whether they fit it, in which order, and where they lie in a window.

#include <stdlib.h>
#include <string.h>

#include "repair_internal.h"

bool fpx_repair_patches_are_inside(const fpx_repair_patch *patches, size_t patch_count, uint64_t width,
                                   uint64_t height) {
    for (size_t index = 0; index < patch_count; index++) {
        const fpx_repair_patch *patch = &patches[index];
        if (patch->width == 0 || patch->height == 0 || patch->width > FPX_REPAIR_LONGEST_SIDE ||
            patch->height > FPX_REPAIR_LONGEST_SIDE || (uint64_t)patch->column + patch->width > width ||
            (uint64_t)patch->row + patch->height > height) {
            return false;
        }
    }
    return true;
}

static int compare_places(const void *left, const void *right) {
    const fpx_repair_patch *a = left;
    const fpx_repair_patch *b = right;
    uint32_t differences[][2] = {
        {a->row, b->row}, {a->column, b->column}, {a->height, b->height}, {a->width, b->width}};
    for (size_t index = 0; index < sizeof differences / sizeof differences[0]; index++) {
        if (differences[index][0] != differences[index][1]) {
            return differences[index][0] < differences[index][1] ? -1 : 1;
        }
    }
    return 0;
}

fpx_repair_patch *fpx_repair_patches_by_row(const fpx_repair_patch *patches, size_t patch_count) {
    // One more, because malloc may return null for nothing.
    fpx_repair_patch *sorted = malloc((patch_count + 1) * sizeof *sorted);
    if (sorted != NULL && patch_count > 0) {
        memcpy(sorted, patches, patch_count * sizeof *sorted);
        qsort(sorted, patch_count, sizeof *sorted, compare_places);
    }
    return sorted;
}

/// The first patch that may reach down to a row of the picture.
static size_t first_near(const fpx_repair_patch *patches, size_t patch_count, size_t row) {
    size_t low = 0;
    size_t high = patch_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((size_t)patches[middle].row + FPX_REPAIR_LONGEST_SIDE > row) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

void fpx_repair_mark(fpx_repair_window *window, const fpx_repair_patch *patches, size_t patch_count, size_t left,
                     size_t top, size_t column_factor, size_t row_factor) {
    memset(window->is_good, 1, window->width * window->height);
    size_t bottom = (top + window->height) * row_factor;
    for (size_t index = first_near(patches, patch_count, top * row_factor);
         index < patch_count && patches[index].row < bottom; index++) {
        const fpx_repair_patch *patch = &patches[index];
        // A subsampled position is bad when any of its pixels is.
        size_t first_column = patch->column / column_factor;
        size_t end_column = (patch->column + patch->width + column_factor - 1) / column_factor;
        size_t first_row = patch->row / row_factor;
        size_t end_row = (patch->row + patch->height + row_factor - 1) / row_factor;
        first_column = first_column > left ? first_column : left;
        first_row = first_row > top ? first_row : top;
        end_column = end_column < left + window->width ? end_column : left + window->width;
        end_row = end_row < top + window->height ? end_row : top + window->height;
        for (size_t row = first_row; row < end_row && first_column < end_column; row++) {
            memset(window->is_good + (row - top) * window->width + (first_column - left), 0, end_column - first_column);
        }
    }
}
