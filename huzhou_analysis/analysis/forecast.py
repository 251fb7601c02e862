"""Project an annual series: the median of simple paths, with intervals from what such projections missed on real cities.

:func:`project` takes one series and shows all that a reader may ask: the members, the errors of the same method on the
series itself, the chance of a target, and the base rate beside it. :func:`project_panel` takes thousands. Below
:data:`FEWEST` comparable years nothing is projected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Integral, Real

import numpy as np
import pandas as pd

from ..facts import periods
from . import members
from .calibration import (
    LONGEST_HORIZON,
    PACE_YEARS,
    SIZES,
    BaseRate,
    Errors,
    Kind,
    Tables,
    kind_named,
    shipped,
    unit_power,
)
from .members import MEMBER_NAMES, MEMBERS
from .series import YEARLY

FEWEST = 5
# Where errors come from a panel, the members see as many years as the longest histories that were scored on it.
YEARS_SEEN = 12
# Up to so many missing years in a row are filled in; after a longer gap the history starts anew.
LONGEST_GAP = 3
LEVELS = (50, 80, 95)
UPWARDS = {">=": True, ">": True, "=": True, "~": True, "<=": False, "<": False}
PANEL_COLUMNS = ("series", "year", "median", "observations", "reason")


@dataclass(frozen=True)
class History:
    """An annual series made ready.

    Attributes
    ----------
    values : Series
        Indexed by year, without gaps, in one unit.
    filled : tuple of int
        Years that were filled in; they are no observations.
    unit : str
    at_least : dict
        What has been printed for part of a later year.
    """

    values: pd.Series
    filled: tuple[int, ...] = ()
    unit: str = ""
    at_least: Mapping[int, float] = field(default_factory=dict)

    @property
    def observed(self) -> int:
        return len(self.values) - len(self.filled)

    def until(self, year: int) -> History:
        """What stood there in an earlier year."""
        return History(self.values.loc[:year], tuple(y for y in self.filled if y <= year), self.unit)


@dataclass(frozen=True)
class Projection:
    """A projection, or the reason why there is none; true if there is one.

    Attributes
    ----------
    history : Series
        The years used, indexed by year; ``filled`` lists those that nobody printed.
    kind : str or None
    reason : str
        Why nothing is projected; empty otherwise.
    without_interval : str
        Why there are no intervals and no chances; empty otherwise.
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
    reason: str = ""
    without_interval: str = ""
    lead: tuple[str, ...] = ()
    _path: np.ndarray | None = None
    _errors: Errors | None = None
    _kind: Kind | None = None
    _level: tuple[float, ...] = LEVELS
    _tables: Tables | None = None

    def __bool__(self) -> bool:
        return not self.reason

    @property
    def history(self) -> pd.Series:
        return self._history.values

    @property
    def filled(self) -> tuple[int, ...]:
        return self._history.filled

    @property
    def years(self) -> pd.RangeIndex:
        last = int(self.history.index[-1]) if len(self.history) else 0
        return pd.RangeIndex(last + 1, last + 1 + self.horizon if self else last + 1, name="year")

    @property
    def stands_for(self) -> str:
        """Kind of the panel that errors come from; empty if none."""
        return self._kind.stands_for if self._errors else ""

    @cached_property
    def table(self) -> pd.DataFrame:
        """By year: ``median`` (the path), then ``low_L`` and ``high_L`` for each level (NaN without errors of the kind)."""
        columns = _columns(self._level)
        values = self._bounded(self._rows()) if self else np.empty((0, len(columns)))
        return pd.DataFrame(values, index=self.years, columns=columns)

    def _rows(self) -> np.ndarray:
        """Path and ends of the intervals before bounds (horizon, columns)."""
        columns = [self._path]
        for level in self._level:
            for probability in (0.5 - level / 200, 0.5 + level / 200):
                nothing = np.full(self.horizon, np.nan)
                columns.append(self._path * self._errors.ratio(probability) if self._errors else nothing)
        return np.column_stack(columns)

    def _lifts(self) -> np.ndarray:
        """By how much what is printed for part of a year lifts the path, from that year on (horizon)."""
        lifts, lift = [], 1.0
        for year, middle in zip(self.years, self._path, strict=True):
            floor = self._history.at_least.get(int(year), -np.inf)
            if middle > 0 and floor > middle * lift:
                lift = floor / middle
            lifts.append(lift)
        return np.array(lifts)

    def _bounded(self, rows: np.ndarray) -> np.ndarray:
        """Rows that contradict nothing printed: nothing lies below a part of the year, and later years start from there."""
        floors = np.array([self._history.at_least.get(int(year), -np.inf) for year in self.years])
        return np.maximum(rows * self._lifts()[:, None], floors[:, None])

    @cached_property
    def members(self) -> pd.DataFrame:
        """Paths of all members by year, one column each, before bounds; ``lead`` says whose median is the path."""
        values = self.history.to_numpy(float)[-self._seen :]
        names = [name for name in MEMBERS if self and (name != "growth" or (values > 0).all())]
        return pd.DataFrame({name: MEMBERS[name](values, self.horizon) for name in names}, index=self.years)

    @property
    def _seen(self) -> int:
        return YEARS_SEEN if self._kind.stands_for else len(self.history)

    @cached_property
    def errors(self) -> pd.DataFrame:
        """The same method from every earlier year of this series: what it said, what came, whether the interval held.

        Columns ``origin``, ``horizon``, ``year``, ``actual``, ``median``, ``error`` (median over actual minus 1),
        ``inside_80``, ``inside_95`` (missing without intervals). Intervals of the past are those of cities in the same
        years, who knew as little of what was coming and shared it: they show the method at work, not what it would have
        held then.
        """
        rows = []
        for origin in self.history.index[FEWEST - 1 : -1]:
            then = self._history.until(int(origin))
            if not self or then.observed < FEWEST or origin in self.filled:
                continue
            found = _projected(then, self.horizon, self.kind, self._kind, (80, 95), self._tables)
            for year in found.years.intersection(self.history.index).difference(self.filled):
                actual, row = self.history[year], found.table.loc[year]
                inside = [row[f"low_{a}"] <= actual <= row[f"high_{a}"] if found._errors else pd.NA for a in (80, 95)]
                error = row["median"] / actual - 1 if actual else np.nan
                rows.append((int(origin), int(year - origin), int(year), actual, row["median"], error, *inside))
        names = ["origin", "horizon", "year", "actual", "median", "error", "inside_80", "inside_95"]
        return pd.DataFrame(rows, columns=names).astype({"inside_80": "boolean", "inside_95": "boolean"})

    def probability(self, target: float, year: int | None = None, *, relation: str = ">=") -> float:
        """Chance that a year meets a target, from the same errors as the intervals.

        Parameters
        ----------
        target : float
            In the unit of the series.
        year : int, optional
            A year of the table, by default the last.
        relation : {">=", ">", "=", "~", "<=", "<"}
            ``=`` and ``~`` are met at the target or above it.

        Returns
        -------
        float
            Between 0.01 and 0.99, for the errors tell no more, or 0 and 1 where what is printed decides; NaN without
            intervals.
        """
        ahead = self._ahead(target, year, relation)
        if not ahead or not self._errors:
            return math.nan
        floor = self._history.at_least.get(int(self.years[ahead - 1]), -np.inf)
        if target <= floor:
            below = 0.0 if target < floor or relation != "<=" else 1.0
        else:
            below = self._errors.not_above(target / (self._path[ahead - 1] * self._lifts()[ahead - 1]), ahead)
        return 1 - below if UPWARDS[relation] else below

    def base_rate(self, target: float, year: int | None = None, *, relation: str = ">=") -> BaseRate:
        """Outside view: of city-years of the kind that stood like this one, how many made the growth needed; no model.

        Alike are those in the same third by size and by recent growth. Arguments as for :meth:`probability`.
        """
        ahead = self._ahead(target, year, relation)
        if not ahead or not self._errors:
            return BaseRate(math.nan, math.nan, ahead)
        values = self.history.to_numpy(float)
        pace = float(np.diff(np.log(values[-PACE_YEARS - 1 :])).mean())
        needed = target / values[-1] - 1
        found = self._tables.base_rate(self._kind, ahead, pace, self._errors.size, needed)
        if UPWARDS[relation]:
            return found
        return BaseRate(1 - found.share, needed, ahead, found.cases, found.cities, found.like)

    def _ahead(self, target: float, year: int | None, relation: str) -> int:
        """Years from the last value to the one asked for; 0 if nothing is projected."""
        if relation not in UPWARDS:
            raise ValueError(f"relation {relation!r} is unknown: write one of {' '.join(UPWARDS)}")
        _number("target", target)
        if not self:
            return 0
        if year is not None and year not in self.years:
            raise ValueError(f"{year} is not projected: write a year from {self.years[0]} to {self.years[-1]}")
        return self.horizon if year is None else int(year) - int(self.history.index[-1])

    def coverage(self, horizon: int | None = None) -> pd.Series:
        """What these intervals held elsewhere, for one year of the table (by default the last).

        ``coverage_80``, ``coverage_95`` and ``miss`` (median absolute error) as shares, ``cases`` and ``cities``; of
        cities left out when the intervals were made, or, for the present, with nothing but errors known at the time.
        """
        ahead = self.horizon if horizon is None else _horizon(horizon)
        if not self._errors or ahead not in self._errors.held.index:
            return pd.Series(np.nan, index=["coverage_80", "coverage_95", "miss", "cases", "cities"])
        return self._errors.held.loc[ahead]

    def __repr__(self) -> str:
        if not self:
            return f"No projection: {self.reason}."
        first, last = self.history.index[0], self.history.index[-1]
        lines = [
            f"Projection of {self._history.observed} years ({first}-{last}"
            + (f", {len(self.filled)} filled in" if self.filled else "")
            + f"), the median of {', '.join(self.lead)}",
            self.table.to_string(float_format=lambda value: f"{value:,.4g}"),
        ]
        if self._errors:
            held = self.coverage()
            lines.append(
                f"Intervals: errors of {self.stands_for.replace('_', ' ')} in {held.cities:.0f} cities, {SIZES[self._errors.size]}; "
                f"80% held {held.coverage_80:.0%} {self.horizon} years ahead, typical miss {held.miss:.0%}"
            )
        else:
            lines.append(f"No intervals: {self.without_interval}")
        return "\n".join(lines)


