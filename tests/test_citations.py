"""What a citation says of its figure: never a digit, a number, a sign or a period that is not printed there; units, numerals, documents."""

import os
import re
import shutil
import string
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_city import CODE, add

import huzhou_analysis as hz
from huzhou_analysis.analysis import provenance
from huzhou_analysis.facts import numerals, periods, words
from huzhou_analysis.facts.citations import objection, period_objection, written
from huzhou_analysis.facts.numerals import arabic, chinese_value, normalise, printed_values, quantities
from huzhou_analysis.inbox.new_city import lay_out
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


FOLDER = os.environ.get("HUZHOU_SOURCES", "")
needs_documents = pytest.mark.skipif(not FOLDER, reason="HUZHOU_SOURCES names no folder with the documents")

# A document of two parts: one level, one growth rate, a name and a date; 出口 breaks across a line inside its number.
TEXT = "甲市公报\n一、总体\n2023年出口12\n3.4亿元,增长5.6%。“2+8”平台近千家企业。\n二、目标\n到2027年达到150亿元,150亿元为底线。\n"
COLUMNS = ["figure_id", "indicator", "time_period", "obs_value", "relation", "unit", "transformation", "locator"]
COLUMNS += ["as_printed"]
COMMON = {"ref_area": CODE, "time_basis": "stated", "span": "annual", "obs_status": "A", "vintage": "2024"}
COMMON |= {"source_id": "S"}
SOURCE = {"source_id": "S", "title": "公报", "title_en": "Bulletin", "kind": "bulletin", "tier": "official"}
SOURCE |= {"file": "s.txt"}
FIGURES = [
    ("a", "exports", "2023", "123.4", "=", "亿元", "N", "一", "出口123.4亿元"),
    ("b", "exports", "2023", "5.6", "=", "%", "GY", "一", "增长5.6%"),
    ("c", "little_giants", "2023", "1000", "~", "家", "N", "一", "近千家企业"),
    ("d", "exports", "2027", "150", "=", "亿元", "N", "二", "达到150亿元"),
    ("e", "trade_total", "2027", "150", "=", "亿元", "N", "二", "150亿元为底线"),
]
OTHERS = [("S", "", "2023", "2023年", "date"), ("S", "", "2 8", "2+8", "name"), ("S", "", "2027", "2027年", "date")]


@pytest.fixture
def made_up(tmp_path):
    """A function that writes tables and document, with changes, and proves them."""

    def prove(figures=FIGURES, not_figures=OTHERS, anchors=("甲市公报", "二、目标")):
        folder, documents = tmp_path / "data", tmp_path / "documents"
        documents.mkdir(exist_ok=True)
        (documents / "s.txt").write_text(TEXT, encoding="utf-8")
        lay_out(folder, CODE, "甲市", "A")
        rows = [dict(zip(COLUMNS, row, strict=True)) | COMMON for row in figures]
        kinds = {"2023": {"record_type": "actual"}, "2027": {"record_type": "target"}}
        add(folder, "figures", [row | kinds[row["time_period"]] for row in rows])
        add(folder, "sources", [SOURCE])
        places = zip("一二", anchors, strict=True)
        add(folder, "outline", [{"source_id": "S", "locator": at, "locator_en": at, "anchor": a} for at, a in places])
        names = ("source_id", "locator", "numeral", "as_printed", "reason")
        add(folder, "not_figures", [dict(zip(names, row, strict=True)) for row in not_figures])
        return provenance.prove(hz.load(folder), documents)

    return prove


def test_every_numeral_is_accounted_for(made_up):
    proof = made_up()
    assert proof, provenance.report(proof)
    row = proof.coverage.iloc[0]
    # numerals by hand: 2023 123.4 5.6 2 8 千 | 2027 150 150 = 9, of which 5 are figures and 4 (2023, 2, 8, 2027) are not
    assert (row.numerals, row.in_figures, row.not_figures, row.unaccounted) == (9, 5, 4, 0)


def changed(n, **cells):
    return [*FIGURES[:n], tuple((dict(zip(COLUMNS, FIGURES[n], strict=True)) | cells).values()), *FIGURES[n + 1 :]]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"figures": FIGURES[:1] + FIGURES[2:]}, {"unaccounted": "5.6"}),
        ({"figures": FIGURES[:4]}, {"unaccounted": "150"}),  # 150 stands twice: one row does not account for both
        ({"figures": changed(1, locator="二")}, {"elsewhere": "b", "unaccounted": "5.6"}),
        ({"figures": changed(0, obs_value="123.5", as_printed="出口123.5亿元")}, {"not_found": "a", "unaccounted": "123.4"}),
        ({"anchors": ("甲市公报", "三、目标")}, {"anchor_missing": "outline.csv"}),
        ({"anchors": ("一、总体", "二、目标")}, {"before_outline": "outline.csv"}),
        ({"not_figures": [*OTHERS, ("S", "一", "5.6", "增长5.6%", "name")]}, {"both": "5.6"}),
        ({"not_figures": [*OTHERS, ("S", "", "415", "415X", "name")]}, {"idle": "not_figures.csv"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(made_up, changes, found):
    proof = made_up(**changes)
    assert not proof and found.items() <= dict(zip(proof.problems.kind, proof.problems["item"], strict=True)).items()
    if "5.6" in found.values():
        assert "增长【5.6】%" in proof.problems.text.tolist()[-1]


def test_a_document_that_is_not_there_is_said(made_up, tmp_path):
    made_up()
    (tmp_path / "documents" / "s.txt").unlink()
    proof = provenance.prove(hz.load(tmp_path / "data"), tmp_path / "documents")
    assert proof.missing == ["s.txt"] and proof.coverage.empty and "s.txt" in provenance.report(proof)
    shutil.rmtree(tmp_path / "documents")
    with pytest.raises(FileNotFoundError):
        provenance.prove(hz.load(tmp_path / "data"), tmp_path / "documents")


def test_width_and_line_breaks_do_not_matter():
    assert numerals.normalise("增长 １２．３％\n亿 元") == "增长12.3%亿元"


@needs_documents
def test_the_documents_are_covered_whole(whole):
    proof = provenance.prove(whole, FOLDER)
    assert proof and not proof.missing, provenance.report(proof)[-3000:]
    assert (proof.coverage.unaccounted == 0).all() and (proof.coverage.unverifiable == 0).all()


@needs_documents
def test_removing_real_rows_is_noticed(whole):
    removed = ["D003.retail_sales.2025", "D001-GWR.exports.2013", "D002.exports.330502.2023-01P9M"]
    removed += ["D000.fdi_utilized.2018P5Y"]
    proof = provenance.prove(replace(whole, figures=whole.figures.drop(removed)), FOLDER)
    missed = proof.problems[proof.problems.kind == "unaccounted"]
    wanted = whole.figures.loc[removed]
    assert {*zip(wanted.obs_text, wanted.locator, strict=True)} <= {*zip(missed["item"], missed.locator, strict=True)}
