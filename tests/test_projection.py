"""Projection of short annual series: paths, calibrated intervals, probabilities, panels, and when there is too little."""

import math
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.special import gamma

from huzhou_analysis.analysis.projection import KINDS, MIN_POINTS, calibration, combination, project, project_panel
from huzhou_analysis.analysis.projection.calibration import Measured, factors, measured_coverage

HISTORY = [100.0, 108.0, 113.0, 125.0, 131.0, 144.0, 149.0]
WAVY = [50.0, 61.0, 47.0, 70.0, 66.0, 58.0, 83.0, 90.0, 71.0]


@pytest.fixture(autouse=True, scope="module")
def nothing_remembered():
    """What is tested here is computed here, whatever ran before in the same process."""
    combination.initial_states.cache_clear()
    combination.variance_growth.cache_clear()


def years(values, first=2017):
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


# --- the combination against a slow implementation that shares nothing with it ---------------------------------------


def run_model(values, alpha, beta, phi, target, level, slope, horizon):
    """Damped-trend exponential smoothing by its recursions; the slope reverts to `target`."""
    errors = []
    for value in values:
        ahead = target + phi * (slope - target)
        error = value - (level + ahead)
        errors.append(error)
        level, slope = level + ahead + alpha * error, ahead + beta * error
    path = []
    for _ in range(horizon):
        slope = target + phi * (slope - target)
        level = level + slope
        path.append(level)
    return errors, path


def slow_smoothing(values, horizon, kept):
    """Average of the grid: initial states by least squares on numerically probed errors, weights one by one."""
    n, step = len(values), (values[-1] - values[0]) / (len(values) - 1)
    runs = []
    for alpha in (0.1, 0.3, 0.5, 0.7, 0.9):
        for share in (0.0, 0.1, 0.3):
            for phi in (0.6, 0.8, 1.0):
                model = (values, alpha, alpha * share, phi, kept * step)
                base, level, slope = (np.array(run_model(*model, *at, horizon)[0]) for at in ((0, 0), (1, 0), (0, 1)))
                sides = np.column_stack([base - level, base - slope])
                # A ridge of 16 towards the average step is one more equation, weighted by its root.
                matrix = np.vstack([sides, [0, 4]])
                start = np.linalg.lstsq(matrix, np.append(base, 4 * step), rcond=None)[0]
                errors, path = run_model(*model, *start, horizon)
                squares = sum(one**2 for one in errors)
                growth = [1.0]
                for year in range(1, horizon):
                    response = alpha + alpha * share * sum(phi**power for power in range(1, year + 1))
                    growth.append(growth[-1] + response**2)
                runs.append((squares, path, growth))
    weights = [((0.02**2 + squares) / (n + 1)) ** (-0.4 * (n + 1) / 2) for squares, _, _ in runs]
    total = sum(weights)
    squares, path, growth = (
        sum(weight * np.array(run[part]) for weight, run in zip(weights, runs, strict=True)) / total
        for part in range(3)
    )
    return path, squares, growth


def slow_average(values, extra):
    """Average yearly change without the highest and the lowest, thinned by `extra` years without change."""
    changes = sorted(after - before for before, after in pairwise(values))
    inner = changes[1:-1]
    return sum(inner) / len(inner) * len(changes) / (len(changes) + extra)


def slow_rise(values, extra):
    """Yearly rise of the straight line: mean of the average change of the whole history and of its last eight changes."""
    return (slow_average(values, extra) + slow_average(values[-9:], extra)) / 2


def slow_levels(values, horizon, size, extra):
    """Smoothing of levels and the straight line."""
    last, n = values[-1], len(values)
    smoothed = slow_smoothing((values - last) / size, horizon, (n - 1) / (n - 1 + extra))[0] * size + last
    return smoothed, np.array([last + slow_rise(values, extra) * ahead for ahead in range(1, horizon + 1)])


def slow_centre(last, average, working, levels, line):
    """Mean of the median of the first four paths and of that of all five, year by year."""
    centre = []
    for year in range(len(line)):
        paths = [last, average[year], working[year], (levels[year] + line[year]) / 2, line[year]]
        centre.append((np.median(paths[:4]) + np.median(paths)) / 2)
    return np.array(centre)


def slow_project(values, horizon, kept=0.7, extra=(2, 1)):
    """Path, error variance and its growth for a positive series, the long way round."""
    values = np.array(values[-30:])
    last, n = values[-1], len(values)
    logs, squares, growth = slow_smoothing(np.log(values) - np.log(last), horizon, 0.0)
    floor = 0.05 * last
    levels, line = (np.maximum(one, floor) for one in slow_levels(values, horizon, values.max(), extra[1]))
    rate = slow_average(np.log(values), extra[0])
    average = [last * math.exp(kept * rate * ahead) for ahead in range(1, horizon + 1)]
    return slow_centre(last, average, last * np.exp(logs), levels, line), (4 * 0.04**2 + squares) / (4 + n), growth


