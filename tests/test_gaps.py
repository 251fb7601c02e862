"""Gaps of the targets: which actual stands beside which target, the verdict, its evidence, what monitors report."""

import datetime as dt
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_targets import later_plan

import huzhou_analysis as hz
from huzhou_analysis.analysis.gaps import ALL_COLUMNS, COLUMNS, target_gaps
from huzhou_analysis.analysis.targets import JUDGED, STATUSES
from huzhou_analysis.facts.data import DataError, NotOnFile

TABLE = "地瓜方案 指标表 行"


def one(gaps, indicator, locator=TABLE):
    found = gaps[(gaps.indicator == indicator) & gaps.locator.str.startswith(locator)]
    assert len(found) == 1
    return found.iloc[0]


def gap(data, indicator, locator=TABLE, **options):
    return one(target_gaps(data, full=True, **options), indicator, locator)


def only(tables, indicator):
    """Leave the figures of one indicator (and its press counterpart)."""
    head, *rows = tables.rows("figures")
    kept = [r for r in rows if r[head.index("indicator")] in (indicator, "fdi_hightech_share")]
    tables.write("figures", [head, *kept])


def actual(tables, value, indicator="fdi_utilized", unit="亿美元", **cells):
    """Tables of the one indicator, with one more figure."""
    only(tables, indicator)
    tables.add_figure(f"D000.{indicator}.test.{value}", value, indicator=indicator, unit=unit, **cells)
    return tables.load()


@pytest.fixture(scope="module")
def all_gaps(whole):
    return target_gaps(whole, full=True)


def test_one_row_for_each_target_of_the_tables(data):
    gaps = target_gaps(data, full=True)
    assert list(target_gaps(data).columns) == COLUMNS and len(COLUMNS) < 16
    assert list(gaps.columns) == ALL_COLUMNS
    rows = gaps[gaps.row.notna()]
    assert rows.groupby("table").row.agg(list).to_dict() == {
        "digital": list(range(1, 12)), "open": list(range(1, 29))}  # fmt: skip
    core = gaps[(gaps.indicator == "digital_core_va") & (gaps.locator == "数字方案 一(二)")]
    assert dict(zip(core.commitment, core.target, strict=True)) == {"strive": 500, "ensure": 440}


def test_every_row_says_why_or_what_is_missing(all_gaps, whole):
    judged = all_gaps.status.isin(JUDGED)
    assert set(all_gaps.status) <= set(STATUSES)
    for column in ("rule_zh", "rule_en", "sentence_zh", "sentence_en", "target_ids"):
        assert (all_gaps[column] != "").all(), column
    assert (all_gaps.needed_zh[~judged] != "").all() and (all_gaps.evidence[judged] != "").all()
    assert all_gaps.required_pace[~judged].isna().all() and (all_gaps.evidence[~judged] == "").all()
    assert not set(" ".join(all_gaps.sentence_zh)) & set("{}") and "nan" not in " ".join(all_gaps.sentence_en)
    for column in ("target_ids", "restated_ids", "actual_id", "growth_ids", "other_ids"):
        assert {i for ids in all_gaps[column] for i in ids.split()} <= set(whole.figures.index), column
    declared = set(zip(whole.pairs.target_indicator, whole.pairs.actual_indicator, strict=True))
    assert set(zip(all_gaps[judged].indicator, all_gaps[judged].actual_indicator, strict=True)) <= declared


def test_wordy_targets_and_actuals_of_before_the_plan_are_not_judged(data):
    gaps = target_gaps(data, full=True)
    words = one(gaps, "platform_export_growth")
    assert (words.status, math.isnan(words.target)) == ("no_figure_on_file", True)
    assert "高于全市平均增速" in words.in_words and "two figures of one year" in words.needed_en
    early = one(gaps, "fdi_utilized")
    assert (early.status, early.actual_period, early.actual) == ("no_figure_on_file", "2013", 10.6)
    assert "2013" in early.rule_en and math.isnan(early.required_pace)
    dollars = one(gaps, "trade_total", "地瓜方案 一(三)1")  # 95.3亿美元 in 2013, a goal of more than 2000亿元
    assert (dollars.status, math.isnan(dollars.gap)) == ("no_figure_on_file", True)


