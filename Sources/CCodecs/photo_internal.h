/// Shared by the decoders of this target; not public.
#ifndef FPX_PHOTO_INTERNAL_H
#define FPX_PHOTO_INTERNAL_H

#include "fits_checksums.h"
#include "fpx_photo.h"
#include "fpx_photo_metadata.h"
#include "fpx_photo_repair.h"

/// The bytes of an open file, read in pieces from its beginning. It keeps its own offset, so that several decoders
/// can read one descriptor.
typedef struct fpx_byte_source {
    int file_descriptor;
    int64_t offset;
    /// Why reading failed; 0 when it did not.
    int system_errno;
    /// Whether odd files are refused, and what was odd in this one (FPX_PHOTO_ODD_...).
    bool is_strict;
    uint32_t oddities;
    /// Pictures that fpx_photo_tell has told of.
    uint64_t pictures;
    /// Bytes that gzip's stream of the whole file has been unpacked to.
    uint64_t unpacked_bytes;
    uint8_t buffer[65536];
} fpx_byte_source;

/// A source of a file from its beginning; null without memory. The buffer is not cleared: it is filled before it is
/// read.
fpx_byte_source *_Nullable fpx_byte_source_make(int file_descriptor, bool is_strict);

/// Reads up to `maximum_bytes` into the source's buffer and returns their number: 0 at the end of the file, or on a
/// read error, which sets system_errno. They stay valid until the next call.
size_t fpx_byte_source_next(fpx_byte_source *_Nonnull source, size_t maximum_bytes);

/// Reads the last bytes of the file, as many as fit the buffer, and returns their number; 0 on a read error. Reading
/// on with fpx_byte_source_next is not meant after this.
size_t fpx_byte_source_last(fpx_byte_source *_Nonnull source);

/// Where a sample of a picture lies in the file, and in which form.
typedef struct fpx_sample_place {
    uint64_t offset;
    /// It lies in a compressed strip or tile, of which `offset` counts the unpacked bytes; the rest says how it is
    /// stored there, in the order of bytes that `repack` knows.
    bool is_packed;
    uint32_t unit;
    /// 1, 2, or 4: floating point, unless `is_whole`.
    unsigned byte_count;
    /// Four bytes hold a signed whole number, `zero` less than the sample.
    bool is_whole;
    int64_t zero;
    bool is_big_endian;
    /// Bits that differ between the stored number and the sample.
    uint32_t flipped_bits;
    /// The sample is `base` and `scale` times the stored number; 0: not scaled.
    double scale;
    double base;
    /// A stored number that stands for no value, and is not to be written.
    bool has_blank;
    int64_t blank;
    /// The header has sums of the data (fits_checksums.h).
    bool is_checked;
    fpx_fits_checked checked;
} fpx_sample_place;

/// A new value for a sample of a compressed strip or tile.
typedef struct fpx_packed_sample {
    /// The strip or tile, as its format counts them.
    uint32_t unit;
    /// The sample's bits, in its lowest bytes.
    uint32_t bits;
    /// Bytes from the beginning of the unpacked strip or tile.
    uint64_t offset;
} fpx_packed_sample;

/// The operations of one format. A decoder struct of a format begins with this.
struct fpx_photo_decoder {
    fpx_photo_status (*_Nonnull read_rows)(fpx_photo_decoder *_Nonnull, uint8_t *_Nonnull, ptrdiff_t, size_t,
                                           fpx_photo_error *_Nonnull);
    fpx_photo_status (*_Nonnull finish)(fpx_photo_decoder *_Nonnull, fpx_photo_error *_Nonnull);
    /// Frees all but the source, which fpx_photo_close frees.
    void (*_Nonnull close)(fpx_photo_decoder *_Nonnull);
    fpx_byte_source *_Nonnull source;
    /// What reading or finishing failed with. The libraries are in no state to go on then, so that every further call
    /// fails in the same way and writes nothing.
    fpx_photo_status failure;
    fpx_photo_error failure_error;
    /// Where a sample of a row, column and channel is stored; false where samples are packed with losses or stored in
    /// another form than they are delivered in. Null for formats that always pack.
    bool (*_Nullable place)(fpx_photo_decoder *_Nonnull, size_t row, size_t column, size_t channel,
                            fpx_sample_place *_Nonnull place);
    /// Gives samples whose place is packed their values in the bytes of a file. Null for formats without such places.
    fpx_photo_status (*_Nullable repack)(fpx_photo_decoder *_Nonnull, fpx_bytes *_Nonnull file,
                                         fpx_packed_sample *_Nonnull samples, size_t sample_count, unsigned byte_count,
                                         fpx_photo_error *_Nonnull error);
};

/// What a caller wants of a file.
typedef struct fpx_photo_request {
    fpx_photo_page page;
    /// Fill the EXIF fields of the header; rows are not wanted then.
    bool only_headers;
    fpx_photo_channels channels;
    uint64_t maximum_pixels;
    /// Filled when not null; then only headers are read.
    fpx_photo_metadata *_Nullable metadata;
    /// When not null, all pictures of the file are wanted, headers only: openers of formats with several call it for
    /// each and make no decoder.
    fpx_photo_visitor *_Nullable visit;
    void *_Nullable visit_context;
} fpx_photo_request;

