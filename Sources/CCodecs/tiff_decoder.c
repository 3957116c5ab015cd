#ifdef FPX_TIFF

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "byte_ranges.h"
#include "sample_rows.h"
#include "tiff_input.h"
#include "tiff_packbits.h"
#include "tiff_repack.h"
#include "tiff_tags.h"

enum {
    MOST_PLANES = 4,
    /// Larger strips are not unpacked whole: they take memory for each photo that is open.
    LONGEST_WHOLE_STRIP = 8 << 20,
    /// Of DNG: full colours, or grey, of a raw picture.
    PHOTOMETRIC_LINEAR_RAW = 34892,
};

/// How rows come out of the file.
typedef enum row_source {
    /// Uncompressed strips, straight from the file.
    ROWS_PLAIN,
    /// Compressed strips, a whole one at a time: the fastest way to unpack Deflate, for which libtiff has a library
    /// that knows whole buffers only.
    ROWS_STRIPS,
    /// Strips that PackBits has compressed, as many rows as are wanted.
    ROWS_PACKBITS,
    /// Compressed strips that are too large for a whole one, row by row.
    ROWS_SCANLINES,
    /// Tiles, a row of tiles at a time.
    ROWS_TILES,
} row_source;

/// A picture of a TIFF as its tags describe it.
typedef struct tiff_picture {
    uint64_t directory;
    /// Of an ImageJ stack, whose pictures follow each other under one directory: which one.
    uint64_t plane;
    uint64_t planes;
    uint32_t width;
    uint32_t height;
    uint16_t bits;
    uint16_t stored_channels;
    /// Channels as delivered, without luma.
    uint16_t colours;
    bool has_alpha;
    bool is_planar;
    bool is_tiled;
    uint16_t compression;
    uint32_t coded_unit_width;
    uint32_t coded_unit_height;
} tiff_picture;

typedef struct tiff_decoder {
    fpx_photo_decoder operations;
    tiff_picture picture;
    row_source row_source;
    /// One for each plane that is read row by row, which goes from the top on; otherwise only the first.
    fpx_tiff_input inputs[MOST_PLANES];
    fpx_sample_layout layout;
    /// Of one plane, or of all channels when they are interleaved.
    size_t stored_row_bytes;
    bool swaps_bytes;
    uint32_t rows_per_strip;
    uint32_t tile_width;
    uint32_t tile_height;
    /// A row of each plane as stored, or a row of tiles of each plane; null when rows need no rearranging.
    uint8_t *stored[MOST_PLANES];
    uint8_t *tile;
    fpx_packbits packbits[MOST_PLANES];
    size_t next_row;
} tiff_decoder;

static size_t plane_count(const tiff_decoder *self) {
    return self->picture.is_planar ? (size_t)self->layout.colours + (self->layout.takes_alpha ? 1 : 0) : 1;
}

static fpx_photo_status refuse(fpx_photo_error *error, const char *what) {
    fpx_photo_explain(
        error, "a TIFF with %s, which is not read; take 8 or 16 bits or 32-bit floating point, grey or RGB", what);
    return FPX_PHOTO_UNSUPPORTED;
}

// MARK: - What the tags say

static bool is_packed_without_loss(uint16_t compression) {
    switch (compression) {
    case COMPRESSION_LZW:
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE:
    case COMPRESSION_PACKBITS:
    case COMPRESSION_LZMA:
    case COMPRESSION_ZSTD: return true;
    default: return false;
    }
}

static bool is_decodable(uint16_t compression) {
    bool is_read = compression == COMPRESSION_NONE || compression == COMPRESSION_JPEG ||
                   compression == COMPRESSION_WEBP || is_packed_without_loss(compression);
    return is_read && TIFFIsCODECConfigured(compression) != 0;
}

/// How many pictures an ImageJ stack holds under one directory: its description says, and they follow each other. Only
/// above 4 GB, where ImageJ writes no other directory; in smaller files each picture has its own.
static uint64_t imagej_pictures(TIFF *tiff, const tiff_picture *picture, bool is_only, uint64_t file_bytes,
                                size_t row_bytes) {
    const char *description = NULL;
    if (!is_only || picture->compression != COMPRESSION_NONE || picture->is_tiled || picture->is_planar ||
        TIFFGetField(tiff, TIFFTAG_IMAGEDESCRIPTION, &description) == 0 || strncmp(description, "ImageJ=", 7) != 0) {
        return 1;
    }
    const char *images = strstr(description, "\nimages=");
    unsigned long long count = images == NULL ? 1 : strtoull(images + 8, NULL, 10);
    uint64_t start = TIFFGetStrileOffset(tiff, 0);
    uint64_t bytes = (uint64_t)row_bytes * picture->height;
    bool is_inside = count > 1 && bytes > 0 && start <= file_bytes && count <= (file_bytes - start) / bytes;
    return is_inside ? count : 1;
}

static fpx_photo_status read_samples_kind(TIFF *tiff, tiff_picture *picture, fpx_photo_error *error) {
    uint16_t format;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &picture->bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
    bool is_whole = format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_VOID;
    if (format == SAMPLEFORMAT_IEEEFP && picture->bits == 32) {
        return FPX_PHOTO_OK;
    }
    if (is_whole && (picture->bits == 8 || picture->bits == 16)) {
        return FPX_PHOTO_OK;
    }
    char words[64];
    snprintf(words, sizeof words, "%u-bit %s samples", picture->bits,
             is_whole                        ? "whole-number"
             : format == SAMPLEFORMAT_INT    ? "signed"
             : format == SAMPLEFORMAT_IEEEFP ? "floating-point"
                                             : "complex");
    return refuse(error, words);
}

