"""Targets and plans: what is needed a year, where a path runs, the verdict on one value, which plan leads."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import huzhou_analysis as hz
from huzhou_analysis.analysis import targets
from huzhou_analysis.analysis.plans import PACE_COLUMNS, plan_pace, plan_tables, plan_years, table_targets, target_year
from huzhou_analysis.analysis.targets import judge, required_growth, required_points
from huzhou_analysis.facts.data import NotOnFile
from huzhou_analysis.facts.relations import path_sum, value_on_path

values = st.floats(0.01, 10_000)
gaps_of_years = st.integers(1, 20)
kinds = st.sampled_from(["growth", "points", "units"])


def test_required_paces_by_hand():
    # 16 to 18 in four years: (18/16)^(1/4) = 1.125^0.25 = sqrt(1.06066017) = 1.0298836
    assert required_growth(16, 18, 4) == pytest.approx(0.0298836, abs=5e-8)
    assert required_growth(200, 50, 2) == pytest.approx(-0.5)
    assert (required_points(24, 36, 4), required_points(80, 75, 2), required_points(-5, 10, 3)) == (3, -2.5, 5)


def test_quantities_say_themselves_which_years_and_units_lie_between(whole):
    last = hz.Quantity(58000, whole.units["万美元"], time_period="2023")
    goal = hz.Quantity(18, whole.units["亿美元"], time_period="2027")
    assert required_growth(last, goal) == pytest.approx((18 / 5.8) ** 0.25 - 1)
    assert required_points(last, goal) == pytest.approx(12.2e4 / 4)
    with pytest.raises(ValueError, match="measure different things"):
        required_growth(last, hz.Quantity(18, whole.units["亿元"], time_period="2027"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((1, 2, 0), "no time is left"), ((1, 2, -1), "no time is left"), ((1, 2, math.inf), "no time is left"),
     ((1, 2), "how many years lie between"), ((0, 5, 4), "needs positive levels"), ((5, -1, 4), "needs positive levels")],
)  # fmt: skip
def test_what_cannot_be_required_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        required_growth(*arguments)


def test_a_bound_is_a_bound_and_says_its_direction():
    # Below, at and above 2000, where more is better and where less is: 突破2000, 2000以上, 低于2000, 2000以内, 2000.
    met = {">": ("  x", "  x"), ">=": (" xx", " xx"), "<": ("x  ", "x  "), "<=": ("xx ", "xx "), "=": (" xx", "xx ")}
    for relation, both in met.items():
        for ascending, expected in zip((True, False), both, strict=True):
            found = ["x" if targets.meets(v, 2000, relation, ascending) else " " for v in (1999.9, 2000, 2000.1)]
            assert "".join(found) == expected, relation
            missing = [targets.still_missing(v, 2000, relation, ascending) for v in (1990, 2000, 2010)]
            assert missing == ([10, 0, -10] if expected[2] == "x" else [-10, 0, 10]), relation


FDI = {"2023": 16.0, "2025": 17.0, "2027": 18.0}


def test_the_path_between_named_years_by_hand():
    # Geometric: sqrt(16 x 17) = 16.4924..; straight: 16.5.
    assert value_on_path(FDI, 2024, True) == pytest.approx(16.492423, abs=1e-6)
    assert value_on_path(FDI, 2024, False) == 16.5
    assert value_on_path({"2023": -5.0, "2025": 5.0}, 2024, True) == 0  # below zero nothing compounds
    # Straight: 16 + 16.5 + 17 + 17.5 + 18 = 85. Geometric: 16 + 16.492423 + 17 + 17.492856 + 18 = 84.985279.
    assert path_sum(FDI, 2023, 2027) == pytest.approx((84.985279, 85), abs=1e-6)
    assert path_sum(FDI, 2022, 2024) is path_sum(FDI, 2024, 2028) is None


@given(data=st.data(), geometric=st.booleans())
def test_the_path_goes_through_every_named_year_and_nowhere_outside(data, geometric):
    named = data.draw(st.dictionaries(st.integers(2020, 2040), values, min_size=1, max_size=5))
    by_year = {str(year): value for year, value in named.items()}
    for year, value in named.items():
        assert value_on_path(by_year, year, geometric) == value
    assert (
        value_on_path(by_year, min(named) - 1, geometric) is value_on_path(by_year, max(named) + 1, geometric) is None
    )
    low, high = min(named.values()), max(named.values())
    for year in range(min(named), max(named) + 1):
        assert low * (1 - 1e-9) <= value_on_path(by_year, year, geometric) <= high * (1 + 1e-9)


@given(start=values, end=values, years=st.integers(2, 10))
def test_steps_along_the_path_are_the_required_pace(start, end, years):
    by_year = {"2020": start, str(2020 + years): end}
    path, line = (
        [value_on_path(by_year, 2020 + n, geometric) for n in range(years + 1)] for geometric in (True, False)
    )
    for n in range(years):
        assert path[n + 1] / path[n] - 1 == pytest.approx(required_growth(start, end, years), rel=1e-6, abs=1e-9)
        assert line[n + 1] - line[n] == pytest.approx(required_points(start, end, years), rel=1e-6, abs=1e-6)


STEPS = [
    # indicator, step, pace, its unit: worked by hand from the printed values
    ("fdi_utilized", "2023", 3.077641, "%"),  # sqrt(17/16) = 1.03077641
    ("fdi_utilized", "2025", 2.899151, "%"),  # sqrt(18/17) = 1.02899151
    ("fdi_manufacturing_share", "2023", 1.5, "个百分点"),  # (33 - 30)/2
    ("public_data_openness", "2025", 25, "个百分点"),  # (80 - 30)/2
    ("export_national_share", "2025", 0.01, "个千分点"),  # (6.53 - 6.51)/2
    ("digital_core_patents", "2023", 500, "件"),  # (5500 - 4500)/2
    ("talent_housing", "2023", 10_000, "套"),  # (46000 - 26000)/2
    ("labour_productivity", "2025", 8.012345, "%"),  # sqrt(28/24) = 1.08012345
    ("industrial_digital_coverage", "2025", 0, "个百分点"),  # 100 to 100
]


def test_what_the_plan_demands_a_year(data):
    steps = plan_pace(data, table_targets(data))
    assert list(steps.columns) == PACE_COLUMNS
    # 11 rows and 28: 39 rows, less two in words and two of one merged cell, with two steps each, and one step in the
    # row whose 2023 cell is "/": 34 x 2 + 1.
    assert len(steps) == 69
    for indicator, start, expected, unit in STEPS:
        step = steps[(steps.indicator == indicator) & (steps.from_period == start)].iloc[0]
        assert (step.pace, step.pace_unit) == (pytest.approx(expected, abs=5e-6), unit)
        assert int(step["to_period"]) == int(start) + 2
    for end in ("from", "to"):
        assert data.figures.obs_value[steps[f"{end}_id"]].tolist() == steps[f"{end}_value"].tolist()
    assert not steps[steps.pace_unit == "%"].unit.isin(["%", "‰"]).any()  # shares are never compounded


def test_the_plan_names_its_years_and_tables(data):
    assert list(plan_tables(data)) == ["digital", "open"]
    assert (plan_years(data), target_year(data)) == ((2023, 2025, 2027), 2027)
    with pytest.raises(ValueError, match="it has digital, open"):
        table_targets(data, "traffic")


def later_plan(tables, indicator="fdi_utilized", unit="亿美元", place="丙规划 指标表 行1", **cells):
    """A plan of 2026 to 2030 added as a user adds it."""
    source = {"source_id": "N", "title": "新规划", "title_en": "New plan", "kind": "plan", "tier": "official"}
    tables.add("sources", **source, date_published="2026-03")
    tables.add("outline", source_id="N", locator=place, locator_en="x")
    for year, value in (("2028", "20"), ("2030", "25")):
        one = {"record_type": "target", "source_id": "N", "locator": place, "time_period": year, "vintage": "2026-03"}
        tables.add_figure(f"N.{year}", value, indicator=indicator, unit=unit, **(one | cells))
    return tables.load()


def test_the_newest_plan_with_a_table_leads_where_it_sets_a_target(tables):
    data = later_plan(tables)
    assert hz.plans(data).source_id.tolist()[:2] == ["N", "D003"]
    assert hz.plan(data, "实际利用外资")[["year", "value"]].values.tolist() == [[2028, 20], [2030, 25]]
    assert hz.plan(data, "fdi_utilized", source="D003").value.tolist() == [16, 17, 18]
    assert hz.plan(data, "retail_sales").source_id[0] == "D003"  # of which the new plan says nothing
    assert (plan_years(data), target_year(data), list(plan_tables(data))) == ((2028, 2030), 2030, ["1"])
    assert plan_years(data, "D003") == (2023, 2025, 2027)


def test_a_document_without_a_table_does_not_lead(tables):
    data = later_plan(tables, place="正文")
    assert hz.plans(data).source_id.tolist()[:2] == ["D003", "N"]
    assert hz.plan(data, "fdi_utilized").value.tolist() == [16, 17, 18]


def test_the_row_of_the_table_speaks_for_a_target_that_is_printed_often(data):
    found = hz.plan(data, "digital_core_va")  # 力争500 and 确保440 in the text, 230, 350 and 440 in the table
    assert found.printed.tolist() == ["230", "350", "440"]
    with pytest.raises(NotOnFile, match="Gross domestic product"):
        hz.plan(data, "gdp")


SHARES = {"2023": 30.0, "2025": 33.0, "2027": 36.0}


# The path stands at 31.5 in 2024 and at 33 in 2025, and asks 1.5 points a year; 27 needs exactly twice that.
SCALE = [(36, "met", math.nan), (33, "ahead", 1.0), (32.99, "on_track", 3.01 / 3), (31.5, "on_track", 1.5),
         (31.49, "behind", 4.51 / 3), (27.0, "behind", 3.0), (26.99, "far_behind", 9.01 / 3)]  # fmt: skip
# Without a path: from 30 in 2024 to 36 in 2027 2 points a year are needed.
PACES = [(4.0, "ahead"), (3.99, "on_track"), (2.0, "on_track"), (1.99, "behind"), (1.0, "behind"), (0.99, "far_behind"),
         (-3, "far_behind"), (math.nan, "open")]  # fmt: skip


def test_the_scale_of_verdicts_on_a_path_and_without_by_hand():
    for value, status, required in SCALE:
        found = judge(value, 2024, SHARES, "=", True, "points")
        assert (found.status, found.required) == (status, pytest.approx(required, nan_ok=True)), value
        assert (found.due, found.due_next) == (31.5, 33) or status == "met"
    for recent, status in PACES:
        assert judge(30, 2024, {"2027": 36.0}, "=", True, "points", recent=recent).status == status, recent


EVEN, DOUBLE, TRADE = (
    {"2023": 100.0, "2027": 121.0},
    {"2023": 100.0, "2027": 200.0},
    {"2022": 1629.5713, "2027": 2000.0},
)
IMPLIED = {"recent": 3.0, "base": (2022, 1629.5713)}
JUDGEMENTS = [
    # value in 2025, path, kind, options, what comes of it. From 100 to 121: 110 in the middle, straight 110.5.
    (110.2, EVEN, "growth", {}, {"status": "on_track", "due": 110, "due_next": 100 * 1.21**0.75, "required": 100 * ((121 / 110.2) ** 0.5 - 1)}),
    (110.2, EVEN, "growth", {"straight": True}, {"status": "behind", "due": 110.5, "due_next": 115.75, "asked": 5.25}),
    (110.2, EVEN, "points", {}, {"status": "behind", "due": 110.5, "required": 5.4}),
    # 100 to 200: 18.92% a year are asked at any point; 38.01% are needed from 105, 37.69% from 105.5; twice what is asked is
    # 37.84%. Straight: 25 a year are asked from 150 on, 47.5 needed from 105.
    (105.0, DOUBLE, "growth", {}, {"status": "far_behind"}),
    (105.5, DOUBLE, "growth", {}, {"status": "behind"}),
    (105.0, DOUBLE, "growth", {"straight": True}, {"status": "behind"}),
    # Trade: the path asks 4.18% a year and stands at 1842.7; 8.01% is needed, 1.92 times as much: not far behind, though the
    # recent pace of 3% is less than half of it, and the same with a printed path. Straight, 74.09 a year are asked.
    (1714.4, {"2027": 2000.0}, "growth", IMPLIED, {"status": "behind", "rule": "path", "path": "implied", "due": 1842.671}),
    (1714.4, {"2027": 2000.0}, "growth", IMPLIED, {"asked": 4.1817, "required": 8.008744}),
    (1714.4, {"2027": 2000.0}, "growth", IMPLIED | {"straight": True}, {"status": "behind", "asked": 74.0857}),
    (1714.4, TRADE, "growth", {}, {"status": "behind", "path": "printed", "due": 1842.671}),
]  # fmt: skip


@pytest.mark.parametrize(("value", "path", "kind", "options", "expected"), JUDGEMENTS)
def test_one_standard_as_the_path_runs_printed_or_implied(value, path, kind, options, expected):
    found = judge(value, 2025, path, "=", True, kind, **options)
    for name, is_ in expected.items():
        assert getattr(found, name) == (is_ if isinstance(is_, str) else pytest.approx(is_, rel=1e-5)), name


def test_when_the_year_is_over_a_target_is_met_or_missed():
    cases = [(17.9, 2027, "=", "missed"), (18, 2027, ">", "missed"), (18, 2029, ">=", "met")]
    assert [judge(v, year, FDI, bound, True, "growth").status for v, year, bound, _ in cases] == [c[-1] for c in cases]


@given(value=values, path=st.lists(values, min_size=1, max_size=3), kind=kinds, relation=st.sampled_from([">", "=", ">="]), recent=st.floats(-50, 50))  # fmt: skip
def test_a_met_target_needs_nothing_more(value, path, kind, relation, recent):
    named = {str(2023 + 2 * i): v for i, v in enumerate(path)}
    found = judge(value, 2024, named, relation, True, kind, recent=recent)
    if found.status == "met":
        assert math.isnan(found.required)
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


@given(value=values, more=st.floats(0, 1000), path=st.lists(values, min_size=2, max_size=3).map(sorted), kind=kinds)
def test_a_higher_value_is_never_judged_worse(value, more, path, kind):
    named = {str(2023 + 2 * i): v for i, v in enumerate(path)}
    scale = ["missed", "far_behind", "behind", "on_track", "ahead", "met"]
    lower, higher = (judge(v, 2024, named, "=", True, kind).status for v in (value, value + more))
    assert scale.index(higher) >= scale.index(lower)


@given(start=values, end=values, years=gaps_of_years, kind=kinds)
def test_advancing_by_the_change_a_year_arrives(start, end, years, kind):
    change = targets.change_a_year(start, end, years, kind)
    assert targets.advance(start, change, years, kind) == pytest.approx(end, rel=1e-9, abs=1e-9)


@given(start=values, change=st.floats(-20, 20).filter(lambda c: abs(c) > 0.01), years=gaps_of_years, kind=kinds)
def test_the_years_needed_are_those_that_were_taken(start, change, years, kind):
    end = targets.advance(start, change, years, kind)
    assume(kind != "growth" or end > 0)
    assert targets.years_needed(start, end, change, kind) == pytest.approx(years, rel=1e-5)


def test_a_pace_that_leads_away_or_nowhere_never_arrives():
    # Doubling at 7.177346% a year takes ten years: 1.07177346^10 = 2.
    assert targets.years_needed(1, 2, 7.1773462536, "growth") == pytest.approx(10)
    assert targets.years_needed(5, 5, 0, "units") == 0
    never = [
        (5, 6, 0, "growth"),
        (5, 6, -1, "points"),
        (0, 6, 10, "growth"),
        (5, 6, -100, "growth"),
        (5, 0, -10, "growth"),
    ]
    assert {targets.years_needed(*case) for case in never} == {math.inf}
    assert targets.change_a_year(0, 8, 4, "growth") == 2  # what cannot compound moves in its own unit
    assert [targets.effective_kind("growth", *v) for v in ((1, 2), (0, 2), (2, -1))] == ["growth", "units", "units"]
