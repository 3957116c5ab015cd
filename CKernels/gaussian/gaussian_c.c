#include "gaussian_plain.h"

#pragma STDC FP_CONTRACT OFF

void fpx_gaussian_u8_vertical_c(uint16_t *sums, size_t row_sums, const uint8_t *const *rows, size_t first_sample,
                                size_t sample_count, const fpx_gaussian *gaussian) {
    fpx_gaussian_u8_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
}

void fpx_gaussian_u8_horizontal_c(uint8_t *destination, const uint16_t *sums, size_t sample_count, size_t channels,
                                  const fpx_gaussian *gaussian) {
    fpx_gaussian_u8_horizontal_plain(destination, sums, sample_count, channels, gaussian);
}

void fpx_gaussian_u16_vertical_c(uint32_t *sums, size_t row_sums, const uint16_t *const *rows, size_t first_sample,
                                 size_t sample_count, const fpx_gaussian *gaussian) {
    fpx_gaussian_u16_vertical_plain(sums, row_sums, rows, first_sample, sample_count, gaussian);
}

void fpx_gaussian_u16_horizontal_c(uint16_t *destination, const uint32_t *sums, size_t sample_count, size_t channels,
                                   const fpx_gaussian *gaussian) {
    fpx_gaussian_u16_horizontal_plain(destination, sums, sample_count, channels, gaussian);
}
