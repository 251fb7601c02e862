"""Rounding intervals: what a printed number leaves open, and arithmetic that loses nothing of it."""

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from huzhou_analysis.facts.rounding import Interval, decimals, exact, half_unit, printed_interval

INF = math.inf

fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
shares = st.fractions(min_value=0, max_value=Fraction(999, 1000), max_denominator=1000)
intervals = st.builds(lambda a, b: Interval(min(a, b), max(a, b)), fractions, fractions)
positive = st.builds(
    lambda a, b: Interval(a, a + b),
    st.fractions(Fraction(1, 100), 1000, max_denominator=100),
    st.fractions(0, 100, max_denominator=100),
)
places = st.integers(0, 4)


def printed(digits, decimal_places):
    """The plain text of digits / 10**decimal_places, with its trailing zeros."""
    return f"{Decimal(digits).scaleb(-decimal_places):f}"


def inside(interval, share):
    """A value of the interval: the lower end for 0, nearer the upper end as `share` nears 1."""
    return interval.low + share * (interval.high - interval.low)


# --- what a printed number stands for ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("300.8", "300.75", "300.85"),
        ("34.6", "34.55", "34.65"),
        ("9", "8.5", "9.5"),
        ("6.50", "6.495", "6.505"),  # printed with two decimals: a hundredth is known
        ("6.5", "6.45", "6.55"),
        ("0.13", "0.125", "0.135"),
        ("-12.6", "-12.65", "-12.55"),
        ("0", "-0.5", "0.5"),
        ("446.84", "446.835", "446.845"),
    ],
)
def test_a_printed_number_reaches_half_a_unit_of_its_last_place_each_way(text, low, high):
    interval = printed_interval(text)
    assert (interval.low, interval.high) == (Fraction(low), Fraction(high))


@given(digits=st.integers(0, 10**6), places=places, offset=st.integers(-30, 30))
@example(digits=3008, places=1, offset=5)  # 300.85 rounds to 300.9
@example(digits=3008, places=1, offset=-5)  # 300.75 rounds to 300.8
def test_exactly_the_values_that_round_to_the_text_lie_in_its_interval(digits, places, offset):
    text = printed(digits, places)
    value = Decimal(text) + Decimal(offset).scaleb(-places - 1)
    assume(value >= 0)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert (value in printed_interval(text)) == (rounded == Decimal(text))


@given(digits=st.integers(0, 10**6), places=places, share=shares)
def test_every_value_between_rounds_back_to_what_was_printed(digits, places, share):
    text = printed(digits, places)
    value = inside(printed_interval(text), share)
    assume(value >= 0)
    # Half up, in whole numbers: floor(x * 10^places + 1/2).
    assert math.floor(value * 10**places + Fraction(1, 2)) == digits


@pytest.mark.parametrize(
    ("relation", "low", "high"),
    [
        (">", 2000, INF),
        (">=", 2000, INF),
        ("<", -INF, 2000),
        ("<=", -INF, 2000),
        ("~", -INF, INF),
    ],
)
def test_a_bound_stays_open_on_its_far_side(relation, low, high):
    interval = printed_interval("2000", relation)
    assert (interval.low, interval.high) == (low, high)
    assert not interval.bounded


@pytest.mark.parametrize("relation", [">", ">="])
def test_a_lower_bound_is_not_a_rounded_number(relation):
    # 突破2000 rules out 1999.9, which would round to 2000.
    assert Fraction("1999.9") not in printed_interval("2000", relation)
    assert 10**9 in printed_interval("2000", relation)


def test_at_or_below_holds_the_bound_itself():
    assert 80 in printed_interval("80", "<=")


def test_at_or_above_holds_the_bound_itself():
    assert 80 in printed_interval("80", ">=")


