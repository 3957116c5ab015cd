#include "jpeg_input.h"

// After stdio and jpeglib, on which it depends.
#include <jerror.h>

/// A progressive file with thousands of tiny scans keeps a decoder busy for hours; cameras write about ten.
enum { MAXIMUM_SCANS = 500 };

/// Zeros that align what follows; longer runs are what a disk has lost.
enum { LONGEST_PADDING = 16 };

/// What a file may have unpacked, in 8 x 8 blocks of all its scans: so many whatever it is, and so many more for each
/// byte of the scans' data. Huffman coding spends at least 1 bit on each block of a progressive picture's first scan,
/// so that a picture of one colour, which compresses best, may still have 16 scans of everything; a photo has a
/// thousand times the bytes. Arithmetic coding has no such bound: its decoder makes up zeros where data end, for as
/// many blocks and scans as the headers claim.
enum { FREE_BLOCKS = 1 << 18, BLOCKS_PER_BYTE = 128 };

_Noreturn void fpx_jpeg_input_fail(fpx_jpeg_input *self, fpx_photo_status failure) {
    self->failure = failure;
    longjmp(self->escape, 1);
}

static void on_error(j_common_ptr jpeg) {
    fpx_jpeg_input *self = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    self->errors.format_message(jpeg, text);
    fpx_photo_status failure = FPX_PHOTO_CORRUPT;
    switch (self->errors.msg_code) {
    case JERR_OUT_OF_MEMORY: failure = FPX_PHOTO_OUT_OF_MEMORY; break;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_IMAGE_TOO_BIG: failure = FPX_PHOTO_UNSUPPORTED; break;
    default: break;
    }
    if (failure == FPX_PHOTO_OUT_OF_MEMORY) {
        fpx_photo_explain(self->error, "no memory is left for a JPEG of this size");
    } else {
        fpx_photo_explain(self->error, "%s JPEG: %s", failure == FPX_PHOTO_UNSUPPORTED ? "unsupported" : "damaged",
                          text);
    }
    fpx_jpeg_input_fail(self, failure);
}

/// Bytes of the file that libjpeg has taken.
static int64_t bytes_taken(const fpx_jpeg_input *self) {
    return self->source->offset - (int64_t)self->manager.bytes_in_buffer;
}

/// The marker of the segment that ends at `end`, from the beginning of the file on; 0 when none does.
static uint8_t segment_before(fpx_jpeg_input *self, int64_t end) {
    // Behind the start of the picture.
    int64_t place = 2;
    uint8_t last = JPEG_APP0;
    while (place < end) {
        uint8_t bytes[4];
        if (!fpx_byte_source_read_at(self->source, bytes, sizeof bytes, (uint64_t)place)) {
            return 0;
        }
        if (bytes[0] != 0xff || bytes[1] == 0xff || bytes[1] == 0) {
            place++;
            continue;
        }
        last = bytes[1];
        place += 2 + bytes[2] * 256 + bytes[3];
    }
    return place == end ? last : 0;
}

/// Whether bytes that libjpeg has passed over between header segments belong to none. They do not when they follow what
/// tells nothing of the picture's samples: behind a table they may be its end, pushed out by a byte too many. And they
/// are no segment whose marker is damaged: then a table, or the colours, would be lost.
static bool belongs_to_nothing(fpx_jpeg_input *self, int64_t end, int64_t byte_count) {
    enum { MARKER_AND_LENGTH = 4 };
    uint8_t bytes[MARKER_AND_LENGTH];
    uint8_t next = 0;
    // libjpeg tells where it was before the marker that follows, or at that marker's second byte.
    if (!fpx_byte_source_read_at(self->source, &next, 1, (uint64_t)end) || next != 0xff) {
        end -= 1;
        if (end < byte_count || !fpx_byte_source_read_at(self->source, &next, 1, (uint64_t)end) || next != 0xff) {
            return false;
        }
    }
    uint8_t before = end < byte_count ? 0 : segment_before(self, end - byte_count);
    bool is_side_segment = before == JPEG_COM || (before >= JPEG_APP0 && before < JPEG_APP0 + 14);
    if (!is_side_segment) {
        return false;
    }
    if (byte_count < MARKER_AND_LENGTH) {
        return true;
    }
    return fpx_byte_source_read_at(self->source, bytes, sizeof bytes, (uint64_t)(end - byte_count)) &&
           bytes[2] * 256 + bytes[3] + 2 != byte_count;
}

