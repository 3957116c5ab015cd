"""Times fastpix beside OpenCV and NumPy, in turns, and prints the tables of Python/README.md.

python compare.py [--repeats N] [--quick]

Each figure is the median of N rounds, in processor time: everything runs on one thread, and what else the machine does
does not count, but for the caches it shares; with threads=0 it is time on the wall. In a round all programs run one after
the other, so that a disturbance hits them alike; a call that takes less than five milliseconds is repeated until it takes
so long, or it would find the caches as the program before it has left them. Needs OpenCV.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

import fastpix

Call = Callable[[], Any]


Clock = Callable[[], float]


def seconds(call: Call, calls: int, clock: Clock) -> float:
    begin = clock()
    for _ in range(calls):
        call()
    return (clock() - begin) / calls


def medians(calls: dict[str, Call], repeats: int, clock: Clock = time.process_time) -> dict[str, float]:
    """Seconds of one call each."""
    numbers = {}
    for name, call in calls.items():
        call()
        numbers[name] = max(1, int(0.005 / max(seconds(call, 3, clock), 1e-9)))
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            times[name].append(seconds(call, numbers[name], clock))
    return {name: statistics.median(values) for name, values in times.items()}


def amount(value: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if value * factor >= 1 or unit == "us":
            return f"{value * factor:.3g} {unit}"
    return ""


def weighted_in_numpy(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The same blend as people write it in NumPy."""
    blend = a * 0.7 + b * 0.3 + 1.0
    if a.dtype == np.float32:
        return blend.astype(a.dtype)
    return np.clip(np.rint(blend), 0, np.iinfo(a.dtype).max).astype(a.dtype)


