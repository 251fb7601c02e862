"""Foreign investment 外资: where it stood, what the plan's 18 demands, and what shares are aimed at."""

from __future__ import annotations

import pandas as pd

from .. import charts, i18n, targets
from ..data import Data
from ..exhibit import Column, Exhibit, citations
from ..i18n import text
from .common import INDICATOR, name, pace_text, path_panels, plan_rows, projection_or_why, shown

SHARES = ["fdi_manufacturing_share", "fdi_hightech_share", "fdi_zone_manufacturing_share", "fdi_platform_share"]


def trajectory(data: Data) -> Exhibit:
    """Utilised FDI: 2013, the five-year total of 2018-2022, and the targets to 2027."""
    total = data.one("fdi_utilized", "2018/P5Y")
    actual = data.one("fdi_utilized", "2013", record_type="actual")
    goal_2014 = data.one("fdi_utilized", "2014", record_type="target")
    path = plan_rows(data, ["fdi_utilized"])
    mean = data.interval(total) * 1 / 5
    steps = targets.plan_pace(data, path)
    last, first = path.obs_value.iloc[-1], path.obs_value.iloc[0]
    above = last / mean.middle - 1
    yearly = shown(data, mean.middle, total.unit, 2)
    five = shown(data, total.obs_text, total.unit)
    rows = [
        _row(data, actual, "actual"),
        _row(data, goal_2014, "target"),
        _row(data, total, "actual"),
        {
            "period": text("2018—2022年平均", "Mean of 2018–2022"),
            "kind": text("推算", "Derived"),
            "value": yearly,
            "figure_id": total.name,
        },
    ] + [_row(data, f, "target") for _, f in path.iterrows()]
    goal = shown(data, path.obs_text.iloc[-1], path.unit.iloc[-1])
    title = text(
        f"外资：2027年目标{goal['zh']}，比2018—2022年均值高{above:.0%}",
        f"The 2027 goal of {goal['en']} in utilised FDI is {above:.0%} above the yearly mean of 2018–2022",
    )
    jump = first / mean.middle - 1
    hard = jump * 100 > steps.pace.max()
    demand = [pace_text(data, s.pace, s.pace_unit) for s in steps.itertuples()]
    reading = text(
        f"2018—2022年五年累计实到外资{five['zh']}，平均每年{yearly['zh']}（推算）；规划2023年起即要求"
        f"{shown(data, path.obs_text.iloc[0], path.unit.iloc[0])['zh']}，比该均值高{jump:.0%}，"
        f"此后每年只需{demand[0]['zh']}（2023—2025）和{demand[1]['zh']}（2025—2027）{'：难在起点，不在增速' if hard else ''}。"
        "五年各年的分年数字未见印刷。",
        f"Over 2018–2022 the documents print {five['en']} in all, {yearly['en']} a year on average (derived). The plan asks "
        f"for {shown(data, path.obs_text.iloc[0], path.unit.iloc[0])['en']} from 2023 on, {jump:.0%} above "
        f"that mean, and afterwards only {demand[0]['en']} (2023–2025) and {demand[1]['en']} (2025–2027)"
        f"{': the start is what is hard, not the pace' if hard else ''}. No single year of the five is printed.",
    )

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang

        def at(value: float) -> float:
            return i18n.axis_value(value, "亿美元", lang, data.units)

        ax = canvas.axes(top=0.75 if canvas.narrow else 0.45, left=0.42)
        charts.mark_actual(ax, [2013], [at(actual.obs_value)])
        charts.direct_label(ax, 2013, at(actual.obs_value), shown(data, actual.obs_text, actual.unit)[lang], dy=-20)
        charts.mark_target(ax, [2014], [at(goal_2014.obs_value)], line=False)
        charts.direct_label(ax, 2014, at(goal_2014.obs_value), shown(data, goal_2014.obs_text, goal_2014.unit)[lang])
        ax.plot([2017.6, 2022.4], [at(mean.middle)] * 2, color=charts.DERIVED, linewidth=3, solid_capstyle="butt")
        newline = "\n" if canvas.narrow else " "
        charts.direct_label(
            ax,
            2020,
            at(mean.middle),
            text(
                f"五年累计{five['zh']}，{newline.strip(' ')}年均{yearly['zh']}（推算）",
                f"five-year total {five['en']},{newline}{yearly['en']} a year (derived)",
            )[lang],
            dy=6,
            size=7.5 if canvas.narrow else 9,
        )
        charts.mark_target(ax, [int(p) for p in path.time_period], [at(v) for v in path.obs_value])
        for i, (_, f) in enumerate(path.iterrows()):
            below = canvas.narrow and i == 1
            charts.direct_label(
                ax,
                int(f.time_period),
                at(f.obs_value),
                shown(data, f.obs_text, f.unit)[lang],
                dy=-20 if below else 9,
                dx=(-14, 16, 0)[i] if canvas.narrow and len(path) == 3 else 0,
            )
        ax.set_xlim(2010.6 if canvas.narrow else 2011.9, 2027.9)
        ax.set_ylim(0, at(21))
        ax.set_xticks(range(2013, 2028, 2))
        charts.key(
            ax,
            [
                ("actual", text("实绩", "actual")[lang]),
                ("target", text("目标", "target")[lang]),
                ("total", text("多年累计的年均值（推算）", "yearly mean of a five-year total (derived)")[lang]),
            ],
            y=1.03,
        )

    notes = [
        text(
            "2014—2017年及2018—2022年各年无在案数字，图中不补点。",
            "No figure is on file for 2014–2017, nor for any single year of 2018–2022: nothing is filled in.",
        )
    ]
    columns = [
        Column("period", text("时期", "Period")),
        Column("kind", text("性质", "Kind")),
        Column("value", text("数值", "Value")),
    ]
    return Exhibit(
        "foreign_investment_path",
        title,
        text(
            "实际利用外资，湖州市，亿美元，2013—2027年", "Utilised foreign direct investment, Huzhou, USD bn, 2013–2027"
        ),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [actual.name, goal_2014.name, total.name, *path.index]),
        draw,
        notes,
    )


