"""Targets: what the plan's own path demands, what is needed from now, and the verdict on one value.

Arithmetic starts from *now*, the latest actual, not from a base year. Levels are led to a target by compound growth,
shares by points a year: a percentage is never compounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile

# The province's programmes under their own keys; any other table of targets is known by its number.
PROGRAMMES = {"数字方案 指标表": "digital", "地瓜方案 指标表": "open"}
_ROW = re.compile(r"(.*指标表) 行(\d+)")

PACE_COLUMNS = [
    "indicator",
    "ref_area",
    "from_period",
    "to_period",
    "from_value",
    "to_value",
    "unit",
    "pace",
    "pace_unit",
    "from_id",
    "to_id",
]


def required_growth(current: float, target: float, years: float) -> float:
    """Compound growth a year that leads from `current` to `target`: (target / current)^(1/years) - 1, a fraction.

    Parameters
    ----------
    current, target : float
        Levels in one unit, both positive.
    years : float
        Years left.

    Returns
    -------
    float
        A fraction: 0.1 is 10% a year.

    Raises
    ------
    ValueError
        If a level is not positive or `years` is not.

    Examples
    --------
    >>> round(hz.required_growth(100, 121, 2), 6)
    0.1
    """
    if years <= 0:
        raise ValueError(
            "没有剩余年份：years 须为正；请核对起止年份 / no time is left: years must be positive; check first and last year"
        )
    if current <= 0 or target <= 0:
        raise ValueError(
            "年均增速要求水平值为正；否则请用 hz.required_points / compound growth needs positive levels; use "
            "hz.required_points for others"
        )
    return (target / current) ** (1 / years) - 1


def required_points(current: float, target: float, years: float) -> float:
    """Change a year that leads from `current` to `target` in equal steps: (target - current) / years.

    Parameters
    ----------
    current, target : float
        In one unit, for shares percent.
    years : float
        Years left.

    Returns
    -------
    float
        In that unit a year: percentage points for shares.

    Raises
    ------
    ValueError
        If `years` is not positive.

    Examples
    --------
    >>> hz.required_points(40, 52, 4)
    3.0
    """
    if years <= 0:
        raise ValueError(
            "没有剩余年份：years 须为正；请核对起止年份 / no time is left: years must be positive; check first and last year"
        )
    return (target - current) / years


def meets(value: float, target: float, relation: str, ascending: bool) -> bool:
    """Whether a value meets a target, given the bound that was printed.

    突破 (``>``) is met above the target only, ``<`` below only; otherwise at or beyond it, in the direction in which
    the indicator is better.
    """
    if relation == ">":
        return value > target
    if relation == "<":
        return value < target
    if relation == ">=":
        return value >= target
    if relation == "<=":
        return value <= target
    return value >= target if ascending else value <= target


def pace_kind(data: Data, indicator: str, unit: str) -> str:
    """How an indicator moves: ``points`` for shares, ``units`` for counts, ``growth`` for other levels."""
    if data.units[unit].is_share or data.units[unit].unit_measure == "PP":
        return "points"
    if data.indicators.measure_type[indicator] == "count" or data.units[unit].is_count:
        return "units"
    return "growth"


def pace(data: Data, indicator: str, unit: str, current: float, target: float, years: float) -> tuple[float, str]:
    """Required change a year and its unit: % for levels, points for shares, the unit itself for counts."""
    kind = pace_kind(data, indicator, unit)
    if kind == "growth" and not (current > 0 and target > 0):
        kind = "units"
    return change_a_year(current, target, years, kind), pace_unit(kind, unit)


def pace_unit(kind: str, unit: str) -> str:
    """Unit of a change a year: % for compound growth, percentage points for percentages, else the unit itself."""
    return "%" if kind == "growth" else "个百分点" if unit == "%" else unit


@dataclass(frozen=True)
class Judgement:
    """Verdict on one value, with the numbers that gave it.

    Attributes
    ----------
    status : str
        ``met``, ``ahead``, ``on_track``, ``behind``, ``far_behind``, ``missed`` or ``open``.
    rule : str
        Which rule gave it: ``bound``, ``path``, ``pace`` or ``none``.
    required : float
        Change a year that is needed from now (% for ``growth``, else in the unit of the value); NaN once met or missed.
    due, due_next : float
        The plan's path in the year of the value and a year later; NaN where no path covers them.
    """

    status: str
    rule: str
    required: float = math.nan
    due: float = math.nan
    due_next: float = math.nan


def judge(
    value: float,
    year: int,
    path: Mapping[str, float],
    relation: str,
    ascending: bool,
    kind: str,
    *,
    recent: float = math.nan,
    geometric: bool | None = None,
) -> Judgement:
    """Verdict on a value of one year against the targets of the years that a plan names.

    ``met``: the value satisfies the bound of the last named year. ``missed``: that year is over and it does not.
    Otherwise, where the path covers the year: ``ahead`` at or beyond the path's value of a year later, ``on_track`` at
    or beyond that of its own year, ``far_behind`` if the change a year that is needed from now is more than twice what
    the path itself asks over the same years, else ``behind``. Where no path covers it the present pace stands in for
    the path: ``ahead`` if it is at least twice what is needed, ``on_track`` if it is enough, ``far_behind`` if it is
    less than half of it, else ``behind``; ``open`` where no pace is known either.

    Parameters
    ----------
    value, year
        The actual, in the unit of the targets, and its year.
    path : mapping
        Target by year; the last year's is the one that counts.
    relation : str
        Bound of the last target.
    ascending : bool
        Whether more is better.
    kind : str
        ``growth``, ``points`` or ``units`` (see :func:`pace_kind`).
    recent : float
        Present change a year, in the unit of the pace.
    geometric : bool, optional
        How the path runs between named years; by default geometrically for levels, straight for the rest.
    """
    last = max(path)
    final, years = path[last], int(last) - year
    if meets(value, final, relation, ascending):
        return Judgement("met", "bound")
    if years <= 0:
        return Judgement("missed", "bound")
    towards = 1 if ascending else -1
    required = change_a_year(value, final, years, kind)
    curved = kind == "growth" if geometric is None else geometric
    due, later = value_on_path(path, year, curved), value_on_path(path, year + 1, curved)
    if due is None:
        status = "open" if math.isnan(recent) else _by_pace(towards * recent, towards * required)
        return Judgement(status, "none" if status == "open" else "pace", required)
    asked = towards * change_a_year(due, final, years, kind)
    if towards * (later - due) > 0 and towards * (value - later) >= 0:
        status = "ahead"
    elif towards * (value - due) >= 0:
        status = "on_track"
    else:
        status = "far_behind" if 0 < 2 * asked < towards * required else "behind"
    return Judgement(status, "path", required, due, later)


def _by_pace(recent: float, required: float) -> str:
    if recent >= 2 * required:
        return "ahead"
    if recent >= required:
        return "on_track"
    return "behind" if recent >= required / 2 else "far_behind"


def change_a_year(current: float, target: float, years: float, kind: str) -> float:
    """Change a year from `current` to `target`: % compounded for ``growth``, else in their own unit.

    A level that is zero or negative cannot compound and moves in its own unit.
    """
    if kind == "growth" and current > 0 and target > 0:
        return required_growth(current, target, years) * 100
    return required_points(current, target, years)


def advance(value: float, change: float, years: float, kind: str) -> float:
    """Value after so many years at a change a year: compounded for ``growth`` (in %), else added."""
    return value * (1 + change / 100) ** years if kind == "growth" else value + change * years


def years_needed(current: float, target: float, change: float, kind: str) -> float:
    """Years until `target` is reached at a change a year; infinite where the change leads away from it or nowhere.

    For levels ln(target / current) / ln(1 + change), for the rest (target - current) / change.
    """
    if kind == "growth":
        if current <= 0 or target <= 0 or change <= -100:
            return math.inf
        distance, speed = math.log(target / current), math.log1p(change / 100)
    else:
        distance, speed = target - current, change
    if distance == 0:
        return 0.0
    return distance / speed if distance * speed > 0 else math.inf


def is_table_row(locators: pd.Series) -> pd.Series:
    """Which locators are rows of a plan's table of targets: ``… 指标表 行3``."""
    return locators.str.fullmatch(_ROW.pattern).astype(bool)


