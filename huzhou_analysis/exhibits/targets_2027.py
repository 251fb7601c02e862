"""The 2027 targets: all 39 rows of the plan's two tables, the goals in its text, and how far each one is."""

from __future__ import annotations

import pandas as pd

from .. import charts, i18n, targets
from ..data import Data
from ..exhibit import Column, Exhibit, citations
from ..i18n import text
from .common import INDICATOR, UNIT, name, pace_text, period_text, shown, unit_text

TABLES = {"digital": text("数字经济方案", "digital-economy plan"), "open": text("“地瓜经济”方案", "open-economy plan")}


def plan_table(data: Data, which: str) -> Exhibit:
    """One of the plan's tables, every row and year as printed, with the pace it demands."""
    found = targets.table_targets(data, which)
    paces = targets.plan_pace(data, found)
    rows = []
    for row_number, group in found.groupby("row", sort=True):
        first = group.iloc[0]
        cells = {
            f.time_period: shown(data, f.obs_text, f.unit) if f.obs_text else text("/", "not set")
            for _, f in group.iterrows()
        }
        words = text("", "")
        if "2023" not in cells:
            words = text(
                first.as_printed.split("|")[1].strip() if "|" in first.as_printed else first.as_printed,
                _words_en(data, first),
            )
        steps = {
            s.to_period: pace_text(data, s.pace, s.pace_unit)
            for s in paces[paces.from_id.isin(group.index)].itertuples()
        }
        none = text("—", "—")
        rows.append(
            {
                "row": float(row_number),
                "indicator": name(data, first.indicator),
                "unit": unit_text(data, first.unit),
                **{y: cells.get(y, none) for y in ("2023", "2025", "2027")},
                "words": words,
                "pace_2025": steps.get("2025", none),
                "pace_2027": steps.get("2027", none),
            }
        )
    table = pd.DataFrame(rows)
    columns = [
        Column("row", text("行", "Row"), 0),
        INDICATOR,
        UNIT,
        *[Column(y, text(f"{y}年", y)) for y in ("2023", "2025", "2027")],
        Column("words", text("文字目标", "In words")),
        Column("pace_2025", text("2023—2025年所需", "Required 2023–2025")),
        Column("pace_2027", text("2025—2027年所需", "Required 2025–2027")),
    ]
    wordy = sum(r["words"]["zh"] != "" for r in rows)
    if not wordy:
        columns = [c for c in columns if c.name != "words"]
    plan = TABLES[which]
    return Exhibit(
        f"targets_table_{which}",
        text(
            f"{plan['zh']}指标表：{len(rows)}项指标" + (f"，其中{wordy}项以文字表述" if wordy else "，逐年均有数字"),
            f"Table of the {plan['en']}: {len(rows)} indicators, "
            + (f"{wordy} of them in words" if wordy else "all in figures"),
        ),
        text("各年目标与规划自身要求的速度", "Targets by year and the pace that the plan itself requires"),
        text(
            f"表中{len(rows)}项逐格照录；所需速度由相邻两个目标算得：水平值按年均增长率，比重按百分点，数量按个数。",
            f"All {len(rows)} rows as printed. The required pace lies between neighbouring targets: compound growth for "
            "levels, percentage points for shares, units for counts.",
        ),
        table,
        columns,
        citations(data, found.index),
    )


def _words_en(data: Data, figure: pd.Series) -> str:
    if figure.relation == "relative":
        return "above the city average"
    number = i18n.number(figure.obs_text)
    return f"{number} new each year" if figure.span == "per_year" else f"strive for {number}"


