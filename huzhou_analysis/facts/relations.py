"""Expressions of ``relations.csv``: read, checked and computed on rounding intervals."""

from __future__ import annotations

import ast
import math
import operator
import re
from functools import partial

import numpy as np

from .data import Data
from .problems import Problem, TwoLanguages
from .rounding import Interval

REFERENCE = re.compile(r"\[([A-Za-z][A-Za-z0-9-]*\.[A-Za-z0-9_.-]+)\]")
FORMS = '[figure_id] · 12.5 · + - * / ( ) · path("indicator", 2023, 2027) · outline_rows("source", "pattern") · outline_groups("source", "pattern")'


class ExpressionError(TwoLanguages, ValueError):
    """An expression of ``relations.csv`` cannot be read; the message says why."""


def evaluate(data: Data, expression: str) -> tuple[Interval, list[str]]:
    """Value of an expression on rounding intervals, and the figures it names.

    An expression is made of figure ids in square brackets, numbers, ``+ - * /``, parentheses, and of ``path`` (sum of a
    plan's yearly targets over the years, those between named years read off once geometrically and once straight),
    ``outline_rows`` (number of parts whose locator begins with a regular expression) and ``outline_groups`` (number of
    different values of its group). Units are as printed: the author of a relation keeps them the same on both sides.

    Raises
    ------
    ExpressionError
        If it is malformed, names something unknown or divides by what may be zero.
    """
    used: list[str] = []

    def named(match: re.Match) -> str:
        if match[1] not in data.figures.index:
            raise ExpressionError(f"没有编号为 {match[1]} 的数字", f"no figure {match[1]!r}")
        used.append(match[1])
        return f"_figure({len(used) - 1})"

    def value(node: ast.expr) -> Interval:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and math.isfinite(node.value):
            return Interval.point(node.value)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            types, function = _FUNCTIONS.get(node.func.id, ((), None))
            given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if len(given) == len(node.args) and not node.keywords and function and tuple(map(type, given)) == types:
                return function(data, used, *given)
        shown = ast.unparse(node)
        raise ExpressionError(f"不允许：{shown}；可用：{FORMS}", f"not allowed: {shown}; forms: {FORMS}")

    try:
        found = value(ast.parse(REFERENCE.sub(named, expression).strip(), mode="eval").body)
        found.floats  # what is beyond any float is beyond any table  # noqa: B018
        return found, list(dict.fromkeys(used))
    except ExpressionError:
        raise
    except (SyntaxError, MemoryError, RecursionError) as error:
        reason = getattr(error, "msg", None) or "too deep"
        raise ExpressionError(f"写法有误；可用：{FORMS}", f"cannot be read ({reason}); forms: {FORMS}") from None
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:
        raise ExpressionError(f"无法计算：{error}", f"cannot be computed: {error}") from None


def _path(data: Data, used: list[str], indicator: str, first: int, last: int) -> Interval:
    """Sum over the years of the newest plan whose row of targets covers them."""
    rows = data.select(indicator, record_type="target", transformation="N")
    rows = rows[
        (rows.obs_text != "") & rows.time_period.str.fullmatch(r"\d{4}") & rows.locator.str.contains("指标表 行")
    ]
    for _, row in rows.sort_values("vintage", ascending=False, kind="stable").groupby(
        ["source_id", "locator"], sort=False
    ):
        named = row.drop_duplicates("time_period").sort_values("time_period")
        years, values = named.time_period.astype(int), named.obs_value
        if years.min() <= first <= last <= years.max():
            used += list(named.index)
            every = np.arange(first, last + 1)
            sums = [np.interp(every, years, values).sum()]
            if (values > 0).all():
                sums.append(np.exp(np.interp(every, years, np.log(values))).sum())
            return Interval(min(sums), max(sums))
    zh, en = (
        f"{indicator} 没有覆盖{first}—{last}年的规划目标",
        f"no plan path of {indicator!r} covers {first} to {last}",
    )
    raise ExpressionError(zh, en)


def _outline(groups: bool, data: Data, used: list[str], source: str, pattern: str) -> Interval:
    """Number of parts of a source whose locator begins with a pattern, or of different values of its group."""
    places = data.outline.locator[data.outline.source_id == source]
    if places.empty:
        raise ExpressionError(f"outline.csv 中没有来源 {source}", f"outline.csv has no source {source!r}")
    try:
        regex = re.compile(pattern)
    except re.error as error:
        raise ExpressionError(f"正则表达式有误：{pattern}", f"no regular expression: {pattern} ({error})") from None
    if groups and regex.groups != 1:
        raise ExpressionError(f"须有且仅有一个括号组：{pattern}", f"must have one group in parentheses: {pattern}")
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
                zh, en = f"{relation_id} 的算式：{error.zh}", f"the expression of {relation_id}: {error.en}"
                problems.append(Problem("relations.csv", row, column, relation[column], zh, en))
    return problems
