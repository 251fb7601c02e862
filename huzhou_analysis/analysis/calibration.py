"""How far projections missed on real cities, and how fast cities grew: what intervals, chances and base rates come from.

``forecast_errors.csv`` holds quantiles of log(actual / path) of this same method: conformal prediction within groups
(Vovk, Gammerman & Shafer 2005, section 4.5). ``base_rates.csv`` counts city-years, without a model. Both are made from panels
of Chinese cities by ``benchmarks/calibrate.py``; docs/projections.md says how.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from ..facts.words import Text, text

PROBABILITIES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99)
QUANTILES = [f"q{p:g}" for p in PROBABILITIES]
LENGTHS = (5, 8, 12)
LONGEST_HORIZON = 6
GROWTH = range(-30, 61)  # % a year, the columns of counts of base rates
SIZES = ("all sizes", "the smallest third", "the middle third", "the largest third")
HELD = ["coverage_80", "coverage_95", "miss", "cases", "cities"]
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Kind:
    """What a quantity is: the panel that its errors come from (none: no interval), the path that leads
    (:data:`~.members.LEADS`), the panel's unit as in ``units.csv`` (CNY and 4 are 万元; none: only the errors are
    borrowed), and whether a value above zero stays there, so that growth rates have a meaning."""

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
    "flow": Kind("retail", "steady"),  # borrowed: the widest of the same path whose panel reaches the present
    "share": Kind(positive=False),
    "rate": Kind(positive=False),
    None: Kind(),
}
NAMES = {
    "gdp": text("地区生产总值", "GDP"),
    "retail": text("社会消费品零售总额", "Retail sales"),
    "industrial_output": text("工业总产值", "industrial output"),
    "investment": text("固定资产投资", "fixed-asset investment"),
    "foreign_investment": text("实际利用外资", "Utilised foreign investment"),
    "loans": text("贷款余额", "loans"),
    "freight": text("公路货运量", "Road freight tonnage"),
}
# What an indicator's series is, where its frame says which indicator it is.
KIND_OF_INDICATOR = {name: name for name in ("gdp", "industrial_output", "loans")} | {
    "retail_sales": "retail",
    "fdi_utilized": "foreign_investment",
    "fixed_asset_investment": "investment",
}
_MEASURES = {"元": "CNY", "美元": "USD", "吨": "T", "CNY": "CNY", "USD": "USD", "tonnes": "T", "t": "T"}
_POWERS = {"": 0, "千": 3, "万": 4, "百万": 6, "亿": 8, "thousand": 3, "million": 6, "bn": 9, "billion": 9, "m": 6}


def kind_named(name: str | None) -> Kind:
    """Kind by name, or a ValueError that lists the nearest names."""
    if not isinstance(name, str | None) or name not in KINDS:
        names = [one for one in KINDS if one]
        near = get_close_matches(str(name), names, n=2, cutoff=0.4) or names
        raise ValueError(f"kind {name!r} is unknown: write {' or '.join(map(repr, near))}, or leave it out")
    return KINDS[name]


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
    intervals from them ``held`` (by year ahead), and the third by size that they are of."""

    quantiles: np.ndarray
    held: pd.DataFrame
    size: int

    def ratio(self, probability: float) -> np.ndarray:
        """Actual over path that is not exceeded with a probability, by horizon."""
        return np.exp([np.interp(probability, PROBABILITIES, row) for row in self.quantiles])

    def not_above(self, ratio: float, ahead: int) -> float:
        """Probability that actual over path is at most `ratio`; never beyond 1 and 99 in 100, where no errors tell."""
        if ratio <= 0:
            return 0.0
        return float(np.interp(np.log(ratio), self.quantiles[ahead - 1], PROBABILITIES))


