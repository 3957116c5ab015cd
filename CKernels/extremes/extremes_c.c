// The definition, for each type of samples.

#include <math.h>

#include "../kernels.h"

#pragma STDC FP_CONTRACT OFF

#define SAMPLE uint8_t
#define NAME(name) name##_u8
#define KERNEL fpx_extremes_u8_c
#define IS_NUMBER(sample) true
#include "extremes_definition.h"

#define SAMPLE uint16_t
#define NAME(name) name##_u16
#define KERNEL fpx_extremes_u16_c
#define IS_NUMBER(sample) true
#include "extremes_definition.h"

#define SAMPLE float
#define NAME(name) name##_f32
#define KERNEL fpx_extremes_f32_c
#define IS_NUMBER(sample) !isnan(sample)
#include "extremes_definition.h"
