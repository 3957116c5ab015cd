"""Lists of defects: every form written and read, by this package and by the program; masks; repair."""

from __future__ import annotations

import json
import subprocess
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import fastpix
from fastpix import Camera, Defect, DefectList, MapError, NotJudgedPart, Pixel, SensorFrame

CLASSES = ("stuck", "dead", "hot", "low-gain", "unstable")

#: Forms, and names that masks of several kinds of file have.
FORMS = {
    "json": "list.json",
    "csv": "list.csv",
    "mask": "list.png",
    "mask-tiff": "list.tif",
    "mask-fits": "list.fits",
    "dcraw": "list.badpixels",
    "rawtherapee": "list.badpixels",
    "siril": "list.lst",
    "pixinsight": "list.txt",
    "jpegpixi": "list.jpegpixi",
}


@st.composite
def lists(draw: st.DrawFn) -> DefectList:
    width, height = draw(st.integers(40, 90)), draw(st.integers(40, 90))
    places = draw(st.lists(st.tuples(st.integers(0, height - 1), st.integers(0, width - 1)), unique=True, max_size=12))
    defects = []
    for row, column in sorted(places):
        kind = draw(st.sampled_from(["stuck", "dead", "hot", "low-gain", "unstable", "of-tomorrow"]))
        extra = draw(st.sampled_from([{}, {"cluster": 7, "bornAt": None, "line": {"rows": [1, 2]}}]))
        top, left = draw(st.integers(max(0, row - 3), row)), draw(st.integers(max(0, column - 3), column))
        defects.append(
            Defect(
                row=row,
                column=column,
                channel=draw(st.integers(0, 2)),
                shape="point",
                extent_rows=1,
                extent_columns=1,
                row_period=1,
                column_period=1,
                pixels=(Pixel(row=row, column=column),),
                class_=kind,
                confidence=draw(st.floats(0, 1)),
                mean=draw(st.floats(0, 255)),
                smear_row=top,
                smear_column=left,
                smear_rows=row - top + 1,
                smear_columns=column - left + 1,
                sensor_row=draw(st.none() | st.just(row + 8)),
                sensor_column=draw(st.none() | st.just(column + 16)),
                extra=extra,
            )
        )
    names = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
    camera = Camera(make=draw(names), model=draw(names), serial=draw(names))
    return DefectList(tuple(defects), width, height, camera, 48, **draw(scopes(width, height)))


def scopes(width: int, height: int) -> st.SearchStrategy[dict[str, Any]]:
    """What a list may know of what it could have had; parts may overlap, and go beyond the frame."""
    sides = (st.integers(0, height - 1), st.integers(0, width - 1), st.integers(1, height), st.integers(1, width))
    parts = st.builds(lambda *values: NotJudgedPart(**dict(zip(("row", "column", "rows", "columns"), values))), *sides)
    names = st.sampled_from([*CLASSES, "of-tomorrow"])
    number = st.integers(0, 9999)
    sensor = st.builds(
        SensorFrame, **{name: number for name in ("width", "height", "left", "top", "visible_left", "visible_top")}
    )
    known = {
        # Every hundredth, and what lies between.
        "judged_share": st.integers(0, 100).map(lambda percent: percent / 100) | st.floats(0, 1),
        "not_judged": st.lists(parts, max_size=4).map(tuple),
        "classes": st.just(CLASSES) | st.lists(names, unique=True, min_size=1).map(tuple),
        "sensor_frame": sensor,
        "extra": st.just({"healed": [{"row": 1}], "comment": None}),
    }
    return st.fixed_dictionaries({}, optional=known)


def form_of(kind: str) -> Any:
    """What `write` calls it."""
    return kind.split("-")[0]


def places(defects: DefectList) -> list[tuple[int, int]]:
    return sorted((defect.row, defect.column) for defect in defects)


@pytest.mark.filterwarnings("ignore:.*this form cannot say")
@given(lists(), st.sampled_from(sorted(FORMS)), st.tuples(st.integers(0, 90), st.integers(0, 90)))
def test_every_form_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, defects: DefectList, form: Any, offset: tuple[int, int]
) -> None:
    path = tmp_path_factory.mktemp("maps") / FORMS[form]
    # PixInsight's form cannot tell an offset.
    used = (0, 0) if form == "pixinsight" else offset
    if form in ("csv", "pixinsight") and not defects:
        with pytest.raises(MapError, match="write JSON"):
            defects.write(path)
        assert not list(path.parent.iterdir())
        return
    defects.write(path, form_of(form), used)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    read = DefectList.read(path)
    if form != "pixinsight":
        assert (read.width, read.height) == (defects.width, defects.height)
    if form == "json":
        assert read == defects
    elif form == "csv":
        assert read.camera == defects.camera and read.judged_share == defects.judged_share
        assert [defect.to_json() for defect in read] == [{**defect.to_json()} for defect in without_extra(defects)]
    elif form_of(form) == "mask":
        np.testing.assert_array_equal(read.mask(), defects.mask())
    elif form == "jpegpixi":
        np.testing.assert_array_equal(read.mask(), defects.mask())
        assert len(read) == len(defects)
    else:
        assert places(read) == places(defects)
    if form in ("dcraw", "rawtherapee", "siril", "jpegpixi"):
        assert_comments_tell_the_scope(read, defects)
        # Positions have no confidence, of which the list that was read cannot count any.
        comments = comments_of(path)
        read.write(path, form_of(form), used)
        assert comments_of(path) == comments


