"""Growth rates, bases and contributions on rounding intervals.

Rates are fractions (34.6% is 0.346) and every function takes and returns :class:`~huzhou_analysis.rounding.Interval`.
A rate at constant prices is never divided into a level at current prices.
"""

from __future__ import annotations

from .rounding import Interval


def growth_rate(level: Interval, base: Interval) -> Interval:
    """Growth from `base` to `level`: level / base - 1.

    Parameters
    ----------
    level, base : Interval
        Levels of a period and of the one before, in one unit; `base` must be positive.

    Returns
    -------
    Interval
        Growth as a fraction; every rate that levels within the two intervals allow.

    Raises
    ------
    ValueError
        If `base` may be zero or negative.
    """
    if base.low <= 0:
        raise ValueError("the base may be zero or negative: growth is undefined")
    return level / base - 1


def implied_base(level: Interval, growth: Interval) -> Interval:
    """Level one period earlier that a printed level and growth rate imply: level / (1 + growth).

    Parameters
    ----------
    level : Interval
        Level of the period, in its printed unit.
    growth : Interval
        Growth over the period before, as a fraction.

    Returns
    -------
    Interval
        In the unit of `level`; as wide as the rounding of both allows.

    Raises
    ------
    ValueError
        If `growth` may reach -1: the base would be unbounded.
    """
    if growth.low <= -1:
        raise ValueError("growth may reach -100%: the base would be unbounded")
    return level / (growth + 1)


def implied_level(base: Interval, growth: Interval) -> Interval:
    """Level that a base and a growth rate imply: base x (1 + growth), in the unit of `base`."""
    return base * (growth + 1)


def compound_growth(start: Interval, end: Interval, years: int) -> Interval:
    """Yearly rate that leads from `start` to `end` in `years` years: (end / start)^(1/years) - 1.

    Raises
    ------
    ValueError
        If `years` is below 1, `start` may be zero or negative, or `end` may be negative.
    """
    if years < 1:
        raise ValueError("compound growth needs at least one year")
    if start.low <= 0 or end.low < 0:
        raise ValueError("compound growth needs positive levels; shares move in points a year")
    return (end / start).power(1 / years) - 1


def contribution(part: Interval, part_before: Interval, whole_before: Interval) -> Interval:
    """Contribution of a part to the growth of the whole, in points: (part - part_before) / whole_before x 100.

    The contributions of all parts add up to the growth of the whole (System of National Accounts 2008, ch. 15).
    """
    if whole_before.low <= 0:
        raise ValueError("the whole may be zero or negative: contributions are undefined")
    return (part - part_before) / whole_before * 100


def implied_deflator(nominal: Interval, real: Interval) -> Interval:
    """Price growth that nominal and real growth imply: (1 + nominal) / (1 + real) - 1, all fractions."""
    return (nominal + 1) / (real + 1) - 1
