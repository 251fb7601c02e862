"""Cities beside each other in one vintage, and shares beside the level of their whole."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..facts.data import Data, NotOnFile
from .plans import goals
from .series import Area, key, levels, points, whole_years

AREA_COLUMNS = ["ref_area", "name_zh", "name_en", "year", "value", "unit", "vintage", "source_id", "figure_id"]
Areas = Sequence[str] | None
# The whole that a share is a share of, where the tables hold both.
WHOLES = dict.fromkeys(("fdi_manufacturing_share", "fdi_hightech_share", "fdi_platform_share"), "fdi_utilized")
WHOLES |= {"hightech_investment_share": "fixed_asset_investment", "digital_va_share": "gdp", "rd_share": "gdp"}


def area_levels(
    data: Data, indicator: str, areas: Areas = None, *, source: str | None = None, years: Sequence[int] | int = ()
) -> pd.DataFrame:
    """Printed annual levels of several areas, all from one source: one vintage, one definition.

    A source is one data set or one table; the editions of a yearbook count as one, in which each year is as first
    published. Of several the one is taken that prints most areas for all of `years`, a data set before editions.

    By default the `areas` are the cities of the province; parts of the city (districts) may be named instead. `source` is
    the id of another source than the fullest. The answer is sorted by area and year, in the indicator's usual unit (columns
    ``AREA_COLUMNS``). NotOnFile, with the years on file, if no one source prints all `years` for two of the areas, the city
    among them.

    Examples
    --------
    >>> gdp = hz.area_levels(data, "gdp")
    >>> gdp.source_id.unique().tolist(), gdp.ref_area.nunique()
    (['C-GDP-REV'], 11)
    """
    code, home = key(data, indicator)
    beside = (data.ref_areas.level == "city") & (data.ref_areas.parent == data.ref_areas.parent[home])
    areas = sorted(data.ref_areas.index[beside]) if areas is None else [areas] if isinstance(areas, str) else areas
    places = [data.area(str(area)) for area in areas]
    wanted, complete, seen = {int(y) for y in np.atleast_1d(years)}, [], set()

    def enough(there: pd.Series) -> bool:
        return len(there) > 1 and (home not in places or home in set(there))

    for _, group in _families(data, code, places, source):
        seen |= {year for year, there in group.groupby("year").ref_area if enough(there)}
        full = group[group.groupby("ref_area").year.transform(lambda have: wanted <= set(have)).astype(bool)]
        if enough(full.ref_area.drop_duplicates()):
            complete.append(full)
    if not complete:
        asked, there = [str(y) for y in sorted(wanted)], _runs(sorted(seen))
        zh = f"同一来源同一版本中本市与其他地区{'、'.join(asked)}{'年' * bool(asked)}的{data.indicators.name_zh[code]}"
        en = f"{data.indicators.name_en[code]} of the city and others for {', '.join(asked) or 'any year'}"
        en += f" in one source and vintage (on file: {there or 'none'})"
        raise NotOnFile(f"{zh}（已收录：{there or '无'}）", en)
    best = max(complete, key=lambda g: (g.ref_area.nunique(), g.source_id.nunique() == 1, len(g)))
    best = best.drop_duplicates(["ref_area", "year"], keep="last").sort_values(["ref_area", "year"])
    named = best.join(data.ref_areas[["name_zh", "name_en"]], on="ref_area")
    return named[AREA_COLUMNS].reset_index(drop=True)


def _families(data: Data, code: str, places: Sequence[str], source: str | None):
    """Printed annual levels of areas in one unit, by the data set, table or yearbook that they belong to."""
    rows = levels(data, code, places, source=source)
    rows = whole_years(rows[rows.relation == "="])
    titles = rows.source_id.map(data.sources.title).str.replace(r"\s*\d{4}.*", "", regex=True)
    family = titles.where(rows.source_id.map(data.sources.kind) == "yearbook", rows.source_id)
    return rows[rows.unit == rows.unit.mode().max()].groupby(family)


def _runs(years: list[int]) -> str:
    """Years as runs: 2000–2005, 2010."""
    runs = pd.Series(years, dtype=int).groupby(np.array(years, dtype=int) - np.arange(len(years)))
    return ", ".join(f"{g.min()}" if len(g) == 1 else f"{g.min()}–{g.max()}" for _, g in runs)


def compare_areas(
    data: Data, indicator: str, first: int, last: int | None = None, areas: Areas = None, *, source: str | None = None
) -> pd.DataFrame:
    """Growth, rank and share of cities between two years of one source, or of their levels in one year.

    `areas` and `source` as for :func:`area_levels`. One row an area, the best rank first (1 the fastest, or the largest):
    ``growth`` is % a year, compounded; ``share_first`` and ``share_last`` are % of the areas compared.

    Examples
    --------
    >>> growth = hz.compare_areas(data, "gdp", 2018, 2023).set_index("ref_area").loc["330500"]
    >>> round(float(growth.growth), 2), int(growth["rank"])  # (4015.1 / 2881.21) ** (1/5) - 1
    (6.86, 10)
    """
    years = [int(first)] if last is None else [int(first), int(last)]
    if years != sorted(set(years)):
        raise ValueError(f"the last year must come after the first: {first}, {last}")
    levels = area_levels(data, indicator, areas, source=source, years=years)
    levels = levels[levels.year.isin(years)]
    wide = levels.pivot(index="ref_area", columns="year", values="value")
    by_area = levels.groupby("ref_area")
    out = by_area[["name_zh", "name_en", "unit", "source_id"]].last()
    for name, year in zip(("first", "last"), years, strict=False):
        out[f"{name}_year"], out[f"{name}_value"] = year, wide[year]
        out[f"share_{name}"] = wide[year] / wide[year].sum() * 100
    by = out.first_value
    if last is not None:
        by = ((out.last_value / out.first_value) ** (1 / (years[1] - years[0])) - 1) * 100
        out = out.assign(growth=by)
    joined = {column: by_area[column].agg(lambda v: " ".join(dict.fromkeys(v))) for column in ("vintage", "figure_id")}
    out = out.assign(rank=by.rank(ascending=False, method="min").astype(int), **joined)
    return out.sort_values("rank").reset_index()


def share_levels(data: Data, indicator: str, area: Area = None) -> pd.DataFrame:
    """A share (of ``WHOLES``) beside the level of its whole: a share can rise because the whole falls.

    One row a period and ``role`` (``actual`` or ``target``): ``share`` (%), ``whole``, ``level`` (share x whole, derived).

    Examples
    --------
    >>> dollars = hz.share_levels(data, "fdi_manufacturing_share").set_index("time_period").level.round(2)
    >>> dollars["2024-01/P11M"].item(), dollars[["2023", "2025", "2027"]].tolist()
    (3.42, [4.8, 5.61, 6.48])
    """
    code, place = key(data, indicator, area)
    if WHOLES.get(code) not in data.indicators.index:
        raise ValueError(f"{code} is not a share whose whole is declared; there are: {', '.join(WHOLES)}")
    out = []
    for role, of in (("actual", points), ("target", goals)):
        share, whole = of(data, code, place), of(data, WHOLES[code], place)
        whole = whole.drop_duplicates("time_period", keep=False)
        both = share.merge(whole, on="time_period", suffixes=("", "_whole")).assign(role=role)
        out.append(both.assign(share=both.value, whole=both.value_whole, level=both.value * both.value_whole / 100))
    found = pd.concat(out, ignore_index=True)
    found = found.assign(unit=found.unit_whole, figure_id=found.figure_id + " " + found.figure_id_whole)
    return found[["time_period", "role", "share", "whole", "level", "unit", "figure_id"]]
