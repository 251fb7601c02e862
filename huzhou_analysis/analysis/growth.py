"""Growth rates, bases and contributions, on plain numbers and on what rounding leaves open.

A level is a number, printed digits in quotes, a Quantity or an Interval. A growth is put in as printed, in per cent: 34.6,
"34.6", an Interval of per cent, or a :class:`Rate`. Plain numbers give a plain number or a Rate; all else gives an
interval, rates again in per cent. A rate at constant prices is never divided into a level at current prices.
"""

import math
from decimal import Decimal
from fractions import Fraction
from numbers import Real

import pandas as pd

from ..facts.rounding import Interval, printed_interval
from ..facts.words import Quantity, warn_across


class Rate(float):
    """A rate of growth: the number is the fraction (0.327), it prints itself in per cent (32.7%).

    Examples
    --------
    >>> need = hz.required_growth(5.8, 18, 4)
    >>> f"{need:.1%}", need.percent > 32
    ('32.7%', True)
    """

    @property
    def percent(self) -> float:
        return float(self) * 100

    def __str__(self) -> str:
        return format(self)

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        if spec and not spec.endswith("%"):
            said = "a Rate is shown in per cent: write {name:.1%}, or name.percent for the number"
            raise ValueError(f"{said}, not {spec!r}")
        return format(float(self), spec or ".1%").replace("-", "−")

    def in_language(self, lang: str, spec: str = "") -> str:
        return format(self, spec)


Level = Interval | Quantity | Real | Decimal | str


def as_level(value: Level) -> tuple[Interval, bool]:
    """A level as an interval, and whether it is a plain number."""
    if isinstance(value, Interval):
        return value, False
    relation = "="
    if isinstance(value, Quantity):
        value, relation = value.printed or value.value, value.relation
    if isinstance(value, str):
        return printed_interval(value, relation), False
    number = isinstance(value, Real | Decimal) and not isinstance(value, bool)
    if not number or not math.isfinite(value):
        shown = " ".join(repr(value).split())
        raise TypeError(f"a level is a number, printed digits in quotes or an Interval, not {shown:.60}")
    return Interval.point(value if isinstance(value, Decimal | Fraction) else float(value)), True


def _alike(*values: Level) -> tuple[list[Interval], bool]:
    """Levels of one thing in the unit of the first, and whether all are plain numbers; two measures are refused."""
    found = [as_level(value) for value in values]
    units = [value.unit if isinstance(value, Quantity) else None for value in values]
    for n, unit in enumerate(units):
        if n and unit and units[0] and unit != units[0]:
            if unit.unit_measure != units[0].unit_measure:
                raise ValueError(f"{units[0].unit} and {unit.unit} measure different things: name levels of one unit")
            found[n] = found[n][0] * Fraction(10) ** (unit.unit_mult - units[0].unit_mult), found[n][1]
    warn_across(*values[:2], depth=4)
    return [level for level, _ in found], all(plain for _, plain in found)


def percent(growth: Level | Rate) -> tuple[Interval, bool]:
    """A growth in per cent as an interval, and whether it is a plain number: 0.05 may be meant either way, and is refused."""
    if isinstance(growth, Rate):
        return Interval.point(growth.percent), True
    if isinstance(growth, str):
        growth = growth.strip().removesuffix("%").removesuffix("％")
    found, plain = as_level(growth)
    if plain and 0 < abs(found.low) < 1 and not isinstance(growth, Quantity):
        shown, whole = f"{float(growth):.6g}", f"{float(growth) * 100:.6g}"
        said = f'{shown} may mean {whole}%, then write {whole}; for {shown}% write "{shown}" in quotes'
        raise ValueError(f"growth is in per cent: {said}")
    return found, plain


def growth_rate(level: Level, base: Level) -> Rate | Interval:
    """Growth from `base` to `level`: level / base - 1; an Interval holds every rate that the two roundings allow.

    Raises ValueError if `base` may be zero or negative, or units measure different things; two points of a series warn
    (:class:`BreakWarning`) of a break between them.

    Examples
    --------
    >>> hz.growth_rate(119, 100)
    19.0%
    >>> print(hz.growth_rate("119", "100"))
    (17.9104, 20.1005)
    """
    (now, then), plain = _alike(level, base)
    if then.low <= 0:
        said = "growth is undefined; state the change in its own unit instead"
        raise ValueError(f"the base may be zero or negative: {said}")
    found = now / then - 1
    return Rate(found.middle) if plain else found * 100


