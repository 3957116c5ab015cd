"""What goes wrong, as exceptions and warnings."""

from __future__ import annotations

from dataclasses import dataclass

from ._records import Record


@dataclass(frozen=True, kw_only=True)
class SkippedFile(Record):
    """A file that was left out whole.

    Attributes
    ----------
    path : str
        The file, as it was given or found.
    reason : str
        What is wrong with it.
    copy_of : str or None
        The photo of the same content that counts instead.
    is_unsupported : bool or None
        Whether it is sound and of a kind that is not read.
    """

    path: str
    reason: str
    copy_of: str | None = None
    is_unsupported: bool | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class FastPixError(Exception):
    """A job could not be done.

    Attributes
    ----------
    skipped : tuple of SkippedFile
        The files that failed, with the reasons.
    exit_code : int or None
        What the program ended with: 1, nothing could be done; 64, wrong usage; negative, a signal's number. None when
        it did not run.
    """

    def __init__(self, message: str, skipped: tuple[SkippedFile, ...] = (), exit_code: int | None = None) -> None:
        super().__init__(message)
        self.skipped = skipped
        self.exit_code = exit_code


class ProgramNotFoundError(FastPixError):
    """There is no `fastpix` program to run."""


class UsageError(FastPixError, ValueError):
    """The program refused its arguments."""


class MapError(FastPixError, ValueError):
    """A file is no list of defects, or a list does not fit."""


class FastPixWarning(UserWarning):
    """Something to know about a result: what the program warns of."""


class SkippedFilesWarning(FastPixWarning):
    """There is a result, but some files failed; the report's `skipped` names all of them."""


class FailedOutputWarning(FastPixWarning):
    """There is a result, but an output beside it could not be written."""
