/// fastpix compute kernels: pure arithmetic on sample buffers, no files, no codecs, no allocation.
#ifndef FPX_CKERNELS_H
#define FPX_CKERNELS_H

#include "fpx_addweighted.h"
#include "fpx_channels.h"
#include "fpx_cpu.h"
#include "fpx_detection.h"
#include "fpx_extremes.h"
#include "fpx_gaussian.h"
#include "fpx_moments.h"
#include "fpx_packing.h"
#include "fpx_parallel.h"
#include "fpx_scene.h"
#include "fpx_status.h"
#include "fpx_welford.h"

#endif