static fpx_photo_status read_colours(TIFF *tiff, tiff_picture *picture, fpx_photo_error *error) {
    uint16_t photometric = PHOTOMETRIC_MINISBLACK;
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &picture->stored_channels);
    uint16_t extra_count = 0;
    uint16_t *extra = NULL;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extra);
    switch (photometric) {
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_CFA: picture->colours = 1; break;
    case PHOTOMETRIC_LINEAR_RAW: picture->colours = picture->stored_channels >= 3 ? 3 : 1; break;
    case PHOTOMETRIC_RGB: picture->colours = 3; break;
    case PHOTOMETRIC_YCBCR:
        if (picture->compression != COMPRESSION_JPEG && picture->compression != COMPRESSION_WEBP) {
            return refuse(error, "YCbCr samples outside JPEG");
        }
        picture->colours = 3;
        break;
    case PHOTOMETRIC_MINISWHITE: return refuse(error, "white as zero");
    case PHOTOMETRIC_PALETTE: return refuse(error, "a palette");
    case PHOTOMETRIC_SEPARATED: return refuse(error, "CMYK samples");
    default: return refuse(error, "colours of a rare kind");
    }
    if (picture->stored_channels < picture->colours) {
        fpx_photo_explain(error, "damaged TIFF: %u samples a pixel where its colours take %u", picture->stored_channels,
                          picture->colours);
        return FPX_PHOTO_CORRUPT;
    }
    // Planes that are not declared as something else would be colours that nobody can name.
    if (picture->stored_channels > picture->colours + extra_count) {
        return refuse(error, "more samples a pixel than its colours take");
    }
    // One more without a name is transparency in most files. Several are further colours, as of a camera of many bands,
    // and leaving them out would look like their having no defect.
    uint16_t nameless = 0;
    for (uint16_t index = 0; index < extra_count; index++) {
        nameless += extra[index] == EXTRASAMPLE_UNSPECIFIED;
    }
    if (nameless > 1) {
        return refuse(error, "several samples a pixel that have no name beside its colours (split it into pictures)");
    }
    picture->has_alpha =
        extra_count > 0 && picture->stored_channels > picture->colours && extra[0] == EXTRASAMPLE_UNASSALPHA;
    return FPX_PHOTO_OK;
}

/// Reads the directory that libtiff is at.
static fpx_photo_status read_picture(fpx_tiff_input *input, uint64_t maximum_pixels, tiff_picture *picture,
                                     fpx_photo_error *error) {
    TIFF *tiff = input->tiff;
    if (TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &picture->width) == 0 ||
        TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &picture->height) == 0 || picture->width == 0 || picture->height == 0) {
        fpx_photo_explain(error, "damaged TIFF: a picture without width or height");
        return FPX_PHOTO_CORRUPT;
    }
    fpx_photo_status status = fpx_photo_check_size(picture->width, picture->height, maximum_pixels, error);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    uint16_t planar = PLANARCONFIG_CONTIG;
    uint16_t compression = COMPRESSION_NONE;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    picture->compression = compression;
    picture->is_tiled = TIFFIsTiled(tiff) != 0;
    if (!is_decodable(compression)) {
        fpx_photo_explain(
            error,
            "a TIFF with compression %u, which is not read; write it with LZW, Deflate, PackBits, JPEG, or "
            "without compression",
            compression);
        return FPX_PHOTO_UNSUPPORTED;
    }
    if ((status = read_samples_kind(tiff, picture, error)) != FPX_PHOTO_OK ||
        (status = read_colours(tiff, picture, error)) != FPX_PHOTO_OK) {
        return status;
    }
    picture->is_planar = planar == PLANARCONFIG_SEPARATE && picture->stored_channels > 1;
    picture->coded_unit_width = 1;
    picture->coded_unit_height = 1;
    if (compression == COMPRESSION_JPEG) {
        // libtiff converts to RGB and doubles what chroma is halved.
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        uint16_t across = 1;
        uint16_t down = 1;
        if (picture->colours == 3) {
            TIFFGetFieldDefaulted(tiff, TIFFTAG_YCBCRSUBSAMPLING, &across, &down);
        }
        picture->coded_unit_width = 8 * (across == 0 ? 1u : across);
        picture->coded_unit_height = 8 * (down == 0 ? 1u : down);
    }
    return FPX_PHOTO_OK;
}

static size_t row_bytes(const tiff_picture *picture) {
    return (size_t)picture->width * (picture->is_planar ? 1 : picture->stored_channels) * (picture->bits / 8);
}

/// What a byte of the file unpacks to at most: what the code itself allows, with some room where it is not known
/// exactly.
static uint64_t most_of_a_byte(uint16_t compression) {
    switch (compression) {
    case COMPRESSION_NONE: return 1;
    // 128 bytes of two.
    case COMPRESSION_PACKBITS: return 64;
    // 258 bytes of two bits.
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE: return 1032;
    // 4096 codes of up to 12 bits, each for a text by one longer than the one before.
    case COMPRESSION_LZW: return 2048;
    // Two bits for a block, of which four sixteenths may be chroma.
    case COMPRESSION_JPEG: return 1024;
    // 273 bytes of a third of a bit.
    case COMPRESSION_LZMA: return 8192;
    // 128 KiB of four bytes; and WebP, of one colour, has no bound of its own.
    default: return 32768;
    }
}

