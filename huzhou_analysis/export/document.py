"""Document: the report in one language as a policy brief in Word, with captions, real footnotes and real headings.

What python-docx has no call for (footnotes, fields, the table of contents, a watermark) is written as the elements that
Word itself writes. Every field holds its result, so that nothing has to be updated before reading and nothing asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from .. import charts
from ..facts import words as i18n
from ..facts.words import Text, text
from . import office
from .html import WORDS as REPORT_WORDS
from .html import City, Section, city_of

PARTS = ("stand", "gaps", "outlook", "notes")
# Leading number of a notebook's name -> part of the brief; every other notebook tells where things stand.
PART_OF_NUMBER = {5: "gaps", 10: "gaps", 11: "outlook", 6: "notes", 7: "notes"}
ROWS_SHOWN, CARDS_SHOWN, CITATIONS_SHOWN = 15, 40, 2

WORDS: dict[str, Text] = {
    "kicker": text("政策简报", "Policy brief"),
    "short": text("{city}经济简报", "The economy of {city}: a brief"),
    "extent": text(
        "全文{findings}项发现，引用{figures}个印刷数字，出自{documents}份文件。",
        "{findings} findings from {figures} printed figures of {documents} documents.",
    ),
    "contents": text("目录", "Contents"),
    "summary": text("摘要", "Summary"),
    "stand": text("现状", "Where things stand"),
    "gaps": text("差距", "Gaps against the {year}targets"),
    "outlook": text("预测", "Projections"),
    "notes": text("附注", "Notes"),
    "method": text("方法", "Method"),
    "notation": text("图例", "Notation"),
    "sources": text("资料来源", "Sources"),
    "sources_caption": text(
        "全文引用的文件及各自的数字个数", "Documents cited in this brief, with the figures each gives"
    ),
    "figures_cited": text("引用数字", "Figures cited"),
    "figure": text("图", "Figure "),
    "table": text("表", "Table "),
    "item": text("项目", "Item"),
    "verdict": text("结论", "Verdict"),
    "see": text("（见{0}）", " ({0})"),
    "rows": text(
        "表中列出前{shown}行；工作簿载有全部{all}行。", "The first {shown} rows; the workbook holds all {all}."
    ),
    "cites": text("共引用{0}个数字", "{0} figures cited"),
    "cites_one": text("引用1个数字", "One figure cited"),
    "for_example": text("，如：", ", for example "),
    "namely": text("：", ": "),
    "rest": text("其余出处见工作簿。", "The workbook lists every citation."),
    "page": text("第{0}页，共{1}页", "Page {0} of {1}"),
    "keywords": text("{city}；经济；目标；核对；预测", "{city}; economy; targets; checks; projections"),
}
METHOD: tuple[Text, ...] = (
    text(
        "每个数字都注明出自哪份文件、哪个位置、原文怎样印；推算值一律标明，没有数字的写“无在案数字”。",
        "Every figure names its document, its place and the characters as printed. Derived values say so; where nothing "
        "is known the answer is “no figure on file”.",
    ),
    text(
        "印刷数字都经过四舍五入：增速、基期和合计均按舍入区间计算。",
        "Printed means rounded: growth, bases and sums are computed on rounding intervals.",
    ),
    text(
        "实际增速不是名义增速：可比价增速不用来折算现价水平值。",
        "Real is not nominal: growth at constant prices is never divided into a level at current prices.",
    ),
    text(
        "比重按百分点变动，不用复合增长率；“突破”“以上”按下限对待。",
        "Shares move in percentage points, never by compound growth; a bound is kept as a bound.",
    ),
    text(
        "招商宣传页面的宣称数字只列示，不入任何统计序列。",
        "Claims of promotional pages are shown and enter no statistical series.",
    ),
    text(
        "只有连续的年度实绩足够时才给出达标可能性；观测值太少的，照实写明，不作预测。",
        "A chance is given only where enough unbroken annual actuals are on file; elsewhere the brief says that there are "
        "too few to project.",
    ),
)

# A4 with margins of two centimetres; lengths in twentieths of a point, pictures in English Metric Units.
PAGE_WIDTH, PAGE_HEIGHT, SIDE, TOP, BOTTOM = 11906, 16838, 1134, 1190, 1077
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE
EMU = 635
OWN_STYLES = {"Kicker", "Extent", "Reading", "Picture", "ExhibitNote", "TableText", "TableTextSmall", "TableNote"}
INK, MUTED, RULE, SHADE = (c.lstrip("#").upper() for c in (charts.INK, charts.MUTED, charts.GRID, "#f3f5f8"))
ACCENT = office.COLOURS["actual"]
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# --- texts ----------------------------------------------------------------------------------------------------------


def clean(value: object) -> str:
    """A text as one line that XML can hold: forbidden characters go, breaks become spaces."""
    return re.sub(r"[\t\n\r]+", " ", _FORBIDDEN.sub("", str(value)))


def first_sentence(value: str) -> str:
    """First sentence of a reading; a decimal point ends none."""
    return re.split(r"(?<=[。！？])|(?<=[.!?])\s+(?=[A-Z“(≥≤>])", value.strip(), maxsplit=1)[0].strip()


def chinese_number(number: int) -> str:
    """A number from 1 to 99 as headings count: 一, 十二, 二十."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else digits[tens] + "十"
    return lead + (digits[ones] if ones or not tens else "")


