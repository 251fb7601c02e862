"""On what evidence a verdict rests, whether another figure turns it, how official monitors would put it, and its words.

Progress in time (序时进度) is that of mid-term reviews; sources of the two published methods: docs/methods.md."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ..facts import periods
from ..facts.data import Data, name
from ..facts.schema import TIERS
from ..facts.words import LANGUAGES, Quantity, Text, clauses, period_text, say, text, trimmed, unit_name
from .compare import WHOLES, share_levels
from .series import YEARLY, declared_breaks, in_unit, known, levels, points, printings, whole_years
from .targets import STATUSES, WORDS, Judgement, Target, change_a_year, effective_kind, pace_unit, said, years_needed

WINDOWS = (1, 2, 3, 4, 5)
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


@dataclass(frozen=True)
class Pace:
    """A change a year that has been seen: how much, over what, and the figures behind it."""

    change: float
    since: Text
    figure_ids: str
    window: int = 0


@dataclass(frozen=True, eq=False)
class Standing:
    """A target and an actual beside it, known by a day: how fast it moves, and where it stood before the plan."""

    data: Data
    target: Target
    evidence: pd.Series
    as_of: object = None

    year = property(lambda self: int(self.evidence.year))
    value = property(lambda self: self.evidence.value)
    goal = property(lambda self: self.target.final.obs_value)
    kind = property(lambda self: effective_kind(self.target.kind, self.value, self.goal))
    speed = property(lambda self: self.recent.change if self.recent else math.nan)

    def judge(self, value: float | None = None, recent: float | None = None, straight: bool = False) -> Judgement:
        """Verdict on the actual, or on another value or pace in its place, or along a straight path."""
        value, recent = self.value if value is None else value, self.speed if recent is None else recent
        return self.target.judge(value, self.year, recent, self.base, straight)

    @cached_property
    def stretch(self) -> pd.DataFrame:
        """The whole years of the actual's series in its own stretch, in the target's unit."""
        found = whole_years(points(self.data, self.evidence.indicator, self.target.first.ref_area, as_of=self.as_of))
        exact = found.origin.isin(YEARLY) & found.relation.isin(["=", "~"])
        return in_unit(self.data, found[exact & (found.segment == self.evidence.segment)], self.target.unit)

    @cached_property
    def printings(self) -> pd.DataFrame:
        """Every printed level of the actual's period, in the unit of the target."""
        area, period = self.target.first.ref_area, self.evidence.time_period
        return in_unit(self.data, levels(self.data, self.evidence.indicator, area, period=period), self.target.unit)

    @cached_property
    def lasting_kind(self) -> str:
        """How the target moves: what was at or below zero of late, or is to be, has no growth in per cent."""
        years, start = self.stretch.year, min(self.target.start - 1, self.year - max(WINDOWS))
        lately = self.stretch.value[years.between(start, self.year)]
        return effective_kind(self.target.kind, self.value, *self.target.numeric.obs_value, *lately)

    @cached_property
    def changes(self) -> dict[int, Pace]:
        """Change a year over the last 1 to 5 years within one stretch, by the number of years."""
        if not periods.is_year(self.evidence.time_period):
            return {}
        before, year, out = self.stretch.set_index("year"), self.year, {}
        for window in (w for w in WINDOWS if year - w in before.index):
            begin, then = year - window, before.loc[year - window]
            change = change_a_year(then.value, self.value, window, effective_kind(self.kind, then.value))
            zh = f"{year}年比上年" if window == 1 else f"{begin}—{year}年年均"
            since = text(zh, f"{'a year ' * (window > 1)}from {begin} to {year}")
            out[window] = Pace(change, since, then.figure_id, window)
        return out

    @cached_property
    def printed_rate(self) -> Pace | None:
        """The newest growth rate printed for half a year or more, of the actual's year or later; for levels only."""
        if self.target.kind != "growth" or self.value <= 0:
            return None
        said = printings(self.data, "GY", self.evidence.indicator, self.target.first.ref_area, self.as_of)
        nominal = (said.prices != "constant") & (said.span != "per_year")
        said = said[nominal & (said.relation == "=") & (said.unit == "%")]
        when = {i: periods.parse(p) for i, p in said.time_period.items()}
        long = [i for i, period in when.items() if 6 <= period.months <= 12 and period.year >= self.year]
        if not long:
            return None
        last = max(long, key=lambda i: when[i].end)
        since = text(f"{when[last].label('zh')}同比", f"in {when[last].label('en')} on a year earlier")
        return Pace(float(said.obs_value[last]), since, last)

    @cached_property
    def recent(self) -> Pace | None:
        """A printed rate newer than the latest level, else the pace of three years, else the weakest that is on file."""
        rate = self.printed_rate
        if rate and periods.parse(self.data.figures.time_period[rate.figure_ids]).year > self.year:
            return rate
        weakest = min if self.target.ascending else max
        return self.changes.get(3) or weakest(self.changes.values(), key=lambda pace: pace.change, default=None)

    @cached_property
    def base(self) -> tuple[int, float] | None:
        """Last whole year before the plan in the actual's own stretch."""
        before = self.stretch[self.stretch.year < self.target.start]
        return (int(before.year.iloc[-1]), float(before.value.iloc[-1])) if len(before) else None