/// Fails when the file's bytes cannot hold this picture beside those told of before: directories and strips may share
/// their data, so that a few bytes would be unpacked as often as they are named.
static fpx_photo_status check_paid(fpx_tiff_input *input, const tiff_picture *picture, fpx_photo_error *error) {
    enum { FREE_BYTES = 1 << 24 };
    uint64_t planes = picture->planes * (picture->is_planar ? picture->stored_channels : 1);
    uint64_t bytes;
    if (__builtin_mul_overflow((uint64_t)row_bytes(picture) * picture->height, planes, &bytes)) {
        bytes = UINT64_MAX;
    }
    bool is_packed = picture->compression != COMPRESSION_NONE;
    uint64_t left = is_packed ? FREE_BYTES - input->free_bytes : 0;
    uint64_t unpaid = bytes < left ? bytes : left;
    uint64_t least = (bytes - unpaid) / most_of_a_byte(picture->compression);
    if (least <= input->file_bytes && input->least_bytes <= input->file_bytes - least) {
        input->free_bytes += unpaid;
        input->least_bytes += least;
        return FPX_PHOTO_OK;
    }
    if (!is_packed && input->least_bytes == 0) {
        fpx_photo_explain(error, "truncated TIFF: its picture takes %llu bytes, and the file has %llu",
                          (unsigned long long)bytes, (unsigned long long)input->file_bytes);
        return FPX_PHOTO_TRUNCATED;
    }
    fpx_photo_explain(error,
                      "unsupported TIFF: its %llu bytes cannot hold the %llu of this picture beside those before it, "
                      "unless they have data in common, which is not read",
                      (unsigned long long)input->file_bytes, (unsigned long long)bytes);
    return FPX_PHOTO_UNSUPPORTED;
}

/// The bytes of the longest compressed strip, which libtiff reads whole, within the file.
static uint64_t longest_strip(TIFF *tiff, uint64_t file_bytes) {
    uint64_t longest = 0;
    uint32_t count = TIFFNumberOfStrips(tiff);
    // A sum would need all of them; the first few tell what a decoder takes.
    for (uint32_t strip = 0; strip < count && strip < 16; strip++) {
        uint64_t bytes = TIFFGetStrileByteCount(tiff, strip);
        longest = bytes > longest ? bytes : longest;
    }
    return longest < file_bytes ? longest : file_bytes;
}

static uint32_t rows_per_strip(TIFF *tiff, const tiff_picture *picture) {
    uint32_t rows = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    return rows == 0 || rows > picture->height ? picture->height : rows;
}

/// Whether the bits of each byte lie in the usual order.
static bool has_usual_bits(TIFF *tiff) {
    uint16_t fill_order = FILLORDER_MSB2LSB;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_FILLORDER, &fill_order);
    return fill_order == FILLORDER_MSB2LSB;
}

static row_source source_of(TIFF *tiff, const tiff_picture *picture) {
    if (picture->is_tiled) {
        return ROWS_TILES;
    }
    if (picture->compression == COMPRESSION_NONE && has_usual_bits(tiff)) {
        return ROWS_PLAIN;
    }
    if (picture->compression == COMPRESSION_PACKBITS && has_usual_bits(tiff)) {
        return ROWS_PACKBITS;
    }
    return rows_per_strip(tiff, picture) <= LONGEST_WHOLE_STRIP / row_bytes(picture) ? ROWS_STRIPS : ROWS_SCANLINES;
}

static void fill_header(const fpx_tiff_input *input, const tiff_picture *picture, const fpx_photo_request *request,
                        fpx_photo_header *header) {
    TIFF *tiff = input->tiff;
    bool takes_alpha = request->channels == FPX_PHOTO_ALL_CHANNELS_AND_ALPHA && picture->has_alpha;
    header->format = FPX_PHOTO_TIFF;
    header->page = (fpx_photo_page){.position = picture->directory, .plane = picture->plane};
    header->width = picture->width;
    header->height = picture->height;
    header->channels = (request->channels == FPX_PHOTO_LUMA ? 1u : picture->colours) + (takes_alpha ? 1u : 0u);
    header->bits_per_sample = picture->bits;
    header->coded_unit_width = picture->coded_unit_width;
    header->coded_unit_height = picture->coded_unit_height;
    uint64_t stored = (uint64_t)row_bytes(picture);
    uint64_t planes = picture->is_planar ? picture->colours : 1;
    switch (source_of(tiff, picture)) {
    case ROWS_PLAIN: header->decoder_bytes = 2 * planes * stored; break;
    case ROWS_PACKBITS: header->decoder_bytes = planes * (stored + FPX_PACKBITS_BUFFER); break;
    case ROWS_STRIPS:
        header->decoder_bytes = planes * stored * rows_per_strip(tiff, picture) +
                                longest_strip(tiff, input->file_bytes) + ((uint64_t)1 << 17);
        header->is_decoded_whole = rows_per_strip(tiff, picture) >= picture->height && picture->height > 16;
        break;
    case ROWS_SCANLINES:
        header->decoder_bytes = planes * (longest_strip(tiff, input->file_bytes) + 4 * stored + ((uint64_t)1 << 17));
        break;
    case ROWS_TILES: {
        uint32_t tile_height = 0;
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tile_height);
        header->decoder_bytes = planes * stored * tile_height + 2 * TIFFTileSize64(tiff);
        header->is_decoded_whole = tile_height >= picture->height;
        break;
    }
    }
    uint16_t largest = 0;
    if (picture->bits <= 16 && TIFFGetField(tiff, TIFFTAG_MAXSAMPLEVALUE, &largest) != 0 && largest > 0) {
        header->white_level = largest;
    }
    // Of a mosaic that is named by its pattern alone, other channels have no place in it.
    if (header->channels != 1) {
        header->pattern_rows = 0;
        header->pattern_columns = 0;
        header->pattern[0] = 0;
    }
}

