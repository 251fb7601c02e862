"""One annual series of an indicator from everything on file, and the latest: which figure speaks, where a stretch ends.

A stretch is a run of years in one unit, one definition and one vintage; growth is never taken from one into the next.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile, name
from ..facts.rounding import Interval
from ..facts.schema import TIERS
from ..facts.words import Quantity, Text, figure_quantity, period_text, point, text
from .growth import implied_base, implied_level
from .targets import pace_unit

COLUMNS = ["year", "value", "unit", "growth", "printed_growth", "prices", "printed", "low", "high", "relation"]
COLUMNS += ["time_period", "origin", "obs_status", "segment", "begins", "because", "vintage", "stretch", "tier"]
COLUMNS += ["source_id", "figure_id", "indicator", "ref_area"]
# What is printed in few years, and the levels (of the area itself, or another) that it follows from: a total is their
# sum (data/relations.csv holds the identity), a share their ratio.
PARTS = {
    "trade_total": (("exports", ""), ("imports", "")),
    "export_national_share": (("exports", ""), ("exports", "000000")),
}
# Two vintages agree where the growth that each prints differs by no more than this, in percentage points.
TOLERANCE = 0.5
# Years in one vintage that make a source a run of its own.
RUN = 5
YEARLY = ("printed", "sum", "ratio", "implied")
# What a statistical bulletin opens with, in its order.
MAIN = ("gdp", "industrial_va", "hightech_va", "fixed_asset_investment", "manufacturing_investment", "retail_sales")
MAIN += ("trade_total", "exports", "imports", "fdi_utilized", "fiscal_revenue", "local_fiscal_revenue", "urban_income")
MAIN += ("rural_disposable_income",)
LATEST_COLUMNS = ["indicator", "name", "part_year", "time_period", "period", "level", "growth", "growth_origin"]
LATEST_COLUMNS += ["prices", "published", "obs_status", "tier", "source_id", "source", "figure_id"]
Area = str | int | None
_RANK = {tier: i for i, tier in enumerate(TIERS)}
_ORIGINALS = ("official", "yearbook", "press", "mirror")
# Columns of a point by itself: the others are known only beside the other points of a series.
_BESIDE = ("growth", "printed_growth", "prices", "segment", "begins", "because", "stretch")
_POINT = [c for c in COLUMNS if c not in _BESIDE]


def key(data: Data, indicator: str, area: Area = None) -> tuple[str, str]:
    """Codes of an indicator and an area given by any of their names (:func:`~huzhou_analysis.facts.data.named`)."""
    if not isinstance(data, Data):
        raise TypeError(f"the tables come first: hz.series(data, 'gdp'), not {type(data).__name__} first")
    return data.indicator(indicator), data.area(None if area is None else str(area))


def source_rank(data: Data, figures: pd.DataFrame) -> pd.Series:
    """Rank of each figure's source, 0 the best: official, yearbook, press, mirror, compilation, secondary."""
    return figures.source_id.map(data.sources.tier).map(_RANK)


def known(figures: pd.DataFrame, as_of: object) -> pd.DataFrame:
    """Figures published by the end of a day, month or year; a date known to the month counts from its last day."""
    if as_of is None:
        return figures
    day = periods.last_day(as_of)
    return figures[figures.vintage.map(lambda v: v != "" and periods.parse(v).end <= day).astype(bool)]


def _published(vintage: pd.Series) -> pd.Series:
    """Number of the day of publication, 0 where none is known."""
    return vintage.map(lambda v: periods.parse(v).end.toordinal() if v else 0).astype(int)


def printings(
    data: Data, transformation: str, indicator: str, area: object, as_of: object = None, **where: object
) -> pd.DataFrame:
    """Printed levels (``N``) or growth rates over the year before (``GY``) of one area or several, most believed first.

    An original (official, yearbook, press or its copy) comes before a compilation, that before anything secondary; of
    originals the latest vintage (a final figure supersedes a preliminary one), then the better tier."""
    found = data.select(indicator, area, record_type="actual", transformation=transformation, **where)
    found = known(found[(found.obs_text != "") & (found.time_period != "") & (found.corrected != "exclude")], as_of)
    if len(found) < 2:
        return found
    rank, original = source_rank(data, found), found.source_id.map(data.sources.tier).isin(_ORIGINALS)
    order = pd.DataFrame({"kind": rank.mask(original, 0), "published": -_published(found.vintage), "tier": rank})
    return found.loc[order.sort_values(["kind", "published", "tier"], kind="stable").index]


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


