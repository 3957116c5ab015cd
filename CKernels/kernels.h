/// The table of kernels that dispatch.c fills for each level; not part of the public interface.
///
/// Kernels check nothing and handle any range and alignment. Ranges are sample indexes into whole buffers, so that a
/// team can share one array of frame pointers.
#ifndef FPX_KERNELS_H
#define FPX_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu.h"
#include "extremes/extremes_task.h"
#include "fpx_cpu.h"
#include "fpx_gaussian.h"
#include "fpx_moments.h"
#include "fpx_welford.h"

/// What Chan's merge multiplies with when it takes a block of frames into moments of earlier frames.
typedef struct fpx_welford_weights {
    /// block frames / all frames
    double mean;
    /// earlier frames * block frames / all frames
    double m2;
} fpx_welford_weights;

/// Blocks that one kernel call takes; bounds the array of weights, which is on the stack.
#define FPX_WELFORD_BLOCKS_PER_PASS 16

/// Samples of one row that the Gaussian's kernels meet at once, at most; then their sums stay near the processor.
#define FPX_GAUSSIAN_TILE_SAMPLES 2048
/// Sums behind the last one that the second pass may read, without using them.
#define FPX_GAUSSIAN_SLACK_SUMS 64

typedef struct fpx_kernels {
    fpx_isa isa;
    bool uses_dot_product;
    /// Uses more than every processor of the level has or does well.
    bool uses_extensions;

    void (*moments_u8_accumulate)(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                  size_t frame_count, size_t first_sample, size_t end_sample);
    void (*moments_u16_accumulate)(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,
                                   size_t frame_count, size_t first_sample, size_t end_sample);
    fpx_scaled_m2_summary (*moments_u8_summarize)(const uint32_t *sum, const uint32_t *sum_of_squares,
                                                  uint32_t frame_count, size_t sample_count);
    fpx_scaled_m2_summary (*moments_u16_summarize)(const uint32_t *sum, const uint64_t *sum_of_squares,
                                                   uint32_t frame_count, size_t sample_count);

    /// At most FPX_WELFORD_BLOCKS_PER_PASS blocks of frames, one pair of weights for each.
    void (*welford_u8_accumulate)(double *mean, double *m2, const uint8_t *const *frames, size_t frame_count,
                                  const fpx_welford_weights *weights, size_t first_sample, size_t end_sample);
    void (*welford_u16_accumulate)(double *mean, double *m2, const uint16_t *const *frames, size_t frame_count,
                                   const fpx_welford_weights *weights, size_t first_sample, size_t end_sample);
    void (*welford_f32_accumulate)(double *mean, double *m2, const float *const *frames, size_t frame_count,
                                   const fpx_welford_weights *weights, size_t first_sample, size_t end_sample);

    void (*addweighted_u8)(uint8_t *destination, const uint8_t *first, const uint8_t *second, size_t sample_count,
                           float alpha, float beta, float gamma);
    void (*addweighted_u16)(uint16_t *destination, const uint16_t *first, const uint16_t *second, size_t sample_count,
                            float alpha, float beta, float gamma);
    void (*addweighted_f32)(float *destination, const float *first, const float *second, size_t sample_count,
                            float alpha, float beta, float gamma);

    /// First pass: FPX_GAUSSIAN_ROWS_PER_PASS rows of exact sums, each `row_sums` after the one before, from as many
    /// rows of samples and 2 * radius more. Any number of samples.
    void (*gaussian_u8_vertical)(uint16_t *sums, size_t row_sums, const uint8_t *const *rows, size_t first_sample,
                                 size_t sample_count, const fpx_gaussian *gaussian);
    void (*gaussian_u16_vertical)(uint32_t *sums, size_t row_sums, const uint16_t *const *rows, size_t first_sample,
                                  size_t sample_count, const fpx_gaussian *gaussian);
    /// Second pass and rounding: at most FPX_GAUSSIAN_TILE_SAMPLES 1024samples from as many sums and 2 * radius * channels
    /// more; FPX_GAUSSIAN_SLACK_SUMS sums behind them may be read.
    void (*gaussian_u8_horizontal)(uint8_t *destination, const uint16_t *sums, size_t sample_count, size_t channels,
                                   const fpx_gaussian *gaussian);
    void (*gaussian_u16_horizontal)(uint16_t *destination, const uint32_t *sums, size_t sample_count, size_t channels,
                                    const fpx_gaussian *gaussian);
    void (*relief_moments_u8)(float *mean, float *variance, const uint32_t *sum, const uint32_t *sum_of_squares,
                              size_t frame_count, size_t channels, size_t pixel_count);
    void (*relief_moments_u16)(float *mean, float *variance, const uint32_t *sum, const uint64_t *sum_of_squares,
                               size_t frame_count, size_t channels, size_t pixel_count);
    void (*relief_moments_welford)(float *mean, float *variance, const double *sample_mean, const double *m2,
                                   size_t frame_count, size_t channels, size_t pixel_count);
    void (*relief_median5)(float *destination, const float *const *five, size_t count);
    void (*relief_above_median5)(float *destination, const float *values, const float *const *five, size_t count);
    void (*relief_log)(float *values, float offset, size_t count);
    void (*relief_percentile80)(float *percentiles, const float *relief, size_t width, size_t row_count);
    size_t (*relief_find)(uint32_t *columns, const float *mean, const float *variance, const float *mean_limits,
                          const float *variance_limits, size_t width);
    int32_t (*relief_residual)(const uint16_t *samples, size_t channels);

    /// `rows` has row_count + 2 * distance_rows pointers for each frame.
    void (*extremes_u8)(const fpx_extremes_task *task, const uint8_t *const *rows, uint8_t black, uint8_t white);
    void (*extremes_u16)(const fpx_extremes_task *task, const uint16_t *const *rows, uint16_t black, uint16_t white);
    void (*extremes_f32)(const fpx_extremes_task *task, const float *const *rows, float black, float white);
} fpx_kernels;

