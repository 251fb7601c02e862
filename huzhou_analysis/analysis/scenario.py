"""What if: an indicator carried from its latest actual to the target year at a pace that the user names."""

import html
import math
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.relations import path_sum, value_on_path
from ..facts.words import LANGUAGES, Quantity, Text
from . import plans, targets
from .evidence import Standing, amount, movement
from .gaps import gaps_of
from .growth import Rate, percent
from .series import key
from .targets import Target, said

TOTAL_COLUMNS = ["indicator", "ref_area", "period", "unit", "relation", "total", "geometric", "straight", "met"]
TOTAL_COLUMNS += ["target_ids"]


@dataclass(frozen=True)
class Scenario:
    """An assumed pace, carried to the target year; ``sentence`` is the answer in words.

    ``path`` is indexed by year from that of the latest actual: ``value`` in ``unit``, ``origin`` and ``plan``, the plan's own
    path. ``growth`` is the assumed change a year in ``pace_unit``, compounded where ``kind`` is ``growth``, else added;
    ``required`` would just reach the ``target``, NaN once it is met. ``status`` is ``met`` or ``missed`` in the last target
    year, ``gap`` what is then still missing (negative beyond), ``reached`` the first year that meets the target, or None.
    """

    indicator: str
    unit: str
    pace_unit: str
    kind: str
    growth: float
    path: pd.DataFrame
    status: str
    target: float
    gap: float
    reached: int | None
    required: float
    figure_ids: tuple[str, ...]
    sentence: Text

    def _repr_html_(self) -> str:
        words = "".join(f"<p>{html.escape(self.sentence[lang])}</p>" for lang in LANGUAGES)
        return words + self.path.round(2).to_html(na_rep="—")


def what_if(
    data: Data,
    indicator: str,
    growth: float | str | Rate | None = None,
    *,
    area: str | int | None = None,
    as_of: object = None,
) -> Scenario:
    """Carry an indicator from its latest actual to the last target year at an assumed pace.

    `growth` is a change a year in the unit in which the indicator moves (``pace_unit`` of
    :func:`~huzhou_analysis.target_gaps`): 5 means 5% for a level, 5 points for a percentage, 5 of them for a count;
    ``"required"``, the default, just reaches the target, ``"recent"`` is the recent pace. A rate below 1% stands in quotes,
    ``"0.55"``, so that it is never taken for a fraction; a Rate is taken as it is.

    Raises NotOnFile if there is no yearly target ahead, no comparable actual of the plan's years or no recent pace;
    ValueError for a pace of -100% or less or not finite, or a growth between -1 and 1 that may be meant as a fraction.

    Examples
    --------
    >>> found = hz.what_if(data, "fdi_utilized", 5)  # 5% a year from the latest actual
    >>> found.pace_unit, found.status, found.reached
    ('%', 'missed', 2047)
    """
    at = _start(data, *key(data, indicator, area), as_of)
    target, evidence, kind = at.target, at.evidence, at.lasting_kind
    final, first, last = target.path[max(target.path)], at.year, target.last_year
    unit = targets.pace_unit(kind, target.unit)
    required = targets.change_a_year(evidence.value, final, last - first, kind)
    recent = at.recent if growth == "recent" else None
    if growth == "recent" and recent is None:
        data.on_file((), target.first.indicator, "的近期速度", ", a recent pace")
    pace = recent.change if recent else required if growth in (None, "required") else _assumed(growth, kind, unit)
    path = _carried(data, target, evidence, pace, kind)
    value, met = float(path.value.iloc[-1]), target.meets(evidence.value)
    status = "met" if target.meets(value) else "missed"
    wait = 0.0 if met else targets.years_needed(evidence.value, final, pace, kind)
    reached = first + math.ceil(wait - 1e-9) if math.isfinite(wait) else None
    if status == "missed" and reached is not None:
        reached = max(reached, last + 1)  # on the mark, which a bound like 突破 does not count
    gap = targets.still_missing(value, final, target.final.relation, target.ascending)
    about = (target.first.indicator, target.unit, unit, kind, float(pace))
    ids = (*target.figures.index, *evidence.figure_id.split())
    words = _sentence(data, target, path, movement(data, pace, unit), status, reached)
    return Scenario(*about, path, status, final, gap, reached, math.nan if met else required, ids, words)


