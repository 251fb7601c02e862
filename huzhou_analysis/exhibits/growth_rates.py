"""The growth ledger: every printed rate, what can test it, and what it implies."""

from __future__ import annotations

import pandas as pd

from .. import charts
from ..analysis.ledger import growth_ledger
from ..exhibit import Column, Exhibit, Native, Trace, citations, printed_quantity
from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.words import text
from .common import INDICATOR, answering, area_name, figure_decimals, interval_text, name, period_text

__all__ = ["city_accounts", "ledger"]

VERDICTS = ("reproduced", "price_basis", "revision", "scope", "contradicted", "not_checkable")


@answering("growth_city", "全市各项增速", "Growth rates of the city's accounts")
def city_accounts(data: Data) -> Exhibit:
    """Growth in the fullest accounts of one document and year: which rates lead back to a level, and which must not."""
    ledger = growth_ledger(data)
    ledger = ledger[(ledger.ref_area == data.home) & (ledger.record_type == "actual")]
    ledger = ledger[ledger.time_period.map(periods.is_year).astype(bool)].drop_duplicates("figure_id")
    if ledger.empty:
        raise NotOnFile("全市的年度增速", "a growth rate of the city for a year")
    printed = ledger.assign(source=list(data.figures.source_id[ledger.figure_id]))
    fullest = printed.groupby(["time_period", "source"]).figure_id.transform("size")
    chosen = printed[fullest == fullest.max()].sort_values("time_period", kind="stable").iloc[-1]
    ledger = ledger[(printed.time_period == chosen.time_period) & (printed.source == chosen.source)]
    year = int(chosen.time_period)
    rates = data.figures.loc[ledger.figure_id]
    ledger = ledger.assign(rate=list(rates.obs_value), real=list(rates.prices == "constant"))
    ledger = ledger[ledger.unit.eq("%") & (ledger.rate > 0)].sort_values("rate", ascending=False, kind="stable")
    back = ledger[ledger.derived == "base"]
    real = ledger[ledger.real]
    rows = []
    for r in ledger.itertuples():
        implied = text("—", "—")
        if r.derived == "base":
            places = figure_decimals(data.figure(r.level_id).obs_text)
            implied = interval_text(data, r.derived_low, r.derived_high, r.derived_unit, places)
        rows.append(
            {
                "indicator": name(data, r.indicator),
                "printed": _value(data, r.figure_id),
                "level": _value(data, r.level_id) if r.level_id else text("—", "—"),
                "implied": implied,
                "verdict": i18n.labels(r.verdict),
                "rule": text(r.rule_zh, r.rule_en),
            }
        )
    if ledger.empty:
        raise NotOnFile("全市以%印出的年度增速", "a growth rate of the city in % for a year")
    title = text(
        f"{year}年{len(ledger)}个增速中，{len(back)}个可倒推{year - 1}年水平值，{len(real)}个为实际增速、不得倒推",
        f"Of {len(ledger)} growth rates of {year}, {len(back)} lead back to a level of {year - 1}; {len(real)} are real and must not",
    )
    gdp = ledger[(ledger.indicator == "gdp") & ledger.level_id.ne("") & ledger.real]
    why = text("", "")
    if len(gdp):
        level, rate = _value(data, gdp.level_id.iloc[0]), gdp.printed.iloc[0]
        why = text(
            f"生产总值{level['zh']}按现价、增长{rate}%按可比价，相除得不出{year - 1}年的现价生产总值，故不计算。",
            f"GDP of {level['en']} is at current prices and its growth of {rate}% at constant prices: dividing one by the other does "
            f"not give the GDP of {year - 1} at current prices, so it is not done. ",
        )
    others = text("其余" if len(gdp) else "", " others" if len(gdp) else " rates")
    reading = text(
        f"{why['zh']}{others['zh']}{len(back)}项按舍入区间给出{year - 1}年应有的水平值，均为推算，文件未印。",
        f"{why['en']}For {len(back)}{others['en']} the level that {year - 1} must have had follows on rounding intervals; "
        "all of these are derived, none is printed.",
    )

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang
        room, size = (2.0, 7.5) if canvas.narrow else (3.0, 8.5)
        ax = canvas.axes(left=room, right=0.4, top=0.75 if canvas.narrow else 0.4)
        for y, r in enumerate(reversed(list(ledger.itertuples()))):
            nominal = r.derived == "base"
            ax.barh(
                y,
                r.rate,
                height=0.6,
                facecolor=charts.ACTUAL if nominal else charts.PAPER,
                edgecolor=charts.ACTUAL if nominal else charts.DERIVED if r.real else charts.MUTED,
                linestyle="-" if nominal else ":",
                linewidth=1.3,
            )
            ax.text(r.rate + 0.15, y, f"{r.printed}%", va="center", fontsize=9)
        ax.set_yticks(
            range(len(ledger)),
            [
                "\n".join(charts.wrap(canvas.figure, name(data, i)[lang], size, room - 0.1))
                for i in reversed(list(ledger.indicator))
            ],
            fontsize=size,
            color=charts.INK,
        )
        ax.grid(False)
        ax.set_xticks([])
        from matplotlib.patches import Patch

        marks = [
            Patch(facecolor=charts.ACTUAL),
            Patch(facecolor=charts.PAPER, edgecolor=charts.DERIVED, linestyle=":", linewidth=1.3),
            Patch(facecolor=charts.PAPER, edgecolor=charts.MUTED, linestyle=":", linewidth=1.3),
        ]
        ax.legend(
            marks,
            [
                text("有水平值，可倒推", "level printed: leads back")[lang],
                text("实际增速", "real growth")[lang],
                text("无水平值", "no level printed")[lang],
            ],
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=1 if canvas.narrow else 3,
            fontsize=8.5,
            labelcolor=charts.MUTED,
            borderaxespad=0,
        )

    columns = [
        INDICATOR,
        Column("printed", text("印刷增速", "Printed growth")),
        Column("level", text(f"{year}年水平值", f"Level {year}")),
        Column("implied", text(f"{year - 1}年应有水平值（推算）", f"Level {year - 1} must have had (derived)")),
        Column("verdict", text("结论", "Verdict")),
        Column("rule", text("依据", "Rule")),
    ]
    return Exhibit(
        f"growth_city_{year}",
        title,
        text(f"{year}年增速，%，{data.city['zh']}", f"Growth in {year}, %, {data.city['en']}"),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*ledger.figure_id, *ledger.level_id]),
        draw,
        heights={"phone": 6.2, "column": 8.0}
        if len(ledger) > 8
        else {"page": 1.2 + 0.38 * len(ledger), "phone": 1.6 + 0.5 * len(ledger)},
        natives=[
            Native(
                "bar",
                [name(data, r.indicator) for r in ledger[::-1].itertuples()],
                [
                    Trace(words, [r.rate if test(r) else None for r in ledger[::-1].itertuples()], role)
                    for words, test, role in (
                        (
                            text("有水平值，可倒推", "level printed: leads back"),
                            lambda r: r.derived == "base",
                            "actual",
                        ),
                        (text("实际增速", "real growth"), lambda r: r.derived != "base" and r.real, "derived"),
                        (
                            text("无水平值", "no level printed"),
                            lambda r: r.derived != "base" and not r.real,
                            "comparison",
                        ),
                    )
                ],
                text("增速，%", "growth, %"),
            )
        ],
    )


