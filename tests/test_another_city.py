"""Another city: empty tables, a made-up one, and what every exhibit makes of them."""

import json
import os
import re

import made_up_city
import pytest
from exhibit_calls import CALLS, LANGUAGES, NOTEBOOKS
from made_up_city import CODE, city, figure

import huzhou_analysis as hz
from huzhou_analysis import charts
from huzhou_analysis.cli import main
from huzhou_analysis.facts.checks import OWN_ROOT

OWN = re.compile("湖州|吴兴|Huzhou|330500|浙江|Zhejiang|nan\\b|None|NaT|<NA>")
ABOUT_ONE_CITY = {
    p.name for p in NOTEBOOKS if "huzhou_analysis" in json.loads(p.read_text(encoding="utf-8"))["metadata"]
}
every_call = pytest.mark.parametrize("call", CALLS, ids=str)
KINDS = ("whole", "later", "one_figure", "no_plan", "empty")


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    """The made-up city, one whose plan runs to 2030, one with a single figure, one without a plan, one without figures."""
    folder = tmp_path_factory.mktemp("cities")
    made = {
        "whole": city(folder / "whole"),
        "later": city(folder / "later", years=(2026, 2028, 2030)),
        "one_figure": city(folder / "one", figures=[figure("M.one", "7.7", "gdp", "亿元", "2024")]),
        "no_plan": city(folder / "no_plan", figures=made_up_city.actuals()),
        "empty": city(folder / "empty", figures=[]),
    }
    return {name: hz.load(path) for name, path in made.items()}


def texts(value):
    if isinstance(value, dict):
        return [t for v in value.values() for t in texts(v)]
    return [t for v in value for t in texts(v)] if isinstance(value, list | tuple) else [str(value)]


def said(record):
    """Everything an exhibit says; numbers of charts may be missing, and null there is a gap."""
    shown = {k: v for k, v in record.items() if k != "natives"}
    natives = [[n["heading"], n["unit"], n["categories"], [t["name"] for t in n["traces"]]]
               for lang in LANGUAGES for n in record["natives"][lang]]  # fmt: skip
    return "\n".join(texts(shown) + texts(natives))


@pytest.mark.parametrize("kind", KINDS)
@every_call
def test_every_exhibit_answers_or_says_what_is_missing(cities, kind, call):
    exhibit = call.make(cities[kind])
    record = exhibit.record()
    words = said(record)
    assert not OWN.search(words), OWN.search(words)
    for lang in LANGUAGES:
        assert record["title"][lang]
        assert record["reading"][lang]
        assert record["table"][lang]["columns"]
    if "no figure on file" in record["title"]["en"]:
        assert "无在案数字" in record["title"]["zh"]
        assert len(record["table"]["zh"]["rows"]) == 1
        assert record["reading"]["en"].startswith("Missing: ")
        assert not record["chart"]
    if kind == "whole" and record["chart"]:
        for size in charts.SIZES:
            for lang in LANGUAGES:
                exhibit.figure(lang, size)


@pytest.mark.parametrize("kind", ["later", "one_figure", "no_plan"])
def test_charts_of_odd_cities_can_be_drawn(cities, kind):
    drawn = [exhibit for call in CALLS if (exhibit := call.make(cities[kind])).draw is not None]
    for exhibit in drawn:
        exhibit.figure("zh", "slide")
        exhibit.figure("en", "phone")
    assert bool(drawn)


def made(data, name):
    return next(call for call in CALLS if str(call) == name).make(data)


def test_ids_do_not_depend_on_what_is_on_file(cities):
    """Files and links keep their names when a figure is still missing; the year of accounts is the one exception."""

    def ids(kind):
        return {call: re.sub(r"_(20\d\d|digital|open|[12])$", "", call.make(cities[kind]).id) for call in CALLS}

    assert ids("whole") == ids("empty")
    assert len({call.make(cities["empty"]).id for call in CALLS}) == len(CALLS)


def test_targets_of_the_made_up_city_are_judged_by_its_own_figures(cities):
    """Hand-worked: path of foreign investment 5.9 -> 6.7 over two years, 5.9 * (6.7/5.9)^(1/2) = 6.2873 in 2024."""
    table = hz.target_gaps(cities["whole"]).set_index("locator")
    fdi = table.loc["地瓜方案 指标表 行1"]
    assert (fdi.target_2023, fdi.target_2025, fdi.target_2027) == (5.9, 6.7, 7.7)
    assert (fdi.actual_value, fdi.actual_period) == (5.69, "2024")
    assert fdi.path_value == pytest.approx(6.2873, abs=5e-4)
    assert fdi.verdict_2023 == "missed"  # 5.47 against 5.9
    assert fdi.required_pace == pytest.approx((7.7 / 5.69) ** (1 / 3) * 100 - 100)
    energy = table.loc["数字方案 指标表 行3"]  # less is better: 4.5 in 2024, path at (4.7 * 4.3)^(1/2) = 4.4956
    assert (energy.status, energy.ascending) == ("behind", False)
    assert table.loc["地瓜方案 指标表 行8"].status == "no_figure_on_file"