class Tables:
    """``forecast_errors.csv``, indexed."""

    def __init__(self, errors: pd.DataFrame) -> None:
        groups = errors.set_index("horizon").groupby(["kind", "length", "since", "size"])
        self._quantiles = {key: rows.to_numpy() for key, rows in groups[QUANTILES]}
        self._held = dict(list(groups[HELD]))
        first = errors[errors.horizon == 1].drop_duplicates(["kind", "since", "size"]).sort_values(["since", "size"])
        self._sizes = {key: rows.size_from.to_numpy()[1:] for key, rows in first.groupby(["kind", "since"])}
        self._since = {kind: list(rows.since.unique()) for kind, rows in first.groupby("kind")}

    def errors(self, kind: Kind, length: int, horizon: int, origin: int, value: float | None) -> Errors:
        """Errors to be expected of a history of `length` observed years (the longest measured length that is no longer) that
        ends in `origin` with `value` (in the unit of the panel; None if unknown, and then cities of all sizes count)."""
        name = kind.stands_for
        since = max((year for year in self._since[name] if year <= origin), default=self._since[name][0])
        size = 0 if value is None else max(1, int((self._sizes[name, since] <= value).sum()))
        key = name, max(one for one in LENGTHS if one <= length), since, size
        return Errors(self._quantiles[key][:horizon], self._held[key], size)


@lru_cache(maxsize=2)
def shipped(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / name, comment="#")


@lru_cache(maxsize=1)
def shipped_errors() -> Tables:
    return Tables(shipped("forecast_errors.csv"))


# --- the outside view --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutsideView:
    """How often the growth that a target needs was made by cities that stood alike; true if there are such cities.

    A reference class, not a model (Kahneman & Lovallo 1993; Flyvbjerg 2006).

    Growth ``needed`` is in % a year, over so many ``years``; ``cases`` are city-years of the reference class, ``hits`` those that
    met the target, ``share`` the ratio (NaN without cases), ``cities`` are those among them; ``reference`` says how the
    class was chosen, or why there is none.
    """

    needed: float
    years: int
    cases: int
    hits: int
    cities: int
    reference: Text

    @property
    def share(self) -> float:
        return self.hits / self.cases if self.cases else math.nan

    def __bool__(self) -> bool:
        return self.cases > 0

    def __str__(self) -> str:
        return f"{self.hits} of {self.cases}: {self.reference.en}" if self else self.reference.en


def base_rate(
    kind: str | None,
    years: int,
    needed: float,
    value: float | None = None,
    upwards: bool = True,
    *,
    stand_in: bool = False,
) -> OutsideView:
    """Of the cities that began at a like size, how many grew as fast as needed over so many years.

    `needed` is in % a year and rounded down (for an upper bound up) to whole per cent, `value` in the unit of the panel (None: cities of all
    sizes count). `stand_in` says that the panel is of a similar thing only.
    """
    table = shipped("base_rates.csv")
    found = table[(table.kind == kind) & (table.horizon == years)]
    if found.empty or math.isnan(needed):
        why = text("没有可比的同类城市序列", "no panel of cities tells how often such growth was made")
        return OutsideView(needed, years, 0, 0, 0, why)
    row = found.iloc[0 if value is None else int((found.size_low.iloc[1:] <= value).sum())]
    rate = min(max(math.floor(needed) if upwards else math.ceil(needed), GROWTH[0]), GROWTH[-1])
    as_fast = int(row.counts.split()[rate - GROWTH[0]])
    zh, en = ("不低于", "at least") if upwards else ("低于", "less than")
    note = text("；没有本指标的城市序列，仅供参照", "; no panel of this indicator, for orientation only")
    reference = text(
        f"全国地级市{NAMES[kind].zh}，{row.like_zh}，以{row.origins.replace(' ', '、')}年为起点的{years}年，"
        f"年均增速{zh}{rate}%{note.zh * stand_in}",
        f"{NAMES[kind].en} of Chinese cities {row.like_en}, {years} years from {row.origins.replace(' ', ', ')}, "
        f"growth of {en} {rate}% a year{note.en * stand_in}",
    )
    hits = as_fast if upwards else int(row.cases) - as_fast
    return OutsideView(needed, years, int(row.cases), hits, int(row.cities), reference)
