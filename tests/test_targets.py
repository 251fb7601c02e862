"""Targets: the plan's own path, what it demands a year, and the gap to the latest comparable actual."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from huzhou_analysis.analysis.targets import (
    PACE_COLUMNS,
    Judgement,
    advance,
    change_a_year,
    judge,
    meets,
    pace,
    pace_kind,
    path_sum,
    plan_pace,
    plan_tables,
    plan_years,
    required_growth,
    required_points,
    table_targets,
    target_year,
    value_on_path,
    years_needed,
)
from huzhou_analysis.facts.data import NotOnFile

values = st.floats(0.01, 10_000)
gaps_of_years = st.integers(1, 20)


# --- required pace -------------------------------------------------------------------------------------------------


def test_required_growth_by_hand():
    # 16 to 18 in four years: (18/16)^(1/4) = 1.125^0.25 = sqrt(1.06066017) = 1.0298836
    assert required_growth(16, 18, 4) == pytest.approx(0.0298836, abs=5e-8)
    assert required_growth(100, 121, 2) == pytest.approx(0.1)
    assert required_growth(200, 50, 2) == pytest.approx(-0.5)


def test_required_points_by_hand():
    assert required_points(24, 36, 4) == 3
    assert required_points(80, 75, 2) == -2.5


@given(current=values, target=values, years=gaps_of_years)
def test_growing_as_required_reaches_the_target(current, target, years):
    level, share = current, current
    for _ in range(years):
        level *= 1 + required_growth(current, target, years)
        share += required_points(current, target, years)
    assert level == pytest.approx(target, rel=1e-9)
    assert share == pytest.approx(target, rel=1e-9, abs=1e-9)


@given(current=values, target=values, first=gaps_of_years, then=gaps_of_years)
def test_whoever_keeps_to_the_path_is_asked_for_the_same_pace_later(current, target, first, then):
    growth, points = required_growth(current, target, first + then), required_points(current, target, first + then)
    later, share = current * (1 + growth) ** first, current + points * first
    assert required_growth(later, target, then) == pytest.approx(growth, rel=1e-6, abs=1e-9)
    assert required_points(share, target, then) == pytest.approx(points, rel=1e-6, abs=1e-6)


@given(current=values, target=values, years=gaps_of_years, factor=st.sampled_from([0.001, 10, 10_000]))
def test_the_unit_does_not_change_required_growth(current, target, years, factor):
    assert required_growth(current * factor, target * factor, years) == pytest.approx(
        required_growth(current, target, years), rel=1e-9, abs=1e-12
    )


@pytest.mark.parametrize("years", [0, -1])
def test_no_time_left_is_refused(years):
    with pytest.raises(ValueError, match=r"^没有剩余.* / no time is left"):
        required_growth(1, 2, years)
    with pytest.raises(ValueError, match=r"^没有剩余.* / no time is left"):
        required_points(1, 2, years)


@pytest.mark.parametrize(("current", "target"), [(0, 5), (-1, 5), (5, 0), (5, -1)])
def test_compound_growth_from_or_to_nothing_is_refused(current, target):
    with pytest.raises(ValueError, match=r"^年均增速要求.* / compound growth needs positive levels"):
        required_growth(current, target, 4)


# --- meeting a bound -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "relation", "ascending", "met"),
    [
        (2000.1, ">", True, True),
        (2000, ">", True, False),
        (2001, ">=", False, True),  # a bound that is printed says its direction itself
        (1999, ">=", False, False),
        (1999, "<=", True, True),
        (2001, "<=", True, False),
        (1999.9, ">", True, False),  # 突破2000
        (2000, ">=", True, True),
        (1999.9, ">=", True, False),  # 2000以上
        (2000, "<", False, False),
        (1999.9, "<", False, True),
        (2000, "<=", False, True),
        (2000.1, "<=", False, False),
        (2000, "=", True, True),
        (2001, "=", True, True),
        (1999, "=", True, False),
        (2000, "=", False, True),
        (2001, "=", False, False),
        (1999, "=", False, True),
    ],
)
def test_a_bound_is_a_bound(value, relation, ascending, met):
    assert meets(value, 2000, relation, ascending) is met


@given(target=values)
def test_reaching_the_mark_is_not_passing_it(target):
    for ascending in (True, False):
        assert not meets(target, target, ">", ascending)
        assert not meets(target, target, "<", ascending)
        assert all(meets(target, target, relation, ascending) for relation in (">=", "<=", "=", "~"))


@given(value=values, target=values, relation=st.sampled_from(["=", "~"]))
@example(value=1.0, target=2.0, relation="=")
def test_where_less_is_better_the_verdict_is_the_other_way_round(value, target, relation):
    assume(value != target)
    assert meets(value, target, relation, True) is not meets(value, target, relation, False)
    assert meets(value, target, relation, True) is meets(target, value, relation, False)


@given(value=values, target=values, more=st.floats(0, 1000), relation=st.sampled_from(["=", ">", ">="]))
def test_more_never_undoes_a_target_where_more_is_better(value, target, more, relation):
    if meets(value, target, relation, True):
        assert meets(value + more, target, relation, True)


# --- the plan's own path -------------------------------------------------------------------------------------------

FDI = {"2023": 16.0, "2025": 17.0, "2027": 18.0}


def test_the_path_between_named_years_by_hand():
    # Geometric: sqrt(16 x 17) = 16.4924..; straight: 16.5.
    assert value_on_path(FDI, 2024, True) == pytest.approx(16.492423, abs=1e-6)
    assert value_on_path(FDI, 2024, False) == 16.5
    assert value_on_path(FDI, 2026, True) == pytest.approx((17 * 18) ** 0.5)


@given(data=st.data(), geometric=st.booleans())
def test_the_path_goes_through_every_named_year_and_nowhere_outside(data, geometric):
    named = data.draw(st.dictionaries(st.integers(2020, 2040), values, min_size=1, max_size=5))
    by_year = {str(year): value for year, value in named.items()}
    for year, value in named.items():
        assert value_on_path(by_year, year, geometric) == pytest.approx(value)
    assert value_on_path(by_year, min(named) - 1, geometric) is None
    assert value_on_path(by_year, max(named) + 1, geometric) is None
    for year in range(min(named), max(named) + 1):
        low, high = min(named.values()), max(named.values())
        assert low * (1 - 1e-9) <= value_on_path(by_year, year, geometric) <= high * (1 + 1e-9)


@given(start=values, end=values, years=st.integers(2, 10))
def test_steps_along_the_path_are_the_required_pace(start, end, years):
    by_year = {"2020": start, str(2020 + years): end}
    path = [value_on_path(by_year, 2020 + n, True) for n in range(years + 1)]
    line = [value_on_path(by_year, 2020 + n, False) for n in range(years + 1)]
    for n in range(years):
        assert path[n + 1] / path[n] - 1 == pytest.approx(required_growth(start, end, years), rel=1e-6, abs=1e-9)
        assert line[n + 1] - line[n] == pytest.approx(required_points(start, end, years), rel=1e-6, abs=1e-6)


def test_a_path_to_zero_is_straight():
    assert value_on_path({"2023": 8.0, "2027": 0.0}, 2025, True) == 4


def test_a_path_is_not_summed_beyond_its_last_year(data):
    goals = data.select("fdi_utilized", "330500", record_type="target", source="D003", period=["2023", "2025"])
    with pytest.raises(ValueError, match=r"does not cover 2023 to 2026; choose years within it$"):
        path_sum(data, goals, 2023, 2026)
    with pytest.raises(ValueError, match="does not cover 2022 to 2024"):
        path_sum(data, goals, 2022, 2024)


def test_a_path_from_zero_is_straight():
    assert value_on_path({"2023": 0.0, "2025": 4.0}, 2024, True) == 2


def test_the_sum_of_the_foreign_investment_path_by_hand(data):
    # Straight: 16 + 16.5 + 17 + 17.5 + 18 = 85. Geometric: 16 + 16.492423 + 17 + 17.492856 + 18 = 84.985279.
    path = table_targets(data, "open")
    geometric, straight = path_sum(data, path[path.indicator == "fdi_utilized"], 2023, 2027)
    assert straight == pytest.approx(85)
    assert geometric == pytest.approx(84.985279, abs=1e-6)


STEPS = [
    # indicator, step, pace, its unit: worked by hand from the printed values
    ("fdi_utilized", "2023", 3.077641, "%"),  # sqrt(17/16) = 1.03077641
    ("fdi_utilized", "2025", 2.899151, "%"),  # sqrt(18/17) = 1.02899151
    ("fdi_manufacturing_share", "2023", 1.5, "个百分点"),  # (33 - 30)/2
    ("digital_va_share", "2023", 5, "个百分点"),  # (40 - 30)/2
    ("public_data_openness", "2025", 25, "个百分点"),  # (80 - 30)/2
    ("export_national_share", "2025", 0.01, "‰"),  # (6.53 - 6.51)/2: per mille stay per mille
    ("digital_core_patents", "2023", 500, "件"),  # (5500 - 4500)/2
    ("talent_housing", "2023", 10_000, "套"),  # (46000 - 26000)/2
    ("labour_productivity", "2025", 8.012345, "%"),  # sqrt(28/24) = 1.08012345
    ("water_freight_turnover", "2023", 2.878284, "%"),  # sqrt(145/137) = 1.02878284
    ("industrial_digital_coverage", "2025", 0, "个百分点"),  # 100 to 100
    ("outbound_investment", "2023", 4.880885, "%"),  # sqrt(1.1) = 1.04880885
]


@pytest.mark.parametrize(("indicator", "start", "expected", "unit"), STEPS)
def test_what_the_plan_demands_a_year(data, indicator, start, expected, unit):
    steps = plan_pace(data, table_targets(data))
    step = steps[(steps.indicator == indicator) & (steps.from_period == start)].iloc[0]
    assert step.pace == pytest.approx(expected, abs=5e-6)
    assert step.pace_unit == unit
    assert int(step["to_period"]) == int(start) + 2


def test_the_rows_of_the_tables_come_in_print_order(data):
    rows = table_targets(data)
    assert list(dict.fromkeys(rows.table)) == ["digital", "open"]
    for _, table in rows.groupby("table", sort=False):
        numbers = [int(locator.split("行")[1]) for locator in table.locator]
        assert list(table.row) == numbers == sorted(numbers)  # row 10 follows row 9
        for _, row in table.groupby("row"):
            assert list(row.time_period) == sorted(row.time_period)
    steps = plan_pace(data, rows)
    assert list(dict.fromkeys(steps.indicator)) == [
        i for i in dict.fromkeys(rows.indicator) if i in set(steps.indicator)
    ]


def without_tables(data, *figure_ids):
    """The plan as if none of its goals stood in a table, and nothing but some figures were on file."""
    return replace(
        data,
        outline=data.outline[~data.outline.locator.str.contains("指标表")],
        figures=data.figures.loc[list(figure_ids)],
    )


def test_the_plan_names_its_years(data):
    assert list(plan_tables(data)) == ["digital", "open"]
    assert plan_years(data) == (2023, 2025, 2027)
    assert target_year(data) == 2027
    # The goals of 2014, of a work report, are none of the plan's.
    assert "2014" in set(data.select(area=data.home, record_type="target").time_period)


def test_the_programmes_of_the_province_come_first_and_other_tables_are_known_by_number(data):
    places = [
        "乙规划 指标表 行1",
        "地瓜方案 指标表 行2",
        "二 主要目标",
        "数字方案 指标表 行1",
        "甲规划 指标表 行1",
        "乙规划 指标表 行2",
    ]
    found = plan_tables(replace(data, outline=pd.DataFrame({"locator": places})))
    assert list(found.items()) == [
        ("digital", "数字方案 指标表"),
        ("open", "地瓜方案 指标表"),
        ("3", "乙规划 指标表"),
        ("4", "甲规划 指标表"),
    ]


def test_the_years_of_a_plan_without_tables_are_those_of_the_targets_of_the_city(data):
    goals = ("D000.fdi_utilized.2027", "D001-GWR.fdi_utilized.2014", "D001-GWR.exports.2014.gy")
    actual = data.select("exports", data.home, record_type="actual").iloc[:1]
    found = without_tables(data, *goals, *actual.index)
    assert plan_tables(found) == {} and table_targets(found).empty
    assert plan_years(found) == (2014, 2027)
    assert target_year(found) == 2027
    with pytest.raises(
        NotOnFile, match=r"^暂无数据：规划的年度目标 / no figure on file: a target of a plan for a year$"
    ):
        target_year(without_tables(data, *actual.index))


def test_how_a_quantity_moves(data):
    assert pace_kind(data, "fdi_hightech_share", "%") == "points"
    assert pace_kind(data, "strategic_va_growth_rate", "个百分点") == "points"
    assert pace_kind(data, "fdi_utilized", "亿美元") == "growth"
    assert pace_kind(data, "chain_projects_introduced", "个") == "units"
    assert pace_kind(data, "vocational_fee_waiver", "万人次") == "units"  # a count of things, in a unit of its own


def test_a_level_below_one_compounds_and_one_that_ends_at_nothing_does_not(data):
    value, unit = pace(data, "fdi_utilized", "亿美元", 0.5, 0.605, 2)
    assert (round(value, 9), unit) == (10.0, "%")  # 1.1^2 = 1.21
    value, unit = pace(data, "fdi_utilized", "亿美元", 0.5, 0.8, 1)
    assert (round(value, 9), unit) == (60.0, "%")
    assert pace(data, "fdi_utilized", "亿美元", 8, 0, 4) == (-2, "亿美元")


def test_steps_lead_from_one_printed_value_to_the_next(data):
    steps = plan_pace(data, table_targets(data))
    assert list(steps.columns) == PACE_COLUMNS
    # 11 rows and 28: 39 rows, less two in words and two of one merged cell, with two steps each, and one step in the
    # row whose 2023 cell is "/": 34 x 2 + 1.
    assert len(steps) == 69
    for step in steps.itertuples():
        assert data.figure(step.from_id).obs_value == step.from_value
        assert data.figure(step.to_id).obs_value == step.to_value
        assert data.figure(step.from_id).locator == data.figure(step.to_id).locator


def test_shares_are_never_compounded(data):
    steps = plan_pace(data, table_targets(data))
    shares = steps[steps.unit.isin(["%", "‰"])]
    assert len(shares) > 0
    assert set(shares.pace_unit) == {"个百分点", "‰"}
    assert (steps[steps.pace_unit == "%"].unit.map(lambda unit: data.units[unit].is_share)).sum() == 0


def test_a_level_that_starts_from_zero_moves_in_its_own_unit(data):
    assert pace(data, "fdi_utilized", "亿美元", 0, 8, 4) == (2, "亿美元")


# --- verdicts ------------------------------------------------------------------------------------------------------

SHARES = {"2023": 30.0, "2025": 33.0, "2027": 36.0}


@pytest.mark.parametrize(
    ("value", "status", "required"),
    [
        # The path stands at 31.5 in 2024 and at 33 in 2025, and asks 1.5 points a year.
        (36, "met", None),
        (33, "ahead", 1.0),
        (32.99, "on_track", 3.01 / 3),
        (31.5, "on_track", 1.5),
        (31.49, "behind", 4.51 / 3),
        (27.0, "behind", 3.0),  # exactly twice what the path asks
        (26.99, "far_behind", 9.01 / 3),
    ],
)
def test_the_scale_of_verdicts_on_a_path_by_hand(value, status, required):
    found = judge(value, 2024, SHARES, "=", True, "points")
    assert found.status == status
    if required is None:
        assert np.isnan(found.required)
    else:
        assert found.required == pytest.approx(required)
        assert (found.due, found.due_next) == (31.5, 33)


@pytest.mark.parametrize(
    ("recent", "status"),
    [
        (4.0, "ahead"),
        (3.99, "on_track"),
        (2.0, "on_track"),
        (1.99, "behind"),
        (1.0, "behind"),
        (0.99, "far_behind"),
        (-3, "far_behind"),
        (float("nan"), "open"),
    ],
)
def test_where_no_path_is_printed_the_present_pace_decides(recent, status):
    # From 30 in 2024 to 36 in 2027: 2 points a year are needed.
    assert judge(30, 2024, {"2027": 36.0}, "=", True, "points", recent=recent).status == status


def test_a_verdict_names_its_rule_and_what_is_needed():
    nan = pytest.approx(float("nan"), nan_ok=True)
    one = {"2027": 36.0}
    assert judge(36, 2024, one, "=", True, "points") == Judgement("met", "bound", nan, nan, nan)
    assert judge(35, 2027, one, "=", True, "points") == Judgement("missed", "bound", nan, nan, nan)
    assert judge(35, 2026, one, "=", True, "points") == Judgement("open", "none", 1.0, nan, nan)
    assert judge(30, 2024, one, "=", True, "points", recent=2) == Judgement("on_track", "pace", 2.0, nan, nan)
    assert judge(31.5, 2024, SHARES, "=", True, "points") == Judgement("on_track", "path", 1.5, 31.5, 33.0)


def test_a_level_is_judged_on_a_compounding_path_unless_told_otherwise():
    # From 100 to 121 in four years: 110 in the middle on a compounding path, 110.5 on a straight one.
    path = {"2023": 100.0, "2027": 121.0}
    found = judge(110.2, 2025, path, "=", True, "growth")
    assert found.status == "on_track"
    assert found.due == pytest.approx(110)
    assert found.due_next == pytest.approx(100 * 1.21**0.75)
    assert found.required == pytest.approx(((121 / 110.2) ** 0.5 - 1) * 100)
    straight = judge(110.2, 2025, path, "=", True, "growth", geometric=False)
    assert (straight.status, straight.due, straight.due_next) == ("behind", 110.5, 115.75)
    share = judge(110.2, 2025, path, "=", True, "points")
    assert (share.status, share.due, share.required) == ("behind", 110.5, pytest.approx(5.4))
    assert judge(110.2, 2025, path, "=", True, "points", geometric=True).due == pytest.approx(110)


def test_far_behind_begins_at_twice_the_compounding_pace():
    # 100 to 200 in four years: 18.92 % a year are asked at any point; from 105 in 2025 38.01 % are needed, from 105.5
    # 37.69 %; twice what is asked is 37.84 %.
    path = {"2023": 100.0, "2027": 200.0}
    assert judge(105.0, 2025, path, "=", True, "growth").status == "far_behind"
    assert judge(105.5, 2025, path, "=", True, "growth").status == "behind"


def test_small_steps_are_judged_like_large_ones():
    # A path of 0.1 a year: ahead a year early, far behind where more than 0.2 a year is needed.
    path = {"2023": 1.0, "2027": 1.4}
    assert judge(1.25, 2024, path, "=", True, "points").status == "ahead"
    assert judge(0.7, 2024, path, "=", True, "points").status == "far_behind"
    assert judge(0.85, 2024, path, "=", True, "points").status == "behind"


def test_when_the_year_is_over_a_target_is_met_or_missed():
    assert judge(17.9, 2027, FDI, "=", True, "growth").status == "missed"
    assert judge(18, 2027, FDI, ">", True, "growth").status == "missed"  # 突破18
    assert judge(18, 2027, FDI, "=", True, "growth").status == "met"
    assert judge(18, 2029, FDI, ">=", True, "growth").status == "met"


def test_a_flat_path_is_kept_or_not():
    flat = {"2025": 100.0, "2027": 100.0}
    assert judge(99, 2025, flat, "=", True, "points").status == "behind"
    assert judge(100, 2025, flat, ">", True, "points").status == "on_track"


kinds = st.sampled_from(["growth", "points", "units"])


@given(
    value=values,
    path=st.lists(values, min_size=1, max_size=3),
    kind=kinds,
    relation=st.sampled_from([">", "=", ">="]),
    recent=st.floats(-50, 50),
)
def test_a_met_target_needs_nothing_more(value, path, kind, relation, recent):
    named = {str(2023 + 2 * i): v for i, v in enumerate(path)}
    found = judge(value, 2024, named, relation, True, kind, recent=recent)
    if found.status == "met":
        assert np.isnan(found.required)
    elif found.status != "missed":
        assert found.required >= 0
        assert found.required > 0 or relation == ">"


@given(
    value=values, path=st.lists(values, min_size=1, max_size=3), year=st.integers(2023, 2026), recent=st.floats(-50, 50)
)
def test_less_is_better_is_the_mirror_of_more_is_better(value, path, year, recent):
    """Mirrored at zero, a straight path has the mirrored verdict: nothing but the direction has changed."""
    named = {str(2023 + 2 * i): v for i, v in enumerate(path)}
    more = judge(value, year, named, ">=", True, "points", recent=recent)
    less = judge(-value, year, {y: -v for y, v in named.items()}, "<=", False, "points", recent=-recent)
    assert less.status == more.status
    assert less.required == pytest.approx(-more.required, nan_ok=True)


@given(value=values, goal=values, year=st.integers(2023, 2026))
def test_turning_the_direction_turns_the_verdict(value, goal, year):
    assume(value != goal)
    more = judge(value, year, {"2027": goal}, "=", True, "points").status
    less = judge(value, year, {"2027": goal}, "=", False, "points").status
    assert (more == "met") is not (less == "met")


@given(
    value=values, path=st.lists(values, min_size=1, max_size=3), year=st.integers(2023, 2026), recent=st.floats(-5, 5)
)
def test_a_share_is_judged_alike_in_percent_and_as_a_fraction(value, path, year, recent):
    named = {str(2023 + 2 * i): v for i, v in enumerate(path)}
    percent = judge(value, year, named, "=", True, "points", recent=recent)
    fraction = judge(
        value / 128, year, {y: v / 128 for y, v in named.items()}, "=", True, "points", recent=recent / 128
    )
    assert fraction.status == percent.status  # 128 is a power of two: the division is exact
    assert fraction.required * 128 == pytest.approx(percent.required, nan_ok=True)


@given(value=values, more=st.floats(0, 1000), path=st.lists(values, min_size=2, max_size=3).map(sorted), kind=kinds)
def test_a_higher_value_is_never_judged_worse(value, more, path, kind):
    named = {str(2023 + 2 * i): v for i, v in enumerate(path)}
    scale = ["missed", "far_behind", "behind", "on_track", "ahead", "met"]
    lower, higher = (judge(v, 2024, named, "=", True, kind).status for v in (value, value + more))
    assert scale.index(higher) >= scale.index(lower)


# --- paces ---------------------------------------------------------------------------------------------------------


@given(start=values, end=values, years=gaps_of_years, kind=kinds)
def test_advancing_by_the_change_a_year_arrives(start, end, years, kind):
    assert advance(start, change_a_year(start, end, years, kind), years, kind) == pytest.approx(end, rel=1e-9, abs=1e-9)


@given(start=values, change=st.floats(-20, 20).filter(lambda c: abs(c) > 0.01), years=gaps_of_years, kind=kinds)
def test_the_years_needed_are_those_that_were_taken(start, change, years, kind):
    end = advance(start, change, years, kind)
    assume(kind != "growth" or end > 0)
    assert years_needed(start, end, change, kind) == pytest.approx(years, rel=1e-5)


def test_years_needed_by_hand():
    # Doubling at 7.177346% a year takes ten years: 1.07177346^10 = 2.
    assert years_needed(1, 2, 7.1773462536, "growth") == pytest.approx(10)
    assert years_needed(24, 36, 3, "points") == 4
    assert years_needed(5, 5, 0, "units") == 0
    assert years_needed(5, 6, 0, "growth") == float("inf")
    assert years_needed(5, 6, -1, "points") == float("inf")
    assert years_needed(0, 6, 10, "growth") == float("inf")
    assert years_needed(5, 6, -100, "growth") == float("inf")
    assert years_needed(5, 0, -10, "growth") == float("inf")


def test_a_change_from_or_to_nothing_is_in_the_unit_itself():
    assert change_a_year(0, 8, 4, "growth") == 2
    assert change_a_year(8, 0, 4, "growth") == -2
