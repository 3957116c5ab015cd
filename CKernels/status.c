#include "fpx_status.h"

const char *fpx_status_message(fpx_status status) {
    switch (status) {
    case FPX_OK: return "The operation succeeded.";
    case FPX_ERROR_ARGUMENT: return "A pointer is null, or a number is zero or outside its range where it may not be.";
    case FPX_ERROR_OVERFLOW: return "There are more frames than the accumulators can hold without overflow.";
    case FPX_ERROR_UNSUPPORTED: return "The processor or this build lacks the SIMD level asked for.";
    }
    return "The status code is unknown.";
}
