"""State files: the program's read here, this package's read by the program, merged exactly, damage found."""

from __future__ import annotations

import dataclasses
import functools
import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import fastpix
from fastpix import Extremes, FastPixError, FastPixWarning, Moments, State, StateError, StatePhoto, UsageError

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
    return states


def test_states_hold_what_this_package_computes(halves: list[Path], example: Path, photos: NDArray[np.uint8]) -> None:
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


def test_what_the_program_knows_of_photos_is_counted_here(halves: list[Path], photos: NDArray[np.uint8]) -> None:
    """Brightness, roughness and coarse sums of the program's state, against this package's and NumPy's."""
    state = State.read(halves[0])
    frames = photos[::2].astype(np.int64)
    assert state.extremes is not None
    green = frames[:, 3::8, :, 1]
    cells = green.reshape(*green.shape[:2], -1, 8).sum(axis=3)
    expected = sorted(
        zip(cells.sum(axis=(1, 2)).tolist(), abs(green[:, :, 2:] - green[:, :, :-2]).sum(axis=(1, 2)).tolist())
    )
    own = Extremes(photos.shape[1:], photos.dtype).add(photos[::2])
    for extremes in (state.extremes, own):
        _, coarse, facts = extremes._sums()
        assert sorted(map(tuple, facts[:, :2].tolist())) == expected
        np.testing.assert_array_equal(coarse.sum(axis=0), cells.sum(axis=0))
        assert set(facts[:, 2].tolist()) == {0, 1}
        for half in (0, 1):
            levels = facts[facts[:, 2] == half, 0]
            assert coarse[half].sum() == levels.sum() and 0 < len(levels) < len(frames)


def test_states_of_the_program_come_out_as_they_went_in(halves: list[Path], tmp_path: Path) -> None:
    State.read(halves[0]).write(tmp_path / "again.state")
    fastpix.merge(halves[0], save_state=tmp_path / "programs.state")
    # But for the name of who wrote it.
    written, programs = ((tmp_path / name).read_bytes() for name in ("again.state", "programs.state"))

    def manifest(content: bytes) -> dict[str, Any]:
        length = int.from_bytes(content[12:16], "little")
        values: dict[str, Any] = json.loads(content[16 : 16 + length])
        del values["writer"]
        return {**values, "camera": {key: value for key, value in values["camera"].items() if value is not None}}

    def statistics(content: bytes) -> bytes:
        return content[16 + int.from_bytes(content[12:16], "little") : -16]

    assert manifest(written) == manifest(programs) and statistics(written) == statistics(programs)


