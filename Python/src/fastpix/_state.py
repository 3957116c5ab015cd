"""State files of `fastpix hotpixels --checkpoint`, Guides/StateFile.md: exact statistics of a set of photos."""

from __future__ import annotations

import json
import math
import operator
import os
import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._defects import Camera
from ._errors import FastPixError
from ._extremes import Extremes, coarse_shape
from ._map_writing import place
from ._moments import Moments
from ._packing import LINE_BYTES, pack, unpack

SIGNATURE = b"\x89FPS\r\n\x1a\n"
_SIGNATURE_OF_CHANNELS = b"\x89FPC\r\n\x1a\n"
#: The one version that is read and written: others have another layout, or photos that decode to other samples.
VERSION = 5
_HEADER = struct.Struct("<8sII")
_CHECKSUM_BYTES = 16
_LONGEST_MANIFEST = 1 << 20
#: Of a photo: hash, page, rows, what is known, lengths of time and name; with a fact level, roughness, exposure and ISO.
_RECORD = struct.Struct("<16siiBBH")
_FACT = struct.Struct("<qqdq")
_HAS_FACT, _SECOND_HALF, _HAS_EXPOSURE, _HAS_ISO, _HAS_TIME = 1, 2, 4, 8, 16
#: What a file says that its picture is, from number 1 on, times 32.
_KINDS = ("light", "dark", "flat", "bias")
_OF_KIND = 32
_ROWS_AT_A_TIME = 64
#: Letters of mosaics' colours: red, green, blue; cyan, magenta, yellow; white; emerald.
_COLOURS = frozenset("RGBCMYWE")
_LONGEST_SIDE = (1 << 31) - 1


class StateError(FastPixError, ValueError):
    """A file is no state, is damaged or of another version, or states do not belong together."""


