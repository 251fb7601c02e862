"""Figures that stand out: held against their own series, their rate, the area above them, and what they are cited with.

A question is no error: documents do print surprising numbers. It names both numbers, nothing is changed, and a figure
that ``corrections.csv`` lists (``flag``: looked at and kept) is not asked about again.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
import statistics
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from . import citations, numerals, periods
from .data import Data

# Calibrated on the tables themselves: a level at most so many times its neighbours in time, a rate so far from others.
TIMES, TIMES_OF_A_COUNT, NEAR_YEARS = 4.5, 9, 3
POINTS, LONE_RATE, SAME_PERIOD, SHARE_OF_PARENT = 20, 50, 1.03, 0.9
_EXPECTED = re.compile("预期|预计|目标|力争|争取|确保|将达")
_KIND_OF_NAME = re.compile("(?:总额|总值|总量|额|值|数|量)$")


@dataclass(frozen=True)
class Point:
    """An actual with a value and a period, in whole units; points with the same `key` can be compared with each other."""

    figure_id: str
    key: tuple
    year: int
    value: float
    shown: str


@dataclass(frozen=True)
class Held:
    """What figures are held against: comparable points, how far figures of one period are apart, all points of an area,
    rates by size, names as a text has them."""

    groups: dict[tuple, list[Point]]
    apart: dict[str, list[tuple[float, str, str]]]
    areas: dict[tuple[str, str], list[Point]]
    rates: dict[str, list[float]]
    places: dict[str, str]
    cores: dict[str, str]
    today: dt.date


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
    """What stands out among the figures, at most one question a figure, in the order of the table.

    With `only` it is asked about these ids alone; the others are still what they are held against. Nothing can have been
    published after `today`.
    """
    today = today or dt.date.today()
    asked = data.figures[(data.figures.corrected == "") & data.figures.obs_value.notna()]
    asked = asked if only is None else asked[asked.index.isin(list(only))]
    held = _held(data, today)
    points = {point.figure_id: point for group in held.groups.values() for point in group}
    out = []
    for row in asked.reset_index().itertuples():
        found = next(_about(data, row, points.get(row.figure_id), held), None)
        twice = found and found[0] == "twice" and any(q.rule == "twice" and row.figure_id in q.en for q in out)
        if found and not twice:  # of two that contradict each other one is enough
            out.append(Question(row.figure_id, *found))
    return out


def _about(data: Data, row, point: Point | None, held: Held) -> Iterator[tuple]:
    yield from _own_name(data, row)
    yield from _dates(row, held.today)
    if row.record_type in ("actual", "claim"):
        yield from _words(data, row, held)
    if point is not None:
        yield from (_rate if row.transformation == "GY" else _level)(data, row, point, held)


# --- what a row says of itself -------------------------------------------------------------------------------------


def _own_name(data: Data, row) -> Iterator[tuple]:
    """Ids are made of source, indicator, area, period and gy: a cell changed later no longer agrees with its id."""
    source, _, rest = row.figure_id.partition(".")
    parts = rest.split(".")
    if source not in data.sources.index or parts[0] not in data.indicators.index:
        return
    areas = [part for part in parts if part in data.ref_areas.index]
    period = row.time_period.replace("/", "") or "undated"
    for column, agrees in (
        ("source_id", source == row.source_id),
        ("indicator", parts[0] == row.indicator),
        ("ref_area", row.ref_area in (areas or [data.home])),
        ("time_period", period in parts),
        ("transformation", ("gy" in parts) == (row.transformation == "GY")),
    ):
        if not agrees:
            value = getattr(row, column) or "（空）"
            yield "id", f"编号与本行的 {column}（{value}）不一致", f"the id does not agree with its {column} ({value})"


def _dates(row, today: dt.date) -> Iterator[tuple]:
    published = periods.parse(row.vintage) if row.vintage else None
    if published and published.start > today:
        zh = f"发布时间 {row.vintage} 在今天（{today}）之后"
        en = f"published {row.vintage}, after today ({today})"
        yield "published", zh, en
    if not row.time_period or row.record_type != "actual":
        return
    period = periods.parse(row.time_period)
    if period.start > today:
        yield (
            "future",
            f"实际数的时期 {row.time_period} 尚未开始：是否为目标？",
            f"{row.time_period} has not begun: is it a target?",
        )
    if not published or row.comment or row.obs_status in "PE":
        return
    if published.end < period.end and period.kind in ("year", "years"):
        zh = f"发布于 {row.vintage}，{row.time_period} 尚未结束：是否为其中一部分，或为预计数？"
        en = f"published {row.vintage}, before {row.time_period} was over: a part of it, or an estimate?"
        yield "running", zh, en


def _words(data: Data, row, held: Held) -> Iterator[tuple]:
    """Words of the citation that speak of something else: a goal, another area, another indicator."""
    text = numerals.normalise(row.as_printed)
    if row.record_type == "actual" and row.obs_status not in "PE" and (word := _EXPECTED.search(text)):
        zh = f"原文“{row.as_printed}”有“{word[0]}”：是否为目标或预计数？"
        en = f"“{row.as_printed}” says {word[0]} (expected): a goal, or an estimate?"
        yield "expected", zh, en
    if other := _other_area(data, row.ref_area, text, held.places):
        names = data.ref_areas.name_zh[other], data.ref_areas.name_zh[row.ref_area]
        zh = f"原文“{row.as_printed}”说的是{names[0]}，地区却是{names[1]}"
        en = f"“{row.as_printed}” speaks of {names[0]}, the area is {names[1]}"
        yield "area", zh, en
    if other := _other_indicator(row, text, held.cores):
        names = data.indicators.name_zh[other], data.indicators.name_zh[row.indicator]
        zh = f"原文“{row.as_printed}”像是“{names[0]}”，指标却是“{names[1]}”"
        en = f"“{row.as_printed}” looks like {names[0]}, the indicator is {names[1]}"
        yield "indicator", zh, en
    flow = data.indicators.measure_type[row.indicator] == "flow"
    if said := citations.doubt(row.obs_text, row.as_printed, growth=row.transformation == "GY", flow=flow):
        yield "kind", *said
    usual = data.indicators.unit[row.indicator]
    alike = data.units.comparable(row.unit, usual) or all(data.units[unit].is_money for unit in (row.unit, usual))
    if row.transformation == "N" and not alike and row.indicator != "size_threshold":
        levels = data.figures[data.figures.transformation == "N"].drop(row.figure_id)
        if row.unit not in set(levels.unit[levels.indicator == row.indicator]):
            zh = f"单位是{row.unit}，该指标通常以{usual}计"
            en = f"the unit is {row.unit}, the indicator's usual one {usual}"
            yield "unit", zh, en


def _other_area(data: Data, area: str, text: str, places: dict[str, str]) -> str:
    """A city or county that a text names and that neither holds the row's area nor, unless it begins the text, lies in it."""
    named = [code for code, name in places.items() if name in text]
    if area in named:
        return ""
    above = _above(data.ref_areas, area) if named else []
    for code in named:
        within = area in _above(data.ref_areas, code)
        if code not in above and (not within or text.startswith(places[code])):
            return code
    return ""


