"""Workbook: figures, gaps and growth with live formulas, and every exhibit with its table, native charts and notes.

Accessible after the manner of the UK government's ``gptables``: a title in A1, notes above the table, one table after
another in one column of the sheet, a reason for each blank, no merged cells, frozen headers. Text from the data is
always written as text, never as a formula.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from .. import charts
from ..facts import words as i18n
from ..facts.words import Text, text
from . import office
from .html import WORDS as REPORT
from .html import City, city_of
from .workbook_live import REASONS, Field, Formula, Grid, check_words

if TYPE_CHECKING:
    from ..facts.data import Data
    from .html import Section

FIGURES, GAPS, GROWTH, SOURCES, CITATIONS = "figures", "gaps", "growth", "sources", "citations"
WORDS: dict[str, Text] = {
    "cover": text("封面", "Cover"),
    "contents": text("目录", "Contents"),
    "back": text("返回目录", "Back to contents"),
    "sheet": text("工作表", "Sheet"),
    "title": text("标题", "Title"),
    "kind": text("种类", "Kind"),
    "section": text("章节", "Section"),
    "number": text("序号", "No."),
    "exhibit": text("图表", "Exhibit"),
    "input": text("可改的数字", "Input"),
    "input_error": text("这里应为数字，不带单位。", "A number is expected here, without a unit."),
    "live": text("随数字重算", "Live formulas"),
    "reference": text("出处", "Reference"),
    "item": text("项目", "Item"),
    "value": text("内容", "Content"),
    "group": text("条目", "Entry"),
    "chart_data": text("图表数据", "Chart data"),
    "category": text("类别", "Category"),
    "used_in": text("用于", "Used in"),
    "shorthand": text("空格说明：", "Why a cell holds no number: "),
    "chart_blank": text(
        "图表数据中的空格表示该点没有数值；改动图表数据，图随之变动。",
        "A blank in the chart data: no value at that point. Change the chart data and the chart follows.",
    ),
    "dash": text("“—”表示没有内容。", "“—”: nothing to state."),
    "figures_title": text("数字：所有在案的印刷数字（输入表）", "Figures: every printed number on file (input sheet)"),
    "figures_note": text(
        "蓝字黄底的单元格可改：改动“数值（可改）”，gaps 与 growth 两表的差距、所需速度与结论随即重算。"
        "“在案数值”保留原数；改过的数字以橙色标出。表下空行可补录新数字（编号、年份、数值须填写）。",
        "Cells in blue on yellow are input: change “Value (input)” and the gaps, paces and verdicts of the sheets gaps "
        "and growth are recomputed. “Value on file” keeps the number as filed; a changed one turns orange. New figures "
        "may be added in the empty rows below (id, year and value are needed).",
    ),
    "figures_units": text(
        "数值用印刷单位；推算值不在此表。界限：≥不低于，>高于，≤不高于，<低于，≈约，–区间。",
        "Values are in English units (亿元 = CNY 0.1 bn); the characters as printed stand beside them. Nothing derived is "
        "on this sheet. Bounds: ≥ at least, > above, ≤ at most, < below, ≈ about, – range.",
    ),
    "gaps_title": text(
        "目标差距：每个目标与最近可比实绩（公式随数字变动）",
        "Gaps: every target against the latest comparable actual (live formulas)",
    ),
    "gaps_note": text(
        "目标、实绩按编号从 figures 表取数；此后每年所需：水平值＝(目标/实绩)^(1/剩余年数)−1，百分点与数量＝(目标−实绩)/剩余年数。"
        "规划路径：水平值在载明年份之间按几何插值，其余按直线。",
        "Targets and actuals are looked up on the sheet figures by id. Needed a year from now: (target/actual)^(1/years "
        "left) − 1 for levels, (target − actual)/years left for points and numbers. The plan's path runs geometrically "
        "between named years for levels, straight for the rest.",
    ),
    "gaps_rule": text(
        "结论：已达到＝达到最终目标的界限；超前＝已到路径次年值；按计划＝不低于路径当年值；明显落后＝所需速度超过路径要求的两倍；"
        "否则为落后；无路径时以现有速度与所需速度相比。规划期以前的实绩不作判断。",
        "Verdict: met = the bound of the final target holds; ahead = at the path's value of a year later; on track = at "
        "the path's value of its year; far behind = more than twice the pace that the path asks is needed; else behind. "
        "Where no path is printed, the present pace is set against the pace needed. An actual of before the plan gives "
        "no verdict.",
    ),
    "gaps_check": text(
        "“核对”将随数字变动的结论与建库时由程序库得出的结论相比。“依据”“是否稳健”是建库时的文字，不随改动更新。",
        "“Check” sets the live verdict against the one that the library gave when the workbook was built. The texts "
        "“Rule” and “How firm” are as built and do not follow a change.",
    ),
    "growth_title": text(
        "增速核对：印刷增速与由水平值重算的增速（公式随数字变动）",
        "Growth: printed rates against rates recomputed from levels (live formulas)",
    ),
    "growth_note": text(
        "重算增速＝(本期/上年同期−1)×100，百分点变动为两者之差；上下限由舍入半宽得出："
        "印刷的300.8可代表300.75至300.85。可比价增速与现价水平值之差是价格变动，不是矛盾。",
        "Recomputed rate = (level/level before − 1) × 100, or the difference for a change in points. Its ends follow from "
        "half the last printed place: 300.8 stands for 300.75 to 300.85. A rate at constant prices differs from levels at "
        "current prices by price change; that is no contradiction.",
    ),
    "sources_title": text("资料来源：印出这些数字的文件", "Sources: the documents that print the figures"),
    "sources_note": text(
        "层级表示可信程度；网址以文字列出，不设链接。",
        "The tier says how far to trust a document. Addresses are plain text, not links.",
    ),
    "citations_title": text("出处：各图表所用的每个数字", "Citations: every figure used in an exhibit"),
    "cover_what": text("内容", "What this is"),
    "cover_what_text": text(
        "{city}经济的印刷数字、核对与目标：每个图表一张表，附可编辑的图、数据、注与出处。",
        "Printed figures, checks and targets of the economy of {city}: one sheet an exhibit, with an editable chart, its "
        "data, notes and sources.",
    ),
    "cover_read": text("读法", "How to read it"),
    "cover_read_text": text(
        "从“目录”进入。每张表的A1为标题，其下依次为口径、解读、注与资料来源，再下为数据表；表头冻结，可筛选。",
        "Start from the sheet Contents. On each sheet A1 is the title; measure, reading, notes and sources follow, then "
        "the table with a frozen header and filters.",
    ),
    "cover_live": text("哪些表会重算", "Which sheets are live"),
    "cover_live_text": text(
        "figures 为输入表；gaps 与 growth 用公式引用它，改动一个数字，结论随之变动。图表各表为建库时的数值，不随输入变动。",
        "The sheet figures is input; gaps and growth refer to it by formulas, so that a changed figure moves the verdict. "
        "The sheets of exhibits hold the values as built and do not follow the input.",
    ),
    "cover_static": text(
        "本文件只含图表，数值不随输入变动；完整工作簿另有输入表与公式。",
        "This file holds exhibits only, with values as built; the full workbook also has an input sheet and formulas.",
    ),
    "cover_notation": text("图例", "Notation"),
    "cover_notation_text": text(
        "深色实心＝实绩；浅色＝初步或未核实；空心橙框＝目标；虚线或斜纹＝推算与预测；紫色斜纹＝宣称（未经核实）。"
        "蓝字黄底＝可改的数字。",
        "Dark and solid = actual; light = provisional or unvalidated; outlined in orange = target; dashed or striped = "
        "derived or forecast; purple stripes = claim (unvalidated). Blue on yellow = input.",
    ),
    "cover_blank": text("空格", "Blanks"),
    "cover_blank_text": text(
        "应有数字而没有之处写明方括号代码，含义见该表的说明。",
        "Where a number is missing a code in square brackets says why; the notes of the sheet explain it.",
    ),
    "cover_changed": text("改动过的数字", "Figures changed"),
    "cover_moved": text("因此变动的结论", "Verdicts moved by it"),
    "cover_counts": text("结论为“{}”的目标", "Targets that are “{}”"),
    "now": text("现在", "Now"),
    "built": text("建库时", "As built"),
    "watermark": text("标记", "Mark"),
}
VERDICTS = (
    "met",
    "ahead",
    "on_track",
    "behind",
    "far_behind",
    "missed",
    "open",
    "not_comparable",
    "no_figure_on_file",
)
TABS = {"cover": "0B3C5D", "input": "E69F00", "live": "009E73", "exhibit": "56B4E9", "reference": "9DB8CC"}
BAND = 130  # characters to a line of notes, at least
WIDEST, NARROWEST = 52, 8
ROOM_BESIDE = 120  # characters of a table that leave room for charts beside it
PAGE = (1040, 670)  # pixels of a sheet of A4, lying, between its margins
ROWS_A_PAGE = 75  # rows that still read well on one printed page
SPARE_ROWS = 500  # rows below the figures that the formulas look at as well
LINE = 15  # points to a line of text
LAST_PRINTED = ("check", "within", "as_printed", "source_id")  # columns behind these are for the screen
# What XML forbids, and halves of surrogate pairs, which no file can hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_QUANTITY = re.compile(r"(?P<before>[^\d+−\-]*)(?P<number>[+−-]?\d[\d,]*(?:\.\d+)?)(?P<after>\D*)")


@dataclass(frozen=True)
class Sheet:
    """What the contents list about a sheet."""

    name: str
    title: str
    kind: str
    section: str = ""


@dataclass
class Book:
    """A workbook being written: formats made once each, names given out once each, tables numbered."""

    book: object
    lang: str
    watermark: str = ""
    city: City = field(default_factory=City)
    formats: dict = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    tables: int = 0

    def format(self, words: str = "", **properties):
        """A cell format; its font is the one that can show `words`."""
        asian = self.lang == "zh" or office.is_cjk(words)
        if words[:1] in tuple("=+-@"):
            # Editing such a cell in Excel must not turn its text into a formula.
            properties = properties | {"quote_prefix": True}
        every = {
            "font_name": office.EAST_ASIAN if asian else office.LATIN,
            "font_size": 10,
            "font_color": "#" + charts.INK.lstrip("#"),
            "valign": "top",
        } | properties
        if every.get("num_format", "@") == "@" and every.get("align", "left") == "left" and every.get("text_wrap"):
            every |= {"align": "left", "indent": 1}
        key = tuple(sorted(every.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(every)
        return self.formats[key]

    def word(self, key: str) -> str:
        return self.city.said(WORDS[key])[self.lang]

    @property
    def title(self) -> str:
        return self.city.said(REPORT["title"])[self.lang]

    def add(self, name: str, kind: str):
        """A new worksheet with its print set-up."""
        sheet = self.book.add_worksheet(name)
        sheet.set_tab_color("#" + TABS[kind])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        mark = self.watermark.replace("&", "&&")
        sheet.set_header(f"&R&9{mark}" if mark else "")
        sheet.set_footer("&L&9&A&R&9&P / &N")
        sheet.set_default_row(LINE)
        return sheet

    def table_name(self) -> str:
        self.tables += 1
        return f"table_{self.tables}"


def write(
    sections: Sequence[Section], lang: str, path: str | Path, *, data: Data | None = None, watermark: str = ""
) -> None:
    """Write the workbook.

    Parameters
    ----------
    sections : sequence of Section
        Exhibits, in order.
    lang : str
        ``zh`` or ``en``.
    path : path
        File to write (``.xlsx``).
    data : Data, optional
        With it the workbook has the figures, the live formulas of gaps and growth, and the sources; without it only the
        exhibits and their citations.
    watermark : str
        A mark such as 草稿, on the cover and in the header of each printed page.
    """
    import datetime

    import xlsxwriter

    path = Path(path)
    made = xlsxwriter.Workbook(
        path,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
            "default_format_properties": {
                "font_name": office.EAST_ASIAN if lang == "zh" else office.LATIN,
                "font_size": 10,
            },
        },
    )
    city = city_of(sections)
    made.set_properties(
        {
            "title": city.said(REPORT["title"])[lang],
            "comments": REPORT["lead"][lang],
            "created": datetime.datetime(*office.MOMENT),
        }
    )
    made.set_size(2400, 1400)
    book = Book(made, lang, clean(watermark), city)
    records = [(section, record) for section in sections for record in section.records]
    cover, contents = book.add(book.word("cover"), "cover"), book.add(book.word("contents"), "cover")
    book.names |= {s.lower() for s in (book.word("cover"), book.word("contents"), "history")}
    sheets, live = [], None
    reserved = (FIGURES, GAPS, GROWTH, SOURCES, CITATIONS)
    book.names |= set(reserved)
    if data is not None:
        live, grids = _live_sheets(book, data)
        sheets += live
    for section, record in records:
        name = sheet_name(record["id"], book.names)
        _exhibit_sheet(book, name, record)
        sheets.append(Sheet(name, clean(record["title"][lang]), "exhibit", clean(section.title[lang])))
    if data is not None:
        sheets.append(_sources_sheet(book, data, {i for _, r in records for i in r["figures"]}))
    sheets.append(_citations_sheet(book, [record for _, record in records]))
    _contents_sheet(book, contents, sheets)
    _cover_sheet(book, cover, grids if data is not None else None)
    cover.activate()
    made.close()
    _east_asian_charts(path, lang)
    office.settle(path)


# --- words ---------------------------------------------------------------------------------------------------------


def clean(words: str) -> str:
    """A text that any file can hold: without control characters, no longer than a cell allows."""
    return _FORBIDDEN.sub("", str(words)).replace("\r\n", "\n").replace("\r", "\n")[:32_767]


def width(words: str) -> int:
    """Columns that a text takes: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)


