"""Which exhibits there are, their charts as editable data, and one exhibit written as a file by command."""

import csv
import json

import pytest
from exhibit_calls import CALLS, LANGUAGES, NOTEBOOKS, exhibit, tables

from huzhou_analysis import charts
from huzhou_analysis.catalogue import Call, calls, find
from huzhou_analysis.cli import main
from huzhou_analysis.exhibit import ROLES, Native, Trace, native_unit
from huzhou_analysis.facts.words import text

every_exhibit = pytest.mark.parametrize("call", CALLS, ids=str)


def notebook(path, *sources):
    cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ["# Title"]}, *cells]}), encoding="utf-8")
    return path


def test_calls_are_read_in_order_and_anything_else_is_passed_over(tmp_path):
    path = notebook(
        tmp_path / "20_mine.ipynb",
        "import huzhou_analysis as hz",
        "hz.show(hz.scoreboard.scoreboard(data), lang=LANG)",
        "%matplotlib inline",
        "hz.show(mine(data), lang=LANG)",
        "hz.show(hz.projections.fan(data, which), lang=LANG)",
        'x = 1\nhz.show(hz.projections.fan(data, "gdp"), lang=LANG)',
        'hz.show(hz.compose(data, "mine", ["D000.x"], title=("甲", "A"), reading=("乙", "B")))',
        'hz.show(hz.cite(data, "D000.x"))',
    )
    texts = (("title", ("甲", "A")), ("reading", ("乙", "B")))
    assert calls([path]) == [
        Call("20_mine.ipynb", "scoreboard", "scoreboard"),
        Call("20_mine.ipynb", "projections", "fan", ("gdp",)),
        Call("20_mine.ipynb", "", "compose", ("mine", ("D000.x",)), texts),
    ]
    assert str(calls([path])[-1]) == "compose.mine"


def test_an_exhibit_is_found_by_its_id_and_by_its_call(whole):
    assert find(whole, "exports_path", NOTEBOOKS).id == "exports_path"
    assert find(whole, "exports.trajectory", NOTEBOOKS).id == "exports_path"


def test_an_unknown_exhibit_is_refused_with_near_ones(whole, tmp_path):
    path = notebook(tmp_path / "1.ipynb", "hz.show(hz.exports.trajectory(data), lang=LANG)")
    with pytest.raises(KeyError, match="near: exports_path"):
        find(whole, "exports_paths", [path])


@every_exhibit
def test_the_projects_own_tables_hold_what_its_notebooks_ask(call):
    """A slip in an id would otherwise read as a figure that is not on file."""
    assert "no figure on file" not in exhibit(call).title["en"]


# --- charts as data ------------------------------------------------------------------------------------------------


@every_exhibit
def test_every_chart_can_be_edited_in_an_office_program(call):
    shown = exhibit(call)
    assert bool(shown.natives) == (shown.draw is not None)
    for native in shown.natives:
        assert any(value is not None for trace in native.traces for value in trace.values)
        assert {trace.role for trace in native.traces} <= set(ROLES)
        for lang in LANGUAGES:
            record = native.record(lang)
            assert record["unit"].strip()
            assert all(trace["name"].strip() for trace in record["traces"])
            names = [trace["name"] for trace in record["traces"] if not trace["role"].startswith(("base", "band"))]
            assert len(set(names)) == len(names), "two series of one name cannot be told apart"
            assert all(label.strip() for label in record["categories"])
        if len(shown.natives) > 1:
            assert all(native.heading[lang] for lang in LANGUAGES)


@every_exhibit
def test_targets_in_an_editable_chart_are_printed_targets(call):
    """In a chart over years every target is a figure that the exhibit cites."""
    shown, data = exhibit(call), tables()
    cited = data.figures.loc[list(shown.citations.figure_id)]
    goals = set(cited.obs_value[cited.record_type == "target"])
    for native in shown.natives:
        if native.kind in ("line", "band"):
            for trace in native.traces:
                if trace.role == "target":
                    printed = [value for value in trace.values if value is not None]
                    assert printed
                    assert all(any(value == pytest.approx(goal) for goal in goals) for value in printed), trace.name