// MARK: - Rows

static fpx_photo_status damaged(const fpx_tiff_input *input, fpx_photo_error *error) {
    return fpx_tiff_input_failure(input, error);
}

/// True when libtiff has nothing to complain of.
static bool is_sound(const fpx_tiff_input *input) { return input->complaint[0] == 0; }

/// Fails when a strip or tile does not lie within the file: libtiff may give what there is.
static fpx_photo_status check_extent(fpx_tiff_input *input, uint32_t number, fpx_photo_error *error) {
    uint64_t offset = TIFFGetStrileOffset(input->tiff, number);
    uint64_t byte_count = TIFFGetStrileByteCount(input->tiff, number);
    if (!is_sound(input)) {
        return damaged(input, error);
    }
    if (byte_count == 0 || offset == 0) {
        fpx_photo_explain(error, "damaged TIFF: a part of the picture is not in the file");
        return FPX_PHOTO_CORRUPT;
    }
    if (offset > input->file_bytes || byte_count > input->file_bytes - offset) {
        input->ran_out = true;
        return damaged(input, error);
    }
    return FPX_PHOTO_OK;
}

static uint64_t strips_per_plane(const tiff_decoder *self) {
    return ((uint64_t)self->picture.height + self->rows_per_strip - 1) / self->rows_per_strip;
}

/// Reads whole rows of one strip of an uncompressed picture, as many as are asked for and the strip has; `*got` says
/// how many.
static fpx_photo_status read_plain_rows(tiff_decoder *self, size_t plane, size_t row, size_t row_count, uint8_t *rows,
                                        size_t *got, fpx_photo_error *error) {
    fpx_tiff_input *input = &self->inputs[0];
    uint32_t strip = (uint32_t)(row / self->rows_per_strip);
    size_t row_in_strip = row % self->rows_per_strip;
    size_t strip_rows = self->rows_per_strip - row_in_strip;
    size_t count = row_count < strip_rows ? row_count : strip_rows;
    uint32_t number = (uint32_t)(strip + plane * strips_per_plane(self));
    uint64_t start = TIFFGetStrileOffset(input->tiff, number);
    uint64_t byte_count = TIFFGetStrileByteCount(input->tiff, number);
    if (self->picture.planes > 1) {
        // The pictures of such a stack follow each other as if each were one strip.
        start = TIFFGetStrileOffset(input->tiff, 0) +
                self->stored_row_bytes * (self->picture.plane * self->picture.height + (row - row_in_strip));
        byte_count = (uint64_t)self->stored_row_bytes * self->rows_per_strip;
    }
    if (!is_sound(input)) {
        return damaged(input, error);
    }
    uint64_t offset = (uint64_t)row_in_strip * self->stored_row_bytes;
    uint64_t wanted = (uint64_t)count * self->stored_row_bytes;
    if (start == 0 || byte_count < offset + wanted) {
        fpx_photo_explain(error, "damaged TIFF: a part of the picture is not in the file");
        return FPX_PHOTO_CORRUPT;
    }
    if (start > INT64_MAX || !fpx_byte_source_read_at(self->operations.source, rows, wanted, start + offset)) {
        input->ran_out = true;
        return damaged(input, error);
    }
    if (self->swaps_bytes) {
        fpx_swap_samples(rows, wanted, self->picture.bits);
    }
    *got = count;
    return FPX_PHOTO_OK;
}

/// Unpacks whole rows of one strip, as `read_plain_rows` reads them. Rows of a plane are asked for in their order.
static fpx_photo_status read_packbits_rows(tiff_decoder *self, size_t plane, size_t row, size_t row_count,
                                           uint8_t *rows, size_t *got, fpx_photo_error *error) {
    fpx_tiff_input *input = &self->inputs[0];
    fpx_packbits *packbits = &self->packbits[plane];
    size_t row_in_strip = row % self->rows_per_strip;
    if (row_in_strip == 0) {
        uint32_t strip = (uint32_t)(row / self->rows_per_strip + plane * strips_per_plane(self));
        fpx_photo_status status = check_extent(input, strip, error);
        if (status != FPX_PHOTO_OK) {
            return status;
        }
        fpx_packbits_begin(packbits, TIFFGetStrileOffset(input->tiff, strip),
                           TIFFGetStrileByteCount(input->tiff, strip));
    }
    size_t strip_rows = self->rows_per_strip - row_in_strip;
    size_t count = row_count < strip_rows ? row_count : strip_rows;
    size_t wanted = count * self->stored_row_bytes;
    switch (fpx_packbits_read(packbits, self->operations.source, rows, wanted)) {
    case FPX_PACKBITS_OK: break;
    case FPX_PACKBITS_SHORT:
        fpx_photo_explain(error, "damaged TIFF: a strip that PackBits has compressed ends before its rows do");
        return FPX_PHOTO_CORRUPT;
    case FPX_PACKBITS_UNREADABLE: input->ran_out = true; return damaged(input, error);
    }
    if (self->swaps_bytes) {
        fpx_swap_samples(rows, wanted, self->picture.bits);
    }
    *got = count;
    return FPX_PHOTO_OK;
}

