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
import unicodedata
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


_ORDINALS = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4"}
_PLAIN = r"(?P<y>\d{4})年?"
_WRITTEN = [
    (re.compile(pattern), code)
    for pattern, code in (
        (rf"{_PLAIN}(?:全年|度)?", "{y}"),
        (rf"{_PLAIN}上半年|{_PLAIN.replace('<y>', '<y2>')}[hs]1|h1(?P<y3>\d{{4}})", "{y}-S1"),
        (rf"{_PLAIN}下半年|{_PLAIN.replace('<y>', '<y2>')}[hs]2|h2(?P<y3>\d{{4}})", "{y}-S2"),
        (
            rf"{_PLAIN}第?(?P<q>[一二三四1-4])季度?|{_PLAIN.replace('<y>', '<y2>')}-?q(?P<q2>[1-4])|q(?P<q3>[1-4])(?P<y3>\d{{4}})",
            "{y}-Q{q}",
        ),
        (rf"{_PLAIN}前(?P<q>[一二两三四])个?季度", "{y}-01/P{q3}M"),
        (rf"{_PLAIN}前(?P<n>\d\d?)个?月", "{y}-01/P{n}M"),
        (rf"{_PLAIN}(?P<m>\d\d?)月?(?:-|至|到)(?P<n>\d\d?)月(?:份|累计)?", "{y}-{m}/P{span}M"),
        (rf"{_PLAIN}(?:-|至|到)(?P<z>\d{{4}})年?", "{y}/P{years}Y"),
        (r"(?P<y>\d{4})(?:年|[/.-])(?P<m>\d\d?)月?份?", "{y}-{m}"),
        (r"(?P<y>\d{4})(?:年|[/.-])(?P<m>\d\d?)(?:月|[/.-])(?P<d>\d\d?)[日号]?", "{y}-{m}-{d}"),
    )
]


def read(text: str) -> str:
    """Code of a period as a person writes it: 2026年上半年, 2026年1-9月, 2026年三季度, 2026 H1, 2026/9/27, or a code itself.

    January to March, to June and to December are the first quarter, the first half and the year: one period has one code.

    Raises
    ------
    ValueError
        If it is none of these; two-digit years are not guessed at.
    """
    code = unicodedata.normalize("NFKC", text).strip()
    try:
        return _one_code(parse(code))
    except ValueError:
        pass
    plain = re.sub(r"\s+", "", code).casefold()
    plain = re.sub(r"[—–−~～―]+", "-", plain)
    for pattern, form in _WRITTEN:
        if m := pattern.fullmatch(plain):
            found = {k.rstrip("23"): v for k, v in m.groupdict().items() if v}
            if "q" in found:
                found["q"] = _ORDINALS.get(found["q"], found["q"])
            first, last = int(found.get("m") or 1), int(found.get("n") or 0)
            found |= {"span": str(last - first + 1), "m": f"{first:02d}", "d": f"{int(found.get('d') or 0):02d}"}
            if "{q3}" in form:
                form, found["n"] = "{y}-01/P{n}M", str(3 * int(found["q"]))
            if "z" in found:
                found["years"] = str(int(found["z"]) - int(found["y"]) + 1)
            return _one_code(parse(form.format(**found)))
    raise ValueError(f"not a period: {text!r}")


def _one_code(period: Period) -> str:
    """The shorter code of a stretch of months that is a quarter, a half or a year."""
    if period.kind != "months" or period.start.year != period.end.year:
        return period.code
    year, first, last = period.start.year, period.start.month, period.end.month
    if last - first == 2 and last % 3 == 0:
        return f"{year}-Q{last // 3}"
    if last - first == 5 and last % 6 == 0:
        return f"{year}-S{last // 6}"
    return str(year) if (first, last) == (1, 12) else f"{year}-{first:02d}" if first == last else period.code


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
