"""Look figures up: where each indicator stands now, and any figure by any word in either language."""

from collections.abc import Sequence

import pandas as pd

from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.numerals import normalise
from ..facts.words import Quantity, Text, figure_quantity, labels, period_text, point, printed_quantity
from .series import key, points, printings
from .targets import pace_unit

# What a statistical bulletin opens with, in its order.
MAIN = ("gdp", "industrial_va", "hightech_va", "fixed_asset_investment", "manufacturing_investment", "retail_sales")
MAIN += ("trade_total", "exports", "imports", "fdi_utilized", "fiscal_revenue", "local_fiscal_revenue", "urban_income")
MAIN += ("rural_disposable_income",)
LATEST_COLUMNS = ["indicator", "name", "part_year", "time_period", "period", "level", "growth", "growth_origin"]
LATEST_COLUMNS += ["prices", "published", "obs_status", "tier", "source_id", "source", "figure_id"]
FOUND_COLUMNS = ["indicator", "area", "period", "value", "number", "unit", "record_type", "obs_status"]
FOUND_COLUMNS += ["source", "place", "as_printed", "comment"]


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
        name = Text(*data.indicators.loc[code, ["name_zh", "name_en"]])
        levels, said = points(data, code, place), printings(data, "GY", code, place)
        levels = levels[~levels.origin.isin(["implied", "period_total"])]  # what a rate implies is no news of a year
        for part in (False, True):
            on_file = [p for p in [*levels.time_period, *said.time_period] if periods.is_year(p) != part]
            if on_file:
                newest = max(on_file, key=lambda p: (periods.parse(p).end, p))
                of = (frame[frame.time_period == newest] for frame in (levels, said))
                rows.append((code, name, part, newest, *_standing(data, newest, *of)))
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


def find(data: Data, words: str | int, *, lang: str = "zh") -> pd.DataFrame:
    """Figures that hold every word, anywhere in their names, area, place, document, characters as printed or comment.

    Words in Chinese or English are separated by spaces; case and character width do not matter; a year is a word. One
    row a figure, indexed by its id (columns ``FOUND_COLUMNS``), in the language `lang`: ``value`` is the figure as it is
    read, ``number`` the number in the printed ``unit``.

    Examples
    --------
    >>> "D003.fdi_utilized.2027.2" in hz.find(data, "外资 2027").index
    True
    """
    figures, indicators, areas, sources = data.figures, data.indicators, data.ref_areas, data.sources
    texts = [figures.index.to_series(), figures.obs_text + figures.unit]
    texts += [figures[c] for c in ("indicator", "ref_area", "time_period", "locator", "as_printed", "comment")]
    texts += [figures.indicator.map(indicators[c]) for c in ("name_zh", "name_en", "theme")]
    texts += [figures.ref_area.map(areas[c]) for c in ("name_zh", "name_en")]
    texts += [figures.source_id.map(sources[c]) for c in ("title", "title_en")]
    everything = texts[0].str.cat(texts[1:], sep=" ").map(lambda t: normalise(t).casefold())
    wanted = [normalise(word).casefold() for word in str(words).split()]
    found = figures[everything.map(lambda said: all(word in said for word in wanted)).astype(bool)]
    name, title = ("name_en", "title_en") if lang == "en" else ("name_zh", "title")
    places = data.outline.set_index(["source_id", "locator"]).locator_en
    made = {
        "indicator": found.indicator.map(indicators[name]),
        "area": found.ref_area.map(areas[name]),
        "period": [period_text(p)[lang] for p in found.time_period],
        "value": [printed_quantity(data, f, lang) for f in found.itertuples()],
        "number": found.obs_value,
        "record_type": [labels(t)[lang] for t in found.record_type],
        "source": found.source_id.map(sources[title]),
        "place": [places[at] if lang == "en" else at[1] for at in zip(found.source_id, found.locator, strict=True)],
    }
    return found.assign(**made)[FOUND_COLUMNS]
