"""The unit that travels: one question answered as a chart, a table and a reading, in two languages. Only title and reading
are written by hand, twice; subtitle, notes on status and axes, source line, citations and the words for who cannot see the
picture follow from the marks and the figures behind them."""

import base64
import json
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from ..analysis.gaps import target_gaps
from ..analysis.plans import plan
from ..analysis.scenario import Scenario, what_if
from ..analysis.series import series
from ..facts import words
from ..facts.data import Data, NotOnFile, name
from ..facts.words import LANGUAGES, Text, as_text, cited, say, text
from . import canvas, picture
from .chart import Chart, Panel, alt, chart_record, chart_table, marks, over_years, points_of, starts_above_zero
from .sources import WORDS, both, cell, citations, source_line, status_notes

EXPORT_VARIABLE = "HUZHOU_EXHIBITS"
EXHIBIT_TYPE = "application/vnd.huzhou.exhibit+json"
TEXT_TYPE = "application/vnd.huzhou.text+json"
MOST_CELLS = 200_000  # of one table: beyond it no page, slide or sheet of a report could be read
Pair = Text | tuple[str, str]


@dataclass(frozen=True)
class Exhibit:
    """A question answered, held as plain values, from which every output is written.

    Attributes
    ----------
    record : dict
        ``id``; ``title``, ``subtitle``, ``reading``, ``alt``, ``sources`` (``{"zh", "en"}`` each); ``notes`` (a list of
        these); ``chart`` (:func:`~huzhou_analysis.show.chart.chart_record`); ``picture`` of a chart drawn by hand
        (``{"png", "svg"}`` for each language, base64 and text); ``table`` (:func:`table_record`); ``citations``.
    """

    record: dict = field(repr=False)

    @property
    def id(self) -> str:
        return self.record["id"]

    def figure(self, lang: str | None = None, size: str = "slide"):
        """The chart, or a plot of one's own, as a matplotlib figure with title and sources; ValueError for a table."""
        if not (self.record["chart"] or self.record["picture"]):
            raise ValueError(f"{self.id} is a table and has no chart")
        lang = canvas.language(lang)
        return picture.picture(self.record, lang, size, foot(self.record, lang))

    def table(self, lang: str | None = None) -> pd.DataFrame:
        """The table as shown in a language, all text."""
        shown = shown_table(self.record, canvas.language(lang)) or {"columns": [], "rows": []}
        return pd.DataFrame(shown["rows"], columns=shown["columns"])

    def numbers(self, lang: str | None = None) -> pd.DataFrame:
        """The numbers of the chart, or of the table where there is no chart, for further work."""
        lang = canvas.language(lang)
        return chart_table(self.record["chart"], lang) if self.record["chart"] else table_numbers(self.record, lang)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = {"text/html": exhibit_html(self.record, canvas.language()), "text/plain": repr(self)}
        return ({EXHIBIT_TYPE: {"id": self.id}} if os.environ.get(EXPORT_VARIABLE) else {}) | bundle

    def __repr__(self) -> str:
        lang = canvas.language()
        return f"{self.record['title'][lang]}\n{self.record['reading'][lang]}".strip()


