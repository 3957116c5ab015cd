"""Does the cost grow in proportion to the photos, and the memory not at all?"""

from __future__ import annotations

import json
import pathlib

import numpy

import rounds
from parts import photo_sets
from section import Section, bounded

COUNTS = (6, 12, 24, 48, 96)
# Fewer are not judged.
JUDGED_COUNTS = COUNTS[1:]
BOUND = 1.05


def run(section: Section, paths: list[str], workers: int, count: int, folder: pathlib.Path) -> None:
    # The smallest set repeated: then every photo of every set costs the same on average.
    base = paths[: COUNTS[0]]
    files = photo_sets.copies(base, COUNTS[-1], folder)
    photo_sets.order_by_size(files)
    photo_sets.settle()
    for judging in (False, True):
        section.heading("Growth with the number of photos, " + ("defects judged" if judging else "`--no-defects`"))
        grow(section, files, JUDGED_COUNTS if judging else COUNTS, workers, count, judging)
    section.say(f"- The same {len(base)} photos repeated as copies, never two of one photo side by side; {workers} workers; "
                f"medians of {count} rounds.",
                "- All photos are open at the same time, and accumulators of some rows are kept: memory grows with each "
                "decoder, up to that of all accumulators, which are kept then.")


def grow(section: Section, files: list[str], counts: tuple[int, ...], workers: int, count: int, judging: bool) -> None:
    commands = {f"{photos} photos": rounds.hotpixels(files[:photos], workers, judging=judging) for photos in counts}
    runs = rounds.measure_in_turn(commands, count)

    # System time beside the rest: on a virtual machine it is mostly the price of memory, the same for any number.
    walls, processors, peaks, rows = [], [], [], []
    for photos, (name, results) in zip(counts, runs.items()):
        frames = [group["frames"] for group in json.loads(results[0]["stdout"])["groups"]]
        if frames != [photos]:
            raise SystemExit(f"fastpix found groups of {frames} photos in {photos} photos of one camera.")
        walls.append(rounds.median(results, "wallSeconds") / photos)
        processors.append(rounds.median(results, rounds.processor_seconds) / photos)
        peaks.append(rounds.median(results, "largestProcessBytes"))
        rows.append([name, f"{walls[-1] * photos:.3f}", f"{rounds.median(results, 'userSeconds'):.3f}",
                     f"{rounds.median(results, 'systemSeconds'):.3f}", f"{walls[-1] * 1e3:.1f}",
                     f"{processors[-1] * 1e3:.1f}", f"{peaks[-1] / 1e6:.0f}"])
    section.table(["", "wall s", "user s", "system s", "wall ms a photo", "CPU ms a photo", "peak MB"], rows)
    section.table(["", "figure", "bound", ""], [
        ["wall time a photo, largest / smallest", *bounded(max(walls) / min(walls), BOUND)],
        ["CPU time a photo, largest / smallest", *bounded(max(processors) / min(processors), BOUND)],
        ["wall time against a straight line, largest deviation",
         *bounded(line(counts, walls)[2], BOUND - 1, shown="{:.1%}")],
        ["CPU time against a straight line, largest deviation",
         *bounded(line(counts, processors)[2], BOUND - 1, shown="{:.1%}")],
        ["peak memory, largest / smallest", *bounded(max(peaks) / min(peaks), BOUND)],
    ])
    section.say(*(f"- Straight line of {what}: {fixed * 1e3:.0f} ms for the run, {slope * 1e3:.1f} ms for each photo."
                  for what, (fixed, slope, _) in (("wall time", line(counts, walls)), ("CPU time", line(counts, processors)))),
                *rounds.quietness(runs))


def line(counts: tuple[int, ...], per_photo: list[float]) -> tuple[float, float, float]:
    """Fixed cost, cost of a photo and the largest relative deviation of the line through cost against photos."""
    photos = numpy.array(counts, float)
    seconds = numpy.array(per_photo) * photos
    # Weighted by 1 / seconds: relative, not absolute, deviations are made small.
    slope, fixed = numpy.polyfit(photos, seconds, 1, w=1 / seconds)
    return float(fixed), float(slope), float(numpy.abs(seconds / (fixed + slope * photos) - 1).max())
