"""Defects, and lists of them for one camera and frame size."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from . import _kernels
from ._errors import MapError
from ._records import KEY, Record

if TYPE_CHECKING:
    import pandas

#: The forms of lists; Guides/Maps.md tells which programs read them.
MapForm = Literal["json", "csv", "mask", "dcraw", "rawtherapee", "siril", "pixinsight", "jpegpixi"]

_Image = TypeVar("_Image", NDArray[np.uint8], NDArray[np.uint16], NDArray[np.float32])


@dataclass(frozen=True)
class Smear:
    """The rectangle that a defect tinges, in pixels; 0-based from the top left."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, kw_only=True)
class Camera(Record):
    """A camera as photos name it; None for what they do not tell."""

    make: str | None = None
    model: str | None = None
    serial: str | None = None


@dataclass(frozen=True, kw_only=True)
class Defect(Record):
    """A defective pixel; everything but the place is None where the source does not tell it.

    Attributes
    ----------
    row, column : int
        0-based from the top left of the stored frame.
    channel : int
        0, 1, 2 for red, green, blue; 0 for grey.
    class_ : str
        `stuck`, `dead`, `hot`, `low-gain`, `unstable`, or what later versions tell apart.
    confidence : float
        0 to 1; Guides/Detection.md says what it means.
    mean, variance, neighbourhood_mean, neighbourhood_variance : float
        Of the subpixel and around it; variance is M2 / (n - 1).
    smear_row, smear_column, smear_rows, smear_columns : int
        The rectangle that the defect tinges, which a repair replaces.
    extra : mapping
        All else that the JSON has.
    """

    row: int
    column: int
    channel: int | None = None
    class_: str | None = field(default=None, metadata={KEY: "class"})
    confidence: float | None = None
    mean: float | None = None
    neighbourhood_mean: float | None = None
    variance: float | None = None
    neighbourhood_variance: float | None = None
    smear_row: int | None = None
    smear_column: int | None = None
    smear_rows: int | None = None
    smear_columns: int | None = None

    @property
    def smear(self) -> Smear | None:
        """What has to be replaced; None when the pixel alone is known."""
        sides = (self.smear_row, self.smear_column, self.smear_rows, self.smear_columns)
        if any(side is None for side in sides):
            return None
        return Smear(*(side for side in sides if side is not None))

    def moved(self, rows: int, columns: int) -> Defect:
        """Return the same defect where the frame's upper left pixel has other numbers."""
        smear = self.smear
        moved = replace(self, row=self.row + rows, column=self.column + columns)
        if smear is None:
            return moved
        return replace(moved, smear_row=smear.row + rows, smear_column=smear.column + columns)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object, without the fields that are None."""
        return {key: value for key, value in super().to_json().items() if value is not None or key in self.extra}


@dataclass(frozen=True)
class DefectList(Sequence[Defect]):
    """The defects of one camera and frame size.

    A sequence of `Defect`. It can be made by hand, too: ``DefectList.at([(10, 20)], width=640, height=480)``.

    Attributes
    ----------
    defects : tuple of Defect
    width, height : int or None
        The frame in pixels, when it is known.
    camera : Camera
    frames : int or None
        How many photos it was found in.
    """

    defects: tuple[Defect, ...] = ()
    width: int | None = None
    height: int | None = None
    camera: Camera = Camera()
    frames: int | None = None

    def __post_init__(self) -> None:
        if self.width is None or self.height is None:
            return
        for defect in self.defects:
            if not _is_inside(defect, self.width, self.height):
                raise MapError(
                    f"row {defect.row}, column {defect.column} lies outside the frame of {self.width} x {self.height} "
                    "pixels"
                )

    @classmethod
    def at(
        cls, places: Sequence[tuple[int, int]] | NDArray[Any], width: int | None = None, height: int | None = None
    ) -> DefectList:
        """Make a list of (row, column) places; also what ``numpy.argwhere(mask)`` gives."""
        defects = tuple(Defect(row=int(row), column=int(column)) for row, column in places)
        return cls(defects, width, height)

    @overload
    def __getitem__(self, index: int) -> Defect: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Defect, ...]: ...
    def __getitem__(self, index: int | slice) -> Defect | tuple[Defect, ...]:
        return self.defects[index]

    def __len__(self) -> int:
        return len(self.defects)

    def __iter__(self) -> Iterator[Defect]:
        return iter(self.defects)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> DefectList:
        """Read a list in any of the forms that fastpix writes; the content tells which.

        Raises
        ------
        MapError
            For what is no such list, naming the line; for whole rows and columns, which some forms can list; and when
            the file has lists of several cameras (`read_all`).
        OSError
            When it cannot be read.
        """
        lists = cls.read_all(path)
        if len(lists) != 1:
            raise MapError(
                f"{os.fspath(path)}: has the lists of {len(lists)} cameras or frame sizes; DefectList.read_all gives "
                "them all"
            )
        return lists[0]

    @classmethod
    def read_all(cls, path: str | os.PathLike[str]) -> tuple[DefectList, ...]:
        """Read all lists of a file, camera by camera; JSON and CSV may have several. Raises as `read`."""
        from . import _map_reading

        return _map_reading.read(path)

    def write(
        self, path: str | os.PathLike[str], form: MapForm | None = None, offset: tuple[int, int] = (0, 0)
    ) -> None:
        """Write the list for fastpix or another program.

        Parameters
        ----------
        path : str or path
            The file; its extension tells the form: .json, .csv, .png (mask), .badpixels (dcraw), .lst (Siril), .txt
            (PixInsight), .jpegpixi. It appears when it is complete.
        form : str, optional
            The form, where the name does not tell it. `rawtherapee` writes a file, whose name is up to you here.
        offset : (int, int)
            Column and row of the photos' upper left pixel in the frame of the raw files, added to positions for
            dcraw, RawTherapee, Siril and PixInsight.

        Raises
        ------
        MapError
            For a name that tells no form, and for a form that needs to know what this list does not: a mask the
            frame's size; the others, too, but PixInsight's and jpegpixi's. Also when an offset puts a defect outside.
        OSError
            When it cannot be written.
        """
        from . import _map_writing

        _map_writing.write(self, path, form, offset)

    def mask(self, shape: tuple[int, ...] | None = None, radius: int = 0) -> NDArray[np.bool_]:
        """Return an array that is True where a defect tinges the picture.

        Parameters
        ----------
        shape : (height, width), optional
            More dimensions, an image's channels, are passed over. The list's own frame without it.
        radius : int
            Pixels around a defect that go with it, where the list does not say how far its effect reaches.

        Raises
        ------
        MapError
            When the shape is not that of the list's frame, or not known at all.
        """
        height, width = self._frame(shape)
        mask = np.zeros((height, width), np.bool_)
        for smear in self._patches(height, width, radius):
            mask[smear.row : smear.row + smear.rows, smear.column : smear.column + smear.columns] = True
        return mask

    def repair(self, image: _Image, radius: int = 0, noise: float | None = None) -> _Image:
        """Return a copy of an image in which the defects are interpolated from good pixels around them.

        It is the interpolation of `fastpix repair`, and for uint8 and uint16 gives the samples that this makes of a
        PNG. All channels are repaired, an alpha channel, too.

        Parameters
        ----------
        image : array of uint8, uint16 or float32
            (height, width) or (height, width, channels) with 1 to 4 channels; any strides.
        radius : int
            Pixels around a defect that go with it, where the list does not say how far its effect reaches. In JPEGs
            from a camera a defect spreads: 3 is right there.
        noise : float, optional
            A difference between samples that means nothing; 3/255 of the range of uint8 and uint16, and of 1 for
            float32.

        Raises
        ------
        MapError
            When the image is not of the list's size, and when nothing good is near a defect.
        TypeError, ValueError
            For an image of another type or form.
        """
        if image.ndim not in (2, 3):
            raise ValueError(f"the image has {image.ndim} dimensions; (height, width) or (height, width, channels)")
        if image.dtype not in (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32)):
            raise TypeError(f"the image has samples of {image.dtype}; uint8, uint16 and float32 can be repaired")
        if isinstance(image, np.ma.MaskedArray):
            raise TypeError("the image is a masked array, and its mask cannot be kept; give its data")
        height, width = self._frame(image.shape)
        patches = self._patches(height, width, radius)
        repaired = image.copy(order="C")
        if noise is None:
            noise = {1: 3.0, 2: 3.0 * 257, 4: 3.0 / 255}[image.dtype.itemsize]
        pieces = [piece for patch in patches for piece in _pieces(patch)]
        rectangles = np.array(pieces, np.uint32).reshape(-1, 4)
        try:
            _kernels.repair(repaired.reshape(height, width, -1), rectangles, noise)
        except ValueError as error:
            raise MapError(str(error)) from None
        return repaired

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas DataFrame with a line for each defect; needs pandas."""
        import pandas

        return pandas.DataFrame([_row(defect) for defect in self.defects])

    def _frame(self, shape: tuple[int, ...] | None) -> tuple[int, int]:
        """Height and width, checked against the list's."""
        if shape is None:
            if self.height is None or self.width is None:
                raise MapError("the list does not say how large its frame is; give the shape, (height, width)")
            return self.height, self.width
        height, width = shape[:2]
        if (self.height or height, self.width or width) != (height, width):
            raise MapError(
                f"the image is {width} x {height} pixels and the list for {self.width} x {self.height}; a list fits "
                "images of its own size only"
            )
        return height, width

    def _patches(self, height: int, width: int, radius: int) -> list[Smear]:
        if radius < 0:
            raise ValueError(f"the radius is {radius}; it may not be negative")
        patches = []
        for defect in self.defects:
            if not _is_inside(defect, width, height):
                raise MapError(
                    f"the list has row {defect.row}, column {defect.column}, and the image is {width} x {height} "
                    "pixels; they are of different sizes"
                )
            smear = defect.smear
            if smear is None:
                row, column = max(0, defect.row - radius), max(0, defect.column - radius)
                bottom, right = min(height, defect.row + radius + 1), min(width, defect.column + radius + 1)
                smear = Smear(row, column, bottom - row, right - column)
            patches.append(smear)
        return patches


