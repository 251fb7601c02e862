"""Slides: a briefing of at most twelve, key messages first, and an appendix with every exhibit.

One message a slide: the finding is its title, the chart is the office program's own, reading and sources stand below.
A template of the reader's brings master, layouts, fonts and theme; the colours of what marks mean stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from ..facts.words import Text, text
from ..show import exhibit, office
from ..show.measure import column_widths, fitted, shortened
from ..show.native import clean
from ..show.roles import MUTED
from . import brief
from .content import Content
from .template import HOUSE, lacks, opened, saved
from .text import WORDS as SHARED
from .text import words as shared

MOST_SLIDES, MOST_NOTES, MOST_LINES, MARGIN = 12, 600, 5, 0.55
LAYOUTS = {"title": "Title Slide", "titleOnly": "Title Only"}
TITLE, SUBTITLE, NUMBER, FEET = (1, 3), 4, 13, (13, 15, 16)  # types of placeholders
BULLET = parse_xml('<a:buChar xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" char="•"/>')

WORDS: dict[str, Text] = {
    "appendix": text("：附图附表", ": appendix"),
    "slide": text("（第{}页）", " (slide {})"),
    "workbook": text("图表可编辑，逐条出处见工作簿。", "Charts can be edited; the workbook lists every citation."),
    "cited": text(
        "共引用{n}个数据，逐条出处见工作簿。", "{n} figures are cited; the workbook lists each with its source."
    ),
}


def write(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the briefing: cover, key messages, then the exhibits that matter most, one message each.

    Of a single exhibit, the file is its one slide. `template` is a ``.pptx`` or ``.potx`` whose master and layouts are
    used: ValueError if it cannot be read, TemplateWarning if a layout that is needed is missing or lacks a title.
    """
    records = content.exhibits()
    if len(records) == 1:
        return write_one(records[0], lang, path, template=template)
    said = shared(lang, content.city, **content.counts)
    deck = Deck(lang, template)
    deck.cover(said["brief"], brief.as_of(content, lang))
    chosen = brief.ranked(content)[: MOST_SLIDES - 2]
    deck.messages(said["summary"], [r["title"][lang] + WORDS["slide"][lang].format(n) for n, r in enumerate(chosen, 3)])
    for record in chosen:
        deck.exhibit(record)
    return saved(deck.made, path, said["brief"], lang)


