"""opencv_joblib.py WORKERS FILES...: variance of every subpixel with OpenCV in the processes of joblib.

The same as opencv_threads.py, in processes: each sends back a sum and a sum of squares of its share of the photos.
"""

import sys
import time

import opencv_threads
from joblib import Parallel, delayed


def moments(paths):
    opencv_threads.cv2.setNumThreads(1)
    return opencv_threads.moments(paths)


def main():
    workers, paths = int(sys.argv[1]), sys.argv[2:]
    shares = [paths[first::workers] for first in range(min(workers, len(paths)))]
    began = time.perf_counter()
    parts = Parallel(n_jobs=workers)(delayed(moments)(share) for share in shares)
    opencv_threads.report(parts, len(paths), began)


if __name__ == "__main__":
    main()
