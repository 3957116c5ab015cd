"""joblib_addweighted.py PROCESSES OUTPUT_FOLDER FILES...: the pre-processing that was published, with its jobs really run.

Each photo is blended with its own blur, addWeighted(image, 0.7, GaussianBlur(image, (15, 15), 0), 0.3, 0), and written as
JPEG of OpenCV's default quality, 95. OpenCV's own threads are on, as they are for whoever does not turn them off.
"""

import os
import sys

import cv2
from joblib import Parallel, delayed


def blend(path, folder):
    image = cv2.imread(path)
    if image is None:
        raise SystemExit(f"OpenCV cannot read {path}.")
    result = cv2.addWeighted(image, 0.7, cv2.GaussianBlur(image, (15, 15), 0), 0.3, 0)
    cv2.imwrite(os.path.join(folder, os.path.basename(path)), result)


if __name__ == "__main__":
    processes, folder, files = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    os.makedirs(folder, exist_ok=True)
    Parallel(n_jobs=processes)(delayed(blend)(path, folder) for path in files)