def implied_base(level: Level, growth: Level | Rate) -> float | Interval:
    """Level one period earlier that a level and its growth in per cent imply: level / (1 + growth/100).

    Raises ValueError if `growth` may reach -100 (the base would be unbounded), or is a plain number between -1 and 1.

    Examples
    --------
    >>> print(hz.implied_base("300.8", "34.6"))
    (223.357, 223.597)
    """
    (now, a), (rate, b) = as_level(level), percent(growth)
    if rate.low <= -100:
        raise ValueError("growth may reach -100%: the base would be unbounded; check the rate (34.6% is 34.6)")
    found = now / (rate / 100 + 1)
    return found.middle if a and b else found


def implied_level(base: Level, growth: Level | Rate) -> float | Interval:
    """Level that a base and a growth rate in per cent imply: base x (1 + growth/100), in the unit of `base`.

    Examples
    --------
    >>> hz.implied_level(200, 5)
    210.0
    """
    (then, a), (rate, b) = as_level(base), percent(growth)
    found = then * (rate / 100 + 1)
    return found.middle if a and b else found


def compound_growth(start: Level | pd.DataFrame, end: Level, years: float | None = None) -> Rate | Interval:
    """Yearly rate that leads from `start` to `end` in `years` years: (end / start)^(1/years) - 1.

    Two quantities say themselves which years lie between them. Or of a frame of ``hz.series`` (or a Series of values by
    year) between two of its years: ``compound_growth(fdi, 2018, 2023)``. Warns of a break in between. Raises ValueError if
    `years` is below 1, `start` may be zero or negative, `end` may be negative, or the frame lacks a year.

    Examples
    --------
    >>> hz.compound_growth(100, 121, 2)
    10.0%
    """
    if isinstance(start, pd.DataFrame | pd.Series):
        return _between(start, end, years)
    if years is None and isinstance(start, Quantity) and isinstance(end, Quantity):
        years = end.year - start.year
    if isinstance(years, bool) or not isinstance(years, Real | Decimal) or not years >= 1:
        raise ValueError(f"compound growth needs a number of years, at least one, not {years!r}")
    (first, last), plain = _alike(start, end)
    if first.low <= 0 or last.low < 0:
        raise ValueError("compound growth needs positive levels; for others and for shares use hz.required_points")
    found = (last / first).power(1 / float(years)) - 1
    return Rate(found.middle) if plain else found * 100


def _between(frame: pd.DataFrame | pd.Series, first: int, last: int | None) -> Rate:
    """Compound growth between two years of a series."""
    if isinstance(frame, pd.Series):
        frame = frame.rename("value").rename_axis("year").reset_index()
    elif "year" not in frame.columns and frame.index.name == "year":
        frame = frame.reset_index()
    if not {"year", "value"} <= set(frame.columns):
        raise ValueError("a frame needs the columns year and value, as hz.series gives them")
    rows = [frame[frame.year == year] for year in (first, last)]
    if wrong := [year for year, row in zip((first, last), rows, strict=True) if len(row) != 1]:
        like = f"{min(frame.year, default=2018)}, {max(frame.year, default=2023)}"
        said = f"write its first and last year, as in compound_growth(series, {like})"
        raise ValueError(f"the series has no one value of {wrong[0]}: {said}; it has {', '.join(map(str, frame.year))}")
    a, b = (row.iloc[0] for row in rows)
    if a.get("unit") != b.get("unit"):
        chosen = f"choose one, as in hz.series(..., unit='{b.unit}')"
        raise ValueError(f"{first} is in {a.unit}, {last} in {b.unit}: {chosen}")
    warn_across(a, b, depth=4)
    return compound_growth(a.value, b.value, int(b.year) - int(a.year))


def contribution(part: Level, part_before: Level, whole_before: Level) -> float | Interval:
    """Contribution of a part to the growth of the whole, in points: (part - part_before) / whole_before x 100.

    The contributions of all parts add up to the growth of the whole (System of National Accounts 2008, ch. 15).

    Examples
    --------
    >>> hz.contribution(30, 20, 200)
    5.0
    """
    (now, before, whole), plain = _alike(part, part_before, whole_before)
    if whole.low <= 0:
        raise ValueError("the whole may be zero or negative: contributions are undefined; check the whole")
    found = (now - before) / whole * 100
    return found.middle if plain else found


def implied_deflator(nominal: Level | Rate, real: Level | Rate) -> Rate | Interval:
    """Price growth that nominal and real growth imply: (1 + nominal) / (1 + real) - 1, put in and given in per cent.

    Examples
    --------
    >>> hz.implied_deflator(10, 8)
    1.9%
    """
    (a, a_plain), (b, b_plain) = percent(nominal), percent(real)
    if b.low <= -100:
        raise ValueError("real growth may reach -100%: the deflator would be unbounded; check the rate")
    found = (a / 100 + 1) / (b / 100 + 1) - 1
    return Rate(found.middle) if a_plain and b_plain else found * 100
