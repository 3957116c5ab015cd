"""Moments of a folder of photos with Ray: one task for each shard. `pip install ray`

python with_ray.py FOLDER [SHARDS]
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import ray
from moments_of_photos import moments_of, report, shards

from fastpix import Moments


def moments_of_folder(folder: Path, count: int) -> Moments:
    task = ray.remote(moments_of)
    parts = ray.get([task.remote(part) for part in shards(sorted(folder.glob("*.jpg")), count)])
    # What Ray hands out is read-only: merge into an object of our own.
    first, *others = parts
    return functools.reduce(Moments.merge, others, first.copy())


def start() -> None:
    """Ray on this machine; workers find the modules beside this file."""
    ray.init(include_dashboard=False, runtime_env={"env_vars": {"PYTHONPATH": str(Path(__file__).parent)}})


if __name__ == "__main__":
    start()
    print(report(moments_of_folder(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 4)))
