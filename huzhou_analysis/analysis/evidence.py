"""On what evidence a verdict rests, whether another figure turns it, and how official monitors would put it.

Progress in time (序时进度) sets the share of the way done against the share of the time gone, in the words of mid-term
reviews; two published methods class the same data beside our verdict (docs/methods.md has the sources).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
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
TIME_PROGRESS = {
    "completed_early": text("提前完成", "completed early"),
    "faster": text("快于预期", "faster than expected"),
    "in_step": text("基本符合预期", "broadly as expected"),
    "lagging": text("滞后于预期", "behind what was expected"),
}
# Points of the way by which progress may differ from the time gone and still be broadly as expected.
STEP = 0.05
# Share of the progress required that may be missing at the end of the plan, and still none be called missing.
UN_GAP = 0.10
WRI_YEARS = 5
_GOOD = {"met", "met_in_part_year", "ahead", "on_track"}


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


# --- what official monitors report -----------------------------------------------------------------------------------


def progress(target: Target, evidence: pd.Series, status: str, base: tuple[int, float] | None) -> dict:
    """Share of the way done and of the time gone since the last actual before the plan, and the word for it.

    way = (actual - base) / (target - base); time = (year - base year) / (target year - base year).
    """
    out: dict = {"time_progress": "completed_early"} if status == "met" and evidence.year < target.last_year else {}
    final = target.final.obs_value
    if base is None or base[0] >= target.last_year or math.isclose(final, base[1]):
        return out
    way = (evidence.value - base[1]) / (final - base[1])
    time = (int(evidence.year) - base[0]) / (target.last_year - base[0])
    word = "faster" if way > time + STEP else "lagging" if way < time - STEP else "in_step"
    numbers = {"way_done": way, "time_gone": time, "base_year": base[0], "base_value": base[1]}
    return {"time_progress": word} | numbers | out


def at_recent_pace(target: Target, evidence: pd.Series, required: float, recent: float) -> dict:
    """Acceleration factor (required over recent pace) and the first year that the recent pace reaches the target.

    A pace that leads away from the target, or nowhere, has no factor and never arrives.
    """
    towards = 1 if target.ascending else -1
    kind = targets.effective_kind(target.kind, evidence.value, target.final.obs_value)
    wait = targets.years_needed(evidence.value, target.final.obs_value, recent, kind)
    reached = int(evidence.year) + math.ceil(wait - 1e-9) if math.isfinite(wait) else math.inf
    return {
        "acceleration": required / recent if recent * towards > 0 else math.nan,
        "reached_in": reached,
        "years_late": reached - target.last_year,
    }


def official(
    target: Target, evidence: pd.Series, stretch: pd.DataFrame, base: tuple[int, float] | None, met: bool
) -> dict:
    """Classes of the same data under two published methods (docs/methods.md)."""
    if met:
        return {"un_class": "maintain", "wri_class": "on_track"}
    known = stretch[stretch.year <= evidence.year]
    out = {"un_class": "insufficient_data", "wri_class": "insufficient_data"}
    years, values, final = known.year.to_numpy(float), known.value.to_numpy(float), target.final.obs_value
    towards = 1 if target.ascending else -1
    left = target.last_year - int(evidence.year)
    if len(known) < 2 or left <= 0:
        return out
    if base is not None and not math.isclose(final, base[1]):
        weights = np.sqrt(np.arange(1, len(years) + 1))  # squared residuals weigh 1, 2, ... n: recent years most
        expected = float(np.polyval(np.polyfit(years, values, 1, w=weights), target.last_year))
        missing = towards * (final - expected) / abs(final - base[1])
        out["un_class"] = "maintain" if missing <= UN_GAP else "accelerate" if missing <= 1 else "reverse"
    last = years > int(evidence.year) - WRI_YEARS
    if last.sum() >= 2:
        slope = float(np.polyfit(years[last], values[last], 1)[0])
        factor = (final - evidence.value) / left / slope if slope else -math.inf
        ordered = [(factor <= 0, "wrong_direction"), (factor <= 1, "on_track"), (factor < 2, "off_track")]
        out["wri_class"] = next((name for holds, name in ordered if holds), "well_off_track")
    return out


def roll_up(gaps: pd.DataFrame) -> pd.DataFrame:
    """The plan as a whole: how many targets have which status, and on what evidence.

    One row a status that occurs, in the order of ``targets.STATUSES``: ``status``, ``targets``, ``share`` (of all
    targets), ``A`` to ``D`` (how many rest on such evidence), ``indicators``. A target that is printed several times
    counts once. `gaps` is :func:`~huzhou_analysis.analysis.gaps.target_gaps` with ``full=True``.
    """
    once = _full(gaps)[lambda g: g.counted & g.target.notna()]
    by = once.groupby("status")
    out = pd.DataFrame({"targets": by.size(), "indicators": by.indicator.agg(lambda v: " ".join(dict.fromkeys(v)))})
    grades = pd.crosstab(once.status, once.evidence).reindex(columns=list("ABCD"), fill_value=0)
    out = out.join(grades).assign(share=out.targets / len(once)).rename_axis("status")
    out = out.loc[[status for status in targets.STATUSES if status in out.index]]
    return out.reset_index()[["status", "targets", "share", *"ABCD", "indicators"]]


def official_verdicts(gaps: pd.DataFrame) -> pd.DataFrame:
    """Our verdict beside two published methods, for every target that can be judged.

    ``locator``, ``indicator``, ``status``, ``un_class``, ``wri_class`` and ``turns``: whether one of the two calls good
    what we do not, or the other way round (what lacks data turns nothing).
    """
    rows = _full(gaps)[lambda g: g.counted & (g.un_class != "")]
    good = rows.status.isin(_GOOD)
    un = (rows.un_class == "maintain") != good
    wri = (rows.wri_class == "on_track") != good
    turns = (un & (rows.un_class != "insufficient_data")) | (wri & (rows.wri_class != "insufficient_data"))
    return rows[["locator", "indicator", "status", "un_class", "wri_class"]].assign(turns=turns).reset_index(drop=True)


def _full(gaps: pd.DataFrame) -> pd.DataFrame:
    if "counted" not in gaps:
        raise ValueError("this needs all columns: hz.target_gaps(data, full=True)")
    return gaps