static fpx_photo_status read_scanline(tiff_decoder *self, size_t plane, size_t row, uint8_t *destination,
                                      fpx_photo_error *error) {
    fpx_tiff_input *input = &self->inputs[plane];
    if (row % self->rows_per_strip == 0) {
        uint32_t strip = (uint32_t)(row / self->rows_per_strip + plane * strips_per_plane(self));
        fpx_photo_status status = check_extent(input, strip, error);
        if (status != FPX_PHOTO_OK) {
            return status;
        }
    }
    input->reads_samples = true;
    int result = TIFFReadScanline(input->tiff, destination, (uint32_t)row, (uint16_t)plane);
    return result == 1 && is_sound(input) ? FPX_PHOTO_OK : damaged(input, error);
}

/// Decodes the strip that begins with `row` into the plane's buffer.
static fpx_photo_status read_strip(tiff_decoder *self, size_t plane, size_t row, fpx_photo_error *error) {
    fpx_tiff_input *input = &self->inputs[0];
    uint32_t number = (uint32_t)(row / self->rows_per_strip + plane * strips_per_plane(self));
    fpx_photo_status status = check_extent(input, number, error);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    input->reads_samples = true;
    size_t left = self->picture.height - row;
    size_t rows = left < self->rows_per_strip ? left : self->rows_per_strip;
    tmsize_t wanted = (tmsize_t)(rows * self->stored_row_bytes);
    tmsize_t got = TIFFReadEncodedStrip(input->tiff, number, self->stored[plane], wanted);
    return got == wanted && is_sound(input) ? FPX_PHOTO_OK : damaged(input, error);
}

/// Decodes the tiles that hold `row`, which is the first of their rows, into the plane's buffer.
static fpx_photo_status read_tiles(tiff_decoder *self, size_t plane, size_t row, fpx_photo_error *error) {
    fpx_tiff_input *input = &self->inputs[0];
    input->reads_samples = true;
    size_t pixel_bytes = self->stored_row_bytes / self->picture.width;
    size_t tile_row_bytes = (size_t)self->tile_width * pixel_bytes;
    size_t rows = self->picture.height - row < self->tile_height ? self->picture.height - row : self->tile_height;
    for (uint32_t column = 0; column < self->picture.width; column += self->tile_width) {
        uint32_t number = TIFFComputeTile(input->tiff, column, (uint32_t)row, 0, (uint16_t)plane);
        fpx_photo_status status = check_extent(input, number, error);
        if (status != FPX_PHOTO_OK) {
            return status;
        }
        tmsize_t tile_bytes = (tmsize_t)(tile_row_bytes * self->tile_height);
        if (TIFFReadEncodedTile(input->tiff, number, self->tile, tile_bytes) != tile_bytes || !is_sound(input)) {
            return damaged(input, error);
        }
        size_t columns =
            self->picture.width - column < self->tile_width ? self->picture.width - column : self->tile_width;
        for (size_t line = 0; line < rows; line++) {
            memcpy(self->stored[plane] + line * self->stored_row_bytes + column * pixel_bytes,
                   self->tile + line * tile_row_bytes, columns * pixel_bytes);
        }
        if (self->tile_width > UINT32_MAX - column) {
            break;
        }
    }
    return FPX_PHOTO_OK;
}

/// Reads one row of each plane; `planes` receives where they are.
static fpx_photo_status read_stored_row(tiff_decoder *self, size_t row, const uint8_t **planes,
                                        fpx_photo_error *error) {
    for (size_t plane = 0; plane < plane_count(self); plane++) {
        fpx_photo_status status = FPX_PHOTO_OK;
        size_t got;
        size_t place = 0;
        switch (self->row_source) {
        case ROWS_PLAIN: status = read_plain_rows(self, plane, row, 1, self->stored[plane], &got, error); break;
        case ROWS_PACKBITS: status = read_packbits_rows(self, plane, row, 1, self->stored[plane], &got, error); break;
        case ROWS_STRIPS:
            place = row % self->rows_per_strip;
            status = place == 0 ? read_strip(self, plane, row, error) : FPX_PHOTO_OK;
            break;
        case ROWS_SCANLINES: status = read_scanline(self, plane, row, self->stored[plane], error); break;
        case ROWS_TILES:
            place = row % self->tile_height;
            status = place == 0 ? read_tiles(self, plane, row, error) : FPX_PHOTO_OK;
            break;
        }
        if (status != FPX_PHOTO_OK) {
            return status;
        }
        planes[plane] = self->stored[plane] + place * self->stored_row_bytes;
    }
    return FPX_PHOTO_OK;
}

static fpx_photo_status read_row(tiff_decoder *self, size_t row, uint8_t *destination, fpx_photo_error *error) {
    if (self->row_source == ROWS_SCANLINES && fpx_sample_layout_is_plain(&self->layout)) {
        return read_scanline(self, 0, row, destination, error);
    }
    const uint8_t *planes[MOST_PLANES];
    fpx_photo_status status = read_stored_row(self, row, planes, error);
    if (status == FPX_PHOTO_OK) {
        fpx_sample_layout_deliver(&self->layout, planes, destination);
    }
    return status;
}