@pytest.mark.parametrize(
    "values", [HISTORY, WAVY, [3, 5, 4, 2, 1], [80, 40, 20, 10, 5, 2], [7e6 * 1.03**n for n in range(34)]]
)
def test_the_combination_is_that_of_an_independent_slow_implementation(values):
    path, variance, growth = slow_project(values, 5)
    table = project(values, 5).table
    assert table["mean"].to_numpy() == pytest.approx(path, rel=1e-9)
    # Three degrees of freedom: 1.6377 and 3.1824 in printed tables. The upper end is a share of the path above it,
    # the lower one the same in logs below it.
    factor = factors(KINDS["general"].lower, np.array([min(len(values), 30)]), 5)[0]
    unit = np.sqrt(variance * growth) * factor
    assert (table.upper_80 / table["mean"] - 1).to_numpy() == pytest.approx(1.6377 * unit, rel=1e-4)
    assert np.log(table["mean"] / table.lower_95).to_numpy() == pytest.approx(3.1824 * unit, rel=1e-4)


@pytest.mark.parametrize("values", [HISTORY, WAVY])
def test_output_keeps_all_of_the_average_growth(values):
    path, _, _ = slow_project(values, 5, kept=1.0, extra=(0, 0))
    assert project(values, 5, kind="output").table["mean"].to_numpy() == pytest.approx(path, rel=1e-9)


def test_foreign_investment_keeps_a_third_of_the_path():
    path, _, _ = slow_project(WAVY, 5)
    expected = WAVY[-1] * (path / WAVY[-1]) ** (1 / 3)
    assert project(WAVY, 5, kind="inflow").table["mean"].to_numpy() == pytest.approx(expected, rel=1e-9)


def test_the_average_step_by_hand():
    # Steps 4, -2, 10, 1, 3: without 10 and -2 the mean is 8/3; with one year without a step five sixths of it.
    values = np.array([[0.0, 4.0, 2.0, 12.0, 13.0, 16.0]])
    assert combination.average_step(values, 0) == pytest.approx([8 / 3])
    assert combination.average_step(values, 1) == pytest.approx([8 / 3 * 5 / 6])


def test_one_odd_year_makes_no_trend():
    # All but one step alike: the average is that step, wherever the odd one lies and however large it is.
    for place in range(7):
        steps = np.full(7, 2.0)
        steps[place] = 500.0
        assert combination.average_step(np.cumsum(np.append(10.0, steps))[None], 0) == pytest.approx([2.0])


def test_the_medians_by_hand():
    paths = np.array([0.0, 8.0, 2.0, 6.0, 7.0])[:, None, None]
    # Of 0, 2, 6, 8 the median is 4, of all five it is 6.
    assert combination.medians(paths).item() == 5


def test_levels_against_the_slow_implementation():
    values, horizon = np.array([3.0, -1.0, 4.0, 2.0, 6.0, 5.0]), 4
    size, last = 6.0, 5.0
    working, squares, growth = slow_smoothing((values - last) / size, horizon, 0.0)
    levels, line = slow_levels(values, horizon, size, 1)
    average = [last + 0.7 * slow_average(values, 2) * ahead for ahead in range(1, horizon + 1)]
    table = project(values, horizon).table
    assert table["mean"].to_numpy() == pytest.approx(slow_centre(last, average, working * size + last, levels, line))
    # A fifth wider than in logs, and the same on both sides.
    unit = 1.2 * np.sqrt((4 * 0.04**2 + squares) / (4 + 6) * growth) * size
    unit *= factors(KINDS["general"].lower, np.array([6]), horizon)[0]
    assert (table.upper_80 - table["mean"]).to_numpy() == pytest.approx(1.6377 * unit, rel=1e-4)
    assert (table["mean"] - table.lower_95).to_numpy() == pytest.approx(3.1824 * unit, rel=1e-4)


def test_shares_against_the_slow_implementation():
    values, horizon = np.array([62.0, 64.0, 61.0, 68.0, 71.0, 69.0, 74.0]), 3
    logit = lambda share: np.log(share / (100 - share))  # noqa: E731
    back = lambda one: 100 / (1 + np.exp(-one))  # noqa: E731
    last = logit(values)[-1]
    working, squares, growth = slow_smoothing(logit(values) - last, horizon, 0.0)
    # Levels are measured in the smaller of the largest share and the largest of what shares leave of 100.
    levels, line = slow_levels(values, horizon, 39, 1)
    average = [back(last + 0.7 * slow_average(logit(values), 2) * ahead) for ahead in range(1, horizon + 1)]
    table = project(values, horizon, kind="share").table
    assert table["mean"].to_numpy() == pytest.approx(slow_centre(74, average, back(working + last), levels, line))
    unit = 1.5 * np.sqrt((4 * 0.04**2 + squares) / (4 + 7) * growth)
    unit *= factors(KINDS["general"].lower, np.array([7]), horizon)[0]
    assert logit(table.upper_95.to_numpy()) - logit(table["mean"].to_numpy()) == pytest.approx(3.1824 * unit, rel=1e-4)


