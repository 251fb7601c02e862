"""Projections: members against hand and statsmodels, intervals from tables small enough to work out; the arithmetic of benchmarks."""

import os
import re
import sys
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.holtwinters import Holt, SimpleExpSmoothing
from table_copies import ROOT

import huzhou_analysis as hz
from huzhou_analysis.analysis import calibration
from huzhou_analysis.analysis.calibration import KINDS, LENGTHS, LONGEST_HORIZON, PROBABILITIES, QUANTILES, Tables
from huzhou_analysis.analysis.forecast import FEWEST
from huzhou_analysis.analysis.series import COLUMNS
from huzhou_analysis.facts import periods

sys.path.insert(0, str(ROOT / "benchmarks"))
import bench
import calibrate
import load

SIX = [10.0, 11.0, 12.1, 13.3, 14.6, 16.1]
series_of = st.lists(st.floats(0.5, 1000), min_size=5, max_size=15)


def years(values, first=2015):
    return pd.Series(values, range(first, first + len(values)), dtype=float)


def test_paths_worked_by_hand():
    rising, falling = np.array([10.0, 12, 15]), np.array([100.0, 130, 121])
    assert calibration.last_value(rising, 2).tolist() == [15, 15]
    assert calibration.drift(rising, 2).tolist() == [17.5, 20]  # (15 - 10) / 2 a year
    assert calibration.growth(falling, 2) == pytest.approx([133.1, 146.41])  # 10% a year
    assert calibration.damped_growth(falling, 2) == pytest.approx(np.exp(calibration.damped_trend(np.log(falling), 2)))


@pytest.mark.parametrize("seed", range(4))
def test_smoothing_is_that_of_statsmodels_at_the_least_squares_of_the_grid(seed):
    values = 50 + np.cumsum(np.random.default_rng(seed).normal(1, 3, 5 + 3 * seed))

    def simple(alpha, numbers=values):
        model = SimpleExpSmoothing(numbers, initialization_method="known", initial_level=numbers[0])
        return model.fit(smoothing_level=alpha, optimized=False)

    best = min((simple(alpha) for alpha in calibration.ALPHAS), key=lambda fit: fit.sse)
    assert calibration.simple_smoothing(values, 3) == pytest.approx(best.forecast(3))

    slope = (values[-1] - values[0]) / (len(values) - 1)
    fits = [Holt(values[1:], damped_trend=True, initialization_method="known", initial_level=values[0], initial_trend=slope)
            .fit(smoothing_level=a, smoothing_trend=b, damping_trend=d, optimized=False) for a, b, d in calibration.TRIPLES]  # fmt: skip
    best = min(fits, key=lambda fit: fit.sse)
    assert calibration.damped_trend(values, 3) == pytest.approx(best.forecast(3))

    # Theta: half the trend line, half the smoothed line of double curvature (Assimakopoulos & Nikolopoulos 2000).
    at = np.arange(len(values) + 3)
    line = np.polyval(np.polyfit(at[:-3], values, 1), at)
    curved = 2 * values - line[:-3]
    best = min((simple(alpha, curved) for alpha in calibration.ALPHAS), key=lambda fit: fit.sse)
    assert calibration.theta(values, 3) == pytest.approx((line[-3:] + best.forecast(3)) / 2)


@given(series_of, st.floats(0.001, 1000))
def test_members_know_no_unit_and_take_many_series_at_once(values, unit):
    both = np.array([values, values[::-1]])
    for name, member in calibration.MEMBERS.items():
        alone = member(both[0], 3)
        assert member(both, 3)[0] == pytest.approx(alone), name
        assert member(both[0] * unit, 3) == pytest.approx(alone * unit, rel=1e-6), name
        assert member(np.full(len(values), 7.0), 3) == pytest.approx([7] * 3), name


