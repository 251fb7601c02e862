"""Transport 交通周转量: the plan's path for turnover, containers and investment, and one total that does not fit."""

from __future__ import annotations

import pandas as pd

from .. import charts
from ..analysis import targets
from ..analysis.series import series
from ..exhibit import Column, Exhibit, citations
from ..facts import words as i18n
from ..facts.data import Data
from ..facts.words import text
from .common import (
    answering,
    goal_path,
    in_sentence,
    long_series,
    pace_text,
    path_panels,
    path_sum_native,
    plan_rows,
    projection_or_why,
    shown,
)

__all__ = ["investment_total", "path", "projected", "tonnage"]

INDICATORS = ["road_freight_turnover", "water_freight_turnover", "container_throughput", "transport_investment"]


@answering("transport_path", "交通目标", "Transport targets")
def path(data: Data) -> Exhibit:
    """Plan paths of the four transport indicators."""
    rows = plan_rows(data, INDICATORS)
    paces = targets.plan_pace(data, rows).set_index(["indicator", "to_period"]).pace
    for i in INDICATORS:
        data.on_file(goal_path(data, i).iloc[1:], i, "两个年份的目标", ": targets of two years")
    before, aim = map(str, targets.plan_years(data)[-2:])
    data.on_file(rows[rows.time_period == before], INDICATORS[0], f"的{before}年目标", f": a target for {before}")
    late = {i: pace_text(data, paces[(i, aim)], "%") for i in INDICATORS}
    fastest = max(INDICATORS, key=lambda i: paces[(i, aim)])
    info = data.indicators.loc[fastest]
    return path_panels(
        data,
        "transport_path",
        INDICATORS,
        title=text(
            f"交通目标中{info.name_zh}要求最快：{before}—{aim}年{late[fastest]['zh']}",
            f"Of the transport targets, {in_sentence(info.name_en)} must grow fastest: "
            f"{late[fastest]['en']} in {before}–{aim}",
        ),
        subtitle=text(
            "公路、水路货运周转量，集装箱吞吐量，综合交通投资：目标路径与所需增速",
            "Road and waterway freight turnover, containers, transport investment: plan path and required growth",
        ),
        reading=text(
            f"公路周转量{before}—{aim}年只需{late['road_freight_turnover']['zh']}，水路{late['water_freight_turnover']['zh']}，"
            f"集装箱{late['container_throughput']['zh']}。五份文件没有任何一个周转量实绩：要判断进度，须向统计或交通部门索取"
            "公路、水路货物周转量年度表（亿吨公里）。",
            f"Road turnover needs only {late['road_freight_turnover']['en']} in {before}–{aim}, waterways "
            f"{late['water_freight_turnover']['en']}, containers {late['container_throughput']['en']}. The five documents hold no "
            "actual of turnover at all: to judge progress, ask the statistics or transport bureau for the annual table of road "
            "and waterway freight turnover in tonne-kilometres.",
        ),
        notes=[
            text(
                "周转量（吨公里）与货运量（吨）不可互换。",
                "Turnover (tonne-kilometres) and tonnage are not interchangeable.",
            )
        ],
    )


