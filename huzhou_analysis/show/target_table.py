"""Targets as a table for reading: names, quantities and the words for verdicts in both languages."""

from __future__ import annotations

import pandas as pd

from ..analysis.evidence import GRADES
from ..analysis.monitor import TIME_PROGRESS
from ..analysis.targets import STATUSES
from ..facts.data import Data
from ..facts.words import Quantity, Text, figure_quantity, text
from .sources import name, period_text

TARGET_HEADINGS = {
    "name": text("指标", "Indicator"),
    "target": text("目标", "Target"),
    "target_period": text("目标年", "Target year"),
    "actual": text("实际数", "Actual"),
    "period": text("时期", "Period"),
    "verdict": text("结论", "Verdict"),
    "progress": text("序时进度", "Progress in time"),
    "required": text("此后每年须", "Needed a year"),
    "recent": text("近期每年", "Recent pace a year"),
    "evidence": text("证据", "Evidence"),
}


def target_rows(data: Data, gaps: pd.DataFrame) -> pd.DataFrame:
    """Rows of :func:`huzhou_analysis.target_gaps` (with ``full=True``) as they are read.

    Returns
    -------
    DataFrame
        Columns of :data:`TARGET_HEADINGS` and ``missing`` (the figure that would settle what has no actual); ``target`` and ``actual``
        are quantities as printed, paces quantities in their own unit (%, percentage points, units), empty where there is none.
    """
    rows = []
    for row in gaps.itertuples():
        target = [i for i in row.target_ids.split() if data.figures.time_period[i] == row.final_period] or [""]
        rows.append(
            {
                "indicator": row.indicator,
                "name": name(data, row.indicator),
                "target": figure_quantity(data, target[0])
                if target[0] and row.target == row.target
                else text(row.in_words or "—", "in words"),
                "target_period": period_text(row.final_period),
                "actual": _actual(data, row),
                "period": period_text(row.actual_period),
                "verdict": _words(STATUSES, row.status),
                "progress": _words(TIME_PROGRESS, row.time_progress),
                "required": _pace(data, row.required_pace, row.pace_unit),
                "recent": _pace(data, row.recent_pace, row.pace_unit),
                "evidence": _words(GRADES, row.evidence),
                "missing": text(row.needed_zh or "—", row.needed_en or "—"),
            }
        )
    return pd.DataFrame(rows)


def _actual(data: Data, row) -> Quantity | None:
    ids = str(row.actual_id).split()
    if (
        len(ids) == 1
        and data.figures.indicator[ids[0]] == row.actual_indicator
        and data.figures.unit[ids[0]] == row.unit
    ):
        return figure_quantity(data, ids[0])
    if row.actual != row.actual:
        return None
    return Quantity(row.actual, data.units[row.unit], decimals=2, time_period=row.actual_period, figures=tuple(ids))


def _pace(data: Data, value: float, unit: str) -> Quantity | None:
    if value != value or unit == "":
        return None
    return Quantity(value, data.units[unit], decimals=1 if unit == "%" else 2)


def _words(words: dict, code: str) -> Text:
    return text(words[code]["zh"], words[code]["en"]) if code else text("—", "—")
