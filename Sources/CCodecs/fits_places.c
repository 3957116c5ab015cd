#ifdef FPX_FITS

#include "fits_places.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

enum {
    /// Of 40 KB each: more than there are workers, of whom each reads planes in their order.
    PLACES = 64,
    ENDS = 64,
};

typedef struct packed_place {
    fpx_packed_file file;
    uint64_t unpacked;
    int64_t offset;
    /// When it was last used; 0: never.
    uint64_t time;
    z_stream stream;
} packed_place;

typedef struct packed_end {
    fpx_packed_file file;
    fpx_photo_status status;
    uint64_t time;
} packed_end;

// All guarded by `lock`.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static packed_place places[PLACES];
static packed_end ends[ENDS];
static uint64_t now;

bool fpx_packed_file_of(int file_descriptor, fpx_packed_file *file) {
    struct stat information;
    if (fstat(file_descriptor, &information) != 0) {
        return false;
    }
#ifdef __APPLE__
    struct timespec modified = information.st_mtimespec;
    struct timespec changed = information.st_ctimespec;
#else
    struct timespec modified = information.st_mtim;
    struct timespec changed = information.st_ctim;
#endif
    *file = (fpx_packed_file){{(uint64_t)information.st_dev, (uint64_t)information.st_ino,
                               (uint64_t)information.st_size, (uint64_t)modified.tv_sec, (uint64_t)modified.tv_nsec,
                               (uint64_t)changed.tv_sec, (uint64_t)changed.tv_nsec}};
    return true;
}

static bool is_same(const fpx_packed_file *left, const fpx_packed_file *right) {
    return memcmp(left, right, sizeof *left) == 0;
}

/// The last place of a file that lies behind `after` and not behind `before`; null when there is none.
static packed_place *find(const fpx_packed_file *file, uint64_t after, uint64_t before) {
    packed_place *best = NULL;
    for (size_t index = 0; index < PLACES; index++) {
        packed_place *place = &places[index];
        if (place->time != 0 && place->unpacked > after && place->unpacked <= before && is_same(&place->file, file) &&
            (best == NULL || place->unpacked > best->unpacked)) {
            best = place;
        }
    }
    return best;
}

void fpx_packed_place_keep(const fpx_packed_file *file, z_stream *stream, uint64_t unpacked, int64_t offset) {
    if (unpacked < FPX_PACKED_STEP) {
        return;
    }
    pthread_mutex_lock(&lock);
    packed_place *place = find(file, unpacked - FPX_PACKED_STEP, unpacked);
    if (place == NULL) {
        place = &places[0];
        for (size_t index = 1; index < PLACES; index++) {
            place = places[index].time < place->time ? &places[index] : place;
        }
        if (place->time != 0) {
            inflateEnd(&place->stream);
        }
        place->time = 0;
        if (inflateCopy(&place->stream, stream) == Z_OK) {
            place->file = *file;
            place->unpacked = unpacked;
            place->offset = offset;
            place->time = ++now;
        }
    } else {
        place->time = ++now;
    }
    pthread_mutex_unlock(&lock);
}

bool fpx_packed_place_take(const fpx_packed_file *file, uint64_t after, uint64_t before, z_stream *stream,
                           uint64_t *unpacked, int64_t *offset) {
    pthread_mutex_lock(&lock);
    packed_place *place = find(file, after, before);
    if (place != NULL) {
        inflateEnd(stream);
        if (inflateCopy(stream, &place->stream) != Z_OK) {
            memset(stream, 0, sizeof *stream);
        }
        place->time = ++now;
        *unpacked = place->unpacked;
        *offset = place->offset;
        stream->next_in = NULL;
        stream->avail_in = 0;
    }
    pthread_mutex_unlock(&lock);
    return place != NULL;
}

void fpx_packed_end_keep(const fpx_packed_file *file, fpx_photo_status status) {
    pthread_mutex_lock(&lock);
    packed_end *end = &ends[0];
    for (size_t index = 1; index < ENDS; index++) {
        end = ends[index].time < end->time ? &ends[index] : end;
    }
    *end = (packed_end){*file, status, ++now};
    pthread_mutex_unlock(&lock);
}

bool fpx_packed_end_find(const fpx_packed_file *file, fpx_photo_status *status) {
    pthread_mutex_lock(&lock);
    bool is_known = false;
    for (size_t index = 0; index < ENDS && !is_known; index++) {
        packed_end *end = &ends[index];
        if (end->time != 0 && is_same(&end->file, file)) {
            is_known = true;
            end->time = ++now;
            *status = end->status;
        }
    }
    pthread_mutex_unlock(&lock);
    return is_known;
}

#endif
