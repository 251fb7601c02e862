"""Context: GDP in its vintages with real growth and the implied deflator, and districts as far as figures reach."""

from __future__ import annotations

import pandas as pd

from .. import charts, i18n
from ..assembly import vintages
from ..data import Data
from ..exhibit import Column, Exhibit, citations, printed_quantity
from ..growth import growth_rate, implied_deflator
from ..i18n import text
from .common import CITY, area_name, name, period_text, shown

REVISED = "C-GDP-REV"


def gdp(data: Data) -> Exhibit:
    """GDP as first published and as revised, real growth, and the deflator the revised levels imply."""
    table = vintages(data, "gdp")
    first = table[(table.source_id != REVISED) & (table.tier == "yearbook")].drop_duplicates("year").set_index("year")
    revised = table[table.source_id == REVISED].set_index("year")
    real = data.select("gdp", CITY, transformation="GY", source=REVISED, record_type="actual").set_index("time_period")
    rows, used = [], []
    for year in revised.index:
        row = {"year": float(year), "first": first.value.get(year, float("nan")), "revised": revised.value[year]}
        row["revision"] = (row["revised"] / row["first"] - 1) * 100
        row["nominal"] = row["real"] = row["deflator"] = float("nan")
        if str(year) in real.index:
            rate = real.loc[str(year)]
            row["real"] = rate.obs_value
            used.append(
                rate.figure_id
                if "figure_id" in rate
                else data.select("gdp", CITY, transformation="GY", source=REVISED, period=str(year)).index[0]
            )
            if year - 1 in revised.index:
                now, before = (data.interval(revised.figure_id[y]) for y in (year, year - 1))
                nominal = growth_rate(now, before)
                grown = data.interval(data.figure(used[-1])) / 100
                row["nominal"] = nominal.middle * 100
                row["deflator"] = implied_deflator(nominal, grown).middle * 100
        rows.append(row)
    frame = pd.DataFrame(rows)
    used += [*first.figure_id, *revised.figure_id]
    widest = frame.loc[frame.revision.abs().idxmax()]
    at_2013 = frame[frame.year == 2013].iloc[0]
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
        Column("year", text("年份", "Year"), 0),
        Column("first", text("首次公布（亿元）", "First published (CNY 100m)"), 2),
        Column("revised", text("修订后（亿元）", "Revised (CNY 100m)"), 2),
        Column("revision", text("修订（%）", "Revision (%)"), 1),
        Column("nominal", text("名义增速（%，推算）", "Nominal growth (%, derived)"), 1),
        Column("real", text("实际增速（%，印刷）", "Real growth (%, printed)"), 2),
        Column("deflator", text("平减指数（%，推算）", "Deflator (%, derived)"), 1),
    ]
    frame = frame.assign(year=frame.year)
    return Exhibit(
        "context_gdp",
        title,
        text("地区生产总值两个版本与实际增速，湖州市", "GDP in two vintages and real growth, Huzhou"),
        reading,
        frame,
        columns,
        citations(data, used),
        draw,
        heights={"phone": 6.4},
    )


def districts(data: Data) -> Exhibit:
    """What is on file for districts, counties and zones: shown one by one, never added up."""
    parts = data.ref_areas.index[data.ref_areas.level.isin(["county", "zone"]) & data.ref_areas.parent.isin([CITY])]
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
            "长合区与南太湖新区位于区县之内，与区县数字重叠；各区县的年份也不相同，任何加总都会重复或遗漏。",
            "The zones lie within districts and overlap them, and the years differ: any sum would count twice or leave out.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, found.index),
    )