def test_a_history_of_constant_growth_by_hand():
    # 100 to 160 by equal factors over four steps. Kept of it, with two years without growth added to four with: at
    # least 160 * 1.6^(0.7/6). Smoothing in logs finds the growth and ties its damped models down, and increments of
    # levels grow, so that every path lies below the full 160 * 1.6^(1/4).
    values = [100 * 1.6 ** (n / 4) for n in range(5)]
    mean = project(values, 1).table["mean"].iloc[0]
    assert 160 * 1.6 ** (0.7 / 6) <= mean <= 160 * 1.6**0.25


def test_the_variance_growth_of_simple_smoothing_by_hand():
    # Without slope smoothing every c_j is alpha: 1, 1 + a^2, 1 + 2 a^2 (Hyndman et al. 2008).
    grid = combination.grid(combination.REVERSIONS_WORKING)
    found = combination.variance_growth(3, combination.REVERSIONS_WORKING)
    flat = grid[:, 1] == 0
    assert flat.sum() == 15
    alpha = grid[flat, 0]
    assert found[flat] == pytest.approx(np.column_stack([np.ones(15), 1 + alpha**2, 1 + 2 * alpha**2]))


# --- intervals and probabilities ------------------------------------------------------------------------------------

histories = st.lists(st.floats(10, 1000), min_size=5, max_size=14)
any_kind = st.sampled_from(["general", "output", "inflow", "count"])


@settings(max_examples=40)
@given(values=histories, horizon=st.integers(1, 8), kind=st.sampled_from(list(KINDS)))
def test_intervals_are_nested_and_hold_the_path(values, horizon, kind):
    values = [one / 11 for one in values] if kind == "share" else values
    table = project(values, horizon, kind=kind).table
    assert len(table) == horizon
    ordered = table[["lower_95", "lower_80", "mean", "upper_80", "upper_95"]].to_numpy()
    assert (np.diff(ordered, axis=1) > 0).all()
    assert (ordered >= 0).all()
    assert np.isfinite(ordered).all()
    if kind == "share":
        assert (ordered <= 100).all()


@settings(max_examples=40)
@given(values=histories, kind=any_kind, exponent=st.integers(-900, 900))
def test_a_power_of_two_as_unit_changes_no_bit(values, kind, exponent):
    factor = 2.0**exponent
    one, other = (project([v * f for v in values], 4, kind=kind).table for f in (1.0, factor))
    assert (one.to_numpy() * factor == other.to_numpy()).all()


@settings(max_examples=40)
@given(values=histories, kind=any_kind, factor=st.floats(1e-8, 1e8))
def test_the_unit_does_not_matter(values, kind, factor):
    one, other = (project([v * f for v in values], 4, kind=kind) for f in (1.0, factor))
    assert (one.table * factor).to_numpy() == pytest.approx(other.table.to_numpy(), rel=1e-9)
    assert one.probability(120) == pytest.approx(other.probability(120 * factor), abs=1e-9)


@settings(max_examples=20)
@given(
    values=st.lists(st.floats(-100, 100), min_size=5, max_size=9).filter(lambda v: min(v) < -1),
    factor=st.floats(1e-6, 1e6),
)
def test_the_unit_does_not_matter_in_levels(values, factor):
    one, other = (project([v * f for v in values], 4) for f in (1.0, factor))
    assert one.scale == "level"
    size = max(map(abs, values)) * factor
    assert (one.table * factor).to_numpy() / size == pytest.approx(other.table.to_numpy() / size, abs=1e-9)


@settings(max_examples=25)
@given(values=st.lists(st.floats(1, 99), min_size=5, max_size=9))
def test_a_share_and_its_complement_mirror_each_other(values):
    one, other = project(values, 4, kind="share").table, project([100 - v for v in values], 4, kind="share").table
    assert one["mean"].to_numpy() == pytest.approx(100 - other["mean"].to_numpy(), abs=1e-6)
    assert one.lower_95.to_numpy() == pytest.approx(100 - other.upper_95.to_numpy(), abs=1e-6)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("values", [HISTORY, [20, 35, 30, 45, 40, 60], [3, 0, 2, 5, 1]])
def test_probabilities_fall_with_the_target_and_agree_with_the_table(values, kind):
    values = [one / 2 for one in values] if kind == "share" else values
    found = project(values, 3, level=(60, 80, 95), kind=kind)
    for year, row in found.table.iterrows():
        assert found.probability(row["mean"], year=year) == pytest.approx(0.5)
        for level in (60, 80, 95):
            low, high = row[f"lower_{level}"], row[f"upper_{level}"]
            if low > 0:
                assert found.probability(low, year=year) == pytest.approx(0.5 + level / 200)
                assert found.probability(low, "<=", year) == pytest.approx(0.5 - level / 200)
            if high < 100 or kind != "share":
                assert found.probability(high, year=year) == pytest.approx(0.5 - level / 200)
    chances = [found.probability(target) for target in np.linspace(-50, 400, 181)]
    assert all(0 <= one <= 1 for one in chances)
    assert all(one >= other for one, other in pairwise(chances))
    assert chances[0] - chances[-1] > 0.8


