"""Context: GDP in its vintages with real growth and the implied deflator, and districts as far as figures reach."""

from __future__ import annotations

import pandas as pd

from .. import charts
from ..analysis.growth import growth_rate, implied_deflator
from ..analysis.series import best_first, series, vintages
from ..exhibit import Column, Exhibit, Native, Trace, citations, native_unit, printed_quantity
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.periods import is_year
from ..facts.words import text
from .common import answering, area_name, goal_path, long_series, name, path_panels, period_text, plan_rows, shown

__all__ = ["districts", "gdp", "industry", "shares"]

REVISED = "C-GDP-REV"


@answering("context_gdp", "地区生产总值的版本", "GDP in its vintages")
def gdp(data: Data) -> Exhibit:
    """GDP as first published and as revised, real growth, and the deflator the levels imply."""
    table = vintages(data, "gdp")
    first = (
        table[(table.source_id != REVISED) & (table.tier != "compilation")].drop_duplicates("year").set_index("year")
    )
    revised = table[table.source_id == REVISED].set_index("year")
    data.on_file(revised, "gdp", "的修订值", " as revised")
    data.on_file(first[first.index >= revised.index.min()], "gdp", "的首次公布值", " as first published")
    rates = data.select("gdp", data.home, transformation="GY", record_type="actual")
    rates = rates[rates.time_period.map(is_year).astype(bool)]
    years = list(range(int(revised.index.min()), int(first.index.max()) + 1))
    rows, used = [], [*first.figure_id[first.index >= years[0]], *revised.figure_id]
    for year in years:
        row = {
            "year": float(year),
            "first": first.value.get(year, float("nan")),
            "revised": revised.value.get(year, float("nan")),
        }
        row["revision"] = (row["revised"] / row["first"] - 1) * 100
        row["nominal"] = row["real"] = row["deflator"] = float("nan")
        own = rates[rates.time_period == str(year)]
        printed = own[own.source_id == REVISED] if year in revised.index else best_first(data, own)
        if len(printed):
            rate = printed.iloc[0]
            row["real"] = rate.obs_value
            used.append(rate.name)
            levels = revised if year in revised.index else first
            if year in levels.index and year - 1 in levels.index:
                now, before = (levels.figure_id[y] for y in (year, year - 1))
                units = data.figure(now).unit, data.figure(before).unit
                nominal = growth_rate(data.interval(now), data.interval(before) * data.units.factor(units[1], units[0]))
                row["nominal"] = nominal.middle * 100
                row["deflator"] = implied_deflator(nominal, data.interval(rate) / 100).middle * 100
        rows.append(row)
    frame = pd.DataFrame(rows)
    widest = frame.loc[frame.revision.abs().idxmax()]
    at_2013 = data.on_file(frame[frame.year == 2013], "gdp", "（2013年）", " of 2013").iloc[0]
    pair = [shown(data, at_2013[k], "亿元", 1) for k in ("first", "revised")]
    title = text(
        f"2013年生产总值首次公布{pair[0]['zh']}，修订后{pair[1]['zh']}：作分母前先选版本",
        f"GDP of 2013 was first {pair[0]['en']}, after the censuses {pair[1]['en']}: choose a vintage before dividing by it",
    )
    reading = text(
        f"修订幅度最大的是{widest.year:.0f}年（{widest.revision:+.1f}%）；2003年以前两个版本相差悬殊，2001年的数像是取整，不宜引用。"
        "实际增速按可比价，名义增速由修订后水平值算出，平减指数为两者之比，均为推算。",
        f"The widest revision is that of {widest.year:.0f} ({widest.revision:+.1f}%). Before 2003 the two vintages lie far apart and 2001 "
        "looks rounded: do not quote them. Real growth is at constant prices; nominal growth is computed from the revised levels and the "
        "deflator from both, all derived.",
    )

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang
        axes = canvas.axes(
            2, 1, left=0.55, right=0.2, top=0.6 if canvas.narrow else 0.42, hspace=0.8 if canvas.narrow else 0.5
        )
        years = frame.year
        for key, colour, style in (("revised", charts.ACTUAL, "-"), ("first", charts.TARGET, "--")):
            axes[0].plot(
                years,
                [i18n.axis_value(v, "亿元", lang, data.units) for v in frame[key]],
                style,
                color=colour,
                linewidth=1.6,
                marker="o",
                markersize=3,
            )
        axes[0].set_ylim(bottom=0)
        axes[0].set_ylabel(i18n.unit_name("亿元", lang, data.units), fontsize=8.5)
        for key, colour, style in (
            ("nominal", charts.DERIVED, ":"),
            ("real", charts.ACTUAL, "-"),
            ("deflator", charts.CLAIM, "--"),
        ):
            axes[1].plot(years, frame[key], style, color=colour, linewidth=1.6, marker="o", markersize=3)
        axes[1].axhline(0, color=charts.MUTED, linewidth=0.8)
        axes[1].set_ylabel("%", fontsize=8.5)
        from matplotlib.lines import Line2D

        for ax, entries in (
            (
                axes[0],
                (
                    (charts.ACTUAL, "-", text("修订后", "revised")),
                    (charts.TARGET, "--", text("首次公布", "first published")),
                ),
            ),
            (
                axes[1],
                (
                    (charts.ACTUAL, "-", text("实际增速", "real growth")),
                    (charts.DERIVED, ":", text("名义增速（推算）", "nominal growth (derived)")),
                    (charts.CLAIM, "--", text("平减指数（推算）", "deflator (derived)")),
                ),
            ),
        ):
            ax.legend(
                [Line2D([], [], color=c, linestyle=s) for c, s, _ in entries],
                [t[lang] for *_, t in entries],
                loc="lower left",
                bbox_to_anchor=(0, 1.0),
                ncols=1 if canvas.narrow else len(entries),
                fontsize=7 if canvas.narrow else 8.5,
                labelcolor=charts.MUTED,
                borderaxespad=0,
                columnspacing=1,
            )

    columns = [
        Column("period", text("年份", "Year")),
        Column("first", text("首次公布（亿元）", "First published (CNY 100m)"), 2),
        Column("revised", text("修订后（亿元）", "Revised (CNY 100m)"), 2),
        Column("revision", text("修订（%）", "Revision (%)"), 1),
        Column("nominal", text("名义增速（%，推算）", "Nominal growth (%, derived)"), 1),
        Column("real", text("实际增速（%，印刷）", "Real growth (%, printed)"), 2),
        Column("deflator", text("平减指数（%，推算）", "Deflator (%, derived)"), 1),
    ]
    frame = frame.assign(period=[f"{y:.0f}" for y in frame.year])
    return Exhibit(
        "context_gdp",
        title,
        text(
            f"地区生产总值两个版本与实际增速，{data.city['zh']}",
            f"GDP in two vintages and real growth, {data.city['en']}",
        ),
        reading,
        frame,
        columns,
        citations(data, used),
        draw,
        heights={"phone": 6.4},
        natives=[
            Native(
                "line",
                years,
                [
                    Trace(text("修订后", "revised"), list(frame.revised)),
                    Trace(text("首次公布", "first published"), list(frame["first"]), "provisional"),
                ],
                heading=name(data, "gdp"),
                **native_unit(data, "亿元"),
            ),
            Native(
                "line",
                years,
                [
                    Trace(text("实际增速", "real growth"), list(frame.real)),
                    Trace(text("名义增速（推算）", "nominal growth (derived)"), list(frame.nominal), "derived"),
                    Trace(text("平减指数（推算）", "deflator (derived)"), list(frame.deflator), "model"),
                ],
                text("%", "%"),
                heading=text("增速与平减指数", "growth and deflator"),
            ),
        ],
    )


