"""The latest year and part of a year of an indicator, as printed."""

import pytest

import huzhou_analysis as hz
from huzhou_analysis.facts.data import NotOnFile
from huzhou_analysis.facts.names import UnknownName


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