def pace(data: Data) -> Exhibit:
    """Where the plan speeds up: required pace 2023-25 against 2025-27 for levels and shares."""
    found = targets.table_targets(data)
    paces = targets.plan_pace(data, found).drop_duplicates(["indicator", "from_period"])
    wide = paces.pivot_table(
        index=["indicator", "pace_unit"], columns="to_period", values="pace", sort=False
    ).reset_index()
    wide = wide.dropna(subset=["2025", "2027"])
    levels = wide[wide.pace_unit == "%"].sort_values("2027")
    shares = wide[wide.pace_unit == "个百分点"].sort_values("2027")
    jump = shares.assign(d=shares["2027"] - shares["2025"]).sort_values("d").iloc[-1]
    rows = [
        {
            "indicator": name(data, r.indicator),
            "pace_2025": pace_text(data, r["2025"], r.pace_unit),
            "pace_2027": pace_text(data, r["2027"], r.pace_unit),
        }
        for _, r in wide.iterrows()
    ]
    info = name(data, jump.indicator)
    title = text(
        f"{info['zh']}的目标陡增：由每年{jump['2025']:.0f}个百分点提到{jump['2027']:.0f}个百分点",
        f"{info['en']} stands out: the plan goes from {jump['2025']:.0f} to {jump['2027']:.0f} percentage points a year",
    )
    faster = int((levels["2027"] > levels["2025"]).sum())
    reading = text(
        f"{len(levels)}项水平值目标中，后两年要求快于前两年的有{faster}项；{len(shares)}项比重目标中，{info['zh']}由每年"
        f"{jump['2025']:.0f}个百分点跳到{jump['2027']:.0f}个百分点，与其余各项不在一个量级，宜先核对原表。",
        f"Of {len(levels)} level targets, {faster} must grow faster in the last two years than in the first two. Among "
        f"{len(shares)} shares, {info['en'].lower()} jumps from {jump['2025']:.0f} to {jump['2027']:.0f} points a year, out of "
        "scale with all others: check the printed table before quoting it.",
    )

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang
        narrow = canvas.narrow
        room = 2.05 if narrow else 2.1
        axes = canvas.axes(
            *((2, 1) if narrow else (1, 2)), left=room, right=0.2, wspace=1.02, hspace=0.2, top=0.5, bottom=0.35
        )

        def start(ax) -> float:
            """Left edge of the picture in units of the axes: headings of narrow panels begin there."""
            wide = ax.get_position().width * canvas.figure.get_figwidth()
            return -room / wide if narrow else 0

        for ax, part, label in (
            (axes[0], levels, text("水平值：年均增长，%", "Levels: growth a year, %")),
            (axes[1], shares, text("比重：每年百分点", "Shares: percentage points a year")),
        ):
            for y, (_, r) in enumerate(part.iterrows()):
                ax.plot([r["2025"], r["2027"]], [y, y], color=charts.GRID, linewidth=2.5, zorder=1)
                ax.plot(
                    r["2025"],
                    y,
                    "o",
                    markerfacecolor=charts.PAPER,
                    markeredgecolor=charts.MUTED,
                    markersize=6,
                    zorder=3,
                )
                ax.plot(
                    r["2027"],
                    y,
                    "s",
                    markerfacecolor=charts.PAPER,
                    markeredgecolor=charts.TARGET,
                    markeredgewidth=1.7,
                    markersize=7,
                    zorder=4,
                )
            ax.set_yticks(
                range(len(part)),
                [_short(canvas.figure, name(data, i)[lang], room) for i in part.indicator],
                fontsize=6.8 if narrow else 7.5,
                color=charts.INK,
            )
            ax.tick_params(axis="y", pad=4)
            ax.set_ylim(-0.6, len(part) - 0.4)
            ax.grid(True, axis="x")
            ax.grid(False, axis="y")
            ax.set_title(
                label[lang],
                loc="left",
                fontsize=10,
                pad=20 if ax is axes[0] or not narrow else 6,
                x=start(ax),
            )
            ax.axvline(0, color=charts.MUTED, linewidth=0.8)
        from matplotlib.lines import Line2D

        marks = [
            Line2D([], [], marker="o", linestyle="none", markerfacecolor=charts.PAPER, markeredgecolor=charts.MUTED),
            Line2D(
                [],
                [],
                marker="s",
                linestyle="none",
                markerfacecolor=charts.PAPER,
                markeredgecolor=charts.TARGET,
                markeredgewidth=1.7,
            ),
        ]
        axes[0].legend(
            marks,
            ["2023–2025", "2025–2027"],
            loc="lower left",
            bbox_to_anchor=(start(axes[0]), 1.0),
            ncols=2,
            fontsize=8.5,
            labelcolor=charts.MUTED,
            borderaxespad=0,
            handletextpad=0.3,
        )

    columns = [
        INDICATOR,
        Column("pace_2025", text("2023—2025年所需", "Required 2023–2025")),
        Column("pace_2027", text("2025—2027年所需", "Required 2025–2027")),
    ]
    return Exhibit(
        "targets_pace",
        title,
        text(
            "规划自身路径所需的速度，2023—2025年与2025—2027年",
            "Pace along the plan's own path, 2023–2025 and 2025–2027",
        ),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*paces.from_id, *paces.to_id]),
        draw,
        [
            text(
                "数量类目标（家、个、项）列于指标表，不在图中。",
                "Targets that are counts stand in the tables, not in the chart.",
            )
        ],
        heights={"phone": 7.6, "page": 4.8, "column": 8.2},
    )


def _short(figure, label: str, width: float) -> str:
    return "\n".join(charts.wrap(figure, label, 7.5, width)[:2])


