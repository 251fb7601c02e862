"""One exhibit as a file, and committed notebooks with their results."""

import base64
import json
from zipfile import ZipFile

import pytest
from PIL import Image
from small_project import CHART, FINDING, LOAD, cell, notebook, small_project

from huzhou_analysis.cli import main
from huzhou_analysis.report import build, collect, export


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_project(tmp_path_factory.mktemp("small"))


@pytest.fixture
def where(small, monkeypatch):
    place = build.Paths(small / "data", small / "reports", (small / "notebooks",))
    monkeypatch.setattr(export, "paths", lambda: place)
    monkeypatch.setenv("HUZHOU_DATA", str(small / "data"))
    return place


@pytest.fixture(scope="module")
def chart(small):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUZHOU_DATA", str(small / "data"))
        return next(e for e in collect.exhibits(folder=small / "notebooks") if e.id == "fdi_path")


def test_only_the_notebook_that_shows_it_is_run(where, small, tmp_path, monkeypatch, capsys):
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
def committed(small, tmp_path, monkeypatch):
    """Where a notebook is kept with its results, and its tables."""
    monkeypatch.setattr(collect, "paths", lambda: build.Paths(small / "data", tmp_path / "reports", (tmp_path,)))
    return tmp_path / "01_x.ipynb", small / "data"


def test_committed_results_are_the_same_each_time_small_and_of_no_machine(committed):
    path, tables = committed
    wide = "import matplotlib.pyplot as plt\nimport numpy as np\nplt.imshow(np.random.default_rng(1).random((200, 200)))\nplt.show()"
    warn = "import warnings\nwarnings.warn('careful')"
    notebook(path, LOAD, CHART, cell(FINDING, "message"), wide, warn, brief=["fdi_path"])
    assert collect.stale([path], tables) == ["01_x.ipynb"]
    assert collect.refresh([path]) == 0
    first = path.read_bytes()
    assert collect.refresh([path]) == 0
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
    assert collect.refresh([path]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert path.read_bytes() == before
