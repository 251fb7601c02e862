"""The unit that travels: one question answered as a chart, a table and a reading, in two languages.

An :class:`Exhibit` holds no file and no picture: it holds the data, the figures it was made from and a function that
draws it, so that every output (notebook, page, slide, workbook) is bound from the same thing. Its sources and
citations are derived from the figures that were used and cannot go stale.
"""

from __future__ import annotations

import html
import json
import math
import os
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from . import charts, i18n, periods
from .data import Data
from .i18n import Text
from .schema import OBS_STATUSES, RECORD_TYPES, TIME_BASES


@dataclass(frozen=True)
class Column:
    """A column of an exhibit's table: key in the frame, heading, decimals for numbers (None leaves text alone)."""

    name: str
    heading: Text
    decimals: int | None = None

    def show(self, value, lang: str) -> str:
        if isinstance(value, dict):
            return value[lang]
        if value is None or (isinstance(value, float) and pd.isna(value)):
            return "—"
        if isinstance(value, int | float) and not isinstance(value, bool):
            return i18n.number(float(value), 0 if self.decimals is None else self.decimals)
        return str(value)

    @property
    def is_number(self) -> bool:
        return self.decimals is not None


ROLES = (
    "actual",
    "provisional",
    "target",
    "derived",
    "forecast",
    "claim",
    "comparison",
    "model",
    "base",
    "band_95",
    "band_80",
    "band_50",
)
KINDS_OF_CHART = ("line", "column", "bar", "stacked_bar", "stacked_column", "band")


@dataclass(frozen=True)
class Trace:
    """One series of an editable chart: its name, a value for each category, and what it means (one of ``ROLES``).

    ``base`` is drawn without colour and carries what is stacked on it; the bands of a fan lie on a base.
    """

    name: Text
    values: Sequence[float | None]
    role: str = "actual"

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"a trace is one of {', '.join(ROLES)}, not {self.role!r}")
        clean = tuple(None if v is None or not math.isfinite(v) else float(v) for v in self.values)
        object.__setattr__(self, "values", clean)


@dataclass(frozen=True)
class Native:
    """A chart that slides, documents and workbooks can hold as their own, so that its reader can edit it.

    Attributes
    ----------
    kind : str
        One of ``KINDS_OF_CHART``; ``bar`` and ``stacked_bar`` lie, ``band`` is a fan: stacked areas with lines on top.
    categories : sequence of Text or int
        Years, or names in both languages.
    traces : sequence of Trace
        Values in the printed unit.
    unit : Text
        What the axis measures.
    scale_en : float
        What a value is multiplied by in English: 亿元 becomes CNY bn by 0.1.
    heading : Text
        Of a panel, where an exhibit has several.
    """

    kind: str
    categories: Sequence[Text | int]
    traces: Sequence[Trace]
    unit: Text
    scale_en: float = 1.0
    heading: Text = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS_OF_CHART:
            raise ValueError(f"a chart is one of {', '.join(KINDS_OF_CHART)}, not {self.kind!r}")
        for trace in self.traces:
            if len(trace.values) != len(self.categories):
                raise ValueError(
                    f"{trace.name['en']}: {len(trace.values)} values for {len(self.categories)} categories"
                )

    def record(self, lang: str) -> dict:
        """Everything in one language: numbers as that language writes them."""
        scale = 1.0 if lang == "zh" else self.scale_en
        return {
            "kind": self.kind,
            "heading": self.heading.get(lang, ""),
            "unit": self.unit[lang],
            "categories": [c[lang] if isinstance(c, dict) else str(c) for c in self.categories],
            "traces": [
                {
                    "name": t.name[lang],
                    "role": t.role,
                    "values": [None if v is None else float(f"{v * scale:.10g}") for v in t.values],
                }
                for t in self.traces
            ],
        }


