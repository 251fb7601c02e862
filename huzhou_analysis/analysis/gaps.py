"""The gap of every target: the actual it is set against, what is needed from now, the verdict, and how firm that is.

One way through: a target's printed path (:mod:`~huzhou_analysis.targets`), the latest actual that ``pairs.csv`` allows
beside it, the verdict of :func:`~huzhou_analysis.targets.judge`, then the same verdict under every other reading that
the figures on file allow. A target is never measured against another target, nor against an actual of before its plan.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import pandas as pd

from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data
from ..facts.schema import TIERS
from ..facts.words import Text, text
from . import targets
from .series import known, series, vintages
from .targets import Judgement

# One column for each year of the plan takes the place of YEARS: target_2023, verdict_2023.
_COLUMNS = [
    "indicator",
    "ref_area",
    "theme",
    "locator",
    "ascending",
    "relation",
    "commitment",
    "span",
    "unit",
    "target_YEARS",
    "in_words",
    "final_period",
    "final_target",
    "comparable",
    "pair_zh",
    "pair_en",
    "actual_indicator",
    "actual_value",
    "actual_period",
    "actual_status",
    "actual_tier",
    "actual_source",
    "verdict_YEARS",
    "absolute_gap",
    "relative_gap",
    "years_left",
    "required_pace",
    "growth_1",
    "growth_3",
    "growth_5",
    "present_pace",
    "present_zh",
    "present_en",
    "pace_unit",
    "years_late",
    "path_value",
    "path_gap",
    "status",
    "rule_zh",
    "rule_en",
    "robustness",
    "robustness_zh",
    "robustness_en",
    "later_value",
    "later_period",
    "unlike_value",
    "unlike_period",
    "unlike_indicator",
    "needed_zh",
    "needed_en",
    "target_ids",
    "restated_ids",
    "actual_id",
    "growth_ids",
    "other_ids",
]
_NUMBERS = (
    "final_target",
    "actual_value",
    "absolute_gap",
    "relative_gap",
    "years_left",
    "required_pace",
    "growth_1",
    "growth_3",
    "growth_5",
    "present_pace",
    "years_late",
    "path_value",
    "path_gap",
    "later_value",
    "unlike_value",
)
JUDGED = ("met", "ahead", "on_track", "behind", "far_behind", "missed", "open")
WINDOWS = (1, 2, 3, 4, 5)
_NAN = math.nan


@dataclass(frozen=True)
class Evidence:
    """The actual that a target is set against, in the target's unit."""

    value: float
    low: float
    high: float
    year: int
    period: str
    origin: str
    status: str
    tier: str
    source_id: str
    figure_id: str
    indicator: str
    segment: int
    comparable: str
    reason: Text


@dataclass(frozen=True)
class Pace:
    """A change a year that has been seen: how much, over what, and the figures behind it."""

    change: float
    since: Text
    figure_ids: str
    window: int = 0


@dataclass(frozen=True)
class Target:
    """One target of a plan: its figures, and the path that its verdict runs along.

    ``path`` maps years to values; a goal of the text that restates the last year of a table's row runs along that row.
    """

    figures: pd.DataFrame
    unit: str
    kind: str
    path: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def first(self) -> pd.Series:
        return self.figures.iloc[0]

    @cached_property
    def numeric(self) -> pd.DataFrame:
        return _numeric(self.figures)

    @cached_property
    def final(self) -> pd.Series:
        return self.numeric.iloc[-1]

    @property
    def start(self) -> int:
        """First year in which an actual can say anything about the plan: that of its publication."""
        return int((self.first.vintage or min(self.path))[:4])

    def judge(
        self, ascending: bool, value: float, year: int, recent: float = _NAN, geometric: bool | None = None
    ) -> Judgement:
        return targets.judge(
            value, year, self.path, self.final.relation, ascending, self.kind, recent=recent, geometric=geometric
        )


def gap_columns(years: Sequence[int]) -> list[str]:
    """Columns of :func:`target_gaps` for a plan that sets targets for some years; the last one's verdict is the status."""
    out = []
    for column in _COLUMNS:
        stem, _, named = column.rpartition("_")
        out += [column] if named != "YEARS" else [f"{stem}_{y}" for y in (years if stem == "target" else years[:-1])]
    return out


