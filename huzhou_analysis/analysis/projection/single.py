"""Single models on statsmodels, shown beside the combination, and a trend that takes an irregular history.

:func:`single_models` runs eight textbook models on one short yearly series. A model that cannot be had on the series
says why; it never fills in a missing year and never gives a path its own fit does not stand for.
:func:`constrained_trend` is a local linear trend in state space for histories with gaps, printed growth rates whose
levels are missing, and printed totals of several years. What it fills in is marked as estimated.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

MODEL_NAMES = ("naive", "drift", "ses", "holt", "damped", "theta", "ets_log", "local_linear_trend")

LABELS = {
    "naive": {"zh": "朴素法", "en": "Naive"},
    "drift": {"zh": "漂移法", "en": "Drift"},
    "ses": {"zh": "简单指数平滑", "en": "Simple exponential smoothing"},
    "holt": {"zh": "霍尔特线性趋势", "en": "Holt's linear trend"},
    "damped": {"zh": "阻尼趋势", "en": "Damped trend"},
    "theta": {"zh": "Theta法", "en": "Theta method"},
    "ets_log": {"zh": "对数ETS", "en": "ETS in logs"},
    "local_linear_trend": {"zh": "局部线性趋势", "en": "Local linear trend"},
}

REASONS = {
    "too_few": {"zh": "观测值太少", "en": "too few observations"},
    "missing_years": {"zh": "模型不能处理缺失年份", "en": "the model cannot take missing years"},
    "not_converged": {"zh": "估计未收敛", "en": "the estimation did not converge"},
    "not_positive": {"zh": "取对数要求数值为正", "en": "logs need positive values"},
    "out_of_range": {"zh": "预测路径超出数值范围", "en": "the path leaves the range of numbers"},
    "inconsistent": {"zh": "拟合结果与模型定义不符", "en": "the fit contradicts the model's definition"},
    "error": {"zh": "模型报错", "en": "the model failed"},
}

#: A model needs at least as many observations as it estimates parameters, the error variance left out; for ETS the
#: corrected Akaike criterion of the smallest candidate (three parameters with the variance) must exist.
_LEAST = {
    "naive": 1,
    "drift": 2,
    "ses": 2,
    "holt": 4,
    "damped": 5,
    "theta": 3,
    "ets_log": 5,
    "local_linear_trend": 5,
}

_TAKE_MISSING_YEARS = frozenset({"naive", "drift", "local_linear_trend"})


class _ModelFailedError(Exception):
    """A model has no path on this series; the first argument is a key of REASONS, the second says more."""


# --- Scales ---------------------------------------------------------------------------------------------------------


def _identity(values: np.ndarray) -> np.ndarray:
    return values


def _log_odds(percent: np.ndarray) -> np.ndarray:
    return np.log(percent) - np.log(100 - percent)


def _percent(log_odds: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return 100 * expit(log_odds)


_SCALES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "log": (np.log, np.exp),
    "level": (_identity, _identity),
    "logit": (_log_odds, _percent),
}


def _checked(values: Sequence[float] | np.ndarray, horizon: int, scale: str) -> np.ndarray:
    """`values` as floats from the first observation to the last, or a ValueError that names what is wrong."""
    if scale not in _SCALES:
        raise ValueError(f"scale {scale!r} is unknown; one of {', '.join(_SCALES)}")
    if np.ndim(values) != 1:
        raise ValueError("a series has one dimension")
    if isinstance(horizon, bool) or horizon != int(horizon) or horizon < 1:
        raise ValueError(f"horizon must be a whole number of years, at least 1, not {horizon}")
    series = np.array(values, dtype=float)
    observed = np.flatnonzero(~np.isnan(series))
    if not len(observed):
        raise ValueError("the series holds no observation")
    series = series[observed[0] : observed[-1] + 1]
    known = series[~np.isnan(series)]
    if not np.isfinite(known).all():
        raise ValueError("the series holds an infinite value")
    if scale == "log" and (known <= 0).any():
        raise ValueError(f"logs need positive values, not {known[known <= 0][0]:g}")
    if scale == "logit" and ((known <= 0) | (known >= 100)).any():
        outside = known[(known <= 0) | (known >= 100)][0]
        raise ValueError(f"a share lies between 0 and 100, both excluded, not {outside:g}")
    return series


@dataclass(frozen=True)
class _Standard:
    """A series moved to start at zero and divided by its typical yearly change.

    Every model here is equivariant to location and scale, its optimiser in statsmodels is not: steps and stopping
    rules are absolute. On a standard series the answer does not depend on the unit.
    """

    series: np.ndarray
    location: float
    size: float

    @classmethod
    def of(cls, transformed: np.ndarray) -> _Standard:
        known = transformed[~np.isnan(transformed)]
        changes = np.diff(known)
        size = float(np.abs(changes).mean()) if _moves(known) else 0.0
        return cls((transformed - known[0]) / (size or 1.0), float(known[0]), size)

    def back(self, path: np.ndarray) -> np.ndarray:
        return self.location + (self.size or 1.0) * path


def _moves(known: np.ndarray) -> bool:
    """Whether a series moves by more than the rounding of its own numbers."""
    return bool(np.ptp(known) > 1e-12 * np.abs(known).max())


# --- The models, on a standard series -------------------------------------------------------------------------------


def _naive(series: np.ndarray, horizon: int) -> np.ndarray:
    """The last value, carried on (Hyndman & Athanasopoulos 2021, Forecasting: Principles and Practice, 5.2)."""
    return np.full(horizon, series[-1])


def _drift(series: np.ndarray, horizon: int) -> np.ndarray:
    """The line through the first and the last value (same place); years between them may be missing."""
    return series[-1] + (series[-1] - series[0]) / (len(series) - 1) * np.arange(1, horizon + 1)


def _best_fit(fits: Sequence[object], cost: Callable[[object], float], converged: Callable[[object], bool]) -> object:
    """The converged fit of least cost, unless a fit which did not converge got clearly below it.

    From its own start statsmodels stops in a local minimum on a fair part of short series, squared errors of Holt's
    model up to three times the least. So each model is fitted from several starts.
    """
    done = [one for one in fits if converged(one) and np.isfinite(cost(one))]
    if not done:
        raise _ModelFailedError("not_converged", "")
    best = min(done, key=cost)
    lowest = min(cost(one) for one in fits if np.isfinite(cost(one)))
    if cost(best) - lowest > _CLEARLY:
        raise _ModelFailedError("not_converged", "a better fit did not converge")
    return best


#: Difference of log likelihoods (or of their equivalent in squared errors) that is more than an optimiser's last step.
_CLEARLY = 0.01


def _exponential_smoothing(series: np.ndarray, trend: bool, damped: bool, first_level: float | None = None) -> object:
    """Additive exponential smoothing by least squares, the best fit from several starts.

    States before the first year are estimated, or the level is `first_level` where there is no trend.
    """
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    def model() -> ExponentialSmoothing:
        kind = {"trend": "add", "damped_trend": damped} if trend else {}
        if first_level is None:
            return ExponentialSmoothing(series, initialization_method="estimated", **kind)
        return ExponentialSmoothing(series, initialization_method="known", initial_level=first_level)

    def cost(results: object) -> float:
        # Minus the concentrated log likelihood; a fit to the last digit counts as one, not as minus infinity.
        return len(series) / 2 * np.log(max(results.sse, 1e-12 * (series**2).sum()) / (series**2).sum())

    starts = _smoothing_starts(series, trend, damped)
    if first_level is not None:
        starts = [start[:1] for start in starts]
    fits = [model().fit(), *(model().fit(start_params=start) for start in starts)]
    return _best_fit(fits, cost, lambda results: results.mle_retvals is None or bool(results.mle_retvals.success))


def _smoothing_starts(series: np.ndarray, trend: bool, damped: bool) -> list[list[float]]:
    """Starts in statsmodels' order (level, trend, initial level, initial trend, damping): slow to fast smoothing.

    Fast smoothing goes with the states of the first two values, slow smoothing with those of the least-squares line.
    """
    slope, intercept = np.polyfit(np.arange(1, len(series) + 1), series, 1) if trend else (0.0, series.mean())
    first = series[1] - series[0] if trend else 0.0
    starts = []
    for level in (0.05, 0.5, 0.95):
        for share, damping in ((0.05, 0.97), (0.6, 0.85)) if trend else ((0.0, 1.0),):
            for state, step in ((series[0] - first, first), (intercept, slope)):
                start = [level, level * share, state, step] if trend else [level, state]
                starts.append([float(one) for one in ([*start, damping] if damped else start)])
    return starts


def _ses(series: np.ndarray, horizon: int) -> np.ndarray:
    """Simple exponential smoothing (Brown 1959), initial level and smoothing parameter by least squares."""
    return _exponential_smoothing(series, trend=False, damped=False).forecast(horizon)


def _holt(series: np.ndarray, horizon: int) -> np.ndarray:
    """Holt's linear trend (Holt 1957, reprinted in Int. J. Forecasting 20 (2004), 5-10), by least squares."""
    return _exponential_smoothing(series, trend=True, damped=False).forecast(horizon)


