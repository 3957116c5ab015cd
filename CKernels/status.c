#include "fpx_status.h"

const char *fpx_status_message(fpx_status status) {
    switch (status) {
    case FPX_OK: return "The operation succeeded.";
    case FPX_ERROR_ARGUMENT: return "A pointer is null, or a count or tile size is zero where it may not be, or a number is outside its range.";
    case FPX_ERROR_OVERFLOW: return "There are more frames than the accumulators can hold without overflow.";
    case FPX_ERROR_UNSUPPORTED: return "The processor or this build lacks the SIMD level asked for.";
    }
    return "The status code is unknown.";
}
