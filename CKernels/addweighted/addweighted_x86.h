// How vectors of x86-64 are weighed, without and with subnormal arithmetic, and with that the template. Included once
// for each level, after a header of ../vectors, with LEVEL(name) and SUBNORMAL_LEVEL(name) making names of kernels.

#include "addweighted_weights.h"

/// What is too large for 32 bits, and not-a-number, converts to the smallest integer, which the saturating packs make
/// 0; so unless the results are known to fit, large values are bounded first.
FPX_OPERATION fpx_vector_u32 to_integers(fpx_vector_f32 values, fpx_vector_f32 maximum, bool results_fit) {
    return fpx_f32_to_i32(results_fit ? values : fpx_bound_f32(values, maximum));
}

// ---- 8-bit samples ----
//
// Bytes are widened where they lie, each doubleword's byte 0, 1, 2, 3 by another instruction, and not by four
// vpmovzxbd: shuffles are what the processor has fewest units for, and two of the four ways are none.

/// Moves byte `byte` of each doubleword to its lowest byte and clears the others.
FPX_OPERATION fpx_vector_u32 widen_byte(fpx_vector_u32 bytes, uint32_t byte) {
    return fpx_shuffle_u8(
        bytes, fpx_repeat_in_lanes(0x80808000u + byte, 0x80808004u + byte, 0x80808008u + byte, 0x8080800cu + byte));
}

typedef struct four_vectors {
    fpx_vector_f32 byte[4];
} four_vectors;

FPX_OPERATION four_vectors bytes_to_floats(fpx_vector_u8 bytes) {
    const four_vectors floats = {{
        fpx_i32_to_f32(fpx_and_u32(bytes, fpx_splat_u32(0xff))),
        fpx_i32_to_f32(widen_byte(bytes, 1)),
        fpx_i32_to_f32(widen_byte(bytes, 2)),
        fpx_i32_to_f32(fpx_shift_right_u32(bytes, 24)),
    }};
    return floats;
}

FPX_OPERATION fpx_vector_u8 weigh_byte_vector(fpx_vector_u8 first, fpx_vector_u8 second, weights by, bool results_fit) {
    // The packs leave the four bytes 0 of a lane first, then its four bytes 1, and so on.
    const fpx_vector_u32 in_order = fpx_repeat_in_lanes(0x0c080400, 0x0d090501, 0x0e0a0602, 0x0f0b0703);
    const four_vectors a = bytes_to_floats(first), b = bytes_to_floats(second);
    fpx_vector_u32 integers[4];
    FPX_UNROLL
    for (int byte = 0; byte < 4; byte++) {
        integers[byte] = to_integers(weighted_sum(a.byte[byte], b.byte[byte], by), fpx_splat_f32(255.0f), results_fit);
    }
    const fpx_vector_u8 bytes = fpx_pack_i16_to_u8(fpx_pack_i32_to_i16(integers[0], integers[1]),
                                                   fpx_pack_i32_to_i16(integers[2], integers[3]));
    return fpx_shuffle_u8(bytes, in_order);
}

// ---- 16-bit samples ----

FPX_OPERATION fpx_vector_u16 weigh_word_vector(fpx_vector_u16 a, fpx_vector_u16 b, weights by, bool results_fit) {
    const fpx_vector_f32 maximum = fpx_splat_f32(65535.0f);
    const fpx_vector_u32 lower_word = fpx_splat_u32(0xffff);
    // The pack leaves the four even words of a lane before its four odd ones.
    const fpx_vector_u32 in_order = fpx_repeat_in_lanes(0x09080100, 0x0b0a0302, 0x0d0c0504, 0x0f0e0706);
    const fpx_vector_f32 even =
        weighted_sum(fpx_i32_to_f32(fpx_and_u32(a, lower_word)), fpx_i32_to_f32(fpx_and_u32(b, lower_word)), by);
    const fpx_vector_f32 odd =
        weighted_sum(fpx_i32_to_f32(fpx_shift_right_u32(a, 16)), fpx_i32_to_f32(fpx_shift_right_u32(b, 16)), by);
    return fpx_shuffle_u8(
        fpx_pack_i32_to_u16(to_integers(even, maximum, results_fit), to_integers(odd, maximum, results_fit)), in_order);
}

#include "addweighted_template.h"

