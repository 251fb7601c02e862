"""The scoreboard of the plan's targets: every row with its verdict, what is needed beside what is, and fact cards."""

from __future__ import annotations

import math

import pandas as pd

from .. import charts
from ..analysis.gaps import JUDGED, Gaps, gaps_of
from ..analysis.outlook import odds, target_probabilities
from ..analysis.targets import is_table_row, plan_tables, target_year
from ..exhibit import Column, Exhibit, Native, Trace, citations, printed_quantity
from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.schema import THEMES
from ..facts.words import Text, text
from .common import INDICATOR, answering, in_sentence, name, pace_text, period_text, unit_text

__all__ = ["required_and_recent", "scoreboard"]

ORDER = ("met", "ahead", "on_track", "behind", "far_behind", "missed", "open", "not_comparable", "no_figure_on_file")
# Shape and colour say the same twice, so that neither is needed to tell them apart.
MARKS: dict[str, tuple[str, str, str]] = {
    "met": ("o", "#009e73", "●"),
    "ahead": ("^", "#0072b2", "▲"),
    "on_track": ("s", "#0072b2", "■"),
    "behind": ("v", "#b06f00", "▼"),
    "far_behind": ("X", "#d55e00", "✖"),
    "missed": ("P", "#a03c00", "✚"),
    "open": ("D", "#5c6670", "◆"),
    "not_comparable": ("", "#5c6670", "?"),
    "no_figure_on_file": ("_", "#7d8790", "–"),
}
FULL = 1.3  # the bars end at 130% of the target
ONE_BLOCK, TALLEST = 16, 0.42  # lines that one column holds; inches that a line is high at most
PAGEFUL = 36  # rows of a plan that take a page; fewer take less


def grown(rows: int, heights: dict[str, float]) -> dict[str, float]:
    """Heights of a full page's chart, less where there are fewer rows."""
    return {size: round(max(3.2, height * min(1.0, (rows + 4) / PAGEFUL)), 2) for size, height in heights.items()}


def table_rows(data: Data) -> pd.DataFrame:
    """Gaps of the rows of the plan's tables, themes together in the order in which the tables begin them."""
    table = gaps_of(data).table()
    rows = table[is_table_row(table.locator)]
    if rows.empty:
        raise NotOnFile("规划指标表中的目标", "a target of a plan's table")
    order = list(dict.fromkeys(rows.theme))
    return rows.assign(_o=rows.theme.map(order.index)).sort_values("_o", kind="stable").drop(columns="_o")


def status_text(status: str) -> Text:
    """A verdict with its mark, so that it reads without colour."""
    return {lang: f"{MARKS[status][2]} {i18n.label(status, lang)}" for lang in i18n.LANGUAGES}


def _value(gaps: Gaps, value: float, unit: str) -> Text:
    return text("—", "—") if math.isnan(value) else gaps.quantity(value, unit)


def likely_by_place(data: Data) -> pd.DataFrame:
    """Chances of the targets, by place and indicator."""
    return target_probabilities(data).set_index(["locator", "indicator"])


def chance_text(likely: pd.DataFrame, row) -> Text:
    """The chance of a target with what its interval covered on like series, or why none is given."""
    if (row.locator, row.indicator) not in likely.index:
        return text("—", "—")
    found = likely.loc[[(row.locator, row.indicator)]].iloc[0]
    if math.isnan(found.probability):
        return text(f"不给出：{found.reason_zh}", f"none given: {found.reason_en}")
    chance, held = odds(found.probability), f"{found.coverage_80:.0f}"
    return text(
        f"{chance['zh']}；80%区间在同类序列上每100次罩住{held}次",
        f"{chance['en']}; its 80% interval held in {held} of 100 cases on like series",
    )


def goal_text(data: Data, gaps: Gaps, row) -> Text:
    """The target of the plan's last year with its bound, or what a goal without one wants."""
    goal = last_goal(gaps, row)
    if math.isnan(goal):
        return wordy(data, row)
    if row.relation == "range":
        figure = data.figure(row.target_ids.split()[-1])
        return {lang: printed_quantity(data, figure, lang) for lang in i18n.LANGUAGES}
    return gaps.quantity(goal, row.unit, row.relation)


def goals_by_year(gaps: Gaps, row) -> dict[int, float]:
    """Targets of a row of the gaps by year, where the plan sets them."""
    found = {year: getattr(row, f"target_{year}") for year in gaps.years}
    return {year: value for year, value in found.items() if not math.isnan(value)}


