"""Project an annual series: the median of simple paths, with intervals from what such paths missed on real cities."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from numbers import Integral, Real

import numpy as np
import pandas as pd

from ..facts import periods
from ..facts.relations import value_on_path
from . import calibration
from .calibration import HELD, KINDS, LONGEST_HORIZON, PROBABILITIES, QUANTILES, SIZES, OutsideView, Tables, panel_value

FEWEST = 5
YEARS_SEEN = 12  # of members where errors come from a panel: longer histories were not scored on it
LONGEST_GAP = 3  # missing years in a row that are filled in; after a longer gap the history starts again
LEVELS = (50, 80, 95)
UPWARDS = {">=": True, ">": True, "=": True, "~": True, "<=": False, "<": False}


@dataclass(frozen=True, eq=False, repr=False)
class Projection:
    """A projection, or the reason why there is none; true if there is one.

    ``history`` holds the years used, of which ``observed`` are on file and those ``filled`` are not; ``years`` those projected;
    ``at_least`` by year a figure for part of it. The median of the members in ``lead`` is the path; errors come from the panel
    that ``stands_for`` the ``kind`` (empty if none). ``reason`` says why nothing is projected, ``without_interval`` why there
    are no intervals and chances (else empty); ``figures`` are ids of figures by year.

    Examples
    --------
    >>> found = hz.project([10, 11, 12.1, 13.3, 14.6, 16.1], 2, start=2018, kind="retail")
    >>> bool(found), found.table.index.tolist()
    (True, [2024, 2025])
    >>> 0 < found.probability(18) < 1  # that 2025 reaches 18
    True
    """

    history: pd.Series
    horizon: int
    kind: str | None = None
    filled: tuple[int, ...] = ()
    unit: str = ""
    at_least: Mapping[int, float] = field(default_factory=dict)
    level: tuple[float, ...] = LEVELS
    tables: Tables | None = None
    figures: Mapping[int, str] = field(default_factory=dict)
    indicator: str = ""

    def __bool__(self) -> bool:
        return self.observed >= FEWEST

    observed = property(lambda self: len(self.history) - len(self.filled))
    stands_for = property(lambda self: "" if self._errors is None else KINDS[self.kind].stands_for)
    _positive = cached_property(lambda self: bool(KINDS[self.kind].positive and (self.history > 0).all()))
    _size = property(lambda self: panel_value(self.kind, float(self.history.iloc[-1]), self.unit))

    @property
    def reason(self) -> str:
        are = "s are" if self.observed != 1 else " is"
        return "" if self else f"{self.observed} comparable year{are} fewer than {FEWEST}"

    @property
    def without_interval(self) -> str:
        if not self or self.stands_for:
            return ""
        if KINDS[self.kind].stands_for:
            return "errors of cities are ratios, and the series has values of zero or below"
        unknown = "the kind of quantity is not known: name it as kind="
        return f"no panel of cities has a {self.kind}" if self.kind else unknown

    @cached_property
    def years(self) -> pd.RangeIndex:
        first = int(self.history.index[-1]) + 1 if self else 0
        return pd.RangeIndex(first, first + (self.horizon if self else 0), name="year")

    @property
    def lead(self) -> tuple[str, ...]:
        names = calibration.LEADS[KINDS[self.kind].lead] if self else ()
        levels = {} if self._positive else calibration.IN_LEVELS  # growth rates of what is not positive have no meaning
        return tuple(dict.fromkeys(levels.get(name, name) for name in names))

    @cached_property
    def _seen(self) -> np.ndarray:
        """What the members see of the history."""
        return self.history.to_numpy(float)[-YEARS_SEEN if KINDS[self.kind].stands_for else 0 :]

    @cached_property
    def _errors(self) -> pd.DataFrame | None:
        """Errors to be expected, by year ahead."""
        if not (self and KINDS[self.kind].stands_for and self._positive):
            return None
        like = KINDS[self.kind].stands_for, self.observed, int(self.history.index[-1]), self._size
        return (self.tables or calibration.shipped_errors()).errors(*like).loc[: self.horizon]

    @cached_property
    def table(self) -> pd.DataFrame:
        """By year: ``median`` (the path), then ``low_L`` and ``high_L`` for each level (NaN without errors of the kind).

        Nothing lies below the figure of part of a year; by as much as it lifts the path, it lifts later years.
        """
        columns = _columns(self.level)
        if not self:
            return pd.DataFrame(columns=columns, index=self.years, dtype=float)
        path = calibration.path(self._seen, self.horizon, self.lead, self._positive)
        path = np.clip(path, 0, 100) if self.kind == "share" else path
        floors = np.array([self.at_least.get(year, -np.inf) for year in self.years])
        lifts = np.divide(floors, path, out=np.ones_like(path), where=path > 0)
        path = path * np.maximum.accumulate(np.maximum(lifts, 1))
        ends = [p for level in self.level for p in (0.5 - level / 200, 0.5 + level / 200)]
        ratios = np.full((self.horizon, len(ends)), np.nan)
        if self._errors is not None:
            ratios = np.exp([np.interp(ends, PROBABILITIES, row) for row in self._errors[QUANTILES].to_numpy()])
        rows = path[:, None] * np.column_stack([np.ones(self.horizon), ratios])
        return pd.DataFrame(np.maximum(rows, floors[:, None]), self.years, columns)

    @cached_property
    def members(self) -> pd.DataFrame:
        """Paths of all members by year, one column each, before bounds; ``lead`` says whose median is the path."""
        bad = {} if (self._seen > 0).all() else calibration.IN_LEVELS
        able = {name: member for name, member in calibration.MEMBERS.items() if name not in bad}
        paths = {name: member(self._seen, self.horizon) for name, member in able.items()} if self else {}
        return pd.DataFrame(paths, index=self.years)

    @cached_property
    def errors(self) -> pd.DataFrame:
        """The same method from every earlier year of this series: what it said, what came, whether the interval held.

        Columns ``origin``, ``horizon``, ``year``, ``actual``, ``median``, ``error`` (median over actual minus 1),
        ``inside_80``, ``inside_95`` (missing without intervals, which are those of other cities in the same years).
        """
        rows, known = [], self.history.index.difference(self.filled)
        for origin in self.history.index[FEWEST - 1 : -1].intersection(known) if self else ():
            filled = tuple(year for year in self.filled if year <= origin)
            then = replace(self, history=self.history.loc[:origin], filled=filled, at_least={}, level=(80, 95))
            for year in then.years.intersection(known):
                actual, row = self.history[year], then.table.loc[year]
                inside = [row[f"low_{a}"] <= actual <= row[f"high_{a}"] if then.stands_for else pd.NA for a in (80, 95)]
                error = row["median"] / actual - 1 if actual else np.nan
                rows.append((origin, year - origin, year, actual, row["median"], error, *inside))
        names = ["origin", "horizon", "year", "actual", "median", "error", "inside_80", "inside_95"]
        return pd.DataFrame(rows, columns=names).astype({"inside_80": "boolean", "inside_95": "boolean"})

    def probability(self, target: float, year: int | None = None, *, relation: str = ">=") -> float:
        """Chance that a year (by default the last) meets a target, in the unit of the series.

        ``=`` and ``~`` are met at the target or above it. From 0.01 to 0.99, for the errors tell no more, or 0 and 1
        where a figure for part of the year decides; NaN without intervals.
        """
        ahead, target = self._ahead(year, relation), _number("target", target)
        if not ahead or self._errors is None:
            return math.nan
        if target <= self.at_least.get(self.years[ahead - 1], -math.inf):
            return float(UPWARDS[relation])
        ratio = target / self.table["median"].iloc[ahead - 1]
        quantiles = self._errors.loc[ahead, QUANTILES].to_numpy(float)
        below = float(np.interp(np.log(ratio), quantiles, PROBABILITIES)) if ratio > 0 else 0.0
        return 1 - below if UPWARDS[relation] else below

    def base_rate(self, target: float, year: int | None = None, *, relation: str = ">=") -> OutsideView:
        """Outside view: of the cities that began at a like size, how many made the growth needed, without any model; the
        very count that :func:`~.outlook.outside_view` gives. Arguments as for :meth:`probability`."""
        ahead, target = self._ahead(year, relation), _number("target", target)
        growth = target / self.history.iloc[-1] if self and self.history.iloc[-1] > 0 else math.nan
        needed = (max(growth, 0) ** (1 / ahead) - 1) * 100 if growth == growth else math.nan
        return calibration.base_rate(self.kind, ahead, needed, self._size if self else None, UPWARDS[relation])

    def _ahead(self, year: int | None, relation: str) -> int:
        """Years from the last value to the one asked for; 0 if nothing is projected."""
        if relation not in UPWARDS:
            raise ValueError(f"relation {relation!r} is unknown: write one of {' '.join(UPWARDS)}")
        if self and year is not None and year not in self.years:
            raise ValueError(f"{year} is not projected: write a year from {self.years[0]} to {self.years[-1]}")
        return 0 if not self else self.horizon if year is None else int(year - self.years[0] + 1)

    def coverage(self, horizon: int | None = None) -> pd.Series:
        """What these intervals held elsewhere so many years ahead (by default the last), left out or with what was known then.

        Shares ``coverage_80``, ``coverage_95`` and ``miss`` (median absolute error), counts ``cases`` and ``cities``.
        """
        if self._errors is None:
            return pd.Series(np.nan, index=HELD)
        return self._errors[HELD].loc[self.horizon if horizon is None else min(_horizon(horizon), self.horizon)]

    def __repr__(self) -> str:
        if not self:
            return f"No projection: {self.reason}."
        names, many = ", ".join(self.lead).replace("_", " "), "median of " * (len(self.lead) > 1)
        first, last = self.history.index[[0, -1]]
        lead = f"Path: {many}{names}; {self.observed} years from {first} to {last}"
        lead += f" ({len(self.filled)} filled in)" if self.filled else ""
        if not self.stands_for:
            return f"{lead}\n{self.table[['median']].to_string()}\nNo intervals: {self.without_interval}."
        held, name, size = self.coverage(), self.stands_for.replace("_", " "), SIZES[self._errors["size"].iloc[0]]
        told = f"their 80% held {held.coverage_80:.0%} of what came" if held.coverage_80 > 0 else "nothing was tested"
        table = self.table.to_string(float_format="{:,.4g}".format)
        errors = f"errors of {name} in {held.cities:.0f} Chinese cities ({size})"
        missed = f"the typical miss was {held.miss:.0%}"
        return f"{lead}\n{table}\nIntervals: {errors}. For the last year {told}, and {missed}."


def project(
    series: pd.Series | pd.DataFrame | Sequence[float],
    horizon: int,
    *,
    kind: str | None = None,
    unit: str | None = None,
    start: int | None = None,
    across_breaks: bool = False,
    at_least: Mapping[int, float] | None = None,
    level: Sequence[float] = LEVELS,
    tables: Tables | None = None,
) -> Projection:
    """Project an annual series 1 to 6 years beyond its last whole year (further ahead nothing was measured).

    Parameters
    ----------
    series : Series, DataFrame or sequence of float
        One stretch: a Series indexed by year, or values with the year of the first as `start`. Or the frame of
        :func:`~huzhou_analysis.series`: whole years after the last break count, parts of a later year bound it from
        below, totals of several years scale what is filled in. Up to three missing years in a row are filled in at a
        constant growth rate and count as no observation; after a longer gap the history starts anew.
    kind : str
        Whose errors the intervals show, and which members lead; frames of well-known indicators tell by themselves.
        ``gdp``, ``retail``, ``industrial_output``, ``investment``, ``foreign_investment``, ``loans``, ``freight``; ``flow``
        (another amount of a year) borrows errors; ``share`` (of a whole), ``rate`` (another percentage) and None have none.
    unit : str
        Unit of plain values (万元, 亿美元, million USD), so that cities of like size count; a frame has its own.
    across_breaks : bool
        Join the stretches of a frame that are in the last unit, where a break is known not to matter.
    at_least, level, tables
        Figures for part of a year, by year; nominal coverage of the intervals in percent; errors in place of those shipped.

    The projection is false, with ``reason``, below five comparable years. What cannot be read is a TypeError or ValueError
    that says what to write instead.

    Examples
    --------
    >>> found = hz.project(hz.series(data, "gdp"), 2, kind="gdp")
    >>> list(found.table.columns)
    ['median', 'low_50', 'high_50', 'low_80', 'high_80', 'low_95', 'high_95']
    >>> hz.project([1, 2, 3], 2, start=2020)
    No projection: 3 comparable years are fewer than 5.
    """
    if isinstance(series, pd.Series | pd.DataFrame) and start is not None:
        raise ValueError("the series has its years: leave start out")
    if not isinstance(unit, str | None):
        raise TypeError(f"unit is a text such as '亿元', not {unit!r}")
    framed = isinstance(series, pd.DataFrame)
    told = framed and {"figure_id", "indicator"} <= set(series.columns) and len(series) > 0
    figures = series.groupby("year").figure_id.agg(" ".join).to_dict() if told else {}
    indicator = series.indicator.iloc[-1] if told else ""
    values, own, floors, totals = _of_frame(series, across_breaks) if framed else (_dated(series, start), "", {}, {})
    kind = calibration.KIND_OF_INDICATOR.get(indicator) if kind is None else kind
    positive, horizon, level = calibration.kind_named(kind).positive, _horizon(horizon), _levels(level)
    if kind == "share" and not values.between(0, 100).all():
        raise ValueError("a share lies between 0 and 100; for another percentage write kind='rate'")
    for year, value in (at_least or {}).items():
        if not _is_year(year):
            raise ValueError(f"at_least goes by year such as 2026, not {year!r}")
        floors[year] = _number("the figure of part of a year", value)
    floors = {year: floor for year, floor in floors.items() if len(values) and year > values.index[-1]}
    values, filled = _filled(values, totals, positive)
    return Projection(values, horizon, kind, filled, unit or own, floors, level, tables, figures, indicator)


def project_panel(
    frame: pd.DataFrame, horizon: int, *, level: Sequence[float] = LEVELS, tables: Tables | None = None
) -> pd.DataFrame:
    """Project many annual series; each gets the numbers that :func:`project` gives it alone.

    `frame` is long: ``series`` (its name), ``year``, ``value``, and if known ``kind`` and ``unit``, the same in all rows of one.
    The answer has ``series, year``, the columns of :attr:`Projection.table`, ``observations, reason``; one row without a
    year where nothing is projected. Parts of a frame may be projected in several processes.
    """
    for lacking in sorted({"series", "year", "value"} - set(getattr(frame, "columns", ()))):
        raise ValueError(f"the frame lacks the column {lacking}: rename or add it")
    parts = [pd.DataFrame(columns=["series", "year", *_columns(_levels(level)), "observations", "reason"])]
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


def _columns(level: Sequence[float]) -> list[str]:
    return ["median", *(f"{side}_{one:g}" for one in level for side in ("low", "high"))]


# What is asked for, and the reading of a series: a right answer, or a sentence that says what to write.
def _number(name: str, value: object) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal) or not math.isfinite(value):
        raise TypeError(f"{name} is a finite number such as 18, not {value!r}")
    return float(value)


def _horizon(horizon: object) -> int:
    if isinstance(horizon, bool) or not isinstance(horizon, Integral) or not 1 <= horizon <= LONGEST_HORIZON:
        hint = f": for the year {horizon} write {horizon} minus the last year on file" if _is_year(horizon) else ""
        raise ValueError(f"horizon is a whole number of years ahead, 1 to {LONGEST_HORIZON}, not {horizon!r}{hint}")
    return int(horizon)


def _levels(level: object) -> tuple[float, ...]:
    found = tuple(np.atleast_1d(level).tolist())
    for one in found:
        if isinstance(one, bool) or not isinstance(one, Real) or not 1 <= one <= 98:
            hint = f": write {100 * one:g}" if isinstance(one, float) and 0 < one < 1 else ""
            raise ValueError(f"a level is a percentage from 1 to 98 such as 80, not {one!r}{hint}")
    return found


def _is_year(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and 1800 <= value <= 2200


def _dated(values: object, start: int | None) -> pd.Series:
    """A Series as it is, or values with the year of the first, read by :func:`_years_and_numbers`."""
    if isinstance(values, pd.Series):
        return _years_and_numbers(values)
    if np.ndim(values) != 1:
        allowed = "a pandas Series indexed by year, a list of numbers with start=, or the frame of hz.series"
        raise TypeError(f"a series is {allowed}, not {type(values).__name__}")
    if not _is_year(start):
        raise ValueError(f"a list of values needs the year of the first: write start=2015, not start={start!r}")
    return _years_and_numbers(pd.Series([*values], index=range(start, start + len(values))))


def _years_and_numbers(found: pd.Series) -> pd.Series:
    """Finite numbers by whole year, each once, sorted; missing values dropped."""
    index = found.index.year if isinstance(found.index, pd.DatetimeIndex | pd.PeriodIndex) else found.index
    years = [int(y) if isinstance(y, float) and y.is_integer() else y for y in index]
    for year in (year for year in years if not _is_year(year)):
        raise ValueError(f"the index holds {year!r}, which is no year: index the series by whole years such as 2018")
    values = [float(v) if isinstance(v, Decimal) else np.nan if v is None or v is pd.NA else v for v in found]
    for one in (v for v in values if isinstance(v, bool | np.bool_) or not isinstance(v, Real)):
        raise TypeError(f"the series holds {one!r}, which is no number: convert it with pd.to_numeric first")
    found = pd.Series(values, pd.Index(years, name="year", dtype=int), dtype=float).dropna().sort_index()
    for year in found.index[found.index.duplicated()]:
        raise ValueError(f"the year {year} comes twice: keep one value a year")
    for year, value in found[(found.abs() > 1e100) | (found.abs() < 1e-100) & (found != 0)].items():
        raise ValueError(f"{value:g} in {year} is no quantity: correct it or leave it out")
    return found


def _of_frame(frame: pd.DataFrame, across_breaks: bool) -> tuple[pd.Series, str, dict[int, float], dict]:
    """Whole years after the last break, their unit, parts of later years, totals of several years."""
    if not {"year", "value"} <= set(frame.columns):
        raise ValueError("the frame lacks the columns year and value: give that of hz.series, or one indexed column")
    if not {"origin", "segment", "unit", "time_period", "relation"} <= set(frame.columns):
        return _years_and_numbers(frame.set_index("year").value), "", {}, {}
    exact = frame.relation.isin(["=", "~"]) & frame.time_period.map(periods.is_year).astype(bool)
    whole = frame[exact & ~frame.origin.isin(["part_year", "period_total"])]
    if whole.empty:
        return _years_and_numbers(pd.Series(dtype=float)), "", {}, {}
    unit, segment = whole.unit.iloc[-1], whole.segment.iloc[-1]
    whole = whole[(whole.unit == unit) & (across_breaks | (whole.segment == segment))]
    rest = frame[(frame.unit == unit) & frame.relation.isin(["=", "~", ">", ">="])]
    parts = rest[rest.origin == "part_year"].groupby("year").value.max().to_dict()
    totals = rest[rest.origin == "period_total"]
    spans = [(span.start.year, span.end.year) for span in map(periods.parse, totals.time_period)]
    return _years_and_numbers(whole.set_index("year").value), unit, parts, dict(zip(spans, totals.value, strict=True))


def _filled(values: pd.Series, totals: Mapping, positive: bool) -> tuple[pd.Series, tuple[int, ...]]:
    """Cut after the last long gap; short gaps filled at constant growth (or increments) and scaled to totals."""
    long = np.flatnonzero(np.diff(values.index) > LONGEST_GAP + 1)
    values = values.iloc[long[-1] + 1 :] if len(long) else values
    years = pd.RangeIndex(values.index[0], values.index[-1] + 1, name="year") if len(values) else values.index
    if len(years) == len(values):
        return values, ()
    filled, logs = years.difference(values.index), bool(positive and (values > 0).all())
    whole = pd.Series([value_on_path(values, year, logs) for year in years], years)
    for (first, last), total in totals.items():
        inside = filled[(filled >= first) & (filled <= last)]
        rest = total - whole.loc[first:last].drop(inside).sum()
        if len(inside) and first in years and last in years and (rest > 0 or not logs):
            whole.loc[inside] *= rest / whole.loc[inside].sum()
    return whole, tuple(map(int, filled))
