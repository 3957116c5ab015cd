/// FITS files: headers and places of pictures (FITS standard 4.0); not public.
///
/// Read here and not with CFITSIO: rows come straight from the file a few at a time, nothing is mapped or unpacked
/// whole, and there is no syntax in file names for a hostile file to use.
#ifndef FPX_FITS_FILE_H
#define FPX_FITS_FILE_H

#include "photo_internal.h"

enum {
    FPX_FITS_BLOCK = 2880,
    FPX_FITS_CARD = 80,
};

/// Where the bytes come from: the file, or what gzip has made of it.
typedef struct fpx_fits_input fpx_fits_input;

/// Null when memory is short. A file that begins like gzip is unpacked while it is read.
fpx_fits_input *_Nullable fpx_fits_input_open(fpx_byte_source *_Nonnull source);

/// Another one of the same file, with a place of its own.
fpx_fits_input *_Nullable fpx_fits_input_open_beside(const fpx_fits_input *_Nonnull other);
void fpx_fits_input_close(fpx_fits_input *_Nullable input);

/// Reads so many bytes from a place of the unpacked file. False at its end, and when gzip's stream is damaged. Going
/// far on, or back, in a packed file begins at the last place that is known (fits_places.h), or at its start.
bool fpx_fits_input_read(fpx_fits_input *_Nonnull input, void *_Nonnull bytes, size_t byte_count, uint64_t offset);

/// Whether gzip's stream is damaged, rather than short.
bool fpx_fits_input_is_damaged(const fpx_fits_input *_Nonnull input);

/// Whether the file is packed as a whole.
bool fpx_fits_input_is_packed(const fpx_fits_input *_Nonnull input);

/// Makes the place that has been read to known, for whoever reads on from there.
void fpx_fits_input_keep_place(fpx_fits_input *_Nonnull input);

/// Unpacks what is left, whose end has the checksum of all, unless it is known from another picture of the file.
/// FPX_PHOTO_OK, or why not, with words.
fpx_photo_status fpx_fits_input_finish(fpx_fits_input *_Nonnull input, fpx_photo_error *_Nonnull error);

/// One header and the place of its data.
typedef struct fpx_fits_header {
    /// The cards, `card_count` times 80 bytes; owned.
    char *_Nullable cards;
    size_t card_count;
    /// Where the header and its data begin, and where the next header would.
    uint64_t position;
    uint64_t data;
    uint64_t next;
} fpx_fits_header;

/// Reads the header at `position`. Returns FPX_PHOTO_OK, or why not, with words.
fpx_photo_status fpx_fits_read_header(fpx_fits_input *_Nonnull input, uint64_t position,
                                      fpx_fits_header *_Nonnull header, fpx_photo_error *_Nonnull error);
void fpx_fits_free_header(fpx_fits_header *_Nonnull header);

/// A whole number; false when the keyword is missing or no such number.
bool fpx_fits_integer(const fpx_fits_header *_Nonnull header, const char *_Nonnull keyword, int64_t *_Nonnull value);

/// A number; `otherwise` when the keyword is missing or no number.
double fpx_fits_number(const fpx_fits_header *_Nonnull header, const char *_Nonnull keyword, double otherwise);

/// Whether the keyword is there, whatever its value.
bool fpx_fits_has(const fpx_fits_header *_Nonnull header, const char *_Nonnull keyword);

/// T or F; false when missing.
bool fpx_fits_is_true(const fpx_fits_header *_Nonnull header, const char *_Nonnull keyword);

/// A text in quotes, without trailing blanks; false when missing or empty. What does not fit is cut as
/// fpx_header_text does.
bool fpx_fits_text(const fpx_fits_header *_Nonnull header, const char *_Nonnull keyword, char *_Nonnull text,
                   size_t capacity);

#endif
