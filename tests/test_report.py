"""Making a report: nothing twice, all or nothing, in words that say what to do; on a small project of its own."""

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import nbformat
import psutil
import pytest
from test_locking import holding

from huzhou_analysis.cli import main
from huzhou_analysis.report import build as report

ROOT = Path(__file__).resolve().parent.parent
LOAD = "import huzhou_analysis as hz\ndata = hz.load()"
NOTE = "import os, pathlib\nwith open(os.environ['HUZHOU_TEST_RUNS'], 'a') as file:\n    _ = file.write({!r} + '\\n')"


def write_notebook(project, stem, *cells, heading="Topic · 主题"):
    """A notebook that notes down that it ran, then runs `cells`."""
    sources = [NOTE.format(stem), *cells]
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_markdown_cell(f"# {heading}", id="c0"),
        *[nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources, 1)],
    ])  # fmt: skip
    path = project / "notebooks" / f"{stem}.ipynb"
    nbformat.write(notebook, path)
    return path


def copy_data(folder):
    folder.mkdir(parents=True)
    for path in (ROOT / "data").glob("*.csv"):
        shutil.copyfile(path, folder / path.name)


def tree(folder):
    """Every file of a folder with its checksum."""
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}  # fmt: skip


def state(folder):
    """Every file with its identity and the time it was written, but for the lock."""
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns)
            for path in folder.rglob("*") if path.name != "run.lock"}  # fmt: skip


class Project:
    """A project of two notebooks: one that shows a picture and a table, one that shows nothing."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.data, self.output = folder, folder / "data", folder / "reports"
        self.runs = folder.parent / "runs.txt"
        monkeypatch.setattr(report, "paths", self.paths)
        monkeypatch.setenv("HUZHOU_TEST_RUNS", str(self.runs))
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.setenv("MPLCONFIGDIR", str(ROOT / ".cache" / "matplotlib"))
        monkeypatch.delenv("HUZHOU_EXHIBITS", raising=False)

    def paths(self, output=None):
        return report.Paths(self.folder, self.data, Path(output).resolve() if output else self.output)

    def build(self, output=None, **options):
        """Make the report; return the exit status and the notebooks that ran."""
        self.runs.unlink(missing_ok=True)
        status = report.build(output, **options)
        return status, sorted(self.runs.read_text().split()) if self.runs.exists() else []

    def write(self, stem, *cells, **options):
        return write_notebook(self.folder, stem, *cells, **options)

    def change_cell(self, table, old, new):
        """Change one cell, which must be there once."""
        path = self.data / table
        raw = path.read_bytes().decode("utf-8-sig")
        assert raw.count(old) == 1
        path.write_bytes(raw.replace(old, new).encode("utf-8-sig"))

    def left_over(self):
        """What stands beside the report that should not."""
        return sorted(path.name for path in self.folder.glob("reports?*"))


# To a notebook of the report, to one that is in none, to a notebook elsewhere, to a place in the notebook itself.
LINKS = (
    "[Next](02_silent.ipynb), [a part of it](02_silent.ipynb#Silent-·-无图), [pattern](_template.ipynb), "
    "[elsewhere](https://example.org/other.ipynb), [above](#Shown-·-所示)"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project whose report is made, with what it kept for the next time."""
    folder = tmp_path_factory.mktemp("made") / "湖州 project"
    (folder / "notebooks").mkdir(parents=True)
    copy_data(folder / "data")
    write_notebook(folder, "01_shown", LOAD, "hz.show(hz.foreign_investment.outbound(data), lang='zh')",
                   "hz.show(hz.industrial_investment.projected(data), lang='en')", heading=f"Shown · 所示\n\n{LINKS}")  # fmt: skip
    write_notebook(folder, "02_silent", heading="Silent · 无图")
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert Project(folder, monkeypatch).build() == (0, ["01_shown", "02_silent"])
    return folder


