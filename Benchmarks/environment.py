"""What the benchmark scripts share: their Python environment, the fastpix binary, the photos, one measured run."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys

BENCHMARKS = pathlib.Path(__file__).resolve().parent
ROOT = BENCHMARKS.parent
VIRTUAL_ENVIRONMENT = BENCHMARKS / ".venv"
PYTHON = VIRTUAL_ENVIRONMENT / "bin" / "python"
OPENCV_MISSING = VIRTUAL_ENVIRONMENT / "opencv-missing"
JPEG_SUFFIXES = (".jpg", ".jpeg")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    say(text)
    sys.exit(1)


def enter() -> None:
    """Restarts the calling script in Benchmarks/.venv, making that first when it is not there."""
    # Not by comparing interpreters: the environment's python is a link to the system's.
    if pathlib.Path(sys.prefix).resolve() == VIRTUAL_ENVIRONMENT.resolve():
        return
    ready = VIRTUAL_ENVIRONMENT / "ready"
    if not ready.exists():
        say("Making the benchmarks' Python environment in Benchmarks/.venv (numpy, pillow, opencv; once)")
        make = [sys.executable, "-m", "venv", "--clear", str(VIRTUAL_ENVIRONMENT)]
        if subprocess.run(make, stdout=sys.stderr).returncode:
            stop("Python's venv module does not work here. On Debian and Ubuntu: apt-get install python3-venv")
        install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*install, "-r", str(BENCHMARKS / "requirements.txt")], stdout=sys.stderr).returncode:
            stop("pip could not install numpy and pillow (see above); the benchmarks need the network once.")
        # OpenCV is only a peer: without it the comparison is poorer, not impossible.
        if subprocess.run([*install, "opencv-python-headless"], stdout=sys.stderr).returncode:
            say("pip could not install opencv-python-headless; the OpenCV peer will be skipped.")
            OPENCV_MISSING.touch()
        ready.touch()
    os.execv(PYTHON, [str(PYTHON), *sys.argv])


def fastpix_binary() -> str:
    """$FASTPIX, or the release build, brought up to date the way scripts/run does it."""
    chosen = os.environ.get("FASTPIX")
    if chosen:
        found = shutil.which(chosen)
        if not found:
            stop(f"FASTPIX is {chosen}, which is not an executable file.")
        return os.path.abspath(found)
    if subprocess.run([str(ROOT / "scripts" / "run"), "--version"], stdout=subprocess.DEVNULL).returncode:
        stop("fastpix could not be built (see above).")
    return str(ROOT / ".build" / "release" / "fastpix")


def photos_in(folder: str, suffixes: tuple[str, ...] = JPEG_SUFFIXES) -> list[str]:
    """The photos of a folder, sorted by name, all of one size: what every peer can work on."""
    from PIL import Image

    if not os.path.isdir(folder):
        stop(f"{folder} is not a folder. Give the folder that holds the photos.")
    paths = sorted(str(path) for path in pathlib.Path(folder).iterdir() if path.suffix.lower() in suffixes)
    if len(paths) < 2:
        stop(f"{folder} holds {len(paths)} photos ({', '.join(suffixes)}); at least 2 are needed.")
    shapes = set()
    for path in paths:
        with Image.open(path) as image:
            shapes.add((image.width, image.height, image.mode))
    if len(shapes) > 1:
        stop(f"{folder} holds photos of several shapes: {sorted(shapes)}. "
             "Give a folder with photos of one camera and shape.")
    return paths


def measure(command: list[str], input_bytes: bytes = b"", sample_memory: bool = False) -> dict:
    """Runs a command in a fresh measuring process (see measure.py) and returns its figures and its stdout."""
    arguments = [sys.executable, "-S", str(BENCHMARKS / "measure.py")]
    if sample_memory:
        arguments.append("--sample-memory")
    child = subprocess.run([*arguments, "--", *command], input=input_bytes, capture_output=True)
    if child.returncode:
        stop(f"The measuring process failed:\n{child.stderr.decode(errors='replace')}")
    result = json.loads(child.stdout)
    if result["exitCode"]:
        stop(f"{command[0]} ended with exit code {result['exitCode']}:\n{result['stderr']}")
    return result
