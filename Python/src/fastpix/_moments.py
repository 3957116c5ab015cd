"""Mean and variance of every sample over frames."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from . import _kernels

_ACCUMULATORS: Mapping[np.dtype[Any], tuple[type, type]] = {
    np.dtype(np.uint8): (np.uint32, np.uint32),
    np.dtype(np.uint16): (np.uint32, np.uint64),
    np.dtype(np.float32): (np.float64, np.float64),
}


def frame_shape(shape: SupportsIndex | Sequence[SupportsIndex]) -> tuple[int, ...]:
    """Return the shape of a frame, of any integers; TypeError for others, ValueError for lengths that no array has."""
    lengths: tuple[int, ...]
    try:
        lengths = (operator.index(shape),)  # type: ignore[arg-type]
    except TypeError:
        try:
            lengths = tuple(operator.index(length) for length in shape)  # type: ignore[union-attr]
        except TypeError:
            raise TypeError(f"the shape of a frame is {shape!r}; it takes whole numbers, such as (height, width)") from None
    if any(length < 0 for length in lengths):
        raise ValueError(f"the shape of a frame is {lengths}; no length may be negative")
    # With 16 bytes a sample, the most that sums take.
    if 16 * math.prod(max(1, length) for length in lengths) > sys.maxsize:
        raise ValueError(f"the shape of a frame is {lengths}; no memory holds the sums of so many samples")
    return lengths


def _arrays_in(values: Any) -> Iterator[NDArray[Any]]:
    """Yield the arrays that lists, and lists in lists, are made of; what is no list itself, as NumPy sees it."""
    if isinstance(values, (list, tuple)):
        for one in values:
            yield from _arrays_in(one)
    else:
        yield np.asanyarray(values)


def stack_of(values: ArrayLike, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return `values` as a stack of contiguous, aligned frames of native byte order, copying only where they are not."""
    if isinstance(values, (list, tuple)) and not values:
        return np.empty((0, *shape), dtype)
    # One by one: of arrays in a list NumPy drops the masks without a word, and makes of several types a larger one.
    for array in _arrays_in(values):
        if isinstance(array, np.ma.MaskedArray):
            raise TypeError("the frames are masked arrays, and masks cannot be kept; give their data, or fill them first")
        if array.dtype == object and not isinstance(values, (np.ndarray, list, tuple)):
            name = type(values).__name__
            raise TypeError(f"the frames are a {name}; an array of {dtype} is wanted, or a list of such arrays")
        if array.dtype.newbyteorder("=") != dtype:
            raise TypeError(f"the frames are {array.dtype}, and frames of {dtype} are wanted")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"the frames have several shapes; {shape} is wanted, or {('n', *shape)} for n of them") from error
    if array.shape == shape:
        array = array[np.newaxis]
    elif array.shape[1:] != shape or array.ndim == 0:
        raise ValueError(
            f"the frames have the shape {array.shape}; {shape} is wanted, or {('n', *shape)} for n of them"
        )
    if not array.dtype.isnative:
        array = array.astype(dtype)
    if array.shape[0] > 0 and not (array[0].flags.c_contiguous and array.flags.aligned):
        array = np.require(array, requirements=["C", "A"])
    return array


