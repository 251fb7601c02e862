"""The gap of every target: the actual it is set against, what is needed from now, the verdict, and on what evidence.

One way through: a target's path, the latest actual that ``pairs.csv`` allows beside it, the verdict of
:func:`~huzhou_analysis.analysis.targets.judge`, then how firm that is. A target is never measured against another
target, nor against an actual of before its plan.
"""

from __future__ import annotations

import math
from functools import cached_property, lru_cache

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.problems import DataError, Problem
from ..facts.words import text
from . import monitor, plans, targets
from .actuals import Actuals, Target
from .evidence import firmness, grade
from .sentences import needed, rule, sentence
from .series import in_unit, points
from .targets import Judgement

COLUMNS = ["locator", "indicator", "target", "relation", "unit", "target_year", "actual", "actual_period", "status"]
COLUMNS += ["time_progress", "required_pace", "recent_pace", "pace_unit", "evidence"]
_MORE = ["plan", "leads", "counted", "ref_area", "theme", "table", "row", "commitment", "span", "ascending"]
_MORE += ["target_YEARS", "verdict_YEARS", "final_period", "in_words", "path_value", "path_is", "path_pace"]
_MORE += ["absolute_gap", "relative_gap", "years_left", "growth_1", "growth_3", "growth_5", "recent_since_zh"]
_MORE += ["recent_since_en", "newer_rate", "newer_rate_period", "acceleration", "reached_in", "years_late"]
_MORE += ["way_done", "time_gone", "base_year", "base_value", "un_class", "wri_class", "comparable", "pair_zh"]
_MORE += ["pair_en", "actual_indicator", "actual_origin", "sources", "age", "robustness", "robustness_zh"]
_MORE += ["robustness_en", "rule_zh", "rule_en", "sentence_zh", "sentence_en", "needed_zh", "needed_en"]
_MORE += ["later_value", "later_period", "unlike_value", "unlike_period", "unlike_indicator", "target_ids"]
_MORE += ["restated_ids", "actual_id", "growth_ids", "other_ids"]
_NUMBERS = ["target", "target_year", "actual", "required_pace", "recent_pace", "path_value", "path_pace"]
_NUMBERS += ["absolute_gap", "relative_gap", "years_left", "growth_1", "growth_3", "growth_5", "newer_rate"]
_NUMBERS += ["acceleration", "reached_in", "years_late", "way_done", "time_gone", "base_year", "base_value"]
_NUMBERS += ["sources", "age", "later_value", "unlike_value", "row"]


def target_gaps(data: Data, as_of: str | None = None, *, plan: str | None = None, full: bool = False) -> pd.DataFrame:
    """One row for each target: where it stands, how fast it moves, what is needed, the verdict and its evidence.

    Parameters
    ----------
    data : Data
    as_of : str, optional
        Only what had been published by then (ISO date).
    plan : str, optional
        Id of one plan, or ``all`` for every plan side by side; by default, of each indicator, the plan that leads
        (:func:`~huzhou_analysis.analysis.plans.plans`).
    full : bool
        All columns (:func:`gap_columns`), not only the main ones (``COLUMNS``).

    Returns
    -------
    DataFrame
        In the order of the documents. ``target`` and ``actual`` are in ``unit`` as printed; ``required_pace`` (from the
        year of ``actual_period``; empty once met and where no actual can be judged) and ``recent_pace`` are changes a
        year in ``pace_unit`` (% for levels, 个百分点 for percentages, else the unit). ``status`` and ``time_progress``
        are codes of ``targets.STATUSES`` and ``monitor.TIME_PROGRESS``, ``evidence`` a grade from A to D.
        ``relative_gap`` is a share of the target's size, empty for a target of zero. Where nothing comparable is on
        file, ``needed_zh/en`` says what is missing.

    Raises
    ------
    DataError
        If a target cannot be computed; its figures are named.

    Examples
    --------
    >>> gaps = hz.target_gaps(data)
    >>> gaps[gaps.indicator == "fdi_utilized"].target.unique().tolist()
    [18.0]
    >>> hz.target_gaps(data, "2024-06-30")  # what was known then  # doctest: +SKIP
    """
    if plan not in (None, "all", *plans.plans(data).source_id):
        raise ValueError(f"no plan {plan!r}; write 'all' or one of {', '.join(plans.plans(data).source_id)}")
    out = gaps_of(data, None if as_of is None else str(as_of)).table()
    out = out[out.leads] if plan is None else out if plan == "all" else out[out.plan == plan]
    out = out.reset_index(drop=True)
    return out if full else out[COLUMNS]