def last_goal(gaps: Gaps, row) -> float:
    """Target of a row for the plan's last year; NaN where there is none."""
    return goals_by_year(gaps, row).get(max(gaps.years, default=0), math.nan)


def figures_behind(rows: pd.DataFrame) -> list[str]:
    return [ids for column in ("target_ids", "actual_id", "growth_ids", "other_ids") for ids in rows[column] if ids]


def _counts(rows: pd.DataFrame) -> Text:
    """Verdicts and how often each was given, in the order of the scale."""
    counts = rows.status.value_counts()
    parts = [(status, int(counts[status])) for status in ORDER if status in counts]
    return text(
        "、".join(f"{i18n.label(s, 'zh')}{n}项" for s, n in parts),
        ", ".join(f"{n} {i18n.label(s, 'en')}" for s, n in parts),
    )


def wordy(data: Data, row) -> Text:
    """What a target in words wants, short enough for a line."""
    figure = data.figure(row.target_ids.split()[0])
    if figure.relation == "relative":
        return text("高于全市平均", "above city average")
    number = i18n.number(figure.obs_text)
    if figure.span == "per_year":
        return text(f"每年{number}{figure.unit}", f"{number} a year")
    return text(f"{number}{figure.unit}", number)


@answering("scoreboard", "目标进度", "The scoreboard of targets")
def scoreboard(data: Data) -> Exhibit:
    """All rows of the plan's tables on one page: verdict, bar against the last year's target, latest actual."""
    gaps = gaps_of(data)
    rows, final = table_rows(data), target_year(data)
    judged = rows[rows.status.isin(JUDGED)]
    reached = int(judged.status.isin(["met", "ahead", "on_track"]).sum())
    behind = judged[judged.status.isin(["behind", "far_behind", "missed"])]
    worst = (
        "、".join(name(data, i)["zh"] for i in behind.indicator),
        ", ".join(name(data, i)["en"] for i in behind.indicator),
    )
    count = len(plan_tables(data))
    tables = (
        text("两张", "two tables")
        if count == 2
        else text(f"{count}张" if count > 1 else "", f"{count} tables" if count > 1 else "table")
    )
    weak = int((judged.robustness != "robust").sum())
    title = text(
        f"{len(rows)}项目标中能下结论的有{len(judged)}项：{reached}项达到或跟上规划，{len(behind)}项落后",
        f"Of {len(rows)} targets {len(judged)} can be judged: {reached} met or on the plan's path, {len(behind)} behind",
    )
    counts = _counts(rows)
    reading = text(
        f"{counts['zh']}。"
        + (f"落后的是{worst[0]}。" if len(behind) else "")
        + f"能下结论的{len(judged)}项中，{weak}项只有一处弱来源，或换一种读法结论就变。",
        f"Verdicts: {counts['en']}. "
        + (f"Behind: {worst[1]}. " if len(behind) else "")
        + f"Of the {len(judged)} verdicts {weak} rest on one weak source or change with another reading of the figures.",
    )
    likely = likely_by_place(data)
    table = pd.DataFrame(
        [
            {
                "theme": text(*THEMES[r.theme]),
                "indicator": name(data, r.indicator),
                "unit": unit_text(data, r.unit),
                f"target_{final}": goal_text(data, gaps, r),
                "actual": _value(gaps, r.actual_value, r.unit),
                "period": period_text(r.actual_period),
                "status": status_text(r.status),
                "robustness": text(r.robustness_zh or "—", r.robustness_en or "—"),
                "chance": chance_text(likely, r),
            }
            for r in rows.itertuples()
        ]
    )
    columns = [
        Column("theme", text("主题", "Theme")),
        INDICATOR,
        Column(f"target_{final}", text(f"{final}年目标", f"Target {final}")),
        Column("actual", text("最近可比实绩", "Latest comparable actual")),
        Column("period", text("时期", "Period")),
        Column("status", text("结论", "Verdict")),
        Column("robustness", text("是否稳健", "How firm")),
        Column("chance", text("达标可能性", "Chance")),
    ]

    def draw(canvas: charts.Canvas) -> None:
        _draw_scoreboard(data, gaps, rows, canvas)

    early = [str(year) for year in gaps.years[:-1]]
    ticks = text("", "")
    if early:
        years = " and ".join(filter(None, (", ".join(early[:-1]), early[-1])))
        ticks = text(f"竖线为{'、'.join(early)}年目标；", f"ticks are the targets for {years}; ")
    notes = [
        text(
            f"条形以{final}年目标为100%，{ticks['zh']}浅色为规划期以前的实绩，不作结论；†为不足一年的数字",
            f"Bars: {final} target = 100%, {ticks['en']}pale bars are of before the plan and carry no "
            "verdict; † part of a year.",
        )
    ]
    return Exhibit(
        "scoreboard",
        title,
        text(
            f"规划{tables['zh']}指标表逐项：结论、最近可比实绩与{final}年目标",
            f"Every row of the plan's {tables['en']}: verdict, latest comparable actual, target for {final}",
        ),
        reading,
        table,
        columns,
        citations(data, figures_behind(rows)),
        draw,
        notes,
        heights=grown(len(rows), {"phone": 15.5, "page": 7.6, "column": 16.0, "square": 13.0}),
        natives=[_score_native(data, rows)],
    )


