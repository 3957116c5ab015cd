"""Defects, and lists of them for one camera and frame size."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from . import _kernels
from ._errors import MapError
from ._records import KEY, RECORD, Record

if TYPE_CHECKING:
    import pandas

#: The forms of lists; Guides/Maps.md tells which programs read them.
MapForm = Literal["json", "csv", "mask", "dcraw", "rawtherapee", "siril", "pixinsight", "jpegpixi"]

#: No frame is as large.
_LONGEST_SIDE = 1 << 31
#: Far more than a sensor has defective pixels, and more places of up to 64 x 64 pixels than a repair takes.
_MOST_PIXELS, _MOST_PIECES = 4 << 20, 65_536

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
class SensorFrame(Record):
    """The whole sensor of raw files, and where the frame lies in it, in pixels; None for what a list does not tell.

    Attributes
    ----------
    width, height : int
        The sensor, masked border included.
    left, top : int
        Columns and rows of the sensor left of and above the frame.
    visible_left, visible_top, visible_width, visible_height : int
        Where the part lies that raw converters count positions in, and how large it is; 0 when that is not known.
    """

    width: int | None = None
    height: int | None = None
    left: int | None = None
    top: int | None = None
    visible_left: int | None = None
    visible_top: int | None = None
    visible_width: int | None = None
    visible_height: int | None = None


@dataclass(frozen=True, kw_only=True)
class NotJudgedPart(Record):
    """A rectangle of the photos' frame in which no defect would have been listed; 0-based from the top left."""

    row: int
    column: int
    rows: int
    columns: int

    @property
    def is_possible(self) -> bool:
        """Whether it can lie in a frame: numbers that a file has may be any."""
        return (
            all(0 <= side < _LONGEST_SIDE for side in (self.row, self.column))
            and all(1 <= side <= _LONGEST_SIDE for side in (self.rows, self.columns))
        )


@dataclass(frozen=True, kw_only=True)
class Pixel(Record):
    """A pixel of a cluster; 0-based from the top left."""

    row: int
    column: int


@dataclass(frozen=True, kw_only=True)
class FirstSeen(Record):
    """The first photo, by the camera's clock, in which a defect shows; with `history` only."""

    path: str
    time: str
    photos_before: int
    photos_since: int


@dataclass(frozen=True, kw_only=True)
class LastSeen(Record):
    """The last photo, by the camera's clock, in which a defect shows: it has healed where photos come after it."""

    path: str
    time: str
    photos_until: int
    photos_after: int


@dataclass(frozen=True, kw_only=True)
class SettingPart(Record):
    """The photos with less, or with more, of a setting: its range, and the mean difference from the neighbours."""

    photos: int
    least: float
    greatest: float
    mean_residual: float


@dataclass(frozen=True, kw_only=True)
class SettingDependence(Record):
    """Whether a defect is stronger at more of a setting: `grows`, `shrinks`, `steady`, `not-enough-variety`.

    `slope` and `intercept` are those of the straight line through all photos: of dark frames and seconds the dark current
    and the offset.
    """

    verdict: str
    lower: SettingPart | None = field(metadata={RECORD: SettingPart})
    upper: SettingPart | None = field(metadata={RECORD: SettingPart})
    slope: float | None = None
    intercept: float | None = None


