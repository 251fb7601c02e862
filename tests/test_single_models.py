"""Single models on short series, each against another way to the same number, and the trend for irregular histories."""

import math
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.statespace.structural import UnobservedComponents

from huzhou_analysis.analysis.projection import single
from huzhou_analysis.analysis.projection.single import LABELS, MODEL_NAMES, REASONS, constrained_trend, single_models

HISTORY = [100.0, 108.0, 113.0, 125.0, 131.0, 144.0, 149.0, 166.0, 171.0, 190.0]
# No trend, a level that wanders: smoothing has its best parameter inside its bounds.
WANDERING = [100.0, 104.0, 99.0, 112.0, 108.0, 115.0, 104.0, 109.0, 102.0, 106.0, 111.0, 107.0]
# From its own start statsmodels stops in a local minimum here: fast smoothing, where none at all fits better.
JUMPING = [float(one) for one in np.exp([0.0, 0.534, 4.839, 3.348, 3.399, 3.113, 3.184, 2.923])]
# Likewise for Theta and for the local linear trend.
TURNING = [40.0, 54.0, 44.0, 55.0, 57.0, 46.0, 36.0, 31.0]
STARTLED = [42.0, 140.0, 119.0, 101.0, 75.0, 97.0, 104.0, 73.0]
# Growth that slows down and picks up again.
BENDING = [100.0, 118.0, 141.0, 160.0, 175.0, 183.0, 186.0, 194.0, 209.0, 231.0, 262.0, 290.0]
# The damped trend fits best, by so little that the parameter it has more decides against it.
SLOWING = [131.0, 162.0, 184.0, 207.0, 218.0, 226.0, 237.0, 241.0, 248.0, 275.0]
SMOOTHERS = ("ses", "holt", "damped", "theta", "ets_log")


def years(values, first=2010):
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


def check_told(frame):
    """A model either has a finite path or says why not."""
    for name in MODEL_NAMES:
        assert np.isfinite(frame[name]).all() != (name in frame.attrs["failed"])
        assert frame[name].isna().all() or np.isfinite(frame[name]).all()
    assert set(frame.attrs["failed"].values()) <= REASONS.keys()
    assert frame.attrs["details"].keys() == frame.attrs["failed"].keys()


# --- Own smoothing, written as the error correction of the books and not as statsmodels has it ----------------------


def one_step_errors(series, level, trend, damping, state, step):
    errors = []
    for value in series:
        error = value - (state + damping * step)
        state, step = state + damping * step + level * error, damping * step + level * trend * error
        errors.append(error)
    return np.array(errors), state, step


def own_smoothing(series, horizon, bounds, first_level=None):
    """Path at the least squares over `bounds` of (level[, trend[, damping]]); first states by linear regression."""
    trended = len(bounds) > 1

    def solved(parameters):
        level, trend, damping = [*parameters, *[0.0, 1.0][len(parameters) - 1 :]]
        if first_level is not None:
            return one_step_errors(series, level, trend, damping, first_level, 0.0), damping
        base = one_step_errors(series, level, trend, damping, 0.0, 0.0)[0]
        zeros = np.zeros(len(series))
        response = [one_step_errors(zeros, level, trend, damping, 1.0, 0.0)[0]]
        if trended:
            response.append(one_step_errors(zeros, level, trend, damping, 0.0, 1.0)[0])
        states = np.linalg.lstsq(np.column_stack(response), -base, rcond=None)[0]
        return one_step_errors(series, level, trend, damping, *states, *([] if trended else [0.0])), damping

    def squares(parameters):
        # statsmodels holds the trend's share at or below the level's parameter.
        penalty = 1e3 * max(0.0, parameters[1] - parameters[0]) if trended else 0.0
        return (solved(parameters)[0][0] ** 2).sum() + penalty

    found = optimize.differential_evolution(squares, bounds, seed=1, tol=1e-10, maxiter=300, popsize=12)
    (_, state, step), damping = solved(found.x)
    return state + step * np.cumsum(damping ** np.arange(1, horizon + 1)), found.x


# --- What comes back ------------------------------------------------------------------------------------------------


def test_one_row_a_year_ahead_and_one_column_a_model():
    frame = single_models(HISTORY, 4)
    assert list(frame.columns) == list(MODEL_NAMES) == list(LABELS)
    assert (frame.index.name, list(frame.index)) == ("step", [1, 2, 3, 4])
    assert frame.attrs["failed"] == {}
    check_told(frame)
    assert all(set(label) == {"zh", "en"} and all(label.values()) for label in [*LABELS.values(), *REASONS.values()])


def test_one_year_ahead_is_the_first_of_several():
    pd.testing.assert_frame_equal(single_models(HISTORY, 1), single_models(HISTORY, 3).iloc[:1])


def test_naive_and_drift_by_hand():
    # 100 to 190 in nine years: the ninth root of 1.9 a year in logs, 10 a year in levels.
    frame = single_models(HISTORY, 2)
    assert list(frame.naive) == pytest.approx([190, 190])
    assert list(frame.drift) == pytest.approx([190 * 1.9 ** (1 / 9), 190 * 1.9 ** (2 / 9)])
    assert list(single_models(HISTORY, 2, "level").drift) == pytest.approx([200, 210])


