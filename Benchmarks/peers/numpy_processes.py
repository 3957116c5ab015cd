"""numpy_processes.py WORKERS FILES...: variance of every subpixel with NumPy in several processes.

The method of the blog posts that inspired fastpix: each process decodes its share of the photos with Pillow, keeps mean
and M2 of every subpixel in float64 with Welford's update, and the parent adds the processes' M2 and sorts all of it
for the ten lowest values.

Kept as published, with its faults:
- The M2 of separate sets do not simply add up: the term for the sets' different means (Chan, Golub & LeVeque 1979) is
  missing, so the values, and with them the ranking, are too low wherever the sets' means differ.
- Every process has its own mean and M2 (16 bytes a subpixel) and three temporaries of the same size.
"""

import json
import sys
import time
from multiprocessing import Pool

import numpy
from PIL import Image


def welford(paths):
    mean = m2 = None
    count = 0
    for path in paths:
        with Image.open(path) as image:
            samples = numpy.asarray(image)
        if mean is None:
            mean, m2 = numpy.zeros(samples.shape), numpy.zeros(samples.shape)
        count += 1
        delta = samples - mean
        mean += delta / count
        m2 += delta * (samples - mean)
    return m2


def main():
    workers, paths = int(sys.argv[1]), sys.argv[2:]
    # Photo i goes to process i mod N; a process without photos has nothing to return.
    shares = [paths[first::workers] for first in range(min(workers, len(paths)))]
    began = time.perf_counter()
    pool = Pool(workers)
    parts = pool.map(welford, shares, chunksize=1)
    # Not `with Pool`: that ends the processes by a signal, before they have accounted for their time.
    pool.close()
    pool.join()
    m2 = sum(parts)
    accumulated = time.perf_counter()
    order = m2.argsort(axis=None)
    sorted_at = time.perf_counter()
    lowest = []
    for index in order[:10]:
        row, column, *channel = (int(part) for part in numpy.unravel_index(index, m2.shape))
        lowest.append({"row": row, "column": column, "channel": channel[0] if channel else 0,
                       "variance": float(m2.flat[index]) / max(len(paths) - 1, 1)})
    json.dump({"lowestVariance": lowest, "accumulateSeconds": accumulated - began,
               "selectSeconds": sorted_at - accumulated}, sys.stdout)


if __name__ == "__main__":
    main()