def _start(data: Data, code: str, place: str, as_of: object) -> Standing:
    """Target of the leading plan and latest comparable actual of its years, from which a scenario starts."""
    gaps, wanted = gaps_of(data, as_of), (code, place, plans.leading_plan(data, code, place))
    mine = [t for t in gaps.targets if (t.first.indicator, t.first.ref_area, t.first.source_id) == wanted]
    found = [t for t in mine if t.first.span in ("annual", "point") and t.path]
    data.on_file(found, code, "的年度规划目标", f" ({code}), an annual target of a plan")
    target = max(found, key=lambda t: (len(t.numeric), t.first.commitment != "strive"))
    evidence = gaps.candidates(target)
    if len(evidence):
        evidence = evidence[(evidence.year >= target.start) & (evidence.year < target.last_year)]
    en = f" ({code}), a comparable actual since {target.start}: nothing to start from"
    data.on_file(evidence, code, f"{target.start}年以来的可比实际数", en)
    return Standing(data, target, evidence.iloc[-1], as_of)


def _assumed(growth: object, kind: str, unit: str) -> float:
    """An assumed change a year in the unit in which the indicator moves."""
    if kind == "growth":
        pace = percent(growth)[0].middle
    elif isinstance(growth, Rate | bool) or not isinstance(growth, Real | Decimal | Quantity | str):
        raise ValueError(f"this indicator moves in {unit} a year: write a number of them, not {growth!r}")
    else:
        pace = float(growth)
    if not math.isfinite(pace) or (kind == "growth" and pace <= -100):
        raise ValueError(f"growth must be a finite number of {unit} a year, above -100%, not {growth!r}")
    return pace


def _carried(data: Data, target: Target, evidence: pd.Series, pace: float, kind: str) -> pd.DataFrame:
    """Path by year from the latest actual to the last target year, beside the plan's own."""
    first, last, final = int(evidence.year), target.last_year, target.path[max(target.path)]
    years = pd.RangeIndex(first, last + 1, name="year")
    values = [targets.advance(evidence.value, pace, year - first, kind) for year in years]
    if data.units[target.unit].is_share:
        values = [min(max(value, 0.0), 100.0 if target.unit == "%" else 1000.0) for value in values]
    if math.isclose(values[-1], final, rel_tol=1e-12):
        values[-1] = final  # the pace that is just required ends on the target and not a rounding error beside it
    plan = [value_on_path(target.path, year, kind == "growth") for year in years]
    origin = [evidence.origin] + ["assumed"] * (last - first)
    return pd.DataFrame({"value": values, "origin": origin, "plan": pd.Series(plan, years, dtype=float)}, index=years)


def _sentence(data: Data, target: Target, path: pd.DataFrame, pace: Text, status: str, reached: int | None) -> Text:
    """The answer in words."""
    value, final, relation, late = path.value.iloc[-1], target.path[max(target.path)], target.final.relation, ""
    if status == "missed" and relation in (">", "<") and math.isclose(value, final, rel_tol=1e-6):
        status = "exact"
    elif status == "missed":
        late = said("scenario", "never" if reached is None else "later", year=reached)
    first, last = int(path.index[0]), int(path.index[-1])
    moved = said("scenario", "flat" if path.value.nunique() == 1 else "pace", pace=pace)
    end, bound = amount(data, value, target.unit), amount(data, final, target.unit, relation)
    words = {"verdict": said("scenario", status), "late": late, "moved": moved, "end": end, "bound": bound}
    return said("scenario", "all", first=first, next=first + 1, year=last, **words)


def path_totals(data: Data, as_of: object = None) -> pd.DataFrame:
    """Five-year goals beside the sum of the yearly path that the same plan prints (columns ``TOTAL_COLUMNS``).

    The printed ``total``, the path summed over the same years with the years between the named ones read off ``geometric``
    and ``straight``, and ``met``, whether the larger sum satisfies the goal. A goal that prints no starting year is summed
    over the years of the path.

    Examples
    --------
    >>> totals = hz.path_totals(data).set_index("indicator")
    >>> float(round(totals.straight["outbound_investment"], 6))  # 3 + 3.15 + 3.3 + 3.45 + 3.6
    16.5
    """
    every, rows, same = gaps_of(data, as_of).targets, [], ["indicator", "ref_area", "source_id"]
    paths = [t for t in every if t.first.span == "annual" and len(t.numeric) > 1]
    for goal in (t for t in every if t.first.span == "cumulative" and len(t.numeric)):
        period, about = periods.parse(goal.final.time_period), goal.first[same]
        for path in (p for p in paths if p.first[same].equals(about) and data.units.comparable(p.unit, goal.unit)):
            start = period.start.year if period.kind == "years" else int(min(path.path))
            if not (sums := path_sum(path.path, start, period.end.year)):
                continue
            geometric, straight = (data.units.convert(v, path.unit, goal.unit) for v in sums)
            span, ids = f"{start}/P{period.end.year - start + 1}Y", [*goal.figures.index, *path.numeric.index]
            row = (*about.iloc[:2], span, goal.unit, goal.final.relation, goal.final.obs_value, geometric, straight)
            rows.append((*row, goal.meets(max(geometric, straight)), " ".join(ids)))
    return pd.DataFrame(rows, columns=TOTAL_COLUMNS)