def test_drift_over_missing_years_divides_by_the_years_elapsed():
    # 100 to 121 in two years: 10% a year.
    frame = single_models([100, math.nan, 121], 2)
    assert list(frame.drift) == pytest.approx([133.1, 146.41])
    assert list(frame.naive) == pytest.approx([121, 121])


@pytest.mark.parametrize("values", [WANDERING, HISTORY, BENDING[:5], JUMPING])
def test_simple_smoothing_is_the_recursion_at_least_squares(values):
    expected, _ = own_smoothing(np.log(values), 3, [(0, 1)])
    assert list(single_models(values, 3).ses) == pytest.approx(list(np.exp(expected)), rel=1e-4)


@pytest.mark.parametrize("values", [BENDING, HISTORY])
def test_holt_is_the_recursion_at_least_squares(values):
    expected, _ = own_smoothing(np.log(values), 4, [(0, 1), (0, 1)])
    assert list(single_models(values, 4).holt) == pytest.approx(list(np.exp(expected)), rel=1e-3)


@pytest.mark.parametrize("values", [BENDING, HISTORY])
def test_damped_trend_is_the_recursion_at_least_squares(values):
    expected, _ = own_smoothing(np.log(values), 4, [(0, 1), (0, 1), (0.8, 0.995)])
    assert list(single_models(values, 4).damped) == pytest.approx(list(np.exp(expected)), rel=1e-3)


@pytest.mark.parametrize("values", [WANDERING, HISTORY, BENDING, TURNING])
def test_theta_is_smoothing_with_half_the_slope(values):
    # Hyndman & Billah 2003: the smoothed level plus half the least-squares slope times
    # h - 1 + 1/alpha - (1 - alpha)^n / alpha.
    logs, count = np.log(values), len(values)
    position = np.arange(count) - (count - 1) / 2
    slope = (position * logs).sum() / (position**2).sum()
    level, (alpha,) = own_smoothing(logs, 3, [(1e-9, 1)], first_level=logs[0])
    expected = level + slope / 2 * (np.arange(3) + (1 - (1 - alpha) ** count) / alpha)
    assert list(single_models(values, 3).theta) == pytest.approx(list(np.exp(expected)), rel=1e-4)


@pytest.mark.parametrize("values", [WANDERING, HISTORY, BENDING, SLOWING])
def test_ets_in_logs_is_the_candidate_of_least_corrected_criterion(values):
    logs, count = np.log(values), len(values)
    found = []
    for options in ({}, {"trend": "add"}, {"trend": "add", "damped_trend": True}):
        model = ETSModel(logs, error="add", **options)
        step = logs[-1] / count - logs[0] / count
        starts = [None] + [
            [level, *([level * 0.5] * ("trend" in options)), *([0.9] * ("damped_trend" in options)), logs[0] - step]
            + [step] * ("trend" in options)
            for level in (0.1, 0.5, 0.9)
        ]
        fits = [model.fit(start_params=one, disp=False, maxiter=2000) for one in starts]
        best = max(fits, key=lambda one: one.llf)
        errors = np.asarray(best.resid)
        parameters = len(model.param_names) + 1
        criterion = count * math.log((errors**2).mean()) + 2 * parameters * count / (count - parameters - 1)
        found.append((criterion, np.asarray(best.forecast(3))))
    expected = min(found, key=lambda pair: pair[0])[1]
    assert list(single_models(values, 3).ets_log) == pytest.approx(list(np.exp(expected)), rel=3e-3)


@pytest.mark.parametrize("count", [5, 6])
def test_a_trend_is_no_candidate_where_its_criterion_does_not_exist(count):
    # Of n years, five parameters leave n - 6 in the denominator: none, or less than none.
    frame = single_models(HISTORY[:count], 3)
    assert frame.attrs["failed"] == {}
    assert list(frame.ets_log) == pytest.approx([frame.ets_log.iloc[0]] * 3)


@pytest.mark.parametrize(("values", "gap"), [(BENDING, []), (BENDING, [3, 6]), (STARTLED, [])])
def test_local_linear_trend_is_that_of_statsmodels_in_plain_logs(values, gap):
    values = np.array(values)
    values[gap] = np.nan
    model = UnobservedComponents(np.log(values), "local linear trend", use_exact_diffuse=True)
    best = min(
        (
            optimize.minimize(
                lambda x: -model.loglike(np.exp(x)), start, method="Nelder-Mead", options={"maxiter": 2000}
            )
            for start in ([-7, -10, -10], [-10, -7, -10], [-10, -10, -7])
        ),
        key=lambda found: found.fun,
    )
    expected = np.exp(model.smooth(np.exp(best.x)).forecast(3))
    frame = single_models(values, 3)
    assert list(frame.local_linear_trend) == pytest.approx(list(expected), rel=5e-3)
    assert set(frame.attrs["failed"]) == (set(SMOOTHERS) if gap else set())


