"""Documents: the report and the two pages of the brief in Word, with charts that can be edited and real headings.

What the reader's own template brings (styles, header, footer, page) stays; what it lacks is said, and the nearest
style is used. Fields hold their results, so that nothing has to be updated before reading.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Inches, Pt, RGBColor

from ..facts.words import Text, text
from ..show import exhibit, office
from ..show.columns import clean
from ..show.measure import column_widths
from ..show.roles import GRID, INK, MUTED, PALETTE
from . import prose
from .content import Content
from .slides import TemplateWarning
from .text import words as shared

MOST_ROWS = 15
WIDTH = 6.5  # inches of text on a page of A4

# Styles that a template should have: the name in Word, the nearest to fall back on.
NEEDED = {"Title": "Heading 1", "Heading 1": "Normal", "Heading 2": "Heading 1", "Heading 3": "Heading 2",
          "List Bullet": "Normal", "Caption": "Normal"}  # fmt: skip
# Styles that are added where a template has none: size, colour, bold, space before and after in points.
OWN = {
    "Exhibit Note": (8, MUTED, False, 0, 2),
    "Table Text": (8.5, INK, False, 1, 1),
    "Exhibit Chart": (9, INK, False, 2, 2),
}
HOUSE = {"Normal": (10.5, INK, False, 0, 6), "Title": (22, PALETTE[0], True, 0, 6), "Heading 1": (17, PALETTE[0], True, 14, 8),
         "Heading 2": (13, PALETTE[0], True, 12, 4), "Heading 3": (11, INK, True, 10, 3), "List Bullet": (10.5, INK, False, 0, 3),
         "Caption": (9, MUTED, False, 2, 4), "Header": (8.5, MUTED, False, 0, 0), "Footer": (8.5, MUTED, False, 0, 0)}  # fmt: skip

WORDS: dict[str, Text] = {
    "document": text("文件", "Document"),
    "figures": text("引用数字（个）", "Figures cited"),
    "rows": text(
        "显示{all}行中的前{shown}行，全表见工作簿。", "First {shown} of {all} rows; the workbook has them all."
    ),
    "page": text("第{0}页，共{1}页", "Page {0} of {1}"),
    "figure": text("图", "Figure "),
    "table": text("表", "Table "),
}


def write(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the report: key messages, contents, what each notebook says and shows, the documents that are cited.

    Parameters
    ----------
    content : Content
        With a single exhibit, the file is that exhibit alone.
    lang : {"zh", "en"}
    path : Path
    data : Data, optional
        Not needed: everything that a document shows stands in the records.
    template : Path, optional
        A ``.docx`` or ``.dotx`` whose styles, page, header and footer are used.

    Raises
    ------
    ValueError
        If the template cannot be read.

    Warns
    -----
    TemplateWarning
        If the template lacks a style.
    """
    records = content.exhibits()
    if len(records) == 1:
        return write_one(records[0], lang, path, template=template)
    from . import brief

    said = shared(lang, content.city, **content.counts)
    made = Report(lang, template, said["title"])
    made.paragraph(made.title, "Title")
    made.paragraph(said["counts"], "Exhibit Note")
    made.heading(said["summary"], 1)
    for item in brief.key_messages(content, lang):
        made.paragraph(item["text"], "List Bullet")
    place = made.document.add_paragraph()
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
    made.contents(place, said["contents"])
    return made.save(path)


def write_one(record: dict, lang: str, path: Path, *, template: Path | None = None) -> Path:
    """Write one exhibit as a document."""
    made = Report(lang, template, record["title"][lang])
    made.exhibit(record)
    return made.save(path)


