"""What if: an indicator carried from its latest actual to the target year at a pace that the user names."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, field, replace

import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.words import Text, say, text
from . import plans, targets
from .actuals import Target
from .gaps import Gaps, gaps_of
from .growth import Rate, percent
from .sentences import amount, movement
from .series import key

TOTAL_COLUMNS = ["indicator", "ref_area", "period", "unit", "relation", "total", "geometric", "straight", "met"]
TOTAL_COLUMNS += ["target_ids"]


@dataclass(frozen=True)
class Scenario:
    """An assumed pace, carried to the target year.

    Attributes
    ----------
    path : DataFrame
        Indexed by year from that of the latest actual: ``value`` in ``unit``, ``origin`` (``printed`` for the actual,
        ``assumed`` after it), and ``plan``, the plan's own path (NaN where it has none).
    growth : float
        Assumed change a year, in ``pace_unit``.
    kind : str
        ``growth`` (compounded), ``points`` or ``units`` (added).
    status : str
        ``met`` or ``missed`` for the last target year.
    target : float
        The last target, with its bound in ``relation``.
    reached : float
        First year in which the path meets the target; infinite if it leads away from it.
    required : float
        Change a year that would just reach the target; NaN once it is met.
    verdicts : DataFrame
        Indexed by year: each target year from the actual on, with ``target``, ``value`` and ``status``.
    sentence : Text
        The answer in words.
    """

    indicator: str
    unit: str
    pace_unit: str
    kind: str
    growth: float
    path: pd.DataFrame
    status: str
    relation: str
    target: float
    reached: float
    required: float
    verdicts: pd.DataFrame
    figure_ids: tuple[str, ...]
    sentence: Text = field(default_factory=lambda: text("", ""))

    def _repr_html_(self) -> str:
        words = "".join(f"<p>{html.escape(self.sentence[lang])}</p>" for lang in ("zh", "en"))
        return words + self.path.round(2).to_html(na_rep="—")


def _sentence(data: Data, scenario: Scenario) -> Text:
    """The answer in words."""
    words = {
        "first": int(scenario.path.index[0]),
        "year": int(scenario.path.index[-1]),
        "pace": movement(data, scenario.growth, scenario.pace_unit),
        "end": amount(data, scenario.path.value.iloc[-1], scenario.unit),
        "bound": amount(data, scenario.target, scenario.unit, scenario.relation),
        "status": targets.STATUSES[scenario.status],
        "late": text("", ""),
    }
    exactly = math.isclose(scenario.path.value.iloc[-1], scenario.target, rel_tol=1e-6)
    if scenario.status == "missed" and scenario.relation in (">", "<") and exactly:
        words["status"] = text("恰为目标值，超过才算达到", "exactly the target, which has to be exceeded")
    elif scenario.status == "missed":
        words["late"] = text("，照此达不到目标", "; this pace never gets there")
        if math.isfinite(scenario.reached):
            reached = f"{scenario.reached:.0f}"
            words["late"] = text(f"，到{reached}年达到", f"; the target is reached in {reached}")
    return say(
        "若{first}年起年均{pace}，{year}年为{end}，目标{bound}：{status}{late}。",
        "At {pace} a year from {first}, {end} in {year} against a target of {bound}: {status}{late}.",
        **words,
    )


def basis(
    data: Data, indicator: str, area: str | int | None = None, as_of: str | None = None
) -> tuple[Gaps, Target, pd.Series]:
    """Target of the leading plan and latest comparable actual that scenarios of an indicator start from.

    Raises
    ------
    NotOnFile
        If the plan sets no annual target for the indicator, or no comparable actual of the plan's years is on file.
    """
    code, place = key(data, indicator, area)
    gaps, info = gaps_of(data, as_of), data.indicators.loc[code]
    plan = plans.leading(data, code, place)
    found = [
        t
        for t in gaps.targets
        if (t.first.indicator, t.first.ref_area, t.first.source_id) == (code, place, plan)
        and t.first.span in ("annual", "point")
        and t.path
    ]
    if not found:
        raise NotOnFile(f"规划中{info.name_zh}的年度目标", f"an annual target of a plan for {info.name_en} ({code})")
    target = max(found, key=lambda t: (len(t.numeric), t.first.commitment != "strive"))
    evidence = gaps.candidates(target)
    if len(evidence):
        evidence = evidence[(evidence.year >= target.start) & (evidence.year < target.last_year)]
    if evidence.empty:
        raise NotOnFile(
            f"{target.start}年以来{info.name_zh}的可比实际数",
            f"a comparable actual of {info.name_en} ({code}) since {target.start}: nothing to start from",
        )
    return gaps, target, evidence.iloc[-1]


def what_if(
    data: Data,
    indicator: str,
    growth: float | Rate | None = None,
    *,
    area: str | int | None = None,
    as_of: str | None = None,
) -> Scenario:
    """Carry an indicator from its latest actual to the last target year at an assumed pace.

    Parameters
    ----------
    data : Data
    indicator : str
        Code or name of an indicator with an annual target and a comparable actual of the plan's years.
    growth : number or Rate, optional
        Change a year in the unit in which the indicator moves, as in ``required_pace`` of
        :func:`~huzhou_analysis.analysis.gaps.target_gaps`: 5 means 5% for a level, 5 points for a percentage, 5 of
        them for a count. By default what is just required.
    area, as_of : str, optional
        By default the city that the plan is about, and everything on file.

    Returns
    -------
    Scenario
        ``path`` by year, ``status`` in the last target year, ``reached``, and ``sentence`` in both languages.

    Raises
    ------
    NotOnFile
        If there is no yearly target ahead or no comparable actual; :func:`huzhou_analysis.open_indicators` names those with both.
    ValueError
        For a pace of -100% or less or not finite, or a growth between -1 and 1 that may be meant as a fraction.

    Examples
    --------
    >>> found = hz.what_if(data, "fdi_utilized", 5)  # 5% a year from the latest actual
    >>> found.pace_unit
    '%'
    """
    _, target, evidence = basis(data, indicator, area, as_of)
    final, first = target.path[max(target.path)], int(evidence.year)
    kind = targets.effective_kind(target.kind, evidence.value, final)
    required = targets.change_a_year(evidence.value, final, target.last_year - first, kind)
    pace = required if growth is None else _assumed(growth, kind, targets.pace_unit(kind, target.unit))
    path = _carried(data, target, evidence, pace, kind)
    verdicts = _verdicts(target, path)
    met = target.meets(evidence.value)
    wait = 0.0 if met else targets.years_needed(evidence.value, final, pace, kind)
    reached = first + math.ceil(wait - 1e-9) if math.isfinite(wait) else math.inf
    if verdicts.status.iloc[-1] == "missed" and reached <= target.last_year:
        reached = target.last_year + 1.0  # on the mark, which a bound like 突破 does not count
    unit, ids = targets.pace_unit(kind, target.unit), (*target.figures.index, *evidence.figure_id.split())
    last = (verdicts.status.iloc[-1], target.final.relation, final, float(reached), math.nan if met else required)
    about = (target.first.indicator, target.unit, unit, kind, float(pace))
    scenario = Scenario(*about, path, *last, verdicts, ids)
    return replace(scenario, sentence=_sentence(data, scenario))


def _assumed(growth: float | Rate, kind: str, unit: str) -> float:
    """An assumed change a year in the unit in which the indicator moves."""
    if kind == "growth":
        pace = percent(growth)[0].middle
    elif isinstance(growth, str):
        pace = float(growth)
    elif isinstance(growth, Rate | bool) or not isinstance(growth, int | float):
        raise ValueError(f"this indicator moves in {unit} a year: write a number of them, not {growth!r}")
    else:
        pace = float(growth)
    if not math.isfinite(pace) or (kind == "growth" and pace <= -100):
        raise ValueError(f"growth must be a finite number of {unit} a year, above -100%, not {growth!r}")
    return pace


def _carried(data: Data, target: Target, evidence: pd.Series, pace: float, kind: str) -> pd.DataFrame:
    """Path by year from the latest actual to the last target year, beside the plan's own."""
    first, last, final = int(evidence.year), target.last_year, target.path[max(target.path)]
    years = range(first, last + 1)
    values = [targets.advance(evidence.value, pace, year - first, kind) for year in years]
    if data.units[target.unit].is_share:
        values = [min(max(value, 0.0), 100.0 if target.unit == "%" else 1000.0) for value in values]
    if math.isclose(values[-1], final, rel_tol=1e-12):
        values[-1] = final  # the pace that is just required ends on the target and not a rounding error beside it
    plan = [targets.value_on_path(target.path, year, kind == "growth") for year in years]
    columns = {"value": values, "origin": [evidence.origin] + ["assumed"] * (last - first)}
    out = pd.DataFrame(columns | {"plan": pd.array(plan, dtype="Float64")}, index=pd.Index(list(years), name="year"))
    return out.astype({"plan": float})