def gaps(data: Data) -> Exhibit:
    """Every target with the latest comparable actual, if there is one, and the verdict."""
    table = targets.target_gaps(data)
    table = table[table.locator.str.contains("指标表 行")]
    none = text("—", "—")
    rows = []
    for g in table.itertuples():
        rows.append(
            {
                "indicator": name(data, g.indicator),
                "unit": unit_text(data, g.unit),
                "target_2027": shown(data, g.target_2027, g.unit, _places(g.target_2027))
                if g.target_2027 == g.target_2027
                else none,
                "actual": shown(data, g.actual_value, g.unit, _places(g.actual_value))
                if g.actual_value == g.actual_value
                else none,
                "actual_period": period_text(g.actual_period) if g.actual_period else none,
                "status": i18n.labels(g.status),
                "rule": text(g.rule_zh, g.rule_en),
            }
        )
    frame = pd.DataFrame(rows)
    counts = table.status.value_counts()
    judged = len(table) - int(
        counts.get("no_figure_on_file", 0) + counts.get("not_comparable", 0) + counts.get("in_words", 0)
    )
    title = text(
        f"{len(table)}项目标中，现有文件能判断进度的有{judged}项",
        f"Of {len(table)} targets, the documents on file allow a verdict on {judged}",
    )
    reading = text(
        f"{len(table)}项中{int(counts.get('no_figure_on_file', 0))}项没有规划期内的可比实绩，{int(counts.get('not_comparable', 0))}项口径或"
        f"币种不同而不可比，{int(counts.get('in_words', 0))}项以文字表述。缺的是实绩，不是目标：五份文件印的几乎全是目标。",
        f"For {int(counts.get('no_figure_on_file', 0))} of the {len(table)} no comparable actual of the plan's years is on file, "
        f"{int(counts.get('not_comparable', 0))} cannot be compared for definition or currency, and "
        f"{int(counts.get('in_words', 0))} are stated in words. What is missing is actuals, not targets: the five documents print "
        "almost nothing but targets.",
    )
    columns = [
        INDICATOR,
        UNIT,
        Column("target_2027", text("2027年目标", "Target 2027")),
        Column("actual", text("最近可比实绩", "Latest comparable actual")),
        Column("actual_period", text("时期", "Period")),
        Column("status", text("结论", "Verdict")),
        Column("rule", text("依据", "Rule")),
    ]
    return Exhibit(
        "target_gaps",
        title,
        text("目标、最近可比实绩与结论", "Target, latest comparable actual and verdict"),
        reading,
        frame,
        columns,
        citations(data, [*table.target_ids, *[i for i in table.actual_id if i]]),
    )


def _places(value: float) -> int:
    return 0 if float(value).is_integer() else len(repr(float(value)).split(".")[1])


def goals_in_text(data: Data) -> Exhibit:
    """2027 goals that stand in the text of the plan and in the press feature, not in the tables."""
    found = data.figures[
        (data.figures.record_type == "target")
        & (data.figures.time_period == "2027")
        & (data.figures.time_basis == "stated")
        & data.figures.source_id.isin(["D000", "D003"])
        & ~data.figures.locator.str.contains("指标表")
    ]
    places = data.outline.set_index(["source_id", "locator"]).locator_en
    rows = []
    for _, f in found.iterrows():
        commitment = {"strive": text("力争", "strive"), "ensure": text("确保", "ensure")}.get(
            f.commitment, text("", "")
        )
        rows.append(
            {
                "indicator": name(data, f.indicator),
                "value": shown(data, f.obs_text, f.unit, relation=f.relation)
                if f.relation != "range"
                else text(f"{f.obs_text}—{f.high_text}{f.unit}", f"{f.obs_text}–{f.high_text}"),
                "commitment": commitment,
                "source": text(f"{f.source_id} {f.locator}", f"{f.source_id}, {places[(f.source_id, f.locator)]}"),
                "figure_id": f.name,
            }
        )
    both = found[found.commitment == "ensure"]
    columns = [
        INDICATOR,
        Column("value", text("2027年目标", "Goal for 2027")),
        Column("commitment", text("承诺", "Commitment")),
        Column("source", text("出处", "Where")),
    ]
    return Exhibit(
        "targets_in_text",
        text(f"正文另有{len(rows)}个载明2027年的目标数字", f"The text sets {len(rows)} further figures for 2027"),
        text("正文与报道中的2027年目标", "Goals for 2027 in the plan's text and in the press feature"),
        text(
            f"正文目标与指标表并非总是一致；“力争”与“确保”是两个目标（{len(both)}处）。",
            f"Goals in the text do not always agree with the tables; a stretch and a floor are two targets "
            f"({len(both)} case{'s' if len(both) != 1 else ''}).",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, found.index),
    )
