"""Pieces that several themes share: growth checks, plan paths, projections or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import wraps
from inspect import signature
from itertools import pairwise

import pandas as pd

from .. import charts
from ..analysis import projection, targets
from ..analysis.ledger import growth_ledger
from ..analysis.outlook import Outlook, odds, outlook
from ..analysis.series import series
from ..exhibit import Column, Exhibit, Native, Trace, citations, native_unit
from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile, relation_sign
from ..facts.schema import TIERS
from ..facts.words import Text, text

INDICATOR = Column("indicator", text("指标", "Indicator"))
UNIT = Column("unit", text("单位", "Unit"))


def answering(exhibit_id: str, zh: str, en: str) -> Callable:
    """Decorate a function that gives an exhibit: where the tables do not hold what it needs, the exhibit says so.

    Parameters
    ----------
    exhibit_id : str
        Id of the exhibit; names of arguments in braces stand for their values.
    zh, en : str
        What the exhibit is about, for the title of one that cannot be made.
    """

    def decorate(function: Callable[..., Exhibit]) -> Callable[..., Exhibit]:
        @wraps(function)
        def made(data: Data, *arguments, **named) -> Exhibit:
            try:
                return function(data, *arguments, **named)
            except NotOnFile as missing:
                bound = signature(function).bind(data, *arguments, **named)
                bound.apply_defaults()
                about = text(zh, en)
                if bound.arguments.get("indicator") in data.indicators.index:
                    info = name(data, bound.arguments["indicator"])
                    about = text(f"{info['zh']}，{zh}", f"{info['en']}, {in_sentence(en)}")
                return _not_on_file(data, exhibit_id.format(**bound.arguments), about, missing)

        return made

    return decorate


def _not_on_file(data: Data, exhibit_id: str, about: Text, missing: NotOnFile) -> Exhibit:
    """What stands in for an exhibit whose figures are not in the tables: which figure would settle it."""
    return Exhibit(
        exhibit_id,
        text(f"{about['zh']}：无在案数字", f"{about['en']}: no figure on file"),
        data.city,
        text(
            f"所缺：{missing.zh}。在 data 文件夹的表中补入后重新生成，此处即有答案。",
            f"Missing: {missing.en}. Once it stands in the tables of the data folder, the next report answers here.",
        ),
        pd.DataFrame([{"missing": text(missing.zh, missing.en)}]),
        [Column("missing", text("所缺", "Missing"))],
        citations(data, []),
    )


def in_sentence(words: str) -> str:
    """English words inside a sentence: a capital that begins an ordinary word goes, GDP and R&D stay."""
    return words[0].lower() + words[1:] if words[1:2].islower() else words


def name(data: Data, indicator: str) -> Text:
    """Indicator name in both languages."""
    if indicator not in data.indicators.index:
        raise NotOnFile(f"指标 {indicator}", f"the indicator {indicator}")
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
    ledger = growth_ledger(data, indicators).drop_duplicates("figure_id")  # the best pair of levels comes first
    data.on_file(ledger, indicators[0], "的增速", ": a growth rate")
    rows = []
    for r in ledger.itertuples():
        rate = data.figure(r.figure_id)
        level = data.figure(r.level_id) if r.level_id else None
        derived = text("—", "—")
        if r.derived in ("base", "level"):
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
                "record_type": i18n.labels(r.record_type),
                "printed": shown(data, rate.obs_text, rate.unit, relation=rate.relation),
                "level": shown(data, level.obs_text, level.unit, relation=level.relation)
                if level is not None
                else text("—", "—"),
                "derived": derived,
                "verdict": i18n.labels(r.verdict),
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
        natives=[_growth_native(data, row) for row in drawn],
    )


def _growth_native(data: Data, row) -> Native:
    """Implied base and printed level as two columns."""
    level = data.figure(row.level_id)
    label = name(data, row.indicator)
    if row.ref_area != data.home:
        where = area_name(data, row.ref_area)
        label = text(f"{where['zh']}{label['zh']}", f"{where['en']}: {label['en']}")
    role = "claim" if row.record_type == "claim" else "actual"
    middle = (row.derived_low + row.derived_high) / 2
    return Native(
        "column",
        [period_text(row.derived_period), period_text(row.time_period)],
        [
            Trace(text("推算基期", "implied base"), [middle, None], "derived"),
            Trace(text("印刷水平值", "printed level"), [None, level.obs_value], role),
        ],
        heading=label,
        **native_unit(data, level.unit),
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
    if row.ref_area != data.home:
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


def goal_path(data: Data, indicator: str) -> pd.DataFrame:
    """Targets of the plan's tables for one indicator, by year.

    Raises
    ------
    NotOnFile
        If the plan's tables set none.
    """
    rows = plan_rows(data, [indicator])
    rows = rows[rows.time_period.map(periods.is_year).astype(bool)].sort_values("time_period")
    return data.on_file(rows, indicator, "的年度目标", ": a target by year")


def target_figures(data: Data, row) -> pd.DataFrame:
    """Figures behind a row of the gaps that set a value for a year."""
    found = data.figures.loc[row.target_ids.split()]
    return found[found.time_period.map(periods.is_year).astype(bool) & (found.obs_text != "")]


def recent_years(data: Data) -> int:
    """First year of the actuals that are drawn beside a plan's path: four before the plan's first target."""
    return min(targets.plan_years(data), default=0) - 4


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
    """The plan's own path for several indicators, one panel each, with the pace it demands and any actual on file.

    Indicators without a target by year are left out.
    """
    rows, lead = plan_rows(data, indicators), indicators[0]
    rows = rows[rows.time_period.map(periods.is_year).astype(bool)]
    indicators = [
        i for i in indicators if i in set(data.on_file(rows, lead, "的年度目标", ": a target by year").indicator)
    ]
    paces = targets.plan_pace(data, rows)
    table_rows, used = [], []
    for indicator in indicators:
        path = rows[rows.indicator == indicator]
        steps = paces[paces.indicator == indicator]
        unit = path.unit.iloc[0]
        cells = {f.time_period: shown(data, f.obs_text, f.unit) for _, f in path.iterrows()}
        table_rows.append(
            {"indicator": name(data, indicator), "unit": unit_text(data, unit)}
            | {f"target_{y}": cells.get(y, text("—", "—")) for y in map(str, targets.plan_years(data))}
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
        natives=[path_native(data, indicator, rows[rows.indicator == indicator]) for indicator in indicators],
    )


def path_sum_native(data: Data, path: pd.DataFrame) -> Native:
    """The years of a plan's path as columns: those that are printed, and those between them read off it."""
    by_year = {f.time_period: f.obs_value for f in path.itertuples()}
    years = list(range(int(min(by_year)), int(max(by_year)) + 1))
    printed = [by_year.get(str(year)) for year in years]
    between = [None if str(year) in by_year else targets.value_on_path(by_year, year, True) for year in years]
    return Native(
        "column",
        years,
        [
            Trace(text("年度目标（印刷）", "yearly target (printed)"), printed, "target"),
            Trace(text("路径上的年份（推算）", "year on the path (derived)"), between, "derived"),
        ],
        **native_unit(data, path.unit.iloc[0]),
    )


