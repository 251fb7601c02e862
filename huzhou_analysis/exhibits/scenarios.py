"""What if: where an indicator stands in the target year at a pace that the reader chooses."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from io import BytesIO

import pandas as pd

from .. import charts
from ..analysis import targets
from ..analysis.gaps import gaps_of
from ..analysis.scenario import Scenario, basis, pace_words, path_totals, what_if
from ..exhibit import EXPORT_VARIABLE, Column, Exhibit, Native, Trace, citations, native_unit
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.words import Text, text
from .common import INDICATOR, answering, name, period_text
from .scoreboard import status_text

__all__ = ["explore", "table", "totals"]

STYLES = {"unchanged": ":", "present": "-.", "plan": "--", "required": "-"}
NAMES: dict[str, Text] = {
    "unchanged": text("不再变化", "no further change"),
    "present": text("保持现有速度", "present pace goes on"),
    "plan": text("按规划后段的速度", "pace of the plan's last stretch"),
    "required": text("恰好达到目标的速度", "pace that just reaches the target"),
}


def open_targets(data: Data) -> list[str]:
    """Indicators with an annual target ahead and a comparable actual of the plan's years that does not meet it yet."""
    table = gaps_of(data).table()
    found = []
    for indicator in dict.fromkeys(table.indicator[table.required_pace.notna() & table.status.ne("no_figure_on_file")]):
        try:
            basis(data, indicator)
        except (KeyError, ValueError):
            continue
        found.append(indicator)
    return found


def scenarios_of(data: Data, indicator: str) -> dict[str, Scenario]:
    """The scenarios that the figures on file suggest: no change, present pace, the plan's last stretch, what is needed."""
    gaps, target, evidence = basis(data, indicator)
    present = gaps.present(target, evidence)
    out = {"unchanged": what_if(data, indicator, 0.0)}
    if present:
        out["present"] = what_if(data, indicator, present.change)
    named = sorted(target.path)
    if len(named) > 1:
        first, last = named[-2:]
        stretch = targets.change_a_year(target.path[first], target.path[last], int(last) - int(first), target.kind)
        out["plan"] = what_if(data, indicator, stretch)
    out["required"] = what_if(data, indicator)
    return out


