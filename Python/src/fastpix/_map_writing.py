"""Writes lists of defects in the forms of Guides/Maps.md, as Sources/Maps does."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import unicodedata
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from . import _fits, _judgement_note, _png, _tiff
from ._defects import Camera, Defect, DefectList, MapForm
from ._errors import FastPixWarning, MapError

_FORMS_BY_EXTENSION: dict[str, MapForm] = {
    ".json": "json",
    ".csv": "csv",
    ".png": "mask",
    ".tif": "mask",
    ".tiff": "mask",
    ".fits": "mask",
    ".fit": "mask",
    ".badpixels": "dcraw",
    ".lst": "siril",
    ".txt": "pixinsight",
    ".jpegpixi": "jpegpixi",
    ".blocks": "jpegpixi",
}
#: Masks that are not PNG.
_MASKS: dict[str, Callable[[NDArray[np.bool_]], bytes]] = {
    ".tif": _tiff.encode,
    ".tiff": _tiff.encode,
    ".fits": _fits.encode,
    ".fit": _fits.encode,
}
#: A side of a frame whose size is not known.
_ANY_SIDE = 1 << 31


def write(
    lists: tuple[DefectList, ...], path: str | os.PathLike[str], form: MapForm | None, offset: tuple[int, int]
) -> None:
    """Write lists; see DefectList.write."""
    try:
        if form is None:
            form = _form_of(Path(path).name)
        elif form not in get_args(MapForm):
            raise MapError(f"there is no form {form!r}; {', '.join(get_args(MapForm))} can be written")
        if form == "json":
            content = _json(lists).encode()
        elif form == "csv":
            content = _table(lists).encode()
        elif len(lists) != 1:
            raise MapError(f"{len(lists)} lists fit into one file as JSON and CSV only")
        else:
            content = _content(lists[0], form, offset, Path(path).suffix.lower())
            if not content:
                raise MapError(
                    f"the list of {_printable(_camera_name(lists[0].camera))} has no defects, and an empty file is no list; "
                    "write JSON, which says it"
                )
    except MapError as error:
        raise MapError(f"{os.fspath(path)}: {error}") from None
    for note in _untold(lists, form):
        warnings.warn(f"{os.fspath(path)}: {note}", FastPixWarning, stacklevel=3)
    place(Path(path), [content])


def _untold(lists: tuple[DefectList, ...], form: MapForm) -> list[str]:
    """What a form without words for it leaves unsaid of what the lists could have."""
    if form not in ("csv", "mask", "pixinsight"):
        return []
    notes = []
    for defects in lists:
        name = f"the list of {_printable(_camera_name(defects.camera))}"
        percent = _judgement_note.judged_percent(defects)
        if defects.not_judged or (percent is not None and percent < 100):
            unsaid = "where that is, this form cannot say" if form == "csv" else "which this form cannot say"
            judged = "a part of the frame" if percent is None else f"{percent} % of the frame"
            notes.append(f"{name} is of {judged}; the rest was not judged, {unsaid}")
        classes = _judgement_note.some_classes(defects)
        if classes is not None:
            notes.append(f"{name} has {', '.join(classes)} alone, which this form cannot say")
    return notes


def _form_of(name: str) -> MapForm:
    # ".badpixels" alone is dcraw's own name for it, and an extension to nobody else.
    extension = name[name.rfind(".") :].lower() if "." in name else ""
    if extension not in _FORMS_BY_EXTENSION:
        raise MapError(
            f"the name tells no form of list; call it {', '.join(_FORMS_BY_EXTENSION)}, or name the form: "
            f"{', '.join(get_args(MapForm))}"
        )
    return _FORMS_BY_EXTENSION[extension]


def _content(defects: DefectList, form: MapForm, offset: tuple[int, int], extension: str) -> bytes:
    if form == "mask":
        return _MASKS.get(extension, _png.encode)(defects.mask())
    if form == "jpegpixi":
        return _text(_comments(defects, 0, 0) + _blocks(defects))
    column, row = offset
    if (column, row) != (0, 0) and form != "pixinsight" and defects.width is None:
        raise MapError("without the frame's size the list cannot say which offset its positions have")
    places = _places(defects, column, row)
    comments = _comments(defects, column, row)
    if form == "siril":
        return _text(comments + [_siril(*place) for place in _with_parts_as_pixels(places)])
    # PixInsight's form has no comments; RawTherapee's begins with a number that it adds to all positions.
    if form == "pixinsight":
        return _text([_pixinsight(place) for place, _ in places])
    pixels = _pixels(defects, places, column, row)
    if form == "rawtherapee":
        return _text(["0", *comments, *(f"{x} {y}" for y, x in pixels)])
    return _text(comments + [f"{x} {y} 0" for y, x in pixels])


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@dataclass(frozen=True)
class _Pixel:
    row: int
    column: int


@dataclass(frozen=True)
class _Line:
    """A column or a row; `part`: which rows or columns of it, None for all."""

    is_column: bool
    number: int
    part: range | None

    def pixels(self, along: range) -> list[_Pixel]:
        return [_Pixel(i, self.number) if self.is_column else _Pixel(self.number, i) for i in self.part or along]


_Place = _Pixel | _Line


def _places(defects: DefectList, column: int, row: int) -> list[tuple[_Place, Defect]]:
    """Pixels, and lines where a program has a word for them, in the raw frame; from top to bottom."""
    places: list[tuple[_Place, Defect]] = []
    for defect in defects:
        moved = defect.moved(row, column)
        new = _lines(defect, moved, defects) if defect.shape in ("column", "row") else None
        for place in new or [_Pixel(*pixel) for pixel in moved.covered()]:
            numbers = (place.row, place.column) if isinstance(place, _Pixel) else (place.number, (place.part or [0])[0])
            if min(numbers) < 0:
                raise MapError(f"row {defect.row}, column {defect.column} lies outside the raw frame at this offset")
            places.append((place, defect))
    return sorted(places, key=lambda entry: _order(entry[0]))


def _lines(defect: Defect, moved: Defect, defects: DefectList) -> list[_Place]:
    is_column = defect.shape == "column"
    rows, columns = defect.extent
    if is_column:
        is_whole = defect.is_whole_column or (defect.row == 0 and rows == defects.height)
        part = None if is_whole else range(moved.row, moved.row + rows)
        return [_Line(True, moved.column + i, part) for i in range(columns)]
    is_whole = defect.is_whole_row or (defect.column == 0 and columns == defects.width)
    part = None if is_whole else range(moved.column, moved.column + columns)
    return [_Line(False, moved.row + i, part) for i in range(rows)]


def _order(place: _Place) -> tuple[int, int]:
    if isinstance(place, _Pixel):
        return place.row, place.column
    start = place.part[0] if place.part else 0
    return (start, place.number) if place.is_column else (place.number, start)


def _pixels(defects: DefectList, places: list[tuple[_Place, Defect]], column: int, row: int) -> list[tuple[int, int]]:
    """Row and column of every pixel once; of lines as far as the photos' frame goes."""
    pixels: set[tuple[int, int]] = set()
    for place, defect in places:
        if isinstance(place, _Pixel):
            pixels.add((place.row, place.column))
            continue
        if place.part is None and (defects.width is None or defects.height is None):
            raise MapError(
                f"row {defect.row}, column {defect.column} begins a line from edge to edge, whose pixels cannot be listed "
                "without the frame's size; give the list width and height"
            )
        first, length = (row, defects.height) if place.is_column else (column, defects.width)
        along = range(max(0, first), first + (length or 0))
        pixels.update((pixel.row, pixel.column) for pixel in place.pixels(along))
    return sorted(pixels)


