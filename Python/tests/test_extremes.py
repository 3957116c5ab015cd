"""Extremes against a definition in NumPy, however frames are split, merged and stored."""

from __future__ import annotations

import functools
import pickle
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import IMAGE_TYPES, in_layout, layout_of, random_array
from numpy.typing import NDArray

from fastpix import Extremes


def counted(frames: NDArray[Any], distance: int, black: float, white: float) -> list[NDArray[np.int64]]:
    """above, below, blind_above, blind_below by their definition, frame by frame."""
    counts = [np.zeros(frames.shape[1:], np.int64) for _ in range(4)]
    height, width = frames.shape[1:3]
    if height <= 2 * distance or width <= 2 * distance:
        return counts
    inner = (slice(distance, height - distance), slice(distance, width - distance))
    for frame in frames:
        neighbours = np.stack(
            [
                frame[distance + y : height - distance + y, distance + x : width - distance + x]
                for y in (-distance, 0, distance)
                for x in (-distance, 0, distance)
                if (y, x) != (0, 0)
            ]
        )
        highest, lowest, sample = neighbours.max(axis=0), neighbours.min(axis=0), frame[inner]
        for count, found in zip(counts, (sample > highest, sample < lowest, highest >= white, lowest <= black)):
            count[inner] += found
    return counts


def all_counts(extremes: Extremes) -> list[NDArray[np.uint16]]:
    return [extremes.above, extremes.below, extremes.blind_above, extremes.blind_below]


def few_values(shape: tuple[int, ...], dtype: type, seed: int) -> NDArray[Any]:
    """Of so few values that ties and clipped samples are common."""
    generator = np.random.default_rng(seed)
    if dtype == np.float32:
        return generator.integers(-3, 4, shape).astype(np.float32)
    most = np.iinfo(dtype).max
    return generator.choice(np.array([0, 1, 2, 3, most - 1, most], dtype), shape)


@given(
    st.data(),
    st.integers(1, 9),
    st.integers(1, 40),
    st.integers(0, 4),
    st.integers(1, 19),
    st.sampled_from(IMAGE_TYPES),
    st.sampled_from([1, 2, 3]),
)
def test_counts_in_every_layout_and_split(
    data: st.DataObject, height: int, width: int, channels: int, count: int, dtype: type, distance: int
) -> None:
    shape = (height, width, channels) if channels else (height, width)
    frames = few_values((count, *shape), dtype, count)
    levels = data.draw(st.sampled_from([{}, {"black": 1, "white": 3}]))
    most = np.inf if dtype == np.float32 else int(np.iinfo(dtype).max)
    expected = counted(
        frames,
        distance,
        levels.get("black", -np.inf if dtype == np.float32 else 0),
        levels.get("white", most),
    )
    extremes = Extremes(shape, dtype, distance=distance, **levels)
    done = 0
    while done < count:
        more = data.draw(st.integers(1, count - done))
        stack = in_layout(frames[done : done + more], data.draw(layout_of((more, *shape))))
        extremes.add(stack[0] if more == 1 else stack, threads=data.draw(st.sampled_from([0, 1, 2])))
        done += more
    assert extremes.count == count
    for got, wanted in zip(all_counts(extremes), expected):
        assert got.shape == shape and got.dtype == np.uint16
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("dtype", IMAGE_TYPES)
def test_shards_merge_to_the_same_counts(dtype: type) -> None:
    frames = few_values((30, 70, 40, 3), dtype, 1)
    whole = Extremes((70, 40, 3), dtype).add(frames, threads=2)
    shards = [Extremes((70, 40, 3), dtype).add(frames[first::4]) for first in range(4)]
    shards = [pickle.loads(pickle.dumps(shard)) for shard in shards]
    before = [shard.copy() for shard in shards[1:]]
    assert functools.reduce(Extremes.merge, shards) == whole
    assert shards[1:] == before and shards[1] != whole
    for got, wanted in zip(all_counts(whole), counted(frames, 2, whole._black, whole._white)):
        np.testing.assert_array_equal(got, wanted)


