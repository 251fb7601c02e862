"""Workbook: the figures, the gaps with live arithmetic, the sources, and the exhibits of each notebook on a sheet.

After the UK government's checklist for accessible spreadsheets and its ``gptables``: the title in A1, notes below it, named
tables, nothing merged or empty. Numbers are numbers in both languages; text from the data is never a formula.
"""

import math
import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter
from PIL import Image
from xlsxwriter.utility import xl_col_to_name

from ..facts.data import Data
from ..facts.schema import TIERS
from ..show import canvas, exhibit, office
from ..show.native import categories, clean, columns, grid, has_native
from ..show.roles import INK, MUTED, PALETTE, PAPER
from . import tables
from .content import Content, marks_only, words, words_for
from .tables import Cell, Link, Number, Table

WIDEST, NARROWEST, NOTE = 46, 9, 150  # characters to a column, and to a line of notes
LINE, MOST_LINES, TALLEST = 15, 6, 409  # points to a line, lines to a row of text, points to a row
CHARACTER = 0.53  # of an em: the width in which a spreadsheet counts its columns
MOST_PRINTED, MOST_WHOLE = 45, 180  # rows of a sheet that are printed: a page, where all would be more than a few
PAGE, ROWS = 1500, 65  # points of exhibits, and rows of a table, that are set small enough for one page
ALONE, WIDE = 760, 900  # dots across for one chart, and for several beside each other
HEAD = {"bold": True, "font_color": PAPER, "bg_color": PALETTE[0], "text_wrap": True, "valign": "vcenter"}
TABLE = "Table Style Light 1"
LINK = {"font_color": "#0072B2", "underline": 1}
WORDS = words_for("workbook")


