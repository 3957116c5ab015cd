"""What lists say of themselves: which parts of the frame were judged, and which classes were asked for."""

from __future__ import annotations

import csv
import dataclasses
import json
import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import fastpix
from fastpix import Camera, Defect, DefectList, Extremes, FastPixWarning, MapError, Moments, NotJudgedPart, SensorFrame

# The program warns of few frames, and of what it could not judge.
pytestmark = pytest.mark.filterwarnings("ignore::fastpix.FastPixWarning")

#: Forms that say it, and names of their files.
TELLING = {
    "json": "list.json",
    "dcraw": "list.badpixels",
    "rawtherapee": "rawtherapee.badpixels",
    "siril": "list.lst",
    "jpegpixi": "list.jpegpixi",
}
#: Forms that cannot.
OTHERS = {"csv": "list.csv", "mask": "list.png", "pixinsight": "list.txt"}
BAR = 28


def frames(bar: int, seed: int) -> NDArray[np.uint8]:
    """Frames of different scenes with three stuck and a dead pixel; `bar`: so many rows at the top show the same."""
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[:120, :160]
    stack = generator.normal(110, 2, (24, 120, 160))
    for frame in stack:
        # Waves of any direction, 20 pixels long or longer.
        for down, right, phase in generator.uniform(-1, 1, (8, 3)):
            frame += 10 * np.sin(0.2 * (down * rows + right * columns) + 4 * phase)
    stack[:, [10, 60, 100], [20, 80, 30]], stack[:, 90, 100] = 255, 0
    stack[:, :bar] = 16
    return stack.clip(0, 255).round().astype(np.uint8)