def part_of(stem: str) -> str:
    """Part of the brief that a notebook belongs to, by the leading number of its name."""
    number = re.match(r"\d+", stem)
    return PART_OF_NUMBER.get(int(number[0]), "stand") if number else "stand"


def width_of(value: str) -> int:
    """Width in Latin characters: a Chinese character counts for two."""
    return sum(2 if office.is_cjk(c) else 1 for c in value)


# --- plan -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """An exhibit at its place in the brief."""

    record: dict
    section: Section
    kind: str
    number: int

    @property
    def anchor(self) -> str:
        return f"{self.kind}_{self.number}"

    def caption_label(self, lang: str) -> str:
        return f"{WORDS[self.kind][lang]}{self.number}"


def picture_of(section: Section, record: dict, lang: str) -> Path | None:
    """The exhibit's picture, or nothing where it has none."""
    path = section.folder / f"{record['id']}.{lang}.png"
    return path if record["chart"] and path.is_file() else None


def arrange(sections: Sequence[Section], lang: str) -> dict[str, list[tuple[Section, list[Item]]]]:
    """Sections with exhibits by part of the brief; figures and tables are numbered in the order of reading."""
    parts: dict[str, list[tuple[Section, list[Item]]]] = {part: [] for part in PARTS}
    for section in sections:
        if section.records:
            parts[part_of(section.stem)].append((section, []))
    counts = {"figure": 0, "table": 0}
    for part in PARTS:
        for section, items in parts[part]:
            for record in section.records:
                kind = "figure" if picture_of(section, record, lang) else "table"
                counts[kind] += 1
                items.append(Item(record, section, kind, counts[kind]))
    return parts


def column(record: dict, lang: str, name: str) -> list[str]:
    """A column of a record's citations by the code of its heading."""
    table = record["citations"][lang]
    place = table["columns"].index(i18n.label(name, lang))
    return [row[place] for row in table["rows"]]


def documents_cited(records: Iterable[dict], lang: str) -> dict[str, int]:
    """Documents with the number of different figures that each gives, most cited first."""
    figures: dict[str, set[str]] = {}
    for record in records:
        for document, figure in zip(column(record, lang, "document"), column(record, lang, "figure_id"), strict=True):
            figures.setdefault(document, set()).add(figure)
    return dict(sorted(((name, len(ids)) for name, ids in figures.items()), key=lambda pair: (-pair[1], pair[0])))


def source_note(record: dict, lang: str) -> str:
    """Footnote of an exhibit: its source line, how many figures it cites, and the first of them of each document."""
    source = record["foot"][lang][-1]
    names, places, printed = (column(record, lang, name) for name in ("document", "place", "printed"))
    if not names:
        return source
    firsts = list({name: n for n, name in reversed(list(enumerate(names)))}.values())
    picked = sorted(firsts)[:CITATIONS_SHOWN] if len(firsts) > 1 else list(range(min(len(names), CITATIONS_SHOWN)))
    comma, between = ("，", "；") if lang == "zh" else (", ", "; ")
    colon, end, space = ("：", "。", "") if lang == "zh" else (": ", ".", " ")
    # What the source line has named in full is called by its title alone.
    called = [re.sub(r"（[^（）]*）$| \([^()]*\)$", "", name) if name in source else name for name in names]
    examples = between.join(
        (called[n] + comma if len(firsts) > 1 else "") + f"{places[n]}{colon}“{printed[n]}”" for n in picked
    )
    count = WORDS["cites_one" if len(names) == 1 else "cites"][lang].format(i18n.number(len(names), 0))
    lead = WORDS["for_example" if len(names) > len(picked) else "namely"][lang]
    rest = space + WORDS["rest"][lang] if len(names) > len(picked) else ""
    source = source if source.endswith(("。", ".")) else source + end
    return f"{source}{space}{count}{lead}{examples}{end}{rest}"


def card_table(record: dict, lang: str) -> tuple[list[str], list[list[str]]]:
    """Cards as a table: heading, the first fact, and the verdict where there is one."""
    cards = record["cards"][lang]
    verdicts = {WORDS["verdict"][lang], i18n.label("verdict", lang)}
    first = {card["facts"][0][0] for card in cards if card["facts"]}
    rows = []
    for card in cards:
        verdict = next((value for label, value in card["facts"] if label in verdicts), "")
        rows.append([card["heading"], card["facts"][0][1] if card["facts"] else "", verdict])
    head = [WORDS["item"][lang], first.pop() if len(first) == 1 else "", WORDS["verdict"][lang]]
    keep = [n for n in range(3) if n == 0 or any(row[n] for row in rows)]
    return [head[n] for n in keep], [[row[n] for n in keep] for row in rows]


# --- elements -------------------------------------------------------------------------------------------------------


