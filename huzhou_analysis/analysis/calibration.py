"""How far this method missed on real cities: what intervals, chances and base rates are read from.

Two small tables are shipped, derived from panels of Chinese cities by ``benchmarks/calibrate.py``; the panels are not.
``forecast_errors.csv`` holds quantiles of log(actual / path) by kind, length of history, horizon, the stretch of years in
which the history ended, and third of the cities by size: conformal prediction within groups (Vovk, Gammerman & Shafer
2005, *Algorithmic Learning in a Random World*, section 4.5). A series that ends after the last stretch gets the row in
which recent errors weigh more, centred on the path and widened to what held when the future was unknown.
``base_rates.csv`` holds quantiles of plain growth, without any model. docs/projections.md says how both were made.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

PROBABILITIES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99)
QUANTILES = [f"q{p:g}" for p in PROBABILITIES]
LENGTHS = (5, 8, 12)
LONGEST_HORIZON = 6
# Steps that "recent growth" averages, the fewest that a projection needs at hand.
PACE_YEARS = 4
SIZES = {0: "all sizes", 1: "the smallest third", 2: "the middle third", 3: "the largest third"}
PACES = {1: "slow", 2: "middling", 3: "fast"}
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Kind:
    """What a quantity is: the panel that its errors come from (none: no interval), the path that leads
    (:data:`~.members.LEADS`), the panel's unit as in ``units.csv`` (CNY and 4 are 万元), and whether a value above zero
    stays there, so that growth rates have a meaning."""

    stands_for: str = ""
    lead: str = "median"
    measure: str = ""
    power: int = 0
    positive: bool = True


KINDS: dict[str | None, Kind] = {
    "gdp": Kind("gdp", "steady", "CNY", 8),
    "retail": Kind("retail", "steady", "CNY", 4),
    "industrial_output": Kind("industrial_output", "cautious", "CNY", 4),
    "investment": Kind("investment", "steady", "CNY", 4),
    "foreign_investment": Kind("foreign_investment", "flat", "USD", 6),
    "loans": Kind("loans", "steady", "CNY", 4),
    "freight": Kind("freight", "flat", "T", 4),
    # No panel: stands on the widest of the amounts that a city makes, sells or lends in a year. Its size cannot be told.
    "flow": Kind("retail", "steady"),
    "share": Kind(positive=False),
    "rate": Kind(positive=False),
    None: Kind(),
}
_MEASURES = {"元": "CNY", "美元": "USD", "吨": "T", "CNY": "CNY", "USD": "USD", "tonnes": "T", "t": "T"}
_POWERS = {"": 0, "千": 3, "万": 4, "百万": 6, "亿": 8, "thousand": 3, "million": 6, "bn": 9, "billion": 9, "m": 6}


def panel_value(kind: Kind, value: float, unit: str) -> float | None:
    """A value in the unit of the panel: 0.5 亿美元 is 50 (million USD). None if `unit` is unknown or measures another thing."""
    for name, measure in _MEASURES.items():
        power = _POWERS.get((unit.removesuffix(name) if unit.endswith(name) else unit.removeprefix(name)).strip())
        if name in unit and measure == kind.measure and power is not None:
            return value * 10.0 ** (power - kind.power)
    return None


@dataclass(frozen=True)
class Errors:
    """Errors of projections like the one at hand: ``quantiles`` of log(actual / path), a row for each year ahead, what
    intervals from them ``held`` (by year ahead), third by size, first year of the stretch, length of the histories."""

    quantiles: np.ndarray
    held: pd.DataFrame
    size: int
    since: int
    length: int

    def ratio(self, probability: float) -> np.ndarray:
        """Actual over path that is not exceeded with a probability, by horizon."""
        return np.exp([np.interp(probability, PROBABILITIES, row) for row in self.quantiles])

    def not_above(self, ratio: float, ahead: int) -> float:
        """Probability that actual over path is at most `ratio`; never beyond 1 and 99 in 100, where no errors tell."""
        if ratio <= 0:
            return 0.0
        return float(np.interp(np.log(ratio), self.quantiles[ahead - 1], PROBABILITIES))


@dataclass(frozen=True)
class BaseRate:
    """Outside view: of city-years that stood like this one, the share that made the growth needed.

    ``needed`` is growth from the last value to the target (0.5 is half as much again) over ``years``; ``cases``
    city-years of ``cities``, which ``like`` describes. NaN where there is no panel of the kind.
    """

    share: float = np.nan
    needed: float = np.nan
    years: int = 0
    cases: int = 0
    cities: int = 0
    like: str = ""

    def __str__(self) -> str:
        if self.share != self.share:
            return "no base rate: no panel of cities has the quantity, or there is no target"
        return (
            f"{self.share:.0%} of {self.cases:,} {self.like} made the {self.needed:+.0%} needed in {self.years} years"
        )


class Tables:
    """The two tables, indexed."""

    def __init__(self, errors: pd.DataFrame, growth: pd.DataFrame) -> None:
        groups = errors.set_index("horizon").groupby(["kind", "length", "since", "size"])
        self._quantiles = {key: rows.to_numpy() for key, rows in groups[QUANTILES]}
        self._held = dict(list(groups[["coverage_80", "coverage_95", "miss", "cases", "cities"]]))
        self._growth = dict(list(growth.groupby(["kind", "horizon", "size", "pace"])))
        first = errors[errors.horizon == 1]
        self._since = {kind: sorted(set(rows.since)) for kind, rows in first.groupby("kind")}
        sized = first[first["size"] > 0].drop_duplicates(["kind", "since", "size"]).sort_values("size")
        self._sizes = {key: rows.size_from.to_numpy() for key, rows in sized.groupby(["kind", "since"])}
        paced = growth[(growth.horizon == 1) & (growth["size"] == 0)].sort_values("pace")
        self._paces = {kind: rows.pace_from.to_numpy() for kind, rows in paced.groupby("kind")}

    def errors(self, kind: Kind, length: int, horizon: int, origin: int, value: float | None) -> Errors:
        """Errors like those to be expected of a history of `length` observed years that ends in `origin` with `value`
        (in the unit of the panel; None if unknown, and then cities of all sizes count).

        The longest measured length that is no longer is taken. ``held`` is what such intervals covered: of cities left
        out for a stretch that is past, from nothing but errors known at the time for the present.
        """
        name = kind.stands_for
        since = max((year for year in self._since[name] if year <= origin), default=self._since[name][0])
        size = 0 if value is None else max(1, int((self._sizes[name, since] <= value).sum()))
        length = max(one for one in LENGTHS if one <= length)
        key = name, length, since, size
        return Errors(self._quantiles[key][:horizon], self._held[key], size, since, length)

    def base_rate(self, kind: Kind, years: int, pace: float, size: int, needed: float, upwards: bool) -> BaseRate:
        """Share of city-years of that size and recent growth (`pace`, mean log change) that grew by `needed` or more."""
        name = kind.stands_for
        which = max(1, int((self._paces[name] <= pace).sum()))
        row = self._growth[name, years, size, which].iloc[0]
        quantiles = row[QUANTILES].to_numpy(float)
        below = float(np.interp(np.log1p(needed), quantiles, PROBABILITIES)) if needed > -1 else 0.0
        like = f"city-years of {name.replace('_', ' ')} of {SIZES[size]} with {PACES[which]} recent growth"
        return BaseRate(1 - below if upwards else below, needed, years, int(row.cases), int(row.cities), like)


@lru_cache(maxsize=1)
def shipped() -> Tables:
    """The tables that come with the package."""
    return Tables(*(pd.read_csv(FOLDER / name, comment="#") for name in ("forecast_errors.csv", "base_rates.csv")))


# What an indicator's series is, where its frame says which indicator it is.
KIND_OF_INDICATOR = {
    "gdp": "gdp",
    "retail_sales": "retail",
    "industrial_output": "industrial_output",
    "loans": "loans",
    "fdi_utilized": "foreign_investment",
    "fixed_asset_investment": "investment",
}


def kind_named(name: str | None) -> Kind:
    """Kind by name, or a ValueError that lists the nearest names."""
    if name not in KINDS:
        names = [one for one in KINDS if one]
        near = get_close_matches(str(name), names, n=2, cutoff=0.4) or names
        raise ValueError(f"kind {name!r} is unknown: write {' or '.join(map(repr, near))}, or leave it out")
    return KINDS[name]
