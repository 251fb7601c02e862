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

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from . import numerals

_CODE = re.compile(r"(\d{4})(?:-([SQ])(\d)|(?:-(\d\d))?(?:(?<=-\d\d)-(\d\d)|/P(\d+)([MY]))?)", re.ASCII)
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

FIRST, LAST = 1900, 2100  # years that a figure of these tables can be about
FORMS = "2023 · 2023-S1 · 2023-Q1 · 2023-05 · 2023-05-09 · 2023-01/P9M · 2018/P5Y"


@dataclass(frozen=True, order=False)
class Period:
    """A period: its code, kind (year, half, quarter, month, day, months, years), first and last day (inclusive)."""

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

    months = property(lambda self: (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1)

    def year_before(self) -> "Period":
        """The same part of the year before; for several years, the stretch of equal length just before."""
        if self.kind == "day" and (self.start.month, self.start.day) == (2, 29):
            return parse(f"{self.start.year - 1:04d}-02-28")
        return parse(f"{self.start.year - max(1, self.years):04d}{self.code[4:]}")

    def label(self, lang: str) -> str:
        """Readable form: 2023年1—9月, Jan–Sep 2023."""
        first, last = self.start, self.end
        kind = "across" if self.kind == "months" and last.year > first.year else self.kind
        nth, months = (first.month - 1) // (6 if kind == "half" else 3), (_MONTHS[first.month], _MONTHS[last.month])
        said = {
            "half": "上下"[nth % 2],
            "quarter": "一二三四"[nth],
            "nth": nth + 1,
            "month": months[0],
            "to": months[1],
        }
        return _LABELS[kind][lang != "zh"].format(first=first, last=last, **said)


_LABELS = {
    "year": ("{first.year}年", "{first.year}"),
    "years": ("{first.year}—{last.year}年", "{first.year}–{last.year}"),
    "half": ("{first.year}年{half}半年", "H{nth} {first.year}"),
    "quarter": ("{first.year}年{quarter}季度", "Q{nth} {first.year}"),
    "months": ("{first.year}年{first.month}—{last.month}月", "{month}–{to} {first.year}"),
    "across": ("{first.year}年{first.month}月—{last.year}年{last.month}月", "{month} {first.year}–{to} {last.year}"),
    "month": ("{first.year}年{first.month}月", "{month} {first.year}"),
    "day": ("{first.year}年{first.month}月{first.day}日", "{first.day} {month} {first.year}"),
}


@lru_cache(maxsize=4096)
def parse(code: str) -> Period:
    """Read a period code; a ValueError if it has none of the forms above, or names what does not exist (month 13)."""
    m = _CODE.fullmatch(code)
    if not m:
        raise ValueError(f"not a period: {code!r}")
    year, part, nth, month, day, count, unit = m.groups()
    kind, first, months = "year", int(month or 1), 12
    if unit:
        kind, months = ("months", int(count)) if unit == "M" else ("years", 12 * int(count))
    elif part:
        kind, months = ("half", 6) if part == "S" else ("quarter", 3)
        first = (int(nth) - 1) * months + 1
    elif month:
        kind, months = ("day" if day else "month"), 1
    try:
        if months < 1 or (kind == "years" and month):
            raise ValueError
        start = dt.date(int(year), first, int(day or 1))
        last_year, last = divmod(start.year * 12 + first - 2 + months, 12)  # months since the year 0
        end = start if day else dt.date(last_year, last + 1, calendar.monthrange(last_year, last + 1)[1])
    except ValueError:
        raise ValueError(f"no such period: {code!r}") from None
    return Period(code, kind, start, end)


_ORDINALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
_Y, _M, _TO = r"(?P<y>\d{4})年?", r"(?P<m>\d\d?)", "(?:-|至|到)"
_WRITTEN = [
    (re.compile(pattern), code)
    for pattern, code in (
        (rf"{_Y}(?:全年|度)?", "{y}"),
        (rf"{_Y}(?:上半年|[hs]1)", "{y}-S1"),
        (rf"{_Y}(?:下半年|[hs]2)", "{y}-S2"),
        (rf"{_Y}第?(?P<q>[一二三四1-4])季度?", "{y}-Q{q}"),
        (rf"{_Y}(?:前|[一1]{_TO})(?P<q>[一二两三四1-4])个?季度", "{y}-01/P{quarters}M"),
        (rf"{_Y}前(?P<n>\d\d?)个?月", "{y}-01/P{n}M"),
        (rf"{_Y}{_M}月?{_TO}(?P<n>\d\d?)(?:月(?:份|累计)?)", "{y}-{m:02}/P{span}M"),
        (rf"(?P<y>\d{{4}})(?:年|[/.]){_M}月?{_TO}(?P<n>\d\d?)月?", "{y}-{m:02}/P{span}M"),  # 2026.1-9, 2026年1-9
        (rf"{_Y}{_TO}(?P<z>\d{{4}})年?", "{y}/P{years}Y"),
        (rf"(?P<y>\d{{4}})(?:年|[/-]|\.(?!1$)(?=\d+$)){_M}月?份?", "{y}-{m:02}"),
        (rf"(?P<y>\d{{4}})(?:年|(?P<s>[/.])){_M}(?(s)(?P=s)|月)(?P<d>\d\d?)[日号]?", "{y}-{m:02}-{d:02}"),
        (rf"(?P<y>\d{{4}})-{_M}-(?P<d>1[3-9]|2\d|3[01])", "{y}-{m:02}-{d:02}"),  # 2026-1-9 might be nine months
    )
]


def read(text: str) -> str:
    """Code of a period as a person writes it: 2026年上半年, 2026年1-9月, 2026年三季度, 2026 H1, 2026/9/27, or a code itself.

    A ValueError if it is none of these, or may be read in two ways: 2022.1 may be what a spreadsheet left of 2022.10,
    2026-1-9 may be a day or nine months, 20 22 may be two numbers, and two-digit years are not guessed at.
    """
    code = numerals.plain(text)
    try:
        return shortest(code)
    except ValueError:
        pass
    if re.search(r"(?<![hqsHQS]\d)(?<=\d)\s+\d", code):
        raise ValueError(f"not a period: {text!r}")
    code = re.sub(r"[—–−~～―]+", "-", re.sub(r"\s+", "", code).casefold())
    code = re.sub(r"-?q([1-4])$", r"\1季", re.sub(r"^(h[12]|q[1-4])(\d{4})$", r"\2\1", code))
    for pattern, form in _WRITTEN:
        if m := pattern.fullmatch(code):
            found = {k: _ORDINALS.get(v) or int(v) for k, v in m.groupdict("0").items() if k != "s"}
            first, last, quarters = found.get("m", 1), found.get("n", 0), 3 * found.get("q", 0)
            spans = {"quarters": quarters, "span": last - first + 1, "years": found.get("z", 0) - found["y"] + 1}
            return shortest(form.format(**found | {"y": m["y"]}, **spans))
    raise ValueError(f"not a period: {text!r}")


def last_day(as_of: object) -> dt.date:
    """Last day of a date, month or year, in any form that :func:`read` takes or as a date; a ValueError if it is none."""
    try:
        return parse(read(re.sub(r"(?<=\d)[T ]\d\d:.*", "", str(as_of)))).end
    except ValueError:
        raise ValueError(f"不是日期 / not a date: {as_of!r}；应为 / expected: 2024-06-30 · 2024-06 · 2024") from None


def shortest(code: str) -> str:
    """The one code of a period: months or years that are a month, quarter, half-year or year are named as such."""
    period = parse(code)
    year, month = f"{period.start.year:04d}", period.start.month
    quarter, half = f"{year}-Q{(month + 2) // 3}", f"{year}-S{(month + 5) // 6}"
    several = f"{year}/P{period.end.year - period.start.year + 1}Y"
    same = (year, half, quarter, f"{year}-{month:02d}", several) if period.kind in ("months", "years") else ()
    return next((s for s in same if (parse(s).start, parse(s).end) == (period.start, period.end)), code)


def is_period(code: str) -> bool:
    """Whether a code names a period of the years that these tables can be about."""
    try:
        period = parse(code)
    except ValueError:
        return False
    return period.start.year >= FIRST and period.end.year <= LAST


def is_year(code: str) -> bool:
    """Whether a code names one calendar year; the empty code does not."""
    return code != "" and parse(code).kind == "year"


def years_between(earlier: str, later: str) -> int:
    """Whole years from the end of one annual period to the end of a later one."""
    return parse(later).year - parse(earlier).year
