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

from . import numerals

_SIMPLE = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<part>[SQ])(?P<nth>\d)|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?", re.ASCII)
_SPAN = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d))?/P(?P<count>\d+)(?P<unit>[MY])", re.ASCII)
_MONTHS_EN = ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

FIRST, LAST = 1900, 2100  # years that a figure of these tables can be about
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


_ORDINALS = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4"}
_Y, _M, _TO = r"(?P<y>\d{4})年?", r"(?P<m>\d\d?)", "(?:-|至|到)"
_WRITTEN = [
    (re.compile(pattern), code)
    for pattern, code in (
        (rf"{_Y}(?:全年|度)?", "{y}"),
        (rf"{_Y}(?:上半年|[hs]1)|h1(?P<y2>\d{{4}})", "{y}-S1"),
        (rf"{_Y}(?:下半年|[hs]2)|h2(?P<y2>\d{{4}})", "{y}-S2"),
        (
            rf"{_Y}第?(?P<q>[一二三四1-4])季度?|{_Y.replace('<y>', '<y2>')}-?q(?P<q2>[1-4])|q(?P<q3>[1-4])(?P<y3>\d{{4}})",
            "{y}-Q{q}",
        ),
        (rf"{_Y}(?:前|[一1]{_TO})(?P<q>[一二两三四1-4])个?季度", "{y}-01/P{quarters}M"),
        (rf"{_Y}前(?P<n>\d\d?)个?月", "{y}-01/P{n}M"),
        (rf"{_Y}{_M}月?{_TO}(?P<n>\d\d?)(?:月(?:份|累计)?)", "{y}-{m}/P{span}M"),
        (rf"(?P<y>\d{{4}})(?:年|[/.]){_M}月?{_TO}(?P<n>\d\d?)月?", "{y}-{m}/P{span}M"),  # 2026.1-9, 2026年1-9
        (rf"{_Y}{_TO}(?P<z>\d{{4}})年?", "{y}/P{years}Y"),
        (rf"(?P<y>\d{{4}})(?:年|[/-]){_M}月?份?|(?P<y2>\d{{4}})\.(?!1$)(?P<m2>\d\d?)", "{y}-{m}"),
        (rf"(?P<y>\d{{4}})(?:年|(?P<s>[/.])){_M}(?(s)(?P=s)|月)(?P<d>\d\d?)[日号]?", "{y}-{m}-{d}"),
        (rf"(?P<y>\d{{4}})-{_M}-(?P<d>1[3-9]|2\d|3[01])", "{y}-{m}-{d}"),  # 2026-1-9 might be January to September
    )
]


def read(text: str) -> str:
    """Code of a period as a person writes it: 2026年上半年, 2026年1-9月, 2026年三季度, 2026 H1, 2026/9/27, or a code itself.

    January to March, to June and to December are the first quarter, the first half and the year: one period has one code.

    Raises
    ------
    ValueError
        If it is none of these, or may be read in two ways: 2022.1 may be what a spreadsheet left of 2022.10, 2026-1-9
        may be a day or nine months, 20 22 may be two numbers, and two-digit years are not guessed at.
    """
    code = numerals.plain(text)
    try:
        return shortest(code)
    except ValueError:
        pass
    if re.search(r"(?<![hqsHQS]\d)(?<=\d)\s+\d", code):
        raise ValueError(f"not a period: {text!r}")
    code = re.sub(r"[—–−~～―]+", "-", re.sub(r"\s+", "", code).casefold())
    for pattern, form in _WRITTEN:
        if m := pattern.fullmatch(code):
            found = {k.rstrip("23"): v for k, v in m.groupdict().items() if v}
            q = _ORDINALS.get(found.get("q", ""), found.get("q", "0"))
            first, last = int(found.get("m") or 1), int(found.get("n") or 0)
            found |= {"q": q, "quarters": str(3 * int(q)), "span": str(last - first + 1)}
            found |= {"m": f"{first:02d}", "d": f"{int(found.get('d') or 0):02d}"}
            found["years"] = str(int(found.get("z") or 0) - int(found["y"]) + 1)
            return shortest(form.format(**found))
    raise ValueError(f"not a period: {text!r}")


def shortest(code: str) -> str:
    """The one code of a period: months or years that are a month, quarter, half-year or year are named as such.

    Raises
    ------
    ValueError
        If `code` is no period.
    """
    period = parse(code)
    if period.kind not in ("months", "years"):
        return period.code
    year, first, last = period.start.year, period.start.month, period.end.month
    if (first, last) == (1, 12):
        return f"{year}/P{period.end.year - year + 1}Y" if period.end.year > year else str(year)
    if period.end.year > year:
        return period.code
    if last - first == 2 and last % 3 == 0:
        return f"{year}-Q{last // 3}"
    if last - first == 5 and last % 6 == 0:
        return f"{year}-S{last // 6}"
    return f"{year}-{first:02d}" if first == last else period.code


def _date(code: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise ValueError(f"no such period: {code!r}") from None


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def is_period(code: str) -> bool:
    """Whether a code names a period of the years that these tables can be about."""
    try:
        period = parse(code)
    except ValueError:
        return False
    return period.start.year >= FIRST and period.end.year <= LAST


def is_year(code: str) -> bool:
    """Whether a code names one calendar year; the empty code does not."""
    return code != "" and parse(code).whole_year


def years_between(earlier: str, later: str) -> int:
    """Whole years from the end of one annual period to the end of a later one."""
    return parse(later).year - parse(earlier).year