static fpx_photo_status tiff_read_rows(fpx_photo_decoder *decoder, uint8_t *rows, ptrdiff_t stride_bytes,
                                       size_t row_count, fpx_photo_error *error) {
    tiff_decoder *self = (tiff_decoder *)decoder;
    if (row_count > self->picture.height - self->next_row) {
        fpx_photo_explain(error, "more rows asked for than the picture has");
        return FPX_PHOTO_CORRUPT;
    }
    bool is_packbits = self->row_source == ROWS_PACKBITS;
    bool is_direct = (self->row_source == ROWS_PLAIN || is_packbits) && fpx_sample_layout_is_plain(&self->layout);
    bool is_contiguous = stride_bytes == (ptrdiff_t)self->stored_row_bytes;
    size_t done = 0;
    while (done < row_count) {
        uint8_t *destination = rows + (ptrdiff_t)done * stride_bytes;
        size_t row = self->next_row + done;
        size_t got = 1;
        size_t wanted = is_contiguous ? row_count - done : 1;
        fpx_photo_status status = !is_direct    ? read_row(self, row, destination, error)
                                  : is_packbits ? read_packbits_rows(self, 0, row, wanted, destination, &got, error)
                                                : read_plain_rows(self, 0, row, wanted, destination, &got, error);
        if (status == FPX_PHOTO_OK) {
            status = fpx_sample_layout_check(&self->layout, destination, got, stride_bytes, row, "TIFF", error);
        }
        if (status != FPX_PHOTO_OK) {
            return status;
        }
        done += got;
    }
    self->next_row += row_count;
    return FPX_PHOTO_OK;
}

static fpx_photo_status tiff_finish(fpx_photo_decoder *decoder, fpx_photo_error *error) {
    // Every row was read, and with it every strip to its end; a TIFF has no end mark.
    (void)decoder, (void)error;
    return FPX_PHOTO_OK;
}

/// Whether no strip, or tile, lies on another one: otherwise a sample would have a share in others.
static bool has_own_places(tiff_decoder *self) {
    TIFF *tiff = self->inputs[0].tiff;
    // libtiff says the same of tiles under this name.
    uint32_t count = TIFFNumberOfStrips(tiff);
    byte_range *ranges = malloc((size_t)count * sizeof *ranges);
    bool is_own = ranges != NULL;
    for (uint32_t strip = 0; is_own && strip < count; strip++) {
        uint64_t start = TIFFGetStrileOffset(tiff, strip);
        uint64_t bytes = TIFFGetStrileByteCount(tiff, strip);
        is_own = bytes <= INT64_MAX && start <= INT64_MAX;
        ranges[strip] = (byte_range){.start = start, .end = start + bytes};
    }
    is_own = is_own && !fpx_byte_ranges_overlap(ranges, count);
    free(ranges);
    return is_own;
}

static bool tiff_place(fpx_photo_decoder *decoder, size_t row, size_t column, size_t channel, fpx_sample_place *place) {
    tiff_decoder *self = (tiff_decoder *)decoder;
    const tiff_picture *picture = &self->picture;
    TIFF *tiff = self->inputs[0].tiff;
    bool is_plain = picture->compression == COMPRESSION_NONE && has_usual_bits(tiff);
    // At the first sample: whether there are places at all.
    if ((picture->compression != COMPRESSION_NONE && !is_packed_without_loss(picture->compression)) ||
        (row == 0 && column == 0 && channel == 0 && !has_own_places(self))) {
        return false;
    }
    size_t plane = picture->is_planar ? channel : 0;
    unsigned byte_count = picture->bits / 8;
    uint32_t unit;
    uint64_t start;
    if (self->row_source == ROWS_TILES) {
        unit = TIFFComputeTile(tiff, (uint32_t)column, (uint32_t)row, 0, (uint16_t)plane);
        start = row % self->tile_height * self->tile_width * (self->stored_row_bytes / picture->width);
        column %= self->tile_width;
    } else if (picture->planes > 1) {
        unit = 0;
        start = self->stored_row_bytes * (picture->plane * picture->height + row);
    } else {
        unit = (uint32_t)(row / self->rows_per_strip + plane * strips_per_plane(self));
        start = row % self->rows_per_strip * self->stored_row_bytes;
    }
    *place = (fpx_sample_place){
        .offset = (is_plain ? TIFFGetStrileOffset(tiff, unit) : 0) + start +
                  (picture->is_planar ? column : column * picture->stored_channels + channel) * byte_count,
        .is_packed = !is_plain,
        .unit = unit,
        .byte_count = byte_count,
        .is_big_endian = is_plain && TIFFIsBigEndian(tiff) != 0,
    };
    return true;
}

static fpx_photo_status tiff_repack(fpx_photo_decoder *decoder, fpx_bytes *file, fpx_packed_sample *samples,
                                    size_t sample_count, unsigned byte_count, fpx_photo_error *error) {
    const tiff_decoder *self = (const tiff_decoder *)decoder;
    return fpx_tiff_repack(file, self->picture.directory, samples, sample_count, byte_count, error);
}

static void tiff_close(fpx_photo_decoder *decoder) {
    tiff_decoder *self = (tiff_decoder *)decoder;
    for (size_t plane = 0; plane < MOST_PLANES; plane++) {
        fpx_tiff_input_close(&self->inputs[plane]);
        free(self->stored[plane]);
        free(self->packbits[plane].buffer);
    }
    free(self->tile);
    free(self);
}

