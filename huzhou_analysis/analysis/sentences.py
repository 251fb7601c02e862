"""The words of a verdict: the rule that gave it with its numbers, the sentence that argues it, what is missing."""

from __future__ import annotations

import math

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.words import LANGUAGES, Text, clauses, number, period_text, quantity, say, text, trimmed, unit_name
from .actuals import Pace, Target
from .compare import WHOLES, share_levels
from .targets import STATUSES, WORDS, Judgement, effective_kind, pace_unit

# What a change a year is called, upwards and downwards, by its unit; other units increase and decrease.
_VERBS = {"%": ("增长", "下降"), "个百分点": ("提高", "降低"), "个千分点": ("提高", "降低"), "位次": ("上升", "下降")}


def said(use: str, code: str, **values: object) -> Text:
    """A text of ``words.csv``, filled in."""
    words = WORDS[use][code]
    return say(words.zh, words.en, **values)


def both(name: str, words: Text) -> dict[str, str]:
    """A text as two cells of a row: ``name_zh`` and ``name_en``."""
    return {f"{name}_zh": words.zh, f"{name}_en": words.en}


def named(data: Data, indicator: str) -> Text:
    return text(data.indicators.name_zh[indicator], data.indicators.name_en[indicator])


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


def rule(data: Data, target: Target, evidence: pd.Series, verdict: Judgement, recent: Pace | None, status: str) -> Text:
    """The rule that gave a verdict, with its numbers."""
    final, unit = target.final, target.unit
    pace = pace_unit(effective_kind(target.kind, evidence.value, final.obs_value), unit)
    levels = {"value": evidence.value, "due": verdict.due, "later": verdict.due_next}
    paces = {"need": verdict.required, "asked": verdict.asked, "recent": recent.change if recent else math.nan}
    words = {name: amount(data, value, unit) for name, value in levels.items() if not math.isnan(value)}
    words |= {name: movement(data, value, pace) for name, value in paces.items() if not math.isnan(value)}
    words |= {"since": recent.since if recent else "", "path": WORDS["path"].get(verdict.path, "")}
    words |= {"bound": amount(data, final.obs_value, unit, final.relation), "last": target.last_year}
    ahead = verdict.rule == "path" and verdict.status == "ahead"
    code = status if verdict.rule == "bound" else "ahead" if ahead else verdict.rule
    why, when = said("rule", code, year=int(evidence.year), **words), period_text(evidence.time_period)
    return say("{when}为{value}，{why}", "{value} in {when}, {why}", when=when, value=words["value"], why=why)


def sentence(data: Data, target: Target, evidence: pd.Series, row: dict) -> Text:
    """The verdict argued in one sentence: figure, path or bound, paces with their years, verdict, grade of evidence."""
    parts = [text(row["rule_zh"], row["rule_en"])]
    if row.get("recent_since_zh") and not math.isnan(row.get("required_pace", math.nan)):
        pace, since = movement(data, row["recent_pace"], row["pace_unit"]), row["recent_since_zh"]
        if since not in row["rule_zh"]:
            how = next((tail for tail in ("年均", "比上年", "同比") if since.endswith(tail)), "")
            since = text(since.removesuffix(how), row["recent_since_en"])
            parts.append(said("argument", "recent", how=how, pace=pace, since=since))
        if row.get("acceleration", 0) > 1:
            parts.append(said("argument", "faster", factor=row["acceleration"]))
    if row.get("newer_rate") is not None:
        rate, when = movement(data, row["newer_rate"], "%"), period_text(row["newer_rate_period"])
        parts.append(said("argument", "newer", rate=rate, when=when))
    parts += filter(None, [_level_of_share(data, target, evidence)])
    if row.get("comparable") == "with_care":
        parts.append(said("argument", "care", reason=text(row["pair_zh"], row["pair_en"])))
    about = {"name": named(data, target.first.indicator), "said": clauses(parts)}
    found = {"status": STATUSES[row["status"]], "letter": WORDS["grade"][row["evidence"]]}
    return said("argument", "verdict", **about, **found)


def _level_of_share(data: Data, target: Target, evidence: pd.Series) -> Text | None:
    """What a share amounts to, beside what the plan's share of the plan's total amounts to in its first year."""
    own = evidence.indicator == target.first.indicator
    if not own or WHOLES.get(evidence.indicator) not in data.indicators.index:
        return None
    found = share_levels(data, evidence.indicator, target.first.ref_area)
    mine = found[(found.role == "actual") & (found.time_period == evidence.time_period)]
    plan = found[found.role == "target"]
    if mine.empty or plan.empty:
        return None
    have, want = (amount(data, f.level.iloc[0], f.unit.iloc[0]) for f in (mine, plan))
    return said("argument", "share", have=have, want=want, year=plan.time_period.iloc[0])


def needed(data: Data, target: Target, why: Text) -> dict[str, str]:
    """What would have to be on file to judge a target, and why it cannot be judged as it is."""
    first, name = target.first, named(data, target.first.indicator)
    dated = len(target.numeric) and periods.parse(target.final.time_period).kind == "years"
    words = {
        "name": name,
        "unit": text(*(unit_name(target.unit, lang, data.units) for lang in LANGUAGES)),
        "start": int((first.vintage or first.time_period or "0")[:4]),
        "printed": first.as_printed,
        "begin": "" if dated else WORDS["needed"]["begin"],
    }
    code = "relative" if first.relation == "relative" else first.span
    want = said("needed", code if code in ("relative", "per_year", "cumulative") else "other", **words)
    return both("needed", want) | both("rule", why) | both("sentence", said("argument", "none", name=name, why=why))
