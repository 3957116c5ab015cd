#!/usr/bin/env python3
"""Writes example_golden.json, sixteen-bit/*.png and sixteen_bit_golden.json.

Run (every path in the script is relative to this file), at the top of the repository:

    python3 -m venv .venv && .venv/bin/pip install pillow numpy pypng
    .venv/bin/python Tests/Fixtures/make_example_golden.py

djpeg (Debian: libjpeg-turbo-progs), if on the PATH, is used to check Pillow's
pixels. Last run with Python 3.11.7, Pillow 13.0.0 (bundled libjpeg-turbo
3.2.0), NumPy 2.4.6, pypng 0.20220715.0, zlib 1.2.13, djpeg 2.1.5.

example_golden.json: the 48 photos of Examples/caliterra.
sixteen_bit_golden.json: 12 synthetic 16-bit RGB PNGs, written here.

Both hold, from exact integer sums over the frames of each subpixel:
  lowest10    by M2 (exact), then row, column, channel
  variance    minimum, maximum with the first position in row, column, channel
              order, and mean over all subpixels; ddof = 1
  sumSha256, sumOfSquaresSha256
              of the arrays, row-major, channels interleaved, little-endian, of
              the integer type given by sumType and sumOfSquaresType.
M2 = sumOfSquares - sum^2 / n is compared as the integer n * sumOfSquares - sum^2;
variance = (n * sumOfSquares - sum^2) / (n * (n - 1)), correctly rounded.
"""

import hashlib
import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import png as pypng
from PIL import Image

from make_decoder_fixtures import png_file

HERE = Path(__file__).resolve().parent
PHOTOS = HERE.parent.parent / "Examples" / "caliterra"
SIXTEEN = HERE / "sixteen-bit"


def golden(frames, square_type, **header):
    total = squares = None
    count = 0
    for frame in frames:
        wide = frame.astype(np.uint64)
        total = wide if total is None else total + wide
        squares = wide * wide if squares is None else squares + wide * wide
        count += 1
    assert int(total.max()) < 2 ** 32 and int(squares.max()) < 2 ** (32 if square_type == "uint32" else 64)
    # n * sumOfSquares - sum^2 fits in 64 bits for at most 2^16 frames of 16 bits
    spread = (np.uint64(count) * squares - total * total).astype(np.int64)
    assert spread.min() >= 0
    order = np.argsort(spread, axis=None, kind="stable")  # ties: row, column, channel
    divisor = count * (count - 1)

    def where(flat):
        row, column, channel = (int(v) for v in np.unravel_index(flat, spread.shape))
        return {"row": row, "column": column, "channel": channel}

    def subpixel(flat):
        s, q = int(total.flat[flat]), int(squares.flat[flat])
        return {**where(flat), "sum": s, "sumOfSquares": q, "mean": float(Fraction(s, count)),
                "variance": float(Fraction(count * q - s * s, divisor))}

    def extreme(flat):
        return {**where(flat), "value": float(Fraction(int(spread.flat[flat]), divisor))}

    whole = sum(int(v) for v in spread.sum(axis=(1, 2), dtype=object))
    return {**header, "frames": count, "height": spread.shape[0], "width": spread.shape[1],
            "channels": spread.shape[2], "ddof": 1,
            "lowest10": [subpixel(int(i)) for i in order[:10]],
            "variance": {"minimum": extreme(int(np.argmin(spread))), "maximum": extreme(int(np.argmax(spread))),
                         "mean": float(Fraction(whole, divisor * spread.size))},
            "sumType": "uint32 little-endian",
            "sumSha256": hashlib.sha256(total.astype("<u4").tobytes()).hexdigest(),
            "sumOfSquaresType": square_type + " little-endian",
            "sumOfSquaresSha256": hashlib.sha256(
                squares.astype("<u4" if square_type == "uint32" else "<u8").tobytes()).hexdigest()}


