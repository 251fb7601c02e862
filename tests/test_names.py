"""Indicators, areas and figures under the words that people use; what is unknown is refused with the nearest."""

import pytest

import huzhou_analysis as hz
from huzhou_analysis.facts.names import UnknownName


def test_an_indicator_and_an_area_are_found_under_each_of_their_names(data):
    for code, row in data.indicators.iloc[::30].iterrows():
        assert {data.indicator(code), data.indicator(row.name_zh), data.indicator(row.name_en.upper())} == {code}
    for code, row in data.ref_areas.iloc[::3].iterrows():
        assert {data.area(code), data.area(row.name_zh), data.area(f" {row.name_en}")} == {code}


AREAS = {"湖州": "330500", "zhejiang": "330000", "德清": "330521", "Hangzhou City": "330100", None: "330500"}
EVERYDAY = {"一般公共预算收入": "local_fiscal_revenue", "出口": "exports", "外资": "fdi_utilized", "FDI": "fdi_utilized",
            "工业投资": "industrial_investment", "社零": "retail_sales", "gdp ": "gdp"}  # fmt: skip
NEAR = {"gdpp": "gdp", "实际利用外质": "fdi_utilized", "网零额": "online_retail", "失业率": "unemployment_registered"}


def test_an_area_is_found_without_what_it_is_and_an_indicator_under_its_everyday_name(data):
    assert {name: data.area(name) for name in AREAS} == AREAS
    assert {name: data.indicator(name) for name in EVERYDAY} == EVERYDAY


@pytest.mark.parametrize("name", NEAR)
def test_an_unknown_name_is_refused_with_the_nearest(data, name):
    with pytest.raises(UnknownName, match=NEAR[name]) as error:
        data.indicator(name)
    assert isinstance(error.value, KeyError) and name in str(error.value)


def test_what_is_like_nothing_on_file_gets_no_silly_suggestion(data):
    for find, names in ((data.indicator, ("xyzzy", "房价")), (data.area, ("上海", "London"))):
        for name in names:
            with pytest.raises(UnknownName, match="look it up"):
                find(name)


@pytest.mark.parametrize("name", ["", " ", "？", 2027, ["gdp"], "nowhere at all"])
def test_what_is_no_name_is_refused(data, name):
    for find in (data.indicator, data.area):
        with pytest.raises(UnknownName):
            find(name)


def test_figures_are_found_by_any_word_and_their_numbers_are_numbers(data):
    found = hz.find(data, "外资 ２０２７", lang="en").loc["D003.fdi_utilized.2027.2"]
    assert (found.number, found.unit, found.value, found.area) == (18, "亿美元", "$1.8bn", "Huzhou")
    assert hz.find(data, 2027).number.dtype == float and hz.find(data, "no such word").empty
