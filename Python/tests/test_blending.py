"""add_weighted and gaussian_blur against OpenCV, for every type and layout, and what they refuse."""

from __future__ import annotations

import array
import inspect
import sys
import threading
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import IMAGE_TYPES, in_layout, layout_of, random_array
from numpy.typing import NDArray

import fastpix

weights = st.floats(-3, 3, allow_nan=False)
shapes = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple)


def opencv_blend(a: NDArray[Any], alpha: float, b: NDArray[Any], beta: float, gamma: float) -> NDArray[Any]:
    """What OpenCV's vectors make of it. It rounds what is left at an array's end after each operation, so there is more
    than these samples."""
    first, second = (np.append(x.ravel(), np.zeros(-x.size % 64 + 64, x.dtype)).reshape(1, -1) for x in (a, b))
    return np.asarray(cv2.addWeighted(first, alpha, second, beta, gamma)).ravel()[: a.size].reshape(a.shape)


@given(
    st.data(),
    shapes,
    st.sampled_from(IMAGE_TYPES),
    weights,
    weights,
    st.floats(-100, 100, allow_nan=False),
    st.integers(0, 2**32 - 1),
)
def test_add_weighted_is_opencvs_in_every_layout(
    data: st.DataObject, shape: tuple[int, ...], dtype: type, alpha: float, beta: float, gamma: float, seed: int
) -> None:
    values = [random_array(shape, dtype, seed + index) for index in range(3)]
    a, b, out = (in_layout(value, data.draw(layout_of(shape))) for value in values)
    expected = opencv_blend(values[0], alpha, values[1], beta, gamma)
    new = fastpix.add_weighted(a, alpha, b, beta, gamma)
    assert new.flags.c_contiguous and new.dtype == dtype
    np.testing.assert_array_equal(new, expected)
    np.testing.assert_array_equal(a, values[0])
    np.testing.assert_array_equal(b, values[1])
    threads = data.draw(st.sampled_from([1, 2, 0]))
    surroundings = base_of(out).copy()
    given_back = fastpix.add_weighted(a, alpha, b, beta, gamma, out, threads=threads)
    assert given_back is out
    np.testing.assert_array_equal(out, expected)
    # Nothing beside the samples of `out` has changed.
    out[...] = values[2]
    np.testing.assert_array_equal(base_of(out), surroundings)


