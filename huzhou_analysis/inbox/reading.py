"""A file that a person sends, turned into rows of cells; whatever is unsafe or unclear is refused with its place.

Nothing is trusted: the kind of a file is read from its first bytes, and what cannot be seen on the screen (hidden rows,
columns and sheets, rows crossed out) is not added.
"""

from __future__ import annotations

import csv
import difflib
import re
from pathlib import Path

from openpyxl.utils import get_column_letter

from ..facts import text_tables
from ..facts.problems import Problem, nearest
from ..facts.problems import message as of_tables
from ..facts.schema import TABLES
from .cells import FORMULA_ERRORS, MAX_BYTES, Cell, Grid, Row, check_count, tidy
from .layout import ENTRY_TABLES, KEEP, OTHER_SHEETS, canonical, code_choices, fields, sheet_name
from .messages import Refused, message
from .workbooks import grids

Notes = list[tuple[str, str]]
_BINARY = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"{\\rtf")
_MARKED = ("<html", "<!doctype", "<?xml", "<table")


def read(path: Path, problems: list[Problem], notes: Notes) -> list[Row]:
    """Rows of every entry sheet of a workbook or text table.

    `problems` gets one entry for each reason not to read something, `notes` what is worth saying though nothing is wrong.
    """
    try:
        raw = content(path)
        if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _entries(path.name, grids(path.name, raw, notes), problems, notes)
        if raw.startswith(b"\xd0\xcf\x11\xe0"):
            raise Refused(*message("password" if "EncryptedPackage".encode("utf-16-le") in raw else "old_format"))
        return _entries(path.name, [_text_table(path.name, raw, notes)], problems, notes)
    except Refused as reason:
        problems.append(Problem(path.name, 0, "", "", reason.zh, reason.en))
        return []


def content(path: Path) -> bytes:
    """Bytes of a file that is there, closed and of a sensible size."""
    if path.name.startswith("~$"):
        raise Refused(*message("lock_file"))
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            raise Refused(*message("open", lock=lock.name))
    if path.is_dir():
        raise Refused(*message("folder"))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused(*message("large"))
        raw = path.read_bytes()
    except FileNotFoundError:
        beside = [p.name for p in path.parent.glob("*.*")]
        near = "、".join(difflib.get_close_matches(path.name, beside, 1, 0.5)) or "…"
        raise Refused(*message("no_file", near=near)) from None
    except OSError as error:
        raise Refused(*message("not_read", reason=error.strerror)) from None
    if not raw:
        raise Refused(*message("zero_bytes"))
    return raw


def _text_table(file: str, raw: bytes, notes: Notes) -> Grid:
    table, encoding = text_tables.decoded(raw)
    binary = encoding != "UTF-16" and (b"\0" in raw[:4096] or raw.startswith(_BINARY))
    if binary or not table or "\0" in table or table[:1000].lstrip().casefold().startswith(_MARKED):
        raise Refused(*message("no_table"))
    if encoding != "UTF-8":
        notes.append(message("encoding", file=file, encoding=encoding))
    mark = text_tables.separator(table, {word for name in ENTRY_TABLES for word in _names(name)})
    cells, count = {}, 0
    try:
        for r, record in enumerate(text_tables.records(table, mark), 1):
            count += len(record)
            check_count(count)
            for c, value in enumerate(map(tidy, record), 1):
                if value:
                    kind = "error" if value in FORMULA_ERRORS else "text"
                    cells[r, c] = Cell(f"{get_column_letter(c)}{r}", kind, value)
    except csv.Error as error:
        raise Refused(*of_tables("unclosed", error=error)) from None
    return Grid("csv", cells)


def _entries(file: str, sheets: list[Grid], problems: list[Problem], notes: Notes) -> list[Row]:
    """Rows to add of every sheet that has the header of a table, whatever the sheet is called."""
    rows, ignored, found, before = [], [], False, len(problems)
    for grid in (grid for grid in sheets if grid.name not in OTHER_SHEETS):
        by_row: dict[int, dict[int, Cell]] = {}
        for (r, c), cell in sorted(grid.cells.items()):
            by_row.setdefault(r, {})[c] = cell
        words = {grid.name, *grid.name.split()}
        named = [t for t in ENTRY_TABLES if {t, TABLES[t].zh, sheet_name(t)} & words][:1]
        at, table = _header(by_row, named or ENTRY_TABLES)
        if at:
            found = True
            rows += _rows(file, grid, table, at, by_row, problems)
        elif by_row and not grid.hidden:
            ignored.append(grid.name)
    where = "、".join(ignored)
    if not found or (ignored and not rows and len(problems) == before):
        raise Refused(*message("no_header_in" if where else "no_header", where=where))
    if ignored:
        notes.append(message("ignored", file=file, where=where))
    return _kept(rows)