def series(
    data: Data,
    indicator: str,
    area: Area = None,
    *,
    unit: str | None = None,
    as_of: object = None,
    everything: bool = False,
) -> pd.DataFrame:
    """One number a year of an indicator in an area, in one unit, with where each comes from.

    Of several printings the most believed speaks; claims and excluded figures never enter. A year that no one prints is
    the sum of printed parts, else it follows from a neighbouring level and a printed nominal growth rate. Raises
    UnknownName if a name is not in the tables (the nearest are listed), NotOnFile if no actual is.

    `unit` may be any of a measure on file (``亿美元`` for years in dollars), by default that of the latest year; `as_of` (a
    date; a month or year means its last day) shows only what had been published by then; `everything` also parts of years,
    totals of several years, and other currencies.

    Rows are sorted by period (columns ``COLUMNS``). ``growth`` is computed from the levels, so nominal for money: in % over
    the year before (for shares in points), empty across a break; ``printed_growth`` is what a document prints, its basis in
    ``prices`` (``constant`` for real growth). ``origin`` is ``printed``, ``sum``, ``ratio`` (of two printed levels),
    ``implied`` (by a growth rate), ``part_year`` (never annualised) or ``period_total``; ``low`` to ``high`` is what
    rounding leaves open. ``segment`` numbers the stretches, which begin in the year ``begins`` for the reason ``because``
    (docs/methods.md); ``stretch`` names the vintage, ``first`` (within a year) or the year of publication.

    Examples
    --------
    >>> gdp = hz.series(data, "地区生产总值")
    >>> gdp[gdp.year == 2018][["value", "unit", "stretch"]].values.tolist()  # first published as 2719.07
    [[2881.21, '亿元', 'first + 2024']]
    """
    code, place = key(data, indicator, area)
    found, asked = points(data, code, place, as_of=as_of), unit
    if not everything:
        found = found[found.origin.isin(YEARLY)]
        unit = unit or next(iter(found.unit[::-1]), None)
    if unit:
        found = in_unit(data, found, unit)
    if not everything:  # of a year and dates within it the year, of several dates the last
        ordered = found.sort_values("time_period", key=lambda p: p.map(periods.is_year), kind="stable")
        found = ordered.drop_duplicates("year", keep="last").sort_index()
    where, more = data.ref_areas.loc[place], "; everything=True shows parts of years, hz.growth_ledger printed rates"
    zh, en = f"（{where.name_zh}，{asked or '年度'}）", f", {where.name_en}{f' in {asked}' if asked else more}"
    return data.on_file(found, code, zh, en).reset_index(drop=True)


def points(data: Data, indicator: str, area: str, *, as_of: object = None) -> pd.DataFrame:
    """Everything on file about an indicator (codes, not names), in the columns of :func:`series`; may be empty."""
    wanted = indicator, area, None if as_of is None else periods.last_day(as_of)
    if wanted not in data.assembled:
        data.assembled[wanted] = _assembled(data, *wanted)
    return data.assembled[wanted].copy(deep=False)


def _assembled(data: Data, indicator: str, area: str, as_of: object) -> pd.DataFrame:
    if indicator not in PARTS and data.select(indicator, record_type="actual").empty:
        return pd.DataFrame(columns=COLUMNS)  # as for most that a plan sets a target for
    found, said = levels(data, indicator, area, as_of), printings(data, "GY", indicator, area, as_of)
    rows = _chosen(found).to_dict("records")
    rows += _derived(data, {row["time_period"] for row in rows}, indicator, area, as_of)
    rows += _implied(data, rows, said)
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    rows.sort(key=lambda r: (periods.parse(r["time_period"]).end, r["time_period"], r["unit"]))
    out = pd.DataFrame(_stretched(data, rows, found, declared_breaks(data, indicator)))
    said = said[said.relation.isin(["=", "~"])].drop_duplicates("time_period").set_index("time_period")
    said = said[["obs_value", "prices"]].reindex(out.time_period)
    out = out.assign(printed_growth=said.obs_value.to_numpy(float), prices=said.prices.fillna("").to_numpy())
    return out.assign(indicator=indicator, ref_area=area)[COLUMNS]


