// The first `count` elements of a vector, fewer than it has, by way of the stack, where there are no masks for them:
// the others are zeros, and not touched in memory. ELEMENT is their type, LANES(name) an operation's name.

FPX_OPERATION LANES(fpx_vector) LANES(fpx_load_first)(const ELEMENT *elements, size_t count) {
    ELEMENT all[FPX_VECTOR_BYTES / sizeof(ELEMENT)] = {0};
    memcpy(all, elements, count * sizeof *elements);
    return LANES(fpx_load)(all);
}

FPX_OPERATION void LANES(fpx_store_first)(ELEMENT *elements, LANES(fpx_vector) v, size_t count) {
    ELEMENT all[FPX_VECTOR_BYTES / sizeof(ELEMENT)];
    LANES(fpx_store)(all, v);
    memcpy(elements, all, count * sizeof *elements);
}

#undef ELEMENT
#undef LANES
