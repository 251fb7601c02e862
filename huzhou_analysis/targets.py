"""Targets: what the plan's own path demands, and how far the latest comparable actual is from it.

Arithmetic starts from *now*, the latest actual, not from a base year. Levels are led to a target by compound growth,
shares by points a year: a percentage is never compounded.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from . import periods
from .assembly import known, series, source_rank
from .data import Data

TARGET_TABLES = {"digital": "数字方案 指标表", "open": "地瓜方案 指标表"}

PACE_COLUMNS = [
    "indicator",
    "ref_area",
    "from_period",
    "to_period",
    "from_value",
    "to_value",
    "unit",
    "pace",
    "pace_unit",
    "from_id",
    "to_id",
]

GAP_COLUMNS = [
    "indicator",
    "ref_area",
    "theme",
    "ascending",
    "relation",
    "commitment",
    "unit",
    "target_2023",
    "target_2025",
    "target_2027",
    "in_words",
    "final_period",
    "final_target",
    "actual_value",
    "actual_period",
    "actual_status",
    "actual_tier",
    "actual_source",
    "absolute_gap",
    "relative_gap",
    "required_pace",
    "pace_unit",
    "years_left",
    "status",
    "rule_zh",
    "rule_en",
    "target_ids",
    "actual_id",
    "locator",
]


def required_growth(current: float, target: float, years: float) -> float:
    """Compound growth a year that leads from `current` to `target`: (target / current)^(1/years) - 1, a fraction.

    Raises
    ------
    ValueError
        If a level is not positive or `years` is not.
    """
    if years <= 0:
        raise ValueError("no time is left: years must be positive")
    if current <= 0 or target <= 0:
        raise ValueError("compound growth needs positive levels")
    return (target / current) ** (1 / years) - 1


def required_points(current: float, target: float, years: float) -> float:
    """Change a year that leads from `current` to `target` in equal steps: (target - current) / years."""
    if years <= 0:
        raise ValueError("no time is left: years must be positive")
    return (target - current) / years


def meets(value: float, target: float, relation: str, ascending: bool) -> bool:
    """Whether a value meets a target, given the bound that was printed.

    突破 (``>``) is met above the target only, ``<`` below only; otherwise at or beyond it, in the direction in which
    the indicator is better.
    """
    if relation == ">":
        return value > target
    if relation == "<":
        return value < target
    if relation == ">=":
        return value >= target
    if relation == "<=":
        return value <= target
    return value >= target if ascending else value <= target


def pace_kind(data: Data, indicator: str, unit: str) -> str:
    """How an indicator moves: ``points`` for shares, ``units`` for counts, ``growth`` for other levels."""
    if data.units[unit].is_share or data.units[unit].unit_measure == "PP":
        return "points"
    if data.indicators.measure_type[indicator] == "count" or data.units[unit].is_count:
        return "units"
    return "growth"


def pace(data: Data, indicator: str, unit: str, current: float, target: float, years: float) -> tuple[float, str]:
    """Required change a year and its unit: % for levels, points for shares, the unit itself for counts."""
    kind = pace_kind(data, indicator, unit)
    if kind == "growth" and current > 0 and target > 0:
        return required_growth(current, target, years) * 100, "%"
    return required_points(current, target, years), "个百分点" if unit == "%" else unit


def table_targets(data: Data, which: str | None = None) -> pd.DataFrame:
    """Targets printed in the rows of the plan's two tables, in the order of the tables.

    Returns
    -------
    DataFrame
        Figures of record type ``target`` whose locator is a table row, with ``table`` and ``row`` added. Size classes
        named inside a row are parameters and left out.
    """
    parts = []
    for name, prefix in TARGET_TABLES.items():
        if which in (None, name):
            found = data.figures[
                data.figures.locator.str.match(rf"{prefix} 行\d+$") & (data.figures.record_type == "target")
            ]
            row = found.locator.str.extract(r"行(\d+)$", expand=False).astype(int)
            parts.append(found.assign(table=name, row=row))
    out = pd.concat(parts)
    return (
        out.assign(_order=out.table.map(list(TARGET_TABLES).index))
        .sort_values(["_order", "row", "time_period"], kind="stable")
        .drop(columns="_order")
    )


def plan_pace(data: Data, figures: pd.DataFrame) -> pd.DataFrame:
    """What the plan's own path demands a year between the years it names.

    Parameters
    ----------
    figures : DataFrame
        Target figures (for instance :func:`table_targets`).

    Returns
    -------
    DataFrame
        One row for each step between two years of one indicator (columns ``PACE_COLUMNS``); ``pace`` is in
        ``pace_unit`` a year: % for levels, 个百分点 (or ‰) for shares, the unit itself for counts.
    """
    rows = []
    annual = figures[figures.time_period.map(periods.is_year).astype(bool) & (figures.obs_text != "")]
    for (_, indicator, area, unit), path in annual.groupby(["locator", "indicator", "ref_area", "unit"], sort=False):
        path = path.sort_values("time_period")
        for (_, a), (_, b) in zip(list(path.iterrows())[:-1], list(path.iterrows())[1:], strict=True):
            years = periods.years_between(a.time_period, b.time_period)
            value, pace_unit = pace(data, indicator, unit, a.obs_value, b.obs_value, years)
            rows.append(
                (
                    indicator,
                    area,
                    a.time_period,
                    b.time_period,
                    a.obs_value,
                    b.obs_value,
                    unit,
                    value,
                    pace_unit,
                    a.name,
                    b.name,
                )
            )
    return pd.DataFrame(rows, columns=PACE_COLUMNS)


def comparable_actual(data: Data, indicator: str, area: str, *, as_of: str | None = None) -> pd.Series | None:
    """Latest actual that may be set against a target of this indicator, as a row of :func:`series`.

    The same indicator counts; another one only where ``pairs.csv`` declares the two comparable.
    """
    allowed = [indicator]
    pairs = data.pairs[(data.pairs.target_indicator == indicator) & (data.pairs.comparable != "no")]
    allowed += list(pairs.actual_indicator)
    best = None
    for name in allowed:
        points = series(data, name, area, as_of=as_of)
        points = points[(points.origin == "printed")]
        if not points.empty:
            last = points.iloc[-1]
            if best is None or periods.parse(last.time_period).end > periods.parse(best.time_period).end:
                best = last
    return best


def target_gaps(data: Data, as_of: str | None = None) -> pd.DataFrame:
    """One row for each target of the plan's tables, and each annual 2027 goal in its text.

    Parameters
    ----------
    data : Data
    as_of : str, optional
        Only what had been published by then (ISO date).

    Returns
    -------
    DataFrame
        Columns ``GAP_COLUMNS``. Values are in ``unit`` as printed, ``relative_gap`` is a fraction of the target,
        ``required_pace`` is in ``pace_unit`` a year. Where nothing comparable is on file the status says so and the
        gap is empty: a target is never measured against another target.
    """
    figures = known(data.figures[data.figures.record_type == "target"], as_of)
    plan = figures[figures.source_id.isin(set(table_targets(data).source_id))]
    in_table = plan.locator.str.contains("指标表 行")
    wordy = plan.relation.eq("relative")
    annual_2027 = plan.time_period.eq("2027") & plan.span.isin(["annual", "point"]) & plan.obs_text.ne("")
    plan = plan[in_table | wordy | annual_2027]
    groups = plan.groupby(["locator", "indicator", "ref_area", "commitment", "unit"], sort=False)
    rows = [_gap_row(data, group, as_of) for _, group in groups]
    out = pd.DataFrame(rows, columns=GAP_COLUMNS)
    order = {name: i for i, name in enumerate(dict.fromkeys(data.outline.locator))}
    return (
        out.assign(_o=out.locator.map(order)).sort_values("_o", kind="stable").drop(columns="_o").reset_index(drop=True)
    )


def _gap_row(data: Data, group: pd.DataFrame, as_of: str | None) -> dict:
    first = group.iloc[0]
    numeric = group[(group.obs_text != "") & group.time_period.map(periods.is_year).astype(bool)]
    by_year = {f.time_period: f.obs_value for _, f in numeric.iterrows()}
    info = data.indicators.loc[first.indicator]
    row = dict.fromkeys(GAP_COLUMNS, float("nan")) | {
        "indicator": first.indicator,
        "ref_area": first.ref_area,
        "theme": info.theme,
        "ascending": bool(info.ascending),
        "relation": first.relation,
        "commitment": first.commitment,
        "unit": first.unit,
        "locator": first.locator,
        "target_2023": by_year.get("2023", float("nan")),
        "target_2025": by_year.get("2025", float("nan")),
        "target_2027": by_year.get("2027", float("nan")),
        "in_words": "",
        "final_period": "",
        "actual_period": "",
        "actual_status": "",
        "actual_tier": "",
        "actual_source": "",
        "pace_unit": "",
        "actual_id": "",
        "target_ids": " ".join(group.index),
        "rule_zh": "",
        "rule_en": "",
    }

    def settle(status: str, zh: str, en: str) -> dict:
        return row | {"status": status, "rule_zh": zh, "rule_en": en}

    if numeric.empty:
        row["in_words"] = first.as_printed
        return settle(
            "in_words",
            "目标以文字或逐年增量表述，须有相应序列方可判断",
            "stated in words or as a yearly addition; judging it needs the matching series",
        )
    final = numeric.sort_values("time_period").iloc[-1]
    row |= {"final_period": final.time_period, "final_target": final.obs_value, "relation": final.relation}
    actual = comparable_actual(data, first.indicator, first.ref_area, as_of=as_of)
    if actual is None:
        refused = data.pairs[(data.pairs.target_indicator == first.indicator) & (data.pairs.comparable == "no")]
        if len(refused):
            return settle(
                "not_comparable",
                "在案实绩口径不同，不予比较（见 pairs.csv）",
                "the actual on file has another definition (pairs.csv)",
            )
        return settle("no_figure_on_file", "没有可比的实绩数字", "no comparable actual is on file")
    row |= {
        "actual_period": actual.time_period,
        "actual_status": actual.obs_status,
        "actual_tier": actual.tier,
        "actual_source": actual.source_id,
        "actual_id": actual.figure_id,
    }
    if not data.units.comparable(actual.unit, first.unit):
        return settle(
            "not_comparable",
            f"实绩单位为{actual.unit}，目标单位为{first.unit}，不折算",
            f"the actual is in {actual.unit}, the target in {first.unit}: not converted",
        )
    value = data.units.convert(actual.value, actual.unit, first.unit)
    years = periods.parse(final.time_period).year - periods.parse(actual.time_period).year
    row |= {
        "actual_value": value,
        "absolute_gap": final.obs_value - value,
        "relative_gap": (final.obs_value - value) / final.obs_value if final.obs_value else float("nan"),
        "years_left": years,
    }
    met = meets(value, final.obs_value, final.relation, bool(info.ascending))
    start = int((first.vintage or min(by_year))[:4])
    if not met and years > 0:
        row["required_pace"], row["pace_unit"] = pace(data, first.indicator, first.unit, value, final.obs_value, years)
    if met:
        return settle(
            "met",
            f"{actual.time_period} 年实绩已达到 {final.time_period} 年目标",
            f"the actual of {actual.time_period} meets the target of {final.time_period}",
        )
    if actual.year < start:
        return settle(
            "no_figure_on_file",
            f"最近的实绩为 {actual.time_period} 年，早于规划期，不据以判断进度",
            f"the latest actual is of {actual.time_period}, before the plan: it says nothing of its progress",
        )
    due = value_on_path(by_year, actual.year, pace_kind(data, first.indicator, first.unit) == "growth")
    if due is None:
        return settle(*_by_recent_growth(data, first, actual, row, as_of))
    row_path = meets(value, due, "=", bool(info.ascending))
    return settle(
        "on_track" if row_path else "behind",
        f"{actual.time_period} 年路径值为 {due:.4g}，实绩为 {value:g}",
        f"the plan's path is at {due:.4g} in {actual.time_period}, the actual at {value:g}",
    )


def _by_recent_growth(
    data: Data, target: pd.Series, actual: pd.Series, row: dict, as_of: str | None
) -> tuple[str, str, str]:
    """Verdict where the plan names no path: last year's change against the pace that is needed from now."""
    points = series(data, actual_indicator(data, actual), target.ref_area, as_of=as_of)
    points = points[points.origin.isin(["printed", "implied"]) & (points.unit == actual.unit)]
    before = points[points.year == actual.year - 1]
    if before.empty or not row["pace_unit"]:
        return (
            "open",
            "尚未达到；规划未列该年路径，也没有上年数字可比",
            "not met yet; no path is printed for that year, nor a year before it",
        )
    recent, unit = pace(data, target.indicator, actual.unit, before.value.iloc[0], actual.value, 1)
    needed = row["required_pace"]
    enough = recent >= needed if row["ascending"] else recent <= needed
    return (
        "on_track" if enough else "behind",
        f"规划未列路径；{actual.time_period}年变动{recent:+.3g}{unit}，此后每年需{needed:+.3g}{row['pace_unit']}",
        f"no path is printed; the change in {actual.time_period} was {recent:+.3g} {unit}, {needed:+.3g} {row['pace_unit']} a year "
        "is needed from now",
    )


