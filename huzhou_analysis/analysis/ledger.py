"""The growth ledger: every printed rate confronted with every printed level that can test it."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.rounding import Interval
from .growth import growth_rate, implied_base, implied_deflator, implied_level
from .series import key, source_rank
from .targets import WORDS

LEDGER_COLUMNS = ["figure_id", "indicator", "ref_area", "time_period", "record_type", "printed", "unit"]
LEDGER_COLUMNS += ["level_id", "base_id", "recomputed_low", "recomputed_high", "difference"]
LEDGER_COLUMNS += ["derived", "derived_period", "derived_low", "derived_high", "derived_unit"]
LEDGER_COLUMNS += ["verdict", "tests", "rule_zh", "rule_en"]
VERDICTS = WORDS["ledger"]
# Verdicts of lines in which levels of one price basis were held against the rate.
TESTED = ("reproduced", "revision", "contradicted")
# The verdict of each rule, and why.
_RULES = pd.read_csv(Path(__file__).with_name("ledger_rules.csv"), index_col="rule")


def growth_ledger(data: Data, indicators: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Confront every printed growth rate (of some indicators, by code or name) with every level that can test it.

    For each printed rate of the city a row for each pair of levels that tests it, the best first, or one row (columns
    ``LEDGER_COLUMNS``). ``recomputed`` is in % (points for a change in points), ``difference`` its distance from what was
    printed; ``derived`` is the ``base`` or ``level`` that the rate implies, or the ``deflator`` (%) between a real rate and
    nominal levels; ``verdict`` is a code of ``VERDICTS``, and ``tests`` says whether the line tests the rate at all.

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
    blank = dict.fromkeys(("level_id", "base_id", "derived", "derived_period", "derived_unit"), "")
    lines = [blank | {"figure_id": rate.Index} | line for rate in rates.itertuples() for line in _lines(data, rate)]
    cells = rates[["indicator", "ref_area", "time_period", "record_type", "unit", "obs_text"]]
    out = pd.DataFrame(lines, columns=["figure_id", "rule", *LEDGER_COLUMNS[7:17]]).join(_RULES, on="rule")
    out = out.join(cells.rename(columns={"obs_text": "printed"}), on="figure_id")
    return out.assign(tests=out.verdict.isin(TESTED))[LEDGER_COLUMNS]


def _lines(data: Data, rate) -> list[dict]:
    """The lines of one rate: the rule that decides each, the levels, and what is computed from them."""
    before = periods.parse(rate.time_period).year_before().code if rate.time_period else ""
    levels, bases = (_levels(data, rate, period) for period in (rate.time_period, before))
    settled = "average" if rate.span == "per_year" else "" if levels or bases else "no_level"
    if settled or not data.interval(rate).bounded:
        return [{"rule": settled or "bound"}]
    if levels and bases:
        return [_recompute(data, rate, level, base, before) for level, base in product(levels, bases)]
    known, what, period = (levels[0], "base", before) if levels else (bases[0], "level", rate.time_period)
    return [_imply(data, rate, known, what, period)]


def _printed(data: Data, rate, unit: str) -> tuple[Interval, bool]:
    """A printed rate in per cent; or a printed change in points, in the unit of the share, and that it is one."""
    points = data.units[rate.unit].unit_measure == "PP"
    power = data.units[rate.unit].unit_mult - (data.units[unit].unit_mult if points else 0)
    return data.interval(rate) * Decimal(10) ** power, points


def _derived(what: str, period: str, interval: Interval, unit: str) -> dict:
    low, high = interval.floats
    return {"derived": what, "derived_period": period, "derived_low": low, "derived_high": high, "derived_unit": unit}


def _recompute(data: Data, rate, level, base, before: str) -> dict:
    """The rate that two levels allow, beside the one that is printed."""
    line = {"level_id": level.Index, "base_id": base.Index}
    printed, points = _printed(data, rate, level.unit)
    now, then = data.interval(level), data.interval(base)
    if not (now.bounded and then.bounded) or (then.low <= 0 and not points):
        return line | {"rule": "bound"}
    if not data.units.comparable(level.unit, base.unit):
        return line | {"rule": "scope"}
    then = then * data.units.factor(base.unit, level.unit)
    recomputed = now - then if points else growth_rate(now, then)
    low, high = recomputed.floats
    line |= {"recomputed_low": low, "recomputed_high": high, "difference": recomputed.distance(printed)}
    if rate.prices == "constant":
        if printed.low > -100:
            line |= _derived("deflator", rate.time_period, implied_deflator(recomputed, printed), "%")
        return line | {"rule": "price_basis"}
    if not points and printed.low > -100:
        line |= _derived("base", before, implied_base(now, printed), level.unit)
    if recomputed.overlaps(printed):
        return line | {"rule": "reproduced"}
    if "B" in (rate.obs_status, level.obs_status, base.obs_status):
        return line | {"rule": "scope"}
    one_source = (level.source_id, level.vintage) == (base.source_id, base.vintage)
    return line | {"rule": "contradicted" if one_source else "revision"}


def _imply(data: Data, rate, known, what: str, period: str) -> dict:
    """The base or level that a rate implies where only the other of the two is on file."""
    line = {"level_id" if what == "base" else "base_id": known.Index}
    if rate.prices == "constant":
        return line | {"rule": "real_no_base"}
    level, (growth, points) = data.interval(known), _printed(data, rate, known.unit)
    if not level.bounded or (what == "base" and not points and growth.low <= -100):
        return line | {"rule": "bound"}
    if points:
        found = level - growth if what == "base" else level + growth
    else:
        found = (implied_base if what == "base" else implied_level)(level, growth)
    return line | _derived(what, period, found, known.unit) | {"rule": "points" if points else f"implied_{what}"}


def _levels(data: Data, rate, period: str) -> list:
    """Printed levels that a rate can be held against, best first: same source, then the best tier. A claim is held against
    claims of its own source only; a goal's base is an actual, its level a goal."""
    goal = rate.record_type == "target" and period == rate.time_period
    kind = "target" if goal else "claim" if rate.record_type == "claim" else "actual"
    source = rate.source_id if kind == "claim" else None
    where = {"transformation": "N", "period": period, "record_type": kind, "source": source}
    found = data.select(rate.indicator, rate.ref_area, **where)
    found = found[(found.obs_text != "") & (found.corrected != "exclude") & (found.time_period != "")]
    points = data.units[rate.unit].unit_measure == "PP"
    found = found[[data.units[u].is_share == points for u in found.unit]] if len(found) else found
    order = (found.source_id != rate.source_id) * 100 + source_rank(data, found)
    return list(found.loc[order.sort_values(kind="stable").index].itertuples())
