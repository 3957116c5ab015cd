// Coarse sums of rows. Plain C at every level: one row in eight is looked at, one sample of each pixel.

#include <math.h>

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

static int64_t steps_of(float sample) {
    if (isnan(sample)) return 0;
    double steps = rint((double)sample * (double)FPX_SCENE_FLOAT_STEPS);
    const double most = 1099511627776.0;
    return (int64_t)(steps > most ? most : steps < -most ? -most : steps);
}

#define SCENE_FUNCTION fpx_scene_row_u8
#define SCENE_SAMPLE uint8_t
#define SCENE_INTEGER(x) ((int64_t)(x))
#include "scene_row.h"

#define SCENE_FUNCTION fpx_scene_row_u16
#define SCENE_SAMPLE uint16_t
#define SCENE_INTEGER(x) ((int64_t)(x))
#include "scene_row.h"

#define SCENE_FUNCTION fpx_scene_row_f32
#define SCENE_SAMPLE float
#define SCENE_INTEGER(x) steps_of(x)
#include "scene_row.h"
