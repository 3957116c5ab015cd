"""Masks as TIFF files: just enough of the format, so that nothing has to be installed for it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ._errors import MapError
from ._png import MOST_PIXELS

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_OFFSETS, _SAMPLES, _ROWS_PER_STRIP, _LENGTHS, _PLANES = 273, 277, 278, 279, 284
_PREDICTOR, _TILE_WIDTH, _SAMPLE_FORMAT = 317, 322, 339
#: struct's letter of the types that whole numbers have.
_LETTERS = {1: "B", 3: "H", 4: "I"}


def encode(mask: NDArray[np.bool_]) -> bytes:
    """Make a grey, uncompressed TIFF, white where the mask is True."""
    height, width = mask.shape
    # Width, height, bits, compression, black is zero, offset, samples a pixel, rows in a strip, bytes, planes.
    values = {
        _WIDTH: width,
        _HEIGHT: height,
        _BITS: 8,
        _COMPRESSION: 1,
        _PHOTOMETRIC: 1,
        _OFFSETS: 0,
        _SAMPLES: 1,
        _ROWS_PER_STRIP: height,
        _LENGTHS: width * height,
        _PLANES: 1,
    }
    values[_OFFSETS] = 8 + 2 + 12 * len(values) + 4
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in values.items())
    header = b"II*\x00" + struct.pack("<IH", 8, len(values)) + entries + struct.pack("<I", 0)
    return header + (np.uint8(255) * mask).tobytes()


def decode(content: bytes) -> NDArray[np.bool_]:
    """Return where the first picture of a TIFF is not black, whatever its transparency.

    A MapError for what cannot be read: also for what the program refuses, and for tiles, planes, and compression by JPEG,
    Zstandard, LZMA and WebP, which it takes.
    """
    order = "<" if content[:2] == b"II" else ">"
    tags = _tags(content, order)

    def first(tag: int, default: int) -> int:
        return (tags.get(tag) or [default])[0]

    width, height = first(_WIDTH, 0), first(_HEIGHT, 0)
    samples, bits, sample_format = first(_SAMPLES, 1), first(_BITS, 1), first(_SAMPLE_FORMAT, 1)
    colours = {1: 1, 2: 3}.get(first(_PHOTOMETRIC, 1), 0)
    compression, predictor = first(_COMPRESSION, 1), first(_PREDICTOR, 1)
    if width * height == 0 or not 0 < samples <= 16:
        raise MapError("the TIFF is damaged: it says no size")
    if width * height > MOST_PIXELS:
        raise MapError(f"the mask has {width} x {height} pixels, more than {MOST_PIXELS}")
    if (bits, sample_format) not in ((8, 1), (16, 1), (32, 3)) or len(set(tags.get(_BITS, []))) > 1:
        raise _unread(f"{bits} bits in sample format {sample_format}")
    if colours == 0 or colours > samples:
        raise _unread("other colours than grey and red, green and blue, black as zero")
    if _TILE_WIDTH in tags or (samples > 1 and first(_PLANES, 1) != 1):
        raise _unread("tiles or planes")
    if compression not in _UNPACKERS or predictor not in ((1, 2) if bits < 32 else (1,)):
        raise _unread(f"compression {compression} and predictor {predictor}")
    offsets, lengths = tags.get(_OFFSETS, []), tags.get(_LENGTHS, [])
    strip_rows = min(first(_ROWS_PER_STRIP, height), height)
    if strip_rows == 0 or len(offsets) != -(-height // strip_rows) or len(lengths) != len(offsets):
        raise MapError("the TIFF is damaged: its strips are not as many as its rows need")
    row_bytes = width * samples * bits // 8
    marked = np.empty((height, width), np.bool_)
    for index, (offset, length) in enumerate(zip(offsets, lengths)):
        begin = index * strip_rows
        rows = min(strip_rows, height - begin)
        packed = content[offset : offset + length]
        if len(packed) < length:
            raise MapError("the TIFF is damaged: it ends too early")
        unpacked = _UNPACKERS[compression](packed, rows * row_bytes)
        if len(unpacked) < rows * row_bytes:
            raise MapError("the TIFF is damaged: a strip has too few samples")
        letter = {8: "u1", 16: "u2", 32: "f4"}[bits]
        strip = np.frombuffer(unpacked, order + letter, rows * width * samples).reshape(rows, width, samples)
        if predictor == 2:
            strip = np.cumsum(strip, axis=1, dtype=strip.dtype.newbyteorder("="))
        marked[begin : begin + rows] = (strip[:, :, :colours] != 0).any(axis=2)
    return marked


def _unread(what: str) -> MapError:
    return MapError(
        f"a TIFF with {what}, which is not read here; save the mask uncompressed in 8 bits, or load it as an array, and give "
        "its places: DefectList.at(numpy.argwhere(mask), width, height)"
    )


def _tags(content: bytes, order: str) -> dict[int, Sequence[int]]:
    """Whole numbers of the first directory by tag."""
    try:
        (place,) = struct.unpack_from(f"{order}I", content, 4)
        (count,) = struct.unpack_from(f"{order}H", content, place)
        tags: dict[int, Sequence[int]] = {}
        for index in range(count):
            entry = place + 2 + 12 * index
            tag, kind, number = struct.unpack_from(f"{order}HHI", content, entry)
            if kind not in _LETTERS:
                continue
            form = f"{order}{number}{_LETTERS[kind]}"
            size = number * struct.calcsize(f"{order}{_LETTERS[kind]}")
            if size > len(content):
                raise MapError("the TIFF is damaged: a list is longer than the file")
            begin = entry + 8 if size <= 4 else struct.unpack_from(f"{order}I", content, entry + 8)[0]
            tags[tag] = struct.unpack_from(form, content, begin)
        return tags
    except struct.error:
        raise MapError("the TIFF is damaged: it ends too early") from None


def _as_it_is(packed: bytes, size: int) -> bytes:
    return packed[:size]


def _inflate(packed: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, size)
    except zlib.error as error:
        raise MapError(f"the TIFF is damaged: {error}") from None


def _unpack_bits(packed: bytes, size: int) -> bytes:
    parts = bytearray()
    place = 0
    while place < len(packed) and len(parts) < size:
        count = packed[place]
        if count < 128:
            parts += packed[place + 1 : place + 2 + count]
            place += 2 + count
        else:
            if count > 128:
                parts += packed[place + 1 : place + 2] * (257 - count)
            place += 2
    return bytes(parts[:size])


def _lzw(packed: bytes, size: int) -> bytes:
    """Codes of 9 to 12 bits, the high bits first; 256 begins anew, 257 ends."""
    parts = bytearray()
    table: list[bytes] = []
    previous = b""
    width, pool, bits = 9, 0, 0
    for byte in packed:
        pool, bits = (pool << 8 | byte) & 0xFFFFFF, bits + 8
        if bits < width:
            continue
        bits -= width
        code = pool >> bits & (1 << width) - 1
        if code == 257 or len(parts) >= size:
            break
        if code == 256:
            table, previous, width = [bytes([value]) for value in range(256)] + [b"", b""], b"", 9
            continue
        if not table or code > len(table) or (code == len(table) and not previous):
            raise MapError("the TIFF is damaged: an LZW code that means nothing")
        entry = table[code] if code < len(table) else previous + previous[:1]
        parts += entry
        if previous and len(table) < 4096:
            table.append(previous + entry[:1])
        previous = entry
        # One code early, as TIFF's first writer did.
        if len(table) in (511, 1023, 2047):
            width += 1
    return bytes(parts[:size])


_UNPACKERS = {1: _as_it_is, 5: _lzw, 8: _inflate, 32946: _inflate, 32773: _unpack_bits}