def base_of(array: NDArray[Any]) -> NDArray[Any]:
    """The whole memory that a view lies in."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


@pytest.mark.parametrize("dtype", IMAGE_TYPES)
@pytest.mark.parametrize("shape", [(300, 1000), (100_003,), (7, 70_001), (2, 3, 50, 1001)])
def test_add_weighted_of_large_arrays_does_not_depend_on_threads(dtype: type, shape: tuple[int, ...]) -> None:
    a, b = random_array(shape, dtype, 1), random_array(shape, dtype, 2)
    expected = opencv_blend(a, 0.7, b, 0.3, 1.5)
    for threads in (1, 2, 3, 8, 0):
        np.testing.assert_array_equal(fastpix.add_weighted(a, 0.7, b, 0.3, 1.5, threads=threads), expected)
        reversed_a, reversed_b = a[..., ::-1], b[..., ::-1]
        result = fastpix.add_weighted(reversed_a, 0.7, reversed_b, 0.3, 1.5, threads=threads)
        np.testing.assert_array_equal(result, expected[..., ::-1])


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_fields_of_packed_records_are_arrays(dtype: type) -> None:
    """No sample of theirs lies at an address for its type, whatever the strides."""
    records = np.zeros((6, 9), [("tag", np.uint8), ("sample", dtype)])
    records["sample"] = random_array((6, 9), dtype, 3)
    field, plain = records["sample"], records["sample"].copy()
    assert not field.flags.aligned
    blend = fastpix.add_weighted(plain, 0.7, plain[::-1], 0.3, 1)
    np.testing.assert_array_equal(fastpix.add_weighted(field, 0.7, field[::-1], 0.3, 1), blend)
    np.testing.assert_array_equal(fastpix.gaussian_blur(field, 3), fastpix.gaussian_blur(plain, 3))
    assert fastpix.Moments((9,), dtype).add(field) == fastpix.Moments((9,), dtype).add(plain)
    assert fastpix.add_weighted(field, 0.7, field[::-1], 0.3, 1, out=field) is field
    np.testing.assert_array_equal(field, blend)
    assert not records["tag"].any()


@pytest.mark.parametrize("level", ["c", "avx2", "avx512", "neon"])
def test_every_simd_level_gives_the_same(level: str) -> None:
    before = fastpix.simd()
    a, b = random_array((50, 333), np.uint8, 1), random_array((50, 333), np.uint8, 2)
    blend, blur = fastpix.add_weighted(a, 0.3, b, 0.7, 0), fastpix.gaussian_blur(a, 9)
    blur_f32 = fastpix.gaussian_blur(a.astype(np.float32), 9)
    try:
        fastpix.select_simd(level)
    except ValueError as error:
        assert "lacks" in str(error)
        return
    try:
        assert fastpix.simd() == level
        np.testing.assert_array_equal(fastpix.add_weighted(a, 0.3, b, 0.7, 0), blend)
        np.testing.assert_array_equal(fastpix.gaussian_blur(a, 9), blur)
        np.testing.assert_array_equal(fastpix.gaussian_blur(a.astype(np.float32), 9), blur_f32)
    finally:
        fastpix.select_simd(before)
    with pytest.raises(ValueError, match="no SIMD level"):
        fastpix.select_simd("sse")
    with pytest.raises(TypeError, match="is a string"):
        fastpix.select_simd(2)  # type: ignore[arg-type]


def test_every_function_has_its_parameters_results_and_errors_documented() -> None:
    for name in fastpix.__all__:
        thing = getattr(fastpix, name)
        if not inspect.isroutine(thing):
            continue
        text, parameters = inspect.cleandoc(thing.__doc__ or ""), inspect.signature(thing).parameters
        if parameters:
            assert "Parameters\n----------\n" in text, name
        assert "Raises\n------\n" in text or not parameters, name
        if name != "select_simd":
            assert "Returns\n-------\n" in text or text.startswith("Return "), name
        for parameter in parameters:
            assert f"{parameter}" in text, (name, parameter)


@pytest.mark.parametrize("shift", range(-40, 41))
def test_an_out_that_overlaps_a_source_gives_what_a_separate_one_gives(shift: int) -> None:
    memory = random_array((1200,), np.uint8, 3)
    other = random_array((1000,), np.uint8, 4)
    source = memory[100:1100]
    expected = opencv_blend(source, 0.6, other, 0.4, 0)
    out = memory[100 + shift : 1100 + shift]
    fastpix.add_weighted(source, 0.6, other, 0.4, 0, out=out)
    np.testing.assert_array_equal(out, expected)
    memory = random_array((1200,), np.uint8, 3)
    backwards = memory[100 + shift : 1100 + shift][::-1]
    fastpix.add_weighted(memory[100:1100], 0.6, other, 0.4, 0, out=backwards)
    np.testing.assert_array_equal(backwards, expected)


def test_an_out_may_be_both_sources_and_a_transposed_one() -> None:
    image = random_array((60, 60), np.uint16, 5)
    expected = opencv_blend(image, 0.5, image, 0.25, 3)
    assert fastpix.add_weighted(image, 0.5, image, 0.25, 3, out=image) is image
    np.testing.assert_array_equal(image, expected)
    image = random_array((60, 60), np.uint16, 5)
    expected = opencv_blend(image, 0.5, image.T, 0.25, 3)
    fastpix.add_weighted(image, 0.5, image.T, 0.25, 3, out=image)
    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("dtype", IMAGE_TYPES)
@pytest.mark.parametrize("shape", [(0,), (0, 5), (3, 0, 2), ()])
def test_empty_arrays_and_single_samples(dtype: type, shape: tuple[int, ...]) -> None:
    a = np.full(shape, 10, dtype)
    result = fastpix.add_weighted(a, 2.0, a, 1.0, 1.0)
    assert result.shape == shape and result.dtype == dtype
    np.testing.assert_array_equal(result, np.full(shape, 31, dtype))


image = np.zeros((4, 5), np.uint8)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1, 2], 1, image, 1, 0), TypeError, r"a has to be a NumPy array of uint8, uint16 or float32"),
        ((image, 1, image.astype(np.uint16), 1, 0), TypeError, "a is uint8 and b uint16"),
        ((image.astype(np.int16), 1, image, 1, 0), TypeError, "a has to be an array of uint8, uint16 or float32"),
        # In the words of NumPy.
        ((image.astype(float), 1, image, 1, 0), TypeError, "a has to be an array of .*, not of float64$"),
        ((image.astype(bool), 1, image, 1, 0), TypeError, "a has to be an array of .*, not of bool$"),
        ((image.astype(np.float16), 1, image, 1, 0), TypeError, "a has to be an array of .*, not of float16$"),
        ((image.astype(object), 1, image, 1, 0), TypeError, "a has to be an array of .*, not of object$"),
        ((image.astype("M8[s]"), 1, image, 1, 0), TypeError, r"a has to be an array of .*, not of datetime64\[s\]$"),
        ((np.zeros(3, "u1,u2"), 1, image, 1, 0), TypeError, r"a has to be an array of .*, not of \[\('f0', "),
        ((np.zeros(3).view(np.recarray), 1, image, 1, 0), TypeError, "a has to be an array of .*, not of float64$"),
        ((image, 1, array.array("d", [1]), 1, 0), TypeError, "b has to be .*, not <class 'array.array'> of samples 'd'$"),
        ((image, 1, image[:3], 1, 0), ValueError, r"a has the shape \(4, 5\) and b \(3, 5\)"),
        ((image, 1, image[None], 1, 0), ValueError, "have to be the same"),
        ((image.astype(">u2"), 1, image, 1, 0), TypeError, "byte order"),
        ((np.ma.masked_array(image, image == 0), 1, image, 1, 0), TypeError, "masked"),
        ((image, "1", image, 1, 0), TypeError, "float|number"),
        ((image, 1, image, 1, 0, image[:2].copy()), ValueError, "out has the shape"),
        ((image, 1, image, 1, 0, image.astype(np.float32)), TypeError, "out has to be an array of uint8"),
        ((image, 1, image, 1, 0, np.broadcast_to(np.uint8(1), (4, 5))), ValueError, "read-only"),
        ((image, 1, image), TypeError, "missing required argument 'beta'"),
        ((image, 1, image, 1, 0, None, 2), TypeError, "at most 6 positional"),
    ],
)
def test_add_weighted_refuses(arguments: tuple[Any, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        fastpix.add_weighted(*arguments)


def test_add_weighted_refuses_keywords_and_an_out_of_one_place() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'scale'"):
        fastpix.add_weighted(image, 1, image, 1, 0, scale=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="multiple values for argument 'a'"):
        fastpix.add_weighted(image, 1, image, 1, 0, a=image)  # type: ignore[misc]
    with pytest.raises(ValueError, match="threads is -1"):
        fastpix.add_weighted(image, 1, image, 1, 0, threads=-1)
    one_place = np.lib.stride_tricks.as_strided(np.zeros(5, np.uint8), (4, 5), (0, 1))
    with pytest.raises(ValueError, match="several samples in one place"):
        fastpix.add_weighted(image, 1, image, 1, 0, out=one_place)


def test_integer_sums_that_are_no_number_are_zero() -> None:
    ones = np.ones(40, np.uint8)
    np.testing.assert_array_equal(fastpix.add_weighted(ones, float("nan"), ones, 1, 0), 0 * ones)
    np.testing.assert_array_equal(fastpix.add_weighted(ones, float("inf"), ones, 1, 0), 255 * ones)


@given(
    st.data(),
    st.integers(1, 12),
    st.integers(1, 40),
    st.integers(0, 4),
    st.sampled_from([np.uint8, np.uint16]),
    st.integers(0, 49).map(lambda radius: 2 * radius + 1),
    st.one_of(st.just(0.0), st.floats(0.1, 30)),
)
def test_integer_blur_is_opencvs_in_every_layout(
    data: st.DataObject, height: int, width: int, channels: int, dtype: type, size: int, sigma: float
) -> None:
    shape = (height, width, channels) if channels else (height, width)
    values = random_array(shape, dtype, height * width)
    expected = np.asarray(cv2.GaussianBlur(values, (size, size), sigma)).reshape(shape)
    a, out = (in_layout(values, data.draw(layout_of(shape))) for _ in range(2))
    np.testing.assert_array_equal(fastpix.gaussian_blur(a, size, sigma), expected)
    np.testing.assert_array_equal(a, values)
    assert fastpix.gaussian_blur(a, (size, size), sigma, out=out) is out
    np.testing.assert_array_equal(out, expected)
    # Over itself, as if it were copied before.
    fastpix.gaussian_blur(a, size, sigma, out=a)
    np.testing.assert_array_equal(a, expected)


def plain_blur(image: NDArray[np.float32], size: int, sigma: float) -> NDArray[np.float64]:
    """The definition, in float64."""
    radius = size // 2
    small = {3: [64, 128], 5: [16, 64, 96], 7: [8, 28, 56, 72], 9: [4, 13, 30, 51, 60]}
    if size == 1:
        return image.astype(float)
    if sigma == 0 and size in small:
        half = np.array(small[size]) / 256
        kernel = np.concatenate([half, half[-2::-1]])
    else:
        sigma = sigma or 0.3 * ((size - 1) * 0.5 - 1) + 0.8
        kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
        kernel /= kernel.sum()
    result = image.astype(float)
    for axis in (0, 1):
        pads = [(radius, radius) if other == axis else (0, 0) for other in range(image.ndim)]
        # NumPy repeats the reflection for images smaller than the kernel; of one sample it makes copies.
        padded = np.pad(result, pads, mode="reflect" if image.shape[axis] > 1 else "edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=axis)
        result = windows @ kernel
    return np.asarray(result)


@given(
    st.data(),
    st.integers(1, 12),
    st.integers(1, 40),
    st.integers(0, 4),
    st.integers(0, 49).map(lambda radius: 2 * radius + 1),
    st.one_of(st.just(0.0), st.floats(0.3, 30)),
)
def test_float_blur_is_near_its_definition_and_opencvs(
    data: st.DataObject, height: int, width: int, channels: int, size: int, sigma: float
) -> None:
    shape = (height, width, channels) if channels else (height, width)
    values = random_array(shape, np.float32, height * width)
    a = in_layout(values, data.draw(layout_of(shape)))
    result = fastpix.gaussian_blur(a, size, sigma)
    # One rounding of 2^-24 for each tap in both directions.
    bound = float(np.abs(values).max()) * 2**-24 * (2 * size + 4)
    assert np.abs(result - plain_blur(values, size, sigma)).max() <= bound
    opencv = np.asarray(cv2.GaussianBlur(values, (size, size), sigma)).reshape(shape)
    assert np.abs(result.astype(float) - opencv).max() <= 2 * bound
    fastpix.gaussian_blur(a, size, sigma, out=a)
    np.testing.assert_array_equal(a, result)


@pytest.mark.parametrize("dtype", IMAGE_TYPES)
def test_blur_does_not_depend_on_threads(dtype: type) -> None:
    image = random_array((517, 211, 3), dtype, 6)
    expected = fastpix.gaussian_blur(image, 15)
    for threads in (2, 3, 0):
        np.testing.assert_array_equal(fastpix.gaussian_blur(image, 15, threads=threads), expected)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((image[0], 3), ValueError, "1 dimensions"),
        ((np.zeros((2, 2, 5), np.uint8), 3), ValueError, "5 channels"),
        ((np.zeros((2, 2, 0), np.uint8), 3), ValueError, "0 channels"),
        ((image, 4), ValueError, "ksize is 4; it has to be odd"),
        ((image, -3), ValueError, "ksize is -3"),
        ((image, 101), ValueError, "from 1 to 99"),
        ((image, (3, 5)), ValueError, "not square"),
        ((image, (3, 3, 3)), ValueError, "two equal ones"),
        ((image, 3.0), TypeError, "integer"),
        ((image, 3, -1.0), ValueError, "sigma has to be finite"),
        ((image, 3, float("nan")), ValueError, "sigma has to be finite"),
        ((image, 3, float("inf")), ValueError, "sigma has to be finite"),
        ((image, 10**30), OverflowError, "int"),
    ],
)
def test_blur_refuses(arguments: tuple[Any, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        fastpix.gaussian_blur(*arguments)


def test_the_interpreters_lock_is_released() -> None:
    """While one thread blurs, another one runs, although nothing makes the first give up the lock."""
    started, finished = threading.Event(), threading.Event()
    image = random_array((2000, 2000), np.uint8, 7)

    def work() -> None:
        started.set()
        fastpix.gaussian_blur(image, 99)
        finished.set()

    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        started.wait()
        was_finished = finished.is_set()
        thread.join()
    finally:
        sys.setswitchinterval(before)
    assert not was_finished


def test_many_threads_at_the_same_time_get_what_one_gets() -> None:
    images = [random_array((120, 130, 3), np.uint8, seed) for seed in range(8)]
    expected = [fastpix.gaussian_blur(image, 7) for image in images]
    results: list[NDArray[np.uint8]] = [np.zeros_like(image) for image in images]

    def work(index: int) -> None:
        for _ in range(20):
            fastpix.gaussian_blur(images[index], 7, out=results[index], threads=2)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result, one in zip(results, expected):
        np.testing.assert_array_equal(result, one)


def test_example_photos_are_blended_as_opencv_does(photos: NDArray[np.uint8]) -> None:
    for photo, other in zip(photos[:4], photos[4:8]):
        blurred = fastpix.gaussian_blur(photo, 15)
        np.testing.assert_array_equal(blurred, cv2.GaussianBlur(photo, (15, 15), 0))
        np.testing.assert_array_equal(
            fastpix.add_weighted(photo, 4, blurred, -4, 128), cv2.addWeighted(photo, 4, blurred, -4, 128)
        )
        np.testing.assert_array_equal(
            fastpix.add_weighted(photo, 0.7, other, 0.3, 0), cv2.addWeighted(photo, 0.7, other, 0.3, 0)
        )