def grade(at: Standing) -> dict:
    """Grade of an actual from A to D, with what it counts: independent sources that agree, and the age in years of the
    figure's period when the newest figure of the tables was published, whatever the day."""
    evidence, same, tier = at.evidence, at.printings, at.data.sources.tier
    age = int(at.data.figures.vintage.max()[:4] or 0) - evidence.end.year
    agreeing = set(same.source_id[(same.low <= evidence.high) & (same.high >= evidence.low)])
    originals = {source for source in agreeing if tier[source] not in WEAK}
    count = max(1, len(originals) + (len(agreeing) > len(originals)))
    cost = min((TIER_COST[tier[source]] for source in agreeing), default=TIER_COST[evidence.tier])
    cost += (count < 2) + (age >= OLD) + (evidence.comparable != "yes")
    cost += evidence.origin in ("part_year", "sum", "ratio", "implied")
    return {"evidence": "AABBCD"[min(cost, 5)], "sources": count, "age": age}


def firmness(at: Standing, found: pd.DataFrame, verdict: Judgement) -> dict:
    """Whether another reading of the figures on file (`found` may stand beside the target) turns the verdict:
    ``fragile`` if one does, ``robust`` if other figures were tried and none does, ``untested`` if there is none."""
    readings = list(_readings(at, found[found.year >= at.target.start], verdict.rule))
    flips = [(label, STATUSES[s]) for label, s, _ in readings if s not in (None, verdict.status)]
    tried = sum(tests for _, status, tests in readings if status is not None)
    code = "fragile" if flips else "robust" if tried else "untested"
    words = [said("reading", "flips", label=label, status=status) for label, status in flips]
    words = words or [said("reading", code, n=tried, s="s" * (tried != 1))]
    words += [said("reading", "lost", label=label) for label, status, _ in readings if status is None]
    return {"robustness": code} | both("robustness", clauses(words))


