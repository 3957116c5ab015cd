"""Several commands measured in turn (A B C A B C ...), so that a machine that slows down slows all of them."""

from __future__ import annotations

import os
import shutil
import statistics

import environment

# Share of the machine that others may take during a run before the figures are called into question.
QUIET_SHARE = 0.05


def decode_only(paths: list[str], workers: int) -> tuple[list[str], bytes] | None:
    """The floor: a command that decodes and does nothing else, and its stdin. None when there is no djpeg."""
    if not shutil.which("djpeg"):
        return None
    file_list = b"\0".join(os.fsencode(path) for path in paths) + b"\0"
    return ["xargs", "-0", "-n", "1", "-P", str(workers), "djpeg", "-outfile", os.devnull], file_list


FLOOR = "decode only (djpeg)"
DJPEG_MISSING = ("there is no djpeg (Debian, Ubuntu: apt-get install libjpeg-turbo-progs; "
                 "macOS: brew install jpeg-turbo).")


def hotpixels(paths: list[str], workers: int, *options: str, judging: bool = False) -> tuple[list[str], bytes]:
    """Statistics alone, as the peers compute them, unless defects are judged as well."""
    judgement = () if judging else ("--no-defects",)
    return [environment.fastpix_binary(), "hotpixels", *judgement, "--workers", str(workers), "--format", "json",
            "--quiet", "--minimum-frames", "1", *options, *paths], b""


def measure_in_turn(commands: dict[str, tuple[list[str], bytes]], count: int,
                    fewer: dict[str, int] | None = None, sample_memory: bool = False) -> dict[str, list[dict]]:
    """Name -> its runs, `count` of them after a warm-up; `fewer` names those that take part in fewer rounds.

    With sample_memory the warm-up samples the memory of all processes, which would slow down a run that is timed; its
    figure is added to every run of the command.
    """
    runs: dict[str, list[dict]] = {name: [] for name in commands}
    tree_peaks = {}
    for number in range(count + 1):
        for name, (command, input_bytes) in commands.items():
            if number > (fewer or {}).get(name, count):
                continue
            result = environment.measure(command, input_bytes, sample_memory=sample_memory and number == 0)
            label = f"run {number} of {count}" if number else "warm-up"
            environment.say(f"{label}: {name} {result['wallSeconds']:.2f} s")
            if number:
                runs[name].append(result | {"treePeakBytes": tree_peaks[name]})
            else:
                tree_peaks[name] = result["treePeakBytes"]
    return runs


def processor_seconds(run: dict) -> float:
    return run["userSeconds"] + run["systemSeconds"]


def median(runs: list[dict], key) -> float:
    return statistics.median(key(run) if callable(key) else run[key] for run in runs)


def quietness(*groups: dict[str, list[dict]]) -> list[str]:
    """A line about what else the machine did meanwhile; nothing where the system does not tell."""
    shares = [run["otherCPUSeconds"] / (run["wallSeconds"] * os.cpu_count())
              for runs in groups for results in runs.values() for run in results if run["otherCPUSeconds"] is not None]
    if not shares:
        return []
    text = (f"- Other programs took {statistics.median(shares):.0%} of the machine's processor time during a run "
            f"(median; {max(shares):.0%} at most).")
    if statistics.median(shares) > QUIET_SHARE:
        text += " **The machine was not quiet: compare CPU times, not wall times.**"
    return [text]
