"""The growth ledger: every printed rate confronted with every printed level that can test it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.rounding import Interval
from ..facts.words import text
from .growth import growth_rate, implied_base, implied_deflator, implied_level
from .series import key, source_rank

LEDGER_COLUMNS = ["figure_id", "indicator", "ref_area", "time_period", "record_type", "printed", "unit"]
LEDGER_COLUMNS += ["level_id", "base_id", "recomputed_low", "recomputed_high", "difference"]
LEDGER_COLUMNS += ["derived", "derived_period", "derived_low", "derived_high", "derived_unit"]
LEDGER_COLUMNS += ["verdict", "tests", "rule_zh", "rule_en"]
_NUMBERS = ("recomputed_low", "recomputed_high", "difference", "derived_low", "derived_high")
VERDICTS = {
    "reproduced": text("可复现", "reproduced"),
    "revision": text("数据修订", "revised"),
    "contradicted": text("矛盾", "contradicted"),
    "scope": text("口径不同", "scope differs"),
    "not_tested": text("未检验（价格口径不同）", "not tested (price basis)"),
    "not_checkable": text("无从核对", "not checkable"),
}
# Verdicts of lines in which levels of one price basis were held against the rate.
TESTED = ("reproduced", "revision", "contradicted")
# The verdict of each rule, and why.
_RULES = pd.read_csv(Path(__file__).with_name("ledger_rules.csv"), index_col="rule")


def growth_ledger(data: Data, indicators: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Confront every printed growth rate with every level that can test it.

    Parameters
    ----------
    data : Data
    indicators : str or sequence of str, optional
        Only these, by code or name.

    Returns
    -------
    DataFrame
        Columns ``LEDGER_COLUMNS``: for each printed rate of :attr:`Data.own` a row for each pair of levels that tests it,
        the best first, or one row. ``recomputed`` is in % (points for a change in points), ``difference`` its distance
        from what was printed; ``derived`` is the ``base`` or ``level`` that the rate implies, or the ``deflator`` (%)
        between a real rate and nominal levels. ``verdict`` is a code of ``VERDICTS``, with the rule in both languages;
        ``tests`` says whether the line tests the rate at all.

    Examples
    --------
    >>> ledger = hz.growth_ledger(data, "gdp")
    >>> sorted(set(ledger.verdict))  # real growth, nominal levels: that is no test
    ['not_checkable', 'not_tested']
    """
    rates = data.figures[(data.figures.transformation == "GY") & (data.figures.obs_text != "") & data.own]
    if indicators is not None:
        wanted = [indicators] if isinstance(indicators, str) else indicators
        rates = rates[rates.indicator.isin([key(data, one)[0] for one in wanted])]
    rows = [row for _, rate in rates.iterrows() for row in _confront(data, rate)]
    return pd.DataFrame(rows, columns=LEDGER_COLUMNS)


def _confront(data: Data, rate: pd.Series) -> list[dict]:
    """All ledger rows of one rate."""
    row = dict.fromkeys(LEDGER_COLUMNS, "") | dict.fromkeys(_NUMBERS, math.nan)
    row |= {name: rate[name] for name in ("indicator", "ref_area", "time_period", "record_type", "unit")}
    row |= {"figure_id": rate.name, "printed": rate.obs_text}
    before = periods.parse(rate.time_period).year_before().code if rate.time_period else ""
    levels, bases = _levels(data, rate, rate.time_period), _levels(data, rate, before)
    if rate.span == "per_year":
        return [_settle(row, "average")]
    if levels.empty and bases.empty:
        return [_settle(row, "no_level")]
    if not data.interval(rate).bounded:
        return [_settle(row, "bound")]
    if bases.empty:
        return [_imply(data, rate, row, levels.iloc[0], "base", before)]
    if levels.empty:
        return [_imply(data, rate, row, bases.iloc[0], "level", rate.time_period)]
    pairs = [(level, base) for _, level in levels.iterrows() for _, base in bases.iterrows()]
    return [_recompute(data, rate, row, level, base, before) for level, base in pairs]