# --- Awkward series -------------------------------------------------------------------------------------------------


def test_missing_years_inside_are_never_filled_in():
    frame = single_models([*HISTORY[:4], math.nan, *HISTORY[5:]], 3)
    assert frame.attrs["failed"] == dict.fromkeys(SMOOTHERS, "missing_years")
    check_told(frame)


def test_missing_years_at_the_ends_are_dropped():
    padded = single_models([math.nan, *HISTORY, math.nan], 3)
    pd.testing.assert_frame_equal(padded, single_models(HISTORY, 3))


def test_all_models_agree_on_a_constant_series():
    # Theta is the trap: given ones, statsmodels takes the level for the slope and shoots off.
    for count in (5, 8):
        for value in (2.0, 1.0, 1e9):
            frame = single_models([value] * count, 3)
            assert np.allclose(frame.to_numpy(), value)
            assert frame.attrs["failed"] == {}
    frame = single_models([50.0, 50.0, math.nan, 50.0, 50.0, 50.0], 2, "logit")
    assert list(frame.local_linear_trend) == pytest.approx([50, 50])
    assert set(frame.attrs["failed"]) == set(SMOOTHERS)


def test_a_slope_that_is_not_the_least_squares_one_is_refused(monkeypatch):
    from statsmodels.tsa.forecasting.theta import ThetaModel

    monkeypatch.setattr(ThetaModel, "fit", lambda self: SimpleNamespace(params={"b0": 5.0, "alpha": 0.5}))
    frame = single_models(HISTORY, 2)
    assert frame.attrs["failed"] == {"theta": "inconsistent"}
    # Models run on a series whose mean yearly change is 1, here a ninth of the way from 100 to 190 in logs.
    logs, position = np.log(HISTORY), np.arange(10) - 4.5
    slope = (position * logs).sum() / (position**2).sum() / (math.log(1.9) / 9)
    assert frame.attrs["details"]["theta"] == f"slope 5, by least squares {slope:g}"
    check_told(frame)


@pytest.mark.parametrize(
    ("count", "refused"),
    [
        (1, set(MODEL_NAMES) - {"naive"}),
        (2, {"holt", "damped", "theta", "ets_log", "local_linear_trend"}),
        (3, {"holt", "damped", "ets_log", "local_linear_trend"}),
        (4, {"damped", "ets_log", "local_linear_trend"}),
        (5, set()),
    ],
)
def test_too_few_observations_are_said_so_model_by_model(count, refused):
    frame = single_models(HISTORY[:count], 3)
    assert {name for name, reason in frame.attrs["failed"].items() if reason == "too_few"} == refused
    assert {frame.attrs["details"][name] for name in refused} <= {f"{count} of {least}" for least in (2, 3, 4, 5)}
    check_told(frame)


def test_zeros_and_negatives():
    for value in (0.0, -3.0):
        with pytest.raises(ValueError, match=f"positive values, not {value:g}"):
            single_models([*HISTORY, value], 2)
    frame = single_models([*HISTORY, 0.0], 2, "level")
    assert frame.attrs["failed"] == {"ets_log": "not_positive"}
    assert frame.attrs["details"] == {"ets_log": ""}
    check_told(frame)


def test_ets_runs_in_logs_on_the_level_scale_too():
    assert list(single_models(HISTORY, 3, "level").ets_log) == pytest.approx(list(single_models(HISTORY, 3).ets_log))


@pytest.mark.parametrize("shares", [[70, 80, 88, 93, 97, 99], [30, 20, 9, 5, 2, 1], [99.9, 0.1, 99.9, 0.1, 99.9, 50]])
def test_shares_stay_within_their_bounds(shares):
    frame = single_models(shares, 10, "logit")
    paths = frame.drop(columns=list(frame.attrs["failed"])).to_numpy()
    assert ((paths >= 0) & (paths <= 100)).all()
    check_told(frame)


def test_drift_of_a_share_by_hand():
    # Odds of 1 to 3, then 1 to 1: they triple, to 3 to 1 and 9 to 1.
    assert list(single_models([25, 50], 2, "logit").drift) == pytest.approx([75, 90])


@pytest.mark.parametrize("outside", [0.0, 100.0, 120.0])
def test_a_share_at_or_beyond_its_bounds_is_refused(outside):
    with pytest.raises(ValueError, match=f"not {outside:g}"):
        single_models([50, 60, outside], 2, "logit")


@pytest.mark.parametrize(
    "values",
    [
        [1, 1e3, 1e-3, 1e6, 1e-6, 1e9],
        [1, 2, 4, 8, 16, 32, 64],
        [5, 5, 5, 5, 5, 5, 5, 5 + 1e-9],
        [1e-300, 2e-300, 3e-300, 2e-300, 4e-300],
        [1e300, 2e300, 1e300, 3e300, 2e300],
        [10, 10, 10, 10, 1000, 10, 10],
    ],
)
def test_wild_series_give_a_path_or_a_reason_and_no_warning(values):
    check_told(single_models(values, 4))