HAND = [
    # indicator, place, status, actual, period, gap, required a year, grade: worked by hand from the printed figures
    ("fdi_utilized", TABLE, "far_behind", 5.80, "2023", 12.20, 32.7276, "D"),  # (18/5.8)^(1/4) = 3.10345^0.25
    ("retail_sales", TABLE, "on_track", 1978, "2025", 22, 0.55458, "B"),  # sqrt(2000/1978)
    ("container_throughput", TABLE, "ahead", 90.58, "2024", 19.42, 6.68912, "C"),  # cube root of 110/90.58
    ("fdi_manufacturing_share", TABLE, "met_in_part_year", 53.47, "2024-01/P11M", -17.47, None, "D"),  # 36 - 53.47
    ("project_chain_concentration_300m", TABLE, "ahead", 76.8, "2024-01/P11M", 3.2, 1.066667, "D"),  # 3.2/3
    ("export_national_share", TABLE, "far_behind", 5.790663, "2025", 0.739337, 0.369668, "D"),  # 1562.9/269900; a half
    ("industrial_digital_coverage", "数字方案 指标表 行", "met", 100, "2024", 0, None, "D"),
    ("trade_total", "地瓜方案 一(三)1", "behind", 1714.4, "2025", 285.6, 8.00874, "B"),  # sqrt(2000/1714.4)
    ("trade_upgrading_bases", "地瓜方案 二(三)13", "open", 7, "2023-06", 3, 0.75, "B"),  # 3 in four years
    ("etdz_national_rank", "地瓜方案 二(一)2", "met", 40, "2023", -10, None, "D"),
    ("hightech_va_share", TABLE, "no_figure_on_file", 65.7, "2022", None, None, ""),
    ("rd_share", TABLE, "no_figure_on_file", 3.09, "2020", None, None, ""),
]


@pytest.mark.parametrize(("indicator", "place", "status", "value", "period", "short", "required", "grade"), HAND)
def test_gaps_of_the_plan_by_hand(all_gaps, indicator, place, status, value, period, short, required, grade):
    row = one(all_gaps, indicator, place)
    assert (row.status, row.actual_period, row.evidence) == (status, period, grade)
    short = math.nan if short is None else short
    assert (row.actual, row.gap) == (pytest.approx(value, rel=1e-6), pytest.approx(short, abs=1e-6, nan_ok=True))
    assert row.required_pace == pytest.approx(math.nan if required is None else required, abs=5e-5, nan_ok=True)


def test_an_actual_in_another_unit_of_the_same_money_is_converted(tables):
    row = gap(actual(tables, "150000", unit="万美元"), "fdi_utilized")
    assert (row.actual, row.gap, row.relative_gap) == (15, 3, pytest.approx(1 / 6))
    assert row.status == "behind"
    tables.write("pairs", tables.rows("pairs")[:1])
    assert "not yet declared" in gap(tables.load(), "fdi_utilized").pair_en


def test_a_target_is_never_measured_against_claims_targets_parts_of_years_totals_or_parts_of_the_city(tables):
    part = {"time_period": "2023-S1", "span": "cumulative"}
    kinds = [{"record_type": "claim"}, {"record_type": "target"}, {"ref_area": "330502"}]
    kinds += [part, part | {"time_period": "2023/P2Y"}]
    only(tables, "fdi_utilized")
    for n, cells in enumerate(kinds):
        tables.add_figure(f"D000.fdi_utilized.{n}", "17.5", indicator="fdi_utilized", unit="亿美元", **cells)
    assert gap(tables.load(), "fdi_utilized").actual_period == "2013"


