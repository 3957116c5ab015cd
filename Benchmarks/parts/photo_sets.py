"""Sets of photos to measure with, made in a temporary folder."""

from __future__ import annotations

import itertools
import os
import pathlib
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import environment

JPEGTRAN_MISSING = ("there is no jpegtran (Debian, Ubuntu: apt-get install libjpeg-turbo-progs; "
                    "macOS: brew install jpeg-turbo).")


def copies(paths: list[str], count: int, folder: pathlib.Path) -> list[str]:
    """`count` files, the photos repeated. Each gets a comment of its own: fastpix takes equal files once."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, path in zip(range(count), itertools.cycle(paths)):
        made.append(str(folder / f"{number:04}.jpg"))
        comment = f"copy {number}".encode()
        content = pathlib.Path(path).read_bytes()
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        pathlib.Path(made[-1]).write_bytes(content[:2] + segment + content[2:])
    return made


def order_by_size(paths: list[str]) -> None:
    """Bytes behind each photo's end make every file smaller than the one before. fastpix decodes the largest first, and
    several in step: copies of one photo side by side would be decoded faster than any photos that differ (by a tenth
    for 16 of them), because the processor learns what it decodes again and again."""
    largest = max(os.path.getsize(path) for path in paths)
    for number, path in enumerate(reversed(paths), 1):
        with open(path, "ab") as file:
            file.truncate(largest + number * 512)


def progressive(paths: list[str], folder: pathlib.Path) -> list[str] | None:
    """The same pixels and EXIF data, coded progressively, which takes a multiple of the time to decode."""
    if not shutil.which("jpegtran"):
        return None
    folder.mkdir(parents=True, exist_ok=True)

    def convert(numbered: tuple[int, str]) -> str:
        number, path = numbered
        converted = str(folder / f"{number:04}.jpg")
        command = ["jpegtran", "-progressive", "-copy", "all", "-outfile", converted, path]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode:
            environment.stop(f"jpegtran failed:\n{run.stderr}")
        return converted

    with ThreadPoolExecutor(os.cpu_count()) as executor:
        return list(executor.map(convert, enumerate(paths)))


def crops(paths: list[str], count: int, folder: pathlib.Path, width: int = 160, height: int = 120) -> list[str]:
    """`count` tiny JPEGs from everywhere in the photos."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    made: list[str] = []
    for index, path in enumerate(paths):
        share = count // len(paths) + (index < count % len(paths))
        with Image.open(path) as image:
            columns, rows = max(1, image.width // width), max(1, image.height // height)
            for number in range(share):
                # Round and round through the places, where a photo is too small for its share.
                row, column = divmod(number % (columns * rows), columns)
                box = (column * width, row * height, (column + 1) * width, (row + 1) * height)
                made.append(str(folder / f"{len(made):05}.jpg"))
                image.crop(box).save(made[-1], quality=90)
    return made


def settle() -> None:
    """Waits until everything is on disk: writing it there would disturb the first measurements."""
    os.sync()