def comments_of(path: Path) -> list[str]:
    """What a list says of its frame and its scope."""
    lines = [line for line in path.read_text().splitlines() if line.startswith("#")]
    return [line for line in lines[1:] if not line.startswith("# with a confidence")]


def test_doubtful_entries_are_counted_in_comments(tmp_path: Path) -> None:
    confidences = (0.49, 0.5, None, 0.0, 1.0)
    defects = DefectList(tuple(Defect(row=i, column=i, confidence=one) for i, one in enumerate(confidences)), 10, 10)
    for name in ("a.badpixels", "a.lst", "a.jpegpixi"):
        defects.write(tmp_path / name)
        assert (tmp_path / name).read_text().splitlines()[1] == "# with a confidence below 0.5: 2"
        DefectList(defects.defects[1:3], 10, 10).write(tmp_path / name)
        assert "confidence" not in (tmp_path / name).read_text()


def assert_comments_tell_the_scope(read: DefectList, written: DefectList) -> None:
    assert read.not_judged == written.not_judged
    assert read.classes == (None if set(CLASSES) <= set(written.classes or CLASSES) else written.classes)
    share = written.judged_share
    if share is None and written.not_judged is not None:
        judged = np.ones((written.height or 0, written.width or 0), np.bool_)
        for part in written.not_judged:
            judged[part.row : part.row + part.rows, part.column : part.column + part.columns] = False
        share = float(judged.mean())
    assert (read.judged_share is None) == (share is None)
    if read.judged_share is not None and share is not None:
        assert read.judged_share <= share < read.judged_share + 0.01 + 1e-12
    sensor, told = written.sensor_frame, ("width", "height", "visible_left", "visible_top")
    assert read.sensor_frame == (sensor and SensorFrame(**{name: getattr(sensor, name) for name in told}))


def without_extra(defects: DefectList) -> list[Defect]:
    names = ("row", "column", "channel", "class_", "confidence", "mean", "shape", "extent_rows", "extent_columns")
    names += ("row_period", "column_period", "pixels")
    sides = ("smear_row", "smear_column", "smear_rows", "smear_columns", "sensor_row", "sensor_column")
    return [Defect(**{name: getattr(defect, name) for name in names + sides}) for defect in defects]


def test_no_defects_are_a_list_of_a_frame(tmp_path: Path) -> None:
    """Every form reads what it wrote of no defects, or refuses to write what would be read as no list at all."""
    none, one = DefectList((), 40, 30, Camera(model="X")), DefectList.at([(1, 2)], 40, 30)
    for form, name in FORMS.items():
        path = tmp_path / name
        if form == "csv":
            for write in (lambda: none.write(path), lambda: DefectList.write_all([one, none], path)):
                with pytest.raises(MapError, match="the list of X has none.*write JSON") as caught:
                    write()
                assert str(path) in str(caught.value) and not path.exists()
            continue
        if form == "pixinsight":
            with pytest.raises(MapError, match="the list of X has no defects, and an empty file is no list"):
                none.write(path)
            assert not path.exists()
            continue
        none.write(path, form_of(form))
        read = DefectList.read(path)
        assert len(read) == 0 and (read.width, read.height) == (40, 30)
    for name in ("a.badpixels", "a.lst", "a.jpegpixi"):
        DefectList(()).write(tmp_path / name)
        assert DefectList.read(tmp_path / name) == DefectList(())
    # A table without a line, as the program writes it, is no list.
    (tmp_path / "list.csv").write_text("make,model,serial,width,height,row,column,class\n")
    assert DefectList.read_all(tmp_path / "list.csv") == ()
    with pytest.raises(MapError, match="list.csv: has no list of any camera or frame"):
        DefectList.read(tmp_path / "list.csv")


@st.composite
def bare_lists(draw: st.DrawFn) -> DefectList:
    """Lists of which little is known, as they are made by hand."""
    number = st.none() | st.integers(1, 3)
    defects = st.builds(
        Defect,
        row=st.integers(0, 9),
        column=st.integers(0, 9),
        channel=st.none() | st.integers(0, 2),
        class_=st.none() | st.sampled_from(CLASSES),
        shape=st.none() | st.just("point"),
        confidence=st.none() | st.floats(0, 1),
        frames_above=number,
        pixels=st.none() | st.just(()),
    )
    return DefectList(tuple(draw(st.lists(defects, max_size=3))), 40, 30, frames=draw(number), **draw(scopes(40, 30)))


@given(bare_lists())
def test_json_keeps_lists_that_know_little(tmp_path_factory: pytest.TempPathFactory, defects: DefectList) -> None:
    path = tmp_path_factory.mktemp("bare") / "a.json"
    defects.write(path)
    assert DefectList.read(path) == defects
    # The program, and the schema, demand a number.
    assert json.loads(path.read_text())["groups"][0]["frames"] == (defects.frames or 0)