@answering("scenarios", "设定情形", "Scenarios")
def table(data: Data) -> Exhibit:
    """For every target still open: where it ends under each scenario."""
    indicators = open_targets(data)
    if not indicators:
        raise NotOnFile(
            "尚未达到、且有规划期内可比实绩的目标",
            "a target not yet met with a comparable actual of the plan's years",
        )
    gaps = gaps_of(data)
    found = {indicator: scenarios_of(data, indicator) for indicator in indicators}
    rows = []
    for indicator, scenarios in found.items():
        for key, scenario in scenarios.items():
            rows.append(
                {
                    "indicator": name(data, indicator),
                    "scenario": NAMES[key],
                    "pace": pace_words(data, scenario.growth, scenario.pace_unit),
                    "value": gaps.quantity(scenario.path.value.iloc[-1], scenario.unit),
                    "target": gaps.quantity(scenario.target, scenario.unit, scenario.relation),
                    "status": status_text(scenario.status),
                    "reached": _reached(scenario),
                }
            )
    with_pace = [s["present"] for s in found.values() if "present" in s]
    enough = sum(s.status == "met" for s in with_pace)
    year = max(int(s["required"].path.index[-1]) for s in found.values())
    title = text(
        f"保持现有速度，{len(with_pace)}项中{enough}项能在{year}年达到目标",
        f"At the present pace {enough} of {len(with_pace)} targets would be reached by {year}",
    )
    lagging = [i for i in found if "present" in found[i] and found[i]["present"].status == "missed"]
    words = {
        lang: ("；" if lang == "zh" else " ").join(
            found[i]["present"].sentence[lang].rstrip("。")
            if lang == "zh"
            else f"{name(data, i)['en']}: {found[i]['present'].sentence['en']}"
            for i in lagging[:1]
        )
        for lang in i18n.LANGUAGES
    }
    reading = text(
        f"这是算术，不是预测：从最近的实绩起，每年按所设速度变动。{name(data, lagging[0])['zh'] if lagging else ''}{words['zh']}。"
        if lagging
        else "这是算术，不是预测：从最近的实绩起，每年按所设速度变动。",
        "This is arithmetic and no forecast: from the latest actual on, each year moves at the assumed pace. "
        + words["en"],
    )

    def draw(canvas: charts.Canvas) -> None:
        n = len(indicators)
        cols = min(n, 3 if not canvas.narrow else 2 if canvas.figure.get_figwidth() > 6 else 1)
        grid = canvas.axes(-(-n // cols), cols, left=0.15, right=0.35, top=0.75, bottom=0.3, wspace=0.25, hspace=0.75)
        axes = [grid] if n == 1 else list(grid)
        for ax in axes[n:]:
            ax.set_axis_off()
        for ax, indicator in zip(axes, indicators, strict=False):
            _panel(data, ax, found[indicator], canvas.lang, name(data, indicator)[canvas.lang])
        from matplotlib.lines import Line2D

        used = [key for key in STYLES if any(key in s for s in found.values())]
        canvas.figure.legend(
            [Line2D([], [], color=charts.DERIVED, linestyle=STYLES[key], linewidth=1.4) for key in used],
            [NAMES[key][canvas.lang] for key in used],
            loc="upper left",
            bbox_to_anchor=(canvas.box[0], canvas.box[3]),
            ncols=2 if canvas.narrow else 4,
            fontsize=7.5 if canvas.narrow else 8.5,
            labelcolor=charts.MUTED,
            borderaxespad=0,
            columnspacing=1.2,
            handletextpad=0.5,
        )

    ids = [i for s in found.values() for i in s["required"].figure_ids]
    full = gaps.table()
    ids += [i for i in full.growth_ids[full.indicator.isin(indicators)] if i]
    return Exhibit(
        "scenarios",
        title,
        text(
            f"尚未达到的目标在各种设定速度下的{year}年数值",
            f"Where targets not yet met would stand in {year} at assumed paces",
        ),
        reading,
        pd.DataFrame(rows),
        [
            INDICATOR,
            Column("scenario", text("设定", "Assumption")),
            Column("pace", text("每年", "A year")),
            Column("value", text(f"{year}年", f"In {year}")),
            Column("target", text("目标", "Target")),
            Column("status", text("结果", "Result")),
            Column("reached", text("达到年份", "Reached in")),
        ],
        citations(data, ids),
        draw,
        [text("设定值不是预测，各图纵轴分别缩放", "Assumed values are no forecast; each panel has its own scale.")],
        heights={"phone": 1.0 + 1.9 * len(indicators), "column": 2.2 + 1.7 * len(indicators)},
        natives=[_native(data, indicator, scenarios) for indicator, scenarios in found.items()],
    )


def _native(data: Data, indicator: str, scenarios: dict[str, Scenario]) -> Native:
    """The scenarios of one indicator as lines."""
    one = next(iter(scenarios.values()))
    years = list(one.path.index)
    traces = [Trace(i18n.labels("actual"), [one.path.value.iloc[0]] + [None] * (len(years) - 1))]
    traces += [Trace(NAMES[key], list(s.path.value), "forecast") for key, s in scenarios.items()]
    goals = one.verdicts.target
    traces.append(Trace(i18n.labels("target"), [goals.get(year) for year in years], "target"))
    return Native("line", years, traces, heading=name(data, indicator), **native_unit(data, one.unit))


def _reached(scenario: Scenario) -> Text:
    if math.isinf(scenario.reached):
        return text("达不到", "never")
    return text(f"{scenario.reached:.0f}年", f"{scenario.reached:.0f}")


def _panel(data: Data, ax, scenarios: dict[str, Scenario], lang: str, heading: str) -> None:
    one = next(iter(scenarios.values()))
    unit = one.unit

    def at(values) -> list[float]:
        return [i18n.axis_value(v, unit, lang, data.units) for v in values]

    start = int(one.path.index[0])
    for key, scenario in scenarios.items():
        ax.plot(
            scenario.path.index,
            at(scenario.path.value),
            linestyle=STYLES[key],
            color=charts.DERIVED,
            linewidth=1.4,
            zorder=2,
        )
    charts.mark_actual(ax, [start], at([one.path.value[start]]))
    named = one.verdicts
    charts.mark_target(ax, list(named.index), at(named.target), line=False)
    ends = [v for s in scenarios.values() for v in at(s.path.value)] + at(named.target)
    low, high = min(ends), max(ends)
    pad = (high - low) or abs(high) or 1
    ax.set_ylim(low - 0.25 * pad, high + 0.25 * pad)
    last = int(one.path.index[-1])
    ax.set_xlim(start - 0.4, last + 0.9)
    ax.set_xticks(list(range(start, last + 1)))
    ax.set_yticks([])
    ax.grid(False)
    mark = at([one.target])[0]
    charts.place_label(ax, last, mark, i18n.trimmed(mark, 2))
    charts.place_label(
        ax,
        start,
        at([one.path.value[start]])[0],
        i18n.trimmed(at([one.path.value[start]])[0], 2),
        prefer=("center", "bottom"),
    )
    if "present" in scenarios:
        end = at([scenarios["present"].path.value.iloc[-1]])[0]
        if abs(end - mark) > 0.12 * pad:
            charts.place_label(ax, last, end, i18n.trimmed(end, 2))
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    title = f"{heading}{opening}{i18n.unit_name(unit, lang, data.units)}{closing}"
    room = ax.get_position().width * ax.figure.get_figwidth() + 0.2
    ax.set_title("\n".join(charts.wrap(ax.figure, title, 9.5, room)), loc="left", fontsize=9.5, pad=8)


@answering("path_totals", "合计目标与逐年路径", "Goals in total and the yearly path")
def totals(data: Data) -> Exhibit:
    """Five-year goals beside the yearly path of the same plan, summed."""
    found = path_totals(data)
    if found.empty:
        raise NotOnFile("既印合计又印逐年目标的指标", "an indicator with both a goal in total and targets by year")
    gaps = gaps_of(data)
    years = gaps.years
    between = [str(y) for y in range(years[0], years[-1] + 1) if y not in years] if years else []
    read = text(
        f"（{'、'.join(between)}年按几何或直线取路径值）" if between else "",
        f" ({' and '.join(between)} read off the path, geometric or straight)" if between else "",
    )
    rows = [
        {
            "indicator": name(data, r.indicator),
            "period": period_text(r.period),
            "total": gaps.quantity(r.total, r.unit, r.relation),
            "geometric": gaps.quantity(r.geometric, r.unit),
            "straight": gaps.quantity(r.straight, r.unit),
            "difference": gaps.quantity(max(r.geometric, r.straight) - r.total, r.unit),
            "status": text("合得上", "adds up") if r.met else text("合不上", "falls short"),
        }
        for r in found.itertuples()
    ]
    short = found[~found.met]
    names = (
        "、".join(name(data, i)["zh"] for i in short.indicator),
        ", ".join(name(data, i)["en"].lower() for i in short.indicator),
    )
    return Exhibit(
        "path_totals",
        text(
            f"{len(found)}个五年合计目标中，{len(short)}个超出规划自身逐年路径之和",
            f"Of {len(found)} five-year goals {len(short)} lies beyond the sum of the plan's own yearly path"
            if len(short) == 1
            else f"Of {len(found)} five-year goals {len(short)} lie beyond the sum of the plan's own yearly path",
        ),
        text(
            f"五年合计目标与逐年目标路径之和{read['zh']}",
            f"Five-year goals and the yearly path summed{read['en']}",
        ),
        text(
            f"逐年路径加起来够不到的是{names[0]}：两处目标不能同时只按字面完成。"
            if len(short)
            else "逐年路径之和都达到五年合计。",
            f"The yearly path does not add up to the goal for {names[1]}: doing what one row says would miss the other."
            if len(short)
            else "Every yearly path adds up to its five-year goal.",
        ),
        pd.DataFrame(rows),
        [
            INDICATOR,
            Column("period", text("时期", "Period")),
            Column("total", text("合计目标", "Goal in total")),
            Column("geometric", text("路径之和（几何）", "Path summed (geometric)")),
            Column("straight", text("路径之和（直线）", "Path summed (straight)")),
            Column("difference", text("之差", "Difference")),
            Column("status", text("结果", "Result")),
        ],
        citations(data, found.target_ids),
        None,
        [
            text(
                "未印起始年份的合计目标按路径所列年份累加",
                "A goal that prints no starting year is summed over the years of the path.",
            )
        ],
    )


# --- sliders -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Elsewhere:
    """Stands in for the sliders where nobody can move them, or where there is nothing to move."""

    words: str

    def _repr_html_(self) -> str:
        return f"<p>{self.words}</p>"

    def __repr__(self) -> str:
        return "sliders"


def explore(data: Data, lang: str = "zh"):
    """Sliders for JupyterLab: choose an indicator and a pace; path, verdict and sentence follow.

    Returns
    -------
    ipywidgets.VBox
        With ``children`` indicator, pace, sentence and picture; while a report is made, a line that says where the
        sliders work.
    """
    if os.environ.get(EXPORT_VARIABLE):
        words = text(
            "滑块在 JupyterLab 中可用；各种设定的结果见上表。",
            "The sliders work in JupyterLab; the table above shows the assumptions.",
        )
        return _Elsewhere(words[lang])
    import ipywidgets as widgets

    choices = open_targets(data)
    if not choices:
        none = text("没有可设定的目标：无在案数字。", "No target to move: no figure on file.")
        return _Elsewhere(none[lang])
    which = widgets.Dropdown(
        options=[(name(data, i)[lang], i) for i in choices],
        description=text("指标", "Indicator")[lang],
        layout=widgets.Layout(width="520px"),
    )
    pace = widgets.FloatSlider(
        description=text("每年变动", "A year")[lang],
        continuous_update=False,
        readout_format=".1f",
        layout=widgets.Layout(width="520px"),
    )
    words, picture = widgets.HTML(), widgets.Image(format="png", layout=widgets.Layout(max_width="760px"))
    picture.add_class("huzhou-scenario")

    def redraw(*_) -> None:
        scenario = what_if(data, which.value, pace.value)
        picture.value = picture_of(data, scenario, lang)
        words.value = f"<b>{status_text(scenario.status)[lang]}</b>　{scenario.sentence[lang]}"

    def choose(*_) -> None:
        needed = what_if(data, which.value)
        width = max(10.0, 3 * abs(needed.growth)) if needed.kind == "growth" else max(1.0, 3 * abs(needed.growth))
        top, bottom = math.ceil(width), math.floor(-width)
        with pace.hold_trait_notifications():
            pace.min, pace.max = min(bottom, pace.min), max(top, pace.max)
            # Rounded towards the target, so that the pace that is shown does reach it.
            pace.value = math.copysign(math.ceil(abs(needed.growth) * 10) / 10, needed.growth)
            pace.min, pace.max = max(bottom, -99), top
            pace.step = 0.1
        pace.description = f"{text('每年变动', 'A year')[lang]} {needed.pace_unit if lang == 'zh' else i18n.unit_name(needed.pace_unit, lang, data.units) if needed.pace_unit in data.units else needed.pace_unit}"
        redraw()

    family = "huzhou-explore"
    said = [what_if(data, i, pace_).sentence["zh"] for i in choices for pace_ in (-20.0, 0.0, 1.0, 50.0)]
    face = charts.font_face(
        "".join([*said, *(name(data, i)["zh"] for i in choices), which.description, "每年变动"]), family
    )
    style = f"<style>{face} .{family}, .{family} * {{ font-family: '{family}', system-ui, sans-serif }}</style>"
    choose()
    which.observe(choose, "value")
    pace.observe(redraw, "value")
    box = widgets.VBox([which, pace, words, picture, widgets.HTML(style)])
    box.add_class(family)
    return box


def picture_of(data: Data, scenario: Scenario, lang: str) -> bytes:
    """One scenario as a picture: history, assumed path, the plan's path."""
    gaps, target, _ = basis(data, scenario.indicator)
    points = gaps.points(scenario.indicator, target.first.ref_area)
    points = points[(points.origin == "printed") & (points.year >= int(scenario.path.index[0]) - 6)]
    points = points[[data.units.comparable(u, scenario.unit) for u in points.unit]]

    def at(values) -> list[float]:
        return [i18n.axis_value(v, scenario.unit, lang, data.units) for v in values]

    with charts.house_style():
        canvas = charts.Canvas(lang, "page", "", "", [])
        ax = canvas.axes(left=0.6, right=0.3, top=0.35, bottom=0.4)
        history = [data.units.convert(v, u, scenario.unit) for v, u in zip(points.value, points.unit, strict=True)]
        charts.mark_actual(ax, points.year, at(history))
        ax.plot(scenario.path.index, at(scenario.path.value), "--", color=charts.DERIVED, linewidth=1.8, zorder=3)
        charts.mark_target(ax, [int(y) for y in target.path], at(target.path.values()))
        ax.margins(y=0.15)
        low = min(0.0, ax.get_ylim()[0])
        ax.set_ylim(low, ax.get_ylim()[1])
        ax.set_ylabel(i18n.unit_name(scenario.unit, lang, data.units))
        last = int(scenario.path.index[-1])
        ax.set_xlim(min([*points.year, last - 4]) - 0.5, last + 1)
        from matplotlib.ticker import MaxNLocator

        ax.xaxis.set_major_locator(MaxNLocator(12, integer=True))
        end = at([scenario.path.value.iloc[-1]])[0]
        charts.place_label(ax, last, end, i18n.trimmed(end, 2), size=10)
        entries = [("actual", text("实绩", "actual")[lang]), ("target", text("规划路径", "the plan's path")[lang])]
        charts.key(ax, entries, y=1.03)
        buffer = BytesIO()
        canvas.figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()
