/* A hard disk that is not there: shows the files of one folder, read-only, through FUSE, and takes for each read the
 * time that a disk with one head would take. A read that does not go on where the last one ended, in the same file,
 * costs a seek.
 *
 *     slow_disk FOLDER COUNTS SEEK_MILLISECONDS MEGABYTES_PER_SECOND MOUNT_POINT -f
 *
 * When it is unmounted it writes "reads seeks bytes" to the file COUNTS. The kernel's page cache and its read-ahead lie
 * before it, as before a real disk; a new mount is a cold cache. */
#define _GNU_SOURCE
#define FUSE_USE_VERSION 31
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct {
    int folder;
    const char *counts;
    double seek_seconds, seconds_per_byte;
    pthread_mutex_t lock;
    /* Where the head is: the file and the place behind the last read. */
    uint64_t file;
    off_t place;
    unsigned long long reads, seeks, bytes;
    struct timespec free_at;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *relative(const char *path) { return path[1] ? path + 1 : "."; }

static int disk_getattr(const char *path, struct stat *information, struct fuse_file_info *file) {
    (void)file;
    return fstatat(disk.folder, relative(path), information, 0) == 0 ? 0 : -errno;
}

static int disk_readdir(const char *path, void *entries, fuse_fill_dir_t fill, off_t offset,
                        struct fuse_file_info *file, enum fuse_readdir_flags flags) {
    (void)offset, (void)file, (void)flags;
    int descriptor = openat(disk.folder, relative(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!folder) return -errno;
    for (struct dirent *entry; (entry = readdir(folder));)
        fill(entries, entry->d_name, NULL, 0, 0);
    closedir(folder);
    return 0;
}

static int disk_open(const char *path, struct fuse_file_info *file) {
    int descriptor = openat(disk.folder, relative(path), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    file->fh = (uint64_t)descriptor;
    return 0;
}

static int disk_release(const char *path, struct fuse_file_info *file) {
    (void)path;
    close((int)file->fh);
    return 0;
}

static int disk_read(const char *path, char *bytes, size_t count, off_t place, struct fuse_file_info *file) {
    (void)path;
    struct stat information;
    if (fstat((int)file->fh, &information) != 0) return -errno;
    ssize_t got = pread((int)file->fh, bytes, count, place);
    if (got < 0) return -errno;
    pthread_mutex_lock(&disk.lock);
    double seconds = (double)got * disk.seconds_per_byte;
    if (information.st_ino != disk.file || place != disk.place) {
        seconds += disk.seek_seconds;
        disk.seeks++;
    }
    disk.file = information.st_ino;
    disk.place = place + got;
    disk.reads++;
    disk.bytes += (unsigned long long)got;
    /* One after the other: the lock is the disk's head. Sleeps to a moment, so that short reads add up to the right
     * time. */
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec > disk.free_at.tv_sec || (now.tv_sec == disk.free_at.tv_sec && now.tv_nsec > disk.free_at.tv_nsec))
        disk.free_at = now;
    long long nanoseconds = disk.free_at.tv_nsec + (long long)(seconds * 1e9);
    disk.free_at.tv_sec += nanoseconds / 1000000000;
    disk.free_at.tv_nsec = nanoseconds % 1000000000;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &disk.free_at, NULL) == EINTR)
        continue;
    pthread_mutex_unlock(&disk.lock);
    return (int)got;
}

static void *disk_init(struct fuse_conn_info *connection, struct fuse_config *config) {
    /* What a disk's queue takes; 12 is FUSE's default. */
    connection->max_background = 128;
    connection->congestion_threshold = 128;
    config->kernel_cache = 1;
    config->use_ino = 1;
    return NULL;
}

static void disk_destroy(void *data) {
    (void)data;
    FILE *counts = fopen(disk.counts, "w");
    if (!counts) return;
    fprintf(counts, "%llu %llu %llu\n", disk.reads, disk.seeks, disk.bytes);
    fclose(counts);
}

static const struct fuse_operations operations = {
    .getattr = disk_getattr,
    .readdir = disk_readdir,
    .open = disk_open,
    .release = disk_release,
    .read = disk_read,
    .init = disk_init,
    .destroy = disk_destroy,
};

int main(int count, char **arguments) {
    if (count < 6) {
        fprintf(stderr, "usage: %s FOLDER COUNTS SEEK_MILLISECONDS MEGABYTES_PER_SECOND MOUNT_POINT [-f]\n",
                arguments[0]);
        return 2;
    }
    disk.folder = open(arguments[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    disk.counts = arguments[2];
    disk.seek_seconds = atof(arguments[3]) / 1e3;
    disk.seconds_per_byte = 1 / (atof(arguments[4]) * 1e6);
    if (disk.folder < 0) {
        perror(arguments[1]);
        return 1;
    }
    arguments[4] = arguments[0];
    return fuse_main(count - 4, arguments + 4, &operations, NULL);
}