def lines(words: str, room: int) -> list[str]:
    """A text broken into lines; Latin words stay whole, and no line begins with a closing mark."""
    # A piece is a Chinese character with the marks that follow it, or a run of anything else up to a space.
    pieces = re.findall(
        r"[“（《「]*[\u2e80-\u9fff\uac00-\ud7a3][，。、；：？！）》」”’%]*|\s+|[^\s\u2e80-\u9fff]{1,40}", clean(words)
    )
    out, line = [], ""
    for piece in pieces:
        if line and width(line) + width(piece.rstrip()) > room:
            out.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*out, line.rstrip()] if line.strip() or not out else out


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that a sheet may bear, unlike all others: at most 31 characters, none of ``[]:*?/\\``."""
    words = (re.sub(r"[\[\]:*?/\\]", "_", clean(wanted)).strip("' ") or "exhibit").split("_")
    while len("_".join(words)) > 31 and max(map(len, words)) > 3:
        longest = max(range(len(words)), key=lambda i: len(words[i]))
        words[longest] = words[longest][:-1]
    base = "_".join(words)[:31]
    name, n = base, 1
    while name.lower() in taken:
        n += 1
        name = f"{base[: 30 - len(str(n))]}_{n}"
    taken.add(name.lower())
    return name


def headings(names: Iterable[str]) -> list[str]:
    """Headings of a table: each once, none empty, on one line."""
    out: list[str] = []
    for name in names:
        base = re.sub(r"\s+", " ", clean(name)).strip()[:240] or "—"
        heading, n = base, 1
        while heading.lower() in {h.lower() for h in out}:
            n += 1
            heading = f"{base} ({n})"
        out.append(heading)
    return out


def number_format(
    decimals: int, *, signed: bool = False, grouped: bool = True, before: str = "", after: str = ""
) -> str:
    """Number format with so many decimals, and a unit that is shown beside the number without being part of it."""
    digits = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    lead, tail = (f'"{words}"' if words else "" for words in (before, after))
    body = f"{lead}{digits}{tail}"
    return f"{lead}+{digits}{tail};{lead}-{digits}{tail};{body}" if signed else body


@dataclass(frozen=True)
class Quantity:
    """A number as a table shows it: what stands before and after it, its decimals and whether it bears its sign."""

    value: float
    decimals: int
    signed: bool
    grouped: bool
    before: str
    after: str

    @classmethod
    def read(cls, words: str) -> Quantity | None:
        """None where a text is no single number with a unit."""
        match = _QUANTITY.fullmatch(words)
        if not match or any(c in words for c in '"\n'):
            return None
        digits = match["number"].replace(",", "").replace("−", "-")
        if len(re.sub(r"\D", "", digits)) > 15:
            return None
        whole, _, part = digits.partition(".")
        return cls(
            float(digits),
            len(part),
            digits[0] == "+",
            "," in match["number"] or len(whole.lstrip("+-")) < 4,
            match["before"],
            match["after"],
        )

    @property
    def format(self) -> str:
        return number_format(
            self.decimals, signed=self.signed, grouped=self.grouped, before=self.before, after=self.after
        )


BLANK = ("", "—", "–", "-")


def quantities(column: Sequence[str], numeric: bool) -> list[Quantity | None] | None:
    """The numbers of a column of texts, or None if it is text.

    A column is of numbers if its exhibit says so, or if all its cells are numbers of one unit; a column of years stays
    text.
    """
    read = [None if cell in BLANK else Quantity.read(cell) for cell in column]
    found = [q for q in read if q]
    if not found:
        return None
    if numeric:
        return [q if q and not q.before.strip() and not q.after.strip() else None for q in read]
    one_unit = len({(q.before, q.after) for q in found}) == 1
    unit = (found[0].before + found[0].after).strip()
    whole = all(q or cell in BLANK for q, cell in zip(read, column, strict=True))
    dated = found[0].after.startswith(("年", "月", "日"))
    return read if one_unit and whole and unit and not dated and not found[0].before.strip().isalnum() else None


# --- sheets in general ---------------------------------------------------------------------------------------------


def _heading_rows(
    book: Book, sheet, title: str, subtitle: str, notes: Sequence[str], room: int, back: bool = True
) -> int:
    """Title, subtitle, notes line by line and the way back; returns the first row below.

    Notes are broken over several rows: a merged or a very high cell would do the same and be read by no screen reader,
    or push the table off the screen when the header is frozen.
    """
    title, subtitle = clean(title), clean(subtitle)
    sheet.write_string(
        0, 0, title, book.format(title, bold=True, font_size=14, font_color="#" + office.COLOURS["actual"])
    )
    sheet.set_row(0, 21)
    row = 1
    muted = "#" + charts.MUTED.lstrip("#")
    if subtitle:
        sheet.write_string(row, 0, subtitle, book.format(subtitle, font_color=muted))
        row += 1
    for note in notes:
        for line in lines(note, max(room, BAND)):
            sheet.write_string(row, 0, line, book.format(line))
            row += 1
    if back:
        way = book.word("back")
        style = book.format(way, font_color="#0072B2", underline=1)
        sheet.write_url(row, 0, f"internal:'{book.word('contents')}'!A1", style, way)
        row += 1
    return row


def _table(
    book: Book, sheet, first: int, heads: Sequence[str], count: int, column: int = 0, *, filters: bool = True
) -> None:
    """The header of a table of `count` rows as a real table of the format."""
    names = headings(heads)
    style = {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": "#" + office.COLOURS["actual"],
        "text_wrap": True,
        "valign": "vcenter",
        "border": 1,
        "border_color": "#FFFFFF",
    }
    sheet.add_table(
        first,
        column,
        first + max(count, 1),
        column + len(names) - 1,
        {
            "name": book.table_name(),
            "style": "Table Style Light 1",
            "autofilter": filters,
            "columns": [{"header": name, "header_format": book.format(name, **style)} for name in names],
        },
    )


def _widths(heads: Sequence[str], columns: Sequence[Sequence[str]], widest: int = WIDEST) -> list[int]:
    """Widths of columns: wide enough for most of what they hold; longer texts wrap."""
    out = []
    for head, cells in zip(heads, columns, strict=True):
        longest = max((width(part) for cell in cells for part in str(cell).split("\n")), default=0)
        word = max((width(part) for part in head.split()), default=0) if not office.is_cjk(head) else 0
        # A heading takes two lines or more beside its filter button, but no word of it is broken.
        heading = -(-(width(head) + 3) // 2) if width(head) > 12 else width(head) + 4
        out.append(min(widest, max(NARROWEST, longest + 2, heading, word + 4)))
    return out


def _height(cells: Sequence[str], widths: Sequence[int]) -> int:
    """Lines that the highest cell of a row takes."""
    return max(
        (
            sum(max(1, -(-width(part) // max(1, room - 2))) for part in str(cell).split("\n"))
            for cell, room in zip(cells, widths, strict=True)
        ),
        default=1,
    )


def _set_height(sheet, row: int, count: int) -> None:
    if count > 1:
        sheet.set_row(row, min(409, LINE * count))


def _reason_note(book: Book, codes: Iterable[str]) -> list[str]:
    """The sentence that explains the codes used on a sheet."""
    used = [code for code in REASONS if code in set(codes)]
    if not used:
        return []
    between = "；" if book.lang == "zh" else "; "
    told = between.join(f"{code} {REASONS[code][book.lang]}" for code in used)
    return [book.word("shorthand") + told + ("。" if book.lang == "zh" else ".")]


# --- live sheets ---------------------------------------------------------------------------------------------------


def _live_sheets(book: Book, data: Data) -> tuple[list[Sheet], dict[str, tuple[Grid, int]]]:
    """Figures, gaps and growth; returns what the contents list, and each grid with the row of its header."""
    from . import workbook_live

    lang, w = book.lang, book.word
    grids = {
        FIGURES: workbook_live.figures(data, lang),
        GAPS: workbook_live.gaps(data, lang),
        GROWTH: workbook_live.growth(data, lang),
    }
    notes = {
        FIGURES: [w("figures_note"), w("figures_units")],
        GAPS: [w("gaps_note"), w("gaps_rule"), w("gaps_check")],
        GROWTH: [w("growth_note")],
    }
    kinds = {FIGURES: "input", GAPS: "live", GROWTH: "live"}
    out, placed = [], {}
    for name, grid in grids.items():
        sheet = book.add(name, kinds[name])
        title = w(f"{name}_title")
        freeze = {FIGURES: 1, GAPS: 2, GROWTH: 2}[name]
        head = _grid(book, sheet, grid, title, notes[name], freeze)
        placed[name] = (grid, head)
        out.append(Sheet(name, title, kinds[name]))
    grid, head = placed[FIGURES]
    keys = [f.key for f in grid.fields]
    last = head + len(grid.rows) + SPARE_ROWS
    for defined, key in (
        (workbook_live.FIGURE_IDS, "figure_id"),
        (workbook_live.FIGURE_VALUES, "value"),
        (workbook_live.FIGURE_YEARS, "year"),
    ):
        letter = _letter(keys.index(key))
        book.book.define_name(defined, f"={FIGURES}!${letter}${head + 2}:${letter}${last + 1}")
    sheet = book.book.get_worksheet_by_name(FIGURES)
    value, filed = (_letter(keys.index(k)) for k in ("value", "as_filed"))
    area = f"{value}{head + 2}:{value}{head + 1 + len(grid.rows)}"
    sheet.data_validation(
        f"{value}{head + 2}:{value}{last + 1}",
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -1e15,
            "maximum": 1e15,
            "error_type": "warning",
            "error_title": w("input"),
            "error_message": w("input_error"),
        },
    )
    orange = book.book.add_format({"bg_color": "#F4B183", "bold": True})
    sheet.conditional_format(
        area, {"type": "formula", "criteria": f"=${value}{head + 2}<>${filed}{head + 2}", "format": orange}
    )
    return out, placed


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return xl_col_to_name(column)


def _shown(value) -> str:
    value = value.value if isinstance(value, Formula) else value
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def _grid(
    book: Book, sheet, grid: Grid, title: str, notes: Sequence[str], freeze: int = 0, *, filters: bool = True
) -> int:
    """A grid with its title and notes; returns the row of its header (counted from 0)."""
    heads = [f.heading[book.lang] for f in grid.fields]
    columns = [[_shown(row[f.key]) for row in grid.rows] for f in grid.fields]
    most = {"figures": 60, "comment": 60, "rule": 60, "robust": 60, "needed": 50}
    widths = [min(w, most.get(f.key, 40)) for f, w in zip(grid.fields, _widths(heads, columns, 60), strict=True)]
    wordy = {f.key for f in grid.fields if f.key in ("figures",)}
    told = {cell for column in columns for cell in column if cell in REASONS}
    extra = [book.word("dash")] if any("—" in column for column in columns) else []
    head = _heading_rows(book, sheet, title, "", [*notes, *_reason_note(book, told), *extra], sum(widths[:12]))
    _table(book, sheet, head, heads, len(grid.rows), filters=filters)
    for i, w in enumerate(widths):
        sheet.set_column(i, i, w)
    # One line more than the text seems to need: the button of the filter takes its room.
    sheet.set_row(head, LINE * (1 + _height(heads, [w - 2 for w in widths])))
    letters = {f.key: _letter(i) for i, f in enumerate(grid.fields)}
    for n, cells in enumerate(grid.rows):
        row = head + 1 + n
        refs = {key: f"${letter}{row + 1}" for key, letter in letters.items()}
        decimals = grid.decimals[n]
        for i, f in enumerate(grid.fields):
            _grid_cell(book, sheet, row, i, f, cells[f.key], decimals.get(f.key), refs, wrap=f.key not in wordy)
        wrapped = [("" if f.key in wordy else c[n]) for f, c in zip(grid.fields, columns, strict=True)]
        _set_height(sheet, row, min(6, _height(wrapped, widths)))
    sheet.freeze_panes(head + 1, freeze)
    sheet.repeat_rows(head)
    if len(heads) > 12:
        sheet.set_paper(8)
    printed = next((i for i, f in enumerate(grid.fields) if f.key in LAST_PRINTED), len(heads) - 1)
    sheet.print_area(0, 0, head + len(grid.rows), printed)
    every = f"A1:{_letter(len(heads) - 1)}{head + 1 + len(grid.rows) + SPARE_ROWS}"
    sheet.ignore_errors({"number_stored_as_text": every, "formula_differs": every, "calculated_column": every})
    _verdict_colours(book, sheet, grid, head)
    return head


def _grid_cell(
    book: Book, sheet, row: int, column: int, f: Field, value, decimals: int | None, refs: Mapping, *, wrap: bool
) -> None:
    """One cell: a formula, a number or a text, never the one for the other."""
    style: dict = {}
    if f.kind == "input" or f.key == "actual_id":
        style |= {"font_color": "#0000FF", "bg_color": "#FFF8DC", "locked": False}
    if isinstance(value, Formula):
        shown = value.value
        # A number may take the place of a word and the other way round: one format serves both.
        style |= {"num_format": _grid_format(f, decimals), "align": "left" if f.kind == "verdict" else "right"}
        if f.kind == "verdict":
            style |= {"bold": f.key == "verdict", "indent": 1}
        formula = "=" + value.template.format_map(refs)
        sheet.write_formula(row, column, formula, book.format(str(shown), **style), shown)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        style |= {"num_format": _grid_format(f, decimals), "align": "right"}
        sheet.write_number(row, column, value, book.format("", **style))
    else:
        words = clean(value)
        style |= {"num_format": "@"} if f.kind == "code" or f.key.endswith("_id") else {}
        style |= (
            {"align": "right"}
            if words in REASONS and f.kind != "text"
            else {"text_wrap": True}
            if wrap
            else {"align": "fill"}
        )
        sheet.write_string(row, column, words, book.format(words, **style))


def _grid_format(f: Field, decimals: int | None) -> str:
    if decimals is not None:
        return number_format(decimals)
    return "0" if f.key in ("year", "start", "final_year", "number", "left", "better") else "General"


def _verdict_colours(book: Book, sheet, grid: Grid, head: int) -> None:
    """Mark verdicts that a changed figure has moved, and rates outside rounding; the word says it as well."""
    from .workbook_live import within_words

    keys = [f.key for f in grid.fields]
    changed = check_words(book.lang)[1]
    for key, word in (("check", changed), ("within", within_words(book.lang)[1])):
        if key in keys:
            letter = _letter(keys.index(key))
            area = f"{letter}{head + 2}:{letter}{head + 1 + len(grid.rows)}"
            style = book.book.add_format({"bg_color": "#F4B183", "bold": True} if key == "check" else {"bold": True})
            sheet.conditional_format(area, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style})


# --- exhibits ------------------------------------------------------------------------------------------------------


def _exhibit_sheet(book: Book, name: str, record: Mapping) -> None:
    """Title, reading, notes, the table, the charts and the data that they are drawn from."""
    lang = book.lang
    sheet = book.add(name, "exhibit")
    table, natives = record["table"][lang], record["natives"][lang]
    cards = record["cards"][lang]
    heads = headings(table["columns"])
    rows = [[clean(cell) for cell in row] for row in table["rows"]]
    columns = [[row[i] for row in rows] for i in range(len(heads))]
    numbers = [quantities(c, n) for c, n in zip(columns, record["numeric"], strict=True)]
    data_heads = [headings([book.word("category"), *(t["name"] for t in n["traces"])]) for n in natives]
    widths = _exhibit_widths(heads, columns, natives, data_heads, cards)
    lead = i18n.label("reading", lang) + ("：" if lang == "zh" else ": ")
    blanks = any(n and any(c in BLANK for c in col) for n, col in zip(numbers, columns, strict=True))
    dash = any(c in BLANK for n, col in zip(numbers, columns, strict=True) if not n for c in col)
    notes = [
        lead + record["reading"][lang],
        *record["foot"][lang],
        *_reason_note(book, ["[x]"] if blanks else []),
        *([book.word("dash")] if dash else []),
        *([book.word("chart_blank")] if natives else []),
    ]
    head = _heading_rows(book, sheet, record["title"][lang], record["subtitle"][lang], notes, sum(widths[: len(heads)]))
    for i, w in enumerate(widths):
        sheet.set_column(i, i, w)
    _table(book, sheet, head, heads, len(rows))
    sheet.set_row(head, LINE * (1 + _height(heads, [w - 2 for w in widths[: len(heads)]])))
    for n, row in enumerate(rows):
        for i, cell in enumerate(row):
            _exhibit_cell(book, sheet, head + 1 + n, i, cell, numbers[i][n] if numbers[i] else None, bool(numbers[i]))
        _set_height(sheet, head + 1 + n, _height(row, widths[: len(row)]))
    below = head + max(len(rows), 1) + 2
    if cards:
        below = _cards(book, sheet, cards, below, widths) + 1
    beside = len(rows) > 12 and not cards and sum(widths) <= ROOM_BESIDE
    grid = [_chart_size(n, len(natives)) for n in natives]
    if natives and not beside:
        below_charts = below + sum(
            -(-max(h for _, h in pair) // 20) + 1 for pair in (grid[i : i + 2] for i in range(0, len(grid), 2))
        )
    else:
        below_charts = below
    blocks = _chart_data(book, sheet, natives, data_heads, below_charts, record["title"][lang], widths)
    _place_charts(book, sheet, name, record, natives, blocks, grid, (head, len(heads) + 1) if beside else (below, 0))
    sheet.freeze_panes(head + 1, 0)
    end = blocks[-1][1] if blocks else below
    # Above charts and their data the header of the first table would mislead; the title would not.
    sheet.repeat_rows(0 if natives or cards else head)
    if end <= ROWS_A_PAGE:
        sheet.fit_to_pages(1, 1)
    elif natives and not beside:
        _page_breaks(sheet, widths, grid, blocks, below)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_letter(max(len(widths), 1))}{end + 60}"})


def _page_breaks(sheet, widths, sizes, blocks, row: int) -> None:
    """Pages that cut through no chart: charts begin a page, and so does their data.

    Programs ignore breaks on a sheet that is fitted to a number of pages, so that this one is scaled instead.
    """
    wide, high = PAGE
    charts_wide = max(sum(w for w, _ in sizes[i : i + 2]) + 30 for i in range(0, len(sizes), 2))
    # A fifth to spare: another font than the one named may stand in its place, and columns are as wide as its digits.
    scale = max(30, min(100, int(80 * wide / max(sum(w * 7 + 5 for w in widths), charts_wide))))
    sheet.set_print_scale(scale)
    room = high * 90 / scale
    breaks, taken = [row], 0.0
    for i in range(0, len(sizes), 2):
        tall = (-(-max(h for _, h in sizes[i : i + 2]) // 20) + 1) * 20
        if taken and taken + tall > room:
            breaks.append(row)
            taken = 0.0
        row, taken = row + tall // 20, taken + tall
    taken = room
    for first, last in blocks:
        tall = (last - first + 3) * 20
        if taken + tall > room:
            breaks.append(first)
            taken = 0.0
        taken += tall
    sheet.set_h_pagebreaks(sorted(set(breaks)))


def _exhibit_widths(heads, columns, natives, data_heads, cards) -> list[int]:
    """Widths that suit the table and the chart data below it."""
    widths = _widths(heads, columns, 44)
    for native, names in zip(natives, data_heads, strict=True):
        wanted = [
            min(34, max(10, max((width(c) for c in native["categories"]), default=0) + 2)),
            *(min(18, max(11, width(n) // 2 + 4)) for n in names[1:]),
        ]
        widths = [
            max(widths[i] if i < len(widths) else 0, wanted[i] if i < len(wanted) else 0)
            for i in range(max(len(widths), len(wanted)))
        ]
    if cards:
        widths += [0] * (3 - len(widths))
        widths = [max(w, least) for w, least in zip(widths, (24, 18, 44), strict=False)] + widths[3:]
    return widths


def _exhibit_cell(book: Book, sheet, row: int, column: int, cell: str, number: Quantity | None, numeric: bool) -> None:
    if number is not None:
        style = book.format(number.after + number.before, num_format=number.format, align="right")
        sheet.write_number(row, column, number.value, style)
    elif numeric and cell in BLANK:
        sheet.write_string(row, column, "[x]", book.format("", align="right"))
    else:
        words = cell or "—"
        sheet.write_string(row, column, words, book.format(words, text_wrap=True, num_format="@"))


def _cards(book: Book, sheet, cards: Sequence[Mapping], first: int, widths: Sequence[int]) -> int:
    """Everything known of each entry, one row a fact; returns the row below."""
    rows = [
        (clean(card["heading"]), clean(label), clean(value) or "—") for card in cards for label, value in card["facts"]
    ]
    _table(book, sheet, first, [book.word("group"), book.word("item"), book.word("value")], len(rows))
    for n, row in enumerate(rows, first + 1):
        for i, cell in enumerate(row):
            sheet.write_string(n, i, cell, book.format(cell, text_wrap=True, num_format="@"))
        _set_height(sheet, n, _height(row, widths[:3]))
    return first + len(rows) + 1


def _chart_data(book: Book, sheet, natives, data_heads, first: int, title: str, widths) -> list[tuple[int, int]]:
    """The numbers of each chart as a table of its own; returns first and last row of each block, from its caption."""
    blocks = []
    for native, names in zip(natives, data_heads, strict=True):
        caption, unit = clean(native["heading"]) or clean(title), clean(native["unit"])
        sheet.write_string(first, 0, caption, book.format(caption, bold=True))
        sheet.write_string(first + 1, 0, unit, book.format(unit, font_color=charts.MUTED))
        _table(book, sheet, first + 2, names, len(native["categories"]), filters=False)
        _set_height(sheet, first + 2, _height(names, [w - 1 for w in widths[: len(names)]]))
        for n, category in enumerate(native["categories"]):
            words = clean(category)
            sheet.write_string(first + 3 + n, 0, words, book.format(words, num_format="@"))
            for k, trace in enumerate(native["traces"], 1):
                value = trace["values"][n]
                style = book.format("", num_format=_general(trace["values"]), align="right")
                if value is None:
                    sheet.write_blank(first + 3 + n, k, None, style)
                else:
                    sheet.write_number(first + 3 + n, k, value, style)
        last = first + 2 + len(native["categories"])
        blocks.append((first, last))
        first = last + 2
    return blocks


def _general(values: Sequence[float | None]) -> str:
    """A format with the decimals that numbers of that size call for."""
    largest = max((abs(v) for v in values if v is not None), default=0)
    whole = all(v is None or v == round(v) for v in values)
    return number_format(0 if whole or largest >= 1000 else 1 if largest >= 100 else 2 if largest >= 1 else 3)


def _chart_size(native: Mapping, count: int) -> tuple[int, int]:
    """Width and height in pixels: larger alone, higher where many bars lie."""
    wide, high = (860, 400) if count == 1 else (560, 320)
    if native["kind"] in ("bar", "stacked_bar"):
        high = max(high, 110 + 26 * len(native["categories"]))
    return wide, high


def _place_charts(book: Book, sheet, name: str, record, natives, blocks, sizes, corner) -> None:
    """Charts in two columns from a corner on; each says what it shows to who cannot see it."""
    row, column = corner
    alt = clean(record["alt"][book.lang] or record["title"][book.lang])
    for i in range(0, len(natives), 2):
        pair = range(i, min(i + 2, len(natives)))
        for k in pair:
            chart = _chart(book, name, natives[k], blocks[k], sizes[k])
            heading = clean(natives[k]["heading"])
            told = f"{heading}{'：' if book.lang == 'zh' else ': '}{alt}" if heading else alt
            sheet.insert_chart(
                row,
                column,
                chart,
                {
                    "x_offset": 4 if k == i else sizes[i][0] + 20,
                    "y_offset": 6,
                    "object_position": 2,
                    "description": told[:2000],
                },
            )
        row += -(-max(sizes[k][1] for k in pair) // 20) + 1


# --- charts --------------------------------------------------------------------------------------------------------

_KINDS = {
    "line": {"type": "line"},
    "column": {"type": "column"},
    "bar": {"type": "bar"},
    "stacked_bar": {"type": "bar", "subtype": "stacked"},
    "stacked_column": {"type": "column", "subtype": "stacked"},
}
_BANDS = ("base", "band_95", "band_80", "band_50")


def _chart(book: Book, name: str, native: Mapping, block: tuple[int, int], size: tuple[int, int]):
    """A native chart of a block of cells; what each series means decides how it looks."""
    first, last = block
    kind, traces = native["kind"], native["traces"]

    def series(k: int, look: Mapping) -> dict:
        return {
            "name": [name, first + 2, k + 1],
            "categories": [name, first + 3, 0, last, 0],
            "values": [name, first + 3, k + 1, last, k + 1],
            **look,
        }

    if kind == "band":
        chart = book.book.add_chart({"type": "area", "subtype": "stacked"})
        upper = book.book.add_chart({"type": "line"})
        for k, trace in enumerate(traces):
            if trace["role"] in _BANDS:
                chart.add_series(series(k, _area_look(trace["role"])))
            else:
                upper.add_series(series(k, _line_look(trace, _nth(traces, k))))
        upper.show_blanks_as("gap")
        chart.combine(upper)
    else:
        chart = book.book.add_chart(_KINDS[kind])
        for k, trace in enumerate(traces):
            look = _line_look(trace, _nth(traces, k)) if kind == "line" else _bar_look(trace["role"], kind, traces)
            chart.add_series(series(k, look))
    chart.show_blanks_as("span" if kind == "line" and _may_span(traces) else "gap")
    _dress(book, chart, name, native, block, size)
    return chart


def _dress(book: Book, chart, name: str, native: Mapping, block: tuple[int, int], size: tuple[int, int]) -> None:
    """Title, axes and legend in the house style: horizontal grid only, no frame."""
    face = office.EAST_ASIAN if book.lang == "zh" else office.LATIN
    ink, muted, grid = (c.upper() for c in (charts.INK, charts.MUTED, charts.GRID))
    small = {"name": face, "size": 9, "bold": False, "color": muted}
    lying = native["kind"] in ("bar", "stacked_bar")
    chart.set_size({"width": size[0], "height": size[1]})
    title = {"name": face, "size": 11, "bold": True, "color": ink}
    chart.set_title({"name": [name, block[0], 0], "name_font": title, "overlay": False})
    values = {
        "num_font": small,
        "name_font": small,
        "name": [name, block[0] + 1, 0],
        "major_gridlines": {"visible": True, "line": {"color": grid, "width": 0.75}},
        "line": {"none": True},
        "num_format": number_format(_axis_decimals(native)),
        "num_format_linked": False,
        "major_tick_mark": "none",
    }
    names = {
        "num_font": small,
        "line": {"color": muted},
        "major_gridlines": {"visible": False},
        "major_tick_mark": "none",
        "label_position": "low",
        "text_axis": True,
    }
    if native["kind"] not in ("line", "band") and _smallest(native) >= 0:
        values["min"] = 0  # a bar that does not start at zero lies about its length
    if lying:
        # Categories stand from the bottom to the top, as in the pictures.
        chart.set_y_axis(names | {"interval_unit": 1})
        chart.set_x_axis(values)
    else:
        count = len(native["categories"])
        chart.set_x_axis(names | ({"interval_unit": -(-count // 14)} if count > 14 else {}))
        chart.set_y_axis(values)
    chart.set_legend(_legend(native["traces"], native["kind"]) | {"font": small})
    chart.set_chartarea({"border": {"none": True}, "fill": {"color": "#FFFFFF"}})
    chart.set_plotarea({"fill": {"none": True}})


def _axis_decimals(native: Mapping) -> int:
    """Decimals that the marks of the scale need so that no two of them read alike."""
    values = [v for t in native["traces"] for v in t["values"] if v is not None]
    low = min(values, default=0) if native["kind"] == "line" else min(0, *values, 0)
    span = max(values, default=0) - low
    return max(0, math.ceil(-math.log10(span / 8))) if span > 0 else 0


def _smallest(native: Mapping) -> float:
    return min((v for t in native["traces"] for v in t["values"] if v is not None), default=0)


def _legend(traces: Sequence[Mapping], kind: str) -> dict:
    """A legend without the invisible base and without the second half of each band."""
    if len(traces) == 1:
        return {"none": True}
    order = sorted(range(len(traces)), key=lambda k: kind == "band" and traces[k]["role"] not in _BANDS)
    seen: set[str] = set()
    gone = []
    for place, k in enumerate(order):
        trace = traces[k]
        if trace["role"] == "base" or (trace["role"] in _BANDS and trace["name"] in seen):
            gone.append(place)
        seen.add(trace["name"])
    return {"position": "bottom"} | ({"delete_series": gone} if gone else {})


def _may_span(traces: Sequence[Mapping]) -> bool:
    """Whether joining points over blanks joins only a plan's named years, never a gap in what was observed."""

    def gaps(values: Sequence[float | None]) -> bool:
        known = [i for i, v in enumerate(values) if v is not None]
        return any(b - a > 1 for a, b in pairwise(known))

    return not any(gaps(t["values"]) for t in traces if t["role"] != "target")


