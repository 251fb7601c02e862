"""Targets: what is needed from now, where a path runs, and the verdict on one value.

Arithmetic starts from *now*, the latest actual, not from a base year. Levels are led to a target by compound growth,
shares by points a year: a percentage is never compounded.
"""

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real
from pathlib import Path

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.relations import value_on_path
from ..facts.words import Quantity, Text, say, table_of_words, warn_across
from .growth import Rate, as_level

WORDS = table_of_words(Path(__file__).with_name("words.csv"))  # verdicts, grades, rules, what would settle a target
STATUSES = WORDS["status"]
# What a verdict can be where a comparable actual is on file.
JUDGED = tuple(status for status in STATUSES if status not in ("not_comparable", "no_figure_on_file"))
_BOUNDS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


def said(use: str, code: str, **values: object) -> Text:
    """A text of ``words.csv``, filled in."""
    words = WORDS[use][code]
    return say(words.zh, words.en, **values)


def required_growth(last, goal, years: float | None = None) -> Rate:
    """Compound growth a year that leads from `last` to `goal`: (goal / last)^(1/years) - 1.

    Levels are plain numbers in one unit, or quantities of one measure, which say themselves which years lie between them.
    Raises ValueError if a level is not positive, no time is left, or two units measure different things.

    Examples
    --------
    >>> hz.required_growth(100, 121, 2)
    10.0%
    """
    now, then, years = _from_to(last, goal, years)
    if now <= 0 or then <= 0:
        raise ValueError("compound growth needs positive levels; for others and for shares use hz.required_points")
    return Rate((then / now) ** (1 / years) - 1)


def required_points(last, goal, years: float | None = None) -> float:
    """Change a year that leads from `last` to `goal` in equal steps: (goal - last) / years, in their unit.

    Parameters and errors as for :func:`required_growth`; levels may be zero or negative.

    Examples
    --------
    >>> hz.required_points(40, 52, 4)
    3.0
    """
    now, then, years = _from_to(last, goal, years)
    return (then - now) / years


def _from_to(last, goal, years: float | None) -> tuple[float, float, float]:
    """Two levels in one unit and the years between them."""
    if years is None:
        if not all(getattr(one, "time_period", "") for one in (last, goal)):
            asked = "how many years lie between the two? write years=..., or give two quantities with a period"
            raise ValueError(asked)
        years = periods.years_between(last.time_period, goal.time_period)
    if isinstance(years, bool) or not isinstance(years, Real) or not 0 < years < math.inf:
        raise ValueError(f"no time is left: years must be a positive number, not {years!r}; check first and last year")
    now, then = (one.value if isinstance(one, Quantity) else as_level(one)[0].middle for one in (last, goal))
    warn_across(last, goal, depth=4)
    if isinstance(last, Quantity) and isinstance(goal, Quantity):
        a, b = last.unit, goal.unit
        if a.unit_measure != b.unit_measure:
            raise ValueError(f"{a.unit} and {b.unit} measure different things: name levels of one measure")
        then *= 10.0 ** (b.unit_mult - a.unit_mult)
    return now, then, years


def more_is_better(relation: str, ascending: bool) -> bool:
    """Direction of a target: that of the bound that is printed, else that in which the indicator is better."""
    return ascending if relation not in _BOUNDS else relation in (">", ">=")


def meets(value: float, target: float, relation: str, ascending: bool) -> bool:
    """Whether a value meets a target: 突破 (``>``) above it only, ``<`` below it only, else at or beyond it."""
    return _BOUNDS.get(relation, operator.ge if ascending else operator.le)(value, target)


def still_missing(value: float, target: float, relation: str, ascending: bool) -> float:
    """How far a value is from its target, positive while it is missing, negative beyond it, whatever the direction."""
    return target - value if more_is_better(relation, ascending) else value - target


def pace_kind(data: Data, indicator: str, unit: str) -> str:
    """How an indicator moves: ``points`` for shares, ``units`` for counts and ranks, ``growth`` for other levels."""
    measure = data.units[unit].unit_measure
    if data.units[unit].is_share or measure == "PP":
        return "points"
    counted = data.indicators.measure_type[indicator] == "count" or measure in ("COUNT", "RANK")
    return "units" if counted else "growth"


def effective_kind(kind: str, *levels: float) -> str:
    """How levels move: as `kind` says, but what is zero or negative cannot compound and moves in its own unit."""
    return "units" if kind == "growth" and any(level <= 0 for level in levels) else kind


def pace_unit(kind: str, unit: str) -> str:
    """Unit of a change a year: % for compound growth, points for percentages and per milles, else the unit itself."""
    return "%" if kind == "growth" else {"%": "个百分点", "‰": "个千分点"}.get(unit, unit)


