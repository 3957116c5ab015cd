"""What a memory limit costs: wall time and peak, with the same result, on the photos and on frames of 100 megapixels."""

from __future__ import annotations

import json
import os
import pathlib
import struct
import tempfile
import zlib

import environment
import rounds
from section import Section

LARGE_WIDTH, LARGE_HEIGHT, LARGE_PHOTOS = 11_547, 8_660, 12


def run(section: Section, paths: list[str], limits: list[str], count: int) -> None:
    section.heading("Memory limit")
    table(section, f"{len(paths)} photos", paths, limits, count)
    # Beside the photos' own disk cache nothing of this is kept; 200 MB of files and 3.6 GB of temporary file.
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp"), prefix="fastpix-large.") as folder:
        environment.say(f"Making {LARGE_PHOTOS} PNGs of {LARGE_WIDTH} x {LARGE_HEIGHT} pixels with 16 bits.")
        large = [large_photo(pathlib.Path(folder) / f"large-{number:02}.png", number)
                 for number in range(LARGE_PHOTOS)]
        table(section, f"{LARGE_PHOTOS} PNGs of {LARGE_WIDTH} x {LARGE_HEIGHT} pixels, three channels of 16 bits",
              large, ["512M"], count)
    section.say("- Defects judged, 2 workers, medians of runs in turn. Same result: groups and skipped files of the JSON "
                "report are equal.")


def table(section: Section, name: str, paths: list[str], limits: list[str], count: int) -> None:
    def command(limit: str) -> tuple[list[str], bytes]:
        return rounds.hotpixels(paths, 2, "--memory-limit", limit, judging=True)

    runs = rounds.measure_in_turn({limit: command(limit) for limit in ["64G", *limits]}, count)
    reference = rounds.median(runs["64G"], "wallSeconds")
    results = {limit: [json.loads(run["stdout"]) for run in limit_runs] for limit, limit_runs in runs.items()}
    same = result_of(results["64G"][0])
    rows = []
    for limit, reports in results.items():
        wall = rounds.median(runs[limit], "wallSeconds")
        peak = max(report["peakMemoryBytes"] for report in reports) / 2**20
        in_file = reports[0]["temporaryFileBytes"] / 2**20
        rows.append(["none" if limit == "64G" else limit, f"{wall:.2f}", f"{wall / reference:.2f}",
                     f"{rounds.median(runs[limit], rounds.processor_seconds):.2f}", f"{peak:.0f}", f"{in_file:.0f}",
                     "yes" if all(result_of(report) == same for report in reports) else "**NO**"])
    section.say(f"{name}:")
    section.table(["limit", "wall s", "x without", "CPU s", "peak MiB", "temporary file, MiB", "same result"], rows)


def result_of(report: dict) -> tuple:
    return report["groups"], report["skipped"]


def large_photo(path: pathlib.Path, number: int) -> str:
    """Rows of a few repeated patterns: quick to make, small on disk, and different from photo to photo."""
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    # Knuth's generator again: any bytes will do, but the same in every run.
    state, pattern = number + 1, bytearray()
    for _ in range(3000):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        pattern.append(state >> 56)
    row_bytes = LARGE_WIDTH * 6
    rows = [b"\0" + (bytes(pattern[37 * shift:]) + bytes(pattern) * (row_bytes // 3000 + 1))[:row_bytes]
            for shift in range(8)]
    compressor = zlib.compressobj(1)
    data = b"".join(compressor.compress(rows[y * (number + 3) // 7 % 8]) for y in range(LARGE_HEIGHT))
    header = struct.pack(">IIBBBBB", LARGE_WIDTH, LARGE_HEIGHT, 16, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
                     + chunk(b"IDAT", data + compressor.flush()) + chunk(b"IEND", b""))
    return str(path)
