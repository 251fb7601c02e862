"""The leading combination: the median of four simple paths, and the spread of its errors.

Everything here works on many series of one length at a time and knows nothing of kinds, levels or calibration: arrays
``(series, years)`` go in, paths and error variances on the working scale come out. Sums over years and over models are
taken one term after the other, element by element, so that a series gets bit for bit the same numbers alone as in a
panel of any size or order (a matrix product would not promise that).

The four paths of which the median is taken (Petropoulos & Svetunkov 2020, *International Journal of Forecasting* 36,
110-115, on the median of simple forecasts):

1. the last value;
2. the last value going on at :data:`GROWTH_KEPT` of the average growth of the history;
3. smoothing on the working scale (logs as a rule);
4. smoothing of the levels themselves.

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
ALPHAS = (0.2, 0.5, 0.8, 1.0)
BETA_SHARES = (0.0, 0.1, 0.3)
DAMPINGS = (0.6, 0.8, 1.0)
# Share of the average step of the history to which a damped slope reverts. In logs none: growth dies out. In levels the
# whole average increment, which as a rate of growth slows down by itself.
REVERSIONS_WORKING = (0.0,)
REVERSIONS_LEVELS = (1.0,)
# Ridge that ties the initial slope to the average step, in units of the error variance: a short history cannot send
# the initial slope anywhere.
RIDGE = 16.0
# Share of the log-likelihood that counts in the weights (1 would be Bayes' rule with equal priors). Short histories
# tell little about which model is right, and the likelihood believes itself too much.
TEMPER = 0.4
# Worth of one observation of this relative size in the error variance of every model: a perfect fit is no certainty.
FLOOR_WEIGHT, FLOOR_VOLATILITY = 1.0, 0.02
# Share of the average growth that the second path keeps: growth slows more often than it speeds up. The average counts
# one more year, without growth, so that a short history keeps less of it.
GROWTH_KEPT = 0.625  # kinds may keep more, see calibration.py
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


def smooth(values: np.ndarray, horizon: int, reversions: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
    values: np.ndarray, horizon: int, scale: str, unit: np.ndarray, kept: float = GROWTH_KEPT, momentum: float = 1.0
) -> Combined:
    """Median of the four paths and the spread of the errors, for series of one length.

    Parameters
    ----------
    values : array (series, years)
        Histories of one length without gaps, oldest first, in their own units; at least 3 years. Only the last
        :data:`LONGEST` are used.
    horizon : int
        Years ahead, at least 1.
    scale : {"log", "logit", "level"}
        Working scale: ``log`` wants positive values, ``logit`` values strictly between 0 and 100.
    unit : array (series,)
        Size in which a series is measured: the last value for ``log``, the largest absolute value for ``level``. What
        comes out is in this unit, so that a history in any other unit gives the same numbers.
    kept : float
        Share of the average growth in the second path.
    momentum : float
        Share of the median path that is kept, the rest being the last value: 1 is the median itself.

    Returns
    -------
    Combined
    """
    values = values[:, -LONGEST:]
    working = to_working(values, scale, unit)
    last = working[:, -1:]
    centred = working - last
    path, squares, growth = smooth(centred, horizon, REVERSIONS_WORKING)
    ahead = np.arange(1, horizon + 1)
    average = kept * (-centred[:, :1] / values.shape[1]) * ahead
    if scale == "level":
        levels = smooth(centred, horizon, REVERSIONS_LEVELS)[0]
    else:
        levels = _levels_on_working(values, horizon, scale, unit) - last
    ranked = np.sort(np.stack([np.zeros_like(path), average, path, levels]), axis=0)
    if scale == "level":
        centre = (ranked[1] + ranked[2]) / 2
    else:
        # The mean of the middle two is taken in levels, as the competitions score it.
        middle = [from_working(one + last, scale, unit) / unit[:, None] for one in ranked[1:3]]
        centre = to_working((middle[0] + middle[1]) / 2 * unit[:, None], scale, unit) - last
    return Combined(momentum * centre, squares, growth)


def _levels_on_working(values: np.ndarray, horizon: int, scale: str, unit: np.ndarray) -> np.ndarray:
    """Smoothing of the levels (series, horizon), kept off the bounds and brought to the working scale."""
    size = np.abs(values / unit[:, None]).max(axis=1)[:, None]
    if scale == "logit":
        # The same for a share and for what it leaves of 100.
        size = np.minimum(size, (100 - values).max(axis=1)[:, None])
    levels = values / unit[:, None] / size
    last = levels[:, -1:]
    path = (last + smooth(levels - last, horizon, REVERSIONS_LEVELS)[0]) * size
    lowest = LOWEST * (last * size)
    path = np.maximum(path, lowest)
    if scale == "logit":
        highest = (100 - LOWEST * (100 - values[:, -1:])) / unit[:, None]
        path = np.minimum(path, highest)
    return to_working(path * unit[:, None], scale, unit)
