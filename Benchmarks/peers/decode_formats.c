// The bare libraries, for Benchmarks/formats: unpacks every picture of the TIFF or raw files that it is given, one
// after the other, and does nothing with the samples.
//
//   decode_formats tiff FILE...    libtiff, strip by strip
//   decode_formats raw FILE...     LibRaw, open and unpack
//   decode_formats fits FILE...    CFITSIO, row by row, 16-bit; when it is compiled with -DCFITSIO
//   decode_formats read FILE...    the bytes of the file: what uncompressed samples cost at least

#define _GNU_SOURCE
#include <fcntl.h>
#ifdef CFITSIO
#include <fitsio.h>
#endif
#include <libraw/libraw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

static int unpack_tiff(const char *path) {
    TIFF *tiff = TIFFOpen(path, "rm");
    if (tiff == NULL) return 1;
    int failed = 0;
    do {
        void *strip = malloc((size_t)TIFFStripSize(tiff));
        for (uint32_t number = 0; number < TIFFNumberOfStrips(tiff) && !failed; number++) {
            failed = TIFFReadEncodedStrip(tiff, number, strip, (tmsize_t)-1) < 0;
        }
        free(strip);
    } while (!failed && TIFFReadDirectory(tiff));
    TIFFClose(tiff);
    return failed;
}

static int unpack_raw(const char *path) {
    libraw_data_t *raw = libraw_init(0);
    if (raw == NULL) return 1;
    int failed = libraw_open_file(raw, path) != LIBRAW_SUCCESS || libraw_unpack(raw) != LIBRAW_SUCCESS;
    libraw_close(raw);
    return failed;
}

#ifdef CFITSIO
static int unpack_fits(const char *path) {
    fitsfile *fits = NULL;
    int failed = 0;
    long sides[2] = {0, 0};
    fits_open_image(&fits, path, READONLY, &failed);
    fits_get_img_size(fits, 2, sides, &failed);
    unsigned short *row = malloc((size_t)sides[0] * sizeof *row + 1);
    for (long number = 0; number < sides[1] && failed == 0; number++) {
        fits_read_img(fits, TUSHORT, 1 + number * sides[0], sides[0], NULL, row, NULL, &failed);
    }
    free(row);
    if (fits != NULL) fits_close_file(fits, &failed);
    return failed;
}
#else
static int unpack_fits(const char *path) {
    (void)path;
    return 1;
}
#endif

static int read_file(const char *path) {
    static char buffer[1 << 18];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = -1;
    while (file >= 0 && (got = read(file, buffer, sizeof buffer)) > 0) {
    }
    if (file >= 0) close(file);
    return got != 0;
}

int main(int count, char **arguments) {
    for (int index = 2; index < count; index++) {
        int failed = strcmp(arguments[1], "tiff") == 0   ? unpack_tiff(arguments[index])
                     : strcmp(arguments[1], "raw") == 0  ? unpack_raw(arguments[index])
                     : strcmp(arguments[1], "fits") == 0 ? unpack_fits(arguments[index])
                                                         : read_file(arguments[index]);
        if (failed) {
            fprintf(stderr, "%s: cannot be unpacked\n", arguments[index]);
            return 1;
        }
    }
    return 0;
}
