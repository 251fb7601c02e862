"""Industrial investment 工业投资: one promotional figure, what it implies, and what the work report prints of investment."""

from __future__ import annotations

import pandas as pd

from .. import charts
from ..analysis import growth
from ..analysis.ledger import growth_ledger
from ..analysis.series import series
from ..exhibit import Column, Exhibit, Native, Trace, citations, native_unit
from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data
from ..facts.periods import is_year
from ..facts.words import text
from .common import (
    answering,
    area_name,
    growth_check,
    interval_text,
    long_series,
    name,
    period_text,
    projection_or_why,
    shown,
)

__all__ = ["goals_2014", "growth_rates", "project_counts", "projected", "trajectory"]


@answering("industrial_investment_growth", "工业投资增速与推得的基期", "Growth of industrial investment and its base")
def growth_rates(data: Data) -> Exhibit:
    """300.8 at +34.6%: the base it implies, beside total investment in 2013."""
    indicators = ["industrial_investment", "fixed_asset_investment"]
    ledger = growth_ledger(data, indicators)
    pairs = ledger[ledger.derived == "base"]
    claim = pairs[pairs.indicator == "industrial_investment"]
    claim = data.on_file(claim, indicators[0], "同一时期的水平值与增速", ": level and growth of one period").iloc[0]
    rate, level = data.figure(claim.figure_id), data.figure(claim.level_id)
    base = interval_text(data, claim.derived_low, claim.derived_high, claim.derived_unit, 1)
    value = shown(data, level.obs_text, level.unit)
    return growth_check(
        data,
        "industrial_investment_growth",
        indicators,
        chart=[claim.figure_id, *[i for i in pairs.figure_id if i != claim.figure_id]],
        title=text(
            f"上半年工业投资{value['zh']}、增长{rate.obs_text}%，推得上年同期约{base['zh']}",
            f"Industrial investment of {value['en']} in a half-year, up {rate.obs_text}%, implies {base['en']} before",
        ),
        subtitle=text(
            "工业投资（宣称）与固定资产投资：印刷水平值与推算基期",
            "Industrial investment (a claim) and fixed-asset investment: printed levels and implied bases",
        ),
        reading=text(
            f"这是文件中唯一的工业投资水平值，来自未注明日期的招商宣传页，年份（{periods.parse(level.time_period).year}年）为推断。"
            f"按舍入区间，{value['zh']}与{rate.obs_text}%推得上年同期{base['zh']}；在见到统计口径的数字之前，只作宣称引用。",
            "It is the only level of industrial investment in the documents, on an undated promotional page; the year "
            f"({periods.parse(level.time_period).year}) is inferred. On rounding intervals {value['en']} and {rate.obs_text}% put "
            f"the same half-year before at {base['en']}. Until a statistical figure is on file it is quoted as a claim only.",
        ),
    )


@answering("industrial_investment_total", "固定资产投资的走势", "Fixed-asset investment over the years")
def trajectory(data: Data) -> Exhibit:
    """Fixed-asset investment as long as levels were printed, and the growth rates that followed."""
    points = series(data, "fixed_asset_investment")
    annual = points[points.origin == "printed"]
    last = data.on_file(annual, "fixed_asset_investment").iloc[-1]
    rates = data.select("fixed_asset_investment", data.home, record_type="actual", transformation="GY")
    later = rates[rates.time_period.map(is_year).astype(bool) & (rates.time_period > str(last.year))].sort_values(
        "time_period"
    )
    listed = {
        "zh": "、".join(f"{r.time_period}年{i18n.number(r.obs_text)}%" for r in later.itertuples()),
        "en": ", ".join(f"{i18n.number(r.obs_text)}% in {r.time_period}" for r in later.itertuples()),
    }
    now = shown(data, last.value, last.unit, 1)
    return long_series(
        data,
        "industrial_investment_total",
        "fixed_asset_investment",
        title=text(
            f"固定资产投资水平值止于{last.year}年的{now['zh']}，此后只印增速",
            f"Levels of fixed-asset investment end with {now['en']} in {last.year}; only growth rates follow",
        ),
        subtitle=text(
            f"固定资产投资，{data.city['zh']}，亿元；口径变动处断开",
            f"Fixed-asset investment, {data.city['en']}, CNY bn; cut where the coverage changes",
        ),
        reading=text(
            f"{last.year}年之后在案的全年增速只有{listed['zh']}，年份不连，推不出水平值。这是全部固定资产投资，不能代替工业投资；"
            "工业投资只有一个半年数。",
            f"After {last.year} the annual rates on file are only {listed['en']}: not one after another, so no level follows. This is "
            "all fixed-asset investment and no substitute for industrial investment, of which one half-year is printed.",
        ),
        extra=list(later.index),
    )