/// Whether the fields of a scan's header that baseline pictures do not use are only wrong, as some programs write them,
/// and not pushed aside by bytes too few or too many: then the data would begin at another byte.
static bool has_wrong_fields_only(fpx_jpeg_input *self) {
    const struct jpeg_decompress_struct *jpeg = &self->jpeg;
    int last = jpeg->Ah * 16 + jpeg->Al;
    // What the fields should be, 0, 63, 0, a byte further on or back.
    bool has_byte_more = jpeg->Se == 0 && last == DCTSIZE2 - 1;
    bool has_byte_less = jpeg->Ss == DCTSIZE2 - 1 && jpeg->Se == 0;
    uint8_t data[2] = {0};
    bool has_data = fpx_byte_source_read_at(self->source, data, sizeof data, (uint64_t)bytes_taken(self));
    // The end of what should be, behind two or three bytes too many.
    bool is_pushed_on = (data[0] == DCTSIZE2 - 1 && data[1] == 0) || (data[0] == 0 && data[1] == DCTSIZE2 - 1);
    if (has_byte_more || has_byte_less || is_pushed_on || !has_data) {
        return false;
    }
    // The first and the last coefficient may be any, but then the field behind them is as it should be.
    return last == 0 || (jpeg->Ss == 0 && (jpeg->Se == 0 || jpeg->Se == DCTSIZE2 - 1));
}

/// Counts the zeros before restart markers, and before the end of the picture, from where it was last searched to
/// `end`, but for runs that are too long for padding. Coders fill up with ones, and a zero behind 0xff belongs to the
/// data.
static void search_padding(fpx_jpeg_input *self, int64_t end) {
    uint8_t bytes[4096];
    uint64_t zeros = 0;
    bool follows_ones = false;
    while (self->padding_searched < end) {
        int64_t left = end - self->padding_searched;
        size_t count = left < (int64_t)sizeof bytes ? (size_t)left : sizeof bytes;
        if (!fpx_byte_source_read_at(self->source, bytes, count, (uint64_t)self->padding_searched)) {
            return;
        }
        for (size_t index = 0; index < count; index++) {
            bool is_marker = follows_ones && ((bytes[index] >= 0xd0 && bytes[index] <= 0xd7) || bytes[index] == 0xd9);
            if (is_marker && zeros <= LONGEST_PADDING) {
                self->padding += zeros;
            }
            if (bytes[index] == 0 && !follows_ones) {
                zeros++;
            } else if (bytes[index] != 0xff) {
                zeros = 0;
            }
            follows_ones = bytes[index] == 0xff;
        }
        self->padding_searched += (int64_t)count;
    }
}

/// What of libjpeg's warnings leaves the picture whole (FPX_PHOTO_ODD_...); 0 when it is damage.
static uint32_t oddity(fpx_jpeg_input *self) {
    switch (self->errors.msg_code) {
    case JWRN_NOT_SEQUENTIAL: return has_wrong_fields_only(self) ? FPX_PHOTO_ODD_SCAN_FIELDS : 0;
    case JWRN_ADOBE_XFORM: return FPX_PHOTO_ODD_ADOBE_TRANSFORM;
    case JWRN_EXTRANEOUS_DATA: {
        int64_t byte_count = self->errors.msg_parm.i[0];
        int64_t end = bytes_taken(self);
        if (self->is_in_header) {
            return belongs_to_nothing(self, end, byte_count) ? FPX_PHOTO_ODD_BYTES_BETWEEN_SEGMENTS : 0;
        }
        // Left over in restart intervals, or before the end: nothing but zeros, or a decoder that has arrived early.
        // What was left of several intervals may be told at once. Two bytes more, because the marker that ends them is
        // told before it is taken.
        search_padding(self, end + 2);
        if (byte_count < 0 || self->padding < (uint64_t)byte_count) {
            return 0;
        }
        self->padding -= (uint64_t)byte_count;
        return FPX_PHOTO_ODD_PADDING;
    }
    default: return 0;
    }
}

