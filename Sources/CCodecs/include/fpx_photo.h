/// Photo files in, rows of samples out: a shim over libjpeg-turbo, libpng, libexif, libtiff and LibRaw, and a
/// reader of FITS.
///
/// Some of the libraries report errors by longjmp. Every function here catches its own jump, so none ever crosses a
/// caller's frame. Handles belong to one thread at a time; different handles are independent.
#ifndef FPX_PHOTO_H
#define FPX_PHOTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpx_codec_enum.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum FPX_CODEC_ENUM fpx_photo_format {
    FPX_PHOTO_JPEG FPX_CODEC_NAME("jpeg") = 0,
    FPX_PHOTO_PNG FPX_CODEC_NAME("png") = 1,
    FPX_PHOTO_TIFF FPX_CODEC_NAME("tiff") = 2,
    FPX_PHOTO_FITS FPX_CODEC_NAME("fits") = 3,
    FPX_PHOTO_RAW FPX_CODEC_NAME("raw") = 4,
} fpx_photo_format;

typedef enum FPX_CODEC_ENUM fpx_photo_status {
    FPX_PHOTO_OK FPX_CODEC_NAME("ok") = 0,
    /// No bytes at all.
    FPX_PHOTO_EMPTY FPX_CODEC_NAME("empty") = 1,
    /// Of no format that is read, by content.
    FPX_PHOTO_NOT_AN_IMAGE FPX_CODEC_NAME("notAnImage") = 2,
    /// A file of a known format, but of a kind that fastpix does not take (CMYK, 12-bit JPEG, ...), or of a format that
    /// this build leaves out.
    FPX_PHOTO_UNSUPPORTED FPX_CODEC_NAME("unsupported") = 3,
    /// The bytes end before the image does.
    FPX_PHOTO_TRUNCATED FPX_CODEC_NAME("truncated") = 4,
    /// Damaged data. Decoders could still paint something; its samples would not be the camera's.
    FPX_PHOTO_CORRUPT FPX_CODEC_NAME("corrupt") = 5,
    /// More pixels than the caller's limit.
    FPX_PHOTO_TOO_LARGE FPX_CODEC_NAME("tooLarge") = 6,
    FPX_PHOTO_OUT_OF_MEMORY FPX_CODEC_NAME("outOfMemory") = 7,
    /// Reading the file failed; `system_errno` tells why.
    FPX_PHOTO_UNREADABLE FPX_CODEC_NAME("unreadable") = 8,
} fpx_photo_status;

