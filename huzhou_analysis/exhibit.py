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
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from . import charts
from .facts import periods
from .facts import words as i18n
from .facts.data import Data
from .facts.schema import OBS_STATUSES, RECORD_TYPES, TIME_BASES
from .facts.words import Text


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
            raise ValueError(f"role 应为其一 / a trace is one of {', '.join(ROLES)}, not {self.role!r}; choose one")
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
            raise ValueError(
                f"kind 应为其一 / a chart is one of {', '.join(KINDS_OF_CHART)}, not {self.kind!r}; choose one"
            )
        for trace in self.traces:
            if len(trace.values) != len(self.categories):
                raise ValueError(
                    f"{trace.name['en']}: 数值与类别个数不符，请补齐 / {len(trace.values)} values for {len(self.categories)} "
                    "categories; give one for each, None where there is none"
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

    Examples
    --------
    >>> found = hz.overview.headlines(data)
    >>> print(found.title["en"], found.reading["en"])  # doctest: +SKIP
    >>> found.save("headlines.pptx", lang="en")  # or .docx .xlsx .png .svg .pdf .csv  # doctest: +SKIP
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
        if self.table.empty:
            object.__setattr__(self, "table", self.table.reindex(columns=[c.name for c in self.columns]))
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
        if not names:
            return {"zh": "资料来源：无。", "en": "Sources: none."}[lang]
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
            raise ValueError(
                f"{self.id} 是表格，没有图；请存为 .xlsx .docx .csv / {self.id} is a table: it has no chart; save it as .xlsx, "
                ".docx or .csv"
            )
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
            from .export.html import City, Section

            with TemporaryDirectory() as folder:
                hand_on(self, Path(folder), languages=(lang,), sizes=("slide",))
                record = json.loads((Path(folder) / f"{self.id}.json").read_text(encoding="utf-8"))
                city = City() if data is None else City.of(data)
                section = Section(self.id, self.title, [record], Path(folder), city)
                write(kind, [section], lang, path, data=data, watermark=watermark)
        else:
            known = ", ".join(f".{one}" for one in dict.fromkeys([*PICTURES, "csv", *WRITERS]))
            raise ValueError(
                f"不能写成 {path.suffix!r}；请选用 {known} / cannot write {path.suffix!r}; choose one of {known}"
            )
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
    from .facts.schema import KINDS

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


def cite(data: Data, *figures: str | pd.DataFrame, lang: str = "zh") -> str:
    """Footnote text for figures: document, place, characters as printed, period basis.

    Parameters
    ----------
    data : Data
        From :func:`load`.
    *figures : str or DataFrame
        Ids of figures, as :func:`find` gives them, or rows of ``data.figures``.
    lang : {"zh", "en"}
        Language of everything but the characters as printed.

    Returns
    -------
    str
        One line a figure.

    Raises
    ------
    KeyError
        If a figure is not on file; the message names near ones.

    Examples
    --------
    >>> print(hz.cite(data, "D001-GWR.gdp.2013"))
    《2014年湖州市政府工作报告》（湖州市人民政府，2014-02-11），一 导语：“地区生产总值达到1803.2亿元”（2013年，原文载明）
    """
    lines = []
    ids = [i for f in figures for i in (f.index if isinstance(f, pd.DataFrame) else [f])]
    for row in citations(data, ids).itertuples():
        source, place = getattr(row, f"source_{lang}"), getattr(row, f"locator_{lang}")
        if row.time_basis == "unstated":
            when = i18n.text("时期未载明", "period not stated")[lang]
        else:
            period, basis = getattr(row, f"period_{lang}"), i18n.text(*TIME_BASES[row.time_basis])[lang]
            when = f"{period}{'，' if lang == 'zh' else '; '}{basis}"
        lines.append(
            f"{source}，{place}：“{row.as_printed}”（{when}）"
            if lang == "zh"
            else f"{source}, {place}: “{row.as_printed}” ({when})"
        )
    return "\n".join(lines)


def compose(
    data: Data,
    exhibit_id: str,
    figure_ids: Sequence[str],
    *,
    title: tuple[str, str],
    reading: tuple[str, str],
    subtitle: tuple[str, str] = ("所选数字", "Selected figures"),
) -> Exhibit:
    """An exhibit of your own: a table of chosen figures, with a title and a reading in Chinese and English.

    ``{0}``, ``{1}`` ... in a text stand for the first, the second ... figure with its unit, so that no number is typed by
    hand and none can go stale.

    Parameters
    ----------
    data : Data
        From :func:`load`.
    exhibit_id : str
        Small letters, digits and underscores; no other exhibit of the report may have it.
    figure_ids : sequence of str
        Ids of figures, as :func:`find` gives them.
    title, reading, subtitle : (str, str)
        Chinese and English.

    Returns
    -------
    Exhibit
        A table with its citations; it joins every output of the report like any other.

    Raises
    ------
    KeyError
        If a figure is not on file; the message names near ones.
    ValueError
        If the id has other characters, no figure is named, or a text names a figure that was not chosen.

    Examples
    --------
    >>> mine = hz.compose(
    ...     data,
    ...     "my_targets",
    ...     ["D003.fdi_utilized.2027.2"],
    ...     title=("外资目标{0}", "The goal for foreign investment is {0}"),
    ...     reading=("规划2027年为{0}。", "The plan names {0} for 2027."),
    ... )
    >>> mine.title["en"]
    'The goal for foreign investment is USD 1.8 bn'
    """
    _check_id(exhibit_id)
    chosen = [figure_ids] if isinstance(figure_ids, str) else list(figure_ids)
    cited = citations(data, chosen)
    if cited.empty:
        raise ValueError("没有数字，请用 hz.find 查编号 / no figure is named: look ids up with hz.find")
    used = data.figures.loc[cited.figure_id]

    def filled(pair: tuple[str, str]) -> Text:
        return {
            lang: _filled(words, list(cited[f"value_{lang}"])) for lang, words in zip(("zh", "en"), pair, strict=True)
        }

    table = pd.DataFrame(
        {
            "indicator": [_names(data.indicators, key) for key in used.indicator],
            "area": [_names(data.ref_areas, key) for key in used.ref_area],
            **{
                name: [i18n.text(zh, en) for zh, en in zip(cited[f"{name}_zh"], cited[f"{name}_en"], strict=True)]
                for name in ("period", "value", "source")
            },
            "figure_id": list(cited.figure_id),
        }
    )
    headings = {
        "indicator": i18n.text("指标", "Indicator"),
        "area": i18n.text("地区", "Area"),
        "period": i18n.LABELS["period"],
        "value": i18n.LABELS["value"],
        "source": i18n.LABELS["document"],
    }
    columns = [Column(name, heading) for name, heading in headings.items()]
    return Exhibit(exhibit_id, filled(title), filled(subtitle), filled(reading), table, columns, cited)


def _check_id(exhibit_id: str) -> None:
    """Refuse an id that cannot be the name of files on every system, or would lead out of their folder."""
    if not re.fullmatch(r"[a-z0-9_]{3,60}", exhibit_id) or re.fullmatch(r"con|nul|aux|prn|(com|lpt)\d", exhibit_id):
        raise ValueError(
            f"图表编号 {exhibit_id!r} 只能用小写字母、数字和下划线，3 至 60 个，且不能是 con、nul 等系统保留名，请改名 / the id {exhibit_id!r} may hold "
            "small letters, digits and underscores only, 3 to 60 of them, and be no name that a system reserves (con, nul): choose another"
        )


def _filled(words: str, values: Sequence[str]) -> str:
    """A text with ``{0}``, ``{1}`` ... replaced; other braces stay as they are."""

    def value(found: re.Match) -> str:
        if int(found[1]) >= len(values):
            raise ValueError(
                f"{found[0]} 没有对应的数字：所选共 {len(values)} 个，从 {{0}} 数起，请核对 / {found[0]} stands for no figure: "
                f"{len(values)} are chosen, counted from {{0}}; check the text"
            )
        return values[int(found[1])]

    return re.sub(r"\{(\d+)\}", value, words)


def _names(table: pd.DataFrame, key: str) -> Text:
    return i18n.text(table.name_zh[key], table.name_en[key])


# --- showing -------------------------------------------------------------------------------------------------------

# Colours are JupyterLab's own, light or dark, and plain ones elsewhere. A picture is drawn for white paper and keeps it.
_SHOWN_STYLE = (
    ".hz-exhibit{max-width:1000px}"
    ".hz-exhibit img{max-width:100%;background:#fff;border-radius:4px}"
    ".hz-exhibit p{margin:.6em 0}"
    ".hz-exhibit details{margin:.3em 0}"
    ".hz-exhibit summary{cursor:pointer;padding:.2em 0;color:var(--jp-content-link-color,#1f5d8c)}"
    ".hz-exhibit summary:focus-visible{outline:2px solid #e69f00}"
    ".hz-exhibit .scroll{max-height:26em;overflow:auto;border:1px solid var(--jp-border-color2,#d0d0d0);border-radius:4px}"
    ".hz-exhibit .scroll table{margin:0;border-collapse:collapse}"
    ".hz-exhibit .scroll th{position:sticky;top:0;background:var(--jp-layout-color1,#fff);"
    "box-shadow:inset 0 -1px var(--jp-border-color1,#a0a0a0);white-space:nowrap}"
    ".hz-exhibit .scroll th,.hz-exhibit .scroll td{padding:.3em .6em;vertical-align:baseline;min-width:3.5em;max-width:24em}"
    ".hz-exhibit .scroll .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".hz-exhibit dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em;margin:.3em 1em}"
    ".hz-exhibit dt{font-weight:600}.hz-exhibit dd{margin:0}"
)