def gap_columns(years: tuple[int, ...]) -> list[str]:
    """All columns of :func:`target_gaps`, with ``target_2023`` and ``verdict_2023`` for each year that plans name."""
    out = []
    for column in [*COLUMNS, *_MORE]:
        stem, _, named = column.rpartition("_")
        out += [column] if named != "YEARS" else [f"{stem}_{y}" for y in (years if stem == "target" else years[:-1])]
    return out


@lru_cache(maxsize=8)
def gaps_of(data: Data, as_of: str | None = None) -> Gaps:
    """The :class:`Gaps` of a set of tables, made once."""
    return Gaps(data, as_of)


class Gaps(Actuals):
    """Everything that the gap of a target needs, read once: the targets, the pairs, the series.

    Parameters
    ----------
    data : Data
    as_of : str, optional
        Only what had been published by then (ISO date).
    """

    # --- targets ---------------------------------------------------------------------------------------------------

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years that the leading plan sets targets for."""
        return plans.plan_years(self.data)

    @cached_property
    def targets(self) -> list[Target]:
        """Targets of every plan, the leading plan first, in the order of the documents."""
        order = {
            place: n for n, place in enumerate(zip(self.data.outline.source_id, self.data.outline.locator, strict=True))
        }
        found = []
        for source in plans.plans(self.data).source_id:
            rows = plans.table_targets(self.data, source=source)
            plan = self.goals[self.goals.source_id == source]
            plan = plan[(plan.transformation == "N") | plan.relation.eq("relative")]
            end = plans.usual_end(plan)
            of_plan = plan.time_period.str.contains(r"/P\d+Y") | (plan.time_period >= str(end))
            plan = plan[plan.index.isin(rows.index) | plan.relation.eq("relative") | (of_plan & plan.obs_text.ne(""))]
            groups = plan.groupby(["locator", "indicator", "ref_area", "commitment", "unit", "span"], sort=False)
            ordered = sorted((g for _, g in groups), key=lambda g: order[(source, g.locator.iloc[0])])
            found += [self.target(group, rows[rows.obs_text != ""]) for group in ordered]
        return found

    # --- rows ------------------------------------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """One row for each target of every plan, with all columns (see :func:`target_gaps`)."""
        return self._table.copy()

    @cached_property
    def _table(self) -> pd.DataFrame:
        rows, problems, cause = [], [], None
        for target in self.targets:
            try:
                rows.append(self.row(target))
            except (ArithmeticError, ValueError, KeyError, IndexError, TypeError) as error:
                ids, cause = " ".join(target.figures.index), cause or error
                where = ("figures.csv", 0, "figure_id", ids)
                problems.append(
                    Problem(*where, f"这一目标无法计算：{error}", f"this target cannot be computed: {error}")
                )
        if problems:
            raise DataError(problems) from cause
        years = sorted({int(p) for t in self.targets for p in t.path} | set(self.years))
        out = pd.DataFrame(rows, columns=gap_columns(tuple(years)))
        for column in out.columns:
            if column in _NUMBERS or column.startswith(("target_1", "target_2")):
                out[column] = out[column].astype(float)
            elif column in ("leads", "counted", "ascending"):
                out[column] = out[column].astype(bool)
            else:
                out[column] = out[column].astype(object).fillna("")
        return out

    def row(self, target: Target) -> dict:
        """One row of :func:`target_gaps`."""
        first, info = target.first, self.data.indicators.loc[target.first.indicator]
        place = plans.ROW.fullmatch(first.locator)
        copied = ("indicator", "ref_area", "locator", "relation", "commitment", "span", "unit")
        row = {name: first[name] for name in copied} | {
            "plan": first.source_id,
            "leads": plans.leading(self.data, first.indicator, first.ref_area) == first.source_id,
            "counted": True,
            "theme": info.theme,
            "table": plans.table_key(self.data, first.source_id, place[1]) if place else "",
            "row": int(place[2]) if place else math.nan,
            "ascending": target.ascending,
            "in_words": first.as_printed if target.numeric.empty else "",
            "target_ids": " ".join(target.figures.index),
        }
        if target.numeric.empty:
            return row | self._nothing(target)
        same = self._restated(target)
        row |= {
            f"target_{period}": value
            for period, value in zip(target.numeric.time_period, target.numeric.obs_value, strict=True)
            if periods.is_year(period)
        }
        row |= {
            "counted": target.final.name == same[0],
            "final_period": target.final.time_period,
            "target": target.final.obs_value,
            "target_year": target.last_year,
            "relation": target.final.relation,
            "restated_ids": " ".join(i for i in same if i not in target.figures.index),
        }
        against = {"per_year": self._each_year, "cumulative": self._counted}.get(first.span, self._against_path)
        return row | against(target)

    @cached_property
    def _goals_by_period(self) -> dict[tuple, pd.DataFrame]:
        return dict(iter(self.goals.groupby(["indicator", "ref_area", "time_period", "span"], sort=False)))

    def _restated(self, target: Target) -> list[str]:
        """Figures that print the same target, those of the tables of its plan first."""
        final = target.final
        same = self._goals_by_period[(final.indicator, final.ref_area, final.time_period, final.span)]
        if len(same) == 1:
            return [final.name]
        value = final.obs_value
        equal = [
            self.data.units.comparable(unit, final.unit)
            and math.isclose(self.data.units.convert(other, unit, final.unit), value)
            for unit, other in zip(same.unit, same.obs_value, strict=True)
        ]
        same = same[pd.Series(equal, index=same.index, dtype=bool)].assign(
            _other=same.source_id != final.source_id, _text=~plans.is_table_row(same.locator)
        )
        return list(same.sort_values(["_other", "_text"], kind="stable").index)

    def _against_path(self, target: Target) -> dict:
        found, out = self.candidates(target), self._unlike(target)
        found = found[found.year <= target.last_year] if len(found) else found
        if found.empty:
            return self._not_comparable(target, out) if out else self._nothing(target)
        evidence = found.iloc[-1]
        out |= self._evidence_cells(target, evidence)
        for milestone in target.numeric.iloc[:-1].itertuples():
            then = found[found.time_period == milestone.time_period]
            if len(then):
                value = then.value.iloc[-1]
                reached = targets.meets(value, milestone.obs_value, milestone.relation, target.ascending)
                out[f"verdict_{milestone.time_period}"] = "met" if reached else "missed"
                out["other_ids"] = f"{out.get('other_ids', '')} {then.figure_id.iloc[-1]}".strip()
        final = target.final.obs_value
        left = target.last_year - int(evidence.year)
        kind = targets.effective_kind(target.kind, evidence.value, final)
        out |= {
            "years_left": left,
            "pace_unit": targets.pace_unit(kind, target.unit),
        } | _distance(final, evidence.value)
        if evidence.year < target.start:
            before = {"status": "no_figure_on_file", "evidence": ""}
            return out | before | needed(self.data, target, before=int(evidence.year))
        out |= self._judged(target, evidence, found)
        return out | sentence(self.data, target, evidence, out)

    def _judged(self, target: Target, evidence: pd.Series, found: pd.DataFrame) -> dict:
        """Verdict, paces, progress in time, official classes, firmness and sentence for an actual of the plan's years."""
        changes, recent, base = (
            self.changes(target, evidence),
            self.recent(target, evidence),
            self.base(target, evidence),
        )
        newer = self.printed_rate(target, evidence, int(evidence.year))
        speed = recent.change if recent else math.nan
        verdict = target.judge(evidence.value, int(evidence.year), speed, base)
        part = verdict.status == "met" and evidence.origin == "part_year"
        status = "met_in_part_year" if part else verdict.status
        out = {"status": status, "required_pace": verdict.required, "recent_pace": speed}
        out |= {"path_value": verdict.due, "path_pace": verdict.asked, "path_is": verdict.path}
        out |= {f"growth_{n}": changes[n].change for n in (1, 3, 5) if n in changes}
        paces = [*changes.values(), *([recent] if recent else [])]
        if newer and recent and recent.window != 1 and newer.figure_ids != recent.figure_ids:
            out |= {"newer_rate": newer.change, "newer_rate_period": self.data.figures.time_period[newer.figure_ids]}
            paces.append(newer)
        out["growth_ids"] = " ".join(dict.fromkeys(i for pace in paces for i in pace.figure_ids.split()))
        if recent:
            out |= {"recent_since_zh": recent.since["zh"], "recent_since_en": recent.since["en"]}
            if not math.isnan(verdict.required):
                out |= monitor.at_recent_pace(target, evidence, verdict.required, speed)
        out |= monitor.progress(target, evidence, status, base)
        out |= monitor.official(target, evidence, self.stretch(target, evidence), base, target.meets(evidence.value))
        facts = {"verdict": verdict, "recent": recent, "base": base, "status": status}
        out |= firmness(self, target, evidence, found, facts)
        if status == "ahead" and out["robustness"] == "fragile":
            out["status"] = status = "on_track"  # ahead is said only where no other reading contradicts it
        return out | rule(self.data, target, evidence, verdict, recent, status)

    def _evidence_cells(self, target: Target, evidence: pd.Series) -> dict:
        out = {
            "comparable": evidence.comparable,
            "pair_zh": evidence.reason["zh"],
            "pair_en": evidence.reason["en"],
            "actual": evidence.value,
            "actual_period": evidence.time_period,
            "actual_indicator": evidence.indicator,
            "actual_origin": evidence.origin,
            "actual_id": evidence.figure_id,
        } | grade(self.data, target, evidence)
        later = points(self.data, evidence.indicator, target.first.ref_area, as_of=self.as_of)
        later = in_unit(self.data, later[later.origin == "part_year"], target.unit)
        later = later[later.time_period.map(lambda p: periods.parse(p).end > evidence.end).astype(bool)]
        if len(later):
            last = later.iloc[-1]
            out |= {"later_value": last.value, "later_period": last.time_period, "other_ids": last.figure_id}
        return out

    def _unlike(self, target: Target) -> dict:
        """Latest actual that is declared not comparable: shown as a question, never compared."""
        refused = [
            (periods.parse(p.time_period).end, name, p, reason)
            for name, allowed, reason in self.pairs(target.first.indicator)
            if allowed == "no"
            for p in points(self.data, name, target.first.ref_area, as_of=self.as_of).itertuples()
            if p.origin in ("printed", "sum")
        ]
        if not refused:
            return {}
        _, name, point, reason = max(refused, key=lambda r: r[0])
        out = {"unlike_value": point.value, "unlike_period": point.time_period, "unlike_indicator": name}
        return out | {"other_ids": point.figure_id, "pair_zh": reason["zh"], "pair_en": reason["en"]}

    def _each_year(self, target: Target) -> dict:
        """A goal for every single year: missed by one year that misses it, met when every year has met it."""
        found = self.candidates(target)
        found = found[found.year >= target.start] if len(found) else found
        if found.empty:
            return self._nothing(target)
        misses = found[~found.value.map(target.meets).astype(bool)]
        evidence = misses.iloc[-1] if len(misses) else found.iloc[-1]
        complete = set(range(periods.parse(target.final.time_period).start.year, target.last_year + 1)) <= set(
            found.year
        )
        status = "missed" if len(misses) else "met" if complete else "on_track"
        out = {"status": status} | _distance(target.final.obs_value, evidence.value)
        out |= self._evidence_cells(target, evidence)
        out |= rule(self.data, target, evidence, Judgement(status, "bound"), None, status)
        return out | sentence(self.data, target, evidence, out)

    def _counted(self, target: Target) -> dict:
        """A goal for the whole plan: a running total, or every year since a stated start, against the total wanted."""
        evidence = self.total(target)
        if evidence is None:
            return self._unlike(target) | self._nothing(target)
        year, value = int(evidence.year), float(evidence.value)
        over = target.last_year - year <= 0
        if target.ceiling:  # what has been added up does not come down again
            verdict = Judgement("missed" if not target.meets(value) else "met" if over else "undecided", "bound")
        else:
            verdict = target.judge(value, year)
        out = {"years_left": target.last_year - year} | _distance(target.final.obs_value, value)
        out |= {"required_pace": verdict.required, "pace_unit": targets.pace_unit("units", target.unit)}
        out |= self._evidence_cells(target, evidence) | {"status": verdict.status}
        out |= rule(self.data, target, evidence, verdict, None, verdict.status)
        return out | {"robustness": "untested"} | sentence(self.data, target, evidence, out)

    def _nothing(self, target: Target) -> dict:
        return {"status": "no_figure_on_file"} | needed(self.data, target)

    def _not_comparable(self, target: Target, unlike: dict) -> dict:
        info = self.data.indicators.loc[target.first.indicator]
        why = text(f"口径不同，不予比较：{unlike['pair_zh']}", f"not compared: {unlike['pair_en']}")
        said = {"rule_zh": why["zh"], "rule_en": why["en"]}
        said |= {"sentence_zh": f"{info.name_zh}：{why['zh']}。", "sentence_en": f"{info.name_en}: {why['en']}."}
        return unlike | needed(self.data, target) | {"status": "not_comparable", "comparable": "no"} | said


def _distance(target: float, value: float) -> dict[str, float]:
    """What is still missing, and that as a share of the target's size."""
    return {"absolute_gap": target - value, "relative_gap": (target - value) / abs(target) if target else math.nan}
