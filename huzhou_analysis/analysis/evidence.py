"""On what evidence a verdict rests, whether another figure turns it, how official monitors would put it, and its words.

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
from ..facts.words import LANGUAGES, Text, clauses, number, period_text, quantity, say, text, trimmed, unit_name
from .actuals import Actuals, Pace, Target
from .compare import WHOLES, share_levels
from .series import declared_breaks, in_unit, known, levels
from .targets import STATUSES, WORDS, Judgement, effective_kind, pace_unit, years_needed

GRADES, TIME_PROGRESS = WORDS["grade"], WORDS["progress"]
# What a source costs; one source alone, an old, derived or part-year figure, and a definition to be compared with care
# cost one each. Up to 1 is A, 2 and 3 are B, 4 is C, more is D.
TIER_COST = {"official": 0, "yearbook": 0, "press": 1, "mirror": 2, "compilation": 2, "secondary": 3, "promotional": 5}
OLD = 3
WEAK = ("compilation", "secondary")
# Points of the way by which progress may differ from the time gone and still be broadly as expected.
STEP = 0.05
# Share of the progress required that may be missing at the end of the plan, and still none be called missing.
UN_GAP = 0.10
WRI_YEARS = 5
_GOOD = {"met", "met_in_part_year", "ahead", "on_track"}
# What a change a year is called, upwards and downwards, by its unit; other units increase and decrease.
_VERBS = {"%": ("增长", "下降"), "个百分点": ("提高", "降低"), "个千分点": ("提高", "降低"), "位次": ("上升", "下降")}


def _printings(data: Data, target: Target, evidence: pd.Series) -> pd.DataFrame:
    """Every printed level of the actual's period, in the unit of the target."""
    found = levels(data, evidence.indicator, target.first.ref_area, period=evidence.time_period)
    return in_unit(data, found, target.unit)


def grade(data: Data, target: Target, evidence: pd.Series) -> dict:
    """Grade of an actual from A to D, with what it counts: independent sources that agree, and age in years.

    The age is that of the figure's period when the newest figure of the tables was published, whatever the day.
    """
    age = int(data.figures.vintage.max()[:4] or 0) - evidence.end.year
    same, tier = _printings(data, target, evidence), data.sources.tier
    agreeing = set(same.source_id[(same.low <= evidence.high) & (same.high >= evidence.low)])
    originals = {source for source in agreeing if tier[source] not in WEAK}
    count = max(1, len(originals) + (len(agreeing) > len(originals)))
    cost = min((TIER_COST[tier[source]] for source in agreeing), default=TIER_COST[evidence.tier])
    cost += (count < 2) + (age >= OLD) + (evidence.comparable != "yes")
    cost += evidence.origin in ("part_year", "sum", "ratio", "implied")
    return {"evidence": "AABBCD"[min(cost, 5)], "sources": count, "age": age}


def firmness(gaps: Actuals, target: Target, evidence: pd.Series, found: pd.DataFrame, judged: tuple) -> dict:
    """Whether the verdict turns under another reading of the figures on file.

    ``fragile`` where one turns it, ``robust`` where other figures were tried and none does, ``untested`` where there is none.
    `judged` are the verdict, the recent pace and the base that it came from.
    """
    readings = list(_readings(gaps, target, evidence, found, judged))
    flips = [(label, STATUSES[s]) for label, s, _ in readings if s not in (None, judged[0].status)]
    tried = sum(tests for _, status, tests in readings if status is not None)
    code = "fragile" if flips else "robust" if tried else "untested"
    words = [said("reading", "flips", label=label, status=status) for label, status in flips]
    words = words or [said("reading", code, n=tried, s="s" * (tried != 1))]
    words += [said("reading", "lost", label=label) for label, status, _ in readings if status is None]
    return {"robustness": code} | both("robustness", clauses(words))


def _readings(gaps, target, evidence: pd.Series, found: pd.DataFrame, judged: tuple) -> Iterator[tuple]:
    """Label, verdict (None where no actual is left) and whether another figure was tried, for every other reading."""
    (verdict, recent, base), data, year = judged, gaps.data, int(evidence.year)
    speed = recent.change if recent else math.nan
    found = found[found.year >= target.start]

    def again(value: float, pace: float = speed, **options) -> str:
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
            yield said("reading", "end"), again(end), False
    if periods.is_year(evidence.time_period):
        others = known(_printings(data, target, evidence), gaps.as_of).sort_values(["vintage", "source_id"])
        for other in others[~others.figure_id.isin(evidence.figure_id.split())].itertuples():
            value = text(*(quantity(f"{other.value:.6g}", target.unit, lang, data.units) for lang in LANGUAGES))
            dated = other.vintage or WORDS["reading"]["undated"]
            yield said("reading", "vintage", vintage=dated, value=value), again(other.value), True
    if evidence.tier in WEAK:
        better = found[~found.tier.isin(WEAK[WEAK.index(evidence.tier) :])]
        yield said("reading", "weak", tier=text(TIERS[evidence.tier][0], evidence.tier)), latest(better), True
    for name in sorted(set(found.indicator) - {evidence.indicator}):
        yield said("reading", "other", name=named(data, name)), latest(found[found.indicator == name]), True
    for start in declared_breaks(data, evidence.indicator):
        before = found[found.year < start]
        if target.start < start <= year and len(before):
            yield said("reading", "break", year=start), latest(before), True
    if target.kind == "growth":
        yield said("reading", "straight"), again(evidence.value, straight=True), False
    if verdict.rule == "pace":
        for other in gaps.changes(target, evidence).values():
            if other.change != speed:
                yield said("reading", "pace", since=other.since), again(evidence.value, other.change), False