def test_the_probability_is_the_area_of_a_student_density():
    # Three degrees of freedom; the unit above the path from the 80% end.
    found = project(HISTORY, 4)
    row = found.table.iloc[-1]
    unit = (row.upper_80 / row["mean"] - 1) / 1.6377443536962102
    height = gamma(2) / (math.sqrt(3 * math.pi) * gamma(1.5))
    area = integrate.quad(lambda x: height * (1 + x**2 / 3) ** -2, (200 / row["mean"] - 1) / unit, np.inf)[0]
    assert found.probability(200) == pytest.approx(area, rel=1e-6)


def test_relations_and_their_directions():
    found = project(HISTORY, 2)
    up = found.probability(160)
    assert found.probability(160, ">") == up
    assert found.probability(160, "<") == found.probability(160, "<=") == pytest.approx(1 - up)
    for vague in ("=", "~"):
        assert found.probability(160, vague) == up
        assert found.probability(160, vague, ascending=False) == pytest.approx(1 - up)
    assert found.probability(160, year=1) != found.probability(160, year=2) == up
    with pytest.raises(ValueError, match=r"^relation 可选 / relation must be one of >= > <= < = ~: choose one$"):
        found.probability(160, "!=")
    with pytest.raises(ValueError, match=r"not among the years projected: take a longer horizon or another year$"):
        found.probability(160, year=3)
    with pytest.raises(ValueError):
        found.probability(math.nan)
    with pytest.raises(TypeError):
        found.probability("160")


def test_impossible_targets_of_bounded_quantities():
    share = project([40, 44, 43, 47, 45], 2, kind="share")
    assert (share.probability(0), share.probability(101), share.probability(-3)) == (1, 0, 1)
    assert 0 < project([20, 70, 50, 100, 60], 2, kind="share").probability(100) < 0.5
    assert project([3, 0, 2, 5, 1], 2, kind="count").probability(0) == 1
    assert project(HISTORY, 2).probability(-1) == 1


def test_shares_and_counts_stay_within_bounds():
    for values in ([97, 99, 98, 99.5, 99.9], [0, 0, 50, 100, 100], [1, 90, 2, 95, 3], [100] * 6):
        table = project(values, 10, kind="share").table
        assert ((table >= 0) & (table <= 100)).all().all()
    assert (project([9, 4, 2, 1, 0], 6, kind="count").table >= 0).all().all()
    assert (project([9, 4, 2, 1, 0], 6).table < 0).any().any()


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_history_without_any_change_is_no_certainty(kind):
    table = project([50.0] * 8, 3, kind=kind).table
    assert table["mean"].to_numpy() == pytest.approx([50] * 3, rel=1e-9)
    width = (table.upper_80 - table.lower_80).to_numpy()
    assert (width > 1).all()
    assert (np.diff(width) > 0).all()


def test_a_wilder_history_has_a_wider_fan():
    calm, wild = ([100 * (1 + s * (-1) ** n) for n in range(8)] for s in (0.01, 0.2))
    width = [project(v, 1).table.eval("log(upper_80 / lower_80)").iloc[0] for v in (calm, wild)]
    assert width[1] > 4 * width[0]


def test_foreign_investment_is_less_certain_than_output_and_that_than_general():
    kinds = ("inflow", "output", "general")
    width = {kind: project(HISTORY, 4, kind=kind).table.eval("log(upper_80 / lower_80)").iloc[-1] for kind in kinds}
    assert width["inflow"] > 1.5 * width["output"] > 1.5 * 1.2 * width["general"] > 0


# --- histories as they come -----------------------------------------------------------------------------------------


def test_too_few_observations_are_said_so_and_nothing_is_projected():
    for count in range(MIN_POINTS):
        found = project(HISTORY[:count], 4)
        assert not found
        assert (found.reason, found.observations) == ("too_few", count)
        assert found.table.empty and list(found.table.columns) == [
            "mean",
            "lower_80",
            "upper_80",
            "lower_95",
            "upper_95",
        ]
        assert math.isnan(found.probability(100))
        assert found.backtest().empty
        assert found.models.empty
    assert MIN_POINTS == 5
    assert project(HISTORY[:5], 4)


def test_nothing_but_zeros_has_no_scale():
    found = project([0] * 7, 2)
    assert (bool(found), found.reason) == (False, "no_scale")
    assert project([0] * 7, 2, kind="share")


def test_missing_years_at_the_ends_are_no_observations():
    found = project([math.nan, *HISTORY[:4], None], 2)
    assert (found.reason, found.observations) == ("too_few", 4)
    whole, padded = project(years(HISTORY), 3), project(years([math.nan, *HISTORY, math.nan], 2016), 3)
    pd.testing.assert_frame_equal(whole.table, padded.table)


