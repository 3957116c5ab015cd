"""channels_opencv.py threads|joblib WORKERS FILES...: mean and standard deviation of each channel with OpenCV.

cv2.meanStdDev of every photo, in threads of one process or in the processes of joblib, and the photos' moments combined:
mean square = std^2 + mean^2, each photo weighted with its pixels.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2

# One owner of the parallelism: the workers, not OpenCV's own threads inside every call.
cv2.setNumThreads(1)


def moments(path):
    """Pixels, mean and mean square of red, green, blue."""
    cv2.setNumThreads(1)
    image = cv2.imread(path, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if image is None:
        raise SystemExit(f"OpenCV cannot read {path}.")
    mean, deviation = cv2.meanStdDev(image)
    # OpenCV's channels are blue, green, red.
    mean, deviation = mean.ravel()[::-1], deviation.ravel()[::-1]
    return image.shape[0] * image.shape[1], list(mean), list(deviation**2 + mean**2)


def main():
    kind, workers, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    if kind == "joblib":
        from joblib import Parallel, delayed

        parts = Parallel(n_jobs=workers)(delayed(moments)(path) for path in paths)
    else:
        with ThreadPoolExecutor(workers) as executor:
            parts = list(executor.map(moments, paths))
    pixels = sum(part[0] for part in parts)
    channels = []
    for channel in range(3):
        mean = sum(part[0] * part[1][channel] for part in parts) / pixels
        square = sum(part[0] * part[2][channel] for part in parts) / pixels
        channels.append({"mean": mean / 255, "standardDeviation": max(0, square - mean * mean) ** 0.5 / 255})
    json.dump({"channels": channels}, sys.stdout)


if __name__ == "__main__":
    main()
