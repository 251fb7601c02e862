"""What projections are made of: the paths of their members, and how far such projections missed on real cities.

The members are seven paths of the textbook (Hyndman & Athanasopoulos 2021, chapters 5 and 8), of which the median of a few
leads (Petropoulos & Svetunkov 2020). ``forecast_errors.csv`` holds quantiles of log(actual / path) of this same method:
conformal prediction within groups (Vovk, Gammerman & Shafer 2005, section 4.5). ``base_rates.csv`` counts city-years, without
a model. Both are made from panels of Chinese cities by ``benchmarks/calibrate.py``; docs/projections.md says how.
"""

import math
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from ..facts.words import Text, text
from .targets import said

PROBABILITIES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99)
QUANTILES = [f"q{p:g}" for p in PROBABILITIES]
LENGTHS = (5, 8, 12)
LONGEST_HORIZON = 6
GROWTH = range(-30, 61)  # % a year, the columns of counts of base rates
SIZES = ("all sizes", "the smallest third", "the middle third", "the largest third")
HELD = ["coverage_80", "coverage_95", "miss", "cases", "cities"]
FOLDER = Path(__file__).parent
# What a quantity can be: the panel that its errors come from (none: no interval; ``flow`` borrows the widest of the same
# path whose panel reaches the present), the path that leads (``LEADS``), the panel's unit as in ``units.csv`` (CNY
# and 4 are 万元), whether a value above zero stays there, and the indicator, or the theme with what is measured, that is one.
_KINDS = pd.read_csv(FOLDER / "kinds.csv", keep_default_na=False)
KINDS = {row.kind or None: row for row in _KINDS.itertuples(index=False)}
KIND_OF_INDICATOR = {row.indicator: row.kind for row in KINDS.values() if row.indicator}
KIND_OF_THEME = {(row.theme, measure): row.kind for row in KINDS.values() for measure in row.measures.split()}
NAMES = {row.kind: text(row.zh, row.en) for row in KINDS.values() if row.zh}
_MEASURES = {"元": "CNY", "美元": "USD", "吨": "T", "CNY": "CNY", "USD": "USD", "tonnes": "T", "t": "T"}
_POWERS = {"": 0, "千": 3, "万": 4, "百万": 6, "亿": 8, "thousand": 3, "million": 6, "bn": 9, "billion": 9, "m": 6}

ALPHAS = np.arange(1, 11) / 10
# Level, slope and damping of the damped trend.
TRIPLES = np.array([*product((0.1, 0.3, 0.5, 0.7, 0.9), (0.0, 0.1, 0.3, 0.5), (0.8, 0.9, 0.98))])
FLOOR = 0.05  # share of its last value that a path of a positive series stays above
# Which members' median leads. The rule that chose them and its scores: docs/projections.md.
LEADS = {
    "median": ("last_value", "drift", "damped_growth"),
    "steady": ("growth", "drift", "damped_trend"),
    "cautious": ("growth", "simple_smoothing", "damped_trend"),
    "flat": ("last_value",),
}
IN_LEVELS = {"growth": "drift", "damped_growth": "damped_trend"}


# Floats `values` (..., years) are oldest first, without gaps; paths are (..., horizon).
def last_value(values: np.ndarray, horizon: int) -> np.ndarray:
    """The last value goes on."""
    return np.repeat(values[..., -1:], horizon, axis=-1)


def drift(values: np.ndarray, horizon: int) -> np.ndarray:
    """The last value and the average yearly increment: the line through the first and the last value."""
    step = (values[..., -1:] - values[..., :1]) / (values.shape[-1] - 1)
    return values[..., -1:] + step * np.arange(1, horizon + 1)


def growth(values: np.ndarray, horizon: int) -> np.ndarray:
    """The last value and the compound average growth: :func:`drift` in logs. Values must be positive."""
    return _in_logs(drift, values, horizon)


def _in_logs(member, values: np.ndarray, horizon: int) -> np.ndarray:
    return np.exp(np.minimum(member(np.log(values), horizon), 700))  # a computer's largest number is exp(709)


def simple_smoothing(values: np.ndarray, horizon: int) -> np.ndarray:
    """Simple exponential smoothing: the level goes on, without a slope."""
    return damped_trend(values, horizon, np.column_stack([ALPHAS, 0 * ALPHAS, 0 * ALPHAS]))


def damped_trend(values: np.ndarray, horizon: int, triples: np.ndarray = TRIPLES) -> np.ndarray:
    """Damped trend (Gardner & McKenzie 1985) from first value and mean increment; triple of least squared yearly
    errors."""
    alpha, beta, damping = triples.T
    level = np.repeat(values[..., :1], len(triples), axis=-1)
    slope = level * 0 + (values[..., -1:] - values[..., :1]) / (values.shape[-1] - 1)
    squares = np.zeros_like(level)
    for year in range(1, values.shape[-1]):
        error = values[..., year, None] - level - damping * slope
        level = level + damping * slope + alpha * error
        slope, squares = damping * slope + alpha * beta * error, squares + error**2
    best = squares.argmin(-1)[..., None]
    level, slope = np.take_along_axis(level, best, -1), np.take_along_axis(slope, best, -1)
    return level + slope * np.cumsum(damping[best] ** np.arange(1, horizon + 1), axis=-1)


def damped_growth(values: np.ndarray, horizon: int) -> np.ndarray:
    """Growth dies out: :func:`damped_trend` in logs. Values must be positive."""
    return _in_logs(damped_trend, values, horizon)


