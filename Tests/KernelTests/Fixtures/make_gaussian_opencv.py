"""Writes gaussian_opencv.txt, the golden results of OpenCV's GaussianBlur that KernelTests hold the kernels against.

    pip install opencv-python-headless==5.0.0.93 numpy
    python make_gaussian_opencv.py

Inputs are a formula (see `image`), repeated in GaussianGoldenTests.swift, so that only results are committed. One
line is: sample type, size, sigma, width, height, channels, a hash of all results, and the first, the middle and the
last one.
"""

import itertools
import pathlib

import cv2
import numpy as np

SIZES = (3, 5, 7, 9, 11, 13, 15, 17, 21, 25, 31, 49, 51, 75, 99)
# Narrower and lower than the kernels, one pixel, a line, a column, and around the width of vectors.
SHAPES = ((1, 1), (1, 9), (9, 1), (2, 3), (5, 4), (33, 7), (64, 5), (67, 3), (130, 12), (345, 2))


def image(sample, width, height, channels):
    index = np.arange(width * height * channels, dtype=np.int64)
    scattered = (index * index % 65521 * 40503 + 12345) % 65536
    values = (scattered >> 8).astype(np.uint8) if sample == "u8" else scattered.astype(np.uint16)
    return values.reshape(height, width, channels)


def hash_of(values):
    """FNV-1a over samples instead of bytes."""
    result = 0xCBF29CE484222325
    for value in values.tolist():
        result = ((result ^ value) * 0x100000001B3) % (1 << 64)
    return result


def main():
    cv2.setNumThreads(1)
    lines = [f"# OpenCV {cv2.__version__}, made by make_gaussian_opencv.py"]
    shapes, channel_counts = itertools.cycle(SHAPES), itertools.cycle((1, 2, 3, 4, 3))
    for size in SIZES:
        # OpenCV's rule; weights of zero at both ends; an ordinary one; nearly a mean.
        for sigma in (0.0, 0.6, round(size / 5, 2), 40.0):
            for sample in ("u8", "u16"):
                (width, height), channels = next(shapes), next(channel_counts)
                blurred = cv2.GaussianBlur(image(sample, width, height, channels), (size, size), sigma).ravel()
                spots = " ".join(str(blurred[place]) for place in (0, blurred.size // 2, -1))
                lines.append(f"{sample} {size} {sigma!r} {width} {height} {channels} {hash_of(blurred):016x} {spots}")
            next(shapes)
    pathlib.Path(__file__).with_name("gaussian_opencv.txt").write_text("\n".join(lines) + "\n")


main()
