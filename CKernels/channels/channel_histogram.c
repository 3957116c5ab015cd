// Counts of values have no SIMD level: every sample is one increment in memory, a vector of them would have to look for
// equal values first. What helps is not to increment the same counter twice in a row, as smooth pictures do: the second
// would wait for the first to be written and read back.

#include <string.h>

#include "../unroll.h"
#include "channels_check.h"

enum {
    VALUES_U8 = 256,
    VALUES_U16 = 65536,
    // Sample i goes to table i mod 12: a multiple of every number of channels, so that a table belongs to one channel,
    // and three or more tables for each. 12 KiB, in the level-1 cache.
    TABLES = 12,
    // Three words of eight samples come back to the first table.
    GROUP_SAMPLES = 24,
};

/// Samples after which the 32-bit tables are emptied; a multiple of GROUP_SAMPLES.
static const size_t set_samples = (size_t)GROUP_SAMPLES << 26;

static inline void count_word(uint32_t (*tables)[VALUES_U8], const uint8_t *samples, size_t first_table) {
    uint64_t word;
    memcpy(&word, samples, sizeof word);
    FPX_UNROLL
    for (size_t byte = 0; byte < 8; byte++) {
        tables[(first_table + byte) % TABLES][word >> (8 * byte) & 255]++;
    }
}

static void count_set(uint64_t *counts, const uint8_t *samples, size_t channels, size_t sample_count) {
    uint32_t tables[TABLES][VALUES_U8] = {{0}};
    size_t index = 0;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; index + GROUP_SAMPLES <= sample_count; index += GROUP_SAMPLES) {
        count_word(tables, samples + index, 0);
        count_word(tables, samples + index + 8, 8);
        count_word(tables, samples + index + 16, 16);
    }
#endif
    for (; index < sample_count; index++) {
        tables[index % TABLES][samples[index]]++;
    }
    for (size_t table = 0; table < TABLES; table++) {
        for (size_t value = 0; value < VALUES_U8; value++) {
            counts[table % channels * VALUES_U8 + value] += tables[table][value];
        }
    }
}

fpx_status fpx_channel_histogram_u8(uint64_t *counts, const uint8_t *samples, size_t channels, size_t pixel_count) {
    const fpx_status status = fpx_channels_check(counts, counts, samples, channels, pixel_count);
    if (status != FPX_OK) return status;
    size_t left = channels * pixel_count;
    while (left > 0) {
        const size_t count = left < set_samples ? left : set_samples;
        count_set(counts, samples, channels, count);
        samples += count;
        left -= count;
    }
    return FPX_OK;
}

fpx_status fpx_channel_histogram_u16(uint64_t *counts, const uint16_t *samples, size_t channels, size_t pixel_count) {
    const fpx_status status = fpx_channels_check(counts, counts, samples, channels, pixel_count);
    if (status != FPX_OK) return status;
    for (size_t pixel = 0; pixel < pixel_count; pixel++) {
        for (size_t channel = 0; channel < channels; channel++) {
            counts[channel * VALUES_U16 + samples[channels * pixel + channel]]++;
        }
    }
    return FPX_OK;
}
