"""Targets: the plan's own path, what it demands a year, and the gap to the latest comparable actual."""

import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from huzhou_analysis.targets import (
    GAP_COLUMNS,
    PACE_COLUMNS,
    comparable_actual,
    meets,
    pace,
    path_sum,
    plan_pace,
    required_growth,
    required_points,
    table_targets,
    target_gaps,
    value_on_path,
)

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
    with pytest.raises(ValueError, match="no time is left"):
        required_growth(1, 2, years)
    with pytest.raises(ValueError, match="no time is left"):
        required_points(1, 2, years)


@pytest.mark.parametrize(("current", "target"), [(0, 5), (-1, 5), (5, 0), (5, -1)])
def test_compound_growth_from_or_to_nothing_is_refused(current, target):
    with pytest.raises(ValueError, match="positive levels"):
        required_growth(current, target, 4)


# --- meeting a bound -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "relation", "ascending", "met"),
    [
        (2000.1, ">", True, True),
        (2000, ">", True, False),
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


# --- gaps ----------------------------------------------------------------------------------------------------------

TABLE = "地瓜方案 指标表 行"


@pytest.fixture(scope="module")
def gaps(data):
    return target_gaps(data)


def one(gaps, indicator, locator=TABLE):
    found = gaps[(gaps.indicator == indicator) & gaps.locator.str.startswith(locator)]
    assert len(found) == 1
    return found.iloc[0]


def gap(data, indicator, locator=TABLE, **options):
    return one(target_gaps(data, **options), indicator, locator)


def actual(tables, value, indicator="fdi_utilized", unit="亿美元", **cells):
    """Tables of the one indicator (and its press counterpart), with one more figure."""
    head, *rows = tables.rows("figures")
    kept = {indicator, "fdi_hightech_share"}
    tables.write("figures", [head, *(row for row in rows if row[head.index("indicator")] in kept)])
    tables.add_figure(f"D000.{indicator}.test.{value}", value, indicator=indicator, unit=unit, **cells)
    return tables.load()


def test_one_row_for_each_target_of_the_tables(gaps):
    assert list(gaps.columns) == GAP_COLUMNS
    rows = gaps[gaps.locator.str.contains(r"指标表 行\d+$")].locator
    assert sorted(rows, key=lambda place: (place[:2], int(place.split("行")[1]))) == [
        *(f"地瓜方案 指标表 行{n}" for n in range(1, 29)),
        *(f"数字方案 指标表 行{n}" for n in range(1, 12)),
    ]


def test_a_stretch_and_a_floor_are_two_targets(gaps):
    core = gaps[(gaps.indicator == "digital_core_va") & (gaps.locator == "数字方案 一(二)")]
    assert dict(zip(core.commitment, core.final_target, strict=True)) == {"strive": 500, "ensure": 440}


def test_the_table_and_the_text_keep_their_own_relation(gaps):
    assert one(gaps, "retail_sales").relation == "="
    assert one(gaps, "retail_sales", "地瓜方案 一(三)1").relation == ">"


def test_wordy_targets_are_shown_in_words(gaps):
    row = one(gaps, "platform_export_growth")
    assert row.status == "in_words"
    assert "高于全市平均增速" in row.in_words
    assert row.final_target != row.final_target


def test_an_actual_from_before_the_plan_says_nothing_of_its_progress(gaps):
    row = one(gaps, "fdi_utilized")
    assert (row.status, row.actual_period, row.actual_value) == ("no_figure_on_file", "2013", 10.6)


def test_dollars_are_not_set_against_yuan(gaps):
    # 95.3亿美元 in 2013, a goal of more than 2000亿元.
    row = one(gaps, "trade_total", "地瓜方案 一(三)1")
    assert row.status == "not_comparable"
    assert pd.isna(row.absolute_gap)


def test_a_share_of_another_definition_is_refused(gaps):
    # 71.9% for 2022 is on file, and declared not comparable: it is neither compared nor shown as met.
    row = one(gaps, "fdi_hightech_share")
    assert (row.status, row.actual_id) == ("not_comparable", "")


def test_no_gap_is_given_without_an_actual_of_the_plan_period(gaps):
    assert gaps[gaps.actual_id == ""].absolute_gap.isna().all()
    assert gaps[gaps.status.isin(["not_comparable", "in_words"])].required_pace.isna().all()


def test_gap_and_required_growth_from_now_by_hand(tables):
    # 15 in 2023, and 18 by 2027: 3 short, a sixth of the target; (18/15)^(1/4) - 1 = 4.6635% a year; the path stands
    # at 16.
    row = gap(actual(tables, "15"), "fdi_utilized")
    assert (row.actual_value, row.actual_period, row.years_left) == (15, "2023", 4)
    assert (row.absolute_gap, row.relative_gap) == (3, pytest.approx(1 / 6))
    assert (row.required_pace, row.pace_unit) == (pytest.approx(4.66351, abs=1e-5), "%")
    assert row.status == "behind"


@pytest.mark.parametrize(("value", "status"), [("16.493", "on_track"), ("16.492", "behind")])
def test_a_level_is_judged_by_the_geometric_path(tables, value, status):
    # In 2024 the geometric path stands at 16.4924, the straight one at 16.5.
    assert gap(actual(tables, value, time_period="2024"), "fdi_utilized").status == status


@pytest.mark.parametrize(("value", "status"), [("31.50", "on_track"), ("31.48", "behind")])
def test_a_share_is_judged_by_the_straight_path(tables, value, status):
    # In 2024 the straight path from 30 to 33 stands at 31.5, the geometric one at sqrt(990) = 31.464.
    data = actual(tables, value, "fdi_manufacturing_share", "%", time_period="2024", span="point")
    row = gap(data, "fdi_manufacturing_share")
    assert row.status == status
    assert (row.required_pace, row.pace_unit) == (pytest.approx((36 - float(value)) / 3), "个百分点")


def test_firms_are_asked_for_in_firms_a_year(tables):
    # 3 in 2023, 5 by 2027: half a firm a year; the path stands at 3.
    row = gap(actual(tables, "3", "multinational_leaders", "家", span="point"), "multinational_leaders")
    assert (row.required_pace, row.pace_unit, row.status) == (0.5, "家", "on_track")


def test_the_same_actual_meets_the_table_and_not_the_bound_above_it(tables):
    # 2000 in the table, 突破2000 in the text.
    data = actual(tables, "2000", "retail_sales", "亿元")
    assert gap(data, "retail_sales").status == "met"
    assert gap(data, "retail_sales", "地瓜方案 一(三)1").status != "met"


def test_an_actual_in_another_unit_of_the_same_money_is_converted(tables):
    row = gap(actual(tables, "150000", unit="万美元"), "fdi_utilized")
    assert (row.actual_value, row.absolute_gap) == (15, 3)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"record_type": "claim"}, "a claim"),
        ({"record_type": "target"}, "another target"),
        ({"time_period": "2023-S1", "span": "cumulative"}, "half a year"),
        ({"time_period": "2023/P2Y", "span": "cumulative"}, "two years together"),
        ({"ref_area": "330502"}, "a district"),
    ],
)
def test_a_target_is_never_measured_against(tables, cells, why):
    assert gap(actual(tables, "17.5", **cells), "fdi_utilized").actual_period == "2013", why