def _readings(at: Standing, found: pd.DataFrame, by: str) -> Iterator[tuple]:
    """Label, verdict (None where no actual is left) and whether another figure was tried, for every other reading."""
    data, target, evidence = at.data, at.target, at.evidence

    def latest(rows: pd.DataFrame) -> str | None:
        return replace(at, evidence=rows.iloc[-1]).judge().status if len(rows) else None

    # The upper end itself is not in the interval of what was printed.
    for end in (evidence.low, evidence.high - (evidence.high - evidence.low) * 1e-6):
        if math.isfinite(end):
            yield said("reading", "end"), at.judge(end).status, False
    if periods.is_year(evidence.time_period):
        others = known(at.printings, at.as_of).sort_values(["vintage", "source_id"])
        for other in others[~others.figure_id.isin(evidence.figure_id.split())].itertuples():
            value = Quantity(other.value, data.units[target.unit], f"{other.value:.6g}")
            dated = other.vintage or WORDS["reading"]["undated"]
            yield said("reading", "vintage", vintage=dated, value=value), at.judge(other.value).status, True
    if evidence.tier in WEAK:
        better = found[~found.tier.isin(WEAK[WEAK.index(evidence.tier) :])]
        yield said("reading", "weak", tier=text(TIERS[evidence.tier][0], evidence.tier)), latest(better), True
    for code in sorted(set(found.indicator) - {evidence.indicator}):
        yield said("reading", "other", name=name(data, code)), latest(found[found.indicator == code]), True
    for start in declared_breaks(data, evidence.indicator):
        before = found[found.year < start]
        if target.start < start <= at.year and len(before):
            yield said("reading", "break", year=start), latest(before), True
    if target.kind == "growth":
        yield said("reading", "straight"), at.judge(straight=True).status, False
    if by == "pace":
        for other in at.changes.values():
            if other.change != at.speed:
                yield said("reading", "pace", since=other.since), at.judge(recent=other.change).status, False


def progress(at: Standing, status: str) -> dict:
    """The way done, (actual - base) / (target - base), and the time gone, (year - base year) / (target year - base
    year), since the last actual before the plan, and the word for it."""
    last, base = at.target.last_year, at.base
    early = {"time_progress": "completed_early"} if status == "met" and at.year < last else {}
    if base is None or base[0] >= last or math.isclose(at.goal, base[1]):
        return early
    way, time = (at.value - base[1]) / (at.goal - base[1]), (at.year - base[0]) / (last - base[0])
    word = "faster" if way > time + STEP else "lagging" if way < time - STEP else "in_step"
    return {"time_progress": word, "way_done": way, "time_gone": time} | early


def at_recent_pace(at: Standing, required: float) -> dict:
    """Acceleration factor (required over recent pace; none where that leads away), and when the recent pace arrives."""
    wait = years_needed(at.value, at.goal, at.speed, at.kind)
    reached = at.year + math.ceil(wait - 1e-9) if math.isfinite(wait) else math.inf
    factor = required / at.speed if at.speed * (1 if at.target.ascending else -1) > 0 else math.nan
    return {"acceleration": factor, "reached_in": reached, "years_late": reached - at.target.last_year}


def official(at: Standing) -> dict:
    """Classes of the same data under two published methods (docs/methods.md)."""
    if at.target.meets(at.value):
        return {"un_class": "maintain", "wri_class": "on_track"}
    known, final, base, last_year = at.stretch[at.stretch.year <= at.year], at.goal, at.base, at.target.last_year
    out = {"un_class": "insufficient_data", "wri_class": "insufficient_data"}
    years, values, left = known.year.to_numpy(float), known.value.to_numpy(float), last_year - at.year
    if len(known) < 2 or left <= 0:
        return out
    if base is not None and not math.isclose(final, base[1]):
        weights = np.sqrt(np.arange(1, len(years) + 1))  # squared residuals weigh 1, 2, ... n: recent years most
        expected = float(np.polyval(np.polyfit(years, values, 1, w=weights), last_year))
        missing = (1 if at.target.ascending else -1) * (final - expected) / abs(final - base[1])
        out["un_class"] = "maintain" if missing <= UN_GAP else "accelerate" if missing <= 1 else "reverse"
    last = years > at.year - WRI_YEARS
    if last.sum() >= 2:
        slope = float(np.polyfit(years[last], values[last], 1)[0])
        factor = (final - at.value) / left / slope if slope else -math.inf
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


def both(name: str, words: Text) -> dict[str, str]:
    """A text as two cells of a row: ``name_zh`` and ``name_en``."""
    return {f"{name}_zh": words.zh, f"{name}_en": words.en}


def amount(data: Data, value: float, unit: str, relation: str = "=") -> Quantity:
    """A value with as many decimals as it needs and no more than four digits call for."""
    places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    shown = trimmed(value, places).replace(",", "").replace("−", "-")
    return Quantity(value, data.units[unit], shown, relation=relation)