def progress(target: Target, evidence: pd.Series, status: str, base: tuple[int, float] | None) -> dict:
    """Share of the way done and of the time gone since the last actual before the plan, and the word for it.

    way = (actual - base) / (target - base); time = (year - base year) / (target year - base year).
    """
    early = {"time_progress": "completed_early"} if status == "met" and evidence.year < target.last_year else {}
    final = target.final.obs_value
    if base is None or base[0] >= target.last_year or math.isclose(final, base[1]):
        return early
    way = (evidence.value - base[1]) / (final - base[1])
    time = (int(evidence.year) - base[0]) / (target.last_year - base[0])
    word = "faster" if way > time + STEP else "lagging" if way < time - STEP else "in_step"
    return {"time_progress": word, "way_done": way, "time_gone": time} | early


def at_recent_pace(target: Target, evidence: pd.Series, required: float, recent: float) -> dict:
    """Acceleration factor (required over recent pace; none where that leads away), and when the recent pace arrives."""
    kind = effective_kind(target.kind, evidence.value, target.final.obs_value)
    wait = years_needed(evidence.value, target.final.obs_value, recent, kind)
    reached = int(evidence.year) + math.ceil(wait - 1e-9) if math.isfinite(wait) else math.inf
    factor = required / recent if recent * (1 if target.ascending else -1) > 0 else math.nan
    return {"acceleration": factor, "reached_in": reached, "years_late": reached - target.last_year}


def official(target: Target, evidence: pd.Series, stretch: pd.DataFrame, base: tuple[int, float] | None) -> dict:
    """Classes of the same data under two published methods (docs/methods.md)."""
    if target.meets(evidence.value):
        return {"un_class": "maintain", "wri_class": "on_track"}
    known, final = stretch[stretch.year <= evidence.year], target.final.obs_value
    out = {"un_class": "insufficient_data", "wri_class": "insufficient_data"}
    years, values, left = known.year.to_numpy(float), known.value.to_numpy(float), target.last_year - int(evidence.year)
    if len(known) < 2 or left <= 0:
        return out
    if base is not None and not math.isclose(final, base[1]):
        weights = np.sqrt(np.arange(1, len(years) + 1))  # squared residuals weigh 1, 2, ... n: recent years most
        expected = float(np.polyval(np.polyfit(years, values, 1, w=weights), target.last_year))
        missing = (1 if target.ascending else -1) * (final - expected) / abs(final - base[1])
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
    counts once. `gaps` is :func:`~huzhou_analysis.target_gaps` with ``full=True``.
    """
    once = _counted(gaps)[lambda g: g.target.notna()]
    by = once.groupby("status")
    out = pd.DataFrame({"targets": by.size(), "indicators": by.indicator.agg(lambda v: " ".join(dict.fromkeys(v)))})
    grades = pd.crosstab(once.status, once.evidence).reindex(columns=list("ABCD"), fill_value=0)
    out = out.join(grades).assign(share=out.targets / len(once)).rename_axis("status")
    out = out.loc[[status for status in STATUSES if status in out.index]]
    return out.reset_index()[["status", "targets", "share", *"ABCD", "indicators"]]


def official_verdicts(gaps: pd.DataFrame) -> pd.DataFrame:
    """Our verdict beside two published methods, for every target that can be judged.

    ``locator``, ``indicator``, ``status``, ``un_class``, ``wri_class`` and ``turns``: whether one of the two calls good
    what we do not, or the other way round (what lacks data turns nothing).
    """
    rows = _counted(gaps)[lambda g: g.un_class != ""]
    good, turns = rows.status.isin(_GOOD), False
    for method, word in (("un_class", "maintain"), ("wri_class", "on_track")):
        turns |= ((rows[method] == word) != good) & (rows[method] != "insufficient_data")
    return rows[["locator", "indicator", "status", "un_class", "wri_class"]].assign(turns=turns).reset_index(drop=True)


def _counted(gaps: pd.DataFrame) -> pd.DataFrame:
    if "counted" not in gaps:
        raise ValueError("this needs all columns: hz.target_gaps(data, full=True)")
    return gaps[gaps.counted]


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
    shown = (
        trimmed(value, 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2).replace(",", "").replace("−", "-")
    )
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
    start, unit = (
        (first.vintage or first.time_period or "0")[:4],
        [unit_name(target.unit, la, data.units) for la in LANGUAGES],
    )
    words = {"name": name, "unit": text(*unit), "start": start, "printed": first.as_printed}
    words["begin"] = "" if dated else WORDS["needed"]["begin"]
    code = "relative" if first.relation == "relative" else first.span
    want = said("needed", code if code in ("relative", "per_year", "cumulative") else "other", **words)
    return both("needed", want) | both("rule", why) | both("sentence", said("argument", "none", name=name, why=why))
