// The passes over finished sums, for compilers to vectorise with the instructions of each level. Included with
// FPX_TARGET, and with LEVEL(name) making a kernel's name.

#include <string.h>

#include "moments_summary_total.h"

#define SQUARE uint32_t
#define KERNEL LEVEL(fpx_moments_u8_summarise)
#include "moments_summary.h"

#define SQUARE uint64_t
#define KERNEL LEVEL(fpx_moments_u16_summarise)
#include "moments_summary.h"

#include "moments_merge.h"
