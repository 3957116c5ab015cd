from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Image = TypeVar("_Image", bound=NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32])

def add_weighted(
    a: _Image,
    alpha: float,
    b: _Image,
    beta: float,
    gamma: float,
    out: _Image | None = None,
    *,
    threads: int = 1,
) -> _Image: ...
def gaussian_blur(
    a: _Image,
    ksize: int | tuple[int, int],
    sigma: float = 0.0,
    out: _Image | None = None,
    *,
    threads: int = 1,
) -> _Image: ...
def moments_add(
    first: NDArray[Any], second: NDArray[Any], counts: NDArray[np.uint64], frames: NDArray[Any], *, threads: int = 1
) -> None: ...
def moments_merge(
    first: NDArray[Any],
    second: NDArray[Any],
    counts: NDArray[np.uint64],
    other_first: NDArray[Any],
    other_second: NDArray[Any],
    other_counts: NDArray[np.uint64],
) -> None: ...
def moments_scaled_m2(
    scaled_m2: NDArray[np.uint64], first: NDArray[Any], second: NDArray[Any], counts: NDArray[np.uint64]
) -> None: ...
def extremes_add(
    counters: NDArray[np.uint16],
    count: NDArray[np.uint64],
    frames: NDArray[Any],
    distance: int,
    black: float,
    white: float,
    *,
    threads: int = 1,
) -> None: ...
def repair(a: NDArray[Any], patches: NDArray[np.uint32], noise: float) -> None: ...
def simd() -> str: ...
def select_simd(level: str) -> None: ...
