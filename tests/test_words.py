"""Texts in two languages and what is behind them; indicators, areas and figures under the words that people use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import huzhou_analysis as hz
from huzhou_analysis.facts import words
from huzhou_analysis.facts.data import UnknownName
from huzhou_analysis.facts.words import Quantity, say, text


@pytest.fixture(scope="module")
def units(data):
    return data.units


PRINTED = """
300.8 亿元 300.8亿元 CNY_30.08bn
5.80 亿美元 5.80亿美元 $580m
18 亿美元 18亿美元 $1.8bn
-0.3 % −0.3% −0.3%
62000 元 62,000元 CNY_62,000
1271.43 万美元 1,271.43万美元 $12,714,300
154 亿吨公里 154亿吨公里 15.4_bn_tonne-km
0.5 个百分点 0.5个百分点 0.5_pp
113.22 billion_yuan 1,132.2亿元 CNY_113.22bn
40 位次 第40位 40th
"""


@pytest.mark.parametrize("line", PRINTED.strip().splitlines())
def test_a_quantity_prints_itself_as_its_language_does(units, line):
    printed, unit, zh, en = (word.replace("_", " ") for word in line.split())
    one = Quantity(float(printed), units[unit], printed)
    assert (one.in_language("zh"), one.in_language("en")) == (zh, en)


def test_a_bound_reads_as_words_in_a_sentence(units):
    goal = Quantity(2000, units["亿元"], "2000", relation=">", figures=("a",))
    assert say("目标为{g.in_words}", "a target of {g.in_words}", g=goal) == text(
        "目标为超过2,000亿元", "a target of more than CNY 200.0bn"
    )
    assert goal.in_words.figures == ("a",)
    rank = Quantity(50, units["位次"], "50", relation="<=")
    assert (rank.in_words, f"{rank - Quantity(48, units['位次'], '48')}") == (text("前50位", "the top 50"), "2位")


def test_ranks_have_endings_and_names_lose_their_capital_inside_a_sentence_unless_abbreviated():
    ranks = {3: "third", 11: "11th", 21: "21st", 112: "112th", 102: "102nd"}
    assert {place: words.ordinal(place) for place in ranks} == {n: text(f"第{n}", en) for n, en in ranks.items()}
    names = ("Total goods trade", "High-tech industry", "GDP", "R&D spending", "A-share")
    inside = [text("", en).in_sentence.en for en in names]
    assert inside == ["total goods trade", "high-tech industry", "GDP", "R&D spending", "A-share"]


def test_arithmetic_keeps_units_precision_and_figures(units):
    last = Quantity(5.8, units["亿美元"], "5.80", time_period="2023", figures=("a",))
    goal = Quantity(180000, units["万美元"], "180000", time_period="2027", figures=("b",))
    gap = goal - last
    assert (gap.value, gap.unit.unit, gap.figures) == (122000, "万美元", ("b", "a"))
    assert goal / last == pytest.approx(18 / 5.8)
    assert hz.total([last, last, last]).in_language("zh") == "17.40亿美元"
    with pytest.raises(TypeError, match="do not measure the same"):
        goal - Quantity(1, units["亿元"], "1")


def test_both_languages_come_from_one_set_of_values(units):
    last = Quantity(5.8, units["亿美元"], "5.80", time_period="2023", figures=("a",))
    said = say(
        "{last.period}{moved}至{last}，占{share:.1%}",
        "{moved} to {last} in {last.year}, {share:.1%} of the whole",
        last=last,
        moved=hz.change(15.7713, 5.8),
        share=0.0421,
    )
    assert said == text("2023年下降63.2%至5.80亿美元，占4.2%", "fell 63.2% to $580m in 2023, 4.2% of the whole")
    assert said.figures == ("a",)


@pytest.mark.parametrize(
    ("template", "values", "named"),
    [("{gone}", {"last": 1}, "gone"), ("{x}", {"x": 0.25}, "decimals"), ("{q:.1%}", {"q": "quantity"}, "decimals of")],
)
def test_what_a_template_lacks_is_said_in_a_sentence(units, template, values, named):
    values = {k: Quantity(1, units["%"], "1") if v == "quantity" else v for k, v in values.items()}
    with pytest.raises(ValueError, match=named):
        say(template, template, **values)


@given(st.floats(-99, 300).filter(lambda r: abs(r) >= 0.06))
def test_a_change_is_told_by_its_word_and_its_size_not_by_a_sign(rate):
    said = hz.change(rate)
    assert ("增长" in said.zh) == ("rose" in said.en) == (rate > 0)
    assert "−" not in said.zh and "-" not in said.en


def test_points_of_a_series_are_found_by_year_place_and_period(whole):
    data = whole
    fdi = hz.series(data, "fdi_utilized")
    assert hz.point(data, fdi).year == 2023
    assert hz.point(data, fdi, -2).value == pytest.approx(15.7713)
    assert hz.point(data, fdi, 2019).value == pytest.approx(189881 / 1e4)
    with pytest.raises(ValueError, match="2023"):
        hz.point(data, fdi, 2031)


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
    assert isinstance(error.value, LookupError) and name in str(error.value)


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


FOUND = {
    "外资 2027": "D003.fdi_utilized.2027.2",
    "utilised foreign 2027": "D003.fdi_utilized.2027.2",
    "周转量 水路": "D003.water_freight_turnover.2027",
    "吴兴 出口 同比": "D002.exports.330502.2023-01P9M.gy",
    "ＧＤＰ 9%": "D001-GWR.gdp.2013.gy",
}


def test_a_figure_is_found_by_any_words_in_either_language_if_every_one_is_there(whole):
    assert all(expected in hz.find(whole, some).index for some, expected in FOUND.items())
    assert hz.find(whole, "外资 火星").empty and hz.find(whole, 2027).number.dtype == float
    found = hz.find(whole, "外资 ２０２７", lang="en").loc["D003.fdi_utilized.2027.2"]
    assert (found.number, found.unit, found.value, found.area) == (18, "亿美元", "$1.8bn", "Huzhou")
    assert found.place.startswith("Open-economy plan, table")
