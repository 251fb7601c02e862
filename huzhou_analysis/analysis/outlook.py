"""The outlook of an indicator on file to the plan's last year: projection, chance of the target, outside view.

Or the reason why there is none: a chance that rests on four points, or on figures from before a break, would be worse
than none, and the required growth stands in its place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from ..facts.data import Data, NotOnFile
from ..facts.words import Text, text
from .calibration import KIND_OF_INDICATOR, LONGEST_HORIZON
from .forecast import FEWEST, Projection, project
from .gaps import target_gaps
from .outside import OutsideView, outside_view
from .plans import plan, target_year
from .series import COLUMNS, key, series

# Kinds of quantity by theme, where the indicator itself does not tell and the unit is one of amounts.
KIND_OF_THEME = {"foreign_investment": "foreign_investment", "investment": "investment", "transport": "freight"}
PART = ("part_year", "period_total")


@dataclass(frozen=True)
class Outlook:
    """A projection of one indicator to ``year``, or why there is none; true if there is one.

    Attributes
    ----------
    indicator, area, unit : str
    year : int
    points : DataFrame
        Rows of :func:`~.series.series`: the whole years of the last stretch, which the projection starts from.
    projection : Projection
    target, relation : float, str
        Of ``year``, in ``unit``; NaN if the plan sets none.
    probability : float
        Chance of meeting the target; NaN without projection, target or panel of the kind.
    outside : OutsideView or None
        How many city-years that stood alike made the growth needed; None where no growth is needed or known.
    figure_ids : list of str
    reason : Text
        Why nothing is projected; empty otherwise.
    """

    indicator: str
    area: str
    unit: str
    year: int
    points: pd.DataFrame
    projection: Projection
    target: float
    relation: str
    target_ids: tuple[str, ...]
    outside: OutsideView | None
    reason: Text

    def __bool__(self) -> bool:
        return not self.reason

    @property
    def probability(self) -> float:
        known = self and not math.isnan(self.target)
        return self.projection.probability(self.target, relation=self.relation) if known else math.nan

    @property
    def figure_ids(self) -> list[str]:
        return [one for ids in self.points.figure_id for one in ids.split()]


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


def outlook(data: Data, indicator: str, area: str | int | None = None, *, year: int | None = None) -> Outlook:
    """Project an indicator to the plan's last year from everything on file, or say why not.

    Parameters
    ----------
    data : Data
    indicator, area : str
        Code or name; by default the city that the tables are about.
    year : int, optional
        Year to project to, by default the last that the plan sets targets for.

    Examples
    --------
    >>> found = hz.outlook(data, "fdi_utilized")
    >>> found.projection.table if found else found.reason["en"]  # doctest: +SKIP
    """
    code, place = key(data, indicator, area)
    try:
        view = outside_view(data, code, place)
    except NotOnFile:
        view = None
    return _outlook(data, code, place, year or target_year(data), view)


def _outlook(data: Data, code: str, place: str, year: int, view: OutsideView | None) -> Outlook:
    try:
        rows = series(data, code, place, everything=True)
    except NotOnFile:
        rows = pd.DataFrame(columns=COLUMNS)
    whole = rows[~rows.origin.isin(PART) & rows.relation.isin(["=", "~"])]
    unit = whole.unit.iloc[-1] if len(whole) else data.indicators.unit[code]
    points = whole[whole.segment == whole.segment.iloc[-1]] if len(whole) else whole
    last = int(points.year.iloc[-1]) if len(points) else year - 1
    horizon = min(max(1, year - last), LONGEST_HORIZON)
    projection = project(rows, horizon, kind=kind_of(data, code, unit))
    goal, relation, ids = _goal(data, code, place, unit, year)
    reason = _reason(points, projection, whole, last, year)
    return Outlook(code, place, unit, year, points, projection, goal, relation, ids, view, reason)


def _goal(data: Data, code: str, place: str, unit: str, year: int) -> tuple[float, str, tuple[str, ...]]:
    """The plan's target for a year: value in a unit, the bound that meets it, its figure."""
    better = ">=" if data.indicators.ascending[code] else "<="
    try:
        rows = plan(data, code, place)
    except NotOnFile:
        return math.nan, better, ()
    rows = rows[(rows.year == year) & rows.unit.map(lambda u: data.units.comparable(u, unit)).astype(bool)]
    if rows.empty:
        return math.nan, better, ()
    row = rows.iloc[-1]
    relation = row.relation if row.relation in (">=", ">", "<=", "<") else better
    return data.units.convert(row.value, row.unit, unit), relation, (row.figure_id,)