// MARK: - Opening

/// Goes to the directory at `position`, the first one when it is 0.
static bool go_to(fpx_tiff_input *input, uint64_t position) {
    bool is_there =
        position == 0 ? TIFFReadDirectory(input->tiff) != 0 : TIFFSetSubDirectory(input->tiff, position) != 0;
    return is_there && TIFFCurrentDirOffset(input->tiff) != 0;
}

static fpx_photo_status prepare_tiles(tiff_decoder *self, uint64_t maximum_pixels, fpx_photo_error *error) {
    TIFF *tiff = self->inputs[0].tiff;
    // A small picture may lie in one tile of usual size.
    enum { USUAL_TILE_PIXELS = 1 << 20 };
    if (TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &self->tile_width) == 0 ||
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &self->tile_height) == 0 || self->tile_width == 0 ||
        self->tile_height == 0) {
        fpx_photo_explain(error, "damaged TIFF: tiles without width or height");
        return FPX_PHOTO_CORRUPT;
    }
    uint64_t tile_pixels = (uint64_t)self->tile_width * self->tile_height;
    fpx_photo_status status = FPX_PHOTO_OK;
    if (tile_pixels > USUAL_TILE_PIXELS) {
        status = fpx_photo_check_size(self->tile_width, self->tile_height, maximum_pixels, error);
    }
    uint64_t pixel_bytes = self->stored_row_bytes / self->picture.width;
    if (status == FPX_PHOTO_OK && TIFFTileSize64(tiff) != tile_pixels * pixel_bytes) {
        fpx_photo_explain(error, "damaged TIFF: its tiles are not as large as they say");
        status = FPX_PHOTO_CORRUPT;
    }
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    self->tile = malloc((size_t)(tile_pixels * pixel_bytes));
    if (self->tile == NULL) {
        fpx_photo_explain(error, "no memory is left for the tiles of a TIFF");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    return FPX_PHOTO_OK;
}

static fpx_photo_status prepare_strips(tiff_decoder *self, fpx_photo_error *error) {
    TIFF *tiff = self->inputs[0].tiff;
    self->rows_per_strip = rows_per_strip(tiff, &self->picture);
    if (self->row_source != ROWS_PLAIN && TIFFScanlineSize64(tiff) != self->stored_row_bytes) {
        fpx_photo_explain(error, "damaged TIFF: its rows are not as long as they say");
        return FPX_PHOTO_CORRUPT;
    }
    return FPX_PHOTO_OK;
}

