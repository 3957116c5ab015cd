"""What the tests share.

FASTPIX_TEST_COMPLETE=1, which scripts/test-python sets, makes it an error when something that tests need is missing;
without it they are skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from numpy.typing import NDArray

import fastpix

hypothesis.settings.register_profile("fastpix", deadline=None, print_blob=True, max_examples=60)
hypothesis.settings.load_profile("fastpix")


def missing(what: str) -> None:
    """Skip, or fail where tests have to be complete."""
    if os.environ.get("FASTPIX_TEST_COMPLETE"):
        pytest.fail(f"{what} is missing, and the tests have to be complete")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def example() -> Path:
    """The folder of 48 photos with a stuck and a hot pixel."""
    folder = Path(__file__).parents[2] / "Examples" / "caliterra"
    if not folder.is_dir():
        missing("Examples/caliterra")
    return folder


@pytest.fixture(scope="session")
def photos(example: Path) -> NDArray[np.uint8]:
    """These photos as Pillow decodes them: (photo, row, column, channel)."""
    image = pytest.importorskip("PIL.Image")
    return np.stack([np.asarray(image.open(path)) for path in sorted(example.glob("*.jpg"))])


@pytest.fixture(scope="session")
def program() -> Path:
    """The program that jobs run."""
    try:
        return fastpix.program_path()
    except fastpix.ProgramNotFoundError:
        missing("the fastpix program")
        raise