def _damped(series: np.ndarray, horizon: int) -> np.ndarray:
    """Damped trend (Gardner & McKenzie 1985, Management Science 31, 1237-1246), by least squares.

    The damping parameter is held within statsmodels' default bounds, 0.8 and 0.995.
    """
    return _exponential_smoothing(series, trend=True, damped=True).forecast(horizon)


def _theta(series: np.ndarray, horizon: int) -> np.ndarray:
    """Theta method (Assimakopoulos & Nikolopoulos 2000, Int. J. Forecasting 16, 521-530).

    It is smoothing with half the least-squares slope added (Hyndman & Billah 2003, Int. J. Forecasting 19, 287-290).
    """
    from statsmodels.tsa.forecasting.theta import ThetaModel, ThetaModelResults

    model = ThetaModel(pd.Series(series), period=1, deseasonalize=False)
    results = model.fit()
    # statsmodels takes a constant series for its own column of ones and then reports its level as its slope. The
    # slope has a closed form, so any such mistake is caught here.
    slope = np.polyfit(np.arange(len(series)), series, 1)[0]
    if abs(results.params["b0"] - slope) > 1e-6 * (1 + abs(slope)):
        raise _ModelFailedError("inconsistent", f"slope {results.params['b0']:g}, by least squares {slope:g}")
    # Its smoothing may have stopped in a local minimum: smoothed again from several starts, from the same first level.
    smoothed = _exponential_smoothing(series, trend=False, damped=False, first_level=series[0])
    level, one_step = smoothed.params["smoothing_level"], smoothed.forecast(1)
    results = ThetaModelResults(results.params["b0"], level, None, one_step, np.ones(1), False, model)
    return np.asarray(results.forecast(horizon))