def _header(by_row: dict[int, dict[int, Cell]], tables: list[str]) -> tuple[int, str]:
    """Row of the header, among the first fifteen, and the table whose it is; 0 if there is none."""
    best = (2, 0, "")
    for table in tables:
        names = _names(table)
        for r in (r for r in by_row if r <= 15):
            hits = sum(bool(_column(c.text, names)) for c in by_row[r].values() if c.kind == "text")
            best = max(best, (hits, -r, table))
    return -best[1], best[2]


def _names(table: str) -> dict[str, str]:
    """Column names under every word that a header may hold."""
    columns = fields(table, all_columns=True)
    return {canonical(f.zh): f.name for f in reversed(columns)} | {f.name: f.name for f in columns}


def _column(head: str, names: dict[str, str]) -> str:
    """Column that a header cell names: by its machine's name, which stands last, else by its Chinese name."""
    words = [canonical(word) for word in re.split(r"[\s*·/()（）]+", head)]
    return next((names[word] for word in (*reversed(words), canonical(head.replace("*", ""))) if word in names), "")


def _rows(file: str, grid: Grid, table: str, at: int, by_row: dict, problems: list[Problem]) -> list[Row]:
    """Rows below the header at row `at`, and what is wrong with the sheet."""

    def tell(kind: str, cell: Cell | None = None, row: int = at, column: str = "", **values: str) -> None:
        place, shown = (f"{grid.name}!{cell.address}", cell.text) if cell else (grid.name, "")
        problems.append(Problem(file, row, column, shown, *message(kind, **values), place))

    head, body = by_row[at], {r: cells for r, cells in by_row.items() if r > at}
    used = {c for cells in body.values() for c in cells}
    offered, names, columns = fields(table), _names(table), {}
    for c, cell in head.items():
        name = _column(cell.text, names)
        if name and name in columns.values():
            tell("two_columns", cell, column=name, name=name)
        elif name:
            columns[c] = name
        elif c in used:
            near = nearest(cell.text, list(names.values())) or "…"
            tell("unknown_column", cell, near=near, allowed=", ".join(field.name for field in offered))
    if not body:
        return []
    for field in offered:
        if field.required and field.name not in columns.values():
            tell("missing_column", column=field.name, zh=field.zh, en=field.en)
    if grid.hidden:
        tell("hidden_sheet")
        return []
    for c in grid.hidden_columns & set(columns) & used:
        tell("hidden_column", head[c], column=columns[c])
    letters, rows = {name: get_column_letter(c) for c, name in columns.items()}, []
    for r, cells in body.items():
        for c in sorted(set(cells) - set(head)):
            tell("outside", cells[c], r)
        row = Row(file, grid.name, table, r, {columns[c]: cell for c, cell in cells.items() if c in columns}, letters)
        if r in grid.hidden_rows and row.cells:
            problems.append(row.problem("mark", message("hidden_row"), ""))
        elif row.cells:
            rows.append(row)
    return rows


def _kept(rows: list[Row]) -> list[Row]:
    """Rows to add: of proposals those that are marked yes, and of new entries those that such a figure uses."""
    marks, figures, entries, used = code_choices(KEEP.codes), [], [], set()
    for row in rows:
        cell = row.cells.pop("keep", None)
        mark = (marks.find(cell.text) or [cell.text])[0] if cell else "yes"
        if row.table != "figures":
            entries.append((row, mark))
        elif mark not in ("no", "look"):
            figures.append(row)
            used |= {canonical(t) for c in row.cells.values() for t in (c.text, c.text.rsplit("·", 1)[-1])}
    named = [
        row for row, mark in entries if mark != "used" or any(canonical(c.text) in used for c in row.cells.values())
    ]
    return figures + named
