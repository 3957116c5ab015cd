/// Gaussian blur of whole images or of strips of rows, with the integer arithmetic of OpenCV's GaussianBlur.
///
/// Definition: OpenCV's bit-exact path (modules/imgproc/src/smooth.dispatch.cpp, smooth.simd.hpp), which it takes for
/// 8- and 16-bit images by default. The weights are fixed-point numbers, 8.8 for 8-bit and 16.16 for 16-bit samples,
/// whose sum is exactly 1. Both passes, down the columns and along the rows, are exact in integers, and only their
/// end result is rounded, half up. So the order of the passes does not matter, and all levels give the same bits as
/// OpenCV. Borders are reflected without repeating the border sample (reflect 101: c b | a b c d | c b).
///
/// Arguments: `width` and `height` are in pixels, `row_count` in rows, strides in bytes (negative: rows upwards). A
/// pixel is 1 to 4 interleaved samples (`channels`), each blurred by itself. Buffers may have any address that suits
/// the sample type; nothing is read or written outside them. The destination may not overlap the source.
///
/// Thread-safety: functions without `threads` run on the calling thread. All may be called from any thread at the
/// same time, if no two calls write the same samples; an `fpx_gaussian` is only read after it is prepared.
/// Complexity: about 2 * size multiplications for each sample. No allocation; less than 64 KiB of the stack.
/// Errors: FPX_ERROR_ARGUMENT for a null pointer with a non-zero count, and for a size, sigma or number of channels
/// outside its range; then nothing is written.
#ifndef FPX_GAUSSIAN_H
#define FPX_GAUSSIAN_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_annotations.h"
#include "fpx_constant.h"
#include "fpx_parallel.h"
#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The largest number of taps.
FPX_CONSTANT(size_t, FPX_GAUSSIAN_MAXIMUM_SIZE, 99);

/// The weights of one size and sigma; a plain value that may be copied.
typedef struct fpx_gaussian {
    /// Taps in each direction, odd, 3...FPX_GAUSSIAN_MAXIMUM_SIZE: what the borders and the counts of rows go by.
    size_t size;
    /// Pixels from the centre to the last weight that is not zero; at most (size - 1) / 2.
    size_t u8_radius;
    size_t u16_radius;
    /// Weights of the 2 * radius + 1 taps from element 1 on, with a zero before and after them; their sum is 2^8.
    uint16_t u8_weights[FPX_GAUSSIAN_MAXIMUM_SIZE + 2];
    /// The same for 16-bit samples; the sum is 2^16.
    uint32_t u16_weights[FPX_GAUSSIAN_MAXIMUM_SIZE + 2];
} fpx_gaussian;

/// Computes the weights: `size` odd in 3...FPX_GAUSSIAN_MAXIMUM_SIZE, `sigma` in pixels, finite and not negative.
/// Sigma 0 means OpenCV's rule: its tables for sizes up to 9, above 0.3 * ((size - 1) * 0.5 - 1) + 0.8.
fpx_status fpx_gaussian_prepare(fpx_gaussian *_Nonnull gaussian FPX_NOESCAPE, size_t size, double sigma);

/// The row or column in 0..<count that stands for `index`, which may lie any distance outside. `count` is at least 1;
/// 0 when it is 1.
size_t fpx_gaussian_reflect_101(ptrdiff_t index, size_t count);

// Strips of rows, on the calling thread, without memory between calls: `row_count` rows of the destination from
// row_count + size - 1 rows of the source. Output row i is the one of the source's row rows[i + (size - 1) / 2]. At the
// top and at the bottom of an image the caller repeats pointers: the pointer for row y of an image of `height` rows
// is that of row fpx_gaussian_reflect_101(y, height). Left and right borders are reflected here.
// Any number of rows is right; multiples of FPX_GAUSSIAN_ROWS_PER_PASS are fastest.

/// Rows that are blurred together, sharing what they load.
FPX_CONSTANT(size_t, FPX_GAUSSIAN_ROWS_PER_PASS, 4);

fpx_status fpx_gaussian_u8_rows(uint8_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                const uint8_t *_Nonnull const *_Nonnull rows FPX_NOESCAPE, size_t row_count,
                                size_t width, size_t channels, const fpx_gaussian *_Nonnull gaussian FPX_NOESCAPE);
fpx_status fpx_gaussian_u16_rows(uint16_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                 const uint16_t *_Nonnull const *_Nonnull rows FPX_NOESCAPE, size_t row_count,
                                 size_t width, size_t channels, const fpx_gaussian *_Nonnull gaussian FPX_NOESCAPE);

// Whole images, on an OpenMP team of `threads` (0: default). Strides keep rows aligned for the sample type.

fpx_status fpx_gaussian_u8_image(uint8_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                 const uint8_t *_Nonnull source FPX_NOESCAPE, ptrdiff_t source_stride_bytes,
                                 size_t width, size_t height, size_t channels,
                                 const fpx_gaussian *_Nonnull gaussian FPX_NOESCAPE, size_t threads);
fpx_status fpx_gaussian_u16_image(uint16_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                  const uint16_t *_Nonnull source FPX_NOESCAPE, ptrdiff_t source_stride_bytes,
                                  size_t width, size_t height, size_t channels,
                                  const fpx_gaussian *_Nonnull gaussian FPX_NOESCAPE, size_t threads);

// The same on a runner of the caller's; null: on the calling thread.

fpx_status fpx_gaussian_u8_image_on(uint8_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                    const uint8_t *_Nonnull source FPX_NOESCAPE, ptrdiff_t source_stride_bytes,
                                    size_t width, size_t height, size_t channels,
                                    const fpx_gaussian *_Nonnull gaussian FPX_NOESCAPE,
                                    const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);
fpx_status fpx_gaussian_u16_image_on(uint16_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                     const uint16_t *_Nonnull source FPX_NOESCAPE, ptrdiff_t source_stride_bytes,
                                     size_t width, size_t height, size_t channels,
                                     const fpx_gaussian *_Nonnull gaussian FPX_NOESCAPE,
                                     const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);

#ifdef __cplusplus
}
#endif
#endif
