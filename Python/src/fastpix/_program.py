"""Finds and runs the `fastpix` program."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from errno import E2BIG
from pathlib import Path
from typing import IO

from ._errors import FastPixError, ProgramNotFoundError

#: What a path may be.
AnyPath = str | bytes | os.PathLike[str] | os.PathLike[bytes]

#: Bytes of names on a command line, above which files are named in a list: half of the least that Linux takes.
_MOST_NAMED = 1 << 16
#: Commands that read lists of files.
_TAKING_LISTS = frozenset({"hotpixels", "stats", "merge", "addweighted"})


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes
    ----------
    activity : str
        What is done, for people: `Reading headers`, `Decoding`, `Blending`.
    done, total : int
        Photos that it has been done with, and all of them.
    """

    activity: str
    done: int
    total: int


@dataclass(frozen=True)
class Outcome:
    """What a run of the program gave."""

    exit_code: int
    output: bytes
    #: stderr without progress.
    messages: str


def program_path() -> Path:
    """Return the program that jobs run.

    The environment variable FASTPIX_BINARY, the one inside this package, or `fastpix` on the PATH, whichever is first.

    Raises
    ------
    ProgramNotFoundError
        When there is none. A package built without Swift has none inside.
    """
    named = os.environ.get("FASTPIX_BINARY")
    if named:
        if not os.access(named, os.X_OK) or os.path.isdir(named):
            raise ProgramNotFoundError(f"FASTPIX_BINARY names {named}, which is no program")
        return Path(named)
    inside = Path(__file__).parent / "_bin" / "fastpix"
    if os.access(inside, os.X_OK):
        return inside
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = Path(folder or ".") / "fastpix"
        # Pip installs a script of this name, which asks here.
        if os.access(candidate, os.X_OK) and candidate.is_file() and not _is_script(candidate):
            return candidate
    raise ProgramNotFoundError(
        "this installation of fastpix lacks the program, because it was built without Swift; the kernels work. Install "
        "a wheel for this platform, or build the program (https://www.swift.org/install, then scripts/install in a "
        "checkout of fastpix) and put it on the PATH or name it in FASTPIX_BINARY"
    )


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True


def run(
    arguments: Sequence[str], paths: Iterable[AnyPath], progress: Callable[[Progress], object] | None = None
) -> Outcome:
    """Run the program and wait for it.

    There may be any number of paths: where names are too long for a command line together, those of files go through a
    list, with the same result.

    KeyboardInterrupt, and whatever else is raised meanwhile (by `progress`, too), is raised again after the program
    has ended: it is asked to stop as Ctrl-C does, so that it saves its state and leaves no half-made file. A second
    interrupt ends it at once.
    """
    if isinstance(paths, (str, bytes, os.PathLike)):
        paths = [paths]
    program, words = os.fspath(program_path()), list(arguments)
    # Names may begin with a dash; they may be any bytes.
    names = [os.fsencode(path) for path in paths]
    if any(b"\0" in name for name in names):
        raise ValueError("a path has a zero byte, as no file's name has")
    listed: list[bytes] = []
    if sum(map(len, names)) + len(names) > _MOST_NAMED and _takes_list(words):
        # A list names files, and nothing that has no name.
        listed = [name for name in names if name and not os.path.isdir(name)]
        names = [name for name in names if not name or os.path.isdir(name)]
    detour = _Detour() if listed and words[0] == "addweighted" else None
    if detour is not None:
        listed = [detour.of(name) for name in listed]
    if listed:
        words += ["--files-from=-", "--null"]
    # Words in colour would be taken apart below, and a callback needs a terminal, no dumb one, for the program to tell its
    # progress.
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm"}
    with _list_of(listed) as photos:
        terminal, stderr = os.openpty() if progress is not None else os.pipe()
        try:
            try:
                # A group of its own: Ctrl-C on the terminal must reach it once, from here, because twice ends it at once.
                process = subprocess.Popen(
                    [program, *words, "--", *names],
                    stdin=photos,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    env=environment,
                    process_group=0,
                )
            finally:
                os.close(stderr)
        except OSError as error:
            os.close(terminal)
            raise FastPixError(_not_run(program, error, len(names))) from error
        except BaseException:
            os.close(terminal)
            raise
    output = _Drain(process)
    messages = _Messages(progress)
    try:
        try:
            _read_all(terminal, messages)
            process.wait()
        except BaseException:
            _stop(process, terminal)
            raise
        finally:
            output.join()
    finally:
        os.close(terminal)
    if detour is None:
        return Outcome(process.returncode, output.content, messages.text())
    return Outcome(
        process.returncode, detour.undone(output.content), os.fsdecode(detour.undone(os.fsencode(messages.text())))
    )


