"""fastpix: finds a camera's bad pixels in ordinary photos; exact moments, addWeighted and Gaussian blur for NumPy.

The kernels work on NumPy arrays: `add_weighted`, `gaussian_blur`, `Moments`, `Extremes`. The jobs run the program on
folders of photos: `hotpixels`, `stats`, `add_weighted_folder`; `judge` runs it on the sums of arrays. `DefectList` reads,
writes and applies lists of defective pixels.
"""

from importlib import metadata as _metadata

from ._defects import Camera, Defect, DefectList, MapForm, NotJudgedPart, Pixel, SensorFrame, Smear
from ._errors import (
    FailedOutputWarning,
    FastPixError,
    FastPixWarning,
    MapError,
    ProgramNotFoundError,
    SkippedFile,
    SkippedFilesWarning,
    UsageError,
)
from ._extremes import Extremes
from ._jobs import add_weighted_folder, hotpixels, judge, merge, merge_stats, stats
from ._kernels import add_weighted, gaussian_blur, select_simd, simd
from ._moments import Moments
from ._program import Progress, program_path
from ._reports import BlendReport, Group, Report, StatsReport
from ._state import State, StateError, StatePhoto

__version__ = _metadata.version("fastpix")

__all__ = [
    "BlendReport",
    "Camera",
    "Defect",
    "DefectList",
    "Extremes",
    "FailedOutputWarning",
    "FastPixError",
    "FastPixWarning",
    "Group",
    "MapError",
    "MapForm",
    "Moments",
    "NotJudgedPart",
    "Pixel",
    "ProgramNotFoundError",
    "Progress",
    "Report",
    "SensorFrame",
    "SkippedFile",
    "SkippedFilesWarning",
    "Smear",
    "State",
    "StateError",
    "StatePhoto",
    "StatsReport",
    "UsageError",
    "add_weighted",
    "add_weighted_folder",
    "gaussian_blur",
    "hotpixels",
    "judge",
    "merge",
    "merge_stats",
    "program_path",
    "select_simd",
    "simd",
    "stats",
]
