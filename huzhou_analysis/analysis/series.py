"""One annual series of an indicator from everything on file: which figure speaks for a year, and where a stretch ends.

A stretch is a run of years in one unit, one definition and one vintage; growth is never taken from one into the next.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

import numpy as np
import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.rounding import Interval
from ..facts.schema import TIERS
from .growth import implied_base, implied_level

COLUMNS = ["year", "value", "unit", "growth", "printed", "low", "high", "relation", "time_period", "origin"]
COLUMNS += ["obs_status", "segment", "vintage", "stretch", "tier", "source_id", "figure_id", "indicator", "ref_area"]
# A total that is printed in few years, and the indicators that add up to it (data/relations.csv holds the identity).
PARTS = {"trade_total": ("exports", "imports")}
# A share of the country that follows from two printed levels, in the unit of the share: (level, area of the whole).
RATIOS = {"export_national_share": ("exports", "000000")}
# Two vintages agree where the growth that each prints differs by no more than this, in percentage points.
TOLERANCE = 0.5
# Years in one vintage that make a source a run of its own.
RUN = 5
YEARLY = ("printed", "sum", "ratio", "implied")
_RANK = {tier: i for i, tier in enumerate(TIERS)}
_ORIGINALS = ("official", "yearbook", "press", "mirror")
_FIRST_DAY = dt.date(1, 1, 1)
_NOTHING = pd.DataFrame(columns=COLUMNS)


# --- what is known, and who is believed ----------------------------------------------------------------------------


def key(data: Data, indicator: str, area: str | int | None = None) -> tuple[str, str]:
    """Codes of an indicator and an area given by any of their names (:mod:`~huzhou_analysis.facts.names`)."""
    code = indicator if isinstance(indicator, str) and indicator in data.indicators.index else None
    place = area if isinstance(area, str) and area in data.ref_areas.index else None
    return (
        code or data.indicator(indicator),
        place or data.area(None if area is None else str(area)),
    )


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
    day = periods.parse(str(as_of)).end
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


def measured_in(data: Data, frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Rows of a frame whose ``unit`` measures the same as `unit`."""
    return frame[frame.unit.map(lambda u: data.units.comparable(u, unit)).astype(bool)]


def declared_breaks(data: Data, indicator: str) -> list[int]:
    """Years in which a series begins anew, as ``indicators.csv`` declares them (``2022: why; 2014: why``)."""
    found = re.findall(r"(?:^|; )(\d{4})((?: and \d{4})*):", data.indicators.breaks[indicator])
    return sorted(int(y) for first, more in found for y in [first, *re.findall(r"\d{4}", more)])


# --- the series ----------------------------------------------------------------------------------------------------


