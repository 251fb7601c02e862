"""The outlook of an indicator on file to the plan's last year: projection, chance of the target, outside view; or the
reason why there is none: a chance that rests on four points, or on figures from before a break, is worse than none."""

import math
from dataclasses import dataclass

import pandas as pd

from ..facts.data import Data, NotOnFile
from ..facts.words import Text, text
from .calibration import KIND_OF_INDICATOR, KIND_OF_THEME, LONGEST_HORIZON, OutsideView, base_rate, panel_value
from .compare import area_levels
from .forecast import FEWEST, Projection, _is_year, project
from .gaps import gaps_of
from .plans import goals, target_year
from .series import COLUMNS, key, series
from .targets import said

# Panels of a similar thing, shown for orientation; and what the tables hold of the other cities of the province.
STAND_INS = {"container_throughput": "freight", "port_cargo": "freight"}
PARTS = {"trade_total": ("exports", "imports"), "exports": ("exports",), "imports": ("imports",)}
CHANCE_COLUMNS = ["indicator", "ref_area", "target", "relation", "unit", "observations", "first_year", "last_year"]
CHANCE_COLUMNS += ["kind", "stands_for", "probability", "cases", "hits", "outside_share", "median", "low_80", "high_80"]
CHANCE_COLUMNS += ["coverage_80", "coverage_95", "typical_miss", "reason_zh", "reason_en", "figure_ids"]


@dataclass(frozen=True)
class Outlook:
    """A projection of one indicator to ``year``, or the ``reason`` why there is none; true if there is one.

    ``points`` are the whole years of the last stretch of its series; ``target`` and ``relation`` the plan's of ``year``, in
    ``unit`` (NaN if it sets none), ``probability`` the chance of meeting it (NaN without a panel of the kind), ``outside`` how
    many cities that stood alike did (None where no growth is needed or known).
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

    figure_ids = property(lambda self: [one for ids in self.points.figure_id for one in ids.split()])


def kind_of(data: Data, indicator: str, unit: str) -> str | None:
    """What an indicator is to a projection; None where nothing is known of how its like moves."""
    info, measure = data.indicators.loc[indicator], data.units[unit]
    if measure.is_share:
        return "share" if info.measure_type == "ratio" else "rate"
    if indicator in KIND_OF_INDICATOR:
        return KIND_OF_INDICATOR[indicator]
    if kind := KIND_OF_THEME.get((info.theme, measure.unit_measure)):
        return kind
    return "flow" if info.measure_type == "flow" and measure.unit_measure in ("CNY", "USD") else None


def outside_view(data: Data, indicator: str, area: str | int | None = None) -> OutsideView:
    """Of the cities that began at a like size, how many made the growth that the target needs; for trade, of the other
    cities of the province. False where there is no panel of the kind (``reference`` says so); NotOnFile if no growth is
    needed or known: no target, no actual of the plan's years, or a target that is met.

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
    every = gaps_of(data, None)
    gaps = every.rows(t for t in every.targets if t.first.indicator == code) if code else every.table
    gaps = gaps[gaps.leads & (gaps.ref_area == place) & (gaps.pace_unit == "%") & gaps.required_pace.notna()]
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
        return OutsideView(needed, years, 0, 0, 0, said("outlook", "no_city"))
    levels = sum(wide[1:], wide[0]).drop(index=place, errors="ignore")
    grown = {y: ((levels[y + years] / levels[y]) ** (1 / years) - 1) * 100 for y in levels if y + years in levels}
    growth = pd.concat([pd.Series(dtype=float), *grown.values()]).dropna()
    span = {"first": min(grown, default=0), "last": max(grown, default=0)}
    reference = said("outlook", "province", years=years, needed=needed, **span)
    return OutsideView(needed, years, len(growth), int((growth >= needed).sum()), growth.index.nunique(), reference)


def outlook(data: Data, indicator: str, area: str | int | None = None, *, year: int | None = None) -> Outlook:
    """Project an indicator to a year, by default the plan's last, from everything on file, or say why not.

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
    kind = kind_of(data, code, unit)
    if kind == "share" and not points.value.between(0, 100).all():
        kind = "rate"  # inflation below zero, a plan fulfilled by more than all of it
    projection = project(rows, min(max(1, year - last), LONGEST_HORIZON), kind=kind)
    reason = text("", "")
    if points.empty:
        reason = said("outlook", "none")
    elif last >= year:
        reason = said("outlook", "over", year=last)
    elif not projection:
        n, cut = projection.observed, len(points) < len(whole)
        few = {"n": n, "s": "s" * (n != 1), "fewest": FEWEST, "first": points.year.iloc[0]}
        reason = said("outlook", "few_after" if cut else "few", **few)
    elif year - last > LONGEST_HORIZON:
        reason = said("outlook", "far", year=last, longest=LONGEST_HORIZON)
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


def outlooks(data: Data) -> list[Outlook]:
    """The outlook of every indicator with a target of the plan's last year."""
    year, views = target_year(data), _views(data, data.home)
    targets = data.select(area=data.home, record_type="target", period=str(year), transformation="N")
    codes = dict.fromkeys(targets.indicator[targets.obs_text != ""])
    return [_outlook(data, code, data.home, year, views.get(code)) for code in codes]


def target_probabilities(data: Data) -> pd.DataFrame:
    """Chance of every target of the plan's last year, or the reason why none is given (columns ``CHANCE_COLUMNS``).

    ``probability`` is NaN where a reason says why or ``stands_for``, the panel of its kind, is empty; ``cases``, ``hits`` and
    ``outside_share`` are those of :func:`outside_view`, ``median`` to ``high_80`` of the projection in ``unit``, ``coverage``
    and ``typical_miss`` what such projections held and missed elsewhere.

    Examples
    --------
    >>> chances = hz.target_probabilities(data)
    >>> bool(((chances.probability >= 0) & (chances.probability <= 1) | chances.probability.isna()).all())
    True
    """
    rows = []
    for one in outlooks(data):
        ahead, years, held, view = one.projection, one.points.year, one.projection.coverage(), one.outside
        about = (one.indicator, one.area, one.target, one.relation, one.unit, ahead.observed, years.min(), years.max())
        outside = (view.cases, view.hits, view.share) if view else (0, 0, math.nan)
        spread = ahead.table.iloc[-1][["median", "low_80", "high_80"]] if one else [math.nan] * 3
        made = (ahead.kind, ahead.stands_for, one.probability, *outside, *spread)
        tested = (held.coverage_80, held.coverage_95, held.miss, one.reason.zh, one.reason.en)
        rows.append((*about, *made, *tested, " ".join(one.figure_ids) if one else ""))
    return pd.DataFrame(rows, columns=CHANCE_COLUMNS)
