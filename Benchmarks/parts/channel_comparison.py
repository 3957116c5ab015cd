"""fastpix stats --moments beside other ways to the mean and standard deviation of each channel."""

from __future__ import annotations

import json
import math
import sys

import environment
import exact
import rounds
from section import Section, bounded

FASTPIX = "fastpix"
NUMPY = "NumPy, processes"
FLOOR_BOUND = 1.05
# Relative: those that divide before they sum round each of millions of samples.
TOLERANCE = 1e-9


def competitors(paths: list[str], workers: int) -> tuple[dict, list[str]]:
    """Name -> (command, bytes for its stdin), and what is left out, with the reason."""
    found, skipped = {}, []
    floor = rounds.decode_only(paths, workers)
    if floor:
        found[rounds.FLOOR] = floor
    else:
        skipped.append(f"{rounds.FLOOR}: {rounds.DJPEG_MISSING}")
    found[FASTPIX] = ([environment.fastpix_binary(), "stats", "--moments", "--workers", str(workers), "--format",
                       "json", "--quiet", *paths], b"")
    peers = environment.BENCHMARKS / "peers"

    def add(name: str, script: str, *arguments: str) -> None:
        found[name] = ([sys.executable, str(peers / script), *arguments, str(workers), *paths], b"")

    if environment.OPENCV_MISSING.exists():
        skipped.append("OpenCV: opencv-python-headless could not be installed.")
    else:
        version = environment.opencv_version(environment.PYTHON)
        add(f"OpenCV {version}, threads", "channels_opencv.py", "threads")
        if environment.has_peer("joblib"):
            add(f"OpenCV {version}, joblib", "channels_opencv.py", "joblib")
        else:
            skipped.append(f"OpenCV, joblib: {environment.peer_missing('joblib')}")
    if environment.has_peer("pyvips"):
        add("libvips", "channels_vips.py")
    else:
        skipped.append(f"libvips: {environment.peer_missing('pyvips')}")
    if environment.imagemagick():
        add("ImageMagick", "channels_imagemagick.py")
    else:
        skipped.append("ImageMagick: not installed (Debian, Ubuntu: apt-get install imagemagick; macOS: brew install "
                       "imagemagick).")
    add(NUMPY, "channels_numpy.py")
    return found, skipped


def run(out: Section, paths: list[str], workers: int, count: int, numpy_runs: int) -> tuple[dict, bool]:
    """Measures, writes the table, and returns the runs and whether fastpix's result is NumPy's exact one."""
    commands, skipped = competitors(paths, workers)
    runs = rounds.measure_in_turn(commands, count, fewer={NUMPY: numpy_runs}, sample_memory=True)
    environment.say("NumPy's exact result, to compare with")
    expected = exact.channels(paths)

    out.heading("Mean and standard deviation of each channel")
    seconds = {name: rounds.median(results, "wallSeconds") for name, results in runs.items()}
    rows = []
    for name, results in runs.items():
        walls = [run["wallSeconds"] for run in results]
        rows.append([
            name, f"{seconds[name]:.2f}", f"{min(walls):.2f}", f"{max(walls):.2f}",
            f"{rounds.median(results, rounds.processor_seconds):.2f}",
            f"{seconds[name] / seconds[rounds.FLOOR]:.2f}" if rounds.FLOOR in seconds else "-",
            f"{seconds[name] / seconds[FASTPIX]:.2f}",
            f"{rounds.median(results, 'largestProcessBytes') / 1e6:.0f}",
            "-" if name == rounds.FLOOR else difference(results[0], expected)])
    out.table(["", "wall s, median", "min", "max", "CPU s", "x floor", "x fastpix", "largest process, MB",
               "largest relative error"], rows)
    if rounds.FLOOR in runs:
        verdicts = []
        for what, key in (("wall", "wallSeconds"), ("CPU", rounds.processor_seconds)):
            ratio = rounds.median(runs[FASTPIX], key) / rounds.median(runs[rounds.FLOOR], key)
            verdicts.append([f"{FASTPIX} / {rounds.FLOOR}, {what} time", *bounded(ratio, FLOOR_BOUND)])
        out.table(["", "ratio", "bound", ""], verdicts)
    agreed, text = compare(runs[FASTPIX][0], expected)
    wrong = [name for name, results in runs.items()
             if name not in (rounds.FLOOR, FASTPIX) and error(results[0], expected) > TOLERANCE]
    out.say(f"- {text}", f"- Beyond a relative difference of {TOLERANCE:g} from it: {', '.join(wrong) or 'nobody'}.",
            f"- \"{NUMPY}\" takes part in the first {numpy_runs} rounds only.",
            "- Every peer decodes all photos at their full size and sums all pixels.",
            *(f"- Skipped: {text}" for text in skipped), *rounds.quietness(runs))
    return runs, agreed


def compare(run: dict, expected: dict) -> tuple[bool, str]:
    """Sums as whole numbers, without tolerance."""
    found = json.loads(run["stdout"])["moments"]["channels"]
    same = len(found) == len(expected["channels"]) and all(
        (int(channel["sum"]), int(channel["sumOfSquares"]), channel["pixels"])
        == (exact_channel["sum"], exact_channel["sumOfSquares"], expected["pixels"])
        for channel, exact_channel in zip(found, expected["channels"]))
    return same, f"{FASTPIX}: sums and sums of squares {'are NumPy' + chr(39) + 's whole numbers' if same else 'DIFFER'}"


def error(run: dict, expected: dict) -> float:
    output = json.loads(run["stdout"])
    found = output["moments"]["channels"] if "moments" in output else output["channels"]
    return max(abs(channel[key] - exact_channel[key]) / exact_channel[key]
               for channel, exact_channel in zip(found, expected["channels"])
               for key in ("mean", "standardDeviation") if exact_channel[key] and math.isfinite(channel[key]))


def difference(run: dict, expected: dict) -> str:
    return f"{error(run, expected):.1e}"
