/// Photo files in, rows of samples out: a shim over libjpeg-turbo, libpng and libexif.
///
/// The libraries report errors by longjmp. Every function here catches its own jump, so none ever crosses a
/// caller's frame. Handles belong to one thread at a time; different handles are independent.
#ifndef FPX_PHOTO_H
#define FPX_PHOTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fpx_photo_format {
    FPX_PHOTO_JPEG = 1,
    FPX_PHOTO_PNG = 2,
} fpx_photo_format;

typedef enum fpx_photo_status {
    FPX_PHOTO_OK = 0,
    /// No bytes at all.
    FPX_PHOTO_EMPTY = 1,
    /// Neither JPEG nor PNG by content.
    FPX_PHOTO_NOT_AN_IMAGE = 2,
    /// A JPEG or PNG of a kind that fastpix does not take (CMYK, 12-bit JPEG, ...).
    FPX_PHOTO_UNSUPPORTED = 3,
    /// The bytes end before the image does.
    FPX_PHOTO_TRUNCATED = 4,
    /// Damaged data. Decoders could still paint something; its samples would not be the camera's.
    FPX_PHOTO_CORRUPT = 5,
    /// More pixels than the caller's limit.
    FPX_PHOTO_TOO_LARGE = 6,
    FPX_PHOTO_OUT_OF_MEMORY = 7,
    /// Reading the file failed; `system_errno` tells why.
    FPX_PHOTO_UNREADABLE = 8,
} fpx_photo_status;

/// Which samples of a pixel are decoded.
typedef enum fpx_photo_channels {
    /// Grey, or red, green and blue.
    FPX_PHOTO_ALL_CHANNELS = 0,
    /// One sample per pixel: Y of JFIF (ITU-R BT.601), 0.299 red + 0.587 green + 0.114 blue. JPEG files store it, so
    /// that neither upsampling nor colour conversion is needed; from RGB samples it is computed in 16-bit fixed point
    /// as libjpeg does.
    FPX_PHOTO_LUMA = 1,
    /// As FPX_PHOTO_ALL_CHANNELS, and when the file has transparency of any kind, alpha as the last channel (not
    /// premultiplied, as PNG stores it).
    FPX_PHOTO_ALL_CHANNELS_AND_ALPHA = 2,
} fpx_photo_channels;

/// What went wrong, in words.
typedef struct fpx_photo_error {
    char message[256];
    int system_errno;
} fpx_photo_error;

/// A number as EXIF has it; the denominator is 0 when it is not known.
typedef struct fpx_photo_fraction {
    uint32_t numerator;
    uint32_t denominator;
} fpx_photo_fraction;

/// What the headers say, before any sample is decoded.
typedef struct fpx_photo_header {
    fpx_photo_format format;
    /// Size in pixels of the stored picture; EXIF orientation is not applied.
    uint32_t width;
    uint32_t height;
    /// 1 (grey) or 3 (red, green, blue) as decoded, and one more for alpha when it is asked for and there; palettes
    /// are expanded.
    uint32_t channels;
    /// 8 or 16 as decoded; 1-, 2- and 4-bit samples are expanded to the 8-bit range.
    uint32_t bits_per_sample;
    /// Pixels that share compressed blocks: JPEG's minimum coded unit; 1x1 for PNG.
    uint32_t coded_unit_width;
    uint32_t coded_unit_height;
    /// Estimate of the bytes a decoder holds besides the rows: the whole picture for progressive JPEG and
    /// interlaced PNG, a few rows otherwise.
    uint64_t decoder_bytes;
    /// What the whole picture takes as it is unpacked at once: JPEG's coefficients, PNG's rows as stored.
    uint64_t whole_picture_bytes;
    /// Whether a decoder needs the whole file before it has a row: progressive JPEG, interlaced PNG.
    bool is_decoded_whole;
    /// EXIF camera make, model and body serial number, UTF-8 or Latin, trimmed; empty when absent.
    char make[128];
    char model[128];
    char serial[128];
    /// EXIF time of capture as the camera's clock had it, "2014:05:01 12:30:00", and the digits of its fraction of a
    /// second; empty when absent.
    char capture_time[32];
    char capture_subsecond[32];
    /// 0 when absent.
    uint32_t iso;
    /// In seconds.
    fpx_photo_fraction exposure_time;
    /// EXIF Software: a camera's firmware, or the program that wrote the file.
    char software[128];
    /// The size that EXIF says, in pixels; 0 when absent.
    uint32_t exif_width;
    uint32_t exif_height;
    /// More than 1: a part of the sensor, enlarged.
    fpx_photo_fraction digital_zoom;
    /// Put together from several exposures (EXIF CompositeImage).
    bool is_composite;
    /// Developed from a raw file by Adobe's programs, with a lens profile, or saved by Photoshop (JPEG's XMP and APP13).
    bool is_developed;
    bool is_lens_corrected;
    bool is_saved_by_photoshop;
} fpx_photo_header;

typedef struct fpx_photo_decoder fpx_photo_decoder;

/// Reads the headers of an open regular file, not its samples. `channels` decides what the header says of them.
/// `maximum_pixels` bounds width x height (0: no bound). On failure `error` is filled.
fpx_photo_status fpx_photo_probe(int file_descriptor, fpx_photo_channels channels, uint64_t maximum_pixels,
                                 fpx_photo_header *_Nonnull header, fpx_photo_error *_Nonnull error);

/// Starts decoding an open regular file from its beginning. The descriptor must stay open until fpx_photo_close; its
/// own offset is not used, so that several decoders can share it. With FPX_PHOTO_LUMA a colour photo has one channel.
/// `header` is filled without the EXIF fields. On
/// success `*decoder` is the caller's, on failure it is null.
fpx_photo_status fpx_photo_open(int file_descriptor, fpx_photo_channels channels, uint64_t maximum_pixels,
                                fpx_photo_decoder *_Nullable *_Nonnull decoder, fpx_photo_header *_Nonnull header,
                                fpx_photo_error *_Nonnull error);

/// Decodes the next `row_count` rows to `rows`, top to bottom: channels interleaved, 16-bit samples in the
/// machine's byte order, `stride_bytes` from row to row. Asking for more rows than are left is an error.
/// Damage that the libraries only warn about is an error here: they fill in grey and go on. After a failure every further
/// call fails in the same way and writes nothing.
fpx_photo_status fpx_photo_read_rows(fpx_photo_decoder *_Nonnull decoder, uint8_t *_Nonnull rows,
                                     ptrdiff_t stride_bytes, size_t row_count, fpx_photo_error *_Nonnull error);

/// After the last row: checks that the file is complete to its end marker.
fpx_photo_status fpx_photo_finish(fpx_photo_decoder *_Nonnull decoder, fpx_photo_error *_Nonnull error);

/// Frees the decoder, at any stage.
void fpx_photo_close(fpx_photo_decoder *_Nullable decoder);

#endif
