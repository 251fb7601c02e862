"""The scoreboard of the plan's targets: every row with its verdict, what is needed beside what is, and fact cards."""

from __future__ import annotations

import math

import pandas as pd

from .. import charts, i18n, periods
from ..data import Data
from ..exhibit import Card, Column, Exhibit, Native, Trace, citations
from ..gaps import JUDGED, Gaps, gaps_of
from ..i18n import Text, text
from ..prospects import odds, target_probabilities
from ..schema import OBS_STATUSES, THEMES, TIERS
from .common import INDICATOR, UNIT, mark_points, name, pace_text, path_native, path_panels, period_text, unit_text

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


def table_rows(data: Data) -> pd.DataFrame:
    """Gaps of the rows of the plan's two tables, themes together in the order in which the tables begin them."""
    table = gaps_of(data).table()
    rows = table[table.locator.str.contains("指标表 行")]
    order = list(dict.fromkeys(rows.theme))
    return rows.assign(_o=rows.theme.map(order.index)).sort_values("_o", kind="stable").drop(columns="_o")


def status_text(status: str) -> Text:
    """A verdict with its mark, so that it reads without colour."""
    return {lang: f"{MARKS[status][2]} {i18n.label(status, lang)}" for lang in i18n.LANGUAGES}


def _value(gaps: Gaps, value: float, unit: str) -> Text:
    return text("—", "—") if math.isnan(value) else gaps.quantity(value, unit)


def _likely(data: Data) -> pd.DataFrame:
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


def _goal(data: Data, gaps: Gaps, row) -> Text:
    """The 2027 target with its bound, or what a goal without one wants."""
    if math.isnan(row.target_2027):
        return _wordy(data, row)
    return gaps.quantity(row.target_2027, row.unit, row.relation)


def _figures(rows: pd.DataFrame) -> list[str]:
    return [ids for column in ("target_ids", "actual_id", "growth_ids", "other_ids") for ids in rows[column] if ids]


def _counts(rows: pd.DataFrame) -> Text:
    """Verdicts and how often each was given, in the order of the scale."""
    counts = rows.status.value_counts()
    parts = [(status, int(counts[status])) for status in ORDER if status in counts]
    return text(
        "、".join(f"{i18n.label(s, 'zh')}{n}项" for s, n in parts),
        ", ".join(f"{n} {i18n.label(s, 'en')}" for s, n in parts),
    )


def _wordy(data: Data, row) -> Text:
    """What a target in words wants, short enough for a line."""
    figure = data.figure(row.target_ids.split()[0])
    if figure.relation == "relative":
        return text("高于全市平均", "above city average")
    number = i18n.number(figure.obs_text)
    if figure.span == "per_year":
        return text(f"每年{number}{figure.unit}", f"{number} a year")
    return text(f"{number}{figure.unit}", number)


