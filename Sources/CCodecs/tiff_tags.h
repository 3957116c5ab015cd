/// Reads tags of TIFF directories, as EXIF, DNG and TIFF files have them (TIFF 6.0, section 2; BigTIFF); not public.
///
/// libtiff reads pictures; what a camera says about them is read here, because libtiff knows EXIF only by leaving the
/// picture's directory, and LibRaw keeps few of these tags.
#ifndef FPX_TIFF_TAGS_H
#define FPX_TIFF_TAGS_H

#include "photo_internal.h"

/// The tags that are looked for.
enum {
    FPX_TIFF_SUBFILE_TYPE = 254,
    FPX_TIFF_IMAGE_WIDTH = 256,
    FPX_TIFF_IMAGE_HEIGHT = 257,
    FPX_TIFF_BITS = 258,
    FPX_TIFF_COMPRESSION = 259,
    FPX_TIFF_PHOTOMETRIC = 262,
    FPX_TIFF_FILL_ORDER = 266,
    FPX_TIFF_IMAGE_DESCRIPTION = 270,
    FPX_TIFF_MAKE = 271,
    FPX_TIFF_MODEL = 272,
    FPX_TIFF_STRIP_OFFSETS = 273,
    FPX_TIFF_SAMPLES = 277,
    FPX_TIFF_STRIP_BYTE_COUNTS = 279,
    FPX_TIFF_SOFTWARE = 305,
    FPX_TIFF_TILE_WIDTH = 322,
    FPX_TIFF_TILE_HEIGHT = 323,
    FPX_TIFF_TILE_OFFSETS = 324,
    FPX_TIFF_TILE_BYTE_COUNTS = 325,
    FPX_TIFF_SUB_DIRECTORIES = 330,
    FPX_TIFF_SAMPLE_FORMAT = 339,
    FPX_TIFF_XMP = 700,
    FPX_TIFF_CFA_DIMENSIONS = 33421,
    FPX_TIFF_CFA_PATTERN = 33422,
    FPX_TIFF_EXPOSURE_TIME = 33434,
    FPX_TIFF_EXIF = 34665,
    FPX_TIFF_ISO = 34855,
    FPX_TIFF_TIME_ORIGINAL = 36867,
    FPX_TIFF_SUBSECOND_ORIGINAL = 37521,
    FPX_TIFF_PIXEL_WIDTH = 40962,
    FPX_TIFF_PIXEL_HEIGHT = 40963,
    FPX_TIFF_BODY_SERIAL = 42033,
    FPX_TIFF_DNG_VERSION = 50706,
    FPX_TIFF_LINEARISATION = 50712,
    FPX_TIFF_DEFAULT_CROP_ORIGIN = 50719,
    FPX_TIFF_DEFAULT_CROP_SIZE = 50720,
    FPX_TIFF_CAMERA_SERIAL = 50735,
    FPX_TIFF_ACTIVE_AREA = 50829,
};

/// A TIFF file by its first bytes.
typedef struct fpx_tiff_tags {
    fpx_byte_source *_Nonnull source;
    bool is_big_endian;
    bool is_large;
    /// Where the first directory lies.
    uint64_t first_directory;
} fpx_tiff_tags;

/// One tag of a directory.
typedef struct fpx_tiff_tag {
    uint16_t type;
    uint64_t count;
    /// Where its values lie in the file.
    uint64_t position;
} fpx_tiff_tag;

/// False when the file does not begin like a TIFF.
bool fpx_tiff_tags_open(fpx_byte_source *_Nonnull source, fpx_tiff_tags *_Nonnull tags);

/// Finds a tag of the directory at `directory`; false when it is not there or the directory cannot be read.
bool fpx_tiff_tags_find(const fpx_tiff_tags *_Nonnull tags, uint64_t directory, uint16_t number,
                        fpx_tiff_tag *_Nonnull tag);

/// A whole number of a directory, its first one; `otherwise` when there is none.
uint64_t fpx_tiff_tags_number(const fpx_tiff_tags *_Nonnull tags, uint64_t directory, uint16_t number,
                              uint64_t otherwise);

/// One of a tag's values as a number; false when there is none.
bool fpx_tiff_tags_value(const fpx_tiff_tags *_Nonnull tags, const fpx_tiff_tag *_Nonnull tag, uint64_t index,
                         uint64_t *_Nonnull value);

/// The directories of pictures that a directory may name.
enum { FPX_TIFF_MOST_DIRECTORIES = 16 };

/// Fills where the first directory and those that it names lie; returns their number. `are_all`: none is out of reach.
size_t fpx_tiff_tags_directories(const fpx_tiff_tags *_Nonnull tags,
                                 uint64_t directories[_Nonnull FPX_TIFF_MOST_DIRECTORIES + 1], bool *_Nonnull are_all);

/// Up to `capacity` bytes of a tag's values; returns their number.
size_t fpx_tiff_tags_bytes(const fpx_tiff_tags *_Nonnull tags, uint64_t directory, uint16_t number,
                           uint8_t *_Nonnull bytes, size_t capacity);

/// Fills the colour pattern from a directory.
void fpx_tiff_tags_pattern(const fpx_tiff_tags *_Nonnull tags, uint64_t directory, fpx_photo_header *_Nonnull header);

/// Fills make, model, serial, capture and band from a directory and from the EXIF directory that it names.
void fpx_tiff_tags_describe(const fpx_tiff_tags *_Nonnull tags, uint64_t directory, fpx_photo_header *_Nonnull header);

/// Where the directory of a DNG's raw picture lies when its samples are floating-point numbers: the first one or one
/// that it names; 0 when they are not.
uint64_t fpx_tiff_tags_float_raw(const fpx_tiff_tags *_Nonnull tags);

/// Whether the first directory, or one that it names, has a colour pattern of 36 places without its sides of six:
/// LibRaw 0.20 writes it into memory without an end.
bool fpx_tiff_tags_has_loose_pattern(const fpx_tiff_tags *_Nonnull tags);

/// Whether the file goes on to the end of every strip and tile of the first directory and of those that it names.
/// LibRaw decodes what is not there to samples without a word.
bool fpx_tiff_tags_hold_pictures(const fpx_tiff_tags *_Nonnull tags);

/// Which part of the sensor pictures show that are made of a DNG: left, top, width, height, from the sensor's corner.
/// False when the file does not tell, or not in whole pixels. LibRaw 0.20 does not hand this on.
bool fpx_tiff_tags_dng_crop(const fpx_tiff_tags *_Nonnull tags, uint64_t crop[_Nonnull 4]);

/// Where the samples of a DNG's raw picture of this size begin when they lie in the file row by row, as they are:
/// 16-bit, one a pixel, not compressed, without a table to be looked up in. 0 when they do not.
uint64_t fpx_tiff_tags_plain_raw(const fpx_tiff_tags *_Nonnull tags, uint32_t width, uint32_t height);

/// Whether the active area of a picture is all of it.
bool fpx_tiff_tags_is_without_border(const fpx_tiff_tags *_Nonnull tags, uint64_t directory, uint32_t width,
                                     uint32_t height);

#endif