def write_brief(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the two pages of the brief: messages, where the city stands, the themes, targets, risks, endnotes."""
    from . import brief

    blocks = brief.compose(content, lang)
    title = next((b["text"] for b in blocks if b["kind"] == "title"), "")
    made = Report(lang, template, title, compact=True)
    themes: list[dict] = []
    for block in [*blocks, {"kind": "end"}]:
        if block["kind"] == "theme":
            themes.append(block)
            continue
        if themes:
            made.themes(themes)
            themes = []
        made.brief_block(block)
    return made.save(path)


# --- the template ---------------------------------------------------------------------------------------------------


def _opened(template: Path):
    """A template without its text; ValueError, by name, for what cannot be read."""
    path = Path(template)
    try:
        body = path.read_bytes()
        document = Document(
            BytesIO(office.retyped(body, b"wordprocessingml.template.main", b"wordprocessingml.document.main"))
        )
    except Exception as problem:  # whatever the file is, python-docx and zipfile raise a dozen kinds for it
        raise ValueError(
            f"{path}：不是可以读取的 Word 模板（.docx 或 .dotx）/ not a Word template that can be read (.docx or .dotx): "
            f"{type(problem).__name__}"
        ) from None
    for element in list(document.element.body):
        if element.tag != qn("w:sectPr"):
            document.element.body.remove(element)
    return document


def _styled(document, own: bool) -> dict[str, str]:
    """The id of the style that serves for each that is needed; warns of those that a template lacks."""
    names = {s.name for s in document.styles if s.type == WD_STYLE_TYPE.PARAGRAPH}
    serving = {"Normal": "Normal"}
    for name, nearest in NEEDED.items():
        serving[name] = name if name in names else serving.get(nearest, "Normal")
        if name not in names and not own:
            warnings.warn(
                f"模板缺少样式“{name}”，改用“{serving[name]}” / the template has no style “{name}”: “{serving[name]}” is used",
                TemplateWarning,
                stacklevel=5,
            )
    for name, look in OWN.items():
        if name not in names:
            document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Normal"]
            _dress(document.styles[name], look)
            document.styles[name].paragraph_format.line_spacing = 1.0
        serving[name] = name
    return {name: document.styles[used].style_id for name, used in serving.items()}


def _dress(style, look: tuple, fonts: bool = False) -> None:
    size, colour, bold, before, after = look
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(colour[1:].upper())
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    if fonts:
        found = style.element.get_or_add_rPr().get_or_add_rFonts()
        for name in list(found.attrib):
            del found.attrib[name]
        for name, face in (("ascii", office.LATIN), ("hAnsi", office.LATIN), ("eastAsia", office.EAST_ASIAN)):
            found.set(qn(f"w:{name}"), face)


def _house(lang: str, compact: bool):
    """An empty document on A4 with the house's styles; fonts of both scripts are named, not embedded."""
    document = Document()
    for name, look in HOUSE.items():
        if compact and name in COMPACT:
            look = (COMPACT[name], *look[1:3], look[3] * 0.4, look[4] * 0.4)
        _dress(document.styles[name], look, fonts=True)
        for edge in document.styles[name].element.findall(f".//{qn('w:pBdr')}"):
            edge.getparent().remove(edge)
        if compact:  # the same height whatever font the reader's program puts in its place
            document.styles[name].paragraph_format.line_spacing = Pt(round(look[0] * 1.3, 1))
    document.styles["Normal"].paragraph_format.line_spacing = Pt(11.7) if compact else 1.15
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.6) if compact else Inches((8.27 - WIDTH) / 2)
    section.top_margin = section.bottom_margin = Cm(1.3 if compact else 2)
    section.header_distance = section.footer_distance = Cm(0.6 if compact else 1.1)
    _page_numbers(section.footer.paragraphs[0], lang)
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/theme"):
            relation.target_part._blob = office.themed(relation.target_part.blob)
    return document


COMPACT = {"Normal": 9, "Title": 16, "Heading 1": 11, "Heading 2": 10, "Heading 3": 9.5, "List Bullet": 9, "Caption": 8}


def _field(paragraph, instruction: str, result: str) -> None:
    """A field with its result already in it."""
    for kind in ("begin", None, "separate", result, "end"):
        run = paragraph.add_run()
        if kind is None:
            code = OxmlElement("w:instrText")
            code.text = f" {instruction} "
            run._r.append(code)
        elif kind == result:
            run.text = result
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _page_numbers(paragraph, lang: str) -> None:
    before, between, after = re.split(r"\{\d\}", WORDS["page"][lang])
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, instruction in ((before, "PAGE"), (between, "NUMPAGES")):
        paragraph.add_run(words)
        _field(paragraph, instruction, "1")
    paragraph.add_run(after)


# --- the document ---------------------------------------------------------------------------------------------------