/// Makes room, and opens the file once for each compressed plane.
static fpx_photo_status prepare_planes(tiff_decoder *self, fpx_photo_error *error) {
    bool is_banded = self->row_source == ROWS_TILES || self->row_source == ROWS_STRIPS;
    size_t rows = !is_banded ? 1 : self->row_source == ROWS_TILES ? self->tile_height : self->rows_per_strip;
    rows = rows > self->picture.height ? self->picture.height : rows;
    bool is_direct = !is_banded && fpx_sample_layout_is_plain(&self->layout);
    for (size_t plane = 0; plane < plane_count(self); plane++) {
        self->stored[plane] = is_direct ? NULL : malloc(rows * self->stored_row_bytes);
        if (!is_direct && self->stored[plane] == NULL) {
            fpx_photo_explain(error, "no memory is left for the rows of a TIFF");
            return FPX_PHOTO_OUT_OF_MEMORY;
        }
        if (self->row_source == ROWS_PACKBITS && (self->packbits[plane].buffer = malloc(FPX_PACKBITS_BUFFER)) == NULL) {
            fpx_photo_explain(error, "no memory is left for the strips of a TIFF");
            return FPX_PHOTO_OUT_OF_MEMORY;
        }
        if (plane == 0 || self->row_source != ROWS_SCANLINES) {
            continue;
        }
        if (!fpx_tiff_input_open(&self->inputs[plane], self->operations.source) ||
            !go_to(&self->inputs[plane], self->picture.directory)) {
            return fpx_tiff_input_failure(&self->inputs[plane], error);
        }
        if (self->picture.compression == COMPRESSION_JPEG) {
            TIFFSetField(self->inputs[plane].tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        }
    }
    return FPX_PHOTO_OK;
}

static fpx_photo_status prepare_rows(tiff_decoder *self, const fpx_photo_request *request, fpx_photo_error *error) {
    const tiff_picture *picture = &self->picture;
    TIFF *tiff = self->inputs[0].tiff;
    self->row_source = source_of(tiff, picture);
    self->stored_row_bytes = row_bytes(picture);
    self->swaps_bytes = TIFFIsByteSwapped(tiff) != 0;
    self->layout = (fpx_sample_layout){
        .width = picture->width,
        .bits = picture->bits,
        .stored_channels = picture->stored_channels,
        .colours = picture->colours,
        .is_planar = picture->is_planar,
        .takes_alpha = request->channels == FPX_PHOTO_ALL_CHANNELS_AND_ALPHA && picture->has_alpha,
        .makes_luma = request->channels == FPX_PHOTO_LUMA && picture->colours == 3,
    };
    fpx_photo_status status = self->row_source == ROWS_TILES ? prepare_tiles(self, request->maximum_pixels, error)
                                                             : prepare_strips(self, error);
    return status == FPX_PHOTO_OK ? prepare_planes(self, error) : status;
}

/// Reads one picture's header at the directory that libtiff is at.
static fpx_photo_status describe(fpx_tiff_input *input, const fpx_tiff_tags *tags, const fpx_photo_request *request,
                                 tiff_picture *picture, fpx_photo_header *header, fpx_photo_error *error) {
    picture->directory = TIFFCurrentDirOffset(input->tiff);
    header->format = FPX_PHOTO_TIFF;
    header->page = (fpx_photo_page){.position = picture->directory, .plane = picture->plane};
    fpx_photo_status status = read_picture(input, request->maximum_pixels, picture, error);
    if (status != FPX_PHOTO_OK) {
        return status;
    }
    bool is_only = picture->directory == tags->first_directory && TIFFLastDirectory(input->tiff) != 0;
    picture->planes = imagej_pictures(input->tiff, picture, is_only, input->file_bytes, row_bytes(picture));
    if ((status = check_paid(input, picture, error)) != FPX_PHOTO_OK) {
        return status;
    }
    if (picture->plane >= picture->planes) {
        fpx_photo_explain(error, "damaged TIFF: it does not have this picture any more");
        return FPX_PHOTO_CORRUPT;
    }
    fpx_tiff_tags_pattern(tags, picture->directory, header);
    if (request->only_headers) {
        fpx_tiff_tags_describe(tags, picture->directory, header);
    }
    fill_header(input, picture, request, header);
    return FPX_PHOTO_OK;
}

/// Whether a directory holds a smaller copy or a mask of another picture.
static bool is_side_picture(TIFF *tiff) {
    uint32_t type = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SUBFILETYPE, &type);
    return (type & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0;
}

/// False when the file has too many pictures.
static bool visit_directory(fpx_tiff_input *input, const fpx_tiff_tags *tags, const fpx_photo_request *request) {
    fpx_photo_header header;
    fpx_photo_clear_header(&header);
    tiff_picture picture = {0};
    fpx_photo_error error = {0};
    fpx_photo_status status = describe(input, tags, request, &picture, &header, &error);
    bool goes_on = fpx_photo_tell(input->source, request, status, &header, &error);
    for (uint64_t plane = 1; goes_on && status == FPX_PHOTO_OK && plane < picture.planes; plane++) {
        header.page.plane = plane;
        goes_on = fpx_photo_tell(input->source, request, status, &header, &error);
    }
    // What libtiff has complained of concerns this picture alone.
    input->complaint[0] = 0;
    return goes_on;
}

/// Visits all pictures from the directory on that libtiff is at.
static fpx_photo_status visit_all(fpx_tiff_input *input, const fpx_tiff_tags *tags, const fpx_photo_request *request,
                                  fpx_photo_error *error) {
    bool goes_on = visit_directory(input, tags, request);
    while (goes_on && TIFFLastDirectory(input->tiff) == 0) {
        // libtiff knows where it has been: directories that lead back to an earlier one are an error.
        if (TIFFReadDirectory(input->tiff) == 0) {
            return fpx_tiff_input_failure(input, error);
        }
        if (!is_side_picture(input->tiff)) {
            goes_on = visit_directory(input, tags, request);
        }
    }
    return FPX_PHOTO_OK;
}

fpx_photo_status fpx_tiff_open(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_decoder **decoder,
                               fpx_photo_header *header, fpx_photo_error *error) {
    tiff_decoder *self = calloc(1, sizeof *self);
    if (self == NULL) {
        fpx_photo_explain(error, "no memory is left for a TIFF decoder");
        return FPX_PHOTO_OUT_OF_MEMORY;
    }
    self->operations = (fpx_photo_decoder){.read_rows = tiff_read_rows,
                                           .finish = tiff_finish,
                                           .close = tiff_close,
                                           .source = source,
                                           .place = tiff_place,
                                           .repack = tiff_repack};
    fpx_tiff_input *input = &self->inputs[0];
    fpx_tiff_tags tags;
    fpx_photo_status status = FPX_PHOTO_OK;
    if (!fpx_tiff_tags_open(source, &tags) || !fpx_tiff_input_open(input, source) ||
        !go_to(input, request->page.position)) {
        input->ran_out = input->ran_out || source->system_errno != 0 || input->file_bytes < 8;
        status = fpx_tiff_input_failure(input, error);
    } else if (request->visit != NULL) {
        status = visit_all(input, &tags, request, error);
        tiff_close(&self->operations);
        return status;
    } else {
        self->picture.plane = request->page.plane;
        status = describe(input, &tags, request, &self->picture, header, error);
    }
    if (status == FPX_PHOTO_OK && !request->only_headers) {
        status = prepare_rows(self, request, error);
    }
    if (status != FPX_PHOTO_OK) {
        tiff_close(&self->operations);
        return status;
    }
    *decoder = &self->operations;
    return FPX_PHOTO_OK;
}

#else

#include "photo_internal.h"

fpx_photo_status fpx_tiff_open(fpx_byte_source *source, const fpx_photo_request *request, fpx_photo_decoder **decoder,
                               fpx_photo_header *header, fpx_photo_error *error) {
    (void)source, (void)request, (void)decoder, (void)header;
    fpx_photo_explain(error, "a TIFF file, which this fastpix is built without (trait TIFF)");
    return FPX_PHOTO_UNSUPPORTED;
}

#endif