def test_two_definitions_are_compared_only_where_that_is_declared(tables, all_gaps):
    data = actual(tables, "45", "fdi_hightech_press_share", "%", span="point")
    row = gap(data, "fdi_hightech_share")
    assert (row.status, row.actual_id, row.unlike_value) == ("not_comparable", "", 45)
    tables.set("pairs", "fdi_hightech_share", comparable="with_care")
    row = gap(tables.load(), "fdi_hightech_share")
    # 45 against a path of 50, 51 and 52: 7 points in four years, more than three times the half point it asks.
    assert (row.actual, row.status, row.required_pace) == (45, "far_behind", 1.75)
    for freight, tonnage in (("road_freight_turnover", 13217), ("water_freight_turnover", 7819)):
        assert one(all_gaps, freight)[["status", "unlike_value"]].tolist() == ["not_comparable", tonnage]


def test_only_what_had_been_published_counts(tables, whole):
    data = actual(tables, "15", vintage="2024-02")
    for as_of, period in (("2024-02-28", "2013"), ("2024-02-29", "2023"), ("2024-02", "2023")):
        assert gap(data, "fdi_utilized", as_of=as_of).actual_period == period
    assert target_gaps(data, as_of="2023-05-08").empty  # the day before the plan
    days = ["2024-02-29", "2024/02/29", "2024年2月29日", "2024-02", dt.date(2024, 2, 29), 2024, "2024"]
    for day in [*days, pd.Timestamp("2024-02-29 08:00")]:
        assert gap(data, "fdi_utilized", as_of=day).actual_period == "2023", day
    for wrong in ("yesterday", "2024-02-30", "20 24", "29/2/2024", True, ""):
        with pytest.raises(ValueError, match="2024-06-30"):
            target_gaps(data, as_of=wrong)
    # The retail sales of 2023 were printed in the yearbook of 2024.
    assert gap(whole, "retail_sales", as_of="2024-12-31").actual_period == "2023"


def goal(tables, target, values, **cells):
    """One target of 2027 in a row of its own, and actuals by year."""
    only(tables, "nothing")
    one = {"record_type": "target", "source_id": "D003", "locator": "数字方案 一(二)", "vintage": "2023-05-09"}
    common = {"indicator": "market_turnover", "unit": cells.get("unit", "亿元")}
    tables.add_figure("goal", target, **(common | one | {"time_period": "2027"} | cells))
    for year, value in values.items():
        tables.add_figure(f"now.{year}", value, **common, time_period=str(year), vintage="2028-02")
    tables.set("sources", "D003", kind="plan")
    return target_gaps(tables.load(), full=True).iloc[0]


KINDS_OF_GAPS = [
    # target, bound, more is better, unit, actuals, gap, relative gap, required a year, its unit, status; worked by hand
    ("0", "=", True, "亿元", {2024: "8"}, -8, None, None, "亿元", "met"),
    ("0", "<=", False, "家", {2024: "3"}, 3, None, -1, "家", "open"),
    ("5", "=", True, "亿元", {2024: "0"}, 5, 1, 5 / 3, "亿元", "open"),
    ("10", "=", True, "万人", {2024: "-5"}, 15, 1.5, 5, "万人", "open"),
    ("10", "=", True, "万人", {2023: "-8", 2024: "-5"}, 15, 1.5, 5, "万人", "behind"),  # 3 a year of late
    ("10", "=", True, "万人", {2022: "-5", 2024: "2"}, 8, 0.8, 8 / 3, "万人", "on_track"),  # 1 on the path in 2024
    ("-10", "=", True, "亿元", {2024: "-20"}, 10, 1, 10 / 3, "亿元", "open"),
    ("-3", "=", True, "亿元", {2024: "-6"}, 3, 1, 1, "亿元", "open"),
    ("-3", "<=", False, "亿元", {2024: "-6"}, -3, -1, None, "亿元", "undecided"),
    ("20", "<=", False, "亿元", {2024: "15"}, -5, -0.25, None, "%", "undecided"),  # the year is not over
    ("20", "<", True, "亿元", {2024: "15"}, -5, -0.25, None, "%", "undecided"),  # the bound says the direction
    ("20", "<=", False, "亿元", {2027: "20"}, 0, 0, None, "%", "met"),
    ("20", "<=", False, "亿元", {2027: "21"}, 1, 0.05, None, "%", "missed"),
    ("20", "<=", False, "亿元", {2024: "25"}, 5, 0.25, 100 * (0.8 ** (1 / 3) - 1), "%", "open"),  # may come down again
    ("50", "<=", False, "位次", {2024: "40"}, -10, -0.2, None, "位次", "met"),  # a rank that is reached is reached
    ("50", "<=", False, "位次", {2024: "60"}, 10, 0.2, -10 / 3, "位次", "open"),
    ("36", ">=", True, "%", {2024: "30"}, 6, 1 / 6, 2, "个百分点", "open"),
    ("6.53", "=", True, "‰", {2024: "6.23"}, 0.3, 0.3 / 6.53, 0.1, "个千分点", "open"),
]


