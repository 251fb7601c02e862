"""The outlook: a projection to the plan's last year with the chance of the target or the reason for none; what if."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import huzhou_analysis as hz
from huzhou_analysis.analysis.evidence import movement
from huzhou_analysis.analysis.outlook import kind_of
from huzhou_analysis.analysis.scenario import TOTAL_COLUMNS, path_totals, what_if
from huzhou_analysis.analysis.targets import meets
from huzhou_analysis.facts.data import NotOnFile, UnknownName

YEARS = {2021: "9.0", 2022: "9.9", 2023: "10.9", 2024: "12.0", 2025: "13.2"}


def foreign_investment(tables, years=YEARS, unit="亿美元"):
    """Tables in which foreign investment has an actual for each of the years; the plan wants 18亿美元 in 2027."""
    for year, value in years.items():
        cells = {"indicator": "fdi_utilized", "unit": unit, "time_period": str(year), "vintage": "2028-03"}
        tables.add_figure(f"outlook.{year}", value, **cells)
    # The declared break of 2022 would cut the history in two.
    head, *rows = tables.rows("indicators")
    code, breaks = head.index("indicator"), head.index("breaks")
    for row in rows:
        if row[code] == "fdi_utilized":
            row[breaks] = ""
    tables.write("indicators", [head, *rows])
    return tables.load()


def test_the_chance_is_that_of_the_projection_for_the_target_of_the_plan(tables):
    found = hz.outlook(foreign_investment(tables), "实际利用外资")
    alone = hz.project(list(map(float, YEARS.values())), 2, start=2021, kind="foreign_investment", unit="亿美元")
    assert found and (found.target, found.relation, found.year) == (18.0, ">=", 2027)
    assert found.projection.table.equals(alone.table)
    assert found.probability == alone.probability(18)
    assert found.figure_ids == [f"outlook.{year}" for year in YEARS]


def test_a_target_is_converted_to_the_unit_of_the_series(tables):
    units = {year: str(round(float(value) * 10000)) for year, value in YEARS.items()}
    found = hz.outlook(foreign_investment(tables, units, "万美元"), "fdi_utilized")
    assert (found.unit, found.target) == ("亿美元", 18.0)
    assert found.points.value.tolist() == pytest.approx([float(value) for value in YEARS.values()])


@pytest.mark.parametrize(
    ("years", "word"),
    [
        ({2024: "12", 2025: "13"}, "only 2 usable annual actuals"),
        (YEARS | {2026: "14", 2027: "16"}, "an actual of 2027 is on file"),
        ({2014: "5", 2015: "6", 2016: "7", 2017: "8", 2018: "9"}, "more than 6 years ahead"),
    ],
)
def test_without_a_projection_there_is_a_reason_and_no_chance(tables, years, word):
    data = foreign_investment(tables, years)
    found = hz.outlook(data, "fdi_utilized")
    assert not found and word in found.reason["en"] and math.isnan(found.probability)
    row = hz.target_probabilities(data).set_index("indicator").loc["fdi_utilized"]
    assert row.reason_en == found.reason["en"] and math.isnan(row.probability) and row.figure_ids == ""


def test_a_year_that_is_none_is_refused(whole):
    for year in (float("nan"), 2027.5, "2027", 201801, True):
        with pytest.raises(ValueError, match="whole year such as 2027"):
            hz.outlook(whole, "gdp", year=year)


def test_every_target_of_the_last_year_has_a_chance_or_a_reason(whole):
    table = hz.target_probabilities(whole)
    assert not table.indicator.duplicated().any()
    assert (table.probability.notna() <= (table.reason_en == "")).all()
    assert (table.reason_zh.ne("") == table.reason_en.ne("")).all()
    for row in table[table.probability.notna()].itertuples():
        assert row.probability == hz.outlook(whole, row.indicator).probability


def test_what_an_indicator_is_to_a_projection(whole):
    kinds = {"gdp": "gdp", "retail_sales": "retail", "fdi_utilized": "foreign_investment", "trade_total": "flow",
             "fdi_manufacturing_share": "share", "container_throughput": None}  # fmt: skip
    assert {name: kind_of(whole, name, whole.indicators.unit[name]) for name in kinds} == kinds


def test_a_percentage_beyond_its_bounds_is_no_share_and_still_has_a_path(tables):
    """Of a plan more than all of it may be fulfilled: 98.5, 101.3, 102.2, 104.2, 103.0."""
    for year, value in zip(range(2020, 2025), ("98.5", "101.3", "102.2", "104.2", "103.0"), strict=True):
        cells = {"indicator": "fdi_platform_share", "unit": "%", "time_period": str(year), "vintage": "2025"}
        tables.add_figure(f"beyond.{year}", value, span="annual", **cells)
    found = hz.outlook(tables.load(), "fdi_platform_share").projection
    assert found.kind == "rate" and found.table["median"].iloc[-1] > 103


def test_a_scenario_by_hand(whole):
    # 5.80 at 20% a year: 6.96, 8.352, 10.0224, 12.02688 in 2027; 18 is reached after 6.21 years, so in 2030.
    found = what_if(whole, "实际利用外资", 20)
    assert found.path.value.to_dict() == pytest.approx(
        {2023: 5.8, 2024: 6.96, 2025: 8.352, 2026: 10.0224, 2027: 12.02688}
    )
    assert (found.status, found.reached, found.gap) == ("missed", 2030, pytest.approx(18 - 12.02688))
    assert "2030" in found.sentence["en"] and list(found.path.plan) == pytest.approx([16, 272**0.5, 17, 306**0.5, 18])
    assert what_if(whole, "fdi_utilized", -1).reached is None


def test_the_required_pace_just_reaches_the_target(whole):
    found = what_if(whole, "fdi_utilized")
    assert (found.status, found.path.value.iloc[-1], found.gap, found.reached) == ("met", 18, 0, 2027)
    assert what_if(whole, "trade_total").status == "missed"  # 突破2000 is not met by 2000
    share = what_if(whole, "project_chain_concentration_300m", 10)
    assert list(share.path.value) == pytest.approx([76.8, 86.8, 96.8, 100.0]) and share.kind == "points"


def test_a_pace_goes_in_as_the_library_gives_it_and_a_fraction_is_never_taken_for_per_cent(whole):
    [gap] = hz.target_gaps(whole).query("indicator == 'retail_sales'").head(1).itertuples()  # 0.55% needed, after 3.9%
    needed = hz.required_growth(gap.actual, gap.target, 2)
    for pace in (None, "required", needed, str(gap.required_pace)):
        assert what_if(whole, "retail_sales", pace).gap == pytest.approx(0, abs=1e-9)
    rate = hz.latest(whole, ["retail_sales"]).growth.iloc[0]  # 3.9% as printed
    for pace, percent in (("recent", gap.recent_pace), (np.float64(gap.recent_pace), gap.recent_pace), (rate, 3.9)):
        assert what_if(whole, "retail_sales", pace).growth == pytest.approx(percent)
    with pytest.raises(ValueError, match=r"0\.104 may mean 10\.4%.* write 10\.4; for 0\.104%"):
        what_if(whole, "retail_sales", 0.104)
    with pytest.raises(NotOnFile, match="recent pace"):
        what_if(whole, "export_national_share", "recent")


@given(growth=st.floats(-50, 60).filter(lambda g: abs(g) >= 1))
def test_a_faster_pace_never_ends_lower_and_the_verdict_is_that_of_the_last_year(whole, growth):
    found, more = (
        what_if(whole, "container_throughput", g) for g in (growth, growth + 2 if growth > 0 else growth / 2 - 1)
    )
    assert more.path.value.iloc[-1] > found.path.value.iloc[-1] or growth > -2
    in_time = found.reached is not None and found.reached <= 2027
    assert (found.status == "met") == meets(found.path.value.iloc[-1], 110, "=", True) == in_time == (found.gap <= 0)


@pytest.mark.parametrize("growth", [-100, -150, math.nan, math.inf, 0.05, -0.2, "fast", True, [5]])
def test_an_impossible_pace_is_refused(whole, growth):
    with pytest.raises((ValueError, TypeError)):
        what_if(whole, "fdi_utilized", growth)


def test_where_there_is_nothing_to_start_from_that_is_said(whole):
    for indicator, words in (("gdp", "an annual target"), ("rd_share", "nothing to start from")):
        with pytest.raises(NotOnFile, match=words):
            what_if(whole, indicator, 5)
    with pytest.raises(UnknownName):
        what_if(whole, "gdpp", 5)


def test_five_year_goals_beside_the_yearly_path_by_hand(data):
    found = path_totals(data).set_index("indicator")
    assert list(found.reset_index().columns) == TOTAL_COLUMNS
    # Straight: 250 + 265 + 280 + 290 + 300 = 1385 of 1500; 3 + 3.15 + 3.3 + 3.45 + 3.6 = 16.5 of 16.
    assert found.straight.round(6).to_dict() == {"transport_investment": 1385, "outbound_investment": 16.5}
    assert found.met.to_dict() == {"transport_investment": False, "outbound_investment": True}
    # Geometric: sqrt(250 x 280) = 264.5751, sqrt(280 x 300) = 289.8275.
    assert found.geometric["transport_investment"] == pytest.approx(1384.4027, abs=1e-4)


def test_a_change_a_year_is_told_by_its_verb(whole):
    for value, unit, zh, en in [(32.73, "%", "增长32.7%", "32.7%"), (-1.07, "个百分点", "降低1.07个百分点", "a fall of 1.07 pp"),
                                (-2, "位次", "上升2位", "a rise of 2 places"), (2.5, "位次", "下降2.5位", "a fall of 2.5 places")]:  # fmt: skip
        assert movement(whole, value, unit) == hz.text(zh, en)