def test_a_printed_range_runs_from_the_rounding_of_one_end_to_that_of_the_other():
    # 1—2家: [0.5, 2.5); 2.5 to 3: [2.45, 3.5), each end as coarse as it was printed.
    assert printed_interval("1", "range", "2") == Interval("0.5", "2.5")
    assert printed_interval("2.5", "range", "3") == Interval("2.45", "3.5")


@pytest.mark.parametrize("relation", ["relative", "", "==", "≈"])
def test_a_relation_without_a_number_has_no_interval(relation):
    with pytest.raises(ValueError, match=r"has no interval; use = >= > <= < ~ or range$"):
        printed_interval("5", relation)


@pytest.mark.parametrize(("text", "expected"), [("300.8", 1), ("3.40", 2), ("16", 0), ("-12.6", 1), ("14000", 0)])
def test_decimals_are_those_in_print(text, expected):
    assert decimals(text) == expected
    assert half_unit(text) == Fraction(1, 2) / 10**expected


@pytest.mark.parametrize("text", ["", "16亿", "1,150", "34.6%", "nan", "inf", "1.2.3", "1e999999999", "34.6²", "３４"])
def test_text_that_is_no_plain_number_is_refused(text):
    for refused in (
        lambda: decimals(text),
        lambda: printed_interval(text),
        lambda: printed_interval("5", "range", text),
    ):
        with pytest.raises(ValueError, match=r"write digits such as 300\.8$"):
            refused()


def test_a_range_without_its_upper_end_is_refused():
    with pytest.raises(ValueError, match="not a plain decimal number: ''"):
        printed_interval("5", "range")


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (printed_interval("300.8"), "[300.75, 300.85)"),
        (printed_interval("2000", ">"), "(2000, inf)"),
        (printed_interval("80", "<="), "(-inf, 80]"),
    ],
)
def test_an_interval_is_written_with_the_ends_that_it_holds(interval, text):
    assert str(interval) == text


# --- exactness -----------------------------------------------------------------------------------------------------


def test_a_float_is_the_decimal_that_it_prints_as():
    assert exact(0.1) == Fraction(1, 10)
    assert Interval(0.1, 0.3) == Interval("0.1", Decimal("0.3"))


def test_a_numpy_float_is_read_like_a_float():
    # A cell of a numeric column is a numpy float.
    assert Interval.point(np.float64(0.1)) == Interval.point("0.1")


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        Interval(math.nan, 1)


def test_an_interval_turned_round_is_refused():
    with pytest.raises(ValueError, match="turned round"):
        Interval(2, 1)


def test_repeated_addition_does_not_drift():
    total = Interval.point(0)
    for _ in range(1000):
        total = total + Interval("0.1", "0.2")
    assert (total.low, total.high) == (100, 200)


# --- membership ----------------------------------------------------------------------------------------------------


def test_half_open():
    interval = Interval("0.5", "1.5")
    assert Fraction("0.5") in interval
    assert Fraction("1.5") not in interval
    assert 3 in Interval.point(3)
    assert Fraction("3.0001") not in Interval.point(3)


@pytest.mark.parametrize(
    ("a", "b", "overlap", "gap"),
    [
        (Interval(1, 2), Interval(2, 3), False, 0),  # only touching
        (Interval(1, 2), Interval("1.99", 3), True, 0),
        (Interval(1, 2), Interval(3, 4), False, 1),
        (Interval.point(1), Interval(1, 2), True, 0),  # the lower end belongs
        (Interval.point(2), Interval(1, 2), False, 0),  # the upper end does not
        (Interval.point(2), Interval.point(2), True, 0),
        (Interval.point(2), Interval.point(3), False, 1),
        (Interval(-INF, INF), Interval.point(7), True, 0),
        (Interval(50, INF), Interval("49.5", "50.5"), True, 0),
        (Interval(51, INF), Interval("49.5", "50.5"), False, 0.5),
    ],
)
def test_overlap_and_distance_both_ways_round(a, b, overlap, gap):
    assert a.overlaps(b) is b.overlaps(a) is overlap
    assert a.distance(b) == b.distance(a) == gap