@pytest.mark.parametrize("case", KINDS_OF_GAPS)
def test_gaps_at_zero_below_it_under_ceilings_and_of_ranks(tables, case):
    target, bound, more, unit, values, gap, share, pace, of, status = case
    kind = {"亿元": "flow", "万人": "flow", "家": "count", "位次": "index"}.get(unit, "ratio")
    tables.set("indicators", "market_turnover", ascending=str(more).lower(), unit=unit, measure_type=kind)
    row = goal(tables, target, values, relation=bound, unit=unit)
    assert (row.status, row.pace_unit) == (status, of)
    assert row.gap == pytest.approx(gap) and row["name"] == "市场成交总额"
    assert row.relative_gap == pytest.approx(math.nan if share is None else share, nan_ok=True)
    if pace is not None or status in ("met", "missed", "undecided"):
        assert row.required_pace == pytest.approx(math.nan if pace is None else pace, nan_ok=True)
    assert "%" not in row.rule_en or of == "%" or unit == "%"


GOALS_OF_SEVERAL_YEARS = [
    # span, bound, target of 2023 to 2027, values from 2023 on, gap, status
    ("annual", "<=", "20", ["19", "18"], -2, "undecided"),  # a ceiling on every year of a stretch ...
    ("annual", "<=", "20", ["21", "18"], 1, "missed"),  # ... is broken by one
    ("annual", "<=", "20", ["20"] * 5, 0, "met"),
    ("cumulative", "<=", "20", ["5", "10"], -5, "undecided"),  # 15 of at most 20, with three years to come
    ("cumulative", "<=", "20", ["15", "10"], 5, "missed"),  # 25: it does not come down again
    ("cumulative", "<=", "20", ["4"] * 5, 0, "met"),
    ("cumulative", "=", "16", ["3.0", "2.5"], 10.5, "open"),  # 10.5 are left for three years
    ("cumulative", "=", "16", ["", "3.0", "2.5"], None, "no_figure_on_file"),  # a sum with a year missing is no total
    ("per_year", "=", "10", ["12", "10"], 0, "on_track"),  # both years at 10 or more, three to come
    ("per_year", "=", "10", ["9", "12"], 1, "missed"),  # one year missed is missed
    ("per_year", "=", "10", ["10", "11", "10", "12", "10"], 0, "met"),
]


@pytest.mark.parametrize(("span", "bound", "target", "values", "gap", "status"), GOALS_OF_SEVERAL_YEARS)
def test_goals_of_several_years_are_totals_or_hold_for_each(tables, span, bound, target, values, gap, status):
    tables.set("indicators", "market_turnover", ascending=str(bound == "=").lower())
    values = {2023 + n: value for n, value in enumerate(values) if value}
    row = goal(tables, target, values, relation=bound, span=span, time_period="2023/P5Y")
    assert (row.status, row.gap) == (status, pytest.approx(math.nan if gap is None else gap, nan_ok=True))
    if status == "open":
        assert (row.actual, row.required_pace, row.pace_unit) == (5.5, 3.5, "亿元")
    if gap is None:
        assert "running total" in row.needed_en


