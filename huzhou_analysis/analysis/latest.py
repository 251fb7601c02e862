"""Where things stand: the latest year and the latest part of a year that is printed of each indicator."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.words import Quantity, Text, point
from .series import best_first, key, points

# What a statistical bulletin opens with, in its order.
MAIN = (
    "gdp",
    "industrial_va",
    "hightech_va",
    "fixed_asset_investment",
    "manufacturing_investment",
    "retail_sales",
    "trade_total",
    "exports",
    "imports",
    "fdi_utilized",
    "fiscal_revenue",
    "local_fiscal_revenue",
    "urban_income",
    "rural_disposable_income",
)
COLUMNS = ["indicator", "name", "part_year", "time_period", "period", "level", "growth", "growth_origin", "prices"]
COLUMNS += ["published", "obs_status", "tier", "source_id", "source", "figure_id"]
# A level that a growth rate implies for the year before is no news of that year.
_STATED = ("printed", "sum", "ratio", "part_year")


def latest(data: Data, indicators: Sequence[str] | None = None, area: str | int | None = None) -> pd.DataFrame:
    """The latest whole year, and the latest part of a year, of each indicator: level and growth as printed.

    Parameters
    ----------
    data : Data
    indicators : sequence of str, optional
        Codes or names; by default the main ones (``MAIN``), of which those without any figure are left out.
    area : str or int, optional
        By default the city that the tables are about.

    Returns
    -------
    DataFrame
        One row an indicator and kind of period, in the order asked for; the newest of each kind.
        ``level`` : Quantity, or None where only a rate is printed (a sum of printed parts counts as stated).
        ``growth`` : Quantity in % over the same period of the year before (points for a share), or None.
        ``growth_origin`` : ``printed``; ``derived`` from two levels of one vintage where no rate is printed; else empty.
        ``name``, ``period``, ``source`` : texts in both languages. ``part_year`` : bool. ``prices`` : of the growth.
        ``published``, ``obs_status``, ``tier``, ``source_id`` : of the level, or of the growth where there is none.

    Raises
    ------
    UnknownName
        If a name is not in the tables.
    NotOnFile
        If nothing of what was asked for is on file.

    Examples
    --------
    >>> now = hz.latest(data, ["gdp"])
    >>> [(str(r.period), str(r.level), str(r.growth)) for r in now[~now.part_year].itertuples()]
    [('2025年', '4,452.8亿元', '5.9%')]
    """
    wanted = [i for i in MAIN if i in data.indicators.index] if indicators is None else indicators
    rows = []
    for one in wanted:
        code, place = key(data, one, area)
        levels, rates = _levels(data, code, place), _rates(data, code, place)
        for part in (False, True):
            ends = [p for p in [*levels.time_period, *rates.time_period] if periods.is_year(p) != part]
            if ends:
                newest = max(ends, key=lambda p: (periods.parse(p).end, p))
                rows.append(_row(data, code, newest, levels, rates) | {"part_year": part})
    if not rows:
        raise NotOnFile("所列指标的实际数", "an actual of the indicators asked for")
    return pd.DataFrame(rows, columns=COLUMNS)


def _levels(data: Data, code: str, area: str) -> pd.DataFrame:
    """Stated levels, the yearly ones before others of the same period."""
    found = points(data, code, area)
    return found[found.origin.isin(_STATED)] if len(found) else found


def _rates(data: Data, code: str, area: str) -> pd.DataFrame:
    """Printed growth over the year before, the most believed figure of each period."""
    found = data.select(code, area, record_type="actual", transformation="GY")
    found = found[(found.obs_text != "") & (found.time_period != "") & (found.corrected != "exclude")]
    return best_first(data, found).drop_duplicates("time_period") if len(found) else found


def _row(data: Data, code: str, period: str, levels: pd.DataFrame, rates: pd.DataFrame) -> dict:
    there, said = levels[levels.time_period == period], rates[rates.time_period == period]
    level = point(data, there, period) if len(there) else None
    growth, origin, prices, ids = None, "", "", ()
    if len(said):
        rate = said.iloc[0]
        ids, prices, origin = (rate.name,), rate.prices, "printed"
        growth = Quantity(rate.obs_value, data.units[rate.unit], rate.obs_text, None, rate.relation, period, ids)
    elif len(there) and there.growth.notna().iloc[-1]:
        unit = data.units["个百分点" if level.unit.is_share else "%"]
        growth, origin = Quantity(float(there.growth.iloc[-1]), unit, decimals=1, time_period=period), "derived"
    first = there.iloc[-1] if len(there) else said.iloc[0]
    info, source = data.indicators.loc[code], data.sources.loc[first.source_id]
    return {
        "indicator": code,
        "name": Text(info.name_zh, info.name_en),
        "time_period": period,
        "period": Text(*(periods.parse(period).label(lang) for lang in ("zh", "en"))),
        "level": level,
        "growth": growth,
        "growth_origin": origin,
        "prices": prices,
        "published": first.vintage,
        "obs_status": first.obs_status,
        "tier": source.tier,
        "source_id": first.source_id,
        "source": Text(source.title, source.title_en),
        "figure_id": " ".join(dict.fromkeys([*(level.figures if level else ()), *ids])),
    }
