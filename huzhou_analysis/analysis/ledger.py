"""The growth ledger: every printed rate confronted with every printed level that can test it."""

from __future__ import annotations

from collections.abc import Sequence
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
# Why a line has its verdict, by rule.
_RULES = pd.read_csv(Path(__file__).with_name("ledger_rules.csv"), index_col="rule")


def growth_ledger(data: Data, indicators: Sequence[str] | None = None) -> pd.DataFrame:
    """Confront every printed growth rate with every level that can test it.

    Parameters
    ----------
    data : Data
    indicators : sequence of str, optional
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
    >>> ledger = hz.growth_ledger(data, ["gdp"])
    >>> sorted(set(ledger.verdict))  # real growth, nominal levels: that is no test
    ['not_checkable', 'not_tested']
    """
    rates = data.figures[(data.figures.transformation == "GY") & (data.figures.obs_text != "") & data.own]
    if indicators is not None:
        rates = rates[rates.indicator.isin([key(data, one)[0] for one in indicators])]
    rows = [row for _, rate in rates.iterrows() for row in _confront(data, rate)]
    return pd.DataFrame(rows, columns=LEDGER_COLUMNS)


def _confront(data: Data, rate: pd.Series) -> list[dict]:
    """All ledger rows of one rate."""
    numbers = ("recomputed_low", "recomputed_high", "difference", "derived_low", "derived_high")
    row = dict.fromkeys(LEDGER_COLUMNS, "") | dict.fromkeys(numbers, float("nan"))
    row |= {name: rate[name] for name in ("indicator", "ref_area", "time_period", "record_type", "unit")}
    row |= {"figure_id": rate.name, "printed": rate.obs_text}
    before = periods.parse(rate.time_period).year_before().code if rate.time_period else ""
    levels, bases = _levels(data, rate, rate.time_period), _levels(data, rate, before)
    printed = data.interval(rate)
    if rate.span == "per_year":
        return [_settle(row, "not_checkable", "average")]
    if levels.empty and bases.empty:
        return [_settle(row, "not_checkable", "no_level")]
    if not printed.bounded:
        return [_settle(row, "not_checkable", "bound")]
    if levels.empty or bases.empty:
        return [_imply(data, rate, row, printed, levels, bases, before)]
    return [
        _recompute(data, rate, row, printed, level, base)
        for _, level in levels.iterrows()
        for _, base in bases.iterrows()
    ]


def _settle(row: dict, verdict: str, rule: str) -> dict:
    said = _RULES.loc[rule]
    return row | {"verdict": verdict, "tests": verdict in TESTED, "rule_zh": said.zh, "rule_en": said.en}


def _recompute(data: Data, rate: pd.Series, row: dict, printed: Interval, level: pd.Series, base: pd.Series) -> dict:
    row = row | {"level_id": level.name, "base_id": base.name}
    now, then = data.interval(level), data.interval(base)
    if not (now.bounded and then.bounded):
        return _settle(row, "not_checkable", "bound")
    if then.low <= 0 and rate.unit != "个百分点":
        return _settle(row, "not_checkable", "bound")
    if not data.units.comparable(level.unit, base.unit):
        return _settle(row, "scope", "scope")
    then = then * data.units.factor(base.unit, level.unit)
    recomputed = now - then if rate.unit == "个百分点" else growth_rate(now, then)
    row["recomputed_low"], row["recomputed_high"] = recomputed.floats
    row["difference"] = recomputed.distance(printed)
    if rate.prices == "constant":
        if printed.low > -100 and printed.bounded:
            row["derived"], row["derived_period"], row["derived_unit"] = "deflator", rate.time_period, "%"
            row["derived_low"], row["derived_high"] = implied_deflator(recomputed, printed).floats
        return _settle(row, "not_tested", "price_basis")
    if rate.unit != "个百分点" and printed.low > -100:
        implied = implied_base(now, printed * data.units.factor(rate.unit, "%"))
        row["derived"], row["derived_period"] = "base", periods.parse(rate.time_period).year_before().code
        row["derived_low"], row["derived_high"] = implied.floats
        row["derived_unit"] = level.unit
    if recomputed.overlaps(printed):
        return _settle(row, "reproduced", "reproduced")
    if "B" in (rate.obs_status, level.obs_status, base.obs_status):
        return _settle(row, "scope", "scope")
    if level.source_id != base.source_id or level.vintage != base.vintage:
        return _settle(row, "revision", "revision")
    return _settle(row, "contradicted", "contradicted")


def _imply(
    data: Data, rate: pd.Series, row: dict, printed: Interval, levels: pd.DataFrame, bases: pd.DataFrame, before: str
) -> dict:
    """The base or level that a rate implies when only one of the two is on file."""
    known = (levels if bases.empty else bases).iloc[0]
    row["level_id" if bases.empty else "base_id"] = known.name
    if rate.prices == "constant":
        return _settle(row, "not_checkable", "real_no_base")
    interval = data.interval(known)
    if not interval.bounded:
        return _settle(row, "not_checkable", "bound")
    if rate.unit == "个百分点":
        derived = interval - printed if bases.empty else interval + printed
    else:
        growth = printed * data.units.factor(rate.unit, "%")
        if bases.empty and growth.low <= -100:
            return _settle(row, "not_checkable", "bound")
        derived = implied_base(interval, growth) if bases.empty else implied_level(interval, growth)
    row["derived"], row["derived_period"] = ("base", before) if bases.empty else ("level", rate.time_period)
    row["derived_low"], row["derived_high"] = derived.floats
    row["derived_unit"] = known.unit
    return _settle(row, "not_checkable", "points" if rate.unit == "个百分点" else f"implied_{row['derived']}")


def _levels(data: Data, rate: pd.Series, period: str) -> pd.DataFrame:
    """Printed levels that a rate can be held against, best first: same source, then the best tier.

    A claim is held against claims of its own source only; a goal's base is an actual, its level a goal.
    """
    if not period:
        return data.figures.iloc[:0]
    wanted = "claim" if rate.record_type == "claim" else "actual"
    if rate.record_type == "target" and period == rate.time_period:
        wanted = "target"
    found = data.select(
        rate.indicator,
        rate.ref_area,
        transformation="N",
        period=period,
        record_type=wanted,
        source=rate.source_id if wanted == "claim" else None,
    )
    found = found[(found.obs_text != "") & (found.corrected != "exclude")]
    found = found[[data.units[u].is_share == (rate.unit == "个百分点") for u in found.unit]]
    if len(found) < 2:
        return found
    order = (found.source_id != rate.source_id).astype(int) * 100 + source_rank(data, found)
    return found.loc[order.sort_values(kind="stable").index]