def series(
    data: Data,
    indicator: str,
    area: str | int | None = None,
    *,
    unit: str | None = None,
    as_of: str | None = None,
    everything: bool = False,
) -> pd.DataFrame:
    """One number a year of an indicator in an area, in one unit, with where each comes from.

    Of several printings of a year :func:`best_first` decides; claims, and figures that a correction excludes, never
    enter. A year that no one prints is the sum of printed parts, else it follows from a neighbouring level and a
    printed nominal growth rate (not one on an account of its own, status B).

    Parameters
    ----------
    data : Data
    indicator, area : str
        Code, Chinese or English name; by default the city that the tables are about.
    unit : str, optional
        Unit to show, of any measure on file (``亿美元`` for years in dollars); by default that of the latest year.
    as_of : str, optional
        Only what had been published by then (ISO date).
    everything : bool
        Also parts of years, totals of several years, and other currencies.

    Returns
    -------
    DataFrame
        Sorted by period (columns ``COLUMNS``). ``growth`` is in % over the year before (for shares in points), and
        empty across a break. ``origin`` is ``printed``, ``sum``, ``ratio`` (of two printed levels), ``implied`` (by a
        growth rate), ``part_year`` (never annualised) or ``period_total``. ``low`` to ``high`` is what rounding leaves
        open. ``segment`` numbers the stretches: a new one begins at a status B, a break that ``indicators.csv``
        declares, another currency, or where a source that prints both years shows that two vintages differ in level.
        ``stretch`` names its vintage: ``first`` (as first published, within a year) or the year of publication.

    Raises
    ------
    UnknownName, NotOnFile
        If a name is not in the tables (the nearest are listed), or no actual is on file.

    Examples
    --------
    >>> gdp = hz.series(data, "地区生产总值")
    >>> gdp[gdp.year == 2018][["value", "unit", "stretch"]].values.tolist()  # first published as 2719.07
    [[2881.21, '亿元', 'first + 2024']]
    """
    code, place = key(data, indicator, area)
    found = points(data, code, place, as_of=as_of)
    yearly = found[found.origin.isin(YEARLY)]
    if unit is not None:
        found = in_unit(data, found, unit)
    elif not everything and len(yearly):
        found = measured_in(data, found, yearly.unit.iloc[-1])
    found = found if everything else _one_a_year(found)
    if found.empty:
        info, where = data.indicators.loc[code], data.ref_areas.loc[place]
        more = f" in {unit}" if unit else "; everything=True shows parts of years, if any"
        raise NotOnFile(f"{where.name_zh}{info.name_zh}（{unit or '年度'}）", f"{info.name_en}, {where.name_en}{more}")
    return _with_growth(data, found.reset_index(drop=True))


