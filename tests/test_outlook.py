"""Outlook to the plan's last year: the history that is used, the chance of a target, and the reasons for giving none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import huzhou_analysis as hz
from huzhou_analysis.analysis.outlook import declared_breaks, history, kind_of, odds, outlook, target_probabilities
from huzhou_analysis.facts import periods


@pytest.fixture(scope="module")
def foreign(whole):
    return outlook(whole, "fdi_utilized")


def test_years_without_a_printed_total_are_the_sum_of_printed_parts(whole):
    trade = outlook(whole, "trade_total").points.set_index("year")
    printed = [
        whole.select(one, "330500", record_type="actual", transformation="N", period="2023")
        for one in ("exports", "imports")
    ]
    assert trade.value[2023] == pytest.approx(sum(rows.obs_value.iloc[0] for rows in printed) / 10_000)  # in 万元
    assert (trade.origin[2023], trade.obs_status[2023], len(trade.figure_id[2023].split())) == ("sum", "E", 2)
    assert (trade.value[2020], trade.origin[2020], trade.origin[2024]) == (1132.2, "printed", "implied")


def test_another_currency_does_not_enter_and_every_year_stands_once(whole):
    for indicator, unit in (("exports", "亿元"), ("exports", "亿美元"), ("fdi_utilized", "亿美元")):
        rows = history(whole, indicator, "330500", unit)
        assert set(rows.unit) == {unit}
        annual = rows[rows.origin.isin(["printed", "implied", "sum"]) & rows.time_period.map(periods.is_year)]
        assert annual.year.is_unique and annual.year.is_monotonic_increasing
    assert history(whole, "exports", "330500", "亿元").year.min() == 2018


@pytest.mark.parametrize(
    ("indicator", "kind"),
    [("fdi_utilized", "foreign_investment"), ("gdp", "gdp"), ("retail_sales", "retail"), ("rd_share", "share"),
     ("digital_core_patents", None), ("trade_total", "flow"), ("road_freight_tonnage", "freight"),
     ("industrial_output", "industrial_output"), ("loans", "loans"), ("fixed_asset_investment", "investment")],
)  # fmt: skip
def test_what_a_quantity_is(whole, indicator, kind):
    assert kind_of(whole, indicator, whole.indicators.unit[indicator]) == kind


def test_only_what_follows_the_last_break_counts(whole):
    assert declared_breaks(whole, "retail_sales", "330500") == (2024,)
    found = outlook(whole, "retail_sales")
    assert not found and found.projection.observed == 2  # 2024 implied, 2025 printed
    assert "2024" in found.reason["en"] and "2024" in found.reason["zh"]
    assert math.isnan(found.probability) and math.isnan(found.base_rate.share)


def test_the_national_widening_of_2022_is_crossed_because_the_cities_cross_it(whole, foreign):
    assert declared_breaks(whole, "fdi_utilized", "330500") == ()
    assert foreign.projection.history.index[-1] == 2023 and foreign.horizon == 4


def test_reasons_for_none(whole):
    assert "2019" in outlook(whole, "fdi_utilized", until=2019).reason["en"]  # eight years ahead
    assert outlook(whole, "public_data_openness").reason["en"] == "no annual actual is on file"
    assert outlook(whole, "gdp", year=2025).reason["zh"].startswith("2025年")  # an actual is there
    without_target = outlook(whole, "gdp")
    assert without_target and math.isnan(without_target.target) and math.isnan(without_target.probability)


def test_eleven_months_bound_the_year_and_lift_those_after(whole, foreign):
    assert (foreign.part_year.value, foreign.part_year.year) == (6.39, 2024)
    table = foreign.projection.table
    assert (table.loc[2024] >= 6.39).all() and (table.loc[2025:, "median"] >= 6.39).all()
    assert foreign.projection.probability(6.3, 2024) == 1


def test_the_chance_agrees_with_the_interval_and_with_the_series_by_hand(whole, foreign):
    end = foreign.projection.table.loc[2027]
    assert foreign.target == 18 and foreign.relation == ">="
    inside = end.low_80 <= 18 <= end.high_80
    assert (foreign.probability > 0.10) == inside
    again = hz.project(hz.series(whole, "fdi_utilized"), 4, kind="foreign_investment", across_breaks=True)
    assert again.table.equals(foreign.projection.table)
    assert again.base_rate(18) == foreign.base_rate


def test_every_numeric_target_has_a_chance_or_a_reason(whole):
    table = target_probabilities(whole)
    given = table.probability.notna()
    assert given.any() and table.base_rate[given].between(0.01, 0.99).all() and (table.stands_for[given] != "").all()
    assert ((table.reason_en[~given] != "") | (table.stands_for[~given] == "")).all()
    assert ((table.reason_en == "") == (table.reason_zh == "")).all()
    numeric = hz.target_gaps(whole)
    numeric = numeric[numeric.span.isin(["annual", "point"]) & numeric.target_2027.notna()]
    assert len(table) == len(numeric)
    assert table[table.indicator == "fdi_utilized"].probability.nunique() == 1


@given(st.floats(0, 1))
def test_odds_are_never_far_from_the_chance(chance):
    words = odds(chance)["en"]
    if " in " in words and "100" not in words.split(" (")[0]:
        top, bottom = words.removeprefix("about ").split(" (")[0].split(" in ")
        assert int(top) / int(bottom) == pytest.approx(chance, abs=0.051)
    elif "100" in words.split(" (")[0]:
        assert chance <= 0.0151 or chance >= 0.985
    else:
        assert chance == pytest.approx(0.5, abs=0.051)


def test_odds_as_people_say_them():
    assert odds(0.05) == {"zh": "约1/20（5%）", "en": "about 1 in 20 (5%)"}
    assert odds(0.4)["zh"] == "约4成（40%）" and odds(0.01)["en"] == "at most 1 in 100" and odds(math.nan)["zh"] == "—"