@given(series_of)
def test_the_path_is_the_median_of_the_members_that_lead(values):
    for kind, lead in ((None, "median"), ("gdp", "steady"), ("industrial_output", "cautious"), ("freight", "flat")):
        found = hz.project(values, 3, start=2000, kind=kind)
        assert found.lead == calibration.LEADS[lead]
        middle = found.members[[*found.lead]].median(axis=1)
        seen = values if kind is None else values[-12:]
        assert found.table["median"].to_list() == pytest.approx(np.maximum(middle, 0.05 * seen[-1]).to_list())


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [([5.0] * 6, None, [5, 5]), ([0.0] * 6, "gdp", [0, 0]), ([100.0] * 7, "share", [100, 100]),
     ([5.0, 6, 7, 8, 9, 0], "foreign_investment", [0, 0]),  # nothing came in the last year
     ([5.0, 6, 7, 8, 9, -2], "foreign_investment", [-2, -2]),  # more was withdrawn than came
     ([90.0, 92, 94, 96, 98, 100], "share", [100, 100]), ([8.0, 6, 4, 2, 1, 0], "share", [0, 0]),  # of the whole, of nothing
     ([-3.0, -2, -1, 0, 1, 2], None, None), ([-0.3, 0.2, 2.1, 0.9, 1.6, 1.6], "rate", None),  # drift in levels; inflation
     ([101.0, 99, 104, 103, 104], "rate", None)],  # fulfilment of a plan
)  # fmt: skip
def test_zero_negative_constant_and_percentages(values, kind, expected):
    found = hz.project(values, 2, start=2015, kind=kind)
    assert found.table["median"].notna().all()
    assert found.table.low_80.isna().all() and found.without_interval
    assert np.isnan(found.probability(1)) and np.isnan(found.base_rate(1).share)
    assert expected is None or found.table["median"].tolist() == expected
    if values[0] == -3:  # levels: last 2, drift 3, damped between
        assert 2 < found.table["median"].iloc[0] <= 3


def test_fewer_than_five_comparable_years_give_no_projection():
    found = hz.project([1, 2, 3, 4], 2, start=2020, kind="gdp")
    assert not found and found.table.empty and found.errors.empty and np.isnan(found.probability(5))
    assert "4 comparable years" in repr(found) and str(FEWEST) in found.reason
    assert not hz.project(pd.Series([1.0, 2, 3, 5], [2015, 2016, 2017, 2019]), 1)  # a year filled in is no observation
    assert hz.project(pd.Series([1.0, 2, 3, 5, 6], [2015, 2016, 2017, 2019, 2020]), 1)


def test_gaps_are_filled_at_constant_growth_and_a_long_one_starts_anew():
    found = hz.project(pd.Series([100, 121, 130, 140, 150], [2015, 2017, 2018, 2019, 2020]), 1)
    assert found.history[2016] == pytest.approx(110) and found.filled == (2016,) and found.observed == 5
    found = hz.project(pd.Series([9.0] * 3 + [1.0] * 5, [2001, 2002, 2003, *range(2008, 2013)]), 1)
    assert found.history.index[0] == 2008
    assert hz.project(years([3, np.nan, 4, 5, 6, 7]), 1).filled == (2016,)


@pytest.fixture(scope="module")
def small():
    """GDP, two stretches, quantiles of log error a tenth of their place (-0.5 to 0.5), twice that for the smallest."""
    rows = [
        ("gdp", length, horizon, since, size, start, 50, 20, 0.8, 0.95, 0.1,
         *np.linspace(-0.5, 0.5, len(QUANTILES)) * horizon / 10 * (2 if size == 1 else 1) + shift)
        for length, horizon in product(LENGTHS, range(1, LONGEST_HORIZON + 1))
        for since, shift in ((2004, 0.1), (2008, 0.0))
        for size, start in enumerate((0, 0, 100, 1000))
    ]  # fmt: skip
    names = ["kind", "length", "horizon", "since", "size", "size_from", "cases", "cities"]
    return Tables(pd.DataFrame(rows, columns=[*names, "coverage_80", "coverage_95", "miss", *QUANTILES]))