def test_threads_that_add_to_one_object_lose_no_frame() -> None:
    frames = few_values((40, 50, 60), np.uint8, 2)
    extremes = Extremes((50, 60), np.uint8)
    threads = [
        threading.Thread(target=lambda first=first: [extremes.add(frame) for frame in frames[first::4]])
        for first in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert extremes == Extremes((50, 60), np.uint8).add(frames)


def test_not_a_number_is_never_beyond_and_makes_blind() -> None:
    frame = np.zeros((5, 5), np.float32)
    frame[2, 2] = 1
    frame[0, 0] = np.nan
    extremes = Extremes((5, 5), np.float32).add(frame)
    assert extremes.above.sum() == 0 and extremes.blind_above[2, 2] == extremes.blind_below[2, 2] == 1


def test_the_examples_defects_persist(photos: NDArray[np.uint8]) -> None:
    extremes = Extremes(photos.shape[1:], photos.dtype).add(photos)
    for row, column in ((889, 355), (76, 83)):
        assert extremes.above[row, column, 1] > 40
    assert np.median(extremes.above[4:-4, 4:-4, 1]) < 10


def test_frames_in_a_list_are_a_stack() -> None:
    frames = random_array((11, 9, 8), np.uint16, 3)
    expected = Extremes((9, 8), np.uint16).add(frames)
    assert Extremes((9, 8), np.uint16).add(list(frames)) == expected
    assert Extremes((9, 8), np.uint16).add((*frames[:10], np.asfortranarray(frames[10]))) == expected


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (((4,), "u1"), {}, ValueError, r"the shape of a frame is \(4,\)"),
        (((4, 5, 3, 2), "u1"), {}, ValueError, "the shape of a frame"),
        ((5, "u1"), {}, ValueError, r"the shape of a frame is \(5,\)"),
        (((4, -5), "u1"), {}, ValueError, "negative"),
        (((4.5, 5), "u1"), {}, TypeError, "whole numbers"),
        (((1 << 40, 1 << 40), "u1"), {}, ValueError, "no memory holds"),
        (((4, 5), "f8"), {}, TypeError, "float64"),
        (((4, 5), "u1"), {"distance": 0}, ValueError, "the distance is 0"),
        (((4, 5), "u1"), {"distance": 17}, ValueError, "the distance is 17"),
        (((4, 5), "u1"), {"black": -1}, ValueError, "-1.0 is no level of uint8"),
        (((4, 5), "u1"), {"white": 300}, ValueError, "300.0 is no level"),
        (((4, 5), "u2"), {"white": 1.5}, ValueError, "1.5 is no level"),
        (((4, 5), "f4"), {"white": float("nan")}, ValueError, "nan is no level"),
    ],
)
def test_what_cannot_be_counted_is_refused(arguments: Any, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Extremes(*arguments, **options)


def test_copies_of_a_subclass_are_of_it() -> None:
    class Named(Extremes):
        pass

    named = Named((np.int64(6), 7), np.uint8).add(np.eye(6, 7, dtype=np.uint8))
    assert type(named.copy()) is Named and named.copy() == named


def test_what_does_not_fit_is_refused() -> None:
    extremes = Extremes((6, 7), np.uint8)
    with pytest.raises(TypeError, match="uint16"):
        extremes.add(np.zeros((6, 7), np.uint16))
    with pytest.raises(ValueError, match="have the shape"):
        extremes.add(np.zeros((7, 6), np.uint8))
    with pytest.raises(ValueError, match="cannot be merged"):
        extremes.merge(Extremes((6, 7), np.uint8, white=200))
    with pytest.raises(ValueError, match="with themselves"):
        extremes.merge(extremes)
    with pytest.raises(TypeError, match="not with int"):
        extremes.merge(1)  # type: ignore[arg-type]
    assert extremes.count == 0
    extremes.add(np.zeros((65_535, 6, 7), np.uint8))
    assert extremes.blind_below.max() == 65_535
    for more in (lambda: extremes.add(np.zeros((6, 7), np.uint8)), lambda: extremes.merge(extremes.copy())):
        with pytest.raises(OverflowError, match="65535"):
            more()
    assert extremes.count == 65_535


def test_half_made_objects_and_damaged_pickles_are_refused() -> None:
    from fastpix import _kernels

    frame = np.zeros((6, 9), np.uint8)
    for base in (_kernels.ExtremesBase(), Extremes.__new__(Extremes)):
        with pytest.raises(ValueError, match="never initialised"):
            base.add(frame)
        with pytest.raises(ValueError, match="never initialised"):
            base._copy_sums(None, None)
    extremes = Extremes((6, 9), np.uint8).add(frame)
    with pytest.raises(ValueError, match="initialised twice"):
        extremes.__init__((5, 4), np.uint8)  # type: ignore[misc]
    with pytest.raises(ValueError, match="of the frames' size"):
        _kernels.ExtremesBase()._begin((6, 9), frame, np.zeros((4, 6, 8), "u2"), np.zeros((2, 1, 1), "i8"), 2, 0, 255)
    for facts in (b"12", bytes(24 * 65_536)):
        with pytest.raises(ValueError, match="no extremes have such a state"):
            extremes._restore(facts)
    with pytest.raises(ValueError, match="four counters"):
        extremes._copy_counter(4, np.zeros((6, 9), np.uint16))


def test_what_tells_scenes_does_not_depend_on_order_and_split(photos: NDArray[np.uint8]) -> None:
    whole = Extremes(photos.shape[1:], photos.dtype).add(photos)
    shards = [Extremes(photos.shape[1:], photos.dtype) for _ in range(3)]
    for index in np.random.default_rng(3).permutation(len(photos)).tolist():
        shards[index % 3].add(photos[index])
    merged = functools.reduce(Extremes.merge, (pickle.loads(pickle.dumps(shard)) for shard in shards))
    (_, coarse, facts), (_, other_coarse, other_facts) = whole._sums(), merged._sums()
    np.testing.assert_array_equal(coarse, other_coarse)
    assert sorted(facts.tolist()) == sorted(other_facts.tolist())
