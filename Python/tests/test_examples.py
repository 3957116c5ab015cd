"""The examples: shards on processes, in Dask, Ray and Spark give the bits of one process."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import missing
from numpy.typing import NDArray

import fastpix
from fastpix import Moments

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def expected(photos: NDArray[np.uint8]) -> Moments:
    return Moments(photos.shape[1:], photos.dtype).add(photos)


@pytest.fixture(autouse=True)
def examples_on_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES))
    yield


@pytest.mark.parametrize(("module", "parts"), [("with_processes", 2), ("with_dask", 1), ("with_dask", 5)])
def test_shards_give_the_bits_of_one_process(module: str, parts: int, example: Path, expected: Moments) -> None:
    if module == "with_dask":
        pytest.importorskip("dask.bag")
    folder_moments = importlib.import_module(module).moments_of_folder
    assert folder_moments(example, parts) == expected


#: In a process of its own, because Ray does not leave this one as it was.
RAY = """
import pickle, sys
from pathlib import Path
import with_ray
with_ray.start()
Path(sys.argv[3]).write_bytes(pickle.dumps(with_ray.moments_of_folder(Path(sys.argv[1]), int(sys.argv[2]))))
"""


@pytest.mark.skipif(not os.environ.get("FASTPIX_LONG_TESTS"), reason="Ray takes long to start: FASTPIX_LONG_TESTS")
def test_ray(example: Path, expected: Moments, tmp_path: Path) -> None:
    try:
        importlib.import_module("ray")
    except ImportError:
        missing("ray")
    command = [sys.executable, "-c", RAY, example, "3", tmp_path / "moments"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    assert pickle.loads((tmp_path / "moments").read_bytes()) == expected


SPARK = """
import pickle, sys
from pathlib import Path
import with_spark
Path(sys.argv[3]).write_bytes(pickle.dumps(with_spark.moments_of_folder(Path(sys.argv[1]), int(sys.argv[2]))))
"""


@pytest.mark.skipif(not os.environ.get("FASTPIX_LONG_TESTS"), reason="Spark takes 500 MB, and long: FASTPIX_LONG_TESTS")
def test_spark(example: Path, photos: NDArray[np.uint8], tmp_path: Path) -> None:
    if importlib.util.find_spec("pyspark") is None:
        missing("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark takes Java: apt-get install default-jre-headless")
    few = tmp_path / "few"
    few.mkdir()
    for path in sorted(example.glob("*.jpg"))[:5]:
        shutil.copy(path, few)
    # More partitions than photos: some are empty.
    command = [sys.executable, "-c", SPARK, few, "8", tmp_path / "moments"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    expected = Moments(photos.shape[1:], photos.dtype).add(photos[:5])
    assert pickle.loads((tmp_path / "moments").read_bytes()) == expected


def test_a_process_that_forks_after_threads_were_used_goes_on(expected: Moments, photos: NDArray[np.uint8]) -> None:
    """Data loaders fork. OpenMP's runtimes wait for ever then; the package's teams must not."""
    fastpix.gaussian_blur(photos[0], 15, threads=4)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        results = pool.map_async(blurred_in_a_child, [photos[0], photos[1]]).get(timeout=60)
    for photo, result in zip(photos, results):
        np.testing.assert_array_equal(result, fastpix.gaussian_blur(photo, 15))


def blurred_in_a_child(photo: Any) -> Any:
    return fastpix.gaussian_blur(photo, 15, threads=4)


def test_the_scripts_run(example: Path) -> None:
    for name in ("with_processes.py", "with_dask.py"):
        if name == "with_dask.py":
            pytest.importorskip("dask.bag")
        environment = {**os.environ, "PYTHONPATH": ""}
        output = subprocess.check_output([sys.executable, EXAMPLES / name, example], text=True, env=environment)
        assert output.strip() == "48 photos; lowest variance 58.25 at row 889, column 355, channel 1"