@dataclass(frozen=True)
class StatePhoto:
    """A photo whose samples are in a state.

    Attributes
    ----------
    hash : str
        Of its file's content: XXH3, 128 bits, as ``xxhsum -H2`` prints it.
    name : str
        The file's name without its folder, for messages.
    page : int or None
        Which of several pictures of the file.
    fact : mapping or None
        What judging needs of it.
    """

    hash: str
    name: str
    page: int | None = None
    fact: Mapping[str, Any] | None = field(default=None, compare=False)

    @classmethod
    def of(cls, path: str | os.PathLike[str], page: int | None = None) -> StatePhoto:
        """Read a file and make its photo. Needs the package xxhash."""
        digest = _xxhash().xxh3_128()
        with open(path, "rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        return cls(digest.hexdigest(), Path(path).name, page)

    @property
    def _identity(self) -> tuple[str, int]:
        return (self.hash, self.page or 0)

    @property
    def _order(self) -> tuple[str, int, str]:
        return (self.hash, self.page or 0, self.name)


@dataclass(eq=False)
class State:
    """The statistics of the photos of one camera and frame shape, and which photos they are.

    Attributes
    ----------
    moments : Moments
        Of uint8 or uint16 frames.
    photos : tuple of StatePhoto
        As many as the moments have frames; a photo counts once.
    camera : Camera
    extremes : Extremes or None
        Where defects can be judged.
    channels : str
        `all` or `luma`: which samples of the photos were decoded.
    coded_unit : (int, int)
        Width and height of the pixels that share compressed blocks; (1, 1) without compression.
    pattern : mapping or None
        The colours of a mosaic, as the manifest has them: `rows`, `columns`, `letters`.
    details : mapping
        What else the photos share, as the manifest has it: binning, band and so on.
    """

    moments: Moments
    photos: tuple[StatePhoto, ...]
    camera: Camera = Camera()
    extremes: Extremes | None = None
    channels: str = "all"
    coded_unit: tuple[int, int] = (1, 1)
    pattern: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=lambda: {"binning": {"rows": 1, "columns": 1}})

    @classmethod
    def of_frames(
        cls,
        moments: Moments,
        extremes: Extremes | None = None,
        *,
        pattern: str | None = None,
        coded_unit: tuple[int, int] = (1, 1),
        camera: Camera | None = None,
    ) -> State:
        """Make a state of arrays, which are in no files.

        What stands for the hashes of the photos are their numbers: states that are made so cannot be told to share frames,
        and the program refuses to merge two of them. Merge the moments and extremes instead.

        Parameters
        ----------
        moments, extremes, pattern, coded_unit, camera
            As for `judge`.

        Raises
        ------
        ValueError
            For a pattern or a coded unit that is none, and for frames that no state has: without pixels, and of other shapes
            than (height, width) and (height, width, 3).
        """
        photos = tuple(StatePhoto(f"{number:032x}", f"frame {number}") for number in range(1, moments.count + 1))
        colours = None if pattern is None else pattern_of(pattern)
        state = cls(moments, photos, camera or Camera(), extremes, "all", coded_unit, colours)
        state._demand_possible()
        return state

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> State:
        """Read a state file. Needs the package xxhash.

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        State

        Raises
        ------
        StateError
            When it is no state, of another version or damaged, and when photos in it are unfinished.
        OSError
            When it cannot be read.
        """
        with open(path, "rb") as file:
            content = file.read()
        try:
            return _parse(content)
        except StateError as error:
            raise StateError(f"{os.fspath(path)}: {error}") from None

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write a state file, which `fastpix merge` and `hotpixels(checkpoint=...)` take. Needs the package xxhash.

        Parameters
        ----------
        path : str or path
            The file. It appears under its name when it is complete.

        Raises
        ------
        StateError
            For what no state can be: moments of float32, more or fewer photos than frames, extremes of other frames.
        OSError
            When it cannot be written.
        """
        place(Path(path), self._signed_content())

    def merge(self, other: State) -> State:
        """Add the photos of another state, exactly; it stays as it is.

        Extremes, and what else judging takes, are kept when both have them.

        Parameters
        ----------
        other : State
            Of the same camera and frame shape, and of other photos.

        Returns
        -------
        State
            This object.

        Raises
        ------
        StateError
            For different cameras or frames, and when both have the same photo.
        """
        if self._kind != other._kind:
            raise StateError(f"states of {self._kind} and of {other._kind} cannot be merged")
        shared = {photo._identity for photo in self.photos} & {photo._identity for photo in other.photos}
        if shared:
            name = next(photo.name for photo in other.photos if photo._identity in shared)
            raise StateError(f"both states have {len(shared)} photos, such as {name}; a photo may count only once")
        moments = self.moments.copy().merge(other.moments)
        if self.extremes is None or other.extremes is None:
            self.extremes = None
        else:
            self.extremes = self.extremes.copy().merge(other.extremes)
        self.moments = moments
        self.photos = tuple(sorted(self.photos + other.photos, key=lambda photo: photo._order))
        self.coded_unit = (
            max(self.coded_unit[0], other.coded_unit[0]),
            max(self.coded_unit[1], other.coded_unit[1]),
        )
        return self

    def __eq__(self, other: object) -> bool:
        """Whether both are of the same photos and the same bits."""
        if not isinstance(other, State):
            return NotImplemented
        return (
            self._kind == other._kind
            and self.moments == other.moments
            and self.extremes == other.extremes
            and sorted(photo._order for photo in self.photos) == sorted(photo._order for photo in other.photos)
            and self.coded_unit == other.coded_unit
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def _kind(self) -> tuple[Any, ...]:
        shape = (self.moments.shape, self.moments.dtype.name, self.channels, self.pattern)
        return (self.camera, *shape, self.details)

    def _signed_content(self) -> Iterator[bytes]:
        checksum = _xxhash().xxh3_128()
        for piece in self._content():
            checksum.update(piece)
            yield piece
        yield bytes(checksum.digest())

    def _demand_possible(self) -> None:
        """Refuse what the program would take for a damaged file."""
        shape = self.moments.shape
        if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3)):
            raise StateError(f"moments of frames {shape}; a state has frames of (height, width) or (height, width, 3)")
        if 0 in shape:
            raise StateError(f"moments of frames {shape}, which have no pixels")
        if self.pattern is not None and shape[2:] == (3,):
            raise StateError(
                f"the pattern {self.pattern.get('letters')!r} is that of a mosaic, frames of (height, width), and the moments "
                f"are of frames {shape}; leave it out"
            )
        if not _are_sides(self.coded_unit):
            raise StateError(
                f"the coded_unit is {self.coded_unit!r}; it is width and height in pixels, 1 or more: (8, 8) to (16, 16) in "
                "JPEGs, (1, 1) without compression"
            )

    def _content(self) -> Iterator[bytes]:
        """Everything in front of the checksum, in pieces: it is as large as all statistics together."""
        if len(self.photos) != self.moments.count:
            raise StateError(f"there are {len(self.photos)} photos, and moments of {self.moments.count} frames")
        if self.moments.dtype not in (np.dtype(np.uint8), np.dtype(np.uint16)) or len(self.moments.shape) not in (2, 3):
            raise StateError("a state holds exact sums of uint8 or uint16 frames of (height, width[, channels])")
        self._demand_possible()
        height, width, channels = (*self.moments.shape, 1)[:3]
        frame: dict[str, Any] = {
            "width": width,
            "height": height,
            "channels": channels,
            "bitsPerSample": 8 * self.moments.dtype.itemsize,
        }
        if self.pattern is not None:
            frame["pattern"] = dict(self.pattern)
        ordered = sorted(self.photos, key=lambda photo: photo._order)
        facts: list[Mapping[str, Any] | None] = [None] * len(ordered)
        if self.extremes is not None:
            facts = list(self._facts(ordered, self.extremes))
        most = _most_photos(self.moments.dtype, self.extremes is not None)
        if len(ordered) > most:
            raise StateError(f"{len(ordered)} photos; this package writes states of up to {most}")
        records = b"".join(_record(photo, fact) for photo, fact in zip(ordered, facts))
        from . import __version__

        manifest = json.dumps(
            {
                "writer": f"fastpix {__version__} (Python)",
                "camera": self.camera.to_json(),
                "frame": frame,
                "channels": self.channels,
                "details": dict(self.details),
                "codedUnitWidth": int(self.coded_unit[0]),
                "codedUnitHeight": int(self.coded_unit[1]),
                "photoCount": len(ordered),
                "unfinishedCount": 0,
                "photoBytes": len(records),
                "sumBits": 32,
                "hasExtremes": self.extremes is not None,
            },
            sort_keys=True,
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        yield _HEADER.pack(SIGNATURE, VERSION, len(manifest)) + manifest
        yield records
        arrays: list[NDArray[Any]] = [self.moments.sum, self.moments.sum_of_squares]
        if self.extremes is not None:
            counters, coarse, _ = self.extremes._sums()
            yield coarse.astype("<i8").tobytes()
            arrays += list(counters)
        # Row by row all arrays together.
        arrays = [array.reshape(height, -1) for array in arrays]
        for row in range(0, height, _ROWS_AT_A_TIME):
            yield pack([array[row : row + _ROWS_AT_A_TIME] for array in arrays])

    def _facts(self, photos: Sequence[StatePhoto], extremes: Extremes) -> Sequence[Mapping[str, Any]]:
        """What judging needs of each photo: what the photos say, which has to be of the extremes' frames; or theirs."""
        distance = _neighbour_distance(self.pattern)
        if not extremes._are_states(self.moments.shape, self.moments.dtype, self.moments.count, distance):
            raise StateError(
                f"{extremes} are not of the frames of {self.moments}, or not with the distance {distance} and the levels "
                "that defects are judged by"
            )
        names = ("level", "roughness", "half")
        known: list[Mapping[str, Any]] = [dict(zip(names, fact)) for fact in extremes._sums()[2].tolist()]
        if all(photo.fact is None for photo in photos):
            return known
        facts = [photo.fact or {} for photo in photos]
        told, counted = (Counter(tuple(fact.get(name) for name in names) for fact in some) for some in (facts, known))
        if told != counted:
            raise StateError("the facts of the photos are not of the frames whose extremes were counted")
        return facts