def test_a_path_beyond_the_range_of_numbers_is_no_path():
    frame = single_models([10.0**power for power in (0, 50, 100, 150, 200, 250)], 5)
    assert frame.attrs["failed"]["drift"] == "out_of_range"
    assert list(frame.naive) == pytest.approx([1e250] * 5)
    check_told(frame)


def test_a_model_that_raises_or_warns_is_reported(monkeypatch):
    def broken(series, horizon):
        doubtful(series, horizon)
        raise np.linalg.LinAlgError("singular")

    def doubtful(series, horizon):
        import warnings

        warnings.warn("not so sure", RuntimeWarning, stacklevel=1)
        return np.zeros(horizon)

    monkeypatch.setitem(single._MODELS, "holt", broken)
    monkeypatch.setitem(single._MODELS, "ses", doubtful)
    frame = single_models(HISTORY, 2)
    assert frame.attrs["failed"] == {"holt": "error"}
    assert frame.attrs["details"]["holt"] == "LinAlgError: singular; not so sure"
    assert frame.attrs["warnings"]["ses"] == ["not so sure"]
    check_told(frame)


def test_a_fit_that_did_not_converge_is_no_fit():
    def fit(cost, converged):
        return SimpleNamespace(cost=cost, converged=converged)

    def best(*fits):
        return single._best_fit(fits, lambda one: one.cost, lambda one: one.converged)

    assert best(fit(3.0, True), fit(2.0, True), fit(2.0 - 1e-6, False)).cost == 2.0
    for fits in ([fit(1.0, False)], [fit(2.0, True), fit(1.0, False)], [fit(math.nan, True)]):
        with pytest.raises(single._ModelFailedError) as failed:
            best(*fits)
        one_converged = any(one.converged and one.cost < math.inf for one in fits)
        assert failed.value.args == ("not_converged", "a better fit did not converge" if one_converged else "")


@pytest.mark.parametrize(
    ("values", "horizon", "scale", "message"),
    [
        (HISTORY, 0, "log", "horizon must be a whole number of years, at least 1, not 0"),
        (HISTORY, 1.5, "log", "horizon must be a whole number of years, at least 1, not 1.5"),
        (HISTORY, True, "log", "horizon must be a whole number of years, at least 1, not True"),
        (HISTORY, 2, "sqrt", "scale 'sqrt' is unknown; one of log, level, logit"),
        ([[1.0, 2.0]], 2, "log", "a series has one dimension"),
        ([], 2, "log", "the series holds no observation"),
        ([math.nan, math.nan], 2, "log", "the series holds no observation"),
        ([1.0, math.inf, 2.0], 2, "log", "the series holds an infinite value"),
        ([1.0, -1.5, 0.0, 2.0], 2, "log", "logs need positive values, not -1.5"),
        ([50.0, 100.0, 0.0], 2, "logit", "a share lies between 0 and 100, both excluded, not 100"),
        (["many", "few"], 2, "log", "could not convert string to float: 'many'"),
    ],
)
def test_what_cannot_be_a_series_is_refused(values, horizon, scale, message):
    with pytest.raises(ValueError) as refused:
        single_models(values, horizon, scale)
    assert str(refused.value) == message


@settings(max_examples=6)
@given(
    st.lists(st.floats(0.7, 1.5), min_size=6, max_size=10),
    st.floats(-9, 9).map(lambda power: 10.0**power),
)
def test_the_unit_does_not_matter(steps, factor):
    values = 100 * np.cumprod(steps)
    here, there = single_models(values, 3), single_models(values * factor, 3)
    assert here.attrs["failed"] == there.attrs["failed"]
    # Some series have two equally good optima and rounding picks one: the models without a search are held exactly.
    np.testing.assert_allclose(there[["naive", "drift"]], here[["naive", "drift"]] * factor, rtol=1e-9)
    np.testing.assert_allclose(there, here * factor, rtol=2e-2)


# --- The trend for irregular histories ------------------------------------------------------------------------------

GAPPED = pd.Series({2010: 100.0, 2011: 108.0, 2013: 125.0, 2014: 131.0, 2018: 190.0, 2019: 200.0})
DEVIATIONS = (0.05, 0.02)


