#ifdef FPX_FITS

#include "fits_pack.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

// MARK: - Rice

/// Bits from the most significant one of each byte on.
typedef struct bit_writer {
    fpx_bytes *bytes;
    uint64_t bits;
    unsigned count;
    bool is_short;
} bit_writer;

/// At most 32 bits.
static void put(bit_writer *writer, uint32_t value, unsigned width) {
    writer->bits = writer->bits << width | (width == 32 ? value : value & (((uint32_t)1 << width) - 1));
    writer->count += width;
    while (writer->count >= 8) {
        writer->count -= 8;
        uint8_t byte = (uint8_t)(writer->bits >> writer->count);
        writer->is_short = writer->is_short || !fpx_bytes_append(writer->bytes, &byte, 1);
    }
}

static void put_zeros(bit_writer *writer, uint32_t zeros) {
    for (; zeros > 32; zeros -= 32) {
        put(writer, 0, 32);
    }
    put(writer, 0, zeros);
}

/// A stored sample as one of `rice_bytes`: those of two and four bytes have a sign.
static uint32_t sample_at(const uint8_t *samples, size_t place, uint32_t sample_bytes) {
    const uint8_t *bytes = samples + place * sample_bytes;
    switch (sample_bytes) {
    case 1: return bytes[0];
    case 2: return (uint32_t)(int16_t)(bytes[0] << 8 | bytes[1]);
    default: return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
    }
}

/// The difference as a number that is small when it is, whatever its sign, in so many bits.
static uint32_t folded(uint32_t difference, unsigned value_bits) {
    uint32_t mask = value_bits == 32 ? UINT32_MAX : ((uint32_t)1 << value_bits) - 1;
    bool is_negative = (difference >> (value_bits - 1) & 1) != 0;
    return (is_negative ? ~(difference << 1) : difference << 1) & mask;
}

/// How many low bits of a block's differences are written as they are, as CFITSIO chooses them.
static unsigned split_of(uint64_t sum, size_t count) {
    uint64_t taken = count / 2 + 1;
    uint64_t mean = sum > taken ? (sum - taken) / count : 0;
    unsigned split = 0;
    for (mean >>= 1; mean > 0; mean >>= 1) {
        split++;
    }
    return split;
}

static bool pack_rice(const fpx_fits_tiles *tiles, const uint8_t *samples, size_t sample_count, fpx_bytes *packed) {
    // See fpx_fits_unpack_rice.
    const unsigned split_bits = tiles->rice_bytes == 4 ? 5 : tiles->rice_bytes == 2 ? 4 : 3;
    const unsigned split_of_plain = tiles->rice_bytes == 4 ? 25 : tiles->rice_bytes == 2 ? 14 : 6;
    const unsigned value_bits = 8 * tiles->rice_bytes;
    uint32_t *differences = malloc(tiles->block * sizeof *differences);
    if (differences == NULL) {
        return false;
    }
    bit_writer writer = {.bytes = packed};
    uint32_t last = sample_at(samples, 0, tiles->sample_bytes);
    put(&writer, last, value_bits);
    for (size_t start = 0; start < sample_count; start += tiles->block) {
        size_t count = sample_count - start < tiles->block ? sample_count - start : tiles->block;
        uint64_t sum = 0;
        for (size_t place = 0; place < count; place++) {
            uint32_t sample = sample_at(samples, start + place, tiles->sample_bytes);
            differences[place] = folded(sample - last, value_bits);
            sum += differences[place];
            last = sample;
        }
        unsigned split = split_of(sum, count);
        bool is_plain = split >= split_of_plain;
        put(&writer, is_plain ? split_of_plain + 1 : sum == 0 ? 0 : split + 1, split_bits);
        for (size_t place = 0; place < count && sum > 0; place++) {
            if (is_plain) {
                put(&writer, differences[place], value_bits);
            } else {
                put_zeros(&writer, differences[place] >> split);
                put(&writer, 1, 1);
                put(&writer, differences[place], split);
            }
        }
    }
    put(&writer, 0, (8 - writer.count) % 8);
    free(differences);
    return !writer.is_short;
}

// MARK: - gzip

static bool pack_gzip(const uint8_t *bytes, size_t byte_count, fpx_bytes *packed) {
    z_stream stream = {0};
    // 16: with gzip's header, as CFITSIO writes tiles.
    if (byte_count > UINT_MAX ||
        deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return false;
    }
    size_t most = deflateBound(&stream, byte_count);
    uint8_t *result = malloc(most);
    bool is_held = result != NULL && most <= UINT_MAX;
    if (is_held) {
        stream.next_in = (uint8_t *)bytes;
        stream.avail_in = (uInt)byte_count;
        stream.next_out = result;
        stream.avail_out = (uInt)most;
        is_held = deflate(&stream, Z_FINISH) == Z_STREAM_END && fpx_bytes_append(packed, result, stream.total_out);
    }
    deflateEnd(&stream);
    free(result);
    return is_held;
}

/// The samples' first bytes, then their second ones, and so on.
static bool pack_shuffled(const uint8_t *samples, size_t sample_count, uint32_t sample_bytes, fpx_bytes *packed) {
    uint8_t *shuffled = malloc(sample_count * sample_bytes);
    if (shuffled == NULL) {
        return false;
    }
    for (uint32_t byte = 0; byte < sample_bytes; byte++) {
        for (size_t place = 0; place < sample_count; place++) {
            shuffled[byte * sample_count + place] = samples[place * sample_bytes + byte];
        }
    }
    bool is_held = pack_gzip(shuffled, sample_count * sample_bytes, packed);
    free(shuffled);
    return is_held;
}

bool fpx_fits_pack(const fpx_fits_tiles *tiles, fpx_fits_compression compression, const uint8_t *samples,
                   size_t sample_count, fpx_bytes *packed) {
    switch (compression) {
    case FPX_FITS_RICE: return pack_rice(tiles, samples, sample_count, packed);
    case FPX_FITS_GZIP: return pack_gzip(samples, sample_count * tiles->sample_bytes, packed);
    case FPX_FITS_GZIP_SHUFFLED: break;
    }
    return pack_shuffled(samples, sample_count, tiles->sample_bytes, packed);
}

#endif