def _area_look(role: str) -> dict:
    if role == "base":
        return {"fill": {"none": True}, "border": {"none": True}}
    return {"fill": {"color": "#" + office.COLOURS[role]}, "border": {"none": True}}


def _nth(traces: Sequence[Mapping], k: int) -> int:
    """How many series of the same meaning stand before one."""
    return sum(t["role"] == traces[k]["role"] for t in traces[:k])


def _line_look(trace: Mapping, nth: int = 0) -> dict:
    """Actual solid, provisional light, target hollow, derived and forecast dashed, claim dotted.

    Several forecasts stay dashed and differ in colour and in their dashes.
    """
    role = trace["role"]
    colour = "#" + office.COLOURS[role]
    dash = "dash"
    if nth and role in ("forecast", "model", "derived"):
        colour = ("#009E73", "#CC79A7", "#5C6670", "#E69F00")[(nth - 1) % 4]
        dash = ("long_dash", "dash_dot", "square_dot", "long_dash_dot")[(nth - 1) % 4]
    hollow = {"fill": {"color": "#FFFFFF"}, "border": {"color": colour, "width": 1.75}}
    full = {"fill": {"color": colour}, "border": {"color": colour}}
    lone = sum(v is not None for v in trace["values"]) <= 12
    if role == "target":
        return {
            "line": {"color": colour, "width": 1.25, "dash_type": "square_dot"},
            "marker": {"type": "square", "size": 8, **hollow},
        }
    if role in ("derived", "forecast"):
        return {
            "line": {"color": colour, "width": 2, "dash_type": dash},
            "marker": {"type": "diamond", "size": 6, **hollow} if role == "derived" else {"type": "none"},
        }
    if role == "claim":
        return {
            "line": {"color": colour, "width": 1.5, "dash_type": "round_dot"},
            "marker": {"type": "triangle", "size": 7, **hollow},
        }
    if role == "model":
        return {"line": {"color": colour, "width": 1, "dash_type": "long_dash"}, "marker": {"type": "none"}}
    mark = {"type": "circle", "size": 6 if lone or role == "provisional" else 4, **full}
    return {"line": {"color": colour, "width": 2.25 if role == "actual" else 1.75}, "marker": mark}