@dataclass(frozen=True, kw_only=True)
class Defect(Record):
    """A defective pixel, or some that belong together; everything but the place is None where the source does not tell.

    Attributes
    ----------
    row, column : int
        The strongest pixel; of lines and grids the first one. 0-based from the top left of the stored frame.
    channel : int
        0, 1, 2 for red, green, blue; 0 for grey. The moments below are this channel's.
    class_ : str
        `stuck`, `dead`, `hot`, `low-gain`, `unstable`, or what later versions tell apart.
    shape : str
        `point`, `cluster`, `column`, `row` (or a part of one), `grid`.
    confidence, evidence : float
        Guides/Detection.md says what they mean.
    mean, variance, neighbourhood_mean, neighbourhood_variance, mean_score, variance_score : float
        Of the subpixel and around it; variance is M2 / (n - 1).
    persistence, frames_above, frames_below, photos_confirming, sign_share
        How many photos show it, and how surprising that is.
    extent_rows, extent_columns : int
        Rows and columns that it covers. A `column` without `extent_rows`, and a `row` without `extent_columns`, go from
        edge to edge.
    row_period, column_period : int
        Distance of a grid's pixels; 1 of everything else.
    pixels : tuple of Pixel
        Every pixel of a point or cluster; empty where the extent tells.
    smear_row, smear_column, smear_rows, smear_columns : int
        The rectangle that the defect tinges, which a repair replaces.
    sensor_row, sensor_column : int
        `row` and `column` in the whole sensor, masked border included, where raw files say how it lies.
    first_seen, last_seen, shown_share, iso_dependence, exposure_dependence, temperature_dependence
        Its history, where the photos were looked at again for it.
    colour : str
        Of its channel, or of its place in a mosaic: `red`, `green`, `blue`, or the pattern's letter; None of grey.
    extra : mapping
        All else that the JSON has.
    """

    row: int
    column: int
    channel: int | None = None
    class_: str | None = field(default=None, metadata={KEY: "class"})
    shape: str | None = None
    confidence: float | None = None
    mean: float | None = None
    neighbourhood_mean: float | None = None
    variance: float | None = None
    neighbourhood_variance: float | None = None
    mean_score: float | None = None
    variance_score: float | None = None
    persistence: float | None = None
    frames_above: int | None = None
    frames_below: int | None = None
    extent_rows: int | None = None
    extent_columns: int | None = None
    row_period: int | None = None
    column_period: int | None = None
    pixels: tuple[Pixel, ...] | None = field(default=None, metadata={RECORD: Pixel})
    smear_row: int | None = None
    smear_column: int | None = None
    smear_rows: int | None = None
    smear_columns: int | None = None
    evidence: float | None = None
    photos_confirming: int | None = None
    sign_share: float | None = None
    sensor_row: int | None = None
    sensor_column: int | None = None
    first_seen: FirstSeen | None = field(default=None, metadata={RECORD: FirstSeen})
    last_seen: LastSeen | None = field(default=None, metadata={RECORD: LastSeen})
    shown_share: float | None = None
    iso_dependence: SettingDependence | None = field(default=None, metadata={RECORD: SettingDependence})
    exposure_dependence: SettingDependence | None = field(default=None, metadata={RECORD: SettingDependence})
    temperature_dependence: SettingDependence | None = field(default=None, metadata={RECORD: SettingDependence})
    colour: str | None = None

    @property
    def smear(self) -> Smear | None:
        """What has to be replaced; None when the pixels alone are known."""
        sides = (self.smear_row, self.smear_column, self.smear_rows, self.smear_columns)
        if any(side is None for side in sides):
            return None
        return Smear(*(side for side in sides if side is not None))

    @property
    def is_whole_column(self) -> bool:
        """Whether it goes from the top to the bottom of a frame whose height is not known."""
        return self.shape == "column" and self.extent_rows is None

    @property
    def is_whole_row(self) -> bool:
        """Whether it goes from the left to the right of a frame whose width is not known."""
        return self.shape == "row" and self.extent_columns is None

    @property
    def is_grid(self) -> bool:
        """Whether sound pixels lie between its own."""
        return (self.row_period or 1) > 1 or (self.column_period or 1) > 1

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns that it covers; 1 where a line goes from edge to edge."""
        return self.extent_rows or 1, self.extent_columns or 1

    @property
    def pixel_count(self) -> int:
        """How many pixels `covered` has."""
        if self.pixels:
            return len(self.pixels)
        rows, columns = self.extent
        return ((rows - 1) // (self.row_period or 1) + 1) * ((columns - 1) // (self.column_period or 1) + 1)

    def covered(self) -> list[tuple[int, int]]:
        """Return row and column of every pixel of it; of what goes from edge to edge of an unknown frame, the first."""
        if self.pixels:
            return [(pixel.row, pixel.column) for pixel in self.pixels]
        rows, columns = self.extent
        return [
            (row, column)
            for row in range(self.row, self.row + rows, self.row_period or 1)
            for column in range(self.column, self.column + columns, self.column_period or 1)
        ]

    def moved(self, rows: int, columns: int) -> Defect:
        """Return the same defect where the frame's upper left pixel has other numbers."""
        # What goes from edge to edge goes on doing so.
        rows, columns = (0 if self.is_whole_column else rows), (0 if self.is_whole_row else columns)
        moved = replace(self, row=self.row + rows, column=self.column + columns)
        if self.pixels:
            pixels = tuple(replace(p, row=p.row + rows, column=p.column + columns) for p in self.pixels)
            moved = replace(moved, pixels=pixels)
        smear = self.smear
        if smear is None:
            return moved
        return replace(moved, smear_row=smear.row + rows, smear_column=smear.column + columns)

    def resolved(self, width: int, height: int) -> Defect:
        """Return the same defect with edges where a frame of this size has them."""
        if self.is_whole_column:
            return replace(self, extent_rows=height)
        return replace(self, extent_columns=width) if self.is_whole_row else self

    def areas(self, width: int, height: int, radius: int = 0) -> Iterator[Smear]:
        """Yield what has to be replaced in a frame of this size: all it tinges, where that is known.

        Otherwise its pixels, and `radius` pixels around them. A grid is mostly sound, so it is always its pixels, and so is
        a cluster that tinges nothing.
        """
        smear = self.smear
        if smear is not None and not self.is_grid:
            pixels = self.pixels or ()
            downs, rights = [p.row for p in pixels], [p.column for p in pixels]
            if (
                pixels
                and len(pixels) < smear.rows * smear.columns
                and smear
                == Smear(min(downs), min(rights), max(downs) - min(downs) + 1, max(rights) - min(rights) + 1)
            ):
                yield from (Smear(p.row, p.column, 1, 1) for p in pixels)
            else:
                yield smear
            return
        defect = self.resolved(width, height)
        around = 0 if smear is not None else radius
        if defect.pixels or defect.is_grid:
            places = [(row, column, 1, 1) for row, column in defect.covered()]
        else:
            places = [(defect.row, defect.column, *defect.extent)]
        for row, column, rows, columns in places:
            top, left = max(0, row - around), max(0, column - around)
            bottom, right = min(height, row + rows + around), min(width, column + columns + around)
            yield Smear(top, left, bottom - top, right - left)


