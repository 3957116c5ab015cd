"""The program's jobs on folders of photos."""

from __future__ import annotations

import inspect
import os
import re
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

from ._defects import Camera, DefectList
from ._errors import (
    FailedOutputWarning,
    FastPixError,
    FastPixWarning,
    SkippedFile,
    SkippedFilesWarning,
    UsageError,
)
from ._extremes import Extremes
from ._moments import Moments
from ._program import AnyPath, Outcome, Progress, run
from ._reports import BlendReport, Group, Report, StatsReport
from ._state import State, pattern_of

_Report = TypeVar("_Report", Report, StatsReport, BlendReport)

#: What frames show.
FrameKind = Literal["scenes", "darks", "flats", "sky"]

#: A callback for progress. What it raises ends the job.
OnProgress = Callable[[Progress], object]


def hotpixels(
    paths: AnyPath | Iterable[AnyPath],
    *,
    recursive: bool = False,
    defects: bool = True,
    sensitivity: Literal["low", "normal", "high"] | None = None,
    classes: str | Sequence[str] | None = None,
    kind: FrameKind | None = None,
    above: float | None = None,
    history: bool = False,
    top: int | None = None,
    minimum_frames: int | None = None,
    group_by: str | Sequence[str] | None = None,
    camera: str | None = None,
    channels: Literal["all", "luma"] | None = None,
    export: AnyPath | Sequence[AnyPath] = (),
    report_page: AnyPath | None = None,
    variance_map: AnyPath | None = None,
    save_maps: AnyPath | None = None,
    save_sums: AnyPath | None = None,
    checkpoint: AnyPath | None = None,
    overwrite: bool = False,
    workers: int | None = None,
    memory_limit: str | None = None,
    arguments: str | Sequence[str] = (),
    progress: OnProgress | None = None,
) -> Report:
    """Find the defective pixels of cameras in many of their photos.

    Runs ``fastpix hotpixels``, whose help explains the options; None is its default.

    Parameters
    ----------
    paths : path or iterable of paths
        Photos and folders of photos, any number of them.
    recursive : bool
        Look into subfolders, too.
    defects : bool
        False for the statistics alone.
    sensitivity : {"low", "normal", "high"}, optional
    classes : str or sequence of str, optional
        Which defects to list: stuck, dead, hot, low-gain, unstable; a string may have several, separated by commas.
    kind : {"scenes", "darks", "flats", "sky"}, optional
        What the frames show; told from the frames without it.
    above : float, optional
        List only what lies at least this far from its neighbours in the mean, in sample values.
    history : bool
        Read the photos once more: since when each defect shows, and whether it grows with ISO and exposure time.
    top : int, optional
        How many subpixels of lowest variance to list.
    minimum_frames : int, optional
        Leave out cameras and frame shapes with fewer photos.
    group_by : str or sequence of str, optional
        What tells sensors apart: make, model, serial, band and so on; a string may have several, separated by commas.
    camera : str, optional
        Take all photos as those of this camera.
    channels : {"all", "luma"}, optional
    export : path or sequence of paths
        Lists of defects to write; the extension tells the form.
    report_page, variance_map, save_maps, save_sums, checkpoint : path, optional
        What else to write: a page, a picture, folders of NumPy files, the state to go on from.
    overwrite : bool
        Replace files that are there already; without it they stay, and FastPixError or a FailedOutputWarning says so. The
        checkpoint, which is gone on from, needs it not.
    workers : int, optional
        Threads; the result does not depend on them.
    memory_limit : str, optional
        Such as ``"2G"``.
    arguments : str or sequence of str
        Further arguments of the program, as on its command line; a string is one of them. Not those that change where its
        result goes and in which form, ``--output`` and ``--format``.
    progress : callable, optional
        Called with `Progress` now and then, in this thread. What it raises ends the job and is raised again.

    Returns
    -------
    Report

    Raises
    ------
    FastPixError
        When nothing could be done; its text and its `skipped` name the files.
    UsageError
        When the program refuses an argument.
    ProgramNotFoundError
        When there is no program.
    KeyboardInterrupt
        At Ctrl-C, after the program has ended; it saves its checkpoint before.

    Warns
    -----
    SkippedFilesWarning
        When some files failed and the others gave a result.
    FailedOutputWarning
        When an output beside the result could not be written.
    FastPixWarning
        For each warning of the report: about too few photos, fixed views, edited photos and the like.
    """
    options = [
        *_flag("--recursive", recursive),
        *(["--defects"] if defects else ["--no-defects"]),
        *_judging(sensitivity, classes, kind, above),
        *_flag("--history", history),
        *_option("--top", top),
        *_option("--minimum-frames", minimum_frames),
        *_option("--group-by", _joined(group_by)),
        *_option("--camera", camera),
        *_option("--channels", channels),
        *(word for path in _paths(export) for word in _option("--export", path)),
        *_option("--report", report_page),
        *_option("--variance-map", variance_map),
        *_option("--save-maps", save_maps),
        *_option("--save-sums", save_sums),
        *_option("--checkpoint", checkpoint),
        *_flag("--overwrite", overwrite),
        *_option("--workers", workers),
        *_option("--memory-limit", memory_limit),
    ]
    outcome = _run(["hotpixels", "--format", "json", *options, *_listed(arguments)], paths, progress)
    return _warned(_report(Report, outcome, hotpixels), hotpixels)