def levels(data: Data, indicator: str, area: object, as_of: object = None, **where: object) -> pd.DataFrame:
    """Printed levels as points, the most believed first, in the usual unit (another currency in its like, if any)."""
    found, rows, units = printings(data, "N", indicator, area, as_of, **where), [], data.units
    usual = units[data.indicators.unit[indicator]]
    for figure in found.itertuples():
        alike = [u for u in (usual.unit, *units) if units.comparable(u, figure.unit)]
        unit = next((u for u in alike if units[u].unit_mult == usual.unit_mult), alike[0])
        period = periods.parse(figure.time_period)
        part = period.kind != "year" and figure.span != "point"
        low, high = (data.interval(figure) * units.factor(figure.unit, unit)).floats
        origin = "period_total" if period.kind == "years" else "part_year" if part else "printed"
        made = {"year": period.year, "value": units.convert(figure.obs_value, figure.unit, unit), "unit": unit}
        made |= {"low": low, "high": high, "origin": origin, "tier": data.sources.tier[figure.source_id]}
        made |= {"printed": figure.obs_text if unit == figure.unit else "", "figure_id": figure.Index}
        rows.append(figure._asdict() | made)
    return pd.DataFrame(rows, columns=_POINT)


def _chosen(found: pd.DataFrame) -> pd.DataFrame:
    """One figure for each period and unit: the most believed, unless a source with a run of years in one vintage shows
    that those of neighbouring years stand on different levels (a census lies between): it speaks for all its years."""
    best = found.drop_duplicates(["time_period", "unit"])
    yearly = whole_years(found[found.relation == "="])
    editions = yearly.groupby(["source_id", "vintage", "unit"]) if len(yearly) >= RUN else ()
    for run in sorted((run for _, run in editions if len(run) >= RUN), key=len, reverse=True):
        run = run.drop_duplicates("time_period")
        same = best[(best.unit == run.unit.iloc[0]) & best.time_period.isin(run.time_period)]
        own, others = (f.set_index("time_period").value.sort_index().pct_change() for f in (run, same))
        if ((own - others).abs() * 100 > TOLERANCE).any():
            return pd.concat([run, best.drop(same.index)])
    return best


def _derived(data: Data, there: set[str], indicator: str, area: str, as_of: object) -> Iterator[dict]:
    """Whole years not yet there that all parts, or all districts in one vintage, print in one unit: their sum or ratio."""
    info, groups = data.indicators.loc[indicator], []
    share = data.units[info.unit] if data.units[info.unit].is_share else None
    if indicator in PARTS:
        parts = (points(data, part, where or area, as_of=as_of) for part, where in PARTS[indicator])
        groups.append([part[part.origin == "printed"] for part in parts])
    districts = data.ref_areas.index[(data.ref_areas.parent == area) & (data.ref_areas.level == "county")]
    if len(districts) > 1 and info.measure_type in ("flow", "stock") and not share:
        editions = levels(data, indicator, districts, as_of).groupby(["source_id", "vintage"], sort=False)
        groups += [[edition[edition.ref_area == d] for d in districts] for _, edition in editions]
    for parts in (parts for parts in groups if all(map(len, parts))):
        whole = pd.concat(parts)
        whole = whole_years(whole[whole.relation == "="])
        for year, here in whole.groupby("year"):
            twice = here[["indicator", "ref_area"]].duplicated().any()
            if str(year) in there or twice or len(here) < len(parts) or here.unit.nunique() > 1:
                continue
            there.add(str(year))
            scale = 10 ** (2 - share.unit_mult) if share else 1  # shares are counted from per cent
            values, spans = list(here.value), [Interval(*ends) for ends in zip(here.low, here.high, strict=True)]
            value, span = (v[0] / v[1] * scale if share else sum(v) for v in (values, spans))
            made = {"value": value, "printed": "", "low": span.floats[0], "high": span.floats[1]}
            made |= {"unit": share.unit if share else here.unit.iloc[0], "figure_id": " ".join(here.figure_id)}
            made |= {"origin": "ratio" if share else "sum", "obs_status": "E", "vintage": here.vintage.max()}
            yield here.iloc[here.tier.map(_RANK).argmax()].to_dict() | made


