"""The report as a whole: made from declared inputs, whole or not at all, the same bytes each time; one exhibit as a file."""

import base64
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
from unittest.mock import Mock
from zipfile import ZipFile

import pytest
from PIL import Image
from small_project import CHART, FINDING, LOAD, cell, in_place, notebook, small_project
from table_copies import ROOT, tree

from huzhou_analysis.cli import main
from huzhou_analysis.facts.data import load
from huzhou_analysis.facts.locking import checksum, locked
from huzhou_analysis.report import build, collect, export, output


def report(*arguments):
    return main(["report", *map(str, arguments)])


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A small project with its report, made once; tests work on copies."""
    folder = small_project(tmp_path_factory.mktemp("template"))
    with pytest.MonkeyPatch.context() as patch:
        in_place(patch, folder, "report.html")
        assert report() == 0
    return folder


@pytest.fixture
def project(template, tmp_path, monkeypatch):
    folder = tmp_path / "a b 项目"
    shutil.copytree(template, folder)
    in_place(monkeypatch, folder, "report.html")
    return folder


@pytest.fixture
def never(monkeypatch):
    """No notebook may be run."""
    monkeypatch.setattr(collect, "execute", Mock(side_effect=AssertionError("a notebook was run")))


def test_it_holds_what_it_promises_and_the_manifest_lists_it(project):
    reports = project / "reports"
    held = set(tree(reports)) - {"manifest.json"}
    manifest = json.loads((reports / "manifest.json").read_text(encoding="utf-8"))
    assert held == set(manifest["outputs"])
    charts = {f"charts/fdi_path.{lang}.{kind}" for lang in ("zh", "en") for kind in ("png", "svg")}
    tables = {f"tables/{i}.csv" for i in ("fdi_path", "two_rows")}
    rest = {"zh/report.html", "en/report.html", "index.html", "changes.md", "content.json", "snapshot.json"}
    notebooks = {f"notebooks/{n}.{kind}" for n in ("01_foreign_investment", "02_rows") for kind in ("ipynb", "html")}
    assert held == charts | tables | rest | notebooks
    assert manifest["exhibits"] == {"01_foreign_investment": ["fdi_path"], "02_rows": ["two_rows"]}
    rows = (reports / "tables" / "two_rows.csv").read_text(encoding="utf-8-sig")
    assert rows == "name_zh,name_en,value\n甲,A,1.5\n乙,B,-2.0\n"
    assert manifest["inputs"]["notebooks/02_rows.ipynb"] == checksum(project / "notebooks" / "02_rows.ipynb")


def test_a_second_run_does_nothing_and_loads_nothing_heavy(project, never, capsys):
    before = tree(project / "reports")
    assert report() == 0
    assert "nothing changed" in capsys.readouterr().out
    assert tree(project / "reports") == before
    code = (
        "import sys; from huzhou_analysis import report; report.up_to_date(report.paths(), "
        "report.made_from(report.paths())); "
        "print(sorted(m for m in ('pandas', 'matplotlib', 'nbclient', 'nbformat') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_made_anew_elsewhere_it_is_the_same_bytes_and_names_no_place_of_this_machine(project, tmp_path):
    assert report("--output", tmp_path / "other", "--fresh") == 0
    files = tree(project / "reports")
    assert tree(tmp_path / "other") == files
    texts = {name: body for name, body in files.items() if not name.endswith(".png")}
    assert [n for n, body in texts.items() if b"/tmp/" in body or str(project.parent).encode() in body] == []


def refused(project, capsys, *said):
    """The report is refused with these words and stays as it was."""
    before = tree(project / "reports")
    assert report("--fresh") == 1
    told = capsys.readouterr()
    for words in said:
        assert words in told.err, told.err
    assert "Traceback" not in told.err
    assert tree(project / "reports") == before
    left = sorted(p.name for p in project.iterdir() if p.name != ".reports.lock")
    assert left == ["data", "notebooks", "reports"]


def test_notebooks_that_fail_are_all_named_with_cell_and_error(project, capsys, monkeypatch):
    monkeypatch.setattr(collect, "OUTPUT_LIMIT", 2_000_000)
    monkeypatch.setattr(collect, "CELL_TIMEOUT", 10)
    sources = {
        "03_wrong": "x = 1\n\n1 / 0",
        "04_dies": "import os\nos._exit(1)",
        "07_endless": "while True:\n    print('x' * 1000)",
        "08_hangs": "import time\ntime.sleep(60)",
    }
    for name, source in sources.items():
        notebook(project / "notebooks" / f"{name}.ipynb", source)
    (project / "notebooks" / "05_conflict.ipynb").write_text("<<<<<<< HEAD\n{}", encoding="utf-8")
    errors = ("ZeroDivisionError: division by zero", "conflict marks", "print and display less", "longer than 10 s")
    begun = [f"in the cell: {source.splitlines()[0]}" for source in sources.values()]
    refused(project, capsys, *(f"✗ {name}.ipynb" for name in (*sources, "05_conflict")), *errors, *begun)


CITY = {"990100": "330300", "示例市": "温州市", "Exampleton": "Wenzhou"}
REFUSED = {
    "one id in two notebooks": (
        lambda folder: notebook(folder / "notebooks" / "03_again.ipynb", LOAD, CHART),
        ("fdi_path", "01_foreign_investment.ipynb", "03_again.ipynb"),
    ),
    "a file of the user's own": (lambda folder: (folder / "reports" / "notes.txt").write_text("mine"), ("notes.txt",)),
    "the report on another city": (
        lambda folder: edit(folder / "reports" / "manifest.json", CITY),
        ("温州市的报告", "holds the report on Wenzhou"),
    ),
}


def edit(path, changes):
    text = path.read_text(encoding="utf-8-sig")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8")


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_refused_by_name(project, capsys, case):
    spoil, said = REFUSED[case]
    spoil(project)
    refused(project, capsys, *said)


def test_bad_output_folders_and_tables_are_told_before_any_notebook_runs(project, never, capsys):
    edit(project / "data" / "figures.csv", {",亿美元,": ",亿美金,"})
    refused(project, capsys, "亿美金")
    (project / "mine").mkdir()
    (project / "mine" / "thesis.docx").write_text("years of work")
    said = {"/": "root of the disk", "data": "holds what the report is made of", "mine": "no report folder"}
    for place, words in said.items():
        assert report("--output", project / place) == 1
        assert words in capsys.readouterr().err
    assert (project / "mine" / "thesis.docx").exists()


def test_what_another_city_lacks_ends_a_chapter_and_not_the_report(project, tmp_path):
    words = cell("先读表。", "zh", kind="markdown")
    path = notebook(tmp_path / "07_lacks.ipynb", LOAD, words, 'hz.series(data, "gdp", as_of="1066")', "1 / 0")
    made = collect.execute([path], project / "data", own=False)[0]
    assert made.error == ""
    assert [b["kind"] for b in made.section.blocks] == ["text", "missing"]
    assert collect.execute([path], project / "data", own=True)[0].error.startswith("NotOnFile")
    assert "Gross domestic product" in made.section.blocks[1]["en"]


def test_what_a_cell_displays_is_never_lost_and_chinese_is_legible(project, tmp_path):
    """A plot of the researcher's own: in the executed notebook as a picture, drawn without a warning of missing glyphs."""
    draw = "import seaborn as sns\nsns.set_theme()\nax = sns.lineplot(x=[1, 2], y=[3, 4])\nax.set_title('出口')"
    plain = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.ylabel('亿元\\ud83d')\nplt.show()"
    path = notebook(tmp_path / "08_own.ipynb", draw, plain, "print('半\\ud83d')")  # half a character, twice
    made = collect.execute([path], project / "data")[0]
    assert made.error == ""
    shown = [o for c in made.notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert sum("image/png" in o.get("data", {}) for o in shown) == 2
    assert not [o for o in shown if "Glyph" in o.get("text", "")]
    assert [o.text for o in shown if "半" in o.get("text", "")] == ["半?\n"]


def test_notebooks_beside_other_tables_are_left_alone_unless_named(project, capsys):
    """Whoever sends tables must not thereby run code."""
    (project / "data" / "notebooks").mkdir()
    notebook(project / "data" / "notebooks" / "09_theirs.ipynb", "1 + 1", title=("他", "Theirs"))
    data = load(project / "data")
    assert [p.stem for p in build._notebooks(build.paths(), data)] == ["01_foreign_investment", "02_rows"]
    assert "were not run" in capsys.readouterr().out
    named = build.paths(notebooks=project / "data" / "notebooks")
    assert [p.stem for p in build._notebooks(named, data)][-1] == "09_theirs"


def test_of_two_runs_that_wait_one_tells_what_changed_and_the_other_makes_nothing(project, capsys):
    """One figure is corrected while a third run holds the place: the report that follows says before and after."""
    edit(project / "data" / "figures.csv", {"5.69": "5.67"})
    running = [threading.Thread(target=build.build) for _ in range(2)]
    with locked(build.paths().lock):
        for run in running:
            run.start()
        for run in running:
            run.join(2)
        assert all(run.is_alive() for run in running)
        assert capsys.readouterr().out.count("waiting for it to end") == 2
    for run in running:
        run.join(300)
    words = (project / "reports" / "changes.md").read_text(encoding="utf-8")
    assert "| 变动 | 实际利用外资，2024年 | 5.69亿美元 | 5.67亿美元 |" in words
    assert "$569m | $567m" in words
    told = capsys.readouterr().out
    assert told.count("report made: ") == told.count("another run has just made it") == 1
    assert "1 changed" in told


@pytest.mark.parametrize("moment", ["between the renames", "after them", "half built"])
def test_an_interrupted_run_leaves_the_last_good_report(project, monkeypatch, moment):
    where, before = build.paths(), tree(project / "reports")
    if moment == "between the renames":
        where.output.rename(where.previous)
    elif moment == "after them":
        shutil.copytree(where.output, where.previous)
    else:
        (project / ".reports.building-x").mkdir()
    build._recover(where)
    assert tree(project / "reports") == before
    assert not where.previous.exists()
    assert not list(project.glob(".reports.building-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")
def test_an_interrupt_while_workers_begin_waits_for_the_last_and_leaves_none(tmp_path):
    def files():
        yield "charts/one"
        os.kill(os.getpid(), signal.SIGINT)
        submitted.append(True)
        yield "charts/two"

    submitted = []
    with pytest.raises(KeyboardInterrupt), output._workers(2, tmp_path, None, None, tmp_path) as pool:
        output._write_each(pool, files())
    assert submitted
    assert not multiprocessing.active_children()


def test_a_full_disk_is_said_and_the_old_report_stays(project, capsys, monkeypatch):
    full = OSError(28, "No space left on device", str(project / "x"))
    monkeypatch.setattr(collect, "execute", Mock(side_effect=full))
    refused(project, capsys, "Check disk space")


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "½"])
def test_a_wrong_number_of_jobs_is_refused_in_a_sentence(jobs, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["report", "--jobs", jobs])
    assert stopped.value.code == 2
    assert "whole number from 1" in capsys.readouterr().err


