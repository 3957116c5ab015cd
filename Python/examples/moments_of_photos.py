"""What the examples beside this file spread over processes or machines: the moments of some photos.

Any reader will do; this one is Pillow. A function in a module of its own, because workers import it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from fastpix import Moments


def moments_of(paths: Sequence[Path]) -> Moments:
    """The exact moments of photos of one size."""
    moments: Moments | None = None
    for path in paths:
        photo = np.asarray(Image.open(path))
        if moments is None:
            moments = Moments(photo.shape, photo.dtype)
        moments.add(photo)
    if moments is None:
        raise ValueError("there are no photos")
    return moments


def shards(paths: Sequence[Path], count: int) -> list[list[Path]]:
    """The paths in so many parts, none of them empty."""
    parts = [list(paths[first::count]) for first in range(count)]
    return [part for part in parts if part]


def report(moments: Moments) -> str:
    """The subpixel of lowest variance, which is where a stuck pixel is."""
    place = np.unravel_index(int(moments.variance.argmin()), moments.shape)
    row, column, channel = (int(index) for index in place)
    return (
        f"{moments.count} photos; lowest variance {moments.variance[place]:.2f} "
        f"at row {row}, column {column}, channel {channel}"
    )