def write(content: Content, lang: str, path: Path, data: Data) -> Path:
    """Write the workbook; of a single exhibit, that exhibit, its citations and its chart data alone."""
    records, said = content.exhibits(), words(lang, content)
    whole = len(records) != 1
    book = Book(lang, said["title"] if whole else records[0]["title"][lang], WORDS["contents"][lang] if whole else "")
    if whole:
        cover, contents = book.add(book.word("cover")), book.add(book.word("contents"))
        book.listing("notes", tables.notes(lang))
        book.listing("latest", tables.latest(content, lang), tables.missing(lang, "[x]"))
        book.listing("gaps", tables.gaps(data, lang), book.word("gaps_note"), tables.missing(lang))
    for section in content.sections:
        if shown := section.shown():
            book.exhibits(section.title[lang] or section.name, shown)
    if whole:
        book.listing("figures", tables.figures(data, lang), tables.missing(lang, "[x]"))
        documents = [(cited[0], len(cited)) for cited in content.documents()]
        cited = [(d["source"][lang], TIERS[d["tier"]][lang == "en"], Number(n, 0)) for d, n in documents]
        book.listing("sources", tables.table("sources", cited, lang))
    book.listing("citations", tables.citations(content.citations(), data, lang))
    book.chart_data()
    if whole:
        listed = [[Number(n, 0), Link(name), holds] for n, (name, holds) in enumerate(book.listed, 1)]
        row = book.head(contents, f"{book.word('contents')} · {book.title}")
        book.table(contents, row, tables.table("contents", listed, lang), filters=False)
        row = book.head(cover, book.title, said["lead"], said["counts"])
        rows = [[book.word(key), book.word(f"{key}_text")] for key in ("how", "units")]
        rows += [[book.word("blank"), tables.missing(lang)], [book.word("gaps"), book.word("gaps_note")]]
        book.table(cover, row, tables.table("notes", rows, lang), filters=False)
        cover.activate()
    book.made.close()
    path.write_bytes(office.settled(book.buffer.getvalue(), book.charts))
    return path


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that a sheet may bear, unlike all others: at most 31 characters, none of ``[]:*?/\\``."""
    name = re.sub(r"[\[\]:*?/\\]", " ", clean(wanted)).strip("' ") or "sheet"
    if len(name) > 31 and " " in name[12:31]:
        name = name[:31].rsplit(" ", 1)[0]
    taken.add("history")
    return _unlike(name, taken, 31)


def _unlike(name: str, taken: set[str], most: int) -> str:
    """A name of so many characters that none of those `taken` is, counted on where it is; from then on it is taken."""
    found, n = name[:most], 1
    while found.lower() in taken:
        n += 1
        found = f"{name[: most - 5]} ({n})"
    taken.add(found.lower())
    return found


def _width(cell: object) -> int:
    """Columns of what a cell shows, in the characters that a spreadsheet counts."""
    return math.ceil(canvas.width_of(str(cell or "")) / CHARACTER)


def _lines(said: str, room: int) -> list[str]:
    """A text in lines of so many characters."""
    return canvas.lines_of(clean(said), room * CHARACTER)


class Book:
    """The workbook under way: formats made once, names given once, what its charts are drawn from."""

    def __init__(self, lang: str, title: str, back: str) -> None:
        self.lang, self.title, self.buffer = lang, clean(title), BytesIO()
        self.back = back  # the sheet that each leads back to
        self.face = {"font_name": office.EAST_ASIAN if lang == "zh" else office.LATIN, "font_size": 10}
        options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        options |= {"in_memory": True, "default_format_properties": self.face}
        self.made = xlsxwriter.Workbook(self.buffer, options)
        self.made.set_properties({"title": self.title[:250], "created": datetime(1980, 1, 1)})
        self.made.set_size(2400, 1400)
        self.formats, self.names, self.widths, self.charts, self.tables = {}, set(), {}, {}, 0
        self.listed: list[tuple[str, str]] = []  # sheets, and what they hold
        self.blocks: list[tuple[int, dict, dict]] = []  # of the sheet of chart data: row, record, panel
        self.data_row, self.high = 3, 0.0  # of the next block of chart data; points of a sheet's tall rows

    def word(self, key: str, **values: object) -> str:
        return WORDS[key][self.lang].format(**values)

    def format(self, said: str = "", **look):
        """A cell format; text that begins like a formula is marked as text for who edits it."""
        every = self.face | {"font_color": INK, "valign": "top"} | look
        if said.startswith(("=", "+", "-", "@")):
            every |= {"quote_prefix": True}
        key = tuple(sorted(every.items()))
        if key not in self.formats:
            self.formats[key] = self.made.add_format(every)
        return self.formats[key]

    def add(self, wanted: str, colour: str = PALETTE[0]):
        """A new sheet, lying on A4, as wide as one page."""
        sheet = self.made.add_worksheet(sheet_name(wanted, self.names))
        sheet.set_tab_color(colour)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        sheet.set_footer("&L&9&A&R&9&P / &N")
        return sheet

    def lines(self, sheet, row: int, *texts: str, **look) -> int:
        """Texts in the first column, in as few rows as they need; returns the row below."""
        for line in (line for said in texts for line in _lines(said, NOTE)):
            sheet.write_string(row, 0, line, self.format(line, **({"font_color": MUTED} | look)))
            row += 1
        return row

    def heading(self, sheet, row: int, said: str, **look) -> int:
        """A text in bold in the first cell of a row, on one line; returns the row below."""
        sheet.write_string(row, 0, clean(said), self.format(clean(said), bold=True, **look))
        return row + 1

    def head(self, sheet, title: str, *notes: str) -> int:
        """Title in A1, the way back to the contents, notes; returns the row below."""
        row = self.heading(sheet, 0, title, font_size=14, font_color=PALETTE[0])
        sheet.set_row(0, 21)
        if self.back and sheet.name != self.back:
            row = self.link(sheet, row, 0, self.back, f"{self.back} ←")
        return self.lines(sheet, row, *notes)

    def link(self, sheet, row: int, column: int, target: str, said: str, cell: str = "A1") -> int:
        place = target.replace("'", "''")
        sheet.write_url(row, column, f"internal:'{place}'!{cell}", self.format(**LINK), said)
        return row + 1

    def table(self, sheet, row: int, table: Table, *, filters: bool = True) -> int:
        """A named table with its head at a row; returns the row below it."""
        rows = table.rows or [[None] * len(table.heads)]
        taken: set[str] = set()  # a heading stands once in a table, none is empty
        heads = [_unlike(clean(head).strip() or "—", taken, 240) for head in table.heads]
        numeric = [any(isinstance(cell, Number) for cell in column) for column in zip(*rows, strict=True)]
        looks = [self.format(h, **HEAD, align="right" if n else "left") for h, n in zip(heads, numeric, strict=True)]
        shown = [{"header": h, "header_format": look} for h, look in zip(heads, looks, strict=True)]
        self.tables += 1
        options = {"name": f"table_{self.tables}", "style": TABLE, "autofilter": filters, "columns": shown}
        sheet.add_table(row, 0, row + len(rows), len(heads) - 1, options)
        wide = [self._widen(sheet, i, [h, *c], table) for i, (h, *c) in enumerate(zip(heads, *rows, strict=True))]
        for n, cells in enumerate([heads, *rows], row):
            places = {name: f"${xl_col_to_name(i)}{n + 1}" for i, name in enumerate(table.names)}
            for i, cell in enumerate(cells if n > row else ()):
                self._cell(sheet, n, i, cell, numeric[i], places)
            said = zip(cells[: table.to_read], wide, strict=False)
            tall = max((len(_lines(cell, w - 3)) for cell, w in said if type(cell) is str), default=1)
            if tall > 1:
                sheet.set_row(n, LINE * min(tall, MOST_LINES) + 3)
        return row + len(rows) + 1

    def _widen(self, sheet, i: int, held: Sequence[Cell], table: Table) -> int:
        """Make a column wide enough for most of what it holds, its heading in two lines; longer texts wrap."""
        name, *cells = held
        head = max(map(_width, name.split() if name.isascii() else [name[: len(name) // 2 + 1]]), default=0) + 5
        most = WIDEST if len(table.heads) > 4 else 2 * WIDEST
        wide = min(most, max(NARROWEST, head, self.widths.get((sheet.name, i), 0), *(_width(c) + 2 for c in cells)))
        self.widths[sheet.name, i] = wide
        sheet.set_column(i, i, wide, None, {"level": 1, "hidden": True} if i >= table.to_read else {})
        return wide

    def _cell(self, sheet, row: int, column: int, cell: Cell, numeric: bool, places: dict[str, str]) -> None:
        """One cell: a formula, a number, a link or a text, never one for the other."""
        if isinstance(cell, Number):
            look = {"num_format": cell.format, "align": "right"} | cell.look
            if cell.formula:
                blue = self.format(**look, font_color="#0000FF")
                sheet.write_formula(row, column, "=" + cell.formula.format_map(places), blue, cell.value)
            else:
                sheet.write_number(row, column, cell.value, self.format(**look))
        elif isinstance(cell, Link):
            self.link(sheet, row, column, cell, cell)
        elif numeric and (cell is None or cell in tables.MISSING):
            sheet.write_string(row, column, cell or "[x]", self.format(align="right"))
        else:
            said = clean(cell or "") or "—"
            sheet.write_string(row, column, said, self.format(said, text_wrap=True, num_format="@", indent=1))

    def listing(self, name: str, table: Table, *notes: str) -> None:
        """A sheet that is one table: the head is frozen, columns that are grouped away come last, a page of rows is printed."""
        sheet, title, many = self.add(self.word(name), PALETTE[1]), self.word(f"{name}_title"), len(table.rows)
        printed = MOST_PRINTED if many > MOST_WHOLE else many
        if printed < many:
            notes = (*notes, self.word("printed", n=printed, all=many))
        row = self.head(sheet, title, *notes)
        self.table(sheet, row, table)
        if table.to_read < len(table.heads):
            sheet.set_column(len(table.heads), len(table.heads), None, None, {"collapsed": True})
        sheet.fit_to_pages(1, math.ceil(printed / ROWS))
        sheet.print_area(0, 0, row + printed, table.to_read - 1)
        sheet.freeze_panes(row + 1, 1)
        sheet.repeat_rows(row)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD5000", "calculated_column": "A1:XFD5000"})
        self.listed.append((sheet.name, title))

    def exhibits(self, name: str, records: Sequence[dict]) -> None:
        """The exhibits of a notebook under each other: finding, chart, reading, table."""
        lang = self.lang
        sheet, self.high = self.add(re.split("[：:]", name)[0], PALETTE[3]), 0
        sheet.set_portrait()
        row = self.head(sheet, name)
        sheet.freeze_panes(row, 0)
        for record in records:
            row = self.heading(sheet, row, record["title"][lang], font_size=12)
            said = (record["subtitle"][lang], record["reading"][lang], *exhibit.foot(record, lang))
            row, native = self.lines(sheet, row, *said), has_native(record["chart"])
            if native:
                row = self._charts(sheet, row, record)
            elif office.drawn(record):
                row = self._picture(sheet, row, record)
            if record["table"] and not (native and marks_only(record)):
                row = self.table(sheet, row, tables.of_exhibit(record, lang), filters=len(record["table"]["rows"]) > 12)
            row += 1
        sheet.fit_to_pages(1, math.ceil((LINE * row + self.high) / PAGE))
        titles = ("；" if lang == "zh" else "; ").join(clean(r["title"][lang]) for r in records[:2])
        more = "…" if len(records) > 2 else ""
        self.listed.append((sheet.name, self.word("exhibits", n=len(records), titles=titles + more)))

    def _tall(self, sheet, row: int, pixels: int) -> int:
        """A row as high as its chart, so that no empty rows lie under it; returns the row below."""
        points = min(TALLEST, pixels * 0.75)
        self.high += points
        sheet.set_row(row, points)
        return self.lines(sheet, row, self.word("chart"), font_size=8)

    def _picture(self, sheet, row: int, record: dict) -> int:
        """A figure of one's own, fitted into its row."""
        body = office.picture_png(record, self.lang)
        with Image.open(BytesIO(body)) as opened:
            scale = min(ALONE / opened.width, 350 / opened.height) * opened.info.get("dpi", (96, 96))[0] / 96
        options = {"image_data": BytesIO(body), "description": clean(record["alt"][self.lang]), "y_offset": 20}
        sheet.insert_image(row, 0, "picture.png", options | {"x_scale": scale, "y_scale": scale})
        return self._tall(sheet, row, 380)

    def _charts(self, sheet, row: int, record: dict) -> int:
        """Charts side by side on a tall row; a heat map as coloured cells."""
        lang, panels, data = self.lang, record["chart"]["panels"], self.word("chart_data")
        if len(panels) > 1 and (key := office.key_words(record["chart"], lang)):
            parts = [p for sign, hue, said in key for p in (self.format(font_color=hue), f"{sign} ", f"{said}   ")]
            sheet.write_rich_string(row, 0, *parts, self.format())
            row += 1
        row = self.link(sheet, row, 0, data, f"{data} →", f"A{self.data_row + 1}")
        for numbers in office.rows_of(record["chart"]):
            drawn = [n for n in numbers if panels[n]["kind"] != "heat"]
            for n in set(numbers).difference(drawn):
                row = self.table(sheet, row, tables.of_heat(panels[n], lang), filters=False)
            if not drawn:
                continue
            wide = WIDE // len(drawn) if len(panels) > 1 else ALONE
            longest = max(len(panels[n]["categories"] or ()) * ("bar" in panels[n]["kind"]) for n in drawn)
            high = min(500, max(330 if len(numbers) < 3 else 240, 22 * longest + 80))
            for place, n in enumerate(drawn):
                cells, size = (data, self.data_row + 1, 0), (wide - 8, high)
                self.blocks.append((self.data_row, record, panels[n]))
                self.data_row += len(categories(panels[n], lang)) + 3
                self.charts |= office.into_sheet(self.made, sheet, row, record, n, lang, size, cells, place * wide)
            row = self._tall(sheet, row, high + 24)
        return row

    def chart_data(self) -> None:
        """The numbers behind all charts, block under block, decimals as the labels of a column show them."""
        if not self.blocks:
            return
        sheet, lang = self.add(self.word("chart_data"), MUTED), self.lang
        self.head(sheet, self.word("chart_data_title"), self.word("chart_data_note"))
        sheet.set_column(0, 0, 24)
        for row, record, panel in self.blocks:
            caption = [clean(record["title"][lang]), clean(panel["heading"][lang])]
            self.heading(sheet, row, " · ".join(filter(None, caption)))
            made = columns(panel, lang)
            sheet.set_column(1, len(made) + 1, 14)
            labels = [[len(p[lang].partition(".")[2]) for p in one.points if p and p[lang]] for one in made]
            decimals = [None, *(max(some, default=None) for some in labels)]
            for r, cells in enumerate(grid(panel, lang, made), row + 1):
                head = {"bold": True, "text_wrap": True, "bottom": 1} if r == row + 1 else {}
                for c, (cell, places) in enumerate(zip(cells, decimals, strict=True)):
                    if isinstance(cell, str):
                        sheet.write_string(r, c, cell, self.format(cell, **head))
                    elif cell is not None:
                        look = {"num_format": Number(cell, places).format, "align": "right" if c else "left"}
                        sheet.write_number(r, c, cell, self.format(**look))
        sheet.print_area(0, 0, MOST_PRINTED, 8)
        sheet.fit_to_pages(1, 1)
        self.listed.append((sheet.name, self.word("chart_data_title")))
