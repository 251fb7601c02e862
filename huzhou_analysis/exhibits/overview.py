"""What is on file, what the last full account of the city says, and when policy moved."""

from __future__ import annotations

import pandas as pd

from .. import charts, i18n, periods
from ..data import Data
from ..exhibit import Column, Exhibit, Native, Trace, citations, printed_quantity
from ..i18n import text
from ..schema import RECORD_TYPES, THEMES
from .common import name, period_text

HEADLINES = [
    "gdp",
    "fixed_asset_investment",
    "retail_sales",
    "trade_total",
    "exports",
    "fdi_utilized",
    "fiscal_revenue",
    "local_fiscal_revenue",
    "urban_income",
    "rural_income",
    "rd_share",
]


def coverage(data: Data) -> Exhibit:
    """How many printed numbers each document gives, by kind."""
    group = data.sources.tier.where(~data.sources.index.str.startswith("D0"), data.sources.index.str.slice(0, 4) + "+")
    group = group.where(data.sources.index != "D001-GWR", "D001").replace(
        {"press": "pages", "official": "pages", "mirror": "pages", "secondary": "pages"}
    )
    figures = data.figures.assign(document=data.figures.source_id.map(group))
    label = {
        "D000+": text("“地瓜经济”专版（2023年中）", "Open-economy feature (mid-2023)"),
        "D001": text("2014年政府工作报告", "Work report 2014"),
        "D001+": text("招商宣传九篇（未注明日期）", "Nine promotional items (undated)"),
        "D002+": text("吴兴区专版（2023年11月）", "Wuxing feature (Nov 2023)"),
        "D003+": text("三个实施方案（2023年5月）", "Three plans (May 2023)"),
        "D004+": text("长合区专版（2024年初夏）", "Cooperation-zone feature (2024)"),
        "yearbook": text("中国城市统计年鉴", "China City Statistical Yearbook"),
        "compilation": text("第三方汇编", "Compilations"),
        "pages": text("政府与新闻网页及转载", "Government and press pages, copies"),
    }
    kinds = list(RECORD_TYPES)
    counts = (
        figures.groupby(["document", "record_type"]).size().unstack(fill_value=0).reindex(columns=kinds, fill_value=0)
    )
    counts = counts.loc[counts.sum(axis=1).sort_values().index]
    total = int(counts.to_numpy().sum())
    share = counts["actual"].sum() / total
    rows = [
        {"document": label.get(d, text(d, d)), **{k: float(c[k]) for k in kinds}, "total": float(c.sum())}
        for d, c in counts[::-1].iterrows()
    ]
    title = text(
        f"在案{total}个印刷数字，实绩占{share:.0%}",
        f"Of {total} printed numbers on file, {share:.0%} are actuals",
    )
    reading = text(
        f"五份文件与公开资料共{total}个数字：实绩{counts.actual.sum()}个、目标{counts.target.sum()}个、参数{counts.parameter.sum()}个、"
        f"宣称{counts.claim.sum()}个。宣称来自招商宣传页，只列示、不入任何序列。",
        f"The five documents and public sources give {total} numbers: {counts.actual.sum()} actuals, {counts.target.sum()} targets, "
        f"{counts.parameter.sum()} parameters and {counts.claim.sum()} claims. Claims come from promotional pages; they are shown "
        "and enter no series.",
    )
    styles = {
        "actual": (charts.ACTUAL, charts.ACTUAL, None),
        "target": (charts.PAPER, charts.TARGET, None),
        "claim": (charts.PAPER, charts.CLAIM, "////"),
        "parameter": (charts.GRID, charts.GRID, None),
    }

    def draw(canvas: charts.Canvas) -> None:
        from matplotlib.patches import Patch

        lang = canvas.lang
        room = 1.7 if canvas.narrow else 2.75
        ax = canvas.axes(left=room, top=0.6 if canvas.narrow else 0.4, right=0.35)
        for y, (_document, c) in enumerate(counts.iterrows()):
            base = 0
            for kind in kinds:
                face, edge, hatch = styles[kind]
                if c[kind]:
                    ax.barh(
                        y, c[kind], left=base, height=0.6, facecolor=face, edgecolor=edge, hatch=hatch, linewidth=1.4
                    )
                base += c[kind]
            ax.text(base + total * 0.006, y, f"{base}", va="center", fontsize=9)
        ax.set_yticks(
            range(len(counts)),
            [
                "\n".join(charts.wrap(canvas.figure, label.get(d, text(d, d))[lang], 9, room - 0.1))
                for d in counts.index
            ],
            fontsize=9,
            color=charts.INK,
        )
        ax.grid(False)
        ax.set_xticks([])
        ax.legend(
            [Patch(facecolor=styles[k][0], edgecolor=styles[k][1], hatch=styles[k][2]) for k in kinds],
            [RECORD_TYPES[k][0] if lang == "zh" else i18n.label(k, "en") for k in kinds],
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=2 if canvas.narrow else 4,
            fontsize=8.5,
            labelcolor=charts.MUTED,
            borderaxespad=0,
        )

    columns = [
        Column("document", text("文件", "Document")),
        *[Column(k, text(RECORD_TYPES[k][0], i18n.label(k, "en")), 0) for k in kinds],
        Column("total", text("合计", "Total"), 0),
    ]
    first = data.figures.groupby("source_id", sort=False).head(1).index
    return Exhibit(
        "overview_coverage",
        title,
        text("印刷数字，按来源与性质分，个", "Printed numbers by source and kind"),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, first),
        draw,
        [
            text(
                "出处只列各来源第一个数字，全部见 data/figures.csv。",
                "The citations list the first figure of each source; all are in data/figures.csv.",
            )
        ],
        natives=[
            Native(
                "stacked_bar",
                [label.get(d, text(d, d)) for d in counts.index],
                [
                    Trace(
                        text(RECORD_TYPES[k][0], i18n.label(k, "en")),
                        list(counts[k]),
                        {"parameter": "comparison"}.get(k, k),
                    )
                    for k in kinds
                ],
                text("个", "number"),
            )
        ],
    )


