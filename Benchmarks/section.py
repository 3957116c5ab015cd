"""One benchmark's part of the report, in Markdown: printed while it grows, written to a file when complete."""

from __future__ import annotations

import argparse
import pathlib

MET = "met"
NOT_MET = "**NOT met**"


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--section", metavar="FILE", help="write the Markdown to FILE as well, for a report of several")


class Section:
    def __init__(self, file: str | None) -> None:
        self.file = file
        self.lines: list[str] = []

    def say(self, *lines: str) -> None:
        self.lines += lines
        print("\n".join(lines), flush=True)

    def heading(self, text: str, level: int = 3) -> None:
        self.say(*([""] if self.lines else []), f"{'#' * level} {text}", "")

    def table(self, headings: list[str], rows: list[list[str]]) -> None:
        """The first column is text, the others are figures, except verdicts, whose heading is empty."""
        marks = ["---" if index == 0 or not heading else "---:" for index, heading in enumerate(headings)]
        self.say(f"| {' | '.join(headings)} |", f"|{'|'.join(marks)}|", *(f"| {' | '.join(row)} |" for row in rows), "")

    def write(self) -> None:
        if self.file:
            pathlib.Path(self.file).write_text("\n".join(self.lines).strip() + "\n")


def bounded(value: float, bound: float, at_least: bool = False, shown: str = "{:.3f}") -> list[str]:
    """Three cells: the figure, its bound, and whether it is met."""
    met = value >= bound if at_least else value <= bound
    # The bound as it was promised, the figure with a digit more, so that a near miss does not look like a hit.
    promised = f"{bound:.0%}" if "%" in shown else f"{bound:g}"
    return [shown.format(value), f"at {'least' if at_least else 'most'} {promised}", MET if met else NOT_MET]
