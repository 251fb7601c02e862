"""Many series at once: prepare each, combine those of one length together, and put the answers back in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral, Real

import numpy as np
import pandas as pd

from . import combination
from .calibration import KINDS, LONGEST_GAP, spread
from .distribution import Predictive

MIN_POINTS = 5
# Series in one task: large enough to be worth sending to another process.
BLOCK = 512


@dataclass(frozen=True)
class Prepared:
    """One history made ready: no gaps, on one scale.

    Attributes
    ----------
    values : array (years,)
        Oldest first; gaps bridged.
    first, last : int
        Years of the first and last value.
    observed : int
        Years that have a value of their own.
    bridged : tuple of int
        Years inside that had none.
    scale : {"log", "level", "logit"}
    unit : float
        Size in which the series is measured.
    broken : bool
        Whether the history was cut at a break.
    reason : str
        Empty, ``too_few``, or ``no_scale`` (nothing but zeros: how much such a series moves cannot be said).
    """

    values: np.ndarray
    first: int
    last: int
    observed: int
    bridged: tuple[int, ...]
    scale: str
    unit: float
    broken: bool
    reason: str


def prepare(values: np.ndarray, years: np.ndarray, kind: str, breaks: Sequence[int] = ()) -> Prepared:
    """Cut at the last break and after the last long gap, choose the scale, bridge short gaps.

    Logs if every value is positive (logits for shares strictly between 0 and 100), else levels.

    Parameters
    ----------
    values : array of float (years,)
        One value for each of `years`; NaN where there is none.
    years : array of int
        In order, each once; years left out count as missing.
    kind : str
        One of :data:`~.calibration.KINDS`.
    breaks : sequence of int
        Years in which a new level begins: only what follows the last one counts.

    Raises
    ------
    ValueError
        If a value is infinite, a share lies outside 0 to 100, or a count is negative.
    """
    if np.isinf(values).any():
        raise ValueError("序列含无穷大，请删去或留空 / the series holds an infinite value; leave it out")
    here = ~np.isnan(values)
    values, years = values[here], years[here]
    if kind == "share" and ((values < 0) | (values > 100)).any():
        raise ValueError(
            "比重应在0至100之间，请核对单位 / a share lies between 0 and 100 percent; check the unit, or take another kind"
        )
    if kind == "count" and (values < 0).any():
        raise ValueError(
            "个数不能为负，请核对数据 / a count cannot be negative; check the values, or take another kind"
        )
    starts = [year for year in breaks if len(years) and years[0] < year <= years[-1]]
    if starts:
        values, years = values[years >= max(starts)], years[years >= max(starts)]
    long = np.flatnonzero(np.diff(years) > LONGEST_GAP + 1)
    if len(long):
        values, years = values[long[-1] + 1 :], years[long[-1] + 1 :]
    observed = len(values)
    largest = float(np.abs(values).max()) if observed else 0.0
    if kind == "share":
        scale = "logit" if observed and ((values > 0) & (values < 100)).all() else "level"
        unit = 100.0 if scale == "level" else 1.0
    else:
        scale = "log" if observed and (values > 0).all() else "level"
        unit = float(values[-1]) if scale == "log" else largest
    reason = "too_few" if observed < MIN_POINTS else "no_scale" if unit == 0 else ""
    first, last = (int(years[0]), int(years[-1])) if observed else (0, 0)
    bridged: tuple[int, ...] = ()
    if not reason and last - first + 1 > observed:
        every = np.arange(first, last + 1)
        size = np.array([unit])
        working = combination.to_working(values[None], scale, size)[0]
        filled = combination.from_working(np.interp(every, years, working)[None], scale, size)[0]
        filled[years - first] = values
        bridged = tuple(int(year) for year in np.setdiff1d(every, years))
        values = filled
    return Prepared(values, first, last, observed, bridged, scale, unit, bool(starts), reason)


def distributions(prepared: Sequence[Prepared], horizon: int, kind: str) -> list[tuple[np.ndarray, Predictive]]:
    """Predictive distributions of series that can be projected, those of one length and scale together.

    Returns
    -------
    list of (positions, Predictive)
        Positions are those in `prepared`.
    """
    groups: dict[tuple[str, int], list[int]] = {}
    for position, one in enumerate(prepared):
        if not one.reason:
            groups.setdefault((one.scale, min(len(one.values), combination.LONGEST)), []).append(position)
    found, how = [], KINDS[kind]
    for (scale, length), positions in groups.items():
        members = [prepared[position] for position in positions]
        values = np.array([one.values[-length:] for one in members])
        unit = np.array([one.unit for one in members])
        parts = combination.combine(values, horizon, scale, unit, how.kept, how.momentum, how.doubt)
        observed = np.array([float(min(one.observed, combination.LONGEST)) for one in members])
        lower, upper = spread(
            kind, scale, parts.squares, parts.growth, observed, np.array([one.broken for one in members])
        )
        last = combination.to_working(values[:, -1:], scale, unit)
        found.append(
            (np.array(positions), Predictive(last + parts.centre, lower, upper, unit, scale, how.freedom, how.bounds))
        )
    return found


def answers(prepared: Sequence[Prepared], horizon: int, kind: str, level: tuple[float, ...]) -> np.ndarray:
    """Numbers (series, horizon, columns) in the order of :func:`columns`; NaN where nothing is projected."""
    result = np.full((len(prepared), horizon, 1 + 2 * len(level)), np.nan)
    for positions, law in distributions(prepared, horizon, kind):
        sides = [law.path]
        for one in level:
            sides += [law.quantile(0.5 - one / 200), law.quantile(0.5 + one / 200)]
        result[positions] = np.stack(sides, axis=2)
    return result


def columns(level: Iterable[float]) -> list[str]:
    """Names of the columns: ``mean``, then the two ends of each interval."""
    return ["mean", *(f"{side}_{one:g}" for one in level for side in ("lower", "upper"))]


def checked(horizon: object, level: object, kind: object) -> tuple[int, tuple[float, ...]]:
    """Horizon and levels, or a clear error."""
    if isinstance(horizon, bool | np.bool_) or not isinstance(horizon, Integral):
        raise TypeError("horizon 应为整数年，如 3 / horizon must be a whole number of years, such as 3")
    if horizon < 1:
        raise ValueError("horizon 至少为1 / horizon must be at least 1: take a later year")
    if isinstance(level, Real) and not isinstance(level, bool):
        level = (level,)
    if isinstance(level, str) or not isinstance(level, Iterable):
        raise TypeError("level 应为百分数，如 (80, 95) / level must be percentages, such as (80, 95)")
    level = tuple(level)
    if any(isinstance(one, bool) or not isinstance(one, Real) for one in level):
        raise TypeError("level 应为百分数，如 (80, 95) / level must be percentages, such as (80, 95)")
    if any(not 0 < one < 100 for one in level):
        raise ValueError("level 应在0与100之间，如 80 / a level is a percentage between 0 and 100, such as 80")
    if kind not in KINDS:
        raise ValueError(f"kind 可选 / kind must be one of {', '.join(KINDS)}: choose one")
    return int(horizon), level


def numbers(values: object) -> np.ndarray:
    """Values as floats; text, truth values and complex numbers are refused rather than read as numbers."""
    found = values.array if isinstance(values, pd.Series) else values
    if isinstance(values, pd.Series) and pd.api.types.is_bool_dtype(values.dtype):
        raise TypeError("序列应为数字 / a series holds numbers, not truth values: choose the column with the values")
    found = np.asarray(found, dtype=object)
    for one in found.ravel():
        if isinstance(one, bool | np.bool_) or not (one is None or one is pd.NA or isinstance(one, Real)):
            raise TypeError(
                f"序列应为数字，请去掉单位和文字 / a series holds numbers, not {one!r}: take units and words away"
            )
    return np.array([np.nan if one is None or one is pd.NA else float(one) for one in found.ravel()]).reshape(
        found.shape
    )


def project_panel(
    frame: pd.DataFrame, horizon: int, level: Sequence[float] = (80, 95), kind: str = "general", n_jobs: int | None = 1
) -> pd.DataFrame:
    """Project many annual series.

    Parameters
    ----------
    frame : DataFrame
        Long data: ``unique_id``, ``ds`` (whole years, or timestamps of which the year counts), ``y``. Rows of one series
        may come in any order; missing years and missing values are the same.
    horizon : int
        Years ahead, at least 1, counted from the last value of each series.
    level : sequence of float
        Nominal coverages of the intervals, in percent.
    kind : str
        What the quantities are, see :func:`~huzhou_analysis.projection.project`.
    n_jobs : int or None
        Processes, through joblib. None leaves it to the surrounding ``joblib.parallel_config``, for example
        ``joblib.parallel_config("dask")``. The numbers are the same, bit for bit, whatever it is.

    Returns
    -------
    DataFrame
        ``unique_id``, ``ds``, ``mean``, ``lower_L`` and ``upper_L`` for each level, ``observations`` (values used),
        ``bridged`` (missing years inside that were bridged) and ``reason``; `horizon` rows a series, in order of first
        appearance. A series that cannot be projected keeps its rows, with NaN and a reason: ``too_few``
        (fewer than :data:`MIN_POINTS` values) or ``no_scale`` (nothing but zeros).

    Raises
    ------
    TypeError, ValueError
        If a column is missing or holds what is no number, a year comes twice in a series, a value is infinite or
        impossible for the kind, or an argument is out of range. The message names the series.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"unique_id": ["a"] * 6, "ds": range(2018, 2024), "y": [10, 11, 12.1, 13.3, 14.6, 16.1]})
    >>> hz.project_panel(panel, 2).ds.tolist()
    [2024, 2025]
    """
    horizon, level = checked(horizon, level, kind)
    missing = {"unique_id", "ds", "y"} - set(getattr(frame, "columns", ()))
    if missing:
        raise ValueError(
            f"缺少列，请改名或补上 / the panel lacks the columns {', '.join(sorted(missing))}: rename or add them"
        )
    stamps = pd.api.types.is_datetime64_any_dtype(frame["ds"])
    years = (frame["ds"].dt.year if stamps else frame["ds"]).to_numpy()
    years = _whole_years(years)
    numeric = pd.api.types.is_numeric_dtype(frame["y"]) and not pd.api.types.is_bool_dtype(frame["y"])
    values = frame["y"].to_numpy(dtype=float, na_value=np.nan) if numeric else numbers(frame["y"])
    codes, names = pd.factorize(frame["unique_id"], use_na_sentinel=True)
    if (codes < 0).any():
        raise ValueError(
            "有的行缺 unique_id，请补上或删去 / unique_id is missing in some rows: fill it in or drop them"
        )
    order = np.lexsort((years, codes))
    codes, years, values = codes[order], years[order], values[order]
    twice = (np.diff(codes) == 0) & (np.diff(years) == 0)
    if twice.any():
        where = int(np.flatnonzero(twice)[0])
        raise ValueError(
            f"序列年份重复，请保留一个 / series {names[codes[where]]!r} has the year {years[where]} twice: keep one"
        )
    edges = np.flatnonzero(np.diff(codes, prepend=-1, append=len(names)))
    prepared = []
    for start, stop in pairwise(edges):
        try:
            prepared.append(prepare(values[start:stop], years[start:stop], kind))
        except ValueError as error:
            raise ValueError(f"series {names[codes[start]]!r}: {error}") from None
    found = _in_blocks(prepared, horizon, kind, level, n_jobs)
    # Where nothing is projected the years still follow the last row, so that every series has its rows.
    last = np.array(
        [one.last if one.observed else years[stop - 1] for one, stop in zip(prepared, edges[1:], strict=True)],
        dtype=int,
    )
    ahead = (last[:, None] + np.arange(1, horizon + 1)).ravel()
    result = pd.DataFrame({"unique_id": np.repeat(names.to_numpy() if hasattr(names, "to_numpy") else names, horizon)})
    result["ds"] = pd.to_datetime(pd.Series(ahead.astype(str)) + _month_day(frame["ds"])) if stamps else ahead
    for position, column in enumerate(columns(level)):
        result[column] = found[:, :, position].ravel()
    result["observations"] = np.repeat([one.observed for one in prepared], horizon)
    result["bridged"] = np.repeat([len(one.bridged) for one in prepared], horizon)
    result["reason"] = np.repeat([one.reason for one in prepared], horizon)
    return result


def _in_blocks(
    prepared: list[Prepared], horizon: int, kind: str, level: tuple[float, ...], n_jobs: int | None
) -> np.ndarray:
    """Numbers of :func:`answers`, block by block, here or in other processes."""
    if not prepared:
        return np.empty((0, horizon, 1 + 2 * len(level)))
    if n_jobs == 1 or (n_jobs is not None and len(prepared) <= 1):
        return answers(prepared, horizon, kind, level)
    import joblib

    # Series of one length side by side, so that every block has few lengths and long batches.
    order = sorted(range(len(prepared)), key=lambda position: len(prepared[position].values))
    blocks = [order[start : start + BLOCK] for start in range(0, len(order), BLOCK)]
    work = joblib.delayed(answers)
    parts = joblib.Parallel(n_jobs=n_jobs)(
        work([prepared[position] for position in block], horizon, kind, level) for block in blocks
    )
    result = np.empty((len(prepared), horizon, 1 + 2 * len(level)))
    for block, part in zip(blocks, parts, strict=True):
        result[block] = part
    return result


def _whole_years(years: np.ndarray) -> np.ndarray:
    """Years as integers, or a clear error."""
    if years.dtype.kind == "b" or years.dtype.kind not in "iuf":
        raise TypeError("ds 应为整数年份或日期 / ds holds whole years or timestamps: convert the column")
    if years.dtype.kind == "f" and not (np.isfinite(years) & (years == np.round(years))).all():
        raise ValueError("ds 应为整数年份或日期 / ds holds whole years or timestamps: convert the column")
    return years.astype(np.int64)


def _month_day(stamps: pd.Series) -> str:
    """Month and day of the first timestamp, for those that follow."""
    first = stamps.iloc[0]
    return f"-{first.month:02d}-{min(first.day, 28) if first.month == 2 else first.day:02d}"
