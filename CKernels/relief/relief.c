#include "fpx_relief.h"

#include "../kernels.h"

void fpx_relief_moments_u8(float *mean, float *variance, const uint32_t *sum, const uint32_t *sum_of_squares,
                           size_t frame_count, size_t channels, size_t pixel_count) {
    if (pixel_count == 0) return;
    fpx_kernels_selected()->relief_moments_u8(mean, variance, sum, sum_of_squares, frame_count, channels, pixel_count);
}

void fpx_relief_moments_u16(float *mean, float *variance, const uint32_t *sum, const uint64_t *sum_of_squares,
                            size_t frame_count, size_t channels, size_t pixel_count) {
    if (pixel_count == 0) return;
    fpx_kernels_selected()->relief_moments_u16(mean, variance, sum, sum_of_squares, frame_count, channels, pixel_count);
}

void fpx_relief_moments_welford(float *mean, float *variance, const double *sample_mean, const double *m2,
                                size_t frame_count, size_t channels, size_t pixel_count) {
    if (pixel_count == 0) return;
    fpx_kernels_selected()->relief_moments_welford(mean, variance, sample_mean, m2, frame_count, channels, pixel_count);
}

void fpx_relief_median5_f32(float *destination, const float *const *five, size_t count) {
    if (count == 0) return;
    fpx_kernels_selected()->relief_median5(destination, five, count);
}

void fpx_relief_above_median5_f32(float *destination, const float *values, const float *const *five, size_t count) {
    if (count == 0) return;
    fpx_kernels_selected()->relief_above_median5(destination, values, five, count);
}

void fpx_relief_log_f32(float *values, float offset, size_t count) {
    if (count == 0) return;
    fpx_kernels_selected()->relief_log(values, offset, count);
}

fpx_status fpx_relief_percentile80_f32(float *percentiles, const float *relief, size_t width, size_t row_count) {
    if (width == 0) return FPX_OK;
    if (!percentiles || !relief || row_count == 0 || row_count > FPX_RELIEF_CELL_ROWS) return FPX_ERROR_ARGUMENT;
    fpx_kernels_selected()->relief_percentile80(percentiles, relief, width, row_count);
    return FPX_OK;
}

size_t fpx_relief_find_f32(uint32_t *columns, const float *mean, const float *variance, const float *mean_limits,
                           const float *variance_limits, size_t width) {
    if (width == 0) return 0;
    return fpx_kernels_selected()->relief_find(columns, mean, variance, mean_limits, variance_limits, width);
}

int32_t fpx_relief_residual_u16(const uint16_t *samples, size_t channels) {
    return fpx_kernels_selected()->relief_residual(samples, channels);
}