def test_json_keeps_lists_of_places(program: Path, tmp_path: Path) -> None:
    defects = DefectList.at([(1, 2), (7, 5)], 10, 9)
    assert defects.frames is None and DefectList(frames=0).frames is None
    path = tmp_path / "a.json"
    defects.write(path)
    assert DefectList.read(path) == defects
    command = [program, "compare", path, path, "--format", "json"]
    assert json.loads(subprocess.check_output(command))["isUnchanged"] is True


@pytest.mark.parametrize("name", ["map.json", "map.csv", "map.badpixels", "map.lst", "map.txt"])
@pytest.mark.parametrize("content", ["", "\n", " \r\n\t"])
def test_empty_files_are_no_lists(program: Path, tmp_path: Path, name: str, content: str) -> None:
    """Nor are they to the program: what was cut off, or never written, is not a sensor without defects."""
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(MapError, match="the file is empty"):
        DefectList.read_all(path)
    run = subprocess.run([program, "compare", path, path], stderr=subprocess.PIPE, text=True)
    assert run.returncode == 1 and "the file is empty" in run.stderr


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_a_map_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "list"
    path.write_bytes(content)
    try:
        assert isinstance(DefectList.read_all(path), tuple)
    except MapError as error:
        assert str(path) in str(error)


@pytest.mark.filterwarnings("ignore:.*this form cannot say")
@given(lists(), st.sampled_from(sorted(FORMS)), st.data())
def test_damaged_lists_are_lists_or_map_errors(
    tmp_path_factory: pytest.TempPathFactory, defects: DefectList, form: Any, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("damaged") / FORMS[form]
    if form in ("csv", "pixinsight") and not defects:
        form = "json"
    defects.write(path, form_of(form))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        read = DefectList.read_all(path)
    except MapError:
        return
    # A PNG has checksums.
    if form == "mask":
        np.testing.assert_array_equal(read[0].mask(), defects.mask())


def group_with(**fields: Any) -> str:
    """A list in JSON whose only group has these fields, too."""
    group = {"camera": {}, "width": 40, "height": 30, "frames": 7, "defects": [], **fields}
    return json.dumps({"schema": "fastpix.defects/1", "groups": [group]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Col 5 3\n", "line 1 is no position"),
        ("Col 5 4 3\n", "line 1 is no position"),
        ("Line 5\n", "line 1 is no position"),
        ("1 2 0\nL 5 0\n", "line 2 is no position"),
        ("C 5\n", "line 1 is no position"),
        ("X:1,2\n", "line 1 is no position"),
        ("row,column,shape\n1,2,disc\n", "line 2 has a shape"),
        ("row,column,shape,extent_rows\n1,2,column,0\n", "line 2 has a shape"),
        ("row,column,pixels\n1,2,3-4\n", "line 2 has a shape"),
        ("1 2\n3\n", "line 2 is no position"),
        ("1,2,0,5\n", "line 1 is no position"),
        ("row,column\n1\n", "line 2 has no row and column"),
        ('{"schema": "other/1", "groups": []}', "of another program"),
        ('{"schema": "fastpix.defects/1"}', "not a list of defects"),
        (
            '{"schema": "fastpix.defects/1", "groups": [{"camera": {}, "width": 1, "height": "2", "defects": []}]}',
            "not a",
        ),
        ("[" * 100_000, "line 1 is no position"),
        ("{" * 100_000, "not a list"),
        ("# frame 4 x 3, offset 0,0\n4 0 0\n", "row 0, column 4 lies outside the frame of 4 x 3"),
        ("# frame 4 x 3, offset 0,0\n# judged: 101 % of the frame\n", "no share of the frame"),
        ("row,column,class,judged_share\n1,2,hot,-0.5\n", "no share of the frame"),
        (group_with(judgedShare="all"), "not a list of defects"),
        (group_with(judgedShare=1.5), "no share of the frame"),
        (group_with(notJudged=[{"row": 1, "column": 2, "rows": 3}]), "not a list of defects"),
        (group_with(notJudged="nowhere"), "not a list of defects"),
        (group_with(classes="hot"), "not a list of defects"),
        (group_with(sensorFrame={"width": "9"}), "not a list of defects"),
        ("\xff", "neither text nor a mask"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(MapError, match=message) as caught:
        DefectList.read(path)
    assert str(path) in str(caught.value)


#: A frame of 40 x 30 with a point, a cluster, a whole and a part of a column and of a row, and a grid.
SHAPES = DefectList(
    (
        Defect(row=1, column=1, shape="point", class_="dead", pixels=(Pixel(row=1, column=1),)),
        Defect(
            row=2,
            column=5,
            shape="cluster",
            extent_rows=2,
            extent_columns=2,
            pixels=(Pixel(row=2, column=5), Pixel(row=3, column=6)),
        ),
        Defect(row=0, column=9, shape="column", extent_rows=30, extent_columns=1),
        Defect(row=4, column=11, shape="column", extent_rows=3, extent_columns=1),
        Defect(row=10, column=0, shape="row", extent_rows=1, extent_columns=40),
        Defect(row=6, column=13, shape="row", extent_rows=1, extent_columns=4),
        Defect(row=1, column=14, shape="grid", extent_rows=4, extent_columns=5, row_period=3, column_period=2),
    ),
    40,
    30,
)
SHAPE_MASK = np.zeros((30, 40), np.bool_)
SHAPE_MASK[1, 1] = SHAPE_MASK[2, 5] = SHAPE_MASK[3, 6] = True
SHAPE_MASK[:, 9] = SHAPE_MASK[4:7, 11] = SHAPE_MASK[10] = SHAPE_MASK[6, 13:17] = True
SHAPE_MASK[1:5:3, 14:19:2] = True


def test_shapes_mark_their_pixels() -> None:
    np.testing.assert_array_equal(SHAPES.mask(), SHAPE_MASK)
    wide = SHAPES.mask(radius=1)
    grown = np.pad(SHAPE_MASK, 1)
    expected = np.any([grown[y : y + 30, x : x + 40] for y in range(3) for x in range(3)], axis=0)
    np.testing.assert_array_equal(wide, expected)


@pytest.mark.parametrize(("form", "offset"), [(form, offset) for form in sorted(FORMS) for offset in [(0, 0), (30, 7)]])
def test_shapes_are_read_as_they_were_written(tmp_path: Path, form: Any, offset: tuple[int, int]) -> None:
    path = tmp_path / FORMS[form]
    SHAPES.write(path, form_of(form), offset)
    told: dict[str, Any] = {"size": (40, 30), "offset": offset} if form == "pixinsight" else {}
    read = DefectList.read(path, **told)
    np.testing.assert_array_equal(read.mask(), SHAPE_MASK)
    shapes = [(d.row, d.column, d.shape, d.extent) for d in read if d.shape in ("column", "row")]
    columns = [(0, 9, "column", (30, 1)), (10, 0, "row", (1, 40))]
    if form in ("json", "csv", "pixinsight"):
        columns += [(4, 11, "column", (3, 1)), (6, 13, "row", (1, 4))]
    assert sorted(shapes) == (sorted(columns) if form in ("json", "csv", "pixinsight", "siril") else [])


def test_shapes_in_the_words_of_each_program(tmp_path: Path) -> None:
    def lines(name: str, offset: tuple[int, int] = (0, 0)) -> set[str]:
        SHAPES.write(tmp_path / name, offset=offset)
        text = (tmp_path / name).read_text().splitlines()
        assert all(len(line.encode()) <= 62 for line in text)
        return {line for line in text if not line.startswith("#")}

    assert lines("a.lst") >= {"P 1 1 C", "P 6 3 H", "C 9 0", "P 11 5 H", "L 10 0", "P 13 6 H", "P 18 4 H"}
    assert lines("a.lst", (100, 50)) >= {"P 101 51 C", "C 109 0", "L 60 0", "P 113 56 H"}
    assert lines("a.txt") >= {"Col 1 1 1", "Col 9", "Col 11 4 6", "Row 10", "Row 6 13 16"}
    assert lines("a.jpegpixi") >= {"1,1,1,1", "5,2,1,1", "H:9,0,1,30", "H:11,4,1,3", "V:0,10,40,1", "14,1,1,1"}
    assert len(lines("a.badpixels")) == SHAPE_MASK.sum()


def test_the_program_marks_what_this_package_marks(program: Path, tmp_path: Path) -> None:
    """Every form of every shape, written here and applied by the program."""
    cv2 = pytest.importorskip("cv2")
    photo = np.random.default_rng(1).integers(0, 255, (30, 40, 3)).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "photo.png"), photo[:, :, ::-1])
    for form, name in FORMS.items():
        own = tmp_path / form
        own.mkdir()
        SHAPES.write(own / name, form_of(form))
        told = ["--map-size", "40x30", "--map-offset", "0,0"] if form == "pixinsight" else []
        command = [program, "repair", tmp_path / "photo.png", "--map", own / name, "--output", own / "out", "-q", *told]
        subprocess.run(command, check=True)
        repaired = cv2.imread(str(own / "out" / "photo.png"), cv2.IMREAD_UNCHANGED)[:, :, ::-1]
        read = DefectList.read(own / name, **({"size": (40, 30), "offset": (0, 0)} if told else {}))
        np.testing.assert_array_equal(repaired, read.repair(photo))
        np.testing.assert_array_equal(repaired[~SHAPE_MASK], photo[~SHAPE_MASK])


def test_lines_from_edge_to_edge_wait_for_the_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Col 3\nRow 2\nCol 1 0 0\n")
    read = DefectList.read(path)
    assert [defect.is_whole_column or defect.is_whole_row for defect in read] == [True, True, False]
    mask = np.zeros((5, 6), np.bool_)
    mask[:, 3] = mask[2] = mask[0, 1] = True
    np.testing.assert_array_equal(read.mask((5, 6)), mask)
    read.write(tmp_path / "b.txt")
    assert sorted((tmp_path / "b.txt").read_text().split("\n")) == sorted(path.read_text().split("\n"))
    for name in ("a.badpixels", "a.jpegpixi", "a.csv", "a.json", "a.png"):
        with pytest.raises(MapError, match="frame|width and height"):
            read.write(tmp_path / name)
    # In the photos' frame, where a raw frame has 2 columns and 1 row more before it.
    moved = DefectList.read(path, size=(6, 5), offset=(1, 0))
    np.testing.assert_array_equal(moved.mask()[:, 0], [True, False, True, False, False])
    assert moved[0].extent == (5, 1) and (moved[0].row, moved[0].column) == (0, 2)


def test_what_is_told_of_a_list_has_to_agree_with_it(tmp_path: Path) -> None:
    raw = tmp_path / "a.badpixels"
    raw.write_text("5 4 0\n")
    assert places(DefectList.read(raw, size=(20, 12), offset=(2, 1))) == [(3, 3)]
    with pytest.raises(MapError, match="where the photos begin"):
        DefectList.read(raw, size=(20, 12))
    SHAPES.write(raw, offset=(2, 1))
    with pytest.raises(MapError, match="its offset is 2,1"):
        DefectList.read(raw, offset=(0, 0))
    with pytest.raises(MapError, match="for frames of 40 x 30 pixels"):
        DefectList.read(raw, size=(21, 12), offset=(2, 1))
    SHAPES.write(tmp_path / "a.json")
    with pytest.raises(MapError, match="own frame"):
        DefectList.read(tmp_path / "a.json", offset=(1, 1))
    with pytest.raises(MapError, match="for frames of 40 x 30"):
        DefectList.read(tmp_path / "a.json", size=(5, 5))
    (tmp_path / "fits.png").write_bytes(b"SIMPLE  =                    T")
    with pytest.raises(MapError, match="its header has no end"):
        DefectList.read(tmp_path / "fits.png")


def test_lists_of_chdk(tmp_path: Path) -> None:
    path = tmp_path / "badpixel.bin"
    path.write_bytes(np.array([7, 3, 9, 2 | 2 << 13], "<u2").tobytes())
    read = DefectList.read(path, size=(20, 12), offset=(0, 0))
    assert sorted(zip(*np.nonzero(read.mask()))) == [(2, 9), (3, 7), (3, 9), (4, 9)]
    path.write_bytes(b"123")
    with pytest.raises(MapError, match="3 bytes"):
        DefectList.read(path)


def test_lists_that_claim_more_than_a_sensor_has_are_refused(tmp_path: Path) -> None:
    defect = {"row": 0, "column": 0, "shape": "grid", "extentRows": 10_000, "extentColumns": 10_000, "rowPeriod": 2}
    group = {"camera": {}, "width": 10_000, "height": 10_000, "frames": 7, "defects": [defect]}
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"schema": "fastpix.defects/1", "groups": [group]}))
    with pytest.raises(MapError, match="that is no list of defects"):
        DefectList.read(path)