@answering("transport_investment_total", "综合交通投资目标", "Targets of transport investment")
def investment_total(data: Data) -> Exhibit:
    """1,500 in one plan against the sum of the yearly targets in another."""
    rows = goal_path(data, "transport_investment")
    first, until = int(rows.time_period.iloc[0]), int(rows.time_period.iloc[-1])
    found = data.select("transport_investment", record_type="target")
    total = found[found.span == "cumulative"]
    total = data.on_file(total, "transport_investment", "的累计目标", ": a goal in total").iloc[0]
    geometric, straight = targets.path_sum(data, rows, first, until)
    low, high = sorted((geometric, straight))
    goal = shown(data, total.obs_text, total.unit, relation=total.relation)
    sums = [shown(data, v, total.unit, 0) for v in (low, high)]
    span = text(
        sums[0]["zh"] if sums[0] == sums[1] else f"{sums[0]['zh'].removesuffix(total.unit)}—{sums[1]['zh']}",
        sums[0]["en"]
        if sums[0] == sums[1]
        else f"{sums[0]['en'].removesuffix(' bn')}–{sums[1]['en'].removeprefix('CNY ')}",
    )
    short = total.obs_value - high
    title = text(
        f"综合交通投资：年度目标合计约{span['zh']}，另一方案却要求{goal['zh']}",
        f"Transport investment: yearly targets add up to about {span['en']}, against {goal['en']} in another plan",
    )
    by_year = {f.time_period: f.obs_value for _, f in rows.iterrows()}
    table = [
        {
            "item": text(f"{y}年", str(y)),
            "value": shown(data, rows[rows.time_period == str(y)].obs_text.iloc[0], total.unit)
            if str(y) in by_year
            else shown(data, targets.value_on_path(by_year, y, True), total.unit, 0),
            "kind": text("印刷", "printed") if str(y) in by_year else text("路径推算", "read off the path"),
        }
        for y in range(first, until + 1)
    ]
    table += [
        {"item": text("五年合计", "Five years together"), "value": span, "kind": text("推算", "derived")},
        {
            "item": text("营商环境方案的目标", "Goal in the business-environment plan"),
            "value": goal,
            "kind": text("印刷", "printed"),
        },
    ]

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang

        def at(v: float) -> float:
            return i18n.axis_value(v, total.unit, lang, data.units)

        ax = canvas.axes(left=0.2, top=0.6 if canvas.narrow else 0.42, bottom=0.55)
        base, width, size = 0.0, (0.62 if canvas.narrow else 0.55), (7.5 if canvas.narrow else 9)
        for year in range(first, until + 1):
            value = targets.value_on_path(by_year, year, True)
            printed = str(year) in by_year
            ax.bar(
                0,
                at(value),
                bottom=at(base),
                width=width,
                facecolor=charts.PAPER,
                linewidth=1.5,
                edgecolor=charts.TARGET if printed else charts.DERIVED,
                linestyle="-" if printed else ":",
            )
            ax.text(
                0,
                at(base + value / 2),
                f"{year}  {shown(data, value, total.unit, 0)[lang]}",
                ha="center",
                va="center",
                fontsize=size,
            )
            base += value
        charts.direct_label(ax, 0, at(base), shown(data, base, total.unit, 0)[lang], dy=4)
        ax.bar(1, at(total.obs_value), width=width, facecolor=charts.PAPER, edgecolor=charts.TARGET, linewidth=2)
        charts.direct_label(ax, 1, at(total.obs_value), goal[lang], dy=4)
        ax.annotate(
            "", (0.5, at(total.obs_value)), (0.5, at(base)), arrowprops={"arrowstyle": "<->", "color": charts.INK}
        )
        gap = shown(data, short, total.unit, 0)
        ax.text(
            0.5,
            at(base * 0.985),
            "\n".join(
                charts.wrap(
                    canvas.figure,
                    text(f"差约{gap['zh']}", f"about {gap['en']} short")[lang],
                    9,
                    0.85 if canvas.narrow else 1.6,
                )
            ),
            va="top",
            ha="center",
            fontsize=6.5 if canvas.narrow else 9,
        )
        ticks = [
            text("“地瓜经济”方案年度目标合计", "Yearly targets of the open-economy plan, summed")[lang],
            text("营商环境方案总额目标", "Total in the business-environment plan")[lang],
        ]
        room = 1.5 if canvas.narrow else 4.0
        ax.set_xticks([0, 1], ["\n".join(charts.wrap(canvas.figure, tick, 9, room)) for tick in ticks])
        ax.set_yticks([])
        ax.grid(False)
        ax.set_xlim(-0.42 if canvas.narrow else -0.6, 1.42 if canvas.narrow else 1.6)
        ax.set_ylim(0, at(1720))
        charts.key(
            ax,
            [
                ("target_bar", text("印刷目标", "printed target")[lang]),
                ("derived_bar", text("路径上的年份（推算）", "year on the path (derived)")[lang]),
            ],
            y=1.02,
        )

    reading = text(
        f"同一文件的两个方案：“地瓜经济”方案印{'、'.join(rows.time_period)}年的年度目标，按其路径五年合计约{span['zh']}；营商环境方案要求完成"
        f"{goal['zh']}，未印起止年份。若指同一五年，两者相差约{short:.0f}亿元；若时期或范围不同，文件没有说明。",
        f"Two plans in one document: the open-economy plan prints yearly targets for {', '.join(rows.time_period)}, about {span['en']} over "
        f"five years along its path; the business-environment plan asks for {goal['en']} and prints no years. If both mean the "
        f"same five years they differ by about {shown(data, short, total.unit, 0)['en']}; if period or scope differ, the document "
        "does not say so.",
    )
    columns = [
        Column("item", text("项目", "Item")),
        Column("value", text("数值", "Value")),
        Column("kind", text("性质", "Kind")),
    ]
    return Exhibit(
        "transport_investment_total",
        title,
        text(
            f"综合交通投资目标，{data.city['zh']}，亿元", f"Targets for transport investment, {data.city['en']}, CNY bn"
        ),
        reading,
        pd.DataFrame(table),
        columns,
        citations(data, [*rows.index, total.name]),
        draw,
        natives=[path_sum_native(data, rows)],
    )


