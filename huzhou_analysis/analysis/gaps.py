"""The gap of every target: the actual it is set against, what is needed from now, the verdict, and on what evidence.

A target is never measured against another target, nor against an actual of before its plan.
"""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property, lru_cache

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.problems import DataError, Problem
from ..facts.words import Text, clauses, text
from . import plans, targets
from .evidence import Standing, at_recent_pace, both, firmness, grade, needed, official, progress, rule, sentence
from .series import PARTS, in_unit, known, measured_in, points, whole_years
from .targets import Judgement, Target, said

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
_SAME_GOAL = ["indicator", "ref_area", "time_period", "span"]
ALL_COLUMNS = list(dict.fromkeys([*COLUMNS, *_FLAGS, *_NUMBERS, *_TEXTS]))


def target_gaps(
    data: Data, as_of: str | int | dt.date | None = None, *, plan: str | None = None, full: bool = False
) -> pd.DataFrame:
    """One row for each target: where it stands, how fast it moves, what is needed, the verdict and its evidence.

    `as_of` shows only what had been published by then: a date, or ``2024-06-30``, ``2024-06``, ``2024`` (the last day counts).
    `plan` is the id of one plan, or ``all``; by default, of each indicator, the plan that leads
    (:func:`~huzhou_analysis.plans`). Raises ValueError if there is no such plan or day, DataError if a target cannot be
    computed (its figures are named).

    Rows are in the order of the documents, with the columns ``COLUMNS``, or `full` with ``ALL_COLUMNS``. ``target`` and
    ``actual`` are in ``unit`` as printed; ``gap`` is what is still missing in that unit, positive short of the target,
    whether more is better or less (a ceiling, a rank), ``relative_gap`` over the target's size. Paces are changes a year in
    ``pace_unit``: % for levels, 个百分点 for percentages, else the unit, also for levels at or below zero; required is none
    once the target is met. ``status`` is a code of ``targets.STATUSES``, ``evidence`` a grade from A to D. A target printed
    in several places has a row for each; the one that is ``counted`` counts.

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


class Gaps:
    """Everything that the gap of a target needs, as far as it was known by a day: the targets, the pairs, the series."""

    def __init__(self, data: Data, as_of: object = None) -> None:
        self.data, self.as_of = data, as_of
        self.goals = known(data.figures[(data.figures.record_type == "target") & data.own], as_of)

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

    def target(self, group: pd.DataFrame, rows: pd.DataFrame) -> Target:
        """The target that a group of figures sets; `rows` are those of the tables of its plan."""
        first, info = group.iloc[0], self.data.indicators.loc[group.indicator.iloc[0]]
        total = first.span == "cumulative"
        kind = "units" if total else targets.pace_kind(self.data, first.indicator, first.unit)
        stated = group.time_period.map(lambda p: p != "" and periods.parse(p).kind in ("year", "years")).astype(bool)
        numeric = group[stated & (group.obs_text != "")].sort_values("time_period")
        named = whole_years(numeric[:0] if total else numeric)
        path = dict(zip(named.time_period, named.obs_value, strict=True))
        if len(path) == 1:
            path = self._path_of_the_table(first, path, rows)
        bound = next(iter(numeric.relation[::-1]), "")
        below = bound in ("<", "<=") and info.measure_type != "index"
        ascending = targets.more_is_better(bound, bool(info.ascending))
        return Target(group, numeric, first.unit, kind, ascending, path, below)

    def _path_of_the_table(self, goal: pd.Series, path: dict[str, float], rows: pd.DataFrame) -> dict[str, float]:
        """The path of the table's row that a goal of the text restates; else its own."""
        same = whole_years(rows[(rows.indicator == goal.indicator) & (rows.ref_area == goal.ref_area)])
        for _, row in measured_in(self.data, same, goal.unit).groupby("locator") if len(same) else ():
            scale = [float(self.data.units.factor(u, goal.unit)) for u in row.unit]
            other = dict(zip(row.time_period, row.obs_value * scale, strict=True))
            if other.get(max(path)) == path[max(path)]:
                return other
        return path

    @cached_property
    def _declared(self) -> dict[str, list[tuple[str, str, Text]]]:
        by, cells = self.data.pairs.groupby("target_indicator"), ["actual_indicator", "comparable"]
        return {name: [(*r[cells], text(r.reason_zh, r.reason_en)) for _, r in rows.iterrows()] for name, rows in by}

    def pairs(self, indicator: str) -> list[tuple[str, str, Text]]:
        """Actual indicators declared beside a target's, with comparability and reason; its own where none is declared."""
        out = self._declared.get(indicator, [])
        if any(actual == indicator for actual, _, _ in out):
            return out
        undeclared = text("同一指标，尚未在 pairs.csv 声明", "one indicator, not yet declared in pairs.csv")
        return [*out, (indicator, "with_care", undeclared)]

    def _points(self, target: Target, indicator: str) -> pd.DataFrame:
        """The points of an actual in the area and unit of a target."""
        found = points(self.data, indicator, target.first.ref_area, as_of=self.as_of)
        return in_unit(self.data, found, target.unit)

    def candidates(self, target: Target) -> pd.DataFrame:
        """Actuals that may stand beside a target, oldest first, in its unit, each with comparability and reason.

        Whole years and dates count, printed or summed of printed parts; with care a share of part of a year, and a
        running total of things at a date beside a cumulative goal. A flow of part of a year never does."""
        rows, total, own = [], target.first.span == "cumulative", target.first.indicator
        share = self.data.units[target.unit].is_share
        allowed = [(self._points(target, name), how, why) for name, how, why in self.pairs(own) if how != "no"]
        for p, how, reason in ((p, *pair) for found, *pair in allowed for p in found.to_dict("records")):
            period, part, care = periods.parse(p["time_period"]), p["origin"] == "part_year", None
            if part and total and period.kind in ("month", "day"):
                care = text("截至该日的累计数", "a running total up to that date")
            elif part and share and not total:
                care = text(f"仅为{period.label('zh')}的比重", f"a share of {period.label('en')} only")
            elif total or p["origin"] not in ("printed", "sum", "ratio"):
                continue
            how, reason = ("with_care", clauses([reason, care])) if care else (how, reason)
            rows.append(p | {"comparable": how, "reason": reason, "end": period.end})
        rows.sort(key=lambda p: (p["end"], p["comparable"] == "yes", p["indicator"] == own, p["origin"] == "printed"))
        return pd.DataFrame(rows)

    table = cached_property(lambda self: self.rows(self.targets))

    def rows(self, wanted: Iterable[Target]) -> pd.DataFrame:
        """One row for each target, with all columns (see :func:`target_gaps`)."""
        rows, problems, cause = [], [], None
        for target in wanted:
            try:
                rows.append(self.row(target))
            except (ArithmeticError, ValueError, LookupError, TypeError) as error:
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

    _alike = cached_property(lambda self: dict(iter(self.goals.groupby(_SAME_GOAL, sort=False))))

    def _restated(self, target: Target) -> list[str]:
        """Figures that print the same target, those of the tables of its plan first."""
        final, units = target.final, self.data.units
        same = self._alike[tuple(final[_SAME_GOAL])]
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
        at = Standing(self.data, target, found.iloc[-1], self.as_of)
        at = replace(at, target=replace(target, kind=at.lasting_kind))
        out = unlike | {"pace_unit": targets.pace_unit(at.target.kind, target.unit)}
        if at.year >= target.start:
            return self._judged(at, found, out)
        out |= self._cells(at) | {"status": "no_figure_on_file", "evidence": ""}
        out |= {"gap": math.nan, "relative_gap": math.nan}
        return out | needed(self.data, target, said("why", "early", year=at.year))

    def _judged(self, at: Standing, found: pd.DataFrame, out: dict) -> dict:
        """Verdict, paces, progress in time, official classes, firmness and rule for an actual of the plan's years."""
        verdict, recent, newer = at.judge(), at.recent, at.printed_rate
        part = verdict.status == "met" and at.evidence.origin == "part_year"
        status = "met_in_part_year" if part else verdict.status
        out |= {"required_pace": verdict.required, "recent_pace": at.speed, "path_value": verdict.due}
        paces = [*at.changes.values(), *([recent] if recent else [])]
        if newer and recent and recent.window != 1 and newer.figure_ids != recent.figure_ids:
            out |= {"newer_rate": newer.change, "newer_rate_period": self.data.figures.time_period[newer.figure_ids]}
            paces.append(newer)
        out["growth_ids"] = " ".join(dict.fromkeys(i for pace in paces for i in pace.figure_ids.split()))
        out |= both("recent_since", recent.since) if recent else {}
        if recent and not math.isnan(verdict.required):
            out |= at_recent_pace(at, verdict.required)
        out |= progress(at, status) | official(at) | firmness(at, found, verdict)
        if status == "ahead" and out["robustness"] == "fragile":
            status = "on_track"  # ahead is said only where no other reading contradicts it
        return self._settled(at, verdict, out | {"status": status})

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
        return self._settled(Standing(self.data, target, evidence, self.as_of), Judgement(status, "bound"), {})

    def _counted(self, target: Target) -> dict:
        """A goal for the whole plan: a running total, or every year since a stated start, against the total wanted."""
        evidence = self.total(target)
        if evidence is None:
            return self._nothing(target) | self._unlike(target)
        at = Standing(self.data, target, evidence, self.as_of)
        verdict = target.judge(float(at.value), at.year)
        if target.ceiling and not target.meets(at.value):  # what has been added up does not come down again
            verdict = Judgement("missed", "bound")
        out = {"required_pace": verdict.required, "robustness": "untested"}
        return self._settled(at, verdict, out | {"pace_unit": targets.pace_unit("units", target.unit)})

    def total(self, target: Target) -> pd.Series | None:
        """What counts towards a cumulative goal, or None where a year is missing: a sum of some years is no total."""
        running, period = self.candidates(target), periods.parse(target.final.time_period)
        if len(running) and running.year.iloc[-1] >= target.start:
            return running.iloc[-1]
        first, last = period.start.year, period.end.year if period.kind == "years" else 0
        for indicator, allowed, reason in self.pairs(target.first.indicator):
            years = self._points(target, indicator)
            years = whole_years(years[years.origin.isin(["printed", "sum"]) & years.year.between(first, last)])
            if allowed == "no" or years.empty or list(years.year) != list(range(first, first + len(years))):
                continue
            code = f"{first}/P{len(years)}Y"
            made = {"value": float(years.value.sum()), "origin": "sum", "obs_status": "E", "time_period": code}
            made |= {"figure_id": " ".join(years.figure_id), "comparable": allowed, "reason": reason}
            return pd.Series(years.iloc[-1].to_dict() | made | {"end": periods.parse(code).end})
        return None

    def _settled(self, at: Standing, verdict: Judgement, more: dict) -> dict:
        """The cells of a verdict, with the rule that gave it and the sentence that argues it."""
        out = {"status": verdict.status} | more | self._cells(at)
        out |= both("rule", rule(at, verdict, out["status"]))
        return out | both("sentence", sentence(at, out))

    def _cells(self, at: Standing) -> dict:
        """What is said of an actual: where it stands, its distance from the target, its pair and its grade."""
        evidence, target = at.evidence, at.target
        gap = targets.still_missing(at.value, at.goal, target.final.relation, target.ascending)
        out = {"comparable": evidence.comparable, "actual": at.value, "actual_period": evidence.time_period}
        out |= {"actual_indicator": evidence.indicator, "actual_id": evidence.figure_id, "gap": gap}
        out |= {"relative_gap": gap / abs(at.goal) if at.goal else math.nan, "years_left": target.last_year - at.year}
        return out | both("pair", evidence.reason) | grade(at)

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


gaps_of = lru_cache(maxsize=8)(Gaps)  # made once for a set of tables and a day
