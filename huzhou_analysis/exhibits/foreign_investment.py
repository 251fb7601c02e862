"""Foreign investment 外资: where it stood, what the plan's 18 demands, and what shares are aimed at."""

from __future__ import annotations

import pandas as pd

from .. import charts
from ..analysis import targets
from ..analysis.series import series
from ..exhibit import Column, Exhibit, Native, Trace, citations, native_unit
from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.schema import TIERS
from ..facts.words import text
from .common import (
    INDICATOR,
    answering,
    goal_path,
    long_series,
    name,
    path_panels,
    path_sum_native,
    period_text,
    plan_rows,
    projection_or_why,
    shown,
)

SHARES = ["fdi_manufacturing_share", "fdi_hightech_share", "fdi_zone_manufacturing_share", "fdi_platform_share"]


@answering("foreign_investment_path", "外资的走势与目标", "Utilised FDI and its target")
def trajectory(data: Data) -> Exhibit:
    """Utilised FDI over the years, its fall, and the path to the 2027 goal."""
    points = series(data, "fdi_utilized")
    annual = points[(points.origin == "printed") & points.time_period.map(periods.is_year).astype(bool)]
    data.on_file(annual.iloc[1:], "fdi_utilized", "两年以上的年度数", ": figures of two years or more")
    path = goal_path(data, "fdi_utilized")
    goal = shown(data, path.obs_text.iloc[-1], path.unit.iloc[-1])
    last, before = annual.iloc[-1], annual.iloc[-2]
    fall = last.value / before.value - 1
    due = path[path.time_period == last.time_period]
    aim = path.time_period.iloc[-1]
    years = int(aim) - int(last.year)
    if years <= 0:
        raise NotOnFile(f"{last.year}年以后的外资目标", f"a target for FDI after {last.year}")
    needed = targets.required_growth(last.value, path.obs_value.iloc[-1], years)
    now, then = shown(data, last.value, last.unit, 2), shown(data, before.value, before.unit, 2)
    asked = shown(data, due.obs_text.iloc[0], due.unit.iloc[0]) if len(due) else text("—", "—")
    part = points[points.origin == "part_year"]
    part_zh = part_en = ""
    if len(part):
        p = part.iloc[-1]
        when = period_text(p.time_period)
        value = shown(data, p.value, p.unit, 2)
        part_zh = f"{when['zh']}为{value['zh']}（部分年份，不年化）。"
        part_en = f" {when['en']} brought {value['en']}, part of a year and not annualised."
    verb = text("降" if fall < 0 else "升", "fell" if fall < 0 else "rose")
    return long_series(
        data,
        "foreign_investment_path",
        "fdi_utilized",
        title=text(
            f"外资{last.year}年{verb['zh']}至{now['zh']}，要到{aim}年达到{goal['zh']}须每年增{needed:.0%}",
            f"Utilised FDI {verb['en']} to {now['en']} in {last.year}; {goal['en']} by {aim} needs {needed:.0%} a year",
        ),
        subtitle=text(
            f"实际利用外资，{data.city['zh']}，亿美元，{annual.year.iloc[0]}—{aim}年",
            f"Utilised foreign direct investment, {data.city['en']}, USD bn, {annual.year.iloc[0]}–{aim}",
        ),
        reading=text(
            f"{last.year}年为{now['zh']}，上年{then['zh']}，变动{fall:.0%}；规划当年目标{asked['zh']}。{part_zh}"
            f"从{last.year}年起到{aim}年达到{goal['zh']}，须连续{years}年每年增长{needed:.0%}。",
            f"{last.year} brought {now['en']} after {then['en']}, a change of {fall:.0%}; the plan's target for that year was "
            f"{asked['en']}.{part_en} From there {goal['en']} in {aim} takes {needed:.0%} a year for {years} years.",
        ),
        theme="foreign_investment",
        goals=path,
        notes=[
            text(
                "1996—2023年多为汇编数，与年鉴逐年一致；2020年起只有汇编",
                "From 2020 on only a compilation; where the yearbook prints a year the two agree.",
            ),
            text(
                "2022年5月起全国统计口径扩大（含银行、证券、保险），线在此断开",
                "National counting was widened from May 2022 (banking, securities, insurance): the line is cut there.",
            ),
        ],
    )


