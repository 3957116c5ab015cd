"""Moments against exact integers, NumPy, ccdproc and the program, however they are split, merged and stored."""

from __future__ import annotations

import copy
import functools
import pickle
import random
import subprocess
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import IMAGE_TYPES, in_layout, layout_of, random_array
from numpy.typing import NDArray

import fastpix
from fastpix import Extremes, Moments

INTEGERS = (np.uint8, np.uint16)


def exact(frames: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean and variance, each a quotient of Python's integers rounded once to float64 (the numerator before, too)."""
    values = frames.astype(object)
    count = len(frames)
    total, squares = values.sum(axis=0), (values * values).sum(axis=0)
    mean = np.vectorize(lambda x: float(x) / count)(total)
    variance = np.vectorize(lambda x: float(x) / float(count * (count - 1)))(count * squares - total * total)
    return mean.astype(float), variance.astype(float)


#: Rounded once, as processors do it.
fma = np.frompyfunc(lambda a, b, c: float(Fraction(a) * Fraction(b) + Fraction(c)), 3, 1)


def blockwise_welford(frames: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The definition in fpx_welford.h, with NumPy and fractions."""
    mean = np.zeros(frames.shape[1:])
    m2 = np.zeros(frames.shape[1:])
    before = 0
    for first in range(0, len(frames), 4):
        x = frames[first : first + 4].astype(float)
        n, m = float(before), float(len(x))
        if m == 4:
            b = ((x[0] + x[1]) + (x[2] + x[3])) * 0.25
        else:
            b = x[0] if m == 1 else (x[0] + x[1]) * 0.5
        if m == 3:
            b = fma(x[2] - b, 1 / 3, b).astype(float)
        big_b = (x[0] - b) * (x[0] - b)
        for other in x[1:]:
            big_b = fma(other - b, other - b, big_b).astype(float)
        d = b - mean
        mean = fma(d, m / (n + m), mean).astype(float)
        m2 = m2 + fma(d * d, n * m / (n + m), big_b).astype(float)
        before += len(x)
    return mean, m2 / float(before - 1)


@given(
    st.data(),
    st.lists(st.integers(1, 7), min_size=1, max_size=3).map(tuple),
    st.integers(2, 19),
    st.sampled_from(IMAGE_TYPES),
)
def test_mean_and_variance_in_any_order_of_calls(
    data: st.DataObject, shape: tuple[int, ...], count: int, dtype: type
) -> None:
    frames = random_array((count, *shape), dtype, count)
    moments = Moments(shape, dtype)
    done = 0
    while done < count:
        more = data.draw(st.integers(1, count - done))
        if more == 1 and data.draw(st.booleans()):
            moments.add(in_layout(frames[done], data.draw(layout_of(shape))))
        else:
            stack = in_layout(frames[done : done + more], data.draw(layout_of((more, *shape))))
            moments.add(stack, threads=data.draw(st.sampled_from([0, 1, 2])))
        done += more
        if data.draw(st.booleans()):
            # Looking changes nothing.
            assert moments.count == done
            moments.mean
    expected_mean, expected_variance = blockwise_welford(frames) if dtype == np.float32 else exact(frames)
    np.testing.assert_array_equal(moments.mean, expected_mean)
    np.testing.assert_array_equal(moments.variance, expected_variance)
    assert moments.mean.dtype == moments.variance.dtype == np.float64
    np.testing.assert_allclose(moments.variance, frames.astype(float).var(axis=0, ddof=1), rtol=1e-6, atol=1e-6)


@given(st.data(), st.integers(1, 25), st.sampled_from(INTEGERS))
def test_any_split_into_shards_merges_to_the_same_bits(data: st.DataObject, count: int, dtype: type) -> None:
    frames = random_array((count, 6, 5), dtype, count)
    whole = Moments((6, 5), dtype).add(frames)
    owners = data.draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    shards = [Moments((6, 5), dtype) for _ in range(5)]
    for frame, owner in zip(frames, owners):
        shards[owner].add(frame)
    shards = [pickle.loads(pickle.dumps(shard)) for shard in shards]
    data.draw(st.randoms(use_true_random=False)).shuffle(shards)
    before = [shard.copy() for shard in shards[1:]]
    merged = functools.reduce(Moments.merge, shards)
    assert merged == whole and merged.count == count
    assert shards[1:] == before
    np.testing.assert_array_equal(merged.sum, frames.astype(np.int64).sum(axis=0))
    np.testing.assert_array_equal(merged.sum_of_squares, (frames.astype(np.uint64) ** 2).sum(axis=0))


def test_float_moments_merge_by_chans_formula() -> None:
    frames = random_array((23, 40), np.float32, 1)
    merged = Moments((40,), np.float32).add(frames[:9])
    merged.merge(Moments((40,), np.float32)).merge(Moments((40,), np.float32).add(frames[9:]))
    assert merged.count == 23
    np.testing.assert_allclose(merged.mean, frames.astype(float).mean(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(merged.variance, frames.astype(float).var(axis=0, ddof=1), rtol=1e-9)
    again = Moments((40,), np.float32).add(frames[:9])
    again.merge(Moments((40,), np.float32).add(frames[9:]))
    assert again == merged


@pytest.mark.parametrize("dtype", IMAGE_TYPES)
@pytest.mark.parametrize("count", [0, 1, 3, 4, 6])
def test_copies_and_pickles_go_on_alike(dtype: type, count: int) -> None:
    frames = random_array((count + 5, 4, 3), dtype, 2)
    moments = Moments((4, 3), dtype).add(frames[:count])
    others = [moments.copy(), pickle.loads(pickle.dumps(moments)), copy.deepcopy(moments)]
    moments.add(frames[count:])
    for other in others:
        assert other.count == count
        for frame in frames[count:]:
            other.add(frame)
        assert other == moments
        assert other != Moments((4, 3), dtype)


def test_equality_is_about_bits() -> None:
    one = Moments((3,), np.uint8).add(np.array([1, 2, 3], np.uint8))
    assert one == Moments((3,), np.uint8).add(np.array([1, 2, 3], np.uint8))
    assert one != Moments((3,), np.uint8).add(np.array([1, 2, 4], np.uint8))
    assert one != Moments((3,), np.uint16).add(np.array([1, 2, 3], np.uint16))
    assert one != "moments"


def test_foreign_byte_order_is_understood() -> None:
    frames = random_array((6, 5), np.uint16, 3)
    # FITS files are so.
    assert Moments((5,), ">u2").add(frames.astype(">u2")) == Moments((5,), np.uint16).add(frames)


def test_the_callers_array_may_be_used_again_at_once() -> None:
    frames = random_array((9, 50), np.uint8, 4)
    moments, buffer = Moments((50,), np.uint8), np.empty(50, np.uint8)
    for frame in frames:
        buffer[:] = frame
        moments.add(buffer)
    assert moments == Moments((50,), np.uint8).add(frames)


def test_results_do_not_change_with_later_frames() -> None:
    for dtype in IMAGE_TYPES:
        frames = random_array((9, 50), dtype, 5)
        moments = Moments((50,), dtype).add(frames[:5])
        mean, variance = moments.mean, moments.variance
        kept = mean.copy(), variance.copy()
        moments.add(frames[5:])
        np.testing.assert_array_equal(mean, kept[0])
        np.testing.assert_array_equal(variance, kept[1])
    moments = Moments((50,), np.uint8).add(np.ones((4, 50), np.uint8))
    moments.sum[:] = 0
    moments.sum_of_squares[:] = 0
    assert (moments.sum == 4).all() and (moments.sum_of_squares == 4).all()


@pytest.mark.parametrize(("dtype", "most"), [(np.uint8, 66_051), (np.uint16, 65_537)])
def test_sums_never_overflow(dtype: type, most: int) -> None:
    brightest = np.broadcast_to(np.iinfo(dtype).max, (most, 1)).astype(dtype)
    moments = Moments((1,), dtype).add(brightest)
    assert int(moments.sum[0]) == most * int(np.iinfo(dtype).max)
    assert int(moments.sum_of_squares[0]) == most * int(np.iinfo(dtype).max) ** 2
    assert moments.variance[0] == 0
    before = moments.copy()
    with pytest.raises(OverflowError, match=f"{most} {np.dtype(dtype)} frames"):
        moments.add(brightest[:1])
    with pytest.raises(OverflowError):
        moments.merge(Moments((1,), dtype).add(brightest[:1]))
    with pytest.raises(OverflowError):
        Moments((1,), dtype).add(brightest[:2]).add(brightest)
    assert moments == before


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (np.zeros((4, 5), np.uint16), TypeError, "are uint16, and frames of uint8 are wanted"),
        (np.zeros((5, 4), np.uint8), ValueError, r"have the shape \(5, 4\); \(4, 5\) is wanted, or \('n', 4, 5\)"),
        (np.zeros(20, np.uint8), ValueError, "have the shape"),
        (np.zeros((), np.uint8), ValueError, "have the shape"),
        (np.zeros((2, 2, 4, 5), np.uint8), ValueError, "have the shape"),
        (np.ma.masked_array(np.zeros((4, 5), np.uint8)), TypeError, "masked"),
        ("frames", TypeError, "are <U6"),
    ],
)
def test_frames_that_do_not_fit_are_refused(values: Any, error: type[Exception], message: str) -> None:
    moments = Moments((4, 5), np.uint8)
    with pytest.raises(error, match=message):
        moments.add(values)
    assert moments.count == 0


def test_what_cannot_be_told_is_refused() -> None:
    moments = Moments((4,), np.uint8)
    with pytest.raises(ValueError, match="a mean takes 1 or more frames; there are 0"):
        moments.mean
    moments.add(np.zeros(4, np.uint8))
    with pytest.raises(ValueError, match="a variance takes 2 or more frames; there are 1"):
        moments.variance
    with pytest.raises(ValueError, match="with themselves"):
        moments.merge(moments)
    with pytest.raises(ValueError, match="cannot be merged"):
        moments.merge(Moments((5,), np.uint8))
    with pytest.raises(ValueError, match="cannot be merged"):
        moments.merge(Moments((4,), np.uint16))
    with pytest.raises(TypeError, match="not with int"):
        moments.merge(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="float64 have no moments"):
        Moments((4,), float)
    with pytest.raises(ValueError, match="negative"):
        Moments((4, -1), np.uint8)
    # The first has 0 samples in 64 bits, the others none, and more than an address has.
    for shape in ((1 << 40, 1 << 40), (1 << 62,), (0, 1 << 63), 1 << 60):
        with pytest.raises(ValueError, match="no memory holds"):
            Moments(shape, np.uint8)
    for shape in ((4.5, 2), 3.0, ("4", 2), None):  # type: ignore[assignment]
        with pytest.raises(TypeError, match="the shape of a frame is .* whole numbers"):
            Moments(shape, np.uint8)
    with pytest.raises(TypeError, match="float32 frames keep no sums"):
        Moments((4,), np.float32).sum
    with pytest.raises(ValueError, match="threads is -2"):
        Moments((4,), np.uint8).add(np.zeros((8, 4), np.uint8), threads=-2)


@pytest.mark.parametrize("dtype", IMAGE_TYPES)
@pytest.mark.parametrize("make", [list, tuple])
def test_frames_in_a_list_are_a_stack(dtype: type, make: type) -> None:
    """Contiguous ones are taken as they are, others through an array of them all."""
    frames = random_array((21, 6, 5), dtype, 6)
    expected = Moments((6, 5), dtype).add(frames)
    assert Moments((6, 5), dtype).add(make(frames)) == expected
    assert Moments((6, 5), dtype).add(make(frames[:3])).add(make(frames[3:4])).add(make(frames[4:])) == expected
    assert Moments((6, 5), dtype).add(make([*frames[:20], np.asfortranarray(frames[20])])) == expected
    assert Moments((6, 5), dtype).add(make(frame.astype(frame.dtype.newbyteorder()) for frame in frames)) == expected


@pytest.mark.parametrize("dtype", IMAGE_TYPES)
def test_a_list_with_a_frame_that_does_not_fit_adds_nothing(dtype: type) -> None:
    frames = list(random_array((9, 6, 5), dtype, 6))
    moments = Moments((6, 5), dtype).add(frames)
    before = moments.copy()
    for bad in (frames[0][1:], np.zeros((6, 5), np.float64), np.ma.masked_array(frames[0]), None, "frame"):
        with pytest.raises((TypeError, ValueError)):
            moments.add([*frames[:8], bad])
        with pytest.raises((TypeError, ValueError)):
            moments.add([bad, *frames[:8]])
        assert moments == before


class Masked:
    """As astropy's CCDData: no array, and what it makes an array of has a mask."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.ma.masked_array(np.ones((4, 5), np.uint8), mask=True)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        # NumPy would make larger samples, or whole frames, of each without a word.
        ([np.zeros((4, 5), np.uint16), np.zeros((4, 5), np.uint8)], TypeError, "are uint8, and frames of uint16"),
        ([np.zeros((4, 5), np.uint16), np.zeros((4, 5), bool)], TypeError, "are bool, and frames of uint16"),
        ([[np.ma.masked_array(np.zeros(5, np.uint16), mask=True)] * 4], TypeError, "masked"),
        ([(np.zeros((4, 5), np.uint16),), np.ma.masked], TypeError, "masked"),
        (Masked(), TypeError, "masked"),
        ([Masked()], TypeError, "masked"),
        ([np.zeros((4, 5), np.uint16), np.zeros((5, 4), np.uint16)], ValueError, r"several shapes; \(4, 5\) is wanted"),
    ],
)
def test_lists_are_looked_through(values: Any, error: type[Exception], message: str) -> None:
    moments, extremes = Moments((4, 5), np.uint16), Extremes((4, 5), np.uint16)
    for of_frames in (moments, extremes):
        with pytest.raises(error, match=message):
            of_frames.add(values)
        assert of_frames.count == 0