def _value(data: Data, figure_id: str) -> dict:
    return {lang: printed_quantity(data, data.figure(figure_id), lang) for lang in i18n.LANGUAGES}


@answering("growth_ledger", "增速台账", "Growth ledger")
def ledger(data: Data) -> Exhibit:
    """Every printed growth rate with its verdict."""
    table = growth_ledger(data)
    if table.empty:
        raise NotOnFile("印刷的增速", "a printed growth rate")
    table = table.drop_duplicates("figure_id")  # the best pair of levels comes first
    counts = table.verdict.value_counts().reindex(VERDICTS, fill_value=0)
    rows = []
    for r in table.itertuples():
        implied = text("—", "—")
        if r.derived:
            places = 1 if r.derived == "deflator" else figure_decimals(data.figure(r.level_id or r.base_id).obs_text)
            span = interval_text(data, r.derived_low, r.derived_high, r.derived_unit, places)
            when = period_text(r.derived_period)
            lead = text("平减指数", "deflator ") if r.derived == "deflator" else text("", "")
            implied = {lang: f"{lead[lang]}{span[lang]} ({when[lang]})" for lang in i18n.LANGUAGES}
        recomputed = "—" if pd.isna(r.recomputed_low) else f"{r.recomputed_low:.2f} … {r.recomputed_high:.2f}"
        rows.append(
            {
                "figure_id": r.figure_id,
                "indicator": name(data, r.indicator),
                "ref_area": area_name(data, r.ref_area),
                "time_period": period_text(r.time_period),
                "record_type": i18n.labels(r.record_type),
                "printed": _value(data, r.figure_id),
                "recomputed": recomputed,
                "implied": implied,
                "verdict": i18n.labels(r.verdict),
                "rule": text(r.rule_zh, r.rule_en),
            }
        )
    rates = table.figure_id.nunique()
    tested = int(len(table) - counts["not_checkable"])
    implied_count = int((table.derived != "").sum())
    zh = "，".join(f"{i18n.label(v, 'zh')}{n}" for v, n in counts.items() if n)
    en = ", ".join(f"{n} {i18n.label(v, 'en')}" for v, n in counts.items() if n)
    title = text(
        f"{rates}个印刷增速中，能用两个印刷水平值核对的有{tested}个",
        f"Of {rates} printed growth rates, {tested} can be tested against two printed levels",
    )
    reading = text(
        f"结论：{zh}。每个增速取最好的一对水平值；{implied_count}个增速可推出一个未印的基期或水平值，均标为推算。",
        f"Verdicts: {en}. Each rate is shown with its best pair of levels; {implied_count} rate{'s imply' if implied_count != 1 else ' implies'} a base or level "
        "that is not printed, all marked as derived.",
    )
    columns = [
        INDICATOR,
        Column("ref_area", text("地区", "Area")),
        Column("time_period", text("时期", "Period")),
        Column("record_type", text("类型", "Type")),
        Column("printed", text("印刷增速", "Printed growth")),
        Column("recomputed", text("重算（%）", "Recomputed (%)")),
        Column("implied", text("推算的基期或水平值", "Implied base or level")),
        Column("verdict", text("结论", "Verdict")),
        Column("rule", text("依据", "Rule")),
    ]
    return Exhibit(
        "growth_ledger",
        title,
        text("增速台账：全部印刷增速", "Growth ledger: every printed rate"),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*table.figure_id, *table.level_id, *table.base_id]),
    )