static void on_message(j_common_ptr jpeg, int level) {
    fpx_jpeg_input *self = jpeg->client_data;
    // Levels of 0 and more are traces; below are warnings, after which libjpeg invents samples. Even bytes left
    // over after the last row count: a flipped bit can make the decoder arrive early.
    // A damaged colour profile leaves the picture whole.
    if (level >= 0 || self->errors.msg_code == JWRN_JFIF_MAJOR || self->errors.msg_code == JWRN_BOGUS_ICC) {
        return;
    }
    uint32_t odd = self->source->is_strict ? 0 : oddity(self);
    if (odd != 0) {
        self->source->oddities |= odd;
        return;
    }
    char text[JMSG_LENGTH_MAX];
    self->errors.format_message(jpeg, text);
    fpx_photo_explain(self->error, "damaged JPEG: %s", text);
    fpx_jpeg_input_fail(self, FPX_PHOTO_CORRUPT);
}

static void print_nothing(j_common_ptr jpeg) { (void)jpeg; }

/// The blocks of a row of coded units in the scan at work.
static uint64_t blocks_in_row(const struct jpeg_decompress_struct *jpeg) {
    // A scan of one component has rows of blocks, not of units.
    int rows = jpeg->comps_in_scan == 1 ? jpeg->cur_comp_info[0]->v_samp_factor : 1;
    return (uint64_t)jpeg->MCUs_per_row * (uint64_t)jpeg->blocks_in_MCU * (uint64_t)rows;
}

/// Takes in what was unpacked since the last call; fails when the file's bytes cannot have held it.
static void account_for_scans(fpx_jpeg_input *self) {
    struct jpeg_decompress_struct *jpeg = &self->jpeg;
    if (jpeg->input_scan_number != self->scan) {
        self->bytes_before += self->scan_end - self->scan_offset;
        self->scan = jpeg->input_scan_number;
        self->scan_row = 0;
        self->scan_offset = self->scan_end = bytes_taken(self);
    }
    if (jpeg->input_iMCU_row <= self->scan_row) {
        return;
    }
    self->blocks += (jpeg->input_iMCU_row - self->scan_row) * blocks_in_row(jpeg);
    self->scan_row = jpeg->input_iMCU_row;
    self->scan_end = bytes_taken(self);
    int64_t marker_bytes = jpeg->unread_marker != 0 ? 2 : 0;
    // Only the first scans of a progressive picture, of mean values, may be coded in no byte: where all are alike.
    bool needs_data = !jpeg->progressive_mode || jpeg->Ss != 0;
    if (needs_data && self->scan_end - self->scan_offset <= marker_bytes) {
        fpx_photo_explain(self->error, "damaged JPEG: a scan of the picture has no data");
        fpx_jpeg_input_fail(self, FPX_PHOTO_CORRUPT);
    }
    // Tables and comments hold no block.
    int64_t data_bytes = self->bytes_before + self->scan_end - self->scan_offset;
    if (self->blocks > FREE_BLOCKS + BLOCKS_PER_BYTE * (uint64_t)data_bytes) {
        fpx_photo_explain(self->error,
                          "unsupported JPEG: scans of %lld bytes unpack to %llu blocks and more by scan %d, which no "
                          "photo does",
                          (long long)data_bytes, (unsigned long long)self->blocks, self->scan);
        fpx_jpeg_input_fail(self, FPX_PHOTO_UNSUPPORTED);
    }
}

