/// Numbers in as many bits as they have: for sums and counts that are kept in files.
///
/// Numbers are packed in blocks of FPX_PACKING_BLOCK_VALUES, each in as many bits as its largest number has: its
/// *width*, 0 for zeros alone. Number i of a block belongs to lane i mod 16. Each lane is a string of bits: its numbers
/// in order, the lowest bit of each first. What is written is the first 32 bits of every lane as a little-endian word,
/// lane after lane, then the next 32 of every lane and so on; bits behind a lane's last number are 0. So a whole block
/// takes 64 bytes for each bit of its width, and all lanes are packed and unpacked alike, whatever vectors there are. A
/// last block of fewer numbers has fewer in its lanes, where a number is missing 0. Numbers of 64 bits make two blocks,
/// each with a width of its own: of their lower halves, then of their upper ones.
///
/// Packing is exact, and equal numbers make equal bytes at every SIMD level.
/// Errors: functions that return a number of bytes return SIZE_MAX (in Swift -1) for a null pointer with a count above
/// 0, for too little room, and for widths that no numbers of the type have (more than 32; of 16 bits, more than 16);
/// then nothing is written. Unpacking reads no byte beyond `packed_bytes`, whatever the widths and the bytes are; bits
/// that no packing leaves there make numbers like others.
/// Arguments: buffers may have any address that suits their element type. They do not overlap.
/// Thread-safety: everything runs on the calling thread, and may be called from any thread at the same time.
/// Complexity: linear; no allocation; 2 KiB of the stack.
#ifndef FPX_PACKING_H
#define FPX_PACKING_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_annotations.h"
#include "fpx_constant.h"

#ifdef __cplusplus
extern "C" {
#endif

FPX_CONSTANT(size_t, FPX_PACKING_BLOCK_VALUES, 512);

/// How many widths `count` numbers of `value_bytes` (2, 4 or 8) have.
size_t fpx_packed_width_count(size_t count, size_t value_bytes);
/// The bytes that numbers of these widths take.
size_t fpx_packed_byte_count(const uint8_t *_Nonnull widths FPX_NOESCAPE, size_t count, size_t value_bytes);
/// The bytes that they take at most.
size_t fpx_packed_most_bytes(size_t count, size_t value_bytes);

// Packing needs as much room as numbers take at most; the bytes that are written are returned. There is a width for
// every block, or for both of its halves.

size_t fpx_pack_u16(uint8_t *_Nonnull FPX_COUNTED_BY(packed_bytes) packed FPX_NOESCAPE, size_t packed_bytes,
                    uint8_t *_Nonnull widths FPX_NOESCAPE,
                    const uint16_t *_Nonnull FPX_COUNTED_BY(count) values FPX_NOESCAPE, size_t count);
size_t fpx_pack_u32(uint8_t *_Nonnull FPX_COUNTED_BY(packed_bytes) packed FPX_NOESCAPE, size_t packed_bytes,
                    uint8_t *_Nonnull widths FPX_NOESCAPE,
                    const uint32_t *_Nonnull FPX_COUNTED_BY(count) values FPX_NOESCAPE, size_t count);
size_t fpx_pack_u64(uint8_t *_Nonnull FPX_COUNTED_BY(packed_bytes) packed FPX_NOESCAPE, size_t packed_bytes,
                    uint8_t *_Nonnull widths FPX_NOESCAPE,
                    const uint64_t *_Nonnull FPX_COUNTED_BY(count) values FPX_NOESCAPE, size_t count);

// The bytes that were read are returned: where what follows these numbers begins.

size_t fpx_unpack_u16(uint16_t *_Nonnull FPX_COUNTED_BY(count) values FPX_NOESCAPE, size_t count,
                      const uint8_t *_Nonnull widths FPX_NOESCAPE,
                      const uint8_t *_Nonnull FPX_COUNTED_BY(packed_bytes) packed FPX_NOESCAPE, size_t packed_bytes);
size_t fpx_unpack_u32(uint32_t *_Nonnull FPX_COUNTED_BY(count) values FPX_NOESCAPE, size_t count,
                      const uint8_t *_Nonnull widths FPX_NOESCAPE,
                      const uint8_t *_Nonnull FPX_COUNTED_BY(packed_bytes) packed FPX_NOESCAPE, size_t packed_bytes);
size_t fpx_unpack_u64(uint64_t *_Nonnull FPX_COUNTED_BY(count) values FPX_NOESCAPE, size_t count,
                      const uint8_t *_Nonnull widths FPX_NOESCAPE,
                      const uint8_t *_Nonnull FPX_COUNTED_BY(packed_bytes) packed FPX_NOESCAPE, size_t packed_bytes);

#ifdef __cplusplus
}
#endif
#endif
