"""Figures that stand out: held against their own series, their rate, the area above them, and what they are cited with.

A question is no error, and a figure that ``corrections.csv`` lists (``flag``: looked at and kept) is not asked about again.
"""

import datetime as dt
import itertools
import math
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from . import citations, numerals, periods
from .data import Data
from .problems import message

# Calibrated on the tables themselves: a level at most so many times its neighbours in time, a rate so far from others.
TIMES, TIMES_OF_A_COUNT, NEAR_YEARS = 4.5, 9, 3
POINTS, LONE_RATE, SAME_PERIOD, SHARE_OF_PARENT = 20, 50, 1.03, 0.9
_EXPECTED = re.compile("预期|预计|目标|力争|争取|确保|将达")
_KIND_OF_NAME = re.compile("(?:总额|总值|总量|额|值|数|量)$")


@dataclass(frozen=True, order=True)
class Question:
    """One figure that stands out: why, with both numbers, in Chinese and English."""

    figure_id: str
    rule: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.figure_id}：{self.zh}\n    {self.figure_id}: {self.en}"


def questions(data: Data, only: Collection[str] | None = None, today: dt.date | None = None) -> list[Question]:
    """What stands out among the figures, at most one question a figure, in the order of the table; with `only` about
    these ids alone, against all others. Nothing can have been published after `today`."""
    held = _Held(data, today or dt.date.today())
    asked = data.figures[(data.figures.corrected == "") & data.figures.obs_value.notna()]
    asked = asked if only is None else asked[asked.index.isin(list(only))]
    out, twice = [], ""
    for row in asked.reset_index().itertuples():
        rule, values = next(held.about(row), ("", {}))
        if rule and not (rule == "twice" and row.figure_id in twice):  # of two that contradict each other one is enough
            out.append(Question(row.figure_id, rule, *message(rule, **row._asdict(), **values)))
            twice += out[-1].en if rule == "twice" else ""
    return out


class _Point(NamedTuple):
    """An actual with a value and a period, in whole units; points with the same `key` can be compared with each other."""

    figure_id: str
    key: tuple
    year: int
    value: float
    shown: str