def test_without_constraints_it_is_the_structural_model_of_statsmodels():
    logs = np.log(GAPPED.reindex(range(2010, 2020)).to_numpy())
    model = UnobservedComponents(
        logs,
        level=True,
        stochastic_level=True,
        trend=True,
        stochastic_trend=True,
        irregular=False,
        use_exact_diffuse=True,
    )
    results = model.smooth(np.square(DEVIATIONS))
    ahead = results.get_forecast(3)
    found = constrained_trend(GAPPED, 3, deviations=DEVIATIONS)
    assert list(found.smoothed["mean"]) == pytest.approx(list(np.exp(results.smoothed_state[0])))
    assert list(found.table["mean"]) == pytest.approx(list(np.exp(ahead.predicted_mean)))
    # The normal quantiles of the printed tables: 1.2816 and 1.9600.
    spread = np.r_[np.sqrt(np.maximum(results.smoothed_state_cov[0, 0], 0)), ahead.se_mean]
    both = pd.concat([found.smoothed.drop(columns="origin"), found.table])
    for level, quantile in ((80, 1.2816), (95, 1.9600)):
        assert list(np.log(both[f"upper_{level}"] / both["mean"])) == pytest.approx(
            list(quantile * spread), rel=1e-4, abs=1e-6
        )
        assert list(np.log(both["mean"] / both[f"lower_{level}"])) == pytest.approx(
            list(quantile * spread), rel=1e-4, abs=1e-6
        )


def dense_posterior(first, last, levels, growth, deviations):
    """Mean and standard deviation of log levels by one linear system: no filter, no recursion."""
    axis = list(range(first, last + 1))
    count = len(axis)
    # Path from its first level, first slope, noise of each level and change of each slope.
    build = np.zeros((count, 2 + 2 * (count - 1)))
    for position in range(count):
        build[position, :2] = 1, position
        build[position, 2 : 2 + position] = 1
        for change in range(position - 1):
            build[position, 1 + count + change] = position - 1 - change
    free = np.zeros((build.shape[1], 2))
    free[0, 0] = free[1, 1] = 1
    prior = np.diag(np.r_[0, 0, np.full(count - 1, deviations[0] ** 2), np.full(count - 1, deviations[1] ** 2)])
    rows, values, noise = [], [], []
    for year, value in levels.items():
        rows.append(build[axis.index(year)])
        values.append(math.log(value))
        noise.append(0.0)
    for year, rate in growth:
        rows.append(build[axis.index(year)] - build[axis.index(year) - 1])
        values.append(math.log(1 + rate))
        noise.append((0.001 / math.sqrt(12) / (1 + rate)) ** 2)
    seen, values = np.array(rows), np.array(values)
    inner = np.linalg.inv(seen @ prior @ seen.T + np.diag(noise))
    design = seen @ free
    certainty = np.linalg.inv(design.T @ inner @ design)
    start = certainty @ design.T @ inner @ values
    gain = prior @ seen.T @ inner
    path = build @ (free @ start + gain @ (values - design @ start))
    rest = free - gain @ design
    covariance = build @ (prior - gain @ seen @ prior + rest @ certainty @ rest.T) @ build.T
    return path, np.sqrt(np.maximum(covariance.diagonal(), 0))


def test_growth_rates_are_the_conditional_normal_distribution():
    growth = [(2010, 0.1), (2008, 0.06), (2016, 0.09), (2017, 0.08)]
    found = constrained_trend(GAPPED, 3, growth=growth, deviations=DEVIATIONS, level=(80,))
    path, spread = dense_posterior(2007, 2022, GAPPED.to_dict(), growth, DEVIATIONS)
    both = pd.concat([found.smoothed.drop(columns="origin"), found.table])
    assert list(both.index) == list(range(2007, 2023))
    assert list(both["mean"]) == pytest.approx(list(np.exp(path)), rel=1e-6)
    assert list(np.log(both.upper_80 / both["mean"])) == pytest.approx(list(1.2815516 * spread), rel=1e-4, abs=1e-6)


def posterior_mode(first, last, levels, growth, totals, deviations):
    """Most likely path given everything printed, totals as hard constraints, by a general optimiser over the path.

    Growth rates have a standard deviation of 0.01: at that of rounding the optimiser would lose itself.
    """
    axis = np.arange(first, last + 1)
    count = len(axis)
    at = {int(year): position for position, year in enumerate(axis)}

    def cost(path):
        logs, slopes = path[:count], path[count:]
        noise = (logs[1:] - logs[:-1] - slopes[:-1]) / deviations[0]
        change = np.diff(slopes) / deviations[1]
        misses = [
            (logs[at[year]] - logs[at[year - 1]] - math.log(1 + rate)) * (1 + rate) / 0.01 for year, rate in growth
        ]
        return ((noise**2).sum() + (change**2).sum() + np.square(misses).sum()) / 2

    def broken(path):
        told = [path[at[year]] - math.log(value) for year, value in levels.items()]
        sums = [np.exp(path[at[one] : at[two] + 1]).sum() / total - 1 for one, two, total in totals]
        return np.array([*told, *sums])

    start = np.r_[np.interp(axis, list(levels), np.log(list(levels.values()))), np.full(count, 0.07)]
    found = optimize.minimize(
        cost, start, method="SLSQP", constraints={"type": "eq", "fun": broken}, options={"maxiter": 2000, "ftol": 1e-13}
    )
    assert found.success
    return np.exp(found.x[:count])