def test_an_interval_is_the_path_times_the_errors_and_the_chance_is_read_from_the_same(small):
    found = hz.project([500.0] * 6, 2, start=2010, kind="gdp", unit="亿元", tables=small)  # constant: the path is 500
    # 10% and 90% are the fourth and the eighth of eleven places: -0.2 and 0.2, a tenth of it one year ahead.
    ends = np.log(found.table / 500)
    assert ends.loc[2016, ["low_80", "high_80"]].tolist() == pytest.approx([-0.02, 0.02])
    assert ends.loc[2017, ["low_95", "high_95"]].tolist() == pytest.approx([-0.08, 0.08])
    assert found.coverage().coverage_80 == 0.8 and found.stands_for == "gdp"
    assert found.probability(500, 2016) == pytest.approx(0.5)
    assert found.probability(500 * np.exp(0.02), 2016) == pytest.approx(0.1)
    assert found.probability(500 * np.exp(0.02), 2016, relation="<=") == pytest.approx(0.9)
    assert found.probability(1e6) == pytest.approx(0.01) and found.probability(1) == pytest.approx(0.99)


def test_like_cities_are_those_of_the_size_the_length_and_the_time(small):
    def width(**given):
        found = hz.project([50.0] * 6, 1, kind="gdp", tables=small, **given)
        return np.log(found.table.high_80.iloc[0] / 50)

    assert width(start=2010) == pytest.approx(0.02)  # size not known
    assert width(start=2010, unit="亿元") == pytest.approx(0.04)  # 50 of 亿元 is among the smallest
    assert width(start=2010, unit="CNY bn") == pytest.approx(0.02)  # 500 亿元 in the middle
    assert width(start=2010, unit="吨") == pytest.approx(0.02)  # another measure says nothing of size
    assert width(start=2002) == pytest.approx(0.12)  # ends in 2007: the errors of that time
    assert width(start=1990) == pytest.approx(0.12)  # before all: the first stretch


def test_the_base_rate_is_the_count_of_the_table_and_the_same_as_the_outside_view():
    table = calibration.shipped("base_rates.csv")
    row = table[(table.kind == "gdp") & (table.horizon == 2) & (table.size_low == 500)].iloc[0]
    found = hz.project([400, 420, 440, 460, 480, 500.0], 2, start=2018, kind="gdp", unit="亿元")
    rate = found.base_rate(500 * 1.075**2)  # 7.5% a year: counted from 7% on
    assert (rate.hits, rate.cases, rate.years) == (int(row.counts.split()[37]), row.cases, 2)
    assert rate.needed == pytest.approx(7.5) and "CNY 50bn or more and less than CNY 200bn" in str(rate)
    ceiling = found.base_rate(500 * 1.075**2, relation="<=")  # less than 8%
    assert ceiling.hits == row.cases - int(row.counts.split()[38])
    assert found.base_rate(-5).hits == int(row.counts.split()[0])  # the table begins at -30%
    assert "of all sizes" in str(hz.project([5.0] * 6, 2, start=2018, kind="gdp").base_rate(6))


@given(st.floats(1, 2000), st.floats(1, 2000))
def test_nothing_contradicts_what_is_printed_for_part_of_a_year(floor, target):
    values = [500.0, 520, 480, 510, 500, 505]
    free = hz.project(values, 3, start=2010, kind="retail")
    found = hz.project(values, 3, start=2010, kind="retail", at_least={2017: floor})
    assert (found.table.loc[2017] >= floor).all()
    assert (found.table >= free.table - 1e-9).all(axis=None)
    assert found.table.loc[2016].equals(free.table.loc[2016])
    assert found.probability(target, 2017) >= free.probability(target, 2017) - 1e-12
    if target <= floor:
        assert found.probability(target, 2017) == 1
    lift = found.table.loc[2017, "median"] / free.table.loc[2017, "median"]
    assert found.table.loc[2018, "median"] == pytest.approx(free.table.loc[2018, "median"] * lift)


