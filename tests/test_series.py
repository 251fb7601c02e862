"""One number a year of an indicator, in one unit and one vintage a stretch, with where each comes from; the latest of them."""

import datetime as dt
import math
import warnings
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import huzhou_analysis as hz
from huzhou_analysis.analysis.series import COLUMNS, known, points
from huzhou_analysis.facts.data import NotOnFile, UnknownName

HOME = "330500"
FDI = {"indicator": "fdi_utilized", "unit": "亿美元", "prices": "current"}


def everything(data, indicator, **options):
    return hz.series(data, indicator, everything=True, **options).set_index("time_period")


def years(data, indicator, **options):
    return hz.series(data, indicator, **options).set_index("year")


def test_one_number_a_year_and_everything_on_request(data):
    assert list(hz.series(data, "fdi_utilized").columns) == COLUMNS
    assert years(data, "fdi_utilized").value.to_dict() == {2013: 10.6}
    # 61.2亿美元 in five years is never a year's value.
    whole = everything(data, "fdi_utilized")
    assert whole.origin.to_dict() == {"2013": "printed", "2018/P5Y": "period_total"}
    assert (whole.low["2018/P5Y"], whole.high["2018/P5Y"]) == (61.15, 61.25)
    assert everything(data, "intended_orders").origin.tolist() == ["part_year"]


def test_names_are_those_of_indicators_and_areas_and_tables_come_first(data):
    for names in (("外资", "Huzhou"), ("fdi_utilized", 330500)):
        assert hz.series(data, *names).value.tolist() == [10.6]
    for wrong in ("gdpp", "", None, 7):
        with pytest.raises(UnknownName):
            hz.series(data, wrong)
    with pytest.raises(UnknownName):
        hz.series(data, "gdp", "湖洲")
    with pytest.raises(TypeError, match="tables come first"):
        hz.series("gdp", data)


def test_nothing_on_file_is_said_and_not_answered_with_an_empty_table(data):
    for options in ({"area": "330521"}, {"as_of": "2010"}, {"unit": "家"}):
        with pytest.raises(NotOnFile, match="实际利用外资"):
            hz.series(data, "fdi_utilized", **options)
    with pytest.raises(NotOnFile, match="everything=True"):
        hz.series(data, "intended_orders")
    assert points(data, "industrial_investment", HOME).empty  # a claim enters no series


def test_a_year_implied_by_the_level_and_nominal_rate_of_the_next(data):
    found = years(data, "exports")
    implied = found.loc[2012]
    assert (implied.origin, implied.obs_status, implied.printed) == ("implied", "E", "")
    assert (implied.low, implied.high) == pytest.approx((80.85 / 1.0955, 80.95 / 1.0945), rel=1e-12)
    assert implied.figure_id.split() == ["D001-GWR.exports.2013", "D001-GWR.exports.2013.gy"]
    assert found.growth[2013] == pytest.approx((80.9 / implied.value - 1) * 100)
    assert years(data, "gdp").index.tolist() == [2013]  # real growth implies no year


def test_a_printed_year_takes_the_place_of_an_implied_one(tables):
    tables.add_figure("D000.exports.2012", "73.9", indicator="exports", time_period="2012", unit="亿美元")
    assert years(tables.load(), "exports").printed[2012] == "73.9"


def test_an_original_comes_first_then_the_latest_then_the_better_tier(tables, whole):
    official = {"source_id": "D003", "locator": "数字方案 一(二)", "time_period": "2023"}
    tables.add_figure("a", "15.0", **FDI, vintage="2025-01")
    tables.add_figure("b", "15.5", **FDI, **official, vintage="2024-01")
    assert years(tables.load(), "fdi_utilized").value[2023] == 15.0
    tables.add_figure("c", "15.2", **FDI, **official, vintage="2025-01")
    assert years(tables.load(), "fdi_utilized").loc[2023, ["value", "tier"]].tolist() == [15.2, "official"]
    # 2013: 10.586 in the yearbook, and 1058.6 million in a compilation that was published later.
    assert years(whole, "fdi_utilized").loc[2013, ["value", "tier"]].tolist() == [10.586, "yearbook"]


