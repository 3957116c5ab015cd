"""Where and with what something was measured: facts for a report. No path of the machine is among them."""

from __future__ import annotations

import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys

import environment


def facts(photos_folder: str | None = None) -> list[str]:
    """Lines of a Markdown list."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    lines = [
        f"- Date: {datetime.date.today().isoformat()}",
        f"- Machine: {processor_name()}, {os.cpu_count()} processors, {memory:.0f} GB of memory, {platform.machine()}",
        f"- System: {system_name()}, kernel {platform.release()}",
        f"- fastpix: {output_of(environment.fastpix_binary(), '--version')}, {commit()}",
        f"- Swift: {output_of('swift', '--version')}",
        f"- C compiler of the kernels' benchmark: {output_of(os.environ.get('CC') or 'clang', '--version')}",
        f"- libjpeg-turbo: {output_of('pkg-config', '--modversion', 'libjpeg')} (fastpix); djpeg: {djpeg_version()}",
        f"- Python {platform.python_version()}, NumPy {installed('numpy')}, Pillow {installed('PIL')}, "
        f"OpenCV {' and '.join(environment.opencv_peers()) or 'not installed'}",
    ]
    if photos_folder:
        lines.append(f"- Photos: {photos(photos_folder)}")
    return lines


def photos(folder: str) -> str:
    from PIL import Image

    paths = environment.photos_in(folder)
    with Image.open(paths[0]) as image:
        width, height = image.size
    megabytes = sum(os.path.getsize(path) for path in paths) / 1e6
    return f"{len(paths)} of {width} x {height}, {megabytes:.0f} MB of JPEG, in the page cache"


def command_line(program: str, photos_folder: str, *options: str) -> str:
    """What was called, with the folder's name only: where it lies is nobody's business."""
    return " ".join([f"Benchmarks/{program}", os.path.basename(os.path.normpath(photos_folder)), *options])


def commit() -> str:
    described = output_of("git", "describe", "--tags", "--always")
    revision = output_of("git", "rev-parse", "HEAD")
    if revision in ("unknown", "not installed"):
        return "commit unknown (no git checkout)"
    text = f"commit {revision}" + ("" if revision.startswith(described) else f" ({described})")
    # The results are written while, or after, they are measured: they are no change of what is measured.
    changed = subprocess.run(["git", "status", "--porcelain", "--", ".", ":(exclude)Benchmarks/RESULTS.md"],
                             capture_output=True, text=True, cwd=environment.ROOT).stdout.splitlines()
    rooms = sorted({line[3:].strip('"').partition("/")[0] for line in changed})
    text += f", **with uncommitted changes** in {', '.join(rooms)}" if rooms else ", nothing changed since"
    if os.environ.get("FASTPIX"):
        text += "; the program measured was given by $FASTPIX and may be of another commit"
    return text


def output_of(*command: str) -> str:
    """The first line that a command prints."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, cwd=environment.ROOT)
    except OSError:
        return "not installed"
    lines = (run.stdout.strip() or run.stderr.strip()).splitlines()
    return lines[0] if lines and not run.returncode else "unknown"


def installed(module: str) -> str:
    try:
        return __import__(module).__version__
    except ImportError:
        return "not installed"


def djpeg_version() -> str:
    try:
        run = subprocess.run(["djpeg", "-version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return run.stderr.strip().splitlines()[0]
    except (OSError, IndexError):
        return "not installed"


def processor_name() -> str:
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return output_of("sysctl", "-n", "machdep.cpu.brand_string") if sys.platform == "darwin" else platform.machine()


def system_name() -> str:
    try:
        return re.search(r'^PRETTY_NAME="?(.*?)"?$', pathlib.Path("/etc/os-release").read_text(), re.M)[1]
    except (OSError, TypeError):
        return platform.platform()
