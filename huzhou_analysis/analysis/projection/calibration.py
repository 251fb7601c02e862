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
    doubt : float
        Share of the years without growth that are added to averages of growth.
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
    doubt: float = 1.0
    bounds: tuple[float, float] = (-np.inf, np.inf)


# Fitted on the training parts of 2,000 yearly series of the M4 competition: the last six years of each, and the six
# before them, from the last 5, 8, 12, 20 and 30 years before. One factor for both sides: competition series grew faster
# in their held-out ends than they went on to, and a lop-sided interval would carry that on. For the same reason a third
# of the median miss that all series share is taken out of the misses first.
_GENERAL: Factors = {
    5: (1.15, 1.69, 1.98, 2.27, 2.39, 2.47),
    8: (0.95, 1.40, 1.63, 1.82, 1.89, 1.95),
    12: (0.84, 1.21, 1.36, 1.49, 1.57, 1.61),
    20: (0.68, 0.92, 0.97, 1.07, 1.07, 1.11),
    30: (0.62, 0.79, 0.80, 0.84, 0.88, 0.92),
}
# Fitted on GDP at current prices, retail sales and industrial output of some 145 Chinese cities each, every panel with
# the same weight, one to six years from every origin 2004-2019. Growth goes on more steadily than in M4 (the whole
# average counts), and histories that look calm are no calmer afterwards (a heavy prior). Never fitted beyond 12 years.
_OUTPUT_LOWER: Factors = {
    5: (1.02, 1.42, 1.72, 1.88, 2.04, 2.00),
    8: (0.97, 1.42, 1.71, 1.91, 2.02, 1.98),
    12: (1.05, 1.47, 1.71, 1.93, 2.14, 2.09),
}
_OUTPUT_UPPER: Factors = {
    5: (1.54, 2.41, 3.15, 3.84, 4.46, 5.19),
    8: (1.49, 2.23, 2.71, 3.25, 3.60, 3.70),
    12: (1.08, 1.45, 1.73, 1.92, 2.09, 2.28),
}
# Fitted on foreign investment of 147 Chinese cities, the same origins. What a city's own five or twelve years say of
# its volatility hardly helps (hence the very heavy prior), growth hardly goes on (hence the small momentum), and the
# tails are very long. Never fitted beyond 12 years.
_INFLOW_LOWER: Factors = {
    5: (0.76, 0.97, 1.25, 1.31, 1.31, 1.28),
    8: (0.70, 0.88, 1.20, 1.27, 1.22, 1.18),
    12: (0.65, 0.89, 1.28, 1.27, 1.26, 1.20),
}
_INFLOW_UPPER: Factors = {
    5: (1.21, 2.01, 2.71, 3.17, 3.89, 4.19),
    8: (0.93, 1.48, 1.98, 2.30, 2.73, 3.10),
    12: (0.74, 0.96, 1.24, 1.35, 1.49, 1.46),
}
# There is no proper panel of shares to fit on: the factors of `general` on the scale of logits, widened by half. Retail
# sales over GDP of 72 cities, the only shares at hand, want about as much.
SHARE_WIDENING = 1.5
_SHARE: Factors = {length: tuple(SHARE_WIDENING * one for one in factors) for length, factors in _GENERAL.items()}

KINDS: dict[str, Kind] = {
    "general": Kind(3.0, 4.0, 0.04, _GENERAL, _GENERAL),
    "output": Kind(4.0, 20.0, 0.06, _OUTPUT_LOWER, _OUTPUT_UPPER, kept=1.0, doubt=0.0),
    "inflow": Kind(1.6, 40.0, 0.30, _INFLOW_LOWER, _INFLOW_UPPER, momentum=1 / 3),
    "share": Kind(3.0, 4.0, 0.04, _SHARE, _SHARE, bounds=(0.0, 100.0)),
    # As `general`, never below zero.
    "count": Kind(3.0, 4.0, 0.04, _GENERAL, _GENERAL, bounds=(0.0, np.inf)),
}

# A series that has broken may break again, and its last regime says nothing of that. On the training parts of some 200
# series of the M4 competition that had jumped, what followed the jump alone gave intervals that covered 74 and 92 at
# nominal 80 and 95, and with this factor 82 and 94.
BREAK_WIDENING = 1.25
# A history with zeros or negative values is projected in levels. On training parts of the M4 competition forced into
# levels the factors, which were fitted in logs, covered 72-77 and 91-93; this makes up for it.
LEVEL_WIDENING = 1.2
# A gap of this many years is bridged by a straight line on the working scale; after a longer one history starts anew.
LONGEST_GAP = 3


