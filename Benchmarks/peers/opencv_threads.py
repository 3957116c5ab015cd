"""opencv_threads.py WORKERS FILES...: variance of every subpixel with OpenCV in several threads.

What somebody who knows Python well writes today: cv2 releases the interpreter's lock, so threads decode and accumulate
at the same time, each into a sum (float32, exact below 2^24) and a sum of squares (float64, exact) of its own.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy

# One owner of the parallelism: the threads below, not OpenCV's own inside every call.
cv2.setNumThreads(1)


def moments(paths):
    total = squares = None
    for path in paths:
        image = cv2.imread(path, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if image is None:
            raise SystemExit(f"OpenCV cannot read {path}.")
        if total is None:
            total, squares = numpy.zeros(image.shape, numpy.float32), numpy.zeros(image.shape, numpy.float64)
        cv2.accumulate(image, total)
        cv2.accumulateSquare(image, squares)
    return total, squares


def main():
    workers, paths = int(sys.argv[1]), sys.argv[2:]
    count = len(paths)
    shares = [paths[first::workers] for first in range(min(workers, count))]
    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as executor:
        parts = list(executor.map(moments, shares))
    report(parts, count, began)


def report(parts, count, began):
    """Prints the ten lowest variances of `count` photos, whose sums are in `parts`."""
    total = sum(part[0].astype(numpy.float64) for part in parts)
    squares = sum(part[1] for part in parts)
    # Scaled by the count: whole numbers below 2^53, so that equal variances compare equal.
    scaled = count * squares - total * total
    accumulated = time.perf_counter()
    flat = scaled.ravel()
    candidates = numpy.argpartition(flat, min(10, flat.size - 1))[:10]
    lowest = []
    for index in candidates:
        row, column, channel = (int(part) for part in numpy.unravel_index(index, scaled.shape))
        # OpenCV's channels are blue, green, red.
        lowest.append({"row": row, "column": column, "channel": 2 - channel,
                       "mean": float(total.flat[index]) / count,
                       "m2": float(flat[index]) / count,
                       "variance": float(flat[index]) / count / max(count - 1, 1)})
    lowest.sort(key=lambda entry: (entry["m2"], entry["row"], entry["column"], entry["channel"]))
    json.dump({"lowestVariance": lowest[:10], "accumulateSeconds": accumulated - began,
               "selectSeconds": time.perf_counter() - accumulated}, sys.stdout)


if __name__ == "__main__":
    main()