def native_unit(data: Data, unit: str) -> dict:
    """Keyword arguments ``unit`` and ``scale_en`` of a :class:`Native` for a printed unit."""
    names = {lang: i18n.unit_name(unit, lang, data.units) for lang in i18n.LANGUAGES}
    return {"unit": names, "scale_en": i18n.in_english_units(1.0, unit, data.units)}


@dataclass(frozen=True)
class Card:
    """What is known about one thing: a heading, pairs of label and text, and the figures behind them."""

    heading: Text
    facts: Sequence[tuple[Text, Text]]
    figures: Sequence[str] = ()

    def record(self, lang: str) -> dict:
        return {
            "heading": self.heading[lang],
            "facts": [[label[lang], value[lang]] for label, value in self.facts],
            "figures": list(self.figures),
        }


@dataclass(frozen=True)
class Exhibit:
    """A question answered.

    Attributes
    ----------
    id : str
        File name of everything that is made of it.
    title : Text
        States the finding.
    subtitle : Text
        Measure, unit, area and years.
    reading : Text
        One to three sentences computed from the data.
    table : DataFrame
        The data shown, one row a mark; a cell may be a text in both languages (``{"zh": ..., "en": ...}``).
    columns : sequence of Column
        How the table is shown.
    citations : DataFrame
        One row for each figure used (see :func:`citations`).
    draw : callable, optional
        ``draw(canvas)`` fills a :class:`~huzhou_analysis.charts.Canvas`; without it the exhibit is its table.
    notes : sequence of Text
    alt : Text
        What the picture shows, for who cannot see it.
    heights : mapping, optional
        Height in inches for a size whose usual one does not do.
    cards : sequence of Card
        Shown in place of the table where a table would be too wide to read.
    machine : DataFrame, optional
        The table for further work, where it holds more than the one that is shown.
    natives : sequence of Native
        The chart as charts that office programs can edit, one for each panel; empty where only the picture carries it.
    """

    id: str
    title: Text
    subtitle: Text
    reading: Text
    table: pd.DataFrame
    columns: Sequence[Column]
    citations: pd.DataFrame
    draw: Callable[[charts.Canvas], None] | None = None
    notes: Sequence[Text] = ()
    alt: Text = field(default_factory=dict)
    heights: Mapping[str, float] = field(default_factory=dict)
    cards: Sequence[Card] = ()
    machine: pd.DataFrame | None = None
    natives: Sequence[Native] = ()

    def __post_init__(self) -> None:
        if not self.alt:
            object.__setattr__(self, "alt", {lang: self._description(lang) for lang in i18n.LANGUAGES})

    def _description(self, lang: str) -> str:
        """The table in words, for who cannot see the picture: first column, then the next three cells of each row."""
        between, comma, colon = ("；", "，", "：") if lang == "zh" else ("; ", ", ", ": ")
        rows = self.frame(lang).iloc[:, :4].itertuples(index=False)
        return between.join(
            f"{row[0]}{colon}{comma.join(c for c in map(str, row[1:]) if c not in ('', '—'))}" for row in rows
        )

    def source_line(self, lang: str) -> str:
        """Titles of the documents behind the figures shown."""
        names = list(dict.fromkeys(self.citations[f"source_{lang}"]))
        if len(names) > 4:
            return {
                "zh": f"资料来源：{len(names)}个，详见出处。",
                "en": f"Sources: {len(names)}, listed under citations.",
            }[lang]
        return f"{i18n.label('source', lang)}{'：' if lang == 'zh' else ': '}" + ("；" if lang == "zh" else "; ").join(
            names
        )

    def foot(self, lang: str) -> list[str]:
        lead = i18n.label("note", lang) + ("：" if lang == "zh" else ": ")
        notes = [n[lang] for n in (*self.notes, *status_notes(self.citations))]
        joined = ("；" if lang == "zh" else " ").join(n.rstrip("。") if lang == "zh" else n for n in notes)
        return ([lead + joined + ("。" if lang == "zh" else "")] if notes else []) + [self.source_line(lang)]

    def figure(self, lang: str, size: str = "slide"):
        """Draw it; returns a matplotlib figure."""
        if self.draw is None:
            raise ValueError(f"{self.id} is a table: it has no chart")
        with charts.house_style():
            canvas = charts.Canvas(
                lang, size, self.title[lang], self.subtitle[lang], self.foot(lang), height=self.heights.get(size)
            )
            self.draw(canvas)
        return canvas.figure

    def frame(self, lang: str) -> pd.DataFrame:
        """The table as shown in a language, all text."""
        return pd.DataFrame({c.heading[lang]: [c.show(v, lang) for v in self.table[c.name]] for c in self.columns})

    def machine_table(self) -> pd.DataFrame:
        """The table for further work: plain columns, texts split into ``_zh`` and ``_en``."""
        if self.machine is not None:
            return self.machine
        out = {}
        for name in self.table.columns:
            values = list(self.table[name])
            if any(isinstance(v, dict) for v in values):
                for lang in i18n.LANGUAGES:
                    out[f"{name}_{lang}"] = [v[lang] if isinstance(v, dict) else v for v in values]
            else:
                out[name] = values
        return pd.DataFrame(out)

    def record(self) -> dict:
        """Everything an output needs but the pictures, as plain values in both languages."""
        return {
            "id": self.id,
            "chart": self.draw is not None,
            "title": self.title,
            "subtitle": self.subtitle,
            "reading": self.reading,
            "alt": self.alt or self.title,
            "foot": {lang: self.foot(lang) for lang in i18n.LANGUAGES},
            "figures": list(self.citations.figure_id),
            "numeric": [c.is_number for c in self.columns],
            "table": {lang: _split(self.frame(lang)) for lang in i18n.LANGUAGES},
            "cards": {lang: [card.record(lang) for card in self.cards] for lang in i18n.LANGUAGES},
            "natives": {lang: [native.record(lang) for native in self.natives] for lang in i18n.LANGUAGES},
            "citations": {lang: _split(citation_frame(self.citations, lang)) for lang in i18n.LANGUAGES},
        }

    def save(
        self,
        path: str | Path,
        *,
        lang: str = "zh",
        size: str = "slide",
        watermark: str = "",
        data: Data | None = None,
    ) -> Path:
        """Write the exhibit in the format that the path ends in; returns the path.

        ``.png`` ``.svg`` ``.pdf`` are the picture (a table has a page as ``.pdf`` only), ``.csv`` the data,
        ``.pptx`` ``.docx`` ``.xlsx`` a slide, a document or a workbook of this one exhibit, with charts that can be
        edited.

        Parameters
        ----------
        size : str
            A key of :data:`charts.SIZES`, for pictures.
        watermark : str
            Words across the picture or page, such as 草稿.
        data : Data, optional
            The tables, for the formulas of a workbook.

        Raises
        ------
        ValueError
            If the format is not known, or a picture is asked of a table.
        """
        from .export import PICTURES, WRITERS, write

        path = Path(path)
        kind = path.suffix.removeprefix(".")
        if kind == "csv":
            self.machine_table().to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
        elif kind in PICTURES and (self.draw is not None or kind not in WRITERS):
            figure = self.figure(lang, size)
            if watermark:
                charts.watermark(figure, watermark)
            charts.save(figure, path)
        elif kind in WRITERS:
            from .export.html import Section

            with TemporaryDirectory() as folder:
                hand_on(self, Path(folder), languages=(lang,), sizes=("slide",))
                record = json.loads((Path(folder) / f"{self.id}.json").read_text(encoding="utf-8"))
                section = Section(self.id, self.title, [record], Path(folder))
                write(kind, [section], lang, path, data=data, watermark=watermark)
        else:
            known = ", ".join(f".{one}" for one in dict.fromkeys([*PICTURES, "csv", *WRITERS]))
            raise ValueError(f"cannot write {path.suffix!r}; choose one of {known}")
        return path


