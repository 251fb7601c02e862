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
shares = st.fractions(min_value=Fraction(1, 1000), max_value=Fraction(999, 1000), max_denominator=1000)
intervals = st.builds(lambda a, b, *ends: Interval(min(a, b), max(a, b), *ends), *[fractions] * 2, *[st.booleans()] * 2)
positive = st.builds(
    lambda a, b: Interval(a, a + b),
    st.fractions(Fraction(1, 100), 1000, max_denominator=100),
    st.fractions(0, 100, max_denominator=100),
)


def inside(interval, share):
    """A value of the interval: the lower end for 0, nearer the upper end as `share` nears 1."""
    return interval.low + share * (interval.high - interval.low)


def test_a_printed_number_reaches_half_a_unit_of_its_last_place_each_way():
    numbers = ["300.8", "9", "6.50", "-12.6", "0"]  # 6.50 is printed with two decimals: a hundredth is known
    shown = "[300.75, 300.85) [8.5, 9.5) [6.495, 6.505) [-12.65, -12.55) [-0.5, 0.5)"
    assert " ".join(map(str, map(printed_interval, numbers))) == shown
    assert [half_unit(text) for text in numbers] == [Fraction(1, 2) / 10 ** decimals(text) for text in numbers]


@given(digits=st.integers(0, 10**6), places=st.integers(0, 4), offset=st.integers(-30, 30))
@example(digits=3008, places=1, offset=5)  # 300.85 rounds to 300.9
@example(digits=3008, places=1, offset=-5)  # 300.75 rounds to 300.8
def test_exactly_the_values_that_round_to_the_text_lie_in_its_interval(digits, places, offset):
    text = f"{Decimal(digits).scaleb(-places):f}"
    value = Decimal(text) + Decimal(offset).scaleb(-places - 1)
    assume(value >= 0)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert (value in printed_interval(text)) == (rounded == Decimal(text))


BOUNDS = {">": "(2000, inf)", ">=": "[2000, inf)", "<": "(-inf, 2000)", "<=": "(-inf, 2000]", "~": "(-inf, inf)"}


@pytest.mark.parametrize("relation", BOUNDS)
def test_a_bound_stays_open_on_its_far_side_and_holds_itself_where_it_says_so(relation):
    interval = printed_interval("2000", relation)
    assert (str(interval), interval.bounded) == (BOUNDS[relation], False)
    assert (2000 in interval) == (relation in (">=", "<=", "~"))
    assert relation == "~" or interval.middle == 2000  # of a bound its finite end


def test_a_printed_range_runs_from_the_rounding_of_one_end_to_that_of_the_other():
    # 1—2家: [0.5, 2.5); 2.5 to 3: [2.45, 3.5), each end as coarse as it was printed.
    assert printed_interval("1", "range", "2") == Interval("0.5", "2.5")
    assert printed_interval("2.5", "range", "3") == Interval("2.45", "3.5")


NO_NUMBERS = ["", "16亿", "1,150", "34.6%", "nan", "inf", "1.2.3", "1e999999999", "34.6²", "３４", " 5", "5\n"]
REFUSED = {
    "has no interval": [lambda r=r: printed_interval("5", r) for r in ("relative", "", "==", "≈")],
    "not a plain decimal number": [lambda t=t: printed_interval(t) for t in NO_NUMBERS]
    + [lambda t=t: printed_interval("5", "range", t) for t in NO_NUMBERS],
    "precision is part of the published figure": [
        lambda n=n: printed_interval(n) for n in (300.8, 385, None, math.nan, Decimal("34.60"))
    ],
    "not a number": [lambda: Interval(math.nan, 1)],
    "turned round": [lambda: Interval(2, 1)],
    "may be zero": [lambda e=e: Interval(1, 2) / Interval(*e) for e in ((-1, 1), (0, 1), (-1, 0), (0, 0))],
    "power needs": [lambda low=low, n=n: Interval(low, 2).power(n) for low, n in ((-1, 0.5), (1, 0), (1, -1))],
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_has_no_meaning_is_refused_in_a_sentence(words):
    for call in REFUSED[words]:
        with pytest.raises(ValueError, match=words):
            call()


def test_a_float_is_the_decimal_that_it_prints_as_and_sums_do_not_drift():
    assert exact(0.1) == Fraction(1, 10)
    assert Interval.point(np.float64(0.1)) == Interval.point("0.1")  # a cell of a numeric column is a numpy float
    total = sum((Interval("0.1", "0.2") for _ in range(1000)), Interval.point(0))
    assert (total.low, total.high) == (100, 200)


def test_overlap_and_distance_by_hand():
    one = Interval(1, 2)
    others = [Interval(2, 3), Interval("1.99", 3), Interval(3, 4), Interval.point(1), Interval.point(2)]
    # Only touching; the lower end belongs to it, the upper end does not.
    assert [one.overlaps(other) for other in others] == [False, True, False, True, False]
    assert [one.distance(other) for other in others] == [0, 0, 1, 0, 0]
    assert Interval(-INF, INF).overlaps(Interval.point(7))
    assert Interval(51, INF).distance(Interval("49.5", "50.5")) == 0.5


@given(a=intervals, b=intervals)
def test_two_intervals_overlap_exactly_where_they_share_a_value(a, b):
    low, high = max(a.low, b.low), min(a.high, b.high)
    assert a.overlaps(b) == b.overlaps(a) == any(v in a and v in b for v in (low, high, (low + high) / 2))
    assert a.distance(b) == b.distance(a) >= 0
    assert not a.overlaps(b) or a.distance(b) == 0


OPERATIONS = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "/": lambda x, y: x / y}


@pytest.mark.parametrize("sign", OPERATIONS)
@settings(max_examples=50)
@given(a=intervals, b=intervals, s=shares, t=shares)
def test_an_operation_holds_every_pointwise_result_and_no_more_than_it_must(sign, a, b, s, t):
    operate = OPERATIONS[sign]
    if sign == "/":
        assume(not b.low <= 0 <= b.high)
    result = operate(a, b)
    held = [[v for v in (one.low, inside(one, share), one.high) if v in one] for one, share in ((a, s), (b, t))]
    reached = {operate(x, y) for x, y in product(*held)}
    assert all(value in result for value in reached)
    # As tight as it can be: both ends are those of two ends, and held where some value reaches them.
    corners = [operate(x, y) for x, y in product((a.low, a.high), (b.low, b.high))]
    assert (result.low, result.high) == (min(corners), max(corners))
    assert [end in result for end in corners] == [end in reached or result.low < end < result.high for end in corners]


@pytest.mark.parametrize("ends", ENDS)
def test_ends_that_are_held_stay_so_when_they_change_places(ends):
    low, high = ends
    turned, inverse, square = -Interval(2, 4, *ends), 1 / Interval(2, 4, *ends), Interval(1, 2, *ends).power(2)
    assert (-4 in turned, -2 in turned) == (high, low)
    assert (Fraction(1, 4) in inverse, Fraction(1, 2) in inverse) == (high, low)
    assert (1 in square, 4 in square) == ends


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


@given(a=positive, n=st.integers(1, 6), s=shares)
def test_a_power_holds_the_power_of_every_value(a, n, s):
    result, value = a.power(n), float(inside(a, s)) ** n
    assert result.low <= value * (1 + 1e-12)
    assert value * (1 - 1e-12) <= result.high