def node(tag: str, attributes: dict | None = None, *children):
    """An element with attributes of Word's own namespace unless they name another."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        element.set(qn(name if ":" in name else f"w:{name}"), clean(value))
    element.extend(child for child in children if child is not None)
    return element


def fonts(lang: str):
    """Latin and East Asian font; a Chinese text takes its quotation marks and dashes from the Chinese font."""
    names = {"ascii": office.LATIN, "hAnsi": office.LATIN, "eastAsia": office.EAST_ASIAN, "cs": office.LATIN}
    return node("w:rFonts", names | ({"hint": "eastAsia"} if lang == "zh" else {}))


def languages():
    return node("w:lang", {"val": "en-US", "eastAsia": "zh-CN", "bidi": "ar-SA"})


def properties(lang: str, *, style: str = "", bold: bool = False, colour: str = ""):
    """Properties of a run, in the order that the schema asks for."""
    return node(
        "w:rPr",
        None,
        node("w:rStyle", {"val": style}) if style else None,
        fonts(lang),
        node("w:b") if bold else None,
        node("w:color", {"val": colour}) if colour else None,
        languages(),
    )


def run(lang: str, value: object, **options):
    """A run of text; spaces at its ends stay."""
    element = node("w:t")
    element.text = clean(value)
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return node("w:r", None, properties(lang, **options), element)


def field_runs(lang: str, instruction: str, result: str, **options) -> list:
    """A field with its result already in it."""
    code = node("w:instrText")
    code.text = f" {instruction} "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return [
        node("w:r", None, properties(lang, **options), child)
        for child in (node("w:fldChar", {"fldCharType": "begin"}), code, node("w:fldChar", {"fldCharType": "separate"}))
    ] + [
        run(lang, result, **options),
        node("w:r", None, properties(lang, **options), node("w:fldChar", {"fldCharType": "end"})),
    ]


def paragraph(style: str, *content, keep: bool = False, right: bool = False, break_before: bool = False):
    """A paragraph of a style; `keep` holds it on the page of the next one."""
    return node(
        "w:p",
        None,
        node(
            "w:pPr",
            None,
            node("w:pStyle", {"val": style}),
            node("w:keepNext") if keep else None,
            node("w:pageBreakBefore") if break_before else None,
            node("w:jc", {"val": "right"}) if right else None,
        ),
        *content,
    )


def column_widths(head: Sequence[str], rows: Sequence[Sequence[str]], units: int, room: int = TEXT_WIDTH) -> list[int]:
    """Widths that give each column its longest word, and what is left to the columns that make rows tall.

    Parameters
    ----------
    head, rows : sequences of str
    units : int
        Latin characters that fit side by side in `room`.
    room : int
        Width of the table in twentieths of a point.
    """
    columns = [[name, *(row[n] for row in rows)] for n, name in enumerate(head)]
    lengths = [[width_of(cell) for cell in cells] for cells in columns]
    words = [
        [width_of(w) for cell in cells for w in re.findall(r"[!-,.-~£€−]+[-–]?|.", cell or " ")] for cells in columns
    ]
    widths = [max(4, min(max(found), 14)) + 2 for found in words]

    def burden(n: int, width: int) -> float:
        """How much a column makes its rows grow: tall cells weigh far more than short ones, a broken one more than whole."""
        lines = (have / (width - 2) for have in lengths[n])
        return sum((x if x <= 1 else x + 0.7) ** 3 for x in lines)

    for _ in range(units - sum(widths)):
        relief = [burden(n, width) - burden(n, width + 1) for n, width in enumerate(widths)]
        widths[relief.index(max(relief))] += 1
    shares = [int(room * width / sum(widths)) for width in widths]
    shares[-1] += room - sum(shares)
    return shares


def table(lang: str, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]):
    """A table whose first row repeats on each page; numbers stand right, no row breaks across pages."""
    head, rows = [clean(h) for h in head], [[clean(cell) for cell in row] for row in rows]
    style, units = ("TableText", 90) if len(head) <= 6 else ("TableTextSmall", 102)
    widths = column_widths(head, rows, units)

    def border(name: str, size: int, colour: str):
        return node(f"w:{name}", {"val": "single" if size else "nil", "sz": size, "space": 0, "color": colour})

    def row_of(cells: Sequence[str], is_head: bool, keep: bool):
        return node(
            "w:tr",
            None,
            node("w:trPr", None, node("w:cantSplit"), node("w:tblHeader") if is_head else None),
            *(
                node(
                    "w:tc",
                    None,
                    node(
                        "w:tcPr",
                        None,
                        node("w:tcW", {"w": width, "type": "dxa"}),
                        node("w:tcBorders", None, border("bottom", 8, ACCENT)) if is_head else None,
                        node("w:shd", {"val": "clear", "color": "auto", "fill": SHADE}) if is_head else None,
                        node("w:vAlign", {"val": "bottom"}) if is_head else None,
                    ),
                    paragraph(style, run(lang, cell, bold=is_head), keep=keep, right=is_number),
                )
                for cell, width, is_number in zip(cells, widths, numeric, strict=True)
            ),
        )

    return node(
        "w:tbl",
        None,
        node(
            "w:tblPr",
            None,
            node("w:tblW", {"w": sum(widths), "type": "dxa"}),
            node(
                "w:tblBorders",
                None,
                border("top", 8, ACCENT),
                border("bottom", 6, MUTED),
                border("insideH", 4, RULE),
            ),
            node("w:tblLayout", {"type": "fixed"}),
            node(
                "w:tblCellMar",
                None,
                *(
                    node(f"w:{side}", {"w": size, "type": "dxa"})
                    for side, size in (("top", 25), ("left", 60), ("bottom", 25), ("right", 60))
                ),
            ),
            node("w:tblLook", {"val": "0020", "firstRow": 1, "lastRow": 0, "firstColumn": 0, "lastColumn": 0}),
            node("w:tblCaption", {"val": title}),
        ),
        node("w:tblGrid", None, *(node("w:gridCol", {"w": width}) for width in widths)),
        row_of(head, True, True),
        # The head stays with its first rows, the last rows with what is said of them; the rest may go over the page.
        *(row_of(row, False, n < 2 or n >= len(rows) - 2) for n, row in enumerate(rows)),
    )


def cropped(path: Path, record: dict, lang: str) -> tuple[bytes, float, float]:
    """The chart without the title, subtitle and foot that a slide needs: the document sets them as text.

    Returns
    -------
    bytes, float, float
        PNG, and its width and height as shares of the picture's width.
    """
    from PIL import Image, ImageChops

    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    width, height = picture.size
    inches = charts.SIZES["slide"][0]
    with charts.house_style():
        canvas = charts.Canvas(
            lang,
            "slide",
            record["title"][lang],
            record["subtitle"][lang],
            record["foot"][lang],
            height=inches * height / width,
        )
    _, bottom, _, top = canvas.box
    per_inch = width / inches
    # The room begins below the last line of the subtitle and ends above the first line of the foot.
    room = (0, round((1 - top) * height - 0.06 * per_inch), width, round((1 - bottom) * height + 0.06 * per_inch))
    inside = picture.crop(room)
    ink = ImageChops.difference(inside, Image.new("RGB", inside.size, charts.PAPER)).getbbox()
    if ink is None:
        ink, inside = (0, 0, width, height), picture
    margin, air = round(0.26 * per_inch), round(0.05 * per_inch)
    box = (
        max(0, min(margin, ink[0] - air)),
        max(0, ink[1] - air),
        min(width, max(width - margin, ink[2] + air)),
        min(inside.height, ink[3] + air),
    )
    final = inside.crop(box)
    buffer = BytesIO()
    final.save(buffer, "PNG", optimize=True)
    return buffer.getvalue(), final.width / width, final.height / width


# --- the brief ------------------------------------------------------------------------------------------------------


@dataclass
class Brief:
    """A document under way: what it is written in, and what is counted while it is written."""

    document: object
    lang: str
    city: City
    footnotes: list[str] = field(default_factory=list)
    headings: list[tuple[int, str, str]] = field(default_factory=list)
    bookmarks: int = 0
    pictures: int = 0

    def words(self, key: str, *values: object, **named: object) -> str:
        filled = {k: v.format(*values, city="{city}", year="{year}", **named) for k, v in WORDS[key].items()}
        return self.city.said(filled)[self.lang]

    def run(self, value: object, **options):
        return run(self.lang, value, **options)

    def footnote(self, value: str):
        """The reference to a new footnote; -1 and 0 are Word's own separators."""
        self.footnotes.append(value)
        reference = node("w:footnoteReference", {"id": len(self.footnotes)})
        return node("w:r", None, properties(self.lang, style="FootnoteReference"), reference)

    def bookmarked(self, name: str, content: Sequence) -> list:
        self.bookmarks += 1
        start = node("w:bookmarkStart", {"id": self.bookmarks, "name": name})
        return [start, *content, node("w:bookmarkEnd", {"id": self.bookmarks})]

    def heading(self, level: int, value: str, **options):
        anchor = f"_Toc{len(self.headings) + 1:08d}"
        self.headings.append((level, clean(value), anchor))
        return paragraph(f"Heading{level}", *self.bookmarked(anchor, [self.run(value)]), **options)

    def link(self, anchor: str, *content):
        return node("w:hyperlink", {"anchor": anchor, "history": 1}, *content)

    def caption(self, kind: str, number: int, anchor: str, title: str, note: str, *, keep: bool):
        """A numbered caption; the footnote with the source hangs on it."""
        label = [
            self.run(WORDS[kind][self.lang], bold=True),
            *field_runs(self.lang, f"SEQ {kind.capitalize()} \\* ARABIC", str(number), bold=True),
        ]
        gap = "　" if self.lang == "zh" else ". "
        reference = [self.footnote(note)] if note else []
        return paragraph("Caption", *self.bookmarked(anchor, label), self.run(gap + title), *reference, keep=keep)

    def picture(self, path: Path, record: dict):
        """The chart in the width of the text, with what it shows in words for who cannot see it."""
        png, width, height = cropped(path, record, self.lang)
        # A full slide without its margins fills the text; every chart keeps that scale, so that their type is one size.
        scale = TEXT_WIDTH * EMU / (1 - 0.52 / charts.SIZES["slide"][0])
        size = min(1.0, TEXT_WIDTH * EMU / (width * scale))
        inline = self.document.part.new_pic_inline(
            BytesIO(png), round(width * scale * size), round(height * scale * size)
        )
        # Without these Word's own default applies in some programs, and the picture stands out of the margin.
        for side in "TBLR":
            inline.set(f"dist{side}", "0")
        self.pictures += 1
        for shape in (inline.docPr, inline.graphic.graphicData.pic.nvPicPr.cNvPr):
            shape.set("id", str(self.pictures))
            shape.set("name", f"{record['id']}.{self.lang}.png")
            shape.set("descr", clean(record["alt"][self.lang]))
        inline.docPr.set("title", clean(record["title"][self.lang]))
        drawing = node("w:drawing", None, inline)
        return paragraph("Picture", node("w:r", None, properties(self.lang), drawing), keep=True)

    def table_of(self, record: dict) -> tuple[list, int, int]:
        """The exhibit's table or cards: the table, rows shown, rows in all."""
        lang = self.lang
        if record["cards"][lang]:
            head, rows = card_table(record, lang)
            numeric, shown = [False] * len(head), CARDS_SHOWN
        else:
            head, rows = record["table"][lang]["columns"], record["table"][lang]["rows"]
            numeric, shown = record["numeric"], ROWS_SHOWN
        return [table(lang, record["title"][lang], head, rows[:shown], numeric)], min(shown, len(rows)), len(rows)

    def exhibit(self, item: Item, level: int) -> Iterator:
        """Finding, picture or table with its caption, reading, notes."""
        lang, record = self.lang, item.record
        yield self.heading(level, record["title"][lang])
        note = source_note(record, lang)
        subtitle = record["subtitle"][lang]
        path = picture_of(item.section, record, lang)
        if path:
            yield self.picture(path, record)
            yield self.caption(item.kind, item.number, item.anchor, subtitle, note, keep=False)
        else:
            yield self.caption(item.kind, item.number, item.anchor, subtitle, note, keep=True)
            body, shown, rows = self.table_of(record)
            yield from body
            if shown < rows:
                counts = {"shown": i18n.number(shown, 0), "all": i18n.number(rows, 0)}
                yield paragraph("TableNote", self.run(self.words("rows", **counts)), keep=True)
        notes = record["foot"][lang][:-1]
        yield paragraph("Reading", self.run(record["reading"][lang]), keep=bool(notes))
        yield from (paragraph("ExhibitNote", self.run(line)) for line in notes)

    def front(self, parts: dict) -> Iterator:
        """Title block and summary."""
        lang = self.lang
        items = [item for part in PARTS for _, found in parts[part] for item in found]
        records = [item.record for item in items]
        yield paragraph("Kicker", self.run(self.words("kicker")))
        yield paragraph("Title", self.run(self.city.said(REPORT_WORDS["title"])[lang]))
        yield paragraph("Subtitle", self.run(REPORT_WORDS["lead"][lang]))
        extent = {
            "findings": len(items),
            "figures": len({figure for record in records for figure in record["figures"]}),
            "documents": len(documents_cited(records, lang)),
        }
        counted = {name: i18n.number(value, 0) for name, value in extent.items()}
        yield paragraph("Extent", self.run(self.words("extent", **counted)))
        yield self.heading(1, self.words("summary"))
        for item in telling(parts):
            record = item.record
            end = "。" if lang == "zh" else ". "
            see = self.words("see", item.caption_label(lang)).strip()
            yield paragraph(
                "ListBullet",
                self.run(record["title"][lang] + end, bold=True),
                self.run(first_sentence(record["reading"][lang]) + ("" if lang == "zh" else " ")),
                self.link(item.anchor, self.run(see, colour=MUTED)),
            )

    def contents(self):
        """The table of contents: a field that Word can update, with its entries already in it."""
        lang = self.lang
        entries = [entry for entry in self.headings if entry[0] <= 2]
        lead = field_runs(lang, 'TOC \\o "1-2" \\h \\z \\u', "")[:3]
        close = node("w:r", None, properties(lang), node("w:fldChar", {"fldCharType": "end"}))
        lines = [
            paragraph(f"TOC{level}", *(lead if n == 0 else []), self.link(anchor, self.run(value)))
            for n, (level, value, anchor) in enumerate(entries)
        ]
        gallery = [
            node("w:docPartGallery", {"val": "Table of Contents"}),
            node("w:docPartUnique"),
        ]
        return node(
            "w:sdt",
            None,
            node("w:sdtPr", None, node("w:docPartObj", None, *gallery)),
            node(
                "w:sdtContent",
                None,
                paragraph("TOCHeading", self.run(self.words("contents")), break_before=True),
                *lines,
                paragraph("TOC1", close),
            ),
        )

    def body(self, parts: dict) -> Iterator:
        """The parts, their sections, their exhibits; notes close the brief."""
        lang, number = self.lang, 0
        for part in PARTS:
            if not parts[part] and part != "notes":
                continue
            title = self.words(part)
            if part != "notes":
                number += 1
                title = f"{chinese_number(number)}、{title}" if lang == "zh" else f"{number}. {title}"
            yield self.heading(1, title, break_before=True)
            for n, (section, items) in enumerate(parts[part], 1):
                name = section.title[lang]
                if part != "notes":
                    name = f"（{chinese_number(n)}）{name}" if lang == "zh" else f"{number}.{n} {name}"
                yield self.heading(2, name)
                for item in items:
                    yield from self.exhibit(item, 3)
        yield from self.closing(parts)

    def closing(self, parts: dict) -> Iterator:
        """Method, notation, and the documents cited."""
        lang = self.lang
        items = [item for part in PARTS for _, found in parts[part] for item in found]
        yield self.heading(2, self.words("method"))
        yield from (paragraph("ListBullet", self.run(line[lang])) for line in METHOD)
        yield self.heading(2, self.words("notation"))
        yield paragraph("Reading", self.run(REPORT_WORDS["key"][lang]))
        yield self.heading(2, self.words("sources"))
        cited = documents_cited((item.record for item in items), lang)
        number = 1 + sum(item.kind == "table" for item in items)
        title = self.words("sources_caption")
        yield self.caption("table", number, f"table_{number}", title, "", keep=True)
        head = [i18n.label("document", lang), self.words("figures_cited")]
        rows = [[name, i18n.number(count, 0)] for name, count in cited.items()]
        yield table(lang, title, head, rows, [False, True])
        yield paragraph("TableNote")


