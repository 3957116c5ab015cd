"""What the program's jobs found, from its JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ._defects import Camera, Defect, DefectList, NotJudgedPart, SensorFrame
from ._errors import FastPixError, SkippedFile
from ._records import KEY, RECORD, Record

if TYPE_CHECKING:
    import pandas


def _of(record: type[Record], **more: Any) -> Any:
    return field(metadata={RECORD: record, **more})


@dataclass(frozen=True, kw_only=True)
class Warned(Record):
    """Something to know about the result: `kind`, `message`, and the index of the `group` that it is about."""

    kind: str
    message: str
    group: int | None


@dataclass(frozen=True, kw_only=True)
class Subpixel(Record):
    """The statistics of one subpixel; variance is M2 / (n - 1)."""

    row: int
    column: int
    channel: int
    mean: float
    variance: float | None
    m2: float


@dataclass(frozen=True, kw_only=True)
class Extreme(Record):
    """The lowest or highest variance of a group, and where it is; the value is None for a single photo."""

    value: float | None
    m2: float
    mean: float | None
    row: int
    column: int
    channel: int


@dataclass(frozen=True, kw_only=True)
class VarianceSummary(Record):
    """Lowest and highest variance, and their mean over all subpixels."""

    min: Extreme = _of(Extreme)
    max: Extreme = _of(Extreme)
    mean: float | None


@dataclass(frozen=True, kw_only=True)
class ExcludedRegion(Record):
    """A part of the frame in which no defects are looked for: bars, stamps, dust, clipped parts."""

    kind: str
    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, kw_only=True)
class FailedOutput(Record):
    """An output beside the result that could not be written, and why."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LeftOutFiles(Record):
    """Files of one kind that lie in the folders and are not read; `reason` is None for what is no photo.

    `way_out` says what to do to have them read, where something helps.
    """

    extension: str
    files: int
    reason: str | None
    way_out: str | None = None


@dataclass(frozen=True, kw_only=True)
class OddPhoto(Record):
    """A photo that counts although its file breaks its format, and in what: its picture is whole."""

    path: str
    oddities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SuspectPhoto(Record):
    """A photo in the statistics that may be damaged: from `row` on a `seam`, or the rest of one colour (`even`)."""

    path: str
    row: int
    sign: str


@dataclass(frozen=True, kw_only=True)
class Group(Record):
    """The photos of one camera and frame shape, and what was found in them.

    Attributes
    ----------
    number : int
        1 for the first: what files of which each group has its own are numbered by.
    camera : Camera
    width, height, channels, bits_per_sample : int
    sample_type : str
        `u8`, `u16` or `f32`.
    channel_names : tuple of str
    pattern : mapping or None
        The colours of a mosaic.
    sensor_frame : SensorFrame or None
        The whole sensor of raw files, and where the frame lies in it.
    band, folder, gain, exposure_seconds, binning
        What else the photos share, where they were grouped by it.
    frames : int
        How many photos went in.
    example_photos : tuple of str
        Up to 25 of them, evenly spread, for looking at.
    suspects : tuple of SuspectPhoto
        Those that look as if data were lost, although they could be decoded.
    is_fits : bool
    row_order : str or None
        Of FITS files: `top-down` or `bottom-up`, where all photos say it. Rows are counted as they are stored.
    variance : VarianceSummary
    lowest_variance : tuple of Subpixel
        The subpixels of lowest variance; no judgement.
    defects : tuple of Defect, or None
        None when they were not judged: not asked for, or too few photos. That is not the same as none.
    excluded_regions : tuple of ExcludedRegion, or None
        Parts of the frame that were not judged; None, as all below, when nothing was.
    judged_share : float or None
        Of the frame, 0 to 1.
    frame_kind, frame_kind_reason : str or None
        What the frames were taken for (`scenes`, `darks`, `flats`, `sky`), and why.
    is_fixed_view : bool or None
        The photos show one view, so that its details cannot be told from defects.
    scene_correlation : float or None
        From 0, photos of different things, to 1, one view.
    standing_share : float or None
        Of the frame, 0 to 1, in which the photos show one view although not everywhere: entries there have low confidence.
    limit_of_detection : float or None
        The steady offset in samples that these photos show nine times out of ten; None when no offset is.
    limit_reason : str or None
        Why there is no limit.
    not_judged : tuple of NotJudgedPart, or None
        `excluded_regions` with the pixels beside each, which compression hides.
    classes : tuple of str, or None
        The classes of defects that were asked for, as the report's settings name them.
    is_truncated : bool or None
        More places stood out than could be looked at.
    """

    number: int | None
    camera: Camera = _of(Camera)
    width: int
    height: int
    channels: int
    channel_names: tuple[str, ...]
    bits_per_sample: int
    sample_type: str | None
    pattern: Mapping[str, Any] | None
    sensor_frame: SensorFrame | None = _of(SensorFrame)
    band: str | None
    binning: Mapping[str, Any] | None
    folder: str | None
    gain: float | None
    exposure_seconds: float | None
    frames: int
    example_photos: tuple[str, ...] | None
    suspects: tuple[SuspectPhoto, ...] | None = _of(SuspectPhoto)
    is_fits: bool | None = field(metadata={KEY: "isFITS"})
    variance: VarianceSummary | None = _of(VarianceSummary)
    lowest_variance: tuple[Subpixel, ...] = _of(Subpixel)
    defects: tuple[Defect, ...] | None = _of(Defect)
    excluded_regions: tuple[ExcludedRegion, ...] | None = _of(ExcludedRegion)
    judged_share: float | None
    frame_kind: str | None
    frame_kind_reason: str | None
    is_fixed_view: bool | None
    scene_correlation: float | None
    standing_share: float | None = None
    limit_of_detection: float | None
    limit_reason: str | None = None
    not_judged: tuple[NotJudgedPart, ...] | None = field(default=None, metadata={RECORD: NotJudgedPart})
    classes: tuple[str, ...] | None = field(default=None, metadata={KEY: None})
    is_truncated: bool | None
    row_order: str | None = None

    @property
    def defect_list(self) -> DefectList:
        """The defects as a list that can be written, made a mask of, and repaired with.

        Raises
        ------
        FastPixError
            When defects were not judged, or could not be because the photos show one view: that is not the same as none.
        """
        if self.defects is None:
            raise FastPixError(
                f"the defects of this group were not judged; {self.frames} photos went in, and 5 are the least"
            )
        if self.is_fixed_view:
            raise FastPixError(
                "the photos of this group show the same view, whose details cannot be told from defects; its `defects` are "
                "no list to rely on"
            )
        return DefectList(
            self.defects,
            self.width,
            self.height,
            self.camera,
            self.frames,
            self.judged_share,
            self.not_judged,
            self.classes,
            self.sensor_frame,
        )


