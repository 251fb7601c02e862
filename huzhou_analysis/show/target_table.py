"""Targets as a table for reading: names, quantities and the words for verdicts in both languages."""

from __future__ import annotations

import math

import pandas as pd

from ..analysis.evidence import GRADES, TIME_PROGRESS
from ..analysis.targets import STATUSES
from ..facts.data import Data
from ..facts.words import Quantity, as_text, figure_quantity, text
from .sources import WORDS, name, period_text

TARGET_HEADINGS, _UNITS = WORDS["target"], WORDS["target_unit"]


def target_rows(data: Data, gaps: pd.DataFrame, lang: str | None = None) -> pd.DataFrame:
    """Rows of :func:`huzhou_analysis.target_gaps` as they are read.

    Columns are those of :data:`TARGET_HEADINGS` and ``missing``, the figure that would settle what has no actual. Quantities
    are as printed, paces in their own unit (%, percentage points, units); empty where there is none.

    Parameters
    ----------
    gaps : DataFrame
        Made with ``full=True``; any of its rows. ValueError without those columns.
    lang : {"zh", "en"}, optional
        With a language, a plain table for a spreadsheet: numbers as numbers, their units in columns of their own.

    Examples
    --------
    >>> gaps = hz.target_gaps(data, full=True).sort_values("relative_gap", ascending=False)
    >>> hz.target_rows(data, gaps, lang="en").to_excel("gaps.xlsx", index=False)  # doctest: +SKIP
    """
    if "target_ids" not in gaps.columns:
        raise ValueError("these are the main columns only: write hz.target_gaps(data, full=True)")
    table = pd.DataFrame([_row(data, row) for row in gaps.itertuples()])
    return table if lang is None else _in_numbers(table, lang)


def _row(data: Data, row) -> dict:
    def quantity(value: float, unit: str, ids: tuple[str, ...] = ()) -> Quantity | None:
        known = value == value and unit
        return Quantity(value, data.units[unit], decimals=1 if unit == "%" else 2, figures=ids) if known else None

    target = [i for i in row.target_ids.split() if data.figures.time_period[i] == row.final_period]
    printed = target and row.target == row.target
    # As printed where one figure of the measure and the unit gives the actual, else as worked out from its figures.
    ids, none = str(row.actual_id).split(), text("—", "—")
    figure = data.figures.loc[ids[0]] if len(ids) == 1 else None
    as_printed = figure is not None and (figure.indicator, figure.unit) == (row.actual_indicator, row.unit)
    return {
        "indicator": row.indicator,
        "name": name(data, row.indicator),
        "target": figure_quantity(data, target[0]) if printed else text(row.in_words or "—", "in words"),
        "target_period": period_text(row.final_period),
        "actual": figure_quantity(data, ids[0]) if as_printed else quantity(row.actual, row.unit, tuple(ids)),
        "period": period_text(row.actual_period),
        "gap": quantity(row.gap, row.unit) if printed else None,
        "verdict": as_text(STATUSES[row.status]),
        "progress": as_text(TIME_PROGRESS[row.time_progress]) if row.time_progress else none,
        "required": quantity(row.required_pace, row.pace_unit),
        "recent": quantity(row.recent_pace, row.pace_unit),
        "evidence": as_text(GRADES[row.evidence]) if row.evidence else none,
        "missing": text(row.needed_zh, row.needed_en) if row.needed_zh else none,
    }


def _in_numbers(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Texts in a language, quantities as numbers with a column for their unit beside the first of a kind."""
    from .exhibit import cell  # which needs what draws: a terminal does not

    out = {}
    for column, heading in (TARGET_HEADINGS | WORDS["target_more"]).items():
        if column not in ("target", "actual", "gap", "required", "recent"):
            out[heading[lang]] = [v[lang] for v in table[column]]
            continue
        held = [cell(v) if isinstance(v, Quantity) else None for v in table[column]]
        out[heading[lang]] = [math.nan if c is None else c["value"][lang] for c in held]
        if column in _UNITS:
            out[_UNITS[column][lang]] = ["" if c is None else c["unit"][lang] for c in held]
    return pd.DataFrame(out)
