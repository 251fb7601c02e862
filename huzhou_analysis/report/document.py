"""Documents: the report and the two pages of the brief in Word, with charts that can be edited and real headings.

What a template brings (styles, header, footer, page) stays; what it lacks is said, and the nearest style is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt, RGBColor

from ..facts.words import Text, text
from ..show import exhibit, office
from ..show.measure import column_widths
from ..show.native import clean
from ..show.roles import GRID, INK, MUTED, PALETTE
from . import brief, prose
from .content import Content
from .template import HOUSE, lacks, opened, saved
from .text import WORDS as SHARED
from .text import words as shared

MOST_ROWS = 15
# Styles that a template should have, and the nearest to fall back on.
NEEDED = {"Title": "Heading 1", "Heading 1": "Normal", "Heading 2": "Heading 1", "Heading 3": "Heading 2",
          "List Bullet": "Normal", "Caption": "Normal"}  # fmt: skip
# Styles that are added where a template has none: size, colour, space before and after in points.
OWN = {"Exhibit Note": (8, MUTED, 0, 2), "Table Text": (8.5, INK, 1, 1), "Exhibit Chart": (9, INK, 2, 2)}

WORDS: dict[str, Text] = {
    "document": text("文件", "Document"),
    "figures": text("引用数据（个）", "Figures cited"),
    "figure": text("图", "Figure "),
    "table": text("表", "Table "),
}


def write(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the report: key messages, contents, what each notebook says and shows, the documents that are cited.

    Of a single exhibit, the file is that exhibit alone. `template` is a ``.docx`` or ``.dotx`` whose styles, page, header
    and footer are used: ValueError if it cannot be read, TemplateWarning if it lacks a style.
    """
    records = content.exhibits()
    if len(records) == 1:
        return write_one(records[0], lang, path, template=template)
    said = shared(lang, content.city, **content.counts)
    made = Report(lang, template)
    made.paragraph(said["title"], "Title")
    made.paragraph(said["counts"], "Exhibit Note")
    made.contents(said["contents"], [said["summary"], *(s.title[lang] for s in content.sections), said["sources"]])
    made.heading(said["summary"], 1)
    for item in brief.key_messages(content, lang):
        made.paragraph(item["text"], "List Bullet")
    for section in content.sections:
        made.heading(section.title[lang], 1)
        for block in section.blocks:
            if block["kind"] == "exhibit":
                made.exhibit(section.exhibits[block["id"]])
            else:
                made.blocks(prose.tree(prose.without_first_heading(block[lang])))
    made.heading(said["sources"], 1)
    rows = [[one["source"][lang], f"{one['figures']:,}"] for one in content.documents()]
    made.table([[WORDS["document"][lang], WORDS["figures"][lang]], *rows], [False, True], said["sources"])
    return saved(made.document, path, said["title"], lang)


def write_one(record: dict, lang: str, path: Path, *, template: Path | None = None) -> Path:
    """Write one exhibit as a document."""
    made = Report(lang, template)
    made.exhibit(record)
    return saved(made.document, path, record["title"][lang], lang)


