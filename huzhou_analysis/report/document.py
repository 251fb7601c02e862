"""Documents: the report and the two pages of the brief in Word, with charts that can be edited and real headings.

What a template brings (styles, header, footer, page) stays; what it lacks is said, and the nearest style is used. How every
office file begins, as a template of the house or of the reader, and how it ends stands here for slides as well.
"""

import warnings
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from datetime import datetime
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt

from ..show import exhibit, office
from ..show.canvas import column_widths
from ..show.native import clean
from ..show.roles import GRID, MUTED, PALETTE
from . import brief, prose
from . import said as message
from .content import Content, shown_table, words, words_for

HOUSE = Path(__file__).parent / "templates"
KINDS = {
    "PowerPoint": (".pptx, .potx", b"presentationml.template.main", b"presentationml.presentation.main"),
    "Word": (".docx, .dotx", b"wordprocessingml.template.main", b"wordprocessingml.document.main"),
}
MOST_ROWS = 15
# Styles that a template should have, and the nearest to fall back on.
NEEDED = {"Title": "Heading 1", "Heading 1": "Normal", "Heading 2": "Heading 1", "Heading 3": "Heading 2",
          "List Bullet": "Normal", "Caption": "Normal"}  # fmt: skip
OWN = ("Exhibit Note", "Table Text", "Exhibit Chart")  # styles that are brought along where a template has none
WORDS = words_for("shared", "document")


class TemplateWarning(UserWarning):
    """A template lacks something that slides or documents need; the nearest is used."""


def opened(path: Path, program: str, read: Callable):
    """A template as python-pptx or python-docx reads it; ValueError, by name, for a file that is none."""
    endings, *types = KINDS[program]
    try:
        return read(BytesIO(office.settled(Path(path).read_bytes(), types=types)))
    except Exception as problem:  # whatever the file is, the libraries and zipfile raise a dozen kinds for it
        why = type(problem).__name__
        raise ValueError(message("no_template", path=path, program=program, endings=endings, why=why)) from None


def lacks(what: str, **values: object) -> None:
    """Say what a template lacks and what is used in its place."""
    warnings.warn(message(what, **values), TemplateWarning, stacklevel=2)


def saved(made, path: Path, title: str, lang: str) -> Path:
    """Write a presentation or document with its title and language, no name, no date, no picture of another file."""
    core, package = made.core_properties, made.part.package
    core.title, core.language = clean(title)[:250], office.LANGUAGE_TAGS[lang]
    core.author = core.last_modified_by = core.comments = core.keywords = core.subject = ""
    core.created = core.modified = datetime(1980, 1, 1)
    core.revision = 1
    relations = package.rels if hasattr(package, "rels") else package._rels
    for key in [k for k, r in relations.items() if r.reltype.endswith("/thumbnail")]:
        relations.pop(key)
    made.save(str(path))
    Path(path).write_bytes(office.settled(Path(path).read_bytes()))
    return Path(path)


def write(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the report: key messages, contents, what each notebook says and shows, the documents that are cited.

    Of a single exhibit, the file is that exhibit alone. `template` is a ``.docx`` or ``.dotx`` whose styles, page, header
    and footer are used: ValueError if it cannot be read, TemplateWarning if it lacks a style.
    """
    records, said, made = content.exhibits(), words(lang, content), Report(lang, template)
    if len(records) == 1:
        made.exhibit(records[0])
        return saved(made.document, path, records[0]["title"][lang], lang)
    made.paragraph(said["title"], "Title")
    made.paragraph(said["counts"], "Exhibit Note")
    made.contents(said["contents"], [said["summary"], *(s.title[lang] for s in content.sections), said["sources"]])
    made.heading(said["summary"], 1)
    made.items(brief.key_messages(content, lang))
    for section in content.sections:
        made.heading(section.title[lang], 1)
        for kind, what in section.parts(lang):
            made.exhibit(what) if kind == "exhibit" else made.blocks(prose.tree(what))
    made.heading(said["sources"], 1)
    rows = [[one["source"][lang], f"{one['figures']:,}"] for one in content.documents()]
    columns = [WORDS["document"][lang], WORDS["figures"][lang]]
    made.table({"title": said["sources"], "columns": columns, "rows": rows, "numeric": [False, True]})
    return saved(made.document, path, said["title"], lang)


def write_brief(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the two pages of the brief (:func:`huzhou_analysis.report.brief.compose`)."""
    made, blocks = Report(lang, template or HOUSE / "brief.docx"), brief.compose(content, lang)
    made.blocks(blocks)
    return saved(made.document, path, blocks[0]["text"], lang)


def _styles(document) -> dict[str, str]:
    """The id of the style that serves for each that is needed; says which of those a template lacks."""
    names = {s.name for s in document.styles if s.type == WD_STYLE_TYPE.PARAGRAPH}
    serving = {name: name for name in ("Normal", *OWN)}
    for name, nearest in NEEDED.items():
        serving[name] = used = name if name in names else serving[nearest]
        if name not in names:
            lacks("no_style", name=name, used=used)
    for name in sorted(set(OWN) - names):
        document.styles.element.append(deepcopy(Document(str(HOUSE / "document.docx")).styles[name].element))
        document.styles[name].base_style = document.styles["Normal"]
    return {name: document.styles[used].style_id for name, used in serving.items()}


def _mark(paragraph, kind: str) -> None:
    """Where a field begins, where its result does, where it ends."""
    paragraph.add_run()._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))


