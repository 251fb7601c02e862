"""How a sheet of the workbook looks: title, notes, named tables, numbers with their units, nothing merged.

After the UK government's checklist for accessible spreadsheets and its ``gptables``: the title in A1, notes below it,
tables in one column under each other, a code in square brackets where a number is missing, frozen heads that leave a
laptop its screen. Text from the data is written as text, never as a formula.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..show import measure
from ..show.columns import clean
from ..show.office import EAST_ASIAN, LATIN
from ..show.roles import INK, MUTED, PALETTE
from ..show.roles import PAPER as WHITE
from .tables import MISSING, Cell, Formula, Head, Number

LINE, WIDEST, NARROWEST = 15, 46, 9  # points to a line, characters to a column
MOST_LINES = 6
LINK = {"font_color": "#0072B2", "underline": 1}
CHARACTER = 0.53  # of an em: the width in which a spreadsheet counts its columns


def width_of(words: str) -> int:
    """Columns of a text in the characters that a spreadsheet counts."""
    return math.ceil(measure.width_of(words) / CHARACTER)


def lines_of(words: str, room: int) -> list[str]:
    """A text in lines of so many characters."""
    return measure.lines_of(clean(words), room * CHARACTER) or [""]


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that a sheet may bear, unlike all others: at most 31 characters, none of ``[]:*?/\\``."""
    base = re.sub(r"[\[\]:*?/\\]", " ", clean(wanted)).strip("' ") or "sheet"
    if len(base) > 31:
        base = base[:31].rsplit(" ", 1)[0] if " " in base[12:31] else base[:31]
    name, n = base, 1
    while name.lower() in taken or name.lower() == "history":
        n += 1
        name = f"{base[: 28 - len(str(n))]} {n}"
    taken.add(name.lower())
    return name


def headings(names: Sequence[str]) -> list[str]:
    """Headings of a table as the format asks: each once, none empty, on one line."""
    out: list[str] = []
    for name in names:
        base = clean(name).strip()[:240] or "—"
        found, n = base, 1
        while found.lower() in {h.lower() for h in out}:
            n += 1
            found = f"{base} ({n})"
        out.append(found)
    return out


@dataclass
class Book:
    """A workbook being written: formats made once, names of sheets and tables given once."""

    made: object
    lang: str
    formats: dict = field(default_factory=dict)
    names: set = field(default_factory=set)
    tables: int = 0

    def format(self, words: str = "", **look):
        """A cell format; text that begins like a formula is marked as text for who edits it."""
        if words[:1] in tuple("=+-@") and words:
            look |= {"quote_prefix": True}
        every = {
            "font_name": EAST_ASIAN if self.lang == "zh" else LATIN,
            "font_size": 10,
            "font_color": INK,
            "valign": "top",
        } | look
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
        sheet.set_default_row(LINE)
        return sheet

    def head(self, sheet, title: str, notes: Sequence[str] = (), back: str = "") -> int:
        """Title in A1, the way back to the contents, notes in as few rows as they need; returns the row below."""
        title = clean(title)
        sheet.write_string(0, 0, title, self.format(title, bold=True, font_size=14, font_color=PALETTE[0]))
        sheet.set_row(0, 21)
        row = 1
        if back:
            sheet.write_url(row, 0, f"internal:'{back}'!A1", self.format(**LINK), f"← {back}")
            row += 1
        for note in notes:
            for line in lines_of(note, 150):
                sheet.write_string(row, 0, line, self.format(line, font_color=MUTED))
                row += 1
        return row

    def link(self, sheet, row: int, column: int, target: str, words: str) -> None:
        """A link to a sheet."""
        place = target.replace("'", "''")
        sheet.write_url(row, column, f"internal:'{place}'!A1", self.format(**LINK), words)

    def table(
        self, sheet, row: int, heads: Sequence[Head], rows: Sequence[Sequence[Cell]], *, filters: bool = True
    ) -> int:
        """A named table with its head at a row; returns the row below it."""
        rows = rows or [[None] * len(heads)]
        names = headings([h.words for h in heads])
        look = {"bold": True, "font_color": WHITE, "bg_color": PALETTE[0], "text_wrap": True, "valign": "vcenter"}
        numeric = [any(isinstance(r[i], Number | Formula) for r in rows) for i in range(len(heads))]
        self.tables += 1
        sheet.add_table(
            row, 0, row + len(rows), len(heads) - 1,
            {"name": f"table_{self.tables}", "style": "Table Style Light 1", "autofilter": filters,
             "columns": [{"header": n, "header_format": self.format(n, **look, align="right" if right else "left")}
                         for n, right in zip(names, numeric, strict=True)]},
        )  # fmt: skip
        widths = self.widths(names, rows)
        for n, cells in enumerate(rows, row + 1):
            places = {h.name: f"${_letter(i)}{n + 1}" for i, h in enumerate(heads)}
            for i, cell in enumerate(cells):
                self._cell(sheet, n, i, cell, numeric[i], places)
            shown = [c for h, c in zip(heads, cells, strict=True) if not h.away]
            tall = max(
                (len(lines_of(c, w - 2)) for c, w in zip(shown, widths, strict=False) if isinstance(c, str)), default=1
            )
            if tall > 1:
                sheet.set_row(n, LINE * min(tall, MOST_LINES))
        sheet.set_row(row, LINE * max(len(lines_of(n, w - 3)) for n, w in zip(names, widths, strict=True)) + 3)
        return row + len(rows) + 1

    def widths(self, names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
        """Widths of columns: wide enough for most of what they hold; longer texts wrap."""
        out = []
        for i, name in enumerate(names):
            held = max((width_of(_shown(r[i])) for r in rows), default=0)
            word = max(width_of(w) for w in name.split() or [""]) if name.isascii() else 0
            out.append(
                min(
                    WIDEST,
                    max(
                        NARROWEST,
                        held + 2,
                        width_of(name) + 4 if width_of(name) <= 14 else width_of(name) // 2 + 4,
                        word + 4,
                    ),
                )
            )
        return out

    def _cell(self, sheet, row: int, column: int, cell: Cell, numeric: bool, places: dict[str, str]) -> None:
        """One cell: a formula, a number or a text, never one for the other."""
        if isinstance(cell, Formula):
            look = self.format(num_format=cell.format, align="right", font_color="#0000FF")
            sheet.write_formula(row, column, "=" + cell.template.format_map(places), look, cell.value)
        elif isinstance(cell, Number):
            sheet.write_number(row, column, cell.value, self.format(num_format=cell.format, align="right"))
        elif cell is None or cell in MISSING:
            words = cell or ("[x]" if numeric else "—")
            sheet.write_string(
                row, column, words, self.format(align="right" if numeric else "left", indent=0 if numeric else 1)
            )
        else:
            words = clean(cell) or "—"
            sheet.write_string(row, column, words, self.format(words, text_wrap=True, num_format="@", indent=1))


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return xl_col_to_name(column)


def _shown(cell: Cell) -> str:
    if isinstance(cell, Number):
        places = 2 if cell.decimals is None else cell.decimals
        return f"{cell.value:,.{places}f}{cell.unit}"
    if isinstance(cell, Formula):
        return f"{cell.value:,.2f}" if isinstance(cell.value, float) else str(cell.value)
    return cell or ""