_ETS_CANDIDATES = ({}, {"trend": "add"}, {"trend": "add", "damped_trend": True})


def _ets(series: np.ndarray, horizon: int) -> np.ndarray:
    """Additive-error ETS without, with and with damped trend; the smallest corrected Akaike criterion is taken.

    Hyndman, Koehler, Snyder & Grose 2002, Int. J. Forecasting 18, 439-454; the criterion as in Hyndman, Koehler, Ord
    & Snyder 2008, Forecasting with Exponential Smoothing, 7.2. Candidates too rich for it to exist are left out.
    """
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    found: list[tuple[float, np.ndarray]] = []
    for options in _ETS_CANDIDATES:
        trend, damped = "trend" in options, "damped_trend" in options
        parameters = 3 + 2 * trend + damped
        if len(series) < parameters + 2:
            continue
        model = ETSModel(series, error="add", **options)
        # With additive errors the likelihood is highest where the squares are least: a start that is close already.
        least = _exponential_smoothing(series, trend, damped).params
        # The start must lie inside the bounds, which are open in ETS and narrower for the damping.
        level = float(np.clip(least["smoothing_level"], 1e-3, 1 - 1e-3))
        close = {
            "smoothing_level": level,
            # Holt's trend parameter is a share of the level's; that of ETS is their product.
            "smoothing_trend": level * float(np.clip(least["smoothing_trend"], 1e-3, 1 - 1e-3)),
            "damping_trend": float(np.clip(least["damping_trend"], 0.81, 0.979)),
            "initial_level": least["initial_level"],
            "initial_trend": least["initial_trend"],
        }
        starts = [None, np.array([close[one] for one in model.param_names])]
        fits = [model.fit(start_params=one, disp=False) for one in starts]
        # A rival that could not be fitted might have won: its failure is that of the choice.
        results = _best_fit(fits, lambda one: -one.llf, lambda one: bool(one.mle_retvals["converged"]))
        criterion = -2 * results.llf + 2 * parameters * len(series) / (len(series) - parameters - 1)
        found.append((criterion, np.asarray(results.forecast(horizon))))
    return min(found, key=lambda pair: pair[0])[1]


