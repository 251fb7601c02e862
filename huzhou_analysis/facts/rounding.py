"""What a printed number leaves open: rounding intervals with exact arithmetic.

A printed ``300.8`` stands for every value that rounds to it, [300.75, 300.85). Growth rates, bases and sums are
computed on such intervals (interval arithmetic after R. E. Moore, *Interval Analysis*, 1966) with exact endpoints.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import product

Number = int | float | str | Decimal | Fraction

INFINITY = math.inf
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def exact(value: Number) -> Fraction | float:
    """A number as an exact fraction, a float as the decimal it prints as (0.1 is one tenth); infinities stay floats."""
    if isinstance(value, float):
        if math.isinf(value):
            return value
        if math.isnan(value):
            raise ValueError("not a number; leave missing values out")
        return Fraction(repr(float(value)))
    return Fraction(value)


@dataclass(frozen=True, slots=True)
class Interval:
    """The values that a number may stand for: from `low`, by default included, up to `high`, by default not.

    An infinite end is never included. Two intervals are equal if their ends are, included or not.

    Examples
    --------
    >>> total = hz.printed_interval("1.2") + hz.printed_interval("3.4")
    >>> print(total)
    [4.5, 4.7)
    >>> 4.6 in total, total.bounded
    (True, True)
    """

    low: Fraction | float
    high: Fraction | float
    low_closed: bool = field(default=True, compare=False)
    high_closed: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        low, high = exact(self.low), exact(self.high)
        if low > high:
            raise ValueError(f"interval turned round: low {float(low)} is above high {float(high)}; swap them")
        point = low == high
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        object.__setattr__(self, "low_closed", (self.low_closed or point) and abs(low) != INFINITY)
        object.__setattr__(self, "high_closed", (self.high_closed or point) and abs(high) != INFINITY)

    @classmethod
    def point(cls, value: Number) -> Interval:
        return cls(value, value)

    bounded = property(lambda self: INFINITY not in (abs(self.low), abs(self.high)))
    floats = property(lambda self: (float(self.low), float(self.high)))
    _ends = property(lambda self: ((self.low, self.low_closed), (self.high, self.high_closed)))

    @property
    def middle(self) -> float:
        """Centre of a bounded interval; the finite end of a half-bounded one."""
        if self.bounded:
            return float((self.low + self.high) / 2)
        return float(self.high if abs(self.low) == INFINITY else self.low)

    def may_be_at_most(self, other: Interval) -> bool:
        """Whether some value of this interval is at most some value of the other."""
        return self.low < other.high or (self.low == other.high and self.low_closed and other.high_closed)

    def overlaps(self, other: Interval) -> bool:
        """Whether some value lies in both; two that only touch share it if both include it."""
        return self.may_be_at_most(other) and other.may_be_at_most(self)

    def __contains__(self, value: Number) -> bool:
        return self.overlaps(Interval.point(value))

    def distance(self, other: Interval) -> float:
        """Gap between two intervals, 0 where they overlap or touch."""
        return float(max(self.low - other.high, other.low - self.high, 0))

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low, self.high_closed, self.low_closed)

    def __add__(self, other: Interval | Number) -> Interval:
        other = _interval(other)
        closed = self.low_closed and other.low_closed, self.high_closed and other.high_closed
        return Interval(self.low + other.low, self.high + other.high, *closed)

    __radd__ = __add__

    def __sub__(self, other: Interval | Number) -> Interval:
        return self + -_interval(other)

    def __rsub__(self, other: Number) -> Interval:
        return _interval(other) - self

    def __mul__(self, other: Interval | Number) -> Interval:
        """Between the least and the greatest product of two ends; nothing times anything is nothing."""
        ends = [
            (a * b, a_in and b_in) if a and b else (0, (a == 0 and a_in) or (b == 0 and b_in))
            for (a, a_in), (b, b_in) in product(self._ends, _interval(other)._ends)
        ]
        low, high = min(value for value, _ in ends), max(value for value, _ in ends)
        return Interval(low, high, (low, True) in ends, (high, True) in ends)

    __rmul__ = __mul__

    def __truediv__(self, other: Interval | Number) -> Interval:
        other = _interval(other)
        if other.low <= 0 <= other.high:
            raise ValueError("division by an interval that may be zero: the result is unbounded; check the divisor")
        return self * Interval(1 / other.high, 1 / other.low, other.high_closed, other.low_closed)

    def __rtruediv__(self, other: Number) -> Interval:
        return _interval(other) / self

    def power(self, exponent: float) -> Interval:
        """Non-negative interval raised to a positive exponent (monotone, so end by end); floats for roots."""
        if self.low < 0 or exponent <= 0:
            raise ValueError("power needs a non-negative interval and a positive exponent; check both")
        return Interval(float(self.low) ** exponent, float(self.high) ** exponent, self.low_closed, self.high_closed)

    def __str__(self) -> str:
        left, right = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        return f"{left}{float(self.low):g}, {float(self.high):g}{right}"


def _interval(value: Interval | Number) -> Interval:
    return value if isinstance(value, Interval) else Interval.point(value)


def decimals(text: str) -> int:
    """Number of decimal places that a number is printed with, ``"3.40"`` 2; a ValueError if it is no plain decimal."""
    if not isinstance(text, str):
        said = f"write the number as text, {str(text)!r}, not {text!r}"
        raise ValueError(f"precision is part of the published figure: {said}")
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"not a plain decimal number: {text!r}; write digits such as 300.8")
    return len(text.partition(".")[2])


def half_unit(text: str) -> Fraction:
    """Half a unit in the last printed place, the most that rounding can have moved the number."""
    return Fraction(1, 2 * 10 ** decimals(text))


def printed_interval(text: str, relation: str = "=", high: str = "") -> Interval:
    """Interval of values, in the printed unit, for which a document may print `text`.

    `text` are plain digits, whose decimals say how the number was rounded. `relation` is ``=``; a bound ``>``, ``>=``,
    ``<``, ``<=``, open on its far side; ``range`` with `high`, its upper end; or ``~``, about, which proves nothing: the
    interval is unbounded.

    Examples
    --------
    >>> print(hz.printed_interval("300.8"))
    [300.75, 300.85)
    >>> print(hz.printed_interval("2000", ">"))  # 突破2000
    (2000, inf)
    """
    if relation == "~":
        return Interval(-INFINITY, INFINITY)
    if relation not in ("=", ">", ">=", "<", "<=", "range"):
        raise ValueError(f"a number printed as {relation!r} has no interval; use = >= > <= < ~ or range")
    half = half_unit(text)  # first: what is no number is refused in words
    value = Fraction(text)
    if relation in (">", ">="):
        return Interval(value, INFINITY, low_closed=relation == ">=")
    if relation in ("<", "<="):
        return Interval(-INFINITY, value, high_closed=relation == "<=")
    return Interval(value - half, value + half if relation == "=" else half_unit(high) + Fraction(high))