def target_gaps(data: Data, as_of: str | None = None) -> pd.DataFrame:
    """One row for each target of the plan's tables and each goal that its text sets for its last year or every year.

    Parameters
    ----------
    data : Data
    as_of : str, optional
        Only what had been published by then (ISO date).

    Returns
    -------
    DataFrame
        Columns :func:`gap_columns`, with ``target_…`` and ``verdict_…`` for each year of the plan, in the order of the documents. Values are in ``unit`` as printed, ``relative_gap`` is
        a fraction of the target; ``required_pace`` (NaN once met), ``growth_1/3/5`` and ``present_pace`` are changes a
        year in ``pace_unit`` (% for levels, 个百分点 for percentages, else the unit). ``years_late`` at the present pace
        is negative for early and infinite where that pace leads away from the target. ``status`` is ``met``,
        ``ahead``, ``on_track``, ``behind``, ``far_behind``, ``missed``, ``open``, ``not_comparable`` or
        ``no_figure_on_file``; ``robustness`` is ``robust``, ``fragile`` (another reading of the same figures gives
        another verdict), ``single_source`` (without one weak source there is none) or empty. Where nothing comparable
        is on file the gap is empty and ``needed_zh/en`` says what is missing.

    Examples
    --------
    >>> gaps = hz.target_gaps(data)
    >>> gaps[gaps.indicator == "fdi_utilized"][["final_target", "unit", "status"]]  # doctest: +SKIP
    >>> hz.target_gaps(data, as_of="2024-06-30")  # what was known then  # doctest: +SKIP
    """
    return gaps_of(data, as_of).table()


@lru_cache(maxsize=8)
def gaps_of(data: Data, as_of: str | None = None) -> Gaps:
    """The :class:`Gaps` of a set of tables, made once."""
    return Gaps(data, as_of)


