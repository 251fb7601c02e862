"""The words of a verdict: the rule that gave it with its numbers, the sentence that argues it, what is missing."""

from __future__ import annotations

import math

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.words import LANGUAGES, Text, clauses, number, period_text, quantity, say, text, trimmed, unit_name
from . import targets
from .actuals import Pace, Target
from .compare import WHOLES, share_levels
from .evidence import GRADES

# What a change a year is called, upwards and downwards, by its unit; other units increase and decrease.
_VERBS = {"%": ("增长", "下降"), "个百分点": ("提高", "降低"), "个千分点": ("提高", "降低"), "位次": ("上升", "下降")}
_NEEDS = text("{year}年起须年均{need}", "needs {need} a year from {year}")
# What a rule says: that of a bound by the verdict, the others by what the value is held against.
_RULES = {
    "met": text("已达到{last}年目标{bound}", "meets the {last} target of {bound}"),
    "met_in_part_year": text(
        "期内达到{last}年目标值{bound}，全年尚无数据", "at the {last} target of {bound}; the whole year is not on file"
    ),
    "missed": text("未达到{last}年目标{bound}", "misses the {last} target of {bound}"),
    "on_track": text("达到每年{bound}的目标", "meets the goal of {bound} for each year"),
    "undecided": text("在上限{bound}以内，{last}年末方可认定", "within {bound}, to be decided in {last}"),
    "none": text(
        "未到{bound}；规划未列路径，也无往年数字可比，" + _NEEDS.zh,
        "not yet {bound}; the plan gives no path and no earlier year is on file; " + _NEEDS.en,
    ),
    "pace": text(
        "规划未列路径，{since}{recent}，" + _NEEDS.zh, "the plan gives no path; {recent} {since}, " + _NEEDS.en
    ),
    "ahead": text("已到{path}一年后的值{later}", "where {path} stands only a year later ({later})"),
    "path": text(
        "{path}为{due}；" + _NEEDS.zh + "，路径要求年均{asked}",
        "{path} is at {due}; " + _NEEDS.en + ", the path asks {asked} a year",
    ),
}
_PATHS = {
    "": "",
    "printed": text("规划路径", "the plan's path"),
    "implied": text("由规划前实际数到目标的路径", "the path from the last actual before the plan to the target"),
}
# What would settle a target: of growth relative to another, of a goal for each year, of a total, of any other.
_NEEDED = {
    "relative": text(
        "同一年份的两个数字：{name}，以及原文与之相比的那一个（“{printed}”）",
        "two figures of one year: {name}, and the one that the text compares it with",
    ),
    "per_year": text("{start}年以来各年的{name}（{unit}）", "{name} ({unit}) of each year since {start}"),
    "cumulative": text(
        "{name}自规划起始的累计数，或期内逐年数字（{unit}）{begin}",
        "{name}: a running total since the plan began, or every single year ({unit}){begin}",
    ),
    "": text("{start}年以来{name}的实际数（{unit}）", "an actual of {name} ({unit}) since {start}"),
}


def both(name: str, words: Text) -> dict[str, str]:
    """A text as two cells of a row: ``name_zh`` and ``name_en``."""
    return {f"{name}_zh": words.zh, f"{name}_en": words.en}


def amount(data: Data, value: float, unit: str, relation: str = "=") -> Text:
    """A value in both languages, with as many decimals as it needs and no more than four digits call for."""
    shown = trimmed(value, 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2)
    shown = shown.replace(",", "").replace("−", "-")
    return text(*(quantity(shown, unit, lang, data.units, relation=relation) for lang in LANGUAGES))


def movement(data: Data, value: float, unit: str) -> Text:
    """A change a year as prose says it, without a sign: 增长32.7%, 32.7%; 降低1.07个百分点, a fall of 1.07 pp.

    A rank rises as its number falls: 上升2位, a rise of 2 places.
    """
    ranks, size = data.units[unit].unit_measure == "RANK", amount(data, abs(value), unit)
    if ranks:
        size = text(*(quantity(abs(value), unit, lang, data.units) for lang in LANGUAGES))
    elif unit == "%":
        size = text(*[f"{number(abs(value), 1)}%"] * 2)
    up = (value <= 0) if ranks else (value >= 0)
    zh = _VERBS.get(unit, ("增加", "减少"))[not up]
    return text(zh + size.zh, ("a fall of " if not up else "a rise of " if ranks else "") + size.en)


