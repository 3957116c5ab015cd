"""Mean and variance of every sample over frames."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from . import _kernels

#: Frames that are kept until the accumulators take them in together. It is the block of the Welford kernel
#: (FPX_WELFORD_BLOCK_FRAMES), so that frames one by one and stacks of them give the same bits; and accumulators, which
#: are eight times as large as a frame of bytes, travel once for all of them.
_BLOCK_FRAMES = 4

#: The most frames whose sums fit their integers, whatever is in them (fpx_moments.h).
_MAXIMUM_FRAMES = {np.dtype(np.uint8): 66_051, np.dtype(np.uint16): 65_537}

_ACCUMULATORS: Mapping[np.dtype[Any], tuple[type, type]] = {
    np.dtype(np.uint8): (np.uint32, np.uint32),
    np.dtype(np.uint16): (np.uint32, np.uint64),
    np.dtype(np.float32): (np.float64, np.float64),
}


def frames_of(values: ArrayLike, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return `values` as a stack of contiguous frames of native byte order, copying only where they are not."""
    if type(values) is np.ndarray and values.shape == shape and values.dtype == dtype and values.flags.c_contiguous:
        # As most are; and the checks below take as long as adding a small frame.
        return values[np.newaxis]
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError("the frames are masked arrays, and masks cannot be kept; give their data, or fill them first")
    array = np.asarray(values)
    if array.dtype.newbyteorder("=") != dtype:
        raise TypeError(f"the frames are {array.dtype}, and these are the moments of {dtype} frames")
    if array.shape == shape:
        array = array[np.newaxis]
    elif array.shape[1:] != shape or array.ndim == 0:
        raise ValueError(
            f"the frames have the shape {array.shape}; {shape} is wanted, or {('n', *shape)} for n of them"
        )
    if not array.dtype.isnative:
        array = array.astype(dtype)
    if array.shape[0] > 0 and not array[0].flags.c_contiguous:
        array = np.ascontiguousarray(array)
    return array