def _behind_a_click(label: str, rows: int, table: str, lang: str) -> str:
    return f"<details><summary>{i18n.label(label, lang)} ({rows})</summary>{table}</details>"


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
        font = f" {face} .{family}, .{family} * {{ font-family: '{family}', system-ui, sans-serif }}" if face else ""
        language = "zh-CN" if self.lang == "zh" else "en"
        return f'<style>{_SHOWN_STYLE}{font}</style><div class="hz-exhibit {family}" lang="{language}">{body}</div>'

    def _body(self) -> str:
        e, lang = self.exhibit, self.lang
        table = table_html(e.frame(lang), [c.is_number for c in e.columns])
        parts = []
        if e.draw is not None:
            buffer = BytesIO()
            with charts.house_style():
                e.figure(lang).savefig(buffer, format="png", dpi=150, metadata={"Software": None})
            alt = html.escape(e.alt.get(lang) or e.title[lang])
            parts.append(f'<img alt="{alt}" src="data:image/png;base64,{b64encode(buffer.getvalue()).decode()}">')
        else:
            parts.append(f"<h4>{html.escape(e.title[lang])}</h4><p>{html.escape(e.subtitle[lang])}</p>")
            parts.append(cards_html(e.cards, lang) or table)
            parts += [f"<p><small>{html.escape(line)}</small></p>" for line in e.foot(lang)]
        parts.append(f"<p><b>{i18n.label('reading', lang)}</b>　{html.escape(e.reading[lang])}</p>")
        if e.draw is not None or e.cards:
            parts.append(_behind_a_click("data", len(e.table), table, lang))
        parts.append(
            _behind_a_click("citations", len(e.citations), table_html(citation_frame(e.citations, lang)), lang)
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


# Of the table of one exhibit: beyond it no page, slide or sheet of a report could be read.
MOST_CELLS = 200_000
EXPORT_VARIABLE = "HUZHOU_EXHIBITS"


def show(exhibit: Exhibit, lang: str = "zh") -> Shown:
    """Show an exhibit in a notebook; while a report is being made, hand it on in both languages as well.

    Parameters
    ----------
    exhibit : Exhibit
        What a function of a theme gives, or one of your own.
    lang : {"zh", "en"}
        Language of the display.

    Returns
    -------
    Shown
        Chart and reading; data and citations behind a click.

    Raises
    ------
    ValueError
        If the language is another one.

    Examples
    --------
    >>> shown = hz.show(hz.overview.headlines(data), lang="en")
    >>> shown  # the last line of a cell displays it  # doctest: +SKIP
    """
    if lang not in i18n.LANGUAGES:
        raise ValueError(f"lang 应为 zh 或 en，不能是 {lang!r} / lang must be zh or en, not {lang!r}: choose one")
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
    _check_id(exhibit.id)
    if exhibit.table.size > MOST_CELLS:
        raise ValueError(
            f"{exhibit.id} 的表有 {exhibit.table.size:,} 格，一份报告至多 {MOST_CELLS:,} 格；请先汇总或筛选 / the table of {exhibit.id} has "
            f"{exhibit.table.size:,} cells, a report takes {MOST_CELLS:,} at most: sum it up or select from it first"
        )
    order = len(list(folder.glob("*.json")))
    path = folder / f"{exhibit.id}.json"
    if path.exists():
        raise ValueError(
            f"两个图表同名 {exhibit.id!r}；请给其中一个改 id / two exhibits are called {exhibit.id!r}: ids must be unique, "
            "rename one"
        )
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


def draw_handed_on(path: Path) -> list[Path]:
    """Draw the charts of an exhibit that was left for later, beside it; returns their files."""
    import pickle

    return draw_charts(pickle.loads(path.read_bytes()), path.parent, i18n.LANGUAGES, charts.PRINTED)


def draw_charts(exhibit: Exhibit, folder: Path, languages: Sequence[str], sizes: Sequence[str]) -> list[Path]:
    """Write the charts of an exhibit: the printed sizes as PNG, SVG and PDF, those for a page as SVG."""
    made = []

    def save(figure, name: str) -> None:
        made.append(folder / name)
        charts.save(figure, made[-1])

    for lang in languages:
        for size in sizes:
            figure = exhibit.figure(lang, size)
            name = f"{exhibit.id}.{lang}" if size == "slide" else f"{exhibit.id}.{lang}.{size}"
            for ending in ("png", "svg", "pdf"):
                save(figure, f"{name}.{ending}")
        for size in charts.BARE:
            save(exhibit.figure(lang, size), f"{exhibit.id}.{lang}.{size}.svg")
    return made


def _split(frame: pd.DataFrame) -> dict:
    return {"columns": list(frame.columns), "rows": frame.astype(str).values.tolist()}
