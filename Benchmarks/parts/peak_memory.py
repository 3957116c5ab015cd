"""Peak memory by workers and photos."""

from __future__ import annotations

import itertools
import json

import environment
import rounds
from section import Section, bounded

ACCUMULATOR_BYTES_PER_SUBPIXEL = 8
BOUND = 1.05


def run(section: Section, paths: list[str], worker_counts: list[int], photo_counts: list[int]) -> None:
    section.heading("Peak memory")
    counts = sorted({min(count, len(paths)) for count in photo_counts})
    if max(photo_counts) > len(paths):
        environment.say(f"There are {len(paths)} photos only; measuring {counts}.")
    rows = []
    growth = []
    for workers, judging in itertools.product(worker_counts, (True, False)):
        defects = "judged" if judging else "no"
        peaks = []
        for count in counts:
            result = environment.measure(rounds.hotpixels(paths[:count], workers, judging=judging)[0])
            report = json.loads(result["stdout"])
            group = report["groups"][0]
            accumulators = ACCUMULATOR_BYTES_PER_SUBPIXEL * group["width"] * group["height"] * group["channels"]
            peak = report["peakMemoryBytes"]
            peaks.append(peak)
            rows.append([defects, str(workers), str(group["frames"]), f"{peak / 1e6:.1f}",
                         f"{result['largestProcessBytes'] / 1e6:.1f}", f"{accumulators / 1e6:.1f}"])
        growth.append([f"defects: {defects}, --workers {workers}: {counts[-1]} photos / {counts[0]} photos",
                       *bounded(peaks[-1] / peaks[0], BOUND)])
    section.table(["defects", "workers", "photos", "fastpix's own figure, MB", "ru_maxrss, MB",
                   "accumulators of the frame, MB"], rows)
    if len(counts) > 1:
        section.table(["", "peak memory, ratio", "bound", ""], growth)
    section.say(f"- Two witnesses: what fastpix reports of itself, and what the system reports of its process. The "
                f"accumulators are {ACCUMULATOR_BYTES_PER_SUBPIXEL} bytes a subpixel (8-bit samples), whatever the "
                "number of photos; those of some rows are enough where every photo has a decoder. The rest is the ring of "
                "frames, the decoders' own memory, what is recorded of candidates, and the program.")
