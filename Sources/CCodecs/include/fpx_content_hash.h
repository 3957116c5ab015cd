/// Content hashes: XXH3 of 128 bits, in its canonical (big-endian) byte order, as `xxhsum -H2` prints it.
///
/// It tells contents apart that differ by chance or by mistake, at the speed of reading them. It does not resist
/// somebody who makes two files of equal hash on purpose.
#ifndef FPX_CONTENT_HASH_H
#define FPX_CONTENT_HASH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { FPX_CONTENT_HASH_BYTES = 16 };

/// A hash in the making. Belongs to one thread at a time.
typedef struct fpx_hasher fpx_hasher;

/// Null when memory is short. Freed with fpx_hasher_free.
fpx_hasher *_Nullable fpx_hasher_new(void);
void fpx_hasher_add(fpx_hasher *_Nonnull hasher, const void *_Nullable bytes, size_t byte_count);
/// The hash of all bytes added so far; more can be added afterwards.
void fpx_hasher_digest(const fpx_hasher *_Nonnull hasher, uint8_t *_Nonnull digest);
void fpx_hasher_free(fpx_hasher *_Nullable hasher);

/// Of bytes in memory. `digest` takes FPX_CONTENT_HASH_BYTES. Safe from any thread.
void fpx_content_hash_of_bytes(const void *_Nullable bytes, size_t byte_count, uint8_t *_Nonnull digest);

/// Hashes an open regular file from its beginning to its end; the descriptor's own offset is neither used nor moved.
/// Returns 0, or the system's error number. `digest` takes FPX_CONTENT_HASH_BYTES. Safe from any thread.
int fpx_content_hash_of_file(int file_descriptor, uint8_t *_Nonnull digest);

#ifdef __cplusplus
}
#endif

#endif
