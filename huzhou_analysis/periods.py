"""Periods of time in ISO 8601 / SDMX notation.

========================  ===========================================================
``2023``                  a calendar year
``2023-S1`` ``2023-Q3``   a half-year, a quarter
``2023-05``               a month, or the state at its end
``2023-05-09``            a day
``2023-01/P9M``           nine months from January 2023: January to September together
``2018/P5Y``              five years from 2018: 2018 to 2022 together
========================  ===========================================================
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_SIMPLE = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<part>[SQ])(?P<nth>\d)|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?", re.ASCII)
_SPAN = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d))?/P(?P<count>\d+)(?P<unit>[MY])", re.ASCII)
_MONTHS_EN = ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

FORMS = "2023 · 2023-S1 · 2023-Q1 · 2023-05 · 2023-05-09 · 2023-01/P9M · 2018/P5Y"


@dataclass(frozen=True, order=False)
class Period:
    """A period: its code, kind, first day and last day (inclusive).

    ``kind`` is ``year``, ``half``, ``quarter``, ``month``, ``day``, ``months`` or ``years``.
    """

    code: str
    kind: str
    start: dt.date
    end: dt.date

    @cached_property
    def year(self) -> int:
        """Calendar year in which the period ends."""
        return self.end.year

    @property
    def years(self) -> int:
        """Number of whole calendar years, 0 for a part of one."""
        return self.end.year - self.start.year + 1 if self.kind in ("year", "years") else 0

    @property
    def whole_year(self) -> bool:
        return self.kind == "year"

    @property
    def months(self) -> int:
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    def year_before(self) -> Period:
        """The same part of the year before; for several years, the stretch of equal length just before."""
        shift = max(1, self.years)
        if self.kind == "day" and (self.start.month, self.start.day) == (2, 29):
            return parse(f"{self.start.year - 1:04d}-02-28")
        return parse(re.sub(r"^\d{4}", f"{self.start.year - shift:04d}", self.code))

    def label(self, lang: str) -> str:
        """Readable form: 2023年1-9月, Jan-Sep 2023."""
        zh, y = lang == "zh", self.start.year
        if self.kind == "year":
            return f"{y}年" if zh else str(y)
        if self.kind == "years":
            return f"{y}—{self.end.year}年" if zh else f"{y}–{self.end.year}"
        if self.kind == "half":
            first = self.start.month == 1
            return f"{y}年{'上' if first else '下'}半年" if zh else f"{'H1' if first else 'H2'} {y}"
        if self.kind == "quarter":
            n = (self.start.month + 2) // 3
            return f"{y}年{'一二三四'[n - 1]}季度" if zh else f"Q{n} {y}"
        if self.kind == "months":
            if self.start.year != self.end.year:
                return (
                    f"{y}年{self.start.month}月—{self.end.year}年{self.end.month}月"
                    if zh
                    else f"{_MONTHS_EN[self.start.month]} {y}–{_MONTHS_EN[self.end.month]} {self.end.year}"
                )
            return (
                f"{y}年{self.start.month}—{self.end.month}月"
                if zh
                else f"{_MONTHS_EN[self.start.month]}–{_MONTHS_EN[self.end.month]} {y}"
            )
        if self.kind == "month":
            return f"{y}年{self.start.month}月" if zh else f"{_MONTHS_EN[self.start.month]} {y}"
        return (
            f"{y}年{self.start.month}月{self.start.day}日"
            if zh
            else f"{self.start.day} {_MONTHS_EN[self.start.month]} {y}"
        )


@lru_cache(maxsize=4096)
def parse(code: str) -> Period:
    """Read a period code.

    Raises
    ------
    ValueError
        If `code` has none of the forms above, or names a month, quarter or day that does not exist.
    """
    if m := _SPAN.fullmatch(code):
        year, month, count = int(m["year"]), int(m["month"] or 1), int(m["count"])
        if count < 1 or not 1 <= month <= 12 or (m["unit"] == "Y" and m["month"]):
            raise ValueError(f"no such period: {code!r}")
        last = year * 12 + month - 1 + count * (12 if m["unit"] == "Y" else 1) - 1
        if last // 12 > 9999:
            raise ValueError(f"no such period: {code!r}")
        return Period(
            code,
            "years" if m["unit"] == "Y" else "months",
            _date(code, year, month, 1),
            _month_end(last // 12, last % 12 + 1),
        )
    if not (m := _SIMPLE.fullmatch(code)):
        raise ValueError(f"not a period: {code!r}")
    year = int(m["year"])
    if m["part"]:
        length, nth = (6, int(m["nth"])) if m["part"] == "S" else (3, int(m["nth"]))
        if not 1 <= nth <= 12 // length:
            raise ValueError(f"no such period: {code!r}")
        return Period(
            code,
            "half" if length == 6 else "quarter",
            _date(code, year, (nth - 1) * length + 1, 1),
            _month_end(year, nth * length),
        )
    if m["day"]:
        day = _date(code, year, int(m["month"]), int(m["day"]))
        return Period(code, "day", day, day)
    if m["month"]:
        start = _date(code, year, int(m["month"]), 1)
        return Period(code, "month", start, _month_end(year, start.month))
    return Period(code, "year", _date(code, year, 1, 1), dt.date(year, 12, 31))


def _date(code: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise ValueError(f"no such period: {code!r}") from None


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def is_year(code: str) -> bool:
    """Whether a code names one calendar year; the empty code does not."""
    return code != "" and parse(code).whole_year


def years_between(earlier: str, later: str) -> int:
    """Whole years from the end of one annual period to the end of a later one."""
    return parse(later).year - parse(earlier).year
