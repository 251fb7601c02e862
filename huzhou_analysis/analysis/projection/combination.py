"""The leading combination: medians of simple paths, and the spread of its errors.

Everything here works on many series of one length at a time and knows nothing of kinds, levels or calibration: arrays
``(series, years)`` go in, paths and error variances on the working scale come out. Sums over years and over models are
taken one term after the other, element by element, so that a series gets bit for bit the same numbers alone as in a
panel of any size or order (a matrix product would not promise that).

The paths (Petropoulos & Svetunkov 2020, *International Journal of Forecasting* 36, 110-115, on the median of simple
forecasts):

1. the last value;
2. the last value going on at :data:`GROWTH_KEPT` of the average growth of the history;
3. smoothing on the working scale (logs as a rule);
4. the mean of smoothing of the levels themselves and of path 5;
5. a straight line in levels, by the average increment.

The combination is the mean of two medians, that of the first four and that of all five. Averages of yearly steps leave
out the largest and the smallest one: one odd year does not make a trend.

"Smoothing" is the average of a fixed grid of damped-trend exponential smoothing models in innovations form (Gardner &
McKenzie 1985, *Management Science* 31, 1237-1246; Hyndman, Koehler, Ord & Snyder 2008, *Forecasting with Exponential
Smoothing*, chapters 2 and 3), weighted by a tempered likelihood. Nothing is searched for numerically.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

# Level smoothing, slope smoothing as a share of level smoothing, and damping: every model of the grid is one triple.
ALPHAS = (0.1, 0.3, 0.5, 0.7, 0.9)
BETA_SHARES = (0.0, 0.1, 0.3)
DAMPINGS = (0.6, 0.8, 1.0)
# Share of the average step of the history to which a damped slope reverts. In logs none: growth dies out. In levels the
# average increment, see :func:`reversions_levels`, which as a rate of growth slows down by itself.
REVERSIONS_WORKING = (0.0,)
# Ridge that ties the initial slope to the average step, in units of the error variance: a short history cannot send
# the initial slope anywhere.
RIDGE = 16.0
# Share of the log-likelihood that counts in the weights (1 would be Bayes' rule with equal priors). Short histories
# tell little about which model is right, and the likelihood believes itself too much.
TEMPER = 0.4
# Worth of one observation of this relative size in the error variance of every model: a perfect fit is no certainty.
FLOOR_WEIGHT, FLOOR_VOLATILITY = 1.0, 0.02
# Share of the average growth that the second path keeps: growth slows more often than it speeds up.
GROWTH_KEPT = 0.7  # kinds may keep more, see calibration.py
# Years without growth that are added to the average growth and to average increments: a short history keeps less.
STILL_YEARS, STILL_YEARS_LEVELS = 2.0, 1.0  # kinds may add fewer, see calibration.py
# The straight line rises by the mean of two average increments: that of the whole history and that of so many last years.
RECENT = 8
# Years of history that are looked at; older ones say nothing about the next few.
LONGEST = 30
# A path smoothed in levels never falls below this share of the last value (of the distance to a bound, for a share).
LOWEST = 0.05


@dataclass(frozen=True)
class Combined:
    """Paths of many series of one length on the working scale, measured from the last value.

    Attributes
    ----------
    centre : array (series, horizon)
        Path of the combination minus the last value, on the working scale.
    squares : array (series,)
        Sum of squared one-step errors of the smoothing on the working scale, averaged over its models.
    growth : array (series, horizon)
        Variance of the error some years ahead as a multiple of that one year ahead.
    """

    centre: np.ndarray
    squares: np.ndarray
    growth: np.ndarray


def grid(reversions: tuple[float, ...]) -> np.ndarray:
    """Models as rows of alpha, beta, phi and the share of the average step to which the slope reverts."""
    return np.array([(a, a * b, p, k) for a, b, p, k in product(ALPHAS, BETA_SHARES, DAMPINGS, reversions)])


def reversions_levels(length: int, added: float = STILL_YEARS_LEVELS) -> tuple[float, ...]:
    """Share of the average increment to which slopes in levels revert: years without increment count as well."""
    return ((length - 1) / (length - 1 + added),)


@lru_cache(maxsize=256)
def initial_states(length: int, reversions: tuple[float, ...]) -> np.ndarray:
    """Weights of each year in the initial level and slope of every model of the grid.

    With fixed parameters the one-step errors of exponential smoothing are linear in the history and in the two initial
    states: e = A y - B (level, slope)'. The states minimise e'e + ridge (slope - average step)^2, which is linear in
    the history again, so that the weights hold for every series of a length.

    Parameters
    ----------
    length : int
        Years of history, at least 3.
    reversions : tuple of float
        Third axis of the grid, see :func:`grid`.

    Returns
    -------
    array (2, models, length)
        Row 0 gives the initial level, row 1 the initial slope.
    """
    step = np.zeros(length + 2)
    step[0], step[length - 1] = -1 / (length - 1), 1 / (length - 1)
    found = []
    for alpha, beta, phi, kept in grid(reversions):
        level, slope = np.eye(length + 2)[length], np.eye(length + 2)[length + 1]
        errors = np.zeros((length, length + 2))
        for year in range(length):
            ahead = kept * step + phi * (slope - kept * step)
            errors[year] = -(level + ahead)
            errors[year, year] += 1
            level, slope = level + ahead + alpha * errors[year], ahead + beta * errors[year]
        history, states = errors[:, :length], -errors[:, length:]
        pull = np.zeros((2, length))
        pull[1] = RIDGE * step[:length]
        found.append(np.linalg.solve(states.T @ states + np.diag([0.0, RIDGE]), states.T @ history + pull))
    result = np.array(found).transpose(1, 0, 2).copy()
    result.setflags(write=False)
    return result


@lru_cache(maxsize=256)
def variance_growth(horizon: int, reversions: tuple[float, ...]) -> np.ndarray:
    """Variance of the error h years ahead over that one year ahead, for every model of the grid.

    1 + sum of c_j^2 for j < h with c_j = alpha + beta (phi + ... + phi^j): Hyndman et al. 2008, table 6.1 (additive
    errors, damped trend).

    Returns
    -------
    array (models, horizon)
    """
    alpha, beta, phi, _ = grid(reversions).T
    growth, slope = [np.ones_like(alpha)], np.zeros_like(alpha)
    for year in range(1, horizon):
        slope = slope + phi**year
        growth.append(growth[-1] + (alpha + beta * slope) ** 2)
    return np.array(growth).T


def smooth(
    values: np.ndarray, horizon: int, reversions: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Average of the grid of damped-trend models, weighted by tempered likelihood.

    The weight of a model is (s^2)^(-temper (n + 1) / 2), where s^2 is its mean squared one-step error with one
    observation of a small size added.

    Parameters
    ----------
    values : array (series, years)
        Histories on a scale where errors of a few hundredths are usual (logs, or levels over their size), oldest
        first, measured from the last value.
    horizon : int
        Years ahead.
    reversions : tuple of float
        Third axis of the grid, see :func:`grid`.

    Returns
    -------
    path : array (series, horizon)
    squares : array (series,)
        Weighted sum of squared one-step errors.
    growth : array (series, horizon)
        Weighted :func:`variance_growth`.
    """
    count, length = values.shape
    alpha, beta, phi, kept = (column[:, None] for column in grid(reversions).T)
    history = np.ascontiguousarray(values.T)
    drift = kept * ((history[-1] - history[0]) / (length - 1))
    start = initial_states(length, reversions)
    level, slope = (np.zeros((len(alpha), count)) for _ in range(2))
    for year in range(length):
        level += start[0, :, year, None] * history[year]
        slope += start[1, :, year, None] * history[year]
    squares = np.zeros((len(alpha), count))
    for year in range(length):
        slope = drift + phi * (slope - drift)
        level += slope
        error = history[year] - level
        squares += error * error
        level += alpha * error
        slope += beta * error
    variance = (FLOOR_WEIGHT * FLOOR_VOLATILITY**2 + squares) / (FLOOR_WEIGHT + length)
    support = -TEMPER * (FLOOR_WEIGHT + length) / 2 * np.log(variance)
    weight = np.exp(support - support.max(axis=0))
    weight /= _ordered_sum(weight)
    path, spread = np.empty((horizon, count)), np.empty((horizon, count))
    growth = variance_growth(horizon, reversions)
    for ahead in range(horizon):
        slope = drift + phi * (slope - drift)
        level = level + slope
        path[ahead] = _ordered_sum(weight * level)
        spread[ahead] = _ordered_sum(weight * growth[:, ahead, None])
    return path.T.copy(), _ordered_sum(weight * squares), spread.T.copy()


