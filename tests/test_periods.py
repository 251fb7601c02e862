"""Periods: codes, days, labels, and the period a year before."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huzhou_analysis import periods
from huzhou_analysis.periods import parse

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