@pytest.mark.parametrize(
    ("growth", "totals"),
    [
        ([], [(2014, 2018, 800.0)]),
        # Years before the first level: the trend is still without any start where the total falls.
        ([], [(2005, 2009, 350.0)]),
        ([], [(2010, 2014, 590.0), (2012, 2016, 680.0)]),
        ([(2017, 0.08)], [(2014, 2018, 800.0)]),
    ],
)
def test_totals_lead_to_the_posterior_mode_of_the_path(growth, totals):
    found = constrained_trend(GAPPED, 1, growth=growth, totals=totals, deviations=DEVIATIONS, growth_deviation=0.01)
    first = int(found.smoothed.index[0])
    expected = posterior_mode(first, 2019, GAPPED.to_dict(), growth, totals, DEVIATIONS)
    assert list(found.smoothed["mean"]) == pytest.approx(list(expected), rel=2e-4)
    assert list(found.residual_totals.relative) == pytest.approx([0] * len(totals), abs=1e-6)


def test_a_growth_rate_gives_the_level_of_the_year_before():
    found = constrained_trend(pd.Series({2011: 110.0, 2012: 118.0, 2013: 128.0}), 2, growth=[(2011, 0.10)])
    assert found.smoothed["mean"][2010] == pytest.approx(100, rel=1e-4)
    assert found.smoothed.origin.to_dict() == {2010: "estimated", 2011: "printed", 2012: "printed", 2013: "printed"}
    # Rounding to a tenth of a percent is all that is open: 0.0003 of the level, times a quantile of 2 either way.
    assert 0 < found.smoothed.upper_95[2010] - found.smoothed.lower_95[2010] < 100 * 4.5 * 0.0003
    assert found.residual_growth.loc[2011, "difference"] == pytest.approx(0, abs=1e-4)
    assert found.residual_growth["used"].to_dict() == {2011: True}
    assert list(found.residual_growth.columns) == ["printed", "reached", "difference", "used"]


def test_a_growth_rate_carries_beyond_the_last_level():
    found = constrained_trend(years([100, 108, 113, 125], 2016), 2, growth=[(2020, 0.04)])
    assert found.smoothed["mean"][2020] == pytest.approx(130, rel=1e-3)
    assert list(found.table.index) == [2021, 2022]


def test_a_total_with_one_year_missing_leaves_that_year():
    found = constrained_trend(
        pd.Series({2011: 10.0, 2012: 20.0, 2013: 30.0, 2015: 15.0}), 2, totals=[(2011, 2015, 100)]
    )
    assert found.smoothed["mean"][2014] == pytest.approx(25, rel=1e-6)
    assert found.smoothed.origin[2014] == "estimated"
    assert found.smoothed.upper_95[2014] / found.smoothed.lower_95[2014] < 1.001
    assert found.residual_totals.loc[0, ["printed", "reached"]].tolist() == pytest.approx([100, 100])


def test_totals_alone_make_a_path_that_adds_up():
    totals = [(2006, 2010, 20.0), (2011, 2015, 30.0), (2016, 2020, 50.0)]
    found = constrained_trend(pd.Series(dtype=float), 2, totals=totals)
    for first, last, total in totals:
        assert found.smoothed["mean"].loc[first:last].sum() == pytest.approx(total)
    assert set(found.smoothed.origin) == {"estimated"}
    assert found.smoothed["mean"].is_monotonic_increasing


def test_printed_numbers_come_back_as_they_are_and_others_never_as_printed():
    found = constrained_trend(GAPPED, 2, totals=[(2014, 2018, 800.0)])
    printed = found.smoothed[found.smoothed.origin == "printed"]
    assert printed["mean"].to_dict() == GAPPED.to_dict()
    assert (printed.lower_95 == printed.upper_95).all()
    estimated = found.smoothed[found.smoothed.origin == "estimated"]
    assert sorted([*printed.index, *estimated.index]) == list(range(2010, 2020))
    assert not estimated.index.isin(GAPPED.index).any()
    for low, high in (("lower_95", "lower_80"), ("lower_80", "mean"), ("mean", "upper_80"), ("upper_80", "upper_95")):
        assert (estimated[low] < estimated[high]).all()
        assert (found.table[low] < found.table[high]).all()


def test_missing_values_and_absent_years_are_the_same():
    spelled = GAPPED.reindex(range(2010, 2020))
    pd.testing.assert_frame_equal(constrained_trend(spelled, 2).smoothed, constrained_trend(GAPPED, 2).smoothed)


def test_deviations_are_at_the_maximum_of_their_posterior():
    logs = np.log(GAPPED.reindex(range(2010, 2020)).to_numpy())
    model = UnobservedComponents(
        logs,
        level=True,
        stochastic_level=True,
        trend=True,
        stochastic_trend=True,
        irregular=False,
        use_exact_diffuse=True,
    )

    def posterior(deviations):
        distance = np.log(np.divide(deviations, single.TYPICAL_DEVIATIONS)) / single.PRIOR_SPREADS
        return model.loglike(np.square(deviations)) - (distance**2).sum() / 2

    found = constrained_trend(GAPPED, 1)
    best = posterior(found.deviations)
    for factors in ((1.05, 1), (0.95, 1), (1, 1.05), (1, 0.95), (1.05, 0.95), (0.95, 1.05), (3, 1), (1, 3), (0.3, 0.3)):
        assert posterior(np.multiply(found.deviations, factors)) < best
    assert found.information == 6


