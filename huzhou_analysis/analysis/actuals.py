"""Targets and the actuals that may stand beside them: which figure, how fast it moves, where it stood before the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.words import Text, clauses, text
from . import targets
from .series import YEARLY, in_unit, known, measured_in, points, printings, whole_years
from .targets import Judgement

WINDOWS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Pace:
    """A change a year that has been seen: how much, over what, and the figures behind it."""

    change: float
    since: Text
    figure_ids: str
    window: int = 0


@dataclass(frozen=True)
class Target:
    """One target of a plan: its figures, how it moves, and the path (values by year) that its verdict runs along.

    ``numeric`` are the figures that are numbers of a year or of a stated stretch of years, in order.
    """

    figures: pd.DataFrame
    numeric: pd.DataFrame
    unit: str
    kind: str
    ascending: bool
    path: Mapping[str, float] = field(default_factory=dict)
    ceiling: bool = False

    @cached_property
    def first(self) -> pd.Series:
        return self.figures.iloc[0]

    @cached_property
    def final(self) -> pd.Series:
        return self.numeric.iloc[-1]

    @property
    def last_year(self) -> int:
        return periods.parse(self.final.time_period).end.year

    @property
    def start(self) -> int:
        """First year in which an actual can say anything about the plan: that of its publication."""
        return int((self.first.vintage or min(self.path, default=self.final.time_period))[:4])

    def judge(self, value: float, year: int, recent: float = math.nan, base=None, straight: bool = False) -> Judgement:
        path = self.path or {str(self.last_year): self.final.obs_value}
        bound = (self.final.relation, self.ascending, self.kind)
        options = {"recent": recent, "base": base, "straight": straight, "ceiling": self.ceiling}
        return targets.judge(value, year, path, *bound, **options)

    def meets(self, value: float) -> bool:
        return targets.meets(value, self.final.obs_value, self.final.relation, self.ascending)


class Actuals:
    """What can be set against targets, as far as it was known by a day."""

    def __init__(self, data: Data, as_of: object = None) -> None:
        self.data, self.as_of = data, as_of
        self._stretches: dict[tuple, pd.DataFrame] = {}
        self.goals = known(data.figures[(data.figures.record_type == "target") & data.own], as_of)

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

    def pairs(self, indicator: str) -> list[tuple[str, str, Text]]:
        """Actual indicators declared beside a target's, with comparability and reason; its own where none is declared."""
        declared = self.data.pairs[self.data.pairs.target_indicator == indicator].itertuples()
        out = [(pair.actual_indicator, pair.comparable, text(pair.reason_zh, pair.reason_en)) for pair in declared]
        if indicator in {actual for actual, _, _ in out}:
            return out
        undeclared = text("同一指标，尚未在 pairs.csv 声明", "one indicator, not yet declared in pairs.csv")
        return [*out, (indicator, "with_care", undeclared)]

    def _points(self, target: Target, indicator: str) -> pd.DataFrame:
        """The points of an actual in the area and unit of a target."""
        found = points(self.data, indicator, target.first.ref_area, as_of=self.as_of)
        return in_unit(self.data, found, target.unit)

    def candidates(self, target: Target) -> pd.DataFrame:
        """Actuals that may stand beside a target, oldest first, in its unit, each with comparability and reason.

        Whole years and dates count, printed or summed of printed parts. A share of part of a year counts with care, a
        running total of things at a date beside a cumulative goal likewise; a flow of part of a year never does.
        """
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

    def stretch(self, target: Target, evidence: pd.Series) -> pd.DataFrame:
        """The whole years of the actual's series in its own stretch, in the target's unit."""
        which = evidence.indicator, target.first.ref_area, evidence.segment, target.unit
        if which not in self._stretches:
            found = whole_years(points(self.data, *which[:2], as_of=self.as_of))
            found = found[(found.segment == which[2]) & found.origin.isin(YEARLY) & found.relation.isin(["=", "~"])]
            self._stretches[which] = in_unit(self.data, found, target.unit)
        return self._stretches[which]

    def changes(self, target: Target, evidence: pd.Series) -> dict[int, Pace]:
        """Change a year over the last 1 to 5 years within one stretch, by the number of years."""
        if not periods.is_year(evidence.time_period):
            return {}
        before, year, out = self.stretch(target, evidence).set_index("year"), int(evidence.year), {}
        for window in (w for w in WINDOWS if year - w in before.index):
            begin, then = year - window, before.loc[year - window]
            kind = targets.effective_kind(target.kind, then.value, evidence.value, target.final.obs_value)
            change = targets.change_a_year(then.value, evidence.value, window, kind)
            zh = f"{year}年比上年" if window == 1 else f"{begin}—{year}年年均"
            since = text(zh, f"{'a year ' * (window > 1)}from {begin} to {year}")
            out[window] = Pace(change, since, then.figure_id, window)
        return out

    def printed_rate(self, target: Target, evidence: pd.Series, first_year: int) -> Pace | None:
        """The newest growth rate printed for half a year or more, of `first_year` or later; for levels only."""
        if target.kind != "growth" or evidence.value <= 0:
            return None
        said = printings(self.data, "GY", evidence.indicator, target.first.ref_area, self.as_of)
        said = said[
            (said.prices != "constant") & (said.relation == "=") & (said.unit == "%") & (said.span != "per_year")
        ]
        when = {i: periods.parse(p) for i, p in said.time_period.items()}
        long = [i for i, period in when.items() if 6 <= period.months <= 12 and period.year >= first_year]
        if not long:
            return None
        last = max(long, key=lambda i: when[i].end)
        since = text(f"{when[last].label('zh')}同比", f"in {when[last].label('en')} on a year earlier")
        return Pace(float(said.obs_value[last]), since, last)

    def recent(self, target: Target, evidence: pd.Series) -> Pace | None:
        """A printed rate newer than the latest level, else the pace of three years, else the weakest that is on file."""
        changes = self.changes(target, evidence)
        rate = self.printed_rate(target, evidence, int(evidence.year) + 1)
        if rate or not changes:
            return rate
        weakest = min if target.ascending else max
        return changes.get(3) or weakest(changes.values(), key=lambda pace: pace.change)

    def base(self, target: Target, evidence: pd.Series) -> tuple[int, float] | None:
        """Last whole year before the plan in the actual's own stretch."""
        before = self.stretch(target, evidence)
        before = before[before.year < target.start]
        return (int(before.year.iloc[-1]), float(before.value.iloc[-1])) if len(before) else None

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
