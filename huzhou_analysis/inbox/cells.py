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


@dataclass(frozen=True)
class Cell:
    """One filled cell. ``kind`` is ``text``, ``number``, ``percent``, ``date``, ``month``, ``day`` (a date without its
    year), ``time``, ``boolean``, or one that holds nothing to be read: ``error``, ``formula`` (not computed), ``link``
    (computed from another workbook), ``merged``, ``struck`` (crossed out) or ``unseen`` (a format that shows nothing)."""

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

    def place(self, column: str) -> str:
        """Address of a cell, the row itself where the sheet has no such column."""
        return f"{self.letters[column]}{self.number}" if column in self.letters else str(self.number)

    def problem(self, column: str, zh: str, en: str, value: str | None = None) -> Problem:
        cell = self.cells.get(column)
        value = (cell.text if cell else "") if value is None else value
        return Problem(self.file, self.number, column, value, zh, en, f"{self.sheet}!{self.place(column)}")


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
    kept = "".join(
        " " if c.isspace() else c for c in text if unicodedata.category(c) not in ("Cf", "Cc") or c.isspace()
    )
    return re.sub(" {2,}", " ", kept).strip()
