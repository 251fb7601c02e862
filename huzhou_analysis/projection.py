"""Project a short annual series, with intervals, or say that there are too few observations.

Single models come from statsmodels and are shown for explanation; their mean in logs leads. Below
:data:`MIN_POINTS` usable observations nothing is projected: the answer is the required growth instead.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

MIN_POINTS = 5


@dataclass(frozen=True)
class Projection:
    """A projection, or the reason why there is none.

    Attributes
    ----------
    table : DataFrame
        Indexed by year: ``mean``, then ``lower_L`` and ``upper_L`` for each level; empty if nothing is projected.
    models : DataFrame
        Single models beside the combination, one column each, same index.
    observations : int
        Usable observations.
    reason : str
        Empty, or ``too_few``.
    """

    table: pd.DataFrame
    models: pd.DataFrame
    observations: int
    reason: str = ""
    level: tuple[int, ...] = field(default=(80, 95))

    def __bool__(self) -> bool:
        return not self.reason


def project(y: Sequence[float] | pd.Series, horizon: int, level: Sequence[int] = (80, 95)) -> Projection:
    """Project a positive annual series `horizon` years ahead.

    Parameters
    ----------
    y : 1-D array or Series
        Oldest first, one value a year, in any one unit; a Series is indexed by year. Missing values at the ends are
        dropped, those inside are refused (they need a state-space model).
    horizon : int
        Years ahead, at least 1.
    level : sequence of int
        Nominal coverages of the intervals, in percent.

    Returns
    -------
    Projection
        In the unit of `y`. The interval is that of a random walk around the combined path: one-step errors of the
        combination in logs, growing with the square root of the horizon, on Student quantiles. It is not calibrated
        on other series.

    Raises
    ------
    ValueError
        If `y` is not one-dimensional, has gaps, infinities, zeros or negative values, or its years are not in order;
        if `horizon` or a level is out of range.
    """
    if np.ndim(y) != 1:
        raise ValueError("a series has one dimension")
    values = pd.Series(y, dtype=float) if not isinstance(y, pd.Series) else y.astype(float)
    level = tuple(level)
    if horizon < 1:
        raise ValueError("horizon must be at least 1")
    if any(not 0 < one < 100 for one in level):
        raise ValueError("a level is a percentage between 0 and 100")
    if isinstance(y, pd.Series) and not (values.index.is_monotonic_increasing and values.index.is_unique):
        raise ValueError("years must be in order, each once")
    values = values.loc[values.first_valid_index() : values.last_valid_index()] if values.notna().any() else values[:0]
    if values.isna().any():
        raise ValueError("years are missing inside the series")
    if not np.isfinite(values).all():
        raise ValueError("the series holds an infinite value")
    columns = ["mean", *(f"{side}_{one}" for one in level for side in ("lower", "upper"))]
    if len(values) < MIN_POINTS:
        return Projection(pd.DataFrame(columns=columns), pd.DataFrame(), len(values), "too_few", level)
    if (values <= 0).any():
        raise ValueError("only positive levels are projected; a share needs its own scale")
    if isinstance(y, pd.Series) and len(values) > 1 and not (np.diff(values.index.to_numpy()) == 1).all():
        raise ValueError("years are missing inside the series")
    start = int(values.index[-1]) + 1
    index = pd.RangeIndex(start, start + horizon, name="year")
    logs = np.log(values.to_numpy())
    paths, fitted = _models(logs, horizon)
    centre = paths.mean(axis=1)
    errors = logs[2:] - fitted[2:].mean(axis=1)
    from scipy import stats

    freedom = max(1, len(errors) - 2)
    spread = np.sqrt((errors**2).sum() / freedom) * np.sqrt(np.arange(1, horizon + 1))
    table = {"mean": np.exp(centre)}
    for one in level:
        q = stats.t.ppf(0.5 + one / 200, freedom)
        table[f"lower_{one}"], table[f"upper_{one}"] = np.exp(centre - q * spread), np.exp(centre + q * spread)
    return Projection(
        pd.DataFrame(table, index=index)[columns],
        pd.DataFrame(np.exp(paths), index=index, columns=_NAMES),
        len(values),
        "",
        level,
    )


_NAMES = ["naive", "drift", "ses", "damped", "theta"]


def _models(logs: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Paths (horizon x model) and one-step fits (time x model) of the single models, in logs."""
    from statsmodels.tsa.forecasting.theta import ThetaModel
    from statsmodels.tsa.holtwinters import ExponentialSmoothing, SimpleExpSmoothing

    ahead = np.arange(1, horizon + 1)
    drift = (logs[-1] - logs[0]) / (len(logs) - 1)
    shifted = np.r_[logs[0], logs[:-1]]
    if np.ptp(logs) == 0:
        return np.full((horizon, len(_NAMES)), logs[-1]), np.full((len(logs), len(_NAMES)), logs[-1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ses = SimpleExpSmoothing(logs, initialization_method="estimated").fit()
        damped = ExponentialSmoothing(logs, trend="add", damped_trend=True, initialization_method="estimated").fit()
        theta = ThetaModel(pd.Series(logs), period=1, deseasonalize=False).fit()
        theta_path = np.asarray(theta.forecast(horizon))
        paths = np.column_stack(
            [
                np.full(horizon, logs[-1]),
                logs[-1] + drift * ahead,
                ses.forecast(horizon),
                damped.forecast(horizon),
                theta_path,
            ]
        )
    fitted = np.column_stack([shifted, shifted + drift, ses.fittedvalues, damped.fittedvalues, shifted + drift / 2])
    return paths, fitted
