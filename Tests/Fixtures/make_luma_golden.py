#!/usr/bin/env python3
"""Writes luma_golden.json: SHA-256 of the luma of the colour fixtures in decoder/, as it must be decoded.

    python3 Tests/Fixtures/make_luma_golden.py

JPEG: what libjpeg gives when it is asked for grey (Pillow's draft mode "L"). PNG: the same weights in the same 16-bit
fixed point, by NumPy, over the red, green and blue that Pillow decodes; of 16-bit files over the array that pypng reads.
Made with Pillow 13.0.0, NumPy 2.4.6 and pypng 0.20220715.0.
"""

import hashlib
import json
import pathlib

import numpy
import png
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
WEIGHTS = numpy.array([19595, 38470, 7471], dtype=numpy.uint64)


def luma_of(colours):
    return ((colours.astype(numpy.uint64) @ WEIGHTS + 32768) >> 16).astype(colours.dtype)


def png_colours(path, bits_per_sample):
    if bits_per_sample == 8:
        return numpy.asarray(Image.open(path).convert("RGB"))
    width, height, rows, information = png.Reader(str(path)).read()
    samples = numpy.array([numpy.asarray(row, dtype=numpy.uint16) for row in rows])
    return samples.reshape(height, width, information["planes"])[:, :, :3]


def main():
    golden = {}
    for entry in json.loads((HERE / "decoder/manifest.json").read_text()):
        if entry.get("channels") != 3:
            continue
        path = HERE / "decoder" / entry["file"]
        if entry["format"] == "jpeg":
            image = Image.open(path)
            image.draft("L", image.size)
            luma = numpy.asarray(image)
            if luma.ndim != 2:
                raise SystemExit(f"{path}: Pillow did not decode grey")
        else:
            luma = luma_of(png_colours(path, entry["bitsPerSample"]))
        golden[entry["file"]] = hashlib.sha256(numpy.ascontiguousarray(luma).tobytes()).hexdigest()
    (HERE / "luma_golden.json").write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
    print(f"{len(golden)} files")


if __name__ == "__main__":
    main()