def telling(parts: dict[str, list[tuple[Section, list[Item]]]]) -> list[Item]:
    """Exhibits that the summary states: the first of each section, and the scoreboard."""
    return [
        item
        for part in PARTS
        for _, items in parts[part]
        for n, item in enumerate(items)
        if n == 0 or item.record["id"] == "scoreboard"
    ]


# --- what surrounds the text ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """A paragraph style: sizes in points, spaces in points."""

    id: str
    name: str
    size: float = 10.5
    bold: bool = False
    colour: str = INK
    before: float = 0
    after: float = 4
    line: float = 1.15
    keep: bool = False
    level: int | None = None
    indent: float = 0
    first_characters: int = 0
    exact: bool = False
    rule: str = ""
    centred: bool = False
    tab: bool = False

    @property
    def own(self) -> bool:
        """Whether Word has no style of that name."""
        return self.id in OWN_STYLES


def looks(lang: str) -> list[Look]:
    """The styles of the brief; Chinese paragraphs begin with a space of two characters, as officials print them."""
    return [
        Look("Normal", "Normal", after=6),
        Look("Kicker", "Kicker", 11, True, charts.TARGET.lstrip("#").upper(), 0, 4),
        Look("Title", "Title", 22, True, ACCENT, 0, 6, 1.1),
        Look("Subtitle", "Subtitle", 11, False, MUTED, 0, 4),
        Look("Extent", "Extent", 9.5, False, MUTED, 0, 6, rule="bottom"),
        Look("Heading1", "heading 1", 18, True, ACCENT, 14, 8, 1.1, True, 0, rule="bottom"),
        Look("Heading2", "heading 2", 14, True, ACCENT, 14, 4, 1.1, True, 1),
        Look("Heading3", "heading 3", 11.5, True, INK, 12, 4, 1.1, True, 2),
        Look("TOCHeading", "TOC Heading", 14, True, ACCENT, 16, 6, keep=True),
        Look("TOC1", "toc 1", 10.5, True, INK, 6, 2, tab=True),
        Look("TOC2", "toc 2", 10.5, False, INK, 0, 2, indent=18, tab=True),
        Look("Reading", "Reading", 10.5, before=5, after=4, line=1.2, first_characters=2 if lang == "zh" else 0),
        Look("ListBullet", "List Bullet", 10, after=3, line=1.15),
        Look("Picture", "Picture", 10.5, before=2, after=2, line=1.0, keep=True),
        Look("Caption", "caption", 9, False, MUTED, 2, 6),
        Look("ExhibitNote", "Exhibit Note", 8, False, MUTED, 0, 6),
        # Exact lines, so that a Chinese and a Latin cell of one row stand on one line whatever their fonts measure.
        Look("TableText", "Table Text", 8.5, after=0, line=1.4, exact=True),
        Look("TableTextSmall", "Table Text Small", 7.5, after=0, line=1.4, exact=True),
        Look("TableNote", "Table Note", 8, False, MUTED, 3, 5),
        Look("FootnoteText", "footnote text", 8, False, INK, 0, 2, 1.0),
        Look("Header", "header", 8.5, False, MUTED, 0, 0, 1.0, rule="bottom"),
        Look("Footer", "footer", 8.5, False, MUTED, 0, 0, 1.0, centred=True),
    ]


