"""Identities that the documents must satisfy, declared in ``data/relations.csv`` as expressions over figures.

A statement fails only if no values within the two rounding intervals satisfy it: the documents are given every benefit
of rounding.
"""

from __future__ import annotations

from functools import partial

import pandas as pd

from ..facts.data import Data
from ..facts.problems import DataError
from ..facts.relations import evaluate as evaluate_within
from ..facts.relations import relation_problems
from ..facts.rounding import Interval
from . import plans, targets

FINDING_COLUMNS = ["finding_id", "rule", "severity", "status", "indicator", "ref_area", "time_period"]
FINDING_COLUMNS += ["left", "right", "difference", "reading_zh", "reading_en", "figures"]


def _path(data: Data, indicator: str, first: int, last: int) -> tuple[Interval, list[str]]:
    """Sum of the yearly path of the first plan whose table covers the years, and its figures.

    Years between named ones are read off the path once geometrically and once straight: the interval spans both.
    """
    for source in plans.plans(data).source_id:
        rows = plans.table_targets(data, source=source)
        rows = rows[(rows.indicator == indicator) & (rows.obs_text != "")]
        if len(rows) and targets.covers(rows, first, last):
            low, high = sorted(targets.path_sum(rows, first, last))
            return Interval(low, high), list(rows.index)
    raise ValueError(f"no plan path for {indicator!r} from {first} to {last}")


def evaluate(data: Data, expression: str) -> tuple[Interval, list[str]]:
    """Value of an expression (:func:`huzhou_analysis.facts.relations.evaluate`), with plan paths read off the plan."""
    return evaluate_within(data, expression, partial(_path, data))


def holds(left: Interval, expect: str, right: Interval) -> bool:
    """Whether some values within the two intervals satisfy the expectation."""
    if expect == "=":
        return left.overlaps(right)
    if expect == "<=":
        return left.may_be_at_most(right)
    return right.may_be_at_most(left)


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
    problems = relation_problems(data, partial(_path, data))
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
