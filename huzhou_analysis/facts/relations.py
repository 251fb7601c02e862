"""Expressions of ``relations.csv``: read, checked and computed on rounding intervals."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable

from .data import Data
from .problems import Problem, TwoLanguages
from .rounding import Interval

REFERENCE = re.compile(r"\[([A-Za-z][A-Za-z0-9-]*\.[A-Za-z0-9_.-]+)\]")
FORMS = '[figure_id] · 12.5 · + - * / ( ) · path("indicator", 2023, 2027) · outline_rows("source", "pattern") · outline_groups("source", "pattern")'

Path = Callable[[str, int, int], tuple[Interval, list[str]]]


class ExpressionError(TwoLanguages, ValueError):
    """An expression of ``relations.csv`` cannot be read; the message says why."""


def evaluate(data: Data, expression: str, path: Path | None = None) -> tuple[Interval, list[str]]:
    """Value of an expression on rounding intervals, and the figures it names.

    Parameters
    ----------
    data : Data
    expression : str
        Figure ids in square brackets, numbers, ``+ - * /``, parentheses, and the functions

        - ``path("indicator", first, last)``: sum of the plan's yearly targets over the years;
        - ``outline_rows("source", "pattern")``: number of parts whose locator begins with the pattern (a regular
          expression);
        - ``outline_groups("source", "pattern")``: number of different values of its group.
    path : callable, optional
        Gives the sum of a plan's path and the figures it is made of (:mod:`huzhou_analysis.analysis.audit` knows how);
        by default the path is only known to lie between its lowest and its highest target.

    Returns
    -------
    value : Interval
        In the units as printed: the author of a relation keeps them the same on both sides.
    figures : list of str

    Raises
    ------
    ExpressionError
        If it is malformed, names something unknown or divides by what may be zero.
    """
    used: list[str] = []
    tree = _tree(data, expression, used)

    def value(node: ast.expr) -> Interval:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and math.isfinite(node.value):
            return Interval.point(node.value)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            arguments = [a.value for a in node.args if isinstance(a, ast.Constant)]
            if len(arguments) == len(node.args):
                return _called(data, node.func.id, arguments, used, path or (lambda *a: _within_path(data, *a)))
        raise ExpressionError(
            f"不允许：{ast.unparse(node)}；可用：{FORMS}", f"not allowed: {ast.unparse(node)}; forms: {FORMS}"
        )

    try:
        return value(tree), list(dict.fromkeys(used))
    except ExpressionError:
        raise
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:
        raise ExpressionError(f"无法计算：{error}", f"cannot be computed: {error}") from None
    except RecursionError:
        raise ExpressionError("括号或运算过多", "too many parentheses or operations") from None


def _tree(data: Data, expression: str, used: list[str]) -> ast.expr:
    """An expression as Python reads it, each figure a call with its place among those that are used."""

    def figure(match: re.Match) -> str:
        if match[1] not in data.figures.index:
            raise ExpressionError(f"没有编号为 {match[1]} 的数字", f"no figure {match[1]!r}")
        used.append(match[1])
        return f"_figure({len(used) - 1})"

    try:
        return ast.parse(REFERENCE.sub(figure, expression).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, ExpressionError):
            raise
        reason = getattr(error, "msg", None) or "too deep"
        raise ExpressionError(f"写法有误；可用：{FORMS}", f"cannot be read ({reason}); forms: {FORMS}") from None


_OPERATORS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_ARGUMENTS = {"path": (str, int, int), "outline_rows": (str, str), "outline_groups": (str, str)}


def _called(data: Data, name: str, arguments: list, used: list[str], path: Path) -> Interval:
    if name == "_figure" and arguments:
        return data.interval(used[arguments[0]])
    if [type(a) for a in arguments] != list(_ARGUMENTS.get(name, (None,))):
        raise ExpressionError(
            f"函数或其参数有误：{name}；可用：{FORMS}", f"no such function, or wrong arguments: {name}; forms: {FORMS}"
        )
    if name == "path":
        total, figures = path(*arguments)
        used += figures
        return total
    source, pattern = arguments
    places = data.outline[data.outline.source_id == source].locator
    if places.empty:
        raise ExpressionError(f"outline.csv 中没有来源 {source}", f"outline.csv has no source {source!r}")
    try:
        grouped = re.compile(pattern).groups == 1
    except re.error as error:
        raise ExpressionError(f"正则表达式有误：{pattern}", f"no regular expression: {pattern} ({error})") from None
    found = places[places.str.match(pattern)]
    if name == "outline_rows":
        return Interval.point(len(found))
    if not grouped:
        raise ExpressionError(f"须有且仅有一个括号组：{pattern}", f"must have one group in parentheses: {pattern}")
    return Interval.point(found.str.extract(pattern, expand=False).nunique())


def _within_path(data: Data, indicator: str, first: int, last: int) -> tuple[Interval, list[str]]:
    """A sum over the years of a path lies between so many times its lowest and its highest target."""
    rows = data.select(indicator, record_type="target")
    rows = rows[(rows.obs_text != "") & rows.time_period.str.fullmatch(r"\d{4}")]
    years = rows.time_period.astype(int)
    if rows.empty or first > last or years.min() > first or years.max() < last:
        raise ExpressionError(
            f"{indicator} 没有覆盖{first}—{last}年的规划目标", f"no plan path of {indicator!r} covers {first} to {last}"
        )
    count = last - first + 1
    return Interval(count * rows.obs_value.min(), count * rows.obs_value.max()), list(rows.index)


def relation_problems(data: Data, path: Path | None = None) -> list[Problem]:
    """Expressions of ``relations.csv`` that cannot be evaluated, as problems of that table; `path` as in :func:`evaluate`."""
    problems = []
    for row, (relation_id, relation) in enumerate(data.relations.iterrows(), 2):
        for column in ("left", "right"):
            try:
                evaluate(data, relation[column], path)
            except ExpressionError as error:
                zh, en = f"{relation_id} 的算式：{error.zh}", f"the expression of {relation_id}: {error.en}"
                problems.append(Problem("relations.csv", row, column, relation[column], zh, en))
    return problems