@pytest.fixture
def where(template, monkeypatch):
    place = build.Paths(template / "data", template / "no report", (template / "notebooks",))
    monkeypatch.setattr(export, "paths", lambda: place)
    monkeypatch.setenv("HUZHOU_DATA", str(template / "data"))
    return place


@pytest.fixture(scope="module")
def chart(template):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUZHOU_DATA", str(template / "data"))
        return next(e for e in collect.exhibits(folder=template / "notebooks") if e.id == "fdi_path")


def test_only_the_notebook_that_shows_it_is_run(where, template, tmp_path, monkeypatch, capsys):
    ran = []
    monkeypatch.setattr(export, "run_here", lambda path: ran.append(path.stem) or collect.run_here(path))
    monkeypatch.chdir(tmp_path)
    assert main(["export", "two_rows", "--format", "csv", "--lang", "en"]) == 0
    assert ran == ["02_rows"]
    assert (tmp_path / "two_rows.en.csv").read_text(encoding="utf-8-sig") == "name,value\nA,1.5\nB,-2.0\n"


def test_a_wrong_id_is_answered_at_once_with_the_nearest(where, monkeypatch, capsys):
    monkeypatch.setattr(export, "run_here", None)
    assert main(["export", "two_row"]) == 1
    assert "near: two_rows" in capsys.readouterr().err


