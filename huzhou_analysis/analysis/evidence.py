"""On what evidence a verdict rests: a grade of the figure, and the verdict again under every other figure on file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.schema import TIERS
from ..facts.words import LANGUAGES, Text, quantity, text
from . import targets
from .series import declared_breaks, known

if TYPE_CHECKING:
    from .actuals import Actuals, Target

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


def clauses(texts: Iterable[Text]) -> Text:
    """Clauses as one text, with semicolons between."""
    texts = list(texts)
    return text("；".join(one.zh for one in texts), "; ".join(one.en for one in texts))


def grade(data: Data, target: Target, evidence: pd.Series) -> dict:
    """Grade of an actual from A to D, with what it counts: independent sources that agree, and age in years.

    The age is that of the figure's period when the newest figure of the tables was published: the same tables give the
    same grade whatever the day.
    """
    newest = max((v[:4] for v in data.figures.vintage if v), default="0")
    age = int(newest) - evidence.end.year
    same = data.select(evidence.indicator, target.first.ref_area, record_type="actual", transformation="N")
    same = same[(same.time_period == evidence.time_period) & (same.obs_text != "") & (same.corrected != "exclude")]
    agreeing = {f.source_id for _, f in same.iterrows() if _agrees(data, f, target.unit, evidence)}
    originals = {s for s in agreeing if data.sources.tier[s] not in WEAK}
    count = max(1, len(originals) + (len(agreeing) > len(originals)))
    best = min((data.sources.tier[s] for s in agreeing), key=TIER_COST.get, default=evidence.tier)
    cost = TIER_COST[best] + (count < 2) + (age >= OLD) + (evidence.comparable != "yes")
    cost += (evidence.origin == "part_year") + (evidence.origin in ("sum", "ratio", "implied"))
    letter = "A" if cost <= 1 else "B" if cost <= 3 else "C" if cost == 4 else "D"
    return {"evidence": letter, "sources": count, "age": age}


def _agrees(data: Data, figure: pd.Series, unit: str, evidence: pd.Series) -> bool:
    if not data.units.comparable(figure.unit, unit):
        return False
    low, high = (data.interval(figure) * data.units.factor(figure.unit, unit)).floats
    return low <= evidence.high and evidence.low <= high


def firmness(gaps: Actuals, target: Target, evidence: pd.Series, found: pd.DataFrame, facts: dict) -> dict:
    """Whether the verdict turns under another reading of the figures on file.

    ``fragile`` where one turns it, ``robust`` where other figures were tried and none does, ``untested`` where there
    is no other figure. The ends of the rounding interval, a straight path and other stretches for the pace are tried
    too; they can turn a verdict but are no test of the figure.
    """
    flips, lost, tried = [], [], 0
    for label, status, tests in _readings(gaps, target, evidence, found, facts):
        if status is None:
            lost.append(text(f"{label['zh']}则无可用实际数", f"{label['en']}: no actual is left"))
            continue
        tried += tests
        if status != facts["verdict"].status:
            word = targets.STATUSES[status]
            flips.append(text(f"{label['zh']}则为“{word['zh']}”", f"{label['en']}: {word['en']}"))
    code = "fragile" if flips else "robust" if tried else "untested"
    if not flips:
        zh = f"换用其他{tried}个数字结论不变" if tried else "没有同期的其他公布数可供核对"
        en = (
            f"the same under {tried} other figure{'s' * (tried != 1)}"
            if tried
            else "no other figure of the same period to test it with"
        )
        flips = [text(zh, en)]
    words = clauses([*flips, *lost])
    return {"robustness": code, "robustness_zh": words.zh, "robustness_en": words.en}


def _readings(
    gaps: Actuals, target: Target, evidence: pd.Series, found: pd.DataFrame, facts: dict
) -> Iterator[tuple[Text, str | None, bool]]:
    """Label, verdict (None where no actual is left) and whether another figure was tried, for every other reading."""
    data, year, base = gaps.data, int(evidence.year), facts["base"]
    speed = facts["recent"].change if facts["recent"] else math.nan
    found = found[found.year >= target.start]

    def latest(rows: pd.DataFrame) -> str | None:
        if rows.empty:
            return None
        one = rows.iloc[-1]
        recent = gaps.recent(target, one)
        return target.judge(
            one.value, int(one.year), recent.change if recent else math.nan, gaps.base(target, one)
        ).status

    for end in (evidence.low, evidence.high):
        if math.isfinite(end):
            # The upper end itself is not in the interval of what was printed.
            inside = end - (evidence.high - evidence.low) * 1e-6 if end == evidence.high else end
            yield (
                text("取舍入区间端点", "at an end of the rounding interval"),
                target.judge(inside, year, speed, base).status,
                False,
            )
    yield from _other_printings(gaps, target, evidence, speed, base)
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
        label = text("路径改按直线", "with a straight path")
        yield label, target.judge(evidence.value, year, speed, base, straight=True).status, False
    if facts["verdict"].rule == "pace":
        for other in gaps.changes(target, evidence).values():
            if other.change != speed:
                label = text(f"按{other.since.zh}的变化", f"at the pace {other.since.en}")
                yield label, target.judge(evidence.value, year, other.change, base).status, False


def _other_printings(
    gaps: Actuals, target: Target, evidence: pd.Series, speed: float, base: tuple[int, float] | None
) -> Iterator[tuple[Text, str, bool]]:
    """The verdict on every other printing of the same year."""
    data, where = gaps.data, {"record_type": "actual", "transformation": "N", "period": evidence.time_period}
    if not periods.is_year(evidence.time_period):
        return
    printed = known(data.select(evidence.indicator, target.first.ref_area, **where), gaps.as_of)
    for other_id, other in printed[printed.obs_text != ""].sort_values(["vintage", "source_id"]).iterrows():
        if other_id not in evidence.figure_id.split() and data.units.comparable(other.unit, target.unit):
            value = data.units.convert(other.obs_value, other.unit, target.unit)
            shown = {lang: quantity(f"{value:.6g}", target.unit, lang, data.units) for lang in LANGUAGES}
            label = text(
                f"按{other.vintage or '未注明日期'}版本的{shown['zh']}",
                f"by the vintage of {other.vintage or 'no date'} ({shown['en']})",
            )
            yield label, target.judge(value, int(evidence.year), speed, base).status, True