static void on_progress(j_common_ptr jpeg) {
    fpx_jpeg_input *self = jpeg->client_data;
    if (self->jpeg.input_scan_number > MAXIMUM_SCANS) {
        fpx_photo_explain(self->error, "unsupported JPEG: more than %d scans", MAXIMUM_SCANS);
        fpx_jpeg_input_fail(self, FPX_PHOTO_UNSUPPORTED);
    }
    account_for_scans(self);
}

static void start_input(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean next_input(j_decompress_ptr jpeg) {
    fpx_jpeg_input *self = jpeg->client_data;
    fpx_byte_source *source = self->source;
    size_t byte_count = fpx_byte_source_next(source, sizeof source->buffer);
    if (byte_count == 0) {
        fpx_photo_explain(self->error, "truncated JPEG: the file ends before its picture does");
        fpx_jpeg_input_fail(self, FPX_PHOTO_TRUNCATED);
    }
    self->manager.next_input_byte = source->buffer;
    self->manager.bytes_in_buffer = byte_count;
    return TRUE;
}

static void skip_input(j_decompress_ptr jpeg, long byte_count) {
    struct jpeg_source_mgr *input = jpeg->src;
    while (byte_count > (long)input->bytes_in_buffer) {
        byte_count -= (long)input->bytes_in_buffer;
        next_input(jpeg);
    }
    if (byte_count > 0) {
        input->next_input_byte += byte_count;
        input->bytes_in_buffer -= (size_t)byte_count;
    }
}

static void stop_input(j_decompress_ptr jpeg) { (void)jpeg; }

void fpx_jpeg_input_prepare(fpx_jpeg_input *self, fpx_byte_source *source, fpx_photo_error *error) {
    self->source = source;
    self->error = error;
    self->jpeg.err = jpeg_std_error(&self->errors);
    self->errors.error_exit = on_error;
    self->errors.emit_message = on_message;
    self->errors.output_message = print_nothing;
    self->jpeg.client_data = self;
}

void fpx_jpeg_input_open(fpx_jpeg_input *self) {
    jpeg_create_decompress(&self->jpeg);
    self->manager.init_source = start_input;
    self->manager.fill_input_buffer = next_input;
    self->manager.skip_input_data = skip_input;
    self->manager.resync_to_restart = jpeg_resync_to_restart;
    self->manager.term_source = stop_input;
    self->jpeg.src = &self->manager;
    self->progress.progress_monitor = on_progress;
    self->jpeg.progress = &self->progress;
}

void fpx_jpeg_input_read_header(fpx_jpeg_input *self, uint64_t maximum_pixels) {
    self->is_in_header = true;
    jpeg_read_header(&self->jpeg, TRUE);
    self->is_in_header = false;
    self->padding_searched = bytes_taken(self);
    fpx_photo_status size_status =
        fpx_photo_check_size(self->jpeg.image_width, self->jpeg.image_height, maximum_pixels, self->error);
    if (size_status != FPX_PHOTO_OK) {
        fpx_jpeg_input_fail(self, size_status);
    }
    if (self->jpeg.data_precision != 8) {
        fpx_photo_explain(self->error, "unsupported JPEG: %d bits per sample; fastpix takes 8",
                          self->jpeg.data_precision);
        fpx_jpeg_input_fail(self, FPX_PHOTO_UNSUPPORTED);
    }
    account_for_scans(self);
}

void fpx_jpeg_input_demand_all_scans(fpx_jpeg_input *self) {
    struct jpeg_decompress_struct *jpeg = &self->jpeg;
    account_for_scans(self);
    bool is_complete = true;
    for (int component = 0; component < jpeg->num_components; component++) {
        is_complete = is_complete && jpeg->comp_info[component].quant_table != NULL;
        // The bits that are not known yet, of a progressive picture.
        for (int index = 0; jpeg->coef_bits != NULL && index < DCTSIZE2; index++) {
            is_complete = is_complete && jpeg->coef_bits[component][index] == 0;
        }
    }
    if (!is_complete) {
        fpx_photo_explain(self->error, "truncated JPEG: scans of the picture are missing");
        fpx_jpeg_input_fail(self, FPX_PHOTO_TRUNCATED);
    }
}