def test_years_follow_the_last_observation():
    found = project(years(HISTORY), 4, level=(50, 90))
    assert list(found.table.index) == [2024, 2025, 2026, 2027]
    assert found.table.index.name == "year"
    assert list(found.table.columns) == ["mean", "lower_50", "upper_50", "lower_90", "upper_90"]
    assert list(project(HISTORY, 2).table.index) == [1, 2]


def test_an_assembled_series_a_series_and_an_array_are_one():
    frame = pd.DataFrame({"year": range(2017, 2024), "value": HISTORY, "unit": "x"})
    pd.testing.assert_frame_equal(project(frame, 3).table, project(years(HISTORY), 3).table)
    assert (project(frame, 3).table.to_numpy() == project(np.array(HISTORY), 3).table.to_numpy()).all()


def test_a_gap_is_bridged_in_logs_flagged_and_makes_the_fan_wider():
    holed = years(HISTORY).drop(2020)
    found = project(holed, 3)
    assert (found.bridged, found.observations) == ((2020,), 6)
    filled = years(HISTORY)
    filled[2020] = math.sqrt(HISTORY[2] * HISTORY[4])
    straight = project(filled, 3)
    assert found.table["mean"].to_numpy() == pytest.approx(straight.table["mean"].to_numpy(), rel=1e-12)
    assert (found.table.eval("upper_80 - lower_80") > straight.table.eval("upper_80 - lower_80")).all()
    as_nan = project([*HISTORY[:3], math.nan, *HISTORY[4:]], 3)
    assert (as_nan.table.to_numpy() == found.table.to_numpy()).all()


def test_after_a_long_gap_history_starts_anew():
    long = pd.Series([9.0, 8.0, *HISTORY], index=[2011, 2012, *range(2017, 2024)])
    pd.testing.assert_frame_equal(project(long, 3).table, project(years(HISTORY), 3).table)
    assert project(long.drop(2012).set_axis([2013, *range(2017, 2024)]), 3).bridged == (2014, 2015, 2016)


def test_only_what_follows_the_last_break_counts_at_more_uncertainty():
    series = years([400, 420, 410, *HISTORY], 2014)
    found, plain = project(series, 3, breaks=(2015, 2017)), project(years(HISTORY), 3)
    assert found.observations == 7
    pd.testing.assert_frame_equal(project(series, 3, breaks=2017).table, found.table)
    assert found.table["mean"].to_numpy() == pytest.approx(plain.table["mean"].to_numpy())
    assert (found.table.eval("upper_80 - lower_80") > 1.1 * plain.table.eval("upper_80 - lower_80")).all()
    pd.testing.assert_frame_equal(project(years(HISTORY), 3, breaks=(1990, 2017, 2050)).table, plain.table)
    # A break in the second year leaves the first one out, a break in the first year nothing.
    assert project(series, 3, breaks=(2015,)).observations == 9
    assert project(series, 3, breaks=(2014,)).observations == 10
    assert project(series, 3, breaks=(2020,)).reason == "too_few"
    assert (project(list(series), 3, breaks=(4,)).table.to_numpy() == found.table.to_numpy()).all()


def test_a_history_is_left_as_it_was():
    values = years([*HISTORY[:3], math.nan, *HISTORY[4:]])
    copy = values.copy()
    project(values, 4)
    pd.testing.assert_series_equal(values, copy)


def test_the_scale_follows_the_values():
    assert project(HISTORY, 1).scale == "log"
    assert project([1, 2, 0, 4, 5], 1).scale == project([1, 2, -3, 4, 5], 1).scale == "level"
    assert project([40, 41, 42, 43, 44], 1, kind="share").scale == "logit"
    assert project([40, 41, 42, 43, 100], 1, kind="share").scale == "level"


@pytest.mark.parametrize(
    "values", [[1e300, 1.1e300, 1.3e300, 1.2e300, 1.4e300], [1e-300, 2e-300, 1e-300, 3e-300, 2e-300]]
)
def test_huge_and_tiny_values(values):
    table, plain = project(values, 2).table, project([one / values[0] for one in values], 2).table
    assert (table / values[0]).to_numpy() == pytest.approx(plain.to_numpy(), rel=1e-9)


# Chinese, or the name of an argument and Chinese; then English from its first word to a letter, a figure or a bracket.
BILINGUAL = re.compile(r"([a-z_]+ )?[\u4e00-\u9fff][^/]* / [a-z][^/]*[a-z0-9)%']", re.DOTALL)