def test_intervals_integrate_over_the_deviations():
    # The same by brute force: a wide, fine grid of deviations through the structural model of statsmodels.
    logs = np.log(GAPPED.reindex(range(2010, 2020)).to_numpy())
    model = UnobservedComponents(
        logs,
        level=True,
        stochastic_level=True,
        trend=True,
        stochastic_trend=True,
        irregular=False,
        use_exact_diffuse=True,
    )
    found = constrained_trend(GAPPED, 4)
    bounds = np.log([found.table.loc[2023, ["lower_95", "lower_80", "upper_80", "upper_95"]]]).ravel()
    gap = np.log([found.smoothed.loc[2016, ["lower_95", "lower_80", "upper_80", "upper_95"]].astype(float)]).ravel()
    heights, reached, filled = [], [], []
    for one in np.linspace(-3.5, 2.5, 25):
        for other in np.linspace(-3.5, 3.5, 25):
            distance = np.array([one, other])
            deviations = np.array(single.TYPICAL_DEVIATIONS) * np.exp(distance * single.PRIOR_SPREADS)
            results = model.smooth(np.square(deviations))
            ahead = results.get_forecast(4)
            heights.append(results.llf - (distance**2).sum() / 2)
            reached.append(stats.norm.cdf(bounds, ahead.predicted_mean[-1], ahead.se_mean[-1]))
            filled.append(
                stats.norm.cdf(gap, results.smoothed_state[0, 6], np.sqrt(results.smoothed_state_cov[0, 0, 6]))
            )
    weights = np.exp(np.array(heights) - max(heights))
    for one in (reached, filled):
        assert list(weights @ np.array(one) / weights.sum()) == pytest.approx([0.025, 0.1, 0.9, 0.975], abs=0.006)


def test_the_grid_of_deviations_lies_on_the_axes_of_their_posterior():
    # Its steps are standard deviations: near the maximum the posterior falls by exp(-1/2) a step, along no step across.
    history = single._history(GAPPED, 1, (), (), single.GROWTH_ROUNDING)
    deviations, path = single._estimate(history)
    heights = np.log(single._mixture(history, deviations, path).weights.reshape(7, 7))
    heights -= heights[3, 3]
    assert heights.max() == 0
    assert (heights[2, 3] + heights[4, 3]) / 2 == pytest.approx(-0.5, abs=0.03)
    assert (heights[3, 2] + heights[3, 4]) / 2 == pytest.approx(-0.5, abs=0.03)
    assert (heights[2, 2] + heights[4, 4] - heights[2, 4] - heights[4, 2]) / 4 == pytest.approx(0, abs=0.1)


def test_an_even_history_is_not_taken_for_a_certain_one():
    # Exactly 10% a year, where maximum likelihood sees no variance at all.
    found = constrained_trend(years([100, 110, 121, 133.1, 146.41]), 3)
    assert list(found.table["mean"]) == pytest.approx([161.051, 177.1561, 194.87171], rel=1e-3)
    assert min(found.deviations) > 1e-3
    assert found.table.upper_95.iloc[-1] / found.table.lower_95.iloc[-1] > 1.05


@pytest.mark.parametrize("factor", [1e-6, 1e8])
def test_the_unit_of_a_history_does_not_matter(factor):
    growth, totals = [(2010, 0.1)], [(2014, 2018, 800.0)]
    here = constrained_trend(GAPPED, 2, growth=growth, totals=totals)
    there = constrained_trend(GAPPED * factor, 2, growth=growth, totals=[(2014, 2018, 800.0 * factor)])
    np.testing.assert_allclose(there.table, here.table * factor, rtol=1e-3)
    np.testing.assert_allclose(there.smoothed["mean"], here.smoothed["mean"] * factor, rtol=1e-4)


def test_a_rate_between_two_printed_levels_is_reported_and_not_used():
    found = constrained_trend(GAPPED, 1, growth=[(2011, 0.05)])
    row = found.residual_growth.loc[2011]
    assert not row["used"]
    assert (row["printed"], row["reached"]) == (0.05, pytest.approx(0.08))
    pd.testing.assert_frame_equal(found.table, constrained_trend(GAPPED, 1).table)


