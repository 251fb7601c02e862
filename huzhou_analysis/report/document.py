"""Documents: the report and the two pages of the brief in Word, with charts that can be edited and real headings.

What a template brings (styles, header, footer, page) stays; what it lacks is said, and the nearest style is used. How every
office file begins, as a template of the house or of the reader, and how it ends stands here for slides as well.
"""

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt

from ..show import office
from ..show.canvas import column_widths
from ..show.native import clean
from ..show.roles import GRID, MUTED, PALETTE
from . import brief, prose
from . import said as message
from .content import Content, shown, words, words_for

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
# Properties of fonts, of tokens in Markdown.
LOOKS = {"strong": {"bold": True}, "emphasis": {"italic": True}, "strikethrough": {"strike": True}}
LOOKS |= {"codespan": {"name": "Consolas"}}
CONTENTS = r'<w:instrText> TOC \o "1-1" \h \z \u </w:instrText>'
FIELD = '<w:fldChar w:fldCharType="{}"/>'
WORDS = words_for("shared", "document")
Run = tuple[str, dict]  # words, and the properties of their font


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
    for one in brief.key_messages(content, lang):
        made.paragraph(one["text"], "List Bullet")
    for section in content.sections:
        made.heading(section.title[lang], 1)
        for kind, what in section.parts(lang):
            made.exhibit(what) if kind == "exhibit" else made.markdown(prose.tree(what))
    made.heading(said["sources"], 1)
    rows = [[cited[0]["source"][lang], f"{len(cited):,}"] for cited in content.documents()]
    columns = [WORDS["document"][lang], WORDS["figures"][lang]]
    made.table({"title": said["sources"], "columns": columns, "rows": rows, "numeric": [False, True]})
    return saved(made.document, path, said["title"], lang)


def write_brief(content: Content, lang: str, path: Path, data=None, *, template: Path | None = None) -> Path:
    """Write the two pages of the brief (:func:`huzhou_analysis.report.brief.compose`)."""
    made, said = Report(lang, template or HOUSE / "brief.docx"), words(lang, content)
    told = brief.compose(content, lang)
    made.paragraph(told["title"], "Title")
    made.paragraph(told["subtitle"], "Exhibit Note")
    made.items(told["messages"])
    made.heading(said["position"], 1)
    made.table(told["position"])
    made.heading(said["themes"], 1)
    for theme in told["themes"]:
        made.theme(theme)
    if targets := told["targets"]:
        made.heading(targets["title"], 1)
        for group in targets["groups"]:
            made.named(group["title"], [_runs_of(item) for item in group["items"]])
    for key in ("risks", "wanted"):
        if told[key]:
            made.heading(said[key], 1)
            made.items(told[key])
    made.named(said["endnotes"], [[(f"{n}. {note}", {})] for n, note in enumerate(told["notes"], 1)], "Exhibit Note")
    return saved(made.document, path, told["title"], lang)


def _styles(document) -> dict[str, str]:
    """The id of the style that serves for each that is needed; says which of those a template lacks."""
    names = {style.name for style in document.styles}
    serving = {name: name for name in ("Normal", *OWN)}
    for name, nearest in NEEDED.items():
        serving[name] = used = name if name in names else serving[nearest]
        if name not in names:
            lacks("no_style", name=name, used=used)
    for name in sorted(set(OWN) - names):
        document.styles.element.append(deepcopy(Document(str(HOUSE / "document.docx")).styles[name].element))
        document.styles[name].base_style = document.styles["Normal"]
    return {name: document.styles[used].style_id for name, used in serving.items()}


def _xml(markup: str):
    """An element of a document."""
    return parse_xml(re.sub(r"^<([\w:]+)", rf"<\1 {nsdecls('w')}", markup))


def _runs(tokens: Iterable[dict], **look: object) -> Iterator[Run]:
    """Runs of the tokens in a block of Markdown."""
    for token in tokens:
        mine = look | LOOKS.get(token["type"], {})
        if "children" in token:
            yield from _runs(token["children"], **mine)
        else:
            yield prose.told(token), mine