@pytest.mark.parametrize(
    ("values", "options", "error", "message"),
    [
        ([1, 2, math.inf, 4, 5], {}, ValueError, "infinite"),
        ([1, 2, -math.inf, 4, 5], {}, ValueError, "infinite"),
        (["1", "2", "3", "4", "5"], {}, TypeError, "numbers"),
        (years(HISTORY).astype(str), {}, TypeError, "numbers"),
        ([True, False, True, True, False], {}, TypeError, "numbers"),
        (pd.Series([True] * 6), {}, TypeError, "truth"),
        ([1, 2, 3j, 4, 5], {}, TypeError, "numbers"),
        (None, {}, TypeError, "series"),
        ("12345", {}, TypeError, "series"),
        (True, {}, TypeError, "series"),
        ({1: 2}, {}, TypeError, "series"),
        (5.0, {}, ValueError, "one dimension"),
        ([HISTORY, HISTORY], {}, ValueError, "one dimension"),
        (np.array([HISTORY, HISTORY]), {}, ValueError, "one dimension"),
        (pd.DataFrame([HISTORY, HISTORY]), {}, ValueError, "one dimension"),
        (HISTORY, {"horizon": 0}, ValueError, "horizon"),
        (HISTORY, {"horizon": -2}, ValueError, "horizon"),
        (HISTORY, {"horizon": 2.5}, TypeError, "horizon"),
        (HISTORY, {"horizon": True}, TypeError, "horizon"),
        (HISTORY, {"horizon": None}, TypeError, "horizon"),
        (HISTORY, {"level": (100,)}, ValueError, "level"),
        (HISTORY, {"level": (0,)}, ValueError, "level"),
        (HISTORY, {"level": ("80",)}, TypeError, "level"),
        (HISTORY, {"level": "80"}, TypeError, "level"),
        (HISTORY, {"level": None}, TypeError, "level"),
        (HISTORY, {"kind": "gdp"}, ValueError, "kind"),
        (HISTORY, {"breaks": (2017.5,)}, TypeError, r"^breaks .* / breaks are whole years, such as \(2022,\)$"),
        (HISTORY, {"kind": "share"}, ValueError, "share"),
        ([1, 2, -3, 4, 5], {"kind": "count"}, ValueError, "count"),
        (pd.Series(HISTORY, index=range(2023, 2016, -1)), {}, ValueError, "in order"),
        (pd.Series(HISTORY, index=[2017, 2018, 2019, 2020, 2021, 2022, 2022]), {}, ValueError, "each once"),
        (pd.Series(HISTORY, index=list("abcdefg")), {}, TypeError, "whole"),
        (pd.Series(HISTORY, index=np.arange(7) + 0.5), {}, TypeError, "whole"),
    ],
)
def test_what_cannot_be_projected_is_refused(values, options, error, message):
    with pytest.raises(error, match=message) as refused:
        project(values, **({"horizon": 4} | options))
    assert BILINGUAL.fullmatch(str(refused.value))


@pytest.mark.parametrize(("target", "error"), [(math.nan, ValueError), (True, TypeError), ("18", TypeError)])
def test_a_target_is_a_number(target, error):
    with pytest.raises(error) as refused:
        project(HISTORY, 2).probability(target)
    assert str(refused.value) == "目标应为一个数，如 18 / a target is a number, such as 18"


# --- panels ---------------------------------------------------------------------------------------------------------


def panel(count=40, seed=3):
    """Random series of many lengths, some with gaps, zeros or too few points."""
    random = np.random.default_rng(seed)
    parts = []
    for number in range(count):
        length = int(random.integers(2, 36))
        values = np.exp(np.cumsum(random.normal(0.05, 0.15, length)) + random.normal(0, 5))
        if number % 7 == 3:
            values[random.integers(length)] = 0
        frame = pd.DataFrame({"unique_id": f"s{number % 11}-{number}", "ds": range(2024 - length, 2024), "y": values})
        parts.append(frame[random.random(length) > 0.08])
    return pd.concat(parts)


@pytest.mark.parametrize("kind", ["general", "output", "inflow", "count"])
def test_a_panel_gives_bit_for_bit_what_single_projections_give(kind):
    frame = panel()
    together = project_panel(frame, 3, kind=kind)
    assert list(together.unique_id.unique()) == list(frame.unique_id.unique())
    for name, one in frame.groupby("unique_id"):
        alone, rows = (
            project(pd.Series(one.y.to_numpy(), index=one.ds), 3, kind=kind),
            together[together.unique_id == name],
        )
        assert list(rows.reason) == [alone.reason] * 3
        assert list(rows.observations) == [alone.observations] * 3
        assert list(rows.bridged) == [len(alone.bridged)] * 3
        if alone:
            assert list(rows.ds) == list(alone.table.index)
            assert (rows[alone.table.columns].to_numpy() == alone.table.to_numpy()).all()
        else:
            assert rows[["mean", "lower_80", "upper_95"]].isna().all().all()


def test_the_order_of_rows_and_of_series_does_not_matter():
    frame = panel()
    one, other = project_panel(frame, 2), project_panel(frame.sample(frac=1, random_state=1), 2)
    key = ["unique_id", "ds"]
    pd.testing.assert_frame_equal(
        one.sort_values(key, ignore_index=True), other.sort_values(key, ignore_index=True), check_exact=True
    )


