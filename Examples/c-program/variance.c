// Calls fastpix's kernels from C: the variance of each sample over four frames. The script `build` beside this file
// compiles it.
#include <CKernels.h>
#include <stdio.h>

enum { FRAME_COUNT = 4, SAMPLE_COUNT = 3 };

int main(void) {
    static const uint8_t frames[FRAME_COUNT][SAMPLE_COUNT] = {
        {10, 200, 7}, {12, 200, 9}, {14, 200, 11}, {16, 200, 250}};
    const uint8_t *pointers[FRAME_COUNT] = {frames[0], frames[1], frames[2], frames[3]};
    uint32_t sum[SAMPLE_COUNT] = {0};
    uint32_t sum_of_squares[SAMPLE_COUNT] = {0};
    uint64_t scaled_m2[SAMPLE_COUNT];

    // Tiles of 4096 samples, on as many threads as there are processors.
    fpx_status status = fpx_moments_u8_accumulate(sum, sum_of_squares, pointers, FRAME_COUNT, SAMPLE_COUNT, 4096, 0);
    if (status != FPX_OK) {
        fprintf(stderr, "variance: %s\n", fpx_status_message(status));
        return 1;
    }
    fpx_moments_u8_scaled_m2(scaled_m2, sum, sum_of_squares, FRAME_COUNT, SAMPLE_COUNT);
    for (int sample = 0; sample < SAMPLE_COUNT; sample++) {
        double mean = (double)sum[sample] / FRAME_COUNT;
        double variance = (double)scaled_m2[sample] / (FRAME_COUNT * (FRAME_COUNT - 1));
        printf("sample %d: mean %.3f, variance %.3f\n", sample, mean, variance);
    }
    printf("SIMD level %s, OpenMP %s\n", fpx_isa_name(fpx_isa_selected()),
           fpx_parallel_has_openmp() ? "true" : "false");
    return 0;
}