def test_several_lists_in_one_file(tmp_path: Path) -> None:
    lists = [SHAPES, DefectList.at([(1, 2)], width=5, height=6)]
    for name in ("a.json", "a.csv"):
        DefectList.write_all(lists, tmp_path / name)
        first, second = DefectList.read_all(tmp_path / name)
        np.testing.assert_array_equal(first.mask(), SHAPE_MASK)
        assert places(second) == [(1, 2)] and second.width == 5
    with pytest.raises(MapError, match="2 lists"):
        DefectList.write_all(lists, tmp_path / "a.lst")


def test_lists_of_several_cameras(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("make,model,row,column,class\nA,B,1,2,hot\nA,C,3,4,hot\nA,B,5,6,\nA,B,7,8,dead\n")
    first, second = DefectList.read_all(path)
    assert places(first) == [(1, 2), (7, 8)] and first.camera.model == "B"
    assert places(second) == [(3, 4)]
    with pytest.raises(MapError, match="the lists of 2 cameras"):
        DefectList.read(path)
    with pytest.raises(OSError):
        DefectList.read(tmp_path / "missing")


def test_names_tell_the_form_and_files_are_replaced_whole(tmp_path: Path) -> None:
    defects = DefectList.at([(3, 4)], width=10, height=8)
    with pytest.raises(MapError, match="the name tells no form"):
        defects.write(tmp_path / "list.doc")
    with pytest.raises(MapError, match="there is no form 'word'"):
        defects.write(tmp_path / "list.doc", "word")  # type: ignore[arg-type]
    with pytest.raises(MapError, match="outside the raw frame"):
        defects.write(tmp_path / "a.lst", offset=(-5, 0))
    with pytest.raises(MapError, match="frame"):
        DefectList.at([(3, 4)]).write(tmp_path / "a.png")
    with pytest.raises(MapError, match="frame's size"):
        DefectList.at([(3, 4)]).write(tmp_path / "a.json")
    with pytest.raises(MapError, match="frame's size"):
        DefectList.at([(3, 4)]).write(tmp_path / "a.lst", offset=(1, 1))
    assert list(tmp_path.iterdir()) == []
    # Errors name the file that was to be written, and not the hidden one that it is made as.
    (tmp_path / "folder.lst").mkdir()
    for path, error in ((tmp_path / "no-folder" / "a.lst", FileNotFoundError), (tmp_path / "folder.lst", IsADirectoryError)):
        with pytest.raises(error) as caught:
            defects.write(path)
        assert caught.value.filename == str(path) and f"{str(path)!r}" in str(caught.value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder.lst"]
    for name in ("a.badpixels", ".badpixels"):
        defects.write(tmp_path / name)
        assert (tmp_path / name).read_text().splitlines()[-1] == "4 3 0"
    DefectList.at([(1, 1)]).write(tmp_path / "a.badpixels")
    assert (tmp_path / "a.badpixels").read_text().splitlines()[-1] == "1 1 0"


def test_masks_are_what_other_programs_read(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    mask = np.zeros((70, 50), np.bool_)
    mask[3, 4] = mask[10:13, 20:25] = mask[69, 49] = True
    for name in ("a.png", "a.tif", "a.tiff"):
        DefectList.at(np.argwhere(mask), width=50, height=70).write(tmp_path / name)
        np.testing.assert_array_equal(cv2.imread(str(tmp_path / name), cv2.IMREAD_UNCHANGED), np.uint8(255) * mask)


def test_fits_masks_are_astropys(tmp_path: Path) -> None:
    fits = pytest.importorskip("astropy.io.fits")
    mask = np.zeros((70, 50), np.bool_)
    mask[3, 4] = mask[10:13, 20:25] = mask[69, 49] = True
    path = tmp_path / "a.fits"
    DefectList.at(np.argwhere(mask), width=50, height=70).write(path)
    with fits.open(path, checksum=True) as file:
        file.verify("exception")
        np.testing.assert_array_equal(file[0].data, np.uint8(255) * mask)
    kinds = [mask.astype(kind) for kind in (np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.float32)]
    # Planes of three colours, of which one is marked.
    for data in [*kinds, np.stack([mask, 0 * mask, 0 * mask]).astype(np.uint8), kinds[0][None]]:
        fits.PrimaryHDU(data).writeto(path, overwrite=True)
        np.testing.assert_array_equal(DefectList.read(path).mask(), mask)
    for hdus in ([fits.PrimaryHDU(), fits.ImageHDU(kinds[0])], [fits.PrimaryHDU(mask.astype(float))]):
        fits.HDUList(hdus).writeto(path, overwrite=True)
        with pytest.raises(MapError, match="argwhere"):
            DefectList.read(path)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16", "F"])
def test_tiff_masks_of_other_programs_are_read(tmp_path: Path, mode: str, compression: str | None) -> None:
    images = pytest.importorskip("PIL.Image")
    generator = np.random.default_rng(1)
    # Two sizes: LZW's codes grow to 12 bits and begin anew in the second.
    for height, width in ((61, 43), (700, 900)):
        mask = generator.random((height, width)) < 0.05
        grey = generator.integers(1, 256, mask.shape).astype(np.uint8) * mask
        if mode in ("I;16", "F"):
            image = images.fromarray(grey.astype(np.uint16 if mode == "I;16" else np.float32))
        else:
            image = images.fromarray(grey).convert(mode)
        for predictor in (1, 2):
            if predictor == 2 and (mode == "F" or compression in (None, "packbits")):
                continue
            image.save(tmp_path / "a.tif", compression=compression, tiffinfo={317: predictor})
            np.testing.assert_array_equal(DefectList.read(tmp_path / "a.tif").mask(), mask)


def test_tiff_masks_that_are_not_read_are_refused(tmp_path: Path) -> None:
    images = pytest.importorskip("PIL.Image")
    mask = np.zeros((61, 43), np.uint8)
    mask[3, 4] = 255
    for mode, options, what in (
        ("1", {}, "1 bits"),
        ("P", {}, "other colours"),
        ("CMYK", {}, "other colours"),
        ("L", {"compression": "jpeg"}, "compression 7"),
    ):
        images.fromarray(mask).convert(mode).save(tmp_path / "a.tif", **options)
        with pytest.raises(MapError, match=f"{what}.*argwhere"):
            DefectList.read(tmp_path / "a.tif")
    cv2 = pytest.importorskip("cv2")
    cv2.imwrite(str(tmp_path / "b.tif"), mask, [cv2.IMWRITE_TIFF_COMPRESSION, 1])
    np.testing.assert_array_equal(DefectList.read(tmp_path / "b.tif").mask(), mask > 0)
    whole = (tmp_path / "b.tif").read_bytes()
    for size in range(4, len(whole), 97):
        (tmp_path / "b.tif").write_bytes(whole[:size])
        with pytest.raises(MapError):
            DefectList.read(tmp_path / "b.tif")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "I;16"])
def test_masks_of_other_programs_are_read(tmp_path: Path, mode: str) -> None:
    images = pytest.importorskip("PIL.Image")
    mask = np.zeros((61, 43), np.bool_)
    mask[3, 4] = mask[10:13, 20:25] = mask[60, 42] = True
    if mode == "I;16":
        image = images.fromarray(mask.astype(np.uint16))
    else:
        image = images.fromarray(np.uint8(255) * mask).convert(mode)
    image.save(tmp_path / "a.png")
    np.testing.assert_array_equal(DefectList.read(tmp_path / "a.png").mask(), mask)
    image.convert("L").save(tmp_path / "wrong.jpg")
    images.fromarray(np.uint8(255) * ~mask).save(tmp_path / "b.png")
    with pytest.raises(MapError, match="more than a tenth"):
        DefectList.read(tmp_path / "b.png")


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 4), st.sampled_from([0, 2, 4, 6]), st.integers(0, 999))
def test_every_filter_of_png_is_undone(height: int, width: int, kind: int, colour: int, seed: int) -> None:
    from fastpix import _png

    samples = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    generator = np.random.default_rng(seed)
    rows = (generator.integers(0, 256, (height, width * samples)) * (generator.random((height, 1)) < 0.3)).astype(int)
    filtered = np.zeros((height, 1 + width * samples), np.uint8)
    above = np.zeros(width * samples, int)
    for index, row in enumerate(rows):
        left = np.concatenate([np.zeros(samples, int), row[:-samples]])
        corner = np.concatenate([np.zeros(samples, int), above[:-samples]])
        estimate = left + above - corner
        a, b, c = abs(estimate - left), abs(estimate - above), abs(estimate - corner)
        paeth = np.where((a <= b) & (a <= c), left, np.where(b <= c, above, corner))
        predicted = [0 * row, left, above, (left + above) // 2, paeth][kind]
        filtered[index, 0], filtered[index, 1:] = kind, (row - predicted) % 256
        above = row
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, colour, 0, 0, 0])
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes())), (b"IEND", b"")]
    content = _png.SIGNATURE + b"".join(_png._chunk(*chunk) for chunk in chunks)
    colours = rows.reshape(height, width, samples)[:, :, : samples - (colour >= 4)]
    np.testing.assert_array_equal(_png.decode(content), colours.any(axis=2))