class Moments:
    """Mean and variance of every sample over frames.

    uint8 and uint16 samples are summed up as integers: neither the order of the frames nor how they are split over
    objects and threads changes a bit of the result. float32 samples go through Welford's update in blocks of four frames
    and Chan's merge, in float64: one by one or in stacks, the same frames in the same order give the same bits, while
    another order, and merging, changes the last ones.

    Parameters
    ----------
    shape : tuple of int
        The shape of one frame.
    dtype : dtype
        uint8, uint16 or float32.

    Notes
    -----
    Memory is 8 bytes a sample for uint8, 12 for uint16, 16 for float32, and four frames more when frames are added
    one by one. An object may be used by several threads at the same time; they take turns.

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
    #: What C calls first and second: sum and sum of squares, or mean and M2. Of one dimension.
    _first: NDArray[Any]
    _second: NDArray[Any]
    #: Frames in the accumulators, frames in _kept.
    _counts: NDArray[np.uint64]
    _kept: NDArray[Any] | None
    _lock: threading.RLock

    def __init__(self, shape: tuple[int, ...] | int, dtype: DTypeLike) -> None:
        lengths = (shape,) if isinstance(shape, int) else tuple(shape)
        if any(length < 0 for length in lengths):
            raise ValueError(f"the shape of a frame is {lengths}; no length may be negative")
        self._shape = lengths
        self._dtype = np.dtype(dtype).newbyteorder("=")
        if self._dtype not in _ACCUMULATORS:
            raise TypeError(f"frames of {self._dtype} have no moments here; uint8, uint16 and float32 have")
        first, second = _ACCUMULATORS[self._dtype]
        size = int(np.prod(lengths, dtype=np.int64))
        self._first = np.zeros(size, first)
        self._second = np.zeros(size, second)
        self._counts = np.zeros(2, np.uint64)
        self._kept = None
        self._lock = threading.RLock()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one frame."""
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the frames' samples."""
        return self._dtype

    @property
    def count(self) -> int:
        """How many frames have been added."""
        with self._lock:
            return int(self._counts[0] + self._counts[1])

    def add(self, frames: ArrayLike, *, threads: int = 1) -> Moments:
        """Add a frame, or a stack of frames along the first axis.

        Parameters
        ----------
        frames : array
            Of the shape of one frame, or with one dimension more in front; any strides, any byte order.
        threads : int
            Threads to work on; 0 for one per processor. The result does not depend on it.

        Returns
        -------
        Moments
            This object, so that `functools.reduce` and Dask's `fold` can use it.

        Raises
        ------
        TypeError, ValueError
            When type or shape of the frames do not fit. Then nothing is added.
        OverflowError
            For more than 66,051 uint8 or 65,537 uint16 frames in all. Then nothing is added.
        """
        stack = frames_of(frames, self._shape, self._dtype)
        with self._lock:
            self._refuse_overflow(stack.shape[0])
            kept = int(self._counts[1])
            begin = 0
            if kept > 0 or stack.shape[0] < _BLOCK_FRAMES:
                begin = min(_BLOCK_FRAMES - kept, stack.shape[0])
                self._keep(stack[:begin], threads)
            whole = (stack.shape[0] - begin) // _BLOCK_FRAMES * _BLOCK_FRAMES
            if whole > 0:
                _kernels.moments_add(
                    self._first, self._second, self._counts, stack[begin : begin + whole], threads=threads
                )
            self._keep(stack[begin + whole :], threads)
        return self

    def _keep(self, frames: NDArray[Any], threads: int) -> None:
        """Keep some frames for later, no more than there is room for; take all in when a block is complete."""
        if frames.shape[0] == 0:
            return
        if self._kept is None:
            self._kept = np.empty((_BLOCK_FRAMES, *self._shape), self._dtype)
        end = int(self._counts[1]) + frames.shape[0]
        self._kept[end - frames.shape[0] : end] = frames
        if end == _BLOCK_FRAMES:
            _kernels.moments_add(self._first, self._second, self._counts, self._kept, threads=threads)
        else:
            self._counts[1] = end

    def _take_in(self) -> None:
        """Take in the frames that are kept. Of float32 frames, later results depend on when this is done."""
        if self._counts[1] > 0 and self._kept is not None:
            _kernels.moments_add(self._first, self._second, self._counts, self._kept[: int(self._counts[1])])

    def _refuse_overflow(self, more: int) -> None:
        most = _MAXIMUM_FRAMES.get(self._dtype)
        if most is not None and self.count + more > most:
            raise OverflowError(
                f"there are {self.count} frames, and {more} more would be above the {most} {self._dtype} frames whose "
                "sums fit; begin a second Moments"
            )

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
        theirs = other.copy()
        theirs._take_in()
        with self._lock:
            self._refuse_overflow(theirs.count)
            self._take_in()
            _kernels.moments_merge(
                self._first, self._second, self._counts, theirs._first, theirs._second, theirs._counts
            )
        return self

    def copy(self) -> Moments:
        """Return an independent copy."""
        new = Moments.__new__(Moments)
        new.__setstate__(self.__getstate__())
        return new

    def _finished(self) -> Moments:
        """The same with all frames in the accumulators. This object only changes where that changes no bit."""
        if self._counts[1] == 0:
            return self
        if self._dtype == np.float32:
            finished = self.copy()
            finished._take_in()
            return finished
        self._take_in()
        return self

    def _refuse_fewer(self, frames: int, what: str) -> None:
        if self.count < frames:
            raise ValueError(f"{what} takes {frames} or more frames; there are {self.count}")

    @property
    def mean(self) -> NDArray[np.float64]:
        """The mean of every sample, float64, of a frame's shape; a ValueError without frames."""
        with self._lock:
            self._refuse_fewer(1, "a mean")
            done = self._finished()
            if self._dtype == np.float32:
                return done._first.reshape(self._shape).copy()
            return (done._first / float(done._counts[0])).reshape(self._shape)

    @property
    def variance(self) -> NDArray[np.float64]:
        """The variance, M2 / (n - 1), of every sample, float64; a ValueError for fewer than two frames.

        For uint8 and uint16 it is n M2, an exact integer, divided once by n (n - 1).
        """
        with self._lock:
            self._refuse_fewer(2, "a variance")
            done = self._finished()
            count = int(done._counts[0])
            if self._dtype == np.float32:
                return (done._second / float(count - 1)).reshape(self._shape)
            scaled = np.empty(done._first.size, np.uint64)
            _kernels.moments_scaled_m2(scaled, done._first, done._second, done._counts)
            return (scaled.astype(np.float64) / float(count * (count - 1))).reshape(self._shape)

    @property
    def sum(self) -> NDArray[np.uint32]:
        """A copy of the exact sums of uint8 and uint16 frames."""
        return self._exact("sums", 0).astype(np.uint32, copy=True)

    @property
    def sum_of_squares(self) -> NDArray[Any]:
        """A copy of the exact sums of squares: uint32 for uint8 frames, uint64 for uint16 ones."""
        return self._exact("sums of squares", 1).copy()

    def _exact(self, what: str, index: int) -> NDArray[Any]:
        if self._dtype == np.float32:
            raise TypeError(f"moments of float32 frames keep no {what}; use mean and variance")
        with self._lock:
            done = self._finished()
            return (done._first, done._second)[index].reshape(self._shape)

    def __eq__(self, other: object) -> bool:
        """Whether both are of the same count and the same bits, with whatever is kept taken in."""
        if not isinstance(other, Moments):
            return NotImplemented
        if (self._shape, self._dtype, self.count) != (other._shape, other._dtype, other.count):
            return False
        mine, theirs = self.copy(), other.copy()
        mine._take_in()
        theirs._take_in()
        return mine._first.tobytes() == theirs._first.tobytes() and mine._second.tobytes() == theirs._second.tobytes()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Moments({self._shape}, {self._dtype}, count={self.count})"

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            kept = None if self._kept is None else self._kept[: int(self._counts[1])].copy()
            return {
                "shape": self._shape,
                "dtype": self._dtype.name,
                "first": self._first.copy(),
                "second": self._second.copy(),
                "counts": self._counts.copy(),
                "kept": kept,
            }

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        Moments.__init__(self, state["shape"], state["dtype"])
        self._first[:] = state["first"]
        self._second[:] = state["second"]
        self._counts[:] = state["counts"]
        kept = state["kept"]
        if kept is not None and len(kept) > 0:
            self._kept = np.empty((_BLOCK_FRAMES, *self._shape), self._dtype)
            self._kept[: len(kept)] = kept