def _reason(points: pd.DataFrame, projection: Projection, whole: pd.DataFrame, last: int, year: int) -> Text:
    if points.empty:
        return text("没有年度实际数", "no annual actual is on file")
    if last >= year:
        return text(f"{last}年已有实际数", f"an actual of {last} is on file")
    if not projection:
        n, cut = projection.observed, len(points) < len(whole)
        zh = f"{points.year.iloc[0]}年口径或版本变动之后" if cut else ""
        en = f" after the break of {points.year.iloc[0]}" if cut else ""
        few = f"only {n} usable annual actual{'s' * (n != 1)}{en}, fewer than {FEWEST}"
        return text(f"{zh}仅有{n}个可用的年度实际数，少于{FEWEST}个", few)
    if year - last > LONGEST_HORIZON:
        far = f"the series ends in {last}, further back than anything that was measured"
        return text(f"序列止于{last}年，超出可检验的预测期", far)
    return text("", "")


def target_probabilities(data: Data) -> pd.DataFrame:
    """Chance of every target of the plan's last year, or the reason why none is given.

    Returns
    -------
    DataFrame
        One row an indicator with a target for that year: ``indicator, ref_area, target, relation, unit, observations, first_year,
        last_year, kind, stands_for, probability, cases, hits, outside_share, median, low_80, high_80, coverage_80,
        coverage_95, typical_miss, reason_zh, reason_en, figure_ids``. ``probability`` is NaN where a reason says why or
        ``stands_for`` is empty (no panel of the kind).

    Examples
    --------
    >>> chances = hz.target_probabilities(data)
    >>> bool(((chances.probability >= 0) & (chances.probability <= 1) | chances.probability.isna()).all())
    True
    """
    year, gaps = target_year(data), target_gaps(data)
    needing = set(gaps.indicator[(gaps.pace_unit == "%") & gaps.required_pace.notna()])
    goals = data.select(area=data.home, record_type="target", period=str(year), transformation="N")
    codes = dict.fromkeys(goals.indicator[goals.obs_text != ""])
    views = {code: outside_view(data, code) if code in needing else None for code in codes}
    return pd.DataFrame([_row(_outlook(data, code, data.home, year, view)) for code, view in views.items()])


def _row(found: Outlook) -> dict:
    past, held, view = found.points.year, found.projection.coverage(), found.outside
    ends = found.projection.table.iloc[-1] if found else pd.Series(dtype=float)
    return {
        "indicator": found.indicator,
        "ref_area": found.area,
        "target": found.target,
        "relation": found.relation,
        "unit": found.unit,
        "observations": found.projection.observed,
        "first_year": past.min(),
        "last_year": past.max(),
        "kind": found.projection.kind,
        "stands_for": found.projection.stands_for,
        "probability": found.probability,
        "cases": view.cases if view else 0,
        "hits": view.hits if view else 0,
        "outside_share": view.share if view else math.nan,
        **{c: ends.get(c, math.nan) for c in ("median", "low_80", "high_80")},
        "coverage_80": held.coverage_80,
        "coverage_95": held.coverage_95,
        "typical_miss": held.miss,
        "reason_zh": found.reason.zh,
        "reason_en": found.reason.en,
        "figure_ids": " ".join(found.figure_ids) if found else "",
    }
