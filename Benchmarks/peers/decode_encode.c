// decode_encode THREADS OUTPUT_FOLDER COUNT FILES...: the floor of blending, decoding and encoding alone.
//
// FILES are COUNT first photos, which are decoded and encoded again, and optionally as many second ones, which are only
// decoded. Settings are those of libjpeg and OpenCV: accurate integer DCT, quality 95, chroma halved in both
// directions.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { ROWS = 16, BUFFER_BYTES = 65536 };

static char **first, **second;
static const char *folder;
static int count;
static atomic_int next_photo;

static FILE *open_or_stop(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    setvbuf(file, NULL, _IOFBF, BUFFER_BYTES);
    return file;
}

// libjpeg's default error handler ends the program, which is right here.
static void start_decoding(struct jpeg_decompress_struct *decoder, struct jpeg_error_mgr *errors, FILE *file) {
    decoder->err = jpeg_std_error(errors);
    jpeg_create_decompress(decoder);
    jpeg_stdio_src(decoder, file);
    jpeg_read_header(decoder, TRUE);
    jpeg_start_decompress(decoder);
}

static JDIMENSION decode_rows(struct jpeg_decompress_struct *decoder, JSAMPROW *rows) {
    JDIMENSION done = 0;
    while (done < ROWS && decoder->output_scanline < decoder->output_height) {
        done += jpeg_read_scanlines(decoder, rows + done, ROWS - done);
    }
    return done;
}

static void convert(int photo) {
    const char *name = strrchr(first[photo], '/');
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name != NULL ? name + 1 : first[photo]);
    FILE *input = open_or_stop(first[photo], "rb");
    FILE *other = second != NULL ? open_or_stop(second[photo], "rb") : NULL;
    FILE *output = open_or_stop(path, "wb");
    struct jpeg_decompress_struct decoder, other_decoder;
    struct jpeg_error_mgr errors, other_errors, encoder_errors;
    start_decoding(&decoder, &errors, input);
    if (other != NULL) start_decoding(&other_decoder, &other_errors, other);
    struct jpeg_compress_struct encoder;
    encoder.err = jpeg_std_error(&encoder_errors);
    jpeg_create_compress(&encoder);
    jpeg_stdio_dest(&encoder, output);
    encoder.image_width = decoder.output_width;
    encoder.image_height = decoder.output_height;
    encoder.input_components = decoder.output_components;
    encoder.in_color_space = decoder.out_color_space;
    jpeg_set_defaults(&encoder);
    jpeg_set_quality(&encoder, 95, TRUE);
    jpeg_start_compress(&encoder, TRUE);
    const size_t stride = (size_t)decoder.output_width * (size_t)decoder.output_components;
    unsigned char *samples = malloc(2 * ROWS * stride);
    if (samples == NULL) exit(1);
    JSAMPROW rows[2 * ROWS];
    for (size_t row = 0; row < 2 * ROWS; row++)
        rows[row] = samples + row * stride;
    for (JDIMENSION decoded; (decoded = decode_rows(&decoder, rows)) > 0;) {
        if (other != NULL) decode_rows(&other_decoder, rows + ROWS);
        jpeg_write_scanlines(&encoder, rows, decoded);
    }
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
    jpeg_finish_decompress(&decoder);
    jpeg_destroy_decompress(&decoder);
    if (other != NULL) {
        jpeg_finish_decompress(&other_decoder);
        jpeg_destroy_decompress(&other_decoder);
        fclose(other);
    }
    fclose(input);
    if (fclose(output) != 0) exit(1);
    free(samples);
}

static void *work(void *unused) {
    (void)unused;
    for (int photo; (photo = atomic_fetch_add(&next_photo, 1)) < count;)
        convert(photo);
    return NULL;
}

int main(int argument_count, char **arguments) {
    if (argument_count < 5) return 64;
    int threads = atoi(arguments[1]);
    folder = arguments[2];
    count = atoi(arguments[3]);
    first = arguments + 4;
    if (argument_count - 4 == 2 * count) second = first + count;
    if (threads < 1 || threads > 256 || (second == NULL && argument_count - 4 != count)) return 64;
    pthread_t others[256];
    for (int index = 1; index < threads; index++) {
        if (pthread_create(&others[index], NULL, work, NULL) != 0) return 1;
    }
    work(NULL);
    for (int index = 1; index < threads; index++)
        pthread_join(others[index], NULL);
    return 0;
}
