"""fastpix against decoding alone, with nothing else in between."""

from __future__ import annotations

import pathlib

import rounds
from section import Section, bounded

FLOOR = rounds.FLOOR
BOUNDS = {"fastpix --no-defects": 1.06, "fastpix --no-defects, luma": 0.85}


def run(section: Section, paths: list[str], workers: int, count: int, folder: pathlib.Path) -> None:
    section.heading("Against decoding alone")
    floor = rounds.decode_only(paths, workers)
    if floor is None:
        section.say(f"Skipped: {rounds.DJPEG_MISSING}")
        return
    commands = dict(zip((FLOOR, *BOUNDS), (floor, rounds.hotpixels(paths, workers),
                                           rounds.hotpixels(paths, workers, "--channels", "luma"))))
    commands["fastpix, defects judged"] = rounds.hotpixels(paths, workers, judging=True)
    runs = rounds.measure_in_turn(commands, count)
    for what, key in (("wall", "wallSeconds"), ("CPU", rounds.processor_seconds)):
        rows = []
        floor_seconds = rounds.median(runs[FLOOR], key)
        for name, results in runs.items():
            values = [result[key] if isinstance(key, str) else key(result) for result in results]
            seconds = rounds.median(results, key)
            ratio = seconds / floor_seconds
            verdict = bounded(ratio, BOUNDS[name]) if name in BOUNDS else [f"{ratio:.3f}", "", ""]
            rows.append([name, f"{seconds:.3f}", f"{min(values):.3f}", f"{max(values):.3f}", *verdict])
        section.table(["", f"{what} s, median", "min", "max", "times decode only", "bound", ""], rows)
    # Nothing is promised of these; they tell computing from the price of memory.
    section.table(["", "user s, median", "system s, median"],
                  [[name, *(f"{rounds.median(results, key):.3f}" for key in ("userSeconds", "systemSeconds"))]
                   for name, results in runs.items()])
    section.say(
        f"- {workers} workers each; medians of {count} rounds in turn. The floor decodes full colour; it starts a "
        "process for each photo, keeps nothing and computes nothing.",
        "- Only these ran. System time is mostly the price of memory. What a virtual machine charges for it "
        "depends on what ran before, when freed memory goes back to the host; `Benchmarks/compare` shows them with "
        "programs in between that use much memory.",
        *rounds.quietness(runs))