def _ordered_sum(terms: np.ndarray) -> np.ndarray:
    """Sum over the first axis, one after the other: the same result whatever the other axis holds."""
    total = terms[0].copy()
    for term in terms[1:]:
        total += term
    return total


def average_step(values: np.ndarray, added: float) -> np.ndarray:
    """Average yearly step (series,) without the largest and the smallest, `added` years without any counted as well.

    Parameters
    ----------
    values : array (series, years)
        At least 4 years.
    added : float
        Years without a step.
    """
    steps = np.sort(np.diff(values, axis=1).T, axis=0)
    count = len(steps)
    return _ordered_sum(steps[1:-1]) / (count - 2) * (count / (count + added))


def straight_line(values: np.ndarray, horizon: int, added: float = STILL_YEARS_LEVELS) -> np.ndarray:
    """Line (series, horizon) from the last value on by the average increment, of the whole history and of its end."""
    whole, recent = (average_step(one, added) for one in (values, values[:, -RECENT - 1 :]))
    return values[:, -1:] + ((whole + recent) / 2)[:, None] * np.arange(1, horizon + 1)


def medians(paths: np.ndarray) -> np.ndarray:
    """Mean of the median of the first four paths and the median of all five.

    Parameters
    ----------
    paths : array (5, series, horizon)
    """
    four, five = np.sort(paths[:4], axis=0), np.sort(paths, axis=0)
    return ((four[1] + four[2]) / 2 + five[2]) / 2