/// The kernels of the selected level.
const fpx_kernels *fpx_kernels_selected(void);

// The definitions behind the tables, declared once so that compilers check them against their tables and files.
#define FPX_DECLARE_KERNELS(isa)                                                                                       \
    void fpx_moments_u8_accumulate_##isa(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,        \
                                         size_t frame_count, size_t first_sample, size_t end_sample);                  \
    void fpx_moments_u16_accumulate_##isa(uint32_t *sum, uint64_t *sum_of_squares, const uint16_t *const *frames,      \
                                          size_t frame_count, size_t first_sample, size_t end_sample);                 \
    fpx_scaled_m2_summary fpx_moments_u8_summarize_##isa(const uint32_t *sum, const uint32_t *sum_of_squares,          \
                                                         uint32_t frame_count, size_t sample_count);                   \
    fpx_scaled_m2_summary fpx_moments_u16_summarize_##isa(const uint32_t *sum, const uint64_t *sum_of_squares,         \
                                                          uint32_t frame_count, size_t sample_count);                  \
    void fpx_welford_u8_accumulate_##isa(double *mean, double *m2, const uint8_t *const *frames, size_t frame_count,   \
                                         const fpx_welford_weights *weights, size_t first_sample, size_t end_sample);  \
    void fpx_welford_u16_accumulate_##isa(double *mean, double *m2, const uint16_t *const *frames, size_t frame_count, \
                                          const fpx_welford_weights *weights, size_t first_sample, size_t end_sample); \
    void fpx_welford_f32_accumulate_##isa(double *mean, double *m2, const float *const *frames, size_t frame_count,    \
                                          const fpx_welford_weights *weights, size_t first_sample, size_t end_sample); \
    void fpx_addweighted_u8_##isa(uint8_t *destination, const uint8_t *first, const uint8_t *second,                   \
                                  size_t sample_count, float alpha, float beta, float gamma);                          \
    void fpx_addweighted_u16_##isa(uint16_t *destination, const uint16_t *first, const uint16_t *second,               \
                                   size_t sample_count, float alpha, float beta, float gamma);                         \
    void fpx_addweighted_f32_##isa(float *destination, const float *first, const float *second, size_t sample_count,   \
                                   float alpha, float beta, float gamma);                                              \
    void fpx_gaussian_u8_vertical_##isa(uint16_t *sums, size_t row_sums, const uint8_t *const *rows,                   \
                                        size_t first_sample, size_t sample_count, const fpx_gaussian *gaussian);       \
    void fpx_gaussian_u16_vertical_##isa(uint32_t *sums, size_t row_sums, const uint16_t *const *rows,                 \
                                         size_t first_sample, size_t sample_count, const fpx_gaussian *gaussian);      \
    void fpx_gaussian_u8_horizontal_##isa(uint8_t *destination, const uint16_t *sums, size_t sample_count,             \
                                          size_t channels, const fpx_gaussian *gaussian);                              \
    void fpx_gaussian_u16_horizontal_##isa(uint16_t *destination, const uint32_t *sums, size_t sample_count,           \
                                           size_t channels, const fpx_gaussian *gaussian);                             \
    void fpx_relief_moments_u8_##isa(float *mean, float *variance, const uint32_t *sum,                                \
                                     const uint32_t *sum_of_squares, size_t frame_count, size_t channels,              \
                                     size_t pixel_count);                                                              \
    void fpx_relief_moments_u16_##isa(float *mean, float *variance, const uint32_t *sum,                               \
                                      const uint64_t *sum_of_squares, size_t frame_count, size_t channels,             \
                                      size_t pixel_count);                                                             \
    void fpx_relief_moments_welford_##isa(float *mean, float *variance, const double *sample_mean, const double *m2,   \
                                          size_t frame_count, size_t channels, size_t pixel_count);                    \
    void fpx_relief_median5_##isa(float *destination, const float *const *five, size_t count);                         \
    void fpx_relief_above_median5_##isa(float *destination, const float *values, const float *const *five,             \
                                        size_t count);                                                                 \
    void fpx_relief_log_##isa(float *values, float offset, size_t count);                                              \
    void fpx_relief_percentile80_##isa(float *percentiles, const float *relief, size_t width, size_t row_count);       \
    size_t fpx_relief_find_##isa(uint32_t *columns, const float *mean, const float *variance,                          \
                                 const float *mean_limits, const float *variance_limits, size_t width);                \
    int32_t fpx_relief_residual_##isa(const uint16_t *samples, size_t channels);                                       \
    FPX_DECLARE_EXTREMES(isa)

