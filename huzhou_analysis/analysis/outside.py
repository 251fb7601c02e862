"""The outside view: of the cities that stood where this one stands, how many made the growth that a target needs.

A reference class, not a model (Kahneman & Lovallo 1993; Flyvbjerg 2006). The counts of city-years come with the
package (``reference_classes.csv``, made by ``benchmarks/reference_classes.py``); for trade they are made from the cities
of the province that the tables hold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ..facts.data import Data, NotOnFile
from ..facts.words import Text, text
from .compare import area_levels
from .gaps import target_gaps
from .sentences import amount
from .series import key

# Which panel an indicator stands in, and whether it is of the very thing.
PANELS = {
    "fdi_utilized": ("fdi", True),
    "gdp": ("gdp", True),
    "retail_sales": ("retail", True),
    "road_freight_tonnage": ("freight_road", True),
    "container_throughput": ("freight_road", False),
    "port_cargo": ("freight_road", False),
}
NAMES = {
    "fdi": text("实际利用外资", "utilised foreign investment"),
    "gdp": text("地区生产总值", "GDP"),
    "retail": text("社会消费品零售总额", "retail sales"),
    "freight_road": text("公路货运量", "road freight tonnage"),
}
PARTS = {"trade_total": ("exports", "imports"), "exports": ("exports",), "imports": ("imports",)}
_FIRST_RATE = -30  # of the columns of counts, in % a year


@dataclass(frozen=True)
class OutsideView:
    """How often the growth that a target needs was made.

    Attributes
    ----------
    needed : float
        Growth needed, % a year.
    years : int
        Years over which it is needed.
    cases, hits, share
        City-years of the reference class, how many grew at least so fast, and the ratio (NaN without cases).
    cities : int
        Cities among them.
    reference : Text
        How the class was chosen, or why there is none.
    """

    indicator: str
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


@lru_cache(maxsize=1)
def reference_classes() -> pd.DataFrame:
    """Counts of city-years by kind, size class and horizon, as they come with the package."""
    return pd.read_csv(Path(__file__).with_name("reference_classes.csv"))


def outside_view(data: Data, indicator: str, area: str | int | None = None) -> OutsideView:
    """Of the city-years at this level and distance, how many made the growth that the target needs.

    Parameters
    ----------
    data : Data
    indicator : str
        Code or name of an indicator with a target that is neither met nor over.

    Returns
    -------
    OutsideView
        False where there is no panel of the kind; ``reference`` says so.

    Raises
    ------
    NotOnFile
        If no growth is needed or known: no target, no actual of the plan's years, or a target that is met.

    Examples
    --------
    >>> view = hz.outside_view(data, "fdi_utilized")
    >>> view.hits < view.cases, view.years
    (True, 4)
    """
    code, place = key(data, indicator, area)
    gaps = target_gaps(data, full=True)
    mine = gaps[
        (gaps.indicator == code) & (gaps.ref_area == place) & (gaps.pace_unit == "%") & gaps.required_pace.notna()
    ]
    if mine.empty:
        info = data.indicators.loc[code]
        raise NotOnFile(
            f"{info.name_zh}达到目标所需的年均增速", f"a growth a year that a target of {info.name_en} still needs"
        )
    row = mine.sort_values("counted").iloc[-1]
    needed, years = float(row.required_pace), int(row.years_left)
    if code in PARTS:
        return _in_the_province(data, code, place, needed, years)
    if code not in PANELS:
        why = text("没有同类城市序列", "no panel of cities of the kind")
        return OutsideView(code, needed, years, 0, 0, 0, why)
    kind, same = PANELS[code]
    table = reference_classes()
    found = table[(table.kind == kind) & (table.horizon == years)]
    if same and len(found):
        level = data.units.convert(row.actual, row.unit, found.unit.iloc[0])
        found = found[(found.size_low <= level) & (level < found.size_high)]
    return _counted(data, code, row.unit, found, needed, years)


def _counted(data: Data, code: str, unit: str, found: pd.DataFrame, needed: float, years: int) -> OutsideView:
    """The view from the shipped counts; of a panel that only stands in for the thing, all sizes together."""
    kind, same = PANELS[code]
    if found.empty:
        why = text("没有这一期限的同类城市序列", "no panel of the kind over so many years")
        return OutsideView(code, needed, years, 0, 0, 0, why)
    rate = min(math.floor(needed), 60)
    hits = sum(int(counts.split()[max(rate - _FIRST_RATE, 0)]) for counts in found.counts)
    cases, cities = int(found.cases.sum()), int(found.cities.max())
    size = text("各种规模", "of all sizes")
    if same:
        ends = [
            data.units.convert(v, found.unit.iloc[0], unit)
            for v in found.iloc[0][["size_low", "size_high"]]
            if v < math.inf
        ]
        low, high = amount(data, ends[0], unit), amount(data, ends[1], unit) if len(ends) > 1 else None
        size = text(
            f"基年{low['zh']}以上" + (f"、不足{high['zh']}" if high else ""),
            f"with {low['en']} or more" + (f" and less than {high['en']}" if high else "") + " at the start",
        )
    span = f"{found.first_origin.min()}—{found.last_origin.max()}"
    name = NAMES[kind]
    note = (
        text("", "")
        if same
        else text("；没有本指标的城市序列，仅供参照", "; no panel of the thing itself, for orientation only")
    )
    reference = text(
        f"全国地级市{name['zh']}，{size['zh']}，以{span}年各年为起点的{years}年，年均增速不低于{rate}%{note['zh']}",
        f"{name['en']} of Chinese cities {size['en']}, {years} years from every year of {span.replace('—', ' to ')}, growth of at "
        f"least {rate}% a year{note['en']}",
    )
    return OutsideView(code, needed, years, cases, hits, cities, reference)


def _in_the_province(data: Data, code: str, place: str, needed: float, years: int) -> OutsideView:
    """The view from the other cities of the province, where the tables hold their levels."""
    try:
        parts = [area_levels(data, part) for part in PARTS[code]]
    except NotOnFile:
        why = text("没有同省城市的数字", "no figures of the cities of the province")
        return OutsideView(code, needed, years, 0, 0, 0, why)
    wide = [p.pivot(index="ref_area", columns="year", values="value") for p in parts]
    levels = sum(wide[1:], wide[0]).drop(index=place, errors="ignore")
    grown = [
        ((levels[year + years] / levels[year]) ** (1 / years) - 1) * 100 for year in levels if year + years in levels
    ]
    growth = pd.concat(grown).dropna() if grown else pd.Series(dtype=float)
    first, last = (min(levels), max(levels) - years) if grown else (0, 0)
    reference = text(
        f"本省其他城市，{first}—{last}年各年为起点的{years}年，年均增速不低于{needed:.1f}%",
        f"the other cities of the province, {years} years from every year of {first} to {last}, growth of at least {needed:.1f}% a year",
    )
    cities = growth.index.nunique()
    return OutsideView(code, needed, years, len(growth), int((growth >= needed).sum()), cities, reference)
