"""The outlook of an indicator to the target year: its usable history, its projection, the probability of its target.

Or the reason why there is none: a probability that rests on four points, or on figures from before a break, would be
worse than none, and the required growth stands in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.schema import TIERS
from ..facts.words import Text, text
from .gaps import Gaps, Target, gaps_of
from .plans import plan_years, target_year
from .projection import MIN_POINTS, Projection, measured_coverage, project
from .series import series

# Further ahead nothing was measured.
LONGEST_HORIZON = 6
POINT_COLUMNS = ["year", "value", "origin", "obs_status", "tier", "figure_id"]
# A total that is printed in few years, and the parts that add up to it (data/relations.csv holds the identity).
PARTS = {"trade_total": ("exports", "imports")}
# Breaks that a history may cross, and why.
CROSSED: dict[tuple[str, int], Text] = {
    ("fdi_utilized", 2022): text(
        "2022年的统计范围扩大是全国性的，校准所用各市序列同样跨过它，故不在此断开",
        "the widening of 2022 was national: the cities' series that the interval is calibrated on cross it too, so the history is "
        "not cut there",
    )
}
_INFLOW, _OUTPUT = {"foreign_investment"}, {"output", "consumption", "finance"}

PROBABILITY_COLUMNS = [
    "locator",
    "indicator",
    "ref_area",
    "target",
    "relation",
    "unit",
    "observations",
    "first_year",
    "last_year",
    "kind",
    "probability",
    "mean",
    "lower_80",
    "upper_80",
    "coverage_80",
    "coverage_95",
    "typical_miss",
    "reason_zh",
    "reason_en",
    "figure_ids",
]


@dataclass(frozen=True)
class Outlook:
    """A projection of one indicator to the target year, or why there is none.

    Attributes
    ----------
    indicator, area, unit : str
    kind : str
        What the quantity is (see :func:`~huzhou_analysis.projection.project`).
    points : DataFrame
        The whole history on file (columns ``POINT_COLUMNS``), in ``unit``; ``origin`` is ``printed``, ``implied`` (by a
        growth rate) or ``sum`` (of printed parts).
    breaks : tuple of int
        Years in which a new level begins.
    projection : Projection
        From what follows the last break.
    target : float
        Value of the last target year, in ``unit``; NaN if the plan sets none.
    reason : Text
        Why nothing is projected; empty otherwise.
    """

    indicator: str
    area: str
    unit: str
    kind: str
    points: pd.DataFrame
    breaks: tuple[int, ...]
    projection: Projection
    target: float
    relation: str
    ascending: bool
    target_ids: tuple[str, ...]
    reason: Text = field(default_factory=dict)

    def __bool__(self) -> bool:
        return not self.reason

    @property
    def horizon(self) -> int:
        """Years from the last actual to the target year."""
        return len(self.projection.table)

    @property
    def probability(self) -> float:
        """Probability of meeting the target; NaN without a projection or a target."""
        if not self or self.target != self.target:
            return float("nan")
        return self.projection.probability(self.target, self.relation, ascending=self.ascending)

    def coverage(self) -> dict:
        """What the same interval covered on real series of that length (see :func:`measured_coverage`)."""
        return measured_coverage(self.kind, self.projection.observations, self.horizon)

    @property
    def figure_ids(self) -> list[str]:
        return [i for ids in self.points.figure_id for i in ids.split()]


def kind_of(data: Data, indicator: str, unit: str) -> str:
    """What an indicator is to a projection: a share, a count, an inflow, a city's output, or anything else."""
    info = data.indicators.loc[indicator]
    if data.units[unit].is_share:
        return "share"
    if data.units[unit].is_count:
        return "count"
    if info.theme in _INFLOW:
        return "inflow"
    return "output" if info.theme in _OUTPUT else "general"