def headlines(data: Data) -> Exhibit:
    """The last full set of city accounts in the documents: 2013 levels with their growth."""
    rows, used = [], []
    for indicator in HEADLINES:
        found = data.select(indicator, "330500", source="D001-GWR", period="2013", record_type="actual")
        level = found[found.transformation == "N"]
        rate = found[found.transformation == "GY"]
        used += [*level.index[:1], *rate.index[:1]]
        rows.append(
            {
                "indicator": name(data, indicator),
                "level": _shown(data, level),
                "growth": _shown(data, rate),
                "basis": text("可比价", "constant prices")
                if len(rate) and rate.prices.iloc[0] == "constant"
                else text("未载明", "not stated")
                if len(rate)
                else text("—", "—"),
            }
        )
    gdp = rows[0]
    title = text(
        f"文件中最近一套完整的全市账是2013年：生产总值{gdp['level']['zh']}，实际增长{gdp['growth']['zh'].lstrip('+')}",
        f"The last full set of city accounts in the documents is 2013: GDP of {gdp['level']['en']}, up "
        f"{gdp['growth']['en'].lstrip('+')} in real terms",
    )
    columns = [
        Column("indicator", text("指标", "Indicator")),
        Column("level", text("2013年水平值", "Level 2013")),
        Column("growth", text("增速", "Growth")),
        Column("basis", text("增速的价格基础", "Price basis of growth")),
    ]
    return Exhibit(
        "overview_headlines",
        title,
        text(
            f"2014年政府工作报告所印2013年主要指标，{data.city['zh']}",
            f"Headline indicators of 2013 in the 2014 work report, {data.city['en']}",
        ),
        text(
            "生产总值增速按可比价、水平值按现价，两者不能相除求上年水平值；其余增速的价格基础未见印刷。",
            "GDP growth is at constant prices and its level at current prices: one must not be divided by the other to "
            "get 2012. The price basis of the other rates is not printed.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, used),
    )


def _shown(data: Data, found: pd.DataFrame) -> dict:
    if found.empty:
        return text("—", "—")
    return {lang: printed_quantity(data, found.iloc[0], lang) for lang in i18n.LANGUAGES}


def milestones(data: Data) -> Exhibit:
    """Policy events of 2018-2022 in order of time."""
    events = data.milestones.assign(end=[periods.parse(d).start for d in data.milestones.date])
    events = events.sort_values(["end", "date"], kind="stable")
    first, last = events.end.min().year, max(periods.parse(d).end for d in events.date).year
    busiest = events.groupby(events.date.str.slice(0, 4)).size().sort_values(kind="stable").index[-1]
    rows = [
        {
            "date": period_text(e.date),
            "theme": text(*THEMES[e.theme]),
            "event": text(e.title_zh, e.title_en),
            "area": text(data.ref_areas.name_zh[e.ref_area], data.ref_areas.name_en[e.ref_area]),
        }
        for e in events.itertuples()
    ]
    title = text(
        f"{first}—{last}年大事记共{len(events)}项，{busiest}年最密",
        f"{len(events)} policy events in {first}–{last}, most of them in {busiest}",
    )

    columns = [
        Column("date", text("时间", "Date")),
        Column("theme", text("主题", "Theme")),
        Column("event", text("事项", "Event")),
        Column("area", text("地区", "Area")),
    ]
    feature = data.figures[data.figures.source_id == events.source_id.iloc[0]].index[:1]
    return Exhibit(
        "overview_milestones",
        title,
        text("政策事项，按时间", "Policy events in order of time"),
        text(
            "事项依据报道所附大事记，文字为本项目自拟；图表按日期引用其中与主题相关者。",
            "Events follow the timeline printed with the feature, in the project's own words; charts annotate those of their "
            "theme.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, feature),
        None,
        [text("出处只列该报道的第一个数字。", "The citation lists the first figure of that feature only.")],
    )