def _bar_look(role: str, kind: str, traces: Sequence[Mapping]) -> dict:
    """Actual solid, target outlined, derived and forecast striped, claim striped in its own colour."""
    colour = "#" + office.COLOURS[role]
    look: dict = {"gap": 45}
    if kind in ("bar", "column"):
        look |= {"overlap": 100 if _one_at_a_place(traces) else 0}
    if role == "base":
        return look | {"fill": {"none": True}, "border": {"none": True}}
    if role == "target":
        # Without a fill: what has been reached shows inside the outline, as in a bullet graph.
        fill = {"color": "#FFFFFF"} if kind.startswith("stacked") else {"none": True}
        return look | {"fill": fill, "border": {"color": colour, "width": 1.5}}
    if role in ("derived", "forecast", "claim"):
        pattern = {"pattern": "wide_upward_diagonal", "fg_color": colour, "bg_color": "#FFFFFF"}
        return look | {"pattern": pattern, "border": {"color": colour, "width": 1}}
    return look | {"fill": {"color": colour}, "border": {"none": True}}


def _one_at_a_place(traces: Sequence[Mapping]) -> bool:
    """Whether no category has two bars, targets apart: their bars can then take the whole width."""
    filled = [t["values"] for t in traces if t["role"] != "target"]
    return all(sum(v is not None for v in values) <= 1 for values in zip(*filled, strict=True))


