"""The program's jobs: results, progress, errors, interrupts."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fastpix
from fastpix import FastPixError, FastPixWarning, Progress, Report, SkippedFilesWarning, UsageError


def test_hotpixels_finds_the_examples_defects(
    example: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of cron and of editors' shells, where the program draws no bar for people.
    monkeypatch.setenv("TERM", "dumb")
    heard: list[Progress] = []
    report = fastpix.hotpixels(example, progress=heard.append)
    (group,) = report.groups
    assert group.camera.model == "Canon PowerShot SX260 HS" and group.frames == 48
    assert (group.width, group.height, group.channels, group.bits_per_sample) == (384, 896, 3, 8)
    assert {(defect.row, defect.column) for defect in group.defect_list} >= {(889, 355), (76, 83)}
    first = group.lowest_variance[0]
    assert (first.row, first.column, first.channel) == (889, 355, 1)
    assert group.variance is not None and group.variance.min.value == first.variance
    assert heard[-1].done == heard[-1].total == 48
    assert {progress.activity for progress in heard} >= {"Decoding"}
    for one, next_one in zip(heard, heard[1:]):
        assert one.activity != next_one.activity or one.done <= next_one.done
    quiet = fastpix.hotpixels([example], top=3, workers=1)
    assert quiet.groups[0].defects == group.defects
    assert quiet.groups[0].lowest_variance == group.lowest_variance[:3]
    unjudged = fastpix.hotpixels(str(example), defects=False)
    assert unjudged.groups[0].defects is None and unjudged.defect_lists == ()
    with pytest.raises(FastPixError, match="not judged"):
        unjudged.groups[0].defect_list


def test_reports_as_tables(example: Path, program: Path) -> None:
    pandas = pytest.importorskip("pandas")
    report = fastpix.hotpixels(example)
    table = report.to_pandas()
    assert isinstance(table, pandas.DataFrame) and len(table) == len(report.groups[0].defect_list)
    assert set(table["model"]) == {"Canon PowerShot SX260 HS"}
    assert (table["row"] == [defect.row for defect in report.groups[0].defect_list]).all()
    assert set(table.columns) >= {"group", "class", "confidence", "mean", "variance", "smear_rows"}
    assert len(fastpix.hotpixels(example, defects=False).to_pandas()) == 0


def test_reports_keep_the_fields_of_later_versions(example: Path, program: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    command = [program, "hotpixels", example, "--format", "json", "-q", "-o", path]
    subprocess.run(command, check=True)
    content = json.loads(path.read_text())
    assert Report.read(path).to_json() == content
    content["clusters"] = [{"id": 1}]
    content["groups"][0]["lines"] = [{"axis": "row", "index": 5}]
    content["groups"][0]["defects"][0]["cluster"] = 1
    content["groups"][0]["camera"]["lens"] = "kit"
    del content["groups"][0]["sceneCorrelation"], content["warnings"]
    report = Report.from_text(json.dumps(content))
    assert report.extra == {"clusters": [{"id": 1}]}
    assert report.groups[0].extra == {"lines": [{"axis": "row", "index": 5}]}
    assert report.groups[0].defect_list[0].extra["cluster"] == 1
    assert report.groups[0].scene_correlation is None and report.warnings is None
    assert report.to_json() == content
    for text in ("", "[]", "{", "7", '{"schema": "fastpix.hotpixels/1", "groups": [5]}', '{"groups": []}', '{"schema": 5}'):
        with pytest.raises(FastPixError, match="cannot be read"):
            Report.from_text(text)
    with pytest.raises(FastPixError, match="schema is 'fastpix.hotpixels/1'"):
        fastpix.StatsReport.read(path)


def test_no_field_of_todays_reports_is_unknown(example: Path, program: Path, tmp_path: Path) -> None:
    """What the program prints is in the dataclasses, field by field, and nothing is left over."""

    def left_over(record: Any) -> list[str]:
        unknown = list(record.extra) if hasattr(record, "extra") else []
        for field in dataclasses.fields(record) if dataclasses.is_dataclass(record) else []:
            value = getattr(record, field.name)
            for part in value if isinstance(value, tuple) else (value,):
                unknown += left_over(part)
        return unknown

    report = fastpix.hotpixels(example, history=True)
    assert left_over(report) == []
    (group,) = report.groups
    assert (group.frame_kind, group.is_fixed_view, group.judged_share, group.sample_type) == ("scenes", False, 1, "u8")
    assert group.frame_kind_reason and group.limit_of_detection and group.number == 1 and not group.is_truncated
    stuck = group.defect_list[0]
    assert (stuck.class_, stuck.shape, stuck.extent, stuck.covered()) == ("stuck", "point", (1, 1), [(889, 355)])
    assert stuck.first_seen and stuck.first_seen.photos_since == 48 and stuck.frames_above == 48
    assert stuck.iso_dependence and stuck.iso_dependence.verdict == "not-enough-variety"
    assert [kind.extension for kind in report.left_out or ()] == ["md"] and report.failed_outputs == ()
    assert left_over(fastpix.stats(example, moments=True)) == []
    blend = fastpix.add_weighted_folder(sorted(example.glob("*.jpg"))[0], blur=15, output=tmp_path)
    assert left_over(blend) == []


def test_too_few_photos_are_not_the_same_as_no_defects(example: Path, program: Path) -> None:
    with pytest.warns(FastPixWarning):
        report = fastpix.hotpixels(sorted(example.glob("*.jpg"))[:4], minimum_frames=1)
    (group,) = report.groups
    assert group.defects is None and group.judged_share is None and report.defect_lists == ()
    with pytest.raises(FastPixError, match="not judged; 4 photos"):
        group.defect_list


def test_photos_of_one_view_have_no_list_to_rely_on(program: Path, tmp_path: Path) -> None:
    images = pytest.importorskip("PIL.Image")
    generator = np.random.default_rng(1)
    # One scene, in which nothing but the light changes.
    scene = np.kron(generator.integers(20, 200, (48, 64)), np.ones((4, 4))) + generator.normal(0, 3, (192, 256))
    for index in range(12):
        frame = scene * (0.8 + 0.03 * index) + generator.normal(0, 2, scene.shape)
        images.fromarray(frame.clip(0, 255).astype(np.uint8)).save(tmp_path / f"{index}.png")
    with pytest.warns(FastPixWarning) as caught:
        report = fastpix.hotpixels(tmp_path, kind="scenes")
    assert any("same view" in str(one.message) for one in caught)
    (group,) = report.groups
    assert group.is_fixed_view and report.defect_lists == ()
    with pytest.raises(FastPixError, match="same view"):
        group.defect_list


def test_outputs_that_cannot_be_written_are_named(example: Path, program: Path, tmp_path: Path) -> None:
    with pytest.raises(FastPixError, match="no-folder"):
        fastpix.hotpixels(example, export=tmp_path / "no-folder" / "list.json")


def test_what_is_there_stays_without_overwrite(example: Path, program: Path, tmp_path: Path) -> None:
    target = tmp_path / "list.json"
    target.write_text("mine")
    with pytest.raises(FastPixError, match="is there already"):
        fastpix.hotpixels(example, export=target)
    assert target.read_text() == "mine"
    report = fastpix.hotpixels(example, export=target, overwrite=True)
    assert fastpix.DefectList.read(target).defects == report.groups[0].defects


def test_stats_are_numpys(example: Path, program: Path, photos: Any) -> None:
    assert fastpix.stats(example).moments is None
    report = fastpix.stats(example, moments=True, count_values=True)
    assert report.photos == 48 and report.bytes_on_disk == sum(p.stat().st_size for p in example.glob("*.jpg"))
    assert report.moments is not None
    for index, channel in enumerate(report.moments.channels):
        values = photos[..., index]
        assert int(channel.sum) == int(values.sum(dtype=int))
        assert report.moments.mean[index] == pytest.approx(values.mean() / 255, rel=1e-12)
        assert report.moments.std[index] == pytest.approx(values.std() / 255, rel=1e-9)
    assert report.moments.histograms is not None and len(report.moments.histograms) == 3
    assert report.shapes[0]["width"] == 384


def test_parts_of_stats_add_up_to_one_run(example: Path, program: Path, tmp_path: Path) -> None:
    paths = sorted(example.glob("*.jpg"))
    whole = fastpix.stats(paths, count_values=True)
    states = [tmp_path / "0.state", tmp_path / "1.state"]
    for index, state in enumerate(states):
        # The same call goes on from what the first part of it has left.
        fastpix.stats(paths[index : 24 : 2], count_values=True, checkpoint=state)
        part = fastpix.stats(paths[index::2], count_values=True, checkpoint=state, memory_limit="1G")
        assert part.photos == 24 and part.moments == fastpix.stats(paths[index::2], count_values=True).moments
    merged = fastpix.merge_stats(states, save_state=tmp_path / "both.state")
    assert merged.moments is not None and merged.moments == whole.moments
    assert (merged.photos, merged.bytes_on_disk, merged.shapes) == (48, whole.bytes_on_disk, whole.shapes)
    assert fastpix.merge_stats(tmp_path / "both.state").moments == whole.moments
    with pytest.raises(FastPixError, match="is there already"):
        fastpix.merge_stats(states, save_state=tmp_path / "both.state")


def test_states_of_the_other_kind_are_refused(example: Path, program: Path, tmp_path: Path) -> None:
    channels, pixels = tmp_path / "channels.state", tmp_path / "pixels.state"
    fastpix.stats(example, checkpoint=channels)
    fastpix.hotpixels(example, checkpoint=pixels)
    with pytest.raises(UsageError, match="merge_stats adds them up"):
        fastpix.merge(channels)
    with pytest.raises(FastPixError, match="merge judges them"):
        fastpix.merge_stats(pixels)
    with pytest.raises(FastPixError, match="not a state of channel statistics"):
        fastpix.stats(example, checkpoint=pixels)
    with pytest.raises(FastPixError, match="weight"):
        fastpix.stats(example, checkpoint=channels, weight="image")


def test_add_weighted_folder_makes_opencvs_samples(example: Path, program: Path, tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    sources = sorted(example.glob("*.jpg"))[:3]
    heard: list[Progress] = []
    report = fastpix.add_weighted_folder(
        sources, blur=15, alpha=4, beta=-4.0, gamma=128, output=tmp_path, format="png", progress=heard.append
    )
    assert [image.first for image in report.images] == [str(source) for source in sources]
    assert heard[-1] == Progress("Blending", 3, 3) and not report.is_interrupted
    for source, image in zip(sources, report.images):
        photo = cv2.imread(str(source), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        expected = cv2.addWeighted(photo, 4, cv2.GaussianBlur(photo, (15, 15), 0), -4, 128)
        assert (cv2.imread(image.output, cv2.IMREAD_UNCHANGED) == expected).all()
        assert (cv2.imread(image.output, cv2.IMREAD_UNCHANGED) == fastpix_blend(photo)).all()
    # Existing files are left alone.
    with pytest.raises(FastPixError) as caught:
        fastpix.add_weighted_folder(sources[0], blur=15, output=tmp_path, format="png")
    assert str(sources[0]) in str(caught.value)
    two = fastpix.add_weighted_folder(sources[0], sources[1], output=tmp_path / "two", alpha=0.25, beta=0.75)
    assert len(two.images) == 1 and two.images[0].second == str(sources[1])


def fastpix_blend(photo: Any) -> Any:
    return fastpix.add_weighted(photo, 4, fastpix.gaussian_blur(photo, 15), -4, 128)


def test_files_that_fail_are_named(example: Path, program: Path, tmp_path: Path) -> None:
    broken, missing = tmp_path / "broken.jpg", tmp_path / "missing.jpg"
    broken.write_bytes(next(example.glob("*.jpg")).read_bytes()[:5000])
    with pytest.warns(SkippedFilesWarning, match="broken.jpg"):
        report = fastpix.hotpixels([example, broken])
    assert [file.path for file in report.skipped] == [str(broken)] and report.skipped[0].reason
    assert report.groups[0].frames == 48
    with pytest.warns(SkippedFilesWarning, match="2 files were left out"):
        fastpix.stats([example, broken, missing], verify=True)
    with pytest.raises(FastPixError, match="missing.jpg") as caught:
        fastpix.stats(missing)
    assert caught.value.exit_code == 1 and [file.path for file in caught.value.skipped] == [str(missing)]


def test_warnings_of_the_program_are_warnings(example: Path, program: Path) -> None:
    with pytest.warns(FastPixWarning) as caught:
        report = fastpix.hotpixels(sorted(example.glob("*.jpg"))[:14])
    assert [str(one.message) for one in caught] == [warned.message for warned in report.warnings]


def test_wrong_arguments_are_usage_errors(example: Path, program: Path) -> None:
    with pytest.raises(UsageError, match="--no-such-option"):
        fastpix.hotpixels(example, arguments=["--no-such-option"])
    with pytest.raises(ValueError):
        fastpix.hotpixels(example, sensitivity="extreme")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no paths"):
        fastpix.hotpixels([])
    for nothing in (None, 3):
        with pytest.raises(TypeError, match=f"the paths are {nothing}"):
            fastpix.hotpixels(nothing)  # type: ignore[arg-type]


def test_numbers_may_be_numpys(example: Path, program: Path, tmp_path: Path) -> None:
    image = min(example.glob("*.jpg"))
    for kind in (np.float64, np.float32):
        assert fastpix.hotpixels(example, above=kind(4), top=np.int64(3)).groups[0].lowest_variance  # type: ignore[arg-type]
        report = fastpix.add_weighted_folder(
            image, output=tmp_path / f"{kind.__name__}.png", blur=np.int32(3), alpha=kind(0.5), beta=kind(0.25), sigma=kind(1.5)
        )
        assert report.settings is not None and report.settings["alpha"] == 0.5
        assert report.settings["blur"] == {"size": 3, "sigma": 1.5}


def test_a_string_of_words_is_not_taken_apart_into_letters(example: Path, program: Path) -> None:
    def classes(given: Any) -> set[str | None]:
        return {defect.class_ for defect in fastpix.hotpixels(example, classes=given).groups[0].defect_list}

    assert classes("hot") == classes(["hot"]) == {"hot"}
    assert classes("hot, stuck") == classes(("hot", "stuck")) == classes(None) == classes([]) == {"hot", "stuck"}
    with pytest.raises(UsageError, match="'hit' is invalid for 'classes'"):
        fastpix.hotpixels(example, classes="hit")
    for given in ("make", "make,model", ["make", "model"]):
        (group,) = fastpix.hotpixels(example, defects=False, group_by=given).groups
        assert group.camera.make == "Canon" and (group.camera.model is None) == (given == "make")
    assert fastpix.stats(example, arguments="--verify").photos == 48


def test_errors_are_in_the_words_of_python(
    example: Path, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def message(job: Callable[..., object], *paths: Any, **keywords: Any) -> str:
        with pytest.raises(FastPixError) as caught:
            job(*paths, **keywords)
        text = str(caught.value)
        assert "Usage" not in text and "--help" not in text and "fastpix addweighted" not in text
        return text

    (tmp_path / "there.json").write_text("mine")
    (tmp_path / "above" / "below").mkdir(parents=True)
    there = message(fastpix.hotpixels, example, export=tmp_path / "there.json")
    assert there.endswith("there.json: is there already; overwrite=True replaces it")
    searched = message(fastpix.stats, tmp_path / "above")
    assert "(subfolders are searched with recursive=True)" in searched
    few = message(fastpix.hotpixels, sorted(example.glob("*.jpg"))[:3])
    assert "give more photos or lower minimum_frames" in few
    assert "invalid for 'sensitivity'" in message(fastpix.hotpixels, example, sensitivity="extreme")
    assert "invalid for 'kind'" in message(fastpix.merge, example, kind="stars")
    assert "Name two images or folders to blend, or one and blur" in message(
        fastpix.add_weighted_folder, [example, example, example], output=tmp_path / "out"
    )
    assert "give its size, too: blur=15." in message(fastpix.add_weighted_folder, example, example, output="x", sigma=2.0)
    assert "resize_second=True is for a second image; with blur there" in message(
        fastpix.add_weighted_folder, example, output="x", blur=15, resize_second=True
    )
    # What has no keyword here goes through `arguments`, and keeps its name.
    (tmp_path / "there.png").write_text("mine")
    histogram = message(fastpix.stats, example, arguments=[f"--histogram={tmp_path / 'there.png'}"])
    assert histogram.endswith("there.png: is there already; --overwrite replaces it")
    sums = message(fastpix.hotpixels, example, save_sums=tmp_path / "sums", arguments=["--accumulator=welford"])
    assert "save_sums needs the exact accumulator; leave out --accumulator welford." in sums
    assert "Unknown option '--workers-'" in message(fastpix.stats, example, arguments=["--workers-"])
    assert "Unknown option '--foo'. Did you mean '--top'?" in message(fastpix.hotpixels, example, arguments=["--foo"])
    # Names of files are not words.
    for name in ("x--overwrite", "--overwrite.jpg", "a/--recursive"):
        assert name in message(fastpix.stats, tmp_path / name)
    body = "print('{\"schema\": \"fastpix.hotpixels/1\", \"groups\": [], \"warnings\": [{\"kind\": \"x\", \"message\": "
    body += "\"keep them apart (--group-by folder), with --no-defects or --strict\"}]}')"
    monkeypatch.setenv("FASTPIX_BINARY", str(fake_program(tmp_path, body)))
    with pytest.warns(FastPixWarning) as caught:
        fastpix.hotpixels("x")
    assert str(caught[0].message) == "keep them apart (group_by='folder'), with defects=False or --strict"


def test_names_of_any_bytes(example: Path, program: Path, tmp_path: Path) -> None:
    names = [b"--help", b"-x.jpg", b"\xff\xfe.jpg", "ü \n\x1b[31m.jpg".encode()]
    for photo, name in zip(sorted(example.glob("*.jpg")), names):
        shutil.copy(photo, os.path.join(os.fsencode(tmp_path), name))
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        assert fastpix.stats(names).photos == len(names)
        assert fastpix.stats(b".").photos >= 3
    finally:
        os.chdir(before)


def test_any_number_of_photos_may_be_named(
    example: Path, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    """45,000 names, of every odd kind, are more than a command line takes, and give what few names give."""
    monkeypatch.chdir(tmp_path)
    photos = sorted(example.glob("*.jpg"))[:8]
    names: list[Any] = [b"--help", b"-x.jpg", b"\xff\xfe.jpg", "ü \n\x1b[31m.jpg".encode(), "a\r", tmp_path / ("long" * 50)]
    for photo, name in zip(photos, names):
        shutil.copy(photo, os.path.join(os.fsencode(tmp_path), os.fsencode(name)))
    folder = tmp_path / "folder"
    folder.mkdir()
    for photo in photos[len(names) :]:
        shutil.copy(photo, folder)
    few = [*names, folder, "missing.jpg", ""]
    # A photo counts once, however often it is named.
    for job in (fastpix.stats, fastpix.hotpixels):
        with pytest.warns(SkippedFilesWarning, match="2 files were left out"):
            expected = job(few, arguments=["--verify"] if job is fastpix.stats else ())
        with pytest.warns(SkippedFilesWarning, match="2 files were left out"):
            report = job([*few, *45_000 * [names[-1]]], arguments=["--verify"] if job is fastpix.stats else ())
        assert [file.path for file in report.skipped] == [file.path for file in expected.skipped] == ["", "missing.jpg"]
        if isinstance(report, Report) and isinstance(expected, Report):
            assert report.groups == expected.groups and report.groups[0].frames == len(photos)
            assert (report.settings, report.selection) == (expected.settings, expected.selection)
        elif isinstance(report, fastpix.StatsReport) and isinstance(expected, fastpix.StatsReport):
            assert report.photos == len(photos) and report.settings == expected.settings
            assert (report.shapes, report.cameras, report.formats) == (expected.shapes, expected.cameras, expected.formats)
    for process in started:
        assert isinstance(process.args, list) and sum(map(len, process.args)) < 10_000
    # Folders are still arguments, and lists of the caller's own are read as the caller says.
    assert os.fsencode(folder) in started[-1].args  # type: ignore[operator]
    (tmp_path / "list").write_text("-x.jpg\n")
    assert fastpix.stats(500 * [names[-1]], arguments=["--files-from=list"]).photos == 2
    with pytest.raises(ValueError, match="zero byte"):
        fastpix.stats(["a\0b.jpg"])


@pytest.mark.parametrize("folder", ["work", 'wörk "here"', "/"])
def test_any_number_of_images_may_be_blended(
    folder: str, example: Path, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They land where few images do, and are called what they are called."""
    home = tmp_path / folder
    home.mkdir(exist_ok=True)
    photos = sorted(example.glob("*.jpg"))[:4]
    for photo, name in zip(photos, ("a.jpg", "deep/b c.jpg", "deep/er/c.jpg", "../d.jpg")):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, tmp_path / "in" / name)
    monkeypatch.chdir(home)
    # A depth of one, too: "../" leads to the root from there, and begins other paths as well.
    start = os.path.relpath(tmp_path) if folder != "/" else os.fspath(tmp_path).lstrip("/")
    names = [
        f"{start}/in/a.jpg",
        tmp_path / "in" / "deep" / "b c.jpg",
        f"{start}/in/deep/../deep/er/c.jpg",
        f"./{start}/d.jpg",
        "missing.jpg",
    ]
    more = [f"missing-{index:060}.jpg" for index in range(2000)]

    def blended(names: list[Any], output: str) -> tuple[Any, list[str], dict[str, bytes]]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SkippedFilesWarning)
            report = fastpix.add_weighted_folder(names, blur=3, output=output)
        made = {path.name: path.read_bytes() for path in Path(output).rglob("*.jpg")}
        return report, sorted(image.output for image in report.images), made

    few, outputs, made = blended(names[:4], f"{start}/few")
    many, many_outputs, many_made = blended([*names, *more], f"{start}/many")
    assert sorted(many_made) == sorted(made) == ["a.jpg", "b c.jpg", "c.jpg", "d.jpg"] and many_made == made
    assert [path.replace("many", "few") for path in many_outputs] == outputs
    assert sorted(image.first for image in many.images) == sorted(image.first for image in few.images)
    assert {file.path for file in many.skipped} == {*more, "missing.jpg"}
    with pytest.raises(FastPixError, match="missing-0+1.jpg: no such file") as failed:
        fastpix.add_weighted_folder(more, blur=3, output=f"{start}/none")
    assert "././" not in str(failed.value)


