"""channels_imagemagick.py WORKERS FILES...: mean and standard deviation of each channel with ImageMagick.

One `identify` for each photo, as many at a time as there are workers, each on one thread.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

FORMAT = " ".join(["%w %h"] + [f"%[fx:{what}.{channel}]" for what in ("mean", "standard_deviation")
                               for channel in "rgb"])


def moments(path):
    """Pixels, mean and mean square of red, green, blue, as shares of 1."""
    program = ["magick", "identify"] if shutil.which("magick") else ["identify"]
    run = subprocess.run([*program, "-precision", "17", "-format", FORMAT, path], capture_output=True, text=True,
                         env={**os.environ, "MAGICK_THREAD_LIMIT": "1"})
    if run.returncode:
        raise SystemExit(f"ImageMagick: {run.stderr}")
    width, height, *values = run.stdout.split()
    mean, deviation = [float(value) for value in values[:3]], [float(value) for value in values[3:]]
    pixels = int(width) * int(height)
    # ImageMagick's is the deviation of a sample, divided by the number of pixels less one.
    return pixels, mean, [d * d * (pixels - 1) / pixels + m * m for m, d in zip(mean, deviation)]


def main():
    workers, paths = int(sys.argv[1]), sys.argv[2:]
    with ThreadPoolExecutor(workers) as executor:
        parts = list(executor.map(moments, paths))
    pixels = sum(part[0] for part in parts)
    channels = []
    for channel in range(3):
        mean = sum(part[0] * part[1][channel] for part in parts) / pixels
        square = sum(part[0] * part[2][channel] for part in parts) / pixels
        channels.append({"mean": mean, "standardDeviation": max(0, square - mean * mean) ** 0.5})
    json.dump({"channels": channels}, sys.stdout)


if __name__ == "__main__":
    main()
