"""Growth on rounding intervals, and the ledger that confronts printed rates with printed levels."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huzhou_analysis.analysis.growth import (
    compound_growth,
    contribution,
    growth_rate,
    implied_base,
    implied_deflator,
    implied_level,
)
from huzhou_analysis.analysis.ledger import LEDGER_COLUMNS, growth_ledger
from huzhou_analysis.facts.rounding import Interval, printed_interval


def rounded(low, high, denominator=1000):
    return st.builds(
        lambda a, width: Interval(a, a + width),
        st.fractions(low, high, max_denominator=denominator),
        st.fractions(Fraction(1, 1000), 1, max_denominator=denominator),
    )


levels = rounded(1, 10_000)
rates = rounded(Fraction(-9, 10), 5)
shares = st.fractions(0, Fraction(999, 1000), max_denominator=1000)


def percent(text):
    return printed_interval(text) / 100


def inside(interval, share):
    return interval.low + share * (interval.high - interval.low)


# --- by hand -------------------------------------------------------------------------------------------------------


def test_the_base_of_300_8_at_34_6_percent():
    # [300.75, 300.85) over [1.3455, 1.3465): the least base is 300.75/1.3465, the greatest 300.85/1.3455.
    base = implied_base(printed_interval("300.8"), percent("34.6"))
    assert base == Interval(Fraction("300.75") / Fraction("1.3465"), Fraction("300.85") / Fraction("1.3455"))
    # 1.3465 x 223.35 = 300.74..; 1.3465 x 223.36 = 300.75..; 1.3455 x 223.59 = 300.84..; x 223.60 = 300.85..
    assert Fraction("223.35") < base.low < Fraction("223.36")
    assert Fraction("223.59") < base.high < Fraction("223.60")


def test_growth_from_one_printed_level_to_another():
    # 2.0 after 1.0: [1.95/1.05 - 1, 2.05/0.95 - 1) = [0.857.., 1.157..): two digits say very little.
    growth = growth_rate(printed_interval("2.0"), printed_interval("1.0"))
    assert growth == Interval(Fraction(195, 105) - 1, Fraction(205, 95) - 1)


def test_the_level_that_a_base_and_a_rate_imply():
    # 80.9 and +7.5%, both rounded: [80.85 x 1.0745, 80.95 x 1.0755) = [86.873325, 87.061725)
    assert implied_level(printed_interval("80.9"), percent("7.5")) == Interval("86.873325", "87.061725")


def test_compound_growth_of_a_doubling_in_two_years():
    # Points 100 to 200 in two years: the square root of 2, less 1. One year: simply the growth.
    assert compound_growth(Interval.point(100), Interval.point(200), 2).middle == pytest.approx(0.41421356, abs=1e-8)
    assert compound_growth(Interval.point(100), Interval.point(121), 2).middle == pytest.approx(0.10, abs=1e-12)
    assert compound_growth(Interval.point(100), Interval.point(130), 1).middle == pytest.approx(0.30, abs=1e-12)


def test_contribution_by_hand():
    # A part grows from 20 to 26 in a whole of 120: 6/120 = 5 points.
    points = contribution(Interval.point(26), Interval.point(20), Interval.point(120))
    assert points == Interval.point(5)


def test_deflator_by_hand():
    # Nominal +9%, real +6%: 1.09/1.06 - 1 = 2.830..%
    assert implied_deflator(Interval.point("0.09"), Interval.point("0.06")) == Interval.point(Fraction(109, 106) - 1)


# --- properties ----------------------------------------------------------------------------------------------------


@given(level=levels, rate=rates)
def test_growth_from_the_implied_base_holds_the_printed_rate(level, rate):
    again = growth_rate(level, implied_base(level, rate))
    assert again.low <= rate.low
    assert rate.high <= again.high
    assert again.overlaps(rate)


@given(base=levels, rate=rates)
def test_the_base_of_the_implied_level_holds_the_printed_base(base, rate):
    again = implied_base(implied_level(base, rate), rate)
    assert again.low <= base.low
    assert base.high <= again.high


@given(level=levels, rate=rates, s=shares, t=shares)
def test_the_implied_base_holds_the_base_of_every_level_and_rate(level, rate, s, t):
    x, g = inside(level, s), inside(rate, t)
    base = implied_base(level, rate)
    assert base.low <= x / (1 + g) <= base.high


@given(now=levels, then=levels, s=shares, t=shares)
def test_growth_holds_the_growth_between_any_two_levels(now, then, s, t):
    growth = growth_rate(now, then)
    assert growth.low <= inside(now, s) / inside(then, t) - 1 <= growth.high


@given(level=levels, rate=rates, factor=st.sampled_from([10, 10**4, Fraction(1, 10**4)]))
def test_the_unit_does_not_change_a_rate(level, rate, factor):
    assert implied_base(level * factor, rate) == implied_base(level, rate) * factor
    assert growth_rate(level * factor, level * factor) == growth_rate(level, level)


@given(start=levels, end=levels, years=st.integers(1, 30))
def test_growing_at_the_compound_rate_leads_from_start_to_end(start, end, years):
    rate = compound_growth(start, end, years)
    # The slowest growth leads from the highest start to the lowest end, the fastest the other way.
    assert float(start.high) * (1 + float(rate.low)) ** years == pytest.approx(float(end.low), rel=1e-9)
    assert float(start.low) * (1 + float(rate.high)) ** years == pytest.approx(float(end.high), rel=1e-9)


@given(before=st.lists(st.integers(1, 1000), min_size=2, max_size=6), data=st.data())
def test_contributions_of_all_parts_add_up_to_the_growth_of_the_whole(before, data):
    now = data.draw(st.lists(st.integers(0, 1000), min_size=len(before), max_size=len(before)))
    point, whole = Interval.point, sum(before)
    parts = [contribution(point(a), point(b), point(whole)) for a, b in zip(now, before, strict=True)]
    assert sum(parts, start=point(0)) == growth_rate(point(sum(now)), point(whole)) * 100


@given(real=rates, prices=rates, s=shares, t=shares)
def test_the_deflator_of_nominal_growth_holds_the_price_growth(real, prices, s, t):
    nominal = (real + 1) * (prices + 1) - 1
    found = implied_deflator(nominal, real)
    assert found.low <= prices.low
    assert prices.high <= found.high
    assert found.low <= (1 + inside(nominal, s)) / (1 + inside(real, t)) - 1 <= found.high


# --- what cannot be computed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["0", "-3"])
def test_growth_from_nothing_is_refused(base):
    with pytest.raises(
        ValueError,
        match=r"^基期值可能.* / the base may be zero or negative: .*; state the change in its own unit instead$",
    ):
        growth_rate(printed_interval("5"), printed_interval(base))


@pytest.mark.parametrize("rate", ["-100", "-99.5", "-120"])
def test_a_fall_to_nothing_implies_no_base(rate):
    growth = percent(rate)
    if rate == "-99.5":
        # [-99.55%, -99.45%): 1 was left of 1/0.0055 to 1/0.0045.
        assert implied_base(Interval.point(1), growth) == Interval(1 / Fraction("0.0055"), 1 / Fraction("0.0045"))
    else:
        message = (
            r"^增速可能.* / growth may reach -100%: the base would be unbounded; check the rate \(34.6% is 0.346\)$"
        )
        with pytest.raises(ValueError, match=message):
            implied_base(Interval.point(1), growth)


def test_a_rate_that_reaches_minus_one_exactly_implies_no_base():
    with pytest.raises(ValueError, match="growth may reach -100%"):
        implied_base(Interval.point(1), Interval(-1, 0))


@pytest.mark.parametrize(
    ("start", "end", "years", "message"),
    [
        (Interval.point(1), Interval.point(2), 0, r"^年均增速至少.* / compound growth needs at least one year"),
        (Interval(0, 1), Interval.point(2), 3, r"^年均增速要求.* / compound growth needs positive levels"),
        (
            Interval.point(1),
            Interval(-1, 2),
            3,
            r"positive levels; shares move in points a year: use hz.required_points$",
        ),
    ],
)
def test_compound_growth_without_meaning_is_refused(start, end, years, message):
    with pytest.raises(ValueError, match=message):
        compound_growth(start, end, years)


def test_what_may_just_be_computed():
    with pytest.raises(ValueError, match="zero or negative"):
        growth_rate(Interval.point(1), Interval(0, 1))
    # From 1 to something between nothing and 2 in a year: a fall of all to a doubling.
    assert compound_growth(Interval.point(1), Interval(0, 2), 1) == Interval(-1, 1)
    assert compound_growth(Interval.point(1), Interval(0.5, 2), 1) == Interval(-0.5, 1)
    # 0.5 more of a part, where the whole before was 0.5 to 1: 50 to 100 points.
    assert contribution(Interval.point(1), Interval.point(0.5), Interval(0.5, 1)) == Interval(50, 100)


def test_contribution_to_nothing_is_refused():
    with pytest.raises(ValueError, match=r"^总量可能.* / the whole may be zero or negative: .*; check the whole$"):
        contribution(Interval.point(1), Interval.point(1), Interval(0, 1))


# --- the ledger ----------------------------------------------------------------------------------------------------


def entry(data, figure_id):
    return growth_ledger(data).set_index("figure_id").loc[figure_id]


def test_the_ledger_speaks_of_every_printed_rate_in_order(data):
    ledger = growth_ledger(data)
    printed = data.figures[(data.figures.transformation == "GY") & (data.figures.obs_text != "")]
    assert list(ledger.columns) == LEDGER_COLUMNS
    assert list(dict.fromkeys(ledger.figure_id)) == list(printed.index)
    assert set(ledger.verdict) <= {"reproduced", "contradicted", "price_basis", "revision", "scope", "not_checkable"}
    assert (ledger.rule_zh != "").all()
    assert (ledger.rule_en != "").all()


def test_the_ledger_of_one_theme(data):
    assert set(growth_ledger(data, ["exports"]).indicator) == {"exports"}
    assert growth_ledger(data, ["no_such_indicator"]).empty


def test_industrial_investment_implies_its_base_of_the_half_year_before(data):
    row = entry(data, "D001-02.industrial_investment.2021-S1.gy")
    assert (row.verdict, row.derived, row.derived_period) == ("not_checkable", "base", "2020-S1")
    assert row.derived_unit == "亿元"
    assert row.level_id == "D001-02.industrial_investment.2021-S1"
    assert (row.derived_low, row.derived_high) == pytest.approx((300.75 / 1.3465, 300.85 / 1.3455), rel=1e-12)


def test_exports_of_2013_imply_those_of_2012(data):
    # 80.9 at +9.5%: [80.85/1.0955, 80.95/1.0945) = [73.80.., 73.96..)
    row = entry(data, "D001-GWR.exports.2013.gy")
    assert (row.derived, row.derived_period, row.derived_unit) == ("base", "2012", "亿美元")
    assert (row.derived_low, row.derived_high) == pytest.approx((80.85 / 1.0955, 80.95 / 1.0945), rel=1e-12)


def test_a_goal_for_growth_implies_a_level_from_the_actual_before(data):
    # A goal is set, not measured: exactly 7.5%. [80.85 x 1.075, 80.95 x 1.075) = [86.91375, 87.02125)
    row = entry(data, "D001-GWR.exports.2014.gy")
    assert (row.base_id, row.level_id) == ("D001-GWR.exports.2013", "")
    assert (row.derived, row.derived_period) == ("level", "2014")
    assert (row.derived_low, row.derived_high) == pytest.approx((86.91375, 87.02125), rel=1e-12)


def test_real_growth_is_never_divided_into_a_nominal_level(data):
    row = entry(data, "D001-GWR.gdp.2013.gy")
    assert row.level_id == "D001-GWR.gdp.2013"
    assert (row.verdict, row.derived) == ("not_checkable", "")
    assert row.derived_low != row.derived_low
    ledger = growth_ledger(data).set_index("figure_id")
    constant = data.figures.prices.reindex(ledger.index) == "constant"
    assert constant.any()
    assert (ledger.derived[constant] == "").all()


def test_a_change_of_an_approximate_share_implies_nothing(tables):
    # Were 2013 printed as about 2.3%, +0.13 points from there would be anybody's guess.
    tables.set("figures", "D001-GWR.rd_share.2013", relation="~")
    row = entry(tables.load(), "D001-GWR.rd_share.2014.gy")
    assert row.base_id == "D001-GWR.rd_share.2013"
    assert (row.verdict, row.derived) == ("not_checkable", "")
    assert "bound" in row.rule_en


def test_an_undated_rate_has_no_level(data):
    row = entry(data, "D001-03.childrenswear_own_brand_exports.330502.undated.gy")
    assert (row.verdict, row.level_id, row.base_id) == ("not_checkable", "", "")


EXPORTS = {
    "indicator": "exports",
    "time_period": "2012",
    "unit": "亿美元",
    "prices": "current",
    "source_id": "D001-GWR",
    "locator": "一 导语",
    "vintage": "2014-02-11",
}


@pytest.mark.parametrize(
    ("base", "unit", "low", "high", "verdict"),
    [
        # [80.85/73.95, 80.95/73.85) - 1 = [9.33%, 9.61%) meets [9.45%, 9.55%)
        ("73.9", "亿美元", 80.85 / 73.95 - 1, 80.95 / 73.85 - 1, "reproduced"),
        # The same base, printed in another unit of the same money, is known more closely.
        ("739000", "万美元", 80.85 / 73.90005 - 1, 80.95 / 73.89995 - 1, "reproduced"),
        # [80.85/75.05, 80.95/74.95) - 1 = [7.72%, 8.01%) does not
        ("75.0", "亿美元", 80.85 / 75.05 - 1, 80.95 / 74.95 - 1, "contradicted"),
        # [80.85/74.05, 80.95/73.95) - 1 = [9.18%, 9.47%): the middle, 9.32%, is off by more than rounding of 0.1, and
        # still the printed rate is possible.
        ("74.0", "亿美元", 80.85 / 74.05 - 1, 80.95 / 73.95 - 1, "reproduced"),
        # [80.85/74.15, 80.95/74.05) - 1 = [9.04%, 9.32%)
        ("74.1", "亿美元", 80.85 / 74.15 - 1, 80.95 / 74.05 - 1, "contradicted"),
    ],
)
def test_a_rate_between_two_printed_levels_is_recomputed(tables, base, unit, low, high, verdict):
    tables.add_figure("D001-GWR.exports.2012", base, **(EXPORTS | {"unit": unit}))
    row = entry(tables.load(), "D001-GWR.exports.2013.gy")
    assert (row.level_id, row.base_id) == ("D001-GWR.exports.2013", "D001-GWR.exports.2012")
    assert (row.recomputed_low, row.recomputed_high) == pytest.approx((low * 100, high * 100), rel=1e-9)
    assert (row.verdict, row.derived) == (verdict, "base")  # what 80.9 at +9.5% implies stands beside it


def test_a_level_in_another_currency_is_no_base(tables):
    # 80.9 亿美元 after 460 亿元 of the year before: nothing to recompute, and nothing to stop a report for.
    tables.add_figure("D001-GWR.exports.2012", "460", **(EXPORTS | {"unit": "亿元"}))
    row = entry(tables.load(), "D001-GWR.exports.2013.gy")
    assert row.verdict == "scope"
    assert row.recomputed_low != row.recomputed_low


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"source_id": "D000", "locator": "开头"}, "revision"),  # two sources
        ({"vintage": "2013-02-01"}, "revision"),  # two vintages
        ({"obs_status": "B"}, "scope"),  # a break in the series
    ],
)
def test_levels_that_do_not_belong_together_contradict_nobody(tables, cells, verdict):
    tables.add_figure("D001-GWR.exports.2012", "75.0", **(EXPORTS | cells))
    assert entry(tables.load(), "D001-GWR.exports.2013.gy").verdict == verdict


def test_a_rate_is_held_against_every_pair_of_levels(tables):
    # 73.9 reproduces the 9.5%; 75.0, which another source has for the same year, does not.
    tables.add_figure("D001-GWR.exports.2012", "73.9", **EXPORTS)
    tables.add_figure("D000.exports.2012", "75.0", **(EXPORTS | {"source_id": "D000", "locator": "开头"}))
    rows = entry(tables.load(), "D001-GWR.exports.2013.gy")
    assert list(rows.base_id) == ["D001-GWR.exports.2012", "D000.exports.2012"]
    assert list(rows.verdict) == ["reproduced", "revision"]
    # From 75.0 the growth is at most 80.95/74.95 - 1 = 8.0053%: 1.4447 points below 9.45%.
    assert list(rows.difference) == pytest.approx([0, 9.45 - (80.95 / 74.95 - 1) * 100])


def test_a_base_printed_as_zero_is_not_checkable_and_no_crash(tables):
    tables.add_figure("D001-GWR.exports.2012", "0", **EXPORTS)
    assert entry(tables.load(), "D001-GWR.exports.2013.gy").verdict == "not_checkable"


def test_a_fall_of_all_is_not_checkable_and_no_crash(tables):
    tables.set("figures", "D001-GWR.exports.2013.gy", obs_value="-100", as_printed="下降100%")
    assert entry(tables.load(), "D001-GWR.exports.2013.gy").verdict == "not_checkable"


def test_real_growth_between_two_nominal_levels_is_a_matter_of_prices(tables):
    # 1803.2 after 1650: +9.28% nominal, printed +9% real: no contradiction is ever claimed, not even from 1000.
    for base in ("1650", "1000"):
        tables.add_figure(f"D001-GWR.gdp.2012.{base}", base, **(EXPORTS | {"indicator": "gdp", "unit": "亿元"}))
        row = entry(tables.load(), "D001-GWR.gdp.2013.gy")
        assert row.verdict == "price_basis"
        tables.write("figures", tables.rows("figures")[:-1])


def add_share_goal(tables, share):
    """Add a goal for the R&D share of 2014 beside the printed change in points."""
    tables.add_figure(
        "D001-GWR.rd_share.2014",
        share,
        record_type="target",
        indicator="rd_share",
        time_period="2014",
        unit="%",
        source_id="D001-GWR",
        locator="二 主要目标",
        vintage="2014-02-11",
        span="point",
    )


def test_a_change_in_points_is_subtracted_from_a_share(tables):
    # Goals of 2.43% and of +0.13 points are set, not rounded: 2013 was 2.30%.
    tables.set("figures", "D001-GWR.rd_share.2013", time_period="2011")
    add_share_goal(tables, "2.43")
    row = entry(tables.load(), "D001-GWR.rd_share.2014.gy")
    assert (row.derived, row.derived_period, row.derived_unit) == ("base", "2013", "%")
    assert (row.derived_low, row.derived_high) == pytest.approx((2.30, 2.30), rel=1e-12)


def test_a_change_in_points_is_added_to_the_share_before(tables):
    # 2013: 2.30%, goal +0.13 points: [2.295 + 0.13, 2.305 + 0.13) = [2.425, 2.435).
    tables.set("figures", "D001-GWR.rd_share.2013", obs_value="2.30", relation="=", as_printed="占比2.30%")
    row = entry(tables.load(), "D001-GWR.rd_share.2014.gy")
    assert (row.derived, row.derived_period, row.derived_unit) == ("level", "2014", "%")
    assert (row.derived_low, row.derived_high) == pytest.approx((2.425, 2.435), rel=1e-12)


@pytest.mark.parametrize(("share", "verdict"), [("2.43", "reproduced"), ("2.46", "contradicted")])
def test_a_change_in_points_is_the_difference_of_two_shares(tables, share, verdict):
    # Goals of 2.43 or 2.46 after 2.30, which is 2.295 to 2.305: 0.125 to 0.135 holds +0.13, 0.155 to 0.165 does not.
    # As growth, 2.43/2.30 - 1 would be 5.7%.
    tables.set("figures", "D001-GWR.rd_share.2013", obs_value="2.30", relation="=", as_printed="占比2.30%")
    add_share_goal(tables, share)
    row = entry(tables.load(), "D001-GWR.rd_share.2014.gy")
    assert row.verdict == verdict
    assert row.recomputed_low == pytest.approx(float(share) - 2.305, abs=1e-9)
    assert row.recomputed_high == pytest.approx(float(share) - 2.295, abs=1e-9)


def test_a_claimed_rate_is_held_against_claims_only(tables):
    # An official level beside the promotional rate of 34.6% must not be mixed with it.
    tables.add_figure(
        "D000.industrial_investment.2020-S1",
        "223.5",
        indicator="industrial_investment",
        time_period="2020-S1",
        span="cumulative",
    )
    row = entry(tables.load(), "D001-02.industrial_investment.2021-S1.gy")
    assert (row.base_id, row.derived) == ("", "base")


def test_an_excluded_level_is_no_level(tables):
    tables.add(
        "corrections", figure_id="D001-GWR.exports.2013", action="exclude", expect="80.9", reason="test", status="open"
    )
    row = entry(tables.load(), "D001-GWR.exports.2013.gy")
    assert (row.level_id, row.derived) == ("", "")