def _local_linear_trend(series: np.ndarray, horizon: int) -> np.ndarray:
    """Local linear trend in state space (Harvey 1989, Forecasting, Structural Time Series Models, 2.3.2).

    Three variances by maximum likelihood, exact diffuse start (Durbin & Koopman 2012, Time Series Analysis by State
    Space Methods, 5.2). Missing years carry no observation.
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    model = UnobservedComponents(series, "local linear trend", use_exact_diffuse=True)
    fits = [model.fit(start, disp=False) for start in (None, *_VARIANCE_STARTS)]
    best = max(fits, key=lambda results: results.llf)
    # On short series the gradient search often stops in a flat valley; a search without gradients goes on from there.
    fits.append(model.fit(best.params, method="powell", maxiter=500, disp=False))
    results = _best_fit(fits, lambda one: -one.llf, lambda one: bool(one.mle_retvals["converged"]))
    return np.asarray(results.forecast(horizon))


#: Irregular, level and slope variances: each in turn as the one that moves the series.
_VARIANCE_STARTS = ((1.0, 0.01, 0.01), (0.01, 1.0, 0.01), (0.01, 0.01, 1.0))

_MODELS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "naive": _naive,
    "drift": _drift,
    "ses": _ses,
    "holt": _holt,
    "damped": _damped,
    "theta": _theta,
    "ets_log": _ets,
    "local_linear_trend": _local_linear_trend,
}


def _standard_path(name: str, standard: _Standard, horizon: int) -> np.ndarray:
    """Path of one model on the standard series, or :class:`_ModelFailedError`."""
    series = standard.series
    missing = np.isnan(series)
    if missing.any() and name not in _TAKE_MISSING_YEARS:
        raise _ModelFailedError("missing_years", "")
    if (~missing).sum() < _LEAST[name]:
        raise _ModelFailedError("too_few", f"{(~missing).sum()} of {_LEAST[name]}")
    if not standard.size:
        # All models agree on a constant series, and none can be estimated: the likelihood has no maximum.
        return np.full(horizon, series[-1])
    return _MODELS[name](series, horizon)


def single_models(values: Sequence[float] | np.ndarray, horizon: int, scale: str = "log") -> pd.DataFrame:
    """Paths of eight textbook models, each on its own.

    Parameters
    ----------
    values : 1-D array of float, length n
        One value a year, oldest first, in any one unit; NaN for a missing year. NaN at the ends are dropped, so that
        step 1 is the year after the last observation.
    horizon : int
        Years ahead, at least 1.
    scale : {"log", "level", "logit"}
        Scale the models run on: ``log`` for positive levels, ``level`` as given, ``logit`` for shares in percent
        strictly between 0 and 100. ``ets_log`` runs in logs on ``log`` and ``level`` and on log-odds on ``logit``.

    Returns
    -------
    DataFrame, horizon x 8
        Index ``step`` (1..horizon), one column for each of :data:`MODEL_NAMES`, in the unit of `values`. A model that
        has no path on this series is a column of NaN. ``attrs["failed"]`` says why (name -> key of :data:`REASONS`),
        ``attrs["details"]`` gives what statsmodels said of it, ``attrs["warnings"]`` the warnings of models which
        have a path nevertheless (name -> list of texts).

    Raises
    ------
    ValueError
        If there is no observation, an infinite one, or one that `scale` cannot take; if `values` is not
        one-dimensional, `horizon` below 1 or `scale` unknown.

    Notes
    -----
    The paths are medians on the scale chosen, turned back without a correction for the mean.
    """
    series = _checked(values, horizon, scale)
    forward, backward = _SCALES[scale]
    own = (_Standard.of(forward(series)), backward)
    in_logs = own if scale != "level" else None
    if scale == "level" and np.nanmin(series) > 0:
        in_logs = (_Standard.of(np.log(series)), np.exp)
    paths: dict[str, np.ndarray] = {}
    failed: dict[str, str] = {}
    details: dict[str, str] = {}
    noted: dict[str, list[str]] = {}
    for name in MODEL_NAMES:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                paths[name] = _path(name, in_logs if name == "ets_log" else own, horizon)
            except _ModelFailedError as failure:
                failed[name], details[name] = failure.args
            except Exception as failure:  # statsmodels raises anything from IndexError to LinAlgError on short series
                failed[name], details[name] = "error", f"{type(failure).__name__}: {failure}"
        said = list(dict.fromkeys(str(one.message) for one in caught))
        if name in failed:
            paths[name] = np.full(horizon, np.nan)
            details[name] = "; ".join(part for part in (details[name], *said) if part)
        elif said:
            noted[name] = said
    frame = pd.DataFrame(paths, index=pd.RangeIndex(1, horizon + 1, name="step"), columns=list(MODEL_NAMES))
    frame.attrs.update(failed=failed, details=details, warnings=noted)
    return frame


def _path(name: str, prepared: tuple[_Standard, Callable[[np.ndarray], np.ndarray]] | None, horizon: int) -> np.ndarray:
    """Path of one model in the unit of the series, or :class:`_ModelFailedError`."""
    if prepared is None:
        raise _ModelFailedError("not_positive", "")
    standard, backward = prepared
    path = backward(standard.back(_standard_path(name, standard, horizon)))
    if not np.isfinite(path).all():
        raise _ModelFailedError("out_of_range", "")
    return path


# --- A local linear trend for irregular histories -------------------------------------------------------------------

#: Typical standard deviations in logs a year, of the noise of the level and of the change of the slope: where the
#: estimate is drawn to, as a short history cannot know its own. Medians over long yearly series of Chinese cities lie
#: between 0.04 (GDP) and 0.6 (foreign investment) for the level, between 0.016 and 0.054 for the slope.
TYPICAL_DEVIATIONS = (0.08, 0.02)

#: Standard deviations of the logs of these two among such series, within and between kinds: wide for the level.
PRIOR_SPREADS = (1.0, 0.7)

#: Rounding of a growth rate printed to a tenth of a percent, as the standard deviation of a uniform error.
GROWTH_ROUNDING = 0.001 / np.sqrt(12)

#: Relative standard deviation of a printed total: next to none, it is there to keep the filter from dividing by zero.
TOTAL_ROUNDING = 1e-5

#: Largest relative miss of a total before the input is called contradictory: above rounding, below any real conflict.
TOTAL_TOLERANCE = 0.005

#: Largest miss of a printed growth rate, as a fraction, before the input is called contradictory.
GROWTH_TOLERANCE = 0.01

_LEAST_INFORMATION = 3
_MOST_ROUNDS = 200


@dataclass(frozen=True)
class ConstrainedTrend:
    """A history with its missing years estimated, and a projection that carries it on.

    Attributes
    ----------
    smoothed : DataFrame
        By ``year``, every year from the first to the last that anything was printed for: ``mean``, then ``lower_L``
        and ``upper_L`` for each level, in the unit of the observations, and ``origin``: ``printed`` (the number as
        given, no interval) or ``estimated`` (never to be shown as a printed number). ``mean`` is the posterior mode
        of the path in logs turned back, so that the years of a total add up to it.
    table : DataFrame
        The projection, by ``year``: ``mean``, ``lower_L``, ``upper_L``.
    residual_totals : DataFrame
        One row a total: ``first``, ``last``, ``printed``, ``reached`` (sum of ``smoothed``) and ``relative``
        (reached / printed - 1).
    residual_growth : DataFrame
        One row a growth rate, by ``year``: ``printed``, ``reached``, ``difference`` (fractions) and ``used``: a rate
        between two printed levels is not used, the levels stand.
    deviations : tuple of float
        Standard deviations of the noise of the level and of the change of the slope, in logs a year.
    information : int
        Printed levels, growth rates and totals that went in.
    """

    smoothed: pd.DataFrame
    table: pd.DataFrame
    residual_totals: pd.DataFrame
    residual_growth: pd.DataFrame
    deviations: tuple[float, float]
    information: int


@dataclass(frozen=True)
class _Total:
    """What a printed total leaves for its missing years: `rest` of `printed`, spread over `positions` of the axis."""

    first: int
    last: int
    printed: float
    rest: float
    positions: np.ndarray


@dataclass(frozen=True)
class _History:
    """Everything printed, on one axis of years that runs to the end of the projection.

    `logs` (length n) are the logs of printed levels, `growth` (length n) logs of 1 + growth that are used, each NaN
    where there is none; `growth_deviation` is the standard deviation of a printed rate, as a fraction.
    """

    years: np.ndarray
    logs: np.ndarray
    growth: np.ndarray
    growth_deviation: float
    totals: tuple[_Total, ...]

    @property
    def information(self) -> int:
        return int((~np.isnan(self.logs)).sum() + (~np.isnan(self.growth)).sum() + len(self.totals))


def constrained_trend(
    observations: pd.Series,
    horizon: int,
    *,
    growth: Iterable[tuple[int, float]] = (),
    totals: Iterable[tuple[int, int, float]] = (),
    level: Sequence[int] = (80, 95),
    deviations: tuple[float, float] | None = None,
    growth_deviation: float = GROWTH_ROUNDING,
) -> ConstrainedTrend:
    """Local linear trend in logs through printed levels, printed growth rates and printed totals of several years.

    Parameters
    ----------
    observations : Series of float
        Printed levels, positive, in any one unit, indexed by year in order; years may be absent or NaN.
    horizon : int
        Years ahead of the last year that anything is printed for, at least 1.
    growth : iterable of (year, fraction)
        Growth over the year before, as a fraction (34.6% is 0.346), whose two levels need not be printed. It must be
        of the same kind as the levels: a rate at constant prices says nothing on levels at current prices.
    totals : iterable of (first year, last year, total)
        Printed sums of the years from first to last, both included, in the unit of the observations. They may overlap.
    level : sequence of int
        Nominal coverages of the intervals, in percent.
    deviations : (float, float), optional
        Standard deviations of the noise of the level and of the change of the slope, in logs a year. Estimated unless
        given.
    growth_deviation : float
        Standard deviation of a printed growth rate, as a fraction; its default is rounding to a tenth of a percent.

    Returns
    -------
    ConstrainedTrend

    Raises
    ------
    ValueError
        If years are out of order or doubled, a level or total is not positive, a growth rate is -1 or below, a number
        is infinite; if a total is not above the sum of its printed years (or differs from it where all are printed);
        if totals and growth rates cannot be met together; if fewer than three numbers are printed or they do not
        determine a trend; if `horizon`, a level or a deviation is out of range.

    Notes
    -----
    The state is the log level and its slope (Harvey 1989, Forecasting, Structural Time Series Models, 2.3.2), started
    exactly diffuse (Durbin & Koopman 2012, 5.2). There is no irregular component: a total sums the figures of its
    years, not a trend freed of their noise, so the noise of a year belongs to its level and printed levels hold as
    they are. A growth rate observes the level less its lag. A total is not linear in logs: the log of the sum is
    linearised around the path and the smoother run again until the path stands still, which is Gauss-Newton on the
    posterior (Bell 1994, SIAM J. Optimization 4, 626-636; for totals of logs Proietti & Moauro 2006, J. Royal
    Statistical Society C 55, 281-300). The years of a total are lags in the state. A cumulator (Harvey 1989, 6.3) would
    need fewer states, but its transition changes from year to year with the weights, for which the exact diffuse
    smoother of statsmodels 0.15 gives wrong states; totals of a few years need few lags.

    The likelihood of two variances has its maximum at zero on many short histories. The log of each deviation has a
    normal prior around :data:`TYPICAL_DEVIATIONS`, which keeps the maximum of the posterior away from zero (Chung,
    Rabe-Hesketh, Dorie, Gelman & Liu 2013, Psychometrika 78, 685-709). With totals the likelihood is that of the
    model linearised at the path. Intervals integrate over both deviations: they
    are those of the mixture of normal distributions over a grid around the maximum, weighted by the posterior (Rue,
    Martino & Chopin 2009, J. Royal Statistical Society B 71, 319-392, 3.2). They are not calibrated on other series:
    breaks and re-basings, which real ones have, are outside the model.
    """
    history = _history(observations, horizon, tuple(growth), tuple(totals), growth_deviation)
    level = tuple(level)
    if any(not 0 < one < 100 for one in level):
        raise ValueError("a level is a percentage between 0 and 100")
    if deviations is None:
        chosen, path = _estimate(history)
        mixture = _mixture(history, chosen, path)
    else:
        chosen = (float(deviations[0]), float(deviations[1]))
        if not all(np.isfinite(one) and one >= 0 for one in chosen) or not any(chosen):
            raise ValueError(f"deviations are not negative and not both zero, not {chosen}")
        path, spread = _settle(history, chosen)
        mixture = _Mixture(np.ones(1), path[None], spread[None])
    _refuse_contradiction(history, path)
    whole = _with_intervals(history, path, mixture, level)
    last = history.years[-1] - horizon
    smoothed, table = whole.loc[:last].copy(), whole.loc[last + 1 :]
    printed = ~np.isnan(history.logs[: len(smoothed)])
    # A printed number is given back as it was read, to the last digit.
    given = observations.dropna().astype(float).to_numpy()
    smoothed.loc[printed, smoothed.columns] = given[:, None]
    smoothed["origin"] = np.where(printed, "printed", "estimated")
    return ConstrainedTrend(
        smoothed,
        table,
        _residual_totals(smoothed["mean"], tuple(totals)),
        _residual_growth(smoothed["mean"], tuple(growth), history),
        chosen,
        history.information,
    )


def _history(
    observations: pd.Series,
    horizon: int,
    growth: tuple[tuple[int, float], ...],
    totals: tuple[tuple[int, int, float], ...],
    growth_deviation: float,
) -> _History:
    """Everything printed on one axis of years; ValueError where a number cannot be, or two contradict each other."""
    if isinstance(horizon, bool) or horizon != int(horizon) or horizon < 1:
        raise ValueError(f"horizon must be a whole number of years, at least 1, not {horizon}")
    if not (np.isfinite(growth_deviation) and growth_deviation > 0):
        raise ValueError(f"the deviation of a growth rate must be positive, not {growth_deviation}")
    years = [_year(one) for one in observations.index]
    for before, after in pairwise(years):
        if after <= before:
            raise ValueError(f"years must be in order, each once: {after} comes after {before}")
    levels = {year: float(value) for year, value in zip(years, observations, strict=True) if not pd.isna(value)}
    for year, value in levels.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"a level must be positive and finite, not {value:g} in {year}")
    rates: dict[int, float] = {}
    for year, rate in growth:
        if not (np.isfinite(rate) and rate > -1):
            raise ValueError(f"a growth rate must be above -1 and finite, not {rate:g} in {year}")
        if rates.setdefault(_year(year), float(rate)) != rate:
            raise ValueError(f"two growth rates for {year}: {rates[year]:g} and {rate:g}")
    for first, last, total in totals:
        if _year(last) < _year(first):
            raise ValueError(f"years of a total are out of order: {first} to {last}")
        if not (np.isfinite(total) and total > 0):
            raise ValueError(f"a total must be positive and finite, not {total:g} for {first} to {last}")
    told = [*levels, *rates, *(year - 1 for year in rates), *(year for one in totals for year in one[:2])]
    if not told:
        raise ValueError("no level, growth rate or total is given")
    axis = np.arange(min(told), max(told) + 1 + horizon)
    left = [_rest_of_total(levels, axis[0], *one) for one in dict.fromkeys(totals)]
    used = {year: rate for year, rate in rates.items() if not {year, year - 1} <= levels.keys()}
    found = _History(
        axis,
        np.log([levels.get(year, np.nan) for year in axis]),
        np.log1p([used.get(year, np.nan) for year in axis]),
        growth_deviation,
        tuple(one for one in left if len(one.positions)),
    )
    if found.information < _LEAST_INFORMATION:
        raise ValueError(
            f"{found.information} printed numbers are too few for a trend; {_LEAST_INFORMATION} are needed"
        )
    return found


def _year(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer | float) or value != int(value):
        raise ValueError(f"a year is a whole number, not {value!r}")
    return int(value)


def _rest_of_total(levels: dict[int, float], start: int, first: int, last: int, total: float) -> _Total:
    """What `total` leaves for the years that are not printed; ValueError if that cannot be."""
    covered = range(int(first), int(last) + 1)
    printed = sum(levels[year] for year in covered if year in levels)
    missing = np.array([year - start for year in covered if year not in levels], dtype=int)
    if len(missing) and printed >= total:
        raise ValueError(
            f"the total {total:g} of {first} to {last} is not above the sum of its printed years, {printed:g}, "
            "though years are missing"
        )
    if not len(missing) and abs(printed - total) > TOTAL_TOLERANCE * total:
        raise ValueError(f"the total {total:g} of {first} to {last} differs from the sum of its years, {printed:g}")
    return _Total(int(first), int(last), float(total), total - printed, missing)


def _linearised(history: _History, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (total x year) and observations (one a total) of the log sums, linear around `path` (logs, length n).

    log sum exp(m) is, to first order around the path p, log sum exp(p) + w'(m - p) with w = exp(p) / sum exp(p).
    """
    from scipy.special import logsumexp

    weights = np.zeros((len(history.totals), len(history.years)))
    observed = np.zeros(len(history.totals))
    for number, one in enumerate(history.totals):
        around = path[one.positions]
        weight = np.exp(around - logsumexp(around))
        weights[number, one.positions] = weight
        observed[number] = np.log(one.rest) - logsumexp(around) + weight @ around
    return weights, observed


