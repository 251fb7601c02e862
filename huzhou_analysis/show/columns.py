"""The table behind a chart of an office program: what stands along its axis, and a column for each segment of a series."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np

from .record import BARS, Entry, entries_of, exact, fan_start, scale
from .roles import JOINED, Role, bands, look


@dataclass(frozen=True)
class Column:
    """A column of the data behind a chart: one segment of a series, marks of another role on it, or a layer of a fan."""

    name: str  # heading; several segments of one line are told apart by a number
    entry: Entry | None  # the line of the key that explains it; None for the base under a fan
    values: list  # in the unit of the language, one a category, None where there is no mark
    points: list  # the marks behind them; empty for layers of a fan
    over: bool = False  # whether the marks stand on a line that another column draws

    @property
    def seen(self) -> Role | None:
        return look(self.entry.role, self.entry.nth) if self.entry else None

    @property
    def area(self) -> bool:
        return self.entry is None or bool(self.seen.band)


_BREAKS = re.compile("[\t\n\r\x0b\x0c\u2028\u2029]+")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(words: object) -> str:
    """A text that XML and cells can hold: no control characters, breaks as spaces, at most 32,000 characters."""
    return _FORBIDDEN.sub("", _BREAKS.sub(" ", str(words)))[:32_000]


def categories(panel: dict, lang: str, skip: int = 1) -> list:
    """What stands along the axis: names, or every year from the first mark to the last.

    Where only each `skip`-th year is labelled, years without marks come first, so that the last one is.
    """
    if panel["categories"] is not None:
        return [clean(c[lang]) or "—" for c in panel["categories"]]
    marked = {p["x"] for one in panel["series"] for p in one["points"]}
    first, last = int(min(marked)), int(max(marked))
    every = sorted(marked | set(range(first - (first - last) % skip, last + 1)))
    return [int(x) if x == int(x) else x for x in every]


def year_labels(panel: dict, width: float, points: float) -> tuple[int, bool]:
    """Every which year finds room for its label along an axis of so many inches, and whether labels have to be turned.

    Not every program leaves labels out; what does not fit level is broken into digits there, what is turned never is.
    """
    if panel["categories"] is not None:
        return 1, False
    many, room = len(categories(panel, "zh")), width - 0.6
    if many * points * 0.039 <= room:
        return 1, False
    return next((s for s in (1, 2, 3, 4, 5, 10, 20) if many / s * points * 0.0165 <= room), 50), True


def columns(panel: dict, lang: str, skip: int = 1) -> list[Column]:
    """Every mark of a panel in columns: layers of the fan first, then each segment, then marks of other roles on it.

    A line of actuals runs through its provisional and derived points; these stand once more in a column of their own,
    which is drawn above it. Two marks of one series in one year (parts of a year, say) go into two columns.
    """
    along = list(range(len(panel["categories"]))) if panel["categories"] else categories(panel, lang, skip)
    made = _layers(panel, lang, along)
    for one in panel["series"]:
        if look(one["role"]).band:
            continue
        rows: list[list[dict | None]] = []
        for p in one["points"]:
            at = along.index(p["x"])
            row = next((r for r in rows if r[at] is None), None)
            if row is None:
                rows.append(row := [None] * len(along))
            row[at] = p
        own, *others = entries_of(one, panel["kind"] in BARS)
        for entry, row in [(own, row) for row in rows] + [(other, row) for row in rows for other in others]:
            kept = [p if p and (entry is own or p["role"] == entry.role) else None for p in row]
            values = [None if p is None or p["value"] is None else exact(p["value"] * scale(panel, lang)) for p in kept]
            if any(kept):
                made.append(Column(clean(entry.name[lang]), entry, values, kept, entry is not own))
    met: Counter[str] = Counter()
    for n, one in enumerate(made):
        met[one.name] += 1
        made[n] = one if met[one.name] == 1 else replace(one, name=f"{one.name} ({met[one.name]})")
    return made


def has_native(chart: dict | None) -> bool:
    """Whether every panel can be an office program's own chart: not where two intervals of one level share a year."""
    for panel in chart["panels"] if chart else ():
        met = [(one["role"], p["x"]) for one in panel["series"] if look(one["role"]).band for p in one["points"]]
        if len(met) != len(set(met)):
            return False
    return chart is not None


def _layers(panel: dict, lang: str, along: list) -> list[Column]:
    """The intervals of a fan as areas that are stacked on an invisible base, widest outside.

    Between its marks an interval follows straight lines; elsewhere it has no width and lies unseen inside the wider one,
    or on the line of the actuals.
    """
    found = {k: several for k in bands() if (several := [one for one in panel["series"] if one["role"] == k])}
    if not found:
        return []
    known = [p for one in panel["series"] for p in one["points"] if p["value"] is not None]
    nearest = (min(known, key=lambda p: (p["role"] not in JOINED, abs(p["x"] - x)), default=None) for x in along)
    middle = np.array([p["value"] if p else 0.0 for p in nearest])
    lows, highs = [], []
    for several in found.values():
        low = high = np.full(len(along), np.nan)
        for band in several:
            start = fan_start(panel, band)
            ends = [(start["x"], start["value"], start["value"])] if start else []
            x, lower, upper = np.array(ends + [(p["x"], p["low"], p["high"]) for p in band["points"]]).T
            low = np.fmax(low, np.interp(along, x, lower, left=np.nan, right=np.nan))
            high = np.fmax(high, np.interp(along, x, upper, left=np.nan, right=np.nan))
        lows.append(np.where(np.isnan(low), middle, low))
        highs.append(np.where(np.isnan(high), middle, high))
        middle = (lows[-1] + highs[-1]) / 2
    edges = np.array([*lows, *reversed(highs)]) * scale(panel, lang)  # from the lowest to the highest
    made = [Column("基底" if lang == "zh" else "base", None, list(map(exact, edges[0])), [])]
    for level, width in zip([*found, *list(reversed(found))[1:]], np.diff(edges, axis=0), strict=True):
        [entry] = entries_of(found[level][0], False)
        made.append(Column(clean(entry.name[lang]), entry, list(map(exact, width)), []))
    return made


def grid(panel: dict, lang: str, made: Sequence[Column], skip: int = 1) -> list[list]:
    """The whole table in rows of texts, numbers and None: headings with the unit first, then a row a category."""
    rows = [[clean(panel["unit"][lang]), *(one.name for one in made)]]
    for i, name in enumerate(categories(panel, lang, skip)):
        rows.append([name, *(one.values[i] for one in made)])
    return rows


def workbook(panel: dict, lang: str, made: Sequence[Column], skip: int = 1) -> bytes:
    """The table as the workbook that opens at "edit data": text is text, whatever it begins with."""
    import xlsxwriter

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.set_column(0, len(made), 16)
        for r, row in enumerate(grid(panel, lang, made, skip)):
            for c, cell in enumerate(row):
                if cell is not None:
                    (sheet.write_string if isinstance(cell, str) else sheet.write_number)(r, c, cell)
    return buffer.getvalue()