def check(frames, result):
    """The same statistics by NumPy's own var, in float64."""
    stack = np.stack(frames).astype(np.float64)
    variance = stack.var(axis=0, ddof=1)
    for entry in result["lowest10"]:
        at = entry["row"], entry["column"], entry["channel"]
        assert np.isclose(variance[at], entry["variance"], rtol=1e-9), entry
        assert np.isclose(stack[(slice(None), *at)].mean(), entry["mean"], rtol=1e-12), entry
    for name, value in (("minimum", variance.min()), ("maximum", variance.max()), ("mean", variance.mean())):
        entry = result["variance"][name]
        assert np.isclose(value, entry if name == "mean" else entry["value"], rtol=1e-9), name


def photos():
    names = sorted(PHOTOS.glob("*.jpg"))
    assert len(names) == 48
    frames = []
    differing = []
    for name in names:
        picture = Image.open(name)
        assert picture.mode == "RGB"
        frames.append(np.asarray(picture))
        if shutil.which("djpeg"):
            done = subprocess.run(["djpeg", "-strict", "-pnm"], input=name.read_bytes(), capture_output=True, check=True)
            if done.stdout.split(b"\n", 3)[3] != frames[-1].tobytes():
                differing.append(name.name)
    print("djpeg and Pillow differ on: %s" % (", ".join(differing) or "none")
          if shutil.which("djpeg") else "djpeg not found, not compared")
    return frames


STUCK = {"row": 41, "column": 67, "channel": 1}


def sixteen_bit_frames():
    """12 frames 96x64 RGB, a picture that moves from frame to frame; one subpixel is stuck."""
    rng = np.random.RandomState(20140722)  # the frozen legacy stream
    y, x = np.mgrid[0:64, 0:96].astype(np.int64)
    for number in range(12):
        u, v = x * 100 + number * 937, y * 100 + number * 1511
        waves = [np.abs(u * a + v * b) % (2 * p) for a, b, p in ((9, 5, 60000), (4, -11, 55000), (-7, 8, 65535))]
        picture = np.stack([np.minimum(w, 2 * p - w) for w, p in zip(waves, (60000, 55000, 65535))], axis=-1)
        picture = picture + rng.randint(-100, 101, size=picture.shape)
        picture = np.clip(picture, 0, 65535)
        picture[STUCK["row"], STUCK["column"], STUCK["channel"]] = 61234 + number % 3
        yield picture.astype(np.uint16)


def sixteen_bit():
    if SIXTEEN.exists():
        shutil.rmtree(SIXTEEN)
    SIXTEEN.mkdir()
    frames = []
    for number, frame in enumerate(sixteen_bit_frames()):
        path = SIXTEEN / ("frame-%02d.png" % number)
        path.write_bytes(png_file(frame, 16, 2))
        _, _, rows, _ = pypng.Reader(bytes=path.read_bytes()).read()
        assert np.array_equal(np.array([list(row) for row in rows]).reshape(frame.shape), frame)
        assert np.array_equal(np.asarray(Image.open(path)), frame >> 8)  # Pillow keeps the high bytes
        frames.append(frame)
    return frames


def main():
    frames = photos()
    result = golden(frames, "uint32", folder="Examples/caliterra")
    check(frames, result)
    first = result["lowest10"][0]
    assert (first["row"], first["column"], first["channel"]) == (889, 355, 1), first
    (HERE / "example_golden.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result["lowest10"][:3]), json.dumps(result["variance"]))

    frames = sixteen_bit()
    result = golden(frames, "uint64", folder="Tests/Fixtures/sixteen-bit", bitsPerSample=16, stuck=STUCK)
    check(frames, result)
    first = result["lowest10"][0]
    assert all(first[key] == STUCK[key] for key in STUCK), first
    (HERE / "sixteen_bit_golden.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result["lowest10"][:2]), json.dumps(result["variance"]))


if __name__ == "__main__":
    main()