def path_native(data: Data, indicator: str, path: pd.DataFrame, points: pd.DataFrame | None = None) -> Native:
    """The plan's path of one indicator with its recent actuals, as a line chart over every year between.

    Parameters
    ----------
    path : DataFrame
        Target figures of one unit.
    points : DataFrame, optional
        Actuals in that unit (columns year, value, obs_status, tier); by default the printed ones of the series.
    """
    unit = path.unit.iloc[0]
    if points is None:
        points = series(data, indicator, path.ref_area.iloc[0])
        points = points[(points.origin == "printed") & (points.unit == unit) & (points.year >= recent_years(data))]
    goals = {int(f.time_period): f.obs_value for f in path.itertuples()}
    years = list(range(min([*goals, *points.year]), max([*goals, *points.year]) + 1))
    firm = is_firm(points)
    traces = []
    for mask, words, role in (
        (firm, i18n.labels("actual"), "actual"),
        (~firm, text("实绩（初步或未核实）", "actual, provisional or unvalidated"), "provisional"),
    ):
        at = dict(zip(points.year[mask], points.value[mask], strict=True))
        if at:
            traces.append(Trace(words, [at.get(year) for year in years], role))
    traces.append(Trace(i18n.labels("target"), [goals.get(year) for year in years], "target"))
    return Native("line", years, traces, heading=name(data, indicator), **native_unit(data, unit))