@pytest.fixture(scope="module")
def made(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with lists: `old.json` of all of the frame, and one of half of the classes in three quarters of it, in
    every form; `report.json` has the latter's report."""
    cv2 = pytest.importorskip("cv2")
    folder = tmp_path_factory.mktemp("scope")
    for name, bar in (("whole", 0), ("bar", BAR)):
        (folder / name).mkdir()
        for number, frame in enumerate(frames(bar, seed=bar)):
            cv2.imwrite(str(folder / name / f"{number:02}.png"), frame)
    run([program, "hotpixels", folder / "whole", "--export", folder / "old.json", "-q"])
    exports: list[str | Path] = []
    for form, name in {**TELLING, **OTHERS}.items():
        # RawTherapee's files are called after the camera, and these photos tell none.
        if form != "rawtherapee":
            exports += ["--export", folder / name]
    command = [program, "hotpixels", folder / "bar", "--classes", "stuck,hot", "--export-offset", "3,2", "-q", *exports]
    run([*command, "-o", folder / "report.json"])
    lines = (folder / TELLING["dcraw"]).read_text().splitlines()
    (folder / TELLING["rawtherapee"]).write_text("\n".join(["0", *(line.removesuffix(" 0") for line in lines)]) + "\n")
    return folder


def run(command: list[str | Path], *codes: int) -> str:
    outcome = subprocess.run(command, capture_output=True, text=True)
    assert outcome.returncode in (codes or (0,)), outcome.stderr
    return outcome.stdout


def compare(program: Path, old: Path, new: Path) -> list[dict[str, Any]]:
    """What the program says of two lists."""
    groups: list[dict[str, Any]] = json.loads(run([program, "compare", old, new, "-f", "json", "-q"], 0, 3))["groups"]
    return groups


def test_the_report_tells_its_lists_what_they_could_have(made: Path, program: Path) -> None:
    report = fastpix.Report.read(made / "report.json")
    defects = report.groups[0].defect_list
    # The bar, with what lies beside it; the program's own list says the same.
    (part,) = defects.not_judged or ()
    assert (part.row, part.column, part.columns) == (0, 0, 160) and BAR <= part.rows <= BAR + 8
    assert defects.judged_share is not None and 0.7 < defects.judged_share < 0.8
    assert defects.classes == ("stuck", "hot") and defects.sensor_frame is None
    assert DefectList.read(made / "report.json") == defects == DefectList.read(made / "list.json")
    whole = DefectList.read(made / "old.json")
    assert (whole.judged_share, whole.not_judged) == (1, ()) and len(whole.classes or ()) == 5
    assert report.to_json() == json.loads((made / "report.json").read_text())


def test_judged_arrays_tell_what_they_could_have(made: Path, program: Path) -> None:
    stack = frames(BAR, seed=BAR)
    moments, extremes = Moments((120, 160), np.uint8).add(stack), Extremes((120, 160), np.uint8).add(stack)
    defects = fastpix.judge(moments, extremes, classes=["stuck", "hot"])
    reported = DefectList.read(made / "list.json")
    assert defects.not_judged == reported.not_judged and defects.classes == reported.classes
    assert defects.judged_share == reported.judged_share


@pytest.mark.parametrize("form", TELLING)
def test_a_list_written_again_compares_as_before(made: Path, program: Path, tmp_path: Path, form: Any) -> None:
    before = compare(program, made / "old.json", made / TELLING[form])
    assert {change: number for change, number in before[0]["counts"].items() if number} == {
        "unchanged": 2, "not-judged": 1, "not-listed": 1
    }  # fmt: skip
    DefectList.read(made / TELLING[form]).write(tmp_path / TELLING[form], form, (0, 0) if form == "jpegpixi" else (3, 2))
    assert compare(program, made / "old.json", tmp_path / TELLING[form]) == before
    # The other way round the places that were not judged are those of the older list.
    (back,) = compare(program, tmp_path / TELLING[form], made / "old.json")
    assert back["oldScope"] == before[0]["newScope"] and back["counts"]["not-judged"] == 1
    # And from one form into another.
    for other, name in TELLING.items():
        defects = DefectList.read(tmp_path / TELLING[form])
        sized = dataclasses.replace(defects, frames=24)
        sized.write(tmp_path / f"other-{name}", other)  # type: ignore[arg-type]
        (group,) = compare(program, made / "old.json", tmp_path / f"other-{name}")
        assert group["newScope"] == before[0]["newScope"], other
        assert group["counts"] == before[0]["counts"], other


@pytest.mark.parametrize("form", ["dcraw", "rawtherapee", "siril", "jpegpixi"])
def test_text_is_the_programs_own_to_the_byte(made: Path, tmp_path: Path, form: Any) -> None:
    report = fastpix.Report.read(made / "report.json")
    offset = (0, 0) if form == "jpegpixi" else (3, 2)
    report.groups[0].defect_list.write(tmp_path / TELLING[form], form, offset)
    assert (tmp_path / TELLING[form]).read_bytes() == (made / TELLING[form]).read_bytes()


def test_tables_have_the_programs_columns_and_the_share(made: Path, program: Path, tmp_path: Path) -> None:
    def rows(path: Path) -> list[list[str]]:
        return list(csv.reader(path.read_text().splitlines()))

    defects = DefectList.read(made / "list.json")
    defects.write(tmp_path / "list.csv")
    (header, *lines), (own_header, *own_lines) = rows(made / "list.csv"), rows(tmp_path / "list.csv")
    assert own_header == [*header, "judged_share"] and len(lines) == len(own_lines) == 2
    for line, own in zip(lines, own_lines):
        for field, own_field in zip(line, own):
            assert field == own_field or float(field) == float(own_field)
        assert float(own[-1]) == defects.judged_share
    # The program's result as a table has the share as well, and no word for where it is.
    (tmp_path / "report.csv").write_text(run([program, "hotpixels", made / "bar", "-f", "csv", "-q"]))
    read = DefectList.read(tmp_path / "report.csv")
    assert (read.judged_share, read.not_judged) == (defects.judged_share, None)
    read.write(tmp_path / "a.lst")
    percent = int((defects.judged_share or 0) * 100)
    assert f"# judged: {percent} % of the frame, not known where" in (tmp_path / "a.lst").read_text().splitlines()
    read.write(tmp_path / "a.json")
    for name in ("a.lst", "a.json", "report.csv"):
        # "Not told", and not "nowhere".
        assert compare(program, made / "old.json", tmp_path / name)[0]["newScope"]["notJudged"] is None
    assert DefectList.read(tmp_path / "a.lst").not_judged is None
    # Shares that differ are those of several groups.
    text = (tmp_path / "list.csv").read_text().replace(repr(defects.judged_share), "0.5", 1)
    (tmp_path / "two.csv").write_text(text)
    assert DefectList.read(tmp_path / "two.csv").judged_share is None
    (tmp_path / "all.csv").write_text("row,column,judged_share\n1,2,1.0\n")
    assert DefectList.read(tmp_path / "all.csv").not_judged == ()


PART = NotJudgedPart(row=0, column=0, rows=3, columns=40)
DEFECTS = DefectList.at([(5, 6)], 40, 30)


@pytest.mark.parametrize(("form", "name"), OTHERS.items())
def test_what_a_form_cannot_say_is_a_warning(tmp_path: Path, form: Any, name: str) -> None:
    def warned(defects: DefectList) -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            defects.write(tmp_path / name, form)
        assert all(one.category is FastPixWarning and one.filename == __file__ for one in caught)
        return [str(one.message).removeprefix(f"{tmp_path / name}: the list of ") for one in caught]

    camera = Camera(make="A", model="B")
    unsaid = "where that is, this form cannot say" if form == "csv" else "which this form cannot say"
    partly = dataclasses.replace(DEFECTS, camera=camera, judged_share=0.9, not_judged=(PART,))
    assert warned(partly) == [f"A B is of 90 % of the frame; the rest was not judged, {unsaid}"]
    if form not in ("csv", "pixinsight"):  # Which have no list of no defects.
        assert warned(dataclasses.replace(partly, defects=())) == [
            "A B is of 90 % of the frame; the rest was not judged, which this form cannot say"
        ]
    assert warned(dataclasses.replace(partly, not_judged=None, classes=("hot", "dead"))) == [
        f"A B is of 90 % of the frame; the rest was not judged, {unsaid}",
        "A B has hot, dead alone, which this form cannot say",
    ]
    # What is not known cannot be lost, and all of it needs no words.
    assert warned(DEFECTS) == []
    everything = ("unstable", "low-gain", "hot", "dead", "stuck")
    assert warned(dataclasses.replace(DEFECTS, judged_share=1.0, not_judged=(), classes=everything)) == []


def test_warnings_that_are_errors_leave_no_file(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FastPixWarning):
            dataclasses.replace(DEFECTS, classes=("hot",)).write(tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_comments_are_in_the_guides_words(tmp_path: Path) -> None:
    """The lines that Guides/Maps.md has."""
    sensor = SensorFrame(width=4056, height=3040, left=8, top=4, visible_left=8, visible_top=4)
    defects = DefectList(
        (Defect(row=90, column=70),),
        640,
        200,
        judged_share=0.879,
        not_judged=(NotJudgedPart(row=0, column=0, rows=24, columns=640),),
        classes=("hot", "stuck"),
        sensor_frame=sensor,
    )
    defects.write(tmp_path / "a.badpixels", offset=(8, 4))
    assert (tmp_path / "a.badpixels").read_text().splitlines()[1:] == [
        "# frame 640 x 200, offset 8,4",
        "# sensor 4056 x 3040, margins 8,4",
        "# judged: 87 % of the frame",
        "# not judged in photos: 640 x 24 at 0,0",
        "# classes: hot, stuck",
        "78 94 0",
    ]


def test_no_rewriting_makes_the_share_smaller(tmp_path: Path) -> None:
    for percent in range(101):
        dataclasses.replace(DEFECTS, judged_share=percent / 100, not_judged=(PART,)).write(tmp_path / "a.lst")
        assert DefectList.read(tmp_path / "a.lst").judged_share == percent / 100
    dataclasses.replace(DEFECTS, judged_share=0.99999, not_judged=(PART,)).write(tmp_path / "a.lst")
    assert DefectList.read(tmp_path / "a.lst").judged_share == 0.99


def test_lists_of_a_frame_that_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "a.badpixels"
    defects = DefectList.at([(1, 2)])
    for known, line in (({"judged_share": 0.5}, "50 %"), ({"not_judged": ()}, "100 %"), ({"judged_share": 1}, "100 %")):
        dataclasses.replace(defects, **known).write(path)  # type: ignore[arg-type]
        assert f"# judged: {line} of the frame" in path.read_text()
    with pytest.raises(MapError, match="give it judged_share, or width and height"):
        dataclasses.replace(defects, not_judged=(PART,)).write(path)
    dataclasses.replace(defects, not_judged=(PART,), judged_share=0.5).write(path)
    assert DefectList.read(path).not_judged == (PART,)
    # Rows of the places that are listed are turned, and those that were not judged are the photos' as they are.
    lines = ["# frame 40 x 30, offset 0,0, from the bottom", "# judged: 90 % of the frame"]
    path.write_text("\n".join([*lines, "# not judged in photos: 40 x 3 at 0,0", "P 6 5 H", ""]))
    read = DefectList.read(path)
    assert (read[0].row, read.judged_share, read.not_judged) == (24, 0.9, (PART,))
    # Parts below a line that says how much, as the program reads them: without it they are comments.
    path.write_text("# not judged in photos: 40 x 3 at 0,0\n2 1 0\n")
    assert DefectList.read(path).not_judged is None


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(MapError, match="no share of the frame"):
            DefectList(judged_share=share)
    for part in (
        NotJudgedPart(row=-1, column=0, rows=1, columns=1),
        NotJudgedPart(row=0, column=1 << 31, rows=1, columns=1),
        NotJudgedPart(row=0, column=0, rows=0, columns=1),
    ):
        with pytest.raises(MapError, match="outside any frame"):
            DefectList(not_judged=(part,))
        # In a file the program passes it over.
        (tmp_path / "a.json").write_text(
            json.dumps(
                {
                    "schema": "fastpix.defects/1",
                    "groups": [
                        {"camera": {}, "width": 5, "height": 4, "frames": 7, "defects": [], "notJudged": [part.to_json()]}
                    ],
                }
            )
        )
        assert DefectList.read(tmp_path / "a.json").not_judged == ()
    for classes in ((), ("hot\n1 2 0",), tuple(f"class-{letter}" for letter in "abcdefgh")):
        with pytest.raises(MapError, match="cannot be named in a comment"):
            dataclasses.replace(DEFECTS, classes=classes).write(tmp_path / "a.lst")
