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
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

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
        """Readable form: 2023年1—9月, Jan–Sep 2023."""
        first, last = self.start, self.end
        kind = "across" if self.kind == "months" and last.year > first.year else self.kind
        return _LABELS[kind][lang != "zh"].format(
            y=first.year, m=first.month, d=first.day, y2=last.year, m2=last.month, half="上下"[first.month > 6],
            q="一二三四"[(first.month - 1) // 3], n=1 + (first.month > 6 if kind == "half" else (first.month - 1) // 3),
            month=_MONTHS[first.month], month2=_MONTHS[last.month],
        )  # fmt: skip


_LABELS = {
    "year": ("{y}年", "{y}"),
    "years": ("{y}—{y2}年", "{y}–{y2}"),
    "half": ("{y}年{half}半年", "H{n} {y}"),
    "quarter": ("{y}年{q}季度", "Q{n} {y}"),
    "months": ("{y}年{m}—{m2}月", "{month}–{month2} {y}"),
    "across": ("{y}年{m}月—{y2}年{m2}月", "{month} {y}–{month2} {y2}"),
    "month": ("{y}年{m}月", "{month} {y}"),
    "day": ("{y}年{m}月{d}日", "{d} {month} {y}"),
}


@lru_cache(maxsize=4096)
def parse(code: str) -> Period:
    """Read a period code.

    Raises
    ------
    ValueError
        If `code` has none of the forms above, or names a month, quarter or day that does not exist.
    """
    m = _SPAN.fullmatch(code) or _SIMPLE.fullmatch(code)
    if not m:
        raise ValueError(f"not a period: {code!r}")
    found = {"month": None, "part": None, "day": None, "unit": None} | m.groupdict()
    year, first, count, kind = int(m["year"]), int(found["month"] or 1), 12, "year"
    if found["unit"]:
        kind, count = ("months", int(m["count"])) if m["unit"] == "M" else ("years", 12 * int(m["count"]))
    elif found["part"]:
        kind, count = ("half", 6) if m["part"] == "S" else ("quarter", 3)
        first = (int(m["nth"]) - 1) * count + 1
    elif found["month"]:
        kind, count = ("day" if found["day"] else "month"), 1
    last = year * 12 + first - 2 + count  # months since the year 0
    try:
        if count < 1 or first > 12 or (kind == "years" and found["month"]):
            raise ValueError
        start = dt.date(year, first, int(found["day"] or 1))
        end = start if kind == "day" else _month_end(last // 12, last % 12 + 1)
    except ValueError:
        raise ValueError(f"no such period: {code!r}") from None
    return Period(code, kind, start, end)


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


def last_day(as_of: object) -> dt.date:
    """Last day of a date, month or year, given as text in any form that :func:`read` takes, or as a date.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return parse(read(re.sub(r"(?<=\d)[T ]\d\d:.*", "", str(as_of)))).end
    except ValueError:
        raise ValueError(f"不是日期 / not a date: {as_of!r}；应为 / expected: 2024-06-30 · 2024-06 · 2024") from None


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