def test_english_charts_are_in_english_units(whole):
    found = find(whole, "foreign_investment_path", NOTEBOOKS).record()["natives"]
    zh, en = found["zh"][0], found["en"][0]
    assert (zh["unit"], en["unit"]) == ("亿美元", "USD bn")
    goal = {
        lang: next(t for t in found[lang][0]["traces"] if t["role"] == "target")["values"][-1] for lang in LANGUAGES
    }
    assert goal == {"zh": 18.0, "en": 1.8}
    assert zh["categories"] == en["categories"]


def test_bands_of_a_fan_stack_up_to_the_table(whole):
    shown = find(whole, "projection_fdi_utilized", NOTEBOOKS)
    from huzhou_analysis.analysis.outlook import outlook

    end = outlook(whole, "fdi_utilized").projection.table.iloc[-1]
    native = shown.natives[0]
    height, seen = 0.0, []
    for trace in native.traces:
        if trace.role.startswith(("base", "band")):
            height += trace.values[-1]
            seen.append(height)
    wanted = ["lower_95", "lower_80", "lower_50", "upper_50", "upper_80", "upper_95"]
    assert seen == pytest.approx([end[name] for name in wanted])


def test_a_chart_that_does_not_hold_together_is_refused():
    one = Trace(text("一", "one"), [1, float("nan"), float("inf")])
    assert one.values == (1.0, None, None)
    with pytest.raises(ValueError, match="3 values for 2 categories"):
        Native("line", [2020, 2021], [one], text("个", "number"))
    with pytest.raises(ValueError, match="a chart is one of"):
        Native("pie", [1, 2, 3], [one], text("个", "number"))
    with pytest.raises(ValueError, match="a trace is one of"):
        Trace(text("一", "one"), [1], "guess")


def test_units_of_a_chart(whole):
    assert native_unit(whole, "亿元") == {"unit": text("亿元", "CNY bn"), "scale_en": pytest.approx(0.1)}


# --- one exhibit as a file -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", charts.PRINTED)
def test_one_picture_in_any_size(tmp_path, size, whole):
    from PIL import Image

    path = find(whole, "scoreboard.required_and_recent", NOTEBOOKS).save(tmp_path / "图 1.png", lang="en", size=size)
    with Image.open(path) as picture:
        assert picture.size[0] == charts.SIZES[size][0] * 200


def test_one_picture_by_command(tmp_path, capsys):
    path = tmp_path / "图 1.svg"
    arguments = ["export", "scoreboard.required_and_recent", "--format", "svg", "--lang", "en", "--size", "square"]
    assert main([*arguments, "--output", str(path)]) == 0
    assert str(path) in capsys.readouterr().out
    assert path.read_text(encoding="utf-8").startswith("<?xml")


def test_a_watermark_changes_the_picture_and_nothing_else(tmp_path, whole):
    shown = find(whole, "scoreboard.required_and_recent", NOTEBOOKS)
    plain, marked = (shown.save(tmp_path / f"{word or 'plain'}.png", watermark=word) for word in ("", "草稿"))
    assert plain.read_bytes() != marked.read_bytes()
    assert shown.save(tmp_path / "again.png").read_bytes() == plain.read_bytes()


def test_the_data_of_one_exhibit_by_command(tmp_path):
    path = tmp_path / "x.csv"
    assert main(["export", "required_and_recent", "--format", "csv", "--output", str(path)]) == 0
    assert len(list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))) > 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "no_such_thing_at_all", "--format", "csv"], "no notebook shows"),
        (["export", "target_gaps", "--format", "png"], "is a table"),
        (["export", "exports_path", "--format", "png", "--output", "x.svg"], "must end in .png"),
        (["export", "exports_path", "--format", "csv", "--output", "nowhere/at/all/x.csv"], "not written"),
    ],
)
def test_what_cannot_be_exported_is_said(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
