"""Periods: codes, days, labels, the period a year before, and periods as people write them."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huzhou_analysis.facts import periods
from huzhou_analysis.facts.periods import parse

D = dt.date

GOOD = [
    # code, kind, first day, last day, year, whole years, months
    ("2023", "year", D(2023, 1, 1), D(2023, 12, 31), 2023, 1, 12),
    ("2023-S2", "half", D(2023, 7, 1), D(2023, 12, 31), 2023, 0, 6),
    ("2024-Q1", "quarter", D(2024, 1, 1), D(2024, 3, 31), 2024, 0, 3),
    ("2024-02", "month", D(2024, 2, 1), D(2024, 2, 29), 2024, 0, 1),
    ("1900-02", "month", D(1900, 2, 1), D(1900, 2, 28), 1900, 0, 1),  # no leap year: a century
    ("2023-05-09", "day", D(2023, 5, 9), D(2023, 5, 9), 2023, 0, 1),
    ("2023-01/P9M", "months", D(2023, 1, 1), D(2023, 9, 30), 2023, 0, 9),
    ("2023-11/P4M", "months", D(2023, 11, 1), D(2024, 2, 29), 2024, 0, 4),
    ("2018/P5Y", "years", D(2018, 1, 1), D(2022, 12, 31), 2022, 5, 60),
]


@pytest.mark.parametrize(("code", "kind", "start", "end", "year", "years", "months"), GOOD)
def test_what_a_code_covers(code, kind, start, end, year, years, months):
    period = parse(code)
    assert (period.kind, period.start, period.end) == (kind, start, end)
    assert (period.year, period.years, period.months) == (year, years, months)
    assert periods.is_year(code) == (code == "2023")


NONE = """2023-13 2023-00 2023-1 23 2023-S0 2023-S3 2023-Q0 2023-Q5 2023-02-29 2024-02-30 2023-04-31 2023-05-00 2023-01/P0M
2018/P0Y 2018-01/P5Y 2023-13/P2M 2023/P 2023/P5 P5Y 2023-01/P9D 2023年 2023-q1 2023-M05 2023/05 0000 -2023 9999/P2Y 2023.0
2018-2022 ２０２３ 2023-０5 ٢٠٢٣"""


@pytest.mark.parametrize("code", [*NONE.split(), "", " 2023", "2023\n"])
def test_what_is_no_period_is_refused(code):
    with pytest.raises(ValueError, match="period"):
        parse(code)


@pytest.mark.parametrize("code", ["0001", "1899", "9999", "2099/P5Y", "2023-13", "x"])
def test_what_no_figure_is_about_is_no_period_of_the_tables(code):
    assert not periods.is_period(code)
    assert periods.is_period("1900") and periods.is_period("2100")


@given(year=st.integers(1, 9000), month=st.integers(1, 12), count=st.integers(1, 300))
def test_a_span_of_months_ends_on_the_eve_of_a_month(year, month, count):
    period = parse(f"{year:04d}-{month:02d}/P{count}M")
    after = period.end + dt.timedelta(days=1)
    assert after.day == 1
    assert (after.year - year) * 12 + after.month - month == count == period.months


@given(year=st.integers(1, 9998), form=st.sampled_from([("S{}", 2), ("Q{}", 4), ("{:02d}", 12)]))
def test_parts_of_a_year_join_without_gap_or_overlap(year, form):
    parts = [parse(f"{year:04d}-{form[0].format(n)}") for n in range(1, form[1] + 1)]
    assert (parts[0].start, parts[-1].end) == (D(year, 1, 1), D(year, 12, 31))
    assert all(later.start - earlier.end == dt.timedelta(days=1) for earlier, later in pairwise(parts))


BEFORE = {"2023": "2022", "2021-S1": "2020-S1", "2023-01/P9M": "2022-01/P9M", "2024-03-29": "2023-03-29"}
# The day before March; five years are set against the five years before.
BEFORE |= {"2024-02-29": "2023-02-28", "2018/P5Y": "2013/P5Y"}


def test_the_same_part_of_the_year_before():
    assert {code: parse(code).year_before().code for code in BEFORE} == BEFORE


LABELS = {
    "2023": ("2023年", "2023"),
    "2018/P5Y": ("2018—2022年", "2018–2022"),
    "2021-S1": ("2021年上半年", "H1 2021"),
    "2024-Q4": ("2024年四季度", "Q4 2024"),
    "2023-01/P9M": ("2023年1—9月", "Jan–Sep 2023"),
    "2023-11/P4M": ("2023年11月—2024年2月", "Nov 2023–Feb 2024"),
    "2023-05": ("2023年5月", "May 2023"),
    "2023-05-09": ("2023年5月9日", "9 May 2023"),
}


def test_labels():
    assert {code: (parse(code).label("zh"), parse(code).label("en")) for code in LABELS} == LABELS


def test_years_between_annual_periods():
    assert periods.years_between("2023", "2027") == 4
    assert periods.years_between("2018/P5Y", "2027") == 5  # from the end of 2022


WRITTEN = {
    "2026": "2026 2026年 2026年② 2026⑴年 2026年¹ 2026年全年 2026年度 ２０２６年 2026年1-12月 2026年前四个季度 2026/P1Y 2026-01/P12M",
    "2026-S1": "2026年上半年 2026s1 2026年1-6月 2026年前两季度 2026年前二个季度 2026-01/P6M",
    "2026-S2": "2026下半年 2026S2 2026年7-12月 h2_2026",
    "2026-Q1": "2026年一季度 2026年1-3月 2026年前一季度",
    "2026-Q2": "2026年二季 2026年第2季度 2026年4-6月",
    "2026-Q3": "2026年第三季度 2026年三季度 Q3_2026",
    "2026-Q4": "2026q4 2026年10-12月 2026.10-12",
    "2026-01/P9M": "2026年前三季度 2026年一至三季度 2026年1—9月 2026年1月至9月 2026.1-9 2026/1-9 2026年1-9",
    "2026-01/P11M": "2026年前11个月 2026.1—11 2026年1~11月份",
    "2026-02/P6M": "2026年2-7月",
    "2026-11/P3M": "2026-11/P3M",
    "2026-09": "2026/9 2026.9 2026.09 2026年9月份 2026年9-9月",
    "2026-10": "2026.10 2026-10 2026年10月",
    "2026-09-27": "2026年9月27日 2026.09.27 2026/9/27 2026-9-27 2026年9月27号",
    "2021/P5Y": "2021—2025年 2021年至2025年 2021/P5Y 2021-01/P60M _2021_-_2025_",
}


@pytest.mark.parametrize("code", WRITTEN)
def test_a_period_as_people_write_it(code):
    for written in WRITTEN[code].split():
        assert periods.read(written.replace("_", " ")) == code, written


@pytest.mark.parametrize(
    "written",
    [*["26年", "1-9月", "2026年13月", "2026年02月30日", "2025-2021年", "202609", "2026年9-1月", "2022.1", "2026-1-9", "2022.13"], "", " 十四五 ",
     "2 0 2 2", "2026 10", "20 26"],
)  # fmt: skip
def test_a_period_that_is_not_guessed_at(written):
    with pytest.raises(ValueError, match=r"^(not a|no such) period: "):
        periods.read(written)


@given(
    st.sampled_from(["{y}", "{y}-S1", "{y}-Q2", "{y}-11", "{y}-02-28", "{y}-01/P7M", "{y}-05/P3M", "{y}/P5Y"]),
    st.integers(1950, 2090),
)
def test_the_label_of_a_period_reads_back(form, year):
    code = form.format(y=year)
    assert periods.read(periods.parse(code).label("zh")) == code
