"""How long do workers wait for each other? For sets that make it hard to share the work evenly."""

from __future__ import annotations

import json
import pathlib
import statistics

import rounds
from parts import photo_sets
from section import Section, bounded

BOUND = 0.03
TINY = 2000


def run(section: Section, paths: list[str], workers: int, count: int, folder: pathlib.Path) -> None:
    section.heading("Idle share of the workers")
    sets, skipped = photo_folders(paths, folder)
    photo_sets.settle()
    runs = rounds.measure_in_turn({name: rounds.hotpixels([str(path)], workers) for name, path in sets.items()}, count)
    rows = []
    for name, results in runs.items():
        reports = [json.loads(result["stdout"]) for result in results]
        frames = sum(group["frames"] for group in reports[0]["groups"])
        if len(reports[0]["groups"]) != 1 or frames != len(list(sets[name].iterdir())):
            raise SystemExit(f"{name}: fastpix took {frames} photos in {len(reports[0]['groups'])} groups: "
                             f"{reports[0]['skipped'][:3]}")
        idle, waiting = zip(*(shares(report["timing"]) for report in reports))
        wall = rounds.median(results, "wallSeconds")
        peak = rounds.median(results, "largestProcessBytes")
        rows.append([name, f"{wall:.2f}", f"{peak / 1e6:.0f}", f"{max(idle):.2%}",
                     *bounded(statistics.median(idle), BOUND, shown="{:.2%}"),
                     *bounded(statistics.median(waiting), BOUND, shown="{:.2%}")])
    section.table(["", "wall s", "peak MB", "idle, highest", "idle, median", "bound", "",
                   "idle or waiting, median", "bound", ""], rows)
    section.say("- Of the time of all workers, from the JSON report. Idle: idleSeconds / (decodeSeconds + "
                "accumulateSeconds + idleSeconds), a worker without work at the end. Idle or waiting: with waitSeconds "
                "above and below the line as well, a worker that waits for another one to leave a part of the "
                "accumulators.",
                f"- {workers} workers, medians of {count} rounds in turn.",
                *skipped, *rounds.quietness(runs))


def shares(timing: dict) -> tuple[float, float]:
    """Idle, and idle or waiting. Who waits does no work either, so the bound is held against both."""
    busy, idle = timing["decodeSeconds"] + timing["accumulateSeconds"], timing["idleSeconds"]
    waiting = timing["waitSeconds"]
    return idle / (busy + idle), (idle + waiting) / (busy + idle + waiting)


def photo_folders(paths: list[str], folder: pathlib.Path) -> tuple[dict[str, pathlib.Path], list[str]]:
    """Name -> folder, and lines about what could not be made."""
    sets: dict[str, pathlib.Path] = {}

    def new(name: str) -> pathlib.Path:
        sets[name] = folder / str(len(sets))
        return sets[name]

    photo_sets.copies(paths, len(paths), new(f"the {len(paths)} photos as they are"))
    for count in (23, 25):
        photo_sets.copies(paths, count, new(f"{count} photos"))
    photo_sets.crops(paths, TINY, new(f"{TINY:,} JPEGs of 160 x 120"))
    made = photo_sets.progressive(paths, folder / "progressive")
    if made is None:
        return sets, [f"- Skipped, the progressive photos: {photo_sets.JPEGTRAN_MISSING}"]
    sets[f"the {len(paths)} photos, progressive"] = folder / "progressive"
    for place, number in (("in the middle", 12), ("the last", 23)):
        mixed = photo_sets.copies(paths, 24, new(f"23 baseline photos and a slow one (progressive), {place}"))
        # Over the copy: the name, and with it the place in the order, stays.
        pathlib.Path(mixed[number]).write_bytes(pathlib.Path(made[number % len(made)]).read_bytes())
    return sets, []