def _with_parts_as_pixels(places: list[tuple[_Place, Defect]]) -> list[tuple[_Place, Defect]]:
    """For programs that know no parts of lines."""
    result: list[tuple[_Place, Defect]] = []
    for place, defect in places:
        if isinstance(place, _Line) and place.part is not None:
            result += [(pixel, defect) for pixel in place.pixels(place.part)]
        else:
            result.append((place, defect))
    return result


def _siril(place: _Place, defect: Defect) -> str:
    if isinstance(place, _Line):
        return f"C {place.number} 0" if place.is_column else f"L {place.number} 0"
    return f"P {place.column} {place.row} {'C' if defect.class_ in ('dead', 'low-gain') else 'H'}"


def _pixinsight(place: _Place) -> str:
    if isinstance(place, _Pixel):
        return f"Col {place.column} {place.row} {place.row}"
    part = "" if place.part is None else f" {place.part[0]} {place.part[-1]}"
    return f"{'Col' if place.is_column else 'Row'} {place.number}{part}"


def _blocks(defects: DefectList) -> list[str]:
    width, height = defects.width, defects.height
    blocks = []
    for defect in defects:
        if (defect.is_whole_column or defect.is_whole_row) and defect.smear is None:
            raise MapError(
                f"row {defect.row}, column {defect.column} begins a line from edge to edge, whose length is not known; "
                "give the list width and height"
            )
        # Columns are interpolated from left and right only, rows from above and below.
        direction = {"column": "H:", "row": "V:"}.get(defect.shape or "", "")
        for area in defect.areas(width or _ANY_SIDE, height or _ANY_SIDE):
            blocks.append((area.row, area.column, f"{direction}{area.column},{area.row},{area.columns},{area.rows}"))
    return [text for _, _, text in sorted(blocks)]