def write_appendix(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write every exhibit on a slide of its own, in the order of the notebooks."""
    title = shared(lang, content.city)["brief"] + WORDS["appendix"][lang]
    deck = Deck(lang, template)
    deck.cover(title, brief.as_of(content, lang))
    for record in content.exhibits():
        deck.exhibit(record)
    return saved(deck.made, path, title, lang)


def write_one(record: dict, lang: str, path: Path, *, template: Path | None = None) -> Path:
    """Write one exhibit as one slide."""
    deck = Deck(lang, template)
    deck.exhibit(record)
    return saved(deck.made, path, record["title"][lang], lang)


def _opened(template: Path):
    """A template without the slides that it may hold, nor the sections that name them."""
    made = opened(template, "PowerPoint", Presentation)
    for one in list(made.slides._sldIdLst):
        made.part.drop_rel(one.rId)
        made.slides._sldIdLst.remove(one)
    for listed in made.part._element.findall(qn("p:extLst")):
        made.part._element.remove(listed)
    if not len(made.slide_layouts):
        raise ValueError(f"{template}：模板没有任何版式 / the template has no layout at all")
    return made


def _layout(made, kind: str):
    """The layout of a kind; else the nearest, with a warning that says what is missing."""
    wanted = LAYOUTS[kind]

    def burden(one) -> tuple:
        held = [p.placeholder_format.type for p in one.placeholders]
        return (not any(t in TITLE for t in held), sum(t not in (*TITLE, *FEET) for t in held))

    found = next((one for one in made.slide_layouts if one._element.get("type") == kind or one.name == wanted), None)
    if found is None:
        found = min(made.slide_layouts, key=burden)
        lacks(
            f"模板缺少版式“{wanted}”，改用“{found.name}”",
            f"the template has no layout “{wanted}”: “{found.name}” is used",
        )
    if burden(found)[0]:
        lacks(
            f"版式“{found.name}”没有标题占位符，标题写成文本框",
            f"the layout “{found.name}” has no title placeholder: titles are set as text boxes",
        )
    return found


class Deck:
    """A presentation being written: where the room of a slide is, and what stands in it. Sizes are in inches."""

    def __init__(self, lang: str, template: Path | None) -> None:
        self.lang = lang
        self.made = _opened(template or HOUSE / "slides.pptx")
        self.layouts = {kind: _layout(self.made, kind) for kind in LAYOUTS}
        self.wide, self.high = (v / office.EMU for v in (self.made.slide_width, self.made.slide_height))
        size = self.made.slide_master._element.xpath(".//p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
        self.title_size = min(int(size[0]) / 100 if size else 28.0, 32.0)

    def add(self, kind: str, title: str):
        """A slide with its title; placeholders that stay empty go, the number of the slide comes."""
        layout = self.layouts[kind]
        slide = self.made.slides.add_slide(layout)
        for shape in list(slide.placeholders):
            used = (*TITLE, SUBTITLE) if kind == "title" else TITLE
            if shape.placeholder_format.type not in used:
                shape._element.getparent().remove(shape._element)
        shape = slide.shapes.title
        if shape is None:
            shape = self.box(slide, (MARGIN, 0.3, self.wide - 2 * MARGIN, 0.9), "title")
        width, height = shape.width / office.EMU - 0.2, shape.height / office.EMU
        size = self.title_size if kind == "titleOnly" else 40.0
        # Smaller rather than a second line of one word.
        points, words, _ = fitted(title, width / 1.08, size * 1.5 / 72, size, size - 4)
        if words.endswith("…"):
            points, words, _ = fitted(clean(title), width / 1.08, max(height - 0.1, 0.5), size, 14)
        self.run(shape.text_frame.paragraphs[0], words, points if points < size or kind == "title" else None)
        for source in [s for s in layout.placeholders if s.placeholder_format.type == NUMBER][:1]:
            element = deepcopy(source._element)  # a new slide does not get one by itself
            element.xpath(".//p:cNvPr")[0].set("id", str(max(s.shape_id for s in slide.shapes) + 1))
            slide.shapes._spTree.append(element)
        return slide, shape

    def run(self, paragraph, words: str, points: float | None = None, colour: str = "") -> None:
        """A run in the language of the slide; size, colour and font are the host's where none is given."""
        run = paragraph.add_run()
        run.text = clean(words)
        run.font.language_id = MSO_LANGUAGE_ID.SIMPLIFIED_CHINESE if self.lang == "zh" else MSO_LANGUAGE_ID.ENGLISH_UK
        if points:
            run.font.size = Pt(points)
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour[1:].upper())

    def lines(self, frame, lines: Sequence[tuple[str, float]], colour: str = "") -> None:
        """Paragraphs of a text frame: words and their size."""
        for n, (words, points) in enumerate(lines):
            self.run(frame.paragraphs[0] if n == 0 else frame.add_paragraph(), words, points, colour)

    def box(self, slide, box: Sequence[float], name: str):
        """A text box without padding that keeps its size."""
        shape = slide.shapes.add_textbox(*(Inches(v) for v in box))
        frame = shape.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        office.describe(shape, name, "")
        return shape

    def room(self, slide, title) -> tuple[float, float, float, float]:
        """Left, top, width and height of what is free below the title and above footers of the layout."""
        left, top = title.left / office.EMU, (title.top + title.height) / office.EMU + 0.05
        left = left if left < 0.2 * self.wide else MARGIN
        top = top if top < 0.45 * self.high else MARGIN
        feet = [s.top / office.EMU for s in slide.slide_layout.placeholders if s.placeholder_format.type in FEET]
        bottom = min([f for f in feet if f > 0.8 * self.high] or [self.high - 0.3])
        return left, top, self.wide - 2 * left, max(bottom, self.high - 0.75) - top

    def cover(self, title: str, below: str) -> None:
        """The first slide: title, state of the figures."""
        slide, shape = self.add("title", title)
        place = next((p for p in slide.placeholders if p.placeholder_format.type == SUBTITLE), None)
        if place is None:
            left, width = shape.left / office.EMU, shape.width / office.EMU
            place = self.box(slide, (left, (shape.top + shape.height) / office.EMU + 0.1, width, 0.8), "subtitle")
        self.lines(place.text_frame, [(below, 16), (WORDS["workbook"][self.lang], 16)], MUTED)

    def messages(self, title: str, lines: Sequence[str]) -> None:
        """Key messages: what each slide says, in the size that lets all of them stand."""
        slide, title = self.add("titleOnly", title)
        left, top, width, height = self.room(slide, title)
        each = height / max(len(lines), 1) - 0.15
        points = min((fitted(clean(line), width - 0.4, each, 22, 12)[0] for line in lines), default=12)
        frame = self.box(slide, (left, top + 0.1, width, height), "messages").text_frame
        self.lines(frame, [(line, points) for line in lines])
        for paragraph in frame.paragraphs:
            paragraph.space_after = Pt(points * 0.7)
            properties = paragraph._p.get_or_add_pPr()
            properties.set("marL", str(Inches(0.3)))
            properties.set("indent", str(-Inches(0.3)))
            properties.append(deepcopy(BULLET))

    def exhibit(self, record: dict) -> None:
        """One exhibit: finding, measure, chart or table, reading, notes and sources; what to say in the notes."""
        lang = self.lang
        slide, title = self.add("titleOnly", record["title"][lang])
        left, top, width, height = self.room(slide, title)
        bottom = top + height
        points, words, tall = fitted(clean(record["subtitle"][lang]), width, 0.5, 14, 10)
        if words:
            frame = self.box(slide, (left, top, width, tall), "subtitle").text_frame
            self.lines(frame, [(words, points)], MUTED)
            top += tall + 0.08
        rows = [fitted(clean(line), width - 0.3, 0.42, 9, 8) for line in exhibit.foot(record, lang)]
        tall = sum(height for *_, height in rows)
        frame = self.box(slide, (left, bottom - tall, width, tall), "notes and sources").text_frame
        self.lines(frame, [(words, points) for points, words, _ in rows], MUTED)
        bottom -= tall + 0.1
        reading = None
        if record["reading"][lang]:
            points, words, tall = fitted(clean(record["reading"][lang]), width, 0.85, 14, 10)
            reading = self.box(slide, (left, bottom - tall, width, tall), "reading")
            self.lines(reading.text_frame, [(words, points)])
            bottom -= tall + 0.12
        if office.drawn(record):
            office.into_slide(slide, record, lang, (left, top, width, bottom - top))
        else:
            end = self._table(slide, record, (left, top, width, bottom - top))
            if reading is not None:  # under a short table, not far below it
                reading.top = min(reading.top, Inches(end + 0.2))
        slide.notes_slide.notes_text_frame.text = notes(record, lang)

    def _table(self, slide, record: dict, box: Sequence[float]) -> float:
        """The table of an exhibit, as many rows as fit; what is left out is said below; returns where it ends."""
        left, top, width, height = box
        frame = exhibit.table_frame(record, self.lang)
        rows = [[clean(h) for h in frame.columns], *([clean(c) for c in r] for r in frame.values.tolist())]
        aligned = ["right" if c["number"] else "left" for c in record["table"]["columns"]]
        points, widths, heights, rows = _table_layout(rows, width, height - 0.3)
        cells = [[(words, "", "", side) for words, side in zip(row, aligned, strict=True)] for row in rows]
        shape = office.table_on_slide(slide, cells, self.lang, (left, top), widths, heights, points)
        office.describe(shape, record["id"], record["alt"][self.lang])
        end = top + sum(heights)
        if len(heights) == len(rows):
            return end
        note = self.box(slide, (left, end + 0.06, width, 0.22), "rows").text_frame
        said = SHARED["cut"][self.lang].format(shown=len(heights) - 1, rows=len(rows) - 1)
        self.lines(note, [(said, 10)], MUTED)
        return end + 0.3