def test_a_total_is_the_sum_of_printed_parts(whole):
    trade = years(whole, "trade_total")
    # 1356.1886 of exports and 134.7389 of imports; 2020 is printed, 2024 follows from 2025.
    assert trade.value[2021] == pytest.approx(1356.1886 + 134.7389)
    assert trade.origin[[2020, 2021, 2023, 2024, 2025]].tolist() == ["printed", "sum", "sum", "implied", "printed"]
    share = years(whole, "export_national_share")
    assert share.value[2025] == pytest.approx(1562.9 / 269900 * 1000)  # per mille of 26.99万亿元
    assert share.origin[2025] == "ratio"


def test_retail_sales_of_2024_are_the_sum_of_the_districts_on_a_new_level(whole):
    retail = years(whole, "retail_sales")
    assert retail.value[2024] == pytest.approx(822.68 + 175.96 + 214.56 + 377.81 + 313.09)
    assert retail.segment[2023] < retail.segment[2024] == retail.segment[2025]
    assert math.isnan(retail.growth[2024])
    assert 1977.5 / 1.0395 < retail.value[2024] < 1978.5 / 1.0385  # and so does 2025 with its rate imply it


def test_districts_make_no_sum_unless_one_source_prints_all(tables):
    for code in ("330502", "330503", "330521", "330522"):
        tables.add_figure(f"x.{code}", "1", indicator="retail_sales", ref_area=code, time_period="2022")
    assert 2022 not in points(tables.load(), "retail_sales", HOME).year.tolist()
    tables.add_figure("x.330523", "1", indicator="retail_sales", ref_area="330523", time_period="2022")
    assert points(tables.load(), "retail_sales", HOME).set_index("year").value[2022] == 5


def test_gdp_is_one_vintage_from_2000_on(whole):
    gdp = years(whole, "gdp")
    assert gdp.value[[2018, 2023]].tolist() == [2881.21, 4015.1]  # first published: 2719.07
    assert gdp.segment[2000] == gdp.segment[2025] > gdp.segment[1999]  # no source prints both 1999 and 2000 alike
    assert (gdp.stretch[1999], gdp.stretch[2018]) == ("first", "first + 2024")
    assert {1803.15, 1930.78} <= set(hz.vintages(whole, "gdp").query("year == 2013").value.round(2))


@pytest.mark.parametrize(("revised", "chosen"), [(2, [100, 121]), (5, [110, 121])])
def test_first_published_levels_on_two_censuses_are_never_one_stretch(tables, revised, chosen):
    """A data set shows that the level of 2018 as first published, 100, was raised to 110; with five years of its own it
    speaks for them itself.
    """
    tables.add("sources", source_id="C", title="x", title_en="x", kind="dataset", tier="compilation")
    tables.add("outline", source_id="C", locator="x", locator_en="x")
    for year, first, again in zip(range(2018, 2023), (100, 121, 130, 140, 150), (110, 121, 130, 140, 150), strict=True):
        one = {"indicator": "market_turnover", "time_period": str(year)}
        tables.add_figure(f"first.{year}", str(first), **one, vintage=str(year + 1))
        if year < 2018 + revised:
            one |= {"source_id": "C", "locator": "x", "vintage": "2023", "obs_status": "V"}
            tables.add_figure(f"C.{year}", str(again), **one)
    found = years(tables.load(), "market_turnover")
    assert found.value[[2018, 2019]].tolist() == chosen
    assert (found.segment[2018] == found.segment[2019]) == (revised == 5)
    assert found.segment[2019] == found.segment[2022]