def _row(data: Data, figure: pd.Series, kind: str) -> dict:
    from .common import period_text

    return {
        "period": period_text(figure.time_period),
        "kind": text(i18n.label(kind, "zh"), i18n.label(kind, "en").capitalize()),
        "value": shown(data, figure.obs_text, figure.unit, relation=figure.relation),
        "figure_id": figure.name,
    }


def shares(data: Data) -> Exhibit:
    """Four share targets of the plan, and the share the press prints that does not fit them."""
    press = data.select("fdi_hightech_press_share").sort_values("time_period")
    first, last = press.iloc[0], press.iloc[-1]
    goal = plan_rows(data, ["fdi_hightech_share"]).iloc[-1]
    paces = targets.plan_pace(data, plan_rows(data, SHARES)).pace
    slow, fast = i18n.number(paces.min(), 1), i18n.number(paces.max(), 1)
    base = path_panels(
        data,
        "foreign_investment_shares",
        SHARES,
        title=text(
            f"高技术占比：报道印{last.obs_text}%（2022年），规划2027年目标只有{goal.obs_text}%，口径存疑",
            f"The press prints a high-tech share of {last.obs_text}% for 2022; the plan aims at {goal.obs_text}% for "
            "2027: not comparable",
        ),
        subtitle=text(
            "使用外资的结构目标，%，规划路径与所需速度（个百分点/年）",
            "Share targets of utilised FDI, %, plan path and required pace (percentage points a year)",
        ),
        reading=text(
            f"规划对四项占比的要求是每年上升{slow}至{fast}个百分点。报道所印高技术实到外资占比由{first.time_period}年的"
            f"{first.obs_text}%升至{last.time_period}年的{last.obs_text}%，已远高于目标{goal.obs_text}%："
            "两者口径必有不同，而文件均未说明，故不作比较，列为待问。",
            f"The plan asks for {slow} to {fast} percentage points a year on its four shares. The press prints a high-tech share that "
            f"rose from {first.obs_text}% in {first.time_period} to {last.obs_text}% in {last.time_period}, far above the "
            f"target of {goal.obs_text}%: the definitions must differ, neither document states its own, so they are not "
            "compared but shown as a question.",
        ),
        notes=[text("报道口径的占比不绘入图中。", "The share as the press counts it is not drawn into the panels.")],
    )
    extra = pd.DataFrame(
        [
            {
                **{c: text("—", "—") for c in base.table.columns},
                "indicator": text(
                    f"{name(data, f.indicator)['zh']}（{f.time_period}年，报道）",
                    f"{name(data, f.indicator)['en']} ({f.time_period})",
                ),
                "unit": shown(data, f.obs_text, f.unit),
            }
            for _, f in press.iterrows()
        ]
    )
    from dataclasses import replace

    columns = [
        Column("unit", text("单位 / 印刷值", "Unit / printed value")) if c.name == "unit" else c for c in base.columns
    ]
    return replace(
        base,
        table=pd.concat([base.table, extra], ignore_index=True),
        columns=columns,
        citations=citations(data, [*base.citations.figure_id, *press.index]),
    )


