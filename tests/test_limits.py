"""What prints without end, texts without end, odd names and places: found and said.

Slower faults (killed, disk full, read-only, two at once) are tried in ``e2e/test_faults.py``.
"""

import json
import shutil
import time
from dataclasses import replace
from itertools import pairwise
from urllib.parse import unquote

import pytest
from made_up_city import city
from small_project import small_project
from test_report import Project, tree

import huzhou_analysis as hz
from huzhou_analysis import charts, exhibit
from huzhou_analysis.export import html
from huzhou_analysis.export.change_notes import Notes
from huzhou_analysis.facts.words import text
from huzhou_analysis.report import build as report


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limits") / "示例 project"
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert Project(small_project(folder), monkeypatch).build()[0] == 0
    return folder


@pytest.fixture
def project(made, tmp_path, monkeypatch):
    shutil.copytree(made, tmp_path / "示例 project", copy_function=shutil.copy2)
    return Project(tmp_path / "示例 project", monkeypatch)


@pytest.fixture
def data(tmp_path):
    return hz.load(city(tmp_path / "city"))


# ----------------------------------------------------------------------------------------------------- without an end


@pytest.mark.e2e
def test_a_notebook_that_prints_without_end_is_stopped_and_its_cell_named(project, monkeypatch, capsys):
    before = tree(project.output)
    monkeypatch.setattr(report, "OUTPUT_LIMIT", 2_000_000)
    project.write("03_loop", "x = 1", "while True:\n    print('x' * 1000)")
    project.write(
        "04_swallows", "while True:\n    try:\n        print('x' * 100_000)\n    except BaseException:\n        pass"
    )
    project.write("05_much", "for _ in range(19):\n    print('x' * 100_000)")  # just within
    started = time.monotonic()
    project.write("06_once", "print('x' * 3_000_000)\n1 + 1")  # over before it can be stopped
    assert project.build() == (1, ["03_loop", "04_swallows", "05_much", "06_once"])
    assert time.monotonic() - started < 120
    said = capsys.readouterr().err
    assert "03_loop.ipynb：输出超过 2 MB" in said
    assert said.count("its output went beyond 2 MB and it was stopped") == 3
    assert "06_once.ipynb：输出超过 2 MB" in said
    assert said.count("in the cell: while True:") == 2
    assert "05_much" not in said
    assert tree(project.output) == before
    assert project.left_over() == []


def test_a_table_that_no_report_can_show_is_refused(data, tmp_path):
    shown = hz.overview.headlines(data)
    long = replace(shown, table=shown.table.sample(100_000, replace=True, random_state=1))
    with pytest.raises(ValueError, match=rf"{shown.id} has .* cells, a report takes 200,000 at most"):
        exhibit.hand_on(long, tmp_path)
    assert list(tmp_path.glob("*.json")) == []


@pytest.mark.parametrize("size", sorted(charts.SIZES))
def test_texts_without_end_leave_room_for_the_chart(size):
    words = "字" * 5000 + "x" * 5000 + "word " * 1000
    started = time.monotonic()
    with charts.house_style():
        canvas = charts.Canvas("zh", size, "题", "副题", [words, words])
        place = canvas.axes().get_position()
    assert 0 < place.y0 < place.y1 <= 1
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("width", [0.3, 1.0, 3.0])
def test_a_long_word_is_broken_where_a_line_is_full(width):
    """Each line holds as many characters as fit, by trying one more."""
    word = "Wi1mx" * 30
    with charts.house_style():
        figure = charts._probe()
        lines = charts.wrap(figure, word, 9, width)
        assert "".join(lines) == word
        for line, following in pairwise(lines):
            assert charts.text_width(figure, line, 9) <= width
            assert charts.text_width(figure, line + following[0], 9) > width


# ---------------------------------------------------------------------------------------------------- names and places


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "a/b",
        "..",
        "a\\b",
        "C:x",
        "",
        "x",
        "a b",
        "a.b",
        "%2e%2e",
        "con",
        "nul",
        "com1",
        "A_b",
        "图",
        "a" * 61,
        "a\n",
        "-ab",
    ],
)
def test_an_id_that_is_no_file_name_is_refused(data, tmp_path, name):
    folder = tmp_path / "out"
    folder.mkdir()
    made = replace(hz.overview.headlines(data), id=name)
    was = tree(tmp_path)
    with pytest.raises(ValueError, match="may hold small letters, digits and underscores only"):
        exhibit.hand_on(made, folder)
    with pytest.raises(ValueError, match="只能用小写字母、数字和下划线"):
        hz.compose(data, name, ["M.gdp"], title=("甲", "a"), reading=("乙", "b"))
    assert tree(tmp_path) == was