def write_brief(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the two pages of the brief (:func:`huzhou_analysis.report.brief.compose`)."""
    made = Report(lang, template or HOUSE / "brief.docx")
    blocks = brief.compose(content, lang)
    made.blocks(blocks)
    return saved(made.document, path, blocks[0]["text"], lang)


def _styles(document) -> dict[str, str]:
    """The id of the style that serves for each that is needed; says which of those a template lacks."""
    names = {s.name for s in document.styles if s.type == WD_STYLE_TYPE.PARAGRAPH}
    serving = {"Normal": "Normal"}
    for name, nearest in NEEDED.items():
        serving[name] = used = name if name in names else serving[nearest]
        if name not in names:
            lacks(f"模板缺少样式“{name}”，改用“{used}”", f"the template has no style “{name}”: “{used}” is used")
    for name, (size, colour, before, after) in OWN.items():
        if name not in names:
            style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style, room = document.styles["Normal"], style.paragraph_format
            style.font.size, style.font.bold, style.font.color.rgb = (
                Pt(size),
                False,
                RGBColor.from_string(colour[1:].upper()),
            )
            room.space_before, room.space_after, room.line_spacing = Pt(before), Pt(after), 1.0
        serving[name] = name
    return {name: document.styles[used].style_id for name, used in serving.items()}


def _field(paragraph, instruction: str, result: str | None = None) -> None:
    """A field with its result already in it; without a result it stays open until :func:`_mark` ends it."""
    _mark(paragraph, "begin")
    code = OxmlElement("w:instrText")
    code.text = f" {instruction} "
    paragraph.add_run()._r.append(code)
    _mark(paragraph, "separate")
    if result is not None:
        paragraph.add_run(result)
        _mark(paragraph, "end")


def _mark(paragraph, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _words(cell: str | Sequence[dict]) -> str:
    """A cell of a table: words, or runs of Markdown."""
    return cell if isinstance(cell, str) else "".join(run["text"] for run in cell)


class Report:
    """A document being written: its styles, its headings for the contents, its numbered figures and tables."""

    def __init__(self, lang: str, template: Path | None) -> None:
        self.lang = lang
        self.document = opened(template or HOUSE / "document.docx", "Word", Document)
        body = self.document.element.body
        for element in [e for e in body if e.tag != qn("w:sectPr")]:
            body.remove(element)
        self.styles = _styles(self.document)
        section = self.document.sections[0]
        self.width = (section.page_width - section.left_margin - section.right_margin) / office.EMU
        self.counts = {"heading": 0, "figure": 0, "table": 0}

    def paragraph(self, words: str, style: str, into=None, refs: Iterable[int] = (), keep: bool = False):
        """A paragraph of a style; numbers of endnotes stand raised after it."""
        made = office.styled((into or self.document).add_paragraph(clean(words)), self.styles[style])
        self.refs(made, refs)
        made.paragraph_format.keep_with_next = keep or None
        return made

    def refs(self, paragraph, refs: Iterable[int]) -> None:
        """Numbers of endnotes, raised."""
        if refs:
            paragraph.add_run(" " + ", ".join(map(str, refs))).font.superscript = True

    def runs(self, paragraph, runs: Sequence[dict]) -> None:
        """Runs of Markdown."""
        for one in runs:
            run = paragraph.add_run(clean(one["text"]))
            run.bold, run.italic = one.get("bold"), one.get("italic")
            if one.get("code"):
                run.font.name = "Consolas"

    def heading(self, words: str, level: int) -> None:
        """A heading; the contents lead to those of the first level."""
        made = self.paragraph("", f"Heading {level}", keep=True)
        self.counts["heading"] += level == 1
        if level == 1:
            number = f'w:id="{self.counts["heading"]}"'
            made._p.append(
                parse_xml(f'<w:bookmarkStart {nsdecls("w")} {number} w:name="_Toc{self.counts["heading"]}"/>')
            )
        made.add_run(clean(words))
        if level == 1:
            made._p.append(parse_xml(f"<w:bookmarkEnd {nsdecls('w')} {number}/>"))

    def contents(self, title: str, entries: Sequence[str]) -> None:
        """The contents: a field that Word can update, with the headings of the first level already in it."""
        self.paragraph(title, "Normal", keep=True).runs[0].bold = True
        for n, words in enumerate(entries, 1):
            line = self.paragraph("", "Normal")
            line.paragraph_format.space_after = Pt(2)
            if n == 1:
                _field(line, r'TOC \o "1-1" \h \z \u')
            link = parse_xml(f'<w:hyperlink {nsdecls("w")} w:anchor="_Toc{n}" w:history="1"/>')
            line._p.append(link)
            link.append(line.add_run(clean(words))._r)
        _mark(line, "end")

    def blocks(self, blocks: Sequence[dict]) -> None:
        """Blocks of Markdown (:func:`.prose.tree`) and of the brief."""
        for block in blocks:
            kind = block["kind"]
            if kind == "title":
                self.paragraph(block["text"], "Title")
                self.paragraph(block["subtitle"], "Exhibit Note")
            elif kind == "heading":
                self.heading(_words(block.get("runs", block.get("text"))), min(block.get("level", 0) + 1, 3))
            elif kind == "paragraph":
                self.runs(self.paragraph("", "Normal"), block["runs"])
            elif kind in ("messages", "list"):
                self.items(block["items"])
            elif kind == "quote":
                self.blocks(block["blocks"])
            elif kind == "code":
                self.runs(self.paragraph("", "Normal"), [{"text": block["text"], "code": True}])
            elif kind == "table":
                rows = [[_words(cell) for cell in row] for row in [block["columns"], *block["rows"]]]
                self.table(rows, block["numeric"], block.get("title", rows[0][0]), block.get("refs", ()))
            elif kind == "theme":
                self.theme(block)
            elif kind == "targets":
                for group in block["groups"]:
                    self.named(group["title"], group["items"])
            elif kind == "notes":
                self.named(block["title"], block["items"], "Exhibit Note")

    def items(self, items: Sequence, into=None) -> None:
        """Items of a list: of the brief a text with its notes, of Markdown blocks."""
        for item in items:
            if isinstance(item, dict):
                self.paragraph(item["text"], "List Bullet", into, item["refs"])
            else:
                for one in item:
                    self.runs(self.paragraph("", "List Bullet"), one["runs"]) if "runs" in one else self.blocks([one])

    def named(self, title: str, items: Sequence[dict], style: str = "Normal") -> None:
        """Items in one paragraph behind its title; notes begin with their numbers."""
        stop, between = ("：", "；") if self.lang == "zh" else (": ", "; ")
        made = self.paragraph("", style)
        made.add_run(clean(title) + stop).bold = True
        for n, item in enumerate(items):
            number = f"{item['number']}. " if "number" in item else ""
            made.add_run(between * (n > 0) + number + clean(item["text"]))
            self.refs(made, item.get("refs", ()))

    def theme(self, block: dict) -> None:
        """A theme of the brief: its heading and sentences, its chart beside them."""
        record = block["exhibit"]
        table = self.document.add_table(1, 2)
        table.autofit = False
        widths = (self.width * 0.62, self.width * 0.38)
        for column, cell, wide in zip(table.columns, table.rows[0].cells, widths, strict=True):
            column.width = cell.width = Inches(wide)
        told, beside = table.rows[0].cells
        head = office.styled(told.paragraphs[0], self.styles["Heading 2"])
        head.add_run(clean(block["title"]))
        head.paragraph_format.keep_with_next = False  # or the whole table stays together
        self.items(block["items"], told)
        if record and office.drawn(record):
            office.into_document(beside, record, self.lang, widths[1] - 0.15, self.styles["Exhibit Chart"], height=1.45)
            beside._element.remove(beside.paragraphs[0]._p)

    def exhibit(self, record: dict) -> None:
        """An exhibit: its finding, chart or table with a numbered caption, reading, notes and sources."""
        lang, drawn = self.lang, office.drawn(record)
        self.heading(record["title"][lang], 3)
        if drawn:
            office.into_document(self.document, record, lang, self.width, self.styles["Exhibit Chart"])
        kind = "figure" if drawn else "table"
        self.counts[kind] += 1
        caption = self.paragraph(WORDS[kind][lang], "Caption", keep=not drawn)
        _field(caption, rf"SEQ {kind.capitalize()} \* ARABIC", str(self.counts[kind]))
        caption.add_run(("　" if lang == "zh" else ". ") + clean(record["subtitle"][lang]))
        if not drawn:
            frame = exhibit.table_frame(record, lang)
            rows = [list(frame.columns), *frame.values.tolist()]
            self.table(rows[: MOST_ROWS + 1], [c["number"] for c in record["table"]["columns"]], record["title"][lang])
            if len(rows) > MOST_ROWS + 1:
                self.paragraph(SHARED["cut"][lang].format(shown=MOST_ROWS, rows=len(rows) - 1), "Exhibit Note")
        if record["reading"][lang]:
            self.paragraph(record["reading"][lang], "Normal")
        for line in exhibit.foot(record, lang):
            self.paragraph(line, "Exhibit Note")

    def table(self, rows: Sequence[Sequence[str]], numeric: Sequence[bool], title: str, refs: Sequence = ()) -> None:
        """A table whose head repeats on each page; numbers stand right, no row breaks across pages."""
        rows = [[clean(c) for c in row] for row in rows]
        table = self.document.add_table(len(rows), len(rows[0]))
        table.autofit = False
        widths = column_widths(rows, self.width, 8.5)
        widths = [w * self.width / sum(widths) for w in widths]
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = Inches(wide)
        edges = "".join(
            f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour[1:]}"/>'
            for side, size, colour in (("top", 8, PALETTE[0]), ("bottom", 6, MUTED), ("insideH", 4, GRID))
        )
        table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{edges}</w:tblBorders>"))
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), clean(title)[:250])
        table._tbl.tblPr.append(caption)
        for r, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            if r == 0:
                row._tr.trPr.append(OxmlElement("w:tblHeader"))
            for c, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
                cell.width = Inches(widths[c])
                paragraph = office.styled(cell.paragraphs[0], self.styles["Table Text"])
                paragraph.add_run(words).bold = r == 0
                if numeric[c]:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if r and refs and c == 0:
                    self.refs(paragraph, refs[r - 1])
        self.paragraph("", "Exhibit Note").paragraph_format.space_after = Pt(2)
