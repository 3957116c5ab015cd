#!/usr/bin/env python3
"""Writes the small DNG files of raw/ and raw/manifest.json.

Run, at the top of the repository:

    python3 -m venv .venv && .venv/bin/pip install numpy rawpy imagecodecs
    .venv/bin/python Tests/Fixtures/make_raw_fixtures.py

The files are written by hand after DNG 1.4; rawpy, which brings its own LibRaw, reads each back and must find the samples
that were written. manifest.json: as that of make_tiff_fixtures.py, and border: the hash of the samples with the masked
border; sensor: width and height of the whole sensor, left and top of the visible part. No raw file of a real camera is
here, for reasons of size.
"""

import hashlib
import json
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import rawpy

OUT = Path(__file__).resolve().parent / "raw"
manifest = []


def scene(height, width, largest, seed, channels=1):
    rng = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    base = [(np.sin(x / 7 + c) + np.cos(y / 5) + 2) / 4 + rng.normal(0, 0.02, (height, width)) for c in range(channels)]
    picture = np.clip(np.stack(base, axis=-1) if channels > 1 else base[0], 0, 1)
    return picture * largest


def digest(array):
    samples = np.ascontiguousarray(array)
    return hashlib.sha256(samples.astype(samples.dtype.newbyteorder("<")).tobytes()).hexdigest()


def rational(value):
    return struct.pack("<II", int(value * 10000), 10000)


def dng(data, array, photometric, extra, exif, bits, compression=1, sample_format=1, tile=None):
    """One directory, one strip, or tiles of so many columns and rows; `extra` and `exif`: (tag, type, count, bytes)."""
    height, width = array.shape[:2]
    channels = 1 if array.ndim == 2 else array.shape[2]

    def short(*values):
        return struct.pack(f"<{len(values)}H", *values)

    def long(value):
        return struct.pack("<I", value)

    entries = [
        (254, 4, 1, long(0)), (256, 4, 1, long(width)), (257, 4, 1, long(height)),
        (258, 3, channels, short(*[bits] * channels)), (259, 3, 1, short(compression)),
        (262, 3, 1, short(photometric)), (271, 2, 8, b"Fixture\0"), (272, 2, 8, b"Model 7\0"),
        (274, 3, 1, short(1)), (277, 3, 1, short(channels)), (278, 4, 1, long(height)),
        (279, 4, 1, long(len(data))), (284, 3, 1, short(1)), (339, 3, channels, short(*[sample_format] * channels)),
        (50706, 1, 4, bytes([1, 4, 0, 0])), (50707, 1, 4, bytes([1, 1, 0, 0])),
        (50708, 2, 16, b"Fixture Model 7\0"),
        (50721, 10, 9, b"".join(struct.pack("<ii", int(v * 10000), 10000) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1))),
        (50778, 3, 1, short(21)),
    ] + list(extra)
    if tile:
        entries = [entry for entry in entries if entry[0] not in (278, 279)]
        data, sizes = b"".join(data), [len(part) for part in data]
        entries += [(322, 4, 1, long(tile[0])), (323, 4, 1, long(tile[1])),
                    (325, 4, len(sizes), struct.pack(f"<{len(sizes)}I", *sizes))]
    places = [sum(sizes[:k]) for k in range(len(sizes))] if tile else [0]
    place_tag = 324 if tile else 273
    entries += [(place_tag, 4, len(places), None), (34665, 4, 1, None)]
    entries.sort(key=lambda entry: entry[0])

    def layout(items, start):
        place = start + 2 + 12 * len(items) + 4
        directory, blob = struct.pack("<H", len(items)), b""
        for tag, kind, count, content in items:
            if len(content) <= 4:
                directory += struct.pack("<HHI", tag, kind, count) + content.ljust(4, b"\0")
            else:
                directory += struct.pack("<HHII", tag, kind, count, place + len(blob))
                blob += content + b"\0" * (len(content) % 2)
        return directory + long(0) + blob

    def build(strip, exif_place):
        fixed = [(t, k, c, b"".join(long(strip + place) for place in places) if t == place_tag else long(exif_place) if t == 34665 else v) for t, k, c, v in entries]
        return layout(fixed, 8)

    size = len(build(0, 0))
    exif_place = 8 + size
    exif_bytes = layout(sorted(exif), exif_place)
    strip = exif_place + len(exif_bytes)
    strip += -strip % 16
    head = struct.pack("<2sHI", b"II", 42, 8) + build(strip, exif_place) + exif_bytes
    return head.ljust(strip, b"\0") + data


EXIF = [(33434, 5, 1, struct.pack("<II", 1, 320)), (34855, 3, 1, struct.pack("<H", 800)),
        (36867, 2, 20, b"2022:01:02 03:04:05\0"), (42033, 2, 6, b"S-123\0")]