@pytest.mark.parametrize(
    "place", ["data", "data/new", "data/inbox/x", "notebooks/x", ".cache/report/x", "data/../notebooks/y"]
)
def test_a_report_is_not_made_among_what_it_is_made_of(project, place):
    was = tree(project.data), tree(project.folder / "notebooks"), tree(project.output)
    with pytest.raises(report.ReportError, match=r"请把报告放到别处 .* name a folder elsewhere"):
        project.build(project.folder / place)
    assert (tree(project.data), tree(project.folder / "notebooks"), tree(project.output)) == was


@pytest.mark.parametrize("place", [".", ".."])
def test_the_project_itself_is_not_replaced(project, place):
    was = tree(project.folder)
    with pytest.raises(report.ReportError, match="name another"):
        project.build(project.folder / place)
    assert {k: v for k, v in tree(project.folder).items() if "run.lock" not in k} == {
        k: v for k, v in was.items() if "run.lock" not in k
    }


def test_a_link_to_a_report_elsewhere_stays_a_link(project, tmp_path):
    before = tree(project.output)
    project.output.rename(tmp_path / "elsewhere")
    project.output.symlink_to(tmp_path / "elsewhere")
    for _ in range(2):
        (tmp_path / "elsewhere" / "index.html").unlink()
        assert project.build(project.output) == (0, [])
        assert project.output.is_symlink()
        assert tree(tmp_path / "elsewhere") == before
    assert not (tmp_path / "elsewhere.previous").exists()


def test_the_usual_place_follows_a_link(tmp_path, monkeypatch):
    (tmp_path / "far").mkdir()
    city(tmp_path / "city")
    (tmp_path / "city" / "reports").symlink_to(tmp_path / "far")
    monkeypatch.setenv("HUZHOU_DATA", str(tmp_path / "city"))
    assert report.paths().output == (tmp_path / "far").resolve()


def test_a_place_that_cannot_be_written_is_said_before_notebooks_run(project, tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    project.write("02_silent", "print('changed')", heading="Silent · 无图")
    assert project.build(tmp_path / "file" / "reports") == (1, [])
    said = capsys.readouterr().err
    assert "Check disk space and permissions" in said
    assert "请检查磁盘空间和权限" in said


ODD = [
    "a..b",
    "with space",
    "quo'te\"d",
    "<b>bold",
    "%2e%2e%2fup",
    "中文" * 41,
    "n" * 200,
    "-dash",
    "#hash?x=1",
    "&amp;",
]


@pytest.mark.parametrize("stem", ODD)
def test_an_odd_name_of_a_notebook_stays_inside_and_its_link_leads_to_it(stem, tmp_path):
    notebook = tmp_path / f"{stem}.ipynb"
    notebook.write_text("{}", encoding="utf-8")
    where = report.Paths(tmp_path, tmp_path / "data", tmp_path / "reports")
    folder = report._cache_folder(where, notebook, {})
    folder.mkdir(parents=True)
    assert folder.parent == where.cache
    section = html.Section.make(stem, "T · 题", [], tmp_path, html.City())
    assert unquote(section.page) == f"notebooks/{stem}.html"
    page = html.index_page([section], Notes(text("无", "none"), [], []), [])
    assert f'href="{section.page}"' in page
    assert f'id="{section.anchor}"' in page
    assert not set(section.anchor) & set(" \"'<>%#&?/")
    assert "<b>bold" not in page


def test_two_long_names_that_begin_alike_are_kept_apart(tmp_path):
    where = report.Paths(tmp_path, tmp_path / "data", tmp_path / "reports")
    paths = [tmp_path / f"{'n' * 200}{n}.ipynb" for n in (1, 2)]
    for path in paths:
        path.write_text(json.dumps({}), encoding="utf-8")
    assert len({report._cache_folder(where, path, {}) for path in paths}) == 2


@pytest.mark.parametrize("now", [0.0, 315_532_799.0, 4_102_444_800.0], ids=["1970", "1979", "2100"])
def test_office_files_do_not_depend_on_the_clock(data, tmp_path, monkeypatch, now):
    """A machine whose battery is dead begins in 1970; a zip archive in 1980."""
    shown = hz.overview.headlines(data)
    for kind in ("pptx", "docx", "xlsx"):
        whole = shown.save(tmp_path / f"a.{kind}", data=data).read_bytes()
        with monkeypatch.context() as clock:
            clock.setattr(time, "time", lambda: now)
            assert shown.save(tmp_path / f"b.{kind}", data=data).read_bytes() == whole
