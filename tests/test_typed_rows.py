"""Rows typed in Excel from what a document prints: a mark, a space, a sign, a form of period, a scale never becomes another number.

Each row is made from what is true (number, sign, unit, period), printed and typed in one of many ways, and at times with
one slip. A row without a slip comes out as what is true; a row with a slip is refused. Then a year of quarterly figures
of the made-up city with a slip of every kind hidden in it.
"""

import datetime as dt

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from made_up_city import city
from test_inbox import raised, workbook

from huzhou_analysis.inbox import adding

WIDE = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
FALLS = ["下降", "同比下降", "减少", "减", "缩减", "回落", "萎缩", "下滑", "负增长", "降幅为", "降幅收窄至", "跌幅达", "负", "-", "−", "▲"]  # fmt: skip
RISES = ["增长", "同比增长", "增加", "上升", "提高", "增速回落至", "增幅收窄至", "由降转升，增长"]
MARKS = ["", "", "①", "²", "⑴", "❶", "*", " 9.0", "\t9.0", "\u30009.0"]
PERIODS = {  # how it is written: which period it is, or none that the cell says for sure
    "{y}": "{y}", "{y}年①": "{y}", "{y}年全年": "{y}", "{y}年1-12月": "{y}", "{y}年上半年": "{y}-S1", "{y}年1—6月": "{y}-S1",
    "{y}年三季度": "{y}-Q3", "{y}Q3": "{y}-Q3", "{y}年前三季度": "{y}-01/P9M", "{y}.1-9": "{y}-01/P9M", "{y}/1-9": "{y}-01/P9M",
    "{y}年1-11": "{y}-01/P11M", "{y}.1-11": "{y}-01/P11M", "{y}年2-7月": "{y}-02/P6M", "{y}.10": "{y}-10", "{y}/10": "{y}-10",
    "{y}年1月": "{y}-01", "{y}.1": "", "{y}-1-9": "", "{y}年13月": "", "{y}01": "", "{y} 10": "", "{y}年9-1月": "", "1-9月": "",
}  # fmt: skip


@st.composite
def typed_rows(draw):
    """Cells of a row, and value, unit and period that it must come out with; none after a slip."""
    growth, falls = draw(st.booleans()), draw(st.booleans())
    digits = draw(st.from_regex(r"[1-9][0-9]{0,3}(\.[0-9]{1,2})?", fullmatch=True))
    slip = draw(st.sampled_from(["", "", "", "sign", "joined", "scale", "unit", "two"]))
    true, mark = ("-" if falls else "") + digits, draw(st.sampled_from(MARKS[:7] if slip == "unit" else MARKS))
    unit = "%" if growth else draw(st.sampled_from(["亿元", "万元"]))
    grouped = f"{digits[:-3]},{digits[-3:]}" if len(digits) == 4 and "." not in digits else digits
    shown = draw(st.sampled_from([digits, digits.translate(WIDE), grouped]))
    word = draw(st.sampled_from(FALLS if falls else RISES)) if growth else "净额-" if falls else "出口"
    printed = f"{word}{shown}{mark}{unit}"
    if mark and mark.isdigit() and draw(st.booleans()):
        printed, mark = raised(f"{word}{shown}", "1", unit), "¹"
    form, code = draw(st.sampled_from(sorted(PERIODS.items())))
    year = draw(st.integers(2015, 2023))
    period, code = form.format(y=year), code.format(y=year)
    # A cell that holds a number has lost the zeros at its end.
    right = [true, true.translate(WIDE), float(true), f"{true}①", f"{true}{unit}", raised(true, "2", "")]
    right += [(float(true) / 100, "0.0%")] if growth else []
    value = draw(st.sampled_from(right))
    if slip == "sign":
        value = digits if falls else f"-{digits}"
    elif slip == "joined":  # with a mark, or with the number beside it
        value = f"{true}1" if "." in true else f"{true}.1"
    elif slip == "scale":
        value = float(true) * draw(st.sampled_from([0.01, 10, 100, 10_000]))
    elif slip == "two":
        value = f"{true} 9.0"
    chosen = {"%": "亿元", "亿元": "万元", "万元": "亿元"}[unit] if slip == "unit" else unit
    row = {"indicator": "exports", "time_period": period, "transformation": "GY" if growth else "N", "obs_value": value,
           "unit": chosen, "as_printed": printed, "source_id": "M-REPORT"}  # fmt: skip
    return row, None if slip or not code else (true, unit, code)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = city(tmp_path_factory.mktemp("quarters") / "data")
    city_quarter = level("2025年一季度", "75.2", indicator="gdp", as_printed="生产总值75.2亿元")
    (folder / "new.xlsx").write_bytes(workbook(city_quarter))
    adding.add([folder / "new.xlsx"], folder)
    return folder


def planned(tables, *rows):
    (tables / "new.xlsx").write_bytes(workbook(*rows))
    return adding.plan([tables / "new.xlsx"], tables, dt.date(2025, 6, 1))


@settings(max_examples=12, phases=[Phase.generate])
@given(rows=st.lists(typed_rows(), min_size=40, max_size=40))
def test_a_typed_row_is_what_is_printed_or_is_refused(tables, rows):
    made = planned(tables, *(row | {"locator": f"第{n}段"} for n, (row, _) in enumerate(rows)))
    refused = {problem.row - 2: str(problem) for problem in made.problems}
    found = {new.number - 2: new.values for new in made.added["figures"]}
    for n, (row, true) in enumerate(rows):
        if true is None:
            assert n in refused, str(row)
        else:
            assert n not in refused, f"{row} {refused[n]}"
            assert tuple(found[n][column] for column in ("obs_value", "unit", "time_period")) == true, str(row)


