"""What the intervals are calibrated on: a few constants for every kind of quantity.

A spread is the Student unit below and above the path,

    sqrt((weight * volatility^2 + sum of squared one-step errors) / (weight + observations) * growth) * factor,

the variance being shrunk to a typical volatility as under an inverse-gamma prior (Gelman et al. 2013, *Bayesian Data
Analysis*, section 2.6), so that five quiet years cannot look certain. The factors, by history length and horizon, make
the 80% and 95% intervals cover what they say on held-out ends of real series: the geometric mean of the factors that
each of the two levels asks for. How they were fitted stands beside each; ``benchmarks/forecast_accuracy.py`` measures
what they cover on other series.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .combination import GROWTH_KEPT

# History lengths of the factors; between them factors are interpolated, beyond the last they stay.
Factors = dict[int, tuple[float, ...]]


@dataclass(frozen=True)
class Kind:
    """How one kind of quantity moves.

    Attributes
    ----------
    freedom : float
        Degrees of freedom of the predictive Student distribution.
    weight, volatility : float
        Typical relative volatility from year to year, and its worth in observations.
    lower, upper : dict
        Factors below and above the path, for one to six years ahead, by history length.
    kept : float
        Share of the average growth in the second path of the combination.
    momentum : float
        Share of the combination's path that is kept, the rest being the last value.
    bounds : (float, float)
        What the quantity cannot pass.
    """

    freedom: float
    weight: float
    volatility: float
    lower: Factors
    upper: Factors
    kept: float = GROWTH_KEPT
    momentum: float = 1.0
    bounds: tuple[float, float] = (-np.inf, np.inf)


# Fitted on the training parts of 2,000 yearly series of the M4 competition: the last six years of each, and the six
# before them, from the last 5, 8, 12, 20 and 30 years before. One factor for both sides: competition series grew faster
# in their held-out ends than they went on to, and a lop-sided interval would carry that on.
_GENERAL: Factors = {
    5: (1.14, 1.59, 1.80, 2.01, 2.08, 2.13),
    8: (0.95, 1.32, 1.47, 1.63, 1.65, 1.69),
    12: (0.86, 1.15, 1.26, 1.34, 1.41, 1.41),
    20: (0.69, 0.90, 0.93, 1.01, 1.00, 1.02),
    30: (0.63, 0.76, 0.78, 0.82, 0.84, 0.86),
}
# Fitted on GDP at current prices, retail sales and industrial output of some 145 Chinese cities each, every panel with
# the same weight, one to six years from every origin 2004-2019. Growth goes on more steadily than in M4 (the whole
# average counts), and histories that look calm are no calmer afterwards (a heavy prior). Never fitted beyond 12 years.
_OUTPUT_LOWER: Factors = {
    5: (1.04, 1.38, 1.61, 1.69, 1.83, 1.81),
    8: (1.01, 1.43, 1.68, 1.87, 1.99, 1.94),
    12: (1.08, 1.49, 1.71, 1.84, 1.85, 1.69),
}
_OUTPUT_UPPER: Factors = {
    5: (1.44, 2.10, 2.50, 2.89, 3.24, 3.70),
    8: (1.44, 1.89, 2.07, 2.43, 2.64, 2.69),
    12: (0.95, 1.16, 1.34, 1.51, 1.70, 1.93),
}
# Fitted on foreign investment of 147 Chinese cities, the same origins. What a city's own five or twelve years say of
# its volatility hardly helps (hence the very heavy prior), growth hardly goes on (hence the small momentum), and the
# tails are very long. Never fitted beyond 12 years.
_INFLOW_LOWER: Factors = {
    5: (0.75, 0.90, 1.11, 1.15, 1.13, 1.10),
    8: (0.69, 0.82, 1.07, 1.10, 1.06, 1.02),
    12: (0.64, 0.83, 1.17, 1.13, 1.12, 1.04),
}
_INFLOW_UPPER: Factors = {
    5: (1.20, 1.84, 2.41, 2.72, 3.31, 3.52),
    8: (0.93, 1.36, 1.79, 2.06, 2.37, 2.64),
    12: (0.74, 0.90, 1.16, 1.22, 1.27, 1.26),
}
# There is no panel of shares to fit on: the factors of `general` on the scale of logits, widened by a quarter.
SHARE_WIDENING = 1.25
_SHARE: Factors = {length: tuple(SHARE_WIDENING * one for one in factors) for length, factors in _GENERAL.items()}

KINDS: dict[str, Kind] = {
    "general": Kind(3.0, 4.0, 0.04, _GENERAL, _GENERAL),
    "output": Kind(4.0, 20.0, 0.06, _OUTPUT_LOWER, _OUTPUT_UPPER, kept=1.0),
    "inflow": Kind(1.6, 40.0, 0.30, _INFLOW_LOWER, _INFLOW_UPPER, momentum=1 / 3),
    "share": Kind(3.0, 4.0, 0.04, _SHARE, _SHARE, bounds=(0.0, 100.0)),
    # As `general`, never below zero.
    "count": Kind(3.0, 4.0, 0.04, _GENERAL, _GENERAL, bounds=(0.0, np.inf)),
}

# A series that has broken may break again, and its last regime says nothing of that.
BREAK_WIDENING = 1.25
# A gap of this many years is bridged by a straight line on the working scale; after a longer one history starts anew.
LONGEST_GAP = 3


def spread(
    kind: str, squares: np.ndarray, growth: np.ndarray, observed: np.ndarray, broken: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Student units below and above the path.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    squares : array (series,)
        Sum of squared one-step errors on the working scale.
    growth : array (series, horizon)
        Error variance by horizon over that one year ahead.
    observed : array (series,)
        Years with a value. A bridged gap adds none, and its steps, the change over the gap divided by its years, add to
        the sum of squares what one year adds on average in a random walk: the variance is not understated.
    broken : array of bool (series,)
        Whether the history was cut at a break.

    Returns
    -------
    lower, upper : array (series, horizon)
    """
    one = KINDS[kind]
    variance = (one.weight * one.volatility**2 + squares) / (one.weight + observed)
    size = np.sqrt(variance[:, None] * growth) * np.where(broken, BREAK_WIDENING, 1.0)[:, None]
    return size * factors(one.lower, observed, growth.shape[1]), size * factors(one.upper, observed, growth.shape[1])


def factors(table: Factors, observed: np.ndarray, horizon: int) -> np.ndarray:
    """Factors (series, horizon), straight between the lengths of the table; beyond six years ahead the sixth."""
    lengths = sorted(table)
    columns = [min(ahead, len(table[lengths[0]]) - 1) for ahead in range(horizon)]
    return np.stack(
        [np.interp(observed, lengths, [table[length][column] for length in lengths]) for column in columns], axis=1
    )