def test_any_number_of_states_may_be_merged(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    generator = np.random.default_rng(5)
    frames = generator.integers(0, 256, (700, 40, 40), np.uint8)
    names = []
    for index, frame in enumerate(frames):
        names.append(tmp_path / f"{index:04} {'long' * 40}.state")
        state = fastpix.State.of_frames(
            fastpix.Moments(frame.shape, frame.dtype).add(frame), fastpix.Extremes(frame.shape, frame.dtype).add(frame)
        )
        # Each of another photo.
        (photo,) = state.photos
        state.photos = (dataclasses.replace(photo, hash=f"{index:032x}"),)
        state.write(names[-1])
    whole = tmp_path / "whole.state"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fastpix.FastPixWarning)
        report = fastpix.merge(names, save_state=whole, defects=False)
    assert report.groups[0].frames == len(frames)
    assert fastpix.State.read(whole).moments == fastpix.Moments(frames.shape[1:], frames.dtype).add(frames)
    assert "--files-from=-" in started[-1].args  # type: ignore[operator]
    with pytest.raises(FastPixError, match="missing"):
        fastpix.merge([*names, "missing.state"])


def test_more_names_than_a_program_is_started_with_are_told(program: Path, tmp_path: Path) -> None:
    # Folders are in no list.
    with pytest.raises(FastPixError, match="120000 names are longer together .* name the folder"):
        fastpix.stats(120_000 * [tmp_path])


