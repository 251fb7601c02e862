"""The outlook of an indicator on file to the plan's last year: usable history, projection, chance of the target, base rate.

Or the reason why there is none: a chance that rests on four points, or on figures from before a break, would be worse
than none, and the required growth stands in its place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.schema import TIERS
from ..facts.words import Text, text
from .calibration import LONGEST_HORIZON, BaseRate
from .forecast import FEWEST, Projection, project
from .gaps import Target, gaps_of
from .series import series
from .targets import plan_years, target_year

# A total that is printed in few years, and the parts that add up to it (data/relations.csv holds the identity).
PARTS = {"trade_total": ("exports", "imports")}
# Breaks that a history may cross, and why.
CROSSED: dict[tuple[str, int], Text] = {
    ("fdi_utilized", 2022): text(
        "2022年的统计范围扩大是全国性的，用作对照的各市序列同样跨过它，故不在此断开",
        "the widening of 2022 was national: the cities' series that errors come from cross it too, so nothing is cut there",
    )
}
# Kinds of quantity (analysis/calibration.py) by indicator, else by theme where the unit is one of amounts.
KIND_OF_INDICATOR = {"gdp": "gdp", "retail_sales": "retail", "industrial_output": "industrial_output", "loans": "loans"}
KIND_OF_THEME = {"foreign_investment": "foreign_investment", "investment": "investment", "transport": "freight"}


@dataclass(frozen=True)
class Outlook:
    """A projection of one indicator to ``year``, or why there is none; true if there is one.

    Attributes
    ----------
    points, part_year : DataFrame, Series or None
        Every whole year on file, rows of :func:`~.series.series` in ``unit`` (``origin`` may also be ``sum``, of printed
        parts); the projection is from what follows the last of ``breaks``. The latest part of a year after these.
    target, relation : float, str
        Of ``year``, in ``unit``; NaN if the plan sets none.
    probability, base_rate, coverage : float, BaseRate, Series
        Chance of meeting the target, how many city-years that stood alike made the growth needed, what the same
        intervals held elsewhere; NaN where there is no projection, no target or no panel of the kind.
    reason : Text
        Why nothing is projected; empty otherwise.
    """

    indicator: str
    area: str
    unit: str
    year: int
    points: pd.DataFrame
    breaks: tuple[int, ...]
    part_year: pd.Series | None
    projection: Projection
    target: float
    relation: str
    target_ids: tuple[str, ...]
    reason: Text = field(default_factory=dict)

    def __bool__(self) -> bool:
        return not self.reason

    kind = property(lambda self: self.projection.kind)
    horizon = property(lambda self: self.projection.horizon)
    coverage = property(lambda self: self.projection.coverage())
    figure_ids = property(lambda self: [one for ids in self.points.figure_id for one in ids.split()])

    @property
    def probability(self) -> float:
        known = self and not math.isnan(self.target)
        return self.projection.probability(self.target, relation=self.relation) if known else math.nan

    @property
    def base_rate(self) -> BaseRate:
        known = self and not math.isnan(self.target)
        return self.projection.base_rate(self.target, relation=self.relation) if known else BaseRate()


def kind_of(data: Data, indicator: str, unit: str) -> str | None:
    """What an indicator is to a projection; None where nothing is known of how its like moves."""
    info, measure = data.indicators.loc[indicator], data.units[unit]
    if measure.is_share:
        return "share" if info.measure_type == "ratio" else "rate"
    if indicator in KIND_OF_INDICATOR:
        return KIND_OF_INDICATOR[indicator]
    if info.theme in KIND_OF_THEME and measure.unit_measure in ("CNY", "USD", "T", "TKM"):
        return KIND_OF_THEME[info.theme]
    return "flow" if info.measure_type == "flow" and measure.unit_measure in ("CNY", "USD") else None


def history(data: Data, indicator: str, area: str, unit: str) -> pd.DataFrame:
    """Rows of :func:`~.series.series` in one unit, with whole years that are the sum of printed parts."""
    points = _in_unit(data, indicator, area, unit)
    parts = [_in_unit(data, part, area, unit) for part in PARTS.get(indicator, ())]
    parts = [part[(part.origin == "printed") & (part.relation == "=")].set_index("time_period") for part in parts]
    common = set.intersection(*(set(part.index) for part in parts)) if parts else set()
    rows = []
    for period in sorted(filter(periods.is_year, common - set(points.time_period))):
        own = [part.loc[period] for part in parts]
        total = {column: sum(row[column] for row in own) for column in ("value", "low", "high")}
        tier = max((row.tier for row in own), key=list(TIERS).index)
        ids = " ".join(row.figure_id for row in own)
        fixed = {"origin": "sum", "obs_status": "E", "unit": unit, "segment": own[0].segment, "relation": "="}
        rows.append(total | fixed | {"time_period": period, "year": int(period), "tier": tier, "figure_id": ids})
    found = pd.DataFrame([*points.to_dict("records"), *rows], columns=points.columns)
    return found.sort_values("year", kind="stable").reset_index(drop=True)


def _in_unit(data: Data, indicator: str, area: str, unit: str) -> pd.DataFrame:
    points = series(data, indicator, area)
    points = points[points.unit.map(lambda one: data.units.comparable(one, unit)).astype(bool)]
    factors = [float(data.units.factor(one, unit)) for one in points.unit]
    return points.assign(unit=unit, **{column: points[column] * factors for column in ("value", "low", "high")})


def declared_breaks(data: Data, indicator: str, area: str) -> tuple[int, ...]:
    """Years in which a new level begins: declared for the indicator, or marked on a figure (status B)."""
    points = series(data, indicator, area)
    marked = points.year[(points.obs_status == "B") & (points.origin == "printed")]
    years = {*gaps_of(data).break_years(indicator), *map(int, marked)}
    return tuple(sorted(year for year in years if (indicator, year) not in CROSSED))


def outlook(
    data: Data, indicator: str, area: str | None = None, *, until: int | None = None, year: int | None = None
) -> Outlook:
    """Project an indicator to the plan's last year from everything on file, or say why not.

    Of the city that the plan is about unless `area` names another; from what is on file until a year; to `year`, by
    default the last that the plan sets targets for. NotOnFile if the indicator is not in the tables, or no plan sets a
    target for any year.

    Examples
    --------
    >>> found = hz.outlook(data, "fdi_utilized")
    >>> found.projection.table if found else found.reason["en"]  # doctest: +SKIP
    """
    area, year = area or data.home, year or target_year(data)
    if indicator not in data.indicators.index:
        raise NotOnFile(f"指标 {indicator}", f"the indicator {indicator}")
    target = _target(data, indicator, area)
    unit = target.unit if target else data.indicators.unit[indicator]
    rows = history(data, indicator, area, unit)
    rows = rows[rows.year <= (year if until is None else until)]
    whole = ~rows.origin.isin(["part_year", "period_total"]) & rows.time_period.map(periods.is_year).astype(bool)
    points = rows[whole & rows.relation.isin(["=", "~"])]
    last = int(points.year.iloc[-1]) if len(points) else year - 1
    breaks = tuple(one for one in declared_breaks(data, indicator, area) if one <= last)
    horizon = min(max(1, year - last), LONGEST_HORIZON)
    after = rows[rows.year >= max(breaks, default=0)]
    projection = project(after, horizon, kind=kind_of(data, indicator, unit), across_breaks=True)
    later = rows[(rows.origin == "part_year") & (rows.year > last)]
    goal = target.path.get(str(year), math.nan) if target else math.nan
    relation = _relation(data, target) if target else ">="
    ids = tuple(target.figures.index) if target else ()
    reason = _reason(points, projection, breaks, last, year)
    part = later.iloc[-1] if len(later) else None
    return Outlook(indicator, area, unit, year, points, breaks, part, projection, goal, relation, ids, reason)


def _relation(data: Data, target: Target) -> str:
    """Bound of a target; one without a bound is met at its value or beyond it, in the direction that is better."""
    relation = target.final.relation
    better = ">=" if data.indicators.ascending[target.first.indicator] else "<="
    return relation if relation in (">=", ">", "<=", "<") else better


def _target(data: Data, indicator: str, area: str) -> Target | None:
    found = [one for one in _annual_targets(data) if (one.first.indicator, one.first.ref_area) == (indicator, area)]
    return max(found, key=lambda target: len(target.numeric), default=None)


def _annual_targets(data: Data) -> list[Target]:
    return [one for one in gaps_of(data).targets if one.path and one.first.span in ("annual", "point")]


def _reason(points: pd.DataFrame, projection: Projection, breaks: tuple[int, ...], last: int, year: int) -> Text:
    if points.empty:
        return text("没有年度实绩", "no annual actual is on file")
    if last >= year:
        return text(f"{last}年已有实绩", f"an actual of {last} is on file")
    if not projection:
        n, plural = projection.observed, "s" if projection.observed != 1 else ""
        zh, en = (f"{breaks[-1]}年断点之后", f" after the break of {breaks[-1]}") if breaks else ("", "")
        few = f"only {n} usable annual actual{plural}{en}, fewer than {FEWEST}"
        return text(f"{zh}仅有{n}个连续可用的年度实绩，少于{FEWEST}个", few)
    if year - last > LONGEST_HORIZON:
        far = f"the series ends in {last}, further back than anything that was measured"
        return text(f"序列止于{last}年，超出可核对的预测期", far)
    return {}


def target_probabilities(data: Data) -> pd.DataFrame:
    """Chance of every target of the plan's last year, or the reason why none is given.

    One row for each target that names a value for that year. ``probability`` is NaN where ``reason_zh/en`` says why or
    ``stands_for`` is empty (no panel of the kind); ``base_rate`` is the share of like city-years that made the growth
    needed; ``coverage_80``, ``coverage_95`` and ``typical_miss`` are shares (:meth:`Projection.coverage`).

    Examples
    --------
    >>> chances = hz.target_probabilities(data)
    >>> bool(((chances.probability >= 0) & (chances.probability <= 1) | chances.probability.isna()).all())
    True
    """
    rows, year = [], str(max(plan_years(data), default=""))
    for target in _annual_targets(data):
        if year not in target.path:
            continue
        first, relation = target.first, _relation(data, target)
        found = outlook(data, first.indicator, first.ref_area)
        value = data.units.convert(target.path[year], target.unit, found.unit)
        row = {"locator": first.locator, "indicator": first.indicator, "ref_area": first.ref_area, "target": value}
        row |= {"relation": target.final.relation, "unit": found.unit, "observations": found.projection.observed}
        row |= {"first_year": found.points.year.min(), "last_year": found.points.year.max(), "kind": found.kind}
        row |= dict.fromkeys(("probability", "base_rate", "median", "low_80", "high_80"), math.nan)
        if found:
            row["probability"] = found.projection.probability(value, relation=relation)
            row["base_rate"] = found.projection.base_rate(value, relation=relation).share
            row |= found.projection.table.iloc[-1][["median", "low_80", "high_80"]].to_dict()
        held = found.coverage
        row |= {
            "stands_for": found.projection.stands_for,
            "coverage_80": held.coverage_80,
            "coverage_95": held.coverage_95,
        }
        row |= {
            "typical_miss": held.miss,
            "reason_zh": found.reason.get("zh", ""),
            "reason_en": found.reason.get("en", ""),
        }
        rows.append(row | {"figure_ids": " ".join(found.figure_ids) if found else ""})
    return pd.DataFrame(rows)


def odds(probability: float) -> Text:
    """A probability as people say it: about 1 in 20, about 3 in 10, about even."""
    if math.isnan(probability):
        return text("—", "—")
    if not 0.01 < probability < 0.99:
        return (
            text("不高于1/100", "at most 1 in 100") if probability < 0.5 else text("不低于99/100", "at least 99 in 100")
        )
    percent, tenths = f"{probability:.0%}", round(probability * 10)
    if not 0.095 <= probability <= 0.905:
        n = round(1 / min(probability, 1 - probability))
        k = 1 if probability < 0.5 else n - 1
        return text(f"约{k}/{n}（{percent}）", f"about {k} in {n} ({percent})")
    if tenths == 5:
        return text(f"约一半（{percent}）", f"about even ({percent})")
    return text(f"约{tenths}成（{percent}）", f"about {tenths} in 10 ({percent})")


__all__ = ["Outlook", "declared_breaks", "history", "kind_of", "odds", "outlook", "target_probabilities"]