def style_of(look: Look, lang: str):
    """A style as Word writes it, elements in the order of the schema."""
    half = round(look.size * 2)
    edge = {"val": "single", "sz": 6, "space": 4, "color": RULE if look.id == "Header" else ACCENT}
    indent = {"left": round(look.indent * 20)} if look.indent else {}
    if look.first_characters:
        indent = {
            "firstLineChars": look.first_characters * 100,
            "firstLine": round(look.first_characters * look.size * 20),
        }
    if look.id == "ListBullet":
        indent = {"left": 284, "hanging": 284}
    return node(
        "w:style",
        {"type": "paragraph", "styleId": look.id}
        | ({"default": 1} if look.id == "Normal" else {})
        | ({"customStyle": 1} if look.own else {}),
        node("w:name", {"val": look.name}),
        node("w:basedOn", {"val": "Normal"}) if look.id != "Normal" else None,
        node("w:next", {"val": "Reading"}) if look.level is not None else None,
        node("w:uiPriority", {"val": 39}) if look.id.startswith("TOC") else None,
        node("w:qFormat"),
        node(
            "w:pPr",
            None,
            node("w:keepNext") if look.keep else None,
            node("w:keepLines") if look.keep else None,
            node("w:widowControl"),
            node("w:numPr", None, node("w:numId", {"val": 1})) if look.id == "ListBullet" else None,
            node("w:pBdr", None, node(f"w:{look.rule}", edge)) if look.rule else None,
            node("w:tabs", None, node("w:tab", {"val": "right", "leader": "dot", "pos": TEXT_WIDTH}))
            if look.tab
            else None,
            node(
                "w:spacing",
                {
                    "before": round(look.before * 20),
                    "after": round(look.after * 20),
                    "line": round(look.line * (look.size * 20 if look.exact else 240)),
                    "lineRule": "exact" if look.exact else "auto",
                },
            ),
            node("w:ind", indent) if indent else None,
            node("w:jc", {"val": "center"}) if look.centred else None,
            node("w:outlineLvl", {"val": look.level}) if look.level is not None else None,
        ),
        node(
            "w:rPr",
            None,
            fonts(lang),
            node("w:b", {"val": int(look.bold)}),
            node("w:i", {"val": 0}),
            node("w:color", {"val": look.colour}),
            node("w:sz", {"val": half}),
            node("w:szCs", {"val": half}),
            languages(),
        ),
    )


