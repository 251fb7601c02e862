"""Fact cards of the plan's targets: what is known about each, and the figure that would settle it."""

from __future__ import annotations

import math

import pandas as pd

from ..analysis.gaps import gaps_of
from ..exhibit import Card, Column, Exhibit, citations
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.schema import OBS_STATUSES, TIERS
from ..facts.words import Text, text
from .common import INDICATOR, answering, name, pace_text, path_native, path_panels, period_text, target_figures
from .scoreboard import (
    MARKS,
    chance_text,
    figures_behind,
    goal_text,
    goals_by_year,
    late,
    likely_by_place,
    status_text,
    table_rows,
    wordy,
)

__all__ = ["card", "cards"]


def facts(data: Data, row) -> list[tuple[Text, Text]]:
    """Everything known about one target, as pairs of label and text."""
    gaps = gaps_of(data)
    none = text("—", "—")
    out: list[tuple[Text, Text]] = []
    goals = list(goals_by_year(gaps, row).items())
    if goals:
        shown = {
            lang: " → ".join(
                f"{gaps.quantity(v, row.unit)[lang]}{'（' if lang == 'zh' else ' ('}{y}{'）' if lang == 'zh' else ')'}"
                for y, v in goals
            )
            for lang in i18n.LANGUAGES
        }
    else:
        shown = wordy(data, row)
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
        pace, delay = pace_text(data, row.present_pace, row.pace_unit), late(row.years_late)
        out.append(
            (
                text("按现有速度", "At the present pace"),
                text(
                    f"{delay['zh']}（{row.present_zh}{pace['zh']}）", f"{delay['en']} ({pace['en']} {row.present_en})"
                ),
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
    likely = likely_by_place(data)
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


@answering("target_gaps", "目标逐项", "Targets one by one")
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
        citations(data, figures_behind(rows)),
        cards=made,
        machine=table,
    )


@answering("target_card_{indicator}", "目标卡片", "Fact card of a target")
def card(data: Data, indicator: str) -> Exhibit:
    """One indicator's fact card with the picture of its path; where the plan's tables have none, the ones they have."""
    rows = table_rows(data)
    mine = rows[rows.indicator == indicator]
    if mine.empty:
        known = ", ".join(rows.indicator)
        raise NotOnFile(
            f"规划指标表中 {indicator} 的目标；可选：{known}",
            f"a row of the plan's tables for {indicator!r}; choose from: {known}",
        )
    row = next(mine.itertuples())
    info = name(data, indicator)
    known = facts(data, row)
    goal = goal_text(data, gaps_of(data), row)
    picture = None
    final = max(gaps_of(data).years, default="")
    if len(goals_by_year(gaps_of(data), row)) > 1:
        picture = path_panels(data, "panel", [indicator], title=info, subtitle=info, reading=info).draw
    return Exhibit(
        f"target_card_{indicator}",
        text(
            f"{info['zh']}：{final}年目标{goal['zh']}，{i18n.label(row.status, 'zh')}",
            f"{info['en']}: {i18n.label(row.status, 'en')}, with a target of {goal['en']} for {final}",
        ),
        text("规划路径与在案实绩", "The plan's path and the actuals on file"),
        text(row.rule_zh + "。", row.rule_en[:1].upper() + row.rule_en[1:] + "."),
        pd.DataFrame([{"fact": label, "value": value} for label, value in known]),
        [Column("fact", text("项目", "Fact")), Column("value", text("内容", "Value"))],
        citations(data, figures_behind(mine)),
        picture,
        natives=[path_native(data, indicator, target_figures(data, row))] if picture else [],
    )