def _state_space(history: _History, weights: np.ndarray, observed: np.ndarray) -> object:
    """The smoother, all but its two variances.

    States: log level, slope, then the log levels of the years before, as many as a growth rate or the longest total
    reaches back. Observations: log level, log growth, then the totals, each in its last missing year.
    """
    from statsmodels.tsa.statespace.initialization import Initialization
    from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

    length, count = len(history.years), len(history.totals)
    lags = max(1, *(one.positions[-1] - one.positions[0] for one in history.totals)) if count else 1
    smoother = KalmanSmoother(k_endog=2 + count, k_states=2 + lags, k_posdef=2)
    design = np.zeros((2 + count, 2 + lags, length))
    noise = np.zeros((2 + count, 2 + count, length))
    data = np.full((length, 2 + count), np.nan)
    data[:, 0], data[:, 1] = history.logs, history.growth
    design[0, 0] = 1
    design[1, 0], design[1, 2] = 1, -1
    # A rate misread by d moves log(1 + rate) by d / (1 + rate).
    noise[1, 1] = np.nan_to_num(history.growth_deviation / np.exp(history.growth), nan=1.0) ** 2
    for number, one in enumerate(history.totals):
        row, end = 2 + number, one.positions[-1]
        for position in one.positions:
            state = 0 if position == end else 1 + end - position
            design[row, state, end] = weights[number, position]
        # Rounding of the whole total falls on its missing years.
        noise[row, row] = (TOTAL_ROUNDING * one.printed / one.rest) ** 2
        data[end, row] = observed[number]
    transition = np.zeros((2 + lags, 2 + lags))
    transition[0, 0] = transition[0, 1] = transition[1, 1] = transition[2, 0] = 1
    transition[np.arange(3, 2 + lags), np.arange(2, 1 + lags)] = 1
    smoother.bind(data)
    smoother["design"], smoother["transition"], smoother["obs_cov"] = design, transition, noise
    smoother["selection"] = np.eye(2 + lags, 2)
    start = Initialization(2 + lags)
    start.set((0, 2), "diffuse")
    # Nothing looks back beyond the first year of the axis: what the lags hold there is of no account.
    start.set((2, 2 + lags), "known", constant=np.zeros(lags), stationary_cov=np.zeros((lags, lags)))
    smoother.initialization = start
    # Several numbers may fall on one year while the start is still diffuse: they are taken in one after the other.
    smoother.filter_univariate = True
    return smoother