def test_a_plan_to_another_year_names_its_own_years(cities):
    table = hz.target_gaps(cities["later"])
    years = [c for c in table.columns if re.fullmatch(r"(target|verdict)_\d{4}", c)]
    assert years == ["target_2026", "target_2028", "target_2030", "verdict_2026", "verdict_2028"]
    for name in ("scoreboard.scoreboard", "target_paths.speed", "targets_2027.goals_in_text", "projections.chances"):
        words = said(made(cities["later"], name).record())
        assert "2030" in words, name
        assert "2027" not in words, name
    fan = made(cities["later"], "projections.fan.fdi_utilized")
    assert fan.table.year.iloc[-1]["en"] == "2030"


def test_generic_exhibits_show_the_citys_figures(cities):
    shown = {
        "overview.headlines": ("1,777.3亿元", "Work report of Exampleton"),
        "growth_rates.city_accounts": ("5.3%", "Exampleton"),
        "context.districts": ("样本区", "Specimen Zone"),
        "overview.milestones": ("样本开发区获批", "Specimen Zone approved"),
        "projections.fan.fdi_utilized": ("5.69亿美元", "USD 0.77 bn"),
        "targets_2027.plan_table.1": ("1300", "Data-centre racks"),
        "scenarios.totals": ("400亿元", "Investment in transport"),
    }
    for name, words in shown.items():
        text = said(made(cities["whole"], name).record()).replace("1,300", "1300")
        for word in words:
            assert word in text, (name, word)


def test_the_city_is_known_without_targets_and_without_figures(cities):
    assert {data.home for data in cities.values()} == {CODE}
    assert cities["empty"].city == {"zh": "示例市", "en": "Exampleton"}


# --------------------------------------------------------------------------------------------------------- new-city


def test_empty_tables_pass_the_check_and_the_report_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("HUZHOU_DATA", raising=False)
    folder = tmp_path / "温州 tables"
    assert main(["new-city", str(folder), "--code", "330300"]) == 0
    assert "make template DATA=" in capsys.readouterr().out
    monkeypatch.setenv("HUZHOU_DATA", "")
    before = dict(os.environ)
    assert main(["check", "--data", str(folder)]) == 0
    assert dict(os.environ) == before  # what a command sets for itself is not there for the next
    assert "0 figures" in capsys.readouterr().out
    assert main(["report", "--data", str(folder)]) == 1
    assert "no figures yet" in capsys.readouterr().err
    assert not (folder / "reports").exists()
    data = hz.load(folder)
    assert data.city == {"zh": "温州市", "en": "Wenzhou"}
    assert list(data.ref_areas.index) == ["000000", "330000", "330300"]
    assert len(data.units_table) == len(hz.load(OWN_ROOT).units_table)
    assert (data.indicators.breaks == "").all()
    assert (
        not data.indicators[["name_zh", "definition"]]
        .agg(" ".join, axis=1)
        .str.contains("Huzhou|湖州|2\\+8|plan")
        .any()
    )


@pytest.mark.parametrize(("arguments", "word"), [
    (["--code", "3303"], "six digits"),
    (["--code", "330000"], "six digits"),
    (["--code", "３３０３００"], "six digits"),
    (["--code", "990100"], "--name-en"),
    (["--code", "990100", "--name", "示例市"], "--name-en"),
    (["--name", "示例市"], "--code"),
])  # fmt: skip
def test_what_names_no_city_is_refused_and_nothing_is_written(tmp_path, capsys, arguments, word):
    assert main(["new-city", str(tmp_path / "city"), *arguments]) == 1
    assert word in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["new-city", str(tmp_path), "--code", "330300"]) == 1
    assert "no empty folder" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]
    (tmp_path / "empty").mkdir()
    assert main(["new-city", str(tmp_path / "empty")]) == 0  # without a city: its row is the next step
    assert "ref_areas.csv" in capsys.readouterr().out


def test_reports_of_other_tables_are_made_and_kept_apart(tmp_path, monkeypatch):
    from huzhou_analysis.report.build import notebook_files, paths

    monkeypatch.delenv("HUZHOU_DATA", raising=False)
    own = paths()
    monkeypatch.setenv("HUZHOU_DATA", str(tmp_path / "a"))
    a = paths()
    monkeypatch.setenv("HUZHOU_DATA", str(tmp_path / "b"))
    b = paths()
    assert own.output == own.project / "reports"
    assert a.output == tmp_path / "a" / "reports"
    assert len({own.cache, a.cache, b.cache}) == len({own.exports, a.exports, b.exports}) == 3
    assert paths("elsewhere").output.name == "elsewhere"
    names = {p.name for p in notebook_files(a, CODE)}
    assert ABOUT_ONE_CITY
    assert names == {p.name for p in NOTEBOOKS} - ABOUT_ONE_CITY
    assert [p.name for p in notebook_files(own, "330500")] == [p.name for p in NOTEBOOKS]
    (a.data / "notebooks").mkdir(parents=True)
    for name in ("09_districts.ipynb", "20_own.ipynb", "_draft.ipynb"):
        (a.data / "notebooks" / name).write_text("{}")
    found = {p.name: p for p in notebook_files(a, CODE)}
    assert set(found) == names | {"20_own.ipynb"}
    assert found["09_districts.ipynb"].parent == a.data / "notebooks"