def pattern_of(letters: str) -> dict[str, Any]:
    """The colours of a square mosaic as the manifest has them; ValueError for what is none."""
    side = math.isqrt(len(letters))
    if side * side != len(letters) or side == 0:
        raise ValueError(f"the pattern {letters!r} is no square of letters, such as 'RGGB'")
    if not set(letters) <= _COLOURS:
        raise ValueError(
            f"the pattern {letters!r} has letters that name no colour; it is made of the capitals R, G, B, or of C, M, Y, W, E"
        )
    return {"rows": side, "columns": side, "letters": letters}


def _are_sides(unit: Any) -> bool:
    try:
        width, height = (operator.index(side) for side in unit)
    except (TypeError, ValueError):
        return False
    return 1 <= width <= _LONGEST_SIDE and 1 <= height <= _LONGEST_SIDE


def _xxhash() -> Any:
    try:
        import xxhash
    except ImportError as error:
        raise ImportError("state files need the package xxhash: pip install 'fastpix[state]'") from error
    return xxhash


def _most_photos(dtype: np.dtype[Any], has_extremes: bool) -> int:
    """As many as 32-bit sums, and counters of 16 bits, are sure to hold."""
    if has_extremes:
        return 65_535
    return 66_051 if dtype == np.uint8 else 65_537