def rule(
    data: Data, target: Target, evidence: pd.Series, verdict: targets.Judgement, recent: Pace | None, status: str
) -> dict[str, str]:
    """The rule that gave a verdict, with its numbers."""
    pace = targets.pace_unit(targets.effective_kind(target.kind, evidence.value, target.final.obs_value), target.unit)

    def shown(value: float | None, say_it, unit: str) -> Text | str:
        return "" if value is None or math.isnan(value) else say_it(data, value, unit)

    words = {
        "when": period_text(evidence.time_period),
        "value": amount(data, evidence.value, target.unit),
        "bound": amount(data, target.final.obs_value, target.unit, target.final.relation),
        "last": target.last_year,
        "year": int(evidence.year),
        "need": shown(verdict.required, movement, pace),
        "asked": shown(verdict.asked, movement, pace),
        "recent": shown(recent and recent.change, movement, pace),
        "since": recent.since if recent else "",
        "path": _PATHS[verdict.path],
        "due": shown(verdict.due, amount, target.unit),
        "later": shown(verdict.due_next, amount, target.unit),
    }
    ahead = verdict.rule == "path" and verdict.status == "ahead"
    said = _RULES[status if verdict.rule == "bound" else "ahead" if ahead else verdict.rule]
    return both("rule", say("{when}为{value}，" + said.zh, "{value} in {when}, " + said.en, **words))


def sentence(data: Data, target: Target, evidence: pd.Series, row: dict) -> dict[str, str]:
    """The verdict argued in one sentence: figure, path or bound, paces with their years, verdict, grade of evidence."""
    info = data.indicators.loc[target.first.indicator]
    said = [text(row["rule_zh"], row["rule_en"])]
    if row.get("recent_since_zh") and not math.isnan(row.get("required_pace", math.nan)):
        pace, since = movement(data, row["recent_pace"], row["pace_unit"]), row["recent_since_zh"]
        if since not in row["rule_zh"]:
            how = next((tail for tail in ("年均", "比上年", "同比") if since.endswith(tail)), "")
            zh = f"近期{how}{pace.zh}（{since.removesuffix(how)}）"
            said.append(text(zh, f"recent pace {pace.en} ({row['recent_since_en']})"))
        if (factor := row.get("acceleration", 0)) > 1:
            said.append(text(f"所需为近期的{factor:.1f}倍", f"{factor:.1f} times the recent pace is needed"))
    if row.get("newer_rate") is not None:
        rate, when = movement(data, row["newer_rate"], "%"), period_text(row["newer_rate_period"])
        said.append(say("{when}同比{rate}", "{rate} in {when} on a year earlier", rate=rate, when=when))
    said += filter(None, [_level_of_share(data, target, evidence)])
    if row.get("comparable") == "with_care":
        said.append(text(f"可比性：{row['pair_zh']}", f"compared with care: {row['pair_en']}"))
    words = {"name": text(info.name_zh, info.name_en), "said": clauses(said), "letter": GRADES[row["evidence"]]}
    zh, en = "{name}：{said}。结论：{status}（{letter}）。", "{name}: {said}. Verdict: {status} ({letter})."
    return both("sentence", say(zh, en, status=targets.STATUSES[row["status"]], **words))


def _level_of_share(data: Data, target: Target, evidence: pd.Series) -> Text | None:
    """What a share amounts to, beside what the plan's share of the plan's total amounts to in its first year."""
    known = WHOLES.get(evidence.indicator) in data.indicators.index
    if not known or evidence.indicator != target.first.indicator:
        return None
    found = share_levels(data, evidence.indicator, target.first.ref_area)
    mine = found[(found.role == "actual") & (found.time_period == evidence.time_period)]
    plan = found[found.role == "target"]
    if mine.empty or plan.empty:
        return None
    have, want = (amount(data, f.level.iloc[0], f.unit.iloc[0]) for f in (mine, plan))
    return say(
        "折合{have}，规划{year}年的比重与总额折合{want}",
        "that is {have}, the plan's share of the plan's total in {year} is {want}",
        have=have,
        want=want,
        year=plan.time_period.iloc[0],
    )


def needed(data: Data, target: Target, before: int | None = None) -> dict[str, str]:
    """What would have to be on file to judge a target, and why it cannot be judged as it is."""
    first, info = target.first, data.indicators.loc[target.first.indicator]
    name, why = text(info.name_zh, info.name_en), text("暂无可比的实际数", "no comparable actual is on file")
    if before is not None:
        why = text(f"最新实际数为{before}年，早于规划期", f"the latest actual is of {before}, before the plan")
    dated = len(target.numeric) and periods.parse(target.final.time_period).kind == "years"
    words = {
        "name": name,
        "unit": text(*(unit_name(target.unit, lang, data.units) for lang in LANGUAGES)),
        "start": int((first.vintage or first.time_period or "0")[:4]),
        "printed": first.as_printed,
        "begin": "" if dated else text("，以及从哪一年起算", ", and the year from which it counts"),
    }
    want = _NEEDED.get("relative" if first.relation == "relative" else first.span, _NEEDED[""])
    said = both("needed", say(want.zh, want.en, **words)) | both("rule", why)
    return said | both("sentence", say("{name}：{why}。", "{name}: {why}.", name=name, why=why))