def status_notes(citations: pd.DataFrame) -> list[Text]:
    """Footnotes that the status of the figures used calls for."""
    notes = []
    if (citations.record_type == "claim").any():
        notes.append(
            i18n.text(
                "含招商宣传页面的宣称数字，未经核实，不入统计序列。",
                "Includes claims of promotional pages, unvalidated, in no statistical series.",
            )
        )
    for code, zh, en in (
        ("P", "含初步数", "Includes provisional figures."),
        ("V", "含未经核实的数字", "Includes unvalidated figures."),
        ("U", "含可靠性低的数字", "Includes figures of low reliability."),
    ):
        if ((citations.obs_status == code) & (citations.record_type != "claim")).any():
            notes.append(i18n.text(zh + "。", en))
    if (citations.time_basis == "inferred").any():
        notes.append(i18n.text("部分时期为推断，依据见出处。", "Some periods are inferred; the citations say how."))
    return notes


def citations(data: Data, figure_ids: Iterable[str]) -> pd.DataFrame:
    """Document, place, characters as printed and period basis of figures.

    Returns
    -------
    DataFrame
        One row a figure, in the order given, each once: ``figure_id``, ``value_zh``, ``value_en``, ``period_zh``,
        ``period_en``, ``source_zh``, ``source_en``, ``locator_zh``, ``locator_en``, ``as_printed``, ``record_type``,
        ``obs_status``, ``time_basis``, ``comment``.
    """
    rows = []
    places = data.outline.set_index(["source_id", "locator"]).locator_en
    for figure_id in dict.fromkeys(i for joined in figure_ids for i in str(joined).split() if i):
        f = data.figure(figure_id)
        source = data.sources.loc[f.source_id]
        row = {
            "figure_id": figure_id,
            "as_printed": f.as_printed,
            "record_type": f.record_type,
            "obs_status": f.obs_status,
            "time_basis": f.time_basis,
            "comment": f.comment,
            "locator_zh": f.locator,
            "locator_en": places[(f.source_id, f.locator)],
        }
        dated = f"，{source.date_published}" if source.date_published else "，未注明日期"
        row["source_zh"] = f"《{source.title}》（{source.publisher or dict_text(source.kind)['zh']}{dated}）"
        row["source_en"] = f"{source.title_en} ({source.date_published or 'undated'})"
        for lang in i18n.LANGUAGES:
            row[f"value_{lang}"] = printed_quantity(data, f, lang)
            row[f"period_{lang}"] = periods.parse(f.time_period).label(lang) if f.time_period else "—"
        rows.append(row)
    columns = [
        "figure_id",
        "value_zh",
        "value_en",
        "period_zh",
        "period_en",
        "source_zh",
        "source_en",
        "locator_zh",
        "locator_en",
        "as_printed",
        "record_type",
        "obs_status",
        "time_basis",
        "comment",
    ]
    return pd.DataFrame(rows, columns=columns)


