"""Assemble one annual series of an indicator from everything on file, each point carrying where it comes from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import periods
from .data import Data
from .growth import implied_base
from .schema import TIERS

COLUMNS = [
    "time_period",
    "year",
    "value",
    "low",
    "high",
    "unit",
    "origin",
    "relation",
    "obs_status",
    "figure_id",
    "source_id",
    "tier",
    "vintage",
]
_RANK = {tier: i for i, tier in enumerate(TIERS)}


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


def series(data: Data, indicator: str, area: str = "330500", *, as_of: str | None = None) -> pd.DataFrame:
    """Everything on file about one indicator in one area, as one annual series.

    Where several sources print a year, the best tier counts, and within a tier the latest vintage. Claims, and
    figures that a correction excludes, never enter.

    Parameters
    ----------
    data : Data
    indicator, area : str
        Keys into the indicator and area tables.
    as_of : str, optional
        Only what had been published by then.

    Returns
    -------
    DataFrame
        Sorted by period (columns ``COLUMNS``). ``origin`` is ``printed`` (a whole year or a date), ``implied`` (a
        year derived from the printed level and nominal growth rate of the year after; ``low`` to ``high`` is what
        rounding leaves open), ``part_year`` (never annualised) or ``period_total`` (several years together).
        Values are in ``unit``, as printed.
    """
    levels = known(data.select(indicator, area, record_type="actual", transformation="N"), as_of)
    levels = levels[(levels.obs_text != "") & (levels.time_period != "") & (levels.corrected != "exclude")]
    if levels.empty:
        return pd.DataFrame(columns=COLUMNS)
    levels = levels.assign(rank=source_rank(data, levels)).sort_values(
        ["time_period", "rank", "vintage"], ascending=[True, True, False], kind="stable"
    )
    levels = levels.drop_duplicates(["time_period", "unit"])
    rows = [_printed(data, figure) for _, figure in levels.iterrows()]
    rows += _implied(data, levels, as_of, {r["time_period"] for r in rows if r["origin"] == "printed"})
    out = pd.DataFrame(rows, columns=COLUMNS)
    ends = [periods.parse(p).end for p in out.time_period]
    return out.assign(_end=ends).sort_values(["_end", "time_period"]).drop(columns="_end").reset_index(drop=True)


def _printed(data: Data, figure: pd.Series) -> dict:
    period = periods.parse(figure.time_period)
    origin = "period_total" if period.kind == "years" else "printed"
    if not period.whole_year and period.kind != "years" and figure.span != "point":
        origin = "part_year"
    low, high = data.interval(figure).floats
    return {
        "time_period": figure.time_period,
        "year": period.year,
        "value": figure.obs_value,
        "low": low,
        "high": high,
        "unit": figure.unit,
        "origin": origin,
        "relation": figure.relation,
        "obs_status": figure.obs_status,
        "figure_id": figure.name,
        "source_id": figure.source_id,
        "tier": data.sources.tier[figure.source_id],
        "vintage": figure.vintage,
    }


def _implied(data: Data, levels: pd.DataFrame, as_of: str | None, have: set[str]) -> list[dict]:
    rows = []
    annual = levels[levels.time_period.map(periods.is_year).astype(bool)]
    for _, level in annual.iterrows():
        before = periods.parse(level.time_period).year_before().code
        rates = known(
            data.select(
                level.indicator,
                level.ref_area,
                record_type="actual",
                transformation="GY",
                period=level.time_period,
                source=level.source_id,
            ),
            as_of,
        )
        rates = rates[
            (rates.corrected != "exclude")
            & (rates.prices != "constant")
            & (rates.relation == "=")
            & (rates.unit != "个百分点")
        ]
        if before in have or rates.empty or level.relation != "=":
            continue
        rate = rates.iloc[0]
        base = implied_base(data.interval(level), data.interval(rate) * data.units.factor(rate.unit, "%") / 100)
        low, high = base.floats
        rows.append(
            _printed(data, level)
            | {
                "time_period": before,
                "year": periods.parse(before).year,
                "value": base.middle,
                "low": low,
                "high": high,
                "origin": "implied",
                "obs_status": "E",
                "figure_id": f"{level.name} {rate.name}",
            }
        )
    return rows