def test_mask_and_repair_want_the_lists_own_size() -> None:
    defects = DefectList.at([(3, 4)], width=10, height=8)
    assert defects.mask().sum() == 1 and defects.mask((8, 10, 3), radius=1).sum() == 9
    assert DefectList.at([(0, 0)]).mask((5, 5), radius=2).sum() == 9
    with pytest.raises(MapError, match="image is 8 x 10 pixels and the list for 10 x 8"):
        defects.mask((10, 8))
    with pytest.raises(MapError, match="image is 8 x 10 pixels and the list for 10 x 8"):
        defects.repair(np.zeros((10, 8), np.uint8))
    with pytest.raises(MapError, match="give the shape"):
        DefectList.at([(3, 4)]).mask()
    with pytest.raises(MapError, match="row 3, column 4"):
        DefectList.at([(3, 4)]).mask((3, 9))
    with pytest.raises(MapError, match="outside the frame"):
        DefectList.at([(8, 4)], width=10, height=8)
    with pytest.raises(ValueError, match="negative"):
        defects.mask(radius=-1)
    for shape in ((), (8,)):
        with pytest.raises(MapError, match=r"the shape is \(.*\); \(height, width\) is wanted"):
            defects.mask(shape)
    for radius in (1.5, "1"):
        with pytest.raises(TypeError, match="integer"):
            defects.mask(radius=radius)  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [None, 1, 3, 4])