def test_a_target_that_cannot_be_computed_names_its_rows(tables, monkeypatch):
    from huzhou_analysis.analysis.gaps import Gaps

    monkeypatch.setattr(Gaps, "_against_path", lambda self, target: 1 / 0)
    with pytest.raises(DataError, match=r"D003\.fdi_utilized\.2023 .*cannot be computed"):
        target_gaps(tables.load())


def test_the_next_plan_leads_and_the_record_of_the_older_one_is_kept(tables):
    tables.add_figure("now", "19", indicator="fdi_utilized", unit="亿美元", time_period="2026", vintage="2027")
    data = later_plan(tables)
    mine = target_gaps(data).query("indicator == 'fdi_utilized'")
    assert mine.target.tolist() == [25] and mine.target_year.tolist() == [2030]
    both = target_gaps(data, plan="all", full=True).query("indicator == 'fdi_utilized'")
    assert dict(zip(both.plan, both.leads, strict=False)) == {"N": True, "D003": False}
    older = target_gaps(data, plan="D003").query("indicator == 'fdi_utilized'")
    assert set(older.status) == {"met"} and set(target_gaps(data).indicator) > {"retail_sales"}
    with pytest.raises(ValueError, match="write 'all' or one of N, D003"):
        target_gaps(data, plan="X")


def test_targets_of_another_city_and_of_its_parts_are_not_among_them(tables):
    tables.add("ref_areas", ref_area="990100", name_zh="乙市", name_en="B", level="city")
    tables.add("ref_areas", ref_area="990102", name_zh="乙区", name_en="B District", level="county", parent="990100")
    one = {"indicator": "fdi_utilized", "unit": "亿美元", "record_type": "target", "source_id": "D003"}
    one |= {"locator": "数字方案 一(二)"}
    for area in ("990100", "990102"):
        tables.add_figure(f"goal.{area}", "9", ref_area=area, time_period="2027", vintage="2023-05-09", **one)
    data = tables.load()
    assert data.home == "330500" and not data.own[["goal.990100", "goal.990102"]].any()
    assert not set(target_gaps(data, plan="all", full=True).ref_area) & {"990100", "990102"}


def test_past_plans_are_judged_by_their_own_year(whole):
    past = target_gaps(whole, plan="all", full=True).set_index("plan")
    assert past.loc["P-2019-PLAN", ["status", "actual"]].tolist() == ["met", pytest.approx(18.9881)]  # 15 wanted
    assert past.loc["P-2020-PLAN", ["status", "actual"]].tolist() == ["met", pytest.approx(12.0619)]  # 12 or more