@dataclass(frozen=True, kw_only=True)
class _Job(Record):
    """What the reports of all jobs have."""

    schema: str
    version: str
    settings: Mapping[str, Any]
    skipped: tuple[SkippedFile, ...] = _of(SkippedFile)
    left_out: tuple[LeftOutFiles, ...] | None = _of(LeftOutFiles)
    timing: Mapping[str, float]
    peak_memory_bytes: int
    #: Whether the run ended without a result: no file could be used. Such JSON in a file is replaced by the next run.
    failed: bool | None = None

    #: What the names of its schemas begin with, whatever their version.
    _SCHEMA: ClassVar[str]

    @classmethod
    def from_text(cls, text: str | bytes) -> Self:
        """Make a report from the program's JSON; FastPixError for what is none, or of another job."""
        try:
            content = json.loads(text)
            schema = content.get("schema")
            if not (isinstance(schema, str) and schema.startswith(cls._SCHEMA)):
                raise ValueError(f"its schema is {schema!r}, and a {cls.__name__} is made of {cls._SCHEMA}*")
            return cls.from_json(content)
        except (ValueError, AttributeError, TypeError) as error:
            raise FastPixError(f"the program's JSON cannot be read: {error}") from error

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Read a report that the program has written to a file."""
        with open(path, "rb") as file:
            return cls.from_text(file.read())


@dataclass(frozen=True, kw_only=True)
class Report(_Job):
    """What `hotpixels` found.

    Attributes
    ----------
    groups : tuple of Group
        One for each camera and frame shape, those with the most photos first.
    skipped : tuple of SkippedFile
        The files that were left out, with the reasons.
    warnings : tuple of Warned
        Reasons to doubt the result.
    failed_outputs : tuple of FailedOutput
        Outputs beside the result that could not be written.
    left_out : tuple of LeftOutFiles
        Files that are not read, by kind.
    odd_photos : tuple of OddPhoto
        Files that break their format, and count.
    selection : mapping
        Which of the files found were to be taken.
    settings, timing : mapping
    peak_memory_bytes, temporary_file_bytes : int
    schema, version : str
    """

    _SCHEMA = "fastpix.hotpixels/"

    groups: tuple[Group, ...] = _of(Group)
    warnings: tuple[Warned, ...] = _of(Warned)
    failed_outputs: tuple[FailedOutput, ...] | None = _of(FailedOutput)
    odd_photos: tuple[OddPhoto, ...] | None = _of(OddPhoto)
    selection: Mapping[str, Any] | None
    temporary_file_bytes: int | None

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        """Make one from a parsed JSON object; fields that it lacks are None."""
        report = super().from_json(json)
        classes = (report.settings or {}).get("classes")
        if classes is None or report.groups is None:
            return report
        return replace(report, groups=tuple(replace(group, classes=tuple(classes)) for group in report.groups))

    @property
    def defect_lists(self) -> tuple[DefectList, ...]:
        """The lists of the groups whose defects were judged, and could be: see `Group.defect_list`."""
        return tuple(
            group.defect_list for group in self.groups if group.defects is not None and not group.is_fixed_view
        )

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas DataFrame with a line for each defect of every group in `defect_lists`; needs pandas."""
        import pandas

        tables = []
        for index, group in enumerate(self.groups):
            if group.defects is None or group.is_fixed_view:
                continue
            table = group.defect_list.to_pandas()
            camera = {"make": group.camera.make, "model": group.camera.model, "serial": group.camera.serial}
            for place, (name, value) in enumerate({"group": index, **camera}.items()):
                table.insert(place, name, value)
            tables.append(table)
        filled = [table for table in tables if len(table) > 0]
        return pandas.concat(filled, ignore_index=True) if filled else pandas.DataFrame(columns=["group"])