@dataclass(frozen=True)
class Judgement:
    """Verdict on one value: ``status`` of ``STATUSES``, by the ``rule`` ``bound``, ``path``, ``pace`` or ``none``.

    ``required``: the change a year needed from then on (% for ``growth``, else in its unit), NaN once met or missed; ``due``,
    ``due_next``: the path in that year and a year later; ``asked``: the change a year that it asks from there on; ``path``:
    ``printed`` in the plan, or ``implied`` from the last actual before it to the target.
    """

    status: str
    rule: str
    required: float = math.nan
    due: float = math.nan
    due_next: float = math.nan
    asked: float = math.nan
    path: str = ""


def judge(
    value: float,
    year: int,
    path: Mapping[str, float],
    relation: str,
    ascending: bool,
    kind: str,
    *,
    recent: float = math.nan,
    base: tuple[int, float] | None = None,
    straight: bool = False,
    ceiling: bool = False,
) -> Judgement:
    """Verdict on a value of one year against the targets of the years that a plan names (docs/methods.md has the scale).

    A ceiling is ``undecided`` until the last named year of `path`. Where no path covers the year, the one from `base` (year
    and value of the last actual before the plan) to the target stands in for it, and without that the `recent` change a
    year. Levels (`kind` ``growth``) run geometrically between named years, the rest, and all on request, `straight`; the
    paces beside the path are measured as it runs.
    """
    last = max(path)
    final, years = path[last], int(last) - year
    if meets(value, final, relation, ascending):
        return Judgement("undecided" if ceiling and years > 0 else "met", "bound")
    if years <= 0:
        return Judgement("missed", "bound")
    towards = 1 if more_is_better(relation, ascending) else -1
    kind = effective_kind(kind, value, final)
    required, origin = change_a_year(value, final, years, kind), "printed"
    measure = "units" if straight and kind == "growth" else kind
    if value_on_path(path, year, measure == "growth") is None and base is not None and base[0] < year:
        path, origin = {str(base[0]): base[1], last: final}, "implied"
    due, later = (value_on_path(path, at, measure == "growth") for at in (year, year + 1))
    if due is None:
        if math.isnan(recent):
            return Judgement("open", "none", required)
        pace, need = towards * recent, towards * required
        ordered = [(pace >= 2 * need, "ahead"), (pace >= need, "on_track"), (pace >= need / 2, "behind")]
        return Judgement(next((status for holds, status in ordered if holds), "far_behind"), "pace", required)
    measure = effective_kind(measure, due)
    asked, needed = change_a_year(due, final, years, measure), change_a_year(value, final, years, measure)
    if towards * later > towards * due and towards * value >= towards * later:
        status = "ahead"
    elif towards * value >= towards * due:
        status = "on_track"
    else:
        status = "far_behind" if 0 < 2 * towards * asked < towards * needed else "behind"
    return Judgement(status, "path", required, due, later, asked, origin)


@dataclass(frozen=True)
class Target:
    """One target of a plan: its figures (``numeric`` those that are numbers of a year or of a stretch of years, in
    order), how it moves, and the path (values by year) that its verdict runs along."""

    figures: pd.DataFrame
    numeric: pd.DataFrame
    unit: str
    kind: str
    ascending: bool
    path: Mapping[str, float] = field(default_factory=dict)
    ceiling: bool = False

    first = cached_property(lambda self: self.figures.iloc[0])
    final = cached_property(lambda self: self.numeric.iloc[-1])
    last_year = property(lambda self: periods.parse(self.final.time_period).year)

    @property
    def start(self) -> int:
        """First year in which an actual can say anything about the plan: that of its publication."""
        return int((self.first.vintage or min(self.path, default=self.final.time_period))[:4])

    def judge(self, value: float, year: int, recent: float = math.nan, base=None, straight: bool = False) -> Judgement:
        path = self.path or {str(self.last_year): self.final.obs_value}
        bound = (self.final.relation, self.ascending, self.kind)
        return judge(value, year, path, *bound, recent=recent, base=base, straight=straight, ceiling=self.ceiling)

    def meets(self, value: float) -> bool:
        return meets(value, self.final.obs_value, self.final.relation, self.ascending)


def change_a_year(current: float, target: float, years: float, kind: str) -> float:
    """Change a year from `current` to `target`: % compounded for ``growth`` of positive levels, else in their own unit."""
    if effective_kind(kind, current, target) == "growth":
        return ((target / current) ** (1 / years) - 1) * 100
    return (target - current) / years


def advance(value: float, change: float, years: float, kind: str) -> float:
    """Value after so many years at a change a year: compounded for ``growth`` (in %), else added."""
    return value * (1 + change / 100) ** years if kind == "growth" else value + change * years


def years_needed(current: float, target: float, change: float, kind: str) -> float:
    """Years until `target` is reached at a change a year; infinite where the change leads away from it or nowhere."""
    distance, speed = target - current, change
    if kind == "growth":
        if current <= 0 or target <= 0 or change <= -100:
            return math.inf
        distance, speed = math.log(target / current), math.log1p(change / 100)
    return 0.0 if distance == 0 else distance / speed if distance * speed > 0 else math.inf
