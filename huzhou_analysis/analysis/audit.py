"""Check the documents against themselves and each other.

Two kinds of checks, both on rounding intervals. *Identities* are declared in ``data/relations.csv``: expressions over
figures that must agree, bound or contain each other. *Rules* look at all figures: the same thing printed in two ways, a
target that the latest actual has passed, a plan that jumps, a rate that implies an impossible base, a year that only a
page stamp suggests. Every finding names both printings, the difference and how to read it.

A statement fails only if no values within the two intervals satisfy it: the documents are given every benefit of
rounding.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.problems import DataError
from ..facts.relations import evaluate as evaluate_within
from ..facts.relations import relation_problems
from ..facts.rounding import Interval
from ..facts.schema import SEVERITIES
from . import targets
from .growth import implied_base

FINDING_COLUMNS = [
    "finding_id",
    "rule",
    "severity",
    "status",
    "indicator",
    "ref_area",
    "time_period",
    "left",
    "right",
    "difference",
    "reading_zh",
    "reading_en",
    "figures",
]

# --- declared identities -------------------------------------------------------------------------------------------


def _path(data: Data, indicator: str, first: int, last: int) -> tuple[Interval, list[str]]:
    """Sum of the plan's path: years between named ones read off it once geometrically and once straight."""
    rows = targets.table_targets(data)
    rows = rows[(rows.indicator == indicator) & (rows.obs_text != "")]
    if rows.empty:
        raise ValueError(f"no plan path for {indicator!r}")
    low, high = sorted(targets.path_sum(data, rows, first, last))
    return Interval(low, high), list(rows.index)


def evaluate(data: Data, expression: str) -> tuple[Interval, list[str]]:
    """Value of an expression (:func:`huzhou_analysis.facts.relations.evaluate`), with plan paths read off the plan."""
    return evaluate_within(data, expression, partial(_path, data))


def holds(left: Interval, expect: str, right: Interval) -> bool:
    """Whether some values within the two intervals satisfy the expectation."""
    if expect == "=":
        return left.overlaps(right)
    if expect == "<=":
        return left.may_be_at_most(right)
    return right.may_be_at_most(left)


def identities(data: Data) -> pd.DataFrame:
    """Every declared identity with both sides evaluated; ``status`` is ``holds`` or ``fails``.

    Parameters
    ----------
    data : Data
        From :func:`load`.

    Returns
    -------
    DataFrame
        Columns ``FINDING_COLUMNS``, one row for each row of ``relations.csv``.

    Raises
    ------
    DataError
        If an expression cannot be evaluated.

    Examples
    --------
    >>> set(hz.identities(data).status) <= {"holds", "fails"}
    True
    """
    problems = relation_problems(data, partial(_path, data))
    if problems:
        raise DataError(problems)
    rows = []
    for relation_id, r in data.relations.iterrows():
        row = dict.fromkeys(FINDING_COLUMNS, "") | {
            "finding_id": relation_id,
            "rule": r.kind,
            "severity": r.severity,
            "reading_zh": r.reading_zh,
            "reading_en": r.reading_en,
        }
        (left, a), (right, b) = evaluate(data, r.left), evaluate(data, r.right)
        figures = list(dict.fromkeys(a + b))
        first = data.figure(figures[0]) if figures else None
        rows.append(
            row
            | {
                "status": "holds" if holds(left, r.expect, right) else "fails",
                "left": _show(left),
                "right": _show(right),
                "difference": f"{left.distance(right):.4g}",
                "figures": " ".join(figures),
                "indicator": "" if first is None else first.indicator,
                "ref_area": "" if first is None else first.ref_area,
                "time_period": "" if first is None else first.time_period,
            }
        )
    return pd.DataFrame(rows, columns=FINDING_COLUMNS)


def _show(interval: Interval) -> str:
    low, high = interval.floats
    if not interval.bounded:
        return (
            f"≥{low:g}"
            if high == float("inf") and low != -float("inf")
            else f"≤{high:g}"
            if low == -float("inf") and high != float("inf")
            else "?"
        )
    if low == high:
        return f"{low:g}"
    return f"{low:.5g}…{high:.5g}"


