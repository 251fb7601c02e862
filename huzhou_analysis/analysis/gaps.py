"""The gap of every target: the actual it is set against, what is needed from now, the verdict, and on what evidence.

A target is never measured against another target, nor against an actual of before its plan.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property, lru_cache

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.problems import DataError, Problem
from ..facts.words import text
from . import plans, targets
from .actuals import WINDOWS, Actuals, Target
from .evidence import at_recent_pace, both, firmness, grade, needed, official, progress, rule, said, sentence
from .series import PARTS, measured_in, points, whole_years
from .targets import Judgement

COLUMNS = ["name", "indicator", "locator", "target", "unit", "target_year", "actual", "actual_period", "gap"]
COLUMNS += ["required_pace", "recent_pace", "pace_unit", "status", "evidence"]
# All columns: the main ones, flags, numbers, and texts.
_FLAGS = ["leads", "counted", "ascending"]
_NUMBERS = ["target", "target_year", "actual", "gap", "required_pace", "recent_pace", "row", "relative_gap"]
_NUMBERS += ["years_left", "path_value", "newer_rate", "acceleration", "reached_in", "years_late", "way_done"]
_NUMBERS += ["time_gone", "sources", "age", "unlike_value"]
_TEXTS = ["plan", "ref_area", "table", "commitment", "relation", "span", "final_period", "in_words"]
_TEXTS += ["time_progress", "newer_rate_period", "recent_since_zh", "recent_since_en", "un_class", "wri_class"]
_TEXTS += ["comparable", "pair_zh", "pair_en", "actual_indicator", "robustness", "robustness_zh", "robustness_en"]
_TEXTS += ["rule_zh", "rule_en", "sentence_zh", "sentence_en", "needed_zh", "needed_en", "target_ids"]
_TEXTS += ["restated_ids", "actual_id", "growth_ids", "other_ids"]
ALL_COLUMNS = list(dict.fromkeys([*COLUMNS, *_FLAGS, *_NUMBERS, *_TEXTS]))


def target_gaps(
    data: Data, as_of: str | int | dt.date | None = None, *, plan: str | None = None, full: bool = False
) -> pd.DataFrame:
    """One row for each target: where it stands, how fast it moves, what is needed, the verdict and its evidence.

    Parameters
    ----------
    as_of : date or str, optional
        Only what had been published by then: a date, or ``2024-06-30``, ``2024-06``, ``2024`` (the last day counts).
    plan : str, optional
        Id of one plan, or ``all``; by default, of each indicator, the plan that leads (:func:`~huzhou_analysis.plans`).
    full : bool
        All columns (``ALL_COLUMNS``), not only the main ones (``COLUMNS``): path, other paces, progress in time, how firm
        the verdict is, rule and sentence in both languages, what is missing, and ids of all figures. A target that is
        printed in several places has a row for each, and counts once: ``counted`` among them says which.

    Returns
    -------
    DataFrame
        In the order of the documents. ``target`` and ``actual`` are in ``unit`` as printed, ``gap`` is what is still
        missing in that unit, positive short of the target, whether more is better or less (a ceiling, a rank). Where no
        actual can be judged ``gap`` and ``required_pace`` are empty, the latter also once the target is met. Paces are
        changes a year in ``pace_unit``: % for levels, 个百分点 for percentages, else the unit, also for levels at or below
        zero. ``status`` is a code of ``targets.STATUSES``, ``evidence`` a grade from A to D; of all columns ``relative_gap``
        is the gap over the target's size, empty for a target of zero.

    Raises
    ------
    ValueError, DataError
        If there is no such plan or day; if a target cannot be computed (its figures are named).

    Examples
    --------
    >>> gaps = hz.target_gaps(data)
    >>> gaps[gaps.indicator == "fdi_utilized"].target.unique().tolist()
    [18.0]
    >>> hz.target_gaps(data, "2024-06-30")  # what was known then  # doctest: +SKIP
    """
    if plan not in (None, "all", *plans.plans(data).source_id):
        raise ValueError(f"no plan {plan!r}; write 'all' or one of {', '.join(plans.plans(data).source_id)}")
    out = gaps_of(data, None if as_of is None else periods.last_day(as_of)).table
    out = out[out.leads] if plan is None else out if plan == "all" else out[out.plan == plan]
    out = out.reset_index(drop=True)
    return out if full else out[COLUMNS]


@lru_cache(maxsize=8)
def gaps_of(data: Data, as_of: str | dt.date | None) -> Gaps:
    """The :class:`Gaps` of a set of tables, made once."""
    return Gaps(data, as_of)


class Gaps(Actuals):
    """Everything that the gap of a target needs, read once: the targets, the pairs, the series."""

    @cached_property
    def targets(self) -> list[Target]:
        """Targets of every plan, the leading plan first, in the order of the documents."""
        places = zip(self.data.outline.source_id, self.data.outline.locator, strict=True)
        order, found = {place: n for n, place in enumerate(places)}, []
        for source in plans.plans(self.data).source_id:
            rows = plans.table_targets(self.data, source=source)
            plan = self.goals[self.goals.source_id == source].join(rows[["table", "row"]])
            plan = plan[(plan.transformation == "N") | plan.relation.eq("relative")]
            # Most targets of a plan end in one year (of two named equally often the later): the others are steps to it.
            ends = whole_years(plan).groupby(["locator", "indicator", "ref_area", "commitment"]).time_period.max()
            of_plan = plan.time_period.str.contains(r"/P\d+Y") | (plan.time_period >= max(ends.mode(), default="0"))
            plan = plan[plan.table.notna() | plan.relation.eq("relative") | (of_plan & plan.obs_text.ne(""))]
            groups = plan.groupby(["locator", "indicator", "ref_area", "commitment", "unit", "span"], sort=False)
            ordered, rows = sorted(groups, key=lambda g: order[(source, g[0][0])]), rows[rows.obs_text != ""]
            found += [self.target(group, rows) for _, group in ordered]
        return found

    @cached_property
    def table(self) -> pd.DataFrame:
        return self.rows(self.targets)

    def rows(self, wanted: Iterable[Target]) -> pd.DataFrame:
        """One row for each target, with all columns (see :func:`target_gaps`)."""
        rows, problems, cause = [], [], None
        for target in wanted:
            try:
                rows.append(self.row(target))
            except (ArithmeticError, ValueError, KeyError, IndexError, TypeError) as error:
                ids, cause = " ".join(target.figures.index), cause or error
                why = f"这一目标无法计算：{error}", f"this target cannot be computed: {error}"
                problems.append(Problem("figures.csv", 0, "figure_id", ids, *why))
        if problems:
            raise DataError(problems) from cause
        out = pd.DataFrame(rows, columns=ALL_COLUMNS)
        kinds = dict.fromkeys(out, object) | dict.fromkeys(_NUMBERS, float) | dict.fromkeys(_FLAGS, bool)
        return out.astype(kinds).fillna({c: "" for c, kind in kinds.items() if kind is object})

    def row(self, target: Target) -> dict:
        """One row of :func:`target_gaps`."""
        first, area = target.first, ""
        if first.ref_area != self.data.home:
            area = f"（{self.data.ref_areas.name_zh[first.ref_area]}）"
        copied = ["indicator", "ref_area", "locator", "relation", "commitment", "span", "unit", "table", "row"]
        row = first[copied].to_dict() | {"name": self.data.indicators.name_zh[first.indicator] + area, "counted": True}
        row |= {"plan": first.source_id, "ascending": target.ascending, "target_ids": " ".join(target.figures.index)}
        row["leads"] = plans.leading_plan(self.data, first.indicator, first.ref_area) == first.source_id
        if target.numeric.empty:
            return row | {"in_words": first.as_printed} | self._nothing(target)
        final, same = target.final, self._restated(target)
        row |= {"counted": final.name == same[0], "final_period": final.time_period, "target": final.obs_value}
        row |= {"target_year": target.last_year, "relation": final.relation}
        row["restated_ids"] = " ".join(i for i in same if i not in target.figures.index)
        if self._seen.isdisjoint(name for name, _, _ in self.pairs(first.indicator)):
            return row | self._nothing(target)
        if first.span == "cumulative":
            return row | self._counted(target)
        # A bound on a stretch of years that is no total holds for each of them.
        each = first.span == "per_year" or (target.ceiling and not periods.is_year(final.time_period))
        return row | (self._each_year(target) if each else self._against_path(target))

    @cached_property
    def _seen(self) -> set[str]:
        """Indicators of which an actual is on file, or follows from others."""
        return {*self.data.select(record_type="actual").indicator, *PARTS}

    @cached_property
    def _goals_by_period(self) -> dict[tuple, pd.DataFrame]:
        return dict(iter(self.goals.groupby(["indicator", "ref_area", "time_period", "span"], sort=False)))

    def _restated(self, target: Target) -> list[str]:
        """Figures that print the same target, those of the tables of its plan first."""
        final, units = target.final, self.data.units
        same = self._goals_by_period[(final.indicator, final.ref_area, final.time_period, final.span)]
        if len(same) == 1:
            return [final.name]
        same = measured_in(self.data, same, final.unit)
        values = [units.convert(v, u, final.unit) for v, u in same[["obs_value", "unit"]].to_numpy()]
        same = same[[math.isclose(value, final.obs_value) for value in values]]
        rank = 2 * (same.source_id != final.source_id) + ~plans.is_table_row(same.locator)
        return list(same.index[rank.argsort(kind="stable")])

    def _against_path(self, target: Target) -> dict:
        found, unlike = self.candidates(target), self._unlike(target)
        found = found[found.year <= target.last_year] if len(found) else found
        if found.empty:
            return self._nothing(target, unlike)
        evidence = found.iloc[-1]
        target = replace(target, kind=self.moves(target, evidence))
        out = unlike | {"pace_unit": targets.pace_unit(target.kind, target.unit)}
        if evidence.year >= target.start:
            return self._judged(target, evidence, found, out)
        out |= self._cells(target, evidence) | {"status": "no_figure_on_file", "evidence": ""}
        out |= {"gap": math.nan, "relative_gap": math.nan}
        return out | needed(self.data, target, said("why", "early", year=int(evidence.year)))

    def moves(self, target: Target, evidence: pd.Series) -> str:
        """How a target moves: what was at or below zero of late, or is to be, has no growth in per cent."""
        lately = self.stretch(target, evidence)
        lately = lately[lately.year.between(min(target.start - 1, evidence.year - max(WINDOWS)), evidence.year)]
        return targets.effective_kind(target.kind, evidence.value, *target.numeric.obs_value, *lately.value)

    def _judged(self, target: Target, evidence: pd.Series, found: pd.DataFrame, out: dict) -> dict:
        """Verdict, paces, progress in time, official classes, firmness and rule for an actual of the plan's years."""
        changes, recent, base = (f(target, evidence) for f in (self.changes, self.recent, self.base))
        newer = self.printed_rate(target, evidence, int(evidence.year))
        speed = recent.change if recent else math.nan
        verdict = target.judge(evidence.value, int(evidence.year), speed, base)
        part = verdict.status == "met" and evidence.origin == "part_year"
        status = "met_in_part_year" if part else verdict.status
        out |= {"required_pace": verdict.required, "recent_pace": speed, "path_value": verdict.due}
        paces = [*changes.values(), *([recent] if recent else [])]
        if newer and recent and recent.window != 1 and newer.figure_ids != recent.figure_ids:
            out |= {"newer_rate": newer.change, "newer_rate_period": self.data.figures.time_period[newer.figure_ids]}
            paces.append(newer)
        out["growth_ids"] = " ".join(dict.fromkeys(i for pace in paces for i in pace.figure_ids.split()))
        out |= both("recent_since", recent.since) if recent else {}
        if recent and not math.isnan(verdict.required):
            out |= at_recent_pace(target, evidence, verdict.required, speed)
        out |= progress(target, evidence, status, base)
        out |= official(target, evidence, self.stretch(target, evidence), base)
        out |= firmness(self, target, evidence, found, (verdict, recent, base))
        if status == "ahead" and out["robustness"] == "fragile":
            status = "on_track"  # ahead is said only where no other reading contradicts it
        return self._settled(target, evidence, verdict, out | {"status": status}, recent)

    def _each_year(self, target: Target) -> dict:
        """A goal for every single year: missed by one year that misses it, met when every year has met it."""
        first, found = periods.parse(target.final.time_period).start.year, self.candidates(target)
        found = found[found.year.between(max(first, target.start), target.last_year)] if len(found) else found
        if found.empty:
            return self._nothing(target)
        misses = found[~found.value.map(target.meets).astype(bool)]
        evidence = misses.iloc[-1] if len(misses) else found.iloc[-1]
        status = "undecided" if target.ceiling else "on_track"
        if len(misses) or set(range(first, target.last_year + 1)) <= set(found.year):
            status = "missed" if len(misses) else "met"
        return self._settled(target, evidence, Judgement(status, "bound"), {})

    def _counted(self, target: Target) -> dict:
        """A goal for the whole plan: a running total, or every year since a stated start, against the total wanted."""
        evidence = self.total(target)
        if evidence is None:
            return self._nothing(target) | self._unlike(target)
        value = float(evidence.value)
        verdict = target.judge(value, int(evidence.year))
        if target.ceiling and not target.meets(value):  # what has been added up does not come down again
            verdict = Judgement("missed", "bound")
        out = {"required_pace": verdict.required, "robustness": "untested"}
        return self._settled(target, evidence, verdict, out | {"pace_unit": targets.pace_unit("units", target.unit)})

    def _settled(self, target: Target, evidence: pd.Series, verdict: Judgement, more: dict, recent=None) -> dict:
        """The cells of a verdict, with the rule that gave it and the sentence that argues it."""
        out = {"status": verdict.status} | more | self._cells(target, evidence)
        out |= both("rule", rule(self.data, target, evidence, verdict, recent, out["status"]))
        return out | both("sentence", sentence(self.data, target, evidence, out))

    def _cells(self, target: Target, evidence: pd.Series) -> dict:
        """What is said of an actual: where it stands, its distance from the target, its pair and its grade."""
        final = target.final.obs_value
        gap = targets.still_missing(evidence.value, final, target.final.relation, target.ascending)
        out = {"comparable": evidence.comparable, "actual": evidence.value, "actual_period": evidence.time_period}
        out |= {"actual_indicator": evidence.indicator, "actual_id": evidence.figure_id, "gap": gap}
        out |= {"relative_gap": gap / abs(final) if final else math.nan}
        out |= {"years_left": target.last_year - int(evidence.year)}
        return out | both("pair", evidence.reason) | grade(self.data, target, evidence)

    def _unlike(self, target: Target) -> dict:
        """The latest figure of another definition, shown as a question only."""
        reasons = {name: reason for name, how, reason in self.pairs(target.first.indicator) if how == "no"}
        frames = [points(self.data, name, target.first.ref_area, as_of=self.as_of) for name in reasons]
        found = [p for frame in frames for p in frame.itertuples() if p.origin in ("printed", "sum")]
        if not found:
            return {}
        latest = max(found, key=lambda p: periods.parse(p.time_period).end)
        return {"unlike_value": latest.value, "other_ids": latest.figure_id} | both("pair", reasons[latest.indicator])

    def _nothing(self, target: Target, unlike: dict | None = None) -> dict:
        """Without an actual: what would be needed, and why a figure of another definition is no such thing."""
        if not unlike:
            return needed(self.data, target, said("why", "none")) | {"status": "no_figure_on_file"}
        why = said("why", "unlike", reason=text(unlike["pair_zh"], unlike["pair_en"]))
        return needed(self.data, target, why) | {"status": "not_comparable", "comparable": "no"} | unlike