def merge(
    states: AnyPath | Iterable[AnyPath],
    *,
    defects: bool = True,
    sensitivity: Literal["low", "normal", "high"] | None = None,
    classes: str | Sequence[str] | None = None,
    kind: FrameKind | None = None,
    above: float | None = None,
    top: int | None = None,
    save_state: AnyPath | None = None,
    save_maps: AnyPath | None = None,
    save_sums: AnyPath | None = None,
    overwrite: bool = False,
    memory_limit: str | None = None,
    arguments: str | Sequence[str] = (),
) -> Report:
    """Judge the defects from states, which ``hotpixels(..., checkpoint=...)`` or `State` has written; no photo is needed.

    Runs ``fastpix merge``. The result is that of one run over all photos.

    Parameters
    ----------
    states : path or iterable of paths
        State files of disjoint sets of photos of one camera and frame shape. Those of `stats` are for `merge_stats`.
    defects : bool
        False for the statistics alone.
    save_state : path, optional
        Where the combined state goes.
    sensitivity, classes, kind, above, top, save_maps, save_sums, overwrite, memory_limit, arguments
        As for `hotpixels`.

    Returns
    -------
    Report

    Raises
    ------
    FastPixError, UsageError, ProgramNotFoundError, KeyboardInterrupt
        As `hotpixels`; also FastPixError for damaged states, and for ones that share photos.
    """
    options = [
        *(["--defects"] if defects else ["--no-defects"]),
        *_judging(sensitivity, classes, kind, above),
        *_option("--top", top),
        *_option("--save-state", save_state),
        *_option("--save-maps", save_maps),
        *_option("--save-sums", save_sums),
        *_flag("--overwrite", overwrite),
        *_option("--memory-limit", memory_limit),
    ]
    outcome = _run(["merge", "--format", "json", *options, *_listed(arguments)], states, None)
    if outcome.exit_code == 64 and "states of fastpix stats" in outcome.messages:
        raise UsageError("these are states of stats, which know nothing of single pixels; merge_stats adds them up", (), 64)
    return _warned(_report(Report, outcome, merge), merge)