class Report:
    """A document being written: its styles, its headings for the contents, its numbered figures and tables."""

    def __init__(self, lang: str, template: Path | None, title: str, compact: bool = False) -> None:
        self.lang, self.title = lang, clean(title)
        self.document = _opened(template) if template else _house(lang, compact)
        self.styles = _styled(self.document, template is None)
        section = self.document.sections[0]
        self.width = (section.page_width - section.left_margin - section.right_margin) / office.EMU
        self.headings: list[tuple[int, str, str]] = []
        self.counts = {"figure": 0, "table": 0}
        core = self.document.core_properties
        core.title, core.language = self.title[:255], office.LANGUAGE_TAGS[lang]
        core.author = core.last_modified_by = core.comments = core.keywords = core.subject = ""
        core.created = core.modified = datetime(1980, 1, 1)
        core.revision = 1
        for found in self.document.settings.element.iter(qn("w:compatSetting")):
            if found.get(qn("w:name")) == "compatibilityMode":
                found.set(qn("w:val"), "15")
        defaults = self.document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
        if defaults is not None and template is None:
            for old in defaults.findall(qn("w:lang")):
                defaults.remove(old)
            defaults.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-GB" w:eastAsia="zh-CN"/>'))

    def save(self, path: Path) -> Path:
        for key in [k for k, r in self.document.part.package.rels.items() if r.reltype.endswith("/thumbnail")]:
            self.document.part.package.rels.pop(key)
        path = Path(path)
        self.document.save(str(path))
        office.settle(path)
        return path

    def paragraph(self, words: str, style: str, into=None, refs: Sequence[int] = (), keep: bool = False):
        """A paragraph of a style; numbers of endnotes stand raised after it."""
        made = office.styled((into or self.document).add_paragraph(clean(words)), self.styles[style])
        if refs:
            made.add_run(" " + ", ".join(map(str, refs))).font.superscript = True
        made.paragraph_format.keep_with_next = keep or None
        return made

    def heading(self, words: str, level: int) -> None:
        """A heading that the contents lead to."""
        made = self.paragraph("", f"Heading {min(level, 3)}", keep=True)
        anchor = f"_Toc{len(self.headings) + 1:08d}"
        self.headings.append((level, clean(words), anchor))
        number = len(self.headings)
        made._p.append(parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name="{anchor}"/>'))
        made.add_run(clean(words))
        made._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>'))

    def contents(self, place, title: str) -> None:
        """The contents, before a paragraph: a field that Word can update, with its entries already in it."""
        entries = [e for e in self.headings if e[0] == 1]
        made = [self.paragraph(title, "Normal", keep=True)]
        made[0].runs[0].bold = True
        for n, (_, words, anchor) in enumerate(entries):
            line = self.paragraph("", "Normal")
            if n == 0:
                _field(line, 'TOC \\o "1-1" \\h \\z \\u', "")
                line._p.remove(line._p[-1])  # its end stands after the last entry
            link = parse_xml(f'<w:hyperlink {nsdecls("w")} w:anchor="{anchor}" w:history="1"/>')
            line._p.append(link)
            link.append(line.add_run(words)._r)
            line.paragraph_format.space_after = Pt(2)
            made.append(line)
        end = OxmlElement("w:fldChar")
        end.set(qn("w:fldCharType"), "end")
        made[-1].add_run()._r.append(end)
        for one in made:
            place._p.addprevious(one._p)
        place._p.getparent().remove(place._p)

    def blocks(self, tree: Sequence[dict]) -> None:
        """Markdown as paragraphs, lists and tables."""
        for block in tree:
            kind = block["kind"]
            if kind == "heading":
                self.heading("".join(r["text"] for r in block["runs"]), min(block["level"] + 1, 3))
            elif kind == "paragraph":
                self.runs(self.paragraph("", "Normal"), block["runs"])
            elif kind == "list":
                for item in block["items"]:
                    for one in item:
                        if "runs" in one:
                            self.runs(self.paragraph("", "List Bullet"), one["runs"])
                        else:
                            self.blocks([one])
            elif kind == "quote":
                self.blocks(block["blocks"])
            elif kind == "code":
                self.runs(self.paragraph("", "Normal"), [{"text": block["text"], "code": True}])
            elif kind == "table":
                rows = [
                    ["".join(r["text"] for r in cell) for cell in row] for row in [block["columns"], *block["rows"]]
                ]
                self.table(rows, block["numeric"], rows[0][0])

    def runs(self, paragraph, runs: Sequence[dict]) -> None:
        for one in runs:
            run = paragraph.add_run(clean(one["text"]))
            run.bold, run.italic = one.get("bold"), one.get("italic")
            if one.get("code"):
                run.font.name = "Consolas"

    def exhibit(self, record: dict, level: int = 3) -> None:
        """An exhibit: its finding, chart or table with a numbered caption, reading, notes and sources."""
        lang = self.lang
        self.heading(record["title"][lang], level)
        drawn = office.drawn(record)
        if drawn:
            office.into_document(self.document, record, lang, self.width, self.styles["Exhibit Chart"])
        kind = "figure" if drawn else "table"
        self.counts[kind] += 1
        caption = self.paragraph(WORDS[kind][lang], "Caption", keep=not drawn)
        _field(caption, f"SEQ {kind.capitalize()} \\* ARABIC", str(self.counts[kind]))
        caption.add_run(("　" if lang == "zh" else ". ") + clean(record["subtitle"][lang]))
        if not drawn and record["table"]:
            frame = exhibit.table_frame(record, lang)
            rows = [list(frame.columns), *frame.values.tolist()]
            self.table(rows[: MOST_ROWS + 1], [c["number"] for c in record["table"]["columns"]], record["title"][lang])
            if len(rows) > MOST_ROWS + 1:
                said = WORDS["rows"][lang].format(shown=MOST_ROWS, all=len(rows) - 1)
                self.paragraph(said, "Exhibit Note")
        if record["reading"][lang]:
            self.paragraph(record["reading"][lang], "Normal")
        for line in exhibit.foot(record, lang):
            self.paragraph(line, "Exhibit Note")

    def table(
        self, rows: Sequence[Sequence[str]], numeric: Sequence[bool], title: str, refs: Sequence = (), into=None
    ) -> None:
        """A table whose head repeats on each page; numbers stand right, no row breaks across pages."""
        rows = [[clean(c) for c in row] for row in rows]
        table = (into or self.document).add_table(len(rows), len(rows[0]))
        table.autofit = False
        widths = column_widths(rows, self.width, 8.5)
        widths = [w * self.width / sum(widths) for w in widths]
        for c, wide in enumerate(widths):
            table.columns[c].width = Inches(wide)
        properties = table._tbl.tblPr
        edges = "".join(
            f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour[1:]}"/>'
            for side, size, colour in (("top", 8, PALETTE[0]), ("bottom", 6, MUTED), ("insideH", 4, GRID))
        )
        properties.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{edges}</w:tblBorders>"))
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), clean(title)[:250])
        properties.append(caption)
        for r, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
            setting = row._tr.get_or_add_trPr()
            setting.append(OxmlElement("w:cantSplit"))
            if r == 0:
                setting.append(OxmlElement("w:tblHeader"))
            for c, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
                cell.width = Inches(widths[c])
                paragraph = office.styled(cell.paragraphs[0], self.styles["Table Text"])
                run = paragraph.add_run(words)
                run.bold = r == 0
                if numeric[c]:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if r and refs and refs[r - 1] and c == 0:
                    paragraph.add_run(" " + ", ".join(map(str, refs[r - 1]))).font.superscript = True
        self.paragraph("", "Exhibit Note").paragraph_format.space_after = Pt(2)

    # --- the brief ---

    def brief_block(self, block: dict) -> None:
        """One block of the brief's two pages (:func:`huzhou_analysis.report.brief.compose`)."""
        kind = block["kind"]
        if kind == "title":
            self.paragraph(block["text"], "Title")
            if block.get("subtitle"):
                self.paragraph(block["subtitle"], "Exhibit Note")
        elif kind == "heading":
            self.heading(block["text"], 1)
        elif kind in ("messages", "list"):
            for item in block["items"]:
                self.paragraph(item["text"], "List Bullet", refs=item["refs"])
        elif kind == "table":
            self.table([block["columns"], *block["rows"]], block["numeric"], block["title"], block["refs"])
        elif kind == "targets":
            for group in block["groups"]:
                made = self.paragraph("", "Normal")
                made.add_run(clean(group["title"]) + ("：" if self.lang == "zh" else ": ")).bold = True
                for n, item in enumerate(group["items"]):
                    made.add_run(("；" if self.lang == "zh" else "; ") * (n > 0) + clean(item["text"]))
                    if item["refs"]:
                        made.add_run(" " + ", ".join(map(str, item["refs"]))).font.superscript = True
        elif kind == "notes":
            self.heading(block["title"], 2)
            made = self.paragraph("", "Exhibit Note")
            for item in block["items"]:
                made.add_run(f"{item['number']}. {clean(item['text'])}  ").font.size = Pt(7)
            made.paragraph_format.line_spacing = Pt(9)

    def themes(self, blocks: Sequence[dict]) -> None:
        """Themes two beside each other: heading, sentences, a small chart with its caption."""
        rows = -(-len(blocks) // 2)
        table = self.document.add_table(rows, 2)
        table.autofit = False
        wide = self.width / 2
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for n, block in enumerate(blocks):
            cell = table.cell(n // 2, n % 2)
            cell.width = Inches(wide)
            head = office.styled(cell.paragraphs[0], self.styles["Heading 2"])
            head.add_run(clean(block["title"]))
            head.paragraph_format.keep_with_next = False  # or the whole table stays together
            for item in block["items"]:
                self.paragraph(item["text"], "List Bullet", cell, item["refs"])
            record = block["exhibit"]
            if record and office.drawn(record):
                style = self.styles["Exhibit Chart"]
                office.into_document(cell, record, self.lang, wide - 0.2, style, height=1.5)
                self.paragraph(block["caption"], "Caption", cell)
        self.paragraph("", "Exhibit Note").paragraph_format.space_after = Pt(0)