def _verdicts(target: Target, path: pd.DataFrame) -> pd.DataFrame:
    """The target years from the actual on, each with target, value and status."""
    own = {int(f.time_period): f.relation for f in target.numeric.itertuples()}
    rows = []
    for year, value in sorted((int(y), v) for y, v in target.path.items() if int(y) >= path.index[0]):
        here, relation = path.value[year], own.get(year, target.final.relation)
        reached = targets.meets(here, value, relation, target.ascending)
        rows.append({"year": year, "target": value, "value": here, "status": "met" if reached else "missed"})
    return pd.DataFrame(rows).set_index("year")


def path_totals(data: Data, as_of: str | None = None) -> pd.DataFrame:
    """Five-year goals beside the sum of the yearly path that the same plan prints.

    Parameters
    ----------
    data : Data
        From :func:`load`.
    as_of : str, optional
        Only what had been published by then (ISO date).

    Returns
    -------
    DataFrame
        One row for each cumulative goal whose indicator has a yearly path too (columns ``TOTAL_COLUMNS``): the printed
        ``total``, the path summed over the same years with the years between the named ones read off ``geometric`` and
        ``straight``, and ``met``, whether the larger sum satisfies the goal. A goal that prints no starting year is
        summed over the years of the path.

    Examples
    --------
    >>> totals = hz.path_totals(data).set_index("indicator")
    >>> float(round(totals.straight["outbound_investment"], 6))  # 3 + 3.15 + 3.3 + 3.45 + 3.6
    16.5
    """
    every, rows = gaps_of(data, as_of).targets, []
    for goal in every:
        first = goal.first
        if first.span != "cumulative" or goal.numeric.empty:
            continue
        for path in every:
            other, period = path.first, periods.parse(goal.final.time_period)
            same = all(first[name] == other[name] for name in ("indicator", "ref_area", "source_id"))
            if not same or other.span != "annual" or len(path.numeric) < 2:
                continue
            start = period.start.year if period.kind == "years" else int(path.numeric.time_period.min())
            comparable = data.units.comparable(path.unit, goal.unit)
            if not comparable or not targets.covers(path.numeric, start, period.end.year):
                continue
            sums = targets.path_sum(path.numeric, start, period.end.year)
            geometric, straight = (data.units.convert(v, path.unit, goal.unit) for v in sums)
            span, ids = f"{start}/P{period.end.year - start + 1}Y", [*goal.figures.index, *path.numeric.index]
            about = (first.indicator, first.ref_area, span, goal.unit, goal.final.relation, goal.final.obs_value)
            rows.append((*about, geometric, straight, goal.meets(max(geometric, straight)), " ".join(ids)))
    return pd.DataFrame(rows, columns=TOTAL_COLUMNS)
