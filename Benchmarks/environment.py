"""What the benchmark scripts share: their Python environments, the fastpix binary, the photos, one measured run."""

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
# Inside the other one, so that there is one folder to ignore and to delete.
OPENCV_4_ENVIRONMENT = VIRTUAL_ENVIRONMENT / "opencv4"
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
        say_when_busy()
        return
    ready = VIRTUAL_ENVIRONMENT / "ready"
    if not ready.exists():
        say("Making the benchmarks' Python environment in Benchmarks/.venv (numpy, pillow, opencv; once)")
        make_environment(VIRTUAL_ENVIRONMENT)
        if not install(PYTHON, "-r", str(BENCHMARKS / "requirements.txt")):
            stop("pip could not install numpy and pillow (see above); the benchmarks need the network once.")
        # OpenCV is only a peer: without it the comparison is poorer, not impossible.
        if not install(PYTHON, "opencv-python-headless"):
            say("pip could not install opencv-python-headless; the OpenCV peer will be skipped.")
            OPENCV_MISSING.touch()
        ready.touch()
    os.execv(PYTHON, [str(PYTHON), *sys.argv])


def say_when_busy() -> None:
    """Figures of a machine that does something else are worth little; whoever reads them should know."""
    waiting = os.getloadavg()[0]
    if waiting > 0.5:
        say(f"This machine is busy: on average {waiting:.1f} processes ran in the last minute, on {os.cpu_count()} processors. "
            "Figures that are measured now are too high.")


def make_environment(folder: pathlib.Path) -> None:
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], stdout=sys.stderr).returncode:
        stop("Python's venv module does not work here. On Debian and Ubuntu: apt-get install python3-venv")


def install(python: pathlib.Path, *requirements: str) -> bool:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    return subprocess.run(command, stdout=sys.stderr).returncode == 0


def opencv_peers() -> dict[str, str]:
    """Version of OpenCV -> the Python that has it: the newest, and the newest 4, as both are in use."""
    peers = {}
    if not OPENCV_MISSING.exists():
        peers[opencv_version(PYTHON)] = str(PYTHON)
    python = OPENCV_4_ENVIRONMENT / "bin" / "python"
    ready = OPENCV_4_ENVIRONMENT / "ready"
    if not ready.exists():
        say("Making a second Python environment with OpenCV 4 in Benchmarks/.venv/opencv4 (once)")
        make_environment(OPENCV_4_ENVIRONMENT)
        if not install(python, "opencv-python-headless<5", "numpy"):
            say("pip could not install opencv-python-headless<5; OpenCV 4 will be skipped.")
            return peers
        ready.touch()
    # The same version twice (the newest may be a 4 where there are no packages of 5) is one peer.
    peers.setdefault(opencv_version(python), str(python))
    return peers


# Module -> what pip calls it. Peers that are installed when they are wanted first, and missed when they cannot be.
PEERS = {"joblib": "joblib", "pyvips": "pyvips[binary]"}


def has_peer(module: str) -> bool:
    missing = VIRTUAL_ENVIRONMENT / f"{module}-missing"
    if missing.exists():
        return False

    def works() -> bool:
        return subprocess.run([str(PYTHON), "-c", f"import {module}"], capture_output=True).returncode == 0

    if works():
        return True
    say(f"Installing {PEERS[module]} in Benchmarks/.venv (once)")
    if install(PYTHON, PEERS[module]) and works():
        return True
    missing.touch()
    return False


def peer_missing(module: str) -> str:
    return f"{PEERS[module]} could not be installed (delete Benchmarks/.venv to try again)."


def imagemagick() -> bool:
    """Whether its `identify` is here; programs of that name are not always ImageMagick's."""
    for command in (["magick", "-version"], ["identify", "-version"]):
        if shutil.which(command[0]):
            run = subprocess.run(command, capture_output=True, text=True)
            if "ImageMagick" in run.stdout:
                return True
    return False


def opencv_version(python: pathlib.Path) -> str:
    command = [str(python), "-c", "import cv2; print(cv2.__version__)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


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
