"""How often every sample lies beyond all its neighbours, over frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from . import _kernels
from ._moments import frame_shape, stack_of

#: Pixels of one cell of the coarse sums, and which row of so many is looked at (Accumulation/CoarseSums.swift).
CELL, ROW_IN_CELL = 8, 3


def coarse_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """The shape of the coarse sums of frames: (half, row of cells, cell)."""
    height, width = shape[:2]
    return 2, max(0, (height - ROW_IN_CELL + CELL - 1) // CELL), width // CELL


class Extremes(_kernels.ExtremesBase):
    """How often every sample lies above, or below, all its eight neighbours, over frames.

    The neighbours lie `distance` rows and columns away and are of the same channel. In pictures of changing scenes a
    sound pixel is the highest of the nine in about a tenth of the frames; a hot one in nearly all. A frame is *blind*
    where the neighbours leave no room: above when the highest of them has reached white, below when the lowest has
    reached black. Counts are exact integers: no order and no split of the frames changes them.

    Beside them it keeps what tells `judge` what the frames show, exactly, too: how bright and how rough each of them is,
    and sums over small cells of every eighth row, for two halves of the frames, which their content tells.

    Parameters
    ----------
    shape : (height, width) or (height, width, channels)
        The shape of one frame.
    dtype : dtype
        uint8, uint16 or float32.
    distance : int
        1 to 16. 2 suits demosaiced pictures, and the raw mosaic of a Bayer sensor, whose colours repeat at 2; 6 that of
        an X-Trans sensor.
    black, white : float, optional
        The levels at which samples are clipped: 0 and the greatest value for integers, none for float32.

    Raises
    ------
    TypeError
        For lengths that are no integers, and for frames of another type.
    ValueError
        For a shape of other dimensions, negative or larger than an array can be; for a distance or a level out of range.

    Notes
    -----
    Only samples with all eight neighbours are counted. Memory is 8 bytes a sample, a quarter of a byte more for each pixel,
    and 24 bytes for each frame. An object may be used by several threads at the same time; they take turns.
    """

    #: above, below, blind_above, blind_below, and the coarse sums. The compiled part works on them.
    _counters: NDArray[np.uint16]
    _coarse: NDArray[np.int64]

    def __init__(
        self,
        shape: Sequence[SupportsIndex],
        dtype: DTypeLike,
        *,
        distance: int = 2,
        black: float | None = None,
        white: float | None = None,
    ) -> None:
        lengths = frame_shape(shape)
        if len(lengths) not in (2, 3):
            raise ValueError(f"the shape of a frame is {lengths}; (height, width) or (height, width, channels)")
        sample = np.dtype(dtype).newbyteorder("=")
        if sample not in (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32)):
            raise TypeError(f"extremes of {sample} frames are not counted; of uint8, uint16 and float32 they are")
        if not 1 <= distance <= 16:
            raise ValueError(f"the distance is {distance}; 1 to 16 pixels are possible")
        is_integer = sample != np.float32
        lowest, highest = (0.0, float(np.iinfo(sample.type).max)) if is_integer else (-np.inf, np.inf)
        levels = (lowest if black is None else float(black), highest if white is None else float(white))
        for level in levels:
            if np.isnan(level) or (is_integer and not (lowest <= level <= highest and level == int(level))):
                raise ValueError(f"{level} is no level of {sample} samples")
        counters, coarse = np.zeros((4, *lengths), np.uint16), np.zeros(coarse_shape(lengths), np.int64)
        self._begin(lengths, np.empty(0, sample), counters, coarse, distance, *levels)
        self._shape, self._dtype, self._distance = lengths, sample, distance
        self._black, self._white = levels
        self._counters, self._coarse = counters, coarse

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one frame."""
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the frames' samples."""
        return self._dtype

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
        counts = np.empty(self._shape, np.uint16)
        self._copy_counter(index, counts)
        return counts

    def _stack_of(self, frames: ArrayLike) -> NDArray[Any]:
        """What the compiled `add` makes of frames that it cannot take as they are."""
        return stack_of(frames, self._shape, self._dtype)

    @property
    def _kind(self) -> tuple[Any, ...]:
        return (self._shape, self._dtype, self._distance, self._black, self._white)

    def merge(self, other: Extremes) -> Extremes:
        """Add the frames that another object has, exactly; it stays as it is.

        Parameters
        ----------
        other : Extremes
            Of the same shape, type, distance and levels.

        Returns
        -------
        Extremes
            This object.

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
        # Of a copy, so that two threads that merge two objects both ways never wait for each other.
        self._merge(other.copy())
        return self

    def copy(self) -> Self:
        """Return an independent copy, of the same class."""
        new = type(self).__new__(type(self))
        new.__setstate__(self.__getstate__())
        return new

    def _sums(self) -> tuple[NDArray[np.uint16], NDArray[np.int64], NDArray[np.int64]]:
        """Copies of the counters, the coarse sums and the facts: level, roughness and half of each frame."""
        counters, coarse = np.empty_like(self._counters), np.empty_like(self._coarse)
        facts = np.frombuffer(self._copy_sums(counters, coarse), np.int64).reshape(-1, 3)
        return counters, coarse, facts

    def _fill(self, counters: ArrayLike, coarse: ArrayLike, facts: NDArray[np.int64]) -> None:
        """Fill a new object with what `_sums` gives of another one."""
        self._counters[...] = counters
        self._coarse[...] = coarse
        self._restore(np.ascontiguousarray(facts, np.int64).tobytes())

    def _are_states(self, shape: tuple[int, ...], dtype: np.dtype[Any], count: int, distance: int) -> bool:
        """Whether they are counted as the program counts those of such frames."""
        if self._dtype == np.float32:
            return False
        wanted = Extremes(shape, dtype, distance=distance) if len(shape) in (2, 3) else None
        return wanted is not None and self._kind == wanted._kind and self.count == count

    def __eq__(self, other: object) -> bool:
        """Whether both have counted the same, equally often."""
        if not isinstance(other, Extremes):
            return NotImplemented
        if self._kind != other._kind or self.count != other.count:
            return False
        mine, theirs = self._sums(), other._sums()
        return bool(np.array_equal(mine[0], theirs[0]))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        levels = f"distance={self._distance}, black={self._black:g}, white={self._white:g}"
        return f"Extremes({self._shape}, {self._dtype}, {levels}, count={self.count})"

    def __getstate__(self) -> dict[str, Any]:
        counters, coarse, facts = self._sums()
        return {
            "shape": self._shape,
            "dtype": self._dtype.name,
            "distance": self._distance,
            "black": self._black,
            "white": self._white,
            "counters": counters,
            "coarse": coarse,
            "facts": facts,
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
        self._fill(state["counters"], state["coarse"], state["facts"])
