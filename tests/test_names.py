"""Indicators and areas under the names that people use; what is unknown is refused with the nearest."""

import pytest

from huzhou_analysis.facts.names import UnknownName


def test_an_indicator_and_an_area_are_found_under_each_of_their_names(data):
    for code, row in data.indicators.iloc[::30].iterrows():
        assert {data.indicator(code), data.indicator(row.name_zh), data.indicator(row.name_en.upper())} == {code}
    for code, row in data.ref_areas.iloc[::3].iterrows():
        assert {data.area(code), data.area(row.name_zh), data.area(f" {row.name_en}")} == {code}


@pytest.mark.parametrize(
    ("name", "code"), [("湖州", "330500"), ("zhejiang", "330000"), ("德清", "330521"), (None, "330500")]
)
def test_an_area_is_found_without_what_it_is(data, name, code):
    assert data.area(name) == code


@pytest.mark.parametrize(
    ("name", "near"),
    [("gdpp", "gdp"), ("实际利用外质", "fdi_utilized"), ("社零", "retail_sales"), ("外资", "fdi_utilized")],
)
def test_an_unknown_name_is_refused_with_the_nearest(data, name, near):
    with pytest.raises(UnknownName, match=near) as error:
        data.indicator(name)
    assert isinstance(error.value, KeyError) and name in str(error.value)


@pytest.mark.parametrize("name", ["", " ", "？", 2027, ["gdp"], "nowhere at all"])
def test_what_is_no_name_is_refused(data, name):
    for find in (data.indicator, data.area):
        with pytest.raises(UnknownName):
            find(name)