@given(
    st.lists(st.floats(-1e9, 1e9).map(lambda number: round(number, 3)), min_size=5, max_size=14),
    st.sampled_from([*KINDS]),
)
def test_whatever_the_numbers_intervals_lie_in_each_other_and_chances_fall_with_the_target(values, kind):
    found = hz.project(np.abs(values) % 100 if kind == "share" else values, 4, start=2000, kind=kind)
    table = found.table
    assert np.isfinite(table["median"]).all()
    if found.stands_for:
        ends = table[["low_95", "low_80", "low_50", "high_50", "high_80", "high_95"]].to_numpy()
        assert (np.diff(ends) >= 0).all() and (ends > 0).all()
        chances = [found.probability(target) for target in (0, *ends[-1])]
        assert chances == sorted(chances, reverse=True)


def test_errors_are_those_of_the_method_at_earlier_years():
    values = years([10, 11, 12.5, 12, 14, 15, 15.5, 17])
    errors = hz.project(values, 3, kind="gdp").errors
    assert errors.groupby("origin").size().to_dict() == {2019: 3, 2020: 2, 2021: 1}
    row = errors[(errors.origin == 2019) & (errors.horizon == 2)].iloc[0]
    then = hz.project(values.loc[:2019], 3, kind="gdp").table.loc[2021]
    assert row["median"] == then["median"] and row.actual == 15.5
    assert row.error == pytest.approx(then["median"] / 15.5 - 1)
    assert row.inside_80 == (then.low_80 <= 15.5 <= then.high_80)
    assert hz.project(values, 3).errors.inside_80.isna().all()


def frame(*rows):
    """Rows of an assembled series: period, value, origin, segment, unit."""
    full = pd.DataFrame(rows, columns=["time_period", "value", "origin", "segment", "unit"])
    ends = [periods.parse(period).end.year for period in full.time_period]
    return full.assign(year=ends, relation="=").reindex(columns=COLUMNS, fill_value="")


def test_a_frame_is_read_after_its_last_break_in_its_last_unit():
    old = [(str(year), 1.0, "printed", 1, "亿美元") for year in range(2000, 2006)]
    new = [(str(year), 50.0, "implied", 2, "亿元") for year in range(2006, 2012)]
    found = hz.project(frame(*old, *new), 1, kind="gdp")
    assert found.history.index.tolist() == [*range(2006, 2012)] and "less than CNY 50bn" in str(found.base_rate(60))
    broken = frame(*new[:3], *((p, v, o, 3, u) for p, v, o, _, u in new[3:]))
    assert not hz.project(broken, 1)
    assert len(hz.project(broken, 1, across_breaks=True).history) == 6


def test_parts_of_a_year_bind_and_are_no_year_and_totals_fill():
    rows = [(str(year), 10.0, "printed", 1, "亿元") for year in (2010, 2013, 2014, 2015, 2016, 2017)]
    rows += [("2010/P4Y", 44.0, "period_total", 1, "亿元"), ("2018-01/P9M", 25.0, "part_year", 1, "亿元")]
    found = hz.project(frame(*rows), 2, kind="gdp")
    assert found.history.index[-1] == 2017
    assert found.table.loc[2018, "low_95"] == 25 == found.table.loc[2019, "median"]
    assert found.history.loc[2011:2012].tolist() == pytest.approx([12, 12])  # 44 less two printed tens
    ended = hz.project(frame(*rows[:6], ("2017-01/P9M", 25.0, "part_year", 1, "亿元")), 1, kind="gdp")
    assert ended.table.loc[2018, "low_95"] < 25  # the year is over