def test_an_empty_list_adds_nothing() -> None:
    frame = np.arange(6, dtype=np.uint8).reshape(2, 3)
    for nothing in ([], (), frame[np.newaxis][:0]):
        moments = Moments((2, 3), np.uint8).add(nothing).add([frame]).add(nothing)
        assert moments.count == 1 and (moments.sum == frame).all()
        assert Extremes((2, 3), np.uint8).add(nothing).count == 0


def test_what_is_no_array_is_named() -> None:
    frame = np.zeros((2, 2), np.uint8)
    for what in ((frame for _ in range(2)), {1: frame}, None, Moments((2, 2), np.uint8)):
        with pytest.raises(TypeError, match=f"the frames are a {type(what).__name__}; an array of uint8 is wanted"):
            Moments((2, 2), np.uint8).add(what)  # type: ignore[arg-type]


@pytest.mark.parametrize("threads", [1, 3])
def test_frames_too_large_for_caches(threads: int) -> None:
    """They are copied another way, and by all threads."""
    frames = random_array((11, 700, 1003), np.uint16, 8)
    one_by_one = Moments(frames.shape[1:], frames.dtype)
    for index, frame in enumerate(frames):
        # At any address.
        place = np.empty(frame.nbytes + 64, np.uint8)[2 * index + 2 :][: frame.nbytes].view(np.uint16)
        place = place.reshape(frame.shape)
        place[:] = frame
        one_by_one.add(place, threads=threads)
        place[:] = 0
    assert one_by_one == Moments(frames.shape[1:], frames.dtype).add(frames, threads=threads)
    np.testing.assert_array_equal(one_by_one.sum, frames.sum(axis=0))
    assert pickle.loads(pickle.dumps(one_by_one)) == one_by_one