@dataclass(frozen=True)
class DefectList(Sequence[Defect]):
    """The defects of one camera and frame size.

    A sequence of `Defect`. It can be made by hand, too: ``DefectList.at([(10, 20)], width=640, height=480)``.

    No entry at a place means that it is sound only where it was judged, and only for the classes that were asked for. A list
    keeps what it knows of that when it is read and written; slices are tuples of defects, which know nothing of it.
    ``dataclasses.replace`` keeps it, too: give it `classes` when you take classes out, and None for what is not known of lists
    that you have put together.

    Attributes
    ----------
    defects : tuple of Defect
    width, height : int or None
        The frame in pixels, when it is known.
    camera : Camera
    frames : int or None
        How many photos it was found in; None when it is not known, which is 0 in JSON.
    judged_share : float or None
        Of the frame, 0 to 1; None when it is not known. Comments in text have whole per cent, rounded down.
    not_judged : tuple of NotJudgedPart, or None
        Where no defect would have been listed; None when it is not known, which is not the same as nowhere.
    classes : tuple of str, or None
        The classes that were asked for; None when these are all, or when it is not known.
    sensor_frame : SensorFrame or None
        The whole sensor of raw files, where it is known.
    extra : mapping
        What else the JSON of a list has.
    """

    defects: tuple[Defect, ...] = ()
    width: int | None = None
    height: int | None = None
    camera: Camera = Camera()
    frames: int | None = None
    judged_share: float | None = None
    not_judged: tuple[NotJudgedPart, ...] | None = None
    classes: tuple[str, ...] | None = None
    sensor_frame: SensorFrame | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if (self.width is None) != (self.height is None):
            raise MapError("of a frame's size, width and height are needed, or neither")
        if self.judged_share is not None and not 0 <= self.judged_share <= 1:
            raise MapError(f"{self.judged_share} is no share of the frame, which is 0 to 1")
        if not all(part.is_possible for part in self.not_judged or ()):
            raise MapError("a part that was not judged lies outside any frame")
        # What JSON has for a number that is not known.
        if self.frames == 0:
            object.__setattr__(self, "frames", None)
        if self.judged_share == 1 and self.not_judged is None:
            object.__setattr__(self, "not_judged", ())
        for defect in self.defects:
            if not _is_inside(defect, self.width or _LONGEST_SIDE, self.height or _LONGEST_SIDE):
                frame = "any frame" if self.width is None else f"the frame of {self.width} x {self.height} pixels"
                raise MapError(f"row {defect.row}, column {defect.column} lies outside {frame}")
        if self.width is not None and self.height is not None:
            resolved = tuple(defect.resolved(self.width, self.height) for defect in self.defects)
            object.__setattr__(self, "defects", resolved)
        # A few bytes of a file may claim any number.
        if sum(defect.pixel_count for defect in self.defects) > _MOST_PIXELS:
            raise MapError(f"more than {_MOST_PIXELS} pixels are listed; that is no list of defects")

    @classmethod
    def at(
        cls, places: Iterable[Sequence[int]] | NDArray[Any], width: int | None = None, height: int | None = None
    ) -> DefectList:
        """Make a list of places, such as those of any other program's mask.

        Parameters
        ----------
        places : iterable of (int, int), or array of (count, 2)
            Row and column of each, 0-based from the top left: what ``numpy.argwhere(mask)`` gives.
        width, height : int, optional
            The frame in pixels, both or neither.

        Raises
        ------
        TypeError
            For what is not two whole numbers.
        MapError
            For a place outside the frame.
        """
        return cls(tuple(_at(place) for place in places), width, height)

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
    def read(
        cls,
        path: str | os.PathLike[str],
        *,
        size: tuple[int, int] | None = None,
        offset: tuple[int, int] | None = None,
    ) -> DefectList:
        """Read a list in any of the forms that fastpix writes, or of CHDK (`.bin`); the content tells which.

        Masks of other programs may be PNG, TIFF (strips; uncompressed, LZW, Deflate or PackBits) and FITS (uncompressed).

        Parameters
        ----------
        path : str or path
        size : (int, int), optional
            Width and height of the photos, for lists that do not tell it: PixInsight's form and those of other programs.
        offset : (int, int), optional
            Column and row of the photos' upper left pixel in the frame that such a list counts in; (0, 0) when it counts
            in the photos. What fastpix has written into a list is taken off again without it.

        Raises
        ------
        MapError
            For what is no such list, naming the line; for a size or an offset that contradicts the list's own; for a
            size without an offset, where a list may count in a raw file's frame; and when the file has lists of several
            cameras (`read_all`), or none: CSV without a line does not say what has no defects.
        OSError
            When it cannot be read.
        """
        lists = cls.read_all(path, size=size, offset=offset)
        if not lists:
            raise MapError(
                f"{os.fspath(path)}: has no list of any camera or frame, which is not the same as no defects: they were not "
                "judged, or it is a table without a line"
            )
        if len(lists) != 1:
            raise MapError(
                f"{os.fspath(path)}: has the lists of {len(lists)} cameras or frame sizes; DefectList.read_all gives "
                "them all"
            )
        return lists[0]

    @classmethod
    def read_all(
        cls,
        path: str | os.PathLike[str],
        *,
        size: tuple[int, int] | None = None,
        offset: tuple[int, int] | None = None,
    ) -> tuple[DefectList, ...]:
        """Read all lists of a file, camera by camera; JSON and CSV may have several.

        Parameters
        ----------
        path, size, offset
            As for `read`.

        Returns
        -------
        tuple of DefectList

        Raises
        ------
        MapError, OSError
            As `read`, but for the number of lists.
        """
        from . import _map_reading

        return _map_reading.read(path, size, offset)

    def write(
        self, path: str | os.PathLike[str], form: MapForm | None = None, offset: tuple[int, int] = (0, 0)
    ) -> None:
        """Write the list for fastpix or another program.

        JSON keeps all that the list knows. Text has comments for `judged_share`, `not_judged`, `classes` and the sensor's
        size and margins; without `not_judged` the share's says "not known where". CSV has a column for `judged_share`, and
        the place in the sensor of each defect; masks and PixInsight's form have nothing.

        Parameters
        ----------
        path : str or path
            The file; its extension tells the form: .json, .csv, .png, .tif, .fits (masks), .badpixels (dcraw), .lst (Siril),
            .txt (PixInsight), .jpegpixi. It appears when it is complete.
        form : str, optional
            The form, where the name does not tell it. `rawtherapee` writes a file, whose name is up to you here.
        offset : (int, int)
            Column and row of the photos' upper left pixel in the frame of the raw files, added to positions for
            dcraw, RawTherapee, Siril and PixInsight.

        Raises
        ------
        MapError
            For a name that tells no form, and for a form that needs to know what this list does not: the frame's size
            for a mask and JSON, for the pixels of lines from edge to edge, and beside an offset. For a list of no defects as
            CSV, whose lines are defects: it could not say what has none; and in PixInsight's form, which would be an empty
            file. Also when an offset puts a defect outside.
        OSError
            When it cannot be written.

        Warns
        -----
        FastPixWarning
            When a part of the frame was not judged, or not all classes were asked for, and the form cannot say so.
        """
        from . import _map_writing

        _map_writing.write((self,), path, form, offset)

    @staticmethod
    def write_all(
        lists: Sequence[DefectList], path: str | os.PathLike[str], form: Literal["json", "csv"] | None = None
    ) -> None:
        """Write the lists of several cameras into one file, JSON or CSV.

        Parameters
        ----------
        lists : sequence of DefectList
            One of each camera and frame size.
        path, form
            As for `write`.

        Raises
        ------
        MapError, OSError
            As `write`; so are the warnings.
        """
        from . import _map_writing

        _map_writing.write(tuple(lists), path, form, (0, 0))

    def mask(self, shape: tuple[int, ...] | None = None, radius: int = 0) -> NDArray[np.bool_]:
        """Return an array that is True where a defect tinges the picture.

        Parameters
        ----------
        shape : (height, width), optional
            More dimensions, an image's channels, are passed over. The list's own frame without it.
        radius : int
            Pixels around a defect that go with it, where the list does not say how far its effect reaches.

        Returns
        -------
        array of bool
            (height, width)

        Raises
        ------
        MapError
            When the shape is not that of the list's frame, or not known at all.
        """
        height, width = self._frame(shape)
        mask = np.zeros((height, width), np.bool_)
        for area in self._areas(height, width, radius):
            mask[area.row : area.row + area.rows, area.column : area.column + area.columns] = True
        return mask

    def repair(self, image: _Image, radius: int = 0, noise: float | None = None) -> _Image:
        """Return a copy of an image in which the defects are interpolated from good pixels around them.

        It is the interpolation of `fastpix repair`, and for uint8 and uint16 gives the samples that this makes of a
        PNG. All channels are repaired, an alpha channel, too.

        Parameters
        ----------
        image : array of uint8, uint16 or float32
            (height, width) or (height, width, channels) with 1 to 4 channels; any strides, any byte order.
        radius : int
            Pixels around a defect that go with it, where the list does not say how far its effect reaches. In JPEGs
            from a camera a defect spreads: 3 is right there.
        noise : float, optional
            A difference between samples that means nothing, above 0; 3/255 of the range of uint8 and uint16, and of 1 for
            float32.

        Returns
        -------
        array
            A new one, of the image's shape, type and byte order.

        Raises
        ------
        MapError
            When the image is not of the list's size, and when nothing good is near a defect.
        TypeError
            For what is no array, and for one of other samples, or with a mask.
        ValueError
            For an image of another form, and for a radius or noise out of range.
        """
        if not isinstance(image, np.ndarray):
            raise TypeError(f"the image is of {type(image)}; a NumPy array can be repaired")
        if image.ndim not in (2, 3):
            raise ValueError(f"the image has {image.ndim} dimensions; (height, width) or (height, width, channels)")
        channels = image.shape[2] if image.ndim == 3 else 1
        if not 1 <= channels <= 4:
            raise ValueError(f"the image has {channels} channels; 1 to 4 can be repaired")
        if noise is not None and not 0 < noise < math.inf:
            raise ValueError(f"the noise is {noise}; it is a difference between samples, above 0")
        native = image.dtype.newbyteorder("=")
        if native not in (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32)):
            raise TypeError(f"the image has samples of {image.dtype}; uint8, uint16 and float32 can be repaired")
        if isinstance(image, np.ma.MaskedArray):
            raise TypeError("the image is a masked array, and its mask cannot be kept; give its data")
        height, width = self._frame(image.shape)
        pieces = [piece for area in self._areas(height, width, radius) for piece in _pieces(area)]
        if len(pieces) > _MOST_PIECES:
            raise MapError(
                f"the list marks more than {_MOST_PIECES} places of up to 64 x 64 pixels; that is no list of defects"
            )
        repaired = image.astype(native, order="C")
        if noise is None:
            noise = {1: 3.0, 2: 3.0 * 257, 4: 3.0 / 255}[image.dtype.itemsize]
        rectangles = np.array(pieces, np.uint32).reshape(-1, 4)
        try:
            _kernels.repair(repaired.reshape(height, width, channels), rectangles, noise)
        except ValueError as error:
            raise MapError(str(error)) from None
        return repaired.astype(image.dtype, copy=False)

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
        if len(shape) < 2:
            raise MapError(f"the shape is {tuple(shape)}; (height, width) is wanted, or one that begins so")
        height, width = shape[:2]
        if (self.height or height, self.width or width) != (height, width):
            raise MapError(
                f"the image is {width} x {height} pixels and the list for {self.width} x {self.height}; a list fits "
                "images of its own size only"
            )
        return height, width

    def _areas(self, height: int, width: int, radius: int) -> Iterator[Smear]:
        if operator.index(radius) < 0:
            raise ValueError(f"the radius is {radius}; it may not be negative")
        for defect in self.defects:
            if not _is_inside(defect, width, height):
                raise MapError(
                    f"the list has row {defect.row}, column {defect.column}, and the image is {width} x {height} "
                    "pixels; they are of different sizes"
                )
            yield from defect.areas(width, height, radius)