@pytest.mark.parametrize(
    ("series", "given", "words"),
    [
        (SIX, {}, "write start=2015"),
        (SIX, {"start": 201801}, "start="),
        (years(SIX, 201801), {}, "201801, which is no year"),
        (years(SIX).set_axis([f"{year}" for year in range(2015, 2021)]), {}, "'2015', which is no year"),
        (years(SIX).set_axis([2015, 2016, np.nan, 2018, 2019, 2020]), {}, "nan, which is no year"),
        (years(SIX).set_axis([2015, 2016, 2016, 2017, 2018, 2019]), {}, "2016 comes twice"),
        (years([1, 2, np.inf, 4, 5]), {}, "inf in 2017 is no quantity"),
        (years([1, 2, 1e200, 4, 5]), {}, "1e+200 in 2017"),
        (pd.Series(["1", "2"], [2015, 2016]), {}, "'1', which is no number"),
        ([True, False, True], {"start": 2015}, "True, which is no number"),
        ("fdi", {}, "not str"),
        (np.ones((2, 3)), {"start": 2015}, "not ndarray"),
        (pd.DataFrame({"a": SIX}), {}, "lacks the columns year and value"),
        (years(SIX), {"start": 2015}, "leave start out"),
        (years(SIX), {"horizon": 2027}, "1 to 6, not 2027: for the year 2027 write 2027 minus"),
        (years(SIX), {"horizon": 10**6}, "1 to 6, not 1000000"),
        (years(SIX), {"horizon": 2.5}, "not 2.5"),
        (years(SIX), {"level": [0.95]}, "not 0.95: write 95"),
        (years(SIX), {"level": [100]}, "1 to 98"),
        (years(SIX), {"kind": "foreign"}, "'foreign_investment'"),
        (years(SIX), {"kind": ["gdp"]}, "kind ['gdp'] is unknown"),
        (years(SIX), {"unit": 5}, "such as '亿元', not 5"),
        (years([50, 60, 104, 90, 80]), {"kind": "share"}, "write kind='rate'"),
        (years([50, 60, -0.3, 90, 80]), {"kind": "share"}, "between 0 and 100"),
        (years(SIX), {"at_least": {2021: "6"}}, "finite number such as 18, not '6'"),
        (years(SIX), {"at_least": {"2021": 6}}, "goes by year such as 2026, not '2021'"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_in_a_sentence(series, given, words):
    with pytest.raises((TypeError, ValueError)) as refused:
        hz.project(series, given.pop("horizon", 2), **given)
    message = str(refused.value)
    assert words in message and "\n" not in message


def test_a_question_that_cannot_be_answered_is_refused():
    found = hz.project(SIX, 2, start=2018, kind="gdp")
    ask = found.probability
    for asked, values, words in [(ask, ("18",), "finite number"), (ask, (float("nan"),), "finite number"), (ask, (18, 2027), "from 2024 to 2025"),
                                (ask, (18, float("nan")), "from 2024 to 2025"), (found.coverage, (2027,), "1 to 6")]:  # fmt: skip
        with pytest.raises((TypeError, ValueError), match=words):
            asked(*values)
    with pytest.raises(ValueError, match="write one of"):
        found.base_rate(18, relation="==")


def test_other_levels_indexes_and_numbers_are_taken():
    for level in ([90], 90, np.array([90])):
        assert [*hz.project(years(SIX), 1, kind="gdp", level=level).table] == ["median", "low_90", "high_90"]
    span, plain = range(2015, 2021), hz.project(years(SIX), 1).table
    for index in (pd.to_datetime([f"{y}-12-31" for y in span]), pd.period_range("2015", periods=6, freq="Y"), [float(y) for y in span],
                  pd.Index(span, dtype=object)):  # fmt: skip
        assert hz.project(years(SIX).set_axis(index), 1).table.equals(plain)
    for same in (years(SIX).iloc[::-1], pd.Series([Decimal(str(v)) for v in SIX], span), years(SIX).astype(object)):
        assert hz.project(same, 1).table.equals(plain)


def panel(*series, **columns):
    parts = [pd.DataFrame({"series": name, "year": one.index, "value": one.to_numpy()}) for name, one in series]
    return pd.concat(parts).assign(**columns)


def test_a_panel_gives_what_each_series_gets_alone():
    first, second = years(SIX), years([3, 4, 5, 4, 6, 7, 8], 2001)
    found = hz.project_panel(panel(("b", first), ("a", second), ("few", first[:3]), kind="retail", unit="亿元"), 2)
    assert found.series.tolist() == ["b", "b", "a", "a", "few"]
    for name, one in (("a", second), ("b", first)):
        alone = hz.project(one, 2, kind="retail", unit="亿元").table
        rows = found[found.series == name].set_index("year")[alone.columns].astype(float)
        pd.testing.assert_frame_equal(rows, alone, check_index_type=False)
    assert found[found.series == "few"].year.isna().all() and "fewer" in found.reason.iloc[-1]


def test_a_panel_names_the_series_that_is_wrong():
    with pytest.raises(ValueError, match=r"series 'x': the year 2016 comes twice"):
        hz.project_panel(panel(("x", years(SIX).set_axis([2015, 2016, 2016, 2017, 2018, 2019]))), 2)
    with pytest.raises(ValueError, match="lacks the column series"):
        hz.project_panel(pd.DataFrame({"year": [1], "value": [2]}), 2)
    assert hz.project_panel(panel(("x", years(SIX)))[:0], 2).empty


def test_the_example_of_a_cluster_gives_the_same_numbers():
    pytest.importorskip("joblib")
    pytest.importorskip("dask.distributed")
    page = (ROOT / "docs" / "projections.md").read_text(encoding="utf-8")
    example = next(code for code in re.findall(r"```python\n(.*?)```", page, flags=re.S) if "dask" in code)
    assert len(example.strip().splitlines()) <= 10
    space = {"panel": panel(*((f"{n}", years(np.array(SIX) * n)) for n in range(1, 20)), kind="gdp")}
    exec(example, space)
    alone = hz.project_panel(space["panel"], 4)
    pd.testing.assert_frame_equal(
        *(one.sort_values(["series", "year"]).reset_index(drop=True) for one in (space["found"], alone))
    )


@pytest.fixture(scope="module")
def errors():
    return calibration.shipped("forecast_errors.csv")


def of_the_present(errors):
    return errors[errors.since == errors.groupby("kind").since.transform("max")]


def test_the_shipped_tables_are_whole_rise_and_never_narrow_with_the_years(errors):
    growth, named = calibration.shipped("base_rates.csv"), {kind.stands_for for kind in KINDS.values()} - {""}
    assert set(errors.kind) == set(growth.kind) == named == set(calibration.NAMES)
    assert (np.diff(errors[QUANTILES]) >= 0).all()
    assert errors.groupby(["kind", "since"]).size().eq(len(LENGTHS) * LONGEST_HORIZON * 4).all()
    for counts, cases in zip(growth.counts.str.split(), growth.cases, strict=True):
        assert len(counts) == 91 and cases >= int(counts[0]) and (np.diff([*map(int, counts)]) <= 0).all()
    for _, rows in of_the_present(errors).groupby(["kind", "length", "size"]):
        assert rows["q0.9"].is_monotonic_increasing and rows["q0.1"].is_monotonic_decreasing
    past = errors.drop(of_the_present(errors).index)
    assert past.coverage_80.between(0.74, 0.86).all() and past.coverage_95.between(0.90, 0.98).all()


def test_the_kind_without_a_panel_stands_on_the_widest_that_resembles_it(errors):
    now = of_the_present(errors).query("size == 0 and since >= 2020")  # of panels that reach the present
    width = (now["q0.9"] - now["q0.1"]).groupby(now.kind).mean()
    alike = [kind for kind in width.index if KINDS[kind].lead == KINDS["flow"].lead]
    assert KINDS["flow"].stands_for == width[alike].idxmax()


def test_quantiles_and_factors_by_hand():
    found = calibrate.weighted_quantiles(np.array([3.0, 1, 2]), np.array([1.0, 1, 2]), (0.125, 0.5, 0.875))
    assert found.tolist() == [1, 2, 3]
    row = np.array(PROBABILITIES) - 0.5 + 7  # its median stays at 7
    assert calibrate.widened(row, (2, 4))[[0, 3, 5, 7, -1]] == pytest.approx([7 - 0.49 * 4, 6.2, 7, 7.8, 7 + 0.49 * 4])
    cases = pd.DataFrame({"error": np.linspace(-1, 3, 401), "size": 1, "origin": 2010})
    past, present = (calibrate.error_quantiles(cases, 0, recent) for recent in (False, True))
    assert past[5] == pytest.approx(1) and present == pytest.approx(past - 0.5)  # half of the median is carried on
    known = pd.DataFrame({"error": np.linspace(-2, 2, 401), "origin": 2009, "horizon": 1, "q0.5": 0.0})
    known = known.assign(**{"q0.1": -1.0, "q0.9": 1.0, "q0.025": -1.0, "q0.975": 1.0})
    assert calibrate.factors(known, 2009) == (1, 1)  # nothing had come by then
    assert calibrate.factors(known, 2010) == pytest.approx((1.6, 1.9), abs=0.02)  # 80 in 100 are within 1.6


def test_cities_left_out_are_held_as_often_as_the_intervals_say():
    rng = np.random.default_rng(3)  # two hundred cities, of which those that began large grow more steadily
    level = rng.normal(5, 1, (200, 1))
    walks = np.exp(level + rng.normal(0.08, 0.05 + 0.03 * (level < 5), (200, 28)).cumsum(axis=1))
    cities = pd.DataFrame(walks, [f"c{n}" for n in range(200)], range(1996, 2024))
    tables = Tables(calibrate.error_table({"gdp": cities[:100]}))
    inside = {1: [], 2: [], 3: []}
    for origin in (2006, 2010, 2014, 2017):
        thirds = np.ceil(cities[origin].rank(pct=True) * 3)
        for name, row in cities[100:].iterrows():
            table = hz.project(row.loc[:origin], 4, kind="gdp", unit="亿元", tables=tables).table
            inside[thirds[name]] += [*row[table.index].between(table.low_80, table.high_80)]
    for third, found in inside.items():
        assert 0.72 < np.mean(found) < 0.88, third


@pytest.mark.skipif("HUZHOU_BENCHMARKS" not in os.environ, reason="HUZHOU_BENCHMARKS names no folder of panels")
def test_shipped_tables_are_what_the_panels_give(errors):
    loans = {"loans": calibrate.panels(Path(os.environ["HUZHOU_BENCHMARKS"]))["loans"]}
    growth = calibration.shipped("base_rates.csv").query("kind == 'loans'").reset_index(drop=True)
    pd.testing.assert_frame_equal(calibrate.base_rate_table(loans), growth, check_dtype=False)
    again, past = calibrate.error_table(loans), errors[(errors.kind == "loans") & (errors.since < 2020)]
    keys = [*calibrate.GROUP, "since", "size", "cases", "cities"]
    merged = past.merge(again, on=keys, suffixes=("", "_again"))
    assert len(merged) == len(past)  # rows for the present share their factors with the other kinds
    assert np.allclose(merged[QUANTILES], merged[[f"{q}_again" for q in QUANTILES]], atol=0.0011)


def samples(*walls):
    return [bench.Sample(wall, wall, 40) for wall in walls]


def test_a_ratio_is_taken_round_by_round_and_not_of_the_medians():
    row = bench.compared("x", samples(2, 30, 4), samples(1, 10, 4), 1.6, lambda one: one.wall)
    assert row[1:4] == ["4.00 s (2.00–30.00)", "4.00 s (1.00–10.00)", "2.00x (1.00–3.00)"]  # 2/1, 30/10, 4/4
    assert row[4:] == ["1.6x", "missed by 25 %", "40 MB", "40 MB"]
    with pytest.raises(ValueError, match="shorter"):
        bench.compared("x", samples(1, 2), samples(1), 1, lambda one: one.wall)


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=9), st.integers(1, 100))
def test_a_machine_that_is_slower_in_some_rounds_changes_no_ratio(floor, factor):
    ours = samples(*(one * factor for one in floor))
    row = bench.compared("x", ours, samples(*floor), factor * 1.001, lambda one: one.wall)
    assert row[3] == f"{factor:.2f}x" and row[5] == "met"


def test_enlarged_tables_hold_so_many_figures_of_their_own_and_are_in_order(tmp_path):
    load.enlarge(tmp_path / "data", 5000)
    data = hz.load(tmp_path / "data")
    assert len(data.figures) == data.figures.index.nunique() == 5000
    read = load.read_with_pandas(tmp_path / "data")["figures"].set_index("figure_id")
    assert read.obs_value.equals(data.figures.obs_value.loc[read.index])
    assert (read.as_printed == data.figures.as_printed).all()