def in_unit(data: Data, found: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Points that measure the same as `unit`, written in it; digits printed in another are no longer as printed."""
    found = measured_in(data, found, unit)
    scale = np.array([float(data.units.factor(u, unit)) for u in found.unit])
    same = found.unit == unit
    found = found.assign(**{c: found[c] * scale for c in ("value", "low", "high")}, unit=unit)
    return found.assign(printed=found.printed.where(same, ""))


def _one_a_year(found: pd.DataFrame) -> pd.DataFrame:
    """The yearly points, of a year and dates within it the year, of several dates the last."""
    found = found[found.origin.isin(YEARLY)]
    whole = found.time_period.map(periods.is_year).astype(bool)
    found = found.assign(_whole=whole).sort_values(["year", "_whole"], kind="stable").drop(columns="_whole")
    return found.drop_duplicates("year", keep="last")


def points(data: Data, indicator: str, area: str, *, as_of: str | None = None) -> pd.DataFrame:
    """Everything on file about an indicator (codes, not names), in the columns of :func:`series`; may be empty."""
    wanted = indicator, area, as_of
    if wanted not in data.assembled:
        data.assembled[wanted] = _assembled(data, *wanted)
    return data.assembled[wanted].copy(deep=False)


def _assembled(data: Data, indicator: str, area: str, as_of: str | None) -> pd.DataFrame:
    if indicator not in {*PARTS, *RATIOS} and data.select(indicator, record_type="actual").empty:
        return _NOTHING
    levels = _levels(data, indicator, area, as_of)
    rows = [printed_point(data, figure) for _, figure in _chosen(data, levels).iterrows()]
    rows += _summed(data, rows, indicator, area, as_of)
    rows += _implied(data, rows, indicator, area, as_of)
    out = pd.DataFrame(rows, columns=COLUMNS).assign(indicator=indicator, ref_area=area)
    if out.empty:
        return out
    ends = [periods.parse(p).end for p in out.time_period]
    units = [data.units[u] for u in out.unit]
    out = out.assign(_end=ends, _measure=[u.unit_measure for u in units], _scale=[10.0**u.unit_mult for u in units])
    out = out.sort_values(["_end", "time_period", "_measure"]).reset_index(drop=True)
    out = _segmented(out, levels, declared_breaks(data, indicator))
    return _with_growth(data, out[COLUMNS])


def _levels(data: Data, indicator: str, area: str, as_of: str | None) -> pd.DataFrame:
    """Printed levels that may enter the series, the most believed first, with what their unit measures."""
    levels = known(data.select(indicator, area, record_type="actual", transformation="N"), as_of)
    levels = levels[(levels.obs_text != "") & (levels.time_period != "") & (levels.corrected != "exclude")]
    levels = best_first(data, levels) if len(levels) else levels
    scale = [10.0 ** data.units[u].unit_mult for u in levels.unit]
    return levels.assign(measure=levels.unit.map(lambda u: data.units[u].unit_measure), base=levels.obs_value * scale)


def _chosen(data: Data, levels: pd.DataFrame) -> pd.DataFrame:
    """One figure for each period and measure: the most believed, but a run of years comes from one vintage.

    Where a source that prints five years or more in one vintage shows that the most believed figures of neighbouring
    years stand on different levels (a census lies between them), that source speaks for all years it prints.
    """
    best = levels.drop_duplicates(["time_period", "measure"])
    yearly = levels[levels.time_period.map(periods.is_year).astype(bool) & (levels.relation == "=")]
    for _, run in sorted(yearly.groupby(["source_id", "vintage", "measure"]), key=lambda one: -len(one[1])):
        if len(run) < RUN:
            break
        run = run.drop_duplicates("time_period")
        both = run.set_index("time_period").base.to_frame("run")
        same = best[(best.measure == run.measure.iloc[0]) & best.time_period.isin(both.index)]
        both = both.join(same.set_index("time_period").base.rename("best")).sort_index()
        differ = (both.run.pct_change() - both.best.pct_change()).abs() * 100 > TOLERANCE
        if differ.any():
            return pd.concat([run, best.drop(same.index)])
    return best


def printed_point(data: Data, figure: pd.Series) -> dict:
    """A printed level as a point of a series, in the indicator's usual unit."""
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
        "printed": figure.obs_text if unit == figure.unit else "",
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


# --- years that no one prints --------------------------------------------------------------------------------------


def _summed(data: Data, rows: list[dict], indicator: str, area: str, as_of: str | None) -> list[dict]:
    """Years that are the sum of printed parts, or the ratio of two printed levels."""
    there = {r["time_period"] for r in rows}
    made = []
    if indicator in PARTS:
        parts = [points(data, part, area, as_of=as_of) for part in PARTS[indicator]]
        made += _of_parts(data, [p[p.origin == "printed"] for p in parts], "sum")
    if indicator in RATIOS:
        level, whole = RATIOS[indicator]
        parts = [points(data, level, place, as_of=as_of) for place in (area, whole)]
        made += _of_parts(data, [p[p.origin == "printed"] for p in parts], "ratio", data.indicators.unit[indicator])
    info = data.indicators.loc[indicator]
    districts = data.ref_areas.index[(data.ref_areas.parent == area) & (data.ref_areas.level == "county")]
    if len(districts) > 1 and info.measure_type in ("flow", "stock") and not data.units[info.unit].is_share:
        levels = known(data.select(indicator, districts, record_type="actual", transformation="N"), as_of)
        levels = levels[(levels.obs_text != "") & (levels.corrected != "exclude") & levels.relation.eq("=")]
        for _, group in levels.groupby(["source_id", "vintage"], sort=False):
            each = [group[group.ref_area == d] for d in districts]
            made += _of_parts(
                data, [pd.DataFrame([printed_point(data, f) for _, f in e.iterrows()]) for e in each], "sum"
            )
    once = {row["time_period"]: row for row in reversed(made) if row["time_period"] not in there}
    return list(once.values())


def _of_parts(data: Data, parts: list[pd.DataFrame], origin: str, unit: str = "") -> list[dict]:
    """One row for every whole year that all parts print in one unit, with the interval that their rounding leaves."""
    if any(p.empty for p in parts):
        return []
    parts = [p[p.time_period.map(periods.is_year).astype(bool) & (p.relation == "=")] for p in parts]
    rows = []
    for year in sorted(set.intersection(*(set(p.year) for p in parts))):
        here = [p[p.year == year].iloc[0] for p in parts if (p.year == year).sum() == 1]
        if len(here) < len(parts) or len({h.unit for h in here}) > 1:
            continue
        intervals = [Interval(h.low, h.high) for h in here]
        total = sum(intervals[1:], intervals[0]) if origin == "sum" else intervals[0] / intervals[1]
        value = sum(h.value for h in here) if origin == "sum" else here[0].value / here[1].value
        if origin == "ratio":
            scale = 2 - data.units[unit].unit_mult  # shares are counted from per cent
            total, value = total * 10**scale, value * 10.0**scale
        worst = max(here, key=lambda h: _RANK[h.tier])
        low, high = total.floats
        derived = {"value": value, "printed": "", "low": low, "high": high, "unit": unit or here[0].unit}
        ids = " ".join(i for h in here for i in h.figure_id.split())
        made = {"origin": origin, "obs_status": "E", "figure_id": ids, "vintage": max(h.vintage for h in here)}
        rows.append(worst.reindex(COLUMNS).to_dict() | derived | made)
    return rows


def _implied(data: Data, rows: list[dict], indicator: str, area: str, as_of: str | None) -> list[dict]:
    """Years that follow from a neighbour and a nominal growth rate, backwards and forwards until nothing is added."""
    rates = known(data.select(indicator, area, record_type="actual", transformation="GY"), as_of)
    if rates.empty or not rows:
        return []
    nominal = (
        (rates.prices != "constant") & (rates.relation == "=") & (rates.unit != "个百分点") & (rates.obs_status != "B")
    )
    rates = rates[nominal & (rates.corrected != "exclude") & rates.time_period.map(periods.is_year).astype(bool)]
    rates = best_first(data, rates[rates.obs_value > -100])
    yearly = [r for r in rows if r["origin"] in YEARLY and periods.is_year(r["time_period"])]
    there = {r["year"]: r for r in yearly}
    ambiguous = {y for y in there if sum(r["year"] == y for r in yearly) > 1}
    added: list[dict] = []
    while True:
        found = None
        for _, rate in rates.iterrows():
            year = int(rate.time_period)
            level, base = there.get(year), there.get(year - 1)
            if level and not base and year not in ambiguous and level["obs_status"] != "B" and level["relation"] == "=":
                found = _step(data, level, rate, year - 1, implied_base)
            elif base and not level and year - 1 not in ambiguous and base["relation"] == "=":
                found = _step(data, base, rate, year, implied_level)
            if found:
                break
        if not found:
            return added
        there[found["year"]] = found
        added.append(found)


def _step(data: Data, point: dict, rate: pd.Series, year: int, rule) -> dict:
    value = rule(Interval(point["low"], point["high"]), data.interval(rate) * data.units.factor(rate.unit, "%"))
    low, high = value.floats
    return point | {
        "time_period": str(year),
        "year": year,
        "value": value.middle,
        "printed": "",
        "low": low,
        "high": high,
        "origin": "implied",
        "obs_status": "E",
        "figure_id": f"{point['figure_id']} {rate.name}",
    }


# --- stretches -----------------------------------------------------------------------------------------------------


def _segmented(out: pd.DataFrame, levels: pd.DataFrame, breaks: list[int]) -> pd.DataFrame:
    """Number the stretches of each measure in the order in which they begin; parts of years belong to the last begun."""
    local = pd.Series(0, index=out.index)
    printed: dict[str, dict[tuple, dict[str, float]]] = {}
    cells = (levels[c] for c in ("relation", "measure", "source_id", "vintage", "time_period", "base"))
    for relation, measure, source, vintage, period, base in zip(*cells, strict=True):
        if relation == "=":
            printed.setdefault(measure, {}).setdefault((source, vintage), {}).setdefault(period, base)
    for _, group in out[out.origin.isin(YEARLY)].groupby("_measure", sort=False):
        number = 1
        local[group.index[0]] = number
        for (_, before), (j, after) in pairwise(group.iterrows()):
            number += _ends(before, after, printed.get(after._measure, {}), breaks)
            local[j] = number
    for i in out.index[local == 0]:
        earlier = local[(out._measure == out._measure[i]) & (local > 0) & (out.index < i)]
        local[i] = earlier.iloc[-1] if len(earlier) else 1
    numbers = {pair: n for n, pair in enumerate(dict.fromkeys(zip(out._measure, local, strict=True)), 1)}
    out = out.assign(segment=[numbers[pair] for pair in zip(out._measure, local, strict=True)])
    found: dict[int, set[str]] = {}
    for point in out.itertuples():
        editions = found.setdefault(point.segment, set())
        if point.origin != "implied":
            editions.add(_edition(point.vintage, point.year))
    return out.assign(stretch=[" + ".join(sorted(found[n], reverse=True)) for n in out.segment])


def _edition(vintage: str, year: int) -> str:
    """``first`` for what was published within a year, else the year of publication."""
    return "undated" if not vintage else "first" if int(vintage[:4]) <= year + 1 else vintage[:4]


def _ends(before: pd.Series, after: pd.Series, printed: dict[tuple, dict[str, float]], breaks: list[int]) -> bool:
    """Whether a stretch ends between two yearly points; `printed` holds the levels of each source and vintage.

    It does at a break; where another kind of vintage begins and no source prints a year of both alike; and where a
    source that prints both years shows that the two stand on different levels.
    """
    if after.obs_status == "B" or any(before.year < b <= after.year for b in breaks):
        return True
    one = (before.source_id, before.vintage) == (after.source_id, after.vintage)
    if one or "implied" in (before.origin, after.origin):
        return False
    a, b = (point.value * point._scale for point in (before, after))
    if (_edition(before.vintage, before.year) == "first") != (_edition(after.vintage, after.year) == "first"):
        other = [(after, str(before.year), a), (before, str(after.year), b)]
        alike = [
            abs(printed[(p.source_id, p.vintage)][year] / value - 1) * 100 <= TOLERANCE
            for p, year, value in other
            if value and year in printed.get((p.source_id, p.vintage), ())
        ]
        return not any(alike)
    years = str(before.year), str(after.year)
    growth = [
        one[years[1]] / one[years[0]] for one in printed.values() if a > 0 and one.get(years[0]) and years[1] in one
    ]
    return bool(growth) and all(abs(g - b / a) * 100 > TOLERANCE for g in growth)


def _with_growth(data: Data, out: pd.DataFrame) -> pd.DataFrame:
    """Growth over the year before within one stretch: in %, for shares in points."""
    growth = [np.nan] * len(out)
    whole = out.origin.isin(YEARLY) & out.time_period.map(periods.is_year).astype(bool) & out.relation.isin(["=", "~"])
    for _, group in out[whole].groupby("segment"):
        for (_, a), (j, b) in pairwise(group.iterrows()):
            share = data.units[b.unit].is_share
            if b.year - a.year == 1 and (share or a.value > 0):
                growth[out.index.get_loc(j)] = b.value - a.value if share else (b.value / a.value - 1) * 100
    return out.assign(growth=growth)


def vintages(data: Data, indicator: str, area: str | int | None = None) -> pd.DataFrame:
    """Every printed annual level of an indicator with its vintage: what was known when.

    Parameters
    ----------
    data : Data
    indicator, area : str
        Code or name, as in :func:`series`.

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
    code, place = key(data, indicator, area)
    levels = data.select(code, place, record_type="actual", transformation="N")
    levels = levels[levels.time_period.map(periods.is_year).astype(bool) & (levels.obs_text != "")]
    rows = [printed_point(data, figure) for _, figure in levels.iterrows()]
    columns = ["year", "value", "unit", "vintage", "tier", "obs_status", "source_id", "figure_id"]
    out = pd.DataFrame(rows, columns=COLUMNS)[columns]
    published = out.vintage.map(lambda v: periods.parse(v).end if v else _FIRST_DAY)
    return out.assign(_p=published).sort_values(["year", "_p", "source_id"]).drop(columns="_p").reset_index(drop=True)