def plan_tables(data: Data) -> dict[str, str]:
    """Tables of targets, the programmes of the province first, then as ``outline.csv`` lists them.

    Returns
    -------
    dict
        Key (``digital``, ``open``, else the table's number) to the locator of the table without its rows.
    """
    found = [m[1] for place in data.outline.locator if (m := _ROW.fullmatch(place))]
    ordered = sorted(dict.fromkeys(found), key=lambda p: list(PROGRAMMES).index(p) if p in PROGRAMMES else 9)
    return {PROGRAMMES.get(prefix, str(number)): prefix for number, prefix in enumerate(ordered, 1)}


@lru_cache(maxsize=8)
def plan_years(data: Data) -> tuple[int, ...]:
    """Years for which the plan's tables set targets; of a plan without tables, years of the city's targets."""
    rows = table_targets(data)
    if rows.empty:
        rows = data.select(area=data.home, record_type="target")
    return tuple(sorted({int(p) for p in rows.time_period if periods.is_year(p)}))


def target_year(data: Data) -> int:
    """Last year that the plan sets targets for.

    Raises
    ------
    NotOnFile
        If no target of a year is on file.
    """
    years = plan_years(data)
    if not years:
        raise NotOnFile("规划的年度目标", "a target of a plan for a year")
    return years[-1]