def _settle(row: dict, rule: str) -> dict:
    verdict, zh, en = _RULES.loc[rule, ["verdict", "zh", "en"]]
    return row | {"verdict": verdict, "tests": verdict in TESTED, "rule_zh": zh, "rule_en": en}


def _printed(data: Data, rate: pd.Series, unit: str) -> tuple[Interval, bool]:
    """A printed rate in per cent; or a printed change in points, in the unit of the share, and that it is one."""
    points = data.units[rate.unit].unit_measure == "PP"
    power = data.units[rate.unit].unit_mult - (data.units[unit].unit_mult if points else 0)
    return data.interval(rate) * Decimal(10) ** power, points


def _derived(what: str, period: str, interval: Interval, unit: str) -> dict:
    low, high = interval.floats
    names = ("derived", "derived_period", "derived_low", "derived_high", "derived_unit")
    return dict(zip(names, (what, period, low, high, unit), strict=True))


def _recompute(data: Data, rate: pd.Series, row: dict, level: pd.Series, base: pd.Series, before: str) -> dict:
    """The rate that two levels allow, beside the one that is printed."""
    row = row | {"level_id": level.name, "base_id": base.name}
    printed, points = _printed(data, rate, level.unit)
    now, then = data.interval(level), data.interval(base)
    if not (now.bounded and then.bounded) or (then.low <= 0 and not points):
        return _settle(row, "bound")
    if not data.units.comparable(level.unit, base.unit):
        return _settle(row, "scope")
    then = then * data.units.factor(base.unit, level.unit)
    recomputed = now - then if points else growth_rate(now, then)
    row["recomputed_low"], row["recomputed_high"] = recomputed.floats
    row["difference"] = recomputed.distance(printed)
    if rate.prices == "constant":
        if printed.low > -100:
            row |= _derived("deflator", rate.time_period, implied_deflator(recomputed, printed), "%")
        return _settle(row, "price_basis")
    if not points and printed.low > -100:
        row |= _derived("base", before, implied_base(now, printed), level.unit)
    if recomputed.overlaps(printed):
        return _settle(row, "reproduced")
    if "B" in (rate.obs_status, level.obs_status, base.obs_status):
        return _settle(row, "scope")
    one_source = (level.source_id, level.vintage) == (base.source_id, base.vintage)
    return _settle(row, "contradicted" if one_source else "revision")


def _imply(data: Data, rate: pd.Series, row: dict, known: pd.Series, what: str, period: str) -> dict:
    """The base or level that a rate implies where only the other of the two is on file."""
    row["level_id" if what == "base" else "base_id"] = known.name
    if rate.prices == "constant":
        return _settle(row, "real_no_base")
    interval, (growth, points) = data.interval(known), _printed(data, rate, known.unit)
    if not interval.bounded or (what == "base" and not points and growth.low <= -100):
        return _settle(row, "bound")
    if points:
        found = interval - growth if what == "base" else interval + growth
    else:
        found = (implied_base if what == "base" else implied_level)(interval, growth)
    row |= _derived(what, period, found, known.unit)
    return _settle(row, "points" if points else f"implied_{what}")


def _levels(data: Data, rate: pd.Series, period: str) -> pd.DataFrame:
    """Printed levels that a rate can be held against, best first: same source, then the best tier.

    A claim is held against claims of its own source only; a goal's base is an actual, its level a goal.
    """
    if not period:
        return data.figures.iloc[:0]
    kind = "claim" if rate.record_type == "claim" else "actual"
    if rate.record_type == "target" and period == rate.time_period:
        kind = "target"
    where = {"transformation": "N", "period": period, "record_type": kind}
    source = rate.source_id if kind == "claim" else None
    found = data.select(rate.indicator, rate.ref_area, source=source, **where)
    found = found[(found.obs_text != "") & (found.corrected != "exclude")]
    if found.empty:
        return found
    points = data.units[rate.unit].unit_measure == "PP"
    found = found[[data.units[u].is_share == points for u in found.unit]]
    order = (found.source_id != rate.source_id) * 100 + source_rank(data, found)
    return found.loc[order.sort_values(kind="stable").index]