// ---- 8-bit samples, subnormal ----

/// The rounded sums of bytes that are subnormal floats, in the low words; `scale`: see addweighted_bounds.h.
FPX_OPERATION fpx_vector_u32 subnormal_sum(fpx_vector_u32 first, fpx_vector_u32 second, weights by, float scale) {
    const weights scaled = {by.alpha, by.beta, fpx_multiply_f32(by.gamma, fpx_splat_f32(scale))};
    const fpx_vector_f32 sum = weighted_sum(fpx_bits_as_f32(first), fpx_bits_as_f32(second), scaled);
    return fpx_f32_as_bits(fpx_add_f32(sum, fpx_splat_f32(0x1.8p23f * scale)));
}

/// The low words of `even` with those of `odd` above them.
FPX_OPERATION fpx_vector_u32 interleave_low_words(fpx_vector_u32 even, fpx_vector_u32 odd) {
    return fpx_blend_words(even, fpx_shift_left_u32(odd, 16));
}

FPX_OPERATION fpx_vector_u8 weigh_subnormal_vector(fpx_vector_u8 a, fpx_vector_u8 b, weights by) {
    // The pack leaves the bytes 0 and 1 of a lane's doublewords first, then their bytes 2 and 3.
    const fpx_vector_u32 in_order = fpx_repeat_in_lanes(0x09080100, 0x0b0a0302, 0x0d0c0504, 0x0f0e0706);
    const fpx_vector_u32 lowest = fpx_splat_u32(0xff), second_lowest = fpx_splat_u32(0xff00);
    const fpx_vector_u32 byte0 = subnormal_sum(fpx_and_u32(a, lowest), fpx_and_u32(b, lowest), by, 0x1p-22f);
    const fpx_vector_u32 byte1 =
        subnormal_sum(fpx_and_u32(a, second_lowest), fpx_and_u32(b, second_lowest), by, 0x1p-14f);
    const fpx_vector_u32 byte2 = subnormal_sum(widen_byte(a, 2), widen_byte(b, 2), by, 0x1p-22f);
    const fpx_vector_u32 byte3 = subnormal_sum(fpx_shift_right_u32(a, 24), fpx_shift_right_u32(b, 24), by, 0x1p-22f);
    const fpx_vector_u32 bytes =
        fpx_pack_i16_to_u8(interleave_low_words(byte0, byte1), interleave_low_words(byte2, byte3));
    return fpx_shuffle_u8(bytes, in_order);
}

/// More than a vector; see addweighted_loop.h. A function of its own, because its constants and those of the ordinary
/// way do not fit the registers together.
FPX_TARGET static __attribute__((noinline)) void weigh_subnormal_bytes(uint8_t *destination, const uint8_t *first,
                                                                       const uint8_t *second, size_t sample_count,
                                                                       weights by) {
    const size_t last = sample_count - FPX_VECTOR_BYTES;
    const fpx_vector_u8 last_a = fpx_load_u8(first + last), last_b = fpx_load_u8(second + last);
    for (size_t index = 0; index < last; index += FPX_VECTOR_BYTES) {
        fpx_store_u8(destination + index,
                     weigh_subnormal_vector(fpx_load_u8(first + index), fpx_load_u8(second + index), by));
    }
    fpx_store_u8(destination + last, weigh_subnormal_vector(last_a, last_b, by));
}

/// What the checks and the scaling of the weights take is won back from here on: measured with AVX2 on Zen 3, where the
/// ways meet at some 250 samples.
enum { FEWEST_SUBNORMAL_SAMPLES = 256 };

FPX_TARGET void SUBNORMAL_LEVEL(fpx_addweighted_u8)(uint8_t *destination, const uint8_t *first, const uint8_t *second,
                                                    size_t sample_count, float alpha, float beta, float gamma) {
    if (sample_count >= FEWEST_SUBNORMAL_SAMPLES && fpx_scalars_suit_subnormals(alpha, beta, gamma) &&
        fpx_subnormals_are_numbers()) {
        weigh_subnormal_bytes(destination, first, second, sample_count,
                              broadcast(alpha * 0x1p127f, beta * 0x1p127f, gamma));
    } else {
        LEVEL(fpx_addweighted_u8)(destination, first, second, sample_count, alpha, beta, gamma);
    }
}
