"""Slides: a briefing of at most twelve, key messages first, and an appendix with every exhibit.

One message a slide: the finding is its title, the chart below it is the office program's own and shows what the title
says, the reading and the sources stand on the slide. A template of the reader's brings its master, layouts, fonts and
theme; the colours of what marks mean stay.
"""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.exc import PackageNotFoundError
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from ..facts.words import Text, text
from ..show import exhibit, office
from ..show.columns import clean
from ..show.measure import column_widths, fitted
from ..show.roles import MUTED
from .content import Content
from .text import words as shared

MOST_SLIDES, MOST_NOTES = 12, 600
WIDE, HIGH, MARGIN = 13.333, 7.5, 0.55
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
LAYOUTS = {"title": "Title Slide", "titleOnly": "Title Only"}

WORDS: dict[str, Text] = {
    "appendix": text("：附图附表", ": appendix"),
    "workbook": text("图表可编辑，逐条出处见工作簿。", "Charts can be edited; the workbook lists every citation."),
    "rows": text(
        "显示{all}行中的前{shown}行，全表见工作簿。", "First {shown} of {all} rows; the workbook has them all."
    ),
    "cited": text(
        "共引用{n}个数字，逐条出处见工作簿。", "{n} figures are cited; the workbook lists each with its source."
    ),
    "slide": text("（第{n}页）", " (slide {n})"),
}


class TemplateWarning(UserWarning):
    """A template lacks something that slides or documents need; the nearest is used."""


