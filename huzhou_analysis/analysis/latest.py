"""Where things stand: the latest year and the latest part of a year that is printed of each indicator."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.words import Quantity, Text, period_text, point
from .series import key, points, printings
from .targets import pace_unit

# What a statistical bulletin opens with, in its order.
MAIN = ("gdp", "industrial_va", "hightech_va", "fixed_asset_investment", "manufacturing_investment", "retail_sales")
MAIN += ("trade_total", "exports", "imports", "fdi_utilized", "fiscal_revenue", "local_fiscal_revenue", "urban_income")
MAIN += ("rural_disposable_income",)
COLUMNS = ["indicator", "name", "part_year", "time_period", "period", "level", "growth", "growth_origin", "prices"]
COLUMNS += ["published", "obs_status", "tier", "source_id", "source", "figure_id"]
# A level that a growth rate implies for the year before is no news of that year.
_STATED = ("printed", "sum", "ratio", "part_year")


def latest(data: Data, indicators: Sequence[str] | str | None = None, area: str | int | None = None) -> pd.DataFrame:
    """The latest whole year, and the latest part of a year, of each indicator: level and growth as printed.

    Parameters
    ----------
    data : Data
    indicators : str or sequence of str, optional
        Codes or names; by default the main ones (``MAIN``), of which those without any figure are left out.
    area : str or int, optional
        By default the city that the tables are about.

    Returns
    -------
    DataFrame
        One row an indicator and kind of period (``part_year``), in the order asked for; the newest of each kind.
        ``level`` is a Quantity, or None where only a rate is printed; ``growth`` a Quantity in % over the same period of
        the year before (points for a share), or None; ``growth_origin`` is ``printed`` or, from two levels of one vintage,
        ``derived``, and ``prices`` its basis. ``name``, ``period`` and ``source`` are texts in both languages.

    Raises
    ------
    UnknownName, NotOnFile
        If a name is not in the tables, or nothing of what was asked for is on file.

    Examples
    --------
    >>> now = hz.latest(data, ["gdp"])
    >>> [(str(r.period), str(r.level), str(r.growth)) for r in now[~now.part_year].itertuples()]
    [('2025年', '4,452.8亿元', '5.9%')]
    """
    wanted = [i for i in MAIN if i in data.indicators.index] if indicators is None else indicators
    wanted = [wanted] if isinstance(wanted, str) else wanted
    rows = []
    for code, place in (key(data, one, area) for one in wanted):
        levels, said = points(data, code, place), printings(data, "GY", code, place)
        levels = levels[levels.origin.isin(_STATED)]
        said = said.drop_duplicates("time_period")
        for part in (False, True):
            on_file = [p for p in [*levels.time_period, *said.time_period] if periods.is_year(p) != part]
            if on_file:
                newest = max(on_file, key=lambda p: (periods.parse(p).end, p))
                of = (frame[frame.time_period == newest] for frame in (levels, said))
                rows.append(_row(data, code, newest, *of) | {"part_year": part})
    if not rows:
        raise NotOnFile("所列指标的实际数", "an actual of the indicators asked for")
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(data: Data, code: str, period: str, there: pd.DataFrame, said: pd.DataFrame) -> dict:
    """Level and growth of one period, from its points and its printed rates."""
    level = point(data, there, period) if len(there) else None
    growth, origin, prices, ids = None, "", "", ()
    if len(said):
        rate = said.iloc[0]
        ids, prices, origin = (rate.name,), rate.prices, "printed"
        growth = Quantity(rate.obs_value, data.units[rate.unit], rate.obs_text, None, rate.relation, period, ids)
    elif level and pd.notna(there.growth.iloc[-1]):
        unit = data.units[pace_unit("points" if level.unit.is_share else "growth", level.unit.unit)]
        growth, origin = Quantity(float(there.growth.iloc[-1]), unit, decimals=1, time_period=period), "derived"
    first = there.iloc[-1] if level else said.iloc[0]
    info, source = data.indicators.loc[code], data.sources.loc[first.source_id]
    return {
        "indicator": code,
        "name": Text(info.name_zh, info.name_en),
        "time_period": period,
        "period": period_text(period),
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