GROWTH = 1.21 ** (1 / 3) - 1  # from 66 in 2022 to 79.86 in 2025
CONTAINERS = [
    # by year, towards 110 in 2027, and what comes of it. ln(110/79.86)/ln(growth): 5.04 years: 2031, four years late;
    # (110/79.86)^(1/2) - 1 over the recent pace; from 66, the last before the plan: 13.86 of 44 done, 3 of 5 years gone.
    ({2020: "60", 2022: "66", 2024: "72.6", 2025: "79.86"}, {
        "recent_pace": 100 * GROWTH, "reached_in": 2031, "years_late": 4, "time_gone": 0.6, "time_progress": "lagging",
        "acceleration": ((110 / 79.86) ** 0.5 - 1) / GROWTH, "way_done": 13.86 / 44}),
    # Without three years the weakest stretch is the recent pace: 79.2/80 over four years.
    ({2021: "80", 2024: "72", 2025: "79.2"}, {"recent_pace": 100 * (0.99**0.25 - 1), "reached_in": math.inf, "acceleration": math.nan}),
    # Two official methods: the line arrives at 110, 10 a year against 10 needed; at 85, 25 of 50 are missing, 17.5 a year
    # against 5; at 100, 10 of 50 are missing, 13 against 8; at 35, further away than at the start.
    ({2022: "60", 2023: "70", 2024: "80", 2025: "90"}, {"un_class": "maintain", "wri_class": "on_track"}),
    ({2022: "60", 2023: "65", 2024: "70", 2025: "75"}, {"un_class": "accelerate", "wri_class": "well_off_track"}),
    ({2022: "60", 2023: "68", 2024: "76", 2025: "84"}, {"un_class": "accelerate", "wri_class": "off_track"}),
    ({2022: "60", 2023: "55", 2024: "50", 2025: "45"}, {"un_class": "reverse", "wri_class": "wrong_direction"}),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "expected"), CONTAINERS)
def test_paces_progress_and_official_methods_by_hand(tables, printed, expected):
    for year, value in printed.items():
        data = actual(tables, value, "container_throughput", "万TEU", time_period=str(year), vintage="2026-02")
    row = gap(data, "container_throughput")
    for name, value in expected.items():
        assert row[name] == (value if isinstance(value, str) else pytest.approx(value, nan_ok=True)), name


def test_newer_rates_stand_beside_and_every_pace_names_its_years(all_gaps):
    fdi = one(all_gaps, "fdi_utilized")
    assert (fdi.recent_pace, fdi.recent_since_en) == (13.4, "in Jan–Nov 2024 on a year earlier")
    # ln(18/5.8)/ln(1.134) = 9.006 years: the tenth year, 2033, six years late; 32.73/13.4 = 2.44 times the pace.
    assert (fdi.reached_in, fdi.years_late, round(fdi.acceleration, 2)) == (2033, 6, 2.44)
    assert "2033" not in fdi.rule_en
    boxes = one(all_gaps, "container_throughput")
    assert (round(boxes.recent_pace, 1), boxes.newer_rate, boxes.newer_rate_period) == (12.9, 7.7, "2024-S1")
    assert "from 2020 to 2024" in boxes.sentence_en and "7.7% in H1 2024" in boxes.sentence_en
    assert "from 2025" in one(all_gaps, "trade_total", "地瓜方案 一(三)1").rule_en


def test_the_plan_as_a_whole_counts_a_target_once(all_gaps, whole):
    whole_plan = hz.roll_up(all_gaps).set_index("status")
    counted = all_gaps[all_gaps.counted & all_gaps.target.notna()]
    assert whole_plan.targets.sum() == len(counted) and whole_plan.share.sum() == pytest.approx(1)
    assert (whole_plan[[*"ABCD"]].sum(axis=1)[[s for s in whole_plan.index if s in JUDGED]] > 0).all()
    digital = all_gaps[(all_gaps.indicator == "digital_trade") & (all_gaps.target == 620)]
    assert digital.counted.sum() == 1 and len(digital) > 1
    turns = hz.official_verdicts(all_gaps).set_index("indicator").turns
    assert turns["trade_total"] and not turns["fdi_utilized"]
    with pytest.raises(ValueError, match="full=True"):
        hz.roll_up(target_gaps(whole))


def test_a_single_figure_is_untested_and_a_share_stands_beside_its_dollars(all_gaps):
    for indicator in ("fdi_manufacturing_share", "project_chain_concentration_300m", "fdi_utilized"):
        row = one(all_gaps, indicator)
        assert (row.robustness, row.evidence, row.sources) == ("untested", "D", 1)
    assert "$342m" in one(all_gaps, "fdi_manufacturing_share").sentence_en  # 3.42 of the 4.8 that the plan wanted
    assert "without compilation sources: no actual is left" in one(all_gaps, "fdi_utilized").robustness_en


