"""channels_numpy.py WORKERS FILES...: mean and standard deviation of each channel with Pillow and NumPy.

What tutorials do before they write Normalize(mean, std): every photo as float64 from 0 to 1, its sum and sum of squares,
in several processes.
"""

import json
import sys
from multiprocessing import Pool

import numpy
from PIL import Image


def moments(path):
    with Image.open(path) as image:
        samples = numpy.asarray(image.convert("RGB")) / 255.0
    return samples.shape[0] * samples.shape[1], samples.sum(axis=(0, 1)), (samples**2).sum(axis=(0, 1))


def main():
    workers, paths = int(sys.argv[1]), sys.argv[2:]
    pool = Pool(workers)
    parts = pool.map(moments, paths, chunksize=1)
    # Not `with Pool`: that ends the processes by a signal, before they have accounted for their time.
    pool.close()
    pool.join()
    pixels = sum(part[0] for part in parts)
    mean = sum(part[1] for part in parts) / pixels
    deviation = numpy.sqrt(sum(part[2] for part in parts) / pixels - mean**2)
    json.dump({"channels": [{"mean": float(m), "standardDeviation": float(d)} for m, d in zip(mean, deviation)]},
              sys.stdout)


if __name__ == "__main__":
    main()