def spread(
    kind: str, scale: str, squares: np.ndarray, growth: np.ndarray, observed: np.ndarray, broken: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Student units below and above the path.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    scale : {"log", "level", "logit"}
        Working scale.
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
    wider = np.where(broken, BREAK_WIDENING, 1.0) * (LEVEL_WIDENING if scale == "level" else 1.0)
    size = np.sqrt(variance[:, None] * growth) * wider[:, None]
    return size * factors(one.lower, observed, growth.shape[1]), size * factors(one.upper, observed, growth.shape[1])


def factors(table: Factors, observed: np.ndarray, horizon: int) -> np.ndarray:
    """Factors (series, horizon), straight between the lengths of the table; beyond six years ahead the sixth."""
    lengths = sorted(table)
    columns = [min(ahead, len(table[lengths[0]]) - 1) for ahead in range(horizon)]
    return np.stack(
        [np.interp(observed, lengths, [table[length][column] for length in lengths]) for column in columns], axis=1
    )


@dataclass(frozen=True)
class Measured:
    """What the intervals covered on real series cut to one length, for one to six years ahead.

    Attributes
    ----------
    series, cases : int
        Real series, and histories cut from them (a series of a city gives one at every origin).
    coverage_80, coverage_95 : tuple of int
        Cases in 100 that the nominal 80% and 95% intervals held.
    miss : tuple of float
        Median absolute error of the path, in percent of what came.
    """

    series: int
    cases: int
    coverage_80: tuple[int, ...]
    coverage_95: tuple[int, ...]
    miss: tuple[float, ...]


# Written by `benchmarks/forecast_accuracy.py --coverage-table`. General: the test parts of the M4 sample, on which no
# constant was fitted, though some choices were made in their view. Output and inflow: the panels that they were fitted
# on; fitted on one half of the cities they covered nearly the same of the other half (docs/projections.md).
# Huzhou was one of the cities that the factors were fitted on; what is measured here leaves it out.
MEASURED: dict[str, dict[int, Measured]] = {
    "general": {
        5: Measured(2000, 2000, (77, 81, 83, 84, 83, 84), (93, 95, 95, 96, 96, 95), (3.8, 5.5, 7.3, 8.7, 10.0, 11.9)),
        8: Measured(2000, 2000, (75, 82, 83, 85, 85, 85), (93, 96, 96, 97, 97, 96), (3.7, 5.4, 6.8, 8.3, 9.6, 11.3)),
        12: Measured(2000, 2000, (74, 82, 82, 85, 85, 86), (92, 97, 97, 97, 97, 96), (3.5, 5.3, 6.6, 8.3, 9.4, 10.5)),
        20: Measured(1545, 1545, (69, 77, 80, 82, 81, 83), (90, 96, 96, 97, 97, 97), (3.5, 5.0, 6.1, 7.4, 8.1, 9.2)),
        30: Measured(810, 810, (63, 76, 78, 79, 80, 82), (87, 94, 95, 95, 95, 96), (3.7, 5.1, 5.5, 6.3, 7.1, 7.7)),
    },
    "output": {
        5: Measured(433, 6199, (84, 84, 83, 84, 84, 85), (95, 95, 95, 95, 95, 95), (4.7, 8.6, 12.0, 14.9, 18.2, 21.5)),
        8: Measured(429, 5376, (83, 83, 81, 81, 81, 80), (95, 95, 95, 95, 96, 96), (5.2, 9.1, 12.5, 15.3, 18.3, 20.8)),
        12: Measured(419, 4152, (82, 79, 78, 78, 77, 75), (94, 94, 93, 94, 94, 94), (4.7, 8.2, 11.8, 14.9, 18.6, 21.6)),
    },
    "inflow": {
        5: Measured(
            136, 2022, (83, 82, 82, 82, 81, 80), (94, 94, 94, 94, 95, 95), (15.5, 27.7, 38.7, 48.3, 54.9, 60.7)
        ),
        8: Measured(
            133, 1893, (82, 81, 81, 80, 80, 80), (94, 94, 94, 95, 95, 95), (15.1, 27.5, 38.9, 47.9, 54.0, 59.0)
        ),
        12: Measured(
            128, 1446, (82, 81, 80, 80, 80, 77), (94, 94, 95, 95, 95, 96), (13.6, 24.7, 36.7, 43.4, 50.8, 54.6)
        ),
    },
}

# Kinds without series of their own, and whose figures stand for them.
STANDS_FOR = {"share": "general", "count": "general"}


def measured_coverage(kind: str, n: int, horizon: int) -> dict[str, float | int | str]:
    """What the same intervals covered on real series of that length.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    n : int
        Observations, at least 5; the longest measured length that is no longer is taken.
    horizon : int
        Years ahead; beyond six, six is taken.

    Returns
    -------
    dict
        ``coverage_80`` and ``coverage_95`` (cases in 100), ``miss`` (median absolute error in percent), ``series`` and
        ``cases`` (how many it rests on), ``length`` and ``horizon`` (measured), ``of`` (the kind it was measured on).

    Examples
    --------
    >>> hz.measured_coverage("inflow", 12, 4)["coverage_80"]  # an 80% interval held in 80 cases of 100
    80
    """
    of = STANDS_FOR.get(kind, kind)
    lengths = [length for length in MEASURED[of] if length <= n]
    if not lengths or horizon < 1:
        raise ValueError(
            "覆盖率自5个观测值、预测1年起才有实测；请取 n ≥ 5、horizon ≥ 1 / coverage was measured from five observations "
            "and one year ahead on; take n >= 5 and horizon >= 1"
        )
    length, ahead = max(lengths), min(horizon, 6)
    found = MEASURED[of][length]
    return {
        "coverage_80": found.coverage_80[ahead - 1],
        "coverage_95": found.coverage_95[ahead - 1],
        "miss": found.miss[ahead - 1],
        "series": found.series,
        "cases": found.cases,
        "length": length,
        "horizon": ahead,
        "of": of,
    }
