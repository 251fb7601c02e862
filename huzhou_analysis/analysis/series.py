"""Assemble one annual series of an indicator from everything on file, each point carrying where it comes from."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.rounding import Interval
from ..facts.schema import TIERS
from .growth import implied_base, implied_level

COLUMNS = [
    "time_period",
    "year",
    "value",
    "low",
    "high",
    "unit",
    "origin",
    "segment",
    "relation",
    "obs_status",
    "figure_id",
    "source_id",
    "tier",
    "vintage",
]
_RANK = {tier: i for i, tier in enumerate(TIERS)}
_ORIGINALS = ("official", "yearbook", "press", "mirror")
_FIRST_DAY = dt.date(1, 1, 1)


def source_rank(data: Data, figures: pd.DataFrame) -> pd.Series:
    """Rank of each figure's source, 0 the best: official, yearbook, press, mirror, compilation, secondary."""
    return figures.source_id.map(data.sources.tier).map(_RANK)


def known(figures: pd.DataFrame, as_of: str | None) -> pd.DataFrame:
    """Figures that had been published by the day `as_of` (ISO date; a year or month means its last day).

    A figure whose own publication date is only known to the month counts from the last day of it; one without any
    date is never known to have been published before a given day.
    """
    if as_of is None:
        return figures
    day = periods.parse(as_of).end
    published = [v != "" and periods.parse(v).end <= day for v in figures.vintage]
    return figures[np.array(published, dtype=bool)]