def _comments(defects: DefectList, column: int, row: int) -> list[str]:
    count = "1 defect" if len(defects) == 1 else f"{len(defects)} defects"
    title = f"# fastpix {_version()}: {count} of {_printable(_camera_name(defects.camera))}"
    # Siril reads lines in pieces of 62 bytes, dcraw of 127, and both would take the rest of a longer one for a position.
    title = title.encode()[:60].decode(errors="ignore")
    doubtful = sum(1 for defect in defects if defect.confidence is not None and defect.confidence < 0.5)
    doubt = [f"# with a confidence below 0.5: {doubtful}"] if doubtful else []
    frame = [] if defects.width is None else [f"# frame {defects.width} x {defects.height}, offset {column},{row}"]
    return [title, *doubt, *frame, *_judgement_note.lines(defects)]


def _camera_name(camera: Camera) -> str:
    if camera.make and camera.model and not camera.model.lower().startswith(camera.make.lower()):
        name = f"{camera.make} {camera.model}"
    else:
        name = camera.model or camera.make or "unknown camera"
    return f"{name} (serial number {camera.serial})" if camera.serial else name


def _printable(text: str) -> str:
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in text)


def _version() -> str:
    return metadata.version("fastpix")


def _json(lists: tuple[DefectList, ...]) -> str:
    groups = []
    for defects in lists:
        if defects.width is None or defects.height is None:
            raise MapError("JSON names the frame's size, which this list does not know; give it width and height")
        group: dict[str, object] = {
            "camera": defects.camera.to_json(),
            "width": defects.width,
            "height": defects.height,
            # The number is demanded; 0 says that it is not known.
            "frames": defects.frames or 0,
            "defects": [defect.to_json() for defect in defects],
        }
        # A field that is missing says that it is not known.
        if defects.sensor_frame is not None:
            group["sensorFrame"] = defects.sensor_frame.to_json()
        if defects.judged_share is not None:
            group["judgedShare"] = defects.judged_share
        if defects.not_judged is not None:
            group["notJudged"] = [part.to_json() for part in defects.not_judged]
        if defects.classes is not None:
            group["classes"] = list(defects.classes)
        groups.append({**defects.extra, **group})
    content = {"schema": "fastpix.defects/1", "version": _version(), "groups": groups}
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _table(lists: tuple[DefectList, ...]) -> str:
    names = (
        "make,model,serial,width,height,row,column,channel,class,confidence,mean,neighbourhood_mean,variance,"
        "neighbourhood_variance,smear_row,smear_column,smear_rows,smear_columns,"
        "shape,extent_rows,extent_columns,row_period,column_period,pixels,sensor_row,sensor_column,judged_share"
    )
    lines = [names]
    for defects in lists:
        if not defects:
            raise MapError(
                f"a table has a line for each defect, and the list of {_printable(_camera_name(defects.camera))} has none, so "
                "that nobody could tell which camera and frame that is; write JSON, which says it"
            )
        camera = [defects.camera.make, defects.camera.model, defects.camera.serial, defects.width, defects.height]
        for defect in defects:
            # Without a class a line is no defect to readers.
            values: list[object] = [*camera, defect.row, defect.column, defect.channel, defect.class_ or "listed"]
            values += [defect.confidence, defect.mean, defect.neighbourhood_mean]
            values += [defect.variance, defect.neighbourhood_variance]
            values += [defect.smear_row, defect.smear_column, defect.smear_rows, defect.smear_columns]
            pixels = " ".join(f"{pixel.row}:{pixel.column}" for pixel in defect.pixels or ())
            # An extent is of a shape; to lists of bare pixels it means nothing.
            has_shape = defect.shape is not None
            if has_shape and (defect.is_whole_column or defect.is_whole_row):
                raise MapError(
                    f"row {defect.row}, column {defect.column} begins a line from edge to edge, whose length is not "
                    "known; give the list width and height"
                )
            rows, columns = defect.extent
            extent = [rows, columns, defect.row_period or 1, defect.column_period or 1]
            values += [defect.shape, *(extent if has_shape else [None] * 4), pixels or None]
            values += [defect.sensor_row, defect.sensor_column, defects.judged_share]
            lines.append(",".join(_field(value) for value in values))
    return "\n".join(lines) + "\n"


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    # Spreadsheets run fields that begin like formulas; a quote mark in front makes them text.
    if isinstance(value, str) and text[:1] in tuple("=+-@\t\r"):
        text = f"'{text}"
    if any(c in text for c in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def place(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file, which appears under its name when it is complete. OSError names it, and no other file."""
    name = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    try:
        with open(name, "xb") as file:
            for piece in pieces:
                file.write(piece)
        os.replace(name, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(name)
        if isinstance(error, OSError) and error.errno is not None:
            raise OSError(error.errno, error.strerror, os.fspath(path)) from None
        raise