def blending(shapes: list[tuple[int, ...]], repeats: int) -> None:
    print("| | array | fastpix | OpenCV | NumPy | OpenCV / fastpix | NumPy / fastpix | fastpix above OpenCV |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    generator = np.random.default_rng(1)
    for dtype in (np.uint8, np.uint16, np.float32):
        for shape in shapes:
            a, b = (generator.integers(0, 256, shape).astype(dtype) for _ in range(2))
            out = np.empty_like(a)
            # Arguments that do not change are bound beforehand, alike for both.
            pairs: dict[str, tuple[Call, Call]] = {
                "add_weighted": (
                    lambda: fastpix.add_weighted(a, 0.7, b, 0.3, 1.0),
                    lambda: cv2.addWeighted(a, 0.7, b, 0.3, 1.0),
                ),
                "add_weighted, out": (
                    lambda: fastpix.add_weighted(a, 0.7, b, 0.3, 1.0, out),
                    lambda: cv2.addWeighted(a, 0.7, b, 0.3, 1.0, out),
                ),
                "gaussian_blur 15": (
                    lambda: fastpix.gaussian_blur(a, 15, 0.0, out),
                    lambda: cv2.GaussianBlur(a, (15, 15), 0, out),
                ),
            }
            for name, (ours, theirs) in pairs.items():
                calls: dict[str, Call] = {"fastpix": ours, "OpenCV": theirs}
                if name == "add_weighted":
                    calls["NumPy"] = lambda: weighted_in_numpy(a, b)
                took = medians(calls, repeats)
                mine, other, numpy = took["fastpix"], took["OpenCV"], took.get("NumPy")
                size = " x ".join(map(str, shape))
                print(
                    f"| {name} | {size} {np.dtype(dtype)} | {amount(mine)} | {amount(other)} | "
                    f"{amount(numpy) if numpy else ''} | {other / mine:.2f} | {f'{numpy / mine:.1f}' if numpy else ''} | "
                    f"{(mine - other) * 1e6:+.1f} us |",
                    flush=True,
                )


class NumPyWelford:
    """The loop that fastpix started from: Welford's update in float64, a frame at a time."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.count = 0
        self.mean = np.zeros(shape)
        self.m2 = np.zeros(shape)

    def add(self, frame: np.ndarray[Any, Any]) -> None:
        self.count += 1
        delta = frame - self.mean
        self.mean += delta / self.count
        self.m2 += delta * (frame - self.mean)


def moments(shapes: list[tuple[int, ...]], repeats: int) -> None:
    """Also a copy of each frame, which frames that come one by one cannot do without, and what it leaves to be gained."""
    print(
        "| frame | NumPy's Welford | `add(frame)` | times | `add(stack of 8)`, a frame | times | "
        "`add(list of 8)`, a frame | times | a copy of the frame | times |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for dtype in (np.uint8, np.uint16, np.float32):
        for shape in shapes:
            numpy, *ours = moments_of(shape, dtype, repeats)
            size = " x ".join(map(str, shape))
            columns = [f"{amount(time)} | {numpy / time:.1f}" for time in ours]
            print(f"| {size} {np.dtype(dtype)} | {amount(numpy)} | {' | '.join(columns)} |", flush=True)


def moments_of(
    shape: tuple[int, ...], dtype: Any, repeats: int, threads: int = 1, clock: Clock = time.process_time
) -> list[float]:
    """Seconds that a frame takes: in NumPy's loop, by itself, in a stack, in a list, and to be copied."""
    frames = np.random.default_rng(2).integers(0, 256, (8, *shape)).astype(dtype)
    listed = list(frames)
    welford = NumPyWelford(shape)
    copies = np.zeros_like(frames)
    targets = {name: fastpix.Moments(shape, dtype) for name in ("one", "stack", "list")}

    def target_of(name: str) -> fastpix.Moments:
        # Sums have room for 65,537 frames of uint16.
        if targets[name].count > 60_000:
            targets[name] = fastpix.Moments(shape, dtype)
        return targets[name]

    def one_by_one() -> None:
        target = target_of("one")
        for frame in listed:
            target.add(frame, threads=threads)

    def copied() -> None:
        for index, frame in enumerate(listed):
            np.copyto(copies[index], frame)

    def in_numpy() -> None:
        for frame in listed[:2]:
            welford.add(frame)

    calls: dict[str, Call] = {
        "numpy": in_numpy,
        "one": one_by_one,
        "stack": lambda: target_of("stack").add(frames, threads=threads),
        "list": lambda: target_of("list").add(listed, threads=threads),
        "copy": copied,
    }
    took = medians(calls, max(3, repeats // 3), clock)
    return [took["numpy"] / 2, *(took[name] / 8 for name in ("one", "stack", "list", "copy"))]


def on_all_processors(shape: tuple[int, ...], repeats: int) -> None:
    size = " x ".join(map(str, shape))
    print(f"Frames of {size} with threads=0, one for each of {os.cpu_count()} processors, and NumPy's loop: time on the wall")
    print()
    print("| samples | NumPy's Welford | `add(frame)` | times | `add(stack of 8)`, a frame | times |")
    print("|---|---:|---:|---:|---:|---:|")
    for dtype in (np.uint8, np.uint16, np.float32):
        numpy, one, stack, *_ = moments_of(shape, dtype, repeats, 0, time.perf_counter)
        print(
            f"| {np.dtype(dtype)} | {amount(numpy)} | {amount(one)} | {numpy / one:.1f} | {amount(stack)} | "
            f"{numpy / stack:.1f} |",
            flush=True,
        )


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="small arrays only")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    print(
        f"{processor()}, SIMD level {fastpix.simd()}, one thread, processor time, medians of {arguments.repeats}; "
        f"Python {platform.python_version()}, NumPy {np.__version__}, OpenCV {cv2.__version__}\n"
    )
    large = [] if arguments.quick else [(1000, 1000, 3), (3000, 4000, 3)]
    blending([(8, 8), (64, 64), (256, 256, 3), *large], arguments.repeats)
    print()
    moments([(8, 8), (64, 64), (64, 64, 3), (256, 256, 3), *large], arguments.repeats)
    if large:
        print()
        on_all_processors(large[-1], arguments.repeats)


if __name__ == "__main__":
    main()