def _score_native(data: Data, rows: pd.DataFrame) -> Native:
    """Latest actuals in percent of the last year's target, for every row that has one."""
    year = target_year(data)
    goal = rows[f"target_{year}"]
    found = rows[rows.actual_value.notna() & goal.notna() & goal.ne(0)].iloc[::-1]
    share = found.actual_value / found[f"target_{year}"] * 100
    judged = found.status.isin(JUDGED)
    percent = text(f"{year}年目标＝100", f"target for {year} = 100")
    labels = [
        text(
            f"{MARKS[r.status][2]} {name(data, r.indicator)['zh']}",
            f"{MARKS[r.status][2]} {name(data, r.indicator)['en']}",
        )
        for r in found.itertuples()
    ]
    return Native(
        "bar",
        labels,
        [
            Trace(
                text("最近可比实绩", "latest comparable actual"),
                [v if j else None for v, j in zip(share, judged, strict=True)],
            ),
            Trace(
                text("规划期以前的实绩", "actual of before the plan"),
                [None if j else v for v, j in zip(share, judged, strict=True)],
                "provisional",
            ),
            Trace(text(f"{year}年目标", f"target for {year}"), [100.0] * len(found), "target"),
        ],
        percent,
    )


def _draw_scoreboard(data: Data, gaps: Gaps, rows: pd.DataFrame, canvas: charts.Canvas) -> None:
    """Lines of mark, name, bar and values, theme by theme, in one column or two."""
    narrow = canvas.narrow
    ax, width, height = canvas.sheet()
    lines: list[tuple[str, object]] = []
    for theme, group in rows.groupby("theme", sort=False):
        lines.append(("theme", theme))
        lines += [("row", r) for r in group.itertuples()]
    blocks = 1 if narrow or len(lines) <= ONE_BLOCK else 2
    legend = 0.26 if not narrow else 0.62
    per_row = {"theme": 0.8, "row": 1.9 if narrow else 1.0}
    weights = [per_row[kind] for kind, _ in lines]
    split = len(lines)
    if blocks == 2:
        total, run = sum(weights), 0.0
        for i, weight in enumerate(weights):
            if run >= total / 2 and lines[i][0] == "theme":
                split = i
                break
            run += weight
    parts = [lines[:split], lines[split:]] if blocks == 2 else [lines]
    tallest = max(sum(per_row[kind] for kind, _ in part) for part in parts)
    step = min((height - legend) / tallest, TALLEST)
    block_width = (width - 0.25 * (blocks - 1)) / blocks
    size = min(7.6 if not narrow else 8.2, step * 72 * (0.62 if not narrow else 0.6))
    _status_key(canvas, ax, rows, width, size, legend)
    widths = [charts.text_width(canvas.figure, _values(data, gaps, r, canvas.lang), size) for r in rows.itertuples()]
    longest = min(max(widths), (0.5 if narrow else 0.33) * block_width)
    for column, part in enumerate(parts):
        x0, y = column * (block_width + 0.25), legend
        for kind, item in part:
            tall = per_row[kind] * step
            if kind == "theme":
                ax.text(
                    x0,
                    y + tall / 2,
                    i18n.text(*THEMES[item])[canvas.lang],
                    fontsize=size,
                    color=charts.MUTED,
                    va="center",
                )
                ax.plot([x0, x0 + block_width], [y + tall * 0.97] * 2, color=charts.GRID, linewidth=0.8)
            else:
                _score_line(data, gaps, item, canvas, ax, (x0, y, block_width, tall), size, longest)
            y += tall