# --- references ----------------------------------------------------------------------------------------------------


def _sources_sheet(book: Book, data: Data, used: set[str]) -> Sheet:
    from . import workbook_live

    sheet = book.add(SOURCES, "reference")
    title = book.word("sources_title")
    _grid(book, sheet, workbook_live.sources(data, used, book.lang), title, [book.word("sources_note")], 1)
    return Sheet(SOURCES, title, "reference")


def _citations_sheet(book: Book, records: Sequence[Mapping]) -> Sheet:
    """Each figure used in an exhibit once, with document, place and characters as printed."""
    lang = book.lang
    used: dict[tuple, list[str]] = {}
    columns: list[str] = []
    for record in records:
        table = record["citations"][lang]
        columns = table["columns"] or columns
        for row in table["rows"]:
            used.setdefault(tuple(row), []).append(record["id"])
    fields = [Field("figure_id", text(i18n.label("figure_id", "zh"), i18n.label("figure_id", "en")))]
    names = columns[:-1]
    fields += [Field(f"c{i}", {lang: name}) for i, name in enumerate(names)]
    fields.append(Field("used_in", WORDS["used_in"]))
    rows = [
        {"figure_id": row[-1] or "—"}
        | {f"c{i}": cell or "—" for i, cell in enumerate(row[:-1])}
        | {"used_in": " ".join(dict.fromkeys(ids))}
        for row, ids in used.items()
    ]
    sheet = book.add(CITATIONS, "reference")
    title = book.word("citations_title")
    _grid(book, sheet, Grid(fields, rows, [{} for _ in rows]), title, [], 1)
    return Sheet(CITATIONS, title, "reference")