def dict_text(kind: str) -> Text:
    from .schema import KINDS

    return i18n.text(*KINDS[kind])


def printed_quantity(data: Data, figure: pd.Series, lang: str) -> str:
    """A figure's value with unit, bound and sign, as a reader of the language expects it."""
    if figure.obs_text == "":
        return figure.as_printed if lang == "zh" else "stated in words" if figure.obs_status != "M" else "not set"
    shown = i18n.quantity(figure.obs_text, figure.unit, lang, data.units, relation=figure.relation)
    if figure.relation == "range":
        low = i18n.quantity(figure.obs_text, figure.unit, lang, data.units)
        high = i18n.quantity(figure.high_text, figure.unit, lang, data.units)
        return f"{low}–{high}"
    if figure.transformation == "GY" and figure.obs_value > 0:
        shown = ("+" if shown[0].isdigit() else "") + shown
    return shown


def cite(data: Data, *figure_ids: str, lang: str = "zh") -> str:
    """Footnote text for figures: document, place, characters as printed, period basis."""
    lines = []
    for row in citations(data, figure_ids).itertuples():
        source, place = getattr(row, f"source_{lang}"), getattr(row, f"locator_{lang}")
        basis = i18n.text(*TIME_BASES[row.time_basis])[lang]
        lines.append(
            f"{source}，{place}：“{row.as_printed}”（{getattr(row, f'period_{lang}')}，{basis}）"
            if lang == "zh"
            else f"{source}, {place}: “{row.as_printed}” ({getattr(row, f'period_{lang}')}; {basis})"
        )
    return "\n".join(lines)