def _at(place: Sequence[int]) -> Defect:
    try:
        row, column = map(operator.index, place)
    except (TypeError, ValueError):
        raise TypeError(
            f"{place!r} is no place; places are row and column in whole numbers, as numpy.argwhere(mask) gives them"
        ) from None
    return Defect(row=row, column=column)


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
    def has(row: int, column: int, rows: int, columns: int) -> bool:
        return min(row, column) >= 0 and min(rows, columns) >= 1 and row + rows <= height and column + columns <= width

    rows, columns = (1, 1) if defect.pixels else (_or_one(defect.extent_rows), _or_one(defect.extent_columns))
    if (
        not has(defect.row, defect.column, rows, columns)
        or min(map(_or_one, (defect.row_period, defect.column_period))) < 1
    ):
        return False
    if not all(has(pixel.row, pixel.column, 1, 1) for pixel in defect.pixels or ()):
        return False
    smear = defect.smear
    return smear is None or has(smear.row, smear.column, smear.rows, smear.columns)


def _or_one(number: int | None) -> int:
    return 1 if number is None else number


def _row(defect: Defect) -> dict[str, Any]:
    """A line of a table: fields by their names in Python, others by their names in JSON."""
    line: dict[str, Any] = {}
    for one in fields(defect):
        value = getattr(defect, one.name)
        if one.name == "pixels":
            value = None if value is None else [(pixel.row, pixel.column) for pixel in value]
        elif isinstance(value, Record):
            value = value.to_json()
        if one.name not in ("extra", "nulls"):
            line[one.name.rstrip("_")] = value
    return {**line, **defect.extra}