@answering("industrial_investment_goals_2014", "2014年投资目标", "Investment goals of 2014")
def goals_2014(data: Data) -> Exhibit:
    """What the investment goals of 2014 would have meant, from the 2013 level."""
    base = data.one("fixed_asset_investment", "2013", record_type="actual", source="D001-GWR")
    grew = data.figure(f"{base.name}.gy")
    rates = data.select("fixed_asset_investment", data.home, transformation="GY", record_type="target", period="2014")
    data.on_file(rates, "fixed_asset_investment", "的2014年增速目标", ": growth goals for 2014")
    rates = rates.sort_values("obs_value")
    rows, levels = [], []
    for figure_id, rate in rates.iterrows():
        level = growth.implied_level(data.interval(base), data.interval(rate) / 100)
        levels.append(level)
        kind = text("力争", "stretch") if rate.commitment == "strive" else text("目标", "goal")
        rows.append(
            {
                "figure_id": figure_id,
                "kind": kind,
                "rate": shown(data, rate.obs_text, rate.unit),
                "level": interval_text(data, *level.floats, base.unit, 0),
            }
        )
    value = shown(data, base.obs_text, base.unit)
    meant = [shown(data, level.middle, base.unit, 0) for level in (levels[0], levels[-1])]
    title = text(
        f"2014年投资目标增长{rates.obs_text.iloc[0]}%、力争{rates.obs_text.iloc[-1]}%，约合{meant[0]['zh']}和{meant[1]['zh']}",
        f"The 2014 goals of {rates.obs_text.iloc[0]}% and, at a stretch, {rates.obs_text.iloc[-1]}% meant investment of about "
        f"{meant[0]['en']} and {meant[1]['en']}",
    )

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang

        def at(v: float) -> float:
            return i18n.axis_value(v, base.unit, lang, data.units)

        ax = canvas.axes(left=0.2, top=0.55 if canvas.narrow else 0.4)
        ax.bar(0, at(base.obs_value), width=0.5, color=charts.ACTUAL)
        charts.direct_label(ax, 0, at(base.obs_value), value[lang], dy=4)
        ticks = [period_text("2013")[lang]]
        for i, (row, level) in enumerate(zip(rows, levels, strict=True), 1):
            ax.bar(i, at(level.middle), width=0.5, facecolor=charts.PAPER, edgecolor=charts.TARGET, linewidth=1.6)
            charts.direct_label(ax, i, at(level.middle), row["level"][lang], dy=4, size=8 if canvas.narrow else 9)
            ticks.append(f"{period_text('2014')[lang]} {row['kind'][lang]} +{row['rate'][lang]}")
        ax.set_xticks(range(len(ticks)), ["\n".join(charts.wrap(canvas.figure, t, 9, 1.2)) for t in ticks])
        ax.set_yticks([])
        ax.grid(False)
        ax.set_ylim(0, at(1400))
        charts.key(
            ax,
            [
                ("printed", text("印刷水平值", "printed level")[lang]),
                (
                    "target_bar",
                    text("增速目标对应的水平值（推算）", "level that the growth goal means (derived)")[lang],
                ),
            ],
            y=1.02,
        )

    reading = text(
        f"政府工作报告印有2013年固定资产投资{value['zh']}（增长{grew.obs_text}%）和2014年增速目标；水平值目标未印，由增速推得。"
        "2014年是否达到，文件中没有数字。",
        f"The work report prints fixed-asset investment of {value['en']} in 2013 (up {grew.obs_text}%) and growth goals for 2014; the levels they mean "
        "are derived. Whether they were reached is not in the documents.",
    )
    columns = [
        Column("kind", text("目标", "Goal")),
        Column("rate", text("印刷增速", "Printed growth")),
        Column("level", text("对应水平值（推算）", "Level it means (derived)")),
    ]
    return Exhibit(
        "industrial_investment_goals_2014",
        title,
        text(f"固定资产投资，{data.city['zh']}，亿元", f"Fixed-asset investment, {data.city['en']}, CNY bn"),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [base.name, grew.name, *rates.index]),
        draw,
        natives=[
            Native(
                "column",
                [
                    period_text("2013"),
                    *[text(f"2014年{r['kind']['zh']}", f"2014 {r['kind']['en']}") for r in rows],
                ],
                [
                    Trace(text("印刷水平值", "printed level"), [base.obs_value] + [None] * len(levels)),
                    Trace(
                        text("增速目标对应的水平值（推算）", "level that the growth goal means (derived)"),
                        [None, *[level.middle for level in levels]],
                        "derived",
                    ),
                ],
                **native_unit(data, base.unit),
            )
        ],
    )