# --- showing -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """What a notebook displays for an exhibit: chart, reading, and behind a click the data and the citations."""

    exhibit: Exhibit
    lang: str

    def _repr_html_(self) -> str:
        body = self._body()
        family = f"hz-{self.exhibit.id}"
        # While a report is made the page around brings its own font.
        face = "" if os.environ.get(EXPORT_VARIABLE) else charts.font_face(body, family)
        style = f"<style>{face} .{family}, .{family} * {{ font-family: '{family}', system-ui, sans-serif }}</style>"
        language = "zh-CN" if self.lang == "zh" else "en"
        return f'{style if face else ""}<div class="{family}" style="max-width:1000px" lang="{language}">{body}</div>'

    def _body(self) -> str:
        e, lang = self.exhibit, self.lang
        parts = []
        if e.draw is not None:
            buffer = BytesIO()
            with charts.house_style():
                e.figure(lang).savefig(buffer, format="png", dpi=150, metadata={"Software": None})
            alt = html.escape(e.alt.get(lang) or e.title[lang])
            parts.append(
                f'<img alt="{alt}" style="max-width:100%" '
                f'src="data:image/png;base64,{b64encode(buffer.getvalue()).decode()}">'
            )
        else:
            parts.append(f"<h4>{html.escape(e.title[lang])}</h4><p>{html.escape(e.subtitle[lang])}</p>")
            parts.append(cards_html(e.cards, lang) or table_html(e.frame(lang), [c.is_number for c in e.columns]))
            parts += [f"<p><small>{html.escape(line)}</small></p>" for line in e.foot(lang)]
        parts.append(f"<p><b>{i18n.label('reading', lang)}</b>　{html.escape(e.reading[lang])}</p>")
        if e.draw is not None:
            parts.append(
                f"<details><summary>{i18n.label('data', lang)}</summary>"
                f"{table_html(e.frame(lang), [c.is_number for c in e.columns])}</details>"
            )
        parts.append(
            f"<details><summary>{i18n.label('citations', lang)} ({len(e.citations)})</summary>"
            f"{table_html(citation_frame(e.citations, lang))}</details>"
        )
        return "".join(parts)

    def __repr__(self) -> str:
        return f"{self.exhibit.title[self.lang]}\n{self.exhibit.reading[self.lang]}"


