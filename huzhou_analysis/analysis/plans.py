"""Plans: the documents that set targets, which of them leads, their tables, and the pace they ask for."""

import re
from functools import lru_cache
from itertools import pairwise

import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from .series import key, whole_years
from .targets import change_a_year, effective_kind, pace_kind, pace_unit

# The province's programmes under their own keys; any other table of targets is known by its number.
PROGRAMMES = {"数字方案 指标表": "digital", "地瓜方案 指标表": "open"}
ROW = re.compile(r"(.*指标表) 行(\d+)")

PACE_COLUMNS = ["indicator", "ref_area", "from_period", "to_period", "from_value", "to_value", "unit", "pace"]
PACE_COLUMNS += ["pace_unit", "from_id", "to_id"]
PLAN_COLUMNS = ["year", "value", "unit", "relation", "commitment", "printed", "time_period", "origin"]
PLAN_COLUMNS += ["figure_id", "source_id", "locator", "indicator", "ref_area"]


def is_table_row(locators: pd.Series) -> pd.Series:
    """Which locators are rows of a plan's table of targets: ``… 指标表 行3``."""
    return locators.str.fullmatch(ROW.pattern).astype(bool)


@lru_cache(maxsize=8)
def _plans(data: Data) -> pd.DataFrame:
    goals = data.figures[(data.figures.record_type == "target") & data.own]
    in_table = set(goals.source_id[is_table_row(goals.locator)])
    of_plan = goals.source_id.isin(data.sources.index[data.sources.kind == "plan"].union(in_table))
    goals = goals[(of_plan | (not of_plan.any())) & (goals.time_period != "")]
    goals = goals.assign(year=goals.time_period.map(lambda p: periods.parse(p).end.year))
    by = goals.groupby("source_id", sort=False)
    out = data.sources.loc[goals.source_id.unique(), ["title", "title_en"]].rename_axis("source_id")
    dated = data.sources.date_published[out.index]
    out["published"] = dated.where(dated != "", by.vintage.max())
    out = out.assign(first_year=by.year.min(), last_year=by.year.max(), targets=by.size()).reset_index()
    out["has_table"] = out.source_id.isin(in_table)
    return out.sort_values(["has_table", "published"], ascending=False, kind="stable", ignore_index=True)


def plans(data: Data) -> pd.DataFrame:
    """The plans that set targets, the leading one first: one with a table of targets, of several the newest.

    A plan is a document of kind ``plan`` (or any with a table of targets) that sets targets for the city or its parts; where
    there is none, every document that sets some. Columns: those of the source, ``first_year``, ``last_year``, ``targets`` (how
    many), ``has_table``.

    Examples
    --------
    >>> hz.plans(data).source_id[0]
    'D003'
    """
    return _plans(data).copy()


@lru_cache(maxsize=8)
def _leads(data: Data) -> dict[tuple[str, str], str]:
    """The plan that leads of each indicator and area that one sets a target for."""
    found: dict[tuple[str, str], str] = {}
    for source in _plans(data).source_id[::-1]:
        goals = data.select(record_type="target", source=source)
        found |= dict.fromkeys(zip(goals.indicator, goals.ref_area, strict=True), source)
    return found


def leading_plan(data: Data, indicator: str | None = None, area: str | None = None) -> str:
    """Id of the first of :func:`plans`, or of the first that sets a target for an indicator (codes); empty if none does."""
    return _leads(data).get((indicator, area), "") if indicator else next(iter(_plans(data).source_id), "")


def plan(data: Data, indicator: str, area: str | int | None = None, *, source: str | None = None) -> pd.DataFrame:
    """The targets of the leading plan for an indicator, by year (columns ``PLAN_COLUMNS``); `source` names another plan.

    Of several printings the row of the table speaks, else the part that names most years; a stretch value (力争) only where
    nothing else is printed. NotOnFile if no plan sets a target for a year.

    Examples
    --------
    >>> hz.plan(data, "fdi_utilized")[["year", "value", "unit"]].values.tolist()
    [[2023, 16.0, '亿美元'], [2025, 17.0, '亿美元'], [2027, 18.0, '亿美元']]
    """
    code, place = key(data, indicator, area)
    return data.on_file(goals(data, code, place, source), code, "的年度规划目标", ", a target of a plan for a year")