def set_styles(document, lang: str) -> None:
    """Put the brief's styles in place of the template's, and named fonts in place of its theme's."""
    from docx.oxml.ns import qn

    root = document.styles.element
    listed = {"DefaultParagraphFont", "TableNormal", "NoList"}
    for style in root.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in listed:
            root.remove(style)
    defaults = root.find(qn("w:docDefaults"))
    defaults.find(qn("w:rPrDefault")).replace(
        defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}"), node("w:rPr", None, fonts(lang), languages())
    )
    spacing = {"after": 0, "line": 240, "lineRule": "auto"}
    defaults.find(qn("w:pPrDefault")).replace(
        defaults.find(f"{qn('w:pPrDefault')}/{qn('w:pPr')}"),
        node("w:pPr", None, node("w:widowControl"), node("w:spacing", spacing)),
    )
    root.extend(style_of(look, lang) for look in looks(lang))
    reference = node("w:rPr", None, fonts(lang), node("w:vertAlign", {"val": "superscript"}), languages())
    root.append(
        node(
            "w:style",
            {"type": "character", "styleId": "FootnoteReference"},
            node("w:name", {"val": "footnote reference"}),
            node("w:basedOn", {"val": "DefaultParagraphFont"}),
            reference,
        )
    )


def set_bullets(document) -> None:
    """One list in place of the template's, whose styles are gone."""
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    level = node(
        "w:lvl",
        {"ilvl": 0},
        node("w:start", {"val": 1}),
        node("w:numFmt", {"val": "bullet"}),
        node("w:pStyle", {"val": "ListBullet"}),
        node("w:lvlText", {"val": "•"}),
        node("w:lvlJc", {"val": "left"}),
        node("w:pPr", None, node("w:ind", {"left": 284, "hanging": 284})),
        node("w:rPr", None, node("w:rFonts", {"ascii": office.LATIN, "hAnsi": office.LATIN, "hint": "default"})),
    )
    numbering.append(
        node("w:abstractNum", {"abstractNumId": 0}, node("w:multiLevelType", {"val": "singleLevel"}), level)
    )
    numbering.append(node("w:num", {"numId": 1}, node("w:abstractNumId", {"val": 0})))


