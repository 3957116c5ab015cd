"""The comments that say what a list of defects can have, as JudgementNote of Sources/Maps writes and reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from ._defects import DefectList, NotJudgedPart, SensorFrame
from ._errors import MapError

#: What `fastpix hotpixels` lists unless it is asked for some; lists of all of them do not name them.
_CLASSES = frozenset({"stuck", "dead", "hot", "low-gain", "unstable"})
_SENSOR = re.compile(r"# sensor ([0-9]{1,9}) x ([0-9]{1,9}), margins ([0-9]{1,9}),([0-9]{1,9})\s*")
# The program, which always knows where, takes the line for a comment like any other when the end says otherwise, and the
# list for one that does not tell.
_JUDGED = re.compile(r"# judged: ([0-9]{1,3}) % of the frame(, not known where)?\s*")
_NOT_JUDGED = re.compile(
    r"# not judged in photos: ([0-9]{1,9}) x ([0-9]{1,9}) at ([0-9]{1,9}),([0-9]{1,9})\s*"
)
_ASKED_FOR = re.compile(r"# classes: ([a-z, -]+?)\s*")
#: Siril reads lines in pieces of 62 bytes.
_LONGEST_LINE = 60


def lines(defects: DefectList) -> list[str]:
    """Return comments for what the list says of itself; none for what it does not know."""
    comments = []
    sensor = defects.sensor_frame
    if sensor is not None and None not in (sensor.width, sensor.height, sensor.visible_left, sensor.visible_top):
        comments.append(
            f"# sensor {sensor.width} x {sensor.height}, margins {sensor.visible_left},{sensor.visible_top}"
        )
    percent = judged_percent(defects)
    if defects.not_judged is not None:
        if percent is None:
            raise MapError(
                "without the frame's size the list cannot say how much of it was judged; give it judged_share, or width "
                "and height"
            )
        comments.append(f"# judged: {percent} % of the frame")
        comments += [
            f"# not judged in photos: {part.columns} x {part.rows} at {part.column},{part.row}"
            for part in defects.not_judged
        ]
    elif percent is not None:
        comments.append(f"# judged: {percent} % of the frame, not known where")
    classes = some_classes(defects)
    if classes is not None:
        line = f"# classes: {', '.join(classes)}"
        if _ASKED_FOR.fullmatch(line) is None or len(line) > _LONGEST_LINE:
            raise MapError(f"the classes {', '.join(map(repr, classes))} cannot be named in a comment")
        comments.append(line)
    return comments


def read(lines: Iterable[str]) -> dict[str, Any]:
    """Return fields of a DefectList that comments tell."""
    fields: dict[str, Any] = {}
    parts = []
    for line in lines:
        if not line.startswith("#"):
            continue
        if match := _SENSOR.fullmatch(line):
            width, height, left, top = map(int, match.groups())
            fields["sensor_frame"] = SensorFrame(width=width, height=height, visible_left=left, visible_top=top)
        elif match := _JUDGED.fullmatch(line):
            fields["judged_share"] = int(match[1]) / 100
            fields["not_judged"] = None if match[2] else ()
        elif match := _NOT_JUDGED.fullmatch(line):
            columns, rows, column, row = map(int, match.groups())
            parts.append(NotJudgedPart(row=row, column=column, rows=rows, columns=columns))
        elif match := _ASKED_FOR.fullmatch(line):
            fields["classes"] = tuple(name for name in match[1].split(", ") if name)
    # Without the line before them the program passes them over, too.
    if fields.get("not_judged") is not None:
        fields["not_judged"] = tuple(part for part in parts if part.is_possible)
    return fields


def some_classes(defects: DefectList) -> tuple[str, ...] | None:
    """Return the classes that were asked for; None when these are all, or it is not known."""
    return None if defects.classes is None or _CLASSES <= set(defects.classes) else defects.classes


def judged_percent(defects: DefectList) -> int | None:
    """Return how much of the frame was judged, rounded down; None when it is not known."""
    share = defects.judged_share
    if share is None and defects.not_judged is not None:
        if not defects.not_judged:
            share = 1
        elif defects.width is not None and defects.height is not None:
            pixels = defects.width * defects.height
            share = (pixels - _covered(defects.not_judged, defects.width, defects.height)) / pixels
    # So that a percentage that was read is written again: 0.29 * 100 is less than 29.
    return None if share is None else max(percent for percent in range(101) if percent / 100 <= share)


def _covered(parts: tuple[NotJudgedPart, ...], width: int, height: int) -> int:
    """How many pixels of the frame lie in one of the parts, which may overlap and go beyond it."""
    edges = sorted({min(edge, height) for part in parts for edge in (part.row, part.row + part.rows)})
    from_left = sorted(parts, key=lambda part: part.column)
    count = 0
    for top, bottom in pairwise(edges):
        end = 0
        for part in from_left:
            if part.row <= top < part.row + part.rows:
                right = min(part.column + part.columns, width)
                count += max(0, right - max(end, part.column)) * (bottom - top)
                end = max(end, right)
    return count
