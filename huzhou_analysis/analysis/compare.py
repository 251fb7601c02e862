"""Cities beside each other in one vintage, and shares beside the level of their whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from .plans import goals
from .series import key, points, printed_point

AREA_COLUMNS = ["ref_area", "name_zh", "name_en", "year", "value", "unit", "vintage", "source_id", "figure_id"]
# The whole that a share is a share of, where the tables hold both.
WHOLES = {
    "fdi_manufacturing_share": "fdi_utilized",
    "fdi_hightech_share": "fdi_utilized",
    "fdi_platform_share": "fdi_utilized",
    "hightech_investment_share": "fixed_asset_investment",
    "digital_va_share": "gdp",
    "rd_share": "gdp",
}


def peers(data: Data) -> list[str]:
    """The cities of the home city's province, itself among them."""
    parent = data.ref_areas.parent[data.home]
    same = (data.ref_areas.level == "city") & (data.ref_areas.parent == parent)
    return sorted(data.ref_areas.index[same])


def area_levels(
    data: Data,
    indicator: str,
    areas: Sequence[str] | None = None,
    *,
    source: str | None = None,
    years: Sequence[int] = (),
) -> pd.DataFrame:
    """Printed annual levels of several areas, all from one source: one vintage, one definition.

    A source is one data set or one table; the editions of a yearbook count as one, in which each year is as first
    published. Of several the one is taken that prints most areas for all of `years`, a data set before editions.

    Parameters
    ----------
    data : Data
    indicator : str
        Code or name.
    areas : sequence of str, optional
        By default the cities of the province; parts of the city (districts) may be named instead.
    source : str, optional
        Id of a source, where another than the fullest is wanted.
    years : sequence of int
        Years that must be there.

    Returns
    -------
    DataFrame
        Columns ``AREA_COLUMNS``, sorted by area and year; in the indicator's usual unit.

    Raises
    ------
    NotOnFile
        If no one source prints all `years` for two of the areas, the city itself among them where it is asked for.

    Examples
    --------
    >>> gdp = hz.area_levels(data, "gdp")
    >>> gdp.source_id.unique().tolist(), gdp.ref_area.nunique()
    (['C-GDP-REV'], 11)
    """
    code, home = key(data, indicator)
    areas = [areas] if isinstance(areas, str) else areas
    places = [data.area(str(a)) for a in areas] if areas is not None else peers(data)
    rows = _printed_levels(data, code, places, source)
    own = home if home in places else None
    full = [_with_all(group, years, own) for _, group in rows.groupby("family")] if len(rows) else []
    complete = [(group.source_id.nunique() == 1, group) for group in full if group is not None]
    if not complete:
        info, wanted = data.indicators.loc[code], "、".join(map(str, years))
        raise NotOnFile(
            f"同一来源同一版本中本市与其他地区{wanted}年的{info.name_zh}",
            f"{info.name_en} of the city and others for {wanted.replace('、', ', ') or 'any year'} in one source and vintage",
        )
    best = max(complete, key=lambda one: (one[1].ref_area.nunique(), one[0], len(one[1])))[1]
    best = best.drop_duplicates(["ref_area", "year"], keep="last")
    for lang in ("zh", "en"):
        best[f"name_{lang}"] = best.ref_area.map(data.ref_areas[f"name_{lang}"])
    return best.sort_values(["ref_area", "year"])[AREA_COLUMNS].reset_index(drop=True)


def _printed_levels(data: Data, code: str, places: Sequence[str], source: str | None) -> pd.DataFrame:
    """Printed annual levels of areas in one unit, with the family of sources that each belongs to."""
    found = data.select(code, places, record_type="actual", transformation="N", source=source)
    whole = found.time_period.map(periods.is_year).astype(bool)
    found = found[whole & (found.obs_text != "") & (found.relation == "=") & (found.corrected != "exclude")]
    rows = pd.DataFrame([printed_point(data, f) | {"ref_area": f.ref_area} for _, f in found.iterrows()])
    if rows.empty:
        return rows
    titles = rows.source_id.map(data.sources.title)
    yearbook = rows.source_id.map(data.sources.kind) == "yearbook"
    rows["family"] = rows.source_id.where(~yearbook, titles.map(lambda t: re.sub(r"\s*\d{4}.*", "", t)))
    return rows[rows.unit == rows.unit.mode().iloc[0]]