def test_a_total_of_printed_years_only_adds_nothing():
    found = constrained_trend(GAPPED, 1, totals=[(2010, 2011, 208.0)])
    assert found.residual_totals.relative[0] == pytest.approx(0)
    pd.testing.assert_frame_equal(found.table, constrained_trend(GAPPED, 1).table)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"totals": [(2010, 2014, 450.0)]},
            "the total 450 of 2010 to 2014 is not above the sum of its printed years, 464, though years are missing",
        ),
        (
            {"totals": [(2010, 2014, 464.0)]},
            "the total 464 of 2010 to 2014 is not above the sum of its printed years, 464, though years are missing",
        ),
        (
            {"totals": [(2010, 2011, 300.0)]},
            "the total 300 of 2010 to 2011 differs from the sum of its years, 208",
        ),
        ({"totals": [(2014, 2010, 900.0)]}, "years of a total are out of order: 2014 to 2010"),
        ({"totals": [(2014, 2018, -5.0)]}, "a total must be positive and finite, not -5 for 2014 to 2018"),
        ({"totals": [(2014, 2018, 0.0)]}, "a total must be positive and finite, not 0 for 2014 to 2018"),
        ({"growth": [(2012, -1.0)]}, "a growth rate must be above -1 and finite, not -1 in 2012"),
        ({"growth": [(2012, math.nan)]}, "a growth rate must be above -1 and finite, not nan in 2012"),
        ({"growth": [(2012, 0.1), (2012, 0.2)]}, "two growth rates for 2012: 0.1 and 0.2"),
        ({"level": (80, 100)}, "a level is a percentage between 0 and 100"),
        ({"level": (0, 80)}, "a level is a percentage between 0 and 100"),
        ({"deviations": (-0.1, 0.1)}, "deviations are not negative and not both zero, not (-0.1, 0.1)"),
        ({"deviations": (0.1, math.inf)}, "deviations are not negative and not both zero, not (0.1, inf)"),
        ({"deviations": (0.0, 0.0)}, "deviations are not negative and not both zero, not (0.0, 0.0)"),
        ({"growth_deviation": 0.0}, "the deviation of a growth rate must be positive, not 0.0"),
        ({"growth_deviation": math.inf}, "the deviation of a growth rate must be positive, not inf"),
        ({"horizon": 0}, "horizon must be a whole number of years, at least 1, not 0"),
        ({"horizon": 1.5}, "horizon must be a whole number of years, at least 1, not 1.5"),
        ({"horizon": True}, "horizon must be a whole number of years, at least 1, not True"),
    ],
)
def test_contradictory_input_is_refused_with_its_values(options, message):
    with pytest.raises(ValueError) as refused:
        constrained_trend(GAPPED, **({"horizon": 2} | options))
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"totals": [(2014, 2018, 800.0), (2015, 2017, 600.0)]},
            r"the total 800 of 2014 to 2018 is missed, the path adds up to \d{3}(\.\d+)?: total 800 of 2014 to 2018, "
            r"total 600 of 2015 to 2017 cannot be met together",
        ),
        (
            {"growth": [(2012, 0.5), (2013, 0.5)]},
            r"growth 0.5 in 2012 is missed, the path grows by 0\.\d+: it cannot be met together with the levels and "
            r"with growth 0.5 in 2012, growth 0.5 in 2013",
        ),
        (
            {"growth": [(2012, 0.3)], "totals": [(2010, 2014, 700.0)]},
            r"growth 0.3 in 2012 is missed, the path grows by 1\.\d+: it cannot be met together with the levels and "
            r"with total 700 of 2010 to 2014, growth 0.3 in 2012",
        ),
    ],
)
def test_what_contradicts_each_other_is_listed(options, message):
    with pytest.raises(ValueError) as refused:
        constrained_trend(GAPPED, 2, **options)
    assert re.fullmatch(message, str(refused.value))


@pytest.mark.parametrize(
    ("observations", "options", "message"),
    [
        (
            pd.Series({2011: 1.0, 2010: 2.0, 2012: 3.0}),
            {},
            "years must be in order, each once: 2010 comes after 2011",
        ),
        (
            pd.Series([1.0, 2.0, 3.0], index=[2010, 2010, 2011]),
            {},
            "years must be in order, each once: 2010 comes after 2010",
        ),
        (pd.Series({2010: 1.0, 2011: 0.0, 2012: 3.0}), {}, "a level must be positive and finite, not 0 in 2011"),
        (pd.Series({2010: 1.0, 2011: math.inf, 2012: 3.0}), {}, "a level must be positive and finite, not inf in 2011"),
        (pd.Series({"last": 1.0, "this": 2.0}), {}, "a year is a whole number, not 'last'"),
        (pd.Series({2010.5: 1.0, 2011.5: 2.0}), {}, "a year is a whole number, not 2010.5"),
        (pd.Series({2010: 1.0, 2011: 2.0}), {}, "2 printed numbers are too few for a trend; 3 are needed"),
        (
            pd.Series({2010: 1.0, 2011: 2.0}),
            {"totals": [(2010, 2011, 3.0)]},
            "2 printed numbers are too few for a trend; 3 are needed",
        ),
        (pd.Series(dtype=float), {}, "no level, growth rate or total is given"),
        (
            pd.Series(dtype=float),
            {"growth": [(2010, 0.1), (2011, 0.1), (2012, 0.1)]},
            "the printed numbers do not determine a trend",
        ),
    ],
)
def test_a_history_that_cannot_carry_a_trend_is_refused(observations, options, message):
    with pytest.raises(ValueError) as refused:
        constrained_trend(observations, 2, **options)
    assert str(refused.value) == message
