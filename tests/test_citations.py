"""What a citation says of its figure: never a digit, a number, a sign or a period that is not printed there."""

import re
import string
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huzhou_analysis.facts import numerals, periods
from huzhou_analysis.facts.citations import objection, period_objection, written
from huzhou_analysis.inbox.typed import quantity

MARKS = st.sampled_from("¹²³⁴⁹⁰₁₂①②⑨⑩⑴⑵⒈❶➀㈠㊀*†※")
NUMBERS = st.from_regex(r"[1-9][0-9]{0,3}(\.[0-9]{1,2})?", fullmatch=True)
SPACES = st.sampled_from([" ", "  ", "\t", "\n", "\u00a0", "\u3000", "\u2009"])


# --- marks and spaces ------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(number=NUMBERS, mark=MARKS, place=st.integers(0, 7), unit=st.sampled_from(["亿元", "家", "㎡", ""]))
def test_a_mark_is_never_a_digit(number, mark, place, unit):
    place = min(place, len(number))
    marked = number[:place] + mark + number[place:]
    held = numerals.printed_values(f"出口{marked}{unit}")
    pieces = {Decimal(piece.strip(".")) for piece in (number[:place], number[place:]) if piece.strip(".")}
    assert held <= pieces | {Decimal(number)}
    if place in (0, len(number)):
        assert held == {Decimal(number)}
    typed = quantity(marked)
    assert typed is None or typed.low == Decimal(number)


@given(first=NUMBERS, second=NUMBERS, space=SPACES)
def test_space_joins_only_groups_of_three(first, second, space):
    held = numerals.printed_values(f"数值{first}{space}{second}亿元")
    grouped = len(space) == 1 and space not in "\t\n" and re.fullmatch(r"\d{1,3}", first)
    if grouped and re.fullmatch(r"\d{3}(\.\d+)?", second):
        assert held == {Decimal(first + second)}
    else:
        assert held == {Decimal(first), Decimal(second)}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 803.2亿元", {"1803.2"}),
        ("12 345 678元", {"12345678"}),
        ("2022 34.6", {"2022", "34.6"}),
        ("2½倍", set()),
        ("面积3.4㎡", {"3.4"}),
        ("１２．３％", {"12.3"}),
        ("1٠", {"10"}),
        ("0 123", {"0", "123"}),
    ],
)
def test_numbers_of_a_text(text, values):
    assert numerals.printed_values(text) == set(map(Decimal, values))


# --- signs -----------------------------------------------------------------------------------------------------------

FALLS = "下降 同比少 收缩 倒退 ‐ 同比下降 减少 比上年减少 降低 回落 缩减 萎缩 下滑 负增长 降幅为 降幅收窄至 降幅扩大到 跌幅达 负 - − ▲ ▼ △"
RISES = "增长 同比增长 增加 上升 提高 增速回落至 增幅收窄至 由降转升，增长 受成本下降影响，增长 + 达到"


@given(number=NUMBERS, before=st.sampled_from(FALLS.split()), close=st.sampled_from(["%", "%以上", "%，居全省第三"]))
def test_a_fall_in_words_or_signs_is_negative(number, before, close):
    text = f"出口{before}{number}{close}"
    assert objection(f"-{number}", text, growth=True) is None
    assert f"-{number}" in objection(number, text, growth=True)[1]


@given(number=NUMBERS, before=st.sampled_from(RISES.split()))
def test_a_rise_is_positive(number, before):
    text = f"出口{before}{number}%"
    assert objection(number, text, growth=True) is None
    assert objection(f"-{number}", text, growth=True)


@given(number=NUMBERS, form=st.sampled_from(["({})亿元", "-{}亿元", "负{}亿元", "▲{}", "净额−{}亿元"]))
def test_a_negative_level_is_negative(number, form):
    text = form.format(number)
    assert objection(f"-{number}", text) is None
    assert objection(number, text)


@given(low=st.integers(1, 99), more=st.integers(1, 99), dash=st.sampled_from("-–—~至"))
def test_the_dash_of_a_range_is_no_sign(low, more, dash):
    for number in (low, low + more):
        assert objection(str(number), f"完成{low}{dash}{low + more}亿元") is None


