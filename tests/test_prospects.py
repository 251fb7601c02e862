"""Outlook to the target year: the history that is used, the chance of a target, and the reasons for giving none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import huzhou_analysis as hz
from huzhou_analysis.analysis.outlook import (
    POINT_COLUMNS,
    PROBABILITY_COLUMNS,
    declared_breaks,
    history,
    kind_of,
    odds,
    outlook,
    target_probabilities,
)


@pytest.fixture(scope="module")
def foreign(whole):
    return outlook(whole, "fdi_utilized")


# --- the history ---------------------------------------------------------------------------------------------------


def test_years_without_a_printed_total_are_the_sum_of_printed_parts(whole):
    trade = history(whole, "trade_total", "330500", "亿元").set_index("year")
    assert list(trade.columns) == POINT_COLUMNS[1:]
    # Exports 1490.4326 and imports of the yearbook of 2024; 1132.2 is printed for 2020 and stays as printed.
    exports, imports = (_printed(whole, indicator, "2023") for indicator in ("exports", "imports"))
    assert trade.value[2023] == pytest.approx(exports + imports)
    assert (trade.origin[2023], trade.obs_status[2023]) == ("sum", "E")
    assert (trade.value[2020], trade.origin[2020]) == (1132.2, "printed")
    assert trade.origin[2024] == "implied"
    assert len(trade.figure_id[2023].split()) == 2


def _printed(data, indicator, year):
    """A level in 亿元 from its row: the yearbook prints 万元."""
    row = data.select(indicator, "330500", record_type="actual", transformation="N", period=year).iloc[0]
    assert row.unit == "万元"
    return row.obs_value / 10_000


def test_a_sum_needs_both_parts_printed(whole):
    trade = history(whole, "trade_total", "330500", "亿元")
    for point in trade[trade.origin == "sum"].itertuples():
        parts = {whole.figures.indicator[i] for i in point.figure_id.split()}
        assert parts == {"exports", "imports"}


def test_another_currency_does_not_enter(whole):
    assert history(whole, "exports", "330500", "亿元").year.min() == 2018
    assert history(whole, "exports", "330500", "亿美元").year.max() == 2017


def test_every_year_stands_once_and_in_order(whole):
    for indicator in ("fdi_utilized", "trade_total", "retail_sales", "gdp"):
        points = outlook(whole, indicator).points
        assert points.year.is_monotonic_increasing
        assert points.year.is_unique
        assert set(points.origin) <= {"printed", "implied", "sum"}


def test_what_a_quantity_is(whole):
    kinds = {
        "fdi_utilized": "inflow",
        "gdp": "output",
        "retail_sales": "output",
        "rd_share": "share",
        "digital_core_patents": "count",
        "trade_total": "general",
    }
    units = whole.indicators.unit
    assert {name: kind_of(whole, name, units[name]) for name in kinds} == kinds


# --- breaks and reasons --------------------------------------------------------------------------------------------


def test_only_what_follows_the_last_break_counts(whole):
    assert declared_breaks(whole, "retail_sales", "330500") == (2024,)
    found = outlook(whole, "retail_sales")
    assert not found
    assert found.projection.observations == 2  # 2024 implied, 2025 printed
    assert found.reason["en"] == "only 2 usable annual actuals after the break of 2024, fewer than 5"
    assert math.isnan(found.probability)
    assert outlook(whole, "retail_sales", breaks=()).probability > 0


def test_the_national_widening_of_2022_is_crossed_because_the_calibration_crosses_it(whole):
    assert declared_breaks(whole, "fdi_utilized", "330500") == ()
    assert outlook(whole, "fdi_utilized", breaks=(2022,)).reason["en"].startswith("only 2 usable")
    assert (
        outlook(whole, "fdi_utilized", breaks=(2020,)).reason["zh"]
        == "2020年断点之后仅有4个连续可用的年度实绩，少于5个"
    )


def test_a_series_that_ended_long_ago_is_not_projected(whole):
    found = outlook(whole, "fdi_utilized", until=2019)
    assert found.horizon == 8
    assert "2019" in found.reason["en"]
    assert math.isnan(found.probability)


def test_without_any_figure_that_is_the_reason(whole):
    assert outlook(whole, "public_data_openness").reason["en"] == "no annual actual is on file"


def test_an_indicator_without_a_target_has_a_projection_and_no_chance(whole):
    found = outlook(whole, "gdp")
    assert found
    assert math.isnan(found.target)
    assert math.isnan(found.probability)
    assert found.projection.bridged == (2024,)  # no page prints the whole year


# --- the answer ----------------------------------------------------------------------------------------------------


def test_the_chance_agrees_with_the_interval(foreign):
    """18 lies between the upper ends of the 80% and the 95% interval, so its chance between 10% and 2.5%."""
    end = foreign.projection.table.loc[2027]
    assert foreign.target == 18
    assert end["upper_80"] < 18 < end["upper_95"]
    assert 0.025 < foreign.probability < 0.10


def test_the_same_series_by_hand_gives_the_same_projection(whole, foreign):
    again = hz.project(foreign.points[["year", "value"]], 4, kind="inflow")
    assert list(again.table["mean"]) == list(foreign.projection.table["mean"])
    assert list(again.table.index) == [2024, 2025, 2026, 2027]


def test_without_the_fall_of_the_last_year_the_chance_is_much_better(whole, foreign):
    without = outlook(whole, "fdi_utilized", until=2022)
    assert int(without.points.year.iloc[-1]) == 2022
    assert without.horizon == 5
    assert without.probability > 3 * foreign.probability


def test_every_numeric_target_has_a_chance_or_a_reason(whole):
    table = target_probabilities(whole)
    assert list(table.columns) == PROBABILITY_COLUMNS
    given = table.probability.notna()
    assert (table.reason_en[given] == "").all()
    assert (table.reason_en[~given] != "").all()
    assert (table.reason_zh[~given] != "").all()
    assert table.observations[given].min() >= 5
    assert table.coverage_80[given].between(70, 90).all()
    numeric = hz.target_gaps(whole)
    numeric = numeric[numeric.span.isin(["annual", "point"]) & numeric.target_2027.notna()]
    assert len(table) == len(numeric)


def test_the_chance_of_a_goal_in_the_text_is_that_of_the_table_where_both_are_alike(whole):
    found = target_probabilities(whole)
    found = found[found.indicator == "fdi_utilized"]
    assert len(found) == 2
    assert found.probability.nunique() == 1


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chance", "zh", "en"),
    [
        (0.05, "约1/20（5%）", "about 1 in 20 (5%)"),
        (0.0857, "约1/12（9%）", "about 1 in 12 (9%)"),
        (0.4, "约4成（40%）", "about 4 in 10 (40%)"),
        (0.52, "约一半（52%）", "about even (52%)"),
        (0.95, "约19/20（95%）", "about 19 in 20 (95%)"),
        (0.001, "不到1/200", "less than 1 in 200"),
        (0.999, "超过199/200", "more than 199 in 200"),
        (float("nan"), "—", "—"),
    ],
)
def test_odds_as_people_say_them(chance, zh, en):
    assert odds(chance) == {"zh": zh, "en": en}


@given(st.floats(0, 1))
def test_odds_are_never_far_from_the_chance(chance):
    words = odds(chance)["en"]
    if " in 200" in words:
        assert chance < 0.005 or chance > 0.995
    elif " in " in words:
        top, bottom = words.removeprefix("about ").split(" (")[0].split(" in ")
        assert int(top) / int(bottom) == pytest.approx(chance, abs=0.051)
    else:
        assert chance == pytest.approx(0.5, abs=0.051)


def test_the_name_stays_that_of_the_function_whatever_was_imported_before(whole):
    hz.target_probabilities(whole)
    assert hz.outlook(whole, "gdp")