def _start(history: _History) -> np.ndarray:
    """A path in logs to linearise around: printed years as they are, what a total leaves spread evenly, else zero."""
    path = np.nan_to_num(history.logs, nan=0.0)
    for one in history.totals:
        path[one.positions] = np.log(one.rest / len(one.positions))
    return path


def _smooth(history: _History, around: np.ndarray, deviations: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Path and its standard deviation (logs, length n) with totals linear around the path `around`."""
    smoother = _state_space(history, *_linearised(history, around))
    smoother["state_cov"] = np.diag(np.square(deviations))
    results = smoother.smooth()
    if results.nobs_diffuse >= len(history.years) or not np.isfinite(results.smoothed_state).all():
        raise ValueError("the printed numbers do not determine a trend")
    variance = np.maximum(results.smoothed_state_cov[0, 0], 0)
    return results.smoothed_state[0], np.sqrt(variance)


def _settle(
    history: _History, deviations: tuple[float, float], around: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Path and standard deviation (logs, length n), linearised again until the path stands still."""
    path = _start(history) if around is None else around
    for _ in range(_MOST_ROUNDS if history.totals else 1):
        before = path
        path, spread = _smooth(history, before, deviations)
        if not history.totals or np.abs(path - before).max() < 1e-9:
            return path, spread
    if not history.totals:
        return path, spread
    raise ValueError(f"the path does not settle: {_listed(history)} cannot be met together")


def _log_posterior(smoother: object, logs: np.ndarray) -> float:
    """Log posterior, up to a constant, of the logs of both deviations; `smoother` is left with these deviations."""
    smoother["state_cov"] = np.diag(np.exp(2 * logs))
    return float(smoother.loglike() - (((logs - np.log(TYPICAL_DEVIATIONS)) / PRIOR_SPREADS) ** 2).sum() / 2)


def _estimate(history: _History) -> tuple[tuple[float, float], np.ndarray]:
    """Deviations at the maximum of their posterior, with the path there (logs, length n).

    The likelihood depends on the path through the linearised totals and the path on the deviations: in turn, until
    the deviations stand still.
    """
    from scipy.optimize import minimize

    logs = np.log(TYPICAL_DEVIATIONS)
    path, _ = _settle(history, TYPICAL_DEVIATIONS)
    for _ in range(_MOST_ROUNDS):
        smoother = _state_space(history, *_linearised(history, path))

        def cost(candidate: np.ndarray, smoother: object = smoother) -> float:
            return -_log_posterior(smoother, candidate)

        before = logs
        logs = minimize(cost, before, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-9}).x
        path, _ = _settle(history, tuple(np.exp(logs)), path)
        if not history.totals or np.abs(logs - before).max() < 1e-3:
            return (float(np.exp(logs[0])), float(np.exp(logs[1]))), path
    raise ValueError(f"the variances do not settle: {_listed(history)} cannot be met together")


