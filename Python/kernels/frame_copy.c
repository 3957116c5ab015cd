#include "frame_copy.h"

#include <stdint.h>
#include <string.h>

#include "fpx_parallel.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    /// Eight frames of this size are more than most processors have cache for. memcpy writes past the caches from a
    /// size on that it works out for one copy alone, many times as large, and reads what it overwrites till then.
    LARGE_FRAME_BYTES = 1 << 20,
    TILE_BYTES = 1 << 18,
};

typedef struct frames {
    char *destination;
    const char *source;
    size_t byte_count;
} frames;

#if defined(__SSE2__)
static void copy_past_caches(char *destination, const char *source, size_t byte_count) {
    const size_t head = (size_t)(-(uintptr_t)destination % sizeof(__m128i));
    memcpy(destination, source, head);
    size_t index = head;
    for (; index + 4 * sizeof(__m128i) <= byte_count; index += 4 * sizeof(__m128i)) {
        const __m128i *from = (const __m128i *)(source + index);
        __m128i *to = (__m128i *)(destination + index);
        const __m128i first = _mm_loadu_si128(from), second = _mm_loadu_si128(from + 1);
        const __m128i third = _mm_loadu_si128(from + 2), fourth = _mm_loadu_si128(from + 3);
        _mm_stream_si128(to, first);
        _mm_stream_si128(to + 1, second);
        _mm_stream_si128(to + 2, third);
        _mm_stream_si128(to + 3, fourth);
    }
    memcpy(destination + index, source + index, byte_count - index);
    // Whoever is told that the copy is there sees it.
    _mm_sfence();
}
#else
static void copy_past_caches(char *destination, const char *source, size_t byte_count) {
    memcpy(destination, source, byte_count);
}
#endif

static void copy_tile(size_t tile_index, void *context) {
    const frames *frames = context;
    const size_t first = tile_index * TILE_BYTES;
    const size_t left = frames->byte_count - first;
    copy_past_caches(frames->destination + first, frames->source + first, left < TILE_BYTES ? left : TILE_BYTES);
}

void copy_frame(void *destination, const void *source, size_t byte_count, size_t threads) {
    if (byte_count < LARGE_FRAME_BYTES) {
        memcpy(destination, source, byte_count);
        return;
    }
    frames frames = {destination, source, byte_count};
    fpx_parallel_tiles((byte_count + TILE_BYTES - 1) / TILE_BYTES, threads, copy_tile, &frames);
}