QUARTERS = {"2024年一季度": "71.3", "2024年上半年": "148.9", "2024年前三季度": "230.2", "2024年10月": "27.1"}


def level(period, value, printed="出口{}亿元", **cells):
    row = {"indicator": "exports", "transformation": "N", "unit": "亿元", "source_id": "M-REPORT", "locator": period}
    return row | {"time_period": period, "obs_value": value, "as_printed": printed.format(value)} | cells


def rate(period, value, printed="出口增长{}%", **cells):
    growth = {"transformation": "GY", "unit": "%", "locator": f"{period} 增速"}
    return level(period, value, printed, **growth | cells)


SOUND = [level(*quarter) for quarter in QUARTERS.items()]
SOUND += [
    rate("2024年一季度", "5.1"),
    rate("2024年上半年", "-2.0", as_printed="出口下降2.0%"),
    rate("2024年前三季度", "4.2", as_printed="出口为上年同期的104.2%"),
    rate("2024年10月", "-0.8", as_printed="降幅收窄至0.8%"),
    level("2024年11月", "26.4", as_printed=raised("出口26.4", "1", "亿元")),
    level("2024.7-8", "52.5"),
    level("2024年12月", "1 024.5", indicator="gdp", as_printed="生产总值1 024.5亿元"),
]
# What was typed wrongly: the cell at which it is refused.
REFUSED = {
    "a raised digit is no digit": (level("2024年2月", "26.41", as_printed=raised("出口26.4", "1", "亿元")), "as_printed"),
    "two numbers are not one": (level("2024年3月", "26.49", as_printed="出口26.4 9"), "as_printed"),
    "January is not October": (level("2024年4月", "26.4", time_period=2024.1), "time_period"),
    "a quarter is not three": (level("2024年三季度", "230.2", as_printed="前三季度出口230.2亿元"), "time_period"),
    "2014 is not 2024": (level("2024年5月", "26.4", as_printed="2014年5月出口26.4亿元"), "time_period"),
    "an index is no growth": (rate("2024年4月", "104.2", as_printed="出口为上年同期的104.2%"), "as_printed"),
    "a multiple is no percentage": (rate("2024年5月", "1.5", as_printed="出口增长1.5倍"), "as_printed"),
    "month on month is not year on year": (rate("2024年6月", "1.5", as_printed="环比增长1.5%"), "as_printed"),
    "a fall is no rise": (rate("2024年7月", "1.5", as_printed="出口减1.5%"), "as_printed"),
    "a rise is no fall": (rate("2024年8月", "-1.5", as_printed="出口增长1.5%"), "as_printed"),
    "亿美元 is not 亿元": (level("2024年6月", "26.4", unit="亿美元"), "unit"),
    "a lead over the province is no growth": (rate("2024年9月", "2.1", unit="个百分点", as_printed="高于全省2.1个百分点"), "as_printed"),
    "growth since the plan began is no growth over a year": (rate("2024年11月", "12", as_printed="比2020年同期增长12%"), "time_period"),
    "an average a year is no growth over one": (rate("2024年1月", "8.6", as_printed="年均增长8.6%"), "as_printed"),
    "a contribution is no growth": (rate("2024年12月", "2.1", as_printed="拉动增长2.1%"), "as_printed"),
    "next year has not begun": (level("2026年", "330.5"), "time_period"),
}  # fmt: skip
# What may be right and is asked about.
ASKED = {
    "ten times too much": level("2023年", "3173", source_id="M-REPORT"),
    "a growth of 59 %": rate("2023年", "59"),
    "the district has what the city has": level("2025年一季度", "71.9", ref_area="样本区", indicator="gdp", as_printed="为71.9亿元"),
    "a goal as a result": level("2024年9月", "26.4", as_printed="预计出口26.4亿元"),
    "imports under exports": level("2024年8月", "26.4", as_printed="社会消费品零售总额26.4亿元"),
    "a share as a growth": rate("2024年5月", "34.6", as_printed="占比34.6%"),
    "a change as a level": level("2024年6月", "26.4", as_printed="比上年同期增加26.4亿元"),
    "exports below zero": level("2024年6月", "-26.4", as_printed="净额-26.4亿元"),
    "the district under the city": level("2024年7月", "26.4", as_printed="样本区完成26.4亿元"),
}  # fmt: skip


def test_sound_rows_are_right_and_nothing_is_asked(tables):
    made = planned(tables, *SOUND)
    assert [str(one) for one in (*made.problems, *made.questions)] == []
    values = [(row["time_period"], row["obs_value"]) for row in made.rows("figures")]
    assert values == [
        *(("2024-Q1", "71.3"), ("2024-S1", "148.9"), ("2024-01/P9M", "230.2"), ("2024-10", "27.1"), ("2024-Q1", "5.1")),
        *(("2024-S1", "-2.0"), ("2024-01/P9M", "4.2"), ("2024-10", "-0.8"), ("2024-11", "26.4")),
        *(("2024-07/P2M", "52.5"), ("2024-12", "1024.5")),
    ]


def test_every_slip_is_refused_at_its_cell(tables):
    rows, columns = zip(*REFUSED.values(), strict=True)
    made = planned(tables, *rows)
    found = {list(REFUSED)[p.row - 2]: p.column for p in made.problems}
    assert found == dict(zip(REFUSED, columns, strict=True))
    assert len(made.problems) == len(REFUSED)


@pytest.mark.parametrize("slip", ASKED)
def test_what_stands_out_is_asked_about(tables, slip):
    made = planned(tables, ASKED[slip])
    assert made.problems == []
    assert len(made.questions) == 1
    assert made.questions[0].figure_id == made.rows("figures")[0]["figure_id"]
