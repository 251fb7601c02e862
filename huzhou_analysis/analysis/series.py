"""One annual series of an indicator from everything on file: which figure speaks for a year, and where a stretch ends.

A stretch is a run of years in one unit, one definition and one vintage; growth is never taken from one into the next.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.rounding import Interval
from ..facts.schema import TIERS
from ..facts.words import Text, text
from .growth import implied_base, implied_level

COLUMNS = ["year", "value", "unit", "growth", "printed_growth", "prices", "printed", "low", "high", "relation"]
COLUMNS += ["time_period", "origin", "obs_status", "segment", "begins", "because", "vintage", "stretch", "tier"]
COLUMNS += ["source_id", "figure_id", "indicator", "ref_area"]
# A total that is printed in few years, and the indicators that add up to it (data/relations.csv holds the identity).
PARTS = {"trade_total": ("exports", "imports")}
# A share of the country that follows from two printed levels, in the unit of the share: (level, area of the whole).
RATIOS = {"export_national_share": ("exports", "000000")}
# Two vintages agree where the growth that each prints differs by no more than this, in percentage points.
TOLERANCE = 0.5
# Years in one vintage that make a source a run of its own.
RUN = 5
YEARLY = ("printed", "sum", "ratio", "implied")
_RANK = {tier: i for i, tier in enumerate(TIERS)}
_ORIGINALS = ("official", "yearbook", "press", "mirror")
_NO_BREAK = Text("", "")
# Columns that are known only beside the other points of a series.
_LATER = ("growth", "printed_growth", "prices", "segment", "begins", "because", "stretch")


# --- what is known, and who is believed ----------------------------------------------------------------------------


def key(data: Data, indicator: str, area: str | int | None = None) -> tuple[str, str]:
    """Codes of an indicator and an area given by any of their names (:mod:`~huzhou_analysis.facts.names`)."""
    if not isinstance(data, Data):
        raise TypeError(f"the tables come first: hz.series(data, 'gdp'), not {type(data).__name__} first")
    return data.indicator(indicator), data.area(None if area is None else str(area))


def source_rank(data: Data, figures: pd.DataFrame) -> pd.Series:
    """Rank of each figure's source, 0 the best: official, yearbook, press, mirror, compilation, secondary."""
    return figures.source_id.map(data.sources.tier).map(_RANK)


def known(figures: pd.DataFrame, as_of: object) -> pd.DataFrame:
    """Figures that had been published by the end of a day, month or year (:func:`~huzhou_analysis.facts.periods.last_day`).

    A figure whose own publication date is only known to the month counts from the last day of it; one without any
    date is never known to have been published before a given day.
    """
    if as_of is None:
        return figures
    day = periods.last_day(as_of)
    published = [v != "" and periods.parse(v).end <= day for v in figures.vintage]
    return figures[np.array(published, dtype=bool)]