@answering("context_shares", "R&D与高新技术产业占比", "R&D and high-tech shares")
def shares(data: Data) -> Exhibit:
    """R&D and high-tech shares against the plan's path."""
    rows = plan_rows(data, ["rd_share", "hightech_va_share"])
    latest = {
        i: data.on_file(series(data, i).query("origin == 'printed'"), i).iloc[-1]
        for i in ("rd_share", "hightech_va_share")
    }
    aim = max(goal_path(data, i).time_period.iloc[-1] for i in latest)
    words = {
        i: (
            p.time_period,
            f"{i18n.number(p.value, 2 if i == 'rd_share' else 1)}%",
            rows.obs_text[rows.indicator == i].iloc[-1] + "%",
        )
        for i, p in latest.items()
    }
    rd, tech = words["rd_share"], words["hightech_va_share"]
    return path_panels(
        data,
        "context_shares",
        ["rd_share", "hightech_va_share"],
        title=text(
            f"R&D占比{rd[1]}（{rd[0]}），目标{rd[2]}；高新占比{tech[1]}（{tech[0]}），目标{tech[2]}",
            f"R&D was {rd[1]} of GDP in {rd[0]}, the {aim} target is {rd[2]}; high-tech {tech[1]} in {tech[0]}, target {tech[2]}",
        ),
        subtitle=text(
            "R&D经费占GDP、高新技术产业占规上工业增加值，%", "R&D over GDP, high-tech over industrial value added, %"
        ),
        reading=text(
            "比重按百分点变动，不用复合增长。R&D占比的分母是生产总值，印刷者未注明版本；规划期内没有这两项的实绩，进度无从判断。",
            "Shares move in points, never by compound growth. The R&D share divides by GDP without saying which vintage; no actual of the "
            "plan's years is on file for either, so progress cannot be judged.",
        ),
    )


