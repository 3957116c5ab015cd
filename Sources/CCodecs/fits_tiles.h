/// Pictures of compressed FITS files: a tile of rows at a time (FITS standard 4.0, section 10); not public.
#ifndef FPX_FITS_TILES_H
#define FPX_FITS_TILES_H

#include "fits_file.h"

typedef enum fpx_fits_compression {
    FPX_FITS_RICE,
    FPX_FITS_GZIP,
    /// gzip of the samples' first bytes, then of their second ones, and so on.
    FPX_FITS_GZIP_SHUFFLED,
} fpx_fits_compression;

/// How a compressed picture lies in its table.
typedef struct fpx_fits_tiles {
    fpx_fits_compression compression;
    uint64_t table;
    uint64_t row_bytes;
    uint64_t row_count;
    uint64_t heap;
    /// Where in a row of the table the places of a tile's bytes stand: as Rice or gzip has packed them, packed by gzip
    /// because Rice could not, and not packed. -1 without such a column.
    int64_t packed_column;
    int64_t gzip_column;
    int64_t plain_column;
    bool packed_is_large;
    bool gzip_is_large;
    bool plain_is_large;
    /// Of Rice.
    uint32_t block;
    uint32_t rice_bytes;
    /// Of the samples as a file without compression has them.
    uint32_t sample_bytes;
    uint64_t tile_rows;
    uint64_t tiles_per_plane;
} fpx_fits_tiles;

/// Reads how tiles of a picture of `width` x `height` samples lie, of which each has `sample_bytes`. FPX_PHOTO_OK, or
/// why they cannot be read, with words.
fpx_photo_status fpx_fits_tiles_read(const fpx_fits_header *_Nonnull header, uint64_t width, uint64_t height,
                                     uint32_t sample_bytes, bool is_float, fpx_fits_tiles *_Nonnull tiles,
                                     fpx_photo_error *_Nonnull error);

/// Unpacks a tile of `sample_count` samples to what a file without compression would have there: `samples` takes
/// sample_count x sample_bytes, big-endian.
fpx_photo_status fpx_fits_tiles_unpack(const fpx_fits_tiles *_Nonnull tiles, fpx_fits_input *_Nonnull input,
                                       uint64_t file_bytes, uint64_t tile, uint8_t *_Nonnull samples,
                                       size_t sample_count, fpx_photo_error *_Nonnull error);

/// Unpacks so many bytes to `sample_count` samples as above. False when they are damaged.
bool fpx_fits_unpack(const fpx_fits_tiles *_Nonnull tiles, fpx_fits_compression compression,
                     const uint8_t *_Nonnull bytes, size_t byte_count, uint8_t *_Nonnull samples, size_t sample_count);

/// How many bytes of samples one byte of the file unpacks to at most.
uint64_t fpx_fits_tiles_most_of_a_byte(const fpx_fits_tiles *_Nonnull tiles);

/// Rice's code of differences. False when the bytes end early.
bool fpx_fits_unpack_rice(const uint8_t *_Nonnull bytes, size_t byte_count, uint32_t block, uint32_t rice_bytes,
                          uint32_t sample_bytes, uint8_t *_Nonnull samples, size_t sample_count);

#endif
