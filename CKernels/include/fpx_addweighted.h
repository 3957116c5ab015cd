/// Weighted sum of two images: destination = saturate(alpha * first + beta * second + gamma).
///
/// Definition: OpenCV's addWeighted (modules/core/src/arithm.simd.hpp). The scalars are rounded to float32, and each
/// sample is fma(first, alpha, fma(second, beta, gamma)) in float32, where fma rounds once. Integer results are
/// rounded half to even and saturate at 0 and 255 or 65535. All levels give the same bits, and so does OpenCV on
/// processors with a fused multiply-add.
///
/// Special values: integer samples are 0 where the sum is not a number, and saturate where it is infinite or beyond
/// 32 bits (OpenCV gives 0 there). Float samples follow IEEE 754; which not-a-number comes out is not defined.
///
/// Arguments: sample counts are in samples (all channels), strides in bytes. Buffers may have any address that suits
/// the sample type; nothing is read or written outside them. The destination may be exactly one of the sources, or
/// both; other overlaps are not defined.
///
/// Thread-safety: functions without `threads` run on the calling thread. All may be called from any thread at the
/// same time, if no two calls write the same samples.
/// Complexity: one pass; reads two samples and writes one for each result. No allocation.
/// Errors: FPX_ERROR_ARGUMENT for a null pointer with a non-zero count; then nothing is written.
#ifndef FPX_ADDWEIGHTED_H
#define FPX_ADDWEIGHTED_H

#include <stddef.h>
#include <stdint.h>

#include "fpx_annotations.h"
#include "fpx_parallel.h"
#include "fpx_status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Contiguous runs of samples, on the calling thread.

fpx_status fpx_addweighted_u8(uint8_t *_Nonnull FPX_COUNTED_BY(sample_count) destination FPX_NOESCAPE,
                              const uint8_t *_Nonnull FPX_COUNTED_BY(sample_count) first FPX_NOESCAPE,
                              const uint8_t *_Nonnull FPX_COUNTED_BY(sample_count) second FPX_NOESCAPE,
                              size_t sample_count, double alpha, double beta, double gamma);
fpx_status fpx_addweighted_u16(uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) destination FPX_NOESCAPE,
                               const uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) first FPX_NOESCAPE,
                               const uint16_t *_Nonnull FPX_COUNTED_BY(sample_count) second FPX_NOESCAPE,
                               size_t sample_count, double alpha, double beta, double gamma);
fpx_status fpx_addweighted_f32(float *_Nonnull FPX_COUNTED_BY(sample_count) destination FPX_NOESCAPE,
                               const float *_Nonnull FPX_COUNTED_BY(sample_count) first FPX_NOESCAPE,
                               const float *_Nonnull FPX_COUNTED_BY(sample_count) second FPX_NOESCAPE,
                               size_t sample_count, double alpha, double beta, double gamma);

// Whole images: `row_count` rows of `row_sample_count` samples, each row `..._stride_bytes` after the one before
// (negative: before it), on an OpenMP team of `threads` (0: default). Strides keep rows aligned for the sample type.

fpx_status fpx_addweighted_u8_rows(uint8_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                   const uint8_t *_Nonnull first FPX_NOESCAPE, ptrdiff_t first_stride_bytes,
                                   const uint8_t *_Nonnull second FPX_NOESCAPE, ptrdiff_t second_stride_bytes,
                                   size_t row_sample_count, size_t row_count, double alpha, double beta, double gamma,
                                   size_t threads);
fpx_status fpx_addweighted_u16_rows(uint16_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                    const uint16_t *_Nonnull first FPX_NOESCAPE, ptrdiff_t first_stride_bytes,
                                    const uint16_t *_Nonnull second FPX_NOESCAPE, ptrdiff_t second_stride_bytes,
                                    size_t row_sample_count, size_t row_count, double alpha, double beta, double gamma,
                                    size_t threads);
fpx_status fpx_addweighted_f32_rows(float *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                    const float *_Nonnull first FPX_NOESCAPE, ptrdiff_t first_stride_bytes,
                                    const float *_Nonnull second FPX_NOESCAPE, ptrdiff_t second_stride_bytes,
                                    size_t row_sample_count, size_t row_count, double alpha, double beta, double gamma,
                                    size_t threads);

// The same on a runner of the caller's; null: on the calling thread.

fpx_status fpx_addweighted_u8_rows_on(uint8_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                      const uint8_t *_Nonnull first FPX_NOESCAPE, ptrdiff_t first_stride_bytes,
                                      const uint8_t *_Nonnull second FPX_NOESCAPE, ptrdiff_t second_stride_bytes,
                                      size_t row_sample_count, size_t row_count, double alpha, double beta,
                                      double gamma, const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);
fpx_status fpx_addweighted_u16_rows_on(uint16_t *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                       const uint16_t *_Nonnull first FPX_NOESCAPE, ptrdiff_t first_stride_bytes,
                                       const uint16_t *_Nonnull second FPX_NOESCAPE, ptrdiff_t second_stride_bytes,
                                       size_t row_sample_count, size_t row_count, double alpha, double beta,
                                       double gamma, const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);
fpx_status fpx_addweighted_f32_rows_on(float *_Nonnull destination FPX_NOESCAPE, ptrdiff_t destination_stride_bytes,
                                       const float *_Nonnull first FPX_NOESCAPE, ptrdiff_t first_stride_bytes,
                                       const float *_Nonnull second FPX_NOESCAPE, ptrdiff_t second_stride_bytes,
                                       size_t row_sample_count, size_t row_count, double alpha, double beta,
                                       double gamma, const fpx_parallel_runner *_Nullable runner FPX_NOESCAPE);

#ifdef __cplusplus
}
#endif
#endif
