#!/usr/bin/env python3
"""Compares every subpixel of fastpix's result with NumPy's exact integer arithmetic over Pillow's decode.

    Benchmarks/verify_exact.py PHOTOS_DIR [--workers N] [--section FILE]

PHOTOS_DIR holds JPEG or PNG photos of one camera and shape. Compared, each as equal or not, with no tolerance: sums,
sums of squares, n*Q - S^2 (= n*M2) from fastpix's sums, and mean and variance in float64; and the channels' sums and sums
of squares of `fastpix stats --moments`. Exit code 1 when anything differs.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import environment

environment.enter()

import exact
import machine
import numpy
import section


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/verify_exact.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", metavar="PHOTOS_DIR")
    parser.add_argument("--workers", type=int)
    section.add_option(parser)
    options = parser.parse_args()
    paths = environment.photos_in(options.photos, (*environment.JPEG_SUFFIXES, ".png"))
    binary = environment.fastpix_binary()
    with tempfile.TemporaryDirectory(prefix="fastpix-verify-") as folder:
        command = [binary, "hotpixels", "--quiet", "--save-sums", folder, "--save-maps", folder]
        if options.workers:
            command += ["--workers", str(options.workers)]
        if len(paths) < 10:
            command += ["--minimum-frames", str(len(paths))]
        run = subprocess.run([*command, *paths], stdout=subprocess.DEVNULL)
        if run.returncode:
            environment.stop(f"fastpix ended with exit code {run.returncode} (see above); nothing was compared.")
        maps = {name: load(folder, name) for name in ("sum", "sum_of_squares", "mean", "variance")}

    environment.say(f"NumPy's exact moments of {len(paths)} photos")
    count, total, squares = exact.moments(paths)
    scaled = exact.scaled_m2(count, total, squares)
    with_channels = {name: values.reshape(total.shape) if values.size == total.size else values
                     for name, values in maps.items()}
    for name, values in with_channels.items():
        if values.shape != total.shape:
            environment.stop(f"{name}.npy has the shape {values.shape}; the photos have {total.shape}.")

    comparisons = [Comparison("sum", with_channels["sum"], total),
                   Comparison("sum of squares", with_channels["sum_of_squares"], squares)]
    own_scaled = exact.scaled_m2(count, with_channels["sum"].astype(numpy.int64),
                                 with_channels["sum_of_squares"].astype(numpy.int64))
    comparisons.append(Comparison("n * sum of squares - sum^2 (= n * M2)", own_scaled, scaled))
    # n * Q - S^2 and n * (n - 1) are exact in float64 below 2^53, so the quotient is the correctly rounded variance.
    if int(scaled.max()) >= 2**53:
        environment.stop("n*M2 exceeds 2^53: float64 cannot say what the correctly rounded variance is. "
                         "Give fewer photos.")
    comparisons.append(Comparison("mean", with_channels["mean"], total / count))
    comparisons.append(Comparison("variance", with_channels["variance"], scaled / (count * (count - 1))))
    comparisons += channel_comparisons(binary, paths)
    differences = sum(comparison.differences for comparison in comparisons)

    out = section.Section(options.section)
    out.heading("Exactness", level=2)
    out.say(f"`{machine.command_line('verify_exact.py', options.photos)}`: every subpixel against NumPy's integers "
            "over Pillow's decode, without tolerance.", "")
    out.table(["", "type", "compared", "different"], [comparison.row() for comparison in comparisons])
    for comparison in comparisons:
        out.say(*comparison.details())
    out.say(f"{'EQUAL' if differences == 0 else '**DIFFERENT**'}: {total.size} subpixels of {count} photos, "
            f"{differences} differences")
    out.write()
    return 0 if differences == 0 else 1


def channel_comparisons(binary: str, paths: list[str]) -> list[Comparison]:
    """fastpix stats --moments, whole numbers again."""
    run = subprocess.run([binary, "stats", "--moments", "--format", "json", "--quiet", *paths], capture_output=True)
    if run.returncode:
        environment.stop(f"fastpix stats ended with exit code {run.returncode}:\n{run.stderr.decode()}")
    found = json.loads(run.stdout)["moments"]["channels"]
    expected = exact.channels(paths)["channels"]
    return [Comparison(f"{what} of each channel", numpy.array([int(channel[key]) for channel in found], dtype=object),
                       numpy.array([channel[key] for channel in expected], dtype=object))
            for what, key in (("sum", "sum"), ("sum of squares", "sumOfSquares"))]


def load(folder: str, name: str) -> numpy.ndarray:
    # A set that falls into several groups gets a folder for each; here there is one group.
    found = sorted(pathlib.Path(folder).rglob(f"{name}.npy"))
    if len(found) != 1:
        environment.stop(f"fastpix wrote {len(found)} files {name}.npy; expected one (one camera, one shape).")
    return numpy.load(found[0])


class Comparison:
    def __init__(self, name: str, values: numpy.ndarray, expected: numpy.ndarray) -> None:
        self.name, self.values, self.expected = name, values, expected
        self.different = values != expected
        self.differences = int(numpy.count_nonzero(self.different))

    def row(self) -> list[str]:
        return [self.name, str(self.values.dtype), str(self.values.size), str(self.differences)]

    def details(self) -> list[str]:
        """Where the first difference is and how large the largest, to tell a different rounding from a wrong result."""
        if not self.differences:
            return []
        position = tuple(int(part) for part in numpy.argwhere(self.different)[0])
        text = (f"- {self.name}: first at (row, column, channel) {position}: fastpix {self.values[position]!r}, "
                f"exact {self.expected[position]!r}")
        if self.values.dtype.kind == "f":
            relative = numpy.abs(self.values - self.expected) / numpy.maximum(
                numpy.abs(self.expected), numpy.finfo(float).tiny)
            text += f"; largest relative difference {float(relative.max()):.3g}"
        return [text]


if __name__ == "__main__":
    sys.exit(main())