def test_the_numbers_are_the_same_with_any_number_of_processes(monkeypatch):
    joblib = pytest.importorskip("joblib")
    from huzhou_analysis.analysis.projection import panel as module

    monkeypatch.setattr(module, "BLOCK", 16)
    frame = panel()
    plain = project_panel(frame, 3)
    for jobs in (2, None):
        with joblib.parallel_config("threading"):
            pd.testing.assert_frame_equal(project_panel(frame, 3, n_jobs=jobs), plain, check_exact=True)


def test_blocks_of_any_size_give_the_same_numbers():
    from huzhou_analysis.analysis.projection.panel import answers, prepare

    frame = panel()
    ready = [prepare(one.y.to_numpy(), one.ds.to_numpy(), "general") for _, one in frame.groupby("unique_id")]
    whole = answers(ready, 3, "general", (80,))
    for size in (1, 2, 7, 16):
        parts = [answers(ready[start : start + size], 3, "general", (80,)) for start in range(0, len(ready), size)]
        assert np.array_equal(np.concatenate(parts), whole, equal_nan=True)


@pytest.mark.parametrize(
    "index", [pd.date_range("2016-12-31", periods=7, freq="YE"), pd.period_range("2016", periods=7, freq="Y")]
)
def test_a_history_by_date_is_one_by_year(index):
    table = project(pd.Series(HISTORY, index=index), 2).table
    assert list(table.index) == [2023, 2024]
    pd.testing.assert_frame_equal(table, project(years(HISTORY, 2016), 2).table)


def test_the_last_of_february_is_there_every_year():
    stamps = [pd.Timestamp(f"{year}-02-{29 if year % 4 == 0 else 28}") for year in range(2012, 2020)]
    frame = pd.DataFrame({"unique_id": 1, "ds": stamps, "y": range(3, 11)})
    assert list(project_panel(frame, 2).ds) == [pd.Timestamp("2020-02-28"), pd.Timestamp("2021-02-28")]


def test_a_series_without_numbers_has_its_years_all_the_same():
    empty = pd.DataFrame({"unique_id": "a", "ds": range(2018, 2023), "y": math.nan})
    full = pd.DataFrame({"unique_id": "b", "ds": range(2001, 2010), "y": range(3, 12)})
    found = project_panel(pd.concat([empty, full]), 2).set_index("unique_id")
    assert list(found.ds["a"]) == [2023, 2024] and list(found.ds["b"]) == [2010, 2011]
    assert found["mean"]["a"].isna().all() and found.reason["a"].ne("").all()


def test_factors_lie_straight_between_lengths_and_stay_beyond_the_table():
    table = {5: (1.0, 2.0, 3.0), 10: (2.0, 4.0, 8.0)}
    found = factors(table, np.array([3, 5, 7, 10, 40]), 5)
    assert found == pytest.approx(
        np.array([[1, 2, 3, 3, 3], [1, 2, 3, 3, 3], [1.4, 2.8, 5, 5, 5], [2, 4, 8, 8, 8], [2, 4, 8, 8, 8]])
    )


def test_missing_values_may_be_spelled_in_any_way_pandas_has():
    values = [3.0, 4.0, math.nan, 6.0, 7.0, 8.0, 9.0, 10.0]
    frame = pd.DataFrame({"unique_id": 1, "ds": range(2010, 2018), "y": values})
    for kind in ("Float64", object):
        pd.testing.assert_frame_equal(project_panel(frame.astype({"y": kind}), 2), project_panel(frame, 2))


def test_a_projection_that_is_none_has_the_shape_of_one():
    none, one = project([1.0, 2.0], 2), project(years(HISTORY), 2)
    assert none.reason and not one.reason
    assert none.table.empty and list(none.table.columns) == list(one.table.columns)
    assert none.table.index.name == one.table.index.name == "year"
    assert set(none.table.dtypes.astype(str)) == {"float64"}


def test_timestamps_come_back_as_timestamps():
    frame = pd.DataFrame({"unique_id": 1, "ds": pd.date_range("2015-12-31", periods=8, freq="YE"), "y": range(3, 11)})
    found = project_panel(frame, 2)
    assert list(found.ds) == [pd.Timestamp("2023-12-31"), pd.Timestamp("2024-12-31")]
    assert (found["mean"].to_numpy() == project(list(range(3, 11)), 2).table["mean"].to_numpy()).all()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda f: f.drop(columns="y"), ValueError, "lacks the columns y"),
        (lambda f: pd.concat([f, f.iloc[:1]]), ValueError, "s0-0.*twice"),
        (lambda f: f.assign(y=math.inf), ValueError, "s0-0.*infinite"),
        (lambda f: f.assign(y="a"), TypeError, "numbers"),
        (lambda f: f.assign(ds=f.ds + 0.5), ValueError, "whole years"),
        (lambda f: f.assign(ds=f.ds.astype(str)), TypeError, "whole years"),
        (lambda f: f.assign(unique_id=None), ValueError, "unique_id"),
    ],
)
def test_a_broken_panel_is_refused(change, error, message):
    with pytest.raises(error, match=message):
        project_panel(change(panel(1).reset_index(drop=True)), 2)