def _mark(ax, x: float, y: float, status: str, size: float) -> None:
    """The mark of a verdict; one without a marker is its glyph."""
    marker, colour, glyph = MARKS[status]
    if marker:
        ax.plot(x, y, marker=marker, color=colour, markersize=size * 0.85, linestyle="none", clip_on=False)
    else:
        ax.text(x, y, glyph, fontsize=size, color=colour, va="center", ha="center")


def _status_key(canvas: charts.Canvas, ax, rows: pd.DataFrame, width: float, size: float, room: float) -> None:
    """Marks that occur, with their meaning, above the lines."""
    x, y, wide = 0.06, 0.08, 0.3 if canvas.narrow else 0.22
    for status in (s for s in ORDER if s in set(rows.status)):
        word = i18n.label(status, canvas.lang)
        length = charts.text_width(canvas.figure, word, size)
        if x + 0.12 + length > width:
            x, y = 0.06, y + 0.19
        _mark(ax, x, y, status, size)
        ax.text(x + 0.11, y, word, fontsize=size, color=charts.INK, va="center")
        x += 0.11 + length + wide


def _score_line(
    data: Data,
    gaps: Gaps,
    row,
    canvas: charts.Canvas,
    ax,
    place: tuple[float, float, float, float],
    size: float,
    longest: float,
) -> None:
    """One line at (left, top, width, height): mark and name, bar, values; below each other where it is narrow."""
    x0, y, width, tall = place
    lang, narrow = canvas.lang, canvas.narrow
    upper = y + tall * (0.28 if narrow else 0.5)
    lower = y + tall * (0.68 if narrow else 0.5)
    _mark(ax, x0 + 0.06, upper, row.status, size)
    room = width - 0.2 if narrow else width * 0.42
    label = name(data, row.indicator)[lang]
    fits = size
    while charts.text_width(canvas.figure, label, fits) > room and fits > 4.5:
        fits -= 0.2
    ax.text(x0 + 0.19, upper, label, fontsize=fits, color=charts.INK, va="center")
    values, small = _values(data, gaps, row, lang), size
    while charts.text_width(canvas.figure, values, small) > longest and small > 4.5:
        small -= 0.2
    ax.text(
        x0 + width,
        lower,
        values,
        fontsize=small,
        color=charts.INK if row.status in JUDGED else charts.MUTED,
        va="center",
        ha="right",
    )
    left = x0 + (0.19 if narrow else 0.19 + width * 0.45)
    right = x0 + width - longest - 0.15
    if last_goal(gaps, row) > 0:
        _bullet(gaps, row, ax, left, right, lower, step=min(tall * (0.3 if narrow else 0.52), 0.14))


def _values(data: Data, gaps: Gaps, row, lang: str) -> str:
    """Latest actual with its year, and the target: 5.8（2023）→ 18亿美元."""
    goal = goal_text(data, gaps, row)
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    if row.status == "not_comparable":
        now = "?"
    elif math.isnan(row.actual_value):
        now = "—"
    else:
        period = periods.parse(row.actual_period)
        dagger = "" if period.whole_year else "†"
        bare = gaps.quantity(row.actual_value, row.unit)[lang]
        now = bare.removesuffix(row.unit) if lang == "zh" else bare
        if lang == "en" and data.units[row.unit].is_money:
            now = bare.split(" ")[1]
        elif lang == "en":
            now = bare.split(" ")[0]
        now = f"{now}{opening}{period.year}{dagger}{closing}"
    return f"{now} → {goal[lang]}"


def _bullet(gaps: Gaps, row, ax, left: float, right: float, y: float, step: float) -> None:
    """Bar of the actual inside the outline of the target, with ticks at the targets of the years before."""
    from matplotlib.patches import Rectangle

    *early, final = goals_by_year(gaps, row).values()
    unit = (right - left) / FULL
    ax.add_patch(
        Rectangle((left, y - step / 2), unit, step, facecolor=charts.PAPER, edgecolor=charts.TARGET, linewidth=0.8)
    )
    if not math.isnan(row.actual_value):
        share = row.actual_value / final
        judged = row.status in JUDGED
        firm = row.actual_status in ("A", "B")
        shade = (charts.ACTUAL if firm else "#5b86a5") if judged else charts.GRID
        ax.add_patch(
            Rectangle((left, y - step * 0.22), unit * min(share, FULL), step * 0.44, facecolor=shade, linewidth=0)
        )
        if share > FULL:
            ax.plot(left + unit * FULL, y, marker=">", color=shade, markersize=3.5, clip_on=False)
    for goal in early:
        at = left + unit * goal / final
        ax.plot([at, at], [y - step / 2, y + step / 2], color=charts.TARGET, linewidth=0.7)