@answering("transport_tonnage_{mode}", "货运量", "Freight tonnage")
def tonnage(data: Data, mode: str) -> Exhibit:
    """Freight tonnage by road or water: the past that is on file, and not what the targets are set for.

    Parameters
    ----------
    mode : str
        ``road`` or ``water``.
    """
    indicator, target = f"{mode}_freight_tonnage", f"{mode}_freight_turnover"
    points = series(data, indicator)
    last = data.on_file(points[points.origin == "printed"], indicator).iloc[-1]
    goals = goal_path(data, target)
    words = {"road": text("公路", "Road"), "water": text("水路", "Waterway")}[mode]
    now = shown(data, last.value, last.unit, 0)
    goal = shown(data, goals.obs_text.iloc[-1], goals.unit.iloc[-1])
    cuts = int(points.segment.max()) - 1
    return long_series(
        data,
        f"transport_tonnage_{mode}",
        indicator,
        title=text(
            f"{words['zh']}货运量最后一个数是{last.year}年的{now['zh']}；目标是周转量{goal['zh']}，两者不可比",
            f"{words['en']} freight was {now['en']} in {last.year}; the target is turnover of {goal['en']}: not comparable",
        ),
        subtitle=text(
            f"{words['zh']}货运量（吨），{data.city['zh']}；口径变动处断开",
            f"{words['en']} freight tonnage, {data.city['en']}; cut where it was re-based",
        ),
        reading=text(
            f"货运量是吨，目标是吨公里；没有印刷的平均运距，不能换算，此处也不换算。序列断开{cuts}处。要判断{goals.time_period.iloc[-1]}年目标，须索取"
            f"{words['zh']}货物周转量年度数（亿吨公里）。",
            f"Freight is in tonnes, the target in tonne-kilometres; no average haul is printed, so nothing is converted. The series is "
            f"cut {cuts} time{'s' * (cuts != 1)}. To judge the {goals.time_period.iloc[-1]} target, ask for the annual {words['en'].lower()} freight turnover.",
        ),
        extra=list(goals.index),
    )


@answering("transport_projection", "交通预测", "Projection of transport")
def projected(data: Data) -> Exhibit:
    """A projection of freight turnover, or why there is none and what is needed instead."""
    return projection_or_why(
        data,
        "transport_projection",
        INDICATORS,
        subtitle=text(
            "交通各指标：在案年度实绩与规划要求的速度", "Transport: annual actuals on file and the pace required"
        ),
    )