@pytest.fixture
def many(example: Path, tmp_path: Path) -> Path:
    """Photos that take the program some ten times as long as it takes a signal to arrive."""
    folder = tmp_path / "many"
    folder.mkdir()
    for photo in example.glob("*.jpg"):
        content = photo.read_bytes()
        for number in range(10):
            # A comment behind the first marker: photos of equal content count once.
            comment = b"\xff\xfe\x00\x03" + number.to_bytes(1, "big")
            (folder / f"{photo.stem}-{number}.jpg").write_bytes(content[:2] + comment + content[2:])
    return folder


def test_ctrl_c_ends_the_program_and_the_same_call_goes_on(
    many: Path, program: Path, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    state = tmp_path / "a.state"

    def interrupt(progress: Progress) -> None:
        if progress.activity == "Decoding":
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        fastpix.hotpixels(many, checkpoint=state, workers=1, progress=interrupt)
    assert_has_ended_itself(started)
    # There is a state by now, unless nothing had been taken in yet.
    expected = fastpix.hotpixels(many)
    resumed = fastpix.hotpixels(many, checkpoint=state)
    assert resumed.groups == expected.groups
    assert state.exists()


def test_stats_that_were_interrupted_go_on(
    many: Path, program: Path, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    state = tmp_path / "a.state"

    def interrupt(progress: Progress) -> None:
        if progress.activity == "Decoding" and progress.done > 0:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        fastpix.stats(many, checkpoint=state, workers=1, progress=interrupt)
    assert_has_ended_itself(started)
    assert fastpix.stats(many, checkpoint=state).moments == fastpix.stats(many, moments=True).moments


def test_what_a_callback_raises_ends_the_program(
    many: Path, program: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    class Enough(Exception):
        pass

    def stop(progress: Progress) -> None:
        raise Enough

    with pytest.raises(Enough):
        fastpix.hotpixels(many, progress=stop)
    assert_has_ended_itself(started)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes that jobs start. Interrupts arrive, as they do not in what a shell has started in the background."""
    processes: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        processes.append(popen(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield processes
    signal.signal(signal.SIGINT, before)


def assert_has_ended_itself(started: list[subprocess.Popen[bytes]]) -> None:
    # With the code for an interrupt, or by the signal, as programs do that are interrupted; not by SIGKILL.
    assert [process.returncode in (130, -signal.SIGINT) for process in started] == [True]


def fake_program(folder: Path, body: str) -> Path:
    """A program that does what a test wants."""
    path = folder / "fake"
    path.write_text(f"#!{sys.executable}\nimport sys, os, signal\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        ("sys.exit(130)", KeyboardInterrupt, ""),
        ("os.kill(os.getpid(), signal.SIGKILL)", FastPixError, "ended with code -9 and said nothing"),
        ("print('{')", FastPixError, "JSON cannot be read"),
        ("sys.stderr.write('x' * 3_000_000); sys.exit(1)", FastPixError, "x" * 3_000_000),
        ("sys.stderr.buffer.write(b'\\xff\\r\\x1b[KA [#.] 1/2 photos\\r\\x1b[Kend'); sys.exit(3)", FastPixError, "end"),
        ("sys.stdout.write('{' * 3_000_000)", FastPixError, "cannot be read"),
    ],
)
@pytest.mark.parametrize("with_progress", [False, True])
def test_whatever_a_program_does_is_an_exception(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    body: str,
    error: type[BaseException],
    message: str,
    with_progress: bool,
) -> None:
    monkeypatch.setenv("FASTPIX_BINARY", str(fake_program(tmp_path, body)))
    with pytest.raises(error) as caught:
        fastpix.hotpixels("x", progress=(lambda progress: None) if with_progress else None)
    assert message in str(caught.value)


def test_progress_that_comes_in_pieces_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    body = """
for piece in (b"\\r\\x1b", b"[KDeco", b"ding [##..] 1/", b"4 photos\\r\\x1b[KDecoding [####] 4/4 photos, 3.0/s, 0 s left"):
    os.write(2, piece)
os.write(2, b"\\r\\x1b[Kfastpix: a note [##] 1/2 of its own\\n")
sys.exit(1)"""
    monkeypatch.setenv("FASTPIX_BINARY", str(fake_program(tmp_path, body)))
    heard: list[Progress] = []
    with pytest.raises(FastPixError) as caught:
        fastpix.hotpixels("x", progress=heard.append)
    assert [progress.done for progress in heard if progress.activity == "Decoding"] == [1, 4]
    assert "a note" in str(caught.value) and "\x1b" not in str(caught.value)


def test_a_missing_program_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FASTPIX_BINARY", str(tmp_path / "none"))
    with pytest.raises(fastpix.ProgramNotFoundError, match="FASTPIX_BINARY names"):
        fastpix.stats("x")
    not_executable = tmp_path / "text"
    not_executable.write_text("text")
    not_executable.chmod(0o755)
    monkeypatch.setenv("FASTPIX_BINARY", str(not_executable))
    with pytest.raises(FastPixError, match="cannot be run"):
        fastpix.stats("x")


def test_python_m_fastpix_is_the_program(program: Path, example: Path) -> None:
    command = [sys.executable, "-m", "fastpix"]
    assert subprocess.check_output([*command, "--version"]) == subprocess.check_output([program, "--version"])
    result = subprocess.run([*command, "hotpixels", "/no/such/file"], capture_output=True, text=True)
    assert result.returncode == 1 and "/no/such/file" in result.stderr


def test_the_version_is_the_programs(program: Path) -> None:
    assert subprocess.check_output([program, "--version"], text=True).strip() == fastpix.__version__
