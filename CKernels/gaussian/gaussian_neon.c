#include "gaussian_plain.h"

#if FPX_ARM64

#pragma STDC FP_CONTRACT OFF

void fpx_gaussian_u8_vertical_neon(uint16_t *sums, size_t row_sums, const uint8_t *const *rows, size_t first_sample,
                                   size_t sample_count, const fpx_gaussian *gaussian) {
    fpx_gaussian_u8_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
}

void fpx_gaussian_u8_horizontal_neon(uint8_t *destination, const uint16_t *sums, size_t sample_count, size_t channels,
                                     const fpx_gaussian *gaussian) {
    fpx_gaussian_u8_horizontal_plain(destination, sums, sample_count, channels, gaussian);
}

void fpx_gaussian_u16_vertical_neon(uint32_t *sums, size_t row_sums, const uint16_t *const *rows, size_t first_sample,
                                    size_t sample_count, const fpx_gaussian *gaussian) {
    fpx_gaussian_u16_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
}

void fpx_gaussian_u16_horizontal_neon(uint16_t *destination, const uint32_t *sums, size_t sample_count, size_t channels,
                                      const fpx_gaussian *gaussian) {
    fpx_gaussian_u16_horizontal_plain(destination, sums, sample_count, channels, gaussian);
}

#endif
