"""Another city: what the analysis makes of a made-up one, of odd ones, and of empty tables."""

import contextlib
import os

import made_up_city
import pytest
from made_up_city import CODE, PLAN, city, figure

import huzhou_analysis as hz
from huzhou_analysis.analysis import audit
from huzhou_analysis.analysis.plans import plan_years, target_year
from huzhou_analysis.cli import main
from huzhou_analysis.facts.data import NotOnFile
from huzhou_analysis.facts.locking import OWN_ROOT

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


@pytest.mark.parametrize("kind", KINDS)
def test_every_table_answers_or_says_what_is_missing(cities, kind):
    data = cities[kind]
    gaps = hz.target_gaps(data, plan="all", full=True)
    planned = kind in ("whole", "later")
    assert (len(gaps) > 10) == (len(hz.plans(data)) > 0) == planned
    hz.roll_up(gaps), hz.official_verdicts(gaps), hz.path_totals(data), hz.growth_ledger(data), hz.table_targets(data)
    assert len(hz.score_record(data)) == 0
    assert all(isinstance(f, dict) for rule in audit.RULES for f in rule(data))
    for call in (lambda: target_year(data), lambda: hz.plan(data, "gdp"), lambda: hz.compare_areas(data, "gdp", 2023)):
        with contextlib.suppress(NotOnFile):
            call()
    assert (data.home, data.city["en"]) == (CODE, "Exampleton")


def test_targets_of_the_made_up_city_are_judged_by_its_own_figures(cities):
    """Hand-worked: path of foreign investment 5.9 -> 6.7 over two years, 5.9 * (6.7/5.9)^(1/2) = 6.2873 in 2024."""
    table = hz.target_gaps(cities["whole"], full=True).set_index("locator")
    fdi = table.loc["地瓜方案 指标表 行1"]
    assert hz.plan(cities["whole"], "fdi_utilized").value.tolist() == [5.9, 6.7, 7.7]
    assert (fdi.actual, fdi.actual_period) == (5.69, "2024")
    assert fdi.path_value == pytest.approx(6.2873, abs=5e-4)
    assert fdi.required_pace == pytest.approx((7.7 / 5.69) ** (1 / 3) * 100 - 100)
    # From 5.03 in 2022, the last year before the plan: 0.66 of 2.67 done after 2 of 5 years.
    assert (fdi.way_done, fdi.time_gone, fdi.time_progress) == (pytest.approx(0.66 / 2.67), 0.4, "lagging")
    energy = table.loc["数字方案 指标表 行3"]  # less is better: 4.5 in 2024, path at (4.7 * 4.3)^(1/2) = 4.4956
    assert (energy.status, energy.ascending) == ("behind", False)
    assert table.loc["地瓜方案 指标表 行8"].status == "no_figure_on_file"


def test_a_plan_to_another_year_names_its_own_years(cities):
    table = hz.target_gaps(cities["later"], full=True)
    assert (plan_years(cities["later"]), hz.plans(cities["later"]).source_id.tolist()) == ((2026, 2028, 2030), [PLAN])
    assert not any("2027" in said for said in [*table.sentence_zh, *table.rule_en])
    assert table.target_year.dropna().eq(2030).all()


def test_empty_tables_pass_the_check(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("HUZHOU_DATA", raising=False)
    folder = tmp_path / "温州 tables"
    assert main(["new-city", str(folder), "--code", "330300"]) == 0
    assert "make template DATA=" in capsys.readouterr().out
    monkeypatch.setenv("HUZHOU_DATA", "")
    before = dict(os.environ)
    assert main(["check", "--data", str(folder)]) == 0
    assert dict(os.environ) == before  # what a command sets for itself is not there for the next
    assert "0 figures" in capsys.readouterr().out
    data = hz.load(folder)
    assert (data.city["zh"], data.city["en"]) == ("温州市", "Wenzhou")
    assert list(data.ref_areas.index) == ["000000", "330000", "330300"]
    assert len(data.units_table) == len(hz.load(OWN_ROOT).units_table)
    assert (data.indicators.breaks == "").all()
    said = data.indicators.name_zh + " " + data.indicators.definition
    assert not said.str.contains("Huzhou|湖州|2\\+8|plan").any()


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
