"""What a sheet is turned into: cells, rows and grids, whatever kind of file they came from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from ..facts.problems import Problem, TwoLanguages

MAX_BYTES = 200 * 2**20
MAX_CELLS = 100_000
SAVE_AS = ("请在 Excel 或 WPS 中另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx")
FORMULA_ERRORS = {"#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"}


class Refused(TwoLanguages):
    """A file is not read."""


def too_many(cells: int) -> Refused:
    zh = f"单元格过多（{cells}，最多 {MAX_CELLS}）；请只保留要添加的行"
    return Refused(zh, f"too many cells ({cells}, at most {MAX_CELLS}); keep only the rows to add")


@dataclass(frozen=True)
class Cell:
    """One filled cell. ``kind`` is ``text``, ``number``, ``percent``, ``date``, ``month``, ``boolean``, or one that holds
    nothing to be read: ``error``, ``formula`` (not computed), ``link`` (computed from another workbook), ``merged``,
    ``struck`` (crossed out), ``unseen`` (a format that shows nothing) or ``day`` (a time, or a date without its year)."""

    address: str
    kind: str
    text: str
    number: Decimal | None = None


@dataclass(frozen=True)
class Row:
    """A row of an entry sheet: its cells by column; empty ones are left out."""

    file: str
    sheet: str
    table: str
    number: int
    cells: dict[str, Cell]
    letters: dict[str, str]

    def problem(self, column: str, zh: str, en: str, value: str | None = None) -> Problem:
        """A problem at a cell, or at the row where the sheet has no such column."""
        if value is None:
            value = self.cells[column].text if column in self.cells else ""
        place = f"{self.sheet}!{self.letters.get(column, '')}{self.number}"
        return Problem(self.file, self.number, column, value, zh, en, place)


@dataclass
class Grid:
    """Cells of a sheet by row and column number, and what is hidden."""

    name: str
    cells: dict[tuple[int, int], Cell]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def tidy(text: str) -> str:
    """Text without surrounding space, invisible characters and line breaks."""
    seen = (c for c in text if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc"))
    return re.sub(r"\s+", " ", "".join(seen)).strip()