def movement(data: Data, value: float, unit: str) -> Text:
    """A change a year in words, without a sign: 增长32.7%, 32.7%; 降低1.07个百分点, a fall of 1.07 pp; 上升2位 of a rank."""
    ranks = data.units[unit].unit_measure == "RANK"
    size = Quantity(abs(value), data.units[unit]) if ranks or unit == "%" else amount(data, abs(value), unit)
    up = (value <= 0) if ranks else (value >= 0)
    zh, en = _VERBS.get(unit, ("增加", "减少"))[not up], "a fall of " if not up else "a rise of " if ranks else ""
    return say(zh + "{size}", en + "{size}", size=size)


def rule(at: Standing, verdict: Judgement, status: str) -> Text:
    """The rule that gave a verdict, with its numbers."""
    data, target, unit, pace = at.data, at.target, at.target.unit, pace_unit(at.kind, at.target.unit)
    recent = at.recent if verdict.rule == "pace" else None
    levels = {"value": at.value, "due": verdict.due, "later": verdict.due_next}
    paces = {"need": verdict.required, "asked": verdict.asked, "recent": recent.change if recent else math.nan}
    words = {name: amount(data, value, unit) for name, value in levels.items() if not math.isnan(value)}
    words |= {name: movement(data, value, pace) for name, value in paces.items() if not math.isnan(value)}
    words |= {"since": recent.since if recent else "", "path": WORDS["path"].get(verdict.path, "")}
    words |= {"bound": amount(data, at.goal, unit, target.final.relation), "last": target.last_year}
    ahead = verdict.rule == "path" and verdict.status == "ahead"
    code = status if verdict.rule == "bound" else "ahead" if ahead else verdict.rule
    why, when = said("rule", code, year=at.year, **words), period_text(at.evidence.time_period)
    return say("{when}为{value}，{why}", "{value} in {when}, {why}", when=when, value=words["value"], why=why)


def sentence(at: Standing, row: dict) -> Text:
    """The verdict argued in one sentence: figure, path or bound, paces with their years, verdict, grade of evidence."""
    data, parts = at.data, [text(row["rule_zh"], row["rule_en"])]
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
    parts += filter(None, [_level_of_share(at)])
    if row.get("comparable") == "with_care":
        parts.append(said("argument", "care", reason=text(row["pair_zh"], row["pair_en"])))
    about = {"name": name(data, at.target.first.indicator), "said": clauses(parts)}
    found = {"status": STATUSES[row["status"]], "letter": WORDS["grade"][row["evidence"]]}
    return said("argument", "verdict", **about, **found)


def _level_of_share(at: Standing) -> Text | None:
    """What a share amounts to, beside what the plan's share of the plan's total amounts to in its first year."""
    code, goal = at.evidence.indicator, at.target.first
    if code != goal.indicator or WHOLES.get(code) not in at.data.indicators.index:
        return None
    found = share_levels(at.data, code, goal.ref_area)
    mine = found[(found.role == "actual") & (found.time_period == at.evidence.time_period)]
    plan = found[found.role == "target"]
    if mine.empty or plan.empty:
        return None
    have, want = (amount(at.data, f.level.iloc[0], f.unit.iloc[0]) for f in (mine, plan))
    return said("argument", "share", have=have, want=want, year=plan.time_period.iloc[0])


def needed(data: Data, target: Target, why: Text) -> dict[str, str]:
    """What would have to be on file to judge a target, and why it cannot be judged as it is."""
    first, named = target.first, name(data, target.first.indicator)
    dated = len(target.numeric) and periods.parse(target.final.time_period).kind == "years"
    start = (first.vintage or first.time_period or "0")[:4]
    unit = text(*(unit_name(target.unit, lang, data.units) for lang in LANGUAGES))
    words = {"name": named, "unit": unit, "start": start, "printed": first.as_printed}
    words["begin"] = "" if dated else WORDS["needed"]["begin"]
    code = "relative" if first.relation == "relative" else first.span
    want = said("needed", code if code in ("relative", "per_year", "cumulative") else "other", **words)
    return both("needed", want) | both("rule", why) | both("sentence", said("argument", "none", name=named, why=why))
