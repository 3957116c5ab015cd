/// Gaussian blur of float32 images, which CKernels does not have: its kernels are OpenCV's integer arithmetic.
///
/// Weights: those of CKernels/gaussian (OpenCV's getGaussianKernelBitExact) before they are rounded to fixed point, in
/// float64, then rounded to float32. First along the rows, then down the columns; each sum is
/// w[r] x[0] + w[r-1] (x[-1] + x[+1]) + ... from the centre outwards, in float32, no fused operations. So threads,
/// bands and SIMD change no bit. Borders are reflected without repeating the border sample (reflect 101).
#ifndef FASTPIX_GAUSSIAN_F32_H
#define FASTPIX_GAUSSIAN_F32_H

#include <stdbool.h>
#include <stddef.h>

/// The largest number of taps, as in CKernels.
enum { GAUSSIAN_F32_MAXIMUM_SIZE = 99 };

/// Blurs a contiguous image; `size` odd, 3 to 99; `sigma` in pixels, finite, 0 for OpenCV's rule. `destination` may not
/// overlap `source`. False when memory is short. Thread-safe.
bool gaussian_f32(float *destination, const float *source, size_t width, size_t height, size_t channels, size_t size,
                  double sigma, size_t threads);

#endif