@dataclass(frozen=True, kw_only=True)
class ChannelMoments(Record):
    """Mean and standard deviation of a channel over all photos, from 0 to 1, and the exact sums.

    `sum` and `sum_of_squares` are in units of 1/`sample_maximum` and its square.
    """

    name: str
    photos: int
    pixels: int
    bits_per_sample: tuple[int, ...]
    sample_maximum: int
    mean: float
    standard_deviation: float
    mean255: float
    standard_deviation255: float
    sum: str
    sum_of_squares: str


@dataclass(frozen=True, kw_only=True)
class SetMoments(Record):
    """The moments of a set of photos, channel by channel."""

    as_rgb: bool = field(metadata={KEY: "asRGB"})
    weight: str
    channels: tuple[ChannelMoments, ...] = _of(ChannelMoments)
    histograms: tuple[Mapping[str, Any], ...] | None

    @property
    def mean(self) -> tuple[float, ...]:
        """The channels' means, as torchvision's `Normalize(mean, std)` takes them."""
        return tuple(channel.mean for channel in self.channels)

    @property
    def std(self) -> tuple[float, ...]:
        """The channels' standard deviations (the population's), as `Normalize(mean, std)` takes them."""
        return tuple(channel.standard_deviation for channel in self.channels)


@dataclass(frozen=True, kw_only=True)
class StatsReport(_Job):
    """What `stats` counted; README.md of fastpix explains the figures.

    Attributes
    ----------
    photos, bytes_on_disk, bytes_decoded : int
    formats, shapes, bit_depths, cameras : tuple of mapping
    copies : int or None
        Files with the content of another one, which counts once; `skipped` names them.
    odd_photos : tuple of OddPhoto
        Files that break their format, and count, as far as they were decoded.
    failed_outputs : tuple of FailedOutput
        Outputs beside the result that could not be written.
    moments : SetMoments or None
        None unless they were asked for.
    """

    _SCHEMA = "fastpix.stats/"

    photos: int
    bytes_on_disk: int
    bytes_decoded: int
    formats: tuple[Mapping[str, Any], ...]
    shapes: tuple[Mapping[str, Any], ...]
    bit_depths: tuple[Mapping[str, Any], ...]
    cameras: tuple[Mapping[str, Any], ...]
    odd_photos: tuple[OddPhoto, ...] | None = _of(OddPhoto)
    failed_outputs: tuple[FailedOutput, ...] | None = _of(FailedOutput)
    moments: SetMoments | None = _of(SetMoments)
    copies: int | None = None


@dataclass(frozen=True, kw_only=True)
class BlendedImage(Record):
    """An image that was made: `first` and `second` are its sources, `output` where it is."""

    first: str
    second: str | None
    output: str
    format: str
    width: int
    height: int
    channels: int
    bits_per_sample: int
    bytes_in: int
    bytes_out: int
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BlendReport(_Job):
    """What `add_weighted_folder` made.

    Attributes
    ----------
    images : tuple of BlendedImage
    totals : mapping
    is_interrupted : bool
    """

    _SCHEMA = "fastpix.addweighted/"

    images: tuple[BlendedImage, ...] = _of(BlendedImage)
    totals: Mapping[str, Any]
    is_interrupted: bool