def _contents_sheet(book: Book, sheet, sheets: Sequence[Sheet]) -> None:
    """Every sheet with a link to it."""
    heads = [book.word(k) for k in ("number", "sheet", "title", "kind", "section")]
    widths = [8, 36, 88, 18, 30]
    head = _heading_rows(book, sheet, f"{book.word('contents')} · {book.title}", "", [], BAND, back=False)
    _table(book, sheet, head, heads, len(sheets))
    for i, w in enumerate(widths):
        sheet.set_column(i, i, w)
    sheet.set_row(head, LINE * 1.6)
    for n, entry in enumerate(sheets, 1):
        row = head + n
        cells = [str(n), entry.name, entry.title, book.word(entry.kind), entry.section or "—"]
        sheet.write_number(row, 0, n, book.format("", align="right"))
        link = book.format(entry.name, font_color="#0072B2", underline=1)
        target = entry.name.replace("'", "''")
        sheet.write_url(row, 1, f"internal:'{target}'!A1", link, entry.name)
        for i, cell in enumerate(cells[2:], 2):
            sheet.write_string(row, i, cell, book.format(cell, text_wrap=True))
        _set_height(sheet, row, _height(cells, widths))
    sheet.freeze_panes(head + 1, 0)
    sheet.repeat_rows(head)