def history(data: Data, indicator: str, area: str, unit: str) -> pd.DataFrame:
    """Every whole year on file in one unit: printed, implied by a growth rate, or the sum of printed parts.

    Returns
    -------
    DataFrame
        Columns ``POINT_COLUMNS``, one row a year.
    """
    found = _annual(data, indicator, area, unit)
    if indicator in PARTS:
        parts = [_annual(data, part, area, unit).set_index("year") for part in PARTS[indicator]]
        both = sorted(set.intersection(*(set(p.index) for p in parts)) - set(found.year))
        rows = [
            {
                "year": year,
                "value": sum(p.value[year] for p in parts),
                "origin": "sum",
                "obs_status": "E",
                "tier": max((p.tier[year] for p in parts), key=list(TIERS).index),
                "figure_id": " ".join(p.figure_id[year] for p in parts),
            }
            for year in both
            if all(p.origin[year] == "printed" for p in parts)
        ]
        if rows:
            found = pd.concat([found, pd.DataFrame(rows)]) if len(found) else pd.DataFrame(rows)
    return found.sort_values("year").reset_index(drop=True)[POINT_COLUMNS]


def _annual(data: Data, indicator: str, area: str, unit: str) -> pd.DataFrame:
    points = series(data, indicator, area)
    points = points[points.origin.isin(["printed", "implied"])]
    whole = points.time_period.map(periods.is_year).astype(bool)
    points = points[whole & points.relation.isin(["=", "~"])]
    points = points[points.unit.map(lambda u: data.units.comparable(u, unit)).astype(bool)]
    values = [data.units.convert(v, u, unit) for v, u in zip(points.value, points.unit, strict=True)]
    return points.assign(value=values)[POINT_COLUMNS]


def declared_breaks(data: Data, indicator: str, area: str) -> tuple[int, ...]:
    """Years in which a new level begins: declared for the indicator, or marked on a figure (status B)."""
    points = series(data, indicator, area)
    marked = points.year[(points.obs_status == "B") & (points.origin == "printed")]
    years = {*gaps_of(data).break_years(indicator), *map(int, marked)}
    return tuple(sorted(year for year in years if (indicator, year) not in CROSSED))


def outlook(
    data: Data,
    indicator: str,
    area: str | None = None,
    *,
    breaks: Sequence[int] | None = None,
    until: int | None = None,
    year: int | None = None,
) -> Outlook:
    """Project an indicator to the target year from everything on file, or say why not.

    Parameters
    ----------
    data : Data
    indicator : str
    area : str, optional
        By default the city that the plan is about.
    breaks : sequence of int, optional
        Years in which a new level begins, in place of the declared ones.
    until : int, optional
        Leave out what came after this year.
    year : int
        Year to project to; by default the last that the plan sets targets for.

    Returns
    -------
    Outlook
        With ``projection`` and ``probability``; false, with ``reason`` in both languages, where nothing is projected.

    Raises
    ------
    NotOnFile
        If the indicator is not in the tables, or no plan sets a target for any year.

    Examples
    --------
    >>> found = hz.outlook(data, "fdi_utilized")
    >>> found.projection.table if found else found.reason["en"]  # doctest: +SKIP
    """
    area, year = area or data.home, year or target_year(data)
    if indicator not in data.indicators.index:
        raise NotOnFile(f"指标 {indicator}", f"the indicator {indicator}")
    target = _target(gaps_of(data), indicator, area)
    unit = target.unit if target else data.indicators.unit[indicator]
    points = history(data, indicator, area, unit)
    if until is not None:
        points = points[points.year <= until]
    cuts = declared_breaks(data, indicator, area) if breaks is None else tuple(breaks)
    cuts = tuple(b for b in cuts if len(points) and b <= points.year.iloc[-1])
    kind = kind_of(data, indicator, unit)
    last = int(points.year.iloc[-1]) if len(points) else year - 1
    horizon = max(1, year - last)
    projection = project(points[["year", "value"]], horizon, (50, 80, 95), kind, cuts)
    reason = _reason(points, projection, cuts, last, year)
    path = target.path if target else {}
    return Outlook(
        indicator,
        area,
        unit,
        kind,
        points,
        cuts,
        projection,
        path.get(str(year), float("nan")),
        target.final.relation if target else "=",
        bool(data.indicators.ascending[indicator]),
        tuple(target.figures.index) if target else (),
        reason,
    )


def _target(gaps: Gaps, indicator: str, area: str) -> Target | None:
    found = [
        t
        for t in gaps.targets
        if t.first.indicator == indicator
        and t.first.ref_area == area
        and t.path
        and t.first.span in ("annual", "point")
    ]
    return max(found, key=lambda t: len(t.numeric), default=None)