def _table_layout(rows: list[list[str]], width: float, height: float) -> tuple[float, list[float], list[float], list]:
    """The largest text at which most rows fit: its size, widths of columns, heights of the rows that fit, and all rows,
    each cell cut to a few lines."""
    tried = []
    for points in (14, 12, 11, 10, 9):
        widths, cut, heights = column_widths(rows, width, points), [], []
        for row in rows:
            fits = [
                fitted(c, w - 0.22, MOST_LINES * points / 50, points, points) for c, w in zip(row, widths, strict=True)
            ]
            cut.append([words for _, words, _ in fits])
            heights.append(max(tall for *_, tall in fits) + 0.06)
        shown = [h for n, h in enumerate(heights) if sum(heights[: n + 1]) <= height]
        tried.append((points, widths, shown, cut))
    return max(tried, key=lambda one: (len(one[2]), one[0]))


def notes(record: dict, lang: str) -> str:
    """What a speaker needs, in under 600 characters: the reading, the sources, how many figures stand behind them."""
    cited = WORDS["cited"][lang].format(n=len(record["citations"])) if record["citations"] else ""
    tail = "\n".join(filter(None, [shortened(clean(record["sources"][lang]), 250), cited]))
    reading = clean(record["reading"][lang] or record["title"][lang])
    return shortened(reading, MOST_NOTES - len(tail) - 3) + "\n" + tail
