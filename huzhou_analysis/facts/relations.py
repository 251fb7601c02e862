"""Expressions of ``relations.csv``: read, checked and computed on rounding intervals; values and sums of a path by year."""

import ast
import math
import operator
import re
from collections.abc import Mapping
from functools import partial

import numpy as np

from .data import Data
from .problems import Problem, Refused, message
from .rounding import Interval

REFERENCE = re.compile(r"\[([A-Za-z][A-Za-z0-9-]*\.[A-Za-z0-9_.-]+)\]")
FORMS = '[figure_id] · 12.5 · + - * / ( ) · path("indicator", 2023, 2027) · outline_rows("source", "pattern") · outline_groups("source", "pattern")'


class ExpressionError(Refused, ValueError):
    """An expression of ``relations.csv`` cannot be read; the message says why."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(*message(name, forms=FORMS, **values))


def evaluate(data: Data, expression: str) -> tuple[Interval, list[str]]:
    """Value of an expression on rounding intervals, and the figures it names.

    An expression is made of figure ids in square brackets, numbers, ``+ - * /``, parentheses, and of ``path`` (sum of a
    plan's yearly targets over the years, see :func:`path_sum`), ``outline_rows`` (number of parts whose locator begins
    with a regular expression) and ``outline_groups`` (number of different values of its group). Units are as printed:
    the author of a relation keeps them the same on both sides."""
    used: list[str] = []

    def named(match: re.Match) -> str:
        if match[1] not in data.figures.index:
            raise ExpressionError("no_figure", figure=match[1])
        used.append(match[1])
        return f"_figure({len(used) - 1})"

    def value(node: ast.expr) -> Interval:
        match node:
            case ast.Constant(int() | float() as number) if type(number) is not bool and math.isfinite(number):
                return Interval.point(number)
            case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](value(left), value(right))
            case ast.UnaryOp(ast.USub(), operand):
                return -value(operand)
            case ast.Call(ast.Name(name), args, []) if name in _FUNCTIONS:
                types, function = _FUNCTIONS[name]
                given = [argument.value for argument in args if isinstance(argument, ast.Constant)]
                if len(given) == len(args) and tuple(map(type, given)) == types:
                    return function(data, used, *given)
        raise ExpressionError("not_allowed", shown=ast.unparse(node))

    try:
        found = value(ast.parse(REFERENCE.sub(named, expression).strip(), mode="eval").body)
        found.floats  # what is beyond any float is beyond any table  # noqa: B018
        return found, list(dict.fromkeys(used))
    except ExpressionError:
        raise
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ExpressionError("cannot_be_read", reason=getattr(error, "msg", None) or "too deep") from None
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:
        raise ExpressionError("cannot_be_computed", error=error) from None


def _path(data: Data, used: list[str], indicator: str, first: int, last: int) -> Interval:
    """Sum over the years of the newest plan whose row of targets covers them."""
    rows = data.select(indicator, record_type="target", transformation="N")
    rows = rows[(rows.obs_text != "") & rows.time_period.str.fullmatch(r"\d{4}")]
    rows = rows[rows.locator.str.contains("指标表 行")].sort_values("vintage", ascending=False, kind="stable")
    for _, row in rows.groupby(["source_id", "locator"], sort=False):
        named = row.drop_duplicates("time_period").sort_values("time_period")
        sums = path_sum(dict(zip(named.time_period, named.obs_value, strict=True)), first, last)
        if sums and first <= last:
            used += list(named.index)
            return Interval(min(sums), max(sums))
    raise ExpressionError("no_path", indicator=indicator, first=first, last=last)


def value_on_path(by_year: Mapping[str, float], year: int, geometric: bool) -> float | None:
    """Value of a path in a year: between named years geometric for levels above zero, else straight; None outside."""
    years, values = np.array(sorted((int(y), v) for y, v in by_year.items()), dtype=float).T
    if not years[0] <= year <= years[-1]:
        return None
    curved = geometric and (values > 0).all() and year not in years
    return float(np.exp(np.interp(year, years, np.log(values))) if curved else np.interp(year, years, values))


def path_sum(by_year: Mapping[str, float], first: int, last: int) -> tuple[float, float] | None:
    """Sum of a path over some years, those between named ones read geometrically, and straight; None if not covered."""
    if any(value_on_path(by_year, year, False) is None for year in (first, last)):
        return None
    curved, straight = (sum(value_on_path(by_year, y, g) for y in range(first, last + 1)) for g in (True, False))
    return curved, straight


def _outline(groups: bool, data: Data, used: list[str], source: str, pattern: str) -> Interval:
    """Number of parts of a source whose locator begins with a pattern, or of different values of its group."""
    places = data.outline.locator[data.outline.source_id == source]
    if places.empty:
        raise ExpressionError("no_source", source=source)
    try:
        regex = re.compile(pattern)
    except re.error as error:
        raise ExpressionError("no_pattern", pattern=pattern, error=error) from None
    if groups and regex.groups != 1:
        raise ExpressionError("one_group", pattern=pattern)
    found = [m for m in map(regex.match, places) if m]
    return Interval.point(len({m[1] for m in found}) if groups else len(found))


_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_FUNCTIONS = {
    "_figure": ((int,), lambda data, used, number: data.interval(used[number])),
    "path": ((str, int, int), _path),
    "outline_rows": ((str, str), partial(_outline, False)),
    "outline_groups": ((str, str), partial(_outline, True)),
}


def relation_problems(data: Data) -> list[Problem]:
    """Expressions of ``relations.csv`` that cannot be evaluated, as problems of that table."""
    problems = []
    for row, (relation_id, relation) in enumerate(data.relations.iterrows(), 2):
        for column in ("left", "right"):
            try:
                evaluate(data, relation[column])
            except ExpressionError as error:
                said = message("expression", id=relation_id, why=(error.zh, error.en))
                problems.append(Problem("relations.csv", row, column, relation[column], *said))
    return problems