def exhibit(
    data: Data,
    id: str,
    what: Chart | Panel | pd.DataFrame | object,
    *,
    title: Pair,
    reading: Pair = ("", ""),
    about: Pair | None = None,
    table: pd.DataFrame | None = None,
    columns: Mapping[str, Pair] | None = None,
    notes: Sequence[Pair] = (),
    also: Iterable[str] | pd.DataFrame = (),
    **values: object,
) -> Exhibit:
    """An exhibit of a chart, a table, or a figure of your own, shown in a notebook and collected by a report.

    Parameters
    ----------
    id : str
        Small letters, digits and underscores; no other exhibit of the report may have it.
    what : Chart, Panel, DataFrame, or matplotlib Figure or Axes
        A figure drawn by hand travels as a picture; a pair of two is one for each language.
    title, reading : pair of str
        Chinese and English templates, filled with `values` (:func:`~huzhou_analysis.say`). The title states the finding.
    about : pair of str, optional
        Subtitle, where measure, area, unit and years that follow from the marks are not enough.
    table : DataFrame, optional
        Beside a chart, instead of its numbers.
    columns : mapping of str to pair of str, optional
        Columns of the table that are shown, with their headings; by default all, under their own names.
    notes : sequence of pairs
        What a reader must know; filled with `values` too.
    also : iterable of str, or DataFrame
        Ids of further figures to cite, or a frame whose column ``figure_id`` holds them: for a plot of your own, the
        frame that it was drawn from.
    **values
        Quantities, texts, numbers for the templates; the figures behind them are cited.

    Raises
    ------
    ValueError
        If the id has other characters or is taken, a template names a value that was not given, or the table is empty.
    """
    # A name of files on every system, that leads nowhere out of their folder.
    if not re.fullmatch(r"[a-z0-9_]{3,60}", id) or re.fullmatch(r"con|nul|aux|prn|(com|lpt)\d", id):
        raise ValueError(f"id {id!r}: write 3 to 60 small letters, digits and underscores, no name a system reserves")
    drawn, shown, pictures = _sorted_out(what, table)
    chart = chart_record(drawn, data.units) if drawn else None
    panels = chart["panels"] if chart else []
    ids = [i for panel in panels for p in points_of(panel) for i in p["figures"]]
    ids += [*_figures_in(shown), *cited(values), *_figures_in(also)]
    sources = citations(data, ids)

    def said(pair: Pair) -> dict[str, str]:
        if isinstance(pair, str):
            raise ValueError(f"{pair!r} is one language: write a pair (Chinese, English)")
        one = as_text(pair)
        return both(say(one.zh, one.en, **values))

    record = {
        "id": id,
        "title": said(title),
        "subtitle": said(about) if about else both(_about(data, panels, ids)),
        "reading": said(reading),
        "told": list(cited(values)),  # ids of the figures that title and reading speak of
        "notes": [*map(said, notes), *map(both, [*_chart_notes(panels), *status_notes(sources)])],
        "sources": both(source_line(sources)),
        "chart": chart,
        "picture": pictures,
        "table": table_record(shown, columns) if shown is not None else _chart_as_table(chart) if chart else None,
        "citations": sources,
    }
    record = _plain(record | {"alt": {lang: alt(record["title"][lang], panels, lang) for lang in LANGUAGES}})
    if folder := os.environ.get(EXPORT_VARIABLE):  # a report collects the records there
        path, order = Path(folder) / f"{id}.json", len(list(Path(folder).glob("*.json")))
        if path.exists():
            raise ValueError(f"two exhibits are called {id!r}: rename one")
        path.write_text(json.dumps(record | {"order": order}, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    return Exhibit(record)


def _plain(values: dict) -> dict:
    """As JSON has them; half a character, which no file can hold, becomes a question mark."""
    return json.loads(json.dumps(values, ensure_ascii=False).encode("utf-8", "replace"))


def _sorted_out(what, table: pd.DataFrame | None) -> tuple[Chart | None, pd.DataFrame | None, dict | None]:
    """The chart, the table and the pictures (PNG as base64, SVG) that were handed in."""
    if isinstance(what, Chart | Panel):
        return what if isinstance(what, Chart) else Chart(what), table, None
    if isinstance(what, pd.DataFrame):
        return None, what, None
    pair = what if isinstance(what, tuple | list) else (what, what)
    figures = [getattr(one, "figure", one) for one in pair]
    if len(pair) != 2 or not all(hasattr(one, "savefig") for one in figures):
        several = "of several axes write the figure alone, the fig of fig, axes = plt.subplots(...)"
        raise ValueError(f"an exhibit shows a hz.Chart, hz.Panel, DataFrame, or a matplotlib figure or axes; {several}")
    import matplotlib.pyplot as plt

    pictures = {}
    for lang, figure in zip(LANGUAGES, figures, strict=True):
        with canvas.legible(figure):
            png, svg = (canvas.rendered(figure, kind, 200, bbox_inches="tight") for kind in ("png", "svg"))
        plt.close(figure)  # so that the cell does not show it again
        pictures[lang] = {"png": base64.b64encode(png).decode(), "svg": svg.decode()}
    return None, table, pictures


def table_record(frame: pd.DataFrame, columns: Mapping[str, Pair] | None) -> dict:
    """A table as plain values: ``columns`` of ``{"name", "zh", "en", "number"}``, ``rows`` of lists of cells (:func:`cell`)."""
    wanted = dict(columns) if columns else {c: str(c) for c in frame.columns}
    if missing := [c for c in wanted if c not in frame.columns]:
        raise ValueError(f"the table has no column {missing[0]!r}: name some of {', '.join(map(str, frame.columns))}")
    if frame.empty:
        raise ValueError("the table is empty: there is nothing to show")
    if (cells := len(frame) * len(wanted)) > MOST_CELLS:
        raise ValueError(f"the table has {cells:,} cells, a report takes {MOST_CELLS:,}: sum it up first")
    rows = [[cell(v) for v in row] for row in frame[list(wanted)].itertuples(index=False)]
    heads = []
    for (column, heading), held in zip(wanted.items(), zip(*rows, strict=True), strict=True):
        filled = [c for c in held if c is not None]
        number = bool(filled) and all(isinstance(c, int | float) or "value" in c for c in filled)
        heads.append({"name": str(column), **both(as_text(heading)), "number": number})
    return {"columns": heads, "rows": rows}


def _chart_as_table(chart: dict) -> dict:
    """The numbers of a chart as the table behind it: one row a mark."""
    chinese, english = (chart_table(chart, lang) for lang in LANGUAGES)
    unused = {"low", "high"} if chinese.low.isna().all() else set()
    names = [c for c in WORDS["mark"] if c not in unused and (c != "heading" or len(chart["panels"]) > 1)]
    heads = [{"name": c, **both(WORDS["mark"][c]), "number": c in ("value", "low", "high")} for c in names]

    def pair(zh, en) -> dict | int | None:
        if isinstance(zh, str | int):
            return {"zh": zh, "en": en} if isinstance(zh, str) else zh
        return None if pd.isna(zh) else {"zh": _grouped(zh), "en": _grouped(en), "value": {"zh": zh, "en": en}}

    held = [map(pair, chinese[c], english[c]) for c in names]
    return {"columns": heads, "rows": [list(row) for row in zip(*held, strict=True)]}


def _grouped(number: float) -> str:
    return f"{number + 0.0:,.10g}".replace("-", "−")  # with nought added, no zero is below zero


def shown_table(record: dict, lang: str) -> dict | None:
    """The table of an exhibit as it is read, ``columns``, ``rows`` and which are ``numeric``; None where it has none."""

    def shown(cell: dict | float | None) -> str:
        if isinstance(cell, dict | None):
            return cell[lang] if cell else "—"
        return _grouped(cell) if isinstance(cell, float) else str(cell)

    if not record["table"]:
        return None
    columns = record["table"]["columns"]
    rows = [list(map(shown, row)) for row in record["table"]["rows"]]
    return {"columns": [c[lang] for c in columns], "rows": rows, "numeric": [c["number"] for c in columns]}


def table_numbers(record: dict, lang: str) -> pd.DataFrame:
    """The table of a record for further work: numbers are numbers."""
    table = record["table"] or {"columns": [], "rows": []}
    rows = [[c.get("value", c)[lang] if isinstance(c, dict) else c for c in row] for row in table["rows"]]
    return pd.DataFrame(rows, columns=[c["name"] for c in table["columns"]])


def _figures_in(what: pd.DataFrame | Iterable[str] | None) -> list[str]:
    """Ids of figures: those that a frame's quantities carry and its column ``figure_id``, or a list of them."""
    if not isinstance(what, pd.DataFrame):
        return [] if what is None else [what] if isinstance(what, str) else list(what)
    found = [i for column in what.columns for v in what[column] if hasattr(v, "figures") for i in v.figures]
    return found + (list(what.figure_id) if "figure_id" in what.columns else [])


def _about(data: Data, panels: list[dict], ids: Sequence[str]) -> Text:
    """Measure, area, unit and years, where the marks tell."""
    measures = list(dict.fromkeys(i for panel in panels for i in panel["indicators"]))
    measures = measures or list(dict.fromkeys(data.figures.indicator[i] for i in ids if i in data.figures.index))
    units = {panel["unit"]["zh"]: panel["unit"]["en"] for panel in panels}
    years = [int(p["x"]) for panel in panels if panel["categories"] is None for p in points_of(panel)]
    named = [name(data, m) for m in measures] if len(measures) <= 2 else []
    parts = [text("、".join(n.zh for n in named), " and ".join(n.en for n in named)), data.city]
    parts += [text("、".join(units), ", ".join(units.values()))] if len(units) <= 2 else []
    parts += [text(f"{min(years)}—{max(years)}年", f"{min(years)}–{max(years)}")] if years else []
    return text("，".join(p.zh for p in parts if p), ", ".join(p.en for p in parts if p))


def _chart_notes(panels: list[dict]) -> list[Text]:
    """Notes that the drawing calls for: events that are marked, axes that leave out zero."""
    events = words.clauses(dict.fromkeys(text(e["zh"], e["en"]) for panel in panels for e in panel["events"]))
    notes = [text(f"大事：{events.zh}", f"Events: {events.en}")] if events else []
    flat = text("纵轴不从零开始", "The vertical axis does not start at zero")
    return [*notes, *([flat] if any(map(starts_above_zero, panels)) else [])]


def foot(record: dict, lang: str) -> list[str]:
    """Notes in one line, and the source line."""
    notes = [n[lang].rstrip("。. ") for n in record["notes"]]
    line = ("注：" + "；".join(notes) + "。") if lang == "zh" else ("Note: " + ". ".join(notes) + ".")
    return ([line] if notes else []) + [record["sources"][lang]]


# Columns of the citations, and what they are called.
_CITED = {"value": "value", "period": "period", "basis": "basis", "as_printed": "printed", "source": "document"}
_CITED |= {"place": "place", "status": "status", "comment": "note", "figure_id": "figure_id"}


def exhibit_html(record: dict, lang: str) -> str:
    """An exhibit for a notebook: chart or table, reading; data and citations behind a click."""
    png = record["picture"] and record["picture"][lang]["png"]
    if record["chart"]:
        drawn = picture.picture(record, lang, "slide", foot(record, lang))
        png = base64.b64encode(canvas.png(drawn, 110)).decode()
    cites = [[c[k][lang] if isinstance(c[k], dict) else c[k] for k in _CITED] for c in record["citations"]]
    heads = [words.labels(k)[lang] for k in _CITED.values()]
    values = {"record": record, "lang": lang, "png": png, "foot": foot(record, lang), "labels": words.labels}
    cited = {"columns": heads, "rows": cites, "numeric": [False] * len(heads)}
    return canvas.template("exhibit.html.j2").render(values, cited=cited, table=shown_table(record, lang))


@dataclass(frozen=True)
class Finding:
    """A computed statement in two languages, as a cell displays it; the report takes it into its narrative."""

    text: Text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        said = repr(self)
        bundle = {"text/markdown": said.replace("$", "\\$"), "text/plain": said}  # a dollar is money, no formula
        travels = {TEXT_TYPE: both(self.text) | {"figures": list(self.text.figures)}}
        return (travels if os.environ.get(EXPORT_VARIABLE) else {}) | bundle

    def __repr__(self) -> str:
        return self.text[canvas.language()]


def finding(zh: str, en: str, **values: object) -> Finding:
    """Say something computed, in both languages: templates as for :func:`~huzhou_analysis.say`, Markdown allowed.

    Examples
    --------
    >>> hz.finding("共{n}项", "{n} in all", n=39)
    共39项
    """
    said = say(zh, en, **values)
    return Finding(replace(said, **_plain(both(said))))


def explore(data: Data):
    """Choose an indicator and a pace; path, verdict and sentence follow.

    Returns
    -------
    ipywidgets.VBox or Finding
        Its children are indicator, pace, and what follows; while a report is made, a line that says where the sliders
        work.
    """
    if os.environ.get(EXPORT_VARIABLE):
        return finding("滑块在 JupyterLab 中可用。", "The sliders work in JupyterLab.")
    import ipywidgets as widgets

    lang = canvas.language()
    words = ("指标", "每年变动") if lang == "zh" else ("Indicator", "Change a year")
    look = {"layout": {"width": "520px"}, "style": {"description_width": "initial"}}
    names = [(name(data, i)[lang], i) for i in open_indicators(data)]
    which = widgets.Dropdown(options=names, description=words[0], **look)
    pace = widgets.FloatSlider(description=words[1], continuous_update=False, readout_format=".1f", step=0.1, **look)
    shown = widgets.HTML()

    def redraw(*_) -> None:
        scenario = what_if(data, which.value, f"{pace.value:.1f}")
        drawn = base64.b64encode(canvas.png(_picture(data, scenario, lang), 90)).decode()
        image = f'<img class="huzhou-scenario" src="data:image/png;base64,{drawn}">'
        shown.value = f"<p><b>{scenario.sentence[lang]}</b></p>{image}"

    def choose(*_) -> None:
        needed = what_if(data, which.value)
        reach = max(10.0 if needed.kind == "growth" else 1.0, 3 * abs(needed.growth))
        pace.min, pace.max = max(-99.0, -math.ceil(reach)), math.ceil(reach)
        # Rounded towards the target, so that the pace that is shown does reach it.
        pace.value = math.copysign(math.ceil(abs(needed.growth) * 10) / 10, needed.growth)
        redraw()

    choose()
    which.observe(choose, "value")
    pace.observe(redraw, "value")
    return widgets.VBox([which, pace, shown])


def open_indicators(data: Data) -> list[str]:
    """Indicators with a yearly target ahead and a comparable actual of the plan's years, from which a pace can be counted."""
    gaps, found = target_gaps(data), []
    for indicator in gaps.indicator[gaps.required_pace.notna()].unique():
        with suppress(NotOnFile):
            what_if(data, indicator)
            found.append(indicator)
    return found


def _picture(data: Data, scenario: Scenario, lang: str):
    """History, assumed path and the plan's path."""
    goals = plan(data, scenario.indicator)
    try:
        history = series(data, scenario.indicator)
    except NotOnFile:  # but parts of years are
        history = series(data, scenario.indicator, everything=True)
    since = int(goals.year.min()) - 6
    drawn = over_years(data, history[history.unit == scenario.unit], goals, since=since).panels[0]
    path = marks(scenario.path.reset_index(), "scenario", label="last")
    chart = chart_record(Chart([Panel([drawn.marks, path], scenario.unit)]), data.units)
    return picture.picture({"chart": chart}, lang, "page")
