"""The yardstick: NumPy's own exact integer moments over Pillow's decode. Slow, simple, and independent of fastpix."""

from __future__ import annotations

import numpy
from PIL import Image


def pixels(path: str) -> numpy.ndarray:
    """The stored pixels (EXIF orientation not applied), always (height, width, channels)."""
    with Image.open(path) as image:
        samples = numpy.asarray(image)
    return samples[:, :, None] if samples.ndim == 2 else samples


def moments(paths: list[str]) -> tuple[int, numpy.ndarray, numpy.ndarray]:
    """Number of photos, sum and sum of squares of every subpixel in int64."""
    total = squares = None
    for path in paths:
        samples = pixels(path).astype(numpy.int64)
        if total is None:
            total, squares = numpy.zeros_like(samples), numpy.zeros_like(samples)
        if samples.shape != total.shape:
            raise SystemExit(f"{path} is {samples.shape}, the photos before it are {total.shape}.")
        total += samples
        numpy.multiply(samples, samples, out=samples)
        squares += samples
    return len(paths), total, squares


def scaled_m2(count: int, total: numpy.ndarray, squares: numpy.ndarray) -> numpy.ndarray:
    """count * M2 = count * (sum of squares) - sum^2: an integer, so nothing is rounded."""
    # 16-bit samples: n^2 * 65535^2 / 4 stays below 2^63 up to 92,000 photos; sum^2 needs n * 65535 < 2^31.5.
    largest = int(total.max())
    if largest * largest >= 2**63 or count * int(squares.max()) >= 2**63:
        raise SystemExit("Too many photos for int64; give fewer.")
    return count * squares - total * total


def channels(paths: list[str]) -> dict:
    """Pixels in all, and of each channel the sum and sum of squares, whole numbers, and from them mean and standard
    deviation of samples divided by 255."""
    pixel_count, total, squares = 0, None, None
    for path in paths:
        samples = pixels(path).astype(numpy.uint64)
        if total is None:
            total, squares = [0] * samples.shape[2], [0] * samples.shape[2]
        pixel_count += samples.shape[0] * samples.shape[1]
        for channel in range(samples.shape[2]):
            total[channel] += int(samples[:, :, channel].sum())
            squares[channel] += int((samples[:, :, channel] ** 2).sum())
    return {"pixels": pixel_count, "channels": [
        {"sum": s, "sumOfSquares": q, "mean": s / pixel_count / 255,
         "standardDeviation": (pixel_count * q - s * s) ** 0.5 / pixel_count / 255} for s, q in zip(total, squares)]}
