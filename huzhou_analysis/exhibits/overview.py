"""What is on file, what the last full account of the city says, and when policy moved."""

from __future__ import annotations

import pandas as pd

from .. import charts
from ..exhibit import Column, Exhibit, Native, Trace, citations, printed_quantity
from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.periods import is_year
from ..facts.schema import KINDS, RECORD_TYPES, THEMES
from ..facts.words import text
from .common import answering, name, period_text

__all__ = ["coverage", "headlines", "milestones"]

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


def _documents(data: Data) -> dict:
    """Groups of sources with their names; under the empty key the group of each source.

    A document whose text is on file, or any where none is, stands for itself or for those of its kind and date; other
    sources stand together by tier.
    """
    read = data.sources.file.ne("") if data.sources.file.ne("").any() else data.sources.file.eq("")
    several = {
        "yearbook": text("统计年鉴", "Statistical yearbooks"),
        "compilation": text("第三方汇编", "Compilations"),
    }
    pages = text("政府与新闻网页及转载", "Government and press pages, copies")
    group, label = {}, {}
    for source_id, source in data.sources.iterrows():
        if read[source_id]:
            key = f"{source.kind} {source.date_published}"
            label.setdefault(key, []).append(source)
        else:
            key = source.tier if source.tier in several else "pages"
            label[key] = several.get(key, pages)
        group[source_id] = key
    for key, found in label.items():
        if isinstance(found, list):
            date = found[0].date_published
            zh, en = KINDS[found[0].kind]
            when = period_text(date[:7]) if date else text("未注明日期", "undated")
            many = text(f"{len(found)}份，", f"{len(found)}, ") if len(found) > 1 else text("", "")
            label[key] = text(
                f"{zh}（{many['zh']}{when['zh']}）", f"{en[0].upper() + en[1:]} ({many['en']}{when['en']})"
            )
    return label | {"": group}


@answering("overview_coverage", "在案数字", "Figures on file")
def coverage(data: Data) -> Exhibit:
    """How many printed numbers each document gives, by kind."""
    if data.figures.empty:
        raise NotOnFile("任何数字", "any figure")
    label = _documents(data)
    figures = data.figures.assign(document=data.figures.source_id.map(label.pop("")))
    kinds = list(RECORD_TYPES)
    counts = (
        figures.groupby(["document", "record_type"]).size().unstack(fill_value=0).reindex(columns=kinds, fill_value=0)
    )
    counts = counts.loc[counts.sum(axis=1).sort_values().index]
    total = int(counts.to_numpy().sum())
    share = counts["actual"].sum() / total
    rows = [
        {"document": label[d], **{k: float(c[k]) for k in kinds}, "total": float(c.sum())}
        for d, c in counts[::-1].iterrows()
    ]
    title = text(
        f"在案{total}个印刷数字，实绩占{share:.0%}",
        f"Of {total} printed numbers on file, {share:.0%} are actuals",
    )
    reading = text(
        f"在案文件与公开资料共{total}个数字：实绩{counts.actual.sum()}个、目标{counts.target.sum()}个、参数{counts.parameter.sum()}个、"
        f"宣称{counts.claim.sum()}个。宣称来自招商宣传页，只列示、不入任何序列。",
        f"The documents and public sources on file give {total} numbers: {counts.actual.sum()} actuals, {counts.target.sum()} targets, "
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
            ["\n".join(charts.wrap(canvas.figure, label[d][lang], 9, room - 0.1)) for d in counts.index],
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
                [label[d] for d in counts.index],
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


@answering("overview_headlines", "全市主要指标", "Headline indicators of the city")
def headlines(data: Data) -> Exhibit:
    """The fullest set of city accounts that one document prints for one year: levels with their growth."""
    found = data.figures[
        (data.figures.ref_area == data.home)
        & (data.figures.record_type == "actual")
        & data.figures.indicator.isin(HEADLINES)
        & data.figures.time_period.map(is_year).astype(bool)
        & (data.figures.obs_text != "")
    ]
    if found.empty:
        raise NotOnFile("全市主要指标的年度实绩", "an actual of the city's headline indicators for a year")
    accounts = found.drop_duplicates(["indicator", "transformation", "source_id", "time_period"])
    size = accounts.groupby(["time_period", "source_id"]).size()
    period, source = max(size.index[size == size.max()])
    year = int(period)
    rows, used = [], []
    for indicator in (i for i in HEADLINES if i in data.indicators.index):
        mine = found[(found.indicator == indicator) & (found.source_id == source) & (found.time_period == period)]
        level = mine[mine.transformation == "N"]
        rate = mine[mine.transformation == "GY"]
        if mine.empty:
            continue
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
    gdp = found[(found.indicator == "gdp") & found.index.isin(used)]
    level, rate = gdp[gdp.transformation == "N"], gdp[(gdp.transformation == "GY") & (gdp.prices == "constant")]
    said = text("", "")
    if len(level) and len(rate):
        value, growth = _shown(data, level), _shown(data, rate)
        said = text(
            f"：生产总值{value['zh']}，实际增长{growth['zh'].lstrip('+')}",
            f": GDP of {value['en']}, up {growth['en'].lstrip('+')} in real terms",
        )
    title = text(
        f"在案最全的一套全市账是{year}年{said['zh']}", f"The fullest city accounts on file are of {year}{said['en']}"
    )
    document = data.sources.loc[source]
    columns = [
        Column("indicator", text("指标", "Indicator")),
        Column("level", text(f"{year}年水平值", f"Level {year}")),
        Column("growth", text("增速", "Growth")),
        Column("basis", text("增速的价格基础", "Price basis of growth")),
    ]
    return Exhibit(
        "overview_headlines",
        title,
        text(
            f"《{document.title}》所印{year}年主要指标，{data.city['zh']}",
            f"Headline indicators of {year} as printed in: {document.title_en}; {data.city['en']}",
        ),
        text(
            "生产总值增速按可比价、水平值按现价，两者不能相除求上年水平值；其余增速的价格基础见表。",
            "GDP growth is at constant prices and its level at current prices: one must not be divided by the other to "
            f"get {year - 1}. The price basis of the other rates stands in the table.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, used),
    )


def _shown(data: Data, found: pd.DataFrame) -> dict:
    if found.empty:
        return text("—", "—")
    return {lang: printed_quantity(data, found.iloc[0], lang) for lang in i18n.LANGUAGES}


@answering("overview_milestones", "大事记", "Policy events")
def milestones(data: Data) -> Exhibit:
    """Policy events in order of time."""
    if data.milestones.empty:
        raise NotOnFile("milestones.csv 中的事项", "an event in milestones.csv")
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
    title = text(f"{first}年大事记共{len(events)}项", f"Policy events of {first}: {len(events)}")
    if first < last:
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
    printed = data.figures[data.figures.source_id.isin(events.source_id)]
    feature = printed.groupby("source_id", sort=False).head(1).index
    return Exhibit(
        "overview_milestones",
        title,
        text("政策事项，按时间", "Policy events in order of time"),
        text(
            "事项依据出处所列文件，文字为本项目自拟；图表按日期引用其中与主题相关者。",
            "Events follow the documents cited, in the project's own words; charts annotate those of their theme.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, feature),
        None,
        [text("出处只列各文件的第一个数字。", "The citations list the first figure of each document only.")],
    )
