"""What a citation says of its figure: never a digit, a number, a sign or a period that is not printed there."""

import re
import string
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huzhou_analysis.facts import numerals, periods
from huzhou_analysis.facts.citations import objection, period_objection, written
from huzhou_analysis.inbox.rows import quantity

MARKS = st.sampled_from("¹²³⁴⁹⁰₁₂①②⑨⑩⑴⑵⒈❶➀㈠㊀*†※")
NUMBERS = st.from_regex(r"[1-9][0-9]{0,3}(\.[0-9]{1,2})?", fullmatch=True)
SPACES = st.sampled_from([" ", "  ", "\t", "\n", "\u00a0", "\u3000", "\u2009"])


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


NO_GROWTH = {
    # what is said: value|citation, a low line for a space
    "enter 9.0": "109.0|生产总值指数109.0（上年=100） 109.0|为上年的109.0%",
    "enter 9": "109|完成上年的109% 109|以上年为100，为109",
    "enter 4.2": "104.2|价格指数为104.2",
    "enter -1.5": "98.5|相当于上年同期的98.5%",
    "multiple": "1.5|出口增长1.5倍 2|出口增长两倍 1|出口翻一番 1.09|为上年的1.09倍 5|增长5成",
    "period before": "3.2|出口环比增长3.2% 3.2|出口比上月增长3.2% 0.3|同比增长4.1%，环比增长0.3% 3|与上月相比，增长3% 3|比5月增长3% 3|up_3%_q/q",
    "average over several years": "8.6|两年平均增长8.6%",
    "per_year": "7.5|年均增长7.5% 8.6|复合增长率8.6%",
    "another area": "2.1|增幅高于全省2.1个百分点 2.1|比全省高2.1个百分点",
    "narrows": "2.1|降幅收窄2.1个百分点",
    "6.50": "6.5|占6.50%",
    "decimals": "385.0|增长385%",
    "some year as 100": "112|指数112（2020年=100）",
    "change in a growth rate": "0.5|增速比上年提高0.5个百分点",
    "contribution": "0.5|拉动增长0.5个百分点",
    "whether": "2.1|出口下降，为2.1%",
    "says 2.1": "-2.1|增速回落至2.1%",
    "says -2.1": "2.1|a_2.1%_drop 2.1|增长(-)2.1% 2.1|minus_2.1%",
}


@pytest.mark.parametrize("says", NO_GROWTH)
def test_what_is_no_growth_over_a_year_or_lost_its_digits_is_said(says):
    for case in NO_GROWTH[says].split():
        value, text = case.replace("_", " ").split("|")
        assert says in objection(value, text, growth=True, span="annual")[1], case


GROWTH = "9.0|生产总值指数109.0（上年=100） -1.5|相当于上年同期的98.5% 4.1|同比增长4.1%，环比增长0.3% 12|增长12%，高于全省2.1个百分点 9|高于全省平均水平，增长9%"


@pytest.mark.parametrize("case", [*GROWTH.split(), "7.5|年均增长7.5%|per_year"])
def test_growth_in_another_form_is_growth(case):
    value, text, span = [*case.split("|"), "annual"][:3]
    assert objection(value, text, growth=True, span=span) is None
    assert written(Decimal(value), text, growth=True) == value


@given(st.text(alphabet=string.digits + "年月日-./至 ①²第季度上半前", max_size=12))
def test_what_is_read_as_a_period_is_one(text):
    try:
        code = periods.read(text)
    except ValueError:
        return
    assert periods.shortest(code) == code
    years = re.findall(r"(?<!\d)\d{4}", numerals.plain(text))
    assert str(periods.parse(code).start.year).zfill(4) in years


FITTING = {
    "2026-01/P9M": "前三季度出口34.6亿元",
    "2026-Q3": "三季度出口34.6亿元",
    "2026": "比2025年增长3%",
    "2026-S1": "1-6月出口34.6亿元",
    "2018/P5Y": "2018年至2022年共34.6亿元 五年累计增长12%",
    "2022": "比2021年末增长12%",
    "2022-01/P4M": "今年以来增长12%",
}
OTHER = {
    "2026-Q3": "前三季度出口34.6亿元",
    "2026": "上半年出口34.6亿元 2016年出口34.6亿元",
    "2022": "较2020年增长12% 与2019年相比增长12% up_12%_since_2019 五年累计增长12% 比前年增长12% 比“十三五”末增长12%",
    "2023": "比2021年末增长12%",
    "2022-01/P4M": "比年初增长12%",
}


@pytest.mark.parametrize("fits", [True, False])
def test_a_period_agrees_with_what_the_citation_says(fits):
    for code, texts in (FITTING if fits else OTHER).items():
        for text in texts.split():
            assert (period_objection(code, text.replace("_", " "), growth=True) is None) == fits, (code, text)


def test_a_deficit_may_be_a_size_or_a_negative_balance():
    assert objection("32.8", "逆差32.8亿元") is objection("-32.8", "逆差32.8亿元") is None