class Gaps:
    """Everything that the gap of a target needs, read once: the targets, the pairs, the series.

    Parameters
    ----------
    data : Data
    as_of : str, optional
        Only what had been published by then (ISO date).
    """

    def __init__(self, data: Data, as_of: str | None = None) -> None:
        self.data, self.as_of = data, as_of
        self.goals = known(data.figures[data.figures.record_type == "target"], as_of)

    # --- targets ---------------------------------------------------------------------------------------------------

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years that the plan's tables set targets for."""
        return targets.plan_years(self.data)

    @cached_property
    def targets(self) -> list[Target]:
        """Targets in the order of the documents."""
        table = targets.table_targets(self.data)
        plan = self.goals[self.goals.source_id.isin(set(table.source_id))]
        whole_plan = plan.time_period.eq(str(max(self.years, default=""))) | plan.time_period.str.contains("/P\\d+Y")
        plan = plan[plan.index.isin(table.index) | plan.relation.eq("relative") | (whole_plan & plan.obs_text.ne(""))]
        groups = plan.groupby(["locator", "indicator", "ref_area", "commitment", "unit", "span"], sort=False)
        order = {name: i for i, name in enumerate(dict.fromkeys(self.data.outline.locator))}
        ordered = sorted((group for _, group in groups), key=lambda g: order[g.locator.iloc[0]])
        rows = table[(table.obs_text != "") & table.time_period.map(periods.is_year).astype(bool)]
        return [self._target(group, rows) for group in ordered]

    def _target(self, group: pd.DataFrame, rows: pd.DataFrame) -> Target:
        first = group.iloc[0]
        out = Target(group, first.unit, targets.pace_kind(self.data, first.indicator, first.unit))
        if first.span == "cumulative":
            out = replace(out, kind="units")
        path = {f.time_period: f.obs_value for _, f in out.numeric.iterrows()}
        same = rows[(rows.indicator == first.indicator) & (rows.ref_area == first.ref_area)]
        for _, row in same.groupby("locator"):
            other = {
                f.time_period: self.data.units.convert(f.obs_value, f.unit, first.unit)
                for _, f in row.iterrows()
                if self.data.units.comparable(f.unit, first.unit)
            }
            if len(path) == 1 and first.span != "cumulative" and other.get(max(path)) == path[max(path)]:
                path = other
        return replace(out, path=path)

    # --- evidence --------------------------------------------------------------------------------------------------

    def points(self, indicator: str, area: str) -> pd.DataFrame:
        """The assembled series of an indicator, as far as it was known."""
        return series(self.data, indicator, area, as_of=self.as_of)

    def pairs(self, indicator: str) -> list[tuple[str, str, Text]]:
        """Actual indicators declared beside a target's, with comparability and reason; its own where none is declared."""
        rows = self.data.pairs[self.data.pairs.target_indicator == indicator]
        out = [(r.actual_indicator, r.comparable, text(r.reason_zh, r.reason_en)) for r in rows.itertuples()]
        if indicator not in set(rows.actual_indicator):
            undeclared = text("同一指标，尚未在 pairs.csv 声明", "one indicator, not yet declared in pairs.csv")
            out.append((indicator, "with_care", undeclared))
        return out

    def candidates(self, target: Target, comparable: tuple[str, ...] = ("yes", "with_care")) -> list[Evidence]:
        """Printed actuals that may stand beside a target, oldest first.

        Whole years and dates count. A share of part of a year counts with care, a running total of things at a date
        beside a cumulative goal likewise; a flow of part of a year never does.
        """
        found = []
        for indicator, allowed, reason in self.pairs(target.first.indicator):
            if allowed not in comparable:
                continue
            for p in self.points(indicator, target.first.ref_area).itertuples():
                if not self.data.units.comparable(p.unit, target.unit):
                    continue
                care = None
                if p.origin == "part_year":
                    care = self._part_of_a_year(p, target)
                    if care is None:
                        continue
                elif p.origin != "printed" or target.first.span == "cumulative":
                    continue
                how = "with_care" if care and allowed == "yes" else allowed
                why = _joined(reason, care) if care else reason
                scale = self.data.units.factor(p.unit, target.unit)
                low, high = sorted((p.low * float(scale), p.high * float(scale)))
                found.append(
                    Evidence(
                        self.data.units.convert(p.value, p.unit, target.unit),
                        low,
                        high,
                        p.year,
                        p.time_period,
                        p.origin,
                        p.obs_status,
                        p.tier,
                        p.source_id,
                        p.figure_id,
                        indicator,
                        p.segment,
                        how,
                        why,
                    )
                )
        own = target.first.indicator
        return sorted(
            found,
            key=lambda e: (
                periods.parse(e.period).end,
                e.comparable == "yes",
                e.indicator == own,
                e.origin == "printed",
            ),
        )

    def _part_of_a_year(self, point, target: Target) -> Text | None:
        period = periods.parse(point.time_period)
        if period.kind in ("month", "day") and target.first.span == "cumulative":
            return text("截至该日的累计数", "a running total up to that date")
        if self.data.units[target.unit].is_share and target.first.span != "cumulative":
            return text(f"仅为{period.label('zh')}的比重", f"a share of {period.label('en')} only")
        return None

    def break_years(self, indicator: str) -> list[int]:
        """Years in which a series begins anew, as ``indicators.csv`` declares them (``2022: why; 2014: why``)."""
        found = re.findall(r"(?:^|; )(\d{4})((?: and \d{4})*):", self.data.indicators.breaks[indicator])
        return sorted(int(y) for first, more in found for y in [first, *re.findall(r"\d{4}", more)])

    # --- pace ------------------------------------------------------------------------------------------------------

    def changes(self, target: Target, evidence: Evidence) -> dict[int, Pace]:
        """Change a year over the last 1 to 5 years where figures allow, by the number of years.

        Never across a break: neither one that a figure's status marks nor one that ``indicators.csv`` declares.
        """
        points = self.points(evidence.indicator, target.first.ref_area)
        points = points[
            points.origin.isin(["printed", "implied"])
            & (points.segment == evidence.segment)
            & points.relation.isin(["=", "~"])
            & points.time_period.map(periods.is_year).astype(bool)
        ]
        if not periods.is_year(evidence.period) or evidence.figure_id not in set(points.figure_id):
            return {}
        breaks = self.break_years(evidence.indicator)
        out = {}
        for window in WINDOWS:
            begin = evidence.year - window
            before = points[points.year == begin]
            if len(before) == 1 and not any(begin < b <= evidence.year for b in breaks):
                then = self.data.units.convert(before.value.iloc[0], before.unit.iloc[0], target.unit)
                change = targets.change_a_year(then, evidence.value, window, target.kind)
                since = text(f"{begin}年以来", f"since {begin}")
                out[window] = Pace(change, since, before.figure_id.iloc[0], window)
        return out

    def later_rate(self, target: Target, evidence: Evidence) -> Pace | None:
        """A growth rate printed for half or more of the year after the latest actual: newer than any two levels."""
        if target.kind != "growth":
            return None
        rates = known(
            self.data.select(evidence.indicator, target.first.ref_area, record_type="actual", transformation="GY"),
            self.as_of,
        )
        rates = rates[
            (rates.prices != "constant")
            & (rates.relation == "=")
            & (rates.unit == "%")
            & (rates.corrected != "exclude")
        ]
        rates = rates[rates.time_period != ""]
        ends = rates.time_period.map(periods.parse)
        later = [p.months >= 6 and p.year == evidence.year + 1 for p in ends]
        rates = rates[later]
        if rates.empty:
            return None
        last = rates.loc[rates.time_period.map(lambda p: periods.parse(p).end).idxmax()]
        when = periods.parse(last.time_period)
        since = text(f"{when.label('zh')}同比", f"in {when.label('en')} over a year before")
        return Pace(float(last.obs_value), since, last.name)

    def present(self, target: Target, evidence: Evidence) -> Pace | None:
        """The present pace: a printed rate newer than the latest level, else that of the last three years, else the
        weakest of the stretches on file.
        """
        changes = self.changes(target, evidence)
        rate = self.later_rate(target, evidence)
        if rate or not changes:
            return rate
        ascending = bool(self.data.indicators.ascending[target.first.indicator])
        return changes.get(3) or (min if ascending else max)(changes.values(), key=lambda pace: pace.change)

    # --- rows ------------------------------------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """One row for each target (see :func:`target_gaps`)."""
        return self._table.copy()

    @cached_property
    def _table(self) -> pd.DataFrame:
        out = pd.DataFrame([self.row(target) for target in self.targets], columns=gap_columns(self.years))
        return out.astype(dict.fromkeys(_NUMBERS, float)) if out.empty else out

    def row(self, target: Target) -> dict:
        """One row of :func:`target_gaps`."""
        first, info = target.first, self.data.indicators.loc[target.first.indicator]
        row = dict.fromkeys(gap_columns(self.years), "") | dict.fromkeys(_NUMBERS, _NAN)
        printed = {f.time_period: f.obs_value for _, f in target.numeric.iterrows()}
        row |= {
            **{
                name: first[name]
                for name in ("indicator", "ref_area", "locator", "relation", "commitment", "span", "unit")
            },
            "theme": info.theme,
            "ascending": bool(info.ascending),
            **{f"target_{year}": printed.get(year, _NAN) for year in map(str, self.years)},
            "in_words": first.as_printed if target.numeric.empty else "",
            "target_ids": " ".join(target.figures.index),
            "growth_ids": "",
        }
        if target.numeric.empty:
            return row | self._nothing(target)
        row |= {
            "final_period": target.final.time_period,
            "final_target": target.final.obs_value,
            "relation": target.final.relation,
            "restated_ids": " ".join(self._restated(target)),
        }
        if first.span in ("cumulative", "per_year"):
            return row | self._counted(target)
        return row | self._against_path(target, bool(info.ascending))

    def _restated(self, target: Target) -> list[str]:
        final = target.final
        same = self.goals[
            (self.goals.indicator == final.indicator)
            & (self.goals.ref_area == final.ref_area)
            & (self.goals.time_period == final.time_period)
            & (self.goals.obs_value == final.obs_value)
            & (self.goals.unit == final.unit)
        ]
        return [i for i in same.index if i not in target.figures.index]

    def _against_path(self, target: Target, ascending: bool) -> dict:
        found = self.candidates(target)
        out = self._unlike(target)
        if not found:
            if out:
                return out | {
                    "status": "not_comparable",
                    "rule_zh": "在案实绩与目标口径不同，不予比较",
                    "rule_en": "the actual on file has another definition than the target",
                    "comparable": "no",
                    **_both("needed", self._needed(target)),
                }
            return self._nothing(target)
        evidence = found[-1]
        out |= self._evidence_cells(target, evidence)
        for milestone in target.numeric.iloc[:-1].itertuples():
            then = [e for e in found if e.period == milestone.time_period]
            if then and milestone.time_period in map(str, self.years[:-1]):
                reached = targets.meets(then[-1].value, milestone.obs_value, milestone.relation, ascending)
                out[f"verdict_{milestone.time_period}"] = "met" if reached else "missed"
                out["other_ids"] = " ".join(
                    dict.fromkeys([*out.get("other_ids", "").split(), *then[-1].figure_id.split()])
                )
        changes, present = self.changes(target, evidence), self.present(target, evidence)
        out |= {f"growth_{n}": changes[n].change for n in (1, 3, 5) if n in changes}
        paces = [*changes.values(), *([present] if present else [])]
        out["growth_ids"] = " ".join(dict.fromkeys(i for pace in paces for i in pace.figure_ids.split()))
        recent = present.change if present else _NAN
        if present:
            out |= {"present_pace": recent, **_both("present", present.since)}
        verdict = target.judge(ascending, evidence.value, evidence.year, recent)
        final, left = target.path[max(target.path)], int(max(target.path)) - evidence.year
        out |= {
            "absolute_gap": final - evidence.value,
            "relative_gap": (final - evidence.value) / final if final else _NAN,
            "years_left": left,
            "required_pace": verdict.required,
            "pace_unit": targets.pace_unit(target.kind, target.unit),
            "path_value": verdict.due,
            "path_gap": evidence.value - verdict.due,
        }
        if verdict.status not in ("met", "missed") and present:
            out["years_late"] = targets.years_needed(evidence.value, final, recent, target.kind) - left
        if evidence.year < target.start:
            return out | {
                "status": "no_figure_on_file",
                "rule_zh": f"最近的实绩为{evidence.year}年，早于规划期，不据以判断进度",
                "rule_en": f"the latest actual is of {evidence.year}, before the plan: it says nothing of its progress",
                **_both("needed", self._needed(target)),
            }
        out |= {"status": verdict.status} | _both("rule", self._rule(target, evidence, verdict, present))
        return out | self._robustness(target, evidence, verdict, present, ascending)

    def _evidence_cells(self, target: Target, evidence: Evidence) -> dict:
        out = {
            "comparable": evidence.comparable,
            **_both("pair", evidence.reason),
            "actual_indicator": evidence.indicator,
            "actual_value": evidence.value,
            "actual_period": evidence.period,
            "actual_status": evidence.status,
            "actual_tier": evidence.tier,
            "actual_source": evidence.source_id,
            "actual_id": evidence.figure_id,
        }
        points = self.points(evidence.indicator, target.first.ref_area)
        later = points[
            (points.origin == "part_year")
            & points.unit.map(lambda u: self.data.units.comparable(u, target.unit)).astype(bool)
            & points.time_period.map(lambda p: periods.parse(p).end > periods.parse(evidence.period).end).astype(bool)
        ]
        if len(later):
            last = later.iloc[-1]
            out |= {
                "later_value": self.data.units.convert(last.value, last.unit, target.unit),
                "later_period": last.time_period,
                "other_ids": last.figure_id,
            }
        return out

    def _unlike(self, target: Target) -> dict:
        """Latest actual that is declared not comparable: shown as a question, never compared."""
        refused = [
            (periods.parse(p.time_period).end, name, p, reason)
            for name, allowed, reason in self.pairs(target.first.indicator)
            if allowed == "no"
            for p in self.points(name, target.first.ref_area).itertuples()
            if p.origin == "printed"
        ]
        if not refused:
            return {}
        _, name, point, reason = max(refused, key=lambda r: r[0])
        return {
            "unlike_value": point.value,
            "unlike_period": point.time_period,
            "unlike_indicator": name,
            "other_ids": point.figure_id,
            **_both("pair", reason),
        }

    def _counted(self, target: Target) -> dict:
        """Goals for the whole plan or for every single year."""
        first, final = target.first, target.final
        ascending = bool(self.data.indicators.ascending[first.indicator])
        found = [e for e in self.candidates(target) if e.year >= target.start]
        if first.span == "per_year":
            if not found:
                return self._nothing(target)
            evidence = found[-1]
            met = targets.meets(evidence.value, final.obs_value, final.relation, ascending)
            return self._evidence_cells(target, evidence) | {
                "absolute_gap": final.obs_value - evidence.value,
                "relative_gap": (final.obs_value - evidence.value) / final.obs_value,
                "status": "met" if met else "missed",
                "rule_zh": f"{evidence.period}年新增{self.quantity(evidence.value, target.unit)['zh']}，"
                f"每年目标{self._bound(target)['zh']}",
                "rule_en": f"{self.quantity(evidence.value, target.unit)['en']} in {evidence.period}, "
                f"{self._bound(target)['en']} a year wanted",
            }
        total = self._total(target)
        if total is None:
            return self._unlike(target) | self._nothing(target)
        value, year, ids, evidence = total
        verdict = targets.judge(
            value, year, {str(self._last_year(target)): final.obs_value}, final.relation, ascending, "units"
        )
        out = (
            self._evidence_cells(target, evidence)
            if evidence
            else {"comparable": "yes", "actual_period": f"{target.start}/P{year - target.start + 1}Y"}
        )
        return out | {
            "actual_value": value,
            "actual_id": ids,
            "absolute_gap": final.obs_value - value,
            "relative_gap": (final.obs_value - value) / final.obs_value,
            "years_left": self._last_year(target) - year,
            "required_pace": verdict.required,
            "pace_unit": targets.pace_unit("units", target.unit),
            "status": verdict.status,
            **_both("rule", self._rule(target, evidence or value, verdict, None)),
        }

    @staticmethod
    def _last_year(target: Target) -> int:
        return periods.parse(target.final.time_period).end.year

    def _total(self, target: Target) -> tuple[float, int, str, Evidence | None] | None:
        """What counts towards a cumulative goal: a running total at a date, or every year since a stated start.

        Returns (value, last year, figure ids, the running total or None), or None where a year is missing: a sum of
        some years is no total.
        """
        running = [e for e in self.candidates(target) if e.origin == "part_year" and e.year >= target.start]
        if running:
            last = running[-1]
            return last.value, last.year, last.figure_id, last
        period = periods.parse(target.final.time_period)
        if period.kind != "years":
            return None
        yearly = {}
        for indicator, allowed, _ in self.pairs(target.first.indicator):
            if allowed == "no":
                continue
            points = self.points(indicator, target.first.ref_area)
            points = points[(points.origin == "printed") & points.time_period.map(periods.is_year).astype(bool)]
            for p in points.itertuples():
                if self.data.units.comparable(p.unit, target.unit) and period.start.year <= p.year <= period.end.year:
                    yearly[p.year] = (self.data.units.convert(p.value, p.unit, target.unit), p.figure_id)
        if not yearly or sorted(yearly) != list(range(period.start.year, max(yearly) + 1)):
            return None
        return sum(v for v, _ in yearly.values()), max(yearly), " ".join(i for _, i in yearly.values()), None

    # --- words -----------------------------------------------------------------------------------------------------

    def quantity(self, value: float, unit: str, relation: str = "=") -> Text:
        """A value in both languages, with as many decimals as it needs and no more than four digits call for."""
        places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
        printed = f"{value:.{places}f}"
        printed = printed.rstrip("0").rstrip(".") if "." in printed else printed
        return {lang: i18n.quantity(printed, unit, lang, self.data.units, relation=relation) for lang in i18n.LANGUAGES}

    def change(self, value: float, target: Target) -> Text:
        unit = targets.pace_unit(target.kind, target.unit)
        if unit == "%":
            shown = i18n.number(value, 1, sign=True) + "%"
            return text(shown, shown)
        shown = self.quantity(abs(value), unit)
        sign = "−" if value < 0 else "+"
        return {lang: sign + shown[lang] for lang in i18n.LANGUAGES}

    def _bound(self, target: Target) -> Text:
        return self.quantity(target.final.obs_value, target.unit, target.final.relation)

    def _rule(self, target: Target, evidence: Evidence | float, verdict: Judgement, present: Pace | None) -> Text:
        """The rule that gave a verdict, with its numbers."""
        value = evidence if isinstance(evidence, float) else evidence.value
        when = text("", "") if isinstance(evidence, float) else _label(evidence.period)
        shown, bound = self.quantity(value, target.unit), self._bound(target)
        last = str(self._last_year(target))
        if verdict.rule == "bound":
            zh, en = ("已达到", "meets") if verdict.status == "met" else ("未达到", "misses")
            return text(
                f"{when['zh']}实绩{shown['zh']}{zh}{last}年目标{bound['zh']}",
                f"{shown['en']} in {when['en']} {en} the {last} target of {bound['en']}",
            )
        needed = self.change(verdict.required, target)
        if verdict.rule == "none":
            return text(
                f"{when['zh']}实绩{shown['zh']}，尚未达到{bound['zh']}；规划未列路径，也无往年数字可算现有速度，此后每年需{needed['zh']}",
                f"{shown['en']} in {when['en']}, not yet {bound['en']}; no path is printed and no earlier year is on file; "
                f"{needed['en']} a year is needed from now",
            )
        if verdict.rule == "pace":
            pace = self.change(present.change, target)
            return text(
                f"规划未列路径；{present.since['zh']}每年{pace['zh']}，此后每年需{needed['zh']}",
                f"no path is printed; {pace['en']} a year {present.since['en']}, {needed['en']} a year is needed from now",
            )
        due, later = self.quantity(verdict.due, target.unit), self.quantity(verdict.due_next, target.unit)
        asked = self.change(
            targets.change_a_year(verdict.due, target.final.obs_value, int(last) - evidence.year, target.kind), target
        )
        if verdict.status == "ahead":
            return text(
                f"{when['zh']}实绩{shown['zh']}，已到规划路径一年后的值{later['zh']}",
                f"{shown['en']} in {when['en']}, where the plan's path stands only a year later ({later['en']})",
            )
        return text(
            f"{when['zh']}实绩{shown['zh']}，规划路径为{due['zh']}；此后每年需{needed['zh']}，路径本身要求{asked['zh']}",
            f"{shown['en']} in {when['en']}, the plan's path is at {due['en']}; {needed['en']} a year is needed from now, "
            f"the path itself asks {asked['en']}",
        )

    def _nothing(self, target: Target) -> dict:
        return {
            "status": "no_figure_on_file",
            "rule_zh": "没有可比的实绩数字",
            "rule_en": "no comparable actual is on file",
            **_both("needed", self._needed(target)),
        }

    def _needed(self, target: Target) -> Text:
        """What would have to be on file to judge a target."""
        first = target.first
        info = self.data.indicators.loc[first.indicator]
        name = text(info.name_zh, info.name_en)
        unit = {lang: i18n.unit_name(target.unit, lang, self.data.units) for lang in i18n.LANGUAGES}
        if first.relation == "relative":
            return text(
                f"同一年份的两个数字：{name['zh']}，以及原文与之相比的那一个（“{first.as_printed}”）",
                f"two figures of one year: {name['en']}, and the one that the text compares it with",
            )
        if first.span == "per_year":
            return text(
                f"{target.start}年以来各年的{name['zh']}（{unit['zh']}）",
                f"{name['en']} ({unit['en']}) of each year since {target.start}",
            )
        if first.span == "cumulative":
            stated = periods.parse(target.final.time_period).kind == "years"
            begin = text("", "") if stated else text("，以及从哪一年起算", ", and the year from which it counts")
            return text(
                f"{name['zh']}自规划起始的累计数，或期内逐年数字（{unit['zh']}）{begin['zh']}",
                f"{name['en']}: a running total since the plan began, or every single year ({unit['en']}){begin['en']}",
            )
        return text(
            f"{target.start}年以来{name['zh']}的实绩（{unit['zh']}）",
            f"an actual of {name['en']} ({unit['en']}) since {target.start}",
        )

    # --- robustness ------------------------------------------------------------------------------------------------

    def _robustness(
        self,
        target: Target,
        evidence: Evidence,
        verdict: Judgement,
        present: Pace | None,
        ascending: bool,
    ) -> dict:
        flips, lost = [], []
        readings = list(self._readings(target, evidence, present, ascending))
        for label, other in readings:
            if other is None:
                lost.append(label)
            elif other != verdict.status:
                word = i18n.labels(other)
                flips.append(text(f"{label['zh']}则为“{word['zh']}”", f"{label['en']}: {word['en']}"))
        if flips or lost:
            gone = [text(f"{one['zh']}则无可用实绩", f"{one['en']}: no actual is left") for one in lost]
            words = [*flips, *gone]
            joined = {
                "zh": "；".join(w["zh"] for w in words),
                "en": "; ".join(w["en"] for w in words),
            }
            return {"robustness": "fragile" if flips else "single_source", **_both("robustness", joined)}
        tried = len({label["en"] for label, _ in readings})
        alone = tried == 1  # nothing but the ends of its own rounding
        return {
            "robustness": "robust",
            "robustness_zh": "在案只有这一个数字；舍入不影响结论" if alone else f"在案的其他{tried}种读法下结论不变",
            "robustness_en": "no other figure is on file; rounding does not matter"
            if alone
            else f"the same under the {tried} other readings that are on file",
        }

    def _readings(
        self, target: Target, evidence: Evidence, present: Pace | None, ascending: bool
    ) -> Iterator[tuple[Text, str | None]]:
        """The verdict under every other reading of the figures on file; None where that reading leaves no actual."""
        recent = present.change if present else _NAN

        def verdict_on(other: Evidence) -> str:
            pace = self.present(target, other)
            return target.judge(ascending, other.value, other.year, pace.change if pace else _NAN).status

        def latest(found: list[Evidence]) -> str | None:
            found = [e for e in found if e.year >= target.start]
            return verdict_on(found[-1]) if found else None

        found = self.candidates(target)
        ends = [e for e in (evidence.low, evidence.high) if math.isfinite(e)]
        for end in ends:
            # The upper end itself is not in the interval of what was printed.
            inside = end - (evidence.high - evidence.low) * 1e-6 if end == evidence.high else end
            word = text("取舍入区间端点", "at an end of the rounding interval")
            yield word, target.judge(ascending, inside, evidence.year, recent).status
        for printed in vintages(self.data, evidence.indicator, target.first.ref_area).itertuples():
            if str(printed.year) != evidence.period or printed.figure_id == evidence.figure_id:
                continue
            if self.as_of is None and self.data.units.comparable(printed.unit, target.unit):
                value = self.data.units.convert(printed.value, printed.unit, target.unit)
                word = text(
                    f"按{printed.vintage or '未注明日期'}版本的{self.quantity(value, target.unit)['zh']}",
                    f"by the vintage of {printed.vintage or 'no date'} ({self.quantity(value, target.unit)['en']})",
                )
                yield word, target.judge(ascending, value, evidence.year, recent).status
        weak = ("compilation", "secondary")
        if evidence.tier in weak:
            better = [e for e in found if e.tier not in weak[weak.index(evidence.tier) :]]
            word = text(f"不用{TIERS[evidence.tier][0]}来源", f"without {evidence.tier} sources")
            yield word, latest(better)
        for name in {e.indicator for e in found} - {evidence.indicator}:
            info = self.data.indicators.loc[name]
            word = text(f"按{info.name_zh}", f"by {info.name_en}")
            yield word, latest([e for e in found if e.indicator == name])
        for year in self.break_years(evidence.indicator):
            if target.start < year <= evidence.year:
                before = [e for e in found if e.year < year]
                word = text(f"只用{year}年断点之前的数字", f"by the figures before the break of {year}")
                if (status := latest(before)) is not None:
                    yield word, status
        if target.kind == "growth":
            word = text("路径改按直线插值", "with a straight path between the named years")
            yield word, target.judge(ascending, evidence.value, evidence.year, recent, geometric=False).status
        if targets.value_on_path(target.path, evidence.year, True) is None:
            for other in self.changes(target, evidence).values():
                if other != present:
                    word = text(f"按{other.since['zh']}的速度", f"by the pace {other.since['en']}")
                    yield word, target.judge(ascending, evidence.value, evidence.year, other.change).status


def _numeric(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of a target that are numbers of a year or of a stated stretch of years, in order."""
    stated = figures.time_period.map(lambda p: bool(p) and periods.parse(p).kind in ("year", "years")).astype(bool)
    return figures[(figures.obs_text != "") & stated].sort_values("time_period")


def _both(name: str, words: Text) -> dict[str, str]:
    return {f"{name}_zh": words["zh"], f"{name}_en": words["en"]}


def _joined(a: Text, b: Text) -> Text:
    return text(f"{a['zh']}；{b['zh']}", f"{a['en']}; {b['en']}")


def _label(period: str) -> Text:
    return {lang: periods.parse(period).label(lang) for lang in i18n.LANGUAGES}


__all__ = ["JUDGED", "Evidence", "Gaps", "Target", "gap_columns", "gaps_of", "target_gaps"]
