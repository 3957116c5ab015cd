"""Reads lists of defects in the forms of Guides/Maps.md, by the rules of Sources/Maps."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _fits, _judgement_note, _png, _tiff
from ._defects import Camera, Defect, DefectList, NotJudgedPart, Pixel, SensorFrame
from ._errors import MapError

#: Lists are short; what is longer is something else.
_LONGEST_FILE = 256 << 20
#: The part of a mask that may be marked, as a divisor: a mask of the wrong polarity marks nearly all.
_MOST_MARKED = 10
_FRAME_NOTE = re.compile(
    r"# frame ([0-9]{1,9}) x ([0-9]{1,9}), offset (-?[0-9]{1,9}),(-?[0-9]{1,9})(, from the bottom)?\s*"
)
#: What this version knows of a group in a list of JSON.
_GROUP_KEYS = frozenset(
    {"camera", "width", "height", "frames", "sensorFrame", "judgedShare", "notJudged", "classes", "defects"}
)
_SHAPES = ("point", "cluster", "column", "row", "grid")
_EXTENT = ("extent_rows", "extent_columns", "row_period", "column_period")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
#: What masks begin with.
_MASKS: dict[bytes, Callable[[bytes], NDArray[np.bool_]]] = {
    b"\x89PNG": _png.decode,
    b"II*\x00": _tiff.decode,
    b"MM\x00*": _tiff.decode,
    b"SIMPLE  =": _fits.decode,
}


@dataclass(frozen=True)
class _Told:
    """What the caller says of a file: width and height, column and row of the offset."""

    size: tuple[int, int] | None
    offset: tuple[int, int] | None


def read(
    path: str | os.PathLike[str], size: tuple[int, int] | None, offset: tuple[int, int] | None
) -> tuple[DefectList, ...]:
    """Read all lists of a file."""
    with open(path, "rb") as file:
        content = file.read(_LONGEST_FILE + 1)
    try:
        if len(content) > _LONGEST_FILE:
            raise MapError("too large for a list of defects")
        return _lists(content, os.fspath(path), _Told(size, offset))
    except MapError as error:
        raise MapError(f"{os.fspath(path)}: {error}") from None


def _lists(content: bytes, name: str, told: _Told) -> tuple[DefectList, ...]:
    decode_mask = next((decode for beginning, decode in _MASKS.items() if content.startswith(beginning)), None)
    if decode_mask is not None:
        return _in_photos_frame((_mask(decode_mask(content)),), told)
    if name.lower().endswith(".bin"):
        return (_placed(_chdk(content), None, True, told),)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise MapError("neither text nor a mask, so no list of defects; CHDK's lists end in .bin") from None
    if not text.strip():
        raise MapError("the file is empty; a list without defects names at least its frame")
    if text.lstrip()[:1] == "{":
        return _in_photos_frame(_json(text), told)
    header = re.split(r"[\r\n]", text, maxsplit=1)[0].split(",")
    if "row" in header and "column" in header:
        return _in_photos_frame(_table(text), told)
    return (_lines(text, told),)


def _in_photos_frame(lists: tuple[DefectList, ...], told: _Told) -> tuple[DefectList, ...]:
    """Lists that count in the photos' frame and say so by what they are; most of them tell its size."""
    if told.offset not in (None, (0, 0)):
        raise MapError(f"the list counts in the photos' own frame, and the offset {told.offset} was given for it")
    if told.size is None:
        return lists
    width, height = told.size
    sized = tuple(one if one.width is not None else replace(one, width=width, height=height) for one in lists)
    if sized and all((one.width, one.height) != told.size for one in sized):
        sizes = " and ".join(f"{one.width} x {one.height}" for one in sized)
        raise MapError(f"the list is for frames of {sizes} pixels, and {width} x {height} was given for it")
    return sized


def _placed(
    defects: list[Defect], note: tuple[int, int, int, int] | None, counts_in_raw_frame: bool, told: _Told
) -> DefectList:
    """Defects as a file has them, in the photos' frame. What was given has to agree with the file's own words; a size
    alone does not place a list that may count in a raw frame."""
    if note is not None and told.offset not in (None, note[2:]):
        raise MapError(f"the list says that its offset is {note[2]},{note[3]}, and {told.offset} was given for it")
    if note is not None and told.size not in (None, note[:2]):
        raise MapError(f"the list is for frames of {note[0]} x {note[1]} pixels, and {told.size} was given for it")
    if counts_in_raw_frame and note is None and told.size is not None and told.offset is None and defects:
        raise MapError(
            "the list does not say where the photos begin in the frame that it counts in; give that, too: "
            "offset=(0, 0) when it counts in the photos"
        )
    column, row = note[2:] if note is not None else told.offset or (0, 0)
    width, height = note[:2] if note is not None else told.size or (None, None)
    return DefectList(tuple(defect.moved(-row, -column) for defect in defects), width, height)


