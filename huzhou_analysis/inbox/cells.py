"""What a sheet is turned into: cells, rows and grids, whatever kind of file they came from."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from ..facts.problems import Problem
from .messages import Refused, message

MAX_BYTES = 200 * 2**20
MAX_CELLS = 100_000
FORMULA_ERRORS = {"#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"}
READABLE = ("text", "number", "percent", "date", "month", "boolean")


@dataclass(frozen=True)
class Cell:
    """One filled cell. ``kind`` is one of those that are readable, or says why there is nothing to be read: ``error``,
    ``formula`` (not computed), ``link`` (computed from another workbook), ``merged``, ``struck`` (crossed out), ``unseen``
    (a format that shows nothing) or ``day`` (a time, or a date without its year)."""

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

    def problem(self, column: str, said: tuple[str, str], value: str | None = None) -> Problem:
        """A problem at a cell, or at the row where the sheet has no such column."""
        if value is None:
            value = self.cells[column].text if column in self.cells else ""
        place = f"{self.sheet}!{self.letters.get(column, '')}{self.number}"
        return Problem(self.file, self.number, column, value, *said, place)


@dataclass
class Grid:
    """Cells of a sheet by row and column number, and what is hidden."""

    name: str
    cells: dict[tuple[int, int], Cell]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def check_count(cells: int) -> None:
    if cells > MAX_CELLS:
        raise Refused(*message("cells", cells=cells, most=MAX_CELLS))


def tidy(written: str) -> str:
    """Text without surrounding space, invisible characters and line breaks."""
    seen = (c for c in written if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc"))
    return " ".join("".join(seen).split())
