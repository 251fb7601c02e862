"""Rounding intervals: what a printed number leaves open, and arithmetic that loses nothing of it."""

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from huzhou_analysis.facts.rounding import Interval, decimals, exact, half_unit, printed_interval

INF = math.inf
ENDS = list(product((True, False), repeat=2))

fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
shares = st.fractions(min_value=0, max_value=Fraction(999, 1000), max_denominator=1000)
intervals = st.builds(lambda a, b: Interval(min(a, b), max(a, b)), fractions, fractions)
positive = st.builds(
    lambda a, b: Interval(a, a + b),
    st.fractions(Fraction(1, 100), 1000, max_denominator=100),
    st.fractions(0, 100, max_denominator=100),
)


def inside(interval, share):
    """A value of the interval: the lower end for 0, nearer the upper end as `share` nears 1."""
    return interval.low + share * (interval.high - interval.low)


# --- what a printed number stands for ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("300.8", "300.75", "300.85"),
        ("9", "8.5", "9.5"),
        ("6.50", "6.495", "6.505"),  # printed with two decimals: a hundredth is known
        ("-12.6", "-12.65", "-12.55"),
        ("0", "-0.5", "0.5"),
    ],
)
def test_a_printed_number_reaches_half_a_unit_of_its_last_place_each_way(text, low, high):
    interval = printed_interval(text)
    assert (interval.low, interval.high) == (Fraction(low), Fraction(high))
    assert half_unit(text) == Fraction(1, 2) / 10 ** decimals(text)


@given(digits=st.integers(0, 10**6), places=st.integers(0, 4), offset=st.integers(-30, 30))
@example(digits=3008, places=1, offset=5)  # 300.85 rounds to 300.9
@example(digits=3008, places=1, offset=-5)  # 300.75 rounds to 300.8
def test_exactly_the_values_that_round_to_the_text_lie_in_its_interval(digits, places, offset):
    text = f"{Decimal(digits).scaleb(-places):f}"
    value = Decimal(text) + Decimal(offset).scaleb(-places - 1)
    assume(value >= 0)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert (value in printed_interval(text)) == (rounded == Decimal(text))


@pytest.mark.parametrize(
    ("relation", "low", "high", "holds"),
    [
        (">", 2000, INF, False),
        (">=", 2000, INF, True),
        ("<", -INF, 2000, False),
        ("<=", -INF, 2000, True),
        ("~", -INF, INF, True),
    ],
)
def test_a_bound_stays_open_on_its_far_side_and_holds_itself_where_it_says_so(relation, low, high, holds):
    interval = printed_interval("2000", relation)
    assert (interval.low, interval.high, interval.bounded) == (low, high, False)
    assert (2000 in interval) == holds


def test_a_printed_range_runs_from_the_rounding_of_one_end_to_that_of_the_other():
    # 1—2家: [0.5, 2.5); 2.5 to 3: [2.45, 3.5), each end as coarse as it was printed.
    assert printed_interval("1", "range", "2") == Interval("0.5", "2.5")
    assert printed_interval("2.5", "range", "3") == Interval("2.45", "3.5")


@pytest.mark.parametrize("relation", ["relative", "", "==", "≈"])
def test_a_relation_without_a_number_has_no_interval(relation):
    with pytest.raises(ValueError, match="has no interval"):
        printed_interval("5", relation)


@pytest.mark.parametrize(
    "text", ["", "16亿", "1,150", "34.6%", "nan", "inf", "1.2.3", "1e999999999", "34.6²", "３４", " 5", "5\n"]
)
def test_text_that_is_no_plain_number_is_refused(text):
    for refused in (lambda: printed_interval(text), lambda: printed_interval("5", "range", text)):
        with pytest.raises(ValueError, match="not a plain decimal number"):
            refused()


@pytest.mark.parametrize("number", [300.8, 385, None, float("nan"), Decimal("34.60")])
def test_a_number_that_has_lost_its_printed_digits_is_refused(number):
    with pytest.raises(ValueError, match="precision is part of the published figure"):
        printed_interval(number)


def test_an_interval_is_written_with_the_ends_that_it_holds():
    printed = [printed_interval("300.8"), printed_interval("2000", ">"), printed_interval("80", "<=")]
    assert list(map(str, printed)) == ["[300.75, 300.85)", "(2000, inf)", "(-inf, 80]"]
    assert [interval.middle for interval in printed] == [300.8, 2000, 80]  # of a bound its finite end


# --- exactness and membership --------------------------------------------------------------------------------------


def test_a_float_is_the_decimal_that_it_prints_as_and_sums_do_not_drift():
    assert exact(0.1) == Fraction(1, 10)
    assert Interval.point(np.float64(0.1)) == Interval.point("0.1")  # a cell of a numeric column is a numpy float
    total = sum((Interval("0.1", "0.2") for _ in range(1000)), Interval.point(0))
    assert (total.low, total.high) == (100, 200)


@pytest.mark.parametrize("ends", [(math.nan, 1), (2, 1)])
def test_what_is_no_interval_is_refused(ends):
    with pytest.raises(ValueError, match=r"not a number|turned round"):
        Interval(*ends)