def outbound(data: Data) -> Exhibit:
    """Does the five-year total of outbound investment fit the plan's own yearly path?"""
    path = plan_rows(data, ["outbound_investment"])
    total = data.one("outbound_investment", "2023/P5Y", record_type="target")
    geometric, straight = targets.path_sum(data, path, 2023, 2027)
    low, high = sorted((geometric, straight))
    fits = low >= total.obs_value
    goal = shown(data, total.obs_text, total.unit)
    sums = [shown(data, v, total.unit, 2) for v in (low, high)]
    about = shown(data, straight, total.unit, 1)
    title = text(
        f"对外投资：按年度目标累加约{about['zh']}，与五年累计目标{goal['zh']}{'相符' if fits else '不符'}",
        f"Outbound investment: the yearly targets add up to about {about['en']}, "
        f"{'in line with' if fits else 'short of'} the five-year goal of {goal['en']}",
    )
    rows = [
        {
            "indicator": text(f"{f.time_period}年目标", f"Target {f.time_period}"),
            "value": shown(data, f.obs_text, f.unit),
            "kind": text("印刷", "printed"),
        }
        for _, f in path.iterrows()
    ]
    rows += [
        {
            "indicator": text("2023—2027年路径累加（等比）", "Path summed 2023–2027 (geometric)"),
            "value": shown(data, geometric, total.unit, 2),
            "kind": text("推算", "derived"),
        },
        {
            "indicator": text("2023—2027年路径累加（等差）", "Path summed 2023–2027 (straight)"),
            "value": shown(data, straight, total.unit, 2),
            "kind": text("推算", "derived"),
        },
        {"indicator": text("五年累计目标", "Five-year goal"), "value": goal, "kind": text("印刷", "printed")},
    ]

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang

        def at(value: float) -> float:
            return i18n.axis_value(value, total.unit, lang, data.units)

        ax = canvas.axes(left=0.42, top=0.55 if canvas.narrow else 0.35)
        by_year = {f.time_period: f.obs_value for _, f in path.iterrows()}
        for year in range(2023, 2028):
            value = targets.value_on_path(by_year, year, True)
            printed = str(year) in by_year
            ax.bar(
                year,
                at(value),
                width=0.6,
                facecolor=charts.PAPER,
                linewidth=1.6,
                edgecolor=charts.TARGET if printed else charts.DERIVED,
                linestyle="-" if printed else ":",
            )
            label = shown(
                data,
                path[path.time_period == str(year)].obs_text.iloc[0] if printed else value,
                total.unit,
                None if printed else 2,
            )[lang]
            charts.direct_label(ax, year, at(value), label, dy=4, size=7.5 if canvas.narrow else 9)
        ax.set_ylim(0, at(4.3))
        ax.set_xticks(range(2023, 2028))
        charts.key(
            ax,
            [
                ("target_bar", text("年度目标（印刷）", "yearly target (printed)")[lang]),
                ("derived_bar", text("路径上的年份（推算）", "year on the path (derived)")[lang]),
            ],
            y=1.02,
        )

    reading = text(
        f"把2023、2025、2027三年目标之间的年份按等比或等差补足，五年合计{sums[0]['zh']}至{sums[1]['zh']}，"
        f"五年累计目标为{goal['zh']}：{'两处自洽' if fits else '年度目标不足以达到累计目标'}。",
        f"With the years between the three targets read off the plan's own path, geometrically or straight, the five years "
        f"add up to {sums[0]['en']} to {sums[1]['en']}; the goal for the five years is {goal['en']}: "
        f"{'the two agree' if fits else 'the yearly targets do not reach it'}.",
    )
    columns = [
        Column("indicator", text("项目", "Item")),
        Column("value", text("数值", "Value")),
        Column("kind", text("性质", "Kind")),
    ]
    return Exhibit(
        "foreign_investment_outbound",
        title,
        text(
            "对外投资备案额，湖州市，亿美元，2023—2027年目标",
            "Registered outbound investment, Huzhou, USD bn, targets 2023–2027",
        ),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*path.index, total.name]),
        draw,
        [text("2024、2026年未见印刷，为路径上的推算值。", "2024 and 2026 are not printed: read off the path.")],
    )


def projected(data: Data) -> Exhibit:
    """Projection of the theme's indicators, or why there is none."""
    return projection_or_why(
        data,
        "foreign_investment_projection",
        ["fdi_utilized", *SHARES, "outbound_investment"],
        subtitle=text(
            "外资各指标：在案年度实绩与规划要求的速度",
            "Foreign-investment indicators: annual actuals on file and the pace required",
        ),
    )


__all__ = ["INDICATOR", "outbound", "projected", "shares", "trajectory"]
