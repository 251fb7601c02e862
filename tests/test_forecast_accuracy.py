"""What the projections reach on competition series and city panels that the user names (HUZHOU_BENCHMARKS)."""

import importlib.util
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = os.environ.get("HUZHOU_BENCHMARKS")

measured = pytest.mark.skipif(not FOLDER, reason="HUZHOU_BENCHMARKS is not set: no series to measure on are at hand")


def module():
    """The benchmark itself, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("forecast_accuracy", ROOT / "benchmarks" / "forecast_accuracy.py")
    found = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    return found


accuracy = module()


@cache
def series():
    return accuracy.read(Path(FOLDER))


@cache
def scored(name, last=None):
    cases = accuracy.competition_cases(series()[0][name], last)
    return accuracy.scores(cases, accuracy.combination_forecast(cases))


@cache
def city(name, kind, last):
    return accuracy.city_row(accuracy.city_cases(series()[1][name], last), kind)


# --- the scores themselves, by hand ----------------------------------------------------------------------------------


def test_the_interval_score_by_hand():
    """Width 2, and 2/0.2 = 10 times what lies outside: 0.5 above the upper end costs 5."""
    low, high = np.array([1.0, 1.0, 1.0]), np.array([3.0, 3.0, 3.0])
    assert list(accuracy.interval_score(low, high, np.array([2.0, 3.5, 0.0]), 80)) == pytest.approx([2, 7, 12])


def test_smape_mase_and_owa_by_hand():
    """History 1, 2, 3 and then 4, 5: the naive forecast is 3, the changes are 1 a year."""
    cases = accuracy.Cases([np.array([1.0, 2.0, 3.0])], np.array([[4.0, 5.0]]), np.array(["a"]))
    ends = {level: (np.array([[3.0, 3.0]]), np.array([[4.5, 4.5]])) for level in (80, 95)}
    found = accuracy.scores(cases, accuracy.Forecast(np.array([[4.0, 4.0]]), ends, 0.0))
    assert found["sMAPE"] == pytest.approx((0 + 200 * 1 / 9) / 2)
    assert found["MASE"] == pytest.approx(0.5)
    naive = (200 * 1 / 7 + 200 * 2 / 8) / 2
    assert found["OWA"] == pytest.approx(((200 / 9 / 2) / naive + 0.5 / 1.5) / 2)
    assert found["cover 80"] == 50
    assert found["MSIS 80"] == pytest.approx((1.5 + 1.5 + 10 * 0.5) / 2)


# --- what is reached -------------------------------------------------------------------------------------------------


@measured
@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("m3_yearly", {"sMAPE": 15.7, "MASE": 2.60}),
        ("m4_yearly_sample", {"sMAPE": 13.5, "OWA": 0.772, "MSIS 95": 24.4}),
        ("tourism_yearly", {"MASE": 2.64}),
    ],
)
def test_the_path_is_as_good_as_the_best_published(name, bounds):
    found = scored(name)
    assert {score: found[score] for score, most in bounds.items() if found[score] > most} == {}


@measured
@pytest.mark.parametrize(
    ("name", "at_80", "at_95"), [("m4_yearly_sample", 2, 1), ("m3_yearly", 4, 2), ("tourism_yearly", 4, 2)]
)
def test_intervals_cover_what_they_say_on_whole_histories(name, at_80, at_95):
    found = scored(name)
    assert found["cover 80"] == pytest.approx(80, abs=at_80)
    assert found["cover 95"] == pytest.approx(95, abs=at_95)


@measured
@pytest.mark.parametrize(("last", "most"), [(5, 0.86), (8, 0.815), (12, 0.795)])
def test_short_histories_are_forecast_better_than_by_their_last_value(last, most):
    found = scored("m4_yearly_sample", last)
    assert found["OWA"] <= most
    assert found["cover 80"] == pytest.approx(80, abs=3)
    assert found["cover 95"] == pytest.approx(95, abs=1.5)


@measured
@pytest.mark.parametrize("last", [5, 8, 12])
def test_intervals_cover_what_they_say_on_cities(last):
    inflow = city("cities_fdi", "inflow", last)
    output = [city(name, "output", last) for name in ("cities_gdp", "cities_retail", "cities_industrial_output")]
    for level, apart in ((80, 4), (95, 3)):
        assert inflow[f"cover {level}, 4 years"] == pytest.approx(level, abs=apart)
        assert np.mean([one[f"cover {level}, 4 years"] for one in output]) == pytest.approx(level, abs=apart)


@pytest.mark.filterwarnings("default")  # a cluster opens more than it closes in time
def test_a_cluster_gives_the_same_bits():
    pytest.importorskip("distributed")
    random = np.random.default_rng(1)
    histories = [np.exp(np.cumsum(random.normal(0.05, 0.1, length))) for length in random.integers(5, 30, 1500)]
    cases = accuracy.Cases(histories, np.full((1500, 4), np.nan), np.arange(1500).astype(str))
    assert accuracy.cluster_equals_plain(accuracy.long(cases))