def _pieces(patch: Smear) -> Iterator[tuple[int, int, int, int]]:
    """Column, row, width, height of pieces that the kernel takes (FPX_REPAIR_LONGEST_SIDE)."""
    longest = 64
    for row in range(patch.row, patch.row + patch.rows, longest):
        for column in range(patch.column, patch.column + patch.columns, longest):
            yield (
                column,
                row,
                min(longest, patch.column + patch.columns - column),
                min(longest, patch.row + patch.rows - row),
            )


def _is_inside(defect: Defect, width: int, height: int) -> bool:
    if not (0 <= defect.row < height and 0 <= defect.column < width):
        return False
    smear = defect.smear
    if smear is None:
        return True
    return (
        smear.row >= 0
        and smear.column >= 0
        and smear.rows >= 1
        and smear.columns >= 1
        and smear.row + smear.rows <= height
        and smear.column + smear.columns <= width
    )


def _row(defect: Defect) -> dict[str, Any]:
    """A line of a table: fields by their names in Python, others by their names in JSON."""
    names = [
        "row",
        "column",
        "channel",
        "class_",
        "confidence",
        "mean",
        "neighbourhood_mean",
        "variance",
        "neighbourhood_variance",
        "smear_row",
        "smear_column",
        "smear_rows",
        "smear_columns",
    ]
    line = {name.rstrip("_"): getattr(defect, name) for name in names}
    return {**line, **defect.extra}