class _Held:
    """What figures are held against; each method yields what stands out: a message and what it names besides the row."""

    def __init__(self, data: Data, today: dt.date) -> None:
        self.data, self.today = data, today
        self.groups, self.areas, self.rates, self.apart = (defaultdict(list) for _ in range(4))
        self.points = {point.figure_id: point for point in _points(data)}
        for point in self.points.values():
            self.groups[point.key].append(point)
            self.areas[point.key[:2]].append(point)
            if point.key[2:4] == ("GY", "PT"):
                self.rates[point.key[0]].append(abs(point.value) * 100)
        for key, points in self.groups.items():
            pairs = [(a, b) for a, b in itertools.combinations(points, 2) if a.year == b.year]
            self.apart[key[0]] += [(_times(a.value, b.value), a.figure_id, b.figure_id) for a, b in pairs]
        local = data.ref_areas.name_zh[data.ref_areas.level.isin(["city", "county"])]
        self.places = {c: name[:-1] if len(name) > 2 and name[-1] in "市区县" else name for c, name in local.items()}
        self.cores = {code: _KIND_OF_NAME.sub("", name) for code, name in data.indicators.name_zh.items()}
        levels = data.figures[data.figures.transformation == "N"]
        self.units = Counter(zip(levels.indicator, levels.unit, strict=True))

    def about(self, row) -> Iterator[tuple[str, dict]]:
        yield from self.own_name(row)
        yield from self.dates(row)
        if row.record_type in ("actual", "claim"):
            yield from self.words(row)
        if point := self.points.get(row.figure_id):
            yield from (self.rate if row.transformation == "GY" else self.level)(row, point)

    def own_name(self, row) -> Iterator[tuple[str, dict]]:
        """Ids are made of source, indicator, area, period and gy: a cell changed later no longer agrees with its id."""
        source, *parts = row.figure_id.split(".")
        if source not in self.data.sources.index or not parts or parts[0] not in self.data.indicators.index:
            return
        areas = [part for part in parts if part in self.data.ref_areas.index]
        for column, agrees in (
            ("source_id", source == row.source_id),
            ("indicator", parts[0] == row.indicator),
            ("ref_area", row.ref_area in (areas or [self.data.home])),
            ("time_period", (row.time_period.replace("/", "") or "undated") in parts),
            ("transformation", ("gy" in parts) == (row.transformation == "GY")),
        ):
            if not agrees:
                yield "id", {"column": column, "cell": getattr(row, column) or "（空）"}

    def dates(self, row) -> Iterator[tuple[str, dict]]:
        published = periods.parse(row.vintage) if row.vintage else None
        if published and published.start > self.today:
            yield "published", {"today": self.today}
        if not row.time_period or row.record_type != "actual":
            return
        period = periods.parse(row.time_period)
        if period.start > self.today:
            yield "future", {}
        unexplained = published and not row.comment and row.obs_status not in ("P", "E")
        if unexplained and published.end < period.end and period.kind in ("year", "years"):
            yield "running", {}

    def words(self, row) -> Iterator[tuple[str, dict]]:
        """Words of the citation that speak of something else: a goal, another area, another indicator, another unit."""
        text, data = numerals.normalise(row.as_printed), self.data
        if row.record_type == "actual" and row.obs_status not in ("P", "E") and (word := _EXPECTED.search(text)):
            yield "expected", {"word": word[0]}
        areas, indicators = data.ref_areas.name_zh, data.indicators.name_zh
        if other := self.other_area(row.ref_area, text):
            yield "other_area", {"other": areas[other], "own": areas[row.ref_area]}
        if other := self.other_indicator(row.indicator, text):
            yield "other_indicator", {"other": indicators[other], "own": indicators[row.indicator]}
        growth, flow = row.transformation == "GY", data.indicators.measure_type[row.indicator] == "flow"
        if rule := citations.doubt(row.obs_text, row.as_printed, growth=growth, flow=flow):
            yield rule, {}
        usual = data.indicators.unit[row.indicator]
        alike = data.units.comparable(row.unit, usual) or all(data.units[unit].is_money for unit in (row.unit, usual))
        if not (growth or alike or row.indicator == "size_threshold") and self.units[row.indicator, row.unit] == 1:
            yield "unusual_unit", {"usual": usual}

    def other_area(self, area: str, text: str) -> str:
        """A city or county that a text names and that neither holds the area nor, unless it begins the text, lies in it."""
        named = {code: name for code, name in self.places.items() if name in text}
        above = _above(self.data.ref_areas, area) if named else []
        for code in named if area not in named else ():
            within = area in _above(self.data.ref_areas, code)
            if code not in above and (not within or text.startswith(named[code])):
                return code
        return ""

    def other_indicator(self, indicator: str, text: str) -> str:
        """An indicator named before the number, in a text that shares no two characters with the name of the row's own."""
        own, head = self.cores[indicator], re.split(r"\d", text)[0]
        if indicator == "size_threshold" or any(own[k : k + 2] in text for k in range(len(own) - 1)):
            return ""
        return next((code for code, core in self.cores.items() if len(core) > 1 and core in head), "")

    def level(self, row, point: _Point) -> Iterator[tuple[str, dict]]:
        """A level against others of its period, the nearest years before and after, and the city of its county."""
        others = [other for other in self.groups[point.key] if other is not point]
        kind, shown, year = self.data.indicators.measure_type[row.indicator], point.shown, point.year
        usual = max((times for times, *ids in self.apart[row.indicator] if row.figure_id not in ids), default=1)
        for other in others:
            most = TIMES if kind == "count" else max(SAME_PERIOD, 1.05 * usual)
            if other.year == year and _times(point.value, other.value) > most:
                yield "twice", {"shown": shown, "other": other.shown, "other_id": other.figure_id}
        alike = (p for p in self.points.values() if p.key[0] == row.indicator and p is not point)
        if point.value < 0 and not any(p.value < 0 for p in alike):
            yield "negative", {"shown": shown}
        sides = [[o for o in others if o.year < year], [o for o in others if o.year > year]]
        closest = [found for side in sides if (found := _nearest(side, year))]
        most = TIMES_OF_A_COUNT if kind == "count" else TIMES
        if closest and all(_times(point.value, other.value) > most for other in closest):
            zh, en = zip(*(message("neighbour", year=other.year, shown=other.shown) for other in closest), strict=True)
            yield "series", {"shown": shown, "others": ("、".join(zh), ", ".join(en))}
        parent = self.data.ref_areas.parent[row.ref_area]
        if self.data.ref_areas.level[row.ref_area] == "county" and kind in ("flow", "stock", "count") and parent:
            other = _nearest(self.groups.get((row.indicator, parent, *point.key[2:]), []), year)
            if other and point.value > SHARE_OF_PARENT * other.value > 0:  # nearly all that the city of the county has
                names = {"parent": self.data.ref_areas.name_zh[parent], "year": other.year, "other": other.shown}
                yield "parent", {"shown": shown, **names}

    def rate(self, row, point: _Point) -> Iterator[tuple[str, dict]]:
        """A rate against the levels it connects; without them, against every other rate of its indicator."""
        if not self.data.units[row.unit].is_share:
            return
        rate = point.value * 100
        if (implied := _implied(point, self.areas[point.key[:2]])) is not None:
            turned = implied * rate < 0 and min(abs(implied), abs(rate)) > 1
            if turned or abs(implied - rate) > POINTS:
                yield "rate", {"shown": point.shown, "implied": f"{implied:.1f}"}
            return
        rates = sorted(self.rates[row.indicator])  # its own is one of them
        known = len(rates) > 2
        most = (rates[-2] if abs(rate) >= rates[-1] else rates[-1]) if known else LONE_RATE / 3
        if abs(rate) > max(3 * most, POINTS):
            yield "rates" if known else "lone_rate", {"shown": point.shown, "most": f"{most:.1f}"}