@dataclass(frozen=True)
class _Mixture:
    """Normal distributions of the log level of each year: weights (length k), centres and spreads (k x n)."""

    weights: np.ndarray
    centres: np.ndarray
    spreads: np.ndarray

    def quantile(self, probability: float) -> np.ndarray:
        """Quantile of each year (logs, length n), by bisection of the distribution function."""
        from scipy.special import ndtr

        # Nothing of interest lies beyond ten spreads of any component. A printed year has no spread at all.
        low = (self.centres - 10 * self.spreads).min(axis=0)
        high = (self.centres + 10 * self.spreads).max(axis=0)
        spreads = np.maximum(self.spreads, 1e-15)
        for _ in range(60):
            middle = (low + high) / 2
            below = self.weights @ ndtr((middle - self.centres) / spreads) < probability
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2


def _mixture(history: _History, deviations: tuple[float, float], path: np.ndarray) -> _Mixture:
    """Normal distributions over a grid of deviations around the maximum of the posterior, weighted by it.

    The grid follows the principal axes of the posterior's curvature, three standard deviations to either side; totals
    stay linear around `path`.
    """
    mode = np.log(deviations)
    smoother = _state_space(history, *_linearised(history, path))
    step = 0.05 * np.eye(2)
    curvature = np.empty((2, 2))
    for row in range(2):
        for column in range(2):
            corners = ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
            values = (c * _log_posterior(smoother, mode + a * step[row] + b * step[column]) for a, b, c in corners)
            curvature[row, column] = -sum(values) / (4 * 0.05**2)
    strength, axes = np.linalg.eigh(curvature)
    # Where the posterior is flat to its second derivative, the prior bounds how far it can reach.
    scaled = axes / np.sqrt(np.maximum(strength, 1 / max(PRIOR_SPREADS) ** 2))
    grid = np.linspace(-3, 3, 7)
    heights, centres, spreads = [], [], []
    for one in grid:
        for other in grid:
            candidate = mode + scaled @ np.array([one, other])
            heights.append(_log_posterior(smoother, candidate))
            results = smoother.smooth()
            centres.append(results.smoothed_state[0].copy())
            spreads.append(np.sqrt(np.maximum(results.smoothed_state_cov[0, 0], 0)))
    weights = np.exp(np.array(heights) - max(heights))
    return _Mixture(weights / weights.sum(), np.array(centres), np.array(spreads))