def stats(
    paths: AnyPath | Iterable[AnyPath],
    *,
    recursive: bool = False,
    verify: bool = False,
    moments: bool = False,
    as_rgb: bool = False,
    weight: Literal["pixel", "image"] | None = None,
    count_values: bool = False,
    checkpoint: AnyPath | None = None,
    workers: int | None = None,
    memory_limit: str | None = None,
    arguments: str | Sequence[str] = (),
    progress: OnProgress | None = None,
) -> StatsReport:
    """Count photos and their sizes; with `moments`, the exact mean and deviation of their channels.

    Runs ``fastpix stats``. ``Normalize(mean=report.moments.mean, std=report.moments.std)`` is what deep learning does
    with the result.

    Parameters
    ----------
    paths, recursive, workers, memory_limit, arguments, progress
        As for `hotpixels`.
    verify : bool
        Decode every photo to its end, to find damage that headers do not show.
    moments : bool
        Mean and standard deviation of each channel, which decodes all photos.
    as_rgb : bool
        Count grey photos in red, green and blue. Implies `moments`.
    weight : {"pixel", "image"}, optional
        Whether every pixel or every image counts alike. Implies `moments`.
    count_values : bool
        How often each value occurs. Implies `moments`.
    checkpoint : path, optional
        A state of the sums, to go on from: the same call, also with more paths, takes in only photos that are not in it.
        `merge_stats` adds such states up, those of parts on many machines
        (``arguments=["--shard", "1/8"]``). Implies `moments`.

    Returns
    -------
    StatsReport

    Raises
    ------
    FastPixError, UsageError, ProgramNotFoundError, KeyboardInterrupt
        As `hotpixels`; so is the SkippedFilesWarning. Also FastPixError for a checkpoint of other settings, or of
        `hotpixels`.
    """
    options = [
        *_flag("--recursive", recursive),
        *_flag("--verify", verify),
        *_flag("--moments", moments),
        *_flag("--as-rgb", as_rgb),
        *_option("--weight", weight),
        *_flag("--count-values", count_values),
        *_option("--checkpoint", checkpoint),
        *_option("--workers", workers),
        *_option("--memory-limit", memory_limit),
    ]
    outcome = _run(["stats", "--format", "json", *options, *_listed(arguments)], paths, progress)
    return _report(StatsReport, outcome, stats)


def merge_stats(
    states: AnyPath | Iterable[AnyPath],
    *,
    save_state: AnyPath | None = None,
    overwrite: bool = False,
    arguments: str | Sequence[str] = (),
) -> StatsReport:
    """Add up states that ``stats(..., checkpoint=...)`` has written; no photo is needed.

    Runs ``fastpix merge``. The moments are those of one run over all photos, to the last bit.

    Parameters
    ----------
    states : path or iterable of paths
        State files of disjoint sets of photos, made with the same `weight`, `as_rgb` and `count_values`.
    save_state : path, optional
        Where the combined state goes.
    overwrite, arguments
        As for `hotpixels`.

    Returns
    -------
    StatsReport

    Raises
    ------
    FastPixError, UsageError, ProgramNotFoundError, KeyboardInterrupt
        As `hotpixels`; also FastPixError for damaged states, for ones that share photos or differ in settings, and for
        those of `hotpixels`, which `merge` takes.
    """
    options = [*_option("--save-state", save_state), *_flag("--overwrite", overwrite)]
    outcome = _run(["merge", "--format", "json", *options, *_listed(arguments)], states, None)
    try:
        return _report(StatsReport, outcome, merge_stats)
    except FastPixError as error:
        if Report._SCHEMA not in str(error):
            raise
        raise FastPixError("these are states of hotpixels; merge judges them") from error