def _field(paragraph, instruction: str) -> None:
    """Begin a field; its result follows, and :func:`_mark` ends it."""
    _mark(paragraph, "begin")
    code = OxmlElement("w:instrText")
    code.text = f" {instruction} "
    paragraph.add_run()._r.append(code)
    _mark(paragraph, "separate")


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

    def paragraph(self, said: str, style: str, into=None, refs: Iterable[int] = (), keep: bool = False):
        """A paragraph of a style; numbers of endnotes stand raised after it."""
        made = office.styled((into or self.document).add_paragraph(clean(said)), self.styles[style])
        self.refs(made, refs)
        made.paragraph_format.keep_with_next = keep or None
        return made

    def refs(self, paragraph, refs: Iterable[int]) -> None:
        """Numbers of endnotes, raised."""
        if refs:
            paragraph.add_run(" " + ", ".join(map(str, refs))).font.superscript = True

    def runs(self, runs: Sequence[dict], style: str = "Normal") -> None:
        """A paragraph of runs of Markdown."""
        paragraph = self.paragraph("", style)
        for one in runs:
            run = paragraph.add_run(clean(one["text"]))
            run.bold, run.italic = one.get("bold"), one.get("italic")
            if one.get("code"):
                run.font.name = "Consolas"

    def heading(self, said: str, level: int) -> None:
        """A heading; the contents lead to those of the first level."""
        made = self.paragraph(said, f"Heading {level}", keep=True)
        if level == 1:
            self.counts["heading"] += 1
            number, name = f'{nsdecls("w")} w:id="{self.counts["heading"]}"', f"_Toc{self.counts['heading']}"
            made.runs[0]._r.addprevious(parse_xml(f'<w:bookmarkStart {number} w:name="{name}"/>'))
            made._p.append(parse_xml(f"<w:bookmarkEnd {number}/>"))

    def contents(self, title: str, entries: Sequence[str]) -> None:
        """The contents: a field that Word can update, with the headings of the first level already in it."""
        self.paragraph(title, "Normal", keep=True).runs[0].bold = True
        for n, said in enumerate(entries, 1):
            line = self.paragraph("", "Normal")
            line.paragraph_format.space_after = Pt(2)
            if n == 1:
                _field(line, r'TOC \o "1-1" \h \z \u')
            link = parse_xml(f'<w:hyperlink {nsdecls("w")} w:anchor="_Toc{n}" w:history="1"/>')
            line._p.append(link)
            link.append(line.add_run(clean(said))._r)
        _mark(line, "end")

    def blocks(self, blocks: Sequence[dict]) -> None:
        """Blocks of Markdown (:func:`.prose.tree`) and of the brief."""
        for block in blocks:
            match block:
                case {"kind": "title"}:
                    self.paragraph(block["text"], "Title")
                    self.paragraph(block["subtitle"], "Exhibit Note")
                case {"kind": "heading", "runs": runs}:
                    self.heading("".join(run["text"] for run in runs), min(block["level"] + 1, 3))
                case {"kind": "heading"}:
                    self.heading(block["text"], 1)
                case {"kind": "paragraph"}:
                    self.runs(block["runs"])
                case {"kind": "messages" | "list"}:
                    self.items(block["items"])
                case {"kind": "quote"}:
                    self.blocks(block["blocks"])
                case {"kind": "code"}:
                    self.runs([block | {"code": True}])
                case {"kind": "table"}:
                    self.table(block)
                case {"kind": "theme"}:
                    self.theme(block)
                case {"kind": "targets"}:
                    for group in block["groups"]:
                        self.named(group["title"], group["items"])
                case {"kind": "notes"}:
                    self.named(block["title"], block["items"], "Exhibit Note")

    def items(self, items: Sequence, into=None) -> None:
        """Items of a list: of the brief a text with its notes, of Markdown blocks."""
        for item in items:
            if isinstance(item, dict):
                self.paragraph(item["text"], "List Bullet", into, item.get("refs", ()))
                continue
            for one in item:
                self.runs(one["runs"], "List Bullet") if "runs" in one else self.blocks([one])

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
        table = self.document.add_table(1, 2)
        table.autofit = False
        widths = (self.width * 0.62, self.width * 0.38)
        told, beside = table.rows[0].cells
        for column, cell, wide in zip(table.columns, (told, beside), widths, strict=True):
            column.width = cell.width = Inches(wide)
        head = office.styled(told.paragraphs[0], self.styles["Heading 2"])
        head.add_run(clean(block["title"]))
        head.paragraph_format.keep_with_next = False  # or the whole table stays together
        self.items(block["items"], told)
        if record := block["exhibit"]:
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
        caption = self.paragraph(WORDS[kind][lang] + " " * (lang == "en"), "Caption", keep=not drawn)
        _field(caption, rf"SEQ {kind.capitalize()} \* ARABIC")
        caption.add_run(str(self.counts[kind]))
        _mark(caption, "end")
        caption.add_run(("　" if lang == "zh" else ". ") + clean(record["subtitle"][lang]))
        if not drawn:
            table = shown_table(record, lang)
            rows = table["rows"][:MOST_ROWS]
            self.table(table | {"rows": rows, "title": record["title"][lang]})
            if len(rows) < len(table["rows"]):
                cut = WORDS["cut"][lang].format(shown=MOST_ROWS, rows=len(table["rows"]))
                self.paragraph(cut, "Exhibit Note")
        if record["reading"][lang]:
            self.paragraph(record["reading"][lang], "Normal")
        for line in exhibit.foot(record, lang):
            self.paragraph(line, "Exhibit Note")

    def table(self, block: dict) -> None:
        """A table whose head repeats on each page; numbers stand right, no row breaks across pages."""

        def plain(cell: str | Sequence[dict]) -> str:
            return clean(cell if isinstance(cell, str) else "".join(run["text"] for run in cell))

        rows = [list(map(plain, row)) for row in [block["columns"], *block["rows"]]]
        table = self.document.add_table(len(rows), len(rows[0]))
        table.autofit = False
        widths = column_widths(rows, self.width, 8.5)
        widths = [Inches(w * self.width / sum(widths)) for w in widths]
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = wide
        edges = "".join(
            f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour[1:]}"/>'
            for side, size, colour in (("top", 8, PALETTE[0]), ("bottom", 6, MUTED), ("insideH", 4, GRID))
        )
        table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{edges}</w:tblBorders>"))
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), clean(block.get("title", rows[0][0]))[:250])
        table._tbl.tblPr.append(caption)
        refs = block.get("refs") or [()] * len(block["rows"])
        for n, (row, cells, notes) in enumerate(zip(table.rows, rows, [(), *refs], strict=True)):
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            if n == 0:
                row._tr.trPr.append(OxmlElement("w:tblHeader"))
            for cell, said, wide, number in zip(row.cells, cells, widths, block["numeric"], strict=True):
                cell.width = wide
                paragraph = office.styled(cell.paragraphs[0], self.styles["Table Text"])
                paragraph.add_run(said).bold = n == 0
                if number:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            self.refs(row.cells[0].paragraphs[0], notes)
        self.paragraph("", "Exhibit Note").paragraph_format.space_after = Pt(2)