def terminal_table(data: Data, table: pd.DataFrame, lang: str) -> None:
    """Print gaps as a table for a terminal; a file or pipe gets lines of full width."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    gaps = gaps_of(data)
    final = max(gaps.years, default="")
    heads = ("indicator", "target", "actual", "status", "required", "pace_seen", "robustness")
    words = {
        "indicator": text("指标", "Indicator"),
        "target": text(f"{final}年目标" if final else "目标", f"Target {final}".strip()),
        "actual": text("最近可比实绩", "Latest comparable actual"),
        "status": text("结论", "Verdict"),
        "required": text("此后每年需", "Required a year"),
        "pace_seen": text("现有速度", "Present pace"),
        "robustness": text("是否稳健", "How firm"),
    }
    out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        out.add_column(words[head][lang], overflow="fold")
    for r in table.itertuples():
        actual = "—" if math.isnan(r.actual_value) else gaps.quantity(r.actual_value, r.unit)[lang]
        when = f" ({period_text(r.actual_period)[lang]})" if r.actual_period else ""
        paces = [
            "—" if math.isnan(value) else pace_text(data, value, r.pace_unit)[lang]
            for value in (r.required_pace, r.present_pace)
        ]
        goal = goal_text(data, gaps, r)
        firm = i18n.label(r.robustness, lang) if r.robustness else ""
        out.add_row(name(data, r.indicator)[lang], goal[lang], actual + when, status_text(r.status)[lang], *paces, firm)
    console = Console()
    if not console.is_terminal:
        console = Console(width=180)
    console.print(out)
    console.print(_counts(table)[lang])


@answering("required_and_recent", "所需速度与现有速度", "Required and present pace")
def required_and_recent(data: Data) -> Exhibit:
    """Growth that is needed from now beside the growth there has been, for every verdict on a level."""
    gaps = gaps_of(data)
    table = gaps.table()
    final = target_year(data)
    rows = table[table.status.isin(JUDGED) & (table.pace_unit == "%") & table.required_pace.notna()]
    rows = rows.assign(_n=rows.target_ids.str.split().str.len()).sort_values("_n", ascending=False, kind="stable")
    rows = rows.drop_duplicates(["indicator", "ref_area"]).sort_values("required_pace", ascending=False)
    if rows.empty:
        raise NotOnFile(
            "规划期内尚未达到的水平值目标的可比实绩",
            "a comparable actual of the plan's years for a level not yet reached",
        )
    windows = ((1, "growth_1"), (3, "growth_3"), (5, "growth_5"))
    out = pd.DataFrame(
        [
            {
                "indicator": name(data, r.indicator),
                "actual": {
                    lang: f"{gaps.quantity(r.actual_value, r.unit)[lang]}（{period_text(r.actual_period)[lang]}）"
                    if lang == "zh"
                    else f"{gaps.quantity(r.actual_value, r.unit)[lang]} ({period_text(r.actual_period)[lang]})"
                    for lang in i18n.LANGUAGES
                },
                "target": gaps.quantity(r.final_target, r.unit, r.relation),
                "required": r.required_pace,
                **{column: getattr(r, column) for _, column in windows},
                "since": text(r.present_zh or "—", r.present_en or "—"),
                "present": r.present_pace,
                "late": late(r.years_late),
            }
            for r in rows.itertuples()
        ]
    )
    columns = [
        INDICATOR,
        Column("actual", text("最近可比实绩", "Latest comparable actual")),
        Column("target", text(f"{final}年目标", f"Target {final}")),
        Column("required", text("此后每年需，%", "Required a year from now, %"), 1),
        *[Column(c, text(f"近{n}年年均，%", f"Last {n} year{'s' if n > 1 else ''}, % a year"), 1) for n, c in windows],
        Column("present", text("现有速度，%", "Present pace, %"), 1),
        Column("since", text("速度取自", "Pace taken")),
        Column("late", text("按现有速度", "At the present pace")),
    ]
    enough = int((rows.present_pace >= rows.required_pace).sum())
    known_pace = int(rows.present_pace.notna().sum())
    top = rows.iloc[0]
    info, need = name(data, top.indicator), f"{top.required_pace:.0f}"
    was = text("", "")
    if not math.isnan(top.present_pace):
        change = f"{i18n.number(top.present_pace, 0, sign=True)}%"
        was = text(f"，而{top.present_zh}为{change}", f" against {change} {top.present_en}")
    title = text(
        f"{known_pace}项水平值中{enough}项现有速度够用；{info['zh']}每年须增{need}%",
        f"For {enough} of {known_pace} levels the present pace is enough; {in_sentence(info['en'])} would need {need}% a year",
    )
    reading = text(
        f"要求最高的是{info['zh']}：此后每年须增{need}%{was['zh']}。现有速度先取比最近实绩更新的印刷增速，其次取近三年，再缺则取在案最弱的时段，且不跨断点。",
        f"Most is asked of {in_sentence(info['en'])}: {need}% a year from now{was['en']}. The present pace is a printed rate newer "
        "than the latest level, else that of the last three years, else the weakest stretch on file; it never crosses a break.",
    )

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang
        room = 1.3 if canvas.narrow else 2.3
        ax = canvas.axes(left=room, right=0.25, top=0.55 if canvas.narrow else 0.42, bottom=0.5)
        order = list(rows.itertuples())[::-1]
        for y, r in enumerate(order):
            if not math.isnan(r.present_pace):
                ax.plot([r.present_pace, r.required_pace], [y, y], color=charts.GRID, linewidth=3, zorder=1)
                charts.mark_actual(ax, r.present_pace, y)
                _beside(ax, r.present_pace, y, r.present_pace < r.required_pace)
            charts.mark_target(ax, [r.required_pace], [y], line=False)
            _beside(ax, r.required_pace, y, not r.present_pace < r.required_pace and not math.isnan(r.present_pace))
        ax.set_yticks(
            range(len(order)),
            ["\n".join(charts.wrap(canvas.figure, name(data, r.indicator)[lang], 9, room - 0.1)) for r in order],
            color=charts.INK,
        )
        ax.set_ylim(-0.6, len(order) - 0.4)
        ax.axvline(0, color=charts.MUTED, linewidth=0.8)
        ax.grid(True, axis="x")
        ax.grid(False, axis="y")
        wide, label = ax.get_position().width * canvas.figure.get_figwidth(), 0.65
        ax.margins(x=label / (wide - 2 * label))  # room for a label on either side
        ax.set_xlabel(text("年均增长，%", "growth a year, %")[lang], fontsize=8.5)
        charts.key(
            ax,
            [
                ("actual", text("现有速度", "present pace")[lang]),
                ("target", text("此后每年需", "required from now")[lang]),
            ],
            y=1.03,
        )

    return Exhibit(
        "required_and_recent",
        title,
        text(
            "此后所需的年均增长与现有速度，能下结论的水平值目标",
            "Growth required from now and present pace, targets that are levels and can be judged",
        ),
        reading,
        out,
        columns,
        citations(data, figures_behind(rows)),
        draw,
        heights={"phone": 0.9 + 0.85 * len(rows)},
        natives=[
            Native(
                "bar",
                [name(data, i) for i in rows.indicator[::-1]],
                [
                    Trace(text("现有速度", "present pace"), list(rows.present_pace[::-1])),
                    Trace(text("此后每年需", "required from now"), list(rows.required_pace[::-1]), "target"),
                ],
                text("年均增长，%", "growth a year, %"),
            )
        ],
    )


def _beside(ax, x: float, y: float, left: bool) -> None:
    charts.direct_label(
        ax,
        x,
        y,
        i18n.number(x, 1, sign=True) + "%",
        dx=-9 if left else 9,
        dy=0,
        ha="right" if left else "left",
        va="center",
    )


def late(years: float) -> Text:
    """Years late in words: on time, so many years late or early, never."""
    if math.isnan(years):
        return text("—", "—")
    if math.isinf(years):
        return text("达不到", "never gets there")
    shown = i18n.trimmed(abs(years), 1)
    if years > 0:
        return text(f"迟{shown}年", f"{shown} years late")
    return text(f"早{shown}年", f"{shown} years early")
