// The only file that asks how large the processor's caches are.

// sysconf's names of caches are extensions that strict C17 hides.
#define _GNU_SOURCE 1
#define _DARWIN_C_SOURCE 1

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "fpx_cpu.h"

#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#if defined(__APPLE__)

static size_t cache_bytes(const char *performance_core_name, const char *any_core_name) {
    const char *const names[] = {performance_core_name, any_core_name};
    for (int index = 0; index < 2; index++) {
        // The system answers with 4 or 8 bytes, by version; both are little-endian here.
        uint64_t value = 0;
        size_t size = sizeof value;
        if (sysctlbyname(names[index], &value, &size, NULL, 0) == 0 && value != 0) return (size_t)value;
    }
    return 0;
}

size_t fpx_cpu_level1_cache_bytes(void) { return cache_bytes("hw.perflevel0.l1dcachesize", "hw.l1dcachesize"); }
size_t fpx_cpu_level2_cache_bytes(void) { return cache_bytes("hw.perflevel0.l2cachesize", "hw.l2cachesize"); }

#else

// sysconf knows the caches on x86 with glibc only; sysfs knows them everywhere on Linux.
static size_t sysfs_cache_bytes(unsigned wanted_level) {
    for (unsigned index = 0; index < 8; index++) {
        char path[96], type[16];
        unsigned level = 0;
        size_t kibibytes = 0;

        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%u/level", index);
        FILE *file = fopen(path, "r");
        if (!file) return 0;
        bool parsed = fscanf(file, "%u", &level) == 1;
        fclose(file);
        if (!parsed || level != wanted_level) continue;

        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%u/type", index);
        file = fopen(path, "r");
        if (!file) return 0;
        parsed = fscanf(file, "%15s", type) == 1;
        fclose(file);
        if (!parsed || type[0] == 'I') continue;

        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%u/size", index);
        file = fopen(path, "r");
        if (!file) return 0;
        parsed = fscanf(file, "%zuK", &kibibytes) == 1;
        fclose(file);
        return parsed ? kibibytes * 1024 : 0;
    }
    return 0;
}

size_t fpx_cpu_level1_cache_bytes(void) {
#if defined(_SC_LEVEL1_DCACHE_SIZE)
    const long bytes = sysconf(_SC_LEVEL1_DCACHE_SIZE);
    if (bytes > 0) return (size_t)bytes;
#endif
    return sysfs_cache_bytes(1);
}

size_t fpx_cpu_level2_cache_bytes(void) {
#if defined(_SC_LEVEL2_CACHE_SIZE)
    const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (bytes > 0) return (size_t)bytes;
#endif
    return sysfs_cache_bytes(2);
}

#endif