def add_weighted_folder(
    first: AnyPath | Iterable[AnyPath],
    second: AnyPath | None = None,
    *,
    output: AnyPath,
    alpha: float | None = None,
    beta: float | None = None,
    gamma: float | None = None,
    blur: int | None = None,
    sigma: float | None = None,
    recursive: bool = False,
    pair_by: Literal["name", "order"] | None = None,
    resize_second: bool = False,
    format: Literal["png", "jpeg"] | None = None,
    quality: int | None = None,
    suffix: str | None = None,
    overwrite: bool = False,
    workers: int | None = None,
    arguments: str | Sequence[str] = (),
    progress: OnProgress | None = None,
) -> BlendReport:
    """Blend images with others, or with their own Gaussian blur, from file to file.

    Runs ``fastpix addweighted``: ``alpha * first + beta * second + gamma``, with OpenCV's samples.

    Parameters
    ----------
    first : path or iterable of paths
        An image or a folder; with `blur` any number of them.
    second : path, optional
        An image or a folder that goes with the first; not with `blur`.
    output : path
        Folder for the images; for one image also a file.
    alpha, beta, gamma : float, optional
        0.7, 0.3 and 0 without.
    blur : int, optional
        Blend with the own blur of this many pixels, odd, 3 to 99.
    sigma : float, optional
        Of the blur; 0 for OpenCV's rule.
    pair_by : {"name", "order"}, optional
        How the images of two folders are paired.
    resize_second : bool
        Resize the second image to the size of the first.
    format, quality, suffix, overwrite
        Of the outputs. Existing files are left alone without `overwrite`.
    recursive, workers, arguments, progress
        As for `hotpixels`.

    Returns
    -------
    BlendReport

    Raises
    ------
    FastPixError, UsageError, ProgramNotFoundError, KeyboardInterrupt
        As `hotpixels`; so is the SkippedFilesWarning.
    """
    options = [
        *_option("--output", output),
        *_option("--alpha", alpha),
        *_option("--beta", beta),
        *_option("--gamma", gamma),
        *_option("--blur", blur),
        *_option("--sigma", sigma),
        *_flag("--recursive", recursive),
        *_option("--pair-by", pair_by),
        *_flag("--resize-b", resize_second),
        *_option("--format", format),
        *_option("--quality", quality),
        *_option("--suffix", suffix),
        *_flag("--overwrite", overwrite),
        *_option("--workers", workers),
    ]
    paths = [*_paths(first), *([] if second is None else [second])]
    outcome = _run(["addweighted", "--summary", "json", *options, *_listed(arguments)], paths, progress)
    return _report(BlendReport, outcome, add_weighted_folder)


def judge(
    moments: Moments | State,
    extremes: Extremes | None = None,
    *,
    kind: FrameKind | None = None,
    sensitivity: Literal["low", "normal", "high"] | None = None,
    classes: str | Sequence[str] | None = None,
    above: float | None = None,
    pattern: str | None = None,
    coded_unit: tuple[int, int] | None = None,
    camera: Camera | None = None,
) -> DefectList:
    """Judge which pixels are defective from the moments and extremes of the same frames; no frame is needed.

    The program does it, from a state in a temporary file as large as both objects. It is the judgement of `hotpixels`, and
    finds in the arrays of decoded photos what that finds in the photos, if it is told what these say of themselves: the
    `coded_unit` of JPEGs, and the `pattern` of a raw mosaic.

    Parameters
    ----------
    moments : Moments or State
        Of uint8 or uint16 frames of (height, width) or (height, width, 3). A State is judged as its photos are, with its own
        extremes, pattern, coded unit and camera, where none is given here.
    extremes : Extremes, optional
        Of the same frames, with its standard levels, and the distance that suits the pattern: 2, or 6 for X-Trans. Not
        beside a State.
    kind : {"scenes", "darks", "flats", "sky"}, optional
        What the frames show; told from the frames without it.
    sensitivity, classes, above
        As for `hotpixels`.
    pattern : str, optional
        The colours of a raw mosaic from its top left, capitals: four letters, such as ``"RGGB"``, or 36 of an X-Trans sensor,
        row by row. For frames of (height, width).
    coded_unit : (int, int), optional
        Width and height in pixels of the blocks that lossy compression treats as one: a defect tinges all of its block.
        Arrays do not tell it. Without it frames are taken for ones that were never compressed, (1, 1), in which several
        touching pixels that stand still are something drawn into the frames, and left out: so are then a strong defect of a
        JPEG and what compression has smeared of it. For frames decoded from JPEGs give (8, 8) when they are grey or have
        colours of full resolution (4:4:4), (16, 8) for 4:2:2, (16, 16) for 4:2:0; of different ones, the largest.
    camera : Camera, optional
        What the list says of whose it is.

    Returns
    -------
    DefectList

    Raises
    ------
    TypeError
        For extremes beside a State, and for moments without extremes.
    ValueError
        When both are not of the same frames, or of ones that the program does not judge; for a pattern or a coded unit that
        is none, and for a State without extremes.
    FastPixError
        When nothing could be judged: with fewer than five frames, and when all show one view.
    ProgramNotFoundError
        When there is no program.
    ImportError
        Without the package xxhash (``pip install "fastpix[state]"``).

    Warns
    -----
    FastPixWarning
        For each reason to doubt the list: too few frames and the like; and when any part of the frame was not judged, however
        small, because nothing in it is listed.
    """
    if isinstance(moments, State):
        if extremes is not None:
            raise TypeError("a State has extremes of its own; give it alone, or give moments and extremes")
        if moments.extremes is None:
            raise ValueError("the state has no extremes, without which no defect can be judged")
        given: dict[str, Any] = {"camera": camera, "coded_unit": coded_unit}
        state = replace(moments, **{name: value for name, value in given.items() if value is not None})
        if pattern is not None:
            state.pattern = pattern_of(pattern)
    elif extremes is None:
        raise TypeError("moments alone cannot be judged; give the extremes of the same frames, too")
    else:
        state = State.of_frames(
            moments, extremes, pattern=pattern, coded_unit=(1, 1) if coded_unit is None else coded_unit, camera=camera
        )
    options = ["--defects", *_judging(sensitivity, classes, kind, above)]
    with tempfile.TemporaryDirectory(prefix="fastpix-") as folder:
        path = os.path.join(folder, "frames.state")
        state.write(path)
        report = _report(Report, _run(["merge", "--format", "json", *options], path, None), judge)
    (group,) = report.groups
    unsaid = _not_judged(report, group, state.coded_unit)
    if unsaid is not None:
        warnings.warn(unsaid, FastPixWarning, stacklevel=2)
        report = replace(report, warnings=tuple(one for one in report.warnings if one.kind != _NOT_JUDGED))
    return _warned(report, judge).groups[0].defect_list