def _points(data: Data) -> Iterator[_Point]:
    figures = data.figures
    figures = figures[(figures.record_type == "actual") & figures.obs_value.notna() & (figures.time_period != "")]
    figures = figures[(figures.relation != "range") & (figures.corrected != "exclude")]
    for row in figures.reset_index().itertuples():
        period, unit = periods.parse(row.time_period), data.units[row.unit]
        part = (period.start.month, period.end.month, period.years, row.span == "point")
        key = (row.indicator, row.ref_area, row.transformation, unit.unit_measure, part)
        value = row.obs_value * 10.0 ** (unit.unit_mult - 2 * unit.is_share)
        yield _Point(row.figure_id, key, period.year, value, f"{row.obs_text}{row.unit}")


def _above(areas: pd.DataFrame, code: str) -> list[str]:
    """The areas that contain one, the nearest first."""
    found: list[str] = []
    while (code := areas.parent.get(code, "")) and code not in found:
        found.append(code)
    return found


def _times(a: float, b: float) -> float:
    """How many times one number is the other, at least 1; numbers of opposite sign are as far apart as can be."""
    if a == b or 0 in (a, b):
        return 1
    return math.inf if a * b < 0 else max(a / b, b / a)


def _nearest(others: list[_Point], year: int) -> _Point | None:
    near = [other for other in others if abs(other.year - year) <= NEAR_YEARS]
    return min(near, key=lambda other: abs(other.year - year), default=None)


def _implied(rate: _Point, points: list[_Point]) -> float | None:
    """Growth (%) between the levels of a rate's year and the year before, each the median of what is printed."""
    values = defaultdict(list)
    for point in points:
        if point.key[2] == "N" and point.key[4] == rate.key[4]:
            values[point.key[3], rate.year - point.year].append(point.value)
    for measure in dict.fromkeys(measure for measure, _ in values):
        now, before = values[measure, 0], values[measure, 1]
        if now and before and statistics.median(before) > 0:
            return (statistics.median(now) / statistics.median(before) - 1) * 100
    return None