# --- rules over all figures ----------------------------------------------------------------------------------------


def _finding(
    data: Data, rule: str, severity: str, figures: list[str], left: str, right: str, difference: str, zh: str, en: str
) -> dict:
    first = data.figure(figures[0])
    return dict(
        zip(
            FINDING_COLUMNS,
            (
                f"{rule}.{first.indicator}.{first.ref_area}.{first.time_period or 'undated'}".replace("/", ""),
                rule,
                severity,
                "fails",
                first.indicator,
                first.ref_area,
                first.time_period,
                left,
                right,
                difference,
                zh,
                en,
                " ".join(figures),
            ),
            strict=True,
        )
    )


def same_thing_printed_twice(data: Data) -> list[dict]:
    """Same indicator, area, period, kind and span, printed with another value, bound or unit."""
    figures = data.figures[
        (data.figures.obs_text != "")
        & data.figures.record_type.isin(["actual", "target", "claim"])
        & ((data.figures.time_period != "") | (data.figures.span == "point"))
        & (data.figures.indicator != "size_threshold")
        & data.own
    ]
    found, between = [], []
    keys = ["record_type", "indicator", "ref_area", "time_period", "transformation", "span"]
    for _, group in figures.groupby(keys, sort=False):
        ways = group.drop_duplicates(["obs_text", "relation", "unit", "commitment"])
        for (a_id, a), (b_id, b) in combinations(ways.iterrows(), 2):
            if a.time_period == "" and a.source_id == b.source_id:
                continue  # two places of one undated page may speak of different times
            finding = _compare(data, a_id, a, b_id, b)
            if finding is None:
                continue
            revised = finding["rule"] in ("value_differs", "weaker_bound", "bound_differs", "stretch_and_table")
            if revised and a.source_id != b.source_id and (a.record_type == "actual" or a.vintage[:4] != b.vintage[:4]):
                between.append((a, b))
            else:
                found.append(finding)
    return found + _vintages_differ(data, between)


def _vintages_differ(data: Data, pairs: list[tuple[pd.Series, pd.Series]]) -> list[dict]:
    """One finding for each indicator whose sources or vintages print different actuals: the widest case, and how many."""
    found = []
    by_indicator: dict[tuple, list] = {}
    for a, b in pairs:
        by_indicator.setdefault((a.indicator, a.ref_area, a.transformation, a.record_type), []).append(
            (_gap(data, a, b), a, b)
        )
    for (_, _, kind, _), cases in by_indicator.items():
        gap, a, b = max(cases, key=lambda case: case[0])
        unit = "个百分点" if kind == "GY" else "%"
        years = sorted({a.time_period for _, a, _ in cases})
        found.append(
            _finding(
                data,
                "vintages_differ",
                "medium" if gap >= 1 else "low",
                [a.name, b.name],
                f"{a.obs_text}{a.unit} ({a.source_id})",
                f"{b.obs_text}{b.unit} ({b.source_id})",
                f"{gap:.2f}{unit}",
                f"{len(years)}个时期由不同来源或版本印出不同数值，{a.time_period}年相差最大：引用时须注明来源与版本",
                f"different sources or vintages print different values for {len(years)} period"
                f"{'s' * (len(years) != 1)}, most of all for {a.time_period}: name source and vintage when quoting",
            )
        )
    return found


def _gap(data: Data, a: pd.Series, b: pd.Series) -> float:
    """Difference of two printings: in per cent for levels, in points for rates."""
    other = data.units.convert(b.obs_value, b.unit, a.unit)
    if a.transformation == "GY" or data.units[a.unit].is_share or not a.obs_value:
        return abs(a.obs_value - other)
    return abs(other / a.obs_value - 1) * 100


