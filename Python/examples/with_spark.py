"""Moments of a folder of photos with Spark: partitions on workers, merged as a tree. `pip install pyspark`, and Java.

python with_spark.py FOLDER [PARTITIONS]
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from moments_of_photos import moments_of, report
from pyspark.sql import SparkSession

from fastpix import Moments


def moments_of_partition(paths: Iterable[Path]) -> list[Moments]:
    part = list(paths)
    # Spark makes empty partitions where there are fewer photos.
    return [moments_of(part)] if part else []


def moments_of_folder(folder: Path, partitions: int) -> Moments:
    # Workers take the python3 on the PATH, which may be one without fastpix.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    context = SparkSession.builder.appName("moments").getOrCreate().sparkContext
    paths = context.parallelize(sorted(folder.glob("*.jpg")), partitions)
    moments: Moments = paths.mapPartitions(moments_of_partition).treeReduce(Moments.merge)
    return moments


if __name__ == "__main__":
    print(report(moments_of_folder(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 4)))