def rawpy_samples(path):
    with rawpy.imread(str(path)) as raw:
        return raw.raw_image.copy(), raw.raw_image_visible.copy(), raw.sizes


def write(name, array, photometric, extra=(), pattern=None, area=None, check=True, data=None, **options):
    bits = array.dtype.itemsize * 8
    sample_format = 3 if array.dtype.kind == "f" else 1
    path = OUT / name
    extra = list(extra)
    if area:
        extra.append((50829, 4, 4, struct.pack("<4I", *area)))
    path.write_bytes(dng(array.tobytes() if data is None else data, array, photometric, extra, EXIF, bits,
                         sample_format=sample_format, **options))
    top, left, bottom, right = area or (0, 0, array.shape[0], array.shape[1])
    visible = array[top:bottom, left:right]
    if check:
        whole, shown, sizes = rawpy_samples(path)
        if not np.array_equal(whole, array) or not np.array_equal(shown, visible):
            raise SystemExit(f"{name}: rawpy reads something else")
        if (sizes.top_margin, sizes.left_margin) != (top, left):
            raise SystemExit(f"{name}: rawpy has other margins")
    channels = 1 if array.ndim == 2 else array.shape[2]
    manifest.append(dict(
        file=name, page=0, width=visible.shape[1], height=visible.shape[0], channels=channels, bitsPerSample=bits,
        sha256=digest(visible), border=digest(array), sensor=[array.shape[1], array.shape[0], left, top],
        make="Fixture", model="Model 7", serial="S-123", iso=800, exposureSeconds=1 / 320,
        time="2022-01-02T03:04:05",
        **({"pattern": pattern} if pattern else {})))


def main():
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*"):
        old.unlink()

    def cfa(rows, columns, colours):
        return [(33421, 3, 2, struct.pack("<HH", rows, columns)), (33422, 1, rows * columns, bytes(colours))]

    levels = [(50714, 3, 1, struct.pack("<H", 256)), (50717, 3, 1, struct.pack("<H", 16000))]
    mosaic = scene(36, 44, 16000, 1).astype(np.uint16)
    for letters in ("RGGB", "GRBG", "BGGR", "GBRG"):
        colours = ["RGB".index(letter) for letter in letters]
        write(f"bayer-{letters.lower()}.dng", mosaic, 32803, cfa(2, 2, colours) + levels, pattern=letters)
    # The pattern is that of the visible part.
    write("border.dng", mosaic, 32803, cfa(2, 2, [0, 1, 1, 2]) + levels, pattern="RGGB", area=(4, 6, 34, 42))
    xtrans = "GBGGRGRGRBGBGBGGRGGRGGBGBGBRGRGRGGBG"
    write("xtrans.dng", mosaic, 32803, cfa(6, 6, ["RGB".index(letter) for letter in xtrans]) + levels, pattern=xtrans)
    write("monochrome.dng", mosaic, 34892, levels)
    colour = scene(36, 44, 16000, 2, 3).astype(np.uint16)
    write("linear.dng", colour, 34892, [(50717, 3, 3, struct.pack("<3H", 16000, 16000, 16000))], check=False)
    floats = scene(36, 44, 1, 3).astype(np.float32)
    # LibRaw 0.20 reads floating point only as programs that merge exposures write it, compressed.
    write("float.dng", floats, 32803, cfa(2, 2, [0, 1, 1, 2]) + [(317, 3, 1, struct.pack("<H", 3))], pattern="RGGB",
          data=[zlib.compress(imagecodecs.floatpred_encode(np.ascontiguousarray(part), axis=-1, dist=1).tobytes())
                for half in np.split(np.pad(floats, ((0, 28), (0, 20))), 2) for part in np.split(half, 2, axis=1)],
          compression=8, tile=(32, 32), check=False)
    packed = imagecodecs.ljpeg_encode(mosaic, bitspersample=14)
    write("lossless-jpeg.dng", mosaic, 32803, cfa(2, 2, [0, 1, 1, 2]) + levels, pattern="RGGB", data=packed,
          compression=7)
    whole = (OUT / "bayer-rggb.dng").read_bytes()
    (OUT / "refused-truncated.dng").write_bytes(whole[:-100])
    manifest.append(dict(file="refused-truncated.dng", error="truncated"))
    whole = (OUT / "lossless-jpeg.dng").read_bytes()
    (OUT / "refused-truncated-jpeg.dng").write_bytes(whole[:-200])
    manifest.append(dict(file="refused-truncated-jpeg.dng", error="truncated"))
    (OUT / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{len(manifest)} pictures")


if __name__ == "__main__":
    main()