def to_working(values: np.ndarray, scale: str, unit: np.ndarray) -> np.ndarray:
    """Values (series, years) on the working scale: logs or levels over `unit` (series,), or logits of percentages."""
    if scale == "log":
        return np.log(values / unit[:, None])
    if scale == "logit":
        return np.log(values / (100 - values))
    return values / unit[:, None]


def from_working(working: np.ndarray, scale: str, unit: np.ndarray) -> np.ndarray:
    """Inverse of :func:`to_working`."""
    if scale == "log":
        return np.exp(working) * unit[:, None]
    if scale == "logit":
        # Written with the smaller exponential, so that neither end overflows.
        small = np.exp(-np.abs(working))
        return 100 * np.where(working >= 0, 1 / (1 + small), small / (1 + small))
    return working * unit[:, None]


def combine(
    values: np.ndarray,
    horizon: int,
    scale: str,
    unit: np.ndarray,
    kept: float = GROWTH_KEPT,
    momentum: float = 1.0,
    doubt: float = 1.0,
) -> Combined:
    """Mean of the medians of four and of five paths, and the spread of the errors, for series of one length.

    Parameters
    ----------
    values : array (series, years)
        Histories of one length without gaps, oldest first, in their own units; at least 4 years. Only the last
        :data:`LONGEST` are used.
    horizon : int
        Years ahead, at least 1.
    scale : {"log", "logit", "level"}
        Working scale: ``log`` wants positive values, ``logit`` values strictly between 0 and 100.
    unit : array (series,)
        Size in which a series is measured: the last value for ``log``, the largest absolute value for ``level``,
        1 for ``logit``. What comes out is in this unit, so that a history in any other unit gives the same numbers.
    kept : float
        Share of the average growth in the second path.
    momentum : float
        Share of the combined path that is kept, the rest being the last value: 1 is the combination itself.
    doubt : float
        Share of the years without growth that are added to averages: 0 takes averages as they are.

    Returns
    -------
    Combined
    """
    values = values[:, -LONGEST:]
    working = to_working(values, scale, unit)
    last = working[:, -1:]
    centred = working - last
    path, squares, growth = smooth(centred, horizon, REVERSIONS_WORKING)
    average = kept * average_step(centred, doubt * STILL_YEARS)[:, None] * np.arange(1, horizon + 1)
    still, added = np.zeros_like(path), doubt * STILL_YEARS_LEVELS
    if scale == "level":
        line = straight_line(centred, horizon, added)
        levels = smooth(centred, horizon, reversions_levels(values.shape[1], added))[0]
        centre = medians(np.stack([still, average, path, (levels + line) / 2, line]))
    else:
        # Means of paths are taken in levels, as the competitions score them.
        levels, line = _levels(values, horizon, scale, unit, added)
        one = np.ones_like(unit)
        others = [from_working(path + last, scale, one) for path in (still, average, path)]
        centre = to_working(medians(np.stack([*others, (levels + line) / 2, line])), scale, one) - last
    return Combined(momentum * centre, squares, growth)


def _levels(
    values: np.ndarray, horizon: int, scale: str, unit: np.ndarray, added: float
) -> tuple[np.ndarray, np.ndarray]:
    """Smoothing of the levels and the straight line (series, horizon) over `unit`, kept off the bounds."""
    size = np.abs(values / unit[:, None]).max(axis=1)[:, None]
    if scale == "logit":
        # The same for a share and for what it leaves of 100.
        size = np.minimum(size, (100 - values).max(axis=1)[:, None])
    levels = values / unit[:, None] / size
    last = levels[:, -1:]
    centred = levels - last
    found = []
    smoothed = smooth(centred, horizon, reversions_levels(values.shape[1], added))[0]
    for path in (smoothed, straight_line(centred, horizon, added)):
        path = np.maximum((last + path) * size, LOWEST * (last * size))
        if scale == "logit":
            path = np.minimum(path, (100 - LOWEST * (100 - values[:, -1:])) / unit[:, None])
        found.append(path)
    return found[0], found[1]