def is_firm(points: pd.DataFrame) -> pd.Series:
    """Which points of a series are validated and final.

    A break says nothing of how far a figure is to be trusted: there the tier of its source decides.
    """
    sound = points.tier.isin(["official", "yearbook", "press"])
    return (points.obs_status == "A") | ((points.obs_status == "B") & sound)


def mark_points(ax, points: pd.DataFrame, heights: Sequence[float]) -> None:
    """Actuals as dots: solid where they are firm, lighter where they are provisional or unvalidated."""
    firm = is_firm(points).to_numpy(bool)
    at = pd.Series(list(heights), dtype=float)
    for mask, provisional in ((firm, False), (~firm, True)):
        if mask.any():
            charts.mark_actual(ax, points.year[mask], at[mask], provisional=provisional)


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
    points = points[(points.origin == "printed") & (points.unit == unit) & (points.year >= recent_years(data))]
    if len(points):
        mark_points(ax, points, [i18n.axis_value(v, unit, lang, data.units) for v in points.value])
        values += [i18n.axis_value(v, unit, lang, data.units) for v in points.value]
    marks = list(zip(years, path.obs_text, values, strict=False))
    low, high = min(values), max(values)
    pad = (high - low) or abs(high) or 1
    ax.set_ylim(low - pad * 0.75, high + pad * 0.5)
    plan = targets.plan_years(data)
    first = min([plan[0], *points.year])
    ax.set_xlim(first - 0.6, plan[-1] + 0.6)
    ax.set_xticks([*sorted({y for y in points.year if y < plan[0] - 1}), *plan])
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
            fontsize=6.5 if ax.figure.get_figwidth() < 8 and first < plan[0] - 1 else 8.5,
            color=charts.TARGET,
        )
    for year, printed, value in marks:
        label = i18n.number(printed if lang == "zh" else data.units.english(printed, unit))
        charts.place_label(ax, year, value, label, size=9, prefer=("center", "bottom"))
    for p in points.itertuples():
        at = i18n.axis_value(p.value, unit, lang, data.units)
        charts.place_label(ax, p.year, at, i18n.trimmed(at, 2), size=8)
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    heading = f"{name(data, indicator)[lang]}{opening}{unit_text(data, unit)[lang]}{closing}"
    room = ax.get_position().width * ax.figure.get_figwidth() + 0.25
    ax.set_title(
        "\n".join(charts.wrap(ax.figure, heading, 10, room)),
        loc="left",
        fontsize=10,
        pad=12,
    )


# --- long series ---------------------------------------------------------------------------------------------------


