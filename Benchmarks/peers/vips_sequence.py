"""vips_sequence.py WORKERS FILES...: variance of every subpixel with libvips.

One pipeline over all photos: the sum of the photos and of their squares, as whole numbers in float64, and from them the
scaled M2 of every subpixel. libvips computes it region by region, with threads of its own; no photo is in memory as a
whole, but all of them are open at once. The ten lowest are found with NumPy.
"""

import json
import os
import sys

workers, paths = int(sys.argv[1]), sys.argv[2:]
os.environ["VIPS_CONCURRENCY"] = str(workers)

import numpy  # noqa: E402
import pyvips  # noqa: E402  (reads the variable above)


def main():
    count = len(paths)
    images = [pyvips.Image.new_from_file(path, access="sequential") for path in paths]
    total = pyvips.Image.sum([image.cast("uint") for image in images])
    squares = pyvips.Image.sum([image.cast("uint") * image for image in images])
    both = total.bandjoin(squares).cast("double").numpy()
    sums, square_sums = both[:, :, :3], both[:, :, 3:]
    # Scaled by the count: whole numbers below 2^53, so that equal variances compare equal.
    scaled = count * square_sums - sums * sums
    flat = scaled.ravel()
    candidates = numpy.argpartition(flat, min(10, flat.size - 1))[:10]
    lowest = []
    for index in candidates:
        row, column, channel = (int(part) for part in numpy.unravel_index(index, scaled.shape))
        lowest.append({"row": row, "column": column, "channel": channel,
                       "mean": float(sums[row, column, channel]) / count, "m2": float(flat[index]) / count,
                       "variance": float(flat[index]) / count / max(count - 1, 1)})
    lowest.sort(key=lambda entry: (entry["m2"], entry["row"], entry["column"], entry["channel"]))
    json.dump({"lowestVariance": lowest[:10]}, sys.stdout)


if __name__ == "__main__":
    main()