@answering("industrial_investment_projects", "项目数", "Counts of projects")
def project_counts(data: Data) -> Exhibit:
    """Numbers of projects that the documents print, each with its own size class and period: never one series."""
    found = data.figures[
        data.figures.indicator.str.match(r".*projects_(100m|300m|500m|1bn|2bn|5bn|10bn).*")
        & data.figures.ref_area.map(data.ref_areas.level).isin(["city", "county", "zone"])
        & data.own
        & (data.figures.obs_text != "")
    ]
    found = found.assign(_k=found.record_type.map({"actual": 0, "target": 1, "claim": 2}).fillna(3)).sort_values(
        ["_k", "time_period", "indicator"], kind="stable"
    )
    rows = [
        {
            "indicator": name(data, f.indicator),
            "ref_area": area_name(data, f.ref_area),
            "time_period": period_text(f.time_period),
            "record_type": i18n.labels(f.record_type),
            "value": shown(data, f.obs_text, f.unit, relation=f.relation),
        }
        for _, f in found.iterrows()
    ]
    actual = found[(found.record_type == "actual") & (found.time_period == "2018/P5Y")].sort_values("obs_value")
    most = data.on_file(actual, "projects_100m", "2018—2022年", " of 2018–2022").iloc[-1]
    title = text(
        f"项目数口径不一：2018—2022年引进亿元以上项目{most.obs_text}个，其余各计各的",
        f"Project counts differ in size class and period: {i18n.number(most.obs_text)} projects of CNY 100m or more "
        "over 2018–2022",
    )
    columns = [
        Column("indicator", text("计数对象", "What is counted")),
        Column("ref_area", text("地区", "Area")),
        Column("time_period", text("时期", "Period")),
        Column("record_type", text("类型", "Type")),
        Column("value", text("数值", "Value")),
    ]
    return Exhibit(
        "industrial_investment_projects",
        title,
        text("文件所印各规模项目数", "Numbers of projects by size class as printed"),
        text(
            f"文件共印{len(rows)}个按规模分的项目数，门槛、地区、时期和性质（实绩、目标、宣称）各不相同，不能相加，也不能连成序列。",
            f"The documents print {len(rows)} counts of projects by size class. Thresholds, areas, periods and kinds "
            "(actual, target, claim) differ: they cannot be added up or joined into a series.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, found.index),
    )


@answering("industrial_investment_projection", "投资预测", "Projection of investment")
def projected(data: Data) -> Exhibit:
    """A projection of industrial investment, or why there is none and what is needed instead."""
    return projection_or_why(
        data,
        "industrial_investment_projection",
        ["industrial_investment", "fixed_asset_investment"],
        subtitle=text("投资各指标：在案年度实绩", "Investment: annual actuals on file"),
    )
