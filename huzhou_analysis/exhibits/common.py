"""Pieces that several themes share: growth checks, plan paths, projections or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pandas as pd

from .. import charts, i18n, periods, projection, targets
from ..assembly import series
from ..data import Data
from ..exhibit import Column, Exhibit, citations
from ..i18n import Text, text
from ..ledger import growth_ledger

CITY = "330500"

INDICATOR = Column("indicator", text("指标", "Indicator"))
UNIT = Column("unit", text("单位", "Unit"))


def name(data: Data, indicator: str) -> Text:
    """Indicator name in both languages."""
    row = data.indicators.loc[indicator]
    return text(row.name_zh, row.name_en)


def area_name(data: Data, area: str) -> Text:
    row = data.ref_areas.loc[area]
    return text(row.name_zh, row.name_en)


def unit_text(data: Data, unit: str) -> Text:
    return {lang: i18n.unit_name(unit, lang, data.units) for lang in i18n.LANGUAGES}


def period_text(code: str) -> Text:
    return {lang: periods.parse(code).label(lang) if code else "—" for lang in i18n.LANGUAGES}


def shown(data: Data, value: float | str, unit: str, decimals: int | None = None, relation: str = "=") -> Text:
    """A quantity in both languages; a text keeps its printed decimals."""
    return {
        lang: i18n.quantity(value, unit, lang, data.units, decimals=decimals, relation=relation)
        for lang in i18n.LANGUAGES
    }


def interval_text(data: Data, low: float, high: float, unit: str, decimals: int) -> Text:
    """Both ends of an interval in one unit, rounded outwards so that no possible value is left out."""
    place, out = Decimal(1).scaleb(-decimals), {}
    ends = [
        str(Decimal(repr(float(v))).quantize(place, rule)) for v, rule in ((low, ROUND_FLOOR), (high, ROUND_CEILING))
    ]
    for lang in i18n.LANGUAGES:
        a, b = (i18n.quantity(v, unit, lang, data.units) for v in ends)
        if lang == "zh":
            out[lang] = a.removesuffix(unit) + "—" + b
        else:
            prefix = a.split(" ")[0] + " " if data.units[unit].is_money else ""
            out[lang] = f"{a.rsplit(' ', 1)[0] if ' ' in a.removeprefix(prefix) else a}–{b.removeprefix(prefix)}"
    return out


def figure_decimals(printed: str) -> int:
    """Decimals for a value derived from a printed one: one more than printed, at least one."""
    return max(1, len(printed.partition(".")[2]))


# --- growth checks -------------------------------------------------------------------------------------------------


def growth_check(
    data: Data,
    exhibit_id: str,
    indicators: Sequence[str],
    *,
    chart: Sequence[str],
    title: Text,
    subtitle: Text,
    reading: Text,
    notes: Sequence[Text] = (),
) -> Exhibit:
    """Printed growth rates of a theme against the levels on file, as a table and up to four pairs of bars.

    Parameters
    ----------
    indicators : sequence of str
        Indicators whose printed rates are listed.
    chart : sequence of str
        Ids of the rates drawn: each needs a level and an implied base.
    """
    ledger = growth_ledger(data, indicators)
    rows = []
    for r in ledger.itertuples():
        rate = data.figure(r.figure_id)
        level = data.figure(r.level_id) if r.level_id else None
        derived = text("—", "—")
        if r.derived:
            places = figure_decimals((level if level is not None else data.figure(r.base_id)).obs_text)
            span = interval_text(data, r.derived_low, r.derived_high, r.derived_unit, places)
            when = period_text(r.derived_period)
            derived = {
                lang: f"{span[lang]}（{when[lang]}）" if lang == "zh" else f"{span[lang]} ({when[lang]})"
                for lang in i18n.LANGUAGES
            }
        rows.append(
            {
                "figure_id": r.figure_id,
                "indicator": name(data, r.indicator),
                "ref_area": area_name(data, r.ref_area),
                "time_period": period_text(r.time_period),
                "record_type": text(i18n.label(r.record_type, "zh"), i18n.label(r.record_type, "en")),
                "printed": shown(data, rate.obs_text, rate.unit, relation=rate.relation),
                "level": shown(data, level.obs_text, level.unit, relation=level.relation)
                if level is not None
                else text("—", "—"),
                "derived": derived,
                "verdict": text(i18n.label(r.verdict, "zh"), i18n.label(r.verdict, "en")),
                "rule": text(r.rule_zh, r.rule_en),
            }
        )
    table = pd.DataFrame(rows)
    columns = [
        INDICATOR,
        Column("ref_area", text("地区", "Area")),
        Column("time_period", text("时期", "Period")),
        Column("record_type", text("类型", "Type")),
        Column("printed", text("印刷增速", "Printed growth")),
        Column("level", text("印刷水平值", "Printed level")),
        Column("derived", text("推算值（舍入区间）", "Implied value (rounding interval)")),
        Column("verdict", text("结论", "Verdict")),
        Column("rule", text("依据", "Rule")),
    ]
    used = list(ledger.figure_id) + list(ledger.level_id) + list(ledger.base_id)
    drawn = [ledger.set_index("figure_id").loc[i] for i in chart]

    def draw(canvas: charts.Canvas) -> None:
        n = len(drawn)
        axes = canvas.axes(
            *((n, 1) if canvas.narrow else (1, n)),
            left=0.1,
            wspace=0.18,
            bottom=0.55,
            hspace=1.0,
            top=0.8 if canvas.narrow else 0.42,
        )
        axes = [axes] if n == 1 else list(axes)
        for ax, row in zip(axes, drawn, strict=True):
            _growth_bars(data, ax, row, canvas.lang)
        kinds = [
            ("derived_bar", text("推算基期", "implied base")[canvas.lang]),
            ("printed", text("印刷水平值", "printed level")[canvas.lang]),
        ]
        if any(row.record_type == "claim" for row in drawn):
            kinds.append(("claim", i18n.label("claim", canvas.lang)))
        charts.key(axes[0], kinds, y=1.14 if canvas.narrow else 1.03)

    return Exhibit(
        exhibit_id,
        title,
        subtitle,
        reading,
        table,
        columns,
        citations(data, used),
        draw if drawn else None,
        notes,
        heights={"phone": 0.6 + 2.1 * len(drawn)},
    )


def _growth_bars(data: Data, ax, row, lang: str) -> None:
    rate, level = data.figure(row.name), data.figure(row.level_id)
    unit = level.unit
    at = {
        k: i18n.axis_value(v, unit, lang, data.units)
        for k, v in (("low", row.derived_low), ("high", row.derived_high), ("level", level.obs_value))
    }
    middle = (row.derived_low + row.derived_high) / 2
    claim = row.record_type == "claim"
    ax.bar(
        0,
        (at["low"] + at["high"]) / 2,
        width=0.55,
        facecolor=charts.PAPER,
        edgecolor=charts.DERIVED,
        linestyle=":",
        linewidth=1.4,
    )
    ax.bar(
        1,
        at["level"],
        width=0.55,
        facecolor=charts.PAPER if claim else charts.ACTUAL,
        edgecolor=charts.CLAIM if claim else charts.ACTUAL,
        hatch="////" if claim else None,
    )
    places = figure_decimals(level.obs_text)
    charts.direct_label(ax, 0, at["high"], i18n.quantity(middle, unit, lang, data.units, decimals=places), dy=4)
    charts.direct_label(ax, 1, at["level"], i18n.quantity(level.obs_text, unit, lang, data.units), dy=4)
    growth_text = i18n.quantity(rate.obs_text, rate.unit, lang, data.units)
    ax.annotate(
        "", (0.69, at["level"] * 0.5), (0.31, at["level"] * 0.5), arrowprops={"arrowstyle": "->", "color": charts.MUTED}
    )
    ax.text(
        0.5,
        at["level"] * 0.54,
        f"{'+' if rate.obs_value > 0 else ''}{growth_text}",
        ha="center",
        fontsize=9,
        color=charts.INK,
    )
    ax.set_xticks([0, 1], [periods.parse(row.derived_period).label(lang), periods.parse(row.time_period).label(lang)])
    ax.set_xlim(-0.5, 1.5)
    ax.set_ylim(0, at["level"] * 1.12)
    ax.set_yticks([])
    ax.grid(False)
    label = name(data, row.indicator)[lang]
    if row.ref_area != CITY:
        label = f"{area_name(data, row.ref_area)[lang]}{'' if lang == 'zh' else ': '}{label}"
    lines = charts.wrap(ax.figure, label, 9, ax.get_position().width * ax.figure.get_figwidth())
    ax.set_xlabel("\n".join(lines), fontsize=9, color=charts.INK)


# --- plan paths ----------------------------------------------------------------------------------------------------


def pace_text(data: Data, value: float, pace_unit: str) -> Text:
    """A required change a year in words: +3.1%/年, +3.1% a year, +0.05 pp a year, +500 a year."""
    if pace_unit == "%":
        shown_value = i18n.number(value, 1, sign=True)
        return text(f"{shown_value}%/年", f"{shown_value}% a year")
    if pace_unit == "个百分点":
        shown_value = i18n.trimmed(value, 2, sign=True)
        return text(f"{shown_value}个百分点/年", f"{shown_value} pp a year")
    if pace_unit == "‰":
        shown_value = i18n.trimmed(value, 4, sign=True)
        return text(f"{shown_value}‰/年", f"{shown_value}‰ a year")
    unit = data.units[pace_unit]
    scaled = i18n.trimmed(i18n.in_english_units(value, pace_unit, data.units), 2, sign=True)
    return text(
        f"{i18n.trimmed(value, 2, sign=True)}{pace_unit}/年",
        f"{scaled}{'' if unit.is_count else ' ' + unit.name_en} a year",
    )


def plan_rows(data: Data, indicators: Sequence[str]) -> pd.DataFrame:
    """Target rows of the plan's tables for some indicators, numeric ones only."""
    rows = targets.table_targets(data)
    rows = rows[rows.indicator.isin(list(indicators)) & (rows.obs_text != "")]
    first = rows.groupby("indicator").table.transform("last")
    return rows[rows.table == first]