def long_series(
    data: Data,
    exhibit_id: str,
    indicator: str,
    *,
    title: Text,
    subtitle: Text,
    reading: Text,
    theme: str = "",
    since: int = 0,
    goals: pd.DataFrame | None = None,
    goal_label: Text | None = None,
    notes: Sequence[Text] = (),
    extra: Sequence[str] = (),
) -> Exhibit:
    """One indicator over the years: printed, implied and part-year points, totals, targets and policy events.

    Parameters
    ----------
    theme : str
        Theme of the milestones that are marked; empty for none.
    since : int
        First year shown.
    goals : DataFrame, optional
        Target figures drawn as the plan's path.
    goal_label : Text, optional
        What the targets are, where they are not of this very indicator.
    extra : sequence of str
        Further figure ids that title or reading use.
    """
    points = series(data, indicator)
    data.on_file(points[points.origin != "period_total"], indicator)
    points = points[points.year >= since]
    measures = points.unit[points.origin != "period_total"].drop_duplicates().tolist()
    origins = {
        "printed": text("印刷", "printed"),
        "implied": text("推算", "implied"),
        "part_year": text("部分年份", "part of a year"),
        "period_total": text("多年合计", "total of several years"),
    }
    rows = [
        {
            "period": period_text(p.time_period),
            "value": shown(data, p.value, p.unit, value_places(p.value)),
            "origin": origins[p.origin],
            "segment": float(p.segment),
            "status": text(p.obs_status, p.obs_status),
            "tier": text(TIERS[p.tier][0], p.tier),
            "figure_id": p.figure_id,
        }
        for p in points.itertuples()
    ]
    used = list(points.figure_id) + (list(goals.index) if goals is not None else []) + list(extra)
    events = data.milestones[(data.milestones.theme == theme) & (data.milestones.date.str.len() >= 7)]
    events = events[events.ref_area == data.home]

    def draw(canvas: charts.Canvas) -> None:
        n = len(measures)
        kinds = [("actual", text("实绩", "actual")[canvas.lang])]
        kinds += (
            [("derived", text("由增速推算", "implied by a growth rate")[canvas.lang])]
            if (points.origin == "implied").any()
            else []
        )
        kinds += (
            [("part", text("部分年份", "part of a year")[canvas.lang])] if (points.origin == "part_year").any() else []
        )
        kinds += (
            [("total", text("多年合计的年均值", "yearly mean of a total")[canvas.lang])]
            if (points.origin == "period_total").any()
            else []
        )
        kinds += [("target", (goal_label or text("目标", "target"))[canvas.lang])] if goals is not None else []
        top = 0.2 + 0.19 * (len(kinds) if canvas.narrow else 1) + (0.12 if len(events) else 0)
        axes = canvas.axes(n, 1, left=0.55, right=0.25, top=top, bottom=0.4, hspace=0.35)
        axes = [axes] if n == 1 else list(axes)
        first = int(points.year.min())
        last = max([int(points.year.max()), *([int(p) for p in goals.time_period] if goals is not None else [])])
        for ax, unit in zip(axes, measures, strict=True):
            fits = goals is not None and len(goals) > 0 and data.units.comparable(goals.unit.iloc[0], unit)
            mine = points[points.unit == unit]
            _long_panel(data, ax, mine, goals if fits else None, unit, canvas, (first - 0.8, last + 1.2))
        _event_lines(axes[-1], events, first)
        charts.key(
            axes[0],
            kinds,
            y=1.0
            + (0.16 if len(events) and n == 1 else 0.05)
            / (axes[0].get_position().height * canvas.figure.get_figheight()),
        )

    marks = []
    for n_event, event in enumerate(events.sort_values("date").itertuples(), 1):
        marks.append(text(f"{n_event} {event.date} {event.title_zh}", f"{n_event} {event.date} {event.title_en}"))
    notes = list(notes)
    if marks:
        notes.append(
            text("竖线：" + "，".join(m["zh"] for m in marks), "Lines: " + "; ".join(m["en"] for m in marks) + ".")
        )
    columns = [
        Column("period", text("时期", "Period")),
        Column("value", text("数值", "Value")),
        Column("origin", text("性质", "Origin")),
        Column("segment", text("段", "Segment"), 0),
        Column("status", text("状态", "Status")),
        Column("tier", text("来源层级", "Tier")),
    ]
    return Exhibit(
        exhibit_id,
        title,
        subtitle,
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, used),
        draw,
        notes,
        natives=[
            native
            for unit in measures
            if (native := _long_native(data, points[points.unit == unit], goals, unit, len(measures) > 1))
        ],
    )


def _long_native(
    data: Data, points: pd.DataFrame, goals: pd.DataFrame | None, unit: str, one_of_several: bool
) -> Native | None:
    """A long series as a line chart: firm and other actuals, implied years, the plan's path; None without a year."""
    annual = points[points.origin.isin(["printed", "implied"]) & points.time_period.map(periods.is_year).astype(bool)]
    fits = goals is not None and len(goals) > 0 and data.units.comparable(goals.unit.iloc[0], unit)
    at_goal = (
        {
            int(p): data.units.convert(v, u, unit)
            for p, v, u in zip(goals.time_period, goals.obs_value, goals.unit, strict=True)
        }
        if fits
        else {}
    )
    known = [*annual.year, *at_goal]
    if not known:
        return None
    years = list(range(min(known), max(known) + 1))
    firm, implied = is_firm(annual), annual.origin == "implied"
    traces = []
    for mask, words, role in (
        (firm & ~implied, i18n.labels("actual"), "actual"),
        (~firm & ~implied, text("实绩（初步或未核实）", "actual, provisional or unvalidated"), "provisional"),
        (implied, text("由增速推算", "implied by a growth rate"), "derived"),
    ):
        at = dict(zip(annual.year[mask], annual.value[mask], strict=True))
        if at:
            traces.append(Trace(words, [at.get(year) for year in years], role))
    if at_goal:
        traces.append(Trace(i18n.labels("target"), [at_goal.get(year) for year in years], "target"))
    heading = unit_text(data, unit) if one_of_several else {}
    return Native("line", years, traces, heading=heading, **native_unit(data, unit))


