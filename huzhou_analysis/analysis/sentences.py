"""The words of a verdict: the rule that gave it with its numbers, the sentence that argues it, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.words import LANGUAGES, Text, clauses, number, quantity, say, text, trimmed, unit_name
from . import targets
from .compare import WHOLES, share_levels
from .evidence import GRADES

if TYPE_CHECKING:
    from .actuals import Pace, Target


# What a change a year is called, upwards and downwards, by its unit; other units increase and decrease.
_VERBS = {"%": ("增长", "下降"), "个百分点": ("提高", "降低"), "个千分点": ("提高", "降低")}
_BOUND_RULES = {
    "met": text("已达到{last}年目标{bound}", "meets the {last} target of {bound}"),
    "met_in_part_year": text(
        "期内达到{last}年目标值{bound}，全年尚无数据", "at the {last} target of {bound}; the whole year is not on file"
    ),
    "missed": text("未达到{last}年目标{bound}", "misses the {last} target of {bound}"),
    "on_track": text("达到每年{bound}的目标", "meets the goal of {bound} for each year"),
    "undecided": text("在上限{bound}以内，{last}年末方可认定", "within {bound}, to be decided in {last}"),
}
_PATHS = {
    "printed": text("规划路径", "the plan's path"),
    "implied": text("由规划前实际数到目标的路径", "the path from the last actual before the plan to the target"),
}


def both(name: str, words: Text) -> dict[str, str]:
    """A text as two cells of a row: ``name_zh`` and ``name_en``."""
    return {f"{name}_zh": words.zh, f"{name}_en": words.en}


def amount(data: Data, value: float, unit: str, relation: str = "=") -> Text:
    """A value in both languages, with as many decimals as it needs and no more than four digits call for."""
    if data.units[unit].unit_measure == "RANK":
        within = relation in ("<=", "<")
        return text(f"{'前' if within else '第'}{value:g}位", f"{'the top' if within else 'rank'} {value:g}")
    printed = trimmed(value, 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2)
    printed = printed.replace(",", "").replace("−", "-")
    return text(*(quantity(printed, unit, lang, data.units, relation=relation) for lang in LANGUAGES))


def movement(data: Data, value: float, unit: str) -> Text:
    """A change a year as prose says it, without a sign: 增长32.7%, 32.7%; 降低1.07个百分点, a fall of 1.07 pp."""
    size = text(*[f"{number(abs(value), 1)}%"] * 2) if unit == "%" else amount(data, abs(value), unit)
    up, down = _VERBS.get(unit, ("增加", "减少"))
    return say("{verb}{size}", "{verb}{size}", size=size, verb=text(up, "") if value >= 0 else text(down, "a fall of "))


def period_words(code: str) -> Text:
    return text(*(periods.parse(code).label(lang) for lang in LANGUAGES))


def rule(
    data: Data, target: Target, evidence: pd.Series, verdict: targets.Judgement, recent: Pace | None, status: str
) -> dict[str, str]:
    """The rule that gave a verdict, with its numbers."""
    unit = targets.pace_unit(targets.effective_kind(target.kind, evidence.value, target.final.obs_value), target.unit)
    words: dict[str, object] = {
        "when": period_words(evidence.time_period),
        "shown": amount(data, evidence.value, target.unit),
        "bound": amount(data, target.final.obs_value, target.unit, target.final.relation),
        "last": target.last_year,
        "year": int(evidence.year),
        "need": movement(data, verdict.required, unit) if verdict.required == verdict.required else "",
    }
    needs = text("{year}年起须年均{need}", "needs {need} a year from {year}")
    if verdict.rule == "bound":
        said = _BOUND_RULES[status]
    elif verdict.rule == "none":
        said = text(
            f"未到{{bound}}；规划未列路径，也无往年数字可比，{needs.zh}",
            f"not yet {{bound}}; the plan gives no path and no earlier year is on file; {needs.en}",
        )
    elif verdict.rule == "pace":
        words |= {"recent": movement(data, recent.change, unit), "since": recent.since}
        said = text(
            f"规划未列路径，{{since}}{{recent}}，{needs.zh}",
            f"the plan gives no path; {{recent}} {{since}}, {needs.en}",
        )
    elif verdict.status == "ahead":
        words |= {"path": _PATHS[verdict.path], "later": amount(data, verdict.due_next, target.unit)}
        said = text("已到{path}一年后的值{later}", "where {path} stands only a year later ({later})")
    else:
        words |= {"path": _PATHS[verdict.path], "due": amount(data, verdict.due, target.unit)}
        words["asked"] = movement(data, verdict.asked, unit)
        said = text(
            f"{{path}}为{{due}}；{needs.zh}，路径要求年均{{asked}}",
            f"{{path}} is at {{due}}; {needs.en}, the path asks {{asked}} a year",
        )
    return both("rule", say("{when}为{shown}，" + said.zh, "{shown} in {when}, " + said.en, **words))


def sentence(data: Data, target: Target, evidence: pd.Series, row: dict) -> dict[str, str]:
    """The verdict argued in one sentence: figure, path or bound, paces with their years, verdict, grade of evidence."""
    info = data.indicators.loc[target.first.indicator]
    said = [text(row["rule_zh"], row["rule_en"])]
    if row.get("recent_since_zh") and row.get("required_pace") == row.get("required_pace"):
        pace, since = movement(data, row["recent_pace"], row["pace_unit"]), row["recent_since_zh"]
        if since not in row["rule_zh"]:
            how = next((tail for tail in ("年均", "比上年", "同比") if since.endswith(tail)), "")
            zh = f"近期{how}{pace.zh}（{since.removesuffix(how)}）"
            said.append(text(zh, f"recent pace {pace.en} ({row['recent_since_en']})"))
        factor = row.get("acceleration")
        if factor is not None and factor > 1:
            said.append(text(f"所需为近期的{factor:.1f}倍", f"{factor:.1f} times the recent pace is needed"))
    if row.get("newer_rate") is not None:
        rate, when = movement(data, row["newer_rate"], "%"), period_words(row["newer_rate_period"])
        said.append(say("{when}同比{rate}", "{rate} in {when} on a year earlier", rate=rate, when=when))
    said += filter(None, [_level_of_share(data, target, evidence)])
    if row.get("comparable") == "with_care":
        said.append(text(f"可比性：{row['pair_zh']}", f"compared with care: {row['pair_en']}"))
    words = {"name": text(info.name_zh, info.name_en), "said": clauses(said), "letter": GRADES[row["evidence"]]}
    words["status"] = targets.STATUSES[row["status"]]
    return both(
        "sentence",
        say("{name}：{said}。结论：{status}（{letter}）。", "{name}: {said}. Verdict: {status} ({letter}).", **words),
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
    words = {
        "have": amount(data, mine.level.iloc[0], mine.unit.iloc[0]),
        "want": amount(data, plan.level.iloc[0], plan.unit.iloc[0]),
        "year": plan.time_period.iloc[0],
    }
    return say(
        "折合{have}，规划{year}年的比重与总额折合{want}",
        "that is {have}, the plan's share of the plan's total in {year} is {want}",
        **words,
    )


def needed(data: Data, target: Target, before: int | None = None) -> dict[str, str]:
    """What would have to be on file to judge a target, and why it cannot be judged as it is."""
    first, info = target.first, data.indicators.loc[target.first.indicator]
    begin = text("", "")
    if first.relation == "relative":
        want = text(
            "同一年份的两个数字：{name}，以及原文与之相比的那一个（“{printed}”）",
            "two figures of one year: {name}, and the one that the text compares it with",
        )
    elif first.span == "per_year":
        want = text("{start}年以来各年的{name}（{unit}）", "{name} ({unit}) of each year since {start}")
    elif first.span == "cumulative":
        if target.numeric.empty or periods.parse(target.final.time_period).kind != "years":
            begin = text("，以及从哪一年起算", ", and the year from which it counts")
        want = text(
            "{name}自规划起始的累计数，或期内逐年数字（{unit}）{begin}",
            "{name}: a running total since the plan began, or every single year ({unit}){begin}",
        )
    else:
        want = text("{start}年以来{name}的实际数（{unit}）", "an actual of {name} ({unit}) since {start}")
    name, why = text(info.name_zh, info.name_en), text("暂无可比的实际数", "no comparable actual is on file")
    if before is not None:
        why = text(f"最新实际数为{before}年，早于规划期", f"the latest actual is of {before}, before the plan")
    words = {"name": name, "unit": text(*(unit_name(target.unit, lang, data.units) for lang in LANGUAGES))}
    words |= {
        "start": int((first.vintage or first.time_period or "0")[:4]),
        "printed": first.as_printed,
        "begin": begin,
    }
    said = both("needed", say(want.zh, want.en, **words)) | both("rule", why)
    return said | both("sentence", say("{name}：{why}。", "{name}: {why}.", name=name, why=why))
