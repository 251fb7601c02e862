"""The plan's paths: each indicator's path with its actuals, and where the plan speeds up or slows down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from .. import charts
from ..analysis import targets
from ..analysis.gaps import Gaps, gaps_of
from ..exhibit import Column, Exhibit, Native, Trace, citations
from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.words import Text, text
from .common import (
    INDICATOR,
    UNIT,
    answering,
    mark_points,
    name,
    pace_text,
    path_native,
    period_text,
    recent_years,
    target_figures,
    unit_text,
)
from .scoreboard import ONE_BLOCK, TALLEST, goals_by_year, grown, table_rows

__all__ = ["paths", "speed"]


@answering("target_paths", "规划路径与实绩", "The plan's paths and actuals")
def paths(data: Data) -> Exhibit:
    """The plan's path of every indicator that has an actual of these years, each in a panel of its own."""
    rows, gaps = table_rows(data), gaps_of(data)
    since = recent_years(data)
    by_year = rows[[f"target_{year}" for year in gaps.years]].notna().sum(axis=1)
    found = rows[rows.actual_value.notna() & (rows.final_period != "") & (by_year > 1)]
    found = found[[periods.parse(p).year >= since for p in found.actual_period]]
    if found.empty:
        raise NotOnFile(
            f"有逐年目标的指标{since}年以来的实绩", f"an actual since {since} of an indicator with targets by year"
        )
    reached = found[found.status.isin(["met", "ahead", "on_track"])]
    old = found[found.status == "no_figure_on_file"]
    before = start = text("", "")
    if len(old):
        before = text(f"，{len(old)}项实绩早于规划期", f"; {len(old)} actuals predate it")
        start = text(
            f"；{len(old)}项的实绩止于规划以前，只能看起点，不能看进度",
            f"; for {len(old)} indicators these end before the plan and show where it began, not how it goes",
        )
    title = text(
        f"有近年实绩的{len(found)}项中，{len(reached)}项在规划路径之上{before['zh']}",
        f"Of {len(found)} targets with a recent actual, {len(reached)} stand on or above the plan's path{before['en']}",
    )
    reading = text(
        f"空心方框是规划路径，实心点是在案实绩{start['zh']}。",
        f"Outlined squares are the plan's path, dots the actuals on file{start['en']}.",
    )
    table, used = [], []
    for r in found.itertuples():
        points = _recent_points(gaps, r)
        table += [
            {
                "indicator": name(data, r.indicator),
                "period": period_text(p.time_period),
                "value": gaps.quantity(p.value, r.unit),
                "kind": text("实绩", "actual"),
            }
            for p in points.itertuples()
        ]
        table += [
            {
                "indicator": name(data, r.indicator),
                "period": period_text(str(year)),
                "value": gaps.quantity(goal, r.unit),
                "kind": i18n.labels("target"),
            }
            for year, goal in goals_by_year(gaps, r).items()
        ]
        used += [r.target_ids, *points.figure_id]

    def draw(canvas: charts.Canvas) -> None:
        n, cols = len(found), min(len(found), 2 if canvas.narrow else 5)
        grid = canvas.axes(
            -(-n // cols),
            cols,
            left=0.1,
            right=0.35,
            bottom=0.3,
            top=0.55,
            hspace=0.95,
            wspace=0.42 if canvas.narrow else 0.3,
        )
        axes = [grid] if n == 1 else list(grid)
        for ax in axes[n:]:
            ax.set_axis_off()
        for ax, r in zip(axes, found.itertuples(), strict=False):
            _mini_path(data, gaps, ax, r, canvas.lang)

    return Exhibit(
        "target_paths",
        title,
        text(
            f"规划路径（方框）与{since}年以来的实绩（圆点；三角为不足一年）",
            f"The plan's path (squares) and actuals since {since} (dots; triangles are parts of a year)",
        ),
        reading,
        pd.DataFrame(table),
        [
            INDICATOR,
            Column("period", text("时期", "Period")),
            Column("value", text("数值", "Value")),
            Column("kind", text("性质", "Kind")),
        ],
        citations(data, used),
        draw,
        [text("各图纵轴分别缩放，不从零起。", "Each panel has its own scale, not from zero.")],
        heights={
            "phone": max(2.4, 1.75 * -(-len(found) // 2)),
            "column": 2.2 + 1.6 * -(-len(found) // 2),
            "square": 2.0 + 1.6 * -(-len(found) // 2),
        },
        natives=[
            path_native(data, r.indicator, target_figures(data, r), _recent_points(gaps, r)) for r in found.itertuples()
        ],
    )


def _recent_points(gaps: Gaps, row) -> pd.DataFrame:
    """Recent actuals in the target's unit: whole years, dates, and shares of part of a year."""
    points = gaps.points(row.actual_indicator, row.ref_area)
    units = gaps.data.units
    points = points[
        (points.year >= recent_years(gaps.data)) & points.unit.map(lambda u: units.comparable(u, row.unit)).astype(bool)
    ]
    points = points[(points.origin == "printed") | ((points.origin == "part_year") & units[row.unit].is_share)]
    return points.assign(value=[units.convert(v, u, row.unit) for v, u in zip(points.value, points.unit, strict=True)])


def _mini_path(data: Data, gaps: Gaps, ax, row, lang: str) -> None:
    """One small panel: path, actuals, and labels at the last actual and the last target only."""

    def at(values) -> list[float]:
        return [i18n.axis_value(v, row.unit, lang, data.units) for v in values]

    points = _recent_points(gaps, row)
    named = goals_by_year(gaps, row)
    years, goals = list(named), at(named.values())
    begin, end = gaps.years[0], gaps.years[-1]
    charts.mark_target(ax, years, goals)
    whole = points.origin == "printed"
    mark_points(ax, points[whole], at(points.value[whole]))
    ax.plot(
        points.year[~whole],
        at(points.value[~whole]),
        "v",
        markerfacecolor=charts.PAPER,
        markeredgecolor=charts.ACTUAL,
        markersize=6,
        zorder=5,
    )
    values = [*goals, *at(points.value)]
    low, high = min(values), max(values)
    pad = (high - low) or abs(high) or 1
    ax.set_ylim(low - 0.3 * pad, high + 0.3 * pad)
    first = min(begin, int(points.year.min()))
    ax.set_xlim(first - 0.7, end + 1.2)
    ax.set_xticks(sorted({first, begin, end}) if begin - first > 2 or first == begin else [first, gaps.years[-2], end])
    ax.tick_params(axis="x", labelsize=7.5)
    ax.set_yticks([])
    ax.grid(False)
    charts.place_label(ax, years[-1], goals[-1], i18n.trimmed(goals[-1], 2), size=8, prefer=("center", "bottom"))
    last = at([points.value.iloc[-1]])[0]
    charts.place_label(ax, points.year.iloc[-1], last, i18n.trimmed(last, 2), size=8, prefer=("center", "bottom"))
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    heading = f"{name(data, row.indicator)[lang]}{opening}{unit_text(data, row.unit)[lang]}{closing}"
    room = ax.get_position().width * ax.figure.get_figwidth() + 0.3
    lines, size = charts.wrap(ax.figure, heading, 8, room), 8.0
    while len(lines) > 3 and size > 6:
        size -= 0.25
        lines = charts.wrap(ax.figure, heading, size, room)
    ax.set_title("\n".join(lines), loc="left", fontsize=size, pad=6)


@answering("targets_pace", "规划各时段的速度", "Where the plan speeds up")
def speed(data: Data) -> Exhibit:
    """How the plan divides the way between its two halves: pace a year, coloured by the half that takes more."""
    found = targets.table_targets(data)
    steps = targets.plan_pace(data, found)
    years = targets.plan_years(data)[-3:]
    if len(years) < 3:
        raise NotOnFile("规划三个年份的目标", "targets of a plan for three years")
    y0, y1, y2 = years
    wide = []
    for locator, rows in steps.groupby(steps.from_id.map(data.figures.locator), sort=False):
        halves = rows.drop_duplicates("to_period").set_index("to_period")
        if {str(y1), str(y2)} <= set(halves.index) and halves.from_period[str(y1)] == str(y0):
            first, second = halves.loc[str(y1)], halves.loc[str(y2)]
            total = second.to_value - first.from_value
            share = (second.to_value - second.from_value) / total if total else math.nan
            wide.append((locator, first, second, share))
    wide.sort(key=lambda item: -item[3] if item[3] == item[3] else math.inf)
    rows = [
        {
            "indicator": name(data, first.indicator),
            "path": {
                lang: " → ".join(
                    i18n.trimmed(i18n.axis_value(v, first.unit, lang, data.units), 3)
                    for v in (first.from_value, first.to_value, second.to_value)
                )
                for lang in i18n.LANGUAGES
            },
            "unit": unit_text(data, first.unit),
            f"pace_{y1}": pace_text(data, first.pace, first.pace_unit),
            f"pace_{y2}": pace_text(data, second.pace, second.pace_unit),
            "share": share * 100,
        }
        for _, first, second, share in wide
    ]
    if not wide or math.isnan(wide[0][3]):
        raise NotOnFile(
            f"同一指标{y0}、{y1}、{y2}年的目标", f"targets of one indicator for {y0}, {y1} and {y2} that differ"
        )
    _, first, second, share = wide[0]
    info = name(data, first.indicator)
    fair = (y2 - y1) / (y2 - y0)
    late = sum(s > fair + 1e-9 for *_, s in wide)
    even = sum(abs(s - fair) <= 1e-9 for *_, s in wide)
    early, last = _years(y1 - y0), _years(y2 - y1)
    last_en = last["en"].removesuffix(" years") if y1 - y0 > 1 else last["en"]
    half = "half" if fair == 0.5 else f"{fair:.0%}"
    title = text(
        f"{info['zh']}把{share:.0%}的路留给后{last['zh']}，{len(wide)}项中最甚",
        f"{info['en']} leaves {share:.0%} of its way to the last {last['en']}, most of all {len(wide)} targets",
    )
    reading = text(
        f"{info['zh']}前{early['zh']}每年{pace_text(data, first.pace, first.pace_unit)['zh'].removesuffix('/年')}，后{last['zh']}每年"
        f"{pace_text(data, second.pace, second.pace_unit)['zh'].removesuffix('/年')}，引用前宜先核对原表。"
        f"{len(wide)}项中{late}项后{last['zh']}走得更多，{even}项前后相等。",
        f"{info['en']} moves {pace_text(data, first.pace, first.pace_unit)['en']} in the first {early['en']} and "
        f"{pace_text(data, second.pace, second.pace_unit)['en']} in the last {last_en}: check the printed table before quoting it. Of {len(wide)} "
        f"targets {late} leave more than {half} of the way to the last {last['en']}, {even} divide it evenly.",
    )
    columns = [
        INDICATOR,
        Column("path", text(f"{y0}→{y1}→{y2}年目标", f"Targets {y0} → {y1} → {y2}")),
        UNIT,
        Column(f"pace_{y1}", text(f"{y0}—{y1}年所需", f"Required {y0}–{y1}")),
        Column(f"pace_{y2}", text(f"{y1}—{y2}年所需", f"Required {y1}–{y2}")),
        Column("share", text(f"后{last['zh']}所占路程，%", f"Share of the way left to {y1}–{y2}, %"), 0),
    ]

    def draw(canvas: charts.Canvas) -> None:
        _draw_speed(data, wide, years, canvas)

    return Exhibit(
        "targets_pace",
        title,
        text(
            f"规划自身路径所需的速度，{y0}—{y1}年与{y1}—{y2}年；颜色为该时段占全程的份额",
            f"Pace along the plan's own path, {y0}–{y1} and {y1}–{y2}; colour is the share of the whole way",
        ),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*steps.from_id, *steps.to_id]),
        draw,
        heights=grown(len(wide), {"phone": 9.6, "page": 5.4, "column": 9.6, "square": 8.0}),
        natives=[
            Native(
                "stacked_bar",
                [name(data, first.indicator) for _, first, _, share in wide[::-1] if share == share],
                [
                    Trace(
                        text(f"{y0}—{y1}年", f"{y0}–{y1}"),
                        [100 - 100 * share for *_, share in wide[::-1] if share == share],
                        "comparison",
                    ),
                    Trace(
                        text(f"{y1}—{y2}年", f"{y1}–{y2}"),
                        [100 * share for *_, share in wide[::-1] if share == share],
                        "target",
                    ),
                ],
                text("占全程的份额，%", "share of the way, %"),
            )
        ],
    )


def _years(count: int) -> Text:
    """A number of years in words: 两年, two years."""
    zh = {1: "一", 2: "两", 3: "三", 4: "四", 5: "五"}.get(count, str(count))
    en = {1: "year", 2: "two years", 3: "three years", 4: "four years", 5: "five years"}.get(count, f"{count} years")
    return text(f"{zh}年", en)


def _draw_speed(data: Data, wide: list, years: Sequence[int], canvas: charts.Canvas) -> None:
    """A heat map: one line an indicator, one cell for each half of the plan."""
    import matplotlib as mpl
    from matplotlib.patches import Rectangle

    lang, narrow = canvas.lang, canvas.narrow
    ax, width, height = canvas.sheet()
    blocks = 1 if narrow or len(wide) <= ONE_BLOCK else 2
    each = -(-len(wide) // blocks)
    block = (width - 0.3 * (blocks - 1)) / blocks
    step = min((height - 0.22) / each, TALLEST)
    size = min(8.0, step * 72 * 0.6)
    cell = (1.08 if lang == "zh" else 0.92) if narrow else 1.15
    colours = mpl.colormaps["PuOr"]
    for i, (_, first, second, share) in enumerate(wide):
        column, line = divmod(i, each)
        x0, y = column * (block + 0.3), 0.22 + line * step
        room, fits = block - 2 * cell - 0.08, size
        lines = charts.wrap(canvas.figure, name(data, first.indicator)[lang], fits, room)
        while len(lines) * fits * 1.15 / 72 > step and fits > 5:
            fits -= 0.2
            lines = charts.wrap(canvas.figure, name(data, first.indicator)[lang], fits, room)
        ax.text(x0, y + step / 2, "\n".join(lines), fontsize=fits, va="center", color=charts.INK, linespacing=1.05)
        for n, (half, part) in enumerate(((first, 1 - share), (second, share))):
            left = x0 + block - (2 - n) * cell
            # Half of the way is neutral; the further from it, the stronger the colour.
            colour = colours(0.5 - (min(max(part, 0), 1) - 0.5) * 0.55) if part == part else (1, 1, 1, 1)
            ax.add_patch(Rectangle((left, y + step * 0.06), cell - 0.04, step * 0.88, facecolor=colour, linewidth=0))
            words = pace_text(data, half.pace, half.pace_unit)[lang]
            words = words.removesuffix("/年") if lang == "zh" else words.removesuffix(" a year")
            ax.text(
                left + cell / 2 - 0.02,
                y + step / 2,
                words,
                fontsize=size,
                va="center",
                ha="center",
                color=charts.INK,
            )
    for column in range(blocks):
        for n, span in enumerate(f"{a}–{b}" for a, b in pairwise(years)):
            at = column * (block + 0.3) + block - (2 - n) * cell + cell / 2
            ax.text(
                at,
                0.1,
                span if narrow else span + ("（每年）" if lang == "zh" else " (a year)"),
                fontsize=min(size, 7.2),
                ha="center",
                va="center",
                color=charts.MUTED,
            )