def _cover_sheet(book: Book, sheet, grids: Mapping[str, tuple[Grid, int]] | None) -> None:
    """What the workbook is and how to read it; with live sheets, what a changed figure has moved."""
    lang, w = book.lang, book.word
    sheet.hide_gridlines(2)
    title = book.title
    blue = "#" + office.COLOURS["actual"]
    sheet.write_string(0, 0, title, book.format(title, bold=True, font_size=22, font_color=blue))
    sheet.set_row(0, 36)
    lead = REPORT["lead"][lang]
    sheet.write_string(1, 0, lead, book.format(lead, font_size=11, font_color=charts.MUTED))
    sheet.set_row(1, 24)
    widths = [30, 24 if grids else 100, 24, 60] if grids else [30, 100]
    for i, size in enumerate(widths):
        sheet.set_column(i, i, size)
    entries = [(w(f"cover_{key}"), w(f"cover_{key}_text")) for key in ("what", "read")]
    entries.append((w("cover_live"), w("cover_live_text") if grids else w("cover_static")))
    entries += [(w(f"cover_{key}"), w(f"cover_{key}_text")) for key in ("notation", "blank")]
    if book.watermark:
        entries.insert(0, (w("watermark"), book.watermark))
    row = 3
    for label, words in entries:
        sheet.write_string(row, 0, label, book.format(label, bold=True, font_color=blue))
        for line in lines(words, 104):
            sheet.write_string(row, 1, line, book.format(line))
            row += 1
        row += 1
    way = w("contents")
    link = book.format(way, font_color="#0072B2", underline=1, font_size=12)
    sheet.write_url(row, 0, f"internal:'{way}'!A1", link, f"{way} →")
    row += 2
    if grids is None:
        return
    counts = _cover_counts(book, grids)
    _table(book, sheet, row, [w("item"), w("now"), w("built")], len(counts), filters=False)
    for n, (label, formula, built) in enumerate(counts, row + 1):
        sheet.write_string(n, 0, label, book.format(label))
        style = book.format("", align="right", bold=True, num_format="0")
        sheet.write_formula(n, 1, formula, style, built)
        sheet.write_number(n, 2, built, book.format("", align="right", num_format="0"))


