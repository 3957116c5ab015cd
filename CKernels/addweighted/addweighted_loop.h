// The kernel for one type of samples: SAMPLE is the type, LANES(name) an operation on vectors of it, LOOP and KERNEL
// are names, WEIGH(first, second, weights, results_fit) makes a vector of results, MAXIMUM is the largest sample.

FPX_OPERATION void LOOP(SAMPLE *destination, const SAMPLE *first, const SAMPLE *second, size_t sample_count, weights by,
                        bool results_fit) {
    const size_t lane_count = FPX_VECTOR_BYTES / sizeof(SAMPLE);
    if (sample_count < lane_count) {
        const LANES(fpx_vector) a = LANES(fpx_load_first)(first, sample_count);
        const LANES(fpx_vector) b = LANES(fpx_load_first)(second, sample_count);
        LANES(fpx_store_first)(destination, WEIGH(a, b, by, results_fit), sample_count);
        return;
    }
    // The last vector may begin before the one before it ends. It is read first, because the destination may be a
    // source.
    const size_t last = sample_count - lane_count;
    const LANES(fpx_vector) last_a = LANES(fpx_load)(first + last), last_b = LANES(fpx_load)(second + last);
    for (size_t index = 0; index < last; index += lane_count) {
        const LANES(fpx_vector) a = LANES(fpx_load)(first + index), b = LANES(fpx_load)(second + index);
        LANES(fpx_store)(destination + index, WEIGH(a, b, by, results_fit));
    }
    LANES(fpx_store)(destination + last, WEIGH(last_a, last_b, by, results_fit));
}

FPX_TARGET void KERNEL(SAMPLE *destination, const SAMPLE *first, const SAMPLE *second, size_t sample_count, float alpha,
                       float beta, float gamma) {
    const weights by = broadcast(alpha, beta, gamma);
    if (fpx_results_fit_32_bits(MAXIMUM, alpha, beta, gamma)) {
        LOOP(destination, first, second, sample_count, by, true);
    } else {
        LOOP(destination, first, second, sample_count, by, false);
    }
}

#undef SAMPLE
#undef LANES
#undef LOOP
#undef KERNEL
#undef WEIGH
#undef MAXIMUM