def write(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the briefing: cover, key messages, then the exhibits that matter most, one message each.

    Parameters
    ----------
    content : Content
        With a single exhibit, the file is its one slide.
    lang : {"zh", "en"}
    path : Path
    data : Data, optional
        Not needed: everything that a slide shows stands in the records.
    template : Path, optional
        A ``.pptx`` or ``.potx`` whose master and layouts are used.

    Raises
    ------
    ValueError
        If the template cannot be read, or there is nothing to show.

    Warns
    -----
    TemplateWarning
        If a layout that is needed is missing, or lacks a title.
    """
    records = content.exhibits()
    if len(records) == 1:
        return write_one(records[0], lang, path, template=template)
    from . import brief

    said = shared(lang, content.city, **content.counts)
    deck = Deck(lang, template, said["brief"])
    chosen = brief.ranked(content)[: MOST_SLIDES - 2]
    deck.cover(said["brief"], said["counts"])
    deck.messages(said["summary"], [item["text"] for item in brief.key_messages(content, lang)])
    for record in chosen:
        deck.exhibit(record)
    return deck.save(path)


def write_appendix(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write every exhibit on a slide of its own, in sections that bear the names of the notebooks."""
    said = shared(lang, content.city, **content.counts)
    title = said["brief"] + WORDS["appendix"][lang]
    deck = Deck(lang, template, title)
    deck.cover(title, said["counts"])
    groups = [(title, 1)]
    for section in content.sections:
        for record in section.shown():
            deck.exhibit(record)
        groups += [(section.title[lang], len(section.shown()))] if section.shown() else []
    _name_sections(deck.made, groups)
    return deck.save(path)


def write_one(record: dict, lang: str, path: Path, *, template: Path | None = None) -> Path:
    """Write one exhibit as one slide."""
    deck = Deck(lang, template, record["title"][lang])
    deck.exhibit(record)
    return deck.save(path)


# --- the template ---------------------------------------------------------------------------------------------------


def _house(lang: str):
    """An empty wide presentation: two layouts, titles on the left, fonts of both scripts in its theme."""
    made = Presentation()
    stretch = Inches(WIDE) / made.slide_width
    made.slide_width, made.slide_height = Inches(WIDE), Inches(HIGH)
    for layout in list(made.slide_layouts):
        if layout.name not in LAYOUTS.values():
            made.slide_layouts.remove(layout)
    for holder in (made.slide_master, *made.slide_layouts):
        for shape in list(holder.placeholders):
            if shape.placeholder_format.type in (15, 16):  # footer and date
                shape._element.getparent().remove(shape._element)
            elif shape._element.xpath("./p:spPr/a:xfrm"):
                shape.left, shape.width = round(shape.left * stretch), round(shape.width * stretch)
        for level in holder._element.xpath(".//a:lvl1pPr[@algn='ctr']"):
            level.set("algn", "l")
    for shape in (*made.slide_master.placeholders, *made.slide_layouts[0].placeholders):
        if shape.placeholder_format.type in (3, 4):  # of the cover
            shape.left, shape.width = Inches(MARGIN + 0.4), Inches(WIDE - 2 * MARGIN - 0.8)
        if shape.placeholder_format.type in (1, 3, 4):
            frame = shape.text_frame
            frame.margin_left = frame.margin_right = 0
        if shape.placeholder_format.type == 1:
            shape.left, shape.top, shape.width, shape.height = (
                Inches(v) for v in (MARGIN, 0.3, WIDE - 2 * MARGIN, 0.95)
            )
    for size in made.slide_master._element.xpath(".//p:titleStyle/a:lvl1pPr/a:defRPr"):
        size.set("sz", "2600")
        size.set("b", "1")
    for relation in made.slide_master.part.rels.values():
        if relation.reltype.endswith("/theme"):
            relation.target_part._blob = office.themed(relation.target_part.blob)
    return made


def _opened(template: Path):
    """A template without the slides that it may hold; ValueError, by name, for what cannot be read."""
    from io import BytesIO

    path = Path(template)
    try:
        body = path.read_bytes()
        made = Presentation(
            BytesIO(office.retyped(body, b"presentationml.template.main", b"presentationml.presentation.main"))
        )
    except (OSError, PackageNotFoundError, BadZipFile, KeyError, ValueError, SyntaxError) as problem:
        raise ValueError(
            f"{path}：不是可以读取的 PowerPoint 模板（.pptx 或 .potx）/ not a PowerPoint template that can be read "
            f"(.pptx or .potx): {type(problem).__name__}"
        ) from None
    slides = made.slides._sldIdLst
    for one in list(slides):
        made.part.drop_rel(one.rId)
        slides.remove(one)
    for listed in made.part._element.findall(qn("p:extLst")):  # sections that name the slides which are gone
        made.part._element.remove(listed)
    if not len(made.slide_layouts):
        raise ValueError(f"{path}：模板没有任何版式 / the template has no layout at all")
    return made


def _layout(made, kind: str):
    """The layout of a kind; else the nearest, with a warning that says what is missing."""
    layouts = list(made.slide_layouts)
    exact = next((one for one in layouts if one._element.get("type") == kind or one.name == LAYOUTS[kind]), None)

    def burden(one) -> tuple:
        held = [p.placeholder_format.type for p in one.placeholders]
        return (not any(t in (1, 3) for t in held), sum(t not in (1, 3, 13, 15, 16) for t in held))

    found = exact or min(layouts, key=burden)
    if exact is None:
        warnings.warn(
            f"模板缺少版式“{LAYOUTS[kind]}”，改用“{found.name}” / the template has no layout “{LAYOUTS[kind]}”: "
            f"“{found.name}” is used",
            TemplateWarning,
            stacklevel=4,
        )
    if burden(found)[0]:
        warnings.warn(
            f"版式“{found.name}”没有标题占位符，标题写成文本框 / the layout “{found.name}” has no title placeholder: "
            "titles are set as text boxes",
            TemplateWarning,
            stacklevel=4,
        )
    return found


# --- slides ---------------------------------------------------------------------------------------------------------


class Deck:
    """A presentation being written: where the room of a slide is, and what stands in it."""

    def __init__(self, lang: str, template: Path | None, title: str) -> None:
        self.lang = lang
        self.made = _opened(template) if template else _house(lang)
        self.own = template is None
        self.layouts = {kind: _layout(self.made, kind) for kind in LAYOUTS}
        self.wide, self.high = (v / office.EMU for v in (self.made.slide_width, self.made.slide_height))
        core = self.made.core_properties
        core.title, core.language, core.author = clean(title)[:250], office.LANGUAGE_TAGS[lang], ""
        core.last_modified_by = core.comments = core.keywords = core.subject = ""
        core.created = core.modified = datetime(1980, 1, 1)
        core.revision = 1

    def save(self, path: Path) -> Path:
        for package, ending in ((self.made.part.package, "/thumbnail"), (self.made.part, "/printerSettings")):
            rels = package._rels
            for key in [k for k, r in rels.items() if r.reltype.endswith(ending)]:
                rels.pop(key)
        path = Path(path)
        self.made.save(path)
        office.settle(path)
        return path

    def add(self, kind: str, title: str):
        """A slide with its title; placeholders that stay empty go, the number of the slide comes."""
        layout = self.layouts[kind]
        slide = self.made.slides.add_slide(layout)
        for shape in list(slide.placeholders):
            if shape.placeholder_format.type not in (1, 3) and not (
                kind == "title" and shape.placeholder_format.type == 4
            ):
                shape._element.getparent().remove(shape._element)
        shape = slide.shapes.title
        if shape is None:
            shape = self.box(slide, (MARGIN, 0.3, self.wide - 2 * MARGIN, 0.9), "title")
        width, height = shape.width / office.EMU - 0.2, shape.height / office.EMU
        size = self._title_size() if kind == "titleOnly" else 40.0
        points, words, _ = fitted(
            title, width / 1.08, size * 1.5 / 72, size, size - 4
        )  # rather than a second line of one word
        if words.endswith("…"):
            points, words, _ = fitted(clean(title), width / 1.08, max(height - 0.1, 0.5), size, 14)
        frame = shape.text_frame
        self.run(frame.paragraphs[0], words, points if points < size or kind == "title" else None)
        self._number(slide, layout)
        return slide, shape

    def _title_size(self) -> float:
        found = self.made.slide_master._element.xpath(".//p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
        return min(int(found[0]) / 100 if found else 28.0, 32.0)

    def _number(self, slide, layout) -> None:
        """The number of the slide, where the layout has a place for it: a new slide does not get one by itself."""
        from copy import deepcopy

        source = next((s for s in layout.placeholders if s.placeholder_format.type == 13), None)
        if source is None:
            return
        element = deepcopy(source._element)
        element.xpath(".//p:cNvPr")[0].set("id", str(max(s.shape_id for s in slide.shapes) + 1))
        slide.shapes._spTree.append(element)

    def run(self, paragraph, words: str, points: float | None = None, colour: str = "", bold: bool = False):
        """A run in the language of the slide; size, colour and font are the host's where none is given."""
        run = paragraph.add_run()
        run.text = clean(words)
        run.font.language_id = MSO_LANGUAGE_ID.SIMPLIFIED_CHINESE if self.lang == "zh" else MSO_LANGUAGE_ID.ENGLISH_UK
        if points:
            run.font.size = Pt(points)
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour[1:].upper())
        if bold:
            run.font.bold = True
        return run

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
        left = title.left / office.EMU
        left = left if left < 0.2 * self.wide else MARGIN
        top = (title.top + title.height) / office.EMU + 0.05
        top = top if top < 0.45 * self.high else MARGIN
        feet = [
            s.top / office.EMU for s in slide.slide_layout.placeholders if s.placeholder_format.type in (13, 15, 16)
        ]
        bottom = min([f for f in feet if f > 0.8 * self.high] or [self.high - 0.3])
        return left, top, self.wide - 2 * left, max(bottom, self.high - 0.75) - top

    # --- slides ---

    def cover(self, title: str, below: str) -> None:
        slide, shape = self.add("title", title)
        place = next((p for p in slide.placeholders if p.placeholder_format.type == 4), None)
        if place is None:
            left, width = shape.left / office.EMU, shape.width / office.EMU
            place = self.box(slide, (left, (shape.top + shape.height) / office.EMU + 0.1, width, 0.8), "subtitle")
        for n, line in enumerate((below, WORDS["workbook"][self.lang])):
            self.run(place.text_frame.paragraphs[0] if n == 0 else place.text_frame.add_paragraph(), line, 16, MUTED)

    def messages(self, title: str, lines: Sequence[str]) -> None:
        """Key messages, in the size that lets all of them stand."""
        slide, title = self.add("titleOnly", title)
        left, top, width, height = self.room(slide, title)
        each = height / max(len(lines), 1)
        points = min(fitted(clean(line), width - 0.4, each - 0.15, 22, 12)[0] for line in lines)
        frame = self.box(slide, (left, top + 0.1, width, height), "messages").text_frame
        for n, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(points * 0.7)
            marked = parse_xml('<a:buChar xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" char="•"/>')
            properties = paragraph._p.get_or_add_pPr()
            properties.set("marL", str(Inches(0.3)))
            properties.set("indent", str(-Inches(0.3)))
            properties.append(marked)
            self.run(paragraph, line, points)

    def exhibit(self, record: dict) -> None:
        """One exhibit: finding, measure, chart or table, reading, notes and sources; what to say in the notes."""
        lang = self.lang
        slide, title = self.add("titleOnly", record["title"][lang])
        left, top, width, height = self.room(slide, title)
        bottom = top + height
        points, words, tall = fitted(clean(record["subtitle"][lang]), width, 0.5, 14, 10)
        if words:
            shape = self.box(slide, (left, top, width, tall), "subtitle")
            self.run(shape.text_frame.paragraphs[0], words, points, MUTED)
            top += tall + 0.08
        bottom = self._foot(slide, record, left, bottom, width)
        if record["reading"][lang]:
            points, words, tall = fitted(clean(record["reading"][lang]), width, 0.85, 14, 10)
            shape = self.box(slide, (left, bottom - tall, width, tall), "reading")
            self.run(shape.text_frame.paragraphs[0], words, points)
            bottom -= tall + 0.12
        if office.drawn(record):
            office.into_slide(slide, record, lang, (left, top, width, bottom - top))
        else:
            end = self._table(slide, record, (left, top, width, bottom - top))
            if record["reading"][lang]:  # under a short table, not far below it
                shape.top = min(shape.top, Inches(end + 0.2))
        slide.notes_slide.notes_text_frame.text = notes(record, lang)

    def _foot(self, slide, record: dict, left: float, bottom: float, width: float) -> float:
        """Notes and sources at the foot, the sources whole; returns where the room above ends."""
        *noted, source = exhibit.foot(record, self.lang)
        rows = [fitted(clean(line), width - 0.3, 0.42, 9, 8) for line in noted] + [
            fitted(clean(source), width - 0.3, 0.42, 9, 8)
        ]
        tall = sum(height for *_, height in rows)
        frame = self.box(slide, (left, bottom - tall, width, tall), "notes and sources").text_frame
        for n, (points, words, _) in enumerate(rows):
            self.run(frame.paragraphs[0] if n == 0 else frame.add_paragraph(), words, points, MUTED)
        return bottom - tall - 0.1

    def _table(self, slide, record: dict, box: Sequence[float]) -> float:
        """The table of an exhibit, as many rows as fit; what is left out is said below; returns where it ends."""
        left, top, width, height = box
        frame = exhibit.table_frame(record, self.lang)
        rows = [[clean(h) for h in frame.columns], *([clean(c) for c in r] for r in frame.values.tolist())]
        aligned = ["right" if c["number"] else "left" for c in record["table"]["columns"]]
        points, widths, heights = _table_layout(rows, width, height - 0.3)
        cells = [[(words, "", "", side) for words, side in zip(row, aligned, strict=True)] for row in rows]
        shape = office.table_on_slide(slide, cells, self.lang, (left, top), widths, heights, points)
        office.describe(shape, record["id"], record["alt"][self.lang])
        if len(heights) < len(rows):
            said = WORDS["rows"][self.lang].format(shown=len(heights) - 1, all=len(rows) - 1)
            note = self.box(slide, (left, top + sum(heights) + 0.06, width, 0.22), "rows")
            self.run(note.text_frame.paragraphs[0], said, 10, MUTED)
            return top + sum(heights) + 0.3
        return top + sum(heights)


def _table_layout(rows: list[list[str]], width: float, height: float) -> tuple[float, list[float], list[float]]:
    """Size of the text, widths of columns and heights of rows: the largest text at which most rows fit."""
    best = None
    for points in (14, 12, 11, 10, 9):
        widths = column_widths(rows, width, points)
        heights, used = [], 0.0
        for row in rows:
            tall = max(fitted(cell, w - 0.22, 9, points, points)[2] for cell, w in zip(row, widths, strict=True)) + 0.09
            if len(heights) > 1 and used + tall > height:
                break
            heights.append(tall)
            used += tall
        if best is None or len(heights) > len(best[2]):
            best = (points, widths, heights)
        if len(heights) == len(rows):
            break
    return best


def notes(record: dict, lang: str) -> str:
    """What a speaker needs, in under 600 characters: the reading, the sources, how many figures stand behind them."""
    cited = WORDS["cited"][lang].format(n=len(record["citations"])) if record["citations"] else ""
    tail = "\n".join(filter(None, [clean(record["sources"][lang])[:250], cited]))
    reading = clean(record["reading"][lang] or record["title"][lang])
    room = MOST_NOTES - len(tail) - 2
    return (reading if len(reading) <= room else reading[: room - 1] + "…") + "\n" + tail


def _name_sections(made, groups: Sequence[tuple[str, int]]) -> None:
    """Sections of the slide list, as PowerPoint shows them: (name, number of slides), in order."""
    from xml.sax.saxutils import quoteattr

    ids, parts, at = [slide.slide_id for slide in made.slides], "", 0
    for n, (name, count) in enumerate(groups):
        inside = "".join(f'<p14:sldId id="{i}"/>' for i in ids[at : at + count])
        at += count
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"huzhou_analysis/slides/{n}")).upper()  # not by chance: equal bytes
        parts += f'<p14:section name={quoteattr(clean(name))} id="{{{key}}}"><p14:sldIdLst>{inside}</p14:sldIdLst></p14:section>'
    element = made.part._element
    for old in element.findall(qn("p:extLst")):
        element.remove(old)
    element.append(
        parse_xml(
            '<p:extLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
            '<p:ext uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"><p14:sectionLst '
            f'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">{parts}</p14:sectionLst></p:ext></p:extLst>'
        )
    )