def test_growth_never_crosses_a_break(whole):
    fdi = years(whole, "fdi_utilized")
    # Counting was widened in 2022; the fall of 36% in 2020 has no stated cause, and the two sources of 2019 agree.
    assert fdi.segment[1996] == fdi.segment[2021] < fdi.segment[2022] == fdi.segment[2023]
    assert math.isnan(fdi.growth[2022])
    assert fdi.growth[2023] == pytest.approx((5.8 / 15.7713 - 1) * 100)
    water = years(whole, "water_freight_tonnage").segment  # re-based in 2013 and again in 2014
    assert water[2012] < water[2013] < water[2014] == water[2019]


CROSSED = [  # indicator, years, year of the break, its kind
    ("fdi_utilized", (2021, 2023), "2022", "definition"),
    ("fixed_asset_investment", (2010, 2011), "2011", "definition"),
    ("gdp", (1999, 2001), "2000", "vintage"),
    ("water_freight_tonnage", (2012, 2015), "2014", "re-based"),
]


@pytest.mark.parametrize(("indicator", "between", "year", "kind"), CROSSED)
def test_growth_across_a_break_is_warned_of_with_its_year_and_reason(whole, indicator, between, year, kind):
    found = hz.series(whole, indicator)
    a, b = (hz.point(whole, found, y) for y in between)
    calls = [lambda: hz.compound_growth(found, *between), lambda: hz.compound_growth(a, b), lambda: hz.change(a, b),
             lambda: hz.growth_rate(b, a), lambda: hz.required_growth(a, b)]  # fmt: skip
    for call in calls:
        with pytest.warns(hz.BreakWarning, match=rf"{year}年.* in {year} \(.*{kind}") as seen:
            call()
        assert seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hz.change(hz.point(whole, found, -1), hz.point(whole, found, -1))