def _raised(refs: Iterable[int]) -> list[Run]:
    """Numbers of endnotes, raised."""
    return [(" " + ", ".join(map(str, refs)), {"superscript": True})] if refs else []


def _runs_of(item: dict) -> list[Run]:
    """An item of the brief with the numbers of its notes."""
    return [(item["text"], {}), *_raised(item["refs"])]


def _filled(paragraph, runs: Iterable[Run]):
    """A paragraph with runs behind what it holds."""
    for said, look in runs:
        run = paragraph.add_run(clean(said))
        for name, value in look.items():
            setattr(run.font, name, value)
    return paragraph


class Report:
    """A document being written: its styles, its headings for the contents, its numbered figures and tables."""

    def __init__(self, lang: str, template: Path | None) -> None:
        self.lang = lang
        self.document = opened(template or HOUSE / "document.docx", "Word", Document)
        self.document._body.clear_content()
        self.styles = _styles(self.document)
        self.width = self.document._block_width / office.EMU
        self.counts = {"heading": 0, "figure": 0, "table": 0}

    def paragraph(self, said: str | Iterable[Run], style: str, into=None, keep: bool = False):
        """A paragraph of a style, which may keep with the next."""
        made = office.styled((into or self.document).add_paragraph(), self.styles[style])
        made.paragraph_format.keep_with_next = keep or None
        return _filled(made, [(said, {})] if isinstance(said, str) else said)

    def heading(self, said: str, level: int) -> None:
        """A heading; the contents lead to those of the first level."""
        made = self.paragraph(said, f"Heading {level}", keep=True)
        if level == 1:
            self.counts["heading"] += 1
            n = self.counts["heading"]
            made.runs[0]._r.addprevious(_xml(f'<w:bookmarkStart w:id="{n}" w:name="_Toc{n}"/>'))
            made._p.append(_xml(f'<w:bookmarkEnd w:id="{n}"/>'))

    def contents(self, title: str, entries: Sequence[str]) -> None:
        """The contents: a field that Word can update, with the headings of the first level already in it."""
        self.paragraph([(title, {"bold": True})], "Normal", keep=True)
        begin = FIELD.format("begin"), CONTENTS, FIELD.format("separate")
        for n, said in enumerate(entries, 1):
            line = self.paragraph("", "Normal")
            line.paragraph_format.space_after = Pt(2)
            for part in begin if n == 1 else ():
                line.add_run()._r.append(_xml(part))
            link = _xml(f'<w:hyperlink w:anchor="_Toc{n}" w:history="1"/>')
            line._p.append(link)
            link.append(line.add_run(clean(said))._r)
        line.add_run()._r.append(_xml(FIELD.format("end")))

    def markdown(self, tokens: Iterable[dict], style: str = "Normal") -> None:
        """Blocks of Markdown (:func:`.prose.tree`), their paragraphs in a style."""
        for token in tokens:
            match token:
                case {"type": "heading", "attrs": {"level": level}}:
                    self.heading(prose.told(token), min(level + 1, 3))
                case {"type": "paragraph" | "block_text", "children": inline}:
                    self.paragraph(_runs(inline), style)
                case {"type": "block_code" | "block_html"}:
                    self.paragraph([(prose.told(token), LOOKS["codespan"])], "Normal")
                case {"type": "table", "children": [head, *bodies]}:
                    lines = [head, *(row for body in bodies for row in body["children"])]
                    columns, *rows = [[prose.told(cell) for cell in line["children"]] for line in lines]
                    numeric = [cell["attrs"]["align"] == "right" for cell in head["children"]]
                    self.table({"title": columns[0], "columns": columns, "rows": rows, "numeric": numeric})
                case {"children": inner}:
                    self.markdown(inner, "List Bullet" if token["type"] == "list_item" else "Normal")

    def items(self, items: Iterable[dict], into=None) -> None:
        """Items of a list with the numbers of their notes."""
        for item in items:
            self.paragraph(_runs_of(item), "List Bullet", into)

    def named(self, title: str, items: Iterable[list[Run]], style: str = "Normal") -> None:
        """Items in one paragraph behind its title."""
        stop, between = ("：", "；") if self.lang == "zh" else (": ", "; ")
        behind = [run for item in items for run in [(between, {}), *item]]
        self.paragraph([(title + stop, {"bold": True}), *behind[1:]], style)

    def theme(self, block: dict) -> None:
        """A theme of the brief: its heading and sentences, its chart beside them."""
        table = self.document.add_table(1, 2)
        table.autofit = False
        widths = (self.width * 0.62, self.width * 0.38)
        told, beside = table.rows[0].cells
        for column, cell, wide in zip(table.columns, (told, beside), widths, strict=True):
            column.width = cell.width = Inches(wide)
        head = _filled(office.styled(told.paragraphs[0], self.styles["Heading 2"]), [(block["title"], {})])
        head.paragraph_format.keep_with_next = False  # or the whole table stays together
        self.items(block["items"], told)
        if record := block["exhibit"]:
            office.into_document(beside, record, self.lang, widths[1] - 0.15, self.styles["Exhibit Chart"], height=1.45)
            beside._element.remove(beside.paragraphs[0]._p)

    def exhibit(self, record: dict) -> None:
        """An exhibit: its finding, chart or table with a numbered caption, reading, notes and sources."""
        lang, told, drawn = self.lang, shown(record, self.lang), office.drawn(record)
        self.heading(told["title"], 3)
        if drawn:
            office.into_document(self.document, record, lang, self.width, self.styles["Exhibit Chart"])
        kind = "figure" if drawn else "table"
        self.counts[kind] += 1
        caption = self.paragraph(WORDS[kind][lang] + " " * (lang == "en"), "Caption", keep=not drawn)
        number = f"<w:r><w:t>{self.counts[kind]}</w:t></w:r>"
        caption._p.append(_xml(rf'<w:fldSimple w:instr=" SEQ {kind.capitalize()} \* ARABIC ">{number}</w:fldSimple>'))
        _filled(caption, [(("　" if lang == "zh" else ". ") + told["subtitle"], {})])
        if not drawn:
            rows = told["table"]["rows"]
            self.table(told["table"] | {"rows": rows[:MOST_ROWS], "title": told["title"]})
            if len(rows) > MOST_ROWS:
                self.paragraph(WORDS["cut"][lang].format(shown=MOST_ROWS, rows=len(rows)), "Exhibit Note")
        if told["reading"]:
            self.paragraph(told["reading"], "Normal")
        for line in told["foot"]:
            self.paragraph(line, "Exhibit Note")

    def table(self, block: dict) -> None:
        """A table whose head repeats on each page; numbers stand right, no row breaks across pages."""
        rows = [list(map(clean, row)) for row in [block["columns"], *block["rows"]]]
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
        table._tbl.tblPr.append(_xml(f"<w:tblBorders>{edges}</w:tblBorders>"))
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), clean(block["title"])[:250])
        table._tbl.tblPr.append(caption)
        for n, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            if n == 0:
                row._tr.trPr.append(OxmlElement("w:tblHeader"))
            for cell, said, wide, number in zip(row.cells, cells, widths, block["numeric"], strict=True):
                cell.width = wide
                paragraph = office.styled(cell.paragraphs[0], self.styles["Table Text"])
                _filled(paragraph, [(said, {"bold": n == 0})])
                if number:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for row, notes in zip(table.rows[1:], block.get("refs", ()), strict=False):
            _filled(row.cells[0].paragraphs[0], _raised(notes))
        self.paragraph("", "Exhibit Note").paragraph_format.space_after = Pt(2)
