"""Project an annual series: the median of simple paths, with intervals from what such projections missed on real cities.

:func:`project` takes one series and shows all that a reader may ask: the members, the errors of the same method on the
series itself, the chance of a target, and the base rate beside it. :func:`project_panel` takes thousands. Below
:data:`FEWEST` comparable years nothing is projected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Integral, Real

import numpy as np
import pandas as pd

from ..facts import periods
from . import members
from .calibration import (
    HELD,
    KIND_OF_INDICATOR,
    LONGEST_HORIZON,
    SIZES,
    Errors,
    Kind,
    OutsideView,
    Tables,
    base_rate,
    kind_named,
    panel_value,
    shipped_errors,
)
from .members import MEMBER_NAMES, MEMBERS

FEWEST = 5
# Where errors come from a panel, the members see as many years as the longest histories that were scored on it.
YEARS_SEEN = 12
# Up to so many missing years in a row are filled in; after a longer gap the history starts anew.
LONGEST_GAP = 3
LEVELS = (50, 80, 95)
UPWARDS = {">=": True, ">": True, "=": True, "~": True, "<=": False, "<": False}


@dataclass(frozen=True)
class History:
    """An annual series without gaps, in one unit: ``filled`` years are no observations, ``at_least`` is printed for
    part of a later year."""

    values: pd.Series
    filled: tuple[int, ...] = ()
    unit: str = ""
    at_least: Mapping[int, float] = field(default_factory=dict)
    figures: Mapping[int, str] = field(default_factory=dict)  # ids of the figures that a frame holds for each year
    indicator: str = ""

    @property
    def observed(self) -> int:
        return len(self.values) - len(self.filled)

    def until(self, year: int) -> History:
        """What stood there in an earlier year."""
        return History(self.values.loc[:year], tuple(one for one in self.filled if one <= year), self.unit)


@dataclass(frozen=True)
class Projection:
    """A projection, or the reason why there is none; true if there is one.

    Attributes
    ----------
    history : Series
        The years used, indexed by year: ``observed`` of them were printed, those ``filled`` were not.
    figures, indicator : dict of int to str, str
        Ids of the figures of each year, and what they measure, where a frame of :func:`~huzhou_analysis.series` was given.
    years : RangeIndex
        The years projected.
    kind, stands_for : str
        The kind asked for, and that of the panel which errors come from (empty if none).
    reason, without_interval : str
        Why nothing is projected, and why there are no intervals and chances; empty otherwise.
    lead : tuple of str
        Members whose median is the path.

    Examples
    --------
    >>> found = hz.project([10, 11, 12.1, 13.3, 14.6, 16.1], 2, start=2018, kind="retail")
    >>> bool(found), found.table.index.tolist()
    (True, [2024, 2025])
    >>> 0 < found.probability(18) < 1  # that 2025 reaches 18
    True
    """

    _history: History
    horizon: int
    kind: str | None
    _kind: Kind
    _level: tuple[float, ...]
    reason: str = ""
    without_interval: str = ""
    lead: tuple[str, ...] = ()
    _path: np.ndarray | None = None
    _errors: Errors | None = None
    _tables: Tables | None = None

    def __bool__(self) -> bool:
        return not self.reason

    history = property(lambda self: self._history.values)
    figures = property(lambda self: self._history.figures)
    indicator = property(lambda self: self._history.indicator)
    filled = property(lambda self: self._history.filled)
    observed = property(lambda self: self._history.observed)
    stands_for = property(lambda self: self._kind.stands_for if self._errors else "")

    @property
    def years(self) -> pd.RangeIndex:
        first = int(self.history.index[-1]) + 1 if self else 0
        return pd.RangeIndex(first, first + (self.horizon if self else 0), name="year")

    @cached_property
    def table(self) -> pd.DataFrame:
        """By year: ``median`` (the path), then ``low_L`` and ``high_L`` for each level (NaN without errors of the kind)."""
        return pd.DataFrame(self._rows(), index=self.years, columns=_columns(self._level))

    def _rows(self) -> np.ndarray:
        """The table as numbers. Nothing lies below the figure of part of a year; later years start from there."""
        if not self:
            return np.empty((0, 1 + 2 * len(self._level)))
        probabilities = [p for level in self._level for p in (0.5 - level / 200, 0.5 + level / 200)]
        nothing = np.full(self.horizon, np.nan)
        ratios = [self._errors.ratio(p) if self._errors else nothing for p in probabilities]
        rows = np.column_stack([self._path, *(self._path * ratio for ratio in ratios)])
        return np.maximum(rows * self._lifts[:, None], self._floors[:, None])

    @property
    def _floors(self) -> np.ndarray:
        return np.array([self._history.at_least.get(year, -np.inf) for year in self.years])

    @property
    def _lifts(self) -> np.ndarray:
        """By how much the figure of part of a year lifts the path from that year on."""
        above = np.where(self._path > 0, self._floors / np.where(self._path > 0, self._path, 1), 1)
        return np.maximum.accumulate(np.maximum(above, 1))

    @cached_property
    def members(self) -> pd.DataFrame:
        """Paths of all members by year, one column each, before bounds; ``lead`` says whose median is the path."""
        values = _seen(self._history, self._kind)
        names = [name for name in MEMBERS if self and (name not in members.IN_LEVELS or (values > 0).all())]
        return pd.DataFrame({name: MEMBERS[name](values, self.horizon) for name in names}, index=self.years)

    @cached_property
    def errors(self) -> pd.DataFrame:
        """The same method from every earlier year of this series: what it said, what came, whether the interval held.

        Columns ``origin``, ``horizon``, ``year``, ``actual``, ``median``, ``error`` (median over actual minus 1),
        ``inside_80``, ``inside_95`` (missing without intervals). Intervals of the past are those of other cities in the
        same years: they show the method at work, not what could have been said at the time.
        """
        rows = []
        for origin in self.history.index[FEWEST - 1 : -1].difference(self.filled) if self else ():
            found = _projected(self._history.until(origin), self.horizon, self.kind, self._kind, (80, 95), self._tables)
            for year in found.years.intersection(self.history.index).difference(self.filled):
                actual, row = self.history[year], found.table.loc[year]
                inside = [row[f"low_{a}"] <= actual <= row[f"high_{a}"] if found._errors else pd.NA for a in (80, 95)]
                error = row["median"] / actual - 1 if actual else np.nan
                rows.append((origin, year - origin, year, actual, row["median"], error, *inside))
        names = ["origin", "horizon", "year", "actual", "median", "error", "inside_80", "inside_95"]
        return pd.DataFrame(rows, columns=names).astype({"inside_80": "boolean", "inside_95": "boolean"})

    def probability(self, target: float, year: int | None = None, *, relation: str = ">=") -> float:
        """Chance that a year (by default the last) meets a target, in the unit of the series.

        ``=`` and ``~`` are met at the target or above it. From 0.01 to 0.99, for the errors tell no more, or 0 and 1
        where what is printed decides; NaN without intervals.
        """
        ahead = self._ahead(target, year, relation)
        if not ahead or not self._errors:
            return math.nan
        if target <= self._floors[ahead - 1]:
            return float(UPWARDS[relation])
        below = self._errors.not_above(target / (self._path * self._lifts)[ahead - 1], ahead)
        return 1 - below if UPWARDS[relation] else below

    def base_rate(self, target: float, year: int | None = None, *, relation: str = ">=") -> OutsideView:
        """Outside view: of the cities that began at a like size, how many made the growth needed, without any model; the
        very count that :func:`~.outlook.outside_view` gives. Arguments as for :meth:`probability`."""
        ahead, last = self._ahead(target, year, relation), self.history.iloc[-1] if self else 0
        needed = (max(target / last, 0) ** (1 / ahead) - 1) * 100 if last > 0 else math.nan
        value = panel_value(self._kind, last, self._history.unit)
        return base_rate(self.kind, ahead, needed, value, UPWARDS[relation])

    def _ahead(self, target: float, year: int | None, relation: str) -> int:
        """Years from the last value to the one asked for; 0 if nothing is projected."""
        if relation not in UPWARDS:
            raise ValueError(f"relation {relation!r} is unknown: write one of {' '.join(UPWARDS)}")
        _number("target", target)
        if self and year is not None and year not in self.years:
            raise ValueError(f"{year} is not projected: write a year from {self.years[0]} to {self.years[-1]}")
        return 0 if not self else self.horizon if year is None else int(year - self.years[0] + 1)

    def coverage(self, horizon: int | None = None) -> pd.Series:
        """What these intervals held elsewhere so many years ahead, by default the last.

        ``coverage_80``, ``coverage_95`` and ``miss`` (median absolute error) as shares, ``cases`` and ``cities``: of
        cities left out when the intervals were made or, for the present, with nothing but errors known at the time.
        """
        if not self._errors:
            return pd.Series(np.nan, index=HELD)
        return self._errors.held.loc[self.horizon if horizon is None else min(_horizon(horizon), self.horizon)]

    def __repr__(self) -> str:
        if not self:
            return f"No projection: {self.reason}."
        span = f"{self.history.index[0]}-{self.history.index[-1]}"
        lead = f"Path: {' / '.join(MEMBER_NAMES[name]['en'] for name in self.lead)}, from {self.observed} years, {span}"
        lead += f" ({len(self.filled)} filled in)" if self.filled else ""
        if not self._errors:
            return f"{lead}\n{self.table[['median']].to_string()}\nNo intervals: {self.without_interval}."
        held, name = self.coverage(), self.stands_for.replace("_", " ")
        told = f"their 80% held {held.coverage_80:.0%} of what came" if held.coverage_80 > 0 else "nothing was tested"
        return (
            f"{lead}\n{self.table.to_string(float_format=lambda value: f'{value:,.4g}')}\n"
            f"Intervals: errors of {name} in {held.cities:.0f} Chinese cities ({SIZES[self._errors.size]}). For the last year {told}, "
            f"and the typical miss was {held.miss:.0%}."
        )


def project(
    series: pd.Series | pd.DataFrame | Sequence[float],
    horizon: int,
    *,
    kind: str | None = None,
    unit: str | None = None,
    start: int | None = None,
    across_breaks: bool = False,
    at_least: Mapping[int, float] | None = None,
    totals: Mapping[tuple[int, int], float] | None = None,
    level: Sequence[float] = LEVELS,
    tables: Tables | None = None,
) -> Projection:
    """Project an annual series some years beyond its last whole year.

    Parameters
    ----------
    series : Series, DataFrame or sequence of float
        A Series indexed by year; the frame of :func:`~huzhou_analysis.analysis.series.series`, of which the whole years
        after the last break count, parts of a later year bound it from below and totals of several years scale what is
        filled in; or values with the year of the first as `start`; these and a
        plain Series say nothing of breaks and count as one stretch. Up to three missing years in a row are filled in at
        a constant growth rate and count as no observation; after a longer gap the history starts anew.
    horizon : int
        Years ahead, 1 to 6: further ahead nothing was measured.
    kind : str, optional
        What it is: which members lead, and whose errors the intervals show. Frames of well-known
        indicators tell by themselves. ``gdp``, ``retail``, ``industrial_output``, ``investment``,
        ``foreign_investment``, ``loans``, ``freight``; ``flow`` for another amount of a year, which stands on the widest
        that resembles it; ``share`` for percentages of a whole and ``rate`` for other percentages, which have no panel
        and so no interval, like a series of unknown kind.
    unit : str, optional
        Unit of plain values (万元, 亿美元, million USD), so that cities of like size count; a frame has its own.
    across_breaks : bool
        Join the stretches of a frame that are in the last unit, where a break is known not to matter.
    at_least, totals : dict, optional
        By year, what has been printed for part of it; by (first, last) year, totals to which filled years are scaled.
    level, tables
        Nominal coverage of the intervals in percent; errors in place of those shipped.

    Returns
    -------
    Projection
        False, with ``reason``, below five comparable years.

    Raises
    ------
    TypeError, ValueError
        In one sentence that says what to write instead.

    Examples
    --------
    >>> found = hz.project(hz.series(data, "gdp"), 2, kind="gdp")
    >>> list(found.table.columns)
    ['median', 'low_50', 'high_50', 'low_80', 'high_80', 'low_95', 'high_95']
    >>> hz.project([1, 2, 3], 2, start=2020)
    No projection: 3 comparable years are fewer than 5.
    """
    if kind is None and isinstance(series, pd.DataFrame) and "indicator" in series.columns and len(series):
        kind = KIND_OF_INDICATOR.get(series.indicator.iloc[-1])
    known, horizon, level = kind_named(kind), _horizon(horizon), _levels(level)
    if isinstance(series, pd.DataFrame):
        if start is not None:
            raise ValueError("a frame has its years: leave start out")
        values, frame_unit, floors, found_totals = _of_frame(series, across_breaks)
    else:
        values, frame_unit, floors, found_totals = _of_values(series, start), "", {}, {}
    if kind == "share" and not values.between(0, 100).all():
        raise ValueError(
            "a share lies between 0 and 100; for a percentage that is no share of a whole write kind='rate'"
        )
    floors |= {year: _number("the figure of part of a year", value) for year, value in (at_least or {}).items()}
    floors = {year: floor for year, floor in floors.items() if len(values) and year > values.index[-1]}
    values, filled = _filled(values, found_totals, totals or {}, known.positive)
    history = History(values, filled, unit or frame_unit, floors)
    if {"figure_id", "indicator"} <= set(getattr(series, "columns", ())) and len(series):
        figures = series.groupby("year").figure_id.agg(" ".join).to_dict()
        history = replace(history, figures=figures, indicator=series.indicator.iloc[-1])
    return _projected(history, horizon, kind, known, level, tables)


def _seen(history: History, kind: Kind) -> np.ndarray:
    """What the members see of a history."""
    values = history.values.to_numpy(float)
    return values[-YEARS_SEEN:] if kind.stands_for else values


def _projected(
    history: History, horizon: int, name: str | None, kind: Kind, level: Sequence[float], tables: Tables | None
) -> Projection:
    """Projection of a history that is ready."""
    count = history.observed
    if count < FEWEST:
        reason = f"{count} comparable year{'s are' if count != 1 else ' is'} fewer than {FEWEST}"
        return Projection(history, horizon, name, kind, level, reason)
    values = _seen(history, kind)
    positive = kind.positive and bool((history.values > 0).all())
    lead = members.leading(kind.lead, positive)
    path = members.path(values, horizon, lead, positive)
    path = np.clip(path, 0, 100) if name == "share" else path
    errors, why = None, ""
    if not kind.stands_for:
        why = (
            "the kind of quantity is not known: name it as kind="
            if name is None
            else f"no panel of cities has a {name}"
        )
    elif not positive:
        why = "errors of cities are ratios, and the series has values of zero or below"
    else:
        tables = tables or shipped_errors()
        value = panel_value(kind, float(values[-1]), history.unit)
        errors = tables.errors(kind, count, horizon, int(history.values.index[-1]), value)
    return Projection(history, horizon, name, kind, level, "", why, lead, path, errors, tables)


def project_panel(
    frame: pd.DataFrame, horizon: int, *, level: Sequence[float] = LEVELS, tables: Tables | None = None
) -> pd.DataFrame:
    """Project many annual series; each gets the numbers that :func:`project` gives it alone.

    Parameters
    ----------
    frame : DataFrame
        Long: ``series`` (its name), ``year``, ``value``, and if known ``kind`` and ``unit``, the same in all rows of one.
    horizon, level, tables
        As for :func:`project`.

    Returns
    -------
    DataFrame
        ``series``, ``year``, the columns of :attr:`Projection.table`, ``observations``, ``reason``; one row without a year
        where nothing is projected. A pure function: parts of a frame may be projected in several processes.
    """
    lacking = {"series", "year", "value"} - set(getattr(frame, "columns", ()))
    if lacking:
        raise ValueError(f"the frame lacks the column {sorted(lacking)[0]}: rename or add it")
    columns = _columns(_levels(level))
    parts = [pd.DataFrame(columns=["series", "year", *columns, "observations", "reason"])]
    for name, one in frame.groupby("series", sort=False):
        known = {column: one[column].iloc[0] for column in ("kind", "unit") if column in one}
        known = {column: value for column, value in known.items() if value and not pd.isna(value)}
        try:
            values = pd.Series(one.value.to_numpy(), one.year.to_numpy())
            found = project(values, horizon, level=level, tables=tables, **known)
        except (TypeError, ValueError) as error:
            raise type(error)(f"series {name!r}: {error}") from None
        rows = found.table.reset_index() if found else pd.DataFrame({"year": [pd.NA]})
        parts.append(rows.assign(series=name, observations=found.observed, reason=found.reason))
    out = pd.concat(parts[1:] or parts).reindex(columns=parts[0].columns)
    return out.astype({"year": "Int64"}).reset_index(drop=True)


# --- What is asked for, and the reading of a series: a right answer, or a sentence that says what to write ------------


def _columns(level: Sequence[float]) -> list[str]:
    return ["median", *(f"{side}_{one:g}" for one in level for side in ("low", "high"))]


def _number(name: str, value: object) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real) or not math.isfinite(value):
        raise TypeError(f"{name} is a finite number such as 18, not {value!r}")
    return float(value)


def _horizon(horizon: object) -> int:
    if isinstance(horizon, bool) or not isinstance(horizon, Integral) or not 1 <= horizon <= LONGEST_HORIZON:
        hint = f": for the year {horizon} write {horizon} minus the last year on file" if _is_year(horizon) else ""
        raise ValueError(f"horizon is a whole number of years ahead, 1 to {LONGEST_HORIZON}, not {horizon!r}{hint}")
    return int(horizon)


def _levels(level: object) -> tuple[float, ...]:
    found = tuple(level) if isinstance(level, Sequence | np.ndarray) and not isinstance(level, str) else (level,)
    for one in found:
        if isinstance(one, bool) or not isinstance(one, Real) or not 1 <= one <= 98:
            hint = f": write {100 * one:g}" if isinstance(one, float) and 0 < one < 1 else ""
            raise ValueError(f"a level is a percentage from 1 to 98 such as 80, not {one!r}{hint}")
    return found


def _is_year(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and 1800 <= value <= 2200


def _of_values(series: object, start: int | None) -> pd.Series:
    """A Series, or values with the year of the first, as :func:`_years_and_numbers` gives them."""
    if isinstance(series, pd.Series):
        if start is not None:
            raise ValueError("a Series has its years in the index: leave start out")
        return _years_and_numbers(series)
    if not isinstance(series, Sequence | np.ndarray) or isinstance(series, str | bytes) or np.ndim(series) != 1:
        allowed = "a pandas Series indexed by year, a list of numbers with start=, or the frame of hz.series"
        raise TypeError(f"a series is {allowed}, not {type(series).__name__}")
    if not _is_year(start):
        raise ValueError(f"a list of values needs the year of the first: write start=2015, not start={start!r}")
    return _years_and_numbers(pd.Series([*series], index=range(start, start + len(series))))


def _years_and_numbers(found: pd.Series) -> pd.Series:
    """Finite numbers by whole year, each once, sorted; missing values dropped."""
    dated = isinstance(found.index, pd.DatetimeIndex | pd.PeriodIndex)
    years = [
        int(year) if isinstance(year, float) and year.is_integer() else year
        for year in (found.index.year if dated else found.index)
    ]
    strange = next((year for year in years if not _is_year(year)), None)
    if strange is not None:
        raise ValueError(f"the index holds {strange!r}, which is no year: index the series by whole years such as 2018")
    values = [np.nan if one is None or one is pd.NA else one for one in found]
    strange = next((one for one in values if isinstance(one, bool | np.bool_) or not isinstance(one, Real)), None)
    if strange is not None:
        raise TypeError(f"the series holds {strange!r}, which is no number: convert it with pd.to_numeric first")
    found = pd.Series(values, pd.Index(years, name="year", dtype=int), dtype=float).dropna().sort_index()
    if found.index.has_duplicates:
        raise ValueError(f"the year {found.index[found.index.duplicated()][0]} comes twice: keep one value a year")
    size = np.abs(found.to_numpy())
    for strange in np.flatnonzero((size > 1e100) | ((size < 1e-100) & (size > 0))):
        raise ValueError(
            f"{found.iloc[strange]:g} in {found.index[strange]} is no quantity: correct it or leave it out"
        )
    return found


def _of_frame(frame: pd.DataFrame, across_breaks: bool) -> tuple[pd.Series, str, dict[int, float], dict]:
    """Whole years after the last break, their unit, parts of later years, totals of several years."""
    if not {"year", "value"} <= set(frame.columns):
        raise ValueError(
            "the frame lacks the columns year and value: give that of hz.series, or one column indexed by year"
        )
    if not {"origin", "segment", "unit", "time_period", "relation"} <= set(frame.columns):
        return _years_and_numbers(frame.set_index("year").value), "", {}, {}
    derived = ~frame.origin.isin(["part_year", "period_total"]) & frame.relation.isin(["=", "~"])
    whole = frame[derived & frame.time_period.map(periods.is_year).astype(bool)]
    if whole.empty:
        return _years_and_numbers(pd.Series(dtype=float)), "", {}, {}
    unit, segment = whole.unit.iloc[-1], whole.segment.iloc[-1]
    whole = whole[(whole.unit == unit) & (across_breaks | (whole.segment == segment))]
    rest = frame[(frame.unit == unit) & frame.relation.isin(["=", "~", ">", ">="])]
    parts = rest[rest.origin == "part_year"].groupby("year").value.max().to_dict()
    totals = rest[rest.origin == "period_total"]
    spans = [(span.start.year, span.end.year) for span in map(periods.parse, totals.time_period)]
    return _years_and_numbers(whole.set_index("year").value), unit, parts, dict(zip(spans, totals.value, strict=True))


def _filled(values: pd.Series, found: Mapping, asked: Mapping, positive: bool) -> tuple[pd.Series, tuple[int, ...]]:
    """Cut after the last long gap; short gaps filled at constant growth (or increments) and scaled to totals."""
    long = np.flatnonzero(np.diff(values.index) > LONGEST_GAP + 1)
    values = values.iloc[long[-1] + 1 :] if len(long) else values
    years = pd.RangeIndex(values.index[0], values.index[-1] + 1, name="year") if len(values) else values.index
    if len(years) == len(values):
        return values, ()
    filled = years.difference(values.index)
    logs = positive and bool((values > 0).all())
    steps = np.interp(years, values.index, np.log(values) if logs else values)
    whole = pd.Series(np.exp(steps) if logs else steps, years)
    whole.loc[values.index] = values
    for (first, last), total in {**found, **asked}.items():
        inside = filled[(filled >= first) & (filled <= last)]
        if len(inside) and first in years and last in years:
            rest = _number("a total", total) - whole.loc[first:last].drop(inside).sum()
            if rest > 0 or not logs:
                whole.loc[inside] *= rest / whole.loc[inside].sum()
            elif (first, last) in asked:
                raise ValueError(
                    f"the total {total:g} of {first}-{last} is below the sum of its printed years: correct one"
                )
    return whole, tuple(map(int, filled))