def theta(values: np.ndarray, horizon: int) -> np.ndarray:
    """Theta (Assimakopoulos & Nikolopoulos 2000): mean of the trend line and of a smoothed line of double curvature."""
    length = values.shape[-1]
    years = np.arange(length) - (length - 1) / 2
    slope = (values @ years / (years @ years))[..., None]
    trend = values.mean(-1, keepdims=True) + slope * years
    ahead = trend[..., -1:] + slope * np.arange(1, horizon + 1)
    return (simple_smoothing(2 * values - trend, horizon) + ahead) / 2


MEMBERS = {m.__name__: m for m in (last_value, drift, growth, simple_smoothing, damped_trend, damped_growth, theta)}


def path(values: np.ndarray, horizon: int, names: tuple[str, ...], positive: bool) -> np.ndarray:
    """Median of the members named; of a positive series it stays positive."""
    middle = np.median([MEMBERS[name](values, horizon) for name in names], axis=0)
    return np.maximum(middle, FLOOR * values[..., -1:]) if positive else middle


def kind_named(name: str | None):
    """Row of ``kinds.csv`` by name, or a ValueError that lists the nearest names."""
    if not isinstance(name, str | None) or name not in KINDS:
        names = [one for one in KINDS if one]
        near = get_close_matches(str(name), names, n=2, cutoff=0.4) or names
        raise ValueError(f"kind {name!r} is unknown: write {' or '.join(map(repr, near))}, or leave it out")
    return KINDS[name]


def panel_value(kind: str | None, value: float, unit: str) -> float | None:
    """A value in the unit of the panel: 0.5 亿美元 is 50 (million USD). None if `unit` is unknown or measures another thing."""
    for name, measure in _MEASURES.items():
        power = _POWERS.get((unit.removesuffix(name) if unit.endswith(name) else unit.removeprefix(name)).strip())
        if name in unit and measure == KINDS[kind].measure and power is not None:
            return value * 10.0 ** (power - KINDS[kind].power)
    return None


class Tables:
    """``forecast_errors.csv``, indexed."""

    def __init__(self, errors: pd.DataFrame) -> None:
        self._groups = dict(list(errors.set_index("horizon").groupby(["kind", "length", "since", "size"])))
        first = errors[errors.horizon == 1].drop_duplicates(["kind", "since", "size"]).sort_values(["since", "size"])
        self._sizes = {key: rows.size_from.to_numpy()[1:] for key, rows in first.groupby(["kind", "since"])}

    def errors(self, name: str, length: int, origin: int, value: float | None) -> pd.DataFrame:
        """Errors to be expected in a panel, a row for each year ahead, of a history of `length` observed years (the longest
        measured that is no longer) that ends in `origin` with `value` (in the panel's unit; None: cities of all sizes count)."""
        stretches = [since for kind, since in self._sizes if kind == name]
        since = max((year for year in stretches if year <= origin), default=stretches[0])
        size = 0 if value is None else max(1, int((self._sizes[name, since] <= value).sum()))
        return self._groups[name, max(one for one in LENGTHS if one <= length), since, size]


@lru_cache(maxsize=2)
def shipped(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / name, comment="#")


@lru_cache(maxsize=1)
def shipped_errors() -> Tables:
    return Tables(shipped("forecast_errors.csv"))


@dataclass(frozen=True)
class OutsideView:
    """How often the growth that a target needs was made by cities that stood alike; true if there are such cities.

    A reference class, not a model (Kahneman & Lovallo 1993; Flyvbjerg 2006). Growth ``needed`` is in % a year, over so many
    ``years``; ``cases`` are city-years of the class, ``hits`` those that met the target, ``share`` the ratio (NaN without
    cases), ``cities`` those among them; ``reference`` says how the class was chosen, or why there is none.
    """

    needed: float
    years: int
    cases: int
    hits: int
    cities: int
    reference: Text

    share = property(lambda self: self.hits / self.cases if self.cases else math.nan)

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
    stand_in: bool = False,
) -> OutsideView:
    """Of the cities that began at a like size, how many grew as fast as needed (% a year, rounded down, or up for an
    upper bound) over so many years; `value` in the panel's unit (None: all sizes), `stand_in` if it is of a similar
    thing."""
    table = shipped("base_rates.csv")
    found = table[(table.kind == kind) & (table.horizon == years)]
    if found.empty or math.isnan(needed):
        return OutsideView(needed, years, 0, 0, 0, said("outside", "none"))
    row = found.iloc[0 if value is None else int((found.size_low.iloc[1:] <= value).sum())]
    rate = min(max(math.floor(needed) if upwards else math.ceil(needed), GROWTH[0]), GROWTH[-1])
    as_fast = int(row.counts.split()[rate - GROWTH[0]])
    like, origins = text(row.like_zh, row.like_en), text(*(row.origins.replace(" ", mark) for mark in ("、", ", ")))
    words = {"name": NAMES[kind], "like": like, "origins": origins, "years": years, "rate": str(rate)}
    words["bound"], words["note"] = said("outside", "up" if upwards else "down"), ""
    if stand_in:
        words["note"] = said("outside", "stand_in")
    reference = said("outside", "class", **words)
    hits = as_fast if upwards else int(row.cases) - as_fast
    return OutsideView(needed, years, int(row.cases), hits, int(row.cities), reference)