def _above(areas: pd.DataFrame, code: str) -> list[str]:
    """The areas that contain one, the nearest first."""
    found: list[str] = []
    while (code := areas.parent.get(code, "")) and code not in found:
        found.append(code)
    return found


def _other_indicator(row, text: str, cores: dict[str, str]) -> str:
    """An indicator named before the number, in a text that shares no two characters with the name of the row's own."""
    own = cores[row.indicator]
    if row.indicator == "size_threshold" or any(own[k : k + 2] in text for k in range(len(own) - 1)):
        return ""
    head = re.split(r"\d", text)[0]
    return next((code for code, core in cores.items() if len(core) > 1 and core in head), "")


# --- what a row is held against ------------------------------------------------------------------------------------


def _held(data: Data, today: dt.date) -> Held:
    groups, areas, rates = {}, {}, {}
    for point in _points(data):
        groups.setdefault(point.key, []).append(point)
        areas.setdefault(point.key[:2], []).append(point)
        if point.key[2:4] == ("GY", "PT"):
            rates.setdefault(point.key[0], []).append(abs(point.value) * 100)
    apart: dict[str, list[tuple[float, str, str]]] = {}
    for key, points in groups.items():
        pairs = [(a, b) for a, b in itertools.combinations(points, 2) if a.year == b.year]
        apart.setdefault(key[0], []).extend((_times(a.value, b.value), a.figure_id, b.figure_id) for a, b in pairs)
    local = data.ref_areas.name_zh[data.ref_areas.level.isin(["city", "county"])]
    places = {code: name[:-1] if len(name) > 2 and name[-1] in "市区县" else name for code, name in local.items()}
    cores = {code: _KIND_OF_NAME.sub("", name) for code, name in data.indicators.name_zh.items()}
    return Held(groups, apart, areas, {key: sorted(values) for key, values in rates.items()}, places, cores, today)


def _points(data: Data) -> Iterator[Point]:
    figures = data.figures
    figures = figures[(figures.record_type == "actual") & figures.obs_value.notna() & (figures.time_period != "")]
    figures = figures[(figures.relation != "range") & (figures.corrected != "exclude")]
    for row in figures.reset_index().itertuples():
        period, unit = periods.parse(row.time_period), data.units[row.unit]
        part = (period.start.month, period.end.month, period.years, row.span == "point")
        key = (row.indicator, row.ref_area, row.transformation, unit.unit_measure, part)
        value = row.obs_value * 10.0 ** (unit.unit_mult - 2 * unit.is_share)
        yield Point(row.figure_id, key, period.year, value, f"{row.obs_text}{row.unit}")