def _event_lines(ax, events: pd.DataFrame, first: int) -> None:
    """Policy events as numbered lines; numbers that would run into each other share one label."""
    low, high = ax.get_xlim()
    close = 0.2 / (ax.get_position().width * ax.figure.get_figwidth()) * (high - low)
    groups: list[list[tuple[int, float]]] = []
    for number, event in enumerate(events.sort_values("date").itertuples(), 1):
        when = periods.parse(event.date)
        at = when.start.year - 0.5 + (when.start.month - 0.5) / 12
        if at < first - 0.5:
            continue
        ax.axvline(at, color=charts.GRID, linewidth=1, zorder=0)
        if groups and at - groups[-1][-1][1] < close:
            groups[-1].append((number, at))
        else:
            groups.append([(number, at)])
    for group in groups:
        label = str(group[0][0]) if len(group) == 1 else f"{group[0][0]}–{group[-1][0]}"
        middle = (group[0][1] + group[-1][1]) / 2
        ax.text(
            middle,
            1.0,
            label,
            transform=ax.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=7,
            color=charts.MUTED,
        )


def value_places(value: float) -> int:
    """Decimals that show about four digits of a level."""
    return 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2


def _long_panel(
    data: Data,
    ax,
    points: pd.DataFrame,
    goals: pd.DataFrame | None,
    unit: str,
    canvas: charts.Canvas,
    years_shown: tuple[float, float],
) -> None:
    lang = canvas.lang

    def at(value: float) -> float:
        return i18n.axis_value(value, unit, lang, data.units)

    annual = points[points.origin.isin(["printed", "implied"]) & points.time_period.map(periods.is_year).astype(bool)]
    for _, stretch in annual.groupby("segment"):
        years = stretch.year.to_list()
        cuts = [0, *[i for i in range(1, len(years)) if years[i] - years[i - 1] > 1], len(years)]
        for a, b in pairwise(cuts):
            ax.plot(years[a:b], [at(v) for v in stretch.value[a:b]], color=charts.ACTUAL, linewidth=1.6, zorder=2)
    size = 4.5 if len(annual) > 15 else 6
    printed = annual[annual.origin == "printed"]
    firm = is_firm(printed)
    ax.plot(
        printed.year[firm], [at(v) for v in printed.value[firm]], "o", color=charts.ACTUAL, markersize=size, zorder=3
    )
    ax.plot(
        printed.year[~firm],
        [at(v) for v in printed.value[~firm]],
        "o",
        color=charts.LIGHT,
        markeredgecolor=charts.ACTUAL,
        markeredgewidth=0.8,
        markersize=size,
        zorder=3,
    )
    for p in annual[annual.origin == "implied"].itertuples():
        charts.mark_derived(ax, p.year, at(p.value), at(p.low), at(p.high))
    for p in points[points.origin == "part_year"].itertuples():
        ax.plot(
            p.year,
            at(p.value),
            "v",
            markerfacecolor=charts.PAPER,
            markeredgecolor=charts.ACTUAL,
            markersize=5.5,
            zorder=3,
        )
    for p in points[points.origin == "period_total"].itertuples():
        span = periods.parse(p.time_period)
        ax.plot(
            [span.start.year - 0.4, span.end.year + 0.4],
            [at(p.value / span.years)] * 2,
            color=charts.DERIVED,
            linewidth=3,
            solid_capstyle="butt",
            zorder=1,
        )
    labels = []
    if goals is not None:
        years = [int(p) for p in goals.time_period]
        values = [at(data.units.convert(v, u, unit)) for v, u in zip(goals.obs_value, goals.unit, strict=True)]
        charts.mark_target(ax, years, values)
        final = goals.iloc[-1]
        sign = relation_sign(final.relation)
        labels.append((years[-1], values[-1], sign + i18n.trimmed(values[-1], 2)))
    if len(annual):
        last = annual.iloc[-1]
        labels.append((last.year, at(last.value), i18n.number(at(last.value), value_places(at(last.value)))))
    ax.margins(y=0.12)
    ax.set_ylim(0, ax.get_ylim()[1])
    ax.set_xlim(*years_shown)
    ax.set_ylabel(i18n.unit_name(unit, lang, data.units), fontsize=8.5)
    for x, y, label in labels:
        charts.place_label(ax, x, y, label)
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    ax.tick_params(axis="x", pad=7)
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))

    ax.xaxis.set_major_locator(MaxNLocator(6 if canvas.narrow else 12, integer=True))


