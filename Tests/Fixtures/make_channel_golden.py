#!/usr/bin/env python3
"""Writes channel_golden.json: mean and standard deviation per channel, as `fastpix stats --moments` must find them.

    python3 Tests/Fixtures/make_channel_golden.py

Two sets: the photos of Examples/caliterra, and a mixture of sizes, depths and channels. Sums are Python's integers over
the samples that Pillow (8 bits) and pypng (16 bits) decode; means are fractions, rounded once at the end. 8-bit samples
count in units of 1/255, those of a set with 16-bit samples in units of 1/65535 (257 for each of 1/255).
Made with Pillow 13.0.0, NumPy 2.4.6 and pypng 0.20220715.0.
"""

import decimal
import fractions
import hashlib
import json
import pathlib

import numpy
import png
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
MIXTURE = [
    "sixteen-bit/frame-00.png", "sixteen-bit/frame-07.png", "decoder/png-grey16-97x61.png",
    "decoder/png-rgba16-17x13.png", "decoder/png-rgb8-97x61.png", "decoder/png-rgba8-17x13.png",
    "decoder/png-grey-alpha8-17x13.png", "decoder/png-palette8-97x61.png", "decoder/png-grey8-200x150-adam7.png",
    "decoder/jpeg-grey-200x150-q90.jpg", "decoder/jpeg-420-200x150-q90.jpg", "decoder/jpeg-422-progressive-97x61.jpg",
    "decoder/jpeg-420-1x1-q90.jpg",
]
COLOURS = ("red", "green", "blue")


def samples_of(path):
    """Height x width x channels without alpha, and the bits of a sample."""
    if path.suffix == ".png" and path.read_bytes()[24] == 16:
        width, height, rows, information = png.Reader(str(path)).read()
        values = numpy.array([numpy.asarray(row, dtype=numpy.uint16) for row in rows])
        values = values.reshape(height, width, information["planes"])
        return values[:, :, :3 if information["planes"] >= 3 else 1], 16
    with Image.open(path) as image:
        grey = image.mode in ("L", "LA", "1")
        values = numpy.asarray(image.convert("L" if grey else "RGB"))
    return (values[:, :, None] if grey else values), 8


def channels_of(values, as_rgb):
    """Name -> samples."""
    if values.shape[2] == 3:
        return {name: values[:, :, index].ravel() for index, name in enumerate(COLOURS)}
    return {name: values.ravel() for name in (COLOURS if as_rgb else ("grey",))}


def square_root(value):
    """The float64 nearest to the root of a fraction."""
    with decimal.localcontext() as context:
        context.prec = 60
        return float((decimal.Decimal(value.numerator) / decimal.Decimal(value.denominator)).sqrt())


def moments(photos, as_rgb):
    channels = {}
    for values, bits in photos:
        for name, samples in channels_of(values, as_rgb).items():
            channels.setdefault(name, []).append((samples, bits))
    golden = {}
    for name, parts in channels.items():
        deepest = max(bits for _, bits in parts)
        unit = 2**deepest - 1
        sums = []
        counts = {bits: numpy.zeros(2**bits, dtype="<u8") for _, bits in parts}
        for samples, bits in parts:
            factor = 257 if (deepest, bits) == (16, 8) else 1
            wide = samples.astype(numpy.uint64)
            sums.append((len(samples), factor * int(wide.sum()), factor**2 * int((wide * wide).sum())))
            counts[bits] += numpy.bincount(samples, minlength=2**bits).astype("<u8")
        pixels, total, squares = (sum(part[index] for part in sums) for index in range(3))
        weights = {
            "pixel": (fractions.Fraction(total, pixels), fractions.Fraction(squares, pixels)),
            "image": tuple(sum(fractions.Fraction(part[index], part[0]) for part in sums) / len(sums)
                           for index in (1, 2)),
        }
        golden[name] = {
            "photos": len(parts), "pixels": pixels, "sum": str(total), "sumOfSquares": str(squares),
            "sampleMaximum": unit, "bitsPerSample": sorted(counts),
            "weights": {weight: {"mean": float(mean / unit), "standardDeviation": square_root(
                (square - mean * mean) / unit**2)} for weight, (mean, square) in weights.items()},
            "countsSha256": {str(bits): hashlib.sha256(own.tobytes()).hexdigest() for bits, own in counts.items()},
        }
    return golden


def main():
    example = sorted((HERE.parent.parent / "Examples/caliterra").glob("*.jpg"))
    sets = {"example": [samples_of(path) for path in example], "mixture": [samples_of(HERE / name) for name in MIXTURE]}
    golden = {name: {"asIs": moments(photos, False), "asRGB": moments(photos, True)} for name, photos in sets.items()}
    golden["mixtureFiles"] = MIXTURE
    (HERE / "channel_golden.json").write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