def scoreboard(data: Data) -> Exhibit:
    """All rows of the plan's tables on one page: verdict, bar against the 2027 target, latest actual."""
    gaps = gaps_of(data)
    rows = table_rows(data)
    judged = rows[rows.status.isin(JUDGED)]
    reached = int(judged.status.isin(["met", "ahead", "on_track"]).sum())
    behind = judged[judged.status.isin(["behind", "far_behind", "missed"])]
    worst = (
        "、".join(name(data, i)["zh"] for i in behind.indicator),
        ", ".join(name(data, i)["en"] for i in behind.indicator),
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
    likely = _likely(data)
    table = pd.DataFrame(
        [
            {
                "theme": text(*THEMES[r.theme]),
                "indicator": name(data, r.indicator),
                "unit": unit_text(data, r.unit),
                "target_2027": _goal(data, gaps, r),
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
        Column("target_2027", text("2027年目标", "Target 2027")),
        Column("actual", text("最近可比实绩", "Latest comparable actual")),
        Column("period", text("时期", "Period")),
        Column("status", text("结论", "Verdict")),
        Column("robustness", text("是否稳健", "How firm")),
        Column("chance", text("达标可能性", "Chance")),
    ]

    def draw(canvas: charts.Canvas) -> None:
        _draw_scoreboard(data, gaps, rows, canvas)

    notes = [
        text(
            "条形以2027年目标为100%，竖线为2023、2025年目标；浅色为规划期以前的实绩，不作结论；†为不足一年的数字",
            "Bars: 2027 target = 100%, ticks are the targets for 2023 and 2025; pale bars are of before the plan and carry no "
            "verdict; † part of a year.",
        )
    ]
    return Exhibit(
        "scoreboard",
        title,
        text(
            "规划两张指标表逐项：结论、最近可比实绩与2027年目标",
            "Every row of the plan's two tables: verdict, latest comparable actual, target for 2027",
        ),
        reading,
        table,
        columns,
        citations(data, _figures(rows)),
        draw,
        notes,
        heights={"phone": 15.5, "page": 7.6, "column": 16.0, "square": 13.0},
        natives=[_score_native(data, rows)],
    )


def _score_native(data: Data, rows: pd.DataFrame) -> Native:
    """Latest actuals in percent of the 2027 target, for every row that has one."""
    found = rows[rows.actual_value.notna() & rows.target_2027.notna()].iloc[::-1]
    share = found.actual_value / found.target_2027 * 100
    judged = found.status.isin(JUDGED)
    percent = text("2027年目标＝100", "target for 2027 = 100")
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
            Trace(text("2027年目标", "target for 2027"), [100.0] * len(found), "target"),
        ],
        percent,
    )


def _draw_scoreboard(data: Data, gaps: Gaps, rows: pd.DataFrame, canvas: charts.Canvas) -> None:
    """Lines of mark, name, bar and values, theme by theme, in one column or two."""
    narrow = canvas.narrow
    ax = canvas.axes(left=0, right=0, top=0, bottom=0)
    width, height = canvas.figure.get_size_inches() * [ax.get_position().width, ax.get_position().height]
    ax.set_axis_off()
    ax.grid(False)
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    lines: list[tuple[str, object]] = []
    for theme, group in rows.groupby("theme", sort=False):
        lines.append(("theme", theme))
        lines += [("row", r) for r in group.itertuples()]
    blocks = 1 if narrow else 2
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
    step = (height - legend) / tallest
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
    if not math.isnan(row.target_2027):
        _bullet(row, ax, left, right, lower, step=min(tall * (0.3 if narrow else 0.52), 0.14))


def _values(data: Data, gaps: Gaps, row, lang: str) -> str:
    """Latest actual with its year, and the target: 5.8（2023）→ 18亿美元."""
    goal = _goal(data, gaps, row)
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


def _bullet(row, ax, left: float, right: float, y: float, step: float) -> None:
    """Bar of the actual inside the outline of the target, with ticks at the targets of the years before."""
    from matplotlib.patches import Rectangle

    unit = (right - left) / FULL
    ax.add_patch(
        Rectangle((left, y - step / 2), unit, step, facecolor=charts.PAPER, edgecolor=charts.TARGET, linewidth=0.8)
    )
    if not math.isnan(row.actual_value):
        share = row.actual_value / row.target_2027
        judged = row.status in JUDGED
        firm = row.actual_status in ("A", "B")
        shade = (charts.ACTUAL if firm else "#5b86a5") if judged else charts.GRID
        ax.add_patch(
            Rectangle((left, y - step * 0.22), unit * min(share, FULL), step * 0.44, facecolor=shade, linewidth=0)
        )
        if share > FULL:
            ax.plot(left + unit * FULL, y, marker=">", color=shade, markersize=3.5, clip_on=False)
    for goal in (row.target_2023, row.target_2025):
        if not math.isnan(goal):
            at = left + unit * goal / row.target_2027
            ax.plot([at, at], [y - step / 2, y + step / 2], color=charts.TARGET, linewidth=0.7)


def terminal_table(data: Data, table: pd.DataFrame, lang: str) -> None:
    """Print gaps as a table for a terminal; a file or pipe gets lines of full width."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    gaps = gaps_of(data)
    heads = ("indicator", "target", "actual", "status", "required", "pace_seen", "robustness")
    words = {
        "indicator": text("指标", "Indicator"),
        "target": text("2027年目标", "Target 2027"),
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
        goal = _goal(data, gaps, r)
        firm = i18n.label(r.robustness, lang) if r.robustness else ""
        out.add_row(name(data, r.indicator)[lang], goal[lang], actual + when, status_text(r.status)[lang], *paces, firm)
    console = Console()
    if not console.is_terminal:
        console = Console(width=180)
    console.print(out)
    console.print(_counts(table)[lang])


def required_and_recent(data: Data) -> Exhibit:
    """Growth that is needed from now beside the growth there has been, for every verdict on a level."""
    gaps = gaps_of(data)
    table = gaps.table()
    rows = table[table.status.isin(JUDGED) & (table.pace_unit == "%") & table.required_pace.notna()]
    rows = rows.assign(_n=rows.target_ids.str.split().str.len()).sort_values("_n", ascending=False, kind="stable")
    rows = rows.drop_duplicates(["indicator", "ref_area"]).sort_values("required_pace", ascending=False)
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
                "late": _late(r.years_late),
            }
            for r in rows.itertuples()
        ]
    )
    columns = [
        INDICATOR,
        Column("actual", text("最近可比实绩", "Latest comparable actual")),
        Column("target", text("2027年目标", "Target 2027")),
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
        f"For {enough} of {known_pace} levels the present pace is enough; {info['en'].lower()} would need {need}% a year",
    )
    reading = text(
        f"要求最高的是{info['zh']}：此后每年须增{need}%{was['zh']}。现有速度先取比最近实绩更新的印刷增速，其次取近三年，再缺则取在案最弱的时段，且不跨断点。",
        f"Most is asked of {info['en'].lower()}: {need}% a year from now{was['en']}. The present pace is a printed rate newer "
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
        citations(data, _figures(rows)),
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


def _late(years: float) -> Text:
    """Years late in words: on time, so many years late or early, never."""
    if math.isnan(years):
        return text("—", "—")
    if math.isinf(years):
        return text("达不到", "never gets there")
    shown = i18n.trimmed(abs(years), 1)
    if years > 0:
        return text(f"迟{shown}年", f"{shown} years late")
    return text(f"早{shown}年", f"{shown} years early")


def paths(data: Data) -> Exhibit:
    """The plan's path of every indicator that has an actual of these years, each in a panel of its own."""
    rows = table_rows(data)
    found = rows[rows.actual_value.notna() & (rows.final_period != "") & rows.target_2023.notna()]
    found = found[[periods.parse(p).year >= 2019 for p in found.actual_period]]
    reached = found[found.status.isin(["met", "ahead", "on_track"])]
    old = found[found.status == "no_figure_on_file"]
    title = text(
        f"有近年实绩的{len(found)}项中，{len(reached)}项在规划路径之上，{len(old)}项实绩早于规划期",
        f"Of {len(found)} targets with a recent actual, {len(reached)} stand on or above the plan's path; {len(old)} actuals predate it",
    )
    reading = text(
        f"空心方框是规划路径，实心点是在案实绩；{len(old)}项的实绩止于规划以前，只能看起点，不能看进度。",
        f"Outlined squares are the plan's path, dots the actuals on file; for {len(old)} indicators these end before the plan and show where it "
        "began, not how it goes.",
    )
    table, used = [], []
    gaps = gaps_of(data)
    for r in found.itertuples():
        points = _recent_points(gaps, r)
        table += [
            {
                "indicator": name(data, r.indicator),
                "period": period_text(p.time_period),
                "value": gaps.quantity(p.value, r.unit),
                "kind": text("实绩", "actual"),
            }
            for p in points.itertuples()
        ]
        table += [
            {
                "indicator": name(data, r.indicator),
                "period": period_text(year),
                "value": gaps.quantity(getattr(r, f"target_{year}"), r.unit),
                "kind": i18n.labels("target"),
            }
            for year in ("2023", "2025", "2027")
        ]
        used += [r.target_ids, *points.figure_id]

    def draw(canvas: charts.Canvas) -> None:
        n, cols = len(found), 2 if canvas.narrow else 5
        axes = canvas.axes(
            -(-n // cols),
            cols,
            left=0.1,
            right=0.35,
            bottom=0.3,
            top=0.55,
            hspace=0.95,
            wspace=0.42 if canvas.narrow else 0.3,
        )
        for ax in axes[n:]:
            ax.set_axis_off()
        for ax, r in zip(axes, found.itertuples(), strict=False):
            _mini_path(data, gaps, ax, r, canvas.lang)

    return Exhibit(
        "target_paths",
        title,
        text(
            "规划路径（方框）与2019年以来的实绩（圆点；三角为不足一年）",
            "The plan's path (squares) and actuals since 2019 (dots; triangles are parts of a year)",
        ),
        reading,
        pd.DataFrame(table),
        [
            INDICATOR,
            Column("period", text("时期", "Period")),
            Column("value", text("数值", "Value")),
            Column("kind", text("性质", "Kind")),
        ],
        citations(data, used),
        draw,
        [text("各图纵轴分别缩放，不从零起。", "Each panel has its own scale, not from zero.")],
        heights={
            "phone": 1.75 * -(-len(found) // 2),
            "column": 2.2 + 1.6 * -(-len(found) // 2),
            "square": 2.0 + 1.6 * -(-len(found) // 2),
        },
        natives=[
            path_native(data, r.indicator, data.figures.loc[r.target_ids.split()], _recent_points(gaps, r))
            for r in found.itertuples()
        ],
    )


def _recent_points(gaps: Gaps, row) -> pd.DataFrame:
    """Actuals since 2019 in the target's unit: whole years, dates, and shares of part of a year."""
    points = gaps.points(row.actual_indicator, row.ref_area)
    units = gaps.data.units
    points = points[(points.year >= 2019) & points.unit.map(lambda u: units.comparable(u, row.unit)).astype(bool)]
    points = points[(points.origin == "printed") | ((points.origin == "part_year") & units[row.unit].is_share)]
    return points.assign(value=[units.convert(v, u, row.unit) for v, u in zip(points.value, points.unit, strict=True)])


def _mini_path(data: Data, gaps: Gaps, ax, row, lang: str) -> None:
    """One small panel: path, actuals, and labels at the last actual and the last target only."""

    def at(values) -> list[float]:
        return [i18n.axis_value(v, row.unit, lang, data.units) for v in values]

    points = _recent_points(gaps, row)
    goals = at([row.target_2023, row.target_2025, row.target_2027])
    charts.mark_target(ax, [2023, 2025, 2027], goals)
    whole = points.origin == "printed"
    mark_points(ax, points[whole], at(points.value[whole]))
    ax.plot(
        points.year[~whole],
        at(points.value[~whole]),
        "v",
        markerfacecolor=charts.PAPER,
        markeredgecolor=charts.ACTUAL,
        markersize=6,
        zorder=5,
    )
    values = [*goals, *at(points.value)]
    low, high = min(values), max(values)
    pad = (high - low) or abs(high) or 1
    ax.set_ylim(low - 0.3 * pad, high + 0.3 * pad)
    first = min(2023, int(points.year.min()))
    ax.set_xlim(first - 0.7, 2028.2)
    ax.set_xticks(sorted({first, 2023, 2027}) if 2023 - first > 2 or first == 2023 else [first, 2025, 2027])
    ax.tick_params(axis="x", labelsize=7.5)
    ax.set_yticks([])
    ax.grid(False)
    charts.place_label(ax, 2027, goals[-1], i18n.trimmed(goals[-1], 2), size=8, prefer=("center", "bottom"))
    last = at([points.value.iloc[-1]])[0]
    charts.place_label(ax, points.year.iloc[-1], last, i18n.trimmed(last, 2), size=8, prefer=("center", "bottom"))
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    heading = f"{name(data, row.indicator)[lang]}{opening}{unit_text(data, row.unit)[lang]}{closing}"
    room = ax.get_position().width * ax.figure.get_figwidth() + 0.3
    lines, size = charts.wrap(ax.figure, heading, 8, room), 8.0
    while len(lines) > 3 and size > 6:
        size -= 0.25
        lines = charts.wrap(ax.figure, heading, size, room)
    ax.set_title("\n".join(lines), loc="left", fontsize=size, pad=6)


def speed(data: Data) -> Exhibit:
    """How the plan divides the way between its two halves: pace a year, coloured by the half that takes more."""
    from .. import targets

    found = targets.table_targets(data)
    steps = targets.plan_pace(data, found)
    wide = []
    for locator, rows in steps.groupby(steps.from_id.map(data.figures.locator), sort=False):
        halves = rows.set_index("to_period")
        if {"2025", "2027"} <= set(halves.index):
            first, second = halves.loc["2025"], halves.loc["2027"]
            total = second.to_value - first.from_value
            share = (second.to_value - second.from_value) / total if total else math.nan
            wide.append((locator, first, second, share))
    wide.sort(key=lambda item: -item[3] if item[3] == item[3] else math.inf)
    rows = [
        {
            "indicator": name(data, first.indicator),
            "path": {
                lang: " → ".join(
                    i18n.trimmed(i18n.axis_value(v, first.unit, lang, data.units), 3)
                    for v in (first.from_value, first.to_value, second.to_value)
                )
                for lang in i18n.LANGUAGES
            },
            "unit": unit_text(data, first.unit),
            "pace_2025": pace_text(data, first.pace, first.pace_unit),
            "pace_2027": pace_text(data, second.pace, second.pace_unit),
            "share": share * 100,
        }
        for _, first, second, share in wide
    ]
    _, first, second, share = wide[0]
    info = name(data, first.indicator)
    late = sum(s > 0.5 + 1e-9 for *_, s in wide)
    even = sum(abs(s - 0.5) <= 1e-9 for *_, s in wide)
    title = text(
        f"{info['zh']}把{share:.0%}的路留给后两年，{len(wide)}项中最甚",
        f"{info['en']} leaves {share:.0%} of its way to the last two years, most of all {len(wide)} targets",
    )
    reading = text(
        f"{info['zh']}前两年每年{pace_text(data, first.pace, first.pace_unit)['zh'].removesuffix('/年')}，后两年每年"
        f"{pace_text(data, second.pace, second.pace_unit)['zh'].removesuffix('/年')}，引用前宜先核对原表。"
        f"{len(wide)}项中{late}项后两年走得更多，{even}项前后相等。",
        f"{info['en']} moves {pace_text(data, first.pace, first.pace_unit)['en']} in the first two years and "
        f"{pace_text(data, second.pace, second.pace_unit)['en']} in the last two: check the printed table before quoting it. Of {len(wide)} "
        f"targets {late} leave more than half of the way to the last two years, {even} divide it evenly.",
    )
    columns = [
        INDICATOR,
        Column("path", text("2023→2025→2027年目标", "Targets 2023 → 2025 → 2027")),
        UNIT,
        Column("pace_2025", text("2023—2025年所需", "Required 2023–2025")),
        Column("pace_2027", text("2025—2027年所需", "Required 2025–2027")),
        Column("share", text("后两年所占路程，%", "Share of the way left to 2025–2027, %"), 0),
    ]

    def draw(canvas: charts.Canvas) -> None:
        _draw_speed(data, wide, canvas)

    return Exhibit(
        "targets_pace",
        title,
        text(
            "规划自身路径所需的速度，2023—2025年与2025—2027年；颜色为该时段占全程的份额",
            "Pace along the plan's own path, 2023–2025 and 2025–2027; colour is the share of the whole way",
        ),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*steps.from_id, *steps.to_id]),
        draw,
        heights={"phone": 9.6, "page": 5.4, "column": 9.6, "square": 8.0},
        natives=[
            Native(
                "stacked_bar",
                [name(data, first.indicator) for _, first, _, share in wide[::-1] if share == share],
                [
                    Trace(
                        text("2023—2025年", "2023–2025"),
                        [100 - 100 * share for *_, share in wide[::-1] if share == share],
                        "comparison",
                    ),
                    Trace(
                        text("2025—2027年", "2025–2027"),
                        [100 * share for *_, share in wide[::-1] if share == share],
                        "target",
                    ),
                ],
                text("占全程的份额，%", "share of the way, %"),
            )
        ],
    )


def _draw_speed(data: Data, wide: list, canvas: charts.Canvas) -> None:
    """A heat map: one line an indicator, one cell for each half of the plan."""
    import matplotlib as mpl
    from matplotlib.patches import Rectangle

    lang, narrow = canvas.lang, canvas.narrow
    ax = canvas.axes(left=0, right=0, top=0, bottom=0)
    width, height = canvas.figure.get_size_inches() * [ax.get_position().width, ax.get_position().height]
    ax.set_axis_off()
    ax.grid(False)
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    blocks = 1 if narrow else 2
    each = -(-len(wide) // blocks)
    block = (width - 0.3 * (blocks - 1)) / blocks
    step = (height - 0.22) / each
    size = min(8.0, step * 72 * 0.6)
    cell = (1.08 if lang == "zh" else 0.92) if narrow else 1.15
    colours = mpl.colormaps["PuOr"]
    for i, (_, first, second, share) in enumerate(wide):
        column, line = divmod(i, each)
        x0, y = column * (block + 0.3), 0.22 + line * step
        room, fits = block - 2 * cell - 0.08, size
        lines = charts.wrap(canvas.figure, name(data, first.indicator)[lang], fits, room)
        while len(lines) * fits * 1.15 / 72 > step and fits > 5:
            fits -= 0.2
            lines = charts.wrap(canvas.figure, name(data, first.indicator)[lang], fits, room)
        ax.text(x0, y + step / 2, "\n".join(lines), fontsize=fits, va="center", color=charts.INK, linespacing=1.05)
        for n, (half, part) in enumerate(((first, 1 - share), (second, share))):
            left = x0 + block - (2 - n) * cell
            # Half of the way is neutral; the further from it, the stronger the colour.
            colour = colours(0.5 - (min(max(part, 0), 1) - 0.5) * 0.55) if part == part else (1, 1, 1, 1)
            ax.add_patch(Rectangle((left, y + step * 0.06), cell - 0.04, step * 0.88, facecolor=colour, linewidth=0))
            words = pace_text(data, half.pace, half.pace_unit)[lang]
            words = words.removesuffix("/年") if lang == "zh" else words.removesuffix(" a year")
            ax.text(
                left + cell / 2 - 0.02,
                y + step / 2,
                words,
                fontsize=size,
                va="center",
                ha="center",
                color=charts.INK,
            )
    for column in range(blocks):
        for n, years in enumerate(("2023–2025", "2025–2027")):
            at = column * (block + 0.3) + block - (2 - n) * cell + cell / 2
            ax.text(
                at,
                0.1,
                years if narrow else years + ("（每年）" if lang == "zh" else " (a year)"),
                fontsize=min(size, 7.2),
                ha="center",
                va="center",
                color=charts.MUTED,
            )


# --- cards ---------------------------------------------------------------------------------------------------------


def facts(data: Data, row) -> list[tuple[Text, Text]]:
    """Everything known about one target, as pairs of label and text."""
    gaps = gaps_of(data)
    none = text("—", "—")
    out: list[tuple[Text, Text]] = []
    goals = [(y, getattr(row, f"target_{y}")) for y in ("2023", "2025", "2027")]
    goals = [(y, v) for y, v in goals if not math.isnan(v)]
    if goals:
        shown = {
            lang: " → ".join(
                f"{gaps.quantity(v, row.unit)[lang]}{'（' if lang == 'zh' else ' ('}{y}{'）' if lang == 'zh' else ')'}"
                for y, v in goals
            )
            for lang in i18n.LANGUAGES
        }
    else:
        shown = _wordy(data, row)
    out.append((text("目标", "Target"), shown))
    out.append((text("结论", "Verdict"), status_text(row.status)))
    out.append((text("依据", "Rule"), text(row.rule_zh, row.rule_en)))
    if not math.isnan(row.actual_value):
        value = gaps.quantity(row.actual_value, row.unit)
        when, tier = period_text(row.actual_period), TIERS[row.actual_tier] if row.actual_tier else ("", "")
        quality = "" if row.actual_status == "A" else OBS_STATUSES[row.actual_status][0]
        quality_en = "" if row.actual_status == "A" else OBS_STATUSES[row.actual_status][1]
        out.append(
            (
                text("最近可比实绩", "Latest comparable actual"),
                text(
                    f"{value['zh']}（{when['zh']}，{'，'.join(x for x in (tier[0], quality) if x)}）",
                    f"{value['en']} ({when['en']}; {'; '.join(x for x in (row.actual_tier, quality_en) if x)})",
                ),
            )
        )
    if row.comparable:
        out.append(
            (
                text("可比性", "Comparability"),
                text(
                    f"{i18n.label(row.comparable, 'zh')}：{row.pair_zh}",
                    f"{i18n.label(row.comparable, 'en')}: {row.pair_en}",
                ),
            )
        )
    if not math.isnan(row.absolute_gap):
        gap = gaps.quantity(abs(row.absolute_gap), "个百分点" if row.unit == "%" else row.unit)
        over = row.absolute_gap < 0
        out.append(
            (
                text("差距", "Gap"),
                text(
                    f"{'超出' if over else '尚差'}{gap['zh']}（目标的{abs(row.relative_gap):.1%}）",
                    f"{gap['en']} {'beyond the target' if over else 'short'} ({abs(row.relative_gap):.1%} of the target)",
                ),
            )
        )
    if not math.isnan(row.required_pace):
        out.append((text("此后每年需", "Required from now"), pace_text(data, row.required_pace, row.pace_unit)))
    growths = [(n, getattr(row, f"growth_{n}")) for n in (1, 3, 5)]
    growths = [(n, v) for n, v in growths if not math.isnan(v)]
    if growths:
        out.append(
            (
                text("近年速度", "Recent pace"),
                text(
                    "；".join(f"近{n}年{pace_text(data, v, row.pace_unit)['zh']}" for n, v in growths),
                    "; ".join(
                        f"{'last year' if n == 1 else f'last {n} years'} {pace_text(data, v, row.pace_unit)['en']}"
                        for n, v in growths
                    ),
                ),
            )
        )
    if not math.isnan(row.years_late):
        pace, late = pace_text(data, row.present_pace, row.pace_unit), _late(row.years_late)
        out.append(
            (
                text("按现有速度", "At the present pace"),
                text(f"{late['zh']}（{row.present_zh}{pace['zh']}）", f"{late['en']} ({pace['en']} {row.present_en})"),
            )
        )
    if row.robustness:
        out.append(
            (
                text("是否稳健", "How firm"),
                text(
                    f"{i18n.label(row.robustness, 'zh')}：{row.robustness_zh}",
                    f"{i18n.label(row.robustness, 'en')}: {row.robustness_en}",
                ),
            )
        )
    likely = _likely(data)
    if (row.locator, row.indicator) in likely.index:
        out.append((text("达标可能性", "Chance of the target"), chance_text(likely, row)))
    if row.later_period:
        later, when = gaps.quantity(row.later_value, row.unit), period_text(row.later_period)
        out.append(
            (
                text("更近但不足一年", "Later, part of a year"),
                text(f"{later['zh']}（{when['zh']}）", f"{later['en']} ({when['en']})"),
            )
        )
    if row.unlike_period:
        other = name(data, row.unlike_indicator)
        figure = data.figure(row.other_ids.split()[-1])
        value, when = gaps.quantity(row.unlike_value, figure.unit), period_text(row.unlike_period)
        out.append(
            (
                text("疑问", "Question"),
                text(
                    f"{other['zh']}印为{value['zh']}（{when['zh']}），口径不同",
                    f"{other['en']} is printed as {value['en']} ({when['en']}): another definition",
                ),
            )
        )
    if row.needed_zh:
        out.append((text("判断所需", "Needed to judge"), text(row.needed_zh, row.needed_en)))
    return [(label, value) for label, value in out if value != none]


def cards(data: Data) -> Exhibit:
    """A fact card for every row of the plan's tables; the machine table carries every column of every target."""
    table = gaps_of(data).table()
    rows = table_rows(data)
    waiting = int((rows.needed_zh != "").sum())
    made = [
        Card(
            text(
                f"{MARKS[r.status][2]} {name(data, r.indicator)['zh']}",
                f"{MARKS[r.status][2]} {name(data, r.indicator)['en']}",
            ),
            tuple(facts(data, r)),
            tuple(" ".join([r.target_ids, r.actual_id, r.growth_ids, r.other_ids]).split()),
        )
        for r in rows.itertuples()
    ]
    shown = pd.DataFrame(
        [
            {
                "indicator": name(data, r.indicator),
                "status": status_text(r.status),
                "rule": text(r.rule_zh, r.rule_en),
                "needed": text(r.needed_zh or "—", r.needed_en or "—"),
            }
            for r in rows.itertuples()
        ]
    )
    return Exhibit(
        "target_gaps",
        text(
            f"{len(rows)}项目标逐项一张卡片，其中{waiting}项写明还缺什么数字",
            f"One card for each of {len(rows)} targets; {waiting} say which figure is missing",
        ),
        text(
            "目标、结论、依据、差距、所需速度、是否稳健与判断所需",
            "Target, verdict, rule, gap, required pace, how firm, and what is needed to judge",
        ),
        text(
            f"全部{len(table)}项目标（含正文中的目标）的每一列都在表格文件里；{waiting}项缺规划期内的可比实绩，卡片写明补哪一个数字就能判断。",
            f"Every column of all {len(table)} targets, those of the text included, is in the table file. For {waiting} no comparable actual of the "
            "plan's years is on file; their cards name the figure that would settle it.",
        ),
        shown,
        [
            INDICATOR,
            Column("status", text("结论", "Verdict")),
            Column("rule", text("依据", "Rule")),
            Column("needed", text("判断所需", "Needed to judge")),
        ],
        citations(data, _figures(rows)),
        cards=made,
        machine=table,
    )


def card(data: Data, indicator: str) -> Exhibit:
    """One indicator's fact card with the picture of its path.

    Raises
    ------
    KeyError
        If no row of the plan's tables is of this indicator; the message names them.
    """
    rows = table_rows(data)
    mine = rows[rows.indicator == indicator]
    if mine.empty:
        raise KeyError(f"no row of the plan's tables is of {indicator!r}; choose from: {', '.join(rows.indicator)}")
    row = next(mine.itertuples())
    info = name(data, indicator)
    known = facts(data, row)
    goal = _goal(data, gaps_of(data), row)
    picture = None
    if not math.isnan(row.target_2023):
        picture = path_panels(data, "panel", [indicator], title=info, subtitle=info, reading=info).draw
    return Exhibit(
        f"target_card_{indicator}",
        text(
            f"{info['zh']}：2027年目标{goal['zh']}，{i18n.label(row.status, 'zh')}",
            f"{info['en']}: {i18n.label(row.status, 'en')}, with a target of {goal['en']} for 2027",
        ),
        text("规划路径与在案实绩", "The plan's path and the actuals on file"),
        text(row.rule_zh + "。", row.rule_en[:1].upper() + row.rule_en[1:] + "."),
        pd.DataFrame([{"fact": label, "value": value} for label, value in known]),
        [Column("fact", text("项目", "Fact")), Column("value", text("内容", "Value"))],
        citations(data, _figures(mine)),
        picture,
        natives=[path_native(data, indicator, data.figures.loc[row.target_ids.split()])] if picture else [],
    )