def test_repair_puts_what_is_around_and_touches_nothing_else(dtype: Any, channels: int | None) -> None:
    shape = (60, 80) if channels is None else (60, 80, channels)
    ramp = np.add.outer(np.arange(60), 2 * np.arange(80))
    image = np.broadcast_to(ramp if channels is None else ramp[:, :, None], shape).astype(dtype)
    defects = DefectList.at([(0, 0), (30, 40), (31, 40), (59, 79)])
    damaged = image.copy()
    damaged[defects.mask((60, 80))] = 0 if dtype != np.float32 else np.nan
    before = damaged.copy()
    repaired = defects.repair(damaged)
    np.testing.assert_array_equal(damaged, before)
    assert repaired.shape == shape and repaired.dtype == dtype
    # Inside, a plane goes on exactly; in corners there is only one side.
    np.testing.assert_allclose(repaired[5:55, 5:75], image[5:55, 5:75], atol=0.51 if dtype != np.float32 else 1e-4)
    assert abs(float(np.max(repaired[0, 0])) - 1) <= 2
    unlisted = ~defects.mask((60, 80))
    np.testing.assert_array_equal(repaired[unlisted], image[unlisted])
    # As astropy reads FITS.
    foreign = defects.repair(damaged.astype(damaged.dtype.newbyteorder()))
    assert foreign.dtype == damaged.dtype.newbyteorder()
    np.testing.assert_array_equal(foreign, repaired)
    flipped = defects_flipped(defects, 60, 80).repair(damaged[::-1, ::-1])
    np.testing.assert_allclose(flipped[::-1, ::-1], repaired, atol=1)