@answering("foreign_investment_conflict", "外资逐年数与五年累计", "FDI by year and the five-year total")
def conflict(data: Data) -> Exhibit:
    """The yearly series against the five-year total that the press feature prints."""
    total = data.one("fdi_utilized", "2018/P5Y")
    points = series(data, "fdi_utilized")
    five = points[(points.origin == "printed") & points.year.between(2018, 2022)]
    data.on_file(five, "fdi_utilized", "2018—2022年的年度数", ": figures of the years 2018 to 2022")
    added = five.value.sum()
    gap = added - total.obs_value
    words = {k: shown(data, v, total.unit, 1) for k, v in (("sum", added), ("total", total.obs_value), ("gap", gap))}
    mean, goal = total.obs_value / 5, goal_path(data, "fdi_utilized").iloc[-1]
    yearly, aim = shown(data, mean, total.unit, 2), shown(data, goal.obs_text, goal.unit)
    above = goal.obs_value / mean - 1
    rows = [
        {
            "item": text(f"{p.year}年", str(p.year)),
            "value": shown(data, p.value, p.unit, 2),
            "kind": text(TIERS[p.tier][0], p.tier),
        }
        for p in five.itertuples()
    ]
    rows += [
        {"item": text("逐年相加", "Years added up"), "value": words["sum"], "kind": text("推算", "derived")},
        {
            "item": text("报道所印五年累计", "Five-year total in the press"),
            "value": words["total"],
            "kind": text("印刷", "printed"),
        },
    ]

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang

        def at(value: float) -> float:
            return i18n.axis_value(value, total.unit, lang, data.units)

        ax = canvas.axes(left=0.2, top=0.15, bottom=0.55)
        base, width = 0.0, (0.8 if canvas.narrow else 0.55)
        for p in five.itertuples():
            ax.bar(
                0,
                at(p.value),
                bottom=at(base),
                width=width,
                facecolor=charts.LIGHT,
                edgecolor=charts.PAPER,
                linewidth=1.5,
            )
            ax.text(
                0,
                at(base + p.value / 2),
                f"{p.year}  {shown(data, p.value, p.unit, 1)[lang]}",
                ha="center",
                va="center",
                fontsize=7 if canvas.narrow else 9,
            )
            base += p.value
        charts.direct_label(ax, 0, at(base), words["sum"][lang], dy=4)
        ax.bar(1, at(total.obs_value), width=width, color=charts.ACTUAL)
        charts.direct_label(ax, 1, at(total.obs_value), words["total"][lang], dy=4)
        ticks = [
            text("年鉴与汇编逐年相加", "Yearbook and compilation, years added up")[lang],
            text("报道所印2018—2022年累计", "Total of 2018–2022 as the press prints it")[lang],
        ]
        ax.set_xticks([0, 1], ["\n".join(charts.wrap(canvas.figure, t, 9, 1.6 if canvas.narrow else 4)) for t in ticks])
        ax.set_yticks([])
        ax.grid(False)
        ax.set_xlim(*((-0.45, 1.45) if canvas.narrow else (-0.6, 1.6)))
        ax.set_ylim(0, at(max(base, total.obs_value) * 1.12))

    columns = [
        Column("item", text("项目", "Item")),
        Column("value", text("数值", "Value")),
        Column("kind", text("来源", "Source")),
    ]
    return Exhibit(
        "foreign_investment_conflict",
        text(
            f"2018—2022年外资：逐年相加{words['sum']['zh']}，报道只印{words['total']['zh']}",
            f"FDI of 2018–2022: the years add up to {words['sum']['en']}, the press prints {words['total']['en']}",
        ),
        text(
            f"实际利用外资，{data.city['zh']}，亿美元", f"Utilised foreign direct investment, {data.city['en']}, USD bn"
        ),
        text(
            f"两者相差{words['gap']['zh']}。统计口径可能不同，但没有任何文件说明；因此逐年序列不得当作报道口径引用，反之亦然。"
            f"按报道，五年平均每年{yearly['zh']}（推算），{goal.time_period}年目标{aim['zh']}比它高{above:.0%}。",
            f"They differ by {words['gap']['en']}. The counting may differ, but no document says so; neither may be quoted as the other. "
            f"By the press the five years average {yearly['en']} (derived); the {goal.time_period} goal of {aim['en']} is {above:.0%} above that.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, [*five.figure_id, total.name, goal.name]),
        draw,
        natives=[
            Native(
                "stacked_column",
                [
                    text("逐年相加", "years added up"),
                    text("报道所印五年累计", "five-year total in the press"),
                ],
                [
                    *[Trace(period_text(p.time_period), [p.value, None], "provisional") for p in five.itertuples()],
                    Trace(text("五年累计", "five-year total"), [None, total.obs_value]),
                ],
                **native_unit(data, total.unit),
            )
        ],
    )


@answering("foreign_investment_shares", "外资结构目标", "Share targets of FDI")
def shares(data: Data) -> Exhibit:
    """Four share targets of the plan, and the share the press prints that does not fit them."""
    press = data.select("fdi_hightech_press_share").sort_values("time_period")
    data.on_file(press, "fdi_hightech_press_share")
    first, last = press.iloc[0], press.iloc[-1]
    goal = goal_path(data, "fdi_hightech_share").iloc[-1]
    paces = targets.plan_pace(data, plan_rows(data, SHARES)).pace
    slow, fast = i18n.number(paces.min(), 1), i18n.number(paces.max(), 1)
    base = path_panels(
        data,
        "foreign_investment_shares",
        SHARES,
        title=text(
            f"高技术占比：报道印{last.obs_text}%（{last.time_period}年），规划{goal.time_period}年目标只有{goal.obs_text}%，口径存疑",
            f"The press prints a high-tech share of {last.obs_text}% for {last.time_period}; the plan aims at {goal.obs_text}% for "
            f"{goal.time_period}: not comparable",
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


@answering("foreign_investment_outbound", "对外投资目标", "Targets of outbound investment")
def outbound(data: Data) -> Exhibit:
    """Does the five-year total of outbound investment fit the plan's own yearly path?"""
    path = goal_path(data, "outbound_investment")
    first, until = int(path.time_period.iloc[0]), int(path.time_period.iloc[-1])
    total = data.one("outbound_investment", f"{first}/P{until - first + 1}Y", record_type="target")
    geometric, straight = targets.path_sum(data, path, first, until)
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
            "indicator": text(f"{first}—{until}年路径累加（等比）", f"Path summed {first}–{until} (geometric)"),
            "value": shown(data, geometric, total.unit, 2),
            "kind": text("推算", "derived"),
        },
        {
            "indicator": text(f"{first}—{until}年路径累加（等差）", f"Path summed {first}–{until} (straight)"),
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
        for year in range(first, until + 1):
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
        ax.set_xticks(range(first, until + 1))
        charts.key(
            ax,
            [
                ("target_bar", text("年度目标（印刷）", "yearly target (printed)")[lang]),
                ("derived_bar", text("路径上的年份（推算）", "year on the path (derived)")[lang]),
            ],
            y=1.02,
        )

    reading = text(
        f"把{'、'.join(path.time_period)}三年目标之间的年份按等比或等差补足，五年合计{sums[0]['zh']}至{sums[1]['zh']}，"
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
            f"对外投资备案额，{data.city['zh']}，亿美元，{first}—{until}年目标",
            f"Registered outbound investment, {data.city['en']}, USD bn, targets {first}–{until}",
        ),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*path.index, total.name]),
        draw,
        [text("2024、2026年未见印刷，为路径上的推算值。", "2024 and 2026 are not printed: read off the path.")],
        natives=[path_sum_native(data, path)],
    )


@answering("foreign_investment_projection", "外资预测", "Projection of foreign investment")
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


__all__ = ["INDICATOR", "conflict", "outbound", "projected", "shares", "trajectory"]