def _listed(history: _History) -> str:
    """The totals and growth rates in use, for an error message."""
    rates = [
        f"growth {np.expm1(rate):.4g} in {year}"
        for year, rate in zip(history.years, history.growth, strict=True)
        if not np.isnan(rate)
    ]
    return ", ".join([*(f"total {one.printed:g} of {one.first} to {one.last}" for one in history.totals), *rates])


def _refuse_contradiction(history: _History, path: np.ndarray) -> None:
    """ValueError if the path misses a total or a growth rate by more than rounding."""
    for one in history.totals:
        reached = one.printed - one.rest + np.exp(path[one.positions]).sum()
        if abs(reached / one.printed - 1) > TOTAL_TOLERANCE:
            raise ValueError(
                f"the total {one.printed:g} of {one.first} to {one.last} is missed, the path adds up to {reached:.6g}: "
                f"{_listed(history)} cannot be met together"
            )
    tolerance = max(GROWTH_TOLERANCE, 4 * history.growth_deviation)
    for position in np.flatnonzero(~np.isnan(history.growth)):
        printed, reached = np.expm1(history.growth[position]), np.expm1(path[position] - path[position - 1])
        if abs(reached - printed) > tolerance:
            raise ValueError(
                f"growth {printed:.4g} in {history.years[position]} is missed, the path grows by {reached:.4g}: it "
                "cannot be met together with the levels and with " + (_listed(history))
            )


def _with_intervals(history: _History, path: np.ndarray, mixture: _Mixture, level: tuple[int, ...]) -> pd.DataFrame:
    """Path and intervals in the unit of the observations, by year."""
    columns = {"mean": np.exp(path)}
    for one in level:
        columns[f"lower_{one}"] = np.exp(mixture.quantile(0.5 - one / 200))
        columns[f"upper_{one}"] = np.exp(mixture.quantile(0.5 + one / 200))
    return pd.DataFrame(columns, index=pd.Index(history.years, name="year"))


def _residual_totals(mean: pd.Series, totals: tuple[tuple[int, int, float], ...]) -> pd.DataFrame:
    """How closely each total is met."""
    rows = [(first, last, total, mean.loc[first:last].sum()) for first, last, total in totals]
    frame = pd.DataFrame(rows, columns=["first", "last", "printed", "reached"])
    return frame.assign(relative=frame["reached"] / frame["printed"] - 1)


def _residual_growth(mean: pd.Series, growth: tuple[tuple[int, float], ...], history: _History) -> pd.DataFrame:
    """How closely each growth rate is met, and whether it was used."""
    used = dict(zip(history.years, ~np.isnan(history.growth), strict=True))
    rows = [(year, rate, mean[year] / mean[year - 1] - 1, bool(used[year])) for year, rate in growth]
    frame = pd.DataFrame(rows, columns=["year", "printed", "reached", "used"]).set_index("year")
    frame.insert(2, "difference", frame["reached"] - frame["printed"])
    return frame