def test_two_definitions_are_compared_only_where_that_is_declared(tables):
    data = actual(tables, "45", "fdi_hightech_press_share", "%", span="point")
    assert comparable_actual(data, "fdi_hightech_share", "330500") is None
    tables.set("pairs", "fdi_hightech_share", comparable="with_care")
    row = gap(tables.load(), "fdi_hightech_share")
    assert (row.actual_value, row.status) == (45, "behind")


def test_less_is_better_turns_the_verdict(tables):
    # Had the index counted something bad, 15 would be below the 18 allowed.
    tables.set("indicators", "fdi_utilized", ascending="false")
    assert gap(actual(tables, "15"), "fdi_utilized").status == "met"


@pytest.mark.parametrize(("as_of", "period"), [("2024-02-28", "2013"), ("2024-02-29", "2023"), ("2024-02", "2023")])
def test_only_what_had_been_published_counts(tables, as_of, period):
    assert gap(actual(tables, "15", vintage="2024-02"), "fdi_utilized", as_of=as_of).actual_period == period


def test_before_the_plan_there_is_no_target(data, gaps):
    before = target_gaps(data, as_of="2023-05-08")
    assert before.empty
    assert list(before.columns) == GAP_COLUMNS
    assert list(target_gaps(data, as_of="2023-05-09").target_ids) == list(gaps.target_ids)