def table_targets(data: Data, which: str | None = None) -> pd.DataFrame:
    """Targets printed in the rows of the plan's tables (see :func:`plan_tables`), in the order of the tables.

    Parameters
    ----------
    data : Data
        From :func:`load`.
    which : {"digital", "open"}, optional
        One of the two tables; by default both.

    Returns
    -------
    DataFrame
        Figures of record type ``target`` whose locator is a table row, with ``table`` and ``row`` added. Size classes
        named inside a row are parameters and left out.

    Examples
    --------
    >>> sorted(set(hz.table_targets(data).table))
    ['digital', 'open']
    """
    tables = plan_tables(data)
    rows = data.figures[is_table_row(data.figures.locator) & (data.figures.record_type == "target")]
    place = rows.locator.str.extract(_ROW)
    keys = {prefix: key for key, prefix in tables.items()}
    rows = rows.assign(table=place[0].map(keys), row=place[1].astype(int))
    rows = rows[rows.table.notna() if which is None else rows.table == which]
    return (
        rows.assign(_order=rows.table.map(list(tables).index))
        .sort_values(["_order", "row", "time_period"], kind="stable")
        .drop(columns="_order")
    )


def plan_pace(data: Data, figures: pd.DataFrame) -> pd.DataFrame:
    """What the plan's own path demands a year between the years it names.

    Parameters
    ----------
    data : Data
        From :func:`load`.
    figures : DataFrame
        Target figures (for instance :func:`table_targets`).

    Returns
    -------
    DataFrame
        One row for each step between two years of one indicator (columns ``PACE_COLUMNS``); ``pace`` is in
        ``pace_unit`` a year: % for levels, 个百分点 (or ‰) for shares, the unit itself for counts.

    Examples
    --------
    >>> pace = hz.plan_pace(data, hz.table_targets(data))
    >>> pace[pace.indicator == "digital_va_share"][["from_period", "to_period", "pace"]].values.tolist()[0]
    ['2023', '2025', 5.0]
    """
    rows = []
    annual = figures[figures.time_period.map(periods.is_year).astype(bool) & (figures.obs_text != "")]
    for (_, indicator, area, unit), path in annual.groupby(["locator", "indicator", "ref_area", "unit"], sort=False):
        path = path.sort_values("time_period")
        for (_, a), (_, b) in zip(list(path.iterrows())[:-1], list(path.iterrows())[1:], strict=True):
            years = periods.years_between(a.time_period, b.time_period)
            value, pace_unit = pace(data, indicator, unit, a.obs_value, b.obs_value, years)
            rows.append(
                (
                    indicator,
                    area,
                    a.time_period,
                    b.time_period,
                    a.obs_value,
                    b.obs_value,
                    unit,
                    value,
                    pace_unit,
                    a.name,
                    b.name,
                )
            )
    return pd.DataFrame(rows, columns=PACE_COLUMNS)


def value_on_path(by_year: dict[str, float], year: int, geometric: bool) -> float | None:
    """Value of the plan's own path in a year: geometric between named years for levels, straight for shares.

    Returns None before the first and after the last named year.
    """
    named = sorted((int(y), v) for y, v in by_year.items())
    for (y0, v0), (y1, v1) in pairwise(named):
        if y0 <= year <= y1:
            share = (year - y0) / (y1 - y0)
            return v0 * (v1 / v0) ** share if geometric and v0 > 0 and v1 > 0 else v0 + (v1 - v0) * share
    return next((v for y, v in named if y == year), None)


def covers(figures: pd.DataFrame, first: int, last: int) -> bool:
    """Whether a plan's path says something of every year from `first` to `last`."""
    by_year = dict(zip(figures.time_period, figures.obs_value, strict=True))
    return all(value_on_path(by_year, year, False) is not None for year in range(first, last + 1))


def path_sum(data: Data, figures: pd.DataFrame, first: int, last: int) -> tuple[float, float]:
    """Sum of a plan path over the years `first` to `last`: named years as printed, the years between them read off
    the path once geometrically and once straight.

    Returns
    -------
    (geometric, straight) : tuple of float
        In the unit of the figures.

    Raises
    ------
    ValueError
        If a year lies outside the path.
    """
    by_year = {f.time_period: f.obs_value for _, f in figures.iterrows()}
    if not covers(figures, first, last):
        raise ValueError(
            f"规划路径不含{first}—{last}年；请取路径以内的年份 / the plan's path does not cover {first} to {last}; choose years "
            "within it"
        )
    totals = [
        sum(value_on_path(by_year, year, geometric) for year in range(first, last + 1)) for geometric in (True, False)
    ]
    return totals[0], totals[1]
