"""Look a figure up by any word, in either language."""

from __future__ import annotations

import pandas as pd

from ..facts.data import Data
from ..facts.numerals import normalise
from ..facts.periods import parse
from ..facts.words import labels, printed_quantity

COLUMNS = ["indicator", "area", "period", "value", "number", "unit", "record_type", "obs_status"]
COLUMNS += ["source", "place", "as_printed", "comment"]


def find(data: Data, words: str | int, *, lang: str = "zh") -> pd.DataFrame:
    """Figures that hold every word, anywhere in their names, area, place, document, characters as printed or comment.

    Parameters
    ----------
    data : Data
    words : str or int
        Words in Chinese or English, separated by spaces; case and character width do not matter. A year is a word.
    lang : str
        Language of the result: ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        One row a figure, indexed by its id (columns ``COLUMNS``), in the order of the data; empty if nothing matches.
        ``value`` is the figure as it is read, ``number`` the number in the printed ``unit``.

    Examples
    --------
    >>> "D003.fdi_utilized.2027.2" in hz.find(data, "外资 2027").index
    True
    """
    haystack = _haystack(data)
    hit = pd.Series(True, index=haystack.index)
    for word in str(words).split():
        hit &= haystack.str.contains(normalise(word).casefold(), regex=False)
    found = data.figures[hit.astype(bool)]
    name, title = ("name_en", "title_en") if lang == "en" else ("name_zh", "title")
    places = data.outline.set_index(["source_id", "locator"]).locator_en
    made = {
        "indicator": found.indicator.map(data.indicators[name]),
        "area": found.ref_area.map(data.ref_areas[name]),
        "period": [parse(p).label(lang) if p else "—" for p in found.time_period],
        "value": [printed_quantity(data, f, lang) for f in found.itertuples()],
        "number": found.obs_value,
        "record_type": [labels(t)[lang] for t in found.record_type],
        "source": found.source_id.map(data.sources[title]),
        "place": [places[at] if lang == "en" else at[1] for at in zip(found.source_id, found.locator, strict=True)],
    }
    return found.assign(**made)[COLUMNS]


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
