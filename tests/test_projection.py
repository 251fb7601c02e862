"""Projection of short annual series: models, intervals, and when there are too few observations."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huzhou_analysis.projection import MIN_POINTS, project

HISTORY = [100.0, 108.0, 113.0, 125.0, 131.0, 144.0, 149.0]


def years(values, first=2017):
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


def test_too_few_observations_are_said_so_and_nothing_is_projected():
    for count in range(MIN_POINTS):
        found = project(HISTORY[:count], 4)
        assert not found
        assert (found.reason, found.observations) == ("too_few", count)
        assert found.table.empty
    assert MIN_POINTS == 5
    assert project(HISTORY[:5], 4)


def test_missing_years_at_the_ends_are_no_observations():
    found = project([math.nan, *HISTORY[:4], math.nan], 2)
    assert (found.reason, found.observations) == ("too_few", 4)


def test_years_follow_the_last_observation():
    found = project(years(HISTORY), 4, level=(50, 90))
    assert list(found.table.index) == [2024, 2025, 2026, 2027]
    assert list(found.table.columns) == ["mean", "lower_50", "upper_50", "lower_90", "upper_90"]
    assert list(found.models.index) == list(found.table.index)


def test_the_simple_models_by_hand():
    # Naive: the last value. Drift in logs: the mean growth from first to last, (160/100)^(1/4) = 1.1246.. a year.
    found = project(years([100, 130, 120, 150, 160]), 2)
    assert list(found.models.naive) == pytest.approx([160, 160])
    assert list(found.models.drift) == pytest.approx([160 * 1.6**0.25, 160 * 1.6**0.5])


def test_the_combination_is_the_mean_of_the_models_in_logs():
    found = project(years(HISTORY), 3)
    product = np.prod(found.models.to_numpy(), axis=1)
    assert list(found.table["mean"]) == pytest.approx(list(product ** (1 / found.models.shape[1])))


def test_the_interval_by_hand():
    # Seven observations leave five one-step errors and three degrees of freedom: Student's t is 1.638 for 80% and
    # 3.182 for 95% (printed tables). In logs the half-width grows with the root of the horizon.
    table = project(years(HISTORY), 4).table
    upper80, upper95 = np.log(table.upper_80 / table["mean"]), np.log(table.upper_95 / table["mean"])
    assert list(upper95 / upper80) == pytest.approx([3.1824 / 1.6377] * 4, rel=1e-3)
    assert list(upper80 / upper80.iloc[0]) == pytest.approx([1, math.sqrt(2), math.sqrt(3), 2])
    assert list(np.log(table["mean"] / table.lower_80)) == pytest.approx(list(upper80))


def test_a_constant_series_goes_on_as_it_is():
    table = project(years([50] * 8), 3).table
    assert table.to_numpy() == pytest.approx(np.full((3, 5), 50), rel=1e-4)


def test_a_wilder_history_has_a_wider_fan():
    calm, wild = ([100 * (1 + s * (-1) ** n) for n in range(8)] for s in (0.01, 0.2))
    width = [project(years(v), 1).table.eval("log(upper_80 / lower_80)").iloc[0] for v in (calm, wild)]
    assert width[1] > 5 * width[0]


histories = st.lists(st.floats(10, 1000), min_size=5, max_size=10)


@settings(max_examples=25)
@given(values=histories, horizon=st.integers(1, 5))
def test_intervals_are_nested_and_hold_the_mean(values, horizon):
    table = project(values, horizon).table
    assert len(table) == horizon
    ordered = table[["lower_95", "lower_80", "mean", "upper_80", "upper_95"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= 0).all()
    assert (ordered >= 0).all()
    assert not np.isnan(ordered).any()


@pytest.mark.parametrize("factor", [0.1, 10, 10_000])
def test_the_unit_does_not_matter(factor):
    one, other = project(years(HISTORY), 4), project(years([v * factor for v in HISTORY]), 4)
    assert (other.table / factor).to_numpy() == pytest.approx(one.table.to_numpy(), rel=1e-3)


def test_the_same_history_gives_the_same_projection():
    pd.testing.assert_frame_equal(project(HISTORY, 4).table, project(list(HISTORY), 4).table)


def test_a_history_is_left_as_it_was():
    values = years(HISTORY)
    project(values, 4)
    pd.testing.assert_series_equal(values, years(HISTORY))


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1, 2, math.nan, 4, 5, 6], {}, "missing inside"),
        ([1, 2, 0, 4, 5], {}, "positive"),
        ([1, 2, -3, 4, 5], {}, "positive"),
        ([1, 2, math.inf, 4, 5], {}, "infinite"),
        (HISTORY, {"horizon": 0}, "horizon"),
        (HISTORY, {"level": (100,)}, "level"),
        (HISTORY, {"level": (0,)}, "level"),
        (pd.Series(HISTORY, index=[2016, 2017, 2018, 2019, 2020, 2022, 2023]), {}, "missing inside"),
        (pd.Series(HISTORY, index=[2023, 2022, 2021, 2020, 2019, 2018, 2017]), {}, "in order"),
        (pd.Series(HISTORY, index=[2017, 2018, 2019, 2020, 2021, 2022, 2022]), {}, "each once"),
    ],
)
def test_what_cannot_be_projected_is_refused(values, options, message):
    with pytest.raises(ValueError, match=message):
        project(values, **({"horizon": 4} | options))


@pytest.mark.parametrize("shape", [list, np.array, pd.DataFrame])
def test_two_dimensions_are_refused(shape):
    with pytest.raises(ValueError):
        project(shape([HISTORY, HISTORY]), 4)