@pytest.mark.parametrize(
    ("a", "b", "overlap", "gap"),
    [
        (Interval(1, 2), Interval(2, 3), False, 0),  # only touching
        (Interval(1, 2), Interval("1.99", 3), True, 0),
        (Interval(1, 2), Interval(3, 4), False, 1),
        (Interval.point(1), Interval(1, 2), True, 0),  # the lower end belongs
        (Interval.point(2), Interval(1, 2), False, 0),  # the upper end does not
        (Interval(-INF, INF), Interval.point(7), True, 0),
        (Interval(51, INF), Interval("49.5", "50.5"), False, 0.5),
    ],
)
def test_overlap_and_distance_both_ways_round(a, b, overlap, gap):
    assert a.overlaps(b) is b.overlaps(a) is overlap
    assert a.distance(b) == b.distance(a) == gap


@given(a=intervals, b=intervals)
def test_two_intervals_overlap_exactly_where_they_share_a_value(a, b):
    witness = max(a.low, b.low)  # if any value is shared, the higher of the two lower ends is
    assert a.overlaps(b) == b.overlaps(a) == (witness in a and witness in b)
    assert a.distance(b) == b.distance(a) >= 0
    assert not a.overlaps(b) or a.distance(b) == 0


# --- arithmetic ----------------------------------------------------------------------------------------------------

OPERATIONS = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "/": lambda x, y: x / y}


@pytest.mark.parametrize("sign", OPERATIONS)
@settings(max_examples=50)
@given(a=intervals, b=intervals, s=shares, t=shares)
def test_an_operation_holds_every_pointwise_result_and_no_more_than_it_must(sign, a, b, s, t):
    operate = OPERATIONS[sign]
    if sign == "/":
        assume(not b.low <= 0 <= b.high)
    result, value = operate(a, b), operate(inside(a, s), inside(b, t))
    assert result.low <= value <= result.high
    # As tight as it can be: both ends are reached at ends of the two intervals.
    corners = [operate(x, y) for x, y in product((a.low, a.high), (b.low, b.high))]
    assert (result.low, result.high) == (min(corners), max(corners))


@settings(max_examples=50)
@given(a=positive, b=positive, s=shares, t=shares)
def test_results_of_rounded_numbers_stay_in_the_half_open_interval(a, b, s, t):
    assume(a.low < a.high and b.low < b.high)
    x, y = inside(a, s), inside(b, t)
    assert x + y in a + b
    assert x * y in a * b
    assert x / y in a / b or t == 0  # dividing by a lower end gives the open upper end, and only from there
    assert x - y in a - b or t == 0


@pytest.mark.parametrize("ends", ENDS)
def test_ends_that_are_held_stay_so_when_they_change_places(ends):
    low, high = ends
    turned, inverse, square = -Interval(2, 4, *ends), 1 / Interval(2, 4, *ends), Interval(1, 2, *ends).power(2)
    assert (-4 in turned, -2 in turned) == (high, low)
    assert (Fraction(1, 4) in inverse, Fraction(1, 2) in inverse) == (high, low)
    assert (1 in square, 4 in square) == ends
    found = Interval(0, 2, *ends) * Interval(3, 5, False, False)
    assert (0 in found, 10 in found) == (low, False)  # nothing times anything is nothing


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("second", ENDS)
def test_the_end_of_a_product_is_held_where_both_ends_are(first, second):
    found = Interval(1, 2, *first) * Interval(3, 4, *second)
    assert (3 in found, 8 in found) == (first[0] and second[0], first[1] and second[1])


def test_arithmetic_by_hand():
    # 95.3 - 80.9: [95.25 - 80.95, 95.35 - 80.85) = [14.3, 14.5)
    assert printed_interval("95.3") - printed_interval("80.9") == Interval("14.3", "14.5")
    assert Interval(-2, 3) * Interval(-5, 4) == Interval(-15, 12)
    # A goal of 2.43 after 2.30, which may have been 2.295: the change may be 0.135, and cannot be 0.125.
    change = Interval.point("2.43") - printed_interval("2.30")
    assert Fraction("0.135") in change
    assert Fraction("0.125") not in change
    assert Interval(4, 9).power(0.5) == Interval(2, 3)


def test_arithmetic_on_bounds_stays_open():
    above = printed_interval("2000", ">")
    assert above - 500 == Interval(1500, INF)
    assert -above == Interval(-INF, -2000)
    assert 4000 / above == Interval(0, 2)
    assert above - above == Interval(-INF, INF)
    assert above * 0 == Interval.point(0)
    # At least 2 times at least 3 is at least 6; times at most -3 it is at most -6.
    two, three, minus = (printed_interval(*one) for one in (("2", ">="), ("3", ">="), ("-3", "<=")))
    assert str(two * three) == "[6, inf)"
    assert str(two * minus) == "(-inf, -6]"


@pytest.mark.parametrize("divisor", [Interval(-1, 1), Interval(0, 1), Interval(-1, 0), Interval.point(0)])
def test_division_by_what_may_be_zero_is_refused(divisor):
    with pytest.raises(ValueError, match="may be zero"):
        Interval(1, 2) / divisor


@given(a=positive, n=st.integers(1, 6), s=shares)
def test_a_power_holds_the_power_of_every_value(a, n, s):
    result, value = a.power(n), float(inside(a, s)) ** n
    assert result.low <= value * (1 + 1e-12)
    assert value * (1 - 1e-12) <= result.high


@pytest.mark.parametrize(("interval", "exponent"), [(Interval(-1, 2), 0.5), (Interval(1, 2), 0), (Interval(1, 2), -1)])
def test_powers_without_meaning_are_refused(interval, exponent):
    with pytest.raises(ValueError, match="power needs"):
        interval.power(exponent)