def test_what_is_no_table_is_no_panel():
    with pytest.raises(
        ValueError, match=r"^缺少列.* / the panel lacks the columns ds, unique_id, y: rename or add them$"
    ):
        project_panel(HISTORY, 2)


def test_an_empty_panel_is_an_empty_answer():
    found = project_panel(panel().iloc[:0], 2)
    assert found.empty and {"unique_id", "ds", "mean", "lower_80", "reason"} <= set(found.columns)


# --- evidence -------------------------------------------------------------------------------------------------------


def test_the_backtest_is_what_projecting_then_would_have_given():
    series = years(WAVY)
    found = project(series, 2).backtest()
    assert list(found.origin.unique()) == [2021, 2022, 2023, 2024]
    assert len(found) == 2 + 2 + 2 + 1
    for row in found.itertuples():
        then = project(series.loc[: row.origin], 2).table.loc[row.origin + row.horizon]
        assert row.forecast == then["mean"]
        assert row.actual == series[row.origin + row.horizon]
        assert row.error == pytest.approx(100 * (then["mean"] - row.actual) / row.actual)
        assert row.inside_80 == (then.lower_80 <= row.actual <= then.upper_80)
        assert row.inside_95 == (then.lower_95 <= row.actual <= then.upper_95)
    assert set(project(series, 1).backtest(4).horizon) == {1, 2, 3, 4}
    assert project(HISTORY[:5], 2).backtest().empty


def test_the_backtest_after_a_break_is_as_uncertain_as_the_projection():
    series = years([400, 420, *WAVY])
    found = project(series, 1, breaks=(2019,)).backtest()
    assert list(found.origin) == [2023, 2024, 2025, 2026]
    for row in found.itertuples():
        then = project(series.loc[: row.origin], 1, breaks=(2019,)).table.iloc[0]
        assert row.forecast == then["mean"]
        assert row.inside_80 == (then.lower_80 <= row.actual <= then.upper_80)
    # A last value just within the wider interval, and outside that of a series that never broke.
    wide, narrow = (project(series, 1, breaks=one).table.upper_80.iloc[0] for one in ((2019,), ()))
    plain = project(years(WAVY), 1).table.upper_80.iloc[0]
    assert wide > plain and narrow != wide
    extended = pd.concat([series, years([(wide + plain) / 2], 2028)])
    assert project(extended, 1, breaks=(2019,)).backtest().inside_80.iloc[-1]


def test_the_backtest_leaves_bridged_years_out():
    series = years(WAVY)
    series[2023] = math.nan
    found = project(series, 2).backtest()
    assert 2023 not in set(found.origin) | set(found.origin + found.horizon)
    assert len(found) > 0


def test_measured_coverage_says_on_how_many_series_it_rests():
    for kind in KINDS:
        for count in (5, 9, 40):
            found = measured_coverage(kind, count, 4)
            assert found["series"] > 100 and found["cases"] >= found["series"]
            assert 60 < found["coverage_80"] < 95 < found["coverage_95"] + 6
            assert 0 < found["miss"] < 100
            assert found["length"] <= max(count, 5)
    assert measured_coverage("general", 5, 6)["miss"] > measured_coverage("general", 5, 1)["miss"]
    assert measured_coverage("general", 5, 9)["horizon"] == 6
    assert (measured_coverage("share", 8, 2)["of"], measured_coverage("inflow", 8, 2)["of"]) == ("general", "inflow")
    message = r"^覆盖率自.* / coverage was measured from five observations and one year ahead on; take n >= 5 and horizon >= 1$"
    for count, ahead in ((4, 1), (5, 0)):
        with pytest.raises(ValueError, match=message):
            measured_coverage("general", count, ahead)


def test_measured_coverage_is_looked_up_by_kind_length_and_horizon(monkeypatch):
    def made_up(start):
        three = (tuple(range(start + part, start + part + 6)) for part in (10, 20, 30))
        return Measured(start, start + 1, *three)

    table = {"general": {5: made_up(100), 8: made_up(200)}, "inflow": {5: made_up(300)}}
    monkeypatch.setattr(calibration, "MEASURED", table)
    names = ("series", "cases", "coverage_80", "coverage_95", "miss", "length", "horizon", "of")

    def looked_up(*asked):
        found = measured_coverage(*asked)
        assert set(found) == set(names)
        return tuple(found[name] for name in names)

    assert looked_up("general", 5, 1) == (100, 101, 110, 120, 130, 5, 1, "general")
    assert looked_up("general", 7, 3) == (100, 101, 112, 122, 132, 5, 3, "general")
    assert looked_up("count", 8, 6) == (200, 201, 215, 225, 235, 8, 6, "general")
    assert looked_up("inflow", 40, 7) == (300, 301, 315, 325, 335, 5, 6, "inflow")