def test_a_verdict_that_another_figure_turns_is_fragile(all_gaps, tables):
    # 1707.9 in 2023, before the step: above the path of 1666, not of a year later
    retail = one(all_gaps, "retail_sales")
    assert retail.robustness == "fragile" and "before the break of 2024: on track" in retail.robustness_en
    tables.add_figure("D000.fdi_utilized.early", "16.1", indicator="fdi_utilized", unit="亿美元", vintage="2024-01")
    row = gap(actual(tables, "15.9"), "fdi_utilized")
    assert row.robustness == "fragile" and "2024-01" in row.robustness_en and ": on track" in row.robustness_en


@pytest.mark.parametrize(
    ("value", "other", "code"), [("16", "", "fragile"), ("16.20", "", "untested"), ("16.20", "16.3", "robust")]
)
def test_rounding_may_turn_a_verdict_and_only_other_figures_test_it(tables, value, other, code):
    # 16 may be anything from 15.5 to 16.5; the path stands at 16.
    if other:
        tables.add_figure("x", other, indicator="fdi_utilized", unit="亿美元", vintage="2024-01")
    row = gap(actual(tables, value), "fdi_utilized")
    assert (row.status, row.robustness) == ("on_track", code)


def test_two_sources_that_agree_are_better_evidence_than_one(tables):
    alone = gap(actual(tables, "16.2"), "fdi_utilized")
    place = {"source_id": "D003", "locator": "数字方案 一(二)"}
    tables.add_figure("x", "162000", indicator="fdi_utilized", unit="万美元", **place)
    both = gap(tables.load(), "fdi_utilized")
    assert (alone.sources, both.sources) == (1, 2) and both.evidence < alone.evidence


def test_how_many_cities_made_the_growth_that_is_needed(whole):
    fdi = hz.outside_view(whole, "实际利用外资")
    # 5.8亿美元 in 2023, 32.7% a year for four years: of the cities of 3 to 12亿美元 hardly any.
    assert (fdi.years, round(fdi.needed, 1)) == (4, 32.7)
    assert fdi.cases > 100 and fdi.hits <= 2 and fdi.share < 0.02 and "$300m or more" in fdi.reference["en"]
    trade = hz.outside_view(whole, "trade_total")
    assert (trade.years, trade.cities) == (2, 10) and 0 < trade.hits < trade.cases <= 40
    assert "orientation only" in hz.outside_view(whole, "container_throughput").reference["en"]
    with pytest.raises(NotOnFile):
        hz.outside_view(whole, "gdp")


def test_the_counts_of_the_reference_classes_are_those_of_the_panel(whole):
    folder = os.environ.get("HUZHOU_BENCHMARKS")
    if not folder:
        pytest.skip("HUZHOU_BENCHMARKS is not set: the panels are not at hand")
    panel = pd.read_csv(Path(folder) / "cities_fdi.csv.gz").query("series != '湖州' and value > 0")
    panel = panel.pivot(index="series", columns="t", values="value")
    pairs = [panel[[origin, origin + 4]].dropna().to_numpy() for origin in range(2015, 2019)]
    start, end = np.concatenate(pairs).T
    like, found = (start >= 300) & (start < 1200), hz.outside_view(whole, "fdi_utilized")
    assert (found.cases, found.hits) == (like.sum(), (end >= start * 1.32**4)[like].sum())


def test_the_command_says_every_row_in_either_language(capsys):
    from huzhou_analysis.cli import main

    for lang, word in (("zh", "明显落后"), ("en", "far behind")):
        assert main(["gaps", "--lang", lang]) == 0
        said = capsys.readouterr().out
        assert word in said and sum(bool(line.strip()) for line in said.splitlines()) == 2 + 38
    assert main(["gaps", "--as-of", "2023-01-01", "--format", "csv"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert main(["gaps", "--as-of", "yesterday"]) == 1
    assert "2024-06-30" in capsys.readouterr().err