def _implied(data: Data, rows: list[dict], said: pd.DataFrame) -> list[dict]:
    """Years that follow from a neighbour and a nominal growth rate, backwards and forwards until nothing is added."""
    if said.empty or not rows:
        return []
    compound = ~said.unit.map(lambda u: data.units[u].unit_measure == "PP").astype(bool)
    nominal = compound & (said.prices != "constant") & (said.relation == "=") & (said.obs_status != "B")
    nominal = whole_years(said[nominal & (said.obs_value > -100)])
    there: dict[int, dict | None] = {}
    for row in rows:
        if row["origin"] in YEARLY and periods.is_year(row["time_period"]):
            there[row["year"]] = None if row["year"] in there else row  # in two currencies: neither is built upon

    def step() -> dict | None:
        for rate in nominal.itertuples():
            year = int(rate.time_period)
            for near, missing, rule in ((year, year - 1, implied_base), (year - 1, year, implied_level)):
                level = None if missing in there else there.get(near)
                at_break = rule is implied_base and level and level["obs_status"] == "B"
                if level and level["relation"] == "=" and not at_break:
                    growth = data.interval(rate) * data.units.factor(rate.unit, "%")
                    found = rule(Interval(level["low"], level["high"]), growth)
                    made = {"time_period": str(missing), "year": missing, "value": found.middle, "printed": ""}
                    made |= {"low": found.floats[0], "high": found.floats[1], "origin": "implied", "obs_status": "E"}
                    there[missing] = level | made | {"figure_id": f"{level['figure_id']} {rate.Index}"}
                    return there[missing]
        return None

    return list(iter(step, None))


def _stretched(data: Data, rows: list[dict], found: pd.DataFrame, declared: dict[int, str]) -> list[dict]:
    """Points in order of time with their stretch, numbered as they begin, and growth within it (% or points)."""
    levels: dict[tuple, dict[str, float]] = {}  # by unit, source and vintage: the levels of its years
    for level in found[found.relation == "="].itertuples():
        levels.setdefault((level.unit, level.source_id, level.vintage), {}).setdefault(level.time_period, level.value)
    number, current = 0, {}  # by unit: the stretch, with its last yearly point and its last whole year
    for row in rows:
        unit, yearly, stretch = data.units[row["unit"]], row["origin"] in YEARLY, current.get(row["unit"])
        last, was = stretch["last"] if stretch else None, data.units[rows[0]["unit"]]
        why = _break(last, row, levels, declared) if last and yearly else None
        if not current:
            why = Text("", "")
        elif not stretch:
            why = text(f"币种由{was.unit}改为{unit.unit}", f"currency: {was.name_en}, then {unit.name_en}")
        if why is not None:
            number += 1
            stretch = current[unit.unit] = {"segment": number, "begins": row["year"], "because": why}
            stretch |= {"of": set(), "last": None, "whole": None}
        row |= {name: stretch[name] for name in ("segment", "begins", "because", "of")} | {"growth": np.nan}
        if row["origin"] != "implied":
            stretch["of"].add(_edition(row))
        if yearly:
            stretch["last"] = row
        if yearly and periods.is_year(row["time_period"]) and row["relation"] in ("=", "~"):
            before, stretch["whole"] = stretch["whole"], row
            if before and row["year"] - before["year"] == 1 and (unit.is_share or before["value"] > 0):
                change = row["value"] - before["value"]
                row["growth"] = change if unit.is_share else (row["value"] / before["value"] - 1) * 100
    return [row | {"stretch": " + ".join(sorted(row["of"], reverse=True))} for row in rows]


def _edition(point: dict) -> str:
    """``first`` for what was published within a year, else the year of publication."""
    published = point["vintage"][:4]
    return "undated" if not published else "first" if int(published) <= point["year"] + 1 else published


