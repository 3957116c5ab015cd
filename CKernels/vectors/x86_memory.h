// Loads and stores of vectors of integers: ELEMENT is their type, LANES(name) an operation's name.

FPX_OPERATION fpx_integers LANES(fpx_load)(const ELEMENT *elements) {
    return FPX_WHOLE(loadu)((const fpx_integers *)elements);
}
FPX_OPERATION void LANES(fpx_store)(ELEMENT *elements, fpx_integers v) {
    FPX_WHOLE(storeu)((fpx_integers *)elements, v);
}

#undef ELEMENT
#undef LANES