def _record(photo: StatePhoto, fact: Mapping[str, Any] | None) -> bytes:
    known = fact or {}
    exposure, iso, time = known.get("exposureSeconds"), known.get("iso"), known.get("time")
    flags = 0
    if fact is not None:
        flags = _HAS_FACT | (_SECOND_HALF if known["half"] == 1 else 0)
        flags |= _HAS_EXPOSURE if exposure is not None else 0
        flags |= _HAS_ISO if iso is not None else 0
        flags |= _HAS_TIME if time is not None else 0
        if known.get("pictureKind") in _KINDS:
            flags |= _OF_KIND * (1 + _KINDS.index(known["pictureKind"]))
    # Names of any bytes, as Python has them, may be no text.
    name = photo.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").encode()[:65_535]
    moment = (time or "").encode()[:255]
    try:
        digest = bytes.fromhex(photo.hash)
        if len(digest) != 16:
            raise ValueError
    except ValueError:
        raise StateError(f"{photo.name}: the hash {photo.hash!r} is not 32 hexadecimal digits") from None
    page = -1 if photo.page is None else photo.page
    record = _RECORD.pack(digest, page, -1, flags, len(moment), len(name))
    if fact is not None:
        record += _FACT.pack(known["level"], known["roughness"], exposure or 0.0, iso or 0)
    return record + moment + name


