"""Masks as FITS files: just enough of the format, so that nothing has to be installed for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._errors import MapError
from ._png import MOST_PIXELS

_BLOCK = 2880
_CARD = 80
_TYPES = {8: "u1", 16: ">i2", 32: ">i4", -32: ">f4"}


def encode(mask: NDArray[np.bool_]) -> bytes:
    """Make a FITS file of bytes, 255 where the mask is True, the uppermost row first, as the program does."""
    height, width = mask.shape
    values = {"SIMPLE": "T", "BITPIX": 8, "NAXIS": 2, "NAXIS1": width, "NAXIS2": height}
    cards = [f"{name:8}= {value:>20}" for name, value in values.items()] + ["END"]
    header = "".join(card.ljust(_CARD) for card in cards).encode()
    return _padded(header, b" ") + _padded((np.uint8(255) * mask).tobytes(), b"\0")


def _padded(content: bytes, filling: bytes) -> bytes:
    return content + filling * (-len(content) % _BLOCK)


def decode(content: bytes) -> NDArray[np.bool_]:
    """Return where the picture of a FITS file is not 0, its first row first; a MapError for what cannot be read."""
    fields, begin = _header(content)

    def integer(name: str, default: int) -> int:
        value = _number(fields, name, default)
        if value != int(value):
            raise MapError(f"the FITS file is damaged: {name} is no whole number")
        return int(value)

    axes = integer("NAXIS", 0)
    if not 2 <= axes <= 999:
        raise _unread("no picture in front")
    width, height = integer("NAXIS1", 0), integer("NAXIS2", 0)
    planes = 1
    for axis in range(3, axes + 1):
        planes *= integer(f"NAXIS{axis}", 0)
    if planes not in (1, 3):
        raise _unread(f"{planes} planes")
    if width < 1 or height < 1:
        raise MapError("the FITS file is damaged: it says no size")
    if width * height > MOST_PIXELS:
        raise MapError(f"the mask has {width} x {height} pixels, more than {MOST_PIXELS}")
    bits = integer("BITPIX", 0)
    if bits not in _TYPES:
        raise _unread(f"BITPIX {bits}")
    count = planes * width * height
    if len(content) - begin < count * abs(bits) // 8:
        raise MapError("the FITS file is damaged: it ends too early")
    stored = np.frombuffer(content, _TYPES[bits], count, begin).reshape(planes, height, width)
    scale, zero = _number(fields, "BSCALE", 1), _number(fields, "BZERO", 0)
    if scale == 0:
        raise MapError("the FITS file is damaged: BSCALE is 0")
    if (scale, zero) == (1, 0):
        return np.asarray((stored != 0).any(axis=0))
    return np.asarray((stored * scale + zero != 0).any(axis=0))


def _unread(what: str) -> MapError:
    return MapError(
        f"a FITS file with {what}, which is not read here; save the mask uncompressed as the first picture, or load it as an "
        "array, and give its places: DefectList.at(numpy.argwhere(mask), width, height)"
    )


def _header(content: bytes) -> tuple[dict[str, str], int]:
    """Values by name, and where the data begin."""
    fields: dict[str, str] = {}
    for place in range(0, len(content) - _CARD + 1, _CARD):
        card = content[place : place + _CARD].decode("latin-1")
        name = card[:8].rstrip()
        if name == "END":
            return fields, place // _BLOCK * _BLOCK + _BLOCK
        if card[8:10] == "= ":
            fields.setdefault(name, card[10:].split("/", 1)[0].strip())
    raise MapError("the FITS file is damaged: its header has no end")


def _number(fields: dict[str, str], name: str, default: float) -> float:
    """Exactly as it stands there: whole numbers of any length, too."""
    text = fields.get(name)
    if text is None:
        return default
    try:
        value = float(text.upper().replace("D", "E"))
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise MapError(f"the FITS file is damaged: {name} is no number")
    return value