@given(a=intervals, b=intervals)
def test_two_intervals_overlap_exactly_where_they_share_a_value(a, b):
    # If any value is shared, the higher of the two lower ends is.
    witness = max(a.low, b.low)
    assert a.overlaps(b) == b.overlaps(a) == (witness in a and witness in b)


@given(a=intervals, b=intervals)
def test_intervals_that_overlap_are_no_distance_apart(a, b):
    if a.overlaps(b):
        assert a.distance(b) == 0
    assert a.distance(b) == b.distance(a) >= 0


# --- arithmetic ----------------------------------------------------------------------------------------------------

OPERATIONS = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "/": lambda x, y: x / y}


@pytest.mark.parametrize("sign", OPERATIONS)
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


@given(a=positive, b=positive, s=shares, t=shares)
def test_sums_products_and_differences_of_rounded_numbers_keep_their_values_in_the_half_open_interval(a, b, s, t):
    assume(a.low < a.high and b.low < b.high)
    x, y = inside(a, s), inside(b, t)
    assert x + y in a + b
    assert x * y in a * b
    assert x / y in a / b or t == 0  # dividing by a lower end gives the open upper end, and only from there
    assert x - y in a - b or t == 0


@given(a=intervals, number=fractions)
def test_a_plain_number_counts_as_a_point_on_either_side(a, number):
    point = Interval.point(number)
    assert a + number == number + a == a + point
    assert a - number == a - point
    assert number - a == point - a
    assert a * number == number * a == a * point
    if not a.low <= 0 <= a.high:
        assert number / a == point / a


@pytest.mark.parametrize("ends", [(True, True), (True, False), (False, True), (False, False)])
def test_ends_that_are_held_stay_so_when_they_change_places(ends):
    low, high = ends
    turned, inverse = -Interval(2, 4, *ends), 1 / Interval(2, 4, *ends)
    assert (-4 in turned, -2 in turned) == (high, low)
    assert (Fraction(1, 4) in inverse, Fraction(1, 2) in inverse) == (high, low)
    product_ = Interval(0, 2, *ends) * Interval(3, 5, False, False)
    assert (0 in product_, 10 in product_) == (low, False)  # nothing times anything is nothing
    # Whether an end is held is a yes or a no: text and comparisons rely on it.
    assert all(
        type(one) is bool for found in (turned, inverse, product_) for one in (found.low_closed, found.high_closed)
    )


@pytest.mark.parametrize("first", [(True, True), (True, False), (False, True), (False, False)])
@pytest.mark.parametrize("second", [(True, True), (True, False), (False, True), (False, False)])
def test_the_end_of_a_product_is_held_where_both_ends_are(first, second):
    found = Interval(1, 2, *first) * Interval(3, 4, *second)
    assert (3 in found, 8 in found) == (first[0] and second[0], first[1] and second[1])


def test_an_infinite_end_is_never_held():
    found = Interval(-INF, INF, low_closed=True, high_closed=True)
    assert (found.low_closed, found.high_closed) == (False, False)
    assert str(Interval(0, INF, high_closed=True)) == "[0, inf)"


def test_subtraction_by_hand():
    # 95.3 - 80.9: [95.25 - 80.95, 95.35 - 80.85) = [14.3, 14.5)
    assert printed_interval("95.3") - printed_interval("80.9") == Interval("14.3", "14.5")


def test_a_negative_factor_swaps_the_ends():
    assert Interval(-1, 2) * -3 == Interval(-6, 3)
    assert Interval(-2, 3) * Interval(-5, 4) == Interval(-15, 12)


def test_a_set_value_less_a_rounded_one_holds_the_difference_to_its_lower_end():
    # A goal of 2.43 after 2.30, which may have been 2.295: the change may be 0.135, and cannot be 0.125.
    change = Interval.point("2.43") - printed_interval("2.30")
    assert Fraction("0.135") in change
    assert Fraction("0.125") not in change