@pytest.mark.parametrize("count", range(1, 14))
def test_equal_float_frames_have_no_variance(count: int) -> None:
    frame = np.linspace(0.1, 9.7, 37, dtype=np.float32)
    moments = Moments((37,), np.float32).add(np.broadcast_to(frame, (count, 37)))
    np.testing.assert_array_equal(moments.mean, frame)
    if count > 1:
        np.testing.assert_array_equal(moments.variance, 0)


def test_floats_that_are_no_numbers_spoil_their_own_sample_alone() -> None:
    for count in range(2, 12):
        for place in range(count):
            for value in (np.nan, np.inf, -np.inf):
                frames = random_array((count, 5), np.float32, 9)
                expected = Moments((5,), np.float32).add(frames).variance
                frames[place, 2] = value
                variance = Moments((5,), np.float32).add(frames).variance
                assert np.isnan(variance[2])
                np.testing.assert_array_equal(np.delete(variance, 2), np.delete(expected, 2))


def test_float_moments_are_as_accurate_as_the_update_they_stand_for() -> None:
    """Beside Welford's update in float64, a frame at a time, and exact fractions: a large mean that hardly varies."""
    generator = np.random.default_rng(10)
    frames = (60_000 + generator.normal(0, 20, (150, 60))).astype(np.float32)
    mean, m2 = np.zeros(60), np.zeros(60)
    for count, frame in enumerate(frames.astype(float), 1):
        deviation = frame - mean
        mean += deviation / count
        m2 += deviation * (frame - mean)
    moments = Moments((60,), np.float32).add(frames)
    exactly = []
    for column in frames.T:
        values = [Fraction(float(value)) for value in column]
        centre = sum(values) / len(values)
        exactly.append(float(sum((value - centre) ** 2 for value in values) / (len(values) - 1)))

    def error(variance: NDArray[np.float64]) -> float:
        return float(np.max(np.abs(variance / np.array(exactly) - 1)))

    assert error(moments.variance) <= min(1e-12, 2 * error(m2 / (len(frames) - 1)))