@pytest.fixture
def project(made, tmp_path, monkeypatch):
    """A copy of it; what was kept is found by content, so that nothing has to run again in the other place."""
    folder = tmp_path / "湖州 project"
    shutil.copytree(made, folder, copy_function=shutil.copy2)
    return Project(folder, monkeypatch)


@pytest.fixture
def before(project):
    return tree(project.output)


# ------------------------------------------------------------------------------------------------- nothing done twice


def test_nothing_changed_nothing_redone(project, capsys):
    was = state(project.output)
    assert project.build() == (0, [])
    assert state(project.output) == was
    assert "没有变化" in capsys.readouterr().out


def test_a_run_with_nothing_to_do_loads_nothing_heavy(project):
    program = (
        "import sys; from pathlib import Path; from huzhou_analysis import report\n"
        "folder = Path(sys.argv[1])\n"
        "report.paths = lambda output=None: report.Paths(folder, folder / 'data', folder / 'reports')\n"
        "status = report.build()\n"
        "print(status, sorted({'pandas', 'matplotlib', 'numpy', 'nbclient', 'pandera'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(project.folder)], capture_output=True, cwd=ROOT,
                          check=True, env={**os.environ, "PYTHONUTF8": "1"}, encoding="utf-8")  # fmt: skip
    assert done.stdout.splitlines()[-1] == "0 []"
    assert "没有变化" in done.stdout


def test_a_changed_cell_of_data_redoes_what_depends_on_it(project, before):
    old = "fixed_asset_investment,固定资产投资,"
    project.change_cell("indicators.csv", old, old.replace("资,", "资（改）,"))
    assert project.build() == (0, ["01_shown", "02_silent"])
    now = tree(project.output)
    assert now["zh/report.html"] != before["zh/report.html"]
    assert now["notebooks/02_silent.html"] == before["notebooks/02_silent.html"]
    assert "固定资产投资（改）" in (project.output / "zh" / "report.html").read_text(encoding="utf-8")
    assert project.build() == (0, [])


def test_only_the_changed_notebook_runs_again(project, before):
    project.write("02_silent", "print('now it says something')", heading="Silent · 无图")
    assert project.build() == (0, ["02_silent"])
    now = tree(project.output)
    assert "now it says something" in (project.output / "notebooks" / "02_silent.html").read_text(encoding="utf-8")
    assert now["zh/report.html"] == before["zh/report.html"]
    assert now["changes.md"] == before["changes.md"]  # neither tables nor code changed: the comparison stands


@pytest.mark.parametrize("damage", ["missing", "altered", "no manifest entry"])
def test_a_damaged_report_is_made_whole_again_from_what_was_kept(project, before, damage):
    target = project.output / "zh" / "report.html"
    if damage == "missing":
        target.unlink()
    elif damage == "altered":
        target.write_text("x", encoding="utf-8")
    else:
        (project.output / "manifest.json").write_text("{}", encoding="utf-8")
    assert project.build() == (0, [])
    assert tree(project.output) == before


def test_a_fresh_report_runs_all_and_is_the_same_bytes(project, before, tmp_path):
    """The report before was made in another place, with nothing kept, and two notebooks at a time."""
    assert project.build(tmp_path / "another", fresh=True, jobs=1) == (0, ["01_shown", "02_silent"])
    assert tree(tmp_path / "another") == before


def test_what_is_no_longer_needed_is_not_kept(project):
    kept = {path.name.rpartition("-")[0] for path in (project.folder / ".cache" / "report").iterdir()}
    assert kept == {"01_shown", "02_silent", "changes"}
    (project.folder / "notebooks" / "02_silent.ipynb").unlink()
    assert project.build() == (0, [])
    kept = {path.name.rpartition("-")[0] for path in (project.folder / ".cache" / "report").iterdir()}
    assert kept == {"01_shown", "changes"}
    assert not (project.output / "notebooks" / "02_silent.html").exists()