def set_page(document) -> None:
    """A4, one section; the first page has a footer and no header."""
    from docx.shared import Twips

    section = document.sections[0]
    section.page_width, section.page_height = Twips(PAGE_WIDTH), Twips(PAGE_HEIGHT)
    section.left_margin = section.right_margin = Twips(SIDE)
    section.top_margin, section.bottom_margin = Twips(TOP), Twips(BOTTOM)
    section.header_distance = section.footer_distance = Twips(624)
    section.different_first_page_header_footer = True


def fill(part, *paragraphs) -> None:
    """Replace what a header or footer holds."""
    element = part._element
    for child in list(element):
        element.remove(child)
    element.extend(paragraphs)


def watermark_run(lang: str, value: str, number: int):
    """WordArt across the page, as Word's own watermarks are."""
    from docx.oxml import parse_xml

    size = max(40, min(150, 900 // max(1, width_of(value))))
    shape = parse_xml(
        '<w:pict xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:w10="urn:schemas-microsoft-com:office:word">'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
        '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>'
        '<v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="custom" '
        'o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
        '<v:textpath on="t" fitshape="t"/><v:handles><v:h position="#0,bottomRight" xrange="6629,14971"/></v:handles>'
        '<o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>'
        f'<v:shape id="PowerPlusWaterMarkObject{number}" o:spid="_x0000_s{2048 + number}" type="#_x0000_t136" '
        f'style="position:absolute;margin-left:0;margin-top:0;width:{size * width_of(value) * 0.55:.0f}pt;'
        f"height:{size}pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;"
        "mso-position-horizontal-relative:margin;mso-position-vertical:center;"
        f'mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#{office.COLOURS["comparison"]}" stroked="f">'
        f'<v:fill opacity=".35"/><v:textpath style="font-family:&quot;{office.EAST_ASIAN}&quot;;font-size:1pt"/>'
        '<w10:wrap anchorx="margin" anchory="margin"/></v:shape></w:pict>'
    )
    # Set after parsing: a text is never markup.
    shape.find(".//{urn:schemas-microsoft-com:vml}shape/{urn:schemas-microsoft-com:vml}textpath").set("string", value)
    shape.find("{urn:schemas-microsoft-com:vml}shape").set("alt", value)
    return node("w:r", None, properties(lang), shape)


def set_running_texts(brief: Brief, watermark: str) -> None:
    """Short title in the header, page numbers in the footer, the watermark behind the text of every page."""
    lang, section = brief.lang, brief.document.sections[0]
    watermark = clean(watermark).strip()
    marks = [[watermark_run(lang, watermark, n)] if watermark else [] for n in (1, 2)]
    fill(section.first_page_header, paragraph("TableNote", *marks[0]))
    fill(section.header, paragraph("Header", brief.run(brief.words("short")), *marks[1]))
    before, between, after = re.split(r"\{\d\}", WORDS["page"][lang])
    for footer in (section.first_page_footer, section.footer):
        fill(
            footer,
            paragraph(
                "Footer",
                brief.run(before),
                *field_runs(lang, "PAGE", "1"),
                brief.run(between),
                *field_runs(lang, "NUMPAGES", "1"),
                *([brief.run(after)] if after else []),
            ),
        )


def add_footnotes(brief: Brief) -> None:
    """The part that holds the footnotes, and its relation to the document."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml.ns import qn
    from lxml import etree

    lang = brief.lang
    root = node("w:footnotes")
    for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
        mark = node("w:r", None, properties(lang), node(f"w:{kind}"))
        root.append(node("w:footnote", {"type": kind, "id": number}, paragraph("FootnoteText", mark)))
    for number, value in enumerate(brief.footnotes, 1):
        mark = node("w:r", None, properties(lang, style="FootnoteReference"), node("w:footnoteRef"))
        content = paragraph("FootnoteText", mark, run(lang, " " + value))
        root.append(node("w:footnote", {"id": number}, content))
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    part = brief.document.part
    notes = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, body, part.package)
    part.relate_to(notes, RELATIONSHIP_TYPE.FOOTNOTES)
    settings = brief.document.settings.element
    listed = node("w:footnotePr", None, *(node("w:footnote", {"id": number}) for number in (-1, 0)))
    settings.insert(list(settings).index(settings.find(qn("w:compat"))), listed)


def set_settings(document) -> None:
    """Current Word, not its compatibility mode; the languages of the text; nothing of whoever made the template."""
    from docx.oxml.ns import qn

    settings = document.settings.element
    for name in ("proofState", "rsids", "savePreviewPicture"):
        for found in settings.findall(qn(f"w:{name}")):
            settings.remove(found)
    for found in settings.iter(qn("w:compatSetting")):
        if found.get(qn("w:name")) == "compatibilityMode":
            found.set(qn("w:val"), "15")
    theme = settings.find(qn("w:themeFontLang"))
    theme.set(qn("w:val"), "en-US")
    theme.set(qn("w:eastAsia"), "zh-CN")
    # Parts of the template that the brief does not use.
    for owner in (document.part, document.part.package):
        for key, relation in list(owner.rels.items()):
            if relation.reltype.rsplit("/", 1)[-1] in (
                "stylesWithEffects",
                "customXml",
                "thumbnail",
                "extended-properties",
            ):
                owner.rels.pop(key)


def set_core_properties(document, title: str, keywords: str, lang: str) -> None:
    from datetime import datetime

    core = document.core_properties
    core.title, core.subject, core.keywords = clean(title)[:255], WORDS["kicker"][lang], clean(keywords)[:255]
    core.author = core.last_modified_by = core.comments = core.category = ""
    core.language = {"zh": "zh-CN", "en": "en-US"}[lang]
    core.revision = 1
    core.created = core.modified = datetime(1980, 1, 1)


def write(sections: Sequence[Section], lang: str, path: str | Path, *, data=None, watermark: str = "") -> Path:
    """Write the brief in one language.

    Parameters
    ----------
    sections : sequence of Section
        A single exhibit gives a page with that exhibit alone; more give the whole brief.
    lang : str
        ``zh`` or ``en``.
    path : str or Path
        File to write.
    data : Data, optional
        Not needed: everything that a document shows stands in the records.
    watermark : str
        Text across every page, such as 草稿.

    Returns
    -------
    Path
        The file; two runs on equal records write equal bytes.
    """
    from docx import Document

    path = Path(path)
    document = Document()
    set_styles(document, lang)
    set_bullets(document)
    set_settings(document)
    set_page(document)
    city = city_of(sections)
    brief = Brief(document, lang, city)
    parts = arrange(sections, lang)
    items = [item for part in PARTS for _, found in parts[part] for item in found]
    if len(items) == 1:
        title = items[0].record["title"][lang]
        content = list(brief.exhibit(items[0], 1))
    else:
        title = city.said(REPORT_WORDS["title"])[lang]
        content = list(brief.front(parts))
        place = len(content)
        content += brief.body(parts)
        content.insert(place, brief.contents())
    body = document.element.body
    end = body.sectPr
    for element in content:
        end.addprevious(element)
    set_running_texts(brief, watermark)
    add_footnotes(brief)
    set_core_properties(document, title, brief.words("keywords"), lang)
    document.save(str(path))
    office.settle(path)
    return path