def _photos(records: bytes, count: int) -> list[StatePhoto]:
    """So many records one after the other, all of whole photos and in order. Raises ValueError when they are not."""
    photos: list[StatePhoto] = []
    place = 0
    for _ in range(count):
        if len(records) - place < _RECORD.size:
            raise ValueError
        digest, page, rows, flags, time_bytes, name_bytes = _RECORD.unpack_from(records, place)
        place += _RECORD.size
        if page < -1 or rows != -1 or flags // _OF_KIND > len(_KINDS) or (flags and not flags & _HAS_FACT):
            raise ValueError
        if time_bytes and not flags & _HAS_TIME:
            raise ValueError
        fact = None
        if flags:
            if len(records) - place < _FACT.size:
                raise ValueError
            level, roughness, exposure, iso = _FACT.unpack_from(records, place)
            place += _FACT.size
            if not math.isfinite(exposure):
                raise ValueError
            fact = {"level": level, "roughness": roughness, "half": 1 if flags & _SECOND_HALF else 0}
            if flags & _HAS_EXPOSURE:
                fact["exposureSeconds"] = exposure
            if flags & _HAS_ISO:
                fact["iso"] = iso
            if flags & _HAS_TIME:
                fact["time"] = records[place : place + time_bytes].decode()
            if flags // _OF_KIND:
                fact["pictureKind"] = _KINDS[flags // _OF_KIND - 1]
        place += time_bytes
        if len(records) - place < name_bytes:
            raise ValueError
        name = records[place : place + name_bytes].decode()
        place += name_bytes
        photos.append(StatePhoto(digest.hex(), name, None if page < 0 else page, fact))
    keys = [photo._identity for photo in photos]
    if place != len(records) or any(first >= second for first, second in zip(keys, keys[1:])):
        raise ValueError
    return photos


def _parse(content: bytes) -> State:
    if content.startswith(_SIGNATURE_OF_CHANNELS):
        raise StateError("a state of channel statistics, as `stats` writes it; `merge_stats` takes those")
    if len(content) < _HEADER.size or not content.startswith(SIGNATURE):
        raise StateError("not a state file of fastpix")
    _, version, length = _HEADER.unpack_from(content)
    if version != VERSION:
        raise StateError(f"a state file of version {version}, and this package reads version {VERSION}")
    begin, end = _HEADER.size + length, len(content) - _CHECKSUM_BYTES
    if length > _LONGEST_MANIFEST or begin > end:
        raise StateError("the state file is damaged: it is shorter than it says")
    if _xxhash().xxh3_128_digest(content[:end]) != content[end:]:
        raise StateError("the state file is damaged: its checksum is wrong")
    try:
        manifest = json.loads(content[_HEADER.size : begin])
        count, unfinished = int(manifest["photoCount"]), int(manifest["unfinishedCount"])
        photo_bytes, sum_bits = int(manifest["photoBytes"]), int(manifest["sumBits"])
        frame = manifest["frame"]
        shape = tuple(int(frame[name]) for name in ("height", "width", "channels"))
        dtype: np.dtype[Any] = np.dtype({8: "uint8", 16: "uint16"}[frame["bitsPerSample"]])
        pattern = frame.get("pattern")
        details = dict(manifest["details"])
        distance = _neighbour_distance(pattern)
        camera = Camera.from_json(manifest["camera"])
        has_extremes = bool(manifest["hasExtremes"])
        coded_unit = (int(manifest["codedUnitWidth"]), int(manifest["codedUnitHeight"]))
        channels = str(manifest["channels"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StateError("the state file is damaged: its manifest cannot be read") from None
    if unfinished:
        raise StateError(f"{unfinished} photos are unfinished; run the same command again to finish them")
    if distance > 16:
        raise StateError(f"a colour pattern of {pattern['rows']} x {pattern['columns']} pixels is too large here")
    if min(shape) < 1 or count < 0 or sum_bits not in (32, 64):
        raise StateError("the state file is damaged: no photos are so")
    if sum_bits == 64 or count > _most_photos(dtype, has_extremes):
        raise StateError(f"a state of {count} photos, more than this package holds; fastpix merge reads it")
    if not 0 <= photo_bytes <= end - begin:
        raise StateError("the state file is damaged: its length does not match its frame")
    try:
        photos = tuple(_photos(content[begin : begin + photo_bytes], count))
    except ValueError:
        raise StateError("the state file is damaged: its photos cannot be read") from None
    begin += photo_bytes
    samples = shape[1] * shape[2]
    types: list[np.dtype[Any]] = [np.dtype("<u4"), np.dtype("<u4" if dtype == np.uint8 else "<u8")]
    types += [np.dtype("<u2")] * 4 if has_extremes else []
    cells = math.prod(coarse_shape(shape)) // 2 if has_extremes else 0
    rows = begin + 16 * cells
    # A row of zeros takes a line.
    if rows + shape[0] * LINE_BYTES > end:
        raise StateError("the state file is damaged: its length does not match its frame")
    coarse = np.frombuffer(content, "<i8", 2 * cells, begin).astype(np.int64) if has_extremes else None
    try:
        arrays = unpack(content, rows, end, shape[0], samples, types)
    except ValueError:
        raise StateError("the state file is damaged: its length does not match its frame, or it has rows that cannot be read") from None
    # The program's moments of grey photos have no axis of channels, as its NumPy files do.
    lengths = shape if shape[2] > 1 else shape[:2]
    moments = _moments(lengths, dtype, arrays, len(photos))
    extremes = _extremes(lengths, dtype, arrays[2:], coarse, photos, distance) if coarse is not None else None
    return State(moments, photos, camera, extremes, channels, coded_unit, pattern, details)


def _neighbour_distance(pattern: Mapping[str, Any] | None) -> int:
    """Pixels to the next one of the same colour, 2 at least, as FrameShape.neighbourDistance counts them."""
    if pattern is None:
        return 2
    period = math.lcm(int(pattern["rows"]), int(pattern["columns"]))
    return period if period > 1 else 2


def _moments(shape: tuple[int, ...], dtype: np.dtype[Any], arrays: Sequence[NDArray[Any]], count: int) -> Moments:
    sums, squares = (array.reshape(-1).astype(array.dtype.newbyteorder("=")) for array in arrays[:2])
    most = int(np.iinfo(dtype).max)
    # Sums of larger numbers than there are, or of fewer squares than their mean has, are no photos'.
    wide = sums.astype(np.uint64)
    wide_squares = squares.astype(np.uint64)
    if (
        count == 0
        or int(sums.max()) > count * most
        or int(squares.max()) > count * most * most
        or (np.uint64(count) * wide_squares < wide * wide).any()
    ):
        raise StateError("the state file is damaged: it has sums that no photos have")
    new = Moments.__new__(Moments)
    new.__setstate__(
        {
            "shape": shape,
            "dtype": dtype.name,
            "first": sums,
            "second": squares,
            "count": count,
            "kept": b"",
        }
    )
    return new


def _extremes(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    counters: Sequence[NDArray[Any]],
    coarse: NDArray[np.int64],
    photos: Sequence[StatePhoto],
    distance: int,
) -> Extremes:
    try:
        known = [dict(photo.fact or {}) for photo in photos]
        facts = np.array([[fact[key] for key in ("level", "roughness", "half")] for fact in known], np.int64)
    except (TypeError, KeyError, ValueError, OverflowError):
        raise StateError("the state file is damaged: it has photos of which nothing is known") from None
    most = len(photos) * 8 * int(np.iinfo(dtype).max)
    if any(int(array.max()) > len(photos) for array in counters) or (coarse < 0).any() or (coarse > most).any():
        raise StateError("the state file is damaged: it has counts that no photos have")
    new = Extremes(shape, dtype, distance=distance)
    new._fill(np.stack([array.reshape(shape) for array in counters]), coarse.reshape(coarse_shape(shape)), facts)
    return new
