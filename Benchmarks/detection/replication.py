"""Looks at entries of a list in the even and in the odd photos alone, with NumPy and not with fastpix's own code."""
import pathlib

import numpy
from PIL import Image


def moments(paths):
    total = squares = 0
    for path in paths:
        photo = numpy.asarray(Image.open(path)).astype(numpy.float64)
        total = total + photo
        squares = squares + photo * photo
    mean = total / len(paths)
    return mean, (squares - total * mean) / (len(paths) - 1)


def around(array, row, column, reach):
    return array[max(0, row - reach):row + reach + 1, max(0, column - reach):column + reach + 1]


def shift(array, row, column):
    """The pixel minus the median of the 5 x 5 pixels around it."""
    return array[row, column] - numpy.median(around(array, row, column, 2))


def stands_out(mean, variance, entry):
    row, column = entry["row"], entry["column"]
    plane = mean[..., entry["channel"]] if mean.ndim == 3 else mean
    spread = variance[..., entry["channel"]] if variance.ndim == 3 else variance
    ratio = spread[row, column] / max(1e-9, numpy.median(around(spread, row, column, 4)))
    if entry["class"] in ("stuck", "dead"):
        return ratio < 0.5
    if entry["class"] == "unstable":
        return ratio > 1.4
    # Every pixel of 31 x 31 says how large such a shift is by chance.
    patch = around(plane, row, column, 15)
    chance = [shift(patch, r, c) for r in range(2, patch.shape[0] - 2, 2) for c in range(2, patch.shape[1] - 2, 2)]
    scale = 1.4826 * numpy.median(numpy.abs(chance))
    own = shift(plane, row, column)
    return abs(own) > 3 * scale and (own > 0) == (entry["meanScore"] > 0)


def count(folder, entries):
    """Entries that keep their sign and stand out in both halves of the photos, in the order of their names."""
    paths = sorted(path for path in pathlib.Path(folder).iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    halves = [moments(paths[0::2]), moments(paths[1::2])]
    return sum(all(stands_out(mean, variance, entry) for mean, variance in halves) for entry in entries)
