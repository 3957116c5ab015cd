// The public functions: checks, and rows as tiles of one row.

#include "fpx_extremes.h"

#include "../kernels.h"

#define SAMPLE uint8_t
#define PUBLIC(name) fpx_extremes_u8_##name
#define ENTRY extremes_u8
#include "extremes_entries.h"

#define SAMPLE uint16_t
#define PUBLIC(name) fpx_extremes_u16_##name
#define ENTRY extremes_u16
#include "extremes_entries.h"

#define SAMPLE float
#define PUBLIC(name) fpx_extremes_f32_##name
#define ENTRY extremes_f32
#include "extremes_entries.h"
