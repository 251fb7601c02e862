"""One series: what a reader of a single projection asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from .distribution import Predictive
from .panel import Prepared, answers, checked, columns, distributions, numbers, prepare

MEETS = {">=": True, ">": True, "<=": False, "<": False, "=": None, "~": None}


@dataclass(frozen=True)
class Projection:
    """A projection, or the reason why there is none.

    True if there is a projection.

    Attributes
    ----------
    table : DataFrame
        Indexed by ``year`` (1, 2, ... for an array): ``mean`` (the path, the median of the predictive distribution),
        then ``lower_L`` and ``upper_L`` for each level; empty if nothing is projected.
    observations : int
        Values used: after the last break and the last long gap.
    reason : str
        Empty, ``too_few``, or ``no_scale`` (nothing but zeros).
    level : tuple of float
    kind : str
    bridged : tuple of int
        Missing years inside the history that were bridged on the working scale.
    scale : {"log", "level", "logit"}
        Working scale.

    Examples
    --------
    >>> found = hz.project([10, 11, 12.1, 13.3, 14.6, 16.1], 2)
    >>> bool(found), found.observations
    (True, 6)
    >>> 0 < found.probability(18) < 1  # that the last year reaches 18
    True
    """

    table: pd.DataFrame
    observations: int
    reason: str = ""
    level: tuple[float, ...] = (80, 95)
    kind: str = "general"
    bridged: tuple[int, ...] = ()
    scale: str = "log"
    history: Prepared | None = field(default=None, repr=False)
    _law: Predictive | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return not self.reason

    @cached_property
    def models(self) -> pd.DataFrame:
        """Single models beside the combination: one column each, indexed as the table.

        Most of them cannot take missing years: they see the years after the last bridged gap where there are at least
        ``MIN_POINTS`` of these, and the whole history with its gaps otherwise. Those that cannot be had are NaN;
        ``attrs["failed"]`` says why.
        """
        if self.reason:
            return pd.DataFrame(index=self.table.index)
        from .panel import MIN_POINTS
        from .single import single_models

        values = self.history.values.copy()
        gaps = [year - self.history.first for year in self.bridged]
        values[gaps] = np.nan
        if gaps and len(values) - max(gaps) - 1 >= MIN_POINTS:
            values = values[max(gaps) + 1 :]
        found = single_models(values, len(self.table), self.scale)
        return found.set_axis(self.table.index)

    def probability(
        self, target: float, relation: str = ">=", year: int | None = None, *, ascending: bool = True
    ) -> float:
        """Probability that the value of a year meets a target.

        Parameters
        ----------
        target : float
            In the unit of the series.
        relation : {">=", ">", "<=", "<", "=", "~"}
            What meeting it means. For ``=`` ("is 18 billion") and ``~`` ("about 18 billion") the target is met at its
            value or beyond it, in the direction of `ascending`.
        year : int, optional
            A year of the table; the last one if left out.
        ascending : bool
            Whether more is better, for ``=`` and ``~``.

        Returns
        -------
        float
            Between 0 and 1, from the same distribution as the intervals; NaN if nothing is projected.
        """
        if relation not in MEETS:
            raise ValueError(f"relation 可选 / relation must be one of {' '.join(MEETS)}: choose one")
        if isinstance(target, bool) or not isinstance(target, int | float | np.number):
            raise TypeError("目标应为一个数，如 18 / a target is a number, such as 18")
        if np.isnan(target):
            raise ValueError("目标应为一个数，如 18 / a target is a number, such as 18")
        if self.reason:
            return float("nan")
        year = self.table.index[-1] if year is None else year
        if year not in self.table.index:
            raise ValueError(
                f"{year}年不在预测年份中，请加大 horizon 或换一年 / {year} is not among the years projected: take a longer horizon or "
                "another year"
            )
        at_least = float(self._law.at_least(float(target))[0, self.table.index.get_loc(year)])
        upwards = MEETS[relation] if MEETS[relation] is not None else ascending
        return at_least if upwards else 1 - at_least

    def backtest(self, horizon: int | None = None) -> pd.DataFrame:
        """Errors of this very method on this very series, from every year with enough history before it.

        Parameters
        ----------
        horizon : int, optional
            Longest horizon; that of the projection if left out.

        Returns
        -------
        DataFrame
            ``origin``, ``horizon``, ``actual``, ``forecast``, ``error`` (forecast over actual minus 1, in percent; NaN
            for an actual of zero), ``inside_80``, ``inside_95``; empty if there are too few values. Bridged years are
            neither origins nor actuals.
        """
        from .panel import MIN_POINTS

        horizon = len(self.table) if horizon is None else checked(horizon, self.level, self.kind)[0]
        names = ["origin", "horizon", "actual", "forecast", "error", "inside_80", "inside_95"]
        whole = self.history
        if self.reason or horizon < 1:
            return pd.DataFrame(columns=names)
        years = np.arange(whole.first, whole.last + 1)
        known = ~np.isin(years, whole.bridged)
        # A break before the history is a break before every part of it.
        marks = (whole.first,) if whole.broken else ()
        origins, parts = [], []
        for stop in range(MIN_POINTS, len(years)):
            if known[stop - 1] and known[:stop].sum() >= MIN_POINTS:
                values = np.where(known, whole.values, np.nan)[:stop]
                one = prepare(values, years[:stop], self.kind)
                parts.append(one if not marks else Prepared(**{**one.__dict__, "broken": True}))
                origins.append(stop)
        numbers_ = answers(parts, horizon, self.kind, (80, 95))
        rows = []
        for stop, found in zip(origins, numbers_, strict=True):
            for ahead in range(1, min(horizon, len(years) - stop) + 1):
                position = stop + ahead - 1
                if not known[position] or np.isnan(found[0, 0]):
                    continue
                actual, (mean, low80, high80, low95, high95) = whole.values[position], found[ahead - 1]
                error = 100 * (mean / actual - 1) if actual else np.nan
                inside = (low80 <= actual <= high80, low95 <= actual <= high95)
                rows.append((int(years[stop - 1]), ahead, actual, mean, error, *(bool(one) for one in inside)))
        return pd.DataFrame(rows, columns=names)


def project(
    y: Sequence[float] | np.ndarray | pd.Series | pd.DataFrame,
    horizon: int,
    level: Sequence[float] = (80, 95),
    kind: str = "general",
    breaks: Sequence[int] = (),
) -> Projection:
    """Project an annual series `horizon` years ahead.

    Parameters
    ----------
    y : Series, DataFrame or 1-D array
        In any one unit, oldest first: a Series indexed by year, an assembled series with the columns ``year`` and
        ``value``, or plain values. Missing years may be left out of the index or be NaN: at the ends they are dropped,
        gaps of up to three years inside are bridged by a straight line on the working scale (they count neither as
        observations nor as calm years, and are listed in ``bridged``), after a longer gap the history starts anew.
    horizon : int
        Years ahead, at least 1, counted from the last value.
    level : sequence of float
        Nominal coverages of the intervals, in percent.
    kind : str
        What the quantity is, which decides how much its like has moved:

        - ``general``: calibrated on the M4 competition;
        - ``output``: GDP, retail sales, industrial output of a city;
        - ``inflow``: foreign investment and the like, lumpy and breaking;
        - ``share``: percentages, kept between 0 and 100;
        - ``count``: as ``general``, never below zero.
    breaks : sequence of int
        Years in which a new level begins (for an array, positions counted from 1): only what follows the last one
        counts, and the intervals are wider, for a series that has broken may break again.

    Returns
    -------
    Projection
        In the unit of `y`. A series with zeros or negative values is projected in levels instead of logs.

    Raises
    ------
    TypeError
        If `y` holds what is no number, or an argument is of the wrong type.
    ValueError
        If `y` has another shape, years out of order or twice, an infinite value, or a value impossible for its kind;
        if `horizon`, a level or the kind is out of range.

    Examples
    --------
    >>> found = hz.project([10, 11, 12.1, 13.3, 14.6, 16.1], 2)
    >>> list(found.table.columns)
    ['mean', 'lower_80', 'upper_80', 'lower_95', 'upper_95']
    >>> hz.project([1, 2, 3], 2).reason  # three values are too few
    'too_few'
    """
    horizon, level = checked(horizon, level, kind)
    values, years, named = _read(y)
    ready = prepare(values, years, kind, _break_years(breaks))
    if ready.reason:
        empty = pd.DataFrame(columns=columns(level), index=pd.RangeIndex(0, name="year"), dtype=float)
        return Projection(empty, ready.observed, ready.reason, level, kind, (), ready.scale, ready)
    start = ready.last + 1 if named else 1
    table = pd.DataFrame(
        answers([ready], horizon, kind, level)[0],
        index=pd.RangeIndex(start, start + horizon, name="year"),
        columns=columns(level),
    )
    law = distributions([ready], horizon, kind)[0][1]
    return Projection(table, ready.observed, "", level, kind, ready.bridged, ready.scale, ready, law)


def _read(y: object) -> tuple[np.ndarray, np.ndarray, bool]:
    """Values, years, and whether the years are named rather than counted."""
    if y is None or isinstance(y, str | bytes | bool | Mapping):
        raise TypeError(
            "序列应为 hz.series 的结果、Series 或一列数字 / a series is a Series, an assembled series or a list of numbers: "
            "give one of these"
        )
    if isinstance(y, pd.DataFrame):
        if not {"year", "value"} <= set(y.columns):
            raise ValueError(
                "序列应为一维，或含 year、value 两列 / a series has one dimension, or the columns year and value: choose one "
                "column"
            )
        y = pd.Series(y["value"].array, index=pd.Index(y["year"]))
    if np.ndim(y) != 1:
        raise ValueError("序列应为一维，请选一列 / a series has one dimension: choose one column")
    if not isinstance(y, pd.Series):
        values = numbers(y)
        return values, np.arange(1, len(values) + 1), False
    if isinstance(y.index, pd.DatetimeIndex | pd.PeriodIndex):
        y = y.set_axis(y.index.year)
    if len(y) and not pd.api.types.is_integer_dtype(y.index.dtype):
        whole = pd.api.types.is_float_dtype(y.index.dtype) and (y.index == np.round(y.index)).all()
        if not whole:
            raise TypeError("年份应为整数，请以年份为索引 / years must be whole numbers: index the series by year")
    years = y.index.to_numpy().astype(np.int64) if len(y) else np.empty(0, dtype=np.int64)
    if (np.diff(years) < 0).any():
        raise ValueError("年份应升序，请先排序 / years must be in order: sort them first")
    if (np.diff(years) == 0).any():
        raise ValueError("年份应升序且不重复，请先排序去重 / years must be in order, each once: keep one value a year")
    return numbers(y), years, True


def _break_years(breaks: object) -> tuple[int, ...]:
    """Breaks as whole years."""
    if isinstance(breaks, int | np.integer) and not isinstance(breaks, bool):
        breaks = (breaks,)
    found = tuple(breaks)
    if any(isinstance(one, bool) or not isinstance(one, int | np.integer) for one in found):
        raise TypeError("breaks 应为整数年份，如 (2022,) / breaks are whole years, such as (2022,)")
    return tuple(int(one) for one in found)