def defects_flipped(defects: DefectList, height: int, width: int) -> DefectList:
    return DefectList.at([(height - 1 - row, width - 1 - column) for row, column in places(defects)])


def test_places_are_whole_numbers() -> None:
    expected = DefectList.at([(1, 2), (3, 4)])
    for given in ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]], np.uint16), ((row, row + 1) for row in (1, 3))):
        assert DefectList.at(given) == expected
    assert all(type(side) is int for side in (expected[0].row, DefectList.at(np.array([[1, 2]]))[0].column))
    bad: list[Any] = [[(1.5, 2)], [(1, 2.0)], np.array([[1.0, 2.0]]), [(1,)], [(1, 2, 3)], [5], ["12"], np.eye(2, dtype=bool)]
    for places in bad:
        with pytest.raises(TypeError, match="is no place; places are row and column in whole numbers"):
            DefectList.at(places)


def test_repair_refuses_what_it_cannot_do() -> None:
    defects = DefectList.at([(0, 0)])
    with pytest.raises(MapError, match="nothing good is near row 0, column 0"):
        defects.repair(np.zeros((1, 1), np.uint8))
    with pytest.raises(TypeError, match="int16"):
        defects.repair(np.zeros((4, 4), np.int16))  # type: ignore[type-var]
    with pytest.raises(ValueError, match="1 dimensions"):
        defects.repair(np.zeros(4, np.uint8))
    for image in ([1], 3, None):
        with pytest.raises(TypeError, match="the image is of <class '.*'>; a NumPy array can be repaired"):
            defects.repair(image)  # type: ignore[type-var]
    for channels in (0, 5, 9):
        with pytest.raises(ValueError, match=f"the image has {channels} channels; 1 to 4"):
            defects.repair(np.zeros((4, 4, channels), np.uint8))
    for noise in (0, -1.5, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"the noise is {noise}; it is"):
            defects.repair(np.zeros((4, 4), np.uint8), noise=noise)
    long = DefectList.at([(50, 50)]).repair(np.full((200, 200), 9, np.uint8), radius=45)
    assert (long == 9).all()