def goals(data: Data, indicator: str, area: str, source: str | None = None) -> pd.DataFrame:
    """What :func:`plan` gives, of codes; empty where no plan sets a target for a year."""
    source = source or leading_plan(data, indicator, area)
    found = whole_years(data.select(indicator, area, record_type="target", transformation="N", source=source))
    found = found[(found.obs_text != "") & (found.span != "cumulative")]
    if found.empty:
        return pd.DataFrame(columns=PLAN_COLUMNS)
    found = found.assign(in_table=is_table_row(found.locator), firm=found.commitment != "strive")
    groups = [group for _, group in found.groupby(["locator", "commitment", "unit"], sort=False)]
    best = max(groups, key=lambda g: (g.in_table.iloc[0], g.firm.iloc[0], g.time_period.nunique()))
    best = best.sort_values("time_period").reset_index().assign(year=lambda f: f.time_period.astype(int))
    return best.assign(value=best.obs_value, printed=best.obs_text, origin="target")[PLAN_COLUMNS]


def plan_tables(data: Data, source: str | None = None) -> dict[str, str]:
    """Tables of targets of a plan (by default the leading one), the programmes of the province first: by key
    (``digital``, ``open``, else the table's number) the locator of the table without its rows."""
    outline = data.outline[data.outline.source_id == (source or leading_plan(data))]
    found = dict.fromkeys(m[1] for place in outline.locator if (m := ROW.fullmatch(place)))
    ordered = [*(p for p in PROGRAMMES if p in found), *(p for p in found if p not in PROGRAMMES)]
    return {PROGRAMMES.get(prefix, str(number)): prefix for number, prefix in enumerate(ordered, 1)}


def table_targets(data: Data, which: str | None = None, *, source: str | None = None) -> pd.DataFrame:
    """Targets printed in the rows of a plan's tables, in their order, with ``table`` and ``row`` added.

    `which` names one of :func:`plan_tables` (``digital``, ``open``), `source` another plan than the leading one.

    Examples
    --------
    >>> sorted(set(hz.table_targets(data).table))
    ['digital', 'open']
    """
    tables = plan_tables(data, source)
    if which not in (None, *tables):
        raise ValueError(f"the plan has no table {which!r}; it has {', '.join(tables) or 'none'}")
    rows = data.select(record_type="target", source=source or leading_plan(data))
    rows = rows[is_table_row(rows.locator)]
    place, keys = rows.locator.str.extract(ROW), {prefix: name for name, prefix in tables.items()}
    rows = rows.assign(table=place[0].map(keys), row=place[1].astype(int))
    rows = rows if which is None else rows[rows.table == which]
    order = rows.assign(table=rows.table.map(list(tables).index))
    return rows.loc[order.sort_values(["table", "row", "time_period"], kind="stable").index]


def plan_years(data: Data, source: str | None = None) -> tuple[int, ...]:
    """Years for which a plan (by default the leading one) sets targets in its tables; without tables anywhere."""
    rows = table_targets(data, source=source)
    if rows.empty:
        rows = data.select(record_type="target", source=source or leading_plan(data))
        rows = rows[data.own[rows.index]]
    return tuple(sorted({int(p) for p in rows.time_period if periods.is_year(p)}))


def target_year(data: Data) -> int:
    """Last year that the leading plan sets targets for; raises NotOnFile if there is none."""
    if years := plan_years(data):
        return years[-1]
    raise NotOnFile("规划的年度目标", "a target of a plan for a year")


def plan_pace(data: Data, figures: pd.DataFrame) -> pd.DataFrame:
    """What the plan's own path demands a year between the years it names.

    `figures` are targets, for instance :func:`table_targets`; the answer has a row for each step between two years of one
    indicator (columns ``PACE_COLUMNS``): ``pace`` is in ``pace_unit`` a year, % for levels, 个百分点 or 个千分点 for shares,
    the unit itself for counts.

    Examples
    --------
    >>> pace = hz.plan_pace(data, hz.table_targets(data))
    >>> pace[pace.indicator == "digital_va_share"][["from_period", "to_period", "pace"]].values.tolist()[0]
    ['2023', '2025', 5.0]
    """
    rows = []
    annual = whole_years(figures[figures.obs_text != ""])
    for (_, indicator, area, unit), path in annual.groupby(["locator", "indicator", "ref_area", "unit"], sort=False):
        path = path.sort_values("time_period").drop_duplicates("time_period")
        for a, b in pairwise(path.itertuples()):
            kind = effective_kind(pace_kind(data, indicator, unit), a.obs_value, b.obs_value)
            step = change_a_year(a.obs_value, b.obs_value, periods.years_between(a.time_period, b.time_period), kind)
            ends = (a.time_period, b.time_period, a.obs_value, b.obs_value, unit)
            rows.append((indicator, area, *ends, step, pace_unit(kind, unit), a.Index, b.Index))
    return pd.DataFrame(rows, columns=PACE_COLUMNS)