def test_what_files_say_that_they_are_is_kept(program: Path, tmp_path: Path) -> None:
    generator = np.random.default_rng(4)
    for number in range(5):
        cards = ["SIMPLE  = T", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 64", "NAXIS2  = 64", "IMAGETYP= 'Flat Field'", "END"]
        header = "".join(card.ljust(80) for card in cards).ljust(2880).encode()
        samples = (900 + generator.integers(0, 30, (64, 64))).astype(">i2").tobytes()
        (tmp_path / f"{number}.fits").write_bytes(header + samples.ljust(-(-len(samples) // 2880) * 2880, b"\0"))
    report = fastpix.hotpixels(tmp_path, checkpoint=tmp_path / "flats.state")
    assert report.groups[0].frame_kind == "flats"
    state = State.read(tmp_path / "flats.state")
    assert [(photo.fact or {})["pictureKind"] for photo in state.photos] == 5 * ["flat"]
    state.write(tmp_path / "again.state")
    assert State.read(tmp_path / "again.state").photos == state.photos
    assert [photo.fact for photo in State.read(tmp_path / "again.state").photos] == [photo.fact for photo in state.photos]
    assert fastpix.merge(tmp_path / "again.state").groups[0].frame_kind == "flats"


def test_arrays_are_judged_as_their_photos(example: Path, program: Path, photos: NDArray[np.uint8]) -> None:
    report = fastpix.hotpixels(example)
    shape, dtype = photos.shape[1:], photos.dtype
    # Shards, in another order.
    parts = [photos[first::5][::-1] for first in range(5)]
    moments = functools.reduce(Moments.merge, (Moments(shape, dtype).add(part) for part in parts))
    extremes = functools.reduce(Extremes.merge, (Extremes(shape, dtype).add(part) for part in parts))
    defects = fastpix.judge(moments, extremes, coded_unit=(16, 8), camera=report.groups[0].camera)
    assert len(defects) >= 2
    assert defects.defects == report.groups[0].defects
    assert (defects.frames, defects.width, defects.height) == (48, 384, 896)
    again = fastpix.judge(pickle.loads(pickle.dumps(moments)), pickle.loads(pickle.dumps(extremes)), coded_unit=(16, 8))
    assert again.defects == defects.defects
    hot = fastpix.judge(moments, extremes, kind="scenes", classes=["hot"], coded_unit=(16, 8))
    assert [defect.class_ for defect in hot] == ["hot"]
    assert len(fastpix.judge(moments, extremes, above=150, coded_unit=(16, 8))) < len(defects)


def test_what_was_not_judged_of_arrays_is_told(
    halves: list[Path], example: Path, program: Path, tmp_path: Path, photos: NDArray[np.uint8]
) -> None:
    """Something white is drawn into all photos, which count as never compressed."""
    drawn = photos.copy()
    drawn[:, 100:112, 200:260] = 255
    with pytest.warns(FastPixWarning) as caught:
        defects = fastpix.judge(
            Moments(photos.shape[1:], photos.dtype).add(drawn), Extremes(photos.shape[1:], photos.dtype).add(drawn)
        )
    assert {(889, 355), (76, 83)} <= {(defect.row, defect.column) for defect in defects}
    assert defects.judged_share is not None and 0.99 < defects.judged_share < 1
    (part,) = defects.not_judged or ()
    assert 90 <= part.row and part.row + part.rows <= 122 and 190 <= part.column and part.column + part.columns <= 270
    (message,) = {str(one.message) for one in caught}
    assert f"{part.columns} x {part.rows} pixels at row {part.row}, column {part.column} (overlay)" in message
    assert "99.79 % of the frame was judged" in message and "coded_unit=(1, 1)" in message and "(16, 16)" in message
    assert [one.filename for one in caught] == [__file__]
    moments = Moments(photos.shape[1:], photos.dtype).add(photos)
    extremes = Extremes(photos.shape[1:], photos.dtype).add(photos)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for unit in ((8, 8), (16, 8), (16, 16), (np.int64(16), np.int32(8))):
            whole = fastpix.judge(moments, extremes, coded_unit=unit)
            assert {(defect.row, defect.column) for defect in whole} == {(889, 355), (76, 83)}
            assert (whole.judged_share, whole.not_judged) == (1, ())
    # States know it, and their camera; both can be said otherwise.
    state = State.read(halves[0]).merge(State.read(halves[1]))
    images, plugin = pytest.importorskip("PIL.Image"), pytest.importorskip("PIL.JpegImagePlugin")
    assert {plugin.get_sampling(images.open(path)) for path in example.glob("*.jpg")} == {1}
    assert state.coded_unit == (16, 8)
    assert fastpix.judge(state) == fastpix.hotpixels(example).groups[0].defect_list
    assert fastpix.judge(state, coded_unit=(1, 1)).defects == fastpix.judge(moments, extremes).defects
    assert fastpix.judge(state, camera=fastpix.Camera(make="X")).camera.make == "X"
    assert state.coded_unit == (16, 8) and state.camera.make != "X"
    with pytest.raises(TypeError, match="a State has extremes of its own"):
        fastpix.judge(state, extremes)
    with pytest.raises(TypeError, match="give the extremes"):
        fastpix.judge(moments)
    with pytest.raises(ValueError, match="the state has no extremes"):
        fastpix.judge(State(state.moments, state.photos))
    with pytest.raises(ValueError, match="the pattern 'RGGB' is that of a mosaic"):
        fastpix.judge(state, pattern="RGGB")


def test_a_large_part_that_was_not_judged_is_told_once(program: Path) -> None:
    generator = np.random.default_rng(3)
    frames = generator.integers(20, 200, (30, 96, 128)).astype(np.uint8)
    frames[:, :30] = 0
    moments, extremes = Moments((96, 128), np.uint8).add(frames), Extremes((96, 128), np.uint8).add(frames)
    for unit, hints in (((1, 1), True), ((8, 8), False)):
        with pytest.warns(FastPixWarning) as caught:
            defects = fastpix.judge(moments, extremes, kind="scenes", coded_unit=unit)
        assert defects.judged_share is not None and defects.judged_share < 0.8
        told = [str(one.message) for one in caught if "What lies there is not in the list" in str(one.message)]
        assert len(told) == 1 and ("coded_unit=(1, 1)" in told[0]) == hints


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_dark_frames_of_a_mosaic_are_judged(program: Path, dtype: type) -> None:
    generator = np.random.default_rng(2)
    frames = generator.normal(30, 2, (12, 96, 160))
    frames[:, 40, 61] += 60
    frames[:, 10, 100] += 25
    stack = frames.round().astype(dtype)
    moments, extremes = Moments((96, 160), dtype).add(stack), Extremes((96, 160), dtype).add(stack)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FastPixWarning)
        defects = fastpix.judge(moments, extremes, kind="darks", pattern="RGGB")
    assert {(defect.row, defect.column) for defect in defects} == {(40, 61), (10, 100)}
    assert defects.mask().sum() >= 2


def test_what_cannot_be_judged_is_refused(program: Path) -> None:
    frames = np.random.default_rng(1).integers(0, 200, (6, 40, 48)).astype(np.uint8)
    moments, extremes = Moments((40, 48), np.uint8).add(frames), Extremes((40, 48), np.uint8).add(frames)
    with pytest.raises(ValueError, match="are not of the frames"):
        fastpix.judge(moments, Extremes((40, 48), np.uint8).add(frames[:5]))
    with pytest.raises(ValueError, match="are not of the frames"):
        fastpix.judge(moments, Extremes((40, 48), np.uint8, distance=3).add(frames))
    with pytest.raises(ValueError, match="are not of the frames"):
        fastpix.judge(moments, Extremes((40, 48), np.uint8, white=200).add(frames))
    with pytest.raises(ValueError, match="no square"):
        fastpix.judge(moments, extremes, pattern="RGG")
    for pattern in ("rggb", "XXXX", "R GB", "RGG\u0392"):
        with pytest.raises(ValueError, match=f"the pattern '{pattern}'.*letters that name no colour"):
            fastpix.judge(moments, extremes, pattern=pattern)
    for unit in ((0, 0), (8, 0), (-1, 8), (8,), (8, 8, 8), (8.5, 8), (1 << 31, 8), 8, "88", None):
        with pytest.raises(ValueError, match="the coded_unit is"):
            State.of_frames(moments, extremes, coded_unit=unit)  # type: ignore[arg-type]
    colours = frames[..., None].repeat(3, axis=3)
    rgb = Moments((40, 48, 3), np.uint8).add(colours), Extremes((40, 48, 3), np.uint8).add(colours)
    with pytest.raises(ValueError, match="the pattern 'RGGB' is that of a mosaic"):
        fastpix.judge(*rgb, pattern="RGGB")
    for shape, message in (((0, 8), "no pixels"), ((8, 0, 3), "no pixels"), ((8, 8, 4), r"\(height, width, 3\)")):
        frame = np.zeros(shape, np.uint8)
        made = Moments(shape, np.uint8), Extremes(shape, np.uint8)
        for one in made:
            for _ in range(5):
                one.add(frame)
        with pytest.raises(ValueError, match=message):
            fastpix.judge(*made)
    # What a state is given later is looked at when it is written.
    state = State.of_frames(moments, extremes)
    state.coded_unit = (0, 8)
    with pytest.raises(ValueError, match="the coded_unit is"):
        fastpix.judge(state)
    with pytest.raises(ValueError, match="exact sums"):
        fastpix.judge(Moments((40, 48), np.float32), Extremes((40, 48), np.float32))
    with pytest.raises(UsageError):
        fastpix.judge(moments, extremes, kind="stars")  # type: ignore[arg-type]
    few = Moments((40, 48), np.uint8).add(frames[:3]), Extremes((40, 48), np.uint8).add(frames[:3])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FastPixWarning)
        with pytest.raises(FastPixError, match="not judged"):
            fastpix.judge(*few)


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
    # What judging needs is there for one of the photos, and not for the others.
    state.extremes = Extremes(shape, dtype).add(frames)
    state.photos = (dataclasses.replace(photos[0], fact={"level": 1, "roughness": 2, "half": 0}), *photos[1:])
    with pytest.raises(StateError, match="facts of the photos are not of the frames"):
        state.write(tmp_path / "b.state")
    state.photos, state.extremes = photos[1:], None
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
    # The last row: two widths, filled up to a line, and a line of sums and one of squares: seven numbers of at most 20 bits.
    last = 3 * 64
    assert 1 <= body[-last] <= 10 and 1 <= body[1 - last] <= 20 and not any(body[2 - last : 64 - last])
    cases: list[tuple[bytes, str]] = [
        (b"", "not a state file"),
        (whole[:12], "not a state file"),
        (b"x" + whole[1:], "not a state file"),
        (whole[:8] + b"\x02" + whole[9:], "version 2"),
        (whole[:-1], "checksum"),
        (whole[:-17] + b"\xff" + whole[-16:], "checksum"),
        (signed(body[:-1]), "its length does not match"),
        (signed(body.replace(b'"height":6', b'"height":7')), "its length does not match"),
        (signed(body.replace(b'"width"', b'"WIDTH"')), "manifest cannot be read"),
        (signed(body.replace(b'"bitsPerSample":8', b'"bitsPerSample":9')), "manifest cannot be read"),
        (signed(body.replace(b'"photoCount":5', b'"photoCount":4')), "its photos cannot be read"),
        (signed(body.replace(b'"unfinishedCount":0', b'"unfinishedCount":2')), "2 photos are unfinished"),
        (signed(body.replace(b'"sumBits":32', b'"sumBits":64')), "more than this package holds"),
        (signed(body.replace(bytes(15) + b"\x01", bytes(15) + b"\x09")), "its photos cannot be read"),
        (signed(body[:-64]), "its length does not match"),
        (signed(body + bytes(64)), "its length does not match"),
        (signed(body[:-last] + b"\x21" + body[1 - last :]), "rows that cannot be read"),
        (signed(body[: 8 - last] + b"\x01" + body[9 - last :]), "rows that cannot be read"),
        (signed(body[:-64] + bytes(64)), "sums that no photos have"),
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


def test_states_of_stats_are_no_states_of_pixels(example: Path, program: Path, tmp_path: Path) -> None:
    fastpix.stats(example, checkpoint=tmp_path / "a.state")
    with pytest.raises(StateError, match="merge_stats"):
        State.read(tmp_path / "a.state")


def test_without_xxhash_the_advice_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    modules: dict[str, Any] = sys.modules
    monkeypatch.setitem(modules, "xxhash", None)
    with pytest.raises(ImportError, match=r"fastpix\[state\]"):
        StatePhoto.of(Path(__file__))