def _break(before: dict, after: dict, levels: dict[tuple, dict[str, float]], declared: dict[int, str]) -> Text | None:
    """Why a stretch ends between two yearly points: at a break; where another kind of vintage begins and no source
    prints a year of both alike; and where one that prints both years shows that the two stand on different levels."""
    if why := [reason for year, reason in declared.items() if before["year"] < year <= after["year"]]:
        en = f"definition: {'; '.join(w.partition('. ')[0] for w in why)}"
        return text("统计口径或水平变动，见 indicators.csv", en)
    if after["obs_status"] == "B":
        return text("来源注明与上年不可比", "definition: the source marks a break")
    sources = [(after["unit"], p["source_id"], p["vintage"]) for p in (before, after)]
    if sources[0] == sources[1] or "implied" in (before["origin"], after["origin"]):
        return None
    (a, first), (b, last) = ((p["value"], str(p["year"])) for p in (before, after))
    editions = [_edition(p) for p in (before, after)]
    if (editions[0] == "first") != (editions[1] == "first"):
        again = [(levels.get(sources[1], {}).get(first), a), (levels.get(sources[0], {}).get(last), b)]
        apart = not any(own and other is not None and abs(other / own - 1) * 100 <= TOLERANCE for other, own in again)
    else:
        same = [years for (unit, *_), years in levels.items() if unit == after["unit"]]
        growth = [one[last] / one[first] for one in same if a > 0 and one.get(first) and last in one]
        apart = bool(growth) and all(abs(g - b / a) * 100 > TOLERANCE for g in growth)
    zh, en = {"first": "首次公布数", "undated": "未注明版本"}, {"first": "as first published"}
    zh, en = "、".join(zh.get(e, f"{e}年公布数") for e in editions), ", then ".join(en.get(e, e) for e in editions)
    return text(f"版本水平不同：{zh}", f"vintage: {en}") if apart else None


def vintages(data: Data, indicator: str, area: Area = None) -> pd.DataFrame:
    """Every printed annual level of an indicator, sorted by year and publication: what was known when.

    ``value`` is in the indicator's usual ``unit`` where the printed one converts; beside it ``vintage`` and the source.

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


def latest(data: Data, indicators: Sequence[str] | str | None = None, area: str | int | None = None) -> pd.DataFrame:
    """The latest whole year, and the latest part of a year, of each indicator: level and growth as printed.

    By default of the main ones (``MAIN``) in the city that the tables are about. Raises UnknownName if a name is not in
    the tables, NotOnFile if nothing of what was asked for is.

    One row an indicator and kind of period (``part_year``), in the order asked for (columns ``LATEST_COLUMNS``). ``level``
    is a Quantity, or None where only a rate is printed; ``growth`` a Quantity in % over the same period of the year before
    (points for a share), or None; ``growth_origin`` is ``printed`` or, from two levels of one vintage, ``derived``.

    Examples
    --------
    >>> now = hz.latest(data, ["gdp"])
    >>> [(str(r.period), str(r.level), str(r.growth)) for r in now[~now.part_year].itertuples()]
    [('2025年', '4,452.8亿元', '5.9%')]
    """
    wanted = [i for i in MAIN if i in data.indicators.index] if indicators is None else indicators
    rows = []
    for one in [wanted] if isinstance(wanted, str) else wanted:
        code, place = key(data, one, area)
        levels, said = points(data, code, place), printings(data, "GY", code, place)
        levels = levels[~levels.origin.isin(["implied", "period_total"])]  # what a rate implies is no news of a year
        for part in (False, True):
            on_file = [p for p in [*levels.time_period, *said.time_period] if periods.is_year(p) != part]
            if on_file:
                newest = max(on_file, key=lambda p: (periods.parse(p).end, p))
                of = (frame[frame.time_period == newest] for frame in (levels, said))
                rows.append((code, name(data, code), part, newest, *_standing(data, newest, *of)))
    if not rows:
        raise NotOnFile("所列指标的实际数", "an actual of the indicators asked for")
    return pd.DataFrame(rows, columns=LATEST_COLUMNS)


def _standing(data: Data, period: str, there: pd.DataFrame, said: pd.DataFrame) -> tuple:
    """Level and growth of one period, from its points and its printed rates, with the source (``LATEST_COLUMNS``)."""
    level, growth, origin = point(data, there, period) if len(there) else None, None, ""
    if len(said):
        growth, origin = figure_quantity(data, said.index[0]), "printed"
    elif level and pd.notna(there.growth.iloc[-1]):
        unit = data.units[pace_unit("points" if level.unit.is_share else "growth", level.unit.unit)]
        growth, origin = Quantity(float(there.growth.iloc[-1]), unit, decimals=1, time_period=period), "derived"
    first = there.iloc[-1] if level else said.iloc[0]
    source, ids = data.sources.loc[first.source_id], [i for q in (level, growth) if q for i in q.figures]
    moved = (period_text(period), level, growth, origin, said.prices.iloc[0] if len(said) else "")
    printed = (first.vintage, first.obs_status, source.tier, first.source_id, Text(source.title, source.title_en))
    return *moved, *printed, " ".join(dict.fromkeys(ids))