def test_growth_between_two_years_takes_any_frame_of_years_and_refuses_in_a_sentence(whole):
    gdp = hz.series(whole, "gdp")
    expected = pytest.approx((4015.1 / 2881.21) ** 0.2 - 1)
    by_year = gdp.set_index("year")
    for frame in (gdp, by_year, by_year.value, gdp.assign(year=gdp.year.map(Decimal)), gdp.astype({"year": object})):
        assert hz.compound_growth(frame, 2018, 2023) == expected
    both = hz.series(whole, "exports", everything=True)
    for call, words in (
        (lambda: hz.compound_growth(gdp, 2018, 5), "no one value of 5: write its first and last year"),
        (lambda: hz.compound_growth(gdp, 2018), "no one value of None"),
        (lambda: hz.compound_growth(gdp.drop(columns="value"), 2018, 2023), "the columns year and value"),
        (lambda: hz.change(0, 5), "growth from zero"),
        (lambda: hz.compound_growth(both, 2017, 2018), "2017 is in 亿美元, 2018 in 亿元"),
        (lambda: hz.growth_rate(hz.point(whole, both, 2018), hz.point(whole, both, 2017)), "different things"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    for function in (hz.growth_rate, hz.required_growth):
        with pytest.raises(TypeError, match="a level is a number"):
            function(gdp, 18, *([4] if function is hz.required_growth else []))
    assert hz.required_growth(np.int64(100), 121, np.int64(2)) == pytest.approx(0.1)


def test_printed_growth_stands_beside_what_levels_give(whole):
    # 4452.8亿元 in 2025, +5.9% as printed, at constant prices; the level of 2024 is a compilation's.
    gdp = years(whole, "gdp").loc[2025]
    assert (gdp.printed_growth, gdp.prices) == (5.9, "constant") and gdp.growth != 5.9
    assert math.isnan(years(whole, "fdi_utilized").printed_growth[2023])


def test_exports_are_shown_in_one_currency_and_the_other_on_request(whole):
    assert set(hz.series(whole, "exports").unit) == {"亿元"}
    dollars = hz.series(whole, "exports", unit="万美元")
    assert dollars.year.max() == 2017 and dollars.set_index("year").value[2014] == pytest.approx(881000)
    both = hz.series(whole, "exports", everything=True)
    assert set(both.unit) == {"亿美元", "亿元"} and "currency" in both.because.iloc[-1].en
    assert both[both.unit == "亿美元"].segment.max() < both[both.unit == "亿元"].segment.min()


def test_shares_move_in_points(tables):
    for year, value in ((2022, "2.0"), (2023, "2.3")):
        tables.add_figure(f"x.{year}", value, indicator="hightech_va_share", unit="%", time_period=str(year))
    assert years(tables.load(), "hightech_va_share").growth[2023] == pytest.approx(0.3)


@given(st.lists(st.integers(1, 999), min_size=2, max_size=8))
def test_growth_carries_a_series_from_one_year_to_the_next(whole, values):
    rows = [f"{v}" for v in values]
    figure = whole.figures.loc[["P-2026-CSJCS.retail_sales.2025"]]
    made = pd.concat([figure.assign(time_period=str(2000 + n), obs_text=v, obs_value=float(v), vintage=str(2001 + n))
                      for n, v in enumerate(rows)], ignore_index=True)  # fmt: skip
    found = hz.series(replace(whole, figures=made.set_axis([f"x.{n}" for n in made.index])), "retail_sales")
    assert [float(v) for v in found.value] == [float(v) for v in values]
    assert found.growth[1:].tolist() == pytest.approx([(b / a - 1) * 100 for a, b in pairwise(values)])


CORRECTED = [("override", {"value": "10.62"}, {2013: (10.62, 10.615, 10.625)})]
CORRECTED += [("flag", {}, {2013: (10.6, 10.55, 10.65)}), ("exclude", {}, {})]


@pytest.mark.parametrize(("action", "cells", "left"), CORRECTED)
def test_corrections_are_applied(tables, action, cells, left):
    cells = {"reason": "test", "status": "open", "expect": "10.6"} | cells
    tables.add("corrections", figure_id="D001-GWR.fdi_utilized.2013", action=action, **cells)
    found = points(tables.load(), "fdi_utilized", HOME).query("origin == 'printed'")
    assert {p.year: (p.value, p.low, p.high) for p in found.itertuples()} == left


def test_only_what_had_been_published(data):
    first, both = ["2013"], ["2013", "2018/P5Y"]  # of June 2023: known for certain only when June is over
    for as_of, seen in (("2014-02-10", []), ("2014-02-11", first), ("2023-06-29", first), ("2023/06/29", first),
                        ("2023-06", both), (dt.date(2023, 6, 30), both), (pd.Timestamp("2023-06-30"), both), (2023, both)):  # fmt: skip
        assert points(data, "fdi_utilized", HOME, as_of=as_of).time_period.tolist() == seen
    undated = data.figures[data.figures.vintage == ""]
    assert len(undated) and known(undated, "2030").empty
    with pytest.raises(ValueError, match="2024-06-30"):
        hz.series(data, "gdp", as_of="yesterday")


def test_a_series_that_was_changed_is_whole_the_next_time(data):
    before, mine = hz.series(data, "gdp"), hz.series(data, "gdp")
    mine.loc[mine.index[0], "value"] = -1.0
    pd.testing.assert_frame_equal(hz.series(data, "gdp"), before)


def test_gdp_growth_is_compared_in_one_vintage(whole):
    """By hand, 2018 to 2023 in the one data set that holds all eleven: Huzhou (4015.1/2881.21)^(1/5) - 1 = 6.86%, Zhoushan
    (2100.8/1247.22)^(1/5) - 1 = 10.99%, Taizhou (6240.7/4880.32)^(1/5) - 1 = 5.04%. With Huzhou's 2719.07 as first
    published among the revised ten it would be 8.11%, and second.
    """
    found = hz.compare_areas(whole, "地区生产总值", 2018, 2023).set_index("name_en")
    assert len(found) == 11 and set(found.source_id) == {"C-GDP-REV"}
    assert found.growth[["Huzhou", "Zhoushan", "Taizhou"]].round(2).tolist() == [6.86, 10.99, 5.04]
    assert found["rank"][["Huzhou", "Zhoushan", "Taizhou"]].tolist() == [10, 1, 11]
    mixed = (4015.1 / 2719.0675) ** 0.2 * 100 - 100
    assert round(mixed, 2) == 8.11 and 1 + (found.growth.drop("Huzhou") > mixed).sum() == 2
    assert found.share_last.sum() == pytest.approx(100)


def test_a_comparison_without_one_vintage_is_not_made(whole):
    with pytest.raises(NotOnFile, match="one source and vintage"):
        hz.compare_areas(whole, "gdp", 2018, 2025)
    with pytest.raises(NotOnFile, match="2000–2023"):
        hz.area_levels(whole, "gdp", years=2025)
    assert hz.area_levels(whole, "gdp", years=np.int64(2023)).ref_area.nunique() == 11
    with pytest.raises(ValueError, match="must come after"):
        hz.compare_areas(whole, "gdp", 2023, 2018)
    levels = hz.compare_areas(whole, "gdp", 2023)
    assert levels["rank"].tolist() == sorted(levels["rank"]) and levels.name_en[0] == "Hangzhou"


def test_a_share_stands_beside_what_it_amounts_to(whole):
    found = hz.share_levels(whole, "fdi_manufacturing_share").set_index("time_period").level
    # 53.47% of 6.39 against 30% of 16, 33% of 17, 36% of 18
    assert found.round(2).to_dict() == {"2024-01/P11M": 3.42, "2023": 4.8, "2025": 5.61, "2027": 6.48}


def year_of(frame):
    [row] = frame[~frame.part_year].itertuples()
    return row


def test_level_and_growth_of_the_latest_year_as_printed(whole):
    # Results of 2025 as the page prints them: 4452.8亿元, +5.9% at constant prices; investment only as a rate.
    gdp = year_of(hz.latest(whole, "地区生产总值"))
    assert (gdp.time_period, gdp.level.printed, gdp.growth.printed) == ("2025", "4452.8", "5.9")
    assert (gdp.prices, gdp.growth_origin) == ("constant", "printed")
    investment = year_of(hz.latest(whole, ["fixed_asset_investment"]))
    assert investment.level is None
    assert float(investment.growth) == -4.3


def test_growth_is_derived_only_where_none_is_printed_and_says_so(whole):
    # Revenue 389.50 after 410.73 in one compilation: 389.50 / 410.73 - 1.
    revenue = year_of(hz.latest(whole, ["local_fiscal_revenue"]))
    assert revenue.growth_origin == "derived"
    assert float(revenue.growth) == pytest.approx(-5.169, abs=0.001)


def test_a_newer_rate_takes_no_older_level_and_a_part_of_a_year_is_no_year(tables):
    growth = {"transformation": "GY", "unit": "%", "as_printed": "增长7.1%", "prices": "constant"}
    tables.add_figure("own.gdp.2022.gy", "7.1", indicator="gdp", time_period="2022", **growth)
    half = {"time_period": "2023-S1", "span": "cumulative", "prices": "current"}
    tables.add_figure("own.gdp.2023", "2999.5", indicator="gdp", **half)
    found = hz.latest(tables.load(), ["gdp"])
    year, part = found.itertuples()
    assert (year.time_period, year.level, year.growth.printed) == ("2022", None, "7.1")
    assert (part.time_period, part.level.printed, part.growth, part.part_year) == ("2023-S1", "2999.5", None, True)


def test_goals_and_implied_levels_are_no_news(data):
    # On file in the five documents: exports of 2013 with their growth, which implies 2012; goals for 2014.
    assert year_of(hz.latest(data, ["exports"])).time_period == "2013"


def test_nothing_on_file_and_unknown_names_are_refused(data):
    with pytest.raises(NotOnFile):
        hz.latest(data, ["digital_trade"])
    with pytest.raises(UnknownName):
        hz.latest(data, ["gpd"])
