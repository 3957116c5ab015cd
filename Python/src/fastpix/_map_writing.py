"""Writes lists of defects in the forms of Guides/Maps.md, as Sources/Maps does."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import unicodedata
from importlib import metadata
from pathlib import Path
from typing import get_args

from . import _png
from ._defects import Camera, Defect, DefectList, MapForm, Smear
from ._errors import MapError

_FORMS_BY_EXTENSION: dict[str, MapForm] = {
    ".json": "json",
    ".csv": "csv",
    ".png": "mask",
    ".badpixels": "dcraw",
    ".lst": "siril",
    ".txt": "pixinsight",
    ".jpegpixi": "jpegpixi",
    ".blocks": "jpegpixi",
}
#: Of the forms whose positions count in the frame of the raw file, which has borders that the photo lacks.
_IN_RAW_FRAME = ("dcraw", "rawtherapee", "siril", "pixinsight")


def write(defects: DefectList, path: str | os.PathLike[str], form: MapForm | None, offset: tuple[int, int]) -> None:
    """Write a list; see DefectList.write."""
    try:
        if form is None:
            form = _form_of(Path(path).name)
        elif form not in get_args(MapForm):
            raise MapError(f"there is no form {form!r}; {', '.join(get_args(MapForm))} can be written")
        content = _content(defects, form, offset)
    except MapError as error:
        raise MapError(f"{os.fspath(path)}: {error}") from None
    place(Path(path), content)


def _form_of(name: str) -> MapForm:
    # ".badpixels" alone is dcraw's own name for it, and an extension to nobody else.
    extension = name[name.rfind(".") :].lower() if "." in name else ""
    if extension not in _FORMS_BY_EXTENSION:
        raise MapError(
            f"the name tells no form of list; call it {', '.join(_FORMS_BY_EXTENSION)}, or name the form: "
            f"{', '.join(get_args(MapForm))}"
        )
    return _FORMS_BY_EXTENSION[extension]


def _content(defects: DefectList, form: MapForm, offset: tuple[int, int]) -> bytes:
    if form == "mask":
        return _png.encode(defects.mask())
    if form == "json":
        return _json(defects).encode()
    if form == "csv":
        return _table(defects).encode()
    column, row = offset if form in _IN_RAW_FRAME else (0, 0)
    if (column, row) != (0, 0) and form != "pixinsight" and defects.width is None:
        raise MapError("without the frame's size the list cannot say which offset its positions have")
    ordered = sorted(defects, key=lambda defect: (defect.row, defect.column))
    places = [defect.moved(row, column) for defect in ordered]
    for defect, place in zip(ordered, places):
        if place.row < 0 or place.column < 0:
            raise MapError(f"row {defect.row}, column {defect.column} lies outside the raw frame at this offset")
    lines = {
        "dcraw": [f"{place.column} {place.row} 0" for place in places],
        "rawtherapee": [f"{place.column} {place.row}" for place in places],
        "siril": [f"P {place.column} {place.row} {'C' if _is_cold(place) else 'H'}" for place in places],
        "pixinsight": [f"Col {place.column} {place.row} {place.row}" for place in places],
        "jpegpixi": [_block(place) for place in places],
    }[form]
    # PixInsight's form has no comments; RawTherapee's begins with a number that it adds to all positions.
    comments = [] if form == "pixinsight" else _comments(defects, column, row)
    first = ["0"] if form == "rawtherapee" else []
    return "".join(f"{line}\n" for line in first + comments + lines).encode()


def _is_cold(defect: Defect) -> bool:
    return defect.class_ in ("dead", "low-gain")


def _smear_of(defect: Defect) -> Smear:
    return defect.smear or Smear(defect.row, defect.column, 1, 1)


def _block(defect: Defect) -> str:
    smear = _smear_of(defect)
    return f"{smear.column},{smear.row},{smear.columns},{smear.rows}"


def _comments(defects: DefectList, column: int, row: int) -> list[str]:
    count = "1 defect" if len(defects) == 1 else f"{len(defects)} defects"
    title = f"# fastpix {_version()}: {count} of {_printable(_camera_name(defects.camera))}"
    # dcraw reads lines in pieces of 127 bytes and would take the rest of a longer one for a position.
    title = title.encode()[:100].decode(errors="ignore")
    if defects.width is None:
        return [title]
    return [title, f"# frame {defects.width} x {defects.height}, offset {column},{row}"]


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


def _json(defects: DefectList) -> str:
    if defects.width is None or defects.height is None:
        raise MapError("JSON names the frame's size, which this list does not know; give it width and height")
    group = {
        "camera": defects.camera.to_json(),
        "width": defects.width,
        "height": defects.height,
        "frames": defects.frames or 0,
        "defects": [defect.to_json() for defect in defects],
    }
    content = {"schema": "fastpix.defects/1", "version": _version(), "groups": [group]}
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _table(defects: DefectList) -> str:
    names = (
        "make,model,serial,width,height,row,column,channel,class,confidence,mean,neighbourhood_mean,variance,"
        "neighbourhood_variance,smear_row,smear_column,smear_rows,smear_columns"
    )
    camera = [defects.camera.make, defects.camera.model, defects.camera.serial]
    lines = [names]
    for defect in defects:
        values: list[object] = [*camera, defects.width, defects.height, defect.row, defect.column, defect.channel]
        # Without a class a line is no defect to readers.
        values += [defect.class_ or "listed", defect.confidence, defect.mean, defect.neighbourhood_mean]
        values += [defect.variance, defect.neighbourhood_variance]
        values += [defect.smear_row, defect.smear_column, defect.smear_rows, defect.smear_columns]
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


def place(path: Path, content: bytes) -> None:
    """Write a file, which appears under its name when it is complete."""
    name = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    try:
        with open(name, "xb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
