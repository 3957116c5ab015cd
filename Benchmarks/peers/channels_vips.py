"""channels_vips.py WORKERS FILES...: mean and standard deviation of each channel with libvips.

`stats` of every photo, read sequentially, which gives exact sums and sums of squares (float64) for each band; libvips
works on a photo with threads of its own, so the workers are its threads.
"""

import json
import os
import sys

workers, paths = int(sys.argv[1]), sys.argv[2:]
os.environ["VIPS_CONCURRENCY"] = str(workers)

import pyvips  # noqa: E402  (reads the variable above)


def main():
    pixels = 0
    sums, squares = [0.0] * 3, [0.0] * 3
    for path in paths:
        image = pyvips.Image.new_from_file(path, access="sequential")
        # Row 0 is about all bands together; columns 2 and 3 are the sum and the sum of squares.
        table = image.stats().numpy()
        pixels += image.width * image.height
        for band in range(3):
            sums[band] += float(table[band + 1][2])
            squares[band] += float(table[band + 1][3])
    channels = []
    for total, square in zip(sums, squares):
        mean = total / pixels
        channels.append({"mean": mean / 255, "standardDeviation": max(0, square / pixels - mean * mean) ** 0.5 / 255})
    json.dump({"channels": channels}, sys.stdout)


if __name__ == "__main__":
    main()