def _cover_counts(book: Book, grids: Mapping[str, tuple[Grid, int]]) -> list[tuple[str, str, int]]:
    """Label, formula and count as built: targets by verdict, figures changed, verdicts moved."""

    def area(name: str, key: str) -> str:
        grid, head = grids[name]
        letter = _letter([f.key for f in grid.fields].index(key))
        return f"{name}!${letter}${head + 2}:${letter}${head + 1 + len(grid.rows)}"

    rows = grids[GAPS][0].rows
    out = []
    for verdict in VERDICTS:
        word = i18n.label(verdict, book.lang)
        count = sum(row["library"] == word for row in rows)
        if count or verdict not in ("missed", "open"):
            label = book.word("cover_counts").format(word)
            out.append((label, f'=COUNTIF({area(GAPS, "verdict")},"{word}")', count))
    value, filed = area(FIGURES, "value"), area(FIGURES, "as_filed")
    out.append((book.word("cover_changed"), f"=SUMPRODUCT(--({value}<>{filed}))", 0))
    out.append((book.word("cover_moved"), f'=COUNTIF({area(GAPS, "check")},"{check_words(book.lang)[1]}")', 0))
    return out


# --- after writing -------------------------------------------------------------------------------------------------


def _east_asian_charts(path: Path, lang: str) -> None:
    """Give every font of every chart its East Asian counterpart, and the language of its text."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    tag = b"zh-CN" if lang == "zh" else b"en-US"
    # In a chart's font the Latin face comes first; the East Asian one stands behind it.
    faces = (
        f'<a:latin typeface="{office.LATIN}"/><a:ea typeface="{office.EAST_ASIAN}"/><a:cs typeface="{office.LATIN}"/>'
    ).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, body in parts.items():
            if name.startswith("xl/charts/chart"):
                body = re.sub(rb"<a:latin [^>]*/>", faces, body)
                body = body.replace(b'lang="en-US"', b'lang="' + tag + b'"')
            new.writestr(name, body)