def _compare(data: Data, a_id: str, a: pd.Series, b_id: str, b: pd.Series) -> dict | None:
    pair = [a_id, b_id]
    shown = (f"{_bound(a)}{a.obs_text}{a.unit}", f"{_bound(b)}{b.obs_text}{b.unit}")
    if {a.commitment, b.commitment} == {"strive", "ensure"}:
        return None  # a stretch value and a floor are two targets
    if not data.units.comparable(a.unit, b.unit):
        return _finding(
            data,
            "unit_differs",
            "high",
            pair,
            *shown,
            "",
            "同一指标两处单位不可换算，须核对",
            "the two printings have units that do not convert: check them",
        )
    left = data.interval(a)
    right = data.interval(b) * data.units.factor(b.unit, a.unit)
    if a.obs_value == b.obs_value and a.unit != b.unit:
        return _finding(
            data,
            "unit_wording",
            "info",
            pair,
            *shown,
            "0",
            "数值相同，单位写法不同",
            "same value, the unit is worded differently",
        )
    if a.obs_value == b.obs_value and a.relation == b.relation:
        return None
    if a.obs_value == b.obs_value:
        return _finding(
            data,
            "bound_differs",
            "low",
            pair,
            *shown,
            "0",
            "数值相同，一处为界限（突破、超、左右）、一处为等于：按界限判断，等于该值尚不算“突破”",
            "same value, a bound in one place and an equality in the other: judged by the bound, equality does "
            "not exceed it",
        )
    difference = f"{abs(a.obs_value - float(right.middle if b.relation == '=' else b.obs_value)):g}"
    if left.overlaps(right):
        return _finding(
            data,
            "weaker_bound",
            "low",
            pair,
            *shown,
            difference,
            "两处可同时成立：一处只是较宽的界限，引用时用较严者",
            "both can hold, one is only a weaker bound: quote the stricter",
        )
    if {a.commitment, b.commitment} == {"strive", ""} and (a.source_id, a.locator) == (b.source_id, b.locator):
        return None  # a goal and its stretch value, printed side by side
    if "strive" in (a.commitment, b.commitment) or "ensure" in (a.commitment, b.commitment):
        return _finding(
            data,
            "stretch_and_table",
            "low",
            pair,
            *shown,
            difference,
            "一处为力争值，另一处未写承诺程度：指标表所列为确保值，不是力争值",
            "one is a stretch value, the other states no commitment: the table carries the floor, not the stretch",
        )
    return _finding(
        data,
        "value_differs",
        "low" if a.record_type == "claim" else "high",
        pair,
        *shown,
        difference,
        "同一指标、地区、时期印有两个不同数值，引用前须核实",
        "two different values for the same indicator, area and period: settle before quoting",
    )