def citation_frame(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Citations with headings in a language."""
    rows = []
    for row in table.itertuples():
        status = RECORD_TYPES[row.record_type][lang == "en"] if lang == "zh" else i18n.label(row.record_type, "en")
        if row.obs_status != "A":
            status += f" · {OBS_STATUSES[row.obs_status][lang == 'en']}"
        rows.append(
            [
                getattr(row, f"value_{lang}"),
                getattr(row, f"period_{lang}"),
                TIME_BASES[row.time_basis][0] if lang == "zh" else row.time_basis,
                row.as_printed,
                getattr(row, f"source_{lang}"),
                getattr(row, f"locator_{lang}"),
                status,
                row.comment,
                row.figure_id,
            ]
        )
    heads = [
        i18n.label(k, lang)
        for k in ("value", "period", "basis", "printed", "document", "place", "status", "note", "figure_id")
    ]
    return pd.DataFrame(rows, columns=heads)


def table_html(frame: pd.DataFrame, numeric: Sequence[bool] | None = None) -> str:
    """A plain HTML table; text is escaped, numbers stand right."""
    numeric = list(numeric) if numeric is not None else [False] * frame.shape[1]
    cls = [' class="n"' if n else ' style="text-align:left"' for n in numeric]
    head = "".join(f'<th scope="col"{c}>{html.escape(str(h))}</th>' for h, c in zip(frame.columns, cls, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{c}>{html.escape(str(v))}</td>" for v, c in zip(row, cls, strict=True)) + "</tr>"
        for row in frame.itertuples(index=False)
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def cards_html(cards: Sequence[Card], lang: str) -> str:
    """Cards as sections that open at a click; text is escaped."""
    parts = []
    for card in (c.record(lang) for c in cards):
        facts = "".join(f"<dt>{html.escape(label)}</dt><dd>{html.escape(value)}</dd>" for label, value in card["facts"])
        parts.append(f"<details><summary>{html.escape(card['heading'])}</summary><dl>{facts}</dl></details>")
    return "".join(parts)


EXPORT_VARIABLE = "HUZHOU_EXHIBITS"


def show(exhibit: Exhibit, lang: str = "zh") -> Shown:
    """Show an exhibit in a notebook; while a report is being made, hand it on in both languages as well."""
    folder = os.environ.get(EXPORT_VARIABLE)
    if folder:
        hand_on(exhibit, Path(folder), later=True)
    return Shown(exhibit, lang)


def hand_on(
    exhibit: Exhibit,
    folder: Path,
    *,
    languages: Sequence[str] = i18n.LANGUAGES,
    sizes: Sequence[str] = charts.PRINTED,
    later: bool = False,
) -> None:
    """Write everything an output needs: charts in every printed size, the table, and the texts as JSON.

    A chart of the size ``slide`` is ``ID.LANG.png``, of another ``ID.LANG.SIZE.png``; each as SVG and PDF as well.
    With `later` the charts are left to :func:`draw_handed_on`, so that a notebook need not wait for them; one that
    cannot be carried into another process is drawn at once.
    """
    order = len(list(folder.glob("*.json")))
    path = folder / f"{exhibit.id}.json"
    if path.exists():
        raise ValueError(f"two exhibits are called {exhibit.id!r}: ids must be unique")
    if exhibit.draw is not None and not (later and _pack(exhibit, folder)):
        draw_charts(exhibit, folder, languages, sizes)
    exhibit.save(folder / f"{exhibit.id}.csv")
    record = exhibit.record() | {"order": order}
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


PACKED = ".packed"


def _pack(exhibit: Exhibit, folder: Path) -> bool:
    """Write an exhibit with its drawing function, whatever it encloses, as ``ID.packed``; whether that could be done."""
    import cloudpickle

    try:
        packed = cloudpickle.dumps(exhibit)
    except Exception:  # whatever a researcher's own function holds: an open file, a lock, a generator
        return False
    (folder / f"{exhibit.id}{PACKED}").write_bytes(packed)
    return True


def draw_handed_on(path: Path) -> None:
    """Draw the charts of an exhibit that was left for later, beside it; the file goes when all are there."""
    import pickle

    draw_charts(pickle.loads(path.read_bytes()), path.parent, i18n.LANGUAGES, charts.PRINTED)
    path.unlink()


def draw_charts(exhibit: Exhibit, folder: Path, languages: Sequence[str], sizes: Sequence[str]) -> None:
    """Write the charts of an exhibit: the printed sizes as PNG, SVG and PDF, those for a page as SVG."""
    for lang in languages:
        for size in sizes:
            figure = exhibit.figure(lang, size)
            name = f"{exhibit.id}.{lang}" if size == "slide" else f"{exhibit.id}.{lang}.{size}"
            for ending in ("png", "svg", "pdf"):
                charts.save(figure, folder / f"{name}.{ending}")
        for size in charts.BARE:
            charts.save(exhibit.figure(lang, size), folder / f"{exhibit.id}.{lang}.{size}.svg")


def _split(frame: pd.DataFrame) -> dict:
    return {"columns": list(frame.columns), "rows": frame.astype(str).values.tolist()}