def best_first(data: Data, figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of one quantity in the order in which they are believed.

    An original (official, yearbook, press, or a copy of such a text) comes before a compilation, and that before
    anything secondary. Among originals the latest vintage comes first, so that a final figure supersedes a preliminary
    one, and then the better tier.
    """
    if len(figures) < 2:
        return figures
    tier = figures.source_id.map(data.sources.tier)
    kind = tier.map(lambda t: 0 if t in _ORIGINALS else _RANK[t])
    order = pd.DataFrame({"kind": kind, "published": -_published(figures.vintage), "tier": tier.map(_RANK)})
    return figures.loc[order.sort_values(list(order.columns), kind="stable").index]


def _published(vintage: pd.Series) -> pd.Series:
    """Number of the day of publication, 0 where none is known."""
    return vintage.map(lambda v: periods.parse(v).end.toordinal() if v else 0).astype(int)


def rates(data: Data, indicator: str, area: str, as_of: object = None) -> pd.DataFrame:
    """Printed growth over the year before, the most believed first."""
    found = known(data.select(indicator, area, record_type="actual", transformation="GY"), as_of)
    found = found[(found.obs_text != "") & (found.time_period != "") & (found.corrected != "exclude")]
    return best_first(data, found)


def measured_in(data: Data, frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Rows of a frame whose ``unit`` measures the same as `unit`."""
    return frame[frame.unit.map(lambda u: data.units.comparable(u, unit)).astype(bool)]


def in_unit(data: Data, found: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Points that measure the same as `unit`, written in it; digits printed in another are no longer as printed."""
    if (found.unit == unit).all():
        return found
    found = measured_in(data, found, unit)
    scale = np.array([float(data.units.factor(u, unit)) for u in found.unit])
    scaled = ["value", "low", "high", *(["growth"] if data.units[unit].is_share and "growth" in found else [])]
    printed = found.printed.where(found.unit == unit, "")
    return found.assign(**{c: found[c] * scale for c in scaled}, unit=unit, printed=printed)


def whole_years(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows whose period is one calendar year."""
    return frame[frame.time_period.map(periods.is_year).astype(bool)]


def declared_breaks(data: Data, indicator: str) -> dict[int, str]:
    """Years in which a series begins anew and why, as ``indicators.csv`` declares them (``2022: why; 2014: why``)."""
    found = re.findall(r"(?:^|; )(\d{4}(?: and \d{4})*): (.*?)(?=; \d{4}|$)", data.indicators.breaks[indicator])
    return {int(year): why for years, why in found for year in years.split(" and ")}


# --- the series ----------------------------------------------------------------------------------------------------


def series(
    data: Data,
    indicator: str,
    area: str | int | None = None,
    *,
    unit: str | None = None,
    as_of: object = None,
    everything: bool = False,
) -> pd.DataFrame:
    """One number a year of an indicator in an area, in one unit, with where each comes from.

    Of several printings of a year :func:`best_first` decides; claims, and figures that a correction excludes, never
    enter. A year that no one prints is the sum of printed parts, else it follows from a neighbouring level and a
    printed nominal growth rate (not one on an account of its own, status B). Years on file in another currency only
    are left out: ask for them by `unit`, or for all of them by `everything`.

    Parameters
    ----------
    data : Data
    indicator, area : str
        Code, Chinese or English name; by default the city that the tables are about.
    unit : str, optional
        Unit to show, of any measure on file (``亿美元`` for years in dollars); by default that of the latest year.
    as_of : str or date, optional
        Only what had been published by then; a month or year means its last day.
    everything : bool
        Also parts of years, totals of several years, and other currencies.

    Returns
    -------
    DataFrame
        Sorted by period (columns ``COLUMNS``). ``growth`` is computed from the levels, so nominal for money: in % over
        the year before (for shares in points), empty across a break. ``printed_growth`` is the rate that a document
        prints for the period, its basis in ``prices`` (``constant`` for real growth). ``origin`` is ``printed``,
        ``sum``, ``ratio`` (of two printed levels), ``implied`` (by a growth rate), ``part_year`` (never annualised) or
        ``period_total``. ``low`` to ``high`` is what rounding leaves open. ``segment`` numbers the stretches, which
        begin in the year ``begins`` for the reason ``because`` (docs/methods.md); ``stretch`` names the vintage,
        ``first`` (as first published, within a year) or the year of publication.

    Raises
    ------
    UnknownName, NotOnFile
        If a name is not in the tables (the nearest are listed), or no actual is on file.

    Examples
    --------
    >>> gdp = hz.series(data, "地区生产总值")
    >>> gdp[gdp.year == 2018][["value", "unit", "stretch"]].values.tolist()  # first published as 2719.07
    [[2881.21, '亿元', 'first + 2024']]
    """
    code, place = key(data, indicator, area)
    found = points(data, code, place, as_of=as_of)
    yearly = found[found.origin.isin(YEARLY)]
    if unit is not None:
        found = in_unit(data, found, unit)
    elif not everything and len(yearly):
        found = found[found.unit == yearly.unit.iloc[-1]]
    if not everything:  # of a year and dates within it the year, of several dates the last
        found = found[found.origin.isin(YEARLY)]
        whole = whole_years(found)
        found = pd.concat([found.drop(whole.index), whole]).drop_duplicates("year", keep="last").sort_index()
    if found.empty:
        info, where = data.indicators.loc[code], data.ref_areas.loc[place]
        more = f" in {unit}" if unit else "; everything=True shows parts of years, hz.growth_ledger printed rates"
        raise NotOnFile(f"{where.name_zh}{info.name_zh}（{unit or '年度'}）", f"{info.name_en}, {where.name_en}{more}")
    return found.reset_index(drop=True)


def points(data: Data, indicator: str, area: str, *, as_of: object = None) -> pd.DataFrame:
    """Everything on file about an indicator (codes, not names), in the columns of :func:`series`; may be empty."""
    wanted = indicator, area, None if as_of is None else periods.last_day(as_of)
    if wanted not in data.assembled:
        data.assembled[wanted] = _assembled(data, *wanted)
    return data.assembled[wanted].copy(deep=False)


def _assembled(data: Data, indicator: str, area: str, as_of: dt.date | None) -> pd.DataFrame:
    if indicator not in {*PARTS, *RATIOS} and data.select(indicator, record_type="actual").empty:
        return pd.DataFrame(columns=COLUMNS)  # as for most that a plan sets a target for
    found, said = levels(data, indicator, area, as_of), rates(data, indicator, area, as_of)
    rows = _chosen(found).to_dict("records")
    rows += _derived(data, {row["time_period"] for row in rows}, indicator, area, as_of)
    rows += _implied(data, rows, said)
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    rows.sort(key=lambda r: (periods.parse(r["time_period"]).end, r["time_period"], r["unit"]))
    out = pd.DataFrame(_stretched(data, rows, found, declared_breaks(data, indicator)))
    said = said[said.relation.isin(["=", "~"])].drop_duplicates("time_period").set_index("time_period")
    out["printed_growth"] = out.time_period.map(said.obs_value.to_dict()).astype(float)
    out["prices"] = [said.prices.to_dict().get(period, "") for period in out.time_period]
    return out.assign(indicator=indicator, ref_area=area)[COLUMNS]


def levels(data: Data, indicator: str, area: object, as_of: object = None, **where: object) -> pd.DataFrame:
    """Printed levels as points of a series (of one area or several), the most believed first."""
    found = known(data.select(indicator, area, record_type="actual", transformation="N", **where), as_of)
    found = found[(found.obs_text != "") & (found.time_period != "") & (found.corrected != "exclude")]
    rows = [_point(data, figure) for _, figure in best_first(data, found).iterrows()]
    return pd.DataFrame(rows, columns=[c for c in COLUMNS if c not in _LATER])


def _point(data: Data, figure: pd.Series) -> dict:
    """A printed level in the indicator's usual unit; of another currency in the unit of the same power of ten, if any."""
    period, units = periods.parse(figure.time_period), data.units
    origin = "period_total" if period.kind == "years" else "printed"
    if not period.whole_year and period.kind != "years" and figure.span != "point":
        origin = "part_year"
    unit, power = data.indicators.unit[figure.indicator], units[data.indicators.unit[figure.indicator]].unit_mult
    if not units.comparable(figure.unit, unit):
        alike = [u for u in units if units.comparable(u, figure.unit)]
        unit = next((u for u in alike if units[u].unit_mult == power), alike[0])
    low, high = (data.interval(figure) * units.factor(figure.unit, unit)).floats
    copied = ("time_period", "relation", "obs_status", "source_id", "vintage", "indicator", "ref_area")
    return {c: figure[c] for c in copied} | {
        "year": period.year,
        "value": units.convert(figure.obs_value, figure.unit, unit),
        "printed": figure.obs_text if unit == figure.unit else "",
        "low": low,
        "high": high,
        "unit": unit,
        "origin": origin,
        "figure_id": figure.name,
        "tier": data.sources.tier[figure.source_id],
    }


def _chosen(found: pd.DataFrame) -> pd.DataFrame:
    """One figure for each period and unit: the most believed, but a run of years comes from one vintage.

    Where a source that prints five years or more in one vintage shows that the most believed figures of neighbouring
    years stand on different levels (a census lies between them), that source speaks for all years it prints.
    """
    best = found.drop_duplicates(["time_period", "unit"])
    yearly = whole_years(found[found.relation == "="])
    runs = yearly.groupby(["source_id", "vintage", "unit"]) if len(yearly) >= RUN else []
    for _, run in sorted(runs, key=lambda one: -len(one[1])):
        if len(run) < RUN:
            break
        run = run.drop_duplicates("time_period")
        same = best[(best.unit == run.unit.iloc[0]) & best.time_period.isin(run.time_period)]
        both = pd.concat([f.set_index("time_period").value.sort_index().pct_change() for f in (run, same)], axis=1)
        if (both.diff(axis=1).iloc[:, -1].abs() * 100 > TOLERANCE).any():
            return pd.concat([run, best.drop(same.index)])
    return best


# --- years that no one prints --------------------------------------------------------------------------------------


def _derived(data: Data, there: set[str], indicator: str, area: str, as_of: dt.date | None) -> list[dict]:
    """Years that are the sum of printed parts, or the ratio of two printed levels."""
    parts, made = [], []
    if indicator in PARTS:
        parts = [(part, area) for part in PARTS[indicator]]
    elif indicator in RATIOS:
        level, whole = RATIOS[indicator]
        parts = [(level, area), (level, whole)]
    if parts:
        printed = [points(data, *part, as_of=as_of).query("origin == 'printed'") for part in parts]
        made += _of_parts(data, printed, data.indicators.unit[indicator] if indicator in RATIOS else "")
    info = data.indicators.loc[indicator]
    districts = data.ref_areas.index[(data.ref_areas.parent == area) & (data.ref_areas.level == "county")]
    if len(districts) > 1 and info.measure_type in ("flow", "stock") and not data.units[info.unit].is_share:
        for _, group in levels(data, indicator, districts, as_of).groupby(["source_id", "vintage"], sort=False):
            made += _of_parts(data, [group[group.ref_area == d] for d in districts])
    once = {row["time_period"]: row for row in reversed(made) if row["time_period"] not in there}
    return list(once.values())


def _of_parts(data: Data, parts: list[pd.DataFrame], share: str = "") -> list[dict]:
    """A row for every whole year that all parts print in one unit: their sum, or their ratio in the unit of a share."""
    if any(p.empty for p in parts):
        return []
    parts = [whole_years(p[p.relation == "="]) for p in parts]
    rows = []
    for year in sorted(set.intersection(*(set(p.year) for p in parts))):
        here = [p[p.year == year].iloc[0] for p in parts if (p.year == year).sum() == 1]
        if len(here) < len(parts) or len({h.unit for h in here}) > 1:
            continue
        intervals = [Interval(h.low, h.high) for h in here]
        if share:
            scale = 10 ** (2 - data.units[share].unit_mult)  # shares are counted from per cent
            within, value = intervals[0] / intervals[1] * scale, here[0].value / here[1].value * scale
        else:
            within, value = sum(intervals[1:], intervals[0]), sum(h.value for h in here)
        worst, (low, high) = max(here, key=lambda h: _RANK[h.tier]), within.floats
        made = {"value": value, "printed": "", "low": low, "high": high, "unit": share or here[0].unit}
        made |= {"figure_id": " ".join(h.figure_id for h in here), "vintage": max(h.vintage for h in here)}
        copied = {c: worst[c] for c in ("time_period", "relation", "source_id", "year", "tier")}
        rows.append(copied | made | {"origin": "ratio" if share else "sum", "obs_status": "E"})
    return rows


def _implied(data: Data, rows: list[dict], said: pd.DataFrame) -> list[dict]:
    """Years that follow from a neighbour and a nominal growth rate, backwards and forwards until nothing is added."""
    if said.empty or not rows:
        return []
    compound = ~said.unit.map(lambda u: data.units[u].unit_measure == "PP").astype(bool)
    nominal = compound & (said.prices != "constant") & (said.relation == "=") & (said.obs_status != "B")
    nominal = whole_years(said[nominal & (said.obs_value > -100)])
    yearly = [r for r in rows if r["origin"] in YEARLY and periods.is_year(r["time_period"])]
    there = {r["year"]: r for r in yearly}
    ambiguous = {y for y in there if sum(r["year"] == y for r in yearly) > 1}

    def steps() -> Iterator[dict]:
        for _, rate in nominal.iterrows():
            year = int(rate.time_period)
            for known_year, missing, rule in ((year, year - 1, implied_base), (year - 1, year, implied_level)):
                level = None if known_year in ambiguous or missing in there else there.get(known_year)
                at_break = rule is implied_base and level and level["obs_status"] == "B"
                if level and level["relation"] == "=" and not at_break:
                    yield _step(data, level, rate, missing, rule)

    added = []
    while found := next(steps(), None):
        there[found["year"]] = found
        added.append(found)
    return added


def _step(data: Data, point: dict, rate: pd.Series, year: int, rule) -> dict:
    value = rule(Interval(point["low"], point["high"]), data.interval(rate) * data.units.factor(rate.unit, "%"))
    low, high = value.floats
    made = {"time_period": str(year), "year": year, "value": value.middle, "printed": "", "low": low, "high": high}
    return point | made | {"origin": "implied", "obs_status": "E", "figure_id": f"{point['figure_id']} {rate.name}"}


# --- stretches -----------------------------------------------------------------------------------------------------


def _stretched(data: Data, rows: list[dict], found: pd.DataFrame, declared: dict[int, str]) -> list[dict]:
    """Points in order of time with their stretch, numbered as they begin, and growth within it (% or points).

    Parts of years belong to the stretch of their unit that began last.
    """
    printed: dict[str, dict[tuple, dict[str, float]]] = {}
    for level in found[found.relation == "="].itertuples():
        editions = printed.setdefault(level.unit, {})
        editions.setdefault((level.source_id, level.vintage), {}).setdefault(level.time_period, level.value)
    stretches: list[dict] = []
    current: dict[str, dict] = {}  # by unit: the stretch, with its last yearly point and its last whole year
    for row in rows:
        unit, yearly = data.units[row["unit"]], row["origin"] in YEARLY
        stretch, other = current.get(unit.unit), data.units[rows[0]["unit"]]
        why = text(f"币种由{other.unit}改为{unit.unit}", f"currency: {other.name_en}, then {unit.name_en}")
        if stretch and yearly and "last" in stretch:
            why = _break(stretch["last"], row, printed.get(unit.unit, {}), declared)
        if not stretch or (yearly and "last" in stretch and why):
            stretch = {"segment": len(stretches) + 1, "begins": row["year"], "because": why if stretches else _NO_BREAK}
            stretch |= {"editions": set(), "year": -1}
            stretches.append(stretch)
            current[unit.unit] = stretch
        row |= {"growth": np.nan, "of": stretch}
        if row["origin"] != "implied":
            stretch["editions"].add(_edition(row["vintage"], row["year"]))
        if yearly:
            stretch["last"] = row
        if yearly and periods.is_year(row["time_period"]) and row["relation"] in ("=", "~"):
            before = stretch.get("value", 0)
            if row["year"] - stretch["year"] == 1 and (unit.is_share or before > 0):
                row["growth"] = row["value"] - before if unit.is_share else (row["value"] / before - 1) * 100
            stretch |= {"year": row["year"], "value": row["value"]}
    for row in rows:
        stretch = row.pop("of")
        row |= {name: stretch[name] for name in ("segment", "begins", "because")}
        row["stretch"] = " + ".join(sorted(stretch["editions"], reverse=True))
    return rows


def _edition(vintage: str, year: int) -> str:
    """``first`` for what was published within a year, else the year of publication."""
    return "undated" if not vintage else "first" if int(vintage[:4]) <= year + 1 else vintage[:4]


def _break(before: dict, after: dict, printed: dict[tuple, dict[str, float]], declared: dict[int, str]) -> Text:
    """Why a stretch ends between two yearly points, empty where it does not.

    It does at a break; where another kind of vintage begins and no source prints a year of both alike; and where a
    source that prints both years shows that the two stand on different levels. `printed` holds the levels of each
    source and vintage by year.
    """
    years, editions = [p["year"] for p in (before, after)], [_edition(p["vintage"], p["year"]) for p in (before, after)]
    if why := [reason for year, reason in declared.items() if years[0] < year <= years[1]]:
        return text(
            "统计口径或水平变动，见 indicators.csv", f"definition: {'; '.join(w.partition('. ')[0] for w in why)}"
        )
    if after["obs_status"] == "B":
        return text("来源注明与上年不可比", "definition: the source marks a break")
    sources = [(p["source_id"], p["vintage"]) for p in (before, after)]
    if sources[0] == sources[1] or "implied" in (before["origin"], after["origin"]):
        return _NO_BREAK
    zh, en = {"first": "首次公布数", "undated": "未注明版本"}, {"first": "as first published"}
    zh, en = "、".join(zh.get(e, f"{e}年公布数") for e in editions), ", then ".join(en.get(e, e) for e in editions)
    vintage = text(f"版本水平不同：{zh}", f"vintage: {en}")
    a, b = before["value"], after["value"]
    first, last = map(str, years)
    if (editions[0] == "first") != (editions[1] == "first"):
        again = [(printed.get(sources[1], {}).get(first), a), (printed.get(sources[0], {}).get(last), b)]
        alike = [abs(other / own - 1) * 100 <= TOLERANCE for other, own in again if own and other is not None]
        return _NO_BREAK if any(alike) else vintage
    growth = [one[last] / one[first] for one in printed.values() if a > 0 and one.get(first) and last in one]
    return vintage if growth and all(abs(g - b / a) * 100 > TOLERANCE for g in growth) else _NO_BREAK


def vintages(data: Data, indicator: str, area: str | int | None = None) -> pd.DataFrame:
    """Every printed annual level of an indicator with its vintage: what was known when.

    One row a printing, sorted by year and publication: ``year``, ``value`` (in the indicator's usual unit where the printed
    one converts), ``unit``, ``vintage``, ``tier``, ``obs_status``, ``source_id``, ``figure_id``.

    Examples
    --------
    >>> printed = hz.vintages(data, "gdp")
    >>> printed[printed.year == 2013].value.tolist()  # the work report, the yearbook, the revised series
    [1803.2, 1803.1501, 1930.78]
    """
    found = whole_years(levels(data, *key(data, indicator, area)))
    columns = ["year", "value", "unit", "vintage", "tier", "obs_status", "source_id", "figure_id"]
    found = found.assign(_day=_published(found.vintage)).sort_values(["year", "_day", "source_id"])
    return found[columns].reset_index(drop=True)
