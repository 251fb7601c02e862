"""The outlook of an indicator on file to the plan's last year: projection, chance of the target, outside view; or the
reason why there is none: a chance that rests on four points, or on figures from before a break, is worse than none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from ..facts.data import Data, NotOnFile
from ..facts.words import Text, text
from .calibration import KIND_OF_INDICATOR, LONGEST_HORIZON, OutsideView, base_rate, panel_value
from .compare import area_levels
from .forecast import FEWEST, Projection, _is_year, project
from .gaps import target_gaps
from .plans import goals, target_year
from .series import COLUMNS, key, series

# Kinds of quantity by theme and what the unit measures, where the indicator itself does not tell.
KIND_OF_THEME = {
    "foreign_investment": ("foreign_investment", ("CNY", "USD")),
    "investment": ("investment", ("CNY", "USD")),
    "transport": ("freight", ("T", "TKM")),
}
# Panels of a similar thing, shown for orientation; and what the tables hold of the other cities of the province.
STAND_INS = {"container_throughput": "freight", "port_cargo": "freight"}
PARTS = {"trade_total": ("exports", "imports"), "exports": ("exports",), "imports": ("imports",)}


@dataclass(frozen=True)
class Outlook:
    """A projection of one indicator to ``year``, or why there is none; true if there is one.

    ``points`` are rows of :func:`~.series.series`, the whole years of the last stretch; ``target`` and ``relation`` are the plan's of
    ``year``, in ``unit`` (NaN if it sets none), ``probability`` the chance of meeting it (NaN without a panel of the
    kind), ``outside`` how many cities that stood alike did (None where no growth is needed or known), ``reason`` why nothing is
    projected.
    """

    indicator: str
    area: str
    unit: str
    year: int
    points: pd.DataFrame
    projection: Projection
    target: float
    relation: str
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
    kind, measures = KIND_OF_THEME.get(info.theme, (None, ()))
    if measure.unit_measure in measures:
        return kind
    return "flow" if info.measure_type == "flow" and measure.unit_measure in ("CNY", "USD") else None


def outside_view(data: Data, indicator: str, area: str | int | None = None) -> OutsideView:
    """Of the cities that began at a like size, how many made the growth that the target needs; for trade, of the other
    cities of the province.

    Parameters
    ----------
    data : Data
    indicator : str
        Code or name of an indicator with a target that is neither met nor over.

    Returns
    -------
    OutsideView
        False where there is no panel of the kind; ``reference`` says so.

    Raises
    ------
    NotOnFile
        If no growth is needed or known: no target, no actual of the plan's years, or a target that is met.

    Examples
    --------
    >>> view = hz.outside_view(data, "fdi_utilized")
    >>> view.hits < view.cases, view.years
    (True, 4)
    """
    code, place = key(data, indicator, area)
    found = _views(data, place, code)
    data.on_file(found, code, "达到目标所需的年均增速", ", growth a year that a target still needs")
    return found[code]


def _views(data: Data, place: str, code: str | None = None) -> dict[str, OutsideView]:
    """The outside view of an indicator, or of every one that needs growth in % a year."""
    gaps = target_gaps(data, full=True)
    gaps = gaps[(gaps.ref_area == place) & (gaps.pace_unit == "%") & gaps.required_pace.notna()]
    gaps = gaps[gaps.indicator == code] if code else gaps
    # Of several targets of one indicator the one that counts comes last, and stays.
    return {row.indicator: _view(data, place, row) for row in gaps.sort_values("counted").itertuples()}


def _view(data: Data, place: str, row) -> OutsideView:
    needed, years = float(row.required_pace), int(row.years_left)
    if row.indicator in PARTS:
        return _in_the_province(data, row.indicator, place, needed, years)
    if row.indicator in STAND_INS:
        return base_rate(STAND_INS[row.indicator], years, needed, stand_in=True)
    kind = kind_of(data, row.indicator, row.unit)
    return base_rate(kind, years, needed, panel_value(kind, row.actual, row.unit))


def _in_the_province(data: Data, code: str, place: str, needed: float, years: int) -> OutsideView:
    """The view from the other cities of the province, where the tables hold their levels."""
    try:
        wide = [area_levels(data, part).pivot(index="ref_area", columns="year", values="value") for part in PARTS[code]]
    except NotOnFile:
        return OutsideView(
            needed, years, 0, 0, 0, text("没有同省城市的数字", "no figures of the cities of the province")
        )
    levels = sum(wide[1:], wide[0]).drop(index=place, errors="ignore")
    grown = {y: ((levels[y + years] / levels[y]) ** (1 / years) - 1) * 100 for y in levels if y + years in levels}
    growth = pd.concat([pd.Series(dtype=float), *grown.values()]).dropna()
    first, last = min(grown, default=0), max(grown, default=0)
    reference = text(
        f"本省其他城市，{first}—{last}年各年为起点的{years}年，年均增速不低于{needed:.1f}%",
        f"The other cities of the province, {years} years from every year of {first} to {last}, growth of at least "
        f"{needed:.1f}% a year",
    )
    return OutsideView(needed, years, len(growth), int((growth >= needed).sum()), growth.index.nunique(), reference)


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
    >>> bool(hz.outlook(data, "trade_total")), hz.outlook(data, "fdi_utilized").reason["en"][:29]
    (True, 'only 2 usable annual actuals ')
    """
    code, place = key(data, indicator, area)
    until = target_year(data) if year is None else year
    if not _is_year(until):
        raise ValueError(f"year is a whole year such as 2027, not {until!r}")
    return _outlook(data, code, place, int(until), _views(data, place, code).get(code))


