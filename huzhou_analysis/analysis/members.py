"""The members of a projection: seven paths that every textbook of forecasting has (Hyndman & Athanasopoulos 2021, chapters 5
and 8), of which the median of a few leads (Petropoulos & Svetunkov 2020). Smoothing parameters are those of a fixed grid with
the least squared one-year errors: on ten points an optimiser's hardly differ, and a panel has ten thousand series.

Floats `values` (..., years) are oldest first, without gaps; paths are (..., horizon).
"""

from __future__ import annotations

from itertools import product

import numpy as np

ALPHAS = np.arange(1, 11) / 10
# Level, slope and damping of the damped trend.
TRIPLES = np.array([*product((0.1, 0.3, 0.5, 0.7, 0.9), (0.0, 0.1, 0.3, 0.5), (0.8, 0.9, 0.98))])
FLOOR = 0.05  # share of its last value that a path of a positive series stays above
# Which members' median leads. The rule that chose them and its scores: docs/projections.md.
LEADS = {
    "median": ("last_value", "drift", "damped_growth"),
    "steady": ("growth", "drift", "damped_trend"),
    "cautious": ("growth", "simple_smoothing", "damped_trend"),
    "flat": ("last_value",),
}
IN_LEVELS = {"growth": "drift", "damped_growth": "damped_trend"}


def last_value(values: np.ndarray, horizon: int) -> np.ndarray:
    """The last value goes on."""
    return np.repeat(values[..., -1:], horizon, axis=-1)


def drift(values: np.ndarray, horizon: int) -> np.ndarray:
    """The last value and the average yearly increment: the line through the first and the last value."""
    step = (values[..., -1:] - values[..., :1]) / (values.shape[-1] - 1)
    return values[..., -1:] + step * np.arange(1, horizon + 1)


def growth(values: np.ndarray, horizon: int) -> np.ndarray:
    """The last value and the compound average growth: :func:`drift` in logs. Values must be positive."""
    return _in_logs(drift, values, horizon)


def _in_logs(member, values: np.ndarray, horizon: int) -> np.ndarray:
    return np.exp(np.minimum(member(np.log(values), horizon), 700))  # a computer's largest number is exp(709)


def _smoothed(values: np.ndarray) -> np.ndarray:
    """Last level of simple exponential smoothing that starts at the first value, alpha of least squared errors."""
    level = np.repeat(values[..., :1], len(ALPHAS), axis=-1)
    squares = np.zeros_like(level)
    for year in range(1, values.shape[-1]):
        error = values[..., year, None] - level
        level, squares = level + ALPHAS * error, squares + error**2
    return np.take_along_axis(level, squares.argmin(-1)[..., None], -1)


def simple_smoothing(values: np.ndarray, horizon: int) -> np.ndarray:
    """Simple exponential smoothing: the level goes on."""
    return np.repeat(_smoothed(values), horizon, axis=-1)


def damped_trend(values: np.ndarray, horizon: int) -> np.ndarray:
    """Damped trend (Gardner & McKenzie 1985): the slope dies out. Starts at the first value and average increment."""
    alpha, beta, damping = TRIPLES.T
    level = np.repeat(values[..., :1], len(TRIPLES), axis=-1)
    slope = level * 0 + (values[..., -1:] - values[..., :1]) / (values.shape[-1] - 1)
    squares = np.zeros_like(level)
    for year in range(1, values.shape[-1]):
        error = values[..., year, None] - level - damping * slope
        level = level + damping * slope + alpha * error
        slope, squares = damping * slope + alpha * beta * error, squares + error**2
    best = squares.argmin(-1)[..., None]
    level, slope = np.take_along_axis(level, best, -1), np.take_along_axis(slope, best, -1)
    return level + slope * np.cumsum(damping[best] ** np.arange(1, horizon + 1), axis=-1)


def damped_growth(values: np.ndarray, horizon: int) -> np.ndarray:
    """Growth dies out: :func:`damped_trend` in logs. Values must be positive."""
    return _in_logs(damped_trend, values, horizon)


def theta(values: np.ndarray, horizon: int) -> np.ndarray:
    """Theta (Assimakopoulos & Nikolopoulos 2000): mean of the trend line and of a smoothed line of double curvature."""
    length = values.shape[-1]
    years = np.arange(length) - (length - 1) / 2
    slope = (values @ years / (years @ years))[..., None]
    trend = values.mean(-1, keepdims=True) + slope * years
    ahead = trend[..., -1:] + slope * np.arange(1, horizon + 1)
    return (_smoothed(2 * values - trend) + ahead) / 2


MEMBERS = {m.__name__: m for m in (last_value, drift, growth, simple_smoothing, damped_trend, damped_growth, theta)}


def leading(lead: str, positive: bool) -> tuple[str, ...]:
    """Members whose median leads; where a value is not positive, growth rates have no meaning and levels take their place."""
    return tuple(dict.fromkeys(name if positive else IN_LEVELS.get(name, name) for name in LEADS[lead]))


def path(values: np.ndarray, horizon: int, names: tuple[str, ...], positive: bool) -> np.ndarray:
    """Median of the members named; of a positive series it stays positive."""
    middle = np.median([MEMBERS[name](values, horizon) for name in names], axis=0)
    return np.maximum(middle, FLOOR * values[..., -1:]) if positive else middle
