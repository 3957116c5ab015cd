"""Moments of a folder of photos with Dask: a bag of photos, folded. `pip install "dask[bag]"`

python with_dask.py FOLDER [PARTITIONS]
"""

from __future__ import annotations

import sys
from pathlib import Path

import dask.bag
import numpy as np
from moments_of_photos import report
from PIL import Image

from fastpix import Moments


def add_photo(moments: Moments | None, path: Path) -> Moments:
    photo = np.asarray(Image.open(path))
    return (moments or Moments(photo.shape, photo.dtype)).add(photo)


def merge(first: Moments, second: Moments) -> Moments:
    return first.merge(second)


def moments_of_folder(folder: Path, partitions: int) -> Moments:
    bag = dask.bag.from_sequence(sorted(folder.glob("*.jpg")), npartitions=partitions)
    moments: Moments = bag.fold(add_photo, merge, initial=None).compute(scheduler="threads")
    return moments


if __name__ == "__main__":
    print(report(moments_of_folder(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 4)))