def test_ids_that_are_worked_out_are_found_by_their_pattern(tmp_path):
    cells = ["for n in a:\n    hz.exhibit(data, f'fan_{n}', c)", "%time 1\nhz.exhibit(data, id='other', what=c)", "x ="]
    assert export.ids_in(notebook(tmp_path / "03_x.ipynb", *cells)) == [r"fan_[a-z0-9_]+", "other"]


def test_a_picture_is_sixteen_to_nine_and_clear_on_request(chart, tmp_path):
    image = Image.open(export.export(chart, tmp_path / "a.png", transparent=True))
    assert image.size == (2000, 1125)
    assert image.getpixel((2, 2))[3] == 0
    assert Image.open(export.export(chart, tmp_path / "b.png")).convert("RGBA").getpixel((2, 2))[3] == 255
    drawn = export.export(chart, tmp_path / "c.svg", lang="en").read_text(encoding="utf-8")
    assert chart.record["title"]["en"] in drawn and "Source" in drawn and ">2027<" in drawn


@pytest.mark.parametrize("kind", ["pptx", "docx", "xlsx", "pdf"])
def test_documents_hold_the_title(chart, where, tmp_path, kind):
    path = export.export(chart, tmp_path / f"a.{kind}", lang="en")
    if kind == "pdf":
        assert path.read_bytes().startswith(b"%PDF")
    else:
        with ZipFile(path) as file:
            assert any(chart.record["title"]["en"].encode() in file.read(n) for n in file.namelist())


