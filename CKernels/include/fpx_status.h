/// Status codes of every fastpix kernel that can fail.
#ifndef FPX_STATUS_H
#define FPX_STATUS_H

#include "fpx_annotations.h"

#ifdef __cplusplus
extern "C" {
#endif

/// In Swift a closed enum.
typedef enum FPX_CLOSED_ENUM fpx_status {
    FPX_OK FPX_SWIFT_NAME("ok") = 0,
    /// A null pointer with a non-zero count, a zero tile or frame count where one is needed, or a number outside the
    /// range that its function names.
    FPX_ERROR_ARGUMENT FPX_SWIFT_NAME("argument") = 1,
    /// More frames than the accumulators can hold without overflow (FPX_MOMENTS_*_MAXIMUM_FRAMES).
    FPX_ERROR_OVERFLOW FPX_SWIFT_NAME("overflow") = 2,
    /// The processor lacks the SIMD level asked for, or this build does not contain it.
    FPX_ERROR_UNSUPPORTED FPX_SWIFT_NAME("unsupported") = 3,
} fpx_status;

/// A sentence in English for `status`; never null, valid for the life of the process. Thread-safe.
const char *_Nonnull fpx_status_message(fpx_status status);

#ifdef __cplusplus
}
#endif
#endif