_NOT_JUDGED = "not-judged"


def _not_judged(report: Report, group: Group, coded_unit: tuple[int, int]) -> str | None:
    """What a list of arrays says nothing of, in a sentence; None when all was judged, or nothing was to be."""
    share = group.judged_share
    if share is None or (share == 1 and not group.not_judged):
        return None
    message = next((one.message for one in report.warnings if one.kind == _NOT_JUDGED), None)
    if message is None:
        regions = group.excluded_regions or ()
        parts = [
            f"{part.columns} x {part.rows} pixels at row {part.row}, column {part.column}"
            + (f" ({regions[index].kind})" if len(regions) == len(group.not_judged or ()) else "")
            for index, part in enumerate(group.not_judged or ())
        ]
        more = [f"{len(parts) - 3} more"] if len(parts) > 3 else []
        where = " and ".join([*parts[:3], *more]) or "the rest"
        # Rounded down: the least part that is missing makes it less than all.
        message = f"{int(10_000 * share) / 100:g} % of the frame was judged; nothing is listed in {where}"
    if tuple(coded_unit) == (1, 1):
        message += (
            ". With coded_unit=(1, 1) the frames count as never compressed, and pixels that stand still together as something "
            "drawn into them; a defect of JPEGs and what it tinges may be taken for that: for frames decoded from JPEGs give "
            "their coded_unit, (8, 8), (16, 8) or (16, 16)"
        )
    return message


def _judging(
    sensitivity: str | None, classes: str | Sequence[str] | None, kind: str | None, above: float | None
) -> list[str]:
    return [
        *_option("--sensitivity", sensitivity),
        *_option("--classes", _joined(classes)),
        *_option("--frames", kind),
        *_option("--above", above),
    ]


def _joined(words: str | Sequence[str] | None) -> str | None:
    """Words as the program takes them; a string of some is never taken apart into letters."""
    if not words:
        return None
    return ",".join(word.strip() for word in (words.split(",") if isinstance(words, str) else words))


def _listed(arguments: str | Sequence[str]) -> list[str]:
    return [arguments] if isinstance(arguments, str) else list(arguments)


#: Options, and the keywords that stand for them, where these are called otherwise or are not words but switches.
_KEYWORDS = {
    "--frames": "kind",
    "--report": "report_page",
    "--resize-b": "resize_second=True",
    "--no-defects": "defects=False",
    "--group-by folder": "group_by='folder'",
    **{
        f"--{name.replace('_', '-')}": f"{name}=True"
        for name in ("recursive", "defects", "history", "overwrite", "verify", "moments", "as_rgb", "count_values")
    },
}
#: An option with a number behind it, or the form of its value; none in a path. What the group has is given its keyword.
_OPTION = re.compile(r"(?<![\w/.-])(--group-by folder|--[a-z][a-z-]*)(?![\w/-]|\.\w)(?: <[^>\n]*>| (\d+)\b)?")
#: How to call the program, which is not what was called.
_USAGE = re.compile(r"^(?:Usage: .*|  See '.*|See 'fastpix .*)\n?|,? for example: fastpix .*", re.MULTILINE)