def _columns(level: Sequence[float]) -> list[str]:
    return ["median", *(f"{side}_{one:g}" for one in level for side in ("low", "high"))]


def project(
    series: pd.Series | pd.DataFrame | Sequence[float],
    horizon: int,
    *,
    kind: str | None = None,
    unit: str | None = None,
    start: int | None = None,
    across_breaks: bool = False,
    at_least: Mapping[int, float] | None = None,
    growth: Mapping[int, float] | None = None,
    totals: Mapping[tuple[int, int], float] | None = None,
    level: Sequence[float] = LEVELS,
    tables: Tables | None = None,
) -> Projection:
    """Project an annual series some years beyond its last whole year.

    Parameters
    ----------
    series : Series, DataFrame or sequence of float
        A Series indexed by year; the frame of :func:`~huzhou_analysis.analysis.series.series`, of which the whole years
        after the last break count, later parts of a year bound it from below and totals of several years fill gaps; or
        values with the year of the first as `start`. Up to three missing years in a row are filled in along a constant
        growth rate and count as no observation; after a longer gap the history starts anew.
    horizon : int
        Years ahead, 1 to 6: further ahead nothing was measured.
    kind : str, optional
        Whose errors the intervals show: ``gdp``, ``retail``, ``industrial_output``, ``investment``,
        ``foreign_investment``, ``loans``, ``freight``; ``flow`` for another amount of a year, which stands on the widest
        of those that resemble it; ``share`` for percentages of a whole and ``rate`` for other percentages, which have no
        panel and so no interval, like a series of unknown kind.
    unit : str, optional
        Unit of plain values (万元, 亿美元, million USD), so that cities of like size count; a frame has its own.
    across_breaks : bool
        Join the stretches of a frame that are in the last unit, where a break is known not to matter.
    at_least : dict, optional
        By year, what has been printed for part of it.
    growth : dict, optional
        By year, printed growth of the years that follow the last (0.05 is 5%): they become years of the history.
    totals : dict, optional
        By (first, last) year, printed totals: filled years between are scaled to them.
    level : sequence of float
        Nominal coverage of the intervals in percent.
    tables : Tables, optional
        Errors in place of those shipped.

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
    >>> gdp = hz.series(data, "gdp")
    >>> found = hz.project(gdp, 2, kind="gdp")
    >>> list(found.table.columns)
    ['median', 'low_50', 'high_50', 'low_80', 'high_80', 'low_95', 'high_95']
    >>> hz.project([1, 2, 3], 2, start=2020)
    No projection: 3 comparable years are fewer than 5.
    """
    known = kind_named(kind)
    horizon, level = _horizon(horizon), _levels(level)
    if isinstance(series, pd.DataFrame):
        if start is not None:
            raise ValueError("a frame has its years: leave start out")
        values, found_unit, floors, found_totals = _of_frame(series, across_breaks)
        unit = unit or found_unit
    else:
        values, floors, found_totals = _of_values(series, start), {}, {}
    if kind == "share" and ((values < 0) | (values > 100)).any():
        raise ValueError(
            "a share lies between 0 and 100; for a percentage that is no share of a whole write kind='rate'"
        )
    values = _grown(values, growth or {})
    last = int(values.index[-1]) if len(values) else 0
    floors = floors | {year: _number("at_least", value) for year, value in (at_least or {}).items()}
    history = _filled(values, found_totals | dict(totals or {}), set(totals or {}), known.positive)
    history = History(history.values, history.filled, unit or "", {y: v for y, v in floors.items() if y > last})
    return _projected(history, horizon, kind, known, level, tables)