FPX_DECLARE_KERNELS(c)
#if FPX_X86
FPX_DECLARE_KERNELS(avx2)
FPX_DECLARE_KERNELS(avx512)
void fpx_moments_u8_accumulate_avx512_vnni(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                           size_t frame_count, size_t first_sample, size_t end_sample);
void fpx_gaussian_u8_horizontal_avx512_vnni(uint8_t *destination, const uint16_t *sums, size_t sample_count,
                                            size_t channels, const fpx_gaussian *gaussian);
void fpx_gaussian_u16_horizontal_avx512_vnni(uint16_t *destination, const uint32_t *sums, size_t sample_count,
                                             size_t channels, const fpx_gaussian *gaussian);
void fpx_addweighted_u8_avx2_subnormal(uint8_t *destination, const uint8_t *first, const uint8_t *second,
                                       size_t sample_count, float alpha, float beta, float gamma);
void fpx_addweighted_u8_avx512_subnormal(uint8_t *destination, const uint8_t *first, const uint8_t *second,
                                         size_t sample_count, float alpha, float beta, float gamma);
#endif
#if FPX_ARM64
FPX_DECLARE_KERNELS(neon)
void fpx_moments_u8_accumulate_neon_dot_product(uint32_t *sum, uint32_t *sum_of_squares, const uint8_t *const *frames,
                                                size_t frame_count, size_t first_sample, size_t end_sample);
#endif

#endif
