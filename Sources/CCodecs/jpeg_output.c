#include "jpeg_output.h"

static void start(j_compress_ptr jpeg) {
    fpx_jpeg_output *self = (fpx_jpeg_output *)jpeg->dest;
    self->manager.next_output_byte = self->buffer;
    self->manager.free_in_buffer = sizeof self->buffer;
}

/// libjpeg calls this when the buffer is full, whatever it says is still free.
static boolean empty(j_compress_ptr jpeg) {
    fpx_jpeg_output *self = (fpx_jpeg_output *)jpeg->dest;
    self->write(self->context, self->buffer, sizeof self->buffer);
    start(jpeg);
    return TRUE;
}

static void end(j_compress_ptr jpeg) {
    fpx_jpeg_output *self = (fpx_jpeg_output *)jpeg->dest;
    size_t byte_count = sizeof self->buffer - self->manager.free_in_buffer;
    if (byte_count > 0) {
        self->write(self->context, self->buffer, byte_count);
    }
}

void fpx_jpeg_output_connect(fpx_jpeg_output *self, struct jpeg_compress_struct *jpeg,
                             void (*write)(void *, const void *, size_t), void *context) {
    self->manager.init_destination = start;
    self->manager.empty_output_buffer = empty;
    self->manager.term_destination = end;
    self->write = write;
    self->context = context;
    jpeg->dest = &self->manager;
}