# --- projections ---------------------------------------------------------------------------------------------------


def projection_or_why(data: Data, exhibit_id: str, indicators: Sequence[str], *, subtitle: Text) -> Exhibit:
    """What can be projected to the plan's last year from the figures on file, and for the rest why not."""
    rows, used, done = [], [], 0
    year, asked = targets.target_year(data), indicators
    indicators = [i for i in asked if i in data.indicators.index]
    if not indicators:
        name(data, asked[0])
    rows_of_plan = plan_rows(data, indicators)
    paces = targets.plan_pace(data, rows_of_plan).set_index("indicator")
    for indicator in indicators:
        found = outlook(data, indicator)
        steps = paces.loc[[indicator]] if indicator in paces.index else paces.iloc[:0]
        demand = {
            lang: ("，" if lang == "zh" else "; ").join(
                f"{s.from_period}{'—' if lang == 'zh' else '–'}{s.to_period}: {pace_text(data, s.pace, s.pace_unit)[lang]}"
                for s in steps.itertuples()
            )
            or "—"
            for lang in i18n.LANGUAGES
        }
        years = found.points.year
        span = f"{years.iloc[0]}–{years.iloc[-1]}" if len(years) > 1 else "".join(map(str, years)) or "—"
        done += bool(found)
        rows.append(
            {
                "indicator": name(data, indicator),
                "observations": float(found.projection.observations),
                "years": span,
                "answer": _answer(data, found),
                "chance": odds(found.probability),
                "required": demand,
            }
        )
        used += [*found.points.figure_id, *rows_of_plan[rows_of_plan.indicator == indicator].index]
    minimum, refused = projection.MIN_POINTS, len(rows) - done
    reading = text(
        f"所列{len(rows)}项中有{refused}项不作预测：断点之后连续年度实绩不足{minimum}个，或止于太早的年份；只列出规划自身要求的速度。",
        f"{refused} of the {len(rows)} indicators are not projected: fewer than {minimum} unbroken annual actuals after the last "
        "break, or a series that ends too early; the pace that the plan itself requires is shown instead.",
    )
    title = text(
        f"{len(rows)}项指标中{refused}项观测值太少或太旧，不作预测",
        f"{refused} of {len(rows)} indicators cannot be projected: too few or too old annual figures on file",
    )
    columns = [
        INDICATOR,
        Column("observations", text("可用年度实绩数", "Usable annual actuals"), 0),
        Column("years", text("在案年份", "Years on file")),
        Column("answer", text(f"{year}年预测（80%区间）", f"Projection for {year} (80% interval)")),
        Column("chance", text("达到目标的可能性", "Chance of the target")),
        Column("required", text("规划要求的速度", "Pace that the plan requires")),
    ]
    notes = (
        [
            text(
                "区间按同类实际序列校准，见预测一章",
                "Intervals are calibrated on real series of the kind; see the chapter on projections.",
            )
        ]
        if done
        else []
    )
    return Exhibit(
        exhibit_id, title, subtitle, reading, pd.DataFrame(rows), columns, citations(data, used), None, notes
    )


def _answer(data: Data, found: Outlook) -> Text:
    """Projection for the target year in words, or why there is none."""
    if not found:
        return found.reason
    end = found.projection.table.iloc[-1]
    places = value_places(end["mean"])
    middle = shown(data, end["mean"], found.unit, places)
    span = interval_text(data, end["lower_80"], end["upper_80"], found.unit, places)
    return text(f"{middle['zh']}（{span['zh']}）", f"{middle['en']} ({span['en']})")
