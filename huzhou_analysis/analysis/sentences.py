"""The words of a verdict: the rule that gave it with its numbers, the sentence that argues it, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.words import LANGUAGES, Text, number, quantity, text, unit_name
from . import targets
from .compare import WHOLES, share_levels
from .evidence import GRADES

if TYPE_CHECKING:
    from .actuals import Pace, Target


def joined(a: Text, b: Text) -> Text:
    """Two clauses as one text."""
    return text(f"{a['zh']}；{b['zh']}", f"{a['en']}; {b['en']}")


def _both(name: str, words: Text) -> dict[str, str]:
    return {f"{name}_zh": words["zh"], f"{name}_en": words["en"]}


def amount(data: Data, value: float, unit: str, relation: str = "=") -> Text:
    """A value in both languages, with as many decimals as it needs and no more than four digits call for."""
    if data.units[unit].unit_measure == "RANK":
        within = relation in ("<=", "<")
        return text(
            f"前{value:g}位" if within else f"第{value:g}位", f"the top {value:g}" if within else f"rank {value:g}"
        )
    places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    printed = f"{value:.{places}f}"
    printed = printed.rstrip("0").rstrip(".") if "." in printed else printed
    return text(*(quantity(printed, unit, lang, data.units, relation=relation) for lang in LANGUAGES))


def pace_words(data: Data, value: float, pace_unit: str) -> Text:
    """A change with its unit: +3.0%, +1.07 pp, +500."""
    if pace_unit == "%":
        return text(*[number(value, 1, sign=True) + "%"] * 2)
    shown = amount(data, abs(value), pace_unit)
    sign = "−" if value < 0 else "+"
    return text(sign + shown["zh"], sign + shown["en"])


def period_words(code: str) -> Text:
    return text(*(periods.parse(code).label(lang) for lang in LANGUAGES))


def rule(
    data: Data, target: Target, evidence: pd.Series, verdict: targets.Judgement, recent: Pace | None, status: str
) -> dict[str, str]:
    """The rule that gave a verdict, with its numbers."""
    when, shown = period_words(evidence.time_period), amount(data, evidence.value, target.unit)
    bound, last = amount(data, target.final.obs_value, target.unit, target.final.relation), target.last_year
    lead = text(f"{when['zh']}为{shown['zh']}", f"{shown['en']} in {when['en']}")
    if verdict.rule == "bound":
        words = {
            "met": (f"已达到{last}年目标{bound['zh']}", f"meets the {last} target of {bound['en']}"),
            "met_in_part_year": (
                f"期内达到{last}年目标值{bound['zh']}，全年尚无数据",
                f"at the {last} target of {bound['en']}; the whole year is not on file",
            ),
            "missed": (f"未达到{last}年目标{bound['zh']}", f"misses the {last} target of {bound['en']}"),
            "on_track": (f"达到每年{bound['zh']}的目标", f"meets the goal of {bound['en']} for each year"),
            "undecided": (
                f"在上限{bound['zh']}以内，{last}年末方可认定",
                f"within {bound['en']}, to be decided in {last}",
            ),
        }[status]
        return _both("rule", text(f"{lead['zh']}，{words[0]}", f"{lead['en']}, {words[1]}"))
    kind = targets.effective_kind(target.kind, evidence.value, target.final.obs_value)
    unit = targets.pace_unit(kind, target.unit)
    need = pace_words(data, verdict.required, unit)
    needed_zh = f"{evidence.year}年起每年需{need['zh']}"
    needed_en = f"{need['en']} a year is needed from {evidence.year}"
    if verdict.rule == "none":
        return _both(
            "rule",
            text(
                f"{lead['zh']}，未到{bound['zh']}；规划未列路径，也无往年数字可算速度，{needed_zh}",
                f"{lead['en']}, not yet {bound['en']}; no path is printed and no earlier year is on file; {needed_en}",
            ),
        )
    if verdict.rule == "pace":
        pace = pace_words(data, recent.change, unit)
        return _both(
            "rule",
            text(
                f"{lead['zh']}；规划未列路径，{recent.since['zh']}{pace['zh']}，{needed_zh}",
                f"{lead['en']}; no path is printed; {pace['en']} {recent.since['en']}, {needed_en}",
            ),
        )
    due, later = amount(data, verdict.due, target.unit), amount(data, verdict.due_next, target.unit)
    asked = pace_words(data, verdict.asked, unit)
    name = {
        "printed": ("规划路径", "the plan's path"),
        "implied": ("由规划前实绩到目标的路径", "the path from the last actual before the plan to the target"),
    }[verdict.path]
    if verdict.status == "ahead":
        zh, en = f"已到{name[0]}一年后的值{later['zh']}", f"where {name[1]} stands only a year later ({later['en']})"
        return _both("rule", text(f"{lead['zh']}，{zh}", f"{lead['en']}, {en}"))
    return _both(
        "rule",
        text(
            f"{lead['zh']}，{name[0]}为{due['zh']}；{needed_zh}，路径要求{asked['zh']}",
            f"{lead['en']}, {name[1]} is at {due['en']}; {needed_en}, the path asks {asked['en']}",
        ),
    )


def sentence(data: Data, target: Target, evidence: pd.Series, row: dict) -> dict[str, str]:
    """The verdict argued in one sentence: figure, path or bound, paces with their years, verdict, grade of evidence."""
    info = data.indicators.loc[target.first.indicator]
    status, letter = targets.STATUSES[row["status"]], GRADES[row["evidence"]]
    zh, en = [row["rule_zh"]], [row["rule_en"]]
    if row.get("recent_since_zh") and row.get("required_pace") == row.get("required_pace"):
        pace = pace_words(data, row["recent_pace"], row["pace_unit"])
        if pace["zh"] not in row["rule_zh"]:
            zh.append(f"近期速度{pace['zh']}（{row['recent_since_zh']}）")
            en.append(f"recent pace {pace['en']} ({row['recent_since_en']})")
        factor = row.get("acceleration")
        if factor is not None and factor > 1:
            zh.append(f"须为近期速度的{factor:.1f}倍")
            en.append(f"{factor:.1f} times the recent pace")
    if row.get("newer_rate") is not None:
        rate, when = number(row["newer_rate"], 1, sign=True), period_words(row["newer_rate_period"])
        zh.append(f"{when['zh']}同比{rate}%")
        en.append(f"{rate}% in {when['en']} over a year before")
    dollars = _level_of_share(data, target, evidence)
    if dollars:
        zh.append(dollars["zh"])
        en.append(dollars["en"])
    if row.get("comparable") == "with_care":
        zh.append(f"可比性：{row['pair_zh']}")
        en.append(f"compared with care: {row['pair_en']}")
    return _both(
        "sentence",
        text(
            f"{info.name_zh}：{'；'.join(zh)}。结论：{status['zh']}（{letter['zh']}）。",
            f"{info.name_en}: {'; '.join(en)}. Verdict: {status['en']} ({letter['en']}).",
        ),
    )


def _level_of_share(data: Data, target: Target, evidence: pd.Series) -> Text | None:
    """What a share amounts to, beside what the plan's share of the plan's total amounts to in its first year."""
    known = WHOLES.get(evidence.indicator) in data.indicators.index
    if not known or evidence.indicator != target.first.indicator:
        return None
    levels = share_levels(data, evidence.indicator, target.first.ref_area)
    mine = levels[(levels.role == "actual") & (levels.time_period == evidence.time_period)]
    plan = levels[levels.role == "target"]
    if mine.empty or plan.empty:
        return None
    have = amount(data, mine.level.iloc[0], mine.unit.iloc[0])
    want = amount(data, plan.level.iloc[0], plan.unit.iloc[0])
    year = plan.time_period.iloc[0]
    return text(
        f"折合{have['zh']}，规划{year}年的比重与总额折合{want['zh']}",
        f"that is {have['en']}, the plan's share of the plan's total in {year} is {want['en']}",
    )


def needed(data: Data, target: Target, before: int | None = None) -> dict[str, str]:
    """What would have to be on file to judge a target, and why it cannot be judged as it is."""
    first, info = target.first, data.indicators.loc[target.first.indicator]
    name = text(info.name_zh, info.name_en)
    unit = {lang: unit_name(target.unit, lang, data.units) for lang in LANGUAGES}
    start = int((first.vintage or first.time_period or "0")[:4])
    if first.relation == "relative":
        want = text(
            f"同一年份的两个数字：{name['zh']}，以及原文与之相比的那一个（“{first.as_printed}”）",
            f"two figures of one year: {name['en']}, and the one that the text compares it with",
        )
    elif first.span == "per_year":
        want = text(
            f"{start}年以来各年的{name['zh']}（{unit['zh']}）",
            f"{name['en']} ({unit['en']}) of each year since {start}",
        )
    elif first.span == "cumulative":
        stated = not target.numeric.empty and periods.parse(target.final.time_period).kind == "years"
        begin = text("", "") if stated else text("，以及从哪一年起算", ", and the year from which it counts")
        want = text(
            f"{name['zh']}自规划起始的累计数，或期内逐年数字（{unit['zh']}）{begin['zh']}",
            f"{name['en']}: a running total since the plan began, or every single year ({unit['en']}){begin['en']}",
        )
    else:
        want = text(
            f"{start}年以来{name['zh']}的实绩（{unit['zh']}）",
            f"an actual of {name['en']} ({unit['en']}) since {start}",
        )
    why = text("没有可比的实绩", "no comparable actual is on file")
    if before is not None:
        why = text(f"最近的实绩为{before}年，早于规划期", f"the latest actual is of {before}, before the plan")
    return (
        _both("needed", want)
        | _both("rule", why)
        | _both("sentence", text(f"{name['zh']}：{why['zh']}。", f"{name['en']}: {why['en']}."))
    )