/// Reads headers and, unless only they are wanted, gets ready for rows. `source` must outlive the decoder. On failure
/// `*decoder` stays null and nothing is left to free but the source.
typedef fpx_photo_status fpx_photo_opener(fpx_byte_source *_Nonnull source, const fpx_photo_request *_Nonnull request,
                                          fpx_photo_decoder *_Nullable *_Nonnull decoder,
                                          fpx_photo_header *_Nonnull header, fpx_photo_error *_Nonnull error);
fpx_photo_opener fpx_jpeg_open;
fpx_photo_opener fpx_png_open;
fpx_photo_opener fpx_tiff_open;
fpx_photo_opener fpx_fits_open;
fpx_photo_opener fpx_raw_open;

/// How much the first bytes of a file, and its first TIFF directory, look like a camera's raw file.
typedef enum fpx_raw_likeness {
    FPX_RAW_NOT,
    /// Built as raw files are; it may be a TIFF.
    FPX_RAW_LIKELY,
    FPX_RAW_SURELY,
} fpx_raw_likeness;

fpx_raw_likeness fpx_raw_likeness_of(fpx_byte_source *_Nonnull source, const uint8_t *_Nonnull bytes,
                                     size_t byte_count);

/// Tells the visitor of a picture, or of why it is refused. Each picture takes about a kilobyte on a run's list, and a
/// file has to pay for that with as many bytes, but for the first 65,536 pictures: one that claims a picture for each
/// byte, or packed ones, would fill the memory. After those the visitor is told why there are no more, and the result
/// is false.
bool fpx_photo_tell(fpx_byte_source *_Nonnull source, const fpx_photo_request *_Nonnull request,
                    fpx_photo_status status, const fpx_photo_header *_Nonnull header,
                    const fpx_photo_error *_Nonnull error);

/// All fields empty or unknown.
void fpx_photo_clear_header(fpx_photo_header *_Nonnull header);

/// The size of the file behind the source; 0 when the system does not say.
uint64_t fpx_byte_source_file_bytes(const fpx_byte_source *_Nonnull source);

/// Reads exactly so many bytes from a place of the file; the source's own offset stays. False at the file's end, and on
/// a read error, which sets system_errno.
bool fpx_byte_source_read_at(fpx_byte_source *_Nonnull source, void *_Nonnull bytes, size_t byte_count,
                             uint64_t offset);

/// The luma of one pixel as FPX_PHOTO_LUMA describes it, of 8- or 16-bit samples.
uint32_t fpx_luma_of(uint32_t red, uint32_t green, uint32_t blue);

/// Finds what tells the sensors of a drone's camera apart: BandName in an XMP packet, several of them joined by "+".
void fpx_xmp_read_band(const uint8_t *_Nonnull block, size_t byte_count, fpx_photo_header *_Nonnull header);

/// Fills the EXIF fields from a block that starts with "Exif\0\0". What is damaged stays empty.
void fpx_exif_read(const uint8_t *_Nonnull block, size_t byte_count, fpx_photo_header *_Nonnull header);

/// Copies a text of a header, trimmed, as it is: whoever shows it makes it safe to print. It ends at a zero byte. One
/// that does not fit ends in a checksum of the whole, so that two that begin alike stay different.
void fpx_header_text(const uint8_t *_Nonnull text, size_t byte_count, char *_Nonnull destination, size_t capacity);

/// Note what programs leave behind that have worked on a picture: in an XMP packet, and in Photoshop's resources
/// (APP13).
void fpx_editing_marks_read_xmp(const uint8_t *_Nonnull block, size_t byte_count, fpx_photo_header *_Nonnull header);
void fpx_editing_marks_read_photoshop(const uint8_t *_Nonnull block, size_t byte_count,
                                      fpx_photo_header *_Nonnull header);

/// No limit of the caller's goes beyond this, so that no byte count of a picture, 16 bytes a pixel, leaves 48 bits.
#define FPX_PHOTO_PIXELS ((uint64_t)1 << 44)

/// FPX_PHOTO_TOO_LARGE with its message when width x height is above the limit, else FPX_PHOTO_OK.
fpx_photo_status fpx_photo_check_size(uint64_t width, uint64_t height, uint64_t maximum_pixels,
                                      fpx_photo_error *_Nonnull error);

/// A read error shows up in the decoders as an early end; here it gets its own words.
fpx_photo_status fpx_photo_with_read_error(fpx_photo_status status, const fpx_byte_source *_Nonnull source,
                                           fpx_photo_error *_Nonnull error);

__attribute__((format(printf, 2, 3))) void fpx_photo_explain(fpx_photo_error *_Nonnull error,
                                                             const char *_Nonnull format, ...);

#endif
