"""Rows typed in Excel from what a document prints: a mark, a space, a sign, a form of period, a scale never becomes another number.

Each row is made from what is true (number, sign, unit, period), printed and typed in one of many ways, and at times with
one slip. A row without a slip comes out as what is true; a row with a slip is refused.
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
    return city(tmp_path_factory.mktemp("typed") / "data")


@settings(max_examples=12, phases=[Phase.generate])
@given(rows=st.lists(typed_rows(), min_size=40, max_size=40))
def test_a_typed_row_is_what_is_printed_or_is_refused(tables, rows):
    path = tables / "typed.xlsx"
    path.write_bytes(workbook(*(row | {"locator": f"第{n}段"} for n, (row, _) in enumerate(rows))))
    made = adding.plan([path], tables, dt.date(2026, 11, 1))
    refused = {problem.row - 2: str(problem) for problem in made.problems}
    found = {new.number - 2: new.values for new in made.added["figures"]}
    for n, (row, true) in enumerate(rows):
        if true is None:
            assert n in refused, str(row)
        else:
            assert n not in refused, f"{row} {refused[n]}"
            assert tuple(found[n][column] for column in ("obs_value", "unit", "time_period")) == true, str(row)
