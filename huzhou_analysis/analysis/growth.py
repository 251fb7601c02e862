"""Growth rates, bases and contributions on rounding intervals.

Rates are fractions (34.6% is 0.346) and every function takes and returns :class:`~huzhou_analysis.rounding.Interval`.
A rate at constant prices is never divided into a level at current prices.
"""

from __future__ import annotations

from ..facts.rounding import Interval


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

    Examples
    --------
    >>> print(hz.growth_rate(hz.printed_interval("119"), hz.printed_interval("100")))
    (0.179104, 0.201005)
    """
    if base.low <= 0:
        raise ValueError(
            "基期值可能为零或负，增速无定义；请改用增减额 / the base may be zero or negative: growth is undefined; "
            "state the change in its own unit instead"
        )
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

    Examples
    --------
    >>> print(hz.implied_base(hz.printed_interval("300.8"), hz.printed_interval("34.6") / 100))
    (223.357, 223.597)
    """
    if growth.low <= -1:
        raise ValueError(
            "增速可能达到-100%，基期值无界；请核对增速（34.6%写作0.346） / growth may reach -100%: the base would be "
            "unbounded; check the rate (34.6% is 0.346)"
        )
    return level / (growth + 1)


def implied_level(base: Interval, growth: Interval) -> Interval:
    """Level that a base and a growth rate imply: base x (1 + growth), in the unit of `base`.

    Parameters
    ----------
    base : Interval
        Level of the period before, in its printed unit.
    growth : Interval
        Growth since then, as a fraction.

    Returns
    -------
    Interval
        In the unit of `base`.

    Examples
    --------
    >>> print(hz.implied_level(hz.Interval.point(200), hz.Interval.point("0.05")))
    [210, 210]
    """
    return base * (growth + 1)


def compound_growth(start: Interval, end: Interval, years: int) -> Interval:
    """Yearly rate that leads from `start` to `end` in `years` years: (end / start)^(1/years) - 1.

    Parameters
    ----------
    start, end : Interval
        Levels in one unit.
    years : int
        Years from one to the other.

    Returns
    -------
    Interval
        Growth a year, as a fraction.

    Raises
    ------
    ValueError
        If `years` is below 1, `start` may be zero or negative, or `end` may be negative.

    Examples
    --------
    >>> print(hz.compound_growth(hz.Interval.point(100), hz.Interval.point(121), 2))
    [0.1, 0.1]
    """
    if years < 1:
        raise ValueError("年均增速至少需要一年；请核对年份 / compound growth needs at least one year; check the years")
    if start.low <= 0 or end.low < 0:
        raise ValueError(
            "年均增速要求水平值为正；比重请用 hz.required_points / compound growth needs positive levels; shares move "
            "in points a year: use hz.required_points"
        )
    return (end / start).power(1 / years) - 1


def contribution(part: Interval, part_before: Interval, whole_before: Interval) -> Interval:
    """Contribution of a part to the growth of the whole, in points: (part - part_before) / whole_before x 100.

    The contributions of all parts add up to the growth of the whole (System of National Accounts 2008, ch. 15).

    Parameters
    ----------
    part, part_before : Interval
        The part now and a period before.
    whole_before : Interval
        The whole a period before, in the same unit.

    Returns
    -------
    Interval
        In percentage points.

    Examples
    --------
    >>> print(hz.contribution(hz.Interval.point(30), hz.Interval.point(20), hz.Interval.point(200)))
    [5, 5]
    """
    if whole_before.low <= 0:
        raise ValueError(
            "总量可能为零或负，贡献无定义；请核对总量 / the whole may be zero or negative: contributions are undefined; "
            "check the whole"
        )
    return (part - part_before) / whole_before * 100


def implied_deflator(nominal: Interval, real: Interval) -> Interval:
    """Price growth that nominal and real growth imply: (1 + nominal) / (1 + real) - 1, all fractions.

    Parameters
    ----------
    nominal, real : Interval
        Growth at current and at constant prices, as fractions.

    Returns
    -------
    Interval
        Growth of prices, as a fraction.

    Raises
    ------
    ValueError
        If real growth may be -1: the deflator would be unbounded.

    Examples
    --------
    >>> print(hz.implied_deflator(hz.Interval.point("0.1"), hz.Interval.point("0.08")))
    [0.0185185, 0.0185185]
    """
    return (nominal + 1) / (real + 1) - 1
