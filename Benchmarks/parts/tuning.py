"""Is the default of --tile and --batch as good as the best that `fastpix tune` finds?"""

from __future__ import annotations

import json
import pathlib

import environment
import rounds
from section import Section, bounded

BOUND = 1.03
# It measures some twenty pairs; more runs of each would take longer than all the rest.
MAXIMUM_RUNS = 3


def run(section: Section, paths: list[str], workers: int, count: int, folder: pathlib.Path) -> None:
    section.heading("Default tile and batch against the best")
    tune_runs = min(count, MAXIMUM_RUNS)
    environment.say(f"fastpix tune, {tune_runs} runs of each pair")
    command = [environment.fastpix_binary(), "tune", *paths, "--format", "json", "--quiet", "--runs", str(tune_runs),
               "--workers", str(workers)]
    tuned = environment.measure(command)
    report = json.loads(tuned["stdout"])
    best, default = report["best"], report["default"]
    matrix(section, report["measurements"])

    # The best of some twenty measurements is partly luck: measured again, the two alone, it shows how much of it.
    again = {
        "default": rounds.hotpixels(paths, workers, judging=True),
        "best": rounds.hotpixels(
            paths, workers, "--tile", str(best["tileSamples"]), "--batch", str(best["batch"]), judging=True),
    }
    runs = {} if best["isDefault"] else rounds.measure_in_turn(again, max(count, MAXIMUM_RUNS))
    rows = [["default / best, in `fastpix tune`", *bounded(default["ratioToBest"], BOUND)]]
    if runs:
        ratio = rounds.median(runs["default"], "wallSeconds") / rounds.median(runs["best"], "wallSeconds")
        rows.append(["default / the same pair, measured again in turn, the whole of `fastpix hotpixels`",
                     *bounded(ratio, BOUND)])
    section.table(["", "wall time, ratio", "bound", ""], rows)
    section.say(f"- Default: batch {default['batch']}, tile {default['tileSamples']} samples, "
                f"{default['seconds']:.3f} s. Best: batch {best['batch']}, tile {best['tileSamples']} samples, "
                f"{best['seconds']:.3f} s.",
                f"- {report['photos']} photos, {report['workers']} workers, medians of {tune_runs} of each pair. The "
                "best of many medians is partly luck, so the first ratio is rather too high.",
                *rounds.quietness({"tune": [tuned]}, runs))


def matrix(section: Section, measurements: list[dict]) -> None:
    """Times of the best, batch by tile."""
    batches = sorted({entry["batch"] for entry in measurements})
    tiles = sorted({entry["tileSamples"] for entry in measurements})
    ratios = {(entry["batch"], entry["tileSamples"]):
              f"{entry['ratioToBest']:.3f}" + (" (default)" if entry["isDefault"] else "") for entry in measurements}
    section.table(["times the best", *(f"tile {tile}" for tile in tiles)],
                  [[f"batch {batch}", *(ratios.get((batch, tile), "") for tile in tiles)] for batch in batches])
