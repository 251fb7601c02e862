"""Growth on plain numbers and on rounding intervals, and the ledger that confronts printed rates with printed levels."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import huzhou_analysis as hz
from huzhou_analysis import compound_growth, contribution, growth_rate, implied_base, implied_deflator, implied_level
from huzhou_analysis.analysis.ledger import LEDGER_COLUMNS, VERDICTS, growth_ledger
from huzhou_analysis.facts.data import UnknownName
from huzhou_analysis.facts.rounding import Interval


def rounded(low, high):
    return st.builds(
        lambda a, width: Interval(a, a + width),
        st.fractions(low, high, max_denominator=1000),
        st.fractions(Fraction(1, 1000), 1, max_denominator=1000),
    )


levels = rounded(1, 10_000)
rates = rounded(-90, 500)  # per cent
shares = st.fractions(0, Fraction(999, 1000), max_denominator=1000)


def inside(interval, share):
    return interval.low + share * (interval.high - interval.low)


def test_the_base_of_300_8_at_34_6_percent():
    # [300.75, 300.85) over [1.3455, 1.3465): the least base is 300.75/1.3465, the greatest 300.85/1.3455.
    base = implied_base("300.8", "34.6")
    assert base == Interval(Fraction("300.75") / Fraction("1.3465"), Fraction("300.85") / Fraction("1.3455"))
    assert implied_base(300.8, 34.6) == pytest.approx(300.8 / 1.346)


def test_printed_text_gives_what_rounding_leaves_open_and_numbers_give_numbers():
    # 2.0 after 1.0: [1.95/1.05 - 1, 2.05/0.95 - 1) = [85.7%, 115.7%): two digits say very little.
    assert growth_rate("2.0", "1.0") == Interval(Fraction(19500, 105) - 100, Fraction(20500, 95) - 100)
    assert growth_rate(119, 100) == pytest.approx(0.19) and growth_rate(Decimal("119"), 100) == pytest.approx(0.19)
    # 80.9 and +7.5%, both rounded: [80.85 x 1.0745, 80.95 x 1.0755)
    assert implied_level("80.9", "7.5") == Interval("86.873325", "87.061725")
    assert implied_level(80, 7.5) == pytest.approx(86)


def test_compound_growth_contribution_and_deflator():
    assert compound_growth(100, 200, 2) == pytest.approx(0.41421356, abs=1e-8)  # the square root of 2, less 1
    assert compound_growth(np.int64(100), Decimal("130"), np.int64(1)) == pytest.approx(0.30)
    assert contribution(26, 20, 120) == 5  # 6 of 120
    assert implied_deflator(9, 6) == pytest.approx(109 / 106 - 1)
    assert implied_deflator(Interval.point(9), Interval.point(6)) == Interval.point(Fraction(300, 106))


def test_a_rate_is_a_fraction_that_is_only_ever_shown_in_per_cent():
    need = hz.required_growth(5.8, 18, 4)
    assert (str(need), f"{need:.0%}", f"{need}", round(need.percent, 2)) == ("32.7%", "33%", "32.7%", 32.73)
    assert hz.say("{r}", "{r:.0%}", r=need) == hz.text("32.7%", "33%")
    assert implied_level(5.8, need) == pytest.approx(5.8 * (18 / 5.8) ** 0.25)  # it goes in as it came out
    assert str(hz.Rate(-0.0631)) == "−6.3%"
    with pytest.raises(ValueError, match="per cent"):
        f"{need:.1f}"


@pytest.mark.parametrize(("growth", "meant"), [(0.05, "5"), (-0.346, "-34.6"), (0.104, "10.4")])
def test_a_fraction_where_per_cent_is_meant_is_refused_and_printed_text_is_not(growth, meant):
    for function in (implied_base, implied_level):
        with pytest.raises(ValueError, match=f"growth is in per cent: .* may mean {meant}%, then write {meant};"):
            function(100, growth)
    assert 0.4 / 100 * 200 + 200 in implied_level(Interval.point(200), "0.4")
    assert implied_level(100, 0) == 100


@given(level=levels, rate=rates, s=shares, t=shares)
def test_the_implied_base_holds_the_base_of_every_level_and_rate(level, rate, s, t):
    base = implied_base(level, rate)
    assert base.low <= inside(level, s) / (1 + inside(rate, t) / 100) <= base.high
    again = growth_rate(level, base)
    assert again.low <= rate.low and rate.high <= again.high


@given(now=levels, then=levels, s=shares, t=shares)
def test_growth_holds_the_growth_between_any_two_levels(now, then, s, t):
    growth = growth_rate(now, then)
    assert growth.low <= (inside(now, s) / inside(then, t) - 1) * 100 <= growth.high


@given(level=levels, rate=rates, factor=st.sampled_from([10, 10**4, Fraction(1, 10**4)]))
def test_the_unit_does_not_change_a_rate(level, rate, factor):
    assert implied_base(level * factor, rate) == implied_base(level, rate) * factor
    assert growth_rate(level * factor, level * factor) == growth_rate(level, level)


@given(start=levels, end=levels, years=st.integers(1, 30))
def test_growing_at_the_compound_rate_leads_from_start_to_end(start, end, years):
    rate = compound_growth(start, end, years)
    # The slowest growth leads from the highest start to the lowest end, the fastest the other way.
    assert float(start.high) * (1 + float(rate.low) / 100) ** years == pytest.approx(float(end.low), rel=1e-9)
    assert float(start.low) * (1 + float(rate.high) / 100) ** years == pytest.approx(float(end.high), rel=1e-9)


@given(before=st.lists(st.integers(1, 1000), min_size=2, max_size=6), data=st.data())
def test_contributions_of_all_parts_add_up_to_the_growth_of_the_whole(before, data):
    now = data.draw(st.lists(st.integers(0, 1000), min_size=len(before), max_size=len(before)))
    parts = [contribution(a, b, sum(before)) for a, b in zip(now, before, strict=True)]
    assert sum(parts) == pytest.approx(growth_rate(sum(now), sum(before)).percent)


@given(real=rates, prices=rates)
def test_the_deflator_of_nominal_growth_holds_the_price_growth(real, prices):
    nominal = ((real / 100 + 1) * (prices / 100 + 1) - 1) * 100
    found = implied_deflator(nominal, real)
    assert found.low <= prices.low and prices.high <= found.high


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: growth_rate(5, 0), "the base may be zero or negative"),
        (lambda: growth_rate("5", "-3"), "the base may be zero or negative"),
        (lambda: growth_rate(Interval.point(1), Interval(0, 1)), "the base may be zero or negative"),
        (lambda: implied_base(1, -100), "growth may reach -100%"),
        (lambda: implied_base(Interval.point(1), Interval(-100, 0)), "growth may reach -100%"),
        (lambda: implied_deflator(5, -120), "growth may reach -100%"),
        (lambda: compound_growth(1, 2, 0), "at least one"),
        (lambda: compound_growth(1, 2), "a number of years"),
        (lambda: compound_growth(0, 2, 3), "positive levels"),
        (lambda: compound_growth(1, -2, 3), "positive levels"),
        (lambda: contribution(1, 1, 0), "the whole may be zero"),
        (lambda: growth_rate(float("nan"), 1), "a level is a number"),
        (lambda: growth_rate(None, 1), "a level is a number"),
        (lambda: growth_rate(True, 1), "a level is a number"),
        (lambda: growth_rate(np.array([1, 2]), 1), "a level is a number"),
        (lambda: compound_growth(np.ma.masked, 2, 3), "a level is a number"),
        (lambda: growth_rate("三成", 1), "not a plain decimal number"),
    ],
)
def test_what_has_no_meaning_is_refused_in_a_sentence(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_what_may_just_be_computed():
    # [-99.55%, -99.45%): 1 was left of 1/0.0055 to 1/0.0045.
    assert implied_base(Interval.point(1), "-99.5") == Interval(1 / Fraction("0.0055"), 1 / Fraction("0.0045"))
    assert compound_growth(Interval.point(1), Interval(0, 2), 1) == Interval(-100, 100)
    assert contribution(Interval.point(1), Interval.point(0.5), Interval(0.5, 1)) == Interval(50, 100)


def entry(data, figure_id):
    return growth_ledger(data).set_index("figure_id").loc[figure_id]


def test_the_ledger_speaks_of_every_printed_rate_in_order(data):
    ledger = growth_ledger(data)
    printed = data.figures[(data.figures.transformation == "GY") & (data.figures.obs_text != "")]
    assert list(ledger.columns) == LEDGER_COLUMNS
    assert list(dict.fromkeys(ledger.figure_id)) == list(printed.index)
    assert set(ledger.verdict) <= set(VERDICTS) and (ledger.rule_zh != "").all() and (ledger.rule_en != "").all()
    real = data.figures.prices.reindex(ledger.figure_id).to_numpy() == "constant"
    assert real.any() and (ledger.derived[real] == "").all()
    assert set(growth_ledger(data, ["出口总额"]).indicator) == {"exports"}
    with pytest.raises(UnknownName):
        growth_ledger(data, ["no_such_indicator"])


def test_price_basis_is_no_check(whole):
    """Few lines test anything: levels of one price basis against a rate of the same."""
    ledger = growth_ledger(whole)
    assert set(ledger.verdict[ledger.tests]) == {"reproduced", "revision"} and ledger.tests.sum() < len(ledger) / 20
    real = whole.figures.prices.reindex(ledger.figure_id).to_numpy() == "constant"
    assert not ledger.tests[real].any()
    # 387.3亿元 after 413.5 is a fall of 6.3%; printed is +1.4% on one account: two scopes, no contradiction.
    one = ledger[ledger.figure_id == "P-20230227-GWR.local_fiscal_revenue.2022.gy"]
    assert set(one.verdict) == {"scope"}


# What is added to the figures of the five documents, or changed in them, and what the line of a rate then says.
EXPORTS, RD, RD_GOAL = "D001-GWR.exports.2013.gy", "D001-GWR.rd_share.2013", "D001-GWR.rd_share.2014.gy"
PRINTED = {"source_id": "D001-GWR", "locator": "一 导语", "vintage": "2014-02-11", "time_period": "2012"}
PRESS = {"source_id": "D000", "locator": "开头"}


def base(value, indicator="exports", unit="亿美元", **cells):
    return "D001-GWR.base", value, PRINTED | {"indicator": indicator, "unit": unit, "prices": "current"} | cells


def goal(share):
    cells = {"indicator": "rd_share", "unit": "%", "record_type": "target", "time_period": "2014", "span": "point"}
    return "D001-GWR.rd_share.2014", share, PRINTED | cells | {"locator": "二 主要目标"}


def between(low, high, verdict):
    return {"recomputed_low": low, "recomputed_high": high, "verdict": verdict, "derived": "base"}


EXACT = {"obs_value": "2.30", "relation": "=", "as_printed": "占比2.30%"}
HALF = {"indicator": "industrial_investment", "time_period": "2020-S1", "span": "cumulative"}
INVESTMENT, GDP = "D001-02.industrial_investment.2021-S1.gy", "D001-GWR.gdp.2013.gy"
CONFRONTED = [
    # A level and a nominal rate imply the other year; a goal is set, not measured, so exactly 7.5%.
    (INVESTMENT, [], {"verdict": "not_checkable", "base_id": "", "derived": "base", "derived_period": "2020-S1",
                      "derived_low": 300.75 / 1.3465, "derived_high": 300.85 / 1.3455}),
    ("D001-GWR.exports.2014.gy", [], {"verdict": "not_checkable", "level_id": "", "derived": "level", "derived_period": "2014",
                                      "derived_low": 80.85 * 1.075, "derived_high": 80.95 * 1.075}),
    # Real growth is never divided into a nominal level.
    (GDP, [], {"level_id": "D001-GWR.gdp.2013", "verdict": "not_checkable", "derived": ""}),
    # [80.85/73.95, 80.95/73.85) - 1 = [9.33%, 9.61%) meets the printed [9.45%, 9.55%)
    (EXPORTS, [base("73.9")], between(8085 / 73.95 - 100, 8095 / 73.85 - 100, "reproduced")),
    # The same base, printed in another unit of the same money, is known more closely.
    (EXPORTS, [base("739000", unit="万美元")], between(8085 / 73.90005 - 100, 8095 / 73.89995 - 100, "reproduced")),
    # [7.72%, 8.01%) does not
    (EXPORTS, [base("75.0")], between(8085 / 75.05 - 100, 8095 / 74.95 - 100, "contradicted")),
    # [9.18%, 9.47%): the middle, 9.32%, is off by more than rounding of 0.1, and still the printed rate is possible.
    (EXPORTS, [base("74.0")], between(8085 / 74.05 - 100, 8095 / 73.95 - 100, "reproduced")),
    (EXPORTS, [base("74.1")], between(8085 / 74.15 - 100, 8095 / 74.05 - 100, "contradicted")),  # [9.04%, 9.32%)
    # Levels that do not belong together contradict nobody: two sources, two vintages, a break, two currencies; or zero.
    (EXPORTS, [base("75.0", **PRESS)], {"verdict": "revision"}),
    (EXPORTS, [base("75.0", vintage="2013-02-01")], {"verdict": "revision"}),
    (EXPORTS, [base("75.0", obs_status="B")], {"verdict": "scope"}),
    (EXPORTS, [base("460", unit="亿元")], {"verdict": "scope"}),
    (EXPORTS, [base("0")], {"verdict": "not_checkable"}),
    # 1803.2 after 1650: +9.28% nominal, printed +9% real: no contradiction is ever claimed, not even from 1000.
    (GDP, [base("1650", "gdp", "亿元")], {"verdict": "not_tested", "tests": False}),
    (GDP, [base("1000", "gdp", "亿元")], {"verdict": "not_tested", "tests": False}),
    # Were 2013 printed as about 2.3%, +0.13 points from there would be anybody's guess.
    (RD_GOAL, [(RD, None, {"relation": "~"})], {"base_id": RD, "verdict": "not_checkable", "derived": ""}),
    # Goals of 2.43% and of +0.13 points are set, not rounded: 2013 was 2.30%.
    (RD_GOAL, [(RD, None, {"time_period": "2011"}), goal("2.43")],
     {"derived": "base", "derived_period": "2013", "derived_unit": "%", "derived_low": 2.30, "derived_high": 2.30}),
    # Goals of 2.43 or 2.46 after 2.295 to 2.305: 0.125 to 0.135 holds +0.13, 0.155 to 0.165 does not (growth were 5.7%).
    (RD_GOAL, [(RD, None, EXACT), goal("2.43")], {"verdict": "reproduced", "recomputed_low": 0.125, "recomputed_high": 0.135}),
    (RD_GOAL, [(RD, None, EXACT), goal("2.46")], {"verdict": "contradicted", "recomputed_low": 0.155, "recomputed_high": 0.165}),
    # An official level beside the promotional rate of 34.6% must not be mixed with it.
    (INVESTMENT, [("D000.x", "223.5", HALF)], {"base_id": "", "derived": "base"}),
]  # fmt: skip


@pytest.mark.parametrize(("rate", "rows", "said"), CONFRONTED)
def test_a_rate_is_confronted_with_what_is_on_file(tables, rate, rows, said):
    for figure_id, value, cells in rows:
        tables.set("figures", figure_id, **cells) if value is None else tables.add_figure(figure_id, value, **cells)
    row = entry(tables.load(), rate)
    assert row[list(said)].to_dict() == pytest.approx(said)


def test_a_rate_is_held_against_every_pair_of_levels_that_is_not_excluded(tables):
    # 73.9 reproduces the 9.5%; 75.0, which another source has for the same year, does not.
    for name, (_, value, cells) in (("a", base("73.9")), ("b", base("75.0", **PRESS))):
        tables.add_figure(name, value, **cells)
    rows = entry(tables.load(), EXPORTS)
    assert (list(rows.base_id), list(rows.verdict)) == (["a", "b"], ["reproduced", "revision"])
    # From 75.0 the growth is at most 80.95/74.95 - 1 = 8.0053%: 1.4447 points below 9.45%.
    assert list(rows.difference) == pytest.approx([0, 9.45 - (80.95 / 74.95 - 1) * 100])
    exclude = {"action": "exclude", "expect": "80.9", "reason": "test", "status": "open"}
    tables.add("corrections", figure_id="D001-GWR.exports.2013", **exclude)
    assert entry(tables.load(), EXPORTS).level_id == ""