def _number(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


def _numbers(words: list[str]) -> list[int] | None:
    numbers = [_number(word) for word in words]
    return None if None in numbers else [number for number in numbers if number is not None]


# One file for all cameras.


def _json(text: str) -> tuple[DefectList, ...]:
    advice = "not a list of defects as fastpix writes it; use the JSON of fastpix hotpixels or of --export"
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise MapError(advice) from None
    schema = content.get("schema") if isinstance(content, dict) else None
    if not isinstance(schema, str):
        raise MapError(advice)
    if not schema.startswith("fastpix."):
        raise MapError(f"JSON of another program (schema {schema!r})")
    # A report has much else of a group, which is not the list's.
    is_list = schema.startswith("fastpix.defects/")
    try:
        settings = content.get("settings") or {}
        return tuple(
            _group(group, settings.get("classes"), is_list)
            for group in content["groups"]
            if group.get("defects") is not None
        )
    except (KeyError, TypeError, AttributeError):
        raise MapError(advice) from None


def _group(group: Mapping[str, Any], classes: list[str] | None, is_list: bool) -> DefectList:
    """`classes`: those of the whole file, where it has some."""
    for value in (group["width"], group["height"]):
        _demand_integer(value)
    share, parts, sensor = group.get("judgedShare"), group.get("notJudged"), group.get("sensorFrame")
    if share is not None and (not isinstance(share, (int, float)) or isinstance(share, bool)):
        raise TypeError
    if group.get("classes") is not None:
        classes = group["classes"]
    if classes is not None and not (isinstance(classes, list) and all(isinstance(name, str) for name in classes)):
        raise TypeError
    return DefectList(
        tuple(_stored_defect(defect) for defect in group["defects"]),
        group["width"],
        group["height"],
        Camera.from_json(group["camera"]),
        group.get("frames"),
        judged_share=share,
        not_judged=None if parts is None else tuple(filter(lambda part: part.is_possible, map(_stored_part, parts))),
        classes=None if classes is None else tuple(classes),
        sensor_frame=None if sensor is None else _stored_sensor(sensor),
        extra={key: value for key, value in group.items() if is_list and key not in _GROUP_KEYS},
    )


def _stored_part(json: Mapping[str, Any]) -> NotJudgedPart:
    part = NotJudgedPart.from_json(json)
    for value in (part.row, part.column, part.rows, part.columns):
        _demand_integer(value)
    return part


def _stored_sensor(json: Mapping[str, Any]) -> SensorFrame:
    sensor = SensorFrame.from_json(json)
    sizes = (sensor.width, sensor.height, sensor.visible_width, sensor.visible_height)
    for value in (*sizes, sensor.left, sensor.top, sensor.visible_left, sensor.visible_top):
        if value is not None:
            _demand_integer(value)
    return sensor


def _stored_defect(json: Mapping[str, Any]) -> Defect:
    defect = Defect.from_json(json)
    # Reports from before there were shapes have the extent of a pixel's smear under this name.
    if defect.shape is None:
        defect = replace(defect, extent_rows=None, extent_columns=None)
    elif not isinstance(defect.shape, str):
        raise TypeError
    places = [(defect.row, defect.column), *((pixel.row, pixel.column) for pixel in defect.pixels or ())]
    sides = (defect.smear_row, defect.smear_column, defect.smear_rows, defect.smear_columns)
    extent = (defect.extent_rows, defect.extent_columns, defect.row_period, defect.column_period)
    known = [number for number in sides + extent if number is not None]
    for value in [number for place in places for number in place] + known:
        _demand_integer(value)
    return defect


def _demand_integer(value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError


def _table(text: str) -> tuple[DefectList, ...]:
    records = [record for record in csv.reader(io.StringIO(text, newline="")) if record]
    header = records[0]
    lists: dict[tuple[str | int | None, ...], list[Defect]] = {}
    shares: dict[tuple[str | int | None, ...], set[float | None]] = {}
    for line, record in enumerate(records[1:], 2):
        fields = {name: _unguarded(value) for name, value in zip(header, record) if value != ""}
        # In the table of `hotpixels --format csv` lines without a class are no defects.
        if "class" in header and "class" not in fields:
            continue
        row, column = _number(fields.get("row", "")), _number(fields.get("column", ""))
        if len(record) != len(header) or row is None or column is None:
            raise MapError(f"line {line} has no row and column, or not as many fields as the first line")
        key = (
            *(fields.get(name) for name in ("make", "model", "serial")),
            *(_number(fields.get(name, "")) for name in ("width", "height")),
        )
        lists.setdefault(key, []).append(_table_defect(line, row, column, fields))
        shares.setdefault(key, set()).add(_real(fields.get("judged_share", "")))
    return tuple(_list(key, defects, shares[key]) for key, defects in lists.items())


def _list(key: tuple[Any, ...], defects: list[Defect], shares: set[float | None]) -> DefectList:
    make, model, serial, width, height = key
    camera = Camera(make=make, model=model, serial=serial)
    # Groups of one camera and size, of different folders or exposures, are one list here: the share is that of all of them
    # when it is the same.
    share = next(iter(shares)) if len(shares) == 1 else None
    return DefectList(tuple(defects), width, height, camera, judged_share=share)


def _real(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _unguarded(field: str) -> str:
    """The field without the quote mark that keeps spreadsheets from running it."""
    return field[1:] if len(field) > 1 and field[0] == "'" and field[1] in "=+-@\t\r" else field


def _table_defect(line: int, row: int, column: int, fields: Mapping[str, str]) -> Defect:
    def integer(name: str) -> int | None:
        return _number(fields.get(name, ""))

    def number(name: str) -> float | None:
        return _real(fields.get(name, ""))

    sides = [integer(name) for name in ("smear_row", "smear_column", "smear_rows", "smear_columns")]
    if None in sides:
        sides = [None] * 4
    # Tables of other programs have none of these columns, and name pixels.
    shape = fields.get("shape")
    extent = [integer(name) if name in fields else 1 for name in _EXTENT] if shape else [None] * 4
    pixels = _pixels(fields.get("pixels", ""))
    if pixels is None or (shape and (shape not in _SHAPES or any(number is None or number < 1 for number in extent))):
        raise MapError(f"line {line} has a shape, an extent or pixels that fastpix does not write")
    return Defect(
        row=row,
        column=column,
        channel=integer("channel"),
        class_=fields.get("class"),
        shape=shape,
        confidence=number("confidence"),
        mean=number("mean"),
        neighbourhood_mean=number("neighbourhood_mean"),
        variance=number("variance"),
        neighbourhood_variance=number("neighbourhood_variance"),
        extent_rows=extent[0],
        extent_columns=extent[1],
        row_period=extent[2],
        column_period=extent[3],
        pixels=pixels if shape else pixels or None,
        smear_row=sides[0],
        smear_column=sides[1],
        smear_rows=sides[2],
        smear_columns=sides[3],
        sensor_row=integer("sensor_row"),
        sensor_column=integer("sensor_column"),
    )


def _pixels(text: str) -> tuple[Pixel, ...] | None:
    """Pixels as "row:column row:column"; None when the text is not so."""
    pixels = []
    for word in text.split():
        numbers = _numbers(word.split(":"))
        if numbers is None or len(numbers) != 2:
            return None
        pixels.append(Pixel(row=numbers[0], column=numbers[1]))
    return tuple(pixels)


# A mask.


def _mask(marked: NDArray[np.bool_]) -> DefectList:
    height, width = marked.shape
    if int(marked.sum()) > height * width // _MOST_MARKED:
        raise MapError("the mask marks more than a tenth of the picture; it should be black but for the defects")
    defects = []
    for row in np.flatnonzero(marked.any(axis=1)).tolist():
        edges = np.flatnonzero(np.diff(marked[row].astype(np.int8), prepend=0, append=0)).tolist()
        for begin, end in zip(edges[::2], edges[1::2]):
            defects.append(
                Defect(
                    row=row,
                    column=begin,
                    extent_rows=1,
                    extent_columns=end - begin,
                    smear_row=row,
                    smear_column=begin,
                    smear_rows=1,
                    smear_columns=end - begin,
                )
            )
    return DefectList(tuple(defects), width, height)


# CHDK's list: for each pixel its column and its row as 16-bit numbers; the row's upper three bits say how many further
# pixels below it are listed, too.


def _chdk(content: bytes) -> list[Defect]:
    if len(content) % 4:
        raise MapError(f"{len(content)} bytes; a list of CHDK has four for each pixel, its column and its row")
    numbers = np.frombuffer(content, "<u2").reshape(-1, 2).tolist()
    return [
        Defect(row=row & 0x1FFF, column=column, extent_rows=(row >> 13) + 1, extent_columns=1)
        for column, row in numbers
    ]


# Lists of a line for each defect.


def _lines(text: str, told: _Told) -> DefectList:
    lines = re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text)
    match = next(filter(None, map(_FRAME_NOTE.fullmatch, lines)), None)
    numbers = [int(number) for number in match.groups()[:4]] if match else []
    note = (numbers[0], numbers[1], numbers[2], numbers[3]) if match else None
    parse: Callable[[str], Defect | None] | None = None
    added = 0
    defects = []
    for number, line in enumerate(lines, 1):
        content = line.split("#", 1)[0].strip()
        if not content:
            continue
        if parse is None:
            parse = _form(content)
            first = _number(content)
            if parse is _rawtherapee and first is not None:
                added = first
                continue
        defect = parse(content) if parse else None
        if defect is None:
            raise MapError(f"line {number} is no position in a form that fastpix reads: {content[:60]!r}")
        defects.append(defect.moved(added, added))
    placed = replace(_placed(defects, note, parse is not _jpegpixi, told), **_judgement_note.read(lines))
    if match is None or match.group(5) is None:
        return placed
    # Lists for Siril that were found on FITS files count rows from the bottom.
    height = numbers[1]
    turned = tuple(
        replace(defect, row=height - (defect.extent_rows or 1) - defect.row) if defect.shape != "column" else defect
        for defect in placed.defects
    )
    return replace(placed, defects=turned)


def _form(line: str) -> Callable[[str], Defect | None] | None:
    """The form of a list, which its first line with a content tells."""
    if line.startswith(("Col ", "Row ")):
        return _pixinsight
    if line.startswith(("P ", "C ", "L ")):
        return _siril
    if "," in line:
        return _jpegpixi
    return {1: _rawtherapee, 2: _rawtherapee, 3: _dcraw}.get(len(line.split()))


def _dcraw(line: str) -> Defect | None:
    numbers = _numbers(line.split())
    if numbers is None or len(numbers) != 3:
        return None
    return Defect(row=numbers[1], column=numbers[0])


def _rawtherapee(line: str) -> Defect | None:
    numbers = _numbers(line.split())
    if numbers is None or len(numbers) != 2:
        return None
    return Defect(row=numbers[1], column=numbers[0])


def _siril(line: str) -> Defect | None:
    words = line.split()
    numbers = _numbers(words[1:3])
    if len(words) not in (3, 4) or numbers is None or words[3:] not in ([], ["H"], ["C"]):
        return None
    first, second = numbers
    if words[0] == "C":
        return Defect(row=0, column=first, shape="column")
    if words[0] == "L":
        return Defect(row=first, column=0, shape="row")
    return Defect(row=second, column=first) if words[0] == "P" else None


def _pixinsight(line: str) -> Defect | None:
    words = line.split()
    numbers = _numbers(words[1:])
    if words[0] not in ("Col", "Row") or numbers is None or len(numbers) not in (1, 3):
        return None
    is_column, number = words[0] == "Col", numbers[0]
    if len(numbers) == 1:
        return Defect(row=0, column=number, shape="column") if is_column else Defect(row=number, column=0, shape="row")
    first, last = numbers[1:]
    if not 0 <= first <= last:
        return None
    row, column = (first, number) if is_column else (number, first)
    # One pixel of a column or of a row is a pixel.
    if first == last:
        return Defect(row=row, column=column)
    rows, columns = (last - first + 1, 1) if is_column else (1, last - first + 1)
    return Defect(
        row=row, column=column, shape="column" if is_column else "row", extent_rows=rows, extent_columns=columns
    )


def _jpegpixi(line: str) -> Defect | None:
    # In front may stand in which direction it is interpolated.
    numbers = _numbers(re.sub(r"^(2|[HhVv]):", "", line).split(","))
    if numbers is None or len(numbers) not in (2, 3, 4):
        return None
    column, row = numbers[:2]
    columns = numbers[2] if len(numbers) > 2 else 1
    rows = numbers[3] if len(numbers) > 3 else columns
    if columns < 1 or rows < 1:
        return None
    return Defect(
        row=row,
        column=column,
        extent_rows=rows,
        extent_columns=columns,
        smear_row=row,
        smear_column=column,
        smear_rows=rows,
        smear_columns=columns,
    )