def _with_all(group: pd.DataFrame, years: Sequence[int], home: str | None) -> pd.DataFrame | None:
    """Areas of a source that print all years; None unless two are among them, and the home city where it was asked for."""
    there = group.groupby("ref_area").year.agg(set)
    full = there.index[[set(years) <= have for have in there]]
    return group[group.ref_area.isin(full)].copy() if home in (None, *full) and len(full) > 1 else None


def compare_areas(
    data: Data,
    indicator: str,
    first: int,
    last: int | None = None,
    areas: Sequence[str] | None = None,
    *,
    source: str | None = None,
) -> pd.DataFrame:
    """Growth, rank and share of cities between two years of one source, or of their levels in one year.

    Parameters
    ----------
    data : Data
    indicator : str
        Code or name.
    first, last : int
        Years; without `last` levels of `first` are ranked.
    areas, source
        See :func:`area_levels`.

    Returns
    -------
    DataFrame
        One row an area, the best rank first: ``first_value``, ``last_value``, ``growth`` (% a year, compounded),
        ``rank`` (1 the fastest, or the largest), ``share_first`` and ``share_last`` (% of the areas compared),
        ``unit``, ``vintage``, ``source_id``, ``figure_id``. An area that the source leaves out is left out.

    Examples
    --------
    >>> growth = hz.compare_areas(data, "gdp", 2018, 2023).set_index("ref_area").loc["330500"]
    >>> round(float(growth.growth), 2), int(growth["rank"])  # (4015.1 / 2881.21) ** (1/5) - 1
    (6.86, 10)
    """
    years = [first] if last is None else [first, last]
    if last is not None and last <= first:
        raise ValueError(f"the last year must come after the first: {first}, {last}")
    levels = area_levels(data, indicator, areas, source=source, years=years)
    wide = levels[levels.year.isin(years)].pivot(index="ref_area", columns="year", values="value")
    about = levels.groupby("ref_area").agg(dict.fromkeys(("name_zh", "name_en", "unit", "source_id"), "last"))
    used = levels[levels.year.isin(years)].groupby("ref_area")
    out = about.assign(first_year=first, first_value=wide[first], share_first=wide[first] / wide[first].sum() * 100)
    if last is not None:
        growth = ((wide[last] / wide[first]) ** (1 / (last - first)) - 1) * 100
        out = out.assign(last_year=last, last_value=wide[last], share_last=wide[last] / wide[last].sum() * 100)
        out = out.assign(growth=growth)
    by = out.growth if last is not None else out.first_value
    vintage = used.vintage.agg(lambda v: " ".join(dict.fromkeys(v)))
    out = out.assign(rank=by.rank(ascending=False, method="min").astype(int), vintage=vintage)
    return out.assign(figure_id=used.figure_id.agg(" ".join)).sort_values("rank").reset_index()


def share_levels(data: Data, indicator: str, area: str | int | None = None) -> pd.DataFrame:
    """A share beside the level of its whole: a share can rise because the whole falls.

    Parameters
    ----------
    data : Data
    indicator : str
        A share whose whole is on file too (``WHOLES``).

    Returns
    -------
    DataFrame
        One row a period: ``time_period``, ``role`` (``actual`` or ``target``), ``share`` (%), ``whole``, ``level``
        (share x whole, derived) in ``unit``, ``figure_id`` of both.

    Examples
    --------
    >>> dollars = hz.share_levels(data, "fdi_manufacturing_share").set_index("time_period").level.round(2)
    >>> dollars["2024-01/P11M"].item(), dollars[["2023", "2025", "2027"]].tolist()
    (3.42, [4.8, 5.61, 6.48])
    """
    code, place = key(data, indicator, area)
    if WHOLES.get(code) not in data.indicators.index:
        raise ValueError(f"{code} is not a share whose whole is declared; there are: {', '.join(WHOLES)}")
    rows = []
    for role in ("actual", "target"):
        if role == "actual":
            share, whole = points(data, code, place), points(data, WHOLES[code], place)
        else:
            share, whole = (goals(data, name, place) for name in (code, WHOLES[code]))
        for s in share.itertuples():
            same = whole[whole.time_period == s.time_period]
            if len(same) == 1:
                w = same.iloc[0]
                row = (s.time_period, role, s.value, w.value, s.value * w.value / 100, w.unit)
                rows.append((*row, f"{s.figure_id} {w.figure_id}"))
    columns = ["time_period", "role", "share", "whole", "level", "unit", "figure_id"]
    return pd.DataFrame(rows, columns=columns)
