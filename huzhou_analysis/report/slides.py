"""Slides: a briefing of at most twelve, key messages first, and an appendix with every exhibit.

One message a slide: the finding is its title, the chart is the office program's own, reading and sources stand below.
A template of the reader's brings master, layouts, fonts and theme; the colours of what marks mean stay.
"""

from collections.abc import Sequence
from copy import deepcopy
from itertools import accumulate
from pathlib import Path

from pptx import Presentation
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from ..show import office
from ..show.canvas import column_widths, fitted, shortened
from ..show.native import clean, rgb
from ..show.roles import MUTED
from . import brief
from .content import Content, shown, words, words_for
from .document import HOUSE, lacks, opened, saved

MOST_SLIDES, MOST_NOTES, MOST_LINES, MARGIN = 12, 600, 5, 0.55
LAYOUTS = {"title": "Title Slide", "titleOnly": "Title Only"}
TITLE, SUBTITLE, NUMBER, FEET = (1, 3), 4, 13, (13, 15, 16)  # types of placeholders
BULLET = f'<a:pPr {nsdecls("a")} marL="274320" indent="-274320"><a:buChar char="•"/></a:pPr>'
WORDS = words_for("shared", "slides")


def write(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the briefing: cover, key messages, the exhibits that matter most; of a single exhibit its one slide.

    `template` is a ``.pptx`` or ``.potx`` whose master and layouts are used: ValueError if it cannot be read, TemplateWarning
    if a layout that is needed is missing or lacks a title.
    """
    chosen, said, deck = content.exhibits(), words(lang, content), Deck(lang, template)
    if len(chosen) == 1:
        return deck.exhibits(chosen, path, chosen[0]["title"][lang])
    chosen = brief.ranked(content)[: MOST_SLIDES - 2]
    deck.cover(said["brief"], brief.as_of(content, lang))
    deck.messages(said["summary"], [r["title"][lang] + WORDS["slide"][lang].format(n) for n, r in enumerate(chosen, 3)])
    return deck.exhibits(chosen, path, said["brief"])


def write_appendix(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write every exhibit on a slide of its own, in the order of the notebooks."""
    title, deck = words(lang, content)["brief"] + WORDS["appendix"][lang], Deck(lang, template)
    deck.cover(title, brief.as_of(content, lang))
    return deck.exhibits(content.exhibits(), path, title)


def _emptied(file):
    """A template without the slides that it may hold, nor the sections that name them."""
    made = Presentation(file)
    for one in list(made.slides._sldIdLst):
        made.part.drop_rel(one.rId)
        made.slides._sldIdLst.remove(one)
    for listed in made.part._element.findall(qn("p:extLst")):
        made.part._element.remove(listed)
    next(iter(made.slide_layouts))  # without any it is no template
    return made


def _layout(made, kind: str):
    """The layout of a kind; else the nearest, with a warning that says what is missing."""
    wanted = LAYOUTS[kind]

    def burden(one) -> tuple[bool, int]:
        held = [p.placeholder_format.type for p in one.placeholders]
        return not set(held) & set(TITLE), sum(t not in (*TITLE, *FEET) for t in held)

    named = [one for one in made.slide_layouts if one._element.get("type") == kind or one.name == wanted]
    found = named[0] if named else min(made.slide_layouts, key=burden)
    if not named:
        lacks("no_layout", name=wanted, used=found.name)
    if burden(found)[0]:
        lacks("no_title", name=found.name)
    return found


class Deck:
    """A presentation being written: where the room of a slide is, and what stands in it. Sizes are in inches."""

    def __init__(self, lang: str, template: Path | None) -> None:
        self.lang = lang
        self.made = opened(template or HOUSE / "slides.pptx", "PowerPoint", _emptied)
        self.layouts = {kind: _layout(self.made, kind) for kind in LAYOUTS}
        self.wide, self.high = (v / office.EMU for v in (self.made.slide_width, self.made.slide_height))
        size = self.made.slide_master._element.xpath(".//p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
        self.title_size = min(int(size[0]) / 100 if size else 28.0, 32.0)

    def add(self, kind: str, title: str):
        """A slide with its title; placeholders that stay empty go, the number of the slide comes."""
        layout = self.layouts[kind]
        slide = self.made.slides.add_slide(layout)
        for shape in list(slide.placeholders):
            if shape.placeholder_format.type not in (*TITLE, *[SUBTITLE] * (kind == "title")):
                shape._element.getparent().remove(shape._element)
        shape = slide.shapes.title
        if shape is None:
            shape = self.box(slide, (MARGIN, 0.3, self.wide - 2 * MARGIN, 0.9), "title")
        width, height = shape.width / office.EMU - 0.2, shape.height / office.EMU
        size = self.title_size if kind == "titleOnly" else 40.0
        # Smaller rather than a second line of one word.
        points, said, _ = fitted(title, width / 1.08, size * 1.5 / 72, size, size - 4)
        if said.endswith("…"):
            points, said, _ = fitted(clean(title), width / 1.08, max(height - 0.1, 0.5), size, 14)
        self.lines(shape, [(said, points if points < size or kind == "title" else None)])
        for source in [s for s in layout.placeholders if s.placeholder_format.type == NUMBER][:1]:
            element = deepcopy(source._element)  # a new slide does not get one by itself
            element.xpath(".//p:cNvPr")[0].set("id", str(max(s.shape_id for s in slide.shapes) + 1))
            slide.shapes._spTree.append(element)
        return slide, shape

    def lines(self, shape, lines: Sequence[tuple[str, float | None]], colour: str = "") -> None:
        """Paragraphs of a shape in the language of the slide: words and their size, the host's where none is given."""
        frame = shape.text_frame
        for n, (said, points) in enumerate(lines):
            run = (frame.paragraphs[0] if n == 0 else frame.add_paragraph()).add_run()
            run.text = clean(said)
            run.font._element.set("lang", office.LANGUAGE_TAGS[self.lang])
            if points:
                run.font.size = Pt(points)
            if colour:
                run.font.color.rgb = rgb(colour)

    def box(self, slide, box: Sequence[float], name: str, lines=(), colour: str = ""):
        """A text box without padding that keeps its size."""
        shape = slide.shapes.add_textbox(*(Inches(v) for v in box))
        frame = shape.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        office.describe(shape, name, "")
        self.lines(shape, lines, colour)
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
        self.lines(place, [(below, 16), (WORDS["workbook"][self.lang], 16)], MUTED)

    def messages(self, title: str, lines: Sequence[str]) -> None:
        """Key messages: what each slide says, in the size that lets all of them stand."""
        slide, shape = self.add("titleOnly", title)
        left, top, width, height = self.room(slide, shape)
        each = height / max(len(lines), 1) - 0.15
        points = min((fitted(clean(line), width - 0.4, each, 22, 12)[0] for line in lines), default=12)
        told = self.box(slide, (left, top + 0.1, width, height), "messages", [(line, points) for line in lines])
        for paragraph in told.text_frame.paragraphs:
            paragraph._p.insert(0, parse_xml(BULLET))
            paragraph.space_after = Pt(points * 0.7)

    def exhibits(self, records: Sequence[dict], path: Path, title: str) -> Path:
        """A slide for each exhibit, and the file as it is."""
        for record in records:
            self.exhibit(record)
        return saved(self.made, path, title, self.lang)

    def exhibit(self, record: dict) -> None:
        """One exhibit: finding, measure, chart or table, reading, notes and sources; what to say in the notes."""
        told = shown(record, self.lang)
        slide, title = self.add("titleOnly", told["title"])
        left, top, width, height = self.room(slide, title)
        bottom = top + height
        points, said, tall = fitted(clean(told["subtitle"]), width, 0.5, 14, 10)
        if said:
            self.box(slide, (left, top, width, tall), "subtitle", [(said, points)], MUTED)
            top += tall + 0.08
        rows = [fitted(clean(line), width - 0.3, 0.42, 9, 8) for line in told["foot"]]
        tall = sum(height for *_, height in rows)
        feet = [(said, points) for points, said, _ in rows]
        self.box(slide, (left, bottom - tall, width, tall), "notes and sources", feet, MUTED)
        bottom -= tall + 0.1
        reading = None
        if told["reading"]:
            points, said, tall = fitted(clean(told["reading"]), width, 0.85, 14, 10)
            reading = self.box(slide, (left, bottom - tall, width, tall), "reading", [(said, points)])
            bottom -= tall + 0.12
        if office.drawn(record):
            office.into_slide(slide, record, self.lang, (left, top, width, bottom - top))
        else:
            end = self._table(slide, told, (left, top, width, bottom - top))
            if reading is not None:  # under a short table, not far below it
                reading.top = min(reading.top, Inches(end + 0.2))
        # What a speaker needs: the reading, the sources, how many figures stand behind them.
        cited = [WORDS["cited"][self.lang].format(n=len(record["citations"]))] if record["citations"] else []
        tail = "\n".join([shortened(clean(record["sources"][self.lang]), 250), *cited])
        lead = shortened(clean(told["reading"] or told["title"]), MOST_NOTES - len(tail) - 3)
        slide.notes_slide.notes_text_frame.text = f"{lead}\n{tail}"

    def _table(self, slide, told: dict, box: Sequence[float]) -> float:
        """The table of an exhibit, as many rows as fit; what is left out is said below; returns where it ends."""
        (left, top, width, height), table = box, told["table"]
        rows = [[clean(cell) for cell in row] for row in [table["columns"], *table["rows"]]]
        points, widths, heights, rows = _table_layout(rows, width, height - 0.3)
        aligned = ["right" if number else "left" for number in table["numeric"]]
        cells = [[(said, "", "", side) for said, side in zip(row, aligned, strict=True)] for row in rows]
        shape = office.table_on_slide(slide, cells, self.lang, (left, top), widths, heights, points)
        office.describe(shape, told["id"], told["alt"])
        end = top + sum(heights)
        if len(heights) == len(rows):
            return end
        cut = WORDS["cut"][self.lang].format(shown=len(heights) - 1, rows=len(rows) - 1)
        self.box(slide, (left, end + 0.06, width, 0.22), "rows", [(cut, 10)], MUTED)
        return end + 0.3


def _table_layout(rows: list[list[str]], width: float, height: float) -> tuple[float, list[float], list[float], list]:
    """The largest text at which most rows fit: its size, widths of columns, heights of the rows that fit, and all rows,
    each cell cut to a few lines."""
    tried = []
    for points in (14, 12, 11, 10, 9):
        widths, most = column_widths(rows, width, points), MOST_LINES * points / 50
        fits = [[fitted(c, w - 0.22, most, points, points) for c, w in zip(row, widths, strict=True)] for row in rows]
        heights = [max(tall for *_, tall in row) + 0.06 for row in fits]
        shown = [h for h, end in zip(heights, accumulate(heights), strict=True) if end <= height]
        tried.append((points, widths, shown, [[said for _, said, _ in row] for row in fits]))
    return max(tried, key=lambda one: (len(one[2]), one[0]))
