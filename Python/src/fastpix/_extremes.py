"""How often every sample lies beyond all its neighbours, over frames."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from . import _kernels
from ._moments import frames_of

#: The most frames whose counts fit 16 bits (FPX_EXTREMES_MAXIMUM_FRAMES).
_MAXIMUM_FRAMES = 65_535


class Extremes:
    """How often every sample lies above, or below, all its eight neighbours, over frames.

    The neighbours lie `distance` rows and columns away and are of the same channel. In pictures of changing scenes a
    sound pixel is the highest of the nine in about a tenth of the frames; a hot one in nearly all. A frame is *blind*
    where the neighbours leave no room: above when the highest of them has reached white, below when the lowest has
    reached black. Counts are exact integers: no order and no split of the frames changes them.

    Parameters
    ----------
    shape : (height, width) or (height, width, channels)
    dtype : dtype
        uint8, uint16 or float32.
    distance : int
        1 to 16. 2 suits demosaiced pictures, and the raw mosaic of a Bayer sensor, whose colours repeat at 2.
    black, white : float, optional
        The levels at which samples are clipped: 0 and the greatest value for integers, none for float32.

    Notes
    -----
    Only samples with all eight neighbours are counted. Memory is 8 bytes a sample. An object may be used by several
    threads at the same time; they take turns.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: DTypeLike,
        *,
        distance: int = 2,
        black: float | None = None,
        white: float | None = None,
    ) -> None:
        self._shape = tuple(shape)
        if len(self._shape) not in (2, 3) or any(length < 0 for length in self._shape):
            raise ValueError(f"the shape of a frame is {self._shape}; (height, width) or (height, width, channels)")
        self._dtype = np.dtype(dtype).newbyteorder("=")
        if self._dtype not in (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32)):
            raise TypeError(f"extremes of {self._dtype} frames are not counted; of uint8, uint16 and float32 they are")
        if not 1 <= distance <= 16:
            raise ValueError(f"the distance is {distance}; 1 to 16 pixels are possible")
        is_integer = self._dtype != np.float32
        lowest, highest = (0.0, float(np.iinfo(self._dtype).max)) if is_integer else (-np.inf, np.inf)
        self._distance = distance
        self._black = lowest if black is None else float(black)
        self._white = highest if white is None else float(white)
        for level in (self._black, self._white):
            if np.isnan(level) or (is_integer and not (lowest <= level <= highest and level == int(level))):
                raise ValueError(f"{level} is no level of {self._dtype} samples")
        height, width, channels = (*self._shape, 1)[:3]
        self._counters = np.zeros((4, height, width, channels), np.uint16)
        self._count = np.zeros(1, np.uint64)
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
        return int(self._count[0])

    @property
    def above(self) -> NDArray[np.uint16]:
        """A copy of the counts of frames in which a sample is above all its neighbours."""
        return self._counts(0)

    @property
    def below(self) -> NDArray[np.uint16]:
        """A copy of the counts of frames in which a sample is below all its neighbours."""
        return self._counts(1)

    @property
    def blind_above(self) -> NDArray[np.uint16]:
        """A copy of the counts of frames that cannot tell whether a sample is above: its neighbours are white."""
        return self._counts(2)

    @property
    def blind_below(self) -> NDArray[np.uint16]:
        """A copy of the counts of frames that cannot tell whether a sample is below: its neighbours are black."""
        return self._counts(3)

    def _counts(self, index: int) -> NDArray[np.uint16]:
        with self._lock:
            counts: NDArray[np.uint16] = self._counters[index].reshape(self._shape).copy()
        return counts

    def add(self, frames: ArrayLike, *, threads: int = 1) -> Extremes:
        """Add a frame, or a stack of frames along the first axis, and return this object.

        Stacks are faster: counters are read and written once for eight frames.

        Raises
        ------
        TypeError, ValueError
            When type or shape of the frames do not fit. Then nothing is counted.
        OverflowError
            For more than 65,535 frames in all. Then nothing is counted.
        """
        stack = frames_of(frames, self._shape, self._dtype)
        with self._lock:
            self._refuse_overflow(stack.shape[0])
            _kernels.extremes_add(
                self._counters,
                self._count,
                stack.reshape(stack.shape[0], *self._counters.shape[1:]),
                self._distance,
                self._black,
                self._white,
                threads=threads,
            )
        return self

    def _refuse_overflow(self, more: int) -> None:
        if self.count + more > _MAXIMUM_FRAMES:
            raise OverflowError(
                f"there are {self.count} frames, and {more} more would be above the {_MAXIMUM_FRAMES} whose counts "
                "fit; begin a second Extremes"
            )

    @property
    def _kind(self) -> tuple[Any, ...]:
        return (self._shape, self._dtype, self._distance, self._black, self._white)

    def merge(self, other: Extremes) -> Extremes:
        """Add the frames that another object has, exactly; it stays as it is. Returns this object.

        Raises
        ------
        TypeError, ValueError
            When shape, type, distance or levels differ, and for an object with itself.
        OverflowError
            For too many frames, as in `add`.
        """
        if not isinstance(other, Extremes):
            raise TypeError(f"Extremes can be merged with Extremes, not with {type(other).__name__}")
        if other is self:
            raise ValueError("extremes cannot be merged with themselves: the frames would count twice")
        if other._kind != self._kind:
            raise ValueError(f"{self} and {other} count different things and cannot be merged")
        theirs = other.copy()
        with self._lock:
            self._refuse_overflow(theirs.count)
            # Made aside and put in place by one assignment: an interrupt finds the one or the other.
            merged = (self._counters + theirs._counters, self._count + theirs._count)
            self._counters, self._count = merged
        return self

    def copy(self) -> Extremes:
        """Return an independent copy."""
        new = Extremes.__new__(Extremes)
        new.__setstate__(self.__getstate__())
        return new

    def __eq__(self, other: object) -> bool:
        """Whether both have counted the same, equally often."""
        if not isinstance(other, Extremes):
            return NotImplemented
        return (
            self._kind == other._kind
            and self.count == other.count
            and bool(np.array_equal(self._counters, other._counters))
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        levels = f"distance={self._distance}, black={self._black:g}, white={self._white:g}"
        return f"Extremes({self._shape}, {self._dtype}, {levels}, count={self.count})"

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            return {
                "shape": self._shape,
                "dtype": self._dtype.name,
                "distance": self._distance,
                "black": self._black,
                "white": self._white,
                "counters": self._counters.copy(),
                "count": self._count.copy(),
            }

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        Extremes.__init__(
            self,
            state["shape"],
            state["dtype"],
            distance=state["distance"],
            black=state["black"],
            white=state["white"],
        )
        self._counters = np.array(state["counters"], np.uint16)
        self._count = np.array(state["count"], np.uint64)
