"""What if: an indicator carried from its latest actual to the target year at a pace that the user names."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, field, replace

import pandas as pd

from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data
from ..facts.words import Text, text
from . import targets
from .gaps import Evidence, Gaps, Target, gaps_of

TOTAL_COLUMNS = [
    "indicator",
    "ref_area",
    "period",
    "unit",
    "relation",
    "total",
    "geometric",
    "straight",
    "met",
    "target_ids",
]


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
    sentence: Text = field(default_factory=dict)

    def _repr_html_(self) -> str:
        from ..exhibit import table_html

        shown = self.path.reset_index().astype({"year": str}).round(2)
        words = "".join(f"<p>{html.escape(self.sentence[lang])}</p>" for lang in i18n.LANGUAGES)
        return words + table_html(shown.astype(object).where(shown.notna(), "—"), [True, True, False, True])


def _sentence(data: Data, scenario: Scenario) -> Text:
    """The answer in words."""
    gaps = gaps_of(data)
    final, year = scenario.path.value.iloc[-1], int(scenario.path.index[-1])
    end = gaps.quantity(final, scenario.unit)
    bound = gaps.quantity(scenario.target, scenario.unit, scenario.relation)
    pace = pace_words(data, scenario.growth, scenario.pace_unit)
    word = i18n.labels(scenario.status)
    zh = f"若此后每年{pace['zh']}，{year}年为{end['zh']}，目标{bound['zh']}：{word['zh']}"
    en = f"At {pace['en']} a year, {end['en']} in {year} against a target of {bound['en']}: {word['en']}"
    if scenario.status == "missed":
        late = text("这一速度达不到目标", "this pace never gets there")
        if math.isfinite(scenario.reached):
            late = text(f"到{scenario.reached:.0f}年方达到", f"the target is reached in {scenario.reached:.0f}")
        zh, en = f"{zh}，{late['zh']}", f"{en}; {late['en']}"
    return text(zh + "。", en + ".")


def pace_words(data: Data, value: float, pace_unit: str) -> Text:
    """A change with its unit: +3.0%, +1.07 pp, +500."""
    if pace_unit == "%":
        return dict.fromkeys(i18n.LANGUAGES, i18n.number(value, 1, sign=True) + "%")
    shown = {
        lang: i18n.quantity(f"{abs(value):.2f}".rstrip("0").rstrip("."), pace_unit, lang, data.units)
        for lang in i18n.LANGUAGES
    }
    return {lang: ("−" if value < 0 else "+") + shown[lang] for lang in i18n.LANGUAGES}


def basis(
    data: Data, indicator: str, area: str | None = None, as_of: str | None = None
) -> tuple[Gaps, Target, Evidence]:
    """Target and latest comparable actual that scenarios of an indicator start from.

    Raises
    ------
    KeyError
        If the plan sets no annual target for the indicator.
    ValueError
        If no comparable actual of the plan's years is on file, or none that comes before the target year.
    """
    area = area or data.home
    gaps = gaps_of(data, as_of)
    found = [
        t
        for t in gaps.targets
        if t.first.indicator == indicator
        and t.first.ref_area == area
        and t.first.span in ("annual", "point")
        and t.path
    ]
    if not found:
        raise KeyError(
            f"规划未给{area}的{indicator!r}设年度目标；有目标的指标见 hz.target_gaps(data).indicator / the plan sets no annual "
            f"target for {indicator!r} in {area}; hz.target_gaps(data).indicator lists those that have one"
        )
    target = max(found, key=lambda t: len(t.numeric))
    evidence = [e for e in gaps.candidates(target) if target.start <= e.year < int(max(target.path))]
    if not evidence:
        raise ValueError(
            f"{indicator!r}在{target.start}年及以后没有可比实绩，无从起算；请补录数字，或换一个指标 / "
            f"no comparable actual of {indicator!r} is on file for {target.start} or later: nothing to start from; "
            "add the figure, or choose another indicator"
        )
    return gaps, target, evidence[-1]


def what_if(
    data: Data, indicator: str, growth: float | None = None, *, area: str | None = None, as_of: str | None = None
) -> Scenario:
    """Carry an indicator from its latest actual to the last target year at an assumed pace.

    Parameters
    ----------
    data : Data
    indicator : str
        An indicator with an annual target and a comparable actual of the plan's years.
    growth : float, optional
        Change a year in the unit in which the indicator moves, as in ``required_pace`` of
        :func:`~huzhou_analysis.gaps.target_gaps`: 5 means 5% for a level, 5 points for a percentage, 5 of them for a
        count. By default what is just required.
    area : str, optional
        By default the city that the plan is about.
    as_of : str, optional
        Only what had been published by then.

    Returns
    -------
    Scenario
        ``path`` by year, ``status`` in the last target year, ``reached``, and ``sentence`` in both languages.

    Raises
    ------
    KeyError, ValueError
        See :func:`basis`; ValueError also for a pace of -100% or less, or one that is not a finite number.

    Examples
    --------
    >>> found = hz.what_if(data, "fdi_utilized", 5)  # 5% a year from the latest actual
    >>> print(found.sentence["en"])  # doctest: +SKIP
    """
    _, target, evidence = basis(data, indicator, area, as_of)
    ascending = bool(data.indicators.ascending[indicator])
    last, first = int(max(target.path)), evidence.year
    final, relation = target.path[str(last)], target.final.relation
    kind = target.kind if target.kind != "growth" or (evidence.value > 0 and final > 0) else "units"
    met = targets.meets(evidence.value, final, relation, ascending)
    required = targets.change_a_year(evidence.value, final, last - first, kind)
    if growth is None:
        growth = required
    if not math.isfinite(growth) or (kind == "growth" and growth <= -100):
        pace = targets.pace_unit(kind, target.unit)
        raise ValueError(
            f"growth 应为有限的数{'且高于-100%' if kind == 'growth' else ''}，写作 5 即每年5{pace}，不能是 {growth!r} / growth must "
            f"be a finite number{' above -100%' if kind == 'growth' else ''}, not {growth!r}; write 5 for 5{pace} a year"
        )
    years = range(first, last + 1)
    values = [targets.advance(evidence.value, growth, year - first, kind) for year in years]
    if data.units[target.unit].is_share:
        top = 100.0 if target.unit == "%" else 1000.0
        values = [min(max(value, 0.0), top) for value in values]
    if math.isclose(values[-1], final, rel_tol=1e-12):
        values[-1] = final  # the pace that is just required ends on the target and not a rounding error beside it
    plan = [targets.value_on_path(target.path, year, target.kind == "growth") for year in years]
    path = pd.DataFrame(
        {
            "value": values,
            "origin": ["printed"] + ["assumed"] * (last - first),
            "plan": pd.array(plan, dtype="Float64"),
        },
        index=pd.Index(list(years), name="year"),
    ).astype({"plan": float})
    named = {int(y): v for y, v in target.path.items() if int(y) >= first}
    own = {int(f.time_period): f.relation for _, f in target.numeric.iterrows()}
    verdicts = pd.DataFrame(
        [
            {
                "year": year,
                "target": value,
                "value": path.value[year],
                "status": "met"
                if targets.meets(path.value[year], value, own.get(year, relation), ascending)
                else "missed",
            }
            for year, value in sorted(named.items())
        ]
    ).set_index("year")
    wait = 0.0 if met else targets.years_needed(evidence.value, final, growth, kind)
    reached = first + math.ceil(wait - 1e-9) if math.isfinite(wait) else math.inf
    if verdicts.status.iloc[-1] == "missed" and reached <= last:
        reached = last + 1.0  # on the mark, which a bound like 突破 does not count
    scenario = Scenario(
        indicator,
        target.unit,
        targets.pace_unit(kind, target.unit),
        kind,
        float(growth),
        path,
        verdicts.status.iloc[-1],
        relation,
        final,
        float(reached),
        math.nan if met else required,
        verdicts,
        (*target.figures.index, *evidence.figure_id.split()),
    )
    return replace(scenario, sentence=_sentence(data, scenario))


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
    gaps = gaps_of(data, as_of)
    rows = []
    for goal in gaps.targets:
        if goal.first.span != "cumulative" or goal.numeric.empty:
            continue
        paths = [
            t
            for t in gaps.targets
            if t.first.indicator == goal.first.indicator
            and t.first.ref_area == goal.first.ref_area
            and t.first.span == "annual"
            and len(t.numeric) > 1
            and data.units.comparable(t.unit, goal.unit)
        ]
        for path in paths:
            named = [int(p) for p in path.numeric.time_period]
            period = periods.parse(goal.final.time_period)
            first = period.start.year if period.kind == "years" else min(named)
            if not targets.covers(path.numeric, first, period.end.year):
                continue
            sums = targets.path_sum(data, path.numeric, first, period.end.year)
            geometric, straight = (data.units.convert(v, path.unit, goal.unit) for v in sums)
            ascending = bool(data.indicators.ascending[goal.first.indicator])
            rows.append(
                (
                    goal.first.indicator,
                    goal.first.ref_area,
                    f"{first}/P{period.end.year - first + 1}Y",
                    goal.unit,
                    goal.final.relation,
                    goal.final.obs_value,
                    geometric,
                    straight,
                    targets.meets(max(geometric, straight), goal.final.obs_value, goal.final.relation, ascending),
                    " ".join([*goal.figures.index, *path.numeric.index]),
                )
            )
    return pd.DataFrame(rows, columns=TOTAL_COLUMNS)
