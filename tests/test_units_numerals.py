"""Units and their conversion, numbers as they are shown, and numerals as Chinese documents print them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huzhou_analysis.facts import words
from huzhou_analysis.facts.numerals import arabic, chinese_value, normalise, printed_values, quantities


def test_conversion_by_hand(data):
    cases = (3000, "万美元", "亿美元"), (36220, "元", "万元"), (6.53, "‰", "%"), (0.1, "亿元", "元")
    assert [data.units.convert(*case) for case in cases] == [0.3, 3.622, 0.653, 10_000_000]


@pytest.mark.parametrize(
    ("source", "target"), [("亿美元", "亿元"), ("%", "个百分点"), ("人", "人次"), ("亿美金", "亿元")]
)
def test_what_measures_something_else_is_never_converted(data, source, target):
    with pytest.raises((ValueError, KeyError), match=r"cannot be written in|亿美金"):
        data.units.convert(1, source, target)


@given(digits=st.integers(-(10**7), 10**7), places=st.integers(0, 4))
def test_the_english_number_is_the_same_quantity(data, digits, places):
    text = f"{Decimal(digits).scaleb(-places):f}"
    for name in data.units:
        unit = data.units[name]
        english = Decimal(data.units.english(text, name))
        assert english.scaleb(unit.unit_mult_en) == Decimal(text).scaleb(unit.unit_mult), name


def test_numbers_have_separators_a_true_minus_and_no_negative_zero():
    shown = words.number(-1234567.891, 1), words.number(-0.04, 1), words.number(4.2, 1, sign=True)
    assert shown == ("−1,234,567.9", "0.0", "+4.2")
    assert [words.trimmed(value, 2) for value in (0.05, 1.5, 500)] == ["0.05", "1.5", "500"]


BY_HAND = {"十": 10, "二十八": 28, "一百零五": 105, "两千零一": 2001, "十二万三千": 123_000, "百亿": 10**10,
           "两亿零三万": 200_030_000, "一万亿": 10**12, "二〇二三": 2023}  # fmt: skip


def test_chinese_numerals_by_hand():
    assert {text: chinese_value(text) for text in BY_HAND} == BY_HAND


def in_chinese(number):
    """Write a whole number below 10^12 in Chinese numerals, the way a school book says."""
    digits, powers, groups = "零一二三四五六七八九", ["", "十", "百", "千"], ["", "万", "亿"]
    if number == 0:
        return "零"
    text, gap = "", False
    for group in (2, 1, 0):
        part = number // 10 ** (4 * group) % 10**4
        for power in (3, 2, 1, 0):
            digit = part // 10**power % 10
            if digit:
                text += ("零" if gap and text else "") + digits[digit] + powers[power]
                gap = False
            else:
                gap = True
        if part:
            text, gap = text + groups[group], part % 10 == 0 and gap
    return text


@given(number=st.integers(0, 10**12 - 1))
def test_a_number_written_out_is_read_back(number):
    assert chinese_value(in_chinese(number)) == number


@pytest.mark.parametrize("text", ["三个", "3", "一A", "壹"])
def test_what_is_no_chinese_numeral_is_refused(text):
    with pytest.raises(ValueError, match="not a Chinese numeral"):
        chinese_value(text)


VALUES = {
    "上半年全市工业投资达300.8亿元": "300.8",  # 亿 behind a number is no number of its own
    "家 | 280 | 320 | 400": "280 320 400",
    "成交额1,234,567.5元": "1234567.5",
    "实际利用外资规模达到\n18 亿美元": "18",
    "近千家": "1000",
    "贡献率超六成": "60",
    "百亿元项目": "10000000000 100",  # or 100 in the unit 亿元
    "１８\u3000％\n": "18",
    "全省首个": "1",
    "50亿元以上“链主”企业1—2家": "50 1 2",
    "提高0.13个百分点": "0.13",
    "能力建设完成": "",
    "1 803.2亿元": "1803.2",
    "12 345 678元": "12345678",
    "2022 34.6": "2022 34.6",
    "2½倍": "",
    "面积3.4㎡": "3.4",
    "１２．３％": "12.3",
    "1٠": "10",
    "0 123": "0 123",
}
QUANTITIES = {
    "引进百亿级企业两个,近千家企业,超六成": ["百亿", "两", "千", "六成"],
    "城乡一体化与“一号工程”取得成果": [],
    "第二个阶段": [],
    "培育企业20家、3个平台": ["20", "3"],
}


@pytest.mark.parametrize("text", VALUES)
def test_values_that_a_citation_holds(text):
    assert printed_values(text) == set(map(Decimal, VALUES[text].split()))


@pytest.mark.parametrize("text", QUANTITIES)
def test_quantities_in_a_text(text):
    found = quantities(normalise(text))
    assert [n.text for n in found] == QUANTITIES[text]
    assert all(normalise(text)[n.start : n.end] == n.text for n in found)


def test_arabic_numerals_within_part_of_a_text():
    assert [n.text for n in arabic("2023年16,2025年17", 5, 7)] == ["16"]
