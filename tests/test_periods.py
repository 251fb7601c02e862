"""Periods: codes, days, labels, and the period a year before."""

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
    ("2023-S1", "half", D(2023, 1, 1), D(2023, 6, 30), 2023, 0, 6),
    ("2023-S2", "half", D(2023, 7, 1), D(2023, 12, 31), 2023, 0, 6),
    ("2024-Q1", "quarter", D(2024, 1, 1), D(2024, 3, 31), 2024, 0, 3),
    ("2023-Q4", "quarter", D(2023, 10, 1), D(2023, 12, 31), 2023, 0, 3),
    ("2023-02", "month", D(2023, 2, 1), D(2023, 2, 28), 2023, 0, 1),
    ("2024-02", "month", D(2024, 2, 1), D(2024, 2, 29), 2024, 0, 1),
    ("1900-02", "month", D(1900, 2, 1), D(1900, 2, 28), 1900, 0, 1),  # no leap year: a century
    ("2023-05-09", "day", D(2023, 5, 9), D(2023, 5, 9), 2023, 0, 1),
    ("2024-02-29", "day", D(2024, 2, 29), D(2024, 2, 29), 2024, 0, 1),
    ("2023-01/P9M", "months", D(2023, 1, 1), D(2023, 9, 30), 2023, 0, 9),
    ("2023-01/P12M", "months", D(2023, 1, 1), D(2023, 12, 31), 2023, 0, 12),
    ("2023-11/P4M", "months", D(2023, 11, 1), D(2024, 2, 29), 2024, 0, 4),
    ("2018/P5Y", "years", D(2018, 1, 1), D(2022, 12, 31), 2022, 5, 60),
]


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Each test reads its codes itself, whatever an earlier one has left in the cache."""
    periods.parse.cache_clear()


@pytest.mark.parametrize(("code", "kind", "start", "end", "year", "years", "months"), GOOD)
def test_what_a_code_covers(code, kind, start, end, year, years, months):
    period = parse(code)
    assert (period.kind, period.start, period.end) == (kind, start, end)
    assert (period.year, period.years, period.months) == (year, years, months)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "2023-13",
        "2023-00",
        "2023-1",
        "23",
        "2023-S0",
        "2023-S3",
        "2023-Q0",
        "2023-Q5",
        "2023-02-29",
        "2024-02-30",
        "2023-04-31",
        "2023-05-00",
        "2023-01/P0M",
        "2018/P0Y",
        "2018-01/P5Y",
        "2023-13/P2M",
        "2023-00/P2M",
        "2023/P",
        "2023/P5",
        "P5Y",
        "2023-01/P9D",
        "2023年",
        " 2023",
        "2023 ",
        "2023\n",
        "2023-q1",
        "2023-M05",
        "2023/05",
        "0000",
        "-2023",
        "9999/P2Y",
        "2023.0",
        "2018-2022",
    ],
)
def test_what_is_no_period_is_refused(code):
    with pytest.raises(ValueError, match="period"):
        parse(code)


@pytest.mark.parametrize("code", ["２０２３", "2023-０5", "٢٠٢٣"])
def test_digits_that_are_not_ascii_are_refused(code):
    # They would read as a year, and yet never equal the code "2023" that tables are searched by.
    with pytest.raises(ValueError, match="period"):
        parse(code)


@given(year=st.integers(1, 9000), month=st.integers(1, 12), count=st.integers(1, 300))
def test_a_span_of_months_ends_on_the_eve_of_a_month(year, month, count):
    period = parse(f"{year:04d}-{month:02d}/P{count}M")
    after = period.end + dt.timedelta(days=1)
    assert after.day == 1
    assert (after.year - year) * 12 + after.month - month == count == period.months


@given(year=st.integers(1, 9000), count=st.integers(1, 100))
def test_a_span_of_years_is_whole_years(year, count):
    period = parse(f"{year:04d}/P{count}Y")
    assert (period.start, period.end) == (D(year, 1, 1), D(year + count - 1, 12, 31))
    assert period.years == count


@given(year=st.integers(1, 9998))
def test_parts_of_a_year_join_without_gap_or_overlap(year):
    for codes in (
        [f"{year:04d}-S{n}" for n in (1, 2)],
        [f"{year:04d}-Q{n}" for n in (1, 2, 3, 4)],
        [f"{year:04d}-{n:02d}" for n in range(1, 13)],
    ):
        parts = [parse(code) for code in codes]
        assert parts[0].start == D(year, 1, 1)
        assert parts[-1].end == D(year, 12, 31)
        for earlier, later in pairwise(parts):
            assert later.start - earlier.end == dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "before"),
    [
        ("2023", "2022"),
        ("2021-S1", "2020-S1"),
        ("2024-Q1", "2023-Q1"),
        ("2024-02", "2023-02"),
        ("2023-01/P9M", "2022-01/P9M"),
        ("2023-05-09", "2022-05-09"),
        ("2024-02-29", "2023-02-28"),  # the day before March
        ("2024-02-28", "2023-02-28"),
        ("2024-03-29", "2023-03-29"),
        ("2018/P5Y", "2013/P5Y"),  # five years are set against the five years before
    ],
)
def test_the_same_part_of_the_year_before(code, before):
    assert parse(code).year_before() == parse(before)


@given(year=st.integers(200, 9000), count=st.integers(1, 50))
def test_the_stretch_before_ends_the_day_before_the_stretch_begins(year, count):
    period = parse(f"{year:04d}/P{count}Y")
    assert period.year_before().end + dt.timedelta(days=1) == period.start
    assert period.year_before().years == count


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("2023", "2023年", "2023"),
        ("2018/P5Y", "2018—2022年", "2018–2022"),
        ("2021-S1", "2021年上半年", "H1 2021"),
        ("2021-S2", "2021年下半年", "H2 2021"),
        ("2024-Q1", "2024年一季度", "Q1 2024"),
        ("2024-Q4", "2024年四季度", "Q4 2024"),
        ("2023-01/P9M", "2023年1—9月", "Jan–Sep 2023"),
        ("2023-11/P4M", "2023年11月—2024年2月", "Nov 2023–Feb 2024"),
        ("2023-05", "2023年5月", "May 2023"),
        ("2023-05-09", "2023年5月9日", "9 May 2023"),
    ],
)
def test_labels(code, zh, en):
    assert parse(code).label("zh") == zh
    assert parse(code).label("en") == en


def test_only_one_calendar_year_is_a_year():
    assert [code for code, *_ in GOOD if periods.is_year(code)] == ["2023"]
    assert not periods.is_year("")


def test_years_between_annual_periods():
    assert periods.years_between("2023", "2027") == 4
    assert periods.years_between("2018/P5Y", "2027") == 5  # from the end of 2022
    assert periods.years_between("2027", "2023") == -4


# --- periods as people write them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code"),
    [
        # A year, a half, a quarter.
        ("2026", "2026"), ("2026年", "2026"), ("2026年全年", "2026"), ("2026年度", "2026"), ("２０２６年", "2026"),
        ("2026年上半年", "2026-S1"), ("2026下半年", "2026-S2"), ("2026 H1", "2026-S1"), ("2026 H2", "2026-S2"),
        ("H1 2026", "2026-S1"), ("h2 2026", "2026-S2"), ("2026s1", "2026-S1"), ("2026S2", "2026-S2"),
        ("2026年第三季度", "2026-Q3"), ("2026年一季度", "2026-Q1"), ("2026年二季", "2026-Q2"), ("2026年四季度", "2026-Q4"),
        ("2026年第2季度", "2026-Q2"), ("Q3 2026", "2026-Q3"), ("2026q4", "2026-Q4"), ("2026 - q1", "2026-Q1"),
        # From January on.
        ("2026年前三季度", "2026-01/P9M"), ("2026年前两季度", "2026-S1"), ("2026年前二个季度", "2026-S1"),
        ("2026年前一季度", "2026-Q1"), ("2026年前四个季度", "2026"), ("2026年前11个月", "2026-01/P11M"),
        ("2026年前8月", "2026-01/P8M"), ("2026年1—9月", "2026-01/P9M"), ("2026年1月至9月", "2026-01/P9M"),
        ("2026年1到7月累计", "2026-01/P7M"), ("2026年1－2月份", "2026-01/P2M"), ("2026年1~4月", "2026-01/P4M"),
        # One period has one code.
        ("2026年1-3月", "2026-Q1"), ("2026年4-6月", "2026-Q2"), ("2026年10-12月", "2026-Q4"), ("2026年1-6月", "2026-S1"),
        ("2026年7-12月", "2026-S2"), ("2026年1-12月", "2026"), ("2026年5-5月", "2026-05"), ("2026年2-4月", "2026-02/P3M"),
        ("2026年2-7月", "2026-02/P6M"), ("2026-01/P3M", "2026-Q1"), ("2026-12/P1M", "2026-12"),
        ("2026-11/P3M", "2026-11/P3M"), ("2026-01/P9M", "2026-01/P9M"), ("2026-10/P6M", "2026-10/P6M"),
        # A month, a day, several years.
        ("2026/9", "2026-09"), ("2026.9", "2026-09"), ("2026年9月份", "2026-09"), ("2026年12月", "2026-12"),
        ("2026年9月27日", "2026-09-27"), ("2026/9/7", "2026-09-07"), ("2026.09.27", "2026-09-27"), ("2026年9月1号", "2026-09-01"),
        ("2021—2025年", "2021/P5Y"), ("2021年至2022年", "2021/P2Y"), (" 2021 - 2025 ", "2021/P5Y"),
    ],
)  # fmt: skip
def test_a_period_as_people_write_it(written, code):
    assert periods.read(written) == code


@pytest.mark.parametrize(
    "written", ["26年", "1-9月", "2026年13月", "2026年02月30日", "2025-2021年", "202609", "十四五", "", "2026年9-1月"]
)
def test_a_period_that_is_not_guessed_at(written):
    with pytest.raises(ValueError, match=r"^(not a|no such) period: "):
        periods.read(written)


def test_what_is_no_period_is_named_as_it_was_written():
    with pytest.raises(ValueError, match=r"^not a period: ' 十四五 '$"):
        periods.read(" 十四五 ")


@given(
    st.sampled_from(
        ["{y}", "{y}-S1", "{y}-S2", "{y}-Q2", "{y}-11", "{y}-02-28", "{y}-01/P7M", "{y}-05/P3M", "{y}/P5Y"]
    ),
    st.integers(1950, 2090),
)
def test_the_label_of_a_period_reads_back(form, year):
    code = form.format(y=year)
    assert periods.read(periods.parse(code).label("zh")) == code
