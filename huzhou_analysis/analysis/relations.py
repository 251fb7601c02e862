"""Identities that the documents must satisfy, declared in ``data/relations.csv`` as expressions over figures.

A statement fails only if no values within the two rounding intervals satisfy it: the documents are given every benefit
of rounding.
"""

from __future__ import annotations

import ast
import math
import re

import pandas as pd

from ..facts.data import Data, DataError, Problem
from ..facts.rounding import Interval
from . import plans, targets

FINDING_COLUMNS = ["finding_id", "rule", "severity", "status", "indicator", "ref_area", "time_period"]
FINDING_COLUMNS += ["left", "right", "difference", "reading_zh", "reading_en", "figures"]

# Longer ones nest deeper than can be read.
LONGEST = 1000
REFERENCE = re.compile(r"\[([A-Za-z][A-Za-z0-9-]*\.[A-Za-z0-9_.-]+)\]")


class ExpressionError(ValueError):
    """An expression of ``relations.csv`` cannot be read."""


def evaluate(data: Data, expression: str) -> tuple[Interval, list[str]]:
    """Value of an expression on rounding intervals, and the figures it names.

    Parameters
    ----------
    expression : str
        Figure ids in square brackets, numbers, ``+ - * /``, parentheses, and the functions

        - ``path("indicator", first, last)``: sum of the plan's yearly targets over the years, those between named years
          read off the path once geometrically and once straight (the interval spans both);
        - ``outline_rows("source", "pattern")``: number of parts whose locator begins with the pattern (a regular
          expression);
        - ``outline_groups("source", "pattern")``: number of different values of its group.

    Returns
    -------
    value : Interval
        In the units as printed: the author of a relation keeps them the same on both sides.
    figures : list of str

    Raises
    ------
    ExpressionError
        If it is malformed or names an unknown figure.
    """
    used: list[str] = []
    if len(expression) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} characters")

    def figure(match: re.Match) -> str:
        if match[1] not in data.figures.index:
            raise ExpressionError(f"no figure {match[1]!r}")
        used.append(match[1])
        return f"_figure({len(used) - 1})"

    try:
        tree = ast.parse(REFERENCE.sub(figure, expression), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"cannot be read: {error.msg}") from None

    def value(node: ast.expr) -> Interval:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and abs(node.value) < math.inf:
            return Interval.point(node.value)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            arguments = [a.value for a in node.args if isinstance(a, ast.Constant)]
            if node.func.id == "_figure":
                return data.interval(used[arguments[0]])
            if node.func.id in _FUNCTIONS and len(arguments) == len(node.args):
                return _FUNCTIONS[node.func.id](data, used, *arguments)
        raise ExpressionError(f"not allowed: {ast.unparse(node)}")

    return value(tree), list(dict.fromkeys(used))


_OPERATORS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def _path(data: Data, used: list[str], indicator: str, first: int, last: int) -> Interval:
    """Sum of the yearly path of the first plan whose table covers the years."""
    for source in plans.plans(data).source_id:
        rows = plans.table_targets(data, source=source)
        rows = rows[(rows.indicator == indicator) & (rows.obs_text != "")]
        if len(rows) and targets.covers(rows, first, last):
            used += list(rows.index)
            low, high = sorted(targets.path_sum(data, rows, first, last))
            return Interval(low, high)
    raise ExpressionError(f"no plan path for {indicator!r} from {first} to {last}")


def _outline(data: Data, source: str, pattern: str) -> pd.Series:
    places = data.outline[data.outline.source_id == source].locator
    return places[places.str.match(pattern)]


_FUNCTIONS = {
    "path": _path,
    "outline_rows": lambda data, used, source, pattern: Interval.point(len(_outline(data, source, pattern))),
    "outline_groups": lambda data, used, source, pattern: Interval.point(
        _outline(data, source, pattern).str.extract(pattern, expand=False).nunique()
    ),
}


def holds(left: Interval, expect: str, right: Interval) -> bool:
    """Whether some values within the two intervals satisfy the expectation."""
    if expect == "=":
        return left.overlaps(right)
    if expect == "<=":
        return left.may_be_at_most(right)
    return right.may_be_at_most(left)


def relation_problems(data: Data) -> list[Problem]:
    """Expressions of ``relations.csv`` that cannot be evaluated, as problems of that table."""
    problems = []
    for row, (relation_id, r) in enumerate(data.relations.iterrows(), 2):
        for column in ("left", "right"):
            try:
                evaluate(data, r[column])
            except (ValueError, TypeError, ArithmeticError, LookupError, RecursionError, re.error) as error:
                zh = f"{relation_id} 的算式无法计算（{error}）；请核对数字编号、括号和函数的参数"
                en = f"the expression of {relation_id} cannot be evaluated ({error}): check ids, brackets and arguments"
                problems.append(Problem("relations.csv", row, column, r[column], zh, en))
    return problems


def identities(data: Data) -> pd.DataFrame:
    """Every declared identity with both sides evaluated; ``status`` is ``holds`` or ``fails``.

    Parameters
    ----------
    data : Data
        From :func:`load`.

    Returns
    -------
    DataFrame
        Columns ``FINDING_COLUMNS``, one row for each row of ``relations.csv``.

    Raises
    ------
    DataError
        If an expression cannot be evaluated.

    Examples
    --------
    >>> set(hz.identities(data).status) <= {"holds", "fails"}
    True
    """
    problems = relation_problems(data)
    if problems:
        raise DataError(problems)
    rows = []
    for relation_id, r in data.relations.iterrows():
        row = dict.fromkeys(FINDING_COLUMNS, "") | {
            "finding_id": relation_id,
            "rule": r.kind,
            "severity": r.severity,
            "reading_zh": r.reading_zh,
            "reading_en": r.reading_en,
        }
        (left, a), (right, b) = evaluate(data, r.left), evaluate(data, r.right)
        figures = list(dict.fromkeys(a + b))
        first = data.figure(figures[0]) if figures else None
        rows.append(
            row
            | {
                "status": "holds" if holds(left, r.expect, right) else "fails",
                "left": _show(left),
                "right": _show(right),
                "difference": f"{_difference(left, right):.4g}",
                "figures": " ".join(figures),
                "indicator": "" if first is None else first.indicator,
                "ref_area": "" if first is None else first.ref_area,
                "time_period": "" if first is None else first.time_period,
            }
        )
    return pd.DataFrame(rows, columns=FINDING_COLUMNS)


def _difference(left: Interval, right: Interval) -> float:
    """Difference of the two values, or of a value and a bound."""
    if left.bounded and right.bounded:
        return abs(left.middle - right.middle)
    return left.distance(right)


def _show(interval: Interval) -> str:
    low, high = interval.floats
    if not interval.bounded:
        return "?" if low == -high else f"≥{low:g}" if high == float("inf") else f"≤{high:g}"
    return f"{low:g}" if low == high else f"{low:.5g}…{high:.5g}"