def _bound(figure: pd.Series) -> str:
    commitment = {"strive": "力争", "ensure": "确保"}.get(figure.commitment, "")
    return commitment + {"=": "", ">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "≈", "range": ""}[figure.relation]


def target_already_passed(data: Data) -> list[dict]:
    """A target that the latest actual of the same name, or of one declared beside it, has already passed."""
    found = []
    goals = targets.table_targets(data)
    goals = goals[goals.obs_text != ""]
    for indicator, path in goals.groupby("indicator", sort=False):
        names = [indicator, *data.pairs[data.pairs.target_indicator == indicator].actual_indicator]
        actuals = data.select(names, path.ref_area.iloc[0], record_type="actual", transformation="N")
        actuals = actuals[
            (actuals.time_period != "")
            & (actuals.span != "cumulative")
            & (actuals.obs_text != "")
            & (actuals.unit == path.unit.iloc[0])
        ]
        if actuals.empty:
            continue
        ends = actuals.time_period.map(lambda p: periods.parse(p).end)
        latest = actuals.loc[ends.idxmax()]
        last = path.iloc[-1]
        before_the_plan = periods.parse(latest.time_period).end < periods.parse(last.vintage).end
        if before_the_plan and targets.meets(
            latest.obs_value, last.obs_value, last.relation, bool(data.indicators.ascending[indicator])
        ):
            found.append(
                _finding(
                    data,
                    "target_below_actual",
                    "high",
                    [last.name, latest.name],
                    f"{last.obs_text}{last.unit}",
                    f"{latest.obs_text}{latest.unit}",
                    f"{abs(latest.obs_value - last.obs_value):g}",
                    f"{latest.time_period}年所印实绩已超过{last.time_period}年目标：多半是口径不同，不得直接比较",
                    f"the value printed for {latest.time_period} is already beyond the {last.time_period} target: most likely "
                    "another definition; do not compare the two",
                )
            )
    return found


JUMP_FACTOR, JUMP_POINTS, JUMP_PERCENT = 3.0, 10.0, 25.0


def plan_jumps(data: Data) -> list[dict]:
    """A plan path whose required pace changes by a factor of three or more between its steps and is large besides."""
    found = []
    paces = targets.plan_pace(data, targets.table_targets(data))
    for (_, _), steps in paces.groupby(["indicator", "ref_area"], sort=False):
        steps = steps.drop_duplicates("from_period")
        if len(steps) < 2 or steps.pace_unit.iloc[0] not in ("%", "个百分点"):
            continue
        a, b = steps.iloc[0], steps.iloc[1]
        large = JUMP_POINTS if a.pace_unit == "个百分点" else JUMP_PERCENT
        big, small = max(abs(a.pace), abs(b.pace)), min(abs(a.pace), abs(b.pace))
        if big >= large and big >= JUMP_FACTOR * max(small, 1e-9) and not (b.pace == 0 and b.to_value == 100):
            unit = a.pace_unit
            found.append(
                _finding(
                    data,
                    "plan_jump",
                    "medium",
                    [a.from_id, a.to_id, b.to_id],
                    f"{a.pace:+.3g}{unit}/年",
                    f"{b.pace:+.3g}{unit}/年",
                    f"{b.pace - a.pace:+.3g}",
                    f"要求的速度由每年{a.pace:.3g}变为{b.pace:.3g}（{unit}），路径陡折：先核对原表再引用",
                    f"the required pace goes from {a.pace:.3g} to {b.pace:.3g} a year: a kink to check against the printed table",
                )
            )
    return found


def impossible_bases(data: Data) -> list[dict]:
    """A printed level and growth rate that leave no positive level a year before."""
    found = []
    rates = data.figures[
        (data.figures.transformation == "GY") & (data.figures.obs_text != "") & (data.figures.unit == "%")
    ]
    for figure_id, rate in rates.iterrows():
        level = data.select(
            rate.indicator, rate.ref_area, transformation="N", period=rate.time_period, source=rate.source_id
        )
        level = level[level.obs_text != ""]
        interval = data.interval(rate)
        if level.empty or not interval.bounded or not data.interval(level.iloc[0]).bounded:
            continue
        try:
            base = implied_base(data.interval(level.iloc[0]), interval / 100)
        except ValueError:
            base = None
        if base is None or base.low <= 0:
            found.append(
                _finding(
                    data,
                    "impossible_base",
                    "high",
                    [level.index[0], figure_id],
                    level.obs_text.iloc[0],
                    f"{rate.obs_text}%",
                    "",
                    "水平值与增速不能同时成立：推不出正的基期值",
                    "level and rate cannot both hold: no positive base follows",
                )
            )
    return found


MAGNITUDE_FACTOR, MAGNITUDE_YEARS = 5.0, 1


def implausible_steps(data: Data) -> list[dict]:
    """Levels of one indicator, a year apart, that differ by a factor of five: a slip of unit or magnitude."""
    found = []
    actuals = data.figures[
        (data.figures.record_type == "actual")
        & (data.figures.transformation == "N")
        & (data.figures.obs_value > 0)
        & data.figures.relation.eq("=")
        & (data.figures.corrected != "exclude")
        & data.own
    ]
    actuals = actuals[actuals.time_period.map(periods.is_year).astype(bool)].sort_values("time_period")
    for _, group in actuals.groupby(["indicator", "ref_area"], sort=False):
        for (a_id, a), (b_id, b) in zip(list(group.iterrows())[:-1], list(group.iterrows())[1:], strict=True):
            if data.units[a.unit].is_share or not data.units.comparable(a.unit, b.unit):
                continue
            ratio = data.units.convert(b.obs_value, b.unit, a.unit) / a.obs_value
            if b.obs_status == "B":
                continue
            near = periods.years_between(a.time_period, b.time_period) <= MAGNITUDE_YEARS
            if near and not 1 / MAGNITUDE_FACTOR < ratio < MAGNITUDE_FACTOR:
                found.append(
                    _finding(
                        data,
                        "magnitude",
                        "high",
                        [a_id, b_id],
                        f"{a.obs_text}{a.unit}",
                        f"{b.obs_text}{b.unit}",
                        f"{ratio:.3g}x",
                        "相近年份相差数倍：多半是单位或数量级之误",
                        "years close together differ several times: most likely a slip of unit or magnitude",
                    )
                )
    return found


def currency_changes(data: Data) -> list[dict]:
    """One indicator printed in units that do not convert: never joined into one line."""
    found = []
    levels = data.figures[
        (data.figures.transformation == "N")
        & (data.figures.obs_text != "")
        & data.figures.record_type.isin(["actual", "target"])
        & (data.figures.indicator != "size_threshold")
    ]
    for _, group in levels.groupby(["indicator", "ref_area"], sort=False):
        measures = group.unit.map(lambda u: data.units[u].unit_measure)
        if measures.nunique() > 1:
            firsts = group[~measures.duplicated()]
            found.append(
                _finding(
                    data,
                    "unit_break",
                    "info",
                    list(firsts.index[:2]),
                    *[f"{f.obs_text}{f.unit} ({f.time_period or '—'})" for _, f in firsts.iloc[:2].iterrows()],
                    "",
                    "前后单位或币种不同，不折算、不连线",
                    "unit or currency changes: not converted, not joined",
                )
            )
    return found


def shares_above_whole(data: Data) -> list[dict]:
    """A share above 100 per cent."""
    shares = data.figures[
        (data.figures.unit == "%")
        & (data.figures.transformation == "N")
        & (data.figures.obs_value > 100)
        & data.figures.indicator.str.contains("share|coverage|rate$|openness")
    ]
    return [
        _finding(
            data,
            "share_above_100",
            "high",
            [i],
            f"{f.obs_text}%",
            "100%",
            f"{f.obs_value - 100:g}",
            "比重超过100%",
            "a share above 100%",
        )
        for i, f in shares.iterrows()
    ]


def years_from_page_stamps(data: Data) -> list[dict]:
    """Periods given to figures of a page that states no date of its own."""
    undated = data.sources.index[(data.sources.date_published == "") & (data.sources.date_accessed != "")]
    found = []
    inferred = data.figures[data.figures.source_id.isin(undated) & (data.figures.time_basis == "inferred")]
    for (source, period), group in inferred.groupby(["source_id", "time_period"], sort=False):
        stamp = data.sources.date_accessed[source]
        found.append(
            _finding(
                data,
                "page_stamp",
                "medium",
                list(group.index),
                period,
                stamp,
                "",
                f"页面只有抓取日期{stamp}，正文“今年”“上半年”未载年份；{period}为推断，不得作为载明年份引用",
                f"the page only carries the stamp {stamp}; the year of its wording is not printed, {period} is inferred and must not be "
                "quoted as stated",
            )
        )
    return found


RULES = (
    same_thing_printed_twice,
    target_already_passed,
    plan_jumps,
    impossible_bases,
    implausible_steps,
    currency_changes,
    shares_above_whole,
    years_from_page_stamps,
)


def findings(data: Data) -> pd.DataFrame:
    """What the documents get wrong, or print in two ways, worst first.

    Parameters
    ----------
    data : Data
        From :func:`load`.

    Returns
    -------
    DataFrame
        Columns ``FINDING_COLUMNS``: failed identities and everything that the rules find; ``severity`` is high,
        medium, low or info.

    Examples
    --------
    >>> found = hz.findings(data)
    >>> set(found.severity) <= {"high", "medium", "low", "info"}
    True
    """
    declared = identities(data)
    rows = [row for rule in RULES for row in rule(data)]
    out = pd.concat(
        [declared[declared.status != "holds"], pd.DataFrame(rows, columns=FINDING_COLUMNS)], ignore_index=True
    )
    rank = out.severity.map({s: i for i, s in enumerate(SEVERITIES)})
    return (
        out.assign(_r=rank)
        .sort_values(["_r", "rule", "finding_id"], kind="stable")
        .drop(columns="_r")
        .reset_index(drop=True)
    )
