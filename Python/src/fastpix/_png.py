"""Masks as PNG files: just enough of the format, so that nothing has to be installed for it."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from ._errors import MapError

SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: Samples a pixel by colour type: grey, RGB, palette, grey and alpha, RGB and alpha.
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
#: More than any sensor; and what a damaged file claims must not be allocated.
MOST_PIXELS = 500_000_000


def encode(mask: NDArray[np.bool_]) -> bytes:
    """Make a grey PNG, white where the mask is True."""
    height, width = mask.shape
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:][mask] = 255
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)) + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def decode(content: bytes) -> NDArray[np.bool_]:
    """Return where a PNG is not black, whatever its transparency; a MapError for what cannot be read."""
    header, palette, packed = _chunks(content)
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", header)
    if colour not in _SAMPLES or depth not in _DEPTHS[colour] or compression or filtering or width * height == 0:
        raise MapError("the PNG's header is damaged")
    if width * height > MOST_PIXELS:
        raise MapError(f"the mask has {width} x {height} pixels, more than {MOST_PIXELS}")
    if interlace:
        raise MapError("the PNG is interlaced; save the mask without interlacing")
    row_bytes = (width * _SAMPLES[colour] * depth + 7) // 8
    expected = height * (row_bytes + 1)
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed, expected)
    except zlib.error as error:
        raise MapError(f"the PNG is damaged: {error}") from None
    if len(unpacked) != expected:
        raise MapError("the PNG is damaged: it has too few samples")
    filtered = np.frombuffer(unpacked, np.uint8).reshape(height, row_bytes + 1)
    rows = _unfilter(filtered, max(1, _SAMPLES[colour] * depth // 8))
    return _marked(rows, width, depth, colour, palette)


def _chunks(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, palette and packed samples."""
    place = len(SIGNATURE)
    header, palette = b"", b""
    packed: list[bytes] = []
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        name = content[place + 4 : place + 8]
        end = place + 8 + length
        if end + 4 > len(content):
            break
        data = content[place + 8 : end]
        if zlib.crc32(content[place + 4 : end]) != struct.unpack_from(">I", content, end)[0]:
            raise MapError("the PNG is damaged: a checksum is wrong")
        if name == b"IHDR" and length == 13:
            header = data
        elif name == b"PLTE":
            palette = data
        elif name == b"IDAT":
            packed.append(data)
        elif name == b"IEND":
            if not header or not packed:
                break
            return header, palette, b"".join(packed)
        place = end + 4
    raise MapError("the PNG is damaged: it ends too early")


def _unfilter(filtered: NDArray[np.uint8], pixel_bytes: int) -> NDArray[np.uint8]:
    rows = np.zeros((filtered.shape[0], filtered.shape[1] - 1), np.uint8)
    above = np.zeros(filtered.shape[1] - 1, np.uint8)
    for index in range(filtered.shape[0]):
        kind, values = int(filtered[index, 0]), filtered[index, 1:]
        row = rows[index]
        if kind == 0 or (kind in (1, 2, 3, 4) and not values.any() and not above.any()):
            row[:] = values
        elif kind == 1:
            for byte in range(pixel_bytes):
                row[byte::pixel_bytes] = np.cumsum(values[byte::pixel_bytes], dtype=np.uint8)
        elif kind == 2:
            np.add(values, above, out=row)
        elif kind in (3, 4):
            row[:] = _unfilter_pixel_by_pixel(kind, values.tolist(), above.tolist(), pixel_bytes)
        else:
            raise MapError("the PNG is damaged: a row has an unknown filter")
        above = row
    return rows


def _unfilter_pixel_by_pixel(kind: int, values: list[int], above: list[int], pixel_bytes: int) -> list[int]:
    row = [0] * len(values)
    for index, value in enumerate(values):
        left = row[index - pixel_bytes] if index >= pixel_bytes else 0
        up = above[index]
        if kind == 3:
            predicted = (left + up) // 2
        else:
            corner = above[index - pixel_bytes] if index >= pixel_bytes else 0
            estimate = left + up - corner
            distances = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
            predicted = (left, up, corner)[distances.index(min(distances))]
        row[index] = (value + predicted) & 255
    return row


def _marked(rows: NDArray[np.uint8], width: int, depth: int, colour: int, palette: bytes) -> NDArray[np.bool_]:
    if depth < 8:
        bits = np.unpackbits(rows, axis=1)[:, : width * depth].reshape(rows.shape[0], width, depth)
        samples: NDArray[np.uint8] = np.packbits(bits, axis=2)[:, :, 0] >> np.uint8(8 - depth)
    else:
        samples = rows.reshape(rows.shape[0], width, -1)
    if colour == 3:
        colours = np.frombuffer(palette[: len(palette) // 3 * 3], np.uint8).reshape(-1, 3)
        indices = samples.reshape(rows.shape[0], width)
        if colours.shape[0] <= int(indices.max()):
            raise MapError("the PNG is damaged: a colour is not in its palette")
        return np.asarray(np.asarray(colours.any(axis=1))[indices])
    samples = samples.reshape(rows.shape[0], width, -1)
    if colour in (4, 6):
        samples = samples[:, :, : samples.shape[2] - depth // 8]
    return np.asarray(samples.any(axis=2))
