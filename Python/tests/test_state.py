"""State files: the program's read here, this package's read by the program, merged exactly, damage found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import fastpix
from fastpix import Extremes, FastPixError, Moments, State, StateError, StatePhoto

xxhash = pytest.importorskip("xxhash")


@pytest.fixture(scope="module")
def halves(example: Path, program: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """States of two disjoint halves of the example, which the program has written."""
    folder = tmp_path_factory.mktemp("states")
    paths = sorted(example.glob("*.jpg"))
    states = []
    for index in (0, 1):
        states.append(folder / f"{index}.state")
        fastpix.hotpixels(paths[index::2], checkpoint=states[-1], arguments=["-q"])
    version = int.from_bytes(states[0].read_bytes()[8:12], "little")
    if version != 3:
        pytest.skip(f"the program writes states of version {version}, and this package knows version 3")
    return states


def test_states_hold_what_this_package_computes(
    halves: list[Path], example: Path, photos: NDArray[np.uint8]
) -> None:
    state = State.read(halves[0])
    frames = photos[::2]
    assert state.moments == Moments(frames.shape[1:], frames.dtype).add(frames)
    assert state.extremes == Extremes(frames.shape[1:], frames.dtype).add(frames)
    assert state.camera.model == "Canon PowerShot SX260 HS"
    expected = {StatePhoto.of(path) for path in sorted(example.glob("*.jpg"))[::2]}
    assert set(state.photos) == expected


def test_states_merged_here_are_judged_as_one_run(
    halves: list[Path], example: Path, tmp_path: Path, photos: NDArray[np.uint8]
) -> None:
    one, two = (State.read(path) for path in halves)
    merged = one.merge(two)
    assert merged.moments == Moments(photos.shape[1:], photos.dtype).add(photos)
    merged.write(tmp_path / "merged.state")
    assert State.read(tmp_path / "merged.state") == merged
    here = fastpix.merge(tmp_path / "merged.state")
    by_the_program = fastpix.merge(halves, save_state=tmp_path / "by-the-program.state")
    assert here.groups == by_the_program.groups
    assert State.read(tmp_path / "by-the-program.state") == merged
    # Photos tell the history of a defect besides, but not where it is.
    run = fastpix.hotpixels(example).groups[0]
    for group in here.groups:
        assert [(d.row, d.column, d.class_) for d in group.defect_list] == [
            (d.row, d.column, d.class_) for d in run.defect_list
        ]
        assert group.variance == run.variance and group.lowest_variance == run.lowest_variance
    with pytest.raises(StateError, match="a photo may count only once"):
        merged.merge(two)
    with pytest.raises(FastPixError):
        fastpix.merge([halves[0], halves[0]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(9, 20), (16, 24, 3)])
def test_moments_of_arrays_become_states(
    halves: list[Path], tmp_path: Path, dtype: type, shape: tuple[int, ...]
) -> None:
    frames = np.random.default_rng(1).integers(0, 200, (5, *shape)).astype(dtype)
    photos = tuple(StatePhoto(xxhash.xxh3_128_hexdigest(frame.tobytes()), f"{i}") for i, frame in enumerate(frames))
    state = State(Moments(shape, dtype).add(frames), photos)
    state.write(tmp_path / "a.state")
    again = State.read(tmp_path / "a.state")
    assert again.moments == state.moments and set(again.photos) == set(photos)
    report = fastpix.merge(tmp_path / "a.state", defects=False, save_sums=tmp_path)
    assert report.groups[0].frames == 5
    np.testing.assert_array_equal(np.load(tmp_path / "sum.npy").reshape(shape), state.moments.sum)
    np.testing.assert_array_equal(np.load(tmp_path / "sum_of_squares.npy").reshape(shape), state.moments.sum_of_squares)
    state.photos = photos[1:]
    with pytest.raises(StateError, match="4 photos, and moments of 5 frames"):
        state.write(tmp_path / "b.state")
    with pytest.raises(StateError, match="exact sums"):
        State(Moments((3, 4), np.float32), ()).write(tmp_path / "b.state")
    assert not (tmp_path / "b.state").exists()


def signed(content: bytes) -> bytes:
    """With a right checksum, so that what comes behind it is tested."""
    return content + bytes(xxhash.xxh3_128_digest(content))


def test_damaged_states_are_refused(tmp_path: Path) -> None:
    frames = np.random.default_rng(1).integers(0, 200, (5, 6, 7)).astype(np.uint8)
    photos = tuple(StatePhoto(f"{i:032x}", f"{i}") for i in range(5))
    path = tmp_path / "a.state"
    State(Moments((6, 7), np.uint8).add(frames), photos).write(path)
    whole = path.read_bytes()
    body = whole[:-16]
    cases: list[tuple[bytes, str]] = [
        (b"", "not a state file"),
        (whole[:12], "not a state file"),
        (b"x" + whole[1:], "not a state file"),
        (whole[:8] + b"\x02" + whole[9:], "version 2"),
        (whole[:-1], "checksum"),
        (whole[:-17] + b"\xff" + whole[-16:], "checksum"),
        (signed(body[:-1]), "its length does not match"),
        (signed(body.replace(b'"width":7', b'"width":8')), "its length does not match"),
        (signed(body.replace(b'"width"', b'"WIDTH"')), "manifest cannot be read"),
        (signed(body.replace(b'"bitsPerSample":8', b'"bitsPerSample":9')), "manifest cannot be read"),
        (signed(body[:-8] + b"\xff" * 8), "its length|no photos have|damaged"),
        (signed(body[:-4] + b"\x00" * 4), "sums that no photos have"),
        (signed(body[:12] + b"\xff\xff\xff\x0f" + body[16:]), "shorter than it says"),
    ]
    for position in range(0, len(whole), 7):
        flipped = bytearray(whole)
        flipped[position] ^= 0x10
        cases.append((bytes(flipped), ""))
    for content, message in cases:
        path.write_bytes(content)
        with pytest.raises(StateError, match=message or ".") as caught:
            State.read(path)
        assert str(path) in str(caught.value)


def test_without_xxhash_the_advice_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    modules: dict[str, Any] = sys.modules
    monkeypatch.setitem(modules, "xxhash", None)
    with pytest.raises(ImportError, match=r"fastpix\[state\]"):
        StatePhoto.of(Path(__file__))
