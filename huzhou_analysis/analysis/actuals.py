"""Targets and the actuals that may stand beside them: which figure, how fast it moves, where it stood before the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.words import Text, text
from . import targets
from .evidence import clauses
from .series import YEARLY, in_unit, known, measured_in, points
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
    """One target of a plan: its figures, how it moves, and the path that its verdict runs along.

    ``path`` maps years to values; a goal of the text that restates the last year of a table's row runs along that row.
    """

    figures: pd.DataFrame
    unit: str
    kind: str
    ascending: bool
    path: Mapping[str, float] = field(default_factory=dict)
    ceiling: bool = False

    @cached_property
    def first(self) -> pd.Series:
        return self.figures.iloc[0]

    @cached_property
    def numeric(self) -> pd.DataFrame:
        """Figures that are numbers of a year or of a stated stretch of years, in order."""
        cells = zip(self.figures.obs_text, self.figures.time_period, strict=True)
        stated = [bool(shown and p) and periods.parse(p).kind in ("year", "years") for shown, p in cells]
        return self.figures[np.array(stated, dtype=bool)].sort_values("time_period")

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
    """What can be set against targets, as far as it was known.

    Parameters
    ----------
    data : Data
    as_of : str, optional
        Only what had been published by then (ISO date).
    """

    def __init__(self, data: Data, as_of: str | None = None) -> None:
        self.data, self.as_of = data, as_of
        self._stretches: dict[tuple, pd.DataFrame] = {}
        self.goals = known(data.figures[(data.figures.record_type == "target") & data.own], as_of)

    def target(self, group: pd.DataFrame, rows: pd.DataFrame) -> Target:
        first, info = group.iloc[0], self.data.indicators.loc[group.indicator.iloc[0]]
        total = first.span == "cumulative"
        kind = "units" if total else targets.pace_kind(self.data, first.indicator, first.unit)
        bare = Target(group, first.unit, kind, bool(info.ascending))
        if bare.numeric.empty:
            return bare
        annual = bare.numeric[bare.numeric.time_period.map(periods.is_year).astype(bool)]
        path = dict(zip(annual.time_period, annual.obs_value, strict=True))
        if len(path) == 1 and not total:
            path = self._path_of_the_table(first, path, rows)
        below = bare.final.relation in ("<", "<=") and info.measure_type != "index"
        upwards = targets.more_is_better(bare.final.relation, bare.ascending)
        return Target(group, first.unit, kind, upwards, {} if total else path, below)

    def _path_of_the_table(self, goal: pd.Series, path: dict[str, float], rows: pd.DataFrame) -> dict[str, float]:
        """The path of the table's row that a goal of the text restates; else its own."""
        same = rows[(rows.indicator == goal.indicator) & (rows.ref_area == goal.ref_area)]
        same = measured_in(self.data, same[same.time_period.map(periods.is_year).astype(bool)], goal.unit)
        for _, row in same.groupby("locator"):
            scale = [float(self.data.units.factor(u, goal.unit)) for u in row.unit]
            other = dict(zip(row.time_period, row.obs_value * scale, strict=True))
            if other.get(max(path)) == path[max(path)]:
                return other
        return path

    # --- evidence --------------------------------------------------------------------------------------------------

    @cached_property
    def _declared(self) -> dict[str, list[tuple[str, str, Text]]]:
        """Rows of ``pairs.csv`` by the indicator of the target."""
        out: dict[str, list[tuple[str, str, Text]]] = {}
        for r in self.data.pairs.itertuples():
            words = text(r.reason_zh, r.reason_en)
            out.setdefault(r.target_indicator, []).append((r.actual_indicator, r.comparable, words))
        return out

    def pairs(self, indicator: str) -> list[tuple[str, str, Text]]:
        """Actual indicators declared beside a target's, with comparability and reason; its own where none is declared."""
        out = list(self._declared.get(indicator, ()))
        if indicator not in {actual for actual, _, _ in out}:
            undeclared = text("同一指标，尚未在 pairs.csv 声明", "one indicator, not yet declared in pairs.csv")
            out.append((indicator, "with_care", undeclared))
        return out

    def candidates(self, target: Target, allowed: tuple[str, ...] = ("yes", "with_care")) -> pd.DataFrame:
        """Actuals that may stand beside a target, oldest first, in its unit, each with comparability and reason.

        Whole years and dates count, printed or summed of printed parts. A share of part of a year counts with care, a
        running total of things at a date beside a cumulative goal likewise; a flow of part of a year never does.
        """
        rows = []
        for indicator, how, reason in self.pairs(target.first.indicator):
            if how not in allowed:
                continue
            found = points(self.data, indicator, target.first.ref_area, as_of=self.as_of)
            for p in in_unit(self.data, found, target.unit).to_dict("records") if len(found) else ():
                care = self._part_of_a_year(p, target) if p["origin"] == "part_year" else None
                whole = p["origin"] in ("printed", "sum", "ratio") and target.first.span != "cumulative"
                if care or whole:
                    p |= {
                        "comparable": "with_care" if care else how,
                        "reason": clauses([reason, care]) if care else reason,
                    }
                    rows.append(p | {"end": periods.parse(p["time_period"]).end})
        own = target.first.indicator
        rows.sort(key=lambda p: (p["end"], p["comparable"] == "yes", p["indicator"] == own, p["origin"] == "printed"))
        return pd.DataFrame(rows)

    def _part_of_a_year(self, point: dict, target: Target) -> Text | None:
        period = periods.parse(point["time_period"])
        if period.kind in ("month", "day") and target.first.span == "cumulative":
            return text("截至该日的累计数", "a running total up to that date")
        if self.data.units[target.unit].is_share and target.first.span != "cumulative":
            return text(f"仅为{period.label('zh')}的比重", f"a share of {period.label('en')} only")
        return None

    def stretch(self, target: Target, evidence: pd.Series) -> pd.DataFrame:
        """The whole years of the actual's series in its own stretch, in the target's unit."""
        which = evidence.indicator, target.first.ref_area, evidence.segment, target.unit
        if which not in self._stretches:
            self._stretches[which] = self._stretch(*which)
        return self._stretches[which]

    def _stretch(self, indicator: str, area: str, segment: int, unit: str) -> pd.DataFrame:
        found = points(self.data, indicator, area, as_of=self.as_of)
        whole = found.time_period.map(periods.is_year).astype(bool) & found.relation.isin(["=", "~"])
        found = found[whole & found.origin.isin(YEARLY) & (found.segment == segment)]
        return in_unit(self.data, found, unit).drop_duplicates("year", keep="last")

    def changes(self, target: Target, evidence: pd.Series) -> dict[int, Pace]:
        """Change a year over the last 1 to 5 years within one stretch, by the number of years."""
        if not periods.is_year(evidence.time_period):
            return {}
        before = self.stretch(target, evidence).set_index("year")
        out = {}
        for window in WINDOWS:
            begin = int(evidence.year) - window
            if begin in before.index:
                then = before.loc[begin]
                kind = targets.effective_kind(target.kind, then.value, evidence.value, target.final.obs_value)
                change = targets.change_a_year(then.value, evidence.value, window, kind)
                since = text(f"{begin}—{evidence.year}年年均", f"a year from {begin} to {evidence.year}")
                if window == 1:
                    since = text(f"{evidence.year}年比上年", f"from {begin} to {evidence.year}")
                out[window] = Pace(change, since, then.figure_id, window)
        return out

    def printed_rate(self, target: Target, evidence: pd.Series, first_year: int) -> Pace | None:
        """The newest growth rate printed for half a year or more, of `first_year` or later; for levels only."""
        if target.kind != "growth" or evidence.value <= 0:
            return None
        area = target.first.ref_area
        rates = known(self.data.select(evidence.indicator, area, record_type="actual", transformation="GY"), self.as_of)
        rates = rates[(rates.prices != "constant") & (rates.relation == "=") & (rates.unit == "%")]
        rates = rates[(rates.corrected != "exclude") & (rates.time_period != "") & (rates.span != "per_year")]
        when = rates.time_period.map(periods.parse)
        rates = rates[when.map(lambda p: 6 <= p.months <= 12 and p.year >= first_year).astype(bool)]
        if rates.empty:
            return None
        last = rates.loc[rates.time_period.map(lambda p: periods.parse(p).end).idxmax()]
        when = periods.parse(last.time_period)
        since = text(f"{when.label('zh')}同比", f"in {when.label('en')} on a year earlier")
        return Pace(float(last.obs_value), since, last.name)

    def recent(self, target: Target, evidence: pd.Series) -> Pace | None:
        """The recent pace: a printed rate newer than the latest level, else that of the last three years, else the
        weakest of the stretches on file.
        """
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
        running = self.candidates(target)
        running = running[(running.origin == "part_year") & (running.year >= target.start)] if len(running) else running
        if len(running):
            return running.iloc[-1]
        period = periods.parse(target.final.time_period)
        if period.kind != "years":
            return None
        for indicator, allowed, reason in self.pairs(target.first.indicator):
            years = points(self.data, indicator, target.first.ref_area, as_of=self.as_of)
            years = years[years.origin.isin(["printed", "sum"]) & years.time_period.map(periods.is_year).astype(bool)]
            years = in_unit(self.data, years, target.unit)
            years = years[(years.year >= period.start.year) & (years.year <= period.end.year)]
            if allowed == "no" or years.empty:
                continue
            if list(years.year) == list(range(period.start.year, int(years.year.max()) + 1)):
                last = years.iloc[-1].copy()
                last["value"], last["origin"], last["obs_status"] = float(years.value.sum()), "sum", "E"
                last["time_period"] = f"{period.start.year}/P{len(years)}Y"
                last["figure_id"] = " ".join(years.figure_id)
                last["comparable"], last["reason"] = allowed, reason
                last["end"] = periods.parse(last.time_period).end
                return last
        return None
