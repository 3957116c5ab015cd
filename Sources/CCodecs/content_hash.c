#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../CXXHash/shim.h"
#include "fpx_content_hash.h"

// Debian's library has it: with the vectors of the processor at hand, three times as fast. Elsewhere there is none of
// that name.
#if defined(__linux__) && defined(__x86_64__)
extern __attribute__((weak)) XXH_errorcode XXH3_128bits_update_dispatch(XXH3_state_t *state, const void *bytes,
                                                                        size_t byte_count);
#endif

static void update(XXH3_state_t *state, const void *bytes, size_t byte_count) {
#if defined(__linux__) && defined(__x86_64__)
    if (XXH3_128bits_update_dispatch) {
        XXH3_128bits_update_dispatch(state, bytes, byte_count);
        return;
    }
#endif
    XXH3_128bits_update(state, bytes, byte_count);
}

// The library's state is its own type; this one only gives it a name that callers may know.
static XXH3_state_t *state_of(fpx_hasher *hasher) { return (XXH3_state_t *)(void *)hasher; }

fpx_hasher *fpx_hasher_new(void) {
    XXH3_state_t *state = XXH3_createState();
    if (state != NULL) {
        XXH3_128bits_reset(state);
    }
    return (fpx_hasher *)(void *)state;
}

void fpx_hasher_add(fpx_hasher *hasher, const void *bytes, size_t byte_count) {
    if (byte_count > 0) {
        update(state_of(hasher), bytes, byte_count);
    }
}

void fpx_hasher_digest(const fpx_hasher *hasher, uint8_t *digest) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest((const XXH3_state_t *)(const void *)hasher));
    memcpy(digest, canonical.digest, FPX_CONTENT_HASH_BYTES);
}

void fpx_content_hash_of_bytes(const void *bytes, size_t byte_count, uint8_t *digest) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, byte_count));
    memcpy(digest, canonical.digest, FPX_CONTENT_HASH_BYTES);
}

void fpx_hasher_free(fpx_hasher *hasher) { XXH3_freeState(state_of(hasher)); }

int fpx_content_hash_of_file(int file_descriptor, uint8_t *digest) {
    enum { PIECE_BYTES = 1 << 18 };
    uint8_t *piece = malloc(PIECE_BYTES);
    fpx_hasher *hasher = fpx_hasher_new();
    int failure = piece == NULL || hasher == NULL ? ENOMEM : 0;
    off_t offset = 0;
    while (failure == 0) {
        ssize_t got = pread(file_descriptor, piece, PIECE_BYTES, offset);
        if (got == 0) {
            fpx_hasher_digest(hasher, digest);
            break;
        }
        if (got > 0) {
            fpx_hasher_add(hasher, piece, (size_t)got);
            offset += got;
        } else if (errno != EINTR) {
            failure = errno;
        }
    }
    fpx_hasher_free(hasher);
    free(piece);
    return failure;
}
