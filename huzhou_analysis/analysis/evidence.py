"""On what evidence a verdict rests: a grade of the figure, and the verdict again under every other figure on file."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.schema import TIERS
from ..facts.words import LANGUAGES, Text, clauses, quantity, text
from . import targets
from .actuals import Actuals, Target
from .series import declared_breaks, in_unit, known, levels

GRADES = {
    "A": text("证据充分", "strong evidence"),
    "B": text("证据较好", "fair evidence"),
    "C": text("证据有限", "limited evidence"),
    "D": text("证据薄弱", "weak evidence"),
}
# What a source costs; one source alone, an old, derived or part-year figure, and a definition to be compared with care
# cost one each. Up to 1 is A, 2 and 3 are B, 4 is C, more is D.
TIER_COST = {"official": 0, "yearbook": 0, "press": 1, "mirror": 2, "compilation": 2, "secondary": 3, "promotional": 5}
OLD = 3
WEAK = ("compilation", "secondary")


def _printings(data: Data, target: Target, evidence: pd.Series) -> pd.DataFrame:
    """Every printed level of the actual's period, in the unit of the target."""
    found = levels(data, evidence.indicator, target.first.ref_area, period=evidence.time_period)
    return in_unit(data, found, target.unit)


def grade(data: Data, target: Target, evidence: pd.Series) -> dict:
    """Grade of an actual from A to D, with what it counts: independent sources that agree, and age in years.

    The age is that of the figure's period when the newest figure of the tables was published: the same tables give the
    same grade whatever the day.
    """
    newest = max((v[:4] for v in data.figures.vintage if v), default="0")
    age = int(newest) - evidence.end.year
    same = _printings(data, target, evidence)
    agreeing = set(same.source_id[(same.low <= evidence.high) & (same.high >= evidence.low)])
    originals = {s for s in agreeing if data.sources.tier[s] not in WEAK}
    count = max(1, len(originals) + (len(agreeing) > len(originals)))
    best = min((data.sources.tier[s] for s in agreeing), key=TIER_COST.get, default=evidence.tier)
    cost = TIER_COST[best] + (count < 2) + (age >= OLD) + (evidence.comparable != "yes")
    cost += evidence.origin in ("part_year", "sum", "ratio", "implied")
    return {
        "evidence": "A" if cost <= 1 else "B" if cost <= 3 else "C" if cost == 4 else "D",
        "sources": count,
        "age": age,
    }


def firmness(gaps: Actuals, target: Target, evidence: pd.Series, found: pd.DataFrame, facts: dict) -> dict:
    """Whether the verdict turns under another reading of the figures on file.

    ``fragile`` where one turns it, ``robust`` where other figures were tried and none does, ``untested`` where there
    is no other figure. The ends of the rounding interval, a straight path and other stretches for the pace are tried
    too; they can turn a verdict but are no test of the figure.
    """
    flips, lost, tried = [], [], 0
    for label, status, tests in _readings(gaps, target, evidence, found, facts):
        if status is None:
            lost.append(text(f"{label.zh}则无可用实际数", f"{label.en}: no actual is left"))
            continue
        tried += tests
        if status != facts["verdict"].status:
            word = targets.STATUSES[status]
            flips.append(text(f"{label.zh}则为“{word.zh}”", f"{label.en}: {word.en}"))
    code = "fragile" if flips else "robust" if tried else "untested"
    if code == "robust":
        flips = [text(f"换用其他{tried}个数字结论不变", f"the same under {tried} other figure{'s' * (tried != 1)}")]
    elif code == "untested":
        flips = [text("没有同期的其他公布数可供核对", "no other figure of the same period to test it with")]
    words = clauses([*flips, *lost])
    return {"robustness": code, "robustness_zh": words.zh, "robustness_en": words.en}


def _readings(
    gaps: Actuals, target: Target, evidence: pd.Series, found: pd.DataFrame, facts: dict
) -> Iterator[tuple[Text, str | None, bool]]:
    """Label, verdict (None where no actual is left) and whether another figure was tried, for every other reading."""
    data, year, base = gaps.data, int(evidence.year), facts["base"]
    speed = facts["recent"].change if facts["recent"] else math.nan
    found = found[found.year >= target.start]

    def verdict(value: float, pace: float = speed, **options) -> str:
        return target.judge(value, year, pace, base, **options).status

    def latest(rows: pd.DataFrame) -> str | None:
        if rows.empty:
            return None
        one = rows.iloc[-1]
        recent = gaps.recent(target, one)
        pace = recent.change if recent else math.nan
        return target.judge(one.value, int(one.year), pace, gaps.base(target, one)).status

    # The upper end itself is not in the interval of what was printed.
    for end in (evidence.low, evidence.high - (evidence.high - evidence.low) * 1e-6):
        if math.isfinite(end):
            yield text("取舍入区间端点", "at an end of the rounding interval"), verdict(end), False
    if periods.is_year(evidence.time_period):
        others = known(_printings(data, target, evidence), gaps.as_of).sort_values(["vintage", "source_id"])
        for other in others[~others.figure_id.isin(evidence.figure_id.split())].itertuples():
            zh, en = (quantity(f"{other.value:.6g}", target.unit, lang, data.units) for lang in LANGUAGES)
            dated = other.vintage or "未注明日期", other.vintage or "no date"
            label = text(f"按{dated[0]}版本的{zh}", f"by the vintage of {dated[1]} ({en})")
            yield label, verdict(other.value), True
    if evidence.tier in WEAK:
        better = found[~found.tier.isin(WEAK[WEAK.index(evidence.tier) :])]
        label = text(f"不用{TIERS[evidence.tier][0]}来源", f"without {evidence.tier} sources")
        yield label, latest(better), True
    for name in sorted(set(found.indicator) - {evidence.indicator}):
        info = data.indicators.loc[name]
        yield text(f"按{info.name_zh}", f"by {info.name_en}"), latest(found[found.indicator == name]), True
    for start in declared_breaks(data, evidence.indicator):
        before = found[found.year < start]
        if target.start < start <= year and len(before):
            label = text(f"只用{start}年断点之前的数字", f"by the figures before the break of {start}")
            yield label, latest(before), True
    if target.kind == "growth":
        yield text("路径改按直线", "with a straight path"), verdict(evidence.value, straight=True), False
    if facts["verdict"].rule == "pace":
        for other in gaps.changes(target, evidence).values():
            if other.change != speed:
                label = text(f"按{other.since.zh}的变化", f"at the pace {other.since.en}")
                yield label, verdict(evidence.value, other.change), False