def best_first(data: Data, figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of one quantity in the order in which they are believed.

    An original (official, yearbook, press, or a copy of such a text) comes before a compilation, and that before
    anything secondary. Among originals the latest vintage comes first, so that a final figure supersedes a preliminary
    one, and then the better tier.
    """
    tier = figures.source_id.map(data.sources.tier)
    kind = tier.map(lambda t: 0 if t in _ORIGINALS else _RANK[t])
    published = figures.vintage.map(lambda v: (periods.parse(v).end if v else _FIRST_DAY).toordinal())
    order = pd.DataFrame({"kind": kind, "published": -published, "tier": tier.map(_RANK)}, index=figures.index)
    return figures.loc[order.sort_values(list(order.columns), kind="stable").index]


def series(data: Data, indicator: str, area: str | None = None, *, as_of: str | None = None) -> pd.DataFrame:
    """Everything on file about one indicator in one area, as one annual series.

    Where several sources print a year, :func:`best_first` decides. Claims, and figures that a correction excludes, never
    enter. Years that no one prints follow from a neighbouring level and a printed nominal growth rate, as often as
    that goes on, but never across a break.

    Parameters
    ----------
    data : Data
    indicator, area : str
        Keys into the indicator and area tables; by default the city that the tables are about.
    as_of : str, optional
        Only what had been published by then.

    Returns
    -------
    DataFrame
        Sorted by period (columns ``COLUMNS``). ``origin`` is ``printed`` (a whole year or a date), ``implied`` (a year
        derived from a level and a growth rate; ``low`` to ``high`` is what rounding leaves open), ``part_year`` (never
        annualised) or ``period_total`` (several years together). Values are in the indicator's usual unit where the
        printed one converts (``unit``); another currency keeps its own. ``segment`` counts the stretches between
        breaks: a point marked B begins a new one, and so does a change of currency; a line must not join two.

    Examples
    --------
    >>> gdp = hz.series(data, "gdp")
    >>> printed = gdp[(gdp.origin == "printed") & (gdp.year == 2013)]
    >>> printed.value.tolist(), printed.unit.tolist()  # the yearbook supersedes the work report's 1803.2
    ([1803.1501], ['亿元'])
    >>> gdp.plot(x="year", y="value")  # doctest: +SKIP
    """
    key = indicator, area or data.home, as_of
    if key not in data.assembled:
        data.assembled[key] = _assembled(data, *key)
    return data.assembled[key].copy(deep=False)


def _assembled(data: Data, indicator: str, area: str, as_of: str | None) -> pd.DataFrame:
    levels = known(data.select(indicator, area, record_type="actual", transformation="N"), as_of)
    levels = levels[(levels.obs_text != "") & (levels.time_period != "") & (levels.corrected != "exclude")]
    if levels.empty:
        return pd.DataFrame(columns=COLUMNS)
    levels = best_first(data, levels)
    levels = levels.assign(measure=levels.unit.map(lambda u: data.units[u].unit_measure))
    levels = levels.drop_duplicates(["time_period", "measure"])
    rows = [_printed(data, figure) for _, figure in levels.iterrows()]
    rows += _implied(data, rows, indicator, area, as_of)
    out = pd.DataFrame(rows, columns=COLUMNS)
    ends = [periods.parse(p).end for p in out.time_period]
    measures = out.unit.map(lambda u: data.units[u].unit_measure)
    out = (
        out.assign(_end=ends, _measure=measures).sort_values(["_end", "time_period", "_measure"]).reset_index(drop=True)
    )
    return _segmented(out)[COLUMNS]


def _printed(data: Data, figure: pd.Series) -> dict:
    period = periods.parse(figure.time_period)
    origin = "period_total" if period.kind == "years" else "printed"
    if not period.whole_year and period.kind != "years" and figure.span != "point":
        origin = "part_year"
    unit = _common_unit(data, figure)
    low, high = (data.interval(figure) * data.units.factor(figure.unit, unit)).floats
    return {
        "time_period": figure.time_period,
        "year": period.year,
        "value": data.units.convert(figure.obs_value, figure.unit, unit),
        "low": low,
        "high": high,
        "unit": unit,
        "origin": origin,
        "relation": figure.relation,
        "obs_status": figure.obs_status,
        "figure_id": figure.name,
        "source_id": figure.source_id,
        "tier": data.sources.tier[figure.source_id],
        "vintage": figure.vintage,
    }


def _common_unit(data: Data, figure: pd.Series) -> str:
    """The indicator's usual unit, or for another currency the unit of that currency with the same power of ten."""
    usual = data.indicators.unit[figure.indicator]
    if data.units.comparable(figure.unit, usual):
        return usual
    mine, power = data.units[figure.unit].unit_measure, data.units[usual].unit_mult
    alike = (u for u in data.units if data.units[u].unit_measure == mine and data.units[u].unit_mult == power)
    return next(alike, figure.unit)


def _implied(data: Data, rows: list[dict], indicator: str, area: str, as_of: str | None) -> list[dict]:
    """Years that follow from a neighbour and a nominal growth rate, backwards and forwards until nothing is added."""
    rates = known(data.select(indicator, area, record_type="actual", transformation="GY"), as_of)
    nominal = (rates.prices != "constant") & (rates.relation == "=") & (rates.unit != "个百分点")
    rates = rates[nominal & (rates.corrected != "exclude") & rates.time_period.map(periods.is_year).astype(bool)]
    if rates.empty:
        return []
    rates = best_first(data, rates)
    points = {r["year"]: r for r in rows if r["origin"] == "printed" and periods.is_year(r["time_period"])}
    ambiguous = {y for y in points if sum(r["year"] == y and r["origin"] == "printed" for r in rows) > 1}
    added: list[dict] = []
    while True:
        found = None
        for _, rate in rates.iterrows():
            year = int(rate.time_period)
            level, base = points.get(year), points.get(year - 1)
            if level and not base and year not in ambiguous and level["obs_status"] != "B" and level["relation"] == "=":
                found = _step(data, level, rate, year - 1, implied_base)
            elif base and not level and year - 1 not in ambiguous and base["relation"] == "=":
                found = _step(data, base, rate, year, implied_level)
            if found:
                break
        if not found:
            return added
        points[found["year"]] = found
        added.append(found)


def _step(data: Data, point: dict, rate: pd.Series, year: int, rule) -> dict:
    growth = data.interval(rate) * data.units.factor(rate.unit, "%") / 100
    value = rule(Interval(point["low"], point["high"]), growth)
    low, high = value.floats
    return point | {
        "time_period": str(year),
        "year": year,
        "value": value.middle,
        "low": low,
        "high": high,
        "origin": "implied",
        "obs_status": "E",
        "figure_id": f"{point['figure_id']} {rate.name}",
    }


def _segmented(out: pd.DataFrame) -> pd.DataFrame:
    """Number the stretches between breaks; only annual points can begin one."""
    segments, number, current = [], 1, None
    begun: dict[str, int] = {}
    for measure, origin, status in zip(out._measure, out.origin, out.obs_status, strict=True):
        if origin in ("printed", "implied"):
            if current is not None and (status == "B" or measure != current):
                number += 1
                begun[measure] = number
            current = measure
            begun.setdefault(measure, number)
        segments.append(begun.get(measure, number))
    return out.assign(segment=segments)


def vintages(data: Data, indicator: str, area: str | None = None) -> pd.DataFrame:
    """Every printed annual level of an indicator with its vintage: what was known when.

    Parameters
    ----------
    data : Data
        From :func:`load`.
    indicator : str
        Key into ``indicators.csv``; ``data.indicators`` lists them.
    area : str
        Key into ``ref_areas.csv``, by default the city that the tables are about.

    Returns
    -------
    DataFrame
        One row a printing, sorted by year and publication: ``year``, ``value`` (in the indicator's usual unit where the
        printed one converts), ``unit``, ``vintage``, ``tier``, ``obs_status``, ``source_id``, ``figure_id``.

    Examples
    --------
    >>> printed = hz.vintages(data, "gdp")
    >>> printed[printed.year == 2013].value.tolist()  # the work report, the yearbook, the revised series
    [1803.2, 1803.1501, 1930.78]
    """
    levels = data.select(indicator, area or data.home, record_type="actual", transformation="N")
    levels = levels[levels.time_period.map(periods.is_year).astype(bool) & (levels.obs_text != "")]
    rows = [_printed(data, figure) for _, figure in levels.iterrows()]
    columns = ["year", "value", "unit", "vintage", "tier", "obs_status", "source_id", "figure_id"]
    out = pd.DataFrame(rows, columns=COLUMNS)[columns]
    published = out.vintage.map(lambda v: periods.parse(v).end if v else _FIRST_DAY)
    return out.assign(_p=published).sort_values(["year", "_p", "source_id"]).drop(columns="_p").reset_index(drop=True)