def _level(data: Data, row, point: Point, held: Held) -> Iterator[tuple]:
    others = [other for other in held.groups[point.key] if other is not point]
    counted = data.indicators.measure_type[row.indicator] == "count"
    usual = max((times for times, *ids in held.apart[row.indicator] if point.figure_id not in ids), default=1)
    yield from _same_period(point, others, TIMES if counted else max(SAME_PERIOD, 1.05 * usual))
    if point.value < 0 and all(
        o.value >= 0 for key, group in held.groups.items() for o in group if key[0] == row.indicator and o is not point
    ):
        yield (
            "negative",
            f"{point.shown}：该指标没有别的负数",
            f"{point.shown}: no other figure of the indicator is negative",
        )
    yield from _neighbours(point, others, TIMES_OF_A_COUNT if counted else TIMES)
    if data.ref_areas.level[row.ref_area] == "county":
        yield from _parent(data, row, point, held)


def _same_period(point: Point, others: list[Point], most: float) -> Iterator[tuple]:
    for other in others:
        if other.year == point.year and _times(point.value, other.value) > most:
            zh = f"{point.shown}，同一时期另一处为{other.shown}（{other.figure_id}）"
            en = f"{point.shown}, elsewhere {other.shown} for the same period ({other.figure_id})"
            yield "twice", zh, en


def _times(a: float, b: float) -> float:
    """How many times one number is the other, at least 1; numbers of opposite sign are as far apart as can be."""
    if a == b or 0 in (a, b):
        return 1
    return math.inf if a * b < 0 else max(a / b, b / a)


def _nearest(others: list[Point], year: int) -> Point | None:
    near = [other for other in others if abs(other.year - year) <= NEAR_YEARS]
    return min(near, key=lambda other: abs(other.year - year), default=None)


def _neighbours(point: Point, others: list[Point], most: float) -> Iterator[tuple]:
    """The nearest years before and after: out of line with each that is there."""
    year = point.year
    sides = [[o for o in others if o.year < year], [o for o in others if o.year > year]]
    closest = [found for side in sides if (found := _nearest(side, year))]
    if closest and all(_times(point.value, other.value) > most for other in closest):
        shown = "、".join(f"{other.year}年为{other.shown}" for other in closest)
        english = ", ".join(f"{other.shown} in {other.year}" for other in closest)
        yield "series", f"{point.shown}，而{shown}", f"{point.shown}, but {english}"


def _parent(data: Data, row, point: Point, held: Held) -> Iterator[tuple]:
    """A county or district has not nearly all of what its city has."""
    parent = data.ref_areas.parent[row.ref_area]
    if data.indicators.measure_type[row.indicator] not in ("flow", "stock", "count") or not parent:
        return
    other = _nearest(held.groups.get((row.indicator, parent, *point.key[2:]), []), point.year)
    if other and point.value > SHARE_OF_PARENT * other.value > 0:
        name = data.ref_areas.name_zh[parent]
        zh = f"{point.shown}，而{name}{other.year}年为{other.shown}：地区是否填对？"
        en = f"{point.shown}, but {name} has {other.shown} in {other.year}: is the area right?"
        yield "parent", zh, en


def _rate(data: Data, row, point: Point, held: Held) -> Iterator[tuple]:
    """A rate against the levels it connects; without them, against every other rate of its indicator."""
    if not data.units[row.unit].is_share:
        return
    rate = point.value * 100
    if (implied := _implied(point, held.areas[point.key[:2]])) is not None:
        turned = implied * rate < 0 and min(abs(implied), abs(rate)) > 1
        if turned or abs(implied - rate) > POINTS:
            zh = f"增长{point.shown}，而两年的水平值相差{implied:.1f}%"
            en = f"a growth of {point.shown}, but the levels of the two years differ by {implied:.1f}%"
            yield "rate", zh, en
        return
    rates = held.rates[row.indicator]  # its own is one of them
    known = len(rates) > 2
    most = (rates[-2] if abs(rate) >= rates[-1] else rates[-1]) if known else LONE_RATE / 3
    if abs(rate) > max(3 * most, POINTS):
        zh, en = "没有可比的时期或地区", "no other period or area to compare with"
        if known:
            zh, en = f"其他时期或地区最多{most:.1f}%", f"in other periods or areas at most {most:.1f}%"
        yield "rates", f"增长{point.shown}，{zh}", f"a growth of {point.shown}; {en}"


def _implied(rate: Point, points: list[Point]) -> float | None:
    """Growth (%) between the levels of a rate's year and the year before, each the median of what is printed."""
    levels = [p for p in points if p.key[2] == "N" and p.key[4] == rate.key[4]]
    for measure in {p.key[3] for p in levels}:
        now = [p.value for p in levels if p.key[3] == measure and p.year == rate.year]
        before = [p.value for p in levels if p.key[3] == measure and p.year == rate.year - 1]
        if now and before and statistics.median(before) > 0:
            return (statistics.median(now) / statistics.median(before) - 1) * 100
    return None