class Moments(_kernels.MomentsBase):
    """Mean and variance of every sample over frames.

    uint8 and uint16 samples are summed up as integers: neither the order of the frames nor how they are split over
    objects and threads changes a bit of the result. float32 samples go in blocks of four frames through
    Chan's merge, in float64: one by one or in stacks, the same frames in the same order give the same bits, while
    another order, and merging, changes the last ones.

    Parameters
    ----------
    shape : int or tuple of int
        The shape of one frame.
    dtype : dtype
        uint8, uint16 or float32.

    Raises
    ------
    TypeError
        For lengths that are no integers, and for frames of another type.
    ValueError
        For a negative length, and for more samples than an array can have.

    Notes
    -----
    Memory is 8 bytes a sample for uint8, 12 for uint16, 16 for float32. Frames that are added one by one are kept until
    the sums take in eight together. An object may be used by several threads at the same time; they take turns.

    Examples
    --------
    >>> import numpy as np
    >>> moments = Moments((2, 2), np.uint8)
    >>> for value in (1, 2, 6):
    ...     _ = moments.add(np.full((2, 2), value, np.uint8))
    >>> moments.count, float(moments.mean[0, 0]), float(moments.variance[0, 0])
    (3, 3.0, 7.0)
    """

    _shape: tuple[int, ...]
    _dtype: np.dtype[Any]
    #: Sum and sum of squares, or mean and M2; of one dimension. The compiled part works on them.
    _first: NDArray[Any]
    _second: NDArray[Any]

    def __init__(self, shape: SupportsIndex | Sequence[SupportsIndex], dtype: DTypeLike) -> None:
        lengths = frame_shape(shape)
        sample = np.dtype(dtype).newbyteorder("=")
        if sample not in _ACCUMULATORS:
            raise TypeError(f"frames of {sample} have no moments here; uint8, uint16 and float32 have")
        size = math.prod(lengths)
        first_type, second_type = _ACCUMULATORS[sample]
        first: NDArray[Any] = np.zeros(size, first_type)
        second: NDArray[Any] = np.zeros(size, second_type)
        self._begin(lengths, first, second)
        self._shape, self._dtype, self._first, self._second = lengths, sample, first, second

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one frame."""
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the frames' samples."""
        return self._dtype

    def _stack_of(self, frames: ArrayLike) -> NDArray[Any]:
        """What the compiled `add` makes of frames that it cannot take as they are."""
        return stack_of(frames, self._shape, self._dtype)

    def merge(self, other: Moments) -> Moments:
        """Add the frames that another object has, which stays as it is.

        Exact for uint8 and uint16: the result has the bits that adding all frames to one object gives.

        Parameters
        ----------
        other : Moments
            Of the same shape and type.

        Returns
        -------
        Moments
            This object.

        Raises
        ------
        TypeError, ValueError
            When type or shape do not fit, and for an object with itself.
        OverflowError
            For too many frames, as in `add`.
        """
        if not isinstance(other, Moments):
            raise TypeError(f"Moments can be merged with Moments, not with {type(other).__name__}")
        if other is self:
            raise ValueError("moments cannot be merged with themselves: the frames would count twice")
        if other._dtype != self._dtype or other._shape != self._shape:
            raise ValueError(
                f"moments of {self._dtype} frames {self._shape} and of {other._dtype} frames {other._shape} cannot be "
                "merged"
            )
        # Of a copy, so that two threads that merge two objects both ways never wait for each other.
        self._merge(other.copy())
        return self

    def copy(self) -> Self:
        """Return an independent copy, of the same class."""
        new = type(self).__new__(type(self))
        new.__setstate__(self.__getstate__())
        return new

    @property
    def mean(self) -> NDArray[np.float64]:
        """The mean of every sample, float64, of a frame's shape; a ValueError without frames."""
        mean = np.empty(self._shape, np.float64)
        self._mean(mean)
        return mean

    @property
    def variance(self) -> NDArray[np.float64]:
        """The variance, M2 / (n - 1), of every sample, float64; a ValueError for fewer than two frames.

        For uint8 and uint16 it is n M2, an exact integer, divided once by n (n - 1).
        """
        variance = np.empty(self._shape, np.float64)
        self._variance(variance)
        return variance

    @property
    def sum(self) -> NDArray[np.uint32]:
        """A copy of the exact sums of uint8 and uint16 frames."""
        self._demand_exact("sums")
        sums = np.empty(self._shape, np.uint32)
        self._copy_sums(sums, None, True)
        return sums

    @property
    def sum_of_squares(self) -> NDArray[Any]:
        """A copy of the exact sums of squares: uint32 for uint8 frames, uint64 for uint16 ones."""
        self._demand_exact("sums of squares")
        squares = np.empty(self._shape, self._second.dtype)
        self._copy_sums(None, squares, True)
        return squares

    def _demand_exact(self, what: str) -> None:
        if self._dtype == np.float32:
            raise TypeError(f"moments of float32 frames keep no {what}; use mean and variance")

    def _bits(self) -> tuple[int, bytes, bytes]:
        """All frames, and the accumulators with all of them in; the object must belong to the caller alone."""
        count, _ = self._copy_sums(None, None, True)
        return count, self._first.tobytes(), self._second.tobytes()

    def __eq__(self, other: object) -> bool:
        """Whether both are of the same count and the same bits, with whatever is kept taken in."""
        if not isinstance(other, Moments):
            return NotImplemented
        if (self._shape, self._dtype, self.count) != (other._shape, other._dtype, other.count):
            return False
        return self.copy()._bits() == other.copy()._bits()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Moments({self._shape}, {self._dtype}, count={self.count})"

    def __getstate__(self) -> dict[str, Any]:
        first, second = np.empty_like(self._first), np.empty_like(self._second)
        count, kept = self._copy_sums(first, second, False)
        return {
            "shape": self._shape,
            "dtype": self._dtype.name,
            "first": first,
            "second": second,
            "count": count,
            "kept": kept,
        }

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        Moments.__init__(self, state["shape"], state["dtype"])
        self._first[:] = state["first"]
        self._second[:] = state["second"]
        self._restore(state["count"], state["kept"])