def _outlook(data: Data, code: str, place: str, year: int, view: OutsideView | None) -> Outlook:
    try:
        rows = series(data, code, place, everything=True)
    except NotOnFile:
        rows = pd.DataFrame(columns=COLUMNS)
    whole = rows[~rows.origin.isin(["part_year", "period_total"]) & rows.relation.isin(["=", "~"])]
    unit = whole.unit.iloc[-1] if len(whole) else data.indicators.unit[code]
    points = whole[whole.segment == whole.segment.iloc[-1]] if len(whole) else whole
    last = int(points.year.iloc[-1]) if len(points) else year - 1
    horizon = min(max(1, year - last), LONGEST_HORIZON)
    kind = kind_of(data, code, unit)
    if kind == "share" and not points.value.between(0, 100).all():
        kind = "rate"  # inflation below zero, a plan fulfilled by more than all of it
    projection = project(rows, horizon, kind=kind)
    reason = _reason(points, projection, whole, last, year)
    return Outlook(code, place, unit, year, points, projection, *_goal(data, code, place, unit, year), view, reason)


def _goal(data: Data, code: str, place: str, unit: str, year: int) -> tuple[float, str]:
    """The plan's target for a year, as a value in a unit, and the bound that meets it."""
    better, rows = ">=" if data.indicators.ascending[code] else "<=", goals(data, code, place)
    rows = rows[(rows.year == year) & rows.unit.map(lambda u: data.units.comparable(u, unit)).astype(bool)]
    if rows.empty:
        return math.nan, better
    row = rows.iloc[-1]
    relation = row.relation if row.relation in (">=", ">", "<=", "<") else better
    return data.units.convert(row.value, row.unit, unit), relation


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
        far = f"the last figure is of {last}, and more than {LONGEST_HORIZON} years ahead nothing was measured"
        return text(f"序列止于{last}年，{LONGEST_HORIZON}年以后超出可检验的预测期", far)
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
    year, views = target_year(data), _views(data, data.home)
    targets = data.select(area=data.home, record_type="target", period=str(year), transformation="N")
    codes = dict.fromkeys(targets.indicator[targets.obs_text != ""])
    return pd.DataFrame([_row(_outlook(data, code, data.home, year, views.get(code))) for code in codes])


def _row(found: Outlook) -> dict:
    ahead, years, held, view = found.projection, found.points.year, found.projection.coverage(), found.outside
    cases, hits, share = (view.cases, view.hits, view.share) if view else (0, 0, math.nan)
    ends = ahead.table.iloc[-1] if found else pd.Series(dtype=float)
    about = {"indicator": found.indicator, "ref_area": found.area, "target": found.target, "relation": found.relation}
    used = {"observations": ahead.observed, "first_year": years.min(), "last_year": years.max(), "kind": ahead.kind}
    chance = {"probability": found.probability, "cases": cases, "hits": hits, "outside_share": share}
    spread = {name: ends.get(name, math.nan) for name in ("median", "low_80", "high_80")}
    tested = {"coverage_80": held.coverage_80, "coverage_95": held.coverage_95, "typical_miss": held.miss}
    reason = {"reason_zh": found.reason.zh, "reason_en": found.reason.en}
    figures = {"figure_ids": " ".join(found.figure_ids) if found else ""}
    return (
        about
        | {"unit": found.unit}
        | used
        | {"stands_for": ahead.stands_for}
        | chance
        | spread
        | tested
        | reason
        | figures
    )