def test_the_program_and_this_package_read_each_others_lists(
    example: Path, program: Path, tmp_path: Path, photos: NDArray[np.uint8]
) -> None:
    exports = [tmp_path / f"{form}{Path(name).suffix}" for form, name in FORMS.items() if form != "rawtherapee"]
    report = fastpix.hotpixels(example, export=[*exports, f"{tmp_path}/rt/"], arguments=["--export-offset", "0,0"])
    defects = report.groups[0].defect_list
    assert set(places(defects)) >= {(76, 83), (889, 355)}
    for path in [*exports, *(tmp_path / "rt").iterdir()]:
        read = DefectList.read(path)
        if path.suffix in (".json", ".csv", ".png", ".tif", ".fits", ".jpegpixi"):
            np.testing.assert_array_equal(read.mask(), defects.mask())
        if path.suffix == ".json":
            assert read == defects
        if path.suffix not in (".png", ".tif", ".fits", ".jpegpixi"):
            assert places(read) == places(defects)
    # Written here, the program reads them and replaces what this package replaces, in PNG to the last bit.
    cv2 = pytest.importorskip("cv2")
    photo = photos[0]
    cv2.imwrite(str(tmp_path / "photo.png"), photo[:, :, ::-1])
    for form, name in FORMS.items():
        own = tmp_path / "own" / f"{form}-{name}"
        own.parent.mkdir(exist_ok=True)
        defects.write(own, form_of(form))
        command = [program, "repair", tmp_path / "photo.png", "--map", own, "--output", tmp_path / form, "-q"]
        # Only this form has no place for the frame.
        told = ["--map-size", "384x896", "--map-offset", "0,0"] if form == "pixinsight" else []
        subprocess.run([*command, *told, "--radius", "3", "--any-camera"], check=True, stdout=subprocess.DEVNULL)
        repaired = cv2.imread(str(tmp_path / form / "photo.png"), cv2.IMREAD_UNCHANGED)[:, :, ::-1]
        np.testing.assert_array_equal(repaired, DefectList.read(own).repair(photo, radius=3))
        assert (repaired != photo).any()
    grey = (photo[:, :, 1].astype(np.uint16) * 257 + 3).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "grey.png"), grey)
    command = [program, "repair", tmp_path / "grey.png", "--map", tmp_path / "own" / "json-list.json", "-q"]
    subprocess.run([*command, "--output", tmp_path / "sixteen", "--any-camera"], check=True)
    repaired = cv2.imread(str(tmp_path / "sixteen" / "grey.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(repaired, defects.repair(grey))


def test_json_keeps_what_it_does_not_know(tmp_path: Path) -> None:
    defect = {"row": 1, "column": 2, "class": "hot", "cluster": {"id": 3}, "healedAt": None}
    part = {"row": 0, "column": 0, "rows": 1, "columns": 5, "why": "bar"}
    group = {
        "camera": {"make": "A", "lens": "B"},
        "width": 5,
        "height": 6,
        "frames": 7,
        "judgedShare": 0.8,
        "notJudged": [part],
        "classes": ["hot", "of-tomorrow"],
        "sensorFrame": {"width": 9, "height": 9, "left": 2, "top": 1, "rotation": 90},
        "healed": [defect],
        "defects": [defect],
    }
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"schema": "fastpix.defects/9", "groups": [group]}))
    read = DefectList.read(path)
    read.write(path)
    stored = json.loads(path.read_text())["groups"][0]
    assert stored == group