def test_empty_stacks_and_frames() -> None:
    assert Moments((4,), np.uint8).add(np.zeros((0, 4), np.uint8)).count == 0
    assert Moments((0, 3), np.uint8).add(np.zeros((6, 0, 3), np.uint8)).mean.shape == (0, 3)
    assert Moments((), np.uint8).add(np.arange(9, dtype=np.uint8)).mean == 4


@pytest.mark.parametrize("dtype", INTEGERS)
def test_threads_that_add_to_one_object_lose_no_frame(dtype: type) -> None:
    frames = random_array((64, 999), dtype, 6)
    moments, other = Moments((999,), dtype), Moments((999,), dtype)

    def work(first: int) -> None:
        for index in range(first, 64, 8):
            (moments if index % 2 else other).add(frames[index])
            other.copy().merge(moments)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert moments.merge(other) == Moments((999,), dtype).add(frames)


def test_merging_both_ways_at_once_does_not_lock_up() -> None:
    one, two = Moments((100,), np.uint8), Moments((100,), np.uint8)
    frame = np.ones(100, np.uint8)
    one.add(frame)
    two.add(frame)

    def work(into: Moments, other: Moments) -> None:
        for _ in range(10):
            into.merge(other)

    threads = [threading.Thread(target=work, args=pair, daemon=True) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    for moments in (one, two):
        assert (moments.sum == moments.count).all()


def test_example_photos_have_the_moments_that_the_program_saves(
    photos: NDArray[np.uint8], example: Path, program: Path, tmp_path: Path
) -> None:
    moments = Moments(photos.shape[1:], photos.dtype)
    order = list(range(len(photos)))
    random.Random(1).shuffle(order)
    for index in order:
        moments.add(photos[index])
    command = [program, "hotpixels", example, "--no-defects", "-q", "--save-sums", tmp_path, "--save-maps", tmp_path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    np.testing.assert_array_equal(moments.sum, np.load(tmp_path / "sum.npy"))
    np.testing.assert_array_equal(moments.sum_of_squares, np.load(tmp_path / "sum_of_squares.npy"))
    np.testing.assert_array_equal(moments.mean, np.load(tmp_path / "mean.npy"))
    np.testing.assert_array_equal(moments.variance, np.load(tmp_path / "variance.npy"))
    # The known stuck pixel: the lowest variance of all.
    assert np.unravel_index(moments.variance.argmin(), moments.shape) == (889, 355, 1)


def test_example_photos_have_ccdprocs_mean_and_deviation(photos: NDArray[np.uint8]) -> None:
    ccdproc = pytest.importorskip("ccdproc")
    nddata = pytest.importorskip("astropy.nddata")
    green = photos[:, 700:, 200:, 1]
    moments = Moments(green.shape[1:], green.dtype).add(green)
    combiner = ccdproc.Combiner([nddata.CCDData(frame.astype(float), unit="adu") for frame in green])
    combined = combiner.average_combine()
    np.testing.assert_allclose(moments.mean, combined.data, rtol=1e-13)
    # ccdproc's uncertainty is the population's deviation divided by the root of the number.
    count = len(green)
    deviation = np.sqrt(moments.variance * (count - 1) / count)
    np.testing.assert_allclose(deviation / np.sqrt(count), combined.uncertainty.array, rtol=1e-9)


def test_repr_tells_shape_type_and_count() -> None:
    assert repr(Moments((2, 3), "u1").add(np.zeros((2, 3), "u1"))) == "Moments((2, 3), uint8, count=1)"
    assert fastpix.Moments is Moments


def test_half_made_objects_and_damaged_pickles_are_refused() -> None:
    """Whatever is done to the compiled part, it answers with an exception."""
    from fastpix import _kernels

    frame = np.zeros((4,), np.uint8)
    for base in (_kernels.MomentsBase(), Moments.__new__(Moments)):
        calls = [(base.add, frame), (base._mean, np.zeros(4)), (base._merge, Moments((4,), np.uint8))]
        for call, argument in calls:
            with pytest.raises(ValueError, match="never initialised"):
                call(argument)  # type: ignore[operator]
        assert base.count == 0
    moments = Moments((4,), np.uint8).add(frame).add(frame)
    with pytest.raises(ValueError, match="initialised twice"):
        moments.__init__((5,), np.uint8)  # type: ignore[misc]
    for first, second in (
        (np.zeros(3, np.uint32),) * 2,
        (np.zeros(4), np.zeros(4, np.uint32)),
        (np.zeros(8, "u4")[::2],) * 2,
    ):
        with pytest.raises(ValueError, match="of the frames' size"):
            _kernels.MomentsBase()._begin((4,), first, second)
    with pytest.raises(ValueError, match="of the frames' size"):
        moments._mean(np.zeros(5))
    state = moments.__getstate__()
    for change in ({"kept": b"123"}, {"kept": bytes(4 * 8)}, {"count": 1}, {"count": 1 << 40}):
        with pytest.raises(ValueError, match="no moments have such a state"):
            Moments.__new__(Moments).__setstate__({**state, **change})
    with pytest.raises(TypeError):
        moments._merge(3)  # type: ignore[arg-type]


def test_a_subclass_keeps_what_it_has() -> None:
    class Named(Moments):
        name = "a"

    named = Named((3,), np.uint8)
    named.name = "b"
    assert named.add(np.arange(3, dtype=np.uint8)) is named and named.name == "b" and named.count == 1
    copy = named.copy()
    assert type(copy) is Named and copy == named and copy is not named


def test_lengths_may_be_any_integers() -> None:
    for shape, lengths in ((np.int64(8), (8,)), ([np.uint8(2), 3], (2, 3)), (np.array([4, 5]), (4, 5)), (7, (7,))):
        moments = Moments(shape, np.uint8)  # type: ignore[arg-type]
        assert moments.shape == lengths and all(type(length) is int for length in moments.shape)
        assert moments.add(np.zeros(lengths, np.uint8)).count == 1


@pytest.mark.parametrize("dtype", IMAGE_TYPES)
@pytest.mark.parametrize("count", [1, 7, 8, 9, 17])
def test_readers_may_look_while_others_add(dtype: type, count: int) -> None:
    """Whatever a reader sees is the mean of some first frames, whole."""
    frames = np.broadcast_to(np.arange(count, dtype=dtype)[:, None], (count, 20_000))
    moments = Moments((20_000,), dtype)
    moments.add(frames[0])
    wrong: list[Any] = []

    def look() -> None:
        for _ in range(5):
            mean = moments.mean
            if len(np.unique(mean)) != 1:
                wrong.append(mean)

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for frame in frames[1:]:
        moments.add(frame)
    for thread in threads:
        thread.join()
    assert not wrong and moments.count == count
    np.testing.assert_allclose(moments.mean, (count - 1) / 2)