def _in_keywords(message: str, job: Callable[..., object]) -> str:
    """What the program says, with the keywords of the function for the options that it names, and without its usage.

    Options that the function has no keyword for stay: they go through `arguments`.
    """
    known = inspect.signature(job).parameters

    def keyword(match: re.Match[str]) -> str:
        word = _KEYWORDS.get(match[1], match[1][2:].replace("-", "_"))
        # One that nobody knows came through `arguments`, which take what it should have been, too.
        is_argument = match.string.endswith(("Unknown option '", "Did you mean '"), 0, match.start())
        if is_argument or word.split("=")[0] not in known:
            return match[0]
        return word if match[2] is None else f"{word}={match[2]}"

    return _OPTION.sub(keyword, _USAGE.sub("", message)).strip("\n")


def _warned(report: Report, job: Callable[..., object]) -> Report:
    """Say what the program warns of; for a function that a user has called."""
    for warned in report.warnings or ():
        warnings.warn(_in_keywords(warned.message, job), FastPixWarning, stacklevel=3)
    return report


def _paths(paths: AnyPath | Iterable[AnyPath]) -> list[AnyPath]:
    named = [paths] if isinstance(paths, (str, bytes, os.PathLike)) else paths
    if not isinstance(named, Iterable):
        raise TypeError(f"the paths are {named!r}; a path is wanted, or several")
    return list(named)


def _flag(name: str, value: bool) -> list[str]:
    return [name] if value else []


def _option(name: str, value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (bytes, os.PathLike)):
        value = os.fsdecode(value)
    # With the sign in one word, a value may begin with a dash.
    # NumPy's float64 is a float, too, whose repr is no number.
    return [f"{name}={float(value)!r}" if isinstance(value, float) else f"{name}={value}"]


def _run(arguments: list[str], paths: AnyPath | Iterable[AnyPath], progress: OnProgress | None) -> Outcome:
    named = _paths(paths)
    if not named:
        raise ValueError("there are no paths; name at least one photo or folder")
    return run(arguments, named, progress)


def _report(cls: type[_Report], outcome: Outcome, job: Callable[..., object]) -> _Report:
    """What a job found; `job` is the function that a user has called, and in whose words errors are."""
    messages = _in_keywords(outcome.messages, job)
    if outcome.exit_code in (0, 2):
        report = cls.from_text(outcome.output)
        if report.skipped:
            names = _in_keywords(_count_and_names(report.skipped), job)
            warnings.warn(names, SkippedFilesWarning, stacklevel=3)
        failed = report.failed_outputs if isinstance(report, Report) else None
        for output in failed or ():
            reason = _in_keywords(output.reason, job)
            warnings.warn(f"{output.path}: {reason}", FailedOutputWarning, stacklevel=3)
        if outcome.exit_code == 2 and not report.skipped and not failed:
            warnings.warn(f"some files failed: {messages}", SkippedFilesWarning, stacklevel=3)
        return report
    if outcome.exit_code in (130, 128 + signal.SIGINT, -signal.SIGINT):
        raise KeyboardInterrupt(messages)
    skipped: tuple[SkippedFile, ...] = ()
    if outcome.output.strip():
        skipped = cls.from_text(outcome.output).skipped
    message = messages or f"the program ended with code {outcome.exit_code} and said nothing"
    if outcome.exit_code == 64:
        raise UsageError(message, skipped, 64)
    raise FastPixError(message, skipped, outcome.exit_code)


def _count_and_names(skipped: tuple[SkippedFile, ...]) -> str:
    named = [str(file) for file in skipped[:10]]
    more = [f"and {len(skipped) - 10} more"] if len(skipped) > 10 else []
    count = "1 file was" if len(skipped) == 1 else f"{len(skipped)} files were"
    return f"{count} left out: " + "; ".join(named + more)