# ------------------------------------------------------------------------------------------------ what it is made of


def test_the_report_holds_every_output(project):
    names = set(tree(project.output))
    sizes = [f"{lang}{size}" for lang in ("zh", "en") for size in ("", ".column", ".square")]
    endings = [*(f"{size}.{ending}" for size in sizes for ending in ("png", "svg", "pdf")), "csv"]
    charts = {f"charts/foreign_investment_outbound.{ending}" for ending in endings}
    tables = {"tables/foreign_investment_outbound.csv", "tables/industrial_investment_projection.csv"}
    pages = {"index.html", "zh/report.html", "en/report.html", "notebooks/01_shown.html", "notebooks/02_silent.html"}
    written = ("report.pdf", "briefing.pptx", "briefing.docx", "workbook.xlsx")
    files = {f"{lang}/{name}" for lang in ("zh", "en") for name in written}
    kept = {f"data/{path.name}" for path in project.data.glob("*.csv")} | {"snapshot.json", "changes.md"}
    assert names == charts | tables | pages | files | kept | {"manifest.json"}


def test_the_manifest_lists_every_output_and_input_with_its_checksum(project):
    manifest = json.loads((project.output / "manifest.json").read_text(encoding="utf-8"))
    files = tree(project.output)
    assert set(files) - set(manifest["outputs"]) == {"manifest.json"}
    assert manifest["outputs"].items() <= files.items()
    for name, digest in manifest["inputs"].items():
        home = ROOT if name.startswith("huzhou_analysis/") else project.folder
        assert hashlib.sha256((home / name).read_bytes()).hexdigest() == digest
    wanted = {f"data/{path.name}" for path in project.data.glob("*.csv")} | {"notebooks/01_shown.ipynb"}
    wanted |= {"huzhou_analysis/charts.py", "huzhou_analysis/export/templates/report.html.j2"}
    assert wanted <= set(manifest["inputs"])
    assert manifest["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert manifest["exhibits"]["01_shown"] == ["foreign_investment_outbound", "industrial_investment_projection"]


def test_no_place_and_no_time_enters_any_file(project, made):
    marks = [str(made).encode(), str(project.folder).encode(), str(ROOT).encode(), str(Path.home()).encode() + b"/"]
    for path in project.output.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert [mark for mark in marks if mark in raw] == [], path.name
            assert not re.search(rb"(?:CreationDate|ModDate|dc:date)", raw), path.name
    for name in ("zh/report.html", "en/report.html", "index.html", "manifest.json"):
        assert not re.search(r"\d{1,2}:\d\d:\d\d", (project.output / name).read_text(encoding="utf-8"))


def pages(folder):
    """Text of every page by its name."""
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}


def test_pages_load_nothing_from_anywhere(project):
    for name, page in pages(project.output).items():
        page = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
        asked = re.findall(r"<(?:script|link|iframe|object|embed)\b[^>]*", page)
        assert asked == (["<script"] if name.endswith("report.html") else []), name  # the page's own, inline
        loaded = re.findall(r'\bsrc="([^"]*)"', page) + re.findall(r"url\(([^)]*)\)", page)
        assert [address for address in loaded if not address.strip("'\"").startswith(("data:", "#"))] == [], name
        assert "@import" not in page


def test_links_lead_somewhere(project):
    for name, page in pages(project.output).items():
        if not name.startswith("notebooks/"):
            ids = re.findall(r'\bid="([^"]+)"', page)
            assert len(ids) == len(set(ids)), name
            for link in re.findall(r'\bhref="([^"]+)"', page):
                target, _, anchor = html.unescape(link).partition("#")
                if target:
                    assert (project.output / name).parent.joinpath(target).resolve().is_file(), (name, link)
                else:
                    assert anchor in ids, (name, link)
            for reference in re.findall(r"url\(#([^)]+)\)", page):
                assert reference in ids, (name, reference)


