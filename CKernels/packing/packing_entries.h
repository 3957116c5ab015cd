// The public functions for one type of numbers. ELEMENT is the type, PUBLIC(name) a function's name, ENTRY(name) the
// kernel's in the table.

size_t PUBLIC(pack)(uint8_t *packed, size_t packed_bytes, uint8_t *widths, const ELEMENT *values, size_t count) {
    if (count == 0) return 0;
    if (!packed || !widths || !values) return SIZE_MAX;
    if (packed_bytes < fpx_packed_most_bytes(count, sizeof *values)) return SIZE_MAX;
    return fpx_kernels_selected()->ENTRY(pack)(packed, widths, values, count);
}

size_t PUBLIC(unpack)(ELEMENT *values, size_t count, const uint8_t *widths, const uint8_t *packed,
                      size_t packed_bytes) {
    const size_t bytes = fpx_packed_byte_count(widths, count, sizeof *values);
    if (count == 0 || bytes == SIZE_MAX) return bytes;
    if (!values || bytes > packed_bytes || (!packed && bytes > 0)) return SIZE_MAX;
    fpx_kernels_selected()->ENTRY(unpack)(values, packed, widths, count);
    return bytes;
}

#undef ELEMENT
#undef PUBLIC
#undef ENTRY