def test_arithmetic_on_bounds_stays_open():
    above = printed_interval("2000", ">")
    assert above - 500 == Interval(1500, INF)
    assert -above == Interval(-INF, -2000)
    assert above / 2 == Interval(1000, INF)
    assert 4000 / above == Interval(0, 2)
    assert above - above == Interval(-INF, INF)
    assert above * 0 == Interval.point(0)


@pytest.mark.parametrize("number", [300.8, 385, None, float("nan")])
def test_a_number_that_has_lost_its_printed_digits_is_refused(number):
    with pytest.raises(ValueError, match="precision is part of what was printed"):
        printed_interval(number)


@pytest.mark.parametrize("divisor", [Interval(-1, 1), Interval(0, 1), Interval(-1, 0), Interval.point(0)])
def test_division_by_what_may_be_zero_is_refused(divisor):
    with pytest.raises(ValueError, match="may be zero"):
        Interval(1, 2) / divisor


@given(a=positive, n=st.integers(1, 6), s=shares)
def test_a_power_holds_the_power_of_every_value(a, n, s):
    result, value = a.power(n), float(inside(a, s)) ** n
    assert result.low <= value * (1 + 1e-12)
    assert value * (1 - 1e-12) <= result.high


@pytest.mark.parametrize("ends", [(True, True), (True, False), (False, True), (False, False)])
def test_a_power_holds_its_ends_where_the_interval_does(ends):
    found = Interval(1, 2, *ends).power(2)
    assert (found.low_closed, found.high_closed) == ends
    assert (1 in found, 4 in found) == ends


def test_a_goal_in_words_has_no_interval():
    with pytest.raises(ValueError, match=r"'relative' has no interval; use = >= > <= < ~ or range$"):
        printed_interval("", "relative")


def test_above_a_bound_is_without_it_and_at_least_with_it():
    assert 5 not in printed_interval("5", ">")
    assert 5 in printed_interval("5", ">=")
    assert 5 not in printed_interval("5", "<")


def test_powers_by_hand():
    assert Interval(4, 9).power(0.5) == Interval(2, 3)
    assert Interval(0, INF).power(0.5) == Interval(0, INF)


@pytest.mark.parametrize(("interval", "exponent"), [(Interval(-1, 2), 0.5), (Interval(1, 2), 0), (Interval(1, 2), -1)])
def test_powers_without_meaning_are_refused(interval, exponent):
    with pytest.raises(ValueError, match="power needs"):
        interval.power(exponent)


def test_the_middle_of_a_bound_is_its_finite_end():
    assert printed_interval("300.8").middle == 300.8
    assert printed_interval("2000", ">").middle == 2000
    assert printed_interval("80", "<=").middle == 80


@pytest.mark.parametrize(
    ("text", "relation", "factor", "low", "high"),
    [
        ("2", ">=", 3, 6, INF),
        ("2", ">=", -3, -INF, -6),
        ("-2", "<=", 3, -INF, -6),
        ("-2", "<=", -3, 6, INF),
        ("2", ">=", 0, 0, 0),
    ],
)
def test_a_bound_times_a_number_is_open_on_the_side_it_turns_to(text, relation, factor, low, high):
    found = printed_interval(text, relation) * Interval.point(factor)
    assert (found.low, found.high) == (low, high)
    assert (found.low_closed, found.high_closed) == (math.isfinite(low), math.isfinite(high))


def test_bounds_multiply_to_a_bound():
    # At least 2 times at least 3 is at least 6; times at most -3 it is at most -6.
    above, below = printed_interval("3", ">="), printed_interval("-3", "<=")
    six, minus = printed_interval("2", ">=") * above, printed_interval("2", ">=") * below
    assert (six.low, six.high, six.low_closed) == (6, INF, True)
    assert (minus.low, minus.high, minus.high_closed) == (-INF, -6, True)
