"""Check the documents against themselves and each other, on rounding intervals; identities: ``data/relations.csv``."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.problems import DataError
from ..facts.relations import evaluate, relation_problems
from ..facts.rounding import Interval
from ..facts.schema import SEVERITIES
from ..facts.words import RELATION_SIGNS, period_text, say, text
from . import plans, targets

FINDING_COLUMNS = ["finding_id", "rule", "severity", "status", "indicator", "ref_area", "time_period"]
FINDING_COLUMNS += ["left", "right", "difference", "reading_zh", "reading_en", "figures"]
# A plan's pace that changes by this factor and is as large as this is a kink.
JUMP_FACTOR, JUMP_SIZE = 3.0, {"个百分点": 10.0, "%": 25.0}
# Name, severity and reading of each rule (names in braces are filled in), and names of the kinds of identities that fail.
_RULES = pd.read_csv(Path(__file__).with_name("audit_rules.csv"), keep_default_na=False, index_col="rule")
RULE_NAMES = {rule: text(row.name_zh, row.name_en) for rule, row in _RULES.iterrows()}


def holds(left: Interval, expect: str, right: Interval) -> bool:
    """Whether some values within the two intervals satisfy the expectation."""
    if expect == "=":
        return left.overlaps(right)
    return left.may_be_at_most(right) if expect == "<=" else right.may_be_at_most(left)


def identities(data: Data) -> pd.DataFrame:
    """Every declared identity with both sides evaluated (columns ``FINDING_COLUMNS``).

    One row for each of ``relations.csv``, ``status`` is ``holds`` or ``fails``; DataError if one cannot be evaluated.

    Examples
    --------
    >>> set(hz.identities(data).status) <= {"holds", "fails"}
    True
    """
    if problems := relation_problems(data):
        raise DataError(problems)
    rows = []
    for relation_id, r in data.relations.iterrows():
        (left, a), (right, b) = evaluate(data, r.left), evaluate(data, r.right)
        ids = list(dict.fromkeys(a + b))
        where = data.figures.loc[ids[0], ["indicator", "ref_area", "time_period"]] if ids else ("", "", "")
        both = left.bounded and right.bounded
        difference = abs(left.middle - right.middle) if both else left.distance(right)
        status = "holds" if holds(left, r.expect, right) else "fails"
        said = (_show(left), _show(right), f"{difference:.4g}", r.reading_zh, r.reading_en, " ".join(ids))
        rows.append((relation_id, r.kind, r.severity, status, *where, *said))
    return pd.DataFrame(rows, columns=FINDING_COLUMNS)


def _show(interval: Interval) -> str:
    low, high = interval.floats
    if not interval.bounded:
        return "?" if low == -high else f"≥{low:g}" if high == float("inf") else f"≤{high:g}"
    return f"{low:g}" if low == high else f"{low:.5g}…{high:.5g}"


def _finding(
    data: Data, rule: str, ids: list[str], left: str, right: str, difference: str = "", severity: str = "", **words
) -> dict:
    first, usual = data.figures.loc[ids[0]], _RULES.loc[rule]
    where = first.indicator, first.ref_area, first.time_period
    name = ".".join([rule, *where[:2], where[2] or "undated"]).replace("/", "")
    said = say(usual.reading_zh, usual.reading_en, **words)
    cells = [name, rule, severity or usual.severity, "fails", *where, left, right, difference]
    return dict(zip(FINDING_COLUMNS, [*cells, said.zh, said.en, " ".join(ids)], strict=True))


def same_thing_printed_twice(data: Data) -> Iterator[dict]:
    """Same indicator, area, period, kind and span, printed with another value, bound or unit: of an indicator whose sources or
    vintages print different values the widest case stands for all."""
    figures = data.figures[data.own & (data.figures.obs_text != "") & (data.figures.indicator != "size_threshold")]
    figures = figures[figures.record_type.isin(["actual", "target", "claim"])]
    figures = figures[(figures.time_period != "") | (figures.span == "point")]
    keys = ["record_type", "indicator", "ref_area", "time_period", "transformation", "span"]
    ways = figures.drop_duplicates([*keys, "obs_text", "relation", "unit", "commitment"])
    between: dict[tuple, list] = {}
    for _, group in ways[ways.duplicated(keys, keep=False)].groupby(keys, sort=False):
        for a, b in combinations(group.itertuples(), 2):
            if a.time_period == "" and a.source_id == b.source_id:
                continue  # two places of one undated page may speak of different times
            rule, difference = _differ(data, a, b)
            other = a.source_id != b.source_id and (a.record_type == "actual" or a.vintage[:4] != b.vintage[:4])
            if other and rule in ("value_differs", "weaker_bound", "bound_differs", "stretch_and_table"):
                key = (a.indicator, a.ref_area, a.transformation, a.record_type)
                between.setdefault(key, []).append((_apart(data, a, b), a, b))
            elif rule:
                mild = "low" if rule == "value_differs" and a.record_type == "claim" else ""
                yield _finding(data, rule, [a.Index, b.Index], _shown(a), _shown(b), difference, mild)
    for cases in between.values():
        gap, a, b = max(cases, key=lambda case: case[0])
        shown = [f"{f.obs_text}{f.unit} ({f.source_id})" for f in (a, b)]
        difference = f"{gap:.2f}{'个百分点' if a.transformation == 'GY' else '%'}"
        severity, n = "medium" if gap >= 1 else "low", len({one.time_period for _, one, _ in cases})
        more = {"severity": severity, "n": n, "period": period_text(a.time_period)}
        yield _finding(data, "vintages_differ", [a.Index, b.Index], *shown, difference, **more)


def _shown(figure) -> str:
    """A figure with its commitment and bound: 力争≥500亿元."""
    commitment = {"strive": "力争", "ensure": "确保"}.get(figure.commitment, "")
    return f"{commitment}{RELATION_SIGNS.get(figure.relation, '')}{figure.obs_text}{figure.unit}"


def _apart(data: Data, a, b) -> float:
    """Difference of two printings: in per cent for levels, in points for rates."""
    other = data.units.convert(b.obs_value, b.unit, a.unit)
    if a.transformation == "GY" or data.units[a.unit].is_share or not a.obs_value:
        return abs(a.obs_value - other)
    return abs(other / a.obs_value - 1) * 100


def _differ(data: Data, a, b) -> tuple[str, str]:
    """The rule under which two printings of one thing differ, and by how much; no rule where they do not."""
    commitments = {a.commitment, b.commitment}
    if commitments == {"strive", "ensure"}:
        return "", ""  # a stretch value and a floor are two targets
    if not data.units.comparable(a.unit, b.unit):
        return "unit_differs", ""
    if a.obs_value == b.obs_value:
        return "unit_wording" if a.unit != b.unit else "bound_differs" if a.relation != b.relation else "", "0"
    left, right = data.interval(a), data.interval(b) * data.units.factor(b.unit, a.unit)
    difference = f"{abs(a.obs_value - float(right.middle if b.relation == '=' else b.obs_value)):g}"
    if left.overlaps(right):
        return "weaker_bound", difference
    if commitments == {"strive", ""} and (a.source_id, a.locator) == (b.source_id, b.locator):
        return "", ""  # a goal and its stretch value, printed side by side
    return "stretch_and_table" if commitments & {"strive", "ensure"} else "value_differs", difference


def target_already_passed(data: Data) -> Iterator[dict]:
    """A target that the latest actual of the same name, or of one declared beside it, has already passed."""
    goals = plans.table_targets(data)
    for indicator, path in goals[goals.obs_text != ""].groupby("indicator", sort=False):
        names, last = [indicator, *data.pairs[data.pairs.target_indicator == indicator].actual_indicator], path.iloc[-1]
        actuals = data.select(names, path.ref_area.iloc[0], record_type="actual", transformation="N")
        actuals = actuals[(actuals.time_period != "") & (actuals.span != "cumulative") & (actuals.obs_text != "")]
        actuals = actuals[actuals.unit == path.unit.iloc[0]]
        ends = actuals.time_period.map(lambda p: periods.parse(p).end)
        if actuals.empty or ends.max() >= periods.parse(last.vintage).end:
            continue  # only what was known before the plan
        latest, better = actuals.loc[ends.idxmax()], bool(data.indicators.ascending[indicator])
        if targets.meets(latest.obs_value, last.obs_value, last.relation, better):
            shown = (f"{last.obs_text}{last.unit}", f"{latest.obs_text}{latest.unit}")
            beyond = f"{abs(latest.obs_value - last.obs_value):g}"
            when = {"actual": period_text(latest.time_period), "target": period_text(last.time_period)}
            yield _finding(data, "target_below_actual", [last.name, latest.name], *shown, beyond, **when)


def plan_jumps(data: Data) -> Iterator[dict]:
    """A plan path whose required pace changes by a factor of three or more between its steps and is large besides."""
    paces = plans.plan_pace(data, plans.table_targets(data))
    for _, steps in paces[paces.pace_unit.isin(JUMP_SIZE)].groupby(["indicator", "ref_area"], sort=False):
        a, b, *_ = [*steps.drop_duplicates("from_period").itertuples(), None, None]
        if b is None:
            continue
        small, big = sorted((abs(a.pace), abs(b.pace)))
        if big >= JUMP_SIZE[a.pace_unit] and big >= JUMP_FACTOR * small and not (b.pace == 0 and b.to_value == 100):
            shown = (f"{a.pace:+.3g}{a.pace_unit}/年", f"{b.pace:+.3g}{b.pace_unit}/年", f"{b.pace - a.pace:+.3g}")
            unit = text(a.pace_unit, "%" if a.pace_unit == "%" else " points")
            words = {k: say("{x:.3g}{u}", "{x:.3g}{u}", x=step.pace, u=unit) for k, step in (("a", a), ("b", b))}
            yield _finding(data, "plan_jump", [a.from_id, a.to_id, b.to_id], *shown, **words)


def currency_changes(data: Data) -> Iterator[dict]:
    """One indicator printed in units that do not convert: never joined into one line."""
    levels = data.figures[(data.figures.transformation == "N") & (data.figures.obs_text != "")]
    levels = levels[levels.record_type.isin(["actual", "target"]) & (levels.indicator != "size_threshold")]
    levels = levels.assign(measure=levels.unit.map({u: data.units[u].unit_measure for u in data.units}))
    firsts = levels.drop_duplicates(["indicator", "ref_area", "measure"])
    firsts = firsts[firsts.duplicated(["indicator", "ref_area"], keep=False)]
    for _, group in firsts.groupby(["indicator", "ref_area"], sort=False):
        shown = [f"{f.obs_text}{f.unit} ({f.time_period or '—'})" for f in group[:2].itertuples()]
        yield _finding(data, "unit_break", list(group.index[:2]), *shown)


def shares_above_whole(data: Data) -> Iterator[dict]:
    """A share above 100 per cent; rates such as the fulfilment of a plan may be."""
    figures = data.figures[(data.figures.transformation == "N") & (data.figures.unit == "%")]
    shares = figures[figures.indicator.str.contains("share|coverage|openness")]
    for f in shares[shares.obs_value > 100].itertuples():
        yield _finding(data, "share_above_100", [f.Index], f"{f.obs_text}%", "100%", f"{f.obs_value - 100:g}")


def years_from_page_stamps(data: Data) -> Iterator[dict]:
    """Periods given to figures of a page that states no date of its own."""
    undated = data.sources.index[(data.sources.date_published == "") & (data.sources.date_accessed != "")]
    inferred = data.figures[data.figures.source_id.isin(undated) & (data.figures.time_basis == "inferred")]
    for (source, period), group in inferred.groupby(["source_id", "time_period"], sort=False):
        stamp = data.sources.date_accessed[source]
        yield _finding(data, "page_stamp", list(group.index), period, stamp, stamp=stamp, period=period_text(period))


RULES = (same_thing_printed_twice, target_already_passed, plan_jumps)
RULES += (currency_changes, shares_above_whole, years_from_page_stamps)


def findings(data: Data) -> pd.DataFrame:
    """What the documents get wrong, or print in two ways, worst first: failed identities and what the rules find.

    Columns ``FINDING_COLUMNS``; ``severity`` is high, medium, low or info.

    Examples
    --------
    >>> "unit_break" in set(hz.findings(data).rule)
    True
    """
    declared = identities(data)
    rows = pd.DataFrame([row for rule in RULES for row in rule(data)], columns=FINDING_COLUMNS)
    out = pd.concat([declared[declared.status != "holds"], rows], ignore_index=True)
    out["severity"] = pd.Categorical(out.severity, list(SEVERITIES), ordered=True)
    out = out.sort_values(["severity", "rule", "finding_id"], kind="stable", ignore_index=True)
    return out.astype({"severity": object})
