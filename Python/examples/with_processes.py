"""Moments of a folder of photos on several processes, merged exactly.

python with_processes.py FOLDER [PROCESSES]
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from moments_of_photos import moments_of, report, shards

from fastpix import Moments


def moments_of_folder(folder: Path, processes: int) -> Moments:
    paths = sorted(folder.glob("*.jpg"))
    # spawn: a forked copy of a process with threads may lock up, whoever has made them.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        return functools.reduce(Moments.merge, pool.map(moments_of, shards(paths, processes)))


if __name__ == "__main__":
    processes = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count() or 1
    print(report(moments_of_folder(Path(sys.argv[1]), processes)))