def _projected(
    history: History, horizon: int, name: str | None, kind: Kind, level: Sequence[float], tables: Tables | None
) -> Projection:
    """Projection of a history that is ready."""
    if history.observed < FEWEST:
        count = history.observed
        reason = f"{count} comparable year{'s are' if count != 1 else ' is'} fewer than {FEWEST}"
        return Projection(history, horizon, name, reason, _kind=kind, _level=level)
    values = history.values.to_numpy(float)
    positive = kind.positive and bool((values > 0).all())
    lead = members.leading(kind.lead, positive)
    path = members.path(values[-YEARS_SEEN:] if kind.stands_for else values, horizon, lead, positive)
    if name == "share":
        path = np.clip(path, 0, 100)
    errors, why = None, ""
    if not kind.stands_for:
        what = "a quantity of unknown kind: name one as kind=" if name is None else f"a {name}"
        why = f"no panel of cities has {what}"
    elif not positive:
        why = "errors of cities are ratios, and the series has values of zero or below"
    else:
        tables = tables or shipped()
        errors = tables.errors(kind, history.observed, horizon, int(history.values.index[-1]), _size(history, kind))
    return Projection(history, horizon, name, "", why, lead, path, errors, kind, level, tables)


def _size(history: History, kind: Kind) -> float | None:
    """Last value in the unit of the panel; None if its unit is not known or measures something else."""
    measure, power = unit_power(history.unit)
    if not kind.measure or measure != kind.measure:
        return None
    return float(history.values.iloc[-1]) * 10.0 ** (power - kind.power)


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
        ``series``, ``year``, ``median``, ``low_L`` and ``high_L``, ``observations``, ``reason``; `horizon` rows a series
        in order of first appearance, or one row without a year where nothing is projected. A pure function of its
        arguments: parts of a frame may be projected in several processes and put together with ``concat``.
    """
    missing = {"series", "year", "value"} - set(getattr(frame, "columns", ()))
    if missing:
        raise ValueError(f"the frame lacks the column {sorted(missing)[0]}: rename or add it")
    parts = []
    for name, rows in frame.groupby("series", sort=False):
        described = {column: rows[column].iloc[0] for column in ("kind", "unit") if column in rows}
        described = {column: None if pd.isna(value) or value == "" else value for column, value in described.items()}
        try:
            found = project(
                pd.Series(rows.value.to_numpy(), rows.year.to_numpy()), horizon, level=level, tables=tables, **described
            )
        except (TypeError, ValueError) as error:
            raise type(error)(f"series {name!r}: {error}") from None
        years = list(found.years) if found else [pd.NA]
        numbers = found._rows() if found else np.full((1, 1 + 2 * len(found._level)), np.nan)
        parts.append((name, years, numbers, found._history.observed, found.reason))
    counts = [len(years) for _, years, *_ in parts]
    out = pd.DataFrame({"series": np.repeat(np.array([p[0] for p in parts], dtype=object), counts)})
    out["year"] = pd.array([year for part in parts for year in part[1]], dtype="Int64")
    blocks = [part[2] for part in parts] or [np.empty((0, 1 + 2 * len(level)))]
    out[_columns(_levels(level))] = np.concatenate(blocks)
    for position, column in ((3, "observations"), (4, "reason")):
        out[column] = np.repeat([part[position] for part in parts], counts)
    return out


# --- What is asked for, and the reading of a series: a right answer, or a sentence that says what to write ------------


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
    """A Series indexed by whole years, in order, without missing values."""
    if isinstance(series, pd.Series):
        if start is not None:
            raise ValueError("a Series has its years in the index: leave start out")
        index = series.index.year if isinstance(series.index, pd.DatetimeIndex | pd.PeriodIndex) else series.index
        found = series.set_axis(index)
    elif isinstance(series, Sequence | np.ndarray) and not isinstance(series, str | bytes) and np.ndim(series) == 1:
        if not _is_year(start):
            raise ValueError(f"a list of values needs the year of the first: write start=2015, not start={start!r}")
        found = pd.Series(series, index=range(start, start + len(series)), dtype=None if len(series) else float)
    else:
        what = type(series).__name__
        raise TypeError(
            f"a series is a pandas Series indexed by year, a list of numbers with start=, or the frame of hz.series, not {what}"
        )
    return _years_and_numbers(found)


def _years_and_numbers(found: pd.Series) -> pd.Series:
    """Checked: whole years, each once, finite numbers; missing values dropped, sorted by year."""
    years = []
    for year in found.index:
        whole = int(year) if isinstance(year, float | np.floating) and float(year).is_integer() else year
        if not _is_year(whole):
            raise ValueError(
                f"the index holds {year!r}, which is no year: index the series by whole years such as 2018"
            )
        years.append(int(whole))
    if pd.api.types.is_bool_dtype(found.dtype) or not pd.api.types.is_numeric_dtype(found.dtype):
        strange = next(
            (v for v in found if not pd.isna(v) and (isinstance(v, bool | np.bool_) or not isinstance(v, Real))), None
        )
        if strange is not None:
            raise TypeError(f"the series holds {strange!r}, which is no number: convert it with pd.to_numeric first")
    found = (
        pd.Series(pd.to_numeric(found).to_numpy(float, na_value=np.nan), pd.Index(years, name="year"))
        .dropna()
        .sort_index()
    )
    if found.index.has_duplicates:
        raise ValueError(f"the year {found.index[found.index.duplicated()][0]} comes twice: keep one value a year")
    if not np.isfinite(found).all():
        raise ValueError(f"the value of {found.index[~np.isfinite(found)][0]} is infinite: correct it or leave it out")
    return found


def _of_frame(frame: pd.DataFrame, across_breaks: bool) -> tuple[pd.Series, str, dict[int, float], dict]:
    """Whole years after the last break, their unit, parts of later years, totals of several years."""
    if not {"year", "value"} <= set(frame.columns):
        raise ValueError(
            "the frame lacks the columns year and value: give one of hz.series, or one column indexed by year"
        )
    if not {"origin", "segment", "unit", "time_period", "relation"} <= set(frame.columns):
        return _years_and_numbers(frame.set_index("year").value), "", {}, {}
    whole = frame.origin.isin(YEARLY) & frame.time_period.map(periods.is_year).astype(bool)
    whole = frame[whole & frame.relation.isin(["=", "~"])]
    if whole.empty:
        return pd.Series(dtype=float, index=pd.Index([], dtype=int)), "", {}, {}
    unit, segment = whole.unit.iloc[-1], whole.segment.iloc[-1]
    whole = whole[(whole.unit == unit) & (across_breaks | (whole.segment == segment))]
    values = _years_and_numbers(whole.set_index("year").value)
    rest = frame[(frame.unit == unit) & frame.relation.isin(["=", "~", ">", ">="])]
    parts = rest[(rest.origin == "part_year") & (rest.year > values.index[-1])]
    totals = {}
    for row in rest[rest.origin == "period_total"].itertuples():
        span = periods.parse(row.time_period)
        totals[span.start.year, span.end.year] = row.value
    return values, unit, parts.groupby("year").value.max().to_dict(), totals


def _grown(values: pd.Series, growth: Mapping[int, float]) -> pd.Series:
    """The series with the years that follow from printed growth."""
    for year in sorted(growth):
        if not len(values) or year != values.index[-1] + 1 or _number("growth", growth[year]) <= -1:
            last = values.index[-1] if len(values) else "none"
            raise ValueError(f"growth follows the last year, {last}, year by year, as in {{{year}: 0.05}} for 5%")
        values = pd.concat([values, pd.Series({year: values.iloc[-1] * (1 + growth[year])})]).rename_axis("year")
    return values


def _filled(values: pd.Series, totals: Mapping[tuple[int, int], float], asked: set, positive: bool) -> History:
    """Cut after the last long gap, short gaps filled along a constant growth rate (or increment), scaled to totals."""
    if values.empty:
        return History(values)
    long = np.flatnonzero(np.diff(values.index) > LONGEST_GAP + 1)
    values = values.iloc[long[-1] + 1 :] if len(long) else values
    years = np.arange(values.index[0], values.index[-1] + 1)
    filled = np.setdiff1d(years, values.index)
    logs = positive and bool((values > 0).all())
    steps = np.interp(years, values.index, np.log(values) if logs else values)
    whole = pd.Series(np.exp(steps) if logs else steps, pd.Index(years, name="year"))
    whole.loc[values.index] = values
    for (first, last), total in totals.items():
        inside = [year for year in filled if first <= year <= last]
        if not inside or not {first, last} <= set(years):
            continue
        rest = _number("a total", total) - whole.loc[first:last].drop(inside).sum()
        if logs and rest <= 0:
            if (first, last) in asked:
                raise ValueError(
                    f"the total {total:g} of {first} to {last} is below the sum of its printed years: correct one of them"
                )
            continue
        whole.loc[inside] *= rest / whole.loc[inside].sum()
    return History(whole, tuple(int(year) for year in filled))


__all__ = ["FEWEST", "MEMBERS", "MEMBER_NAMES", "BaseRate", "Projection", "project", "project_panel"]