def actual_indicator(data: Data, actual: pd.Series) -> str:
    """Indicator of a row of :func:`series`."""
    return data.figures.indicator[actual.figure_id.split()[0]]


def value_on_path(by_year: dict[str, float], year: int, geometric: bool) -> float | None:
    """Value of the plan's own path in a year: geometric between named years for levels, straight for shares.

    Returns None before the first and after the last named year.
    """
    named = sorted((int(y), v) for y, v in by_year.items())
    for (y0, v0), (y1, v1) in pairwise(named):
        if y0 <= year <= y1:
            share = (year - y0) / (y1 - y0)
            return v0 * (v1 / v0) ** share if geometric and v0 > 0 and v1 > 0 else v0 + (v1 - v0) * share
    return next((v for y, v in named if y == year), None)


def path_sum(data: Data, figures: pd.DataFrame, first: int, last: int) -> tuple[float, float]:
    """Sum of a plan path over the years `first` to `last`: named years as printed, the years between them read off
    the path once geometrically and once straight.

    Returns
    -------
    (geometric, straight) : tuple of float
        In the unit of the figures.

    Raises
    ------
    ValueError
        If a year lies outside the path.
    """
    by_year = {f.time_period: f.obs_value for _, f in figures.iterrows()}
    if any(value_on_path(by_year, year, False) is None for year in range(first, last + 1)):
        raise ValueError(f"the plan's path does not cover {first} to {last}")
    totals = [
        sum(value_on_path(by_year, year, geometric) for year in range(first, last + 1)) for geometric in (True, False)
    ]
    return totals[0], totals[1]


__all__ = [
    "meets",
    "pace",
    "path_sum",
    "plan_pace",
    "required_growth",
    "required_points",
    "source_rank",
    "table_targets",
    "target_gaps",
    "value_on_path",
]