@answering("context_industry", "规上工业总产值", "Gross industrial output")
def industry(data: Data) -> Exhibit:
    """Gross industrial output as long as it was printed."""
    points = series(data, "industrial_output")
    last = data.on_file(points[points.origin == "printed"], "industrial_output").iloc[-1]
    now = shown(data, last.value, last.unit, 0)
    return long_series(
        data,
        "context_industry",
        "industrial_output",
        title=text(
            f"规上工业总产值序列止于{last.year}年的{now['zh']}",
            f"Gross industrial output ends with {now['en']} in {last.year}",
        ),
        subtitle=text(
            f"规模以上工业总产值，{data.city['zh']}，亿元；2011年起门槛提高",
            f"Gross output of industry above designated size, {data.city['en']}, CNY bn; higher threshold from 2011",
        ),
        reading=text(
            "2011年起规模以上标准由主营业务收入500万元提高到2000万元，前后断开；此后年份只印增加值及其实际增速，不能接续产值。",
            "From 2011 the size threshold rises from 5 to 20 million yuan of sales, so the line is cut. Later years print value added and its "
            "real growth only, which do not continue output.",
        ),
    )


@answering("districts_on_file", "区县与平台", "Districts and zones")
def districts(data: Data) -> Exhibit:
    """What is on file for districts, counties and zones: shown one by one, never added up."""
    parts = data.ref_areas.index[data.ref_areas.level.isin(["county", "zone"]) & (data.ref_areas.parent == data.home)]
    found = data.figures[
        data.figures.ref_area.isin(parts)
        & (data.figures.record_type == "actual")
        & (data.figures.obs_text != "")
        & (data.figures.time_period != "")
    ]
    wanted = [
        "gdp",
        "exports",
        "imports",
        "trade_total",
        "industrial_output",
        "industrial_revenue",
        "industrial_va",
        "fixed_asset_investment",
        "manufacturing_investment",
        "container_throughput",
        "transport_investment",
    ]
    found = found[found.indicator.isin(wanted)]
    if found.empty:
        raise NotOnFile("区县和平台的实绩", "an actual of a district, county or zone")
    rows = [
        {
            "area": area_name(data, f.ref_area),
            "indicator": name(data, f.indicator),
            "period": period_text(f.time_period),
            "kind": text("增速", "growth") if f.transformation == "GY" else text("水平值", "level"),
            "value": {lang: printed_quantity(data, f, lang) for lang in i18n.LANGUAGES},
        }
        for _, f in found.sort_values(["ref_area", "indicator", "time_period", "transformation"]).iterrows()
    ]
    areas = found.ref_area.nunique()
    columns = [
        Column("area", text("地区", "Area")),
        Column("indicator", text("指标", "Indicator")),
        Column("period", text("时期", "Period")),
        Column("kind", text("性质", "Kind")),
        Column("value", text("数值", "Value")),
    ]
    return Exhibit(
        "districts_on_file",
        text(
            f"{areas}个区县和平台共有{len(rows)}个宏观数字在案，年份各异，不能相加",
            f"{len(rows)} macro figures are on file for {areas} districts and zones, of different years: never added up",
        ),
        text("区县与平台：在案实绩", "Districts and zones: actuals on file"),
        text(
            "平台位于区县之内，与区县数字重叠；各区县的年份也不相同，任何加总都会重复或遗漏。",
            "The zones lie within districts and overlap them, and the years differ: any sum would count twice or leave out.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, found.index),
    )