@pytest.mark.parametrize(
    ("value", "text", "says"),
    [
        ("109.0", "生产总值指数109.0（上年=100）", "enter 9.0"),
        ("104.2", "价格指数为104.2", "enter 4.2"),
        ("109.0", "为上年的109.0%", "enter 9.0"),
        ("98.5", "相当于上年同期的98.5%", "enter -1.5"),
        ("1.5", "出口增长1.5倍", "multiple"),
        ("3.2", "出口环比增长3.2%", "period before"),
        ("3.2", "出口比上月增长3.2%", "period before"),
        ("2", "出口增长两倍", "multiple"),
        ("1", "出口翻一番", "multiple"),
        ("8.6", "两年平均增长8.6%", "average over several years"),
        ("7.5", "年均增长7.5%", "per_year"),
        ("2.1", "增幅高于全省2.1个百分点", "another area"),
        ("2.1", "降幅收窄2.1个百分点", "narrows"),
        ("6.5", "占6.50%", "6.50"),
        ("385.0", "增长385%", "decimals"),
        ("1.09", "为上年的1.09倍", "multiple"),
        ("5", "增长5成", "multiple"),
        ("109", "完成上年的109%", "enter 9"),
        ("109", "以上年为100，为109", "enter 9"),
        ("112", "指数112（2020年=100）", "some year as 100"),
        ("0.3", "同比增长4.1%，环比增长0.3%", "period before"),
        ("3", "与上月相比，增长3%", "period before"),
        ("3", "比5月增长3%", "period before"),
        ("3", "up 3% q/q", "period before"),
        ("8.6", "复合增长率8.6%", "per_year"),
        ("2.1", "比全省高2.1个百分点", "another area"),
        ("0.5", "增速比上年提高0.5个百分点", "change in a growth rate"),
        ("0.5", "拉动增长0.5个百分点", "contribution"),
        ("2.1", "出口下降，为2.1%", "whether"),
        ("-2.1", "增速回落至2.1%", "says 2.1"),
        ("2.1", "a 2.1% drop", "says -2.1"),
        ("2.1", "增长(-)2.1%", "says -2.1"),
        ("2.1", "minus 2.1%", "says -2.1"),
    ],
)
def test_what_is_no_growth_over_a_year_or_lost_its_digits_is_said(value, text, says):
    assert says in objection(value, text, growth=True, span="annual")[1]


@pytest.mark.parametrize(
    ("value", "text", "span"),
    [
        ("9.0", "生产总值指数109.0（上年=100）", "annual"),
        ("-1.5", "相当于上年同期的98.5%", "annual"),
        ("7.5", "年均增长7.5%", "per_year"),
        ("4.1", "同比增长4.1%，环比增长0.3%", "annual"),
        ("12", "增长12%，高于全省2.1个百分点", "annual"),
        ("9", "高于全省平均水平，增长9%", "annual"),
    ],
)
def test_growth_in_another_form_is_growth(value, text, span):
    assert objection(value, text, growth=True, span=span) is None
    assert written(Decimal(value), text, growth=True) == value


# --- periods ---------------------------------------------------------------------------------------------------------


@given(
    year=st.integers(1990, 2050),
    first=st.integers(1, 12),
    last=st.integers(1, 12),
    form=st.sampled_from(
        ["{y}年{a}-{b}月", "{y}.{a}-{b}", "{y}/{a}—{b}", "{y}年{a}-{b}", "{y}年{a}月至{b}月", "{y}.{a}~{b}月"]
    ),
)
def test_a_span_of_months_is_that_span_however_it_is_written(year, first, last, form):
    text = form.format(y=year, a=first, b=last)
    if first > last:
        with pytest.raises(ValueError):
            periods.read(text)
        return
    found = periods.parse(periods.read(text))
    assert (found.start.year, found.start.month, found.end.year, found.end.month) == (year, first, year, last)
    assert found.start.day == 1 and found.kind != "day"


@given(year=st.integers(1990, 2050), mark=MARKS, place=st.integers(0, 5))
def test_a_mark_makes_no_month(year, mark, place):
    text = f"{year}年"
    try:
        code = periods.read(text[:place] + mark + text[place:])
    except ValueError:
        return
    assert code == str(year)


@given(st.text(alphabet=string.digits + "年月日-./至 ①²第季度上半前", max_size=12))
def test_what_is_read_as_a_period_is_one(text):
    try:
        code = periods.read(text)
    except ValueError:
        return
    assert periods.shortest(code) == code
    years = re.findall(r"(?<!\d)\d{4}", numerals.plain(text))
    assert str(periods.parse(code).start.year).zfill(4) in years


@pytest.mark.parametrize(
    ("code", "text", "fits"),
    [
        ("2026-Q3", "前三季度出口34.6亿元", False),
        ("2026-01/P9M", "前三季度出口34.6亿元", True),
        ("2026-Q3", "三季度出口34.6亿元", True),
        ("2026", "上半年出口34.6亿元", False),
        ("2026", "2016年出口34.6亿元", False),
        ("2026", "比2025年增长3%", True),
        ("2026-S1", "1-6月出口34.6亿元", True),
        ("2018/P5Y", "2018年至2022年共34.6亿元", True),
        ("2022", "较2020年增长12%", False),
        ("2022", "与2019年相比增长12%", False),
        ("2022", "up 12% since 2019", False),
        ("2022", "五年累计增长12%", False),
        ("2022", "比前年增长12%", False),
        ("2022", "比“十三五”末增长12%", False),
        ("2023", "比2021年末增长12%", False),
        ("2022", "比2021年末增长12%", True),
        ("2022-01/P4M", "比年初增长12%", False),
        ("2022-01/P4M", "今年以来增长12%", True),
        ("2018/P5Y", "五年累计增长12%", True),
    ],
)
def test_a_period_agrees_with_what_the_citation_says(code, text, fits):
    assert (period_objection(code, text, growth=True) is None) == fits


def test_a_deficit_may_be_a_size_or_a_negative_balance():
    assert objection("32.8", "逆差32.8亿元") is objection("-32.8", "逆差32.8亿元") is None
