"""Reads lists of defects in the forms of Guides/Maps.md, by the rules of Sources/Maps."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import _png
from ._defects import Camera, Defect, DefectList
from ._errors import MapError

#: Lists are short; what is longer is something else.
_LONGEST_FILE = 256 << 20
#: The part of a mask that may be marked, as a divisor: a mask of the wrong polarity marks nearly all.
_MOST_MARKED = 10
_FRAME_NOTE = re.compile(r"# frame ([0-9]{1,9}) x ([0-9]{1,9}), offset (-?[0-9]{1,9}),(-?[0-9]{1,9})\s*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def read(path: str | os.PathLike[str]) -> tuple[DefectList, ...]:
    """Read all lists of a file."""
    with open(path, "rb") as file:
        content = file.read(_LONGEST_FILE + 1)
    try:
        if len(content) > _LONGEST_FILE:
            raise MapError("too large for a list of defects")
        return _lists(content)
    except MapError as error:
        raise MapError(f"{os.fspath(path)}: {error}") from None


def _lists(content: bytes) -> tuple[DefectList, ...]:
    if content.startswith(b"\x89PNG"):
        return (_mask(content),)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise MapError("neither text nor a PNG, so no list of defects") from None
    if text.lstrip()[:1] == "{":
        return _json(text)
    header = re.split(r"[\r\n]", text, maxsplit=1)[0].split(",")
    if "row" in header and "column" in header:
        return _table(text)
    return (_lines(text),)


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
    try:
        return tuple(_group(group) for group in content["groups"] if group.get("defects") is not None)
    except (KeyError, TypeError, AttributeError):
        raise MapError(advice) from None


def _group(group: Mapping[str, Any]) -> DefectList:
    for value in (group["width"], group["height"]):
        _demand_integer(value)
    defects = tuple(Defect.from_json(defect) for defect in group["defects"])
    for defect in defects:
        places = (defect.row, defect.column)
        sides = (defect.smear_row, defect.smear_column, defect.smear_rows, defect.smear_columns)
        for value in places + tuple(side for side in sides if side is not None):
            _demand_integer(value)
    camera = Camera.from_json(group["camera"])
    return DefectList(defects, group["width"], group["height"], camera, group.get("frames"))


def _demand_integer(value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError


def _table(text: str) -> tuple[DefectList, ...]:
    records = [record for record in csv.reader(io.StringIO(text, newline="")) if record]
    header = records[0]
    lists: dict[tuple[str | int | None, ...], list[Defect]] = {}
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
        lists.setdefault(key, []).append(_table_defect(row, column, fields))
    return tuple(_list(key, defects) for key, defects in lists.items())


def _list(key: tuple[Any, ...], defects: list[Defect]) -> DefectList:
    make, model, serial, width, height = key
    return DefectList(tuple(defects), width, height, Camera(make=make, model=model, serial=serial))


def _unguarded(field: str) -> str:
    """The field without the quote mark that keeps spreadsheets from running it."""
    return field[1:] if len(field) > 1 and field[0] == "'" and field[1] in "=+-@\t\r" else field


def _table_defect(row: int, column: int, fields: Mapping[str, str]) -> Defect:
    def integer(name: str) -> int | None:
        return _number(fields.get(name, ""))

    def number(name: str) -> float | None:
        try:
            return float(fields[name])
        except (KeyError, ValueError):
            return None

    sides = [integer(name) for name in ("smear_row", "smear_column", "smear_rows", "smear_columns")]
    if None in sides:
        sides = [None] * 4
    return Defect(
        row=row,
        column=column,
        channel=integer("channel"),
        class_=fields.get("class"),
        confidence=number("confidence"),
        mean=number("mean"),
        neighbourhood_mean=number("neighbourhood_mean"),
        variance=number("variance"),
        neighbourhood_variance=number("neighbourhood_variance"),
        smear_row=sides[0],
        smear_column=sides[1],
        smear_rows=sides[2],
        smear_columns=sides[3],
    )


# A mask.


def _mask(content: bytes) -> DefectList:
    marked = _png.decode(content)
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
                    smear_row=row,
                    smear_column=begin,
                    smear_rows=1,
                    smear_columns=end - begin,
                )
            )
    return DefectList(tuple(defects), width, height)


# Lists of a line for each defect.


def _lines(text: str) -> DefectList:
    lines = re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text)
    note = next(filter(None, map(_FRAME_NOTE.fullmatch, lines)), None)
    width, height, offset_column, offset_row = map(int, note.groups()) if note else (None, None, 0, 0)
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
        defects.append(defect.moved(added - offset_row, added - offset_column))
    return DefectList(tuple(defects), width, height)


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
    if len(words) not in (3, 4) or words[0] != "P" or numbers is None or words[3:] not in ([], ["H"], ["C"]):
        return None
    return Defect(row=numbers[1], column=numbers[0])


def _pixinsight(line: str) -> Defect | None:
    words = line.split()
    numbers = _numbers(words[1:])
    # From first to last: one pixel, or a part of a line, which is no place for a repair.
    if numbers is None or len(numbers) != 3 or numbers[1] != numbers[2]:
        return None
    if words[0] == "Col":
        return Defect(row=numbers[1], column=numbers[0])
    if words[0] == "Row":
        return Defect(row=numbers[0], column=numbers[1])
    return None


def _jpegpixi(line: str) -> Defect | None:
    # Its default, interpolation in both directions; the others are for whole lines.
    numbers = _numbers(line.removeprefix("2:").split(","))
    if numbers is None or len(numbers) not in (2, 3, 4):
        return None
    column, row = numbers[:2]
    columns = numbers[2] if len(numbers) > 2 else 1
    rows = numbers[3] if len(numbers) > 3 else columns
    if columns < 1 or rows < 1:
        return None
    return Defect(
        row=row, column=column, smear_row=row, smear_column=column, smear_rows=rows, smear_columns=columns
    )