def path_panels(
    data: Data,
    exhibit_id: str,
    indicators: Sequence[str],
    *,
    title: Text,
    subtitle: Text,
    reading: Text,
    notes: Sequence[Text] = (),
    columns: int = 2,
) -> Exhibit:
    """The plan's own path for several indicators, one panel each, with the pace it demands and any actual on file."""
    rows = plan_rows(data, indicators)
    paces = targets.plan_pace(data, rows)
    table_rows, used = [], []
    for indicator in indicators:
        path = rows[rows.indicator == indicator]
        steps = paces[paces.indicator == indicator]
        unit = path.unit.iloc[0]
        cells = {f.time_period: shown(data, f.obs_text, f.unit) for _, f in path.iterrows()}
        table_rows.append(
            {"indicator": name(data, indicator), "unit": unit_text(data, unit)}
            | {f"target_{y}": cells.get(y, text("—", "—")) for y in ("2023", "2025", "2027")}
            | {f"pace_{s.from_period}_{s.to_period}": pace_text(data, s.pace, s.pace_unit) for s in steps.itertuples()}
        )
        used += list(path.index)
        points = series(data, indicator)
        used += list(points[points.origin == "printed"].figure_id)
    table = pd.DataFrame(table_rows).reset_index(drop=True)
    table = table.apply(lambda s: s.map(lambda v: v if isinstance(v, dict) else text("—", "—")))
    heads = {"indicator": INDICATOR, "unit": UNIT}
    shown_columns = [heads.get(c) or Column(c, _path_heading(c)) for c in table.columns]

    def draw(canvas: charts.Canvas) -> None:
        n = len(indicators)
        cols = 1 if canvas.narrow else min(columns, n)
        grid = canvas.axes(
            -(-n // cols), cols, left=0.15, bottom=0.3, top=0.62, hspace=1.35 if canvas.narrow else 0.85, wspace=0.16
        )
        axes = [grid] if n == 1 else list(grid)
        for ax in axes[n:]:
            ax.set_axis_off()
        for ax, indicator in zip(axes, indicators, strict=False):
            _path_panel(data, ax, rows[rows.indicator == indicator], paces[paces.indicator == indicator], canvas.lang)

    notes = [*notes, text("各图纵轴分别缩放，不从零起。", "Each panel has its own scale, not from zero.")]
    return Exhibit(
        exhibit_id,
        title,
        subtitle,
        reading,
        table,
        shown_columns,
        citations(data, used),
        draw,
        notes,
        heights={"phone": 1.9 * len(indicators), "column": 2 + 1.7 * len(indicators)},
    )


def _path_heading(column: str) -> Text:
    kind, *years = column.split("_")
    if kind == "target":
        return text(f"{years[0]}年目标", f"Target {years[0]}")
    return text(f"{years[0]}—{years[1]}年所需", f"Required {years[0]}–{years[1]}")


def _path_panel(data: Data, ax, path: pd.DataFrame, steps: pd.DataFrame, lang: str) -> None:
    unit, indicator = path.unit.iloc[0], path.indicator.iloc[0]
    years = [int(p) for p in path.time_period]
    values = [i18n.axis_value(v, unit, lang, data.units) for v in path.obs_value]
    charts.mark_target(ax, years, values)
    points = series(data, indicator)
    points = points[(points.origin == "printed") & (points.unit == unit) & (points.year >= 2018)]
    if len(points):
        charts.mark_actual(ax, points.year, [i18n.axis_value(v, unit, lang, data.units) for v in points.value])
        values += [i18n.axis_value(v, unit, lang, data.units) for v in points.value]
    for year, printed, value in zip(years, path.obs_text, values, strict=False):
        label = i18n.number(printed if lang == "zh" else data.units.english(printed, unit))
        charts.direct_label(ax, year, value, label, dy=8)
    low, high = min(values), max(values)
    pad = (high - low) or abs(high) or 1
    ax.set_ylim(low - pad * 0.75, high + pad * 0.5)
    ax.set_xlim(2022.4, 2027.6)
    ax.set_xticks([2023, 2025, 2027])
    ax.set_yticks([])
    ax.grid(False)
    for step in steps.itertuples():
        middle = (int(step.from_period) + int(step.to_period)) / 2
        ax.text(
            middle,
            low - pad * 0.42,
            pace_text(data, step.pace, step.pace_unit)[lang],
            ha="center",
            va="center",
            fontsize=8.5,
            color=charts.TARGET,
        )
    ax.set_title(
        f"{name(data, indicator)[lang]}{'（' if lang == 'zh' else ' ('}{unit_text(data, unit)[lang]}"
        f"{'）' if lang == 'zh' else ')'}",
        loc="left",
        fontsize=10,
        pad=12,
    )


# --- projections ---------------------------------------------------------------------------------------------------


def projection_or_why(data: Data, exhibit_id: str, indicators: Sequence[str], *, subtitle: Text) -> Exhibit:
    """What can be projected to 2027 from the figures on file, and for the rest why not and what the plan requires."""
    rows, used, too_few = [], [], 0
    rows_of_plan = plan_rows(data, indicators)
    paces = targets.plan_pace(data, rows_of_plan).set_index("indicator")
    for indicator in indicators:
        points = series(data, indicator)
        points = points[(points.origin == "printed") & points.time_period.map(periods.is_year).astype(bool)]
        result = projection.project(points.value.to_list(), 1)
        too_few += result.reason == "too_few"
        steps = paces.loc[[indicator]] if indicator in paces.index else paces.iloc[:0]
        demand = {
            lang: "，".join(
                f"{s.from_period}—{s.to_period}: {pace_text(data, s.pace, s.pace_unit)[lang]}"
                for s in steps.itertuples()
            )
            or "—"
            for lang in i18n.LANGUAGES
        }
        demand["en"] = demand["en"].replace("，", "; ").replace("—", "–") if demand["en"] != "—" else "—"
        years = "、".join(points.time_period) or "—"
        rows.append(
            {
                "indicator": name(data, indicator),
                "observations": len(points),
                "years": text(years, years.replace("、", ", ")),
                "answer": text(i18n.label("too_few", "zh"), i18n.label("too_few", "en"))
                if result.reason
                else text("可作预测", "can be projected"),
                "required": demand,
            }
        )
        used += [*points.figure_id, *rows_of_plan[rows_of_plan.indicator == indicator].index]
    minimum = projection.MIN_POINTS
    reading = text(
        f"所列{len(rows)}项中有{too_few}项的年度实绩不足{minimum}个：观测值太少，不作预测，只列出规划自身要求的速度。",
        f"{too_few} of the {len(rows)} indicators have fewer than {minimum} annual actuals on file: too few observations "
        "to project, so the pace that the plan itself requires is shown instead.",
    )
    title = text(
        f"{too_few}项指标在案年度数字不足{minimum}个，不作预测",
        f"{too_few} of {len(rows)} indicators cannot be projected: fewer than {minimum} annual figures on file",
    )
    columns = [
        INDICATOR,
        Column("observations", text("在案年度实绩数", "Annual actuals on file"), 0),
        Column("years", text("年份", "Years")),
        Column("answer", text("结论", "Answer")),
        Column("required", text("规划要求的速度", "Pace that the plan requires")),
    ]
    return Exhibit(exhibit_id, title, subtitle, reading, pd.DataFrame(rows), columns, citations(data, used))