def test_links_between_notebooks_lead_to_their_pages(project):
    page = (project.output / "notebooks/01_shown.html").read_text(encoding="utf-8")
    paragraph = re.search(r"<p>(.*?Next.*?)</p>", page, re.DOTALL)[1]
    links = {
        words: html.unescape(unquote(target))
        for target, words in re.findall(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', paragraph)
    }
    assert links == {
        "Next": "02_silent.html",
        "a part of it": "02_silent.html#Silent-·-无图",
        "elsewhere": "https://example.org/other.ipynb",
        "above": "#Shown-·-所示",
    }
    assert ", pattern," in paragraph


def test_the_index_leads_to_every_file(project):
    page = (project.output / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'\bhref="([^"#]+)"', page))
    assert linked == set(tree(project.output)) - {"index.html"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_language_has_its_own_report(project, lang):
    page = (project.output / lang / "report.html").read_text(encoding="utf-8")
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page
    assert ("所示" in page, "Shown" in page) == ((True, False) if lang == "zh" else (False, True))
    text = re.sub(r"<style>.*?</style>|<script>.*?</script>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert ("资料来源" in text) == (lang == "zh")
    assert text.count("<figure") == 1
    assert len(re.findall(r'<svg class="(?:page|phone)"', page)) == 2
    # What changed; data and citations of the picture, citations of the table.
    assert len(re.findall(r"<details\b", text)) == 4


def test_a_chinese_character_of_a_page_is_in_the_font_that_the_page_carries(project):
    from base64 import b64decode
    from io import BytesIO

    from fontTools.ttLib import TTFont

    for name, page in pages(project.output).items():
        found = re.search(r"data:font/woff;base64,([^)]+)\)", page)
        text = re.sub(r"<style>.*?</style>|<[^>]*>", "", page, flags=re.DOTALL)
        wanted = {c for c in html.unescape(text) if "\u4e00" <= c <= "\u9fff"}
        if wanted:
            carried = TTFont(BytesIO(b64decode(found[1]))).getBestCmap()
            assert {c for c in wanted if ord(c) not in carried} == set(), name


# ------------------------------------------------------------------------------------------ bad data, bad notebooks


def test_bad_data_stops_before_any_notebook_runs(project, before, capsys):
    project.change_cell("units.csv", "万元,CNY,4,CNY thousand,3", "万元,CNY,four,CNY thousand,3")
    project.change_cell("milestones.csv", "2018-08,330500-BB", "2018-13,330500-BB")
    assert project.build() == (1, [])
    printed = capsys.readouterr()
    assert "2 处问题" in printed.err
    for words in (
        "units.csv", "[unit_mult]", "'four'", "应为整数", "whole number", "milestones.csv", "[date]", "'2018-13'",
    ):  # fmt: skip
        assert words in printed.err
    assert "Traceback" not in printed.err
    assert tree(project.output) == before


def test_a_failing_notebook_is_named_with_its_cell_and_error(project, before, capsys):
    project.write("03_broken", "x = 1", "print(x)\nraise ValueError('四个数字对不上')")
    project.write("04_also_broken", "1 / 0")
    project.write("05_fine")
    assert project.build() == (1, ["03_broken", "04_also_broken", "05_fine"])
    printed = capsys.readouterr()
    assert "03_broken.ipynb：ValueError: 四个数字对不上" in printed.err
    assert re.search(r"in the cell: print\(x\)", printed.err)
    assert "04_also_broken.ipynb：ZeroDivisionError: division by zero" in printed.err
    assert "05_fine" not in printed.err
    assert "报告未改动" in printed.err
    assert "Traceback" not in printed.out + printed.err
    assert tree(project.output) == before
    assert project.left_over() == []


def test_what_ran_well_beside_a_failing_notebook_is_kept(project):
    broken = project.write("03_broken", "1 / 0")
    project.write("04_fine")
    assert project.build() == (1, ["03_broken", "04_fine"])
    broken.unlink()
    assert project.build() == (0, [])
    assert (project.output / "notebooks" / "04_fine.html").is_file()


def kernels():
    """Kernels that this process started and that still run."""
    below = psutil.Process().children(recursive=True)
    return [process for process in below if "ipykernel_launcher" in " ".join(process.cmdline())]


def test_a_notebook_that_hangs_is_ended_and_named(project, before, capsys, monkeypatch):
    monkeypatch.setattr(report, "CELL_TIMEOUT", 1)
    project.write("03_hangs", "import time\nwhile True:\n    time.sleep(0.1)")
    assert project.build() == (1, ["03_hangs"])
    printed = capsys.readouterr()
    assert "03_hangs.ipynb：" in printed.err
    assert "a cell ran longer than 1 s" in printed.err
    assert "Traceback" not in printed.out + printed.err
    assert tree(project.output) == before
    assert kernels() == []


def test_a_kernel_that_dies_is_reported(project, before, capsys):
    project.write("03_dies", "import os\nos._exit(1)")
    assert project.build() == (1, ["03_dies"])
    printed = capsys.readouterr()
    assert "03_dies.ipynb：" in printed.err
    assert "Traceback" not in printed.out + printed.err
    assert tree(project.output) == before


def test_a_file_that_is_no_notebook_is_named(project, before, capsys):
    (project.folder / "notebooks" / "03_torn.ipynb").write_text('{"cells": [', encoding="utf-8")
    assert project.build() == (1, [])
    printed = capsys.readouterr()
    assert "03_torn.ipynb：" in printed.err
    assert "Traceback" not in printed.out + printed.err
    assert tree(project.output) == before


SHOW = "hz.show(hz.industrial_investment.projected(data))"


def test_one_exhibit_in_two_notebooks_is_refused_with_both_names(project, before, capsys):
    project.write("03_again", LOAD, SHOW)
    assert project.build() == (1, ["03_again"])
    printed = capsys.readouterr()
    for name in ("industrial_investment_projection", "01_shown.ipynb", "03_again.ipynb"):
        assert name in printed.err
    assert tree(project.output) == before
    assert project.left_over() == []


def test_a_project_without_notebooks_is_told_so(project, before, capsys):
    for path in (project.folder / "notebooks").iterdir():
        path.unlink()
    assert project.build() == (1, [])
    assert "no notebooks" in capsys.readouterr().err
    assert tree(project.output) == before


# --------------------------------------------------------------------------------------------------------- dropped in


def test_a_notebook_dropped_in_joins_and_a_draft_does_not(project):
    project.write("00_new", LOAD, "hz.show(hz.overview.milestones(data))", heading="Newcomer · 新来")
    project.write("03_plain", LOAD, "hz.show(hz.overview.headlines(data))", heading="只有中文")
    project.write("_draft", "1 / 0")
    assert project.build() == (0, ["00_new", "03_plain"])
    zh, index = (project.output.joinpath(name).read_text(encoding="utf-8") for name in ("zh/report.html", "index.html"))
    assert zh.index(">新来<") < zh.index(">所示<")  # in the order of the file names
    assert ">只有中文<" in zh
    assert ">只有中文<" in (project.output / "en" / "report.html").read_text(encoding="utf-8")
    assert 'href="notebooks/00_new.html"' in index
    assert "draft" not in index
    assert (project.output / "tables" / "overview_milestones.csv").is_file()
    assert not any("draft" in name for name in tree(project.output))


@pytest.mark.e2e
def test_a_copy_of_the_template_joins_and_the_template_itself_does_not(project):
    template = ROOT / "notebooks" / "_template.ipynb"
    for name in ("_template.ipynb", "03_road_freight.ipynb"):
        shutil.copyfile(template, project.folder / "notebooks" / name)
    assert project.build()[0] == 0
    zh, en = (project.output.joinpath(f"{lang}/report.html").read_text(encoding="utf-8") for lang in ("zh", "en"))
    # Printed: 110 (亿吨公里), written in the language's own units.
    assert "公路货物周转量目标：2027年110亿吨公里" in zh
    assert "Road freight turnover is to reach 11.0 bn tonne-km in 2027" in en
    assert (project.output / "tables" / "my_road_freight_targets.csv").is_file()
    assert (project.output / "notebooks" / "03_road_freight.html").is_file()
    assert not any("_template" in name for name in tree(project.output))


# -------------------------------------------------------------------------------------------------------- the way out


def test_a_place_with_spaces_and_chinese(project, before, tmp_path):
    output = tmp_path / "某处 some where" / "报告 reports"
    assert project.build(output) == (0, [])
    assert tree(output) == before
    assert project.build(output) == (0, [])


def test_an_empty_folder_is_filled(project, before, tmp_path):
    (tmp_path / "empty").mkdir()
    assert project.build(tmp_path / "empty") == (0, [])
    assert tree(tmp_path / "empty") == before


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_not_a_report_is_not_replaced(project, tmp_path, capsys, kind):
    output = tmp_path / "thesis"
    if kind == "folder":
        output.mkdir()
    (output / "chapter.docx" if kind == "folder" else output).write_text("four years of work", encoding="utf-8")
    was = state(tmp_path)
    assert main(["report", "--output", str(output)]) == 1
    printed = capsys.readouterr()
    assert "is no report folder" in printed.err
    assert "不予覆盖" in printed.err
    assert "Traceback" not in printed.err
    assert state(tmp_path) == was


@pytest.mark.parametrize("output_is_there", [True, False])
def test_a_folder_that_only_has_the_name_of_a_last_report_is_left_alone(project, before, tmp_path, output_is_there):
    output, other = tmp_path / "thesis", tmp_path / "thesis.previous"
    other.mkdir()
    (other / "chapter.docx").write_text("four years of work", encoding="utf-8")
    if output_is_there:
        shutil.copytree(project.output, output)
        (output / "index.html").unlink()  # so that there is something to do
    with suppress(report.ReportError):
        project.build(output)
    assert (other / "chapter.docx").read_text(encoding="utf-8") == "four years of work"


def test_a_run_cut_between_the_two_renames_is_completed(project, before):
    project.output.rename(project.folder / "reports.previous")
    left = project.folder / "reports.building-x1"
    left.mkdir()
    (left / "index.html").write_text("half", encoding="utf-8")
    assert project.build() == (0, [])
    assert tree(project.output) == before
    assert project.left_over() == []


def test_a_run_cut_after_both_renames_is_completed(project, before):
    shutil.copytree(project.output, project.folder / "reports.previous")
    (project.folder / "reports.previous" / "index.html").write_text("old", encoding="utf-8")
    assert project.build() == (0, [])
    assert tree(project.output) == before
    assert project.left_over() == []


def test_a_run_cut_while_a_notebook_ran_leaves_nothing_that_counts(project, before):
    """A folder that was being filled is not taken for a result."""
    kept = project.folder / ".cache" / "report"
    (notebook,) = kept.glob("02_silent-*")
    half = kept / "02_silent-abc123"
    notebook.rename(half)
    (half / "notebook.ipynb").unlink()
    (project.output / "index.html").unlink()
    assert project.build() == (0, ["02_silent"])
    assert tree(project.output) == before
    assert not half.exists()


DRAWN = """
import matplotlib.pyplot as plt
from huzhou_analysis.exhibit import Exhibit
shown = hz.industrial_investment.projected(data)
{held}
def draw(canvas):
    {body}
made = Exhibit("own_chart", shown.title, shown.subtitle, shown.reading, shown.table, shown.columns, shown.citations, draw)
{show}
"""
AT_ONCE, PLOT = "hz.show(made)", "canvas.axes().plot([1, 2], [3, 4])"
# Handed on, but not displayed: nothing is drawn in the kernel.
HANDED_ON = "_ = hz.show(made)"


def packed(project):
    return sorted(path.stem for path in (project.folder / ".cache" / "report").rglob("*.packed"))


def test_charts_of_an_interrupted_run_are_drawn_by_the_next_and_no_notebook_runs_again(project, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    project.write("03_own", LOAD, DRAWN.format(held="", body=PLOT, show=AT_ONCE))
    with monkeypatch.context() as now:
        now.setattr(report, "_wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            project.build()
    assert packed(project) in ([], ["own_chart"])  # the workers may have been quicker than the interruption
    assert not (project.output / "charts" / "own_chart.zh.png").exists()
    assert project.build() == (0, [])
    assert packed(project) == []
    names = {path.name for path in (project.output / "charts").glob("own_chart.*")}
    kinds = [f"{size}{kind}" for size in ("", ".column", ".square") for kind in (".png", ".svg", ".pdf")]
    assert names == {f"own_chart.{lang}{kind}" for lang in ("zh", "en") for kind in kinds} | {"own_chart.csv"}


def test_a_chart_that_cannot_be_drawn_is_named_with_its_notebook(project, before, capsys):
    body = "raise ValueError('第三格没有数')"
    project.write("03_own", LOAD, DRAWN.format(held="", body=body, show=HANDED_ON))
    assert project.build() == (1, ["03_own"])
    printed = capsys.readouterr()
    assert "03_own.ipynb：own_chart: ValueError: 第三格没有数" in printed.err
    assert "报告未改动" in printed.err
    assert "Traceback" not in printed.out + printed.err
    assert tree(project.output) == before


@pytest.mark.e2e
def test_a_chart_is_the_same_whether_it_is_drawn_at_once_or_later(project):
    """A lock cannot be carried into another process: what encloses one is drawn where it is shown."""
    project.write("03_own", LOAD, DRAWN.format(held="", body=PLOT, show=AT_ONCE))
    assert project.build() == (0, ["03_own"])
    later = tree(project.output / "charts")
    held = "import threading\nlock = threading.Lock()"
    project.write("03_own", LOAD, DRAWN.format(held=held, body=f"with lock: {PLOT}", show=AT_ONCE))
    assert project.build() == (0, ["03_own"])
    assert tree(project.output / "charts") == later


def test_the_old_report_comes_back_when_the_new_one_cannot_be_put_in_place(project, before):
    with pytest.raises(OSError, match="No such file"):
        report._swap(project.folder / "not there", project.output)
    assert tree(project.output) == before


def test_a_full_disk_leaves_the_old_report_and_says_what_to_do(project, before, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    project.write("02_silent", "print('changed')")
    monkeypatch.setattr(report, "_swap", full)
    assert project.build() == (1, ["02_silent"])
    printed = capsys.readouterr()
    assert "No space left on device" in printed.err
    assert "旧报告未改动" in printed.err
    assert tree(project.output) == before
    assert project.left_over() == []


def test_an_interruption_leaves_the_old_report(project, before, monkeypatch, capsys):
    """Ctrl+C while the new report is bound."""

    def interrupt(*_):
        raise KeyboardInterrupt

    (project.output / "index.html").unlink()
    before.pop("index.html")
    monkeypatch.setattr(report, "_swap", interrupt)
    assert main(["report"]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert tree(project.output) == before
    assert project.left_over() == []


# ------------------------------------------------------------------------------------------- what changed, and the lock


@pytest.mark.e2e
def test_what_changed_is_told_everywhere_and_kept_when_made_again(project, capsys):
    old = "fixed_asset_investment,固定资产投资,"
    project.change_cell("indicators.csv", old, old.replace("资,", "资（改）,"))
    assert project.build()[0] == 0
    said = capsys.readouterr().out
    first = tree(project.output)
    page = (project.output / "changes.md").read_text(encoding="utf-8")
    assert "indicators.csv 1 changed" in page
    for words in (
        said,
        page,
        *((project.output / name).read_text(encoding="utf-8") for name in ("index.html", "en/report.html")),
    ):
        assert "No figure changed; no verdict and no chance moved." in words
    assert "数字没有变动" in (project.output / "zh" / "report.html").read_text(encoding="utf-8")
    (project.output / "changes.md").write_text("x", encoding="utf-8")
    assert project.build() == (0, [])
    assert tree(project.output) == first
    (project.folder / "notebooks" / "02_silent.ipynb").unlink()  # no other tables, no other code
    assert project.build() == (0, [])
    assert tree(project.output)["changes.md"] == first["changes.md"]


@pytest.mark.parametrize("damage", ["gone", "torn"])
def test_a_last_report_without_its_results_is_no_hindrance(project, damage):
    if damage == "gone":
        (project.output / "snapshot.json").unlink()
    else:
        (project.output / "snapshot.json").write_text('{"format":', encoding="utf-8")
    assert project.build() == (0, [])
    page = (project.output / "changes.md").read_text(encoding="utf-8")
    assert ("older version" if damage == "gone" else "is damaged") in page
    assert project.build() == (0, [])


def test_tables_that_change_under_way_stop_the_report(project, before, capsys):
    program = f"from pathlib import Path\npath = Path({str(project.data / 'units.csv')!r})\n"
    program += "_ = path.write_bytes(path.read_bytes() + '新,NEW,0,things,0\\n'.encode())"
    project.write("03_meddles", program)
    assert project.build() == (1, ["03_meddles"])
    assert "units.csv was changed while the report was being made" in capsys.readouterr().err
    assert tree(project.output) == before
    assert project.left_over() == []


def test_a_second_run_is_told_who_is_at_work_and_touches_nothing(project, before, capsys):
    (project.output / "index.html").unlink()  # so that there is something to do
    was = state(project.folder)
    with holding(project.folder / ".cache" / "run.lock") as other:
        assert project.build() == (1, [])
        printed = capsys.readouterr()
        assert f"process {other.pid}" in printed.err
        assert "另一个任务正在此处运行" in printed.err
        assert state(project.folder) == was
        other.kill()  # not a chance to tidy up
        other.wait()
    assert project.build() == (0, [])
    assert tree(project.output) == before


def test_what_cannot_be_written_is_named_without_a_traceback(project, before, capsys, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied", str(project.folder / ".cache"))

    monkeypatch.setattr(report.Lock, "__enter__", refused)
    assert project.build() == (0, [])  # nothing to do needs no place to write
    (project.output / "index.html").unlink()
    assert project.build() == (1, [])
    printed = capsys.readouterr()
    assert "Permission denied" in printed.err
    assert "Check disk space and permissions" in printed.err


PROGRAM = """
import sys
from pathlib import Path
from huzhou_analysis.report import build as report
from huzhou_analysis.cli import main
folder = Path(sys.argv[1])
report.paths = lambda output=None: report.Paths(folder, folder / "data", folder / "reports")
sys.exit(main(["report"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="homes are found otherwise")
def test_a_home_that_cannot_be_written_in_is_not_needed(project, tmp_path):
    nowhere = tmp_path / "file"
    nowhere.write_text("", encoding="utf-8")
    project.write("02_silent", "import matplotlib.pyplot", heading="Silent · 无图")
    drop = ("MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER", "XDG_", "HUZHOU_DATA")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(drop)}
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(project.folder)], capture_output=True, cwd=ROOT,
                          env=kept | {"HOME": str(nowhere / "home"), "PYTHONUTF8": "1"}, encoding="utf-8")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert nowhere.read_text(encoding="utf-8") == ""
