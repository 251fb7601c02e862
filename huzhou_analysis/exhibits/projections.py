"""Projections 预测: fans to the target year with the probability of the target, what the answer hangs on, and why not where not."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pandas as pd

from .. import charts
from ..analysis.gaps import gaps_of
from ..analysis.outlook import CROSSED, Outlook, odds, outlook, target_probabilities
from ..analysis.projection import MIN_POINTS, project
from ..analysis.projection.single import LABELS, MODEL_NAMES
from ..analysis.series import series
from ..analysis.targets import is_table_row, target_year
from ..exhibit import Column, Exhibit, Native, Trace, citations, native_unit
from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.words import Text, text
from .common import (
    INDICATOR,
    answering,
    is_firm,
    name,
    pace_text,
    period_text,
    shown,
    unit_text,
    value_places,
)

SHOWN_YEARS = 24
BANDS = ((95, 0.10), (80, 0.16), (50, 0.24))
LIKE: dict[str, Text] = {
    "general": text(
        "{series}个竞赛年度序列的{length}年历史",
        "histories of {length} years of {series} yearly series of a competition",
    ),
    "output": text(
        "其他城市{series}个产出序列的{length}年历史",
        "histories of {length} years of {series} series of output of other cities",
    ),
    "inflow": text(
        "其他{series}个城市外资的{length}年历史",
        "histories of {length} years of the foreign investment of {series} other cities",
    ),
}


def coverage_words(found: Outlook) -> Text:
    """What share of real series of that length the same interval covered, and the typical miss."""
    cover = found.coverage()
    like = {
        lang: LIKE[cover["of"]][lang].format(series=f"{cover['series']:,}", length=cover["length"])
        for lang in i18n.LANGUAGES
    }
    ahead = cover["horizon"]
    return text(
        f"同样的80%区间用在{like['zh']}上，{ahead}年后每100次罩住{cover['coverage_80']}次，典型误差{cover['miss']:.0f}%",
        f"on {like['en']}, the same 80% interval held in {cover['coverage_80']} cases of 100, {ahead} year{'s' if ahead > 1 else ''} "
        f"ahead; the typical miss was {cover['miss']:.0f}%",
    )


@answering("projection_{indicator}", "预测", "Projection")
def fan(data: Data, indicator: str) -> Exhibit:
    """History, path and bands to the plan's last year, the target with its chance, single models, and past errors.

    Where there are too few observations the exhibit says how many.
    """
    found = _projected(data, indicator)
    unit, table = found.unit, found.projection.table
    year, end = int(table.index[-1]), table.iloc[-1]
    info = name(data, indicator)
    places = value_places(end["mean"])
    middle, low, high = (shown(data, end[column], unit, places) for column in ("mean", "lower_80", "upper_80"))
    chance = odds(found.probability)
    goal = shown(data, f"{found.target:g}", unit, relation=found.relation) if found.target == found.target else None
    last = found.points.iloc[-1]
    now = shown(data, last.value, unit, value_places(last.value))
    if goal:
        title = text(
            f"{info['zh']}{year}年达到{goal['zh']}的可能性{chance['zh']}",
            f"{info['en']}: the chance of {goal['en']} in {year} is {chance['en']}",
        )
    else:
        title = text(
            f"{info['zh']}{year}年约{middle['zh']}，80%区间{low['zh']}至{high['zh']}",
            f"{info['en']} in {year}: about {middle['en']}, 80% interval {low['en']} to {high['en']}",
        )
    cover = coverage_words(found)
    past = found.projection.backtest()
    inside = int(past.inside_80.sum())
    reading = text(
        f"{int(last.year)}年为{now['zh']}；{year}年的中间路径为{middle['zh']}，80%区间{low['zh']}至{high['zh']}。{cover['zh']}。",
        f"{int(last.year)} stood at {now['en']}; the middle path for {year} is {middle['en']}, the 80% interval {low['en']} to "
        f"{high['en']}. {cover['en'][0].upper() + cover['en'][1:]}.",
    )
    models = found.projection.models
    failed = models.attrs.get("failed", {})
    rows = []
    for at, row in table.iterrows():
        rows.append(
            {"year": text(f"{at}年", str(at))}
            | {
                column: shown(data, row[column], unit, places)
                for column in ("mean", *(f"{side}_{level}" for level in (50, 80, 95) for side in ("lower", "upper")))
            }
            | {
                model: shown(data, models.at[at, model], unit, places)
                if model in models and not math.isnan(models.at[at, model])
                else text("—", "—")
                for model in MODEL_NAMES
            }
        )
    columns = [Column("year", text("年份", "Year")), Column("mean", text("中间路径", "Middle path"))]
    columns += [
        Column(f"{side}_{level}", text(f"{level}%区间{zh}限", f"{level}% {en}"))
        for level in (50, 80, 95)
        for side, zh, en in (("lower", "下", "lower"), ("upper", "上", "upper"))
    ]
    columns += [Column(model, text(LABELS[model]["zh"], LABELS[model]["en"])) for model in MODEL_NAMES]

    def draw(canvas: charts.Canvas) -> None:
        if canvas.narrow:
            axes = canvas.axes(2, 1, left=0.55, right=0.62, top=0.62, bottom=0.5, hspace=0.5, ratios=[1.9, 1])
        else:
            axes = canvas.axes(1, 2, left=0.55, right=0.1, top=0.5, bottom=0.5, wspace=0.3, ratios=[2.6, 1])
        _draw_fan(data, axes[0], found, canvas)
        _draw_errors(axes[1], past, canvas)

    notes = [_method_note(data, found)]
    if failed:
        words = {
            lang: ("、" if lang == "zh" else ", ").join(LABELS[m][lang] for m in failed) for lang in i18n.LANGUAGES
        }
        notes.append(
            text(
                f"在该序列上得不到的单一模型：{words['zh']}",
                f"Single models that cannot be had on this series: {words['en']}.",
            )
        )
    later = series(data, indicator, found.area)
    later = later[(later.origin == "part_year") & (later.year > int(last.year))]
    if len(later):
        p = later.iloc[-1]
        value, when = shown(data, p.value, p.unit, value_places(p.value)), period_text(p.time_period)
        notes.append(
            text(
                f"{when['zh']}已有{value['zh']}，不足一年，未用于预测",
                f"{when['en']} brought {value['en']}: part of a year, not used.",
            )
        )
    return Exhibit(
        f"projection_{indicator}",
        title,
        text(
            f"{info['zh']}，{unit_text(data, unit)['zh']}，预测到{year}年；虚线与斜线为预测，右为同一方法的历史误差",
            f"{info['en']}, {unit_text(data, unit)['en']}, projected to {year} (dashed and hatched); beside it past errors of the same method",
        ),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*found.figure_ids, *found.target_ids, *(later.figure_id.iloc[-1:] if len(later) else [])]),
        draw,
        notes,
        alt=text(
            f"{reading['zh']}历史上同一方法{len(past)}次预测中{inside}次落在80%区间内。",
            f"{reading['en']} Of {len(past)} past forecasts of the same method {inside} fell inside the 80% interval.",
        ),
        heights={"phone": 6.6, "column": 8.2},
        natives=[_fan_native(data, found)],
    )


def _fan_native(data: Data, found: Outlook) -> Native:
    """A fan as stacked areas on an invisible base, with history, middle path and target as lines."""
    table = found.projection.table
    points = found.points[found.points.year > int(table.index[-1]) - SHOWN_YEARS - len(table)]
    last = points.iloc[-1]
    years = list(range(int(points.year.iloc[0]), int(table.index[-1]) + 1))
    ahead = [int(last.year), *table.index]

    def over(values: dict[int, float]) -> list[float | None]:
        return [values.get(year) for year in years]

    def edge(column: str) -> dict[int, float]:
        return dict(zip(ahead, [last.value, *table[column]], strict=True))

    order = ["lower_95", "lower_80", "lower_50", "upper_50", "upper_80", "upper_95"]
    edges = [edge(column) for column in order]
    words = {
        "band_95": text("95%区间", "95% interval"),
        "band_80": text("80%区间", "80% interval"),
        "band_50": text("50%区间", "50% interval"),
    }
    # Areas read a blank as zero: under the history the base runs along it, so that no edge rises to the fan.
    history = dict(zip(points.year, points.value, strict=True))
    traces = [Trace(text("底", "base"), over(history | edges[0]), "base")]
    for (low, high), role in zip(pairwise(edges), ("band_95", "band_80", "band_50", "band_80", "band_95"), strict=True):
        traces.append(Trace(words[role], over({year: high[year] - low[year] for year in ahead}), role))
    traces.append(Trace(i18n.labels("actual"), over(history)))
    traces.append(Trace(text("中间路径", "middle path"), over(edge("mean")), "forecast"))
    if found.target == found.target:
        traces.append(Trace(i18n.labels("target"), over({years[-1]: found.target}), "target"))
    return Native("band", years, traces, **native_unit(data, found.unit))


def _method_note(data: Data, found: Outlook) -> Text:
    parts = [
        text(
            "中间路径为末值、平均增长、对数平滑、水平平滑、直线增长各路径的中位数；区间按同类实际序列校准",
            "The middle path takes medians of five: last value, average growth, smoothing in logs, smoothing in levels, a straight line; "
            "intervals are calibrated on real series of the kind",
        )
    ]
    derived = found.points.origin.isin(["implied", "sum"]).sum()
    if derived:
        parts.append(
            text(f"{derived}个年份由增速或分项推得", f"{derived} years follow from a growth rate or from parts")
        )
    if found.projection.bridged:
        years = "、".join(map(str, found.projection.bridged)), ", ".join(map(str, found.projection.bridged))
        parts.append(text(f"缺{years[0]}年，以直线相接", f"{years[1]} missing and bridged by a straight line"))
    parts += [
        why
        for (indicator, year), why in CROSSED.items()
        if indicator == found.indicator and found.points.year.iloc[0] < year <= found.points.year.iloc[-1]
    ]
    return text("；".join(p["zh"] for p in parts), "; ".join(p["en"] for p in parts) + ".")


def _draw_fan(data: Data, ax, found: Outlook, canvas: charts.Canvas) -> None:
    lang, table = canvas.lang, found.projection.table

    def at(values) -> list[float]:
        return [i18n.axis_value(v, found.unit, lang, data.units) for v in values]

    last = found.points.iloc[-1]
    points = found.points[found.points.year > int(table.index[-1]) - SHOWN_YEARS - len(table)]
    years, edges = [int(last.year), *table.index], {}
    for level, shade in BANDS:
        low, high = (at([last.value, *table[f"{side}_{level}"]]) for side in ("lower", "upper"))
        ax.fill_between(
            years,
            low,
            high,
            facecolor=charts.DERIVED,
            alpha=shade,
            linewidth=0,
            hatch="////" if level == 80 else None,
            zorder=1,
        )
        ax.plot(years, high, linestyle=":", color=charts.DERIVED, linewidth=0.8, zorder=2)
        ax.plot(years, low, linestyle=":", color=charts.DERIVED, linewidth=0.8, zorder=2)
        edges[level] = high[-1]
    models = found.projection.models
    ceiling = max(at(table.upper_95))
    for model in models:
        path = at(models[model])
        if all(math.isfinite(v) and v <= 1.5 * ceiling for v in path):
            ax.plot(years, [*at([last.value]), *path], color=charts.MUTED, linewidth=0.6, zorder=2)
    ax.plot(years, at([last.value, *table["mean"]]), "--", color=charts.DERIVED, linewidth=1.8, zorder=4)
    derived = points.origin != "printed"
    runs = points.year.diff().gt(1).cumsum()
    for _, run in points.groupby(runs):
        ax.plot(run.year, at(run.value), color=charts.ACTUAL, linewidth=1.4, zorder=3)
    firm = is_firm(points)
    for mask, colour in ((firm & ~derived, charts.ACTUAL), (~firm & ~derived, charts.LIGHT)):
        ax.plot(
            points.year[mask],
            at(points.value[mask]),
            "o",
            color=colour,
            markeredgecolor=charts.ACTUAL,
            markeredgewidth=0.6,
            markersize=4.2,
            zorder=5,
        )
    if derived.any():
        charts.mark_derived(ax, points.year[derived], at(points.value[derived]))
    ax.set_ylim(
        0, max([ceiling, *at(points.value), *([at([found.target])[0]] if found.target == found.target else [])]) * 1.06
    )
    ax.set_xlim(int(points.year.iloc[0]) - 0.7, years[-1] + 0.4)
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    ax.xaxis.set_major_locator(MaxNLocator(5 if canvas.narrow else 8, integer=True))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    ax.set_ylabel(i18n.unit_name(found.unit, lang, data.units), fontsize=8.5)
    end = at([table["mean"].iloc[-1]])[0]
    if found.target == found.target:
        goal = at([found.target])[0]
        charts.mark_target(ax, [years[-1]], [goal], line=False)
        label = f"{i18n.trimmed(goal, 2)}{'：' if lang == 'zh' else ': '}{odds(found.probability)[lang]}"
        ax.annotate(
            label,
            (years[-1], goal),
            (-9, 6),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=8.5,
            color=charts.TARGET,
        )
    # The middle is labelled first; a band whose edge lies too close to a label goes without.
    taken, apart = [end], 0.055 * ax.get_ylim()[1] * (2.2 if canvas.narrow else 1)
    for level, edge in edges.items():
        if all(abs(edge - one) > apart for one in taken):
            taken.append(edge)
            ax.annotate(
                f"{level}%",
                (years[-1], edge),
                (3, 0),
                textcoords="offset points",
                fontsize=7.5,
                color=charts.MUTED,
                va="center",
            )
    ax.annotate(
        i18n.number(end, value_places(end)),
        (years[-1], end),
        (3, 0),
        textcoords="offset points",
        fontsize=8.5,
        va="center",
        color=charts.INK,
    )
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    marks = [
        (Line2D([], [], marker="o", color=charts.ACTUAL, markersize=4.5), text("实绩", "actual")),
        (Line2D([], [], linestyle="--", color=charts.DERIVED, linewidth=1.8), text("中间路径", "middle path")),
        (Patch(facecolor=charts.DERIVED, alpha=0.3, hatch="////"), text("80%区间", "80% interval")),
        (Line2D([], [], color=charts.MUTED, linewidth=0.6), text("单一模型", "single models")),
    ]
    ax.legend(
        [mark for mark, _ in marks],
        [words[lang] for _, words in marks],
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=2 if canvas.narrow else 4,
        fontsize=8,
        labelcolor=charts.MUTED,
        borderaxespad=0,
        columnspacing=1.2,
        handletextpad=0.5,
    )


def _draw_errors(ax, past: pd.DataFrame, canvas: charts.Canvas) -> None:
    """Errors of the method at earlier origins of the series itself, by years ahead."""
    lang = canvas.lang
    ax.axhline(0, color=charts.MUTED, linewidth=0.8)
    for mask, marker, colour, words in (
        (past.inside_80, "o", charts.DERIVED, text("在80%区间内", "inside 80%")),
        (~past.inside_80.astype(bool), "x", charts.TARGET, text("在外", "outside")),
    ):
        part = past[mask.astype(bool)]
        ax.plot(
            part.horizon,
            part.error,
            marker,
            color=colour,
            markersize=4,
            linestyle="none",
            label=words[lang],
            alpha=0.85,
        )
    ax.set_xticks(sorted(past.horizon.unique()))
    ax.set_xlim(0.4, past.horizon.max() + 0.6)
    ax.margins(y=0.12)
    ax.set_xlabel(text("预测年数", "years ahead")[lang], fontsize=8.5)
    ax.set_ylabel(text("误差，%", "error, %")[lang], fontsize=8.5)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=2,
        fontsize=8,
        labelcolor=charts.MUTED,
        borderaxespad=0,
        handletextpad=0.2,
        columnspacing=0.8,
    )


@answering("projection_variants_{indicator}", "结论取决于什么", "What the answer hangs on")
def variants(data: Data, indicator: str = "fdi_utilized") -> Exhibit:
    """How the answer changes with another reading of the history: a break, the last year left out, the press total."""
    base = _projected(data, indicator)
    if math.isnan(base.target):
        info = name(data, indicator)
        raise NotOnFile(f"{info['zh']}的年度目标", f"{info['en']}: a target for a year")
    cases = _cases(data, base)
    info, year = name(data, indicator), int(base.projection.table.index[-1])
    rows = []
    for label, found in cases:
        done = bool(found)
        end = found.projection.table.iloc[-1] if done else None
        places = value_places(base.projection.table["mean"].iloc[-1])
        rows.append(
            {
                "case": label,
                "years": text(f"{_span(found)}", f"{_span(found)}"),
                "observations": float(found.projection.observations),
                "middle": shown(data, end["mean"], found.unit, places) if done else text("—", "—"),
                "lower": shown(data, end["lower_80"], found.unit, places) if done else text("—", "—"),
                "upper": shown(data, end["upper_80"], found.unit, places) if done else text("—", "—"),
                "chance": odds(found.probability) if done else text("—", "—"),
                "why": text("—", "—") if done else found.reason,
            }
        )
    done = [(label, found) for label, found in cases if found]
    chances = [found.probability for _, found in done]
    refused = len(cases) - len(done)
    few = text(f"，{refused}种读法观测值太少", f"; {refused} leave too few figures") if refused else text("", "")
    title = text(
        f"{info['zh']}：换一种读法，达标可能性在{min(chances):.0%}到{max(chances):.0%}之间{few['zh']}",
        f"{info['en']}: other readings put the chance between {min(chances):.0%} and {max(chances):.0%}{few['en']}",
    )
    widest = max(done, key=lambda item: abs(item[1].probability - base.probability))
    reading = text(
        f"照全部在案年份，{year}年达标的可能性{odds(base.probability)['zh']}；{widest[0]['zh']}则为{odds(widest[1].probability)['zh']}。"
        + ("各读法中，结论最取决于末年的变动是否延续。" if widest[0] == cases[2][0] else ""),
        f"On every year on file the chance for {year} is {odds(base.probability)['en']}; {widest[0]['en']} it would be "
        f"{odds(widest[1].probability)['en']}. "
        + (
            "Of these readings the answer hangs most on whether the change of the last year lasts."
            if widest[0] == cases[2][0]
            else ""
        ),
    )

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang
        room = 1.55 if canvas.narrow else 2.7
        ax = canvas.axes(left=room, right=0.75 if canvas.narrow else 1.35, top=0.4, bottom=0.5)

        def at(value: float) -> float:
            return i18n.axis_value(value, base.unit, lang, data.units)

        for y, (_, found) in enumerate(cases[::-1]):
            if not found:
                words = "\n".join(
                    charts.wrap(canvas.figure, found.reason[lang], 8, canvas.figure.get_figwidth() - room - 1.4)
                )
                ax.text(at(base.target) * 0.03, y, words, fontsize=8, color=charts.MUTED, va="center")
                continue
            end = found.projection.table.iloc[-1]
            ax.plot(
                [at(end["lower_80"]), at(end["upper_80"])],
                [y, y],
                color=charts.DERIVED,
                linewidth=5,
                alpha=0.3,
                solid_capstyle="butt",
            )
            ax.plot(at(end["mean"]), y, "D", markerfacecolor=charts.PAPER, markeredgecolor=charts.DERIVED, markersize=6)
            ax.annotate(
                f"{found.probability:.0%}",
                (1, y),
                (6, 0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=charts.INK,
            )
        ax.axvline(at(base.target), color=charts.TARGET, linewidth=1.2, linestyle="--")
        ax.set_yticks(
            range(len(cases)),
            ["\n".join(charts.wrap(canvas.figure, label[lang], 8.5, room - 0.1)) for label, _ in cases[::-1]],
            fontsize=8.5,
            color=charts.INK,
        )
        ax.set_ylim(-0.6, len(cases) - 0.4)
        ax.set_xlim(0, None)
        ax.grid(True, axis="x")
        ax.grid(False, axis="y")
        ax.set_xlabel(
            f"{year}{'年，' if lang == 'zh' else ', '}{i18n.unit_name(base.unit, lang, data.units)}", fontsize=8.5
        )
        ax.annotate(text("目标", "target")[lang] + f" {i18n.trimmed(at(base.target), 2)}", (at(base.target), 1), (0, 4), xycoords=("data", "axes fraction"),
                    textcoords="offset points", ha="center", va="bottom", fontsize=8.5, color=charts.TARGET)  # fmt: skip
        ax.annotate(
            text("可能性", "chance")[lang],
            (1, 1),
            (6, 4),
            xycoords="axes fraction",
            textcoords="offset points",
            va="bottom",
            fontsize=8.5,
            color=charts.MUTED,
        )

    return Exhibit(
        f"projection_variants_{indicator}",
        title,
        text(
            f"{info['zh']}{year}年：中间路径、80%区间与达到目标的可能性",
            f"{info['en']} in {year}: middle path, 80% interval and chance of the target",
        ),
        reading,
        pd.DataFrame(rows),
        [
            Column("case", text("读法", "Reading")),
            Column("years", text("所用年份", "Years used")),
            Column("observations", text("观测值数", "Observations"), 0),
            Column("middle", text("中间路径", "Middle path")),
            Column("lower", text("80%下限", "80% lower")),
            Column("upper", text("80%上限", "80% upper")),
            Column("chance", text("达标可能性", "Chance of the target")),
            Column("why", text("不作预测的原因", "Why not")),
        ],
        citations(data, [*base.figure_ids, *base.target_ids]),
        draw,
        heights={"phone": 0.9 + 0.75 * len(cases)},
        natives=[
            Native(
                "stacked_bar",
                [label for label, _ in done],
                [
                    Trace(
                        text("80%下限", "80% lower"), [f.projection.table["lower_80"].iloc[-1] for _, f in done], "base"
                    ),
                    Trace(
                        text("下限至中间路径", "lower end to middle path"),
                        [
                            f.projection.table["mean"].iloc[-1] - f.projection.table["lower_80"].iloc[-1]
                            for _, f in done
                        ],
                        "band_80",
                    ),
                    Trace(
                        text("中间路径至上限", "middle path to upper end"),
                        [
                            f.projection.table["upper_80"].iloc[-1] - f.projection.table["mean"].iloc[-1]
                            for _, f in done
                        ],
                        "band_50",
                    ),
                ],
                **native_unit(data, base.unit),
            )
        ],
    )


def _projected(data: Data, indicator: str) -> Outlook:
    """The outlook of an indicator that can be projected; else why not."""
    found, info = outlook(data, indicator), name(data, indicator)
    if not found:
        raise NotOnFile(
            f"{info['zh']}的年度实绩（{found.reason['zh']}）", f"{info['en']}: annual actuals ({found.reason['en']})"
        )
    return found


def _break_years(data: Data, base: Outlook) -> list[int]:
    """Years in which a new level may have begun: declared breaks, crossed or not, and the deepest setback of late.

    That of the last year is left out: nothing follows it.
    """
    points = base.points.iloc[-12:]
    declared = [y for y in gaps_of(data).break_years(base.indicator) if points.year.iloc[0] < y <= points.year.iloc[-1]]
    steps = points.value.pct_change().iloc[1:-1] * (1 if base.ascending else -1)
    deepest = [int(points.year[steps.idxmin()])] if len(steps) and steps.min() < 0 else []
    return sorted({*declared, *deepest})


def _cases(data: Data, base: Outlook) -> list[tuple[Text, Outlook]]:
    indicator = base.indicator
    last = int(base.points.year.iloc[-1])
    recent = last - 11
    cases = [
        (text("全部在案年份", "every year on file"), base),
        (
            text(f"只用近12年（{recent}年起）", f"last 12 years only (from {recent})"),
            outlook(data, indicator, breaks=(recent,)),
        ),
        (text(f"不用{last}年", f"without {last}"), outlook(data, indicator, until=last - 1)),
    ]
    for year in _break_years(data, base):
        cases.append((text(f"以{year}年为断点", f"a break in {year}"), outlook(data, indicator, breaks=(year,))))
    total = _by_total(data, base)
    return [*cases, total] if total else cases


def _by_total(data: Data, base: Outlook) -> tuple[Text, Outlook] | None:
    """The history with the years that only a compilation prints estimated from a printed total of several years.

    Estimated by a local linear trend in state space that holds every other year and the total.
    """
    from ..analysis.projection.single import constrained_trend

    totals = series(data, base.indicator, base.area)
    totals = totals[totals.origin == "period_total"]
    if totals.empty:
        return None
    last = totals.iloc[-1]
    span = periods.parse(last.time_period)
    value = data.units.convert(last.value, last.unit, base.unit)
    inside = base.points.year.between(span.start.year, span.end.year)
    doubtful = inside & base.points.tier.isin(["compilation", "secondary"])
    if not doubtful.any() or inside.sum() != span.years:
        return None
    firm = base.points[~doubtful & (base.points.year > span.start.year - 20)]
    if len(firm) < MIN_POINTS:
        return None
    trend = constrained_trend(
        pd.Series(firm.value.to_numpy(float), index=firm.year.to_numpy(int)),
        1,
        totals=[(span.start.year, span.end.year, value)],
        level=(80,),
    )
    points = base.points.copy()
    points.loc[doubtful, "value"] = trend.smoothed["mean"].loc[points.year[doubtful]].to_numpy()
    points.loc[doubtful, ["origin", "obs_status"]] = ["estimated", "E"]
    years = f"{points.year[doubtful].min()}–{points.year[doubtful].max()}"
    label = text(f"依报道的五年合计（{years}年为估计）", f"by the press's five-year total ({years} estimated)")
    again = project(points[["year", "value"]], len(base.projection.table), (50, 80, 95), base.kind, base.breaks)
    return label, replace(base, points=points, projection=again)


def _span(found: Outlook) -> str:
    start = max([int(found.points.year.iloc[0]), *found.breaks])
    return f"{start}–{int(found.points.year.iloc[-1])}"


@answering("target_chances", "达标可能性", "Chances of the targets")
def chances(data: Data) -> Exhibit:
    """Every numeric row of the plan's tables: the chance of its last target, or why none is given and what it takes."""
    found, year = target_probabilities(data), target_year(data)
    found = found[is_table_row(found.locator)]
    if found.empty:
        raise NotOnFile(f"规划指标表中{year}年的数字目标", f"a target in figures for {year} in a plan's table")
    gaps = gaps_of(data)
    needed = gaps.table().drop_duplicates(["locator", "indicator"]).set_index(["locator", "indicator"])
    rows = []
    for r in found.itertuples():
        gap = needed.loc[(r.locator, r.indicator)]
        rows.append(
            {
                "indicator": name(data, r.indicator),
                "target": gaps.quantity(r.target, r.unit, r.relation),
                "observations": float(r.observations),
                "last": text(f"{r.last_year:.0f}年", f"{r.last_year:.0f}")
                if r.last_year == r.last_year and r.last_year
                else text("—", "—"),
                "chance": odds(r.probability) if r.probability == r.probability else text("—", "—"),
                "coverage": text(f"{r.coverage_80:.0f}/100", f"{r.coverage_80:.0f} of 100")
                if r.coverage_80 == r.coverage_80
                else text("—", "—"),
                "why": text(r.reason_zh or "—", r.reason_en or "—"),
                "required": pace_text(data, gap.required_pace, gap.pace_unit)
                if gap.required_pace == gap.required_pace
                else text("—", "—"),
            }
        )
    given = found[found.probability.notna()]
    none = len(found) - len(given)
    title = text(
        f"{len(found)}项数字目标中{len(given)}项能给出达标可能性，{none}项观测值太少",
        f"Of {len(found)} numeric targets {len(given)} can be given a chance; {none} have too few figures",
    )
    lead = "、".join(f"{name(data, r.indicator)['zh']}{odds(r.probability)['zh']}" for r in given.itertuples())
    lead_en = "; ".join(f"{name(data, r.indicator)['en']}: {odds(r.probability)['en']}" for r in given.itertuples())
    return Exhibit(
        "target_chances",
        title,
        text(
            f"{year}年目标达到的可能性，或不作预测的原因与所需速度",
            f"Chance of each {year} target, or why none is given and what it takes",
        ),
        text(
            f"给得出的：{lead or '无'}。其余连续可用的年度实绩不足{MIN_POINTS}个：在这样的序列上给出可能性，比不给更坏。",
            f"Given: {lead_en or 'none'}. The others have fewer than {MIN_POINTS} usable annual actuals: a chance on so few would be worse than "
            "none.",
        ),
        pd.DataFrame(rows),
        [
            INDICATOR,
            Column("target", text(f"{year}年目标", f"Target {year}")),
            Column("observations", text("可用观测值", "Usable figures"), 0),
            Column("last", text("最近年份", "Latest")),
            Column("chance", text("达标可能性", "Chance")),
            Column("coverage", text("80%区间在同类序列上的覆盖", "80% interval held, like series")),
            Column("why", text("不作预测的原因", "Why not")),
            Column("required", text("此后每年需", "Required a year")),
        ],
        citations(
            data,
            [*given.figure_ids, *needed.target_ids[needed.index.get_level_values("locator").isin(found.locator)]],
        ),
        machine=target_probabilities(data),
    )


__all__ = ["chances", "coverage_words", "fan", "variants"]
