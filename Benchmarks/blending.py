"""The competitors of Benchmarks/addweighted: who blends, and the floor of decoding and encoding alone."""

from __future__ import annotations

import importlib.util
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

import environment

PEERS = environment.BENCHMARKS / "peers"


def fastpix(paths: list[str], out: pathlib.Path, workers: int, *options: str) -> tuple[list[str], bytes]:
    return [environment.fastpix_binary(), "addweighted", *paths, *options, "--workers", str(workers), "--output",
            str(out), "--overwrite", "--summary", "json", "--quiet"], b""


def joblib(paths: list[str], out: pathlib.Path, workers: int) -> tuple[list[str], bytes] | str:
    """A command, or why there is none."""
    if environment.OPENCV_MISSING.exists():
        return "OpenCV could not be installed."
    if not python_package("joblib", "joblib"):
        return "pip could not install joblib."
    return [sys.executable, str(PEERS / "joblib_addweighted.py"), str(workers), str(out), *paths], b""


def libvips(paths: list[str], out: pathlib.Path, workers: int) -> tuple[list[str], bytes] | str:
    if not python_package("pyvips", "pyvips[binary]"):
        return "pip could not install pyvips with its libvips."
    return ["env", f"VIPS_CONCURRENCY={workers}", sys.executable, str(PEERS / "vips_addweighted.py"), str(out),
            *paths], b""


def image_magick(paths: list[str], out: pathlib.Path, workers: int) -> tuple[list[str], bytes] | str:
    program = next((name for name in ("magick", "convert") if is_image_magick(name)), None)
    if program is None:
        return "there is no ImageMagick (Debian, Ubuntu: apt-get install imagemagick; macOS: brew install imagemagick)."
    out.mkdir(exist_ok=True)
    # One process for each photo, one thread in each. The second picture is the blurred one, and weighs 30 %.
    line = (f'{program} "$1" \\( +clone -blur 7x2.6 \\) -compose blend -define compose:args=30,70 -composite '
            f'-sampling-factor 4:2:0 -quality 95 {shlex.quote(str(out))}/"$(basename "$1")"')
    names = b"\0".join(os.fsencode(path) for path in paths) + b"\0"
    return ["env", "MAGICK_THREAD_LIMIT=1", "xargs", "-0", "-n", "1", "-P", str(workers), "sh", "-c", line, "sh"], names


def floor(first: list[str], second: list[str], out: pathlib.Path, workers: int) -> tuple[list[str], bytes] | str:
    """Decodes and encodes `first`, and decodes `second` as well, with nothing in between."""
    out.mkdir(exist_ok=True)
    program = out.parent / "decode_encode"
    if not program.exists():
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libjpeg"], capture_output=True, text=True)
        command = [os.environ.get("CC") or "cc", "-std=gnu17", "-O2", str(PEERS / "decode_encode.c"), "-o",
                   str(program), *shlex.split(flags.stdout), "-lpthread"]
        if flags.returncode or subprocess.run(command, stdout=sys.stderr).returncode:
            return "peers/decode_encode.c could not be compiled (it needs a C compiler, pkg-config and libjpeg)."
    return [str(program), str(workers), str(out), str(len(first)), *first, *second], b""


def is_image_magick(program: str) -> bool:
    if not shutil.which(program):
        return False
    run = subprocess.run([program, "-version"], capture_output=True, text=True)
    return "ImageMagick" in run.stdout and run.returncode == 0


def python_package(module: str, requirement: str) -> bool:
    return importlib.util.find_spec(module) is not None or environment.install(environment.PYTHON, requirement)