/// Which samples of a pixel are decoded.
typedef enum FPX_CODEC_ENUM fpx_photo_channels {
    /// Grey, or red, green and blue.
    FPX_PHOTO_ALL_CHANNELS FPX_CODEC_NAME("all") = 0,
    /// One sample per pixel: Y of JFIF (ITU-R BT.601), 0.299 red + 0.587 green + 0.114 blue. JPEG files store it, so
    /// that neither upsampling nor colour conversion is needed; from RGB samples it is computed in 16-bit fixed point
    /// as libjpeg does.
    FPX_PHOTO_LUMA FPX_CODEC_NAME("luma") = 1,
    /// As FPX_PHOTO_ALL_CHANNELS, and when the file has transparency of any kind, alpha as the last channel (not
    /// premultiplied, as PNG stores it).
    FPX_PHOTO_ALL_CHANNELS_AND_ALPHA FPX_CODEC_NAME("allAndAlpha") = 2,
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

/// Which picture of a file. All zero is the first; other values are those of a header that fpx_photo_visit has handed
/// out.
typedef struct fpx_photo_page {
    /// Where the picture's own header lies in the file, in bytes from its beginning; 0 for the first.
    uint64_t position;
    /// Its number, from 0, among pictures that share one header.
    uint64_t plane;
    /// Raw files only, to be set by the caller: the masked border of the sensor is part of the picture, too.
    bool has_masked_border;
    /// To be set by the caller: what leaves the picture whole, but is against the format (fpx_photo_oddities), is
    /// damage.
    bool is_strict;
} fpx_photo_page;

/// What is against the format and leaves the picture whole, as every other reader shows it. Bits of fpx_photo_oddities.
enum {
    /// JPEG: bytes that belong to nothing between header segments.
    FPX_PHOTO_ODD_BYTES_BETWEEN_SEGMENTS = 1,
    /// JPEG: fields of a progressive scan in a baseline one.
    FPX_PHOTO_ODD_SCAN_FIELDS = 2,
    /// JPEG: zeros behind the data of a restart interval.
    FPX_PHOTO_ODD_PADDING = 4,
    /// JPEG: Adobe's segment names a transform for four components, and there are three.
    FPX_PHOTO_ODD_ADOBE_TRANSFORM = 8,
    /// PNG: bytes behind the end of the compressed stream.
    FPX_PHOTO_ODD_BYTES_BEHIND_STREAM = 16,
};

/// What the picture is of.
typedef enum FPX_CODEC_ENUM fpx_photo_kind {
    FPX_PHOTO_KIND_UNKNOWN FPX_CODEC_NAME("unknown") = 0,
    FPX_PHOTO_LIGHT FPX_CODEC_NAME("light") = 1,
    FPX_PHOTO_DARK FPX_CODEC_NAME("dark") = 2,
    FPX_PHOTO_FLAT FPX_CODEC_NAME("flat") = 3,
    FPX_PHOTO_BIAS FPX_CODEC_NAME("bias") = 4,
} fpx_photo_kind;

/// Which way the rows of a file go, where a file can say so.
typedef enum FPX_CODEC_ENUM fpx_photo_row_order {
    FPX_PHOTO_ROWS_UNKNOWN FPX_CODEC_NAME("unknown") = 0,
    FPX_PHOTO_ROWS_TOP_DOWN FPX_CODEC_NAME("topDown") = 1,
    FPX_PHOTO_ROWS_BOTTOM_UP FPX_CODEC_NAME("bottomUp") = 2,
} fpx_photo_row_order;

/// The most places that a colour pattern has.
enum { FPX_PHOTO_PATTERN_PLACES = 64 };

/// What the headers say, before any sample is decoded. Numbers that are doubles are NaN when the file does not say.
typedef struct fpx_photo_header {
    fpx_photo_format format;
    fpx_photo_page page;
    /// Size in pixels of the stored picture; EXIF orientation is not applied.
    uint32_t width;
    uint32_t height;
    /// 1 (grey) or 3 (red, green, blue) as decoded, and one more for alpha when it is asked for and there; palettes
    /// are expanded.
    uint32_t channels;
    /// 8 or 16 as decoded, whole numbers; or 32, IEEE floating point. 1-, 2- and 4-bit samples of PNG are expanded to
    /// the 8-bit range.
    uint32_t bits_per_sample;
    /// The colours of a mosaic: `pattern_rows` x `pattern_columns` letters, row by row from the frame's top left, which
    /// repeat over the frame; 0 x 0 when it is none, or not known to be one.
    uint32_t pattern_rows;
    uint32_t pattern_columns;
    char pattern[FPX_PHOTO_PATTERN_PLACES + 1];
    /// What a FITS file says of its colours that is no pattern of four letters, so that its samples count as grey;
    /// empty when it says nothing, or that there are none.
    char unknown_pattern[16];
    /// Samples of no light and of saturation, in the units of the samples.
    double black_level;
    double white_level;
    /// Pixels that share compressed blocks: JPEG's minimum coded unit; 1x1 for PNG.
    uint32_t coded_unit_width;
    uint32_t coded_unit_height;
    /// Estimate of the bytes a decoder holds besides the rows: the whole picture for progressive JPEG and
    /// interlaced PNG, a few rows otherwise.
    uint64_t decoder_bytes;
    /// What the whole picture takes as it is unpacked at once: JPEG's coefficients, PNG's rows as stored, with what
    /// writing them again takes.
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
    /// The same where the file has it as one number.
    double exposure_seconds;
    /// The camera's own figure; units differ between makers.
    double gain;
    /// Of the sensor, in degrees Celsius.
    double temperature;
    fpx_photo_kind kind;
    /// Of FITS (ROWORDER). Rows are handed out as they are stored.
    fpx_photo_row_order row_order;
    /// Sensor pixels that one pixel sums up, across and down; 0 when the file does not say.
    uint32_t binning_columns;
    uint32_t binning_rows;
    /// The whole area of the sensor in a raw file, and where the picture's top left lies in it; 0 x 0 for others.
    uint32_t sensor_width;
    uint32_t sensor_height;
    uint32_t sensor_left;
    uint32_t sensor_top;
    /// The part of the sensor that is no masked border, which is what other programs count positions of raw files in;
    /// all 0 when not known.
    uint32_t visible_left;
    uint32_t visible_top;
    uint32_t visible_width;
    uint32_t visible_height;
    /// The part of the visible one that the camera's own pictures show, as the file says it; 0 x 0 when it does not.
    uint32_t crop_left;
    uint32_t crop_top;
    uint32_t crop_width;
    uint32_t crop_height;
    /// What tells sensors of one camera apart: a drone's XMP BandName, the name of a FITS extension; empty when absent.
    char band[128];
    /// EXIF Software: a camera's firmware, or the program that wrote the file.
    char software[128];
    /// The size that EXIF says, in pixels; 0 when absent.
    uint32_t exif_width;
    uint32_t exif_height;
    /// More than 1: a part of the sensor, enlarged.
    fpx_photo_fraction digital_zoom;
    /// Put together from several exposures (EXIF CompositeImage).
    bool is_composite;
    /// Developed from a raw file by Adobe's programs, with a lens profile, or saved by Photoshop (JPEG's XMP and
    /// APP13).
    bool is_developed;
    bool is_lens_corrected;
    bool is_saved_by_photoshop;
} fpx_photo_header;

typedef struct fpx_photo_decoder fpx_photo_decoder;

/// Whether this build reads files of that format.
bool fpx_photo_is_built_in(fpx_photo_format format);

/// Reads the headers of one picture of an open regular file, not its samples. `channels` decides what the header says
/// of them. `maximum_pixels` bounds width x height (0: no bound). On failure `error` is filled.
fpx_photo_status fpx_photo_probe(int file_descriptor, const fpx_photo_page *_Nonnull page, fpx_photo_channels channels,
                                 uint64_t maximum_pixels, fpx_photo_header *_Nonnull header,
                                 fpx_photo_error *_Nonnull error);

/// Hears of one picture of a file: FPX_PHOTO_OK and what its header says, or why it is refused; `header` has its page
/// in either case. Must return normally.
typedef void fpx_photo_visitor(void *_Nullable context, fpx_photo_status status,
                               const fpx_photo_header *_Nonnull header, const fpx_photo_error *_Nonnull error);

/// Reads the headers of all pictures of an open regular file (raw ones with the sensor's masked border, if wanted;
/// `is_strict` as in fpx_photo_page), in their order, and calls `visit` for each. Smaller copies
/// and masks of another picture of a TIFF are none of them. Returns FPX_PHOTO_OK when all were visited, whether refused
/// or not; otherwise what follows the last one visited cannot be read, and `error` is filled.
fpx_photo_status fpx_photo_visit(int file_descriptor, bool has_masked_border, bool is_strict,
                                 fpx_photo_channels channels, uint64_t maximum_pixels,
                                 fpx_photo_visitor *_Nonnull visit, void *_Nullable context,
                                 fpx_photo_error *_Nonnull error);

/// Starts decoding one picture of an open regular file. The descriptor must stay open until fpx_photo_close; its own
/// offset is not used, so that several decoders can share it. With FPX_PHOTO_LUMA a colour photo has one channel.
/// `header` is filled without the EXIF fields. On success `*decoder` is the caller's, on failure it is null.
fpx_photo_status fpx_photo_open(int file_descriptor, const fpx_photo_page *_Nonnull page, fpx_photo_channels channels,
                                uint64_t maximum_pixels, fpx_photo_decoder *_Nullable *_Nonnull decoder,
                                fpx_photo_header *_Nonnull header, fpx_photo_error *_Nonnull error);

/// Decodes the next `row_count` rows to `rows`, top to bottom: channels interleaved, wider samples in the machine's
/// byte order, floating-point ones finite, `stride_bytes` from row to row. Address and stride suit the samples' type:
/// libtiff decodes into the rows themselves. Asking for more rows than are left is an error. Damage that the libraries
/// only warn about is an error here: they fill in grey and go on. After a failure every further
/// call fails in the same way and writes nothing.
fpx_photo_status fpx_photo_read_rows(fpx_photo_decoder *_Nonnull decoder, uint8_t *_Nonnull rows,
                                     ptrdiff_t stride_bytes, size_t row_count, fpx_photo_error *_Nonnull error);

/// After the last row: checks that the file is complete to its end marker.
fpx_photo_status fpx_photo_finish(fpx_photo_decoder *_Nonnull decoder, fpx_photo_error *_Nonnull error);

/// Bits of what was odd in the file so far, though the picture is whole; complete after fpx_photo_finish.
uint32_t fpx_photo_oddities(const fpx_photo_decoder *_Nonnull decoder);

/// Of a file that is packed as a whole (.fits.gz): how many bytes it has been unpacked to by this decoder so far, its
/// work.
uint64_t fpx_photo_unpacked_bytes(const fpx_photo_decoder *_Nonnull decoder);

/// Frees the decoder, at any stage.
void fpx_photo_close(fpx_photo_decoder *_Nullable decoder);

#ifdef __cplusplus
}
#endif

#endif