def test_what_cannot_be_written_is_refused_in_a_sentence(chart, where, tmp_path, capsys):
    wrong = {"ends in .png": ("a.gif", {}), "zh or en": ("a.png", {"lang": "de"}), "slide": ("a.png", {"size": "huge"})}
    for said, (name, options) in wrong.items():
        with pytest.raises(ValueError, match=said):
            export.export(chart, tmp_path / name, **options)
    assert main(["export", "two_rows", "--output", str(tmp_path / "a.png"), "--format", "png"]) == 1
    assert "is a table and has no chart" in capsys.readouterr().err


@pytest.fixture
def committed(template, tmp_path, monkeypatch):
    """Where a notebook is kept with its results, and its tables."""
    monkeypatch.setattr(export, "paths", lambda: build.Paths(template / "data", tmp_path / "reports", (tmp_path,)))
    return tmp_path / "01_x.ipynb", template / "data"


def test_committed_results_are_the_same_each_time_small_and_of_no_machine(committed):
    path, tables = committed
    wide = "import matplotlib.pyplot as plt\nimport numpy as np\nplt.imshow(np.random.default_rng(1).random((200, 200)))\nplt.show()"
    warn = "import warnings\nwarnings.warn('careful')"
    notebook(path, LOAD, CHART, cell(FINDING, "message"), wide, warn, brief=["fdi_path"])
    assert collect.stale([path], tables) == ["01_x.ipynb"]
    assert export.refresh([path]) == 0
    first = path.read_bytes()
    assert export.refresh([path]) == 0
    assert path.read_bytes() == first
    assert collect.stale([path], tables) == []
    made = json.loads(first)
    assert made["metadata"]["huzhou_analysis"]["brief"] == ["fdi_path"]
    assert [c["execution_count"] for c in made["cells"] if c["cell_type"] == "code"] == [1, 2, 3, 4, 5]
    text = first.decode()
    assert "/tmp/" not in text and str(path.parent) not in text and "vnd.huzhou" not in text
    assert "外资2024年5.69亿美元" in text  # Chinese, as committed
    shown = [output.get("data", {}) for c in made["cells"] for output in c.get("outputs", [])]
    (picture,) = [data["image/png"] for data in shown if "image/png" in data]
    assert len(base64.b64decode(picture)) <= collect.LARGEST
    made["cells"][-1]["source"] = "1 + 1"
    path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    assert collect.stale([path], tables) == ["01_x.ipynb"]


def test_a_notebook_that_fails_stays_as_it_was(committed, capsys):
    path = notebook(committed[0], "1 / 0")
    before = path.read_bytes()
    assert export.refresh([path]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert path.read_bytes() == before