class _Detour:
    """Other paths of the same files, which lead up to the root first.

    `addweighted` puts images that the command line names into the output folder by their names alone, and repeats the
    folders of those that a list names below it, but for paths that lead up: of these it takes the names alone, too
    (Guides/Blending.md, "Which image goes with which"). So an image lands at the same place however many there are.
    """

    def __init__(self) -> None:
        folder = os.getcwdb().lstrip(b"/")
        up = b"../" * (folder.count(b"/") + 1)
        # The dots tell these from paths that somebody else has named, when the detour is undone.
        self._root = up + b"././"
        self._folder = os.path.join(up + folder, b"./././")

    def of(self, name: bytes) -> bytes:
        return self._root + name.lstrip(b"/") if name.startswith(b"/") else self._folder + name

    def undone(self, text: bytes) -> bytes:
        """What the program says, with the names that it was to be given; also in JSON, where some bytes are escaped."""
        escaped = self._folder.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        return text.replace(self._folder, b"").replace(escaped, b"").replace(self._root, b"/")


def _takes_list(words: Sequence[str]) -> bool:
    """Whether a command reads lists; with one of the caller's own, it is left to the caller how its names end."""
    return words[0] in _TAKING_LISTS and not any(word.split("=")[0] == "--files-from" for word in words)


def _list_of(names: Sequence[bytes]) -> IO[bytes]:
    """A file to read the names from, which vanishes when it is closed; without names one without content."""
    if not names:
        return open(os.devnull, "rb")
    try:
        file = tempfile.TemporaryFile()
        try:
            file.writelines(name + b"\0" for name in names)
            file.seek(0)
        except BaseException:
            file.close()
            raise
    except OSError as error:
        raise FastPixError(f"the names of {len(names)} files cannot be listed in a temporary file: {error}") from error
    return file


def _not_run(program: str, error: OSError, name_count: int) -> str:
    if error.errno == E2BIG:
        return (
            f"{name_count} names are longer together than what this system starts a program with; name the folder that they lie "
            "in, or give a part of them at a time"
        )
    return f"{program} cannot be run: {error.strerror or error}"


class _Drain(threading.Thread):
    """Reads the result while this thread reads messages, or one of the two pipes would be full."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        assert process.stdout is not None
        self._pipe = process.stdout
        self.content = b""
        self.start()

    def run(self) -> None:
        with self._pipe:
            self.content = self._pipe.read()


def _read_all(descriptor: int, messages: _Messages) -> None:
    while True:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:
            # How Linux says that nobody has the other end of a terminal open any more.
            return
        if not piece:
            return
        messages.add(piece)


def _stop(process: subprocess.Popen[bytes], descriptor: int) -> None:
    """End the program, politely first, and wait until it has; read what it says meanwhile, or it would wait for us."""
    process.send_signal(signal.SIGINT)
    try:
        while process.poll() is None:
            if select.select([descriptor], [], [], 0.05)[0]:
                try:
                    if not os.read(descriptor, 65536):
                        process.wait()
                except OSError:
                    process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise


class _Messages:
    """Takes the program's stderr apart into progress and lines."""

    #: As ProgressBar.swift draws it, between orders to clear the line; a line break ends messages only.
    _PROGRESS = re.compile(rb"([^\[\r\n\x1b]+) \[[#.]*\] (\d+)/(\d+) [^\r\n\x1b]*")
    _END = re.compile(rb"(\r\x1b\[K|\r?\n)")
    _LONGEST_PROGRESS = 1000

    def __init__(self, progress: Callable[[Progress], object] | None) -> None:
        self._progress = progress
        self._told: Progress | None = None
        self._rest = b""
        #: What has come behind it and ends no line: only looked at when it may be progress, which is short.
        self._unseen: list[bytes] = []
        self._unseen_count = 0
        self._lines: list[bytes] = []

    def add(self, piece: bytes) -> None:
        self._unseen.append(piece)
        self._unseen_count += len(piece)
        if b"\r" not in piece and b"\n" not in piece and len(self._rest) + self._unseen_count > self._LONGEST_PROGRESS:
            return
        self._see()
        # Its end comes with the next one, which may take a while.
        self._is_progress(self._rest)

    def _see(self) -> None:
        self._rest += b"".join(self._unseen)
        self._unseen, self._unseen_count = [], 0
        # The last part may not be complete.
        *parts, self._rest = self._END.split(self._rest)
        for part, end in zip(parts[::2], parts[1::2]):
            self._take(part, end)

    def _take(self, part: bytes, end: bytes) -> None:
        if part and (end.endswith(b"\n") or not self._is_progress(part)):
            self._lines.append(part)

    def _is_progress(self, part: bytes) -> bool:
        """Whether a part is progress, which then is told if it is news."""
        if self._progress is None or len(part) > self._LONGEST_PROGRESS:
            return False
        match = self._PROGRESS.fullmatch(part)
        if match is None:
            return False
        progress = Progress(match[1].decode(errors="replace"), int(match[2]), int(match[3]))
        if progress != self._told:
            self._told = progress
            self._progress(progress)
        return True

    def text(self) -> str:
        """All lines that are no progress."""
        self._see()
        self._take(self._rest, b"")
        self._rest = b""
        return b"\n".join(self._lines).decode(errors="replace")


def main() -> int:
    """Run the program in place of this process, with this process's arguments."""
    try:
        program = program_path()
    except ProgramNotFoundError as error:
        print(f"fastpix: error: {error}", file=sys.stderr)
        return 69
    os.execv(program, [os.fspath(program), *sys.argv[1:]])