def _reason(points: pd.DataFrame, projection: Projection, breaks: Sequence[int], last: int, year: int) -> Text:
    if points.empty:
        return text("没有年度实绩", "no annual actual is on file")
    if last >= year:
        return text(f"{last}年已有实绩", f"an actual of {last} is on file")
    if projection.reason:
        n, least = projection.observations, MIN_POINTS
        after = text(f"{breaks[-1]}年断点之后", f" after the break of {breaks[-1]}") if breaks else text("", "")
        return text(
            f"{after['zh']}仅有{n}个连续可用的年度实绩，少于{least}个",
            f"only {n} usable annual actual{'s' if n != 1 else ''}{after['en']}, fewer than {least}",
        )
    if year - last > LONGEST_HORIZON:
        return text(
            f"序列止于{last}年，超出可核对的预测期",
            f"the series ends in {last}, further back than anything that was measured",
        )
    return {}


@lru_cache(maxsize=4)
def _probabilities(data: Data) -> pd.DataFrame:
    gaps, year = gaps_of(data), str(max(plan_years(data), default=""))
    rows = []
    for target in gaps.targets:
        first = target.first
        if first.span not in ("annual", "point") or year not in target.path:
            continue
        found = outlook(data, first.indicator, first.ref_area)
        relation, value = target.final.relation, target.path[year]
        value = data.units.convert(value, target.unit, found.unit)
        chance = found.projection.probability(value, relation, ascending=found.ascending) if found else float("nan")
        end = found.projection.table.iloc[-1] if found else {}
        cover = found.coverage() if found else {}
        points = found.points
        rows.append(
            {
                "locator": first.locator,
                "indicator": first.indicator,
                "ref_area": first.ref_area,
                "target": value,
                "relation": relation,
                "unit": found.unit,
                "observations": found.projection.observations,
                "first_year": int(points.year.iloc[0]) if len(points) else None,
                "last_year": int(points.year.iloc[-1]) if len(points) else None,
                "kind": found.kind,
                "probability": chance,
                **{name: end[name] if found else float("nan") for name in ("mean", "lower_80", "upper_80")},
                "coverage_80": cover.get("coverage_80", float("nan")),
                "coverage_95": cover.get("coverage_95", float("nan")),
                "typical_miss": cover.get("miss", float("nan")),
                "reason_zh": found.reason.get("zh", ""),
                "reason_en": found.reason.get("en", ""),
                "figure_ids": " ".join(found.figure_ids) if found else "",
            }
        )
    return pd.DataFrame(rows, columns=PROBABILITY_COLUMNS)


def target_probabilities(data: Data) -> pd.DataFrame:
    """Probability of every target of the plan's last year, or the reason why none is given.

    Parameters
    ----------
    data : Data
        From :func:`load`.

    Returns
    -------
    DataFrame
        One row for each target that names a value for that year (columns ``PROBABILITY_COLUMNS``): ``probability`` is NaN
        where ``reason_zh/en`` says why; ``coverage_80`` and ``coverage_95`` are what the same intervals covered, in
        cases of 100, on real series of that kind and length, and ``typical_miss`` their median error in percent.

    Examples
    --------
    >>> chances = hz.target_probabilities(data)
    >>> bool(((chances.probability >= 0) & (chances.probability <= 1) | (chances.reason_en != "")).all())
    True
    """
    return _probabilities(data).copy()


def odds(probability: float) -> Text:
    """A probability as people say it: about 1 in 20, about 3 in 10, more likely than not."""
    if probability != probability:
        return text("—", "—")
    percent = f"{probability:.0%}"
    if probability < 0.005:
        return text("不到1/200", "less than 1 in 200")
    if probability > 0.995:
        return text("超过199/200", "more than 199 in 200")
    if probability < 0.095:
        n = round(1 / probability)
        return text(f"约1/{n}（{percent}）", f"about 1 in {n} ({percent})")
    if probability > 0.905:
        n = round(1 / (1 - probability))
        return text(f"约{n - 1}/{n}（{percent}）", f"about {n - 1} in {n} ({percent})")
    n = round(probability * 10)
    if n == 5:
        return text(f"约一半（{percent}）", f"about even ({percent})")
    return text(f"约{n}成（{percent}）", f"about {n} in 10 ({percent})")


__all__ = ["Outlook", "declared_breaks", "history", "kind_of", "odds", "outlook", "target_probabilities"]
