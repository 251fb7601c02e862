"""Look a figure up by any word, in either language."""

from __future__ import annotations

import pandas as pd

from ..facts.data import Data
from ..facts.numerals import normalise
from ..facts.periods import parse
from ..facts.words import label, quantity

COLUMNS = ["figure_id", "indicator", "area", "period", "value", "record_type", "obs_status", "source", "place"]
COLUMNS += ["as_printed", "comment"]


def printed_quantity(data: Data, figure: pd.Series, lang: str) -> str:
    """A figure's value with unit, bound and sign, as a reader of the language expects it."""
    if figure.obs_text == "":
        return figure.as_printed if lang == "zh" else "stated in words" if figure.obs_status != "M" else "not set"
    shown = quantity(figure.obs_text, figure.unit, lang, data.units, relation=figure.relation)
    if figure.relation == "range":
        low, high = (quantity(t, figure.unit, lang, data.units) for t in (figure.obs_text, figure.high_text))
        return f"{low}–{high}"
    if figure.transformation == "GY" and figure.obs_value > 0:
        return ("+" if shown[0].isdigit() else "") + shown
    return shown


def find(data: Data, words: str | int, *, lang: str = "zh") -> pd.DataFrame:
    """Figures that hold every word, anywhere in their names, area, place, document, characters as printed or comment.

    Parameters
    ----------
    data : Data
        From :func:`load`.
    words : str or int
        Words in Chinese or English, separated by spaces; case and character width do not matter. A year is a word.
    lang : str
        Language of the result: ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        One row a figure (columns ``COLUMNS``), in the order of the data; empty if nothing matches.

    Examples
    --------
    >>> "D003.fdi_utilized.2027.2" in hz.find(data, "外资 2027").index
    True
    >>> hz.find(data, "no such word").empty
    True
    """
    haystack = _haystack(data)
    hit = pd.Series(True, index=haystack.index)
    for word in str(words).split():
        hit &= haystack.str.contains(normalise(word).casefold(), regex=False)
    found = data.figures[hit.astype(bool)]
    en = lang == "en"
    places = data.outline.set_index(["source_id", "locator"]).locator_en
    rows = [
        (
            i,
            data.indicators["name_en" if en else "name_zh"][f.indicator],
            data.ref_areas["name_en" if en else "name_zh"][f.ref_area],
            parse(f.time_period).label(lang) if f.time_period else "—",
            printed_quantity(data, f, lang),
            label(f.record_type, lang),
            f.obs_status,
            data.sources["title_en" if en else "title"][f.source_id],
            places[(f.source_id, f.locator)] if en else f.locator,
            f.as_printed,
            f.comment,
        )
        for i, f in found.iterrows()
    ]
    return pd.DataFrame(rows, columns=COLUMNS).set_index("figure_id")


def _haystack(data: Data) -> pd.Series:
    """Everything that can be said of a figure, as one text of small letters and one width."""
    figures = data.figures
    names = data.indicators.name_zh + " " + data.indicators.name_en + " " + data.indicators.theme
    areas = data.ref_areas.name_zh + " " + data.ref_areas.name_en
    documents = data.sources.title + " " + data.sources.title_en
    texts = [figures.index.to_series(), figures.indicator, figures.indicator.map(names), figures.ref_area]
    texts += [figures.ref_area.map(areas), figures.time_period, figures.source_id.map(documents), figures.locator]
    texts += [figures.as_printed, figures.comment, figures.obs_text + figures.unit]
    joined = texts[0].str.cat(texts[1:], sep=" ")
    return joined.map(lambda t: normalise(t).casefold())
